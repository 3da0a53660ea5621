"""How long marking and feedback take, beside nbgrader on the same answers.

One class, built twice: as ours (20 questions of one best answer, 6 written tasks), and as a plain nbgrader assignment (20
answer cells with a test cell each, 6 manually graded answers); in both, the students' notebooks also hold a workbook's
teaching text. Every command runs in a process of its own, start-up included, turn by turn; a ratio is the median of the
rounds' ratios. The two gradebooks are held against each other row by row before anything is printed. For classes too large
to wait for, nbgrader's start-up (a class of one) and its time for each further submission of the largest class that was waited
for are carried forward, marked "~". `--college` marks copies of one class as a college does: by one process, two, and a Dask
cluster of two workers, turn by turn; two commands that know nothing of each other show what two processes could be at best.

Examples
--------
    python benchmarks/marking.py                                      # 30 and 1,000 students; some 4 minutes a round
    python benchmarks/marking.py --students 1 --wait 1 --pairs 1 --college 2x1   # the smallest, which the tests run: does it still work?
    python benchmarks/marking.py --students 30,100,300,1000,10000 --wait 100 --college 40x250 --write docs/measurements/marking.md
"""

import argparse
import json
import os
import platform
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any

CLOSED, WRITTEN, NAME = 20, 6, "w98-benchmark"
HALVES = "two commands side by side, half of the classes each: the ceiling of this machine"
BIN, WORKBOOKS = Path(sys.executable).parent, Path(__file__).resolve().parents[1] / "workbooks"
MAKE = """import sys
from pathlib import Path
from autograde.classes.new import new_course
from autograde.classes.roster import import_roster
from autograde.outbox.release import release
course = new_course(Path(sys.argv[1]))
import_roster(course, Path(sys.argv[2]))
release(course, "w98")"""
"""Makes a class with learners and the workbook, by one process: to begin each command of a tutor anew is not what is measured here."""
GRADES = """
SELECT s.student_id, c.name, g.auto_score, g.needs_manual_grade FROM grade g JOIN base_cell c ON c.id = g.cell_id
JOIN submitted_notebook n ON n.id = g.notebook_id JOIN submitted_assignment s ON s.id = n.assignment_id ORDER BY 1, 2
"""


@dataclass(frozen=True, kw_only=True)
class Run:
    """One command: seconds on the clock, seconds of CPU with all its children, and the largest process in MB."""

    wall: float
    cpu: float
    memory: float


def surroundings(root: Path) -> dict[str, str]:
    """Give the environment that every command runs in: the class's own shelf, and compiled modules kept, as on anybody's machine."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    ours = {"WORKBOOKS_DIR": str(root / "shelf"), "AUTOGRADE_KEYS": str(root / "own"), "JUPYTER_CONFIG_DIR": str(root)}
    return kept | ours | {"PATH": f"{BIN}{os.pathsep}{kept['PATH']}"}


def run(folder: Path, *command: str, env: dict[str, str]) -> Run:
    """Run a command to its end."""
    return run_together(folder, list(command), env=env)


def run_together(folder: Path, *commands: list[str], env: dict[str, str]) -> Run:
    """Run commands at the same time, to the end of the last."""
    start = time.perf_counter()
    logs = [folder / f"log-{number}.txt" for number in range(len(commands))]
    processes = []
    for command, log in zip(commands, logs, strict=True):
        with log.open("wb") as file:
            processes.append(subprocess.Popen(command, cwd=folder, env=env, stdout=file, stderr=subprocess.STDOUT))
    cpu, memory = 0.0, 0.0
    for process, log in zip(processes, logs, strict=True):
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            sys.exit(f"{' '.join(map(str, process.args))} failed:\n{log.read_text()[-2000:]}")
        cpu, memory = cpu + usage.ru_utime + usage.ru_stime, max(memory, usage.ru_maxrss / 1024)
    return Run(wall=time.perf_counter() - start, cpu=cpu, memory=memory)


def chosen(student: int) -> list[str]:
    """Give the student's choices, about two of three right (the right one is always "b")."""
    return ["bbabcb"[(student * 7 + n * n + student * n) % 6] for n in range(CLOSED)]


