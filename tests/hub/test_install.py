"""install.sh, as far as a machine without systemd and root's leave goes: below a folder, with the packages of this environment."""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from autograde.classes.college import read_college
from tests.conftest import ROOT
from tests.hub.conftest import PROXY
from tests.npm import fetch

SCRIPT = ROOT / "deploy" / "hub" / "install.sh"
PARTS = ("deploy/hub/constraints.txt", "pyproject.toml", "autograde/pyproject.toml")


def run(*words: str | Path, tools: Path | None = None) -> "subprocess.CompletedProcess[str]":
    """Run it; what lies in `tools` is found first."""
    path = os.pathsep.join([*([str(tools)] if tools else []), os.environ["PATH"]])
    command = ["bash", str(SCRIPT), *map(str, words)]
    return subprocess.run(command, env={**os.environ, "PATH": path}, capture_output=True, text=True, timeout=120, check=False)


NO_VENV = f'#!/bin/sh\ncase "$*" in *venv*) echo "asked: $*" >&2; exit 1 ;; esac\nexec {sys.executable} "$@"\n'
"""A Python that makes no folder of packages, and says for which it was asked."""


def put(tool: Path, script: str) -> None:
    """Put a tool there."""
    tool.write_text(script, "utf-8")
    tool.chmod(0o755)


def prepare(prefix: Path) -> None:
    """Have the packages be there already: fetching them takes minutes."""
    opt = prefix / "opt" / "workbook"
    (opt / "venv" / "bin").mkdir(parents=True)
    (opt / "venv" / "bin" / "python").symlink_to(sys.executable)
    digest = hashlib.sha256(b"".join((ROOT / part).read_bytes() for part in PARTS)).hexdigest()
    version = subprocess.check_output(["python3", "-c", "import sys; print(*sys.version_info[:2], sep='.')"], text=True)
    (opt / "venv" / ".installed").write_text(f"{digest}  - {version}", "utf-8")
    fetch(PROXY)
    shutil.copytree(PROXY, opt / "proxy", symlinks=True)


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    prefix = tmp_path_factory.mktemp("server")
    prepare(prefix)
    done = run("--prefix", prefix)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip().splitlines()[-1].startswith("· Done. Now write ")
    return prefix


def tree(folder: Path) -> dict[str, tuple[int, bytes]]:
    """Give path → mode and content of all but the copies of this project, which somebody may be changing."""
    paths = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    kept = (path for path in paths if path.parts[:2] != ("opt", "workbook") or path.parts[2] in ("venv", "proxy"))
    return {str(path): ((folder / path).stat().st_mode, (folder / path).read_bytes()) for path in kept}


def test_what_it_makes(installed: Path) -> None:
    opt = installed / "opt" / "workbook"
    assert {path.name for path in opt.iterdir()} >= {"src", "autograde", "workbooks", "deploy", "venv", "proxy"}
    assert not {"tests", ".git"} & {path.name for path in opt.iterdir()}
    assert {path.name for path in (opt / "docs").iterdir()} == {"tutor.md", "college.md", "lti.md", "scaling.md", "pictures"}
    guide = "from autograde.desk import guide, static_files; assert guide.data().pieces; assert 'desk-home.png' in static_files.FILES"
    around = {**os.environ, "PYTHONPATH": f"{opt / 'src'}{os.pathsep}{opt}"}
    subprocess.run([sys.executable, "-P", "-c", guide], env=around, cwd=installed, check=True)
    assert (opt / "autograde").stat().st_mode & 0o007 == 0  # keys
    modes = {
        "srv/workbook": 0o750,
        "var/lib/workbook-hub": 0o700,
        "etc/workbook": 0o755,
        "etc/workbook/tls": 0o700,
        "etc/workbook/lti": 0o700,
    }
    for folder, mode in modes.items():
        assert (installed / folder).stat().st_mode & 0o777 == mode
    assert (installed / "etc/workbook/hub.env").stat().st_mode & 0o077 == 0
    assert read_college(installed / "etc" / "workbook" / "courses.toml").courses
    unit = (installed / "etc" / "systemd" / "system" / "workbook-hub.service").read_text("utf-8")
    assert "User=workbook\n" in unit
    assert "NoNewPrivileges=yes" in unit
    assert str(installed) not in unit
    for name in ("accounts", "class"):
        assert os.access(installed / "usr" / "local" / "bin" / f"workbook-{name}", os.X_OK)


def open_to_others(folder: Path) -> list[Path]:
    """Give the folders in it that any account of the machine may look into."""
    inside = [one for one in folder.iterdir() if one.is_dir() and not one.is_symlink() and one.stat().st_mode & 0o005]
    return [*inside, *(deeper for one in inside for deeper in open_to_others(one))]


