"""A page with the items of one kind, in the real browser."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.conftest import Server, free_port, is_saved, kill_kernels
from workbook_helpers.items import load_workbook


@dataclass
class KindPage:
    """An open workbook that holds the items of a test."""

    page: Page
    folder: Path
    address: str
    server: int
    questions: int
    asks_learner: bool

    def saved(self, item: str) -> Any:
        """What is on disk for an item, once the page says that it is saved."""
        is_saved(self.page.locator(f"#{item}"))
        return json.loads((self.folder / "answers.json").read_text())["answers"][item]["value"]

    def reload(self) -> None:
        """Kill the kernel without warning, and open the page again."""
        self.kill()
        self.page.goto("about:blank")
        self.open()

    def kill(self) -> None:
        kill_kernels(self.server)

    def open(self) -> None:
        self.page.goto(self.address)
        if self.asks_learner and not (self.folder / "answers.json").exists():
            self.page.get_by_label("Your learner ID").fill("ana01")
            self.page.get_by_role("button", name="Show my questions").click()
        expect(self.page.locator(".wb-question:not(.wb-hand-in)")).to_have_count(self.questions)


@pytest.fixture(scope="session")
def kind_server(serve: Callable[..., Server], tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str, str, int]:
    root, port = tmp_path_factory.mktemp("kinds"), free_port()
    base = f"http://localhost:{port}"
    server = serve(["workbook_helpers.cli", "open", str(root), "--no-browser", "--port", str(port)], root, f"{base}/login")
    token = re.search(r"token=(\w+)", server.log.read_text())
    assert token
    return root, base, token[1], server.process.pid


NUMBER = count()


@pytest.fixture
def kind_page(page: Page, kind_server: tuple[Path, str, str, int]) -> Callable[..., KindPage]:
    """kind_page(items_toml, *parts): write a workbook with these items (ids w99-…), and the page's own parts, and open it."""
    root, base, token, server = kind_server

    def make(items: str, *parts: str) -> KindPage:
        name = f"w99-test{next(NUMBER)}"
        folder = root / name
        folder.mkdir()
        (folder / "workbook.toml").write_text('id = "w99"\ntitle = "Kinds"\norder = 99\nminutes = 5\n', "utf-8")
        (folder / "items.toml").write_text(items, "utf-8")
        workbook = load_workbook(folder)
        ids = workbook.paper()
        cells: list[dict[str, Any]] = [{"cell_type": "markdown", "id": "title", "metadata": {}, "source": "# Kinds"}]
        cells += [
            {"cell_type": "code", "id": f"ask-{i}", "metadata": {}, "source": f'ask("{i}")', "outputs": [], "execution_count": None}
            for i in [*ids, *parts]
        ]
        metadata = {
            "kernelspec": {"display_name": "Workbook", "language": "python", "name": "workbook"},
            "workbook": {"id": "w99", "schema": 1},
        }
        (folder / f"{name}.ipynb").write_text(json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": metadata, "cells": cells}))
        made = KindPage(page, folder, f"{base}/voila/render/{name}/{name}.ipynb?token={token}", server, len(ids), bool(workbook.pools))
        made.open()
        return made

    return make
