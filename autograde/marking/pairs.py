"""Mark the kinds that give each part a place."""

from autograde.marking.kinds.base import Tries
from workbook_helpers.items import Json
from workbook_helpers.items.pairs import PairsItem


class PairsMarker:
    """Share of the points = right pairs / number of pairs. A wrong pair takes nothing away, and a missing one earns nothing.

    References
    ----------
    Moodle's matching question: "Each sub-question is equally weighted" (help text "Matching questions", repository
    moodle/moodle, commit 2171727 of 2003, checked 2026-11).
    """

    def key_problem(self, item: PairsItem, right: Json) -> str | None:
        """See `Marker.key_problem`."""
        if not isinstance(right, dict) or set(right) != set(item.part_ids()):
            return f"right must give a {item.TARGET} for each of {', '.join(item.part_ids())}, and for no other"
        return f"each {item.TARGET} must be one of {', '.join(item.targets())}" if item.problem(right) else None

    def fraction(self, item: PairsItem, right: Json, value: Json) -> float:
        """See `Marker.fraction`."""
        return sum(value.get(part) == right[part] for part in item.part_ids()) / len(right)

    def tries(self, item: PairsItem, right: Json) -> Tries:
        """See `Marker.tries`."""
        first = item.part_ids()[0]
        other = next(target for target in item.targets() if target != right[first])
        return Tries(right=dict(right), wrong={**right, first: other}, malformed={**right, "no-such-part": other})
