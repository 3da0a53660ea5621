"""The records of one learner's id go over to another id of the same learner, and back: every row is kept, and what clashes is told."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Table, bindparam, inspect, select, update

from autograde.gradebook import own_tables
from autograde.gradebook.database import Database
from autograde.gradebook.sealed import TABLES, seal
from autograde.text import count

Ids = Mapping[str, Sequence[str]]
"""Name of a table → ids of its rows."""
CARRIED = {table.name: table for table in TABLES if "learner" in table.c}
"""Every table of the records that is about a learner; what is about a decision, as a sample is, goes with it."""
_WORDS = {"decision": "decision", "evidence": "piece of evidence", "unit_event": "event of the unit", "second_mark": "second mark"}
_SAME_MARK = ("assignment", "task", "answer", "entered_by")


@dataclass(frozen=True, kw_only=True)
class Carried:
    """What goes over, and what there is to say of it, a sentence each."""

    ids: Ids
    said: tuple[str, ...]


def would_carry(connection: Connection, goes: str, stays: str) -> Carried:
    """Say what would go over from one id to another."""
    there = set(inspect(connection).get_table_names())
    rows = {name: _rows(connection, table, goes) for name, table in CARRIED.items() if name in there}
    kept = _marked_by_the_same(connection, goes, stays) if own_tables.second_mark.name in there else frozenset[str]()
    ids = {name: ids for name, some in rows.items() if (ids := [row.id for row in some if row.id not in kept])}
    moved = [count(len(some), _word(name)) for name, some in ids.items()]
    said = [f"The records go over as well: {', '.join(moved)}."] if moved else []
    if kept:
        said.append(f"{count(len(kept), 'second mark')} by somebody who has marked the same answer under both ids: kept under the first.")
    return Carried(ids=ids, said=(*said, *_clashes(connection, rows, stays)))


def carry(database: Database, ids: Ids, goes: str, stays: str) -> dict[str, dict[str, str | None]]:
    """Let rows that are one id's be the other's, in the open transaction; give their seal for the log."""
    sealed: dict[str, dict[str, str | None]] = {}
    for name, some in ids.items():
        if (table := CARRIED.get(name)) is not None and some:
            which = (table.c.id == bindparam("row")) & (table.c.learner == bindparam("goes"))
            database.run_each(update(table).where(which).values(learner=stays), [{"row": one, "goes": goes} for one in some])
            sealed |= seal(database, table, some)
    return sealed


def _clashes(connection: Connection, rows: Mapping[str, Sequence[Any]], stays: str) -> Iterator[str]:
    """Say of which criteria both ids have decisions."""
    if decided := rows.get(own_tables.decision.name):
        others = {(row.framework, row.criterion) for row in _rows(connection, own_tables.decision, stays)}
        if both := sorted({row.criterion for row in decided if (row.framework, row.criterion) in others}):
            yield f"Both have decisions on {', '.join(both)}: all are kept, and of each the newest holds. Look at them again."


def _marked_by_the_same(connection: Connection, goes: str, stays: str) -> frozenset[str]:
    table = own_tables.second_mark
    there = {tuple(getattr(row, name) for name in _SAME_MARK) for row in _rows(connection, table, stays)}
    return frozenset(row.id for row in _rows(connection, table, goes) if tuple(getattr(row, name) for name in _SAME_MARK) in there)


def _rows(connection: Connection, table: Table, learner: str) -> Sequence[Any]:
    return connection.execute(select(table).where(table.c.learner == learner)).all()


def _word(name: str) -> str:
    plain = name.removeprefix("autograde_")
    return _WORDS.get(plain, plain.replace("_", " "))
