"""Sampling of decisions by a quality assurer: the plan, what is sampled, and what came of it.

What was sampled once is never sampled again and never left out of the count: an earlier plan's decisions are handed in to the next one.
"""

import json
import secrets
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from autograde.classes.folder import Course
from autograde.errors import ClassError
from autograde.gradebook import log, own_tables
from autograde.gradebook.sealed import seal
from autograde.gradebook.tables import in_parts
from autograde.gradebook.who import same_person, who
from autograde.records.opening import reading, writing
from autograde.records.piece import Kind
from autograde.records.unit import books_of, framework_of
from autograde.statistics.sampling import Decision, Rates, sampling_plan
from autograde.text import count, day, naive, printable

UNKNOWN = "not named"
"""The kind of evidence of a decision that rests on none that is known."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A sampling plan: its rates, who counts as a new assessor, and how many decisions it sampled for the first time."""

    id: str
    framework: str
    by: str
    at: datetime
    seed: str
    rates: Rates
    new: tuple[str, ...]
    samples: int


@dataclass(frozen=True, kw_only=True)
class Sample:
    """A decision that is sampled.

    Attributes
    ----------
    decision
        As the plan saw it; `reason` and `evidence` (ids) are the assessor's.
    reasons
        Why it is sampled, one sentence each.
    entered_by
        Who was logged in when it was decided.
    by, at, agrees, text
        Who looked, when (UTC, naive), whether they agree, and their feedback; "", None, None, "" where nobody has looked.
    newest
        Whether the decision holds still.
    """

    id: str
    plan: str
    decision: Decision
    entered_by: str
    reason: str
    evidence: tuple[str, ...]
    reasons: tuple[str, ...]
    by: str
    at: datetime | None
    agrees: bool | None
    text: str
    newest: bool


def plan(course: Course, *, rates: Rates | None = None, new: Collection[str] = (), seed: str = "", by: str = "") -> Plan:
    """Make a sampling plan of all decisions that hold, and write down what it samples.

    Parameters
    ----------
    new
        Names of assessors who are new, each of whom has made a decision that holds.
    seed
        Makes the same choice again; "" for a random one, which is kept with the plan.
    by
        The quality assurer, as it is said; whoever works here where it is not. The log keeps who was logged in.

    Raises
    ------
    ClassError
        If no decision holds, one of `new` has made none, nothing is to be sampled that was not before, or it cannot be written; nothing
        is written then.
    """
    rates, seed, by, framework = rates or Rates(), seed or secrets.token_hex(8), by.strip() or who(), framework_of(course).id
    written = _written(course)
    made: dict[str, Any] = {"id": secrets.token_hex(16), "framework": framework, "by": by, "at": naive(datetime.now(UTC)), "seed": seed}
    with writing(course) as database:
        connection = database.connection
        held = [one.decision for one in _decisions(connection, _holding(connection, framework), written).values()]
        if not held:
            msg = "No decision has been made yet, so there is nothing to sample."
            raise ClassError(msg)
        new = _assessors(new, sorted({one.assessor for one in held}))
        settings: dict[str, Any] = {"rates": asdict(rates), "new": new}
        before = set(connection.execute(select(own_tables.sample.c.decision)).scalars())
        found = [one for one in sampling_plan(held, new=new, rates=rates, seed=seed, before=before) if not one.before]
        if not found:
            enough = count(len(before), "decision")
            msg = f"What was sampled before is enough for these rates ({enough}). Raise them, or wait for new decisions."
            raise ClassError(msg)
        database.run(insert(own_tables.sample_plan).values(**made, settings=json.dumps(settings)))
        rows = [
            {"id": secrets.token_hex(16), "plan": made["id"], "decision": one.decision.id, "reasons": json.dumps(one.reasons), **_UNSEEN}
            for one in found
        ]
        database.run_each(insert(own_tables.sample), rows)
        sealed = seal(database, own_tables.sample_plan, [made["id"]]) | seal(database, own_tables.sample, [row["id"] for row in rows])
        told: dict[str, Any] = {"assurer": by, "plan": made["id"], "seed": seed, "samples": [one.decision.id for one in found], **settings}
        log.note(database, "plan sampling", **told, sealed=sealed)
    return Plan(**made, rates=rates, new=tuple(new), samples=len(found))


def _assessors(named: Collection[str], there: Collection[str]) -> list[str]:
    """Give the names of these people as the decisions have them, of all of `there`; ClassError if somebody is not among them."""
    for name in named:
        if not any(same_person([name], [one]) for one in there):
            msg = f"{printable(name, 128)} has made no decision that holds. Write the name as the decisions have it: {', '.join(there)}."
            raise ClassError(msg)
    return [one for one in there if same_person(named, [one])]


_UNSEEN = {"by": "", "at": None, "agrees": None, "text": ""}


def plans_of(course: Course) -> tuple[Plan, ...]:
    """Give all plans, the newest first."""
    with reading(course) as connection:
        samples = list(connection.execute(select(own_tables.sample.c.plan)).scalars())
        rows = connection.execute(select(own_tables.sample_plan).order_by(own_tables.sample_plan.c.at.desc())).mappings().all()
    found = []
    for row in rows:
        settings = json.loads(row["settings"])
        about = {name: row[name] for name in ("id", "framework", "by", "at", "seed")}
        rates, new = Rates(**settings["rates"]), tuple(settings["new"])
        found.append(Plan(**about, rates=rates, new=new, samples=samples.count(row["id"])))
    return tuple(found)


