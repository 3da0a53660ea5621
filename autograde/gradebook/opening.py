"""Open a gradebook through nbgrader, or have it make one."""

import warnings
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from autograde.errors import ClassError
from autograde.gradebook.address import without_password

if TYPE_CHECKING:  # nbgrader takes seconds to import, and marking does not need it
    from nbgrader.api import Gradebook


def open_gradebook(url: str, course_id: str, *, fresh: bool = False) -> "Gradebook":
    """Open a gradebook, which nbgrader makes where there is none; ClassError if it cannot be opened.

    `fresh` wants a database that holds nothing yet: nbgrader would make its tables inside anything.
    """
    import nbgrader.api
    from sqlalchemy.exc import SAWarning, SQLAlchemyError

    nbgrader.api.get_alembic_version = lambda: steps_of_nbgrader()[0]  # itself it runs a program that tells so, for each new gradebook
    # nbgrader builds its rows in an order that SQLAlchemy 2 remarks upon; the rows are right.
    warnings.filterwarnings("ignore", category=SAWarning, module=r"nbgrader\.")
    try:
        if fresh:
            _check_empty(url)
        return nbgrader.api.Gradebook(url, course_id)
    except (SQLAlchemyError, ModuleNotFoundError) as error:
        shown, reason = without_password(url), str(error).splitlines()[0]
        msg = f"The gradebook {shown} cannot be opened ({reason}). Close other programs that use it, or see that its server runs."
        raise ClassError(msg) from error


def _check_empty(url: str) -> None:
    from nbgrader.api import Assignment, Base, Student
    from sqlalchemy import create_engine, func, inspect, select
    from sqlalchemy.engine import make_url

    from autograde.gradebook.tables import OWN

    engine = create_engine(url)
    try:
        names = set(inspect(engine).get_table_names())
        others = {name for name in names - {*Base.metadata.tables, "alembic_version"} if not name.startswith(OWN)}
        what = "something else" if others else ""
        if names and not what:
            with engine.connect() as connection:
                count = sum(connection.execute(select(func.count()).select_from(table)).scalar_one() for table in (Student, Assignment))
                what = "a class" if count else ""
    finally:
        engine.dispose()
    if what:
        msg = f"{make_url(url).render_as_string(hide_password=True)} holds {what} already. Give an empty database."
        raise ClassError(msg)


@cache
def steps_of_nbgrader() -> list[str]:
    """Give the names of the steps by which nbgrader's tables came to be as they are, the newest first; none without nbgrader."""
    from alembic.script import ScriptDirectory

    found = find_spec("nbgrader")
    if found is None or not found.origin:
        return []
    return [one.revision for one in ScriptDirectory(str(Path(found.origin).with_name("alembic"))).walk_revisions()]
