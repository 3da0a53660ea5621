"""A student's folder with small workbooks in it, answered as the page answers them."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from workbook_helpers.answers import AnswerStore
from workbook_helpers.items import Workbook, load_workbook

ASSIGNMENT = "w01-small"
PRIVATE = "Only for my own eyes: I was afraid."
"""The answer to the private item; it must never leave the folder."""


@pytest.fixture(scope="module", autouse=True)
def own_settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Keep the machine's Jupyter settings out of the tests, and the tests out of them; give the settings' folder."""
    folder = tmp_path_factory.mktemp("settings")
    with pytest.MonkeyPatch.context() as patch:
        for name in ("CONFIG", "DATA", "RUNTIME"):
            patch.setenv(f"JUPYTER_{name}_DIR", str(folder / name.lower()))
        patch.delenv("JUPYTERHUB_USER", raising=False)
        patch.delenv("JUPYTER_TOKEN", raising=False)
        yield folder / "config"


class Desk:
    """A student's workbooks folder; a fixture, because the tutor's tests have a conftest, too."""

    assignment = ASSIGNMENT
    private = PRIVATE

    def __init__(self, root: Path) -> None:
        self.root = root
        self.root.mkdir(parents=True, exist_ok=True)

    @property
    def handed_in(self) -> list[Path]:
        """What lies in the folder handed-in, hidden files included."""
        return sorted((self.root / "handed-in").glob("*"))

    def add(self, assignment: str = ASSIGNMENT, *, title: str = "A small workbook", stem: str = "Which of these?") -> Workbook:
        """Write a workbook of four items; its id is the part of `assignment` before the first hyphen."""
        folder, workbook = self.root / assignment, assignment.partition("-")[0]
        folder.mkdir(parents=True)
        about = f'id = "{workbook}"\ntitle = {json.dumps(title)}\norder = {int(workbook[1:])}\nminutes = 15\n'
        (folder / "workbook.toml").write_text(about, "utf-8")
        items = f"""\
[[items]]
id = "{workbook}-q01"
kind = "single"
purpose = "assessed"
points = 2
stem = {json.dumps(stem)}
options = [ {{ id = "a", text = "This" }}, {{ id = "b", text = "That" }} ]
[[items]]
id = "{workbook}-t01"
kind = "written"
purpose = "assessed"
points = 10
stem = "Why is that so?"
words = 50
[[items]]
id = "{workbook}-r01"
kind = "written"
purpose = "private"
stem = "How did you feel?"
words = 50
[[items]]
id = "{workbook}-declaration"
kind = "declaration"
purpose = "record"
stem = "My own work"
statement = "I confirm that this is my own work."
"""
        (folder / "items.toml").write_text(items, "utf-8")
        (folder / f"{assignment}.ipynb").write_text(json.dumps(_notebook(workbook, title)), "utf-8")
        return load_workbook(folder)

    @staticmethod
    def answer(workbook: Workbook, **values: Any) -> None:
        """Answer as the page does; `q01="a"` stands for w01-q01. Without values every item gets an answer."""
        store = AnswerStore(workbook.folder, workbook.id)
        for name, value in (values or {"q01": "b", "t01": "Gwaith – “tŷ” 🙂", "r01": PRIVATE, "declaration": True}).items():
            store.put(f"{workbook.id}-{name}", value)


def _notebook(workbook: str, title: str) -> dict[str, Any]:
    """Make a notebook of a heading and the cells that ask."""
    asks = [f"{workbook}-{name}" for name in ("q01", "t01", "r01", "declaration")]
    return {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {
            "kernelspec": {"display_name": "Workbook", "language": "python", "name": "workbook"},
            "language_info": {"name": "python"},
            "workbook": {"id": workbook, "schema": 1},
        },
        "cells": [
            {"cell_type": "markdown", "id": "intro", "metadata": {}, "source": f"# {title}"},
            *(
                {"cell_type": "code", "id": f"ask-{ask}", "metadata": {}, "source": f'ask("{ask}")', "outputs": [], "execution_count": None}
                for ask in [*asks, "hand-in"]
            ),
        ],
    }


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Give a student's folder without any workbook."""
    return Desk(tmp_path / "my-workbooks")


@pytest.fixture(scope="module")
def new_desk(tmp_path_factory: pytest.TempPathFactory) -> type[Desk]:
    """Give the maker of folders, for a folder that several tests look at."""
    return Desk


@pytest.fixture(scope="session")
def plain() -> dict[str, str]:
    """Give an environment in which a command's output is wide and without colours."""
    return dict(os.environ) | {"COLUMNS": "200", "PYTHONIOENCODING": "utf-8", "NO_COLOR": "1", "TERM": "dumb"}
