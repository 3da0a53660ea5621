"""nbgrader's gradebook, written in bulk: one connection, one transaction for each submission, no object for each cell.

The tables are nbgrader's own (0.9), named here with the columns that marking needs; `tests/tutor/test_rows.py` holds the
result against nbgrader's own API.
"""

import uuid
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple, Self

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    DateTime,
    Engine,
    Float,
    Index,
    Interval,
    MetaData,
    String,
    Table,
    Text,
    bindparam,
    create_engine,
    event,
    insert,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from autograde.errors import ClassError
from autograde.marking import Mark, Status

BUSY_S = 60
"""How long a writer waits for another one before it gives up."""

_meta = MetaData()


def _table(name: str, /, **columns: Any) -> Table:
    return Table(name, _meta, *(Column(column, kind) for column, kind in columns.items()))


ASSIGNMENT = _table("assignment", id=String, name=String, duedate=DateTime)
NOTEBOOK = _table("notebook", id=String, name=String, assignment_id=String)
CELL = _table("base_cell", id=String, name=String, notebook_id=String, type=String)
GRADE_CELL = _table("grade_cells", id=String, max_score=Float)
STUDENT = _table("student", id=String, first_name=String, last_name=String)
SUBMISSION = _table("submitted_assignment", id=String, assignment_id=String, student_id=String, timestamp=DateTime, extension=Interval)
SUBMITTED_NOTEBOOK = _table(
    "submitted_notebook", id=String, assignment_id=String, notebook_id=String, flagged=Boolean, late_submission_penalty=Float
)
GRADE = _table(
    "grade",
    id=String,
    notebook_id=String,
    cell_id=String,
    auto_score=Float,
    manual_score=Float,
    extra_credit=Float,
    needs_manual_grade=Boolean,
)
COMMENT = _table("comment", id=String, notebook_id=String, cell_id=String, auto_comment=Text, manual_comment=Text)

_SCORED = (
    update(GRADE)
    .where(GRADE.c.notebook_id == bindparam("notebook"), GRADE.c.cell_id == bindparam("cell"))
    # Said by the database itself, so that points which a person gives at this moment are neither lost nor overlooked.
    .values(
        auto_score=bindparam("auto_score"), needs_manual_grade=or_(bindparam("waits", type_=Boolean), GRADE.c.manual_score.is_not(None))
    )
)
_COMMENTED = (
    update(COMMENT)
    .where(COMMENT.c.notebook_id == bindparam("notebook"), COMMENT.c.cell_id == bindparam("cell"))
    .values(auto_comment=bindparam("auto_comment"))
)

