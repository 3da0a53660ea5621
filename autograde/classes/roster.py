"""The roster: who is in the class. Read from a CSV file, kept in nbgrader's gradebook."""

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from autograde.classes.folder import Course
from autograde.classes.ids import MAX_FOLDER, folder_name, shown
from autograde.classes.roster_file import BadRow, Row, read_rows
from autograde.gradebook.learners import Learner, read_learners, write_learners
from autograde.text import count
from workbook_helpers.items import clean_id

MAX_NAME = 200
EMAIL = re.compile(r"[^@\s]+@[^@\s]+")
LOST_IN_MOODLE = str.maketrans(dict.fromkeys("&<>\"`|':\\/", "") | {"_": " "})
"""What Moodle leaves out of a person's name when it makes a folder of it."""
DIRECTIONS = dict.fromkeys([0xFEFF, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)])
"""Signs that only say which way a name is written; any other that nobody sees may make somebody else's name look alike."""


@dataclass(frozen=True, kw_only=True)
class Student:
    """One person on the roster.

    Attributes
    ----------
    id
        The id as the gradebook and the folders have it (`folder_name`); people are shown `shown`.
    """

    id: str
    first_name: str
    last_name: str
    email: str = ""

    @property
    def name(self) -> str:
        """First and last name."""
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def shown(self) -> str:
        """The id as people know it."""
        return shown(self.id)


@dataclass(frozen=True, kw_only=True)
class RosterReport:
    """What became of a roster file.

    Attributes
    ----------
    added, updated, unchanged
        Student ids.
    bad
        The rows that were left out.
    others
        Ids of students who are in the class but not in the file; they stay.
    notes
        How the file was understood where it could be read in several ways, one sentence each.
    """

    added: tuple[str, ...] = ()
    updated: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    bad: tuple[BadRow, ...] = ()
    others: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


class Roster:
    """The students of a class, found by id or by name."""

    def __init__(self, students: Iterable[Student]) -> None:
        self.students = tuple(students)
        self._own = {student.id: student for student in self.students}
        self._by_id = {student.id.lower(): student for student in self.students}
        self._by_id |= {_folded(student.shown): student for student in self.students}
        self._near: dict[str, list[Student]] = {}
        self._by_name: dict[str, list[Student]] = {}
        for student in self.students:
            self._near.setdefault(_core(student.shown), []).append(student)
            for key in dict.fromkeys((_name_key(student.name), _run_together(student.last_name, student.first_name))):
                self._by_name.setdefault(key, []).append(student)

    @classmethod
    def of(cls, course: Course) -> "Roster":
        """Read the roster from the gradebook."""
        found = read_learners(course.db_url, course.course_id)
        return cls(Student(id=one.id, first_name=one.first_name, last_name=one.last_name, email=one.email) for one in found)

    def get(self, student_id: str) -> Student | None:
        """Give the student of exactly this id, as the gradebook has it."""
        return self._own.get(student_id)

    def find(self, student_id: str) -> Student | None:
        """Find a student by id; upper and lower case are the same, as they are in folder names on many machines.

        What is an id only without signs that nobody sees, or with one letter for another (KELVIN SIGN), was not typed by its owner:
        `near` finds it.
        """
        odd = any(unicodedata.category(char) == "Cf" or unicodedata.normalize("NFC", char) != char for char in student_id.strip())
        return None if odd else self._by_id.get(_folded(student_id))

    def near(self, student_id: str) -> tuple[Student, ...]:
        """Find the students whose ids differ from this only in zeros before them, case, blanks, or a college's domain."""
        core = _core(student_id)
        return tuple(self._near.get(core, ())) if core else ()

    def named(self, name: str) -> tuple[Student, ...]:
        """Find the students whose names make up what Moodle or Canvas calls somebody, whatever the order of the parts."""
        key = _name_key(name)
        return tuple(self._by_name.get(key, ())) if key else ()


def import_roster(course: Course, path: Path, *, progress: Callable[[str], None] = lambda _: None) -> RosterReport:
    """Put the students of a CSV file into the class; the good rows go in, whatever the others are like.

    Parameters
    ----------
    progress
        Called with each step, in words.

    Raises
    ------
    RosterError
        If the file cannot be read at all, its header lacks a column, or the gradebook cannot be written.
    """
    progress(f"Reading {path.name}")
    rows, faults, notes = read_rows(path)
    return put_in(course, completed(rows, Roster.of(course)), faults, notes, progress=progress)


def completed(rows: Iterable[Row], known: Roster) -> list[Row]:
    """Give rows with what the class knows already where their cells are missing or empty: such a cell says nothing."""
    found = []
    for row in rows:
        before = known.find(row.id) if row.id and row.silent else None
        found.append(replace(row, **{column: getattr(before, column) for column in row.silent}) if before else row)
    return found


