"""Anyone can use the pages: axe finds nothing, the keyboard reaches all, nothing is lost at 320 px or with wide spacing."""

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.axe import violations
from tests.browser.conftest import W01, FrontEnd
from tests.browser.test_front_ends import SINGLE, open_page
from tests.conftest import asked, is_saved, real_workbook
from workbook_helpers.items import Purpose

MULTIPLE = f"#{asked('multiple')}"


@pytest.fixture
def folder(voila: FrontEnd) -> Path:
    return voila.copy()


@pytest.fixture
def workbook(page: Page, voila: FrontEnd, folder: Path) -> Page:
    open_page(page, voila, folder)
    page.wait_for_function("document.querySelector('#wb-progress-slot').textContent.includes('of')")
    return page


def hand_in(page: Page) -> Locator:
    """Hand in with one answer; give the receipt shown on the page."""
    page.locator(f"{SINGLE} label").first.click()
    page.locator("#w01-declaration input").check()
    is_saved(page.locator("#w01-declaration"))
    panel = page.locator("#hand-in")
    expect(panel).not_to_contain_text("Please also tick")
    panel.get_by_label("Your learner ID").fill("ana01")
    panel.get_by_role("button").click()
    panel.get_by_role("button", name="Hand in anyway").click()
    receipt = panel.locator(".wb-receipt")
    expect(receipt).to_contain_text("Your hand-in file is made")
    return receipt


def open_receipt(page: Page) -> None:
    """Open the receipt that the page shows."""
    link = page.locator(".wb-receipt").get_by_role("link", name="See and print the receipt").get_attribute("href")
    page.goto(re.sub(r"^(https?://[^/]+).*", rf"\1{link}", page.url))
    expect(page.get_by_role("heading", level=1)).to_have_text("Receipt: your hand-in file is made")


def open_home(page: Page, voila: FrontEnd) -> None:
    page.goto(f"{voila.base}/workbook?token={voila.token}")
    expect(page.get_by_role("heading", level=1)).to_have_text("My workbooks")


@pytest.mark.wcag("axe")
def test_axe_finds_nothing_on_the_home_page(page: Page, voila: FrontEnd, folder: Path) -> None:
    (folder.parent / "broken").mkdir()
    (folder.parent / "broken" / "workbook.toml").write_text("id = ")
    open_home(page, voila)
    expect(page.locator("main")).to_contain_text("It cannot be opened")
    assert violations(page) == []


@pytest.mark.wcag("axe")
def test_axe_finds_nothing_on_the_workbook_page(workbook: Page, voila: FrontEnd, folder: Path) -> None:
    assert violations(workbook) == []
    workbook.locator("#w01-p01 label").first.click()
    workbook.locator("#w01-p01").get_by_role("button").click()
    expect(workbook.locator("#w01-p01 .wb-note").first).to_be_visible()
    workbook.locator("#hand-in").get_by_role("button").click()
    expect(workbook.locator("#hand-in").get_by_role("alert")).to_contain_text("declaration")
    second = workbook.context.new_page()
    open_page(second, voila, folder)
    second.locator("#w01-t01 textarea").fill("In the second window.")
    is_saved(second.locator("#w01-t01"))
    workbook.evaluate(
        "() => { const box = document.querySelector('#w01-t01 textarea'); box.value = 'Here.'; box.dispatchEvent(new Event('input')); }"
    )
    expect(workbook.locator("#w01-t01 [role=alert]")).to_be_visible()
    assert violations(workbook) == []
    workbook.evaluate("window.dispatchEvent(new CustomEvent('wb-connection-lost'))")
    expect(workbook.locator("#wb-lost")).to_be_visible()
    assert violations(workbook) == []


@pytest.mark.wcag("axe")
def test_axe_finds_nothing_on_the_receipt(workbook: Page) -> None:
    hand_in(workbook)
    assert violations(workbook) == []
    open_receipt(workbook)
    assert violations(workbook) == []


