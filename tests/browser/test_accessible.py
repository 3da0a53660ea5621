"""Anyone can use the pages: axe finds nothing, the keyboard reaches all, nothing is lost at 320 px or with wide spacing."""

import re
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import W01, FrontEnd
from tests.browser.test_front_ends import SAVED, open_page

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def violations(page: Page) -> list[tuple[str, str]]:
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": TAGS}}).response["violations"]
    return [(rule["id"], rule["nodes"][0]["html"][:200]) for rule in found]


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
    page.locator("#w01-q01 label").first.click()
    page.locator("#w01-declaration input").check()
    expect(page.locator("#w01-declaration .wb-status")).to_have_text(SAVED)
    panel = page.locator("#hand-in")
    expect(panel).not_to_contain_text("Please also tick")
    panel.get_by_label("Your learner ID").fill("ana01")
    panel.get_by_role("button").click()
    panel.get_by_role("button", name="Hand in anyway").click()
    receipt = panel.locator(".wb-receipt")
    expect(receipt).to_contain_text("Handed in")
    return receipt


def open_receipt(page: Page) -> None:
    link = hand_in(page).get_by_role("link", name="See and print the receipt").get_attribute("href")
    page.goto(re.sub(r"^(https?://[^/]+).*", rf"\1{link}", page.url))
    expect(page.get_by_role("heading", level=1)).to_have_text("Receipt: handed in")


def open_home(page: Page, voila: FrontEnd) -> None:
    page.goto(f"{voila.base}/workbook?token={voila.token}")
    expect(page.get_by_role("heading", level=1)).to_have_text("My workbooks")


def test_axe_finds_nothing_on_the_home_page(page: Page, voila: FrontEnd, folder: Path) -> None:
    (folder.parent / "broken").mkdir()
    (folder.parent / "broken" / "workbook.toml").write_text("id = ")
    open_home(page, voila)
    expect(page.locator("main")).to_contain_text("It cannot be opened")
    assert violations(page) == []


def test_axe_finds_nothing_on_the_workbook_page(workbook: Page, voila: FrontEnd, folder: Path) -> None:
    assert violations(workbook) == []
    workbook.locator("#w01-p01 label").first.click()
    workbook.locator("#w01-p01").get_by_role("button").click()
    expect(workbook.locator("#w01-p01 .wb-response li").first).to_be_visible()
    workbook.locator("#hand-in").get_by_role("button").click()
    expect(workbook.locator("#hand-in").get_by_role("alert")).to_contain_text("declaration")
    second = workbook.context.new_page()
    open_page(second, voila, folder)
    second.locator("#w01-t01 textarea").fill("In the second window.")
    expect(second.locator("#w01-t01 .wb-status")).to_have_text(SAVED)
    workbook.evaluate(
        "() => { const box = document.querySelector('#w01-t01 textarea'); box.value = 'Here.'; box.dispatchEvent(new Event('input')); }"
    )
    expect(workbook.locator("#w01-t01 [role=alert]")).to_be_visible()
    assert violations(workbook) == []
    workbook.evaluate("window.dispatchEvent(new CustomEvent('wb-connection-lost'))")
    expect(workbook.locator("#wb-lost")).to_be_visible()
    assert violations(workbook) == []


def test_axe_finds_nothing_on_the_receipt(workbook: Page) -> None:
    hand_in(workbook)
    assert violations(workbook) == []
    open_receipt_again = workbook.locator(".wb-receipt").get_by_role("link", name="See and print the receipt").get_attribute("href")
    workbook.goto(re.sub(r"^(https?://[^/]+).*", rf"\1{open_receipt_again}", workbook.url))
    assert violations(workbook) == []


FOCUS = """() => {
  const node = document.activeElement, box = node.getBoundingClientRect(), style = getComputedStyle(node);
  return {
    id: node.id, tag: node.tagName, text: (node.textContent || '').trim().slice(0, 40), top: box.top, bottom: box.bottom,
    inHead: !!node.closest('header'), head: document.querySelector('header').getBoundingClientRect().bottom,
    height: innerHeight, outline: style.outlineStyle, width: style.outlineWidth,
  };
}"""


