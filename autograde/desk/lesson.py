"""A class while it works, as its service tells it: who is where, who is stuck, and which practice questions are hard.

Only what the tutor may see while a class works goes out of this module: where somebody is and how far, and how practice went. No answer.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path

from pydantic import AwareDatetime, BaseModel, ConfigDict

from autograde.classes.folder import Course
from autograde.text import count
from workbook_helpers.errors import ContentError
from workbook_helpers.items import load_workbook

HERE = timedelta(seconds=90)
"""A page that somebody looks at tells where it is every 30 seconds; one that was silent for three of these is closed, or out of reach."""
STUCK = timedelta(minutes=5)
HARD = 10
"""So many practice questions are listed."""


class Place(BaseModel):
    """Where a learner is in one workbook."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    assignment: str
    section: str = ""
    answered: int
    of: int
    last_seen: AwareDatetime | None = None
    left: bool = False
    """Whether they have signed out since."""
    moved_at: AwareDatetime | None = None
    handed_in_at: AwareDatetime | None = None


class Person(BaseModel):
    """A learner, by the id as people know it, and where they are; nowhere for who has not come yet."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    learner: str
    workbooks: tuple[Place, ...] = ()


class Tried(BaseModel):
    """A practice question: how many have tried it, and how many of them were wrong first."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    assignment: str = ""
    workbook: str = ""
    item: str
    tried: int
    wrong_first: int


class Lesson(BaseModel):
    """What the service tells of a class."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    at: AwareDatetime
    learners: tuple[Person, ...] = ()
    practice: tuple[Tried, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One learner in the list: where they are, in words, "" for who is not there; `here` says whether the page is in use."""

    learner: str
    name: str
    workbook: str = ""
    section: str = ""
    answered: int = 0
    of: int = 0
    seen: str = ""
    here: bool = False
    stuck: bool = False
    handed_in: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Hard:
    """A practice question that most got wrong first."""

    workbook: str
    question: str
    wrong: int
    tried: int


def is_stuck(one: Place, now: datetime) -> bool:
    """Whether a learner seems to be stuck: for five minutes in the same section without a new answer, while the page is in use.

    A tutor who walks through the room sees such a person last: the page lies open, and nothing happens. Sooner than after five minutes most
    are still reading: up to some 650 words stand in our workbooks without a question (`items.sections.SHORT`), and each answer counts as a
    move. Who has answered everything, or has handed in since, is through; whose page is closed or out of reach waits for nobody. It is a
    hint to go and look, no more.
    """
    if one.moved_at is None or not _is_here(one, now) or one.answered >= one.of > 0:
        return False
    handed_in = one.handed_in_at is not None and one.handed_in_at >= one.moved_at
    return not handed_in and now - one.moved_at >= STUCK


def rows(course: Course, lesson: Lesson, names: Mapping[str, str]) -> tuple[Row, ...]:
    """Give a row for each learner of the class: who seems to be stuck first, then who is there, then the others.

    Parameters
    ----------
    names
        Learner's id as people know it → name.
    """
    told = {one.learner: one for one in lesson.learners}
    found = [_row(course, learner, name, told.get(learner), lesson.at) for learner, name in names.items()]
    return tuple(sorted(found, key=lambda row: (not row.stuck, not row.here, not row.seen)))  # within that as the names come


def _row(course: Course, learner: str, name: str, person: Person | None, now: datetime) -> Row:
    seen = [(one.last_seen, one) for one in person.workbooks if one.last_seen] if person else []
    if not seen:
        return Row(learner=learner, name=name)
    when, at = max(seen, key=lambda pair: pair[0])
    book = _book(course, at.assignment)
    return Row(
        learner=learner,
        name=name,
        workbook=book.short,
        section=at.section if at.section in book.sections else "",  # the page's own word, so none but a heading is shown
        answered=at.answered,
        of=at.of,
        seen=ago(now - when),
        here=_is_here(at, now),
        stuck=is_stuck(at, now),
        handed_in=at.handed_in_at is not None,
    )


def _is_here(one: Place, now: datetime) -> bool:
    return one.last_seen is not None and not one.left and now - one.last_seen <= HERE


def hard(course: Course, practice: Iterable[Tried]) -> tuple[Hard, ...]:
    """Give the practice questions that more than half of those who tried got wrong first, most of all first."""
    wrong = sorted(
        (one for one in practice if 2 * one.wrong_first > one.tried),
        key=lambda one: (-one.wrong_first, -one.wrong_first / max(1, one.tried)),
    )
    found = []
    for one in wrong[:HARD]:
        book = _book(course, one.assignment or one.workbook)
        if question := book.practice.get(one.item):
            found.append(Hard(workbook=book.short, question=question, wrong=one.wrong_first, tried=one.tried))
    return tuple(found)


def ago(span: timedelta) -> str:
    """Say how long ago something was, as people do."""
    minutes = int(span.total_seconds() // 60)
    if minutes < 1:
        return "just now"
    if minutes < 60:
        return f"{count(minutes, 'minute')} ago"
    if minutes < 24 * 60:
        return f"{count(minutes // 60, 'hour')} ago"
    return f"{count(minutes // (24 * 60), 'day')} ago"


@dataclass(frozen=True, kw_only=True)
class _Book:
    """What is said of a workbook: its short id, its headings, and its practice questions, id → question."""

    short: str
    sections: frozenset[str] = frozenset()
    practice: Mapping[str, str]


def _book(course: Course, name: str) -> _Book:
    known = course.assignments()
    assignment = next((one for one, short in known.items() if name in (one, short)), "")
    path = course.root / "release" / assignment
    try:
        return _read(path, (path / "items.toml").stat().st_mtime_ns)
    except (OSError, ContentError):
        return _Book(short=known.get(assignment) or "another workbook", practice={})


@lru_cache(maxsize=32)
def _read(folder: Path, _: int) -> _Book:
    book = load_workbook(folder)
    practice = {item.id: item.stem for item in book.items.values() if item.purpose == "practice"}
    headings = frozenset(name for one in book.sections() for name in (one.title, *one.more))  # each may have stood alone before
    return _Book(short=book.id, sections=headings, practice=practice)