def cell(kind: str, name: str, source: str, **nbgrader: Any) -> dict[str, Any]:
    """Make a notebook cell."""
    made: dict[str, Any] = {"cell_type": kind, "id": name, "metadata": {}, "source": source}
    if nbgrader:
        made["metadata"]["nbgrader"] = {"grade_id": name, "schema_version": 3, "task": False, **nbgrader}
    return made | ({"outputs": [], "execution_count": None} if kind == "code" else {})


def teaching() -> list[dict[str, Any]]:
    """Give the text of a real workbook, without its pictures."""
    cells = json.loads(next((WORKBOOKS / "w02-the-people-you-work-with").glob("*.ipynb")).read_text("utf-8"))["cells"]
    texts = ["".join(one["source"]) for one in cells if one["cell_type"] == "markdown"]
    return [cell("markdown", f"text-{n:02}", re.sub(r"!\[[^\]]*\]\([^)]*\)", "", text)) for n, text in enumerate(texts)]


def said(student: int) -> str:
    """Give what a student writes."""
    return f"I told my senior, because the person has a right to it ({student}). " * 8


def notebook(cells: list[dict[str, Any]], kernel: str) -> str:
    """Write a notebook."""
    spec = {"kernelspec": {"display_name": kernel, "language": "python", "name": kernel}}
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": spec | {"workbook": {"id": "w98", "schema": 1}}, "cells": cells})


def make_ours(root: Path, students: int, env: dict[str, str]) -> Path:
    """Make our class, with all answers handed in."""
    shelf = root / "shelf" / NAME
    shelf.mkdir(parents=True)
    options = ", ".join(f'{{ id = "{c}", text = "Answer {c}, with as many words as an answer has" }}' for c in "abcd")
    closed = [f"w98-q{n:02}" for n in range(CLOSED)]
    tasks = [f"w98-t{n:02}" for n in range(WRITTEN)]
    items = "".join(
        f'[[items]]\nid = "{name}"\nkind = "single"\npurpose = "assessed"\npoints = 1\nstem = "What is right in case {name}?"\n'
        f"options = [{options}]\n"
        for name in closed
    )
    items += "".join(
        f'[[items]]\nid = "{name}"\nkind = "written"\npurpose = "assessed"\npoints = 5\nstem = "Explain {name}."\nwords = 150\n'
        for name in tasks
    )
    (shelf / "items.toml").write_text(items)
    (shelf / "workbook.toml").write_text('id = "w98"\ntitle = "A benchmark"\norder = 98\nminutes = 60\n')
    cells = teaching()
    cells += [cell("code", name, f'ask("{name}")', grade=True, locked=True, points=1, solution=False) for name in closed]
    cells += [cell("code", name, f'ask("{name}")', grade=True, locked=False, points=5, solution=True) for name in tasks]
    (shelf / f"{NAME}.ipynb").write_text(notebook(cells, "workbook"))
    for part in ("keys", "rubrics"):
        (root / "own" / part).mkdir(parents=True)
    keys = "".join(f'{name} = {{ right = "b", reason = "Because b is what the policy says." }}\n' for name in closed)
    (root / "own/keys/w98.toml").write_text(f'workbook = "w98"\nversion = 1\n[keys]\n{keys}')
    rubric = 'criterion = "1.1"\nverb = "explain"\nverb_check = "With reasons."\nworkplace_check = "From own work."\n'
    rubric += 'indicative_content = ["A reason."]\n'
    rubric += 'must_see = ["A reason."]\nnot_enough = ["A list."]\nunsafe = ["A name."]\n'
    rubric += (
        'levels = [{ points = "0–2", title = "Not yet", text = "No reason." }, { points = "3–5", title = "Met", text = "A reason." }]\n'
    )
    (root / "own/rubrics/w98.toml").write_text('workbook = "w98"\nversion = 1\n' + "".join(f"[rubrics.{name}]\n{rubric}" for name in tasks))
    (root / "roster.csv").write_text("id,first name,last name\n" + "".join(f"s{n:06},A{n},B{n}\n" for n in range(students)))
    course = root / "ours"
    # Released although it teaches nothing and all its answers are the same: what takes time is the same as in a real one.
    run(root, sys.executable, "-c", MAKE, str(course), str(root / "roster.csv"), env=env)
    for n in range(students):
        folder = course / "submitted" / f"s{n:06}" / NAME
        folder.mkdir(parents=True)
        values = dict(zip(closed, chosen(n), strict=True)) | dict.fromkeys(tasks, said(n))
        answers = {name: {"value": value, "saved_at": "2026-11-20T10:00:00.000+00:00", "revision": 1} for name, value in values.items()}
        (folder / "answers.json").write_text(json.dumps({"schema": 1, "workbook": "w98", "revision": 1, "answers": answers}))
        shutil.copyfile(course / "release" / NAME / f"{NAME}.ipynb", folder / f"{NAME}.ipynb")
    return course


