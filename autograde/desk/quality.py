"""Quality: decisions that are sampled, second marking, agreement, actions, standardisation, and adjustments for learners."""

from datetime import date, datetime
from math import isfinite
from typing import Any

from autograde.desk import reports
from autograde.desk.pages import Asked, Done, Page, UnfitError
from autograde.desk.quality_data import Names, data
from autograde.desk.quality_view import Quality
from autograde.errors import ClassError
from autograde.gradebook.who import who
from autograde.records import actions, adjustments, sampling, second_marking, standardising
from autograde.records.adjustments import Kind
from autograde.statistics.sampling import LEAST, Rates
from autograde.text import LOCAL, count, read_due


def _show(asked: Asked) -> Quality:
    return data(asked.course, asked.fields, names=asked.names)


def _by(asked: Asked) -> dict[str, str]:
    """Give what the next address has to say of who works: nothing where it is who is logged in."""
    by = asked.text("by")
    return {"by": by} if by and by != who() else {}


def _date(asked: Asked, name: str) -> date | None:
    try:
        return read_due(asked.text(name)).astimezone(LOCAL).date() if asked.text(name) else None
    except ClassError as error:
        raise UnfitError(str(error), name) from error


def _number(asked: Asked, name: str) -> float:
    """Read a number as people write it: "7,5" is 7.5."""
    try:
        found = float(asked.text(name).replace(",", "."))
    except ValueError:
        found = float("nan")
    if not isfinite(found):
        msg = "Type the points." if name == "points" and not asked.text(name) else "Type a number like 7.5."
        raise UnfitError(msg, name)
    return found


def _least(asked: Asked, name: str) -> int:
    """Read a least number: none where the field is empty, never another one than was typed."""
    found = asked.number(name, -1) if asked.text(name) else 0
    if found < 0:
        msg = "Type a whole number, 0 or more."
        raise UnfitError(msg, name)
    return found


def _ticks(asked: Asked) -> tuple[int, ...]:
    return tuple(sorted({int(one) for one in asked.many.get("seen", ()) if one.isdecimal() and len(one) < 3}))


def _plan(asked: Asked) -> Done:
    """Sample decisions."""
    shares: dict[str, Any] = {name: _number(asked, name) / 100 for name in ("base", "new_assessor")}
    numbers: dict[str, Any] = {name: _least(asked, name) for name in LEAST}
    try:
        rates = Rates(**shares, **numbers)
    except ClassError as error:
        raise UnfitError(str(error), "new_assessor") from error
    new = [name.strip() for name in asked.text("new").splitlines() if name.strip()]
    made = sampling.plan(asked.course, rates=rates, new=new, seed=asked.text("seed"), by=asked.text("by"))
    return Done(said=f"{count(made.samples, 'decision')} to look at. The plan’s seed is {made.seed}.", query=_by(asked))


def _look(asked: Asked) -> Done:
    """Say what came of looking at a decision."""
    said = asked.text("agrees")
    if said not in {"yes", "no"}:
        msg = "Say whether you agree."
        raise UnfitError(msg, "agrees")
    try:
        found = sampling.look(asked.course, asked.text("sample"), agrees=said == "yes", text=_text(asked, "text"), by=asked.text("by"))
    except ClassError as error:
        raise UnfitError(str(error), "text") from error
    what = "agrees" if found.agrees else "does not agree"
    return Done(said=f"{found.by} {what} with {found.decision.assessor}’s decision on {found.decision.criterion}.", query=_by(asked))


def _give_second(asked: Asked) -> Done:
    """Write down what a second marker gives."""
    assignment, task = asked.course.assignment(asked.text("workbook")), asked.text("task")
    given: dict[str, Any] = {
        "points": _number(asked, "points"),
        "seen": _ticks(asked),
        "text": _text(asked, "text"),
        "marker": asked.text("by"),
    }
    try:
        made = second_marking.give_second(asked.course, assignment, task, asked.text("token"), **given)
    except ClassError as error:
        raise UnfitError(str(error), "points") from error
    left = len(second_marking.waiting(asked.course, assignment, task, made.marker))
    query = {"part": "second", **({"workbook": assignment, "task": task} if left else {}), **_by(asked)}
    return Done(said=f"{made.points:g} points are written down. {count(left, 'answer')} of this task left.", query=query)


def _act(asked: Asked) -> Done:
    """Ask somebody to do something."""
    until = _date(asked, "until")
    try:
        made = actions.raise_action(
            asked.course, to=asked.text("to"), text=_text(asked, "text"), until=until, sample=asked.text("sample"), by=asked.text("by")
        )
    except ClassError as error:
        raise UnfitError(str(error), "text" if asked.text("to") else "to") from error
    return Done(said=f"{made.to} is asked to do it.", query={"part": "actions", **_by(asked)})


def _close(asked: Asked) -> Done:
    """Close an action."""
    made = actions.close_action(asked.course, asked.text("action"), _text(asked, "words"), by=asked.text("by"))
    return Done(said=f"Closed: {made.text}", query={"part": "actions", **_by(asked)})


def _standardise(asked: Asked) -> Done:
    """Write down what a marker gives a sample answer."""
    assignment = asked.course.assignment(asked.text("workbook"))
    points, number = _number(asked, "points"), asked.number("number", -1)
    try:
        standardising.give_standard(asked.course, assignment, number, points=points, seen=_ticks(asked), marker=asked.text("by"))
    except ClassError as error:
        raise UnfitError(str(error), "points") from error
    query = {"part": "standard", "workbook": assignment, **_by(asked)}
    return Done(said="Written down. The author’s view stands below.", query=query)


def _adjust(asked: Asked) -> Done:
    """Write an adjustment down."""
    try:
        kind = Kind(asked.text("kind"))
    except ValueError as error:
        msg = "Choose what is adjusted."
        raise UnfitError(msg, "kind") from error
    on = _date(asked, "on") or datetime.now(LOCAL).date()
    about = {name: _text(asked, name) for name in ("why", "approved_by", "detail")}
    workbooks = asked.many.get("workbook", ())
    try:
        made = adjustments.adjust(
            asked.course, asked.text("learner"), kind, workbooks=workbooks, days=asked.number("days", 0), on=on, **about
        )
    except ClassError as error:
        raise UnfitError(str(error)) from error
    called = Names(asked.course, names=asked.names)
    return Done(said=f"{made[0].kind} for {called(made[0].learner)} is written down.", query={"part": "adjustments"})


def _end(asked: Asked) -> Done:
    """Note that an adjustment holds no more."""
    return Done(said=f"It has ended: {adjustments.end(asked.course, asked.text('adjustment')).kind}.", query={"part": "adjustments"})


def _text(asked: Asked, name: str) -> str:
    return asked.text(name).replace("\r\n", "\n")


PAGE = Page(
    name="quality",
    title="Quality",
    show=_show,
    verbs={
        "plan": _plan,
        "look": _look,
        "second": _give_second,
        "act": _act,
        "close": _close,
        "standardise": _standardise,
        "adjust": _adjust,
        "end": _end,
    },
    files={"report": reports.giving("quality-assurance")},
    formgrader="gradebook",
)
