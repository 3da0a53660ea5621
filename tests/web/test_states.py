"""Every kind in every state: nothing that axe finds, nothing cut off, named for a screen reader, large enough, never under a bar."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.axe import COLOURS, by_axe, violations
from tests.browser.test_accessible import fits
from tests.conftest import ONE_PAGE, all_at_once
from tests.web.device import Tab
from tests.web.photograph import LOOKS, site
from tests.web.states import STATES, asked, brought, gallery, go_on, made
from tests.web.test_site import visit
from workbook_helpers.items import Item, Purpose
from workbook_helpers.words import say

ON = {"wrong": "right", "review": "handed in"}
"""State → which is come to from it, once it has been looked at."""
WIDTHS = pytest.mark.parametrize("width", [320, 1280])
TARGETS = """() => {
  const box = (node) => node.getBoundingClientRect();
  const area = (node) => { // what is touched for it: with its label, where that is beside it
    if (!node.labels?.length || node.matches("select, textarea, [type=text], [type=date]")) return box(node);
    const all = [node, ...node.labels].map(box);
    const [left, top] = ["left", "top"].map((side) => Math.min(...all.map((one) => one[side])));
    const [right, bottom] = ["right", "bottom"].map((side) => Math.max(...all.map((one) => one[side])));
    return { width: right - left, height: bottom - top };
  };
  const inText = (node) => node.matches(".wb-term, a") && node.parentElement.matches("p, li, td, dd") // WCAG 2.5.8's own exception
    && node.parentElement.textContent.trim() !== node.textContent.trim();
  return [...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex='0']")]
    .filter((node) => node.checkVisibility({ visibilityProperty: true }) && !node.matches(".wb-skip, [type=file]") && !inText(node))
    .map((node) => [node.outerHTML.slice(0, 120), area(node)])
    .filter(([, { width, height }]) => width < 43.99 || height < 43.99)
    .map(([text, { width, height }]) => [Math.round(width), Math.round(height), text]);
}"""
"""What is touched and is less than 44 px wide or high: [width, height, its HTML] of each."""
UNTIDY = """() => {
  const faults = [], seen = (node) => node.checkVisibility({ visibilityProperty: true });
  const all = (names) => [...document.querySelectorAll(names)].filter(seen);
  const box = (node) => node.getBoundingClientRect();
  const tops = (text, from, to) => { const range = document.createRange(); range.setStart(text, from); range.setEnd(text, to);
    return new Set([...range.getClientRects()].map(({ top }) => Math.round(top))).size; };
  for (const node of all(".wb-widget :not(textarea, svg *)")) for (const text of node.childNodes) {
    if (text.nodeType !== Node.TEXT_NODE || tops(text, 0, text.length) < 2) continue;
    for (const { 0: word, index } of text.data.matchAll(/\\p{L}+/gu)) {
      if (tops(text, index, index + word.length) > 1) faults.push(`parted: ${word}`);
    }
  }
  for (const circle of all(".wb-relationships-centre")) for (const name of circle.parentElement.querySelectorAll("text[class='']")) {
    const { x, y, width, height } = name.getBBox(), [cx, cy, r] = ["cx", "cy", "r"].map((one) => Number(circle.getAttribute(one)));
    const far = Math.max(Math.abs(y + 4 - cy), Math.abs(y + height - 4 - cy)); // from the top of its letters to their foot
    if (Math.hypot(Math.max(cx - x, x + width - cx), far) > r) faults.push(`outside its circle: ${name.textContent}`);
  }
  for (const foot of all(".wb-foot")) {
    const kids = [...foot.children].filter((node) => node.offsetHeight).map(box);
    for (const [n, next] of kids.slice(1).entries()) {
      const gap = next.top - kids[n].bottom;
      if (gap > -1 && gap < 8) faults.push(`a ring has no room: ${foot.textContent.slice(0, 40)}`);
    }
  }
  for (const warning of all(".wb-slim .wb-saved:has(a)")) {
    const free = parseFloat(getComputedStyle(warning, "::before").bottom) || 0, bar = box(document.querySelector(".wb-slim progress"));
    const { left, right, bottom } = box(warning);
    if (left < bar.right && right > bar.left && bottom - free > bar.top + 0.5) faults.push("the warning lies over the bar");
  }
  const menu = document.querySelector("#wb-contents > summary"), about = getComputedStyle(menu), { top, right } = box(menu);
  menu.focus();
  const ring = parseFloat(about.outlineOffset) + parseFloat(about.outlineWidth);
  if (!menu.matches(":focus-visible") || top < ring || right > innerWidth - ring) faults.push("the ring of the menu is cut off");
  const linear = (c) => (c > 0.04045 ? ((c + 0.055) / 1.055) ** 2.4 : c / 12.92);
  const light = (colour) => colour.match(/[\\d.]+/g).slice(0, 3)
    .reduce((sum, one, n) => sum + linear(one / 255) * [0.2126, 0.7152, 0.0722][n], 0.05); // WCAG's relative luminance
  for (const one of ["practice", "assessed", "private"]) {
    const style = getComputedStyle(document.querySelector(`.wb-question.wb-${one}`));
    const [edge, card] = [style.borderLeftColor, style.backgroundColor].map(light);
    if (Math.max(edge / card, card / edge) < 3) faults.push(`the colour of ${one} is hardly seen`);
  }
  return faults;
}"""
"""What a designer would name."""
Bring = Callable[[str], Tab]
Wrong = Callable[..., Tab]


@pytest.fixture(scope="module")
def gallery_file(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Where the workbook of every kind lies, as one file."""
    return made(tmp_path_factory.mktemp("states"))


