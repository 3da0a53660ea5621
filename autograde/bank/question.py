"""A closed question as all formats have it: what is asked, what is right, and what is said to an answer.

Between an item of ours and a file of somebody else's stands a `Question`. Its body has one of five shapes; the kinds of item share them.
"""

from dataclasses import dataclass, field
from typing import TypeAlias

from workbook_helpers.items.documents import Document

NOT_KEPT = "Keys are in here: for a tutor's own question bank only. Never give this file to a student."
"""Stands first in every file that goes out."""


MOST_QUESTIONS = 3_000
"""Of one file that comes in: about twenty workbooks."""
MOST_GAPS = 12
"""Of one text, as `items.kinds.gaps` has it."""


@dataclass(frozen=True, kw_only=True)
class Choice:
    """An option, a target, a step, or what a gap can be filled with; ids are unique among their like."""

    id: str
    text: str
    right: bool = False
    feedback: str = ""


@dataclass(frozen=True, kw_only=True)
class Choices:
    """One of n, or `several` of n. Of others' questions, `also` are ids that earn all the points, too."""

    options: tuple[Choice, ...]
    several: bool
    also: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Part:
    """What is given a target: `right` is the target's id."""

    id: str
    text: str
    right: str
    feedback: str = ""


@dataclass(frozen=True, kw_only=True)
class Pairs:
    """Parts that each get a target. `breaches` are pairs (part id, target id) that take a share of the points away."""

    parts: tuple[Part, ...]
    targets: tuple[Choice, ...]
    breaches: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Steps:
    """Steps as they are shown before they are shuffled, and the ids of all of them in the right order."""

    steps: tuple[Choice, ...]
    right: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Words:
    """A few typed words: the accepted forms, wrong forms with what is said to each, and what is said to any other."""

    accepted: tuple[str, ...]
    refused: tuple[tuple[str, str], ...] = ()
    feedback: str = ""
    hint: str = ""


@dataclass(frozen=True, kw_only=True)
class Gap:
    """A gap of a text: filled from `options`, or without any by typing `words`; `size` is about how many characters a typed one shows."""

    id: str
    options: tuple[Choice, ...] = ()
    words: Words | None = None
    feedback: str = ""
    size: int = 14


@dataclass(frozen=True, kw_only=True)
class Gapped:
    """A text in which each gap stands as its id in braces."""

    text: str
    gaps: tuple[Gap, ...]


Body: TypeAlias = Choices | Pairs | Steps | Words | Gapped


@dataclass(frozen=True, kw_only=True)
class Question:
    """One closed question.

    Attributes
    ----------
    name
        Its id in the bank it comes from, "" for none.
    points
        0 < points ≤ 100, of all right; 1 for one that is practice.
    reason
        Why the right answer is right.
    kind
        The kind of item that it was, "" for a question of others; then its shape decides.
    about
        Further fields of the item that no format has: `about`, `criterion`, `section`, `once`, `person`, `receiver`, `order`.
    notes
        What of it is not in here, or is marked otherwise, one sentence each.
    """

    name: str
    stem: str
    body: Body
    points: float = 1
    reason: str = ""
    shuffle: bool = False
    practice: bool = False
    kind: str = ""
    document: Document | None = None
    about: dict[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Remark:
    """What is to be said of one question: why it is left out, or what did not go along."""

    name: str
    text: str
    left_out: bool = False


class Unreadable(Exception):  # noqa: N818  it is no fault of the program
    """A question of others cannot be one of ours; the message says why, and the list of what is left out holds it."""
