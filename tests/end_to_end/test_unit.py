"""Every workbook of the unit, as a student does it: the file opened, answered and handed in, then marked with full points.

It is open to all: axe finds nothing, all fits a phone, the keyboard gets to each question. Colours, the size of what is touched and each
state of a question are the page's, and looked at once for all (tests/web/test_states.py).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from autograde.classes.folder import Course
from autograde.classes.new import new_course
from autograde.classes.roster import import_roster
from autograde.content import load_key, load_samples
from autograde.inbox.intake import intake
from autograde.marking.kinds import MARKERS
from autograde.outbox.feedback.samples import samples_page
from autograde.outbox.release import release
from autograde.run.mark import mark_class
from tests.axe import COLOURS, faults, violations
from tests.browser.test_accessible import FOCUS, fits
from tests.conftest import ROOT, all_at_once, is_saved
from workbook_helpers.items import Item, Json, Purpose, load_workbook, paper_seed
from workbook_helpers.items.kinds.scenario import Scenario
from workbook_helpers.words import say

UNIT = sorted(path.parent.name for path in (ROOT / "workbooks").glob("*/workbook.toml") if path.parent.name != "w99-gallery")

MOST = 900
"""Times that Tab is pressed; a workbook has some 300 stops."""


@dataclass(frozen=True)
class Desk:
    """A class with the whole unit released, and the file of each workbook."""

    course: Course
    files: dict[str, Path]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return released(tmp_path_factory.mktemp("unit"), UNIT)


def released(root: Path, names: Iterable[str]) -> Desk:
    """Make a class of one student, and release these workbooks to it."""
    course = new_course(root / "class", name="The whole unit")
    (root / "roster.csv").write_text("id,first name,last name\nana01,Ana,Evans\n")
    import_roster(course, root / "roster.csv")
    return Desk(course, {name: release(course, name).file for name in names})


def answer(box: Locator, item: Item, value: Any) -> None:
    """Answer a question on the page, by what it shows."""
    match item.kind:
        case "single":
            box.locator(f'input[value="{value}"]').check()
        case "multiple":
            for option in value:
                box.locator(f'input[value="{option}"]').check()
        case "match" | "sort" | "handover":
            all_at_once(box)
            for part, chosen in value.items():
                box.locator(f'input[name$="-{part}"][value="{chosen}"]').check()
        case "relationships":
            all_at_once(box)
            for person, said in value.items():
                for part, chosen in said.items():
                    box.locator(f'input[name$="-{person}-{part}"][value="{chosen}"]').check()
        case "gaps":
            all_at_once(box)
            for gap, said in value.items():
                typed = box.locator(f'input[type=text][id$="-{gap}"]')
                typed.fill(said) if typed.count() else box.locator(f'input[name$="-{gap}"][value="{said}"]').check()
        case "order":
            for step in sorted(item.model_dump()["steps"], key=lambda step: value.index(step["id"]))[:-1]:  # the last takes the place left
                box.get_by_role("button", name=step["text"], exact=True).click()
        case "scenario":
            assert isinstance(item, Scenario)
            for step in value:
                box.locator(f'input[value="{step.partition(".")[2]}"]').last.check()
                box.get_by_role("button", name="Do this").click()
        case "short" | "written":
            box.locator("input[type=text], textarea").fill(value)
        case "declaration":
            box.get_by_role("checkbox").check()


def right_answers(items: dict[str, Item], name: str) -> dict[str, tuple[Item, Json]]:
    key = load_key(name[:3])
    found: dict[str, tuple[Item, Json]] = {}
    for item in items.values():
        if item.id in key.keys:
            found[item.id] = item, MARKERS[item.kind].tries(item, key.keys[item.id].right).right
        elif item.purpose is Purpose.ASSESSED:
            found[item.id] = item, "I told my senior, because the person has a right to good care."
        elif item.kind == "declaration":
            found[item.id] = item, True
    return found


def reached_by_tab(page: Page) -> list[str]:
    """Give the questions that Tab comes to, in its order, from the top of the page to its end."""
    reached: dict[str, None] = {}
    for _ in range(MOST):
        page.keyboard.press("Tab")
        stop = page.evaluate(FOCUS)
        if stop["tag"] == "BODY":
            break
        reached[stop["item"]] = None
        if stop["text"] == say("earlier-more"):
            page.keyboard.press("Enter")
    return [*reached]


@pytest.mark.parametrize("name", UNIT)
def test_a_workbook_is_opened_answered_and_marked(page: Page, desk: Desk, tmp_path: Path, name: str) -> None:
    page.goto(desk.files[name].as_uri())
    page.get_by_label("Your learner ID").fill("ana01")
    assert violations(page, without=COLOURS) == []
    page.get_by_role("button", name="Show my questions").click()
    workbook = load_workbook(desk.course.root / "release" / name)
    paper = workbook.paper(paper_seed(desk.course.course_id, workbook.id, "ana01"))
    questions = page.locator(".wb-question:not(#hand-in, #your-work)")
    expect(questions).to_have_count(len(paper))
    asked = questions.evaluate_all("(all) => all.map((one) => one.id)")
    page.evaluate("for (const node of document.querySelectorAll('details.wb-document')) node.open = true")
    assert violations(page, without=COLOURS) == []
    assert [item for item in reached_by_tab(page) if item in asked] == asked, "in the order of the page"
    for item, value in right_answers(paper, name).values():
        box = page.locator(f"#{item.id}")
        answer(box, item, value)
        is_saved(box)
    page.set_viewport_size({"width": 320, "height": 640})
    fits(page)
    assert page.locator("main img").evaluate_all("all => all.filter((one) => !one.naturalWidth || !one.alt).length") == 0
    panel = page.locator("#hand-in")
    with page.expect_download() as handed:
        panel.get_by_role("button", name="Hand in").click()
    expect(panel).to_contain_text("✓ Your hand-in file is made")
    handed.value.save_as(sent := tmp_path / handed.value.suggested_filename)
    intake(desk.course, [sent], name)
    [line] = mark_class(desk.course, name)
    closed = [item for item in paper.values() if item.purpose is Purpose.ASSESSED and not item.asks_person]
    assert line.outcome == "marked"
    assert line.points == sum(item.points for item in closed)


def test_markers_practise_with_sample_answers(page: Page) -> None:
    workbook = load_workbook(ROOT / "workbooks" / "w08-conflict-and-staying-calm")
    page.set_content(samples_page(workbook))
    samples = load_samples(workbook.id).samples
    expect(page.locator("section")).to_have_count(len(samples))
    expect(page.get_by_text(samples[0].why.strip()[:60])).to_be_hidden()
    for summary in page.locator("summary").all():
        summary.click()
    expect(page.get_by_text(samples[0].why.strip()[:60])).to_be_visible()
    assert faults(page) == []
