"""Decisions: met or not yet met, by a person, with the reason and the evidence. They are added, never changed; the newest holds."""

import json
import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select

from autograde.classes.folder import Course
from autograde.classes.ids import shown
from autograde.classes.learner_changes import find
from autograde.classes.roster import Roster
from autograde.content.frameworks import Framework
from autograde.errors import ClassError
from autograde.gradebook import log
from autograde.gradebook.own_tables import decision as table
from autograde.gradebook.sealed import one_of, seal
from autograde.gradebook.who import who
from autograde.records.events import check_open
from autograde.records.evidence import BY_HAND, Evidence, evidence_in, still_there
from autograde.records.opening import reading, writing
from autograde.records.outside import catch
from autograde.records.proposals import Proposal, propose
from autograde.records.unit import books_of, framework_of, rubrics_of
from autograde.text import after, printable

MAX_REASON = 10_000
"""Characters; some 1,600 words."""


@dataclass(frozen=True, kw_only=True)
class Decision:
    """One decision.

    Attributes
    ----------
    learner
        The id as the gradebook has it.
    met
        None where the decision before it was taken back.
    assessor, entered_by
        Who decided, as it was said, and who was logged in.
    at
        In UTC, naive.
    evidence
        Ids of the evidence that it rests on.
    proposal
        What was proposed then.
    """

    id: str
    framework: str
    criterion: str
    learner: str
    met: bool | None
    assessor: str
    entered_by: str
    at: datetime
    reason: str
    evidence: tuple[str, ...]
    proposal: Proposal


@dataclass(frozen=True, kw_only=True)
class Decide:
    """What is to be decided.

    Attributes
    ----------
    learner
        An id as people know it, or as the gradebook has it.
    met
        None takes the decision back that holds.
    assessor
        "" for whoever works here.
    base
        The id of the decision that was looked at before, "" for none: where another one holds by now, nothing is decided. None where
        nothing was looked at.
    """

    learner: str
    criterion: str
    met: bool | None
    reason: str
    evidence: tuple[str, ...] = ()
    assessor: str = ""
    base: str | None = None


def decide(
    course: Course,
    learner: str,
    criterion: str,
    *,
    met: bool | None,
    reason: str,
    evidence: tuple[str, ...] = (),
    assessor: str = "",
    base: str | None = None,
) -> Decision:
    """Decide on one criterion; see `decide_each`."""
    one = Decide(learner=learner, criterion=criterion, met=met, reason=reason, evidence=evidence, assessor=assessor, base=base)
    return decide_each(course, [one])[0]


def decide_each(course: Course, each: Sequence[Decide]) -> tuple[Decision, ...]:
    """Decide a checked list: all of it, with the log's entries, or nothing.

    Raises
    ------
    ClassError
        If a learner, a criterion or evidence is not there, a reason is missing, "met" rests on no evidence, there is no decision to take
        back, another one has come meanwhile, something stands twice, a unit is locked, or the records cannot be written.
    """
    framework, roster = framework_of(course), Roster.of(course)
    books = books_of(course, framework)
    plain = [_plain(course, roster, framework, one) for one in each]
    if len({(one.learner, one.criterion) for one in plain}) < len(plain):
        msg = "One learner's criterion stands twice in the list. Decide on each one once."
        raise ClassError(msg)
    learners = sorted({one.learner for one in plain})
    with reading(course) as connection:
        found = evidence_in(connection, course, books, learners)
    proposals = [propose(framework.criterion(one.criterion), _about(one, found), rubrics_of(books)) for one in plain]
    for one in plain:
        _check_evidence(one, _about(one, found))
    by_hand = {piece.id for pieces in found.values() for piece in pieces if piece.kind in BY_HAND}
    named = by_hand & {id_ for one in plain for id_ in one.evidence}
    catch(course)  # what another program gave meanwhile stands in the log before what rests on it
    with writing(course) as database:
        check_open(database, framework.id, learners)
        if named - still_there(database, named):
            msg = "Evidence that a decision names was withdrawn at this moment. Look again, and decide then."
            raise ClassError(msg)
        before = decisions_in(database.connection, framework.id, learners, taken_back=True)
        made = []
        for one, proposal in zip(plain, proposals, strict=True):
            held = before.get((one.learner, one.criterion))
            holds = held.id if held and held.met is not None else ""
            if one.base not in {None, holds}:
                msg = f"{one.criterion} of {shown(one.learner)} was decided meanwhile, and nothing was written. Look again, then decide."
                raise ClassError(msg)
            if one.met is None and not holds:
                msg = f"There is no decision on {one.criterion} of {shown(one.learner)} that could be taken back."
                raise ClassError(msg)
            at = after([held.at] if held else [])
            about = {name: value for name, value in vars(one).items() if name != "base"}
            made.append(Decision(id=secrets.token_hex(16), framework=framework.id, at=at, proposal=proposal, entered_by=who(), **about))
        database.run_each(insert(table), [_row(one) for one in made])
        sealed = seal(database, table, [one.id for one in made])
        told = [_told(one, before.get((one.learner, one.criterion))) | {"sealed": one_of(sealed, one.id)} for one in made]
        log.note_each(database, "decide", list(zip([one.learner for one in made], told, strict=True)))
    return tuple(made)


