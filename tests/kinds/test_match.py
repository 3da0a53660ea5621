"""Match: per right pair, one statement at a time."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from playwright.sync_api import expect
from pydantic import ValidationError

from autograde.marking.kinds.match import MARKER
from tests.axe import faults
from tests.conftest import Rules
from tests.kinds.conftest import KindPage
from workbook_helpers.items.kinds.match import Match

PARTNERS = [{"id": "x", "text": "Ex"}, {"id": "y", "text": "Why"}, {"id": "z", "text": "Zed"}]
KEY = {"a": "x", "b": "y", "c": "x", "d": "y"}
BARE = [{"id": name, "text": f"Statement {name}."} for name in KEY]
TOLD = [{**one, "right": KEY[one["id"]], "feedback": f"Because {one['id']}."} for one in BARE]


def match(**changes: Any) -> Match:
    base = {"id": "w99-m1", "kind": "match", "purpose": "assessed", "points": 4, "stem": "Which?", "statements": BARE, "partners": PARTNERS}
    return Match.model_validate(base | changes)


ITEM = match()
PRACTICE = match(purpose="practice", points=0, statements=TOLD)


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"statements": TOLD}, "only a practice item may"),
        ({"purpose": "practice", "points": 0}, "needs right"),
        ({"purpose": "practice", "points": 0, "statements": [{**TOLD[0], "right": "q"}, *TOLD[1:]]}, "one of x, y, z"),
        ({"statements": [BARE[0], *BARE]}, "two statements share an id"),
        ({"partners": [PARTNERS[0], *PARTNERS]}, "two partners share an id"),
        ({"purpose": "private", "points": 0}, "not private"),
        ({"partners": [{**PARTNERS[0], "right": True}, PARTNERS[1]]}, "Extra inputs"),
        ({"once": True}, "a partner for each of 4 statements; there are 3"),
        ({"once": True, "statements": [{**one, "right": "x"} for one in TOLD[:3]], "purpose": "practice", "points": 0}, "same partner"),
        ({"statements": [{"id": f"s{n}", "text": "S"} for n in range(11)]}, "at most 10"),
    ],
)
def test_author_faults_are_told(changes: dict[str, Any], fault: str) -> None:
    with pytest.raises(ValidationError, match=fault):
        match(**changes)


@pytest.mark.parametrize(
    ("value", "fault"),
    [
        pytest.param(KEY, "", id="whole"),
        pytest.param({"a": "y"}, "", id="part-done"),
        pytest.param({}, "", id="empty"),
        pytest.param(None, "", id="none"),
        pytest.param(["a", "x"], "expected an object", id="list"),
        pytest.param(False, "expected an object", id="false"),
        pytest.param({"q": "x"}, "names a statement", id="unknown-statement"),
        pytest.param({"a": "q"}, "gives a statement a partner", id="unknown-partner"),
        pytest.param({"a": ["x"]}, "gives a statement a partner", id="partner-is-a-list"),
        pytest.param({"a": ""}, "gives a statement a partner", id="partner-is-empty"),
    ],
)
def test_problem(value: Any, fault: str) -> None:
    problem = ITEM.problem(value)
    assert (problem is None) if not fault else (fault in (problem or ""))


@pytest.mark.parametrize(
    ("value", "share"),
    [
        pytest.param(KEY, 1, id="all-right"),
        pytest.param({**KEY, "a": "z"}, 3 / 4, id="one-wrong"),
        pytest.param({"a": "x", "b": "y"}, 2 / 4, id="half-done"),
        pytest.param(dict.fromkeys(KEY, "x"), 2 / 4, id="one-partner-for-all"),
        pytest.param(dict.fromkeys(KEY, "z"), 0, id="all-wrong"),
    ],
)
def test_points(value: dict[str, str], share: float) -> None:
    assert MARKER.fraction(ITEM, KEY, value) == share


@pytest.mark.parametrize(
    ("right", "fault"), [({"a": "x"}, "each of"), ({**KEY, "e": "x"}, "each of"), ("x", "each of"), ({**KEY, "a": "q"}, "must be one of")]
)
def test_a_bad_key_is_told(right: Any, fault: str) -> None:
    assert fault in (MARKER.key_problem(ITEM, right) or "")


def test_tries_words_and_silence() -> None:
    tries = MARKER.tries(ITEM, KEY)
    assert MARKER.key_problem(ITEM, KEY) is None
    assert MARKER.fraction(ITEM, KEY, tries.right) == 1 > MARKER.fraction(ITEM, KEY, tries.wrong)
    assert ITEM.problem(tries.malformed)
    assert ITEM.in_words({"c": "z", "a": "x"})[:3] == ("Statement a. → Ex", "Statement c. → Zed", "Not matched: Statement b.")
    assert ITEM.public()["statements"] == BARE


def test_once_is_for_the_key_and_the_page_while_a_second_use_is_still_an_answer() -> None:
    item = match(once=True, statements=BARE[:3])
    twice = {"a": "x", "b": "x", "c": "z"}
    assert "same partner" in (MARKER.key_problem(item, twice) or "")
    right = {"a": "x", "b": "y", "c": "z"}
    assert MARKER.key_problem(item, right) is None
    assert item.public()["once"]
    assert item.problem(twice) is None
    assert MARKER.fraction(item, right, twice) == 2 / 3


def test_shuffling_moves_statements_and_partners_each_on_their_own(rules: Rules) -> None:
    spec = match(shuffle=True, partners=[{"id": one["id"], "text": "P"} for one in BARE]).public()  # the same ids
    shown = rules.all([("arrange", (spec, str(n))) for n in range(200)])
    orders = [tuple(tuple(part["id"] for part in one[name]) for name in ("statements", "partners")) for one in shown]
    assert all(len({pair[side] for pair in orders}) == 24 for side in (0, 1))
    assert any(statements != partners for statements, partners in orders)  # equal orders would show the pairs side by side


def test_practice_speaks_of_each_statement_and_does_not_give_away_the_rest(rules: Rules) -> None:
    response = rules("respond", PRACTICE.public(), {"a": "x", "b": "z"})
    assert not response["right"]
    assert response["notes"][:3] == [
        {"id": "a", "part": "Statement a. → Ex", "verdict": "right", "text": "Because a."},
        {"id": "b", "part": "Statement b. → Zed", "verdict": "wrong", "hint": True, "text": "Because b."},
        {"id": "c", "part": "Statement c.", "verdict": "missed", "text": "You have not chosen a match here yet."},
    ]
    assert rules("respond", PRACTICE.public(), KEY)["right"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3) | st.sampled_from(list(KEY)), inner, max_size=4),
    max_leaves=10,
)
ANSWERS = st.dictionaries(st.sampled_from(list(KEY)), st.sampled_from(["x", "y", "z"]))


@given(value=ANSWERS)
def test_any_answer_is_marked_within_the_points(value: dict[str, str]) -> None:
    assert ITEM.problem(value) is None
    assert json.loads(json.dumps(value)) == value
    assert 0 <= MARKER.fraction(ITEM, KEY, value) <= 1
    assert len(ITEM.in_words(value)) == len(KEY)


@given(value=JSON)
def test_any_json_is_an_answer_or_reported(value: Any) -> None:
    well_formed = value is None or (isinstance(value, dict) and all(k in KEY and v in ("x", "y", "z") for k, v in value.items()))
    assert (ITEM.problem(value) is None) == well_formed


def as_toml(item: Match) -> str:
    """Write the item as its author would."""
    said = item.model_dump(mode="json", exclude_none=True)
    lists = {name: said.pop(name) for name in ("statements", "partners")}
    lines = ["[[items]]", *(f"{name} = {json.dumps(value)}" for name, value in said.items())]
    for name, parts in lists.items():
        for part in parts:
            lines += [f"[[items.{name}]]", *(f"{field} = {json.dumps(value)}" for field, value in part.items())]
    return "\n".join(lines) + "\n"


def test_practice_by_mouse(kind_page: Callable[[str], KindPage]) -> None:
    kind = kind_page(as_toml(match(id="w99-match-p", purpose="practice", points=0, statements=TOLD)))
    item = kind.page.locator("#w99-match-p")
    cards = item.locator(".wb-cards-card")
    cards.first.get_by_role("radio", name="Ex").check()
    cards.nth(1).get_by_role("radio", name="Zed").check()
    expect(cards.nth(2).get_by_role("radio")).to_have_count(3)
    expect(cards.nth(2).locator("label")).to_have_text(["Ex", "Why", "Zed"])  # each may be used again: nothing is to be said of it
    item.get_by_role("button", name="Check my answer").click()
    expect(item.get_by_text("2 of 4 are matched.")).to_be_visible()
    expect(cards.first).to_contain_text("Because a.")
    expect(cards.nth(1)).to_contain_text("Because b.")
    expect(cards.nth(2)).to_contain_text("You have not chosen a match here yet.")
    assert faults(kind.page, "#w99-match-p") == []
    assert kind.saved("w99-match-p") == {"a": "x", "b": "z"}


@pytest.mark.wcag("2.1.1", "4.1.3")
def test_once_is_told_at_the_second_use_by_keyboard_at_320_px_and_restored(kind_page: Callable[[str], KindPage]) -> None:
    kind = kind_page(as_toml(match(id="w99-match-q", once=True, partners=[*PARTNERS, {"id": "v", "text": "Vee"}])))
    page, item = kind.page, kind.page.locator("#w99-match-q")
    page.set_viewport_size({"width": 320, "height": 640})
    cards = item.locator(".wb-cards-card")
    expect(item.get_by_text("Use each one once at most.")).to_be_visible()
    item.get_by_role("radio").first.focus()
    for keys in ("Space", "Enter", "Tab", "Space", "ArrowDown", "Enter", "Tab"):
        page.keyboard.press(keys)
    expect(cards.nth(2).locator("label")).to_have_text(["Exused for 1", "Whyused for 2", "Zed", "Vee"])
    cards.nth(2).get_by_role("radio", name="Why").check()  # by hand: without the remark the next card would come
    remark = cards.nth(2).get_by_role("status")
    expect(remark).to_have_text("You have used this one for number 2 too. Use each one once at most.")
    said = {"a": "x", "b": "y", "c": "y"}
    assert kind.saved("w99-match-q") == said
    kind.reload()
    expect(cards.nth(3).locator("legend")).to_be_visible()
    item.get_by_role("button", name="Previous card").click()
    expect(remark).to_be_visible()
    cards.nth(2).get_by_role("radio", name="Zed").check()
    expect(cards.nth(3).locator("legend")).to_be_focused()
    assert kind.saved("w99-match-q") == {**said, "c": "z"}
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert all((one.bounding_box() or {"height": 0})["height"] >= 44 for one in item.locator("label:visible, button:visible").all())
    assert faults(page, "#w99-match-q") == []
    expect(item.get_by_role("button", name="Check my answer")).to_have_count(0)
