"""Type a few words."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from workbook_helpers.items.base import Item, Json, Model, Purpose, Text
from workbook_helpers.items.spelling import LONGEST, Form, Forms, typed_problem


class Near(Model):
    """A common wrong answer, and why it is wrong."""

    form: Form
    feedback: Text


class Short(Item):
    """A question answered with a few words. The answer is what was typed, at most `LONGEST` characters.

    How it is compared stands in `workbook_helpers.items.spelling`. `accepted`, `near`, `hint` and `feedback` belong to
    practice items alone: else they would be a key.
    """

    kind: Literal["short"]
    accepted: tuple[Form, ...] = ()
    near: Annotated[tuple[Near, ...], Field(max_length=12)] = ()
    feedback: str = ""
    """Why the answer is right."""
    hint: str = ""
    """Said to an answer that is neither accepted nor near one; `feedback` without it."""

    @model_validator(mode="after")
    def _forms_fit_purpose(self) -> "Short":
        if self.purpose not in (Purpose.PRACTICE, Purpose.ASSESSED):
            msg = f"a few words are for practice or assessed, not {self.purpose.value}"
            raise ValueError(msg)
        if self.purpose is Purpose.ASSESSED and (self.accepted or self.near or self.feedback or self.hint):
            msg = "accepted, near, hint and feedback say what is right, and only a practice item may: put them into the key"
            raise ValueError(msg)
        if self.purpose is Purpose.PRACTICE:
            if not self.accepted or not self.feedback:
                msg = "a practice item needs accepted = the forms of the right answer, and feedback"
                raise ValueError(msg)
            self._forms()
        return self

    def _forms(self) -> Forms:
        return Forms(accepted=self.accepted, not_accepted=tuple(near.form for near in self.near))

    def problem(self, value: Json) -> str | None:
        """See `Item.problem`."""
        return None if value is None else typed_problem(value)

    def in_words(self, value: Json) -> tuple[str, ...]:
        """See `Item.in_words`."""
        return () if self.is_blank(value) else (value.strip(),)

    def key_in_words(self, right: Json) -> tuple[str, ...]:
        """Give the accepted forms of a key."""
        return Forms.model_validate(right).accepted

    def right_in_words(self, right: Json) -> tuple[str, ...]:
        """Give the first of the accepted forms of a key."""
        return self.key_in_words(right)[:1]

    def public(self) -> dict[str, Json]:
        """See `Item.public`."""
        return super().public() | {"longest": LONGEST}


KIND = Short
