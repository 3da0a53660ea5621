"""A hand-in through nbgrader's own exchange, and a workbook fetched from it."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from http.cookiejar import CookieJar
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, build_opener

import pytest
from nbgrader.utils import notebook_hash

from tests.conftest import free_port

if TYPE_CHECKING:
    from tests.student.conftest import Desk

# A process of its own for each step: nbgrader reads its settings once, and a student's page is a process of its own.
STEPS = {
    "fetch_all": "new = names(); exchange.fetch(new[0], root); print(json.dumps([new, names()]))",
    "fetch": "exchange.fetch('w01-small', root)",
    "fetch_while_full": "signal.signal(signal.SIGXFSZ, signal.SIG_IGN); resource.setrlimit(resource.RLIMIT_FSIZE, (500, 500)); "
    "exchange.fetch('w01-small', root)",
    "list": "known = import_module('workbook_helpers.jupyter.pages.handlers').known(root); "
    "print(json.dumps([path.name for path in exchange.released(root, known)]))",
    "fetch_feedback": "import_module('workbook_helpers.jupyter.pages.handlers').fetch_feedback('w01-small', root)",
    "released_and_hand_in": "print(json.dumps([names(), handed_in().through]))",
    "hand_in": "print(json.dumps(asdict(handed_in())))",
}
STEP = """
import json, logging, os, resource, signal, sys, warnings
from dataclasses import asdict
from importlib import import_module
from pathlib import Path
warnings.simplefilter("ignore")  # of nbgrader's imports
from workbook_helpers.jupyter import exchange
from workbook_helpers.errors import HandInError
from workbook_helpers.hand_in import hand_in
from workbook_helpers.items import load_workbook
root, here = Path(sys.argv[1]), Path.cwd()
names = lambda: [path.name for path in exchange.released(root)]
handed_in = lambda: hand_in(load_workbook(next(root.rglob("w01-small"))), "ana01", exchange.submit)
try:
    {step}
except HandInError as error:
    sys.exit(str(error))
finally:
    assert Path.cwd() == here
"""


@dataclass(frozen=True, kw_only=True)
class College:
    """A machine with an exchange: where it is, and a student's empty folder on it."""

    course: Path
    desk: "Desk"
    environment: dict[str, str]

    def do(self, step: str) -> "subprocess.CompletedProcess[str]":
        """Do a step as the student's page does it."""
        command = [sys.executable, "-c", STEP.format(step=STEPS[step]), str(self.desk.root)]
        return subprocess.run(
            command, env=self.environment, cwd=self.desk.root, capture_output=True, encoding="utf-8", timeout=60, check=False
        )

    def get(self, step: str) -> Any:
        """Do a step that works, and give what it gives."""
        done = self.do(step)
        assert (done.returncode, done.stderr) == (0, ""), done.stderr
        return json.loads(done.stdout or "null")

    def submitted(self) -> list[Path]:
        """What has come in."""
        return sorted((self.course / "inbound").iterdir())


@pytest.fixture
def college(tmp_path: Path, desk: "Desk", new_desk: "type[Desk]", plain: dict[str, str]) -> College:
    """A college's exchange with the small workbook released in it, as nbgrader lays it out."""
    course = tmp_path / "exchange" / "care-2"
    for folder in ("inbound", "outbound", "feedback"):
        (course / folder).mkdir(parents=True)
    (tmp_path / "exchange").chmod(0o777)
    (course / "inbound").chmod(0o733)  # students may put in, not look
    workbook = new_desk(tmp_path / "tutor").add()
    shutil.copytree(workbook.folder, course / "outbound" / "w01-small")
    (course / "outbound" / "notes").mkdir()
    settings = tmp_path / "settings"
    settings.mkdir()
    config = {"Exchange": {"root": str(tmp_path / "exchange")}, "CourseDirectory": {"course_id": "care-2"}}
    (settings / "nbgrader_config.json").write_text(json.dumps(config))
    folders = {f"JUPYTER_{name}_DIR": str(tmp_path / name.lower()) for name in ("DATA", "RUNTIME")}
    environment = plain | folders | {"JUPYTER_CONFIG_DIR": str(settings)}
    return College(course=course, desk=desk, environment=environment)


