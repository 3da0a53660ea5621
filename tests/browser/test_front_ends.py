"""One notebook, three doors: each shows the same calm page, run by itself, and runs nothing of anybody else's."""

import json
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psutil
import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Route, expect

from autograde.classes.new import new_course
from autograde.outbox.release import release
from tests.axe import violations
from tests.browser.conftest import W01, FrontEnd
from tests.conftest import ONE_PAGE, ROOT, asked, is_saved, real_workbook
from workbook_helpers.items import KINDS, Item, load_workbook

ALL = pytest.mark.parametrize("front_end", ["voila", "lab", "notebook7"], indirect=True)
LABS = pytest.mark.parametrize("front_end", ["lab", "notebook7"], indirect=True)
FIRST = "#w01-p01"
LANGUAGE = "() => globalThis.jupyterapp?.shell.currentWidget?.context?.model.getMetadata('language_info')?.version"
"""What a kernel writes into the notebook when it has come."""
UNSAVED = "() => jupyterapp.shell.currentWidget.context.model.dirty"
SINGLE = f"#{asked('single')}"


def open_page(page: Page, front_end: FrontEnd, folder: Path) -> None:
    """Open a copy of the workbook; in a Lab, in a workspace of its own, else Lab opens again what an earlier test had open."""
    page.goto(
        front_end.url(folder / f"{W01}.ipynb").replace("/lab/tree/", f"/lab/workspaces/{folder.parent.name}/tree/"), wait_until="commit"
    )
    page.locator(f"{FIRST} input").first.wait_for(state="attached")
    page.locator("#hand-in").wait_for(state="attached")


@dataclass(frozen=True)
class Opened:
    """A page on which the workbook has been opened, and what was seen before anything but one question was touched."""

    page: Page
    folder: Path
    hosts: set[str | None]
    unsaved: list[bool]
    """Of Lab's notebook: once its kernel was there, and after an answer."""
    answered: list[str]
    visible: str
    of_notebooks: int


def opened(context: BrowserContext, front_end: FrontEnd) -> Opened:
    """Open a copy of the workbook, and answer its first question."""
    page, folder, hosts, unsaved = context.new_page(), front_end.copy(), set[str | None](), list[bool]()
    page.on("request", lambda request: hosts.add(urlsplit(request.url).hostname))
    open_page(page, front_end, folder)
    in_lab = front_end.view != "/voila/render/"
    if in_lab:
        page.wait_for_function(LANGUAGE)
        unsaved.append(page.evaluate(UNSAVED))
    page.locator(FIRST).scroll_into_view_if_needed()
    page.locator(f"{FIRST} label").first.click()
    is_saved(page.locator(FIRST))
    if in_lab:
        unsaved.append(page.evaluate(UNSAVED))
    answered = list(json.loads((folder / "answers.json").read_text())["answers"])
    visible = page.evaluate("document.querySelector('.jp-Notebook, main').innerText")
    of_notebooks = page.locator(".jp-InputPrompt:visible, .jp-OutputPrompt:visible, .jp-cell-toolbar:visible").count()
    return Opened(page, folder, {*hosts}, unsaved, answered, visible, of_notebooks)


Open = Callable[[FrontEnd], Opened]


