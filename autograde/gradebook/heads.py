"""Heads of the log, kept outside of the gradebook: a line in a file of the class folder whenever entries were added.

Who cuts the log off at its end, or writes it anew, has to change that file as well, and every copy of it: it goes along in a packed
class. A head that was written down on paper, or sent to somebody, is out of reach. That the file is begun is an entry, too, whose head
is its first line: nobody takes the file, or its first lines, away in silence.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import Connection, inspect, select

from autograde.errors import ClassError
from autograde.gradebook.address import sqlite_file, sqlite_url
from autograde.gradebook.database import FAULTS, one_moment, reading
from autograde.gradebook.deeds import Deed
from autograde.gradebook.log import Entry, Head, entries_in, faults_in, head_in, note, read_head
from autograde.gradebook.own import recording
from autograde.gradebook.own_tables import log
from autograde.gradebook.sealed import faults_in as faults_of_records
from autograde.text import count, in_words

FILE = "audit-heads.txt"
MAX_TOLD = 5
"""Faults of a log that was replaced which the entry of a restore holds."""


class Place(Protocol):
    """What is known here of a class: its folder, and where its gradebook is."""

    @property
    def root(self) -> Path: ...  # noqa: D102
    @property
    def db_url(self) -> str: ...  # noqa: D102


@dataclass(frozen=True, kw_only=True)
class Kept:
    """A head that was kept; `at` is when, None where that is not known."""

    head: Head
    at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Checked:
    """What became of a check: what is wrong, what is to be known although nothing is wrong with it, and the log's head; a sentence each."""

    faults: tuple[str, ...]
    remarks: tuple[str, ...]
    head: Head


def current_head(url: str) -> Head | None:
    """Give the head of a gradebook's log; None where there is no entry, or it cannot be read."""
    path = sqlite_file(url)
    if path is not None and not path.is_file():
        return None
    try:
        with reading(url) as connection:
            head = head_in(connection)
    except FAULTS:
        return None
    return head if head.n else None


def keep_head(course: Place) -> None:
    """Add the log's head to the file, unless it stands there; what cannot be written does no harm to what was done."""
    path = course.root / FILE
    head = current_head(course.db_url)
    try:
        if head and not _has_lines(path):
            path.touch()  # where that cannot be, no entry says that it is begun
            head = _begun(course)
        if head is None:
            return
        lines = path.read_text("utf-8", "replace").splitlines() if path.is_file() else []
        if not lines or not lines[-1].startswith(f"{head} "):
            with path.open("a", encoding="utf-8", newline="\n") as file:
                file.write(f"{head} {datetime.now(UTC):%Y-%m-%dT%H:%M:%S.%f}\n")
    except OSError:
        return


def _has_lines(path: Path) -> bool:
    return path.exists() and path.stat().st_size > 0


def _begun(course: Place) -> Head | None:
    """Say in the log that the file is begun, and give the head with that; None where it cannot be written."""
    try:
        with recording(course.db_url) as database:
            note(database, Deed.BEGIN_HEADS)
            return head_in(database.connection)
    except (*FAULTS, ClassError):
        return None


def kept_heads(course: Place) -> tuple[list[Kept], list[str]]:
    """Read the file: the heads, and what is wrong with it, one sentence each."""
    path = course.root / FILE
    try:
        lines = path.read_text("utf-8", "replace").splitlines() if path.exists() else []
    except OSError as error:
        return [], [f"{FILE} cannot be read ({error.strerror or error})."]
    kept, faults = list[Kept](), list[str]()
    for number, line in enumerate(lines, 1):
        text, _, when = line.rpartition(" ")
        try:
            kept.append(Kept(head=read_head(text), at=datetime.fromisoformat(when).replace(tzinfo=UTC)))
        except (ClassError, ValueError):
            faults.append(f"line {number} of {FILE} is no head of a log.")
    return kept, faults


def check(course: Place, connection: Connection, more: list[Head] | None = None) -> Checked:
    """Hold the log against itself and against every head that was kept of it, and the records against the log, all of one moment.

    Parameters
    ----------
    connection
        To the gradebook, whose own tables are there.
    more
        Heads that were kept elsewhere.
    """
    kept, faults = kept_heads(course)  # before the log is looked at: somebody who works meanwhile adds to both
    with one_moment(connection) as looking:
        return _check(course, looking, kept, faults, more or [])


