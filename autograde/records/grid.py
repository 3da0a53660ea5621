"""The grid of a class: learner × criterion, with evidence, what is missing, proposal and decision. It holds no total."""

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from autograde.classes.folder import Course
from autograde.classes.roster import Student
from autograde.content.frameworks import Framework
from autograde.records.decisions import Decision, decisions_in
from autograde.records.evidence import Evidence, evidence_in
from autograde.records.opening import reading
from autograde.records.proposals import Proposal, propose
from autograde.records.stale import stale
from autograde.records.unit import books_of, framework_of, learners_of, rubrics_of
from autograde.records.units import UnitStanding, standing_in


class State(StrEnum):
    """What a cell shows first."""

    MET = "met"
    NOT_YET = "not yet met"
    PROPOSED = "proposed"
    EVIDENCE = "evidence there"
    NOTHING = "nothing yet"


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One learner's criterion; `decision` is None where there is none that holds."""

    evidence: tuple[Evidence, ...]
    proposal: Proposal
    decision: Decision | None

    @property
    def missing(self) -> tuple[str, ...]:
        """What is missing, one phrase each."""
        return self.proposal.missing

    @property
    def state(self) -> State:
        """What the cell shows first."""
        if self.decision is not None:
            return State.MET if self.decision.met else State.NOT_YET
        if self.proposal.met:
            return State.PROPOSED
        return State.EVIDENCE if self.evidence else State.NOTHING

    @property
    def stale(self) -> str:
        """Why the decision does not rest any more on what it rested on, "" where it does; see `stale.stale`."""
        return stale(self.decision, self.evidence, self.proposal) if self.decision else ""


@dataclass(frozen=True, kw_only=True)
class Grid:
    """The grid.

    Attributes
    ----------
    learners
        The rows, by surname and first name.
    cells
        (learner's id, criterion's code) → cell, for every learner and criterion.
    units
        Learner's id → how the unit stands.
    """

    framework: Framework
    learners: tuple[Student, ...]
    cells: Mapping[tuple[str, str], Cell]
    units: Mapping[str, UnitStanding]

    @property
    def to_decide(self) -> int:
        """How many cells wait for a person: "met" is proposed and nothing decided, or a decision's evidence has changed; none locked."""
        return sum(
            cell.state is State.PROPOSED or bool(cell.stale) for (learner, _), cell in self.cells.items() if not self.units[learner].locked
        )

    def base(self, learner: str, code: str) -> str:
        """Give 16 hex digits by which it is known whether a cell has changed: its evidence, what is proposed, decided, or locked."""
        cell = self.cells[learner, code]
        parts = [cell.evidence, cell.proposal, cell.decision and cell.decision.id, self.units[learner].locked]
        return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]


def grid(course: Course, learners: Collection[str] | None = None) -> Grid:
    """Read the grid for some learners (ids of the gradebook), or all who have not left.

    Raises
    ------
    ClassError, ContentError
        If the records cannot be read, or a workbook or the framework has a fault.
    """
    framework = framework_of(course)
    books = books_of(course, framework)
    rubrics = rubrics_of(books)
    with reading(course) as connection:
        students = learners_of(connection, learners)
        ids = [one.id for one in students]
        evidence = evidence_in(connection, course, books, ids)
        decisions = decisions_in(connection, framework.id, ids)
        units = standing_in(connection, course, framework.id, books, ids)
    cells = {}
    for learner in ids:
        for criterion in framework.criteria:
            about = tuple(one for one in evidence[learner] if criterion.code in one.criteria)
            key = (learner, criterion.code)
            cells[key] = Cell(evidence=about, proposal=propose(criterion, about, rubrics), decision=decisions.get(key))
    return Grid(framework=framework, learners=students, cells=cells, units=units)
