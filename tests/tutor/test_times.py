"""When a hand-in was handed in: a server's word first, and what the student's machine says never alone against the deadline."""

import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from autograde.classes.folder import Course
from autograde.errors import ClassError
from autograde.inbox.assign import redo, undo
from autograde.inbox.intake import IntakeReport, intake
from autograde.outbox.marks_file import gradebook_rows

if TYPE_CHECKING:
    from tests.tutor.conftest import Kit

DUE = datetime(2026, 11, 20, 17, tzinfo=UTC)  # as in the class of these tests, and a time without daylight saving
CLAIM = "2026-11-20T16:59:00+00:00"
HEADER = "Identifier,Full name,Status,Grade,Last modified (submission),Last modified (grade),Feedback comments\n"


@pytest.fixture
def take(course: Course, tmp_path: Path, kit: "Kit") -> Callable[..., IntakeReport]:
    """Take in a hand-in of Ana's (by Moodle, if `moodle`) whose own clock says `claim`, in a file of `arrived`."""

    def run(claim: object, arrived: datetime, *, moodle: bool = False, sheet: str | bytes = "") -> IntakeReport:
        folder = tmp_path / "in"
        path = folder / ("Ana Evans_502_assignsubmission_file_" if moodle else "") / "w01.zip"
        path.parent.mkdir(parents=True, exist_ok=True)
        raw = kit.answers(q01="a")
        path.write_bytes(kit.zipped({"manifest.json": kit.manifest("ana01", claim, raw), "answers.json": raw}))  # type: ignore[arg-type]
        os.utime(path, (arrived.timestamp(), arrived.timestamp()))
        if not sheet:
            return intake(course, [folder], "w01")
        (tmp_path / "sheet.csv").write_bytes(sheet.encode("utf-8-sig") if isinstance(sheet, str) else sheet)
        return intake(course, [folder], "w01", worksheet=tmp_path / "sheet.csv")

    return run


def late_in_export(course: Course) -> str:
    return next(row["late"] for row in gradebook_rows(course) if row["student id"] == "ana01")


def test_a_claim_of_the_students_machine_does_not_beat_the_deadline(course: Course, take: Callable[..., IntakeReport]) -> None:
    (taken,) = take(CLAIM, DUE + timedelta(days=2)).taken
    assert taken.current
    assert (
        taken.late
        == "cannot be told: the learner's machine says Friday 20 November 2026, 16:59, but the file is from Sunday 22 November 2026, 17:00"
    )
    assert late_in_export(course) == "cannot be told"


def test_a_file_from_before_the_deadline_is_in_time(course: Course, take: Callable[..., IntakeReport]) -> None:
    assert take(CLAIM, DUE - timedelta(minutes=1)).taken[0].late == ""
    assert late_in_export(course) == "no"


def test_who_says_to_be_late_is_late(course: Course, take: Callable[..., IntakeReport]) -> None:
    assert take("2026-11-20T18:00:00+00:00", DUE + timedelta(days=2)).taken[0].late == "1 hour"
    assert late_in_export(course) == "yes"


ABSURD = {
    "0001-01-01T00:00:00+00:00": "before the class had",
    "0999-05-05T12:00:00+00:00": "before the class had",
    "2020-03-01T09:00:00+00:00": "before the class had",
    "2026-07-01T22:00:00+00:00": "before the class had",
    "2999-01-01T00:00:00+00:00": "in the future",
    "9999-12-31T23:59:59-23:59": "no time that can be read",
    "0001-01-01T00:00:00+23:59": "no time that can be read",
    "2026-11-19T10:00:00": "without its time zone",
    "20261119": "without its time zone",
    "-5": "no time that can be read",
    "\x00": "no time that can be read",
}


@pytest.mark.parametrize("claim", ABSURD, ids=repr)
def test_an_absurd_time_is_not_believed(course: Course, take: Callable[..., IntakeReport], claim: str) -> None:
    arrived = DUE - timedelta(hours=3)
    (taken,) = take(claim, arrived).taken
    assert (taken.current, taken.handed_in_at, taken.late) == (True, arrived, "")
    assert ABSURD[claim] in taken.oddities[0]
    assert late_in_export(course) == "no"


def test_a_file_without_a_time_of_its_own_that_came_late_is_not_called_late(take: Callable[..., IntakeReport]) -> None:
    assert take("", DUE + timedelta(days=1)).taken[0].late.startswith("cannot be told: the file is from Saturday 21 November 2026, 17:00")


