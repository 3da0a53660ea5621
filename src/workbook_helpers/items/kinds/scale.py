"""Say on a scale how sure one feels; asked before and after, and never marked."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field, model_validator

from workbook_helpers.items.base import Item, ItemId, Json, Model, OptionId, Purpose, Text
from workbook_helpers.words import heading, say


class Statement(Model):
    """Something to be more or less sure of."""

    id: OptionId
    text: Text


class Scale(Item):
    """Rate statements from 1 to `steps`. The answer is an object: statement id → number; what is not rated is not in it.

    An item that names an earlier one in `before`, of this workbook or of another one, shows beside each statement what the
    student said there, and keeps it: where that is known the answer has [then, now] in place of a number.
    """

    seconds: ClassVar[int] = 60

    kind: Literal["scale"]
    statements: Annotated[tuple[Statement, ...], Field(min_length=1, max_length=12)]
    low: Annotated[str, Field(min_length=1, max_length=40)]
    high: Annotated[str, Field(min_length=1, max_length=40)]
    """What 1 and the last number mean."""
    steps: Annotated[int, Field(ge=3, le=7)] = 5
    before: ItemId | None = None

    @model_validator(mode="after")
    def _is_a_record(self) -> "Scale":
        if self.purpose is not Purpose.RECORD:
            msg = f'a scale is never marked: it has purpose = "record", not "{self.purpose.value}"'
            raise ValueError(msg)
        ids = self.statement_ids()
        if len(set(ids)) != len(ids):
            msg = f"two statements share an id: {', '.join(ids)}"
            raise ValueError(msg)
        return self

    def statement_ids(self) -> tuple[str, ...]:
        """Give the statement ids in the item's order."""
        return tuple(statement.id for statement in self.statements)

    def size(self) -> int:
        """See `Item.size`."""
        return len(self.statements)

    def problem(self, value: Json) -> str | None:
        """See `Item.problem`."""
        if value is None:
            return None
        if not isinstance(value, dict):
            return f"expected an object of statements and numbers, got {type(value).__name__}"
        if not set(value) <= set(self.statement_ids()):
            return "names a statement that this item does not have"
        if not all(self._is_rating(given) for given in value.values()):
            return f"gives a statement something else than a whole number from 1 to {self.steps}"
        return None

    def _is_rating(self, given: Json) -> bool:
        numbers = given if self.before and isinstance(given, list) and len(given) == 2 else [given]
        return all(type(number) is int and 1 <= number <= self.steps for number in numbers)  # not bool, which is an int

    def looks_back(self) -> tuple[str, ...]:
        """See `Item.looks_back`."""
        return (self.before,) if self.before else ()

    def in_words(self, value: Json) -> tuple[str, ...]:
        """Give one line for each statement."""
        rated = value or {}
        return tuple(f"{heading(one.text)} {self._in_words(rated.get(one.id))}" for one in self.statements)

    def _in_words(self, given: Json) -> str:
        match given:
            case None:
                return say("scale-open")
            case [then, now]:
                return say("scale-then-now", then=then, now=now, steps=self.steps)
            case _:
                return say("scale-of", n=given, steps=self.steps)


KIND = Scale
