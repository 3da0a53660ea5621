"""Whether the disks have room, the clocks agree, and nothing lies about that a killed command has left."""

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout
from sqlalchemy import text

from autograde.classes.folder import Course
from autograde.classes.served import ARRIVED, served_folder
from autograde.doctor.finding import Finding, Looked, looked
from autograde.errors import ClassError
from autograde.gradebook.address import sqlite_file, without_password
from autograde.gradebook.database import FAULTS, reading
from autograde.gradebook.learners import read_learners
from autograde.text import count, local, span
from autograde.whole import ERASING, STAGE
from workbook_helpers.files import PART

HAND_IN = 120_000
"""Bytes that a hand-in comes to take with all that is made of it (docs/scaling.md)."""
FILES = 4
"""Its files."""
LEAST = 200_000_000
"""Bytes that every disk should have left: programs that find none behave in odd ways."""
APART_S = 5
"""Seconds by which two clocks may differ: a late hand-in is told by the minute."""
STALE_S = 3600
"""A file that is being written is whole long before."""


def space(course: Course) -> Looked:
    """Hold the room on each disk against what the class may still need: all workbooks from all learners, and a copy of the gradebook."""
    hand_ins = len(_learners(course)) * len(course.assignments())
    gradebook = sqlite_file(course.db_url)
    held = gradebook.stat().st_size if gradebook and gradebook.is_file() else 0
    need = LEAST + hand_ins * HAND_IN + held
    wanted = {course.root: need, served_folder(course).resolve(): LEAST, Path(tempfile.gettempdir()): LEAST + held}
    if gradebook:
        wanted[gradebook.parent] = need
    disks: dict[int, tuple[Path, int]] = {}
    for folder, bytes_ in wanted.items():
        if folder.is_dir():
            disk = folder.stat().st_dev
            disks[disk] = max(disks.get(disk, (folder, 0)), (folder, bytes_), key=lambda one: one[1])
    rooms = {folder: shutil.disk_usage(folder).free for folder, _ in disks.values()}
    seen = ", ".join(f"{_size(free)} free at {folder}" for folder, free in rooms.items())
    return looked(
        "disk space", seen, (found for folder, needed in disks.values() for found in _short(folder, needed, rooms[folder], hand_ins))
    )


def _short(folder: Path, needed: int, free: int, hand_ins: int) -> Iterator[Finding]:
    if free < needed:
        yield Finding(text=f"{folder}: its disk has {_size(free)} free, and {_size(needed)} may be needed. Make room there.")
    elif hasattr(os, "statvfs"):
        about = os.statvfs(folder)
        if about.f_files and about.f_favail < hand_ins * FILES + 1000:
            yield Finding(
                text=f"{folder}: its disk can take {about.f_favail:,} more files, which is too few. Delete some, or use another disk."
            )


def _learners(course: Course) -> list[object]:
    with suppress(ClassError):  # what is wrong with the gradebook is told where it is looked at
        return list(read_learners(course.db_url, course.course_id))
    return []


def clock(course: Course) -> Looked:
    """Hold this computer's clock against those of the disks and the database, and against the times of files that are there."""
    return looked("clock", local(datetime.now(UTC)), _apart(course))


def _apart(course: Course) -> Iterator[Finding]:
    served = served_folder(course)
    for folder in (course.root, served.resolve()):
        if folder.is_dir():
            with tempfile.TemporaryFile(dir=folder, buffering=0) as file:
                before = time.time()
                file.write(b"x")
                yield from _differs(f"the disk of {folder}", os.fstat(file.fileno()).st_mtime, before, time.time())
    url = course.db_url
    gradebook = sqlite_file(url)
    if gradebook is None:
        with suppress(*FAULTS), reading(url) as connection:  # one that cannot be reached is told elsewhere
            before = time.time()
            there = float(connection.scalar(text("SELECT EXTRACT(EPOCH FROM clock_timestamp())")) or before)
            yield from _differs(f"the database {without_password(url)}", there, before, time.time())
    files = [gradebook] if gradebook else []
    for path in [*files, *served.glob("*"), *served.glob(f"{ARRIVED}/*")]:
        with suppress(FileNotFoundError):
            ahead = path.stat().st_mtime - time.time()
            if ahead > APART_S:
                yield Finding(
                    text=f"{path} is of {local(datetime.fromtimestamp(path.stat().st_mtime, UTC))}, {span(ahead)} after now. "
                    "One of two clocks is or was wrong: let the system set this computer's, then look at the times of hand-ins since."
                )
                return  # one of them is enough


def _differs(what: str, there: float, before: float, after: float) -> Iterator[Finding]:
    apart = max(before - there, there - after)
    if apart > APART_S:
        way = "behind" if there < before else "ahead of"
        yield Finding(text=f"The clock of {what} is {span(apart)} {way} this computer's. Let both be set by the network's time (NTP).")


def left(course: Course) -> Looked:
    """Look for what killed commands have left, for what is no workbook among them, and for a command that holds the class now."""
    return looked("left-overs", "none", _left(course))


def _left(course: Course) -> Iterator[Finding]:
    staged = course.root / STAGE
    if (staged / ERASING).is_file():
        yield Finding(
            text="The erasure of a learner was cut off. Run any command in the class, such as autograde results: it goes to its end."
        )
    for before in sorted(staged.rglob("*.before")):
        what = before.relative_to(staged).with_suffix("")
        yield Finding(
            text=f"A command was cut off while it wrote {what}. What was there lies in {before}: run that command again, it brings it back."
        )
    old = [path for path in course.root.rglob(f"{PART}*") if _age(path) > STALE_S]
    if old:
        them = f"{old[0]} is" if len(old) == 1 else f"{count(len(old), 'file')} such as {old[0]} are"
        yield Finding(text=f"{them} half written, left by a program that was ended. Delete what is called {PART}… there.", must=False)
    for step in ("source", "release"):
        strange = [path for path in sorted(course.root.glob(f"{step}/*/")) if not (path / "workbook.toml").is_file()]
        for path in strange:
            if not path.name.startswith("."):  # which JupyterLab makes, and nobody sees
                text = f"{path} is no workbook, as it has no workbook.toml: nothing reads it. Mend it, or take it away."
                yield Finding(text=text, must=False)
    if (lock := staged / ".lock").is_file():
        try:
            with FileLock(lock, timeout=0):
                pass
        except Timeout:
            yield Finding(text="A window or command is changing this class now. If none is open, end the program that hangs.", must=False)


def _age(path: Path) -> float:
    try:
        return time.time() - path.lstat().st_mtime
    except OSError:
        return 0


def _size(bytes_: int) -> str:
    return f"{bytes_ / 1e9:,.1f} GB" if bytes_ >= 1e9 else f"{bytes_ / 1e6:,.0f} MB"
