"""Mark a text with gaps: each gap the same."""

from autograde.marking.kinds.base import Tries
from autograde.marking.kinds.short import forms_problem, wrong_form
from workbook_helpers.items import Json
from workbook_helpers.items.kinds.gaps import Gap, Gaps
from workbook_helpers.items.spelling import Forms


class GapsMarker:
    """Share of the points = right gaps / gaps. A typed gap is compared as in the kind `short`, small slips passing.

    Nothing is taken away: a gap is filled once, so guessing a choice of n gains 1/n of it at most.

    References
    ----------
    Each part counted on its own and equally, as in Moodle's "select missing words" question (Moodle documentation, cited from
    memory, 2026-11).
    """

    def key_problem(self, item: Gaps, right: Json) -> str | None:
        """See `Marker.key_problem`."""
        ids = [gap.id for gap in item.gaps]
        if not isinstance(right, dict) or set(right) != set(ids):
            return f"right must say what is right for each of {', '.join(ids)}, and for no other"
        for gap in item.gaps:
            if problem := (gap.problem(right[gap.id]) if gap.options else forms_problem(right[gap.id])):
                return f"gap {gap.id}: {problem}"
        return None

    def fraction(self, item: Gaps, right: Json, value: Json) -> float:
        """See `Marker.fraction`."""
        return sum(gap.fits(right[gap.id], value.get(gap.id, "")) for gap in item.gaps) / len(item.gaps)

    def tries(self, item: Gaps, right: Json) -> Tries:
        """See `Marker.tries`."""
        good = {gap.id: right[gap.id] if gap.options else Forms.model_validate(right[gap.id]).accepted[0] for gap in item.gaps}
        first = item.gaps[0]
        return Tries(right=good, wrong={**good, first.id: _wrong(first, right[first.id])}, malformed={**good, "no-such-gap": "?"})


def _wrong(gap: Gap, right: Json) -> str:
    return next((option.id for option in gap.options if option.id != right), "") or wrong_form(right)


MARKER = GapsMarker()
