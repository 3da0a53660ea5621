"""Second marking: another person marks answers again without knowing what the first one gave, and how far the two agree.

Answers come in an order that nobody chooses and that tells nothing of whose they are. What the first marker had given by then is kept
with the second mark: where the two talk it over and the first is changed, they have not agreed by themselves.
"""

import hashlib
import hmac
import json
import secrets
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from math import floor
from typing import Any

from sqlalchemy import Connection, insert, select

from autograde.classes.folder import Course
from autograde.classes.own_keys import class_guides
from autograde.errors import ClassError
from autograde.gradebook import log, own_tables
from autograde.gradebook.deeds import Deed
from autograde.gradebook.locks import take_turn
from autograde.gradebook.own_tables import second_mark
from autograde.gradebook.person import Place, marks_for, marks_of, places_in
from autograde.gradebook.sealed import seal
from autograde.gradebook.who import same_person, who
from autograde.records.opening import reading, writing
from autograde.statistics.agreement import Agreement, Weights, agreement
from autograde.text import count, naive

SAME = 1e-9
"""Points that differ by less are the same."""


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """An answer to be marked a second time: what stands for it on a page, whose it is, and which answer (`marking.Mark.answer`)."""

    token: str
    learner: str
    answer: str


@dataclass(frozen=True, kw_only=True)
class Pair:
    """Two marks of one answer.

    Attributes
    ----------
    first
        What the first marker had given by then, in points.
    marker, entered_by
        Who gave the second mark, as it was said, and who was logged in.
    points, seen, text
        What the second one gave: points, must-see points from 0, and a note.
    out_of
        The most points that there were then; None where it was not kept.
    """

    id: str
    learner: str
    assignment: str
    task: str
    answer: str
    first: float
    marker: str
    entered_by: str
    points: float
    seen: tuple[int, ...]
    text: str
    at: datetime
    out_of: float | None

    @property
    def differs(self) -> bool:
        """Whether the two gave different points."""
        return _differ(self.first, self.points)


@dataclass(frozen=True, kw_only=True)
class TaskAgreement:
    """How far first and second markers of a task agree: kappa with weights by the square of the distance in points, and what differs.

    `task` says out of how many points, too, where the task was marked twice on several scales.
    """

    assignment: str
    task: str
    agreement: Agreement
    disagreements: tuple[Pair, ...]


def waiting(course: Course, assignment: str, task: str, marker: str) -> tuple[Waiting, ...]:
    """Give the answers to a task that a person has marked and that this marker has marked neither first nor second, without any points.

    A marker is who is logged in as well as who they say they are. Who has marked first is known from the log; where another program gave
    the points, it says nothing of it.

    Raises
    ------
    ClassError
        If there is no such task, or the gradebook cannot be read.
    """
    with reading(course) as connection:
        place = _place(connection, assignment, task)
        learners = [mark.student for mark in marks_of(connection, place) if mark.points is not None and not mark.waits]
        marks = marks_for(connection, place, learners)
        marker_is = (marker, who())
        done, own = _done(connection, assignment, task, marker_is), _own_first(connection, assignment, task, marker_is)
    found = [Waiting(token=_token(place, one), learner=one, answer=mark.answer) for one, mark in marks.items()]
    left = [one for one in found if (one.learner, one.answer) not in done and one.learner not in own]
    return tuple(sorted(left, key=lambda one: one.token))


def give_second(
    course: Course, assignment: str, task: str, token: str, *, points: float, seen: Sequence[int] = (), text: str = "", marker: str = ""
) -> Pair:
    """Write down what a second marker gives.

    Parameters
    ----------
    token
        `Waiting.token` of the answer.
    points
        0 ≤ points ≤ the task's most.
    seen
        Must-see points that are there, from 0.

    Raises
    ------
    ClassError
        If the answer does not wait for this marker (any more), or the points or must-see points do not fit; nothing is written then.
    """
    marker = marker.strip() or who()
    one = next((one for one in waiting(course, assignment, task, marker) if one.token == token), None)
    if one is None:
        msg = "This answer does not wait for your second mark. Open the task again."
        raise ClassError(msg)
    check_seen(task, seen, _must_see(course, assignment, task))
    with writing(course) as database:
        take_turn(database)
        place = _place(database.connection, assignment, task)
        if not 0 <= points <= place.max_score:
            msg = f"{points:g} is not between 0 and the {place.max_score:g} points that there are."
            raise ClassError(msg)
        first = marks_for(database.connection, place, [one.learner])[one.learner]
        if first.points is None or first.answer != one.answer:
            msg = "A newer answer has come meanwhile, and nothing was written. Open the task again."
            raise ClassError(msg)
        if (one.learner, one.answer) in _done(database.connection, assignment, task, (marker, who())):
            msg = "You have marked this answer meanwhile, and it is written down once. Open the task again."
            raise ClassError(msg)
        made = Pair(
            id=secrets.token_hex(16),
            learner=one.learner,
            assignment=assignment,
            task=task,
            answer=one.answer,
            first=first.points,
            marker=marker,
            entered_by=who(),
            points=points,
            seen=tuple(sorted(set(seen))),
            text=text.strip(),
            at=naive(datetime.now(UTC)),
            out_of=place.max_score,
        )
        database.run(insert(second_mark).values(**{**vars(made), "seen": json.dumps(made.seen)}))
        told: dict[str, Any] = {"workbook": assignment, "task": task, "answer": one.answer, "points": points, "seen": made.seen}
        told |= {"text": made.text, "sealed": seal(database, second_mark, [made.id])}
        log.note(database, "give second mark", learner=one.learner, marker=marker, **told)
    return made


