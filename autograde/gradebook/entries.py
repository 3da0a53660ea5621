"""What is told of a submission in the gradebook: where it stands, what a student is given, what became of a marking."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from autograde.marking import Mark

_ENCODE = json.JSONEncoder(sort_keys=True).encode


@dataclass(frozen=True, kw_only=True)
class Standing:
    """What the gradebook says of one submission: points so far, and how many items wait for a person."""

    points: float
    waiting: int


@dataclass(frozen=True, kw_only=True)
class Given:
    """What a student is to be told: cell name → points (None where a person has still to give them), and a person's comments on the others.

    `answers` is the digest of the answers file that the points belong to; "" where it is not known. `referral` is the id of the referral
    that is about these answers and goes back with them, "" for none. `maxima` are cell name → the points that there are, for those of
    which they were changed after the first marking.
    """

    name: str
    handed_in: datetime | None
    points: dict[str, float | None]
    comments: dict[str, str]
    answers: str
    referral: str = ""
    maxima: Mapping[str, float] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        """By which a feedback page is known to fit what is to be told, 16 hex digits."""
        parts = [self.name, str(self.handed_in), self.answers, self.points, {name: text for name, text in self.comments.items() if text}]
        parts += [self.referral] if self.referral else []
        parts += [self.maxima] if self.maxima else []  # nearly always none: a page from before this was counted still fits
        return hashlib.sha256(_ENCODE(parts).encode()).hexdigest()[:16]


@dataclass(frozen=True, kw_only=True)
class Source:
    """What a submission is marked from: digests of all of it, and of the answers file alone.

    `known` is whether the same answers file was marked before, for a gradebook that does not say so itself.
    """

    all: str
    answers: str
    known: bool = False


@dataclass(frozen=True, kw_only=True)
class Assessed:
    """One submission's marks as they go into the gradebook.

    Attributes
    ----------
    when
        The time of the hand-in in UTC, naive; None leaves it as it is.
    """

    student: str
    when: datetime | None
    marks: Mapping[str, Mark]
    source: Source


@dataclass(frozen=True, kw_only=True)
class Held:
    """What the gradebook holds of a submission before it is marked again.

    Attributes
    ----------
    source
        `Source.all` of the last marking; "" where it is not known.
    by_person
        Cell name → the answer (`Mark.answer`) that a person's points were given for; "" where that is not known.
    """

    standing: Standing
    source: str
    by_person: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class Saved:
    """What became of a submission in the gradebook.

    Attributes
    ----------
    before, now
        Where it stood, None if it was not in the gradebook, and where it stands.
    changed
        The cells whose answer is another than the one that a person has given points for: they wait for that person again.
    revised
        (cell, what was changed) for the cells whose answer keeps a person's points, though the task is not what it was then.
    rescaled
        (cell, what there was to get then) for those whose points wait for the person, since there are other points to get now.
    """

    before: Standing | None
    now: Standing
    changed: tuple[str, ...] = ()
    revised: tuple[tuple[str, str], ...] = ()
    rescaled: tuple[tuple[str, float], ...] = ()
