"""Give the mark of every assessed item."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from autograde.marking.key import Key
from autograde.marking.kinds import MARKERS
from workbook_helpers.answers import AnswerSheet
from workbook_helpers.items import Item, Purpose, Workbook

_ENCODE = json.JSONEncoder(sort_keys=True).encode
"""`json.dumps` with an option makes an encoder for each call, which takes longer than its work here."""


class Status(StrEnum):
    """How a mark came about. Every item gets one, so that nothing is marked by default."""

    MARKED = "marked"
    NOT_ATTEMPTED = "not attempted"
    UNREADABLE = "unreadable"
    NEEDS_PERSON = "needs a person"


@dataclass(frozen=True, kw_only=True)
class Mark:
    """What marking says of one item.

    Attributes
    ----------
    item
        The item's place in the workbook (`Workbook.paper`): its id, unless it was drawn from a pool.
    drawn
        The item's id, where a pool gave it; else "".
    points
        0 ≤ points ≤ max, rounded to two decimals; None where a person has to give them.
    max
        The item's points.
    reason
        One sentence for the marker.
    answer
        Which answer this mark is for: a digest of the item's id and the answer. A person's mark holds as long as it stays the same.
    version
        Of the item's wording, and of its key or rubric, with "-" between; "" where it is not known.
    """

    item: str
    points: float | None
    max: float
    status: Status
    reason: str
    drawn: str = ""
    answer: str = ""
    version: str = ""


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What a student had before them: the workbook as it was released, and the sheet as answers to its items."""

    workbook: Workbook
    sheet: AnswerSheet

    def paper(self, now: Workbook) -> dict[str, Item | None]:
        """Give place → the item that the student saw there, None where there was none; for every place that `now` marks."""
        paper = self.workbook.paper(self.sheet.seed, assessed=True)
        return {place: paper.get(place) for place in now.paper(assessed=True)}


def mark_sheet(
    workbook: Workbook, key: Key, sheet: AnswerSheet, seen: Seen | None = None, versions: Mapping[str, str] | None = None
) -> dict[str, Mark]:
    """Mark a sheet: place → mark, for everything assessed that this student was asked (`Workbook.paper`), in order.

    A blank answer gets 0. What cannot be read gets no points and goes to a person, as does what a person must read, and an
    answer to a question that is no longer the one that the student saw.

    Parameters
    ----------
    workbook, key, sheet
        As they are now; the sheet read as answers to the items of now.
    seen
        What the student saw; None if that is the workbook as it is now.
    versions
        Item id → `Mark.version`.
    """
    seen = seen or Seen(workbook=workbook, sheet=sheet)
    now = workbook.paper(sheet.seed, assessed=True)
    saw = now if seen.workbook is workbook else seen.paper(workbook)
    return {place: _mark(item, saw[place], workbook, key, sheet, seen.sheet, place, versions or {}) for place, item in now.items()}


def unmarked(workbook: Workbook, sheet: AnswerSheet) -> list[Item]:
    """Give the items that carry no points and that the student handed in something for: records, and reflections to be shared."""
    records = [item for item in workbook.items.values() if item.purpose in (Purpose.RECORD, Purpose.PRIVATE) and item.kind != "declaration"]
    return [item for item in records if not item.is_blank(item.handed_in(sheet.value(item.id)))]


def mark_item(item: Item, key: Key, sheet: AnswerSheet, place: str, *, version: str = "") -> Mark:
    """Mark one item of a sheet, which stands at `place`; see `mark_sheet`."""

    def mark(points: float | None, status: Status, reason: str) -> Mark:
        drawn = "" if place == item.id else item.id
        answer = answer_digest(item, sheet)
        return Mark(item=place, points=points, max=item.points, status=status, reason=reason, drawn=drawn, answer=answer, version=version)

    if problem := sheet.problem or sheet.unreadable.get(item.id, ""):
        return mark(None, Status.UNREADABLE, f"Could not be read: {problem}.")
    value = sheet.value(item.id)
    if item.is_blank(value):
        return mark(0, Status.NOT_ATTEMPTED, "No answer was given.")
    if item.asks_person:
        return mark(None, Status.NEEDS_PERSON, "A person gives the points.")
    marker = MARKERS[item.kind]
    entry = key.keys[item.id]
    points = round(item.points * marker.fraction(item, entry.right, value), 2)
    return mark(points, Status.MARKED, item.rule())


def answer_digest(item: Item, sheet: AnswerSheet) -> str:
    """Give the digest by which an answer to an item is known again, 16 hex digits; every blank answer has the same."""
    value = sheet.strange.get(item.id, sheet.value(item.id))
    if item.id not in sheet.strange and item.is_blank(value):
        value = None
    try:
        text = _ENCODE([item.id, value, sheet.problem])
    except (RecursionError, TypeError):  # nested as deep as can just be read
        text = f"{item.id} {sheet.unreadable.get(item.id)}"
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _mark(
    item: Item,
    was: Item | None,
    workbook: Workbook,
    key: Key,
    sheet: AnswerSheet,
    saw: AnswerSheet,
    place: str,
    versions: Mapping[str, str],
) -> Mark:
    """Mark what was answered at a place by the key of now, where it is still the same question; else a person decides."""
    now = item if was is None or was.id == item.id else workbook.items.get(was.id)
    if was is not None and now is not None and (was is now or (now.points == item.points and _still_fits(was, now, sheet, saw))):
        return mark_item(now, key, sheet, place, version=versions.get(now.id, ""))
    if was is None:
        asked, reason = item, "This question was not in the workbook that the student answered: a person decides."
    else:
        asked, reason = was, "The question has changed since it was answered, and the answer no longer fits it: a person decides."
    drawn = "" if place == asked.id else asked.id
    answer, version = answer_digest(asked, saw), versions.get(asked.id, "")
    status = Status.UNREADABLE if sheet.problem else Status.NEEDS_PERSON
    reason = f"Could not be read: {sheet.problem}." if sheet.problem else reason
    return Mark(item=place, points=None, max=item.points, status=status, reason=reason, drawn=drawn, answer=answer, version=version)


def _still_fits(was: Item, now: Item, sheet: AnswerSheet, saw: AnswerSheet) -> bool:
    """Whether an answer to the item as it was is one to the item as it is; what was no answer then either is none now."""
    same = was.kind == now.kind and now.purpose is Purpose.ASSESSED
    return same and (now.id not in sheet.unreadable or was.id in saw.unreadable)