@pytest.fixture
def bring(context: BrowserContext, gallery_file: str, tmp_path: Path) -> Iterator[Bring]:
    """bring("wrong"): open the workbook of every kind, all on one page, and bring it into a state."""
    with ExitStack() as stack:

        def to(state: str) -> Tab:
            where = gallery_file
            if state == "offline":
                where = stack.enter_context(site(tmp_path / "site"))
                visit(context.new_page(), where)
            return brought(context, state, where)

        yield to
        context.set_offline(offline=False)


@pytest.fixture(scope="module")
def checked(chromium: Browser, gallery_file: str) -> Iterator[Tab]:
    """A tab in which practice was answered in part wrongly, and checked."""
    context = chromium.new_context(locale="en-GB")
    context.add_init_script(ONE_PAGE)
    yield brought(context, "wrong", gallery_file)
    context.close()


@pytest.fixture
def wrong(checked: Tab) -> Wrong:
    """wrong(size="largest"): open that again, with these settings."""

    def again(**settings: str) -> Tab:
        checked.page.set_viewport_size({"width": 1280, "height": 900})
        checked.page.emulate_media(media="null")
        checked.page.evaluate("settings => { localStorage['wb-display'] = sessionStorage['wb-display'] = settings; }", json.dumps(settings))
        checked.open()
        expect(checked.page.locator('.wb-place:empty:not([data-wb-ask="progress"])')).to_have_count(0)
        expect(checked.page.locator(".wb-note")).not_to_have_count(0)
        return checked

    return again


@pytest.mark.wcag("axe", "1.4.3", "1.4.10", "1.4.11", "2.5.8")
@pytest.mark.parametrize("state", [state for state in STATES if state not in ON.values()])
def test_axe_finds_nothing_and_all_fits_and_is_large_enough_in_every_state(bring: Bring, state: str) -> None:
    tab = bring(state)
    look_at(tab, state)
    if state in ON:
        go_on(tab, ON[state])
        look_at(tab, ON[state])


def look_at(tab: Tab, state: str) -> None:
    """See that nothing is wrong with the page in a state, in every look."""
    page = tab.page
    page.evaluate("Promise.all(document.getAnimations().map((one) => one.finished.catch(() => null)))")
    if state == "wrong":
        assert untold(page) == []
    if state == "shown":
        says_no_more_than_the_answer(tab)
    page.keyboard.press("Tab")  # whoever goes by keys sees the ring
    for width, height, look in ((320, 640, "dark"), (1280, 900, "light")):
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(**LOOKS[look])
        assert violations(page) == []
        fits(page)
        assert page.evaluate(TARGETS) == []
        assert page.evaluate(UNTIDY) == []
        for menu in ("contents", "display"):
            page.locator(f"#wb-{menu} > summary").click()
        assert page.evaluate(TARGETS) == []
        page.keyboard.press("Escape")
    page.emulate_media(**LOOKS["contrast"])
    assert page.evaluate(UNTIDY) == []
    if state in ("conflict", "unsaved"):
        expect(page.locator(".wb-review")).to_contain_text("You have answered all 15 marked questions")
        assert "saved" not in " ".join(page.locator(".wb-signs").all_inner_texts())
    page.emulate_media(**LOOKS["forced"])  # which changes colours alone
    found = by_axe(page, options={"runOnly": COLOURS})
    assert found == []
    page.emulate_media(**LOOKS["light"])


