"""The marks that the gradebook holds of some learners, in all workbooks at once: three queries, however many there are."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, inspect, literal, select

from autograde.gradebook import tables
from autograde.gradebook.cells import GRADE, Belongs, Grade, read_belongs


@dataclass(frozen=True, kw_only=True)
class Marked:
    """The marks of one hand-in.

    Attributes
    ----------
    when
        The hand-in's time, in UTC and naive, None where the gradebook has none.
    answers
        Digest of the answers file that was marked, "" where that is not known.
    belongs
        Cell name → what its mark belongs to; empty where that is not known.
    grades
        Cell name → grade.
    seen
        Cell name → the marker's ticks (`gradebook.person.Notes.seen`).
    """

    when: datetime | None
    answers: str = ""
    belongs: Mapping[str, Belongs] = field(default_factory=dict)
    grades: dict[str, Grade] = field(default_factory=dict)
    seen: dict[str, tuple[int, ...]] = field(default_factory=dict)


def marks_in(connection: Connection, learners: Collection[str]) -> dict[tuple[str, str], Marked]:
    """Give (learner's id, workbook's name) → marks, for everything that was marked."""
    there = set(inspect(connection).get_table_names())
    submitted, notebooks, marked, person = tables.submitted_assignment.c, tables.submitted_notebook, tables.marked, tables.person
    belongs = (marked.c.answers, marked.c.cells) if marked.name in there else (literal("").label("answers"), literal("").label("cells"))
    asked = (
        select(notebooks.c.id, submitted.student_id, tables.assignment.c.name, submitted.timestamp, *belongs)
        .select_from(tables.submitted_assignment)
        .join(tables.assignment, tables.assignment.c.id == submitted.assignment_id)
        .join(notebooks, notebooks.c.assignment_id == submitted.id)
        .where(submitted.student_id.in_(learners))
    )
    if marked.name in there:
        asked = asked.outerjoin(marked, marked.c.notebook_id == notebooks.c.id)
    found, by_notebook = dict[tuple[str, str], Marked](), dict[str, Marked]()
    for row in connection.execute(asked):
        one = Marked(when=row.timestamp, answers=row.answers or "", belongs=read_belongs(row.cells))
        by_notebook[row.id] = found[row.student_id, row.name] = one
    which = (
        select(notebooks.c.id)
        .join(tables.submitted_assignment, submitted.id == notebooks.c.assignment_id)
        .where(submitted.student_id.in_(learners))
    )
    grades = (
        select(tables.grade.c.notebook_id, tables.base_cell.c.name, *GRADE)
        .join(tables.base_cell, tables.base_cell.c.id == tables.grade.c.cell_id)
        .where(tables.grade.c.notebook_id.in_(which))
    )
    for notebook, name, *values in connection.execute(grades):
        if notebook in by_notebook:  # else it was marked for the first time meanwhile
            by_notebook[notebook].grades[name] = Grade(*values)
    if person.name in there:
        for row in connection.execute(select(person.c.notebook_id, person.c.cell, person.c.notes).where(person.c.notebook_id.in_(which))):
            if row.notebook_id in by_notebook:
                by_notebook[row.notebook_id].seen[row.cell] = tuple(json.loads(row.notes).get("seen", ()))
    return found
