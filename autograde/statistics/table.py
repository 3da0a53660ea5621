"""The points of a class, and the scores of its learners.

What is missing: None is an item that a learner was not asked, or that has no points yet. It is left out, never taken as 0; an item
that was asked and left blank is 0 points, and the caller puts that 0 in. The score of a learner is the share of the points that the
learner could get for what there is, so that those with other papers can be compared; where nothing is missing, it ranks and
correlates as the sum of points does.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import fsum, isfinite

from autograde.errors import ClassError


@dataclass(frozen=True, kw_only=True)
class Table:
    """The points of a class.

    Attributes
    ----------
    items
        The ids of k items.
    maxima
        The most points of each, in the same order; > 0.
    points
        A row for each of n learners: k numbers with 0 ≤ points ≤ maximum, or None for what is missing.

    Raises
    ------
    ClassError
        If a row has another length, an item stands there twice, or points or a maximum lie outside these bounds.
    """

    items: Sequence[str]
    maxima: Sequence[float]
    points: Sequence[Sequence[float | None]]

    def __post_init__(self) -> None:
        if len(set(self.items)) != len(self.items) or len(self.maxima) != len(self.items):
            msg = (
                f"Item statistics: {len(self.items)} items need an id of their own and a maximum each; {len(self.maxima)} maxima are there."
            )
            raise ClassError(msg)
        for item, most in zip(self.items, self.maxima, strict=True):
            if not (isfinite(most) and most > 0):
                msg = f"Item statistics: the maximum of {item} is {most}; leave out items without points."
                raise ClassError(msg)
        for number, row in enumerate(self.points, start=1):
            if len(row) != len(self.items):
                msg = f"Item statistics: row {number} has {len(row)} points for {len(self.items)} items; give None where there are none."
                raise ClassError(msg)
            for item, most, given in zip(self.items, self.maxima, row, strict=True):
                if given is not None and not 0 <= given <= most:
                    msg = (
                        f"Item statistics: row {number} has {given} points for {item}, which are not from 0 to {most}; put the mark right."
                    )
                    raise ClassError(msg)


def score(table: Table, row: Sequence[float | None], *, without: int | None = None) -> float | None:
    """Give a learner's share of the points that could be had, 0 ≤ share ≤ 1, but for the item at a place; None where there is nothing."""
    there = [(given, most) for n, (given, most) in enumerate(zip(row, table.maxima, strict=True)) if given is not None and n != without]
    return fsum(given for given, _ in there) / fsum(most for _, most in there) if there else None


def rest_scores(table: Table, item: str) -> tuple[float | None, ...]:
    """Give, for each learner, the score on all other items."""
    return tuple(score(table, row, without=table.items.index(item)) for row in table.points)
