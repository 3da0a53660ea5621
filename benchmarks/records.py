"""The grid of a class in the database of a centre that has gone on for ten years: 3,000 learners, 300,000 decisions.

The ten workbooks of the unit are released to a class of 30, handed in whole, and marked by the real command's own code. All the others
of the centre have left: their marks lie in the same database, with the decisions, the evidence by hand and the sign-offs of everybody.
"First" is the first time in a program that has just begun, whose imports are left out; "again" is the median of ten more.

Examples
--------
    python benchmarks/records.py                    # some minutes
    python benchmarks/records.py --learners 5 --size 3 --decisions 60 --workbooks 1    # the smallest, which the tests run
    python benchmarks/records.py --write docs/measurements/records.md
"""

import argparse
import json
import os
import secrets
import subprocess
import sys
import tempfile
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

from marking import made_by
from sqlalchemy import insert, select, text

from autograde.classes.folder import PACKAGED, Course
from autograde.classes.new import new_course
from autograde.classes.roster import put_in
from autograde.classes.roster_file import Row
from autograde.content.frameworks import load_framework
from autograde.gradebook import own_tables, tables
from autograde.gradebook.database import Database
from autograde.gradebook.left import mark_left
from autograde.gradebook.own import prepare
from autograde.outbox.release import release
from autograde.run.mark import mark_class
from workbook_helpers.items import Item, Json

NEW_YEAR = datetime(2025, 1, 1, tzinfo=UTC).replace(tzinfo=None)
BATCH = 20_000
"""Rows in one transaction."""
TIMED = """
import json, sys, time
from pathlib import Path
from autograde.classes.folder import Course
from autograde.records import grid as _
from autograde.records.decisions import Decide, decide_each, decisions_of
from autograde.records.grid import grid

course, times = Course(Path(sys.argv[1])), []
for _ in range(11):
    start = time.perf_counter()
    found = grid(course)
    times.append(time.perf_counter() - start)
start = time.perf_counter()
one = found.learners[0].id
code = found.framework.criteria[0].code
decide_each(course, [Decide(learner=one, criterion=code, met=False, reason="A reason is missing.")])
decided = time.perf_counter() - start
start = time.perf_counter()
everybody = len(decisions_of(course))
took = time.perf_counter() - start
pieces = len({piece.id + piece.learner for cell in found.cells.values() for piece in cell.evidence})
print(json.dumps([times, decided, took, len(found.learners), pieces, everybody]))
"""


def answered(item: Item, text: str) -> Json:
    """Give an answer to an item that the records read; None for any other."""
    match item.kind:
        case "written":
            return text
        case "declaration":
            return True
        case "workplace":
            codes = " ".join(one["code"] for one in item.model_dump()["criteria"])
            return {"evidence": "witness", "date": "2026-11-03", "done": text, "criteria": codes}
        case _:
            return None


def hand_in(course: Course, assignment: str, learner: str) -> None:
    """Put a hand-in where a take-in leaves it."""
    workbook = course.workbook(assignment)
    text = f"I am {learner}. At work I help each person as the plan says, because it is theirs. " * 15
    given = {name: answered(item, text) for name, item in workbook.items.items()}
    saved = "2026-11-19T10:00:00+00:00"
    answers = {name: {"value": value, "saved_at": saved, "revision": 1} for name, value in given.items() if value is not None}
    folder = course.path("submitted", learner, assignment)
    folder.mkdir(parents=True)
    sheet = {"schema": 1, "workbook": workbook.id, "revision": 1, "release": workbook.release, "answers": answers}
    (folder / "answers.json").write_text(json.dumps(sheet), "utf-8")
    (folder / "timestamp.txt").write_text("2026-11-19 10:00:00.000000 UTC", "utf-8")


def make_class(root: Path, size: int, workbooks: int) -> Course:
    """Make a class whose learners have handed in, and mark it."""
    course = new_course(root / "class", name="Ten years")
    ids = [f"now{n:04}" for n in range(size)]
    put_in(course, [Row(line=n, id=one, first_name="Ana", last_name=f"Evans{n}", email="") for n, one in enumerate(ids, 1)])
    for n in range(1, workbooks + 1):
        assignment = release(course, f"w{n:02}").assignment
        for one in ids:
            hand_in(course, assignment, one)
        mark_class(course, assignment)
    return course


