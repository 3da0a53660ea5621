"""Two ids of one learner become one: what was handed in under the first counts under the second from then on.

Nothing is moved away or deleted. Each original is kept under the second id as well, and under the first it no longer counts; the
marks follow the hand-in that they were given for, and the records (decisions, evidence, referrals and the like) become the second id's.
It is written down first, in a journal: a merge that is cut off, or its undoing, is done to its end by the next command (`finish`), and
what the log tells of it stands or falls with the records. It can be undone: what came in or was decided under the second id since stays
there.
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
from autograde.classes.service_rows import check_service, count_answers, merge_answers, unmerge_answers
from autograde.errors import ClassError
from autograde.gradebook import tables
from autograde.gradebook.carrying import Carried, carry, would_carry
from autograde.gradebook.database import FAULTS, Database, reading, reason, step, writing
from autograde.gradebook.deeds import Deed
from autograde.gradebook.left import mark_back, mark_left, who_left
from autograde.gradebook.locks import signed_off
from autograde.gradebook.log import entries_in, note_each
from autograde.gradebook.overview import due_dates
from autograde.gradebook.own import recording
from autograde.inbox.attempts import Attempts, newest_of
from autograde.inbox.merged import FOLDER, cut_off, journals
from autograde.inbox.store import keep_original, settle, taking_in
from autograde.text import after, aware, count, in_words, naive
from autograde.whole import alone
from workbook_helpers.files import PART, write_file

MERGED = "merged into "
"""How the reason begins that an attempt counts no more under the first id."""
NUMBER = "%Y%m%d-%H%M%S-%f"
"""How the name of a journal begins: with the time of its merge, in UTC."""

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
        until = due_dates(course.db_url, course.course_id, workbook) or {}
        if first.id in until and aware(until[first.id]) > aware(until.get(second.id, until[""])):
            text += f"; {first.shown} has until {in_words(aware(until[first.id]))} for it: give {second.shown} that time, too"
        parts.append(Part(workbook=workbook, said=f"{text}."))
    records = _would_carry(course, first.id, second.id).said
    if n := count_answers(course, first.shown):
        were = (f"answer of {first.shown} under way is", f"answers of {first.shown} under way are")
        records = (*records, f"{count(n, *were)} shown to {second.shown}, too, where they have not answered themselves.")
    return Merge(goes=first, stays=second, parts=tuple(parts), records=records)


def merge(course: Course, goes: str, stays: str) -> Merge:
    """Let what was handed in under one id count under another; the first is marked as left.

    Raises
    ------
    ClassError
        If the two are one, nobody has one of the ids, another merge of one of them, or its undoing, was cut off, or something cannot be
        written.
    """
    with _merging(course):
        first, second = find(course, goes), find(course, stays)
        journal, row = _journal(course, first, second)
        _check_ended(course, journal, first.id, second.id)
        planned = plan(course, goes, stays)
        check_service(course)
        _note(journal, row)
        _merge(course, journal, row)
    return replace(planned, name=journal.stem)


def finish(course: Course, learner: str = "") -> tuple[str, ...]:
    """Do to its end what was cut off: merges, and undoings of one; say so of each, in a sentence.

    Parameters
    ----------
    learner
        Only what this id is a side of, "" for all.

    Raises
    ------
    ClassError
        If one cannot be ended; the others are, and it says so of them, too.
    """
    told, faults = list[str](), list[ClassError | OSError]()
    with _merging(course):
        for journal, row in cut_off(course):
            if learner and learner not in (row["goes"], row["stays"]):
                continue
            what = f"The merge of {shown(row['goes'])} into {shown(row['stays'])}"
            try:
                _check_open(course, row["goes"], row["stays"])
                check_service(course)
                if row.get("undoing"):
                    _undo(course, journal, row)
                else:
                    _merge(course, journal, row)
            except (ClassError, OSError) as error:
                why = f"{error.filename}: {error.strerror}." if isinstance(error, OSError) else error
                told.append(f"{what} was cut off, and cannot be ended now: {why}")
                faults.append(error)
            else:
                told.append(f"{what}, which was cut off, is {'undone' if row.get('undoing') else 'done to its end'} now.")
    if faults:
        raise ClassError(" ".join(told)) from faults[0]
    return tuple(told)


def _merge(course: Course, journal: Path, row: dict[str, Any]) -> None:
    """Do what a journal says; what is done already is no fault."""
    first, second = row["goes"], row["stays"]
    to = f"{MERGED}{shown(second)} on "
    for workbook in course.assignments():
        with taking_in(course, workbook):
            attempts = Attempts(course, workbook)
            theirs = attempts.said_of(first)
            said = {(one.sha256, one.run) for one, _ in attempts.said_of(second) if not one.set_aside}
            own = {sha256 for sha256, _ in said}.difference(one["sha256"] for one in row["added"] if one["workbook"] == workbook)
            for attempt, path in theirs:
                if attempt.set_aside:
                    continue
                if (attempt.sha256, attempt.run) not in said:  # else both came at once, or the merge was cut off behind this
                    of = {"run": attempt.run} if attempt.sha256 in own else {}  # the same file of both: one's goes back, the other's stays
                    row["added"].append({"workbook": workbook, "sha256": attempt.sha256, **of})
                    _note(journal, row)
                    keep_original(course, workbook, second, attempt.order, path.read_bytes())
                    attempts.put(second, attempt)
                attempts.put(first, replace(attempt, set_aside=row["why"]))
            if any(not attempt.set_aside or attempt.set_aside.startswith(to) for attempt, _ in theirs):  # by a merge that was cut off, too
                _settle(course, workbook, attempts, first, second)
    mark_left(course, [first])
    about = {"merge": _number(journal)}
    n = merge_answers(course, shown(first), shown(second), _key(journal))
    brought = {"answers": n} if n else {}
    with _recording(course) as database:
        ids = would_carry(database.connection, first, second).ids
        row["records"] = _both(row.get("records", {}), ids)
        _note(journal, row)
        sealed = carry(database, ids, first, second)
        if ids or not _is_told(database, Deed.MERGE, about):  # else it was cut off behind this
            parts = {**about, "part": "goes"}, {**about, "part": "stays", "sealed": sealed, **brought}
            note_each(database, Deed.MERGE, list(zip((first, second), parts, strict=True)))
    del row["open"]
    _note(journal, row)


def _journal(course: Course, goes: Student, stays: Student) -> tuple[Path, dict[str, Any]]:
    """Give the journal of a merge, and what stands in it: that of the same merge, if it was cut off and nobody has begun to undo it.

    A new one comes after all that are there, whatever the clock says: merges count in the order of their names.
    """
    for path, row in journals(course):
        if row.get("open") and not row.get("undoing") and (row["goes"], row["stays"]) == (goes.id, stays.id):
            return path, row
    now = aware(after(datetime.strptime(_number(path), NUMBER) for path, _ in journals(course)))  # noqa: DTZ007  in UTC, as `stamp` writes
    why = f"{MERGED}{stays.shown} on {now:%Y-%m-%d %H:%M:%S}"
    row = {"goes": goes.id, "stays": stays.id, "added": [], "why": why, "left": goes.id in who_left(course), "open": True}
    return course.root / "received" / FOLDER / f"{now:{NUMBER}}-{goes.id}.json", row


def _both(one: Mapping[str, Sequence[str]], other: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Give the ids of rows that stand in one of two tables of them, or in both."""
    return {name: sorted({*one.get(name, ()), *other.get(name, ())}) for name in {**one, **other}}


