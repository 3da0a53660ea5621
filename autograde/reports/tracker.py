"""The criterion tracker: learner × criterion × attempt × evidence × decision × assessor × date, a row for each piece of evidence.

What the decision that holds rested on and is there no more has one row, which says so.
"""

from collections.abc import Iterator, Sequence

from autograde.records.evidence import Evidence, gone, gone_in_words
from autograde.reports.document import Table
from autograde.reports.facts import KINDS, Decided, Facts, marks_of
from autograde.reports.people import People
from autograde.text import local

HEADER = (
    "learner",
    "criterion",
    "attempt",
    "evidence",
    "kind",
    "evidence date",
    "marks",
    "evidence by",
    "feedback given",
    "rests on it",
    "decision",
    "assessor",
    "decided at",
    "reason",
)


def tracker(facts: Facts, people: People) -> Table:
    """Give the tracker; a criterion without evidence has one row, and a decision stands in each row of its criterion."""
    rows = [row for student in people.students for row in _of(facts, people, student.id)]
    return Table(title=f"Criterion tracker: {facts.framework.title}", header=HEADER, rows=tuple(rows))


def _of(facts: Facts, people: People, learner: str) -> Iterator[tuple[str, ...]]:
    for criterion in facts.framework.criteria:
        pieces = [one for one in facts.evidence.get(learner, ()) if criterion.code in one.criteria]
        decisions = facts.decided.get((learner, criterion.code), ())
        decision = decisions[-1] if decisions else None
        given = {one.evidence: one.given for one in facts.feedback.get(learner, ())}
        cells = [_piece(one, people, decisions, given.get(one.id, "")) for one in pieces]
        if said := gone_in_words(gone(decision.evidence, criterion.code, pieces) if decision else ()):
            cells.append(("", said, *[""] * 5, "yes"))
        for each in cells or [("",) * 8]:
            yield (people.called[learner], criterion.code, *each, *_decision(decision, people))


def _piece(piece: Evidence, people: People, decisions: Sequence[Decided], given: str) -> tuple[str, ...]:
    """Give the cells of a piece of evidence; what an earlier decision rests on says which one that is."""
    earlier = [f"yes, {one.words} of {local(one.at)}" for one in decisions[:-1] if piece.id in one.evidence]
    rests = ["yes"] if decisions and piece.id in decisions[-1].evidence else earlier[-1:]
    return (
        str(piece.attempt or ""),
        people.hide(piece.title, piece.learner),
        KINDS[piece.kind],
        piece.on.isoformat(),
        marks_of(piece),
        people.hide(piece.by, piece.learner),
        given,
        *(rests or [""]),
    )


def _decision(decision: Decided | None, people: People) -> tuple[str, ...]:
    if decision is None:
        return ("",) * 4
    return (decision.words, decision.assessor, local(decision.at), people.hide(decision.reason, decision.learner))
