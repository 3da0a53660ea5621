"""Give feedback pages back through the nbgrader exchange, where a class has one."""

from autograde.classes.folder import Course
from autograde.errors import ClassError


def by_exchange(course: Course, assignment: str, students: list[str]) -> list[str]:
    """Give those of these students whose hand-in came by the class's exchange; nobody where it has none.

    The exchange knows a submission by a secret that only its own have.
    """
    return [student for student in students if course.exchange and _came(course, student, assignment)]


def _came(course: Course, student: str, assignment: str) -> bool:
    try:
        course.check_own("feedback", student, assignment)
    except OSError:
        return False
    return (course.path("feedback", student, assignment) / "submission_secret.txt").is_file()


def give_back(course: Course, assignment: str, students: list[str]) -> list[str]:
    """Put the pages of those of these students whose hand-in came by the exchange onto it; give those whose page went there.

    Raises
    ------
    ClassError
        If the exchange refuses.
    """
    from nbgrader.auth import Authenticator
    from nbgrader.exchange import ExchangeFactory

    from autograde.outbox.nbgrader_run import explaining_nbgrader

    given = []
    config = course.config()
    for student in by_exchange(course, assignment, students):
        directory = course.directory(assignment)
        directory.student_id = student
        part = ExchangeFactory(config=config).ReleaseFeedback
        with explaining_nbgrader("The feedback could not be put onto the exchange", ClassError):
            part(coursedir=directory, authenticator=Authenticator(config=config), config=config).start()
        given.append(student)
    return given
