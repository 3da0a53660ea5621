"""What the page of a workbook in JupyterLab has of the student's answers in those before it."""

from pathlib import Path

import pytest

from tests.conftest import ROOT
from workbook_helpers.answers import AnswerStore, Saved
from workbook_helpers.items import load_workbook
from workbook_helpers.jupyter.widgets.session import Session

TRIED = {"n": 2, "first": [], "checked": True, "shown": False}
ABOUT = """id = "{0}"
title = "One"
order = 1
minutes = 5
"""
ITEM = """[[items]]
id = "{0}"
kind = "single"
purpose = "practice"
stem = "Which?"
about = {1}
options = [{{ id = "a", text = "A", right = true, feedback = "Yes." }}, {{ id = "b", text = "B", right = false, feedback = "No." }}]
"""


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    """Two workbooks: an item of the second brings back one of the first, and one that is not there."""
    for short, item in (("w01", ITEM.format("w01-p01", "[]")), ("w02", ITEM.format("w02-e01", '["w01-p01", "w01-p09", "w07-p01"]'))):
        folder = tmp_path / f"{short}-one"
        folder.mkdir()
        (folder / "workbook.toml").write_text(ABOUT.format(short), "utf-8")
        (folder / "items.toml").write_text(item, "utf-8")
    return tmp_path


def earlier(shelf: Path) -> object:
    told = Session(shelf / "w02-one").answer({"do": "open", "n": 1})
    assert told is not None
    return told["earlier"]


def test_how_earlier_practice_went_comes_with_the_answer(shelf: Path) -> None:
    assert earlier(shelf) == {}
    assert not (shelf / "w01-one/answers.json").exists(), "looking makes no copy"
    store = AnswerStore(shelf / "w01-one", "w01")
    saved = store.put("w01-p01", "b")
    assert isinstance(saved, Saved)
    assert earlier(shelf) == {"w01-p01": {"value": "b", "saved_at": saved.saved_at, "tried": None}}
    store.keep_tried("w01-p01", TRIED, saved.revision)
    assert earlier(shelf) == {"w01-p01": {"value": "b", "saved_at": saved.saved_at, "tried": TRIED}}
    store.put("w01-p01", "z")
    assert earlier(shelf) == {}, "no answer to the question as it is now"


def test_what_an_item_is_about_is_no_part_of_others() -> None:
    workbook = load_workbook(next(ROOT.glob("workbooks/w02-*")))
    assert {name for name, item in workbook.book()["items"].items() if "about" in item} == {f"w02-e0{n}" for n in range(1, 6)}
    assert workbook.looks_back()
    assert all(name.startswith("w01-") for name in workbook.looks_back())
