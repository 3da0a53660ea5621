"""Where the words about others name a learner who is to be erased: a person looks at them, as they may be about somebody else."""

from collections.abc import Iterator

from sqlalchemy import Connection, String, inspect, select

from autograde.classes.ids import shown
from autograde.classes.roster import Student
from autograde.gradebook import own_tables, tables
from autograde.records.naming import composed, pattern, words_for

_COMMENTS = (
    select(tables.submitted_assignment.c.student_id, tables.assignment.c.name, tables.base_cell.c.name, tables.comment.c.manual_comment)
    .join_from(tables.comment, tables.submitted_notebook, tables.submitted_notebook.c.id == tables.comment.c.notebook_id)
    .join(tables.submitted_assignment, tables.submitted_assignment.c.id == tables.submitted_notebook.c.assignment_id)
    .join(tables.assignment, tables.assignment.c.id == tables.submitted_assignment.c.assignment_id)
    .join(tables.base_cell, tables.base_cell.c.id == tables.comment.c.cell_id)
    .where(tables.comment.c.manual_comment.is_not(None))
)
_OURS = [table for table in own_tables.metadata.sorted_tables if "learner" in table.c and "id" in table.c]
"""The records about a learner: what people wrote stands in their columns of text, and whose word it is in those of names."""
_NO_WORDS = frozenset({"id", "learner", "about", "answer", "entered_by"})
"""Columns of ids, digests and logins."""


def mentions_in(connection: Connection, learner: Student, *, namesake: bool) -> tuple[str, ...]:
    """Say where comments and records of others name a learner.

    Parameters
    ----------
    namesake
        Whether somebody else in the class has the same name, which may be meant then: only the id is looked for.
    """
    found = pattern([learner.shown] if namesake else words_for(learner.shown, learner.name))
    texts = (one for one in _texts(connection) if one[0] != learner.id and found.search(composed(one[2])))
    return tuple(dict.fromkeys(f"{what} of {shown(other)}" for other, what, _ in texts))


def _texts(connection: Connection) -> Iterator[tuple[str, str, str]]:
    """Give (learner's id, what it is, text) for all that people wrote about anybody."""
    for other, workbook, task, text in connection.execute(_COMMENTS):
        yield other, f"The comment on {task} in {workbook}", text
    there = set(inspect(connection).get_table_names())
    for table in _OURS:
        columns = [column for column in table.c if isinstance(column.type, String) and column.name not in _NO_WORDS]
        if table.name in there and columns:
            name = table.name.removeprefix(tables.OWN).replace("_", " ")
            about = next((table.c[one] for one in ("criterion", "task", "assignment", "kind", "what") if one in table.c), None)
            for row in connection.execute(select(table)):
                more = f", {row._mapping[about.name]}" if about is not None else ""
                yield row.learner, f"A record ({name}{more})", "\n".join(str(row._mapping[one.name] or "") for one in columns)
