"""How long formgrader's lists of a large class take, without and with the indices and counts that marking leaves behind.

nbgrader's own server, as `autograde serve` starts it, on the marked class of `benchmarks/marking.py`; what a page of its asks
the server for is asked for here, three times each. "Without" is the same gradebook with our indices and counts taken out.

Examples
--------
    python benchmarks/lists.py                                     # 1,000 students, 3 rounds: some 3 minutes
    python benchmarks/lists.py --students 2 --pairs 1              # the smallest, which the tests run: does it still work?
    python benchmarks/lists.py --write docs/measurements/lists.md
"""

import argparse
import os
import sqlite3
import sys
import tempfile
import time
import urllib.request
from collections import defaultdict
from pathlib import Path
from statistics import median
from urllib.parse import parse_qs, urlsplit

from marking import BIN, NAME, made_by, make_ours, run, surroundings

from autograde.classes.folder import Course
from autograde.nbgrader.serve import serving

LISTS = {
    "Manage Assignments": "assignments",
    "Manage Submissions": f"submissions/{NAME}",
    "Gradebook": f"notebooks/{NAME}",
    "Gradebook, the notebook's submissions": f"submitted_notebooks/{NAME}/{NAME}",
    "Manage Students": "students",
    "Manage Students, one student": "student_submissions/s000001",
}
OURS = "SELECT name FROM sqlite_master WHERE type = 'index' AND name LIKE 'autograde_%'"
Times = dict[tuple[str, str], list[float]]  # (list, "without" or "with") → seconds


def strip(database: Path) -> None:
    """Take our indices and counts out of a gradebook."""
    with sqlite3.connect(database) as connection:
        for (name,) in connection.execute(OURS).fetchall():
            connection.execute(f'DROP INDEX "{name}"')
        connection.execute("DROP TABLE IF EXISTS sqlite_stat1")


def ask(course: Path, how: str, times: Times) -> None:
    """Start the server and ask for each list."""
    with serving(Course(course)) as served:
        token = parse_qs(urlsplit(served.formgrader).query)["token"][0]
        base = served.formgrader.partition("?")[0]
        for turn in range(3):
            for title, path in LISTS.items():
                request = urllib.request.Request(f"{base}/api/{path}", headers={"Authorization": f"token {token}"})  # noqa: S310
                start = time.perf_counter()
                with urllib.request.urlopen(request, timeout=600) as reply:  # noqa: S310  our own server
                    held = reply.read()
                if len(held) < 100:
                    sys.exit(f"{path} gave {held!r}")
                if turn:  # the first time also imports
                    times[title, how].append(time.perf_counter() - start)


def main() -> None:
    """Measure, print, and keep if asked to."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--students", type=int, default=1000, help="how many students (default %(default)s)")
    parser.add_argument("--pairs", type=int, default=3, help="how many rounds (default %(default)s)")
    parser.add_argument("--write", type=Path, metavar="FILE", help="keep the table in this Markdown file, too")
    wanted = parser.parse_args()
    times: Times = defaultdict(list)
    with tempfile.TemporaryDirectory() as name:
        env = surroundings(Path(name))
        os.environ.update(env)
        course = make_ours(Path(name), wanted.students, env)
        for number in range(wanted.pairs):
            run(course, str(BIN / "autograde"), "mark", "w98", "--force", env=env)
            for how in ("with", "without"):
                if how == "without":
                    strip(course / "gradebook.db")
                ask(course, how, times)
            sys.stderr.write(f"round {number + 1} of {wanted.pairs}\n")
    lines = ["# formgrader's lists\n", f"{made_by('benchmarks/lists.py', wanted.pairs)} {wanted.students:,} students.\n"]
    lines += ["| list | without | with our indices and counts | without / with |", "|---|---|---|---|"]
    for title in LISTS:
        without, having = (median(times[title, how]) for how in ("without", "with"))
        lines.append(f"| {title} | {without:.2f} s | {having:.2f} s | **{without / having:.1f}** |")
    text = "\n".join(lines) + "\n"
    sys.stdout.write(text)
    if wanted.write:
        wanted.write.write_text(text, "utf-8")


if __name__ == "__main__":
    main()
