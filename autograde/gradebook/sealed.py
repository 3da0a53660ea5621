"""Rows of the records held against the log: each entry that writes some keeps a digest of them, so what was changed beside it is found.

Whose a pseudonym is and what was given in marking (`sealed_marks`) are held in the same way.

A row's digest stands in the words of an entry ("sealed": table → id → digest, None for a row that is gone) and goes with them when a
learner is erased. The entry of that erasure says which rows went, or lost their words, with it.
"""

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, Table, or_, select
from sqlalchemy.exc import DBAPIError

from autograde.gradebook.database import Database
from autograde.gradebook.own_tables import log, log_detail, metadata, pseudonym
from autograde.gradebook.sealed_marks import GIVEN, KINDS, SCORE, hand_ins_of, is_of, scores_told
from autograde.gradebook.sealed_marks import faults_in as faults_of_marks
from autograde.gradebook.tables import OWN, in_parts

TABLES = tuple(table for table in metadata.sorted_tables if "id" in table.c)
"""The records: every table of our own whose rows have an id."""
LATER = frozenset({"out_of"})
"""Columns that came after rows had been sealed: these have none, and are sealed as they were."""
SUBJECT = "pseudonym"
"""Pseudonym → digest of it and of whose it is."""
Seal = Mapping[str, Mapping[str, str | None]]
"""What an entry holds under "sealed": table → id → digest, None for a row that is gone."""


def seal(database: Database, table: Table, ids: Collection[str]) -> dict[str, dict[str, str | None]]:
    """Give what the entry of a deed holds of rows that it wrote, changed or took away, as they are in the open transaction."""
    found = dict[str, str | None].fromkeys(ids)
    for part in in_parts(ids):
        for row in database.rows(select(table).where(table.c.id.in_(part))):
            found[row.id] = _digest(row._mapping)
    return {_short(table): found}


def one_of(sealed: Seal, id_: str) -> dict[str, dict[str, str | None]]:
    """Give the part of a seal that is about one row, for an entry of its own."""
    return {name: {id_: rows[id_]} for name, rows in sealed.items()}


def seal_subject(learner: str, subject: str) -> dict[str, str]:
    """Give what the entry that makes a pseudonym holds of it."""
    return {subject: hashlib.sha256(json.dumps([learner, subject]).encode()).hexdigest()}


def subject_told(connection: Connection, learner: str) -> str:
    """Give a learner's pseudonym as the log tells, not the table; "" where it tells of none."""
    told = [(id_, digest) for (name, id_), (_, digest) in _known(connection).items() if name == SUBJECT and digest]
    return next((subject for subject, digest in told if seal_subject(learner, subject)[subject] == digest), "")


def carried(connection: Connection, entries: Collection[int]) -> dict[str, dict[str, str | None]]:
    """Give the seals that only these entries hold, which lose their words now; the entry that says so takes them over."""
    found: dict[str, dict[str, str | None]] = {}
    hand_ins = hand_ins_of(connection)
    for (name, id_), (n, digest) in _known(connection).items():
        if n in entries and (name not in KINDS or is_of(id_, hand_ins)):
            found.setdefault(name, {})[id_] = digest
    return found


def faults_in(connection: Connection) -> list[str]:
    """Say which rows of the records are not as the log tells, one sentence each; none where all of them are."""
    known, faults = _known(connection), []
    marks = {kind: {id_: known.pop((name, id_)) for name, id_ in [*known] if name == kind} for kind in (GIVEN, SCORE)}
    for name, id_, now in _rows(connection):
        n, digest = known.pop((name, id_), (0, None))
        if not now:
            faults.append(f"{_said(name)} {id_} cannot be read: something strange was written into it.")
        elif digest is None:
            gone = f"entry {n} says that it is gone" if n else "no entry of the log tells of it"
            faults.append(f"{_said(name)} {id_} stands in the records, and {gone}.")
        elif digest != now:
            faults.append(f"{_said(name)} {id_} is not as entry {n} left it.")
    faults += [
        f"{_said(name)} {id_}, of which entry {n} tells, is gone from the records, and no entry says so."
        for (name, id_), (n, digest) in known.items()
        if digest is not None
    ]
    return faults + faults_of_marks(connection, marks[GIVEN], marks[SCORE])


def _rows(connection: Connection) -> Iterator[tuple[str, str, str]]:
    """Give each row that the log is to tell of: short name of its table, id, and its digest; "" for one that cannot be read."""
    for row in connection.execute(select(pseudonym).order_by(pseudonym.c.learner)):
        yield SUBJECT, row.pseudonym, seal_subject(row.learner, row.pseudonym)[row.pseudonym]
    for table in TABLES:
        name = _short(table)
        try:
            rows = connection.execute(select(table).order_by(table.c.id)).all()
        except _STRANGE:
            for id_ in connection.scalars(select(table.c.id).order_by(table.c.id)).all():
                try:
                    yield name, id_, _digest(connection.execute(select(table).where(table.c.id == id_)).one()._mapping)
                except _STRANGE:
                    yield name, id_, ""
        else:
            yield from ((name, row.id, _digest(row._mapping)) for row in rows)


_STRANGE = (ValueError, TypeError, DBAPIError)
"""What a row raises into which somebody has written what its columns cannot hold, such as words for a date."""


def _known(connection: Connection) -> dict[tuple[str, str], tuple[int, str | None]]:
    """Give (table, id) → the last entry that tells of the row, and its digest then."""
    known: dict[tuple[str, str], tuple[int, str | None]] = {}
    for n, sealed in _seals(connection):
        known |= {(name, id_): (n, digest) for name, rows in sealed.items() for id_, digest in rows.items()}
    return known


def _seals(connection: Connection) -> Iterator[tuple[int, Seal]]:
    asked = select(log.c.n, log.c.what, log_detail.c.text).join(log_detail, log_detail.c.n == log.c.n).order_by(log.c.n)
    for row in connection.execute(asked.where(or_(*(log_detail.c.text.contains(word) for word in ('"sealed"', '"hand_in"'))))):
        try:
            detail = json.loads(row.text)
            sealed = {name: dict(rows) for name, rows in detail.get("sealed", {}).items()}
            yield row.n, sealed | ({SCORE: scores} if (scores := scores_told(row.what, detail)) else {})
        except (ValueError, KeyError, TypeError, AttributeError):  # `log.faults_in` tells of words that somebody has changed
            continue


def _digest(row: Mapping[Any, Any]) -> str:
    values = {str(name): value for name, value in row.items() if name not in LATER or value is not None}
    words = json.dumps(values, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(words.encode()).hexdigest()


def _short(table: Table) -> str:
    return table.name.removeprefix(OWN)


def _said(name: str) -> str:
    return f"the {name.replace('_', ' ')}"
