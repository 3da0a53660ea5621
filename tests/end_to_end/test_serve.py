"""`autograde serve` runs only what it ships, whatever students wrote and whatever page the tutor comes from."""

import json
import re
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import ConsoleMessage, Page, expect

from autograde.classes.folder import Course
from tests.conftest import free_port
from tests.end_to_end.conftest import W01

FIRST = "Ana <img src=x onerror=\"document.title='stolen'\">"
LAST = "Evans</title><script>document.title='stolen'</script>"
EVIL = "<!DOCTYPE html><title>t</title><script>document.title = 'stolen'</script><script src='evil.js'></script>"


@dataclass(frozen=True)
class Desk:
    """A class that is being served: its address, its token, and the id of a submission."""

    course: Course
    base: str
    token: str
    submission: str

    def enter(self, page: Page) -> list[str]:
        """Log in, and give the list of all that the page asks for from then on that is not of this server."""
        asked: list[str] = []
        page.on("request", lambda request: None if request.url.startswith((self.base, "data:", "blob:")) else asked.append(request.url))
        assert page.request.get(f"{self.base}/formgrader?token={self.token}").ok  # its cookie is the page's too, and nothing is drawn
        return asked


@pytest.fixture(scope="module")
def desk(course: Course, tmp_path_factory: pytest.TempPathFactory, environment: dict[str, str]) -> Iterator[Desk]:
    own = Course(Path(shutil.copytree(course.root, tmp_path_factory.mktemp("served") / "class")))
    with own.gradebook() as gradebook:
        gradebook.update_or_create_student("s005", first_name=FIRST, last_name=LAST)
        submission = gradebook.find_submission_notebook(W01, W01, "s005").id
    submitted = own.path("submitted", "s005", W01)
    notebook = submitted / f"{W01}.ipynb"
    document = json.loads(notebook.read_text())
    ran = str(own.root / "ran")
    cell: dict[str, Any] = {
        "cell_type": "code",
        "id": "evil",
        "metadata": {},
        "source": f"open({ran!r}, 'w')",
        "outputs": [],
        "execution_count": None,
    }
    document["cells"].insert(0, cell)
    document["metadata"]["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook.write_text(json.dumps(document))
    (submitted / "evil.html").write_text(EVIL)
    (submitted / "evil.js").write_text("document.title = 'stolen'")
    for name in ("nbgrader_config.py", "voila.py"):
        (submitted / name).write_text(f"open({ran!r}, 'w')")
    (own.root / "tornado.py").write_text(f"open({ran!r}, 'w')")
    command = [sys.executable, "-P", "-m", "autograde.cli", "serve", "--no-browser", "--port", str(free_port())]
    with subprocess.Popen(command, cwd=own.root, env=environment, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        address = re.search(r"(http://[^/]+)/formgrader\?token=(\S+)", server.stdout.readline())
        assert address
        yield Desk(own, address[1], address[2], submission)
        server.send_signal(signal.SIGINT)
        server.wait(timeout=30)


def kernels(desk: Desk, page: Page) -> set[str]:
    reply = page.goto(f"{desk.base}/api/kernels")
    assert reply is not None
    return {kernel["id"] for kernel in reply.json()}


FORMGRADER = (
    "manage_assignments",
    f"manage_submissions/{W01}",
    "gradebook",
    f"gradebook/{W01}",
    f"gradebook/{W01}/{W01}",
    "manage_students",
    "manage_students/s005",
    f"manage_students/s005/{W01}",
    "submissions/@/",
)


@pytest.mark.parametrize("path", FORMGRADER)
def test_a_page_of_formgrader_asks_nobody_and_shows_names_as_text(desk: Desk, page: Page, path: str) -> None:
    asked, refused = desk.enter(page), list[str]()

    def said(message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            refused.append(message.text)

    page.on("console", said)
    page.on("pageerror", lambda error: refused.append(str(error)))
    reply = page.goto(f"{desk.base}/formgrader/{path.replace('@', desk.submission)}", wait_until="networkidle")
    assert reply is not None
    rules = reply.headers["content-security-policy"]
    assert "default-src 'self'" in rules
    assert "unsafe-inline" not in rules.partition("script-src")[2].partition(";")[0]
    expect(page.locator("body")).not_to_contain_text("Loading, please wait")
    assert page.title() != "stolen"
    assert page.locator("img, script:text('stolen')").count() == 0
    assert asked == []
    assert refused == [], "the page's own scripts run, and there is nothing to refuse"
    if path in {"manage_students", f"gradebook/{W01}/{W01}", f"manage_submissions/{W01}", "submissions/@/"}:
        assert f"{LAST}, {FIRST}" in page.locator("body").evaluate("(body) => body.textContent")
    if path == f"gradebook/{W01}/{W01}":
        page.get_by_role("button", name="Show All Names").click()
        expect(page.get_by_text(f"{LAST}, {FIRST}")).to_be_visible()
    if path == "submissions/@/":
        page.locator(".glyphicon.name-hidden").click()
        expect(page.locator("a.name-shown")).to_contain_text(FIRST)
    if path == "manage_students":
        page.get_by_text("Add new student...").click()
        expect(page.get_by_role("dialog")).to_contain_text("Student ID")


@pytest.mark.parametrize(
    "path",
    [
        "gradebook/%22;document.title='stolen';%22",
        "gradebook/x/%3C%2Fscript%3E%3Cscript%3Edocument.title='stolen'%3C%2Fscript%3E",
        "manage_students/%3Cimg%20src=x%20onerror=document.title='stolen'%3E",
        "manage_submissions/%22-(document.title='stolen')-%22",
        f"submissions/@/%2e%2e%2F%2e%2e%2F%2e%2e%2Fsubmitted%2Fs005%2F{W01}%2Fevil.html",
        f"../files/submitted/s005/{W01}/evil.html",
    ],
)
def test_a_link_runs_no_script_as_the_tutor(desk: Desk, page: Page, path: str) -> None:
    asked = desk.enter(page)
    page.goto(f"{desk.base}/formgrader/{path.replace('@', desk.submission)}")
    page.wait_for_timeout(300)
    assert page.title() != "stolen"
    assert asked == []


@pytest.mark.parametrize(
    "path",
    [
        f"/voila/render/submitted/s005/{W01}/{W01}.ipynb",
        f"/workbook/open/submitted/s005/{W01}/{W01}.ipynb",
        f"/formgrader?path=submitted/s005/{W01}",
        f"/formgrader/?path=./submitted/s005/{W01}",
    ],
)
def test_a_foreign_page_that_leads_to_a_hand_in_runs_nothing(desk: Desk, page: Page, path: str) -> None:
    class Leads(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(302)
            self.send_header("Location", desk.base + path)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    foreign = ThreadingHTTPServer(("127.0.0.1", 0), Leads)
    threading.Thread(target=foreign.serve_forever, daemon=True).start()
    desk.enter(page)
    before = kernels(desk, page)
    try:
        reply = page.goto(f"http://localhost:{foreign.server_port}/")
        assert reply is not None
        assert reply.url == desk.base + path
        assert reply.status in {403, 404}
        page.wait_for_timeout(500)
    finally:
        foreign.shutdown()
        foreign.server_close()
    assert kernels(desk, page) <= before
    assert not (desk.course.root / "ran").exists()


@pytest.mark.parametrize(
    "way",
    [
        "../../../nbgrader_config.py",
        "%2e%2e/%2e./.%2e/gradebook.db",
        "..%2F..%2F..%2Fserve.log",
        "x/../../../../serve.log",
        "/@/gradebook.db",
    ],
)
def test_a_submission_shows_its_own_files_alone(desk: Desk, way: str) -> None:
    line = HTTPConnection("127.0.0.1", int(desk.base.rpartition(":")[2]), timeout=30)
    statuses = []
    own, out = f"{desk.submission}/{W01}.ipynb", f"{desk.submission}/{way.replace('@', str(desk.course.root))}"
    for path in (own, out, f"/{out}"):
        line.request("GET", f"/formgrader/submissions/{path}", headers={"Authorization": f"token {desk.token}"})
        with line.getresponse() as reply:
            reply.read()
            statuses.append(reply.status)
    line.close()
    assert statuses == [200, 404, 404]


def test_jupyterlab_works_under_the_policy_and_asks_nobody(desk: Desk, page: Page) -> None:
    asked = desk.enter(page)
    reply = page.goto(f"{desk.base}/lab/tree/source/{W01}/{W01}.ipynb")
    assert reply is not None
    rules = reply.headers["content-security-policy"]
    assert "'strict-dynamic'" in rules
    assert "unsafe-inline" not in rules.partition("script-src")[2].partition(";")[0]
    expect(page.locator(".jp-Notebook h1").first).to_contain_text("Working", timeout=60_000)
    page.goto(f"{desk.base}/lab/tree/submitted/s005/{W01}/{W01}.ipynb")
    expect(page.locator(".jp-Notebook").first).to_contain_text("was changed", timeout=60_000)
    assert asked == []
    assert not (desk.course.root / "ran").exists()
