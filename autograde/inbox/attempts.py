"""What is known of each attempt that was kept: when, from whom, by which take-in, and whether a tutor took it back.

`received/WORKBOOK/.attempts/STUDENT.json` holds it, beside the originals in `received/WORKBOOK/STUDENT/`, which stay as
they came. What is current follows from the two, so that a take-in which was cut off is finished by the next. Where a later take-in
knows better of an original, or a tutor says whose it is, that stands behind what was said before, which holds again when it is taken back.
"""

import hashlib
import json
import re
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from autograde.classes.folder import Course
from autograde.errors import ClassError, UnusableError
from autograde.gradebook.referred import Referred, referred
from autograde.inbox.claims import answered, read_manifest
from autograde.inbox.files.archive import MAX_UNPACKED, Parts, hand_in_parts, open_archive
from autograde.inbox.files.senders import EXCHANGE, NOBODY, Sender
from autograde.text import after, aware, naive, printable
from autograde.whole import keep_aside
from workbook_helpers.files import PART, read_file, write_file

FOLDER = ".attempts"
"""No learner's folder: their names begin with no dot."""
SCHEMA = 1
PAUSES_S = (0.01, 0.05, 0.2)
"""Between the attempts to read a file that another program holds."""
T = TypeVar("T")
UNDONE = "autograde undo, "
"""How the reason of an attempt begins that a tutor took back; the time follows, so that the reasons sort by it."""


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """One attempt that was kept.

    Attributes
    ----------
    sha256, answers_sha256
        Of the original, and of the answers in it.
    handed_in_at, arrived_at
        In UTC: when it was handed in, as far as that is believed, and when it was there at the latest.
    sure
        Whether a server says the time; else `arrived_at` may matter for lateness.
    own_at
        The hand-in's own word, in ISO 8601 and UTC; "" where there is none that is believed.
    order_at
        In whose place it stands among the others, in ISO 8601 and UTC; "" where that is `handed_in_at` (`claims.Moment.order`).
    file
        Where it came from, for people.
    by
        "intake", "collect" or "assign"; "" for what was kept by other programs.
    run
        The take-in that says this: when it began, in ISO 8601.
    set_aside
        Why it does not count, "" if it does.
    attempt, referral
        Its number, and the id of the referral that it answers: 1 and "" where it answers none that the class knows.
    """

    sha256: str
    answers_sha256: str
    handed_in_at: datetime
    arrived_at: datetime
    sure: bool = True
    own_at: str = ""
    order_at: str = ""
    file: str = ""
    sender: Sender = NOBODY
    by: str = ""
    run: str = ""
    set_aside: str = ""
    attempt: int = 1
    referral: str = ""

    @property
    def order(self) -> datetime:
        """Its place among the others."""
        return aware(datetime.fromisoformat(self.order_at)) if self.order_at else self.handed_in_at

    @property
    def began(self) -> datetime:
        """When its take-in began, in UTC; the first of all times where that is not known."""
        return aware(datetime.fromisoformat(self.run)) if self.run else datetime.min.replace(tzinfo=UTC)

    @property
    def rank(self) -> tuple[int, datetime, str]:
        """What the newest of a learner's attempts has the highest of."""
        return self.attempt, self.order, self.own_at

    def is_unsure(self, due: datetime | None) -> bool:
        """Whether it cannot be told if this was in time: only the student's machine says so, or nothing does."""
        if due is None or self.sure or self.arrived_at <= due:
            return False
        return not self.own_at or self.handed_in_at <= due


