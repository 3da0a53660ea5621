"""Whether the gradebook can be reached, is whole, lets a writer in, and has the tables that these programs need."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import DBAPIError

from autograde.classes.folder import Course
from autograde.doctor.finding import Finding, Looked, looked
from autograde.gradebook.address import sqlite_file, without_password
from autograde.gradebook.database import FAULTS, connect, reading, reason, step
from autograde.gradebook.disk import on_network
from autograde.gradebook.opening import steps_of_nbgrader
from autograde.gradebook.own import NEWEST
from autograde.gradebook.soundness import fault

AT = "gradebook"
LOCK_S = 2
"""How long a writer may take: what a command writes at once takes a tenth of a second."""
RESTORE = "autograde restore FILE"


def gradebook(course: Course) -> Looked:
    """Look at the gradebook of a class; nothing in it is changed."""
    url = course.db_url
    path = sqlite_file(url)
    shown = str(path or without_password(url))
    if wrong := fault(url, course.course_id):
        busy = "Close other programs that use it, or see that its server runs"
        return looked(AT, shown, [Finding(text=f"{shown} {wrong}. {busy}; if it is damaged or gone, bring back a backup: {RESTORE}")])
    try:
        with reading(url) as connection:
            steps = {name: _step(connection, name) for name in ("alembic_version", "autograde_version")}
            findings = [*_steps(shown, steps), *(_file(path) if path else _server(connection, shown))]
    except FAULTS as error:
        findings = [Finding(text=f"{shown} cannot be read ({reason(error)}). {step(error)}, then look again.")]
        return looked(AT, shown, findings)
    return looked(AT, f"{shown}, step {steps['autograde_version'] or 'none yet'}", findings)


def _step(connection: Connection, table: str) -> str:
    found = connection.scalar(text(f"SELECT version_num FROM {table}")) if inspect(connection).has_table(table) else ""  # noqa: S608  our own names
    return str(found or "")


def _steps(shown: str, steps: dict[str, str]) -> Iterator[Finding]:
    known = steps_of_nbgrader()
    if not known:
        return  # told with the programs
    theirs = steps["alembic_version"]
    if theirs not in known:
        yield Finding(text=f"{shown} was used with another version of nbgrader (step {theirs or 'none'}). Install the newest one.")
    elif theirs != known[0]:
        yield Finding(text=f"{shown} has the tables of an older nbgrader. Make a backup, then in the class folder run: nbgrader db upgrade")
    if steps["autograde_version"] > NEWEST:
        yield Finding(text=f"{shown} was used with a newer version of this program ({steps['autograde_version']}). Install that one.")


def _file(path: Path) -> Iterator[Finding]:
    try:
        with closing(connect(path, wait_s=LOCK_S)) as connection:
            whole = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
            if whole != "ok":
                yield Finding(text=f"{path} is damaged ({whole}). Copy it aside, then bring back a backup: {RESTORE}")
            with suppress(sqlite3.OperationalError):
                if on_network(path) and connection.execute("PRAGMA journal_mode").fetchone()[0] == "wal":
                    yield Finding(
                        text=f"{path} lies on a network drive with its write-ahead log on. Run any command in the class: it ends that."
                    )
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("ROLLBACK")
    except sqlite3.Error as error:
        yield Finding(text=f"{path} cannot be written ({error}). {_step_of(error)}.")


def _server(connection: Connection, shown: str) -> Iterator[Finding]:
    try:
        connection.exec_driver_sql("BEGIN")
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{LOCK_S}s'")
        connection.exec_driver_sql("LOCK TABLE grade IN SHARE ROW EXCLUSIVE MODE")  # as any writer of it stands in the way of
    except DBAPIError as error:
        yield Finding(text=f"{shown} cannot be written ({reason(error)}). {_step_of(error)}.")
    finally:
        connection.exec_driver_sql("ROLLBACK")


def _step_of(error: Exception) -> str:
    said = reason(error).lower()
    if "lock" in said or "timeout" in said:
        return f"Another program has been writing for more than {LOCK_S} seconds: wait for it; if it hangs, end it"
    return step(error)
