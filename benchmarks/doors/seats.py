"""A student at a browser of their own: signs in, clicks the workbook, answers, hands in. Many of them work side by side in one loop."""

import asyncio
import random
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import quote

from playwright.async_api import Browser, Locator, Page, async_playwright

from workbook_helpers.items import Workbook

from .visit import FLAGS, LOOK, OURS, PATIENCE_MS

WATCH = """
addEventListener("click", ({ timeStamp }) => { sessionStorage.wbClick = performance.timeOrigin + timeStamp; }, true);
addEventListener("input", () => { globalThis.wbTyped = performance.now(); }, true);
"""
"""When the last click was, which led to this page, and the last change."""
USABLE = """() => {
  const [first] = performance.getEntriesByName("first-contentful-paint");
  const usable = first && globalThis.wbSeen?.question;
  return usable && performance.timeOrigin + Math.max(usable, first.startTime) - sessionStorage.wbClick;
}"""
SAVED = """(id) => document.getElementById(id).dataset.wbState === "saved"
  && document.querySelector(".wb-saved:not(.lm-mod-hidden *)").textContent.startsWith("✓") && performance.now() - wbTyped"""
"""How long ago the last change was, once the page shows that all is saved."""
WORDS = ("we", "ask", "first", "and", "listen", "then")


@asynccontextmanager
async def chromium(path: str) -> AsyncIterator[Browser]:
    """Run a browser."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=FLAGS)
        try:
            yield browser
        finally:
            await browser.close()


@dataclass
class Seat:
    """A student's browser.

    Attributes
    ----------
    usable
        Milliseconds from the click until the first question can be used; several may share the list.
    shown
        Milliseconds from each change until the page shows that all is saved.
    kept
        What it has shown as saved.
    """

    name: str
    page: Page
    book: Workbook
    usable: list[float]
    shown: list[float]
    kept: dict[str, object] = field(default_factory=dict)
    chance: random.Random = field(init=False)

    def __post_init__(self) -> None:
        """Begin each one's own way through the questions."""
        self.chance = random.Random(self.name)  # noqa: S311  nothing secret

    @classmethod
    async def at(cls, browser: Browser, name: str, book: Workbook, title: str, usable: list[float], shown: list[float]) -> "Seat":
        """Give a student a device of their own, on which nobody has worked; the page's first heading has the title."""
        context = await browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB")
        context.set_default_timeout(PATIENCE_MS)
        await context.add_init_script(WATCH + LOOK % repr([title, OURS]))
        return cls(name, await context.new_page(), book, usable, shown)

    async def join(self, address: str, code: str, pin: str) -> None:
        """Sign in at a service for the first time, and pick a PIN."""
        page = self.page
        await page.goto(address)
        for field_name, value in (("code", code), ("learner", self.name), ("pin", pin)):
            await page.locator(f"#join-{field_name}").fill(value)
        await page.locator("form.wb-join button").click()
        await page.locator("#join-again").fill(pin)
        await page.locator("form.wb-join button").click()
        await self._way_in.wait_for()

    async def open(self) -> None:
        """Click the workbook on My workbooks."""
        await self._way_in.click()
        await self._is_usable()

    async def enter(self, hub: str, path: str) -> None:
        """Sign in at a hub, which starts a server, and leads to the workbook on it."""
        then = quote(f"/hub/spawn?next={quote(f'/user/{self.name}/{path}', safe='')}", safe="")
        await self.page.goto(f"{hub}/hub/login?next={then}")
        await self.page.locator("#username_input").fill(self.name)
        await self.page.locator("#password_input").fill("2468")
        await self.page.locator("#login_submit").click()
        await self._is_usable()

    async def work(self, every_s: float, end: float) -> None:
        """Answer at a rhythm until `end`, of `time.perf_counter`."""
        await asyncio.sleep(self.chance.random() * every_s)
        while (begun := time.perf_counter()) < end:
            await self.answer()
            await asyncio.sleep(max(0.0, every_s - (time.perf_counter() - begun)))

    async def answer(self) -> None:
        """Answer a question, another way than before."""
        item = self.chance.choice(
            [one for one in self.book.items.values() if one.kind in ("single", "written") and one.purpose == "assessed"]
        )
        question = self.page.locator(f"#{item.id}")
        if item.kind == "single":
            value = self.chance.choice([one for one in item.option_ids() if one != self.kept.get(item.id)])  # type: ignore[attr-defined]
            await (await self._seen(item.id, question.locator(f'input[value="{value}"]'))).check()
        else:
            value = " ".join(self.chance.choice(WORDS) for _ in range(self.chance.randrange(5, 120)))
            await (await self._seen(item.id, question.locator("textarea").first)).fill(value)
        await self._is_saved(item.id, value)

    async def hand_in(self) -> None:
        """Confirm that it is one's own work, and hand it in, unanswered questions or not."""
        [mine] = [one.id for one in self.book.items.values() if one.kind == "declaration"]
        await (await self._seen(mine, self.page.locator(f"#{mine} input[type=checkbox]"))).check()
        await self._is_saved(mine, value=True)
        button = self.page.locator("#hand-in").get_by_role("button", name="Hand in")
        await (await self._seen("hand-in", button)).click()
        await self.page.get_by_role("button", name="Hand in anyway").click()
        await self.page.locator(".wb-receipt > *").first.wait_for()

    async def missing(self) -> int:
        """Count the answers that were shown as saved, and that the service does not have."""
        there = await self.page.evaluate("path => fetch(path).then((answer) => answer.json())", f"/api/{self.book.assignment}")
        return sum(there["answers"].get(name, {}).get("value") != value for name, value in self.kept.items())

    @property
    def _way_in(self) -> Locator:
        return self.page.locator(f'#wb-cards a[href="{self.book.assignment}.html"]').first

    async def _seen(self, name: str, control: Locator) -> Locator:
        """Go to the section of a question, where it is not the one on the screen."""
        if not await control.is_visible():
            await self.page.evaluate("(name) => { location.hash = name; }", name)
        return control

    async def _is_usable(self) -> None:
        self.usable.append(await (await self.page.wait_for_function(USABLE)).json_value())

    async def _is_saved(self, name: str, value: object) -> None:
        self.shown.append(await (await self.page.wait_for_function(SAVED, arg=name, polling=20)).json_value())
        self.kept[name] = value
