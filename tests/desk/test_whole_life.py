"""A class of 30 through the whole life of a unit, half in a browser and half by commands; what is given out is held to the rows."""

import csv
import html
import io
import json
import re
import sqlite3
import subprocess
import sys
import tempfile
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pypdf
import pytest
from defusedxml.ElementTree import fromstring
from playwright.sync_api import Page, expect

from autograde import cli
from autograde.bank.qti_names import in_old_names
from autograde.classes.folder import Course
from autograde.classes.new import new_course
from autograde.classes.roster import Roster
from autograde.text import LOCAL
from tests.conftest import ONE_PAGE, free_port
from tests.desk.conftest import Desk, Serve, said, start
from tests.desk.moodle import feedback_files
from tests.desk.test_cycle import PEOPLE, called, mark_by_keys, points, put_away
from tests.desk.test_results import CODES, CRITERION
from tests.tutor.conftest import ASSIGNMENT, ITEMS_TOML, WORKBOOK_TOML, Kit, _shelf
from tests.tutor.test_bank import packed, qti_faults
from tests.tutor.test_reports import pdf_text, solid, tags_of
from tests.web.device import Tab

TASK = "w01-t01"
NUMBER = 100
"""Moodle's number of the learner before the first."""
BY_PAGE = 9
"""Who hands in from the file that was given out; the others' hand-ins come with Moodle's download."""
AGAIN = {5: "asked by the desk", 2: "asked by command"}
"""Who is referred, both with a name or an id that is odd."""
MET = [n for n in range(1, 31) if points(n) >= 7]
PASSED = sorted({*MET, *AGAIN})
ERASED = (5, 18)
"""By the desk, and by command; one was referred, the other one's decision was not agreed with."""
HAND = [code for code in CODES if code != "1.1"]
LOCKED = "Reopen it with a reason first"
RUTH, KOFI, INES = "Ruth Osei", "Kofi Mensah", "Ines Roy"
Command = Callable[..., str]


def canary(n: int) -> str:
    """Give a word that stands in what a learner wrote, and nowhere else."""
    return f"Zq{n:02}canary"


def rows(course: Course, asked: str, *values: Any) -> list[Any]:
    """Ask the gradebook itself."""
    with closing(sqlite3.connect(course.root / "gradebook.db")) as raw:
        raw.row_factory = sqlite3.Row
        return raw.execute(asked, values).fetchall()


def everything(folder: Path) -> Iterable[tuple[str, bytes]]:
    """Give all files below a folder, and those that are packed in them.

    Another process copies them first: who opens and closes the gradebook's file beside SQLite loses the locks that SQLite has in the same
    process, and then what is written next (https://www.sqlite.org/howtocorrupt.html, 2.2).
    """
    with tempfile.TemporaryDirectory() as copies:
        subprocess.run([sys.executable, "-c", _COPY, folder, f"{copies}/all"], check=True)
        for one in sorted(Path(copies).rglob("*")):
            if one.is_file():
                yield from unpacked(str(one.relative_to(copies)), one.read_bytes())


_COPY = "import shutil, sys; shutil.copytree(*sys.argv[1:])"


def unpacked(name: str, data: bytes) -> Iterable[tuple[str, bytes]]:
    yield name, data
    if zipfile.is_zipfile(io.BytesIO(data)):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for inside in archive.namelist():
                yield from unpacked(f"{name}/{inside}", archive.read(inside))


def traces(folder: Path, words: Iterable[str]) -> list[tuple[str, str]]:
    """Give file and word for each of these words that stands in a file below a folder, or in its name."""
    asked = {word: re.compile(rf"(?<!\w){re.escape(word)}(?!\w)".encode()) for word in words}
    texts = ((name, name.encode() + b" " + data) for name, data in everything(folder))
    return [(name, word) for name, text in texts for word, one in asked.items() if one.search(text)]


