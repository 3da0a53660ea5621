"""Which ids of a class were merged into others, by the journals that the merges left."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from autograde.classes.folder import Course
from autograde.classes.roster import Roster, Student
from workbook_helpers.files import read_file

FOLDER = ".merged"
"""In received/: what each merge did, so that it can be undone."""
MAX_BYTES = 5_000_000


def journals(course: Course) -> list[tuple[Path, dict[str, Any]]]:
    """Give the journal of each merge that can be undone, with what stands in it, the newest first."""
    found = []
    for path in sorted((course.root / "received" / FOLDER).glob("*.json"), reverse=True):
        try:
            row = dict(json.loads(read_file(path, MAX_BYTES)))
            found.append((path, {**row, "goes": str(row["goes"]), "stays": str(row["stays"]), "added": list(row["added"])}))
        except (OSError, ValueError, KeyError, TypeError):
            continue
    return found


def cut_off(course: Course) -> list[tuple[Path, dict[str, Any]]]:
    """Give those that are not at their end, as a merge or as the undoing of one, the newest first."""
    return [(path, row) for path, row in journals(course) if row.get("open") or row.get("undoing")]


def merges(course: Course) -> list[tuple[str, str, str]]:
    """Give (name, id that went, id that stayed) of each merge that can be undone, the newest first."""
    return [(path.stem, row["goes"], row["stays"]) for path, row in journals(course)]


def merged_ids(course: Course) -> dict[str, str]:
    """Give id that was merged, and not undone → id that stays."""
    found: dict[str, str] = {}
    for _, goes, stays in reversed(merges(course)):
        found = {one: stays if other == goes else other for one, other in found.items() if one != stays} | {goes: stays}
    return found


def with_merged(course: Course, known: Mapping[str, str]) -> dict[str, str]:
    """Give what is known of each id, where what was known of one that was merged counts for the one that stays, if that has nothing."""
    found = dict(known)
    for goes, stays in merged_ids(course).items():
        if goes in found:
            found.setdefault(stays, found.pop(goes))
    return found


def staying(student: Student, merged: Mapping[str, str], roster: Roster) -> Student:
    """Give the learner as whom a student counts: the one of the id that stays, where the own one was merged (`merged_ids`)."""
    return roster.get(merged.get(student.id, "")) or student
