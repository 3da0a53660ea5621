"""Pack a class into one file, to be opened on another computer: all that is in its folder, with a checksum for each file.

The gradebook goes in as a backup does: whole and checked, also while others use it; so do the answers that the class's service keeps.
What tells how far the log is, or the taking in, goes in before either: of a later moment it would tell of what is not in the file.
A file or folder whose name some system would not take lies in it by another one, and gets its own again where that can be.
"""

import hashlib
import json
import os
import sqlite3
import stat
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from autograde.classes.any_system import Paths, for_any
from autograde.classes.class_name import class_name
from autograde.classes.folder import Course
from autograde.classes.served import ANSWERS, RUNNING, TAKEN, TOKEN, WATCHED, served_folder, service_of
from autograde.errors import ClassError
from autograde.gradebook.address import sqlite_file, without_password
from autograde.gradebook.deeds import Deed
from autograde.gradebook.heads import FILE as HEADS
from autograde.gradebook.keep import copy_sound, copy_whole
from autograde.gradebook.noted import note_first
from autograde.text import LOCAL
from autograde.whole import STAGE, fresh_file
from workbook_helpers.files import PART, replacing

MANIFEST = "autograde-class.json"
PACKED = "packed class"
"""What the log calls it."""
SCHEMA = 1
README = "How to open this class.txt"
LEFT_OUT = frozenset({STAGE, "serve.log", RUNNING, TOKEN, ".ipynb_checkpoints", "__pycache__"})
"""Of this computer alone."""
BLOCK = 1 << 20
FIRST, LAST = datetime(1980, 1, 1, tzinfo=UTC), datetime(2107, 12, 31, 23, 59, 58, tzinfo=UTC)
"""A zip knows no earlier time, and no later one."""
T = TypeVar("T")
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


def pack(course: Course, file: Path, tell: Callable[[int, int], object] = lambda _done, _total: None, *, stays: bool = True) -> Packed:
    """Pack a class into a new file.

    Parameters
    ----------
    tell
        Called with how many files are done, of how many.
    stays
        Whether it is kept where it is written, which the log holds then: an erasure names it.

    Raises
    ------
    ClassError
        If the file is there already or cannot be written, or the gradebook or another file of the class cannot be read.
    """
    target, gradebook, answers = fresh_file(course, file, "a packed class", ending=".zip"), _own_gradebook(course), _own_answers(course)
    notes, rows, paths = not_packed(course), list[dict[str, Any]](), Paths()
    own = [path for path in (answers, gradebook) if path]
    early = [course.root / HEADS, *(course.root / "received" / name for name in (TAKEN, WATCHED))]
    apart = {*early, *(path.with_name(f"{path.name}{end}") for path in own for end in ("", "-wal", "-shm", "-journal"))}
    where = {"file": os.path.abspath(target)} if stays else {}
    try:
        with (
            tempfile.TemporaryDirectory(prefix="autograde-pack-") as private,
            replacing(target, mode=0o600) as part,
            zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as packed,
        ):
            rows += [_put(packed, path, course, path, paths) for path in early if path.is_file() and not path.is_symlink()]
            copies = [Path(private) / path.name for path in own]
            for path, copy in zip(own, copies, strict=True):  # before the files are listed: each hand-in that has a receipt is among these
                if path == gradebook:
                    copy_whole(course, copy)
                else:
                    _copy_answers(path, copy)
            found = [path for path in _all(course.root) if path.is_file() and path not in apart]
            inside = [paths.of(path.relative_to(course.root).as_posix()) for path in _all(course.root) if path.is_dir()]
            rows += [_put(packed, copy, course, path, paths) for path, copy in zip(own, copies, strict=True)]
            total = len(rows) + len(found)
            for path in found:
                tell(len(rows), total)
                rows.append(_put(packed, path, course, path, paths))
            tell(len(rows), total)
            document = {"schema": SCHEMA, "name": class_name(course), "folder": for_any(course.root.name), "folders": inside, "files": rows}
            document["names"] = paths.true
            packed.writestr(MANIFEST, json.dumps(document, ensure_ascii=False, indent=1).encode("utf-8", "surrogatepass"))
            packed.writestr(README, HOW.format(name=class_name(course), when=f"{datetime.now(LOCAL):%d %B %Y, %H:%M}"))
            note_first(course, Deed.EXPORT, [("", {"what": PACKED, **where})])  # before the file has its name
    except (OSError, sqlite3.Error, zipfile.BadZipFile, ValueError) as error:
        why = (error.strerror if isinstance(error, OSError) else "") or error
        msg = f"{file} cannot be written ({why}). Name a file on a disk with room that you may write to."
        raise ClassError(msg) from error
    return Packed(path=target, files=len(rows), size=target.stat().st_size, notes=notes)