def samples_of(course: Course) -> tuple[Sample, ...]:
    """Give what is sampled: first what nobody has looked at, by the decisions' dates, then the rest."""
    written = _written(course)
    with reading(course) as connection:
        return _samples(connection, written)


def sample(course: Course, id_: str) -> Sample:
    """Give one; ClassError if there is none."""
    found = next((one for one in samples_of(course) if one.id == id_), None)
    if found is None:
        msg = f"There is no sampled decision {id_[:40]!r}. Look at the list of them."
        raise ClassError(msg)
    return found


def look(course: Course, sample_id: str, *, agrees: bool, text: str, by: str = "") -> Sample:
    """Write down what a quality assurer found: whether they agree with a decision, and the feedback to its assessor.

    A later look takes the place of an earlier one, which the log keeps.

    Raises
    ------
    ClassError
        If there is no such sample, the decision is the same person's by the name that is said or by the login, or they disagree without
        a word.
    """
    by, text = by.strip() or who(), text.strip()
    before = sample(course, sample_id)
    decided = before.decision
    if same_person([by, who()], [decided.assessor, before.entered_by]):
        made = f"{decided.assessor} made this decision, at the login {before.entered_by}"
        msg = f"{made}. Somebody else has to look at it, at a login of their own."
        raise ClassError(msg)
    if not agrees and not text:
        msg = "Say why you do not agree: the assessor reads it."
        raise ClassError(msg)
    at = naive(datetime.now(UTC))
    with writing(course) as database:
        database.run(update(own_tables.sample).where(own_tables.sample.c.id == sample_id).values(by=by, at=at, agrees=agrees, text=text))
        told: dict[str, Any] = {"sample": sample_id, "decision": decided.id, "assessor": decided.assessor, "assurer": by}
        told |= {"before": {"by": before.by, "agrees": before.agrees, "text": before.text} if before.at else None}
        told |= {"agrees": agrees, "text": text, "sealed": seal(database, own_tables.sample, [sample_id])}
        log.note(database, "look at decision", learner=decided.learner, **told)
    return replace(before, by=by, at=at, agrees=agrees, text=text)


def _holding(connection: Connection, framework: str) -> list[str]:
    """Give the ids of the decisions that hold: the newest of each learner and criterion, unless it was taken back."""
    decision = own_tables.decision.c
    asked = select(decision.id, decision.learner, decision.criterion, decision.met).where(decision.framework == framework)
    newest = {(row.learner, row.criterion): row for row in connection.execute(asked.order_by(decision.at, decision.id))}
    return [row.id for row in newest.values() if row.met is not None]


@dataclass(frozen=True, kw_only=True)
class _Held:
    """A decision with what the records hold beside it."""

    decision: Decision
    entered_by: str
    reason: str
    evidence: tuple[str, ...]


def _decisions(connection: Connection, ids: Iterable[str], written: Collection[str]) -> dict[str, _Held]:
    """Give id → decision; its kind is that of all evidence that it rests on."""
    rows = [row for part in in_parts(ids) for row in connection.execute(select(_D).where(_D.c.id.in_(part)))]
    evidence = {row.id: tuple(json.loads(row.evidence)) for row in rows}
    kinds = _kinds(connection, {one for each in evidence.values() for one in each}, written)
    return {
        row.id: _Held(
            decision=Decision(
                id=row.id,
                learner=row.learner,
                criterion=row.criterion,
                assessor=row.assessor,
                kind=", ".join(sorted({kinds[one] for one in evidence[row.id] if one in kinds})) or UNKNOWN,
                met=bool(row.met),
                on=day(row.at),
            ),
            entered_by=row.entered_by,
            reason=row.reason,
            evidence=evidence[row.id],
        )
        for row in rows
    }


_D = own_tables.decision


def _written(course: Course) -> frozenset[str]:
    """Give "workbook/place" of everything that is marked, with which the ids of written evidence begin (`gathering`)."""
    books = books_of(course, framework_of(course))
    return frozenset(f"{book.workbook.assignment}/{place}" for book in books for place in book.workbook.paper(assessed=True))


def _kinds(connection: Connection, ids: Collection[str], written: Collection[str]) -> Mapping[str, str]:
    """Give evidence id → kind: of what was handed in by the id, of what was entered by hand by the table."""
    found: dict[str, str] = {}
    for one in ids:
        place, at, _ = one.partition("@")
        if at:
            found[one] = Kind.CLOSED if "/closed-" in place else Kind.WRITTEN if place in written else Kind.FORM
    table = own_tables.evidence.c
    for part in in_parts(ids):
        found |= {row.id: row.kind for row in connection.execute(select(table.id, table.kind).where(table.id.in_(part)))}
    return found


def _samples(connection: Connection, written: Collection[str]) -> tuple[Sample, ...]:
    rows = connection.execute(select(own_tables.sample)).all()
    decisions = _decisions(connection, [row.decision for row in rows], written)
    frameworks = connection.execute(select(own_tables.sample_plan.c.framework).distinct()).scalars().all()
    holding = {one for framework in frameworks for one in _holding(connection, framework)} if rows else set()
    found = []
    for row in rows:
        if row.decision not in decisions:  # the learner was erased
            continue
        held = vars(decisions[row.decision])
        about = {name: getattr(row, name) for name in ("id", "plan", "by", "at", "agrees", "text")}
        reasons, newest = tuple(json.loads(row.reasons)), row.decision in holding
        found.append(Sample(**about, **held, reasons=reasons, newest=newest))
    return tuple(sorted(found, key=lambda one: (one.at is not None, one.decision.on, one.decision.id)))
