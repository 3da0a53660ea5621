"""How the page looks and sounds: it follows the device until the student picks, reads aloud, and says what a word means."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.axe import violations
from tests.browser.test_accessible import fits
from tests.browser.test_display import choose
from tests.conftest import ONE_PAGE
from tests.kinds.conftest import written
from tests.web.device import Tab, until
from workbook_helpers.items.sections import SHORT
from workbook_helpers.web import workbook_file

ITEMS = """
[[items]]
id = "w99-p01"
kind = "single"
purpose = "practice"
stem = "Who reads the care plan?"
options = [
  { id = "a", text = "Everybody who helps.", right = true, feedback = "All who help need it." },
  { id = "b", text = "Only the manager.", right = false, feedback = "The manager is not alone." },
]

[[items]]
id = "w99-p02"
kind = "gaps"
purpose = "practice"
stem = "Fill the gaps."
text = "First knock, then {wait}."
[[items.gaps]]
id = "wait"
options = [{ id = "w", text = "wait" }, { id = "g", text = "go in" }]
right = "w"
feedback = "It is her door."

[[items]]
id = "w99-p03"
kind = "relationships"
purpose = "practice"
stem = "Who is who?"
person = "Mr Lewis"
kinds = [{ id = "working", text = "Working" }, { id = "personal", text = "Personal" }]
shares = [{ id = "needed", text = "What they need" }, { id = "nothing", text = "Nothing" }]
people = [
  { id = "nurse", text = "The nurse", kind = "working", share = "needed", feedback = "Because." },
  { id = "son", text = "The son", kind = "personal", share = "nothing", feedback = "Because." },
]
"""
LONG = "\n\n<!-- " + "word " * SHORT + "-->"
"""Makes a section of its own of what stands below a heading, and is not seen."""
TEXT = {
    "title": "# At the door\n\nAmira has the care plan in her hand. It protects her, and Protect has advice. Nobody opens.",
    "morning": f"## Morning{LONG}\n\nThe **care\nplan** says so. Care plans change. A lasting power of attorney is no [care plan](https://example.org).\n\n"
    "### Policies\n\n- One on consent\n- Two policies\n\n![A door. It is open.](media/door.svg)",
    "ask-w99-p01": "",
    "ask-w99-p02": "",
    "ask-w99-p03": "",
    "noon": "## Noon\n\nThe care plan lies open.",
    "evening": "## Evening\n\nThe day is over.",
    "about": "## About this workbook\n\nIt is short, and has a care plan.",
    "words-to-know": "### Words to know\n\n- **Care plan**: what a person wants and needs.\n- **Consent**: a free yes.\n"
    "- **Policy**: written rules.\n- ***Protect***: a charity.\n"
    "- **Power of attorney**: a paper.\n- **Lasting power of attorney**: a paper that lasts.",
}
DOOR = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 20"><rect width="40" height="20" fill="none" stroke="#000"/></svg>'
VOICE = """
globalThis.voice = {
  said: [], now: null,
  getVoices: () => [],
  cancel() { const was = this.now; this.now = null; if (was) setTimeout(() => was.onerror?.(new Event("error"))); },
  speak(one) { if (this.now) throw Error("two at once"); this.now = one; this.said.push(one.text); if (!this.isDumb) one.onstart?.(); },
  end() { const was = this.now; this.now = null; was.onend?.(); },
};
Object.defineProperty(globalThis, "speechSynthesis", { value: voice });
"""
"""In place of the browser's own voice, which a browser without a sound card does not have: it keeps what it is told to say."""
SCHEMES: dict[str, dict[str, Any]] = {
    "light": {},
    "dark": {"color_scheme": "dark"},
    "contrast": {"contrast": "more"},
    "night": {"color_scheme": "dark", "contrast": "more"},
    "forced": {"forced_colors": "active"},
    "forced dark": {"forced_colors": "active", "color_scheme": "dark"},
}


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Where a workbook with text, words to know and questions lies, as one file."""
    root = tmp_path_factory.mktemp("display")
    workbook = written(root, ITEMS)
    notebook = json.loads(workbook.notebook.read_bytes())
    notebook["cells"] = [
        {"cell_type": "markdown", "id": name, "metadata": {}, "source": text}
        if text
        else {"cell_type": "code", "id": name, "metadata": {}, "source": f'ask("{name[4:]}")', "outputs": [], "execution_count": None}
        for name, text in TEXT.items()
    ]
    workbook.notebook.write_text(json.dumps(notebook), "utf-8")
    (workbook.folder / "media").mkdir()
    (workbook.folder / "media" / "door.svg").write_text(DOOR, "utf-8")
    file = root / "told.html"
    file.write_bytes(workbook_file(workbook))
    return file.as_uri()


Open = Callable[..., Page]


@pytest.fixture
def told_page(paged: Page, told: str) -> Open:
    """told_page(sound="on"): open it, all on one page, with what was picked, and with the voice that keeps what it says."""

    def make(**picked: str) -> Page:
        page = paged
        page.add_init_script(VOICE)
        page.add_init_script(ONE_PAGE.replace(json.dumps({"pages": "one"}, separators=(",", ":")), json.dumps({"pages": "one"} | picked)))
        page.goto(told)
        Tab(page, told).work("ana01")
        expect(page.locator(".wb-question")).to_have_count(3)
        return page

    return make


def pick(page: Page, title: str, value: str) -> None:
    choose(page, title, value)
    page.keyboard.press("Escape")
    expect(page.locator("#wb-contents")).not_to_have_attribute("open", "")


def check(page: Page) -> None:
    """Answer what practises, and have it looked at: right and wrong are on the page."""
    page.locator("#w99-p01 input").last.check()
    page.locator("#w99-p02 input").first.check()
    for question in ("#w99-p01", "#w99-p02"):
        page.locator(question).get_by_role("button", name="Check my answer").click()


def paper(page: Page) -> str:
    return str(page.evaluate("() => getComputedStyle(document.body).backgroundColor"))


@pytest.mark.wcag("1.4.3")
def test_colours_follow_the_device_until_the_student_picks(told_page: Open, told: str) -> None:
    page = told_page()
    light, dark, white, black = "rgb(253, 252, 249)", "rgb(22, 25, 29)", "rgb(255, 255, 255)", "rgb(0, 0, 0)"
    assert paper(page) == light
    page.emulate_media(color_scheme="dark")
    assert paper(page) == dark
    page.emulate_media(color_scheme="dark", contrast="more")
    assert paper(page) == black
    page.emulate_media(color_scheme="light", contrast="more")
    assert paper(page) == white
    assert page.locator("html").get_attribute("data-wb-colours") is None
    page.emulate_media(color_scheme="dark", contrast="no-preference")
    for value, there in (("light", light), ("night", black), ("contrast", white), ("dark", dark), ("light", light)):
        pick(page, "Colours", value)
        assert paper(page) == there
    page.reload()
    assert paper(page) == light
    with page.context.expect_page():
        page.evaluate("address => { open(address); }", told)
    second = page.context.pages[1]
    second.wait_for_load_state()
    pick(second, "Colours", "normal")
    until(page, f"getComputedStyle(document.body).backgroundColor === {dark!r}")


@pytest.mark.wcag("2.3.3")
def test_nothing_moves_where_the_device_or_the_student_wants_no_movement(told_page: Open) -> None:
    page = told_page()
    page.add_style_tag(content=".wb-question { transition: color 3s; }")
    lasts = "() => getComputedStyle(document.querySelector('.wb-question')).transitionDuration"
    assert page.evaluate(lasts) == "3s"
    page.emulate_media(reduced_motion="reduce")
    assert page.evaluate(lasts) == "0s"
    page.emulate_media(reduced_motion="no-preference")
    assert page.evaluate(lasts) == "3s"
    pick(page, "Movement", "less")
    assert page.evaluate(lasts) == "0s"


def test_each_change_is_told_to_the_page(told_page: Open) -> None:
    page = told_page()
    told = "() => told.push(document.documentElement.dataset.wbPages)"
    page.evaluate(f"() => {{ globalThis.told = []; addEventListener('wb-display', {told}); }}")
    pick(page, "Pages", "normal")
    pick(page, "Pages", "one")
    assert page.evaluate("told") == [None, "one"]


@pytest.mark.wcag("1.4.3", "1.4.11", "1.4.1")
@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_scheme_can_be_read(scheme: str, told_page: Open) -> None:
    page = told_page(sound="on")
    page.emulate_media(**SCHEMES[scheme])
    check(page)
    page.locator(".wb-listen").first.click()
    page.locator(".wb-term").first.click()
    expect(page.locator(".wb-meaning")).not_to_be_empty()
    for width in (1280, 320):
        page.set_viewport_size({"width": width, "height": 700})
        assert violations(page) == []
        fits(page)


LINES = """() => {
  const canvas = (color) => { const node = document.body.appendChild(document.createElement('p')); node.style.color = color;
    const is = getComputedStyle(node).color; node.remove(); return is; };
  const style = (node, name, part) => getComputedStyle(document.querySelector(node), part)[name];
  return {
    paper: canvas('Canvas'), ink: canvas('CanvasText'), chosen: canvas('Highlight'),
    line: style('.wb-relationships-map .wb-relationships-wide', 'stroke'), name: style('.wb-relationships-map text', 'fill'),
    dot: style('.wb-relationships-map circle', 'stroke'),
    ring: style('.wb-relationships-map circle', 'fill'), key: style('.wb-relationships-key .wb-relationships-wide', 'stroke'),
    mark: style('[data-wb-aloud]', 'outlineColor'),
  };
}"""


@pytest.mark.parametrize("colours", ["dark", "night"])
def test_paper_is_white_whatever_is_picked_for_the_screen(colours: str, told_page: Open) -> None:
    page = told_page(colours=colours, size="largest")
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate("parseFloat(getComputedStyle(document.documentElement).fontSize)") < 20  # px: large print, no more
    assert paper(page) == "rgb(255, 255, 255)"
    shown = "[...document.querySelectorAll('h1, p, label, legend')].filter((node) => node.checkVisibility())"
    inks = page.evaluate(f"() => {shown}.map((node) => getComputedStyle(node).color)")
    assert {ink for ink in inks if sum(map(int, ink.strip("rgba()").split(",")[:3])) > 400} == set(), "pale on white"


@pytest.mark.wcag("1.4.11")
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_forced_colours_reach_every_line(scheme: Any, told_page: Open) -> None:
    page = told_page(sound="on", colours="contrast")  # what was picked does not stand against the device
    page.emulate_media(forced_colors="active", color_scheme=scheme)
    page.locator("#w99-p03 input").first.check()
    page.locator(".wb-listen").first.click()
    found = page.evaluate(LINES)
    assert found["ink"] != found["paper"]
    assert {found[name] for name in ("line", "name", "dot", "key", "mark")} == {found["ink"]}
    assert found["ring"] == found["paper"]


@pytest.mark.wcag("1.4.4", "1.4.10", "1.4.12")
@pytest.mark.parametrize("size", ["normal", "large", "larger", "largest"])
def test_every_size_fits_a_small_phone(size: str, told_page: Open) -> None:
    page = told_page(size=size, font="dyslexic", spacing="wide", sound="on")
    page.set_viewport_size({"width": 320, "height": 640})
    check(page)
    page.locator(".wb-listen").first.click()
    page.locator(".wb-term").first.click()
    expect(page.locator(".wb-meaning")).not_to_be_empty()
    fits(page)
    assert page.locator(".wb-player").evaluate("node => node.offsetHeight / innerHeight") < 0.11
    pick(page, "Movement", "less")
    page.locator("#wb-contents > summary").click()
    page.locator("#wb-display > summary").click()
    box = page.locator("#wb-contents .wb-panel").bounding_box()
    assert box
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 320
    fits(page)


MARKED = "() => [...document.querySelectorAll('[data-wb-aloud]')].map(node => node.textContent || node.alt)"


def test_a_section_is_read_aloud_in_its_order(told_page: Open) -> None:
    page = told_page(sound="on")
    check(page)
    page.locator(".wb-term").first.click()
    page.get_by_role("button", name="Listen: Morning").click()
    assert page.get_by_role("button", name=re.compile("^Listen")).count() == 4
    marked = []
    while page.evaluate("voice.now !== null"):
        marked.append(page.evaluate(MARKED))
        page.evaluate("voice.end()")
    said = page.evaluate("voice.said")
    assert len(said) == len(marked)
    assert all(len(one) == 1 for one in marked)
    assert said[:11] == [
        "Morning",
        "The care plan says so.",
        "Care plans change.",
        "A lasting power of attorney is no care plan.",
        "Policies",
        "One on consent",
        "Two policies",
        "A door.",
        "It is open.",
        "Who reads the care plan?",
        "Everybody who helps.",
    ]
    at = said.index("Fill the gaps.")
    assert "Only the manager." in said[:at]
    assert said[at + 1] == "First knock, then wait."
    assert said.index("Who is who?") > at
    heard = " ".join(said)
    for never in ("Saved", "Question", "Check my answer", "what a person wants", "The care plan lies open"):
        assert never not in heard
    expect(page.locator(".wb-player")).to_have_count(0)
    expect(page.locator("[data-wb-aloud]")).to_have_count(0)
    assert page.evaluate("document.activeElement.textContent") == "Listen"


def test_the_player_pauses_goes_back_and_stops(told_page: Open) -> None:
    page = told_page(sound="on")
    page.set_viewport_size({"width": 320, "height": 640})
    page.get_by_role("button", name="Listen: Morning").click()
    player = page.get_by_role("group", name="Read aloud")
    expect(player.get_by_role("button", name="Pause")).to_be_focused()
    for _ in range(2):
        page.evaluate("voice.end()")
    page.keyboard.press("Enter")
    assert page.evaluate("voice.now") is None
    player.get_by_role("button", name="Play").click()
    assert page.evaluate("voice.said.slice(-2)") == ["Care plans change."] * 2
    assert page.evaluate(MARKED)[0].startswith("The care")
    goes_back = """one => {
      scrollTo({ top: 296, behavior: "instant" });
      one.click();
      const at = voice.now.text;
      for (let n = 0; n < 8; n += 1) voice.end(); // while the page is on its way up to that
      return at;
    }"""
    assert player.get_by_role("button", name="Previous").evaluate(goes_back) == "Morning"
    expect(page.locator("img[data-wb-aloud]")).to_be_in_viewport(ratio=1)
    until(
        page,
        """document.querySelector('[data-wb-aloud]').getBoundingClientRect().bottom
           <= document.querySelector('.wb-player').getBoundingClientRect().top""",
    )
    page.keyboard.press("Escape")
    expect(player).to_have_count(0)
    assert page.evaluate("voice.now") is None
    pick(page, "Pages", "normal")
    page.locator(".wb-section:not([hidden]) .wb-listen").click()
    page.locator("#wb-bar .wb-onward").click()  # another section
    expect(player).to_have_count(0)
    assert page.evaluate("voice.now") is None
    pick(page, "Pages", "one")
    page.evaluate("voice.isDumb = true")
    page.clock.install()
    page.get_by_role("button", name="Listen: Noon").click()
    page.clock.run_for(7000)
    expect(player.get_by_role("status")).to_contain_text("No voice can be heard")
    pick(page, "Read aloud", "normal")
    expect(page.locator(".wb-listen, .wb-player")).to_have_count(0)


def test_a_section_that_stands_alone_has_one_button_to_listen(told_page: Open) -> None:
    page = told_page(sound="on")
    pick(page, "Pages", "normal")
    page.locator("#wb-contents > summary").click()
    page.locator("#wb-contents nav a").nth(1).click()
    page.reload()  # now the workbook's own title stands above the section, for a screen reader
    expect(page.locator("#wb-main > #wb-title")).to_have_count(1)
    expect(page.get_by_role("button", name=re.compile("^Listen"))).to_have_text(["Listen"])
    expect(page.locator(".wb-listen")).to_have_count(4)
    page.locator("#wb-bar .wb-onward").click()
    page.get_by_role("button", name="Listen: Noon").click()  # what is shown together is read together
    for _ in range(4):
        page.evaluate("voice.end()")
    assert page.evaluate("voice.said") == ["Noon", "The care plan lies open.", "Evening", "The day is over."]


@pytest.mark.wcag("4.1.2", "4.1.3", "2.1.1", "1.4.1")
def test_words_to_know_say_what_they_mean_on_a_tap(told_page: Open) -> None:
    page = told_page()
    tappable = page.locator(".wb-term")
    assert [" ".join(text.split()) for text in tappable.all_inner_texts()] == [
        "care plan",
        "Protect",
        "care plan",
        "lasting power of attorney",
        "consent",
        "policies",
        "care plan",
    ]
    term = page.get_by_role("button", name="care plan").nth(1)
    rest = page.locator("p", has_text="says so")
    line = """node => { const range = document.createRange();
      range.selectNodeContents([...node.childNodes].find(one => /says so/.test(one.textContent)));
      return range.getClientRects()[0].top; }"""
    term.scroll_into_view_if_needed()
    before, high = rest.evaluate(line), rest.bounding_box()
    term.click()
    expect(term).to_have_attribute("aria-expanded", "true")
    box = page.get_by_role("status").filter(has_text="Care plan: what a person wants and needs.")
    expect(box).to_be_visible()
    assert rest.evaluate(line) == before  # the line goes on beside the word; the box is below it
    place, after = box.bounding_box(), rest.bounding_box()
    assert place
    assert high
    assert after
    assert place["y"] > before
    assert place["y"] + place["height"] <= after["y"] + after["height"]
    assert after["height"] - high["height"] < place["height"] + 20
    assert violations(page) == []
    term.click()
    expect(page.locator(".wb-meaning")).to_have_count(0)
    term.press("Enter")
    expect(page.locator(".wb-meaning")).to_be_visible()
    term.press("Escape")
    expect(page.locator(".wb-meaning")).to_have_count(0)
    expect(term).to_be_focused()
    page.set_viewport_size({"width": 320, "height": 640})
    term.evaluate("node => scrollBy(0, node.getBoundingClientRect().bottom - innerHeight + 10)")
    term.press("Space")
    expect(page.locator(".wb-meaning")).to_be_in_viewport(ratio=1)
    pick(page, "Hard words", "off")
    expect(page.locator(".wb-term, .wb-meaning")).to_have_count(0)
    assert page.locator("p", has_text="says so").evaluate("node => node.querySelector('strong').childNodes.length") == 1
