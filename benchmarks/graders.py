"""How long marking takes beside two other graders for notebooks: e2xgrader, and otter-grader without its containers.

The class of `benchmarks/marking.py`, in each grader's own form; the same students choose the same options, and the points
of every closed question are held against ours before anything is printed. Every command has its start-up with it.

What each can express of it
---------------------------
e2xgrader     Its own single-choice cells, marked by its own grader without code, in nbgrader's `autograde` (so a kernel is
              started for each student all the same). Written tasks are nbgrader's: both are in the same gradebook.
otter-grader  No choice cells: `answer_3 = "b"` in a code cell, and a test for each. `otter run` takes one notebook and keeps
              no gradebook; `otter grade`, which takes a class, wants Docker and is not run. Written tasks leave it as a PDF
              for a person; they are in the notebook, and the PDF is not made.

Each is installed from the package index into an environment of its own (two minutes), since e2xgrader wants an older nbgrader.

Examples
--------
    python benchmarks/graders.py                                # 10 students, 3 rounds: some 5 minutes
    python benchmarks/graders.py --students 1 --pairs 1 --only ""  # our half alone, which the tests run: nothing is installed
    python benchmarks/graders.py --environments /tmp/graders    # keeps the two environments for the next time
    python benchmarks/graders.py --write docs/measurements/graders.md
"""

import argparse
import json
import os
import sqlite3
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from statistics import median
from typing import Any

from marking import BIN, CLOSED, GRADES, NAME, WRITTEN, Run, cell, chosen, made_by, make_ours, notebook, run, said, surroundings, teaching

WANTED = {"e2xgrader": ["e2xgrader==0.3.6"], "otter-grader": ["otter-grader==7.0.0", "ipykernel"]}
SCRIPTS = "Scripts" if os.name == "nt" else "bin"
Points = dict[tuple[str, str], float]  # (student, question) → points


def environment(root: Path, name: str) -> Path:
    """Give the commands of a grader, installed if it is not there yet."""
    home = root / name
    if not (home / "ready").exists():
        sys.stderr.write(f"Installing {' '.join(WANTED[name])}\n")
        subprocess.run([sys.executable, "-m", "venv", home], check=True)
        subprocess.run([home / SCRIPTS / "python", "-m", "pip", "install", "--quiet", *WANTED[name]], check=True)
        (home / "ready").touch()
    return home / SCRIPTS


def e2xgrader(root: Path, students: int, env: dict[str, str], commands: Path) -> tuple[Run, Points]:
    """Mark the class with e2xgrader."""
    course = root / "e2x"
    (course / "source" / NAME).mkdir(parents=True)
    config = 'from e2xgrader.config import configure_base\nc = get_config()\nconfigure_base(c)\nc.CourseDirectory.course_id = "e2x"\n'
    (course / "nbgrader_config.py").write_text(config)
    env = env | {"PATH": f"{commands}{os.pathsep}{env['PATH']}"}

    def cells(values: str, text: str) -> list[dict[str, Any]]:
        made = teaching()
        for n, value in enumerate(values):
            options = "\n".join(f"- Answer {c}, with as many words as an answer has" for c in "abcd")
            one = cell("markdown", f"w98-q{n:02}", options, grade=True, locked=False, points=1, solution=True, cell_type="markdown")
            one["metadata"]["extended_cell"] = {"type": "singlechoice", "choice": ["abcd".index(value)]}
            made.append(one)
        return made + [cell("markdown", f"w98-t{n:02}", text, grade=True, locked=False, points=5, solution=True) for n in range(WRITTEN)]

    (course / "source" / NAME / f"{NAME}.ipynb").write_text(notebook(cells("b" * CLOSED, "Write here."), "python3"))
    run(course, str(commands / "nbgrader"), "generate_assignment", NAME, "--CourseDirectory.student_id=.", env=env)
    released = (course / "release" / NAME / f"{NAME}.ipynb").read_text()
    for n in range(students):
        folder = course / "submitted" / f"s{n:06}" / NAME
        folder.mkdir(parents=True)
        theirs = json.loads(released)
        mine = {one["id"]: one for one in cells("".join(chosen(n)), said(n))}
        for one in theirs["cells"]:
            if one["metadata"].get("nbgrader", {}).get("solution"):
                given = mine[one["metadata"]["nbgrader"]["grade_id"]]
                if "extended_cell" in one["metadata"]:
                    one["metadata"]["extended_cell"]["choice"] = given["metadata"]["extended_cell"]["choice"]
                else:
                    one["source"] = given["source"]
        (folder / f"{NAME}.ipynb").write_text(json.dumps(theirs))
    took = run(course, str(commands / "nbgrader"), "autograde", NAME, "--create", env=env)
    return took, points_in(course / "gradebook.db")


