"""The criterion tracker: learner × criterion × attempt × evidence × decision × assessor × date, a row for each piece of evidence."""

from collections.abc import Iterator

from autograde.records.evidence import Evidence
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
        for piece in (*pieces,) or (None,):
            yield (people.called[learner], criterion.code, *_piece(piece, people, decision), *_decision(decision, people))


def _piece(piece: Evidence | None, people: People, decision: Decided | None) -> tuple[str, ...]:
    if piece is None:
        return ("",) * 7
    return (
        str(piece.attempt or ""),
        people.hide(piece.title, piece.learner),
        KINDS[piece.kind],
        piece.on.isoformat(),
        marks_of(piece),
        people.hide(piece.by, piece.learner),
        "yes" if decision and piece.id in decision.evidence else "",
    )


def _decision(decision: Decided | None, people: People) -> tuple[str, ...]:
    if decision is None:
        return ("",) * 4
    return (decision.words, decision.assessor, local(decision.at), people.hide(decision.reason, decision.learner))