class Attempts:
    """The attempts at one workbook, of all students.

    Attributes
    ----------
    broken
        Students of whom what was written cannot be understood, or not all of it: it is kept aside before it is written anew.

    Raises
    ------
    ClassError
        If something that is written there cannot be read: what a person decided is never guessed.
    """

    def __init__(self, course: Course, assignment: str) -> None:
        self._course = course
        self._assignment = assignment
        self._root = course.root / "received" / assignment
        self._folder = self._root / FOLDER
        read = {path.stem: _read(path) for path in sorted(self._folder.glob("[!.]*.json"))}
        self._of: dict[str, tuple[Attempt, ...]] = {student: found for student, (found, _) in read.items()}
        self.broken = frozenset(student for student, (_, whole) in read.items() if not whole)
        self._aside = set[str]()
        self._held: dict[str, set[tuple[str, Sender]]] = {}
        self._rulings: dict[str, list[Attempt]] = {}
        for student in self._of:
            self._index(student)

    def of(self, student: str) -> list[tuple[Attempt, Path]]:
        """Give a student's attempts in the order of their taking in, each with its original."""
        return _holding(self.said_of(student))

    def said_of(self, student: str) -> list[tuple[Attempt, Path]]:
        """Give all that the take-ins said of a student's attempts, each with its original: of one, what holds and what was said before."""
        paths = {path.stem[-8:]: path for path in sorted((self._root / student).glob("*-*.zip")) if not path.name.startswith(PART)}
        known = [(attempt, paths[attempt.sha256[:8]]) for attempt in self._of.get(student, ()) if attempt.sha256[:8] in paths]
        left = set(paths.values()).difference(path for _, path in known)
        return [*((attempt, path) for path in sorted(left) if (attempt := self._found(student, path))), *known]

    def find(self, student: str, sha256: str) -> Attempt | None:
        """Find a student's attempt by the digest of its original."""
        return next((attempt for attempt, _ in self.of(student) if attempt.sha256 == sha256), None)

    def newest(self, student: str) -> tuple[Attempt, Path] | None:
        """Give the attempt that counts: the newest of the highest number that is not set aside.

        Of two that a server knows under one time, the newer by their own word; else the one that came last.
        """
        return newest_of(self.of(student))

    def put(self, student: str, attempt: Attempt) -> None:
        """Keep what a take-in says of an attempt, in the place of what it said before; what others said stays, unless it was set aside."""
        by_original: dict[str, list[Attempt]] = {}
        for one in self._of.get(student, ()):
            by_original.setdefault(one.sha256, []).append(one)
        same = by_original.get(attempt.sha256, [])
        if any(one.run == attempt.run for one in same):
            by_original[attempt.sha256] = [attempt if one.run == attempt.run else one for one in same]
        else:
            by_original[attempt.sha256] = [*(one for one in same if not one.set_aside), attempt]
        now = [one for said in by_original.values() for one in said]
        self._folder.mkdir(parents=True, exist_ok=True)
        rows = [asdict(one) | {"handed_in_at": one.handed_in_at.isoformat(), "arrived_at": one.arrived_at.isoformat()} for one in now]
        document = {"schema": SCHEMA, "attempts": rows}
        content = json.dumps(document, ensure_ascii=False, indent=1).encode("utf-8", "replace")
        path = self._folder / f"{student}.json"
        if student in self.broken - self._aside:
            with suppress(FileNotFoundError):
                keep_aside(path)
            self._aside.add(student)
        write_file(path, content)
        self._of[student] = tuple(now)
        self._index(student)

    def senders(self, student: str) -> set[Sender]:
        """Give the senders of a student's attempts that count."""
        return {attempt.sender for attempt in self._of.get(student, ()) if attempt.sender.number and not attempt.set_aside}

    def students(self) -> tuple[str, ...]:
        """Give those of whom something is known."""
        return tuple(self._of)

    def holders(self, sender: Sender) -> set[str]:
        """Give the students for whom a sender has handed in before, without those from whom a tutor took it back."""
        return {student for student, other in self._held.get(sender.number, ()) if sender.is_same(other)}

    def decided(self, sender: Sender, sha256: str) -> str:
        """Give the student whose a tutor said this is: all from this sender, or this one file; "" if nobody said."""
        rulings = [(a.began, student) for student, made in self._rulings.items() for a in made if self._is_about(a, sender, sha256)]
        return max(rulings)[1] if rulings else ""

    def new_run(self) -> str:
        """Give the time of a take-in that begins now, as `Attempt.run`: later than all before it, whatever the clock says."""
        return aware(after(naive(one.began) for each in self._of.values() for one in each)).isoformat()

    def answers(self, original: Path) -> bytes:
        """Give the answers in an original, b"" if it cannot be read any more."""
        return self._parts(original).answers or b""

    def number(self, student: str, system: str = "Moodle") -> str:
        """Give the number of a student in another system, by which marks find back (Moodle: of the participant); "" if it is not known."""
        senders = [attempt.sender for attempt in self._of.get(student, ()) if not attempt.set_aside]
        return next((sender.number for sender in reversed(senders) if sender.system == system and sender.number), "")

    def _index(self, student: str) -> None:
        for sender in {attempt.sender for attempt in self._of[student]}:
            others = {pair for pair in self._held.get(sender.number, ()) if pair[0] != student}
            self._held[sender.number] = others
        for sender in self.senders(student):
            self._held[sender.number].add((student, sender))
        self._rulings[student] = [a for a in self._of[student] if a.by == "assign" and not a.set_aside]

    @cached_property
    def names(self) -> dict[str, tuple[str, ...]]:
        """Name that another system writes → the students whose a tutor said it is, from all workbooks of the class."""
        found: dict[str, tuple[str, ...]] = {}
        for path in sorted(self._course.root.glob(f"received/*/{FOLDER}/[!.]*.json")):
            for attempt in _read(path)[0]:
                if attempt.by == "assign" and attempt.sender.name and not attempt.set_aside:
                    found[attempt.sender.name] = tuple(dict.fromkeys((*found.get(attempt.sender.name, ()), path.stem)))
        return found

    @staticmethod
    def _is_about(attempt: Attempt, sender: Sender, sha256: str) -> bool:
        if attempt.sender.number and sender.number and sender.system != EXCHANGE:  # an account hands in for others, too
            return attempt.sender.is_same(sender)
        return attempt.sha256 == sha256

    @cached_property
    def _referrals(self) -> dict[str, Referred]:
        return referred(self._course.db_url, self._assignment)

    def _parts(self, original: Path) -> Parts:
        """Take an original apart; without any part if it cannot be read any more."""
        try:
            with open_archive(original) as archive:
                return hand_in_parts(archive, self._assignment)
        except (OSError, UnusableError):
            return Parts(manifest=None, answers=None, notebook=None)

    def _found(self, student: str, path: Path) -> Attempt | None:
        """Describe an original of which nothing is written: kept by an older version, by another program, or in a run that was cut off."""
        try:
            data = read_file(path, MAX_UNPACKED)
            when = datetime.strptime(path.name[:15], "%Y%m%d-%H%M%S").replace(tzinfo=UTC)
        except (OSError, ValueError):
            return None
        parts, referral = self._parts(path), None
        with suppress(UnusableError):
            manifest, _ = read_manifest(parts)
            referral = answered(manifest, self._referrals, student)[0] if "referral" in manifest else None
        return Attempt(
            sha256=hashlib.sha256(data).hexdigest(),
            answers_sha256=hashlib.sha256(parts.answers or b"").hexdigest(),
            handed_in_at=when,
            arrived_at=when,
            attempt=referral.attempt if referral else 1,
            referral=referral.id if referral else "",
        )


