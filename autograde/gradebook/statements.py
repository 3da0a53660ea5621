"""What marking asks of nbgrader's tables and writes into them, for several submissions at once.

Made once, so that SQLAlchemy compiles each once. What is asked and written most of is plain SQL, for `Database.plain` and `plain_each`.
"""

from sqlalchemy import bindparam, func, insert, select, update

from autograde.gradebook import tables
from autograde.gradebook.cells import Grade

ASSIGNMENT = (
    select(tables.assignment.c.id, tables.notebook.c.id.label("notebook"))
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
        tables.submitted_assignment.c.student_id,
        tables.submitted_assignment.c.id,
        tables.submitted_assignment.c.timestamp,
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
        tables.submitted_assignment.c.student_id.in_(bindparam("students", expanding=True)),
    )
)
GRADES = f"SELECT notebook_id, {', '.join(Grade._fields)} FROM grade WHERE notebook_id IN ({{}})"  # noqa: S608  our own names
"""With a mark for each submitted notebook."""
LOCKED = " ORDER BY notebook_id, cell_id FOR UPDATE"
"""Held until the transaction ends, in one order, so that two runs do not wait for each other.

For a server alone: SQLite, which lets one writer in at a time anyway, knows no such word.
"""
COMMENTS = select(tables.comment.c.notebook_id, tables.comment.c.cell_id, tables.comment.c.manual_comment).where(
    tables.comment.c.notebook_id.in_(bindparam("notebooks", expanding=True)), tables.comment.c.manual_comment != ""
)
SUBMIT = insert(tables.submitted_assignment)
SUBMIT_AGAIN = (
    update(tables.submitted_assignment)
    .where(tables.submitted_assignment.c.id == bindparam("submission"))
    .values(timestamp=bindparam("when"))
)
SUBMIT_NOTEBOOK = insert(tables.submitted_notebook)
SCORE = "INSERT INTO grade (id, notebook_id, cell_id, auto_score, needs_manual_grade) VALUES (?, ?, ?, ?, ?)"
SCORE_AGAIN = "UPDATE grade SET auto_score = ?, needs_manual_grade = ? WHERE notebook_id = ? AND cell_id = ?"
COMMENT_FIRST = "INSERT INTO comment (id, notebook_id, cell_id, auto_comment) VALUES (?, ?, ?, ?)"
COMMENT_AGAIN = "UPDATE comment SET auto_comment = ? WHERE notebook_id = ? AND cell_id = ?"
BELONG = tables.upsert(tables.marked, "notebook_id")
