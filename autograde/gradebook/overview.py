"""The whole gradebook, workbook by workbook, in a few queries each: what was handed in, what it was given, when it is due."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, bindparam, func, select

from autograde.gradebook import tables
from autograde.gradebook.cells import GRADE, Grade
from autograde.gradebook.database import reading
from autograde.gradebook.soundness import check_gradebook

_ASSIGNMENTS = select(tables.assignment.c.id, tables.assignment.c.name, tables.assignment.c.duedate).order_by(
    tables.assignment.c.duedate, tables.assignment.c.name
)
_ASSIGNMENT = _ASSIGNMENTS.where(tables.assignment.c.name == bindparam("name"))
_CELLS = (
    select(tables.base_cell.c.notebook_id, tables.base_cell.c.name, tables.base_cell.c.type, tables.grade_cells.c.max_score)
    .join(tables.notebook, tables.notebook.c.id == tables.base_cell.c.notebook_id)
    .outerjoin(tables.grade_cells, tables.grade_cells.c.id == tables.base_cell.c.id)
    .where(tables.notebook.c.assignment_id == bindparam("assignment"))
    .order_by(tables.base_cell.c.notebook_id, tables.base_cell.c.name)
)
_SUBMITTED = select(
    tables.submitted_assignment.c.student_id, tables.submitted_assignment.c.timestamp, tables.submitted_assignment.c.extension
).where(tables.submitted_assignment.c.assignment_id == bindparam("assignment"))
_NOTEBOOKS = tables.submitted_notebook.join(
    tables.submitted_assignment, tables.submitted_assignment.c.id == tables.submitted_notebook.c.assignment_id
)
_GRADES = (
    select(
        tables.submitted_assignment.c.student_id,
        tables.base_cell.c.name,
        *GRADE,
    )
    .select_from(_NOTEBOOKS)
    .join(tables.grade, tables.grade.c.notebook_id == tables.submitted_notebook.c.id)
    .join(tables.base_cell, tables.base_cell.c.id == tables.grade.c.cell_id)
    .where(tables.submitted_assignment.c.assignment_id == bindparam("assignment"))
)
_COMMENTS = (
    select(
        tables.submitted_assignment.c.student_id,
        tables.base_cell.c.name,
        func.coalesce(tables.comment.c.manual_comment, tables.comment.c.auto_comment, ""),
    )
    .select_from(_NOTEBOOKS)
    .join(tables.comment, tables.comment.c.notebook_id == tables.submitted_notebook.c.id)
    .join(tables.base_cell, tables.base_cell.c.id == tables.comment.c.cell_id)
    .where(tables.submitted_assignment.c.assignment_id == bindparam("assignment"))
)


@dataclass(frozen=True, kw_only=True)
class Cell:
    """What is marked in a workbook; `by_person`: a written answer."""

    name: str
    max_score: float
    by_person: bool


@dataclass(frozen=True, kw_only=True)
class Assignment:
    """A workbook that was released; `due` in UTC, naive as nbgrader keeps it, None for no due date."""

    id: str
    name: str
    due: datetime | None


@dataclass(frozen=True, kw_only=True)
class Submitted:
    """What a student has handed in and was given: cell name → grade, and comment; the times in UTC, naive."""

    when: datetime | None
    due: datetime | None
    grades: dict[str, Grade] = field(default_factory=dict)
    comments: dict[str, str] = field(default_factory=dict)


def assignments_in(connection: Connection) -> list[Assignment]:
    """Give the workbooks that were released, by due date and name."""
    return [Assignment(id=id_, name=name, due=due) for id_, name, due in connection.execute(_ASSIGNMENTS)]


def cells_in(connection: Connection, assignment: Assignment) -> list[Cell]:
    """Give what is marked in a workbook, by name."""
    rows = connection.execute(_CELLS, {"assignment": assignment.id}).all()
    persons = {(notebook, name) for notebook, name, kind, _ in rows if kind == "SolutionCell"}
    return [
        Cell(name=name, max_score=points, by_person=(notebook, name) in persons)
        for notebook, name, kind, points in rows
        if kind == "GradeCell"
    ]


def submitted_in(connection: Connection, assignment: Assignment) -> dict[str, Submitted]:
    """Give student id → what was handed in to a workbook."""
    which = {"assignment": assignment.id}
    found = {
        student: Submitted(when=when, due=assignment.due + extension if assignment.due and extension else assignment.due)
        for student, when, extension in connection.execute(_SUBMITTED, which)
    }
    for student, name, *values in connection.execute(_GRADES, which):
        if student in found:  # else it was marked for the first time meanwhile
            found[student].grades[name] = Grade(*values)
    for student, name, text in connection.execute(_COMMENTS, which):
        if student in found:
            found[student].comments[name] = text
    return found


def due_dates(url: str, course_id: str, name: str) -> Mapping[str, datetime] | None:
    """Give student id → due date where a student has an extension, "" → everybody's, if there is one; in UTC, naive.

    None if the workbook was never released. ClassError if the gradebook is not the class's.
    """
    check_gradebook(url, course_id)
    with reading(url) as connection:
        row = connection.execute(_ASSIGNMENT, {"name": name}).first()
        if row is None:
            return None
        due: datetime | None = row.duedate
        if due is None:
            return {}
        rows = connection.execute(_SUBMITTED, {"assignment": row.id})
        return {"": due, **{student: due + extension for student, _, extension in rows if extension}}