def test_a_released_workbook_is_listed_and_fetched(college: College) -> None:
    assert college.get("fetch_all") == [["w01-small"], []]
    fetched, released = college.desk.root / "w01-small", college.course / "outbound" / "w01-small"
    assert {path.name: path.read_bytes() for path in fetched.iterdir()} == {path.name: path.read_bytes() for path in released.iterdir()}


def test_a_workbook_that_is_here_already_is_not_fetched_over(college: College) -> None:
    workbook = college.desk.add()
    college.desk.answer(workbook)
    before = {path.name: path.read_bytes() for path in workbook.folder.iterdir()}
    done = college.do("fetch")
    assert (done.returncode, done.stderr) == (1, "This workbook is not there any more. Load the page again.\n")
    assert {path.name: path.read_bytes() for path in workbook.folder.iterdir()} == before


def test_a_workbook_that_comes_only_half_leaves_nothing_and_is_fetched_again(college: College) -> None:
    done = college.do("fetch_while_full")
    told = "The workbook could not be fetched (File too large). Please try again, or tell your tutor.\n"
    assert (done.returncode, done.stderr, [*college.desk.root.iterdir()]) == (1, told, [])
    assert college.get("fetch_all") == [["w01-small"], []]


def test_feedback_comes_to_where_the_workbook_lies(college: College, new_desk: "type[Desk]") -> None:
    desk = new_desk(college.desk.root / "care-2")
    desk.answer(desk.add())
    assert college.get("list") == [], "what is on the shelf is offered as new"
    assert college.get("hand_in")["through"] == "exchange"
    (submitted,) = college.submitted()
    secret = (submitted / "submission_secret.txt").read_text()
    (college.course / "feedback" / f"{notebook_hash(secret=secret, notebook_id='w01-small')}.html").write_text("Well done.")
    college.get("fetch_feedback")
    (page,) = desk.root.glob("w01-small/feedback/*/w01-small.html")
    assert page.read_text() == "Well done."


def test_a_hand_in_reaches_the_tutor(college: College) -> None:
    workbook = college.desk.add()
    college.desk.answer(workbook)
    receipt = college.get("hand_in")
    assert (receipt["through"], receipt["answered"], receipt["total"]) == ("exchange", 2, 2)
    (submitted,) = college.submitted()
    assert re.fullmatch(r"[^+]+\+w01-small\+\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+ UTC\+[\w-]+", submitted.name)
    sent = {"answers.json", "manifest.json", "w01-small.ipynb"}
    assert {path.name for path in submitted.iterdir()} == sent | {"timestamp.txt", "submission_secret.txt"}
    manifest = json.loads((submitted / "manifest.json").read_bytes())
    assert (manifest["student"], manifest["assignment"], manifest["code"]) == ("ana01", "w01-small", receipt["code"])
    answers = json.loads((submitted / "answers.json").read_bytes())["answers"]
    assert {item: record["value"] for item, record in answers.items()} == {
        "w01-q01": "b",
        "w01-t01": "Gwaith – “tŷ” 🙂",
        "w01-declaration": True,
    }
    for path in submitted.iterdir():
        assert college.desk.private.encode() not in path.read_bytes()
    page = (college.desk.root / "handed-in" / receipt["file"].replace(".zip", ".html")).read_text("utf-8")
    assert "Your tutor has it now." in page
    assert "Give the file to your tutor" not in page
    assert len(college.desk.handed_in) == 3
    college.desk.answer(workbook, q01="a")
    assert college.get("hand_in")["code"] != receipt["code"]
    assert len(college.submitted()) == 2