def says_no_more_than_the_answer(tab: Tab) -> None:
    """See that the right answer does not say again what stands above it."""
    kinds = ("gaps", "handover", "match", "order", "relationships", "short", "sort")
    told = {name: tab(f"w99-{name}-p").locator(".wb-note-answer").all_inner_texts() for name in kinds}
    assert told["handover"][0] == "→ The right answer: Background"
    assert told["match"][0] == "→ The right answer: Care worker"
    assert told["sort"][0] == "→ The right answer: Personal"
    assert told["short"][0].startswith("→ The right answer: consent. She decides")
    assert told["gaps"][0] == "→ The right answer: friendly"
    assert told["order"] == ["→ The right answer: place 1", "→ The right answer: place 2"]
    assert told["relationships"][0] == "→ The right answer: Personal; may be shared: Only with his consent"


@pytest.mark.wcag("1.4.4", "1.4.10", "1.4.12")
def test_every_kind_fits_a_small_phone_in_the_largest_letters(wrong: Wrong) -> None:
    for picked in ({}, {"font": "dyslexic", "spacing": "wide"}):
        tab = wrong(pages="one", size="largest", **picked)
        tab.page.set_viewport_size({"width": 320, "height": 640})
        fits(tab.page)


# What a screen reader is told


def tree(page: Page) -> list[dict[str, Any]]:
    """Give what Chromium tells a screen reader: of each element its role, name and description, and which question it is in."""
    nodes = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")["nodes"]
    by_id = {node["nodeId"]: node for node in nodes}
    found: list[dict[str, Any]] = []

    def walk(node: dict[str, Any], question: str) -> None:
        role, name = (node.get(part, {}).get("value", "") for part in ("role", "name"))
        if not node["ignored"]:
            level = [one["value"]["value"] for one in node.get("properties", ()) if one["name"] == "level"]
            question = name if role == "group" and NUMBERED.match(name) else question
            told = node.get("description", {}).get("value", "")
            found.append({"role": role, "name": name, "description": told, "level": level, "question": question})
        for child in node.get("childIds", ()):
            if child in by_id:
                walk(by_id[child], question)

    walk(nodes[0], "")
    return found


NUMBERED = re.compile("Practice|Question|Written task|For you|Before you|To think|How sure")


def titles(items: list[Item]) -> dict[str, str]:
    """Give what each question is called: its number of how many alike, and what it is worth."""
    made: dict[str, str] = {}
    for item in items:
        practice = item.purpose is Purpose.PRACTICE
        alike = [one for one in items if one.purpose is item.purpose and (practice or one.asks_person == item.asks_person)]
        worth = "1 point" if item.points == 1 else f"{item.points:g} points"
        place = f"{alike.index(item) + 1} of {len(alike)}"
        if practice:
            made[item.id] = f"Practice {place} · not marked"
        elif item.purpose is Purpose.ASSESSED:
            made[item.id] = f"{'Written task' if item.asks_person else 'Question'} {place} · {worth}"
        else:
            own = f"{item.kind}-label"
            made[item.id] = say(own) if say(own) != own else say(f"frame-{item.purpose}")
    return made


def described(items: list[Item]) -> list[str]:
    """Give what each question is described by: the document that it rests on, and how its points are given."""
    made, seen = [], set[str]()
    for item in items:
        title = item.rests_on.title if item.rests_on else ""
        says = f"{say('document-again' if item.document in seen else 'document-first')}: {title}" if title else ""
        made.append(" ".join(filter(None, (says, item.rule() if item.purpose is Purpose.ASSESSED else ""))))
        seen.add(item.document)
    return made


def texts(parts: list[dict[str, Any]]) -> list[str]:
    return [part["text"] for part in parts]


