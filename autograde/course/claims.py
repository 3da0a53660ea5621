"""What a hand-in says of itself, and how far that is believed: whose it is, when it was handed in."""

import hashlib
import json
from datetime import UTC, datetime, timedelta
from typing import Any

from autograde.course.archive import Parts
from autograde.course.roster import Roster, Student
from autograde.course.text import aware, local, printable
from autograde.errors import UnusableError

CLOCK_SKEW = timedelta(minutes=10)
"""How far a student's clock may be ahead of ours."""


def read_manifest(parts: Parts) -> tuple[dict[str, Any], list[str]]:
    """Give the manifest, {} if there is none to be read, and what there is to say about it."""
    if parts.manifest is None:
        return {}, ["has no manifest: it was packed by hand"]
    try:
        document = json.loads(parts.manifest)
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict):
        return {}, ["has a manifest that cannot be read"]
    digest = document.get("answers_sha256")
    if parts.answers is not None and digest != hashlib.sha256(parts.answers).hexdigest():
        return document, ["the answers are not those that the receipt was given for: they were changed after handing in"]
    return document, []


def handed_in_at(manifest: dict[str, Any], seen_at: datetime) -> tuple[datetime, str]:
    """Give the time of a hand-in in UTC: the manifest's if it makes sense, else `seen_at`; and what to say."""
    told, now = manifest.get("handed_in_at"), datetime.now(UTC)
    try:
        when = aware(datetime.fromisoformat(told)) if isinstance(told, str) else None
    except (ValueError, OverflowError):
        when = None
    file_time = f"the file's own ({local(seen_at)}) was taken"
    if when is None:
        return seen_at, f"says no time that can be read: {file_time}" if manifest else ""
    if when > now + CLOCK_SKEW:
        return seen_at, f"says a time in the future ({local(when)}): {file_time}"
    return min(when, now), ""


def whose(manifest: dict[str, Any], moodle: str, roster: Roster) -> tuple[Student, str]:
    """Tell whose a hand-in is, and what there is to say about it ("" if nothing).

    Raises
    ------
    UnusableError
        If it is nobody's on the roster, or Moodle and the manifest name two students of the roster.
    """
    claimed = manifest.get("student")
    claimed = claimed if isinstance(claimed, str) else ""
    says, folder = printable(claimed, 64), printable(moodle, 80)
    by_id, by_name = roster.find(claimed) if claimed else None, roster.named(moodle)
    if by_id is not None:
        if by_name and by_id not in by_name:
            msg = f'the hand-in names {by_id.id} ({by_id.name}), but Moodle says it came from "{folder}" ({by_name[0].id})'
            raise UnusableError(msg)
        if moodle and not by_name:
            return by_id, f'taken as {by_id.id}, whom the hand-in names; Moodle\'s name "{folder}" is not on the roster'
        return by_id, ""
    what = f'the hand-in names "{says}", who is not on the roster' if claimed else "the hand-in names no student"
    if len(by_name) == 1:
        return by_name[0], f'{what}; taken as {by_name[0].id} by Moodle\'s name "{folder}"'
    if by_name:
        what += f', and Moodle\'s name "{folder}" fits {", ".join(student.id for student in by_name)}'
    elif moodle:
        what += f', and Moodle\'s name "{folder}" is not on the roster either'
    raise UnusableError(what)
