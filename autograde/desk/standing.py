"""Where each learner stands with each workbook, read for the whole class in a few queries.

What is read is kept until the class changes (`changes.fingerprint`), so that a page which is asked for again costs nothing.
"""

import os
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from autograde.classes.folder import Course
from autograde.classes.roster import Student
from autograde.desk.changes import fingerprint
from autograde.errors import ClassError
from autograde.gradebook.database import FAULTS, kept_engine, reason
from autograde.gradebook.givings import Giving, last_given, read_givings
from autograde.gradebook.hand_ins import stored_in
from autograde.gradebook.learners import learners_in
from autograde.gradebook.left import left_in
from autograde.gradebook.overview import Assignment, assignments_in
from autograde.gradebook.referred import has_referrals, referred_in
from autograde.gradebook.soundness import check_gradebook
from autograde.gradebook.told import told_in
from autograde.inbox.due import Due
from autograde.outbox.giving import PAGES
from autograde.outbox.pages import fits, made_from, page_path
from autograde.text import aware, read_nbgrader_time
from workbook_helpers.files import is_one_name


@dataclass(frozen=True, kw_only=True, slots=True)
class HandIn:
    """Where a hand-in stands, and what is known of one that has not come yet.

    Attributes
    ----------
    handed_in
        When, in UTC; None where nothing is there.
    marked
        Whether the program has marked just this hand-in.
    waiting
        How many answers wait for a person.
    returned
        Whether a feedback page is there that says what the gradebook says.
    given
        Whether just that page was given back.
    extension
        How much longer than the others the learner has.
    late
        Whether it came after the day that held for this attempt.
    """

    handed_in: datetime | None = None
    marked: bool = False
    waiting: int = 0
    returned: bool = False
    given: bool = False
    extension: timedelta = timedelta(0)
    late: bool = False

    @property
    def whole(self) -> bool:
        """Whether nothing of it is left to be marked."""
        return self.handed_in is not None and self.marked and not self.waiting


NOTHING = HandIn()


@dataclass(frozen=True, kw_only=True, slots=True)
class Workbook:
    """A workbook of the class that was given out: its name, short id, and until when, in UTC (None for no date)."""

    name: str
    short: str
    due: datetime | None


@dataclass(frozen=True, kw_only=True)
class Standing:
    """Where a class stands.

    Attributes
    ----------
    learners
        By last name; those who have left are not among them.
    left
        Those who have.
    workbooks
        In order.
    hand_ins
        (learner's id, workbook's name) → the hand-in, for all of which anything is known.
    """

    learners: tuple[Student, ...]
    left: tuple[Student, ...]
    workbooks: tuple[Workbook, ...]
    hand_ins: Mapping[tuple[str, str], HandIn] = field(default_factory=dict)

    def of(self, learner: str, workbook: str) -> HandIn:
        """Give a hand-in, or what is known before there is one."""
        return self.hand_ins.get((learner, workbook), NOTHING)

    def due(self, learner: str, workbook: Workbook) -> datetime | None:
        """Give until when a learner may hand a workbook in, in UTC; None where there is no date."""
        return workbook.due + self.of(learner, workbook.name).extension if workbook.due else None


def standing(course: Course) -> Standing:
    """Read where a class stands.

    Raises
    ------
    ClassError
        If the gradebook cannot be read.
    """
    with _ONE_READS:
        return _read(course, fingerprint(course))


_ONE_READS = threading.Lock()
"""Whoever asks for the same meanwhile waits, and has it then: to read it twice at once would take longer for both."""


@lru_cache(maxsize=4)
def _read(course: Course, _: str) -> Standing:
    url = course.db_url
    check_gradebook(url, course.course_id)
    try:
        with kept_engine(url).connect() as connection:
            away = left_in(connection)
            everybody = _everybody(connection)
            released = course.assignments()
            found = [one for one in assignments_in(connection) if one.name in released]
            givings = [one for one in read_givings(url, course.course_id, "") if one.way in PAGES]
            hand_ins: dict[tuple[str, str], HandIn] = {}
            for assignment in found:
                given = last_given([one for one in givings if one.assignment == assignment.name])
                for learner, one in _hand_ins(course, connection, assignment, everybody, given):
                    hand_ins[learner, assignment.name] = one
    except FAULTS as error:
        msg = f"The gradebook cannot be read ({reason(error)}). Close other programs that use it, then open this page again."
        raise ClassError(msg) from error
    workbooks = [Workbook(name=one.name, short=released[one.name] or one.name, due=aware(one.due) if one.due else None) for one in found]
    return Standing(
        learners=tuple(one for one in everybody if one.id not in away),
        left=tuple(one for one in everybody if one.id in away),
        workbooks=tuple(sorted(workbooks, key=lambda one: one.name)),
        hand_ins=hand_ins,
    )


