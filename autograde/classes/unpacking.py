"""Open a class that was packed on another computer (`packing`): each file held against its checksum, and all of it or nothing.

A class's settings are a program. Those that this program wrote do nothing but set it up, and are known by that; others are run only
where whoever opens the class says so.
"""

import ast
import hashlib
import json
import os
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from autograde.classes.any_system import for_any
from autograde.classes.folder import Course
from autograde.classes.owner import CONFIG, is_class, settings_text
from autograde.classes.packing import BLOCK, MANIFEST, SCHEMA
from autograde.errors import BAD_ZIP, ClassError
from autograde.text import printable

MAX_MANIFEST = 200_000_000
MOST_FILES = 2_000_000
T = TypeVar("T")
ANY_NAME = os.name != "nt"
"""Whether this system has files of any name; on Windows they keep the names that any system takes."""


@dataclass(frozen=True, kw_only=True)
class _File:
    path: str
    size: int
    sha256: str
    changed: float
    private: bool


class _BrokenError(Exception):
    """What is wrong with a packed class, as the middle of a sentence."""


def unpack(file: Path, parent: Path, *, shown: str = "", trusted: bool = False) -> Course:
    """Open a packed class: its folder is made in `parent`, under the name that it had, as far as any system takes that.

    Parameters
    ----------
    shown
        What people call the file; its own name if not given.
    trusted
        Whether settings are taken that hold more than this program writes.

    Raises
    ------
    ClassError
        If the file is no packed class, is not whole, its settings are a program of somebody's, there is no room, or the folder is
        there already; nothing is made then.
    """
    shown = shown or file.name
    try:
        with zipfile.ZipFile(file) as packed:
            name, folders, files, true = _manifest(packed)
            target = parent / name
            if target.exists() or target.is_symlink():
                msg = f"There is a folder {target} already. Choose another place, or rename the one that is there."
                raise ClassError(msg)
            need, free = sum(one.size for one in files), shutil.disk_usage(parent).free
            if need > free:
                msg = f"The class needs {need / 1e6:,.0f} MB, and {parent} has {free / 1e6:,.0f} MB left. Choose a disk with more room."
                raise ClassError(msg)
            with _made_beside(target) as part:
                for folder in folders:
                    _make(part, folder, true.get(folder, folder), lambda target: target.mkdir(exist_ok=True))
                for one in files:
                    _take(packed, f"{name}/{one.path}", one, part, true.get(one.path, one.path))
                _check_settings(part, trusted=trusted)
    except _BrokenError as error:
        msg = f"{printable(shown, 100)} cannot be opened: {error}. Nothing was made. Pack the class again on the other computer."
        raise ClassError(msg) from error
    except BAD_ZIP as error:
        msg = f"{printable(shown, 100)} is no packed class, or it is damaged ({printable(error, 100)}). Nothing was made."
        raise ClassError(msg) from error
    except OSError as error:
        msg = f"The class cannot be put into {parent} ({error.strerror or error}). Nothing was made. Choose another place."
        raise ClassError(msg) from error
    return Course(target)


def _manifest(packed: zipfile.ZipFile) -> tuple[str, list[str], list[_File], dict[str, str]]:
    """Give the folder's name, the folders in it, its files, and path → the true one that it stands for here."""
    try:
        if packed.getinfo(MANIFEST).file_size > MAX_MANIFEST:
            msg = "its list of files is too long"
            raise _BrokenError(msg)
        found: Any = json.loads(packed.read(MANIFEST))
        schema = int(found["schema"])
        name, folders, files = str(found["folder"]), list(map(str, found["folders"])), [_File(**row) for row in found["files"]]
        true = {str(path): str(other) for path, other in dict(found.get("names", ())).items() if ANY_NAME and _is_below(str(other))}
    except KeyError as error:
        msg = "it was not made by this program (its list of files is missing)"
        raise _BrokenError(msg) from error
    except (TypeError, ValueError) as error:
        msg = "its list of files cannot be read"
        raise _BrokenError(msg) from error
    if schema != SCHEMA:
        msg = "it was made by a newer version of this program"
        raise _BrokenError(msg)
    if len(files) > MOST_FILES:
        msg = "it holds too many files"
        raise _BrokenError(msg)
    if "/" in name or not all(map(_can_be, files)):
        msg = "its list of files cannot be read"
        raise _BrokenError(msg)
    for path in (name, *folders, *(one.path for one in files)):
        if not _is_safe(path):
            msg = f"it names a file {printable(path, 60)!r}, which no class has"
            raise _BrokenError(msg)
    return name, folders, files, true


