"""What a tutor decides about hand-ins: whose one is, that one does not count after all, and that it does."""

import hashlib
import os
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zipfile import is_zipfile

from autograde.classes.folder import Course
from autograde.classes.ids import shown
from autograde.classes.roster import Roster, Student
from autograde.errors import ClassError, UnusableError
from autograde.gradebook.deeds import Deed
from autograde.gradebook.noted import noting_each
from autograde.inbox.attempts import UNDONE, Attempt
from autograde.inbox.claims import read_manifest
from autograde.inbox.files.archive import MAX_UNPACKED
from autograde.inbox.files.arrivals import Arrival, arrivals
from autograde.inbox.files.mistaken import parts_of
from autograde.inbox.files.senders import Sender
from autograde.inbox.outcome import IntakeReport
from autograde.inbox.put_right import put_away
from autograde.inbox.quarantine import DONE, REASON, Held, held_in
from autograde.inbox.reception import Reception, opened, report
from autograde.inbox.take_ins import note_undone
from autograde.text import LOCAL, in_words, printable
from workbook_helpers.answers.sheet import parse_sheet
from workbook_helpers.errors import WorkbookError

_TIME = "%Y-%m-%d %H:%M:%S"


def assign(course: Course, path: Path, student_id: str, assignment: str = "") -> IntakeReport:
    """Take a hand-in in as that of a student, because a tutor says so; where it came from is remembered for the next time.

    Parameters
    ----------
    path
        A hand-in, or its folder in quarantine/; the folder's name is enough.
    student_id
        An id of the roster.
    assignment
        The workbook, where neither the quarantine nor the hand-in names it.

    Raises
    ------
    ClassError
        If the path holds no hand-in or several, the student is not on the roster, or the hand-in cannot be used.
    """
    student = _student(course, student_id)
    path = _there(course, path)
    arrival, held = _arrival(path)
    name = course.assignment(assignment or _named(arrival) or (held.assignment if held else "") or _missing(path))
    with opened(course, name) as reception:
        _check_open(reception, [other for other, _ in _taken_from(reception, arrival, student)])
        try:
            outcome = reception.take(arrival, [], student)
        except (UnusableError, OSError) as error:
            why = error.strerror if isinstance(error, OSError) and error.strerror else error
            stays = f" What {student.shown} handed in before stays." if course.timestamp(student.id, name) else ""
            msg = f"{printable(path)} was not taken in as {student.shown}'s: {why}.{stays}"
            raise ClassError(msg) from error
        _take_from(reception, _taken_from(reception, arrival, student), student.id)
        made = report(reception, [outcome])
    if path.parent == course.root / "quarantine" and path.is_dir():  # what was mended there has other bytes than came
        put_away(course, path.name)
    return made


def is_hand_in(course: Course, folder: str) -> bool:
    """Whether what was set aside, by its folder in quarantine/, holds answers to a workbook of the class: then it can be somebody's."""
    try:
        path = course.root / "quarantine" / folder
        if not (there := held_in(path)) or not is_zipfile(there[0]):  # a film is not read to its end
            return False
        arrival, held = _arrival(path)
        name = course.assignment(_named(arrival) or (held.assignment if held else ""))
        answers = parts_of(arrival.data, name).answers
        return answers is not None and not parse_sheet(answers, {}, course.assignments()[name]).problem  # it hangs on no item
    except (WorkbookError, OSError):
        return False


@dataclass(frozen=True, kw_only=True)
class Decided:
    """An attempt that was taken back or counts again, and the time of the one that is current now (None if there is none)."""

    student: str
    attempt: Attempt
    now: datetime | None


@dataclass(frozen=True, kw_only=True)
class UndoReport:
    """What was taken back, and where the originals lie; `why` is what their attempts say of it, no other undo's the same.

    `again` is what counts again for whom it did before a tutor said whose it is.
    """

    assignment: str
    folder: Path
    why: str
    undone: tuple[Decided, ...]
    again: tuple[Decided, ...]


@dataclass(frozen=True, kw_only=True)
class RedoReport:
    """What counts again, and what does not: student, attempt, and the student for whom the same file counts now."""

    assignment: str
    redone: tuple[Decided, ...]
    left: tuple[tuple[str, Attempt, str], ...]


