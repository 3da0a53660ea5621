"""Put something new in the place of something old so that a failure or a kill leaves the old one, whole."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from autograde.errors import ClassError
from autograde.text import printable, stamp

STAGE = ".part"
"""Where a class keeps what is not in its place yet."""
ERASING = "erasing.json"
"""In it: what is erased of a learner, until all of it is gone."""

BROKEN = "broken-"
"""What stands in the name of a file that could not be understood, and was kept aside: it ends with the time."""
WAIT_S = 10
"""How long one waits for another that changes a file of the class."""

STEPS = (
    "source", "release", "submitted", "autograded", "feedback", "received", "quarantine", "handout", "samples", "guides", "reworded",
    "served", STAGE,
)  # fmt: skip
"""The folders of a class that its commands fill."""


class Place(Protocol):
    """What is known here of a class: its folder, and that of its exchange, None for none."""

    @property
    def root(self) -> Path: ...  # noqa: D102
    @property
    def exchange(self) -> Path | None: ...  # noqa: D102


def stage(course: Place, *parts: str) -> Path:
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
def alone(course: Place, name: str = "", doing: str = "changing this class at this moment", wait_s: float = WAIT_S) -> Iterator[None]:
    """Read, change and write a file of the class, with no other window or command in between; it may be used within itself.

    Parameters
    ----------
    name
        Of a lock of its own; what another window or command is `doing` that has it is said after `wait_s`.

    Raises
    ------
    ClassError
        If another one goes on for too long.
    """
    from filelock import FileLock, Timeout  # few commands need it

    lock = FileLock(stage(course, f"{name}.lock"), timeout=wait_s, is_singleton=True)
    try:
        lock.acquire()
    except Timeout as error:
        msg = f"Another window or command is {doing}. Wait until it has ended, then do this again."
        raise ClassError(msg) from error
    except NotImplementedError:  # a disk that knows no locks: then as it was without
        yield
        return
    try:
        yield
    finally:
        lock.release()


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


def keep_aside(path: Path) -> Path:
    """Give a file that cannot be understood another name, so that nothing is written over it; give that. OSError if it cannot be done."""
    return path.replace(path.with_name(f"{path.name}.{BROKEN}{stamp(datetime.now(UTC))}"))


def fresh_file(
    course: Place | None, path: Path, what: str, *, ending: str = "", begins: tuple[str, ...] = (), step: str = "Name another file."
) -> Path:
    """Give `path` as a place where a command may write `what`: nothing that somebody else made lies there, and it is not the class's own.

    Parameters
    ----------
    ending
        How the file's name must end, e.g. ".csv".
    begins
        How a file begins that may be replaced, as the command made it itself; without one, nothing is replaced.
    step
        What to do if it is none.

    Raises
    ------
    ClassError
        If it is none; the message says what to name instead.
    """
    try:
        place = path.parent.resolve() / path.name
        path.lstat()
    except FileNotFoundError:
        pass
    except (OSError, ValueError) as error:  # too long for a name, or no name at all
        why = error.strerror if isinstance(error, OSError) else "no file can have that name"
        msg = f"{printable(path, 200)} cannot be written with {what}: {why}. {step}"
        raise ClassError(msg) from error
    roots = [course.root.resolve() / step for step in STEPS] if course else []
    roots += [course.exchange.resolve()] if course and course.exchange else []
    held = next((root for root in roots if root in place.parents), None)
    reason = ""
    if path.is_symlink() or path.is_dir():
        reason = f"it is a {'link' if path.is_symlink() else 'folder'}"
    elif not path.parent.is_dir():
        reason = f"there is no folder {path.parent}"
    elif ending and path.suffix.lower() != ending:
        reason = f"its name does not end in {ending}"
    elif held:
        reason = f"{held} belongs to the class, and others may read it"
    elif path.exists() and not _begins(path, begins):
        reason = f"it is there already, and {'was not made by this command' if begins else 'is not replaced'}"
    if reason:
        msg = f"{path} cannot be written with {what}: {reason}. {step}"
        raise ClassError(msg)
    return place


def _begins(path: Path, begins: tuple[str, ...]) -> bool:
    try:
        with path.open("rb") as file:
            first = file.readline(4096).decode("utf-8-sig", "replace")
    except OSError:
        return False
    return any(first.startswith(begin) for begin in begins)


def _before(new: Path) -> Path:
    return new.with_name(f"{new.name}.before")
