"""A text with gaps to choose or to type: each the same share of the points."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from playwright.sync_api import expect
from pydantic import ValidationError

from autograde.marking.kinds.gaps import MARKER
from tests.axe import faults
from tests.conftest import Rules
from tests.kinds.conftest import KindPage
from workbook_helpers.items.kinds.gaps import Gaps

TEXT = "Always {first} before you go in.\nThen say who you are, and {second}. It is {third} home."
OPTIONS = [{"id": "knock", "text": "knock"}, {"id": "shout", "text": "shout"}, {"id": "wait", "text": "wait"}]
FIRST, SECOND, THIRD = ({"id": "first", "options": OPTIONS}, {"id": "second", "options": OPTIONS}, {"id": "third", "size": 10})
KEY = {"first": "knock", "second": "wait", "third": ["their own", "the person's"]}
TOLD = [{**gap, "right": KEY[str(gap["id"])], "feedback": f"Because {gap['id']}."} for gap in (FIRST, SECOND, THIRD)]
PRACTISED = {"purpose": "practice", "points": 0, "gaps": TOLD}


def gaps(**changes: Any) -> Gaps:
    base = {
        "id": "w99-g1",
        "kind": "gaps",
        "purpose": "assessed",
        "points": 3,
        "stem": "Fill.",
        "text": TEXT,
        "gaps": [FIRST, SECOND, THIRD],
    }
    return Gaps.model_validate(base | changes)


ITEM, PRACTICE = gaps(), gaps(**PRACTISED)


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"gaps": TOLD}, "only a practice item may"),
        ({**PRACTISED, "gaps": [FIRST, *TOLD[1:]]}, "needs right"),
        ({**PRACTISED, "gaps": [{**TOLD[0], "right": "sing"}, *TOLD[1:]]}, "needs right"),
        ({**PRACTISED, "gaps": [{**TOLD[0], "right": ["knock"]}, *TOLD[1:]]}, "needs right"),
        ({**PRACTISED, "gaps": [*TOLD[:2], {**TOLD[2], "right": "theirs"}]}, "needs right"),
        ({"gaps": [SECOND, FIRST, THIRD]}, "in the same order"),
        ({"text": TEXT.replace("{third}", "a")}, "in the same order"),
        ({"gaps": [FIRST, FIRST], "text": "{first}{first}"}, "share an id"),
        ({"gaps": [{**FIRST, "options": OPTIONS[:1]}, SECOND, THIRD]}, "two or more options"),
        ({"gaps": [{**FIRST, "options": [*OPTIONS, OPTIONS[0]]}, SECOND, THIRD]}, "two or more options"),
        ({"purpose": "record", "points": 0}, "not record"),
    ],
)
def test_author_faults_are_told(changes: dict[str, Any], fault: str) -> None:
    with pytest.raises(ValidationError, match=fault):
        gaps(**changes)


@pytest.mark.parametrize(
    ("value", "fault"),
    [
        pytest.param({"first": "shout", "third": "my"}, "", id="some"),
        pytest.param({"third": " "}, "", id="a-space"),
        pytest.param({}, "", id="empty"),
        pytest.param(None, "", id="none"),
        pytest.param(["knock"], "expected an object", id="list"),
        pytest.param({"fourth": "x"}, "a gap that", id="unknown-gap"),
        pytest.param({"first": "sing"}, "an option that", id="unknown-option"),
        pytest.param({"first": ["knock"]}, "an option that", id="option-is-a-list"),
        pytest.param({"third": 3}, "expected a text", id="number"),
        pytest.param({"third": "x" * 81}, "longer than 80", id="too-long"),
    ],
)
def test_problem(value: Any, fault: str) -> None:
    problem = ITEM.problem(value)
    assert (problem is None) if not fault else (fault in (problem or ""))


@pytest.mark.parametrize(
    ("value", "right"),
    [
        pytest.param({"first": "knock", "second": "wait", "third": "Their own"}, 3, id="all"),
        pytest.param({"first": "knock", "third": "the persons"}, 2, id="one-open"),
        pytest.param({"first": "wait", "second": "wait", "third": "their won"}, 2, id="a-slip-passes"),
        pytest.param({"first": "wait", "second": "knock", "third": "nobody's"}, 0, id="none"),
    ],
)
def test_points(value: dict[str, str], right: int) -> None:
    assert MARKER.fraction(ITEM, KEY, value) == pytest.approx(right / 3)


@pytest.mark.parametrize(
    ("right", "fault"),
    [
        (None, "for each of"),
        ({"first": "knock"}, "for each of"),
        ({**KEY, "fourth": "x"}, "for each of"),
        ({**KEY, "first": "sing"}, "gap first"),
        ({**KEY, "third": "their own"}, "gap third"),
        ({**KEY, "third": []}, "gap third"),
    ],
)
def test_a_bad_key_is_told(right: Any, fault: str) -> None:
    assert fault in (MARKER.key_problem(ITEM, right) or "")


@pytest.mark.parametrize("third", [KEY["third"], {"accepted": ["their own"], "not_accepted": ["their on"]}], ids=["list", "table"])
def test_tries_words_and_silence(third: Any) -> None:
    key = {**KEY, "third": third}
    tries = MARKER.tries(ITEM, key)
    assert MARKER.key_problem(ITEM, key) is None
    assert MARKER.fraction(ITEM, key, tries.right) == 1 > MARKER.fraction(ITEM, key, tries.wrong)
    assert ITEM.problem(tries.malformed)
    assert ITEM.in_words({"first": "shout"})[0].startswith("Always [shout] before you go in.\nThen say who you are, and […].")
    assert "It is [their own" in ITEM.key_in_words(key)[0]
    assert ITEM.is_blank({"third": " "})
    spec = ITEM.public()
    assert all(set(gap) == {"id", "size", "options"} for gap in spec["gaps"])
    assert spec["text"][1::2] == ["first", "second", "third"]


def test_a_text_gap_alone_is_tried_wrong() -> None:
    item = gaps(text="It is {third} home.", gaps=[THIRD])
    key = {"third": KEY["third"]}
    assert MARKER.fraction(item, key, MARKER.tries(item, key).wrong) == 0


def test_practice_gives_the_reason_for_each_gap(rules: Rules) -> None:
    assert rules("respond", PRACTICE.public(), {"first": "shout", "second": " ", "third": " their won "}) == {
        "right": False,
        "notes": [
            {"id": "first", "part": "Gap 1: shout", "verdict": "wrong", "hint": True, "text": "Because first."},
            {"id": "second", "part": "Gap 2", "verdict": "missed", "text": "This gap is not filled yet."},
            {"id": "third", "part": "Gap 3: their won", "verdict": "right", "text": "Because third."},
        ],
    }
    assert rules("respond", PRACTICE.public(), {"first": "knock", "second": "wait", "third": "their own"})["right"]


def test_shuffling_moves_the_options_of_each_gap(rules: Rules) -> None:
    shown = rules.all([("arrange", (gaps(shuffle=True).public(), str(n))) for n in range(100)])
    orders = {tuple(option["id"] for option in one["gaps"][0]["options"]) for one in shown}
    assert len(orders) == 6
    assert all([gap["id"] for gap in one["gaps"]] == ["first", "second", "third"] for one in shown)


NAMES = st.sampled_from(["first", "second", "third", "fourth"])
WORDS = st.text(max_size=85) | st.sampled_from(["knock", "wait", "their own"])
JSON = st.recursive(st.none() | st.booleans() | st.integers() | WORDS, lambda inner: st.lists(inner) | st.dictionaries(NAMES, inner))
CHOSEN = st.sampled_from([option["id"] for option in OPTIONS])
ANSWERS = st.fixed_dictionaries({}, optional={"first": CHOSEN, "second": CHOSEN, "third": st.text(max_size=80)})


@given(value=JSON | ANSWERS)
def test_any_json_is_an_answer_or_reported(value: Any) -> None:
    problem = ITEM.problem(value)
    if problem is None:
        assert len(ITEM.in_words(value)) == 1
        assert ITEM.problem(json.loads(json.dumps(value))) is None
        assert ITEM.is_blank(value) or 0 <= MARKER.fraction(ITEM, KEY, value) <= 1
    else:
        assert problem.strip()


@given(value=ANSWERS)
def test_well_formed_answers_are_answers(value: Any) -> None:
    assert ITEM.problem(value) is None


def as_toml(item: Gaps) -> str:
    """Write the item as its author would."""
    said = item.model_dump(mode="json", exclude_none=True)
    lines = [f"{name} = {json.dumps(value)}" for name, value in said.items() if name != "gaps"]
    for gap in said["gaps"]:
        options = ", ".join(f'{{ id = "{one["id"]}", text = "{one["text"]}" }}' for one in gap.pop("options"))
        forms = gap.pop("right", None)
        right = {} if forms is None else {"right": forms["accepted"] if isinstance(forms, dict) else forms}
        lines += ["[[items.gaps]]", f"options = [{options}]", *(f"{name} = {json.dumps(value)}" for name, value in (gap | right).items())]
    return "\n".join(["[[items]]", *lines]) + "\n"


def test_practice_by_mouse_fills_the_text(kind_page: Callable[[str], KindPage]) -> None:
    kind = kind_page(as_toml(gaps(id="w99-gaps-p", **PRACTISED)))
    item = kind.page.locator("#w99-gaps-p")
    cards, lines = item.locator(".wb-cards-card"), item.locator("p.wb-gaps-text")
    expect(cards.first.locator("legend")).to_have_text("Gap 1 of 31. Always (1 …) before you go in.")
    cards.first.get_by_role("radio", name="shout").check()
    expect(cards.nth(1).locator("legend")).to_be_focused()
    expect(lines.first).to_have_text("Always 1shout before you go in.")
    item.get_by_role("button", name="Next card").click()
    expect(item.get_by_label("Gap 3 of 3")).to_have_accessible_description("Type what is missing:")
    item.get_by_label("Gap 3 of 3").click()
    kind.page.keyboard.type("there own", delay=120)  # letter by letter, as a thumb does: the card waits
    expect(item.get_by_label("Gap 3 of 3")).to_have_value("there own")
    expect(lines).to_have_count(2)
    expect(lines.last).to_contain_text("there own")
    item.get_by_role("button", name="Check my answer").click()
    expect(item.locator(".wb-response")).to_have_text("0 of 3 right. Try the three with ✗ or ○ again.")
    assert cards.evaluate_all("all => all.map((one) => one.dataset.wbMark)") == ["wrong", "missed", "wrong"]
    expect(cards.locator(".wb-note")).to_have_text(
        ["✗ Not this. A hint: Because first.", "○ Still open. This gap is not filled yet.", "✗ Not this. A hint: Because third."]
    )
    assert kind.saved("w99-gaps-p") == {"first": "shout", "third": "there own"}
    assert faults(kind.page) == []


def test_each_card_has_the_whole_sentence(kind_page: Callable[[str], KindPage]) -> None:
    text = "First. “{first} the trays are not set, I {second}, {third} people wait. Last.”"
    item = kind_page(as_toml(gaps(id="w99-gaps-s", text=text))).page.locator("#w99-gaps-s")
    sentence = "“{} the trays are not set, I {}, {} people wait."
    expect(item.locator(".wb-cards-card legend > span:last-child")).to_have_text(
        [sentence.format("(1 …)", "(2)", "(3)"), sentence.format("(1)", "(2 …)", "(3)"), sentence.format("(1)", "(2)", "(3 …)")]
    )


@pytest.mark.wcag("2.1.1")
def test_assessed_by_keyboard_at_320_px_and_restored(kind_page: Callable[[str], KindPage]) -> None:
    kind = kind_page(as_toml(gaps(id="w99-gaps-q")))
    page, item = kind.page, kind.page.locator("#w99-gaps-q")
    page.set_viewport_size({"width": 320, "height": 640})
    item.get_by_role("radio").first.focus()
    for key in ("Space", "Enter", "Tab", "ArrowUp", "Enter", "Tab"):
        page.keyboard.press(key)
    page.keyboard.type("their own")
    page.keyboard.press("Enter")
    said = {"first": "knock", "second": "wait", "third": "their own"}
    assert kind.saved("w99-gaps-q") == said
    kind.reload()
    expect(item.get_by_text("3 of 3 gaps are filled.")).to_be_visible()
    expect(item.locator(".wb-cards-said")).to_have_text(["knock", "wait", "their own"])
    expect(item.locator(".wb-gaps-word")).to_have_count(3)
    item.get_by_role("button", name="Change").last.click()
    expect(item.get_by_label("Gap 3 of 3")).to_have_value("their own")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert all(
        (one.bounding_box() or {"height": 0})["height"] >= 44
        for one in item.locator("label:visible, [type=text]:visible, button:visible").all()
    )
    assert faults(page) == []
