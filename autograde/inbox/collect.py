"""Collect hand-ins from nbgrader's exchange, where students' own accounts write: nothing there is trusted.

nbgrader's own collect copies what links point to (a student could so be handed the tutor's files), replaces the only
readable attempt, and stops at one folder with a wrong name. So its places and names are used, and its copying is not.
"""

import errno
import hashlib
import os
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from nbgrader.auth import Authenticator
from nbgrader.exchange import ExchangeFactory
from nbgrader.utils import parse_utc

from autograde.classes.folder import Course
from autograde.classes.lab import learners_by_account
from autograde.classes.roster import Roster, Student
from autograde.errors import ClassError, UnusableError
from autograde.inbox.claims import ADVICE, CLOCK_SKEW, Moment, claimed, handed_in_at, read_manifest
from autograde.inbox.files.archive import HAND_IN, MAX_UNPACKED, Parts
from autograde.inbox.files.loose import ANSWERS, MANIFEST, pack
from autograde.inbox.files.senders import EXCHANGE, Sender
from autograde.inbox.merged import staying
from autograde.inbox.outcome import IntakeReport, Refused, Taken
from autograde.inbox.quarantine import Held
from autograde.inbox.reception import HandIn, Reception, opened, report
from autograde.inbox.store import SECRET, TIMESTAMP
from autograde.text import aware, printable, quoted
from workbook_helpers.files import read_file


@dataclass(frozen=True, kw_only=True)
class Inbound:
    """One submission on the exchange; `claimed` is the student whom its folder's name gives, `when` the time there ("" if none).

    A learner's own account on a college's hub stands for the learner in both.

    `owner` is the account that wrote it, "" where nothing follows from that: the tutor's own, or one that all share.
    """

    folder: Path
    claimed: str
    when: str
    owner: str = ""


def collect(course: Course, assignment: str, *, progress: Callable[[str], None] = lambda _: None) -> IntakeReport:
    """Take in every attempt that lies on the exchange; the newest readable one of each student becomes current.

    Parameters
    ----------
    assignment
        The assignment name or the short id.
    progress
        Called with the name of each submission.

    Raises
    ------
    ClassError
        If the class has no exchange, or the workbook has not been released through it.
    """
    with opened(course, course.assignment(assignment)) as reception:
        outcomes: list[Taken | Refused | str] = []
        for inbound in _inbound(course, reception.assignment, reception.roster):
            progress(printable(inbound.folder.name))
            outcomes.append(_receive(reception, inbound))
        return report(reception, outcomes)


def _inbound(course: Course, assignment: str, roster: Roster) -> list[Inbound]:
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
    form = re.compile(rf"(?P<student>.*)\+{re.escape(assignment)}(?:\+(?P<when>[^+]*))?(?:\+.*)?", re.DOTALL)
    matches = [match for name in names if (match := form.fullmatch(name))]
    labs = learners_by_account(course)
    found = [
        Inbound(folder=place / match[0], claimed=labs.get(match["student"], match["student"]), when=match["when"] or "")
        for match in matches
    ]
    owners = {inbound.folder: labs.get(owner := _owner(inbound.folder), owner) for inbound in found}
    shared = _shared(found, owners, roster)
    found = [replace(one, owner="" if owners[one.folder] == shared else owners[one.folder]) for one in found]
    return sorted(found, key=lambda inbound: (inbound.when, inbound.folder.name))


def _shared(found: list[Inbound], owners: dict[Path, str], roster: Roster) -> str:
    """Give the account by which a hub runs everybody, "" if there is none: all is of one owner, who is no student."""
    several = len({inbound.claimed for inbound in found}) > 1 and len(set(owners.values())) == 1
    owner = next(iter(owners.values()), "")
    return owner if several and roster.find(owner) is None else ""


def _receive(reception: Reception, inbound: Inbound) -> Taken | Refused | str:
    files: dict[str, bytes] = {}
    student = reception.roster.find(inbound.claimed)
    sender = Sender(system=EXCHANGE, number=printable(inbound.owner or inbound.claimed, 80))
    held = Held(assignment=reception.assignment, sender=sender, seen_at=datetime.now(UTC))
    try:
        _read(inbound.folder, reception.assignment, files)
        moment = _moment(reception, inbound)
        held = replace(held, seen_at=moment.arrived, server_time=moment.when if moment.sure else None, server=moment.server)
        return reception.accept(_hand_in(reception, inbound, files, sender, moment))
    except UnusableError as error:
        reason = str(error)
    except ClassError:  # the log cannot be written, or what is known of the attempts not be read: nothing is taken in
        raise
    except OSError as error:
        reason = f"it cannot be read or stored ({error.strerror or error})"
    except Exception as error:  # as in Reception.receive: the class goes on to its end
        reason = f"this program failed on it ({type(error).__name__}: {printable(error)}); please report that"
    return reception.refuse(inbound.folder.name, reason, student, held, data=pack(files) if files else b"")


