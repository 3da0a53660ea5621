"""What is said of one student's marking."""

from dataclasses import dataclass
from datetime import datetime

from autograde.gradebook.entries import Standing
from autograde.text import aware, printable

CHANGED = "changed since a person marked it"
"""How the oddity begins that names answers which are others than those that were marked."""

SIGNED_OFF = "the unit is signed off, so nothing was marked. Reopen it with a reason first"
"""The oddity of a student whose marks are locked."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """What the summary says of one student.

    Attributes
    ----------
    points, max
        Sum over the items that have points so far, and over all.
    before
        The points before this marking; None if there were none.
    waiting
        How many items wait for a person.
    outcome
        "marked", "unchanged" or "not marked".
    oddities
        One sentence each.
    revised
        (item, what was changed) for the items whose task was changed after a person had given the points, which stand.
    stale_page
        Whether a feedback page was there that no longer fits, and was put away.
    """

    student: str
    points: float = 0
    max: float = 0
    before: float | None = None
    waiting: int = 0
    outcome: str = "marked"
    oddities: tuple[str, ...] = ()
    revised: tuple[tuple[str, str], ...] = ()
    stale_page: bool = False


def unusable(student: str, error: OSError) -> Line:
    """Say that a student's files cannot be used."""
    where = f"{error.filename}: " if error.filename else ""
    return failed(student, f"files cannot be used ({where}{error.strerror}). See that nothing is in the way and the disk has room")


def failed(student: str, why: str) -> Line:
    """Say why a student was not marked."""
    return Line(student=student, outcome="not marked", oddities=(printable(why, 400),))


def signed_off(student: str, standing: Standing | None) -> Line:
    """Say that a student's unit is signed off, so that the marks stay as they are."""
    if standing is None:
        return Line(student=student, outcome="unchanged", oddities=(SIGNED_OFF,))
    return standing_line(student, standing, outcome="unchanged", before=standing.points, oddities=(SIGNED_OFF,))


def standing_line(student: str, standing: Standing, *, outcome: str, before: float | None, oddities: tuple[str, ...] = ()) -> Line:
    """Say where a student stands in the gradebook."""
    return Line(student=student, points=standing.points, waiting=standing.waiting, outcome=outcome, before=before, oddities=oddities)


def late(when: datetime | None, due: datetime | None) -> tuple[str, ...]:
    """Say how late, in one sentence; nothing if in time."""
    if when is None or due is None or aware(when) <= due:
        return ()
    seconds = (aware(when) - due).total_seconds()
    days, hours = int(seconds // 86400), int(seconds % 86400 // 3600)
    return (f"late by {days} days" if days > 1 else f"late by {hours + 24 * days} hours" if hours + days else "late by less than an hour",)
