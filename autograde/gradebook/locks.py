"""Whose unit is signed off: until it is reopened, no points, no comment and no newer hand-in of this learner counts here."""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import Connection, case, func, inspect, select, text

from autograde.errors import ClassError
from autograde.gradebook.database import FAULTS, Database, reading, reason, step
from autograde.gradebook.keep import Owner
from autograde.gradebook.own_tables import unit_event
from autograde.text import in_short

_ONE_BY_ONE = text("SELECT pg_advisory_xact_lock(7013462)")
_TIMES = (
    func.max(case((unit_event.c.what == "signed", unit_event.c.at))).label("signed"),
    func.max(case((unit_event.c.what == "reopened", unit_event.c.at))).label("reopened"),
)


def take_turn(database: Database) -> None:
    """Wait in the open transaction until no other one decides, gives points, signs off or reopens: SQLite lets one writer in anyway."""
    if database.dialect == "postgresql":
        database.rows(_ONE_BY_ONE)


def signed_off_in(connection: Connection, learners: Collection[str] | None = None) -> Mapping[str, datetime]:
    """Give learner's id → since when the unit is signed off, in UTC and naive, by whatever framework; for those of some ids, or all."""
    return _signed_off(connection, learners) if inspect(connection).has_table(unit_event.name) else {}


def signed_off(course: Owner, learners: Collection[str] | None = None) -> Mapping[str, datetime]:
    """Give the same for a class; ClassError if its gradebook cannot be read."""
    try:
        with reading(course.db_url) as connection:
            return signed_off_in(connection, learners)
    except FAULTS as error:
        msg = f"The gradebook cannot be read ({reason(error)}). {step(error)}, then try again."
        raise ClassError(msg) from error


def check_not_signed_off(database: Database, *learners: str) -> None:
    """See in the open transaction that no unit of these learners is signed off, and that it stays so until the end of it.

    Raises
    ------
    ClassError
        If one is.
    """
    take_turn(database)
    if found := _signed_off(database.connection, learners):
        when = min(found.values())
        msg = f"Nothing was written: the unit of this learner was signed off on {in_short(when)}. Reopen it with a reason first."
        raise ClassError(msg)


def signed_off_by(connection: Connection, learner: str) -> list[str]:
    """Give the frameworks by which a learner's unit is signed off."""
    return sorted(framework for _, framework, _ in _locks(connection, [learner]))


def _signed_off(connection: Connection, learners: Collection[str] | None) -> dict[str, datetime]:
    found: dict[str, datetime] = {}
    for learner, _, when in _locks(connection, learners):
        found[learner] = max(when, found.get(learner, when))
    return found


def _locks(connection: Connection, learners: Collection[str] | None) -> list[tuple[str, str, datetime]]:
    asked = select(unit_event.c.learner, unit_event.c.framework, *_TIMES).group_by(unit_event.c.learner, unit_event.c.framework)
    if learners is not None:
        asked = asked.where(unit_event.c.learner.in_(learners))
    rows = connection.execute(asked)
    return [(row.learner, row.framework, row.signed) for row in rows if row.signed and (row.reopened is None or row.reopened < row.signed)]
