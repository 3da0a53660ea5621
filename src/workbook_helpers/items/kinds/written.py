"""Write an answer in one's own words."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from workbook_helpers.items.base import Item, Json, Text

MAX_CHARACTERS = 100_000
"""Far above any honest answer (about 16,000 words); the page stops there and says so."""


def count_words(text: str) -> int:
    """Count words as the page does (`page/text.js`): runs of characters without white space."""
    return len(text.split())


def text_problem(value: Json) -> str | None:
    """Say what makes `value` no text that a page can have sent, or None."""
    if not isinstance(value, str):
        return f"expected text, got {type(value).__name__}"
    if len(value) > MAX_CHARACTERS:
        return f"is {len(value):,} characters long; the page allows {MAX_CHARACTERS:,}"
    try:
        value.encode()
    except UnicodeEncodeError:
        return "holds characters that are not valid text"
    return None


class Written(Item):
    """A task answered in a text area. The answer is a string, kept exactly as typed; a person marks it."""

    kind: Literal["written"]
    prompts: tuple[Text, ...] = ()
    words: Annotated[int, Field(ge=10, le=2000)]
    """Advised number of words; advice, never a limit."""
    further: tuple[str, ...] = ()
    """The codes of further criteria that one answer is about, beside `criterion`."""

    asks_person: ClassVar[bool] = True
    seconds: ClassVar[int] = 900
    watched: ClassVar[bool] = True

    @property
    def criteria_named(self) -> tuple[str, ...]:
        """See `Item.criteria_named`."""
        return (*super().criteria_named, *self.further)

    def problem(self, value: Json) -> str | None:
        """See `Item.problem`."""
        return None if value is None else text_problem(value)

    def in_words(self, value: Json) -> tuple[str, ...]:
        """See `Item.in_words`."""
        return () if self.is_blank(value) else (value,)

    def public(self) -> dict[str, Json]:
        """See `Item.public`."""
        spec = super().public() | {"max_characters": MAX_CHARACTERS}
        del spec["further"]
        return spec


KIND = Written
