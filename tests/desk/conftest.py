"""A class that is served at a desk: made once, by the real parts, and copied; its server is the real one."""

import json
import os
import re
import shutil
import signal
from base64 import b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from autograde.classes.folder import Course
from autograde.classes.new import new_course
from autograde.classes.roster import import_roster
from autograde.inbox.intake import intake
from autograde.outbox.feedback import write_feedback
from autograde.outbox.release import release
from autograde.run.mark import mark_class
from tests.conftest import ROOT, Server, free_port, once
from tests.tutor.conftest import ASSIGNMENT, ROSTER_CSV, Kit, _shelf

EVIL = "<script>document.title='stolen'</script>"
LATE = (datetime.now(UTC) - timedelta(days=1)).replace(hour=12, minute=0, second=0, microsecond=0)
"""The same for all workers, who share the class."""
Serve = Callable[..., Server]


@dataclass
class Desk:
    """A desk that is served: the class, its address, its token, and what ends it."""

    course: Course
    base: str
    token: str
    server: Server
    environment: dict[str, str]

    def enter(self, page: Page, name: str = "") -> Page:
        """Come in as the tutor does, and go to a page."""
        page.goto(f"{self.base}/desk?token={self.token}")
        if name:
            page.goto(f"{self.base}/desk/{name}")
        return page

    def kill(self) -> None:
        """End the server without warning."""
        os.kill(self.server.process.pid, signal.SIGKILL)
        self.server.process.wait()


@pytest.fixture(scope="session")
def surroundings(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Environment variables: the small workbook and its key, and settings of nobody."""
    folder = tmp_path_factory.mktemp("surroundings")
    _shelf(folder / "shelf")
    for kind in ("keys", "rubrics"):
        (folder / "own" / kind).mkdir(parents=True)
        text = (ROOT / "autograde" / "content" / kind / "w01.toml").read_text("utf-8")
        if kind == "keys":
            text = text.partition("[keys]")[0] + '[keys]\nw01-q01 = { right = "a", reason = "So it is." }\n'
        (folder / "own" / kind / "w01.toml").write_text(text, "utf-8")
    names = {"WORKBOOKS_DIR": "shelf", "JUPYTER_CONFIG_DIR": "jupyter", "JUPYTER_RUNTIME_DIR": "runtime", "AUTOGRADE_KEYS": "own"}
    return {name: str(folder / value) for name, value in names.items()} | {"HOME": str(folder)}


@pytest.fixture(scope="session")
def model(surroundings: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A class of six: two whole and one of them returned, one that waits for a person, one not marked, one late, one with an odd name.

    It is made once, by the worker that comes first.
    """
    with pytest.MonkeyPatch.context() as patch:
        for name, value in surroundings.items():
            patch.setenv(name, value)
        return once(tmp_path_factory, "desk-model", _make) / "class"


def _make(folder: Path) -> None:
    kit = Kit()
    course = new_course(folder / "class", name="Care level 2")
    rows = ["dan01,Dan,Davies,", f'eve01,Eve,"{EVIL}",', "fay01,Fay,Fenn,fay@example.org"]
    (folder / "roster.csv").write_text(ROSTER_CSV + "\n".join(rows) + "\n", "utf-8")
    import_roster(course, folder / "roster.csv")
    release(course, "w01", due=LATE)
    hand_ins = []
    for learner in ("ana01", "ben01", "cai01"):
        hand_ins.append(folder / f"{learner}.zip")
        hand_ins[-1].write_bytes(kit.hand_in(learner, LATE.isoformat()))
    intake(course, hand_ins, "w01")
    list(mark_class(course, ASSIGNMENT))
    with course.gradebook() as gradebook:
        for learner in ("ana01", "ben01"):
            grade = gradebook.find_grade("w01-t01", ASSIGNMENT, ASSIGNMENT, learner)
            grade.manual_score, grade.needs_manual_grade = 7, False
        gradebook.db.commit()
    list(write_feedback(course, ASSIGNMENT))
    shutil.rmtree(course.root / "feedback" / "ben01")
    (folder / "dan01.zip").write_bytes(kit.hand_in("dan01", LATE.isoformat()))
    intake(course, [folder / "dan01.zip"], "w01")


@pytest.fixture
def course(model: Path, surroundings: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Course:
    """A copy of the class, for what needs no server."""
    for name, value in surroundings.items():
        monkeypatch.setenv(name, value)
    return Course(Path(shutil.copytree(model, tmp_path / "class")))


def start(serve: Serve, root: Path, environment: dict[str, str], port: int, command: str = "desk") -> Desk:
    """Serve a folder as the tutor's command does."""
    base = f"http://127.0.0.1:{port}"
    words = ["autograde.cli", command, "--no-browser", "--port", str(port)]
    server = serve(words, root, f"{base}/login", {**os.environ, **environment})
    found: re.Match[str] | None = None
    while found is None:
        assert server.process.poll() is None, server.log.read_text()
        found = re.search(r"/desk\?token=(\S+)", server.log.read_text())
    return Desk(Course(root), base, found[1], server, environment)


@pytest.fixture(scope="session")
def desk(serve: Serve, model: Path, surroundings: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """The class at its desk; one for all tests, none of which counts on what others leave alone."""
    root = Path(shutil.copytree(model, tmp_path_factory.mktemp("served") / "class"))
    return start(serve, root, surroundings, free_port())


@pytest.fixture
def plain_page(chromium: Browser) -> Iterator[Page]:
    """A page of a browser that runs no script."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB", java_script_enabled=False)
    yield context.new_page()
    context.close()


@pytest.fixture
def window(paged: Page, desk: Desk) -> Page:
    """A window in which somebody is logged in, at Home."""
    return desk.enter(paged)


def second(context: BrowserContext) -> Page:
    """Open another window of the same person."""
    return context.new_page()


def fits(page: Page, width: int) -> None:
    """See that nothing is lost beside the page at a width."""
    page.set_viewport_size({"width": width, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= width


DROPPED = """(place, files) => {
  const held = new DataTransfer();
  for (const [name, data] of files) held.items.add(new File([Uint8Array.from(atob(data), (one) => one.charCodeAt(0))], name));
  for (const kind of ["dragover", "drop"]) {
    place.dispatchEvent(new DragEvent(kind, { bubbles: true, cancelable: true, dataTransfer: held }));
  }
}"""


def drop_on(place: Locator, *files: tuple[str, bytes]) -> None:
    """Drop files on a place of a page, as from a folder's window."""
    place.evaluate(DROPPED, [[name, b64encode(data).decode()] for name, data in files])


def said(page: Page, text: str) -> None:
    """See what the page says was done."""
    expect(page.locator("#said")).to_contain_text(text)


def headers(page: Page) -> dict[str, str]:
    """Give what the scripts of a page send with whatever they ask for."""
    secret = {one["name"]: one["value"] for one in page.context.cookies()}["_xsrf"]
    return {"X-XSRFToken": secret, "HX-Request": "true", "Desk-Place": page.locator("body").get_attribute("data-desk-place") or ""}


def as_json(page: Page, desk: Desk, name: str) -> dict[str, object]:
    """Give what a page shows as JSON."""
    reply = page.request.get(f"{desk.base}/desk/{name}.json")
    assert reply.ok
    found: dict[str, object] = json.loads(reply.body())
    return found


@pytest.fixture
def kit() -> Kit:
    """Give the maker of hand-ins."""
    return Kit()
