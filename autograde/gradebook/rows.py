"""nbgrader's gradebook, written in bulk: one connection, one transaction for each submission, no object for each cell.

`tests/tutor/test_mark.py` holds the result against nbgrader's own API.
"""

import json
import secrets
import time
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import Self

from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.schema import CreateIndex, CreateTable

from autograde.errors import ClassError
from autograde.gradebook import statements, tables
from autograde.gradebook.address import without_password
from autograde.gradebook.cells import Belongs, Grade, Submission, changed_part, given_for
from autograde.gradebook.database import FAULTS, Database, reason
from autograde.gradebook.deeds import Deed
from autograde.gradebook.entries import Given, Held, Saved, Source, Standing
from autograde.gradebook.log import note
from autograde.gradebook.own import prepare
from autograde.gradebook.soundness import check_gradebook
from autograde.gradebook.who import who
from autograde.marking import Mark, Status

_ENCODE = json.JSONEncoder(sort_keys=True).encode


class Rows:
    """The rows of one assignment; use it in a `with` statement.

    Raises
    ------
    ClassError
        If the database cannot be opened or is not the class's, or the assignment is not in it.
    """

    def __init__(self, url: str, assignment: str, course_id: str = "") -> None:
        check_gradebook(url, course_id)
        self._database = Database(url)
        self._assignment = assignment
        self._who = who()
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
        self._id, self._due, self._notebook = found[0]
        cells = self._database.rows(statements.CELLS, notebook=self._notebook)
        self._graded = {name: cell for cell, name, kind, _ in cells if kind == "GradeCell"}
        self._commented = {name: cell for cell, name, kind, _ in cells if kind == "SolutionCell"}
        self.max_score: dict[str, float] = {name: score for _, name, kind, score in cells if kind == "GradeCell"}
        """Cell name → points."""
        self.students: Collection[str] = frozenset(name for (name,) in self._database.rows(select(tables.student.c.id)))
        """The roster's ids."""

    def _make_marked(self) -> None:
        with suppress(*FAULTS):
            self._database.rows(select(tables.marked.c.notebook_id).limit(0))
            return
        with suppress(IntegrityError), self._database.transaction():  # another run may be making it, too
            self._database.run(CreateTable(tables.marked, if_not_exists=True))

    def save(self, student: str, when: datetime | None, marks: Mapping[str, Mark], source: Source) -> Saved:
        """Write one submission's marks.

        What a person gave is never overwritten. It goes on to count where the answer is still the one that it was given for;
        where the answer is another, or there are no points at all, the item waits for a person.

        Parameters
        ----------
        when
            The time of the hand-in in UTC, naive; None leaves it as it is.

        Raises
        ------
        ClassError
            If the database fails; then nothing of this submission was written.
        """
        with self._explaining():
            for attempt in (1, 2):
                try:
                    with self._database.transaction():
                        return self._save(student, when, marks, source)
                except IntegrityError:  # another run wrote the same submission first: now it is there to be updated
                    if attempt == 2:
                        raise
        raise AssertionError

    def tidy(self) -> None:
        """Let the database count its rows, so that formgrader's lists of large classes use the indices."""
        with suppress(*FAULTS):
            self._database.run(text("ANALYZE"))

    def given(self, student: str) -> Given | None:
        """Give what a student is to be told; None if nothing of theirs is in the gradebook."""
        with self._explaining():
            return self._given(student)

    def held(self, student: str) -> Held | None:
        """Say what the gradebook holds of a submission; None if it is not there."""
        with self._explaining():
            found = self._submission(student)
            if found is None:
                return None
            grades = self._grades(found.notebook)
        names = {cell: name for name, cell in self._graded.items()}
        belongs = _belongs(found)
        given = [(names[grade.cell_id], grade) for grade in grades if grade.cell_id in names and grade.by_person]
        return Held(
            standing=self._standing(grades, found.when, found.extension),
            source=found.source,
            by_person={name: given_for(grade, belongs.get(name)) for name, grade in given} if given else {},
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

    def _given(self, student: str) -> Given | None:
        found = self._submission(student)
        if found is None:
            return None
        names = {cell: name for name, cell in self._graded.items()}
        tasks = {cell: name for name, cell in self._commented.items()}
        grades = {names[grade.cell_id]: grade for grade in self._grades(found.notebook) if grade.cell_id in names}
        comments = {
            tasks[cell]: comment
            for cell, comment in self._database.rows(statements.COMMENTS, notebook=found.notebook)
            if comment and cell in tasks
        }
        return Given(
            name=" ".join(part for part in (found.first_name, found.last_name) if part) or student,
            handed_in=found.when.replace(tzinfo=UTC) if found.when else None,
            points={name: None if row.needs_manual_grade else row.points for name, row in grades.items()},
            comments=comments,
            answers=found.answers,
        )

    def _save(self, student: str, when: datetime | None, marks: Mapping[str, Mark], source: Source) -> Saved:
        found = self._submission(student)
        if found is None:
            submission, notebook = _id(), _id()
            self._database.run(statements.SUBMIT, id=submission, assignment_id=self._id, student_id=student, timestamp=when)
            self._database.run(statements.SUBMIT_NOTEBOOK, id=notebook, assignment_id=submission, notebook_id=self._notebook, flagged=False)
            self._insert(notebook, marks.values())
            self._belong(notebook, source, {mark.item: Belongs(mark.answer, "", mark.version) for mark in marks.values()})
            self._note(student, {mark.item: (None, mark.points) for mark in marks.values()})
            fresh = [Grade(self._graded[mark.item], mark.points, None, None, mark.points is None) for mark in marks.values()]
            return Saved(before=None, now=self._standing(fresh, when, None))
        held = {grade.cell_id: grade for grade in self._grades(found.notebook, lock=True)}
        if self._database.dialect == "postgresql":  # SQLite has let nobody else in since this transaction began
            found = self._submission(student) or found
        if when is not None and when != found.when:
            self._database.run(statements.SUBMIT_AGAIN, submission=found.id, when=when)
        before, belonged = self._standing(held.values(), found.when, found.extension), _belongs(found)
        belongs, changed, revised, again = {}, [], [], []
        points: dict[str, tuple[float | None, float | None]] = {}
        for mark in marks.values():
            old, was = held.get(self._graded[mark.item]), belonged.get(mark.item)
            if old is None:
                belongs[mark.item] = Belongs(mark.answer, "", mark.version)
                points[mark.item] = None, mark.points
                continue
            if old.auto_score != mark.points:
                points[mark.item] = old.auto_score, mark.points
            if was is None and source.known and not belonged:  # marked before this table was made, from the same answers
                was = Belongs(mark.answer, "", "")
            person = given_for(old, was) if old.by_person else ""
            stale = old.by_person and person != mark.answer
            waits = stale or (mark.points is None and old.manual_score is None)
            if stale:
                changed.append(mark.item)
            elif person and was and (what := changed_part(was.version, mark.version)):
                revised.append((mark.item, what))
            belongs[mark.item] = Belongs(mark.answer, person, mark.version)
            again.append((mark, old._replace(auto_score=mark.points, needs_manual_grade=waits)))
        self._insert(found.notebook, [mark for mark in marks.values() if self._graded[mark.item] not in held])
        self._update(found.notebook, again)
        self._belong(found.notebook, source, belongs)
        self._note(student, points)
        now = held | {grade.cell_id: grade for _, grade in again}
        now |= {
            self._graded[mark.item]: Grade(self._graded[mark.item], mark.points, None, None, mark.points is None)
            for mark in marks.values()
            if self._graded[mark.item] not in held
        }
        standing = self._standing(now.values(), when or found.when, found.extension)
        return Saved(before=before, now=standing, changed=tuple(changed), revised=tuple(revised))

    def _note(self, student: str, points: Mapping[str, tuple[float | None, float | None]]) -> None:
        """Have the log say which items have other points from the program now; `points` is item → (before, after)."""
        if points:
            before = {item: old for item, (old, _) in points.items() if old is not None}
            after = {item: new for item, (_, new) in points.items()}
            note(self._database, Deed.MARK, learner=student, by=self._who, workbook=self._assignment, before=before, after=after)

    def _submission(self, student: str) -> Submission | None:
        found = self._database.rows(statements.SUBMITTED, assignment=self._id, notebook=self._notebook, student=student)
        return Submission(*found[0]) if found else None

    def _grades(self, notebook: str, *, lock: bool = False) -> list[Grade]:
        """Give a submission's grades; `lock` keeps a person's points, given at this very moment, from being overlooked."""
        return [Grade(*row) for row in self._database.rows(statements.GRADES_LOCKED if lock else statements.GRADES, notebook=notebook)]

    def _belong(self, notebook: str, source: Source, cells: Mapping[str, Belongs]) -> None:
        self._database.run(
            statements.BELONG[self._database.dialect], notebook_id=notebook, source=source.all, answers=source.answers, cells=_ENCODE(cells)
        )

    def _insert(self, notebook: str, marks: Collection[Mark]) -> None:
        grades = [(_id(), notebook, self._graded[mark.item], mark.points, mark.points is None) for mark in marks]
        comments = [(_id(), notebook, self._commented[mark.item], _comment(mark)) for mark in marks if mark.item in self._commented]
        self._database.plain_each(statements.SCORE, grades)
        self._database.plain_each(statements.COMMENT_FIRST, comments)

    def _update(self, notebook: str, marks: Collection[tuple[Mark, Grade]]) -> None:
        grades = [
            {"notebook": notebook, "cell": grade.cell_id, "points": grade.auto_score, "waits": grade.needs_manual_grade}
            for _, grade in marks
        ]
        comments = [
            {"notebook": notebook, "cell": self._commented[mark.item], "comment": _comment(mark)}
            for mark, _ in marks
            if mark.item in self._commented
        ]
        self._database.run_each(statements.SCORE_AGAIN, grades)
        self._database.run_each(statements.COMMENT_AGAIN, comments)

    def _standing(self, grades: Iterable[Grade], when: datetime | None, extension: timedelta | None) -> Standing:
        grades = list(grades)
        points = sum(grade.points for grade in grades if not grade.needs_manual_grade)
        due = self._due + (extension or timedelta(0)) if self._due else None
        late_s = (when - due).total_seconds() if when and due else 0.0
        return Standing(points=points, waiting=sum(bool(grade.needs_manual_grade) for grade in grades), late_s=max(0.0, late_s))


def _belongs(submission: Submission) -> dict[str, Belongs]:
    return {name: Belongs(*one) for name, one in json.loads(submission.cells).items()}


def _comment(mark: Mark) -> str | None:
    return mark.reason if mark.status in (Status.NOT_ATTEMPTED, Status.UNREADABLE) else None


def _id() -> str:
    """Give a fresh id that follows all earlier ones, as RFC 9562's version 7 does: random ones take twice as long to insert."""
    return f"{time.time_ns():016x}{secrets.token_hex(8)}"
