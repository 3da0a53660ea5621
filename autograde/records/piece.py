"""A piece of evidence, and the kinds that there are."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from autograde.content.frameworks import Extent

LEARNER = "the learner"
"""Whose word it is that a learner handed in."""


class Kind(StrEnum):
    """Where evidence comes from; the last four are entered by hand."""

    WRITTEN = "written"
    CLOSED = "closed"
    FORM = "form"
    OBSERVATION = "observation"
    WITNESS = "witness"
    DISCUSSION = "discussion"
    PRODUCT = "product"


BY_HAND = (Kind.OBSERVATION, Kind.WITNESS, Kind.DISCUSSION, Kind.PRODUCT)
SHOWS_WORK = frozenset({Kind.OBSERVATION, Kind.WITNESS, Kind.PRODUCT})
"""Kinds that show real work by more than the learner's own words."""


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """One piece of evidence.

    Attributes
    ----------
    id
        By which decisions name it. That of an answer changes with the answer, so a decision names the answer that it rests on.
    learner
        The id as the gradebook has it.
    criteria
        The codes that it is about.
    on
        The day on which it was handed in, or which the entry names.
    by
        Whose word it is: `LEARNER`, or a person as entered.
    title, text
        For people; the answer's or the entry's own words in `text`.
    real
        Whether it is of the learner's own work at a workplace: forms are, and `SHOWS_WORK`. Of an answer nobody has said so, and what
        was said in a discussion only supports other evidence: False.
    points, maximum
        written: the points that stand, and the task's. closed: how many questions have all of their points, and how many were asked,
        both without those that do not count in the class. None where there are none yet, or the kind has none.
    attempt
        The hand-in's number among the learner's that count, from 1; 0 where that is not known, or the kind has none.
    waiting
        Whether it still waits for a marker; then there are no points yet.
    extent
        How far it can show its criteria.
    seen
        written: which of the rubric's `must_see` the marker ticked, from 0.
    assignment, task
        The workbook's name, and its item's place in the notebook (written) or id (form); "" where the kind has none.
    item
        written: the item's id, which is not the place where a pool gave it.
    """

    id: str
    learner: str
    kind: Kind
    criteria: tuple[str, ...]
    on: date
    by: str
    title: str
    text: str = ""
    real: bool = False
    points: float | None = None
    maximum: float | None = None
    attempt: int = 0
    waiting: bool = False
    extent: Extent = "prepares"
    seen: tuple[int, ...] = ()
    assignment: str = ""
    task: str = ""
    item: str = ""
