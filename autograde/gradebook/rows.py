"""nbgrader's gradebook, read and written in bulk: one connection, one transaction for several submissions, no object for each cell.

`tests/tutor/test_mark.py` holds the result against nbgrader's own API.
"""

import json
import secrets
import time
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC
from itertools import count
from typing import Any, Self

from sqlalchemy import select, text
from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.schema import CreateIndex, CreateTable

from autograde.errors import ClassError, RowError
from autograde.gradebook import statements, tables
from autograde.gradebook.address import without_password
from autograde.gradebook.cells import Grade, Submission, given_for, maxima_of
from autograde.gradebook.database import FAULTS, Database, reason
from autograde.gradebook.deeds import Deed
from autograde.gradebook.entries import Assessed, Given, Held, Saved
from autograde.gradebook.locks import signed_off_in, take_turn
from autograde.gradebook.log import note_each
from autograde.gradebook.merging import Merged, belongs_of, merge, standing
from autograde.gradebook.own import prepare
from autograde.gradebook.referred import referred_in, told_with
from autograde.gradebook.soundness import check_gradebook
from autograde.gradebook.who import who
from autograde.marking import Mark, Status

_PROCESS, _NUMBERS = secrets.token_hex(4), count()
_ENCODE = json.JSONEncoder(sort_keys=True).encode


