"""Put marks into nbgrader's gradebook."""

from collections.abc import Iterable

from nbgrader.api import Gradebook, MissingEntry

from autograde.marking import Mark, Status


def save_marks(gradebook: Gradebook, assignment: str, student: str, marks: Iterable[Mark]) -> None:
    """Write each mark into the student's rows; what a person gave before is kept and shown to them again.

    The rules are nbgrader's own (`SaveAutoGrades`): a manual score is never overwritten, and it, or a missing automatic
    one, asks for a person. The caller commits.
    """
    for mark in marks:
        grade = gradebook.find_grade(mark.item, assignment, assignment, student)
        grade.auto_score = mark.points
        grade.needs_manual_grade = mark.points is None or grade.manual_score is not None
        try:
            comment = gradebook.find_comment(mark.item, assignment, assignment, student)
        except MissingEntry:
            continue  # closed items have no comment in nbgrader
        comment.auto_comment = mark.reason if mark.status in (Status.NOT_ATTEMPTED, Status.UNREADABLE) else None
