"""What marking asks of nbgrader's tables and writes into them; made once, so that SQLAlchemy compiles each once."""

from sqlalchemy import Executable, bindparam, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from autograde.gradebook import tables
from autograde.gradebook.cells import GRADE

ASSIGNMENT = (
    select(tables.assignment.c.id, tables.assignment.c.duedate, tables.notebook.c.id.label("notebook"))
    .join(tables.notebook, tables.notebook.c.assignment_id == tables.assignment.c.id)
    .where(tables.assignment.c.name == bindparam("name"), tables.notebook.c.name == bindparam("name"))
)
CELLS = (
    select(tables.base_cell.c.id, tables.base_cell.c.name, tables.base_cell.c.type, tables.grade_cells.c.max_score)
    .outerjoin(tables.grade_cells, tables.grade_cells.c.id == tables.base_cell.c.id)
    .where(tables.base_cell.c.notebook_id == bindparam("notebook"))
)
SUBMITTED = (
    select(
        tables.submitted_assignment.c.id,
        tables.submitted_assignment.c.timestamp,
        tables.submitted_assignment.c.extension,
        tables.submitted_notebook.c.id.label("notebook"),
        func.coalesce(tables.marked.c.source, ""),
        func.coalesce(tables.marked.c.answers, ""),
        func.coalesce(tables.marked.c.cells, "{}"),
        tables.student.c.first_name,
        tables.student.c.last_name,
    )
    .select_from(tables.submitted_assignment)
    .join(tables.student, tables.student.c.id == tables.submitted_assignment.c.student_id)
    .join(tables.submitted_notebook, tables.submitted_notebook.c.assignment_id == tables.submitted_assignment.c.id)
    .outerjoin(tables.marked, tables.marked.c.notebook_id == tables.submitted_notebook.c.id)
    .where(
        tables.submitted_assignment.c.assignment_id == bindparam("assignment"),
        tables.submitted_notebook.c.notebook_id == bindparam("notebook"),
        tables.submitted_assignment.c.student_id == bindparam("student"),
    )
)
GRADES = select(*GRADE).where(tables.grade.c.notebook_id == bindparam("notebook"))
GRADES_LOCKED = GRADES.order_by(tables.grade.c.cell_id).with_for_update()
"""Held until the transaction ends, in one order, so that two runs do not wait for each other.

SQLite, which lets one writer in at a time anyway, knows no such word and gets none.
"""
COMMENTS = select(tables.comment.c.cell_id, tables.comment.c.manual_comment).where(tables.comment.c.notebook_id == bindparam("notebook"))
SUBMIT = insert(tables.submitted_assignment)
SUBMIT_AGAIN = (
    update(tables.submitted_assignment)
    .where(tables.submitted_assignment.c.id == bindparam("submission"))
    .values(timestamp=bindparam("when"))
)
SUBMIT_NOTEBOOK = insert(tables.submitted_notebook)
SCORE = "INSERT INTO grade (id, notebook_id, cell_id, auto_score, needs_manual_grade) VALUES (?, ?, ?, ?, ?)"
"""For `Database.plain_each`, as COMMENT_FIRST is: these two are what marking writes most of."""
SCORE_AGAIN = (
    update(tables.grade)
    .where(tables.grade.c.notebook_id == bindparam("notebook"), tables.grade.c.cell_id == bindparam("cell"))
    .values(auto_score=bindparam("points"), needs_manual_grade=bindparam("waits"))
)
COMMENT_FIRST = "INSERT INTO comment (id, notebook_id, cell_id, auto_comment) VALUES (?, ?, ?, ?)"
COMMENT_AGAIN = (
    update(tables.comment)
    .where(tables.comment.c.notebook_id == bindparam("notebook"), tables.comment.c.cell_id == bindparam("cell"))
    .values(auto_comment=bindparam("comment"))
)


def _belong(upsert: sqlite.Insert | postgresql.Insert) -> Executable:
    new = {name: upsert.excluded[name] for name in ("source", "answers", "cells")}
    return upsert.on_conflict_do_update(index_elements=[tables.marked.c.notebook_id], set_=new)


BELONG = {"sqlite": _belong(sqlite.insert(tables.marked)), "postgresql": _belong(postgresql.insert(tables.marked))}
