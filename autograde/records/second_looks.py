"""Second looks: the hints that were given for an answer after its points, what the marker said of each, and how often they were right.

A hint changes no mark. Its words stay on this side: neither a learner's page nor a learner's export has them (`reports.learner_export`).
"""

import json
import secrets
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, insert, select, update

from autograde.classes.folder import Course
from autograde.errors import ClassError
from autograde.gradebook import log
from autograde.gradebook.database import Database
from autograde.gradebook.deeds import Deed
from autograde.gradebook.own_tables import hint
from autograde.gradebook.sealed import seal
from autograde.gradebook.who import who
from autograde.hints import Hint, Kind, Sure
from autograde.records.opening import reading, writing
from autograde.text import after


class Outcome(StrEnum):
    """What a marker said of a hint."""

    NONE = ""
    RIGHT = "right"
    WRONG = "wrong"


@dataclass(frozen=True, kw_only=True)
class Looked:
    """The answer that is looked at: whose, the workbook's name for nbgrader, the task, and which answer (`marking.Mark.answer`)."""

    learner: str
    assignment: str
    task: str
    answer: str


@dataclass(frozen=True, kw_only=True)
class Often:
    """How often hints of one kind were given, and how often a marker said that they were right or wrong."""

    kind: Kind
    sure: Sure
    given: int
    right: int
    wrong: int

    @property
    def share(self) -> float | None:
        """The share that was right, 0 to 1, of those that somebody judged; None for none."""
        judged = self.right + self.wrong
        return self.right / judged if judged else None


def keep_look(course: Course, about: Looked, hints: Sequence[Hint]) -> None:
    """Write down which hints an answer was given; nothing where there are none, or where they are written down already.

    Raises
    ------
    ClassError
        If the records cannot be written.
    """
    if hints and not outcomes(course, about, hints):
        with writing(course) as database:
            if _held(database.connection, about, hints) is None:
                _write(database, about, hints)


def outcomes(course: Course, about: Looked, hints: Sequence[Hint]) -> tuple[Outcome, ...]:
    """Give what was said of each hint of an answer, in their order; nothing where these hints are not written down."""
    with reading(course) as connection:
        row = _held(connection, about, hints)
    return _outcomes(row) if row else ()


def judge(course: Course, about: Looked, hints: Sequence[Hint], number: int, outcome: Outcome) -> None:
    """Write down what the marker says of a hint; `number` is its place, from 0.

    Raises
    ------
    ClassError
        If there is no such hint (any more), or the records cannot be written.
    """
    if not 0 <= number < len(hints):
        msg = "This hint is not there any more, as the answer or its rubric has changed. Open the answer again."
        raise ClassError(msg)
    with writing(course) as database:
        row = _held(database.connection, about, hints)
        id_ = row["id"] if row else _write(database, about, hints)
        said = list(_outcomes(row)) if row else [Outcome.NONE] * len(hints)
        if said[number] == outcome:
            return
        before, said[number] = said[number], outcome
        database.run(update(hint).where(hint.c.id == id_).values(outcome=json.dumps(said)))
        told: dict[str, Any] = {"workbook": about.assignment, "task": about.task, "hints": [asdict(hints[number])]}
        told |= {"before": before, "after": outcome}
        log.note(database, Deed.JUDGE_HINT, learner=about.learner, **told, sealed=seal(database, hint, [id_]))


def how_often(course: Course) -> tuple[Often, ...]:
    """Give how often hints were right, by kind and by how sure they were; kinds that were never given are left out.

    Of an answer whose hints changed, the newest ones count.
    """
    with reading(course) as connection:
        rows = connection.execute(select(hint).order_by(hint.c.at)).mappings().all()
    newest: dict[Any, Mapping[str, Any]] = {(row["learner"], row["assignment"], row["task"], row["answer"]): dict(row) for row in rows}
    each = Counter[tuple[Kind, Sure, Outcome]]()
    for row in newest.values():
        for one, said in zip(json.loads(row["hints"]), _outcomes(row), strict=True):
            each[one["kind"], one["sure"], said] += 1
    return tuple(
        Often(
            kind=kind,
            sure=sure,
            given=sum(each[kind, sure, said] for said in Outcome),
            right=each[kind, sure, Outcome.RIGHT],
            wrong=each[kind, sure, Outcome.WRONG],
        )
        for kind, sure in sorted({(kind, sure) for kind, sure, _ in each})
    )


def _written(hints: Sequence[Hint]) -> str:
    return json.dumps([asdict(one) for one in hints])


def _outcomes(row: Mapping[str, Any]) -> tuple[Outcome, ...]:
    return tuple(map(Outcome, json.loads(row["outcome"])))


def _held(connection: Connection, about: Looked, hints: Sequence[Hint]) -> Mapping[str, Any] | None:
    row = next(iter(_rows(connection, about)), None)
    return row if row and row["hints"] == _written(hints) else None


def _rows(connection: Connection, about: Looked) -> list[Mapping[str, Any]]:
    """Give all looks at an answer, the newest first."""
    asked = select(hint).where(*(hint.c[name] == value for name, value in asdict(about).items())).order_by(hint.c.at.desc())
    return [dict(row) for row in connection.execute(asked).mappings()]


def _write(database: Database, about: Looked, hints: Sequence[Hint]) -> str:
    id_, none = secrets.token_hex(16), json.dumps([Outcome.NONE] * len(hints))
    at = after(row["at"] for row in _rows(database.connection, about))
    row = {"id": id_, **asdict(about), "marker": who(), "at": at, "hints": _written(hints), "outcome": none}
    database.run(insert(hint).values(**row))
    told: dict[str, Any] = {"workbook": about.assignment, "task": about.task, "hints": [asdict(one) for one in hints]}
    log.note(database, Deed.LOOK_AGAIN, learner=about.learner, **told, sealed=seal(database, hint, [id_]))
    return id_
