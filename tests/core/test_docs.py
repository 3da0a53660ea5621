"""What the documents name is there: files, commands and pictures."""

import re
import runpy
from pathlib import Path

import pytest
import typer

from autograde.cli import app as autograde
from tests.conftest import ROOT
from workbook_helpers.cli import app as workbook
from workbook_helpers.items import load_workbook

PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "deploy").glob("*/*.md")])
ALL = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())


def text(page: Path) -> str:
    return page.read_text("utf-8")


def commands(app: typer.Typer) -> set[str]:
    return set(typer.main.get_command(app).commands)  # type: ignore[attr-defined]


def code(page: Path) -> list[str]:
    """Every line of a block of commands, and every piece of code within a line."""
    blocks = re.findall(r"^```\w*\n(.*?)^```$", text(page), re.MULTILINE | re.DOTALL)
    return [line for block in blocks for line in block.splitlines()] + re.findall(r"`([^`\n]+)`", text(page))


@ALL
def test_every_link_leads_somewhere(page: Path) -> None:
    headings = {
        re.sub(r"[^\w -]", "", line.lower()).strip().replace(" ", "-") for line in re.findall(r"^#+ (.*)$", text(page), re.MULTILINE)
    }
    for link in re.findall(r"\]\(([^)\s]+)\)", text(page)):
        if link.startswith("#"):
            assert link[1:] in headings, link
        elif not link.startswith(("https://", "http://")):
            assert (page.parent / link.partition("#")[0]).exists(), link


@ALL
def test_every_command_is_one(page: Path) -> None:
    known = dict.fromkeys(("autograde", "autograde.cli", "workbook-class"), commands(autograde)) | {"workbook": commands(workbook)}
    start = runpy.run_path(str(ROOT / "start.py"))
    for line in code(page):
        for program, name in re.findall(r"(?:^|[\s/\\])(autograde(?:\.cli)?|workbook(?:-class)?) ([a-z][a-z-]+)(?=\s|$)", line):
            assert name in known[program], line
        for name in re.findall(r"start\.py ([a-z]+)", line):
            assert name in {*start["MODULES"], "shell", "test"}, line
        for script in re.findall(r"\bpython3? ([\w/]+\.py)", line):
            assert (ROOT / script).is_file() or script == "start.py", line


def test_figures_are_told_as_they_were_measured() -> None:
    measured, told = ROOT / "docs" / "measurements", text(ROOT / "docs" / "scaling.md")
    site, load, marking = (text(measured / f"{name}.md") for name in ("site", "class_load", "marking"))
    rows = re.findall(r"^\| .*\|$", site, re.MULTILINE)
    assert len(rows) > 5
    of_a_college = load.partition("## What it means for")[2].partition("##")[0], marking.partition("\n| 40 classes")[2]
    for part in of_a_college:
        rows += (found := re.findall(r"^\| .*\|$", part, re.MULTILINE))
        assert len(found) > 3
    assert [row for row in rows if row not in told] == []
    [first] = re.findall(r"first visit .*?\| ([\d.]+) kB", rows[1])
    assert f"moves {float(first):.0f} kB" in text(ROOT / "README.md")


def test_every_question_that_is_named_is_asked() -> None:
    shelf = [load_workbook(path.parent) for path in (ROOT / "workbooks").glob("*/workbook.toml")]
    asked = {name for one in shelf for name in (*one.items, *one.documents)}
    for page in [*PAGES, *(ROOT / "autograde" / "commands").glob("*.py")]:
        if page.name != "content-review.md":  # which speaks of the day it was written
            assert set(re.findall(r"\bw\d\d-[a-z]\d\d\b", text(page))) <= asked, page


def test_the_readme_names_every_command_of_a_first_class() -> None:
    table = re.findall(r"^\| `(\w[\w-]*)", text(ROOT / "README.md"), re.MULTILINE)
    assert {"roster", "release", "intake", "mark", "feedback"} <= set(table)
    assert {name for name in table if name.islower() and "/" not in name} - commands(autograde) <= {
        "autograde",
        "workbooks",
        "src",
        "tests",
    }
