"""Take hand-ins in: tell whose each is, keep every original, make the newest current, set aside what cannot be used."""

import io
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from nbgrader.api import MissingEntry

from autograde.course.archive import ANSWERS, hand_in_parts, open_archive
from autograde.course.arrivals import Arrival, arrivals
from autograde.course.claims import handed_in_at, read_manifest, whose
from autograde.course.folder import Course
from autograde.course.paper import paper_oddities
from autograde.course.roster import Roster, Student
from autograde.course.store import Quarantine, is_newest, keep_original, make_current
from autograde.course.text import aware, printable, span
from autograde.errors import ClassError, UnusableError
from workbook_helpers.answers.sheet import parse_sheet, read_sheet
from workbook_helpers.items import Workbook


@dataclass(frozen=True, kw_only=True)
class Taken:
    """A hand-in that was taken in.

    Attributes
    ----------
    current
        Whether it is the student's current one now; older ones are only kept.
    late
        How late in words, "" if in time.
    oddities
        One sentence each.
    """

    student: Student
    file: str
    handed_in_at: datetime
    current: bool
    late: str = ""
    oddities: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Refused:
    """A hand-in that went to quarantine: why, where it lies, and whose it is (None if that is not known)."""

    file: str
    reason: str
    folder: Path
    student: Student | None = None


@dataclass(frozen=True, kw_only=True)
class IntakeReport:
    """What became of the hand-ins.

    Attributes
    ----------
    repeated
        Names of files that had been taken in before.
    missing
        Students of the roster who have nothing handed in now.
    """

    assignment: str
    taken: tuple[Taken, ...] = ()
    repeated: tuple[str, ...] = ()
    refused: tuple[Refused, ...] = ()
    missing: tuple[Student, ...] = ()


def intake(course: Course, paths: list[Path], assignment: str, *, told: Callable[[str], None] = lambda _: None) -> IntakeReport:
    """Take in every hand-in below `paths`, to the end, whatever single ones are like.

    Parameters
    ----------
    paths
        Hand-in zips, folders of them, or a Moodle download (its zip, or unpacked).
    assignment
        The assignment name or the short id.
    told
        Called with the name of each file.

    Raises
    ------
    ClassError
        If a path does not exist, or the workbook has not been released; nothing is taken in then.
    """
    desk = Desk(course, course.assignment(assignment))
    outcomes: list[Taken | Refused | str] = []
    for arrival in arrivals(paths):
        told(arrival.name)
        outcomes.append(desk.receive(arrival))
    return report(desk, outcomes)


def report(desk: "Desk", outcomes: Iterable[Taken | Refused | str]) -> IntakeReport:
    """Sum up what became of the hand-ins."""
    found = tuple(outcomes)
    handed_in = desk.course.root / "submitted"
    return IntakeReport(
        assignment=desk.assignment,
        taken=tuple(outcome for outcome in found if isinstance(outcome, Taken)),
        repeated=tuple(outcome for outcome in found if isinstance(outcome, str)),
        refused=tuple(outcome for outcome in found if isinstance(outcome, Refused)),
        missing=tuple(s for s in desk.roster.students if not (handed_in / s.id / desk.assignment).is_dir()),
    )


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """A hand-in whose student and time are known.

    Attributes
    ----------
    original
        The bytes to keep, as they came.
    answers, notebook
        None where the hand-in holds none.
    more
        Further files for the submission, name → bytes.
    """

    student: Student
    file: str
    handed_in_at: datetime
    original: bytes
    answers: bytes | None
    notebook: bytes | None
    more: Mapping[str, bytes] = field(default_factory=dict)
    oddities: tuple[str, ...] = ()


