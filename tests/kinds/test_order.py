"""Steps to put in order: pressed one after the other, then moved; the longest run in the right order earns the points."""

import json
import re
from collections.abc import Callable
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from playwright.sync_api import expect
from pydantic import ValidationError

from autograde.marking.kinds.order import MARKER
from tests.axe import faults
from tests.conftest import Rules
from tests.kinds.conftest import KindPage
from workbook_helpers.items.kinds.order import Order, longest_run

PRESS = """(item, names) => { for (const name of names)
  [...item.querySelectorAll(".wb-order-pick")].find((one) => one.textContent.includes(`First you ${name}.`)).click(); }"""
"""Presses one after the other, however slow the machine."""
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


@pytest.mark.parametrize("value", [None, [], KEY, KEY[::-1], KEY[1:3]], ids=["none", "empty", "right", "backwards", "half-done"])
def test_answers(value: Any) -> None:
    assert ITEM.problem(value) is None
    assert ITEM.is_blank(value) is not bool(value)


@pytest.mark.parametrize("value", ["", "knock", 0, False, {}, [*KEY, "knock"], [*KEY[1:], "sing"], [*KEY[1:], 7], [KEY]])
def test_anything_else_is_reported(value: Any) -> None:
    assert ITEM.problem(value)


@pytest.mark.parametrize(
    ("value", "share"),
    [
        pytest.param(KEY, 1.0, id="right"),
        pytest.param([*KEY[1:], KEY[0]], 3 / 4, id="the-first-step-last-costs-one-share"),
        pytest.param(["wait", "knock", "ask", "greet", "help"], 2 / 4, id="two-pairs-swapped"),
        pytest.param(KEY[::-1], 0.0, id="backwards-earns-nothing"),
        pytest.param(["knock", "greet", "help"], 2 / 4, id="half-done"),
        pytest.param(["help"], 0.0, id="one-step-alone-earns-nothing"),
    ],
)
def test_points(value: list[str], share: float) -> None:
    assert MARKER.fraction(ITEM, KEY, value) == pytest.approx(share)


@given(value=st.lists(st.sampled_from(KEY), min_size=1, unique=True))
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
    assert ITEM.in_words(["ask", "knock", "wait"])[2:] == (
        "3. First you wait.",
        "No place yet: First you greet.",
        "No place yet: First you help.",
    )


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
        {"id": "greet", "part": "2. First you greet.", "verdict": "right", "mark": "✓ May stay", "text": ""},
        {
            "id": "knock",
            "part": "3. First you knock.",
            "verdict": "wrong",
            "hint": True,
            "mark": "✗ Needs another place",
            "text": "Because knock.",
        },
    ]
    assert {note["verdict"] for note in rules("respond", PRACTICE.public(), KEY[::-1])["notes"]} == {"wrong"}
    assert rules("respond", PRACTICE.public(), KEY)["right"]
    half = rules("respond", PRACTICE.public(), ["knock", "wait"])["notes"]
    assert [note["verdict"] for note in half] == ["right", "right", "missed", "missed", "missed"]
    assert rules("respond", PRACTICE.public(), ["help"])["notes"][0]["verdict"] == "wrong"


def as_toml(item: Order) -> str:
    """Write the item as its author would."""
    said = item.model_dump(mode="json", exclude_none=True)
    steps = said.pop("steps")
    lines = ["[[items]]", *(f"{name} = {json.dumps(value)}" for name, value in said.items())]
    for step in steps:
        lines += ["[[items.steps]]", *(f"{name} = {json.dumps(value)}" for name, value in step.items())]
    return "\n".join(lines) + "\n"


def test_by_mouse_one_after_the_other(kind_page: Callable[[str], KindPage]) -> None:
    kind = kind_page(as_toml(order(**{**PRACTISED, "id": "w99-order-p"})))
    page, item = kind.page, kind.page.locator("#w99-order-p")
    steps, moves = item.get_by_role("listitem"), item.get_by_role("button", name="Move")

    def press(*names: str) -> None:
        for name in names:
            item.get_by_role("button", name=f"First you {name}.").click()

    item.get_by_role("button", name="Check my answer").click()
    assert page.locator("#w99-order-p").get_attribute("data-wb-state") == "clean"
    press("greet", "wait")
    expect(item.locator(".wb-order-status")).to_have_text("2 of 5 steps have a place.")
    press("greet")  # takes it back
    expect(item.get_by_role("button", name="1 First you wait.", pressed=True)).to_be_visible()
    press("knock")
    assert kind.saved("w99-order-p") == ["wait", "knock"]
    kind.reload()  # half done, and nothing of it lost
    expect(item.get_by_role("button", name="2 First you knock.", pressed=True)).to_be_visible()
    expect(moves).to_have_count(0)
    item.get_by_role("button", name="Check my answer").click()
    expect(steps.filter(has_text="First you greet.")).to_contain_text("This step has no place yet.")
    press("greet")
    item.evaluate(PRESS, ["ask", "help"])  # the last one finds its place by itself, and the press that was on its way there does nothing
    expect(item.get_by_role("button", name="5 First you help.", pressed=True)).to_be_visible()
    expect(moves).to_have_count(10)
    expect(item.locator(".wb-response")).to_have_text("4 of 5 right. Try the one with ✗ again.")
    expect(item.get_by_role("button", name="Check my answer")).to_be_focused()
    expect(steps).to_have_text([re.compile(rf"^\d First you {name}\.") for name in ("wait", "knock", "greet", "ask", "help")])
    item.get_by_role("button", name="Move down: First you wait").click()
    expect(item.locator(".wb-order-status")).to_have_text("First you wait: now 2 of 5")
    assert kind.saved("w99-order-p") == KEY
    item.get_by_role("button", name="Start again").click()
    assert kind.saved("w99-order-p") is None
    item.get_by_role("button", name="Undo").click()
    expect(moves).to_have_count(10)
    assert kind.saved("w99-order-p") == KEY
    assert faults(page) == []


@pytest.mark.wcag("2.1.1", "2.5.7", "4.1.3")
def test_by_keyboard_at_320_px_and_restored(kind_page: Callable[[str], KindPage]) -> None:
    kind = kind_page(as_toml(order(id="w99-order-q")))
    page, item = kind.page, kind.page.locator("#w99-order-q")
    page.set_viewport_size({"width": 320, "height": 640})
    steps = item.get_by_role("listitem")
    item.locator(".wb-order-pick").first.focus()
    for _ in range(4):  # the last one finds its place by itself
        page.keyboard.press("Space")
        page.keyboard.press("Tab")
    expect(item.locator(".wb-order-status")).to_have_text("All steps have a place.")
    expect(item.get_by_role("button", name="Move up").first).to_be_visible()
    last = steps.last.locator(".wb-order-pick").inner_text().split("\n")[1].rstrip(".")
    up = item.get_by_role("button", name=f"Move up: {last}")
    up.focus()
    for place in (4, 3, 2, 1):
        page.keyboard.press("Enter")
        expect(item.locator(".wb-order-status")).to_have_text(f"{last}: now {place} of 5")
        expect(up).to_be_focused()
    expect(up).to_have_attribute("aria-disabled", "true")
    page.keyboard.press("Space")
    expect(steps.first).to_contain_text(last)
    given = [text.split()[3].rstrip(".") for text in steps.all_inner_texts()]
    assert kind.saved("w99-order-q") == given
    kind.reload()
    expect(steps.first).to_contain_text(last)
    expect(item).to_contain_text("This is your order.")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert all((one.bounding_box() or {"height": 0})["height"] >= 44 for one in item.locator("button:visible").all())
    assert faults(page) == []
