"""Nothing that was acknowledged is ever missing, and nothing older comes on top of it: the service is killed while a class works."""

import os
import random
import signal
import sqlite3
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.conftest import free_port
from tests.postgres import Postgres
from tests.served.service import ASSIGNMENT, CODE, Client, Service, make_class, serving, signed_in
from workbook_helpers.served.app import Settings, serve

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="by signals")
LEARNERS = [f"learner{n}" for n in range(6)]
KILLS = 100


@dataclass
class Hand:
    """One who works through whatever happens, and what was acknowledged to them: each answer's value counts up."""

    name: str
    port: int
    said: dict[str, tuple[int, int]] = field(default_factory=dict)
    receipts: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    n: int = 0

    def work(self, ended: threading.Event) -> None:
        """Save and hand in until it is said to stop; what got no answer is sent again with the same key."""
        client = Client(self.port)
        self.until(
            lambda: client.join(self.name).status == 200 or client.post("api/join", code=CODE, learner=self.name, pin="2468").status == 200
        )
        self.until(lambda: bool(client.open()))
        self.save(client, "w01-declaration", value=True)
        while not ended.is_set():
            self.save(client, "w01-t01")
            if self.n % 4 == 0:
                answer = self.until(lambda: client.hand_in(self.revision))
                if answer.status == 200:
                    self.receipts.append(answer.json["file"])
        client.close()

    @property
    def revision(self) -> int:
        return max(revision for _, revision in self.said.values())

    def save(self, client: Client, name: str, value: object = None) -> None:
        self.n += 1
        sent = {
            "id": name,
            "value": f"{self.n:06}" if value is None else value,
            "base": self.said.get(name, (0, 0))[1],
            "key": f"k{self.n}",
        }
        saved = self.until(lambda: client.post(f"api/{ASSIGNMENT}/save", copy=client.copy, saves=[sent]).json["saved"][0])
        if saved["do"] != "saved":
            self.faults.append(f"{self.name}: {sent} {saved}")
            return
        self.said[name] = (self.n, saved["kept"]["revision"])

    def until(self, ask: Callable[[], Any]) -> Any:
        """Ask until there is an answer."""
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            with suppress(ConnectionError, KeyError):
                if found := ask():
                    return found
            time.sleep(0.01)
        self.faults.append(f"{self.name}: no answer for a minute")
        raise TimeoutError


def at_work(port: int, chance: random.Random, disturb: Callable[[int], None]) -> list[Hand]:
    """Have all work, and `disturb` come upon them at so many moments; give what each was told."""
    hands, ended = [Hand(name, port) for name in LEARNERS], threading.Event()

    def work(hand: Hand) -> None:
        try:
            hand.work(ended)
        except Exception as error:  # whatever it is, the test tells it
            hand.faults.append(f"{hand.name}: {error!r}")

    threads = [threading.Thread(target=work, args=(hand,)) for hand in hands]
    for thread in threads:
        thread.start()
    try:
        for n in range(KILLS):
            wanted, deadline = sum(hand.n for hand in hands) + chance.randrange(1, 6), time.monotonic() + 30
            while sum(hand.n for hand in hands) < wanted and time.monotonic() < deadline and not any(hand.faults for hand in hands):
                time.sleep(0.001)
            time.sleep(chance.random() * 0.01)
            if any(hand.faults for hand in hands):
                break
            disturb(n)
    finally:
        ended.set()
        for thread in threads:
            thread.join()
    return hands


def hold(hands: list[Hand], root: Path, port: int) -> None:
    """Hold what is there against what was told."""
    assert [fault for hand in hands for fault in hand.faults] == []
    assert sum(hand.n for hand in hands) > KILLS
    assert sum(len(hand.receipts) for hand in hands) > 0
    for hand in hands:
        client = Client(port)
        assert client.post("api/join", code=CODE, learner=hand.name, pin="2468").status == 200
        kept = client.open()
        for name, (told, revision) in hand.said.items():
            there = kept["answers"][name]
            assert (there["value"], there["revision"]) == (f"{told:06}" if name == "w01-t01" else True, revision)
        assert set(hand.receipts) <= {one["file"] for one in kept["receipts"]}
        for receipt in kept["receipts"]:
            assert (root / "arrived" / receipt["file"]).is_file()
            assert (root / "arrived" / receipt["file"]).with_suffix(".json").is_file()
        client.close()


