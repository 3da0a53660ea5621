"""Collect hand-ins from nbgrader's exchange, where students' own accounts write: nothing there is trusted.

nbgrader's own collect copies what links point to (a student could so be handed the tutor's files), replaces the only
readable attempt, and stops at one folder with a wrong name. So its places and names are used, and its copying is not.
"""

import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from nbgrader.auth import Authenticator
from nbgrader.exchange import ExchangeFactory
from nbgrader.utils import parse_utc

from autograde.course.archive import ANSWERS, HAND_IN, MANIFEST, MAX_UNPACKED
from autograde.course.claims import handed_in_at
from autograde.course.folder import Course
from autograde.course.intake import Attempt, Desk, IntakeReport, Refused, Taken, report
from autograde.course.roster import Student
from autograde.course.store import TIMESTAMP, pack
from autograde.course.text import aware, printable
from autograde.errors import ClassError, UnusableError

CLAIM = "submission_secret.txt"
"""nbgrader's key to the place where the student fetches feedback."""


@dataclass(frozen=True, kw_only=True)
class Inbound:
    """One submission on the exchange; `claimed` is the student whom its folder's name gives."""

    folder: Path
    claimed: str
    when: str


def collect(course: Course, assignment: str, *, told: Callable[[str], None] = lambda _: None) -> IntakeReport:
    """Take in every attempt that lies on the exchange; the newest readable one of each student becomes current.

    Parameters
    ----------
    assignment
        The assignment name or the short id.
    told
        Called with the name of each submission.

    Raises
    ------
    ClassError
        If the class has no exchange, or the workbook has not been released through it.
    """
    desk = Desk(course, course.assignment(assignment))
    outcomes: list[Taken | Refused | str] = []
    for inbound in _inbound(course, desk.assignment):
        told(inbound.folder.name)
        outcomes.append(_receive(desk, inbound))
    return report(desk, outcomes)


def _inbound(course: Course, assignment: str) -> list[Inbound]:
    """List the submissions, oldest first."""
    if course.exchange is None:
        msg = "This class has no exchange: take hand-in files in with autograde intake, or set the exchange in nbgrader_config.py."
        raise ClassError(msg)
    config = course.config()
    directory = course.directory(assignment)
    collector = ExchangeFactory(config=config).Collect(coursedir=directory, authenticator=Authenticator(config=config), config=config)
    place = Path(collector.root, directory.course_id, "inbound")
    try:
        names = [path.name for path in place.iterdir()]
    except OSError as error:
        msg = f"{place} cannot be read ({error.strerror}). Release the workbook first: autograde release {assignment}"
        raise ClassError(msg) from error
    found = []
    for name in names:
        parts = name.rsplit("+", 3)  # student+assignment+time+random, as nbgrader writes and splits it
        if len(parts) >= 3 and parts[1] == assignment:
            found.append(Inbound(folder=place / name, claimed=parts[0], when=parts[2]))
    return sorted(found, key=lambda inbound: (inbound.when, inbound.folder.name))


def _receive(desk: Desk, inbound: Inbound) -> Taken | Refused | str:
    files: dict[str, bytes] = {}
    student = desk.roster.find(inbound.claimed)
    try:
        _read(inbound.folder, desk.assignment, files)
        return desk.accept(_attempt(inbound, desk.assignment, files, student), when_is_sure=True)
    except UnusableError as error:
        reason = str(error)
    except OSError as error:
        reason = f"it cannot be read or stored ({error.strerror or error})"
    except Exception as error:  # as in Desk.receive: the class goes on to its end
        reason = f"this program failed on it ({type(error).__name__}: {printable(error)}); please report that"
    return desk.refuse(inbound.folder.name, reason, student, data=pack(files) if files else b"")


def _attempt(inbound: Inbound, assignment: str, files: dict[str, bytes], student: Student | None) -> Attempt:
    if student is None:
        msg = f'it names "{printable(inbound.claimed, 64)}", who is not on the roster'
        raise UnusableError(msg)
    info = inbound.folder.lstat()
    seen_at = min(datetime.fromtimestamp(info.st_mtime, UTC), datetime.now(UTC))
    try:
        told = aware(parse_utc(inbound.when)).isoformat()
    except (ValueError, OverflowError, TypeError, AttributeError):
        told = ""
    when, note = handed_in_at({"handed_in_at": told}, seen_at)
    owner = _owner(info.st_uid)
    return Attempt(
        student=student,
        file=inbound.folder.name,
        handed_in_at=when,
        original=pack(files),
        answers=files.get(ANSWERS),
        notebook=files.get(f"{assignment}.ipynb"),
        more={name: files[name] for name in (CLAIM,) if name in files},
        oddities=tuple(filter(None, [note, _foreign(owner, student)])),
    )


def _read(folder: Path, assignment: str, files: dict[str, bytes]) -> None:
    """Read what belongs to a submission into `files`; UnusableError if there is a link anywhere in it, or too much."""
    wanted = (f"{assignment}.ipynb", ANSWERS, MANIFEST, TIMESTAMP, CLAIM)
    links, count = [], 0
    for place, folders, names in os.walk(folder, followlinks=False):
        count += len(folders) + len(names)
        if count > HAND_IN.entries:
            msg = f"it holds more than {HAND_IN.entries} files"
            raise UnusableError(msg)
        links += [str(Path(place, name).relative_to(folder)) for name in folders + names if Path(place, name).is_symlink()]
    left = MAX_UNPACKED
    with _opened(folder, os.O_DIRECTORY) as top:
        for name in wanted:
            try:
                with _opened(name, 0, top) as handle, os.fdopen(os.dup(handle), "rb") as file:
                    if not stat.S_ISREG(os.fstat(handle).st_mode):
                        continue
                    files[name] = file.read(left + 1)
            except OSError:  # not there, or a link
                continue
            left -= len(files[name])
            if left < 0:
                del files[name]
                msg = f"it has more than {MAX_UNPACKED // 1_000_000} MB"
                raise UnusableError(msg)
    if links:
        msg = f"it holds a link ({printable(', '.join(sorted(links)))})"
        raise UnusableError(msg)


@contextmanager
def _opened(name: Path | str, flags: int, folder: int | None = None) -> Iterator[int]:
    """Open without following a link, which a student could put in place between a look and the opening."""
    handle = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | flags, dir_fd=folder)
    try:
        yield handle
    finally:
        os.close(handle)


def _owner(uid: int) -> str:
    """Give the account that wrote a submission, "" if it is the tutor's own (then nothing follows from it)."""
    if uid == os.getuid():
        return ""
    import pwd  # not on Windows, where there is no exchange

    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"number {uid}"


def _foreign(owner: str, student: Student) -> str:
    same = not owner or owner.casefold() == student.id.casefold()
    return "" if same else f"was put on the exchange by the account {printable(owner, 40)}"
