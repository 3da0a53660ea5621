"""Evidence for a learner's criteria: what was handed in and marked, and what was entered by hand."""

import json
import secrets
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from autograde.classes.folder import Course
from autograde.classes.learner_changes import find
from autograde.errors import ClassError
from autograde.gradebook import log
from autograde.gradebook.database import Database
from autograde.gradebook.own_tables import evidence as table
from autograde.gradebook.sealed import seal
from autograde.gradebook.who import who
from autograde.inbox.attempts import is_taken_back
from autograde.records.answers import read_hand_in
from autograde.records.events import check_open
from autograde.records.gathering import gather
from autograde.records.marks import marks_in
from autograde.records.opening import reading, writing
from autograde.records.piece import BY_HAND, LEARNER, SHOWS_WORK, Evidence, Kind
from autograde.records.unit import Book, books_of, framework_of, learners_of
from autograde.text import day, naive, printable

__all__ = [
    "BY_HAND", "LEARNER", "Evidence", "Kind", "add_evidence", "evidence_in", "evidence_of", "gone", "gone_in_words", "rests_in_words",
    "withdraw_evidence",
]  # fmt: skip

MAX_TEXT = 20_000
"""Characters of what is entered by hand; some 3,000 words."""


def evidence_of(course: Course, learners: Collection[str] | None = None) -> Mapping[str, tuple[Evidence, ...]]:
    """Give learner's id → evidence, by workbook, what was entered by hand last, for all who have not left or those of some ids.

    Raises
    ------
    ClassError, ContentError
        If the records cannot be read, or a workbook has a fault.
    """
    books = books_of(course, framework_of(course))
    with reading(course) as connection:
        return evidence_in(connection, course, books, [one.id for one in learners_of(connection, learners)])


def evidence_in(connection: Connection, course: Course, books: Sequence[Book], learners: Sequence[str]) -> dict[str, tuple[Evidence, ...]]:
    """Give learner's id → evidence, on a connection that is there."""
    marks = marks_in(connection, learners)
    found: dict[str, list[Evidence]] = {learner: [] for learner in learners}
    for learner, pieces in found.items():
        for book in books:
            name = book.workbook.assignment
            held, marked = read_hand_in(course, book, learner), marks.get((learner, name))
            if held or (marked and not is_taken_back(course, name, learner)):
                pieces.extend(gather(book, learner, held, marked))
    asked = select(table).where(table.c.learner.in_(learners), ~table.c.withdrawn).order_by(table.c.on, table.c.at)
    for row in connection.execute(asked):
        found[row.learner].append(_by_hand(row))
    return {learner: tuple(pieces) for learner, pieces in found.items()}


def add_evidence(
    course: Course, learner: str, *, kind: Kind, criteria: Collection[str], on: date, by: str, title: str, text: str = ""
) -> str:
    """Enter evidence by hand, one of `BY_HAND`, and give its id.

    Parameters
    ----------
    on, by
        When it was, and whose word it is: the observer, the witness, the assessor who led the discussion.

    Raises
    ------
    ClassError
        If something is missing or does not fit, the learner's unit is locked, or the records cannot be written.
    """
    student, framework = find(course, learner), framework_of(course)
    codes = [framework.criterion(code).code for code in dict.fromkeys(criteria)]
    words = {"by": printable(by.strip(), 128), "title": printable(title.strip(), 300), "text": text.strip().replace("\0", "")}
    if kind not in BY_HAND or not (codes and words["by"] and words["title"]):
        kinds = ", ".join(BY_HAND)
        msg = f"Evidence by hand needs its kind ({kinds}), a criterion, whose word it is, and a title. Give what is missing."
        raise ClassError(msg)
    if on > day():
        msg = f"{on} is yet to come. Give the day on which it was."
        raise ClassError(msg)
    if len(words["text"]) > MAX_TEXT:
        msg = f"The text has more than {MAX_TEXT:,} characters. Make it shorter, or keep it elsewhere and say where."
        raise ClassError(msg)
    id_ = secrets.token_hex(16)
    row = {"id": id_, "learner": student.id, "kind": kind.value, "criteria": json.dumps(codes), "on": on, **words}
    with writing(course) as database:
        check_open(database, framework.id, [student.id])
        database.run(insert(table).values(**row, entered_by=who(), at=naive(datetime.now(UTC)), withdrawn=False))
        told: dict[str, Any] = {
            "id": id_,
            "kind": kind.value,
            "criteria": codes,
            "on": on.isoformat(),
            "title": words["title"],
            "text": words["text"],
        }
        log.note(database, "add evidence", learner=student.id, word_of=words["by"], sealed=seal(database, table, [id_]), **told)
    return id_


def withdraw_evidence(course: Course, id_: str, why: str) -> None:
    """Take evidence by hand back; it stays in the records and counts no more.

    Raises
    ------
    ClassError
        If there is none of this id that counts, no reason is given, the unit is locked, or the records cannot be written.
    """
    if not why.strip():
        msg = "Say why the evidence is withdrawn."
        raise ClassError(msg)
    framework = framework_of(course)
    with writing(course) as database:
        row = next(iter(database.rows(select(table).where(table.c.id == id_, ~table.c.withdrawn))), None)
        if row is None:
            msg = f"There is no evidence by hand {printable(id_, 40)!r} that counts. List what there is, and take its id."
            raise ClassError(msg)
        check_open(database, framework.id, [row.learner])
        database.run(update(table).where(table.c.id == id_).values(withdrawn=True))
        log.note(database, "withdraw evidence", learner=row.learner, id=id_, why=why.strip(), sealed=seal(database, table, [id_]))


def gone(rests_on: Iterable[str], criterion: str, evidence: Iterable[Evidence]) -> tuple[str, ...]:
    """Give those of the ids that a decision rests on that are not among the evidence for its criterion any more."""
    there = {one.id for one in evidence if criterion in one.criteria}
    return tuple(id_ for id_ in rests_on if id_ not in there)


def gone_in_words(ids: Collection[str]) -> str:
    """Say why evidence of these ids is there no more: answers were changed, of questions none is right, others are withdrawn."""
    answers = [id_.partition("@")[0].replace("/closed-", ": closed questions on ") for id_ in ids if "@" in id_]
    said = [f"{', '.join(answers)}, handed in anew or taken back since, or marked otherwise"] if answers else []
    return "; ".join([*said, *(["evidence that was withdrawn since"] if len(answers) < len(ids) else [])])


def rests_in_words(rests_on: Iterable[str], titles: Mapping[str, str]) -> tuple[str, ...]:
    """Give what a decision rests on, by ids: its title where `titles`, id → title, has it; last, what became of the others."""
    ids = tuple(rests_on)
    said = gone_in_words([id_ for id_ in ids if id_ not in titles])
    return (*(titles[id_] for id_ in ids if id_ in titles), *([said] if said else []))


def still_there(database: Database, ids: Collection[str]) -> set[str]:
    """Give those of some evidence's ids that are entered by hand and count, in the open transaction."""
    return {id_ for (id_,) in database.rows(select(table.c.id).where(table.c.id.in_(ids), ~table.c.withdrawn))}


def _by_hand(row: Any) -> Evidence:
    return Evidence(
        id=row.id,
        learner=row.learner,
        kind=Kind(row.kind),
        criteria=tuple(json.loads(row.criteria)),
        on=row.on,
        by=row.by,
        title=row.title,
        text=row.text,
        real=row.kind in SHOWS_WORK,
    )
