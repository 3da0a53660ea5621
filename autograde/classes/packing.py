"""Pack a class into one file, to be opened on another computer: all that is in its folder, with a checksum for each file.

The gradebook goes in as a backup does: whole and checked, also while others use it.
"""

import hashlib
import json
import os
import stat
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from autograde.classes.class_name import class_name
from autograde.classes.folder import Course
from autograde.classes.served import RUNNING, TOKEN, service_of
from autograde.errors import ClassError
from autograde.gradebook.address import sqlite_file, without_password
from autograde.gradebook.deeds import Deed
from autograde.gradebook.keep import copy_whole
from autograde.gradebook.noted import note_first
from autograde.text import LOCAL
from autograde.whole import STAGE, fresh_file
from workbook_helpers.files import PART, replacing

MANIFEST = "autograde-class.json"
SCHEMA = 1
README = "How to open this class.txt"
LEFT_OUT = frozenset({STAGE, "serve.log", RUNNING, TOKEN, ".ipynb_checkpoints", "__pycache__"})
"""Of this computer alone."""
BLOCK = 1 << 20
HOW = """\
{name}
Packed on {when} (UK time).

To open this class on another computer:

1. Put the program on that computer, as its README says.
2. Start the desk there (a double click on start.py). Where it lists your classes, choose "Bring a class from another
   computer", and give it this file. Do not unpack it by hand: the desk holds every file against its checksum.
   By command: autograde unpack FILE.zip FOLDER
3. From then on work on one of the two computers only. What is marked on the other one does not come along by itself.

It holds learners' names, answers and marks. Keep it as you keep those, and delete it when the class is open there.
"""


@dataclass(frozen=True, kw_only=True)
class Packed:
    """What was packed: the file, how many files and bytes are in it, and what a person should know, one sentence each."""

    path: Path
    files: int
    size: int
    notes: tuple[str, ...]


def pack_name(course: Course) -> str:
    """Give the file name of a packed class, e.g. "care-class-2026-12-01-170305.zip"."""
    return f"{course.course_id or 'class'}-class-{datetime.now(LOCAL):%Y-%m-%d-%H%M%S}.zip"


def pack(course: Course, file: Path, tell: Callable[[int, int], object] = lambda _done, _total: None) -> Packed:
    """Pack a class into a new file.

    Parameters
    ----------
    tell
        Called with how many files are done, of how many.

    Raises
    ------
    ClassError
        If the file is there already or cannot be written, the gradebook cannot be read, or learners are writing in the class now.
    """
    if service_of(course):
        msg = "Learners write in the class now, and a copy would miss that. Close it first, on the page Live or by: autograde live --stop"
        raise ClassError(msg)
    target, gradebook = fresh_file(course, file, "a packed class", ending=".zip"), _own_gradebook(course)
    beside = {f"{gradebook.name}{end}" for end in ("", "-wal", "-shm", "-journal")} if gradebook else set()
    found = [path for path in _all(course.root) if path.is_file()]
    found = [path for path in found if not (gradebook and path.parent == gradebook.parent and path.name in beside)]
    inside = [path.relative_to(course.root).as_posix() for path in _all(course.root) if path.is_dir()]
    rows: list[dict[str, Any]] = []
    try:
        with (
            tempfile.TemporaryDirectory(prefix="autograde-pack-") as private,
            replacing(target, mode=0o600) as part,
            zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as packed,
        ):
            total = len(found) + (gradebook is not None)
            if gradebook:
                copy = Path(private) / gradebook.name
                copy_whole(course, copy)
                rows.append(_put(packed, copy, gradebook.relative_to(course.root).as_posix(), course.root.name))
            for path in found:
                tell(len(rows), total)
                rows.append(_put(packed, path, path.relative_to(course.root).as_posix(), course.root.name))
            tell(len(rows), total)
            document = {"schema": SCHEMA, "name": class_name(course), "folder": course.root.name, "folders": inside, "files": rows}
            packed.writestr(MANIFEST, json.dumps(document, ensure_ascii=False, indent=1))
            packed.writestr(README, HOW.format(name=class_name(course), when=f"{datetime.now(LOCAL):%d %B %Y, %H:%M}"))
            note_first(course, Deed.EXPORT, [("", {"what": "packed class"})])  # before the file has its name
    except (OSError, zipfile.BadZipFile, ValueError) as error:
        why = (error.strerror if isinstance(error, OSError) else "") or error
        msg = f"{file} cannot be written ({why}). Name a file on a disk with room that you may write to."
        raise ClassError(msg) from error
    return Packed(path=target, files=len(rows), size=target.stat().st_size, notes=not_packed(course))


def not_packed(course: Course) -> tuple[str, ...]:
    """Say what a packed class needs and does not hold, one sentence each."""
    notes = []
    if _own_gradebook(course) is None:
        notes.append(f"The gradebook is not in it: it stays at {without_password(course.db_url)}, which the other computer must reach.")
    if course.exchange:
        notes.append(f"The class uses the exchange {course.exchange}: on the other computer, see that it is there (nbgrader_config.py).")
    return tuple(notes)


def _own_gradebook(course: Course) -> Path | None:
    """Give the gradebook's file, where it lies in the class's folder."""
    gradebook = sqlite_file(course.db_url)
    return gradebook if gradebook and course.root in gradebook.parents else None


def _put(packed: zipfile.ZipFile, path: Path, name: str, folder: str) -> dict[str, Any]:
    """Put a file in; its size and checksum are of the very bytes that went in, should it change meanwhile."""
    about, digest, size = path.stat(), hashlib.sha256(), 0
    when = max(datetime.fromtimestamp(about.st_mtime, UTC), datetime(1980, 1, 1, tzinfo=UTC))
    info = zipfile.ZipInfo(f"{folder}/{name}", date_time=when.timetuple()[:6])
    info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
    with path.open("rb") as source, packed.open(info, "w", force_zip64=True) as target:
        while block := source.read(BLOCK):
            digest.update(block)
            size += len(block)
            target.write(block)
    private = os.name != "nt" and not stat.S_IMODE(about.st_mode) & 0o077
    return {"path": name, "size": size, "sha256": digest.hexdigest(), "changed": about.st_mtime, "private": private}


def _all(root: Path) -> Iterator[Path]:
    return (path for path in sorted(root.rglob("*")) if _is_kept(root, path))


def _is_kept(root: Path, path: Path) -> bool:
    """Whether something belongs to the class: no link, which might lead anywhere, nothing half written, nothing of this computer alone."""
    return not path.is_symlink() and not path.name.startswith(PART) and LEFT_OUT.isdisjoint(path.relative_to(root).parts)
