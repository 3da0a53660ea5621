"""A handover message: every fact in its place, and a breach of confidentiality costs more."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from playwright.sync_api import expect
from pydantic import ValidationError

from autograde.marking.kinds.handover import MARKER
from tests.axe import faults
from tests.conftest import Rules, all_at_once
from tests.kinds.conftest import KindPage
from workbook_helpers.items.kinds.handover import SPOKEN, Handover, Part
from workbook_helpers.words import say

KEY = {"who": "situation", "past": "background", "seen": "assessment", "ask": "recommendation", "tea": "leave-out", "secret": "not-shared"}
FACTS = [{"id": name, "text": f"Fact {name}."} for name in KEY]
TOLD = [{**fact, "part": KEY[fact["id"]], "feedback": f"Because {fact['id']}."} for fact in FACTS]


def handover(**changes: Any) -> Handover:
    base = {"id": "w99-h1", "kind": "handover", "purpose": "assessed", "points": 6, "stem": "Where?", "facts": FACTS}
    return Handover.model_validate(base | changes)


ITEM = handover()
PRACTICE = handover(purpose="practice", points=0, facts=TOLD)


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"facts": TOLD}, "only a practice item may"),
        ({"purpose": "practice", "points": 0}, "needs part"),
        ({"facts": [FACTS[0], *FACTS]}, "share an id"),
        ({"facts": FACTS[:2]}, "at least 3"),
        ({"purpose": "private", "points": 0}, "not private"),
        ({"purpose": "practice", "points": 0, "facts": [{**TOLD[0], "part": "opinion"}, *TOLD[1:]]}, "Input should be"),
    ],
)
def test_author_faults_are_told(changes: dict[str, Any], fault: str) -> None:
    with pytest.raises(ValidationError, match=fault):
        handover(**changes)


@pytest.mark.parametrize(
    ("value", "fault"),
    [
        pytest.param(KEY, "", id="whole"),
        pytest.param({"who": "background"}, "", id="part-done"),
        pytest.param({}, "", id="empty"),
        pytest.param(None, "", id="none"),
        pytest.param([["who", "situation"]], "expected an object", id="list"),
        pytest.param({"nobody": "situation"}, "does not have", id="unknown-fact"),
        pytest.param({"who": "opinion"}, "none of", id="unknown-part"),
        pytest.param({"who": ["situation"]}, "none of", id="part-is-a-list"),
        pytest.param({"who": ""}, "none of", id="part-is-empty"),
    ],
)
def test_problem(value: Any, fault: str) -> None:
    problem = ITEM.problem(value)
    assert (problem is None) if not fault else (fault in (problem or ""))


@pytest.mark.parametrize(
    ("changes", "share"),
    [
        pytest.param({}, 6 / 6, id="all-right"),
        pytest.param({"past": "assessment"}, 5 / 6, id="one-wrong-part"),
        pytest.param({"tea": "background"}, 5 / 6, id="padding-costs-its-own-share-only"),
        pytest.param({"secret": "background"}, 4 / 6, id="a-breach-costs-one-more"),
        pytest.param({"secret": "leave-out"}, 5 / 6, id="kept-back-for-another-reason"),
        pytest.param(dict.fromkeys(KEY, "background"), 0, id="tell-all-in-one-part"),
        pytest.param(dict.fromkeys(KEY, "recommendation"), 0, id="never-below-zero"),
    ],
)
def test_points(changes: dict[str, str], share: float) -> None:
    assert MARKER.fraction(ITEM, KEY, {**KEY, **changes}) == pytest.approx(share)
    assert MARKER.fraction(ITEM, KEY, {"secret": "situation"}) == 0


@pytest.mark.parametrize(
    ("right", "fault"),
    [
        ({**KEY, "more": "situation"}, "each of"),
        ({"who": "situation"}, "each of"),
        ("situation", "each of"),
        ({**KEY, "who": "opinion"}, "must be one of"),
        (dict.fromkeys(KEY, "leave-out"), "at least one"),
    ],
)
def test_a_bad_key_is_told(right: Any, fault: str) -> None:
    assert fault in (MARKER.key_problem(ITEM, right) or "")


def test_tries_words_and_silence() -> None:
    tries = MARKER.tries(ITEM, KEY)
    assert MARKER.key_problem(ITEM, KEY) is None
    assert MARKER.fraction(ITEM, KEY, tries.right) == 1 > MARKER.fraction(ITEM, KEY, tries.wrong)
    assert ITEM.problem(tries.malformed)
    assert ITEM.in_words({"ask": "situation", "who": "background"})[:3] == (
        "Situation: Fact ask.",
        "Background: Fact who.",
        "No place chosen: Fact past.",
    )
    assert all(set(fact) == {"id", "text"} for fact in ITEM.public()["facts"])


def test_practice_speaks_of_each_fact_and_does_not_give_away_the_rest(rules: Rules) -> None:
    response = rules("respond", PRACTICE.public(), {"who": "situation", "secret": "background"})
    notes = {note["part"]: (note["verdict"], note["text"]) for note in response["notes"]}
    assert not response["right"]
    assert notes["Fact who. → Situation"] == ("right", "Because who.")
    assert notes["Fact secret. → Background"] == ("wrong", "Because secret.")
    assert notes["Fact tea."] == ("missed", "This fact has no place yet.")
    assert rules("respond", PRACTICE.public(), KEY)["right"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9) | st.sampled_from(list(Part)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4) | st.sampled_from(list(KEY)), inner, max_size=4),
    max_leaves=10,
)
ANSWERS = st.dictionaries(st.sampled_from(list(KEY)), st.sampled_from([part.value for part in Part]))


@given(value=JSON | ANSWERS)
def test_any_json_is_an_answer_or_reported(value: Any) -> None:
    problem = ITEM.problem(value)
    if problem is None:
        assert len(ITEM.in_words(value)) == len(FACTS)
        assert ITEM.problem(json.loads(json.dumps(value))) is None
        assert ITEM.is_blank(value) or 0 <= MARKER.fraction(ITEM, KEY, value) <= 1
    else:
        assert problem.strip()


@given(value=ANSWERS, fact=st.sampled_from(list(KEY)))
def test_putting_a_fact_right_never_loses_points_and_only_a_breach_loses_two(value: dict[str, str], fact: str) -> None:
    kept = MARKER.fraction(ITEM, KEY, {**value, fact: KEY[fact]})
    assert kept >= MARKER.fraction(ITEM, KEY, value)
    if KEY[fact] != "not-shared" or value.get(fact) not in SPOKEN:
        assert kept - MARKER.fraction(ITEM, KEY, value) <= 1 / 6 + 1e-9


def as_toml(item: Handover) -> str:
    """Write the item as its author would."""
    said = item.model_dump(mode="json", exclude_none=True)
    facts = said.pop("facts")
    lines = ["[[items]]", *(f"{name} = {json.dumps(value)}" for name, value in said.items())]
    for fact in facts:
        lines += ["[[items.facts]]", *(f"{name} = {json.dumps(value)}" for name, value in fact.items())]
    return "\n".join(lines) + "\n"


def test_practice_by_mouse(kind_page: Callable[[str], KindPage]) -> None:
    kind = kind_page(as_toml(handover(id="w99-handover-p", purpose="practice", points=0, facts=TOLD, receiver="the nurse")))
    item = kind.page.locator("#w99-handover-p")
    cards = item.locator(".wb-cards-card")
    fact = {name: cards.filter(has_text=f"Fact {name}.") for name in KEY}
    all_at_once(item)
    fact["who"].get_by_role("radio", name="Situation").check()
    fact["secret"].get_by_role("radio", name="Background").check()
    expect(item.get_by_text("2 of 6 facts have a place.")).to_be_visible()
    heard = item.locator(".wb-handover-heard")
    expect(heard).to_be_empty()  # nothing is read out until it is asked for
    item.get_by_role("button", name="Hear what the receiver understood").click()
    expect(heard).to_contain_text("This is what the nurse heard.")
    expect(heard.get_by_role("listitem")).to_have_text(["Fact who.", "Fact secret."])
    expect(heard).to_contain_text(say("handover-asks-recommendation"))
    fact["secret"].get_by_role("radio", name="Must not be shared").check()
    expect(item.get_by_text("You have changed the message.")).to_be_visible()
    item.get_by_role("button", name="Hear what the receiver understood").click()
    expect(heard.get_by_role("listitem")).to_have_text(["Fact who."])
    item.get_by_role("button", name="Check my answer").click()
    expect(item.locator(".wb-response")).to_have_text("2 of 6 right. Try the four with ○ again.")
    expect(fact["secret"].locator(".wb-note")).to_have_text("✓ Right. Because secret.")
    assert faults(kind.page, "#w99-handover-p") == []
    assert kind.saved("w99-handover-p") == {"who": "situation", "secret": "not-shared"}


@pytest.mark.wcag("2.1.1")
def test_assessed_by_keyboard_at_320_px_and_restored(kind_page: Callable[[str], KindPage]) -> None:
    kind = kind_page(as_toml(handover(id="w99-handover-q")))
    page, item = kind.page, kind.page.locator("#w99-handover-q")
    page.set_viewport_size({"width": 320, "height": 640})
    item.locator("input").first.focus()
    for down in range(3):  # arrows pass through choices: the card stays until Enter
        page.keyboard.press("Space")
        for _ in range(down):
            page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        expect(item.locator("legend:focus")).to_have_count(1)
        page.keyboard.press("Tab")
    item.get_by_role("button", name="Hear what the receiver understood").focus()
    expect(item.get_by_role("button", name="Hear what the receiver understood")).to_be_focused()
    page.keyboard.press("Enter")
    expect(item.locator(".wb-handover-heard").get_by_role("listitem")).to_have_count(3)
    said = {"who": "situation", "past": "background", "seen": "assessment"}
    assert kind.saved("w99-handover-q") == said
    kind.reload()
    expect(item.locator("legend:visible")).to_contain_text("Fact 4 of 6")
    assert kind.saved("w99-handover-q") == said
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert all((one.bounding_box() or {"height": 0})["height"] >= 44 for one in item.locator("label:visible, button:visible").all())
    assert faults(page, "#w99-handover-q") == []
    expect(item.get_by_role("button", name="Check my answer")).to_have_count(0)
