"""What in this server keeps the class's gradebook open: it lets go, so that another one can take its place."""

import threading
from collections.abc import Callable
from typing import Any

from autograde.classes.folder import Course
from autograde.gradebook.database import let_go

LET_GO_S = 10
"""So long formgrader is waited for, which may be making a page."""
_HOLDERS: list[Callable[[], object]] = []


def holds_formgrader(app: Any) -> None:
    """Know formgrader's own gradebook, which it keeps open for as long as its server runs."""
    settings = app.web_app.settings
    loop = app.io_loop

    def let_formgrader_go() -> None:
        done = threading.Event()

        def close() -> None:  # in the thread in which formgrader uses it
            gradebook = settings.get("nbgrader_gradebook")
            settings["nbgrader_gradebook"] = None
            try:
                if gradebook is not None:
                    gradebook.close()
            finally:
                done.set()

        loop.add_callback(close)
        done.wait(LET_GO_S)

    _HOLDERS.append(let_formgrader_go)


def release_gradebook(course: Course) -> None:
    """Have all that this server keeps open of the gradebook closed."""
    for close in _HOLDERS:
        close()
    let_go(course.db_url)