FOCUS = """() => {
  const node = document.activeElement, box = node.getBoundingClientRect(), style = getComputedStyle(node);
  return {
    id: node.id, item: node.closest('.wb-question')?.id ?? '', tag: node.tagName, text: (node.textContent || '').trim().slice(0, 40),
    top: box.top, bottom: box.bottom,
    inHead: !!node.closest('header'), head: document.querySelector('header').getBoundingClientRect().bottom,
    height: innerHeight, outline: style.outlineStyle, width: style.outlineWidth,
  };
}"""


ITEMS = [item for section in real_workbook().sections() for item in section.items]
WINDOWS = [pytest.param(1280, 900, id="desk"), pytest.param(320, 640, id="phone"), pytest.param(320, 256, id="zoomed-400-percent")]


@pytest.mark.wcag("2.1.1", "2.1.2", "2.4.3", "2.4.7", "2.4.11")
@pytest.mark.parametrize(("width", "height"), WINDOWS)
def test_all_is_reached_by_keyboard_and_the_focus_is_seen(filed: Page, width: int, height: int) -> None:
    filed.set_viewport_size({"width": width, "height": height})
    filed.wait_for_timeout(300)  # what follows the new size has done so
    stops: list[dict[str, Any]] = []
    for _ in range(400):
        filed.keyboard.press("Tab")
        stop = filed.evaluate(FOCUS)
        if stop["tag"] == "BODY" or (stops and stop["text"] == stops[0]["text"]):
            break
        stops.append(stop)
    assert stops[0]["text"] == "Skip to the workbook"
    assert list(dict.fromkeys(stop["item"] for stop in stops)) == ["", *ITEMS, "hand-in", "your-work"], "in the order of the page"
    texts = [stop["text"] for stop in stops]
    practice = [item for item in real_workbook().items.values() if item.purpose is Purpose.PRACTICE and item.kind != "scenario"]
    assert texts.count("Check my answer") == len(practice), "each practice question's; a story says by itself how it went"
    assert [stop["text"] for stop in stops if stop["item"] == "your-work"][-1] == "Remove my work in all workbooks from thi"
    for stop in stops:
        assert (stop["outline"], stop["width"]) == ("solid", "3px"), stop
        assert stop["top"] < stop["height"], f"below the window: {stop}"
        if not stop["inHead"]:
            assert stop["bottom"] > max(stop["head"], 0) + 10, f"hidden under the header: {stop}"
            tall = stop["bottom"] - stop["top"] > stop["height"] - max(stop["head"], 0) - 40
            assert tall or stop["top"] >= max(stop["head"], 0) - 1, f"partly under the header: {stop}"


@pytest.mark.wcag("2.1.1", "3.2.1", "3.2.2", "3.3.1", "3.3.3")
def test_a_workbook_is_done_by_keyboard_alone(workbook: Page) -> None:
    def tab_to(css: str) -> None:
        for _ in range(160):
            workbook.keyboard.press("Tab")
            if workbook.evaluate("css => document.activeElement.matches(css)", css):
                return
        pytest.fail(f"Tab does not reach {css}")

    tab_to("#w01-p01 input")
    workbook.keyboard.press("Space")
    tab_to("#w01-p01 button")
    workbook.keyboard.press("Enter")
    expect(workbook.locator("#w01-p01 .wb-note").first).to_be_visible()
    tab_to(f"{SINGLE} input")
    workbook.keyboard.press("ArrowDown")
    workbook.keyboard.press("ArrowDown")
    expect(workbook.locator(f"{SINGLE} input").nth(2)).to_be_checked()
    tab_to(f"{MULTIPLE} input")
    workbook.keyboard.press("Space")
    workbook.keyboard.press("Tab")
    workbook.keyboard.press("Space")
    expect(workbook.locator(f"{MULTIPLE} input:checked")).to_have_count(2)
    tab_to("#w01-t01 textarea")
    workbook.keyboard.type("By keyboard.")
    tab_to("#w01-declaration input")
    workbook.keyboard.press("Space")
    is_saved(workbook.locator("#w01-declaration"))
    tab_to("#hand-in input")
    workbook.keyboard.type("ana01")
    tab_to("#hand-in .wb-button")
    workbook.keyboard.press("Enter")
    left = len(real_workbook().assessed()) - 3
    expect(workbook.locator("#hand-in").get_by_role("alert")).to_contain_text(f"{left} questions are not finished yet")
    workbook.keyboard.press("Enter")
    expect(workbook.locator(".wb-receipt")).to_be_focused()
    expect(workbook.locator(".wb-receipt h3")).to_be_in_viewport()
    tab_to(".wb-receipt a[href*=handed-in]")
    tab_to(".wb-receipt a[href*=receipt]")
    with workbook.expect_popup() as opened:
        workbook.keyboard.press("Enter")
    expect(opened.value.get_by_role("heading", level=1)).to_have_text("Receipt: your hand-in file is made")


