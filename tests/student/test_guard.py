"""Nothing runs that is not ours: what a student's server opens, what its kernel does, and what its pages may load."""

import html.parser
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from jupyter_client.manager import start_new_kernel
from playwright.sync_api import Page, expect

from tests.conftest import ROOT, free_port, is_saved
from tests.student.test_pages import Site, opened

if TYPE_CHECKING:
    from tests.student.conftest import Desk

OPEN = "/voila/render/w01-small/w01-small.ipynb"
HOSTILE = (
    "# A small workbook</title><img src=y onerror=\"document.title = 'stolen'\">\n\n"
    "<script>document.title = 'stolen'</script><img src=x onerror=\"document.title = 'stolen'\">\n\n"
    '[a link](javascript:document.title=\'stolen\') <iframe src="/files/w01-small/evil.html"></iframe> <b onclick="stolen()">bold</b>\n\n'
    "<form action=\"https://example.org/\"><input></form> <style>@import 'https://example.org/x.css'</style>\n\n"
    "![two people who talk](media/evil.svg) ![far](https://example.org/x.png)\n\n| one | two |\n|---|---|\n| 1 | 2 |"
)
SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9" onload="document.title=1"><script>document.documentElement.'
    'setAttribute("data-ran", "yes")</script><image href="https://example.org/x.png"/></svg>'
)


def change(notebook: Path, **changes: Any) -> None:
    document = json.loads(notebook.read_text("utf-8"))
    document["metadata"] |= changes.get("metadata", {})
    document["cells"] += changes.get("cells", [])
    notebook.write_text(json.dumps(document), "utf-8")


def code(text: str) -> dict[str, Any]:
    return {"cell_type": "code", "id": "more", "metadata": {}, "source": text, "outputs": [], "execution_count": None}


PLANTED = (
    *(f"{folder}/w02-planted" for folder in ("submitted", "received", "quarantine", "autograded", "feedback", "release", "source")),
    *("handed-in/w02-planted", "Submitted/w02-planted", "submitted/s001/w02-planted", ".hidden/w02-planted", "a/b/c/w02-planted"),
    *("class/w02-planted", "w02-python", "w02-code", "w02-raw", "w02-bare", "w02-plain", "w02-link", "w02-linked"),
)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, new_desk: "type[Desk]", serve: Callable[..., Any]) -> Iterator[Site]:
    """A shelf with one workbook that carries hostile Markdown, and planted notebooks of every sort beside it."""
    outside = tmp_path_factory.mktemp("student")
    desk = new_desk(outside / "my-workbooks")
    workbook = desk.add()
    document = json.loads(workbook.notebook.read_text("utf-8"))
    document["cells"][0]["source"] = HOSTILE
    workbook.notebook.write_text(json.dumps(document), "utf-8")
    (workbook.folder / "media").mkdir()
    (workbook.folder / "media" / "evil.svg").write_text(SVG)
    (workbook.folder / "media" / "link.svg").symlink_to(workbook.folder / "media" / "evil.svg")
    (workbook.folder / "evil.html").write_text("<script>parent.document.title = 'stolen'</script>")
    (workbook.folder / "media" / "evil.html").write_text("<script>parent.document.title = 'stolen'</script>")
    for place in PLANTED:
        planted = new_desk((desk.root / place).parent)
        if place != "w02-link":
            planted.add(place.rpartition("/")[2])
    (desk.root / "class" / "nbgrader_config.py").touch()
    change(desk.root / "w02-python" / "w02-python.ipynb", metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}})
    change(desk.root / "w02-code" / "w02-code.ipynb", cells=[code("open('ran', 'w')")])
    change(desk.root / "w02-raw" / "w02-raw.ipynb", cells=[{"cell_type": "raw", "id": "more", "metadata": {}, "source": "<script>"}])
    change(desk.root / "w02-plain" / "w02-plain.ipynb", metadata={"workbook": None})
    (desk.root / "w02-bare" / "workbook.toml").unlink()
    (desk.root / "w02-link").symlink_to(desk.root / "w01-small")
    (desk.root / "w02-linked" / "w02-linked.ipynb").unlink()
    (desk.root / "w02-linked" / "w02-linked.ipynb").symlink_to(workbook.notebook)
    shutil.copy(workbook.notebook, desk.root / "w01-small" / "other.ipynb")
    shutil.copy(workbook.notebook, desk.root / "loose.ipynb")
    yield opened(desk.root, free_port(), serve)
    shutil.rmtree(outside)


