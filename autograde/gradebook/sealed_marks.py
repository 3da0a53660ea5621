"""Marks held against the log: what a person gave and noted of an answer by a digest, what the program gave by its points.

Both go by the hand-in, not by the learner, as a merge lets a hand-in become another learner's. That a hand-in is in the gradebook no more
is itself a fault, unless the entry of an erasure says so; what a person gave for it is held against nothing then.
"""

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, inspect, select

from autograde.gradebook import tables
from autograde.gradebook.deeds import Deed
from autograde.gradebook.own_tables import known, pseudonym

GIVEN = "given"
"""Hand-in and task → digest of a person's points, comment and notes, as they stand in `known` and `person`; None for none of these."""
SCORE = "score"
"""Hand-in and item → the points that the program gave, in words."""
KINDS = frozenset({GIVEN, SCORE})
Told = Mapping[str, tuple[int, str | None]]
"""Hand-in and task → the last entry that tells of it, and what it said."""


def seal_given(connection: Connection, each: Collection[tuple[str, str]]) -> dict[str, str | None]:
    """Give hand-in and task → digest, for (submitted notebook, cell's name) of each, as they are in the open transaction."""
    there = dict[str, str]()
    for part in tables.in_parts(sorted({notebook for notebook, _ in each})):
        there |= _given(connection, part)
    return {_name(*one): there.get(_name(*one)) for one in each}


def seal_all(connection: Connection) -> dict[str, dict[str, str]]:
    """Give the same of all that people have given, and all points that the program gave, where there are any."""
    scores = {_name(row.notebook_id, row.name): _points(row.auto_score) for row in connection.execute(_SCORES)}
    return {kind: found for kind, found in ((GIVEN, _given(connection)), (SCORE, scores)) if found}


def seal_gone(connection: Connection, learner: str) -> dict[str, dict[str, None]]:
    """Give what the entry of an erasure holds of the program's points for a learner's hand-ins, which go with it."""
    asked = _SCORES.join(tables.submitted_notebook, tables.submitted_notebook.c.id == tables.grade.c.notebook_id)
    asked = asked.join(tables.submitted_assignment, tables.submitted_assignment.c.id == tables.submitted_notebook.c.assignment_id)
    rows = connection.execute(asked.where(tables.submitted_assignment.c.student_id == learner))
    return {SCORE: dict.fromkeys(_name(row.notebook_id, row.name) for row in rows)}


def scores_told(what: str, detail: Mapping[str, Any]) -> dict[str, str]:
    """Give hand-in and item → points, of an entry that says what the program gave; nothing of any other."""
    if what != Deed.MARK or "hand_in" not in detail:
        return {}
    return {_name(detail["hand_in"], item): _points(points) for item, points in detail["after"].items()}


def hand_ins_of(connection: Connection) -> frozenset[str]:
    """Give the hand-ins that are in the gradebook, by the submitted notebook."""
    there = inspect(connection).has_table(tables.submitted_notebook.name)
    return frozenset(connection.scalars(select(tables.submitted_notebook.c.id)) if there else ())


def is_of(name: str, hand_ins: Collection[str]) -> bool:
    """Whether what `GIVEN` and `SCORE` name by hand-in and task is of one of these hand-ins."""
    return name.partition(" ")[0] in hand_ins


def faults_in(connection: Connection, given: Told, scores: Told) -> list[str]:
    """Say which marks are not as the log tells, one sentence each, by the learner's pseudonym; none where all of them are."""
    if not inspect(connection).has_table(tables.submitted_notebook.name):
        return []
    hand_ins = hand_ins_of(connection)
    found, faults = {name: digest for name, digest in _given(connection).items() if is_of(name, hand_ins)}, dict[str, str]()
    for name, digest in found.items():
        n, told = given.get(name, (0, None))
        if digest != told:
            faults[name] = f"are not as entry {n} left them" if n else "stand there, and no entry of the log tells of them"
    for name, (n, told) in given.items():
        if told is not None and name not in found and is_of(name, hand_ins):
            faults[name] = f"are gone, and entry {n} tells of them"
    changed, rows = {}, set[str]()
    for row in connection.execute(_SCORES):
        n, said = scores.get(name := _name(row.notebook_id, row.name), (0, None))
        rows.add(name)
        if said is None and row.auto_score is not None:
            changed[name] = "stand there, and no entry of the log tells of them"
        elif said is not None and said != _points(row.auto_score):
            changed[name] = f"are not as entry {n} left them"
        elif said is not None and (row.auto_score, row.manual_score, row.needs_manual_grade) == (None, None, False):
            changed[name] = f"are missing since entry {n}, nobody gave any, and yet it waits for nobody"
    for name, (n, said) in scores.items():
        if said is not None and name not in rows and is_of(name, hand_ins):
            changed[name] = f"are gone, and entry {n} tells of them"
    gone = {name.partition(" ")[0]: n for name, (n, said) in scores.items() if said is not None and not is_of(name, hand_ins)}
    return [
        *(f"the hand-in {one}, whose points entry {n} tells, is gone from the gradebook, and no entry says so." for one, n in gone.items()),
        *_said(connection, "a person's points, comment or notes", faults),
        *_said(connection, "the program's points", changed),
    ]


_SCORES = select(
    tables.grade.c.notebook_id,
    tables.base_cell.c.name,
    tables.grade.c.auto_score,
    tables.grade.c.manual_score,
    tables.grade.c.needs_manual_grade,
).join(tables.base_cell, tables.base_cell.c.id == tables.grade.c.cell_id)
_WHOSE = (
    select(tables.submitted_notebook.c.id, tables.assignment.c.name, pseudonym.c.pseudonym)
    .join(tables.submitted_assignment, tables.submitted_assignment.c.id == tables.submitted_notebook.c.assignment_id)
    .join(tables.assignment, tables.assignment.c.id == tables.submitted_assignment.c.assignment_id)
    .outerjoin(pseudonym, pseudonym.c.learner == tables.submitted_assignment.c.student_id)
)


def _given(connection: Connection, hand_ins: Collection[str] | None = None) -> dict[str, str]:
    """Give hand-in and task → digest, of all or of some hand-ins."""
    parts: dict[str, dict[str, Any]] = {}
    for table in (known, tables.person):
        if table is known or inspect(connection).has_table(table.name):
            asked = select(table) if hand_ins is None else select(table).where(table.c.notebook_id.in_(hand_ins))
            for row in connection.execute(asked):
                notebook, cell, *values = row
                parts.setdefault(_name(notebook, cell), {})[table.name] = values
    return {name: hashlib.sha256(json.dumps(part, sort_keys=True, default=str).encode()).hexdigest() for name, part in parts.items()}


def _said(connection: Connection, what: str, faults: Mapping[str, str]) -> Iterator[str]:
    if not faults:
        return
    whose = {row.id: (row.name, row.pseudonym) for row in connection.execute(_WHOSE)}
    for name, fault in sorted(faults.items()):
        hand_in, _, task = name.partition(" ")
        workbook, subject = whose.get(hand_in, ("?", None))
        yield f"{what} for {task} of {workbook}, learner {subject or '?'} (hand-in {hand_in}), {fault}."


def _name(hand_in: str, task: str) -> str:
    return f"{hand_in} {task}"


def _points(points: Any) -> str:
    try:
        return "none" if points is None else repr(float(points))
    except (TypeError, ValueError):  # somebody has written something strange there
        return str(points)