def _can_be(one: _File) -> bool:
    """Whether a file can have this path, size and time."""
    return isinstance(one.path, str) and isinstance(one.size, int) and one.size >= 0 and isinstance(one.changed, (int, float))


def _is_safe(path: str) -> bool:
    """Whether a path stays below the folder that it is put into, on every system."""
    return all(part == for_any(part) for part in path.split("/"))


def _is_below(path: str) -> bool:
    """Whether it does on a system that has files of any name."""
    return {"", ".", ".."}.isdisjoint(path.split("/"))


def _make(part: Path, path: str, true: str, make: Callable[[Path], T]) -> tuple[Path, T]:
    """Make a file or folder by its true path, or by the one that any system takes where this disk does not take that."""
    target = part / true
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        return target, make(target)
    except (OSError, ValueError):
        if true == path:
            raise
        return _make(part, path, path, make)


def _take(packed: zipfile.ZipFile, name: str, one: _File, part: Path, true: str) -> None:
    """Write a file out, and hold it against its checksum."""
    digest, size = hashlib.sha256(), 0
    try:
        source = packed.open(name)
    except KeyError as error:
        msg = f"{one.path} is missing in it"
        raise _BrokenError(msg) from error
    target, made = _make(part, one.path, true, lambda target: target.open("xb"))
    with source, made as file:
        while (block := source.read(BLOCK)) and size <= one.size:
            digest.update(block)
            size += len(block)
            file.write(block)
    if size != one.size or digest.hexdigest() != one.sha256:
        msg = f"{one.path} is not as it was packed"
        raise _BrokenError(msg)
    target.chmod(0o600 if one.private else 0o644)
    os.utime(target, (one.changed, one.changed))


def _check_settings(root: Path, *, trusted: bool) -> None:
    if not is_class(root):
        msg = f"it holds no class (its file {CONFIG} is missing, or not ours)"
        raise _BrokenError(msg)
    if not trusted and not (only_sets_up(settings_text(root)) and not (root / CONFIG).with_suffix(".json").exists()):
        msg = (
            f"The settings of this class ({CONFIG}) hold more than this program writes, and settings are a program that would be run. "
            "If you know who packed it and trust them, tick that you do (by command: --trust). Nothing was made."
        )
        raise ClassError(msg)


def only_sets_up(text: str) -> bool:
    """Whether a class's settings do nothing but call `configure` with plain values."""
    try:
        lines = ast.parse(text).body
    except (SyntaxError, ValueError, RecursionError):
        return False
    return all(map(_is_ours, lines))


def _is_ours(line: ast.stmt) -> bool:
    match line:
        case ast.ImportFrom(module="autograde.settings", names=[ast.alias(name="configure", asname=None)], level=0):
            return True
        case ast.Assign(targets=[ast.Name(id="c")], value=ast.Call(func=ast.Name(id="get_config"), args=[], keywords=[])):
            return True
        case ast.Expr(value=ast.Call(func=ast.Name(id="configure"), args=[ast.Name(id="c")], keywords=values)):
            return all(isinstance(one.value, ast.Constant) or ast.unparse(one.value) == "__file__" for one in values)
    return False


@contextmanager
def _made_beside(target: Path) -> Iterator[Path]:
    """Give a folder to be filled, which becomes `target` if nothing fails."""
    with tempfile.TemporaryDirectory(prefix=".part-", dir=target.parent, ignore_cleanup_errors=True) as private:
        part = Path(private) / target.name
        part.mkdir()
        yield part
        part.rename(target)
