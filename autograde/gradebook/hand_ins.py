"""All hand-ins to a workbook, in one query: where each stands."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, bindparam, case, func, select

from autograde.gradebook import tables
from autograde.gradebook.overview import Assignment

_SUBMITTED, _NOTEBOOKS, _GRADE = tables.submitted_assignment, tables.submitted_notebook, tables.grade
_OF_ALL = _NOTEBOOKS.join(_SUBMITTED, _SUBMITTED.c.id == _NOTEBOOKS.c.assignment_id)
_OF_ONE = _SUBMITTED.c.assignment_id == bindparam("assignment")
_ADDED = (
    select(
        _NOTEBOOKS.c.assignment_id,
        func.count(_GRADE.c.id).label("cells"),
        func.sum(case((_GRADE.c.needs_manual_grade, 1), else_=0)).label("waiting"),
    )
    .select_from(_OF_ALL)
    .join(_GRADE, _GRADE.c.notebook_id == _NOTEBOOKS.c.id)
    .where(_OF_ONE)
    .group_by(_NOTEBOOKS.c.assignment_id)
    .subquery()
)
_STORED = (
    select(
        _SUBMITTED.c.student_id,
        _SUBMITTED.c.timestamp,
        _SUBMITTED.c.extension,
        func.coalesce(_ADDED.c.cells, 0).label("cells"),
        _ADDED.c.waiting,
    )
    .outerjoin(_ADDED, _ADDED.c.assignment_id == _SUBMITTED.c.id)
    .where(_OF_ONE)
)
"""What the gradebook holds of each learner's hand-in to a workbook, added up by the database."""


def stored_in(connection: Connection, assignment: Assignment) -> Mapping[str, Any]:
    """Give learner → (timestamp, extension, cells, waiting): when, in UTC and naive, how many cells have marks, how many of them wait."""
    return {row.student_id: row for row in connection.execute(_STORED, {"assignment": assignment.id})}
