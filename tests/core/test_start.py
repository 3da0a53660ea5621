"""start.py: what it says before it installs anything, the README by the letter, and what is built for students."""

import contextlib
import io
import os
import re
import runpy
import shutil
import signal
import subprocess
import sys
import zipfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from autograde.checks.secrets import leaks, secrets
from autograde.content import load_key, load_rubrics, load_samples
from autograde.demo import PROFILES, _student
from autograde.errors import ReleaseError
from autograde.wheel import build, needs
from tests.conftest import real_workbook

ROOT = Path(__file__).parents[2]


def start(*arguments: str, cwd: Path | None = None, typed: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "start.py"), *arguments]
    surroundings = os.environ | {"SHELL": "/bin/sh", "COLUMNS": "200"} | environment
    return subprocess.run(command, cwd=cwd, env=surroundings, input=typed, capture_output=True, text=True, timeout=200, check=False)


def test_help_names_each_command() -> None:
    done = start("--help")
    assert done.returncode == 0
    for command in ("shell", "demo", "wheel", "test", "workbook", "autograde"):
        assert f"python3 start.py {command}" in done.stdout
    done = start("autograd", "release", "w01")
    assert done.returncode == 2
    assert "no word autograd here" in done.stderr


def test_it_needs_nothing_but_the_standard_library() -> None:
    done = subprocess.run([sys.executable, "-I", "-S", str(ROOT / "start.py"), "--help"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_an_older_python_is_told_what_to_do(tmp_path: Path) -> None:
    script = tmp_path / "old.py"
    script.write_text(
        "import runpy, sys\nsys.version_info = (3, 10, 9, 'final', 0)\nsys.version = '3.10.9 (old)'\n"
        f"sys.argv = ['start.py', 'demo']\nrunpy.run_path({str(ROOT / 'start.py')!r}, run_name='__main__')\n"
    )
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr == "This needs Python 3.11 or newer; this is Python 3.10.9. Install a newer one, then start again.\n"


@pytest.mark.skipif(sys.platform == "win32", reason="needs a terminal to type into")
def test_a_window_of_its_own_stays_until_what_went_wrong_has_been_read(tmp_path: Path) -> None:
    shutil.copy(ROOT / "start.py", tmp_path)
    (tmp_path / ".venv").mkdir()
    (tmp_path / ".venv" / ".installed-constraints").touch()  # and no list that it could be held against
    for arguments, asks in (([], True), (["demo"], False)):
        ours, theirs = os.openpty()
        command = [sys.executable, str(tmp_path / "start.py"), *arguments]
        with subprocess.Popen(command, stdin=theirs, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
            os.write(ours, b"\n")
            said, _ = process.communicate(timeout=60)
        os.close(ours)
        os.close(theirs)
        assert process.returncode == 2
        assert "constraints.txt cannot be used" in said
        assert ("Press Enter to close this window." in said) == asks


def test_without_a_word_it_opens_the_desk(monkeypatch: pytest.MonkeyPatch) -> None:
    module, done = runpy.run_path(str(ROOT / "start.py")), list[tuple[object, ...]]()

    def run(*command: object) -> int:
        done.append(command[1:])
        return 0

    monkeypatch.setitem(module["main"].__globals__, "install", lambda *which: done.append(which))
    monkeypatch.setitem(module["main"].__globals__, "run", run)
    assert module["main"]([]) == 0
    assert done == [(ROOT / "constraints.txt",), ("-P", "-m", "autograde.cli", "desk")]


def test_the_demo_starts_through_it(tmp_path: Path) -> None:
    done = start("demo", "--students", "2", "--no-serve", "--folder", str(tmp_path / "demo"))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Made a class of 2 invented students" in done.stdout
    assert "Traceback" not in done.stderr


def test_a_file_where_one_happens_to_be_is_not_run(tmp_path: Path) -> None:
    for name in ("typer.py", "typing.py", "autograde.py"):
        (tmp_path / name).write_text("raise SystemExit('planted')")
    done = start("autograde", "--help", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")


def test_nor_while_it_installs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    module = runpy.run_path(str(ROOT / "start.py"))
    (tmp_path / "pip.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(module["install"].__globals__, "VENV", tmp_path)
    # Really run, but as far as pip's own help: what is asked for here is whose pip it is.
    monkeypatch.setitem(
        module["install"].__globals__, "run", lambda *command, **_: subprocess.call([*command[: command.index("pip") + 1], "--help"])
    )
    module["install"](ROOT / "constraints.txt")
    assert (tmp_path / ".installed-constraints").is_file()
    assert not (tmp_path / "ran").exists()


def test_a_folder_that_was_moved_gets_its_packages_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    module, made = runpy.run_path(str(ROOT / "start.py")), list[object]()
    (tmp_path / ".installed-constraints").write_text(f"0 {tmp_path} (3, 11)", "utf-8")  # else its commands ask for where they were
    globals_ = {"VENV": tmp_path, "PYTHON": Path(sys.executable), "run": lambda *_, **__: 0}
    globals_["venv"] = SimpleNamespace(create=lambda *where, **how: made.append((where, how)))
    for name, value in globals_.items():
        monkeypatch.setitem(module["install"].__globals__, name, value)
    for _ in range(2):  # once it is there, it is there
        module["install"](ROOT / "constraints.txt")
    assert made == [((tmp_path,), {"with_pip": True, "clear": True})]


def test_who_watches_the_first_start_sees_how_far_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    module = runpy.run_path(str(ROOT / "start.py"))
    blocks = re.findall(
        r"^(?:appnope|colorama|packaging|pip)==(?:.*\\\n)*.*\n", (ROOT / "constraints.txt").read_text("utf-8"), re.MULTILINE
    )
    few = tmp_path / "constraints.txt"
    few.write_text("".join(blocks), "utf-8")
    ran, run = list[list[str]](), module["run"]

    def look(*command: object, **about: Any) -> int:  # really pip, which looks at what is pinned and changes nothing
        ran.append(list(map(str, command)))
        return 0 if "-e" in command else run(*command, "--dry-run", "--no-deps", **about)

    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    for name, value in {"VENV": tmp_path, "PYTHON": Path(sys.executable), "run": look}.items():
        monkeypatch.setitem(module["install"].__globals__, name, value)
    said = io.StringIO()
    monkeypatch.setattr(said, "isatty", lambda: True)
    with contextlib.redirect_stdout(said):
        module["install"](few)
    assert [one.split("\n")[0] for one in said.getvalue().split("\r")[1:]] == [f"{n} of 4" for n in range(1, 5)]
    own = ran[0][ran[0].index("-r") + 1]
    assert blocks[-1] == Path(own).read_text("utf-8")
    assert "--require-hashes" in ran[0]


@pytest.mark.skipif(sys.platform == "win32", reason="sends a signal to a group of programs")
def test_ctrl_c_waits_for_the_command_to_end(tmp_path: Path) -> None:
    (tmp_path / "sh").write_text("#!/bin/sh\ntrap 'sleep 1; echo put away; exit 7' INT\necho ready\nwhile :; do sleep 0.1; done\n")
    (tmp_path / "sh").chmod(0o755)
    command = [sys.executable, "-u", str(ROOT / "start.py"), "shell"]
    surroundings = os.environ | {"SHELL": str(tmp_path / "sh")}
    with subprocess.Popen(command, env=surroundings, stdout=subprocess.PIPE, text=True, start_new_session=True) as process:
        assert process.stdout is not None
        while process.stdout.readline() != "ready\n":
            assert process.poll() is None
        os.killpg(process.pid, signal.SIGINT)
        assert process.stdout.read() == "put away\n"
    assert process.returncode == 7


def in_readme(section: str) -> list[list[str]]:
    """The lines of each block of commands in a section of the README."""
    text = (ROOT / "README.md").read_text("utf-8").partition(f"## {section}\n")[2].partition("\n## ")[0]
    return [block.strip().splitlines() for block in re.findall(r"^```\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)]


def test_a_line_of_the_readme_is_the_same_in_every_shell() -> None:
    lines = [line for section in ("Try it", "A tutor's first class") for block in in_readme(section) for line in block]
    assert len(lines) > 8
    assert [line for line in lines if re.search(r"[#$%^&|;`'!*\\]", line)] == [], "zsh, cmd or PowerShell would take it otherwise"


@pytest.mark.skipif(sys.platform == "win32", reason="types into sh")
def test_the_readme_works_by_the_letter(tmp_path: Path) -> None:
    """Type its lines, but for `serve`, which others try, into the prompt that it names; do between them what it says in words."""
    [opened], [made, entered], lines = in_readme("A tutor's first class")
    assert opened == "python3 start.py shell"

    def typed(*lines: str) -> tuple[str, list[int]]:
        done = start("shell", cwd=tmp_path, typed="".join(f"{line}\necho code=$?\n" for line in lines), HOME=str(tmp_path))
        assert done.returncode == 0, done.stderr
        return done.stdout + done.stderr, [int(code) for code in re.findall(r"^code=(\d+)$", done.stdout, re.MULTILINE)]

    text, codes = typed(made, entered)
    assert codes == [0, 0], text
    (tmp_path / "my-class" / "students.csv").write_text("First name,Last name,Email address,ID number\nAna,Evans,a@b.org,ana01\n")
    serve = lines.index("autograde serve")
    text, codes = typed(entered, *lines[:2])
    assert codes == [0, 0, 0], text
    [handout] = (tmp_path / "my-class" / "handout").glob("w01-*.zip")
    assert "Tuesday 1 December 2026, 17:00 (UK time)" in text
    hand_in = _student(tmp_path / "ana", handout, handout.stem, load_key("w01"), PROFILES[0], "ana01")
    (tmp_path / "Downloads").mkdir()
    with zipfile.ZipFile(tmp_path / "Downloads" / "moodle.zip", "w") as archive:
        archive.write(hand_in, f"Ana Evans_501_assignsubmission_file/{hand_in.name}")
    text, codes = typed(entered, *lines[2:serve], *lines[serve + 1 :])
    assert codes == [0, 0, 0, 1, 0], text
    assert "1 hand-in taken in" in text
    waiting = sum(item.asks_person for item in real_workbook().assessed())
    assert f"no page. {waiting} to mark by a person" in text, "nobody has marked in formgrader"
    assert (tmp_path / "my-class" / "marks.csv").is_file()
    assert "Traceback" not in text


def test_the_wheel_for_students_holds_no_key(tmp_path: Path) -> None:
    wheel, count = build(ROOT, tmp_path / "dist")
    names = [path.stem for path in (ROOT / "autograde" / "content" / "keys").glob("*.toml")]
    held = {name: secrets(load_key(name), load_rubrics(name), load_samples(name)) for name in names}
    assert {name for name, texts in held.items() if texts} >= {f"w{number:02}" for number in range(1, 11)}, "each has something to leak"
    assert list(leaks({text for texts in held.values() for text in texts}, [wheel])) == []
    with zipfile.ZipFile(wheel) as archive:
        assert not [name for name in archive.namelist() if "autograde" in name or name.endswith(".toml")]
    assert sorted(path.name for path in wheel.parent.iterdir()) == ["requirements.txt", wheel.name]
    lines = (wheel.parent / "requirements.txt").read_text("utf-8").splitlines()
    named = {line.partition("==")[0] for line in lines if not line.startswith((" ", "."))}
    assert len(named) == count
    assert {"voila", "anywidget", "ipykernel", "pywinpty", "colorama"} <= named, "those of other systems, too"
    assert not named & {"nbgrader", "jupyterlab", "autograde", "pytest"}
    assert lines[-1].startswith(f"./{wheel.name} --hash=sha256:")
    assert all("--hash=" in line for line in lines if not re.match(r"[a-z]", line))


def test_a_package_that_is_pinned_twice_is_named_twice() -> None:
    pinned = (
        "typer==1 ; python_version < '3.12' \\\n    --hash=sha256:a\ntyper==2 ; python_version >= '3.12' \\\n    --hash=sha256:b\nzzz==1\n"
    )
    assert [line.partition(" ")[0] for line in needs(pinned)] == ["typer==1", "typer==2"]


@pytest.mark.parametrize("what", ["key", "rubric", "sample", "file"])
def test_a_wheel_with_a_canary_is_not_given_out(tmp_path: Path, what: str) -> None:
    checkout = tmp_path / "checkout"
    shutil.copytree(ROOT / "src", checkout / "src", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE", "constraints.txt"):
        shutil.copy(ROOT / name, checkout)
    if what == "file":
        project = checkout / "pyproject.toml"
        packages = 'packages = ["src/workbook_helpers"]'
        project.write_text(project.read_text("utf-8").replace(packages, 'packages = ["src/workbook_helpers", "src/autograde"]'), "utf-8")
        shutil.copytree(ROOT / "autograde" / "content" / "keys", checkout / "src" / "autograde" / "keys")
    else:
        canary = {
            "key": next(iter(load_key("w01").keys.values())).reason,
            "rubric": next(iter(load_rubrics("w05").rubrics.values())).must_see[0],
            "sample": load_samples("w09").samples[0].why,
        }[what]
        (checkout / "src" / "workbook_helpers" / "left.py").write_text(f"NOTE = {canary!r}\n", "utf-8")
    (tmp_path / "dist").mkdir()
    with pytest.raises(ReleaseError, match="It is not given out"):
        build(checkout, tmp_path / "dist")
    assert list((tmp_path / "dist").iterdir()) == []
