"""A class of 30 over two workbooks: at the desk, in a browser; by commands, in a second folder; the two come to the same, row by row."""

import csv
import hashlib
import io
import json
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from nbgrader.api import Gradebook
from playwright.sync_api import Page, expect

from autograde import cli
from autograde.classes.folder import Course
from autograde.classes.new import new_course
from autograde.classes.roster import Roster
from autograde.content import load_key
from autograde.gradebook.givings import read_givings
from autograde.inbox.put_right import set_aside
from autograde.inbox.take_ins import take_ins
from autograde.marking.kinds import MARKERS
from autograde.text import LOCAL
from tests.conftest import ROOT, free_port
from tests.desk.conftest import Serve, said, start
from tests.desk.giving import HEADER
from tests.desk.moodle import Site, feedback_files
from workbook_helpers.items import Workbook, load_workbook

W02, W03 = "w02-the-people-you-work-with", "w03-families-friends-and-dementia"
FIRST = {W02: 200, W03: 300}
"""Moodle's number of the learner before the first."""
HANDED_IN = {W02: 25, W03: 27}
VOIDED = "w02-q17"
DUE = "1 December 2036 17:00"
ODD = [
    ("001234", "Mary Ann", "Smith_Jones"),
    ("COLLEGE\\jsmith", "John", "Smith"),
    ("jane.o'neill@example.org", "Jane", "O'Neill"),
    ("jane+care@example.org", "Jane", "Care, MBE"),
    ("émilie", "Émilie", "Ängström"),
    ("oksana", "Оксана", "Коваленко"),
    ("hoa", "Nguyễn Thị", "Hoa"),
    ("li", "小龙", "李"),
]
PEOPLE = ODD + [(f"s{n:02}", f"First{n:02}", f"Last{n:02}") for n in range(len(ODD) + 1, 31)]
LEVELS = {1: range(3), 2: range(3, 5), 3: range(5, 7), 4: range(7, 9), 5: range(9, 11)}
GOES_ON = """(shown) => document.getElementById("mark-count").textContent === "All answers here are marked." ? "ended"
  : document.getElementById("marking").dataset.markShown !== shown && 'next'"""
PDF = b"%PDF-1.7 a certificate"


def called(n: int) -> str:
    """Give a learner's name as Moodle writes it."""
    return " ".join(PEOPLE[n - 1][1:])


def points(n: int) -> int:
    return n % 11


def comment(n: int) -> str:
    return "" if n % 3 else f"Say who else was told, {n}, and why."


def zipped(files: Mapping[str, bytes], when: datetime) -> bytes:
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, when.astimezone(LOCAL).timetuple()[:6]), content, zipfile.ZIP_DEFLATED)
    return memory.getvalue()


def answers(workbook: Workbook, n: int, turn: int = 0) -> bytes:
    """Give a learner's answers: two of three questions right, one left out now and then, other words in another turn."""
    key = load_key(workbook.id).keys
    values: dict[str, Any] = {item.id: True for item in workbook.items.values() if item.kind == "declaration"}
    for at, item in enumerate(workbook.paper(assessed=True).values()):
        if not item.asks_person:
            tries = MARKERS[item.kind].tries(item, key[item.id].right)
            if (n + at) % 7:
                values[item.id] = tries.right if (n + at) % 3 else tries.wrong
        elif (n + at) % 9:
            values[item.id] = f"I told the senior {n} times about {item.id}, because Mr {n * 7 + turn} had asked for it on day {at}."
    kept = {name: {"value": value, "saved_at": "2026-11-19T10:00:00+00:00", "revision": 1} for name, value in values.items()}
    return json.dumps({"schema": 1, "workbook": workbook.id, "revision": 1, "answers": kept}, ensure_ascii=False).encode()


def parts(workbook: Workbook, n: int, when: datetime, *, student: str | None = "", turn: int = 0) -> dict[str, bytes]:
    """Give what a learner's page packs; `student` "" for the learner's own id, None for none."""
    raw = answers(workbook, n, turn)
    manifest = {"schema": 1, "workbook": workbook.id, "assignment": workbook.assignment, "handed_in_at": when.isoformat()}
    manifest |= {"answers_sha256": hashlib.sha256(raw).hexdigest(), "code": "7F3A-90BC-12DE", "declared": True}
    if student is not None:
        manifest["student"] = student or PEOPLE[n - 1][0]
    return {"manifest.json": json.dumps(manifest).encode(), "answers.json": raw}


