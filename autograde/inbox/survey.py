"""Who says what of whom in one take-in, looked at as a whole: a contradiction is found whichever hand-in comes first.

Where a system knows people by numbers, two numbers for one id contradict each other. Where nothing but the file says whose
it is, two files for one id do if no single save of an answer stands in both: then they are from two copies of the
workbook, as two people have them.
"""

import hashlib
import json
from collections.abc import Mapping

from autograde.classes.roster import Roster, Student
from autograde.errors import UnusableError
from autograde.inbox.attempts import Attempts
from autograde.inbox.claims import ADVICE, whose
from autograde.inbox.files.arrivals import Arrival
from autograde.inbox.files.senders import Sender
from autograde.text import count, printable


class Survey:
    """Senders and the ids that their hand-ins name, in this take-in and, from the attempts, in those before."""

    def __init__(self, roster: Roster, attempts: Attempts, merged: Mapping[str, str]) -> None:
        self._roster = roster
        self._merged = merged
        self._attempts = attempts
        self._claims: set[tuple[Sender, str]] = set()
        self._numbers: dict[tuple[str, str], set[str]] = {}
        self._by_student: dict[str, set[Sender]] = {}
        self._copies: list[tuple[Sender, str, str, frozenset[str]]] = []
        self._copies_of: dict[str, list[tuple[str, frozenset[str]]]] = {}
        self._by_number: dict[str, set[tuple[str, Sender]]] = {}
        self._texts: set[str] = set()
        self._files: set[str] = set()
        self._texts_seen = self._beside = 0

    def note(self, arrival: Arrival, claimed: str | None) -> None:
        """Note one arrival and the id that it names: "" for none, None if it cannot be taken in anyway."""
        if arrival.passed == "text":
            self._texts_seen += 1
            self._texts.add(str(arrival.sender))
            return
        self._beside += arrival.passed == "other"
        self._files.add(str(arrival.sender))
        sender = arrival.sender
        if sender.name and sender.number:
            self._numbers.setdefault((sender.system, sender.name), set()).add(sender.number)
        if claimed is not None:
            self._claims.add((sender, claimed))

    def note_copy(self, arrival: Arrival, names: str, saved: frozenset[str]) -> None:
        """Note which saves of answers stand in an arrival."""
        self._copies.append((arrival.sender, names, hashlib.sha256(arrival.data).hexdigest(), saved))

    def conclude(self) -> None:
        """Work out what was noted; call it when all has been."""
        for noted, names in self._claims:
            sender = self.seen(noted)
            student = self._student(sender, names, "") if sender.number else None
            if student is not None:
                self._by_student.setdefault(student, set()).add(sender)
                self._by_number.setdefault(sender.number, set()).add((student, sender))
        for noted, names, digest, saved in self._copies:
            student = self._student(self.seen(noted), names, digest)
            if student is not None:
                self._copies_of.setdefault(student, []).append((digest, saved))

    def _student(self, sender: Sender, names: str, digest: str) -> str | None:
        """Give whom a hand-in is taken for, None if for nobody, or if a tutor has said whose it is."""
        if self._attempts.decided(sender, digest):
            return None
        known = self._attempts.names.get(sender.name, ())
        try:
            return whose(names, sender, self._roster, merged=self._merged, known=known)[0].id
        except UnusableError:
            return None

    def seen(self, sender: Sender) -> Sender:
        """Give a sender, without the name if that is only what a system writes where names are hidden, in any language."""
        several = len(self._numbers.get((sender.system, sender.name), ())) > 1
        if several and not self._roster.named(sender.name):
            return Sender(system=sender.system, number=sender.number, late=sender.late)
        return sender

    def check_sender(self, student: Student, sender: Sender) -> None:
        """See that nobody else is in the way of a sender who hands in for a student.

        Raises
        ------
        UnusableError
            If another sender names the same student, or this one another student.
        """
        if not sender.number:
            return
        before = self._attempts.senders(student.id)
        if any(sender.is_same(other) for other in before):
            return  # it was this student's before, and what contradicts that is set aside
        rivals = sorted(str(other) for other in before | self._by_student.get(student.id, set()) if sender.is_another(other))
        if rivals:
            msg = f"{student.shown} ({student.name}) is named by {sender} and by {printable(' and '.join(rivals), 200)}: {ADVICE}"
            raise UnusableError(msg)
        now = {other for other, its in self._by_number.get(sender.number, ()) if sender.is_same(its)}
        others = (self._attempts.holders(sender) | now) - {student.id}
        if others:
            named = ", ".join(found.shown for other in sorted(others) if (found := self._roster.get(other))) or "somebody else"
            msg = f"it names {student.shown}, but {sender} handed in for {named} as well: {ADVICE}"
            raise UnusableError(msg)

    def check_copy(self, student: Student, arrival: Arrival, saved: frozenset[str]) -> None:
        """See that a file which alone says whose it is goes on from the student's other files.

        Raises
        ------
        UnusableError
            If it has nothing in common with another file of the same id.
        """
        digest = hashlib.sha256(arrival.data).hexdigest()
        counted = [(attempt, path) for attempt, path in self._attempts.of(student.id) if not attempt.set_aside]
        if arrival.sender.name or not saved or any(attempt.sha256 == digest for attempt, _ in counted):
            return
        if arrival.sender.number and any(arrival.sender.is_same(other) for other in self._attempts.senders(student.id)):
            return
        kept = {attempt.sha256: saves(self._attempts.answers(path)) for attempt, path in counted}
        kin, rest = set(saved), {**dict(self._copies_of.get(student.id, [])), **kept}
        while found := [one for one, its in rest.items() if not kin.isdisjoint(its)]:
            if any(one in kept for one in found):
                return
            kin = kin.union(*(rest.pop(one) for one in found))
        if any(rest.values()):
            who = f"{student.shown} ({student.name})"
            msg = f"two files name {who}, and no saved answer is the same in both, as if two people used the id: {ADVICE}"
            raise UnusableError(msg)

    def passed(self) -> tuple[str, ...]:
        """Say what was passed over, and who sent a text and no file."""
        found = []
        if self._texts_seen:
            found.append(f"{count(self._texts_seen, 'text entry', 'text entries')} passed over: a text typed into the system is no hand-in")
        if alone := sorted(self._texts - self._files - {""}):
            found.append(f"Only a text and no file came from {printable(', '.join(alone), 1000)}")
        if self._beside:
            found.append(f"{count(self._beside, 'other file')} beside hand-ins passed over")
        return tuple(found)


def saves(answers: bytes) -> frozenset[str]:
    """Name each save of an answer in an answers file: the item and the moment, which no two copies of a workbook share."""
    try:
        records = json.loads(answers)["answers"].items()
        return frozenset(f"{item} {record['saved_at']}" for item, record in records if isinstance(record, dict) and record.get("saved_at"))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return frozenset()
