"""What a class holds of one person: the rows of its database, and the files of its folder. Export and erasure go by it."""

import json
import re
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Select, Table, inspect, select
from sqlalchemy.sql import ColumnElement

from autograde.classes.folder import Course
from autograde.classes.roster import Roster, Student
from autograde.classes.served import ARRIVED, served_folder
from autograde.errors import BAD_ZIP
from autograde.gradebook import own_tables, tables
from autograde.inbox.files.archive import PLAIN
from autograde.inbox.quarantine import REASON, held_in
from autograde.records.naming import ERASED_ONE, composed, folded, pattern, words_for
from workbook_helpers.files import read_file

_ASSIGNMENTS = tables.submitted_assignment
_NOTEBOOKS = tables.submitted_notebook
MAX_BYTES = 1_000_000
PLACES = (
    "submitted/{}",
    "autograded/{}",
    "feedback/{}",
    "feedback-replaced/{}",
    "received/*/{}",
    "received/*/.attempts/{}.json",
    "received/*/.attempts/{}.json.*",
    "received/.merged/*-{}.json",
    "received/.merged/*-{}.undone",
    "served/given/{}",
)
"""Where a learner's files lie, by the id as folders have it."""
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


def files_of(course: Course, learner: Student) -> tuple[Path, ...]:
    """Give the files and folders that are a learner's, hand-ins in quarantine that name nobody else among them; none twice."""
    root = course.root
    found = [path for place in PLACES for path in sorted(root.glob(place.format(_literal(learner.id))))]
    found += [path for path in sorted(root.glob("received/.merged/*")) if path not in found and _merges(path, learner.id)]
    found += [folder for folder, others in _quarantined(course, learner) if not others]
    found += handed_to_service(course, learner.shown)
    return tuple(path for path in found if root.resolve() in path.parent.resolve().parents)


def handed_to_service(course: Course, learner: str) -> Iterator[Path]:
    """Give what a learner, by the id as people know it, handed in to the class's service: each hand-in, and its note where it has one."""
    for path in sorted({one.with_suffix(".zip") for one in (served_folder(course) / ARRIVED).glob("[!.]*")}):
        note, says = path.with_suffix(".json"), ""
        with suppress(OSError, ValueError, AttributeError):
            says = str(json.loads(read_file(note, MAX_BYTES)).get("learner"))
        if folded(learner) in {folded(one) for one in ([says] if says else _manifests(path))}:
            yield from (one for one in (path, note) if one.is_file())


def shared_of(course: Course, learner: Student) -> tuple[Path, ...]:
    """Give the hand-ins in quarantine that name a learner and somebody else, too: whose they are, a person decides."""
    return tuple(folder for folder, others in _quarantined(course, learner) if others)


def reasons_in(course: Course) -> tuple[Path, ...]:
    """Give the files that say why a hand-in is in quarantine."""
    return tuple(sorted(course.root.glob(f"quarantine/**/{REASON}")))


def told_in(reason: Path) -> str:
    """Give what such a file says of the hand-in, without what the program adds on its own, times and digits among it."""
    return _text(reason).partition("\nPut here: ")[0]


def _quarantined(course: Course, learner: Student) -> Iterator[tuple[Path, bool]]:
    """Give the hand-ins in quarantine that name a learner, each with whether it may be somebody else's."""
    reasons, roster = reasons_in(course), Roster.of(course)
    rest = [one for one in roster.students if one.id != learner.id]
    own = pattern(words_for(learner.shown, learner.name))
    others = pattern([ERASED_ONE, *(word for one in rest for word in words_for(one.shown, one.name))])
    ids = {folded(one.shown) for one in rest}
    for reason in reasons:
        told, said = composed(told_in(reason)), {folded(one) for one in _manifests(reason.parent)}
        if own.search(told) or folded(learner.shown) in said:
            held = held_in(reason.parent)
            sender = held[1].sender.name if held else ""
            strange = bool(sender) and learner.id not in {one.id for one in roster.named(sender)}
            yield reason.parent, strange or others.search(told) is not None or not ids.isdisjoint(said)


def _manifests(where: Path) -> Iterator[str]:
    """Give whom a zip, or the zips in a folder, name as the learner."""
    for path in sorted(where.iterdir()) if where.is_dir() else [where]:
        if path.suffix.lower() == ".zip" and not path.is_symlink():
            with suppress(OSError, AttributeError, *BAD_ZIP), zipfile.ZipFile(path) as packed:
                for one in packed.infolist():
                    if one.filename.rpartition("/")[2] == "manifest.json" and one.file_size <= MAX_BYTES and one.compress_type in PLAIN:
                        yield str(json.loads(packed.read(one)).get("student", ""))


def _merges(path: Path, learner: str) -> bool:
    with suppress(OSError, ValueError, AttributeError):
        row = json.loads(read_file(path, 5 * MAX_BYTES))
        return learner in (row.get("goes"), row.get("stays"))
    return False


def _literal(name: str) -> str:
    """Write a name so that a pattern of files takes each of its signs for itself."""
    return re.sub(r"([*?[])", r"[\1]", name)


def _text(path: Path) -> str:
    try:
        return read_file(path, MAX_BYTES).decode("utf-8", "replace")
    except OSError:
        return ""
