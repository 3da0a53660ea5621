"""Every kind of question brought into every state that a student can bring it into, by a student's own hands and in a real browser."""

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from autograde.content import load_key
from autograde.marking.kinds import MARKERS
from tests.conftest import ROOT, UNSETTLED
from tests.web.device import Tab, opened
from workbook_helpers.items import Item, Purpose, Workbook, load_workbook
from workbook_helpers.web import workbook_file

Value = Any
PARTS = {"match": ("statements", "partners", "right"), "sort": ("cards", "groups", "right")}
"""Kind → where its parts and their places stand, and what names the right one."""
FULL = """() => { globalThis.wasPut = IDBObjectStore.prototype.put;
  IDBObjectStore.prototype.put = () => { throw new DOMException("full", "QuotaExceededError"); }; }"""
"""What a browser does whose device is full."""
LONG = "At the end of a shift we meet in the office, and each of us says what has changed and what is still to be done. "
GIVEN: dict[str, tuple[Value, Value]] = {
    "declaration": (True, True),
    "written": ("The one who goes tells the one who comes.", LONG * 3),
    "scale": ({"no": 2, "tell": 3}, {"no": 5, "tell": 4}),
    "reflection": (
        {"what": LONG, "so-what": "I felt unsure.", "share": True},
        {"what": "A daughter was angry.", "now-what": "I shall ask."},
    ),
    "workplace": (
        {
            "evidence": "witness",
            "date": "2026-11-03",
            "place": "care-home",
            "criteria": "2.2 3.2",
            "done": "I listened, and told the nurse.",
        },
        {
            "evidence": "observation",
            "place": "hospital",
            "criteria": "2.3",
            "done": "Mrs Smith rang from 07700 900123 about room 4.",
            "role": "Dr Ali",
        },
    ),
}
"""Kind → two answers to a question that has no key; the second one makes the page say more."""


@cache
def gallery() -> Workbook:
    """Give the workbook that holds every kind."""
    return load_workbook(ROOT / "workbooks" / "w99-gallery")


def made(folder: Path) -> str:
    """Write the gallery as one file; give its address."""
    path = folder / "w99-gallery.html"
    path.write_bytes(workbook_file(gallery()))
    return path.as_uri()


def turned(ids: list[str], right: str, n: int) -> str:
    """Give another of these ids, the nth behind the right one."""
    return ids[(ids.index(right) + n) % len(ids)]


def story(spec: dict[str, Any], n: int) -> list[str]:
    """Give a way through a story: 0 for the right decisions, 1 for the first wrong ones, 2 for the last."""
    place, path = spec["start"], []
    while nodes := [node for node in spec["nodes"] if node["id"] == place]:
        good = [one for one in nodes[0]["choices"] if one.get("right")]
        bad = [one for one in nodes[0]["choices"] if not one.get("right")] or good
        chosen = good[0] if n == 0 else bad[0 if n == 1 else -1]
        path.append(f"{place}.{chosen['id']}")
        place = chosen["to"]
    return path


def practised(item: Item, n: int) -> Value:
    """Give the right answer to a practice question (0), or one of which a part is right (1 and 2)."""
    spec = item.public()
    if item.kind == "single":
        ids = [one["id"] for one in spec["options"]]
        return turned(ids, next(one["id"] for one in spec["options"] if one["right"]), n)
    if item.kind == "multiple":
        right, wrong = ([one["id"] for one in spec["options"] if one["right"] is is_right] for is_right in (True, False))
        return right if n == 0 else [*right[:1], *wrong] if n == 1 else wrong
    if item.kind in PARTS:
        parts, places, name = PARTS[item.kind]
        ids = [one["id"] for one in spec[places]]
        return {one["id"]: turned(ids, one[name], n if k else 0) for k, one in enumerate(spec[parts])}
    if item.kind == "order":
        return [*spec["right"][n:], *spec["right"][:n]]
    if item.kind == "gaps":
        choices = {gap["id"]: [one["id"] for one in gap["options"]] for gap in spec["gaps"]}
        typed = ("confidential", "quiet", "secret")[n]
        return {
            gap["id"]: turned(choices[gap["id"]], gap["right"], n if k else 0) if gap["options"] else typed
            for k, gap in enumerate(spec["gaps"])
        }
    if item.kind == "short":
        return [spec["accepted"][0], *(one["form"] for one in spec["near"])][n]
    if item.kind == "handover":
        return {one["id"]: turned(spec["parts"], one["part"], n if k % 2 else 0) for k, one in enumerate(spec["facts"])}
    if item.kind == "relationships":
        kinds, shares = ([one["id"] for one in spec[name]] for name in ("kinds", "shares"))
        ways = [(0, 0), (0, n), (n, n)]  # both right, half, neither
        return {
            one["id"]: {"kind": turned(kinds, one["kind"], ways[k % 3][0]), "share": turned(shares, one["share"], ways[k % 3][1])}
            for k, one in enumerate(spec["people"])
        }
    assert item.kind == "scenario", f"say in {__file__} how an answer to {item.kind} is right, and how it is wrong"
    return story(spec, n)


