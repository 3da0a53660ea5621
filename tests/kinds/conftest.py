"""A page with the items of one kind, in the real browser."""

import json
import re
import signal
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any
from urllib.error import HTTPError

import pytest
from playwright.sync_api import Page, expect

from tests.conftest import Server, free_port, is_saved, kill_kernels, signal_kernels
from workbook_helpers.items import Workbook, load_workbook
from workbook_helpers.web import workbook_file
from workbook_helpers.words import say

KEPT = """id => new Promise((resolve, reject) => {
  const asked = indexedDB.open("workbooks");
  asked.onerror = () => reject(asked.error);
  asked.onsuccess = () => {
    const all = asked.result.transaction("answers").objectStore("answers").openCursor();
    all.onsuccess = () => {
      const at = all.result;
      if (!at || at.key[1] === id) { asked.result.close(); resolve(at ? at.value.value : null); } else at.continue();
    };
  };
})"""
"""What the browser's own database holds of an item."""


@pytest.fixture(scope="session", autouse=True)
def _words_are_read() -> None:
    """Read the catalogue before Hypothesis looks at the time: its first example would take as long as that on a busy machine."""
    say("handover-no-place", fact="")


@dataclass
class KindPage:
    """An open workbook that holds the items of a test: one file, and the browser that keeps the answers."""

    page: Page
    folder: Path
    address: str
    questions: int

    def saved(self, item: str) -> Any:
        """What is kept of an item, once the page says that it is saved."""
        is_saved(self.page.locator(f"#{item}"))
        return self.page.evaluate(KEPT, item)

    def reload(self) -> None:
        """Leave the page, and open it again."""
        self.page.goto("about:blank")
        self.open()

    def open(self) -> None:
        self.page.goto(self.address)
        first = self.page.locator(".wb-gate form, form.wb-gate, .wb-question").first
        first.wait_for()
        if self.page.locator("form.wb-gate").count():
            self.page.get_by_label("Your learner ID").fill("ana01")
            self.page.get_by_role("button", name="Show my questions").click()
        expect(self.page.locator(".wb-question:not(.wb-hand-in, .wb-device)")).to_have_count(self.questions)


@dataclass
class KernelPage(KindPage):
    """The same by Voila: a kernel, and a file on disk."""

    server: int

    def saved(self, item: str) -> Any:
        is_saved(self.page.locator(f"#{item}"))
        return json.loads((self.folder / "answers.json").read_text())["answers"][item]["value"]

    def reload(self) -> None:
        """Kill the kernel without warning, and open the page again."""
        self.kill()
        super().reload()

    def kill(self) -> None:
        kill_kernels(self.server)

    def freeze(self) -> None:
        """Stop the kernel where it is, as a machine that hangs would; the page goes on looking for it."""
        assert signal_kernels(self.server, signal.SIGSTOP)

    def thaw(self) -> None:
        signal_kernels(self.server, signal.SIGCONT)


@pytest.fixture(scope="session")
def kind_server(serve: Callable[..., Server], tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str, str, int]:
    root, port = tmp_path_factory.mktemp("kinds"), free_port()
    base = f"http://localhost:{port}"
    server = serve(["workbook_helpers.cli", "open", str(root), "--no-browser", "--port", str(port)], root, f"{base}/login")
    token = re.search(r"token=(\w+)", server.log.read_text())
    assert token
    return root, base, token[1], server.process.pid


NUMBER = count()


def written(root: Path, items: str, *parts: str) -> Workbook:
    """Write a workbook with these items (ids w99-…), and the page's own parts."""
    name = f"w99-test{next(NUMBER)}"
    folder = root / name
    folder.mkdir()
    (folder / "workbook.toml").write_text('id = "w99"\ntitle = "Kinds"\norder = 99\nminutes = 5\n', "utf-8")
    (folder / "items.toml").write_text(items, "utf-8")
    workbook = load_workbook(folder)
    cells: list[dict[str, Any]] = [{"cell_type": "markdown", "id": "title", "metadata": {}, "source": "# Kinds"}]
    cells += [
        {"cell_type": "code", "id": f"ask-{i}", "metadata": {}, "source": f'ask("{i}")', "outputs": [], "execution_count": None}
        for i in [*workbook.paper(), *parts]
    ]
    metadata = {
        "kernelspec": {"display_name": "Workbook", "language": "python", "name": "workbook"},
        "workbook": {"id": "w99", "schema": 1},
    }
    workbook.notebook.write_text(json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": metadata, "cells": cells}))
    return workbook


@pytest.fixture
def kind_page(page: Page, tmp_path: Path) -> Callable[..., KindPage]:
    """kind_page(items_toml, *parts): open a workbook with these items as one file."""

    def make(items: str, *parts: str) -> KindPage:
        workbook = written(tmp_path, items, *parts)
        file = tmp_path / f"{workbook.assignment}.html"
        file.write_bytes(workbook_file(workbook))
        made = KindPage(page, workbook.folder, file.as_uri(), len(workbook.paper()))
        made.open()
        return made

    return make


@pytest.fixture
def kernel_page(page: Page, kind_server: tuple[Path, str, str, int]) -> Iterator[Callable[..., KernelPage]]:
    """kernel_page(items_toml, *parts): open a workbook with these items by Voila; its kernels end with the test."""
    root, base, token, server = kind_server

    def make(items: str, *parts: str) -> KernelPage:
        own = root / f"own{next(NUMBER)}"  # nothing that is handed in lies beside another test's workbook
        own.mkdir()
        workbook = written(own, items, *parts)
        name = workbook.assignment
        address = f"{base}/voila/render/{own.name}/{name}/{name}.ipynb?token={token}"
        made = KernelPage(page, workbook.folder, address, len(workbook.paper()), server)
        made.open()
        return made

    yield make
    signal_kernels(server, signal.SIGCONT)
    page.goto("about:blank")
    with ask_server(f"{base}/api/kernels", token) as reply:
        left = [kernel["id"] for kernel in json.loads(reply.read())]
    for name in left:
        try:
            ask_server(f"{base}/api/kernels/{name}", token, "DELETE").close()
        except HTTPError as error:  # the page itself may have ended it
            error.close()


def ask_server(address: str, token: str, method: str = "GET") -> Any:
    return urllib.request.urlopen(urllib.request.Request(address, method=method, headers={"Authorization": f"token {token}"}), timeout=30)
