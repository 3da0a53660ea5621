"""The audit log: what was done, by whom, when, and what stood there before. Entries are added, and no change of an earlier one goes unseen.

Each entry holds a hash of itself and of the entry before it (a hash chain, as in certificate transparency and git), so that a changed,
removed or reordered entry breaks the chain, and one cut off at the end is missed by a head that was kept elsewhere. The words of an entry
stand beside it, and only their salted digest stands in the chain: they can be erased with a learner's data, and the chain still holds.
"""

import hashlib
import json
import secrets
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, delete, func, select, text

from autograde.errors import ClassError
from autograde.gradebook.database import Database
from autograde.gradebook.deeds import Deed
from autograde.gradebook.own_tables import log, log_detail, pseudonym
from autograde.gradebook.sealed import SUBJECT, carried, seal_subject, subject_told
from autograde.gradebook.who import who

ERASED = Deed.ERASE
"""What an entry says that took the words of other entries away; its detail names their subject."""
_PSEUDONYM = select(pseudonym.c.pseudonym).where(pseudonym.c.learner == bindparam("learner"))
_LAST_SQL = f"SELECT n, hash FROM {log.name} ORDER BY n DESC LIMIT 1"  # noqa: S608  as the others: our own names
_SUBJECT_SQL = f"SELECT pseudonym FROM {pseudonym.name} WHERE learner = ?"  # noqa: S608
_NEW_SUBJECT_SQL = f"INSERT INTO {pseudonym.name} (learner, pseudonym) VALUES (?, ?)"  # noqa: S608
_LOG_SQL = f"INSERT INTO {log.name} (n, at, who, what, subject, digest, hash) VALUES (?, ?, ?, ?, ?, ?, ?)"  # noqa: S608
_DETAIL_SQL = f"INSERT INTO {log_detail.name} (n, salt, text) VALUES (?, ?, ?)"  # noqa: S608
_ENTRIES = select(log, log_detail.c.salt, log_detail.c.text).outerjoin(log_detail, log_detail.c.n == log.c.n).order_by(log.c.n)
_ONE_BY_ONE = text("SELECT pg_advisory_xact_lock(7013461)")
_WORDS = json.JSONEncoder(ensure_ascii=False, sort_keys=True, default=str).encode
_FIRST = hashlib.sha256(b"autograde log").hexdigest()


class Head(NamedTuple):
    """The last entry of the log: its number (0 for an empty log) and hash; written as "12 4f0c…"."""

    n: int
    hash: str

    def __str__(self) -> str:
        return f"{self.n} {self.hash}"


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One entry.

    Attributes
    ----------
    n
        Its number, from 1.
    at
        When, in UTC.
    what
        The deed, e.g. "give points".
    subject
        The learner's pseudonym, "" where it is about none.
    detail
        What it is about, what stood there before and what stands there now; None where it was erased.
    """

    n: int
    at: datetime
    who: str
    what: str
    subject: str
    detail: Mapping[str, Any] | None


def note(database: Database, what: str, *, learner: str = "", by: str = "", **detail: Any) -> None:
    """Add an entry, in the transaction that is open, so that a deed and its entry stand or fall together.

    Parameters
    ----------
    by
        Who did it; whoever works here where it is not said.
    **detail
        What JSON can hold.
    """
    note_each(database, what, [(learner, detail)], by=by)


def note_each(database: Database, what: str, each: list[tuple[str, Mapping[str, Any]]], *, by: str = "") -> None:
    """Add an entry of the same deed for each (learner, detail); "" where it is about no learner."""
    if not each:
        return
    if database.dialect == "postgresql":  # two that add at once would take the same number; SQLite lets one writer in
        database.rows(_ONE_BY_ONE)
    last, chained = _head(database.plain(_LAST_SQL))
    at, actor, deed = datetime.now(UTC).isoformat(timespec="microseconds"), by or who(), str(what)
    subjects, fresh = {"": ""}, dict[str, str]()
    for learner in dict(each):
        if learner and not (subject := _subject(database, learner)):
            subject = fresh[learner] = _new_subject(database, learner)
        subjects[learner] = subject if learner else ""
    rows, details = [], []
    for n, (learner, detail) in enumerate(each, last + 1):
        if made := fresh.pop(learner, ""):
            detail = {**detail, "sealed": {**detail.get("sealed", {}), SUBJECT: seal_subject(learner, made)}}  # noqa: PLW2901
        salt, words = secrets.token_hex(16), _WORDS(detail)
        row = {"n": n, "at": at, "who": actor, "what": deed, "subject": subjects[learner], "digest": _digest(salt, words)}
        chained = _chain(chained, row)
        rows.append((*row.values(), chained))
        details.append((n, salt, words))
    database.plain_each(_LOG_SQL, rows)
    database.plain_each(_DETAIL_SQL, details)


def subject_in(connection: Connection, learner: str) -> str:
    """Give a learner's pseudonym, "" where the log knows none."""
    return str(connection.scalars(_PSEUDONYM, {"learner": learner}).first() or "")


