"""Mark a map of relationships: half a point for each right choice."""

from autograde.marking.kinds.base import Tries
from workbook_helpers.items import Json
from workbook_helpers.items.kinds.relationships import Relationships

PARTS = ("kind", "share")


class RelationshipsMarker:
    """Share of the points = right choices / (2 × number of people): a kind and a share for each person, each worth half.

    Nothing is taken away: there is exactly one choice of each sort for a person, so to choose more than once is not possible.

    References
    ----------
    Each part counted on its own and equally, as in Moodle's matching question (Moodle documentation, checked 2026-11).
    """

    def key_problem(self, item: Relationships, right: Json) -> str | None:
        """See `Marker.key_problem`."""
        people = [one.id for one in item.people]
        if not isinstance(right, dict) or set(right) != set(people) or item.problem(right):
            return f"right must give kind and share, by ids of the item, for each of {', '.join(people)}, and for no other"
        undone = [name for name in people if len(right[name]) < len(PARTS)]
        return f"right must give both kind and share; look at {', '.join(undone)}" if undone else None

    def fraction(self, item: Relationships, right: Json, value: Json) -> float:
        """See `Marker.fraction`."""
        good = sum(value.get(name, {}).get(part) == wanted[part] for name, wanted in right.items() for part in PARTS)
        return good / (len(PARTS) * len(right))

    def tries(self, item: Relationships, right: Json) -> Tries:
        """See `Marker.tries`."""
        first = item.people[0].id
        other = next(kind.id for kind in item.kinds if kind.id != right[first]["kind"])
        return Tries(
            right={name: dict(wanted) for name, wanted in right.items()},
            wrong={**right, first: {**right[first], "kind": other}},
            malformed={**right, "nobody-here": right[first]},
        )


MARKER = RelationshipsMarker()
