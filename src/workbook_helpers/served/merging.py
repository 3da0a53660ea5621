"""Two ids of one learner become one: what was answered under the first is shown to the one that stays, and can be taken back."""

import json
import secrets
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, func, select, union_all, update

from workbook_helpers.items.base import blank
from workbook_helpers.served.database import ANSWERS, BROUGHT, COPIES, RECEIPTS, add, put

EMPTIED = ""
"""The key of an answer that was taken back; one that was saved has another."""
ASIDE = "aside"
"""The part of a record that a merge has brought in place of an emptied one: what stood there."""


def merge(connection: Connection, class_id: str, goes: str, stays: str, name: str) -> int:
    """Bring answers to the one that stays, where they have none of their own, and give how many; under the first id all stays as it is.

    Of what was handed in they see the receipts. Once more does no harm: what they have emptied since stays empty.

    Parameters
    ----------
    goes, stays
        As `Learner.key`.
    name
        Of the merge; it stands as the key of each answer until that is changed.
    """
    theirs = (COPIES.c.class_id == class_id, COPIES.c.learner == goes)
    for row in connection.execute(select(COPIES).where(*theirs).order_by(COPIES.c.assignment).with_for_update()).all():
        own = {"class_id": class_id, "learner": stays, "assignment": row.assignment}
        born = {"copy": secrets.token_hex(8), "revision": 0, "section": row.section, "moved_at": row.moved_at}
        add(connection, COPIES, **own, **born, seen_at=row.seen_at, left_at=row.left_at)
        mine = [COPIES.c[column] == value for column, value in own.items()]
        copy = connection.execute(select(COPIES.c.revision, COPIES.c.merge).where(*mine).with_for_update()).one()
        if copy.merge == name:
            continue
        revision = copy.revision + 1
        there = {one.name: one for one in connection.execute(select(ANSWERS).where(*_of(class_id, stays, row.assignment)))}
        for one in connection.execute(select(ANSWERS).where(*_of(class_id, goes, row.assignment))).all():
            if not is_answer(one.record) or (record := _in_place(there.get(one.name), one.record)) is None:
                continue
            told = {"done": one.done, "tried": one.tried, "wrong_first": one.wrong_first}
            put(connection, ANSWERS, **own, name=one.name, record=json.dumps(record | {"revision": revision}), key=name, **told)
        connection.execute(update(COPIES).where(*mine).values(revision=revision, merge=name))
    handed_in = union_all(
        *(
            select(table.c.assignment, table.c.file).where(table.c.class_id == class_id, table.c.learner == goes)
            for table in (RECEIPTS, BROUGHT)
        )
    )
    for one in connection.execute(handed_in).all():
        add(connection, BROUGHT, class_id=class_id, learner=stays, assignment=one.assignment, file=one.file, merge=name)
    return int(connection.execute(select(func.count()).select_from(ANSWERS).where(*_brought(class_id, stays, name))).scalar_one())


def unmerge(connection: Connection, class_id: str, stays: str, name: str) -> None:
    """Take back what a merge has brought, but for what was changed since.

    What stood there before is there again. Where nothing did, an answer is emptied and not deleted: what is not there any more, a
    learner's browser takes for lost, and sends it again as theirs.
    """
    connection.execute(delete(BROUGHT).where(BROUGHT.c.class_id == class_id, BROUGHT.c.learner == stays, BROUGHT.c.merge == name))
    brought, now = _brought(class_id, stays, name), datetime.now(UTC).isoformat(timespec="milliseconds")
    for assignment in sorted({*connection.scalars(select(ANSWERS.c.assignment).where(*brought))}):
        mine = (COPIES.c.class_id == class_id, COPIES.c.learner == stays, COPIES.c.assignment == assignment)
        moved = update(COPIES).where(*mine).values(revision=COPIES.c.revision + 1)  # what was handed in meanwhile does not stand here now
        revision = connection.execute(moved.returning(COPIES.c.revision)).scalar_one()
        emptied: dict[str, Any] = {"record": {"value": None, "saved_at": now}, "key": EMPTIED, "tried": 0, "wrong_first": 0}
        for one in connection.execute(select(ANSWERS.c.name, ANSWERS.c.record).where(*_of(class_id, stays, assignment), *brought)).all():
            before = json.loads(one.record).get(ASIDE, emptied)
            row = before | {"record": json.dumps(before["record"] | {"revision": revision}), "done": False}
            put(connection, ANSWERS, class_id=class_id, learner=stays, assignment=assignment, name=one.name, **row)
    mine = (COPIES.c.class_id == class_id, COPIES.c.learner == stays, COPIES.c.merge == name)
    connection.execute(update(COPIES).where(*mine).values(merge=""))


def is_answer(record: str) -> bool:
    """Whether a row's record is that of an answer; one that was emptied is none, and each page saves that in its own way."""
    return not blank(json.loads(record)["value"])


def _in_place(there: Any, theirs: str) -> dict[str, Any] | None:
    """Give the record that is to stand where `there` is a row, or none; None where it is an answer, which stays."""
    record = {part: value for part, value in json.loads(theirs).items() if part != ASIDE}
    if there is None:
        return record
    if is_answer(there.record):
        return None
    own = json.loads(there.record)
    before = [*own.get("before", ()), *record.get("before", ())]  # kept, whatever becomes of it, as in `answers.change`
    aside = {"record": own, "key": there.key, "tried": there.tried, "wrong_first": there.wrong_first}
    return record | ({"before": before} if before else {}) | {ASIDE: aside}


def _of(class_id: str, learner: str, assignment: str) -> tuple[ColumnElement[bool], ...]:
    return ANSWERS.c.class_id == class_id, ANSWERS.c.learner == learner, ANSWERS.c.assignment == assignment


def _brought(class_id: str, stays: str, name: str) -> tuple[ColumnElement[bool], ...]:
    return ANSWERS.c.class_id == class_id, ANSWERS.c.learner == stays, ANSWERS.c.key == name
