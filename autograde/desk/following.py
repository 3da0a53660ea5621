"""What follows from each change of a class at the desk: the head of its log is kept, and what its learners see is brought up to date."""

import logging
from pathlib import Path

from autograde.classes.folder import Course
from autograde.gradebook.heads import keep_head
from autograde.outbox.served import keep_served
from workbook_helpers.errors import WorkbookError

LOG = logging.getLogger(__name__)
_told: dict[Path, tuple[str, ...]] = {}
"""A class's folder → what has to be told since its learners' side was written last."""


def see_to(course: Course) -> None:
    """See to it; what fails does no harm to what was done, and the page Live tells it (`faults`)."""
    keep_head(course)
    try:
        _told[course.root] = keep_served(course)
    except WorkbookError as error:
        _told[course.root] = (str(error),)
    except Exception as error:  # our own fault: the log has the traceback
        LOG.exception("What learners see could not be brought up to date")
        _told[course.root] = (f"What learners see is not up to date ({type(error).__name__}: {error}). Please report it.",)


def faults(course: Course) -> tuple[str, ...]:
    """Give what has to be told of what learners see."""
    return _told.get(course.root, ())
