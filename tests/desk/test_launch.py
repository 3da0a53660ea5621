"""`autograde desk` outside of a class: the classes used before, a new one, and the way from one to another at one address."""

import json
import os
import re
import shutil
import signal
import stat
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from autograde.classes import used
from autograde.classes.folder import Course
from autograde.classes.packing import pack
from autograde.classes.used import FILE
from autograde.desk import classes
from autograde.desk.classes import CHOICE
from autograde.desk.launch import list_command
from autograde.desk.pages import Asked, UnfitError
from autograde.desk.work import Worker
from autograde.errors import ClassError
from tests.axe import violations
from tests.conftest import free_port
from tests.desk.conftest import Serve, fits, said, second, start


def test_the_classes_are_kept_in_order_and_for_their_owner_alone(course: Course, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(tmp_path / "settings"))
    assert used.used_before() == []
    other = Course(Path(shutil.copytree(course.root, tmp_path / "other")))
    for one in (course, other, course):
        used.remember(one)
    assert [one.folder for one in used.used_before()] == [str(course.root), str(other.root)]
    assert [one.name for one in used.used_before()] == ["Care level 2"] * 2
    file = tmp_path / "settings" / FILE
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    shutil.rmtree(other.root)
    assert [one.there for one in used.used_before()] == [True, False]
    used.forget(str(other.root))
    assert [one.there for one in used.used_before()] == [True]
    for odd in ("", "[]", '{"classes": [{"folder": "relative", "used": "2026-11-28"}, {"folder": 1}]}'):
        file.write_text(odd)
        assert used.used_before() == []


def test_only_the_command_can_go_to_another_class(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(CHOICE, raising=False)
    with pytest.raises(ClassError, match="autograde desk, in its folder"):
        classes.choose(course)


@pytest.mark.parametrize(
    ("verb", "fields", "field"),
    [
        ("open", {"folder": "~nobody-here/class"}, "folder"),
        ("new", {"name": "Care level 3", "where": "~nobody-here"}, "where"),
        ("bring", {"path": "~nobody-here/class.zip"}, "path"),
    ],
)
def test_the_home_of_nobody_is_no_folder(course: Course, verb: str, fields: dict[str, str], field: str) -> None:
    with pytest.raises(UnfitError, match="~nobody-here") as told:
        classes.PAGE.verbs[verb](Asked(course=course, worker=Worker(), fields=fields))
    assert told.value.field == field


def test_the_list_shows_nothing_of_jupyter() -> None:
    words = list_command(Path("/x"), 1)
    assert not [word for word in words if "token" in word]
    assert "'jupyterlab': False" in words[-2] + words[-1]


def test_a_class_is_made_and_opened_and_the_list_comes_back_and_opens_a_packed_one(
    page: Page, serve: Serve, course: Course, surroundings: dict[str, str], tmp_path: Path
) -> None:
    pack(course, tmp_path / "class.zip")
    (tmp_path / "there").mkdir()
    environment = {**surroundings, "JUPYTER_CONFIG_DIR": str(tmp_path / "settings"), "HOME": str(tmp_path)}
    (tmp_path / "elsewhere").mkdir()
    desk = start(serve, tmp_path / "elsewhere", environment, free_port())
    desk.enter(page)
    assert page.url == f"{desk.base}/desk/classes"
    expect(page.get_by_text("No class has been used on this computer yet.")).to_be_visible()
    assert violations(page) == []
    fits(page, 320)
    for path in ("lab", "formgrader", "tree"):
        assert page.request.get(f"{desk.base}/{path}").status == 404
    page.get_by_label("Name of the class").fill("Care level 3")
    page.get_by_label("Where its folder is made").fill("nowhere")
    page.get_by_role("button", name="Make the class").click()
    expect(page.get_by_text("There is no folder nowhere.")).to_be_visible()
    assert page.get_by_label("Name of the class").input_value() == "Care level 3"
    page.get_by_label("Where its folder is made").fill(str(tmp_path))
    page.get_by_role("button", name="Make the class").click()
    expect(page.get_by_role("heading", name="Opening Care level 3")).to_be_visible()
    expect(page.get_by_text("Nobody is in the class yet.")).to_be_visible(timeout=90_000)
    assert page.url == f"{desk.base}/desk/home"
    assert Course(tmp_path / "care-level-3").course_id == "care-level-3"
    page.get_by_role("link", name="Add your learners").click()
    expect(page.get_by_role("heading", name="Learners", exact=True)).to_be_visible()
    left = second(page.context)
    for window in (left, page):
        window.goto(f"{desk.base}/desk/learners")
        window.get_by_text("Add one learner").click()
        window.locator("#add-id").fill("zoe01")
        window.get_by_label("First name").fill("Zoe of level 3")
    page.get_by_text("Menu", exact=True).click()
    page.get_by_role("button", name="Other classes").click()
    expect(page.get_by_role("heading", name="Your classes", level=1)).to_be_visible(timeout=90_000)
    expect(page.get_by_role("button", name="Open Care level 3")).to_be_visible()
    page.get_by_role("button", name="Take off this list").click()
    said(page, "The class is on the list no more.")
    assert json.loads((tmp_path / "settings" / FILE).read_text())["classes"] == []
    form = page.locator("#form-bring")
    form.get_by_label("Where the class’s folder goes").fill(str(tmp_path / "there"))
    form.locator(".wb-button").click()
    expect(page.get_by_text("Choose the file that “Keep safe” has made")).to_be_visible()
    form.get_by_label("The file that was packed there").set_input_files(tmp_path / "class.zip")
    form.locator(".wb-button").click()
    expect(page.get_by_role("rowheader", name="Ana Evans")).to_be_visible(timeout=90_000)
    assert (tmp_path / "there" / "class" / "gradebook.db").is_file()
    for desks, ours in (("Care level 2", page), ("Care level 3", left)):
        expect(ours.locator(".desk-class")).to_have_text(desks)
    expect(left.locator("#desk-gone")).to_contain_text("The desk is at another class now", timeout=10_000)
    left.get_by_role("button", name="Add", exact=True).click()
    expect(left.locator("form.htmx-request")).to_have_count(0)
    page.goto(f"{desk.base}/desk/learners")
    expect(page.get_by_label("First name")).to_have_value("")
    expect(page.get_by_role("link", name="Zoe of level 3")).to_have_count(0)
    expect(left.get_by_label("First name")).to_have_value("Zoe of level 3")
    assert re.search(r"token=\S+", desk.server.log.read_text()), "only the first line tells the token"
    os.kill(desk.server.process.pid, signal.SIGINT)
    assert desk.server.process.wait(timeout=30) in {0, 130}
