"""What a person gives for one task: points and comment in nbgrader's own rows, so that formgrader shows the same, and notes beside them.

Each mark has a base: what stood there when it was looked at. It is compared in the transaction that writes, so that of two tutors,
or of the desk and formgrader, the second one is told, and nothing of the first is lost.
"""

import hashlib
import json
import secrets
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from sqlalchemy import Connection, Executable, Select, bindparam, case, func, insert, inspect, literal, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.schema import CreateTable

from autograde.errors import ClassError
from autograde.gradebook import tables
from autograde.gradebook.cells import read_belongs
from autograde.gradebook.database import FAULTS, Database, unwritten
from autograde.gradebook.deeds import Deed
from autograde.gradebook.known import Value, know
from autograde.gradebook.locks import check_not_signed_off
from autograde.gradebook.log import note
from autograde.gradebook.own import prepare
from autograde.gradebook.sealed_marks import GIVEN, seal_given
from autograde.gradebook.soundness import check_gradebook

MAX_COMMENT = 10_000
"""Characters; some 1,600 words."""


@dataclass(frozen=True, kw_only=True)
class Notes:
    """What a person notes of an answer.

    Attributes
    ----------
    seen, not_enough
        Which of the rubric's `must_see` and `not_enough` are ticked, from 0.
    unsafe
        Whether somebody has to follow up what the answer says. It changes no points.
    later
        Whether it is to be come back to.
    template
        The comment as it was written, its placeholders not filled in; "" for none.
    """

    seen: tuple[int, ...] = ()
    not_enough: tuple[int, ...] = ()
    unsafe: bool = False
    later: bool = False
    template: str = ""


@dataclass(frozen=True, kw_only=True)
class PersonMark:
    """What stands in the gradebook for one learner's answer to a task.

    Attributes
    ----------
    auto, points, extra
        What the program gave, what a person gave, and what a person added; None where nothing was given.
    waits
        Whether it waits for a person.
    comment
        As the learner reads it; "" for none.
    answer
        Which answer this is for (`marking.Mark.answer`); "" where that was not asked for, or is not known.
    out_of
        What there was to get when the points were given, where they wait because there are other points to get now; else None.
    """

    student: str
    auto: float | None
    points: float | None
    extra: float | None
    waits: bool
    comment: str
    notes: Notes = field(default_factory=Notes)
    answer: str = ""
    out_of: float | None = None

    @property
    def total(self) -> float | None:
        """The points for the answer: a person's, else the program's, and what was added; None where nobody has given any."""
        given = self.auto if self.points is None else self.points
        return None if given is None and self.extra is None else (given or 0) + (self.extra or 0)

    @property
    def base(self) -> str:
        """By which it is known whether anything of it has changed, 16 hex digits."""
        parts = [self.auto, self.points, self.extra, self.waits, self.comment, asdict(self.notes), self.answer]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]


@dataclass(frozen=True, kw_only=True)
class Given:
    """What a person gives: `points` None for none yet, which ends no waiting; `comment` as the learner reads it."""

    points: float | None
    comment: str
    notes: Notes


@dataclass(frozen=True, kw_only=True)
class Kept:
    """What stands in the gradebook now; where it is `newer` than what was looked at, nothing was written. `before` is what stood there."""

    mark: PersonMark
    before: PersonMark
    newer: bool = False


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a task's marks lie in the gradebook; `comment_cell` is "" where nbgrader has no comment for it."""

    assignment: str
    notebook: str
    name: str
    cell: str
    comment_cell: str
    max_score: float


_CELLS = (
    select(
        tables.assignment.c.id.label("assignment"),
        tables.notebook.c.id.label("notebook"),
        tables.base_cell.c.id,
        tables.base_cell.c.name,
        tables.base_cell.c.type,
        tables.grade_cells.c.max_score,
    )
    .join(tables.notebook, tables.notebook.c.assignment_id == tables.assignment.c.id)
    .join(tables.base_cell, tables.base_cell.c.notebook_id == tables.notebook.c.id)
    .outerjoin(tables.grade_cells, tables.grade_cells.c.id == tables.base_cell.c.id)
    .where(tables.assignment.c.name == bindparam("name"), tables.notebook.c.name == bindparam("name"))
    .order_by(tables.base_cell.c.name)
)