@dataclass
class Desk:
    """Where hand-ins to one assignment arrive; reads once what each of them is held against."""

    course: Course
    assignment: str
    workbook: Workbook = field(init=False)
    roster: Roster = field(init=False)
    quarantine: Quarantine = field(init=False)
    _due: dict[str, datetime] = field(init=False)

    def __post_init__(self) -> None:
        self.workbook = self.course.workbook(self.assignment)
        self.roster = Roster.of(self.course)
        self.quarantine = Quarantine(self.course)
        self._due = _due_dates(self.course, self.workbook)

    def receive(self, arrival: Arrival) -> "Taken | Refused | str":
        """Deal with one hand-in; gives its name if it had been taken in before."""
        known: list[Student] = []
        try:
            return self._take(arrival, known)
        except UnusableError as error:
            reason = str(error)
        except OSError as error:
            reason = f"it could not be stored ({error.strerror or error})"
        except Exception as error:  # whatever one file does to us, the class goes on to its end
            reason = f"this program failed on it ({type(error).__name__}: {printable(error)}); please report that"
        by_name = self.roster.named(arrival.moodle)
        student = known[0] if known else by_name[0] if len(by_name) == 1 else None
        return self.refuse(arrival.name, reason, student, data=arrival.data, path=arrival.path)

    def refuse(self, name: str, reason: str, student: Student | None, *, data: bytes = b"", path: Path | None = None) -> Refused:
        """Put a hand-in into quarantine; its bytes, or the file where it is too large to hold."""
        about = ""
        if student is not None:
            about = f"Student: {student.name} ({student.id})\n"
            if self.course.timestamp(student.id, self.assignment) is not None:
                reason += f"; what {student.id} handed in before stays"
        folder = self.quarantine.put(printable(name, 300), f"{reason}.", data=data, path=path, about=about)
        return Refused(file=name, reason=reason, folder=folder, student=student)

    def accept(self, attempt: Attempt, *, when_is_sure: bool) -> "Taken | str":
        """Keep an attempt and make it the current one if it is the newest; gives its name if it was taken in before.

        Parameters
        ----------
        when_is_sure
            Whether its time is its own, not that of the file that it came in, which copying changes.

        Raises
        ------
        UnusableError
            If its answers cannot be read; what was handed in before stays then.
        """
        student, when, oddities = attempt.student, attempt.handed_in_at, list(attempt.oddities)
        if attempt.answers is None:
            msg = f"there is no {ANSWERS} in it"
            raise UnusableError(msg)
        sheet = parse_sheet(attempt.answers, self.workbook.items, self.workbook.id)
        if sheet.problem:
            raise UnusableError(sheet.problem)
        before = read_sheet(self.course.path("submitted", student.id, self.assignment) / ANSWERS, self.workbook.items, self.workbook.id)
        oddities += paper_oddities(self.workbook, self.course.course_id, student.id, sheet, before.seed)
        fresh = keep_original(self.course, self.assignment, student.id, when, attempt.original)
        now = self.course.timestamp(student.id, self.assignment)
        # The last part mends a run that was cut off between keeping a file and making it current.
        if not fresh and now is not None and not (when_is_sure and when > aware(now)):
            return attempt.file
        notebook = attempt.notebook
        if notebook is None:
            oddities.append("came without its notebook: the released one was put beside the answers")
            notebook = self._released_notebook()
        if current := is_newest(self.course, self.assignment, student.id, when):
            files = {**attempt.more, f"{self.assignment}.ipynb": notebook, ANSWERS: attempt.answers}
            make_current(self.course, self.assignment, student.id, when, files)
        else:
            oddities.append("is older than the current one: kept, not used")
        due = self._due.get(student.id) or self._due.get("")
        return Taken(
            student=student,
            file=attempt.file,
            handed_in_at=when,
            current=current,
            late=span((when - due).total_seconds()) if due and when > due else "",
            oddities=tuple(oddities),
        )

    def _take(self, arrival: Arrival, known: list[Student]) -> "Taken | str":
        if arrival.fault:
            raise UnusableError(arrival.fault)
        with open_archive(io.BytesIO(arrival.data)) as archive:
            parts = hand_in_parts(archive, self.assignment)
        if parts.answers is None and parts.manifest is None:
            msg = f"there is no {ANSWERS} in it"
            raise UnusableError(msg)
        manifest, oddities = read_manifest(parts)
        for key, expected in (("workbook", self.workbook.id), ("assignment", self.assignment)):
            if key in manifest and manifest[key] != expected:
                msg = f"it is a hand-in to {printable(manifest[key], 60)}, not to {expected}"
                raise UnusableError(msg)
        student, note = whose(manifest, arrival.moodle, self.roster)
        known.append(student)
        when, time_note = handed_in_at(manifest, arrival.seen_at)
        attempt = Attempt(
            student=student,
            file=arrival.name,
            handed_in_at=when,
            original=arrival.data,
            answers=parts.answers,
            notebook=parts.notebook,
            oddities=tuple(filter(None, [*oddities, note, time_note])),
        )
        return self.accept(attempt, when_is_sure=bool(manifest) and not time_note)

    def _released_notebook(self) -> bytes:
        released = self.course.root / "release" / self.assignment / f"{self.assignment}.ipynb"
        return (released if released.is_file() else self.workbook.notebook).read_bytes()


def _due_dates(course: Course, workbook: Workbook) -> dict[str, datetime]:
    """Give student id → due date in UTC where a student has an extension; "" → everybody's, if there is one."""
    with course.gradebook() as gradebook:
        try:
            entry = gradebook.find_assignment(workbook.assignment)
        except MissingEntry as error:
            msg = (
                f"{workbook.assignment} has not been released in this class, says its gradebook. Run: autograde release {workbook.id}. "
                "But if it was marked before, those marks are not in this gradebook: bring back a backup with autograde restore FILE."
            )
            raise ClassError(msg) from error
        if entry.duedate is None:
            return {}
        own = {submission.student_id: aware(submission.duedate) for submission in entry.submissions if submission.extension}
        return {"": aware(entry.duedate), **own}
