"""Mark statements and their partners: per right pair (see `PairsMarker` for the rule and its source)."""

from autograde.marking.pairs import PairsMarker
from workbook_helpers.items import Json
from workbook_helpers.items.kinds.match import Match
from workbook_helpers.items.pairs import PairsItem


class MatchMarker(PairsMarker):
    """As `PairsMarker`. Where each partner is for one statement, a second use of it takes nothing away: it cannot be right, that is all."""

    def key_problem(self, item: PairsItem, right: Json) -> str | None:
        """See `Marker.key_problem`."""
        problem = super().key_problem(item, right)
        if problem is None and isinstance(item, Match) and item.uses_twice(right.values()):
            return "once = true, yet right gives two statements the same partner"
        return problem


MARKER = MatchMarker()