def put_in(
    course: Course,
    rows: Iterable[Row],
    faults: Iterable[BadRow] = (),
    notes: Iterable[str] = (),
    *,
    write: bool = True,
    progress: Callable[[str], None] = lambda _: None,
) -> RosterReport:
    """Put rows into the class: the good ones, whatever the others are like.

    Parameters
    ----------
    faults, notes
        What is known of the list already: the rows that cannot be read, and how it was understood.
    write
        False only tells what would be done.
    progress
        Called with each step, in words.

    Raises
    ------
    RosterError
        If the gradebook cannot be written; nobody was added then.
    """
    good, bad = check_rows(rows, faults)
    added: list[Student] = []
    updated: list[Student] = []
    unchanged: list[str] = []
    progress("Looking who is in the class")
    known = Roster.of(course)
    shorter = {student.id.lstrip("0"): student.id for student in known.students if student.id.isdecimal()}
    for row, student in good:
        before = known.find(student.shown)
        near = shorter.get(student.id.lstrip("0"), "") if before is None and student.id.isdecimal() else ""
        if near:
            what = f"the class has the id {near}: did you mean that? A spreadsheet drops zeros at the start"
            bad.append(BadRow(line=row.line, what=what, mend=f"write {near} in the file, in a column that is Text"))
        elif before is not None and before.id != student.id:
            what = f"the class already has this id, spelt {before.shown!r}"
            bad.append(BadRow(line=row.line, what=what, mend=f"write {before.shown} in the file"))
        elif before == student:
            unchanged.append(student.id)
        else:
            (added if before is None else updated).append(student)
    progress(f"Putting {count(len(added) + len(updated), 'learner')} into the class")
    if write:
        write_learners(course.db_url, _learners(added), _learners(updated))
    named = {student.id.lower() for _, student in good}
    return RosterReport(
        added=tuple(student.id for student in added),
        updated=tuple(student.id for student in updated),
        unchanged=tuple(unchanged),
        bad=tuple(sorted(bad, key=lambda row: row.line)),
        others=tuple(student.id for student in known.students if student.id.lower() not in named),
        notes=tuple(notes),
    )


def _learners(students: Iterable[Student]) -> list[Learner]:
    return [Learner(student.id, student.first_name, student.last_name, student.email) for student in students]


def check_rows(rows: Iterable[Row], bad: Iterable[BadRow]) -> tuple[list[tuple[Row, Student]], list[BadRow]]:
    """Part the rows into students and bad rows; the first of two rows with the same id counts."""
    good, faults = [], list(bad)
    seen: dict[str, int] = {}
    for row in rows:
        fault = _fault(row)
        if fault is None and (first := seen.get(_folded(row.id))):
            fault = f"the id {row.id} stands in line {first} already", "give each learner their own id, or delete a row"
        if fault is not None:
            faults.append(BadRow(line=row.line, what=fault[0], mend=fault[1]))
            continue
        seen[_folded(row.id)] = row.line
        student = Student(id=folder_name(clean_id(row.id)), first_name=row.first_name, last_name=row.last_name, email=row.email)
        good.append((row, student))
    return good, faults


def _fault(row: Row) -> tuple[str, str] | None:
    """Say what is wrong with a row and how to mend it."""
    if not row.id:
        return "there is no id", "fill in the learner's id"
    if not clean_id(row.id):
        return f"the id {row.id[:80]!r} cannot be used", "write it on one line, with at most 128 letters, digits or signs"
    if (length := len(folder_name(clean_id(row.id)))) > MAX_FOLDER:
        return f"the id {row.id[:80]!r} needs {length} characters as a folder's name", f"shorten it: {MAX_FOLDER} is the most"
    if not (row.first_name or row.last_name):
        return f"the id {row.id} has no name", "fill in the first name, the last name or both"
    for field, text in (("first name", row.first_name), ("last name", row.last_name)):
        if len(text) > MAX_NAME:
            return f"the {field} of {row.id} has {len(text)} characters", f"shorten it to {MAX_NAME}"
        if any(unicodedata.category(char) in {"Cc", "Cs", "Zl", "Zp"} for char in text):
            return (
                f"the {field} of {row.id} holds a line break or another control character",
                'look for a quotation mark (") that is not closed, and type the name anew',
            )
    if row.email and (len(row.email) > 128 or not EMAIL.fullmatch(row.email) or not row.email.isprintable()):
        return f"the email address of {row.id} is not one", "correct it or leave it empty"
    return None


def _folded(student_id: str) -> str:
    return clean_id(student_id).lower()


def _core(student_id: str) -> str:
    r"""Give what two spellings of an id have in common: `COLLEGE\\jsmith`, `jsmith@college.ac.uk`, `J Smith` → `jsmith`."""
    plain = "".join(_folded(student_id).split())
    return plain.rpartition("\\")[2].partition("@")[0].lstrip("0")


def _name_key(name: str) -> str:
    plain = unicodedata.normalize("NFC", name).translate(LOST_IN_MOODLE).replace(",", " ")
    return " ".join(sorted(plain.translate(DIRECTIONS).casefold().split()))


def _run_together(last: str, first: str) -> str:
    """Give a name as Canvas writes it: the letters of surname and first name, in small."""
    return "".join(char for char in unicodedata.normalize("NFC", last + first).casefold() if char.isalnum())
