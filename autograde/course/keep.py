"""Keep the gradebook, which holds what people gave: see that it is the class's own, copy it whole, and bring a copy back."""

import re
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from autograde.course.disk import on_network
from autograde.course.folder_names import SQLITE, sqlite_path, sqlite_url
from autograde.course.text import printable
from autograde.errors import ClassError

if TYPE_CHECKING:
    from autograde.course.folder import Course

WAIT_S = 20
"""How long to wait for a program that writes at this moment."""
_TABLES = """
SELECT grade.manual_score, comment.manual_comment, student.id, submitted_notebook.id, grade_cells.max_score
FROM grade, comment, student, submitted_notebook, grade_cells WHERE 1 = 0
"""
_ODD_TIMES = """
SELECT found FROM (SELECT duedate AS found FROM assignment UNION ALL SELECT timestamp FROM submitted_assignment)
WHERE found IS NOT NULL AND julianday(found) IS NULL LIMIT 1
"""
"""A time that is none; SQLite keeps whatever is put there."""
_HELD = (
    "SELECT count(*) FROM student",
    "SELECT count(*) FROM assignment",
    "SELECT count(*) FROM grade WHERE manual_score IS NOT NULL",
)
OTHERS = "is of another class"
DEFAULT = frozenset({None, "", "default_course"})
"""What nbgrader calls the course of an assignment that was made without one."""


@dataclass(frozen=True, kw_only=True)
class Held:
    """What a gradebook holds, in numbers; `kept` is where the one before it lies now, None if there was none."""

    path: Path
    students: int
    workbooks: int
    marks: int
    kept: Path | None = None


def sqlite_file(url: str) -> Path | None:
    """Give the file of a gradebook, None for one on a server."""
    return sqlite_path(url) if url.startswith(SQLITE) else None


def check_gradebook(url: str, course_id: str) -> None:
    """See that a gradebook is there, is one of nbgrader's, and is this class's; nothing is made or changed.

    Raises
    ------
    ClassError
        If it is not: what a command would do on it would hide that the marks are gone, or spoil what is another's.
    """
    if reason := fault(url, course_id):
        from autograde.course.rows import without_password

        path = sqlite_file(url)
        beside = sorted(one.name for one in path.parent.glob("*.db") if one != path and one.stat().st_size) if path else []
        shown = f" Beside it lie: {', '.join(beside[:5])}." if beside else ""
        msg = (
            f"The gradebook {path or without_password(url)} cannot be opened: it {reason}. It holds every mark that a person gave, "
            f"so nothing was done. Close other programs that use it; if it is damaged or gone, bring back a backup: "
            f"autograde restore FILE.{shown}"
        )
        raise ClassError(msg)


def fault(url: str, course_id: str) -> str:
    """Say what keeps a gradebook from being used by the class `course_id`, as the end of a sentence; "" if nothing does."""
    path = sqlite_file(url)
    if path is not None and not path.is_file():
        return "is missing" if not path.exists() else "is not a file"
    if path is not None and not path.stat().st_size:
        return "is empty (0 bytes)"
    try:
        return _whose(url, path, course_id)
    except ModuleNotFoundError as error:
        return f"needs the package {error.name}"
    except sqlite3.OperationalError as error:
        busy = error.sqlite_errorcode in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
        return f"is {'in use by another program' if busy else 'not one of nbgrader’s'} ({error})"
    except Exception as error:
        return f"is not one of nbgrader’s, or not to be reached ({str(error).strip().splitlines()[0] if str(error).strip() else error!r})"


def _whose(url: str, path: Path | None, course_id: str) -> str:
    with closing(_connect(path) if path is not None else _server(url)) as connection:
        courses = {name for (name,) in connection.execute("SELECT id FROM course").fetchall()}
        assignments = {name for (name,) in connection.execute("SELECT DISTINCT course_id FROM assignment").fetchall()}
        connection.execute(_TABLES).fetchall()
        odd = connection.execute(_ODD_TIMES).fetchone() if path is not None else None  # a server keeps no other
    if odd:
        return f"holds {printable(odd[0], 40)!r} where a time should be"
    if not course_id or course_id in assignments or (course_id in courses and assignments <= DEFAULT):
        return ""
    others = ", ".join(sorted(str(name) for name in (assignments or courses) - DEFAULT)) or "no class"
    return f"{OTHERS} ({others}, and this is {course_id})"


def held(path: Path) -> Held:
    """Count what a gradebook holds."""
    with closing(_connect(path)) as connection:
        students, workbooks, marks = (int(connection.execute(statement).fetchone()[0]) for statement in _HELD)
    return Held(path=path, students=students, workbooks=workbooks, marks=marks)


def set_journal(course: "Course") -> str:
    """Take the write-ahead log off a gradebook on a network drive, where it can spoil it; give what is to be found_fault about that."""
    path = sqlite_file(course.db_url)
    if path is None or not path.is_file() or not on_network(path):
        return ""
    with suppress(sqlite3.Error), closing(_connect(path)) as connection:
        if connection.execute("PRAGMA journal_mode").fetchone()[0] == "wal":
            connection.execute("PRAGMA journal_mode=DELETE")
            return (
                f"{path.parent} is on a network drive, so the gradebook is kept without a write-ahead log: let one person mark at a time."
            )
    return ""