def kernels(site: Site) -> list[str]:
    return [kernel["name"] for kernel in json.loads(site.ask("/api/kernels").body)]


@pytest.mark.parametrize(
    "path",
    [
        *(f"render/{place}/{place.rpartition('/')[2]}.ipynb" for place in PLANTED),
        *(
            "render/w01-small/other.ipynb",
            "render/loose.ipynb",
            "render/nothing/nothing.ipynb",
            "render/",
            "render",
            "",
            "tree",
            "tree/submitted",
        ),
        "render/submitted%2Fw02-planted%2Fw02-planted.ipynb",
        "render//submitted/w02-planted/w02-planted.ipynb",
        "render/w01-small/../submitted/w02-planted/w02-planted.ipynb",
        "render/w01-small/%2e%2e/submitted/w02-planted/w02-planted.ipynb",
        "render/w01-small/../w01-small/w01-small.ipynb",
        "render/submitted%5Cw02-planted%5Cw02-planted.ipynb",
        "render/%2e/submitted/w02-planted/w02-planted.ipynb",
        "render/w01-small/w01-small.ipynb%00",
        "render/w01-small/w01-small.ipynb/",
        "render/w01-small/" + "a" * 300 + ".ipynb",
        "files/w01-small/w01-small.ipynb",
        "files/w01-small/answers.json",
        "files/w01-small/evil.html",
        "files/w01-small/media/evil.html",
        "files/w01-small/media/link.svg",
        "files/submitted/w02-planted/media/x.svg",
        "api/contents/submitted",
    ],
)
def test_what_is_no_workbook_on_the_shelf_is_not_opened(site: Site, path: str) -> None:
    answer = site.ask(f"/voila/{path}".removesuffix("/") if path == "" else f"/voila/{path}", headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status == 404
    assert "This is not one of your workbooks" in answer.text
    assert "Traceback" not in answer.text
    assert set(kernels(site)) <= {"workbook"}
    assert not list(site.root.rglob("ran"))


def test_only_workbooks_that_may_be_opened_have_a_card_with_a_button(site: Site) -> None:
    body = site.ask("/workbook").body.decode()
    assert re.findall('"href":"(/voila/render/[^"]+)"', body) == ["/voila/render/w01-small/w01-small.ipynb"]
    assert "w02-planted" not in body


class Scripts(html.parser.HTMLParser):
    """What stands in a page that could run or load something."""

    def __init__(self) -> None:
        super().__init__()
        self.scripts: list[dict[str, str | None]] = []
        self.bad: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "script":
            self.scripts.append(dict(attrs))
        if tag in {"iframe", "form", "object", "embed", "base"} or any(name.startswith("on") for name, _ in attrs):
            self.bad.append(self.get_starttag_text() or tag)
        self.bad += [value for _, value in attrs if value and value.strip().lower().startswith("javascript:")]


def test_a_strangers_markdown_is_shown_without_what_runs(site: Site) -> None:
    answer = site.ask(OPEN + "?template=lab&theme=dark")
    assert answer.status == 200
    seen = Scripts()
    text = answer.body.decode()
    seen.feed(text)
    assert seen.bad == []
    nonces = {script.get("nonce") for script in seen.scripts if script.get("type") != "application/json"}
    assert len(nonces) == 1
    nonce = nonces.pop()
    assert nonce
    assert f"'nonce-{nonce}'" in answer.headers["Content-Security-Policy"]
    assert "unsafe-inline" not in answer.headers["Content-Security-Policy"].partition("script-src")[2].partition(";")[0]
    assert 'src="media/evil.svg"' in text
    assert "<table>" in text
    assert "cdn.jsdelivr" not in text
    assert set(kernels(site)) == {"workbook"}


def test_no_other_kernel_can_be_had(site: Site) -> None:
    for path, body in (
        ("/api/kernels", {"name": "python3"}),
        ("/api/sessions", {"path": "x", "type": "notebook", "kernel": {"name": "python3"}}),
    ):
        assert site.ask(path, method="POST", body=json.dumps(body)).status >= 400
    assert set(json.loads(site.ask("/api/kernelspecs").body)["kernelspecs"]) == {"workbook"}
    assert set(kernels(site)) <= {"workbook"}


@pytest.mark.parametrize("path", ["/voila/render/w01-small/media/evil.svg", "/voila/files/w01-small/media/evil.svg"])
def test_a_picture_is_sent_sealed_and_to_its_owner_alone(site: Site, path: str) -> None:
    answer = site.ask(path)
    assert (answer.status, answer.headers["Content-Type"], answer.body.decode()) == (200, "image/svg+xml", SVG)
    assert answer.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    refused = site.ask(path, token=False)
    assert refused.status in {302, 403}
    assert b"<svg" not in refused.body


@pytest.mark.parametrize(
    "path",
    ["/workbook", "/workbook/accessibility", OPEN, "/login", "/nowhere", "/voila/render/x", "/files/w01-small/evil.html", "/api/status"],
)
def test_every_answer_of_a_students_server_carries_a_policy(site: Site, path: str) -> None:
    rules = site.ask(path).headers["Content-Security-Policy"]
    assert "default-src 'self'" in rules or "default-src 'none'" in rules
    scripts = rules.partition("script-src")[2].partition(";")[0]
    assert "unsafe" not in scripts
    assert "*" not in rules


def test_in_the_browser_nothing_hostile_runs_and_nobody_else_is_asked(site: Site, page: Page) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"http://localhost:{site.port}{OPEN}?token={site.token}")
    expect(page.locator(".wb-question").first).to_be_visible(timeout=60_000)
    expect(page.locator("#wb-main th").first).to_have_text("one")
    assert page.title() == "A small workbook"
    page.locator("#w01-q01 input").first.check()
    is_saved(page.locator("#w01-q01"))
    elsewhere = [url for url in asked if not url.startswith((f"http://localhost:{site.port}/", "data:", "blob:"))]
    assert set(elsewhere) <= {"https://example.org/x.png"}, "the policy stops that one before it leaves"
    page.goto(f"http://localhost:{site.port}/voila/files/w01-small/media/evil.svg")
    assert page.evaluate("document.documentElement.getAttribute('data-ran')") is None
    for path in ("/voila/render/submitted/w02-planted/w02-planted.ipynb", "/workbook"):
        for width in (1280, 320):
            page.set_viewport_size({"width": width, "height": 700})
            page.goto(f"http://localhost:{site.port}{path}")
            assert page.evaluate("document.documentElement.scrollWidth") <= width


