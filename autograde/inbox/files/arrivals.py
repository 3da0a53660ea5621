"""Find the hand-ins in what the tutor was given: zips, folders, loose files, a download from Moodle or Canvas, packed or unpacked."""

import io
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from autograde.errors import ClassError, UnusableError
from autograde.inbox.files.archive import BULK, HAND_IN, MAX_UNPACKED, Archive, Limits, open_archive
from autograde.inbox.files.loose import ANSWERS, MANIFEST, pack, pair, role
from autograde.inbox.files.senders import NOBODY, Label, Sender, canvas_label, canvas_text, is_canvas, moodle_label
from autograde.text import encodable, printable
from workbook_helpers.files import read_file

DEPTH = 2
"""A zip in a zip is common: Moodle's own, or a student who packs the hand-in again. Deeper is a trap."""
DEEP = 12
"""Folders in folders; no system makes more than a few."""
SKIPPED = frozenset({".DS_Store", "Thumbs.db", "desktop.ini", "__MACOSX", ".ipynb_checkpoints"})


@dataclass(frozen=True, kw_only=True)
class Arrival:
    """One file that should be a hand-in.

    Attributes
    ----------
    name
        Where it was found, for people.
    sender
        Who sent it, as Moodle or Canvas tells it.
    seen_at
        When the file was written, as far as known; in UTC, not after now. The hand-in was not later.
    data
        The bytes as they came, "" where they may not be read.
    fault
        Why it cannot be a hand-in, "" if it may be one.
    path
        The file itself where it is too large for `data`.
    passed
        "text" for a text entry and "other" for a file beside a hand-in: neither is one, nor a fault.
    server_time, server
        When it was handed in as a server says, and which; None and "" if that is not known from the file.
    order
        As `claims.Moment.order`.
    """

    name: str
    sender: Sender
    seen_at: datetime
    data: bytes = b""
    fault: str = ""
    path: Path | None = None
    passed: str = ""
    server_time: datetime | None = None
    server: str = ""
    order: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class _Entry:
    """A file on the disk or in a zip, or what stands in the way of one; `path` is below what the tutor named."""

    path: tuple[str, ...]
    name: str
    seen_at: datetime
    read: Callable[[], bytes]
    fault: str = ""
    place: Path | None = None


def arrivals(paths: list[Path]) -> Iterator[Arrival]:
    """Give each hand-in below `paths`.

    Raises
    ------
    ClassError
        At once, before anything is given, if a path does not exist.
    """
    for path in paths:
        if not os.path.lexists(path):
            msg = f"There is no file or folder {path}. Check the name; nothing has been taken in."
            raise ClassError(msg)
    return (arrival for path in paths for arrival in _hand_ins(list(_listed(path)), NOBODY, DEPTH))


def _listed(path: Path, inside: tuple[str, ...] = ()) -> Iterator[_Entry]:
    """List the files below a path; what cannot be opened becomes an entry with a fault, and the rest follows."""
    inside = (*inside, encodable(Path(os.path.abspath(path)).name or str(path)))
    entry = _Entry(path=inside, name=printable(path, 300), seen_at=_seen(path), read=bytes, place=path)
    try:
        if path.is_symlink():
            yield replace(entry, fault="it is a link, and links are not followed")
        elif path.is_dir():
            names = sorted(found.name for found in path.iterdir() if found.name not in SKIPPED and not found.name.startswith("._"))
            if len(inside) > DEEP:
                yield replace(entry, fault=f"it is a folder more than {DEEP} folders deep, and was not looked into")
                return
            for found in names:
                yield from _listed(path / found, inside)
        elif not path.is_file():
            yield replace(entry, fault="it is not a plain file")
        else:
            yield replace(entry, read=lambda: _content(path))
    except OSError as error:
        what = "the folder" if os.path.isdir(path) else "it"  # noqa: PTH112  Path.is_dir may raise here what was raised above
        yield replace(entry, fault=f"{what} cannot be opened ({error.strerror}), so what lies in it was not taken in")