def check_subject(connection: Connection, learner: str) -> str:
    """Give a learner's pseudonym, "" for none; ClassError if the table of pseudonyms is not as the log tells."""
    subject = subject_in(connection, learner)
    if subject != subject_told(connection, learner):
        msg = "Whose the learner's pseudonym is was changed beside the log. See autograde audit verify, and bring back a sound backup."
        raise ClassError(msg)
    return subject


def erase(database: Database, learner: str, names: Callable[[str], bool] = lambda _: False, **detail: Any) -> int:
    """Take a learner's words out of the log and forget whose the pseudonym was; say so in an entry, and give how many lost their words.

    Parameters
    ----------
    names
        Whether a text names the learner: words of an entry about no learner that do so go as well.

    Raises
    ------
    ClassError
        If the table of pseudonyms is not as the log tells: somebody else's words would go.
    """
    subject = check_subject(database.connection, learner)
    which = select(log.c.n).where(log.c.subject == subject) if subject else None
    numbers = [n for (n,) in database.rows(which)] if which is not None else []
    of_nobody = select(log.c.n, log_detail.c.text).join(log_detail, log_detail.c.n == log.c.n).where(log.c.subject == "")
    others = [n for n, words in database.rows(of_nobody) if any(map(names, _texts(_read(words))))]
    gone = [*numbers, *others]
    sealed = carried(database.connection, {*gone})
    for name, rows in detail.pop("sealed", {}).items():
        sealed.setdefault(name, {}).update(rows)
    if subject:
        sealed[SUBJECT] = {**sealed.get(SUBJECT, {}), subject: None}
    database.run_each(delete(log_detail).where(log_detail.c.n == bindparam("number")), [{"number": n} for n in gone])
    database.run(delete(pseudonym).where(pseudonym.c.learner == learner))
    note(database, ERASED, subject=subject, entries=len(gone), others=others, sealed=sealed, **detail)
    return len(gone)


def head_in(connection: Connection) -> Head:
    """Give the head of the log."""
    return _head(connection.exec_driver_sql(_LAST_SQL).all())


def newest_in(connection: Connection, subject: str, skipped: int, most: int) -> tuple[int, tuple[int, ...]]:
    """Give how many entries there are, and the numbers of some of them, the newest first; `subject`: only those about a pseudonym."""
    asked = select(log.c.n).where(log.c.subject == subject) if subject else select(log.c.n)
    found = connection.scalar(select(func.count()).select_from(asked.subquery()))
    return found or 0, tuple(connection.execute(asked.order_by(log.c.n.desc()).offset(skipped).limit(most)).scalars())


def entries_in(connection: Connection, what: str = "", only: Collection[int] | None = None) -> Iterator[Entry]:
    """Give all entries, or those of one deed, or only those with some numbers, the oldest first.

    What somebody has changed to no time is given as 1970, and words that are no JSON as {"unreadable": …}: `faults_in` tells of both.
    """
    asked = _ENTRIES.where(log.c.what == what) if what else _ENTRIES
    for row in connection.execute(asked if only is None else asked.where(log.c.n.in_(only))):
        detail = _read(row.text) if row.text is not None else None
        yield Entry(n=row.n, at=_time(row.at), who=row.who, what=row.what, subject=row.subject, detail=detail)


