"""What all tests share: the real browser, free ports, real servers, and the tools' own noise."""

import asyncio
import gc
import json
import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import cache
from itertools import count
from pathlib import Path
from random import SystemRandom
from typing import Any, Protocol, TypeVar
from urllib.error import HTTPError

import psutil
import pytest
from filelock import FileLock
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from tests.npm import TOOLS, bundle
from workbook_helpers.items import Workbook, load_workbook
from workbook_helpers.words import LANGUAGES, catalogue

T = TypeVar("T")
ROOT = Path(__file__).parents[1]
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # Started in the background of a script: what is ignored here would be ignored in every program that a test starts, for good.
    # A handler that does nothing keeps Ctrl-C from this suite, and is not passed on.
    signal.signal(signal.SIGINT, lambda *_: None)
expect.set_options(timeout=40_000)  # a bare machine of two cores may start a kernel slowly
CHROMIUM = "/usr/bin/chromium"
HEADLESS = "/usr/bin/chromium-headless-shell"
"""The same engine without windows, a third of the work; what a whole browser keeps, restores or closes is tried in CHROMIUM."""
UNSETTLED = ", ".join(f".wb-question[data-wb-state={state}]" for state in ("dirty", "saving", "unsaved", "refused", "conflict", "offered"))
PORTS = range(11_000, 32_000)
"""Of servers: none that a browser does not open, and below those that Linux gives to whoever asks for any."""
_port = count(SystemRandom().randrange(len(PORTS)))
BEFORE = """document.addEventListener("readystatechange", () => {{ try {{ {0} }} catch {{ /* no storage here */ }} }}, {{ once: true }});"""
"""Before the page's own scripts, and no sooner: who asks for the storage of a file:// page while it comes may make Chromium forget it."""
ONE_PAGE = BEFORE.format("localStorage['wb-display'] ??= '{\"pages\":\"one\"}';")
PLAIN = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""Plain HTTP asks for no certificate, and to read all that a machine has takes longer than to ask."""
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
)


def as_somebody(folder: Path, do: Callable[[], bool]) -> bool:
    """Say whether something comes true where rights count: root may look everywhere, so another user does it, who may go to `folder`.

    What it needs is to be loaded before: where Python is root's own, nobody else may.
    """
    pid = os.fork()
    if pid == 0:
        ok = False
        try:
            for place in (folder, *folder.parents):
                if place.stat().st_uid == os.getuid() and place != Path("/"):
                    place.chmod(0o755)
            if os.getuid() == 0:
                os.setuid(65534)
            ok = do()
        finally:
            os._exit(0 if ok else 1)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0


@pytest.hookimpl(tryfirst=True)
def pytest_collection() -> None:
    """Look for nothing that is no longer used while tests are collected: it takes a third of the time, and all is used."""
    gc.disable()


def pytest_collection_finish() -> None:
    """Look for it again from here on."""
    gc.enable()


FIRST = ["end_to_end", "hub", "engines", "browser", "web", "tutor", "kinds", "desk"]
"""The folders whose files take longest: begun last, one of them would keep one process at work after the other has ended."""


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the longest first; within that, the order stays by chance."""
    items.sort(key=lambda item: [*FIRST, item.path.parent.name].index(item.path.parent.name))


def once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """Give a folder that `make` fills once, for the worker that comes first; the others find it. Who changes what is in it copies it."""
    base = factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / name
    with FileLock(folder.with_suffix(".lock")):
        if not (folder / "whole").exists():
            shutil.rmtree(folder, ignore_errors=True)  # a worker may have ended over it
            folder.mkdir()
            make(folder)
            (folder / "whole").touch()
    return folder


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, headless; one for all tests."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=HEADLESS, args=[*FLAGS])
        yield browser
        browser.close()


