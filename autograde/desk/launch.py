"""Start the desk: of a class, or of the list of classes, from which one is chosen; one server at a time, at one address.

When a class is chosen, the server of the list ends and that of the class takes its place, and the other way round. The browser
stays where it is and waits for it, with the log-in that it has: no address but the first, which leads on at once, holds the token.
"""

import json
import os
import secrets
import subprocess
import sys
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
from autograde.nbgrader.serve import HOST, free_port, running, serving
from workbook_helpers.files import write_file

LOOK_S = 0.2
LINGER_S = 0.7
"""So long a server goes on after a choice, so that its answer reaches the browser."""
OTHERS = (
    "jupyter_lsp", "jupyter_server_terminals", "jupyterlab", "nbclassic", "notebook", "notebook_shim", "voila.server_extension",
    "nbgrader.server_extensions.assignment_list", "nbgrader.server_extensions.course_list", "nbgrader.server_extensions.formgrader",
    "nbgrader.server_extensions.validate_assignment", "workbook_helpers.jupyter.pages",
)  # fmt: skip
"""What the list of classes does without."""


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
        with serving(course, port, token=token, environment={CHOICE: str(choice)}) as served:
            yield served.process
        return
    root = choice.parent / "empty"
    root.mkdir(exist_ok=True)
    with running(list_command(root, port), root, port, token, choice.parent / "serve.log", {CHOICE: str(choice)}) as process:
        yield process


def list_command(root: Path, port: int) -> list[str]:
    """Give the command that serves the list of classes; nothing of Jupyter's own is shown there."""
    extensions = {"autograde.desk": True, **dict.fromkeys(OTHERS, False)}
    as_root = hasattr(os, "geteuid") and os.geteuid() == 0
    return [
        sys.executable,
        "-P",
        "-m",
        "jupyter_server",
        "--no-browser",
        f"--ServerApp.root_dir={root}",
        f"--ServerApp.ip={HOST}",
        f"--ServerApp.port={port}",
        "--ServerApp.port_retries=0",
        "--ServerApp.default_url=/desk",
        "--ServerApp.answer_yes=True",
        "--ServerApp.log_level=WARN",
        f"--ServerApp.jpserver_extensions={extensions!r}",
        *(["--allow-root"] if as_root else []),
    ]


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
