"""A map of the people around one person: what kind of relationship each has, and what may be shared with them."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field, model_validator

from workbook_helpers.items.base import Item, Json, Model, OptionId, Purpose
from workbook_helpers.words import say


class Label(Model):
    """A kind of relationship, or an amount that may be shared."""

    id: OptionId
    text: Annotated[str, Field(min_length=1, max_length=80)]


class Around(Model):
    """Somebody around the person. `kind`, `share` and `feedback` belong to practice items alone: else they would be a key."""

    id: OptionId
    text: Annotated[str, Field(min_length=1, max_length=120)]
    kind: str | None = None
    share: str | None = None
    feedback: str = ""


class Relationships(Item):
    """Say of each person around one person what the relationship is and what may be shared.

    The answer is an object: person id → {"kind": id, "share": id}. What is not chosen yet is not in it.
    """

    seconds: ClassVar[int] = 180

    kind: Literal["relationships"]
    person: Annotated[str, Field(min_length=1, max_length=60)]
    people: Annotated[tuple[Around, ...], Field(min_length=2, max_length=8)]
    kinds: Annotated[tuple[Label, ...], Field(min_length=2, max_length=5)]
    shares: Annotated[tuple[Label, ...], Field(min_length=2, max_length=6)]

    @model_validator(mode="after")
    def _people_fit_purpose(self) -> "Relationships":
        for name, labels in (("people", self.people), ("kinds", self.kinds), ("shares", self.shares)):
            ids = [label.id for label in labels]
            if len(set(ids)) != len(ids):
                msg = f"two of {name} share an id: {', '.join(ids)}"
                raise ValueError(msg)
        if self.purpose not in (Purpose.PRACTICE, Purpose.ASSESSED):
            msg = f"a map of relationships is for practice or assessed, not {self.purpose.value}"
            raise ValueError(msg)
        for one in self.people:
            if self.purpose is Purpose.PRACTICE and (
                one.kind not in _ids(self.kinds) or one.share not in _ids(self.shares) or not one.feedback
            ):
                msg = f"{one.id!r} of a practice item needs the id of its kind and of its share, and feedback"
                raise ValueError(msg)
            if self.purpose is Purpose.ASSESSED and (one.kind is not None or one.share is not None or one.feedback):
                msg = f"{one.id!r} says what is right, and only a practice item may: put it into the key"
                raise ValueError(msg)
        return self

    def size(self) -> int:
        """See `Item.size`."""
        return len(self.people)

    def problem(self, value: Json) -> str | None:
        """See `Item.problem`."""
        if value is None:
            return None
        if not isinstance(value, dict) or not all(isinstance(given, dict) for given in value.values()):
            return "is no object of people, each with a kind and what may be shared"
        if not set(value) <= _ids(self.people):
            return "names a person that this item does not have"
        parts = {"kind": _ids(self.kinds), "share": _ids(self.shares)}
        for given in value.values():
            if not set(given) <= set(parts):
                return "says something else than kind and share"
            if not all(isinstance(chosen, str) and chosen in parts[part] for part, chosen in given.items()):
                return "names a kind or a share that this item does not have"
        return None

    def missing(self, value: Json) -> int:
        """See `Item.missing`: a person's place needs both the kind and what may be shared."""
        return self.size() - sum({"kind", "share"} <= set(given) for given in (value or {}).values())

    def in_words(self, value: Json) -> tuple[str, ...]:
        """Give one line for each person."""
        return tuple(f"{one.text}: {self._in_words((value or {}).get(one.id, {}))}" for one in self.people)

    def _in_words(self, given: dict[str, str]) -> str:
        kinds, shares = ({label.id: label.text for label in labels} for labels in (self.kinds, self.shares))
        chosen = {"kind": kinds.get(given.get("kind", "")), "share": shares.get(given.get("share", ""))}
        return say("relationships-said", **{part: text or say("relationships-open") for part, text in chosen.items()})


def _ids(labels: tuple[Label, ...] | tuple[Around, ...]) -> set[str]:
    return {label.id for label in labels}


KIND = Relationships
