"""The page is calm: one line says what is kept, a question speaks only when something is wrong, and nothing that was put in is missed."""

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from playwright.sync_api import Page, expect

from tests.axe import faults
from tests.conftest import is_saved
from tests.kinds.conftest import KernelPage, KindPage
from tests.kinds.test_frame import ITEMS, LOOK, MINE, PICK, PRIVATE, TASK, asked, box, keep, state
from tests.web.device import until

LISTEN = """() => {
  globalThis.said = [];
  const line = document.querySelector(".wb-saved");
  new MutationObserver(() => { const text = line.textContent; if (text !== said.at(-1)) said.push(text); })
    .observe(line, { childList: true, subtree: true, characterData: true });
}"""


def test_one_line_says_all_saved_and_does_not_flicker(kind_page: Callable[..., KindPage]) -> None:
    kind = kind_page(ITEMS, "progress")
    page, line = kind.page, kind.page.locator(".wb-top .wb-saved")
    expect(line).to_have_text("")  # nothing is there to be saved
    page.evaluate(LISTEN)
    page.locator(f"#{TASK} textarea").click()
    for _ in range(3):  # on a busy machine the typing itself may halt
        page.evaluate("said.length = 0")
        page.keyboard.type("word by word, on and on", delay=25)
        meanwhile = page.evaluate("[...said]")
        expect(line).to_have_text("✓ All saved")
        if meanwhile == ["Saving…"]:
            break
    assert meanwhile == ["Saving…"], "many saves by now"
    assert page.evaluate("said") == ["Saving…", "✓ All saved"]
    is_saved(page.locator(f"#{TASK}"))
    assert not re.search(r"\d\d:\d\d", page.locator("main").inner_text()), "no time under a question"
    assert line.evaluate("node => !node.closest('[role=status], [role=alert], [aria-live]')"), "and it is not read out"


def test_the_line_leads_to_what_waits_and_never_says_saved_beside_it(kernel_page: Callable[..., KernelPage]) -> None:
    kind = kernel_page(ITEMS, "progress")
    page, line = kind.page, kind.page.locator(".wb-saved").first
    older = keep(kind, "one")
    keep(kind, "one two")
    (kind.folder / "answers.json").write_bytes(older)
    page.evaluate(LOOK)
    state(kind, "conflict")
    expect(line).to_have_text("An answer waits for you")
    assert "saved" not in page.locator(f"#{TASK}").inner_text().lower()
    expect(line.get_by_role("link")).to_have_attribute("href", f"#{TASK}")
    page.locator(f"#{PICK} label").first.click()
    kind.saved(PICK)
    expect(line).to_have_text("An answer waits for you")
    assert faults(page) == []
    asked(kind).get_by_role("button", name="Keep what is on this page").click()
    kind.saved(TASK)
    expect(line).to_have_text("✓ All saved")
    lock = kind.folder / ".answers.lock"
    lock.unlink(missing_ok=True)
    lock.mkdir()  # the folder cannot be used; a kernel that is gone would be followed by the next one at once
    box(kind).fill("one two three")
    state(kind, "unsaved")
    expect(line).to_have_text("Not saved yet")
    expect(line.get_by_role("link")).to_have_attribute("href", f"#{TASK}")
    expect(page.locator(f"#{TASK} .wb-status")).to_contain_text("Not saved yet")
    expect(box(kind)).to_be_focused()


def heard(page: Page, role: str) -> list[tuple[str, str, int | None]]:
    """Name, description and level of each element of a role, in order, as the accessibility tree has them."""
    nodes = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")["nodes"]
    found = [node for node in nodes if node.get("role", {}).get("value") == role and not node["ignored"]]
    levels = [next((one["value"]["value"] for one in node.get("properties", []) if one["name"] == "level"), None) for node in found]
    return [(node["name"]["value"], node.get("description", {}).get("value", ""), level) for node, level in zip(found, levels, strict=True)]


@pytest.mark.wcag("1.3.1", "2.4.6", "4.1.2")
def test_a_screen_reader_hears_which_question_what_it_is_worth_and_its_rule(kind_page: Callable[..., KindPage]) -> None:
    practice = '[[items]]\nid = "w99-p01"\nkind = "short"\npurpose = "practice"\nstem = "What?"\naccepted = ["that"]\nfeedback = "So."\n'
    kind = kind_page(practice + ITEMS)
    expected = {
        "Practice 1 of 1 · not marked": "",
        "Written task 1 of 1 · 10 points": "Your tutor reads this and gives the points.",
        "Question 1 of 1 · 1 point": "One best answer: all the points for it, none for another.",
        "To think back · not marked": "",
        "Before you hand in": "",
    }
    assert [(name, text) for name, text, _ in heard(kind.page, "group") if name in expected] == list(expected.items())
    # One level below the heading of the text before it: here the workbook's title.
    assert heard(kind.page, "heading") == [("Kinds", "", 1), *((name, "", 2) for name in expected)]
    assert faults(kind.page) == []
    assert {PRIVATE, MINE} <= {one.get_attribute("id") for one in kind.page.get_by_role("group").all()}


def test_what_comes_into_a_field_without_an_event_is_saved_like_typing(kind_page: Callable[..., KindPage]) -> None:
    kind = kind_page(ITEMS)
    page, area = kind.page, kind.page.locator(f"#{TASK} textarea")
    area.focus()
    area.evaluate("node => { node.value = 'said aloud'; }")  # as a speech-recognition program does it
    state(kind, "saved")  # type: ignore[arg-type]
    assert kind.saved(TASK) == "said aloud"
    expect(page.locator(f"#{TASK}")).to_contain_text("2 words")
    area.evaluate("node => { node.value = 'said aloud, and left at once'; node.blur(); }")
    until(page, f"document.getElementById({TASK!r}).dataset.wbState === 'saved'")
    assert kind.saved(TASK) == "said aloud, and left at once"
    page.locator(f"#{PICK} input").first.focus()
    page.locator(f"#{PICK} input").first.evaluate("node => { node.checked = true; }")
    assert kind.saved(PICK) == "a"


def test_after_back_the_page_shows_what_is_saved(kind_page: Callable[..., KindPage]) -> None:
    kind = kind_page(ITEMS)
    page, area = kind.page, kind.page.locator(f"#{TASK} textarea")
    area.fill("What is saved.")
    kind.saved(TASK)
    # What a browser does that fills a form as it was left, in whatever order its fields were made: no event, then the page is shown.
    page.evaluate(
        """id => { document.activeElement.blur(); document.querySelector(`#${id} textarea`).value = "another field's text";
                   globalThis.dispatchEvent(new PageTransitionEvent("pageshow", { persisted: false })); }""",
        TASK,
    )
    expect(area).to_have_value("What is saved.")
    second = page.context.new_page()
    replace(kind, page=second).open()
    second.locator(f"#{TASK} textarea").fill("Saved meanwhile.")
    is_saved(second.locator(f"#{TASK}"))
    second.close()
    page.evaluate("() => globalThis.dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
    expect(area).to_have_value("Saved meanwhile.")
    fields = page.locator(".wb-question:not(.wb-device) :is(input, textarea, select)")
    assert set(fields.evaluate_all("all => all.map((one) => one.getAttribute('autocomplete'))")) == {"off"}, "or filled in again"
