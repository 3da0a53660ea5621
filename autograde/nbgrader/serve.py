"""Serve a class on the tutor's own machine: the desk, nbgrader's formgrader and JupyterLab."""

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


@dataclass(frozen=True, kw_only=True)
class Served:
    """A running server; its addresses let in who has them, and nobody else."""

    process: "subprocess.Popen[bytes]"
    desk: str
    formgrader: str
    lab: str


@contextmanager
def serving(course: Course, port: int | None = None, *, token: str = "", environment: Mapping[str, str] | None = None) -> Iterator[Served]:
    """Start the server, give its addresses once it answers, and end it on leaving.

    Parameters
    ----------
    port
        None for the first free one from 8890 on.
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
    with running(server_command(course, port), course.root, port, token, course.root / LOG, environment or {}) as process:
        desk, formgrader, lab = (f"http://{HOST}:{port}/{page}?token={token}" for page in ("desk", "formgrader", "lab"))
        yield Served(process=process, desk=desk, formgrader=formgrader, lab=lab)


@contextmanager
def running(
    command: list[str], root: Path, port: int, token: str, log: Path, environment: Mapping[str, str]
) -> Iterator["subprocess.Popen[bytes]"]:
    """Run the command of a server in the folder `root` until it is left; gives its process once it answers at `port`."""
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


def server_command(course: Course, port: int) -> list[str]:
    """Give the command that serves a class."""
    # Voila would run a student's notebook, on a mere link.
    extensions = {**PARTS, "autograde.desk": True, "voila.server_extension": False}
    as_root = hasattr(os, "geteuid") and os.geteuid() == 0  # in a container; Jupyter refuses it otherwise
    return [
        sys.executable,
        "-P",  # a file of the class folder is no module
        "-m",
        "jupyterlab",
        "--no-browser",
        f"--ServerApp.root_dir={course.root}",
        f"--ServerApp.ip={HOST}",
        f"--ServerApp.port={port}",
        "--ServerApp.port_retries=0",
        "--ServerApp.default_url=/formgrader",
        "--ServerApp.answer_yes=True",
        "--ServerApp.log_level=WARN",
        "--LabApp.log_level=WARN",
        "--LabApp.news_url=None",  # nothing is fetched from the net
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        "--LabApp.extension_manager=readonly",
        "--LanguageServerManager.autodetect=False",  # at each start it would ask node, where that is there, for servers of languages
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
    request = urllib.request.Request(f"http://{HOST}:{port}/api/status", headers={"Authorization": f"token {token}"})
    end = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < end and process.poll() is None:
        try:
            with urllib.request.urlopen(request, timeout=5) as reply:  # noqa: S310 (our own server)
                if "started" in json.load(reply):
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
