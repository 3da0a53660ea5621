"""Where a class keeps its gradebook: a SQLite file in its folder, or a PostgreSQL server that several tutors share."""

import re
from collections.abc import Iterator
from typing import Any

from nbgrader.api import Base
from sqlalchemy import Connection, MetaData, Table, create_engine, func, insert, inspect, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from autograde.course.folder import CONFIG, Course, open_gradebook
from autograde.course.rows import MAKE_MARKED, MARKED
from autograde.errors import ClassError
from workbook_helpers.files import write_file

BATCH = 500
SETTING = re.compile(r"^(\s*db_url=).*?(,?[ \t]*(?:#.*)?)$", re.MULTILINE)


def move_gradebook(course: Course, url: str) -> Iterator[tuple[str, int]]:
    """Copy the gradebook to another database, check every row, and have the class use it from then on.

    The old one is left as it is. Gives (table, rows) for each table when its rows have been held against each other.

    Parameters
    ----------
    url
        As SQLAlchemy writes it, e.g. "postgresql://tutor@server/care_2026"; the database exists and holds no class yet.

    Raises
    ------
    ClassError
        If it cannot be reached, holds a class already, or a row does not arrive; the class then goes on as before.
    """
    settings = course.root / CONFIG
    written = settings.read_text("utf-8")
    if not SETTING.search(written):
        msg = f'{settings} has no line db_url=…, so it cannot be told of another database. Add db_url="" to its configure(…).'
        raise ClassError(msg)
    try:
        shown = make_url(url).render_as_string(hide_password=True)
        with open_gradebook(url, course.course_id) as gradebook:  # nbgrader makes its tables
            held = len(gradebook.students) + len(gradebook.assignments)
        if held:
            msg = f"{shown} holds a class already. Give an empty database."
            raise ClassError(msg)
        source, target = create_engine(course.db_url), create_engine(url)
        try:
            with source.connect() as old, target.begin() as new:
                for table in Base.metadata.sorted_tables:
                    yield table.name, _copy(old, new, table)
                if inspect(old).has_table(MARKED):
                    new.execute(text(MAKE_MARKED))
                    yield MARKED, _copy(old, new, Table(MARKED, MetaData(), autoload_with=old))
        finally:
            source.dispose()
            target.dispose()
    except (ArgumentError, SQLAlchemyError, ModuleNotFoundError) as error:
        msg = f"The gradebook cannot be moved ({str(error).splitlines()[0]}). The class goes on with {course.db_url}."
        raise ClassError(msg) from error
    write_file(settings, SETTING.sub(lambda found: f"{found[1]}{url!r}{found[2]}", written, count=1).encode())


def _copy(old: Connection, new: Connection, table: Any) -> int:
    """Copy a table and hold each row against its original; nbgrader has made some rows of its own, such as the course's."""
    key = [column.name for column in table.primary_key]
    there = {tuple(row) for row in new.execute(select(*(table.c[name] for name in key)))}
    rows = [_storable(row._mapping) for row in old.execute(select(table))]
    fresh = [row for row in rows if tuple(row[name] for name in key) not in there]
    for start in range(0, len(fresh), BATCH):
        new.execute(insert(table), fresh[start : start + BATCH])
    copied = {tuple(row._mapping[name] for name in key): dict(row._mapping) for row in new.execute(select(table))}
    for row in rows:
        if copied.get(tuple(row[name] for name in key)) != row:
            msg = f"a row of {table.name} did not arrive as it was: {tuple(row[name] for name in key)}. Nothing was moved."
            raise ClassError(msg)
    count = new.execute(select(func.count()).select_from(table)).scalar_one()
    return int(count)


def _storable(row: Any) -> dict[str, Any]:
    """Give a row as PostgreSQL takes it: it refuses the NUL character in a text."""
    return {name: value.replace("\0", "\ufffd") if isinstance(value, str) else value for name, value in row.items()}
