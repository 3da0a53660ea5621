"""Ten minutes of typing at ten keys a second lose nothing, whenever the kernel is killed.

Store and session are the real ones, in a process of their own that is really killed; the page's own scripts run in the real
browser, and their messages go over a line to that process as they would over a socket. Only
the browser's clock is another one: it does not wait, so that two minutes pass in some seconds. Where the kernel is gone the
student types on, opens the page anew and keeps what the browser has kept.

A kill leaves to the system what was written: that a power cut loses nothing either is what the store's fsync is for.
"""

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from playwright.sync_api import Browser, Page, Route

from tests.conftest import ROOT
from workbook_helpers.answers import AnswerStore, read_sheet
from workbook_helpers.items import load_workbook
from workbook_helpers.jupyter.widgets.session import Session
from workbook_helpers.words import catalogue

KEY_MS, KEYS, EXAMPLES = 100, 1_200, 5  # two minutes, five times
STATIC = ROOT / "src/workbook_helpers/page/built"
IN_THE_BROWSER_ALONE = 10  # keys: no more than a second of typing is ever there and not on disk while the kernel lives
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
CLOCK = """
let now = Date.parse("2026-11-28T09:00:00Z"), made = 0;
const timers = new Map();
Date.now = () => now;
window.setTimeout = (call, ms = 0) => { timers.set(++made, { at: now + ms, call }); return made; };
window.clearTimeout = (timer) => timers.delete(timer);
window.pass = async (ms) => {
  const end = now + ms;
  for (;;) {
    const [timer, next] = [...timers].sort(([, a], [, b]) => a.at - b.at)[0] ?? [];
    if (!next || next.at > end) break;
    now = next.at;
    timers.delete(timer);
    next.call();
    await window.answered; // the kernel is quick: its answer comes before the next thing happens
  }
  now = end;
};
"""
OPEN = """async ([book, task]) => {
  const hears = [];
  window.gone = false;
  window.answered = null;
  const session = {
    get: () => book, on: (_, call) => hears.push(call), off() {},
    send: (message) => {
      if (window.gone) return;
      window.answered = window.toKernel(message).then((answer) => {
        if (answer) hears.forEach((hear) => hear(answer)); else window.gone = true;
      });
    },
  };
  const model = { get: (name) => ({ name: task, session: "" })[name], widget_manager: { get_model: async () => session } };
  const el = document.body.appendChild(document.createElement("div"));
  await (await import("/workbook/static/workbook.js")).default.render({ model, el });
  await window.answered;
  while (!document.getElementById(task)) await new Promise((done) => requestAnimationFrame(done));
  const root = document.getElementById(task);
  root.querySelector(".wb-conflict button")?.click(); // keep what is on this page
  await window.pass(500);
  window.area = root.querySelector("textarea");
  window.type = async (text, most) => { // until all is typed, or the kernel is gone, or `most` keys
    for (let n = 0; n < most && area.value.length < text.length && !(window.gone && most === Infinity); n += 1) {
      area.value = text.slice(0, area.value.length + 1);
      area.dispatchEvent(new Event("input", { bubbles: true }));
      await window.pass(100);
    }
    if (area.value.length >= text.length) await window.pass(3000);
    return [area.value.length, window.gone, root.dataset.wbState];
  };
  return root.dataset.wbState;
}"""
PROCESSES = get_context("forkserver")  # each kernel starts in milliseconds
PROCESSES.set_forkserver_preload(["hypothesis", "pytest", "playwright.sync_api", "workbook_helpers.jupyter.widgets.session"])


def serve(line: Connection, folder: str) -> None:
    """Be the kernel of a page with one question: give the book, then hear what the browser sends, and answer."""
    session = Session(Path(folder))
    line.send(session.workbook.book())
    while True:
        if (reply := session.answer(line.recv())) is not None:
            line.send(reply)


class Kernel:
    """A running kernel, and the line to it."""

    def __init__(self, folder: Path) -> None:
        self._line, theirs = PROCESSES.Pipe()
        self._process = PROCESSES.Process(target=serve, args=(theirs, str(folder)), daemon=True)
        self._process.start()
        theirs.close()
        self.book: dict[str, Any] = self._line.recv()
        self._took_s = 0.001

    def ask(self, message: dict[str, Any], kill_at: float | None = None) -> dict[str, Any] | None:
        """Give the answer; `kill_at` kills at that part of the time that the last answer took. None if no answer came."""
        start = time.perf_counter()
        try:
            self._line.send(message)
            if kill_at is not None:
                time.sleep(kill_at * self._took_s)
                self.kill()
            answer: dict[str, Any] = self._line.recv()  # what it said before it died still arrives
        except (EOFError, OSError):
            return None
        self._took_s = time.perf_counter() - start
        return answer

    def kill(self) -> None:
        self._process.kill()
        self._process.join()


