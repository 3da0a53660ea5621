"""Bring our own tables (`own_tables`) to what this program needs, all or nothing, whichever process comes first."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from autograde.errors import ClassError
from autograde.gradebook.database import Database
from autograde.gradebook.known import know_all

NEWEST = "0004"
"""The last step in `migrations/versions/`."""
_VERSION = text("SELECT version_num FROM autograde_version")
_ONE_BY_ONE = text("SELECT pg_advisory_xact_lock(7013460)")


def prepare(database: Database) -> None:
    """Make the tables, or bring them to the newest form; nothing to do is one question to the database.

    Raises
    ------
    ClassError
        If a newer version of this program has made them.
    SQLAlchemyError
        If the database fails.
    """
    if _version(database) == NEWEST:
        return
    with database.transaction():
        if database.dialect == "postgresql":  # two that make the same table at once fail there; SQLite lets one writer in
            database.rows(_ONE_BY_ONE)
        found = _version(database) if database.has("autograde_version") else ""
        if found == NEWEST:
            return
        if found > NEWEST:
            msg = (
                f"The gradebook {database.shown} was used with a newer version of this program ({found}). Install that one, then try again."
            )
            raise ClassError(msg)
        _upgrade(database)
        if not found:
            know_all(database)


@contextmanager
def opened(url: str) -> Iterator[Database]:
    """Give a gradebook with our own tables in it, as this program needs them.

    Raises
    ------
    ClassError
        If it cannot be opened, or was used with a newer version of this program.
    SQLAlchemyError
        If the database fails; one of `database.FAULTS`.
    """
    database = Database(url)
    try:
        prepare(database)
        yield database
    finally:
        database.close()


@contextmanager
def recording(url: str) -> Iterator[Database]:
    """Give a gradebook to write to, all or nothing, so that a deed and its entry stand or fall together; faults as of `opened`."""
    with opened(url) as database, database.transaction():
        yield database


def _version(database: Database) -> str:
    try:
        rows = database.rows(_VERSION)
    except SQLAlchemyError:
        if database.has("autograde_version"):
            raise
        return ""
    return str(rows[0][0]) if rows else ""


def _upgrade(database: Database) -> None:
    from alembic import command  # a third of a second
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")).replace("%", "%%"))
    config.attributes["connection"] = database.connection
    command.upgrade(config, NEWEST)