def decisions_of(course: Course, learners: Collection[str] | None = None) -> Mapping[tuple[str, str], Decision]:
    """Give (learner's id, criterion) → the decision that holds; for learners of some ids, or everybody in the database."""
    with reading(course) as connection:
        return decisions_in(connection, framework_of(course).id, learners)


def decisions_in(
    connection: Connection, framework: str, learners: Collection[str] | None = None, *, taken_back: bool = False
) -> dict[tuple[str, str], Decision]:
    """Give (learner's id, criterion) → the newest decision, on a connection that is there; `taken_back`: those taken back, too."""
    newest = select(
        table,
        func.row_number().over(partition_by=(table.c.learner, table.c.criterion), order_by=(table.c.at.desc(), table.c.id)).label("n"),
    ).where(table.c.framework == framework)
    if learners is not None:
        newest = newest.where(table.c.learner.in_(learners))
    inner = newest.subquery()
    asked = select(inner).where(inner.c.n == 1)
    if not taken_back:
        asked = asked.where(inner.c.met.is_not(None))
    return {(row.learner, row.criterion): _read(row) for row in connection.execute(asked)}


def history(course: Course, learner: str, criterion: str) -> tuple[Decision, ...]:
    """Give every decision on a learner's criterion, the newest first; ClassError if the learner or the criterion is not there."""
    framework, student = framework_of(course), find(course, learner)
    code = framework.criterion(criterion).code
    which = (table.c.framework == framework.id, table.c.learner == student.id, table.c.criterion == code)
    with reading(course) as connection:
        return tuple(_read(row) for row in connection.execute(select(table).where(*which).order_by(table.c.at.desc())))


def _plain(course: Course, roster: Roster, framework: Framework, one: Decide) -> Decide:
    """Give what is to be decided with the ids and codes that the records have, and clean words."""
    learner = roster.get(one.learner) or roster.find(one.learner) or find(course, one.learner)  # which says that nobody has the id
    reason, code = one.reason.strip().replace("\0", ""), framework.criterion(one.criterion).code
    if not reason or len(reason) > MAX_REASON:
        msg = f"The decision on {code} of {learner.shown} needs a reason of at most {MAX_REASON:,} characters. Give one."
        raise ClassError(msg)
    evidence = tuple(dict.fromkeys(one.evidence))
    return replace(
        one, learner=learner.id, criterion=code, reason=reason, evidence=evidence, assessor=printable(one.assessor.strip(), 128) or who()
    )


def _about(one: Decide, found: Mapping[str, Sequence[Evidence]]) -> list[Evidence]:
    return [piece for piece in found.get(one.learner, ()) if one.criterion in piece.criteria]


def _check_evidence(one: Decide, about: Sequence[Evidence]) -> None:
    there = {piece.id for piece in about}
    if lost := [id_ for id_ in one.evidence if id_ not in there]:
        msg = (
            f"{shown(one.learner)} has no evidence {printable(lost[0], 200)!r} for {one.criterion}: it was handed in anew or withdrawn "
            "since, or is about another criterion. Look at what there is, and decide then."
        )
        raise ClassError(msg)
    if one.met and not one.evidence:
        msg = (
            f"“Met” for {one.criterion} of {shown(one.learner)} has to rest on evidence. "
            "Name a piece of it; the desk lists what there is, and so does autograde evidence list."
        )
        raise ClassError(msg)


def _told(one: Decision, before: Decision | None) -> dict[str, Any]:
    """Give what the log keeps of a decision."""
    names = ("id", "framework", "criterion", "met", "assessor", "reason", "evidence")
    proposed = {"met": one.proposal.met, "why": one.proposal.why}
    held = {"id": before.id, "met": before.met} if before else None
    return {name: getattr(one, name) for name in names} | {"proposal": proposed, "before": held}


def _read(row: Any) -> Decision:
    held = json.loads(row.proposal)
    lists = {name: tuple(held[name]) for name in ("rests_on", "missing")}
    return Decision(
        id=row.id,
        framework=row.framework,
        criterion=row.criterion,
        learner=row.learner,
        met=row.met,
        assessor=row.assessor,
        entered_by=row.entered_by,
        at=row.at,
        reason=row.reason,
        evidence=tuple(json.loads(row.evidence)),
        proposal=Proposal(met=held["met"], why=held["why"], **lists),
    )


def _row(one: Decision) -> dict[str, Any]:
    lists = {"evidence": json.dumps(one.evidence), "proposal": json.dumps(asdict(one.proposal), ensure_ascii=False)}
    return vars(one) | lists
