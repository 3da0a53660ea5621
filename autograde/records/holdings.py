"""What a class holds of one person: the rows of its database, and the files of its folder. Export and erasure go by it."""

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from glob import escape
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Select, Table, inspect, select
from sqlalchemy.sql import ColumnElement

from autograde.classes.folder import Course
from autograde.classes.roster import Student
from autograde.classes.served import ARRIVED, served_folder
from autograde.gradebook import own_tables, tables
from autograde.records.naming import folded
from autograde.records.strays import MADE, Stray, strays
from autograde.records.unclaimed import manifests, named_alone
from autograde.whole import BROKEN
from workbook_helpers.files import read_file

_ASSIGNMENTS = tables.submitted_assignment
_NOTEBOOKS = tables.submitted_notebook
MAX_BYTES = 1_000_000
PLACES = (
    "submitted/{}",
    *MADE,
    "received/*/{}",
    "received/*/.attempts/{}.json",
    f"received/*/.attempts/{{}}.json.{BROKEN}????????-??????",
    "received/.merged/????????-??????-??????-{}.json",
    "received/.merged/????????-??????-??????-{}.undone",
)
"""Where a learner's files lie, by the id as folders have it. A time has all its digits, or the end of a longer id would do for this one."""
TITLES = {
    "student": "Name and address",
    "left": "When the learner left",
    "submitted_assignment": "Hand-ins",
    "submitted_notebook": "Notebooks of the hand-ins",
    "grade": "Marks",
    "comment": "Comments",
    "person": "Notes of the marker",
    "marked": "Which answer each mark is for",
    "known": "Copies of marks, for the log",
    "decision": "Decisions",
    "evidence": "Evidence entered by hand",
    "unit_event": "Declarations, sign-offs and reopenings",
    "referral": "Referrals",
    "platform_person": "Who the learner is at the learning platform",
    "platform_score": "Points for the learning platform",
    "adjustment": "Adjustments",
    "second_mark": "Second marks",
    "hint": "Second looks at an answer",
}
"""What people call the rows of a table; any other one is called by its name."""


@dataclass(frozen=True, kw_only=True)
class Part:
    """The rows of one table that are about a learner; they are listed so that each comes before what it refers to."""

    table: Table
    where: ColumnElement[bool]

    @property
    def title(self) -> str:
        """What people call them."""
        name = self.table.name.removeprefix(tables.OWN)
        return TITLES.get(name, name.replace("_", " ").capitalize())


def parts_of(learner: str) -> tuple[Part, ...]:
    """Give every table that holds rows about a learner, by the id as the gradebook has it.

    A table of our own belongs here as soon as it has a column `learner` or `notebook_id`. The log and its pseudonyms do not: see
    `gradebook.log.erase`.
    """
    submitted = select(_ASSIGNMENTS.c.id).where(_ASSIGNMENTS.c.student_id == learner)
    notebooks = select(_NOTEBOOKS.c.id).where(_NOTEBOOKS.c.assignment_id.in_(submitted))
    every = [*own_tables.metadata.sorted_tables, tables.marked, tables.person]
    ours = [Part(table=one, where=one.c.learner == learner) for one in every if "learner" in one.c and one is not own_tables.pseudonym]
    beside = [Part(table=one, where=one.c.notebook_id.in_(notebooks)) for one in every if "notebook_id" in one.c]
    return (
        *ours,
        *beside,
        Part(table=tables.grade, where=tables.grade.c.notebook_id.in_(notebooks)),
        Part(table=tables.comment, where=tables.comment.c.notebook_id.in_(notebooks)),
        Part(table=_NOTEBOOKS, where=_NOTEBOOKS.c.assignment_id.in_(submitted)),
        Part(table=_ASSIGNMENTS, where=_ASSIGNMENTS.c.student_id == learner),
        Part(table=tables.left, where=tables.left.c.student_id == learner),
        Part(table=tables.student, where=tables.student.c.id == learner),
    )


def rows_of(connection: Connection, learner: str) -> dict[str, list[Mapping[str, Any]]]:
    """Give title → rows (column → value) for what the database holds of a learner; titles without a row are left out."""
    there = set(inspect(connection).get_table_names())
    found: dict[str, list[Mapping[str, Any]]] = {}
    for part in parts_of(learner):
        if part.table.name in there:
            asked: Select[Any] = select(part.table).where(part.where)
            if rows := connection.execute(asked).all():
                found[part.title] = [row._asdict() for row in rows]
    return found


def marked_from(connection: Connection, stray: Stray) -> frozenset[str]:
    """Give the ids of the submission and its notebook where what the gradebook holds of them was marked from a stray; else none."""
    if not inspect(connection).has_table(tables.marked.name):
        return frozenset()
    asked = (
        select(_ASSIGNMENTS.c.id, _NOTEBOOKS.c.id)
        .join(_NOTEBOOKS, _NOTEBOOKS.c.assignment_id == _ASSIGNMENTS.c.id)
        .join(tables.marked, tables.marked.c.notebook_id == _NOTEBOOKS.c.id)
        .join(tables.assignment, tables.assignment.c.id == _ASSIGNMENTS.c.assignment_id)
        .where(_ASSIGNMENTS.c.student_id == stray.under, tables.assignment.c.name == stray.assignment)
        .where(tables.marked.c.answers == stray.answers_sha256)
    )
    return frozenset(id_ for row in connection.execute(asked) for id_ in row)


def files_of(course: Course, learner: Student) -> tuple[Path, ...]:
    """Give the files and folders that are a learner's; none twice.

    What waits or is in quarantine and names nobody else is among them, and what lies under somebody else's id (`strays`).

    Raises
    ------
    ClassError
        If what is known of the hand-ins cannot be read.
    """
    root = course.root
    found = [path for place in PLACES for path in sorted(root.glob(place.format(escape(learner.id))))]
    found += [path for path in sorted(root.glob("received/.merged/*")) if path not in found and _merges(path, learner.id)]
    found += [path for one in strays(course) if one.learner == learner.id for path in one.files]
    found += named_alone(course, learner)
    found += handed_to_service(course, learner.shown)
    return tuple(path for path in found if root.resolve() in path.parent.resolve().parents)


def handed_to_service(course: Course, learner: str) -> Iterator[Path]:
    """Give what a learner, by the id as people know it, handed in to the class's service: each hand-in, and its note where it has one."""
    for path in sorted({one.with_suffix(".zip") for one in (served_folder(course) / ARRIVED).glob("[!.]*")}):
        note, says = path.with_suffix(".json"), ""
        with suppress(OSError, ValueError, AttributeError):
            says = str(json.loads(read_file(note, MAX_BYTES)).get("learner"))
        if folded(learner) in {folded(one) for one in ([says] if says else manifests(path))}:
            yield from (one for one in (path, note) if one.is_file())


def _merges(path: Path, learner: str) -> bool:
    with suppress(OSError, ValueError, AttributeError):
        row = json.loads(read_file(path, 5 * MAX_BYTES))
        return learner in (row.get("goes"), row.get("stays"))
    return False
