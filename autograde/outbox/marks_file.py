"""Write the gradebook as a CSV file that a spreadsheet opens without harm."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection

from autograde.classes.folder import Course
from autograde.classes.ids import shown
from autograde.errors import ClassError
from autograde.gradebook.cells import Grade
from autograde.gradebook.database import reading
from autograde.gradebook.deeds import Deed
from autograde.gradebook.learners import learners_in
from autograde.gradebook.noted import noting
from autograde.gradebook.overview import Assignment, Cell, Submitted, assignments_in, cells_in, submitted_in
from autograde.gradebook.referred import has_referrals, referred_in
from autograde.gradebook.soundness import check_gradebook
from autograde.inbox.attempts import is_taken_back, lateness_unsure
from autograde.inbox.due import Due
from autograde.text import aware, local
from autograde.whole import fresh_file
from workbook_helpers.errors import WorkbookError
from workbook_helpers.files import write_file

COLUMNS = (
    "student id",
    "last name",
    "first name",
    "workbook",
    "item",
    "kind of marking",
    "points",
    "max",
    "needs marking",
    "comment",
    "handed in at",
    "late",
)

MADE = '"student id",'
"""How a file begins that this command made."""

FORMULA = tuple("=+-@\t\r\n＝＋－＠")
"""What makes a spreadsheet take a cell for a formula [OWASP, CSV Injection, checked 2026-11]; the wide forms in some too."""


@dataclass(frozen=True, kw_only=True)
class GradebookReport:
    """What was written: how many rows, of how many students, and how many of them still wait for a person."""

    path: Path
    rows: int
    students: int
    waiting: int


def export_gradebook(course: Course, path: Path) -> GradebookReport:
    """Write one row for each student and item of every released workbook.

    A student who has not handed in has rows without points; an item whose answer is newer than its mark needs marking.

    Raises
    ------
    ClassError
        If the file cannot be written, or is one that this command did not make; or the gradebook is not the class's.
    """
    path = fresh_file(course, path, "the marks", ending=".csv", begins=(MADE,))
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_ALL)
    writer.writerow(COLUMNS)
    students, count, waiting = set(), 0, 0
    for row in gradebook_rows(course):
        writer.writerow([harmless(row[column]) for column in COLUMNS])
        students.add(row["student id"])
        count += 1
        waiting += row["needs marking"] == "yes"
    try:
        with noting(course, Deed.EXPORT, what="marks", rows=count):
            write_file(path, text.getvalue().encode("utf-8-sig", "replace"))  # Excel knows UTF-8 by the mark alone
    except OSError as error:
        msg = f"{path} cannot be written ({error.strerror}). Close it in other programs, or choose another name."
        raise ClassError(msg) from error
    return GradebookReport(path=path, rows=count, students=len(students), waiting=waiting)


def gradebook_rows(course: Course) -> Iterator[dict[str, str]]:
    """Give the rows as column → text, by workbook, student (last name first) and item."""
    check_gradebook(course.db_url, course.course_id)
    with reading(course.db_url) as gradebook:
        students = sorted(learners_in(gradebook), key=lambda s: (s.last_name, s.first_name, s.id))
        for assignment in assignments_in(gradebook):
            cells = _cells(course, assignment, cells_in(gradebook, assignment))
            submissions = submitted_in(gradebook, assignment)
            due = _due(course, gradebook, assignment, submissions)
            for student in students:
                about = {
                    "student id": shown(student.id),
                    "last name": student.last_name,
                    "first name": student.first_name,
                    "workbook": assignment.name,
                }
                standing = _standing(course, assignment, student.id, submissions.get(student.id), due)
                for cell in cells:
                    yield about | cell | standing.about | standing.mark(cell["item"])


@dataclass(frozen=True, kw_only=True)
class _Standing:
    """Where one student stands with one workbook; `stale`: something was handed in that is not marked yet."""

    about: dict[str, str]
    stale: bool
    grades: dict[str, Grade]
    comments: dict[str, str]

    def mark(self, item: str) -> dict[str, str]:
        grade = self.grades.get(item)
        points = "" if grade is None or (grade.manual_score is None and grade.auto_score is None) else f"{grade.points:g}"
        waits = self.stale or (grade is not None and (grade.needs_manual_grade or not points))
        return {
            "points": points,
            "needs marking": "yes" if waits else "no",
            "comment": self.comments.get(item, ""),
        }


def _standing(course: Course, assignment: Assignment, student: str, submission: Submitted | None, due: Due) -> _Standing:
    handed_in = course.path("submitted", student, assignment.name).is_dir()
    if submission and not handed_in and is_taken_back(course, assignment.name, student):
        submission = None  # what was given stays in the gradebook, and counts with the next hand-in
    newest = course.timestamp(student, assignment.name)
    marked = submission.when if submission else None
    when = newest or marked
    return _Standing(
        about={
            "handed in at": local(when) if when else "",
            "late": _late(course, assignment.name, student, when, due.of_hand_in(student, when)) if when else "",
        },
        stale=handed_in and (submission is None or bool(newest and marked and newest != marked)),
        grades=submission.grades if submission else {},
        comments=submission.comments if submission else {},
    )


def _due(course: Course, connection: Connection, assignment: Assignment, submissions: Mapping[str, Submitted]) -> Due:
    dates = {"": assignment.due, **{student: one.due for student, one in submissions.items()}}
    referrals = referred_in(connection, assignment.name) if has_referrals(connection) else {}
    return Due(course, assignment.name, {student: due for student, due in dates.items() if due}, referrals.values())


def _late(course: Course, assignment: str, student: str, when: datetime, due: datetime | None) -> str:
    if lateness_unsure(course, assignment, student, when, due):
        return "cannot be told"
    return "yes" if due and aware(when) > due else "no"


def _cells(course: Course, assignment: Assignment, cells: Iterable[Cell]) -> list[dict[str, str]]:
    """List what is marked, in the workbook's order."""
    try:
        order = list(course.workbook(assignment.name).paper())
    except WorkbookError:  # the folder is gone, and the marks still count
        order = []
    in_order = sorted(cells, key=lambda cell: (order.index(cell.name) if cell.name in order else 999, cell.name))
    return [
        {"item": cell.name, "max": f"{cell.max_score:g}", "kind of marking": "person" if cell.by_person else "auto"} for cell in in_order
    ]


def harmless(text: str) -> str:
    """Put an apostrophe before what a spreadsheet would take for a formula."""
    text = text.replace("\0", "")
    return f"'{text}" if text.startswith(FORMULA) else text