def undo(course: Course, assignment: str, student_id: str = "", *, run: str = "") -> UndoReport:
    """Take back the last take-in of a workbook, or one student's newest attempt; the one before becomes current again.

    What was assigned counts again for whom it did before. `run` names another take-in than the last.

    Nothing is deleted: the original stays in received/, marked as set aside.

    Raises
    ------
    ClassError
        If there is nothing to take back, the student is not on the roster, or the unit of one whose hand-in this is, or was, is signed off.
    """
    name = course.assignment(assignment)
    only = _student(course, student_id).id if student_id else ""
    with opened(course, name) as reception:
        attempts = reception.attempts
        counted = [(s, a) for s in ([only] if only else attempts.students()) for a, _ in attempts.said_of(s) if not a.set_aside]
        if only:
            newest = attempts.newest(only)
            chosen = [(student, attempt) for student, attempt in counted if newest and attempt.sha256 == newest[0].sha256]
        else:
            last = run or max((attempt.run for _, attempt in counted), default="")
            chosen = [(student, attempt) for student, attempt in counted if last and attempt.run == last]
        if not chosen:
            of = f"from {student_id}" if only else "by autograde intake, collect or assign"
            msg = f"Nothing that was handed in to {name} {of} is left to be taken back."
            raise ClassError(msg)
        again = _taken_for(reception, chosen)
        _check_open(reception, [student for student, _ in (*chosen, *again)])
        why = _why(reception)
        with noting_each(course, Deed.UNDO_TAKE_IN, _told(name, chosen)):
            if not only:
                note_undone(course, last)
            counts = _set_aside(reception, again, "")  # first: what is cut off here is found by the same undo once more
            undone = _set_aside(reception, chosen, why)
        return UndoReport(assignment=name, folder=course.root / "received" / name, why=why, undone=undone, again=counts)


def _why(reception: Reception) -> str:
    """Say when an undo is, in local time and by the second: later than all before it, whatever the clock says, in autumn too."""
    students = reception.attempts.students()
    before = max((a.set_aside for s in students for a, _ in reception.attempts.of(s) if a.set_aside.startswith(UNDONE)), default="")
    now = datetime.now(LOCAL).replace(tzinfo=None)
    with suppress(ValueError):
        now = max(now, datetime.strptime(before.removeprefix(UNDONE), _TIME) + timedelta(seconds=1))  # noqa: DTZ007  local, as it is written
    return f"{UNDONE}{now:{_TIME}}"


def redo(course: Course, assignment: str, student_id: str = "", *, why: str = "") -> RedoReport:
    """Take back the last undo of a workbook, or the last one that one student's attempts fell to: they count again.

    `why` names another undo than the last, by `UndoReport.why`.

    A file that was assigned to somebody else meanwhile stays theirs alone.

    Raises
    ------
    ClassError
        If no undo is left to be taken back, the student is not on the roster, or the unit of one whose hand-in this is is signed off.
    """
    name = course.assignment(assignment)
    only = _student(course, student_id).id if student_id else ""
    with opened(course, name) as reception:
        students = [only] if only else reception.attempts.students()
        undone = [
            (s, a)
            for s in students
            for a, _ in reception.attempts.said_of(s)
            if a.set_aside.startswith(UNDONE) and why in {"", a.set_aside}
        ]
        if not undone:
            of = f" from {student_id}" if only else ""
            msg = f"Nothing{of} that autograde undo took back from {name} is left to count again."
            raise ClassError(msg)
        last = max(attempt.set_aside for _, attempt in undone)
        chosen = [(student, attempt) for student, attempt in undone if attempt.set_aside == last]
        said = {(student, attempt.sha256): attempt.began for student, attempt in chosen if attempt.by == "assign"}
        back, left = list[tuple[str, Attempt]](), list[tuple[str, Attempt, str]]()
        taken = list[tuple[str, tuple[str, Attempt]]]()
        for student, attempt in chosen:
            others = _counting(reception, attempt.sha256, attempt.sender, student)
            since = said.get((student, attempt.sha256))
            if other := next((other for other, its in others if since is None or its.began > since), ""):
                left.append((student, attempt, other))
            else:
                back.append((student, attempt))
                taken += [(student, one) for one in others]
        _check_open(reception, [student for student, _ in (*chosen, *(one for _, one in taken))])
        with noting_each(course, Deed.REDO_TAKE_IN, _told(name, back)):
            for student, attempt, other in left:
                _set_aside(reception, [(student, attempt)], f"it counts as {shown(other)}'s, {in_words(datetime.now(UTC))}")
            for student, one in taken:
                _take_from(reception, [one], student)
            redone = _set_aside(reception, back, "")
            for student, attempt in back:
                reception.put_right(student, attempt.sha256, attempt.sender)
            if not only:
                note_undone(course, *{attempt.run for _, attempt in back}, undone=False)
        return RedoReport(assignment=name, redone=redone, left=tuple({(one[0], one[1].sha256): one for one in left}.values()))


def _told(assignment: str, each: Iterable[tuple[str, Attempt]]) -> list[tuple[str, dict[str, str]]]:
    """Give what the log is told of hand-ins that count no more, or again."""
    return [(student, {"workbook": assignment, "sha256": sha256}) for student, sha256 in dict.fromkeys((s, a.sha256) for s, a in each)]


def _set_aside(reception: Reception, each: Iterable[tuple[str, Attempt]], why: str) -> tuple[Decided, ...]:
    """Set aside what take-ins said, or let it hold again; of several about one hand-in one is given."""
    decided: dict[tuple[str, str], Attempt] = {}
    for student, attempt in each:
        reception.attempts.put(student, replace(attempt, set_aside=why))
        decided[student, attempt.sha256] = attempt
    now = {}
    for student, _ in decided:
        reception.settle(student)
        newest = reception.attempts.newest(student)
        now[student] = newest[0].handed_in_at if newest else None
    return tuple(Decided(student=student, attempt=attempt, now=now[student]) for (student, _), attempt in decided.items())