def faults_in(connection: Connection, heads: list[Head]) -> list[str]:
    """Say what was changed in the log, one sentence each; none where all of it is as it was written.

    Parameters
    ----------
    heads
        Heads that were kept elsewhere: what they name has to be there still.
    """
    faults, chained, expected, hashes = list[str](), _FIRST, 1, {0: _FIRST}
    silent, erased, others = list[tuple[int, str]](), dict[str, int](), dict[int, int]()
    for row in connection.execute(_ENTRIES):
        if row.n != expected:
            gone = f"entry {expected} is" if row.n == expected + 1 else f"entries {expected} to {row.n - 1} are"
            faults.append(f"{gone} missing before entry {row.n}." if row.n > expected else f"entry {row.n} stands in the wrong place.")
        expected = row.n + 1
        chained = _chain(chained, row._asdict())
        if chained != row.hash:
            faults.append(f"entry {row.n} was changed, or one before it was.")
            chained = row.hash  # so that one change is told once
        hashes[row.n] = row.hash
        if row.text is None:
            silent.append((row.n, row.subject))
        elif _digest(row.salt, row.text) != row.digest:
            faults.append(f"the words of entry {row.n} were changed.")
        elif row.what == ERASED:
            told = json.loads(row.text)
            erased[told.get("subject") or "nobody"] = row.n
            others |= dict.fromkeys(told.get("others", ()), row.n)
    lost = [n for n, subject in silent if n > max(erased.get(subject, 0), others.get(n, 0))]
    faults += [f"the words of entry {n} are gone, and no erasure says so." for n in lost]
    extra = connection.execute(select(log_detail.c.n).where(log_detail.c.n.not_in(select(log.c.n)))).scalars()
    faults += [f"there are words for an entry {n}, which is not there." for n in extra]
    for head in heads:
        if hashes.get(head.n) is None:
            faults.append(f"the log ends at entry {expected - 1}, and it had {head.n} when a head was kept.")
        elif hashes[head.n] != head.hash:
            faults.append(f"entry {head.n} is not the one that it was when a head was kept.")
    return list(dict.fromkeys(faults))


def read_head(text: str) -> Head:
    """Read a head as it is written; ClassError if it is none."""
    number, _, digest = text.strip().partition(" ")
    if not (number.isascii() and number.isdecimal() and len(digest) == 64 and set(digest) <= set("0123456789abcdef")):
        msg = f"{text.strip()[:90]!r} is no line of this kind: it is a number, a space and 64 letters and digits."
        raise ClassError(msg)
    return Head(int(number), digest)


def _head(rows: Any) -> Head:
    return Head(*rows[0]) if rows else Head(0, _FIRST)


def _subject(database: Database, learner: str) -> str:
    found = database.plain(_SUBJECT_SQL, learner)
    return str(found[0][0]) if found else ""


def _new_subject(database: Database, learner: str) -> str:
    made = secrets.token_hex(8)
    database.plain_each(_NEW_SUBJECT_SQL, [(learner, made)])
    return made


def _read(words: str) -> dict[str, Any]:
    with suppress(ValueError):
        found = json.loads(words)
        if isinstance(found, dict):
            return found
    return {"unreadable": words[:200]}


def _texts(found: Any) -> Iterator[str]:
    """Give every text in the words of an entry."""
    match found:
        case str():
            yield found
        case dict():
            yield from (text for value in found.values() for text in _texts(value))
        case list():
            yield from (text for value in found for text in _texts(value))


def _time(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return datetime.fromtimestamp(0, UTC)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _digest(salt: str, words: str) -> str:
    # With its length: else a part of the words could be taken for salt.
    return hashlib.sha256(f"{len(salt)} {salt}{words}".encode()).hexdigest()


def _chain(before: str, row: Mapping[str, Any]) -> str:
    parts = [before, *(row[name] for name in ("n", "at", "who", "what", "subject", "digest"))]
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()
