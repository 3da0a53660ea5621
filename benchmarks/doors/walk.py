"""How long a student's way through a workbook is: what is counted on its page, by a rule that holds for every form of the page.

A page of 390 × 844 px, a phone in the hand. Where it shows one section at a time, each is measured as it is shown. Counted are

- words and pixels to scroll; screens of 844 px: of the whole, of the longest section, to the top of the first question;
- taps that answering everything takes when nothing is changed afterwards: one for each group of radio buttons, for each field and for
  each list to choose from one more, since it must be opened; for half of the tick boxes of a question; for each step that gets its place
  by a tap (as many as it takes until all have one, which is tried) or, where steps are moved up and down, for the mean number of moves
  from a random order, n (n − 1) / 4; one for each Next below a section, and for each Check, but where an answer that is given by taps, or
  is typed and ended by Enter, says how it went without it (which is tried). Of a scenario the first decision counts alone; what is asked
  where one hands in is filled in already, and so is what a record from the workplace takes over from the one before, where the evidence
  is of the same kind (which is tried). What waits behind a button, further questions about earlier workbooks, is not counted;
- presses of Tab that lead through everything: what can have the focus, a group of radio buttons once.
"""

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Locator, Page, TimeoutError  # noqa: A004  Playwright's own

from doors.visit import PROFILES

HEIGHT = PROFILES["phone"].height
READY = """() => [...document.querySelectorAll('[data-wb-ask]')].every((one) =>
  one.closest('.wb-section[hidden]') || one.dataset.wbAsk === 'progress' || (one.childElementCount && !one.querySelector('.wb-gate')))"""
MOST_SCREENS, MOST_BEFORE = 12, 2
MOST_TAPS = 0.6
PATIENCE_MS = 3000
"""So long a page may take to go on to a next card, or to say how an answer went."""
COUNT = """() => {
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];
  const shown = all('#wb-main .wb-section').filter((one) => !one.hidden);
  const places = shown.length ? shown : all('#wb-main');
  const inside = (selector) => places.flatMap((one) => all(selector, one)).filter((one) => !one.closest('.wb-place[hidden]'));
  const names = (nodes) => new Set(nodes.map((one) => one.name)).size;
  const closed = (node) => { const box = node.parentElement.closest('details:not([open])'); return box && !node.closest('summary'); };
  let taps = 0;
  const checked = [], put = [], forms = [];
  for (const question of inside('.wb-question:not(.wb-hand-in, .wb-device)')) {
    const radios = all('input[type=radio]', question), boxes = all('input[type=checkbox]', question);
    const moved = all('.wb-order-list > li', question), picked = all('.wb-order-pick', question);
    taps += names(radios) + 2 * all('select', question).length + all('textarea, input:not([type=radio], [type=checkbox])', question).length;
    taps += Math.ceil(boxes.length / 2) + (picked.length ? 0 : moved.length * (moved.length - 1) / 4);
    if (picked.length) put.push(question.id);
    if (question.querySelector('.wb-workplace-part')) forms.push(question.id);
    const checks = all('.wb-foot > button', question).filter((one) => !one.hidden).length;
    taps += checks;
    if (checks && !boxes.length) checked.push(question.id);
  }
  const stops = inside('a[href], button, summary, textarea, select, input:not([type=radio])')
    .filter((one) => !closed(one) && one.tabIndex >= 0);
  const first = inside('.wb-question')[0];
  return {
    px: document.documentElement.scrollHeight,
    first: first ? first.getBoundingClientRect().top + scrollY : null,
    words: places.map((one) => one.innerText).join(' ').split(/\\s+/).length,
    taps, checked, put, forms, tabs: stops.length + names(inside('input[type=radio]')),
  };
}"""


@dataclass(frozen=True, kw_only=True)
class Walk:
    """What was counted of a workbook; pixels as they are laid out, screens of 844 px."""

    name: str
    sections: int
    words: int
    px: float
    longest_px: float
    first_px: float
    taps: float
    tabs: int


def walk(browser: Browser, file: Path) -> Walk:
    """Go through a workbook's one file, section by section."""
    phone = PROFILES["phone"]
    context = browser.new_context(viewport={"width": phone.width, "height": phone.height}, has_touch=True, locale="en-GB")
    try:
        page = context.new_page()
        page.goto(file.as_uri())
        page.locator(".wb-gate input").first.fill("you01")
        page.locator(".wb-gate button").first.click()
        page.locator(".wb-question[data-wb-answered]").first.wait_for()
        found = [_counted(page)]
        while (onward := page.locator("#wb-bar .wb-onward:visible")).count():
            onward.click()
            found.append(_counted(page))
    finally:
        context.close()
    first = next((n, one) for n, one in enumerate(found) if one["first"] is not None)
    return Walk(
        name=file.stem,
        sections=len(found),
        words=int(sum(one["words"] for one in found)),
        px=sum(one["px"] for one in found),
        longest_px=max(one["px"] for one in found),
        first_px=sum(one["px"] for one in found[: first[0]]) + first[1]["first"],
        taps=sum(one["taps"] for one in found) + len(found) - 1,
        tabs=int(sum(one["tabs"] for one in found)),
    )