def pairs_of(course: Course) -> tuple[Pair, ...]:
    """Give all answers that were marked twice, by workbook, task and time."""
    with reading(course) as connection:
        rows = connection.execute(select(second_mark).order_by(second_mark.c.assignment, second_mark.c.task, second_mark.c.at)).mappings()
        return tuple(Pair(**{**row, "seen": tuple(json.loads(row["seen"]))}) for row in rows)


def agreements(course: Course) -> tuple[TaskAgreement, ...]:
    """Give how far the markers agree, task by task; of each answer that was marked twice by several, each pair counts.

    Where a task was given out again with other points to get, each scale is told apart: pooled, the distance between
    the scales would count as agreement.

    Raises
    ------
    ClassError
        If the gradebook cannot be read.
    """
    every = pairs_of(course)
    with reading(course) as connection:
        places = {name: places_in(connection, name) for name in {pair.assignment for pair in every}}
    each: dict[tuple[str, str], dict[float, list[Pair]]] = {}
    for pair in every:
        place = places[pair.assignment].get(pair.task)  # a task that was taken out keeps its pairs
        out_of = pair.out_of or (place.max_score if place else 0.0)
        each.setdefault((pair.assignment, pair.task), {}).setdefault(out_of, []).append(pair)
    found = []
    for (assignment, task), scales in each.items():
        for out_of, pairs in sorted(scales.items()):
            first, second = [pair.first for pair in pairs], [pair.points for pair in pairs]
            found.append(
                TaskAgreement(
                    assignment=assignment,
                    task=f"{task}, of {out_of:g} points" if len(scales) > 1 else task,
                    agreement=points_agreement(first, second, max(out_of, *first, *second)),
                    disagreements=tuple(pair for pair in pairs if pair.differs),
                )
            )
    return tuple(found)


def points_agreement(first: Sequence[float], second: Sequence[float], most: float) -> Agreement:
    """Give the agreement of points from 0 to `most`, by weights that grow with the square of the distance.

    For kappa, points are taken to the whole one, or to the half one where one is not whole: a category has to be named before. Which of
    them are the same is told by the points as they were given.
    """
    step = 1.0 if all(point == int(point) for point in (*first, *second)) else 0.5
    steps = [_step(number * step, step) for number in range(floor(most / step + 0.5) + 1)]
    one, other = ([_step(point, step) for point in points] for points in (first, second))
    differ = sum(map(_differ, first, second))
    found = agreement(one, other, steps, weights=Weights.QUADRATIC, same=1 - differ / len(first) if first else None)
    note = "Kappa is in steps of half a point, to which each mark is taken: marks that differ by less may be the same there."
    return found if step == 1 or not first else replace(found, notes=(note, *found.notes))


def check_seen(task: str, seen: Sequence[int], there: int) -> None:
    """Refuse must-see points, from 0, that a task does not have: ClassError."""
    if set(seen) - set(range(there)):
        msg = f"{task} has {count(there, 'must-see point')}. Name some of these."
        raise ClassError(msg)


def _must_see(course: Course, assignment: str, task: str) -> int:
    """Give how many must-see points a task has: the most, where it has or had several rubrics."""
    workbook = course.workbook(assignment)
    _, rubrics = class_guides(course, workbook)
    asked = next((pool.items for pool in workbook.pools if task in pool.places()), (task,))
    earlier = [(one.item, one) for one in rubrics.earlier]
    return max((len(one.must_see) for item, one in (*rubrics.rubrics.items(), *earlier) if item in asked), default=0)


def _differ(one: float, other: float) -> bool:
    return abs(one - other) > SAME


def _step(points: float, step: float) -> str:
    return f"{floor(points / step + 0.5) * step:g}"


def _place(connection: Connection, assignment: str, task: str) -> Place:
    places = places_in(connection, assignment)
    if task not in places:
        msg = f"{assignment} has no task {task[:40]!r} that was given out. Choose one from the list."
        raise ClassError(msg)
    return places[task]


def _done(connection: Connection, assignment: str, task: str, marker: Collection[str]) -> set[tuple[str, str]]:
    """Give (learner, answer) of what a marker, by any of these names, has marked a second time."""
    asked = select(second_mark).where(second_mark.c.assignment == assignment, second_mark.c.task == task)
    return {(row.learner, row.answer) for row in connection.execute(asked) if same_person(marker, [row.marker, row.entered_by])}


def _own_first(connection: Connection, assignment: str, task: str, marker: Collection[str]) -> set[str]:
    """Give the learners to whose answer a marker, by any of these names, has given points first."""
    entry, detail, who_ = own_tables.log.c, own_tables.log_detail.c, own_tables.pseudonym.c
    asked = (
        select(who_.learner, entry.who, detail.text)
        .join_from(own_tables.log, own_tables.log_detail, detail.n == entry.n)
        .join(own_tables.pseudonym, who_.pseudonym == entry.subject)
        .where(entry.what == Deed.GIVE)
    )
    about = [(row.learner, json.loads(row.text)) for row in connection.execute(asked) if same_person(marker, [row.who])]
    return {learner for learner, said in about if (said.get("workbook"), said.get("task")) == (assignment, task)}


def _token(place: Place, learner: str) -> str:
    """Give what stands for an answer; its key is the random id that nbgrader gave the workbook here, which no page shows."""
    return hmac.new(place.assignment.encode(), f"second {place.name} {learner}".encode(), hashlib.sha256).hexdigest()[:20]


def tasks_in(course: Course, assignments: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Give workbook → tasks that nbgrader lets a person comment on, which are the written ones."""
    with reading(course) as connection:
        found = {name: places_in(connection, name) for name in assignments}
    return {name: tuple(one.name for one in places.values() if one.comment_cell) for name, places in found.items()}
