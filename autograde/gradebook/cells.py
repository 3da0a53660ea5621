"""What the gradebook holds of a cell, and whose points they are."""

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

    @property
    def by_person(self) -> bool:
        """Whether a person has given points."""
        return self.manual_score is not None or bool(self.extra_credit)


GRADE = tuple(tables.grade.c[name] for name in Grade._fields)
"""The columns that a `Grade` is made of, in its order."""


class Belongs(NamedTuple):
    """What a cell's marks belong to: its answer, the answer that a person's points were given for ("" for none), and the task."""

    answer: str
    person: str
    version: str


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


def changed_part(before: str, now: str) -> str:
    """Say what of a task was changed, "" for nothing or where it is not known."""
    if not before or before == now:
        return ""
    pairs = zip(("wording", "key or rubric"), before.split("-"), now.split("-"), strict=False)
    return " and ".join(what for what, one, other in pairs if one != other)
