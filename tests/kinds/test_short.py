"""A few typed words, and how they are compared."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from playwright.sync_api import expect
from pydantic import ValidationError

from autograde.marking.kinds.short import MARKER
from tests.axe import faults
from tests.conftest import Rules
from tests.kinds.conftest import KindPage
from workbook_helpers.items.kinds.short import Short
from workbook_helpers.items.spelling import Forms, distance, plain

KEY = {"accepted": ["consent", "her permission"], "not_accepted": ["content"]}
PRACTISED = {
    "purpose": "practice",
    "points": 0,
    "accepted": KEY["accepted"],
    "feedback": "She decides.",
    "hint": "Who decides?",
    "near": [{"form": "content", "feedback": "That means pleased."}],
}


def short(**changes: Any) -> Short:
    return Short.model_validate({"id": "w99-s1", "kind": "short", "purpose": "assessed", "points": 1, "stem": "What?"} | changes)


ITEM, PRACTICE = short(), short(**PRACTISED)
LETTERS = st.text(alphabet="abc d", max_size=6)


def alignment(one: str, other: str) -> int:
    """The same distance by its definition."""
    if not one or not other:
        return len(one) + len(other)
    ways = [alignment(one[1:], other) + 1, alignment(one, other[1:]) + 1, alignment(one[1:], other[1:]) + (one[0] != other[0])]
    if len(one) > 1 and one[:2] == other[1::-1]:
        ways.append(alignment(one[2:], other[2:]) + 1)
    return min(ways)


@given(one=LETTERS, other=LETTERS)
def test_distance_is_what_its_definition_says(one: str, other: str) -> None:
    assert distance(one, other) == distance(other, one) == alignment(one, other)


@pytest.mark.parametrize(("one", "other", "slips"), [("ca", "abc", 3), ("", "abc", 3), ("handover", "hadnover", 1), ("carer", "carer", 0)])
def test_distance(one: str, other: str, slips: int) -> None:
    assert distance(one, other) == slips


@pytest.mark.parametrize(
    "text", ["Duty of Care", "  duty\tof\n care ", "ＤＵＴＹ of care", "duty-of care", "d’uty of `care´!", "du\u00adty of care"]
)
def test_plain(text: str) -> None:
    assert plain(text).replace(" ", "") == "dutyofcare"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2.5 ml", "2,5 ml", True),
        ("2.5 ml", "25 ml", False),
        ("1,000", "1000", True),
        ("1,000.5", "1000.5", True),
        ("9.30", "9:30", True),
        ("9.30", "930", False),
        ("2-8", "2\u20138", True),
        ("2-8", "28", False),
        ("-18", "\u221218", True),
        ("-18", "18", False),
        ("covid-19", "Covid 19.", False),
        ("covid-19", "Covid19.", True),
    ],
)
def test_a_number_stays_what_it_is(one: str, other: str, *, same: bool) -> None:
    assert (plain(one) == plain(other)) is same


@pytest.mark.parametrize(
    ("form", "said", "right"),
    [
        pytest.param("consent", "Consent.", True, id="capitals-and-stop"),
        pytest.param("consent", "consemt", True, id="one-slip-of-seven"),
        pytest.param("consent", "cnosemt", False, id="two-slips-of-seven"),
        pytest.param("confidential", "confidenshal", True, id="two-slips-of-twelve"),
        pytest.param("confidential", "confadenshul", False, id="more-slips"),
        pytest.param("plan", "plain", False, id="short-words-are-exact"),
        pytest.param("professional", "unprofessional", False, id="two-letters-before-turn-the-meaning-round"),
        pytest.param("unprofessional", "professional", False, id="and-the-other-way"),
        pytest.param("standard 13", "standard 14", False, id="another-number"),
        pytest.param("co-worker", "co worker", True, id="hyphen-or-space"),
        pytest.param("consent", "!?", False, id="only-punctuation"),
    ],
)
def test_slips(form: str, said: str, right: bool) -> None:
    assert Forms(accepted=(form,)).accept(said) is right


def test_a_slip_never_makes_a_form_that_is_not_accepted() -> None:
    assert not Forms.model_validate(KEY).accept("Content")
    assert Forms.model_validate(KEY["accepted"]).accept("Content")  # one slip from "consent"


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        *(({name: PRACTISED[name]}, "only a practice item may") for name in ("accepted", "near", "feedback", "hint")),
        ({**PRACTISED, "accepted": []}, "needs accepted"),
        ({**PRACTISED, "feedback": ""}, "and feedback"),
        ({**PRACTISED, "accepted": ["Content!"]}, "cannot be accepted and not accepted"),
        ({**PRACTISED, "accepted": ["…"]}, "a letter or a digit"),
        ({"purpose": "private", "points": 0}, "not private"),
    ],
)
def test_author_faults_are_told(changes: dict[str, Any], fault: str) -> None:
    with pytest.raises(ValidationError, match=fault):
        short(**changes)


@pytest.mark.parametrize(
    ("right", "fault"),
    [([], "at least 1"), ("consent", "must list"), (None, "must list"), ({"accepted": ["a"], "not_accepted": ["A"]}, "cannot be")],
)
def test_a_bad_key_is_told(right: Any, fault: str) -> None:
    assert fault in (MARKER.key_problem(ITEM, right) or "")


@pytest.mark.parametrize("right", [KEY, KEY["accepted"]], ids=["table", "list"])
def test_tries_and_words(right: Any) -> None:
    tries = MARKER.tries(ITEM, right)
    assert MARKER.key_problem(ITEM, right) is None
    assert MARKER.fraction(ITEM, right, tries.right) == 1 > MARKER.fraction(ITEM, right, tries.wrong)
    assert not ITEM.is_blank(tries.wrong)
    assert ITEM.problem(tries.malformed)
    assert ITEM.key_in_words(right) == ("consent", "her permission")
    assert not any(ITEM.public().get(name) for name in ("accepted", "near", "feedback", "hint"))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=90), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
)


@given(value=JSON)
def test_any_json_is_an_answer_or_reported(value: Any) -> None:
    if ITEM.problem(value) is None:
        assert ITEM.problem(json.loads(json.dumps(value))) is None
        assert len(ITEM.in_words(value)) == (not ITEM.is_blank(value))
        assert ITEM.is_blank(value) or MARKER.fraction(ITEM, KEY, value) in {0, 1}
    else:
        assert value is not None
        assert not isinstance(value, str) or len(value) > 80


@pytest.mark.parametrize(
    ("value", "right", "text"),
    [
        ("Consemt", True, "She decides."),
        ("content", False, "That means pleased."),
        ("contemt", False, "That means pleased."),
        ("a form", False, "Who decides?"),
    ],
)
def test_practice_gives_the_reason(value: str, right: bool, text: str, rules: Rules) -> None:
    note = {"id": "text", "part": value, "verdict": "right" if right else "wrong", "text": text}
    assert rules("respond", PRACTICE.public(), f" {value} ") == {"right": right, "notes": [note]}


def test_without_a_hint_practice_gives_the_feedback(rules: Rules) -> None:
    item = short(**{name: value for name, value in PRACTISED.items() if name != "hint"})
    assert rules("respond", item.public(), "a form")["notes"][0]["text"] == "She decides."


@pytest.mark.wcag("2.1.1")
def test_by_keyboard_at_320_px_and_restored(kind_page: Callable[[str], KindPage]) -> None:
    near = 'near = [{ form = "content", feedback = "That means pleased." }]'
    told = "\n".join(f"{name} = {json.dumps(value)}" for name, value in PRACTISED.items() if name != "near")
    both = f'[[items]]\nid = "w99-short-p"\nkind = "short"\nstem = "What do you need?"\n{told}\n{near}\n'
    both += '[[items]]\nid = "w99-short-q"\nkind = "short"\npurpose = "assessed"\npoints = 1\nstem = "What is it called?"\n'
    kind = kind_page(both)
    page, practice = kind.page, kind.page.locator("#w99-short-p")
    page.set_viewport_size({"width": 320, "height": 640})
    field = page.get_by_label("What do you need?")
    expect(field).to_have_accessible_description("Type the word or words, not a whole sentence. Small spelling slips do not matter.")
    field.focus()
    page.keyboard.type("Content")
    page.keyboard.press("Enter")
    expect(practice.get_by_role("button", name="Check my answer")).to_be_focused()  # as if it had been pressed
    expect(practice.locator(".wb-short .wb-note")).to_have_text("✗ Not this. That means pleased.")
    expect(practice.locator(".wb-response")).to_have_text("Not quite. Read why, then try again.")
    page.get_by_label("What is it called?").focus()
    page.keyboard.type("x" * 99)
    page.keyboard.press("Enter")
    expect(page.get_by_label("What is it called?")).to_be_focused()  # what is marked says nothing
    assert kind.saved("w99-short-q") == "x" * 80
    assert kind.saved("w99-short-p") == "Content"
    kind.reload()
    expect(field).to_have_value("Content")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert all((one.bounding_box() or {"height": 0})["height"] >= 44 for one in practice.locator("input, button:visible").all())
    assert faults(page) == []
