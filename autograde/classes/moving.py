"""Move a class's gradebook: from the SQLite file in its folder to a PostgreSQL server that several tutors share, or back."""

from collections.abc import Iterator
from typing import NamedTuple

from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from autograde.classes.folder import Course
from autograde.classes.settings_file import check_settings_file, write_setting
from autograde.errors import ClassError
from autograde.gradebook.address import has_password, without_password
from autograde.gradebook.copying import copy_all
from autograde.gradebook.database import reason
from autograde.gradebook.deeds import Deed
from autograde.gradebook.noted import noting
from autograde.gradebook.opening import open_gradebook
from autograde.gradebook.soundness import check_gradebook


class _Moved(NamedTuple):
    """The class as it is once its gradebook has moved: the entry goes where the log goes on."""

    db_url: str
    course_id: str


def move_gradebook(course: Course, url: str) -> Iterator[tuple[str, int]]:
    """Copy the gradebook to another database, check every row, and have the class use it from then on.

    The old one is left as it is. Gives (table, rows) for each table when its rows have been held against each other.

    Parameters
    ----------
    url
        As SQLAlchemy writes it, e.g. "postgresql://tutor@server/care_2026"; the database exists and holds no class yet.

    Raises
    ------
    ClassError
        If it cannot be reached, holds a class already, or a row does not arrive; the class then goes on as before.
    """
    check_settings_file(course)
    try:
        check_gradebook(course.db_url, course.course_id)
        open_gradebook(url, course.course_id, fresh=True).close()  # nbgrader makes its tables
        yield from copy_all(course.db_url, url)
    except (ArgumentError, SQLAlchemyError, ModuleNotFoundError) as error:
        msg = f"The gradebook cannot be moved ({reason(error)}). The class goes on with {without_password(course.db_url)}."
        raise ClassError(msg) from error
    told = {"before": without_password(course.db_url), "after": without_password(url)}
    with noting(_Moved(url, course.course_id), Deed.MOVE, **told):
        write_setting(course, "db_url", url, mode=0o600 if has_password(url) else None)