def places_in(connection: Connection, assignment: str) -> dict[str, Place]:
    """Give name → place for everything that is marked in a workbook, by its nbgrader's name; nothing for one that was not released."""
    rows = connection.execute(_CELLS, {"name": assignment}).all()
    comments = {row.name: row.id for row in rows if row.type == "SolutionCell"}
    return {
        row.name: Place(
            assignment=row.assignment,
            notebook=row.notebook,
            name=row.name,
            cell=row.id,
            comment_cell=comments.get(row.name, ""),
            max_score=row.max_score,
        )
        for row in rows
        if row.type == "GradeCell"
    }


def _marks(*, notes: bool, belongs: bool) -> Select[Any]:
    """Ask for the marks of a place; without our own tables where the gradebook has none yet."""
    person, marked = tables.person.c, tables.marked.c
    none = [literal(None).label(name) for name in ("later", "unsafe", "notes")]
    own = [person.later, person.unsafe, person.notes] if notes else none
    cells = marked.cells if belongs else literal(None).label("cells")
    asked = (
        select(
            tables.submitted_assignment.c.student_id,
            tables.assignment.c.name.label("workbook"),
            tables.submitted_notebook.c.id.label("notebook"),
            tables.grade.c.id.label("grade"),
            tables.grade.c.auto_score,
            tables.grade.c.manual_score,
            tables.grade.c.extra_credit,
            tables.grade.c.needs_manual_grade,
            tables.comment.c.id.label("comment"),
            tables.comment.c.manual_comment,
            *own,
            cells,
        )
        .select_from(tables.submitted_assignment)
        .join(tables.assignment, tables.assignment.c.id == tables.submitted_assignment.c.assignment_id)
        .join(tables.submitted_notebook, tables.submitted_notebook.c.assignment_id == tables.submitted_assignment.c.id)
        .join(tables.grade, (tables.grade.c.notebook_id == tables.submitted_notebook.c.id) & (tables.grade.c.cell_id == bindparam("cell")))
        .outerjoin(
            tables.comment,
            (tables.comment.c.notebook_id == tables.submitted_notebook.c.id) & (tables.comment.c.cell_id == bindparam("comment_cell")),
        )
    )
    if notes:
        asked = asked.outerjoin(tables.person, (person.notebook_id == tables.submitted_notebook.c.id) & (person.cell == bindparam("name")))
    if belongs:
        asked = asked.outerjoin(tables.marked, marked.notebook_id == tables.submitted_notebook.c.id)
    return asked.where(
        tables.submitted_assignment.c.assignment_id == bindparam("assignment"),
        tables.submitted_notebook.c.notebook_id == bindparam("in_notebook"),
    )


_OF = tables.submitted_assignment.c.student_id.in_(bindparam("students", expanding=True))
_ALL = {notes: _marks(notes=notes, belongs=False) for notes in (True, False)}
_SOME = {notes: _marks(notes=notes, belongs=True).where(_OF) for notes in (True, False)}
_SUBMITTED = (
    select(tables.submitted_notebook.c.id)
    .join(tables.submitted_assignment, tables.submitted_assignment.c.id == tables.submitted_notebook.c.assignment_id)
    .where(
        tables.submitted_assignment.c.assignment_id == bindparam("assignment"),
        tables.submitted_notebook.c.notebook_id == bindparam("in_notebook"),
        _OF,
    )
    .scalar_subquery()
)
_LOCKS = tuple(
    select(table.c.id).where(table.c.notebook_id == _SUBMITTED, table.c.cell_id == bindparam(cell)).with_for_update()
    for table, cell in ((tables.grade, "cell"), (tables.comment, "comment_cell"))
)
"""Held until the transaction ends, grades first, as marking by the program does. SQLite lets one writer in anyway.

Nothing is read by them: whoever had to wait for a row is given that row as it stands then, but all others as they stood before
(https://www.postgresql.org/docs/current/transaction-iso.html, 13.2.1). What is read after them is whole.
"""
_POINTS = (
    update(tables.grade)
    .where(tables.grade.c.id == bindparam("grade"))
    .values(manual_score=bindparam("points"), needs_manual_grade=bindparam("waits"))
)
_COMMENT = update(tables.comment).where(tables.comment.c.id == bindparam("comment")).values(manual_comment=bindparam("text"))
_COMMENT_FIRST = insert(tables.comment)


