"""Backups of a class's gradebook: the folder that was chosen for them on this computer, what lies there, and when the last was made."""

import hashlib
import os
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from autograde.classes.folder import Course
from autograde.classes.own_file import DAMAGED, read_own, write_own
from autograde.errors import ClassError
from autograde.gradebook.address import sqlite_file
from autograde.gradebook.keep import Held, backup
from autograde.text import LOCAL, printable
from autograde.whole import STAGE, stage
from workbook_helpers.files import write_file

FILE = "autograde_backups.json"
"""In Jupyter's folder of the user's settings: the class's folder → the folder of its backups, and when the last was made."""
BROUGHT = "brought-"
"""How the file begins that `bring` keeps."""
WHEN = "-".join("[0-9]" * n for n in (4, 2, 2, 6))
"""What stands for the time in a backup's name, so that "care" does not take those of "care-autumn" for its own."""
SHOWN = 20
"""Backups that are listed, the newest first."""


@dataclass(frozen=True, kw_only=True)
class Backup:
    """A file that may be restored: the newest first by `when`, its time.

    Attributes
    ----------
    before_restore
        Whether a restore has put it aside, in the class's folder; else it lies in the chosen folder.
    """

    path: Path
    when: datetime
    before_restore: bool

    @property
    def name(self) -> str:
        """Its file's name, which no other of the list has."""
        return self.path.name


def folder_for(course: Course) -> Path:
    """Give the folder for backups that was chosen, or one to begin with: the user's documents."""
    chosen = _all().get(str(course.root), {}).get("folder", "")
    documents = Path(os.path.expanduser("~")) / "Documents"  # noqa: PTH111, Path.expanduser raises where there is no home
    return Path(chosen) if chosen else documents if documents.is_dir() else documents.parent


def last_backup(course: Course) -> datetime | None:
    """Give when the last backup was made on this computer, in UTC; None for never."""
    try:
        return datetime.fromisoformat(_all().get(str(course.root), {})["last"])
    except (KeyError, ValueError):
        return None


def choose_folder(course: Course, folder: str) -> Path:
    """Keep which folder backups go to.

    Raises
    ------
    ClassError
        If it is none, or lies in the class, where it would be lost with it.
    """
    path = Path(os.path.expanduser(folder.strip()))  # noqa: PTH111
    if not path.is_absolute() or not path.is_dir():
        msg = f"There is no folder {printable(folder, 200) or 'without a name'}. Name one that is there, from the top."
        raise ClassError(msg)
    path = Path(os.path.abspath(path))
    if course.root.resolve() in (path.resolve(), *path.resolve().parents):
        msg = "That folder lies in the class, and would be lost with it. Name one outside of it, best on another disk."
        raise ClassError(msg)
    _write(course, folder=str(path))
    return path


def back_up(course: Course, folder: Path) -> Held:
    """Make a backup in a folder, under a name that says of which class and when.

    Raises
    ------
    ClassError
        As `keep.backup`.
    """
    held = backup(course, folder / backup_name(course))
    note_backup(course)
    return held


def backup_name(course: Course, now: datetime | None = None) -> str:
    """Give the file name of a backup, e.g. "care-2026-12-01-170305.db"; the time is the tutor's."""
    return f"{course.course_id or 'class'}-{(now or datetime.now(UTC)).astimezone(LOCAL):%Y-%m-%d-%H%M%S}.db"


def note_backup(course: Course) -> None:
    """Keep that a backup was made now."""
    _write(course, last=datetime.now(UTC).isoformat(timespec="seconds"))


def backups(course: Course) -> list[Backup]:
    """Give what can be restored: the backups in the chosen folder, and what restores have put aside; the newest first."""
    gradebook = sqlite_file(course.db_url)
    places = [(folder_for(course), f"{course.course_id or 'class'}-{WHEN}.db", False)]
    places += [(gradebook.parent, f"{gradebook.stem}.before-*{gradebook.suffix}", True)] if gradebook else []
    found = []
    for folder, pattern, aside in places:
        try:
            files = [(path, path.stat()) for path in folder.glob(pattern) if path.is_file() and not path.is_symlink()]
        except OSError:  # its disk is not connected
            continue
        found += [Backup(path=path, when=datetime.fromtimestamp(about.st_mtime, UTC), before_restore=aside) for path, about in files]
    return sorted(found, key=lambda one: one.when, reverse=True)[:SHOWN]


def bring(course: Course, data: bytes) -> str:
    """Keep a backup that was chosen in the browser beside the class until it is restored; gives the name by which it is found."""
    name = f"{BROUGHT}{hashlib.sha256(data).hexdigest()[:16]}.db"
    throw_brought_away(course)
    write_file(stage(course, name), data, mode=0o600)
    return name


def throw_brought_away(course: Course) -> None:
    """Delete what `bring` keeps."""
    for old in (course.root / STAGE).glob(f"{BROUGHT}*.db"):
        old.unlink(missing_ok=True)


def find_backup(course: Course, name: str) -> Path:
    """Give the file of a backup that is listed or was brought; ClassError if it is not there any more."""
    known = [(one.name, one.path) for one in backups(course)]
    known += [(path.name, path) for path in (course.root / STAGE).glob(f"{BROUGHT}*.db")]
    found = dict(known).get(name)
    if found is None:
        msg = f"The backup {printable(name, 100)} is not there any more. Is its disk connected?"
        raise ClassError(msg)
    return found


def _all() -> dict[str, dict[str, str]]:
    try:
        found = read_own(FILE, "classes", dict)
        return {root: {name: str(value) for name, value in row.items()} for root, row in found.items()}
    except (OSError, *DAMAGED):
        return {}


def _write(course: Course, **values: str) -> None:
    """Keep something of a class; a folder of settings that cannot be written does no harm."""
    rows = _all()
    rows[str(course.root)] = rows.get(str(course.root), {}) | values
    with suppress(OSError):
        write_own(FILE, "classes", rows)
