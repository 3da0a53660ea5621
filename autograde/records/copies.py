"""The backups and packed classes that still hold a learner. They are not changed: a backup is brought back whole, or not at all."""

import sqlite3
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path, PurePosixPath

from autograde.classes.backups import folder_for
from autograde.classes.folder import Course
from autograde.classes.packing import MANIFEST
from autograde.errors import BAD_ZIP
from autograde.gradebook.address import sqlite_file
from autograde.gradebook.database import connect

MAX_BYTES = 2_000_000_000
"""Of a gradebook in a packed class that is looked into."""


def copies_with(course: Course, learner: str) -> tuple[Path, ...]:
    """Give the copies that hold a learner: in the folder for backups, and beside the gradebook; those elsewhere nobody knows.

    Parameters
    ----------
    learner
        The id as the gradebook has it.
    """
    gradebook, name = sqlite_file(course.db_url), course.course_id or "class"
    found = set(_files(folder_for(course), f"{name}-*.db")) | set(_files(course.root, "*.db"))
    if gradebook:
        found |= set(_files(gradebook.parent, f"{gradebook.stem}.before-*{gradebook.suffix}"))
    packed = [*_files(folder_for(course), f"{name}-class-*.zip"), *_files(course.root, "*.zip")]
    return tuple(
        [path for path in sorted(found) if path != gradebook and _in_gradebook(path, learner)]
        + [path for path in sorted(packed) if _in_packed(path, learner)]
    )


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
