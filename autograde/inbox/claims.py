"""What a hand-in says of itself, and how far that is believed: whose it is, when it was handed in, which referral it answers.

Whose it is: a tutor's word (`autograde assign`) goes first. Else the system that brought it and the hand-in's own
manifest must not contradict each other, and nobody else may have said the same; a contradiction is a person's to solve.

When: a server's time (the exchange's, Moodle's worksheet) goes first. Without one, the hand-in's own word (the clock of the
student's machine) orders the attempts, but never decides alone that one was in time: it is held against the time
of the file, which was there at the latest then. Is the file itself from before the deadline, the hand-in was in time;
says the hand-in itself that it is late, it is late; else it cannot be told. A word is not believed if it names no time zone, or
a time before the class had the workbook or after now: the file's time stands for it then. A worksheet knows each learner's
last hand-in of the day it was downloaded: one that is older than the file cannot tell when that was handed in.

Which referral: believed where the class has made it for just this learner, about just the answers that the hand-in names.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from autograde.classes.folder import Course
from autograde.classes.roster import Roster, Student
from autograde.errors import UnusableError
from autograde.gradebook.referred import Referred
from autograde.inbox.files.archive import Parts
from autograde.inbox.files.senders import Sender
from autograde.inbox.merged import staying
from autograde.text import aware, in_words, printable, quoted, span

CLOCK_SKEW = timedelta(minutes=10)
"""How far a student's clock may be ahead of ours."""
ADVICE = "say whose it is with autograde assign FILE LEARNER-ID"
YOUNGER = timedelta(days=90)
"""How much younger the files of a class may be than the class: copied to another machine, they are as of that day."""


