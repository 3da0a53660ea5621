"""How items work in a class: facility, discrimination, correlation with the rest, and the reliability of the whole.

Scores, and what becomes of points that are missing: see `autograde.statistics.table`. Alpha and the standard error of measurement take
only the learners with points for every item.

References
----------
Facility, and the item-rest correlation: see `autograde.marking.figures`. The upper and lower 27 %: Kelley, The selection of upper and
lower groups for the validation of test items, Journal of Educational Psychology 30 (1939) 17–24. Alpha: Cronbach, Coefficient alpha
and the internal structure of tests, Psychometrika 16 (1951) 297–334; the standard error of measurement s·√(1 − α) is that of
classical test theory. Cited from memory, November 2026.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from math import floor, fsum, sqrt
from statistics import fmean, variance

from autograde.marking.figures import FEW, LEAST, TINY, Figures, cautions, correlated
from autograde.statistics.table import Table, rest_scores, score

GROUP = 0.27
"""The share of the learners in the upper and in the lower group."""


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A figure; where there is none, `value` is None and `why` a sentence that says why."""

    value: float | None = None
    why: str = ""


@dataclass(frozen=True, kw_only=True)
class ItemFigures:
    """The figures of one item; none below `LEAST` learners.

    Attributes
    ----------
    learners
        How many have points for it.
    facility
        0 ≤ p ≤ 1, the mean share of its points; a high one is no fault where mastery is tested.
    discrimination
        −1 ≤ D ≤ 1, the facility in the upper group less that in the lower group, by the score on all items; see `discrimination`.
    rest
        −1 ≤ r ≤ 1, the correlation of its points with the score on all other items: the point-biserial one for right or wrong.
    notes
        What has to be kept in mind or looked at, one sentence each.
    """

    item: str
    learners: int
    facility: Figure
    discrimination: Figure
    rest: Figure
    notes: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class ClassFigures:
    """The figures of all items together.

    Attributes
    ----------
    learners
        How many have points for anything.
    complete
        How many have points for every item: alpha and error are theirs.
    alpha
        Cronbach's alpha, ≤ 1; it can be below 0.
    error
        The standard error of measurement of a learner's sum, in points, ≥ 0.
    caution
        A sentence where these are few learners, else "".
    """

    learners: int
    complete: int
    alpha: Figure
    error: Figure
    caution: str
    items: tuple[ItemFigures, ...]


def figures(table: Table) -> ClassFigures:
    """Work out the figures of a class, the items in the order of the table."""
    learners = sum(any(given is not None for given in row) for row in table.points)
    complete = [[given for given in row if given is not None] for row in table.points if None not in row]
    alpha, error = _reliability(complete)
    return ClassFigures(
        learners=learners,
        complete=len(complete),
        alpha=alpha,
        error=error,
        caution=_caution(learners, len(complete)),
        items=tuple(_item(table, item) for item in table.items),
    )


def _caution(learners: int, complete: int) -> str:
    if LEAST <= learners < FEW:
        return f"Caution: with {learners} learners, below {FEW}, these figures may be chance."
    if LEAST <= complete < FEW:
        return f"Caution: alpha and the error are of {complete} learners; below {FEW} they may be chance."
    return ""


def discrimination(shares: Sequence[float], scores: Sequence[float]) -> float | None:
    """Give Kelley's index D: the facility in the upper 27 % less that in the lower 27 %; None where all scores are the same.

    The groups have 0.27·n learners, rounded to the nearest whole, halves up. Where several learners have the score at a cut-off and
    not all of them fit, each counts for an equal part of the places left, which is the mean over all ways to choose among them:
    so D does not hang on the order of the learners. (The literature says how large the groups are, not what becomes of ties.)

    Parameters
    ----------
    shares
        For each learner, the share of the item's points, 0 ≤ share ≤ 1.
    scores
        For each learner in the same order, the score by which they are ranked.
    """
    if max(scores) - min(scores) <= TINY:
        return None
    ranked = sorted((round(score, 9), share) for score, share in zip(scores, shares, strict=True))
    tied = [[share for _, share in group] for _, group in groupby(ranked, key=lambda pair: pair[0])]
    size = floor(GROUP * len(shares) + 0.5)
    return (_first(tied[::-1], size) - _first(tied, size)) / size


def _item(table: Table, item: str) -> ItemFigures:
    place = table.items.index(item)
    asked = [
        (given / table.maxima[place], rest, whole)
        for row, rest in zip(table.points, rest_scores(table, item), strict=True)
        if (given := row[place]) is not None and (whole := score(table, row)) is not None
    ]
    shares, count = [share for share, _, _ in asked], len(asked)
    if count < LEAST:
        none = Figure(why=f"Only {count} learners have points for this item: below {LEAST} no figure is given.")
        return ItemFigures(
            item=item, learners=count, facility=none, discrimination=none, rest=none, notes=cautions(Figures(learners=count))
        )
    paired = [(share, rest) for share, rest, _ in asked if rest is not None]
    index = discrimination(shares, [whole for _, _, whole in asked])
    rest = correlated([share for share, _ in paired], [rest for _, rest in paired])
    if len(paired) < LEAST:
        why = f"Only {len(paired)} learners have points for another item, too: below {LEAST} no figure is given."
    elif max(shares) - min(shares) <= TINY:
        why = "Everybody has the same points for this item."
    else:
        why = "Everybody has the same score on the other items."
    return ItemFigures(
        item=item,
        learners=count,
        facility=Figure(value=fmean(shares)),
        discrimination=Figure(value=index, why="Everybody has the same score." if index is None else ""),
        rest=Figure(value=rest, why=why if rest is None else ""),
        notes=cautions(Figures(learners=count, facility=fmean(shares), discrimination=rest)),
    )


def _first(tied: Sequence[Sequence[float]], size: int) -> float:
    """Sum the shares of the first `size` learners, those of one score counting alike."""
    total, left = 0.0, size
    for shares in tied:
        taken = min(left, len(shares))
        total += taken * fmean(shares)
        left -= taken
        if not left:
            break
    return total


def _reliability(rows: Sequence[Sequence[float]]) -> tuple[Figure, Figure]:
    """Give alpha and the standard error of measurement, from complete rows of points."""
    if len(rows) < LEAST:
        none = Figure(why=f"Only {len(rows)} learners have points for every item: below {LEAST} no figure is given.")
        return none, none
    count, sums = len(rows[0]), [fsum(row) for row in rows]
    if count < 2:
        none = Figure(why="Reliability needs at least two items.")
        return none, none
    if max(sums) - min(sums) <= TINY:
        none = Figure(why="Everybody has the same sum of points.")
        return none, none
    spread = variance(sums)
    alpha = count / (count - 1) * (1 - fsum(variance(column) for column in zip(*rows, strict=True)) / spread)
    return Figure(value=alpha), Figure(value=sqrt(spread * max(0.0, 1 - alpha)))
