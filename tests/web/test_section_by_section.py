"""One section at a time: where Back and Next lead, what an address opens, where each student goes on, what covers the whole workbook."""

import base64
import json
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.axe import violations
from tests.browser.test_accessible import FOCUS
from tests.conftest import BEFORE, is_saved
from tests.web.device import HEAD, toml, until
from workbook_helpers.items import load_workbook
from workbook_helpers.web import workbook_file

PRACTICE = (
    'kind = "single"\npurpose = "practice"\nstem = "What first?"\n'
    'options = [{ id = "a", text = "Listen", right = true, feedback = "Yes." },'
    ' { id = "b", text = "Talk", right = false, feedback = "Not yet." }]'
)
ITEMS = toml(w99_p00=PRACTICE, w99_p01=PRACTICE, **{name.replace("-", "_"): text for name, text in HEAD.items()})
LONG = "A sentence about a long day at work, with a person in it. " * 12
FIRST, SECOND, THIRD, LAST, ABOUT = "A long day", "What a family hopes for", "Who may decide", "Declare and hand in", "About this workbook"
POINTS = "The main points"
"""A few lines that are shown together with THIRD."""
CELLS = [
    f"# {FIRST}\n\nSunita comes in at seven.",
    *("progress", "w99-p00"),
    f"## {SECOND}\n\n" + f"{LONG}\n\n" * 9,
    "### The blue scarf\n\nA word that stands nowhere else: marmalade.",
    "w99-p01",
    f"## {THIRD}\n\n{LONG}",
    *("w99-q01", "w99-t01"),
    f"## {POINTS}\n\nAsk, and write it down.",
    f"## {LAST}\n\nAlmost there.",
    *("w99-declaration", "hand-in"),
    f"## {ABOUT}\n\nWhat it is for.",
    "### Words to know\n\n- **Scarf**: worn around the neck.",
]

RING = 6
"""How far what shows the focus reaches around something, in pixels."""
KNOWN = BEFORE.format("""if (location.protocol === "file:" && !sessionStorage.known)
  { sessionStorage.known = "yes"; localStorage["wb-learner"] = sessionStorage["wb-learner"] = "ana01"; }""")
"""Once, so that somebody else may come."""


def cell(number: int, text: str) -> dict[str, Any]:
    if " " in text:
        return {"cell_type": "markdown", "id": f"c{number}", "metadata": {}, "source": text}
    return {"cell_type": "code", "id": f"c{number}", "metadata": {}, "source": f'ask("{text}")', "outputs": [], "execution_count": None}


