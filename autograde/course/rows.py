"""nbgrader's gradebook, written in bulk: one connection, one transaction for each submission, no object for each cell.

The tables are nbgrader's own (0.9); `tests/tutor/test_mark.py` holds the result against nbgrader's own API. The statements
go to the database's driver as they are: to import SQLAlchemy takes as long as to mark two hundred hand-ins.
"""

import hashlib
import json
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
from autograde.course.folder_names import sqlite_path
from autograde.course.keep import check_gradebook
from autograde.errors import ClassError
from autograde.marking import Mark, Status

BUSY_S = 60
"""How long a writer waits for another one before it gives up."""
CONNECT_S = 20
"""How long a server may take to answer at all."""

_ASSIGNMENT = """
SELECT assignment.id, assignment.duedate, notebook.id FROM assignment JOIN notebook ON notebook.assignment_id = assignment.id
WHERE assignment.name = ? AND notebook.name = ?
"""
_CELLS = """
SELECT base_cell.id, base_cell.name, base_cell.type, grade_cells.max_score
FROM base_cell LEFT JOIN grade_cells ON grade_cells.id = base_cell.id WHERE base_cell.notebook_id = ?
"""
_SUBMITTED = """
SELECT submitted_assignment.id, submitted_assignment.timestamp, submitted_assignment.extension, submitted_notebook.id,
COALESCE(autograde_marked.source, ''), COALESCE(autograde_marked.answers, ''), COALESCE(autograde_marked.cells, '{}'),
student.first_name, student.last_name
FROM submitted_assignment JOIN student ON student.id = submitted_assignment.student_id
JOIN submitted_notebook ON submitted_notebook.assignment_id = submitted_assignment.id
LEFT JOIN autograde_marked ON autograde_marked.notebook_id = submitted_notebook.id
WHERE submitted_assignment.assignment_id = ? AND submitted_notebook.notebook_id = ? AND submitted_assignment.student_id = ?
"""
_GRADES = "SELECT cell_id, auto_score, manual_score, extra_credit, needs_manual_grade FROM grade WHERE notebook_id = ?"
_COMMENTS = "SELECT cell_id, manual_comment FROM comment WHERE notebook_id = ?"
_SUBMIT = "INSERT INTO submitted_assignment (id, assignment_id, student_id, timestamp) VALUES (?, ?, ?, ?)"
_SUBMIT_NOTEBOOK = "INSERT INTO submitted_notebook (id, assignment_id, notebook_id, flagged) VALUES (?, ?, ?, FALSE)"
_SCORE = "INSERT INTO grade (id, notebook_id, cell_id, auto_score, needs_manual_grade) VALUES (?, ?, ?, ?, ?)"
_COMMENT_FIRST = "INSERT INTO comment (id, notebook_id, cell_id, auto_comment) VALUES (?, ?, ?, ?)"
_SCORE_AGAIN = "UPDATE grade SET auto_score = ?, needs_manual_grade = ? WHERE notebook_id = ? AND cell_id = ?"
_COMMENT_AGAIN = "UPDATE comment SET auto_comment = ? WHERE notebook_id = ? AND cell_id = ?"
_INDICES = (
    "CREATE INDEX IF NOT EXISTS autograde_grade_notebook ON grade (notebook_id)",
    "CREATE INDEX IF NOT EXISTS autograde_comment_notebook ON comment (notebook_id)",
    "CREATE INDEX IF NOT EXISTS autograde_submitted_notebook_assignment ON submitted_notebook (assignment_id)",
)
"""nbgrader has none of these, and so reads the whole table for each submission, in formgrader's pages, too."""

MARKED = "autograde_marked"
"""Our own table beside nbgrader's: for each submitted notebook, what its marks belong to.

source: a digest of all that it was marked from. answers: a digest of the answers file. cells: JSON, cell name → `_Belongs`.
"""
MAKE_MARKED = """
CREATE TABLE IF NOT EXISTS autograde_marked (
    notebook_id VARCHAR(128) NOT NULL PRIMARY KEY, source VARCHAR(64) NOT NULL, answers VARCHAR(64) NOT NULL, cells TEXT NOT NULL
)
"""
_BELONG = """
INSERT INTO autograde_marked (notebook_id, source, answers, cells) VALUES (?, ?, ?, ?) ON CONFLICT (notebook_id)
DO UPDATE SET source = excluded.source, answers = excluded.answers, cells = excluded.cells
"""

_ENCODE = json.JSONEncoder(sort_keys=True).encode


@dataclass(frozen=True, kw_only=True)
class Standing:
    """What the gradebook says of one submission: points so far, how many items wait for a person, seconds late."""

    points: float
    waiting: int
    late_s: float


@dataclass(frozen=True, kw_only=True)
class Given:
    """What a student is to be told: cell name → points (None where a person has still to give them), and a person's comments.

    `answers` is the digest of the answers file that the points belong to; "" where it is not known.
    """

    name: str
    handed_in: datetime | None
    points: dict[str, float | None]
    comments: dict[str, str]
    answers: str

    @property
    def digest(self) -> str:
        """By which a feedback page is known to fit what is to be told, 16 hex digits."""
        parts = [self.name, str(self.handed_in), self.answers, self.points, {name: text for name, text in self.comments.items() if text}]
        return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:16]


