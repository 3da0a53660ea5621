"""Choose one of n."""

from typing import Literal

from pydantic import model_validator

from workbook_helpers.items.base import ChoiceItem, Json, Purpose


class Single(ChoiceItem):
    """A question with one best answer. The answer is an option id."""

    kind: Literal["single"]

    @model_validator(mode="after")
    def _one_is_right(self) -> "Single":
        if self.purpose is Purpose.PRACTICE and len(self.right_ids()) != 1:
            msg = f"exactly one option must be right, not {len(self.right_ids())}"
            raise ValueError(msg)
        return self

    def problem(self, value: Json) -> str | None:
        """See `Item.problem`."""
        if value is None or value == "":
            return None
        if not isinstance(value, str):
            return f"expected one option id, got {type(value).__name__}"
        for option in self.options:  # asked for each answer of a class: without a list of them all
            if option.id == value:
                return None
        return "names an option that this item does not have"

    def in_words(self, value: Json) -> tuple[str, ...]:
        """See `Item.in_words`."""
        return self.texts([value])


KIND = Single
