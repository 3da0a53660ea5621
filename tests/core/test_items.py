"""Items say what an answer to them is, and bring into the page all that it knows of them."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT, Rules
from workbook_helpers.errors import ContentError
from workbook_helpers.items import KINDS, Item, Purpose, load_workbook

OPTIONS = [{"id": "a", "text": "One"}, {"id": "b", "text": "Two"}]
ANSWERED = [
    {"id": "a", "text": "One", "right": True, "feedback": "Yes, because it is."},
    {"id": "b", "text": "Two", "right": False, "feedback": "No, because it is not."},
]
BASE: dict[str, dict[str, Any]] = {
    "single": {"purpose": "assessed", "points": 1, "options": OPTIONS},
    "multiple": {"purpose": "assessed", "points": 2, "options": OPTIONS},
    "written": {"purpose": "assessed", "points": 10, "words": 100},
    "declaration": {"purpose": "record", "statement": "It is mine."},
}


def item(kind: str, **changes: Any) -> Item:
    return KINDS[kind].model_validate({"id": "w01-x1", "kind": kind, "stem": "Which?", **BASE[kind], **changes})


@pytest.mark.parametrize(
    ("kind", "value", "fault"),
    [
        pytest.param("single", "a", "", id="single-ok"),
        pytest.param("single", None, "", id="single-none"),
        pytest.param("single", "c", "option", id="single-unknown"),
        pytest.param("single", ["a"], "expected one", id="single-list"),
        pytest.param("single", {"a": 1}, "expected one", id="single-object"),
        pytest.param("multiple", ["b", "a"], "", id="multiple-ok"),
        pytest.param("multiple", [], "", id="multiple-empty"),
        pytest.param("multiple", ["a", "a"], "twice", id="multiple-twice"),
        pytest.param("multiple", "a", "expected a list", id="multiple-text"),
        pytest.param("multiple", [["a"]], "expected a list", id="multiple-nested"),
        pytest.param("multiple", ["z"], "option", id="multiple-unknown"),
        pytest.param("written", "Dw i'n gweithio yma 🙂", "", id="written-ok"),
        pytest.param("written", "x" * 100_001, "characters long", id="written-too-long"),
        pytest.param("written", "\ud800", "not valid text", id="written-surrogate"),
        pytest.param("written", 3, "expected text", id="written-number"),
        pytest.param("declaration", True, "", id="declaration-ok"),
        pytest.param("declaration", "yes", "true or false", id="declaration-text"),
        pytest.param("declaration", 1, "true or false", id="declaration-one"),
    ],
)
def test_problem_tells_answers_from_other_values(kind: str, value: Any, fault: str) -> None:
    problem = item(kind).problem(value)
    assert (problem is None) if not fault else (fault in (problem or ""))


@pytest.mark.parametrize(("kind", "blank"), [("single", None), ("multiple", []), ("written", " \n "), ("declaration", False)])
def test_blank(kind: str, blank: Any) -> None:
    assert item(kind).is_blank(blank)


def test_practice_answers_with_the_reason_for_each_option(rules: Rules) -> None:
    single, multiple = (item(kind, purpose="practice", points=0, options=ANSWERED).public() for kind in ("single", "multiple"))
    yes = {"part": "One", "verdict": "right", "text": "Yes, because it is."}
    no = {"part": "Two", "verdict": "wrong", "text": "No, because it is not."}
    assert rules("respond", single, "a") == {"right": True, "notes": [yes]}
    assert rules("respond", single, "b") == {"right": False, "notes": [no]}  # the right one is not named: it can be tried again
    assert rules("respond", multiple, ["b"]) == {"right": False, "notes": [yes | {"verdict": "missed"}, no]}
    assert rules("respond", multiple, ["b", "a"]) == {"right": False, "notes": [yes, no]}
    assert rules("respond", multiple, ["a"]) == {"right": True, "notes": [yes]}


@pytest.mark.parametrize("kind", ["single", "multiple"])
def test_what_is_right_is_in_the_page_for_practice_alone(kind: str) -> None:
    assert item(kind, purpose="practice", points=0, options=ANSWERED).public()["options"] == ANSWERED
    assert item(kind).public()["options"] == OPTIONS


@pytest.mark.parametrize(
    ("kind", "changes", "fault"),
    [
        ("single", {"options": ANSWERED}, "only a practice item may"),
        ("single", {"purpose": "practice", "points": 0}, "needs right"),
        ("single", {"points": 0}, "points above 0"),
        ("single", {"options": [OPTIONS[0], OPTIONS[0]]}, "share an id"),
        ("single", {"colour": "red"}, "Extra inputs"),
        ("single", {"id": "w01.x1"}, "pattern"),
        ("declaration", {"purpose": "assessed", "points": 1}, "record"),
    ],
)
def test_author_faults_are_told(kind: str, changes: dict[str, Any], fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        item(kind, **changes)


def test_a_fault_in_a_file_names_file_line_and_item(tmp_path: Path) -> None:
    folder = tmp_path / "w09-test"
    folder.mkdir()
    (folder / "workbook.toml").write_text('id = "w09"\ntitle = "Test"\norder = 9\nminutes = 5\n')
    (folder / "items.toml").write_text('\n[[items]]\nid = "w09-q01"\nkind = "single"\npurpose = "assessed"\nstem = "?"\noptions = []\n')
    with pytest.raises(ContentError, match=r"w09-test/items\.toml, line 3, item w09-q01"):
        load_workbook(folder)
    (folder / "items.toml").write_text('[[items]]\nid = "w09-q01"\nkind = "essay"\n')
    with pytest.raises(ContentError, match="'essay', but must be one of"):
        load_workbook(folder)
    (folder / "items.toml").write_text("[[items]\n")
    with pytest.raises(ContentError, match=r"items\.toml cannot be read"):
        load_workbook(folder)
    with pytest.raises(ContentError, match="is no workbook folder"):
        load_workbook(tmp_path)


def test_every_purpose_is_known() -> None:
    assert {purpose.value for purpose in Purpose} == {"practice", "assessed", "private", "record"}


def test_a_book_holds_what_a_page_needs_and_no_key() -> None:
    for folder in sorted((ROOT / "workbooks").glob("w[0-9][0-9]-*")):
        workbook = load_workbook(folder)
        book = json.loads(json.dumps(workbook.book()))
        assert set(book) == {*("workbook", "assignment", "title", "release", "class_id", "items", "pools", "hand_in_words", "hand_in_link")}
        assert list(book["items"]) == list(workbook.items)
        assert (book["release"], book["assignment"]) == (workbook.release, folder.name)
        for spec in book["items"].values():
            assert {"id", "kind", "purpose", "stem", "points", "shuffle"} <= set(spec)
            told = sorted(fields(spec) & {"right", "feedback", "hint", "criterion", "section"})
            assert told == [] or spec["purpose"] == "practice"
            if spec["purpose"] == "assessed":
                assert not any(spec.get(name) for name in ("accepted", "near"))
                assert all(
                    set(part) == {"id", "text"}
                    for name in ("options", "people", "facts", "statements", "cards")
                    for part in spec.get(name, [])
                )


def fields(value: Any) -> set[str]:
    if isinstance(value, dict):
        return set(value).union(*map(fields, value.values()))
    return set().union(*map(fields, value)) if isinstance(value, list) else set()


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ('hand_in_words = "Upload it in Moodle under Workbook 1."\nhand_in_link = "https://moodle.example.org/w1"', ""),
        (f'hand_in_words = "{"x" * 301}"', "at most 300"),
        ('hand_in_link = "javascript:alert(1)"', "pattern"),
    ],
)
def test_what_to_do_with_the_file_is_said_in_words_and_a_link(tmp_path: Path, line: str, fault: str) -> None:
    folder = tmp_path / "w09-test"
    folder.mkdir()
    (folder / "workbook.toml").write_text(f'id = "w09"\ntitle = "Test"\norder = 9\nminutes = 5\n{line}\n')
    (folder / "items.toml").write_text("")
    if fault:
        with pytest.raises(ContentError, match=fault):
            load_workbook(folder)
    else:
        assert load_workbook(folder).book()["hand_in_link"].startswith("https://moodle")
