"""What JupyterHub is told, made from a college's list of courses: services, roles, and where people go after signing in.

Each course has a service `class-ID` for its students, `desk-ID` for its tutors and, where it has quality assurers, `quality-ID`.
Everybody who is signed in may ask the first, which knows the class's own list and lets in nobody else: so a learner who is added
by a tutor comes in at once. The others are open to those who are named, by a role that is made anew whenever the hub starts:
its list is then exactly that of the file. (Groups would not do: JupyterHub only ever adds people to a group of its settings.)
Learners get a JupyterLab by a group, in which they are put when they sign in: see `Learns.groups`, and `Learns.may_start` for who has left.
"""

import json
import os
import shutil
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from autograde.classes.college import College

SELF = ("read:users:name!user", "read:users:groups!user")
"""What a service has to be told of who signs in: JupyterHub gives it no less."""
SERVER = ("servers!user", "access:servers!user", "users:activity!user")
"""What whoever has a JupyterLab of their own may do with it."""
KEPT = ("WORKBOOKS_DIR", "AUTOGRADE_KEYS", "JUPYTER_CONFIG_DIR")
"""What a college may set for the hub that its services have to know: workbooks and keys of its own."""


def cookie_options(college: College) -> dict[str, Any]:
    """Give what holds for each cookie of the hub and of its services: it ends with the browser, on a TLS address it goes by nothing else.

    JupyterHub keeps those by which it and its desks know somebody for a month, and its session, by which it ends them
    (`workbook_helpers.lti.one_person`), only until the browser is closed: the next one would have what nothing ends any more.
    """
    return {"expires_days": None, **({"secure": True} if college.address.startswith("https:") else {})}


@dataclass(frozen=True, kw_only=True)
class Door:
    """A service, and whom it is for.

    Attributes
    ----------
    title
        What people read on the hub's first page.
    words
        Follow the Python of the hub's own environment, -P and -m.
    people
        Those who may open it; None for all who are signed in.
    start
        What follows its address on the hub's first page.
    """

    name: str
    title: str
    words: tuple[str, ...]
    people: tuple[str, ...] | None
    start: str = ""

    @property
    def scope(self) -> str:
        """What lets in."""
        return f"access:services!service={self.name}"

    @property
    def address(self) -> str:
        """Where it is."""
        return f"/services/{self.name}/{self.start}"


def doors(college: College) -> Iterator[Door]:
    """Give all services; those of the students come first, as the hub starts them in this order."""
    host = urlsplit(college.address).hostname or ""
    for course in college.courses:
        opens = ("autograde.hub.students", str(course.folder), host, str(course.processes))
        yield Door(name=f"class-{course.id}", title=course.name, words=opens, people=None, start="hub-login")
    for course in college.courses:
        words = ("autograde.hub.desk", str(course.folder))
        yield Door(name=f"desk-{course.id}", title=f"{course.name}: the desk", words=words, people=tuple(course.tutors), start="desk")
        if people := tuple(course.quality_assurers):
            title = f"{course.name}: quality"
            yield Door(name=f"quality-{course.id}", title=title, words=(*words, "--quality"), people=people, start="desk")


def services(college: College, state: Path, *, account: str = "", host: str = "127.0.0.1") -> list[dict[str, Any]]:
    """Give `c.JupyterHub.services`.

    Parameters
    ----------
    state
        The hub's own folder: each service has one of its own in it for what a program keeps at home.
    account
        Whom they run as where the hub is root; "" for the hub's own account.
    host
        The address of this machine by which the proxy reaches them.
    """
    return [
        {
            "name": door.name,
            "url": f"http://{host}:{college.first_port + 2 + number}",
            "command": [sys.executable, "-P", "-m", *door.words],
            "environment": {
                "HOME": str(state / door.name),
                "JUPYTERHUB_COOKIE_OPTIONS": json.dumps(cookie_options(college)),
                **{name: os.environ[name] for name in KEPT if name in os.environ},
            },
            "oauth_no_confirm": True,
            "display": False,  # our own first page names those that are for somebody
            **({"user": account} if account else {}),
        }
        for number, door in enumerate(doors(college))
    ]


def make_homes(college: College, state: Path, account: str = "") -> None:
    """Make the folder of each service, for its own account alone; see `services`."""
    state.mkdir(mode=0o700, parents=True, exist_ok=True)
    if account:
        state.chmod(0o711)  # not as it is made: the hub's umask lets nobody in
    for door in doors(college):
        home = state / door.name
        home.mkdir(mode=0o700, exist_ok=True)
        if account:
            shutil.chown(home, account, account)


def roles(college: College) -> list[dict[str, Any]]:
    """Give `c.JupyterHub.load_roles`."""
    found = list(doors(college))
    everybody = [door.scope for door in found if door.people is None]
    made: list[dict[str, Any]] = [
        {"name": "user", "description": "Signed in: the pages of one's classes, no server", "scopes": [*SELF, *everybody]}
    ]
    for door in found:
        if door.people is not None:
            made.append({"name": door.name, "description": door.title, "scopes": [door.scope], "users": list(door.people)})
    for course in college.courses:
        people = list(course.tutors) if course.lab else []
        about = {"description": f"{course.name}: a JupyterLab of one's own", "scopes": list(SERVER)}
        made.append({"name": f"lab-{course.id}", **about, "users": people, "groups": [f"lab-{course.id}"]})
    return made


def doors_of(college: College, user: str, learns: Iterable[str]) -> list[Door]:
    """Give the services that are for somebody; `learns` are the ids of the courses in whose class they are."""
    classes = {f"class-{one}" for one in learns}
    return [door for door in doors(college) if (door.name in classes if door.people is None else user in door.people)]


def lab_of(college: College, user: str, learns: Iterable[str]) -> bool:
    """Whether somebody may start a JupyterLab."""
    return any(course.lab and (user in course.tutors or course.id in learns) for course in college.courses)
