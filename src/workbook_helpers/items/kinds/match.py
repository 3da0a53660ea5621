"""Give each statement its partner."""

from typing import ClassVar, Literal

from workbook_helpers.items.pairs import PairsItem, Parts, Targets


class Match(PairsItem):
    """Choose a partner for each statement from a list. The answer is an object: statement id → partner id."""

    PARTS: ClassVar[str] = "statements"
    TARGETS: ClassVar[str] = "partners"
    PART: ClassVar[str] = "statement"
    TARGET: ClassVar[str] = "partner"

    kind: Literal["match"]
    statements: Parts
    partners: Targets


KIND = Match
