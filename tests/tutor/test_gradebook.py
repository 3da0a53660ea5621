"""The gradebook as a CSV file."""

import csv
import io
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import Connection, event

from autograde.classes.folder import Course
from autograde.commands.summary import NOT_THE_RESULT
from autograde.errors import ClassError
from autograde.gradebook.database import reading
from autograde.gradebook.overview import assignments_in, submitted_in
from autograde.gradebook.told import told_in
from autograde.inbox.intake import intake
from autograde.outbox.marks_file import COLUMNS, export_gradebook, harmless

if TYPE_CHECKING:
    from tests.tutor.conftest import Kit

pytestmark = pytest.mark.filterwarnings("ignore:Object of type <Submitted")  # nbgrader's own add_submission


def rows(path: Path) -> list[dict[str, str]]:
    raw = path.read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf"), "Excel knows UTF-8 by this"
    text = raw.decode("utf-8-sig")
    assert all(row.startswith('"') and row.endswith('"') for row in text.split("\r\n")[:-1]), "every field is quoted"
    return list(csv.DictReader(io.StringIO(text, newline="")))


@pytest.fixture
def marked(course: Course) -> Course:
    """Give a class in which Ana's hand-in is marked, but for the written task's points."""
    with course.gradebook() as gradebook:
        gradebook.update_or_create_submission("w01-small", "ana01", timestamp=datetime(2026, 11, 20, 18, 30))  # noqa: DTZ001
        closed = gradebook.find_grade("w01-q01", "w01-small", "w01-small", "ana01")
        closed.auto_score, closed.needs_manual_grade = 1.5, False
        comment = gradebook.find_comment("w01-t01", "w01-small", "w01-small", "ana01")
        comment.manual_comment = '=HYPERLINK("http://x")\nSee "this"'
        gradebook.db.commit()
    return course


def test_one_row_for_each_student_and_item(marked: Course, tmp_path: Path) -> None:
    path = tmp_path / "marks.csv"
    report = export_gradebook(marked, path)
    found = rows(path)
    assert tuple(found[0]) == COLUMNS
    assert [(row["student id"], row["item"]) for row in found] == [
        (student, item) for student in ("ana01", "ben01", "cai01") for item in ("w01-q01", "w01-t01")
    ]
    assert found[0] == {
        "student id": "ana01",
        "last name": "Evans",
        "first name": "Ana",
        "workbook": "w01-small",
        "item": "w01-q01",
        "kind of marking": "auto",
        "points": "1.5",
        "max": "2",
        "needs marking": "no",
        "comment": "",
        "handed in at": "2026-11-20 18:30",
        "late": "yes",
    }
    assert found[1]["kind of marking"] == "person"
    assert (found[1]["points"], found[1]["max"], found[1]["needs marking"]) == ("", "10", "yes")
    assert found[1]["comment"] == '\'=HYPERLINK("http://x")\nSee "this"'
    assert found[2]["last name"] == "O'Brien, Jr"
    assert (found[2]["points"], found[2]["handed in at"], found[2]["late"], found[2]["needs marking"]) == ("", "", "", "no")
    assert (report.rows, report.students, report.waiting) == (6, 3, 1)


def test_points_that_a_person_gave_count(marked: Course, tmp_path: Path) -> None:
    with marked.gradebook() as gradebook:
        written = gradebook.find_grade("w01-t01", "w01-small", "w01-small", "ana01")
        written.manual_score, written.extra_credit, written.needs_manual_grade = 7, 0.5, False
        gradebook.db.commit()
    export_gradebook(marked, tmp_path / "m.csv")
    row = rows(tmp_path / "m.csv")[1]
    assert (row["points"], row["needs marking"]) == ("7.5", "no")


@pytest.mark.parametrize(
    "read", [told_in, lambda reading, name: submitted_in(reading, *assignments_in(reading))], ids=["told", "submitted"]
)
def test_whoever_is_marked_for_the_first_time_meanwhile_is_no_fault(marked: Course, read: Callable[[Connection, str], Any]) -> None:
    came: list[str] = []

    def meanwhile(_: object, __: object, statement: str, *___: object) -> None:
        if "JOIN grade " in statement and not came:
            came.append("ben01")
            with marked.gradebook() as gradebook:
                gradebook.update_or_create_submission("w01-small", "ben01", timestamp=datetime(2026, 11, 20, 18, 30))  # noqa: DTZ001

    with reading(marked.db_url) as connection:
        event.listen(connection.engine, "before_cursor_execute", meanwhile)
        assert set(read(connection, "w01-small")) == {"ana01"}
        assert came == ["ben01"]
        assert set(read(connection, "w01-small")) == {"ana01", "ben01"}


