"""The log of all that was done, for the page Keep safe: its entries, and whether it is as it was written."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from autograde.classes.folder import Course
from autograde.classes.learner_changes import find
from autograde.gradebook.heads import check, kept_heads
from autograde.gradebook.log import Entry, entries_in, newest_in, read_head, subject_in
from autograde.records.opening import reading
from autograde.records.outside import catch
from autograde.text import count

ENTRIES = 50
"""On one page of the log."""
UNTOLD = frozenset({"sealed"})
"""Of an entry's words, what is for programs alone."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """An entry: its number, when (in UTC), who, what, the learner's pseudonym, and its words; "" for none that are there still."""

    n: int
    at: datetime
    who: str
    what: str
    subject: str
    words: str


@dataclass(frozen=True, kw_only=True)
class Log:
    """A page of the log, the newest first; `learner` is the id that it was asked for with, and `subject` that learner's pseudonym."""

    lines: tuple[Line, ...]
    found: int
    number: int
    numbers: int
    learner: str = ""
    subject: str = ""


@dataclass(frozen=True, kw_only=True)
class Verified:
    """What became of a check: what is wrong, what else is to be known, and in one sentence whether all is as it was written."""

    faults: tuple[str, ...]
    remarks: tuple[str, ...]
    said: str


def entries(course: Course, learner: str, number: int) -> Log:
    """Give a page of the log, from 1; `learner` is an id of the class, "" for all.

    Raises
    ------
    ClassError
        If nobody has the id, or the log cannot be read.
    """
    about = find(course, learner) if learner else None
    with reading(course) as connection:
        subject = subject_in(connection, about.id) if about else ""
        if about and not subject:
            return Log(lines=(), found=0, number=1, numbers=1, learner=about.shown)
        found, _ = newest_in(connection, subject, 0, 0)
        numbers = max(1, -(-found // ENTRIES))
        number = min(max(1, number), numbers)
        _, wanted = newest_in(connection, subject, (number - 1) * ENTRIES, ENTRIES)
        lines = tuple(map(_line, sorted(entries_in(connection, only=wanted), key=lambda entry: -entry.n)))
    return Log(lines=lines, found=found, number=number, numbers=numbers, learner=about.shown if about else "", subject=subject)


def verify(course: Course, head: str) -> Verified:
    """Hold the log against itself, the heads that were kept, and one that was written down ("" for none).

    Raises
    ------
    ClassError
        If that is no head, or the log cannot be read.
    """
    wanted = [read_head(head)] if head else []
    with reading(course) as connection:  # first: what is caught now goes onto the end, and would cover up where the log was cut off
        checked = check(course, connection, wanted)
    remarks = list(checked.remarks)
    if caught := catch(course):
        remarks.append(f"{count(caught, 'answer')} had points or a comment from formgrader or another program; the log says so now.")
    if checked.faults:
        said = f"The log, or a record, is not as it was written: {count(len(checked.faults), 'fault')}."
    else:
        kept = count(len(kept_heads(course)[0]) + len(wanted), "line")
        said = f"The log and the records are as they were written: {checked.head.n:,} entries, held against {kept} kept before."
    return Verified(faults=tuple(f"{one[:1].upper()}{one[1:]}" for one in checked.faults), remarks=tuple(remarks), said=said)


def _line(entry: Entry) -> Line:
    words: Any = entry.detail
    if words is not None:
        words = json.dumps({name: value for name, value in words.items() if name not in UNTOLD}, ensure_ascii=False)
    return Line(n=entry.n, at=entry.at, who=entry.who, what=entry.what, subject=entry.subject, words=words or "")
