"""What goes back with the page of a learner who is referred: the workbook as one file that opens just the tasks to be done again."""

from collections.abc import Iterable

from autograde.classes.folder import Course
from autograde.errors import ClassError
from autograde.outbox.ready import Outgoing
from autograde.records.referrals import Referral, referrals_of, sent
from workbook_helpers.items import load_workbook
from workbook_helpers.web import workbook_file


def referral_file(course: Course, one: Referral) -> bytes:
    """Make the file of a referral, for its learner alone.

    Raises
    ------
    ClassError, ContentError
        If what was handed in then is not there any more, or the released workbook does not fit it.
    """
    return workbook_file(load_workbook(course.root / "release" / one.assignment), referral=sent(course, one))


def files_beside(course: Course, assignment: str, pages: Iterable[Outgoing]) -> dict[str, bytes]:
    """Give student id → the file that goes beside the page, for all of these who are referred.

    Raises
    ------
    ClassError, ContentError
        If one cannot be made.
    """
    wanted = {page.referral: page.id for page in pages if page.referral}
    if not wanted:
        return {}
    found = {wanted[one.id]: referral_file(course, one) for one in referrals_of(course, assignment=assignment) if one.id in wanted}
    if len(found) < len(wanted):
        msg = "A referral was withdrawn at this moment. Look at what is ready, then give it back."
        raise ClassError(msg)
    return found
