"""Give feedback pages back through the nbgrader exchange, where a class has one."""

from autograde.classes.folder import Course
from autograde.errors import ClassError


def give_back(course: Course, assignment: str, students: list[str]) -> list[str]:
    """Put the pages of these students onto the exchange; give those whose page went there.

    A student whose hand-in came as a file is passed over: the exchange knows a submission by a secret that only its
    own have.

    Raises
    ------
    ClassError
        If the exchange refuses.
    """
    if course.exchange is None:
        return []
    from nbgrader.auth import Authenticator
    from nbgrader.exchange import ExchangeFactory

    from autograde.outbox.nbgrader_run import explaining_nbgrader

    given = []
    config = course.config()
    for student in students:
        try:
            course.check_own("feedback", student, assignment)
        except OSError:
            continue
        if not (course.path("feedback", student, assignment) / "submission_secret.txt").is_file():
            continue
        directory = course.directory(assignment)
        directory.student_id = student
        part = ExchangeFactory(config=config).ReleaseFeedback
        with explaining_nbgrader("The feedback could not be put onto the exchange", ClassError):
            part(coursedir=directory, authenticator=Authenticator(config=config), config=config).start()
        given.append(student)
    return given