def fill(course: Course, learners: int, decisions: int) -> None:
    """Put the others of ten years into the database, with copies of one learner's marks, and everybody's decisions."""
    database = Database(course.db_url)
    prepare(database)
    [[model]] = database.rows(select(tables.student.c.id).order_by(tables.student.c.id).limit(1))
    now = [one for (one,) in database.rows(select(tables.student.c.id))]
    before = [f"old{n:04}" for n in range(learners - len(now))]
    for table, rows in marks_like(database, model, before).items():
        write(database, table, rows)
    everybody, codes = [*now, *before], [one.code for one in load_framework(PACKAGED).criteria]
    write(database, own_tables.decision, [decided(everybody[n % learners], codes[n // learners % len(codes)], n) for n in range(decisions)])
    write(database, own_tables.evidence, [entered(one, code) for one in everybody for code in codes])
    signed = {"framework": "rqf-l2", "what": "signed", "who": "Ruth", "at": NEW_YEAR, "text": ""}
    write(database, own_tables.unit_event, [{"id": secrets.token_hex(16), "learner": one, **signed} for one in before])
    database.run(text("ANALYZE"))
    database.close()
    mark_left(course, before)


def marks_like(database: Database, model: str, learners: list[str]) -> dict[Any, list[dict[str, Any]]]:
    """Give table → rows: for each learner the same as the model has."""
    students = [{"id": one, "first_name": "Ben", "last_name": one, "email": None} for one in learners]
    found: dict[Any, list[dict[str, Any]]] = {tables.student: students, tables.submitted_assignment: [], tables.submitted_notebook: []}
    found |= {tables.marked: [], tables.grade: []}
    submitted = database.rows(select(tables.submitted_assignment).where(tables.submitted_assignment.c.student_id == model))
    for one in submitted:
        notebook = database.rows(select(tables.submitted_notebook).where(tables.submitted_notebook.c.assignment_id == one.id))[0]
        belongs = database.rows(select(tables.marked).where(tables.marked.c.notebook_id == notebook.id))[0]
        grades = database.rows(select(tables.grade).where(tables.grade.c.notebook_id == notebook.id))
        for learner in learners:
            made, paper = secrets.token_hex(16), secrets.token_hex(16)
            found[tables.submitted_assignment].append({**one._asdict(), "id": made, "student_id": learner})
            found[tables.submitted_notebook].append({**notebook._asdict(), "id": paper, "assignment_id": made})
            found[tables.marked].append({**belongs._asdict(), "notebook_id": paper})
            found[tables.grade] += [{**grade._asdict(), "id": secrets.token_hex(16), "notebook_id": paper} for grade in grades]
    return found


def write(database: Database, table: Any, rows: list[dict[str, Any]]) -> None:
    """Write rows, a batch in a transaction."""
    for start in range(0, len(rows), BATCH):
        with database.transaction():
            database.run_each(insert(table), rows[start : start + BATCH])


def decided(learner: str, code: str, n: int) -> dict[str, Any]:
    """Make a decision."""
    proposal = {"met": True, "why": "The answer has 8 of 10 points, and “Met” begins at 7.", "rests_on": ["w01/w01-t01@0"], "missing": []}
    return {
        "id": secrets.token_hex(16),
        "framework": "rqf-l2",
        "criterion": code,
        "learner": learner,
        "met": n % 5 != 0,
        "assessor": f"Assessor {n % 12}",
        "entered_by": f"assessor{n % 12}",
        "at": datetime(2017, 1, 1, tzinfo=UTC).replace(tzinfo=None) + timedelta(minutes=15 * n),
        "reason": "Three differences, each with its reason, and an own example without names.",
        "evidence": json.dumps(["w01/w01-t01@0123456789abcdef"]),
        "proposal": json.dumps(proposal, ensure_ascii=False),
    }


def entered(learner: str, code: str) -> dict[str, Any]:
    """Make evidence by hand."""
    words = {"by": "Kofi", "title": "Morning round", "text": "Read the plan, asked, did as agreed.", "entered_by": "Ruth"}
    row = {"id": secrets.token_hex(16), "learner": learner, "kind": "observation", "criteria": json.dumps([code]), "on": date(2025, 1, 1)}
    return {**row, **words, "at": NEW_YEAR, "withdrawn": False}


def main() -> None:
    """Measure, and print or write the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--learners", type=int, default=3_000, help="in the database")
    parser.add_argument("--size", type=int, default=30, help="in the class")
    parser.add_argument("--decisions", type=int, default=300_000)
    parser.add_argument("--workbooks", type=int, default=10)
    parser.add_argument("--write", type=Path, help="a file for the figures")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["JUPYTER_CONFIG_DIR"] = folder
        os.environ.pop("WORKBOOKS_DIR", None)
        began = time.perf_counter()
        course = make_class(Path(folder), options.size, options.workbooks)
        fill(course, options.learners, options.decisions)
        sys.stderr.write(f"made in {time.perf_counter() - began:.0f} s\n")
        line = [sys.executable, "-c", TIMED, str(course.root)]
        told = subprocess.run(line, capture_output=True, text=True, check=True).stdout
        times, decision, everybody, rows, pieces, held = json.loads(told)
        size = sum(path.stat().st_size for path in course.root.glob("gradebook.db*")) / 1e6
    lines = [
        "# The records of a centre",
        "",
        f"{made_by('benchmarks/records.py', len(times) - 1).partition(';')[0]}.",
        f"A class of {rows} with {pieces:,} pieces of evidence from {options.workbooks} workbooks, in a SQLite database of "
        f"{size:,.0f} MB with {options.learners:,} learners and {options.decisions:,} decisions, of which {held:,} hold.",
        "",
        "| what | time |",
        "|---|---|",
        f"| the grid, first | {times[0] * 1000:.0f} ms |",
        f"| the grid, again | {median(times[1:]) * 1000:.0f} ms |",
        f"| one decision, written down with its log entry | {decision * 1000:.0f} ms |",
        f"| the newest decisions of everybody in the database | {everybody * 1000:.0f} ms |",
    ]
    report = "\n".join(lines) + "\n"
    sys.stdout.write(report)
    if options.write:
        options.write.write_text(report, "utf-8")


if __name__ == "__main__":
    main()
