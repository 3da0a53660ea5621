"""Start the desk: of a class, or of the list of classes, from which one is chosen; one server at a time, at one address.

When a class is chosen, the server of the list ends and that of the class takes its place, and the other way round. The browser
stays where it is and waits for it, with the log-in that it has: no address but the first, which leads on at once, holds the token.
"""

import json
import secrets
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from autograde.classes.folder import Course, find_course
from autograde.classes.used import remember
from autograde.desk.classes import CHOICE
from autograde.errors import ClassError
from autograde.gradebook.keep import tidy
from autograde.nbgrader.serve import HOST, desk_options, free_port, running, serving
from workbook_helpers.files import write_file

LOOK_S = 0.2
LINGER_S = 0.7
"""So long a server goes on after a choice, so that its answer reaches the browser."""


def desk(course: Course | None, port: int | None, started: Callable[[str], None]) -> None:
    """Serve the desk until it is ended.

    Parameters
    ----------
    course
        The class; None for the list of classes.
    port
        None for the first free one from 8890 on.
    started
        Called once, with the address that opens it.

    Raises
    ------
    ClassError
        If the port is taken or no server starts.
    """
    port, token = free_port(port), secrets.token_urlsafe(24)
    with tempfile.TemporaryDirectory(prefix="autograde-desk-") as private:
        choice = Path(private) / "choice"
        first = True
        while True:
            try:
                with _served(course, port, token, choice) as process:
                    if course:
                        remember(course)
                    if first:
                        started(f"http://{HOST}:{port}/desk?token={token}")
                    first = False
                    chosen = _chosen(process, choice)
            except ClassError as error:
                if first or course is None:
                    raise
                write_file(Path(f"{choice}.fault"), str(error).encode())
                chosen = ""
            finally:
                if course:
                    tidy(course)
            if chosen is None:
                return
            course = find_course(Path(chosen)) if chosen else None
            if course:
                Path(f"{choice}.fault").unlink(missing_ok=True)


@contextmanager
def _served(course: Course | None, port: int, token: str, choice: Path) -> Iterator["subprocess.Popen[bytes]"]:
    if course is not None:
        with serving(course, port, lab=False, token=token, environment={CHOICE: str(choice)}) as served:
            yield served.process
        return
    root, log = choice.parent / "empty", choice.parent / "serve.log"
    root.mkdir(exist_ok=True)
    with running("jupyter_server", desk_options(root, {}), root, port, token, log, {CHOICE: str(choice)}) as process:
        yield process


def _chosen(process: "subprocess.Popen[bytes]", choice: Path) -> str | None:
    """Wait for what is chosen: a class's folder, "" for the list; None when the server ends."""
    while process.poll() is None:
        if choice.is_file():
            folder = str(json.loads(choice.read_text("utf-8"))["folder"])
            time.sleep(LINGER_S)
            choice.unlink()
            return folder
        time.sleep(LOOK_S)
    return None