@pytest.fixture
def paged(chromium: Browser) -> Iterator[Page]:
    """A fresh page at 1280 × 900 with its own storage, as a student gets it: one section of a workbook at a time."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB")
    context.set_default_timeout(60_000)
    yield context.new_page()
    context.close()


@pytest.fixture
def page(paged: Page) -> Page:
    """The same for a student who has picked "Everything on one page", so that a test finds all there is where it is."""
    paged.context.add_init_script(ONE_PAGE)
    return paged


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


@cache
def real_workbook() -> Workbook:
    """What tests use that need a real workbook: the first one. What is asked in it is its authors' affair, and changes."""
    return load_workbook(ROOT / "workbooks" / "w01-working-and-personal")


def asked(kind: str, purpose: str = "assessed") -> str:
    """Give the id of the first question of this kind in the real workbook."""
    return next(item.id for item in real_workbook().items.values() if (item.kind, item.purpose.value) == (kind, purpose))


def is_saved(question: Locator, timeout: float = 40_000) -> None:
    """Wait until what stands in the question is on disk: its state leaves "saved" with the first change, before anything else.

    The question itself has nothing to say then, and the page's one line says that all is saved, unless another question waits.
    """
    expect(question).to_have_attribute("data-wb-state", "saved", timeout=timeout)
    expect(question.locator(".wb-status")).to_have_text("")
    page = question.page
    line = page.locator(".wb-saved:not(.lm-mod-hidden *)").first  # a JupyterLab may hold another notebook's, too
    said = "all" if page.locator(UNSETTLED).count() == 0 else re.compile("all|now|not|waits")
    if line.count():
        expect(line).to_have_attribute("data-wb-saved", said)


def all_at_once(question: Locator) -> None:
    """See every card of a question, where it shows them one at a time."""
    switch = question.get_by_role("button", name="See all at once")
    if switch.is_visible():
        switch.click()


def started_by(process: psutil.Process, *, recursive: bool = False) -> list[psutil.Process]:
    """Give what a process has started that is to be killed; it is held, so that it starts no more.

    What that has started, for `recursive`, is not held. It may start some still, which ends with it, as what serves a class does
    (`workbook_helpers.served.processes`).
    """
    process.suspend()
    while process.status() not in (psutil.STATUS_STOPPED, psutil.STATUS_ZOMBIE):
        time.sleep(0.001)
    return list(process.children(recursive=recursive))


def kill(*processes: psutil.Process) -> None:
    """Kill these, and wait until they are gone."""
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(processes, timeout=10)


def command_of(process: psutil.Process) -> list[str]:
    """Give the words by which a process was started; [] where it has ended meanwhile."""
    with suppress(psutil.NoSuchProcess):
        return process.cmdline()
    return []


def kill_kernels(server: int) -> None:
    """End every workbook kernel that a process (by its number) has started, without warning, as a machine without memory would."""
    assert signal_kernels(server, signal.SIGKILL)


def signal_kernels(server: int, number: signal.Signals) -> int:
    """Send a signal to every workbook kernel that a process has started; how many there are."""
    found = 0
    for child in psutil.Process(server).children(recursive=True):
        with suppress(psutil.NoSuchProcess, psutil.ZombieProcess):  # it ended meanwhile
            if "workbook_helpers.jupyter.kernel" in child.cmdline():
                child.send_signal(number)
                found += 1
    return found


def apart(work: Coroutine[Any, Any, T]) -> T:
    """Run something of asyncio in a thread of its own: in the tests' thread a browser's loop may run."""
    with ThreadPoolExecutor(1) as beside:
        return beside.submit(asyncio.run, work).result()


def free_port() -> int:
    """Give a port that nothing uses, and that no kernel takes before a server begins, as it asks the system for any."""
    while True:
        port = PORTS[next(_port) % len(PORTS)]
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


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
            except HTTPError as error:
                error.close()
            except OSError:
                pass
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
        log = tmp_path_factory.mktemp("log") / "server.log"
        # Its own: Lab would open what a server of an earlier run, or of one beside it, had open under the same name.
        settings = {**(environment or os.environ), "JUPYTERLAB_WORKSPACES_DIR": str(log.with_name("workspaces"))}
        server = Server([sys.executable, "-P", "-m", *command], cwd, ready, log, settings)
        running.append(server)
        return server

    yield start
    for server in running:
        server.stop()
