"""Choose all that apply."""

from typing import ClassVar, Literal

from pydantic import model_validator

from workbook_helpers.items.base import ChoiceItem, Json, Purpose


class Multiple(ChoiceItem):
    """A question with one or more right options. The answer is a list of option ids, order without meaning."""

    seconds: ClassVar[int] = 40

    kind: Literal["multiple"]

    @model_validator(mode="after")
    def _some_are_right(self) -> "Multiple":
        if self.purpose is Purpose.PRACTICE and not self.right_ids():
            msg = "at least one option must be right"
            raise ValueError(msg)
        return self

    def problem(self, value: Json) -> str | None:
        """See `Item.problem`."""
        if value is None:
            return None
        if not isinstance(value, list) or not all(isinstance(part, str) for part in value):
            return f"expected a list of option ids, got {type(value).__name__}"
        if len(set(value)) != len(value):
            return "names one option twice"
        return None if set(value) <= set(self.option_ids()) else "names an option that this item does not have"

    def in_words(self, value: Json) -> tuple[str, ...]:
        """See `Item.in_words`."""
        return self.texts(value or [])


KIND = Multiple
