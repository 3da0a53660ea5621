"""What all tests share: the real browser, free ports, real servers, and the tools' own noise."""

import json
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol
from urllib.error import URLError

import psutil
import pytest
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from tests.npm import TOOLS, bundle
from workbook_helpers.words import LANGUAGES, catalogue

ROOT = Path(__file__).parents[1]
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # Started in the background of a script: what is ignored here would be ignored in every program that a test starts, for good.
    # A handler that does nothing keeps Ctrl-C from this suite, and is not passed on.
    signal.signal(signal.SIGINT, lambda *_: None)
expect.set_options(timeout=40_000)  # a bare machine of two cores may start a kernel slowly
CHROMIUM = "/usr/bin/chromium"
SAVED = re.compile(r"^Saved (on this device, )?\d\d:\d\d(\. (Nobody else has it yet|It is in your hand-in file)\.)?$")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
)


FIRST = ["end_to_end", "engines", "browser", "tutor", "kinds"]
"""The folders whose files take longest: begun last, one of them would keep one process at work after the other has ended."""


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the longest first; within that, the order stays by chance."""
    items.sort(key=lambda item: [*FIRST, item.path.parent.name].index(item.path.parent.name))


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, headless; one for all tests."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS, "--disable-sync"])
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A fresh page at 1280 × 900 with its own storage."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB")
    context.set_default_timeout(60_000)
    yield context.new_page()
    context.close()


class Rules(Protocol):
    """What the page decides by itself (`tests/javascript/rules.js`)."""

    def __call__(self, rule: str, *inputs: Any) -> Any:
        """What a rule gives."""

    def all(self, asked: list[tuple[str, tuple[Any, ...]]]) -> list[Any]:
        """What each of many (rule, inputs) gives; {"thrown": …} where it gives none."""


class _Rules:
    def __init__(self, page: Page) -> None:
        self._page = page

    def __call__(self, rule: str, *inputs: Any) -> Any:
        [given] = self.all([(rule, inputs)])
        assert not (isinstance(given, dict) and "thrown" in given), given
        return given

    def all(self, asked: list[tuple[str, tuple[Any, ...]]]) -> list[Any]:
        given: list[Any] = json.loads(self._page.evaluate("(asked) => globalThis.ask(asked)", json.dumps(asked)))
        return given


@pytest.fixture(scope="session")
def rules(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rules]:
    """rules("plain", "a text"): what a rule of the page gives for this, in the browser."""
    folder = tmp_path_factory.mktemp("rules")
    kinds = {path.stem: path.as_posix() for path in sorted((ROOT / "src" / "workbook_helpers" / "page" / "kinds").glob("*.js"))}
    lines = [f"import {name} from {json.dumps(path)};" for name, path in kinds.items()]
    lines += [f"import {{ serve }} from {json.dumps((TOOLS / 'rules.js').as_posix())};", f"await serve({{ {', '.join(kinds)} }});"]
    (folder / "entry.js").write_text("\n".join(lines), "utf-8")
    bundle(folder / "entry.js", folder / "rules.js")
    words = json.dumps({code: catalogue(code) for code in LANGUAGES}).replace("<", "\\u003c")
    page = chromium.new_page(locale="en-GB")
    page.set_content(f'<!doctype html><script type="application/json" id="wb-words">{words}</script><body></body>')
    page.add_script_tag(content=(folder / "rules.js").read_text("utf-8"), type="module")
    page.wait_for_function("() => globalThis.ask")
    yield _Rules(page)
    page.close()


def is_saved(question: Locator, timeout: float = 40_000) -> None:
    """Wait until what stands in the question is on disk: its state leaves "saved" with the first change, before anything else."""
    expect(question).to_have_attribute("data-wb-state", "saved", timeout=timeout)
    expect(question.locator(".wb-status")).to_have_text(SAVED)


def kill_kernels(server: int) -> None:
    """End every workbook kernel that a process (by its number) has started, without warning, as a machine without memory would."""
    killed = 0
    for child in psutil.Process(server).children(recursive=True):
        with suppress(psutil.NoSuchProcess, psutil.ZombieProcess):  # it ended meanwhile
            if "workbook_helpers.jupyter.kernel" in child.cmdline():
                child.kill()
                killed += 1
    assert killed


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Server:
    """A server that runs as a process of its own, and its log."""

    def __init__(self, command: list[str], cwd: Path, ready: str, log: Path, environment: dict[str, str] | None = None) -> None:
        self.log = log
        self._file = log.open("wb")
        self.process = subprocess.Popen(command, cwd=cwd, env=environment, stdout=self._file, stderr=subprocess.STDOUT)
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                pytest.fail(f"server ended: {log.read_text()}")
            try:
                with urllib.request.urlopen(ready, timeout=5) as answer:
                    if answer.status == 200:
                        return
            except (URLError, OSError):
                time.sleep(0.1)
        pytest.fail(f"server did not answer: {log.read_text()}")

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self._file.close()


@pytest.fixture(scope="session")
def serve(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Server]]:
    """Start a server: serve(command, cwd, ready_url, environment); stopped when the tests end."""
    running: list[Server] = []

    def start(command: list[str], cwd: Path, ready: str, environment: dict[str, str] | None = None) -> Server:
        server = Server([sys.executable, "-P", "-m", *command], cwd, ready, tmp_path_factory.mktemp("log") / "server.log", environment)
        running.append(server)
        return server

    yield start
    for server in running:
        server.stop()
