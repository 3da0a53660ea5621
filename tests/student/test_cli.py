"""The `workbook` command as a student types it, and the files that a tutor gave."""

import json
import os
import pty
import re
import select
import signal
import socket
import stat
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.conftest import as_somebody, free_port
from workbook_helpers import __version__
from workbook_helpers.cli import OpenError, _port, _root, unpack

if TYPE_CHECKING:
    from tests.student.conftest import Desk


@pytest.fixture
def run(plain: dict[str, str]) -> Callable[..., "subprocess.CompletedProcess[str]"]:
    """Give a way to run the command to its end."""

    def run_it(*words: str | Path) -> "subprocess.CompletedProcess[str]":
        command = [sys.executable, "-m", "workbook_helpers.cli", *map(str, words)]
        return subprocess.run(command, env=plain, capture_output=True, encoding="utf-8", timeout=60, check=False)

    return run_it


def listening() -> socket.socket:
    server = socket.socket()
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as tornado does
    server.bind(("127.0.0.1", 0))
    server.listen()
    return server


def zipped(path: Path, files: Mapping[Any, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def handout(desk: "Desk", name: str = "w01-small.zip") -> dict[str, bytes]:
    """Put a workbook into a zip as a tutor's handout, and take the folder away; give the files."""
    workbook = desk.add()
    files = {f"{desk.assignment}/{path.name}": path.read_bytes() for path in workbook.folder.iterdir()}
    files[f"{desk.assignment}/media/line.svg"] = b'<svg xmlns="http://www.w3.org/2000/svg"/>'
    for path in workbook.folder.iterdir():
        path.unlink()
    workbook.folder.rmdir()
    zipped(desk.root / name, files)
    return files


def tree(root: Path) -> set[str]:
    return {str(path.relative_to(root)) for path in root.rglob("*")}


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        pytest.param(("--help",), ("Do your workbooks in the browser", "Start with: workbook open", "open"), id="command"),
        pytest.param((), ("Start with: workbook open",), id="nothing-typed"),
        pytest.param(("open", "--help"), ("Example: workbook open my-workbooks", "--port", "--no-browser", "Ctrl-C"), id="open"),
    ],
)
def test_help_teaches_with_an_example(run: Callable[..., Any], words: tuple[str, ...], shown: tuple[str, ...]) -> None:
    done = run(*words)
    for text in shown:
        assert text in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def test_version(run: Callable[..., Any]) -> None:
    done = run("--version")
    assert (done.returncode, done.stdout.strip(), done.stderr) == (0, __version__, "")


def one_line(done: Any) -> str:
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1
    return str(done.stderr)


def test_a_missing_folder_is_told_in_one_line(run: Callable[..., Any], desk: "Desk") -> None:
    told = one_line(run("open", desk.root / "nowhere", "--no-browser"))
    assert told == f"There is no folder {desk.root}/nowhere. Give the folder that holds your workbooks: workbook open FOLDER\n"


def test_a_folder_without_the_right_to_look_into_is_told(desk: "Desk") -> None:
    locked = desk.root / "locked"
    locked.mkdir(mode=0)

    def is_told() -> bool:
        with pytest.raises(OpenError, match="cannot be opened"):
            _root(locked)
        return True

    assert as_somebody(desk.root, is_told)


def test_a_file_in_place_of_a_folder_is_told_in_one_line(run: Callable[..., Any], desk: "Desk") -> None:
    (desk.root / "file").write_text("no folder")
    assert "There is no folder" in one_line(run("open", desk.root / "file", "--no-browser"))


def test_a_port_in_use_is_told_in_one_line(run: Callable[..., Any], desk: "Desk") -> None:
    with listening() as taken:
        port = taken.getsockname()[1]
        assert f"Port {port} is in use. Leave --port out" in one_line(run("open", desk.root, "--no-browser", "--port", str(port)))


def test_a_port_is_free_again_at_once_so_that_the_address_stays(desk: "Desk") -> None:
    with listening() as server:
        port = int(server.getsockname()[1])
        with socket.create_connection(("127.0.0.1", port)) as page:
            server.accept()[0].close()  # the server's end closes first, as when it is stopped: the system keeps it for a minute
            assert page.recv(1) == b""
    assert _port(port) == port


