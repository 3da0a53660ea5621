"""Think back with three questions; kept with the workbook, and shown to the tutor only if the student says so."""

from typing import Annotated, ClassVar, Literal, TypeAlias

from pydantic import Field, model_validator

from workbook_helpers.items.base import Item, Json, Purpose, Text, blank
from workbook_helpers.items.kinds.written import MAX_CHARACTERS, text_problem
from workbook_helpers.words import say

Part: TypeAlias = Literal["what", "so-what", "now-what"]
PARTS: tuple[Part, ...] = ("what", "so-what", "now-what")
SHARE = "share"


class Reflection(Item):
    """Three guided prompts: what happened, so what, now what.

    The answer is an object: part → text, and `share` → true if the tutor may see it.

    References
    ----------
    The three questions: T. Borton, "Reach, Touch and Teach" (1970); as a framework for nursing and care: G. Rolfe, D. Freshwater
    and M. Jasper, "Critical Reflection for Nursing and the Helping Professions" (2001). Named in the subject brief, checked 2026-11.
    """

    seconds: ClassVar[int] = 240
    watched: ClassVar[bool] = True

    kind: Literal["reflection"]
    prompts: Annotated[dict[Part, Text], Field(default_factory=dict)]
    """Part → a prompt of the author's own, in place of the usual one."""

    @model_validator(mode="after")
    def _is_private(self) -> "Reflection":
        if self.purpose is not Purpose.PRIVATE:
            msg = f'a reflection has purpose = "private", not "{self.purpose.value}": the student decides who sees it'
            raise ValueError(msg)
        return self

    def problem(self, value: Json) -> str | None:
        """See `Item.problem`."""
        if value is None:
            return None
        if not isinstance(value, dict):
            return f"expected an object of texts, got {type(value).__name__}"
        if not set(value) <= {*PARTS, SHARE}:
            return f"holds something else than {', '.join(PARTS)} and {SHARE}"
        if not isinstance(value.get(SHARE, False), bool):
            return f"has {SHARE} that is neither true nor false"
        texts = (text for name, text in value.items() if name != SHARE)
        return next((problem for text in texts if (problem := text_problem(text))), None)

    def is_blank(self, value: Json) -> bool:
        """Whether nothing was written; to share nothing is no reflection."""
        return blank([part for name, part in (value or {}).items() if name != SHARE])

    def in_words(self, value: Json) -> tuple[str, ...]:
        """Give each part that was written, under its prompt."""
        written = [part for part in PARTS if (value or {}).get(part, "").strip()]
        return tuple(f"{self.prompts.get(part) or say(f'reflection-{part}')} {value[part]}" for part in written)

    def handed_in(self, value: Json) -> Json:
        """Give what the tutor may see: all of it, or nothing."""
        return value if isinstance(value, dict) and value.get(SHARE) is True else None

    def public(self) -> dict[str, Json]:
        """See `Item.public`."""
        return super().public() | {"parts": list(PARTS), "max_characters": MAX_CHARACTERS}


KIND = Reflection
