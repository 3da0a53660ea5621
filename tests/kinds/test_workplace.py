"""A record from the workplace: kept as written, warned of what tells who a person is, printed for the witness."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from playwright.sync_api import Page, expect
from pydantic import ValidationError

from tests.axe import faults
from tests.conftest import Rules
from tests.kinds.conftest import KindPage
from workbook_helpers.items.kinds.workplace import EVIDENCE, FIELDS, PLACES, Workplace
from workbook_helpers.items.privacy import rules as patterns

CRITERIA = [{"code": "2.2", "text": "I looked it up"}, {"code": "3.4a", "text": "I asked for advice"}]
WHOLE = {
    "evidence": "witness",
    "date": "2026-11-03",
    "place": "care-home",
    "done": "I read the handover back.",
    "criteria": "2.2 3.4a",
    "role": "Senior carer",
}
# A number of the form that is kept for drama and tests, and one of Ofcom's numbers for drama.
SIGNS = [
    pytest.param("I helped Mrs Hill to the table.", [("name", "Mrs Hill")], id="title"),
    pytest.param("I sat with mrs hill.", [("name", "mrs hill")], id="title-small"),
    pytest.param("Then Mr. O’Brien came.", [("name", "Mr. O’Brien")], id="title-stop-apostrophe"),
    pytest.param("Mr March and Mrs Hall came.", [("name", "Mr March"), ("name", "Mrs Hall")], id="title-ordinary-word"),
    pytest.param("The visit by Dr Shah went well.", [("name", "Dr Shah")], id="doctor"),
    pytest.param("In the morning Joan Evans asked for tea.", [("name", "Joan Evans")], id="two-capitals"),
    pytest.param("I told Siân Jones-Parry so.", [("name", "Siân Jones-Parry")], id="accents-and-hyphen"),
    pytest.param("Yesterday Joan Evans called.", [("name", "Joan Evans")], id="after-an-ordinary-word"),
    pytest.param("Ana Lopez was there.", [("name", "Ana Lopez")], id="at-the-start"),
    pytest.param("Ring 07700 900123 after six.", [("phone", "07700 900123")], id="mobile"),
    pytest.param("Ring (01632) 960 001.", [("phone", "(01632) 960 001")], id="landline"),
    pytest.param("Ring +44 7700 900123.", [("phone", "+44 7700 900123")], id="international"),
    pytest.param("Her number is 943 476 5919.", [("nhs-number", "943 476 5919")], id="nhs-spaced"),
    pytest.param("9434765919", [("nhs-number", "9434765919")], id="nhs-plain"),
    pytest.param("She moved to SW1A 1AA.", [("postcode", "SW1A 1AA")], id="postcode"),
    pytest.param("post code cf10 3at", [("postcode", "cf10 3at")], id="postcode-small"),
    pytest.param("Write to j.hill@example.org.", [("email", "j.hill@example.org")], id="email"),
    pytest.param("I went to 12 Station Road.", [("address", "12 Station Road")], id="address"),
    pytest.param("I went to 12b high street.", [("address", "12b high street")], id="address-small"),
    pytest.param("It is in Albert Terrace.", [("address", "Albert Terrace")], id="street-without-number"),
]
CALM = [
    "I have the Care Certificate.",
    "On Monday Morning we met.",
    "We follow the Mental Capacity Act 2005 and the Code of Conduct.",
    "The Nurse Manager and the District Nurse read the Care Plan.",
    "We used SBAR, and the GP called NHS England.",
    "Using Makaton helped. I’m English and I've Welsh friends.",
    "On 01/02/2026 10.30 10.45 I checked the chart.",
    "On 01-02-2026 from 10.30 to 11.45 I was there.",
    "943 476 5918 has the wrong check digit.",
    "Two of 12 people on the road; 2 miles by road.",
    "I was in room 4 on the 2nd and we took unit L2 2nd.",
    "The bus is number 1234567890123.",
    "They will miss the bus. We cleaned up together.",
    "I work in Supported Living. She has Parkinson’s Disease.",
    "Level 2 Diploma in Care, criterion 3.4a",
    "",
]


def workplace(**changes: Any) -> Workplace:
    base = {"id": "w99-e1", "kind": "workplace", "purpose": "record", "stem": "Evidence", "criteria": CRITERIA}
    return Workplace.model_validate(base | changes)


ITEM = workplace()


@pytest.fixture(scope="session")
def find_in_page(rules: Rules) -> Any:
    """find_in_page(text): what the page's own script finds."""
    return lambda text: rules("signs", text, patterns())