def _note(upsert: sqlite.Insert | postgresql.Insert) -> Executable:
    new = {name: upsert.excluded[name] for name in ("later", "unsafe", "notes")}
    return upsert.on_conflict_do_update(index_elements=[tables.person.c.notebook_id, tables.person.c.cell], set_=new)


_NOTE = {"sqlite": _note(sqlite.insert(tables.person)), "postgresql": _note(postgresql.insert(tables.person))}


def has_notes(connection: Connection) -> bool:
    """Whether the gradebook has our table of notes yet."""
    return inspect(connection).has_table(tables.person.name)


def marks_of(connection: Connection, place: Place) -> list[PersonMark]:
    """Give the marks of all learners for a task, in one query; `answer` is left out."""
    return [_mark(row, place.name) for row in connection.execute(_ALL[has_notes(connection)], _where(place))]


def marks_for(connection: Connection, place: Place, students: list[str]) -> dict[str, PersonMark]:
    """Give learner → mark for some learners, whole."""
    rows = connection.execute(_SOME[has_notes(connection)], {**_where(place), "students": students})
    return {row.student_id: _mark(row, place.name) for row in rows}


class Counts(dict[str, tuple[int, int, int, int]]):
    """Name of a place → (answers for a person, of them waiting, to be come back to, to be followed up)."""


def counts_in(connection: Connection, assignment: str, without: Collection[str] = ()) -> Counts:
    """Count the answers to each task of a workbook that are a person's to mark; `without` those of some learners."""
    grade, person, cell = tables.grade.c, tables.person.c, tables.base_cell.c
    notes = has_notes(connection)
    true = literal(1)
    added: tuple[Any, ...] = (
        (func.sum(_as_number(person.later)), func.sum(_as_number(person.unsafe))) if notes else (literal(0), literal(0))
    )
    asked = (
        select(cell.name, func.sum(true), func.sum(_as_number(grade.needs_manual_grade)), *added)
        .select_from(tables.assignment)
        .join(tables.submitted_assignment, tables.submitted_assignment.c.assignment_id == tables.assignment.c.id)
        .join(tables.submitted_notebook, tables.submitted_notebook.c.assignment_id == tables.submitted_assignment.c.id)
        .join(tables.grade, grade.notebook_id == tables.submitted_notebook.c.id)
        .join(tables.base_cell, cell.id == grade.cell_id)
    )
    if notes:
        asked = asked.outerjoin(tables.person, (person.notebook_id == tables.submitted_notebook.c.id) & (person.cell == cell.name))
    asked = asked.where(tables.assignment.c.name == assignment, (grade.auto_score.is_(None)) | grade.needs_manual_grade).group_by(cell.name)
    if without:
        asked = asked.where(tables.submitted_assignment.c.student_id.not_in(without))
    return Counts({row[0]: tuple(int(value or 0) for value in row[1:]) for row in connection.execute(asked)})


def _as_number(column: Any) -> Any:
    return case((column, 1), else_=0)