@pytest.mark.parametrize("sep", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_moodles_worksheet_goes_first(course: Course, take: Callable[..., IntakeReport], sep: str, encoding: str) -> None:
    row = 'Participant 502,Siân,Submitted,-,"Saturday, 21 November 2026, 9:00 AM",-,\n'
    sheet = (HEADER + row).replace(",", sep) if sep != "," else HEADER + row
    sheet = sheet.replace(f'"Saturday{sep} 21 November 2026{sep} 9:00 AM"', '"Saturday, 21 November 2026, 9:00 AM"')
    (taken,) = take(CLAIM, DUE + timedelta(days=2), moodle=True, sheet=sheet.encode(encoding)).taken
    assert (taken.handed_in_at, taken.late) == (datetime(2026, 11, 21, 9, tzinfo=UTC), "16 hours")
    expected = (
        "the learner's machine says Friday 20 November 2026, 16:59, but it arrived on Saturday 21 November 2026, 09:00 (Moodle's worksheet)"
    )
    assert expected in taken.oddities
    assert late_in_export(course) == "yes"


def test_a_worksheet_that_comes_later_mends_the_time(course: Course, take: Callable[..., IntakeReport]) -> None:
    assert take(CLAIM, DUE + timedelta(days=2), moodle=True).taken[0].late.startswith("cannot")
    sheet = HEADER + 'Participant 502,,Submitted,-,"Friday, 20 November 2026, 4:59 PM",-,\n'
    report = take(CLAIM, DUE + timedelta(days=2), moodle=True, sheet=sheet)
    assert ([taken.late for taken in report.taken], late_in_export(course)) == ([""], "no")


def test_a_worksheet_that_was_the_wrong_one_is_taken_back(course: Course, take: Callable[..., IntakeReport]) -> None:
    when, wrong = datetime(2026, 11, 20, 16, 59, tzinfo=UTC), datetime(2026, 11, 21, 9, tzinfo=UTC)
    sheet = HEADER + 'Participant 502,,Submitted,-,"Saturday, 21 November 2026, 9:00 AM",-,\n'
    take(CLAIM, DUE - timedelta(seconds=30), moodle=True)
    take(CLAIM, DUE - timedelta(seconds=30), moodle=True, sheet=sheet)
    assert late_in_export(course) == "yes"
    assert [(one.student, one.now) for one in undo(course, "w01").undone] == [("ana01", when)]
    assert late_in_export(course) == "no"
    assert [(one.student, one.now) for one in redo(course, "w01").redone] == [("ana01", wrong)]
    assert late_in_export(course) == "yes"
    assert [one.now for one in undo(course, "w01", "ana01").undone] == [None], "one learner's hand-in is taken back as a whole"
    assert [one.now for one in redo(course, "w01", "ana01").redone] == [wrong]
    assert [[one.now for one in undo(course, "w01").undone] for _ in range(2)] == [[when], [None]]


def test_a_worksheet_from_before_the_hand_in_does_not_make_it_in_time(course: Course, take: Callable[..., IntakeReport]) -> None:
    later = DUE + timedelta(days=3)
    sheet = HEADER + 'Participant 502,,Submitted,-,"Thursday, 19 November 2026, 9:00 AM",-,\n'
    (taken,) = take(later.isoformat(), later, moodle=True, sheet=sheet).taken
    assert taken.late == "cannot be told: the learner's machine says Monday 23 November 2026, 17:00"
    assert "the time in Moodle's worksheet (Thursday 19 November 2026, 09:00) is of an earlier one" in taken.oddities[0]
    assert late_in_export(course) == "cannot be told"
    newer = HEADER + 'Participant 502,,Submitted,-,"Monday, 23 November 2026, 5:01 PM",-,\n'
    (taken,) = take(later.isoformat(), later, moodle=True, sheet=newer).taken
    assert (taken.late, late_in_export(course)) == ("3 days 1 minute", "yes")


def test_a_clock_that_is_ahead_makes_nobody_late_whose_file_is_from_before(take: Callable[..., IntakeReport]) -> None:
    sheet = HEADER + 'Participant 502,,Submitted,-,"Friday, 20 November 2026, 4:00 PM",-,\n'
    (taken,) = take((DUE + timedelta(hours=2)).isoformat(), DUE - timedelta(minutes=59), moodle=True, sheet=sheet).taken
    assert (taken.late, taken.oddities) == ("", ())


def test_of_two_files_with_one_time_in_the_worksheet_the_newer_counts(course: Course, tmp_path: Path, kit: "Kit") -> None:
    folder = tmp_path / "Ana Evans_502_assignsubmission_file_"
    folder.mkdir()
    (folder / "z-first.zip").write_bytes(kit.hand_in("ana01", q01="a"))
    (folder / "a-second.zip").write_bytes(kit.hand_in("ana01", "2026-11-19T11:00:00+00:00", q01="b"))
    (tmp_path / "sheet.csv").write_text(HEADER + 'Participant 502,,Submitted,-,"Friday, 20 November 2026, 9:00 AM",-,\n')
    report = intake(course, [folder], "w01", worksheet=tmp_path / "sheet.csv")
    assert [(taken.file, taken.current) for taken in report.taken] == [("a-second.zip", True), ("z-first.zip", False)]
    assert b'"b"' in (course.path("submitted", "ana01", "w01-small") / "answers.json").read_bytes()


def test_what_another_program_collected_later_stays_and_is_said(course: Course, take: Callable[..., IntakeReport], kit: "Kit") -> None:
    theirs = course.path("submitted", "ana01", "w01-small")
    theirs.mkdir(parents=True)
    (theirs / "answers.json").write_bytes(kit.answers(q01="b"))
    (theirs / "timestamp.txt").write_text("2026-11-20 16:59:30.000000 UTC")
    (taken,) = take(CLAIM, DUE).taken
    assert not taken.current
    assert b'"b"' in (theirs / "answers.json").read_bytes()


@pytest.mark.parametrize("cell", ["-", "", "dydd Gwener", '"Friday, 32 November 2026, 4:59 PM"'])
def test_a_worksheet_without_a_time_is_said(take: Callable[..., IntakeReport], cell: str) -> None:
    sheet = HEADER + f"Participant 502,,Submitted,-,{cell},-,\n"
    (taken,) = take(CLAIM, DUE + timedelta(days=2), moodle=True, sheet=sheet).taken
    assert "has no time in Moodle's worksheet" in taken.oddities
    assert taken.late.startswith("cannot be told")


@pytest.mark.parametrize("content", ["", "id,name\n1,a\n", "\0\0", "Identifier\n", '"'])
def test_a_file_that_is_no_worksheet_stops_before_anything_is_taken_in(
    course: Course, take: Callable[..., IntakeReport], content: str
) -> None:
    with pytest.raises(ClassError, match="Download grading worksheet"):
        take(CLAIM, DUE, sheet=content or " ")
    assert not list((course.root / "submitted").iterdir())
