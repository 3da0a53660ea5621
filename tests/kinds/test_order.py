"""Steps to put in order: the longest run in the right order earns the points, and the focus stays on the button."""

import json
from collections.abc import Callable
from itertools import combinations
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from hypothesis import given
from hypothesis import strategies as st
from playwright.sync_api import expect
from pydantic import ValidationError

from autograde.marking.kinds.order import MARKER
from tests.conftest import Rules
from tests.kinds.conftest import KindPage
from workbook_helpers.items.kinds.order import Order, longest_run

KEY = ["knock", "wait", "greet", "ask", "help"]
STEPS = [{"id": name, "text": f"First you {name}."} for name in ("greet", "knock", "help", "wait", "ask")]
TOLD = [{**step, "feedback": f"Because {step['id']}."} for step in STEPS]
PRACTISED = {"purpose": "practice", "points": 0, "steps": TOLD, "right": KEY}


def order(**changes: Any) -> Order:
    return Order.model_validate(
        {"id": "w99-o1", "kind": "order", "purpose": "assessed", "points": 4, "stem": "How?", "steps": STEPS} | changes
    )


ITEM, PRACTICE = order(), order(**PRACTISED)


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"steps": TOLD}, "only a practice item may"),
        ({"right": KEY}, "only a practice item may"),
        ({**PRACTISED, "steps": STEPS}, "feedback for each step"),
        ({**PRACTISED, "right": KEY[1:]}, "in the right order"),
        ({**PRACTISED, "right": None}, "in the right order"),
        ({"steps": [STEPS[0], *STEPS]}, "two steps share an id"),
        ({"steps": STEPS[:2]}, "at least 3"),
        ({"steps": [{"id": str(n), "text": "x"} for n in range(9)]}, "at most 8"),
        ({"shuffle": False}, "True"),
        ({"purpose": "private", "points": 0}, "not private"),
    ],
)
def test_author_faults_are_told(changes: dict[str, Any], fault: str) -> None:
    with pytest.raises(ValidationError, match=fault):
        order(**changes)


@pytest.mark.parametrize("value", [None, [], KEY, KEY[::-1]], ids=["none", "empty", "right", "backwards"])
def test_answers(value: Any) -> None:
    assert ITEM.problem(value) is None
    assert ITEM.is_blank(value) is not bool(value)


@pytest.mark.parametrize("value", ["", "knock", 0, False, {}, KEY[1:], [*KEY, "knock"], [*KEY[1:], "sing"], [*KEY[1:], 7], [KEY]])
def test_anything_else_is_reported(value: Any) -> None:
    assert ITEM.problem(value)


@pytest.mark.parametrize(
    ("value", "share"),
    [
        pytest.param(KEY, 1.0, id="right"),
        pytest.param([*KEY[1:], KEY[0]], 3 / 4, id="the-first-step-last-costs-one-share"),
        pytest.param(["wait", "knock", "ask", "greet", "help"], 2 / 4, id="two-pairs-swapped"),
        pytest.param(KEY[::-1], 0.0, id="backwards-earns-nothing"),
    ],
)
def test_points(value: list[str], share: float) -> None:
    assert MARKER.fraction(ITEM, KEY, value) == pytest.approx(share)


@given(value=st.permutations(KEY))
def test_the_run_is_a_longest_one(value: list[str]) -> None:
    runs = [run for n in range(6) for run in combinations(value, n) if list(run) == sorted(run, key=KEY.index)]
    run = longest_run(value, KEY)
    assert run in runs
    assert len(run) == max(map(len, runs))
    assert 0 <= MARKER.fraction(ITEM, KEY, value) <= 1
    assert ITEM.problem(json.loads(json.dumps(value))) is None
    assert len(ITEM.in_words(value)) == 5


@pytest.mark.parametrize(
    ("right", "fault"), [(KEY[1:], "each of"), (None, "each of"), ([], "each of"), ([s["id"] for s in STEPS], "list them")]
)
def test_a_bad_key_is_told(right: Any, fault: str) -> None:
    assert fault in (MARKER.key_problem(ITEM, right) or "")


def test_tries_words_and_silence() -> None:
    tries = MARKER.tries(ITEM, KEY)
    assert MARKER.key_problem(ITEM, KEY) is None
    assert MARKER.fraction(ITEM, KEY, tries.right) == 1 > MARKER.fraction(ITEM, KEY, tries.wrong)
    assert ITEM.problem(tries.malformed)
    assert ITEM.key_in_words(KEY)[:2] == ("1. First you knock.", "2. First you wait.")


