"""Learners whose data were erased and who come back with an older backup: by the pseudonym that the erasure named."""

from collections.abc import Collection, Mapping
from contextlib import suppress

from sqlalchemy import Connection, inspect, select

from autograde.gradebook import tables
from autograde.gradebook.database import FAULTS, reading
from autograde.gradebook.deeds import Deed
from autograde.gradebook.log import entries_in
from autograde.gradebook.own_tables import log, pseudonym


def erased_in(url: str) -> frozenset[str]:
    """Give the pseudonyms of those who were erased, as a gradebook's log tells, and that of what was restored over it; none without one."""
    found = set[str]()
    with suppress(*FAULTS), reading(url) as connection:
        if inspect(connection).has_table(log.name):
            for deed in (Deed.ERASE, Deed.RESTORE):
                found |= {name for entry in entries_in(connection, deed) for name in _names(entry.detail or {})}
    return frozenset(found)


def back_in(connection: Connection, erased: Collection[str]) -> tuple[str, ...]:
    """Give the ids of those who were erased and are in a gradebook all the same."""
    if not erased or not inspect(connection).has_table(pseudonym.name):
        return ()
    there = select(pseudonym.c.learner).join(tables.student, tables.student.c.id == pseudonym.c.learner)
    return tuple(connection.scalars(there.where(pseudonym.c.pseudonym.in_(erased)).order_by(pseudonym.c.learner)))


def _names(detail: Mapping[str, object]) -> set[str]:
    more = detail.get("erased", [])
    return {str(name) for name in [detail.get("subject"), *(more if isinstance(more, list) else [])] if name}
