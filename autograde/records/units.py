"""A learner's unit as a whole: the learner's declaration, the assessor's sign-off, which locks it, and how it is reopened."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from autograde.classes.folder import Course
from autograde.classes.ids import shown
from autograde.classes.learner_changes import find
from autograde.content.frameworks import Framework
from autograde.errors import ClassError, UnusableError
from autograde.gradebook import log
from autograde.gradebook.locks import signed_off_by, take_turn
from autograde.gradebook.who import who
from autograde.inbox.attempts import Attempts, newest_of, read_attempts
from autograde.inbox.store import settle, taking_in
from autograde.marking import Rubric
from autograde.records.answers import declared
from autograde.records.decisions import Decision, decisions_in
from autograde.records.events import Event, add_event, check_open, events_in, is_locked
from autograde.records.evidence import LEARNER, Evidence, evidence_in
from autograde.records.opening import reading, writing
from autograde.records.outside import catch, given_outside
from autograde.records.proposals import propose
from autograde.records.referrals import open_of
from autograde.records.stale import asked_for, stale
from autograde.records.unit import Book, books_of, framework_of, learners_of, rubrics_of
from autograde.text import aware, printable

__all__ = ["Event", "UnitStanding", "declare", "reopen", "sign_off", "standing", "standing_in"]


@dataclass(frozen=True, kw_only=True)
class UnitStanding:
    """How a learner's unit stands.

    Attributes
    ----------
    locked
        Whether it is signed off and not reopened since.
    declared
        The learner's declaration, in the newest hand-in of the unit's assessment or entered by hand; None where there is none.
        One by hand counts until the unit is reopened.
    signed, reopened
        The newest of each, None where there was none.
    waiting
        Names of the workbooks to which something was handed in that waits, as the unit is locked.
    outside
        When points or comments were found last that another program has changed since the sign-off, in UTC and naive; None for none.
    """

    locked: bool = False
    declared: Event | None = None
    signed: Event | None = None
    reopened: Event | None = None
    waiting: tuple[str, ...] = ()
    outside: datetime | None = None


def sign_off(course: Course, learner: str, by: str = "") -> None:
    """Sign a learner's unit off, which locks it: no decision, evidence, points or comment, and no newer hand-in counts, from then on.

    Parameters
    ----------
    by
        The assessor, "" for whoever works here.

    Raises
    ------
    ClassError
        If a criterion is not decided as met, a decision does not rest any more on what it rested on, quality assurance or a referral
        still asks for something, the learner has not declared, the unit is locked already, or the records cannot be written.
    """
    student, framework, assessor = find(course, learner), framework_of(course), _person(by)
    books = books_of(course, framework)
    catch(course)  # what another program gave before the sign-off stands in the log before it
    with taking_in(course, ""), writing(course) as database:
        check_open(database, framework.id, [student.id])
        made = decisions_in(database.connection, framework.id, [student.id])
        rest = [one.code for one in framework.criteria if not ((found := made.get((student.id, one.code))) and found.met)]
        if rest:
            msg = f"{student.shown} cannot be signed off: {', '.join(rest)} {'is' if len(rest) == 1 else 'are'} not decided as met."
            raise ClassError(msg)
        evidence = evidence_in(database.connection, course, books, [student.id])[student.id]
        if why := _stale(framework, rubrics_of(books), made.values(), evidence):
            msg = f"{student.shown} cannot be signed off: {'. '.join(why)}. Look at what is there now, and decide again."
            raise ClassError(msg)
        if why := asked_for(database.connection, [*made.values()], open_of(course, student.id)):
            msg = f"{student.shown} cannot be signed off: {'; '.join(why)}. See to that first."
            raise ClassError(msg)
        said = standing_in(database.connection, course, framework.id, books, [student.id])[student.id].declared
        if said is None:
            msg = f"{student.shown} has not declared the work as their own yet. Ask for it, and enter it: autograde declare {student.shown}"
            raise ClassError(msg)
        sealed = add_event(database, framework.id, student.id, "signed", by=assessor, words="")
        ids = {code: made[student.id, code].id for code in (one.code for one in framework.criteria)}
        log.note(database, "sign off", learner=student.id, assessor=assessor, declared=said.at.isoformat(), decisions=ids, sealed=sealed)


def _stale(framework: Framework, rubrics: Mapping[str, Rubric], decisions: Iterable[Decision], evidence: Sequence[Evidence]) -> list[str]:
    made = {one.criterion: one for one in decisions}
    found = []
    for criterion in framework.criteria:
        about = [one for one in evidence if criterion.code in one.criteria]
        found.append(stale(made[criterion.code], about, propose(criterion, about, rubrics)))
    return [why for why in found if why]


def declare(course: Course, learner: str, text: str = "", by: str = "") -> None:
    """Enter that a learner has declared the work as their own, where no hand-in says so.

    Parameters
    ----------
    text
        How, e.g. "Signed on paper on 3 December 2026".
    by
        Who enters it, "" for whoever works here.

    Raises
    ------
    ClassError
        If the unit is locked, or the records cannot be written.
    """
    student, framework, person = find(course, learner), framework_of(course), _person(by)
    with writing(course) as database:
        check_open(database, framework.id, [student.id])
        sealed = add_event(database, framework.id, student.id, "declared", by=person, words=_words(text))
        log.note(database, "declare", learner=student.id, entered_by=person, text=_words(text), sealed=sealed)


def reopen(course: Course, learner: str, why: str, by: str = "") -> None:
    """Open a unit again that was signed off; what was handed in meanwhile counts from then on.

    Raises
    ------
    ClassError
        If it is not locked, no reason is given, or the records cannot be written.
    """
    student, person = find(course, learner), _person(by)
    if not _words(why):
        msg = "Say why the unit is reopened."
        raise ClassError(msg)
    with taking_in(course, ""):
        with writing(course) as database:
            take_turn(database)
            frameworks = signed_off_by(database.connection, student.id)
            if not frameworks:
                msg = f"The unit of {shown(student.id)} is open: it is not signed off."
                raise ClassError(msg)
            for framework in frameworks:  # the class may have another one since
                sealed = add_event(database, framework, student.id, "reopened", by=person, words=_words(why))
                log.note(database, "reopen unit", learner=student.id, why=_words(why), person=person, sealed=sealed)
        for workbook in course.assignments():
            try:
                settle(course, workbook, student.id, Attempts(course, workbook))
            except (OSError, UnusableError) as error:
                msg = f"The unit is open, but the newest hand-in to {workbook} cannot be put in its place ({error}). Take it in again."
                raise ClassError(msg) from error


def standing(course: Course, learners: Collection[str] | None = None) -> Mapping[str, UnitStanding]:
    """Give learner's id → how the unit stands, for all who have not left or those of some ids; ClassError if it cannot be read."""
    framework = framework_of(course)
    with reading(course) as connection:
        ids = [one.id for one in learners_of(connection, learners)]
        return standing_in(connection, course, framework.id, books_of(course, framework), ids)


