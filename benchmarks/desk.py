"""Marking written answers with a comment each, and the lists of a class: the desk's pages beside formgrader's, in one browser and one run.

The marked class of `benchmarks/marking.py`, served as a tutor gets it. One task is marked on the desk by keys, another one of the same
answers in formgrader by the shortest way it has: a click on the points, a click on the comment, a click on Next. Points and comments are
the same; what is typed is taken out of the time, so that what is left is what the page itself costs. "Next answer" is from the key or the
click until the next answer can be seen (desk: painted, in the page's own clock) or its points can be typed (formgrader). A list is
timed from asking for it until all of its rows are on the screen; the first of its visits, which also imports, is left out.

Examples
--------
    python benchmarks/desk.py                                      # classes of 30, 300 and 3,000: 10 to 15 minutes
    python benchmarks/desk.py --classes 3 --answers 2 --visits 1   # the smallest, which the tests run: does it still work?
    python benchmarks/desk.py --write docs/measurements/desk.md
"""

import argparse
import os
import sqlite3
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from urllib.parse import parse_qs, urlsplit

from marking import BIN, NAME, made_by, make_ours, run, surroundings
from playwright.sync_api import Browser, Page, sync_playwright

from autograde.classes.folder import Course
from autograde.nbgrader.serve import serving

OURS, THEIRS = "w98-t00", "w98-t01"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
SAID = "You gave one clear reason, {n}. Say what it changed for the person, and who else you told."
PAINTED = """() => {
  const form = document.getElementById("marking");
  let pressed = 0;
  window.took = [];
  document.addEventListener("keydown", (event) => { if (event.key === "Enter" && event.ctrlKey) pressed = performance.now(); }, true);
  new MutationObserver(() => {
    const since = pressed;
    requestAnimationFrame(() => requestAnimationFrame(() => window.took.push(performance.now() - since)));
  }).observe(form, { attributeFilter: ["data-mark-shown"] });
}"""
NEXT = "([shown, many]) => document.getElementById('marking').dataset.markShown !== shown && took.length >= many"
LISTS = {
    "home": "manage_assignments",
    "learners": "manage_students",
    "take-in": f"manage_submissions/{NAME}",
    "mark": "gradebook",
    "questions": "",
    "give-back": "",
    "results": "",
}
"""The desk's lists, and which of formgrader's tells most of the same."""
SHOWN = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
Lists = dict[str, list[float]]  # a list of LISTS, or "… theirs" → seconds
MARKS = """
SELECT c.name, g.manual_score, m.manual_comment FROM grade g JOIN base_cell c ON c.id = g.cell_id
JOIN base_cell s ON s.name = c.name AND s.type = 'SolutionCell' JOIN comment m ON m.cell_id = s.id AND m.notebook_id = g.notebook_id
WHERE g.manual_score IS NOT NULL AND c.name = ? ORDER BY m.manual_comment
"""


@dataclass
class Found:
    """What was measured on one page: seconds outside of typing and to the next answer, for each answer; the keys and clicks of one."""

    outside: list[float] = field(default_factory=list)
    following: list[float] = field(default_factory=list)
    keys: float = 0
    clicks: float = 0
    kept: int = 0


def type_comment(page: Page, number: int) -> float:
    """Type the comment; how many seconds that took."""
    start = time.perf_counter()
    page.keyboard.type(SAID.format(n=number))
    return time.perf_counter() - start


def on_the_desk(page: Page, base: str, answers: int) -> Found:
    """Mark a task on the desk, by keys alone."""
    found = Found(keys=3)
    page.goto(f"{base}/desk/mark?workbook=w98&task={OURS}")
    page.wait_for_selector("[data-mark-ready]", timeout=120_000)
    page.evaluate(PAINTED)
    for number in range(answers):
        start = time.perf_counter()
        shown = page.get_attribute("#marking", "data-mark-shown")
        page.keyboard.press("2")
        page.keyboard.press("c")
        typed = type_comment(page, number)
        page.keyboard.press("Control+Enter")
        if number + 1 < answers:
            page.wait_for_function(NEXT, arg=[shown, number + 1])
        found.outside.append(time.perf_counter() - start - typed)
    page.wait_for_selector('[data-mark-state="saved"]', timeout=60_000)
    found.following = [one / 1000 for one in page.evaluate("took")][: answers - 1]
    return found


def in_formgrader(page: Page, base: str, answers: int, first: str) -> Found:
    """Mark another task in formgrader."""
    found = Found(keys=1, clicks=3)
    page.goto(f"{base}/formgrader/submissions/{first}/")
    points = f'input.score[id="{THEIRS}"]'
    page.wait_for_selector(points)
    for number in range(answers):
        start = time.perf_counter()
        page.click(points)
        page.keyboard.press("3")
        page.click(f'textarea[id="{THEIRS}-comment"]')
        typed = type_comment(page, number)
        if number + 1 == answers:
            page.keyboard.press("Tab")
            found.outside.append(time.perf_counter() - start - typed)
            break
        pressed = time.perf_counter()
        with page.expect_navigation(wait_until="commit"):
            page.click("li.next a")
        page.wait_for_selector(points)
        found.following.append(time.perf_counter() - pressed)
        found.outside.append(time.perf_counter() - start - typed)
    return found