def test_a_newer_hand_in_than_the_marks_needs_marking(marked: Course, tmp_path: Path, kit: "Kit") -> None:
    (tmp_path / "a.zip").write_bytes(kit.hand_in("ana01", "2026-11-21T09:00:00+00:00"))
    (tmp_path / "b.zip").write_bytes(kit.hand_in("ben01"))
    intake(marked, [tmp_path / "a.zip", tmp_path / "b.zip"], "w01")
    report = export_gradebook(marked, tmp_path / "m.csv")
    found = rows(tmp_path / "m.csv")
    assert [row["needs marking"] for row in found] == ["yes", "yes", "yes", "yes", "no", "no"]
    assert found[0]["handed in at"] == "2026-11-21 09:00"
    assert report.waiting == 4


def test_names_that_a_spreadsheet_would_run(course: Course, tmp_path: Path) -> None:
    with course.gradebook() as gradebook:
        gradebook.add_student("zoe", first_name="=1+1", last_name="@SUM(A1)")
        gradebook.add_student("yan", first_name="-2+3", last_name='x","=1+1')
    export_gradebook(course, tmp_path / "m.csv")
    found = {row["student id"]: row for row in rows(tmp_path / "m.csv")}
    assert (found["zoe"]["first name"], found["zoe"]["last name"]) == ("'=1+1", "'@SUM(A1)")
    assert (found["yan"]["first name"], found["yan"]["last name"]) == ("'-2+3", 'x","=1+1')


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@x", "\tx", "\rx", "\nx", "＝1"], ids=repr)
def test_every_beginning_of_a_formula_is_made_harmless(text: str) -> None:
    assert harmless(text) == f"'{text}"
    assert harmless(f"a{text}") == f"a{text}"


def test_a_file_that_cannot_be_written_leaves_the_old_one(course: Course, tmp_path: Path) -> None:
    with pytest.raises(ClassError, match="cannot be written"):
        export_gradebook(course, tmp_path / "none" / "m.csv")
    (tmp_path / "m.csv").mkdir()
    with pytest.raises(ClassError, match="cannot be written"):
        export_gradebook(course, tmp_path / "m.csv")
    assert not list(tmp_path.glob(".part-*"))


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("class/gradebook.db", "does not end in .csv"),
        ("class/nbgrader_config.py", "does not end in .csv"),
        ("class/release/w01-small/marks.csv", "belongs to the class"),
        ("class/received/marks.csv", "belongs to the class"),
        ("roster.csv", "was not made by this command"),
        ("empty.csv", "was not made by this command"),
        ("picture.csv", "was not made by this command"),
        ("link.csv", "it is a link"),
        ("dangling.csv", "it is a link"),
        ("folder.csv", "it is a folder"),
        ("marks.xlsx", "does not end in .csv"),
        ("marks", "does not end in .csv"),
        ("none/marks.csv", "there is no folder"),
    ],
)
def test_nothing_that_it_did_not_make_is_written_over(course: Course, tmp_path: Path, name: str, why: str) -> None:
    export_gradebook(course, tmp_path / "own.csv")
    (tmp_path / "roster.csv").write_text("id,first name,last name\nana01,Ana,Evans\n")
    (tmp_path / "empty.csv").write_text("")
    (tmp_path / "picture.csv").write_bytes(b"\x89PNG\r\n\x1a\n\xff")
    (tmp_path / "link.csv").symlink_to(tmp_path / "own.csv")
    (tmp_path / "dangling.csv").symlink_to(tmp_path / "nowhere.csv")
    (tmp_path / "folder.csv").mkdir()
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    with pytest.raises(ClassError, match=why) as told:
        export_gradebook(course, tmp_path / name)
    assert "Name another file" in str(told.value)
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before
    export_gradebook(course, tmp_path / "own.csv")  # its own is replaced
    assert len(rows(tmp_path / "own.csv")) == 6


def test_a_total_is_not_the_result() -> None:
    assert "met or not yet met" in NOT_THE_RESULT
