"""The page Quality, as an assessor and a quality assurer use it: without a script, by keyboard, on a narrow screen."""

import json
import shutil
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import delete, insert

from autograde.desk import quality_data
from autograde.desk.pages import plain
from autograde.desk.quality_view import PARTS
from autograde.gradebook import log, own_tables
from autograde.records.opening import reading, writing
from autograde.records.sampling import samples_of
from autograde.text import naive
from tests.axe import violations
from tests.conftest import ROOT, free_port
from tests.desk.conftest import Desk, Serve, as_json, fits, said, start
from tests.tutor.conftest import ASSIGNMENT

ME = "Ines <b>Roy</b>"
LOGIN = "iroy"
"""Who is logged in at the desk; she types her name."""


@pytest.fixture(scope="module")
def desk(serve: Serve, model: Path, surroundings: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A desk of this room's own, whose answers are counted, with the real sample answers."""
    folder = tmp_path_factory.mktemp("served-quality")
    keys = shutil.copytree(surroundings["AUTOGRADE_KEYS"], folder / "own")
    (keys / "samples").mkdir()
    shutil.copy(ROOT / "autograde" / "content" / "samples" / "w01.toml", keys / "samples")
    root = Path(shutil.copytree(model, folder / "class"))
    return start(serve, root, {**surroundings, "AUTOGRADE_KEYS": str(keys), "AUTOGRADE_WHO": LOGIN}, free_port())


@pytest.fixture(autouse=True)
def decided(desk: Desk) -> None:
    """Two decisions of Ruth's and nothing else of this room."""
    about: dict[str, Any] = {
        "framework": "rqf-l2",
        "criterion": "1.1",
        "assessor": "Ruth",
        "entered_by": "rosei",
        "proposal": json.dumps({"met": None, "why": "", "rests_on": [], "missing": []}),
        "reason": "<i>plain</i> to see",
    }
    about |= {"at": naive(datetime(2026, 12, 3, 9, tzinfo=UTC)), "evidence": f'["{ASSIGNMENT}/w01-t01@0", "seen"]'}
    seen: dict[str, Any] = {
        "id": "seen",
        "learner": "ana01",
        "kind": "observation",
        "criteria": '["1.1"]',
        "by": "Kofi",
        "title": "At <b>lunch",
    }
    seen |= {"on": date(2026, 12, 2), "text": "<b>She said why.", "entered_by": "Kofi", "at": about["at"], "withdrawn": False}
    tables = (own_tables.sample_plan, own_tables.sample, own_tables.second_mark, own_tables.action, own_tables.standard_mark)
    with writing(desk.course) as database:
        for table in (*tables, own_tables.decision, own_tables.adjustment, own_tables.evidence):
            database.run(delete(table))
        database.run(insert(own_tables.evidence).values(**seen))
        rows = [{"id": f"d-{who}", "learner": who, "met": who == "ana01", **about} for who in ("ana01", "ben01")]
        database.run_each(insert(own_tables.decision), rows)


def test_a_decision_is_sampled_looked_at_and_acted_upon_without_a_script(desk: Desk, plain_page: Page) -> None:
    page = desk.enter(plain_page, "quality")
    page.get_by_label("Seed").fill("autumn")
    page.get_by_label("Of each assessor’s decisions, in percent").fill("200")
    page.get_by_role("button", name="Sample").click()
    expect(page.locator(".desk-fault")).to_contain_text("200% of each assessor’s decisions and 25% of a new assessor’s cannot be")
    expect(page.get_by_label("Seed")).to_have_value("autumn")
    page.get_by_label("Of each assessor’s decisions, in percent").fill("10")
    page.get_by_role("button", name="Sample").click()
    said(page, "2 decisions to look at. The plan’s seed is autumn.")
    page.get_by_role("link", name="1.1, Ana Evans").click()
    expect(page.get_by_text("<i>plain</i> to see")).to_be_visible()
    expect(page.get_by_role("article")).to_contain_text("observation, Kofi, 2 December 2026; the decision names it")
    expect(page.get_by_text("<b>She said why.")).to_be_visible()
    expect(page.get_by_text("The decision names 1 piece of evidence more")).to_be_visible()
    page.get_by_label("I do not agree").check()
    page.get_by_label("Your name").fill(ME)
    page.get_by_role("button", name="Write it down").click()
    expect(page.locator("#look-text-fault")).to_have_text("Say why you do not agree: the assessor reads it.")
    page.get_by_label("Feedback to the assessor").fill("The example <b>is missing.")
    page.get_by_role("button", name="Write it down").click()
    said(page, f"{ME} does not agree with Ruth’s decision on 1.1.")
    expect(page.get_by_role("row").filter(has_text="Ana Evans")).to_contain_text("not agreed")
    page.get_by_role("link", name="1.1, Ana Evans").click()
    page.get_by_role("link", name="Ask Ruth to do something").click()
    page.get_by_label("What is to be done").fill("Ask Ana for it")
    page.get_by_label("Until, if there is a date").fill("2026-12-20")
    page.get_by_role("button", name="Ask").click()
    said(page, "Ruth is asked to do it.")
    expect(page.get_by_text("until 20 December 2026")).to_be_visible()
    page.get_by_text("Close it").click()
    page.get_by_label("What was done").fill("It came.")
    page.get_by_role("button", name="Close", exact=True).click()
    said(page, "Closed: Ask Ana for it")
    assert [(one.agrees, one.by) for one in samples_of(desk.course)] == [(None, ""), (False, ME)]
    page.goto(f"{desk.base}/desk/quality?sample={samples_of(desk.course)[0].id}")
    page.get_by_label("I agree", exact=True).check()
    page.get_by_label("Your name").fill("RUTH")
    page.get_by_role("button", name="Write it down").click()
    expect(page.locator("#look-text-fault")).to_contain_text("Ruth made this decision, at the login rosei. Somebody else has to look at it")
    with reading(desk.course) as connection:
        names = [(one.who, (one.detail or {}).get("assurer")) for one in log.entries_in(connection) if one.what == "look at decision"]
    assert set(names) == {(LOGIN, ME)}


def test_an_answer_is_marked_twice_and_the_two_differ(desk: Desk, plain_page: Page) -> None:
    page = desk.enter(plain_page, "quality?part=second")
    page.get_by_label("Your name").fill(ME)
    page.get_by_role("button", name="This is me").click()
    page.get_by_role("link", name="Mark w01-t01 a second time").click()
    expect(page.get_by_label("Points, of 10")).to_be_visible()
    page.wait_for_load_state()
    text = page.locator("main").inner_text()
    assert "Because." in text
    assert not [word for word in ("Ana", "ana01", "Ben", "7 of") if word in text]
    page.get_by_label("Points, of 10").fill("70")
    page.get_by_role("button", name="Write it down, and go on").click()
    expect(page.locator("#second-points-fault")).to_contain_text("not between 0 and the 10")
    page.get_by_label("Points, of 10").fill("4,5")
    page.get_by_label("A reason for each of the three.").check()
    page.get_by_role("button", name="Write it down, and go on").click()
    said(page, "4.5 points are written down. 1 answer of this task left.")
    page.get_by_label("Points, of 10").fill("7")
    page.get_by_role("button", name="Write it down, and go on").click()
    said(page, "0 answers of this task left.")
    page.get_by_role("link", name="Agreement").click()
    expect(page.get_by_text("It is agreement, not accuracy")).to_be_visible()
    expect(page.locator("dl")).to_contain_text("50%")
    page.get_by_role("listitem").filter(has_text="7 at first, 4.5").get_by_role("link").click()
    expect(page.get_by_text("7 of 10 points")).to_be_visible()


def test_the_samples_are_marked_before_the_authors_view_is_seen(desk: Desk, window: Page) -> None:
    page = desk.enter(window, "quality?part=standard")
    page.get_by_role("button", name="Show its samples").click()
    expect(page.get_by_role("heading", name="Sample 1, w01-t01")).to_be_visible()
    expect(page.get_by_text("responsibility for the boundary is given", exact=False)).to_have_count(0)
    assert "the author" not in page.locator("main").inner_text().replace("What the author gives", "")
    page.get_by_label("A reason for each of the three.").focus()  # by keyboard from here
    page.keyboard.press("Space")
    page.get_by_label("Points, of 10").focus()
    page.keyboard.type("7")
    page.keyboard.press("Enter")
    said(page, "Written down. The author’s view stands below.")
    expect(page.get_by_role("heading", name="Sample 1, w01-t01: you 7, the author 8 (met)")).to_be_visible()
    expect(page.get_by_role("region", name="Agreement on each must-see point")).to_contain_text("A reason for each of the three.")
    assert violations(page) == []
    fits(page, 320)


def test_extra_time_is_given_and_ended(desk: Desk, plain_page: Page) -> None:
    page = desk.enter(plain_page, "quality?part=adjustments")
    page.get_by_label("Learner", exact=True).select_option(label="Fay Fenn (fay01)")
    page.get_by_label("Days of extra time").fill("7")
    page.get_by_label("Why it is given").fill("agreed plan")
    page.get_by_role("button", name="Write it down").click()
    expect(page.locator(".desk-fault")).to_contain_text("who approved it")
    page.get_by_label("Learner", exact=True).select_option(label="Fay Fenn (fay01)")
    page.get_by_label("w01", exact=True).check()
    page.get_by_label("Who approved it").fill("Ruth Osei")
    page.get_by_role("button", name="Write it down").click()
    said(page, "extra time for Fay Fenn is written down.")
    page.goto(f"{desk.base}/desk/learners?learner=fay01")
    expect(page.locator("#one")).to_contain_text("more than the others")
    page.goto(f"{desk.base}/desk/quality?part=adjustments")
    page.get_by_role("button", name="End it for Fay Fenn, extra time: 7 days").click()
    said(page, "It has ended: extra time.")
    page.goto(f"{desk.base}/desk/learners?learner=fay01")
    expect(page.locator("#one")).not_to_contain_text("more than the others")


def test_every_part_is_accessible_and_narrow(desk: Desk, window: Page) -> None:
    page = desk.enter(window, "quality")
    page.get_by_role("button", name="Sample").focus()
    page.keyboard.press("Enter")
    said(page, "2 decisions to look at.")
    [first, *_] = samples_of(desk.course)
    for query in (*(f"part={part}" for part in PARTS), f"sample={first.id}", "part=second&workbook=w01&task=w01-t01&by=Kofi"):
        page.set_viewport_size({"width": 1280, "height": 900})
        page.goto(f"{desk.base}/desk/quality?{query}")
        assert violations(page) == [], query
        fits(page, 320)


def test_the_same_as_json(desk: Desk, window: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTOGRADE_WHO", LOGIN)
    desk.enter(window, "quality")
    shown = as_json(window, desk, "quality")
    assert shown == plain(quality_data.data(desk.course))
    assert window.request.get(f"{desk.base}/desk/quality?part=nothing").status == 500
