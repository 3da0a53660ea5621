"""Refer for more at the desk: asked for on Results, told on Home, answered in a browser, and marked beside what stood there before."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import insert, select, update

from autograde.classes.folder import Course
from autograde.desk import home, results
from autograde.desk.mark_answers import Answers
from autograde.desk.pages import Asked, Done, File, UnfitError
from autograde.desk.results_data import data
from autograde.desk.results_referrals import Form, Past
from autograde.desk.work import Worker
from autograde.errors import ClassError
from autograde.gradebook import own_tables
from autograde.inbox.intake import intake
from autograde.records.opening import writing
from autograde.records.referrals import open_of, referrals_of
from autograde.run.answer import content_of
from autograde.run.compare import UNASKED, compare
from autograde.run.mark import mark_class
from tests.axe import violations
from tests.conftest import free_port
from tests.desk.conftest import Desk, Serve, fits, said, second, start
from tests.tutor.conftest import ASSIGNMENT, Kit
from tests.web.device import Tab

TASK = "w01-t01"
FILE = "Make the feedback page anew: the file goes with it, or take it here."
SOON = date.today() + timedelta(days=7)  # noqa: DTZ011  the day of the machine is the day of its browser


def do(course: Course, verb: str, **fields: str) -> Done:
    done = results.PAGE.verbs[verb](Asked(course=course, worker=Worker(), fields=fields))
    assert isinstance(done, Done)
    return done


def refer(course: Course, missing: str = "Say whom you tell.", **more: str) -> Done:
    asked = {"learner": "ana01", "refer": ASSIGNMENT, f"again {TASK}": "1", f"missing {TASK}": missing, "until": SOON.isoformat()}
    sent = {name: value for name, value in (asked | more).items() if value or not name.startswith("again ")}  # as a browser sends boxes
    return do(course, "refer", **sent)


def form(course: Course) -> Form:
    shown = data(course, learner="ana01", refer=ASSIGNMENT).referrals
    assert shown
    assert shown.form
    return shown.form


def past(course: Course) -> tuple[Past, ...]:
    shown = data(course, learner="ana01").referrals
    assert shown
    return shown.past


def answer(course: Course, kit: Kit, folder: Path, **values: Any) -> None:
    """Hand in what answers the open referral of ana01, and let the program mark it."""
    [one] = open_of(course)
    raw = kit.answers(**values)
    claims = {"attempt": one.attempt, "referral": one.id, "about_sha256": one.about}
    files = {"manifest.json": kit.manifest("ana01", datetime.now(UTC).isoformat(), raw, **claims), "answers.json": raw}
    (folder / "again.zip").write_bytes(kit.zipped(files))
    assert intake(course, [folder / "again.zip"], "w01").taken[0].current
    list(mark_class(course, ASSIGNMENT))


def test_the_form_is_filled_with_what_was_not_ticked(course: Course) -> None:
    asked = form(course)
    must_see = content_of(course, ASSIGNMENT).rubrics.rubrics[TASK].must_see
    [task] = asked.tasks
    assert (asked.attempt, asked.instead, task.ticked, task.lines, task.points) == (2, False, False, ("Because.",), "7 of 10 points")
    assert all(text[1:].rstrip(".") in task.missing for text in must_see)
    shown = data(course, learner="cai01").referrals
    assert shown
    assert shown.workbooks == {}, "an answer waits for a mark"
    with pytest.raises(ClassError, match="marked to its end"):
        data(course, learner="cai01", refer=ASSIGNMENT)


def test_who_is_referred_is_told_on_home_and_the_file_is_there(course: Course) -> None:
    assert home.data(course).referred == ""
    done = refer(course, criteria="1.1: an example of your own")
    [one] = open_of(course)
    assert dict(one.criteria) == {"1.1": "an example of your own"}
    assert home.data(course).referred == "1 referred"
    assert {line.id: line.standing for line in data(course).lines}["ana01"] == "referred"
    assert (form(course).instead, form(course).tasks[0].ticked, form(course).tasks[0].missing) == (True, True, "Say whom you tell.")
    made = results.PAGE.files["referral"](Asked(course=course, worker=Worker(), fields={"id": one.id}))
    assert isinstance(made, File)
    assert isinstance(made.data, bytes)
    assert one.id.encode() in made.data
    assert done.undo
    do(course, done.undo[0], **done.undo[1])
    assert (home.data(course).referred, [found.open for found in past(course)]) == ("", [False])
    with pytest.raises(UnfitError, match="That day is past"):
        refer(course, until="2020-01-01")
    refer(course)
    again = refer(course)
    assert (again.undo, again.said) == (None, "Referred anew, in place of the one before: 1 task to do again. " + FILE)
    assert [one.instead for one in past(course)] == [True, False, False], "before it is withdrawn it is said that none comes back"
    do(course, "withdraw-referral", learner="ana01", id=open_of(course)[0].id)
    assert refer(course).undo, "the one before this was withdrawn, not replaced"
    assert not any(one.instead for one in past(course))
    with writing(course) as database:  # and the day goes by
        database.run(update(own_tables.referral).values(until=date(2020, 1, 1)))
    assert home.data(course).referred == "1 referred, 1 overdue"
    assert "overdue" in past(course)[0].words
    with writing(course) as database:  # the same learner is asked for more of another workbook, without a day
        [row] = database.rows(select(own_tables.referral).where(own_tables.referral.c.id == open_of(course)[0].id))
        other = {"id": "0", "assignment": "w02-other", "until": None, "at": row.at - timedelta(days=1)}
        database.run(insert(own_tables.referral).values(**row._asdict() | other))
    assert home.data(course).referred == "1 referred, 1 overdue", "learners, not referrals"
    assert {line.id: line.standing for line in data(course).lines}["ana01"] == "referred, overdue"


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({f"again {TASK}": ""}, "again"),
        ({f"missing {TASK}": ""}, f"missing {TASK}"),
        ({"until": "soon"}, "until"),
        ({"criteria": "an example"}, "criteria"),
        ({"criteria": "1.1: an example\n1.1 : of your own"}, "criteria"),
    ],
)
def test_what_is_missing_in_the_form_is_told_beside_it(course: Course, fields: dict[str, str], field: str) -> None:
    with pytest.raises(UnfitError) as told:
        refer(course, **fields)
    assert told.value.field == field
    assert referrals_of(course) == ()


def test_the_marker_sees_what_stood_there_before(course: Course, kit: Kit, tmp_path: Path) -> None:
    answers = Answers(course, ASSIGNMENT)
    assert [one.before for one in answers.some(TASK, [line.answer for line in answers.marking(TASK, "", "").lines])] == [(), (), ()]
    refer(course, "Say whom you tell, Ana.")
    answer(course, kit, tmp_path, q01="b", t01="Because I tell Ana Evans.", declaration=True)
    shown = answers.marking("", "ana01", "").shown
    assert shown
    assert (shown.state, shown.lines) == ("waits", ("Because I tell Ana Evans.",))
    [before] = shown.before
    assert (before.attempt, before.lines, before.same, before.points) == (1, ("Because.",), False, "7 of 10 points")
    assert before.missing == "Say whom you tell, Ana."
    hidden = Answers(course, ASSIGNMENT, anonymous=True)
    [nameless] = [one for line in hidden.marking(TASK, "", "").lines for one in hidden.some(TASK, [line.answer]) if one.before]
    assert nameless.before[0].missing == "Say whom you tell, [name]."
    assert compare(course, content_of(course, ASSIGNMENT), "ana01")["w01-q01"].unasked
    assert UNASKED not in shown.flags


@pytest.fixture
def served(course: Course, serve: Serve, surroundings: dict[str, str]) -> Desk:
    return start(serve, course.root, {**surroundings, "AUTOGRADE_WHO": "Ruth Osei"}, free_port())


def test_from_the_desk_to_the_learner_and_back(served: Desk, paged: Page, tmp_path: Path) -> None:
    served.enter(paged, "results?learner=ana01")
    section = paged.get_by_role("region", name="Refer for more")
    section.get_by_role("link", name="w01").click()
    section.get_by_label("Why?").check()
    section.get_by_label("What is missing in").fill("Say whom you tell.")
    assert violations(paged) == []
    for width in (320, 1280):
        fits(paged, width)
    section.get_by_role("button", name="Refer", exact=True).click()
    said(paged, "Referred: 1 task to do again.")
    expect(paged.locator(".desk-said")).to_be_in_viewport(ratio=0.9)
    expect(paged.locator("#said")).to_be_focused()
    expect(section.get_by_role("link", name="The learner’s file")).to_be_in_viewport()  # it is told where it was pressed
    with paged.expect_download() as coming:
        section.get_by_role("link", name="The learner’s file").click()
    coming.value.save_as(tmp_path / "again.html")
    assert violations(paged) == []

    browser = paged.context.browser
    assert browser
    with browser.new_context(locale="en-GB", accept_downloads=True) as theirs:
        ana = Tab(theirs.new_page(), (tmp_path / "again.html").as_uri())
        ana.page.goto(ana.address)
        ana.work("ana01")
        ana.write("Because I tell the senior on duty.", TASK)
        ana("w01-declaration").get_by_role("checkbox").check()
        handed_in = ana.download("Hand in", tmp_path)
    course = served.course
    [taken] = intake(course, [handed_in], "w01").taken
    assert (taken.current, taken.oddities) == (True, ())
    assert {line.student: line.waiting for line in mark_class(course, ASSIGNMENT)}["ana01"] == 1, "the question stays as it was"

    paged.goto(f"{served.base}/desk/mark?workbook=w01&learner=ana01")
    expect(paged.locator("#mark-lines")).to_have_text("Because I tell the senior on duty.")
    before = paged.get_by_role("region", name="Attempt 1")
    expect(before).to_contain_text("Because.")
    expect(before).to_contain_text("Say whom you tell.")
    assert violations(paged) == []
    expect(paged.locator("[data-mark-ready]")).to_be_visible()
    expect(paged.get_by_label("Points", exact=True)).to_have_value("")  # those of the attempt before are no mark of this one
    with paged.expect_response("**/keep.json*"):
        paged.keyboard.press("q")
    expect(paged.locator("#mark-state")).to_have_text("Saved")
    expect(paged.locator("#mark-count")).to_have_text("1 of 1; 1 answer to mark")
    paged.reload()
    expect(paged.locator("[data-mark-ready]")).to_be_visible()
    expect(paged.locator("#mark-count")).to_have_text("1 of 1; 1 answer to mark")
    with paged.expect_response("**/keep.json*"):
        paged.get_by_label("Points", exact=True).fill("7")
        paged.get_by_role("button", name="Save").click()
    expect(paged.locator("#mark-state")).to_have_text("Saved")
    expect(paged.locator("#mark-count")).to_have_text("All answers here are marked.")
    shown = compare(course, content_of(course, ASSIGNMENT), "ana01")[TASK]
    assert [(one.attempt, one.points, one.lines) for one in shown.attempts] == [
        (1, 7, ("Because.",)),
        (2, 7, ("Because I tell the senior on duty.",)),
    ]


def test_without_a_script_it_works_as_well(served: Desk, plain_page: Page) -> None:
    served.enter(plain_page, "results?learner=ana01&criterion=1.1")
    plain_page.get_by_role("link", name="Refer for more").click()
    section = plain_page.get_by_role("region", name="Refer for more")
    section.get_by_role("link", name="w01").click()
    section.get_by_role("button", name="Refer", exact=True).click()
    expect(section.get_by_role("alert")).to_have_text("Tick at least one task.")
    expect(section.get_by_role("alert")).to_be_in_viewport(ratio=1)
    section.get_by_label("Why?").check()
    section.get_by_role("button", name="Refer", exact=True).click()
    said(plain_page, "Referred: 1 task to do again.")
    other = second(plain_page.context)
    other.goto(plain_page.url)
    section.get_by_role("button", name="Withdraw it").click()
    said(plain_page, "The referral is withdrawn.")
    expect(plain_page.locator(".desk-said")).to_be_in_viewport(ratio=1)
    other.get_by_role("link", name="The learner’s file").click()
    expect(other.locator("#desk-fault-text")).to_contain_text("does not wait for an answer any more")  # a page, not a file
