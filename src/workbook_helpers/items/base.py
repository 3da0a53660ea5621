"""What every kind of item has in common."""

import hashlib
from collections.abc import Collection, Iterable
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Protocol, Self, TypeAlias, TypeVar

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, model_validator

from workbook_helpers.words import say

if TYPE_CHECKING:
    from workbook_helpers.items.documents import Document

Json: TypeAlias = Any
"""A value as `json.loads` gives it. A student's answer is this until `Item.problem` has found no fault with it."""

# No dots: nbgrader's formgrader looks its fields up with jQuery as "#" + id, where a dot would start a class selector.
ItemId = Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)+$", max_length=64)]
OptionId = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=32)]
Text = Annotated[str, Field(min_length=1, max_length=4000)]


class Model(BaseModel):
    """Frozen, and strict about unknown fields, so that a misspelt one is reported."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class Purpose(StrEnum):
    """What an item is for."""

    PRACTICE = "practice"  # answers at once, never marked
    ASSESSED = "assessed"  # marked; tells the student nothing before marking
    PRIVATE = "private"  # stays with the student's copy, never handed in
    RECORD = "record"  # handed in, carries no points


class Option(Model):
    """One choice. `right` and `feedback` belong to practice items alone: in an assessed item they would be a key."""

    id: OptionId
    text: Text
    right: bool | None = None
    feedback: str = ""


class Named(Protocol):
    """A part of an item that has an id of its own."""

    @property
    def id(self) -> str:
        """Its id."""


Part = TypeVar("Part", bound=Named)


def drawn(parts: Iterable[Part], seed: str, name: str) -> list[Part]:
    """Give the parts of what is called `name` in the order that the student with this seed sees, the same each time.

    Sorted by the SHA-256 of seed, name and part, so that it is the same on every machine, and in the page (`page/paper.js`).
    """
    return sorted(parts, key=lambda part: hashlib.sha256(f"{seed}|{name}|{part.id}".encode()).digest())


def blank(value: Json) -> bool:
    """Whether a value says nothing: none, false, white space, or a list or an object of nothing else."""
    match value:
        case str():
            return not value.strip()
        case list():
            return all(map(blank, value))
        case dict():
            return all(map(blank, value.values()))
        case _:
            return value is None or value is False


class Item(Model):
    """One question, activity or written task. A subclass is a kind and names itself in `kind`."""

    kind: str
    id: ItemId
    purpose: Purpose
    stem: Text
    criterion: str = ""
    section: str = ""
    document: str = ""
    """The id of the document (`items/documents.py`) that the student needs for it, "" for none."""
    about: tuple[ItemId, ...] = ()
    """The practice items of earlier workbooks that it brings back: `wrongAt` in page/earlier.js says when it comes first."""
    points: Annotated[float, Field(ge=0, le=100)] = 0
    shuffle: bool = False
    """Whether each student sees the parts in an order of their own; it never changes what an answer is or how it is marked."""

    _document: "Document | None" = PrivateAttr(default=None)

    asks_person: ClassVar[bool] = False
    """Whether a person gives the points (a written task) rather than a key."""

    seconds: ClassVar[int] = 30
    """About how long a student takes to answer such an item when it has been read (`sections.py`): a rule of thumb for each kind."""

    watched: ClassVar[bool] = False
    """Whether students write of their work in it, so that the page warns of what tells who a person is (`privacy.py`)."""

    @model_validator(mode="after")
    def _points_fit_purpose(self) -> "Item":
        if (self.purpose is Purpose.ASSESSED) != (self.points > 0):
            msg = f"an assessed item needs points above 0 and no other item has any (purpose {self.purpose.value}, points {self.points:g})"
            raise ValueError(msg)
        return self

    @model_validator(mode="after")
    def _only_practice_brings_back(self) -> "Item":
        if self.about and self.purpose is not Purpose.PRACTICE:
            msg = f'only a practice item says what it is about: take about out, or write purpose = "practice", not "{self.purpose.value}"'
            raise ValueError(msg)
        return self

    @property
    def criteria_named(self) -> tuple[str, ...]:
        """The codes of the criteria that an answer is about, the main one first; () where the item names none."""
        return (self.criterion,) if self.criterion else ()

    @property
    def rests_on(self) -> "Document | None":
        """The document that it names, where it was read with its workbook (`load_workbook`); what stands in it is part of what is asked."""
        return self._document if self.document else None

    def resting_on(self, document: "Document") -> Self:
        """Give this item with the document that it names."""
        made = self.model_copy()
        made._document = document
        return made

    def problem(self, value: Json) -> str | None:
        """Say what makes `value` no answer to this item, or None if it is one (a blank one included)."""
        raise NotImplementedError

    def is_blank(self, value: Json) -> bool:
        """Whether a well-formed `value` answers nothing; the page goes by the same rule (`isBlank` in `page/answers.js`).

        The rule of all kinds is `blank`; a kind in which a part of the answer says nothing by itself leaves that out.
        """
        return blank(value)

    def size(self) -> int:
        """Give how many parts an answer has, such as cards that each need a place; 1 where it cannot be half done."""
        return 1

    def missing(self, value: Json) -> int:
        """Give how many parts of a well-formed `value` are still open, 0 ≤ n ≤ `size`; the page has the same rule (`page/far.js`).

        A half-done answer is not blank: it is handed in and marked as it stands, but nowhere counted as answered.
        """
        parts = list(value.values()) if isinstance(value, dict) else value
        if self.size() == 1 or not isinstance(parts, list):
            return self.size() if self.is_blank(value) else 0
        return self.size() - sum(not blank(part) for part in parts)

    def goes_on_from(self, old: Json, new: Json) -> bool:
        """Whether the answer `new`, a well-formed one, may take the place of `old`; False for what cannot be taken back."""
        return True

    def in_words(self, value: Json) -> tuple[str, ...]:
        """Give a well-formed `value` as plain text, one string for each part of the answer."""
        raise NotImplementedError

    def key_in_words(self, right: Json) -> tuple[str, ...]:
        """Give a key's right answer as plain text, for the marker; the default is for a key in the form of an answer."""
        return self.in_words(right)

    def right_in_words(self, right: Json) -> tuple[str, ...]:
        """Give a key's right answer as plain text, for the student whose marking is closed; () where there is no one right answer."""
        return self.in_words(right)

    def rule(self) -> str:
        """Say how the points are given, in words for the student; the formula and its source stand with the kind's marker."""
        return say(f"{self.kind}-rule")

    def handed_in(self, value: Json) -> Json:
        """Give what of a well-formed answer leaves the student's machine: all of it, or None for nothing."""
        return None if self.purpose is Purpose.PRIVATE else value

    def looks_back(self) -> tuple[str, ...]:
        """Give the ids of the earlier items, maybe of other workbooks, whose answers the page needs for this one."""
        return self.about

    def public(self) -> dict[str, Json]:
        """Give what the page needs of the item, in the author's order; of a practice item also what is right and why.

        Nothing is kept back there: it stands in `items.toml` on the student's disk. No other item knows what is right. A
        field without a value is left out.
        """
        spec: dict[str, Json] = _said(self.model_dump(mode="json", exclude={"criterion", "section", *(() if self.about else ("about",))}))
        return spec | ({"asks_person": True} if self.asks_person else {}) | ({"size": self.size()} if self.size() > 1 else {})

    def outline(self) -> dict[str, Json]:
        """Give what of `public` says how far an answer is: what "My workbooks" needs of the item."""
        return {name: value for name, value in self.public().items() if name in ("id", "kind", "purpose", "size", "ends", "about")}


