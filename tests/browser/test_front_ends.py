"""One notebook, three doors: each shows the same calm page, run by itself, and runs nothing of anybody else's."""

import json
import re
import shutil
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psutil
import pytest
from playwright.sync_api import Locator, Page, expect

from autograde.course.new import new_course
from autograde.course.release import release
from tests.browser.conftest import W01, FrontEnd
from tests.conftest import ROOT

SAVED = re.compile(r"^Saved \d\d:\d\d$")
ALL = pytest.mark.parametrize("front_end", ["voila", "lab", "notebook7"], indirect=True)
LABS = pytest.mark.parametrize("front_end", ["lab", "notebook7"], indirect=True)
# Each Lab test its own workspace: otherwise Lab opens again what an earlier test had open.
FIRST = "#w01-p01"


def open_page(page: Page, front_end: FrontEnd, folder: Path) -> None:
    page.goto(
        front_end.url(folder / f"{W01}.ipynb").replace("/lab/tree/", f"/lab/workspaces/{folder.parent.name}/tree/"), wait_until="commit"
    )
    page.locator(f"{FIRST} input").first.wait_for(state="attached")
    page.locator("#hand-in").wait_for(state="attached")


@ALL
def test_the_page_opens_by_itself_without_code(page: Page, front_end: FrontEnd) -> None:
    hosts: set[str | None] = set()
    page.on("request", lambda request: hosts.add(urlsplit(request.url).hostname))
    folder = front_end.copy()
    open_page(page, front_end, folder)
    page.locator(FIRST).scroll_into_view_if_needed()
    page.locator(f"{FIRST} label").first.click()
    expect(page.locator(f"{FIRST} .wb-status")).to_have_text(SAVED)
    assert list(json.loads((folder / "answers.json").read_text())["answers"]) == ["w01-p01"]
    visible = page.evaluate("document.querySelector('.jp-Notebook, main').innerText")
    assert "ask(" not in visible
    assert "Working and personal relationships" in visible
    assert page.locator(".jp-InputPrompt:visible, .jp-OutputPrompt:visible, .jp-cell-toolbar:visible").count() == 0
    assert hosts <= {"localhost", "127.0.0.1", None, ""}, "nothing may come from the net"


@pytest.mark.wcag("2.1.4")
@LABS
def test_keys_answer_and_leave_the_cells_alone(page: Page, front_end: FrontEnd) -> None:
    folder = front_end.copy()
    open_page(page, front_end, folder)
    cells = page.locator(".jp-Notebook .jp-Cell").count()
    page.locator("#w01-t01 textarea").scroll_into_view_if_needed()
    page.locator("#w01-t01 textarea").focus()
    page.keyboard.type("dd a b x z")
    page.locator("#w01-q01 input").first.focus()
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    page.keyboard.type("ddabmyx")
    page.keyboard.press("Enter")
    expect(page.locator("#w01-q01 .wb-status")).to_have_text(SAVED)
    assert page.locator(".jp-Notebook .jp-Cell").count() == cells
    expect(page.locator("#w01-t01 textarea")).to_have_value("dd a b x z")
    expect(page.locator("#w01-q01 input").nth(1)).to_be_checked()
    assert json.loads((folder / f"{W01}.ipynb").read_text())["cells"][1]["outputs"] == [], "outputs are shown, not kept"


def test_lab_does_not_ask_to_save(page: Page, lab: FrontEnd) -> None:
    open_page(page, lab, lab.copy())
    expect(page.locator(".lm-TabBar-tab.lm-mod-current.jp-mod-dirty")).to_have_count(0)


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
    """The notebook in front: Lab may have opened again one of an earlier test behind it."""
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
    assert shown(page).locator("#w01-q05").count() == 0


def test_questions_that_do_not_come_are_told(page: Page, voila: FrontEnd) -> None:
    page.route_web_socket(re.compile("/voila/execution/"), lambda _: None)  # a wire on which nothing comes
    page.goto(voila.url(voila.copy() / f"{W01}.ipynb"), wait_until="commit")
    expect(page.get_by_role("heading", name="Working and personal relationships")).to_be_visible()
    expect(page.get_by_role("alert").filter(has_text="lost its connection")).to_be_visible(timeout=60_000)


def test_foreign_code_is_not_run_in_voila(page: Page, voila: FrontEnd) -> None:
    folder = voila.copy()
    with_code(folder)
    page.goto(voila.url(folder / f"{W01}.ipynb"))
    expect(page.get_by_role("heading", name="This is not one of your workbooks")).to_be_visible()
    expect(page.get_by_role("link", name="My workbooks")).to_be_visible()
    assert not list(folder.rglob("pwned"))


@pytest.mark.parametrize("under", ["submitted", "autograded", "received"])
def test_a_tutors_folder_does_not_run_by_itself(page: Page, lab: FrontEnd, under: str) -> None:
    folder = lab.copy(under)
    page.goto(lab.url(folder / f"{W01}.ipynb").replace("/lab/tree/", f"/lab/workspaces/{under}/tree/"))
    expect(shown(page).locator(".wb-page-note")).to_contain_text("does not run by itself")
    assert shown(page).locator(".wb-question").count() == 0


@pytest.mark.parametrize("shelf", ["source", "workbooks"])
def test_a_tutor_changes_a_wording_in_lab_and_releases_it(page: Page, lab: FrontEnd, shelf: str, monkeypatch: pytest.MonkeyPatch) -> None:
    course = new_course(lab.root / f"class-{shelf}", name="Care, autumn")
    folder = course.root / shelf
    if shelf == "source":
        release(course, "w01")
    else:
        shutil.copytree(ROOT / "workbooks", folder)
        monkeypatch.setenv("WORKBOOKS_DIR", str(folder))
    page.goto(lab.url(folder / W01 / f"{W01}.ipynb").replace("/lab/tree/", f"/lab/workspaces/author-{shelf}/tree/"))
    expect(shown(page).locator(".wb-page-note")).to_contain_text("written" if shelf == "workbooks" else "does not run", timeout=60_000)
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


def test_lab_wakes_up_after_a_killed_kernel(page: Page, lab: FrontEnd) -> None:
    folder = lab.copy()
    open_page(page, lab, folder)
    page.locator(FIRST).scroll_into_view_if_needed()
    page.locator(f"{FIRST} label").first.click()
    expect(page.locator(f"{FIRST} .wb-status")).to_have_text(SAVED)
    kernels = [
        p
        for p in psutil.process_iter(["cmdline", "cwd"])
        if p.info["cwd"] == str(folder) and "workbook_helpers.kernel" in (p.info["cmdline"] or [])
    ]
    assert kernels
    for kernel in kernels:
        kernel.kill()
    page.locator("#w01-t01 textarea").scroll_into_view_if_needed()
    page.locator("#w01-t01 textarea").focus()
    page.keyboard.insert_text("After the kernel died.")  # at once: Lab draws the question anew when it wakes up
    expect(page.locator("#w01-t01 .wb-status")).to_have_text(SAVED, timeout=60_000)
    expect(page.locator("#w01-t01 textarea")).to_have_value("After the kernel died.")
    expect(page.locator(f"{FIRST} input").first).to_be_checked()
    assert json.loads((folder / "answers.json").read_text())["answers"]["w01-t01"]["value"] == "After the kernel died."
