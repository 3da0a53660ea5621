"""What stands against a sign-off although every criterion is decided: evidence that changed, quality assurance, tasks to be done again."""

from collections.abc import Collection, Iterable

from sqlalchemy import Connection, select

from autograde.gradebook.own_tables import action, sample
from autograde.records.decisions import Decision
from autograde.records.evidence import Evidence, gone, gone_in_words
from autograde.records.proposals import Proposal
from autograde.records.referrals import Referral


def stale(decision: Decision, evidence: Iterable[Evidence], proposal: Proposal) -> str:
    """Say why a decision does not rest any more on what it rested on; "" where it does.

    Parameters
    ----------
    evidence, proposal
        The learner's evidence, and what is proposed for the criterion, as they are now.
    """
    if lost := gone(decision.evidence, decision.criterion, evidence):
        return f"{decision.criterion} rests on {gone_in_words(lost)}"
    if decision.met and decision.proposal.met and not proposal.met:
        return f"{decision.criterion} was proposed as met when it was decided, and is not now: points or ticks were changed since"
    return ""


def asked_for(connection: Connection, decisions: Collection[Decision], referrals: Iterable[Referral]) -> list[str]:
    """Say what quality assurance or a referral still asks for, one phrase each.

    Parameters
    ----------
    decisions
        Those of the unit that hold.
    referrals
        The learner's that wait for an answer.
    """
    code = {one.id: one.criterion for one in decisions}
    looked = {row.id: row for row in connection.execute(select(sample).where(sample.c.decision.in_(code)).order_by(sample.c.at))}
    newest = {row.decision: row for row in looked.values() if row.agrees is not None}
    said = [f"the quality assurer does not agree with {code[row.decision]}" for row in newest.values() if not row.agrees]
    open_ = select(action).where(action.c.sample.in_(looked), action.c.closed_at.is_(None))
    said += [f"an action on {code[looked[row.sample].decision]} is not closed" for row in connection.execute(open_)]
    return [*dict.fromkeys(said), *(f"{one.assignment} is referred, and waits for its answer" for one in referrals)]
