"""What every learner of a workbook is to be told, in four queries for a whole class; `Rows.given` says the same of one learner."""

from collections import defaultdict
from typing import Any

from sqlalchemy import Connection, bindparam, inspect, literal, select

from autograde.gradebook import tables
from autograde.gradebook.cells import GRADE, Grade, maxima_of
from autograde.gradebook.entries import Given
from autograde.gradebook.referred import has_referrals, referred_in, told_with
from autograde.text import aware

_SUBMITTED = tables.submitted_assignment
_NOTEBOOKS = (
    tables.assignment.join(_SUBMITTED, _SUBMITTED.c.assignment_id == tables.assignment.c.id)
    .join(tables.submitted_notebook, tables.submitted_notebook.c.assignment_id == _SUBMITTED.c.id)
    .join(tables.student, tables.student.c.id == _SUBMITTED.c.student_id)
)
_OURS = tables.assignment.c.name == bindparam("name")
_ABOUT = (
    tables.submitted_notebook.c.id,
    _SUBMITTED.c.student_id,
    _SUBMITTED.c.timestamp,
    tables.student.c.first_name,
    tables.student.c.last_name,
)
_GRADES = (
    select(
        tables.submitted_notebook.c.id,
        tables.base_cell.c.name,
        *GRADE,
    )
    .select_from(_NOTEBOOKS)
    .join(tables.grade, tables.grade.c.notebook_id == tables.submitted_notebook.c.id)
    .join(tables.base_cell, tables.base_cell.c.id == tables.grade.c.cell_id)
    .where(_OURS, tables.base_cell.c.type == "GradeCell")
)
_COMMENTS = (
    select(tables.submitted_notebook.c.id, tables.base_cell.c.name, tables.comment.c.manual_comment)
    .select_from(_NOTEBOOKS)
    .join(tables.comment, tables.comment.c.notebook_id == tables.submitted_notebook.c.id)
    .join(tables.base_cell, tables.base_cell.c.id == tables.comment.c.cell_id)
    .where(_OURS, tables.comment.c.manual_comment.is_not(None), tables.comment.c.manual_comment != "")
)


def told_in(connection: Connection, assignment: str) -> dict[str, Given]:
    """Give student id → what is to be told, for all of whom something is in the gradebook; of comments only those that say something.

    Of an answer that waits for a person neither points nor a comment is told: what stands there may be of the answer before it.
    """
    which = {"name": assignment}
    about = connection.execute(_about(connection), which).all()
    # What was marked for the first time meanwhile is among these, and not in `about`.
    points: defaultdict[str, dict[str, float | None]] = defaultdict(dict)
    comments: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for notebook, name, *values in connection.execute(_GRADES, which):
        grade = Grade(*values)
        points[notebook][name] = None if grade.needs_manual_grade else grade.points
    for notebook, name, text in connection.execute(_COMMENTS, which):
        if points[notebook].get(name, 0.0) is not None:
            comments[notebook][name] = text
    referrals = told_with(referred_in(connection, assignment)) if has_referrals(connection) else {}
    return {
        row.student_id: Given(
            name=" ".join(part for part in (row.first_name, row.last_name) if part) or row.student_id,
            handed_in=aware(row.timestamp) if row.timestamp else None,
            points=points[row.id],
            comments=comments[row.id],
            answers=row.answers or "",
            referral=referrals.get((row.student_id, row.answers or ""), ""),
            maxima=maxima_of(row.cells),
        )
        for row in about
    }


def _about(connection: Connection) -> Any:
    """Select the submissions; before the first marking, our own table may not be there."""
    if not inspect(connection).has_table(tables.marked.name):
        return select(*_ABOUT, literal("").label("answers"), literal(None).label("cells")).select_from(_NOTEBOOKS).where(_OURS)
    joined = _NOTEBOOKS.outerjoin(tables.marked, tables.marked.c.notebook_id == tables.submitted_notebook.c.id)
    return select(*_ABOUT, tables.marked.c.answers, tables.marked.c.cells).select_from(joined).where(_OURS)
