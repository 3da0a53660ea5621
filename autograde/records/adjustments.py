"""Reasonable adjustments: what a learner is given so that the assessment is fair, who approved it, when and why.

Extra time is applied by itself. It is applied first and written down then: where a program ends in between, the learner has the time
and the log says so, and the same command again writes the adjustment down.
"""

import secrets
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, insert, select, update

from autograde.classes.extend import extend
from autograde.classes.folder import Course
from autograde.classes.ids import shown
from autograde.classes.learner_changes import find
from autograde.errors import ClassError
from autograde.gradebook import log, tables
from autograde.gradebook.locks import check_not_signed_off, signed_off
from autograde.gradebook.own_tables import adjustment
from autograde.gradebook.sealed import one_of, seal
from autograde.gradebook.who import who
from autograde.inbox.submitted import submissions
from autograde.records.opening import reading, writing
from autograde.text import aware, day, in_short, later, naive

MOST_DAYS = 366
"""More days of extra time than these are a slip of the hand."""


class Kind(StrEnum):
    """What is adjusted."""

    TIME = "extra time"
    EVIDENCE = "another form of evidence"
    SCRIBE = "scribe"
    OTHER = "other"


@dataclass(frozen=True, kw_only=True)
class Adjustment:
    """One adjustment.

    Attributes
    ----------
    assignment
        The workbook's name, "" for every one.
    detail
        What it is in words; of extra time "7 days".
    on
        When it was approved.
    ended
        Whether it holds no more.
    """

    id: str
    learner: str
    assignment: str
    kind: Kind
    detail: str
    why: str
    approved_by: str
    on: date
    entered_by: str
    at: datetime
    ended: bool


def adjust(
    course: Course,
    learner: str,
    kind: Kind,
    *,
    why: str,
    approved_by: str,
    on: date,
    workbooks: Sequence[str] = (),
    detail: str = "",
    days: int = 0,
) -> tuple[Adjustment, ...]:
    """Write an adjustment down, one for each workbook, and apply what can be applied; all or nothing.

    Parameters
    ----------
    learner
        An id of the class.
    workbooks
        Short ids or names; none for every workbook. Extra time names those that it is for.
    detail
        What it is in words; needed for "other", not used for extra time.
    days
        Of extra time, counted from the date of the whole class, 1 ≤ days ≤ `MOST_DAYS`.

    Raises
    ------
    ClassError
        If something is missing or does not fit, a workbook has no date, the learner's unit is signed off, or the gradebook fails; nothing
        is changed then.
    """
    student, names = find(course, learner), list(dict.fromkeys(map(course.assignment, workbooks)))
    why, approved_by, detail = why.strip(), approved_by.strip(), detail.strip()
    if not (why and approved_by):
        msg = "Say why it is given, and who approved it."
        raise ClassError(msg)
    if on > day():
        msg = f"{on} is yet to come. Give the day on which it was approved."
        raise ClassError(msg)
    if kind is Kind.TIME and not (names and 1 <= days <= MOST_DAYS):
        msg = f"Extra time needs the workbooks that it is for, and how many days: from 1 to {MOST_DAYS}."
        raise ClassError(msg)
    if kind is Kind.OTHER and not detail:
        msg = "Say what the adjustment is."
        raise ClassError(msg)
    if kind is Kind.TIME:
        detail = _days(days)
    _check_open(course, student.id)
    applied = _give_time(course, student.id, names, days) if kind is Kind.TIME else []
    common: dict[str, Any] = {"learner": student.id, "kind": kind, "detail": detail, "why": why, "approved_by": approved_by, "on": on}
    common |= {"entered_by": who(), "at": naive(datetime.now(UTC)), "ended": False}
    rows: list[dict[str, Any]] = [{"id": secrets.token_hex(16), "assignment": name, **common} for name in names or [""]]
    told = {"kind": kind, "detail": detail, "why": why, "approved_by": approved_by, "on": on}
    try:
        with writing(course) as database:
            check_not_signed_off(database, student.id)
            database.run_each(insert(adjustment), rows)
            sealed = seal(database, adjustment, [row["id"] for row in rows])
            each = [{"id": row["id"], "workbook": row["assignment"], "sealed": one_of(sealed, row["id"])} for row in rows]
            log.note_each(database, "adjust", [(student.id, one | told) for one in each])
    except BaseException:
        _take_back(course, student.id, applied)
        raise
    return tuple(_adjustment(row) for row in rows)