def test_ctrl_c_ends_it_without_a_question(desk: "Desk", plain: dict[str, str]) -> None:
    desk.add()
    command = [sys.executable, "-m", "workbook_helpers.cli", "open", str(desk.root), "--no-browser"]
    ours, theirs = pty.openpty()
    process = subprocess.Popen(command, env=plain, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True)
    os.close(theirs)
    shown, deadline, asked = b"", time.monotonic() + 60, False
    while process.poll() is None and time.monotonic() < deadline:
        if select.select([ours], [], [], 0.2)[0]:
            try:
                shown += os.read(ours, 4096)
            except OSError:  # Linux says so when the other end is closed
                break
        if b"Every answer is saved already." in shown and not asked:
            asked, deadline = True, time.monotonic() + 15
            time.sleep(1)
            process.send_signal(signal.SIGINT)
    os.close(ours)
    try:
        code = process.wait(timeout=5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        pytest.fail(f"it went on running: {shown.decode()}")
    assert code == 0
    assert "Traceback" not in shown.decode()
    assert "y/[n]" not in shown.decode()


def test_a_tutors_zip_is_unpacked_once_and_never_over_answers(desk: "Desk") -> None:
    files = handout(desk)
    assert unpack(desk.root) == ["w01-small"]
    assert {name: (desk.root / name).read_bytes() for name in files} == files
    answers = desk.root / "w01-small" / "answers.json"
    answers.write_text("the student's")
    files["w01-small/answers.json"] = b"the tutor's"
    zipped(desk.root / "w01-small (1).zip", files)
    before = tree(desk.root)
    assert unpack(desk.root) == []
    assert answers.read_text() == "the student's"
    assert tree(desk.root) == before


@pytest.mark.parametrize(
    ("name", "change", "told"),
    [
        pytest.param("items.toml", lambda raw: raw.replace(b"This", b"These"), True, id="question"),
        pytest.param("media/line.svg", lambda _: b"<svg/>", True, id="picture"),
        pytest.param("w01-small.ipynb", lambda raw: raw.replace(b"# A small", b"# A mended"), True, id="text"),
        pytest.param("w01-small.ipynb", lambda raw: json.dumps(json.loads(raw), indent=1).encode(), False, id="saved-by-lab"),
    ],
)
def test_another_version_of_a_workbook_is_told_and_left_alone(
    desk: "Desk", capsys: pytest.CaptureFixture[str], name: str, change: Callable[[bytes], bytes], told: bool
) -> None:
    files = handout(desk)
    assert (unpack(desk.root), unpack(desk.root)) == (["w01-small"], [])
    inside = f"w01-small/{name}"
    assert change(files[inside]) != files[inside]
    zipped(desk.root / "w01-small (1).zip", files | {inside: change(files[inside])})
    assert unpack(desk.root) == []
    said = "You have w01-small already, and w01-small (1).zip holds another version of it, so it was left alone. "
    assert capsys.readouterr().err.startswith(said) is told
    assert {name: (desk.root / name).read_bytes() for name in files} == files


@pytest.mark.parametrize("damaged", [b"", b'{"cells": [', b"[]", b'{"cells": [1]}', b"\xff\xfe"])
def test_a_zip_is_not_blamed_for_a_damaged_notebook(desk: "Desk", capsys: pytest.CaptureFixture[str], damaged: bytes) -> None:
    handout(desk)
    unpack(desk.root)
    (desk.root / "w01-small" / "w01-small.ipynb").write_bytes(damaged)
    assert unpack(desk.root) == []
    assert capsys.readouterr().err.startswith("You have w01-small already, and ")


def test_open_says_what_it_unpacked(desk: "Desk", serve: Callable[..., Any]) -> None:
    handout(desk)
    port = free_port()
    command = ["workbook_helpers.cli", "open", str(desk.root), "--no-browser", "--port", str(port)]
    server = serve(command, desk.root, f"http://127.0.0.1:{port}/workbook")
    server.stop()
    said = server.log.read_text()
    assert re.fullmatch(
        r"Unpacked w01-small\n"
        rf"Your workbooks are open at http://localhost:{port}/workbook\?token=[0-9a-f]+\n"
        r"To stop, press Ctrl-C here\. Every answer is saved already\.\n",
        said,
    ), said


def link(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.create_system, info.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    return info


GOOD: dict[str | zipfile.ZipInfo, bytes] = {"w01-bad/workbook.toml": b'id = "w01"\n'}


@pytest.mark.parametrize(
    "files",
    [
        pytest.param({"../w01-bad/workbook.toml": b""}, id="up"),
        pytest.param({**GOOD, "../evil.txt": b""}, id="up-beside-a-good-one"),
        pytest.param({**GOOD, "w01-bad/../../evil.txt": b""}, id="up-inside"),
        pytest.param({**GOOD, "w01-bad/media/..": b""}, id="up-at-the-end"),
        pytest.param({**GOOD, "/etc/evil.txt": b""}, id="absolute"),
        pytest.param({**GOOD, "w01-bad\\..\\..\\evil.txt": b""}, id="backslashes"),
        pytest.param({**GOOD, "C:/evil.txt": b""}, id="drive"),
        pytest.param({**GOOD, link("w01-bad/answers.json"): b"/etc/passwd"}, id="link"),
        pytest.param({**GOOD, link("w01-bad/media"): b"/etc", "w01-bad/media/passwd": b""}, id="link-as-a-folder"),
        pytest.param({**GOOD, "w01-bad/a": b"", "w01-bad/a/b": b""}, id="file-as-a-folder"),
        pytest.param({**GOOD, "./w01-bad/a": b""}, id="odd-name"),
        pytest.param({**GOOD, "w01-bad/media/big.svg": b"\0" * 51_000_000}, id="bomb"),
        pytest.param({**GOOD, "w02-other/workbook.toml": b""}, id="two-folders"),
        pytest.param({"manifest.json": b"{}", "answers.json": b"{}"}, id="hand-in"),
        *(
            pytest.param({**GOOD, f"w01-bad/{name}": b""}, id=name)
            for name in (
                *(
                    "evil.py",
                    "ipywidgets.py",
                    "voila.json",
                    "voila.py",
                    "nbgrader_config.py",
                    "answers.json",
                    "workbook.toml.bak",
                    ".workbook.log",
                ),
                *("other.ipynb", "page.html", "media/x.html", "media/x.js", "media/deep/x.svg", "picture.svg", "README.md", "Readme.txt"),
            )
        ),
        pytest.param({**GOOD, "voila.py": b""}, id="beside"),
        pytest.param({**GOOD, "README.exe": b""}, id="program-beside"),
        pytest.param({}, id="empty"),
    ],
)
def test_a_hostile_zip_is_not_unpacked(desk: "Desk", files: dict[str | zipfile.ZipInfo, bytes]) -> None:
    zipped(desk.root / "bad.zip", files)
    before = tree(desk.root.parent)
    assert unpack(desk.root) == []
    assert tree(desk.root.parent) == before


@pytest.mark.parametrize("readme", ["w01-small/README.txt", "w01-small/README.html", "README.txt", "README.html"])
def test_the_students_readme_does_not_keep_a_zip_from_being_unpacked(desk: "Desk", readme: str) -> None:
    files = handout(desk)
    zipped(desk.root / "w01-small.zip", {**files, readme: b"Read me."})
    assert unpack(desk.root) == ["w01-small"]
    assert (desk.root / readme).is_file() == readme.startswith("w01-small/")


@pytest.mark.parametrize("damage", ["cut", "flipped", "text", "folder"])
def test_a_damaged_zip_is_told_and_the_others_unpacked(desk: "Desk", capsys: pytest.CaptureFixture[str], damage: str) -> None:
    handout(desk, "z.zip")
    path = zipped(desk.root / "a.zip", {**GOOD, "w01-bad/media/big.svg": bytes(range(256)) * 400})
    whole = path.read_bytes()
    if damage == "folder":
        path.unlink()
        path.mkdir()
    else:
        start = whole.index(b"w01-bad/media/big.svg") + 31
        path.write_bytes({"cut": whole[:200], "flipped": whole[:start] + b"\xff" * 40 + whole[start + 40 :], "text": b"hello"}[damage])
    assert unpack(desk.root) == ["w01-small"]
    assert capsys.readouterr().err == "a.zip could not be unpacked. Please save it again, or ask your tutor.\n"
    assert not (desk.root / "w01-bad").exists()
    assert not [name for name in tree(desk.root) if name.startswith(".")]