def controls(item: Item) -> dict[str, list[str]]:
    """Give role → what the controls of a question are called, from the item's own texts, where all of its cards are open."""
    spec: dict[str, Any] = item.public()
    match item.kind:
        case "single":
            return {"radio": texts(spec["options"])}
        case "multiple":
            return {"checkbox": texts(spec["options"])}
        case "match":
            return {"radio": texts(spec["partners"]) * len(spec["statements"])}
        case "sort":
            return {"radio": texts(spec["groups"]) * len(spec["cards"])}
        case "gaps":
            typed = [n for n, gap in enumerate(spec["gaps"], 1) if not gap["options"]]
            return {
                "radio": [text for gap in spec["gaps"] for text in texts(gap["options"])],
                "textbox": [f"Gap {n} of {len(spec['gaps'])}" for n in typed],
            }
        case "relationships":
            return {"radio": (texts(spec["kinds"]) + texts(spec["shares"])) * len(spec["people"])}
        case "handover":
            return {"radio": [say(f"handover-part-{part}") for part in spec["parts"]] * len(spec["facts"])}
        case "scenario":
            return {"radio": texts(next(node for node in spec["nodes"] if node["id"] == spec["start"])["choices"])}
        case "order":
            return {}
        case "scale":
            low, high, steps = spec["low"], spec["high"], spec["steps"]
            return {"radio": [f"1, {low}", *map(str, range(2, steps)), f"{steps}, {high}"] * len(spec["statements"])}
        case "short" | "written":
            return {"textbox": [spec["stem"]]}
        case "reflection":
            return {
                "textbox": [spec["prompts"].get(part) or say(f"reflection-{part}") for part in spec["parts"]],
                "checkbox": [say("reflection-share")],
            }
        case "workplace":
            return {
                "radio": [say(f"workplace-evidence-{one}") for one in spec["evidence"]]
                + [say(f"workplace-place-{one}") for one in spec["places"]],
                "textbox": [say("workplace-label-done"), say("workplace-label-role")],
                "checkbox": [f"{one['code']} {one['text']}" for one in spec["criteria"]],
            }
        case "declaration":
            return {"checkbox": [spec["statement"]]}
        case _:
            pytest.fail(f"say here what the controls of {item.kind} are called")


def groups(item: Item) -> list[str]:
    """Give what the groups in a question are called: its stem, and each part that has a choice of its own."""
    spec: dict[str, Any] = item.public()
    parts = {"match": "statements", "sort": "cards", "relationships": "people", "scale": "statements"}.get(item.kind, "")
    numbered = [text if item.kind == "scale" else f"{n}. {text}" for n, text in enumerate(texts(spec.get(parts, [])), 1)]
    return [*([] if item.kind in ("short", "written") else [item.stem]), *([] if item.shuffle else numbered)]


@pytest.mark.wcag("1.3.1", "2.4.6", "3.3.2", "4.1.2")
def test_every_control_is_called_what_its_item_says(bring: Bring) -> None:
    page = bring("untouched").page
    all_at_once(page.locator(".wb-question:has(.wb-cards)").first)  # it holds for every question
    items, told = asked(page), tree(page)
    names = titles(items)
    questions = [one for one in told if one["role"] == "group" and one["question"] and one["name"] == one["question"]]
    assert [one["name"] for one in questions] == [*names.values()]
    assert [one["description"] for one in questions] == described(items)
    headings = [one for one in told if one["role"] == "heading" and NUMBERED.match(one["name"])]
    assert [(one["name"], one["level"]) for one in headings] == [(name, [3]) for name in names.values()], "one below the section's"
    number = -1
    inside: list[list[dict[str, Any]]] = [[] for _ in items]
    for one in told:
        number += one["role"] == "group" and bool(one["question"]) and one["name"] == one["question"]
        if one["question"] and number >= 0:
            inside[number].append(one)
    for item, parts in zip(items, inside, strict=True):
        for role in ("radio", "checkbox", "textbox"):
            given = sorted(one["name"].replace(" ,", ",") for one in parts if one["role"] == role)
            assert (item.id, role, given) == (item.id, role, sorted(controls(item).get(role, [])))
        nameless = [one for one in parts if one["role"] in ("button", "link", "radiogroup", "log", "table") and not one["name"]]
        assert (item.id, nameless) == (item.id, [])
        assert {*groups(item)} <= {one["name"] for one in parts if one["role"] in ("group", "radiogroup")}, item.id
        fields = {one["name"]: one["description"] for one in parts if one["role"] == "textbox"}
        if item.kind == "short":
            assert fields[item.stem] == say("short-slips")
        if item.kind == "written":
            assert all(prompt in fields[item.stem] for prompt in item.public()["prompts"])
            assert "words is a good length" in fields[item.stem]


@pytest.mark.wcag("1.3.1", "3.3.1", "3.3.3", "4.1.2")
def test_what_practice_says_of_a_part_is_told_with_the_part(wrong: Wrong) -> None:
    assert untold(wrong(pages="one").page) == []


def untold(page: Page) -> list[str]:
    """Give what practice says and no screen reader is told with the part that it is about."""
    described = " ".join(one["description"] for one in tree(page))
    notes = [" ".join(text.split()) for text in page.locator(".wb-note").all_inner_texts()]
    assert len(notes) > 20
    return [note for note in notes if note not in described]


# What is touched, and what has the focus

