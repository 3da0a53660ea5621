"""A second look at an answer: hints for the marker, after the marker has given points. They change no points and decide nothing."""

import re
from dataclasses import dataclass
from typing import Literal

from autograde.hints.look import LIKELY, UNSURE, Look, Signs, kept
from autograde.hints.signs import sentences, signs_of, straight, wanted
from autograde.hints.wording import Span, listed, own_work, unsafe
from autograde.marking import Rubric

Kind = Literal["missing", "list", "own work", "unsafe"]
Sure = Literal["likely", "not sure"]
MIN_WORDS = 5
"""Of fewer, nothing is said that a marker does not see at once."""
ASKS_OWN = re.compile(r"\bown\b|first person", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Hint:
    """Something to look at again.

    Attributes
    ----------
    kind
        What it is about.
    point
        Place of the must-see point, from 0; None where it is about the whole answer.
    about
        What wording sounds like ("kept secret"); empty for the other kinds.
    spans
        (start, end) in the answer's text of the words it rests on. For a missing point: the nearest there is, empty where nothing is near.
    sure
        "likely" for a point that is missing with a probability of at least `LIKELY`, else "not sure". What follows rules is never surer.
    """

    kind: Kind
    sure: Sure
    point: int | None = None
    about: str = ""
    spans: tuple[Span, ...] = ()


def hints(rubric: Rubric, text: str) -> tuple[Hint, ...]:
    """Give the hints for an answer by what the unit's own samples taught; none for a text of a few words."""
    return hints_by(kept(), rubric, text)


def hints_by(look: Look, rubric: Rubric, text: str) -> tuple[Hint, ...]:
    """Give the hints for an answer by what was learned from other answers.

    Nothing is said of a point whose wording asks for none of the known signs.
    """
    if len(text.split()) < MIN_WORDS:
        return ()
    text = straight(text)
    signs, found = signs_of(text), []
    for place, (point, chance) in enumerate(zip(rubric.must_see, look.missing(rubric, text, signs), strict=True)):
        if chance >= UNSURE and wanted(point):
            sure: Sure = "likely" if chance >= LIKELY else "not sure"
            found.append(Hint(kind="missing", point=place, sure=sure, spans=_nearest(point, text, signs)))
    if rubric.verb == "explain" and (lines := listed(text)):
        found.append(Hint(kind="list", sure="not sure", spans=lines))
    if ASKS_OWN.search(rubric.workplace_check) and not own_work(text):
        found.append(Hint(kind="own work", sure="not sure"))
    return (*found, *(Hint(kind="unsafe", sure="not sure", about=about, spans=spans) for about, spans in unsafe(text)))


def _nearest(point: str, text: str, signs: Signs) -> tuple[Span, ...]:
    """Give the sentence with most of the signs that a point asks for."""
    each = [sum(one) for one in zip(*(signs[name] for name in wanted(point)), strict=True)]
    return (sentences(text)[each.index(max(each))],) if any(each) else ()
