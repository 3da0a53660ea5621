"""What a learning platform is to be told of the pages that were given back: a queue that outlives every program, one row a page.

A score is waiting → posted → sent, or refused by the platform, or waiting again; a newer giving makes it wait again, too. Whoever sends
one takes it first (`take_due`) and says so before it goes out (`begin`), so that two programs do not send the same one, and what a killed
program, or a lost answer, leaves as posted is sent again with the same time, by which the platform knows it as the same.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, delete, insert, select, text, update

from autograde.gradebook.database import Database, explaining
from autograde.gradebook.deeds import Deed
from autograde.gradebook.keep import Owner
from autograde.gradebook.log import note
from autograde.gradebook.own import opened, recording
from autograde.gradebook.own_tables import platform_score as table
from autograde.gradebook.soundness import check_gradebook
from autograde.text import aware, naive

WAITS_M = (1, 5, 25, 120, 360, 1440)
"""Minutes before each further try; the last one again and again."""
TAKEN_M = 5
"""Minutes for which a score that is being sent is nobody else's."""


_ALONE = text(f"LOCK TABLE {table.name} IN SHARE ROW EXCLUSIVE MODE")
NEVER_YET = datetime(2000, 1, 1, tzinfo=UTC)


class State(StrEnum):
    """Where a score stands; `POSTED` is one that the platform may have: it was sent, and no answer is known."""

    WAITING = "waiting"
    POSTED = "posted"
    SENT = "sent"
    REFUSED = "refused"


DUE = (State.WAITING, State.POSTED)
"""What is still to be sent."""


@dataclass(frozen=True, kw_only=True)
class Score:
    """A page that was given back, as the platform is told of it.

    Attributes
    ----------
    learner
        The id as the gradebook has it.
    page
        The page's `Given.digest`.
    points
        Of `maximum`; None where some have still to be given.
    given
        When the page was given, in UTC.
    tries
        How often it was taken to be sent.
    next
        When it is sent again, in UTC; of one that was taken, until when it is nobody else's.
    said
        Why it waits, or was refused.
    to
        Stands for the person at the platform whose score it is, in one of its courses; "" where that was not kept.
    """

    learner: str
    assignment: str
    page: str
    points: float | None
    maximum: float
    given: datetime
    state: State = State.WAITING
    tries: int = 0
    next: datetime = NEVER_YET
    said: str = ""
    to: str = ""

    def is_of(self, to: str) -> bool:
        """Whether it is this person's, as far as is known."""
        return self.to in {"", to}


def read_scores(course: Owner) -> list[Score]:
    """Read all; ClassError if the gradebook cannot be read."""
    check_gradebook(course.db_url, course.course_id)
    with explaining("read"), opened(course.db_url) as database:
        return [_score(row._asdict()) for row in database.rows(select(table).order_by(table.c.assignment, table.c.learner))]


def queue(course: Owner, wanted: Iterable[Score]) -> int:
    """Let the platform be told of pages, unless it was, or is, told the same; give how many wait anew.

    Raises
    ------
    ClassError
        If the gradebook cannot be written.
    """
    wanted, fresh = list(wanted), 0
    with _writing(course) as database:
        if wanted and database.dialect == "postgresql":  # two that add the same row at once fail there; SQLite lets one writer in
            database.run(_ALONE)
        known = {(row.learner, row.assignment): _score(row._asdict()) for row in database.rows(select(table))} if wanted else {}
        for score in wanted:
            before = known.get((score.learner, score.assignment))
            if before and (before.page == score.page or before.given >= score.given):
                continue
            told = before if before and before.state is State.SENT and before.is_of(score.to) else None
            same = told is not None and (told.points, told.maximum) == (score.points, score.maximum)
            now: dict[str, object] = {"page": score.page, "points": score.points, "maximum": score.maximum, "to": score.to}
            if not same:  # else only words of the page are others, and the platform has none of them
                now |= {"given": naive(score.given), "state": State.WAITING, "tries": 0, "next": naive(datetime.now(UTC)), "said": ""}
                fresh += 1
            _write(database, score, now, new=before is None)
    return fresh


