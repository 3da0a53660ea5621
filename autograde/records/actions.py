"""What quality assurance asks somebody to do: raised, and closed with words."""

import secrets
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import insert, select, update

from autograde.classes.folder import Course
from autograde.errors import ClassError
from autograde.gradebook import log
from autograde.gradebook.own_tables import action, decision
from autograde.gradebook.own_tables import sample as sampled
from autograde.gradebook.sealed import seal
from autograde.gradebook.who import who
from autograde.records.opening import reading, writing
from autograde.records.sampling import sample as find_sample
from autograde.text import naive


@dataclass(frozen=True, kw_only=True)
class Action:
    """An action.

    Attributes
    ----------
    sample
        The id of the sampled decision that it came of, "" for none.
    to
        Who is asked.
    until
        By when, None for no date.
    closed_by, closed_at, closing
        Who closed it, when (UTC, naive) and with which words; "", None, "" while it is open.
    """

    id: str
    sample: str
    to: str
    text: str
    until: date | None
    by: str
    at: datetime
    closed_by: str = ""
    closed_at: datetime | None = None
    closing: str = ""


def raise_action(course: Course, *, to: str, text: str, until: date | None = None, sample: str = "", by: str = "") -> Action:
    """Ask somebody to do something; `by` is whose word it is, and the log keeps who was logged in.

    Raises
    ------
    ClassError
        If it is not said who is to do what, or there is no such sampled decision.
    """
    to, text, by = to.strip(), text.strip(), by.strip() or who()
    if not (to and text):
        msg = "Say who is to do it, and what is to be done."
        raise ClassError(msg)
    learner = find_sample(course, sample).decision.learner if sample else ""
    made = Action(id=secrets.token_hex(16), sample=sample, to=to, text=text, until=until, by=by, at=naive(datetime.now(UTC)))
    with writing(course) as database:
        database.run(insert(action).values(**vars(made)))
        told: dict[str, Any] = {"assurer": by, "action": made.id, "sample": sample, "to": to, "text": text, "until": until}
        log.note(database, "raise action", learner=learner, **told, sealed=seal(database, action, [made.id]))
    return made


def close_action(course: Course, id_: str, words: str, *, by: str = "") -> Action:
    """Close an action, and say what was done.

    Raises
    ------
    ClassError
        If there is no such open action, or no word is said.
    """
    words, by, at = words.strip(), by.strip() or who(), naive(datetime.now(UTC))
    if not words:
        msg = "Say what was done."
        raise ClassError(msg)
    with writing(course) as database:
        rows = [dict(row._mapping) for row in database.rows(select(action).where(action.c.id == id_, action.c.closed_at.is_(None)))]
        if not rows:
            msg = f"There is no open action {id_[:40]!r}. Look at the list of them."
            raise ClassError(msg)
        closed = {"closed_by": by, "closed_at": at, "closing": words}
        database.run(update(action).where(action.c.id == id_).values(**closed))
        about = select(decision.c.learner).join(sampled, sampled.c.decision == decision.c.id).where(sampled.c.id == rows[0]["sample"])
        learner = next((row.learner for row in database.rows(about)), "")  # the words of an entry go with that learner's data
        told: dict[str, Any] = {"closed_by": by, "action": id_, "closing": words, "sealed": seal(database, action, [id_])}
        log.note(database, "close action", learner=learner, **told)
    return Action(**(rows[0] | closed))


def actions_of(course: Course) -> tuple[Action, ...]:
    """Give all actions: the open ones first, by date, then the closed ones."""
    with reading(course) as connection:
        found = [Action(**row) for row in connection.execute(select(action)).mappings()]
    return tuple(sorted(found, key=lambda one: (one.closed_at is not None, one.until or date.max, one.at)))