def read_manifest(parts: Parts) -> tuple[dict[str, Any], list[str]]:
    """Give the manifest, {} if there is none to be read, and what there is to say about it."""
    if parts.manifest is None:
        return {}, ["has no manifest: it was packed by hand"]
    try:
        document = json.loads(parts.manifest, object_pairs_hook=_once)
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict):
        return {}, ["has a manifest that cannot be read"]
    digest = document.get("answers_sha256")
    if parts.answers is not None and digest != hashlib.sha256(parts.answers).hexdigest():
        return document, ["the answers are not those that the receipt was given for: they were changed after handing in"]
    return document, []


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Give an object of JSON; UnusableError where it says something twice, and no two programs read that alike."""
    found = dict(pairs)
    if len(found) < len(pairs):
        twice = next(name for n, (name, _) in enumerate(pairs) if name in dict(pairs[:n]))
        msg = f'its manifest says "{printable(twice, 40)}" twice: {ADVICE}'
        raise UnusableError(msg)
    return found


def answered(manifest: Mapping[str, object], referrals: Mapping[str, Referred], learner: str) -> tuple[Referred | None, str]:
    """Tell which referral a hand-in answers, None for none, and what there is to say about it ("" if nothing)."""
    says = manifest.get("referral")
    if says is None:
        return None, ""
    found = referrals.get(says) if isinstance(says, str) else None
    if found is not None and (found.learner, found.about) == (learner, manifest.get("about_sha256")):
        if found.holds:
            return found, ""
        instead = any(one.holds and (one.learner, one.attempt) == (learner, found.attempt) for one in referrals.values())
        what = "another one took the place of" if instead else "was withdrawn"
        return found, f"answers a referral that {what}: taken as attempt {found.attempt} all the same"
    return None, "says that it answers a referral, but the class has made none such for this learner: taken as a first attempt"


@dataclass(frozen=True, kw_only=True)
class Moment:
    """When a hand-in was handed in.

    Attributes
    ----------
    when
        The time that counts, in UTC.
    arrived
        It was there then at the latest.
    own
        The hand-in's own word, None if it gives none that is believed.
    server
        Who says `when`, for people; "" if no server does.
    order
        Its place among the learner's other hand-ins, as a server says, where that is not `when`: its clock was set back between two.
    note
        What there is to say, "" if nothing.
    """

    when: datetime
    arrived: datetime
    own: datetime | None = None
    server: str = ""
    order: datetime | None = None
    note: str = ""

    @property
    def sure(self) -> bool:
        """Whether a server says the time."""
        return bool(self.server)


def claimed(manifest: Mapping[str, object]) -> str:
    """Give the id that a manifest names, "" if it names none."""
    student = manifest.get("student")
    return student if isinstance(student, str) else ""


def handed_in_at(claimed: object, seen_at: datetime, since: datetime, *, server_time: datetime | None = None, server: str = "") -> Moment:
    """Decide when something was handed in.

    Parameters
    ----------
    claimed
        What the hand-in says: ISO 8601 with a zone; anything else is no time.
    seen_at
        The file's own time.
    since
        Before that, nobody can have handed in.
    server_time, server
        What a server says, and which; a time that cannot be is passed over.
    """
    now = datetime.now(UTC)
    seen_at = min(seen_at, now)
    own, fault = _believed(claimed, since, now)
    if server_time is not None:
        when, problem = _believed(server_time.isoformat(), since, now)
        if when is not None:
            return Moment(when=when, arrived=when, own=own, server=server)
        fault = f"{server} {problem}"
    if own is not None:
        return Moment(when=own, arrived=seen_at, own=own, note=fault)
    return Moment(when=seen_at, arrived=seen_at, note=f"{fault}: the file's own ({in_words(seen_at)}) was taken" if fault else "")


def held_against_file(moment: Moment, seen_at: datetime) -> Moment:
    """Doubt the time in a worksheet where the hand-in and its file are both from after it: of which hand-in it is, cannot be told."""
    if moment.own is None or not moment.sure or min(moment.own, seen_at) - moment.when <= CLOCK_SKEW:
        return moment
    sheet = f"{moment.server} ({in_words(moment.when)}) is of an earlier one"
    note = f"says that it was handed in on {in_words(moment.own)}, so the time in {sheet}: download the worksheet anew"
    return replace(moment, arrived=seen_at, server="", note=note)


def _believed(claimed: object, since: datetime, now: datetime) -> tuple[datetime | None, str]:
    """Give a time in UTC if it is one that can be, and else why not."""
    if claimed is None:
        return None, "says no time that can be read"
    try:
        read = datetime.fromisoformat(claimed) if isinstance(claimed, str) else None
        when = aware(read) if read else None
    except (ValueError, OverflowError):
        read = when = None
    if read is None or when is None:
        return None, "says no time that can be read"
    if read.tzinfo is None:
        return None, f"says a time without its time zone ({printable(claimed, 40)})"
    if when > now + CLOCK_SKEW:
        return None, f"says a time in the future ({printable(claimed, 40)})"
    if when < since:
        return None, f"says a time before the class had the workbook ({printable(claimed, 40)})"
    return min(when, now), ""


def lateness(moment: Moment, due: datetime | None) -> tuple[str, str]:
    """Say how late a hand-in is ("" if it was in time, or nothing is due), and what contradicts itself there ("" if nothing)."""
    if due is None:
        return "", ""
    own = moment.own
    claim = f"the learner's machine says {in_words(own)}" if own else ""
    if moment.sure:
        note = f"{claim}, but it arrived on {in_words(moment.when)} ({moment.server})" if own and own <= due < moment.when else ""
        return span((moment.when - due).total_seconds()) if moment.when > due else "", note
    if own and moment.when > due:
        return span((moment.when - due).total_seconds()), ""
    if moment.arrived <= due:
        return "", ""
    file = f"the file is from {in_words(moment.arrived)}"
    why = f"{claim}, but {file}" if own and own <= due else claim or f"{file}, and nothing else says a time that can be believed"
    return f"cannot be told: {why}", ""


def released_since(course: Course, assignment: str) -> datetime:
    """Give a time before which nobody in the class can have had the workbook, by its oldest file in the class."""
    folders = [course.root / step / assignment for step in ("source", "release")]
    found = [path.stat().st_mtime for folder in folders for path in folder.rglob("*") if path.is_file()]
    found += [path.stat().st_mtime for path in (course.root / "received" / assignment).glob("*.zip")]  # edits that were set aside
    return datetime.fromtimestamp(min(found), UTC) - YOUNGER if found else datetime(2000, 1, 1, tzinfo=UTC)


def whose(
    names: str, sender: Sender, roster: Roster, *, merged: Mapping[str, str], ruled: str = "", known: Iterable[str] = ()
) -> tuple[Student, str]:
    """Tell whose a hand-in is, and what there is to say about it ("" if nothing).

    Parameters
    ----------
    names
        The id in its manifest, "" if it names none.
    merged
        Id that was merged → id that stays, to which the hand-ins of both go.
    ruled
        The student whose a tutor said it is, "" if nobody said.
    known
        Students who a tutor said have the sender's name.

    Raises
    ------
    UnusableError
        If it is nobody's on the roster, or the sender and the manifest name two people.
    """
    says, named = printable(names, 80), roster.find(names) if names else None
    by_id = staying(named, merged, roster) if named else None
    if ruled and (found := roster.get(ruled)):
        student = staying(found, merged, roster)
        other = names and by_id != student
        return student, f'names "{says}"; taken as {student.shown}, as a tutor said' if other else ""
    fits = (*filter(None, map(roster.get, known)), *roster.named(sender.name))  # what was said of one must not hide another of the name
    by_name = tuple(dict.fromkeys(staying(student, merged, roster) for student in fits))
    hint = _hint(roster, names) if names and by_id is None else ""
    if by_id is not None:
        if not sender.name or by_id in by_name:
            return by_id, f'names "{says}", which was merged into {by_id.shown}' if by_id != named else ""
        who = f"that is {_ids(by_name)}" if by_name else "a name that is not on the roster"
        came = f'{sender.system} says it came from "{printable(sender.name, 80)}", {who}'
        msg = f"the hand-in names {by_id.shown} ({by_id.name}), but {came}: {ADVICE}"
        raise UnusableError(msg)
    what = f'the hand-in names "{says}", who is not on the roster' if names else "the hand-in names no learner"
    if len(by_name) == 1:
        return by_name[0], f'{what}; taken as {by_name[0].shown} by the name "{printable(sender.name, 80)}" in {sender.system}'
    if by_name:
        what += f', and the name "{printable(sender.name, 80)}" in {sender.system} fits {_ids(by_name)}'
    elif sender.name:
        what += f', and the name "{printable(sender.name, 80)}" in {sender.system} is not on the roster either'
    raise UnusableError(what + hint)


def _ids(students: Iterable[Student]) -> str:
    return ", ".join(student.shown for student in students)


def _hint(roster: Roster, names: str) -> str:
    near = roster.near(names)
    if not near:
        return ""
    names = " or ".join(f"{student.shown} ({student.name})" for student in near)
    return f". Did you mean {names}? Then: autograde assign FILE {quoted(near[0].shown)}"
