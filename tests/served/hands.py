"""Learners who save and hand in without a pause, whatever happens to the service, and what was acknowledged to them."""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from tests.served.service import ASSIGNMENT, Answer, Client

TASK, DECLARATION = "w01-t01", "w01-declaration"
PATIENCE_S, CALM_S = 120, 5
"""After so long without an answer it does not come back by itself; nothing more is done to it while somebody waits for longer than this."""


@dataclass
class Hand:
    """One who works through whatever happens, and what was acknowledged to them: each answer's value counts up."""

    name: str
    client: Client
    enter: Callable[[Client], Answer]
    said: dict[str, tuple[int, int]] = field(default_factory=dict)
    receipts: dict[str, int] = field(default_factory=dict)
    """File → the newest value that was acknowledged when it was handed in."""
    answers: Counter[int] = field(default_factory=Counter)
    """Status → how often it came."""
    faults: list[str] = field(default_factory=list)
    n: int = 0
    since: float = 0
    """When it was asked first what has no answer yet."""

    def work(self, ended: threading.Event) -> None:
        """Save and hand in until it is said to stop; what got no answer is sent again with the same key."""
        self.until(lambda: self.enter(self.client).status == 200)
        self.until(self.client.open)
        self.save(DECLARATION, value=True)
        while not ended.is_set():
            self.save(TASK)
            if self.n % 4 == 0:
                answer = self.until(lambda: self.client.hand_in(self.revision))
                if answer.status == 200:
                    self.receipts[answer.json["file"]] = self.said[TASK][0]
        self.client.close()

    @property
    def revision(self) -> int:
        """Of the copy, as the page knows it."""
        return max(revision for _, revision in self.said.values())

    def save(self, name: str, value: object = None) -> None:
        """Save an answer until it is said that it is."""
        self.n += 1
        base = self.said.get(name, (0, 0))[1]
        sent = {"id": name, "value": f"{self.n:06}" if value is None else value, "base": base, "key": f"k{self.n}"}

        def ask() -> Any:
            answer = self.client.post(f"api/{ASSIGNMENT}/save", copy=self.client.copy, saves=[sent])
            self.answers[answer.status] += 1
            return answer.json["saved"][0]

        saved = self.until(ask)
        if saved["do"] != "saved":
            self.faults.append(f"{self.name}: {sent} {saved}")
            return
        self.said[name] = (self.n, saved["kept"]["revision"])

    def until(self, ask: Callable[[], Any]) -> Any:
        """Ask until there is an answer."""
        self.since, last, pause_s = time.monotonic(), "", 0.02
        while time.monotonic() < self.since + PATIENCE_S:
            try:
                if found := ask():
                    return found
            except (ConnectionError, KeyError, ValueError) as error:
                last = repr(error)
            time.sleep(pause_s)
            pause_s = min(2 * pause_s, 0.5)
        self.faults.append(f"{self.name}: no answer for {PATIENCE_S} seconds; {last}, {self.answers}")
        raise TimeoutError


def at_work(hands: list[Hand], chance: random.Random, points: Iterable[Callable[[], object]]) -> None:
    """Have all work, and each of the points come upon them at a moment by chance, once something was acknowledged since the last."""
    ended = threading.Event()

    def work(hand: Hand) -> None:
        try:
            hand.work(ended)
        except Exception as error:  # whatever it is, the test tells it
            hand.faults.append(f"{hand.name}: {error!r}")

    threads = [threading.Thread(target=work, args=(hand,)) for hand in hands]
    for hand, thread in zip(hands, threads, strict=True):
        hand.since = time.monotonic()
        thread.start()
    try:
        for point in points:
            wanted, deadline = sum(hand.n for hand in hands) + chance.randrange(1, 6), time.monotonic() + PATIENCE_S
            while sum(hand.n for hand in hands) < wanted or time.monotonic() > min(hand.since for hand in hands) + CALM_S:
                if time.monotonic() > deadline or any(hand.faults for hand in hands):
                    break
                time.sleep(0.005)
            time.sleep(chance.random() * 0.01)
            if any(hand.faults for hand in hands):
                break
            point()
    finally:
        ended.set()
        for thread in threads:
            thread.join()


def hold(hand: Hand) -> dict[str, Any]:
    """Hold what is kept of a learner against what was told; give it."""
    with suppress(ConnectionError):
        hand.client.close()
    assert hand.enter(hand.client).status == 200
    kept: dict[str, Any] = hand.client.open()
    for name, (told, revision) in hand.said.items():
        there = kept["answers"][name]
        assert (there["value"], there["revision"]) == (f"{told:06}" if name == TASK else True, revision)
    assert set(hand.receipts) <= {one["file"] for one in kept["receipts"]}
    hand.client.close()
    return kept