WIDE = """* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }
          p { margin-bottom: 2em !important }"""
OVERFLOW = """() => {
  const pane = document.documentElement;
  const wide = [...document.querySelectorAll('main *')]
    .filter((node) => node.getBoundingClientRect().right > innerWidth + 1 && !node.closest('table'));
  const cut = [...document.querySelectorAll('main *')].filter((node) => {
    const style = getComputedStyle(node);
    if (!node.offsetParent || node.matches('progress') || style.clipPath === 'inset(50%)' || style.overflowY !== 'hidden') return false;
    return node.scrollHeight > node.clientHeight + 1;
  });
  // A label that is narrower than its longest word is broken into letters: a word of it stands on two lines, or, where words may be
  // parted at their syllables, it has more lines than words.
  const lines = (text, from, to) => { const range = document.createRange(); range.setStart(text, from); range.setEnd(text, to);
    return new Set([...range.getClientRects()].map((box) => Math.round(box.top))).size; };
  const parted = (node) => {
    const syllables = getComputedStyle(node).hyphens === 'auto', words = [...node.textContent.matchAll(/\\S+/g)];
    return [...node.childNodes].filter((text) => text.nodeType === Node.TEXT_NODE).some((text) => syllables
      ? lines(text, 0, text.length) > words.length
      : [...text.data.matchAll(/\\S+/g)].some((word) => lines(text, word.index, word.index + word[0].length) > 1));
  };
  const broken = [...document.querySelectorAll('main dt')].filter((node) => node.offsetParent && parted(node));
  return [pane.scrollWidth, innerWidth, [...wide, ...cut, ...broken].map((node) => node.outerHTML.slice(0, 120))];
}"""


def fits(page: Page) -> None:
    width, window, wide = page.evaluate(OVERFLOW)
    assert width <= window, wide[:3]
    assert wide == []


@pytest.mark.wcag("1.4.4", "1.4.10", "1.4.12")
@pytest.mark.parametrize("spacing", ["", WIDE], ids=["plain", "wide-spacing"])
def test_nothing_is_cut_off_at_320_px(page: Page, voila: FrontEnd, folder: Path, spacing: str) -> None:
    page.set_viewport_size({"width": 320, "height": 640})  # also what 1280 px at 400 % zoom gives (WCAG 1.4.10)
    open_home(page, voila)
    page.add_style_tag(content=spacing or " ")
    fits(page)
    open_page(page, voila, folder)
    page.add_style_tag(content=spacing or " ")
    page.locator("#w01-p01 label").first.click()
    page.locator("#w01-p01").get_by_role("button").click()
    expect(page.locator("#w01-p01 .wb-note").first).to_be_visible()
    page.locator("#w01-t01 textarea").fill("A longer answer than the box has room for at first. " * 12)
    is_saved(page.locator("#w01-t01"))
    hand_in(page)
    fits(page)
    open_receipt(page)
    page.add_style_tag(content=spacing or " ")
    fits(page)


