"""Which must-see points an answer does not seem to touch, by a logistic regression whose coefficients are kept beside this module.

`learn` makes them; to use them takes no library. They are made again by `python benchmarks/hints.py --learn autograde/hints/learned.json`.
"""

import json
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from autograde.hints.signs import NAMES, sentences, wanted
from autograde.marking import Rubric

UNSURE, LIKELY = 0.4, 0.6
"""From which probability on a point is called missing, and from which on "likely" so; what stands in docs/measurements/hints.md
says how many of them were missing."""
OVERALL = ("act", "words", "event", "wish", "cause", "another", "after", "private", "harm", "kept", "help")
BLAND = re.compile(
    r"\b(always|important|professional\w*|respect\w*|dignity|everybody|everyone|must|should|communicat\w*|team ?work|good|best|"
    r"policies and procedures|trust\w*|skills?|positive|individuals?)\b",
    re.IGNORECASE,
)
Signs = dict[str, tuple[bool, ...]]


@dataclass(frozen=True, kw_only=True)
class Look:
    """What was learned.

    Attributes
    ----------
    usual
        For each sign of `NAMES` (mean, spread) of log(1 + number of sentences that have it) in an answer; spread > 0.
    weights
        Coefficients of the features that `features` gives, in their order.
    bias
        The constant term.
    """

    usual: tuple[tuple[float, float], ...]
    weights: tuple[float, ...]
    bias: float

    def missing(self, rubric: Rubric, text: str, signs: Signs) -> tuple[float, ...]:
        """Give the probability, 0 to 1, that each must-see point is missing from a text with these signs, in the rubric's order."""
        rows = features(rubric, text, signs, self.usual)
        return tuple(chance(self.bias + sum(w * x for w, x in zip(self.weights, row, strict=True))) for row in rows)


@cache
def kept() -> Look:
    """Give what was learned from the unit's own sample answers."""
    found = json.loads((files("autograde.hints") / "learned.json").read_text("utf-8"))
    return Look(usual=tuple((mean, spread) for mean, spread in found["usual"]), weights=tuple(found["weights"]), bias=found["bias"])


def chance(odds: float) -> float:
    """Give the probability for log odds."""
    return 1 / (1 + math.exp(-max(-500.0, min(500.0, odds))))


def counted(signs: Signs) -> list[float]:
    """Give log(1 + number of sentences) for each sign of `NAMES`."""
    return [math.log1p(sum(signs[name])) for name in NAMES]


def features(rubric: Rubric, text: str, signs: Signs, usual: Sequence[tuple[float, float]]) -> list[list[float]]:
    """Give for each point what the model sees: how its own signs stand out in the answer, then what the whole answer is like."""
    words, parts = len(text.split()), sentences(text)
    short = sum(len(text[start:end].split()) < 7 for start, end in parts)
    whole = [math.log1p(words), *(math.log1p(sum(signs[name])) for name in OVERALL)]
    whole += [len(BLAND.findall(text)) / (words / 100 + 0.3) / 5, short / max(1, len(parts))]
    apart = {name: (count - mean) / spread for name, count, (mean, spread) in zip(NAMES, counted(signs), usual, strict=True)}
    rows = []
    for point in rubric.must_see:
        own = [0.0] * 4
        if names := wanted(point):
            each = [apart[name] for name in names]
            together = sum(all(one) for one in zip(*(signs[name] for name in names), strict=True))
            absent = not all(any(signs[name]) for name in names)
            own = [min(each), sum(each) / len(each), float(absent), math.log1p(together)]
        rows.append(own + whole)
    return rows