def _holding(found: Iterable[tuple[Attempt, T]]) -> list[tuple[Attempt, T]]:
    """Give of each original what holds: what was said of it last and not set aside, else what was said last."""
    held: dict[str, tuple[Attempt, T]] = {}
    for pair in found:
        before = held.get(pair[0].sha256)
        if before is None or before[0].set_aside or not pair[0].set_aside:
            held[pair[0].sha256] = pair
    return list(held.values())


def newest_of(found: list[tuple[Attempt, T]]) -> tuple[Attempt, T] | None:
    """Give of some attempts, in the order of their taking in, the one that counts (`Attempts.newest`)."""
    left = [pair for pair in found if not pair[0].set_aside]
    return max(reversed(left), key=lambda pair: pair[0].rank, default=None)


def read_attempts(course: Course, assignment: str, student: str) -> tuple[Attempt, ...]:
    """Read what is known of one student's attempts, in the order of their taking in; ClassError if that cannot be read."""
    found = _read(course.root / "received" / assignment / FOLDER / f"{student}.json")[0]
    return tuple(one for one, _ in _holding((one, None) for one in found))


def is_taken_back(course: Course, assignment: str, student: str) -> bool:
    """Whether a student has attempts, and none of them counts."""
    found = read_attempts(course, assignment, student)
    return bool(found) and all(attempt.set_aside for attempt in found)


def lateness_unsure(course: Course, assignment: str, student: str, when: datetime, due: datetime | None) -> bool:
    """Whether it cannot be told if a student's hand-in of a time was in time."""
    found = (attempt for attempt in read_attempts(course, assignment, student) if not attempt.set_aside)
    return any(attempt.handed_in_at == aware(when) and attempt.is_unsure(aware(due) if due else None) for attempt in found)


def _read(path: Path) -> tuple[tuple[Attempt, ...], bool]:
    """Give the attempts in a file, none where there is no file, and whether all of it was understood."""
    try:
        rows = json.loads(_content(path))["attempts"]
        found = tuple(filter(None, map(_row, rows)))
    except FileNotFoundError:
        return (), True
    except (ValueError, KeyError, TypeError, RecursionError):
        return (), False
    return found, len(found) == len(rows)


def _content(path: Path) -> bytes:
    """Read a file that another program may hold for a moment."""
    for pause in (*PAUSES_S, None):
        try:
            return read_file(path, MAX_UNPACKED)
        except FileNotFoundError:
            raise
        except OSError as error:
            if pause is None:
                where = printable(Path(*path.parts[-4:]), 200)
                msg = f"{where} cannot be read ({error.strerror}). Close other programs that have it open, then try again."
                raise ClassError(msg) from error
            time.sleep(pause)
    raise AssertionError


def _row(row: dict[str, Any]) -> Attempt | None:
    """Give the attempt that a row tells of, None if it cannot be understood."""
    with suppress(KeyError, TypeError, ValueError):
        times = {name: aware(datetime.fromisoformat(row[name])) for name in ("handed_in_at", "arrived_at")}
        attempt = Attempt(**{**row, **times, "sender": Sender(**row["sender"])})
        if re.fullmatch(r"[0-9a-f]{64}", attempt.sha256) and isinstance(attempt.attempt, int) and attempt.order and attempt.began:
            return replace(attempt, file=str(attempt.file))
    return None
