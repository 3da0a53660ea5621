"""A small workbook, a class made from it, and hand-ins of every sort."""

import hashlib
import io
import json
import os
import shutil
import zipfile
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from autograde.classes.folder import Course
from autograde.classes.new import new_course
from autograde.classes.roster import import_roster
from autograde.gradebook.database import writing
from autograde.outbox.release import release
from tests.conftest import ROOT, once
from tests.postgres import Postgres
from workbook_helpers.items import load_workbook
from workbook_helpers.served.answers import Whose, begin_copy, read_copy, save
from workbook_helpers.served.database import prepare

ASSIGNMENT = "w01-small"
WHEN = "2026-11-19T10:00:00+00:00"
"""A day before the due date."""
RELEASED = datetime(2026, 11, 1, tzinfo=UTC)

WORKBOOK_TOML = """\
id = "w01"
title = "A small workbook"
order = 1
minutes = 5
"""

ITEMS_TOML = """\
[[documents]]
id = "w01-d01"
form = "messages"
title = "Two messages"
messages = [ { by = "Kofi", text = "This or <b>that</b>?" } ]
[[items]]
id = "w01-q01"
document = "w01-d01"
kind = "single"
purpose = "assessed"
points = 2
stem = "Which?"
options = [ { id = "a", text = "This" }, { id = "b", text = "That" } ]
[[items]]
id = "w01-t01"
document = "w01-d01"
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
    """Give a folder of workbooks that holds the small one, point autograde at it, and keep the machine's settings out."""
    monkeypatch.setenv("WORKBOOKS_DIR", str(tmp_path / "shelf"))
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(tmp_path / "jupyter"))
    return _shelf(tmp_path / "shelf")


@pytest.fixture
def empty_class(shelf: Path, tmp_path: Path, _models: dict[str, Path]) -> Course:
    """Give a class with nobody in it and nothing released."""
    return Course(Path(shutil.copytree(_models["empty"], tmp_path / "class")))


@pytest.fixture
def course(shelf: Path, tmp_path: Path, _models: dict[str, Path]) -> Course:
    """Give a class of three students to which the small workbook was released."""
    return Course(Path(shutil.copytree(_models["course"], tmp_path / "class")))


@pytest.fixture(scope="session")
def _models(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Make each sort of class once, by the real commands: tests copy them, which is a hundred times faster."""
    folder = once(tmp_path_factory, "tutor-models", _make)
    return {name: folder / name for name in ("empty", "course")}


def _make(folder: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WORKBOOKS_DIR", str(_shelf(folder / "shelf")))
        patch.setenv("JUPYTER_CONFIG_DIR", str(folder / "jupyter"))
        empty = new_course(folder / "empty", name="Care level 2")
        course = Course(Path(shutil.copytree(empty.root, folder / "course")))
        (folder / "roster.csv").write_text(ROSTER_CSV, "utf-8")
        import_roster(course, folder / "roster.csv")
        release(course, "w01", due=datetime(2026, 11, 20, 17, tzinfo=UTC))
        for path in course.root.rglob("*"):  # it was released before anybody handed in
            os.utime(path, (RELEASED.timestamp(), RELEASED.timestamp()))


def _shelf(shelf: Path) -> Path:
    folder = shelf / ASSIGNMENT
    (folder / "media").mkdir(parents=True)
    (folder / "workbook.toml").write_text(WORKBOOK_TOML, "utf-8")
    (folder / "items.toml").write_text(ITEMS_TOML, "utf-8")
    (folder / "media" / "x.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg"/>', "utf-8")
    (folder / f"{ASSIGNMENT}.ipynb").write_text(json.dumps(notebook()), "utf-8")
    return shelf


@pytest.fixture
def small_key(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Give the small workbook a key and a rubric, so that it can be marked."""
    for kind in ("keys", "rubrics"):
        (tmp_path / "own" / kind).mkdir(parents=True)
        text = (ROOT / "autograde" / "content" / kind / "w01.toml").read_text("utf-8")
        if kind == "keys":
            text = text.partition("[keys]")[0] + '[keys]\nw01-q01 = { right = "a", reason = "So it is." }\n'
        (tmp_path / "own" / kind / "w01.toml").write_text(text, "utf-8")
    monkeypatch.setenv("AUTOGRADE_KEYS", str(tmp_path / "own"))


class Kit:
    """Makes hand-ins of every sort; a fixture, because test folders are no packages."""

    assignment = ASSIGNMENT

    @staticmethod
    def notebook() -> bytes:
        """Give the notebook's bytes."""
        return json.dumps(notebook()).encode()

    @staticmethod
    def answers(**values: Any) -> bytes:
        """Make an answers file; `q01="a"` stands for w01-q01."""
        answers = {
            f"w01-{name}": {"value": value, "saved_at": "2026-11-19T10:00:00+00:00", "revision": 1} for name, value in values.items()
        }
        document = {"schema": 1, "workbook": "w01", "revision": 1, "answers": answers}
        return json.dumps(document, ensure_ascii=False).encode()

    @staticmethod
    def manifest(student: str | None, at: str = WHEN, raw: bytes = b"", **more: Any) -> bytes:
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

    @staticmethod
    def zipped(files: dict[str, bytes]) -> bytes:
        """Make a zip."""
        memory = io.BytesIO()
        with zipfile.ZipFile(memory, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in files.items():
                archive.writestr(zipfile.ZipInfo(name, (2026, 11, 19, 9, 30, 0)), content, zipfile.ZIP_DEFLATED)
        return memory.getvalue()

    def hand_in(self, student: str | None, at: str = WHEN, **values: Any) -> bytes:
        """Make a good hand-in."""
        raw = self.answers(**(values or {"q01": "a", "t01": "Because.", "declaration": True}))
        files = {"manifest.json": self.manifest(student, at, raw), "answers.json": raw}
        return self.zipped(files | {f"{ASSIGNMENT}.ipynb": self.notebook()})


@pytest.fixture
def kit() -> Kit:
    """Give the maker of hand-ins."""
    return Kit()


def empty_database(server: str, name: str) -> str:
    """Make a database of its own on the server, in place of one of that name; give its URL."""
    import psycopg

    with closing(psycopg.connect(server, autocommit=True)) as raw:
        raw.execute(f"DROP DATABASE IF EXISTS {name}")
        raw.execute(f"CREATE DATABASE {name}")
    return server.replace("/postgres", f"/{name}")


def keep_answers(course: Course, url: str, learner: str, **answers: object) -> None:
    """Keep a learner's answers where the class's service does, as it keeps what their page saves; `t01` stands for w01-t01."""
    prepare(url)
    workbook = load_workbook(course.root / "release" / ASSIGNMENT)
    whose = Whose(class_id=course.course_id, learner=learner, name=learner, workbook=workbook)
    saves: list[Any] = [{"id": f"w01-{name}", "value": value, "base": 0, "key": f"k-{name}"} for name, value in answers.items()]
    with writing(url) as database:
        begin_copy(database.connection, whose)
        copy = read_copy(database.connection, whose)
        assert copy
        done: Any = save(database.connection, whose, copy.copy, saves, None)["saved"]
    assert [one["do"] for one in done] == ["saved"] * len(answers)


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """Give the URL of the first database of a PostgreSQL."""
    postgres = Postgres()
    yield postgres.url
    postgres.remove()
