"""Give the mark of every assessed item."""

from dataclasses import dataclass
from enum import StrEnum

from autograde.marking.key import Key
from autograde.marking.kinds import MARKERS
from workbook_helpers.answers import AnswerSheet
from workbook_helpers.items import Item, Purpose, Workbook


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
    key_version
        Of the key that was used.
    """

    item: str
    points: float | None
    max: float
    status: Status
    reason: str
    key_version: int
    drawn: str = ""


def mark_sheet(workbook: Workbook, key: Key, sheet: AnswerSheet) -> dict[str, Mark]:
    """Mark a sheet: place → mark, for everything assessed that this student was asked (`Workbook.paper`), in order.

    A blank answer gets 0. What cannot be read gets no points and goes to a person, as does what a person must read.
    """
    return {place: mark_item(item, key, sheet, place) for place, item in workbook.paper(sheet.seed, assessed=True).items()}


def unmarked(workbook: Workbook, sheet: AnswerSheet) -> list[Item]:
    """Give the items that carry no points and that the student handed in something for: records, and reflections to be shared."""
    told = [item for item in workbook.items.values() if item.purpose in (Purpose.RECORD, Purpose.PRIVATE) and item.kind != "declaration"]
    return [item for item in told if not item.is_blank(item.handed_in(sheet.value(item.id)))]


def mark_item(item: Item, key: Key, sheet: AnswerSheet, place: str) -> Mark:
    """Mark one item of a sheet, which stands at `place`; see `mark_sheet`."""

    def mark(points: float | None, status: Status, reason: str) -> Mark:
        drawn = "" if place == item.id else item.id
        return Mark(item=place, points=points, max=item.points, status=status, reason=reason, key_version=key.version, drawn=drawn)

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