def with_folders(workbook: Workbook, other: Workbook, when: datetime) -> dict[str, bytes]:
    """Give Moodle's download of the first workbook: a folder for each learner, and all that is odd in one."""

    def pack(n: int, **more: Any) -> bytes:
        return zipped(parts(workbook, n, when, **more), when)

    name, files = "hand-in.zip", dict[str, bytes]()
    for n in range(1, 29):
        folder = f"{called(n).replace('_', ' ')}_{FIRST[W02] + n}_assignsubmission_file/"
        match n:
            case 1:  # renamed by a browser; the zeros of the id left out
                files[f"{folder}hand-in (1).zip"] = pack(n, student="1234")
            case 2:  # two attempts
                files[f"{folder}hand-in.zip"] = zipped(parts(workbook, n, when.replace(second=0), turn=1), when)
                files[f"{folder}hand-in (1).zip"] = pack(n)
            case 3:
                files[folder + name] = pack(n)
                files[folder.replace("_file/", "_onlinetext/onlinetext.html")] = b"<p>Here it is.</p>"
            case 4:  # unpacked by a browser
                files |= {f"{folder}{one.replace('.', ' (1).')}": data for one, data in parts(workbook, n, when).items()}
            case 5:  # packed once more
                files[f"{folder}all.zip"] = zipped({name: pack(n)}, when)
            case 6:  # of a Mac; a capital in the id
                files |= {folder + name: pack(n, student="Oksana"), f"{folder}.DS_Store": b"x", f"{folder}__MACOSX/._hand-in.zip": b"x"}
            case 7:  # Moodle before 4.1
                files[f"{folder[:-1]}_/{name}"] = pack(n)
            case 8:  # names hidden
                files[f"Participant_{FIRST[W02] + n}_assignsubmission_file/{name}"] = pack(n)
            case 9:
                files |= {folder + name: pack(n), f"{folder}certificate.pdf": PDF}
            case 10:
                files[f"{folder}My answers.docx"] = zipped({"[Content_Types].xml": b"<x/>", "word/document.xml": b"<x/>"}, when)
            case 11:
                files[folder + name] = pack(n)[:-40]
            case 12:
                files[folder + name] = pack(n, student=None)
            case 13:
                files[folder + name] = zipped(parts(other, n, when), when)
            case 14:  # who is this?
                files[f"Somebody Else_{FIRST[W02] + n}_assignsubmission_file/{name}"] = pack(n, student="nobody")
            case 15:  # in folders of its own
                files |= {f"{folder}hand-in/{one}": data for one, data in parts(workbook, n, when).items()}
            case _:
                files[folder + name] = pack(n)
    return files


def without_folders(workbook: Workbook, when: datetime) -> dict[str, bytes]:
    """Give the download of the second workbook, in which all lies side by side."""
    files = dict[str, bytes]()
    for n in range(3, 31):
        before = f"{called(n).replace('_', ' ')}_{FIRST[W03] + n}_assignsubmission_"
        if n == 4:
            files |= {f"{before}file_{one}": data for one, data in parts(workbook, n, when).items()}
        elif n == 5:
            files[f"{before}onlinetext_onlinetext.html"] = b"<p>I forgot the file.</p>"
        elif n == 30:  # a team's folder has no number
            files["Default group_assignsubmission_file/hand-in.zip"] = zipped(parts(workbook, n, when), when)
        else:
            files[f"{before}file_hand-in.zip"] = zipped(parts(workbook, n, when), when)
    return files


