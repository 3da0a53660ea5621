"""Who a class's learners are at their learning platform: one person there for one learner here, and never another in their place."""

from collections.abc import Mapping

from sqlalchemy import delete, insert, select

from autograde.errors import ClassError
from autograde.gradebook.database import explaining
from autograde.gradebook.deeds import Deed
from autograde.gradebook.keep import Owner
from autograde.gradebook.log import note_each
from autograde.gradebook.own import opened, recording
from autograde.gradebook.own_tables import platform_person as table
from autograde.gradebook.own_tables import platform_score
from autograde.gradebook.soundness import check_gradebook
from workbook_helpers.lti.platforms import hub_name

_ALL = select(table.c.learner, table.c.realm, table.c.subject)


def subjects(course: Owner, realm: str) -> dict[str, str]:
    """Give learner's id → who they are at a platform, for all who are linked.

    Parameters
    ----------
    realm
        Of the platform (`workbook_helpers.lti.platforms.Platform.realm`).

    Raises
    ------
    ClassError
        If the gradebook cannot be read.
    """
    return {learner: subject for learner, where, subject in _rows(course) if where == realm}


def hub_names(course: Owner) -> dict[str, str]:
    """Give learner's id → what the hub calls them when their platform sends them; ClassError if the gradebook cannot be read."""
    return {learner: hub_name(realm, subject) for learner, realm, subject in _rows(course)}


def link(course: Owner, realm: str, people: Mapping[str, str]) -> None:
    """Keep who learners are at a platform; whoever is linked to somebody else there stays so.

    Parameters
    ----------
    people
        Learner's id → who they are there.

    Raises
    ------
    ClassError
        If two would be one, or the gradebook cannot be written; nobody is linked then.
    """
    check_gradebook(course.db_url, course.course_id)
    with explaining("written"), recording(course.db_url) as database:
        here = {row.learner: row.subject for row in database.rows(_ALL.where(table.c.realm == realm))}
        new = {learner: subject for learner, subject in people.items() if learner not in here}
        taken = {*here.values()}
        if len({*new.values()}) < len(new) or any(subject in taken for subject in new.values()):
            msg = "One person of the platform would be two learners here. Merge the two, or take the wrong link back, then try again."
            raise ClassError(msg)
        database.run_each(insert(table), [{"learner": who, "realm": realm, "subject": subject} for who, subject in new.items()])
        note_each(database, Deed.LINK, [(who, {"back": False}) for who in new])


def unlink(course: Owner, learner: str) -> bool:
    """Forget who a learner is at the platform; whether they were linked.

    Raises
    ------
    ClassError
        If the gradebook cannot be written.
    """
    check_gradebook(course.db_url, course.course_id)
    with explaining("written"), recording(course.db_url) as database:
        found = database.rows(_ALL.where(table.c.learner == learner))
        database.run(delete(table).where(table.c.learner == learner))
        # Of these scores nobody knows any more whose they were there; so whoever is linked next gets them.
        database.run(delete(platform_score).where(platform_score.c.learner == learner, platform_score.c.to == ""))
        note_each(database, Deed.LINK, [(learner, {"back": True})] if found else [])
    return bool(found)


def _rows(course: Owner) -> list[tuple[str, str, str]]:
    check_gradebook(course.db_url, course.course_id)
    with explaining("read"), opened(course.db_url) as database:
        return [(row.learner, row.realm, row.subject) for row in database.rows(_ALL)]
