"""What the reports tell of: the criteria of the unit, and each learner's evidence, comments, decisions and sign-offs, in a few queries."""

import json
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from sqlalchemy import Connection, select

from autograde.classes.folder import Course
from autograde.classes.roster import Roster
from autograde.content.frameworks import Framework
from autograde.gradebook import own_tables
from autograde.records.evidence import Evidence, Kind, evidence_of
from autograde.records.opening import reading
from autograde.records.referrals import referrals_of
from autograde.records.unit import books_of, framework_of
from autograde.records.units import UnitStanding, standing
from autograde.reports.attempts import Feedback, earlier, feedback
from autograde.text import aware

KINDS = {
    Kind.WRITTEN: "written answer",
    Kind.CLOSED: "closed questions",
    Kind.FORM: "workplace form",
    Kind.OBSERVATION: "observation",
    Kind.WITNESS: "witness statement",
    Kind.DISCUSSION: "professional discussion",
    Kind.PRODUCT: "product",
}
R = TypeVar("R")
K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True, kw_only=True)
class Decided:
    """What an assessor decided; met is None where a decision was taken back. `at` is in UTC."""

    id: str
    learner: str
    criterion: str
    met: bool | None
    assessor: str
    at: datetime
    reason: str
    evidence: tuple[str, ...]

    @property
    def words(self) -> str:
        """The decision, in words."""
        return {True: "met", False: "not yet met", None: "taken back"}[self.met]


@dataclass(frozen=True, kw_only=True)
class Event:
    """What became of a learner's unit: "declared", "signed" or "reopened"; `at` is in UTC."""

    learner: str
    what: str
    who: str
    at: datetime
    text: str


@dataclass(frozen=True, kw_only=True)
class Facts:
    """Everything of a class's unit, also of those who have left.

    Attributes
    ----------
    evidence
        Learner → evidence, by workbook and attempt, what was entered by hand last.
    feedback
        Learner → the comments on the answers, with the day on which each was given.
    decided
        (learner, criterion) → decisions, the oldest first: what holds is the last one.
    events
        Learner → what became of the unit, the oldest first.
    units
        Learner → how the unit stands now.
    """

    framework: Framework
    evidence: Mapping[str, tuple[Evidence, ...]]
    feedback: Mapping[str, tuple[Feedback, ...]]
    decided: Mapping[tuple[str, str], tuple[Decided, ...]]
    events: Mapping[str, tuple[Event, ...]]
    units: Mapping[str, UnitStanding]


def read_facts(course: Course) -> Facts:
    """Read it.

    Raises
    ------
    ClassError, ContentError
        If the records cannot be read, or the framework or a workbook has a fault.
    """
    framework = framework_of(course)
    everybody = [one.id for one in Roster.of(course).students]
    now, units, referrals = evidence_of(course, everybody), standing(course, everybody), referrals_of(course)
    with reading(course) as connection:
        table = own_tables.unit_event
        rows = connection.execute(select(table).where(table.c.framework == framework.id).order_by(table.c.at, table.c.id))
        events = [Event(learner=row.learner, what=row.what, who=row.who, at=aware(row.at), text=row.text) for row in rows]
        decided = _decided(connection, framework.id)
        rests_on = {id_ for one in decided for id_ in one.evidence}
        before = [one for book in books_of(course, framework) for one in earlier(course, book, now, referrals, rests_on)]
        evidence = {learner: _by_attempt(pieces, [one for one, _ in before if one.learner == learner]) for learner, pieces in now.items()}
        return Facts(
            framework=framework,
            evidence=evidence,
            feedback=feedback(course, connection, evidence, before),
            decided=_grouped(decided, lambda one: (one.learner, one.criterion)),
            events=_grouped(events, lambda one: one.learner),
            units=units,
        )


def marks_of(piece: Evidence) -> str:
    """Say the marks of a piece of evidence, e.g. "7 of 10"; "" where it has none."""
    if piece.waiting:
        return "waits for a marker"
    if piece.points is None or piece.maximum is None:
        return ""
    return f"{piece.points:g} of {piece.maximum:g}{' right' if piece.kind is Kind.CLOSED else ''}"


def _decided(connection: Connection, framework: str) -> list[Decided]:
    table = own_tables.decision
    return [
        Decided(
            id=row.id,
            learner=row.learner,
            criterion=row.criterion,
            met=row.met,
            assessor=row.assessor,
            at=aware(row.at),
            reason=row.reason,
            evidence=tuple(json.loads(row.evidence)),
        )
        for row in connection.execute(select(table).where(table.c.framework == framework).order_by(table.c.at, table.c.id))
    ]


def _by_attempt(now: Sequence[Evidence], before: Iterable[Evidence]) -> tuple[Evidence, ...]:
    """Put earlier attempts at a workbook before what counts of it."""
    left, found = list(before), list[Evidence]()
    for one in now:
        found += [other for other in left if other.assignment == one.assignment]
        left = [other for other in left if other.assignment != one.assignment]
        found.append(one)
    return (*found, *left)


def _grouped(rows: Iterable[R], key: Callable[[R], K]) -> dict[K, tuple[R, ...]]:
    found: dict[K, list[R]] = {}
    for row in rows:
        found.setdefault(key(row), []).append(row)
    return {name: tuple(some) for name, some in found.items()}