def _check(course: Place, connection: Connection, kept: list[Kept], faults: list[str], more: list[Head]) -> Checked:
    in_file = {one.head for one in kept}
    # When one was kept elsewhere is not looked up in the file: whoever shortens the log can write into that, too.
    kept += [Kept(head=head, at=None) for head in more]
    restores = list(entries_in(connection, Deed.RESTORE))
    there = {Head(*row) for row in connection.execute(select(log.c.n, log.c.hash))}
    lost = [one for one in kept if one.head not in there]
    by: dict[int, int] = {}
    unexplained = []
    for one in lost:
        if found := next((entry for entry in restores if _replaced(course, one, entry)), None):
            by[found.n] = by.get(found.n, 0) + 1
        else:
            unexplained.append(one.head)
    faults += faults_in(connection, [one.head for one in kept if one.head in there] + unexplained)
    faults += faults_of_records(connection)
    head, remarks = head_in(connection), list[str]()
    heads = {one.n: one for one in there}
    begun = list(entries_in(connection, Deed.BEGIN_HEADS))
    gone = [entry for entry in begun if heads[entry.n] not in in_file]
    if head.n and not begun and not _has_lines(course.root / FILE):
        remarks.append(f"{FILE} is not there yet: no command has come to its end since the log was begun. The next one begins it.")
    elif head.n and not _has_lines(course.root / FILE):
        faults.append(f"{FILE} is not there, and the log has {head.n:,} entries: nothing shows whether it was cut off at its end.")
    elif gone == begun:
        faults += [f"{FILE} does not go back to where it was begun (entry {entry.n}): lines of it are gone." for entry in gone[-1:]]
    else:
        remarks += [
            f"The heads that were kept from {in_words(entry.at)} on (entry {entry.n}) are not in this {FILE}: it was begun anew since. "
            "Hold the log against a head that was written down elsewhere."
            for entry in gone
        ]
    for entry in restores:
        detail: Any = entry.detail or {}
        when = in_words(entry.at)
        if by.get(entry.n):
            remarks.append(
                f"{count(by[entry.n], 'head')} kept before {when} are of the log that a restore replaced then (entry {entry.n})."
            )
        faults += [
            f"the log that was replaced by a restore (entry {entry.n}) had a fault then: {text}" for text in detail.get("faults", ())
        ]
    return Checked(faults=tuple(dict.fromkeys(faults)), remarks=tuple(remarks), head=head)


def replaced(course: Place, by: str) -> dict[str, Any]:
    """Give what the entry of a restore says of the log that it replaces: its head, what is wrong with it, and where it goes another way.

    Parameters
    ----------
    by
        The address of the gradebook that takes its place.
    """
    if (head := current_head(course.db_url)) is None:
        return {"replaced": "", "faults": []}
    try:
        with reading(course.db_url) as connection, reading(by) as other:
            apart = _apart(connection, other)
            # All of its log is in the other one's where it has stayed behind, as after a move to a server: heads kept since are not of it.
            # One that was cut off is in it as well: only the entry of a move, behind its end, tells them apart.
            behind = apart > head.n and any(entry.n > head.n for entry in entries_in(other, Deed.MOVE))
            faults = [*faults_in(connection, []), *faults_of_records(connection)] if behind else check(course, connection).faults
            return {"replaced": str(head), "apart": apart, "faults": list(faults[:MAX_TOLD])}
    except FAULTS:  # it is replaced because it is damaged
        return {"replaced": str(head), "faults": []}


def _apart(connection: Connection, other: Connection) -> int:
    """Give the first number from which on a log holds other entries than another one, or has replaced a log that did."""
    hashes = {Head(*row) for row in other.execute(select(log.c.n, log.c.hash))} if inspect(other).has_table(log.name) else set()
    here = [Head(*row) for row in connection.execute(select(log.c.n, log.c.hash).order_by(log.c.n))]
    apart = next((head.n for head in here if head not in hashes), len(here) + 1)
    return min([apart, *(_from(entry) for entry in entries_in(connection, Deed.RESTORE) if entry.n >= apart)])


def _from(restore: Entry) -> int:
    """Give the first number that a head can have of the log that a restore replaced, and not of the one that it brought back."""
    apart = (restore.detail or {}).get("apart")
    return apart if isinstance(apart, int) else restore.n


def _replaced(course: Place, kept: Kept, restore: Entry) -> bool:
    """Whether a head is of the log that a restore replaced: the file says that it was kept before, or the gradebook put aside has it."""
    if kept.head.n < _from(restore):
        return False
    if kept.at is not None:
        return kept.at < restore.at
    gradebook, aside = sqlite_file(course.db_url), str((restore.detail or {}).get("kept", ""))
    if gradebook is None or not aside or not (path := gradebook.with_name(Path(aside).name)).is_file():
        return False
    try:
        with reading(sqlite_url(path)) as connection:
            return not faults_in(connection, [kept.head])
    except FAULTS:
        return False
