"""Long work: one piece at a time, told on every page, to its end, whatever becomes of it."""

import os
import shutil
import threading
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from autograde.desk.work import State, Tell, Worker
from autograde.errors import ClassError
from tests.axe import violations
from tests.conftest import ROOT, free_port
from tests.desk.conftest import Serve, fits, headers


def test_a_piece_runs_to_its_end_and_says_what_came_of_it() -> None:
    worker, begun, go_on = Worker(), threading.Event(), threading.Event()

    def do(tell: Tell) -> str:
        tell(done=12, total=30)
        begun.set()
        go_on.wait(10)
        return "30 hand-ins were marked."

    assert worker.now is None
    work = worker.start("Marking w01", do, page="mark", total=25)
    assert (work.number, work.state) == (1, State.REGISTERED)
    assert begun.wait(10)
    assert worker.now is not None
    assert (worker.now.state, worker.now.line) == (State.RUNNING, "Marking w01: 12 of 30")
    with pytest.raises(ClassError, match=r"Marking w01: 12 of 30\. Wait until that has ended"):
        worker.start("Taking in", do, page="take-in")
    go_on.set()
    assert worker.wait(10)
    assert (worker.now.state, worker.now.line) == (State.COMPLETED, "Marking w01: 30 hand-ins were marked.")
    worker.put_away(7)
    assert worker.now
    worker.put_away(1)
    assert worker.now is None


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (ClassError("The gradebook is in use."), "Marking: The gradebook is in use."),
        (OSError(28, "No space left on device", "/x"), "Marking: /x cannot be used (No space left on device). See that"),
        (ValueError("odd"), "Marking: this program failed (ValueError: odd). Please report it."),
    ],
)
def test_one_that_fails_says_why(fault: Exception, said: str) -> None:
    def do(_: Tell) -> str:
        raise fault

    worker = Worker()
    worker.start("Marking", do, page="mark")
    assert worker.wait(10)
    assert worker.now
    assert worker.now.state is State.FAILED
    assert worker.now.line.startswith(said)
    worker.start("Marking", lambda _: "", page="mark")
    assert worker.wait(10)
    assert worker.now.line == "Marking: done."


@pytest.fixture(scope="module")
def slow(serve: Serve, model: Path, surroundings: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> str:
    root = Path(shutil.copytree(model, tmp_path_factory.mktemp("slow") / "class"))
    base = f"http://127.0.0.1:{(port := free_port())}"
    words = ["jupyter_server", "--no-browser", "--allow-root", f"--ServerApp.root_dir={root}", f"--ServerApp.port={port}"]
    words += ["--ServerApp.jpserver_extensions={'tests.desk.slow_page': True, 'jupyterlab': False, 'voila.server_extension': False}"]
    serve(words, root, f"{base}/login", {**os.environ, **surroundings, "JUPYTER_TOKEN": "t", "PYTHONPATH": str(ROOT)})
    return base


def test_it_is_told_on_every_page(slow: str, page: Page) -> None:
    page.goto(f"{slow}/desk/slow?token=t")
    page.get_by_role("button", name="Start").click()
    bar = page.get_by_role("progressbar")
    expect(bar).to_be_visible()
    page.goto(f"{slow}/desk/home")
    page.evaluate("window.same = true")
    line = page.locator("#desk-work-line")
    expect(line).to_have_text("Counting: 0 of 3")
    other = page.context.new_page()
    other.goto(f"{slow}/desk/slow")
    other.get_by_role("button", name="Start").click()
    expect(other.locator(".desk-fault")).to_have_text("Counting: 0 of 3. Wait until that has ended, then do this again.")
    other.get_by_role("button", name="Go on").click()
    expect(line).to_have_text("Counting: 1 of 3", timeout=4_000)
    expect(bar).to_have_attribute("value", "1")
    assert violations(page) == []
    fits(page, 320)
    for step in (2, 3):
        other.get_by_role("button", name="Go on").click()
        if step == 2:
            expect(line).to_have_text("Counting: 2 of 3", timeout=4_000)
    expect(line).to_have_text("Counting: 3 steps were done.", timeout=4_000)
    expect(page.locator("#desk-tell")).to_have_text("Counting: 3 steps were done.")
    assert page.evaluate("window.same"), "it follows by itself"
    sent = {"X-XSRFToken": headers(page)["X-XSRFToken"], "Desk-Place": headers(page)["Desk-Place"], "Referer": f"{slow}/desk/home?find=x"}
    reply = page.request.post(f"{slow}/desk/put-away", headers=sent, form={"number": "0"}, max_redirects=0)
    assert reply.headers["location"] == "/desk/home?find=x", "without a script, too, one stays where one is"
    page.get_by_role("button", name="Put this away").click()
    expect(line).to_have_count(0)
    expect(page.locator("main")).to_be_focused()
    assert page.evaluate("window.same"), "it leads nowhere else"
    expect(other.locator("#desk-work-line")).to_have_count(0, timeout=4_000)


def test_one_that_failed_is_told_too(slow: str, page: Page) -> None:
    page.goto(f"{slow}/desk/slow?token=t&how=badly")
    page.goto(f"{slow}/desk/slow?how=badly")
    page.get_by_role("button", name="Start").click()
    expect(page.locator("#desk-work-line")).to_have_text("Counting: The disk is full.", timeout=4_000)
    expect(page.get_by_role("link", name="See what came of it")).to_be_visible()
