"""Put something new in the place of something old so that a failure or a kill leaves the old one, whole."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from autograde.course.folder import Course
from autograde.errors import ClassError

STAGE = ".part"
"""Where a class keeps what is not in its place yet."""

STEPS = (
    "source", "release", "submitted", "autograded", "feedback", "received", "quarantine", "handout", "samples", STAGE,
)  # fmt: skip
"""The folders of a class that its commands fill."""


def stage(course: Course, *parts: str) -> Path:
    """Give the place, beside those that are used, where something is made; whatever a killed run has left there stays till `swapped`."""
    path = course.root.joinpath(STAGE, *parts)
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def mend(new: Path, target: Path) -> None:
    """Bring back what a killed run had taken from `target` to put `new` there, and remove what it had half made."""
    before = _before(new)
    if before.exists():
        remove(target)
        target.parent.mkdir(parents=True, exist_ok=True)
        before.rename(target)
    remove(new)


@contextmanager
def swapped(new: Path, target: Path) -> Iterator[None]:
    """Put the file or folder `new` in the place of `target` for what follows; if that fails, the old one comes back.

    Both lie on one disk. A run that is killed in between leaves the old one beside `new`, where `mend` finds it.
    """
    before = _before(new)
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.exists():
        target.rename(before)
    try:
        new.rename(target)
        yield
    except BaseException:
        with suppress(OSError):
            remove(target)
        if before.exists():
            before.rename(target)
        raise
    if before.exists():
        gone = before.with_name(f"{new.name}.gone")
        remove(gone)
        before.rename(gone)  # from here on the new one holds, even if we are killed now
        with suppress(OSError):
            remove(gone)


def remove(path: Path) -> None:
    """Remove a file or a folder, if it is there; a link itself, never what it points to."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def fresh_file(course: Course, path: Path, what: str) -> Path:
    """Give `path` as a place where a command may write `what`: not inside what the class's commands fill, no link and no folder.

    Raises
    ------
    ClassError
        If it is none; the message says what to name instead.
    """
    if path.is_symlink() or path.is_dir():
        kind = "link" if path.is_symlink() else "folder"
        msg = f"{path} is a {kind}, where {what} cannot be written. Name a file."
        raise ClassError(msg)
    if not path.parent.is_dir():
        msg = f"{path} cannot be written: there is no folder {path.parent}. Name a file in a folder that is there."
        raise ClassError(msg)
    place = path.parent.resolve() / path.name
    roots = [course.root.resolve() / step for step in STEPS] + ([course.exchange.resolve()] if course.exchange else [])
    if held := next((root for root in roots if root in place.parents), None):
        msg = f"{path} lies in {held}, which belongs to the class and where others may read. Name a file elsewhere."
        raise ClassError(msg)
    return place


def _before(new: Path) -> Path:
    return new.with_name(f"{new.name}.before")
