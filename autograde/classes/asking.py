"""Ask a class's service something as the tutor: over this computer alone, with a token that lies in the class's folder."""

import json
import os
import urllib.error
import urllib.request
from typing import Any
from urllib.parse import urlsplit

from autograde.classes.folder import Course
from autograde.classes.served import service_of, tutor_token
from autograde.errors import ClassError

ASK_S = 5.0
MAX_REPLY = 50_000_000
LOG = "service.log"
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class GoneError(ClassError):
    """The service says in its folder that it runs, and does not answer."""


class SilentError(GoneError):
    """Something takes calls at the service's address, and says nothing: a service that is held up, most likely."""


def ask(course: Course, path: str, body: Any = None) -> Any:
    """Ask: `path` below the service's address, e.g. "api/live"; `body` is sent as JSON where there is one.

    Raises
    ------
    GoneError
        If the service has ended, or does not answer.
    ClassError
        If it refuses.
    """
    found = service_of(course)
    if found is None or urlsplit(found.address).hostname not in LOOPBACK:  # the token goes to this computer alone
        msg = "The class is not open for learners."
        raise GoneError(msg)
    data = None if body is None else json.dumps(body).encode()
    headers = {"Authorization": f"Bearer {tutor_token(course)}", "X-Workbook": "1"}
    headers |= {"Content-Type": "application/json"} if data else {}
    request = urllib.request.Request(f"{found.address.rstrip('/')}/{path}", data=data, headers=headers)  # noqa: S310  our own server
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=ASK_S) as reply:
            return json.loads(reply.read(MAX_REPLY) or b"null")
    except urllib.error.HTTPError as error:
        error.close()
        if error.code in (401, 403) or (error.code == 404 and path == "api/live"):
            msg = "The class is not open: its service has ended, and another program uses its address. Open the class again."
            raise GoneError(msg) from error
        msg = f"The service refuses ({error.code} {error.reason}). Close the class and open it again; if that does not help, see {LOG}."
        raise ClassError(msg) from error
    except (OSError, ValueError) as error:
        if isinstance(getattr(error, "reason", error), TimeoutError):
            msg = "The service does not answer just now: this computer is busy. Students' pages keep what they write; wait a moment."
            raise SilentError(msg) from error
        msg = "The service does not answer: it has ended. Students' pages keep what they write; open the class again."
        raise GoneError(msg) from error


def answers(course: Course) -> bool:
    """Whether a class's service answers; ClassError if it refuses."""
    try:
        ask(course, "api/live")
    except GoneError:
        return False
    return True


def runs(course: Course) -> bool:
    """Whether the service of a class is there, be it that it refuses, as one whose database has gone does, or says nothing just now."""
    try:
        ask(course, "api/live")
    except SilentError:
        found = service_of(course)
        return found is not None and lives(found.pid)
    except GoneError:
        return False
    except ClassError:
        return True
    return True


def lives(pid: int) -> bool:
    """Whether there is a process of this number; on Windows, where asking would end it, it is taken for there."""
    if os.name == "nt":
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True
