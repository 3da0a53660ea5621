"""Marks follow their stated rules, and nothing is marked by default."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograde.content import load_key, load_rubrics
from autograde.marking import Key, KeyEntry, Status, mark_item, mark_sheet
from autograde.marking.kinds import MARKERS
from workbook_helpers.answers import Answer, AnswerSheet
from workbook_helpers.items import KINDS, Item, Workbook, load_workbook
from workbook_helpers.items.workbook import WorkbookFile

WORKBOOKS = sorted(path.parent for path in Path(__file__).parents[2].glob("workbooks/*/workbook.toml"))
IDS = ["a", "b", "c", "d", "e"]


def options(n: int) -> list[dict[str, str]]:
    return [{"id": name, "text": f"Option {name}"} for name in IDS[:n]]


def book(*items: Item) -> Workbook:
    about = WorkbookFile(id="w01", title="T", order=1, minutes=(1, 1))
    return Workbook(folder=Path("w01-test"), about=about, items={item.id: item for item in items})


SINGLE = KINDS["single"].model_validate(
    {"id": "w01-q01", "kind": "single", "purpose": "assessed", "points": 1, "stem": "?", "options": options(4)}
)
MULTIPLE = KINDS["multiple"].model_validate(
    {"id": "w01-q02", "kind": "multiple", "purpose": "assessed", "points": 2, "stem": "?", "options": options(5)}
)
WRITTEN = KINDS["written"].model_validate(
    {"id": "w01-t01", "kind": "written", "purpose": "assessed", "points": 10, "stem": "?", "words": 50}
)
KEY = Key(
    workbook="w01",
    version=3,
    keys={"w01-q01": KeyEntry(right="b", reason="Because."), "w01-q02": KeyEntry(right=["a", "b", "c"], reason="Because.")},
)


def sheet(**values: Any) -> AnswerSheet:
    return AnswerSheet(answers={key.replace("_", "-"): Answer(value=value) for key, value in values.items()}, unreadable={})


@pytest.mark.parametrize(
    ("chosen", "points"),
    [
        pytest.param(["a", "b", "c"], 2.0, id="all-right"),
        pytest.param(["c", "b", "a"], 2.0, id="order-does-not-matter"),
        pytest.param(["a", "b"], 1.33, id="two-of-three"),
        pytest.param(["a", "b", "d"], 0.67, id="two-right-one-wrong"),
        pytest.param(["a", "d", "e"], 0.0, id="never-below-zero"),
        pytest.param(IDS, 0.67, id="everything"),
    ],
)
def test_multiple_gives_right_less_wrong(chosen: list[str], points: float) -> None:
    assert mark_sheet(book(MULTIPLE), KEY, sheet(w01_q02=chosen))["w01-q02"].points == points


def test_each_item_gets_a_mark_with_its_status() -> None:
    workbook = book(SINGLE, MULTIPLE, WRITTEN)
    found = AnswerSheet(
        answers={"w01-q01": Answer(value="b"), "w01-t01": Answer(value="My words.")}, unreadable={"w01-q02": "names one option twice"}
    )
    marks = mark_sheet(workbook, KEY, found)
    assert [(m.item, m.points, m.status) for m in marks.values()] == [
        ("w01-q01", 1.0, Status.MARKED),
        ("w01-q02", None, Status.UNREADABLE),
        ("w01-t01", None, Status.NEEDS_PERSON),
    ]
    assert len({mark.answer for mark in marks.values()}) == 3, "each says which answer it is for"
    blank = mark_sheet(workbook, KEY, sheet(w01_t01="  "))
    assert {(mark.points, mark.status) for mark in blank.values()} == {(0, Status.NOT_ATTEMPTED)}


def test_a_sheet_that_cannot_be_read_is_left_to_a_person() -> None:
    marks = mark_sheet(book(SINGLE, WRITTEN), KEY, AnswerSheet(answers={}, unreadable={}, problem="the answers file is not JSON"))
    assert {(mark.points, mark.status) for mark in marks.values()} == {(None, Status.UNREADABLE)}


@given(st.sampled_from([None, *IDS[:4]]), st.none() | st.lists(st.sampled_from(IDS), unique=True))
def test_any_answer_is_marked_between_nothing_and_the_maximum(single: Any, multiple: Any) -> None:
    for mark in mark_sheet(book(SINGLE, MULTIPLE), KEY, sheet(w01_q01=single, w01_q02=multiple)).values():
        assert mark.points is not None
        assert 0 <= mark.points <= mark.max


SHORT = KINDS["short"].model_validate({"id": "w01-q03", "kind": "short", "purpose": "assessed", "points": 2, "stem": "?"})
GAPS = KINDS["gaps"].model_validate(
    {"id": "w01-q04", "kind": "gaps", "purpose": "assessed", "points": 2, "stem": "?", "text": "The {line} of {whole}."}
    | {"gaps": [{"id": "line"}, {"id": "whole", "options": options(2)}]}
)


@pytest.mark.parametrize("typed", ["edge", "Edge", "edge ", "“Edge.”", "edgee", "…", "Boundary ", "boundery"])
def test_an_answer_accepted_beside_the_key_is_compared_as_the_key_is(typed: str) -> None:
    def points(item: Item, right: Any, also: Any, value: Any) -> float | None:
        key = Key(workbook="w01", version=1, keys={item.id: KeyEntry(right=right, reason="So.", also=(also,))})
        return mark_item(item, key, sheet(**{item.id: value}), item.id).points

    good = typed not in ("edgee", "…")
    assert points(SHORT, ["boundary"], "edge", typed) == 2 * good
    assert points(GAPS, {"line": ["boundary"], "whole": "a"}, {"line": "edge", "whole": "b"}, {"line": typed, "whole": "b"}) == (
        1 if typed.lower().startswith("bound") else 2 * good
    )
    assert points(GAPS, {"line": ["boundary"], "whole": "a"}, {"whole": "b"}, {"line": " ", "whole": "b"}) == 2, "blank is blank"


@pytest.mark.parametrize(
    ("item", "right", "fault"),
    [
        (SINGLE, "z", "must be one of"),
        (SINGLE, ["a"], "must be one of"),
        (MULTIPLE, [], "must list some"),
        (MULTIPLE, IDS, "must list some, but not all"),
        (MULTIPLE, ["a", "a"], "twice"),
        (MULTIPLE, "a", "must list"),
    ],
)
def test_a_bad_key_is_told(item: Item, right: Any, fault: str) -> None:
    assert fault in (MARKERS[item.kind].key_problem(item, right) or "")


@pytest.mark.parametrize("folder", WORKBOOKS, ids=lambda folder: folder.name)
def test_every_key_marks_right_wrong_and_malformed(folder: Path) -> None:
    workbook = load_workbook(folder)
    key = load_key(workbook.id)
    closed = [item for item in workbook.assessed() if not item.asks_person]
    assert set(key.keys) == {item.id for item in closed}
    assert set(load_rubrics(workbook.id).rubrics) == {item.id for item in workbook.assessed() if item.asks_person}
    for item in closed:
        tries = MARKERS[item.kind].tries(item, key.keys[item.id].right)
        right, wrong = (mark_item(item, key, sheet(**{item.id: value}), item.id).points for value in (tries.right, tries.wrong))
        assert right == item.points
        assert wrong is not None
        assert wrong < item.points
        assert item.problem(tries.malformed)
