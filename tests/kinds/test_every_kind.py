"""What must hold for every kind, tried on the gallery's items: whoever adds a kind adds an example, and it is tried here."""

import json
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, find, given, settings
from hypothesis import strategies as st

from autograde.content import load_key
from autograde.marking import Status, mark_item
from autograde.marking.kinds import MARKERS
from tests.conftest import ROOT, Rules
from workbook_helpers.answers import AnswerStore, Conflict, read_sheet
from workbook_helpers.items import Item, Purpose, load_workbook

WORKBOOK = load_workbook(ROOT / "workbooks" / "w99-gallery")
KEY = load_key("w99")
ITEMS = list(WORKBOOK.items.values())
EVERY = pytest.mark.parametrize("item", ITEMS, ids=lambda item: item.id)
MARKED = pytest.mark.parametrize("item", [i for i in ITEMS if i.id in KEY.keys], ids=lambda item: item.id)


def names(value: Any) -> set[str]:
    """Every short text in an item: its ids are among them."""
    if isinstance(value, dict):
        return set(value) | {name for inner in value.values() for name in names(inner)}
    if isinstance(value, list):
        return {name for inner in value for name in names(inner)}
    return {value} if isinstance(value, str) and len(value) < 40 else set()


def values(item: Item) -> st.SearchStrategy[Any]:
    """Any JSON, made much of the item's own ids, so that well-formed answers are among it, and answers to half of it."""
    own = st.sampled_from(sorted(names(item.public()))) | st.text(max_size=6)
    leaf = st.none() | st.booleans() | st.integers(-1, 9) | st.floats(allow_nan=False) | own | st.text()
    anything = st.recursive(leaf, lambda inner: st.lists(inner, max_size=6) | st.dictionaries(own, inner, max_size=6), max_leaves=20)
    if item.id not in KEY.keys:
        return anything
    tries = MARKERS[item.kind].tries(item, KEY.keys[item.id].right)
    return anything | st.sampled_from([tries.right, tries.wrong]).flatmap(lambda value: broken(value, own)) | answers(item)


def broken(value: Any, own: st.SearchStrategy[str]) -> st.SearchStrategy[Any]:
    """An answer of which a part is missing, stands elsewhere, or is another of the item's texts."""
    if isinstance(value, list):
        return st.permutations(value) | st.lists(st.sampled_from(value) | own, max_size=len(value) + 1)
    if isinstance(value, dict):
        return st.fixed_dictionaries({}, optional={name: st.just(part) | broken(part, own) for name, part in value.items()})
    return own


def answers(item: Item) -> st.SearchStrategy[Any]:
    """Objects from the item's ids to its ids: the form of most kinds' answers."""
    own = st.sampled_from(sorted(names(item.public())))
    return st.dictionaries(own, own, max_size=4) | st.lists(own, unique=True, max_size=6) | own


def sheet_of(item: Item, value: Any) -> Any:
    """What the tutor reads of a file that the student's store wrote."""
    with TemporaryDirectory() as folder:
        saved = AnswerStore(Path(folder), "w99").put(item.id, value)
        assert not isinstance(saved, Conflict)
        loaded = AnswerStore(Path(folder), "w99").get(item.id).value
        assert json.dumps(loaded) == json.dumps(value)  # save → load is the identity
        AnswerStore(Path(folder), "w99").put(item.id, loaded)
        assert json.dumps(AnswerStore(Path(folder), "w99").get(item.id).value) == json.dumps(value)
        return read_sheet(Path(folder) / "answers.json", WORKBOOK.items, "w99")


@EVERY
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_an_answer_is_marked_within_its_points_or_reported(item: Item, data: st.DataObject) -> None:
    value = data.draw(values(item))
    sheet = sheet_of(item, value)
    mark = mark_item(item, KEY, sheet, item.id) if item.purpose is Purpose.ASSESSED else None
    if item.problem(value) is None:
        assert item.id not in sheet.unreadable
        assert sheet.value(item.id) == value
        assert all(isinstance(part, str) for part in item.in_words(value))
        if mark and not item.asks_person:
            assert mark.status is (Status.NOT_ATTEMPTED if item.is_blank(value) else Status.MARKED)
            assert mark.points is not None
            assert 0 <= mark.points <= mark.max
    else:
        assert sheet.unreadable[item.id]
        if mark:
            assert (mark.status, mark.points) == (Status.UNREADABLE, None)


@MARKED
def test_right_and_wrong_answers_can_be_found_among_what_is_tried(item: Item) -> None:
    def wanted(value: Any) -> bool:
        return item.problem(value) is None and not item.is_blank(value) and value != KEY.keys[item.id].right

    assert find(values(item), wanted, settings=settings(max_examples=2000)) is not None


@EVERY
def test_a_shuffled_view_has_the_same_parts_and_never_changes_a_mark(item: Item, rules: Rules) -> None:
    shuffled = item.model_copy(update={"shuffle": True})
    for shown in rules.all([("arrange", (shuffled.public(), f"{seed:016x}")) for seed in range(25)]):
        assert parts(shown) == parts(json.loads(json.dumps(shuffled.public())))
    if item.id in KEY.keys:
        tries = MARKERS[item.kind].tries(item, KEY.keys[item.id].right)
        for value in (tries.right, tries.wrong):
            assert shuffled.problem(value) is None
            assert shuffled.in_words(value) == item.in_words(value)
            assert mark_item(shuffled, KEY, sheet_of(item, value), item.id) == mark_item(item, KEY, sheet_of(item, value), item.id)


def parts(value: Any) -> Any:
    """A value in which the order of lists does not count."""
    if isinstance(value, dict):
        return {name: parts(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return Counter(json.dumps(parts(inner), sort_keys=True, default=dict) for inner in value)
    return value


def test_shuffling_shuffles(rules: Rules) -> None:
    item = WORKBOOK.items["w99-single-q"]
    shown = rules.all([("arrange", (item.public(), str(n))) for n in range(50)])
    orders = {tuple(option["id"] for option in one["options"]) for one in shown}
    assert len(orders) == 6  # all orders of three options
    assert item.shuffle
