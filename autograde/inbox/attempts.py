"""What is known of each attempt that was kept: when, from whom, by which take-in, and whether a tutor took it back.

`received/WORKBOOK/.attempts/STUDENT.json` holds it, beside the originals in `received/WORKBOOK/STUDENT/`, which stay as
they came. What is current follows from the two, so that a take-in which was cut off is finished by the next.
"""

import hashlib
import json
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from autograde.classes.folder import Course
from autograde.errors import UnusableError
from autograde.inbox.files.archive import MAX_UNPACKED, hand_in_parts, open_archive
from autograde.inbox.files.senders import EXCHANGE, NOBODY, Sender
from autograde.text import aware
from workbook_helpers.files import PART, read_file, write_file

FOLDER = ".attempts"
"""No learner's folder: their names begin with no dot."""
SCHEMA = 1
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
    file
        Where it came from, for people.
    by
        "intake", "collect" or "assign"; "" for what was kept by other programs.
    run
        The take-in: when it began, in ISO 8601.
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
    file: str = ""
    sender: Sender = NOBODY
    by: str = ""
    run: str = ""
    set_aside: str = ""
    attempt: int = 1
    referral: str = ""

    def is_unsure(self, due: datetime | None) -> bool:
        """Whether it cannot be told if this was in time: only the student's machine says so, or nothing does."""
        if due is None or self.sure or self.arrived_at <= due:
            return False
        return not self.own_at or self.handed_in_at <= due


class Attempts:
    """The attempts at one workbook, of all students."""

    def __init__(self, course: Course, assignment: str) -> None:
        self._course = course
        self._assignment = assignment
        self._root = course.root / "received" / assignment
        self._folder = self._root / FOLDER
        self._of: dict[str, tuple[Attempt, ...]] = {path.stem: _read(path) for path in sorted(self._folder.glob("[!.]*.json"))}
        self._held: dict[str, set[tuple[str, Sender]]] = {}
        self._rulings: dict[str, list[Attempt]] = {}
        for student in self._of:
            self._index(student)

    def of(self, student: str) -> list[tuple[Attempt, Path]]:
        """Give a student's attempts in the order of their taking in, each with its original."""
        paths = {path.stem[-8:]: path for path in sorted((self._root / student).glob("*-*.zip")) if not path.name.startswith(PART)}
        known = [(attempt, paths.pop(attempt.sha256[:8])) for attempt in self._of.get(student, ()) if attempt.sha256[:8] in paths]
        return [*((attempt, path) for path in paths.values() if (attempt := self._found(path))), *known]

    def find(self, student: str, sha256: str) -> Attempt | None:
        """Find a student's attempt by the digest of its original."""
        return next((attempt for attempt, _ in self.of(student) if attempt.sha256 == sha256), None)

    def newest(self, student: str) -> tuple[Attempt, Path] | None:
        """Give the attempt that counts: the newest of the highest number that is not set aside.

        Of two that a server knows under one time, the newer by their own word; else the one that came last.
        """
        return newest_of(self.of(student))

    def put(self, student: str, attempt: Attempt) -> None:
        """Keep what is known of an attempt."""
        before = [other for other in self._of.get(student, ()) if other.sha256 != attempt.sha256]
        same = [i for i, other in enumerate(self._of.get(student, ())) if other.sha256 == attempt.sha256]
        before.insert(same[0] if same else len(before), attempt)
        self._folder.mkdir(parents=True, exist_ok=True)
        rows = [asdict(one) | {"handed_in_at": one.handed_in_at.isoformat(), "arrived_at": one.arrived_at.isoformat()} for one in before]
        document = {"schema": SCHEMA, "attempts": rows}
        content = json.dumps(document, ensure_ascii=False, indent=1).encode("utf-8", "replace")
        # What a person decided cannot be worked out again; the rest can, by taking the same files in.
        decided = any(one.set_aside or one.by == "assign" for one in before)
        write_file(self._folder / f"{student}.json", content, durable=decided)
        self._of[student] = tuple(before)
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
        rulings = [(a.run, student) for student, made in self._rulings.items() for a in made if self._is_about(a, sender, sha256)]
        return max(rulings)[1] if rulings else ""

    def answers(self, original: Path) -> bytes:
        """Give the answers in an original, b"" if it cannot be read any more."""
        try:
            with open_archive(original) as archive:
                return hand_in_parts(archive, self._assignment).answers or b""
        except (OSError, UnusableError):
            return b""

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
    def names(self) -> dict[str, str]:
        """Name that another system writes → the student whose a tutor said it is, from all workbooks of the class."""
        found: dict[str, str] = {}
        for path in sorted(self._course.root.glob(f"received/*/{FOLDER}/[!.]*.json")):
            for attempt in _read(path):
                if attempt.by == "assign" and attempt.sender.name and not attempt.set_aside:
                    found[attempt.sender.name] = path.stem
        return found

    @staticmethod
    def _is_about(attempt: Attempt, sender: Sender, sha256: str) -> bool:
        if attempt.sender.number and sender.number and sender.system != EXCHANGE:  # an account hands in for others, too
            return attempt.sender.is_same(sender)
        return attempt.sha256 == sha256

    def _found(self, path: Path) -> Attempt | None:
        """Describe an original of which nothing is written: kept by an older version, by another program, or in a run that was cut off."""
        try:
            data = read_file(path, MAX_UNPACKED)
            when = datetime.strptime(path.name[:15], "%Y%m%d-%H%M%S").replace(tzinfo=UTC)
        except (OSError, ValueError):
            return None
        return Attempt(
            sha256=hashlib.sha256(data).hexdigest(),
            answers_sha256=hashlib.sha256(self.answers(path)).hexdigest(),
            handed_in_at=when,
            arrived_at=when,
        )