def _said(value: Json) -> Json:
    """Leave out of objects what is none or an empty text."""
    match value:
        case dict():
            return {name: _said(inner) for name, inner in value.items() if inner is not None and inner != ""}
        case list():
            return [_said(inner) for inner in value]
        case _:
            return value


class ChoiceItem(Item):
    """The common part of the kinds that offer options."""

    options: Annotated[tuple[Option, ...], Field(min_length=2, max_length=12)]

    @model_validator(mode="after")
    def _options_fit_purpose(self) -> "ChoiceItem":
        ids = [option.id for option in self.options]
        if len(set(ids)) != len(ids):
            msg = f"two options share an id: {', '.join(ids)}"
            raise ValueError(msg)
        practice = self.purpose is Purpose.PRACTICE
        for option in self.options:
            if practice and (option.right is None or not option.feedback):
                msg = f"option {option.id!r} of a practice item needs right = true or false, and feedback"
                raise ValueError(msg)
            if not practice and (option.right is not None or option.feedback):
                msg = f"option {option.id!r} says what is right, and only a practice item may: put it into the key"
                raise ValueError(msg)
        return self

    def option_ids(self) -> tuple[str, ...]:
        """Give the option ids in the item's order."""
        return tuple(option.id for option in self.options)

    def right_ids(self) -> frozenset[str]:
        """Give the ids that a practice item calls right; empty for every other purpose."""
        return frozenset(option.id for option in self.options if option.right)

    def texts(self, ids: Collection[str]) -> tuple[str, ...]:
        """Give the texts of the options with these ids, in the item's order."""
        return tuple(option.text for option in self.options if option.id in ids)
