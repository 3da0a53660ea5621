"""Refer a learner for more, or withdraw that.

A referral that takes the place of another one keeps its attempt and its tasks: what the learner has typed for them stays. More time is
given first and written down then, as `adjustments` does.
"""

import json
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, replace
from datetime import UTC, date, datetime, time
from typing import Any

from sqlalchemy import Connection, insert, update

from autograde.classes.extend import extend
from autograde.classes.folder import Course
from autograde.classes.learner_changes import find
from autograde.classes.roster import Student
from autograde.content.frameworks import Framework
from autograde.errors import ClassError
from autograde.gradebook import log
from autograde.gradebook.overview import due_dates
from autograde.gradebook.own_tables import referral as table
from autograde.gradebook.person import PersonMark, marks_for, places_in
from autograde.gradebook.sealed import seal
from autograde.gradebook.who import who
from autograde.inbox.attempts import Attempt, Attempts
from autograde.records.events import check_open, check_unlocked
from autograde.records.marks import marks_in
from autograde.records.opening import reading, writing
from autograde.records.outside import catch
from autograde.records.referrals import Referral, State, Task, referrals_of, rows_in, sent_as, sheet_of
from autograde.records.unit import framework_of
from autograde.text import LOCAL, after, aware, count, naive, printable
from workbook_helpers.answers import AnswerSheet
from workbook_helpers.items import Item, Workbook, load_workbook

MAX_MISSING = 1_000
MOST_POINTS = 100
"""More than these are not told (`workbook_helpers.referral.Task`)."""


def refer(
    course: Course,
    learner: str,
    workbook: str,
    tasks: Mapping[str, str],
    *,
    criteria: Mapping[str, str] | None = None,
    until: date | None = None,
    by: str = "",
) -> Referral:
    """Ask a learner to do some written tasks of the hand-in that counts again; all or nothing.

    Parameters
    ----------
    workbook
        The short id or the name.
    tasks, criteria
        Item id (or its place in the workbook) → what is missing, in a sentence; criterion's code → what is missing.
    until
        The last day, today or later; where it is after the learner's date, the learner has more time.
    by
        Who asks, "" for whoever works here.

    Raises
    ------
    ClassError, ContentError
        If the hand-in is not marked to its end, a task is none of this learner's, the class's number of attempts is reached, the unit is
        signed off, something is missing, the last day is past, or the records cannot be written; nothing is changed then.
    """
    if until and until < datetime.now(LOCAL).date():
        msg = f"{until.day} {until:%B %Y} is past: nobody could hand in until then. Give today or a later day as the last one, or none."
        raise ClassError(msg)
    student, name, framework, person = find(course, learner), course.assignment(workbook), framework_of(course), printable(by.strip(), 128)
    newest, sheet, released = _newest(course, name, student)
    number, most = newest.attempt + 1, course.attempts()
    if most and number > most:
        msg = f"{student.shown} has had {count(most, 'attempt')} at {released.id}, and this class gives no more (attempts in its settings)."
        raise ClassError(msg)
    catch(course, name)
    with reading(course) as connection:
        check_unlocked(connection, framework.id, [student.id])  # before time is given, which happens outside of what is written below
        _check_marked(connection, student, name, newest)
        before = _held(connection, student.id, name, number)
        asked = {task: one.missing for task, one in before.tasks.items()} if before else {}
        found = _tasks(connection, student, name, released, sheet, {**asked, **_by_item(released, sheet, tasks)})
    made = Referral(
        id=secrets.token_hex(8),
        learner=student.id,
        assignment=name,
        attempt=number,
        about=newest.answers_sha256,
        at=after([before.at] if before else []),
        by=person or who(),
        until=until,
        tasks=found,
        criteria=_criteria(framework, {**(before.criteria if before else {}), **(criteria or {})}),
        more_time=False,
        time_before=None,
        state=State.OPEN,
    )
    sent_as(made, released, sheet, student.shown)  # before anything is written: it may be refused
    had = _time(course, name, student.id)
    made = _give_time(course, made, before, had)
    try:
        with writing(course) as database:
            check_open(database, framework.id, [student.id])
            _check_same(_held(database.connection, student.id, name, number), before, student)
            if before:
                database.run(update(table).where(table.c.id == before.id).values(ended=State.REPLACED))
            database.run(insert(table).values(**_row(made)))
            sealed = seal(database, table, [made.id, before.id] if before else [made.id])
            log.note(database, "refer", learner=student.id, replaces=before.id if before else "", sealed=sealed, **_told(made))
    except BaseException:
        _set_time(course, made, had)
        raise
    return made


