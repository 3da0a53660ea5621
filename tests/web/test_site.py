"""A site: what is in it, how it is put in place, and that it works without a network after the first visit."""

import gzip
import json
import re
import shutil
import threading
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import Queue
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.conftest import CHROMIUM, FLAGS, ROOT, is_saved
from tests.web.conftest import W01, Edit, Tags
from tests.web.device import Tab, until
from tests.web.test_handing_in import handed
from workbook_helpers.items import Workbook, load_workbook
from workbook_helpers.web import site, site_files, write_site, written

HASHED = re.compile(r"\.[0-9a-f]{12}\.\w+$")
LIMIT = 150_000


@pytest.fixture(scope="session")
def unit() -> list[Workbook]:
    return [load_workbook(path.parent) for path in sorted((ROOT / "workbooks").glob("*/workbook.toml"))]


def about(worker: bytes) -> dict[str, Any]:
    made: dict[str, Any] = json.loads(worker.partition(b"\n")[0].decode().removeprefix("self.SITE=").removesuffix(";"))
    return made


def needed(made: dict[str, bytes], name: str) -> set[str]:
    """The files that a page names, the letters left out, and those behind them."""
    tags = Tags(made[name].decode())
    found = {address for _, attributes in tags.found for key in ("src", "href") if (address := attributes.get(key)) in made}
    return {name, *(address for address in found if address and not address.endswith(".html"))}


def test_every_file_is_named_and_every_name_is_there(unit: list[Workbook]) -> None:
    made = site_files(unit)
    assert list(made)[-1] == "sw.js"
    assert list(made).index("index.html") > max(list(made).index(name) for name in made if HASHED.search(name)), (
        "what a page needs comes first"
    )
    listed = about(made["sw.js"])
    assert {*listed["files"], *listed["later"], "sw.js"} == {*made}
    for name in made:
        if not name.endswith(".html"):
            continue
        page = Tags(made[name].decode())
        for tag, attributes in page.found:
            for key in ("src", "href"):
                value = attributes.get(key) or "#"
                assert value in made or value.startswith(("#", "data:")) or (tag, key) == ("a", "href"), (tag, value)
        assert ("manifest", "manifest.webmanifest") in [(about.get("rel"), about.get("href")) for _, about in page.found]
        [words] = [attributes for _, attributes in page.found if attributes.get("id") == "wb-words"]
        assert {*json.loads(words["data-more"] or "").values()} <= made.keys()
        assert set(re.findall(r"url\((?!%23)([^)]*)\)", made[name].decode())) <= made.keys()
    manifest = json.loads(made["manifest.webmanifest"])
    assert {icon["src"] for icon in manifest["icons"]} <= made.keys()
    for purpose in ("any", "maskable"):  # what a browser asks of what can be installed
        assert {icon["sizes"] for icon in manifest["icons"] if icon.get("purpose") == purpose} == {"192x192", "512x512"}
    assert (manifest["start_url"], manifest["scope"], manifest["display"]) == ("./", "./", "standalone")
    assert manifest["name"]


@pytest.mark.parametrize("served", [False, True])
def test_a_workbook_is_small_over_the_network(unit: list[Workbook], *, served: bool) -> None:
    made = site_files(unit, served=served)
    sizes = {name: sum(len(gzip.compress(made[part], 6)) for part in needed(made, name)) for name in made if name.endswith(".html")}
    assert {name: size for name, size in sizes.items() if size > LIMIT} == {}


def test_the_shelf_says_what_there_is(unit: list[Workbook]) -> None:
    shelf = json.loads(Tags(site_files(unit[::-1])["index.html"].decode()).script(id="wb-shelf"))
    assert [card["workbook"] for card in shelf] == [one.id for one in unit]
    first = shelf[1]
    assert (first["href"], first["minutes"], first["due"]) == (f"{W01}.html", list(unit[1].about.minutes), "")
    assert first["items"] == {item.id: item.outline() for item in unit[1].items.values()}
    assert {name for item in first["items"].values() for name in item} <= {"id", "kind", "purpose", "size", "ends", "about"}, (
        "no wording, no key"
    )
    assert first["sections"] == unit[1].book()["sections"]
    assert {name for section in first["sections"] for name in section["items"]} <= {*unit[1].paper()}


