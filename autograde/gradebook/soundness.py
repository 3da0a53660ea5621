"""See that a gradebook is there, is whole enough to be worked on, and is the class's own."""

import sqlite3
from collections.abc import Mapping
from pathlib import Path

from sqlalchemy import Connection, inspect
from sqlalchemy.exc import DBAPIError, OperationalError

from autograde.errors import ClassError
from autograde.gradebook import tables
from autograde.gradebook.address import sqlite_file, without_password
from autograde.gradebook.database import reading, reason
from autograde.text import printable
from workbook_helpers.files import is_one_name

_TIMES = " UNION ALL ".join(
    f"SELECT {column.name} AS found FROM {column.table.name}"  # noqa: S608  our own names, as in all that follows
    for column in (tables.assignment.c.duedate, tables.submitted_assignment.c.timestamp)
)
_ODD_TIME = f"SELECT found FROM ({_TIMES}) WHERE found IS NOT NULL AND julianday(found) IS NULL LIMIT 1"  # noqa: S608
"""A time that is none; SQLite keeps whatever is put there."""
_NAMES = [f"SELECT DISTINCT {one.name} FROM {one.table.name}" for one in (tables.course.c.id, tables.assignment.c.course_id)]  # noqa: S608
_LOOKS = [f"SELECT {', '.join(table.c.keys())} FROM {table.name} LIMIT 0" for table in tables.NBGRADERS]  # noqa: S608
"""Plain, as the others, since every command asks them, and SQLAlchemy makes such words anew for each gradebook."""
_FOLDERS = {
    what: f"SELECT {column.name} FROM {column.table.name}"  # noqa: S608
    for what, column in (
        ("a learner’s id", tables.student.c.id),
        ("a workbook’s name", tables.assignment.c.name),
        ("a notebook’s name", tables.notebook.c.name),
    )
}
"""What names folders and files of the class, which a path would lead out of."""
_OWN_FOLDERS = frozenset({"learner", "student_id", "assignment"})
"""The columns of our own tables that hold the same."""
OTHERS = "is of another class"
DEFAULT = frozenset({None, "", "default_course"})
"""What nbgrader calls the course of an assignment that was made without one."""


def check_gradebook(url: str, course_id: str) -> None:
    """See that a gradebook is there, is one of nbgrader's, and is this class's; nothing is made or changed.

    Raises
    ------
    ClassError
        If it is not: what a command would do on it would hide that the marks are gone, or spoil what is another's.
    """
    if wrong := fault(url, course_id):
        path = sqlite_file(url)
        beside = sorted(one.name for one in path.parent.glob("*.db") if one != path and one.stat().st_size) if path else []
        shown = f" Beside it lie: {', '.join(beside[:5])}." if beside else ""
        msg = (
            f"The gradebook {path or without_password(url)} cannot be opened: it {wrong}. It holds every mark that a person gave, "
            f"so nothing was done. Close other programs that use it; if it is damaged or gone, bring back a backup, "
            f"on the desk’s page Keep safe or with: autograde restore FILE.{shown}"
        )
        raise ClassError(msg)


def fault(url: str, course_id: str, *, brought: bool = False) -> str:
    """Say what keeps a gradebook from being used by the class `course_id`, as the end of a sentence; "" if nothing does.

    `brought`: it is a file that somebody brings, and who wrote it is not known.
    """
    path = sqlite_file(url)
    if path is not None and not path.is_file():
        return "is missing" if not path.exists() else "is not a file"
    if path is not None and not path.stat().st_size:
        return "is empty (0 bytes)"
    try:
        return _whose(url, path, course_id) or (_brought(url) if brought else "")
    except ModuleNotFoundError as error:
        return f"needs the package {error.name}"
    except Exception as error:
        cause = error.orig if isinstance(error, DBAPIError) else None
        if isinstance(cause, sqlite3.OperationalError):
            if cause.sqlite_errorcode & 0xFF in {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR}:
                return f"meets a full disk, or one that fails ({cause}): see that there is room"
            busy = cause.sqlite_errorcode in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
            return f"is {'in use by another program' if busy else 'not one of nbgrader’s'} ({cause})"
        if isinstance(error, OperationalError) and path is None:
            return f"does not answer ({reason(error)}): see that its server runs, lets you in, and has room"
        return f"is not one of nbgrader’s, or not to be reached ({reason(error) or repr(error)})"


def _whose(url: str, path: Path | None, course_id: str) -> str:
    with reading(url) as connection:
        courses, assignments = (set(connection.exec_driver_sql(names).scalars()) for names in _NAMES)
        for look in _LOOKS:
            connection.exec_driver_sql(look)
        odd = connection.exec_driver_sql(_ODD_TIME).scalar() if path is not None else None  # a server keeps no other
        strange = _leading_out(connection, _FOLDERS)
    if odd:
        return f"holds {printable(odd, 40)!r} where a time should be"
    if strange:
        return strange
    if not course_id or course_id in assignments or (course_id in courses and assignments <= DEFAULT):
        return ""
    others = ", ".join(sorted(str(name) for name in (assignments or courses) - DEFAULT)) or "no class"
    return f"{OTHERS} ({others}, and this is {course_id})"


def _brought(url: str) -> str:
    """Say what keeps a file from being used whose rows somebody else may have written, those of our own tables as well."""
    from autograde.gradebook import own_tables  # no command but a restore looks at them here

    ours = [table for one in (tables.metadata, own_tables.metadata) for table in one.tables.values() if table.name.startswith(tables.OWN)]
    with reading(url) as connection:
        programs = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type IN ('view', 'trigger')").scalar()
        if programs:  # what it shows later may not be what it shows now
            return f"holds a program of its own ({printable(programs, 40)})"
        known = inspect(connection)
        asks = {
            f"a name in {table.name}": f"SELECT DISTINCT {name} FROM {table.name} WHERE {name} <> ''"  # noqa: S608
            for table in ours
            if known.has_table(table.name)
            for name in _OWN_FOLDERS & {column["name"].lower() for column in known.get_columns(table.name)}
        }
        return _leading_out(connection, asks)


def _leading_out(connection: Connection, asks: Mapping[str, str]) -> str:
    for what, names in asks.items():
        odd = next((name for name in connection.exec_driver_sql(names).scalars() if not is_one_name(name)), None)
        if odd is not None:
            return f"holds {printable(odd, 40)!r} where {what} should be"
    return ""
