"""What becomes of a learner's unit as a whole, as rows: declared, signed off, reopened; and whether it is locked."""

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select

from autograde.classes.ids import shown
from autograde.errors import ClassError
from autograde.gradebook.database import Database
from autograde.gradebook.locks import take_turn
from autograde.gradebook.own_tables import unit_event
from autograde.gradebook.sealed import Seal, seal
from autograde.text import after, in_short


@dataclass(frozen=True, kw_only=True)
class Event:
    """What became of a unit.

    Attributes
    ----------
    what
        "declared", "signed" or "reopened".
    who
        Who said it, or entered it.
    at
        In UTC, naive.
    """

    what: str
    who: str
    at: datetime
    text: str = ""


def events_in(connection: Connection, framework: str, learners: Collection[str]) -> dict[str, dict[str, Event]]:
    """Give learner's id → what → the newest event of that."""
    asked = select(unit_event).where(unit_event.c.framework == framework, unit_event.c.learner.in_(learners)).order_by(unit_event.c.at)
    found: dict[str, dict[str, Event]] = {}
    for row in connection.execute(asked):
        found.setdefault(row.learner, {})[row.what] = Event(what=row.what, who=row.who, at=row.at, text=row.text)
    return found


def is_locked(events: dict[str, Event]) -> bool:
    """Whether a unit is signed off and not reopened since."""
    signed, reopened = events.get("signed"), events.get("reopened")
    return signed is not None and (reopened is None or reopened.at < signed.at)


def check_open(database: Database, framework: str, learners: Collection[str]) -> None:
    """See in the open transaction that no learner's unit is locked, and that it stays so until the end of it.

    Raises
    ------
    ClassError
        If one is.
    """
    take_turn(database)
    check_unlocked(database.connection, framework, learners)


def check_unlocked(connection: Connection, framework: str, learners: Collection[str]) -> None:
    """See that no learner's unit is locked now; ClassError if one is."""
    for learner, events in events_in(connection, framework, learners).items():
        if is_locked(events):
            msg = (
                f"The unit of {shown(learner)} was signed off on {in_short(events['signed'].at)} and is locked. "
                "Reopen it with a reason first, then do this again."
            )
            raise ClassError(msg)


def add_event(database: Database, framework: str, learner: str, what: str, *, by: str, words: str) -> Seal:
    """Write an event in the open transaction, later than all before it, whatever the clock says; give its seal for the log."""
    before = events_in(database.connection, framework, [learner]).get(learner, {})
    row = {"id": secrets.token_hex(16), "framework": framework, "learner": learner, "what": what, "who": by, "text": words}
    database.run(insert(unit_event).values(**row, at=after(one.at for one in before.values())))
    return seal(database, unit_event, [row["id"]])
