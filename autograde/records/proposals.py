"""What the evidence for a criterion proposes, by the rubrics' rules: pure. Only a person decides.

"Met" is proposed where an answer reaches the rubric's level "Met" and all must-see points are ticked, in a workbook that can show the
whole criterion; where real work has to be seen, not without evidence of that. Where nobody ticked any, as in formgrader, which has no
ticks, it goes by the points, and says so. "Not yet met" is proposed where all answers are
marked and none gets there. Points of different answers are never added up, and closed questions alone propose nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from autograde.content.frameworks import Criterion
from autograde.marking import Rubric
from autograde.records.piece import BY_HAND, SHOWS_WORK, Evidence, Kind
from autograde.text import count

ANSWER = "a written answer that reaches the level “Met”"
OWN_WORK = "evidence from the learner’s own work: a form, or an observation, witness or product entered by hand; a discussion supports it"
SHOWN_WORK = "an observation, a witness or a product from the learner’s own work: what is written only prepares for it"
MARKS = "the marks of what waits"


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """What is proposed for a criterion.

    Attributes
    ----------
    met
        None where nothing is proposed.
    why
        One or two sentences.
    rests_on
        Ids of the evidence.
    missing
        What is missing, one phrase each; empty where "met" is proposed.
    """

    met: bool | None
    why: str
    rests_on: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


def propose(criterion: Criterion, evidence: Sequence[Evidence], rubrics: Mapping[str, Rubric]) -> Proposal:
    """Propose for one learner and criterion.

    Parameters
    ----------
    evidence
        All of the learner's that is about the criterion.
    rubrics
        Item id → rubric of the written tasks.
    """
    if criterion.evidence == "prepares":
        return _by_work(evidence)
    own = [one for one in evidence if one.real]
    judged = [_judge(one, rubrics.get(one.item)) for one in evidence if one.kind is Kind.WRITTEN and one.extent == "full"]
    if met := [one for one in judged if one.met]:
        answers, why = tuple(id_ for one in met for id_ in one.rests_on), met[-1].why
        if criterion.real_work and not own:
            why += " But this criterion is met by the learner’s own work alone, and nothing says that this was."
            return Proposal(met=None, why=why, rests_on=answers, missing=(OWN_WORK,))
        if criterion.real_work:
            why += f" {_who(own)} is there, too."
        return Proposal(met=True, why=why, rests_on=(*answers, *(one.id for one in own)))
    missing = (ANSWER, *([OWN_WORK] if criterion.real_work and not own else []))
    if not judged:
        return Proposal(met=None, why=_unjudged(evidence), missing=missing)
    last = judged[-1]
    if any(one.met is None for one in judged):
        open_ = next(one for one in reversed(judged) if one.met is None)
        return Proposal(met=None, why=open_.why, rests_on=open_.rests_on, missing=(*open_.missing, *missing[1:]))
    if any(one.kind in BY_HAND for one in evidence):
        return Proposal(met=None, why=f"{last.why} What was entered by hand is yours to weigh.", missing=(*last.missing, *missing[1:]))
    return Proposal(met=False, why=last.why, rests_on=last.rests_on, missing=(*last.missing, *missing[1:]))


def _by_work(evidence: Sequence[Evidence]) -> Proposal:
    """Propose where only a real workplace can show the criterion."""
    shown = [one for one in evidence if one.kind in SHOWS_WORK]
    if shown:
        why = f"{_who(shown)} is there from the learner’s own work. Whether it is enough is yours to judge."
        return Proposal(met=True, why=why, rests_on=tuple(one.id for one in shown))
    why = "What is there only prepares for it." if evidence else "There is no evidence yet."
    return Proposal(met=None, why=why, missing=(SHOWN_WORK,))


def _judge(answer: Evidence, rubric: Rubric | None) -> Proposal:
    """Say what one written answer proposes, by its rubric."""
    if answer.waiting or answer.points is None:
        return Proposal(met=None, why=f"{_place(answer)} waits for a marker.", missing=(MARKS,))
    if rubric is None or rubric.met >= len(rubric.levels):
        return Proposal(met=None, why=f"{_place(answer)} has no rubric that says from which points it meets the criterion.")
    least = rubric.levels[rubric.met].span[0]
    unseen = [point for n, point in enumerate(rubric.must_see) if n not in answer.seen] if answer.seen else []
    got = f"{_place(answer)} has {answer.points:g} of {answer.maximum:g} points, and “{rubric.levels[rubric.met].title}” begins at {least}"
    if answer.points < least:
        return Proposal(met=False, why=f"{got}.", rests_on=(answer.id,), missing=tuple(unseen) or (ANSWER,))
    if unseen:
        why = f"{got}, but {count(len(unseen), 'must-see point')} {'is' if len(unseen) == 1 else 'are'} not ticked."
        return Proposal(met=None, why=why, rests_on=(answer.id,), missing=tuple(unseen))
    ticked = "every must-see point is ticked" if answer.seen else "no must-see point was ticked, so this goes by the points alone"
    return Proposal(met=True, why=f"{got}; {ticked}.", rests_on=(answer.id,))


def _unjudged(evidence: Sequence[Evidence]) -> str:
    if any(one.kind in BY_HAND for one in evidence):
        return "There is evidence entered by hand and no written answer: it is yours to weigh."
    return "Closed questions, forms and answers that only prepare show no whole criterion." if evidence else "There is no evidence yet."


def _place(answer: Evidence) -> str:
    attempt = f", attempt {answer.attempt}," if answer.attempt > 1 else ""
    return f"The answer {answer.task}{attempt}"


def _who(evidence: Sequence[Evidence]) -> str:
    kinds = dict.fromkeys(one.kind.value for one in evidence)
    words = " and ".join(f"{'an' if kind[0] in 'aeiou' else 'a'} {kind}" for kind in kinds)
    return f"{words[0].upper()}{words[1:]}"
