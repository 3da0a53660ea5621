"""Ten minutes of typing at ten keys a second lose nothing, whenever the kernel is killed.

The store, the page and the question are the real ones, in a process of their own that is really killed. The browser is
played by `Browser`, by the rules of frame.js and on a clock that does not wait: a save is sent when no key has come for
TYPING_MS, and LONGEST_MS after the first key that no save has taken, so that whoever types on and on is saved too; each
key goes into the draft at once; the next save waits for the answer to the last one. Where the kernel is gone the student types on
into the draft, opens the page anew and keeps what the draft holds.

A kill leaves to the system what was written: that a power cut loses nothing either is what the store's fsync is for.
"""

import re
import time
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from tests.conftest import ROOT
from workbook_helpers.answers import AnswerStore, read_sheet
from workbook_helpers.items import load_workbook
from workbook_helpers.widgets.page import Page
from workbook_helpers.widgets.question import show

KEY_MS, KEYS = 100, 6_000
STATIC = ROOT / "src/workbook_helpers/widgets/static"
TYPING_MS, LONGEST_MS = (
    int(found[1])
    for name, constant in (("kinds/written.js", "TYPING_MS"), ("frame.js", "LONGEST_MS"))
    if (found := re.search(rf"const {constant} = (\d+);", (STATIC / name).read_text("utf-8")))
)
SAVES = KEYS * KEY_MS // LONGEST_MS
TASK, OTHER = "w99-t01", "w99-q01"
ITEMS = f"""
[[items]]
id = "{TASK}"
kind = "written"
purpose = "assessed"
points = 10
stem = "Explain."
words = 150
[[items]]
id = "{OTHER}"
kind = "single"
purpose = "assessed"
points = 1
stem = "Which?"
options = [{{ id = "a", text = "A" }}, {{ id = "b", text = "B" }}]
"""

PROCESSES = get_context("forkserver")  # each kernel starts in milliseconds
PROCESSES.set_forkserver_preload(["hypothesis", "pytest", "playwright.sync_api", "workbook_helpers.widgets.question"])


def serve(line: Connection, folder: str) -> None:
    """Be the kernel of a page with one question: hear what the browser sends, say what the question answers."""
    page = Page(Path(folder))
    question = show(page, page.paper[TASK])
    question.send = lambda content, buffers=None: line.send(content)
    while True:
        question._handle_msg({"content": {"data": {"method": "custom", "content": line.recv()}}, "buffers": []})


class Kernel:
    """A running kernel, and the line to it."""

    def __init__(self, folder: Path) -> None:
        self._line, theirs = PROCESSES.Pipe()
        self._process = PROCESSES.Process(target=serve, args=(theirs, str(folder)), daemon=True)
        self._process.start()
        theirs.close()
        self._took_s = 0.001

    def ask(self, message: dict[str, Any], kill_at: float | None = None) -> dict[str, Any] | None:
        """Give the answer; `kill_at` kills at that part of the time that the last answer took. None if no answer came."""
        start = time.perf_counter()
        self._line.send(message)
        if kill_at is not None:
            time.sleep(kill_at * self._took_s)
            self.kill()
        try:
            answer: dict[str, Any] = self._line.recv()  # what it said before it died still arrives
        except (EOFError, OSError):
            return None
        self._took_s = time.perf_counter() - start
        return answer

    def kill(self) -> None:
        self._process.kill()
        self._process.join()


class Browser:
    """What frame.js does while a student types `text`.

    `kills`: which save the kernel is killed in → (at which part of it, how many keys are typed until the page is open again).
    """

    def __init__(self, folder: Path, text: str, kills: dict[int, tuple[float, int]]) -> None:
        self.folder, self.text, self.kills = folder, text, kills
        self.items = load_workbook(folder).items
        self.typed = self.acknowledged = self.base = self.seq = self.torn = 0
        self.kernel = Kernel(folder)

    def type(self) -> None:
        since = None
        while self.typed < KEYS:
            self.typed += 1
            now = self.typed * KEY_MS
            since = now if since is None else since
            if min(now + TYPING_MS, since + LONGEST_MS) <= now + KEY_MS or self.typed == KEYS:
                self.save()
                since = None

    def save(self) -> None:
        """Send the draft; where the kernel dies of it, open the page again and send what the draft holds then."""
        while self.acknowledged < self.typed:
            self.seq += 1
            kill_at, blind = self.kills.get(self.seq, (None, 0))
            message = {"do": "save", "value": self.text[: self.typed], "base": self.base, "seq": self.seq}
            answer = self.kernel.ask(message, kill_at)
            if answer:
                assert (answer["do"], answer["seq"], answer["value"]) == ("saved", self.seq, message["value"])
                self.base, self.acknowledged = answer["revision"], self.typed
            if kill_at is not None:
                self.look()
                self.typed = min(KEYS, self.typed + blind)
                self.open()

    def open(self) -> None:
        self.kernel = Kernel(self.folder)
        state = self.kernel.ask({"do": "open"})
        assert state
        assert state["do"] == "state"
        event("the page asks which to keep" if state["revision"] != self.base else "the page just goes on")
        self.base = state["revision"]

    def look(self) -> None:
        """What is on disk was acknowledged, or typed later; it is whole, and so is the other question's answer."""
        sheet = read_sheet(self.folder / "answers.json", self.items, "w99")
        assert (sheet.problem, dict(sheet.unreadable), sheet.oddities) == ("", {}, ())
        assert sheet.value(OTHER) == "b"
        kept = sheet.value(TASK) or ""
        assert self.acknowledged <= len(kept) <= self.typed
        assert kept == self.text[: len(kept)]
        assert self.typed - self.acknowledged <= LONGEST_MS / KEY_MS + max((blind for _, blind in self.kills.values()), default=0)
        assert not list(self.folder.glob("answers.damaged-*"))
        self.torn, torn = len(list(self.folder.glob(".part-*"))), self.torn
        event(
            "killed after the answer" if self.acknowledged == self.typed else f"killed {'within' if self.torn > torn else 'beside'} a write"
        )


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(
    phrase=st.text(st.characters(exclude_categories=["Cs"]), min_size=20, max_size=80),
    kills=st.dictionaries(st.integers(1, SAVES), st.tuples(st.floats(0, 1.2), st.integers(0, 30)), min_size=5, max_size=25),
)
def test_ten_minutes_of_typing_lose_nothing_at_any_kill(
    tmp_path_factory: pytest.TempPathFactory, phrase: str, kills: dict[int, tuple[float, int]]
) -> None:
    folder = tmp_path_factory.mktemp("typing")
    (folder / "workbook.toml").write_text('id = "w99"\ntitle = "Typing"\norder = 99\nminutes = 10\n', "utf-8")
    (folder / "items.toml").write_text(ITEMS, "utf-8")
    AnswerStore(folder, "w99").put(OTHER, "b")
    assert LONGEST_MS <= 1_000  # no more than this is ever in the browser alone
    browser = Browser(folder, (phrase * KEYS)[:KEYS], kills)
    try:
        browser.type()
    finally:
        browser.kernel.kill()
    browser.look()
    assert AnswerStore(folder, "w99").get(TASK).value == browser.text
