"""The folder of a class from which `workbook serve` serves its learners: where it is, its join code, and the service while it runs.

`outbox.served` writes it, `inbox.served` takes in what the service puts into its `arrived/`.
"""

import re
import secrets
import tomllib
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from autograde.classes.folder import Course
from autograde.errors import ClassError
from autograde.gradebook.address import sqlite_file, sqlite_url
from autograde.whole import alone
from workbook_helpers.files import read_file, write_file
from workbook_helpers.items import clean_id

FOLDER = "served"
FILE = "served.toml"
ARRIVED = "arrived"
TAKEN = ".served.json"
"""In received/: which of those in `arrived/` have been taken in."""
WATCHED = ".watched.json"
"""In received/, too: which files of the folder that is watched have been (`inbox.watched`)."""
ANSWERS = "served.db"
RUNNING = "service.json"
"""There while a service runs; the service itself writes it."""
PORT = "port"
"""Where the class was open last: what a browser keeps until it is sent belongs to an address, so that stays from lesson to lesson."""
TOKEN = "tutor-token"  # noqa: S105  a file's name
LETTERS = "ABCDEFGHJKMNPQRSTVWXYZ34679"
"""Of a join code: none that is taken for another one when it is read from a wall."""
CODE_LETTERS = 8
"""27 to the power of 8 codes: at the few guesses a minute that the service lets through nobody finds one within a year."""
LOCK_S = 30
MAX_BYTES = 50_000_000
MAX_SMALL = 100_000


class Service(BaseModel):
    """A service that runs, as it says of itself: its process, its address for this computer, and those for students."""

    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)

    pid: int
    address: str
    addresses: tuple[str, ...] = ()
    hub: bool = False
    """Whether a college's server runs it, where people are signed in by that."""


def served_folder(course: Course) -> Path:
    """Give the folder, whether it is there or not."""
    return course.root / FOLDER


def is_served(course: Course) -> bool:
    """Whether the class has been opened for its learners once: then its folder is kept as the class is."""
    return (served_folder(course) / FILE).is_file()


def answers_url(course: Course) -> str:
    """Give the database in which the service keeps answers; "" where that will be a file of the folder that is not there yet.

    They stay where they were begun: of a class whose gradebook moves to a server, learners would see none of theirs there.
    """
    path = served_folder(course) / ANSWERS
    if path.is_file():
        return sqlite_url(path)
    return "" if sqlite_file(course.db_url) else course.db_url


def join_code(course: Course) -> str:
    """Give the join code that was written last; "" where there is none that can be one, so that it is made anew."""
    try:
        code = tomllib.loads(read_file(served_folder(course) / FILE, MAX_BYTES).decode())["join_code"]
    except (OSError, ValueError, KeyError):
        return ""
    return code if isinstance(code, str) and re.fullmatch(f"[{LETTERS}]{{{CODE_LETTERS}}}", code) else ""


def writing(course: Course) -> AbstractContextManager[None]:
    """Be the only one who writes the folder; ClassError if another window or command goes on for too long."""
    return alone(course, FOLDER, "bringing what learners see up to date", LOCK_S)


def strike_out(course: Course, learner: str) -> None:
    """Take a learner, by the id as people know it, off the list of who comes in; ClassError if it cannot be read or written."""
    own = clean_id(learner).lower()

    def left(about: dict[str, Any]) -> dict[str, Any]:
        return about | {"learners": [one for one in about["learners"] if clean_id(one["id"]).lower() != own]}

    _change(course, left)


def renew_code(course: Course) -> None:
    """Give the class another code; who is signed in stays so. ClassError if the list cannot be read or written."""
    _change(course, lambda about: about | {"join_code": new_code()})


def _change(course: Course, change: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    """Change what the service knows of the class, where it has been opened once."""
    import tomlkit  # each command asks `is_served`, and nearly none of them needs this

    path = served_folder(course) / FILE
    with writing(course):
        try:
            about = tomllib.loads(read_file(path, MAX_BYTES).decode())
            write_file(path, tomlkit.dumps(change(about)).encode(), mode=0o600)
        except FileNotFoundError:
            return
        except (OSError, ValueError, KeyError, TypeError) as error:
            msg = f"{path} cannot be changed ({error}). Put that right; autograde live writes it anew. Then do this again."
            raise ClassError(msg) from error


def new_code() -> str:
    """Make a join code."""
    return "".join(secrets.choice(LETTERS) for _ in range(CODE_LETTERS))


def in_groups(code: str) -> str:
    """Give a join code as people read and say it: two groups of four."""
    return f"{code[:4]} {code[4:]}"


def service_of(course: Course) -> Service | None:
    """Give the service that says it runs; None where none does. Whether it still answers, `desk.service` asks."""
    try:
        return Service.model_validate_json(read_file(served_folder(course) / RUNNING, MAX_SMALL))
    except (OSError, ValidationError):
        return None


def last_port(course: Course) -> int | None:
    """Give the port at which the class was open last; None where that is not known."""
    try:
        port = int(read_file(served_folder(course) / PORT, MAX_SMALL))
    except (OSError, ValueError):
        return None
    return port if 0 < port < 65536 else None


def tutor_token(course: Course) -> str:
    """Give what lets the tutor in at the service; made, for its owner alone, where it is not there yet."""
    path = served_folder(course) / TOKEN
    try:
        return read_file(path, MAX_SMALL).decode().strip()
    except FileNotFoundError:
        write_file(path, secrets.token_urlsafe(32).encode(), mode=0o600)
        return read_file(path, MAX_SMALL).decode().strip()  # whichever was written last, where two began at once
