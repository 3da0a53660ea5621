"""Entries for what has no transaction of its own in the gradebook, such as a file that is written.

It stands in the log before it is done: where the program is killed in between, the log tells of a deed too much, never of one too few.
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
    """Add an entry, then let the deed be done; see `noting_each`."""
    with noting_each(course, deed, [(learner, detail)]):
        yield


@contextmanager
def noting_each(course: Course, deed: Deed, each: Sequence[tuple[str, Mapping[str, Any]]]) -> Iterator[None]:
    """Add an entry for each (learner, detail), then let the deed be done; where it fails, another entry of each says so ("failed").

    Raises
    ------
    ClassError
        If the log cannot be written; nothing is done then.
    """
    note_first(course, deed, each)
    try:
        yield
    except BaseException:
        with suppress(ClassError):  # why the deed failed is told instead
            note_first(course, deed, [(learner, {**detail, "failed": True}) for learner, detail in each])
        raise


def note_first(course: Course, deed: Deed, each: Sequence[tuple[str, Mapping[str, Any]]]) -> None:
    """Add an entry for each (learner, detail) of a deed that is done next; see `noting_each`."""
    if not each:
        return
    try:
        check_gradebook(course.db_url, course.course_id)
        with recording(course.db_url) as database:
            note_each(database, deed, list(each))
    except (*FAULTS, ClassError) as error:
        why = str(error) if isinstance(error, ClassError) else f"{reason(error)}. {step(error)}."
        msg = f"Nothing was done ({deed}), as the log cannot be written: {why}"
        raise ClassError(msg) from error