def newest_of(found: list[tuple[Attempt, T]]) -> tuple[Attempt, T] | None:
    """Give of some attempts, in the order of their taking in, the one that counts (`Attempts.newest`)."""
    left = [pair for pair in found if not pair[0].set_aside]
    return max(reversed(left), key=lambda pair: (pair[0].attempt, pair[0].handed_in_at, pair[0].own_at), default=None)


def read_attempts(course: Course, assignment: str, student: str) -> tuple[Attempt, ...]:
    """Read what is known of one student's attempts, in the order of their taking in."""
    return _read(course.root / "received" / assignment / FOLDER / f"{student}.json")


def is_taken_back(course: Course, assignment: str, student: str) -> bool:
    """Whether a student has attempts, and none of them counts."""
    found = read_attempts(course, assignment, student)
    return bool(found) and all(attempt.set_aside for attempt in found)


def lateness_unsure(course: Course, assignment: str, student: str, when: datetime, due: datetime | None) -> bool:
    """Whether it cannot be told if a student's hand-in of a time was in time."""
    found = (attempt for attempt in read_attempts(course, assignment, student) if not attempt.set_aside)
    return any(attempt.handed_in_at == aware(when) and attempt.is_unsure(aware(due) if due else None) for attempt in found)


def _read(path: Path) -> tuple[Attempt, ...]:
    try:
        rows = json.loads(read_file(path, MAX_UNPACKED))["attempts"]
        return tuple(_rows(rows))
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return ()


def _rows(rows: list[dict[str, Any]]) -> Iterator[Attempt]:
    for row in rows:
        with suppress(KeyError, TypeError, ValueError):
            times = {name: aware(datetime.fromisoformat(row[name])) for name in ("handed_in_at", "arrived_at")}
            attempt = Attempt(**{**row, **times, "sender": Sender(**row["sender"])})
            if re.fullmatch(r"[0-9a-f]{64}", attempt.sha256) and isinstance(attempt.attempt, int):
                yield replace(attempt, file=str(attempt.file))