_SUBMITTED = (
    select(SUBMISSION.c.id, SUBMISSION.c.timestamp, SUBMISSION.c.extension, SUBMITTED_NOTEBOOK.c.id.label("notebook"))
    .join(SUBMITTED_NOTEBOOK, SUBMITTED_NOTEBOOK.c.assignment_id == SUBMISSION.c.id)
    .where(
        SUBMISSION.c.assignment_id == bindparam("assignment"),
        SUBMISSION.c.student_id == bindparam("student"),
        SUBMITTED_NOTEBOOK.c.notebook_id == bindparam("notebook"),
    )
)
_GRADES = select(GRADE.c.cell_id, GRADE.c.auto_score, GRADE.c.manual_score, GRADE.c.extra_credit, GRADE.c.needs_manual_grade).where(
    GRADE.c.notebook_id == bindparam("notebook")
)
_COMMENTS = select(COMMENT.c.cell_id, COMMENT.c.auto_comment, COMMENT.c.manual_comment).where(
    COMMENT.c.notebook_id == bindparam("notebook")
)
_PERSON = select(STUDENT.c.first_name, STUDENT.c.last_name).where(STUDENT.c.id == bindparam("student"))
_INDICES = (
    Index("autograde_grade_notebook", GRADE.c.notebook_id),
    Index("autograde_comment_notebook", COMMENT.c.notebook_id),
    Index("autograde_submitted_notebook_assignment", SUBMITTED_NOTEBOOK.c.assignment_id),
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
        If the database cannot be opened, or the assignment is not in it.
    """

    def __init__(self, url: str, assignment: str) -> None:
        self._engine = open_database(url)
        self._assignment = assignment
        try:
            with suppress(SQLAlchemyError), self._engine.begin() as connection:  # another run may be making them, too
                for index in _INDICES:
                    index.create(connection, checkfirst=True)
            with self._engine.connect() as connection:
                self._read(connection)
        except SQLAlchemyError as error:
            reason = str(error).splitlines()[0]
            msg = f"The gradebook {self._engine.url.render_as_string()} cannot be read ({reason}). Close other programs that use it."
            raise ClassError(msg) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._engine.dispose()

    def _read(self, connection: Connection) -> None:
        found = connection.execute(
            select(ASSIGNMENT.c.id, ASSIGNMENT.c.duedate, NOTEBOOK.c.id)
            .join(NOTEBOOK, NOTEBOOK.c.assignment_id == ASSIGNMENT.c.id)
            .where(ASSIGNMENT.c.name == self._assignment, NOTEBOOK.c.name == self._assignment)
        ).first()
        if found is None:
            msg = f"{self._assignment} has not been released in this class. Run: autograde release {self._assignment}"
            raise ClassError(msg)
        self._id, self._due, self._notebook = found
        cells = connection.execute(
            select(CELL.c.id, CELL.c.name, CELL.c.type, GRADE_CELL.c.max_score)
            .join(GRADE_CELL, GRADE_CELL.c.id == CELL.c.id, isouter=True)
            .where(CELL.c.notebook_id == self._notebook)
        ).all()
        self._graded = {name: cell for cell, name, kind, _ in cells if kind == "GradeCell"}
        self._commented = {name: cell for cell, name, kind, _ in cells if kind == "SolutionCell"}
        self.max_score: dict[str, float] = {name: score for _, name, kind, score in cells if kind == "GradeCell"}
        """Cell name → points."""
        self.students: Collection[str] = frozenset(connection.execute(select(STUDENT.c.id)).scalars())
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
                with self._engine.begin() as connection:
                    return self._save(connection, student, when, marks)
            except IntegrityError:  # another run wrote the same submission first: now it is there to be updated
                if attempt == 2:
                    raise
        raise AssertionError

    def tidy(self) -> None:
        """Let the database count its rows, so that formgrader's lists of large classes use the indices."""
        with suppress(SQLAlchemyError), self._engine.begin() as connection:
            connection.execute(text("ANALYZE"))

    def given(self, student: str) -> Given | None:
        """Give what a student is to be told; None if nothing of theirs is in the gradebook."""
        with self._engine.connect() as connection:
            found = self._submission(connection, student)
            if found is None:
                return None
            names = {cell: name for name, cell in self._graded.items()}
            said = {cell: name for name, cell in self._commented.items()}
            grades = {names[row.cell_id]: row for row in connection.execute(_GRADES, {"notebook": found.notebook}) if row.cell_id in names}
            comments = {
                said[row.cell_id]: row.manual_comment or row.auto_comment or ""
                for row in connection.execute(_COMMENTS, {"notebook": found.notebook})
                if row.cell_id in said
            }
            person = connection.execute(_PERSON, {"student": student}).one()
        return Given(
            name=" ".join(part for part in person if part) or student,
            handed_in=found.timestamp.replace(tzinfo=UTC) if found.timestamp else None,
            points={name: None if row.needs_manual_grade else _score(row) for name, row in grades.items()},
            comments=comments,
        )

    def standing(self, student: str) -> Standing | None:
        """Say where a submission stands; None if it is not in the gradebook."""
        with self._engine.connect() as connection:
            found = self._submission(connection, student)
            if found is None:
                return None
            grades = connection.execute(_GRADES, {"notebook": found.notebook}).all()
            return self._standing(grades, found.timestamp, found.extension)

    def _save(
        self, connection: Connection, student: str, when: datetime | None, marks: Mapping[str, Mark]
    ) -> tuple[Standing | None, Standing]:
        found = self._submission(connection, student)
        fresh = [_Grade(self._graded[mark.item], mark.points, None, None, mark.points is None) for mark in marks.values()]
        if found is None:
            submission, notebook = _id(), _id()
            connection.execute(
                insert(SUBMISSION), [{"id": submission, "assignment_id": self._id, "student_id": student, "timestamp": when}]
            )
            connection.execute(
                insert(SUBMITTED_NOTEBOOK), [{"id": notebook, "assignment_id": submission, "notebook_id": self._notebook, "flagged": False}]
            )
            self._insert(connection, notebook, marks.values())
            return None, self._standing(fresh, when, None)
        held = {row.cell_id: row for row in connection.execute(_GRADES, {"notebook": found.notebook})}
        if when is not None and when != found.timestamp:
            connection.execute(update(SUBMISSION).where(SUBMISSION.c.id == found.id).values(timestamp=when))
        self._insert(connection, found.notebook, [mark for mark in marks.values() if self._graded[mark.item] not in held])
        self._update(connection, found.notebook, [mark for mark in marks.values() if self._graded[mark.item] in held])
        now = [
            _Grade(one.cell_id, one.auto_score, old.manual_score, old.extra_credit, one.needs_manual_grade or old.manual_score is not None)
            if (old := held.get(one.cell_id))
            else one
            for one in fresh
        ]
        before = self._standing(held.values(), found.timestamp, found.extension)
        return before, self._standing(now, when or found.timestamp, found.extension)

    def _submission(self, connection: Connection, student: str) -> Any:
        return connection.execute(_SUBMITTED, {"assignment": self._id, "notebook": self._notebook, "student": student}).first()

    def _insert(self, connection: Connection, notebook: str, marks: Collection[Mark]) -> None:
        grades = [
            {"id": _id(), "notebook_id": notebook, "cell_id": self._graded[mark.item], "auto_score": mark.points}
            | {"needs_manual_grade": mark.points is None}
            for mark in marks
        ]
        comments = [
            {"id": _id(), "notebook_id": notebook, "cell_id": self._commented[mark.item], "auto_comment": _comment(mark)}
            for mark in marks
            if mark.item in self._commented
        ]
        for table, rows in ((GRADE, grades), (COMMENT, comments)):
            if rows:
                connection.execute(insert(table), rows)

    def _update(self, connection: Connection, notebook: str, marks: Collection[Mark]) -> None:
        scored = [
            {"notebook": notebook, "cell": self._graded[mark.item], "auto_score": mark.points, "waits": mark.points is None}
            for mark in marks
        ]
        commented = [
            {"notebook": notebook, "cell": self._commented[mark.item], "auto_comment": _comment(mark)}
            for mark in marks
            if mark.item in self._commented
        ]
        for statement, rows in ((_SCORED, scored), (_COMMENTED, commented)):
            if rows:
                connection.execute(statement, rows)

    def _standing(self, grades: Iterable[Any], when: datetime | None, extension: timedelta | None) -> Standing:
        grades = list(grades)
        points = sum(_score(grade) for grade in grades if not grade.needs_manual_grade)
        due = self._due + (extension or timedelta(0)) if self._due else None
        late_s = (when - due).total_seconds() if when and due else 0.0
        return Standing(points=points, waiting=sum(bool(grade.needs_manual_grade) for grade in grades), late_s=max(0.0, late_s))


class _Grade(NamedTuple):
    cell_id: str
    auto_score: float | None
    manual_score: float | None
    extra_credit: float | None
    needs_manual_grade: bool


def open_database(url: str) -> Engine:
    """Open a gradebook; SQLite waits for other writers, and readers do not stop it."""
    sqlite = url.startswith("sqlite")
    engine = create_engine(url, connect_args={"timeout": BUSY_S} if sqlite else {})
    if sqlite:

        @event.listens_for(engine, "connect")
        def _settings(connection: Any, _record: object) -> None:
            connection.execute("PRAGMA journal_mode=WAL")  # kept in the file, so formgrader has it, too
            connection.execute("PRAGMA synchronous=NORMAL")

    return engine


def _score(grade: Any) -> float:
    """Give the points of a grade, as nbgrader computes them."""
    points: float = (grade.auto_score or 0.0 if grade.manual_score is None else grade.manual_score) + (grade.extra_credit or 0)
    return points


def _comment(mark: Mark) -> str | None:
    return mark.reason if mark.status in (Status.NOT_ATTEMPTED, Status.UNREADABLE) else None


def _id() -> str:
    return uuid.uuid4().hex
