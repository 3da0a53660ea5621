"""What a kill has left undone in a class and is done to its end when the desk opens it, as each command does, too."""

from autograde.classes.folder import Course
from autograde.desk.work import Worker
from autograde.records.erasure import finish
from autograde.whole import ERASING, STAGE


def end_erasure(course: Course, worker: Worker) -> None:
    """Do an erasure to its end that was cut off; every page says so."""
    if (course.root / STAGE / ERASING).is_file():
        worker.start("Ending an erasure that was cut off", lambda _: _ended(course), page="learners")


def _ended(course: Course) -> str:
    erased = finish(course)
    return f"{erased} is erased." if erased else "The erasure was ended by a command meanwhile."
