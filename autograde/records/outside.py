"""Points and comments that came by another program, such as formgrader: found by comparison, and put into the log as what they are."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select

from autograde.errors import ClassError
from autograde.gradebook import own_tables
from autograde.gradebook.database import FAULTS, Database, reason, step
from autograde.gradebook.deeds import Deed
from autograde.gradebook.keep import Owner
from autograde.gradebook.known import differences_in, know
from autograde.gradebook.log import note_each
from autograde.gradebook.own import opened
from autograde.gradebook.sealed_marks import GIVEN, seal_given
from autograde.gradebook.soundness import check_gradebook
from autograde.gradebook.who import OTHER_PROGRAM
from autograde.text import naive


def catch(course: Owner, workbook: str = "") -> int:
    """Add an entry for each answer whose points or comment the log does not know; give how many there were.

    Parameters
    ----------
    workbook
        The assignment's name; "" for all, and then also what was given for hand-ins that are in the gradebook no more.

    Raises
    ------
    ClassError
        If the gradebook cannot be read or written, or is not the class's.
    """
    check_gradebook(course.db_url, course.course_id)
    try:
        with opened(course.db_url) as database:
            return _caught(database, workbook)
    except FAULTS as error:
        msg = f"The gradebook cannot be held against its log ({reason(error)}). {step(error)}, then try again."
        raise ClassError(msg) from error


def _caught(database: Database, workbook: str) -> int:
    if not differences_in(database.connection, workbook):  # nearly always, and then nobody has to wait
        return 0
    with database.transaction():
        found = differences_in(database.connection, workbook)
        know(database, [(one.notebook, one.name, one.now) for one in found])
        sealed = seal_given(database.connection, [(one.notebook, one.name) for one in found])
        each = list[tuple[str, Mapping[str, Any]]]()
        for one in found:
            before, after = one.before.changed(one.now)
            about = {"workbook": one.workbook, "task": one.name, "before": before, "after": after}
            if not one.learner:  # whose it was nobody knows any more, so its words could not be erased with that learner's data
                told = {**before, "comment": "…"} if "comment" in before else before
                about |= {"hand_in": one.notebook, "before": told}
            name = f"{one.notebook} {one.name}"
            each.append((one.learner, {**about, "sealed": {GIVEN: {name: sealed[name]}}}))
        note_each(database, Deed.GIVE, each, by=OTHER_PROGRAM)
        return len(found)


def given_outside(connection: Connection, since: Mapping[str, datetime]) -> dict[str, datetime]:
    """Give learner's id → when it was found last that another program has changed points or comments, of those who have any.

    Parameters
    ----------
    since
        Learner's id → the time from which on, in UTC and naive, as what is given is.
    """
    if not since:
        return {}
    log, names = own_tables.log.c, own_tables.pseudonym.c
    asked = (
        select(names.learner, func.max(log.at))
        .join_from(own_tables.pseudonym, own_tables.log, log.subject == names.pseudonym)
        .where(names.learner.in_(since), log.what == Deed.GIVE, log.who == OTHER_PROGRAM)
        .group_by(names.learner)
    )
    found = {learner: naive(datetime.fromisoformat(at)) for learner, at in connection.execute(asked)}
    return {learner: at for learner, at in found.items() if at > since[learner]}
