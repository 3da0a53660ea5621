"""The quality assurer's report: the sampling plans, what was sampled and found, how far people agree, actions, and figures."""

import json
from collections import Counter
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, select

from autograde.classes.folder import Course
from autograde.gradebook import own_tables
from autograde.records.opening import reading
from autograde.records.second_marking import TaskAgreement, agreements
from autograde.reports.document import Document, Section, Table
from autograde.reports.facts import Decided, Facts
from autograde.reports.people import People
from autograde.text import aware, local

NOT_YET = "not looked at yet"


def quality_report(course: Course, facts: Facts, people: People, *, made: str) -> Document:
    """Give the report; agreement is told as agreement, not as accuracy.

    Raises
    ------
    ClassError
        If the records cannot be read.
    """
    decisions = {one.id: one for some in facts.decided.values() for one in some}
    with reading(course) as connection:
        plans = _all(connection, own_tables.sample_plan)
        samples = _all(connection, own_tables.sample)
        actions = sorted(_all(connection, own_tables.action), key=lambda row: row.at)
    second = agreements(course)
    plans = sorted(plans, key=lambda row: row.at)
    looked = [row for row in samples if row.agrees is not None]
    agreed = sum(bool(row.agrees) for row in looked)
    said = f"{len(samples)} decisions were sampled of {len(decisions)}, and {len(looked)} of them looked at. " + (
        f"The quality assurer agreed with {agreed} ({agreed / len(looked):.0%})." if looked else "Nothing can be said of agreement yet."
    )
    return Document(
        title="Internal quality assurance",
        made=made,
        sections=(
            Section(
                heading="In short",
                paragraphs=(said, "Agreement says how far two people judge alike, and not that either is right."),
            ),
            Section(heading="Plans and samples", tables=(_plans(plans), _samples(samples, decisions, people))),
            Section(
                heading="Second marking",
                paragraphs=("Kappa is 0 for what chance would give and 1 where both always give the same.",),
                tables=(_markers(second), _differ(second, people)),
            ),
            Section(heading="Disagreements and actions", tables=(_disagreements(looked, decisions, people), _actions(actions))),
            Section(heading="Assessors", tables=(_assessors(facts, samples, decisions),)),
        ),
    )


def _plans(plans: Sequence[Any]) -> Table:
    rows = tuple((local(aware(row.at)), row.by, row.seed, _settings(row.settings)) for row in plans)
    return Table(title="Sampling plans", header=("made at", "by", "seed", "settings"), rows=rows)


def _samples(samples: Sequence[Any], decisions: dict[str, Decided], people: People) -> Table:
    rows = []
    for row in samples:
        found = "agrees" if row.agrees else "disagrees" if row.agrees is not None else NOT_YET
        when = local(aware(row.at)) if row.at else ""
        rows.append((*_about(decisions.get(row.decision), people), ", ".join(json.loads(row.reasons)), row.by, when, found))
    header = ("learner", "criterion", "decision", "assessor", "why sampled", "looked at by", "at", "result")
    return Table(title="Sampled decisions", header=header, rows=tuple(sorted(rows)))


def _markers(second: Sequence[TaskAgreement]) -> Table:
    rows = []
    for one in second:
        found = one.agreement
        interval = found.bootstrap or found.analytic
        rows.append(
            (
                f"{one.assignment} {one.task}",
                str(found.pairs),
                f"{found.same:.0%}" if found.same is not None else "",
                f"{found.kappa:.2f}" if found.kappa is not None else "none",
                f"{interval.low:.2f} to {interval.high:.2f}" if interval else "",
                " ".join(found.notes),
            )
        )
    header = ("task", "answers marked twice", "the same points", "weighted kappa", "interval of 95%", "to be kept in mind")
    return Table(title="Agreement of markers", header=header, rows=tuple(rows))


def _differ(second: Sequence[TaskAgreement], people: People) -> Table:
    rows = [
        (people.called.get(pair.learner, "erased"), f"{pair.assignment} {pair.task}", f"{pair.first:g}", f"{pair.points:g}", pair.marker)
        for one in second
        for pair in one.disagreements
    ]
    header = ("learner", "task", "first marker", "second marker", "second marker is")
    return Table(title="Answers with different points", header=header, rows=tuple(rows))


def _disagreements(looked: Sequence[Any], decisions: dict[str, Decided], people: People) -> Table:
    rows = []
    for row in looked:
        if not row.agrees:
            one = decisions.get(row.decision)
            rows.append((*_about(one, people), row.by, people.hide(row.text, one.learner) if one else row.text))
    header = ("learner", "criterion", "decision", "assessor", "quality assurer", "feedback to the assessor")
    return Table(title="Disagreements", header=header, rows=tuple(sorted(rows)))


def _actions(actions: Sequence[Any]) -> Table:
    rows = tuple(
        (
            row.to,
            row.text,
            row.until.isoformat() if row.until else "",
            row.by,
            f"{local(aware(row.closed_at))}, {row.closed_by}: {row.closing}" if row.closed_at else "open",
        )
        for row in actions
    )
    return Table(title="Actions", header=("for", "action", "until", "asked by", "closed"), rows=rows)


def _assessors(facts: Facts, samples: Sequence[Any], decisions: dict[str, Decided]) -> Table:
    """Count the decisions that stand, and what was sampled of all, by assessor."""
    newest = [some[-1] for some in facts.decided.values()]
    met = Counter(one.assessor for one in newest if one.met)
    unmet = Counter(one.assessor for one in newest if one.met is False)
    sampled = Counter(decisions[row.decision].assessor for row in samples if row.decision in decisions)
    agreed = Counter(decisions[row.decision].assessor for row in samples if row.agrees and row.decision in decisions)
    names = sorted({*met, *unmet, *sampled})
    rows = tuple((name, str(met[name]), str(unmet[name]), str(sampled[name]), str(agreed[name])) for name in names)
    return Table(title="Decisions by assessor", header=("assessor", "met", "not yet met", "sampled", "agreed with"), rows=rows)


def _about(decision: Decided | None, people: People) -> tuple[str, str, str, str]:
    if decision is None:
        return ("erased", "", "", "")
    return (people.called.get(decision.learner, "erased"), decision.criterion, decision.words, decision.assessor)


def _settings(text: str) -> str:
    row = json.loads(text)
    return ", ".join(f"{name}: {value}" for name, value in row.items()) if isinstance(row, dict) else str(row)


def _all(connection: Connection, table: Any) -> Sequence[Any]:
    return connection.execute(select(table).order_by(table.c.id)).all()