def otter(root: Path, students: int, env: dict[str, str], commands: Path) -> tuple[Run, Points]:
    """Mark the class with otter-grader, one notebook after another."""
    course = root / "otter"
    (course / "tests").mkdir(parents=True)
    for n in range(CLOSED):
        case = {"code": f">>> answer_{n} == 'b'\nTrue", "hidden": False, "locked": False}
        suite = {"cases": [case], "scored": True, "setup": "", "teardown": "", "type": "doctest"}
        test = {"name": f"q{n:02}", "points": 1, "suites": [suite]}
        (course / "tests" / f"q{n:02}.py").write_text(f"OK_FORMAT = True\ntest = {test!r}\n")
    run(course, str(commands / "otter"), "generate", "-t", "tests", "-o", "autograder.zip", "--no-environment", env=env)
    for n in range(students):
        made = teaching() + [cell("code", f"a{i:02}", f"answer_{i} = {value!r}") for i, value in enumerate(chosen(n))]
        made += [cell("markdown", f"w98-t{i:02}", said(n)) for i in range(WRITTEN)]
        (course / f"s{n:06}").mkdir()
        (course / f"s{n:06}.ipynb").write_text(notebook(made, "python3"))
    each = f"for one in s*.ipynb; do {commands}/otter run $one -a autograder.zip -o ${{one%.ipynb}} --no-logo || exit 1; done"
    took = run(course, "sh", "-c", each, env=env | {"PATH": f"{commands}{os.pathsep}{env['PATH']}"})
    points = {}
    for folder in course.glob("s*/"):
        for test in json.loads((folder / "results.json").read_text())["tests"]:
            if (name := test["name"]).startswith("q"):
                points[folder.name, f"w98-{name[:3]}"] = test["score"]
    return took, points


def points_in(database: Path) -> Points:
    """Read the points of the closed questions from a gradebook."""
    with sqlite3.connect(database) as connection:
        return {(student, name): score for student, name, score, _ in connection.execute(GRADES) if name.startswith("w98-q")}


def race(students: int, rounds: int, home: Path, only: list[str]) -> dict[str, list[Run]]:
    """Let ours and those of `only` mark the class `rounds` times."""
    runs: dict[str, list[Run]] = defaultdict(list)
    graders = {name: grader for name, grader in {"e2xgrader": e2xgrader, "otter-grader": otter}.items() if name in only}
    commands = {name: environment(home, name) for name in graders}
    for number in range(rounds):
        with tempfile.TemporaryDirectory() as name:
            root = Path(name)
            env = surroundings(root)
            course = make_ours(root, students, env)
            runs["ours"].append(run(course, str(BIN / "autograde"), "mark", "w98", env=env))
            ours = points_in(course / "gradebook.db")
            if len(ours) != students * CLOSED:
                sys.exit(f"Ours gave points to {len(ours)} answers of {students * CLOSED}.")
            for grader, mark in graders.items():
                took, points = mark(root, students, env, commands[grader])
                runs[grader].append(took)
                if points != ours:
                    different = [(one, ours[one], points.get(one)) for one in ours if points.get(one) != ours[one]]
                    sys.exit(f"{grader} gives other points than we do: {different[:3]}")
        sys.stderr.write(f"round {number + 1} of {rounds}: {', '.join(f'{name} {run[-1].wall:.1f} s' for name, run in runs.items())}\n")
    return runs


def report(runs: dict[str, list[Run]], students: int) -> str:
    """Give the table."""
    lines = ["# Marking beside other graders\n", made_by("benchmarks/graders.py", len(runs["ours"]))]
    beside = ", ".join(wanted[0].replace("==", " ") for name, wanted in WANTED.items() if name in runs)
    lines.append(
        f"{students} students, {CLOSED} closed questions, {WRITTEN} written tasks; points of all closed questions equal. "
        f"{beside or 'Ours alone'}. What each can express of it stands in the script's help.\n"
    )
    lines += ["| grader | wall | CPU | wall / ours | CPU / ours |", "|---|---|---|---|---|"]
    for name, each in runs.items():
        pairs = list(zip(each, runs["ours"], strict=True))
        took = [f"{median(getattr(one, way) for one in each):.1f} s" for way in ("wall", "cpu")]
        took += [f"**{median(getattr(one, way) / getattr(mine, way) for one, mine in pairs):.0f}**" for way in ("wall", "cpu")]
        lines.append(f"| {name} | {' | '.join(took)} |")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Measure, print, and keep if asked to."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--students", type=int, default=10, help="how many students (default %(default)s)")
    parser.add_argument("--pairs", type=int, default=3, help="how many rounds (default %(default)s)")
    parser.add_argument("--only", default=",".join(WANTED), help="which graders beside ours, with a comma (default %(default)s)")
    parser.add_argument("--environments", type=Path, metavar="DIR", help="where the two environments are kept; thrown away if left out")
    parser.add_argument("--write", type=Path, metavar="FILE", help="keep the table in this Markdown file, too")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        text = report(race(wanted.students, wanted.pairs, wanted.environments or Path(name), wanted.only.split(",")), wanted.students)
    sys.stdout.write(text)
    if wanted.write:
        wanted.write.write_text(text, "utf-8")


if __name__ == "__main__":
    main()
