"""Entries for what has no transaction of its own in the gradebook, such as a file that is written.

What leaves the class or comes into it stands in the log before it is done (`noting`, `note_first`): where the program is killed in
between, the log tells of a deed too much, never of one too few. What only changes the class stands in it right after (`note_done`).
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
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


@contextmanager
def noting(course: Course, deed: Deed, *, learner: str = "", **detail: Any) -> Iterator[None]:
    """Add an entry, then let the deed be done; where it fails, another entry says so ("failed").

    Raises
    ------
    ClassError
        If the log cannot be written; nothing is done then.
    """
    note_first(course, deed, [(learner, detail)])
    try:
        yield
    except BaseException:
        with suppress(ClassError):  # why the deed failed is told instead
            note_first(course, deed, [(learner, {**detail, "failed": True})])
        raise


def note_first(course: Course, deed: Deed, each: Sequence[tuple[str, Mapping[str, Any]]]) -> None:
    """Add an entry for each (learner, detail) of a deed that is done next; see `noting`."""
    _note(course, deed, each, "Nothing was done ({deed}), as the log cannot be written: {why}")


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
    _note(course, deed, each, "It is done ({deed}), but the log could not be written: {why}")


def _note(course: Course, deed: Deed, each: Sequence[tuple[str, Mapping[str, Any]]], words: str) -> None:
    if not each:
        return
    try:
        check_gradebook(course.db_url, course.course_id)
        with recording(course.db_url) as database:
            note_each(database, deed, list(each))
    except (*FAULTS, ClassError) as error:
        why = str(error) if isinstance(error, ClassError) else f"{reason(error)}. {step(error)}."
        raise ClassError(words.format(deed=deed, why=why)) from error
