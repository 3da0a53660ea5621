"""Where hand-ins are put: every original in received/, and the one that counts, taken from there, in submitted/."""

import errno
import hashlib
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from autograde.classes.folder import Course
from autograde.errors import ClassError, UnusableError
from autograde.inbox.attempts import Attempt, Attempts
from autograde.inbox.files.archive import MAX_UNPACKED, hand_in_parts, open_archive
from autograde.inbox.files.loose import ANSWERS, pack
from autograde.inbox.files.senders import EXCHANGE
from autograde.text import aware, nbgrader_time, stamp
from workbook_helpers.answers import MAX_BYTES
from workbook_helpers.files import PART, read_file, write_file

TIMESTAMP = "timestamp.txt"
SECRET = "submission_secret.txt"  # noqa: S105
"""nbgrader's key to the place where the student fetches feedback."""
LOCK_TIMEOUT_S = 30


@contextmanager
def taking_in(course: Course, assignment: str) -> Iterator[tuple[str, ...]]:
    """Hold the lock of a class's hand-ins, which ends with the process, and clear away what a killed take-in has left.

    Yields
    ------
    tuple of str
        The students in whose folders something was left: what is current for them is to be settled.

    Raises
    ------
    ClassError
        If another take-in runs.
    """
    from filelock import FileLock, Timeout  # half of the commands need no lock

    folder = course.root / "received"
    lock = None
    with suppress(OSError, NotImplementedError):  # a disk that cannot be written to or locked: each hand-in will say so
        folder.mkdir(exist_ok=True)
        lock = FileLock(folder / ".lock", timeout=LOCK_TIMEOUT_S)
        try:
            lock.acquire()
        except Timeout as error:
            msg = "Another command is taking in hand-ins of this class at this moment. Wait until it has ended, then run this again."
            raise ClassError(msg) from error
    try:
        yield _sweep(course, assignment)
    finally:
        if lock is not None:
            lock.release()


def keep_original(course: Course, assignment: str, student: str, when: datetime, data: bytes) -> bool:
    """Keep a hand-in's bytes in received/, by its place among the others (`Attempt.order`); False if the same file is there already."""
    folder = course.root / "received" / assignment / student
    digest = hashlib.sha256(data).hexdigest()
    for path in folder.glob(f"*-{digest[:8]}.zip"):
        if hashlib.sha256(path.read_bytes()).hexdigest() == digest:
            return False
    folder.mkdir(parents=True, exist_ok=True)
    write_file(folder / f"{stamp(when)}-{digest[:8]}.zip", data)
    return True


def settle(course: Course, assignment: str, student: str, attempts: Attempts) -> bool:
    """Make the attempt that counts the current submission; True if it was not, or if there is none any more.

    It follows from what is kept in received/, so it can be cut off at any point and done again. What another program put
    into submitted/ stays if it is as new, and is kept in received/ before it is replaced.

    Raises
    ------
    OSError, UnusableError
        If it cannot be written; what was current stays then.
    """
    target = course.path("submitted", student, assignment)
    if target.parent.is_symlink():
        raise NotADirectoryError(errno.ENOTDIR, "it is a link, not a folder", str(target.parent))
    newest = attempts.newest(student)
    now = course.timestamp(student, assignment)
    answers = _answers_of(target)
    held = [attempt for attempt, _ in attempts.of(student) if attempt.answers_sha256 == answers] if answers else []
    if target.is_dir() and not target.is_symlink() and not held:
        if newest is None or (now is not None and aware(now) >= newest[0].order):
            return False
        _keep_current(course, assignment, student, now)
    if newest is None:
        if held:
            _replace(target, None)
        return bool(held)
    attempt, path = newest
    if attempt in held and now is not None and aware(now) == attempt.handed_in_at:
        return False
    _replace(target, _files(course, assignment, attempt, path))
    return True


def _answers_of(folder: Path) -> str:
    """Give the digest of the answers in a submission, "" if it has none."""
    try:
        return "" if folder.is_symlink() else hashlib.sha256(read_file(folder / ANSWERS, MAX_BYTES)).hexdigest()
    except OSError:
        return ""


def _files(course: Course, assignment: str, attempt: Attempt, original: Path) -> dict[str, bytes]:
    """Take a submission's files out of an original; the released notebook stands in for one that is missing."""
    with open_archive(original) as archive:
        parts = hand_in_parts(archive, assignment)
        # nbgrader's secret, where nbgrader brought it and not the student.
        theirs = attempt.by == "collect" or attempt.sender.system == EXCHANGE or (not attempt.by and course.exchange is not None)
        files = {SECRET: archive.read((SECRET,), 1000)} if theirs and (SECRET,) in archive.entries else {}
    if parts.answers is None:
        msg = f"there is no {ANSWERS} in {original}"
        raise UnusableError(msg)
    released = course.root / "release" / assignment / f"{assignment}.ipynb"
    spare = released if released.is_file() else course.workbook(assignment).notebook
    notebook = parts.notebook if parts.notebook is not None else spare.read_bytes()
    time = {TIMESTAMP: nbgrader_time(attempt.handed_in_at).encode()}
    return {**files, f"{assignment}.ipynb": notebook, ANSWERS: parts.answers, **time}


def _replace(target: Path, files: Mapping[str, bytes] | None) -> None:
    """Put a submission into the place of the one before, or take that away; a fault leaves the one before."""
    target.parent.mkdir(parents=True, exist_ok=True)
    # Names that begin with a dot: nbgrader's search for submissions does not see them.
    part = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    old = part.with_name(part.name + ".old")
    try:
        part.chmod(0o755)
        for name, content in (files or {}).items():
            (part / name).write_bytes(content)
        if target.exists() or target.is_symlink():
            target.rename(old)
        if files:
            part.rename(target)
    except BaseException:
        if old.exists() and not target.exists():
            old.rename(target)
        raise
    finally:
        _remove(part)
        _remove(old)


def _keep_current(course: Course, assignment: str, student: str, now: datetime | None) -> None:
    """Keep what another program put into submitted/."""
    folder = course.path("submitted", student, assignment)
    files = {}
    for path in folder.iterdir():
        with suppress(OSError):  # what is no plain file
            files[path.name] = read_file(path, MAX_UNPACKED)
    if files:
        keep_original(course, assignment, student, now or datetime.now(UTC), pack(files))


def _sweep(course: Course, assignment: str) -> tuple[str, ...]:
    """Remove what a killed take-in has left half written; a submission that it had moved aside goes back first."""
    left = re.compile(rf"\.{re.escape(assignment)}-[a-z0-9_]{{8}}(\.old)?")
    found = [path for path in sorted(course.root.glob(f"submitted/*/.{assignment}-*")) if left.fullmatch(path.name)]
    for old in found:
        target = old.parent / assignment
        if old.suffix == ".old" and not target.exists() and not target.is_symlink():
            with suppress(OSError):
                old.rename(target)
    places = (f"received/{assignment}/*", "received/.*", "quarantine/*")
    parts = [*found, *(part for place in places for part in course.root.glob(f"{place}/{PART}*"))]
    for part in parts:
        _remove(part)
    return tuple(dict.fromkeys(path.parent.name for path in found))


def _remove(path: Path) -> None:
    with suppress(OSError):
        if path.is_symlink() or path.is_file():
            path.unlink()
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
