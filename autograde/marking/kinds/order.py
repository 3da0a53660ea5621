"""Mark steps put in order: by the longest run in the right order."""

from autograde.marking.kinds.base import Tries
from workbook_helpers.items import Json
from workbook_helpers.items.kinds.order import Order, longest_run


class OrderMarker:
    """Share of the points = (steps in the longest run in the right order − 1) / (number of steps − 1).

    One step in a wrong place costs one share, not the places of all the steps after it. A step without a place is in no run.

    References
    ----------
    A variant of "longest ordered subset", a grading type of Moodle's ordering question (qtype_ordering; described at
    moodleformulas.org, checked 2026-11), which divides the length of the run by the number of steps. One step alone is always in
    order, so ours takes one off both: the right order backwards earns nothing, and each further step counts the same.
    """

    def key_problem(self, item: Order, right: Json) -> str | None:
        """See `Marker.key_problem`."""
        if item.problem(right) or sorted(right or ()) != sorted(item.step_ids()):
            return f"right must list each of {', '.join(item.step_ids())} once, the first step first"
        if tuple(right) == item.step_ids():
            return "the item lists its steps in the right order, and students get that file: list them in another"
        return None

    def fraction(self, item: Order, right: Json, value: Json) -> float:
        """See `Marker.fraction`."""
        return (len(longest_run(value, right)) - 1) / (len(item.steps) - 1)

    def tries(self, item: Order, right: Json) -> Tries:
        """See `Marker.tries`."""
        return Tries(right=list(right), wrong=right[::-1], malformed=[*right, right[0]])


MARKER = OrderMarker()
