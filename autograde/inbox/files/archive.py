"""Read zips from strangers: nothing is unpacked to disk, and every limit is held while reading, not by the header."""

import stat
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from autograde.errors import BAD_ZIP, UnusableError
from autograde.inbox.files.loose import ANSWERS, MANIFEST, fits, pair, role
from autograde.text import LOCAL, printable
from workbook_helpers.answers import MAX_BYTES

MAX_MANIFEST = 64_000
PLAIN = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""How entries may be packed; what is packed by bzip2 or LZMA comes out all at once, whatever limit is set."""
MAX_UNPACKED = 60_000_000
"""A hand-in, unpacked: a workbook's notebook has some 100 KB, so this leaves room for pictures someone put in."""


@dataclass(frozen=True, kw_only=True)
class Limits:
    """How much a zip may hold: entries, and bytes unpacked in all."""

    entries: int = 200
    unpacked: int = MAX_UNPACKED


HAND_IN = Limits()
BULK = Limits(entries=5_000, unpacked=4_000_000_000)
"""A whole class downloaded from Moodle; each hand-in in it must still keep `HAND_IN`."""


@dataclass(frozen=True, kw_only=True)
class Parts:
    """What is taken out of a hand-in; None for what is not in it."""

    manifest: bytes | None
    answers: bytes | None
    notebook: bytes | None


class Archive:
    """An open zip whose entries were found harmless: no links, no encryption, no name that leads outside."""

    def __init__(self, archive: zipfile.ZipFile, limits: Limits) -> None:
        self._archive = archive
        self._left = limits.unpacked
        infos = archive.infolist()
        if _is_cut_off(archive):
            msg = "the zip is not complete: download it again"
            raise UnusableError(msg)
        if len(infos) > limits.entries:
            msg = f"the zip holds {len(infos):,} files; a hand-in has at most {limits.entries:,}"
            raise UnusableError(msg)
        if (size := sum(info.file_size for info in infos)) > limits.unpacked:
            msg = f"the zip would unpack to {size / 1e6:,.0f} MB; the limit is {limits.unpacked / 1e6:,.0f} MB"
            raise UnusableError(msg)
        self.entries: dict[tuple[str, ...], zipfile.ZipInfo] = {}
        for info in infos:
            path = _harmless(info)
            if info.is_dir() or _is_clutter(path):
                continue
            if path in self.entries:
                msg = f'the zip holds two files named "{printable("/".join(path))}"'
                raise UnusableError(msg)
            self.entries[path] = info

    def read(self, path: tuple[str, ...], limit: int) -> bytes:
        """Read one entry, at most `limit` bytes of it; UnusableError if it is longer or damaged."""
        limit = min(limit, self._left)
        with _explaining(), self._archive.open(self.entries[path]) as file:
            content = file.read(limit + 1)
        if len(content) > limit:
            msg = f"{printable(path[-1])} in the zip has more than {limit / 1e6:,.2g} MB"
            raise UnusableError(msg)
        self._left -= len(content)
        return content

    def written_at(self, path: tuple[str, ...]) -> datetime | None:
        """Give the time that the zip says of an entry (Moodle writes its local time), None if it makes no sense."""
        try:
            return datetime(*self.entries[path].date_time, tzinfo=LOCAL).astimezone(UTC)
        except ValueError:
            return None


def _is_cut_off(archive: zipfile.ZipFile) -> bool:
    """Whether the end that was found is that of a zip inside of this one; before a zip that is whole there may be something else."""
    file, first = archive.fp, min((info.header_offset for info in archive.infolist()), default=0)
    return first > 0 and file is not None and file.seek(0) == 0 and file.read(4) == b"PK\3\4"


@contextmanager
def open_archive(file: Path | IO[bytes], limits: Limits = HAND_IN) -> Iterator[Archive]:
    """Open a zip; UnusableError if it is none, is damaged, or holds what no hand-in may hold."""
    with _explaining():
        archive = zipfile.ZipFile(file)
    with archive:
        yield Archive(archive, limits)