def _counted(page: Page) -> dict[str, Any]:
    page.wait_for_function(READY)
    found: dict[str, Any] = page.evaluate(COUNT)
    put = found.pop("put")  # questions whose steps get their place by a tap
    for name in put:
        while (left := page.locator(f"#{name} .wb-order-pick[aria-pressed=false]")).count():
            left.first.click()
            found["taps"] += 1
    for name in found.pop("checked"):  # questions with a Check that may not be needed
        question = page.locator(f"#{name}")
        if name not in put:
            _answer(question)
        with suppress(TimeoutError):
            question.locator(".wb-response:not(:empty)").wait_for(timeout=PATIENCE_MS)
            found["taps"] -= 1
    for name in found.pop("forms"):
        found["taps"] -= _fill_in(page.locator(f"#{name}"))
    return found


def _fill_in(form: Locator) -> int:
    """Fill in a record from the workplace, and give how many of its parts were filled in by what its first part is told."""
    groups, typed = form.locator(".wb-workplace-part:has(input[type=radio])"), form.locator("textarea, input[type=text]")
    radios = [group.locator("input") for group in groups.all()]
    if not radios:
        return 0
    first, *others = radios
    first.first.click()
    open_groups = [one for one in others if not one.evaluate_all("all => all.some((one) => one.checked)")]
    open_fields = [field for field in typed.all() if not field.input_value()]
    for one in open_groups:
        one.first.click()
    for field in open_fields:
        field.fill("words")
    return len(others) - len(open_groups) + typed.count() - len(open_fields)


def _answer(question: Locator) -> None:
    """Choose in a question the first that is offered, or type a word; so on each of its cards."""
    cards = question.locator(".wb-cards-card")
    for part in cards.all() or [question]:
        if not part.is_visible():
            part.wait_for(timeout=PATIENCE_MS)
        for group in part.locator(".wb-segments").all():
            group.locator("input").first.click()
        for typed in part.locator("input[type=text]").all():
            typed.fill("a word")
            typed.press("Enter")
        if not cards.count() and part.locator("input[type=radio]").count():
            part.locator("label").first.click()


def report(now: list[Walk], before: list[Walk]) -> str:
    """Give the table, and beside it what was counted before."""
    was = {one.name: one for one in before}
    lines = ["| | sections | words | px | screens | longest section | to the first question | taps | Tab presses |", f"|{'---|' * 9}"]
    for walked, note in [*((one, " (before)") for one in before), *((one, "") for one in now)]:
        screens = [f"{px / HEIGHT:.1f}" for px in (walked.px, walked.longest_px, walked.first_px)]
        counts = f"{walked.sections} | {walked.words:,} | {walked.px:,.0f} | {' | '.join(screens)}"
        lines.append(f"| {walked.name}{note} | {counts} | {walked.taps:.0f} | {walked.tabs} |")
    lines += ["", "| asked for | the worst | |", "|---|---|---|"]
    first, longest = max(one.first_px for one in now) / HEIGHT, max(one.longest_px for one in now) / HEIGHT
    said = [
        (f"at most {MOST_BEFORE} screens to the first question", f"{first:.1f}", first <= MOST_BEFORE),
        (f"no section above {MOST_SCREENS} screens", f"{longest:.1f}", longest <= MOST_SCREENS),
    ]
    if shares := {one.name: one.taps / was[one.name].taps for one in now if one.name in was}:
        met = [name for name, share in shares.items() if share <= MOST_TAPS]
        all_in_all = sum(one.taps for one in now) / sum(one.taps for one in before)
        each = ", ".join(f"{name.partition('-')[0]} {share:.0%}" for name, share in shares.items())
        said.append(
            (f"at most {MOST_TAPS:.0%} of the taps before, each workbook ({len(met)} of {len(shares)})", each, len(met) == len(shares))
        )
        said.append(("the same, all workbooks together", f"{all_in_all:.0%}", all_in_all <= MOST_TAPS))
    lines += [f"| {what} | {value} | {'met' if met else '**not met**'} |" for what, value, met in said]
    return "\n".join(lines) + "\n"
