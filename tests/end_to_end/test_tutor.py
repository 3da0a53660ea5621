"""A tutor's way: the class is marked, a person marks in formgrader in the real browser, feedback goes out, no key does."""

import csv
import json
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.request
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import psutil
import pytest
from playwright.sync_api import Page, expect

from autograde.checks.secrets import leaks
from autograde.classes.folder import Course
from autograde.demo import READER, _site
from autograde.gradebook.opening import open_gradebook
from autograde.outbox.giving import give_served
from autograde.outbox.ready import ready
from autograde.outbox.served import keep_served, serve_anew
from autograde.run.rebuild import inert
from tests.axe import faults
from tests.conftest import ROOT, asked, free_port, real_workbook
from tests.end_to_end.conftest import W01, Canaries
from workbook_helpers.items import paper_seed

Run = Callable[..., subprocess.CompletedProcess[str]]
WAITING = "s005"
BELONGS = """
SELECT s.student_id, 'belongs', m.source, m.answers, m.cells FROM autograde_marked m
JOIN submitted_notebook n ON n.id = m.notebook_id JOIN submitted_assignment s ON s.id = n.assignment_id
"""


@pytest.fixture
def own(course: Course, tmp_path: Path) -> Course:
    """The demo's class, copied, to change at will."""
    return Course(Path(shutil.copytree(course.root, tmp_path / "class")))


def rows(course: Course) -> list[tuple[Any, ...]]:
    """Every grade and comment of the gradebook, in order."""
    with course.gradebook() as gradebook:
        found: list[tuple[Any, ...]] = []
        for submission in gradebook.notebook_submissions(W01, W01):
            student = submission.student.id
            found += [
                (student, "grade", g.name, g.auto_score, g.manual_score, g.extra_credit, bool(g.needs_manual_grade), g.max_score)
                for g in submission.grades
            ]
            found += [(student, "comment", c.name, c.auto_comment, c.manual_comment) for c in submission.comments]
            found.append((student, "at", submission.assignment.timestamp, submission.late_submission_penalty))
    with closing(sqlite3.connect(course.root / "gradebook.db")) as connection:  # what the marks belong to
        found += connection.execute(BELONGS).fetchall()
    return sorted(found, key=str)


def test_the_demo_says_what_it_did(demo: Path) -> None:
    printed = (demo / "printed.txt").read_text()
    full = sum(item.points for item in real_workbook().assessed() if not item.asks_person)
    for words in (
        "Made a class of 12",
        "Took in 12 hand-ins",
        "Marking",
        f"{full:g} of {full:g}",
        "handed in blank",
        "A total is not the unit's result",
        "6 of them hand in the form of file that the web page makes",
    ):
        assert words in printed
    assert len(list((demo / "class" / "feedback").glob(f"s*/{W01}/{W01}.html"))) == 12


def parts(path: Path) -> dict[str, Any]:
    """The files of a hand-in, read."""
    with zipfile.ZipFile(path) as zipped:
        return {name: json.loads(zipped.read(name)) for name in zipped.namelist()}


def test_a_hand_in_of_the_real_page_is_taken_in_with_those_of_the_demo(
    page: Page, demo: Path, own: Course, run: Run, tmp_path: Path
) -> None:
    written = {path.parts[-3]: parts(path) for path in demo.glob("students/*/handed-in/*.zip")}
    web = {student for student, files in written.items() if f"{W01}.ipynb" not in files}
    single = asked("single")
    assert sorted(web) == [f"s{number:03}" for number in range(2, 13, 2)], "every second one"
    with _site(own.root / "handout" / "site") as address:
        page.goto(f"{address}{W01}.html")
        page.locator(".wb-gate input[type=text]").fill(READER)
        page.get_by_role("button", name="Show my questions").click()
        page.locator(f"#{single} label").first.click()
        page.locator("#w01-t01 textarea").fill("Written in the real page.")
        page.locator("#w01-declaration input").check()
        for item in (single, "w01-t01", "w01-declaration"):
            expect(page.locator(f"#{item}")).to_have_attribute("data-wb-state", "saved")
        panel = page.locator("#hand-in")
        panel.get_by_role("button", name="Hand in", exact=True).click()
        with page.expect_download() as download:
            panel.get_by_role("button", name="Hand in anyway").click()
    path = tmp_path / download.value.suggested_filename
    download.value.save_as(path)
    real = parts(path)
    assert {name: set(content) for name, content in real.items()} == {name: set(content) for name, content in written["s002"].items()}
    for student, answers in ((READER, real["answers.json"]), ("s002", written["s002"]["answers.json"])):
        assert answers["seed"] == paper_seed(own.course_id, "w01", student)
    assert "1 hand-in taken in" in run("autograde.cli", "intake", path, "--workbook", "w01", cwd=own.root).stdout
    run("autograde.cli", "mark", W01, cwd=own.root)
    marked = (own.root / "autograded" / READER / W01 / f"{W01}.ipynb").read_text("utf-8")
    assert inert("Written in the real page.") in marked