@pytest.fixture(scope="module")
def shared(chromium: Browser) -> Iterator[BrowserContext]:
    """The browser of those tests that share a page: a Lab that comes anew is most of their work."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB")
    context.set_default_timeout(60_000)
    context.add_init_script(ONE_PAGE)
    yield context
    context.close()


@pytest.fixture(scope="module")
def kept_open(shared: BrowserContext) -> Open:
    """kept_open(front_end): a page on which the workbook is open, once for all tests that look at it or press keys in it."""
    found: dict[FrontEnd, Opened] = {}

    def give(front_end: FrontEnd) -> Opened:
        if front_end not in found:
            found[front_end] = opened(shared, front_end)
        found[front_end].page.bring_to_front()
        found[front_end].page.locator("#w01-t01 textarea").fill("")
        return found[front_end]

    return give


@ALL
def test_the_page_opens_by_itself_without_code(kept_open: Open, front_end: FrontEnd) -> None:
    one = kept_open(front_end)
    assert not any(one.unsaved), "Lab does not ask to save what is kept elsewhere"
    assert len(one.unsaved) == (0 if front_end.view == "/voila/render/" else 2)
    assert one.answered == ["w01-p01"]
    assert "ask(" not in one.visible
    assert "Working and personal relationships" in one.visible
    assert one.of_notebooks == 0
    assert one.hosts <= {"localhost", "127.0.0.1", None, ""}, "nothing may come from the net"


def test_lab_does_not_ask_either_where_the_kernel_came_first(page: Page, lab: FrontEnd) -> None:
    held: list[Route] = []
    page.route("**/workbook.js*", lambda route: held.append(route))  # noqa: PLW0108  Playwright marks what it calls
    page.goto(lab.url(lab.copy() / f"{W01}.ipynb").replace("/lab/tree/", "/lab/workspaces/held/tree/"), wait_until="commit")
    page.wait_for_function(LANGUAGE)
    [route] = held
    route.continue_()
    page.locator("#hand-in").wait_for(state="attached")
    assert not page.evaluate(UNSAVED)


@LABS
def test_the_first_thing_is_the_way_to_the_page_and_nothing_is_for_tutors(page: Page, front_end: FrontEnd) -> None:
    folder = front_end.copy()
    open_page(page, front_end, folder)
    top = shown(page).locator(".wb-page-top")
    way = top.get_by_role("link", name="Open as a page")
    expect(way).to_be_in_viewport()
    expect(way).to_have_css("color", "rgb(255, 255, 255)")  # on our blue, whatever JupyterLab's own style says of links
    page.set_viewport_size({"width": 390, "height": 844})
    assert shown(page).evaluate("node => node.clientWidth") > 290  # beside JupyterLab's own bars
    page.set_viewport_size({"width": 1280, "height": 900})
    assert shown(page).locator("a, button, summary, input").locator("visible=true").first.inner_text() == "Open as a page"
    expect(page.locator(".lm-MenuBar-item", has_text="Edit")).to_be_visible()
    for marking in (
        page.locator(".lm-MenuBar-item", has_text="Nbgrader"),
        page.locator(".lm-TabBar-tab", has_text="Create Assignment"),
        page.locator("#nbgrader-create_assignemnt"),
        shown(page).get_by_role("button", name="Validate"),
        page.get_by_role("dialog"),
    ):
        expect(marking.locator("visible=true")).to_have_count(0)
    expect(top.get_by_role("link", name="My workbooks")).to_have_attribute("href", "/workbook")
    top.get_by_text("Contents").click()
    title = real_workbook().sections()[-3].title  # far below
    top.get_by_role("button", name=title).click()
    heading = shown(page).get_by_role("heading", name=title)
    expect(heading).to_be_in_viewport()
    expect(heading).to_be_focused()
    expect(top.get_by_role("button", name=title)).to_be_hidden()
    page.locator(f"{FIRST} label").first.click()
    is_saved(page.locator(FIRST))
    way.click()
    page.wait_for_url("**/workbook/open/**")
    expect(page.locator(f"{FIRST} input").first).to_be_checked()  # the same answers
    page.locator("#w01-t01 textarea").fill("On the page.")
    is_saved(page.locator("#w01-t01"))
    assert set(json.loads((folder / "answers.json").read_text())["answers"]) == {"w01-p01", "w01-t01"}


@pytest.mark.wcag("2.1.4")
@LABS
def test_keys_answer_and_leave_the_cells_alone(kept_open: Open, front_end: FrontEnd) -> None:
    one = kept_open(front_end)
    page, folder = one.page, one.folder
    cells = page.locator(".jp-Notebook .jp-Cell")
    whole = len(json.loads((folder / f"{W01}.ipynb").read_text())["cells"])
    expect(cells).to_have_count(whole)  # JupyterLab puts them there one by one
    page.locator("#w01-t01 textarea").scroll_into_view_if_needed()
    page.locator("#w01-t01 textarea").focus()
    page.keyboard.type("dd a b x z")
    page.locator(f"{SINGLE} input").first.focus()
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    page.keyboard.type("ddabmyx")
    page.keyboard.press("Enter")
    is_saved(page.locator(SINGLE))
    expect(cells).to_have_count(whole)
    expect(page.locator("#w01-t01 textarea")).to_have_value("dd a b x z")
    expect(page.locator(f"{SINGLE} input").nth(1)).to_be_checked()
    assert json.loads((folder / f"{W01}.ipynb").read_text())["cells"][1]["outputs"] == [], "outputs are shown, not kept"


@LABS
def test_the_settings_are_there_in_the_labs_too(kept_open: Open, front_end: FrontEnd) -> None:
    page = kept_open(front_end).page
    size = "node => parseFloat(getComputedStyle(node).fontSize)"
    before = page.locator("#w01-p01 legend").evaluate(size)
    menu = page.locator(".wb-page-display")
    menu.locator("summary").click()
    menu.get_by_label("Text size").select_option("large")
    menu.get_by_label("Colours").select_option("dark")
    assert page.locator("#w01-p01 legend").evaluate(size) == pytest.approx(before * 1.18)
    assert page.locator("#w01-p01").evaluate("node => getComputedStyle(node).backgroundColor") == "rgb(32, 37, 43)"
    for ours in (".wb-page-display", "#w01-p01", "#w01-t01"):  # what is around them is JupyterLab's
        assert violations(page, ours) == []
    menu.get_by_label("Text size").select_option("normal")
    menu.get_by_label("Colours").select_option("normal")
    menu.locator("summary").click()


SIGNS = [chr(code) for code in range(33, 127)]
EDITING = ["Enter", "Space", "Backspace", "Delete", "Home", "End", "Insert", "ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Escape"]
HELD = ["Enter", "ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End", "Backspace", "Delete", "Escape"]
CHORDS = [f"{held}+{key}" for held in ("Shift", "Control", "Alt", "Control+Shift") for key in HELD]
# Of these no browser keeps any for itself.
LETTERS = [f"{held}+{key}" for held in ("Control", "Alt", "Control+Shift") for key in "abcdxyzmikb/[]-"]
KEYS = [*SIGNS, *EDITING, "PageUp", "PageDown", "F2", "F8", "F9", *CHORDS, *LETTERS]
TYPED = "one two\nthree four\nfive"
BEFORE_KEY = """([node, text]) => {
  node.focus();
  if (node.type === "radio") { node.checked = true; return; }
  node.value = text;
  node.setSelectionRange(10, 12);
}"""
AFTER_KEY = """node => {
  const group = node.type === "radio" ? [...document.querySelectorAll(`input[name="${node.name}"]`)] : [node];
  return [group.length > 1 ? group.map((one) => one.checked) : node.value, node.selectionStart ?? null, node.selectionEnd ?? null,
          group.includes(document.activeElement)];
}"""
LETTER = "textarea { font-family: monospace !important; }"  # else "up" depends on how wide the letters are
STOCK = """<textarea rows="6" cols="60"></textarea><input type="text" maxlength="64"><div>""" + "".join(
    f'<input type="radio" name="r" value="{n}">' for n in range(3)
)


def pressed(page: Page, field: Locator, text: str) -> dict[str, Any]:
    """What each key does to a field: its text or choice, the cursor, and whether the focus stays."""
    node = field.element_handle()
    page.evaluate(BEFORE_KEY, [node, text])
    found = {}
    for key in KEYS:
        page.keyboard.press(key)
        found[key] = page.evaluate(
            f"([node, text]) => {{ const after = ({AFTER_KEY})(node); ({BEFORE_KEY})([node, text]); return after; }}", [node, text]
        )
    return found


@pytest.fixture(scope="module")
def stock(chromium: Browser) -> list[dict[str, Any]]:
    """What each key does to plain fields of a plain page."""
    page = chromium.new_page()
    page.set_content(STOCK)
    page.add_style_tag(content=LETTER)
    plain = (("textarea", TYPED), ("input[type=text]", "one two three"), ("[value='1']", ""))
    found = [pressed(page, page.locator(name), text) for name, text in plain]
    page.close()
    return found


@pytest.mark.wcag("2.1.1", "2.1.4")
@ALL
def test_no_key_in_a_field_is_taken_by_the_front_end(kept_open: Open, front_end: FrontEnd, stock: list[dict[str, Any]]) -> None:
    one = kept_open(front_end)
    page, folder = one.page, one.folder
    page.add_style_tag(content=LETTER)
    notebook = """() => [document.querySelectorAll(".jp-Notebook .jp-Cell, .wb-main .jp-Cell").length,
                         document.querySelector(".jp-Notebook")?.classList.contains("jp-mod-editMode")]"""
    if page.locator(".jp-Notebook").count():
        expect(page.locator(".jp-Notebook .jp-Cell")).to_have_count(len(json.loads((folder / f"{W01}.ipynb").read_text())["cells"]))
    before = page.evaluate(notebook)
    fields = (("#w01-t01 textarea", TYPED), ("#hand-in input", "one two three"), (f"{SINGLE} input >> nth=1", ""))
    for (name, text), expected in zip(fields, stock, strict=True):
        page.locator(name).scroll_into_view_if_needed()
        ours = pressed(page, page.locator(name), text)
        radios = page.locator(f"{SINGLE} input").count() if name.startswith(SINGLE) else 0
        wrong = {key: (ours[key], expected[key]) for key in KEYS if not radios and ours[key] != expected[key]}
        assert wrong == {}, name
        if radios:  # another number of options: arrows go round elsewhere
            assert {key: (ours[key][0].count(True), ours[key][3]) for key in KEYS} == dict.fromkeys(KEYS, (1, True))
            assert {key for key in KEYS if not ours[key][0][1]} == {key for key in KEYS if not expected[key][0][1]}
    assert page.evaluate(notebook) == before
    page.locator("#w01-t01 textarea").fill("")
    page.locator("#w01-t01 textarea").focus()
    page.keyboard.type("one")
    page.keyboard.press("Enter")
    page.keyboard.type("two")
    is_saved(page.locator("#w01-t01"))
    assert json.loads((folder / "answers.json").read_text())["answers"]["w01-t01"]["value"] == "one\ntwo"
    page.keyboard.press("Tab")
    assert not page.locator("#w01-t01 textarea").evaluate("node => node === document.activeElement")


def open_beside(page: Page, lab: FrontEnd, folder: Path) -> None:
    """Open another notebook from within: what Lab opens again by itself after a new address is left to chance on a slow machine."""
    page.get_by_role("menuitem", name="File", exact=True).click()
    page.get_by_role("menuitem", name="Open from Path").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("textbox").fill(urlsplit(lab.url(folder / f"{folder.name}.ipynb")).path.partition("/tree/")[2])
    dialog.get_by_role("button", name="Open").click()


def clear(window: Page) -> None:
    """Close every notebook in the window of a Lab."""
    window.evaluate("() => [...jupyterapp.shell.widgets('main')].forEach((one) => one.dispose())")
    expect(window.locator(".jp-NotebookPanel")).to_have_count(0)


@pytest.fixture(scope="module")
def _window(shared: BrowserContext, lab: FrontEnd) -> Callable[[], Page]:
    """Give the one window of a Lab, with nothing in it."""
    kept: list[Page] = []

    def give() -> Page:
        if not kept or kept[-1].locator(".jp-Dialog").count():  # a test broke off here
            kept.append(shared.new_page())
            kept[-1].goto(f"{lab.base}/lab/workspaces/window{len(kept)}", wait_until="commit")
            kept[-1].wait_for_function("() => globalThis.jupyterapp?.restored.then(() => true)")
        kept[-1].bring_to_front()
        clear(kept[-1])
        return kept[-1]

    return give


@pytest.fixture
def window(_window: Callable[[], Page]) -> Page:
    """The same window of a Lab for each test that opens notebooks in it."""
    return _window()


def test_two_notebooks_in_one_lab_wait_each_for_its_own_answers(window: Page, lab: FrontEnd) -> None:
    page, first, second = window, lab.copy(), lab.copy()
    open_beside(page, lab, first)
    shown(page).locator("#hand-in").wait_for(state="attached")
    open_beside(page, lab, second)
    tabs = [page.locator(f'.lm-DockPanel-tabBar .lm-TabBar-tab[title*="{folder.parent.name}/{W01}"]') for folder in (first, second)]
    expect(page.locator(".jp-NotebookPanel #hand-in")).to_have_count(2)
    expect(page.locator(".wb-page-note:visible")).to_have_count(0)  # all of it has run
    tabs[0].click()
    expect(tabs[0]).to_contain_class("lm-mod-current")
    unsaved = shown(page).locator("#w01-t01")
    scope = unsaved.get_attribute("data-wb-scope")
    [lock] = [one / ".answers.lock" for one in (first, second) if json.loads((one / "answers.json").read_text())["copy"] == scope]
    lock.unlink(missing_ok=True)
    lock.mkdir()
    unsaved.locator("textarea").fill("In one of the two notebooks.")
    expect(unsaved).to_have_attribute("data-wb-state", "unsaved")
    panel = shown(page).locator("#hand-in")
    panel.locator(".wb-button").first.click()
    expect(panel.get_by_role("alert")).to_contain_text("not saved yet")
    tabs[1].click()
    expect(tabs[1]).to_contain_class("lm-mod-current")
    panel = shown(page).locator("#hand-in")
    panel.locator(".wb-button").first.click()
    expect(panel.get_by_role("alert")).to_contain_text("tick the declaration")
    expect(shown(page).locator("#w01-declaration input")).to_be_focused()
    lock.rmdir()
    tabs[0].click()
    is_saved(unsaved)


def with_code(folder: Path) -> None:
    path = folder / f"{W01}.ipynb"
    notebook = json.loads(path.read_text())
    cell: dict[str, Any] = {
        "cell_type": "code",
        "id": "bad",
        "metadata": {},
        "source": 'open("pwned", "w")',
        "outputs": [],
        "execution_count": None,
    }
    notebook["cells"].insert(1, cell)
    path.write_text(json.dumps(notebook))


def shown(page: Page) -> Locator:
    """The notebook in front: in a Lab there may be others behind it."""
    return page.locator(".jp-NotebookPanel:not(.lm-mod-hidden)")


def test_foreign_code_is_not_run_in_lab(page: Page, lab: FrontEnd) -> None:
    folder = lab.copy()
    with_code(folder)
    page.goto(lab.url(folder / f"{W01}.ipynb").replace("/lab/tree/", "/lab/workspaces/foreign/tree/"))
    expect(shown(page).locator(".wb-page-note")).to_contain_text("does not run by itself")
    shown(page).locator(".jp-CodeCell").first.click()
    page.keyboard.press("Shift+Enter")  # not even when somebody asks for it: the kernel knows only ask("…")
    page.keyboard.press("Shift+Enter")
    page.wait_for_timeout(3000)
    assert not list(folder.rglob("pwned"))
    assert shown(page).locator(SINGLE).count() == 0


def test_questions_that_do_not_come_are_told(page: Page, voila: FrontEnd) -> None:
    page.route_web_socket(re.compile("/api/kernels/"), lambda _: None)  # a wire on which nothing comes
    page.clock.install()
    page.goto(voila.url(voila.copy() / f"{W01}.ipynb"))
    expect(page.get_by_role("heading", name="Working and personal relationships")).to_be_visible()
    told = page.get_by_role("alert").filter(has_text="lost its connection")
    expect(told).to_be_hidden()
    page.clock.run_for(60_000)
    expect(told).to_be_visible()


def test_foreign_code_is_not_run_in_voila(page: Page, voila: FrontEnd) -> None:
    folder = voila.copy()
    with_code(folder)
    page.goto(voila.url(folder / f"{W01}.ipynb"))
    expect(page.get_by_role("heading", name="This is not one of your workbooks")).to_be_visible()
    expect(page.get_by_role("link", name="My workbooks")).to_be_visible()
    assert not list(folder.rglob("pwned"))


def test_a_tutors_folder_does_not_run_by_itself(window: Page, lab: FrontEnd) -> None:
    page = window
    for number, folder in enumerate([lab.copy(under) for under in ("submitted", "autograded", "received")], 1):
        open_beside(page, lab, folder)
        expect(page.locator(".jp-NotebookPanel")).to_have_count(number)
        expect(shown(page).locator(".wb-page-note")).to_contain_text("does not run by itself")
        assert shown(page).locator(".wb-question").count() == 0


@pytest.mark.parametrize("shelf", ["source", "workbooks"])
def test_a_tutor_changes_a_wording_in_lab_and_releases_it(window: Page, lab: FrontEnd, shelf: str, monkeypatch: pytest.MonkeyPatch) -> None:
    page, course = window, new_course(lab.root / f"class-{shelf}", name="Care, autumn")
    folder = course.root / shelf
    if shelf == "source":
        release(course, "w01")
    else:
        shutil.copytree(ROOT / "workbooks", folder)
        monkeypatch.setenv("WORKBOOKS_DIR", str(folder))
    open_beside(page, lab, folder / W01)
    expect(shown(page).locator(".wb-page-note")).to_contain_text("written" if shelf == "workbooks" else "does not run", timeout=60_000)
    page.wait_for_function(LANGUAGE)  # a kernel that comes later changes the notebook
    text = shown(page).locator(".jp-MarkdownCell").first
    text.dblclick()
    text.locator(".cm-content").click()
    page.keyboard.press("Control+End")
    page.keyboard.type(" Our class meets on Mondays.")
    page.keyboard.press("Shift+Enter")
    expect(text.locator(".jp-RenderedMarkdown")).to_contain_text("Our class meets on Mondays.")
    page.keyboard.press("Control+s")
    expect(page.locator(".jp-mod-current.jp-mod-dirty")).to_have_count(0)
    release(course, "w01")
    cells = json.loads((course.root / "release" / W01 / f"{W01}.ipynb").read_text("utf-8"))["cells"]
    assert any("Our class meets on Mondays." in "".join(cell["source"]) for cell in cells)
    assert not any(cell.get("outputs") for cell in cells)


def kill_kernel(folder: Path) -> None:
    """End the kernel of a notebook without warning."""
    kernels = [
        p
        for p in psutil.process_iter(["cmdline", "cwd"])
        if p.info["cwd"] == str(folder) and "workbook_helpers.jupyter.kernel" in (p.info["cmdline"] or [])
    ]
    assert kernels
    for kernel in kernels:
        kernel.kill()


def test_lab_wakes_up_after_a_killed_kernel(window: Page, lab: FrontEnd) -> None:
    page, folder = window, lab.copy()
    open_beside(page, lab, folder)
    page.locator("#hand-in").wait_for(state="attached")
    page.locator(FIRST).scroll_into_view_if_needed()
    page.locator(f"{FIRST} label").first.click()
    is_saved(page.locator(FIRST))
    kill_kernel(folder)
    page.locator("#w01-t01 textarea").scroll_into_view_if_needed()
    page.locator("#w01-t01 textarea").focus()
    page.keyboard.insert_text("After the kernel died.")  # at once: Lab draws the question anew when it wakes up
    is_saved(page.locator("#w01-t01"), timeout=60_000)
    expect(page.locator("#w01-t01 textarea")).to_have_value("After the kernel died.")
    expect(page.locator(f"{FIRST} input").first).to_be_checked()
    assert json.loads((folder / "answers.json").read_text())["answers"]["w01-t01"]["value"] == "After the kernel died."


# Every kind

GALLERY = load_workbook(ROOT / "workbooks" / "w99-gallery")


def decide(item: Locator) -> None:
    pick(item)
    item.get_by_role("button", name="Do this").click()


def tick(item: Locator) -> None:
    item.locator("label").first.click()


def pick(item: Locator) -> None:
    item.get_by_role("radio").first.check()


def write(item: Locator) -> None:
    item.locator("textarea").first.fill("Wedi’i ysgrifennu – 🙂")


HANDS: dict[str, Callable[[Locator], None]] = {
    "declaration": tick,
    "gaps": pick,
    "handover": pick,
    "match": pick,
    "multiple": tick,
    "order": lambda item: item.locator(".wb-order-pick").first.click(),
    "reflection": write,
    "relationships": pick,
    "scale": tick,
    "scenario": decide,
    "short": lambda item: item.get_by_role("textbox").fill("consent"),
    "single": tick,
    "sort": pick,
    "workplace": pick,
    "written": write,
}
"""Kind → what gives some answer to it."""

STATE = """node => [...node.querySelectorAll("input, textarea, li")].map((n) =>
  n.tagName === "LI" ? n.textContent : ["checkbox", "radio"].includes(n.type) ? n.checked : n.value)"""


@pytest.mark.parametrize("front_end", ["voila", "lab"], indirect=True)
def test_every_kind_is_answered_saved_and_restored(request: pytest.FixtureRequest, front_end: FrontEnd) -> None:
    """As the kernel keeps it; that each kind works is tried where it is quick (tests/kinds)."""
    in_lab = front_end.view != "/voila/render/"
    page: Page = request.getfixturevalue("window" if in_lab else "page")
    folder = front_end.copy(name=GALLERY.assignment)
    items: dict[str, Item] = {}
    for item in GALLERY.items.values():
        if not any(item.id in pool.items for pool in GALLERY.pools):
            items.setdefault(item.kind, item)
    assert set(items) == set(HANDS) == set(KINDS)

    def come() -> None:
        if in_lab:
            open_beside(page, front_end, folder)
        else:
            page.goto(front_end.url(folder / f"{folder.name}.ipynb"), wait_until="commit")

    come()
    page.get_by_label("Your learner ID").fill("ana01")
    page.get_by_role("button", name="Show my questions").click()
    page.locator("#w99-declaration input").wait_for(state="attached")
    page.locator("#hand-in").wait_for(state="attached")
    states = {}
    for kind, item in items.items():
        question = page.locator(f"#{item.id}")
        HANDS[kind](question)
        is_saved(question)
    saved = json.loads((folder / "answers.json").read_text("utf-8"))["answers"]
    for kind, item in items.items():
        assert item.problem(saved[item.id]["value"]) is None
        assert not item.is_blank(saved[item.id]["value"]), kind
        states[kind] = page.locator(f"#{item.id}").evaluate(STATE)
    kill_kernel(folder)
    clear(page) if in_lab else page.goto("about:blank")
    come()
    page.locator("#hand-in").wait_for(state="attached")
    for kind, item in items.items():
        question = page.locator(f"#{item.id}")
        is_saved(question)
        assert question.evaluate(STATE) == states[kind], kind
