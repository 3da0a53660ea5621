"""Fill the gaps of a text, by choosing or by typing."""

import re
from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal

from pydantic import Field, model_validator

from workbook_helpers.items.base import Item, Json, Model, OptionId, Purpose, Text
from workbook_helpers.items.spelling import LONGEST, Forms, typed_problem

GAP = re.compile(r"\{([^{}]*)\}")


class Choice(Model):
    """What a gap may be filled with."""

    id: OptionId
    text: Annotated[str, Field(min_length=1, max_length=60)]


class Gap(Model):
    """One gap: to choose from `options`, or without any to type into.

    `right` (an option id, or the accepted forms) and `feedback` belong to practice items alone: else they would be a key.
    """

    id: OptionId
    options: Annotated[tuple[Choice, ...], Field(max_length=8)] = ()
    size: Annotated[int, Field(ge=2, le=40)] = 14
    """About how many characters a typed gap shows."""
    right: OptionId | Forms | None = None
    feedback: str = ""

    def problem(self, given: Json) -> str | None:
        """Say what makes `given` nothing that this gap can be filled with, or None."""
        if not self.options:
            return typed_problem(given)
        return None if given in [option.id for option in self.options] else "fills a gap with an option that it does not have"

    def fits(self, right: Json, given: str) -> bool:
        """Whether what the gap was filled with is right."""
        return given == right if self.options else Forms.model_validate(right).accept(given)

    def in_words(self, given: str) -> str:
        """Give what the gap was filled with."""
        return next((option.text for option in self.options if option.id == given), given.strip())

    def shown(self) -> bool:
        """Whether what is right of it is a key of its form."""
        if self.options:
            return self.problem(self.right) is None
        return isinstance(self.right, Forms)


class Gaps(Item):
    """A text with gaps, each written in it as its id in braces. The answer is an object: gap id → option id, or what was typed.

    A gap that is not filled is not in it, or is blank.
    """

    seconds: ClassVar[int] = 60

    kind: Literal["gaps"]
    text: Text
    gaps: Annotated[tuple[Gap, ...], Field(min_length=1, max_length=12)]

    @model_validator(mode="after")
    def _gaps_fit(self) -> "Gaps":
        ids = [gap.id for gap in self.gaps]
        if GAP.findall(self.text) != ids:
            msg = f"the gaps in the text must be those of the item, each once and in the same order: {', '.join(f'{{{i}}}' for i in ids)}"
            raise ValueError(msg)
        if len(set(ids)) != len(ids):
            msg = f"two gaps share an id: {', '.join(ids)}"
            raise ValueError(msg)
        if self.purpose not in (Purpose.PRACTICE, Purpose.ASSESSED):
            msg = f"a text with gaps is for practice or assessed, not {self.purpose.value}"
            raise ValueError(msg)
        for gap in self.gaps:
            options = [option.id for option in gap.options]
            if len(options) == 1 or len(set(options)) != len(options):
                msg = f"gap {gap.id!r} needs two or more options, each with an id of its own, or none to be typed into"
                raise ValueError(msg)
            if self.purpose is Purpose.PRACTICE and (not gap.shown() or not gap.feedback):
                msg = f"gap {gap.id!r} of a practice item needs right = one of its option ids, or a list of accepted forms, and feedback"
                raise ValueError(msg)
            if self.purpose is Purpose.ASSESSED and (gap.right is not None or gap.feedback):
                msg = f"gap {gap.id!r} says what is right, and only a practice item may: put it into the key"
                raise ValueError(msg)
        return self

    def size(self) -> int:
        """See `Item.size`."""
        return len(self.gaps)

    def problem(self, value: Json) -> str | None:
        """See `Item.problem`."""
        if value is None:
            return None
        if not isinstance(value, dict):
            return f"expected an object of gaps, got {type(value).__name__}"
        gaps = {gap.id: gap for gap in self.gaps}
        if not set(value) <= set(gaps):
            return "names a gap that this item does not have"
        return next((problem for name, given in value.items() if (problem := gaps[name].problem(given))), None)

    def in_words(self, value: Json) -> tuple[str, ...]:
        """Give the text with what fills the gaps in brackets."""
        return self._filled({gap.id: gap.in_words((value or {}).get(gap.id, "")) for gap in self.gaps})

    def key_in_words(self, right: Json) -> tuple[str, ...]:
        """Give the text with the right words in brackets, all accepted forms of a typed one."""
        return self._filled({gap.id: " / ".join(forms) for gap, forms in self._keyed(right)})

    def right_in_words(self, right: Json) -> tuple[str, ...]:
        """Give the text with the right words in brackets, the first accepted form of a typed one."""
        return self._filled({gap.id: forms[0] for gap, forms in self._keyed(right)})

    def _keyed(self, right: Json) -> Iterator[tuple[Gap, tuple[str, ...]]]:
        for gap in self.gaps:
            yield gap, (gap.in_words(right[gap.id]),) if gap.options else Forms.model_validate(right[gap.id]).accepted

    def _filled(self, words: dict[str, str]) -> tuple[str, ...]:
        return (GAP.sub(lambda gap: f"[{words[gap[1]] or '…'}]", self.text),)

    def public(self) -> dict[str, Json]:
        """Give what the page needs: the text in pieces, every second one a gap's id."""
        return super().public() | {"text": GAP.split(self.text), "longest": LONGEST}


KIND = Gaps
