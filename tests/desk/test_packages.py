"""What is installed: the desk's files are in the tutor's wheel, and nothing of it is in the students'."""

import hashlib
import posixpath
import subprocess
import sys
import zipfile
from pathlib import Path

from tests.conftest import ROOT

DESK = ROOT / "autograde" / "desk"


def test_the_tutors_wheel_holds_all_of_it(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    subprocess.run([*command, "--wheel-dir", str(tmp_path), str(ROOT / "autograde")], check=True)
    [wheel] = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = {posixpath.normpath(name) for name in archive.namelist()}
    ours = {path for path in DESK.rglob("*") if path.is_file() and "__pycache__" not in path.parts}
    assert {f"autograde/desk/{path.relative_to(DESK).as_posix()}" for path in ours} <= names
    assert {path.suffix for path in ours} >= {".py", ".j2", ".css", ".js"}


def test_htmx_is_the_file_that_its_version_names() -> None:
    folder = DESK / "vendored" / "htmx"
    said = (folder / "VERSION").read_text("utf-8")
    assert hashlib.sha256((folder / "htmx.min.js").read_bytes()).hexdigest() in said
    assert "Zero-Clause BSD" in (folder / "LICENSE").read_text("utf-8")