SEEN = """() => {
  const node = document.activeElement, box = node.getBoundingClientRect();
  const bars = [...document.querySelectorAll(".wb-stays, .wb-player")].filter((bar) => !bar.contains(node));
  const over = (x, y) => bars.find((bar) => bar.contains(document.elementFromPoint(x, y)));
  const [x, y] = [(box.left + box.right) / 2, (Math.max(box.top, 0) + Math.min(box.bottom, innerHeight)) / 2];
  const room = innerHeight - bars.reduce((sum, bar) => sum + bar.offsetHeight, 0);
  const points = box.height > room ? [[x, y]] : [[x, box.top + 1], [x, y], [x, box.bottom - 1]];
  return {
    body: node === document.body, text: `${node.id} ${node.textContent.trim().slice(0, 40)}`,
    out: box.height <= room && (box.top < -1 || box.bottom > innerHeight + 1),
    under: points.some(([left, top]) => over(left, top)),
  };
}"""


@pytest.mark.wcag("2.4.11")
@WIDTHS
def test_the_focus_is_never_under_a_bar(paged: Page, gallery_file: str, width: int) -> None:
    page = paged
    page.set_viewport_size({"width": width, "height": 640})
    page.goto(gallery_file)
    Tab(page, gallery_file).work("ana01")
    sections = page.locator(".wb-section").count()
    assert sections > len({item.kind for item in gallery().items.values()})
    faults, stops = [], 0
    for number in range(1, sections + 1):
        expect(page.locator("#wb-bar")).to_contain_text(f"Section {number} of {sections}")
        page.evaluate("scrollTo(0, 0)")
        for way in ("Tab", "Shift+Tab"):
            page.locator(".wb-section:not([hidden]) h1, .wb-section:not([hidden]) h2").first.focus()
            if way == "Shift+Tab":
                page.locator("#wb-bar a").first.focus()
            for _ in range(60):
                page.keyboard.press(way)
                seen = page.evaluate(SEEN)
                stops += 1
                if seen["out"] or seen["under"]:
                    faults.append((number, way, seen))
                if seen["body"] or page.evaluate("document.activeElement.closest('header, #wb-bar') !== null"):
                    break
        if number < sections:
            page.locator("#wb-bar .wb-onward").click()
    assert stops > 200
    assert faults == []


# On paper


def outline(pdf: bytes) -> list[str]:
    """Give the titles in the outline of a PDF."""
    found = re.findall(rb"/Title \((.*?)(?<!\\)\)|/Title <([0-9A-Fa-f]+)>", pdf, re.DOTALL)
    plain = [
        re.sub(rb"\\(.)", rb"\1", text).decode("latin-1") if text else bytes.fromhex(code.decode()).decode("utf-16") for text, code in found
    ]
    return [" ".join(title.split()) for title in plain]


@pytest.mark.wcag("1.3.1")
def test_paper_has_every_heading_question_and_card(wrong: Wrong) -> None:
    tab = wrong()  # one section at a time
    items = asked(tab.page)
    expect(tab.page.locator('.wb-place:empty:not([data-wb-ask="progress"])')).to_have_count(0)
    expect(tab.page.locator(".wb-section[hidden]")).not_to_have_count(0)
    titles_there = outline(tab.page.pdf(outline=True, tagged=True))
    cells = json.loads(gallery().notebook.read_bytes())["cells"]
    written = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown"]
    headings = [text.replace("`", "") for cell in written for text in re.findall(r"^#{1,4} (.+)$", cell, re.MULTILINE)]
    assert len(headings) > 15
    assert [title for title in headings if title not in titles_there] == []
    assert [title for title in titles(items).values() if title not in titles_there] == [], titles_there
    tab.page.emulate_media(media="print")
    for item in items:
        expect(tab(item.id).get_by_text(item.stem).first).to_be_visible()
    unseen = "all => all.filter((node) => !node.checkVisibility()).map((node) => node.outerHTML.slice(0, 99))"
    parts = ".wb-question :is(.wb-cards-card, .wb-field > .wb-option, .wb-note, .wb-order-step, .wb-scale-row)"
    assert tab.page.locator(parts).evaluate_all(unseen) == []
    expect(tab.page.locator(".wb-device")).to_be_hidden()  # what is true of this device alone
    whole = "#wb-main :is(p, li, .wb-cards-card, .wb-segment, .wb-option)"
    parted = "all => all.filter((node) => getComputedStyle(node).breakInside !== 'avoid').map((node) => node.outerHTML.slice(0, 99))"
    assert tab.page.locator(whole).evaluate_all(parted) == [], "cut by the end of a sheet"
