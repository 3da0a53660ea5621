"""The same path where there is an exchange: fetched, answered, handed in, collected, marked and given back, all by it."""

import getpass
import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from playwright.sync_api import Page, expect

from autograde.classes.folder import Course
from tests.conftest import Server, free_port, is_saved
from tests.end_to_end.conftest import W01
from tests.end_to_end.test_student import SINGLE, WRITTEN, choose, write

STUDENT = getpass.getuser()  # an exchange knows people by their name on the machine


def test_a_workbook_goes_round_through_the_exchange(
    page: Page, run: Callable[..., CompletedProcess[str]], serve: Callable[..., Server], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root, course, home = tmp_path / "exchange", Course(tmp_path / "class"), tmp_path / "home"
    root.mkdir(mode=0o777)
    root.chmod(0o777)
    home.mkdir()
    run("autograde.cli", "new", course.root, "--name", "Round", "--exchange", root)
    (tmp_path / "roster.csv").write_text(f"id,first name,last name\n{STUDENT},Rosa,Round\n")
    run("autograde.cli", "roster", tmp_path / "roster.csv", cwd=course.root)
    run("autograde.cli", "release", "w01", cwd=course.root)

    settings = tmp_path / "settings"
    settings.mkdir()
    config = {"CourseDirectory": {"course_id": "round"}, "Exchange": {"root": str(root), "cache": str(tmp_path / "cache")}}
    (settings / "nbgrader_config.json").write_text(json.dumps(config))
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", os.pathsep.join([str(settings), os.environ.get("JUPYTER_CONFIG_PATH", "")]))
    port = free_port()
    base = f"http://localhost:{port}"
    server = serve(["workbook_helpers.cli", "open", str(home), "--no-browser", "--port", str(port)], home, f"{base}/login")
    address = re.search(r"http://\S+", server.log.read_text())
    assert address

    page.goto(address[0])
    page.get_by_role("button", name=re.compile("^Start")).click()
    page.get_by_role("link", name=re.compile("^Start")).click()
    expect(page.locator("#hand-in")).to_be_visible()
    choose(page, SINGLE, 0)
    write(page, WRITTEN, "Through the exchange.")
    page.locator("#w01-declaration input").check()
    is_saved(page.locator("#w01-declaration"))
    panel = page.locator("#hand-in")
    panel.get_by_label("Your learner ID").fill(STUDENT)
    expect(panel).not_to_contain_text("Please also tick")
    panel.get_by_role("button").click()
    panel.get_by_role("button", name="Hand in anyway").click()
    expect(panel.locator(".wb-receipt")).to_contain_text("Your tutor has it now", timeout=20_000)

    assert "1 hand-in taken in" in run("autograde.cli", "collect", "w01", cwd=course.root).stdout
    assert "1 hand-in marked" in run("autograde.cli", "mark", "w01", cwd=course.root).stdout
    with course.gradebook() as gradebook:
        gradebook.find_grade(WRITTEN, W01, W01, STUDENT).manual_score = 6
        gradebook.find_grade(WRITTEN, W01, W01, STUDENT).needs_manual_grade = False
        gradebook.find_comment(WRITTEN, W01, W01, STUDENT).manual_comment = "Well reasoned."
        gradebook.db.commit()
    assert "1 of them are on the exchange" in run("autograde.cli", "feedback", "w01", cwd=course.root).stdout

    page.goto(f"{base}/workbook")
    expect(page.locator("main")).to_contain_text("Not marked yet")
    page.get_by_role("button", name="Look for my feedback").click()
    expect(page.locator("main")).to_contain_text("Marked: your feedback is here")
    page.get_by_role("link", name="See my feedback").click()
    expect(page.locator("main")).to_contain_text("Well reasoned.")