def make_theirs(root: Path, students: int, env: dict[str, str]) -> Path:
    """Make the plain nbgrader class."""
    course = root / "theirs"
    (course / "source" / NAME).mkdir(parents=True)
    (course / "nbgrader_config.py").write_text('c = get_config()\nc.CourseDirectory.course_id = "theirs"\n')

    def cells(values: list[str | None], text: str) -> list[dict[str, Any]]:
        made = teaching()
        for n, value in enumerate(values):
            made.append(cell("code", f"a{n:02}", f"answer_{n} = {value!r}", grade=False, locked=False, solution=True))
            made.append(cell("code", f"w98-q{n:02}", f'assert answer_{n} == "b"', grade=True, locked=True, points=1, solution=False))
        made += [cell("markdown", f"w98-t{n:02}", text, grade=True, locked=False, points=5, solution=True) for n in range(WRITTEN)]
        return made

    (course / "source" / NAME / f"{NAME}.ipynb").write_text(notebook(cells([None] * CLOSED, "Write here."), "python3"))
    run(course, str(BIN / "nbgrader"), "generate_assignment", NAME, "--CourseDirectory.student_id=.", env=env)
    released = json.loads((course / "release" / NAME / f"{NAME}.ipynb").read_text())
    for n in range(students):
        folder = course / "submitted" / f"s{n:06}" / NAME
        folder.mkdir(parents=True)
        mine = {made["id"]: made["source"] for made in cells(list(chosen(n)), said(n))}
        for one in released["cells"]:
            if not one["metadata"].get("nbgrader", {}).get("locked", True):
                one["source"] = mine[one["metadata"]["nbgrader"]["grade_id"]]
        (folder / f"{NAME}.ipynb").write_text(json.dumps(released))
    return course


def rows(course: Path) -> list[tuple[Any, ...]]:
    """Read a gradebook."""
    with sqlite3.connect(course / "gradebook.db") as connection:
        return connection.execute(GRADES).fetchall()