@pytest.fixture
def settings(surroundings: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Surroundings in which the small workbook is the unit's assessment, with a criterion that it shows."""
    shelf = _shelf(tmp_path / "shelf") / ASSIGNMENT
    (shelf / "items.toml").write_text(ITEMS_TOML.replace('purpose = "assessed"', 'purpose = "assessed"\ncriterion = "1.1"'), "utf-8")
    (shelf / "workbook.toml").write_text(f'{WORKBOOK_TOML}role = "assessment"\n{CRITERION}', "utf-8")
    found = {**surroundings, "WORKBOOKS_DIR": str(shelf.parent), "HOME": str(tmp_path / "home")}
    (tmp_path / "home").mkdir()
    for name, value in found.items():
        monkeypatch.setenv(name, value)
    return found


@pytest.fixture
def course(settings: dict[str, str], tmp_path: Path) -> Course:
    return new_course(tmp_path / "class", name="Care level 2")


@pytest.fixture
def autograde(course: Course, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """Type a command in the class's folder; give what it says, in one line."""

    def run(*words: object, who: str = KOFI, code: int = 0) -> str:
        monkeypatch.chdir(course.root)
        monkeypatch.setenv("AUTOGRADE_WHO", who)
        monkeypatch.setattr("sys.argv", ["autograde", *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        done = capsys.readouterr()
        assert (ended.value.code or 0) == code, done.out + done.err
        return " ".join((done.out + done.err).split())

    return run


def id_of(course: Course, n: int) -> str:
    """Give a learner's id as the gradebook has it."""
    found = Roster.of(course).find(PEOPLE[n - 1][0])
    assert found
    return found.id


def given_out(at: Desk, page: Page, autograde: Command) -> None:
    table = [("ID number", "First name", "Last name"), *PEOPLE]
    at.enter(page, "learners")
    page.get_by_label("Paste it here").fill("\n".join("\t".join(row) for row in table))
    page.get_by_role("button", name="Look at the list").click()
    page.get_by_role("button", name="Add these 30 learners").click()
    said(page, "30 learners added.")
    autograde("release", "w01", "--due", "1 December 2036 17:00", "--anyway")


def theirs(page: Page, n: int, file: Path, folder: Path, text: str, *, choose: str = "") -> bytes:
    """Answer in a browser of the learner's own, in the file that came; give what is handed in."""
    browser = page.context.browser
    assert browser
    with browser.new_context(locale="en-GB", accept_downloads=True) as own:
        tab = Tab(own.new_page(), file.as_uri())
        tab.page.add_init_script(ONE_PAGE)
        tab.page.goto(tab.address)
        tab.work(PEOPLE[n - 1][0])
        if choose:
            tab.choose(choose, "w01-q01")
        tab.write(text, TASK)
        tab("w01-declaration").get_by_role("checkbox").check()
        return tab.download("Hand in", folder).read_bytes()


def handed_in(at: Desk, page: Page, folder: Path) -> None:
    """Take a download of Moodle in at the desk."""
    [own] = (at.course.root / "handout").glob("*.html")
    now, kit, files = datetime.now(UTC).isoformat(), Kit(), dict[str, bytes]()
    for n in range(1, 31):
        values = {"q01": "a" if n % 3 else "b", "t01": f"Because {canary(n)}.", "declaration": True}
        one = (
            theirs(page, n, own, folder, f"Because {canary(n)}.", choose="a")
            if n == BY_PAGE
            else kit.hand_in(PEOPLE[n - 1][0], now, **values)
        )
        files[f"{called(n).replace('_', ' ')}_{NUMBER + n}_assignsubmission_file/hand-in.zip"] = one
    (folder / "Care-w01-77.zip").write_bytes(kit.zipped(files))
    page.goto(f"{at.base}/desk/take-in")
    page.locator("#take-files").set_input_files(folder / "Care-w01-77.zip")
    page.get_by_role("button", name="Take in", exact=True).first.click()
    put_away(page, "30 hand-ins were taken in")


def referred(at: Desk, page: Page, autograde: Command, folder: Path) -> None:
    """Refer two learners, give the files back by Moodle, and have what they hand in marked."""
    first, other = AGAIN
    page.goto(f"{at.base}/desk/results?learner={id_of(at.course, first)}&refer={ASSIGNMENT}")
    section = page.get_by_role("region", name="Refer for more")
    section.get_by_label("Why?").check()
    section.get_by_label("What is missing in").fill("Say whom you tell.")
    section.get_by_role("button", name="Refer", exact=True).click()
    said(page, "Referred: 1 task to do again.")
    autograde("refer", PEOPLE[other - 1][0], "w01", "--task", TASK, "--missing", "Say when.", "--until", "1/2/2037", who=RUTH)
    page.goto(f"{at.base}/desk/give-back?workbook={ASSIGNMENT}")
    page.locator("#make").click()
    expect(page.locator("#ready")).to_contain_text("30 pages ready", timeout=20_000)
    with page.expect_download() as files:
        page.get_by_role("button", name="Download the feedback files").click()
    back = feedback_files(files.value.path().read_bytes(), range(NUMBER, NUMBER + 100))
    assert {number - NUMBER for number, found in back.items() if len(found) == 2} == {*AGAIN}
    for n in AGAIN:
        [(_, data)] = [one for one in back[NUMBER + n] if "feedback" not in one[0]]
        (folder / f"again{n}.html").write_bytes(data)
        path = folder / f"again{n}.zip"
        path.write_bytes(theirs(page, n, folder / f"again{n}.html", folder, f"I tell the senior at once. {canary(n)}"))
        assert "1 hand-in" in autograde("intake", path)
    autograde("mark", "w01")
    for n in AGAIN:
        page.goto(f"{at.base}/desk/mark?workbook=w01&learner={id_of(at.course, n)}")
        expect(page.locator("#mark-lines")).to_contain_text("I tell the senior at once.")
        expect(page.get_by_role("region", name="Attempt 1")).to_contain_text(canary(n))
        expect(page.locator("[data-mark-ready]")).to_be_visible()
        with page.expect_response("**/keep.json*"):
            page.get_by_label("Points", exact=True).fill("8")
            page.get_by_role("button", name="Save").click()
        expect(page.locator("#mark-state")).to_have_text("Saved")
    autograde("feedback", "w01")
    assert "30" in autograde("give-back", "w01", "--moodle", "--to", folder)


def decided(at: Desk, page: Page, autograde: Command, folder: Path) -> None:
    """Enter what was seen at work; decide 1.1 by a checked list at the desk, the rest by a list in a file."""
    for n in PASSED:
        codes = [word for code in HAND for word in ("--criterion", code)]
        about = ("--by", "Omar Haddad", "--title", f"Shift {n}", "--text", f"Seen with {PEOPLE[n - 1][0]}: {canary(n)}.")
        autograde("evidence", "add", PEOPLE[n - 1][0], "observation", *codes, *about)
    page.goto(f"{at.base}/desk/results?criterion=1.1")
    boxes = page.locator("#form-decide-each").get_by_role("checkbox")
    expect(boxes).to_have_count(len(PASSED))
    for box in boxes.all():
        box.check()
    page.get_by_role("button", name="Decide “met” for what is ticked").click()
    said(page, f"Decided: {len(PASSED)} criteria met.")
    for n in (1, 3):
        [written] = re.findall(rf"{ASSIGNMENT}/{TASK}@\w+", autograde("evidence", "list", PEOPLE[n - 1][0]))
        autograde("decide", PEOPLE[n - 1][0], "1.1", "not-yet", "--reason", f"No reason, {called(n)}.", "--evidence", written)
    autograde("results", "--to-decide", folder / "check.csv")
    with (folder / "check.csv").open(encoding="utf-8-sig", newline="") as file:
        proposed = list(csv.DictReader(file))
    assert {row["learner"] for row in proposed} == {PEOPLE[n - 1][0] for n in PASSED}, "of what must be shown in real work"
    there = {(row["learner"], row["criterion"]) for row in proposed}
    seen = {row["learner"]: row["id"] for row in rows(at.course, "SELECT learner, id FROM autograde_evidence")}
    with (folder / "check.csv").open("a", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        for n in PASSED:
            left = [code for code in HAND if (PEOPLE[n - 1][0], code) not in there]
            writer.writerows([PEOPLE[n - 1][0], code, "met", f"Seen on shift {n}.", seen[id_of(at.course, n)]] for code in left)
    assert str(len(PASSED) * len(HAND)) in autograde("decide-list", folder / "check.csv")


def sampled(at: Desk, page: Page, autograde: Command) -> None:
    """Look at decisions: at the desk at one of Kofi's, which is decided anew; by command at one of Ruth's; and mark twice."""
    autograde("quality", "plan", "--seed", "autumn", "--per-learner", 2, who=INES)  # of which one at most is Ruth's
    asked = "SELECT s.id, d.learner, d.criterion, d.evidence FROM autograde_sample s JOIN autograde_decision d ON d.id = s.decision"
    of = {who: rows(at.course, f"{asked} WHERE d.assessor = ? ORDER BY d.learner, d.criterion", who) for who in (RUTH, KOFI)}
    last = ERASED[1]
    theirs = next(row for row in of[KOFI] if row["learner"] == id_of(at.course, last))
    page.goto(f"{at.base}/desk/quality?sample={theirs['id']}")
    page.get_by_label("I do not agree").check()
    page.get_by_label("Feedback to the assessor").fill(f"What did {called(last)} do?")
    page.get_by_role("button", name="Write it down").click()
    said(page, f"{RUTH} does not agree with {KOFI}’s decision on {theirs['criterion']}.")
    page.goto(f"{at.base}/desk/quality?sample={theirs['id']}")
    page.get_by_role("link", name=f"Ask {KOFI} to do something").click()
    page.get_by_label("What is to be done").fill(f"Write down what {called(last)} did")
    page.get_by_role("button", name="Ask", exact=True).click()
    said(page, f"{KOFI} is asked to do it.")
    words = ("--reason", f"{called(last)} asked first.", "--evidence", json.loads(theirs["evidence"])[0])
    autograde("decide", PEOPLE[last - 1][0], theirs["criterion"], "met", *words)
    [action] = rows(at.course, "SELECT id FROM autograde_action")
    autograde("quality", "close", action["id"], f"{called(last)} has it now.")
    assert f"{INES} agrees with {RUTH}" in autograde("quality", "look", of[RUTH][0]["id"], "--agree", who=INES)
    for given in (0.5, 9.5):  # which nobody gave at first
        told = autograde("quality", "second", "w01", TASK, who=INES)
        assert "canary" in told
        token = re.findall(r"This is (\w+),", told)[0]
        autograde("quality", "second", "w01", TASK, "--answer", token, "--points", given, who=INES)
    page.goto(f"{at.base}/desk/quality?part=agreement")
    expect(page.get_by_text("It is agreement, not accuracy")).to_be_visible()
    expect(page.get_by_role("listitem").filter(has_text="at first, ").first).to_contain_text(INES)


def signed_off(at: Desk, page: Page, autograde: Command, folder: Path) -> None:
    """Sign units off; then nothing of them changes, neither by whoever has the old page before them nor by command."""
    one, id_ = BY_PAGE, id_of(at.course, BY_PAGE)
    page.goto(f"{at.base}/desk/results?learner={id_}")
    old = {name: page.context.new_page() for name in ("cell", "mark")}
    old["cell"].goto(f"{at.base}/desk/results?learner={id_}&criterion=1.1")
    old["mark"].goto(f"{at.base}/desk/mark?workbook=w01&learner={id_}")
    expect(old["mark"].locator("[data-mark-ready]")).to_be_visible()
    page.get_by_role("button", name="Sign off and lock the unit").click()
    said(page, "The unit is signed off, and locked.")
    for n in PASSED:
        if n != one:
            autograde("sign-off", PEOPLE[n - 1][0], who=RUTH)
    assert "signed off" in autograde("sign-off", PEOPLE[0][0], code=1)
    before = rows(at.course, "SELECT * FROM autograde_decision"), rows(at.course, "SELECT * FROM grade")
    cell = old["cell"]
    cell.get_by_role("radio", name="not yet met").check()
    cell.get_by_label("Reason").first.fill("Too late.")
    cell.get_by_role("button", name="Write the decision down").click()
    expect(cell.locator(".desk-fault")).to_contain_text("nothing of yours was written")  # though its form is there no more
    expect(cell.locator(".desk-locked")).to_contain_text("and is locked")
    with old["mark"].expect_response("**/keep.json*"):
        old["mark"].get_by_label("Points", exact=True).fill("1")
        old["mark"].get_by_role("button", name="Save").click()
    expect(old["mark"].locator("#mark-fault")).to_contain_text(LOCKED)
    other = PEOPLE[MET[-1] - 1][0]
    assert LOCKED in autograde("decide", other, "1.1", "not-yet", "--reason", "Too late.", code=1)
    assert LOCKED in autograde("refer", other, "w01", "--task", TASK, "--missing", "More.", code=1)
    (folder / "late.zip").write_bytes(Kit().hand_in(other, datetime.now(UTC).isoformat(), q01="a", t01="Later.", declaration=True))
    assert "is kept and waits: the unit was signed off on " in autograde("intake", folder / "late.zip")
    autograde("mark", "w01")
    for window in old.values():
        window.close()
    assert (rows(at.course, "SELECT * FROM autograde_decision"), rows(at.course, "SELECT * FROM grade")) == before


def downloaded(page: Page, form: str, what: str, *, named: bool) -> bytes:
    """Download a report at the desk."""
    section = page.locator(f"#{form}")
    if not section.is_visible():
        page.get_by_text("Reports", exact=True).click()
    section.get_by_role("combobox").select_option(what)
    if named:
        section.get_by_role("checkbox").check()
    with page.expect_download() as file:
        section.get_by_role("button", name="Download").click()
    return file.value.path().read_bytes()


def at_home(at: str) -> str:
    """Give a time of the records as a report has it."""
    return f"{datetime.fromisoformat(at).replace(tzinfo=UTC).astimezone(LOCAL):%Y-%m-%d %H:%M}"


GRADES = """SELECT a.student_id AS learner, b.name AS cell, g.auto_score, g.manual_score, c.max_score, a.timestamp AS at FROM grade g
  JOIN base_cell b ON b.id = g.cell_id JOIN grade_cells c ON c.id = g.cell_id JOIN submitted_notebook n ON n.id = g.notebook_id
  JOIN submitted_assignment a ON a.id = n.assignment_id"""
WORDS = {1: "met", 0: "not yet met", None: "taken back"}


def as_tracked(course: Course) -> Counter[tuple[str, ...]]:
    """Give the rows of the criterion tracker as the gradebook alone has them, without titles and the day of feedback."""
    called_by = {id_of(course, n): f"{called(n)} ({PEOPLE[n - 1][0]})" for n in range(1, 31)}
    pieces = dict[tuple[str, str], list[tuple[str, ...]]]()
    again = {id_of(course, n) for n in AGAIN}
    for row in rows(course, GRADES):
        day, attempt = at_home(row["at"])[:10], "2" if row["learner"] in again else "1"
        if row["cell"] != TASK and not row["auto_score"]:
            continue  # what is not right shows nothing
        if row["cell"] == TASK:
            kind, marks = "written answer", f"{row['manual_score']:g} of {row['max_score']:g}"
        else:
            kind, marks = "closed questions", "1 of 1 right"
        pieces.setdefault((row["learner"], "1.1"), []).append((attempt, kind, day, marks, "the learner"))
    for row in rows(course, "SELECT learner, tasks, at FROM autograde_referral"):
        marks = f"{json.loads(row['tasks'])[TASK]['points']:g} of 10"
        pieces[row["learner"], "1.1"].append(("1", "written answer", at_home(row["at"])[:10], marks, "the learner"))
    for row in rows(course, 'SELECT learner, criteria, kind, "on", "by" FROM autograde_evidence'):
        for code in json.loads(row["criteria"]):
            pieces.setdefault((row["learner"], code), []).append(("", row["kind"], row["on"], "", row["by"]))
    decided = dict[tuple[str, str], tuple[str, ...]]()
    for row in rows(course, "SELECT * FROM autograde_decision ORDER BY at, id"):
        decided[row["learner"], row["criterion"]] = (WORDS[row["met"]], row["assessor"], at_home(row["at"]), row["reason"])
    return Counter(
        (name, code, *piece, *decided.get((learner, code), ("",) * 4))
        for learner, name in called_by.items()
        for code in CODES
        for piece in pieces.get((learner, code), [("",) * 5])
    )


def tracked_alike(course: Course, page: Page, autograde: Command, base: str, folder: Path) -> None:
    """Hold the tracker, as a spreadsheet and as text, to the gradebook."""
    autograde("report", "tracker", "--to", folder / "tracker.xlsx", "--names")
    [sheet] = openpyxl.load_workbook(folder / "tracker.xlsx").worksheets
    table = [tuple(str(cell.value or "") for cell in row) for row in sheet.iter_rows()]
    page.goto(f"{base}/desk/results")
    text = downloaded(page, "tracker", "criterion-tracker.csv", named=True).decode("utf-8-sig")
    assert [tuple(row) for row in csv.reader(io.StringIO(text))] == table
    header, *lines = ([cell for name, cell in zip(table[0], row, strict=True) if name not in DROPPED] for row in table)
    found = Counter(tuple(line) for line in lines)
    expected = as_tracked(course)
    assert (found - expected, expected - found) == (Counter(), Counter()), header


DROPPED = {"evidence", "feedback given", "rests on it"}


def recorded_alike(course: Course, page: Page, autograde: Command, base: str, folder: Path) -> None:
    """Hold the records of two learners to the gradebook: one as a PDF for a reader aloud, with the name, one as a page without."""
    first = min(AGAIN)
    autograde("report", "record", PEOPLE[first - 1][0], "--to", folder / "record.pdf", "--names")
    data = (folder / "record.pdf").read_bytes()
    reader = pypdf.PdfReader(io.BytesIO(data))
    root: Any = reader.trailer["/Root"]
    assert (root["/MarkInfo"]["/Marked"], root["/Lang"]) == (True, "en-GB")
    assert b"pdfuaid" in root["/Metadata"].get_data()
    assert {"/H1", "/Table", "/TH", "/TD"} <= {*tags_of(root["/StructTreeRoot"])}
    page.goto(f"{base}/desk/results?learner={id_of(course, BY_PAGE)}")
    shown = re.sub(
        r"<style>.*?</style>|<[^>]*>", " ", downloaded(page, "record", "unit-record.html", named=False).decode(), flags=re.DOTALL
    )
    assert not [word for word in PEOPLE[BY_PAGE - 1] if word in shown]
    for n, text in ((first, solid(pdf_text(data))), (BY_PAGE, solid(html.unescape(shown)))):
        made = rows(course, "SELECT * FROM autograde_decision WHERE learner = ?", id_of(course, n))
        assert len(made) == len(CODES)
        for row in made:
            assert solid(f"{row['criterion']}{WORDS[row['met']]}{row['assessor']}{at_home(row['at'])}{row['reason']}") in text
        for row in rows(course, "SELECT * FROM autograde_unit_event WHERE learner = ?", id_of(course, n)):
            assert solid(f"Signed off by the assessor{row['who']}{at_home(row['at'])}") in text


def marks_alike(course: Course, autograde: Command, folder: Path) -> None:
    """Hold the gradebook's file to the gradebook, and the class report's figures to its points."""
    autograde("gradebook", "--csv", folder / "grades.csv")
    with (folder / "grades.csv").open(encoding="utf-8-sig", newline="") as file:
        found = Counter((row["last name"], row["first name"], row["item"], float(row["points"])) for row in csv.DictReader(file))
    names = {id_of(course, n): PEOPLE[n - 1][:0:-1] for n in range(1, 31)}
    expected = Counter((*names[row["learner"]], row["cell"], _points(row)) for row in rows(course, GRADES))
    assert found == expected
    assert figures(course, autograde, folder / "class.html") == {
        name: ("30", f"{sum(_points(row) / row['max_score'] for row in rows(course, GRADES) if row['cell'] == name) / 30:.2f}")
        for name in ("w01-q01", TASK)
    }


def _points(row: Any) -> float:
    return float(row["auto_score"] if row["manual_score"] is None else row["manual_score"])


def figures(course: Course, autograde: Command, file: Path) -> dict[str, tuple[str, str]]:
    """Give item → how many learners, and how easy it was, as the class report has it."""
    autograde("report", "class", "--to", file)
    return {
        name: (n, easy) for name, n, easy in re.findall(r"<tr><td>(w01-\w+)</td><td>(\d+)</td><td>([\d.]+)</td>", file.read_text("utf-8"))
    }


def quality_alike(course: Course, page: Page, autograde: Command, base: str, folder: Path) -> None:
    """Hold the quality assurer's report to the samples, second marks and actions; without names it has nothing that leads to a learner."""
    autograde("report", "quality", "--to", folder / "quality.pdf", "--names")
    text = solid(pdf_text((folder / "quality.pdf").read_bytes()))
    called_by = {id_of(course, n): f"{called(n)} ({PEOPLE[n - 1][0]})" for n in range(1, 31)}
    asked = "SELECT d.*, s.agrees, s.by AS looked, s.text FROM autograde_sample s JOIN autograde_decision d ON d.id = s.decision"
    for row in rows(course, asked):
        assert solid(f"{called_by[row['learner']]}{row['criterion']}{WORDS[row['met']]}{row['assessor']}") in text
        if row["agrees"] == 0:
            assert solid(f"{row['looked']}{row['text']}") in text
    for row in rows(course, "SELECT learner, first, points, marker FROM autograde_second_mark WHERE first != points"):
        assert solid(f"{called_by[row['learner']]}{ASSIGNMENT} {TASK}{row['first']:g}{row['points']:g}{row['marker']}") in text
    [action] = rows(course, 'SELECT "to", text, closing FROM autograde_action')
    assert solid(f"{action['to']}{action['text']}") in text
    assert solid(action["closing"]) in text
    page.goto(f"{base}/desk/quality")
    page.get_by_text("Report for the quality assurer").click()
    shown = html.unescape(downloaded(page, "quality-report", "quality-assurance.html", named=False).decode())
    ids = [id_of(course, n) for n in range(1, 31)]
    assert [
        word
        for word in (*ids, *(one[0] for one in PEOPLE), *map(called, range(1, 31)))
        if re.search(rf"(?<!\w){re.escape(word)}(?!\w)", shown)
    ] == []


def bank_alike(autograde: Command, folder: Path) -> None:
    """Read the closed item as Moodle's and QTI's readers do."""
    for form, end in (("moodle", "xml"), ("qti21", "zip"), ("qti3", "zip")):
        autograde("bank", "export", "w01", "--to", folder / f"{form}.{end}", "--as", form)
    question = fromstring((folder / "moodle.xml").read_bytes()).findall("question")[1]
    assert (question.get("type"), question.findtext("idnumber"), float(question.findtext("defaultgrade") or 0)) == (
        "multichoice",
        "w01-q01",
        2,
    )
    assert [(one.findtext("text"), one.get("fraction")) for one in question.findall("answer")] == [("This", "100"), ("That", "0")]
    for form in ("qti21", "qti3"):
        files = packed((folder / f"{form}.zip").read_bytes())
        [item] = [in_old_names(fromstring(data)) for name, data in files.items() if "w01-q01" in name]
        assert list(qti_faults(item)) == []


def erased(course: Course, at: Desk, page: Page, autograde: Command, folder: Path) -> None:
    """Give one learner all that is held; then erase two, and find nothing of them but points that lead to nobody."""
    first, last = ERASED
    autograde("export-learner", PEOPLE[first - 1][0], "--to", folder / "all.zip")
    with zipfile.ZipFile(folder / "all.zip") as archive:
        given = json.loads(archive.read("data.json"))
        assert all(
            any(canary(first).encode() in data for _, data in unpacked(name, archive.read(name)))
            for name in archive.namelist()
            if name.endswith(".zip")
        )
    for title, table in (("Decisions", "decision"), ("Evidence entered by hand", "evidence"), ("Referrals", "referral")):
        held = rows(course, f"SELECT id FROM autograde_{table} WHERE learner = ?", id_of(course, first))  # noqa: S608
        assert {row["id"] for row in given[title]} == {row["id"] for row in held}, title
    before = figures(course, autograde, folder / "before.html")
    ids = {n: id_of(course, n) for n in ERASED}
    words = [word for n in ERASED for word in (ids[n], PEOPLE[n - 1][0], called(n), canary(n))]
    assert {word for _, word in traces(course.root, words)} == {*words}
    autograde("backup")
    [backup] = (Path.home()).glob("care-level-2-*.db")
    page.goto(f"{at.base}/desk/learners?learner={ids[first]}&erase=1")
    expect(page.locator("main")).to_contain_text(str(backup))
    page.get_by_label(f"Type the id {PEOPLE[first - 1][0]} to erase this learner").fill(PEOPLE[first - 1][0])
    page.get_by_role("button", name="Erase for good").click()
    said(page, "is erased")
    assert backup.name in autograde("erase-learner", PEOPLE[last - 1][0], "--yes")
    for kind, file in (("tracker", "t.csv"), ("quality", "q.html"), ("class", "c.html")):
        autograde("report", kind, "--to", folder / "after" / file, *(["--names"] if kind != "class" else []))
    assert [*traces(course.root, words), *traces(folder / "after", words)] == []
    assert "Nobody" in autograde("report", "record", PEOPLE[first - 1][0], "--to", folder / "after" / "r.pdf", code=1)
    assert figures(course, autograde, folder / "after.html") == before
    kept = rows(course, "SELECT pseudonym, cell, points FROM autograde_kept_points")
    assert len(kept) == 2 * len(ERASED)
    assert len({row["pseudonym"] for row in kept}) == len(ERASED)
    assert not {row["pseudonym"] for row in kept} & {row["pseudonym"] for row in rows(course, "SELECT pseudonym FROM autograde_pseudonym")}
    assert "The log and the records are as they were written" in autograde("audit", "verify")


@pytest.mark.timeout(180, func_only=True)
def test_a_class_goes_through_the_whole_life_of_a_unit(
    course: Course, settings: dict[str, str], serve: Serve, paged: Page, autograde: Command, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    (out / "after").mkdir(parents=True)
    at = start(serve, course.root, {**settings, "AUTOGRADE_WHO": RUTH}, free_port())
    given_out(at, paged, autograde)
    handed_in(at, paged, out)
    autograde("mark", "w01")
    assert mark_by_keys(paged, at.base, TASK) == 30
    referred(at, paged, autograde, out)
    decided(at, paged, autograde, out)
    sampled(at, paged, autograde)
    signed_off(at, paged, autograde, out)
    tracked_alike(course, paged, autograde, at.base, out)
    recorded_alike(course, paged, autograde, at.base, out)
    marks_alike(course, autograde, out)
    quality_alike(course, paged, autograde, at.base, out)
    bank_alike(autograde, out)
    erased(course, at, paged, autograde, out)