def not_packed(course: Course) -> tuple[str, ...]:
    """Say what a packed class needs and does not hold, one sentence each."""
    notes = []
    if _own_gradebook(course) is None:
        notes.append(f"The gradebook is not in it: it stays at {without_password(course.db_url)}, which the other computer must reach.")
    if course.exchange:
        notes.append(f"The class uses the exchange {course.exchange}: on the other computer, see that it is there (nbgrader_config.py).")
    if found := service_of(course):
        close = "have whoever looks after the server stop its service" if found.hub else "close it (page Live, or autograde live --stop)"
        notes.append(
            "The class is open for its learners: what they write or hand in once it is packed is not in it. "
            f"Before you move the class to another computer, {close}, then pack it."
        )
    return tuple(notes)


def _own_gradebook(course: Course) -> Path | None:
    """Give the gradebook's file, where it lies in the class's folder."""
    gradebook = sqlite_file(course.db_url)
    return gradebook if gradebook and course.root in gradebook.parents else None


def _own_answers(course: Course) -> Path | None:
    """Give the file in which the class's service keeps answers, where there is one."""
    answers = served_folder(course) / ANSWERS
    return answers if answers.is_file() else None


def _copy_answers(path: Path, copy: Path) -> None:
    mend = "Bring it back from a copy of the class, then pack the class again."
    copy_sound(path, copy, f"{path}, where the class's service keeps answers,", mend)


def _put(packed: zipfile.ZipFile, path: Path, course: Course, of: Path, paths: Paths) -> dict[str, Any]:
    """Put a file in, as the one `of` the class; its size and checksum are of the very bytes that went in, should it change meanwhile."""
    name, digest, size = paths.of(of.relative_to(course.root).as_posix()), hashlib.sha256(), 0
    source = _read(of, lambda: path.open("rb"))
    about = os.fstat(source.fileno())
    when = datetime.fromtimestamp(min(max(about.st_mtime, FIRST.timestamp()), LAST.timestamp()), UTC)
    info = zipfile.ZipInfo(f"{for_any(course.root.name)}/{name}", date_time=when.timetuple()[:6])
    info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
    with source, packed.open(info, "w", force_zip64=True) as target:
        while block := _read(of, lambda: source.read(BLOCK)):
            digest.update(block)
            size += len(block)
            target.write(block)
    private = os.name != "nt" and not stat.S_IMODE(about.st_mode) & 0o077
    return {"path": name, "size": size, "sha256": digest.hexdigest(), "changed": about.st_mtime, "private": private}


def _read(of: Path, act: Callable[[], T]) -> T:
    """Do what reads a file of the class, which is named where it cannot be read."""
    try:
        return act()
    except OSError as error:
        msg = f"{of} cannot be read ({error.strerror or error}). Close other programs that use it, then pack the class again."
        raise ClassError(msg) from error


def _all(root: Path) -> Iterator[Path]:
    return (path for path in sorted(root.rglob("*")) if _is_kept(root, path))


def _is_kept(root: Path, path: Path) -> bool:
    """Whether something belongs to the class: no link, which might lead anywhere, nothing half written, nothing of this computer alone."""
    return not path.is_symlink() and not path.name.startswith(PART) and LEFT_OUT.isdisjoint(path.relative_to(root).parts)
