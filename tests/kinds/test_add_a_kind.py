"""docs/add-a-kind.md is done as it says: a copy of the project gets the kind, and the kind works."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.conftest import ROOT, Server, free_port, is_saved
from tests.npm import MODULES, fetch


def test_the_page_that_adds_a_kind_adds_one(page: Page, serve: Callable[..., Server], tmp_path: Path) -> None:
    for part in ("src", "autograde", "workbooks", "tests"):
        shutil.copytree(ROOT / part, tmp_path / part, ignore=shutil.ignore_patterns("__pycache__", "node_modules"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    told = (ROOT / "docs" / "add-a-kind.md").read_text("utf-8")
    files = re.findall(r"`([\w./-]+/[\w-]+\.(?:py|js|ftl|toml))`.*?```\w+\n(.*?)```", told, re.DOTALL)
    assert len(files) == 7
    for name, text in files:
        path = tmp_path / name
        with path.open("a" if path.suffix == ".toml" else "x", encoding="utf-8") as file:
            file.write(f"\n{text}")
    fetch()
    (tmp_path / "tests" / "javascript" / "node_modules").symlink_to(MODULES)
    subprocess.run([sys.executable, tmp_path / "tests" / "javascript" / "build.py"], check=True)
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(tmp_path / "src"), str(tmp_path)])}
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-p",
            "no:randomly",
            "-k",
            "truth",
            "tests/kinds/test_every_kind.py",
            "tests/core/test_words.py",
        ],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    assert "5 passed" in done.stdout

    folder = tmp_path / "home" / "w99-truth"
    folder.mkdir(parents=True)
    (folder / "workbook.toml").write_text('id = "w99"\ntitle = "Truth"\norder = 1\nminutes = 1\n', "utf-8")
    (folder / "items.toml").write_text(next(text for name, text in files if name.endswith("items.toml")), "utf-8")
    cells: list[dict[str, object]] = [
        {"cell_type": "code", "id": name, "metadata": {}, "outputs": [], "execution_count": None, "source": f'ask("w99-truth-{name}")'}
        for name in ("p", "q")
    ]
    kernel = {"display_name": "Workbook", "language": "python", "name": "workbook"}
    metadata = {"kernelspec": kernel, "workbook": {"id": "w99", "schema": 1}}
    (folder / "w99-truth.ipynb").write_text(json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": metadata, "cells": cells}))
    port = free_port()
    base = f"http://localhost:{port}"
    command = ["workbook_helpers.cli", "open", str(folder.parent), "--no-browser", "--port", str(port)]
    server = serve(command, folder.parent, f"{base}/login", environment)
    token = re.search(r"token=(\w+)", server.log.read_text())
    assert token
    page.goto(f"{base}/voila/render/w99-truth/w99-truth.ipynb?token={token[1]}")
    page.locator("#w99-truth-p").get_by_label("I am not sure").check()
    page.locator("#w99-truth-p").get_by_role("button", name="Check my answer").click()
    expect(page.locator("#w99-truth-p .wb-note")).to_contain_text("An open word to the manager")
    page.locator("#w99-truth-q").get_by_label("True").check()
    is_saved(page.locator("#w99-truth-q"))
