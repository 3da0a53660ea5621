"""Workbooks to make pages of: those of this unit, and a hostile one."""

import json
import shutil
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.conftest import ROOT
from tests.web.device import Tab, made, opened
from workbook_helpers.items import Workbook, load_workbook

W01 = "w01-working-and-personal"
Edit = Callable[..., Workbook]


class Tags(HTMLParser):
    """Every element of a page, as (tag, attributes), and the text of each script and style by its order."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.raw: list[tuple[dict[str, str | None], str]] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        if self.found and self.cdata_elem:
            self.raw.append((self.found[-1][1], data))

    def script(self, **attributes: str) -> str:
        """Give the text of the script that has these attributes."""
        [text] = ["".join(text) for about, text in self.raw if attributes.items() <= about.items()]
        return text


@pytest.fixture(scope="session")
def w01() -> Workbook:
    return load_workbook(ROOT / "workbooks" / W01)


@pytest.fixture
def edited(tmp_path: Path) -> Edit:
    """edited("text", …): w01 with cells of such Markdown put before its others, other items and another title."""

    def edit(*cells: str, items: str = "", title: str = "") -> Workbook:
        folder = Path(shutil.copytree(ROOT / "workbooks" / W01, tmp_path / W01))
        notebook = json.loads((folder / f"{W01}.ipynb").read_bytes())
        made = [{"cell_type": "markdown", "id": f"new-{n}", "metadata": {}, "source": text} for n, text in enumerate(cells)]
        notebook["cells"] = made + notebook["cells"]
        (folder / f"{W01}.ipynb").write_text(json.dumps(notebook), "utf-8")
        for name, old, new in (("items.toml", None, items), ("workbook.toml", 'title = "Working and personal relationships"', title)):
            path = folder / name
            text = path.read_text("utf-8")
            assert old is None or old in text
            if new:
                path.write_text(f"{text}\n{new}\n" if old is None else text.replace(old, f"title = {json.dumps(new)}"), "utf-8")
        return load_workbook(folder)

    return edit


@pytest.fixture(scope="session")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Where the workbook of `device.ITEMS` lies, as one file."""
    return made(tmp_path_factory.mktemp("device"))


@pytest.fixture
def context(page: Page) -> BrowserContext:
    return page.context


@pytest.fixture
def tab(context: BrowserContext, address: str) -> Callable[..., Tab]:
    """tab(): open the workbook in a tab; tab("ana01"): and begin to work there."""

    def make(learner: str = "", *, shared: bool = False, where: str = address) -> Tab:
        one = opened(context, where)
        return one.work(learner, shared=shared) if learner else one

    return make
