"""The record of one learner's unit: each criterion with its decisions, the evidence, the feedback, and the sign-off."""

from autograde.errors import ClassError
from autograde.records.evidence import LEARNER, rests_in_words
from autograde.reports.document import Document, Section, Table
from autograde.reports.facts import KINDS, Facts, marks_of
from autograde.reports.people import People
from autograde.text import local

EVENTS = {"declared": "Declared by the learner", "signed": "Signed off by the assessor", "reopened": "Opened again"}


def unit_record(facts: Facts, people: People, learner: str, *, made: str) -> Document:
    """Give a learner's record; no total stands in it, since points are not the unit's result.

    Parameters
    ----------
    learner
        The id as the gradebook has it.
    made
        `Document.made`.

    Raises
    ------
    ClassError
        If nobody in the class has the id.
    """
    if learner not in people.called:
        msg = f"Nobody in the class has the id {learner}. See: autograde learners list"
        raise ClassError(msg)
    pieces = facts.evidence.get(learner, ())
    titles = {one.id: one.title for one in pieces}

    def said(text: str) -> str:
        return people.hide(text, learner)

    criteria, history = [], []
    for criterion in facts.framework.criteria:
        decisions = facts.decided.get((learner, criterion.code), ())
        newest = decisions[-1] if decisions else None
        standing = (newest.words, newest.assessor, local(newest.at)) if newest else ("not decided", "", "")
        criteria.append((criterion.code, f"{criterion.verb} {criterion.text}", *standing))
        for one in decisions:
            rests = "; ".join(map(said, rests_in_words(one.evidence, titles)))
            history.append((criterion.code, one.words, one.assessor, local(one.at), said(one.reason), rests))
    evidence = [
        (
            ", ".join(one.criteria),
            said(one.title),
            KINDS[one.kind],
            str(one.attempt or ""),
            one.on.isoformat(),
            said(one.by),
            marks_of(one),
        )
        for one in pieces
    ]
    feedback = [(said(one.title), str(one.attempt or ""), one.given, said(one.text)) for one in facts.feedback.get(learner, ())]
    unit = facts.units[learner]
    events = [(EVENTS.get(one.what, one.what), said(one.who), local(one.at), said(one.text)) for one in facts.events.get(learner, ())]
    if unit.declared and unit.declared.who == LEARNER:  # in a hand-in, which is no event of the records
        events.insert(0, (EVENTS["declared"], LEARNER, local(unit.declared.at), unit.declared.text))
    return Document(
        title=f"Unit record of {people.called[learner]}",
        made=made,
        sections=(
            Section(
                heading=facts.framework.title,
                paragraphs=("The unit is signed off and locked." if unit.locked else "The unit is not signed off.",),
                tables=(
                    Table(
                        title="The criteria",
                        header=("criterion", "what it asks", "decision", "assessor", "decided at"),
                        rows=tuple(criteria),
                    ),
                    Table(title="Declaration and sign-off", header=("what", "by", "at", "words"), rows=tuple(events)),
                ),
            ),
            Section(
                heading="Evidence and decisions",
                tables=(
                    Table(
                        title="Evidence",
                        header=("criteria", "evidence", "kind", "attempt", "date", "by", "marks"),
                        rows=tuple(evidence),
                    ),
                    Table(
                        title="Every decision",
                        header=("criterion", "decision", "assessor", "decided at", "reason", "rests on"),
                        rows=tuple(history),
                    ),
                ),
            ),
            Section(
                heading="Feedback", tables=(Table(title="Comments", header=("on", "attempt", "given", "comment"), rows=tuple(feedback)),)
            ),
        ),
    )