def time_lists(page: Page, base: str, visits: int) -> Lists:
    """Go to each list some times."""
    times: Lists = {}
    for ours, theirs in LISTS.items():
        for at, address, ready in ((ours, f"desk/{ours}", "main"), (f"{ours} theirs", f"formgrader/{theirs}", ".dataTables_wrapper")):
            if not theirs and at != ours:
                continue
            for visit in range(visits + 1):
                start = time.perf_counter()
                page.goto(f"{base}/{address}")
                page.wait_for_selector(ready)
                page.evaluate(SHOWN)
                if visit:
                    times.setdefault(at, []).append(time.perf_counter() - start)
    return times


def measure(browser: Browser, root: Path, students: int, answers: int, visits: int) -> tuple[Found, Found, Lists]:
    """Mark some answers of a class on both pages; the gradebook must hold all of the desk's then, and the same of formgrader's."""
    env = surroundings(root)
    os.environ.update(env)
    course = make_ours(root, students, env)
    run(course, str(BIN / "autograde"), "mark", "w98", env=env)
    with sqlite3.connect(course / "gradebook.db") as connection:
        [(first,)] = connection.execute("SELECT id FROM submitted_notebook ORDER BY id LIMIT 1").fetchall()
    with serving(Course(course)) as served:
        token = parse_qs(urlsplit(served.formgrader).query)["token"][0]
        base = served.formgrader.partition("/formgrader")[0]
        page = browser.new_page(viewport={"width": 1280, "height": 900}, locale="en-GB")
        page.set_default_timeout(120_000)
        page.goto(f"{base}/desk?token={token}")
        lists = time_lists(page, base, visits)
        ours = on_the_desk(page, base, answers)
        theirs = in_formgrader(page, base, answers, first)
        for _ in range(20):  # its last comment is on its way
            with sqlite3.connect(course / "gradebook.db") as connection:
                held = [connection.execute(MARKS, (task,)).fetchall() for task in (OURS, THEIRS)]
            if len(held[1]) == answers and all(row[2] for row in held[1]):
                break
            time.sleep(0.5)
        page.close()
    ours.kept, theirs.kept = (sum(bool(row[2]) for row in rows) for rows in held)
    if ours.kept != answers or not {row[1:] for row in held[1]} <= {row[1:] for row in held[0]} | {(3.0, None)}:
        sys.exit(f"The gradebook holds other marks of the desk than of formgrader: {held[0][:1]}, {held[1][:1]}")
    return ours, theirs, lists


def at(values: list[float], share: float) -> float:
    """Give the value below which a share of them lies."""
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def list_row(size: int, name: str, times: Lists) -> str:
    """Give a row of the table of lists."""
    ours, theirs = times[name], times.get(f"{name} theirs", [])
    row = [f"{size:,}", name, *(f"{one * 1000:.0f} ms" for one in (median(ours), max(ours)))]
    row += [f"{LISTS[name]}: {median(theirs) * 1000:.0f} ms", f"**{median(ours) / median(theirs):.2f}**"] if theirs else ["", ""]
    return f"| {' | '.join(row)} |"


def main() -> None:
    """Measure, print, and keep if asked to."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--classes", default="30,300,3000", help="sizes of class, with a comma (default %(default)s)")
    parser.add_argument("--answers", type=int, default=30, help="how many answers are marked (default %(default)s)")
    parser.add_argument("--visits", type=int, default=5, help="how often each list is gone to (default %(default)s)")
    parser.add_argument("--write", type=Path, metavar="FILE", help="keep the table in this Markdown file, too")
    parser.add_argument("--chromium", default="/usr/bin/chromium", help="the browser (default %(default)s)")
    wanted = parser.parse_args()
    lines = ["# The desk beside formgrader\n", made_by("benchmarks/desk.py", 1).partition(";")[0] + "."]
    lines.append(
        f"{wanted.answers} written answers with a comment of {len(SAID.split())} words each. Aims: at most 3 keys and no click beside the "
        "words; next answer within 100 ms at the median and 250 ms at p95; at most a fifth of formgrader's time outside of typing.\n"
    )
    lines.append("| learners | page | keys, clicks | next answer, median | p95 | outside of typing, an answer | kept | desk / formgrader |")
    lines.append("|---|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        browser, rows = playwright.chromium.launch(executable_path=wanted.chromium, args=FLAGS), list[str]()
        for size in map(int, wanted.classes.split(",")):
            root = Path(name) / str(size)
            root.mkdir()
            *both, times = measure(browser, root, size, wanted.answers, wanted.visits)
            rows += [list_row(size, name, times) for name in LISTS]
            ratio = sum(both[0].outside) / sum(both[1].outside)
            for page, found in zip(("desk", "formgrader"), both, strict=True):
                middle, high = (f"{part * 1000:.0f} ms" for part in (median(found.following), at(found.following, 0.95)))
                shown = f"**{ratio:.2f}**" if page == "desk" else ""
                outside = f"{median(found.outside) * 1000:.0f} ms"
                lines.append(
                    f"| {size:,} | {page} | {found.keys:g}, {found.clicks:g} | {middle} | {high} | {outside} | {found.kept} | {shown} |"
                )
            sys.stderr.write(f"{size} learners done\n")
    lines.append(f"\nA list, until it is on the screen; median and slowest of {wanted.visits} visits.")
    lines[-1] += " Aims: 300 ms at 300 learners, 700 ms at 3,000.\n"
    lines += ["| learners | list | median | slowest | formgrader’s | desk / formgrader |", "|---|---|---|---|---|---|", *rows]
    text = "\n".join(lines) + "\n"
    sys.stdout.write(text)
    if wanted.write:
        wanted.write.write_text(text, "utf-8")


if __name__ == "__main__":
    main()