@pytest.mark.parametrize("amid", ["the copying", "the packages"])
def test_no_other_account_reads_a_key_however_early_it_stops(tmp_path: Path, amid: str) -> None:
    opt, tools = tmp_path / "opt" / "workbook", tmp_path / "tools"
    (opt / "venv" / "bin").mkdir(parents=True)
    (opt / "venv" / "bin" / "python").symlink_to("/bin/false")
    tools.mkdir()
    if amid == "the packages":
        put(tools / "python3", NO_VENV)
    else:
        stops = f'#!/bin/sh\n{shutil.which("cp")} "$@" || exit\ncase "$*" in *autograde*) exit 1 ;; esac\n'
        put(tools / "cp", stops)
    done = run("--prefix", tmp_path, "--no-start", tools=tools)
    assert "what it had done stays" in done.stderr
    assert list(opt.rglob("content/keys/*.toml")), "the keys have come"
    assert not {"keys", "rubrics", "samples"} & {folder.name for folder in open_to_others(opt)}
    assert amid == "the copying" or (opt / "autograde").stat().st_mode & 0o777 == 0o750


def test_again_changes_nothing_that_is_so_and_keeps_what_is_the_college_s(installed: Path) -> None:
    with (installed / "etc" / "workbook" / "courses.toml").open("a", encoding="utf-8") as ours:
        ours.write("# ours\n")
    (installed / "srv" / "workbook" / "care").mkdir(exist_ok=True)
    before = tree(installed)
    done = run("--prefix", installed)
    assert done.returncode == 0, done.stderr
    assert tree(installed) == before
    assert "Nothing was started" in done.stdout


def test_packages_of_another_python_are_made_anew(tmp_path: Path) -> None:
    prepare(tmp_path)
    venv, tools = tmp_path / "opt" / "workbook" / "venv", tmp_path / "tools"
    (venv / "bin" / "python").unlink()
    (venv / "bin" / "python").symlink_to("/bin/false")  # of a Debian that has another Python since
    (venv / ".installed").write_text((venv / ".installed").read_text("utf-8").rpartition(" ")[0] + " 3.10\n", "utf-8")
    tools.mkdir()
    put(tools / "python3", NO_VENV)
    done = run("--prefix", tmp_path, tools=tools)
    assert done.returncode
    assert f"-m venv --clear {venv}" in done.stderr


def test_with_a_jupyterlab_the_hub_is_root_and_its_services_are_not_and_a_newer_copy_is_learners_too(tmp_path: Path) -> None:
    prepare(tmp_path)
    opt, labs, tools = tmp_path / "opt" / "workbook", tmp_path / "opt" / "workbook-lab", tmp_path / "tools"
    (labs / "bin").mkdir(parents=True)
    tools.mkdir()
    put(labs / "bin" / "python", f'#!/bin/sh\necho "$*" >>{tools / "asked"}\n')  # installs nothing
    assert run("--lab", "--prefix", tmp_path).returncode == 0
    unit = (tmp_path / "etc" / "systemd" / "system" / "workbook-hub.service").read_text("utf-8")
    assert "User=root\n" in unit
    assert "WORKBOOK_ACCOUNT=workbook\n" in unit
    assert f"--force-reinstall {opt}\n" in (tools / "asked").read_text("utf-8")
    for more, again in (("x.pyc", False), ("x.js", True)):
        (tools / "asked").unlink()
        copies = f'#!/bin/sh\n{shutil.which("cp")} "$@" || exit\ncase "$*" in *src) touch {opt}/.new/src/{more} ;; esac\n'
        put(tools / "cp", copies)
        assert run("--lab", "--prefix", tmp_path, tools=tools).returncode == 0
        assert (tools / "asked").exists() == again, more
        (tools / "asked").touch()


@pytest.mark.skipif(sys.platform != "linux", reason="needs Debian's systemd")
def test_systemd_takes_the_unit(installed: Path) -> None:
    unit = installed / "etc" / "systemd" / "system" / "workbook-hub.service"
    done = subprocess.run(["systemd-analyze", "verify", "--man=no", unit], capture_output=True, text=True, timeout=60, check=False)
    ours = [line for line in done.stderr.splitlines() if "workbook-hub" in line and "is not executable" not in line]
    assert not ours


def test_it_teaches_and_refuses_in_one_line() -> None:
    assert run("--help").stdout.startswith("Usage: install.sh")
    for words, said in ((["--labs"], "there is no option --labs"), (["--prefix"], "--prefix needs a folder")):
        done = run(*words)
        assert done.returncode == 2
        assert said in done.stderr
        assert len(done.stderr.splitlines()) == 1
