"""Give the mark of every assessed item."""

from dataclasses import dataclass
from enum import StrEnum

from autograde.marking.key import Key
from autograde.marking.kinds import MARKERS
from workbook_helpers.answers import AnswerSheet
from workbook_helpers.items import Item, Workbook


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
        The item's id.
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


def mark_sheet(workbook: Workbook, key: Key, sheet: AnswerSheet) -> dict[str, Mark]:
    """Mark a sheet: item id → mark, for every assessed item of the workbook, in its order.

    A blank answer gets 0. What cannot be read gets no points and goes to a person, as does what a person must read.
    """
    return {item.id: _mark(item, key, sheet) for item in workbook.assessed()}


def _mark(item: Item, key: Key, sheet: AnswerSheet) -> Mark:
    def mark(points: float | None, status: Status, reason: str) -> Mark:
        return Mark(item=item.id, points=points, max=item.points, status=status, reason=reason, key_version=key.version)

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
    return mark(points, Status.MARKED, marker.rule)