def answer(item: Item, n: int) -> Value:
    """Give an answer to a question: the right one (0), or another (1, 2)."""
    if item.purpose is Purpose.PRACTICE:
        return practised(item, n)
    if item.id in load_key("w99").keys:
        tries = MARKERS[item.kind].tries(item, load_key("w99").keys[item.id].right)
        return tries.wrong if n else tries.right
    return GIVEN[item.kind][min(n, 1)]


def press(control: Locator, key: str = "Enter") -> None:
    """Use a control by keys: a page that is driven by a mouse waits at each step, for a card that comes by itself, too."""
    control.press(key)


def tick(place: Locator, name: str) -> None:
    box = place.locator(f'input[value="{name}"]')
    if not box.is_checked():
        press(box, "Space")


def box_is(box: Locator, *, checked: bool) -> None:
    if box.is_checked() is not checked:
        press(box, "Space")


def fill_card(card: Locator, given: Value) -> None:
    box = card.locator("input[type=text]")
    if box.count():
        box.fill(given)
        return
    for name in given.values() if isinstance(given, dict) else [given]:
        tick(card, name)


def give_cards(question: Locator, value: dict[str, Value]) -> None:
    """Go through the cards, or change them in the list."""
    deck = question.locator(".wb-cards")
    one = deck.get_attribute("data-wb-cards") == "one"
    for name in [str(node.get_attribute("id")).rpartition("-card-")[2] for node in deck.locator(".wb-cards-card").all()]:
        card = deck.locator(f'[id$="-card-{name}"]')
        if not one and deck.get_attribute("data-wb-cards") == "list":
            press(card.locator(".wb-cards-brief .wb-button"))
        fill_card(card, value[name])
        if one:
            press(deck.get_by_role("button", name=re.compile("^(Next card|Go on)$")))
        elif card.locator(".wb-cards-brief .wb-button[aria-expanded=true]").count():
            press(card.locator(".wb-cards-brief .wb-button"))


def give_order(question: Locator, value: list[str], item: Item) -> None:
    texts = {one["id"]: one["text"] for one in item.public()["steps"]}
    again = question.get_by_role("button", name="Start again")
    if again.is_visible():
        press(again)
    for name in value[:-1]:  # the last one finds its place by itself
        press(question.locator(".wb-order-pick", has_text=texts[name]))


def give_story(question: Locator, value: list[str]) -> None:
    again = question.get_by_role("button", name="Start again")
    if again.is_visible():
        press(again)
    for step in value:
        tick(question, step.rpartition(".")[2])
        press(question.get_by_role("button", name="Do this"))


def give_workplace(question: Locator, value: dict[str, str]) -> None:
    for name in ("evidence", "place"):
        tick(question, value[name])
    for name in ("date", "done", "role"):
        question.locator(f'[id$="-{name}"]').fill(value.get(name, ""))
    for code in value["criteria"].split():
        tick(question, code)


def give(question: Locator, item: Item, value: Value) -> None:
    """Answer a question as a student does it."""
    match item.kind:
        case "single":
            tick(question, value)
        case "multiple":
            for box in question.locator("input").all():
                box_is(box, checked=box.get_attribute("value") in value)
        case "match" | "sort" | "gaps" | "relationships" | "handover":
            give_cards(question, value)
        case "order":
            give_order(question, value, item)
        case "scenario":
            give_story(question, value)
        case "short":
            question.locator("input").fill(value)
        case "scale":
            for name, n in value.items():
                press(question.locator(f'[id$="-{name}-{n}"]'), "Space")
        case "reflection":
            for name in ("what", "so-what", "now-what"):
                question.locator(f'textarea[id$="-{name}"]').last.fill(value.get(name, ""))
            box_is(question.locator("input"), checked=value.get("share", False))
        case "workplace":
            give_workplace(question, value)
        case "written":
            question.locator("textarea").fill(value)
        case "declaration":
            box_is(question.locator("input"), checked=value)
        case _:
            pytest.fail(f"say in {__file__} how {item.kind} is answered")


def asked(page: Page, *purposes: Purpose) -> list[Item]:
    """Give the questions that this student is asked, in order."""
    ids = page.locator(".wb-question[data-wb-scope]").evaluate_all("nodes => nodes.map((node) => node.id)")
    return [item for item in map(gallery().items.__getitem__, ids) if not purposes or item.purpose in purposes]