TOKEN = "0123456789abcdef"  # noqa: S105, for this test alone
VOILA_ON = ("--ServerApp.jpserver_extensions={'voila.server_extension': True}",)
"""As docs/safety.md has it for a hub's students."""


@pytest.mark.parametrize("options", [(), VOILA_ON], ids=["as installed", "switched on"])
def test_voila_is_off_in_a_lab_unless_it_is_switched_on(desk: "Desk", serve: Callable[..., Any], options: tuple[str, ...]) -> None:
    for option in options:
        assert option in (ROOT / "docs" / "safety.md").read_text("utf-8")
    desk.add()
    new_desk = type(desk)(desk.root / "submitted")
    new_desk.add("w02-planted")
    port = free_port()
    access = (f"--IdentityProvider.token={TOKEN}", "--ServerApp.ip=127.0.0.1", "--no-browser", "--allow-root")
    serve(["jupyterlab", *access, *options, f"--ServerApp.port={port}"], desk.root, f"http://127.0.0.1:{port}/login")
    site = Site(root=desk.root, port=port, token=TOKEN)
    assert site.ask("/voila/render/submitted/w02-planted/w02-planted.ipynb").status == 404
    assert json.loads(site.ask("/api/kernels").body) == []
    assert site.ask(OPEN).status == (200 if options else 404)
    planted = "submitted/w02-planted/w02-planted.ipynb"
    for path in (planted, f"w01-small/../{planted}", "w01-small/other.ipynb"):
        assert site.ask(f"/workbook/open/{path}").status == 404
    door = OPEN if options else "/workbook/open/w01-small/w01-small.ipynb"
    assert f'"href":"{door}"' in site.ask("/workbook").body.decode()
    assert site.ask(door, token=False).status in {302, 403}
    assert site.ask(door).status == 200
    assert {kernel["name"] for kernel in json.loads(site.ask("/api/kernels").body)} == {"workbook"}
    assert "default-src" not in site.ask("/lab").headers["Content-Security-Policy"], "a Lab of somebody's own keeps its own policy"


