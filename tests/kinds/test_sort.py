"""Sort: cards into groups, one card at a time; what it shares with `match` in marking is tried there."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect
from pydantic import ValidationError

from autograde.marking.kinds.sort import MARKER
from tests.axe import faults
from tests.conftest import Rules
from tests.kinds.conftest import KindPage
from workbook_helpers.items.kinds.sort import Sort

GROUPS = [{"id": "working", "text": "Working"}, {"id": "personal", "text": "Personal"}, {"id": "depends", "text": "It depends"}]
KEY = {"a": "working", "b": "personal", "c": "depends"}
BARE = [{"id": name, "text": f"Card {name}."} for name in KEY]
TOLD = [{**one, "right": KEY[one["id"]], "feedback": f"Because {one['id']}."} for one in BARE]


def sort(**changes: Any) -> Sort:
    base = {"id": "w99-s1", "kind": "sort", "purpose": "assessed", "points": 3, "stem": "Which group?", "cards": BARE, "groups": GROUPS}
    return Sort.model_validate(base | changes)


def test_author_faults_speak_of_cards_and_groups() -> None:
    with pytest.raises(ValidationError, match="card 'a' says what is right"):
        sort(cards=TOLD)
    with pytest.raises(ValidationError, match="two groups share an id"):
        sort(groups=[GROUPS[0], *GROUPS])
    with pytest.raises(ValidationError, match="at most 4"):
        sort(groups=[{"id": f"g{n}", "text": "G"} for n in range(5)])


def test_shuffling_moves_the_cards_and_never_the_groups(rules: Rules) -> None:
    shown = rules.all([("arrange", (sort(shuffle=True).public(), str(n))) for n in range(200)])
    assert len({tuple(card["id"] for card in one["cards"]) for one in shown}) == 6
    assert all(one["groups"] == GROUPS for one in shown)


@pytest.mark.parametrize(
    ("value", "share"), [(KEY, 1), ({**KEY, "a": "depends"}, 2 / 3), ({"b": "personal"}, 1 / 3), (dict.fromkeys(KEY, "working"), 1 / 3)]
)
def test_points(value: dict[str, str], share: float) -> None:
    assert MARKER.fraction(sort(), KEY, value) == pytest.approx(share)


def test_practice_speaks_of_each_card(rules: Rules) -> None:
    response = rules("respond", sort(purpose="practice", points=0, cards=TOLD).public(), {"a": "working", "b": "working"})
    assert response == {
        "right": False,
        "notes": [
            {"id": "a", "part": "Card a. → Working", "verdict": "right", "text": "Because a."},
            {"id": "b", "part": "Card b. → Working", "verdict": "wrong", "hint": True, "text": "Because b."},
            {"id": "c", "part": "Card c.", "verdict": "missed", "text": "You have not chosen a group here yet."},
        ],
    }


def test_words() -> None:
    assert sort().in_words({"b": "personal"}) == ("Card b. → Personal", "No group chosen: Card a.", "No group chosen: Card c.")
    assert sort().problem({"b": "unknown"}) == "gives a card a group that this item does not have"


def as_toml(item: Sort) -> str:
    said = item.model_dump(mode="json", exclude_none=True)
    lists = {name: said.pop(name) for name in ("cards", "groups")}
    lines = ["[[items]]", *(f"{name} = {json.dumps(value)}" for name, value in said.items())]
    for name, tables in lists.items():
        for table in tables:
            lines += [f"[[items.{name}]]", *(f"{field} = {json.dumps(value)}" for field, value in table.items())]
    return "\n".join(lines) + "\n"


def test_a_tap_for_each_card_then_all_stand_as_a_list_with_their_notes(kind_page: Callable[[str], KindPage]) -> None:
    kind = kind_page(as_toml(sort(id="w99-sort-p", purpose="practice", points=0, cards=TOLD)))
    page, item = kind.page, kind.page.locator("#w99-sort-p")
    page.evaluate("addEventListener('pointerdown', () => { globalThis.taps = (globalThis.taps ?? 0) + 1; }, true)")
    cards, table = item.locator(".wb-cards-card"), item.get_by_role("group", name="In the groups now")
    for n, group in enumerate(("Working", "Working", "It depends")):
        expect(cards.locator("visible=true").locator("legend")).to_contain_text(f"Card {n + 1} of 3")
        cards.nth(n).get_by_role("radio", name=group).check()
    expect(item.get_by_role("button", name="Check my answer")).to_be_focused()  # as if it had been pressed
    expect(item.locator(".wb-response")).to_have_text("2 of 3 right. Try the one with ✗ again.")
    assert page.evaluate("globalThis.taps") == 3
    expect(item.get_by_text("3 of 3 cards are in a group.")).to_be_visible()
    expect(table.get_by_role("listitem")).to_have_text(["Card a.", "Card b.", "nothing yet", "Card c."])
    expect(cards.locator(".wb-cards-said")).to_have_text(["Working", "Working", "It depends"])
    expect(cards.nth(1)).to_contain_text("Because b.")
    assert faults(page, "#w99-sort-p") == []
    item.get_by_role("button", name="Change: Card b.").click()
    cards.nth(1).get_by_role("radio", name="Personal").check()
    expect(item.get_by_role("button", name="Change: Card b.")).to_be_focused()
    expect(cards.nth(1).locator(".wb-cards-said")).to_have_text("Personal")
    expect(item.locator(".wb-response")).to_be_empty()  # more may be changed before it is checked again
    assert kind.saved("w99-sort-p") == KEY


@pytest.mark.wcag("2.4.3")
def test_on_a_phone_the_verdict_leads_to_the_first_card_that_is_not_right(kind_page: Callable[[str], KindPage]) -> None:
    kind = kind_page(as_toml(sort(id="w99-sort-f", purpose="practice", points=0, cards=TOLD)))
    page, item = kind.page, kind.page.locator("#w99-sort-f")
    check, lead = item.get_by_role("button", name="Check my answer"), item.get_by_role("button", name="Go to the first ✗")
    check.click()
    expect(item.locator(".wb-response")).to_have_text("Put a card into a group first, then check it.")
    expect(lead).to_be_hidden()
    page.set_viewport_size({"width": 320, "height": 640})
    cards = item.locator(".wb-cards-card")
    for n, group in enumerate(("Working", "Working", "Personal")):
        cards.nth(n).get_by_role("radio", name=group).check()
    check.click()
    expect(cards.nth(1)).not_to_be_in_viewport(ratio=1)
    lead.click()
    expect(cards.nth(1).locator("legend")).to_be_in_viewport(ratio=1)
    expect(cards.nth(1).locator(".wb-note")).to_be_focused()
    item.get_by_role("button", name="Change: Card b.").click()
    cards.nth(1).get_by_role("radio", name="Personal").check()
    expect(lead).to_be_hidden()


def test_a_key_soon_after_a_press_of_next_card_is_no_tap(kind_page: Callable[[str], KindPage]) -> None:
    kind = kind_page(as_toml(sort(id="w99-sort-n")))
    page, item = kind.page, kind.page.locator("#w99-sort-n")
    page.clock.install()
    item.get_by_role("button", name="Next card").click()
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.clock.run_for(1000)
    card = item.locator(".wb-cards-card").nth(1)
    expect(card.get_by_role("radio").first).to_be_checked()
    expect(card).to_be_visible()
    page.keyboard.press("Enter")
    expect(item.get_by_role("button", name="Go on")).to_be_visible()  # from the last card


def test_nothing_is_skipped_and_an_earlier_card_is_changed(kind_page: Callable[[str], KindPage]) -> None:
    kind = kind_page(as_toml(sort(id="w99-sort-q")))
    page, item = kind.page, kind.page.locator("#w99-sort-q")
    cards = item.locator(".wb-cards-card")
    item.get_by_role("button", name="Next card").click()
    expect(cards.nth(1).locator("legend")).to_be_focused()
    cards.nth(1).get_by_role("radio", name="Working").check()
    expect(cards.nth(2).locator("legend")).to_be_focused()
    item.get_by_role("button", name="Previous card").click()
    cards.nth(1).get_by_role("radio", name="Personal").check()  # the last one first, then the one that was left out
    expect(cards.nth(2).locator("legend")).to_be_focused()
    cards.nth(2).get_by_role("radio", name="It depends").check()
    expect(cards.first.locator("legend")).to_be_focused()
    assert kind.saved("w99-sort-q") == {"b": "personal", "c": "depends"}
    item.get_by_role("button", name="See all at once").click()
    expect(cards.locator("visible=true")).to_have_count(3)
    kind.reload()
    expect(cards.locator("visible=true")).to_have_count(3)
    cards.first.get_by_role("radio", name="Working").check()
    item.get_by_role("button", name="See one at a time").click()
    assert kind.saved("w99-sort-q") == KEY
    page.emulate_media(media="print")
    expect(cards.get_by_text("Card c.")).to_be_visible()


@pytest.mark.wcag("2.1.1", "2.4.3", "2.5.7", "2.5.8")
def test_assessed_by_keyboard_at_320_px_and_restored(kind_page: Callable[[str], KindPage]) -> None:
    kind = kind_page(as_toml(sort(id="w99-sort-q")))
    page, item = kind.page, kind.page.locator("#w99-sort-q")
    page.set_viewport_size({"width": 320, "height": 640})
    assert all((one.bounding_box() or {"height": 0})["height"] >= 44 for one in item.locator("label:visible, button:visible").all())
    item.locator("input").first.focus()
    for keys in (("Space",), ("Space", "ArrowDown"), ("Space", "ArrowUp")):  # arrows pass through choices: the card stays
        for key in keys:
            page.keyboard.press(key)
        page.keyboard.press("Enter")
        expect(item.locator("legend:focus, .wb-cards-count:focus")).to_have_count(1)
        page.keyboard.press("Tab")
    said = {"a": "working", "b": "personal", "c": "depends"}
    assert kind.saved("w99-sort-q") == said
    kind.reload()
    expect(item.get_by_text("3 of 3 cards are in a group.")).to_be_visible()
    assert kind.saved("w99-sort-q") == said
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert faults(page, "#w99-sort-q") == []
