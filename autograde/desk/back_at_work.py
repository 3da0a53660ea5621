"""Whom to ask, two weeks after a hand-in, what they do differently at work because of it; the receipt asks the learner the same."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from autograde.classes.folder import Course
from autograde.classes.roster import Student
from autograde.desk.results_cells import Looked
from autograde.inbox.attempts import read_attempts
from autograde.records.piece import Evidence, Kind
from autograde.text import LOCAL, aware
from workbook_helpers.errors import WorkbookError

AFTER = timedelta(days=14)
"""From a hand-in until one asks, as the receipt says it (`LATER_DAYS` in page/hand_in.js); that of a resubmission says nothing of it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Ask:
    """A learner to be asked about workbooks, from this day on; what they say is evidence for the first criterion of its tasks."""

    learner: str
    shown: str
    name: str
    workbook: str
    criterion: str
    day: date

    @property
    def words(self) -> str:
        """Give the day for people."""
        return f"{self.day:%A} {self.day.day} {self.day:%B}"


@dataclass(frozen=True, kw_only=True, slots=True)
class BackAtWork:
    """Who is to be asked now, and who comes next; each by day, and of one day by last name."""

    now: tuple[Ask, ...] = ()
    later: tuple[Ask, ...] = ()


def back_at_work(course: Course, today: date | None = None) -> BackAtWork:
    """Give whom to ask: all with a written task handed in, until a discussion on that day or later is entered or the unit is signed off.

    Nobody where the records have a fault, which the page Results tells.
    """
    today = today or datetime.now(UTC).astimezone(LOCAL).date()
    try:
        found = sorted(_all(Looked.at(course)), key=lambda one: one.day)
    except WorkbookError:
        return BackAtWork()
    now = _each([one for one in found if one.day <= today])
    asked = {one.learner for one in now}
    return BackAtWork(now=now, later=_each([one for one in found if one.day > today and one.learner not in asked]))


def _each(found: Sequence[Ask]) -> tuple[Ask, ...]:
    """Give one for each learner, with all of their workbooks: one talk is about all of them."""
    first: dict[str, Ask] = {}
    for one in found:
        known = first.get(one.learner)
        first[one.learner] = replace(known, workbook=f"{known.workbook}, {one.workbook}") if known else one
    return tuple(first.values())


def _all(at: Looked) -> Iterator[Ask]:
    for one in at.grid.learners:
        if not at.grid.units[one.id].locked:
            yield from _of(at, one)


def _of(at: Looked, learner: Student) -> Iterator[Ask]:
    asked, written = date.min, dict[str, tuple[Evidence, str]]()
    for column in at.columns:
        for piece in at.grid.cells[learner.id, column.code].evidence:
            if piece.kind is Kind.DISCUSSION:
                asked = max(asked, piece.on)
            elif piece.kind is Kind.WRITTEN:
                written.setdefault(piece.assignment, (piece, column.code))
    name = learner.name or learner.shown
    for workbook, (piece, code) in written.items():
        if asked < (day := _first(at.course, piece) + AFTER):
            short = workbook.partition("-")[0]
            yield Ask(learner=learner.id, shown=learner.shown, name=name, workbook=short, criterion=code, day=day)


def _first(course: Course, piece: Evidence) -> date:
    """Give the day of the hand-in before any referral: whoever answers one has been asked before, or is on the list already."""
    if piece.attempt <= 1:
        return piece.on
    found = [one.handed_in_at for one in read_attempts(course, piece.assignment, piece.learner) if one.attempt == 1 and not one.set_aside]
    return aware(max(found)).astimezone(LOCAL).date() if found else piece.on
