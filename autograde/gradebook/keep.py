"""Keep the gradebook, which holds what people gave: copy it whole, and bring a copy back."""

import hashlib
import os
import sqlite3
import stat
import tempfile
from collections.abc import Callable, Collection, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from autograde.errors import ClassError
from autograde.gradebook import tables
from autograde.gradebook.address import sqlite_file, sqlite_url
from autograde.gradebook.database import connect, reading, reason
from autograde.gradebook.deeds import Deed
from autograde.gradebook.disk import on_network
from autograde.gradebook.erased import back_in, erased_in
from autograde.gradebook.heads import replaced
from autograde.gradebook.log import note
from autograde.gradebook.noted import note_first
from autograde.gradebook.own import recording
from autograde.gradebook.soundness import OTHERS, check_gradebook, fault
from autograde.text import printable
from autograde.whole import Place, fresh_file
from workbook_helpers.files import replacing

_HELD = (
    select(func.count()).select_from(tables.student),
    select(func.count()).select_from(tables.assignment),
    select(func.count()).select_from(tables.grade).where(tables.grade.c.manual_score.is_not(None)),
)


class Owner(Place, Protocol):
    """What is known here of the class whose gradebook it is: its address, and nbgrader's course id."""

    @property
    def db_url(self) -> str: ...  # noqa: D102
    @property
    def course_id(self) -> str: ...  # noqa: D102


@dataclass(frozen=True, kw_only=True)
class Held:
    """What a gradebook holds, in numbers.

    `kept` is where the one before it lies now, None if there was none. `back` are the ids of learners who were erased since a backup was
    made, and are in it.
    """

    path: Path
    students: int
    workbooks: int
    marks: int
    kept: Path | None = None
    back: tuple[str, ...] = ()


def held(path: Path, erased: Collection[str] = ()) -> Held:
    """Count what a gradebook holds; `erased` are the pseudonyms of those who were erased."""
    with reading(sqlite_url(path)) as connection:
        students, workbooks, marks = (int(connection.scalars(statement).one()) for statement in _HELD)
        back = back_in(connection, erased)
    return Held(path=path, students=students, workbooks=workbooks, marks=marks, back=back)


def set_journal(course: Owner) -> str:
    """Take the write-ahead log off a gradebook on a network drive, where it can spoil it; give what is to be said about that."""
    path = sqlite_file(course.db_url)
    if path is None or not path.is_file() or not on_network(path):
        return ""
    with suppress(sqlite3.Error), closing(connect(path)) as connection:
        if connection.execute("PRAGMA journal_mode").fetchone()[0] == "wal":
            connection.execute("PRAGMA journal_mode=DELETE")
            return (
                f"{path.parent} is on a network drive, so the gradebook is kept without a write-ahead log: let one person mark at a time."
            )
    return ""


def tidy(course: Owner) -> None:
    """Put what lies in the write-ahead log into the gradebook's file, so that a copy of that file alone is whole."""
    with suppress(ClassError, OSError, sqlite3.Error):  # the class may have gone, or its settings be broken
        path = sqlite_file(course.db_url)
        if path is not None and path.is_file() and path.stat().st_size:
            with closing(connect(path, wait_s=1)) as connection:
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


def backup(course: Owner, file: Path, *, stays: bool = True) -> Held:
    """Copy the gradebook as `copy_whole` does, and say so in the log before the copy has its name.

    Parameters
    ----------
    stays
        Whether it is kept where it is written, which the log holds then: an erasure names it.
    """
    where = {"file": os.path.abspath(file)} if stays else {}
    return copy_whole(course, file, lambda copy: note_first(course, Deed.BACK_UP, [("", {"sha256": _sha256(copy), **where})]))


