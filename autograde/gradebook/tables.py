"""nbgrader's tables (0.9), as far as they are used here, and the one of our own beside them.

Declared, not taken from `nbgrader.api`, which takes a second to import; `tests/tutor/test_tables.py` holds the two against each other.
"""

from collections.abc import Iterable, Iterator

from sqlalchemy import Boolean, Column, DateTime, Float, Index, Interval, MetaData, String, Table, Text

ID = String(32)
NAME = String(128)

PARTS = 500
"""Ids in one question: SQLite takes some thousands at most."""

metadata = MetaData()

course = Table("course", metadata, Column("id", NAME, primary_key=True))
student = Table(
    "student",
    metadata,
    Column("id", NAME, primary_key=True),
    Column("first_name", NAME),
    Column("last_name", NAME),
    Column("email", NAME),
)
assignment = Table(
    "assignment",
    metadata,
    Column("id", ID, primary_key=True),
    Column("name", NAME, nullable=False),
    Column("duedate", DateTime),
    Column("course_id", NAME, nullable=False),
)
notebook = Table(
    "notebook",
    metadata,
    Column("id", ID, primary_key=True),
    Column("name", NAME, nullable=False),
    Column("assignment_id", ID),
)
base_cell = Table(
    "base_cell",
    metadata,
    Column("id", ID, primary_key=True),
    Column("name", NAME, nullable=False),
    Column("notebook_id", ID, nullable=False),
    Column("type", String(50)),
)
grade_cells = Table(
    "grade_cells",
    metadata,
    Column("id", ID, primary_key=True),
    Column("max_score", Float, nullable=False),
)
submitted_assignment = Table(
    "submitted_assignment",
    metadata,
    Column("id", ID, primary_key=True),
    Column("assignment_id", ID),
    Column("student_id", NAME),
    Column("timestamp", DateTime),
    Column("extension", Interval),
)
submitted_notebook = Table(
    "submitted_notebook",
    metadata,
    Column("id", ID, primary_key=True),
    Column("assignment_id", ID),
    Column("notebook_id", ID),
    Column("flagged", Boolean),
)
grade = Table(
    "grade",
    metadata,
    Column("id", ID, primary_key=True),
    Column("notebook_id", ID),
    Column("cell_id", ID),
    Column("auto_score", Float),
    Column("manual_score", Float),
    Column("extra_credit", Float),
    Column("needs_manual_grade", Boolean, nullable=False),
)
comment = Table(
    "comment",
    metadata,
    Column("id", ID, primary_key=True),
    Column("notebook_id", ID),
    Column("cell_id", ID),
    Column("auto_comment", Text),
    Column("manual_comment", Text),
)

NBGRADERS = tuple(metadata.tables.values())

OWN = "autograde_"
"""How the names of what is ours begin."""

marked = Table(
    f"{OWN}marked",
    metadata,
    Column("notebook_id", NAME, primary_key=True),
    Column("source", String(64), nullable=False),
    Column("answers", String(64), nullable=False),
    Column("cells", Text, nullable=False),
)
"""For each submitted notebook, what its marks belong to.

source: a digest of all that it was marked from. answers: a digest of the answers file. cells: JSON, cell name → `cells.Belongs`.
"""

left = Table(f"{OWN}left", metadata, Column("student_id", NAME, primary_key=True), Column("since", DateTime, nullable=False))
"""Learners who have left, by their ids, and since when; nbgrader's own table has no place for it."""

person = Table(
    f"{OWN}person",
    metadata,
    Column("notebook_id", NAME, primary_key=True),
    Column("cell", NAME, primary_key=True),
    Column("later", Boolean, nullable=False),
    Column("unsafe", Boolean, nullable=False),
    Column("notes", Text, nullable=False),
)
"""What a person notes of an answer beside its points and comment, by the cell's name (`person.Notes`).

later: to be come back to. unsafe: to be followed up. notes: JSON, the ticks and the comment as it was written.
"""

given_back = Table(
    f"{OWN}given_back",
    metadata,
    Column("id", ID, primary_key=True),
    Column("assignment", NAME, nullable=False),
    Column("at", DateTime, nullable=False),
    Column("way", NAME, nullable=False),
    Column("students", Text, nullable=False),
    Column("notes", Text, nullable=False),
    Column("taken_back", Boolean, nullable=False),
)
"""What was given back (`givings`). students: JSON, student id → `Given.digest`. notes: JSON, a list of sentences."""


def in_parts(ids: Iterable[str]) -> Iterator[list[str]]:
    """Give ids in parts that fit into one question each."""
    every = list(ids)
    return (every[start : start + PARTS] for start in range(0, len(every), PARTS))


def upsert(table: Table, *keys: str) -> str:
    """Give the SQL for `Database.plain_each` that adds rows, in the order of the table's columns, or changes those with these keys.

    Both databases know it in these words; SQLAlchemy has it for each by itself, which takes a twentieth of a command's start.
    """
    names = [column.name for column in table.columns]
    new = ", ".join(f"{name} = excluded.{name}" for name in names if name not in keys)
    values = ", ".join("?" * len(names))
    return f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({values}) ON CONFLICT ({', '.join(keys)}) DO UPDATE SET {new}"  # noqa: S608  our own names


INDICES = (
    Index(f"{OWN}grade_notebook", grade.c.notebook_id),
    Index(f"{OWN}comment_notebook", comment.c.notebook_id),
    Index(f"{OWN}submitted_notebook_assignment", submitted_notebook.c.assignment_id),
)
"""nbgrader has none of these, and so reads the whole table for each submission, in formgrader's pages, too."""
