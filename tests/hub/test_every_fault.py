"""A college at work while everything is killed, cut, filled and set wrong: what was said to be kept is, and all comes back by itself."""

import json
import os
import random
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from autograde.classes.folder import Course
from autograde.gradebook.database import let_go
from autograde.outbox.release import release
from tests.conftest import PLAIN, kill
from tests.desk.test_results import around
from tests.hub.conftest import CONFIG, Hub, new_class, running
from tests.postgres import Postgres
from tests.served.hands import TASK, Hand, at_work, hold
from tests.served.service import ASSIGNMENT, Answer, Client
from tests.tutor.conftest import empty_database

__all__ = ["around"]
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="by mounts and signals")
LEARNERS = {"a": ("ana01", "ben01", "cai01", "dee01"), "b": ("bea01", "bob01")}
POINTS = {"service": 72, "network": 62, "office": 62, "watcher": 2, "proxy": 3, "hub": 2, "database": 3, "disk": 3, "clock": 4}
"""How often each is done something to. The clock is that of the services, and of who takes in and marks; not the hub's own, whose timers
go by another one (`autograde.hub.steady`).
"""
LONG = ("hub", "watcher")
"""What takes longest to come back."""
CLOCK = "/usr/lib/*/faketime/libfaketime.so.1"
SHIFTS = ("-3600", "+3600", "+3456000", "+0")
"""Seconds: an hour back, an hour ahead, forty days ahead, right again."""
DISK_MB = 600


class Browser(Client):
    """A learner's browser, which signs in again where it is told to."""

    def __init__(self, hub: Hub, course: str, learner: str) -> None:
        super().__init__(int(hub.base.rpartition(":")[2]), f"/services/class-{course}/")
        self.hub, self.learner = hub, learner

    def enter(self) -> Answer:
        """Sign in at the hub, and come to the class's service."""
        with httpx.Client(base_url=self.hub.base, follow_redirects=True, timeout=30, verify=PLAIN) as browser:
            try:
                self.hub.sign_in(browser, self.learner)
                browser.get(f"{self.base}hub-login")
            except httpx.HTTPError as error:
                raise ConnectionError(str(error)) from error
            mine = (one for one in browser.cookies.jar if one.name.startswith(("workbook", "jupyterhub-session-id")))
            self.cookie = "; ".join(f"{one.name}={one.value}" for one in mine)
        return super().ask("GET", f"{self.base}api/me")

    def ask(self, verb: str, path: str, body: bytes | None = None, **headers: str) -> Answer:
        """See `Client.ask`."""
        answer = super().ask(verb, path, body, **headers)
        if answer.status == 401:
            self.enter()
            msg = "it was signed out"
            raise ConnectionError(msg)
        return answer

    def cut(self) -> None:
        """Cut off what is on its way, either way."""
        with suppress(OSError, AttributeError):
            self._line.sock.shutdown(socket.SHUT_RDWR)


@dataclass(frozen=True, kw_only=True)
class College:
    """The hub, its database, who takes in and marks, and the disk and clock of them all."""

    hub: Hub
    courses: dict[str, Course]
    postgres: Postgres
    office: psutil.Process
    told: Path
    disk: Path
    clock: Path


@contextmanager
def small_disk() -> Iterator[Path]:
    """Give a disk that can be filled; a folder, which is not, where nothing can be mounted."""
    disk = Path(tempfile.mkdtemp(prefix="college-"))
    disk.chmod(0o755)  # the database is another account's
    mounted = os.getuid() == 0 and not subprocess.call(["/bin/mount", "-t", "tmpfs", "-o", f"size={DISK_MB}m,mode=755", "college", disk])
    try:
        yield disk
    finally:
        if mounted:
            subprocess.run(["/bin/umount", "-l", disk], check=True)
        shutil.rmtree(disk)


