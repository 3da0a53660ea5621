"""What the page Quality shows, read part by part."""

from collections.abc import Callable, Collection, Mapping
from datetime import date, datetime
from typing import Any

from autograde.classes.folder import Course
from autograde.classes.ids import shown
from autograde.desk.quality_answers import blind, marked_answer, sample
from autograde.desk.quality_view import (
    HINTS,
    PARTS,
    Adjusted,
    Agreed,
    Differs,
    Learnt,
    Line,
    Often,
    One,
    Piece,
    Quality,
    Second,
    Standard,
    Task,
    Todo,
)
from autograde.desk.standing import standing
from autograde.errors import ClassError
from autograde.gradebook.who import who
from autograde.records import actions, adjustments, sampling, second_looks, second_marking, standardising
from autograde.records.adjustments import Adjustment, Kind
from autograde.records.evidence import Evidence, evidence_of
from autograde.text import day, percent


def data(course: Course, query: Mapping[str, str] | None = None, *, names: bool = True) -> Quality:
    """Give what the page shows.

    Parameters
    ----------
    query
        `part`, one of `PARTS`; `by`, who works, where that is somebody else than is logged in; and what is looked at: `sample`, `workbook`
        and `task`, or `pair`.
    names
        Whether learners are called by name; by id where not.
    """
    asked = query or {}
    part, by = asked.get("part") or "sample", asked.get("by") or who()
    if part not in PARTS:
        msg = "The page Quality has no such part. Choose one from the list."
        raise ClassError(msg)
    return _SHOW[part](course, asked, by, Names(course, names=names))


class Names:
    """How learners are called."""

    def __init__(self, course: Course, *, names: bool) -> None:
        at = standing(course)
        self.workbooks = tuple((one.name, one.short) for one in at.workbooks)
        self.learners = tuple((one.id, f"{one.name} ({one.shown})" if names and one.name else one.shown) for one in at.learners)
        self._names = {one.id: one.name for one in (*at.learners, *at.left)} if names else {}

    def __call__(self, learner: str) -> str:
        """Give what a learner is called."""
        return self._names.get(learner) or shown(learner)


Asks = Mapping[str, str]


def _sampled(course: Course, asked: Asks, by: str, called: Names) -> Quality:
    samples = sampling.samples_of(course)
    lines = tuple(_line(one, called) for one in samples)
    chosen = next((one for one in samples if one.id == asked.get("sample")), None)
    one = _one(course, chosen, called) if chosen else None
    return Quality(part="sample", by=by, lines=lines, plans=len(sampling.plans_of(course)), one=one)


def _line(one: sampling.Sample, called: Names) -> Line:
    found = one.decision
    return Line(
        id=one.id,
        learner=called(found.learner),
        criterion=found.criterion,
        words=found.words,
        assessor=found.assessor,
        on=_day(found.on),
        kind=found.kind,
        reasons=one.reasons,
        outcome="" if one.agrees is None else "agreed" if one.agrees else "not agreed",
        newest=one.newest,
    )


def _one(course: Course, one: sampling.Sample, called: Names) -> One:
    found = evidence_of(course, [one.decision.learner]).get(one.decision.learner, ())
    about = [piece for piece in found if piece.id in one.evidence or one.decision.criterion in piece.criteria]
    return One(
        line=_line(one, called),
        reason=one.reason,
        agrees=one.agrees,
        by=one.by,
        text=one.text,
        evidence=tuple(sorted((_piece(piece, one.evidence) for piece in about), key=lambda piece: not piece.rests)),
        gone=len(set(one.evidence) - {piece.id for piece in found}),
    )


def _piece(piece: Evidence, named: Collection[str]) -> Piece:
    points = f"{piece.points:g} of {piece.maximum:g}" if piece.points is not None and piece.maximum is not None else ""
    about = {"kind": piece.kind, "title": piece.title, "text": piece.text, "by": piece.by, "on": _day(piece.on)}
    return Piece(**about, points=points, attempt=piece.attempt, rests=piece.id in named)


def _second(course: Course, asked: Asks, by: str, called: Names) -> Quality:
    tasks = second_marking.tasks_in(course, [name for name, _ in called.workbooks])
    found = tuple(
        Task(assignment=name, task=task, waiting=len(second_marking.waiting(course, name, task, by)))
        for name, each in tasks.items()
        for task in each
    )
    second, assignment, task = None, asked.get("workbook", ""), asked.get("task", "")
    if assignment and task:
        assignment = course.assignment(assignment)
        left = second_marking.waiting(course, assignment, task, by)
        if left:
            answer = blind(course, assignment, task, left[0].learner)
            second = Second(assignment=assignment, token=left[0].token, left=len(left), answer=answer)
    return Quality(part="second", by=by, tasks=found, second=second)


