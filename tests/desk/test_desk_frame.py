"""The desk's frame: who comes in, what a page may run, forms with and without a script, other windows, a server that goes."""

import re
import shutil
import socket
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import psutil
import pytest
from jinja2.nodes import Filter
from playwright.sync_api import Page, Request, expect

from autograde.classes.folder import Course
from autograde.classes.owner import CONFIG
from autograde.desk.changes import fingerprint
from autograde.desk.place import FILE, place_of, settle
from autograde.desk.registry import pages
from autograde.desk.templates import FOLDER, environment
from autograde.run.mark import mark_class
from autograde.whole import STAGE
from tests.axe import violations
from tests.conftest import command_of
from tests.desk.conftest import Desk, Serve, fits, headers, second, start
from tests.tutor.conftest import ASSIGNMENT


def test_every_filter_that_a_template_names_is_there() -> None:
    made = environment()
    sources = {name: (FOLDER / name).read_text("utf-8") for name in made.list_templates()}
    named = {(name, one.name) for name, text in sources.items() for one in made.parse(text).find_all(Filter)}
    assert {(name, word) for name, word in named if word not in made.filters} == set()


def test_the_token_stays_neither_in_the_address_nor_on_a_command_line(desk: Desk, paged: Page) -> None:
    paged.goto(f"{desk.base}/desk/learners?find=ana&token={desk.token}")
    assert paged.url == f"{desk.base}/desk/learners?find=ana"
    desk.enter(paged)
    assert paged.url == f"{desk.base}/desk/home"
    assert desk.token not in paged.content()
    assert paged.evaluate("history.length") <= 3
    command = psutil.Process(desk.server.process.pid)
    for one in (command, *command.children(recursive=True)):
        assert desk.token not in " ".join(command_of(one)), "which everybody on the computer may read"


def test_nobody_comes_in_without_it(desk: Desk, page: Page) -> None:
    page.goto(f"{desk.base}/desk/home")
    assert "/login" in page.url
    for path in ("home.json", "learners.json"):
        assert page.request.get(f"{desk.base}/desk/{path}").status == 403
    assert page.request.get(f"{desk.base}/desk/now", headers={"HX-Request": "true"}).status == 403
    assert page.request.post(f"{desk.base}/desk/home/names", form={"show": "ids"}, max_redirects=0).status == 403


def test_a_form_without_the_secret_of_its_page_is_refused(desk: Desk, window: Page) -> None:
    for secret in ("", "2|0|0|0"):
        reply = window.request.post(f"{desk.base}/desk/home/names", form={"show": "ids", "_xsrf": secret}, max_redirects=0)
        assert reply.status == 403
        assert "Set-Cookie" not in reply.headers


def test_nothing_is_done_nor_shown_from_a_page_of_another_class(desk: Desk, window: Page) -> None:
    own, before = headers(window), fingerprint(desk.course)
    at = pages(in_class=True)
    verbs = [f"{name}/{verb}{end}" for name, page in at.items() for verb in page.verbs for end in ("", ".json")]
    files = [f"{name}/{file}" for name, page in at.items() for file in page.files]
    asked = [("POST", one) for one in (*verbs, "put-away", "others")] + [("PUT", "arriving?name=x.zip")]
    asked += [("GET", one) for one in (*files, *at, *(f"{name}.json" for name in at), "now")]
    for method, path in asked:
        for place in ("0" * 12, *([""] if method != "GET" else [])):
            reply = window.request.fetch(f"{desk.base}/desk/{path}", method=method, headers=own | {"Desk-Place": place}, max_redirects=0)
            assert (reply.status, "a class that the desk does not show now" in reply.text()) == (409, True), (method, path, place)
    assert fingerprint(desk.course) == before
    log = desk.course.root / "serve.log"
    logged = log.stat().st_size
    assert window.request.get(f"{desk.base}/desk/now", headers=own | {"Desk-Place": "0" * 12}).status == 409
    assert log.stat().st_size == logged, "as every page asks every two seconds"
    assert window.request.get(f"{desk.base}/desk/learners/export?learner=ana01&place={'0' * 12}").status == 409, "a link says it, too"