def test_a_person_marks_in_formgrader_and_the_gradebook_shows_it(page: Page, own: Course, run: Run, environment: dict[str, str]) -> None:
    command = [sys.executable, "-m", "autograde.cli", "serve", "--no-browser", "--port", str(free_port())]
    with subprocess.Popen(command, cwd=own.root, env=environment, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            address = re.search(r"http://\S+", server.stdout.readline())
            assert address
            mark_in_formgrader(page, address[0])
        finally:
            server.send_signal(signal.SIGINT)
            server.wait(timeout=30)
    with own.gradebook() as gradebook:
        grade = gradebook.find_grade("w01-t01", W01, W01, WAITING)
        comment = gradebook.find_comment("w01-t01", W01, W01, WAITING)
    assert (grade.manual_score, bool(grade.needs_manual_grade)) == (7.5, False)
    assert comment.manual_comment == "Good reasons, “Amina” & co."
    refused = run("autograde.cli", "feedback", W01, cwd=own.root, code=1)
    assert "s006: no page. 1 to mark by a person: w01-t01" in refused.stdout
    assert f"{WAITING}: no page" not in refused.stdout


def mark_in_formgrader(page: Page, address: str) -> None:
    page.goto(address)
    page.goto(re.sub(r"/formgrader\?.*", f"/formgrader/gradebook/{W01}/{W01}", address))
    page.locator("table a[href*='/submissions/']").first.click()
    for _ in range(12):  # names are hidden until asked for, so look for the student by the page's own data
        page.wait_for_selector("#w01-t01")
        if page.evaluate("document.querySelector('.live-notebook .name-shown').textContent").strip() in (WAITING, "Wójcik, Łukasz"):
            break
        page.get_by_role("link", name="Next").click()
        page.wait_for_load_state("load")
    cell = page.locator(".nbgrader_cell", has=page.locator("#w01-t01"))
    expect(cell).to_contain_text("Explain how working relationships")
    expect(cell).to_contain_text("It is different because one is work.")
    expect(cell).to_contain_text("Rubric: explain, criterion 1.1")
    expect(cell).to_contain_text("Not enough alone")
    expect(page.locator("body")).to_contain_text("The learner chose:")
    expect(page.locator("body")).not_to_contain_text("ask(")
    with page.expect_response(lambda r: "/api/grade/" in r.url and r.request.method == "PUT"):
        page.locator("#w01-t01").fill("7.5")
        page.locator("#w01-t01").press("Tab")
    with page.expect_response(lambda r: "/api/comment/" in r.url and r.request.method == "PUT"):
        page.locator("#w01-t01-comment").fill("Good reasons, “Amina” & co.")
        page.locator("#w01-t01-comment").press("Tab")
    page.reload()
    expect(page.locator("#w01-t01")).to_have_value("7.5")
    expect(page.locator("#w01-t01-comment")).to_have_value("Good reasons, “Amina” & co.")


def test_nbgrader_autograde_gives_the_same_gradebook(course: Course, tmp_path: Path, run: Run) -> None:
    ours = Course(Path(shutil.copytree(course.root, tmp_path / "ours")))
    (ours.root / "gradebook.db").unlink()
    open_gradebook(ours.db_url, ours.course_id, fresh=True).close()
    shutil.rmtree(ours.root / "autograded")
    run("autograde.cli", "roster", course.root.parent / "roster.csv", cwd=ours.root)
    run("autograde.cli", "release", "w01", cwd=ours.root)
    theirs = Course(Path(shutil.copytree(ours.root, tmp_path / "theirs")))
    run("autograde.cli", "mark", "w01", cwd=ours.root)
    run("nbgrader", "autograde", W01, cwd=theirs.root)
    # Grades, comments on texts, the time, and what the marks belong to.
    graded = ours.workbook(W01).assessed()
    assert len(rows(ours)) == 12 * (len(graded) + sum(item.asks_person for item in graded) + 1 + 1)
    assert rows(ours) == rows(theirs)
    # Again, with a person's marks there: both keep them and show them to the person again.
    for copy in (ours, theirs):
        with copy.gradebook() as gradebook:
            gradebook.find_grade("w01-t01", W01, W01, "s001").manual_score = 4
            gradebook.find_comment("w01-t01", W01, W01, "s001").manual_comment = "Kept."
            gradebook.db.commit()
    run("autograde.cli", "mark", "w01", "--force", cwd=ours.root)
    run("nbgrader", "autograde", W01, "--force", cwd=theirs.root)
    assert ("s001", "grade", "w01-t01", None, 4.0, None, True, 10.0) in rows(ours)
    assert rows(ours) == rows(theirs)


def test_nbgraders_own_feedback_command_gives_our_page(own: Course, run: Run, canaries: Canaries) -> None:
    shutil.rmtree(own.root / "feedback")
    run("nbgrader", "generate_feedback", W01, "--student=s001", cwd=own.root)
    made = (own.root / "feedback" / "s001" / W01 / f"{W01}.html").read_text()
    assert "What to do next" in made
    assert list(leaks(canaries.texts, [own.root / "feedback"])) == []


def test_marking_again_changes_nothing_and_a_mended_answer_is_seen(own: Course, run: Run) -> None:
    before = rows(own)
    assert "0 hand-ins marked, 12 left as they were" in run("autograde.cli", "mark", "w01", cwd=own.root).stdout
    assert rows(own) == before
    answers = own.path("submitted", "s005", W01) / "answers.json"
    answers.write_text(answers.read_text().replace("It is different", "It is very different"))
    assert "1 hand-in marked, 11 left" in run("autograde.cli", "mark", "w01", cwd=own.root).stdout
    assert [one for one in rows(own) if one not in before and one[:2] != (WAITING, "belongs")] == []


def test_feedback_page_opens_offline_reads_well_and_has_no_violation(page: Page, course: Course) -> None:
    path = course.path("feedback", "s003", W01) / f"{W01}.html"
    page.context.set_offline(True)
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.goto(path.as_uri())
    main = page.locator("main")
    for words in ("What to do next", "points", "Your tutor’s comment", "Not answered", "met, or not yet met", "Your answer"):
        expect(main).to_contain_text(words)
    expect(page.get_by_text("My workbooks")).to_be_hidden()  # a file knows no way there
    assert requests == [path.as_uri()]
    assert faults(page) == []
    page.set_viewport_size({"width": 320, "height": 700})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the feedback")).to_be_focused()


def test_feedback_shows_a_rubric_only_if_the_tutor_asks(own: Course, run: Run) -> None:
    level = "points, Not yet:"
    path = own.path("feedback", "s001", W01) / f"{W01}.html"
    assert level not in path.read_text()
    run("autograde.cli", "feedback", "w01", "--rubric", "--partial", cwd=own.root)
    assert level in path.read_text()


def test_gradebook_is_safe_from_formulas(own: Course, run: Run, tmp_path: Path) -> None:
    with own.gradebook() as gradebook:
        gradebook.update_or_create_student("s001", first_name='=1+1, "x"', last_name="@SUM(A1)")
    target = tmp_path / "marks.csv"
    run("autograde.cli", "gradebook", "--csv", target, cwd=own.root)
    with target.open(encoding="utf-8-sig", newline="") as file:
        cells = [cell for row in csv.reader(file) for cell in row]
    assert '\'=1+1, "x"' in cells
    assert [cell for cell in cells if cell[:1] in tuple("=+-@")] == []


def served(course: Course) -> list[Path]:
    """Open a class for its learners, with all that can be given back to them; give the pages."""
    serve_anew(course)
    for assignment in course.assignments():
        if ready(course, assignment).pages:
            give_served(course, assignment)
    keep_served(course)
    return list((course.root / "served" / "given").glob("*/*/feedback.html"))


def test_no_key_is_in_anything_a_student_receives(demo: Path, canaries: Canaries, tmp_path: Path, run: Run) -> None:
    run("build", "--no-isolation", "--outdir", tmp_path / "dist", cwd=ROOT)
    subprocess.run([sys.executable, "-m", "tarfile", "-e", *(tmp_path / "dist").glob("*.tar.gz"), str(tmp_path / "sdist")], check=True)
    wheel, sdist = list((tmp_path / "dist").glob("*.whl")), tmp_path / "sdist"
    assert len(wheel) == 1
    inside = Path(shutil.copytree(demo / "class", tmp_path / "class"))
    assert served(Course(inside)), "feedback is among it"
    own = [inside / name for name in ("served", "release", "handout", "feedback", "submitted")]
    places = [*wheel, sdist, *own, demo / "students"]
    assert all(place.exists() for place in places)
    real = [*canaries.texts, *(text.removeprefix(f"{canaries.mark} ") for text in canaries.texts)]
    assert list(leaks([text for text in real if text], places)) == []
    assert not [path for path in sdist.rglob("*") if path.suffix == ".toml" and path.parent.name in ("keys", "rubrics")]
    assert list(leaks(canaries.texts, [inside / "autograded"])), "the marker's copy holds them, so the search works"


def test_check_finds_a_key_that_was_planted(own: Course, run: Run) -> None:
    reason = re.search(r'reason = "(.+?)"', (ROOT / "autograde" / "content" / "keys" / "w01.toml").read_text())
    assert reason
    items = own.root / "release" / W01 / "items.toml"
    items.write_text(items.read_text() + f"\n# canary {reason[1]}\n")
    command = [sys.executable, "-m", "autograde.cli", "check"]
    done = subprocess.run(command, cwd=own.root, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "K3" in done.stdout
    assert "Things to mend: 1." in done.stdout, "nothing else in the demo's class is to be mended"


def fetched(address: str) -> tuple[str, str]:
    with urllib.request.urlopen(address, timeout=20) as reply:
        return reply.headers["Content-Type"], reply.read().decode()


def test_the_demo_serves_all_pages_until_it_is_stopped(tmp_path: Path, environment: dict[str, str]) -> None:
    log = tmp_path / "log"
    command = [sys.executable, "-u", "-m", "autograde.demo", "--students", "1", "--folder", str(tmp_path / "demo")]
    with log.open("wb") as file, subprocess.Popen(command, env=environment, stdout=file, stderr=subprocess.STDOUT) as process:
        try:
            end = time.monotonic() + 200
            found: dict[str, str] = {}
            while len(found) < 2 and time.monotonic() < end and process.poll() is None:
                found = {m[1]: m[0] for m in re.finditer(r"http://\S+/(workbook|formgrader)\?token=\S+", log.read_text())}
                time.sleep(0.2)
            assert set(found) == {"workbook", "formgrader"}, log.read_text()
            site = re.search(r"needs is a browser: (http://\S+)", log.read_text())
            assert site
            assert log.read_text().index(site[0]) < log.read_text().index(found["workbook"]), "the site comes first"
            pages = re.findall(r'"href": ?"(w[^"]+\.html)"', fetched(site[1])[1])
            assert len(pages) == len(list((ROOT / "workbooks").glob("w[01]*/workbook.toml"))), "the whole unit"
            assert fetched(site[1] + pages[0])[0].startswith("text/html")
            assert "My workbooks" in fetched(found["workbook"])[1]
            assert "manage_assignments" in fetched(found["formgrader"])[1]
        finally:
            started = psutil.Process(process.pid).children(recursive=True)
            process.send_signal(signal.SIGINT)
            process.wait(timeout=40)
    assert process.returncode == 0
    assert len(started) >= 3, "the student's server, the tutor's command and its JupyterLab"
    assert psutil.wait_procs(started, timeout=20)[1] == [], "nothing is left running"
    assert "Traceback" not in log.read_text()


def test_original_submissions_are_kept_as_they_came(demo: Path) -> None:
    sent = {path.name.rsplit("-", 1)[-1]: path.read_bytes() for path in demo.glob("students/*/handed-in/*.zip")}
    kept = [path.read_bytes() for path in demo.glob(f"class/received/{W01}/*/*.zip")]
    assert sorted(sent.values()) == sorted(kept)
    assert len(kept) == 12
    manifest = json.loads((demo / "students" / "s001" / "learner.json").read_text())
    assert manifest == {"student": "s001"}