@pytest.mark.parametrize(("text", "signs"), SIGNS)
def test_signs_are_found_in_the_page(text: str, signs: list[tuple[str, str]], find_in_page: Any) -> None:
    assert [(one["sign"], one["text"]) for one in find_in_page(text)] == signs


@pytest.mark.parametrize("text", CALM)
def test_false_alarms_are_few(text: str, find_in_page: Any) -> None:
    assert find_in_page(text) == []


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ("943 476 5919", True),
        ("943-476-5919", True),
        ("943 476 5910", False),
        ("943 476 591", False),
        ("0000000000", True),  # passes the check, as the rule of the check digit says
        ("1000000010", False),  # the remainder is 1, so the check would be 10, which is never used
        ("1000000001", True),
        ("0000000019", True),
        ("0000000060", False),
    ],
)
def test_the_check_digit_of_an_nhs_number(text: str, good: bool, find_in_page: Any) -> None:
    assert ("nhs-number" in {one["sign"] for one in find_in_page(text)}) is good


def test_any_text_can_be_looked_through(find_in_page: Any) -> None:
    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(st.text(max_size=200))
    def look(text: str) -> None:
        assert all(one["text"].strip() for one in find_in_page(text))

    look()


@pytest.mark.timeout(20, func_only=True)
def test_long_texts_take_no_long_time(find_in_page: Any) -> None:
    for text in ("1 " * 10_000, "Aa " * 7_000, "a" * 20_000, "0 7" * 6_000, "a@" * 10_000):
        find_in_page(text)


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"purpose": "practice"}, 'purpose = "record"'),
        ({"criteria": [CRITERIA[0], *CRITERIA]}, "share a code"),
        ({"criteria": []}, "at least 1"),
        ({"criteria": [{"code": "2.2 3", "text": "Two"}]}, "pattern"),
    ],
)
def test_author_faults_are_told(changes: dict[str, Any], fault: str) -> None:
    with pytest.raises(ValidationError, match=fault):
        workplace(**changes)


@pytest.mark.parametrize(
    ("value", "fault"),
    [
        pytest.param(WHOLE, "", id="whole"),
        pytest.param({"done": "Only this."}, "", id="part"),
        pytest.param({"done": "Mrs Hill rang 07700 900123."}, "", id="a-name-never-stops-saving"),
        pytest.param({}, "", id="empty"),
        pytest.param(None, "", id="none"),
        pytest.param("done", "no object", id="text"),
        pytest.param({"criteria": ["2.2"]}, "no object", id="list-of-criteria"),
        pytest.param({"name": "Joan"}, "none of", id="unknown-field"),
        pytest.param({"evidence": "photo"}, "does not offer", id="unknown-evidence"),
        pytest.param({"date": "20261103"}, "no date", id="other-form-of-date"),
        pytest.param({"date": "2026-02-30"}, "no date", id="no-such-day"),
        pytest.param({"criteria": "2.2 2.2"}, "twice", id="criterion-twice"),
        pytest.param({"criteria": "9.9"}, "does not have", id="unknown-criterion"),
        pytest.param({"done": "x" * 20_001}, "characters long", id="too-long"),
        pytest.param({"role": "\ud800"}, "not valid text", id="surrogate"),
    ],
)
def test_problem(value: Any, fault: str) -> None:
    problem = ITEM.problem(value)
    assert (problem is None) if not fault else (fault in (problem or ""))


