"""A class with canaries in its keys and rubrics, taken from release to feedback once for all tests here."""

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from autograde.checks.secrets import secrets
from autograde.classes.folder import Course
from autograde.content import load_key, load_rubrics, load_samples
from tests.conftest import ROOT, Server, free_port, once

W01 = "w01-working-and-personal"


@dataclass(frozen=True)
class Canaries:
    """Words that stand in every entry of the keys and rubrics that the class is marked with, and nowhere else."""

    home: Path
    mark: str
    texts: frozenset[str]


@pytest.fixture(scope="session")
def canaries(tmp_path_factory: pytest.TempPathFactory) -> Canaries:
    home = once(tmp_path_factory, "canaries", _plant)
    mark = (home / "mark").read_text()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AUTOGRADE_KEYS", str(home))
        texts = secrets(load_key("w01"), load_rubrics("w01"), load_samples("w01"))
    return Canaries(home, mark, texts | {mark})


def _plant(home: Path) -> None:
    mark = f"canary {uuid.uuid4()}"
    (home / "mark").write_text(mark)
    for kind in ("keys", "rubrics"):
        (home / kind).mkdir()
        for path in (ROOT / "autograde" / "content" / kind).glob("*.toml"):
            text = path.read_text("utf-8")
            planted = re.sub(r'(reason|verb_check|workplace_check|text) = "', rf'\1 = "{mark} ', text)
            assert planted != text or not tomllib.loads(text)[kind]
            tomllib.loads(planted)
            (home / kind / path.name).write_text(planted, "utf-8")


@pytest.fixture(scope="session")
def environment(canaries: Canaries) -> dict[str, str]:
    return {**os.environ, "AUTOGRADE_KEYS": str(canaries.home), "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}


@pytest.fixture(scope="session")
def run(environment: dict[str, str]) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run a module as a command: run("autograde.cli", "mark", "w01", cwd=…); fails the test on another exit code than `code`."""

    def call(module: str, *arguments: object, cwd: Path = ROOT, code: int = 0) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", module, *map(str, arguments)]
        done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False, timeout=280)
        assert done.returncode == code, done.stdout + done.stderr
        return done

    return call


@pytest.fixture(scope="session")
def demo(run: Callable[..., subprocess.CompletedProcess[str]], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's folder: class/ and students/, all steps done. Shared: copy what you change."""

    def make(folder: Path) -> None:
        done = run("autograde.demo", "--no-serve", "--folder", folder / "demo")
        (folder / "demo" / "printed.txt").write_text(done.stdout)

    # A copy for each worker: a gradebook's own files come and go while somebody looks into it.
    return Path(shutil.copytree(once(tmp_path_factory, "demo", make) / "demo", tmp_path_factory.mktemp("demo") / "demo"))


@pytest.fixture(scope="session")
def course(demo: Path) -> Course:
    return Course(demo / "class")


@dataclass(frozen=True)
class Student:
    """A student's own folder and the server that shows it."""

    folder: Path
    address: str
    server: Server

    @property
    def answers(self) -> Path:
        return self.folder / W01 / "answers.json"


@pytest.fixture(scope="session")
def opened(demo: Path, serve: Callable[..., Server], tmp_path_factory: pytest.TempPathFactory) -> Student:
    """A student with the released workbook, unpacked by the command itself, and the server that it started."""
    root = tmp_path_factory.mktemp("student")
    folder = root / "my workbooks"
    folder.mkdir()
    handout = demo / "class" / "handout" / f"{W01}.zip"
    (folder / handout.name).write_bytes(handout.read_bytes())
    port = free_port()
    base = f"http://localhost:{port}"
    server = serve(["workbook_helpers.cli", "open", str(folder), "--no-browser", "--port", str(port)], root, f"{base}/login")
    match = re.search(r"http://\S+", server.log.read_text())
    assert match
    shutil.copytree(folder, root / "as unpacked")
    return Student(folder, match[0], server)


@pytest.fixture
def student(opened: Student) -> Student:
    """The same with nothing answered, and no kernel of the test before."""
    base, token = opened.address.split("/workbook?token=")
    headers = {"Authorization": f"token {token}"}
    with urlopen(Request(f"{base}/api/kernels", headers=headers), timeout=60) as reply:
        kernels = json.load(reply)
    for kernel in kernels:
        try:
            urlopen(Request(f"{base}/api/kernels/{kernel['id']}", headers=headers, method="DELETE"), timeout=60).close()
        except HTTPError as error:
            error.close()
            if error.code != 404:  # the page of the test before may have ended it
                raise
    for path in opened.folder.iterdir():
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    shutil.copytree(opened.folder.with_name("as unpacked"), opened.folder, dirs_exist_ok=True)
    return opened
