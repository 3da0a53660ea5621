"""Sort cards into groups."""

from typing import ClassVar, Literal

from workbook_helpers.items.pairs import PairsItem, Parts, Targets


class Sort(PairsItem):
    """Put each card into one group. The answer is an object: card id → group id."""

    PARTS: ClassVar[str] = "cards"
    TARGETS: ClassVar[str] = "groups"
    PART: ClassVar[str] = "card"
    TARGET: ClassVar[str] = "group"

    kind: Literal["sort"]
    cards: Parts
    groups: Targets


KIND = Sort
