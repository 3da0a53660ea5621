"""A map of relationships: half a point for each right choice, and the picture says what the table says."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from playwright.sync_api import expect
from pydantic import ValidationError

from autograde.marking.kinds.relationships import MARKER
from tests.axe import faults
from tests.conftest import Rules
from tests.kinds.conftest import KindPage
from workbook_helpers.items.kinds.relationships import Relationships

KEY = {
    "nurse": {"kind": "working", "share": "needed"},
    "son": {"kind": "personal", "share": "consent"},
    "cousin": {"kind": "both", "share": "needed"},
    "driver": {"kind": "working", "share": "nothing"},
}
KINDS = [{"id": "working", "text": "Working"}, {"id": "personal", "text": "Personal"}, {"id": "both", "text": "Both"}]
SHARES = [{"id": "needed", "text": "What they need"}, {"id": "consent", "text": "With consent"}, {"id": "nothing", "text": "Nothing"}]
PEOPLE = [{"id": name, "text": f"The {name}"} for name in KEY]
TOLD = [{**one, **KEY[one["id"]], "feedback": f"Because {one['id']}."} for one in PEOPLE]


def relationships(**changes: Any) -> Relationships:
    base = {"id": "w99-r1", "kind": "relationships", "purpose": "assessed", "points": 4, "stem": "Who?", "person": "Mr Lewis"}
    return Relationships.model_validate(base | {"people": PEOPLE, "kinds": KINDS, "shares": SHARES} | changes)


ITEM = relationships()
PRACTICE = relationships(purpose="practice", points=0, people=TOLD)


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"people": TOLD}, "only a practice item may"),
        ({"purpose": "practice", "points": 0}, "needs the id of its kind"),
        ({"purpose": "practice", "points": 0, "people": [{**TOLD[0], "kind": "odd"}, *TOLD[1:]]}, "needs the id of its kind"),
        ({"people": [PEOPLE[0], *PEOPLE]}, "two of people share an id"),
        ({"kinds": [KINDS[0], *KINDS]}, "two of kinds share an id"),
        ({"kinds": [*KINDS, *KINDS]}, "at most 5"),
        ({"purpose": "private", "points": 0}, "not private"),
    ],
)
def test_author_faults_are_told(changes: dict[str, Any], fault: str) -> None:
    with pytest.raises(ValidationError, match=fault):
        relationships(**changes)


@pytest.mark.parametrize(
    ("value", "fault"),
    [
        pytest.param(KEY, "", id="whole"),
        pytest.param({"son": {"kind": "personal"}}, "", id="half-done"),
        pytest.param({"son": {}}, "", id="empty-person"),
        pytest.param({}, "", id="empty"),
        pytest.param(None, "", id="none"),
        pytest.param([], "no object", id="list"),
        pytest.param({"son": "personal"}, "no object", id="text"),
        pytest.param({"aunt": {"kind": "personal"}}, "a person that", id="unknown-person"),
        pytest.param({"son": {"colour": "red"}}, "something else", id="unknown-part"),
        pytest.param({"son": {"kind": "consent"}}, "does not have", id="share-as-kind"),
        pytest.param({"son": {"kind": ["personal"]}}, "does not have", id="kind-is-a-list"),
    ],
)
def test_problem(value: Any, fault: str) -> None:
    problem = ITEM.problem(value)
    assert (problem is None) if not fault else (fault in (problem or ""))


@pytest.mark.parametrize(
    ("changes", "share"),
    [
        pytest.param({}, 1.0, id="all-right"),
        pytest.param({"son": {"kind": "personal", "share": "needed"}}, 7 / 8, id="half-for-the-kind"),
        pytest.param({"son": {"share": "consent"}}, 7 / 8, id="half-for-the-share"),
        pytest.param({"son": {"kind": "working", "share": "nothing"}}, 6 / 8, id="a-wrong-person-takes-nothing-away"),
        pytest.param({name: {"kind": "both", "share": "consent"} for name in KEY}, 2 / 8, id="the-same-for-all"),
    ],
)
def test_points(changes: dict[str, Any], share: float) -> None:
    assert MARKER.fraction(ITEM, KEY, {**KEY, **changes}) == pytest.approx(share)


@pytest.mark.parametrize(
    ("right", "fault"),
    [
        ({**KEY, "aunt": KEY["son"]}, "for each of"),
        ({"son": KEY["son"]}, "for each of"),
        (None, "for each of"),
        ({**KEY, "son": {"kind": "odd", "share": "consent"}}, "for each of"),
        ({**KEY, "son": {"kind": "personal"}}, "look at son"),
    ],
)
def test_a_bad_key_is_told(right: Any, fault: str) -> None:
    assert fault in (MARKER.key_problem(ITEM, right) or "")


def test_tries_words_and_silence() -> None:
    tries = MARKER.tries(ITEM, KEY)
    assert MARKER.key_problem(ITEM, KEY) is None
    assert MARKER.fraction(ITEM, KEY, tries.right) == 1 > MARKER.fraction(ITEM, KEY, tries.wrong)
    assert ITEM.problem(tries.malformed)
    assert ITEM.in_words({"son": {"kind": "personal"}})[:2] == (
        "The nurse: not chosen yet; may be shared: not chosen yet",
        "The son: Personal; may be shared: not chosen yet",
    )
    assert ITEM.is_blank({"son": {}})
    assert all(set(one) == {"id", "text"} for one in ITEM.public()["people"])


def test_practice_says_which_half_is_right(rules: Rules) -> None:
    given = {"nurse": KEY["nurse"], "son": {"kind": "personal", "share": "nothing"}, "cousin": {"kind": "both"}, "driver": KEY["son"]}
    response = rules("respond", PRACTICE.public(), given)
    assert not response["right"]
    assert [(note["part"], note["verdict"], note["text"]) for note in response["notes"]] == [
        ("The nurse: Working; may be shared: What they need", "right", "Because nurse."),
        ("The son: Personal; may be shared: Nothing", "wrong", "The kind is right; what may be shared is not. Because son."),
        ("The cousin", "missed", "Choose both for this person: the kind, and what may be shared."),
        ("The driver: Personal; may be shared: With consent", "wrong", "Because driver."),
    ]
    half = rules("respond", PRACTICE.public(), {**KEY, "son": {"kind": "working", "share": "consent"}})["notes"][1]["text"]
    assert half == "What may be shared is right; the kind is not. Because son."
    assert rules("respond", PRACTICE.public(), KEY)["right"]


NAMES = st.text(max_size=4) | st.sampled_from([*KEY, "kind", "share"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9) | st.sampled_from(["working", "needed"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=10,
)
PARTS = {"kind": st.sampled_from([one["id"] for one in KINDS]), "share": st.sampled_from([one["id"] for one in SHARES])}
ANSWERS = st.dictionaries(st.sampled_from(list(KEY)), st.fixed_dictionaries({}, optional=PARTS))


@given(value=JSON | ANSWERS)
def test_any_json_is_an_answer_or_reported(value: Any) -> None:
    problem = ITEM.problem(value)
    if problem is None:
        assert len(ITEM.in_words(value)) == len(PEOPLE)
        assert ITEM.problem(json.loads(json.dumps(value))) is None
        assert ITEM.is_blank(value) or 0 <= MARKER.fraction(ITEM, KEY, value) <= 1
    else:
        assert problem.strip()


@given(value=ANSWERS)
def test_well_formed_answers_are_answers(value: Any) -> None:
    assert ITEM.problem(value) is None


def as_toml(item: Relationships) -> str:
    """Write the item as its author would."""
    said = item.model_dump(mode="json", exclude_none=True)
    parts = {name: said.pop(name) for name in ("people", "kinds", "shares")}
    lines = ["[[items]]", *(f"{name} = {json.dumps(value)}" for name, value in said.items())]
    for part, tables in parts.items():
        for table in tables:
            lines += [f"[[items.{part}]]", *(f"{name} = {json.dumps(value)}" for name, value in table.items())]
    return "\n".join(lines) + "\n"


@pytest.mark.wcag("1.1.1", "1.4.1")
def test_practice_by_mouse_draws_the_map(kind_page: Callable[[str], KindPage]) -> None:
    kind = kind_page(as_toml(relationships(id="w99-relationships-p", purpose="practice", points=0, people=TOLD)))
    page, item = kind.page, kind.page.locator("#w99-relationships-p")
    people, picture = item.locator(".wb-cards-card"), item.get_by_role("img", name="Map of the people around Mr Lewis")
    expect(picture.locator("line")).to_have_count(0)
    item.get_by_role("button", name="Next card").click()
    people.nth(1).get_by_role("radio", name="Personal").check()
    expect(people.nth(1).get_by_role("radio", name="Personal")).to_be_focused()  # the picture is drawn again, the focus stays
    people.nth(1).get_by_role("radio", name="Nothing").check()
    expect(people.nth(2).locator("legend").first).to_be_focused()
    expect(picture).to_have_accessible_description(
        "1. The nurse: not chosen yet; not chosen yet. 2. The son: Personal; Nothing. 3. The cousin: not chosen yet; not chosen yet. "
        "4. The driver: not chosen yet; not chosen yet."
    )
    expect(picture.locator("rect")).to_have_count(1)
    expect(picture.locator(".wb-relationships-share")).to_have_text(["Nothing"])
    assert picture.locator("line").get_attribute("stroke-dasharray") == "11 6"
    item.get_by_text("The map as a table").click()
    expect(item.get_by_role("row", name="2. The son")).to_have_text("2. The sonPersonalNothing")
    page.emulate_media(forced_colors="active")
    colours = """[...document.querySelectorAll('.wb-relationships-map :is(text, line)')]
        .map((node) => getComputedStyle(node)).map((style) => style.stroke === 'none' ? style.fill : style.stroke)"""
    system = page.evaluate("() => { document.body.style.color = 'CanvasText'; return getComputedStyle(document.body).color; }")
    assert set(page.evaluate(colours)) == {system}
    item.get_by_role("button", name="Check my answer").click()
    expect(people.nth(1)).to_contain_text("The kind is right; what may be shared is not. Because son.")
    assert faults(page, "#w99-relationships-p") == []
    assert kind.saved("w99-relationships-p") == {"son": {"kind": "personal", "share": "nothing"}}


@pytest.mark.wcag("2.1.1")
def test_assessed_by_keyboard_at_320_px_and_restored(kind_page: Callable[[str], KindPage]) -> None:
    kind = kind_page(as_toml(relationships(id="w99-relationships-q")))
    page, item = kind.page, kind.page.locator("#w99-relationships-q")
    page.set_viewport_size({"width": 320, "height": 640})
    item.get_by_role("radio").first.focus()
    for key in ("ArrowUp", "Tab", "ArrowUp", "Enter", "Tab", "Space", "Tab", "Space"):
        page.keyboard.press(key)
    said = {"nurse": {"kind": "both", "share": "nothing"}, "son": {"kind": "working", "share": "needed"}}
    assert kind.saved("w99-relationships-q") == said
    kind.reload()
    expect(item.get_by_role("group", name="Person 3 of 4")).to_be_visible()
    expect(item.locator("svg desc")).to_contain_text("1. The nurse: Both; Nothing. 2. The son: Working; What they need.")
    expect(item.locator("svg.wb-relationships-map rect")).to_have_count(2)
    expect(item.locator("svg.wb-relationships-map .wb-relationships-name")).to_have_count(0)  # too small to read: numbers stand for names
    item.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(item.get_by_role("table")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert all(
        (one.bounding_box() or {"height": 0})["height"] >= 44 for one in item.locator("label:visible, button:visible, summary").all()
    )
    assert faults(page, "#w99-relationships-q") == []
    expect(item.get_by_role("button", name="Check my answer")).to_have_count(0)
