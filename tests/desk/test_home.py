"""Home: what waits, where each learner stands, and one next step."""

import shutil
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from autograde.classes.folder import Course
from autograde.classes.new import new_course
from autograde.classes.settings_file import write_settings
from autograde.desk import give_back, home
from autograde.desk.home import State
from autograde.desk.pages import plain
from autograde.desk.standing import standing
from autograde.gradebook.givings import take_back
from autograde.inbox.arrived import new_batch, place_for
from autograde.inbox.watched import take_from
from autograde.outbox.feedback import write_feedback
from autograde.outbox.giving import Way, give
from autograde.run.mark import mark_class
from autograde.text import LOCAL, in_short
from tests.desk.conftest import LATE, Desk, as_json
from tests.tutor.conftest import ASSIGNMENT, Kit
from workbook_helpers.files import write_file


def states(course: Course) -> dict[str, str]:
    return {line.id: f"{line.cells[0].state}: {line.cells[0].note}" for line in home.data(course).lines}


def test_each_learner_stands_where_the_class_says(course: Course) -> None:
    assert states(course) == {
        "ana01": "page made: ",
        "ben01": "ready: ",
        "cai01": "waits: 1 answer for you",
        "dan01": "waits: for the program",
        "eve01": "late: ",
        "fay01": "late: ",
    }
    shown = home.data(course)
    assert {one.name: one.number for one in shown.waiting} == {"take-in": 0, "mark": 2, "give-back": 2, "decide": 0, "put-right": 0}
    assert shown.step.text == "2 hand-ins wait to be marked."
    assert shown.name == "Care level 2"


def test_it_follows_what_is_done(course: Course) -> None:
    def look() -> str:
        return states(course)["ana01"]

    def person(points: float) -> None:
        with course.gradebook() as gradebook:
            gradebook.find_grade("w01-t01", ASSIGNMENT, ASSIGNMENT, "ana01").manual_score = points
            gradebook.db.commit()

    assert look() == "page made: "
    person(8)
    assert look() == "ready: ", "the page says other than the gradebook"
    person(7)
    assert look() == "page made: "
    person(8)
    list(write_feedback(course, ASSIGNMENT))
    assert look() == "page made: "
    with course.gradebook() as gradebook:
        gradebook.find_comment("w01-t01", ASSIGNMENT, ASSIGNMENT, "ana01").manual_comment = "Well said."
        gradebook.db.commit()
    assert look() == "ready: "
    list(write_feedback(course, ASSIGNMENT))
    assert look() == "page made: "
    list(mark_class(course, ASSIGNMENT))
    assert states(course)["dan01"] == "waits: 1 answer for you"
    time.sleep(0.01)
    later = datetime.now(UTC) + timedelta(days=3)
    with course.gradebook() as gradebook:
        gradebook.find_assignment(ASSIGNMENT).duedate = later.replace(tzinfo=None)
        gradebook.db.commit()
    assert states(course)["eve01"] == "not in: "
    assert standing(course).workbooks[0].due == later


def test_what_was_given_back_is_returned_until_something_changes(course: Course) -> None:
    def points(number: float) -> None:
        with course.gradebook() as gradebook:
            gradebook.find_grade("w01-t01", ASSIGNMENT, ASSIGNMENT, "ana01").manual_score = number
            gradebook.db.commit()

    giving = give(course, ASSIGNMENT, Way.ZIP).giving
    assert states(course)["ana01"] == "returned: "
    assert [line.id for line in home.data(course, state=State.RETURNED).lines] == ["ana01"]
    points(8)
    assert states(course)["ana01"] == "ready: "
    list(write_feedback(course, ASSIGNMENT))
    assert states(course)["ana01"] == "page made: ", "and not given yet as it is now"
    points(7)
    list(write_feedback(course, ASSIGNMENT))
    assert states(course)["ana01"] == "returned: ", "just that page was given"
    take_back(course.db_url, course.course_id, giving.id)
    assert states(course)["ana01"] == "page made: "


def test_what_waits_goes_on_waiting_when_a_page_was_made_of_the_rest(course: Course) -> None:
    list(write_feedback(course, ASSIGNMENT, partial=True))
    assert standing(course).of("cai01", ASSIGNMENT).returned, "there is a page, and it fits"
    assert {learner: state for learner, state in states(course).items() if learner in ("ana01", "ben01", "cai01")} == {
        "ana01": "page made: ",
        "ben01": "page made: ",
        "cai01": "waits: 1 answer for you",
    }