def _hand_ins(entries: list[_Entry], sender: Sender, depth: int) -> Iterator[Arrival]:
    """Give the hand-ins among files; each sender's are looked at apart from the others'."""
    groups: dict[tuple[tuple[str, ...], Sender, str], list[_Entry]] = {}
    canvas = _in_canvas(entries) if sender == NOBODY else frozenset[tuple[str, ...]]()
    for entry in entries:
        found = _labelled(entry, canvas) if sender == NOBODY else None
        if found is None:
            groups.setdefault(((), sender, ""), []).append(entry)
            continue
        place, label, inner = found
        if label.plugin != "file" and inner[-1].endswith((".html", ".htm")):
            yield Arrival(name=entry.name, sender=label.sender, seen_at=entry.seen_at, passed="text")
            continue
        apart = "" if label.sender.number or label.rest else entry.path[len(place)]  # who has no number has a folder
        groups.setdefault((place, label.sender, apart), []).append(replace(entry, path=inner))
    for (_, who, _), own in groups.items():
        yield from _persons(own, who, depth)


def _labelled(entry: _Entry, canvas: frozenset[tuple[str, ...]]) -> tuple[tuple[str, ...], Label, tuple[str, ...]] | None:
    """Find the part of a path by which a system names its sender: what is above it, the label, and the path below it."""
    for at, part in enumerate(entry.path):
        label = moodle_label(part)
        if label is None and at == len(entry.path) - 1 and entry.path[:at] in canvas:
            if canvas_text(part):
                return entry.path[:at], Label(sender=NOBODY, rest=part, plugin="onlinetext"), (part,)
            label = canvas_label(part)
        if label is not None:
            inner = (*filter(None, [label.rest]), *entry.path[at + 1 :])
            return entry.path[:at], label, inner or (part,)
    return None


def _in_canvas(entries: Iterable[_Entry]) -> frozenset[tuple[str, ...]]:
    """Give the folders that Canvas has made."""
    folders: dict[tuple[str, ...], list[str]] = {}
    for entry in entries:
        folders.setdefault(entry.path[:-1], []).append(entry.path[-1])
    return frozenset(folder for folder, names in folders.items() if is_canvas(names))


def _persons(entries: list[_Entry], sender: Sender, depth: int) -> Iterator[Arrival]:
    """Give the hand-ins among files of one sender, or of nobody in particular."""
    folders: dict[tuple[str, ...], dict[str, _Entry]] = {}
    for entry in entries:
        folders.setdefault(entry.path[:-1], {})[entry.path[-1]] = entry
    loose = {folder for folder, files in folders.items() if any(role(name) and not files[name].fault for name in files)}
    packed = any(entry.path[-1].lower().endswith(".zip") for entry in entries)
    for folder, files in folders.items():
        if folder in loose:
            yield from _loose(files, sender)
        beside = any(folder[:at] in loose for at in range(len(folder) + 1))
        for name, entry in sorted(files.items()):
            is_zip = name.lower().endswith(".zip")
            if entry.fault and not (folder in loose and _belongs(name)):
                yield Arrival(name=entry.name, sender=sender, seen_at=entry.seen_at, fault=entry.fault)
            elif (beside and not is_zip) or (sender != NOBODY and packed and not is_zip):
                if not _belongs(name):
                    yield Arrival(name=entry.name, sender=sender, seen_at=entry.seen_at, passed="other")
            else:
                yield from _file(entry, sender, depth)


