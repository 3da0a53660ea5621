"""Standardisation: markers mark the rubrics' sample answers before they see what those are worth, then see where they stand.

A marker's first mark of a sample counts, and there is no second one: who has seen the author's view does not mark it blind any more,
by whatever name. A marker is who is logged in as well as who they say they are.
"""

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, insert, select

from autograde.classes.folder import Course
from autograde.classes.own_keys import class_guides
from autograde.content import load_samples
from autograde.errors import ClassError
from autograde.gradebook import log
from autograde.gradebook.locks import take_turn
from autograde.gradebook.own_tables import standard_mark
from autograde.gradebook.sealed import seal
from autograde.gradebook.who import same_person, who
from autograde.marking import Rubric, Sample
from autograde.records.opening import reading, writing
from autograde.records.second_marking import check_seen, points_agreement
from autograde.statistics.agreement import Agreement, agreement
from autograde.text import naive
from workbook_helpers.items import Item, Workbook

TICKS = ("not seen", "seen")
"""What a must-see point can be."""


@dataclass(frozen=True, kw_only=True)
class Given:
    """What a marker gave a sample: points, and which must-see points they saw, from 0."""

    marker: str
    entered_by: str
    points: float
    seen: tuple[int, ...]
    at: datetime

    def by(self, marker: str) -> bool:
        """Whether a marker, or who is logged in, gave it."""
        return same_person([marker, who()], [self.marker, self.entered_by])


@dataclass(frozen=True, kw_only=True)
class Training:
    """A sample answer to be marked.

    Attributes
    ----------
    number
        Its place in the file, from 0.
    item, text, rubric
        The task, the answer, and what it is marked by; its most points are the last level's.
    author
        The author's view, None until this marker has marked it.
    mine
        What this marker gave, None for nothing yet.
    others
        What others gave, empty until this marker has marked it.
    """

    task: str
    number: int
    item: Item
    text: str
    rubric: Rubric
    author: Sample | None = None
    mine: Given | None = None
    others: tuple[Given, ...] = ()

    @property
    def most(self) -> int:
        """The most points that there are."""
        return most_of(self.rubric)


@dataclass(frozen=True, kw_only=True)
class Point:
    """A must-see point, and how far a marker and the author agree whether it is in the samples."""

    text: str
    agreement: Agreement


@dataclass(frozen=True, kw_only=True)
class Standing:
    """How far a marker agrees with the author of a task's samples: in points, and for each must-see point."""

    task: str
    marker: str
    points: Agreement
    must_see: tuple[Point, ...]


def trainings(course: Course, assignment: str, marker: str) -> tuple[Training, ...]:
    """Give a workbook's sample answers as one marker may see them, in the file's order.

    Raises
    ------
    ClassError, ContentError
        If the workbook is not there, or its files have a fault.
    """
    workbook, samples, rubrics, version = _read(course, assignment)
    given = _given(course, samples, version)
    found = []
    for number, sample in enumerate(samples):
        if sample.task not in rubrics or sample.task not in workbook.items:
            continue
        marks = given.get(number, [])
        mine = next((one for one in marks if one.by(marker)), None)
        others = tuple(one for one in marks if not one.by(marker)) if mine else ()
        about: dict[str, Any] = {"task": sample.task, "number": number, "item": workbook.items[sample.task], "text": sample.text.strip()}
        found.append(Training(**about, rubric=rubrics[sample.task], author=sample if mine else None, mine=mine, others=others))
    return tuple(found)


