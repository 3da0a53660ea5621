"""nbgrader's gradebook, written in bulk: one connection, one transaction for each submission, no object for each cell.

The tables are nbgrader's own (0.9); `tests/tutor/test_mark.py` holds the result against nbgrader's own API. The statements
go to the database's driver as they are: to import SQLAlchemy takes as long as to mark two hundred hand-ins.
"""

import re
import secrets
import sqlite3
import time
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple, Self

from autograde.course.disk import on_network
from autograde.course.keep import check_gradebook
from autograde.errors import ClassError
from autograde.marking import Mark, Status

BUSY_S = 60
"""How long a writer waits for another one before it gives up."""

_ASSIGNMENT = """
SELECT assignment.id, assignment.duedate, notebook.id FROM assignment JOIN notebook ON notebook.assignment_id = assignment.id
WHERE assignment.name = ? AND notebook.name = ?
"""
_CELLS = """
SELECT base_cell.id, base_cell.name, base_cell.type, grade_cells.max_score
FROM base_cell LEFT JOIN grade_cells ON grade_cells.id = base_cell.id WHERE base_cell.notebook_id = ?
"""
_SUBMITTED = """
SELECT submitted_assignment.id, submitted_assignment.timestamp, submitted_assignment.extension, submitted_notebook.id
FROM submitted_assignment JOIN submitted_notebook ON submitted_notebook.assignment_id = submitted_assignment.id
WHERE submitted_assignment.assignment_id = ? AND submitted_notebook.notebook_id = ? AND submitted_assignment.student_id = ?
"""
_GRADES = "SELECT cell_id, auto_score, manual_score, extra_credit, needs_manual_grade FROM grade WHERE notebook_id = ?"
_COMMENTS = "SELECT cell_id, auto_comment, manual_comment FROM comment WHERE notebook_id = ?"
_PERSON = "SELECT first_name, last_name FROM student WHERE id = ?"
_SUBMIT = "INSERT INTO submitted_assignment (id, assignment_id, student_id, timestamp) VALUES (?, ?, ?, ?)"
_SUBMIT_NOTEBOOK = "INSERT INTO submitted_notebook (id, assignment_id, notebook_id, flagged) VALUES (?, ?, ?, FALSE)"
_SCORE = "INSERT INTO grade (id, notebook_id, cell_id, auto_score, needs_manual_grade) VALUES (?, ?, ?, ?, ?)"
_SAY = "INSERT INTO comment (id, notebook_id, cell_id, auto_comment) VALUES (?, ?, ?, ?)"
# Said by the database itself, so that points which a person gives at this moment are neither lost nor overlooked.
_SCORE_AGAIN = """
UPDATE grade SET auto_score = ?, needs_manual_grade = (? OR manual_score IS NOT NULL) WHERE notebook_id = ? AND cell_id = ?
"""
_SAY_AGAIN = "UPDATE comment SET auto_comment = ? WHERE notebook_id = ? AND cell_id = ?"
_INDICES = (
    "CREATE INDEX IF NOT EXISTS autograde_grade_notebook ON grade (notebook_id)",
    "CREATE INDEX IF NOT EXISTS autograde_comment_notebook ON comment (notebook_id)",
    "CREATE INDEX IF NOT EXISTS autograde_submitted_notebook_assignment ON submitted_notebook (assignment_id)",
)
"""nbgrader has none of these, and so reads the whole table for each submission, in formgrader's pages, too."""


@dataclass(frozen=True, kw_only=True)
class Standing:
    """What the gradebook says of one submission: points so far, how many items wait for a person, seconds late."""

    points: float
    waiting: int
    late_s: float


@dataclass(frozen=True, kw_only=True)
class Given:
    """What a student is to be told: cell name → points (None where a person has still to give them), and comments."""

    name: str
    handed_in: datetime | None
    points: dict[str, float | None]
    comments: dict[str, str]


