"""Two ids of one learner become one: what was handed in under the first counts under the second from then on.

Nothing is moved away or deleted. Each original is kept under the second id as well, and under the first it no longer counts; the
marks follow the hand-in that they were given for, and the records (decisions, evidence, referrals and the like) become the second id's.
So it can be cut off at any point and done again, and it can be undone: what came in or was decided under the second id since stays there.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import bindparam, select, update

from autograde.classes.folder import Course
from autograde.classes.ids import shown
from autograde.classes.learner_changes import find
from autograde.classes.roster import Student
from autograde.errors import ClassError
from autograde.gradebook import tables
from autograde.gradebook.carrying import Carried, carry, would_carry
from autograde.gradebook.database import FAULTS, Database, reading, reason, step, writing
from autograde.gradebook.deeds import Deed
from autograde.gradebook.left import mark_back, mark_left, who_left
from autograde.gradebook.locks import signed_off
from autograde.gradebook.log import note_each
from autograde.gradebook.own import recording
from autograde.inbox.attempts import Attempts, newest_of
from autograde.inbox.merged import FOLDER, MAX_BYTES, journals
from autograde.inbox.store import keep_original, settle, taking_in
from autograde.text import count, in_words, naive, stamp
from workbook_helpers.files import read_file, write_file

MERGED = "merged into "
"""How the reason begins that an attempt counts no more under the first id."""

_TABLE = tables.submitted_assignment
_SUBMITTED = (
    select(_TABLE.c.id, _TABLE.c.student_id, _TABLE.c.timestamp, _TABLE.c.extension)
    .join(tables.assignment, tables.assignment.c.id == _TABLE.c.assignment_id)
    .where(tables.assignment.c.name == bindparam("name"), _TABLE.c.student_id.in_(bindparam("learners", expanding=True)))
)
_GIVE = update(_TABLE).where(_TABLE.c.id == bindparam("submission")).values(student_id=bindparam("learner"), extension=bindparam("more"))


@dataclass(frozen=True, kw_only=True)
class Part:
    """What a merge does with one workbook, in words."""

    workbook: str
    said: str


@dataclass(frozen=True, kw_only=True)
class Merge:
    """A merge: the id that goes, the id that stays, and what happens.

    `records` is what is to be said of the records; `name` is by what the merge is undone, "" before it is done.
    """

    goes: Student
    stays: Student
    parts: tuple[Part, ...]
    records: tuple[str, ...] = ()
    name: str = ""


def plan(course: Course, goes: str, stays: str) -> Merge:
    """Say what a merge would do; nothing is changed.

    Raises
    ------
    ClassError
        If the two are one, nobody has one of the ids, or the unit of one of them is signed off.
    """
    first, second = find(course, goes), find(course, stays)
    if first.id == second.id:
        msg = "These are the same id. Choose the other one under which this learner is in the class, too."
        raise ClassError(msg)
    _check_open(course, first.id, second.id)
    parts = []
    for workbook in course.assignments():
        attempts = Attempts(course, workbook)
        own = [pair for pair in attempts.of(first.id) if not pair[0].set_aside]
        newest, other = newest_of(own), attempts.newest(second.id)
        if newest is None:
            continue
        text = f"{count(len(own), 'hand-in')} of {first.shown} become {second.shown}’s"
        if other is not None:
            by_number = newest[0].attempt != other[0].attempt
            if newest_of([other, newest]) is other:  # in the order in which they stand afterwards
                why = f"is attempt {other[0].attempt}" if by_number else "is newer"
                text += f"; {second.shown}’s own, of {in_words(other[0].handed_in_at)}, {why} and goes on to count"
            else:
                which = f"attempt {newest[0].attempt}" if by_number else "the newest"
                text += f"; {which}, of {in_words(newest[0].handed_in_at)}, counts then in place of {second.shown}’s own"
        parts.append(Part(workbook=workbook, said=f"{text}."))
    return Merge(goes=first, stays=second, parts=tuple(parts), records=_would_carry(course, first.id, second.id).said)


def merge(course: Course, goes: str, stays: str) -> Merge:
    """Let what was handed in under one id count under another; the first is marked as left.

    Raises
    ------
    ClassError
        If the two are one, nobody has one of the ids, or something cannot be written.
    """
    planned = plan(course, goes, stays)
    first, second, now = planned.goes.id, planned.stays.id, datetime.now(UTC)
    journal, row = _journal(course, planned, now)
    to = f"{MERGED}{planned.stays.shown} on "
    _note(journal, row)
    for workbook in course.assignments():
        with taking_in(course, workbook):
            attempts = Attempts(course, workbook)
            theirs = attempts.of(first)
            for attempt, path in theirs:
                if attempt.set_aside:
                    continue
                if attempts.find(second, attempt.sha256) is None:
                    row["added"].append({"workbook": workbook, "sha256": attempt.sha256})
                    _note(journal, row)
                keep_original(course, workbook, second, attempt.handed_in_at, path.read_bytes())
                attempts.put(second, replace(attempt, by="assign", run=now.isoformat()))
                attempts.put(first, replace(attempt, set_aside=row["why"]))
            if any(not attempt.set_aside or attempt.set_aside.startswith(to) for attempt, _ in theirs):  # by a merge that was cut off, too
                _settle(course, workbook, attempts, first, second)
    mark_left(course, [first])
    about = {"merge": _number(journal)}
    with _recording(course) as database:
        ids = would_carry(database.connection, first, second).ids
        row["records"] = _both(row.get("records", {}), ids)
        _note(journal, row)
        sealed = carry(database, ids, first, second)
        note_each(database, Deed.MERGE, [(first, {**about, "part": "goes"}), (second, {**about, "part": "stays", "sealed": sealed})])
    del row["open"]
    _note(journal, row)
    return replace(planned, name=journal.stem)


def _journal(course: Course, planned: Merge, now: datetime) -> tuple[Path, dict[str, Any]]:
    """Give the journal of a merge, and what stands in it: that of the same merge, if it was cut off."""
    first, second = planned.goes.id, planned.stays.id
    for path, row in journals(course):
        if row.get("open") and (row["goes"], row["stays"]) == (first, second):
            return path, row
    why = f"{MERGED}{planned.stays.shown} on {now:%Y-%m-%d %H:%M:%S}"
    row = {"goes": first, "stays": second, "added": [], "why": why, "left": first in who_left(course), "open": True}
    return course.root / "received" / FOLDER / f"{stamp(now)}-{now:%f}-{first}.json", row


def _both(one: Mapping[str, Sequence[str]], other: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Give the ids of rows that stand in one of two tables of them, or in both."""
    return {name: sorted({*one.get(name, ()), *other.get(name, ())}) for name in {**one, **other}}


