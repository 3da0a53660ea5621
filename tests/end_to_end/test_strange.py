"""Strange hand-ins: the class is marked to its end, each oddity is one line, and every original stays as it came."""

import hashlib
import json
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Dialog, Page, expect

from autograde.classes.folder import Course
from tests.conftest import asked, free_port, real_workbook
from tests.end_to_end.conftest import W01
from tests.end_to_end.test_tutor import rows

SINGLE, MULTIPLE = asked("single"), asked("multiple")
OTHER = next(item.id for item in real_workbook().assessed() if item.kind == "single" and item.id != SINGLE)
LOOP = "while True: pass"
SCRIPT = "<script>document.title = 'stolen'; alert(1)</script> </div><img src=x onerror=alert(2)> $\\require{x}$ [x](javascript:alert(3))"


def answers(values: dict[str, Any]) -> str:
    records = {item: {"value": value} for item, value in values.items()}
    return json.dumps({"schema": 1, "workbook": "w01", "revision": 1, "answers": records})


def edit(folder: Path, change: Callable[[list[dict[str, Any]]], None]) -> None:
    path = folder / f"{W01}.ipynb"
    notebook = json.loads(path.read_text())
    change(notebook["cells"])
    path.write_text(json.dumps(notebook))


def mixed_cells(cells: list[dict[str, Any]]) -> None:
    graded = [cell for cell in cells if "nbgrader" in cell["metadata"]]
    cells.append(graded[0])  # the same grade_id twice, which stops nbgrader's whole batch
    cells.remove(graded[1])
    graded[2]["source"] = "print('all the points')"
    graded[3]["metadata"]["nbgrader"]["points"] = 1000


def code_cell(cells: list[dict[str, Any]]) -> None:
    cells.insert(0, {"cell_type": "code", "id": "loop", "metadata": {}, "source": LOOP, "outputs": [], "execution_count": None})


def spoil(submitted: Path) -> None:
    """Make each student's submission strange in its own way."""
    (submitted / "s001" / W01 / f"{W01}.ipynb").write_text('{"cells": [')
    (submitted / "s002" / W01 / "answers.json").unlink()
    (submitted / "s003" / W01 / "answers.json").write_text("<html>not JSON")
    (submitted / "s004" / W01 / "answers.json").write_text(answers({SINGLE: "zz", MULTIPLE: ["a", "nonsense"], "w09-x1": "?", OTHER: "a"}))
    with (submitted / "s005" / W01 / "answers.json").open("wb") as file:
        file.truncate(50_000_000)
    (submitted / "s006" / W01 / "answers.json").write_text('{"answers":' * 100_000)
    (submitted / "s007" / W01 / "answers.json").write_text(answers({SINGLE: ["a"], MULTIPLE: {"a": 1}, "w01-t01": 7, OTHER: None}))
    edit(submitted / "s008" / W01, mixed_cells)
    edit(submitted / "s009" / W01, code_cell)
    (submitted / "s010" / W01 / "answers.json").write_text(answers({"w01-t01": SCRIPT}))
    link = submitted / "s011" / W01 / "answers.json"
    link.unlink()
    link.symlink_to("/etc/hostname")
    (submitted / "s012" / W01 / "timestamp.txt").write_text("2030-01-03 12:00:00 UTC")
    shutil.copytree(submitted / "s009" / W01, submitted / "nobody" / W01)


EXPECTED = {
    "s001": "its notebook cannot be read; the answers count all the same",
    "s002": "there is no answers file: a person decides",
    "s003": "the answers file is not JSON: a person decides",
    "s004": "1 answers to items that this workbook does not have were left out",
    "s005": "the answers file has 50 MB; the limit is 5 MB: a person decides",
    "s006": "the answers file is nested too deeply: a person decides",
    "s007": f"{SINGLE} expected one option id, got list",
    "s008": "its notebook was changed; the answers count all the same",
    "s009": "its notebook was changed; the answers count all the same",
    "s010": "the declaration is not signed",
    "s011": "the answers file is not a plain file: a person decides",
    "s012": "late by 2 days",
    "nobody": "is not on the roster",
}