def test_a_refusal_is_told_and_leaves_nothing(college: College) -> None:
    college.desk.answer(college.desk.add())
    shutil.rmtree(college.course / "outbound" / "w01-small")
    done = college.do("hand_in")
    assert done.returncode == 1
    assert done.stderr.startswith("Nothing was handed in: the college's exchange refused it (Assignment not found: ")
    assert done.stderr.endswith("Your answers are safe. Please tell your tutor.\n")
    assert done.stderr.count("\n") == 1
    assert college.submitted() == []
    assert college.desk.handed_in == []


def test_a_folder_that_nbgrader_finds_too_large_is_told(college: College) -> None:
    workbook = college.desk.add()
    college.desk.answer(workbook)
    settings = Path(college.environment["JUPYTER_CONFIG_DIR"], "nbgrader_config.json")
    config = json.loads(settings.read_bytes())
    config["CourseDirectory"]["max_dir_size"] = 1
    settings.write_text(json.dumps(config))
    done = college.do("hand_in")
    assert done.returncode == 1
    assert done.stderr.startswith("Nothing was handed in: the college's exchange refused it (Directory size is too big")
    assert (college.submitted(), college.desk.handed_in) == ([], [])


@pytest.mark.parametrize("missing", ["settings", "root", "course", "inbound"])
def test_without_an_exchange_the_file_counts(college: College, missing: str) -> None:
    college.desk.answer(college.desk.add())
    settings = Path(college.environment["JUPYTER_CONFIG_DIR"], "nbgrader_config.json")
    config = json.loads(settings.read_bytes())
    if missing == "settings":
        settings.unlink()
    elif missing == "inbound":
        (college.course / "inbound").rmdir()
    else:
        del config[{"root": "Exchange", "course": "CourseDirectory"}[missing]]
        settings.write_text(json.dumps(config))
    assert college.get("released_and_hand_in") == [[], "file"]
    assert len(college.desk.handed_in) == 3


def test_settings_in_a_students_folder_are_not_run(college: College) -> None:
    college.desk.answer(college.desk.add())
    (college.desk.root / "nbgrader_config.py").write_text("open('ran', 'w').close()\n")
    assert college.get("hand_in")["through"] == "exchange"
    assert not (college.desk.root / "ran").exists()


def test_my_workbooks_offers_it_and_the_button_fetches_it(
    college: College, monkeypatch: pytest.MonkeyPatch, serve: Callable[..., Any]
) -> None:
    for name, value in college.environment.items():
        if os.environ.get(name) != value:
            monkeypatch.setenv(name, value)
    port = free_port()
    address = f"http://127.0.0.1:{port}/workbook"
    command = ["workbook_helpers.cli", "open", str(college.desk.root), "--no-browser", "--port", str(port)]
    server = serve(command, college.desk.root, address)
    token = re.search(r"\?token=([0-9a-f]+)", server.log.read_text())
    assert token is not None
    browser = build_opener(HTTPCookieProcessor(CookieJar()))
    with browser.open(f"{address}?token={token[1]}", timeout=60) as answer:
        page = answer.read().decode()
    [card] = json.loads(page.partition('id="wb-shelf">')[2].partition("</script>")[0])
    assert (card["title"], card["minutes"], card["fetch"], card["href"]) == ("A small workbook", [15, 15], "/workbook/start", "")
    form = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]+)"', page))
    assert set(form) == {"_xsrf"}
    form["assignment"] = card["assignment"]
    with browser.open(f"{address}/start", urlencode(form).encode(), timeout=60) as answer:
        page = answer.read().decode()
        assert answer.url == address
    [card] = json.loads(page.partition('id="wb-shelf">')[2].partition("</script>")[0])
    assert (card["href"], card["mine"]["answered"], "fetch" in card) == ("/voila/render/w01-small/w01-small.ipynb", {}, False)
    assert (college.desk.root / "w01-small" / "w01-small.ipynb").is_file()
    server.stop()
    assert len(server.log.read_text().splitlines()) == 2, server.log.read_text()
