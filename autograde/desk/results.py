"""Results: the grid learner × criterion; evidence, decisions, and the sign-off of a unit.

The program proposes, a person decides. A total is shown nowhere: each criterion stands for itself.
"""

from collections.abc import Iterable, Iterator
from datetime import date

from autograde.desk import reports
from autograde.desk.home import choose_names
from autograde.desk.pages import Asked, Done, Page, UnfitError
from autograde.desk.results_cells import Looked
from autograde.desk.results_data import data
from autograde.desk.results_referrals import do_refer, do_withdraw, the_file
from autograde.desk.results_view import KINDS, Results
from autograde.errors import ClassError
from autograde.records import decisions, evidence, units
from autograde.text import count, printable

MEANWHILE = "has changed since you opened it, and nothing of yours was written. Look at it again, then decide."
SHORT = 12
"""Signs of a decision's id."""


def _show(asked: Asked) -> Results:
    return data(
        asked.course,
        learner=asked.text("learner"),
        criterion=asked.text("criterion"),
        number=asked.number("number", 1),
        find=asked.text("find"),
        state=asked.text("state"),
        refer=asked.text("refer"),
        enter=asked.text("enter"),
        names=asked.names,
    )


def _here(asked: Asked) -> dict[str, str]:
    """Give what the address of the cell, learner or criterion has."""
    return {name: asked.text(name) for name in ("learner", "criterion") if asked.text(name)}


def _ticked(asked: Asked, word: str) -> Iterator[str]:
    """Give what stands behind a word in the names of the boxes that are ticked."""
    yield from (name.removeprefix(f"{word} ") for name in asked.fields if name.startswith(f"{word} "))


def _by(asked: Asked) -> str:
    if not (by := printable(asked.text("by"))):
        msg = "Say who does this: a name."
        raise UnfitError(msg, "by")
    return by


def _needed(asked: Asked, name: str, msg: str) -> str:
    if not (text := asked.text(name).replace("\r\n", "\n")):
        raise UnfitError(msg, name)
    return text


def _unchanged(asked: Asked, learner: str, code: str, base: str) -> Looked:
    """Give the results where a cell stands as it was shown; an UnfitError where it does not."""
    looked = Looked.at(asked.course)
    if looked.base(learner, code) != base:
        msg = f"{code} of {looked.called(learner, names=asked.names)} {MEANWHILE}"
        raise UnfitError(msg)
    return looked


def _held(looked: Looked, learner: str, code: str) -> str:
    """Give the id of the decision that a cell was shown with, "" for none: it is compared once more where the new one is written."""
    held = looked.cell(learner, code).decision
    return held.id if held else ""


def _decide(asked: Asked) -> Done:
    """Write a decision down."""
    learner, code, met = asked.text("learner"), asked.text("criterion"), asked.text("met")
    if met not in {"met", "not-yet"}:
        msg = "Choose whether it is met."
        raise UnfitError(msg, "met")
    reason, by = _needed(asked, "reason", "Give the reason: what the evidence shows, or what is missing."), _by(asked)
    looked = _unchanged(asked, learner, code, asked.text("base"))
    used = {*_ticked(asked, "use")}
    rests_on = tuple(one.id for one in looked.cell(learner, code).evidence if one.id in used)
    if met == "met" and not rests_on:
        msg = "Tick what it rests on; where there is nothing yet, enter evidence by hand first."
        raise UnfitError(msg, "use")
    base = _held(looked, learner, code)
    made = decisions.decide(asked.course, learner, code, met=met == "met", reason=reason, evidence=rests_on, assessor=by, base=base)
    words = "met" if made.met else "not yet met"
    said = f"{code} is {words} for {looked.called(learner, names=asked.names)}."
    return Done(said=said, query=_here(asked), undo=_undo(asked, [made], by))


def _take_back(asked: Asked) -> Done:
    """Take a decision back."""
    learner, code = asked.text("learner"), asked.text("criterion")
    reason, by = _needed(asked, "reason", "Say why it is taken back."), _by(asked)
    looked = _unchanged(asked, learner, code, asked.text("base"))
    made = decisions.decide(asked.course, learner, code, met=None, reason=reason, assessor=by, base=_held(looked, learner, code))
    said = f"{code} is not decided any more for {looked.called(learner, names=asked.names)}."
    return Done(said=said, query=_here(asked), undo=_undo(asked, [made], by))


def _decide_each(asked: Asked) -> Done:
    """Decide "met" for all that are ticked in the checked list, or for none of them."""
    by, wanted = _by(asked), []
    for key in _ticked(asked, "tick"):
        code, _, learner = key.partition(" ")
        looked = _unchanged(asked, learner, code, asked.text(f"tick {key}"))
        if not (reason := asked.text(f"reason {key}").replace("\r\n", "\n")):
            msg = f"Give a reason for {code} of {looked.called(learner, names=asked.names)}, too."
            raise UnfitError(msg)
        rests_on = looked.cell(learner, code).proposal.rests_on
        base = _held(looked, learner, code)
        wanted.append(decisions.Decide(learner=learner, criterion=code, met=True, reason=reason, evidence=rests_on, assessor=by, base=base))
    if not wanted:
        msg = "Tick at least one of them."
        raise UnfitError(msg)
    made = decisions.decide_each(asked.course, wanted)
    return Done(said=f"Decided: {count(len(made), 'criterion', 'criteria')} met.", query=_here(asked), undo=_undo(asked, made, by))