def test_a_class_keeps_its_place_where_it_is_moved_and_a_copy_has_its_own(course: Course) -> None:
    settle(course)
    place, moved = place_of(course), Course(course.root.with_name("care-2026"))
    course.root.rename(moved.root)
    assert place_of(course) == place, "while it is not there"
    settle(moved)
    assert place_of(moved) == place
    copy = Course(Path(shutil.copytree(moved.root, course.root)))
    settle(copy)
    assert place_of(copy) not in {place, place_of(None)}
    settle(moved)
    assert place_of(moved) == place
    (moved.root / STAGE / FILE).write_text("[]", "utf-8")
    assert place_of(moved) not in {place, place_of(copy), place_of(None)}


def test_each_form_link_and_frame_of_a_page_says_of_which_class_it_is(desk: Desk, window: Page) -> None:
    at, place = pages(in_class=True), headers(window)["Desk-Place"]
    verbs = {f"/desk/{name}/{verb}" for name, page in at.items() for verb in (*page.verbs, *page.files)} | {
        "/desk/put-away",
        "/desk/others",
    }
    seen = set[str]()
    more = (
        "learners?learner=ana01",
        "results?learner=ana01",
        "give-back?workbook=w01",
        "mark?workbook=w01&task=w01-t01",
        "take-in?workbook=w01",
    )
    for path in (*at, *more, "questions?workbook=w01&question=w01-q01", "wording?workbook=w01"):
        window.goto(f"{desk.base}/desk/{path}")
        for address, form in window.evaluate(ADDRESSES):
            one = urlsplit(address)
            if one.path.removesuffix(".json") in verbs:
                assert f"place={place}" in (form or one.query), (path, address)
                seen.add(one.path)
    assert len(seen) > 40, "else the pages were not what they are"


ADDRESSES = """() => [...document.querySelectorAll("*")].flatMap((one) => [...one.attributes]
  .filter(({ name, value }) => value.startsWith("/desk/") && name !== "data-mark-page")
  .map(({ name, value }) => [value, one.matches("form[method=get]") ? String(new URLSearchParams(new FormData(one))) : ""]))"""
"""Each address of the desk that a page holds, and the fields that take the place of its own, where its form is asked for."""


@pytest.mark.skipif(sys.platform != "linux", reason="another process's limits")
def test_whoever_holds_connections_open_keeps_no_page_from_the_tutor(desk: Desk, window: Page) -> None:
    [server] = psutil.Process(desk.server.process.pid).children()
    log, (soft, hard) = desk.course.root / "serve.log", server.rlimit(psutil.RLIMIT_NOFILE)
    said = log.stat().st_size
    server.rlimit(psutil.RLIMIT_NOFILE, (server.num_fds() + 60, hard))
    try:
        with ExitStack() as held:
            for _ in range(100):
                held.enter_context(socket.create_connection(("127.0.0.1", urlsplit(desk.base).port), timeout=10))
            assert window.request.get(f"{desk.base}/desk/home.json").status == 200
    finally:
        server.rlimit(psutil.RLIMIT_NOFILE, (soft, hard))
    assert log.stat().st_size - said < 1000, log.read_text("utf-8")[-2000:]


def test_a_page_runs_its_own_scripts_alone(desk: Desk, paged: Page) -> None:
    refused, asked = list[str](), list[str]()

    def ask(request: Request) -> None:
        if not request.url.startswith((desk.base, "data:")):
            asked.append(request.url)

    paged.on("console", lambda message: refused.append(message.text) if message.type in {"error", "warning"} else None)
    paged.on("pageerror", lambda error: refused.append(str(error)))
    paged.on("request", ask)
    desk.enter(paged)
    for name in ("home", "learners"):
        reply = paged.goto(f"{desk.base}/desk/{name}", wait_until="networkidle")
        assert reply is not None
        rules = reply.headers["content-security-policy"]
        scripts = rules.partition("script-src")[2].partition(";")[0]
        assert rules.startswith("default-src 'none'")
        assert re.fullmatch(r" 'nonce-[\w-]+'", scripts)
        assert "form-action 'self'" in rules
        assert reply.headers["cache-control"] == "no-store"
        assert paged.title() != "stolen"
        expect(paged.get_by_text("<script>document.title='stolen'</script>").first).to_be_visible()
    assert (refused, asked) == ([], [])


