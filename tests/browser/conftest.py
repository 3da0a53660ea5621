"""The real workbook, served by each of the three front ends; each test has its own copy of it."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.conftest import ROOT, Server, free_port
from workbook_helpers.items import load_workbook
from workbook_helpers.web import workbook_file

W01 = "w01-working-and-personal"
OPEN = ["--ip=127.0.0.1", "--no-browser", "--allow-root", "--IdentityProvider.token=", "--ServerApp.password="]
OPEN += ["--LanguageServerManager.autodetect=False"]  # few students have node, which it would ask a second long at each start


class FrontEnd:
    """A running front end: where it serves from, and the address of a notebook in it."""

    def __init__(self, root: Path, base: str, view: str, token: str = "") -> None:
        self.root, self.base, self.view, self.token = root, base, view, token
        self._made = 0

    def copy(self, under: str = "", name: str = W01) -> Path:
        """A fresh copy of a workbook, in a folder of its own."""
        self._made += 1
        return Path(shutil.copytree(ROOT / "workbooks" / name, self.root / under / f"copy{self._made}" / name))

    def url(self, notebook: Path) -> str:
        query = f"?token={self.token}" if self.token else ""
        return f"{self.base}{self.view}{notebook.relative_to(self.root).as_posix()}{query}"


Serve = Callable[..., Server]


@pytest.fixture(scope="session")
def voila(serve: Serve, tmp_path_factory: pytest.TempPathFactory) -> FrontEnd:
    root, port = tmp_path_factory.mktemp("voila"), free_port()
    base = f"http://localhost:{port}"
    server = serve(["workbook_helpers.cli", "open", str(root), "--no-browser", "--port", str(port)], root, f"{base}/login")
    token = re.search(r"token=(\w+)", server.log.read_text())
    assert token
    return FrontEnd(root, base, "/voila/render/", token[1])


@pytest.fixture(scope="session")
def lab(serve: Serve, tmp_path_factory: pytest.TempPathFactory) -> FrontEnd:
    root, port = tmp_path_factory.mktemp("lab"), free_port()
    base = f"http://localhost:{port}"
    told = ["--LabApp.news_url=None", "--LabApp.expose_app_in_browser=True"]
    serve(["jupyterlab", *OPEN, *told, f"--ServerApp.port={port}"], root, f"{base}/api")
    return FrontEnd(root, base, "/lab/tree/")


@pytest.fixture(scope="session")
def notebook7(serve: Serve, tmp_path_factory: pytest.TempPathFactory) -> FrontEnd:
    root, port = tmp_path_factory.mktemp("notebook"), free_port()
    base = f"http://localhost:{port}"
    serve(["notebook", *OPEN, "--JupyterNotebookApp.expose_app_in_browser=True", f"--ServerApp.port={port}"], root, f"{base}/api")
    return FrontEnd(root, base, "/notebooks/")


@pytest.fixture
def front_end(request: pytest.FixtureRequest) -> FrontEnd:
    """The front end that a test names in its parameters."""
    found: FrontEnd = request.getfixturevalue(request.param)
    return found


@pytest.fixture(scope="session")
def w01_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The workbook as one file, which a browser opens without a server."""
    file = tmp_path_factory.mktemp("file") / f"{W01}.html"
    file.write_bytes(workbook_file(load_workbook(ROOT / "workbooks" / W01)))
    return file


@pytest.fixture
def filed(page: Page, w01_file: Path) -> Page:
    """The file, opened again by somebody who works on this device."""
    page.goto(w01_file.as_uri())
    page.get_by_label("Your learner ID").fill("ana01")
    page.get_by_role("button", name="Show my questions").click()
    page.locator("#hand-in").wait_for()
    page.reload()
    page.locator("#hand-in").wait_for()
    return page