def test_words_and_blank() -> None:
    assert ITEM.in_words(WHOLE) == (
        "Kind of evidence: Witness: a colleague saw me",
        "Date: 3 November 2026",
        "Kind of place: A care home",
        "What I did: I read the handover back.",
        "What it shows: 2.2 I looked it up; 3.4a I asked for advice",
        "Role of the witness: Senior carer",
    )
    assert ITEM.is_blank({"done": " "})


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9) | st.sampled_from([*EVIDENCE, *PLACES, "2.2", "2026-11-03"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4) | st.sampled_from(list(FIELDS)), inner, max_size=4),
    max_leaves=8,
)


@given(value=JSON)
def test_any_json_is_an_answer_or_reported(value: Any) -> None:
    problem = ITEM.problem(value)
    if problem is None:
        assert ITEM.is_blank(value) or ITEM.in_words(value)
        assert ITEM.problem(json.loads(json.dumps(value))) is None
    else:
        assert problem.strip()


def as_toml(name: str) -> str:
    lines = ["[[items]]", f'id = "{name}"', 'kind = "workplace"', 'purpose = "record"', 'stem = "Evidence of my work"']
    return "\n".join([*lines, 'criteria = [{ code = "2.2", text = "I looked it up" }, { code = "3.4a", text = "I asked" }]']) + "\n"


TASK = '[[items]]\nid = "w99-t01"\nkind = "written"\npurpose = "assessed"\npoints = 5\nstem = "Tell an example."\nwords = 150\n'
THOUGHT = '[[items]]\nid = "w99-r01"\nkind = "reflection"\npurpose = "private"\nstem = "Think back."\n'


def test_filled_in_by_mouse_warned_and_printed(kind_page: Callable[[str], KindPage]) -> None:
    kind = kind_page(as_toml("w99-workplace-r") + TASK + THOUGHT)
    page, item = kind.page, kind.page.locator("#w99-workplace-r")
    item.get_by_role("radio", name="Witness").check()
    item.get_by_label("Date").fill("2026-11-03")
    item.get_by_role("group", name="Kind of place").get_by_role("radio", name="A care home").check()
    item.get_by_label("3.4a").check()
    done = item.get_by_label("What I did")
    done.press_sequentially("I rang Mrs H")
    warning = item.get_by_role("status").filter(has_text="This looks as if it holds")
    expect(warning).to_be_hidden()
    done.press_sequentially("ill.")
    expect(warning).to_contain_text("This looks as if it holds a person’s name. Please take it out")
    expect(warning).to_contain_text("Your words stay as they are.")
    assert warning.get_attribute("id") in (done.get_attribute("aria-describedby") or "").split()
    expect(item.get_by_text("Look at: “Mrs Hill”.")).to_be_visible()
    said = {"evidence": "witness", "date": "2026-11-03", "place": "care-home", "done": "I rang Mrs Hill.", "criteria": "3.4a"}
    assert kind.saved("w99-workplace-r") == said
    assert faults(page, "#w99-workplace-r") == []
    done.fill("I rang the daughter.")
    expect(warning).to_be_hidden()
    item.get_by_label("Role of the witness").fill("The nurse, 07700 900123")
    expect(warning).to_contain_text("a telephone number")
    for name in ("w99-t01", "w99-r01"):  # whoever writes of people is warned
        area, said_there = page.locator(f"#{name} textarea").first, page.locator(f"#{name} .wb-signs").first
        area.fill("Joan Evans lives at 12 Station Road.")
        expect(said_there).to_contain_text("a street address and a person’s name")
        assert said_there.get_attribute("id") in (area.get_attribute("aria-describedby") or "").split()
        kind.saved(name)
    kind.reload()
    expect(page.locator(".wb-signs:not(:empty)")).to_have_count(3)  # also of what was written before
    printed_sheet(page)


def printed_sheet(page: Page) -> None:
    """The button prints the sheet and nothing else, and leaves the page as it was."""
    page.evaluate("() => { globalThis.printed = 0; globalThis.print = () => { globalThis.printed += 1; }; }")
    page.get_by_role("button", name="Print a witness sheet").click()
    assert page.evaluate("globalThis.printed") == 1
    sheet = page.locator(".wb-workplace-sheet")
    expect(sheet).to_be_hidden()
    page.emulate_media(media="print")
    expect(sheet).to_be_visible()
    expect(page.locator(".wb-question:visible")).to_have_count(0)
    for text in ("Witness sheet", "3 November 2026", "I rang the daughter.", "3.4a I asked", "Signature", "To be filled in by the learner"):
        expect(sheet).to_contain_text(text)
    page.emulate_media(media="screen")
    page.evaluate("globalThis.dispatchEvent(new Event('afterprint'))")
    expect(sheet).to_have_count(0)
    expect(page.locator(".wb-question:visible")).not_to_have_count(0)


