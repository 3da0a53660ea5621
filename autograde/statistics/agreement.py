"""How far two markers agree, beyond what chance would give. It is agreement, not accuracy: both can be wrong alike.

References
----------
Kappa: Cohen, A coefficient of agreement for nominal scales, Educational and Psychological Measurement 20 (1960) 37–46; with weights:
Cohen, Psychological Bulletin 70 (1968) 213–220. Its standard error: Fleiss, Cohen & Everitt, Large sample standard errors of kappa
and weighted kappa, Psychological Bulletin 72 (1969) 323–327. How many pairs it needs, about 2k² for k categories: Cicchetti, Testing
the normal approximation and minimal sample size requirements of weighted kappa when the number of categories is large, Applied
Psychological Measurement 5 (1981) 101–104 (its summary read in November 2026; the others cited from memory). The bootstrap by
percentiles: Efron & Tibshirani, An Introduction to the Bootstrap, 1993.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import sqrt
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from autograde.errors import ClassError

LEVEL = 0.95
"""The level of every interval."""
RESAMPLES = 2000
UNDEFINED = 0.05
"""The share of resamples without a kappa from which no bootstrap interval is given: what is left would be a choice of the good ones."""
TINY = 1e-12
"""What is below this is 0 and the rounding of sums."""

Numbers = NDArray[np.float64]


class Weights(StrEnum):
    """How much a disagreement counts: all alike, by its distance on the scale, or by the square of that."""

    UNWEIGHTED = "unweighted"
    LINEAR = "linear"
    QUADRATIC = "quadratic"


@dataclass(frozen=True, kw_only=True)
class Interval:
    """An interval of `LEVEL` for kappa, −1 ≤ low ≤ high ≤ 1."""

    low: float
    high: float


@dataclass(frozen=True, kw_only=True)
class Agreement:
    """How far two markers agree.

    Attributes
    ----------
    pairs
        How many answers or decisions both have judged.
    same
        0 ≤ share ≤ 1 of the pairs in which both say the same (percent agreement); None without any.
    kappa
        −1 ≤ kappa ≤ 1, 0 for what chance would give; None where it is not defined.
    error
        The large-sample standard error of kappa, > 0; None where there is no kappa, or the pairs cannot tell it.
    analytic, bootstrap
        The intervals: kappa ± 1.96 standard errors, cut off at −1 and 1, and percentiles of resampled pairs; None as for `error`.
    notes
        Why something is None, and what has to be kept in mind, one sentence each.
    """

    pairs: int
    same: float | None = None
    kappa: float | None = None
    error: float | None = None
    analytic: Interval | None = None
    bootstrap: Interval | None = None
    notes: tuple[str, ...] = ()

    @property
    def intervals(self) -> str:
        """Give the intervals that there are, in words: which one is the wider is told by both."""
        both = (("analytic", self.analytic), ("bootstrap", self.bootstrap))
        return "; ".join(f"{name} interval {one.low:.2f} to {one.high:.2f}" for name, one in both if one)


def agreement(
    first: Sequence[str],
    second: Sequence[str],
    categories: Sequence[str],
    *,
    weights: Weights = Weights.UNWEIGHTED,
    seed: int = 0,
    same: float | None = None,
) -> Agreement:
    """Work out how far two markers agree.

    Parameters
    ----------
    first, second
        What each of them gave, in the same order of answers.
    categories
        All that can be given, whether it was or not, from the lowest to the highest: with weights, neighbours are one step apart.
    seed
        Of the resampling, ≥ 0: the same one gives the same interval, with the same version of numpy.
    same
        0 ≤ share ≤ 1 of the pairs that say the same, where the categories are coarser than what was given.

    Raises
    ------
    ClassError
        If the two are of different lengths, or hold what is none of the categories, or a category stands there twice.
    """
    counts = _counts(first, second, categories)
    pairs = len(first)
    if not pairs:
        return Agreement(pairs=0, notes=("No answer was judged by both.",))
    alike = float(np.trace(counts)) / pairs
    same = alike if same is None else same
    if len({*first, *second}) == 1:
        note = "Both gave the same category throughout, so chance alone would have them agree, and kappa is not defined."
        return Agreement(pairs=pairs, same=same, notes=(note,))
    costs = _costs(len(categories), weights)
    kappa = float(_kappas(counts, costs))
    if len(set(first)) == 1 or len(set(second)) == 1:
        note = "One of the two gave the same category throughout: then kappa is 0 whatever the other gave, and says nothing."
        return Agreement(pairs=pairs, same=same, kappa=0.0, notes=(note,))
    if alike == 1:
        which, more = ("All", f" {_may_differ(pairs)}") if same == 1 else ("In the steps of kappa all", "")
        note = f"{which} {pairs} pairs agree: they cannot tell how much kappa would vary, so there is no interval.{more}"
        return Agreement(pairs=pairs, same=same, kappa=1.0, notes=(note,))
    notes = []
    if pairs < 2 * len(categories) ** 2:
        least = 2 * len(categories) ** 2
        notes.append(f"Caution: the standard error holds from about {least} pairs, and here are {pairs}; go by the wider interval.")
    error, analytic = _error(counts, costs, kappa), None
    if error:
        reach = NormalDist().inv_cdf((1 + LEVEL) / 2) * error
        analytic = Interval(low=max(-1.0, kappa - reach), high=min(1.0, kappa + reach))
    else:
        notes.append("These pairs give a standard error of 0, which is none: there is no analytic interval.")
    bootstrap = _bootstrap(counts, costs, seed)
    if bootstrap is None:
        notes.append("Too many resamples of so few pairs have no kappa: there is no bootstrap interval.")
    return Agreement(pairs=pairs, same=same, kappa=kappa, error=error or None, analytic=analytic, bootstrap=bootstrap, notes=tuple(notes))


def _counts(first: Sequence[str], second: Sequence[str], categories: Sequence[str]) -> Numbers:
    """Give the table of k × k counts, the first marker's categories in rows."""
    place = {category: number for number, category in enumerate(categories)}
    if len(place) != len(categories):
        msg = "Agreement: a category stands there twice; give each one once, from the lowest to the highest."
        raise ClassError(msg)
    if len(first) != len(second):
        msg = f"Agreement: one marker has {len(first)} judgements and the other {len(second)}; give those of the same answers."
        raise ClassError(msg)
    if strange := {*first, *second} - place.keys():
        msg = f"Agreement: “{min(strange)}” is none of the categories {', '.join(categories)}; name every one that can be given."
        raise ClassError(msg)
    counts = np.zeros((len(categories), len(categories)))
    for one, other in zip(first, second, strict=True):
        counts[place[one], place[other]] += 1
    return counts