def digests(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.fixture(scope="module")
def strange(course: Course, tmp_path_factory: pytest.TempPathFactory) -> Course:
    own = Course(Path(shutil.copytree(course.root, tmp_path_factory.mktemp("strange") / "class")))
    spoil(own.root / "submitted")
    with own.gradebook() as gradebook:
        gradebook.update_or_create_assignment(W01, duedate=datetime(2030, 1, 1, 12, tzinfo=UTC).replace(tzinfo=None))
    return own


@pytest.fixture(scope="module")
def marked(strange: Course, tmp_path_factory: pytest.TempPathFactory, run: Callable[..., subprocess.CompletedProcess[str]]) -> Course:
    """The same, marked: what is new in it alone, as the command does by itself."""
    own = Course(Path(shutil.copytree(strange.root, tmp_path_factory.mktemp("marked") / "class", symlinks=True)))
    run("autograde.cli", "mark", "w01", cwd=own.root, code=1)
    return own


def test_the_class_is_marked_to_its_end(strange: Course, tmp_path: Path, run: Callable[..., subprocess.CompletedProcess[str]]) -> None:
    ours, theirs = (Course(Path(shutil.copytree(strange.root, tmp_path / name, symlinks=True))) for name in ("ours", "theirs"))
    before = digests(ours.root / "submitted")
    printed = run("autograde.cli", "mark", "w01", "--force", cwd=ours.root, code=1).stdout  # "nobody" is not on the roster
    lines = [line.strip() for line in printed.splitlines()]
    for student, oddity in EXPECTED.items():
        assert sum(line == f"{student}: {oddity}" for line in lines) == 1, (student, printed)
    assert digests(ours.root / "submitted") == before
    by_item = {row[:3]: row for row in rows(ours)}
    full = real_workbook().items[SINGLE].points
    assert by_item["s001", "grade", SINGLE][3] == full, "a truncated notebook costs nothing: answers count"
    assert by_item["s008", "grade", SINGLE][7] == full, "edited metadata is not looked at"
    for student in ("s002", "s003", "s005", "s006", "s011"):
        given = [row for row in rows(ours) if row[:2] == (student, "grade")]
        assert len(given) == len(strange.workbook(W01).assessed())
        assert {(row[3], row[6]) for row in given} == {(None, True)}, "nothing is marked by default"
    assert (by_item["s004", "grade", SINGLE][3], by_item["s004", "grade", SINGLE][6]) == (None, True)
    assert by_item["s004", "grade", OTHER][3] is not None
    done = run("nbgrader", "autograde", W01, "--force", cwd=theirs.root, code=1)  # 1: "nobody" is not on the roster
    assert "nobody" in done.stderr
    assert rows(ours) == rows(theirs)
    assert digests(theirs.root / "submitted") == before


def test_no_feedback_until_a_person_has_looked(
    marked: Course, tmp_path: Path, run: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    own = Course(Path(shutil.copytree(marked.root, tmp_path / "class", symlinks=True)))
    printed = run("autograde.cli", "feedback", "w01", cwd=own.root, code=1).stdout
    assert f"s003: no page. {len(own.workbook(W01).assessed())} to mark by a person" in printed
    assert "nobody: no page" in printed


def test_a_script_in_an_answer_is_only_text(
    marked: Course, tmp_path: Path, run: Callable[..., subprocess.CompletedProcess[str]], page: Page, environment: dict[str, str]
) -> None:
    own = Course(Path(shutil.copytree(marked.root, tmp_path / "class", symlinks=True)))
    run("autograde.cli", "feedback", "w01", "--partial", cwd=own.root, code=1)
    dialogs: list[str] = []

    def dialog_opened(dialog: Dialog) -> None:
        dialogs.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", dialog_opened)
    with own.gradebook() as gradebook:
        submission = gradebook.find_submission_notebook(W01, W01, "s010").id
    command = [sys.executable, "-m", "autograde.cli", "serve", "--no-browser", "--port", str(free_port())]
    with subprocess.Popen(command, cwd=own.root, env=environment, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            address = re.search(r"http://\S+", server.stdout.readline())
            assert address
            page.goto(address[0])
            page.goto(re.sub(r"/formgrader\?.*", f"/formgrader/submissions/{submission}/", address[0]))
            expect(page.locator(".answer").first).to_have_text(SCRIPT)
            assert page.locator(".answer script, .answer img, .answer a").count() == 0
        finally:
            server.send_signal(signal.SIGINT)
            server.wait(timeout=30)
    page.goto((own.path("feedback", "s010", W01) / f"{W01}.html").as_uri())
    expect(page.locator(".answer").first).to_have_text(SCRIPT)
    assert page.title().startswith("Feedback")
    assert dialogs == []
