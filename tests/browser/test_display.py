"""The page as a student wants it: contents with what is done, the way back, size, spacing, letters, colours, easier words."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import FrontEnd
from tests.browser.test_accessible import fits, violations
from tests.browser.test_front_ends import SAVED, open_page


@pytest.fixture
def folder(voila: FrontEnd) -> Path:
    return voila.copy()


def choose(page: Page, title: str, value: str) -> None:
    menu = page.locator("#wb-display")
    if menu.get_attribute("open") is None:
        menu.locator("summary").click()
    menu.get_by_label(title).select_option(value)


def test_contents_lead_everywhere_and_say_what_is_done(page: Page, voila: FrontEnd, folder: Path) -> None:
    open_page(page, voila, folder)
    page.locator("#wb-contents summary").click()
    nav = page.get_by_role("navigation", name="Contents")
    expect(nav.get_by_role("listitem").filter(has_text="Two kinds of relationship")).to_contain_text("0 of 2")
    page.keyboard.press("Escape")
    expect(nav).to_be_hidden()
    for item in ("w01-p01", "w01-p02"):
        page.locator(f"#{item} label").first.click()
        expect(page.locator(f"#{item} .wb-status")).to_have_text(SAVED)
    page.locator("#wb-contents summary").click()
    expect(nav.get_by_role("listitem").filter(has_text="Two kinds of relationship")).to_contain_text("✓ done")
    nav.get_by_role("link", name="Four myths").click()
    heading = page.get_by_role("heading", name="Four myths")
    expect(heading).to_be_in_viewport()
    expect(heading).to_be_focused()


def test_a_student_goes_on_where_they_were(page: Page, voila: FrontEnd, folder: Path) -> None:
    open_page(page, voila, folder)
    expect(page.locator("#wb-place")).to_have_count(0)
    page.locator("#w01-q03 label").first.click()
    expect(page.locator("#w01-q03 .wb-status")).to_have_text(SAVED)
    page.goto("about:blank")
    open_page(page, voila, folder)
    page.get_by_role("link", name="Continue where you were").click()
    expect(page.locator("#w01-q03")).to_be_in_viewport()


@pytest.mark.parametrize("colours", ["dark", "contrast"])
def test_colours_keep_their_contrast(page: Page, voila: FrontEnd, folder: Path, colours: str) -> None:
    open_page(page, voila, folder)
    choose(page, "Colours", colours)
    page.locator("#w01-p01 label").first.click()
    page.locator("#w01-p01").get_by_role("button").click()
    expect(page.locator("#w01-p01 .wb-response li").first).to_be_visible()
    page.locator("#hand-in").get_by_role("button").click()
    assert violations(page) == []


def test_size_spacing_and_letters_are_remembered_and_fit(page: Page, voila: FrontEnd, folder: Path) -> None:
    page.set_viewport_size({"width": 320, "height": 640})
    open_page(page, voila, folder)
    before = page.evaluate("parseFloat(getComputedStyle(document.querySelector('#w01-p01 legend')).fontSize)")
    for title, value in (("Text size", "largest"), ("Spacing", "wide"), ("Letters", "dyslexic")):
        choose(page, title, value)
    fits(page)
    page.reload()
    page.locator("#w01-p01 legend").wait_for()
    after = page.evaluate("parseFloat(getComputedStyle(document.querySelector('#w01-p01 legend')).fontSize)")
    assert after == pytest.approx(before * 1.75)
    assert "OpenDyslexic" in page.evaluate("getComputedStyle(document.querySelector('#w01-p01 legend')).fontFamily")
    page.wait_for_function("document.fonts.check('16px OpenDyslexic')")
    fits(page)
    assert violations(page) == []


def test_hard_words_are_explained_on_a_tap(page: Page, voila: FrontEnd, folder: Path) -> None:
    open_page(page, voila, folder)
    assert page.locator(".wb-term").count() == 0
    choose(page, "Hard words", "easier")
    page.keyboard.press("Escape")
    term = page.locator(".wb-term", has_text="care plan").first
    term.click()
    expect(term).to_have_attribute("aria-expanded", "true")
    expect(page.locator(".wb-meaning")).to_contain_text("the written plan")
    assert violations(page) == []
    term.click()
    expect(page.locator(".wb-meaning")).to_have_count(0)


def test_listen_buttons_come_and_go(page: Page, voila: FrontEnd, folder: Path) -> None:
    open_page(page, voila, folder)
    choose(page, "Read aloud", "on")
    page.keyboard.press("Escape")
    button = page.get_by_role("button", name="Listen: Two kinds of relationship")
    button.click()
    assert violations(page) == []
    choose(page, "Read aloud", "normal")
    expect(page.locator(".wb-listen")).to_have_count(0)
