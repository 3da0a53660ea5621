"""Take in what learners handed in to the class's service: each hand-in with its note of who was signed in, and when it came.

The service alone writes into that folder, so its note goes before what stands in the hand-in itself, and before any clock but its own;
a manifest that says otherwise is a person's to solve. Nothing in the folder is changed: what was taken from it stands in
`received/.served.json`, and the originals are kept in received/ as those of every other way.
"""

import errno
import hashlib
import json
import os
import re
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from autograde.classes.folder import Course
from autograde.classes.roster import Roster, Student
from autograde.classes.served import ARRIVED, TAKEN, is_served, served_folder
from autograde.errors import ClassError, UnusableError
from autograde.inbox.claims import ADVICE, CLOCK_SKEW, Moment, claimed, handed_in_at
from autograde.inbox.dropped import DropReport
from autograde.inbox.files.archive import MAX_UNPACKED
from autograde.inbox.files.mistaken import parts_of
from autograde.inbox.files.senders import SERVICE, Sender
from autograde.inbox.merged import staying
from autograde.inbox.outcome import Refused, Taken
from autograde.inbox.quarantine import Held, Quarantine
from autograde.inbox.reception import HandIn, Reception, opened, report
from autograde.text import in_words, printable
from workbook_helpers.files import read_file, write_file

MAX_BYTES = 50_000_000
MAX_NOTE = 20_000
NOTE_EACH_S = 1.0
"""From a take-in that is killed, so much is done again and no more."""
NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS})
"""What a disk says that takes nothing just now."""
NOTE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@=+-]{0,250}\.json")
SENDER = Sender(system=SERVICE)
"""Without a number: whose one hand-in is, as a tutor has said, says nothing of what the same person hands in next."""


class Note(BaseModel):
    """What the service says of a hand-in.

    Attributes
    ----------
    received_at
        What its clock said.
    order_at
        When it stands among those of its learner: after the one before, though the clock was set back since.
    """

    model_config = ConfigDict(frozen=True, strict=True, extra="ignore")

    schema_: Annotated[Literal[1], Field(alias="schema")]
    learner: Annotated[str, Field(min_length=1, max_length=128)]
    assignment: Annotated[str, Field(min_length=1, max_length=128)]
    class_id: Annotated[str, Field(max_length=128)]
    received_at: AwareDatetime
    order_at: AwareDatetime | None = None
    known_by: Literal["pin", "hub", "lti"]
    zip_sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


@dataclass(frozen=True, kw_only=True)
class Came:
    """A hand-in that lies there: the name that its two files have, and what is noted of it, or why that cannot be believed."""

    name: str
    note: Note | None
    fault: str = ""


def arrived(course: Course) -> tuple[str, ...]:
    """Give the names of the hand-ins that were not taken in yet, in the order of their names."""
    if not is_served(course):
        return ()
    with suppress(OSError), os.scandir(served_folder(course) / ARRIVED) as found:
        names = {one.name.removesuffix(".json") for one in found if NOTE.fullmatch(one.name)}
        return tuple(sorted(names - _taken(course))) if names else ()
    return ()


def take_arrived(course: Course, *, progress: Callable[[int, int, str], None] = lambda *_: None) -> DropReport:
    """Take in all that the service has put there and was not taken in yet, each to its own workbook.

    Parameters
    ----------
    progress
        Called with how many are done, how many there are, and the name of the next.

    Raises
    ------
    ClassError
        If the gradebook cannot be used, another take-in runs, or the disk has no room to note what was taken in.
    """
    names = arrived(course)
    known = course.assignments()
    by_workbook: dict[str, list[Came]] = {}
    for came in (_read(course, name) for name in names):
        workbook = came.note.assignment if came.note and came.note.assignment in known else ""
        by_workbook.setdefault(workbook, []).append(came)
    reports, done = [], 0
    for workbook, its in sorted(by_workbook.items()):
        if not workbook:
            continue
        with opened(course, workbook) as reception:
            outcomes, taken, noted = list[Taken | Refused | str](), list[str](), time.monotonic()
            try:
                for came in its:
                    progress(done, len(names), f"{came.name}.zip")
                    outcomes.append(outcome := _receive(course, reception, came))
                    if not isinstance(outcome, Refused) or outcome.kept:
                        taken.append(came.name)
                    if time.monotonic() - noted >= NOTE_EACH_S:
                        _note_taken(course, taken)
                        noted = time.monotonic()
                    done += 1
            finally:
                _note_taken(course, taken)
            reports.append(report(reception, outcomes))
    notes = [_keep_aside(course, came) for came in by_workbook.get("", [])]
    return DropReport(reports=tuple(reports), notes=tuple(notes))


def _read(course: Course, name: str) -> Came:
    try:
        note = Note.model_validate_json(read_file(served_folder(course) / ARRIVED / f"{name}.json", MAX_NOTE))
    except (OSError, ValidationError) as error:
        first = error.errors()[0] if isinstance(error, ValidationError) else None
        why = f"{'.'.join(map(str, first['loc'])) or 'it'}: {first['msg']}" if first else str(error)
        return Came(name=name, note=None, fault=f"what {SERVICE} noted of it cannot be read ({printable(why, 200)}): {ADVICE}")
    if note.class_id != course.course_id:
        return Came(
            name=name, note=note, fault=f"it was handed in to the class {printable(note.class_id, 60)!r}, and this is {course.course_id!r}"
        )
    return Came(name=name, note=note)