def test_a_page_changes_when_its_workbook_does_and_no_other(unit: list[Workbook], edited: Edit) -> None:
    before, after = site_files(unit[:3]), site_files([unit[0], edited("More."), unit[2]])
    changed = {name for name in after if after[name] != before.get(name)}
    assert changed == {f"{W01}.html", "sw.js"}
    assert about(before["sw.js"])["version"] != about(after["sw.js"])["version"]


# Put in place


def standing(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()} if folder.is_dir() else {}


def works(there: dict[str, bytes]) -> bool:
    """Whether each page that is there finds all that it names."""
    pages = [name for name in there if name.endswith(".html")]
    for name in pages:
        tags = Tags(there[name].decode())
        named = {value for _, a in tags.found for key in ("src", "href") if (value := a.get(key)) and HASHED.search(value)}
        named |= {value for _, a in tags.found if "data-more" in a for value in json.loads(a["data-more"] or "").values()}
        if not named <= there.keys():
            return False
    return True


class Killed(BaseException):
    """Stands for whatever ends a run."""


def end() -> None:
    raise Killed


def test_a_run_that_is_killed_leaves_a_site_in_which_each_page_works(unit: list[Workbook], edited: Edit, tmp_path: Path) -> None:
    old, new = site_files(unit[:2]), site_files([edited("More."), unit[2]])
    new = {name: content + b"\n" if name.endswith((".css", ".js")) and name != "sw.js" else content for name, content in new.items()}
    write_site(unit[:2], tmp_path / "old")
    seen: set[str] = set()
    for number in range(len(new)):
        folder = Path(shutil.copytree(tmp_path / "old", tmp_path / str(number)))
        for name in [*new][: number + 1]:
            (folder / name).write_bytes(new[name])
        there = standing(folder)
        assert works(there), number
        seen |= there.keys()
        with written(new, folder):  # the next run goes through
            pass
        assert {name: standing(folder)[name] for name in new if name != "sw.js"} == {k: v for k, v in new.items() if k != "sw.js"}
    assert seen == {*old, *new}


def test_what_comes_after_and_fails_gives_the_site_back(unit: list[Workbook], edited: Edit, tmp_path: Path) -> None:
    folder = tmp_path / "site"
    for before in ([], unit[:2]):
        if before:
            write_site(before, folder)
        was = standing(folder)
        made = site_files([edited("More.")] if before else unit[:1])
        with suppress(Killed), ExitStack() as undo:
            undo.enter_context(written(made, folder))
            assert standing(folder) != was
            end()
        assert standing(folder) == was


def test_files_of_the_version_before_stay_for_one_more(unit: list[Workbook], tmp_path: Path) -> None:
    folder = tmp_path / "site"
    write_site(unit[:3], folder)
    (folder / "CNAME").write_text("workbooks.example.org")
    (folder / ".part-torn").write_text("half")
    third = f"{unit[2].assignment}.html"
    for count, there in ((2, True), (2, True), (1, False)):
        write_site(unit[:count], folder)
        assert (third in standing(folder)) is there
    assert f"{unit[1].assignment}.html" in standing(folder)
    assert (folder / "CNAME").is_file()
    assert not list(folder.glob(".part-*"))


# In a browser


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self) -> None:
        del self.headers["If-Modified-Since"]  # it knows seconds only
        super().do_GET()


@pytest.fixture
def served(tmp_path: Path, unit: list[Workbook]) -> Iterator[tuple[Path, str]]:
    """The folder of a site with two workbooks, and its address below others on one host."""
    folder = tmp_path / "www" / "care" / "2026"
    write_site(unit[:2], folder)
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(tmp_path / "www"))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield folder, f"http://127.0.0.1:{server.server_address[1]}/care/2026/"
        server.shutdown()


def kept(page: Page) -> list[str]:
    names: list[str] = page.evaluate("caches.keys()")
    return sorted(names)


def visit(page: Page, address: str) -> None:
    """Open a page and have the site kept; the engine's part of it, which asks for the worker."""
    page.goto(address)
    page.evaluate("""async () => {
      await navigator.serviceWorker.register(document.querySelector('meta[name="wb-worker"]').content);
      await navigator.serviceWorker.ready;
      while (!navigator.serviceWorker.controller) await new Promise((done) => setTimeout(done, 20));
    }""")


