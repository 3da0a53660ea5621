"""What the tutor sees while a class works: who is where, how far, and which practice questions are hard. Nothing of what is written."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, func, select

from workbook_helpers.items import Json, Workbook
from workbook_helpers.referral import MARK
from workbook_helpers.served.answers import COUNTED
from workbook_helpers.served.database import ANSWERS, COPIES
from workbook_helpers.served.folder import About
from workbook_helpers.served.hand_in import newest


def live(connection: Connection, about: About, workbooks: Mapping[str, Workbook]) -> dict[str, Json]:
    """Give it for a class, for JSON: learners in the list's order, practice in the workbooks' order.

    Parameters
    ----------
    workbooks
        Assignment → workbook.
    """
    mine = ANSWERS.c.class_id == about.class_id
    first = ANSWERS.c.name.not_like(f"%{MARK}%")
    counted = select(ANSWERS.c.learner, ANSWERS.c.assignment, func.count()).where(mine, first, ANSWERS.c.done)
    done = {(learner, name): n for learner, name, n in connection.execute(counted.group_by(ANSWERS.c.learner, ANSWERS.c.assignment))}
    handed = newest(connection, about.class_id)
    rows: dict[str, list[Any]] = {}
    for row in connection.execute(select(COPIES).where(COPIES.c.class_id == about.class_id)):
        rows.setdefault(row.learner, []).append(row)
    of = {name: sum(item.purpose in COUNTED for item in one.paper().values()) for name, one in workbooks.items()}
    learners = [
        {
            "learner": learner.id,
            "workbooks": [
                {
                    "workbook": workbooks[row.assignment].id,
                    "assignment": row.assignment,
                    "section": row.section,
                    "answered": min(done.get((row.learner, row.assignment), 0), of[row.assignment]),
                    "of": of[row.assignment],
                    "last_seen": _iso(row.seen_at),
                    "moved_at": _iso(row.moved_at),
                    "handed_in_at": _iso(handed.get((row.learner, row.assignment), 0.0)),
                }
                for row in sorted(rows.get(learner.key, ()), key=lambda row: row.assignment)
                if row.assignment in workbooks
            ],
        }
        for learner in about.learners
    ]
    asked = select(ANSWERS.c.assignment, ANSWERS.c.name, func.count(), func.sum(ANSWERS.c.wrong_first)).where(mine, ANSWERS.c.tried > 0)
    tried = {
        (assignment, name): (n, wrong)
        for assignment, name, n, wrong in connection.execute(asked.group_by(ANSWERS.c.assignment, ANSWERS.c.name))
    }
    practice = [
        {"workbook": one.id, "item": item, "tried": tried[name, item][0], "wrong_first": int(tried[name, item][1])}
        for name, one in workbooks.items()
        for item in one.items
        if (name, item) in tried
    ]
    return {"at": datetime.now(UTC).isoformat(timespec="seconds"), "learners": learners, "practice": practice}


def _iso(at: float) -> str | None:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds") if at else None
