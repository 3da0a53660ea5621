"""A small workbook, a class made from it, and hand-ins of every sort."""

import hashlib
import io
import json
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from autograde.course.folder import Course
from autograde.course.new import new_course
from autograde.course.release import release
from autograde.course.roster import import_roster

ASSIGNMENT = "w01-small"

WORKBOOK_TOML = """\
id = "w01"
title = "A small workbook"
order = 1
minutes = 5
"""

ITEMS_TOML = """\
[[items]]
id = "w01-q01"
kind = "single"
purpose = "assessed"
points = 2
stem = "Which?"
options = [ { id = "a", text = "This" }, { id = "b", text = "That" } ]
[[items]]
id = "w01-t01"
kind = "written"
purpose = "assessed"
points = 10
stem = "Why?"
words = 50
[[items]]
id = "w01-declaration"
kind = "declaration"
purpose = "record"
stem = "My own work"
statement = "I confirm that this is my own work."
"""

ROSTER_CSV = """\
id,first name,last name,email
ana01,Ana,Evans,ana@example.org
ben01,Ben,"O'Brien, Jr",
cai01,Siân,Ŵyn,
"""


def cell(item_id: str, **nbgrader: Any) -> dict[str, Any]:
    """Make a code cell that asks for an item."""
    return {
        "cell_type": "code",
        "id": f"ask-{item_id}",
        "metadata": {"nbgrader": {"schema_version": 3, "grade": True, "task": False, **nbgrader}} if nbgrader else {},
        "source": f'ask("{item_id}")',
        "outputs": [],
        "execution_count": None,
    }


def notebook() -> dict[str, Any]:
    """Make the small workbook's notebook."""
    return {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {
            "kernelspec": {"display_name": "Workbook", "language": "python", "name": "workbook"},
            "language_info": {"name": "python"},
            "workbook": {"id": "w01", "schema": 1},
        },
        "cells": [
            {"cell_type": "markdown", "id": "intro", "metadata": {}, "source": "# A small workbook\n\n![x](media/x.svg)"},
            cell("w01-q01", grade_id="w01-q01", locked=True, points=2, solution=False),
            cell("w01-t01", grade_id="w01-t01", locked=False, points=10, solution=True),
            cell("w01-declaration"),
            cell("hand-in"),
        ],
    }


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a folder of workbooks that holds the small one, and point autograde at it; keep the machine's settings out."""
    folder = tmp_path / "shelf" / ASSIGNMENT
    (folder / "media").mkdir(parents=True)
    (folder / "workbook.toml").write_text(WORKBOOK_TOML, "utf-8")
    (folder / "items.toml").write_text(ITEMS_TOML, "utf-8")
    (folder / "media" / "x.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg"/>', "utf-8")
    (folder / f"{ASSIGNMENT}.ipynb").write_text(json.dumps(notebook()), "utf-8")
    monkeypatch.setenv("WORKBOOKS_DIR", str(folder.parent))
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(tmp_path / "jupyter"))
    return folder.parent


@pytest.fixture
def empty_class(shelf: Path, tmp_path: Path) -> Course:
    """Give a class with nobody in it and nothing released."""
    return new_course(tmp_path / "class", name="Care level 2")


@pytest.fixture
def course(empty_class: Course, tmp_path: Path) -> Course:
    """Give a class of three students to which the small workbook was released."""
    roster = tmp_path / "roster.csv"
    roster.write_text(ROSTER_CSV, "utf-8")
    import_roster(empty_class, roster)
    release(empty_class, "w01", due=datetime(2026, 11, 20, 17, tzinfo=UTC))
    return empty_class


def answers(**values: Any) -> bytes:
    """Make an answers file; `q01="a"` stands for w01-q01."""
    told = {f"w01-{name}": {"value": value, "saved_at": "2026-11-19T10:00:00+00:00", "revision": 1, "attempts": 1} for name, value in values.items()}
    return json.dumps({"schema": 1, "workbook": "w01", "revision": 1, "answers": told}, ensure_ascii=False).encode()


def manifest(student: str | None, at: str = "2026-11-19T10:00:00+00:00", raw: bytes = b"", **more: Any) -> bytes:
    """Make a manifest as the student's page writes it."""
    document: dict[str, Any] = {
        "schema": 1,
        "workbook": "w01",
        "assignment": ASSIGNMENT,
        "student": student,
        "handed_in_at": at,
        "answers_sha256": hashlib.sha256(raw).hexdigest(),
        "code": "7F3A-90BC-12DE",
        "declared": True,
    }
    if student is None:
        del document["student"]
    return json.dumps(document | more).encode()


def zipped(files: dict[str, bytes]) -> bytes:
    """Make a zip."""
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return memory.getvalue()


@pytest.fixture
def hand_in() -> Callable[..., bytes]:
    """Give a maker of good hand-in zips: `hand_in("ana01", at="…", q01="a")`."""

    def make(student: str | None, at: str = "2026-11-19T10:00:00+00:00", **values: Any) -> bytes:
        raw = answers(**(values or {"q01": "a", "t01": "Because.", "declaration": True}))
        return zipped(
            {
                "manifest.json": manifest(student, at, raw),
                "answers.json": raw,
                f"{ASSIGNMENT}.ipynb": json.dumps(notebook()).encode(),
            }
        )

    return make