def end(course: Course, id_: str) -> Adjustment:
    """Note that an adjustment holds no more; where nothing was handed in yet, extra time falls to that of the others that hold.

    Nothing that was handed in becomes late by it.

    Raises
    ------
    ClassError
        If there is no such adjustment, it has ended, or the learner's unit is signed off.
    """
    every = adjustments_of(course)
    found = next((one for one in every if one.id == id_), None)
    if found is None or found.ended:
        msg = f"There is no adjustment {id_[:40]!r} that holds. Look at the list of them."
        raise ClassError(msg)
    _check_open(course, found.learner)
    taken: list[tuple[str, datetime | None]] = []
    if found.kind is Kind.TIME and found.learner not in submissions(course, found.assignment):
        same = (found.learner, found.assignment, Kind.TIME, False)
        others = [one for one in every if (one.learner, one.assignment, one.kind, one.ended) == same and one.id != id_]
        with reading(course) as connection:
            due, extra = _due(connection, found.assignment), _extension(connection, found.assignment, found.learner)
        if due and extra:
            now, gave, rest = aware(due) + extra, _with(due, found), max((_with(due, one) for one in others), default=None)
            if now == gave and (rest is None or rest < gave):  # what was given otherwise since then stays
                taken.append((found.assignment, now))
                extend(course, found.assignment, found.learner, rest)
    try:
        with writing(course) as database:
            check_not_signed_off(database, found.learner)
            database.run(update(adjustment).where(adjustment.c.id == id_).values(ended=True))
            told: dict[str, Any] = {
                "id": id_,
                "kind": found.kind,
                "workbook": found.assignment,
                "sealed": seal(database, adjustment, [id_]),
            }
            log.note(database, "end adjustment", learner=found.learner, **told)
    except BaseException:
        _take_back(course, found.learner, taken)
        raise
    return Adjustment(**{**vars(found), "ended": True})


def adjustments_of(course: Course, learner: str = "") -> tuple[Adjustment, ...]:
    """Give all adjustments of a learner, "" for everybody, those that hold first, then the newest first."""
    asked = select(adjustment).order_by(adjustment.c.ended, adjustment.c.at.desc(), adjustment.c.assignment)
    if learner:
        asked = asked.where(adjustment.c.learner == learner)
    with reading(course) as connection:
        return tuple(_adjustment(row._asdict()) for row in connection.execute(asked))


def _adjustment(row: Mapping[str, Any]) -> Adjustment:
    return Adjustment(**{**row, "kind": Kind(row["kind"])})


def _check_open(course: Course, learner: str) -> None:
    """See that the learner's unit is not signed off, before time is given or taken; where that is written down, it is seen once more."""
    if locked := signed_off(course, [learner]):
        when = in_short(locked[learner])
        msg = f"The unit of {shown(learner)} was signed off on {when}. Reopen it with a reason first, then do this again."
        raise ClassError(msg)


def _days(days: int) -> str:
    return f"{days} day{'' if days == 1 else 's'}"


def _give_time(course: Course, learner: str, names: Sequence[str], days: int) -> list[tuple[str, datetime | None]]:
    """Give more time for some workbooks; give name → until when it was before, None for everybody's date."""
    tried: list[tuple[str, datetime | None]] = []
    try:
        for name in names:
            until, before = _until(course, name, learner, days)
            tried.append((name, before))  # first: `extend` may have done it where it fails, as the log comes after
            extend(course, name, learner, until)
    except BaseException:
        _take_back(course, learner, tried)
        raise
    return tried


def _until(course: Course, name: str, learner: str, days: int) -> tuple[datetime, datetime | None]:
    """Give until when a learner is to have time, and until when more time was given already, None for none."""
    with reading(course) as connection:
        due = _due(connection, name)
        held = _extension(connection, name, learner)
    if due is None:
        return datetime.now(UTC), None  # `extend` refuses in its words
    until, before = later(due, timedelta(days=days)), aware(due) + held if held else None
    if before and before > until:
        msg = f"{learner} has more time for {name} already than {_days(days)}. Give at least as many."
        raise ClassError(msg)
    return until, before


def _with(due: datetime, given: Adjustment) -> datetime:
    """Give until when a learner has time with the extra time that an adjustment gives."""
    return later(due, timedelta(days=int(given.detail.partition(" ")[0])))


def _take_back(course: Course, learner: str, applied: Sequence[tuple[str, datetime | None]]) -> None:
    for name, before in applied:
        with suppress(ClassError):  # why it failed is told already
            extend(course, name, learner, before)


def _due(connection: Connection, name: str) -> datetime | None:
    return connection.execute(select(tables.assignment.c.duedate).where(tables.assignment.c.name == name)).scalar()


def _extension(connection: Connection, assignment: str, learner: str) -> timedelta | None:
    submitted = tables.submitted_assignment.c
    asked = (
        select(submitted.extension)
        .join_from(tables.submitted_assignment, tables.assignment, submitted.assignment_id == tables.assignment.c.id)
        .where(tables.assignment.c.name == assignment, submitted.student_id == learner)
    )
    return connection.execute(asked).scalar()
