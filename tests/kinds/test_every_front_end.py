"""Every kind in every front end: answered, saved, and there again after the kernel was killed."""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page

from tests.browser.conftest import FrontEnd, lab, notebook7, voila  # noqa: F401, fixtures
from tests.conftest import ROOT, is_saved, kill_kernels
from workbook_helpers.items import KINDS, Item, load_workbook

GALLERY = ROOT / "workbooks" / "w99-gallery"


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


def open_gallery(page: Page, front_end: FrontEnd, folder: Path) -> None:
    address = front_end.url(folder / f"{folder.name}.ipynb").replace("/lab/tree/", f"/lab/workspaces/{folder.parent.name}/tree/")
    page.goto(address, wait_until="commit")
    if not (folder / "answers.json").exists():
        page.get_by_label("Your learner ID").fill("ana01")
        page.get_by_role("button", name="Show my questions").click()
    page.locator("#w99-declaration input").wait_for(state="attached")
    page.locator("#hand-in").wait_for(state="attached")


@pytest.mark.parametrize("front_end", ["voila", "lab", "notebook7"])
def test_every_kind_is_answered_saved_and_restored(page: Page, request: pytest.FixtureRequest, front_end: str) -> None:
    served: FrontEnd = request.getfixturevalue(front_end)
    page.add_init_script("try { localStorage.setItem('wb-display', '{\"pages\": \"one\"}'); } catch { /* about:blank keeps nothing */ }")
    folder = Path(shutil.copytree(GALLERY, served.root / f"gallery-{front_end}" / GALLERY.name))
    items: dict[str, Item] = {}
    for item in load_workbook(GALLERY).items.values():
        if not any(item.id in pool.items for pool in load_workbook(GALLERY).pools):
            items.setdefault(item.kind, item)
    assert set(items) == set(HANDS) == set(KINDS)
    open_gallery(page, served, folder)
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
    kill_kernels(os.getpid())
    page.goto("about:blank")
    open_gallery(page, served, folder)
    for kind, item in items.items():
        question = page.locator(f"#{item.id}")
        is_saved(question)
        assert question.evaluate(STATE) == states[kind], kind
