"""Mark a handover message: each fact in its place, less what must not have been shared."""

from autograde.marking.kinds.base import Tries
from workbook_helpers.items import Json
from workbook_helpers.items.kinds.handover import SPOKEN, Handover, Part


class HandoverMarker:
    """Share of the points = (facts in the right place − facts shared that must not be) / number of facts, never below zero.

    A fact counts as shared when it is put into one of the four parts of the message. So a breach costs two facts: its own
    and one more. To leave out what must not be shared, for another reason, earns nothing and costs nothing more.

    References
    ----------
    The taking away is plus/minus scoring, as in Moodle's multiple-choice question with several answers (Moodle
    documentation, checked 2026-11), but only for a breach of confidentiality; that a breach costs as much as one right
    fact is this project's own choice.
    """

    def key_problem(self, item: Handover, right: Json) -> str | None:
        """See `Marker.key_problem`."""
        if not isinstance(right, dict) or set(right) != set(item.fact_ids()):
            return f"right must give a part for each of {', '.join(item.fact_ids())}, and for no other"
        if item.problem(right):
            return f"each part must be one of {', '.join(Part)}"
        return None if any(part in SPOKEN for part in right.values()) else "right must put at least one fact into the message"

    def fraction(self, item: Handover, right: Json, value: Json) -> float:
        """See `Marker.fraction`."""
        good = sum(value.get(fact) == part for fact, part in right.items())
        breaches = sum(part == Part.NOT_SHARED and value.get(fact) in SPOKEN for fact, part in right.items())
        return max(0.0, (good - breaches) / len(right))

    def tries(self, item: Handover, right: Json) -> Tries:
        """See `Marker.tries`."""
        first = item.facts[0].id
        other = next(part for part in Part if part != right[first])
        return Tries(right=dict(right), wrong={**right, first: other.value}, malformed={**right, "no-such-fact": "situation"})


MARKER = HandoverMarker()