def undo(course: Course, name: str) -> Merge:
    """Undo a merge: what was handed in under the first id counts there again, and no more under the second.

    Raises
    ------
    ClassError
        If there is no such merge, or the unit of the learner is signed off.
    """
    journal = course.root / "received" / FOLDER / f"{Path(name).name}.json"
    try:
        found: Any = json.loads(read_file(journal, MAX_BYTES))
        first, second, added = str(found["goes"]), str(found["stays"]), list(found["added"])
        why, records, left = str(found.get("why", "")), dict(found.get("records", {})), bool(found.get("left"))
    except (OSError, ValueError, KeyError, TypeError) as error:
        msg = "That was undone before, or it never happened."
        raise ClassError(msg) from error
    _check_open(course, first, second)
    for workbook in course.assignments():
        with taking_in(course, workbook):
            attempts = Attempts(course, workbook)
            moved = {one["sha256"] for one in added if one["workbook"] == workbook}
            back = [one for one, _ in attempts.of(first) if (one.set_aside == why if why else one.set_aside.startswith(MERGED))]
            for attempt in back:
                attempts.put(first, replace(attempt, set_aside=""))
            for attempt in [one for one, _ in attempts.of(second)]:
                if attempt.sha256 in moved:
                    attempts.put(second, replace(attempt, set_aside=f"a merge was undone, {datetime.now(UTC):%Y-%m-%d %H:%M:%S}"))
            if back or moved:  # what was cut off after the attempts, too
                _settle(course, workbook, attempts, first, second)
    if not left:
        mark_back(course, [first])
    with _recording(course) as database:
        sealed = carry(database, records, second, first)
        about = {"merge": _number(journal)}
        note_each(database, Deed.UNMERGE, [(first, {**about, "sealed": sealed}), (second, about)])
    journal.rename(journal.with_suffix(".undone"))
    return Merge(goes=find(course, first), stays=find(course, second), parts=())