def test_all_is_reached_by_keyboard_and_the_focus_is_seen(workbook: Page) -> None:
    stops: list[dict[str, Any]] = []
    for _ in range(150):
        workbook.keyboard.press("Tab")
        stop = workbook.evaluate(FOCUS)
        if stop["tag"] == "BODY" or (stops and stop["id"] and stop["id"] == stops[0]["id"]):
            break
        stops.append(stop)
    reached = " ".join(f"{stop['tag']}:{stop['id']}:{stop['text']}" for stop in stops)
    for item in [f"w01-p{n:02}" for n in range(1, 13)] + [f"w01-q{n:02}" for n in range(1, 14)] + ["w01-t01", "w01-t02", "w01-declaration"]:
        assert f"wb-{item}-" in reached, item
    assert reached.count("Check my answer") == 12
    assert "Hand in" in reached
    assert stops[0]["text"] == "Skip to the workbook"
    for stop in stops:
        assert (stop["outline"], stop["width"]) == ("solid", "3px"), stop
        if not stop["inHead"]:
            assert stop["bottom"] > stop["head"] + 10, f"hidden under the header: {stop}"
            assert stop["top"] < stop["height"], f"below the window: {stop}"


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
    expect(workbook.locator("#w01-p01 .wb-response li").first).to_be_visible()
    tab_to("#w01-q01 input")
    workbook.keyboard.press("ArrowDown")
    workbook.keyboard.press("ArrowDown")
    expect(workbook.locator("#w01-q01 input").nth(2)).to_be_checked()
    tab_to("#w01-t01 textarea")
    workbook.keyboard.type("By keyboard.")
    tab_to("#w01-declaration input")
    workbook.keyboard.press("Space")
    expect(workbook.locator("#w01-declaration .wb-status")).to_have_text(SAVED)
    tab_to("#hand-in input")
    workbook.keyboard.type("ana01")
    tab_to("#hand-in .wb-button")
    workbook.keyboard.press("Enter")
    expect(workbook.locator("#hand-in").get_by_role("alert")).to_contain_text("13 questions not answered yet")
    workbook.keyboard.press("Enter")
    expect(workbook.locator(".wb-receipt")).to_be_focused()
    tab_to(".wb-receipt a")
    tab_to(".wb-receipt a.wb-button")


WIDE = """* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }
          p { margin-bottom: 2em !important }"""
OVERFLOW = """() => {
  const pane = document.querySelector('#rendered_cells') ?? document.documentElement;
  const wide = [...document.querySelectorAll('main *')]
    .filter((node) => node.getBoundingClientRect().right > innerWidth + 1 && !node.closest('table'));
  return [pane.scrollWidth, innerWidth, wide.map((node) => node.outerHTML.slice(0, 120))];
}"""


def fits(page: Page) -> None:
    width, window, wide = page.evaluate(OVERFLOW)
    assert width <= window, wide[:3]
    assert wide == []


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
    expect(page.locator("#w01-p01 .wb-response li").first).to_be_visible()
    fits(page)
    open_receipt(page)
    page.add_style_tag(content=spacing or " ")
    fits(page)


def test_targets_are_large_enough(workbook: Page) -> None:
    """WCAG 2.5.8: 24 by 24 px; links in a sentence are excepted."""
    small = workbook.evaluate("""() => [...document.querySelectorAll('main input, main button, main textarea, header a')]
        .filter((node) => node.offsetParent && !node.matches('.wb-skip'))
        .map((node) => [node.outerHTML.slice(0, 100), node.getBoundingClientRect()])
        .filter(([, box]) => box.width < 24 || box.height < 24).map(([html]) => html)""")
    assert small == []
    rows = workbook.evaluate("() => [...document.querySelectorAll('.wb-option')].map((node) => node.getBoundingClientRect().height)")
    assert min(rows) >= 44


def test_forced_colours_and_reduced_motion_keep_the_focus(voila: FrontEnd, folder: Path, page: Page) -> None:
    page.emulate_media(forced_colors="active", reduced_motion="reduce")
    open_page(page, voila, folder)
    page.locator("#w01-q01 input").first.focus()
    assert page.evaluate(FOCUS)["outline"] == "solid"


def test_the_page_says_what_it_is(workbook: Page) -> None:
    assert workbook.title() == "Working and personal relationships"
    assert workbook.evaluate("document.documentElement.lang") == "en-GB"
    assert workbook.locator("h1").count() == 1
    assert W01 not in workbook.locator("main").inner_text()
