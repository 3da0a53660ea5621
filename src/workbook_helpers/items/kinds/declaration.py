"""Declare that the work is one's own."""

from typing import ClassVar, Literal

from pydantic import model_validator

from workbook_helpers.items.base import Item, Json, Purpose, Text
from workbook_helpers.words import say


class Declaration(Item):
    """A statement to agree to before handing in. The answer is true or false."""

    seconds: ClassVar[int] = 15

    kind: Literal["declaration"]
    statement: Text

    @model_validator(mode="after")
    def _is_a_record(self) -> "Declaration":
        if self.purpose is not Purpose.RECORD:
            msg = f'a declaration has purpose = "record", not "{self.purpose.value}"'
            raise ValueError(msg)
        return self

    def problem(self, value: Json) -> str | None:
        """See `Item.problem`."""
        return None if value is None or isinstance(value, bool) else f"expected true or false, got {type(value).__name__}"

    def in_words(self, value: Json) -> tuple[str, ...]:
        """See `Item.in_words`."""
        return (say("declaration-agreed"),) if value else ()


KIND = Declaration