def _would_carry(course: Course, first: str, second: str) -> Carried:
    try:
        with reading(course.db_url) as connection:
            return would_carry(connection, first, second)
    except FAULTS as error:
        msg = f"The records cannot be read ({reason(error)}). Close other programs that use the gradebook, then try again."
        raise ClassError(msg) from error


def _check_open(course: Course, *learners: str) -> None:
    """See that no unit is signed off: what was handed in and decided for it would change."""
    if locked := sorted(signed_off(course, learners)):
        msg = f"The unit of {' and of '.join(map(shown, locked))} is signed off. Reopen it with a reason first, then do this again."
        raise ClassError(msg)


@contextmanager
def _recording(course: Course) -> Iterator[Database]:
    """Give the class's records to write to, all or nothing."""
    try:
        with recording(course.db_url) as database:
            yield database
    except FAULTS as error:
        msg = f"The records could not follow ({reason(error)}). {step(error)}, then do this again."
        raise ClassError(msg) from error


def _number(journal: Path) -> str:
    """Give by what the log calls a merge: its time, since its name holds a learner's id."""
    return journal.stem[:15]


def _note(journal: Path, what: dict[str, object]) -> None:
    journal.parent.mkdir(parents=True, exist_ok=True)
    write_file(journal, json.dumps(what, ensure_ascii=False).encode())


def _settle(course: Course, workbook: str, attempts: Attempts, *learners: str) -> None:
    """Make current what counts now, and let the marks follow their hand-ins."""
    for learner in learners:
        settle(course, workbook, learner, attempts)
    try:
        with writing(course.db_url) as database:
            follow = _follow(course, workbook, database, *learners)
        if follow:  # after the commit: where a kill comes in between, the next marking sees that a notebook is not of these answers
            _exchange(*(course.path("autograded", learner, workbook) for learner in learners))
    except (*FAULTS, OSError) as error:
        msg = f"The marks of {workbook} could not follow ({reason(error)}). Close other programs that use them, then do this again."
        raise ClassError(msg) from error


def _follow(course: Course, workbook: str, database: Database, first: str, second: str) -> bool:
    """Exchange the marks of two learners where those of one were given for what is the other's hand-in now; whether they were."""
    rows = {row.student_id: row for row in database.rows(_SUBMITTED, name=workbook, learners=[first, second])}
    now = {learner: course.timestamp(learner, workbook) for learner in (first, second)}

    def belongs(row: Any, learner: str) -> bool:
        return row is not None and row.timestamp is not None and now[learner] is not None and naive(row.timestamp) == now[learner]

    one, other = rows.get(first), rows.get(second)
    wrong = (belongs(one, second) and not belongs(one, first)) or (belongs(other, first) and not belongs(other, second))
    if not wrong or belongs(one, first) or belongs(other, second):
        return False
    more = {learner: row.extension for learner, row in rows.items()}
    for row in rows.values():  # first nobody's: for a moment, both would be one learner's
        database.run(_GIVE, submission=row.id, learner=None, more=row.extension)
    for row, learner in ((one, second), (other, first)):
        if row is not None:
            database.run(_GIVE, submission=row.id, learner=learner, more=more.get(learner, row.extension))
    return True


def _exchange(one: Path, other: Path) -> None:
    """Let two folders change places, of which either may be missing."""
    aside = one.with_name(f".{one.name}-merge")
    if aside.is_dir() and not one.exists():  # a kill has left it there
        aside.rename(one)
    if one.is_dir():
        one.rename(aside)
    if other.is_dir():
        one.parent.mkdir(parents=True, exist_ok=True)
        other.rename(one)
    if aside.is_dir():
        other.parent.mkdir(parents=True, exist_ok=True)
        aside.rename(other)