def test_after_the_first_visit_it_opens_without_a_network(page: Page, served: tuple[Path, str]) -> None:
    folder, address = served
    visit(page, address)
    assert len(kept(page)) == 1
    shutil.move(folder, folder.with_name("gone"))
    for name in ("", "index.html", f"{W01}.html", W01, "w00-start-here.html?from=mail"):
        response = page.goto(address + name)
        assert response
        assert response.ok
        assert page.locator("h1").first.is_visible()
        assert page.evaluate("getComputedStyle(document.querySelector('.wb-top')).backgroundColor") == "rgb(11, 79, 108)"
    more = page.evaluate("JSON.parse(document.getElementById('wb-words').dataset.more).cy")
    assert page.evaluate(f"fetch('{more}').then((answer) => answer.ok)")
    for name in ("../x.html", "media/x.svg", "answers.json"):
        assert not page.evaluate(f"fetch('{name}').then((answer) => answer.ok)"), "none of the site's"
    assert page.evaluate("caches.keys().then((all) => caches.open(all[0])).then((one) => one.keys()).then((all) => all.length)") == len(
        about(next(folder.parent.glob("gone/sw.js")).read_bytes())["files"]
    )


GONE = """() => new Promise((done, refused) => {
  const asked = indexedDB.deleteDatabase("workbooks");
  Object.assign(asked, { onsuccess: () => done(true), onblocked: () => refused("it is held"), onerror: () => refused(asked.error) });
})"""


@pytest.mark.parametrize("meanwhile", ["nothing", "thrown away", "refused"])
def test_what_keeps_the_answers_is_open_before_the_scripts_have_come(page: Page, served: tuple[Path, str], meanwhile: str) -> None:
    _, address = served
    said = list[str]()
    page.on("console", lambda message: said.append(message.text) if "Content Security Policy" in message.text else None)
    if meanwhile == "refused":
        page.add_init_script("indexedDB.constructor.prototype.open = () => { throw new DOMException('not here', 'SecurityError'); }")
    held = Queue[Route]()
    page.route(re.compile(r"/workbook\.\w+\.js$"), held.put)
    tab = Tab(page, f"{address}{W01}.html")
    page.goto(tab.address, wait_until="commit")
    if meanwhile != "refused":
        page.wait_for_function("() => globalThis.wbAsked?.readyState === 'done'")
    if meanwhile == "thrown away":
        assert page.evaluate(GONE), "nobody waits for a page that has not begun"
    until(page, "document.readyState === 'interactive'")
    while held.empty():  # the browser asks for it, and Playwright tells of that, in a time of their own
        page.wait_for_timeout(20)
    held.get().continue_()
    tab.work("ana01")
    assert not page.evaluate("globalThis.wbAsked")
    if meanwhile == "refused":
        expect(page.get_by_text("This browser keeps nothing").first).to_be_visible()
    else:
        question = page.locator(".wb-question.wb-practice", has=page.locator("input[type=radio]")).first
        question.locator("input[type=radio]").first.check()
        is_saved(question)
        assert list(tab.values()) == [question.get_attribute("id")]
    assert said == []


FAULT = "\ndispatchEvent(new Event('error'));"
"""Of a script, before anything is drawn."""
LACKS = "delete Object.hasOwn; delete Array.prototype.at; delete String.prototype.at;"
"""What browsers of 2019 do not have."""
SLOW = """(() => {
  localStorage["wb-learner"] ??= "ana01";
  const open = IDBFactory.prototype.open;
  IDBFactory.prototype.open = function (...given) {
    const asked = open.apply(this, given);
    asked.addEventListener("upgradeneeded", () => { // as on a slow disk: it is made for as long as this asks it something
      const held = asked.result.createObjectStore("held"), wait = () => { if (!globalThis.made) held.count().onsuccess = wait; };
      wait();
    });
    return asked;
  };
})();"""


def test_a_database_that_is_still_being_made_is_waited_for(page: Page, served: tuple[Path, str]) -> None:
    _, address = served
    page.add_init_script(SLOW)
    tab = Tab(page, f"{address}{W01}.html")
    page.goto(tab.address)
    expect(page.locator("#wb-bar")).to_contain_text("Section 1 of")  # the scripts have begun
    assert page.locator(".wb-question").count() == 0
    page.evaluate("globalThis.made = true")
    question = page.locator(".wb-question.wb-practice", has=page.locator("input[type=radio]")).first
    question.locator("input[type=radio]").first.check()
    is_saved(question)
    assert list(tab.values()) == [question.get_attribute("id")]
    expect(page.get_by_text("This browser keeps nothing")).to_have_count(0)


