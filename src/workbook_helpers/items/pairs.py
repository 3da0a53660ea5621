"""The common part of the kinds that give each part a place: statements their partners, cards their groups."""

from typing import Annotated, ClassVar

from pydantic import Field, model_validator

from workbook_helpers.items.base import Item, Json, Model, OptionId, Purpose, Text
from workbook_helpers.words import say


class Target(Model):
    """What a part can be given: a partner, a group."""

    id: OptionId
    text: Text


class Part(Model):
    """What gets a target. `right` and `feedback` belong to practice items alone: in an assessed item they would be a key."""

    id: OptionId
    text: Text
    right: OptionId | None = None
    feedback: str = ""


Parts = Annotated[tuple[Part, ...], Field(min_length=2, max_length=12)]
Targets = Annotated[tuple[Target, ...], Field(min_length=2, max_length=8)]


class PairsItem(Item):
    """An item whose answer is an object: part id → target id. A part without a target yet is not in the answer.

    A target may be given to several parts, or to none. A subclass names its two lists in `PARTS` and `TARGETS`.
    """

    PARTS: ClassVar[str]
    TARGETS: ClassVar[str]
    PART: ClassVar[str]
    TARGET: ClassVar[str]
    seconds: ClassVar[int] = 60
    """The fields of the item, and the word for one of each."""

    def parts(self) -> tuple[Part, ...]:
        """Give the parts in the item's order."""
        return tuple(getattr(self, self.PARTS))

    def targets(self) -> dict[str, str]:
        """Give target id → text, in the item's order."""
        return {target.id: target.text for target in getattr(self, self.TARGETS)}

    def part_ids(self) -> tuple[str, ...]:
        """Give the part ids in the item's order."""
        return tuple(part.id for part in self.parts())

    @model_validator(mode="after")
    def _parts_fit_purpose(self) -> "PairsItem":
        for name, ids in ((self.PARTS, self.part_ids()), (self.TARGETS, tuple(t.id for t in getattr(self, self.TARGETS)))):
            if len(set(ids)) != len(ids):
                msg = f"two {name} share an id: {', '.join(ids)}"
                raise ValueError(msg)
        if self.purpose not in (Purpose.PRACTICE, Purpose.ASSESSED):
            msg = f"an item of kind {self.kind!r} is for practice or assessed, not {self.purpose.value}"
            raise ValueError(msg)
        for part in self.parts():
            if self.purpose is Purpose.PRACTICE and (part.right not in self.targets() or not part.feedback):
                msg = f"{self.PART} {part.id!r} of a practice item needs right = one of {', '.join(self.targets())}, and feedback"
                raise ValueError(msg)
            if self.purpose is Purpose.ASSESSED and (part.right is not None or part.feedback):
                msg = f"{self.PART} {part.id!r} says what is right, and only a practice item may: put it into the key"
                raise ValueError(msg)
        return self

    def size(self) -> int:
        """See `Item.size`."""
        return len(self.parts())

    def problem(self, value: Json) -> str | None:
        """See `Item.problem`."""
        if value is None:
            return None
        if not isinstance(value, dict):
            return f"expected an object of {self.PARTS} and {self.TARGETS}, got {type(value).__name__}"
        if not set(value) <= set(self.part_ids()):
            return f"names a {self.PART} that this item does not have"
        if not all(isinstance(target, str) and target in self.targets() for target in value.values()):
            return f"gives a {self.PART} a {self.TARGET} that this item does not have"
        return None

    def in_words(self, value: Json) -> tuple[str, ...]:
        """Give each part with its target, in the item's order, then the parts that have none."""
        placed = value or {}
        targets = self.targets()
        pairs = [f"{part.text} → {targets[placed[part.id]]}" for part in self.parts() if part.id in placed]
        return (*pairs, *(say(f"{self.kind}-open", text=part.text) for part in self.parts() if part.id not in placed))
