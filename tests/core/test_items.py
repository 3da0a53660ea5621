"""Items say what an answer to them is, and bring into the page all that it knows of them."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT, Rules
from workbook_helpers.errors import ContentError
from workbook_helpers.items import KINDS, Item, Purpose, Workbook, load_workbook
from workbook_helpers.items.documents import BodyMark, Document, Message

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
    yes = {"id": "a", "part": "One", "verdict": "right", "text": "Yes, because it is."}
    no = {"id": "b", "part": "Two", "verdict": "wrong", "text": "No, because it is not."}
    assert rules("respond", single, "a") == {"right": True, "notes": [yes]}
    assert rules("respond", single, "b") == {"right": False, "notes": [no]}  # the right one is not named: it can be tried again
    assert rules("respond", multiple, ["b"]) == {"right": False, "notes": [no], "missing": 1}  # nor is what is missing
    assert rules("respond", multiple, ["b", "a"]) == {"right": False, "notes": [yes, no], "missing": 0}
    assert rules("respond", multiple, ["a"]) == {"right": True, "notes": [yes], "missing": 0}


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
    (folder / "items.toml").unlink()
    with pytest.raises(ContentError, match=r"items\.toml is missing"):
        load_workbook(folder)
    with pytest.raises(ContentError, match="is no workbook folder"):
        load_workbook(tmp_path)


def test_every_purpose_is_known() -> None:
    assert {purpose.value for purpose in Purpose} == {"practice", "assessed", "private", "record"}


def test_a_book_holds_what_a_page_needs_and_no_key() -> None:
    for folder in sorted((ROOT / "workbooks").glob("w[0-9][0-9]-*")):
        workbook = load_workbook(folder)
        book = json.loads(json.dumps(workbook.book()))
        assert set(book) == {
            *(
                "workbook",
                "assignment",
                "title",
                "release",
                "class_id",
                "items",
                "documents",
                "pools",
                "sections",
                "privacy",
                "hand_in_words",
                "hand_in_link",
            )
        }
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


DOCUMENT = 'id = "w09-d01"\nform = "{}"\ntitle = "Chart"\n{}\n'
QUESTION = '[[items]]\nid = "w09-q0{}"\nkind = "short"\npurpose = "assessed"\npoints = 1\nstem = "?"\ndocument = "w09-d01"\n'
TABLE = 'head = ["Time", "By"]\nrows = [["08:00", ""]]'


@pytest.mark.parametrize(
    ("form", "lines", "fault"),
    [
        ("page", "", "line 2, document w09-d01: the form page needs text"),
        ("poster", "", "document w09-d01, form: Input should be"),
        ("table", 'head = ["A"]', "the form table needs rows"),
        ("table", 'head = ["A"]\nrows = [["a", "b"]]', "row 1 has 2 cells, and head has 1"),
        ("table", 'head = ["A", "B"]\nrows = [["", "b"]]', "row 1 has nothing in its first cell"),
        ("page", f'text = ["A"]\n{TABLE}', "head belongs to the form table, and form is page"),
        ("body-map", 'marks = [{ at = "arm", text = "A" }]', "marks.0: at is 'arm'; write “left” or “right” with eye"),
        ("body-map", 'marks = [{ at = "left chest, front", text = "A" }]', "at is 'left chest, front'"),
        ("messages", 'messages = [{ by = "A", text = "B", to = "C" }]', "messages.0.to: there is no such field"),
        ("page", 'text = ["A"]\n[[documents]]\nid = "w09-d01"\nform = "page"\ntitle = "B"\ntext = ["B"]', "must be unique and begin"),
        ("page", 'text = ["A"]\n[[documents]]\nid = "w09-d02"\nform = "page"\ntitle = "B"\ntext = ["B"]', "w09-d02: no item rests on this"),
        (
            "page",
            'text = ["A"]\n[[items]]\nid = "w09-d01"\nkind = "short"\npurpose = "assessed"\npoints = 1\nstem = "?"',
            "an item has this id",
        ),
    ],
)
def test_a_fault_of_a_document_is_told_with_its_line(tmp_path: Path, form: str, lines: str, fault: str) -> None:
    with pytest.raises(ContentError, match=re.escape(fault)):
        resting(tmp_path, "[[documents]]\n" + DOCUMENT.format(form, lines))


def test_an_item_rests_on_a_document_that_is_there(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match=r"line 4, item w09-q01: it rests on the document 'w09-d01', which is not there"):
        resting(tmp_path, "\n")
    workbook = resting(tmp_path, "[[documents]]\n" + DOCUMENT.format("table", TABLE) + 'text = ["Signed: <b>"]')
    [document] = workbook.documents.values()
    assert all(item.rests_on is document for item in workbook.items.values())
    assert workbook.book()["items"]["w09-q01"]["document"] == "w09-d01"
    drawn = document.as_html(shown=True)
    assert drawn.startswith('<details class="wb-document" open><summary>Document<span>: Chart</span></summary>')
    assert '<th scope="col" role="columnheader">By</th></tr></thead>' in drawn
    assert '<th scope="row" role="rowheader" data-head="Time:">08:00</th><td role="cell" data-head="By:"></td></tr>' in drawn
    assert "<p>Signed: &lt;b&gt;</p>" in drawn


def test_a_head_that_ends_with_a_mark_of_its_own_gets_no_colon(tmp_path: Path) -> None:
    table = TABLE.replace("By", "In the plan?")
    [document] = resting(tmp_path, "[[documents]]\n" + DOCUMENT.format("table", table)).documents.values()
    assert 'data-head="In the plan?"' in document.as_html(shown=True)


def test_a_dose_stands_on_one_line() -> None:
    sheet = Document(id="w09-d01", form="page", title="Chart, 8 am", text=("- Paracetamol 1 g, 2.5 mg, 2 grapes",)).as_html()
    assert "8\u00a0am" in sheet
    assert "Paracetamol 1\u00a0g, 2.5\u00a0mg, 2 grapes" in sheet


def test_marks_on_a_body_map_stand_where_their_places_are() -> None:
    """The left of a person is on the right of whoever looks at them from the front, and on the left from behind."""
    ats = ("left hand, front", "right hand, front", "left hand, back", "right hand, back", "chest, front")
    left, right, left_back, right_back, chest = (BodyMark(at=at, text="Bruise").spot() for at in ats)
    assert right < chest < left < left_back < right_back
    for at in (*ats, "right hand, back", "left foot, back"):
        many = Document(id="w09-d01", form="body-map", title="Map", marks=tuple(BodyMark(at=at, text="Bruise") for _ in range(20)))
        spots = {(int(x), int(y)) for x, y in re.findall(r'<circle cx="(-?\d+)" cy="(\d+)"', many.as_html())}
        assert len(spots) == 20, "none lies on another"
        assert all(0 <= x <= 250 and y <= 277 for x, y in spots), "all are within the drawing"


@pytest.mark.parametrize(
    ("by", "other"),
    [
        (("Carys, daughter", "Kofi", "Kofi, note for the team", "Carys, daughter"), [False, True, True, False]),
        (("Bus driver", "Hugh, brother", "Asha"), [False] * 3),
        (("Nia", "Nia"), [False] * 2),
    ],
    ids=["two", "more", "one"],
)
def test_a_thread_has_two_sides_where_two_people_write(by: tuple[str, ...], other: list[bool]) -> None:
    thread = Document(id="w09-d01", form="messages", title="Thread", messages=tuple(Message(by=one, text="Hello") for one in by))
    shown = re.findall(r"<li( class=.wb-paper-other.)?>", thread.as_html())
    assert [bool(one) for one in shown] == other


def resting(folder: Path, documents: str) -> Workbook:
    """Read a workbook of two questions that rest on w09-d01."""
    home = folder / "w09-test"
    home.mkdir(exist_ok=True)
    (home / "workbook.toml").write_text('id = "w09"\ntitle = "Test"\norder = 9\nminutes = 5\n')
    (home / "items.toml").write_text(f"{documents}\n{QUESTION.format(1)}{QUESTION.format(2)}", "utf-8")
    return load_workbook(home)


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