def withdraw(course: Course, id_: str, by: str = "") -> Referral:
    """Withdraw a referral that waits for its answer; the time that it gave goes with it, unless it was changed since.

    Raises
    ------
    ClassError
        If there is none that waits, the unit is signed off, or the records cannot be written.
    """
    found = next((one for one in referrals_of(course) if one.id == id_.strip()), None)
    if found is None or found.state is not State.OPEN:
        what = f"is {found.state}" if found else "is not in the records"
        msg = f"The referral {printable(id_, 40)} {what}: only one that is open can be withdrawn. Look at the list of them."
        raise ClassError(msg)
    framework, had = framework_of(course), _time(course, found.assignment, found.learner)
    with reading(course) as connection:
        check_unlocked(connection, framework.id, [found.learner])  # before time is taken back
    given = found.more_time and had == _end(found.until)
    if given:
        _set_time(course, found, found.time_before)
    try:
        with writing(course) as database:
            check_open(database, framework.id, [found.learner])
            _check_same(_held(database.connection, found.learner, found.assignment, found.attempt), found, find(course, found.learner))
            database.run(update(table).where(table.c.id == found.id).values(ended=State.WITHDRAWN))
            told = {"id": found.id, "workbook": found.assignment, "person": by or who()}
            log.note(database, "withdraw referral", learner=found.learner, sealed=seal(database, table, [found.id]), **told)
    except BaseException:
        if given:
            _set_time(course, found, had)
        raise
    return replace(found, state=State.WITHDRAWN)


def _held(connection: Connection, learner: str, name: str, number: int) -> Referral | None:
    """Give the referral that opens an attempt already, None for none."""
    return next((one for one in rows_in(connection, learner, name) if one.attempt == number and one.state is State.OPEN), None)


def _check_same(now: Referral | None, before: Referral | None, student: Student) -> None:
    if now != before:
        msg = f"Somebody else has referred {student.shown} at this moment, or withdrawn that. Look at it, then do this again."
        raise ClassError(msg)


def _newest(course: Course, name: str, student: Student) -> tuple[Attempt, AnswerSheet, Workbook]:
    attempts = Attempts(course, name)
    newest = attempts.newest(student.id)
    if newest is None:
        msg = f"{student.shown} has handed in nothing to {name} that could be done again."
        raise ClassError(msg)
    released = load_workbook(course.root / "release" / name)
    return newest[0], sheet_of(attempts, newest[1], released, student), released


def _check_marked(connection: Connection, student: Student, name: str, newest: Attempt) -> None:
    marks = marks_in(connection, [student.id]).get((student.id, name))
    if marks is None or marks.answers != newest.answers_sha256:
        msg = f"The newest hand-in of {student.shown} is not the one that is marked. Mark it first: autograde mark {name}"
        raise ClassError(msg)
    if waiting := sorted(cell for cell, grade in marks.grades.items() if grade.needs_manual_grade):
        msg = f"{student.shown} cannot be referred yet: {', '.join(waiting)} {'waits' if len(waiting) == 1 else 'wait'} for a mark."
        raise ClassError(msg)


def _by_item(released: Workbook, sheet: AnswerSheet, tasks: Mapping[str, str]) -> dict[str, str]:
    """Give item id → what is missing, where a task may be called by its place, too."""
    paper = released.paper(sheet.seed, assessed=True)
    return {paper[name].id if name in paper else name: missing for name, missing in tasks.items()}


