"""Entries for what has no transaction of its own in the gradebook, such as a file that was written: right after it."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from autograde.errors import ClassError
from autograde.gradebook.database import FAULTS, reason, step
from autograde.gradebook.deeds import Deed
from autograde.gradebook.log import note_each
from autograde.gradebook.own import recording
from autograde.gradebook.soundness import check_gradebook


class Course(Protocol):
    """What is known here of a class: where its gradebook is, and nbgrader's course id."""

    @property
    def db_url(self) -> str: ...  # noqa: D102
    @property
    def course_id(self) -> str: ...  # noqa: D102


def note_done(course: Course, deed: Deed, *, learner: str = "", **detail: Any) -> None:
    """Add an entry for what was done just now; see `note_each_done`."""
    note_each_done(course, deed, [(learner, detail)])


def note_each_done(course: Course, deed: Deed, each: Sequence[tuple[str, Mapping[str, Any]]]) -> None:
    """Add an entry for each (learner, detail) of a deed that was done just now; `log.note` says what they are.

    Raises
    ------
    ClassError
        If the log cannot be written; the deed is done all the same, and the message says so.
    """
    if not each:
        return
    try:
        check_gradebook(course.db_url, course.course_id)
        with recording(course.db_url) as database:
            note_each(database, deed, list(each))
    except (*FAULTS, ClassError) as error:
        why = str(error) if isinstance(error, ClassError) else f"{reason(error)}. {step(error)}."
        msg = f"It is done ({deed}), but the log could not be written: {why}"
        raise ClassError(msg) from error
