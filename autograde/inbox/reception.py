"""The reception where hand-ins arrive: whose each is, keep every original, make the newest current, set aside what cannot be used."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from autograde.classes.folder import Course
from autograde.classes.roster import Roster, Student
from autograde.errors import ClassError, UnusableError
from autograde.gradebook.deeds import Deed
from autograde.gradebook.locks import signed_off
from autograde.gradebook.noted import noting
from autograde.gradebook.overview import due_dates
from autograde.gradebook.referred import Referred, referred
from autograde.inbox.alike import alike
from autograde.inbox.attempts import UNDONE, Attempt, Attempts
from autograde.inbox.claims import (
    CLOCK_SKEW,
    Moment,
    answered,
    claimed,
    handed_in_at,
    held_against_file,
    lateness,
    read_manifest,
    released_since,
    whose,
)
from autograde.inbox.due import Due
from autograde.inbox.files.archive import MAX_UNPACKED, Parts
from autograde.inbox.files.arrivals import Arrival
from autograde.inbox.files.loose import ANSWERS
from autograde.inbox.files.mistaken import mistaken, parts_of
from autograde.inbox.files.senders import Sender
from autograde.inbox.merged import merged_ids
from autograde.inbox.outcome import IntakeReport, Refused, Taken
from autograde.inbox.put_right import put_away, set_aside
from autograde.inbox.quarantine import Held, Quarantine, held_in
from autograde.inbox.store import keep_original, settle, taking_in
from autograde.inbox.survey import Survey, saves
from autograde.inbox.take_ins import note_take_in
from autograde.marking.paper import paper_oddities
from autograde.text import aware, in_short, printable, quoted
from workbook_helpers.answers.sheet import AnswerSheet, parse_sheet, read_sheet
from workbook_helpers.files import read_file
from workbook_helpers.items import Workbook

WORKSHEET = "Moodle's worksheet"


@contextmanager
def opened(course: Course, assignment: str, times: Mapping[str, datetime | None] | None = None) -> Iterator["Reception"]:
    """Open a reception for one take-in, and finish first what an earlier one had to leave."""
    with taking_in(course, assignment) as left:
        reception = Reception(course, assignment, times)
        for student in left:
            reception.settle(student)
        yield reception


def report(reception: "Reception", outcomes: Iterable[Taken | Refused | str]) -> IntakeReport:
    """Sum up what became of the hand-ins."""
    found = tuple(outcomes)
    handed_in = reception.course.root / "submitted"
    missing = [s for s in reception.roster.students if not (handed_in / s.id / reception.assignment).is_dir()]
    taken = tuple(outcome for outcome in found if isinstance(outcome, Taken))
    made = IntakeReport(
        assignment=reception.assignment,
        taken=taken,
        repeated=tuple(outcome for outcome in found if isinstance(outcome, str)),
        refused=tuple(outcome for outcome in found if isinstance(outcome, Refused)),
        missing=tuple(sorted(missing, key=lambda s: (s.last_name.casefold(), s.first_name.casefold(), s.id))),
        alike=alike(reception.course, reception.workbook, {one.student.id for one in taken}),
        passed=reception.survey.passed(),
        run=reception.run,
    )
    note_take_in(reception.course, made)
    return made


@dataclass(frozen=True, kw_only=True)
class HandIn:
    """A hand-in whose student and time are known; `original` is its bytes to keep, as they came."""

    student: Student
    file: str
    moment: Moment
    original: bytes
    parts: Parts
    sender: Sender
    by: str
    manifest: Mapping[str, object] = field(default_factory=dict)
    oddities: tuple[str, ...] = ()


class Reception:
    """Where hand-ins to one workbook arrive; reads once what each of them is held against."""

    def __init__(self, course: Course, assignment: str, times: Mapping[str, datetime | None] | None = None) -> None:
        self.course = course
        self.assignment = assignment
        self.workbook: Workbook = course.workbook(assignment)
        self.roster = Roster.of(course)
        self.attempts = Attempts(course, assignment)
        self.quarantine = Quarantine(course)
        self.merged = merged_ids(course)
        self.survey = Survey(self.roster, self.attempts, self.merged)
        self.signed_off = signed_off(course)
        self.since = released_since(course, assignment)
        self.referrals = referred(course.db_url, assignment)
        self.due = Due(course, assignment, _due_dates(course, self.workbook), self.referrals.values())
        self.run = self.attempts.new_run()
        self._times = times
        self._made_current: set[str] = set()

    def look_at(self, found: Iterable[Arrival]) -> None:
        """Note who says what of whom, before anything is taken in."""
        for arrival in found:
            manifest = None
            if not arrival.fault and not arrival.passed:
                with suppress(Exception):  # that is dealt with, and told, when it is received
                    parts = parts_of(arrival.data, self.assignment)
                    manifest = self.manifest(parts)[0]
                    self.survey.note_copy(arrival, claimed(manifest), saves(parts.answers or b""))
            self.survey.note(arrival, None if manifest is None else claimed(manifest))
        self.survey.conclude()

    def receive(self, arrival: Arrival) -> "Taken | Refused | str":
        """Deal with one hand-in; gives its name if it had been taken in before."""
        known: list[Student] = []
        arrival = replace(arrival, sender=self.survey.seen(arrival.sender))
        try:
            return self.take(arrival, known)
        except UnusableError as error:
            reason = str(error)
        except ClassError:  # the log cannot be written: nothing is taken in without an entry
            raise
        except OSError as error:
            reason = f"it could not be stored ({error.strerror or error})"
        except Exception as error:  # whatever one file does to us, the class goes on to its end
            reason = f"this program failed on it ({type(error).__name__}: {printable(error)}); please report that"
        by_name = self.roster.named(arrival.sender.name)
        whom = known[0] if known else by_name[0] if len(by_name) == 1 else None
        arrival = self._timed(arrival)
        held = Held(
            assignment=self.assignment,
            sender=arrival.sender,
            seen_at=arrival.seen_at,
            server_time=arrival.server_time,
            server=arrival.server,
            order=arrival.order,
        )
        return self.refuse(arrival.name, reason, whom, held, data=arrival.data, path=arrival.path)

    def refuse(
        self, name: str, reason: str, student: Student | None, held: Held, *, data: bytes = b"", path: Path | None = None
    ) -> Refused:
        """Put a hand-in into quarantine; its bytes, or the file where it is too large to hold."""
        about = ""
        if student is not None:
            about = f"Student: {student.name} ({student.shown})\n"
            if self.course.timestamp(student.id, self.assignment) is not None:
                reason += f"; what {student.shown} handed in before stays"
        folder, kept = self.quarantine.root, True
        try:
            folder = self.quarantine.put(printable(name, 300), f"{reason}.", held, data=data, path=path, about=about)
        except (OSError, UnusableError) as error:
            why = error.strerror if isinstance(error, OSError) and error.strerror else error
            kept = False
            reason += f"; and it could not be put into quarantine ({why}): keep the file, see to that, and take it in again"
        return Refused(file=name, reason=reason, folder=folder, student=student, kept=kept)

    def take(self, arrival: Arrival, known: list[Student], student: Student | None = None) -> "Taken | str":
        """Take one hand-in in; `known` gets the student once that is clear. `student`: whose it is, as a tutor says.

        Raises
        ------
        OSError, UnusableError
            If it cannot be used or stored.
        """
        if arrival.fault:
            raise UnusableError(arrival.fault)
        parts = parts_of(arrival.data, self.assignment)
        if parts.answers is None and parts.manifest is None:
            raise UnusableError(mistaken(arrival.data) or f"there is no {ANSWERS} in it")
        manifest, oddities = self.manifest(parts)
        note, by = "", "assign"
        if student is None:
            by = "intake"
            ruled = self.attempts.decided(arrival.sender, hashlib.sha256(arrival.data).hexdigest())
            student, note = self._whose(manifest, arrival.sender, ruled)
            known.append(student)
            if not ruled:
                self.survey.check_sender(student, arrival.sender)
                if answered(manifest, self.referrals, student.id)[0] is None:  # else it has a number that its learner alone was given
                    self.survey.check_copy(student, arrival, saves(parts.answers or b""))
        moment, more = self._moment(manifest, arrival)
        hand_in = HandIn(
            student=student,
            file=arrival.name,
            moment=moment,
            original=arrival.data,
            parts=parts,
            sender=arrival.sender,
            by=by,
            manifest=manifest,
            oddities=tuple(filter(None, [*oddities, note, moment.note, more])),
        )
        return self.accept(hand_in)

    def accept(self, hand_in: HandIn) -> "Taken | str":
        """Keep a hand-in and make it the current one if it is the newest; gives its name if it was taken in before.

        Raises
        ------
        OSError, UnusableError
            If its answers cannot be read; what was handed in before stays then.
        """
        student, moment, answers = hand_in.student, hand_in.moment, hand_in.parts.answers
        if answers is None:
            msg = f"there is no {ANSWERS} in it"
            raise UnusableError(msg)
        sheet = parse_sheet(answers, self.workbook.items, self.workbook.id)
        if sheet.problem:
            raise UnusableError(sheet.problem)
        current = read_sheet(self.course.path("submitted", student.id, self.assignment) / ANSWERS, self.workbook.items, self.workbook.id)
        paper = paper_oddities(self.workbook, self.course.course_id, student.shown, sheet, current.seed)
        referral, remark = answered(hand_in.manifest, self.referrals, student.id)
        changed = self._changed_beside(student, referral, sheet) if referral else ""
        hand_in = replace(hand_in, oddities=tuple(filter(None, [*hand_in.oddities, *paper, remark, changed])))
        digest = hashlib.sha256(hand_in.original).hexdigest()
        before = self.attempts.find(student.id, digest)
        if before and before.set_aside and hand_in.by != "assign":
            msg = f"it was taken back ({before.set_aside}). To count it after all: autograde assign FILE {quoted(student.shown)}"
            if before.set_aside.startswith(UNDONE):
                msg += f", or autograde redo {self.workbook.id} {quoted(student.shown)}, which takes the last undo back"
            raise UnusableError(msg)
        order = self._order(student, moment, digest)
        attempt = Attempt(
            sha256=digest,
            answers_sha256=hashlib.sha256(answers).hexdigest(),
            handed_in_at=moment.when,
            arrived_at=moment.arrived,
            sure=moment.sure,
            own_at=moment.own.isoformat() if moment.own else "",
            order_at=order.isoformat() if order not in (None, moment.when) else "",
            file=printable(hand_in.file, 300),
            sender=hand_in.sender,
            by=hand_in.by,
            run=self.run,
            attempt=referral.attempt if referral else 1,
            referral=referral.id if referral else "",
        )
        surer = moment.sure and before is not None and (not before.sure or moment.when != before.handed_in_at)
        better = before is None or not before.by or hand_in.by == "assign" or surer
        new = before is None or (better and bool(before.by))
        told = {"workbook": self.assignment, "run": self.run, "handed_in": str(moment.when), "sha256": digest}
        with noting(self.course, Deed.TAKE_IN, learner=student.id, **told) if new else nullcontext():
            keep_original(self.course, self.assignment, student.id, attempt.order, hand_in.original)
            if better:
                self.attempts.put(student.id, attempt)
            elif before and hand_in.sender.number and not before.sender.number:
                self.attempts.put(student.id, replace(before, sender=hand_in.sender))
            self.settle(student.id)
        self.put_right(student.id, digest, hand_in.sender)
        if not new and digest not in self._made_current:
            return hand_in.file
        self._made_current.discard(digest)
        return self._taken(hand_in, digest)

    def put_right(self, student: str, digest: str, sender: Sender) -> None:
        """Note that what was set aside of a student's hand-in is dealt with, now that it counts; `digest` is the SHA-256 of its bytes.

        Two learners may send the same bytes: what is another's, or not clear, stays.
        """
        if not (folders := self.quarantine.waiting(digest, sender)):
            return
        for aside in set_aside(self.course):
            if aside.folder in folders and student == (aside.learner.id if aside.learner else self._clear_by_now(aside.folder)):
                with suppress(ClassError):  # it was put away meanwhile, or is open elsewhere: then the tutor puts it away
                    put_away(self.course, aside.folder)

    def _clear_by_now(self, folder: str) -> str:
        """Give whose a hand-in in quarantine is that was nobody's when it came, by its folder; "" where that is not clear yet."""
        with suppress(OSError, UnusableError):
            if there := held_in(self.quarantine.root / folder):
                data, sender = read_file(there[0], MAX_UNPACKED), there[1].sender
                ruled = self.attempts.decided(sender, hashlib.sha256(data).hexdigest())
                return self._whose(self.manifest(parts_of(data, self.assignment))[0], sender, ruled)[0].id
        return ""

    def _whose(self, manifest: Mapping[str, object], sender: Sender, ruled: str) -> tuple[Student, str]:
        known = self.attempts.names.get(sender.name, ())
        return whose(claimed(manifest), sender, self.roster, merged=self.merged, ruled=ruled, known=known)

    def settle(self, student: str) -> None:
        """Make current what counts, and remember it if it was not; of a unit that is signed off, what is current stays so."""
        if student in self.signed_off:
            return
        if settle(self.course, self.assignment, student, self.attempts) and (newest := self.attempts.newest(student)):
            self._made_current.add(newest[0].sha256)

    def _taken(self, hand_in: HandIn, digest: str) -> Taken:
        student, oddities = hand_in.student, list(hand_in.oddities)
        newest = self.attempts.newest(student.id)
        now = self.course.timestamp(student.id, self.assignment)
        current = newest is not None and newest[0].sha256 == digest and now is not None and aware(now) == newest[0].handed_in_at
        own = self.attempts.find(student.id, digest)
        if not current and student.id in self.signed_off and newest and newest[0].sha256 == digest:
            when = in_short(self.signed_off[student.id])
            oddities.append(f"is kept and waits: the unit was signed off on {when}. Reopen it with a reason to let this count")
        elif not current:
            what = "of an attempt before" if own and newest and own.attempt < newest[0].attempt else "older than"
            oddities.append(f"is {what} the current one: kept, not used")
        if student.id in self.attempts.broken:
            oddities.append("what was written of the attempts before cannot be read, and is kept aside: see which hand-in counts")
        late, note = lateness(hand_in.moment, self.due.of(student.id, own.attempt if own else 1))
        if hand_in.sender.late and (not late or late.startswith("cannot")):
            late, note = f"by what {hand_in.sender.system} says", ""
        return Taken(
            student=student,
            file=hand_in.file,
            handed_in_at=hand_in.moment.when,
            sha256=digest,
            current=current,
            late=late,
            oddities=tuple(filter(None, [*oddities, note])),
        )

    def _changed_beside(self, student: Student, referral: Referred, sheet: AnswerSheet) -> str:
        """Name the answers that are others than in the attempt before, though they were not to be answered again; "" for none."""
        original = next((path for one, path in self.attempts.of(student.id) if one.answers_sha256 == referral.about), None)
        if original is None:
            return ""
        before = parse_sheet(self.attempts.answers(original), self.workbook.items, self.workbook.id)
        items = (item for item in self.workbook.items.values() if item.id not in referral.items and item.kind != "declaration")
        changed = [item.id for item in items if sheet.value(item.id) != before.value(item.id)]
        return f"{', '.join(changed)} {'is' if len(changed) == 1 else 'are'} not as before, though not asked again" if changed else ""

    def _order(self, student: Student, moment: Moment, digest: str) -> datetime | None:
        """Give the place of a hand-in: behind those before it, but not far ahead of now because a server's clock was wrong once."""
        order = moment.order
        if order is None or order - moment.when <= CLOCK_SKEW:
            return order
        second = timedelta(seconds=1)  # the names of originals hold no less
        before = [one.order + second for one, _ in self.attempts.of(student.id) if one.order < order and one.sha256 != digest]
        return min(order, max([datetime.now(UTC), *before]))

    def manifest(self, parts: Parts) -> tuple[dict[str, object], list[str]]:
        """Read the manifest of a hand-in to this workbook."""
        manifest, oddities = read_manifest(parts)
        for key, expected in (("workbook", self.workbook.id), ("assignment", self.assignment)):
            if key in manifest and manifest[key] != expected:
                msg = f"it is a hand-in to {printable(manifest[key], 60)}, not to {expected}"
                raise UnusableError(msg)
        return manifest, oddities

    def _timed(self, arrival: Arrival) -> Arrival:
        """Add what Moodle's worksheet says, if there is one."""
        if self._times is None or arrival.sender.system != "Moodle" or arrival.server_time:
            return arrival
        return replace(arrival, server_time=self._times.get(arrival.sender.number), server=WORKSHEET)

    def _moment(self, manifest: Mapping[str, object], arrival: Arrival) -> tuple[Moment, str]:
        arrival = self._timed(arrival)
        claimed = manifest.get("handed_in_at", "") if manifest else None
        moment = handed_in_at(claimed, arrival.seen_at, self.since, server_time=arrival.server_time, server=arrival.server)
        if arrival.server == WORKSHEET:
            moment = held_against_file(moment, arrival.seen_at)
        if not manifest and not moment.sure:  # that it has no manifest is said already
            moment = replace(moment, note="")
        return replace(
            moment, order=arrival.order
        ), "has no time in Moodle's worksheet" if arrival.server and not arrival.server_time else ""


def _due_dates(course: Course, workbook: Workbook) -> Mapping[str, datetime]:
    """Give the dates of a workbook; ClassError where it was not released."""
    found = due_dates(course.db_url, course.course_id, workbook.assignment)
    if found is None:
        msg = (
            f"{workbook.assignment} has not been released in this class, says its gradebook. Run: autograde release {workbook.id}. "
            "But if it was marked before, those marks are not in this gradebook: bring back a backup with autograde restore FILE."
        )
        raise ClassError(msg)
    return found
