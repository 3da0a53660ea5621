"""Every benchmark still runs, at its smallest size. (Other graders are not installed for it: of `graders.py` our half runs.)"""

import re
import subprocess
import sys

import pytest

from tests.conftest import HEADLESS, ROOT

SMALLEST = {
    "class_load": (
        ["--students", "3", "--seconds", "1", "--every", "1", "--browsers", "1", "--chromium", HEADLESS],
        r"“All saved” is shown \| [1-9][^#]+0 errors; 0 acknowledged answers missing; 3 hand-ins arrived[^#]+## What it means for 100,000",
    ),
    "marking": (
        ["--students", "1", "--wait", "1", "--pairs", "1", "--college", "2x1"],
        r"\| 1 \| [\d.]+ s \| \d+ s \| \*\*\d+\*\*[^#]+\| a cluster of two workers \| [\d.]+ s",
    ),
    "graders": (["--students", "1", "--pairs", "1", "--only", ""], r"\| ours \| [\d.]+ s"),
    "lists": (["--students", "2", "--pairs", "1"], r"\| Manage Students, one student \| [\d.]+ s"),
    "page": (
        ["--profiles", "desktop", "--rounds", "1", "--keys", "1", "--questions", "1,2", "--caches", "cold", "--chromium", HEADLESS],
        r"\| 1 \| our Voila page, desktop: `answers.json` \| \d+ ms",
    ),
    "page --walk": (["--walk", "w00", "--chromium", HEADLESS], r"\| w00-start-here \|[^#]+no section above 12 screens \| [\d.]+ \| met"),
    "desk": (
        ["--classes", "3", "--answers", "2", "--visits", "1", "--chromium", HEADLESS],
        r"\| 3 \| formgrader \| 1, 3 \| \d+ ms[^#]+\| 3 \| give-back \| \d+ ms",
    ),
    "hints": ([], r"\| task held out: called missing \|[^#]+## Answers written for a level[^#]+each further answer \d+ ms"),
    "near": (["--classes", "5"], r"\| 5 \| \d+\.\d s"),
    "records": (["--learners", "5", "--size", "3", "--decisions", "60", "--workbooks", "1"], r"\| the grid, again \| \d+ ms"),
    "site": ([], r"\| the file as it is \| \d+\.\d kB"),
}


@pytest.mark.parametrize("name", SMALLEST)
def test_a_benchmark_runs_to_its_last_table(name: str) -> None:
    options, last = SMALLEST[name]
    command = [sys.executable, str(ROOT / "benchmarks" / f"{name.split(maxsplit=1)[0]}.py"), *options]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=280)
    assert done.returncode == 0, done.stderr[-2000:]
    assert re.search(last, done.stdout), done.stdout


def test_every_benchmark_is_run() -> None:
    assert {path.stem for path in (ROOT / "benchmarks").glob("*.py")} == {name.split(maxsplit=1)[0] for name in SMALLEST}
