"""Marking of a workbook closed: from then on feedback says what was right, and why."""

from autograde.classes.folder import Course
from autograde.classes.settings_file import write_setting
from autograde.gradebook.deeds import Deed
from autograde.gradebook.noted import noting
from autograde.whole import alone


def close(course: Course, assignment: str, *, reopen: bool = False) -> None:
    """Close the marking of a workbook, or open it again; it stands in the class's settings.

    Raises
    ------
    ClassError
        If the settings cannot be changed.
    """
    with alone(course):
        before = Course(course.root).closed()
        with noting(course, Deed.REOPEN if reopen else Deed.CLOSE, workbook=assignment):
            write_setting(course, "closed", " ".join(sorted(before - {assignment} if reopen else before | {assignment})))
