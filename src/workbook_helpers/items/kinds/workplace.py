"""Record evidence from the workplace, without names, and print a sheet for the witness."""

from datetime import date
from typing import Annotated, ClassVar, Literal

from pydantic import Field, model_validator

from workbook_helpers.items.base import Item, Json, Model, Purpose, Text
from workbook_helpers.words import say

MAX_CHARACTERS = 20_000
"""Of one field; far above any honest record."""

EVIDENCE = ("observation", "witness", "product")
PLACES = ("care-home", "own-home", "supported-living", "day-service", "hospital", "elsewhere")
FIELDS = ("evidence", "date", "place", "done", "criteria", "role")
"""The fields of the answer, in the order of the form. The catalogue has the words for all three lists."""


class Shown(Model):
    """A criterion that the evidence may show."""

    code: Annotated[str, Field(pattern=r"^[A-Za-z0-9.]{1,12}$")]
    text: Text


class Workplace(Item):
    """A form for one piece of evidence from the workplace. Never marked; the tutor reads it.

    The answer is an object of strings: evidence and place (ids), date (ISO 8601), done and role (text as typed) and criteria
    (codes with spaces between). What is empty may be missing.
    """

    seconds: ClassVar[int] = 600
    watched: ClassVar[bool] = True

    kind: Literal["workplace"]
    criteria: Annotated[tuple[Shown, ...], Field(min_length=1, max_length=12)]

    @model_validator(mode="after")
    def _is_a_record(self) -> "Workplace":
        if self.purpose is not Purpose.RECORD:
            msg = f'a workplace record has purpose = "record", not "{self.purpose.value}"'
            raise ValueError(msg)
        codes = [one.code for one in self.criteria]
        if len(set(codes)) != len(codes):
            msg = f"two criteria share a code: {', '.join(codes)}"
            raise ValueError(msg)
        return self

    def size(self) -> int:
        """See `Item.size`."""
        return len(FIELDS)

    def problem(self, value: Json) -> str | None:
        """See `Item.problem`."""
        if value is None:
            return None
        if not isinstance(value, dict) or not all(isinstance(text, str) for text in value.values()):
            return "is no object of texts"
        if not set(value) <= set(FIELDS):
            return f"holds a field that is none of {', '.join(FIELDS)}"
        for name, text in value.items():
            if fault := self._fault(name, text):
                return f"has a field {name!r} that {fault}"
        return None

    def in_words(self, value: Json) -> tuple[str, ...]:
        """Give the fields that are filled in, each with its label."""
        filled = [name for name in FIELDS if (value or {}).get(name, "").strip()]
        return tuple(f"{say(f'workplace-label-{name}')}: {self._words(name, value[name])}" for name in filled)

    def public(self) -> dict[str, Json]:
        """See `Item.public`."""
        return super().public() | {"evidence": list(EVIDENCE), "places": list(PLACES), "max_characters": MAX_CHARACTERS}

    def _fault(self, name: str, text: str) -> str | None:
        codes = [one.code for one in self.criteria]
        match name:
            case "evidence" | "place":
                return None if text in ("", *(EVIDENCE if name == "evidence" else PLACES)) else "this form does not offer"
            case "date":
                return None if not text or _day(text) else "is no date such as 2026-11-23"
            case "criteria":
                chosen = text.split()
                return None if set(chosen) <= set(codes) and len(set(chosen)) == len(chosen) else "this item does not have, or twice"
            case _:
                if len(text) > MAX_CHARACTERS:
                    return f"is {len(text):,} characters long; the page allows {MAX_CHARACTERS:,}"
                return None if text.isascii() or not any("\ud800" <= sign <= "\udfff" for sign in text) else "is not valid text"

    def _words(self, name: str, text: str) -> str:
        match name:
            case "evidence" | "place":
                return say(f"workplace-{name}-{text}")
            case "date":
                day = _day(text)
                return f"{day.day} {day:%B} {day.year}" if day else text
            case "criteria":
                return "; ".join(f"{one.code} {one.text}" for one in self.criteria if one.code in text.split())
            case _:
                return text


def _day(text: str) -> date | None:
    """Read a date as a date field gives it: year, month and day with hyphens, and no other form of ISO 8601."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day.isoformat() == text else None


KIND = Workplace
