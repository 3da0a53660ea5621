"""What the log knows of a person's points and comments, beside what the gradebook holds: a difference came by another program."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, and_, bindparam, delete, func, or_, select

from autograde.gradebook import tables
from autograde.gradebook.database import Database
from autograde.gradebook.deeds import Deed
from autograde.gradebook.log import note
from autograde.gradebook.own_tables import known
from autograde.gradebook.sealed_marks import seal_all

_GRADES = (
    tables.grade.join(tables.base_cell, tables.base_cell.c.id == tables.grade.c.cell_id)
    .join(tables.submitted_notebook, tables.submitted_notebook.c.id == tables.grade.c.notebook_id)
    .join(tables.submitted_assignment, tables.submitted_assignment.c.id == tables.submitted_notebook.c.assignment_id)
    .join(tables.assignment, tables.assignment.c.id == tables.submitted_assignment.c.assignment_id)
)
_TASK = tables.base_cell.alias("task")
"""The cell that nbgrader keeps a comment by: for a written task another one of the same name."""
_COMMENT = func.coalesce(tables.comment.c.manual_comment, "")
_KNOW = tables.upsert(known, "notebook_id", "cell")
_ONE = (known.c.notebook_id == bindparam("notebook")) & (known.c.cell == bindparam("name"))


@dataclass(frozen=True, kw_only=True)
class Value:
    """A person's points and comment; None, 0 and "" for none."""

    points: float | None = None
    extra: float = 0.0
    comment: str = ""

    def changed(self, now: "Value") -> tuple[dict[str, Any], dict[str, Any]]:
        """Give what is other now: as it was, and as it is."""
        names = [name for name in ("points", "extra", "comment") if getattr(self, name) != getattr(now, name)]
        return {name: getattr(self, name) for name in names}, {name: getattr(now, name) for name in names}


@dataclass(frozen=True, kw_only=True)
class Difference:
    """A cell of which the gradebook holds something else than the log knows; learner and workbook are "" where the hand-in is gone."""

    learner: str
    workbook: str
    notebook: str
    name: str
    before: Value
    now: Value


def _asked() -> Select[Any]:
    """Ask for all cells that a person has to do with, in the gradebook or in what is known of it."""
    of_task = and_(
        _TASK.c.notebook_id == tables.base_cell.c.notebook_id, _TASK.c.name == tables.base_cell.c.name, _TASK.c.type == "SolutionCell"
    )
    of_comment = and_(tables.comment.c.notebook_id == tables.grade.c.notebook_id, tables.comment.c.cell_id == _TASK.c.id)
    of_known = and_(known.c.notebook_id == tables.grade.c.notebook_id, known.c.cell == tables.base_cell.c.name)
    return (
        select(
            tables.submitted_assignment.c.student_id.label("learner"),
            tables.assignment.c.name.label("workbook"),
            tables.grade.c.notebook_id.label("notebook"),
            tables.base_cell.c.name.label("name"),
            tables.grade.c.manual_score.label("points_now"),
            func.coalesce(tables.grade.c.extra_credit, 0.0).label("extra_now"),
            _COMMENT.label("comment_now"),
            known.c.points,
            known.c.extra,
            known.c.comment,
        )
        .select_from(
            _GRADES.outerjoin(_TASK, of_task).outerjoin(tables.comment, of_comment).outerjoin(known, of_known),
        )
        .where(
            or_(
                tables.grade.c.manual_score.is_distinct_from(known.c.points),
                func.coalesce(tables.grade.c.extra_credit, 0.0) != func.coalesce(known.c.extra, 0.0),
                func.coalesce(known.c.comment, "") != _COMMENT,
            )
        )
        .order_by(tables.assignment.c.name, tables.submitted_assignment.c.student_id, tables.base_cell.c.name)
    )


_ALL = _asked()
_OF_WORKBOOK = _ALL.where(tables.assignment.c.name == bindparam("workbook"))
_GONE = select(known).where(
    ~select(tables.grade.c.id)
    .join(tables.base_cell, tables.base_cell.c.id == tables.grade.c.cell_id)
    .where(tables.grade.c.notebook_id == known.c.notebook_id, tables.base_cell.c.name == known.c.cell)
    .exists()
)
"""What is known of hand-ins that are in the gradebook no more."""


def differences_in(connection: Connection, workbook: str = "") -> list[Difference]:
    """Give what is other in the gradebook than the log knows, of one workbook or of all, then also what is gone."""
    rows = connection.execute(_OF_WORKBOOK, {"workbook": workbook}) if workbook else connection.execute(_ALL)
    found = [
        Difference(
            learner=row.learner,
            workbook=row.workbook,
            notebook=row.notebook,
            name=row.name,
            before=Value(points=row.points, extra=row.extra or 0.0, comment=row.comment or ""),
            now=Value(points=row.points_now, extra=row.extra_now, comment=row.comment_now),
        )
        for row in rows
    ]
    if not workbook:
        for row in connection.execute(_GONE):
            before = Value(points=row.points, extra=row.extra or 0.0, comment=row.comment)
            found.append(Difference(learner="", workbook="", notebook=row.notebook_id, name=row.cell, before=before, now=Value()))
    return [one for one in found if one.before != one.now]


def know(database: Database, each: Sequence[tuple[str, str, Value]]) -> None:
    """Keep what the log knows now: (submitted notebook, cell's name, value) for each; it belongs into the transaction of the entry."""
    rows = [(notebook, name, value.points, value.extra or None, value.comment) for notebook, name, value in each if value != Value()]
    none = [{"notebook": notebook, "name": name} for notebook, name, value in each if value == Value()]
    database.plain_each(_KNOW, rows)
    database.run_each(delete(known).where(_ONE), none)


def know_all(database: Database) -> None:
    """Take what people have given before there was a log as known, and have the log hold it as it is."""
    if all(database.has(table.name) for table in tables.NBGRADERS):
        know(database, [(one.notebook, one.name, one.now) for one in differences_in(database.connection)])
        if there := seal_all(database.connection):
            note(database, Deed.BEGIN_LOG, sealed=there)
