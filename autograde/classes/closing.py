"""Marking of a workbook closed: from then on feedback says what was right, and why."""

from autograde.classes.folder import Course
from autograde.classes.settings_file import write_setting


def close(course: Course, assignment: str, *, reopen: bool = False) -> None:
    """Close the marking of a workbook, or open it again; it stands in the class's settings.

    Raises
    ------
    ClassError
        If the settings cannot be changed.
    """
    closed = course.closed() - {assignment} if reopen else course.closed() | {assignment}
    write_setting(course, "closed", " ".join(sorted(closed)))