@pytest.mark.wcag("2.1.1")
def test_filled_in_by_keyboard_at_320_px_and_restored(kind_page: Callable[[str], KindPage]) -> None:
    kind = kind_page(as_toml("w99-workplace-k"))
    page, item = kind.page, kind.page.locator("#w99-workplace-k")
    page.set_viewport_size({"width": 320, "height": 640})
    item.get_by_role("radio").first.focus()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.type("03112026")
    date = item.get_by_label("Date")
    while date.evaluate("node => node === document.activeElement"):
        page.keyboard.press("Tab")
    expect(item.get_by_role("radio", name="A care home")).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.type("I met Joan Evans.")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.type("Manager")
    page.keyboard.press("Tab")
    expect(item.get_by_role("button", name="Print a witness sheet")).to_be_focused()
    said = kind.saved("w99-workplace-k")
    assert said.pop("date") in ("2026-11-03", "2026-03-11")  # the order of the parts is the browser's
    assert said == {"evidence": "observation", "place": "own-home", "done": "I met Joan Evans.", "criteria": "2.2", "role": "Manager"}
    kind.reload()
    expect(item.get_by_label("What I did")).to_have_value("I met Joan Evans.")
    expect(item.get_by_label("2.2")).to_be_checked()
    expect(item.get_by_role("status").filter(has_text="a person’s name")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    fields = item.locator("button:visible, textarea, input:not([type=checkbox], [type=radio]), .wb-segment label").all()
    assert all((one.bounding_box() or {"height": 0})["height"] >= 44 for one in fields)
    assert faults(page, "#w99-workplace-k") == []


def test_what_the_form_before_says_of_place_and_witness_is_not_asked_again_and_a_form_can_be_emptied(
    kind_page: Callable[[str], KindPage],
) -> None:
    names = [f"w99-workplace-{n}" for n in "abcd"]
    kind = kind_page("".join(as_toml(name) for name in names))
    first, second, third, fourth = (kind.page.locator(f"#{name}") for name in names)
    empty = first.get_by_role("button", name="Empty this form")
    expect(empty).to_be_hidden()
    first.get_by_role("radio", name="Witness").check()
    first.get_by_role("radio", name="Supported living").check()
    first.get_by_label("Role of the witness").fill("Senior carer")
    whole = kind.saved(names[0])
    second.get_by_role("radio", name="Witness").check()
    assert kind.saved(names[1]) == whole == {"evidence": "witness", "place": "supported-living", "role": "Senior carer"}
    expect(second.get_by_text("From your form before.")).to_have_count(2)
    expect(second.get_by_role("group", name="Kind of place")).to_have_accessible_description(re.compile("From your form before"))
    expect(second.get_by_label("Role of the witness")).to_have_accessible_description(re.compile("From your form before"))
    second.get_by_role("radio", name="A care home").check()
    expect(second.get_by_text("From your form before.")).to_have_count(1)
    third.get_by_role("radio", name="Observation").check()  # who saw that is another person
    assert kind.saved(names[2]) == {"evidence": "observation", "place": "care-home"}
    empty.click()
    expect(first.get_by_role("status").filter(has_text="The form is empty.")).to_be_visible()
    assert kind.saved(names[0]) == {}
    first.get_by_role("button", name="Put it back").click()
    assert kind.saved(names[0]) == whole
    expect(empty).to_be_focused()
    empty.click()
    fourth.get_by_label("2.2").check()
    assert kind.saved(names[3]) == {"place": "care-home", "criteria": "2.2"}
    first.get_by_label("2.2").check()
    assert kind.saved(names[0]) == {"criteria": "2.2"}, "what was taken out stays out"
    assert faults(kind.page, f"#{names[1]}") == []
