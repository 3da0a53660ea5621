"""Give the mark of every assessed item."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TypeAlias

from autograde.marking.key import EarlierKey, Key, means_other, wording
from autograde.marking.kinds import MARKERS
from autograde.marking.kinds.scenario import unsafe_acts
from workbook_helpers.answers import AnswerSheet
from workbook_helpers.items import Item, Json, Purpose, Workbook
from workbook_helpers.items.kinds.gaps import Gaps
from workbook_helpers.items.kinds.scenario import Scenario
from workbook_helpers.items.spelling import same_words

_ENCODE = json.JSONEncoder(sort_keys=True).encode
"""`json.dumps` with an option makes an encoder for each call, which takes longer than its work here."""
_LITERALLY = json.JSONEncoder().encode
LONGEST = 500
"""Characters of an answer for which its mark is kept for the next learner who gives the same."""
MOST = 10_000
"""Marks that are kept, so that memory does not grow with the class."""

UNSURE = "It is not known whether this was answered before the question’s meaning changed"
VOID = "This question does not count: everybody gets its points."
ALSO = "This answer is accepted beside the one of the key."


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
    unsafe
        What a person has to follow up: the decisions of a story that could do harm, in one sentence; "" for none.
    """

    item: str
    points: float | None
    max: float
    status: Status
    reason: str
    drawn: str = ""
    answer: str = ""
    version: str = ""
    unsafe: str = ""


Known: TypeAlias = dict[tuple[str, str, str], Mark]
"""(place, item's id, `answer_text`) → the mark that this answer gets, for one workbook, key and versions."""


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What a student had before them: the workbook as it was released, and the sheet as answers to its items."""

    workbook: Workbook
    sheet: AnswerSheet
    others: Mapping[str, Item] = field(default_factory=dict)
    """Item id → the item as it stood when it was answered, where that was another release than `workbook`."""
    unsure: frozenset[str] = frozenset()
    """The items of which it is not known whether they were answered as they stand in `workbook`."""

    def paper(self, now: Workbook) -> dict[str, Item | None]:
        """Give place → the item that the student saw there, None where there was none; for every place that `now` marks."""
        paper = self.workbook.paper(self.sheet.seed, assessed=True)
        saw = {place: self.others.get(item.id, item) for place, item in paper.items()}
        return {**saw} if self.workbook is now else {place: saw.get(place) for place in now.paper(assessed=True)}

    def asked(self, now: Workbook, earlier: Iterable[EarlierKey]) -> dict[str, tuple[Item, bool]]:
        """Give place → the item of `now` that the student was asked there, whose points these are, and whether it means something else now.

        That is not always what the place asks now: a pool that has grown draws another one. What `now` has no more is left out.
        """
        saw = {place: (was, now.items.get(was.id)) for place, was in self.paper(now).items() if was}
        return {place: (item, means_other(earlier, was, item)) for place, (was, item) in saw.items() if item}


def mark_sheet(
    workbook: Workbook,
    key: Key,
    sheet: AnswerSheet,
    seen: Seen | None = None,
    versions: Mapping[str, str] | None = None,
    known: Known | None = None,
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
        Item id → `Mark.version`; "id wording" → that of the item as it was worded before its meaning changed.
    known
        What was given so far for the same workbook, key and versions.
    """
    seen, versions = seen or Seen(workbook=workbook, sheet=sheet), versions or {}
    now = workbook.paper(sheet.seed, assessed=True)
    if seen.workbook is workbook and not seen.others and not seen.unsure:  # nearly always: asked as it is now
        known = {} if known is None else known
        return {place: _mark_again(item, key, sheet, place, versions.get(item.id, ""), known) for place, item in now.items()}
    saw = seen.paper(workbook)
    return {place: _mark(item, saw[place], workbook, key, sheet, seen, place, versions) for place, item in now.items()}


def answer_text(item: Item, sheet: AnswerSheet) -> str | None:
    """Give the answer to a closed item as JSON, letter by letter what it is; None where there is none to be found again.

    A class gives few answers to a question, so what is made of one is made once; a long one is hardly given twice.
    """
    if item.asks_person or sheet.problem or item.id in sheet.unreadable:
        return None
    text = _LITERALLY(sheet.value(item.id))
    return text if len(text) <= LONGEST else None