class Rows:
    """The rows of one assignment; use it in a `with` statement.

    Raises
    ------
    ClassError
        If the database cannot be opened or is not the class's, or the assignment is not in it.
    """

    def __init__(self, url: str, assignment: str, course_id: str = "") -> None:
        check_gradebook(url, course_id)
        self._database = _Database(url)
        self._assignment = assignment
        try:
            with suppress(*self._database.errors), self._database.transaction():  # another run may be making them, too
                for index in _INDICES:
                    self._database.run(index)
            self._read()
        except self._database.errors as error:
            msg = f"The gradebook {without_password(url)} cannot be read ({_first_line(error)}). Close other programs that use it."
            raise ClassError(msg) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._database.close()

    def _read(self) -> None:
        found = self._database.rows(_ASSIGNMENT, self._assignment, self._assignment)
        if not found:
            msg = (
                f"{self._assignment} has not been released in this class, says its gradebook. Run: autograde release {self._assignment}. "
                "But if it was marked before, those marks are not in this gradebook: bring back a backup with autograde restore FILE."
            )
            raise ClassError(msg)
        self._id, due, self._notebook = found[0]
        self._due = _time(due)
        cells = self._database.rows(_CELLS, self._notebook)
        self._graded = {name: cell for cell, name, kind, _ in cells if kind == "GradeCell"}
        self._commented = {name: cell for cell, name, kind, _ in cells if kind == "SolutionCell"}
        self.max_score: dict[str, float] = {name: score for _, name, kind, score in cells if kind == "GradeCell"}
        """Cell name → points."""
        self.students: Collection[str] = frozenset(student for (student,) in self._database.rows("SELECT id FROM student"))
        """The roster's ids."""

    def save(self, student: str, when: datetime | None, marks: Mapping[str, Mark]) -> tuple[Standing | None, Standing]:
        """Write one submission's marks; what a person gave before is kept, and shown to them again.

        The rules are nbgrader's own (`SaveAutoGrades`): a manual score is never overwritten, and it, or a missing automatic
        one, asks for a person.

        Parameters
        ----------
        when
            The time of the hand-in in UTC, naive; None leaves it as it is.

        Returns
        -------
        tuple
            Where it stood before, None if it was not in the gradebook, and where it stands now.
        """
        for attempt in (1, 2):
            try:
                with self._database.transaction():
                    return self._save(student, when, marks)
            except self._database.clash:  # another run wrote the same submission first: now it is there to be updated
                if attempt == 2:
                    raise
        raise AssertionError

    def tidy(self) -> None:
        """Let the database count its rows, so that formgrader's lists of large classes use the indices."""
        with suppress(*self._database.errors):
            self._database.run("ANALYZE")

    def given(self, student: str) -> Given | None:
        """Give what a student is to be told; None if nothing of theirs is in the gradebook."""
        found = self._submission(student)
        if found is None:
            return None
        names = {cell: name for name, cell in self._graded.items()}
        said = {cell: name for name, cell in self._commented.items()}
        grades = {names[grade.cell_id]: grade for grade in self._grades(found.notebook) if grade.cell_id in names}
        comments = {
            said[cell]: manual or auto or "" for cell, auto, manual in self._database.rows(_COMMENTS, found.notebook) if cell in said
        }
        (person,) = self._database.rows(_PERSON, student)
        return Given(
            name=" ".join(part for part in person if part) or student,
            handed_in=found.when.replace(tzinfo=UTC) if found.when else None,
            points={name: None if row.needs_manual_grade else _score(row) for name, row in grades.items()},
            comments=comments,
        )

    def standing(self, student: str) -> Standing | None:
        """Say where a submission stands; None if it is not in the gradebook."""
        found = self._submission(student)
        return self._standing(self._grades(found.notebook), found.when, found.extension) if found else None

    def _save(self, student: str, when: datetime | None, marks: Mapping[str, Mark]) -> tuple[Standing | None, Standing]:
        found = self._submission(student)
        fresh = [_Grade(self._graded[mark.item], mark.points, None, None, mark.points is None) for mark in marks.values()]
        if found is None:
            submission, notebook = _id(), _id()
            self._database.run(_SUBMIT, submission, self._id, student, self._database.time(when))
            self._database.run(_SUBMIT_NOTEBOOK, notebook, submission, self._notebook)
            self._insert(notebook, marks.values())
            return None, self._standing(fresh, when, None)
        held = {grade.cell_id: grade for grade in self._grades(found.notebook)}
        if when is not None and when != found.when:
            self._database.run("UPDATE submitted_assignment SET timestamp = ? WHERE id = ?", self._database.time(when), found.id)
        self._insert(found.notebook, [mark for mark in marks.values() if self._graded[mark.item] not in held])
        self._update(found.notebook, [mark for mark in marks.values() if self._graded[mark.item] in held])
        now = [
            _Grade(one.cell_id, one.auto_score, old.manual_score, old.extra_credit, one.needs_manual_grade or old.manual_score is not None)
            if (old := held.get(one.cell_id))
            else one
            for one in fresh
        ]
        before = self._standing(held.values(), found.when, found.extension)
        return before, self._standing(now, when or found.when, found.extension)

    def _submission(self, student: str) -> "_Submission | None":
        for name, when, extension, notebook in self._database.rows(_SUBMITTED, self._id, self._notebook, student):
            return _Submission(name, _time(when), _duration(extension), notebook)
        return None

    def _grades(self, notebook: str) -> "list[_Grade]":
        return [_Grade(*row) for row in self._database.rows(_GRADES, notebook)]

    def _insert(self, notebook: str, marks: Collection[Mark]) -> None:
        said = [mark for mark in marks if mark.item in self._commented]
        self._database.run_each(_SCORE, ((_id(), notebook, self._graded[mark.item], mark.points, mark.points is None) for mark in marks))
        self._database.run_each(_SAY, ((_id(), notebook, self._commented[mark.item], _comment(mark)) for mark in said))

    def _update(self, notebook: str, marks: Collection[Mark]) -> None:
        said = [mark for mark in marks if mark.item in self._commented]
        self._database.run_each(_SCORE_AGAIN, ((mark.points, mark.points is None, notebook, self._graded[mark.item]) for mark in marks))
        self._database.run_each(_SAY_AGAIN, ((_comment(mark), notebook, self._commented[mark.item]) for mark in said))

    def _standing(self, grades: Iterable["_Grade"], when: datetime | None, extension: timedelta | None) -> Standing:
        grades = list(grades)
        points = sum(_score(grade) for grade in grades if not grade.needs_manual_grade)
        due = self._due + (extension or timedelta(0)) if self._due else None
        late_s = (when - due).total_seconds() if when and due else 0.0
        return Standing(points=points, waiting=sum(bool(grade.needs_manual_grade) for grade in grades), late_s=max(0.0, late_s))