def give_standard(course: Course, assignment: str, number: int, *, points: float, seen: Sequence[int] = (), marker: str = "") -> Training:
    """Write down what a marker gives a sample, and give it with the author's view.

    Raises
    ------
    ClassError
        If there is no such sample, the marker has marked it, or the points or must-see points are none of the task's.
    """
    marker = marker.strip() or who()
    all_ = {one.number: one for one in trainings(course, assignment, marker)}
    one = all_.get(number)
    if one is None:
        msg = f"{assignment} has no sample answer {number + 1}. Choose one from the list."
        raise ClassError(msg)
    if one.mine:
        raise ClassError(_marked(one.mine))
    if not 0 <= points <= one.most:
        msg = f"{points:g} is not between 0 and the {one.most} points that there are."
        raise ClassError(msg)
    check_seen(one.task, seen, len(one.rubric.must_see))
    about: dict[str, Any] = {
        "task": one.task,
        "sample": number,
        "version": _read(course, assignment)[-1],
        "marker": marker,
        "entered_by": who(),
        "points": points,
    }
    with writing(course) as database:
        take_turn(database)
        if meanwhile := next(
            (row for row in _rows(database.connection, one.task, about["version"]).get(number, ()) if row.by(marker)), None
        ):
            raise ClassError(_marked(meanwhile))
        id_, ticked = secrets.token_hex(16), json.dumps(sorted(set(seen)))
        database.run(insert(standard_mark).values(id=id_, at=naive(datetime.now(UTC)), seen=ticked, **about))
        told = about | {"seen": sorted(set(seen)), "workbook": assignment, "sealed": seal(database, standard_mark, [id_])}
        log.note(database, "standardise", **told)
    return next(two for two in trainings(course, assignment, marker) if two.number == number)


def _marked(mark: Given) -> str:
    return f"{mark.marker} has marked this sample already, at this login or by this name; the first mark is the blind one, and it stays."


def standings(course: Course, assignment: str, marker: str) -> tuple[Standing, ...]:
    """Give how far a marker agrees with the author, for each task with samples that they marked; never for those they have not."""
    found: dict[str, list[Training]] = {}
    for one in trainings(course, assignment, marker):
        if one.mine:
            found.setdefault(one.task, []).append(one)
    return tuple(_standing(task, marker, each) for task, each in found.items())


def _standing(task: str, marker: str, each: Sequence[Training]) -> Standing:
    marks = [(one.mine, one.author) for one in each if one.mine and one.author]
    points = points_agreement([mine.points for mine, _ in marks], [float(author.points) for _, author in marks], each[0].most)
    must_see = []
    for place, text in enumerate(each[0].rubric.must_see):
        mine = [TICKS[place in one.seen] for one, _ in marks]
        authors = [TICKS[place < len(author.must_see) and author.must_see[place]] for _, author in marks]
        must_see.append(Point(text=text, agreement=agreement(mine, authors, TICKS)))
    return Standing(task=task, marker=marker, points=points, must_see=tuple(must_see))


def most_of(rubric: Rubric) -> int:
    """Give the most points of a rubric's task."""
    return max(level.span[-1] for level in rubric.levels)


def _read(course: Course, assignment: str) -> tuple[Workbook, tuple[Sample, ...], Mapping[str, Rubric], int]:
    workbook = course.workbook(assignment)
    _, rubrics = class_guides(course, workbook)
    return workbook, load_samples(workbook.id).samples, rubrics.rubrics, rubrics.version


def _given(course: Course, samples: Sequence[Sample], version: int) -> dict[int, list[Given]]:
    """Give the sample's number → what markers gave it, as the rubrics are now."""
    with reading(course) as connection:
        found: dict[int, list[Given]] = {}
        for task in {sample.task for sample in samples}:
            for number, marks in _rows(connection, task, version).items():
                if number < len(samples) and samples[number].task == task:
                    found[number] = marks
        return found


def _rows(connection: Connection, task: str, version: int) -> dict[int, list[Given]]:
    """Give the number of a task's sample → what markers gave it, the oldest first."""
    asked = select(standard_mark).where(standard_mark.c.task == task, standard_mark.c.version == version).order_by(standard_mark.c.at)
    found: dict[int, list[Given]] = {}
    for row in connection.execute(asked):
        about = {name: getattr(row, name) for name in ("marker", "entered_by", "points", "at")}
        found.setdefault(row.sample, []).append(Given(**about, seen=tuple(json.loads(row.seen))))
    return found
