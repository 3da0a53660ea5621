"""What the class's service keeps of a learner in its own database: counted before an erasure, and erased with the rest."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import func, inspect, select

from autograde.classes.folder import Course
from autograde.classes.served import answers_url, service_of
from autograde.errors import ClassError
from autograde.gradebook.address import sqlite_file, without_password
from autograde.gradebook.database import FAULTS, reading, reason, rewrite, writing
from workbook_helpers.items import clean_id
from workbook_helpers.served import answers
from workbook_helpers.served.database import ANSWERS
from workbook_helpers.served.sessions import Sessions

TITLE = "Answers that the class’s service keeps"


def count_answers(course: Course, learner: str) -> int:
    """Count the answers of a learner, by the id as people know it; ClassError where that cannot be read."""
    if not (url := answers_url(course)):
        return 0
    mine = (ANSWERS.c.class_id == course.course_id, ANSWERS.c.learner == _key(learner))
    with _explaining(url), reading(url) as connection:
        if not inspect(connection).has_table(ANSWERS.name):  # the class has not been open yet
            return 0
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
    if not (url := answers_url(course)):
        return
    key = _key(learner)
    with _explaining(url), writing(url) as database:
        if database.has(ANSWERS.name):
            Sessions(course.course_id).reset(database.connection, key)
            answers.forget(database.connection, course.course_id, key)
    if path := sqlite_file(url):
        rewrite(path, "Close the class on the page Live")


def _key(learner: str) -> str:
    return clean_id(learner).lower()


@contextmanager
def _explaining(url: str) -> Iterator[None]:
    try:
        yield
    except FAULTS as error:
        what = sqlite_file(url) or without_password(url)
        msg = f"{what} cannot be used ({reason(error)}). Close the class on the page Live, and other programs that use it."
        raise ClassError(msg) from error