def test_what_older_browsers_lack_is_not_missed(page: Page, served: tuple[Path, str]) -> None:
    folder, address = served
    page.add_init_script(LACKS)
    worker = folder / "sw.js"
    worker.write_text("delete Response.json; " + worker.read_text("utf-8"), "utf-8")
    visit(page, address)
    tab = Tab(page, f"{address}{W01}.html")
    tab.open()
    tab.work("ana01")
    question = page.locator(".wb-question.wb-practice", has=page.locator("input[type=radio]")).first
    question.locator("input[type=radio]").first.check()
    is_saved(question)
    expect(page.locator("#wb-old")).to_be_hidden()


@pytest.mark.parametrize("name", ["", f"{W01}.html"])
def test_a_page_that_cannot_start_says_so(page: Page, served: tuple[Path, str], name: str) -> None:
    _, address = served
    page.add_init_script("delete Element.prototype.replaceChildren;")  # of 2020
    page.goto(address + name)
    expect(page.get_by_role("alert").get_by_text("This page cannot start in this browser.")).to_be_visible()


def test_a_fault_before_a_page_has_started_says_nothing_once_it_has(page: Page, served: tuple[Path, str]) -> None:
    _, address = served
    page.add_init_script("localStorage['wb-learner'] ??= 'ana01'")
    page.route(re.compile(r"/workbook\.\w+\.js$"), lambda route: route.fulfill(response=(was := route.fetch()), body=was.text() + FAULT))
    page.goto(f"{address}{W01}.html")
    expect(page.locator(".wb-question").first).to_be_visible()
    expect(page.locator("#wb-old")).not_to_have_attribute("hidden", "")
    expect(page.locator("#wb-old")).to_be_hidden()


def test_letters_are_kept_once_they_were_asked_for(page: Page, served: tuple[Path, str]) -> None:
    folder, address = served
    visit(page, address)
    [name] = [path.name for path in folder.glob("*Regular*.woff2")]
    held = f"caches.match('{name}').then((found) => Boolean(found))"
    assert not page.evaluate(held)
    assert page.evaluate(f"fetch('{name}').then((answer) => answer.ok)")
    until(page, held)