class Rows:
    """The rows of one assignment, in the name of `by` (whoever works here for ""); use it in a `with` statement.

    Raises
    ------
    ClassError
        If the database cannot be opened or is not the class's, or the assignment is not in it.
    """

    def __init__(self, url: str, assignment: str, course_id: str = "", *, by: str = "") -> None:
        check_gradebook(url, course_id)
        self._database = Database(url)
        self._assignment = assignment
        self._who = by or who()
        try:
            for index in tables.INDICES:
                # Another run may be making it, too. One transaction each: who holds one table and waits for the next one, while
                # another run writes in the other order, waits for ever (PostgreSQL ends one of the two then).
                with suppress(*FAULTS), self._database.transaction():
                    self._database.run(CreateIndex(index, if_not_exists=True))
            self._read()
            self._make_marked()
            prepare(self._database)
        except FAULTS as error:
            msg = f"The gradebook {without_password(url)} cannot be read ({reason(error)}). Close other programs that use it."
            raise ClassError(msg) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._database.close()

    def _read(self) -> None:
        found = self._database.rows(statements.ASSIGNMENT, name=self._assignment)
        if not found:
            msg = (
                f"{self._assignment} has not been released in this class, says its gradebook. Run: autograde release {self._assignment}. "
                "But if it was marked before, those marks are not in this gradebook: bring back a backup with autograde restore FILE."
            )
            raise ClassError(msg)
        self._id, self._notebook = found[0]
        cells = self._database.rows(statements.CELLS, notebook=self._notebook)
        self._graded = {name: cell for cell, name, kind, _ in cells if kind == "GradeCell"}
        self._commented = {name: cell for cell, name, kind, _ in cells if kind == "SolutionCell"}
        self.max_score: dict[str, float] = {name: score for _, name, kind, score in cells if kind == "GradeCell"}
        """Cell name → points."""
        self.students: Collection[str] = frozenset(name for (name,) in self._database.rows(select(tables.student.c.id)))
        """The roster's ids."""
        self.signed_off = signed_off_in(self._database.connection)
        """Learners whose unit is signed off (`locks`)."""

    def _make_marked(self) -> None:
        with suppress(*FAULTS):
            self._database.rows(select(tables.marked.c.notebook_id).limit(0))
            return
        with suppress(IntegrityError), self._database.transaction():  # another run may be making it, too
            self._database.run(CreateTable(tables.marked, if_not_exists=True))

    def save(self, assessed: Sequence[Assessed]) -> dict[str, Saved]:
        """Write several submissions' marks, all or nothing, and give student → what became of the submission.

        What a person gave is never overwritten; see `merge`. Who is left out was signed off, perhaps just now: nothing of theirs was
        written.

        Raises
        ------
        RowError
            If one of the submissions cannot be written, whatever the state of the database; nothing of any of them was.
        ClassError
            If the database fails; the same.
        """
        with self._explaining(), self._telling_rows():
            for attempt in (1, 2):
                try:
                    with self._database.transaction():
                        return self._save(assessed)
                except IntegrityError:  # another run wrote one of them first: now it is there to be updated
                    if attempt == 2:
                        raise
        raise AssertionError

    def tidy(self) -> None:
        """Let the database count its rows, so that formgrader's lists of large classes use the indices."""
        with suppress(*FAULTS):
            self._database.run(text("ANALYZE"))

    def given(self, student: str) -> Given | None:
        """Give what a student is to be told (`told.told_in`); None if nothing of theirs is in the gradebook."""
        return self.given_each([student]).get(student)

    def given_each(self, students: Sequence[str]) -> dict[str, Given]:
        """Give the same for several; who has nothing in the gradebook is left out."""
        with self._explaining():
            found, grades = self._found(students)
            points = {
                notebook: {name: None if row.needs_manual_grade else row.points for name, row in held.items()}
                for notebook, held in grades.items()
            }
            comments: dict[str, dict[str, str]] = defaultdict(dict)
            tasks = {cell: name for name, cell in self._commented.items()}
            asked = [one.notebook for one in found.values()]
            for notebook, cell, comment in self._database.rows(statements.COMMENTS, notebooks=asked) if asked else ():
                if cell in tasks and points[notebook].get(tasks[cell], 0.0) is not None:
                    comments[notebook][tasks[cell]] = comment
            referred = referred_in(self._database.connection, self._assignment, students[0] if len(students) == 1 else "") if found else {}
        told = told_with(referred)
        return {
            student: Given(
                name=" ".join(part for part in (one.first_name, one.last_name) if part) or student,
                handed_in=one.when.replace(tzinfo=UTC) if one.when else None,
                points=points[one.notebook],
                comments=comments[one.notebook],
                answers=one.answers,
                referral=told.get((student, one.answers), ""),
                maxima=maxima_of(one.cells),
            )
            for student, one in found.items()
        }

    def held(self, student: str) -> Held | None:
        """Say what the gradebook holds of a submission; None if it is not there."""
        return self.held_each([student]).get(student)

    def held_each(self, students: Sequence[str]) -> dict[str, Held]:
        """Say the same of several; who has nothing in the gradebook is left out."""
        with self._explaining():
            found, grades = self._found(students)
        return {student: self._held(one, grades[one.notebook]) for student, one in found.items()}

    def _held(self, found: Submission, grades: Mapping[str, Grade]) -> Held:
        given = {name: grade for name, grade in grades.items() if grade.by_person}
        belongs = belongs_of(found) if given else {}
        return Held(
            standing=standing(grades.values()),
            source=found.source,
            by_person={name: given_for(grade, belongs.get(name)) for name, grade in given.items()},
        )

    @contextmanager
    def _explaining(self) -> Iterator[None]:
        """Say in one sentence that the database failed."""
        try:
            yield
        except FAULTS as error:
            msg = (
                f"The gradebook {self._database.shown} failed ({reason(error)}). All that was written before is kept. Close other "
                "programs that use it, see that its disk has room or its server runs, and run the command again: it goes on from there."
            )
            raise ClassError(msg) from error

    @contextmanager
    def _telling_rows(self) -> Iterator[None]:
        """Tell apart what lies in the rows of one submission from a database that is busy, full or gone."""
        try:
            yield
        except Exception as error:
            if isinstance(error, (*FAULTS, ClassError)) and not isinstance(error, (IntegrityError, DataError)):
                raise
            what = f"{type(error).__name__}: {reason(error)}"
            msg = f"What the gradebook holds of this submission is in the way ({what}). Nothing of it was written. Please report it."
            raise RowError(msg) from error

    def _save(self, assessed: Sequence[Assessed]) -> dict[str, Saved]:
        take_turn(self._database)  # nobody signs off until the end of this transaction
        locked = signed_off_in(self._database.connection, [one.student for one in assessed])
        assessed = [one for one in assessed if one.student not in locked]
        students = [one.student for one in assessed]
        found, grades = self._found(students, lock=True)
        if self._database.dialect == "postgresql":  # SQLite has let nobody else in since this transaction began
            found |= {student: one for student, one in self._submissions(students).items() if student in found}
        notebooks = [found[one.student].notebook if one.student in found else _id() for one in assessed]
        all_merged = [
            merge(one, found.get(one.student), grades.get(notebook, {})) for one, notebook in zip(assessed, notebooks, strict=True)
        ]
        self._submit([(one, notebook) for one, notebook in zip(assessed, notebooks, strict=True) if one.student not in found])
        later = [one for one in assessed if one.student in found and one.when not in (None, found[one.student].when)]
        self._database.run_each(statements.SUBMIT_AGAIN, [{"submission": found[one.student].id, "when": one.when} for one in later])
        pairs = list(zip(notebooks, all_merged, strict=True))
        self._insert([(notebook, mark) for notebook, merged in pairs for mark in merged.first])
        self._update([(notebook, *one) for notebook, merged in pairs for one in merged.again])
        sources = [merged.assessed.source for merged in all_merged]
        belong = [
            (notebook, source.all, source.answers, _ENCODE(merged.belongs))
            for (notebook, merged), source in zip(pairs, sources, strict=True)
        ]
        self._database.plain_each(statements.BELONG, belong)
        self._note(pairs)
        return {merged.assessed.student: merged.saved for merged in all_merged}

    def _note(self, pairs: Sequence[tuple[str, Merged]]) -> None:
        """Have the log say which items have other points from the program now."""
        each = list[tuple[str, Mapping[str, Any]]]()
        for notebook, merged in pairs:
            if points := merged.points:
                before = {item: old for item, (old, _) in points.items() if old is not None}
                after = {item: new for item, (_, new) in points.items()}
                told = {"workbook": self._assignment, "hand_in": notebook, "before": before, "after": after}
                each.append((merged.assessed.student, told))
        note_each(self._database, Deed.MARK, each, by=self._who)

    def _found(self, students: Sequence[str], *, lock: bool = False) -> tuple[dict[str, Submission], dict[str, dict[str, Grade]]]:
        """Give student → submission, and submitted notebook → cell name → grade.

        `lock` keeps a person's points, given at this very moment, from being overlooked.
        """
        found = self._submissions(students)
        names = {cell: name for name, cell in self._graded.items()}
        grades: dict[str, dict[str, Grade]] = {one.notebook: {} for one in found.values()}
        asked = statements.GRADES.format(", ".join("?" * len(grades)))
        asked += statements.LOCKED if lock and self._database.dialect == "postgresql" else ""
        for notebook, cell, auto, manual, extra, waits in self._database.plain(asked, *grades) if grades else ():
            if cell in names:
                grades[notebook][names[cell]] = Grade(cell, auto, manual, extra, bool(waits))
        return found, grades

    def _submissions(self, students: Sequence[str]) -> dict[str, Submission]:
        known = [one for one in students if one in self.students]  # a folder may have any name, also one that is no text
        rows = self._database.rows(statements.SUBMITTED, assignment=self._id, notebook=self._notebook, students=known) if known else []
        return {student: Submission(*row) for student, *row in rows}

    def _submit(self, new: Sequence[tuple[Assessed, str]]) -> None:
        """Add submissions that are not there yet, and their notebooks, whose ids are given."""
        ids = [(_id(), one, notebook) for one, notebook in new]
        each = [
            {"id": submission, "assignment_id": self._id, "student_id": one.student, "timestamp": one.when} for submission, one, _ in ids
        ]
        self._database.run_each(statements.SUBMIT, each)
        notebooks = [
            {"id": notebook, "assignment_id": submission, "notebook_id": self._notebook, "flagged": False}
            for submission, _, notebook in ids
        ]
        self._database.run_each(statements.SUBMIT_NOTEBOOK, notebooks)

    def _insert(self, marks: Sequence[tuple[str, Mark]]) -> None:
        grades = [(_id(), notebook, self._graded[mark.item], mark.points, mark.points is None) for notebook, mark in marks]
        comments = [
            (_id(), notebook, self._commented[mark.item], _comment(mark)) for notebook, mark in marks if mark.item in self._commented
        ]
        self._database.plain_each(statements.SCORE, grades)
        self._database.plain_each(statements.COMMENT_FIRST, comments)

    def _update(self, marks: Sequence[tuple[str, Mark, Grade, bool]]) -> None:
        grades = [
            (mark.points, waits, notebook, old.cell_id)
            for notebook, mark, old, waits in marks
            if (mark.points, waits) != (old.auto_score, old.needs_manual_grade)
        ]
        comments = [
            (_comment(mark), notebook, self._commented[mark.item]) for notebook, mark, _, _ in marks if mark.item in self._commented
        ]
        self._database.plain_each(statements.SCORE_AGAIN, grades)
        self._database.plain_each(statements.COMMENT_AGAIN, comments)


def _comment(mark: Mark) -> str | None:
    return mark.reason if mark.status in (Status.NOT_ATTEMPTED, Status.UNREADABLE) else None


def _id() -> str:
    """Give a fresh id that follows all earlier ones: time, this process, a counter, as in RFC 9562's version 7.

    Random ones take twice as long to insert.
    """
    return f"{time.time_ns():016x}{_PROCESS}{next(_NUMBERS) & 0xFFFFFFFF:08x}"