class Student:
    """Types `text` into the real page.

    `kills`: which save the kernel is killed in → (at which part of it, how many keys are typed until the page is open again).
    """

    def __init__(self, page: Page, folder: Path, text: str, kills: dict[int, tuple[float, int]]) -> None:
        self.page, self.folder, self.text, self.kills = page, folder, text, kills
        self.items = load_workbook(folder).items
        self.acknowledged = self.saves = self.torn = self.open_keys = 0
        self.kernel: Kernel

    def heard(self, message: dict[str, Any]) -> dict[str, Any] | None:
        """Bring a message of the page to the kernel; None where the kernel dies of it."""
        if message["do"] != "save":
            return self.kernel.ask(message)
        self.saves += 1
        kill_at, _ = self.kills.get(self.saves, (None, 0))
        answer = self.kernel.ask(message, kill_at)
        if answer and answer["do"] == "saved":
            assert answer["value"] == message["value"]
            self.acknowledged = len(answer["value"])
        return answer if kill_at is None else None  # a dead kernel's last word does not always arrive

    def open(self) -> None:
        self.kernel = Kernel(self.folder)
        self.page.goto("http://workbook.test/")
        event(f"the page opens as {self.page.evaluate(OPEN, [self.kernel.book, TASK])}")

    def type(self) -> None:
        self.open()
        while True:
            typed, gone, state = self.page.evaluate("text => type(text, Infinity)", self.text)
            if not gone:
                assert (typed, state) == (KEYS, "saved")
                return
            _, blind = self.kills[self.saves]
            typed, _, _ = self.page.evaluate("([text, blind]) => type(text, blind)", [self.text, blind])
            self.look(typed, blind)
            self.open()
            assert self.page.evaluate("area.value") == self.text[:typed], "what was typed is there again"

    def look(self, typed: int, blind: int) -> None:
        """What is on disk was acknowledged, or typed later; it is whole, and so is the other question's answer."""
        sheet = read_sheet(self.folder / "answers.json", self.items, "w99")
        assert (sheet.problem, dict(sheet.unreadable), sheet.oddities) == ("", {}, ())
        assert sheet.value(OTHER) == "b"
        kept = sheet.value(TASK) or ""
        assert self.acknowledged <= len(kept) <= typed
        assert kept == self.text[: len(kept)]
        # The save that died had a second's keys and another may have passed; what an earlier kill left open comes on top.
        assert typed - len(kept) <= self.open_keys + 2 * IN_THE_BROWSER_ALONE + blind
        self.open_keys = typed - len(kept)
        assert not list(self.folder.glob("answers.damaged-*"))
        torn = len(list(self.folder.glob(".part-*")))
        event("killed within a write" if torn > self.torn else "killed beside a write")
        self.torn = torn


def given_by(route: Route) -> None:
    """Give the page's files as the server does."""
    path = urlsplit(route.request.url).path
    if path == "/":
        route.fulfill(body="<!doctype html><title>A question</title>", content_type="text/html")
    elif path.startswith("/workbook/words/"):
        route.fulfill(body=catalogue(Path(path).stem), content_type="text/plain")
    else:
        route.fulfill(path=STATIC / path.removeprefix("/workbook/static/"))


@dataclass
class Desk:
    """The browser's page, and who types there; the page knows one way to the kernel for all examples."""

    page: Page
    student: "Student | None" = None

    def to_kernel(self, message: dict[str, Any]) -> dict[str, Any] | None:
        assert self.student
        return self.student.heard(message)


@pytest.fixture(scope="module")
def desk(chromium: Browser) -> Iterator[Desk]:
    context = chromium.new_context(locale="en-GB")
    desk = Desk(context.new_page())
    desk.page.route("**/*", given_by)
    desk.page.add_init_script(CLOCK)
    desk.page.expose_function("toKernel", desk.to_kernel)
    yield desk
    context.close()


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    phrase=st.text(st.characters(exclude_categories=["Cs", "Cc"], max_codepoint=0xFFFF), min_size=20, max_size=80),
    kills=st.dictionaries(st.integers(1, KEYS // 10), st.tuples(st.floats(0, 1.2), st.integers(0, 30)), min_size=3, max_size=8),
)
def test_ten_minutes_of_typing_lose_nothing_at_any_kill(
    desk: Desk, tmp_path_factory: pytest.TempPathFactory, phrase: str, kills: dict[int, tuple[float, int]]
) -> None:
    folder = tmp_path_factory.mktemp("typing")
    (folder / "workbook.toml").write_text('id = "w99"\ntitle = "Typing"\norder = 99\nminutes = 10\n', "utf-8")
    (folder / "items.toml").write_text(ITEMS, "utf-8")
    AnswerStore(folder, "w99").put(OTHER, "b")
    student = desk.student = Student(desk.page, folder, (phrase * KEYS)[:KEYS], kills)
    try:
        student.type()
    finally:
        student.kernel.kill()
    student.look(KEYS, 0)
    assert AnswerStore(folder, "w99").get(TASK).value == student.text
    assert json.loads((folder / "answers.json").read_text("utf-8"))["copy"] == desk.page.locator(f"#{TASK}").get_attribute("data-wb-scope")
