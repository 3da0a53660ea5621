"""Copy a gradebook, every table of it, from one database to another, and hold each row against its original."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from nbgrader.api import Base
from sqlalchemy import Connection, MetaData, Table, create_engine, func, insert, inspect, select
from sqlalchemy.exc import SQLAlchemyError

from autograde.errors import ClassError
from autograde.gradebook.address import sqlite_url
from autograde.gradebook.log import faults_in, head_in
from autograde.gradebook.opening import open_gradebook
from autograde.gradebook.own_tables import log

BATCH = 500


def copy_to_file(server_url: str, course_id: str, file: Path) -> None:
    """Copy a gradebook that is on a server into a SQLite file."""
    url = sqlite_url(file)
    try:
        open_gradebook(url, course_id).close()
        list(copy_all(server_url, url))
    except SQLAlchemyError as error:
        msg = f"The gradebook cannot be copied ({str(error).splitlines()[0]}). See that its server runs."
        raise ClassError(msg) from error


def copy_all(old_url: str, new_url: str) -> Iterator[tuple[str, int]]:
    """Copy every table, those of our own beside nbgrader's as well; gives (table, rows)."""
    source, target = create_engine(old_url), create_engine(new_url)
    try:
        with source.connect() as old, target.begin() as new:
            for table in [*Base.metadata.sorted_tables, *_own_tables(old)]:
                table.create(new, checkfirst=True)
                yield table.name, _copy(old, new, table)
            _check_log(old, new)
    finally:
        source.dispose()
        target.dispose()


def _check_log(old: Connection, new: Connection) -> None:
    """See that the log holds as it did: each entry's hash, its words and the head."""
    if inspect(new).has_table(log.name) and (head_in(old), faults_in(old, [])) != (head_in(new), faults_in(new, [head_in(old)])):
        msg = "the log did not arrive as it was. Nothing was moved."
        raise ClassError(msg)


def _own_tables(old: Connection) -> list[Table]:
    """Give the tables that are not nbgrader's, with types that each database has.

    No column gets a value by itself: a counter, which PostgreSQL would be made for a whole number as the key, has words that SQLite cannot
    read.
    """
    found = MetaData()
    found.reflect(old, only=lambda name, _: name not in Base.metadata.tables and name != "alembic_version")
    for table in found.tables.values():
        for column in table.columns:
            column.type = column.type.as_generic()
            column.autoincrement, column.server_default = False, None
    return found.sorted_tables


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
