"""Serve a folder on the tutor's own machine: a class's desk and formgrader, with JupyterLab where it is asked for; or a desk alone."""

import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import sysconfig
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from autograde.classes.folder import Course
from autograde.errors import ClassError
from autograde.text import printable

HOST = "127.0.0.1"
FIRST_PORT = 8890
START_TIMEOUT_S = 90.0
LOG = "serve.log"
PARTS = {
    "autograde.classes.folder_names": True,
    "autograde.nbgrader.marking_page": True,
    "autograde.nbgrader.mended_formgrader": True,
    "autograde.nbgrader.parts": True,
    "nbgrader.server_extensions.formgrader": False,
}
"""What makes formgrader ours: our extension loads nbgrader's own and mends it."""
OTHERS = (
    "jupyter_lsp", "jupyter_server_terminals", "jupyterlab", "nbclassic", "notebook", "notebook_shim", "voila.server_extension",
    "nbgrader.server_extensions.assignment_list", "nbgrader.server_extensions.course_list", "nbgrader.server_extensions.formgrader",
    "nbgrader.server_extensions.validate_assignment", "workbook_helpers.jupyter.pages",
)  # fmt: skip
"""What a desk does without."""


@dataclass(frozen=True, kw_only=True)
class Served:
    """A running server; its addresses let in who has them, and nobody else."""

    process: "subprocess.Popen[bytes]"
    desk: str
    formgrader: str
    lab: str


@contextmanager
def serving(
    course: Course, port: int | None = None, *, lab: bool = True, token: str = "", environment: Mapping[str, str] | None = None
) -> Iterator[Served]:
    """Start the server, give its addresses once it answers, and end it on leaving.

    Parameters
    ----------
    port
        None for the first free one from 8890 on.
    lab
        Whether JupyterLab is there, too.
    token
        What lets in; "" for a new one.
    environment
        What its environment holds besides ours.

    Raises
    ------
    ClassError
        If the port is taken or the server does not start.
    """
    port = free_port(port)
    token = token or secrets.token_urlsafe(24)
    program, options = ("jupyterlab", lab_options(course.root)) if lab else ("jupyter_server", desk_options(course.root))
    with running(program, options, course.root, port, token, course.root / LOG, environment or {}) as process:
        desk, formgrader, jupyter = (f"http://{HOST}:{port}/{page}?token={token}" for page in ("desk", "formgrader", "lab"))
        yield Served(process=process, desk=desk, formgrader=formgrader, lab=jupyter)


@contextmanager
def running(
    program: str, options: list[str], root: Path, port: int, token: str, log: Path, environment: Mapping[str, str]
) -> Iterator["subprocess.Popen[bytes]"]:
    """Run a server in the folder `root` until it is left; gives its process once it answers at `port`."""
    command = [
        sys.executable,
        "-P",  # a file of the class folder is no module
        "-m",
        program,
        "--no-browser",
        f"--ServerApp.ip={HOST}",
        f"--ServerApp.port={port}",
        "--ServerApp.port_retries=0",
        "--ServerApp.answer_yes=True",
        *options,
    ]
    signal.signal(signal.SIGTERM, _end)
    log.touch(mode=0o600)
    log.chmod(0o600)  # it may tell addresses
    with log.open("wb") as file:  # Jupyter's own warnings tell a tutor nothing
        process = subprocess.Popen(command, cwd=root, env={**_environment(token), **environment}, stdout=file, stderr=subprocess.STDOUT)
    try:
        _wait(process, port, token, log)
        yield process
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=10)
        if process.poll() is None:
            process.kill()
            process.wait()


def _end(*_: object) -> None:
    """Leave as on Ctrl-C: without this, a SIGTERM would end us and leave JupyterLab running."""
    raise KeyboardInterrupt


def desk_options(root: Path, parts: Mapping[str, bool] = PARTS) -> list[str]:
    """Give what a server is told that has a desk and these parts, and no kernel, no terminal, no file by its path."""
    return [
        *_options(root, {**dict.fromkeys(OTHERS, False), **parts}),
        "--ServerApp.default_url=/desk",
        "--ServerApp.terminals_enabled=False",
        "--ServerApp.authorizer_class=autograde.nbgrader.nothing_of_jupyter.NothingOfJupyter",
    ]


def lab_options(root: Path) -> list[str]:
    """Give what a server is told that has JupyterLab, formgrader and the desk of a class."""
    return [
        *_options(root, {**PARTS, "voila.server_extension": False}),  # Voila would run a student's notebook, on a mere link
        "--ServerApp.default_url=/formgrader",
        "--LabApp.log_level=WARN",
        "--LabApp.news_url=None",  # nothing is fetched from the net
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        "--LabApp.extension_manager=readonly",
        "--LanguageServerManager.autodetect=False",  # at each start it would ask node, where that is there, for servers of languages
    ]


def _options(root: Path, extensions: Mapping[str, bool]) -> list[str]:
    extensions = {**extensions, "autograde.desk": True}
    as_root = hasattr(os, "geteuid") and os.geteuid() == 0  # in a container; Jupyter refuses it otherwise
    return [
        f"--ServerApp.root_dir={root}",
        "--ServerApp.log_level=WARN",
        f"--ServerApp.jpserver_extensions={extensions!r}",
        *(["--allow-root"] if as_root else []),
    ]


def _environment(token: str) -> dict[str, str]:
    # The token goes by the environment: others can read a command line.
    path = os.pathsep.join([sysconfig.get_path("scripts"), os.environ.get("PATH", os.defpath)])
    return {**os.environ, "JUPYTER_TOKEN": token, "PATH": path}


def free_port(port: int | None) -> int:
    """Give a port that is free: this one, or the first from 8890 on; ClassError where there is none."""
    for candidate in [port] if port else range(FIRST_PORT, FIRST_PORT + 100):
        with socket.socket() as trial:
            if sys.platform != "win32":
                trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with suppress(OSError):
                trial.bind((HOST, candidate))
                return candidate
    msg = f"Port {port or FIRST_PORT} is in use. Choose another with --port, or end the other program."
    raise ClassError(msg)


def _wait(process: "subprocess.Popen[bytes]", port: int, token: str, log: Path) -> None:
    request = urllib.request.Request(f"http://{HOST}:{port}/api/me", headers={"Authorization": f"token {token}"})
    end = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < end and process.poll() is None:
        try:
            with urllib.request.urlopen(request, timeout=5) as reply:  # noqa: S310 (our own server)
                if "identity" in json.load(reply):
                    return
        except urllib.error.HTTPError as error:
            error.close()
        except (OSError, ValueError):
            pass
        time.sleep(0.2)
    logged = log.read_text("utf-8", "replace").strip().splitlines()
    last = printable(logged[-1], 200) if logged else "it wrote nothing"
    msg = f"The server did not start ({last}). All it wrote is in {log}"
    raise ClassError(msg)