def take_due(course: Owner) -> list[Score]:
    """Take the scores that are to be sent now, the one that waits longest first; nobody else gets them for some minutes.

    Raises
    ------
    ClassError
        If the gradebook cannot be written.
    """
    now = datetime.now(UTC)
    due = select(table).where(table.c.state.in_(DUE), table.c.next <= naive(now)).order_by(table.c.next, table.c.learner)
    with _writing(course) as database:
        found = [_score(row._asdict()) for row in database.rows(due.with_for_update(skip_locked=True))]
        taken = [replace(one, tries=one.tries + 1, next=now + timedelta(minutes=TAKEN_M)) for one in found]
        for one in taken:
            _write(database, one, {"tries": one.tries, "next": naive(one.next)})
    return taken


def begin(course: Owner, score: Score) -> bool:
    """Keep that a score that was taken is posted now; whether it is still to be sent, and by nobody else since.

    Raises
    ------
    ClassError
        If the gradebook cannot be written.
    """
    with _writing(course) as database:
        return _write_taken(database, score, {"state": State.POSTED})


def settle(course: Owner, score: Score, state: State, said: str = "") -> None:
    """Keep what came of sending a score that was taken; one that is gone, newer, or somebody else's by now stays as it is.

    Raises
    ------
    ClassError
        If the gradebook cannot be written.
    """
    wait = timedelta(minutes=WAITS_M[min(score.tries, len(WAITS_M)) - 1]) if state in DUE else timedelta()
    with _writing(course) as database:
        kept = _write_taken(database, score, {"state": state, "said": said, "next": naive(datetime.now(UTC) + wait)})
        if kept and state not in DUE:
            about: dict[str, Any] = {"workbook": score.assignment, "points": score.points, "max": score.maximum, "outcome": str(state)}
            note(database, Deed.TELL_PLATFORM, learner=score.learner, **about)


def hurry(course: Owner) -> None:
    """Let all that waits, or was refused, be sent at once; ClassError if the gradebook cannot be written."""
    with _writing(course) as database:
        taken = naive(datetime.now(UTC))
        database.run(update(table).where(table.c.state == State.REFUSED).values(state=State.WAITING, next=taken))
        database.run(update(table).where(table.c.state.in_(DUE), table.c.said != "").values(next=taken))


def drop(course: Owner, gone: Iterable[Score]) -> None:
    """Forget scores of which nothing has become since they were read."""
    with _writing(course) as database:
        for one in gone:
            database.run(delete(table).where(_row(one) & (table.c.state == one.state) & (table.c.to == one.to)))


def _write(database: Database, score: Score, values: Mapping[str, object], *, new: bool = False) -> None:
    if new:
        database.run(insert(table).values(learner=score.learner, assignment=score.assignment, **values))
    else:
        database.run(update(table).where(_row(score)).values(**values))


def _write_taken(database: Database, score: Score, values: Mapping[str, object]) -> bool:
    """Write of a score that was taken, where it is still that one, and taken by nobody else since; whether it is."""
    same = (table.c.given == naive(score.given)) & (table.c.to == score.to) & (table.c.next == naive(score.next))
    return bool(database.rows(update(table).where(_row(score) & same & table.c.state.in_(DUE)).values(**values).returning(table.c.learner)))


def _row(score: Score) -> ColumnElement[bool]:
    return (table.c.learner == score.learner) & (table.c.assignment == score.assignment)


def _score(row: dict[str, object]) -> Score:
    times = {name: aware(row[name]) for name in ("given", "next")}  # type: ignore[arg-type]
    return Score(**{**row, **times, "state": State(str(row["state"]))})  # type: ignore[arg-type]


@contextmanager
def _writing(course: Owner) -> Iterator[Database]:
    check_gradebook(course.db_url, course.course_id)
    with explaining("written"), recording(course.db_url) as database:
        yield database
