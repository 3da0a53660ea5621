"""The tutor's desk: a class run in the browser, as an extension of the Jupyter server.

`server` is what the browser talks to, `registry` lists the pages, `pages` says what a page is, `launch` starts it all.
"""

import threading
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from autograde.classes.folder import Course


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "autograde.desk"}]


def _load_jupyter_server_extension(app: Any) -> None:
    from tornado.httpserver import HTTPServer

    from autograde.classes.folder import Course
    from autograde.classes.owner import is_class
    from autograde.desk import college
    from autograde.desk.following import see_to
    from autograde.desk.handler import Desk
    from autograde.desk.holders import holds_formgrader
    from autograde.desk.place import settle
    from autograde.desk.platform import start_telling
    from autograde.desk.registry import pages
    from autograde.desk.server import handlers
    from autograde.desk.taking_in import start_watching
    from autograde.desk.unfinished import end_unfinished
    from autograde.desk.work import Worker
    from workbook_helpers.served.connections import RoomyServer

    HTTPServer.configure(RoomyServer)  # Jupyter makes its own when the extensions are there
    root = Path(str(app.web_app.settings["server_root_dir"])).expanduser().resolve()
    course = Course(root) if is_class(root) else None
    if course:
        settle(course)
    worker = Worker(partial(see_to, course)) if course else Worker()
    desk = Desk(pages=pages(in_class=course is not None, only=college.only()), course=course, root=root, worker=worker)
    app.web_app.settings["autograde_desk"] = desk
    app.web_app.add_handlers(".*$", handlers(app.web_app.settings["base_url"]))
    if course is not None and not college.only():
        holds_formgrader(app)
        end_unfinished(course, worker)
        threading.Thread(target=_read_ahead, args=(course,), daemon=True).start()
        start_watching(course, desk.worker)
        start_telling(course)


def _read_ahead(course: "Course") -> None:
    """Read the class once, so that its first page need not wait for that; what goes wrong is told by that page."""
    from autograde.desk.standing import standing
    from workbook_helpers.errors import WorkbookError

    with suppress(WorkbookError, OSError):
        standing(course)
