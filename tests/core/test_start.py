"""start.py: what it says before it installs anything, and the demo on a machine where all is installed."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def start(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, str(ROOT / "start.py"), *arguments], capture_output=True, text=True, check=False)


def test_help_names_each_command() -> None:
    done = start("--help")
    assert done.returncode == 0
    for command in ("demo", "test", "workbook", "autograde"):
        assert f"python3 start.py {command}" in done.stdout
    assert start("nonsense").returncode == 2


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


def test_the_demo_starts_through_it(tmp_path: Path) -> None:
    done = start("demo", "--students", "2", "--no-serve", "--folder", str(tmp_path / "demo"))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Made a class of 2 invented students" in done.stdout
    assert "Traceback" not in done.stderr
