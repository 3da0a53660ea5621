"""The backups, packed classes and exports that hold a learner still. They stay as they are: a backup is brought back whole, or not."""

import sqlite3
import tempfile
import zipfile
from collections.abc import Collection, Iterator, Mapping
from contextlib import closing, suppress
from pathlib import Path, PurePosixPath
from typing import Any

from sqlalchemy import Connection

from autograde.classes.backups import folder_for
from autograde.classes.folder import Course
from autograde.classes.packing import MANIFEST, PACKED
from autograde.classes.roster import Student
from autograde.errors import BAD_ZIP
from autograde.gradebook import log
from autograde.gradebook.address import sqlite_file, without_password
from autograde.gradebook.database import connect
from autograde.gradebook.deeds import Deed
from autograde.records.holdings import files_of
from autograde.records.naming import says, words_for
from autograde.whole import STEPS

MAX_BYTES = 2_000_000_000
"""Of a gradebook in a packed class that is looked into."""
MAX_EXPORT = 100_000_000
TEXTS = frozenset({".csv", ".html", ".txt", ".json", ".log"})
IN_ZIP = frozenset({"sharedStrings.xml", "data.json"})
"""Where the words stand in a workbook of Excel, and in what a learner is given of the data."""


def copies_with(course: Course, learner: str, written: Collection[Path] = ()) -> tuple[Path, ...]:
    """Give the copies that hold a learner: in the folder for backups, beside the gradebook, and where they were written (`written_in`).

    Parameters
    ----------
    learner
        The id as the gradebook has it.
    """
    gradebook, name = sqlite_file(course.db_url), course.course_id or "class"
    found = set(_files(folder_for(course), f"{name}-*.db")) | set(_files(course.root, "*.db"))
    if gradebook:
        found |= set(_files(gradebook.parent, f"{gradebook.stem}.before-*{gradebook.suffix}"))
    packed = {*_files(folder_for(course), f"{name}-class-*.zip"), *_files(course.root, "*.zip")}
    packed |= {path for path in written if path.suffix.lower() == ".zip"}
    found |= {*written} - packed
    return tuple(
        [path for path in sorted(found) if path != gradebook and _in_gradebook(path, learner)]
        + [path for path in sorted(packed) if _in_packed(path, learner)]
    )


def still_in(copies: Collection[Path]) -> tuple[str, ...]:
    """Say of each copy that the learner is in it still, in a sentence."""
    return tuple(f"Not changed, and still with this learner in it: {path}" for path in copies)


def written_in(connection: Connection) -> tuple[Path, ...]:
    """Give where backups and packed classes were written, as the log tells; what was downloaded is not among it."""
    told = [entry.detail or {} for entry in log.entries_in(connection, Deed.BACK_UP)]
    told += [one for entry in log.entries_in(connection, Deed.EXPORT) if _is_packing(one := entry.detail or {})]
    return tuple(dict.fromkeys(Path(str(one["file"])) for one in told if "file" in one))


def _is_packing(told: Mapping[str, Any]) -> bool:
    """Whether an export is that of the packed class, which first versions did not say; a report says which, and names a bare file."""
    return told.get("what", PACKED) == PACKED and "report" not in told


def moved_from(connection: Connection, now: str) -> tuple[str, ...]:
    """Give the addresses of servers on which a gradebook of the class was before, as the log tells; `now` is the one of now."""
    told = [str((entry.detail or {}).get("before", "")) for entry in log.entries_in(connection, Deed.MOVE)]
    return tuple(dict.fromkeys(one for one in told if one and not sqlite_file(one) and one != without_password(now)))


def exports_with(course: Course, learner: Student, connection: Connection) -> tuple[Path, ...]:
    """Give the exports in the class's folder that hold a learner, by what stands in them; of a PDF, by what the log says of the export."""
    words, subject = words_for(learner.shown, learner.name), log.subject_in(connection, learner.id)
    told = [(entry.subject, entry.detail or {}) for entry in log.entries_in(connection, Deed.EXPORT)]
    about = {str(detail.get("file")) for whose, detail in told if (subject and whose == subject) or detail.get("named")}
    inside = {course.root / step for step in STEPS} | set(files_of(course, learner))
    files = (path for path in sorted(course.root.rglob("*")) if path.is_file() and not path.is_symlink())
    found = (path for path in files if inside.isdisjoint((path, *path.parents)))
    return tuple(path for path in found if (path.suffix.lower() == ".pdf" and path.name in about) or says(_words_in(path), words))


def _words_in(path: Path) -> str:
    """Give the text of what this program exports, "" for any other file and for what is too large to be one."""
    with suppress(OSError, *BAD_ZIP):
        if path.stat().st_size > MAX_EXPORT:
            return ""
        if path.suffix.lower() in TEXTS:
            return path.read_text("utf-8", "replace")
        if path.suffix.lower() in {".xlsx", ".zip"}:
            with zipfile.ZipFile(path) as packed:
                parts = [one for one in packed.infolist() if PurePosixPath(one.filename).name in IN_ZIP and one.file_size <= MAX_EXPORT]
                return "\n".join(packed.read(one).decode("utf-8", "replace") for one in parts)
    return ""


def _files(folder: Path, pattern: str) -> Iterator[Path]:
    with suppress(OSError):  # its disk is not connected
        yield from (path for path in folder.glob(pattern) if path.is_file() and not path.is_symlink())


def _in_gradebook(path: Path, learner: str) -> bool:
    try:
        with closing(connect(path, wait_s=1)) as connection:
            return bool(connection.execute("SELECT 1 FROM student WHERE id = ?", (learner,)).fetchone())
    except sqlite3.Error:  # no gradebook
        return False


def _in_packed(path: Path, learner: str) -> bool:
    with suppress(OSError, *BAD_ZIP), zipfile.ZipFile(path) as packed:
        inside = packed.infolist()
        if MANIFEST not in {one.filename for one in inside}:
            return False
        if any(learner in PurePosixPath(one.filename).parts[1:] for one in inside):
            return True
        for one in inside:
            if one.filename.endswith(".db") and one.file_size <= MAX_BYTES:
                with tempfile.TemporaryDirectory(prefix="autograde-erase-") as private:
                    if _in_gradebook(Path(packed.extract(one, private)), learner):
                        return True
    return False