def test_a_file_of_the_folder_it_is_started_in_is_not_run(desk: "Desk", serve: Callable[..., Any]) -> None:
    desk.add()
    for name in ("voila.py", "jupyter_server_config.py", "jupyter_config.py", "nbgrader_config.py"):
        (desk.root / name).write_text(f"open({str(desk.root / 'ran')!r}, 'w').write({name!r})")
    (desk.root / "voila.json").write_text('{"VoilaConfiguration": {"template": "lab"}}')
    opened(desk.root, free_port(), serve)
    assert not (desk.root / "ran").exists(), (desk.root / "ran").read_text()


@pytest.fixture
def planted(tmp_path: Path) -> Path:
    """A folder whose files would be run if they were taken for modules, settings or programs."""
    for name in ("ipywidgets", "anywidget", "json", "ipykernel", "traitlets", "workbook_helpers", "sitecustomize"):
        (tmp_path / f"{name}.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w').write({name!r})")
    for name in ("ipython_config.py", "ipython_kernel_config.py"):
        (tmp_path / name).write_text(f"open({str(tmp_path / 'ran')!r}, 'w').write({name!r})")
    python = tmp_path / "bin" / "python"
    python.parent.mkdir()
    python.write_text(f'#!/bin/sh\ntouch {tmp_path / "ran"}\nexec {sys.executable} "$@"\n')
    python.chmod(0o755)
    return tmp_path


def test_the_kernel_runs_no_file_beside_the_notebook_and_evaluates_nothing(planted: Path) -> None:
    here = {**os.environ, "PATH": f"{planted / 'bin'}{os.pathsep}{os.environ['PATH']}"}
    manager, client = start_new_kernel(startup_timeout=60, kernel_name="workbook", cwd=str(planted), env=here)
    evil = f"open({str(planted / 'ran')!r}, 'w').write('evaluated')"
    try:
        for text in ("", 'ask("w01-q01")', evil):
            reply = client.execute(text, user_expressions={"x": evil, "y": "6 * 7"}, reply=True, timeout=30)["content"]
            assert reply["status"] == "ok"
            assert not reply["user_expressions"]
        assert client.complete(f"{evil}.", reply=True, timeout=30)["content"]["matches"] == []
        assert client.complete("ask.__glo", reply=True, timeout=30)["content"]["matches"] == []
        assert client.inspect("ask", reply=True, timeout=30)["content"]["found"] is False
        assert client.history(reply=True, timeout=30)["content"]["history"] == []
        debug = client.session.msg("debug_request", {"type": "request", "seq": 1, "command": "initialize", "arguments": {}})
        client.control_channel.send(debug)
        assert client.control_channel.get_msg(timeout=30)["content"] == {}
        comm = {"comm_id": "x", "target_name": "unknown", "target_module": "ipywidgets", "data": {"code": evil}}
        client.shell_channel.send(client.session.msg("comm_open", comm))
        assert client.kernel_info(reply=True, timeout=30)["content"]["status"] == "ok"
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    assert not (planted / "ran").exists(), (planted / "ran").read_text()


def test_the_servers_token_is_on_no_command_line(desk: "Desk", tmp_path: Path, plain: dict[str, str]) -> None:
    (tmp_path / "browser").write_text(
        f'#!/bin/sh\nprintf "%s\\n" "$@" > {tmp_path / "given.part"}\nmv {tmp_path / "given.part"} {tmp_path / "given"}\n'
    )
    (tmp_path / "browser").chmod(0o755)
    port = free_port()
    command = [sys.executable, "-m", "workbook_helpers.cli", "open", str(desk.root), "--port", str(port)]
    environment = plain | {"BROWSER": str(tmp_path / "browser"), "JUPYTER_RUNTIME_DIR": str(tmp_path / "runtime")}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            address = process.stdout.readline().rpartition(" ")[2].strip()
            for _ in range(300):
                if (tmp_path / "given").exists():
                    break
                try:
                    process.wait(0.1)
                except subprocess.TimeoutExpired:
                    continue
            given = (tmp_path / "given").read_text()
            token = address.partition("token=")[2]
            assert token
            assert token not in given
            page = Path(given.strip().removeprefix("file://"))
            assert address in page.read_text()
            assert page.stat().st_mode & 0o777 == 0o600
        finally:
            process.terminate()  # a test that fails must not wait for the server
            process.wait(timeout=30)
    assert not page.exists()