def _mark_again(item: Item, key: Key, sheet: AnswerSheet, place: str, version: str, known: Known) -> Mark:
    text = answer_text(item, sheet)
    if text is None:
        return mark_item(item, key, sheet, place, version=version)
    found = known.get((place, item.id, text))
    if found is None:
        found = mark_item(item, key, sheet, place, version=version)
        if len(known) < MOST:
            known[place, item.id, text] = found
    return found


def unmarked(workbook: Workbook, sheet: AnswerSheet) -> list[Item]:
    """Give the items that carry no points and that the student handed in something for: records, and reflections to be shared."""
    records = [item for item in workbook.items.values() if item.purpose in (Purpose.RECORD, Purpose.PRIVATE) and item.kind != "declaration"]
    return [item for item in records if not item.is_blank(item.handed_in(sheet.value(item.id)))]


def mark_item(item: Item, key: Key, sheet: AnswerSheet, place: str, *, version: str = "") -> Mark:
    """Mark one item of a sheet, which stands at `place`; see `mark_sheet`."""

    def mark(points: float | None, status: Status, reason: str, unsafe: str = "") -> Mark:
        made = Mark(item=place, points=points, max=item.points, status=status, reason=reason, answer=answer_digest(item, sheet))
        return replace(made, drawn="" if place == item.id else item.id, version=version, unsafe=unsafe)

    if problem := sheet.problem or sheet.unreadable.get(item.id, ""):
        return mark(None, Status.UNREADABLE, f"Could not be read: {problem}.")
    value = sheet.value(item.id)
    entry = None if item.asks_person else key.entry(item)
    acts = unsafe_acts(item, entry.right, value) if entry and isinstance(item, Scenario) and not item.is_blank(value) else ()
    unsafe = f"unsafe in the story: {'; '.join(f'“{act}”' for act in acts)}" if acts else ""  # whatever becomes of the points
    if entry and entry.void:
        return mark(item.points, Status.MARKED, VOID, unsafe)
    if item.is_blank(value):
        return mark(0, Status.NOT_ATTEMPTED, "No answer was given.")
    if entry is None:
        return mark(None, Status.NEEDS_PERSON, "A person gives the points.")
    if any(is_same_answer(item, answer, value) for answer in entry.also):
        return mark(item.points, Status.MARKED, ALSO, unsafe)
    marker = MARKERS[item.kind]
    points = round(item.points * marker.fraction(item, entry.right, value), 2)
    return mark(points, Status.MARKED, item.rule(), unsafe)


def is_same_answer(item: Item, one: Json, other: Json) -> bool:
    """Whether two well-formed answers say the same: a choice of several has no order, and of typed words small slips pass."""
    if item.kind == "short":
        return same_words(str(one), str(other))
    if isinstance(item, Gaps) and isinstance(one, dict) and isinstance(other, dict):
        filled = ((gap, str(one.get(gap.id, "")), str(other.get(gap.id, ""))) for gap in item.gaps)
        return all(mine == theirs if gap.options else same_words(mine, theirs) for gap, mine, theirs in filled)
    if item.kind == "multiple" and isinstance(one, list) and isinstance(other, list):
        return set(map(str, one)) == set(map(str, other))
    return one == other


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
    seen: Seen,
    place: str,
    versions: Mapping[str, str],
) -> Mark:
    """Mark what was answered at a place by the key of now, where it is still the same question; else a person decides.

    Where the class has changed its meaning, it is marked as the question that the student saw, by the key of that.
    """
    saw = seen.sheet
    now = item if was is None or was.id == item.id else workbook.items.get(was.id)
    unsure = was is not None and was.id in seen.unsure and any(one.item == was.id for one in key.earlier)
    if was is not None and was is not now and not unsure:
        version = versions.get(f"{was.id} {wording(was)}", "")
        other = version or means_other(key.earlier, was, now)
        if other and was.points == item.points and was.asks_person == item.asks_person:
            return mark_item(was, key, saw, place, version=version)
    if was is not None and now is not None and not unsure and now.points == item.points and _still_fits(was, now, sheet, saw):
        return mark_item(now, key, sheet, place, version=versions.get(now.id, ""))
    if was is None:
        asked, reason = item, "This question was not in the workbook that the learner answered: a person decides."
    elif unsure:
        asked, reason = was, f"{UNSURE}: a person decides."
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
    return was is now or (same and (now.id not in sheet.unreadable or was.id in saw.unreadable))
