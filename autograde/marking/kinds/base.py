"""What every marker can do."""

from dataclasses import dataclass
from typing import Any, Protocol

from workbook_helpers.items import Json


@dataclass(frozen=True, kw_only=True)
class Tries:
    """Answers that a marker makes up from a key, so that every key can be tried.

    Attributes
    ----------
    right, wrong
        Well-formed answers that must get all the points and less than all.
    malformed
        A value that must be reported and not marked.
    """

    right: Json
    wrong: Json
    malformed: Json


class Marker(Protocol):
    """The marking of one kind; `item` is always of that kind."""

    def key_problem(self, item: Any, right: Json) -> str | None:
        """Say what makes `right` no key for the item, or None."""

    def fraction(self, item: Any, right: Json, value: Json) -> float:
        """Give the share of the points, 0 ≤ share ≤ 1, for a well-formed and non-blank value."""

    def tries(self, item: Any, right: Json) -> Tries:
        """Make up a right, a wrong and a malformed answer."""