def test_each_student_starts_from_an_order_of_their_own_and_never_from_the_right_one(rules: Rules) -> None:
    shown = rules.all([("arrange", (PRACTICE.public(), f"student {n}")) for n in range(300)])
    orders = {tuple(step["id"] for step in spec["steps"]) for spec in shown}
    assert len(orders) > 50
    assert tuple(KEY) not in orders
    assert "right" not in ITEM.public()


def test_practice_says_which_steps_may_stay(rules: Rules) -> None:
    response = rules("respond", PRACTICE.public(), ["wait", "greet", "knock", "ask", "help"])
    assert not response["right"]
    assert response["notes"][1:3] == [
        {"part": "2. First you greet.", "verdict": "right", "text": "Because greet."},
        {"part": "3. First you knock.", "verdict": "wrong", "text": "This step needs another place. Because knock."},
    ]
    assert {note["verdict"] for note in rules("respond", PRACTICE.public(), KEY[::-1])["notes"]} == {"wrong"}
    assert rules("respond", PRACTICE.public(), KEY)["right"]


def as_toml(item: Order) -> str:
    """Write the item as its author would."""
    said = item.model_dump(mode="json", exclude_none=True)
    steps = said.pop("steps")
    lines = ["[[items]]", *(f"{name} = {json.dumps(value)}" for name, value in said.items())]
    for step in steps:
        lines += ["[[items.steps]]", *(f"{name} = {json.dumps(value)}" for name, value in step.items())]
    return "\n".join(lines) + "\n"


def test_by_mouse_or_as_it_stands(kind_page: Callable[[str], KindPage]) -> None:
    kind = kind_page(as_toml(order(**{**PRACTISED, "id": "w99-order-p"})) + as_toml(order(id="w99-order-q")))
    practice, assessed = kind.page.locator("#w99-order-p"), kind.page.locator("#w99-order-q")
    steps = practice.get_by_role("listitem")
    practice.get_by_role("button", name="Check my answer").click()
    expect(practice.locator(".wb-response")).to_contain_text("first, then check it")
    texts = [text.split(".")[0] for text in steps.all_inner_texts()]
    practice.get_by_role("button", name=f"Move down: {texts[0]}").click()
    expect(practice.locator(".wb-order-status")).to_have_text(f"{texts[0]}: now 2 of 5")
    expect(steps.nth(1)).to_contain_text(texts[0])
    practice.get_by_role("button", name="Check my answer").click()
    expect(practice.locator(".wb-response li")).to_have_count(5)
    first = [text.split()[2].rstrip(".") for text in assessed.get_by_role("listitem").all_inner_texts()]
    assessed.get_by_role("button", name="This is my order").click()
    expect(assessed.locator(".wb-order-status")).to_have_text("The order that you see is your answer.")
    assert kind.saved("w99-order-q") == first
    assert kind.saved("w99-order-p") != []
    assert Axe().run(kind.page).response["violations"] == []


@pytest.mark.wcag("2.1.1", "2.5.7", "4.1.3")
def test_by_keyboard_at_320_px_and_restored(kind_page: Callable[[str], KindPage]) -> None:
    kind = kind_page(as_toml(order(id="w99-order-q")))
    page, item = kind.page, kind.page.locator("#w99-order-q")
    page.set_viewport_size({"width": 320, "height": 640})
    steps = item.get_by_role("listitem")
    last = steps.last.inner_text().split(".")[0]
    up = item.get_by_role("button", name=f"Move up: {last}")
    up.focus()
    for place in (4, 3, 2, 1):
        page.keyboard.press("Enter")
        expect(item.locator(".wb-order-status")).to_have_text(f"{last}: now {place} of 5")
        expect(up).to_be_focused()
    expect(up).to_have_attribute("aria-disabled", "true")
    page.keyboard.press("Space")
    expect(steps.first).to_contain_text(last)
    given = [text.split()[2].rstrip(".") for text in steps.all_inner_texts()]
    expect(item.locator(".wb-saving")).to_have_text("")
    assert kind.saved("w99-order-q") == given
    kind.reload()
    expect(steps.first).to_contain_text(last)
    expect(item).to_contain_text("The order that you see is your answer.")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert all((one.bounding_box() or {"height": 0})["height"] >= 44 for one in item.locator("button:visible").all())
    assert Axe().run(page).response["violations"] == []
