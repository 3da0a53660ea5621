"""A class's service beside the desk: begun for a lesson, and ended.

It goes on when the desk is closed, so that nobody's lesson ends with a window of the tutor's.
"""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from autograde.classes.asking import LOG, answers, runs
from autograde.classes.folder import Course
from autograde.classes.served import (
    PORT,
    RUNNING,
    Service,
    in_groups,
    is_served,
    join_code,
    last_port,
    renew_code,
    served_folder,
    service_of,
    tutor_token,
)
from autograde.errors import ClassError
from autograde.gradebook.deeds import Deed
from autograde.gradebook.noted import noting
from autograde.outbox.served import serve_anew
from autograde.text import printable
from workbook_helpers.files import write_file

FIRST_PORT, PORTS = 8080, 100
EVERYWHERE = "0.0.0.0"  # noqa: S104  the class's Wi-Fi, as the tutor has asked
START_S, STOP_S = 30.0, 15.0
_begun: dict[int, "subprocess.Popen[bytes]"] = {}
"""Process id → the services that this process has begun: who begins one has to fetch its end."""


def start(course: Course, port: int | None = None, *, more: Sequence[str] = ()) -> tuple[Service, tuple[str, ...]]:
    """Open a class for its learners on this network; give the service, and what has to be told.

    Parameters
    ----------
    port
        None for that of the last time, else the first free one from 8080 on.
    more
        Further words for `workbook serve`, such as those of a certificate.

    Raises
    ------
    ClassError
        If it is open already, the port is taken, or the service does not start.
    """
    if found := running(course):
        where = ", ".join(found.addresses) or found.address
        code = in_groups(join_code(course))
        msg = f"The class is open already, at {where}, class code {code}. To open it anew, close it first: autograde live --stop"
        raise ClassError(msg)
    told = serve_anew(course)
    tutor_token(course)
    for candidate in _free_ports([port] if port else [*filter(None, [last_port(course)]), *range(FIRST_PORT, FIRST_PORT + PORTS)]):
        try:
            return _begin(course, candidate, more), told
        except ClassError:
            if port or _is_free(candidate):  # else another program was quicker
                raise
    msg = f"Port {port or FIRST_PORT} is in use. Choose another with --port, or end the other program."
    raise ClassError(msg)


def _begin(course: Course, port: int, more: Sequence[str]) -> Service:
    folder = served_folder(course)
    (folder / RUNNING).unlink(missing_ok=True)
    command = [
        sys.executable,
        "-P",
        "-m",
        "workbook_helpers.cli",
        "serve",
        str(folder),
        "--port",
        str(port),
        "--address",
        EVERYWHERE,
        *more,
    ]
    with noting(course, Deed.SERVE, port=port), (folder / LOG).open("wb") as log:
        (folder / LOG).chmod(0o600)
        new: dict[str, Any] = (
            {"creationflags": 0x200} if sys.platform == "win32" else {"start_new_session": True}
        )  # no Ctrl-C of the desk's
        process = subprocess.Popen(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, **new)
        _begun[process.pid] = process
        found = _wait(course, process, folder / LOG)
        with suppress(OSError):  # a full disk: the class is open all the same
            write_file(folder / PORT, str(port).encode(), mode=0o600)
        return found


def stop(course: Course) -> None:
    """Close a class; what was acknowledged is kept. Where the service had ended already, what it left is put away.

    Raises
    ------
    ClassError
        If the class is not open, is served by a college's server, or the service does not end.
    """
    found = service_of(course)
    if found is None:
        msg = "The class is not open for learners."
        raise ClassError(msg)
    if found.hub:
        msg = "A college's server runs this class, and starts its service again when it ends. Ask who looks after that server."
        raise ClassError(msg)
    with noting(course, Deed.UNSERVE):
        if runs(course):  # else the number may be another program's by now
            with suppress(ProcessLookupError):
                os.kill(found.pid, signal.SIGTERM)
            end = time.monotonic() + STOP_S
            while runs(course):
                if time.monotonic() > end:
                    msg = f"The service (process {found.pid}) does not end. End it in your system's list of processes, then do this again."
                    raise ClassError(msg)
                time.sleep(0.05)
        if process := _begun.pop(found.pid, None):
            with suppress(subprocess.TimeoutExpired):
                process.wait(STOP_S)
        (served_folder(course) / RUNNING).unlink(missing_ok=True)


def change_code(course: Course) -> str:
    """Give the class another code, and say it as people read it: the old one lets nobody in any more, who is signed in stays so.

    Raises
    ------
    ClassError
        If the class has no code, or it cannot be written.
    """
    if (found := service_of(course)) and found.hub:
        msg = "A college’s server runs this class: learners sign in there, without a class code."
        raise ClassError(msg)
    if not is_served(course):
        msg = "The class has no code yet: it gets one when you open it for your learners (autograde live, or the page Live)."
        raise ClassError(msg)
    with noting(course, Deed.NEW_CODE):
        renew_code(course)
    return in_groups(join_code(course))


def running(course: Course) -> Service | None:
    """Give the service of a class that is there, None for none."""
    return service_of(course) if runs(course) else None


def _wait(course: Course, process: "subprocess.Popen[bytes]", log: Path) -> Service:
    end = time.monotonic() + START_S
    while time.monotonic() < end and process.poll() is None:
        if (found := service_of(course)) and answers(course):
            return found
        time.sleep(0.05)
    process.kill()
    process.wait()
    _begun.pop(process.pid)
    logged = log.read_text("utf-8", "replace").strip().splitlines()
    msg = f"The class cannot be opened ({printable(logged[-1], 200) if logged else 'the service said nothing'}). All it wrote is in {log}"
    raise ClassError(msg)


def _free_ports(ports: Sequence[int]) -> Iterator[int]:
    return (one for one in ports if _is_free(one))


def _is_free(port: int) -> bool:
    with socket.socket() as trial, suppress(OSError):
        if sys.platform != "win32":
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        trial.bind((EVERYWHERE, port))
        return True
    return False
