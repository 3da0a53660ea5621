"""Referrals: a learner is asked to do some written tasks again; what is missing, until when, and what was asked and given then.

A referral opens the next attempt. It holds until a hand-in answers it, somebody withdraws it, or another one takes its place.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from sqlalchemy import Connection, select

from autograde.classes.folder import Course
from autograde.classes.learner_changes import find
from autograde.classes.roster import Student
from autograde.errors import ClassError
from autograde.gradebook.own_tables import referral as table
from autograde.inbox.attempts import Attempts, newest_of, read_attempts
from autograde.records.opening import reading
from autograde.text import LOCAL, aware
from workbook_helpers.answers import AnswerSheet, parse_sheet
from workbook_helpers.items import Workbook, load_workbook
from workbook_helpers.referral import Given, NotMet
from workbook_helpers.referral import Referral as Sent
from workbook_helpers.referral import Task as SentTask


class State(StrEnum):
    """Where a referral stands."""

    OPEN = "open"
    ANSWERED = "answered"
    REPLACED = "replaced"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, kw_only=True)
class Task:
    """What is missing in an item, and the comment and the points that its answer had then; None where it had none."""

    missing: str
    comment: str = ""
    points: float | None = None


@dataclass(frozen=True, kw_only=True)
class Referral:
    """One referral.

    Attributes
    ----------
    learner
        The id as the gradebook has it.
    assignment
        The workbook's name for nbgrader.
    attempt
        The one that it opens, from 2.
    about
        SHA-256 of the answers that it is about.
    at
        In UTC, naive.
    tasks, criteria
        Item id → what is asked; criterion's code → what is missing.
    more_time, time_before
        Whether it gave more time, and until when there was more time before; None for everybody's date.
    """

    id: str
    learner: str
    assignment: str
    attempt: int
    about: str
    at: datetime
    by: str
    until: date | None
    tasks: Mapping[str, Task]
    criteria: Mapping[str, str]
    more_time: bool
    time_before: datetime | None
    state: State

    @property
    def overdue(self) -> bool:
        """Whether it waits for an answer that should be there."""
        return self.state is State.OPEN and self.until is not None and self.until < datetime.now(LOCAL).date()


def referrals_of(course: Course, learner: str = "", assignment: str = "") -> tuple[Referral, ...]:
    """Give the referrals of a learner, to a workbook; "" for all of them; the newest first."""
    with reading(course) as connection:
        rows = rows_in(connection, learner, assignment)
    numbers: dict[tuple[str, str], int] = {}

    def number(one: Referral) -> int:
        key = (one.assignment, one.learner)
        if key not in numbers:
            newest = newest_of([(attempt, None) for attempt in read_attempts(course, *key)])
            numbers[key] = newest[0].attempt if newest else 0
        return numbers[key]

    return tuple(replace(one, state=State.ANSWERED) if one.state is State.OPEN and number(one) >= one.attempt else one for one in rows)


def open_of(course: Course, learner: str = "", assignment: str = "") -> tuple[Referral, ...]:
    """Give those that wait for their answer."""
    return tuple(one for one in referrals_of(course, learner, assignment) if one.state is State.OPEN)


def sent(course: Course, one: Referral) -> Sent:
    """Give what a learner's page is given of a referral.

    Raises
    ------
    ClassError, ContentError
        If what was handed in then is not there any more, or the released workbook does not fit it.
    """
    attempts, student = Attempts(course, one.assignment), find(course, one.learner)
    original = next((path for attempt, path in attempts.of(one.learner) if attempt.answers_sha256 == one.about), None)
    released = load_workbook(course.root / "release" / one.assignment)
    return sent_as(one, released, sheet_of(attempts, original, released, student), student.shown)


def sheet_of(attempts: Attempts, original: Path | None, released: Workbook, student: Student) -> AnswerSheet:
    """Read what a learner handed in, as answers to the released workbook; ClassError where it cannot be read any more."""
    sheet = parse_sheet(attempts.answers(original) if original else b"", released.items, released.id)
    if sheet.problem:
        msg = f"What {student.shown} handed in to {released.id} cannot be read in received/ ({sheet.problem}). Bring it back from a backup."
        raise ClassError(msg)
    return sheet


def sent_as(one: Referral, released: Workbook, sheet: AnswerSheet, learner: str) -> Sent:
    """Give what the page of a learner, by the id as people know it, is given of a referral about a sheet; see `sent`."""
    handed_in = {name: answer for name, answer in sheet.answers.items() if released.items[name].handed_in(answer.value) is not None}
    try:
        made = Sent(
            id=one.id,
            workbook=released.id,
            class_id=released.about.class_id,
            learner=learner,
            release=sheet.release,
            attempt=one.attempt,
            answers_sha256=one.about,
            made_at=aware(one.at),
            until=one.until,
            tasks=tuple(SentTask(item=name, **asdict(task)) for name, task in one.tasks.items()),
            criteria=tuple(NotMet(code=code, missing=missing) for code, missing in one.criteria.items()),
            answers={
                name: Given(value=answer.value, saved_at=answer.saved_at, release=sheet.releases.get(name, ""))
                for name, answer in handed_in.items()
            },
        )
    except ValidationError as error:
        first = error.errors()[0]
        msg = f"{'.'.join(map(str, first['loc']))} of the referral does not fit: {first['msg']}. Change it, then try again."
        raise ClassError(msg) from error
    made.check(released)
    return made


def rows_in(connection: Connection, learner: str, assignment: str) -> Sequence[Referral]:
    """Give them on a connection that is there, the newest first; one that was answered is told as open."""
    asked = select(table).order_by(table.c.at.desc(), table.c.id)
    asked = asked.where(table.c.learner == learner) if learner else asked
    asked = asked.where(table.c.assignment == assignment) if assignment else asked
    return [_read(row._asdict()) for row in connection.execute(asked)]


def _read(row: Mapping[str, Any]) -> Referral:
    values = {name: value for name, value in row.items() if name != "ended"}
    values["tasks"] = {name: Task(**task) for name, task in json.loads(row["tasks"]).items()}
    return Referral(**{**values, "criteria": json.loads(row["criteria"]), "state": State(row["ended"] or State.OPEN)})