def _costs(count: int, weights: Weights) -> Numbers:
    """Give what each disagreement costs, 0 ≤ cost ≤ 1, the greatest one 1."""
    steps = np.abs(np.subtract.outer(np.arange(count), np.arange(count))) / max(1, count - 1)
    if weights is Weights.UNWEIGHTED:
        return (steps > 0).astype(np.float64)
    return steps if weights is Weights.LINEAR else steps**2


def _kappas(counts: Numbers, costs: Numbers) -> Numbers:
    """Give the kappa of each table (… × k × k); not a number where chance alone gives no disagreement."""
    shares = counts / counts.sum(axis=(-2, -1), keepdims=True)
    chance = shares.sum(axis=-1)[..., :, None] * shares.sum(axis=-2)[..., None, :]
    observed, expected = (shares * costs).sum(axis=(-2, -1)), (chance * costs).sum(axis=(-2, -1))
    return 1 - np.divide(observed, expected, out=np.full_like(expected, np.nan), where=expected > TINY)


def _error(counts: Numbers, costs: Numbers, kappa: float) -> float:
    """Give the large-sample standard error of kappa, ≥ 0.

    Fleiss, Cohen & Everitt 1969, the formula for weighted kappa, written with costs (1 − weight) and as a sum of squares: their
    difference of two squares loses its digits where it is near 0.
    """
    total = counts.sum()
    shares = counts / total
    rows, columns = shares.sum(axis=1), shares.sum(axis=0)
    moved = costs - (1 - kappa) * ((costs @ columns)[:, None] + (rows @ costs)[None, :])
    spread = sqrt((shares * (moved - (shares * moved).sum()) ** 2).sum())
    return spread / (sqrt(total) * float(rows @ costs @ columns)) if spread > TINY else 0.0


def _bootstrap(counts: Numbers, costs: Numbers, seed: int) -> Interval | None:
    """Give the interval by percentiles: to draw as many pairs again, with replacement, is to draw the table's counts anew."""
    pairs = int(counts.sum())
    drawn = np.random.default_rng(seed).multinomial(pairs, (counts / pairs).ravel(), size=RESAMPLES)
    kappas = _kappas(drawn.reshape(RESAMPLES, *counts.shape).astype(np.float64), costs)
    defined = kappas[~np.isnan(kappas)]
    if len(defined) < (1 - UNDEFINED) * RESAMPLES:
        return None
    low, high = np.quantile(defined, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Interval(low=float(low), high=float(high))


def _may_differ(pairs: int) -> str:
    """Say how much disagreement may still be there: the exact one-sided bound for none among n (Clopper & Pearson 1934)."""
    return f"As many as {100 * (1 - (1 - LEVEL) ** (1 / pairs)):.2g}% of all judgements may differ nevertheless (at {LEVEL:.0%})."
