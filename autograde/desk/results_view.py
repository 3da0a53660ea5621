"""What the page Results shows; `results` makes it of the class's records."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from autograde.desk.results_referrals import Referrals
from autograde.records.grid import State
from autograde.records.piece import Kind

MEANINGS = {
    State.MET: "A person has decided so.",
    State.NOT_YET: "A person has decided so; something is missing.",
    State.PROPOSED: "By the rubrics the program proposes a decision. A person has to look, and decides.",
    State.EVIDENCE: "There is evidence, but not enough for a proposal; a person can decide all the same.",
    State.NOTHING: "There is no evidence yet.",
}
KINDS = {
    Kind.OBSERVATION: "Observation at work",
    Kind.WITNESS: "Witness statement",
    Kind.DISCUSSION: "Professional discussion",
    Kind.PRODUCT: "Product of work",
}
"""Evidence that is entered by hand, as people call it."""
CALLED = {Kind.WRITTEN: "Written answer", Kind.CLOSED: "Closed questions", Kind.FORM: "Workplace form", **KINDS}
"""All evidence."""


@dataclass(frozen=True, kw_only=True)
class Column:
    """A criterion: its code, the whole of it in words, and what it needs beside a workbook, "" for nothing."""

    code: str
    words: str
    needs: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Square:
    """One learner and one criterion; `note` adds what is out of the ordinary, `waits` says whether a decision is proposed that waits."""

    code: str
    state: State
    note: str = ""
    waits: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One learner, and in a word where the unit stands, "" while it is open."""

    id: str
    shown: str
    name: str
    namesake: bool
    standing: str
    squares: tuple[Square, ...]


@dataclass(frozen=True, kw_only=True)
class Piece:
    """A piece of evidence.

    `about` says when, whose word it is, points and attempt; `mark` is what the address of its answer on the Mark page has, None for none;
    `ticked` whether the form rests the decision on it unless somebody unticks it.
    """

    id: str
    kind: str
    title: str
    text: str
    about: tuple[str, ...]
    attempt: str
    by_hand: bool
    ticked: bool
    mark: Mapping[str, str] | None


@dataclass(frozen=True, kw_only=True)
class Proposed:
    """What the program proposes, in words, and why."""

    words: str
    why: str


@dataclass(frozen=True, kw_only=True)
class Past:
    """An earlier decision; `rests_on` names its evidence."""

    words: str
    assessor: str
    at: datetime
    reason: str
    rests_on: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Cell:
    """The learner and criterion that are looked at.

    `unproposed` says why nothing is proposed; `locked` why nothing can be changed; both "" otherwise. `decided` says whether a decision
    holds. `next` is the learner whose cell of this criterion waits next. By `base` it is known whether the cell has changed meanwhile.
    """

    line: Line
    column: Column
    square: Square
    pieces: tuple[Piece, ...]
    missing: tuple[str, ...]
    proposal: Proposed | None
    unproposed: str
    past: tuple[Past, ...]
    decided: bool
    locked: str
    next: Line | None
    base: str


@dataclass(frozen=True, kw_only=True)
class Row:
    """A line of the checked list: a proposed "met", and why."""

    key: str
    learner: str
    shown: str
    name: str
    code: str
    words: str
    why: str
    base: str


@dataclass(frozen=True, kw_only=True)
class Unit:
    """One learner's unit; `told` says where it stands, `lacking` what keeps it from being signed off, "" for nothing."""

    line: Line
    checked: tuple[Row, ...]
    locked: bool
    declared: bool
    told: tuple[str, ...]
    lacking: str


@dataclass(frozen=True, kw_only=True)
class Criterion:
    """One criterion across the class; `place` is where it stands in the lines."""

    column: Column
    place: int
    checked: tuple[Row, ...]


@dataclass(frozen=True, kw_only=True)
class Results:
    """What the page shows: the grid, a cell of it, one learner or one criterion.

    `lines` are those of one page, `found` how many all of its pages have. `here` is what the address has of the cell, learner or
    criterion; `me` who works here; `today` the day as a date field has it; `enter` the kind of evidence whose form is open.
    """

    framework: str
    columns: tuple[Column, ...]
    lines: tuple[Line, ...]
    learners: int
    found: int
    number: int
    numbers: int
    find: str
    state: str
    to_decide: int
    me: str
    today: str
    here: Mapping[str, str] = field(default_factory=dict)
    enter: str = ""
    cell: Cell | None = None
    unit: Unit | None = None
    referrals: Referrals | None = None
    criterion: Criterion | None = None
    meanings: Mapping[State, str] = field(default_factory=lambda: MEANINGS)
    kinds: Mapping[Kind, str] = field(default_factory=lambda: KINDS)