def _tasks(
    connection: Connection, student: Student, name: str, released: Workbook, sheet: AnswerSheet, tasks: Mapping[str, str]
) -> dict[str, Task]:
    if not tasks:
        msg = "Name at least one task that is to be done again."
        raise ClassError(msg)
    at: dict[str, tuple[str, Item]] = {item.id: (place, item) for place, item in released.paper(sheet.seed, assessed=True).items()}
    places, found = places_in(connection, name), dict[str, Task]()
    for task, missing in sorted(tasks.items(), key=lambda pair: [*at].index(pair[0]) if pair[0] in at else -1):
        if task not in at or not at[task][1].asks_person or at[task][0] not in places:
            msg = f"{printable(task, 40)} is no written task of {released.id} that {student.shown} was asked. Choose one of these."
            raise ClassError(msg)
        mark = marks_for(connection, places[at[task][0]], [student.id]).get(student.id)
        found[task] = Task(
            missing=_words(missing, f"Say what is missing in {task}"), comment=mark.comment if mark else "", points=_points(mark)
        )
    return found


def _points(mark: PersonMark | None) -> float | None:
    points = mark.total if mark else None
    return points if points is not None and 0 <= points <= MOST_POINTS else None


def _criteria(framework: Framework, criteria: Mapping[str, str]) -> dict[str, str]:
    return {framework.criterion(code).code: _words(missing, f"Say what is missing for {code}") for code, missing in criteria.items()}


def _words(text: str, msg: str) -> str:
    words = printable(" ".join(text.replace("\0", "").split()), 2 * MAX_MISSING)
    if not words or len(words) > MAX_MISSING:
        msg += f", in at most {MAX_MISSING:,} characters."
        raise ClassError(msg)
    return words


def _end(until: date | None) -> datetime | None:
    """Give the end of a day as the class has it, in UTC."""
    return datetime.combine(until, time(23, 59), LOCAL).astimezone(UTC) if until else None


def _time(course: Course, name: str, learner: str) -> datetime | None:
    """Give until when a learner has more time than everybody, in UTC; None for everybody's date, or where there is no date."""
    found = due_dates(course.db_url, course.course_id, name) or {}
    return aware(found[learner]) if learner in found else None


def _give_time(course: Course, made: Referral, before: Referral | None, had: datetime | None) -> Referral:
    """Give the time that a referral needs, and take that back which the one before it gave; give it with what was done."""
    due = (due_dates(course.db_url, course.course_id, made.assignment) or {}).get("")
    if due is None:
        return made
    base = before.time_before if before and before.more_time and had == _end(before.until) else had
    wanted, until = _end(made.until), aware(base) if base else None
    given = wanted is not None and wanted > (until or aware(due))
    target = wanted if given else until
    if target != had:
        try:
            extend(course, made.assignment, made.learner, target)
        except BaseException:
            _set_time(course, made, had)
            raise
    return replace(made, more_time=given, time_before=naive(until) if given and until else None)


def _set_time(course: Course, one: Referral, until: datetime | None) -> None:
    with suppress(ClassError):  # why it failed is told already
        if _time(course, one.assignment, one.learner) != (wanted := aware(until) if until else None):
            extend(course, one.assignment, one.learner, wanted)


def _row(one: Referral) -> dict[str, Any]:
    row = {name: value for name, value in vars(one).items() if name != "state"}
    tasks = {name: asdict(task) for name, task in one.tasks.items()}
    return {
        **row,
        "tasks": json.dumps(tasks, ensure_ascii=False),
        "criteria": json.dumps(dict(one.criteria), ensure_ascii=False),
        "ended": "",
    }


def _told(one: Referral) -> dict[str, Any]:
    """Give what the log keeps of a referral."""
    tasks = {name: asdict(task) for name, task in one.tasks.items()}
    return {
        "id": one.id,
        "workbook": one.assignment,
        "attempt": one.attempt,
        "about": one.about,
        "tasks": tasks,
        "criteria": dict(one.criteria),
        "until": str(one.until or ""),
        "person": one.by,
        "more_time": one.more_time,
    }
