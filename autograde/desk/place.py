"""What tells of which class a page is: one desk serves several in turn, at one address, and another class may come to lie at a path.

It is born with a class's folder and goes with that when it is moved or renamed; a copy of the folder gets its own.
"""

import hashlib
import json
import os
import secrets
from contextlib import suppress
from pathlib import Path

from autograde.classes.folder import Course
from autograde.classes.own_file import DAMAGED
from autograde.whole import STAGE, stage
from workbook_helpers.files import read_file, write_file

FILE = "desk.json"
"""In the folder of the class that no packed class holds: the place, and where the class lay when its desk was opened last."""
MOST = 100_000
"""Bytes of it."""
_last: dict[Path, str] = {}
"""A class's path → the place of what lay there when it was looked at last: it holds while the folder cannot be reached."""


def settle(course: Course) -> None:
    """See that the class has a place of its own, when its desk is opened; a folder that cannot be written does no harm."""
    before = _read(course.root)
    place, folder = before
    if folder != str(course.root) and place and _is_copy(course.root, Path(folder), place):
        place = ""
    now = (place or secrets.token_hex(6), str(course.root))
    if now != before:
        with suppress(OSError):
            write_file(stage(course, FILE), json.dumps({"place": now[0], "folder": now[1]}).encode())


def place_of(course: Course | None) -> str:
    """Give 12 hex digits: others for another class, also at the same path; the list of classes has its own."""
    if course is None:
        return _of_path(Path())
    if course.root.is_dir():
        _last[course.root] = _read(course.root)[0] or _of_path(course.root)
    return _last.get(course.root) or _of_path(course.root)


def _read(root: Path) -> tuple[str, str]:
    """Give the place and the folder that are kept in a class, "" where there are none."""
    try:
        found = json.loads(read_file(root / STAGE / FILE, MOST))
        return str(found["place"]), str(found["folder"])
    except (OSError, *DAMAGED):
        return "", ""


def _is_copy(root: Path, folder: Path, place: str) -> bool:
    """Whether the class that lay in `folder` is there yet, so that what lies in `root` is a copy of it."""
    return _read(folder)[0] == place and not folder.samefile(root)


def _of_path(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:12]