class _Submission(NamedTuple):
    id: str
    when: datetime | None
    extension: timedelta | None
    notebook: str


class _Grade(NamedTuple):
    cell_id: str
    auto_score: float | None
    manual_score: float | None
    extra_credit: float | None
    needs_manual_grade: bool


class _Database:
    """A connection to SQLite or PostgreSQL by the database's own driver, with `?` for a value in both.

    Attributes
    ----------
    errors, clash
        What the driver raises, and what it raises when a row is there already.
    """

    errors: tuple[type[Exception], ...] = (ModuleNotFoundError,)
    clash: type[Exception]

    def __init__(self, url: str) -> None:
        self._sqlite = url.startswith("sqlite")
        try:
            if self._sqlite:
                self.errors, self.clash = (sqlite3.Error,), sqlite3.IntegrityError
                self._connection: Any = sqlite3.connect(url.removeprefix("sqlite:///"), timeout=BUSY_S, isolation_level=None)
                self._set_wal(Path(url.removeprefix("sqlite:///")))
                self._connection.execute("PRAGMA synchronous=NORMAL")
            else:
                import psycopg

                self.errors, self.clash = (psycopg.Error,), psycopg.IntegrityError
                self._connection = psycopg.connect(re.sub(r"^postgresql\+\w+:", "postgresql:", url), autocommit=True)
        except self.errors as error:
            msg = f"The gradebook {without_password(url)} cannot be opened ({_first_line(error)}). Close other programs that use it."
            raise ClassError(msg) from error

    def _set_wal(self, path: Path) -> None:
        """Set write-ahead logging, which the file keeps, so formgrader has it, too; not on a network drive, where it spoils the file.

        SQLite itself does not wait here: of two that ask in the same moment, one is told at once that the database is busy.
        """
        mode = "DELETE" if on_network(path) else "WAL"
        until = time.monotonic() + BUSY_S
        while True:
            try:
                self._connection.execute(f"PRAGMA journal_mode={mode}")
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                    raise
                time.sleep(0.02)
            else:
                return

    def rows(self, statement: str, *values: object) -> list[Any]:
        """Ask."""
        found: list[Any] = self._connection.execute(self._said(statement), values).fetchall()
        return found

    def run(self, statement: str, *values: object) -> None:
        """Do."""
        self._connection.execute(self._said(statement), values)

    def run_each(self, statement: str, each: Iterable[tuple[object, ...]]) -> None:
        """Do, once for each."""
        self._connection.cursor().executemany(self._said(statement), each)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing; SQLite lets one writer in at a time."""
        if not self._sqlite:
            with self._connection.transaction():
                yield
            return
        self._connection.execute("BEGIN IMMEDIATE")
        with self._connection:  # commits, or rolls back
            yield

    def time(self, when: datetime | None) -> object:
        """Give a time as nbgrader keeps it."""
        return when.isoformat(" ", "microseconds") if when and self._sqlite else when

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def _said(self, statement: str) -> str:
        return statement if self._sqlite else statement.replace("?", "%s")


def without_password(url: str) -> str:
    """Give a database's address as it may be shown."""
    return re.sub(r"(//[^/@:]*):[^/@]*@", r"\1:***@", url)


def _time(value: Any) -> datetime | None:
    """Read a time, which is text in SQLite."""
    return datetime.fromisoformat(value) if isinstance(value, str) else value


def _duration(value: Any) -> timedelta | None:
    """Read a duration, which SQLAlchemy keeps in SQLite as the time so long after the start of 1970."""
    return datetime.fromisoformat(value) - datetime(1970, 1, 1) if isinstance(value, str) else value  # noqa: DTZ001


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0]


def _score(grade: Any) -> float:
    """Give the points of a grade, as nbgrader computes them."""
    points: float = (grade.auto_score or 0.0 if grade.manual_score is None else grade.manual_score) + (grade.extra_credit or 0)
    return points


def _comment(mark: Mark) -> str | None:
    return mark.reason if mark.status in (Status.NOT_ATTEMPTED, Status.UNREADABLE) else None


def _id() -> str:
    """Give a fresh id that follows all earlier ones, as RFC 9562's version 7 does: random ones take twice as long to insert."""
    return f"{time.time_ns():016x}{secrets.token_hex(8)}"