def _undo(asked: Asked, made: Iterable[decisions.Decision], by: str) -> tuple[str, dict[str, str]]:
    """Give what takes decisions back; of each id as much as tells it, as the button lies in a cookie."""
    which = "\n".join(f"{one.criterion} {one.id[:SHORT]} {one.learner}" for one in made)
    return "undo", {**_here(asked), "decisions": which, "by": by}


def _taken_back(asked: Asked) -> Done:
    """Take back what was just decided, by new decisions which say again what held before."""
    looked, wanted = Looked.at(asked.course), []
    for line in asked.text("decisions").splitlines():
        code, made, learner = line.split(" ", 2)
        newest, *earlier = decisions.history(asked.course, learner, code)
        if newest.id[:SHORT] != made:
            msg = f"{code} was decided otherwise meanwhile, and cannot be undone. Look at it, and decide anew."
            raise ClassError(msg)
        held = earlier[0] if earlier and earlier[0].met is not None else None
        there = {one.id for one in looked.cell(learner, code).evidence}
        wanted.append(
            decisions.Decide(
                learner=learner,
                criterion=code,
                met=held.met if held else None,
                reason=f"Undone, so this holds again: {held.reason}" if held else "Undone.",
                evidence=tuple(one for one in held.evidence if one in there) if held else (),
                assessor=_by(asked),
                base=newest.id if newest.met is not None else "",
            )
        )
    decisions.decide_each(asked.course, wanted)
    return Done(said=f"Undone: {count(len(wanted), 'decision')} taken back.", query=_here(asked))


def _enter(asked: Asked) -> Done:
    """Keep evidence that somebody enters by hand."""
    kind = next((one for one in KINDS if one == asked.text("kind")), None)
    if kind is None:
        msg = "Choose what kind of evidence it is."
        raise UnfitError(msg)
    criteria = tuple(_ticked(asked, "for"))
    if not criteria:
        msg = "Tick at least one criterion."
        raise UnfitError(msg, "for")
    try:
        on = date.fromisoformat(asked.text("on"))
    except ValueError as error:
        msg = "Say when it was: a day."
        raise UnfitError(msg, "on") from error
    made = evidence.add_evidence(
        asked.course,
        asked.text("learner"),
        kind=kind,
        criteria=criteria,
        on=on,
        by=_needed(asked, "source", "Say who observed it, or whose word it is."),
        title=_needed(asked, "title", "Say in a few words what it is."),
        text=_needed(asked, "text", "Write down what was seen or said."),
    )
    undo = {**_here(asked), "id": made, "why": "Withdrawn at once."}
    return Done(said=f"{KINDS[kind]} kept.", query=_here(asked), undo=("withdraw", undo))


def _withdraw(asked: Asked) -> Done:
    """Withdraw evidence that was entered by hand; the record of it stays."""
    if not (why := asked.text("why")):
        msg = "Say why it does not count."
        raise UnfitError(msg)
    evidence.withdraw_evidence(asked.course, asked.text("id"), why)
    return Done(said="That evidence does not count any more.", query=_here(asked))


def _declare(asked: Asked) -> Done:
    """Write down that the learner has declared the work to be their own."""
    text = _needed(asked, "text", "Say how and where the learner has declared it.")
    units.declare(asked.course, asked.text("learner"), text=text, by=_by(asked))
    return Done(said="The declaration is written down.", query=_here(asked))


def _sign_off(asked: Asked) -> Done:
    """Sign a learner's unit off, which locks it."""
    units.sign_off(asked.course, asked.text("learner"), by=_by(asked))
    return Done(said="The unit is signed off, and locked.", query=_here(asked))


def _reopen(asked: Asked) -> Done:
    """Reopen a unit that is signed off."""
    why = _needed(asked, "why", "Say why it is reopened.")
    units.reopen(asked.course, asked.text("learner"), why=why, by=_by(asked))
    return Done(said="The unit is open again.", query=_here(asked))


PAGE = Page(
    name="results",
    title="Results",
    show=_show,
    verbs={
        "names": choose_names,
        "decide": _decide,
        "take-back": _take_back,
        "decide-each": _decide_each,
        "undo": _taken_back,
        "evidence": _enter,
        "withdraw": _withdraw,
        "declare": _declare,
        "sign-off": _sign_off,
        "reopen": _reopen,
        "refer": do_refer,
        "withdraw-referral": do_withdraw,
    },
    files={"referral": the_file, "report": reports.giving("criterion-tracker", "unit-record", "class-report")},
    formgrader="gradebook",
)