def copy_whole(course: Owner, file: Path, then: Callable[[Path], object] = lambda _: None) -> Held:
    """Copy the gradebook, whole and checked, into a new file, also while others use it.

    Parameters
    ----------
    then
        Called with the whole copy, before it has its name.

    Raises
    ------
    ClassError
        If the file is there already or cannot be written, or the gradebook is not this class's.
    """
    target = fresh_file(course, file, "a backup")
    check_gradebook(course.db_url, course.course_id)
    try:
        with _new_database(target, mode=0o600) as part:  # it holds every learner's marks
            if (path := sqlite_file(course.db_url)) is not None:
                copy_sound(path, part, f"The gradebook {path}", "Bring back a backup: autograde restore FILE.")
            else:
                from autograde.gradebook.copying import copy_to_file

                copy_to_file(course.db_url, course.course_id, part)
                _check_whole(part, target)
            found = held(part)
            then(part)
    except (OSError, sqlite3.Error, SQLAlchemyError) as error:
        msg = f"{file} cannot be written ({reason(error)}). Name a file on a disk with room that you may write to."
        raise ClassError(msg) from error
    return Held(path=target, students=found.students, workbooks=found.workbooks, marks=found.marks)


def restore(course: Owner, file: Path) -> Held:
    """Bring a backup back as the class's gradebook; the one that was there is kept beside it.

    Raises
    ------
    ClassError
        If the file is no whole backup of this class, the gradebook is in use, or it is on a server; nothing is changed then.
    """
    path = _restorable(course, file)
    kept, erased = _place_beside(path), erased_in(course.db_url)
    try:
        _check_whole(file)
        usable = _usable(path, course.course_id)
        with _continued(course, file, kept) as ready:
            if usable:
                copy_file(path, kept)
                copy_file(ready, path)  # in place and in one transaction, so that no program goes on with a file that is gone
            else:
                with _new_database(path, mode=stat.S_IMODE(path.stat().st_mode) if path.is_file() else 0o644) as part:
                    copy_file(ready, part)
                    for end in ("", "-wal", "-shm", "-journal"):
                        if (left := path.with_name(path.name + end)).exists():
                            left.rename(kept.with_name(kept.name + end))
        found = held(path, erased)
    except (OSError, sqlite3.Error, SQLAlchemyError) as error:
        msg = f"The gradebook {path} cannot be restored ({reason(error)}). Close the desk and whatever else uses it, then try again."
        raise ClassError(msg) from error
    return replace(found, kept=kept if kept.exists() else None)


def would_restore(course: Owner, file: Path) -> tuple[Held | None, Held]:
    """Say what a restore would do: what the gradebook holds now (None where it cannot be read), and what the backup holds.

    Raises
    ------
    ClassError
        As `restore`, for a file that it would not take.
    """
    path = _restorable(course, file)
    try:
        _check_whole(file)
        new = held(file, erased_in(course.db_url))
    except (OSError, sqlite3.Error, SQLAlchemyError) as error:
        msg = f"{file} cannot be read ({reason(error)}). Nothing was changed."
        raise ClassError(msg) from error
    try:
        return held(path) if not fault(sqlite_url(path), course.course_id) else None, new
    except (OSError, sqlite3.Error, SQLAlchemyError):
        return None, new


@contextmanager
def _continued(course: Owner, file: Path, kept: Path) -> Iterator[Path]:
    """Give a copy of a backup whose log goes on with the restore, so that there is no gradebook without that entry."""
    with tempfile.TemporaryDirectory(prefix="autograde-restore-") as private:
        copy = Path(private) / "gradebook.db"
        copy_file(file, copy)
        before, erased = replaced(course, sqlite_url(copy)), sorted(erased_in(course.db_url))
        with recording(sqlite_url(copy)) as database:
            note(database, Deed.RESTORE, sha256=_sha256(file), kept=kept.name, erased=erased, **before)
        yield copy