def _take_from(reception: Reception, each: Iterable[tuple[str, Attempt]], student: str) -> None:
    """See that what is `student`'s no longer counts as somebody else's."""
    _set_aside(reception, each, f"{_whose(student)} on {in_words(datetime.now(UTC))}")


def _whose(student: str) -> str:
    """Give how the reason begins of an attempt that was taken from others; `_taken_for` finds it by that."""
    return f"it is {shown(student)}'s, as a tutor said"


def _taken_for(reception: Reception, chosen: Iterable[tuple[str, Attempt]]) -> list[tuple[str, Attempt]]:
    """Find what was taken from others for those who have it no more once these are set aside."""
    said = [(student, attempt) for student in reception.attempts.students() for attempt, _ in reception.attempts.said_of(student)]
    left = {(student, attempt.sha256) for student, attempt in {*said}.difference(chosen) if not attempt.set_aside}
    gone = {(student, attempt.sha256) for student, attempt in chosen} - left
    whose = [(_whose(student), sha256) for student, sha256 in gone]
    return [
        (other, attempt)
        for other, attempt in said
        if attempt.set_aside and any(attempt.sha256 == sha256 and attempt.set_aside.startswith(words) for words, sha256 in whose)
    ]


def _taken_from(reception: Reception, arrival: Arrival, student: Student) -> list[tuple[str, Attempt]]:
    return _counting(reception, hashlib.sha256(arrival.data).hexdigest(), arrival.sender, student.id)


def _check_open(reception: Reception, students: Iterable[str]) -> None:
    """See that nobody's unit is signed off; ClassError, which names those whose is."""
    if locked := [shown(one) for one in dict.fromkeys(students) if one in reception.signed_off]:
        units = "The unit of {} is" if len(locked) == 1 else "The units of {} are"
        msg = f"{units.format(', '.join(locked))} signed off. Reopen with a reason first, then do this again."
        raise ClassError(msg)


def _counting(reception: Reception, digest: str, sender: Sender, student: str) -> list[tuple[str, Attempt]]:
    """Find where the same file from the same sender counts as somebody else's than `student`'s."""
    others = [other for other in reception.attempts.students() if other != student]
    found = [(other, attempt) for other in others for attempt, _ in reception.attempts.said_of(other) if attempt.sha256 == digest]
    return [(other, attempt) for other, attempt in found if not attempt.set_aside and not attempt.sender.is_another(sender)]


def _student(course: Course, student_id: str) -> Student:
    roster = Roster.of(course)
    if student := roster.find(student_id):
        return student
    near = " or ".join(f"{student.shown} ({student.name})" for student in roster.near(student_id))
    advice = f"Did you mean {near}?" if near else "Check the id, or add the learner with: autograde roster FILE.csv"
    msg = f'"{printable(student_id, 80)}" is not on the roster. {advice}'
    raise ClassError(msg)


def _there(course: Course, path: Path) -> Path:
    """Give where a path leads from here, from the class folder or from its quarantine/: the first at which there is something."""
    aside = course.root / "quarantine"
    places = (path, course.root / path, aside / path, aside / DONE / path.name)
    return next((place for place in places if os.path.lexists(place)), path)


def _arrival(path: Path) -> tuple[Arrival, Held | None]:
    """Find the one hand-in in what a tutor names."""
    if (path / REASON).is_file() or path.name == REASON:
        found = held_in(path if path.is_dir() else path.parent)
        if found is None:
            msg = f"{printable(path)} does not hold one hand-in and its reason.txt. Name the hand-in's own file."
            raise ClassError(msg)
        file, held = found
        arrival = Arrival(name=printable(file.name), sender=held.sender, seen_at=held.seen_at, data=_bytes(file))
        return replace(arrival, server_time=held.server_time, server=held.server, order=held.order), held
    several = [arrival for arrival in arrivals([path]) if not arrival.passed]
    if len(several) != 1:
        msg = f"{printable(path)} holds {len(several) or 'no'} hand-ins. Name one of them; a class's download must be unpacked first."
        raise ClassError(msg)
    return several[0], None


def _bytes(file: Path) -> bytes:
    if file.stat().st_size > MAX_UNPACKED:
        msg = f"{printable(file)} has more than {MAX_UNPACKED // 1_000_000} MB, so it cannot be a hand-in."
        raise ClassError(msg)
    return file.read_bytes()


def _named(arrival: Arrival) -> str:
    """Give the workbook that a hand-in names, "" if it names none."""
    try:
        manifest = read_manifest(parts_of(arrival.data))[0]
    except UnusableError:
        return ""
    name = manifest.get("assignment") or manifest.get("workbook")
    return name if isinstance(name, str) else ""


def _missing(path: Path) -> str:
    msg = f"{printable(path)} does not say to which workbook it belongs. Add: --workbook w01"
    raise ClassError(msg)