def test_a_new_version_serves_what_is_opened_next_and_the_old_one_goes_later(
    page: Page, served: tuple[Path, str], unit: list[Workbook], edited: Edit, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, address = served
    visit(page, address + f"{W01}.html")
    page.evaluate("navigator.serviceWorker.addEventListener('message', (event) => { globalThis.told = event.data; })")
    [first] = kept(page)
    parts = site._parts
    monkeypatch.setattr(site, "_parts", lambda *, served: {**(made := parts(served=served)), "workbook.css": made["workbook.css"] + b"\n"})
    write_site([unit[0], edited("# A new beginning")], folder)
    other = page.context.new_page()
    other.goto(address)
    until(page, "globalThis.told")
    assert page.evaluate("told.wb") == "site"
    assert page.locator("h1").first.inner_text() == "Working and personal relationships", "an open page shows nothing by itself"
    sheet = page.evaluate("document.querySelector('link[rel=stylesheet]').href")
    for path in folder.glob("workbook.*.css"):
        if path.name == sheet.rpartition("/")[2]:
            path.unlink()  # gone from the host, as after one release more
    assert page.evaluate(f"fetch('{sheet}').then((answer) => answer.ok)"), "and finds what it began with"
    other.goto(address + f"{W01}.html")
    assert other.locator("h1").first.inner_text() == "A new beginning"
    assert first in kept(other)
    assert len(kept(other)) == 2
    page.close()
    other.close()
    last = page.context.new_page()
    last.goto(address)
    until(last, "caches.keys().then((all) => all.length === 1)")
    assert first not in kept(last)


def update(page: Page) -> None:
    """Let the browser look for a new version of the site, and wait until it serves, or could not be fetched whole.

    Playwright stops each new worker for a moment. A page opened just then came never in some of a hundred tries; without it in none.
    """
    ours = "navigator.serviceWorker.getRegistration()"
    for _ in range(2):  # the first one may have joined a look that had begun before
        page.evaluate(f"{ours}.then((one) => one.update()).then(() => 0, () => 0)")
    until(page, f"{ours}.then((one) => !one.installing && !one.waiting && one.active.state === 'activated')")


def test_a_page_that_the_host_still_has_of_before_is_not_kept(
    page: Page, served: tuple[Path, str], unit: list[Workbook], edited: Edit
) -> None:
    folder, address = served
    visit(page, address)
    before = kept(page)
    old = (folder / f"{W01}.html").read_bytes()
    write_site([unit[0], edited("# A new beginning")], folder)
    new = (folder / f"{W01}.html").read_bytes()
    (folder / f"{W01}.html").write_bytes(old)  # an upload that is not through
    update(page)
    page.goto(address + f"{W01}.html")
    assert page.locator("h1").first.inner_text() == "Working and personal relationships"
    assert set(before) <= set(kept(page))
    (folder / f"{W01}.html").write_bytes(new)
    update(page)
    page.goto(address + f"{W01}.html")
    assert page.locator("h1").first.inner_text() == "A new beginning"
    page.goto(address)
    until(page, f"caches.keys().then((all) => !all.includes({json.dumps(before[0])}))")


def test_a_site_without_a_network_is_answered_and_handed_in_and_an_update_keeps_every_answer(
    page: Page, served: tuple[Path, str], unit: list[Workbook], edited: Edit, tmp_path: Path
) -> None:
    folder, address = served
    visit(page, address)
    away = folder.with_name("gone")
    shutil.move(folder, away)
    page.context.set_offline(True)
    page.goto(f"{address}{W01}.html")
    tab = Tab(page, f"{address}{W01}.html").work("ana01")
    task = next(item.id for item in unit[1].items.values() if item.kind == "written")
    tab.write("Written on the bus.", task)
    declaration = next(item.id for item in unit[1].items.values() if item.kind == "declaration")
    tab(declaration).get_by_role("checkbox").check()
    is_saved(tab(declaration))
    assert handed(tab.hand_in(tmp_path))[0]["answers"][task]["value"] == "Written on the bus."
    page.context.set_offline(False)
    shutil.move(away, folder)
    write_site([unit[0], edited("# A new beginning")], folder)
    update(page)
    page.goto(tab.address)
    assert page.locator("h1").first.inner_text() == "A new beginning"
    is_saved(tab(task))
    assert tab.text(task).input_value() == "Written on the bus."
    tab.write("Written on the bus, and at home.", task)
    assert "✓ Your hand-in file is made" in tab("hand-in").inner_text()


def test_after_back_a_page_is_not_shown_to_somebody_else(chromium: Browser, served: tuple[Path, str], unit: list[Workbook]) -> None:
    first, second = (f"{served[1]}{one.assignment}.html" for one in unit[:2])
    browser = chromium.browser_type.launch(
        executable_path=CHROMIUM, args=[*FLAGS, "--disable-sync"], ignore_default_args=["--disable-back-forward-cache"]
    )
    try:
        page = browser.new_page(locale="en-GB")
        page.goto(first)
        ana = Tab(page, first).work("ana01")
        for _ in range(5):  # a page that is busy is not kept
            page.evaluate("globalThis.mark = 'as it was left'")
            ana.page.goto(second)
            page.go_back(wait_until="commit")
            until(page, "document.querySelector('#wb-who-slot').textContent.startsWith('You: ana01')")
            if page.evaluate("globalThis.mark"):
                break
        assert page.evaluate("globalThis.mark") == "as it was left", "this browser keeps pages for Back"
        ana.page.goto(second)
        expect(page.locator("#wb-who-slot")).to_contain_text("ana01")
        # Another person begins here, and the page behind hears of nothing.
        page.evaluate("localStorage['wb-learner'] = sessionStorage['wb-learner'] = JSON.stringify({ value: 'ben02', at: Date.now() })")
        page.go_back(wait_until="commit")
        until(page, "document.querySelector('#wb-who-slot').textContent.startsWith('You: ben02')")
        assert page.evaluate("globalThis.mark") is None
        page.goto(second)  # and that one leaves
        page.evaluate("localStorage['wb-learner'] = sessionStorage['wb-learner'] = JSON.stringify({ value: null, at: Date.now() })")
        page.go_back(wait_until="commit")
        until(page, "document.querySelector('form.wb-gate')")
    finally:
        browser.close()