def _receive(course: Course, reception: Reception, came: Came) -> Taken | Refused | str:
    file, data, student = f"{came.name}.zip", b"", None
    held = _held(came)
    try:
        data = read_file(served_folder(course) / ARRIVED / file, MAX_UNPACKED)
        hand_in, student = _hand_in(reception, came, data)
        return reception.accept(hand_in)
    except UnusableError as error:
        reason = str(error)
    except ClassError:  # the log cannot be written: nothing is taken in
        raise
    except OSError as error:
        reason = f"it cannot be read or stored ({error.strerror or error})"
        if error.errno in NO_ROOM:
            reason += ": see that the disk has room. It waits where it is, and is taken in the next time"
            return Refused(file=file, reason=reason, folder=served_folder(course) / ARRIVED, student=student, kept=False)
    except Exception as error:  # as in Reception.receive: the class goes on to its end
        reason = f"this program failed on it ({type(error).__name__}: {printable(error)}); please report that"
    student = student or (reception.roster.find(came.note.learner) if came.note else None)
    return reception.refuse(file, reason, student, held, data=data)


def _hand_in(reception: Reception, came: Came, data: bytes) -> tuple[HandIn, Student]:
    """Give a hand-in whose learner and time are known; UnusableError where the note and the hand-in do not agree."""
    note, digest = came.note, hashlib.sha256(data).hexdigest()
    if note is None or came.fault:
        raise UnusableError(came.fault)
    if digest != note.zip_sha256:
        msg = f"it is not the file that {SERVICE} noted: it was changed or cut off afterwards"
        raise UnusableError(msg)
    parts = parts_of(data, reception.assignment)
    manifest, oddities = reception.manifest(parts)
    ruled = reception.roster.get(reception.attempts.decided(SENDER, digest))
    student = ruled and staying(ruled, reception.merged, reception.roster)
    remark = ""
    if student is None:
        student, remark = _whose(note.learner, claimed(manifest), reception.roster, reception.merged)
    moment = _moment(note, manifest, reception.since)
    hand_in = HandIn(
        student=student,
        file=f"{came.name}.zip",
        moment=moment,
        original=data,
        parts=parts,
        sender=SENDER,
        by="service",
        manifest=manifest,
        oddities=tuple(filter(None, [*oddities, remark, moment.note])),
    )
    return hand_in, student


def _moment(note: Note, manifest: Mapping[str, object], since: datetime) -> Moment:
    """Tell when a hand-in came: as the service's clock said, or, where that was plainly wrong, when it is taken in at the latest."""
    now, order = datetime.now(UTC), note.order_at or note.received_at
    moment = handed_in_at(manifest.get("handed_in_at", ""), now, since, server_time=note.received_at, server=SERVICE)
    remark, said = moment.note, f"came {in_words(note.received_at)} by {SERVICE}'s clock"
    if moment.sure:  # also what is ahead by some minutes
        moment = replace(moment, when=note.received_at, arrived=note.received_at)
        remark = f"{said}, which was set back after the one before: see if it was in time" if order - note.received_at > CLOCK_SKEW else ""
    elif moment.own is None:
        remark = f"{said}, which was wrong: it was there {in_words(now)} at the latest; see if it was in time"
    return replace(moment, order=order, note=remark)


def _whose(learner: str, says: str, roster: Roster, merged: Mapping[str, str]) -> tuple[Student, str]:
    """Give who was signed in, and what there is to say about it; UnusableError where that is nobody, or the manifest names another one."""
    own, other = ((one := roster.find(name)) and staying(one, merged, roster) for name in (learner, says))
    if own is None:
        msg = f'"{printable(learner, 80)}" was signed in when it was handed in, who is not on the roster: {ADVICE}'
        raise UnusableError(msg)
    if other != own:
        named = f"{other.shown} ({other.name})" if other else f'"{printable(says, 80)}", who is not on the roster' if says else "nobody"
        msg = f"{own.shown} ({own.name}) was signed in when it was handed in, but its manifest names {named}: {ADVICE}"
        raise UnusableError(msg)
    return own, "" if roster.find(learner) == own else f"{printable(learner, 80)} was signed in, who was merged into {own.shown}"


def _held(came: Came) -> Held:
    when = came.note.received_at if came.note else None
    return Held(
        assignment=came.note.assignment if came.note else "",
        sender=SENDER,
        seen_at=when or datetime.now(UTC),
        server_time=when,
        server=SERVICE if when else "",
        order=came.note.order_at if came.note else None,
    )


def _keep_aside(course: Course, came: Came) -> str:
    """Put into quarantine what is of no workbook of the class; say so."""
    file = f"{came.name}.zip"
    reason = came.fault or f"it is a hand-in to {printable(came.note.assignment if came.note else '', 60)}, which this class was not given"
    try:
        data = read_file(served_folder(course) / ARRIVED / file, MAX_UNPACKED)
    except OSError as error:
        data, reason = b"", f"{reason}; and its file cannot be read ({error.strerror})"
    try:
        Quarantine(course).put(file, f"{reason}.", _held(came), data=data)
    except OSError as error:
        return f"{file} could not be set aside ({error.strerror or error}): see that the disk has room, and take in again. {reason}."
    _note_taken(course, [came.name])
    return f"{file} was set aside: {reason}."


def _taken(course: Course) -> frozenset[str]:
    try:
        return frozenset(map(str, json.loads(read_file(course.root / "received" / TAKEN, MAX_BYTES))))
    except (OSError, ValueError, TypeError):
        return frozenset()


def _note_taken(course: Course, names: list[str]) -> None:
    path = course.root / "received" / TAKEN
    try:
        write_file(path, json.dumps(sorted({*_taken(course), *names})).encode())
    except OSError as error:
        msg = (
            f"{path} cannot be written ({error.strerror or error}). What was taken in stays so: see to the disk's room, then take in again."
        )
        raise ClassError(msg) from error