def hand_in_parts(archive: Archive, assignment: str) -> Parts:
    """Take manifest, answers and notebook out of a hand-in: from the top, or from the one folder that holds them."""
    folder = _folder(archive, assignment)
    names = {path[-1]: path for path in archive.entries if path[:-1] == folder}
    held: dict[str, bytes] = {}

    def read(name: str) -> bytes:
        if name not in held:
            held[name] = archive.read(names[name], MAX_MANIFEST if role(name) == MANIFEST else MAX_BYTES if role(name) else MAX_UNPACKED)
        return held[name]

    group = _one(pair(names, read), read)
    notebooks = [name for name in names if name.endswith(".ipynb")]
    notebook = f"{assignment}.ipynb"
    if notebook not in names:  # renamed, perhaps "… (1).ipynb"
        notebook = notebooks[0] if len(notebooks) == 1 else ""
    return Parts(
        manifest=read(group[MANIFEST]) if MANIFEST in group else None,
        answers=read(group[ANSWERS]) if ANSWERS in group else None,
        notebook=read(notebook) if notebook else None,
    )


def _one(groups: list[dict[str, str]], read: Callable[[str], bytes]) -> dict[str, str]:
    """Choose the hand-in that is meant: the only one, the only one whose manifest fits, or the one without a number in its name."""
    if len(groups) > 1:
        groups = [group for group in groups if fits(group, read)] or [group for group in groups if group.get(ANSWERS) == ANSWERS]
    if len(groups) > 1:
        msg = "the zip holds several answers files, and it is not clear which is meant"
        raise UnusableError(msg)
    return groups[0] if groups else {}


def _folder(archive: Archive, assignment: str) -> tuple[str, ...]:
    found = {path[:-1] for path in archive.entries if role(path[-1])}
    if not found:
        return ()
    top = min(len(folder) for folder in found)
    nearest = [folder for folder in found if len(folder) == top]
    if len(nearest) > 1:
        nearest = [folder for folder in nearest if folder[-1] == assignment]
    if len(nearest) != 1:
        msg = "the zip holds the answers of several workbooks, and it is not clear which are meant"
        raise UnusableError(msg)
    return nearest[0]


def _harmless(info: zipfile.ZipInfo) -> tuple[str, ...]:
    """Give an entry's path, or refuse the entry."""
    name = info.orig_filename.replace("\\", "/")  # some Windows programs write backslashes
    shown = printable(name)
    path = tuple(part for part in name.split("/") if part not in ("", "."))
    if name.startswith("/") or name[1:2] == ":" or ".." in path or "\0" in name or not path:
        msg = f'the zip holds a file whose name leads outside of it ("{shown}")'
        raise UnusableError(msg)
    if info.flag_bits & 0x1:
        msg = f'the zip is protected by a password ("{shown}")'
        raise UnusableError(msg)
    if info.compress_type not in PLAIN:
        msg = f"the zip is packed in a way that is not read (method {info.compress_type}); pack it anew as a usual zip"
        raise UnusableError(msg)
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        what = "a link" if kind == stat.S_IFLNK else "a special file"
        msg = f'the zip holds {what} ("{shown}")'
        raise UnusableError(msg)
    return path


def _is_clutter(path: tuple[str, ...]) -> bool:
    """Whether a Mac or JupyterLab put the entry there for itself."""
    return path[0] == "__MACOSX" or ".ipynb_checkpoints" in path or path[-1].startswith("._") or path[-1] == ".DS_Store"


@contextmanager
def _explaining() -> Iterator[None]:
    """Turn all that a broken zip can raise into a sentence."""
    try:
        yield
    except zipfile.BadZipFile as error:
        why = "is damaged or not complete" if "not a zip" not in str(error) else "is not a zip, or is not complete"
        msg = f"the file {why}"
        raise UnusableError(msg) from error
    except (NotImplementedError, RuntimeError) as error:
        msg = f"the zip is packed in a way that cannot be read ({printable(error, 60)})"
        raise UnusableError(msg) from error
    except (*BAD_ZIP, OSError) as error:
        msg = "the zip is damaged or not complete"
        raise UnusableError(msg) from error
