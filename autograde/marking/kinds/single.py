"""Mark one of n: all or nothing."""

from autograde.marking.kinds.base import Tries
from workbook_helpers.items import Json
from workbook_helpers.items.kinds.single import Single


class SingleMarker:
    """All the points for the right option, none for another."""

    def key_problem(self, item: Single, right: Json) -> str | None:
        """See `Marker.key_problem`."""
        if not isinstance(right, str) or right not in item.option_ids():
            return f"right must be one of {', '.join(item.option_ids())}"
        return None

    def fraction(self, item: Single, right: Json, value: Json) -> float:
        """See `Marker.fraction`."""
        return float(value == right)

    def tries(self, item: Single, right: Json) -> Tries:
        """See `Marker.tries`."""
        return Tries(right=right, wrong=next(i for i in item.option_ids() if i != right), malformed=[right])


MARKER = SingleMarker()
