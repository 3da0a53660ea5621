"""What nbgrader's own commands use in a class (named in the class's settings): the same marking, by their door.

`nbgrader autograde` reads, converts and writes each notebook twice: once to clean it, once to mark it. Our exporter
gives the rebuilt notebook both times and never opens the student's.
"""

import os
from pathlib import Path
from typing import Any

import nbformat
from nbconvert.exporters import Exporter, NotebookExporter
from nbformat import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor

from autograde.classes.folder import Course
from autograde.classes.ids import shown
from autograde.errors import ClassError
from autograde.gradebook.entries import Assessed
from autograde.gradebook.rows import Rows
from autograde.outbox.assignment import name_class as _name_class
from autograde.run.carried import assess_submitted, marks_in, origin_in
from autograde.run.line import SIGNED_OFF


class RebuildExporter(NotebookExporter):
    """Gives, for the path of a submitted notebook, the notebook rebuilt from its answers."""

    def from_filename(self, filename: str, resources: Any = None, **kw: Any) -> Any:
        """See `nbconvert.Exporter.from_filename`; `filename` is `<class>/<step>/<student>/<assignment>/<name>.ipynb`."""
        path = Path(os.path.abspath(filename))  # not resolve(): a link must not lead elsewhere
        _, student, assignment = path.parts[-4:-1]
        notebook = nbformat.from_dict(assess_submitted(Course(path.parents[3]), assignment, student))
        return self.from_notebook_node(notebook, resources, **kw)  # type: ignore[no-untyped-call]


def name_class(*, assignment: str, **_: object) -> None:
    """Write into a release of nbgrader's own command what the class adds to it; it calls this in the class folder."""
    course = Course(Path.cwd())
    _name_class(course.root / "release" / assignment, course, assignment)


class SaveMarks(NbGraderPreprocessor):
    """Writes the marks that the rebuilt notebook carries into the gradebook."""

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        """See `nbconvert.preprocessors.Preprocessor.preprocess`."""
        about = resources["nbgrader"]
        with Rows(about["db_url"], about["assignment"]) as rows:
            # nbgrader has kept the time already
            if not rows.save([Assessed(student=about["student"], when=None, marks=marks_in(nb), source=origin_in(nb))]):
                msg = f"{shown(about['student'])}: {SIGNED_OFF}."
                raise ClassError(msg)
        return nb, resources


class FeedbackExporter(Exporter):
    """Gives the student's feedback page in place of nbgrader's, which would show rubrics and keys."""

    file_extension = ".html"

    def from_filename(self, filename: str, resources: Any = None, **kw: Any) -> Any:
        """See `nbconvert.Exporter.from_filename`; raises WorkbookError for a submission that is not wholly marked."""
        from autograde.outbox.feedback import feedback_page

        path = Path(os.path.abspath(filename))
        _, student, assignment = path.parts[-4:-1]
        resources = resources if resources is not None else {}
        resources["output_extension"] = self.file_extension
        return feedback_page(Course(path.parents[3]), assignment, student), resources


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": __name__}]


def _load_jupyter_server_extension(_: Any) -> None:
    """Let formgrader go on after its database was locked, full or restarted (`autograde serve` asks for this).

    nbgrader keeps one session for as long as the server runs. After a failed write SQLAlchemy refuses everything on it until
    somebody rolls it back, and a connection that a restarted server has closed is never given up: each page is a 500 then.
    """
    from nbgrader.server_extensions.formgrader.base import BaseHandler
    from sqlalchemy import event
    from sqlalchemy.pool import Pool

    BaseHandler.on_finish = _end_session
    event.listen(Pool, "checkout", _ping)


def _end_session(handler: Any) -> None:
    if (gradebook := handler.settings["nbgrader_gradebook"]) is not None:
        gradebook.db.remove()


def _ping(connection: Any, *_: object) -> None:
    """See SQLAlchemy, "Dealing with Disconnects": one that is dead is replaced before anything is lost with it."""
    from sqlalchemy.exc import DisconnectionError

    try:
        connection.cursor().execute("SELECT 1")
    except Exception as error:
        raise DisconnectionError from error