@contextmanager
def kept_alive(root: Path, port: int) -> Iterator[Callable[[], None]]:
    """Serve in a child of this process, which begins again at once when it is killed; gives what kills it."""
    watched, ended = [0], threading.Event()

    def watch() -> None:
        while not ended.is_set():
            child = os.fork()
            if child == 0:
                with suppress(BaseException):
                    sys.stdout = sys.stderr = open(os.devnull, "w")  # noqa: PTH123, SIM115
                    serve(Settings(folders=[root], port=port), lambda _: None)
                os._exit(1)
            watched[0] = child
            os.waitpid(child, 0)

    thread = threading.Thread(target=watch)
    thread.start()

    def kill() -> None:
        with suppress(ProcessLookupError):
            os.kill(watched[0], signal.SIGKILL)

    try:
        yield kill
    finally:
        ended.set()
        while thread.is_alive():
            kill()
            thread.join(0.05)


def test_what_was_acknowledged_survives_each_kill(tmp_path: Path) -> None:
    root, port, chance = make_class(tmp_path, learners=LEARNERS), free_port(), random.Random(20)  # noqa: S311  which moments

    with kept_alive(root, port) as kill:
        hold(at_work(port, chance, lambda _: kill()), root, port)


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    server = Postgres()
    yield server
    server.remove()


def test_two_processes_on_one_server_lose_nothing_when_each_is_killed(tmp_path: Path, postgres: Postgres) -> None:
    root, chance = make_class(tmp_path, learners=LEARNERS), random.Random(21)  # noqa: S311
    with serving(root, options=["--database", postgres.url, "--processes", "2"]) as service:
        parent = psutil.Process(service.process.pid)

        def disturb(n: int) -> None:
            if n == KILLS // 2:
                postgres.stop()
                postgres.start()
            with suppress(psutil.NoSuchProcess, IndexError):
                chance.choice(parent.children()).kill()

        hold(at_work(service.port, chance, disturb), root, service.port)
        children = parent.children()
        assert service.stop() == 0
        assert not any(child.is_running() for child in children)


def test_a_database_that_is_gone_is_told_and_found_again(tmp_path: Path, postgres: Postgres) -> None:
    root = make_class(tmp_path, class_id="gone")
    with serving(root, options=["--database", postgres.url]) as service:
        client = signed_in(service)
        kept = client.save("w01-q01", "a")["kept"]
        postgres.stop()
        one = {"id": "w01-q01", "value": "b", "base": kept["revision"], "key": "k"}
        try:
            for answer in (client.post(f"api/{ASSIGNMENT}/save", copy=client.copy, saves=[one]), client.get("api/mine")):
                assert (answer.status, answer.json, answer.headers["Retry-After"]) == (503, {"error": "gone"}, "5")
            assert client.get("/").status == 200
        finally:
            postgres.start()
        assert client.open()["answers"]["w01-q01"] == kept
        assert client.post(f"api/{ASSIGNMENT}/save", copy=client.copy, saves=[one]).json["saved"][0]["do"] == "saved"
        client.close()


def test_a_hand_in_that_was_cut_off_before_its_end_is_finished_at_the_next_start(tmp_path: Path) -> None:
    root = make_class(tmp_path)
    service = Service(root)
    client = signed_in(service)
    revision = client.save("w01-declaration", True)["kept"]["revision"]
    (root / "arrived").mkdir()
    file = client.hand_in(revision).json["file"]
    beside = (root / "arrived" / file).with_suffix(".json")
    whole = beside.read_bytes()
    service.kill()
    with closing(sqlite3.connect(root / "served.db")) as raw, raw:
        raw.execute("UPDATE served_receipts SET there = 0")
    beside.unlink()  # as if it had been killed between the receipt and this
    service.again()
    assert beside.read_bytes() == whole
    service.stop()
    client.close()
