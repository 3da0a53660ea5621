"""Learners who have left the class: they are waited for no more, and all that they did stays.

nbgrader's own table of students has no place for it, so it stands in one of ours beside it, which moves with the gradebook.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from sqlalchemy import Connection, delete, insert, inspect, select
from sqlalchemy.schema import CreateTable

from autograde.gradebook import tables
from autograde.gradebook.database import Database, explaining, reading
from autograde.gradebook.deeds import Deed
from autograde.gradebook.keep import Owner
from autograde.gradebook.log import note_each
from autograde.gradebook.own import recording
from autograde.gradebook.soundness import check_gradebook
from autograde.text import naive

_TABLE = tables.left
_ALL = select(_TABLE.c.student_id, _TABLE.c.since)


def left_in(connection: Connection) -> dict[str, datetime]:
    """Give learner's id → since when, in UTC and naive, for those who have left."""
    if not inspect(connection).has_table(_TABLE.name):
        return {}
    return {row.student_id: row.since for row in connection.execute(_ALL)}


def who_left(course: Owner) -> frozenset[str]:
    """Give the ids of those who have left; ClassError if the gradebook cannot be read."""
    check_gradebook(course.db_url, course.course_id)
    with explaining("read"), reading(course.db_url) as connection:
        return frozenset(left_in(connection))


def mark_left(course: Owner, learners: Iterable[str]) -> None:
    """Note that learners have left, by their ids; once more does no harm.

    Raises
    ------
    ClassError
        If the gradebook cannot be written, or is not the class's.
    """
    ids, now = sorted(set(learners)), naive(datetime.now(UTC))
    with _writing(course) as database:
        there = {learner for learner, _ in database.rows(_ALL)}
        gone = [one for one in ids if one not in there]
        database.run_each(insert(_TABLE), [{"student_id": one, "since": now} for one in gone])
        note_each(database, Deed.LEFT, [(one, {}) for one in gone])


def mark_back(course: Owner, learners: Iterable[str]) -> None:
    """Note that learners are in the class again; ClassError if the gradebook cannot be written, or is not the class's."""
    with _writing(course) as database:
        there = {learner for learner, _ in database.rows(_ALL)}
        back = sorted(there & set(learners))
        database.run(delete(_TABLE).where(_TABLE.c.student_id.in_(back)))
        note_each(database, Deed.BACK, [(one, {}) for one in back])


@contextmanager
def _writing(course: Owner) -> Iterator[Database]:
    check_gradebook(course.db_url, course.course_id)
    with explaining("written"), recording(course.db_url) as database:
        database.run(CreateTable(_TABLE, if_not_exists=True))
        yield database