@pytest.mark.wcag("1.3.4")
def test_a_long_answer_is_whole_on_a_turned_phone_and_after_coming_back(workbook: Page) -> None:
    box = workbook.locator("#w01-t01 textarea")
    box.fill("A longer answer than the box has room for at first. " * 20)
    is_saved(workbook.locator("#w01-t01"))
    whole = (
        "() => { const box = document.querySelector('#w01-t01 textarea'); return box?.value && box.scrollHeight <= box.clientHeight + 1 }"
    )
    for width, height in ((320, 640), (640, 320), (320, 640)):
        workbook.set_viewport_size({"width": width, "height": height})
        workbook.wait_for_function(whole)
    workbook.reload()
    workbook.wait_for_function(whole)


CONTROLS = "main :is(input, button, textarea, summary, a.wb-button, .wb-review li a), header :is(a, summary)"
SMALL = """(controls) => [...document.querySelectorAll(controls)]
  .filter((node) => node.offsetParent && !node.matches('.wb-skip, .wb-term, .wb-option input'))
  .map((node) => [node.outerHTML.slice(0, 100), (node.closest('.wb-review li') ?? node).getBoundingClientRect()])
  .filter(([, box]) => box.width < 24 || box.height < 24).map(([html]) => html)"""


@pytest.mark.wcag("2.5.8")
@pytest.mark.parametrize("width", [1280, 320])
def test_targets_are_large_enough(filed: Page, width: int) -> None:
    """WCAG 2.5.8: 24 by 24 px, or as far apart (the links of the review stand one in a list item each)."""
    filed.set_viewport_size({"width": width, "height": 640})
    assert filed.evaluate(SMALL, CONTROLS) == []
    boxes = filed.evaluate("() => [...document.querySelectorAll('.wb-option input')].map((node) => node.getBoundingClientRect().height)")
    assert min(boxes) >= 24
    rows = filed.evaluate("() => [...document.querySelectorAll('.wb-option')].map((node) => node.getBoundingClientRect().height)")
    assert min(rows) >= 44


@pytest.mark.wcag("1.4.11", "2.4.7")
@pytest.mark.parametrize(
    "control", [f"{SINGLE} input", f"{MULTIPLE} input", "#w01-t01 textarea", "#w01-p01 button", "#hand-in input", "#hand-in button"]
)
def test_forced_colours_keep_the_focus(filed: Page, control: str) -> None:
    filed.emulate_media(forced_colors="active")
    filed.keyboard.press("Tab")  # the focus follows the keyboard
    filed.locator(control).first.focus()
    seen = filed.evaluate(FOCUS)
    assert (seen["outline"], seen["width"]) == ("solid", "3px")
    colours = """() => [getComputedStyle(document.activeElement).outlineColor, getComputedStyle(document.body).backgroundColor]"""
    outline, paper = filed.evaluate(colours)
    assert outline != paper


@pytest.mark.wcag("2.2.2")
def test_nothing_moves_for_who_asked_for_no_motion(page: Page, voila: FrontEnd, folder: Path) -> None:
    page.emulate_media(reduced_motion="reduce")
    open_page(page, voila, folder)
    page.locator("#hand-in").get_by_role("button").click()
    moving = """() => [...document.querySelectorAll('.wb-house, .wb-house *')].filter((node) => {
        const style = getComputedStyle(node);
        return style.scrollBehavior !== 'auto' || (style.animationName !== 'none' && style.animationDuration !== '0s');
    }).map((node) => node.outerHTML.slice(0, 80))"""
    assert page.evaluate(moving) == []
    assert page.evaluate("document.getAnimations().length") == 0


@pytest.mark.wcag("1.3.1", "2.4.2", "3.1.1")
def test_the_page_says_what_it_is(filed: Page) -> None:
    assert filed.title() == "Working and personal relationships"
    assert filed.evaluate("document.documentElement.lang") == "en-GB"
    assert filed.locator("h1").count() == 1
    assert W01 not in filed.locator("main").inner_text()