@pytest.fixture(scope="session")
def workbook(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Where a workbook of four sections and what is about it lies, as one file."""
    folder = tmp_path_factory.mktemp("sections") / "w99-long-day"
    folder.mkdir()
    (folder / "workbook.toml").write_text(f'id = "w99"\ntitle = "{FIRST}"\norder = 99\nminutes = 30\n', "utf-8")
    (folder / "items.toml").write_text(ITEMS, "utf-8")
    notebook = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [cell(n, text) for n, text in enumerate(CELLS)]}
    (folder / "w99-long-day.ipynb").write_text(json.dumps(notebook), "utf-8")
    made = load_workbook(folder)
    path = folder / "w99-long-day.html"
    path.write_bytes(workbook_file(made))
    return path.as_uri()


class Walk:
    """A page on which somebody works, section by section."""

    def __init__(self, page: Page, address: str) -> None:
        self.page, self.address = page, address
        self.bar = page.locator("#wb-bar")
        self._known = False

    def open(self, hash_: str = "") -> "Walk":
        """Open it as a new page, by somebody whom the device knows."""
        self.page.goto("about:blank")
        if not self._known:
            self.page.add_init_script(KNOWN)
        self._known = True
        self.page.goto(self.address + hash_)
        expect(self.page.locator("#w99-declaration")).to_have_attribute("data-wb-state", re.compile("clean|saved"))
        return self

    def way(self, name: str) -> Locator:
        return self.bar.get_by_role("link", name=name)

    def shows(self, *titles: str) -> None:
        """Wait until these sections and no others are shown."""
        expect(self.page.locator(".wb-section:not([hidden]) .jp-RenderedMarkdown :is(h1, h2)")).to_have_text(
            [one for title in titles for one in ([THIRD, POINTS] if title == THIRD else [title])]
        )

    def menu(self) -> Locator:
        self.page.locator("#wb-contents > summary").click()
        return self.page.get_by_role("navigation", name="Contents")


@pytest.fixture
def walk(paged: Page, workbook: str) -> Walk:
    return Walk(paged, workbook)


def test_back_and_next_lead_on_and_name_where(walk: Walk) -> None:
    page = walk.open().page
    walk.shows(FIRST)
    expect(walk.bar).to_contain_text(re.compile(r"Section 1 of 4\s+about \d+ min"))
    expect(walk.bar.get_by_role("link")).to_have_text([f"Next{SECOND}"])
    page.evaluate("scrollTo(0, 9999)")
    walk.way("Next").click()
    walk.shows(SECOND)
    expect(page.get_by_role("heading", name=SECOND)).to_be_focused()
    assert page.evaluate("scrollY") == 0
    expect(page).to_have_title(f"{SECOND} – {FIRST}")
    expect(page.locator("#wb-here")).to_have_text(SECOND)
    assert page.url.endswith("#What-a-family-hopes-for")
    expect(walk.bar.get_by_role("link")).to_have_text([f"Back{FIRST}", f"Next{THIRD}"])
    page.keyboard.press("End")
    until(page, "scrollY > 100 && scrollY + innerHeight + 1 > document.documentElement.scrollHeight")  # the document itself scrolls
    at = page.evaluate("scrollY")
    walk.way("Next").click()
    walk.way("Next").click()
    walk.shows(LAST)
    expect(walk.bar.get_by_role("link")).to_have_text([f"Back{THIRD}"])
    page.go_back()
    page.go_back()
    walk.shows(SECOND)
    until(page, f"Math.abs(scrollY - {at}) < 2")
    page.reload()
    walk.shows(SECOND)
    until(page, f"Math.abs(scrollY - {at}) < 2")
    expect(page.locator("#wb-place")).to_have_count(0)
    page.go_forward()
    walk.shows(THIRD)
    expect(page.get_by_role("heading", name=THIRD)).to_be_focused()
    page.go_back()
    page.go_back()
    walk.shows(FIRST)
    expect(page).to_have_title(FIRST)


def test_on_a_phone_each_way_names_the_section_whole_though_it_is_cut(walk: Walk) -> None:
    page = walk.open().page
    page.set_viewport_size({"width": 320, "height": 640})
    walk.way("Next").click()
    for name in (f"Back {FIRST}", f"Next {THIRD}"):
        expect(walk.way(name)).to_be_in_viewport()
    walk.way("Back").click()
    title = walk.way(f"Next {SECOND}").locator("small")
    assert title.evaluate("node => node.scrollWidth > node.clientWidth && getComputedStyle(node).textOverflow === 'ellipsis'")
    assert title.evaluate("node => node.getBoundingClientRect().height < 24"), "one line"
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    assert walk.bar.get_by_role("link").evaluate_all("links => links.every((link) => link.getBoundingClientRect().height >= 44)")


def test_an_address_opens_what_it_names(walk: Walk) -> None:
    page = walk.open("#w99-t01").page
    walk.shows(THIRD)
    expect(page.locator("#w99-t01")).to_be_focused()
    expect(page.locator("#w99-t01")).to_be_in_viewport()
    expect(page.locator("#wb-place")).to_have_count(0)
    walk.open("#The-blue-scarf")
    walk.shows(SECOND)
    expect(page.get_by_role("heading", name="The blue scarf")).to_be_focused()
    expect(page.get_by_role("heading", name="The blue scarf")).to_be_in_viewport()
    page.evaluate("location.hash = '#w99-p01'")
    expect(page.locator("#w99-p01")).to_be_focused()
    page.evaluate("location.hash = '#no-such-thing'")
    walk.shows(SECOND)
    page.go_back()
    page.go_back()
    walk.shows(SECOND)
    walk.open("#wb-main")
    walk.shows(SECOND)
    expect(page.locator("#wb-place")).to_be_visible()


def test_who_comes_by_an_address_and_is_not_known_gets_there_all_the_same(walk: Walk) -> None:
    page = walk.page
    page.goto(f"{walk.address}#w99-q01")
    walk.shows(THIRD)
    page.get_by_role("link", name="Type it now").first.click()
    walk.shows(FIRST)
    page.get_by_label("Your learner ID").fill("ana01")
    page.get_by_role("button", name="Show my questions").click()
    walk.shows(THIRD)
    expect(page.locator("#w99-q01")).to_be_focused()


def test_who_went_to_type_their_id_comes_back_and_who_left_is_asked_at_the_beginning(walk: Walk) -> None:
    page = walk.page
    page.goto(walk.address)
    walk.way("Next").click()
    walk.way("Next").click()
    walk.shows(THIRD)
    page.get_by_role("link", name="Type it now").first.click()
    walk.shows(FIRST)
    expect(page.locator("form.wb-gate")).to_contain_text("No ID yet? Ask your tutor")
    page.get_by_label("Your learner ID").fill("ana01")
    page.get_by_role("button", name="Show my questions").click()
    walk.shows(THIRD)
    expect(page.locator("#w99-q01")).to_be_in_viewport()

    walk.way("Back").click()
    walk.shows(SECOND)
    page.evaluate("scrollTo(0, 9999)")
    walk.menu()
    page.get_by_role("button", name="Not you?").click()
    walk.shows(FIRST)
    expect(page.get_by_label("Your learner ID")).to_be_focused()
    expect(page.get_by_label("Your learner ID")).to_be_in_viewport()
    expect(page.get_by_role("heading", level=1)).to_be_in_viewport()


def test_each_student_goes_on_where_they_were(walk: Walk) -> None:
    page = walk.open().page
    walk.way("Next").click()
    walk.open()
    walk.shows(SECOND)
    expect(page.locator("#wb-place")).to_have_text("Here is where you were. Go to the start")
    assert page.url.endswith("#What-a-family-hopes-for")
    assert page.evaluate("scrollY") == 0
    kept = page.evaluate(
        "Object.keys(localStorage).filter((key) => key.startsWith('wb-place:')).map((key) => JSON.parse(localStorage[key]).value.section)"
    )
    assert kept == [SECOND]
    for title, name in ((FIRST, "w99-p00"), (THIRD, "w99-q01"), (SECOND, "w99-p01")):
        walk.menu().get_by_role("link", name=title).click()
        page.locator(f"#{name} label").first.click()
        is_saved(page.locator(f"#{name}"))
        walk.open()
        expect(page.locator("#wb-place")).to_have_count(int(title != FIRST))
        expect(page.locator(f"#{name}")).to_be_in_viewport()
    assert page.evaluate("scrollY") > 500, "at the question, and not at the beginning of its section"
    expect(page.locator(".wb-notices")).to_contain_text("3 answers are on this device only.")
    walk.way("Back").click()
    expect(page.locator(".wb-notices")).to_be_empty()  # read once, it does not stand above each section
    walk.way("Next").click()
    expect(page.locator("#wb-place")).to_have_count(0)
    walk.open()
    page.get_by_role("link", name="Go to the start").click()
    walk.shows(FIRST)
    expect(page.get_by_role("heading", level=1)).to_be_focused()

    walk.way("Next").click()
    walk.menu()
    page.add_init_script(  # a browser that does not yet know what was cleared a moment ago
        """const before = JSON.stringify({ value: "ana01", at: Date.now() - 60_000 });
        document.addEventListener("readystatechange", () => { localStorage["wb-learner"] = before; }, { once: true })"""
    )
    page.get_by_role("button", name="Not you?").click()
    expect(page.locator("form.wb-gate")).to_be_visible()
    walk.shows(FIRST)  # not in the middle, where somebody else was
    page.get_by_label("Your learner ID").fill("ben02")
    page.get_by_role("button", name="Show my questions").click()
    expect(page.locator("#w99-p00")).to_have_attribute("data-wb-state", "clean")
    walk.shows(FIRST)


def test_the_place_is_known_to_a_page_that_opens_before_the_browser_has_kept_it_for_later(walk: Walk) -> None:
    walk.open().way("Next").click()
    walk.shows(SECOND)
    walk.page.add_init_script(BEFORE.format("localStorage.clear();"))
    walk.open()
    walk.shows(SECOND)
    expect(walk.page.locator("#wb-place")).to_be_visible()


def test_a_student_who_says_who_they_are_goes_on_where_they_were(walk: Walk) -> None:
    page = walk.page
    for _ in range(2):
        page.goto("about:blank")
        page.goto(walk.address)
        expect(page.locator("h1 + div form.wb-gate")).to_be_visible()  # above the scene, which stays with its question
        page.get_by_label("Your learner ID").fill("ana01")
        page.get_by_role("button", name="Show my questions").click()
        expect(page.locator("#w99-p00")).to_have_attribute("data-wb-state", "clean")
        if not page.evaluate("location.hash"):
            expect(page.get_by_role("heading", level=1)).to_be_focused()
            expect(page.get_by_role("heading", level=1)).to_be_in_viewport()
        page.evaluate("[localStorage, sessionStorage].forEach((kept) => kept.removeItem('wb-learner'))")
        if not page.evaluate("location.hash"):
            walk.way("Next").click()
    walk.shows(SECOND)
    expect(page.locator("#wb-place")).to_be_visible()


def test_before_a_kernel_has_said_whose_copy_it_is_the_place_of_this_address_is_shown(walk: Walk, tmp_path: Path) -> None:
    made = Path(walk.address.removeprefix("file://")).read_text("utf-8")
    behind = """id="wb-book" data-kernel='"k"' data-folder='"f"' data-base='"http://127.0.0.1:9/"'"""
    file = tmp_path / "served.html"
    file.write_text(made.replace('id="wb-book"', behind, 1), "utf-8")
    page = walk.page
    page.goto(file.as_uri())
    walk.shows(FIRST)
    keep = """([copy, section]) => { localStorage[`wb-place:${copy}`] = sessionStorage[`wb-place:${copy}`] =
      JSON.stringify({ section, at: location.pathname }); }"""
    page.evaluate(keep, ["aa", THIRD])
    page.goto("about:blank")
    page.goto(file.as_uri())
    walk.shows(THIRD)
    expect(page.locator("#wb-place")).to_contain_text("Here is where you were.")
    page.evaluate(keep, ["aa", POINTS])  # it stood alone when this was kept
    page.goto("about:blank")
    page.goto(file.as_uri())
    walk.shows(THIRD)
    expect(page.get_by_role("heading", name=POINTS)).to_be_in_viewport()
    page.evaluate(keep, ["bb", SECOND])
    page.goto("about:blank")
    page.goto(file.as_uri())
    walk.shows(FIRST)  # whose copy it is, is not known


def test_everything_on_one_page_is_a_setting(walk: Walk) -> None:
    page = walk.open().page
    walk.way("Next").click()
    heading = page.get_by_role("heading", name="The blue scarf")
    heading.scroll_into_view_if_needed()
    before = heading.bounding_box()
    set_to = "value => { document.documentElement.dataset.wbPages = value; dispatchEvent(new CustomEvent('wb-display')); }"
    page.evaluate(set_to, "one")
    walk.shows(FIRST, SECOND, THIRD, LAST, ABOUT)
    assert before
    assert heading.bounding_box() == pytest.approx(before, abs=2), "what is read stays where it is"
    expect(walk.bar).to_be_hidden()
    walk.menu().get_by_role("link", name=LAST).click()
    expect(page.get_by_role("heading", name=LAST)).to_be_focused()
    expect(page.get_by_role("heading", name=LAST)).to_be_in_viewport()
    page.locator("#w99-q01 label").first.click()
    is_saved(page.locator("#w99-q01"))
    page.locator("#w99-q01").scroll_into_view_if_needed()
    page.evaluate(set_to, "normal")
    walk.shows(THIRD)
    expect(walk.bar).to_contain_text("Section 3 of 4")


def test_print_has_the_whole_workbook(walk: Walk) -> None:
    page = walk.open().page
    pdf = page.pdf(outline=True, tagged=True)
    for title in (FIRST, SECOND, "The blue scarf", THIRD, POINTS, LAST, ABOUT, "Words to know"):
        assert f"({title})".encode() in pdf, title
    page.emulate_media(media="print")
    for node in (page.locator("#wb-bar"), page.locator("header")):
        expect(node).to_be_hidden()
    expect(page.locator("#w99-t01 textarea")).to_be_visible()
    page.emulate_media(media="screen")
    walk.shows(FIRST)


def test_find_in_page_covers_the_whole_workbook(walk: Walk) -> None:
    """Chromium looks into what is hidden until it is found, here as for the words of a link."""
    page = walk.page
    walk.open("#:~:text=marmalade")
    walk.shows(SECOND)
    expect(page.get_by_text("marmalade")).to_be_in_viewport()
    expect(walk.bar).to_contain_text("Section 2 of 4")
    assert page.locator(".wb-section[hidden='until-found']").count() == 4


def test_a_browser_that_finds_nothing_in_what_is_hidden_is_shown_everything(walk: Walk) -> None:
    page = walk.page
    page.add_init_script("for (let at = HTMLElement.prototype; at; at = Object.getPrototypeOf(at)) delete at.onbeforematch;")
    walk.open()
    walk.way("Next").click()
    page.locator("#w99-p01 input").first.focus()
    before = page.locator("#w99-p01").bounding_box()
    page.keyboard.press("Control+f")
    walk.shows(FIRST, SECOND, THIRD, LAST, ABOUT)
    assert before
    assert page.locator("#w99-p01").bounding_box() == pytest.approx(before, abs=2)
    walk.way("Next").click()
    walk.shows(THIRD)


@pytest.mark.parametrize("width", [320, 1280])
def test_the_header_is_one_low_row_and_nothing_covers_a_low_window(walk: Walk, width: int) -> None:
    page = walk.open().page
    page.set_viewport_size({"width": width, "height": 640})
    head = page.locator("header")
    page.locator("#wb-saved-slot").evaluate("node => node.append('All saved')")
    box = head.bounding_box()
    assert box
    assert box["height"] <= 48
    assert page.evaluate("document.documentElement.scrollWidth") == width
    expect(page.locator("#wb-here")).to_be_visible()
    walk.way("Next").click()
    until(
        page,
        "[...document.querySelectorAll('.wb-section:not([hidden]) [data-wb-ask]')].every((one) => one.childElementCount)",
    )
    expect(page.locator("#wb-here")).to_have_text(SECOND)
    assert page.locator("#wb-here").evaluate("node => node.scrollHeight <= node.clientHeight + 1"), "the section's name is not cut"
    page.keyboard.press("End")
    expect(head).to_be_in_viewport(ratio=1)
    expect(walk.bar).to_be_in_viewport(ratio=1)
    page.set_viewport_size({"width": width, "height": 220})
    page.evaluate("scrollTo(0, 300)")
    expect(head).not_to_be_in_viewport()
    expect(walk.bar).not_to_be_in_viewport()
    at_the_end = "() => scrollY + innerHeight >= document.documentElement.scrollHeight - 1"
    for _ in range(40):  # what is laid out on the way there moves the end
        page.keyboard.press("End")
        page.wait_for_timeout(50)
        if page.evaluate(at_the_end):
            break
    expect(walk.bar).to_be_in_viewport()


@pytest.mark.wcag("1.4.4", "1.4.10")
@pytest.mark.parametrize("language", ["en", "cy"])
@pytest.mark.parametrize(
    "picked", [{}, {"size": "larger"}, {"size": "largest"}, {"font": "dyslexic"}, {"size": "largest", "font": "dyslexic"}], ids=str
)
def test_the_bars_of_a_small_phone_have_room_in_every_letter(walk: Walk, picked: dict[str, str], language: str) -> None:
    walk.page.set_viewport_size({"width": 320, "height": 640})
    stored = {"wb-display": json.dumps(picked), "wb-language": language}
    walk.page.add_init_script(BEFORE.format(f"Object.assign(localStorage, {json.dumps(stored)});"))
    page = walk.open("#What-a-family-hopes-for").page
    page.evaluate("document.fonts.ready")
    page.locator("#w99-p01 input").first.check()
    is_saved(page.locator("#w99-p01"))
    expect(page.locator("#wb-saved-slot")).not_to_be_empty()
    expect(page.locator("#wb-here")).to_be_visible()
    assert page.locator("#wb-here").bounding_box()["width"] > 60  # type: ignore[index]
    parts = walk.bar.locator(".wb-back, p, .wb-onward").evaluate_all(
        """all => all.map((node) => {
          const range = document.createRange(), { left, right, bottom, height } = node.getBoundingClientRect();
          range.selectNodeContents(node.querySelector("span") ?? node);
          const over = (node.matches("a") ? range.getBoundingClientRect().width : node.scrollWidth) > node.clientWidth;
          return { left, right, bottom, height, over };
        })"""
    )
    assert len(parts) == 3
    assert parts[0]["left"] >= RING
    assert [one["right"] + RING <= other["left"] for one, other in zip(parts, [*parts[1:], {"left": 320}], strict=True)] == [True] * 3
    assert not any(part["over"] or part["bottom"] > 640 - RING for part in parts)
    assert all(parts[n]["height"] >= 44 for n in (0, 2))
    assert page.evaluate("document.querySelector('header').offsetHeight + document.querySelector('#wb-bar').offsetHeight") <= 640 / 5


def seen(node: Locator, at: float) -> list[int]:
    """Give the colour in the middle of an element's height, this far from its left side."""
    node.page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")  # until it is drawn
    picture = base64.b64encode(node.screenshot()).decode()
    blank = node.page.context.new_page()
    colour: list[int] = blank.evaluate(
        """async ([picture, at]) => {
          const image = new Image();
          image.src = `data:image/png;base64,${picture}`;
          await image.decode();
          const canvas = Object.assign(document.createElement("canvas"), { width: image.width, height: image.height });
          const on = canvas.getContext("2d");
          on.drawImage(image, 0, 0);
          return [...on.getImageData(image.width * at, image.height / 2, 1, 1).data].slice(0, 3);
        }""",
        [picture, at],
    )
    blank.close()
    return colour


@pytest.mark.wcag("1.4.11")
def test_what_is_open_and_what_is_done_differ_in_the_progress_bar(walk: Walk) -> None:
    page = walk.open().page
    page.locator("#w99-p00 label").first.click()
    is_saved(page.locator("#w99-p00"))
    bar = page.locator("#wb-progress-slot progress")
    assert bar.evaluate("node => [node.value, node.max]") == [1, 4]
    for forced in ("none", "active"):
        page.emulate_media(forced_colors=forced)
        for _ in range(20):  # it may not be drawn yet
            done, empty = seen(bar, 0.1), seen(bar, 0.9)
            differ = sum(abs(one - other) for one, other in zip(done, empty, strict=True))
            if differ > 150:
                break
        assert differ > 150, (forced, done, empty)


def test_contents_say_what_is_done_how_long_it_takes_and_where_one_is(walk: Walk) -> None:
    page = walk.open().page
    page.locator("#w99-p00 label").first.click()
    is_saved(page.locator("#w99-p00"))
    nav = walk.menu()
    rows = nav.get_by_role("listitem")
    expect(rows).to_have_text(
        [
            re.compile(rf"^{FIRST} ✓ done · about \d+ min$"),
            re.compile(rf"^{SECOND} 0 of 1 · about \d+ min$"),
            re.compile(rf"^{THIRD} 0 of 2 · about \d+ min\s*{POINTS}$"),
            POINTS,
            re.compile(rf"^{LAST} about \d+ min$"),
            re.compile(rf"^{ABOUT}\s*$"),
        ]
    )
    minutes = [int(re.findall(r"about (\d+)", text)[0]) for text in nav.locator("ol > li").all_inner_texts()]
    assert sum(minutes) == 30
    assert minutes[2] == max(minutes)
    expect(nav.locator("[aria-current=page] span")).to_have_text(FIRST)
    expect(page.get_by_role("list", name="What the colours mean").get_by_role("listitem")).to_have_count(4)
    nav.get_by_role("link", name=POINTS).click()
    walk.shows(THIRD)
    expect(page.get_by_role("heading", name=POINTS)).to_be_focused()
    expect(page.get_by_role("heading", name=POINTS)).to_be_in_viewport(ratio=1)
    walk.open()  # goes on there, too
    expect(page.get_by_role("heading", name=POINTS)).to_be_in_viewport(ratio=1)
    walk.way("Back").click()
    walk.way("Back").click()
    nav = walk.menu()
    nav.get_by_role("link", name=ABOUT).click()
    expect(nav).to_be_hidden()
    walk.shows(ABOUT)
    expect(page.get_by_role("heading", name=ABOUT)).to_be_focused()
    expect(walk.bar.get_by_role("link")).to_have_text([f"Back{FIRST}"])
    walk.way("Back").click()
    walk.shows(FIRST)


@pytest.mark.wcag("2.1.1", "2.4.3", "2.4.11")
@pytest.mark.parametrize(("width", "height"), [(1280, 900), (320, 640)])
def test_a_section_is_gone_through_by_keyboard_and_the_focus_is_under_no_bar(walk: Walk, width: int, height: int) -> None:
    page = walk.open().page
    page.set_viewport_size({"width": width, "height": height})
    page.emulate_media(forced_colors="active", color_scheme="dark")
    assert violations(page) == []
    page.emulate_media(forced_colors="none", color_scheme="light")
    for title in (SECOND, THIRD, LAST):
        for _ in range(60):
            page.keyboard.press("Tab")
            stop = page.evaluate(FOCUS)
            if "Next" in stop["text"]:
                break
            if not stop["inHead"] and "Back" not in stop["text"]:
                assert stop["top"] >= stop["head"] - 1, f"under the header: {stop}"
                foot = page.evaluate("document.querySelector('#wb-bar').getBoundingClientRect().top")
                assert min(stop["bottom"], stop["top"] + 100) <= foot + 1, f"under the bar: {stop}"
        assert violations(page) == []
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name=title)).to_be_focused()
    walk.shows(LAST)
    for _ in range(12):
        page.keyboard.press("Shift+Tab")
        if page.evaluate("document.activeElement.matches('#wb-contents > summary')"):
            break
    page.keyboard.press("Enter")
    expect(page.get_by_role("navigation", name="Contents")).to_be_visible()
    assert violations(page) == []
    page.keyboard.press("Escape")
    expect(page.locator("#wb-contents > summary")).to_be_focused()


def test_text_is_readable_before_the_script_and_stays_where_it_is(chromium: Browser, workbook: str) -> None:
    tops = []
    for javascript in (False, True):
        with chromium.new_context(viewport={"width": 390, "height": 800}, java_script_enabled=javascript, locale="en-GB") as context:
            page = context.new_page()
            page.goto(workbook)
            if javascript:
                expect(page.locator("form.wb-gate")).to_be_visible()
            else:
                expect(page.get_by_role("heading", name=LAST)).to_be_visible()
            box = page.get_by_role("heading", level=1).bounding_box()
            assert box
            noscript = page.locator("noscript p").bounding_box() if not javascript else None
            tops.append(box["y"] - (noscript["height"] if noscript else 0))
    assert tops[0] == tops[1]