def test_home_counts_what_is_to_be_given_back_as_give_back_does(course: Course) -> None:
    def counts() -> tuple[int, int, int]:
        shown = give_back.data(course, ASSIGNMENT)
        return next(one.number for one in home.data(course).waiting if one.name == "give-back"), shown.makeable, shown.new

    assert counts() == (2, 1, 1), "ben01's page is to be made, ana01's was not given"
    list(write_feedback(course, ASSIGNMENT, partial=True))
    assert counts() == (3, 0, 3)
    giving = give(course, ASSIGNMENT, Way.ZIP).giving
    assert counts() == (0, 0, 0)
    with course.gradebook() as gradebook:
        gradebook.find_comment("w01-t01", ASSIGNMENT, ASSIGNMENT, "ana01").manual_comment = "Well said."
        gradebook.db.commit()
    assert counts() == (1, 1, 0)
    list(write_feedback(course, ASSIGNMENT, partial=True))
    assert counts() == (1, 0, 1), "the page was given, and not as it is now"
    take_back(course.db_url, course.course_id, giving.id)
    assert counts() == (3, 0, 3)


def test_a_late_hand_in_says_so(course: Course) -> None:
    with course.gradebook() as gradebook:
        gradebook.find_assignment(ASSIGNMENT).duedate = (LATE - timedelta(hours=1)).replace(tzinfo=None)
        gradebook.db.commit()
    assert states(course)["ana01"] == "page made: handed in late"


def test_of_many_some_are_chosen(course: Course) -> None:
    assert [line.id for line in home.data(course, find="ANA ev").lines] == ["ana01"]
    assert [line.id for line in home.data(course, find="dan01").lines] == ["dan01"]
    assert {line.id for line in home.data(course, state=State.LATE).lines} == {"eve01", "fay01"}
    assert home.data(course, find="nobody").numbers == 1
    assert [line.id for line in home.data(course, names=False).lines] == ["ana01", "ben01", "cai01", "dan01", "eve01", "fay01"]
    assert home.data(course, number=99).number == 1


def test_a_folder_that_is_no_workbook_stops_nothing_and_a_fault_of_one_is_told(course: Course) -> None:
    for name in (".ipynb_checkpoints", "Untitled Folder"):  # as JupyterLab makes them
        (course.root / "source" / name).mkdir()
    assert home.data(course).faulty == ""
    assert [*course.assignments()] == [ASSIGNMENT]
    write_file(course.root / "source" / ASSIGNMENT / "items.toml", b"[")
    assert "items.toml" in home.data(course).faulty


@pytest.mark.parametrize(
    ("prepare", "button"),
    [
        pytest.param(lambda _: None, "Add your learners", id="an empty class"),
    ],
)
def test_an_empty_class_has_a_next_step(prepare: Callable[[Course], None], button: str, tmp_path: object, course: Course) -> None:
    empty = new_course(course.root.parent / "empty", name="Empty")
    prepare(empty)
    assert home.data(empty).step.button == button


def test_what_came_in_and_waits_is_counted(course: Course, kit: Kit, tmp_path: Path) -> None:
    def waiting() -> tuple[int, str]:
        shown = home.data(course)
        return next(one.number for one in shown.waiting if one.name == "take-in"), shown.step.text

    (tmp_path / "synced").mkdir()
    write_settings(course, {"watched": str(tmp_path / "synced")})
    assert waiting() == (0, "2 hand-ins wait to be marked.")
    file = tmp_path / "synced" / "fay.zip"
    file.write_bytes(kit.hand_in("fay01"))
    (tmp_path / "synced" / "half.crdownload").write_bytes(b"half")
    assert waiting() == (1, "1 file has come in.")
    place_for(new_batch(course), "odd.pdf").write_bytes(b"%PDF-1.7")
    assert waiting() == (2, "2 files have come in.")
    take_from(course, tmp_path / "synced", (file,))
    assert waiting()[0] == 1, "what was taken in waits no more"
    shutil.rmtree(tmp_path / "synced")
    assert waiting()[0] == 1, "a folder that is away keeps nobody from Home"
    folder = course.root / "quarantine" / "20261120-101500-x.zip"
    folder.mkdir(parents=True)
    assert waiting()[1] == "1 file has come in."
    (folder / "reason.txt").write_text("What is wrong: it is empty", "utf-8")
    assert waiting()[1] == "1 file cannot be used as it is: put it right, ask again, or put it away."


def test_a_time_is_said_as_people_note_it() -> None:
    assert in_short(datetime(2035, 7, 3, 16, 0, tzinfo=UTC)) == "Tue 3 July 2035, 17:00"
    now = datetime.now(LOCAL).replace(month=12, day=8, hour=23, minute=59)
    assert in_short(now) == f"{now:%a} 8 December"


def test_the_page_shows_it(desk: Desk, window: Page) -> None:
    expect(window.get_by_role("heading", level=2).first).to_have_text("What comes next")
    table = window.get_by_role("table")
    expect(table.get_by_role("row").filter(has_text="Ana Evans")).to_contain_text("page made")
    expect(table.get_by_role("columnheader", name="w01")).to_contain_text(f"until {in_short(LATE)}")
    window.get_by_label("Find a learner").fill("evans")
    window.get_by_label("Find a learner").press("Enter")
    expect(table.get_by_role("row")).to_have_count(3)
    shown = as_json(window, desk, "home")
    assert shown == plain(home.data(desk.course))