def undo(course: Course, name: str) -> Merge:
    """Undo a merge: what was handed in under the first id counts there again, and no more under the second.

    Raises
    ------
    ClassError
        If there is no such merge, another one of its ids was cut off, the id that stays was merged on since, or the unit of the learner
        is signed off.
    """
    with _merging(course):
        found = next(((path, row) for path, row in journals(course) if path.stem == name), None)
        if found is None:
            msg = "That was undone before, or it never happened."
            raise ClassError(msg)
        journal, row = found
        _check_ended(course, journal, row["goes"], row["stays"])
        _check_last(course, journal, row["stays"])
        _check_open(course, row["goes"], row["stays"])
        check_service(course)
        _note(journal, {**row, "undoing": True})
        _undo(course, journal, row)
    return Merge(goes=find(course, row["goes"]), stays=find(course, row["stays"]), parts=())


def _undo(course: Course, journal: Path, row: Mapping[str, Any]) -> None:
    """Take back what a journal says; what is taken back already is no fault."""
    first, second, added, why = row["goes"], row["stays"], row["added"], str(row.get("why", ""))
    for workbook in course.assignments():
        with taking_in(course, workbook):
            attempts = Attempts(course, workbook)
            moved = [one for one in added if one["workbook"] == workbook]
            back = [one for one, _ in attempts.said_of(first) if (one.set_aside == why if why else one.set_aside.startswith(MERGED))]
            for attempt in back:
                attempts.put(first, replace(attempt, set_aside=""))
            for attempt, _ in attempts.said_of(second):
                if any(one["sha256"] == attempt.sha256 and one.get("run", attempt.run) == attempt.run for one in moved):
                    attempts.put(second, replace(attempt, set_aside=f"a merge was undone, {datetime.now(UTC):%Y-%m-%d %H:%M:%S}"))
            if back or moved:  # what was cut off after the attempts, too
                _settle(course, workbook, attempts, first, second)
    unmerge_answers(course, shown(second), _key(journal))
    if not row.get("left"):
        mark_back(course, [first])
    with _recording(course) as database:
        sealed = carry(database, row.get("records", {}), second, first)
        about = {"merge": _number(journal)}
        if not _is_told(database, Deed.UNMERGE, about):
            note_each(database, Deed.UNMERGE, [(first, {**about, "sealed": sealed}), (second, about)])
    journal.rename(journal.with_suffix(".undone"))