def give(url: str, course_id: str, place: Place, student: str, given: Given, base: str) -> Kept:
    """Write what a person gives for an answer, all or nothing, unless something newer stands there.

    Parameters
    ----------
    base
        `PersonMark.base` of what the person looked at.

    Raises
    ------
    ClassError
        If there is no such answer, the points do not fit the task, the learner's unit is signed off, or the database fails; then nothing
        was written.
    """
    if given.points is not None and not 0 <= given.points <= place.max_score:
        msg = f"{given.points:g} is not between 0 and the {place.max_score:g} points that there are."
        raise ClassError(msg)
    if len(given.comment) > MAX_COMMENT or len(given.notes.template) > MAX_COMMENT:
        msg = f"The comment has more than {MAX_COMMENT:,} characters. Make it shorter."
        raise ClassError(msg)
    check_gradebook(url, course_id)
    database = Database(url)
    try:
        if not database.has(tables.person.name):
            database.run(CreateTable(tables.person, if_not_exists=True))
        prepare(database)
        with database.transaction():
            return _give(database, place, student, given, base)
    except FAULTS as error:
        raise ClassError(unwritten(error)) from error
    finally:
        database.close()


def _give(database: Database, place: Place, student: str, given: Given, base: str) -> Kept:
    check_not_signed_off(database, student)
    for lock in _LOCKS:
        database.rows(lock, **_where(place), students=[student])
    rows = database.rows(_SOME[True], **_where(place), students=[student])
    if not rows:
        msg = "This answer is not in the gradebook any more. Open the task again."
        raise ClassError(msg)
    [row] = rows
    held = _mark(row, place.name)
    stale = given.points is None and held.waits  # a tick ends no waiting; what another answer was given counts again should that come back
    points, waits = (held.points, True) if stale else (given.points, given.points is None and held.auto is None)
    wanted = replace(held, points=points, waits=waits, comment=given.comment, notes=given.notes)
    if held == wanted:  # it was sent twice: the first answer did not arrive
        return Kept(mark=held, before=held)
    if held.base != base:
        return Kept(mark=held, before=held, newer=True)
    database.run(_POINTS, grade=row.grade, points=points, waits=waits)
    text = given.comment or None
    if row.comment is not None:
        database.run(_COMMENT, comment=row.comment, text=text)
    elif text and place.comment_cell:
        database.run(_COMMENT_FIRST, id=secrets.token_hex(16), notebook_id=row.notebook, cell_id=place.comment_cell, manual_comment=text)
    notes = {name: value for name, value in asdict(given.notes).items() if name not in {"later", "unsafe"}}
    database.run(
        _NOTE[database.dialect],
        notebook_id=row.notebook,
        cell=place.name,
        later=given.notes.later,
        unsafe=given.notes.unsafe,
        notes=json.dumps(notes),
    )
    know(database, [(row.notebook, place.name, Value(points=points, extra=held.extra or 0.0, comment=given.comment))])
    sealed = {GIVEN: seal_given(database.connection, [(row.notebook, place.name)])}
    before, after = _in_log(held), _in_log(wanted)
    changed = [name for name in after if before[name] != after[name]]
    note(
        database,
        Deed.GIVE,
        learner=student,
        workbook=row.workbook,
        task=place.name,
        before={name: before[name] for name in changed},
        after={name: after[name] for name in changed},
        sealed=sealed,
    )
    return Kept(mark=wanted, before=held)


def _in_log(mark: PersonMark) -> dict[str, Any]:
    return {"points": mark.points, "comment": mark.comment, **asdict(mark.notes)}


def _where(place: Place) -> dict[str, str]:
    names: Mapping[str, str] = {"assignment": place.assignment, "in_notebook": place.notebook}
    return {**names, "cell": place.cell, "comment_cell": place.comment_cell, "name": place.name}


def _mark(row: Any, name: str) -> PersonMark:
    kept = json.loads(row.notes) if row.notes else {}
    belongs = read_belongs(row.cells).get(name)
    return PersonMark(
        student=row.student_id,
        auto=row.auto_score,
        points=row.manual_score,
        extra=row.extra_credit,
        waits=bool(row.needs_manual_grade),
        comment=row.manual_comment or "",
        notes=Notes(
            seen=tuple(kept.get("seen", ())),
            not_enough=tuple(kept.get("not_enough", ())),
            unsafe=bool(row.unsafe),
            later=bool(row.later),
            template=kept.get("template", ""),
        ),
        answer=belongs.answer if belongs else "",
        out_of=belongs.out_of if belongs and row.needs_manual_grade else None,
    )