def tidy(course: "Course") -> None:
    """Put what lies in the write-ahead log into the gradebook's file, so that a copy of that file alone is whole."""
    path = sqlite_file(course.db_url)
    if path is not None and path.is_file() and path.stat().st_size:
        with suppress(sqlite3.Error), closing(_connect(path, wait_s=1)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


def backup(course: "Course", file: Path) -> Held:
    """Copy the gradebook, whole and checked, into a new file, also while others use it.

    Raises
    ------
    ClassError
        If the file is there already or cannot be written, or the gradebook is not this class's.
    """
    from autograde.course.whole import fresh_file

    target = fresh_file(course, file, "a backup")
    check_gradebook(course.db_url, course.course_id)
    part = target.with_name(f".part-{target.name}")
    try:
        part.unlink(missing_ok=True)
        part.touch(0o600)  # it holds every learner's marks
        if (path := sqlite_file(course.db_url)) is not None:
            _copy(path, part)
        else:
            from autograde.course.database import copy_to_file

            copy_to_file(course, part)
        _check_whole(part)
        found = held(part)
        part.rename(target)
    except (OSError, sqlite3.Error) as error:
        msg = f"{file} cannot be written ({error}). Name a file on a disk with room that you may write to."
        raise ClassError(msg) from error
    finally:
        for left in (part, *part.parent.glob(f"{part.name}-*")):
            with suppress(OSError):
                left.unlink(missing_ok=True)
    return Held(path=target, students=found.students, workbooks=found.workbooks, marks=found.marks)


def restore(course: "Course", file: Path) -> Held:
    """Bring a backup back as the class's gradebook; the one that was there is kept beside it.

    Raises
    ------
    ClassError
        If the file is no whole backup of this class, the gradebook is in use, or it is on a server; nothing is changed then.
    """
    path = sqlite_file(course.db_url)
    if path is None:
        msg = (
            "The gradebook is on a database server: bring it back there, with pg_restore. A file of `autograde backup` goes in so: "
            'set db_url="" in nbgrader_config.py, restore, then `autograde db move` to an empty database.'
        )
        raise ClassError(msg)
    if file.resolve() == path.resolve():
        msg = f"{file} is the gradebook itself. Name a backup."
        raise ClassError(msg)
    if not file.exists():
        msg = f"There is no file {printable(file, 300)}. Name the file that `autograde backup` wrote; nothing was changed."
        raise ClassError(msg)
    if reason := fault(sqlite_url(file.absolute()), course.course_id):
        msg = f"{file} is no backup of this class's gradebook: it {reason}. Nothing was changed."
        raise ClassError(msg)
    kept = path.with_name(f"{path.stem}.before-{datetime.now(UTC):%Y%m%d-%H%M%S}{path.suffix}")
    try:
        _check_whole(file)
        usable = _usable(path, course.course_id)
        if usable:
            _copy(path, kept)
            _copy(file, path)  # in place and in one transaction, so that no program goes on with a file that is gone
        else:
            part = path.with_name(f".part-{path.name}")
            part.unlink(missing_ok=True)
            _copy(file, part)
            for end in ("", "-wal", "-shm", "-journal"):
                if (left := path.with_name(path.name + end)).exists():
                    left.rename(kept.with_name(kept.name + end))
            part.rename(path)
        found = held(path)
    except (OSError, sqlite3.Error) as error:
        msg = f"The gradebook {path} cannot be restored ({error}). Close formgrader and other programs that use it, then try again."
        raise ClassError(msg) from error
    return Held(path=path, students=found.students, workbooks=found.workbooks, marks=found.marks, kept=kept if kept.exists() else None)


def _usable(path: Path, course_id: str) -> bool:
    """Whether the gradebook is one that can be copied into; sqlite3.Error where another program has it open."""
    if not path.is_file() or not path.stat().st_size:
        return False
    try:
        with closing(_connect(path, wait_s=1)) as connection:
            connection.execute("PRAGMA journal_mode=DELETE")  # which needs it for us alone
            connection.execute("BEGIN EXCLUSIVE")
            connection.execute("ROLLBACK")
    except sqlite3.OperationalError:
        raise
    except sqlite3.DatabaseError:  # no database at all: it is put aside
        return False
    reason = fault(sqlite_url(path), course_id)
    if reason.startswith(OTHERS):
        msg = f"The gradebook {path} {reason}. Look at db_url and course in nbgrader_config.py. Nothing was changed."
        raise ClassError(msg)
    return not reason


def _copy(source: Path, target: Path) -> None:
    """Copy by SQLite's own way, which gives one moment of the gradebook, its write-ahead log included."""
    target.touch()
    with closing(_connect(source)) as old, closing(_connect(target)) as new:
        old.backup(new)
        new.execute("PRAGMA journal_mode=DELETE")


def _check_whole(path: Path) -> None:
    with closing(_connect(path)) as connection:
        found_fault = connection.execute("PRAGMA integrity_check").fetchone()[0]
    if found_fault != "ok":
        msg = f"{path} is damaged ({found_fault.splitlines()[-1]}). Take another copy of it."
        raise ClassError(msg)


def _connect(path: Path, *, wait_s: float = WAIT_S) -> sqlite3.Connection:
    """Open a file that is there; SQLite would make a missing one."""
    return sqlite3.connect(f"file:{quote(str(path.absolute()))}?mode=rw", uri=True, timeout=wait_s, isolation_level=None)


def _server(url: str) -> Any:
    import psycopg

    connect: Callable[..., Any] = psycopg.connect
    return connect(re.sub(r"^postgresql\+\w+:", "postgresql:", url), autocommit=True, connect_timeout=WAIT_S)