def worksheet(assignment: str, when: datetime) -> bytes:
    """Give Moodle's grading worksheet."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(HEADER)
    at = f"{when.astimezone(LOCAL):%A, %d %B %Y, %I:%M %p}"
    for n in range(1, len(PEOPLE) + 1):
        row = [
            f"Participant {FIRST[assignment] + n}",
            called(n),
            f"{n}@example.org",
            "Submitted for grading",
            "",
            "100.00",
            "Yes",
            at,
            "-",
            "",
        ]
        writer.writerow(row)
    return text.getvalue().encode("utf-8-sig")


def put_away(page: Page, text: str) -> None:
    """Wait for what is said of long work, and put it away."""
    line = page.locator("#desk-work-line")
    expect(line).to_contain_text(text, timeout=30_000)
    page.get_by_role("button", name="Put this away").click()
    expect(line).to_have_count(0)


def mark_by_keys(page: Page, base: str, task: str) -> int:
    """Mark a task of all learners by keys alone; how many answers there were."""
    numbers = {called(n): n for n in range(1, len(PEOPLE) + 1)}
    page.goto(f"{base}/desk/mark?workbook={task[:3]}&task={task}")
    page.wait_for_selector("[data-mark-ready]")
    for done in range(1, len(PEOPLE) + 1):
        shown, who = page.evaluate(
            "[document.getElementById('marking').dataset.markShown, document.getElementById('mark-who').textContent]"
        )
        n = numbers[who]
        level = next(level for level, its in LEVELS.items() if points(n) in its)
        page.keyboard.press(str(level))
        page.keyboard.press(str(points(n) % 10))
        if comment(n):
            page.keyboard.press("c")
            page.keyboard.insert_text(comment(n))
        page.keyboard.press("Control+Enter")
        if page.wait_for_function(GOES_ON, arg=shown).json_value() == "ended":
            page.wait_for_selector('[data-mark-state="saved"]')
            return done
    pytest.fail("it never ended")


def mark_as_formgrader(course: Course, assignment: str, task: str) -> int:
    """Give the same in the same rows as formgrader does."""
    numbers = {Roster.of(course).find(one).id: n for n, (one, _, _) in enumerate(PEOPLE, 1)}  # type: ignore[union-attr]
    marked = 0
    with course.gradebook() as gradebook:
        for submission in gradebook.assignment_submissions(assignment):
            n = numbers[submission.student.id]
            grade = gradebook.find_grade(task, assignment, assignment, submission.student.id)
            if grade.needs_manual_grade:
                grade.manual_score, grade.needs_manual_grade = points(n), False
                gradebook.find_comment(task, assignment, assignment, submission.student.id).manual_comment = comment(n) or None
                marked += 1
        gradebook.db.commit()
    return marked


def gradebook_of(course: Course) -> dict[str, Any]:
    """Give all that nbgrader itself reads in a gradebook."""
    found = dict[str, Any]()
    with Gradebook(course.db_url) as gradebook:
        for student in gradebook.students:
            found[student.id] = (student.first_name, student.last_name, student.email, student.score)
        for assignment in gradebook.assignments:
            found[assignment.name] = (assignment.duedate, assignment.max_score, assignment.num_submissions)
            for one in gradebook.assignment_submissions(assignment.name):
                place = f"{assignment.name} {one.student.id}"
                found[place] = (one.timestamp, one.extension, one.score, one.written_score, one.needs_manual_grade)
                for notebook in one.notebooks:
                    for grade in notebook.grades:
                        given = (grade.auto_score, grade.manual_score, grade.extra_credit, grade.score, grade.max_score)
                        found[f"{place} {grade.name}"] = (*given, grade.needs_manual_grade, grade.failed_tests)
                    for its in notebook.comments:
                        found[f"{place} {its.name} comment"] = (its.auto_comment, its.manual_comment, its.comment)
    return found


def files_of(course: Course, *folders: str) -> dict[str, bytes]:
    """Give all files below some folders of a class, without the time at which a hand-in was taken in."""
    return {
        path.relative_to(course.root).as_posix(): re.sub(rb'"run": "[^"]+"', b"", path.read_bytes())
        for folder in folders
        for path in sorted((course.root / folder).rglob("*"))
        if path.is_file() and ".take-ins" not in path.parts
    }


def kept(course: Course) -> dict[str, Any]:
    """Give what else is kept, without its times: each take-in, what was set aside and why, what was given back and to whom."""
    return {
        "taken in": [(one.assignment, one.taken, one.repeated, one.refused, one.notes, one.passed) for one in take_ins(course)],
        "set aside": sorted((one.file, one.reason, one.workbook, str(one.learner), one.sender) for one in set_aside(course)),
        "put right": sorted((one.file, one.reason) for one in set_aside(course, done=True)),
        "given": [(one.way, one.to, one.notes) for name in (W02, W03) for one in read_givings(course.db_url, course.course_id, name)],
    }


@pytest.mark.timeout(180, func_only=True)
def test_a_class_at_the_desk_is_the_same_as_by_commands(
    serve: Serve, paged: Page, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("WORKBOOKS_DIR", "AUTOGRADE_KEYS"):
        monkeypatch.delenv(name, raising=False)
    settings = {"HOME": str(tmp_path), "JUPYTER_CONFIG_DIR": str(tmp_path / "settings")}
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    made = new_course(tmp_path / "desk" / "care", name="Care level 2")
    other = Course(Path(shutil.copytree(made.root, tmp_path / "commands" / "care")))
    at, page = start(serve, made.root, settings, free_port()), paged
    workbooks = {name: load_workbook(ROOT / "workbooks" / name) for name in (W02, W03)}

    def autograde(*words: str, code: int = 0) -> str:
        monkeypatch.chdir(other.root)
        monkeypatch.setattr("sys.argv", ["autograde", *words])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        done = capsys.readouterr()
        assert (ended.value.code or 0) == code, done.out + done.err
        return " ".join((done.out + done.err).split())

    # Learners, pasted with a title above.
    rows = [(*one, f"{n}@example.org") for n, one in enumerate(PEOPLE, 1)]
    header = ("ID number", "First name", "Last name", "Email address")
    at.enter(page, "learners")
    page.get_by_label("Paste it here").fill("Care level 2\n\n" + "\n".join("\t".join(row) for row in (header, *rows)))
    page.get_by_role("button", name="Look at the list").click()
    page.get_by_role("button", name="Add these 30 learners").click()
    said(page, "30 learners added.")
    with (tmp_path / "list.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *rows])
    autograde("roster", str(tmp_path / "list.csv"))

    # Given out.
    page.goto(f"{at.base}/desk/give-out")
    for name in (W02, W03):
        page.locator(f"#give-{name}").check()
        page.locator(f"#give-due-{name}").fill("2036-12-01T17:00")
    page.get_by_role("button", name="Give out", exact=True).click()
    put_away(page, "Giving out: 2 workbooks were given out.")
    for name in (W02, W03):
        autograde("release", name[:3], "--due", DUE)

    # Taken in.
    when = datetime.now(UTC).replace(microsecond=0)
    drop = tmp_path / "drop"
    drop.mkdir()
    (drop / "Care-w02-77.zip").write_bytes(zipped(with_folders(workbooks[W02], workbooks[W03], when), when))
    (drop / "Care-w03-78.zip").write_bytes(zipped(without_folders(workbooks[W03], when), when))
    for name in (W02, W03):
        (drop / f"Grades-{name[:3]}.csv").write_bytes(worksheet(name, when))
    dropped = [drop / "Care-w02-77.zip", drop / "Care-w03-78.zip", drop / "Grades-w02.csv"]
    page.goto(f"{at.base}/desk/take-in")
    page.locator("#take-files").set_input_files(dropped)
    page.get_by_role("button", name="Take in", exact=True).first.click()
    put_away(page, "52 hand-ins were taken in, 4 files cannot be used.")
    autograde("intake", *map(str, dropped))
    card = page.locator(".desk-aside > li").filter(has_text="Somebody Else")
    card.get_by_label("Whose is it?").select_option("s14")
    card.get_by_role("button", name="Take it in").click()
    said(page, "It was taken in as the hand-in of First14 Last14.")
    [nobody] = [one for one in set_aside(other) if "nobody" in one.reason]
    autograde("assign", nobody.folder, "s14")

    # Marked: closed questions by the program, written answers by keys.
    for name in (W02, W03):
        page.goto(f"{at.base}/desk/mark")
        page.locator(f"#run-{name[:3]}").click()
        put_away(page, f"{HANDED_IN[name]} hand-ins marked.")
    autograde("mark", "--all")
    for name, workbook in workbooks.items():
        for task in (item.id for item in workbook.paper(assessed=True).values() if item.asks_person):
            assert mark_by_keys(page, at.base, task) == mark_as_formgrader(other, name, task) > 20

    assert gradebook_of(made) == gradebook_of(other)

    # One key voided.
    page.goto(f"{at.base}/desk/questions?workbook={W02}&question={VOIDED}")
    page.get_by_label("The question does not count").check()
    page.get_by_role("button", name="See whose points change").click()
    page.get_by_role("button", name="Do it, and mark again").click()
    put_away(page, "the points of 12 learners changed")
    autograde("void", "w02", VOIDED, "--yes")

    # Given back.
    (tmp_path / "out").mkdir()
    for name in (W02, W03):
        page.goto(f"{at.base}/desk/give-back?workbook={name}")
        page.locator("#make").click()
        expect(page.locator("#ready")).to_contain_text(f"{HANDED_IN[name]} pages ready", timeout=20_000)
        with page.expect_download() as files:
            page.get_by_role("button", name="Download the feedback files").click()
        with page.expect_download() as filled:
            page.get_by_label("Moodle’s grading worksheet").set_input_files(drop / f"Grades-{name[:3]}.csv")
        autograde("feedback", name[:3])
        autograde("give-back", name[:3], "--moodle", "--worksheet", str(drop / f"Grades-{name[:3]}.csv"), "--to", str(tmp_path / "out"))
        participants = range(FIRST[name], FIRST[name] + 100)
        pages = feedback_files(files.value.path().read_bytes(), participants)
        assert pages == feedback_files((tmp_path / "out" / f"{name}-feedback-for-moodle.zip").read_bytes(), participants)
        sheet = filled.value.path().read_bytes()
        assert sheet == (tmp_path / "out" / f"Grades-{name[:3]}.csv").read_bytes()
        site = Site(most=100, participants=set(participants))
        assert site.take(sheet, "utf-8", ",") == set(pages)

    # The two have come to the same, and nbgrader reads it.
    assert kept(made) == kept(other)
    folders = ("release", "submitted", "received", "autograded", "feedback")
    ours, theirs = files_of(made, *folders), files_of(other, *folders)
    assert ours.keys() == theirs.keys()
    assert [path for path in ours if ours[path] != theirs[path]] == []
    assert gradebook_of(made) == gradebook_of(other)
    subprocess.run([sys.executable, "-P", "-m", "nbgrader", "export"], cwd=made.root, check=True, capture_output=True)
    with (made.root / "grades.csv").open(encoding="utf-8", newline="") as file:
        exported = list(csv.DictReader(file))
    assert len(exported) == 60