@pytest.mark.parametrize("path", ["nowhere", "nowhere/nothing", "static/000000000000/desk.css", "static/000000000000/nowhere.css"])
def test_what_is_not_there_is_said_calmly(desk: Desk, window: Page, path: str) -> None:
    reply = window.request.get(f"{desk.base}/desk/{path}")
    assert reply.status == 404
    assert "Traceback" not in reply.text()


def test_a_form_works_without_a_script(desk: Desk, plain_page: Page) -> None:
    desk.enter(plain_page)
    plain_page.get_by_role("button", name="Show ids").click()
    assert plain_page.url == f"{desk.base}/desk/home"
    expect(plain_page.get_by_role("rowheader", name="ana01")).to_be_visible()
    plain_page.get_by_role("button", name="Show names").click()
    expect(plain_page.get_by_role("rowheader", name="Ana Evans")).to_be_visible()


def test_with_a_script_it_changes_in_place(window: Page) -> None:
    window.evaluate("window.same = true")
    window.get_by_role("button", name="Show ids").click()
    expect(window.get_by_role("rowheader", name="ana01")).to_be_visible()
    window.get_by_role("button", name="Show names").click()
    expect(window.get_by_role("rowheader", name="Ana Evans")).to_be_visible()
    assert window.evaluate("window.same")