def _everybody(connection: Connection) -> list[Student]:
    """Give all learners by last name, capitals and small letters alike, which not every database does."""
    found = [Student(id=one.id, first_name=one.first_name, last_name=one.last_name, email=one.email) for one in learners_in(connection)]
    return sorted(found, key=lambda one: (one.last_name.casefold(), one.first_name.casefold(), one.id))


def _hand_ins(
    course: Course,
    connection: Connection,
    assignment: Assignment,
    everybody: Iterable[Student],
    given: Mapping[str, tuple[Giving, str]],
) -> Iterator[tuple[str, HandIn]]:
    name = assignment.name
    stored = stored_in(connection, assignment)
    files = dict(_handed_in(course, name))
    pages = {one.id for one in everybody if one.id in stored and _has_page(course, one.id, name)}
    told, closed = told_in(connection, name) if pages else {}, name in course.closed()
    due = _due(course, connection, assignment, stored)
    for learner in {one.id for one in everybody} & (stored.keys() | files.keys()):
        row, when = stored.get(learner), files.get(learner)
        marked = row is not None and row.cells > 0 and when is not None and row.timestamp == when
        until = due.of_hand_in(learner, when) if when else None
        returned = (
            marked
            and learner in pages
            and learner in told
            and fits(_says(page_path(course, learner, name)), told[learner].digest, closed=closed)
        )
        yield (
            learner,
            HandIn(
                handed_in=aware(when) if when else None,
                marked=marked,
                waiting=int(row.waiting or 0) if row is not None and marked else 0,
                returned=returned,
                given=returned and learner in given and given[learner][1] == told[learner].digest,
                extension=(row.extension if row is not None else None) or timedelta(0),
                late=when is not None and until is not None and aware(when) > until,
            ),
        )


def _due(course: Course, connection: Connection, assignment: Assignment, stored: Mapping[str, Any]) -> Due:
    if assignment.due is None:
        return Due(course, assignment.name, {}, ())
    more = {learner: assignment.due + row.extension for learner, row in stored.items() if row.extension}
    referrals = referred_in(connection, assignment.name) if has_referrals(connection) else {}
    return Due(course, assignment.name, {"": assignment.due, **more}, referrals.values())


def _handed_in(course: Course, name: str) -> Iterator[tuple[str, datetime]]:
    """Give learner → when, in UTC and naive, for what lies in submitted/."""
    root = course.root / "submitted"
    with suppress(OSError), os.scandir(root) as found:
        for one in found:
            if not one.is_dir(follow_symlinks=False) or not is_one_name(one.name):
                continue
            folder = f"{one.path}/{name}"
            try:
                about = os.stat(folder, follow_symlinks=False)  # noqa: PTH116  thousands of them
            except OSError:
                continue
            if (when := _time(course, one.name, name, about.st_ino, about.st_mtime_ns)) is not None:
                yield one.name, when


@lru_cache(maxsize=100_000)
def _time(course: Course, learner: str, name: str, *_: int) -> datetime | None:
    """Give the time of a hand-in; one whose file says none counts as handed in when its folder was made."""
    path = course.path("submitted", learner, name)
    with suppress(OSError, ValueError):
        text = (path / "timestamp.txt").read_text("utf-8").strip()  # as we write it; what anybody else wrote is read with more care
        if written := read_nbgrader_time(text):
            return written
    if not path.is_dir() or path.is_symlink():
        return None
    made = datetime.fromtimestamp(path.stat().st_mtime, UTC).replace(tzinfo=None)
    return course.timestamp(learner, name) or made


def _has_page(course: Course, learner: str, name: str) -> bool:
    return os.path.isfile(f"{course.root}/feedback/{learner}/{name}/{name}.html")  # noqa: PTH113  thousands of them


@lru_cache(maxsize=100_000)
def _made_from(path: Path, *_: int) -> str:
    return made_from(path)


def _says(path: Path) -> str:
    """Give what a page says that it was made from."""
    try:
        about = path.stat()
    except OSError:
        return ""
    return _made_from(path, about.st_ino, about.st_mtime_ns)
