"""A class that has released the gallery, and the engines that its students have."""

import subprocess
import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from autograde.classes.folder import Course
from autograde.classes.new import new_course
from autograde.classes.roster import import_roster
from autograde.outbox.release import release
from tests.engines.drivers import Chromium, Engine, Firefox, WebKit

ENGINES = ("chromium", "firefox", "webkit")
DOORS = ("file", "site")


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """A class with a student for each engine and door, e.g. "firefox-site"."""
    folder = tmp_path_factory.mktemp("class")
    made = new_course(folder / "class", name="Gallery")
    lines = [f"{engine}-{door},{engine},{door}\n" for engine in ENGINES for door in DOORS]
    (folder / "roster.csv").write_text("".join(["id,first name,last name\n", *lines]))
    import_roster(made, folder / "roster.csv")
    release(made, "w99")
    return made


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def doors(course: Course) -> Iterator[dict[str, str]]:
    """Door → the address of the gallery there."""
    [file] = (course.root / "handout").glob("*.html")
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(course.root / "handout" / "site"))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield {"file": file.as_uri(), "site": f"http://127.0.0.1:{server.server_address[1]}/{file.name}"}
        server.shutdown()


@pytest.fixture
def display() -> Iterator[str]:
    """A screen that nobody sees, e.g. ":99", for a browser that cannot do without."""
    command = ["Xvfb", "-displayfd", "1", "-screen", "0", "800x800x24", "-nolisten", "tcp"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        assert server.stdout
        yield f":{server.stdout.readline().strip()}"
        server.terminate()


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """A running browser with an empty profile."""
    profile = tmp_path / "profile"
    (profile / "downloads").mkdir(parents=True)
    made: dict[str, Callable[[], Engine]] = {
        "chromium": lambda: Chromium(profile, request.getfixturevalue("chromium")),
        "firefox": lambda: Firefox(profile),
        "webkit": lambda: WebKit(profile, request.getfixturevalue("display")),
    }
    browser = made[request.param]()
    browser.start()
    yield browser
    browser.kill()
