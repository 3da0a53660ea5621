"""Give feedback pages back through the nbgrader exchange, where a class has one."""

from autograde.classes.folder import Course
from autograde.classes.ids import shown
from autograde.errors import ClassError
from workbook_helpers.files import read_file


def by_exchange(course: Course, assignment: str, students: list[str]) -> list[str]:
    """Give those of these students whose hand-in came by the class's exchange; nobody where it has none.

    The exchange knows a submission by a secret that only its own have, and that the student's machine wrote.
    """
    return [student for student in students if course.exchange and _secret(course, student, assignment)]


def without_secret(course: Course, assignment: str, students: list[str]) -> list[str]:
    """Give those of these students whose hand-in came by the class's exchange with a secret that is none: no page finds back by it."""
    return [student for student in students if course.exchange and _secret(course, student, assignment) == ""]


def _secret(course: Course, student: str, assignment: str) -> str | None:
    """Give the secret of a hand-in; "" for one that nbgrader cannot use, None where there is none."""
    try:
        course.check_own("feedback", student, assignment)
        return read_file(course.path("feedback", student, assignment) / "submission_secret.txt", 1000).decode()
    except UnicodeDecodeError:
        return ""
    except OSError:
        return None


def give_back(course: Course, assignment: str, student: str) -> None:
    """Put the page of a student whose hand-in came by the exchange onto it.

    Raises
    ------
    ClassError
        If the exchange refuses.
    """
    from nbgrader.auth import Authenticator
    from nbgrader.exchange import ExchangeFactory

    from autograde.outbox.nbgrader_run import explaining_nbgrader

    config, directory = course.config(), course.directory(assignment)
    directory.student_id = student
    part = ExchangeFactory(config=config).ReleaseFeedback
    with explaining_nbgrader(f"The feedback of {shown(student)} could not be put onto the exchange", ClassError):
        part(coursedir=directory, authenticator=Authenticator(config=config), config=config).start()
