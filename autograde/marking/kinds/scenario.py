"""Mark a branching story: points for each decision on the path."""

from functools import cache
from math import isfinite
from typing import Any, TypeAlias

from autograde.marking.kinds.base import Tries
from workbook_helpers.items import Json
from workbook_helpers.items.kinds.scenario import UNSAFE, Scenario, worth

MOST_UNSAFE = 1
"""The most points of a path with an unsafe act."""
Worth: TypeAlias = dict[str, Any]
"""Step → its points, or `UNSAFE`."""


class ScenarioMarker:
    """Share of the points = points of the decisions taken / points of the best path through the story.

    The key gives every choice its points (`right = { "n1.a" = 0, "n1.b" = 2, … }`). The best path is the longest path by
    points from the start to an ending; an assessed story has no way round in it, so there is one. An unfinished story
    earns what was decided so far. A bad first choice costs its own points and whatever its branch cannot make up.

    An act that could do harm, such as a falsified chart, has `{ unsafe = true }` in the place of its points: it earns none, a path
    with one earns at most `MOST_UNSAFE` points, whatever else was done, and the tutor is told.

    References
    ----------
    Longest path in a directed acyclic graph by dynamic programming: Cormen et al., Introduction to Algorithms, section
    on directed acyclic graphs (cited from memory, 2026-11).
    """

    def key_problem(self, item: Scenario, right: Json) -> str | None:
        """See `Marker.key_problem`."""
        given = set(right) if isinstance(right, dict) else set()
        if odd := sorted(given ^ set(item.steps())):
            return f"right must give points to every choice of the story and to nothing else; look at {', '.join(odd)}"
        for step, points in right.items():
            if points == UNSAFE:
                continue
            if isinstance(points, bool) or not isinstance(points, int | float) or not isfinite(points) or not 0 <= points <= 100:
                return f"{step} must have points from 0 to 100, or {{ unsafe = true }}, not {points!r}"
        best, worst = (_points(right, _extreme(item, right, sign)) for sign in (1, -1))
        return None if best > worst else f"every way through the story earns {best:g}; the better one must earn more"

    def fraction(self, item: Scenario, right: Json, value: Json) -> float:
        """See `Marker.fraction`."""
        taken, _ = item.walk(value["path"] if isinstance(value, dict) else value)
        path = tuple(f"{node.id}.{choice.id}" for node, choice in taken)
        most = MOST_UNSAFE / item.points if _harms(right, path) else 1.0
        return min(1.0, most, _points(right, path) / _points(right, _extreme(item, right, 1)))

    def tries(self, item: Scenario, right: Json) -> Tries:
        """See `Marker.tries`."""
        best, worst = (list(_extreme(item, right, sign)) for sign in (1, -1))
        return Tries(right=best, wrong=worst, malformed=[*best, best[0]])


def unsafe_acts(item: Scenario, right: Json, value: Json) -> tuple[str, ...]:
    """Give the texts of the decisions on a path that the key calls unsafe."""
    taken, _ = item.walk(value["path"] if isinstance(value, dict) else value)
    return tuple(choice.text for node, choice in taken if right[f"{node.id}.{choice.id}"] == UNSAFE)


def may_harm(right: Json) -> bool:
    """Whether the key of an item calls any decision unsafe."""
    return isinstance(right, dict) and UNSAFE in right.values()


def _harms(right: Worth, path: tuple[str, ...]) -> bool:
    return any(right[step] == UNSAFE for step in path)


def _points(right: Worth, path: tuple[str, ...]) -> float:
    return sum(worth(right[step]) for step in path)


def _extreme(item: Scenario, right: Worth, sign: int) -> tuple[str, ...]:
    """Give the whole path with the most points (`sign` 1) or the fewest (-1)."""

    @cache
    def rest(place: str) -> tuple[str, ...]:
        node = item.node(place)
        if node is None:
            return ()
        ways = [(f"{place}.{choice.id}", *rest(choice.to)) for choice in node.choices]
        return max(ways, key=lambda way: (sign * _points(right, way), -sign * _harms(right, way)))

    return rest(item.start)


MARKER = ScenarioMarker()
