"""Find the hand-ins in what the tutor was given: zips, folders of them, a Moodle download packed or unpacked."""

import io
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from autograde.course.archive import ANSWERS, BULK, HAND_IN, MANIFEST, MAX_UNPACKED, Archive, Limits, open_archive
from autograde.course.store import pack
from autograde.course.text import printable
from autograde.errors import ClassError, UnusableError

MOODLE = re.compile(r"(?P<name>.+?)_\d+_assignsubmission_[a-z]+_?")
"""How Moodle names the folder (or, without folders, begins the file name) of one student's files."""
DEPTH = 2
"""A zip in a zip is common: Moodle's own, or a student who packs the hand-in again. Deeper is a trap."""
SKIPPED = frozenset({".DS_Store", "Thumbs.db", "desktop.ini", "__MACOSX", ".ipynb_checkpoints"})


@dataclass(frozen=True, kw_only=True)
class Arrival:
    """One file that should be a hand-in.

    Attributes
    ----------
    name
        Where it was found, for people.
    moodle
        The student's name as Moodle tells it, "" where Moodle does not.
    seen_at
        When the file was written, as far as known; in UTC, not after now.
    data
        The bytes as they came, "" where they may not be read.
    fault
        Why it cannot be a hand-in, "" if it may be one.
    path
        The file itself where it is too large for `data`.
    """

    name: str
    moodle: str
    seen_at: datetime
    data: bytes = b""
    fault: str = ""
    path: Path | None = None


def arrivals(paths: list[Path]) -> Iterator[Arrival]:
    """Give each hand-in below `paths`.

    Raises
    ------
    ClassError
        At once, before anything is given, if a path does not exist.
    """
    for path in paths:
        if not path.exists() and not path.is_symlink():
            msg = f"There is no file or folder {path}. Check the name; nothing has been taken in."
            raise ClassError(msg)
    return (arrival for path in paths for arrival in _below(path, _moodle_name(Path(os.path.abspath(path)).name)))


def _below(path: Path, moodle: str) -> Iterator[Arrival]:
    seen = _seen(path)
    if path.is_symlink():
        yield Arrival(name=str(path), moodle=moodle, seen_at=seen, fault="it is a link, and links are not followed")
    elif path.is_dir():
        names = sorted(entry.name for entry in path.iterdir() if entry.name not in SKIPPED)
        if ANSWERS in names or MANIFEST in names:
            yield _loose(path, names, moodle, seen)
            return
        for name in names:
            yield from _below(path / name, moodle or _moodle_name(name))
    elif not path.is_file():
        yield Arrival(name=str(path), moodle=moodle, seen_at=seen, fault="it is not a plain file")
    else:
        yield from _file(path, moodle, seen)


def _file(path: Path, moodle: str, seen: datetime) -> Iterator[Arrival]:
    """Give the hand-ins of one file: itself, or those in it."""
    arrival = Arrival(name=path.name, moodle=moodle, seen_at=seen)
    try:
        with path.open("rb") as file:
            data = file.read(MAX_UNPACKED + 1)
            if len(data) > MAX_UNPACKED:
                data, fault = b"", f"it has more than {MAX_UNPACKED // 1_000_000} MB"
                arrival = replace(arrival, fault=fault, path=path)
            yield from _split(file, replace(arrival, data=data), BULK, DEPTH)
    except OSError as error:
        yield replace(arrival, fault=f"it cannot be opened ({error.strerror})")


def _split(file: IO[bytes], arrival: Arrival, limits: Limits, depth: int) -> Iterator[Arrival]:
    """Give the hand-ins in a zip of zips; anything else is given back as it came."""
    try:
        with open_archive(file, limits) as archive:
            if depth == DEPTH and any(_moodle_name(path[0]) for path in archive.entries):
                yield from _moodle_download(archive, arrival, depth)
                return
            if not any(path[-1] in (ANSWERS, MANIFEST) for path in archive.entries):
                inner = [path for path in archive.entries if path[-1].lower().endswith(".zip")]
                if inner and depth:
                    for path in inner:
                        yield from _entry(archive, path, arrival, depth)
                    return
    except UnusableError:
        pass  # intake opens it again, as a hand-in, and finds the same fault or a clearer one
    yield arrival


def _moodle_download(archive: Archive, arrival: Arrival, depth: int) -> Iterator[Arrival]:
    groups: dict[str, list[tuple[str, ...]]] = {}
    for path in archive.entries:
        groups.setdefault(path[0], []).append(path)
    for top, paths in groups.items():
        own = replace(arrival, moodle=arrival.moodle or _moodle_name(top))
        loose = [path for path in paths if path[-1] in (ANSWERS, MANIFEST)]
        if not loose:
            for path in paths:
                yield from _entry(archive, path, own, depth)
            continue
        own = replace(own, name=f"{arrival.name} › {printable(top)}", seen_at=_entry_time(archive, loose[0], own))
        files = [path for path in paths if path[:-1] == loose[0][:-1] and _belongs(path[-1])]
        try:
            yield replace(own, data=pack({path[-1]: archive.read(path, MAX_UNPACKED) for path in files}))
        except UnusableError as error:
            yield replace(own, fault=str(error))


def _entry(archive: Archive, path: tuple[str, ...], arrival: Arrival, depth: int) -> Iterator[Arrival]:
    name = f"{arrival.name} › {printable('/'.join(path))}"
    own = replace(arrival, name=name, seen_at=_entry_time(archive, path, arrival), data=b"", fault="", path=None)
    try:
        own = replace(own, data=archive.read(path, MAX_UNPACKED))
    except UnusableError as error:
        yield replace(own, fault=str(error))
        return
    # Deeper names are the student's own making: what Moodle said is settled by now.
    yield from _split(io.BytesIO(own.data), own, HAND_IN, depth - 1)


def _loose(folder: Path, names: list[str], moodle: str, seen: datetime) -> Arrival:
    """Give an unpacked hand-in (some Macs unpack what they download) as a zip again."""
    arrival = Arrival(name=str(folder), moodle=moodle, seen_at=seen)
    files: dict[str, bytes] = {}
    for name in filter(_belongs, names):
        path = folder / name
        if path.is_symlink() or not path.is_file():
            return replace(arrival, fault=f"{printable(name)} is a link or no plain file")
        try:
            with path.open("rb") as file:
                files[name] = file.read(MAX_UNPACKED + 1)
        except OSError as error:
            return replace(arrival, fault=f"{printable(name)} cannot be opened ({error.strerror})")
        if sum(map(len, files.values())) > MAX_UNPACKED:
            return replace(arrival, fault=f"it has more than {MAX_UNPACKED // 1_000_000} MB")
    return replace(arrival, data=pack(files), seen_at=_seen(folder / (ANSWERS if ANSWERS in files else MANIFEST)))


def _belongs(name: str) -> bool:
    return name in (ANSWERS, MANIFEST) or name.endswith(".ipynb")


def _moodle_name(name: str) -> str:
    match = MOODLE.match(name)
    return match["name"] if match else ""


def _seen(path: Path) -> datetime:
    now = datetime.now(UTC)
    try:
        return min(now, datetime.fromtimestamp(path.lstat().st_mtime, UTC))
    except (OSError, ValueError, OverflowError):
        return now


def _entry_time(archive: Archive, path: tuple[str, ...], arrival: Arrival) -> datetime:
    return min(arrival.seen_at, archive.written_at(path) or arrival.seen_at)
