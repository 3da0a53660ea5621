"""What the page Results shows, of what stands in the records: the grid, a cell, a learner's unit, or a criterion."""

from collections.abc import Iterator
from datetime import datetime

from autograde.classes.folder import Course
from autograde.desk.mark_answers import Answers
from autograde.desk.results_cells import LINES, Looked
from autograde.desk.results_referrals import referrals
from autograde.desk.results_view import CALLED, Cell, Criterion, Line, Past, Piece, Proposed, Results, Unit
from autograde.gradebook.who import who
from autograde.records import decisions
from autograde.records.evidence import rests_in_words
from autograde.records.piece import BY_HAND, LEARNER, Evidence
from autograde.records.units import UnitStanding
from autograde.text import LOCAL, in_words

LOCKED = "no decision, evidence, points or comment can be changed, and what is handed in now is kept and waits."


def data(
    course: Course,
    *,
    learner: str = "",
    criterion: str = "",
    number: int = 1,
    find: str = "",
    state: str = "",
    refer: str = "",
    enter: str = "",
    names: bool = True,
) -> Results:
    """Give what the page shows.

    Parameters
    ----------
    learner, criterion
        Both: their cell. One of them: the learner's unit, or the criterion across the class. Neither: the grid.
    number
        The page of the list, from 1.
    find
        Only learners in whose name or id this stands.
    state
        Only learners who stand so with some criterion; "" for all.
    refer
        The workbook of which the learner is to be asked for more; "" for none.
    enter
        The kind of evidence that is to be entered by hand now; "" for none.
    names
        Whether the list is sorted by name; by id where not.

    Raises
    ------
    ClassError
        If there is no such learner or criterion, or something cannot be read.
    """
    looked = Looked.at(course)
    words = find.casefold().split()
    lines = [line for line in looked.lines if all(word in f"{line.name} {line.shown}".casefold() for word in words)]
    lines = [line for line in lines if not state or any(square.state == state for square in line.squares)]
    if not names:
        lines.sort(key=lambda line: line.shown.casefold())
    numbers = max(1, -(-len(lines) // LINES))
    number = min(max(1, number), numbers)
    codes = [column.code for column in looked.columns]
    column = looked.column(criterion) if criterion else None
    return Results(
        framework=looked.grid.framework.title,
        columns=looked.columns,
        lines=tuple(lines[(number - 1) * LINES : number * LINES]),
        learners=len(looked.lines),
        found=len(lines),
        number=number,
        numbers=numbers,
        find=find,
        state=state,
        to_decide=looked.grid.to_decide,
        me=who(),
        today=datetime.now(LOCAL).date().isoformat(),
        here={name: value for name, value in (("learner", learner), ("criterion", criterion)) if value},
        enter=enter,
        cell=_cell(looked, looked.line(learner), criterion) if learner and column else None,
        unit=_unit(looked, looked.line(learner), codes) if learner and not column else None,
        referrals=referrals(course, looked.line(learner).id, refer) if learner and not column else None,
        criterion=None
        if learner or not column
        else Criterion(column=column, place=codes.index(column.code), checked=looked.checked(lines, {column.code})),
    )


def _cell(looked: Looked, line: Line, code: str) -> Cell:
    cell, square = looked.cell(line.id, code), next(one for one in line.squares if one.code == code)
    proposal, decision = cell.proposal, cell.decision
    used = decision.evidence if decision and not cell.stale else proposal.rests_on
    titles = {one.id: one.title for one in cell.evidence}
    waiting = [one for one in looked.lines if one.id != line.id and any(has.code == code and has.waits for has in one.squares)]
    after = [one for one in waiting if looked.lines.index(one) > looked.lines.index(line)]
    words = {True: "met", False: "not yet met"}
    return Cell(
        line=line,
        column=looked.column(code),
        square=square,
        pieces=tuple(_piece(looked, one, ticked=one.id in used) for one in cell.evidence),
        missing=cell.missing,
        proposal=None if proposal.met is None else Proposed(words=words[proposal.met], why=proposal.why),
        unproposed=proposal.why if proposal.met is None else "",
        past=tuple(_past(one, titles) for one in decisions.history(looked.course, line.id, code)),
        decided=decision is not None,
        locked=_why_locked(looked.grid.units[line.id]),
        next=next(iter([*after, *waiting]), None),
        base=looked.base(line.id, code),
    )


def _piece(looked: Looked, one: Evidence, *, ticked: bool) -> Piece:
    about = [f"{one.on.day} {one.on:%B %Y}", one.by]
    attempt = f"attempt {one.attempt}" if one.attempt else ""
    about += [attempt] if attempt else []
    if one.waiting:
        about.append("waits to be marked")
    elif one.points is not None and one.maximum is not None:
        what = "questions right" if one.kind == "closed" else "points"
        about.append(f"{one.points:g} of {one.maximum:g} {what}")
    about += ["from the learner’s own work"] if one.real else []
    return Piece(
        id=one.id,
        kind=CALLED[one.kind],
        title=one.title,
        text=one.text,
        about=tuple(about),
        attempt=attempt,
        by_hand=one.kind in BY_HAND,
        ticked=ticked,
        mark=_on_the_mark_page(looked, one) if one.kind == "written" else None,
    )


def _on_the_mark_page(looked: Looked, one: Evidence) -> dict[str, str]:
    """Give what the address of an answer has there."""
    lines = Answers(looked.course, one.assignment).marking("", one.learner, "").lines
    found = next((line.answer for line in lines if line.task == one.task), "")
    return {"workbook": one.assignment, "learner": one.learner, "answer": found}


def _past(one: decisions.Decision, titles: dict[str, str]) -> Past:
    return Past(
        words={True: "met", False: "not yet met", None: "taken back"}[one.met],
        assessor=one.assessor,
        at=one.at,
        reason=one.reason,
        rests_on=rests_in_words(one.evidence, titles),
    )


def _unit(looked: Looked, line: Line, codes: list[str]) -> Unit:
    unit = looked.grid.units[line.id]
    open_ = [square.code for square in line.squares if square.state != "met"]
    lacking = [f"{', '.join(open_)} {'is' if len(open_) == 1 else 'are'} not decided as met"] if open_ else []
    lacking += [why for square in line.squares if (why := looked.cell(line.id, square.code).stale)]
    lacking += [] if unit.declared else ["the learner’s declaration is missing"]
    return Unit(
        line=line,
        checked=looked.checked([line], codes),
        locked=unit.locked,
        declared=unit.declared is not None,
        told=tuple(_told(unit)),
        lacking=f"{'; '.join(lacking)}." if lacking else "",
    )


def _told(unit: UnitStanding) -> Iterator[str]:
    events = ((unit.declared, "Declared"), (unit.signed, "Signed off"), (unit.reopened, "Reopened"))
    for event, words in sorted(((event, words) for event, words in events if event), key=lambda pair: pair[0].at):
        by = "by the learner" if event.who == LEARNER else f"by {event.who}"
        yield f"{words} {by}, {in_words(event.at)}" + (f": {event.text}" if event.text else "")
    for name in unit.waiting:
        yield f"Handed in to {name} since then: it is kept and waits. Reopen the unit to let it count."
    if unit.outside:
        yield f"Points or comments were changed by formgrader or another program since then, seen {in_words(unit.outside)}: look again."
    if not unit.declared:
        yield "The learner has not declared yet that the work is their own."


def _why_locked(unit: UnitStanding) -> str:
    if not unit.locked or not unit.signed:
        return ""
    return f"The unit was signed off by {unit.signed.who}, {in_words(unit.signed.at)}, and is locked: {LOCKED}"
