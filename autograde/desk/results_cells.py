"""The results of a class, read once and put into what the page Results shows."""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache

from autograde.classes.folder import Course
from autograde.content.frameworks import Criterion as OfFramework
from autograde.desk.changes import fingerprint
from autograde.desk.results_view import Column, Line, Row, Square
from autograde.errors import ClassError
from autograde.records import grid as records
from autograde.records.referrals import Referral, open_of
from autograde.records.units import UnitStanding
from workbook_helpers.errors import WorkbookError

LINES = 50
"""Learners on one page of the grid, and rows of a checked list."""


@lru_cache(maxsize=4)
def _grid(course: Course, _: str) -> records.Grid:
    return records.grid(course)


@dataclass(frozen=True)
class Looked:
    """The results of a class as they stand now."""

    course: Course
    grid: records.Grid

    @staticmethod
    def at(course: Course) -> "Looked":
        """Read them; what was read is kept until the class changes."""
        return Looked(course, _grid(course, fingerprint(course)))

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """The criteria, in order."""
        return tuple(_column(one) for one in self.grid.framework.criteria)

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        """Everybody in the class, by last name."""
        same = Counter(one.name for one in self.grid.learners)
        asked = {one.learner: one for one in sorted(open_of(self.course), key=lambda one: one.overdue)}  # one that is overdue tells
        return tuple(
            Line(
                id=one.id,
                shown=one.shown,
                name=one.name or one.shown,
                namesake=same[one.name] > 1,
                standing=_word(self.grid.units[one.id], asked.get(one.id)),
                squares=tuple(self._square(one.id, column.code) for column in self.columns),
            )
            for one in self.grid.learners
        )

    def _square(self, learner: str, code: str) -> Square:
        cell, locked = self.grid.cells[learner, code], self.grid.units[learner].locked
        waits = not locked and (cell.state is records.State.PROPOSED or bool(cell.stale))
        waiting = any(one.waiting for one in cell.evidence) and cell.decision is None
        note = "evidence has changed" if cell.stale else "to be marked" if waiting else ""
        return Square(code=code, state=cell.state, note=note, waits=waits)

    def line(self, learner: str) -> Line:
        """Give a learner; ClassError where nobody has the id."""
        found = next((line for line in self.lines if line.id == learner), None)
        if found is None:
            msg = "Nobody in this class has that id. Choose a learner from the list."
            raise ClassError(msg)
        return found

    def called(self, learner: str, *, names: bool) -> str:
        """Give how a learner is called."""
        line = self.line(learner)
        return line.name if names else line.shown

    def column(self, code: str) -> Column:
        """Give a criterion; ClassError where there is none."""
        return _column(self.grid.framework.criterion(code))

    def cell(self, learner: str, code: str) -> records.Cell:
        """Give a cell; ClassError where there is no such learner or criterion."""
        return self.grid.cells[self.line(learner).id, self.column(code).code]

    def base(self, learner: str, code: str) -> str:
        """Give what `Grid.base` gives; ClassError where there is no such learner or criterion."""
        return self.grid.base(self.line(learner).id, self.column(code).code)

    def checked(self, lines: Iterable[Line], codes: Collection[str]) -> tuple[Row, ...]:
        """Give what is proposed "met" and waits, `LINES` at most."""
        found = (
            Row(
                key=f"{square.code} {line.id}",
                learner=line.id,
                shown=line.shown,
                name=line.name,
                code=square.code,
                words=self.column(square.code).words,
                why=self.grid.cells[line.id, square.code].proposal.why,
                base=self.base(line.id, square.code),
            )
            for line in lines
            for square in line.squares
            if square.code in codes and square.waits and self.grid.cells[line.id, square.code].proposal.met
        )
        return tuple(row for row, _ in zip(found, range(LINES), strict=False))


def to_decide(course: Course) -> tuple[int, str]:
    """Give how many cells wait for a person; or 0, and why it cannot be told."""
    try:
        return Looked.at(course).grid.to_decide, ""
    except WorkbookError as error:
        return 0, str(error)


def _column(one: OfFramework) -> Column:
    needs = "It must be shown in real work." if one.real_work else ""
    needs = (
        f"{needs} A workbook only prepares for it: evidence from a workplace is needed as well.".strip()
        if one.evidence == "prepares"
        else needs
    )
    return Column(code=one.code, words=f"{one.verb[:1].upper()}{one.verb[1:]} {one.text}", needs=needs)


def _word(unit: UnitStanding, referral: Referral | None) -> str:
    if unit.locked:
        return "signed off"
    if referral is not None:
        return "referred, overdue" if referral.overdue else "referred"
    return "declared" if unit.declared else "reopened" if unit.reopened else ""
