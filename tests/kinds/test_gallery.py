"""The gallery shows every kind, and each goes the whole way: answered, handed in, marked, shown to the marker, given back."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from runpy import run_path
from typing import Any, get_args

import pytest
from markupsafe import escape
from playwright.sync_api import Page, expect

from autograde.checks import leaks, secrets, stories
from autograde.classes.new import new_course
from autograde.classes.roster import import_roster
from autograde.content import load_key, load_rubrics, load_samples
from autograde.inbox.intake import intake
from autograde.marking.kinds import MARKERS
from autograde.outbox.feedback import write_feedback
from autograde.outbox.release import release
from autograde.run.mark import mark_class
from autograde.run.rebuild import REAL_WORK, inert
from tests.axe import faults
from tests.conftest import ROOT
from tests.kinds.conftest import KernelPage, KindPage
from workbook_helpers.answers import AnswerStore
from workbook_helpers.hand_in import choose_learner, hand_in
from workbook_helpers.items import KINDS, Purpose, load_workbook
from workbook_helpers.items.documents import Document

UNMARKED: dict[str, Any] = {
    "declaration": True,
    "written": "In my own words.",
    "workplace": {"date": "2026-11-03", "done": "I listened."},
    "scale": {"no": 2},
    "reflection": {"what": "A daughter was angry.", "share": True},
}
"""Kind → an answer to an item that has no key."""

GALLERY = ROOT / "workbooks" / "w99-gallery"


def test_its_page_in_the_docs_says_what_each_kind_says() -> None:
    made = run_path(str(ROOT / "docs" / "pictures.py"))["gallery_page"](load_workbook(GALLERY))
    assert (ROOT / "docs" / "gallery.md").read_text("utf-8") == made, "run: python docs/pictures.py gallery"


def test_every_kind_is_in_the_gallery() -> None:
    gallery = load_workbook(GALLERY)
    assert {item.kind for item in gallery.items.values()} == set(KINDS)
    assert {document.form for document in gallery.documents.values()} == set(get_args(Document.model_fields["form"].annotation))


def test_stories_are_drawn() -> None:
    drawn = dict(stories(GALLERY))
    assert set(drawn) == {"w99-scenario-p", "w99-scenario-q"}
    assert all(text.startswith("flowchart") for text in drawn.values())


@pytest.mark.filterwarnings("ignore:Object of type <Submitted")
@pytest.mark.parametrize("right", [True, False], ids=["right", "wrong"])
def test_every_kind_goes_the_whole_way(tmp_path: Path, right: bool) -> None:
    course = new_course(tmp_path / "class", name="Gallery")
    (tmp_path / "roster.csv").write_text("id,first name,last name\nana01,Ana,Evans\n")
    import_roster(course, tmp_path / "roster.csv")
    assignment = release(course, "w99").assignment
    key = load_key("w99")
    home = tmp_path / "home" / assignment
    home.parent.mkdir()
    (course.root / "release" / assignment).rename(home)
    workbook = load_workbook(home)
    choose_learner(workbook, "ana01")
    store = AnswerStore(home, "w99")
    paper = workbook.paper(store.seed())
    assert len(paper) == len(workbook.items) - 1  # two of a pool of three
    words: dict[str, tuple[str, ...]] = {}
    for item in paper.values():
        if item.purpose is Purpose.PRACTICE:
            continue
        if item.id in key.keys:
            tries = MARKERS[item.kind].tries(item, key.keys[item.id].right)
            value: Any = tries.right if right else tries.wrong
        else:
            value = UNMARKED[item.kind]
        if item.handed_in(value) is not None and item.kind != "declaration":
            words[item.id] = item.in_words(value)
        store.put(item.id, value)
    receipt = hand_in(workbook, "ana01")
    intake(course, [home.parent / "handed-in" / receipt.file], assignment)
    [line] = mark_class(course, assignment)
    assert not any("questions" in oddity for oddity in line.oddities), "the paper is the one that was drawn"
    full = sum(item.points for item in paper.values() if item.purpose is Purpose.ASSESSED and not item.asks_person)
    assert line.outcome == "marked"
    assert line.points == full if right else line.points < full
    made = json.loads((course.path("autograded", "ana01", assignment) / f"{assignment}.ipynb").read_text())
    shown = " ".join(str(output["data"]["text/html"]) for cell in made["cells"] for output in cell.get("outputs", ()))
    shown += " ".join(str(cell["source"]) for cell in made["cells"])
    for parts in words.values():
        for part in parts:
            assert inert(part) in shown
    [page] = write_feedback(course, assignment, partial=True)
    assert page.path
    text = page.path.read_text()
    assert all(str(escape(item.stem)) in text for item in paper.values() if item.id in words)
    assert all(str(escape(part)) in text for parts in words.values() for part in parts)
    assert shown.count(REAL_WORK) == 1, "of the written task's criterion"
    document = workbook.documents["w99-d01"]
    assert shown.count(document.as_html(escaped=inert)) == text.count(document.as_html()) == 2, "each question that rests on it"
    assert list(leaks(secrets(key, load_rubrics("w99"), load_samples("w99")), [course.root / "feedback", course.root / "handout"])) == []


@pytest.mark.wcag("axe", "1.4.10")
def test_the_gallery_has_no_violation_at_320_px(page: Page, kind_page: Callable[[str], KindPage]) -> None:
    opened = kind_page((GALLERY / "items.toml").read_text("utf-8"))
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.locator(".wb-question").count() == len(load_workbook(GALLERY).paper())
    assert faults(page) == []
    assert page.evaluate("document.querySelector('html').scrollWidth") <= 320
    first, again = (page.locator(f"#{name} details.wb-document") for name in ("w99-page-q", "w99-page-again-q"))
    expect(page.get_by_role("group", name="Document: Care plan, page 2: Mr Prosser")).to_be_visible()
    assert first.locator("summary > span").first.evaluate("node => node.offsetWidth") == 0, "an open sheet says its title once"
    expect(page.locator("#w99-page-again-q")).to_have_accessible_description(re.compile("^See the document again: Care plan, page 2"))
    assert [one.get_attribute("open") for one in (first, again)] == ["", None]
    first.locator("summary").click()
    again.locator("summary").click()
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert [one.get_attribute("open") for one in (first, again)] == ["", None], "once on paper, whatever is open"
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    opened.reload()
    expect(again).to_have_attribute("open", "")
    assert first.get_attribute("open") is None
    assert opened.folder.name.startswith("w99")


def test_a_shuffled_question_and_a_draw_stay_as_they_are(page: Page, kernel_page: Callable[[str], KernelPage]) -> None:
    opened = kernel_page((GALLERY / "items.toml").read_text("utf-8"))
    texts = page.locator("#w99-single-q label").all_inner_texts()
    drawn = page.locator("[id^=w99-drawn]").evaluate_all("nodes => nodes.map(node => node.id)")
    workbook = load_workbook(opened.folder)
    assert drawn == [workbook.paper(AnswerStore(opened.folder, "w99").seed())[place].id for place in ("w99-drawn-1", "w99-drawn-2")]
    page.locator("#w99-single-q").get_by_label("Your senior or manager").check()
    assert opened.saved("w99-single-q") == "b"  # what it says, wherever it stands
    closed = [item for item in workbook.paper(assessed=True).values() if not item.asks_person]
    expect(page.locator(f"#{drawn[0]} .wb-label").first).to_contain_text(f"of {len(closed)} · 1 point")
    opened.reload()
    assert page.locator("#w99-single-q label").all_inner_texts() == texts
    assert page.locator("[id^=w99-drawn]").evaluate_all("nodes => nodes.map(node => node.id)") == drawn
    expect(page.locator("#w99-single-q").get_by_label("Your senior or manager")).to_be_checked()
    expect(page.locator("#w99-single-q .wb-rule")).to_have_text("One best answer: all the points for it, none for another.")
