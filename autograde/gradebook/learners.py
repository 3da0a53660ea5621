"""The learners of a class, as nbgrader keeps them."""

from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, insert, select, update

from autograde.errors import ClassError, RosterError
from autograde.gradebook import tables
from autograde.gradebook.address import without_password
from autograde.gradebook.database import FAULTS, reading, reason, step
from autograde.gradebook.deeds import Deed
from autograde.gradebook.log import note_each
from autograde.gradebook.own import recording
from autograde.gradebook.soundness import check_gradebook

_TABLE = tables.student
_ALL = select(_TABLE.c.id, _TABLE.c.first_name, _TABLE.c.last_name, _TABLE.c.email).order_by(_TABLE.c.last_name, _TABLE.c.first_name)
_ADD = insert(_TABLE)
_CHANGE = (
    update(_TABLE)
    .where(_TABLE.c.id == bindparam("known"))
    .values({name: bindparam(f"new_{name}") for name in ("first_name", "last_name", "email")})
)


class Learner(NamedTuple):
    """A learner's row; `email` is "" where none is known."""

    id: str
    first_name: str
    last_name: str
    email: str


def read_learners(url: str, course_id: str) -> list[Learner]:
    """Read all, by surname and first name.

    Raises
    ------
    ClassError
        If the gradebook cannot be read, or is not the class's.
    """
    check_gradebook(url, course_id)
    try:
        with reading(url) as connection:
            return learners_in(connection)
    except FAULTS as error:
        msg = f"The gradebook {without_password(url)} cannot be read ({reason(error)}). Close other programs that use it."
        raise ClassError(msg) from error


def learners_in(connection: Connection) -> list[Learner]:
    """Read all, on a connection that is there."""
    return [Learner(*(value or "" for value in row)) for row in connection.execute(_ALL)]


def write_learners(url: str, added: Iterable[Learner], updated: Iterable[Learner]) -> None:
    """Put learners in and change what is known of others, all or none; RosterError if that cannot be done."""
    fresh = [{**one._asdict(), "email": one.email or None} for one in added]
    updated = list(updated)
    known = [
        {"known": one.id, "new_first_name": one.first_name, "new_last_name": one.last_name, "new_email": one.email or None}
        for one in updated
    ]
    try:
        with recording(url) as database:
            before = {one.id: one for one in learners_in(database.connection)} if updated else {}
            database.run_each(_ADD, fresh)
            database.run_each(_CHANGE, known)
            note_each(database, Deed.ADD, [(row["id"], {}) for row in fresh])
            note_each(database, Deed.CHANGE, [(one.id, {"changed": _changed(before.get(one.id), one)}) for one in updated])
    except (*FAULTS, ClassError) as error:
        msg = f"The learners cannot be put into the gradebook ({reason(error)}); nobody was added. {step(error)}, then try again."
        raise RosterError(msg) from error


def _changed(before: Learner | None, now: Learner) -> list[str]:
    """Give which of the columns are others now: what stands in them is no matter of the log, which holds no names."""
    return [name for name in Learner._fields if before is None or getattr(before, name) != getattr(now, name)]