def _sha256(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _place_beside(path: Path) -> Path:
    """Give the place for the gradebook that a restore puts aside: no other one's, of the same second, which may be what is restored."""
    stem = f"{path.stem}.before-{datetime.now(UTC):%Y%m%d-%H%M%S}"
    names = (f"{stem}{more}{path.suffix}" for more in ("", *(f"-{number}" for number in range(2, 1000))))
    return next(place for place in map(path.with_name, names) if not place.exists())


def _restorable(course: Owner, file: Path) -> Path:
    """Give the gradebook's file; ClassError where it is on a server, or `file` is no backup of it."""
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
    if wrong := fault(sqlite_url(file.absolute()), course.course_id, brought=True):
        msg = f"{file} is no backup of this class's gradebook: it {wrong}. Nothing was changed."
        raise ClassError(msg)
    return path


@contextmanager
def _new_database(path: Path, *, mode: int) -> Iterator[Path]:
    """Give a file for a database that is to be at `path`; what SQLite has put beside it goes with a failure."""
    with replacing(path, mode=mode) as part:
        try:
            yield part
        finally:
            for left in part.parent.glob(f"{part.name}-*"):
                with suppress(OSError):
                    left.unlink()


def _usable(path: Path, course_id: str) -> bool:
    """Whether the gradebook is one that can be copied into; sqlite3.Error where another program has it open."""
    if not path.is_file() or not path.stat().st_size:
        return False
    try:
        with closing(connect(path, wait_s=1)) as connection:
            connection.execute("PRAGMA journal_mode=DELETE")  # which needs it for us alone
            connection.execute("BEGIN EXCLUSIVE")
            connection.execute("ROLLBACK")
    except sqlite3.OperationalError:
        raise
    except sqlite3.DatabaseError:  # no database at all: it is put aside
        return False
    wrong = fault(sqlite_url(path), course_id)
    if wrong.startswith(OTHERS):
        msg = f"The gradebook {path} {wrong}. Look at db_url and course in nbgrader_config.py. Nothing was changed."
        raise ClassError(msg)
    return not wrong


def copy_file(source: Path, target: Path) -> None:
    """Copy a file of SQLite by its own way, which gives one moment of it, its write-ahead log included; sqlite3.Error if it cannot be.

    It is looked at first: Python's `backup` waits without an end for one that another program holds (Modules/_sqlite/connection.c).
    """
    target.touch()
    with closing(connect(source)) as old, closing(connect(target)) as new:
        old.execute("BEGIN")
        old.execute("SELECT count(*) FROM sqlite_master").fetchone()
        old.backup(new)
        new.execute("PRAGMA journal_mode=DELETE")


def copy_sound(source: Path, target: Path, what: str, mend: str) -> None:
    """Copy a file of SQLite as `copy_file` does, and see that the copy is whole.

    Parameters
    ----------
    what
        The file as a sentence begins with it.
    mend
        What to do if it is damaged, a sentence.

    Raises
    ------
    ClassError
        If the file cannot be read, or is damaged.
    sqlite3.Error
        If the copy cannot be written.
    """
    try:
        copy_file(source, target)
    except sqlite3.OperationalError as error:
        if not {error.sqlite_errorcode, error.sqlite_errorcode & 0xFF} & _UNREAD:
            raise
        msg = f"{what} cannot be read ({error}). Close other programs that use it, then do this again."
        raise ClassError(msg) from error
    except sqlite3.DatabaseError as error:
        msg = f"{what} cannot be read ({error}). {mend}"
        raise ClassError(msg) from error
    _check_whole(target, what, mend)


_UNREAD = frozenset(
    {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_IOERR_READ, sqlite3.SQLITE_IOERR_SHORT_READ}
)
"""How SQLite tells of a file that cannot be read; the rest is about the one that is written."""


def _check_whole(path: Path, what: object = "", mend: str = "Take another copy of it.") -> None:
    """See that a file of SQLite is whole; ClassError if not, which calls it as `what` says, the path for ""."""
    try:
        with closing(connect(path)) as connection:
            found_fault = connection.execute("PRAGMA integrity_check").fetchone()[0]
    except sqlite3.OperationalError:
        raise
    except sqlite3.DatabaseError as error:  # so damaged that it cannot be looked through
        found_fault = str(error)
    if found_fault != "ok":
        msg = f"{what or path} is damaged ({found_fault.splitlines()[-1]}). {mend}"
        raise ClassError(msg)
