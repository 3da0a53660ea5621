"""What was given back: when, by which way, to whom, and what their pages said. Each giving is one row, and none is ever deleted."""

import json
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import insert, inspect, select, update
from sqlalchemy.schema import CreateTable

from autograde.errors import ClassError
from autograde.gradebook import tables
from autograde.gradebook.address import without_password
from autograde.gradebook.database import FAULTS, Database, reading, reason, step
from autograde.gradebook.deeds import Deed
from autograde.gradebook.locks import take_turn
from autograde.gradebook.log import note, note_each
from autograde.gradebook.own import recording
from autograde.gradebook.soundness import check_gradebook
from autograde.text import after, aware

_TABLE = tables.given_back
_APART = timedelta(seconds=1)
"""How far two givings of a workbook lie apart at least: learning platforms compare the times of scores by whole seconds."""


@dataclass(frozen=True, kw_only=True)
class Giving:
    """One giving back.

    Attributes
    ----------
    at
        When, in UTC.
    way
        How, e.g. "Moodle feedback files".
    to
        Student id → `Given.digest` of what was given.
    notes
        What had to be told of it, one sentence each.
    taken_back
        Whether the tutor said that it was not given after all.
    """

    id: str
    assignment: str
    at: datetime
    way: str
    to: Mapping[str, str]
    notes: tuple[str, ...] = ()
    taken_back: bool = False


def keep_giving(url: str, course_id: str, *, assignment: str, way: str, to: Mapping[str, str], notes: tuple[str, ...] = ()) -> Giving:
    """Keep that pages were given back, later than all that was given back of the workbook before, whatever the clock says.

    Raises
    ------
    ClassError
        If the gradebook cannot be written.
    """
    check_gradebook(url, course_id)
    id_ = secrets.token_hex(8)
    row = {"id": id_, "assignment": assignment, "way": way, "taken_back": False}
    row |= {"students": json.dumps(dict(to)), "notes": json.dumps(list(notes), ensure_ascii=False)}
    about = {"workbook": assignment, "way": way, "giving": id_}
    with _writing(url) as database:
        take_turn(database)
        at = after([before.at for before in database.rows(select(_TABLE.c.at).where(_TABLE.c.assignment == assignment))], _APART)
        database.run(insert(_TABLE).values(row | {"at": at}))
        note_each(database, Deed.GIVE_BACK, [(student, {**about, "page": digest}) for student, digest in to.items()])
    return Giving(id=id_, assignment=assignment, at=aware(at), way=way, to=to, notes=notes)


def take_back(url: str, course_id: str, giving: str, *, taken_back: bool = True) -> None:
    """Note that something was not given after all, or was.

    Raises
    ------
    ClassError
        If there is no such giving, or the gradebook cannot be written.
    """
    if giving not in {one.id for one in read_givings(url, course_id, "")}:
        msg = "That giving back is not in the list any more. Open the page again."
        raise ClassError(msg)
    with _writing(url) as database:
        database.run(update(_TABLE).where(_TABLE.c.id == giving).values(taken_back=taken_back))
        note(database, Deed.TAKE_BACK, giving=giving, taken_back=taken_back)


def read_givings(url: str, course_id: str, assignment: str) -> list[Giving]:
    """Read what was given back of a workbook ("" for all of them), the newest first."""
    check_gradebook(url, course_id)
    with _explaining(url), reading(url) as connection:
        if not inspect(connection).has_table(_TABLE.name):
            return []
        asked = select(_TABLE).order_by(_TABLE.c.at.desc())
        rows = connection.execute(asked.where(_TABLE.c.assignment == assignment) if assignment else asked)
        return [
            Giving(
                id=row.id,
                assignment=row.assignment,
                at=aware(row.at),
                way=row.way,
                to=json.loads(row.students),
                notes=tuple(json.loads(row.notes)),
                taken_back=bool(row.taken_back),
            )
            for row in rows
        ]


def last_given(givings: list[Giving]) -> dict[str, tuple[Giving, str]]:
    """Give student id → the newest giving that was not taken back, and the digest of what was given then."""
    found: dict[str, tuple[Giving, str]] = {}
    for giving in givings:
        if not giving.taken_back:
            for student, digest in giving.to.items():
                found.setdefault(student, (giving, digest))
    return found


@contextmanager
def _writing(url: str) -> Iterator[Database]:
    with _explaining(url), recording(url) as database:
        database.run(CreateTable(_TABLE, if_not_exists=True))
        yield database


@contextmanager
def _explaining(url: str) -> Iterator[None]:
    try:
        yield
    except FAULTS as error:
        msg = f"The gradebook {without_password(url)} failed ({reason(error)}). {step(error)}, then try again."
        raise ClassError(msg) from error
