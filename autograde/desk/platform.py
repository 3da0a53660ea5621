"""The class's learning platform at the desk: its people among the learners, and what it was told when pages were given back.

What is due is sent beside the server, again and again; the page Give back says what waits, and why.
"""

import logging
import threading
import time
from dataclasses import dataclass

from autograde.classes.folder import Course
from autograde.desk.pages import Asked, Done
from autograde.desk.work import Tell
from autograde.errors import ClassError
from autograde.gradebook.platform_scores import hurry
from autograde.lti.connection import connection, is_connected
from autograde.text import count

LOG = logging.getLogger(__name__)
SEND_S = 30.0
"""How often it is looked whether something is to be sent."""


@dataclass(frozen=True, kw_only=True)
class Told:
    """What the platform was told; `lines` say what waits and what was refused, `fault` why nothing can be sent."""

    name: str = ""
    line: str = ""
    lines: tuple[str, ...] = ()
    fault: str = ""
    pending: bool = False


def told(course: Course) -> Told | None:
    """Give what the page Give back shows, None for a class that has no course at a platform; the platform is not asked."""
    if not is_connected(course):
        return None
    from autograde.lti.scores import so_far  # what signs is imported where a class has a platform

    try:
        name, found = connection(course).platform.name, so_far(course)
    except ClassError as error:
        return Told(fault=str(error))
    return Told(name=name, line=found.line, lines=tuple(found.told()), pending=bool(found.waiting or found.refused))


def send(asked: Asked) -> Done:
    """Tell the platform all that waits, or was refused, as work that goes on when the page is left."""
    from autograde.lti import scores

    course = asked.course

    def do(_: Tell) -> str:
        hurry(course)
        return scores.send(course).line

    asked.worker.start("Telling the learning platform", do, page="give-back")
    return Done(query={"workbook": asked.text("workbook")})


def add(asked: Asked) -> Done:
    """Put the learners of the platform's course into the class, if they are still those who were looked at."""
    from autograde.lti.members import add_people

    report, linked = add_people(asked.course, asked.text("code"))
    parts = [f"{count(len(report.added), 'learner')} added"]
    parts += [f"{len(report.updated)} changed"] if report.updated else []
    parts += [f"{count(len(report.bad), 'row')} left out"] if report.bad else []
    return Done(said=f"{', '.join(parts)}, {linked} linked to the learning platform.")


def start_telling(course: Course) -> None:
    """Send beside the server, which does not wait for it to end."""
    threading.Thread(target=_tell, args=(course,), name="learning platform", daemon=True).start()


def _tell(course: Course) -> None:
    while True:
        time.sleep(SEND_S)
        if is_connected(course):
            from autograde.lti.scores import send_safely

            try:
                send_safely(course)  # the page says what is wrong
            except Exception:
                LOG.exception("The learning platform could not be told")
