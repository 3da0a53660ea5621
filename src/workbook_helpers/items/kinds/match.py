"""Give each statement its partner."""

from collections.abc import Collection
from typing import Annotated, ClassVar, Literal

from pydantic import Field, model_validator

from workbook_helpers.items.pairs import PairsItem, Part, Targets


class Match(PairsItem):
    """Choose a partner for each statement. The answer is an object: statement id → partner id."""

    PARTS: ClassVar[str] = "statements"
    TARGETS: ClassVar[str] = "partners"
    PART: ClassVar[str] = "statement"
    TARGET: ClassVar[str] = "partner"

    kind: Literal["match"]
    statements: Annotated[tuple[Part, ...], Field(min_length=2, max_length=10)]
    partners: Targets
    once: bool = False
    """Whether no partner belongs to two statements. The page says so; an answer with one used twice is still an answer, never all right."""

    @model_validator(mode="after")
    def _once_can_be_kept(self) -> "Match":
        if self.once and len(self.partners) < len(self.statements):
            msg = f"once = true needs a partner for each of {len(self.statements)} statements; there are {len(self.partners)}"
            raise ValueError(msg)
        if self.uses_twice([one.right for one in self.statements if one.right]):
            msg = "once = true, yet two statements have the same partner as their right one"
            raise ValueError(msg)
        return self

    def uses_twice(self, partners: Collection[str]) -> bool:
        """Whether these partners, one for each statement, break `once`."""
        return self.once and len(set(partners)) < len(partners)


KIND = Match