def answer_all(page: Page, n: int, *purposes: Purpose, saved: bool = True) -> None:
    """Give an answer to every question."""
    for item in asked(page, *purposes):
        give(page.locator(f"#{item.id}"), item, answer(item, n))
    if saved:
        settled(page)


def joined(page: Page) -> None:
    """Wait until every question is on the page."""
    page.locator("#hand-in").wait_for()  # what is expected and not there yet has Playwright read the whole page each time that it looks
    expect(page.locator("#hand-in")).to_be_visible()
    expect(page.locator('.wb-place:empty:not([data-wb-ask="progress"])')).to_have_count(0)


def settled(page: Page) -> None:
    """Wait until everything is saved."""
    expect(page.locator(UNSETTLED)).to_have_count(0)
    expect(page.locator(".wb-saved").first).to_have_attribute("data-wb-saved", "all")


def check_all(page: Page) -> None:
    """Have every practice question looked at."""
    for item in asked(page, Purpose.PRACTICE):
        if item.kind != "scenario":  # a story says it by itself
            press(page.locator(f"#{item.id}").get_by_role("button", name="Check my answer"))


# The states


def untouched(tab: Tab) -> None:
    """Nothing was done yet."""


def answered(tab: Tab) -> None:
    """Every question has an answer that is saved; none was checked."""
    answer_all(tab.page, 1)


def wrong(tab: Tab) -> None:
    """Practice was answered in part wrongly, and checked."""
    answer_all(tab.page, 1, Purpose.PRACTICE)
    check_all(tab.page)


def right(tab: Tab) -> None:
    """Practice was answered wrongly, then rightly."""
    answer_all(tab.page, 0, Purpose.PRACTICE)
    check_all(tab.page)


def shown(tab: Tab) -> None:
    """After two tries the right answers were asked for."""
    answer_all(tab.page, 2, Purpose.PRACTICE)
    check_all(tab.page)
    for item in asked(tab.page, Purpose.PRACTICE):
        press(tab(item.id).get_by_role("button", name="Show me the answer"))


def conflict(tab: Tab) -> None:
    """Every question was answered in another tab meanwhile, of which this one did not hear."""
    second = opened(tab.page.context, tab.address).goes_on().page
    answer_all(second, 1)
    answer_all(tab.page, 0, saved=False)
    for item in asked(tab.page):
        if answer(item, 0) != answer(item, 1):
            expect(tab(item.id)).to_have_attribute("data-wb-state", "conflict")
    second.close()


def unsaved(tab: Tab) -> None:
    """Every question was answered, and the device is full."""
    tab.page.evaluate(FULL)
    answer_all(tab.page, 1, saved=False)
    for item in asked(tab.page):
        expect(tab(item.id)).to_have_attribute("data-wb-state", "unsaved")


def offline(tab: Tab) -> None:
    """The site was opened and answered without a network."""
    tab.page.context.set_offline(offline=True)
    tab.open()
    joined(tab.page)
    answer_all(tab.page, 0)
    tab.open()
    joined(tab.page)


def review(tab: Tab) -> None:
    """Some questions are open, and whoever hands in is asked whether to do so all the same."""
    items = asked(tab.page)
    for item in [*items[::3], *(item for item in items if item.kind == "declaration" and item not in items[::3])]:
        give(tab(item.id), item, answer(item, 0))
    settled(tab.page)
    tab("hand-in").get_by_role("button", name="Hand in", exact=True).click()
    expect(tab("hand-in").get_by_role("button", name="Hand in anyway")).to_be_focused()


def handed_in(tab: Tab) -> None:
    """The hand-in file is made."""
    with tab.page.expect_download():
        tab("hand-in").get_by_role("button", name="Hand in anyway").click()
    expect(tab("hand-in").locator(".wb-receipt")).to_be_focused()


STATES: dict[str, Callable[[Tab], None]] = {
    state.__name__.replace("_", " "): state
    for state in (untouched, answered, wrong, right, shown, conflict, unsaved, offline, review, handed_in)
}
BEFORE = {"right": "wrong", "shown": "wrong", "handed in": "review"}
"""State → the one that it goes on from; else from the workbook as it is first opened."""


def brought(context: BrowserContext, state: str, address: str) -> Tab:
    """Bring the workbook at an address into a state; give the tab in which it is."""
    if state in BEFORE:
        tab = brought(context, BEFORE[state], address)
    else:
        if state == "conflict":
            context.add_init_script("delete globalThis.BroadcastChannel;")  # else a tab hears of another one at once
        tab = opened(context, address).work("ana01")
        joined(tab.page)
    go_on(tab, state)
    return tab


def go_on(tab: Tab, state: str) -> None:
    """Bring the workbook into a state from the one before it; on the way nothing moves, as nobody watches."""
    tab.page.emulate_media(reduced_motion="reduce")
    STATES[state](tab)
    tab.page.emulate_media(reduced_motion="null")
