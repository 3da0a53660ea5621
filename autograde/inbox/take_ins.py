"""What each take-in brought, kept for the desk: how much, from which files, what there was to say, and whether it was undone.

`received/.take-ins/` holds a small file for each. They are for people alone: what counts follows from the attempts.
"""

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from autograde.classes.folder import Course
from autograde.inbox.outcome import IntakeReport
from autograde.text import aware
from workbook_helpers.files import read_file, write_file

FOLDER = ".take-ins"
KEPT = 200
"""Of the newest so many is something kept."""
MAX_BYTES = 5_000_000


@dataclass(frozen=True, kw_only=True)
class TakeIn:
    """A take-in.

    Attributes
    ----------
    run
        By what it is known: when it began, in ISO 8601.
    taken, repeated, refused
        How many hand-ins were new, were known already, cannot be used.
    notes
        (learner's id, a sentence) for what was out of the ordinary.
    passed
        What was passed over, one sentence each.
    undone
        Whether it was taken back.
    """

    run: str
    when: datetime
    assignment: str
    taken: int
    repeated: int
    refused: int
    notes: tuple[tuple[str, str], ...] = ()
    passed: tuple[str, ...] = ()
    undone: bool = False


def note_take_in(course: Course, report: IntakeReport) -> None:
    """Keep what a take-in brought; a disk that cannot be written does no harm to it.

    Nothing is kept of one that brought nothing since files could not be stored: it is tried again and again, and would push out the others.
    """
    if not report.taken and not all(one.kept for one in report.refused):
        return
    notes = [(taken.student.id, oddity) for taken in report.taken for oddity in taken.oddities]
    notes += [(taken.student.id, late_in_words(taken.late)) for taken in report.taken if taken.late]
    row = {
        "run": report.run,
        "assignment": report.assignment,
        "taken": len(report.taken),
        "repeated": len(report.repeated),
        "refused": len(report.refused),
        "notes": notes,
        "passed": report.passed,
    }
    with suppress(OSError):
        path = _path(course, report.run)
        path.parent.mkdir(exist_ok=True)
        for old in sorted(path.parent.glob("[0-9]*.json"))[:-KEPT]:
            old.unlink(missing_ok=True)
        _write(path, row)


def note_undone(course: Course, *runs: str, undone: bool = True) -> None:
    """Keep that take-ins were taken back, or count again."""
    for run in runs:
        with suppress(OSError, ValueError):
            path = _path(course, run)
            _write(path, json.loads(read_file(path, MAX_BYTES)) | {"undone": undone})


def take_ins(course: Course, most: int = KEPT) -> tuple[TakeIn, ...]:
    """Give the newest take-ins of a class, the newest first."""
    return tuple(_read(sorted((course.root / "received" / FOLDER).glob("[0-9]*.json"), reverse=True)[:most]))


def late_in_words(late: str) -> str:
    """Say how late a hand-in is."""
    if not late.startswith("cannot"):
        return f"late by {late.removeprefix('by ')}"
    return f"whether it is late {late}. Moodle’s grading worksheet tells it"


def _path(course: Course, run: str) -> Path:
    return course.root / "received" / FOLDER / f"{re.sub('[^0-9]', '', run.partition('+')[0])}.json"


def _write(path: Path, row: dict[str, Any]) -> None:
    write_file(path, json.dumps(row, ensure_ascii=False).encode("utf-8", "replace"), durable=False)


def _read(paths: list[Path]) -> Iterator[TakeIn]:
    for path in paths:
        with suppress(OSError, ValueError, KeyError, TypeError):
            row = json.loads(read_file(path, MAX_BYTES))
            yield TakeIn(
                run=str(row["run"]),
                when=aware(datetime.fromisoformat(row["run"])),
                assignment=str(row["assignment"]),
                taken=int(row["taken"]),
                repeated=int(row["repeated"]),
                refused=int(row["refused"]),
                notes=tuple((str(learner), str(text)) for learner, text in row["notes"]),
                passed=tuple(map(str, row["passed"])),
                undone=bool(row.get("undone")),
            )