@dataclass(frozen=True, kw_only=True)
class Source:
    """What a submission is marked from: digests of all of it, and of the answers file alone.

    `known` is whether the same answers file was marked before, for a gradebook that does not say so itself.
    """

    all: str
    answers: str
    known: bool = False


@dataclass(frozen=True, kw_only=True)
class Held:
    """What the gradebook holds of a submission before it is marked again.

    Attributes
    ----------
    source
        `Source.all` of the last marking; "" where it is not known.
    by_person
        Cell name → the answer (`Mark.answer`) that a person's points were given for; "" where that is not known.
    """

    standing: Standing
    source: str
    by_person: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class Saved:
    """What became of a submission in the gradebook.

    Attributes
    ----------
    before, now
        Where it stood, None if it was not in the gradebook, and where it stands.
    changed
        The cells whose answer is another than the one that a person has given points for: they wait for that person again.
    revised
        (cell, what was changed) for the cells whose answer keeps a person's points, though the task is not what it was then.
    """

    before: Standing | None
    now: Standing
    changed: tuple[str, ...] = ()
    revised: tuple[tuple[str, str], ...] = ()


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
            self._make_marked()
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

    def _make_marked(self) -> None:
        with suppress(*self._database.errors):
            self._database.rows("SELECT notebook_id FROM autograde_marked WHERE notebook_id = ''")
            return
        with suppress(self._database.clash), self._database.transaction():  # another run may be making it, too
            self._database.run(MAKE_MARKED)

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
        given = [(names[grade.cell_id], grade) for grade in grades if grade.cell_id in names and _by_person(grade)]
        return Held(
            standing=self._standing(grades, found.when, found.extension),
            source=found.source,
            by_person={name: _person(grade, found.belongs.get(name)) for name, grade in given} if given else {},
        )

    @contextmanager
    def _explaining(self) -> Iterator[None]:
        """Say in one sentence that the database failed."""
        try:
            yield
        except self._database.errors as error:
            msg = (
                f"The gradebook {self._database.shown} failed ({_first_line(error)}). All that was written before is kept. Close other "
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
        comments = {tasks[cell]: comment or "" for cell, comment in self._database.rows(_COMMENTS, found.notebook) if cell in tasks}
        return Given(
            name=" ".join(part for part in (found.first_name, found.last_name) if part) or student,
            handed_in=found.when.replace(tzinfo=UTC) if found.when else None,
            points={name: None if row.needs_manual_grade else _score(row) for name, row in grades.items()},
            comments=comments,
            answers=found.answers,
        )

    def _save(self, student: str, when: datetime | None, marks: Mapping[str, Mark], source: Source) -> Saved:
        found = self._submission(student)
        if found is None:
            submission, notebook = _id(), _id()
            self._database.run(_SUBMIT, submission, self._id, student, self._database.time(when))
            self._database.run(_SUBMIT_NOTEBOOK, notebook, submission, self._notebook)
            self._insert(notebook, marks.values())
            self._belong(notebook, source, {mark.item: _Belongs(mark.answer, "", mark.version) for mark in marks.values()})
            fresh = [_Grade(self._graded[mark.item], mark.points, None, None, mark.points is None) for mark in marks.values()]
            return Saved(before=None, now=self._standing(fresh, when, None))
        held = {grade.cell_id: grade for grade in self._grades(found.notebook, lock=True)}
        if when is not None and when != found.when:
            self._database.run("UPDATE submitted_assignment SET timestamp = ? WHERE id = ?", self._database.time(when), found.id)
        before, belonged = self._standing(held.values(), found.when, found.extension), found.belongs
        belongs, changed, revised, again = {}, [], [], []
        for mark in marks.values():
            old, was = held.get(self._graded[mark.item]), belonged.get(mark.item)
            if old is None:
                belongs[mark.item] = _Belongs(mark.answer, "", mark.version)
                continue
            if was is None and source.known and not belonged:  # marked before this table was made, from the same answers
                was = _Belongs(mark.answer, "", "")
            person = _person(old, was) if _by_person(old) else ""
            stale = _by_person(old) and person != mark.answer
            waits = stale or (mark.points is None and old.manual_score is None)
            if stale:
                changed.append(mark.item)
            elif person and was and (what := _changed(was.version, mark.version)):
                revised.append((mark.item, what))
            belongs[mark.item] = _Belongs(mark.answer, person, mark.version)
            again.append((mark, old._replace(auto_score=mark.points, needs_manual_grade=waits)))
        self._insert(found.notebook, [mark for mark in marks.values() if self._graded[mark.item] not in held])
        self._update(found.notebook, again)
        self._belong(found.notebook, source, belongs)
        now = held | {grade.cell_id: grade for _, grade in again}
        now |= {
            self._graded[mark.item]: _Grade(self._graded[mark.item], mark.points, None, None, mark.points is None)
            for mark in marks.values()
            if self._graded[mark.item] not in held
        }
        standing = self._standing(now.values(), when or found.when, found.extension)
        return Saved(before=before, now=standing, changed=tuple(changed), revised=tuple(revised))

    def _submission(self, student: str) -> "_Submission | None":
        for name, when, extension, *rest in self._database.rows(_SUBMITTED, self._id, self._notebook, student):
            return _Submission(name, _time(when), _duration(extension), *rest)
        return None

    def _grades(self, notebook: str, *, lock: bool = False) -> "list[_Grade]":
        """Give a submission's grades; `lock` keeps a person's points, given at this very moment, from being overlooked."""
        return [_Grade(*row) for row in self._database.rows(_GRADES + self._database.for_update * lock, notebook)]

    def _belong(self, notebook: str, source: Source, cells: "Mapping[str, _Belongs]") -> None:
        self._database.run(_BELONG, notebook, source.all, source.answers, _ENCODE(cells))

    def _insert(self, notebook: str, marks: Collection[Mark]) -> None:
        tasks = [mark for mark in marks if mark.item in self._commented]
        self._database.run_each(_SCORE, ((_id(), notebook, self._graded[mark.item], mark.points, mark.points is None) for mark in marks))
        self._database.run_each(_COMMENT_FIRST, ((_id(), notebook, self._commented[mark.item], _comment(mark)) for mark in tasks))

    def _update(self, notebook: str, marks: "Collection[tuple[Mark, _Grade]]") -> None:
        tasks = [mark for mark, _ in marks if mark.item in self._commented]
        self._database.run_each(_SCORE_AGAIN, ((one.auto_score, one.needs_manual_grade, notebook, one.cell_id) for _, one in marks))
        self._database.run_each(_COMMENT_AGAIN, ((_comment(mark), notebook, self._commented[mark.item]) for mark in tasks))

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
    source: str
    answers: str
    cells: str
    first_name: str | None
    last_name: str | None

    @property
    def belongs(self) -> "dict[str, _Belongs]":
        return {name: _Belongs(*one) for name, one in json.loads(self.cells).items()}


class _Grade(NamedTuple):
    cell_id: str
    auto_score: float | None
    manual_score: float | None
    extra_credit: float | None
    needs_manual_grade: bool


class _Belongs(NamedTuple):
    """What a cell's marks belong to: its answer, the answer that a person's points were given for ("" for none), and the task."""

    answer: str
    person: str
    version: str


def _by_person(grade: _Grade) -> bool:
    return grade.manual_score is not None or bool(grade.extra_credit)


def _person(grade: _Grade, belongs: _Belongs | None) -> str:
    """Give the answer that a person's points were given for: the one that lay there, unless they wait for that person again."""
    if belongs is None:
        return ""
    return belongs.person if grade.needs_manual_grade else belongs.answer


def _changed(before: str, now: str) -> str:
    """Say what of a task was changed, "" for nothing or where it is not known."""
    if not before or before == now:
        return ""
    pairs = zip(("wording", "key or rubric"), before.split("-"), now.split("-"), strict=False)
    return " and ".join(what for what, one, other in pairs if one != other)


class _Database:
    """A connection to SQLite or PostgreSQL by the database's own driver, with `?` for a value in both.

    Attributes
    ----------
    errors, clash
        What the driver raises, and what it raises when a row is there already.
    shown
        Its address without a password.
    for_update
        What makes a SELECT hold its rows until the transaction ends; SQLite lets one writer in at a time anyway.
    """

    errors: tuple[type[Exception], ...] = (ModuleNotFoundError,)
    clash: type[Exception]

    def __init__(self, url: str) -> None:
        self._sqlite = url.startswith("sqlite")
        self.shown = without_password(url)
        self.for_update = "" if self._sqlite else " FOR UPDATE"
        try:
            if self._sqlite:
                self.errors, self.clash = (sqlite3.Error,), sqlite3.IntegrityError
                self._connection: Any = sqlite3.connect(sqlite_path(url), timeout=BUSY_S, isolation_level=None)
                self._set_wal(sqlite_path(url))
                self._connection.execute("PRAGMA synchronous=NORMAL")
            else:
                import psycopg

                self.errors, self.clash = (psycopg.Error,), psycopg.IntegrityError
                # Without these a server that went away, or a lock that nobody lets go, would be waited for without an end.
                ends: dict[str, Any] = {"connect_timeout": CONNECT_S, "tcp_user_timeout": BUSY_S * 1000}
                ends["options"] = f"-c lock_timeout={BUSY_S}s"
                self._connection = psycopg.connect(re.sub(r"^postgresql\+\w+:", "postgresql:", url), autocommit=True, **ends)
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
        found: list[Any] = self._connection.execute(self._own_form(statement), values).fetchall()
        return found

    def run(self, statement: str, *values: object) -> None:
        """Do."""
        self._connection.execute(self._own_form(statement), values)

    def run_each(self, statement: str, each: Iterable[tuple[object, ...]]) -> None:
        """Do, once for each."""
        self._connection.cursor().executemany(self._own_form(statement), each)

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

    def _own_form(self, statement: str) -> str:
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
