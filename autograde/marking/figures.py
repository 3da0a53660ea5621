"""Figures of a question: how easy it was, and whether those who do well elsewhere get it right.

References
----------
Facility p, and the corrected item-total correlation (point-biserial on the rest score): Ebel & Frisbie, Essentials of Educational
Measurement, 5th ed. 1991 (cited from memory). That no figure is given below 10 learners and caution is said below 100 is this
project's own rule, as is what counts as low.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import correlation, fmean

LEAST = 10
"""Fewer learners than this give no figure."""
FEW = 100
"""Fewer than this give one that may be chance."""
HARD = 0.3
"""The facility below which a question is looked at; a high one is no fault where mastery is tested."""
RARE = 0.05
"""The share of learners below which an option misleads nobody."""
TINY = 1e-9
"""Scores that differ by less are the same: points are in hundredths, and what lies below this is the rounding of sums."""


@dataclass(frozen=True, kw_only=True)
class Figures:
    """The figures of one question.

    Attributes
    ----------
    learners
        How many have points for it.
    facility
        0 ≤ p ≤ 1, the mean share of its points; None for fewer than `LEAST`.
    discrimination
        −1 ≤ r ≤ 1, the correlation of its points with the score on what else was asked; None for fewer than `LEAST`, and where
        everybody has the same.
    """

    learners: int
    facility: float | None = None
    discrimination: float | None = None


def figures(shares: Sequence[float], rests: Sequence[float | None]) -> Figures:
    """Work the figures out.

    Parameters
    ----------
    shares
        For each learner, the share of the question's points, 0 ≤ share ≤ 1.
    rests
        For each learner in the same order, the score on all others; None for none.
    """
    if len(shares) < LEAST:
        return Figures(learners=len(shares))
    return Figures(learners=len(shares), facility=fmean(shares), discrimination=correlated(shares, rests))


def correlated(one: Sequence[float], other: Sequence[float | None]) -> float | None:
    """Give the correlation, −1 ≤ r ≤ 1, of learners who have both; None below `LEAST`, or where one of the two is the same throughout."""
    pairs = [(mine, rest) for mine, rest in zip(one, other, strict=True) if rest is not None]
    if len(pairs) < LEAST or any(max(row) - min(row) <= TINY for row in zip(*pairs, strict=True)):
        return None
    found = correlation(*zip(*pairs, strict=True))
    return 0.0 if abs(found) <= TINY else min(1.0, max(-1.0, found))


def cautions(found: Figures) -> tuple[str, ...]:
    """Say what has to be kept in mind, and what to look at, one sentence each."""
    if found.facility is None:
        return (f"Only {found.learners} learners: below {LEAST} no figures are given.",)
    said = [f"Caution: with {found.learners} learners, below {FEW}, this may be chance."] if found.learners < FEW else []
    if found.facility < HARD:
        said.append("Few got it right: see that the key is right, and that it was taught.")
    if found.discrimination is None:
        said.append("Everybody has the same points, here or elsewhere, so nothing can be said of who gets it right.")
    elif found.discrimination < 0:
        said.append("Those who do well elsewhere get it wrong more often: see that the key is right, and how it can be read.")
    return tuple(said)
