"""What the gradebook holds of a cell, and whose points they are."""

import json
from datetime import datetime
from typing import NamedTuple

from autograde.gradebook import tables


class Grade(NamedTuple):
    """A row of nbgrader's table of grades."""

    cell_id: str
    auto_score: float | None
    manual_score: float | None
    extra_credit: float | None
    needs_manual_grade: bool

    @property
    def points(self) -> float:
        """The points, as nbgrader computes them."""
        return (self.auto_score or 0.0 if self.manual_score is None else self.manual_score) + (self.extra_credit or 0)

    def within(self, most: float) -> float | None:
        """Give the points as figures count them, 0 ≤ points ≤ `most`: a person may have given more; None while they wait for a person."""
        waits = self.needs_manual_grade or (self.auto_score is None and self.manual_score is None)
        return None if waits else min(most, max(0.0, self.points))

    @property
    def by_person(self) -> bool:
        """Whether a person has given points."""
        return self.manual_score is not None or bool(self.extra_credit)


GRADE = tuple(tables.grade.c[name] for name in Grade._fields)
"""The columns that a `Grade` is made of, in its order."""


class Belongs(NamedTuple):
    """What a cell's marks belong to: its answer, the answer that a person's points were given for ("" for none), and the task.

    `out_of` is what there was to get when those points were given, as long as they wait because there are other points to get now;
    `max` what there is to get, where that was changed after the first marking. Else they are None.
    """

    answer: str
    person: str
    version: str
    out_of: float | None = None
    max: float | None = None


class Submission(NamedTuple):
    """A submitted notebook, and what its marks belong to (`tables.marked`)."""

    id: str
    when: datetime | None
    notebook: str
    source: str
    answers: str
    cells: str
    first_name: str | None
    last_name: str | None


def given_for(grade: Grade, belongs: Belongs | None) -> str:
    """Give the answer that a person's points were given for: the one that lay there, unless they wait for that person again."""
    if belongs is None:
        return ""
    return belongs.person if grade.needs_manual_grade else belongs.answer


def given_out_of(grade: Grade, belongs: Belongs | None) -> float | None:
    """Give what there was to get when a person gave points that wait because there are other points to get now; else None."""
    return belongs.out_of if belongs and grade.by_person and grade.needs_manual_grade else None


def read_belongs(cells: str | None) -> dict[str, Belongs]:
    """Read cell name → what its marks belong to, as `tables.marked` holds it; nothing for None."""
    return {name: Belongs(*one) for name, one in json.loads(cells or "{}").items()}


def maxima_of(cells: str | None) -> dict[str, float]:
    """Give cell name → the points that there are, of those of which they were changed (`Belongs.max`)."""
    return {name: one.max for name, one in read_belongs(cells).items() if one.max is not None}


def changed_part(before: str, now: str) -> str:
    """Say what of a task was changed, "" for nothing or where it is not known."""
    if not before or before == now:
        return ""
    pairs = zip(("wording", "key or rubric"), before.split("-"), now.split("-"), strict=False)
    return " and ".join(what for what, one, other in pairs if one != other)
