"""What the class's service keeps of a learner in its own database: counted before an erasure, and erased with the rest."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import Connection, create_engine, func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

from autograde.classes.folder import Course
from autograde.classes.served import served_folder, service_of
from autograde.errors import ClassError
from autograde.gradebook.database import connect, reason
from workbook_helpers.items import clean_id
from workbook_helpers.served import answers
from workbook_helpers.served.database import ANSWERS
from workbook_helpers.served.sessions import Sessions

FILE = "served.db"
TITLE = "Answers that the class’s service keeps"


def count_answers(course: Course, learner: str) -> int:
    """Count the answers of a learner, by the id as people know it; ClassError where that cannot be read."""
    path = _path(course)
    if not path.is_file():
        return 0
    mine = (ANSWERS.c.class_id == course.course_id, ANSWERS.c.learner == _key(learner))
    with _opened(path) as connection:
        return int(connection.scalar(select(func.count()).select_from(ANSWERS).where(*mine)) or 0)


def check_closed(course: Course) -> None:
    """See that nobody writes there; ClassError where the class is open for its learners."""
    if found := service_of(course):
        how = "have whoever looks after the server stop its service" if found.hub else "autograde live --stop, or the page Live, does it"
        msg = f"The class is open for learners now. Close it first: {how}. Then do this again."
        raise ClassError(msg)


def forget(course: Course, learner: str) -> None:
    """Erase all of it, and write the file anew, in which it would stay as bytes; once more does no harm.

    Raises
    ------
    ClassError
        If that cannot be done.
    """
    path, key = _path(course), _key(learner)
    if not path.is_file():
        return
    with _opened(path) as connection:
        Sessions(course.course_id).reset(connection, key)
        answers.forget(connection, course.course_id, key)
    try:
        with closing(connect(path)) as plain:
            plain.execute("VACUUM")
            [(busy, *_)] = plain.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        if busy:
            msg = "another program is using it"
            raise sqlite3.OperationalError(msg)
    except sqlite3.Error as error:
        msg = f"{path} cannot be written anew ({error}). Close the class on the page Live, then run any command in this class."
        raise ClassError(msg) from error


def _path(course: Course) -> Path:
    return served_folder(course) / FILE


def _key(learner: str) -> str:
    return clean_id(learner).lower()


@contextmanager
def _opened(path: Path) -> Iterator[Connection]:
    engine = create_engine("sqlite://", creator=lambda: connect(path), poolclass=NullPool)
    try:
        with engine.begin() as connection:
            yield connection
    except SQLAlchemyError as error:
        msg = f"{path} cannot be used ({reason(error)}). Close the class on the page Live, and other programs that use it."
        raise ClassError(msg) from error