def test_a_command_is_followed_without_a_reload(
    desk: Desk, window: Page, surroundings: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in surroundings.items():
        monkeypatch.setenv(name, value)
    other = second(window.context)
    other.goto(window.url)
    row = other.get_by_role("row").filter(has=other.get_by_role("rowheader", name="Dan Davies"))
    expect(row).to_contain_text("for the program")
    other.evaluate("window.same = true")
    find = other.get_by_label("Find a learner")
    find.fill("Dan")
    list(mark_class(desk.course, ASSIGNMENT))
    expect(row).to_contain_text("1 answer for you", timeout=8_000)
    assert other.evaluate("window.same")
    assert find.input_value() == "Dan"
    assert other.evaluate("document.activeElement.id") == "find"
    expect(window.locator("tr", has_text="Dan Davies")).to_contain_text("1 answer for you", timeout=8_000)


@pytest.mark.parametrize("name", ["home", "learners"])
def test_anyone_can_use_the_page(desk: Desk, window: Page, name: str) -> None:
    desk.enter(window, name)
    schemes: tuple[Literal["light", "dark"], ...] = ("light", "dark")
    for scheme in schemes:
        window.emulate_media(color_scheme=scheme)
        assert violations(window) == []
    for width in (320, 1280):
        fits(window, width)


def test_the_keyboard_alone_goes_round(window: Page) -> None:
    window.keyboard.press("Tab")
    expect(window.get_by_role("link", name="Skip to the page")).to_be_focused()
    window.keyboard.press("Enter")
    expect(window.locator("main")).to_be_focused()
    window.keyboard.press("Tab")
    for _ in range(30):
        if window.evaluate("document.activeElement.textContent.trim()") == "Show ids":
            break
        outline = window.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert outline == "solid"
        window.keyboard.press("Tab")
    window.keyboard.press("Enter")
    expect(window.get_by_role("button", name="Show names")).to_be_visible()
    window.get_by_role("button", name="Show names").press("Enter")
    expect(window.get_by_role("button", name="Show ids")).to_be_visible()


def test_each_page_links_to_the_same_in_formgrader(desk: Desk, window: Page) -> None:
    leads = {
        "take-in": f"manage_submissions/{ASSIGNMENT}",
        "questions": f"manage_submissions/{ASSIGNMENT}",
        "give-back": f"gradebook/{ASSIGNMENT}",
        "mark?workbook=w01&task=w01-t01": f"gradebook/{ASSIGNMENT}/{ASSIGNMENT}",
    }
    for page in {**pages(in_class=True), **leads}:
        shown = window.request.get(f"{desk.base}/desk/{page}").text()
        [path] = re.findall(r'href="([^"]*)">Formgrader<', shown)
        assert path.endswith(leads.get(page, "")), page
        assert window.request.get(f"{desk.base}{path}").status == 200, (page, path)
    window.get_by_role("link", name="Formgrader").click()
    expect(window.get_by_role("heading", name="Manual Grading")).to_be_visible()


def test_a_server_that_goes_is_told_and_the_page_goes_on_when_it_is_back(
    desk: Desk, paged: Page, serve: Serve, surroundings: dict[str, str]
) -> None:
    port = int(desk.base.rpartition(":")[2])
    desk.enter(paged, "learners")
    paged.get_by_text("Add one learner").click()
    field = paged.get_by_label("First name")
    field.fill("Typed")
    paged.evaluate("window.same = true")
    desk.server.process.terminate()
    desk.server.process.wait()
    expect(paged.locator("#desk-gone")).to_be_visible(timeout=6_000)
    assert field.input_value() == "Typed"
    again = start(serve, desk.course.root, surroundings, port)
    desk.server, desk.token = again.server, again.token
    expect(paged.locator("#desk-gone")).to_be_hidden(timeout=10_000)
    assert paged.evaluate("window.same")
    assert field.input_value() == "Typed"
    paged.reload()
    paged.get_by_text("Add one learner").click()
    expect(paged.get_by_label("First name")).to_have_value("Typed")


def test_what_is_wrong_with_the_class_is_told(desk: Desk, window: Page) -> None:
    gradebook = desk.course.root / "gradebook.db"
    aside = gradebook.with_name("aside.db")
    gradebook.rename(aside)
    try:
        expect(window.locator("#desk-gone")).to_contain_text("cannot be opened: it is missing", timeout=8_000)
        window.reload()
        expect(window.get_by_role("heading", level=1)).to_have_text("That did not work")
        expect(window.locator("#desk-fault-text")).to_contain_text("it is missing")
        assert violations(window) == []
        window.get_by_role("link", name="Keep safe").click()
        expect(window.get_by_role("heading", level=1)).to_have_text("Keep safe")
    finally:
        aside.rename(gradebook)
    desk.enter(window)
    before, elsewhere = headers(window), desk.course.root.with_name("elsewhere")
    desk.course.root.rename(elsewhere)
    try:
        expect(window.locator("#desk-gone")).to_contain_text("if the folder was moved or renamed, open the class", timeout=8_000)
        for method, path in (("POST", "learners/add.json"), ("POST", "keep-safe/back-up.json"), ("PUT", "arriving?name=x.zip")):
            told = window.request.fetch(f"{desk.base}/desk/{path}", method=method, headers=before).json()["fault"]
            assert "is not there now" in told, path
        window.reload()
        assert not desk.course.root.exists(), "else a second class begins there"
        expect(window.locator("#desk-fault-text")).to_contain_text("is not there now")
        expect(window.get_by_role("button", name="Other classes")).to_be_visible()
        expect(window.get_by_role("link", name="Keep safe")).to_have_count(0)
        assert violations(window) == []
        fits(window, 320)
        desk.course.root.mkdir()  # another class comes to lie there, as from another stick
        shutil.copy(elsewhere / CONFIG, desk.course.root)
        for method, path in (("POST", "learners/add.json"), ("GET", "learners"), ("GET", "now")):
            assert window.request.fetch(f"{desk.base}/desk/{path}", method=method, headers=before).status == 409, path
        shutil.rmtree(desk.course.root)
    finally:
        elsewhere.rename(desk.course.root)
    assert window.request.get(f"{desk.base}/desk/learners", headers=before).ok, "its own class is there again"
    desk.enter(window)
    expect(window.get_by_role("heading", level=1)).to_have_text("Home")
