"""What the tutor sees while a class works: who is where, how far, and which practice questions are hard. Nothing of what is written."""

from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, func, select

from workbook_helpers.items import Item, Json, Workbook
from workbook_helpers.items.sections import waiting
from workbook_helpers.served.answers import COUNTED, Whose
from workbook_helpers.served.database import ANSWERS, COPIES
from workbook_helpers.served.folder import About, Learner
from workbook_helpers.served.hand_in import newest


def live(connection: Connection, about: About, workbooks: Mapping[str, Workbook]) -> dict[str, Json]:
    """Give it for a class, for JSON: learners in the list's order, practice in the workbooks' order.

    Parameters
    ----------
    workbooks
        Assignment → workbook.
    """
    mine = ANSWERS.c.class_id == about.class_id
    done: dict[tuple[str, str], set[str]] = {}
    answered = select(ANSWERS.c.learner, ANSWERS.c.assignment, ANSWERS.c.name).where(mine, ANSWERS.c.done)
    for key, assignment, name in connection.execute(answered):
        done.setdefault((key, assignment), set()).add(name)
    handed = newest(connection, about.class_id)
    rows: dict[str, list[Any]] = {}
    for row in connection.execute(select(COPIES).where(COPIES.c.class_id == about.class_id)):
        rows.setdefault(row.learner, []).append(row)
    learners = [
        {
            "learner": learner.id,
            "workbooks": [
                {
                    "workbook": workbooks[row.assignment].id,
                    "assignment": row.assignment,
                    "section": row.section,
                    **far(_paper(about, learner, workbooks[row.assignment]), done.get((learner.key, row.assignment), ())),
                    "last_seen": _iso(row.seen_at),
                    "left": row.left_at > row.seen_at,
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


def far(paper: Mapping[str, Item], done: Collection[str]) -> dict[str, Json]:
    """Count what a learner is asked to answer, without what waits until somebody asks for more, and what of it is done.

    Parameters
    ----------
    done
        Ids of items that have a whole answer.
    """
    later = waiting(paper, done)
    asked = [item.id for place, item in paper.items() if item.purpose in COUNTED and place not in later]
    return {"answered": sum(name in done for name in asked), "of": len(asked)}


def _paper(about: About, learner: Learner, workbook: Workbook) -> Mapping[str, Item]:
    return workbook.paper(Whose(class_id=about.class_id, learner=learner.key, name=learner.id, workbook=workbook).seed)


def _iso(at: float) -> str | None:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds") if at else None
