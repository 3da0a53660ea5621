"""Mark all that apply: right choices less wrong ones."""

from autograde.marking.kinds.base import Tries
from workbook_helpers.items import Json
from workbook_helpers.items.kinds.multiple import Multiple


class MultipleMarker:
    """Share of the points = (right choices − wrong choices) / number of right options, never below zero.

    Choosing everything earns nothing when there are at least as many wrong options as right ones, so guessing does
    not pay; one slip does not cost it all.

    References
    ----------
    Plus/minus scoring of multiple-response items; the same rule as Moodle's multiple-choice question with several
    answers and equal, negative grades for wrong ones (Moodle documentation, checked 2026-11).
    """

    def key_problem(self, item: Multiple, right: Json) -> str | None:
        """See `Marker.key_problem`."""
        known = set(item.option_ids())
        listed = isinstance(right, list) and right and all(isinstance(one, str) for one in right)  # a table is in no set
        if not listed or not set(right) < known:
            return f"right must list some, but not all, of {', '.join(item.option_ids())}"
        return None if len(set(right)) == len(right) else "right names an option twice"

    def fraction(self, item: Multiple, right: Json, value: Json) -> float:
        """See `Marker.fraction`."""
        good = sum(choice in right for choice in value)
        return max(0.0, (good - (len(value) - good)) / len(right))

    def tries(self, item: Multiple, right: Json) -> Tries:
        """See `Marker.tries`."""
        wrong = [i for i in item.option_ids() if i not in right]
        return Tries(right=list(right), wrong=wrong[:1], malformed=[*right, "no-such-option"])


MARKER = MultipleMarker()
