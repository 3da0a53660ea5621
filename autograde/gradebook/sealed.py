"""Rows of the records held against the log: each entry that writes some keeps a digest of them, so what was changed beside it is found.

A row's digest stands in the words of an entry ("sealed": table → id → digest, None for a row that is gone) and goes with them when a
learner is erased. The entry of that erasure says which rows went, or lost their words, with it.
"""

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, Table, select

from autograde.gradebook.database import Database
from autograde.gradebook.own_tables import log, log_detail, metadata
from autograde.gradebook.tables import OWN

TABLES = tuple(table for table in metadata.sorted_tables if "id" in table.c)
"""The records: every table of our own whose rows have an id."""
PARTS = 500
"""Ids in one question: SQLite takes some thousands at most."""
Seal = Mapping[str, Mapping[str, str | None]]
"""What an entry holds under "sealed": table → id → digest, None for a row that is gone."""


def seal(database: Database, table: Table, ids: Collection[str]) -> dict[str, dict[str, str | None]]:
    """Give what the entry of a deed holds of rows that it wrote, changed or took away, as they are in the open transaction."""
    wanted, found = list(ids), dict[str, str | None].fromkeys(ids)
    for start in range(0, len(wanted), PARTS):
        for row in database.rows(select(table).where(table.c.id.in_(wanted[start : start + PARTS]))):
            found[row.id] = _digest(row._mapping)
    return {_short(table): found}


def one_of(sealed: Seal, id_: str) -> dict[str, dict[str, str | None]]:
    """Give the part of a seal that is about one row, for an entry of its own."""
    return {name: {id_: rows[id_]} for name, rows in sealed.items()}


def carried(connection: Connection, entries: Collection[int]) -> dict[str, dict[str, str | None]]:
    """Give the seals that only these entries hold, which lose their words now; the entry that says so takes them over."""
    found: dict[str, dict[str, str | None]] = {}
    for (name, id_), (n, digest) in _known(connection).items():
        if n in entries:
            found.setdefault(name, {})[id_] = digest
    return found


def faults_in(connection: Connection) -> list[str]:
    """Say which rows of the records are not as the log tells, one sentence each; none where all of them are."""
    known, faults = _known(connection), []
    for table in TABLES:
        name = _short(table)
        for row in connection.execute(select(table).order_by(table.c.id)):
            n, digest = known.pop((name, row.id), (0, None))
            if digest is None:
                gone = f"entry {n} says that it is gone" if n else "no entry of the log tells of it"
                faults.append(f"{_said(name)} {row.id} stands in the records, and {gone}.")
            elif digest != _digest(row._mapping):
                faults.append(f"{_said(name)} {row.id} is not as entry {n} left it.")
    return faults + [
        f"{_said(name)} {id_}, of which entry {n} tells, is gone from the records, and no entry says so."
        for (name, id_), (n, digest) in known.items()
        if digest is not None
    ]


def _known(connection: Connection) -> dict[tuple[str, str], tuple[int, str | None]]:
    """Give (table, id) → the last entry that tells of the row, and its digest then."""
    known: dict[tuple[str, str], tuple[int, str | None]] = {}
    for n, sealed in _seals(connection):
        known |= {(name, id_): (n, digest) for name, rows in sealed.items() for id_, digest in rows.items()}
    return known


def _seals(connection: Connection) -> Iterator[tuple[int, Seal]]:
    asked = select(log.c.n, log_detail.c.text).join(log_detail, log_detail.c.n == log.c.n).order_by(log.c.n)
    for row in connection.execute(asked.where(log_detail.c.text.contains('"sealed"'))):
        try:
            yield row.n, {name: dict(rows) for name, rows in json.loads(row.text)["sealed"].items()}
        except (ValueError, KeyError, TypeError, AttributeError):  # `log.faults_in` tells of words that somebody has changed
            continue


def _digest(row: Mapping[Any, Any]) -> str:
    values = {str(name): value for name, value in row.items()}
    words = json.dumps(values, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(words.encode()).hexdigest()


def _short(table: Table) -> str:
    return table.name.removeprefix(OWN)


def _said(name: str) -> str:
    return f"the {name.replace('_', ' ')}"