def _loose(files: dict[str, _Entry], sender: Sender) -> Iterator[Arrival]:
    """Give unpacked hand-ins (some browsers unpack what they download) as zips again."""

    def read(name: str) -> bytes:
        if files[name].fault:
            msg = f"{printable(name)}: {files[name].fault}"
            raise UnusableError(msg)
        return files[name].read()

    groups = pair([name for name in files if _belongs(name)], read)
    for group in groups:
        first = files[group.get(ANSWERS) or group[MANIFEST]]
        alone = len(groups) == 1 and first.name.endswith(f"/{first.path[-1]}")
        arrival = Arrival(name=first.name.rpartition("/")[0] if alone else first.name, sender=sender, seen_at=first.seen_at)
        content: dict[str, bytes] = {}
        fault = ""
        for what, name in group.items():
            try:
                content[what] = read(name)
            except UnusableError as error:
                fault = fault or str(error)
        if fault:  # what could be read is kept
            small = sum(map(len, content.values())) <= MAX_UNPACKED
            yield replace(arrival, fault=fault, data=pack(content) if content and small else b"")
        elif sum(map(len, content.values())) > MAX_UNPACKED:
            yield replace(arrival, fault=f"it has more than {MAX_UNPACKED // 1_000_000} MB")
        else:
            yield replace(arrival, data=pack(content))


def _file(entry: _Entry, sender: Sender, depth: int) -> Iterator[Arrival]:
    """Give the hand-ins of one file: itself, or those in it."""
    name = printable(entry.place.name, 300) if entry.place else entry.name
    arrival = Arrival(name=name, sender=sender, seen_at=entry.seen_at)
    if entry.place is None:
        try:
            arrival = replace(arrival, data=entry.read())
        except UnusableError as error:
            yield replace(arrival, fault=str(error))
            return
        yield from _split(io.BytesIO(arrival.data), arrival, HAND_IN, depth)
        return
    try:
        with entry.place.open("rb") as file:
            arrival = replace(arrival, data=file.read(MAX_UNPACKED + 1))
            if len(arrival.data) > MAX_UNPACKED:
                fault = f"it has more than {MAX_UNPACKED // 1_000_000} MB"
                arrival = replace(arrival, data=b"", fault=fault, path=entry.place)
            yield from _split(file, arrival, BULK, depth)
    except OSError as error:
        yield replace(arrival, fault=f"it cannot be opened ({error.strerror})")


def _split(file: IO[bytes], arrival: Arrival, limits: Limits, depth: int) -> Iterator[Arrival]:
    """Give the hand-ins in a zip of zips, or in a class's download; anything else is given back as it came."""
    try:
        with open_archive(file, limits) as archive:
            entries = [_in_zip(archive, path, arrival, depth) for path in archive.entries]
            # Deeper names, and those below a sender's, are the student's own making.
            named = depth == DEPTH and arrival.sender == NOBODY
            if named and (any(map(moodle_label, (part for path in archive.entries for part in path[:2]))) or _in_canvas(entries)):
                yield from _hand_ins(entries, NOBODY, depth - 1)
                return
            inner = [entry for entry in entries if entry.path[-1].lower().endswith(".zip")]
            if inner and depth and not any(role(path[-1]) for path in archive.entries):
                for entry in inner:
                    yield from _file(entry, arrival.sender, depth - 1)
                return
    except UnusableError:
        pass  # intake opens it again, as a hand-in, and finds the same fault or a clearer one
    yield arrival


def _in_zip(archive: Archive, path: tuple[str, ...], arrival: Arrival, depth: int) -> _Entry:
    seen = arrival.seen_at
    # Of a class's download only: the times in a student's own zip are the student's to choose.
    if depth == DEPTH and arrival.sender == NOBODY and (moodle_label(path[0]) or canvas_label(path[-1])):
        written = archive.written_at(path)
        seen = min(seen, written) if written else seen
    name = f"{arrival.name} › {printable('/'.join(path))}"
    return _Entry(path=path, name=name, seen_at=seen, read=lambda: archive.read(path, MAX_UNPACKED))


def _content(path: Path) -> bytes:
    try:
        return read_file(path, MAX_UNPACKED)
    except OSError as error:
        msg = f"{printable(path.name)} cannot be opened ({error.strerror})"
        raise UnusableError(msg) from error


def _belongs(name: str) -> bool:
    return bool(role(name)) or name.endswith(".ipynb")


def _seen(path: Path) -> datetime:
    now = datetime.now(UTC)
    try:
        return min(now, datetime.fromtimestamp(path.lstat().st_mtime, UTC))
    except (OSError, ValueError, OverflowError):
        return now
