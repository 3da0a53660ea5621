"""The evidence that one hand-in of a workbook gives: written answers, closed questions, forms from the workplace."""

import hashlib
from collections.abc import Iterator
from datetime import date, datetime

from autograde.content.frameworks import Extent
from autograde.gradebook.cells import Grade
from autograde.marking.mark import answer_digest
from autograde.records.answers import HandIn
from autograde.records.marks import Marked
from autograde.records.piece import LEARNER, Evidence, Kind
from autograde.records.unit import Book
from autograde.text import LOCAL, aware, count, printable
from workbook_helpers.items import Item

_UNMARKED = Marked(when=None)


def gather(book: Book, learner: str, hand_in: HandIn | None, marked: Marked | None) -> Iterator[Evidence]:
    """Give the evidence that a learner has in a workbook; `marked` is what the gradebook holds of it."""
    when = hand_in.when if hand_in else marked.when if marked else None
    if when is None:
        return
    marks = marked or _UNMARKED
    paper = book.workbook.paper(hand_in.sheet.seed if hand_in else "", assessed=True)
    closed: dict[str, list[str]] = {}
    for place, item in paper.items():
        codes = book.serves(item.criteria_named)
        if item.asks_person and codes:
            yield from _written(book, learner, hand_in, marks, place, item, codes, _day(when))
        elif codes:
            for code in codes:
                closed.setdefault(code, []).append(place)
    for code, places in closed.items():
        yield from _closed(book, learner, hand_in, marks, code, {place: paper[place] for place in places}, _day(when))
    if hand_in:
        for item in book.kept.values():
            if item.kind == "workplace":
                yield from _form(book, learner, hand_in, item)


def _written(
    book: Book, learner: str, hand_in: HandIn | None, marks: Marked, place: str, item: Item, codes: tuple[str, ...], on: date
) -> Iterator[Evidence]:
    grade, belongs = marks.grades.get(place), marks.belongs.get(place)
    usable = hand_in is not None and not hand_in.sheet.problem
    value = hand_in.sheet.value(item.id) if hand_in and usable else None
    unreadable = hand_in is not None and item.id in hand_in.sheet.unreadable
    if usable and not unreadable and item.is_blank(value):
        return
    answer = answer_digest(item, hand_in.sheet) if hand_in and usable else belongs.answer if belongs else ""
    waiting = grade is None or grade.needs_manual_grade or (belongs is not None and belongs.answer != answer)
    yield Evidence(
        id=f"{book.workbook.assignment}/{place}@{answer}",
        learner=learner,
        kind=Kind.WRITTEN,
        criteria=codes,
        on=on,
        by=LEARNER,
        title=f"{book.workbook.id}: {printable(item.stem)}",
        text="\n".join(item.in_words(value)) if usable and not unreadable else "",
        points=None if waiting or grade is None else grade.points,
        maximum=item.points,
        attempt=hand_in.attempt if hand_in else 0,
        waiting=waiting,
        extent=_extent(book, codes),
        seen=() if waiting else marks.seen.get(place, ()),
        assignment=book.workbook.assignment,
        task=place,
        item=item.id,
    )


def _closed(
    book: Book, learner: str, hand_in: HandIn | None, marks: Marked, code: str, asked: dict[str, Item], on: date
) -> Iterator[Evidence]:
    counted = {place: item for place, item in asked.items() if item.id not in book.void}
    if not counted:
        return
    grades: dict[str, Grade] = {place: marks.grades[place] for place in counted if place in marks.grades}
    newer = hand_in is not None and marks.answers not in ("", hand_in.digest)
    waiting = newer or not grades or any(grade.needs_manual_grade for grade in grades.values())
    right = sum(grade.points >= counted[place].points for place, grade in grades.items())
    if not (waiting or right):
        return
    out = len(asked) - len(counted)
    said = f"{right} of {count(len(counted), 'question')} right"
    said += f"; {count(out, 'question')} {'does' if out == 1 else 'do'} not count" if out else ""
    answers = [f"{place} {marks.belongs[place].answer if place in marks.belongs else ''}" for place in asked]
    digest = hashlib.sha256("\n".join(answers).encode()).hexdigest()[:16]
    yield Evidence(
        id=f"{book.workbook.assignment}/closed-{code}@{digest}",
        learner=learner,
        kind=Kind.CLOSED,
        criteria=(code,),
        on=on,
        by=LEARNER,
        title=f"{book.workbook.id}: closed questions on {code}",
        text="" if waiting else said,
        points=None if waiting else right,
        maximum=len(counted),
        attempt=hand_in.attempt if hand_in else 0,
        waiting=waiting,
        assignment=book.workbook.assignment,
    )


def _form(book: Book, learner: str, hand_in: HandIn, item: Item) -> Iterator[Evidence]:
    value = hand_in.sheet.value(item.id)
    if not isinstance(value, dict) or not value.get("done", "").strip():
        return
    codes = book.serves(value.get("criteria", "").split() or [item.criterion])
    if codes:
        yield Evidence(
            id=f"{book.workbook.assignment}/{item.id}@{answer_digest(item, hand_in.sheet)}",
            learner=learner,
            kind=Kind.FORM,
            criteria=codes,
            on=date.fromisoformat(value["date"]) if value.get("date") else _day(hand_in.when),
            by=LEARNER,
            title=f"{book.workbook.id}: {printable(item.stem)}",
            text="\n".join(item.in_words(value)),
            real=True,
            attempt=hand_in.attempt,
            assignment=book.workbook.assignment,
            task=item.id,
        )


def _extent(book: Book, codes: tuple[str, ...]) -> Extent:
    return "full" if all(book.extents.get(code) == "full" for code in codes) else "prepares"


def _day(when: datetime) -> date:
    return aware(when).astimezone(LOCAL).date()
