"""Build a handover message (SBAR) from a bundle of facts."""

from enum import StrEnum
from typing import Annotated, ClassVar, Literal

from pydantic import Field, model_validator

from workbook_helpers.items.base import Item, Json, Model, OptionId, Purpose, Text
from workbook_helpers.words import say


class Part(StrEnum):
    """Where a fact goes. The first four are the message, in the order in which it is said."""

    SITUATION = "situation"
    BACKGROUND = "background"
    ASSESSMENT = "assessment"
    RECOMMENDATION = "recommendation"
    LEAVE_OUT = "leave-out"
    NOT_SHARED = "not-shared"


SPOKEN = (Part.SITUATION, Part.BACKGROUND, Part.ASSESSMENT, Part.RECOMMENDATION)
"""The parts that are said. The catalogue has each part's name, and what the receiver asks when one of these is empty."""


class Fact(Model):
    """One fact of the bundle. `part` and `feedback` belong to practice items alone: in an assessed item they would be a key."""

    id: OptionId
    text: Text
    part: Part | None = None
    feedback: str = ""


class Handover(Item):
    """Say for each fact where it belongs in the message, if at all. The answer is an object: fact id → part.

    A fact without a part yet is not in the answer. The parts are those of SBAR (situation, background, assessment,
    recommendation), and two for what stays out.

    References
    ----------
    NHS England, "SBAR communication tool: situation, background, assessment, recommendation" (named in the subject
    brief, checked 2026-11). Which facts must not be shared follows the Caldicott Principles (December 2020).
    """

    seconds: ClassVar[int] = 300

    kind: Literal["handover"]
    facts: Annotated[tuple[Fact, ...], Field(min_length=3, max_length=16)]
    receiver: Annotated[str, Field(min_length=1, max_length=80)] = "the receiver"

    @model_validator(mode="after")
    def _facts_fit_purpose(self) -> "Handover":
        ids = self.fact_ids()
        if len(set(ids)) != len(ids):
            msg = f"two facts share an id: {', '.join(ids)}"
            raise ValueError(msg)
        if self.purpose not in (Purpose.PRACTICE, Purpose.ASSESSED):
            msg = f"a handover is for practice or assessed, not {self.purpose.value}"
            raise ValueError(msg)
        for fact in self.facts:
            if self.purpose is Purpose.PRACTICE and (fact.part is None or not fact.feedback):
                msg = f"fact {fact.id!r} of a practice item needs part = one of {', '.join(Part)}, and feedback"
                raise ValueError(msg)
            if self.purpose is Purpose.ASSESSED and (fact.part is not None or fact.feedback):
                msg = f"fact {fact.id!r} says what is right, and only a practice item may: put it into the key"
                raise ValueError(msg)
        return self

    def fact_ids(self) -> tuple[str, ...]:
        """Give the fact ids in the item's order."""
        return tuple(fact.id for fact in self.facts)

    def size(self) -> int:
        """See `Item.size`."""
        return len(self.facts)

    def problem(self, value: Json) -> str | None:
        """See `Item.problem`."""
        if value is None:
            return None
        if not isinstance(value, dict):
            return f"expected an object of facts and parts, got {type(value).__name__}"
        if not set(value) <= set(self.fact_ids()):
            return "names a fact that this item does not have"
        if not all(isinstance(part, str) and part in set(Part) for part in value.values()):
            return f"gives a fact a part that is none of {', '.join(Part)}"
        return None

    def in_words(self, value: Json) -> tuple[str, ...]:
        """Give the message as it would be said, then what stays out, then what has no place yet."""
        placed = [f"{_name(part)}: {fact.text}" for part in Part for fact in self.facts if (value or {}).get(fact.id) == part]
        return (*placed, *(say("handover-no-place", fact=fact.text) for fact in self.facts if fact.id not in (value or {})))

    def public(self) -> dict[str, Json]:
        """See `Item.public`."""
        return super().public() | {"parts": list(Part), "spoken": list(SPOKEN)}


def _name(part: str) -> str:
    return say(f"handover-part-{part}")


KIND = Handover
