"""The records of a class, opened to read or to write."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection

from autograde.errors import ClassError
from autograde.gradebook.database import FAULTS, Database, kept_engine, reason, step
from autograde.gradebook.keep import Owner
from autograde.gradebook.own import opened, recording
from autograde.gradebook.soundness import check_gradebook


@contextmanager
def writing(course: Owner) -> Iterator[Database]:
    """Give the class's database to write records to, all or nothing; `log.note` in it says what was done.

    Raises
    ------
    ClassError
        If it cannot be written, or is not the class's; nothing was written then.
    """
    check_gradebook(course.db_url, course.course_id)
    try:
        with recording(course.db_url) as database:
            yield database
    except FAULTS as error:
        msg = f"The records cannot be written ({reason(error)}). {step(error)}, then try again."
        raise ClassError(msg) from error


@contextmanager
def reading(course: Owner) -> Iterator[Connection]:
    """Give a connection to look at the records; the tables are made where there are none yet.

    Raises
    ------
    ClassError
        If they cannot be read, or the gradebook is not the class's.
    """
    check_gradebook(course.db_url, course.course_id)
    try:
        if course.db_url not in _PREPARED:
            with opened(course.db_url):
                _PREPARED.add(course.db_url)
        with kept_engine(course.db_url).connect() as connection:
            yield connection
    except FAULTS as error:
        msg = f"The records cannot be read ({reason(error)}). Close other programs that use the gradebook, then try again."
        raise ClassError(msg) from error


_PREPARED: set[str] = set()
"""Databases whose tables this process has seen to be the newest."""