@contextmanager
def _merging(course: Course) -> Iterator[None]:
    """Merge alone, and clear away what a kill has left of a journal."""
    with alone(course, "merging", "merging two ids of this class"):
        for left in (course.root / "received" / FOLDER).glob(f"{PART}*"):
            left.unlink(missing_ok=True)
        yield


def _would_carry(course: Course, first: str, second: str) -> Carried:
    try:
        with reading(course.db_url) as connection:
            return would_carry(connection, first, second)
    except FAULTS as error:
        msg = f"The records cannot be read ({reason(error)}). Close other programs that use the gradebook, then try again."
        raise ClassError(msg) from error


def _check_ended(course: Course, journal: Path, first: str, second: str) -> None:
    """See that no other merge than that of the journal was cut off that has one of these ids, nor its undoing: it would be ended later."""
    for path, row in cut_off(course):
        goes, stays = row["goes"], row["stays"]
        if path != journal and {goes, stays} & {first, second}:
            again = "undo it again first" if row.get("undoing") else "do it again, or undo it, first"
            msg = f"The merge of {shown(goes)} into {shown(stays)} was cut off: {again}."
            raise ClassError(msg)


def _check_last(course: Course, journal: Path, stays: str) -> None:
    """See that the id that stays was not merged on since: what came to it by this merge counts under a third one by now."""
    for path, row in journals(course):
        if path.name > journal.name and row["goes"] == stays:
            msg = f"{shown(stays)} was merged into {shown(row['stays'])} since. Undo that merge first, then this one."
            raise ClassError(msg)


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
    """Give by what the log calls a merge: its time to the microsecond, since its name holds a learner's id."""
    return journal.stem[:22]


def _is_told(database: Database, deed: Deed, about: Mapping[str, str]) -> bool:
    """Whether the log tells of this merge, or of its undoing, already."""
    return any((entry.detail or {}).get("merge") == about["merge"] for entry in entries_in(database.connection, deed))


def _key(journal: Path) -> str:
    """Give by what the class's service knows a merge."""
    return f"merge {_number(journal)}"


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
