"""The quality assurer's report: the sampling plans, what was sampled and found, how far people agree, actions, and figures."""

import json
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, select

from autograde.classes.folder import Course
from autograde.gradebook import own_tables
from autograde.records.opening import reading
from autograde.records.second_marking import TaskAgreement, agreements
from autograde.reports.document import Document, Section, Table
from autograde.reports.facts import Decided, Facts
from autograde.reports.people import People
from autograde.statistics.sampling import Rates
from autograde.text import aware, count, hundredths, local, percent

NOT_YET = "not looked at yet"


def quality_report(course: Course, facts: Facts, people: People, *, made: str) -> Document:
    """Give the report; agreement is told as agreement, not as accuracy.

    Raises
    ------
    ClassError
        If the records cannot be read.
    """
    decisions = {one.id: one for some in facts.decided.values() for one in some}
    holding = {some[-1].id for some in facts.decided.values() if some[-1].met is not None}
    with reading(course) as connection:
        plans = [row for row in _all(connection, own_tables.sample_plan) if row.framework == facts.framework.id]
        ours, every = {row.id for row in plans}, _all(connection, own_tables.sample)
        samples = [row for row in every if row.plan in ours]
        elsewhere = {row.id for row in every} - {row.id for row in samples}
        actions = sorted((row for row in _all(connection, own_tables.action) if row.sample not in elsewhere), key=lambda row: row.at)
    second = agreements(course)
    plans = sorted(plans, key=lambda row: row.at)
    looked = [row for row in samples if row.agrees is not None]
    about = {row.id: decisions[row.decision].learner for row in samples if row.decision in decisions}
    return Document(
        title="Internal quality assurance",
        made=made,
        sections=(
            Section(
                heading="In short",
                paragraphs=(_in_short(samples, holding), "Agreement says how far two people judge alike, and not that either is right."),
            ),
            Section(heading="Plans and samples", tables=(_plans(plans), _samples(samples, decisions, holding, people))),
            Section(
                heading="Second marking",
                paragraphs=("Kappa is 0 for what chance would give and 1 where both always give the same.",),
                tables=(_markers(second), _differ(second, people)),
            ),
            Section(
                heading="Disagreements and actions", tables=(_disagreements(looked, decisions, people), _actions(actions, about, people))
            ),
            Section(heading="Assessors", tables=(_assessors(facts, [row for row in samples if row.decision in holding], decisions),)),
        ),
    )


def _in_short(samples: Sequence[Any], holding: Collection[str]) -> str:
    """Say how much of what holds now was sampled and looked at; what was decided again since stands in the table alone."""
    still = [row for row in samples if row.decision in holding]
    looked = [row for row in still if row.agrees is not None]
    agreed, others = sum(bool(row.agrees) for row in looked), len(samples) - len(still)
    said = f"Of {count(len(holding), 'decision')} that hold now, {len(still)} were sampled, and {len(looked)} of these looked at. "
    said += (
        f"The quality assurer agreed with {agreed} ({percent(agreed / len(looked))})."
        if looked
        else "Nothing can be said of agreement yet."
    )
    return f"{said} {others} more were sampled and decided again since, or erased." if others else said


def _plans(plans: Sequence[Any]) -> Table:
    rows = tuple((local(aware(row.at)), row.by, row.seed, _settings(row.settings)) for row in plans)
    return Table(title="Sampling plans", header=("made at", "by", "seed", "settings"), rows=rows)


def _samples(samples: Sequence[Any], decisions: dict[str, Decided], holding: Collection[str], people: People) -> Table:
    rows = []
    for row in samples:
        one = decisions.get(row.decision)
        found = "agrees" if row.agrees else "disagrees" if row.agrees is not None else NOT_YET
        found += "; decided again since" if one and one.id not in holding else ""
        when = local(aware(row.at)) if row.at else ""
        why = people.hide(", ".join(json.loads(row.reasons)), one.learner if one else "")
        rows.append((*_about(one, people), why, row.by, when, found))
    header = ("learner", "criterion", "decision", "assessor", "why sampled", "looked at by", "at", "result")
    return Table(title="Sampled decisions", header=header, rows=tuple(sorted(rows)))


def _markers(second: Sequence[TaskAgreement]) -> Table:
    rows = []
    for one in second:
        found = one.agreement
        rows.append(
            (
                f"{one.assignment} {one.task}",
                str(found.pairs),
                percent(found.same) if found.same is not None else "",
                hundredths(found.kappa) if found.kappa is not None else "none",
                found.intervals,
                " ".join(found.notes),
            )
        )
    header = ("task", "answers marked twice", "the same points", "weighted kappa", "intervals of 95%", "to be kept in mind")
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
            rows.append((*_about(one, people), row.by, people.hide(row.text, one.learner if one else "")))
    header = ("learner", "criterion", "decision", "assessor", "quality assurer", "feedback to the assessor")
    return Table(title="Disagreements", header=header, rows=tuple(sorted(rows)))


def _actions(actions: Sequence[Any], about: Mapping[str, str], people: People) -> Table:
    """Give the actions; `about`: sample → the learner whose decision it is."""
    rows = []
    for row in actions:
        text, closing = (people.hide(words, about.get(row.sample, "")) for words in (row.text, row.closing))
        until = row.until.isoformat() if row.until else ""
        closed = f"{local(aware(row.closed_at))}, {row.closed_by}: {closing}" if row.closed_at else "open"
        rows.append((row.to, text, until, row.by, closed))
    return Table(title="Actions", header=("for", "action", "until", "asked by", "closed"), rows=tuple(rows))


def _assessors(facts: Facts, samples: Sequence[Any], decisions: dict[str, Decided]) -> Table:
    """Count the decisions that stand, and what was sampled of these, by assessor."""
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
    new = f"; new: {', '.join(row['new'])}" if row["new"] else ""
    return f"{Rates(**row['rates']).words}{new}"


def _all(connection: Connection, table: Any) -> Sequence[Any]:
    return connection.execute(select(table).order_by(table.c.id)).all()
