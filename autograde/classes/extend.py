"""More time for one learner and one workbook, also before anything was handed in.

nbgrader keeps an extension with the submission, and has none before the first hand-in; so an empty one is made then, without
marks, which the first marking fills.
"""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from autograde.classes.folder import Course
from autograde.classes.learner_changes import find
from autograde.errors import ClassError
from autograde.gradebook.database import unwritten
from autograde.gradebook.deeds import Deed
from autograde.gradebook.noted import noting
from autograde.text import aware, in_words

if TYPE_CHECKING:  # nbgrader takes seconds to import
    from nbgrader.api import Gradebook


def extend(course: Course, workbook: str, learner: str, until: datetime | None) -> datetime | None:
    """Let a learner hand a workbook in until a time; give the time before, None where that was everybody's.

    Parameters
    ----------
    workbook
        The short id (w01) or the whole name.
    learner
        An id of the class.
    until
        With its time zone; None takes the extension back.

    Raises
    ------
    ClassError
        If there is no such workbook or learner, the workbook has no date, or the time is before everybody's.
    """
    from nbgrader.api import MissingEntry
    from sqlalchemy.exc import SQLAlchemyError

    name, student = course.assignment(workbook), find(course, learner)
    with course.gradebook() as gradebook:
        try:
            entry = gradebook.find_assignment(name)
        except MissingEntry as error:
            msg = f"{name} has not been given out yet."
            raise ClassError(msg) from error
        if entry.duedate is None:
            msg = f"{name} has no date until which it is to be handed in, so nobody needs more time for it."
            raise ClassError(msg)
        more = aware(until) - aware(entry.duedate) if until else timedelta(0)
        if more < timedelta(0):
            msg = f"That is before the date of the whole class, {in_words(entry.duedate)}. Give a later one."
            raise ClassError(msg)
        try:
            found = gradebook.find_submission(name, student.id)
        except MissingEntry:
            found = None
        before = aware(entry.duedate + found.extension) if found and found.extension else None
        gradebook.db.commit()  # what was read; else the log could not be written
        told = {"before": str(before or ""), "after": str(aware(until) if until else "")}
        with noting(course, Deed.EXTEND, learner=student.id, workbook=name, **told):
            try:
                (found or _empty(gradebook, entry, student.id)).extension = more or None
                gradebook.db.commit()
            except SQLAlchemyError as error:
                gradebook.db.rollback()
                raise ClassError(unwritten(error)) from error
    return before


def _empty(gradebook: "Gradebook", assignment: Any, student: str) -> Any:
    """Make what a learner has handed in, empty."""
    from nbgrader.api import SubmittedAssignment, SubmittedNotebook

    made = SubmittedAssignment(assignment_id=assignment.id, student_id=student)
    gradebook.db.add(made)
    gradebook.db.flush()
    gradebook.db.add_all([SubmittedNotebook(notebook_id=one.id, assignment_id=made.id) for one in assignment.notebooks])
    return made
