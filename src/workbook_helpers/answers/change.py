"""How the record of an answer may change, wherever it is kept: the rules of every host, without any file."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from workbook_helpers.items import Item, Json

MOST_PARTS, LONGEST_ID = 50, 100
"""No question has as many parts, and none of them so long an id."""


@dataclass(frozen=True, kw_only=True)
class Saved:
    """An answer as it is kept.

    Attributes
    ----------
    value
        None if the item was never answered.
    saved_at
        ISO 8601 in UTC with milliseconds; "" if never answered.
    revision
        The copy's revision at which this answer was last changed; 0 if never answered.
    other
        An answer that was saved here and is not in the file any more, because another program has put an older file in its
        place; the student says which of the two holds.
    """

    value: Json = None
    saved_at: str = ""
    revision: int = 0
    other: "Saved | None" = field(default=None, compare=False)
    tried: Json = field(default=None, compare=False)
    """How practice went with it, as `read_tried` gives it; private, and never handed in."""

    def brief(self) -> dict[str, Json]:
        """Give what the page of another workbook needs of it, for JSON: `Earlier` in `page/types.d.ts`."""
        return {"value": self.value, "saved_at": self.saved_at, "tried": self.tried}


@dataclass(frozen=True, kw_only=True)
class Conflict:
    """The answer is not the one that the window last saw, or cannot be changed like this; nothing was written.

    Attributes
    ----------
    current
        What is kept.
    final
        Whether the item allows no way from there to what was to be written (`Item.goes_on_from`).
    """

    current: Saved
    final: bool = False


def changed(
    record: Mapping[str, Any] | None, current: Saved, item: Item | None, value: Json, *, seen: bool, revision: int, release: str = ""
) -> dict[str, Any] | Conflict:
    """Give the record that takes the place of another one, or what keeps it from doing so.

    Parameters
    ----------
    record
        What is kept now; None where nothing is.
    current
        The answer as it stands for the student: that of `record`, or what stands there while nothing is kept.
    value
        A value that `Item.problem` found no fault with.
    seen
        Whether what is kept is what the page last saw of it.
    revision
        The one that the new record gets.
    release
        Which version of the questions the page shows (`Workbook.release`), "" where that is not known. The same answer, kept once
        more, stays one to the question that it was given to.
    """
    strange = bool(item and item.problem(current.value))  # to an older version of the question, or something else's
    if item and not strange and not item.goes_on_from(current.value, value):
        return Conflict(current=current, final=True)
    if not seen and current.value != value:
        return Conflict(current=current)
    made: dict[str, Any] = {"value": value, "saved_at": datetime.now(UTC).isoformat(timespec="milliseconds"), "revision": revision}
    if asked := record.get("release") if record and current.value == value else release:
        made["release"] = asked
    before = record.get("before", []) if record else []
    if record and not strange and (tried := read_tried(record.get("tried"))):
        made["tried"] = tried | {"checked": tried["checked"] and current.value == value}
    if before := [*before, dict(record)] if record and strange else before:  # kept, whatever becomes of it
        made["before"] = before
    return made


def with_tried(record: Mapping[str, Any], tried: Json, revision: int) -> dict[str, Any]:
    """Give a record with how practice went with the answer of this revision; only what `read_tried` takes is kept."""
    given = read_tried(tried)
    return dict(record) | ({"tried": given | {"checked": given["checked"] and count(record.get("revision")) == revision}} if given else {})


def read_tried(value: Json) -> dict[str, Json] | None:
    """Read how practice went (`Tried` in `page/types.d.ts`), whatever wrote it; None where it says nothing."""
    match value:
        case {"n": int(n), "first": list(first), "checked": bool(checked), "shown": bool(shown)} if n > 0 and not isinstance(n, bool):
            ids = [name for name in first if isinstance(name, str) and len(name) <= LONGEST_ID]
            return {"n": n, "first": ids[:MOST_PARTS], "checked": checked, "shown": shown}
        case _:
            return None


def wrong_first(tried: Mapping[str, Json] | None) -> bool:
    """Whether practice was wrong at first, nothing right at the first try or a second one needed: `wrongFirst` in page/earlier.js."""
    return bool(tried and (tried["n"] > 1 or not tried["first"]))


def count(value: Json) -> int:
    """Read a revision, whatever wrote it."""
    return value if isinstance(value, int) else 0