def race(sizes: list[int], wait: int, rounds: int) -> dict[tuple[str, int], list[Run]]:
    """Run every command `rounds` times on a fresh class; nbgrader's on a class of one, too, if it is to be carried forward.

    All classes are kept to the end: where folders have just been removed, ext4 takes a millisecond to make a new one.
    """
    runs: dict[tuple[str, int], list[Run]] = defaultdict(list)
    all_sizes = sorted({1, *sizes}) if max(sizes) > wait else sizes
    with tempfile.TemporaryDirectory() as name:
        for number in range(rounds):
            for size in all_sizes if number % 2 else reversed(all_sizes):
                root = Path(name) / f"{number}-{size}"
                root.mkdir()
                env = surroundings(root)
                ours = make_ours(root, size, env)
                runs["mark", size].append(run(ours, str(BIN / "autograde"), "mark", "w98", env=env))
                runs["again", size].append(run(ours, str(BIN / "autograde"), "mark", "w98", env=env))
                runs["feedback", size].append(run(ours, str(BIN / "autograde"), "feedback", "w98", "--partial", env=env))
                if size <= wait:
                    theirs = make_theirs(root, size, env)
                    runs["nbgrader mark", size].append(run(theirs, str(BIN / "nbgrader"), "autograde", NAME, "--create", env=env))
                    runs["nbgrader feedback", size].append(run(theirs, str(BIN / "nbgrader"), "generate_feedback", NAME, env=env))
                    if (mine := rows(ours)) != (other := rows(theirs)):
                        different = [pair for pair in zip(mine, other, strict=False) if pair[0] != pair[1]]
                        sys.exit(f"The gradebooks differ ({len(mine)} and {len(other)} rows): {different[:3]}")
                sys.stderr.write(f"round {number + 1} of {rounds}, {size} students: marked in {runs['mark', size][-1].wall:.1f} s\n")
    return runs


def theirs_at(runs: dict[tuple[str, int], list[Run]], command: str, size: int) -> list[Run]:
    """Give nbgrader's runs of a command for so many students, measured or carried forward from the largest class that was."""
    if (command, size) in runs:
        return runs[command, size]
    known = max(held for name, held in runs if name == command)
    further = (size - 1) / (known - 1)

    def carried(one: float, many: float) -> float:
        return one + (many - one) * further

    pairs = zip(runs[command, 1], runs[command, known], strict=True)
    return [Run(wall=carried(one.wall, many.wall), cpu=carried(one.cpu, many.cpu), memory=many.memory) for one, many in pairs]


def college(classes: int, students: int, rounds: int) -> dict[str, list[Run]]:
    """Let one process, two, a Dask cluster of two workers and two commands side by side mark the same classes again, turn by turn."""
    from distributed import LocalCluster

    took: dict[str, list[Run]] = defaultdict(list)
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        env = surroundings(root)
        first = make_ours(root, students, env)
        courses = [first, *(shutil.copytree(first, root / f"class-{n}") for n in range(1, classes))]
        mark = [str(BIN / "autograde"), "mark", "--force", "--all"]
        run(root, *mark, *map(str, courses), env=env)
        wanted = rows(first)
        os.environ |= env  # for the cluster's workers
        with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
            whole = list(map(str, courses))
            alone = [*mark, "--workers", "1"]
            each = {"one process": [[*alone, *whole]], "two processes": [[*mark, "--workers", "2", *whole]]}
            each["a cluster of two workers"] = [[*mark, "--scheduler", cluster.scheduler_address, *whole]]
            each[HALVES] = [[*alone, *whole[::2]], [*alone, *whole[1::2]]]
            for number in range(rounds):
                for way, commands in each.items() if number % 2 == 0 else reversed(each.items()):
                    took[way].append(run_together(root, *commands, env=env))
                    if any(rows(course) != wanted for course in courses):
                        sys.exit(f"{way} gives other rows.")
                told = ", ".join(f"{way} {held[-1].wall:.1f} s" for way, held in took.items())
                sys.stderr.write(f"round {number + 1} of {rounds}: {told}\n")
    return took


def made_by(script: str, rounds: int) -> str:
    """Say where figures come from."""
    git = subprocess.run(["git", "describe", "--always", "--dirty"], cwd=WORKBOOKS, capture_output=True, text=True, check=False)
    machine = f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, {platform.system()}, Python {platform.python_version()}"
    return (
        f"Made by `python {script}`, {time.strftime('%d %B %Y')}, from {git.stdout.strip()}: {machine}, nbgrader {version('nbgrader')}; "
        f"{rounds} rounds, medians; every command with its start-up."
    )