def standing_in(
    connection: Connection, course: Course, framework: str, books: Sequence[Book], learners: Sequence[str]
) -> dict[str, UnitStanding]:
    """Give learner's id → how the unit stands, on a connection that is there."""
    rows = events_in(connection, framework, learners)
    assessments = [book for book in books if book.workbook.about.role == "assessment"]
    locked = {learner: events["signed"].at for learner, events in rows.items() if is_locked(events)}
    outside = given_outside(connection, locked)
    found = {}
    for learner in learners:
        events = rows.get(learner, {})
        said, reopened = events.get("declared"), events.get("reopened")
        if said and reopened and said.at < reopened.at:
            said = None
        times = [(when, book.workbook.id) for book in assessments if (when := declared(course, book, learner))]
        if times:
            when, name = max(times)
            said = Event(what="declared", who=LEARNER, at=when, text=f"In the hand-in of {name}.")
        found[learner] = UnitStanding(
            locked=learner in locked,
            declared=said,
            signed=events.get("signed"),
            reopened=reopened,
            waiting=tuple(_waiting(course, books, learner, locked[learner])) if learner in locked else (),
            outside=outside.get(learner),
        )
    return found


def _waiting(course: Course, books: Sequence[Book], learner: str, since: datetime) -> Iterator[str]:
    """Give the workbooks of which something was taken in since a sign-off that would count else."""
    for book in books:
        name = book.workbook.assignment
        newest = newest_of([(one, None) for one in read_attempts(course, name, learner)])
        if newest and newest[0].run and datetime.fromisoformat(newest[0].run) > aware(since):
            now = course.timestamp(learner, name)
            if now is None or aware(now) != newest[0].handed_in_at:
                yield name


def _person(by: str) -> str:
    return printable(by.strip(), 128) or who()


def _words(text: str) -> str:
    return printable(text.strip(), 2_000)
