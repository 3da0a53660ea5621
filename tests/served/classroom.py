"""Those who work in a served class with a browser."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.conftest import ONE_PAGE
from tests.served.service import ASSIGNMENT, CODE, Service
from tests.web.device import Tab, until

TEXT, PICK, PRACTICE, PRIVATE, MINE = "w01-t01", "w01-q01", "w01-p01", "w01-r01", "w01-declaration"
OFFLINE = "Saved on this device. It will be sent when the connection is back."


@dataclass(frozen=True)
class Room:
    """A class's folder, and the service that gives it out."""

    folder: Path
    service: Service
    assignment: str = ASSIGNMENT

    @property
    def address(self) -> str:
        """Where one signs in."""
        return f"http://127.0.0.1:{self.service.port}/"

    @property
    def page(self) -> str:
        """Where the workbook is."""
        return f"{self.address}{self.assignment}.html"

    def arrived(self, learner: str) -> list[Path]:
        """Give a learner's hand-ins that stand where the tutor's side takes them in."""
        found = sorted((self.folder / "arrived").glob("*.json"), key=lambda path: path.stat().st_mtime_ns)
        return [path.with_suffix(".zip") for path in found if f'"{learner}"' in path.read_text("utf-8")]

    def give(self, learner: str, name: str, content: str) -> None:
        """Give something back to a learner, as the tutor's side does."""
        path = self.folder / "given" / learner / self.assignment / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, "utf-8")


def device(chromium: Browser, **more: Any) -> BrowserContext:
    """Give a device of its own: its storage, its cookies, its network."""
    context = chromium.new_context(**{"viewport": {"width": 1280, "height": 900}, "locale": "en-GB", **more})
    context.set_default_timeout(20_000)
    context.add_init_script(ONE_PAGE)
    return context


def sign_in(page: Page, learner: str, pin: str = "2468") -> None:
    """Come in with the code, an ID and a PIN, which is picked where there is none yet."""
    page.get_by_label("Class code").fill(CODE)
    page.get_by_label("Your learner ID").fill(learner)
    page.get_by_label("PIN", exact=True).fill(pin)
    page.get_by_role("button", name="Sign in").click()
    until(page, "!document.querySelector('form.wb-join') || document.querySelector('#join-again').offsetHeight > 0")
    again = page.get_by_label("The same PIN again")
    if again.count():
        again.fill(pin)
        page.get_by_role("button", name="Keep this PIN").click()
        expect(page.locator("form.wb-join")).to_have_count(0)


def at_work(room: Room, context: BrowserContext, learner: str) -> Tab:
    """Sign in and open the workbook."""
    page = context.new_page()
    page.goto(room.address)
    sign_in(page, learner)
    page.goto(room.page)
    expect(page.locator(f"#{TEXT} textarea")).to_be_visible()
    return Tab(page, room.page)


def says(tab: Tab, text: str) -> None:
    """Wait until the header says this of what is kept."""
    expect(tab.page.locator(".wb-saved")).to_have_text(text)


def look(tab: Tab) -> None:
    """Look at the window again: it then asks for what is new."""
    tab.page.evaluate("dispatchEvent(new Event('focus'))")