@pytest.fixture
def college(around: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[College]:
    """Give a college whose course A keeps its class and answers in PostgreSQL and is served by two processes, and B in files by one."""
    for name, value in around.items():
        monkeypatch.setenv(name, value)
    with small_disk() as disk:
        folder, clock = disk / "college", disk / "clock"
        folder.mkdir()
        (folder / "hub.log").symlink_to(tmp_path / "hub.log")  # as the system's own log, which nobody dies of when the disk is full
        clock.write_text("+0")
        wrong = {
            "LD_PRELOAD": str(next(Path("/").glob(CLOCK[1:]))),
            "FAKETIME_TIMESTAMP_FILE": str(clock),
            "FAKETIME_CACHE_DURATION": "1",
            "NO_FAKE_STAT": "1",
        }
        wrong |= {"FAKETIME_DONT_FAKE_MONOTONIC": "1", "PYTHONPATH": str(Path(__file__).parent / "clock")}
        wrong["FAKETIME_FORCE_MONOTONIC_FIX"] = "0"  # its mend of old C libraries has each thread that waits for Python's lock spin
        config = folder / "hub.py"
        config.write_text(
            f"load_subconfig({str(CONFIG)!r})\nfor one in c.JupyterHub.services:\n    one['environment'] |= {wrong!r}\n", "utf-8"
        )
        postgres = Postgres(disk)
        url = empty_database(postgres.url, "faults")
        courses = {one: new_class(folder, one, learners, url if one == "a" else "") for one, learners in LEARNERS.items()}
        for course in courses.values():
            course.root.chmod(0o700)
            release(course, "w01")

        def two_processes(_: str) -> None:
            listed = folder / "courses.toml"
            listed.write_text(listed.read_text("utf-8").replace('id = "a"\n', 'id = "a"\nprocesses = 2\n'), "utf-8")

        everybody = [one for learners in LEARNERS.values() for one in learners]
        told = tmp_path / "told"
        command = [sys.executable, "-P", str(Path(__file__).parent / "office.py"), *(str(one.root) for one in courses.values())]
        with running(folder, around, everybody, two_processes, config) as hub:
            with told.open("wb") as log:
                office = subprocess.Popen(command, env=hub.environment | wrong, stderr=log)
            try:
                yield College(
                    hub=hub, courses=courses, postgres=postgres, office=psutil.Process(office.pid), told=told, disk=disk, clock=clock
                )
            finally:
                office.kill()
                office.wait()
        let_go(url)
        postgres.remove()


@contextmanager
def begun_again(hub: Hub) -> Iterator[None]:
    """Do what systemd does by the unit of deploy/hub: when the hub has ended, start it again."""
    ended = threading.Event()

    def watch() -> None:
        while not ended.wait(0.2):
            if hub.process.poll() is not None:
                hub.start()

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


class Faults:
    """What is done to a college, each at a moment by chance."""

    def __init__(self, college: College, hands: list[Hand], chance: random.Random) -> None:
        self.college, self.hands, self.chance, self.done = college, hands, chance, dict.fromkeys(POINTS, 0)
        self.shifts = iter(SHIFTS)

    def points(self) -> list[Callable[[], None]]:
        """Give all of them, in an order by chance; what takes longest to come back is in the first half."""
        names = [name for name, number in POINTS.items() for _ in range(number) if name not in LONG]
        self.chance.shuffle(names)
        longs = [name for name in LONG for _ in range(POINTS[name])]
        half = (len(names) + len(longs)) // 2
        for long in longs:  # each may be moved on by all that are put before it
            names.insert(self.chance.randrange(half - len(longs)), long)
        return [lambda name=name: self.do(name) for name in names]  # type: ignore[misc]

    def do(self, name: str) -> None:
        getattr(self, name)()
        self.done[name] += 1

    def service(self) -> None:
        serving: list[psutil.Process] = []
        for course in LEARNERS:
            for parent in self.college.hub.watching(course):
                with suppress(psutil.NoSuchProcess):
                    serving += parent.children()
        kill(*self.chance.sample(serving, min(1, len(serving))))

    def watcher(self) -> None:
        for process in self.college.hub.watching("ab"[self.done["watcher"] % 2]):
            with suppress(psutil.NoSuchProcess):
                process.kill()

    def network(self) -> None:
        client = self.chance.choice(self.hands).client
        assert isinstance(client, Browser)
        client.cut()

    def office(self) -> None:
        kill(*self.college.office.children())

    def proxy(self) -> None:
        kill(*self.college.hub.children("configurable-http-proxy"))

    def hub(self) -> None:
        self.college.hub.kill()

    def database(self) -> None:
        self.college.postgres.again()

    def disk(self) -> None:
        filler = self.college.disk / "filler"
        if os.path.ismount(self.college.disk):
            with filler.open("wb", buffering=0) as file:
                about = os.statvfs(self.college.disk)
                os.posix_fallocate(file.fileno(), 0, about.f_bavail * about.f_frsize * 9 // 10)
                file.seek(0, os.SEEK_END)
                with suppress(OSError):
                    while file.write(bytes(4096)):
                        pass
            time.sleep(0.5)
            filler.unlink()

    def clock(self) -> None:
        part = self.college.clock.with_suffix(".part")
        part.write_text(next(self.shifts))
        part.replace(self.college.clock)


@pytest.mark.timeout(900)  # beside other tests, on two cores
def test_nothing_is_lost_whatever_is_done_to_it(college: College) -> None:
    chance = random.Random(22)  # noqa: S311  which moments
    hands = []
    for where, learners in LEARNERS.items():
        for one in learners:
            browser = Browser(college.hub, where, one)
            hands.append(Hand(one, browser, lambda _, browser=browser: browser.enter()))  # type: ignore[misc]
    faults = Faults(college, hands, chance)
    with begun_again(college.hub):
        at_work(hands, chance, faults.points())
    assert [fault for hand in hands for fault in hand.faults] == [], college.hub.said()
    assert faults.done == POINTS

    college.hub.ready()
    for hand in hands:
        hold(hand)
    assert "Traceback" not in college.told.read_text("utf-8")
    until_taken_in(college)
    for course in college.courses.values():
        of = [hand for hand in hands if hand.name in LEARNERS[course.root.name]]
        for hand in of:
            is_kept(course, hand)
        for words in (["audit", "verify"], ["doctor"]):
            ran = subprocess.run(
                [sys.executable, "-P", "-m", "autograde.cli", *words],
                cwd=course.root,
                env=college.hub.environment,
                capture_output=True,
                text=True,
                check=False,
            )
            assert ran.returncode == 0, ran.stdout


def until_taken_in(college: College) -> None:
    """Wait until all that has arrived is noted as taken in, for as long as each minute brings more of it, in whichever class."""
    classes = [course.root for course in college.courses.values()]
    left = {(root, path.stem) for root in classes for path in (root / "served" / "arrived").glob("*.json")}
    end = time.monotonic() + 60
    while left and time.monotonic() < end:
        time.sleep(0.1)
        for root in classes:
            with suppress(OSError, ValueError):
                noted = {(root, name) for name in json.loads((root / "received" / ".served.json").read_text())}
                end = time.monotonic() + 60 if left & noted else end
                left -= noted
    if left:
        at_it = []
        for one in college.office.children():
            with suppress(psutil.NoSuchProcess):
                at_it.append(one.status())
        pytest.fail(f"not taken in: {len(left)}, {at_it} at work: {college.told.read_text('utf-8')[-3000:]}")


def is_kept(course: Course, hand: Hand) -> None:
    """Hold what the tutor's side has of a learner against what the learner was told."""
    arrived = course.root / "served" / "arrived"
    for file in hand.receipts:
        assert (arrived / file).is_file()
        assert (arrived / file).with_suffix(".json").is_file()
    answers: dict[str, Any] = json.loads((course.root / "submitted" / hand.name / ASSIGNMENT / "answers.json").read_bytes())["answers"]
    set_aside = [path.read_text("utf-8") for path in course.root.glob("quarantine/*/reason.txt")]
    assert set_aside == []
    assert int(answers[TASK]["value"]) >= max(hand.receipts.values())
