"""Files that have arrived at the desk and are not taken in yet: a folder for each batch, below `received/.arrived/`.

A batch goes when all of it has been taken in. What stays is of a workbook that nothing tells, or was cut off with the server; a
person sees it and goes on from there. The files are copies: whoever dropped them has the originals.
"""

import re
import secrets
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from autograde.classes.folder import Course
from autograde.errors import ClassError
from autograde.text import encodable, printable, stamp

FOLDER = ".arrived"
NAME = re.compile(r"\d{8}-\d{6}-[0-9a-f]{8}")
LONGEST = 180
SPARE = 200_000_000
"""Bytes that a disk must have left beside what arrives."""


@dataclass(frozen=True, kw_only=True)
class Batch:
    """A batch: by what it is known, when it came, in UTC, and the names of its files."""

    name: str
    when: datetime
    files: tuple[str, ...]


def new_batch(course: Course) -> Path:
    """Make the folder of a new batch."""
    folder = course.root / "received" / FOLDER / f"{stamp(datetime.now(UTC))}-{secrets.token_hex(4)}"
    try:
        folder.mkdir(parents=True)
    except OSError as error:
        msg = f"{folder} cannot be made ({error.strerror}). See that its disk has room and can be written to."
        raise ClassError(msg) from error
    return folder


def find_batch(course: Course, name: str) -> Path:
    """Give the folder of a batch.

    Raises
    ------
    ClassError
        If there is none of that name.
    """
    folder = course.root / "received" / FOLDER / name
    if not NAME.fullmatch(name) or not folder.is_dir():
        msg = "These files do not wait here any more: they were taken in or thrown away meanwhile."
        raise ClassError(msg)
    return folder


def batches(course: Course) -> tuple[Batch, ...]:
    """Give the batches of which something is left, the oldest first; empty folders are none."""
    found = []
    for folder in sorted((course.root / "received" / FOLDER).glob("*-*")):
        if not NAME.fullmatch(folder.name) or not folder.is_dir():
            continue
        if files := tuple(sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))):
            when = datetime.strptime(folder.name[:15], "%Y%m%d-%H%M%S").replace(tzinfo=UTC)
            found.append(Batch(name=folder.name, when=when, files=files))
    return tuple(found)


def place_for(batch: Path, name: str, size: int = 0) -> Path:
    """Give where a file of a batch is put: under its own name, made safe, and another where there is one already.

    Raises
    ------
    ClassError
        If the disk has no room for `size` bytes.
    """
    if shutil.disk_usage(batch).free < size + SPARE:
        msg = f"There is not enough room on the disk for {printable(name, 100)}. Make some, then try again."
        raise ClassError(msg)
    plain = re.sub(r'[\x00-\x1f\x7f<>:"|?*]', "_", re.split(r"[/\\]", encodable(name))[-1]).strip(" .") or "file"
    stem, dot, end = plain.rpartition(".")
    stem, end = (stem, f".{end}") if dot and stem and len(end) < 20 else (plain, "")
    stem = stem.encode()[: LONGEST - len(end.encode())].decode("utf-8", "ignore")
    for number in range(1, 10_000):
        path = batch / (f"{stem}{end}" if number == 1 else f"{stem} ({number}){end}")
        if not path.exists():
            return path
    msg = f"Too many files are called {printable(name, 100)}. Give them other names, then drop them again."
    raise ClassError(msg)


def keep_only(batch: Path, names: Iterable[str]) -> None:
    """Remove from a batch what has been taken in; the whole of it where nothing is left."""
    kept, held = {Path(name).name for name in names}, {path.name for path in batch.iterdir()}
    if kept - held:  # files that belong together and are called by their folder
        return
    for path in batch.iterdir():
        if path.name not in kept:
            path.unlink(missing_ok=True)
    if not kept:
        throw_away(batch)


def throw_away(batch: Path) -> None:
    """Remove a batch."""
    shutil.rmtree(batch, ignore_errors=True)
