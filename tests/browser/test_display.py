"""The page as a student wants it: size, spacing, letters, colours, language, in every front end; more is in tests/web/test_looks.py."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.axe import violations
from tests.browser.conftest import FrontEnd
from tests.browser.test_accessible import fits
from tests.browser.test_front_ends import SINGLE, open_page
from tests.conftest import is_saved, real_workbook


@pytest.fixture
def folder(voila: FrontEnd) -> Path:
    return voila.copy()


def choose(page: Page, title: str, value: str) -> None:
    """Pick something in the display settings, which in a workbook lie in the menu."""
    for menu in ("#wb-contents", "#wb-display"):
        if page.locator(f"{menu}:not([open])").count():
            page.locator(f"{menu} > summary").click()
    page.locator("#wb-display").get_by_label(title).select_option(value)


@pytest.mark.wcag("1.4.3", "1.4.11")
@pytest.mark.parametrize("colours", ["dark", "contrast"])
def test_colours_keep_their_contrast(filed: Page, colours: str) -> None:
    choose(filed, "Colours", colours)
    filed.locator("#w01-p01 label").first.click()
    filed.locator("#w01-p01").get_by_role("button").click()
    expect(filed.locator("#w01-p01 .wb-note").first).to_be_visible()
    filed.locator("#hand-in").get_by_role("button").click()
    assert violations(filed) == []


@pytest.mark.wcag("1.4.4", "1.4.12")
def test_size_spacing_and_letters_are_remembered_and_fit(filed: Page) -> None:
    filed.set_viewport_size({"width": 320, "height": 640})
    before = filed.evaluate("parseFloat(getComputedStyle(document.querySelector('#w01-p01 legend')).fontSize)")
    for title, value in (("Text size", "largest"), ("Spacing", "wide"), ("Letters", "dyslexic")):
        choose(filed, title, value)
    fits(filed)
    filed.reload()
    filed.locator("#w01-p01 legend").wait_for()
    after = filed.evaluate("parseFloat(getComputedStyle(document.querySelector('#w01-p01 legend')).fontSize)")
    assert after == pytest.approx(before * 1.75)
    assert "Workbook Letters" in filed.evaluate("getComputedStyle(document.querySelector('#w01-p01 legend')).fontFamily")
    assert filed.evaluate("document.fonts.load('16px Workbook Letters').then((found) => found.length)") == 1
    fits(filed)
    assert violations(filed) == []


def test_words_are_explained_and_sections_read_in_voila_too(page: Page, voila: FrontEnd, folder: Path) -> None:
    open_page(page, voila, folder)
    page.locator(".wb-term", has_text="care plan").first.click()
    expect(page.locator(".wb-meaning")).to_contain_text("the written plan")
    choose(page, "Read aloud", "on")
    expect(page.get_by_role("button", name=f"Listen: {real_workbook().sections()[1].title}")).to_be_attached()
    assert violations(page) == []


@pytest.mark.wcag("3.1.2")
def test_the_frame_speaks_welsh_and_the_workbook_stays_english(page: Page, voila: FrontEnd, folder: Path) -> None:
    open_page(page, voila, folder)
    with page.expect_navigation():
        choose(page, "Language", "cy")
    question = page.locator(SINGLE)
    label = question.locator(".wb-label")
    closed = sum(not item.asks_person for item in real_workbook().assessed())
    expect(label).to_have_text(f"Cwestiwn 1 o {closed} · 1 pwynt")
    expect(label).to_have_attribute("lang", "cy")
    assert page.locator("html").get_attribute("lang") == "en-GB"
    assert question.locator("legend").evaluate("node => node.closest('[lang]').lang") == "en-GB"
    question.locator("label").first.click()
    expect(page.locator(".wb-saved")).to_have_text("✓ Popeth wedi’i gadw")
    expect(page.locator(".wb-saved")).to_have_attribute("lang", "cy")
    expect(page.locator("#wb-contents > summary")).to_have_text("Dewislen")
    page.locator("#w01-p01").get_by_role("button", name="Gwirio fy ateb").click()
    expect(page.locator("#w01-p01 .wb-response")).to_have_text("Dewiswch ateb yn gyntaf, yna ei wirio.")
    assert violations(page) == []
    page.locator("#w01-declaration input").check()
    is_saved(page.locator("#w01-declaration"))
    panel = page.locator("#hand-in")
    panel.get_by_label("Eich ID dysgwr").fill("\u200b\u200b")  # signs that nobody sees are no id
    panel.get_by_role("button", name="Cyflwyno").click()
    panel.get_by_role("button", name="Cyflwyno beth bynnag").click()
    expect(panel.get_by_role("alert")).to_contain_text("Un llinell o hyd at 128")
    panel.get_by_label("Eich ID dysgwr").fill("ana01")
    panel.get_by_role("button", name="Cyflwyno").click()
    panel.get_by_role("button", name="Cyflwyno beth bynnag").click()
    with page.context.expect_page() as opened:
        panel.get_by_role("link", name="Gweld ac argraffu’r dderbynneb").click()
    receipt = opened.value
    expect(receipt.get_by_role("heading", level=1)).to_have_text("Derbynneb: mae eich ffeil gyflwyno wedi’i gwneud")
    assert receipt.locator("html").get_attribute("lang") == "cy-GB"
    receipt.get_by_role("link", name="Fy llyfrau gwaith").click()
    expect(receipt.get_by_role("heading", level=1)).to_have_text("Fy llyfrau gwaith")
    expect(receipt.get_by_text("✓ Gwnaed y ffeil i’ch tiwtor ar").first).to_be_visible()
    assert violations(receipt) == []


@pytest.mark.wcag("1.4.10")
def test_the_settings_are_there_on_my_workbooks_too(page: Page, voila: FrontEnd, folder: Path) -> None:
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(f"{voila.base}/workbook?token={voila.token}")
    choose(page, "Colours", "dark")
    choose(page, "Text size", "largest")
    assert violations(page) == []
    page.keyboard.press("Escape")
    fits(page)
    open_page(page, voila, folder)
    expect(page.locator("html")).to_have_attribute("data-wb-colours", "dark")