def _agreement(course: Course, asked: Asks, by: str, called: Names) -> Quality:
    agreed = []
    pair, answer = None, None
    for one in second_marking.agreements(course):
        differ = tuple(_differs(two, called) for two in one.disagreements)
        agreed.append(Agreed(title=f"{one.assignment}, {one.task}", agreement=one.agreement, differ=differ))
        for two in one.disagreements:
            if two.id == asked.get("pair"):
                pair = _differs(two, called)
                answer = marked_answer(course, two.assignment, two.task, two.learner)
    return Quality(part="agreement", by=by, agreed=tuple(agreed), pair=pair, pair_answer=answer)


def _differs(pair: second_marking.Pair, called: Names) -> Differs:
    return Differs(id=pair.id, learner=called(pair.learner), first=pair.first, second=pair.points, marker=pair.marker, text=pair.text)


def _actions(course: Course, asked: Asks, by: str, _: Names) -> Quality:
    found = tuple(
        Todo(
            id=one.id,
            to=one.to,
            text=one.text,
            until=_day(one.until) if one.until else "",
            by=one.by,
            on=_day(one.at),
            sample=one.sample,
            closed=f"{one.closed_by}, {_day(one.closed_at)}: {one.closing}" if one.closed_at else "",
        )
        for one in actions.actions_of(course)
    )
    return Quality(part="actions", by=by, actions=found)


def _standard(course: Course, asked: Asks, by: str, called: Names) -> Quality:
    books, assignment = called.workbooks, asked.get("workbook", "")
    if not assignment:
        return Quality(part="standard", by=by, workbooks=books)
    assignment = course.assignment(assignment)
    all_ = standardising.trainings(course, assignment, by)
    left = [one for one in all_ if one.mine is None]
    standings = standardising.standings(course, assignment, by)
    made = Standard(
        assignment=assignment,
        left=len(left),
        marked=tuple(_learnt(one) for one in all_ if one.mine),
        agreed=tuple(Agreed(title=f"{one.task}: {point.text}", agreement=point.agreement) for one in standings for point in one.must_see),
        points=tuple(Agreed(title=one.task, agreement=one.points) for one in standings),
        **_next(left),
    )
    return Quality(part="standard", by=by, workbooks=books, standard=made)


def _next(left: list[standardising.Training]) -> dict[str, Any]:
    if not left:
        return {}
    one = left[0]
    return {"number": one.number, "task": one.task, "answer": sample(one)}


def _learnt(one: standardising.Training) -> Learnt:
    assert one.mine  # noqa: S101  only those that were marked come here
    assert one.author  # noqa: S101
    there = (*one.author.must_see, *[False] * len(one.rubric.must_see))
    return Learnt(
        number=one.number,
        task=one.task,
        text=one.text,
        mine=one.mine.points,
        author=one.author.points,
        level=one.author.level,
        why=one.author.why,
        others=tuple(f"{other.marker}: {other.points:g}" for other in one.others),
        must_see=tuple((text, number in one.mine.seen, there[number]) for number, text in enumerate(one.rubric.must_see)),
    )


def _hints(course: Course, asked: Asks, by: str, _: Names) -> Quality:
    often = tuple(
        Often(
            called=HINTS[one.kind],
            sure=one.sure,
            given=one.given,
            right=one.right,
            wrong=one.wrong,
            share="–" if one.share is None else percent(one.share),
        )
        for one in second_looks.how_often(course)
    )
    return Quality(part="hints", by=by, often=often)


def _adjusted(course: Course, asked: Asks, by: str, called: Names) -> Quality:
    learner = asked.get("learner", "")
    found = tuple(_listed(one, called) for one in adjustments.adjustments_of(course, learner))
    return Quality(part="adjustments", by=by, workbooks=called.workbooks, learners=called.learners, kinds=tuple(Kind), adjusted=found)


def _listed(one: Adjustment, called: Names) -> Adjusted:
    return Adjusted(
        id=one.id,
        learner=called(one.learner),
        what=f"{one.kind}: {one.detail}" if one.detail else one.kind,
        workbook=one.assignment,
        why=one.why,
        approved_by=one.approved_by,
        on=_day(one.on),
        ended=one.ended,
    )


_SHOW: Mapping[str, Callable[[Course, Asks, str, Names], Quality]] = {
    "sample": _sampled,
    "second": _second,
    "agreement": _agreement,
    "actions": _actions,
    "standard": _standard,
    "hints": _hints,
    "adjustments": _adjusted,
}


def _day(when: date | datetime) -> str:
    when = day(when) if isinstance(when, datetime) else when
    return f"{when.day} {when:%B %Y}"
