"""Until when each attempt at a workbook was to be handed in: by the day that held for it then.

A referral may give its learner more time. That time is for the attempt that it opens; the ones before are held to the day before it.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime

from autograde.classes.folder import Course
from autograde.gradebook.overview import due_dates
from autograde.gradebook.referred import Referred, referred
from autograde.inbox.attempts import read_attempts
from autograde.text import aware


class Due:
    """The dates of one workbook.

    Parameters
    ----------
    dates
        As `due_dates` gives them: learner → until when, for who has more time; "" for everybody, if there is a date.
    """

    def __init__(self, course: Course, assignment: str, dates: Mapping[str, datetime], referrals: Iterable[Referred]) -> None:
        self._course = course
        self._assignment = assignment
        self._dates = {learner: aware(due) for learner, due in dates.items()}
        self._gave = defaultdict[str, list[Referred]](list)
        for one in referrals:
            if one.holds and one.more_time:
                self._gave[one.learner].append(one)

    def of(self, learner: str, attempt: int) -> datetime | None:
        """Give until when a learner was to hand an attempt in, in UTC; None where there is no date."""
        everybody = self._dates.get("")
        later = [one for one in self._gave.get(learner, ()) if one.attempt > attempt]
        if everybody is None or not later:
            return self._dates.get(learner, everybody)
        before = min(later, key=lambda one: one.attempt).time_before
        return max(aware(before), everybody) if before else everybody  # everybody's may have been moved since

    def of_hand_in(self, learner: str, when: datetime) -> datetime | None:
        """Give the same for the hand-in that came at a time: it is of the first attempt where nothing is known of it."""
        found = read_attempts(self._course, self._assignment, learner) if learner in self._gave else ()
        return self.of(learner, max((one.attempt for one in found if one.handed_in_at == aware(when) and not one.set_aside), default=1))


def read_due(course: Course, assignment: str) -> Due:
    """Read the dates of a workbook; there are none of one that was not released.

    Raises
    ------
    ClassError
        If the gradebook cannot be read, or is not the class's.
    """
    return Due(
        course, assignment, due_dates(course.db_url, course.course_id, assignment) or {}, referred(course.db_url, assignment).values()
    )