def report(runs: dict[tuple[str, int], list[Run]], sizes: list[int], wait: int, otherwise: dict[str, list[Run]], what: str) -> str:
    """Give the tables."""
    lines = ["# Marking and feedback beside nbgrader\n"]
    lines.append(
        f"{made_by('benchmarks/marking.py', max(len(each) for each in runs.values()))} {CLOSED} closed items and {WRITTEN} written tasks "
        f"in a workbook of {len(teaching())} cells of text. For up to {wait} students the gradebooks were equal, row by row. “~” carries "
        "nbgrader's start-up and its time for each further submission forward.\n"
    )
    small = min(sizes)
    for ours, theirs, title in (
        ("mark", "nbgrader mark", "nbgrader autograde"),
        ("feedback", "nbgrader feedback", "nbgrader generate_feedback"),
    ):
        lines += [
            f"| students | {ours} | {title} | wall ratio | CPU ratio | CPU | wall each | CPU each, start-up aside | peak |",
            "|---|---|---|---|---|---|---|---|---|",
        ]
        for size in sizes:
            mine = runs[ours, size]
            other = theirs_at(runs, theirs, size)
            about = "" if size <= wait else "~"
            each = (
                (median(one.cpu for one in mine) - median(one.cpu for one in runs[ours, small])) / (size - small) * 1000
                if size > small
                else None
            )
            pairs = list(zip(mine, other, strict=True))
            ratio = [f"**{about}{median(getattr(b, way) / getattr(a, way) for a, b in pairs):.0f}**" for way in ("wall", "cpu")]
            row = [f"{size:,}", f"{median(one.wall for one in mine):.2f} s"]
            row += [f"{about}{median(one.wall for one in other):,.0f} s", *ratio]
            row.append(f"{median(one.cpu for one in mine):.2f} s")
            row += [f"{median(one.wall for one in mine) / size * 1000:.1f} ms", f"{each:.1f} ms" if each and each > 0 else "–"]
            lines.append(f"| {' | '.join(row)} | {median(one.memory for one in mine):.0f} MB |")
        lines.append("")
    lines += ["| students | marking again when nothing has changed |", "|---|---|"]
    lines += [f"| {size:,} | {median(one.wall for one in runs['again', size]):.2f} s |" for size in sizes]
    if otherwise:
        lines += [f"\n| {what} students marked again, by | wall | CPU | one process / this, wall |", "|---|---|---|---|"]
        (first, *_) = otherwise.values()
        for way, held in otherwise.items():
            times = median(a.wall / b.wall for a, b in zip(first, held, strict=True))
            cpu = "in the cluster" if "cluster" in way else f"{median(one.cpu for one in held):.1f} s"
            lines.append(f"| {way} | {median(one.wall for one in held):.1f} s | {cpu} | **{times:.2f}** |")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Measure, print, and keep if asked to."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--students", default="30,1000", help="how many students, with commas (default %(default)s)")
    parser.add_argument("--wait", type=int, default=30, help="the largest class that nbgrader is waited for (default %(default)s)")
    parser.add_argument("--pairs", type=int, default=3, help="how many rounds (default %(default)s)")
    parser.add_argument("--college", default="", metavar="CLASSESxSTUDENTS", help="also mark so many classes of so many, e.g. 40x250")
    parser.add_argument("--write", type=Path, metavar="FILE", help="keep the tables in this Markdown file, too")
    wanted = parser.parse_args()
    sizes = sorted(int(size) for size in wanted.students.split(","))
    if max(sizes) > wanted.wait and not any(1 < size <= wanted.wait for size in sizes):
        parser.error("nbgrader's time is carried forward from a class between 2 and --wait: name one in --students")
    runs = race(sizes, wanted.wait, wanted.pairs)
    classes, _, each = wanted.college.partition("x")
    otherwise = college(int(classes), int(each), wanted.pairs) if wanted.college else {}
    text = report(runs, sizes, wanted.wait, otherwise, wanted.college.replace("x", " classes of "))
    sys.stdout.write(text)
    if wanted.write:
        wanted.write.parent.mkdir(parents=True, exist_ok=True)
        wanted.write.write_text(text, "utf-8")


if __name__ == "__main__":
    main()