def _moment(reception: Reception, inbound: Inbound) -> Moment:
    """Give the time in the folder's name, unless the files were written later: the folder stays the student's own."""
    info = inbound.folder.lstat()
    with suppress(OSError):
        info = (inbound.folder / ANSWERS).lstat()
    written = min(datetime.fromtimestamp(info.st_ctime, UTC), datetime.now(UTC))  # of all times the one that a student cannot set
    try:
        claimed = aware(parse_utc(inbound.when)).isoformat() if inbound.when else ""
    except (ValueError, OverflowError, TypeError, AttributeError):
        claimed = ""
    moment = handed_in_at(claimed, written, reception.since)
    return replace(moment, server=EXCHANGE, own=None) if moment.own and written <= moment.when + CLOCK_SKEW else moment


def _hand_in(reception: Reception, inbound: Inbound, files: dict[str, bytes], sender: Sender, moment: Moment) -> HandIn:
    original = pack(files)
    parts = Parts(manifest=files.get(MANIFEST), answers=files.get(ANSWERS), notebook=files.get(f"{reception.assignment}.ipynb"))
    manifest, remarks = read_manifest(parts)
    student = reception.roster.get(reception.attempts.decided(sender, hashlib.sha256(original).hexdigest()))
    student = student and staying(student, reception.merged, reception.roster)
    note = ""
    if student is None:
        student, note = _whose(reception.roster, reception.merged, inbound, claimed(manifest))
    return HandIn(
        student=student,
        file=inbound.folder.name,
        moment=moment,
        original=original,
        parts=parts,
        sender=sender,
        by="collect",
        manifest=manifest,
        oddities=tuple(filter(None, [*(remarks if MANIFEST in files else ()), note, moment.note])),
    )


def _whose(roster: Roster, merged: Mapping[str, str], inbound: Inbound, says: str) -> tuple[Student, str]:
    """Tell whose a submission is; UnusableError where folder, account and manifest do not agree."""
    account, named = printable(inbound.claimed, 80), printable(says, 80)
    own = roster.find(inbound.claimed)
    student, writer, other = (one and staying(one, merged, roster) for one in (own, roster.find(inbound.owner), roster.find(says)))
    if student is None:
        near = [found.shown for found in roster.near(inbound.claimed)]
        inside = f", and in it stands {other.shown} ({other.name})" if other else ""
        hint = f". Did you mean {' or '.join(near)}? Then: autograde assign FILE {quoted(near[0])}" if near else inside
        who = f'"{account}", who is not on the roster' if account else "nobody"
        msg = f"its folder names {who}{hint}"
        raise UnusableError(msg)
    if inbound.owner and writer != student:
        owner = printable(inbound.owner, 40)
        msg = f"its folder names {student.shown} ({student.name}), but the account {owner} put it on the exchange: {ADVICE}"
        raise UnusableError(msg)
    if other is not None and other != student:
        msg = f"it came from the account {student.shown} ({student.name}), but names {other.shown} ({other.name}): {ADVICE}"
        raise UnusableError(msg)
    if says and not other:
        return student, f'names "{named}", who is not on the roster; taken as {student.shown}, whose account it came from'
    return student, f'came from "{account}", which was merged into {student.shown}' if student != own else ""


def _read(folder: Path, assignment: str, files: dict[str, bytes]) -> None:
    """Read what belongs to a submission into `files`; UnusableError if there is a link anywhere in it, or too much."""
    wanted = (f"{assignment}.ipynb", ANSWERS, MANIFEST, TIMESTAMP, SECRET)
    links, count = [], 0
    for place, folders, names in os.walk(folder, followlinks=False):
        count += len(folders) + len(names)
        if count > HAND_IN.entries:
            msg = f"it holds more than {HAND_IN.entries} files"
            raise UnusableError(msg)
        links += [str(Path(place, name).relative_to(folder)) for name in folders + names if Path(place, name).is_symlink()]
    left = MAX_UNPACKED
    with _opened(folder) as top:
        for name in wanted:
            try:
                files[name] = read_file(name, left, folder=top)
            except OSError as error:
                if error.errno == errno.EFBIG:
                    msg = f"it has more than {MAX_UNPACKED // 1_000_000} MB"
                    raise UnusableError(msg) from error
                continue  # not there, a link, or no file
            left -= len(files[name])
    if links:
        msg = f"it holds a link ({printable(', '.join(sorted(links)))})"
        raise UnusableError(msg)


@contextmanager
def _opened(folder: Path) -> Iterator[int]:
    """Open a folder without following a link, which a student could put in place between a look and the opening."""
    handle = os.open(folder, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_DIRECTORY)
    try:
        yield handle
    finally:
        os.close(handle)


def _owner(folder: Path) -> str:
    """Give the account that wrote a submission, "" if it is the tutor's own (then nothing follows from it)."""
    try:
        uid = folder.lstat().st_uid
    except OSError:
        return ""
    if uid == os.getuid():
        return ""
    import pwd  # not on Windows, where there is no exchange

    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"number {uid}"
