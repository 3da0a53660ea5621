"""Sort cards into groups."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from workbook_helpers.items.pairs import PairsItem, Parts, Target


class Sort(PairsItem):
    """Put each card into one group. The answer is an object: card id → group id. `shuffle` moves the cards, never the groups."""

    PARTS: ClassVar[str] = "cards"
    TARGETS: ClassVar[str] = "groups"
    PART: ClassVar[str] = "card"
    TARGET: ClassVar[str] = "group"

    kind: Literal["sort"]
    cards: Parts
    groups: Annotated[tuple[Target, ...], Field(min_length=2, max_length=4)]


KIND = Sort
