"""A folder into which hand-ins fall, such as a synced one: what is new there is taken in, each file once.

A file that is still being written is left until it is the same at two looks. Nothing in the folder is changed. What was taken from
it stands in `received/.watched.json`, by the digest of its name, which may be a learner's, by size and time, so that a file which is put
there anew counts again.
"""

import hashlib
import json
import os
import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from autograde.classes.folder import Course
from autograde.classes.served import WATCHED
from autograde.errors import ClassError
from autograde.inbox.arrived import keep_only, new_batch, place_for, throw_away
from autograde.inbox.dropped import DropReport, take_in
from workbook_helpers.files import read_file, replacing, write_file

MAX_BYTES = 20_000_000
DEEP = 4
MOST = 20_000
"""Files of the folder that are looked at."""
HALF = (".part", ".partial", ".crdownload", ".download", ".tmp", ".lnk", ".url")
"""How names end of what a browser or a program has not written wholly, and of mere links."""
CLUTTER = frozenset({"thumbs.db", "desktop.ini"})

About = tuple[int, int]
"""Size in bytes, and time of the last change in nanoseconds."""
_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass
class Watch:
    """What is known of a folder from the look before, and when the class's service is looked at again where that failed (monotonic)."""

    course: Course
    before: dict[Path, About] = field(default_factory=dict)
    again: float = 0.0

    def look(self, folder: Path) -> tuple[Path, ...]:
        """Give the files that are new and whole.

        Raises
        ------
        ClassError
            If the folder is not there.
        """
        new = new_in(self.course, folder)
        ready = tuple(path for path, about in new.items() if self.before.get(path) == about)
        self.before = new
        return ready


def new_in(course: Course, folder: Path) -> dict[Path, About]:
    """Give the files of a folder that were not taken in yet, as far as they are written.

    Raises
    ------
    ClassError
        If the folder is not there.
    """
    taken = _taken(course, folder)
    return {path: about for path, about in _files(folder) if taken.get(_name(folder, path)) != about}


def check_watched(course: Course, folder: Path) -> None:
    """See that a folder can be watched.

    Raises
    ------
    ClassError
        If it is not there, or the class lies in it or it in the class.
    """
    if not folder.is_absolute() or not folder.is_dir():
        msg = f"There is no folder {folder}. Name one that is there, from the top, as its address line shows it."
        raise ClassError(msg)
    own, root = folder.resolve(), course.root.resolve()
    if own == root or own in root.parents or root in own.parents:
        msg = f"{folder} holds the class, or lies in it. Name a folder that has hand-ins alone."
        raise ClassError(msg)


def take_from(
    course: Course, folder: Path, files: tuple[Path, ...], *, progress: Callable[[int, int, str], None] = lambda *_: None
) -> DropReport:
    """Take in files of a watched folder; what cannot be told to a workbook, or taken in now, waits in a batch, for a person."""
    batch = new_batch(course)
    took: dict[str, About] = {}
    try:
        for file in files:
            with suppress(OSError):  # it went meanwhile: the next look tells
                about = _about(file)
                with replacing(place_for(batch, file.name, about[0])) as part:
                    shutil.copy2(file, part, follow_symlinks=False)
                took[_name(folder, file)] = about
        report = take_in(course, [batch], progress=progress)
        if report.kept:
            keep_only(batch, report.unclear)
        else:  # the disk is full: the next look takes all of these again, and what was taken in is known then
            took.clear()
    finally:  # where it failed the batch waits, too: else each look would copy the same files into another one
        if took:
            _note(course, folder, took)
        else:
            throw_away(batch)
    return report


def forget_names(course: Course) -> None:
    """Write what was taken by digests alone, where a version before has kept the names themselves; OSError if it cannot be written."""
    path = course.root / "received" / WATCHED
    if path.is_file():
        try:
            folders = list(json.loads(read_file(path, MAX_BYTES)))
        except (ValueError, TypeError):  # damaged: nothing is known by it, and it may hold names
            path.unlink()
        else:
            _write(course, {folder: _taken(course, Path(folder)) for folder in folders})


def _files(folder: Path) -> Iterator[tuple[Path, About]]:
    if not folder.is_dir():
        msg = f"The folder {folder} is not there now. It is looked at again by itself."
        raise ClassError(msg)
    count = 0
    for place, folders, names in os.walk(folder, followlinks=False):
        deep = len(Path(place).relative_to(folder).parts)
        folders[:] = sorted(name for name in folders if not name.startswith(".") and deep < DEEP)
        for name in sorted(names):
            plain = name.casefold()
            if plain.startswith((".", "~")) or plain.endswith(HALF) or plain in CLUTTER:
                continue
            count += 1
            if count > MOST:
                return
            path = Path(place, name)
            with suppress(OSError):
                about = _about(path)
                if about[0] and path.is_file() and not path.is_symlink():
                    yield path, about


def _about(path: Path) -> About:
    about = path.lstat()
    return about.st_size, about.st_mtime_ns


def _name(folder: Path, path: Path) -> str:
    return _digest(path.relative_to(folder).as_posix())


def _digest(name: str) -> str:
    return hashlib.sha256(os.fsencode(name)).hexdigest()


def _taken(course: Course, folder: Path) -> dict[str, About]:
    try:
        row = json.loads(read_file(course.root / "received" / WATCHED, MAX_BYTES))
        return {
            name if _DIGEST.fullmatch(name) else _digest(name): (int(size), int(when))  # versions before kept the name itself
            for name, (size, when) in row[str(folder)].items()
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def _note(course: Course, folder: Path, took: dict[str, About]) -> None:
    """Keep what was taken; of another folder that was watched before nothing is kept."""
    _write(course, {str(folder): {**_taken(course, folder), **took}})


def _write(course: Course, rows: Mapping[str, Mapping[str, About]]) -> None:
    write_file(course.root / "received" / WATCHED, json.dumps(rows).encode())  # a name that is no UTF-8 is read back as it was
