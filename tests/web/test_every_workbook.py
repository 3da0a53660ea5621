"""Each workbook of the unit as its students get it: axe finds nothing, all fits a phone, the keyboard gets to each question.

Colours, the size of what is touched and each state of a question are the page's, and looked at once for all (`test_states.py`).
"""

from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.axe import violations
from tests.browser.test_accessible import FOCUS, fits
from tests.web.device import opened
from tests.web.test_file import WORKBOOKS
from tests.web.test_states import COLOURS
from workbook_helpers.items import load_workbook
from workbook_helpers.web import workbook_file
from workbook_helpers.words import say

MOST = 900
"""Times that Tab is pressed; a workbook has some 300 stops."""
UNIT = [folder for folder in WORKBOOKS if not folder.name.startswith(("w01", "w99"))]
"""All but the gallery, and w01, at which tests/browser looks longer."""


@pytest.mark.parametrize("folder", UNIT, ids=lambda folder: folder.name)
def test_a_workbook_is_open_to_all(context: BrowserContext, tmp_path: Path, folder: Path) -> None:
    workbook = load_workbook(folder)
    (tmp_path / "page.html").write_bytes(workbook_file(workbook))
    page = opened(context, (tmp_path / "page.html").as_uri()).work("ana01").page
    places = [name for section in workbook.sections() for name in section.items if name not in {"progress", "hand-in"}]
    questions = page.locator(", ".join(f'[data-wb-ask="{name}"] .wb-question' for name in places))
    expect(questions).to_have_count(len(places))
    asked = questions.evaluate_all("(all) => all.map((one) => one.id)")
    page.evaluate("for (const node of document.querySelectorAll('details.wb-document')) node.open = true")
    assert violations(page, without=COLOURS) == []
    reached: dict[str, None] = {}
    for _ in range(MOST):
        page.keyboard.press("Tab")
        stop = page.evaluate(FOCUS)
        if stop["tag"] == "BODY":
            break
        reached[stop["item"]] = None
        if stop["text"] == say("earlier-more"):
            page.keyboard.press("Enter")
    assert [item for item in reached if item in asked] == asked, "in the order of the page"
    page.set_viewport_size({"width": 320, "height": 640})
    fits(page)
    assert page.locator("main img").evaluate_all("all => all.filter((one) => !one.naturalWidth || !one.alt).length") == 0
