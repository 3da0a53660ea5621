"""A workbook as one file on a device: who opens it, and what the browser's own database holds."""

import json
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Dialog, Error, Locator, Page, expect

from tests.conftest import ONE_PAGE, is_saved
from tests.kinds.conftest import written
from workbook_helpers.web import workbook_file

TEXT, PICK, PRIVATE, MINE, STORY = "w99-t01", "w99-q01", "w99-r01", "w99-declaration", "w99-q02"
HEAD = {
    TEXT: 'kind = "written"\npurpose = "assessed"\npoints = 10\nstem = "Explain."\nwords = 150',
    PICK: 'kind = "single"\npurpose = "assessed"\npoints = 1\nstem = "Which?"\n'
    'options = [{ id = "a", text = "The first" }, { id = "b", text = "The second" }]',
    PRIVATE: 'kind = "reflection"\npurpose = "private"\nstem = "Think back."',
    MINE: 'kind = "declaration"\npurpose = "record"\nstem = "My own work"\nstatement = "This is my own work."',
}
ALL = """() => new Promise((resolve, reject) => {
  const asked = indexedDB.open("workbooks");
  asked.onerror = () => reject(asked.error);
  asked.onsuccess = () => {
    const db = asked.result, found = {};
    if (!db.objectStoreNames.length) { db.close(); resolve({ copies: [], answers: [], receipts: [] }); return; }
    const all = db.transaction(["copies", "answers", "receipts"]);
    for (const name of ["copies", "answers", "receipts"]) {
      found[name] = [];
      all.objectStore(name).openCursor().onsuccess = ({ target: { result } }) => {
        if (!result) return;
        found[name].push([result.key, result.value]);
        result.continue();
      };
    }
    all.oncomplete = () => { db.close(); resolve(found); };
  };
})"""


def toml(**items: str) -> str:
    """Give an items.toml; an item's id has "_" for "-"."""
    return "".join(f'[[items]]\nid = "{name.replace("_", "-")}"\n{text}\n' for name, text in items.items())


ITEMS = toml(**{name.replace("-", "_"): text for name, text in HEAD.items()})


@dataclass(frozen=True)
class Tab:
    """A page on which somebody works."""

    page: Page
    address: str

    def __call__(self, item: str) -> Locator:
        return self.page.locator(f"#{item}")

    def text(self, item: str = TEXT) -> Locator:
        return self(item).locator("textarea").first

    def write(self, text: str, item: str = TEXT) -> None:
        self.text(item).fill(text)
        is_saved(self(item))

    def choose(self, option: str, item: str = PICK) -> None:
        self(item).locator(f'input[value="{option}"]').check()
        is_saved(self(item))

    def state(self, name: str, item: str = TEXT) -> None:
        expect(self(item)).to_have_attribute("data-wb-state", name)

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name)

    def open(self) -> None:
        self.page.goto("about:blank")
        self.page.goto(self.address)

    def work(self, learner: str, *, shared: bool = False) -> "Tab":
        self.page.bring_to_front()  # else each step waits for a frame that a tab behind seldom draws
        self.page.get_by_label("Your learner ID").first.fill(learner)
        if shared:
            self.page.get_by_role("checkbox", name="Other people use this device").check()
        self.button("Show my questions").click()
        expect(self.page.locator("#wb-who-slot")).to_contain_text(learner.strip(), ignore_case=True)
        return self

    def goes_on(self, learner: str = "ana01") -> "Tab":
        """Wait until the learner of another tab works here, too; a browser may tell this one late who that is."""
        expect(self.page.locator("#hand-in, form.wb-gate").first).to_be_visible()
        if self.page.locator("form.wb-gate").count():
            self.work(learner)
        expect(self.page.locator("#hand-in")).to_be_visible()
        return self

    def leave(self) -> None:
        """Say that somebody else sits here now."""
        self.page.locator("#wb-contents > summary").click()
        self.button("Not you?").click()

    def asks(self) -> None:
        """Wait until it is asked who works here."""
        expect(self.page.locator("form.wb-gate")).to_be_visible()

    def kept(self) -> dict[str, Any]:
        """Give learner → item → record of all that is in the browser's database."""
        found = self.page.evaluate(ALL)
        whose = {copy["copy"]: copy["learner"] for _, copy in found["copies"]}
        made: dict[str, Any] = {learner: {} for learner in whose.values()}
        for (copy, item), record in found["answers"]:
            made.setdefault(whose.get(copy, "nobody"), {})[item] = record
        return made

    def values(self, learner: str = "ana01") -> dict[str, Any]:
        """Give item → value of what is kept of somebody."""
        return {item: record["value"] for item, record in self.kept().get(learner, {}).items()}

    def download(self, name: str, folder: Path) -> Path:
        """Press a button that gives a file."""
        with self.page.expect_download() as given:
            self.button(name).first.click()
        path = folder / given.value.suggested_filename
        given.value.save_as(path)
        return path

    def hand_in(self, folder: Path) -> Path:
        """Hand in, although not all is answered; give the file."""
        self("hand-in").get_by_role("button", name="Hand in").click()
        return self.download("Hand in anyway", folder)

    def bring(self, path: Path) -> str:
        """Open a copy; what the page says then."""
        said = self.page.locator("#your-work [role=status]")
        said.evaluate("node => { node.textContent = ''; }")
        self.page.locator("#your-work input[type=file]").set_input_files(path)
        expect(said).not_to_be_empty()
        return said.inner_text()


def until(page: Page, said: str) -> None:
    """Wait until JavaScript gives something true; Playwright's own way evaluates text in the page, which its policy forbids."""
    end, so = time.monotonic() + 20, False
    while not so:
        assert time.monotonic() < end, said
        with suppress(Error):  # the page is just being left for another one
            so = page.evaluate(said)
        time.sleep(0.05)


def wrongs(page: Page) -> list[str]:
    """Give a list that gets every dialog and every error of a page."""
    said: list[str] = []

    def dialog(shown: Dialog) -> None:
        said.append(shown.message)
        shown.dismiss()

    page.on("dialog", dialog)
    page.on("pageerror", lambda error: said.append(str(error)))
    return said


def made(folder: Path, items: str = ITEMS, *, name: str = "w99.html") -> str:
    """Write a workbook with these items as one file; give its address. One name stays one workbook."""
    folder.mkdir(parents=True, exist_ok=True)
    workbook = written(folder, items, "progress", "hand-in")
    path = folder / name
    path.write_bytes(workbook_file(workbook))
    return path.as_uri()


def opened(context: BrowserContext, address: str) -> Tab:
    """Open it in a tab of its own."""
    page = context.new_page()
    page.add_init_script(ONE_PAGE)  # sections have tests of their own
    page.goto(address)
    return Tab(page, address)


def copy_of(path: Path) -> dict[str, Any]:
    """Read a copy that was saved."""
    found: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return found
