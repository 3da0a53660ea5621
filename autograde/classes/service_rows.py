"""What the class's service keeps of a learner in its own database: counted, erased, and brought to another id of the same person.

A service that runs does it itself, in whichever database it keeps it; where none runs, it is done there by its own rules.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, inspect, select

from autograde.classes.asking import answers, ask
from autograde.classes.folder import Course
from autograde.classes.served import answers_url, service_of, strike_out
from autograde.errors import ClassError
from autograde.gradebook.address import sqlite_file, without_password
from autograde.gradebook.database import FAULTS, reading, reason, rewrite, writing
from workbook_helpers.items import clean_id
from workbook_helpers.served import answers as rows
from workbook_helpers.served import merging
from workbook_helpers.served.database import ANSWERS, make_whole

TITLE = "Answers that the class’s service keeps"


def count_answers(course: Course, learner: str) -> int:
    """Count the answers of a learner, by the id as people know it; ClassError where that cannot be read."""
    return sum(map(merging.is_answer, _records(course, learner)))


def count_kept(course: Course, learner: str) -> int:
    """Count as `count_answers` does, and what was emptied as well: what stood there before is kept with it."""
    return len(_records(course, learner))


def _records(course: Course, learner: str) -> list[str]:
    if not (url := answers_url(course)):
        return []
    mine = (ANSWERS.c.class_id == course.course_id, ANSWERS.c.learner == _key(learner))
    with _explaining(url), reading(url) as connection:
        if not inspect(connection).has_table(ANSWERS.name):  # the class has not been open yet
            return []
        return [*connection.scalars(select(ANSWERS.c.record).where(*mine))]


def check_service(course: Course) -> None:
    """See that the class's service can be told, where one runs; ClassError where it does not answer."""
    if (found := service_of(course)) and not answers(course):
        how = (
            "Have whoever looks after the server start it again"
            if found.hub
            else "Close the class, on the page Live or by autograde live --stop"
        )
        msg = f"The class’s service keeps learners’ answers, and does not answer. {how}. Then do this again."
        raise ClassError(msg)


def forget(course: Course, learner: str) -> None:
    """Erase all that is kept of a learner, and write the file anew, in which it would stay as bytes; once more does no harm.

    Off the list first, so that nobody comes in as the learner in between.

    Raises
    ------
    ClassError
        If that cannot be done.
    """
    strike_out(course, learner)
    try:
        _do(course, "forget", {"learner": learner}, lambda connection: rows.forget(connection, course.course_id, _key(learner)))
    except ClassError as error:
        msg = f"{error} {learner} is being erased: run any command in this class then, which ends the erasure."
        raise ClassError(msg) from error
    if path := sqlite_file(answers_url(course)):
        rewrite(path, "Close the class on the page Live")


def merge_answers(course: Course, goes: str, stays: str, merge: str) -> int:
    """Show the one that stays what the other one has answered, where they have no answer of their own, and give how many these are.

    Once more does no harm. Off the list first, so that nobody answers as the one that goes in between.

    Parameters
    ----------
    goes, stays
        The ids as people know them.
    merge
        By what `unmerge_answers` finds them again.

    Raises
    ------
    ClassError
        If that cannot be done.
    """
    strike_out(course, goes)
    told = {"goes": goes, "stays": stays, "merge": merge}

    def do(connection: Connection) -> dict[str, int]:
        return {"answers": merging.merge(connection, course.course_id, _key(goes), _key(stays), merge)}

    return int((_do(course, "merge", told, do) or {"answers": 0})["answers"])


def unmerge_answers(course: Course, stays: str, merge: str) -> None:
    """Take back what `merge_answers` did, but for what was changed since; ClassError if that cannot be done."""
    told = {"learner": stays, "merge": merge}
    _do(course, "unmerge", told, lambda connection: merging.unmerge(connection, course.course_id, _key(stays), merge))


def _do(course: Course, what: str, told: dict[str, str], do: Callable[[Connection], Any]) -> Any:
    """Have the service do it, or do it in its place; give what it answers, None where there is nothing to be done."""
    if service_of(course):
        return ask(course, f"api/{what}", told)
    if url := answers_url(course):
        with _explaining(url), writing(url) as database:
            if database.has(ANSWERS.name):
                make_whole(database.connection)  # no service need have run since the last upgrade
                return do(database.connection)
    return None


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
