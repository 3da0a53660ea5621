"""The parts behind the page Give back: what is withheld, and that Moodle, Canvas and mail read what is written for them."""

import csv
import hashlib
import io
import shutil
import sys
import zipfile
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from autograde import cli
from autograde.classes.closing import close
from autograde.classes.folder import Course
from autograde.classes.roster import Roster
from autograde.desk.standing import standing
from autograde.errors import ClassError
from autograde.gradebook.database import reading
from autograde.gradebook.deeds import Deed
from autograde.gradebook.givings import read_givings, take_back
from autograde.gradebook.log import entries_in
from autograde.gradebook.rows import Rows
from autograde.gradebook.told import told_in
from autograde.inbox.attempts import Attempts
from autograde.inbox.intake import intake
from autograde.outbox.feedback import write_feedback
from autograde.outbox.filled import Table, read_table
from autograde.outbox.giving import Way, give, give_on_exchange
from autograde.outbox.ready import ready
from autograde.run.mark import mark_class
from tests.desk.conftest import LATE
from tests.desk.giving import HEADER, WEEKDAY, give_points, make_class, worksheet
from tests.desk.moodle import Site, feedback_files
from tests.tutor.conftest import ASSIGNMENT, Kit

SIX = 6


@pytest.fixture(scope="module")
def made(surroundings: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in surroundings.items():
            patch.setenv(name, value)
        course = make_class(tmp_path_factory.mktemp("six"), SIX)
        list(write_feedback(course, ASSIGNMENT))
    return course.root


@pytest.fixture
def six(made: Path, surroundings: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Course:
    for name, value in surroundings.items():
        monkeypatch.setenv(name, value)
    return Course(Path(shutil.copytree(made, tmp_path / "six")))


def pages(course: Course) -> dict[str, bytes]:
    return {path.parts[-3]: path.read_bytes() for path in course.root.glob("feedback/*/*/*.html")}


def outside(table: Table) -> list[str]:
    """Give the text between the cells that may change."""
    parts, at = [], 0
    for row in table.rows[1:]:
        for cell in (row[HEADER.index("Grade")], row[HEADER.index("Feedback comments")]):
            parts.append(table.text[at : cell.start])
            at = cell.end
    return [*parts, table.text[at:]]


def test_what_a_class_is_told_is_what_each_learner_is_told(six: Course, course: Course) -> None:
    for one in (six, course):
        with reading(one.db_url) as connection, Rows(one.db_url, ASSIGNMENT, one.course_id) as rows:
            told = told_in(connection, ASSIGNMENT)
            each = {who.id: given for who in Roster.of(one).students if (given := rows.given(who.id))}
            assert told == each
            assert {who: given.digest for who, given in told.items()} == {who: given.digest for who, given in each.items()}


def test_what_is_ready_is_whose_page_home_says_is_made(course: Course) -> None:
    found, at = ready(course, ASSIGNMENT), standing(course)
    assert {one.id for one in found.pages} == {who.id for who in at.learners if at.of(who.id, ASSIGNMENT).returned} == {"ana01"}
    assert {one.id: (one.why, one.step) for one in found.withheld} == {
        "ben01": ("the page is not made yet", "make"),
        "cai01": ("1 answer waits for you", "decide"),
        "dan01": ("the hand-in is not marked yet", "mark"),
    }


def test_a_page_that_no_longer_fits_is_withheld(six: Course, kit: Kit) -> None:
    assert len(ready(six, ASSIGNMENT).pages) == SIX
    with six.gradebook() as gradebook:
        give_points(gradebook, "l01", 9)
        gradebook.db.commit()
    newer = six.root.parent / "newer.zip"
    for learner, text in (("l02", "Other."), ("l04", "Because 4.")):
        hand_in = kit.hand_in(
            learner, (LATE + timedelta(hours=2)).isoformat(), q01="b" if text == "Other." else "a", t01=text, declaration=True
        )
        newer.write_bytes(hand_in)
        intake(six, [newer], "w01")
    found = ready(six, ASSIGNMENT)
    assert {one.id: (one.why, one.step) for one in found.withheld} == {
        "l01": ("the marks have changed since the page was made", "make"),
        "l02": ("there is a new hand-in, which is not marked yet", "mark"),
    }
    package = give(six, ASSIGNMENT, Way.MOODLE)
    assert sorted(feedback_files(package.data, range(100, 200))) == [103, 104, 105, 106]
    assert {"l01", "l02"} & set(package.giving.to) == set()
    list(mark_class(six, ASSIGNMENT))
    since = "the marks have changed since the page was made"
    shutil.rmtree(six.root / "feedback" / "l03")
    assert {one.id: (one.why, one.step) for one in ready(six, ASSIGNMENT).withheld} == {
        "l01": (since, "make"),
        "l02": ("1 answer waits for you", "decide"),
        "l03": ("the page is not made yet", "make"),
        "l04": ("the page of this hand-in is not made yet", "make"),
    }


def test_moodle_reads_the_feedback_files(six: Course) -> None:
    package = give(six, ASSIGNMENT, Way.MOODLE)
    found = feedback_files(package.data, range(100, 200))
    expected = {100 + int(who[1:]): [(f"{ASSIGNMENT}-feedback.html", page)] for who, page in pages(six).items()}
    assert found == expected
    with zipfile.ZipFile(io.BytesIO(package.data)) as archive:
        names = {name.partition("/")[0] for name in archive.namelist()}
    assert "Siân Ŵyn Jones_101_assignsubmission_file" in names
    assert "Tilde .Dot_105_assignsubmission_file" in names
    assert all(name.count("_") == 3 for name in names)


def test_one_number_of_two_learners_is_nobodys(six: Course) -> None:
    path = six.root / "received" / ASSIGNMENT / ".attempts" / "l02.json"
    path.write_text(path.read_text("utf-8").replace('"102"', '"101"'), "utf-8")
    package = give(six, ASSIGNMENT, Way.MOODLE)
    assert sorted(feedback_files(package.data, range(100, 200))) == [103, 104, 105, 106]
    assert "More than one learner has the same number" in package.giving.notes[0]


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize(("separator", "end"), [(",", "\n"), (";", "\r\n"), ("\t", "\n")])
def test_the_worksheet_comes_back_with_two_columns_changed(six: Course, codec: str, separator: str, end: str) -> None:
    text = worksheet(SIX, separator=separator, end=end, locked=6)
    raw = text.encode(codec, "replace")
    package = give(six, ASSIGNMENT, Way.WORKSHEET, raw=raw, name="Grades-care-w01.csv")
    assert package.name == "Grades-care-w01.csv"
    before, after = read_table(raw, "x"), read_table(package.data, "x")
    assert (before.mark, before.codec, before.separator) == (after.mark, after.codec, after.separator)
    assert outside(before) == outside(after)
    site = Site(most=12, participants=set(range(101, 108)), locked={106})
    assert site.take(package.data, codec, separator) == {101, 102, 103, 104, 105}
    assert {number: grade for number, (grade, _) in site.grades.items()} == {101: 7, 102: 7, 103: 5, 104: 7, 105: 7}
    assert unescape(site.comments[101]) == "Good, l01.<br>More & <b>bold</b> next time."
    assert "<b>" not in site.comments[101]
    assert any("locked the grade" in note for note in package.giving.notes)
    assert sorted(package.giving.to) == ["l01", "l02", "l03", "l04", "l05"]


def test_what_stood_in_the_worksheet_stays_or_is_told(six: Course) -> None:
    lines = worksheet(SIX, most="100.00").split("\r\n")
    lines[1] = lines[1].replace("grading,,100.00", "grading,99.00,100.00")
    lines[2] = lines[2].replace(",-,", ",-,Typed by hand")
    package = give(six, ASSIGNMENT, Way.WORKSHEET, raw="\r\n".join(lines).encode(), name="a.csv")
    rows = list(csv.DictReader(io.StringIO(package.data.decode())))
    assert [row["Grade"] for row in rows] == ["58.33", "58.33", "41.67", "58.33", "58.33", "41.67", ""]
    assert rows[1]["Feedback comments"] == "Typed by hand", "there is no comment of ours for this one"
    notes = " ".join(package.giving.notes)
    assert "Moodle's maximum is 100 and the workbook's 12" in notes
    assert "Another grade or comment stood there before: Siân Ŵyn_Jones." in notes
    again = give(six, ASSIGNMENT, Way.WORKSHEET, raw=package.data, name="a.csv")
    assert again.data == package.data


def test_a_letter_that_the_file_lacks_keeps_the_columns(six: Course) -> None:
    with six.gradebook() as gradebook:
        give_points(gradebook, "l01", 5, "Da iawn, Ŵyn")
        gradebook.db.commit()
    list(write_feedback(six, ASSIGNMENT))
    raw = worksheet(SIX, separator=";").encode("cp1252", "replace").replace(b"First06", "F\u00eerst06".encode("cp1252"))
    rows = list(
        csv.DictReader(io.StringIO(give(six, ASSIGNMENT, Way.WORKSHEET, raw=raw, name="a.csv").data.decode("cp1252")), delimiter=";")
    )
    assert rows[0]["Feedback comments"] == "Da iawn, &#372;yn"
    assert rows[5]["Full name"] == "F\u00eerst06 Last06"


def test_a_worksheet_in_another_language_is_told_by_what_is_in_it(six: Course) -> None:
    german = {
        "Identifier": "ID",
        "Full name": "Vollständiger Name",
        "Email address": "E-Mail-Adresse",
        "Grade": "Bewertung",
        "Maximum grade": "Bestwertung",
        "Grade can be changed": "Bewertung kann geändert werden",
        "Last modified (submission)": "Zuletzt geändert (Abgabe)",
        "Last modified (grade)": "Zuletzt geändert (Bewertung)",
        "Feedback comments": "Feedback als Kommentar",
    }
    header, _, rest = worksheet(SIX, locked=6).partition("\r\n")
    for one, other in german.items():
        header = ",".join(other if cell == one else cell for cell in header.split(","))
    rest = rest.replace("Participant", "Teilnehmer/in").replace(",No,", ",Nein,").replace(",Yes,", ",Ja,")
    text = f"{header}\r\n{rest.replace(WEEKDAY, 'Donnerstag, 19. November 2026, 16:58')}"
    package = give(six, ASSIGNMENT, Way.WORKSHEET, raw=text.encode(), name="a.csv")
    english = give(six, ASSIGNMENT, Way.WORKSHEET, raw=worksheet(SIX, locked=6).encode(), name="a.csv")
    before, after, same = read_table(text.encode(), "x"), read_table(package.data, "x"), read_table(english.data, "x")
    assert outside(before) == outside(after)
    for what in ("Grade", "Feedback comments"):
        at = HEADER.index(what)
        assert [row[at].text for row in after.rows[1:]] == [row[at].text for row in same.rows[1:]]
    assert package.giving.notes[0].endswith('"Bewertung" was taken for the grade and "Feedback als Kommentar" for the comments.')
    doubtful = text.replace("12.00", "12").encode()
    with pytest.raises(ClassError, match='has no columns "Identifier", "Grade", "Last modified'):
        give(six, ASSIGNMENT, Way.WORKSHEET, raw=doubtful, name="a.csv")


@pytest.mark.parametrize(
    ("raw", "fault"),
    [
        (b"", "is empty"),
        (b"PK\x03\x04 a spreadsheet", "is a spreadsheet"),
        (b"Name,Mark\nAna,1\n", 'has no columns "Identifier", "Grade", "Last modified'),
        (b"Identifier,Grade\nParticipant 9,\n", r'has no column "Last modified \(grade\)" \(it has: Identifier, Grade\)'),
        (b"Identifier,Grade,Last modified (grade)\nParticipant 9,,-\n", "None of the learners stands in"),
    ],
)
def test_a_file_that_is_no_worksheet(six: Course, raw: bytes, fault: str) -> None:
    with pytest.raises(ClassError, match=fault):
        give(six, ASSIGNMENT, Way.WORKSHEET, raw=raw, name="a.csv")
    assert read_givings(six.db_url, six.course_id, ASSIGNMENT) == []


def test_the_zip_with_names_and_its_list(six: Course) -> None:
    package, listed = give(six, ASSIGNMENT, Way.ZIP), give(six, ASSIGNMENT, Way.LIST)
    rows = {row["id"]: row for row in csv.DictReader(io.StringIO(listed.data.decode("utf-8-sig"), newline=""))}
    with zipfile.ZipFile(io.BytesIO(package.data)) as archive:
        assert {who: archive.read(row["file"]) for who, row in rows.items()} == pages(six)
        assert len(archive.namelist()) == SIX
        assert not any(char in name for name in archive.namelist() for char in '<>:"/\\|?*')
    assert rows["l02"]["file"] == "O'Brien, Jr, Ben l02 w01 feedback.html"
    assert rows["l03"]["first name"] == "'=HYPERLINK(1)"
    assert (rows["l01"]["points"], rows["l01"]["max"], rows["l01"]["email"]) == ("7", "12", "l01@example.org")
    assert listed.giving.notes[0].startswith("No email address is known of ")


def test_canvas_reads_its_gradebook(six: Course) -> None:
    package = give(six, ASSIGNMENT, Way.CANVAS, column=" W01 (1234) ")
    header, full, *rows = csv.reader(io.StringIO(package.data.decode()))
    assert header == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "W01 (1234)"]
    assert (full[0], full[-1]) == ("Points Possible", "12")
    assert sorted((row[0], row[-1]) for row in rows)[-1] == ("Ŵyn_Jones, Siân", "7")
    with pytest.raises(ClassError, match="Say what the column is called"):
        give(six, ASSIGNMENT, Way.CANVAS)


def test_canvas_own_number_of_a_learner_goes_along(six: Course) -> None:
    for name, number, hidden in (("l01", "4711", False), ("l02", "x7", False), ("l03", "", True)):
        path = six.root / "received" / ASSIGNMENT / ".attempts" / f"{name}.json"
        text = path.read_text("utf-8").replace('"Moodle"', '"Canvas"')
        path.write_text(text.replace(f'"10{name[-1]}"', f'"{number}"'), "utf-8")
        assert (Attempts(six, ASSIGNMENT).number(name, "Canvas") == "") is hidden
    _, _, *rows = csv.reader(io.StringIO(give(six, ASSIGNMENT, Way.CANVAS, column="W01").data.decode()))
    assert {row[0]: row[1] for row in rows if "Ŵyn" in row[0] or "Brien" in row[0]} == {"Ŵyn_Jones, Siân": "4711", "O'Brien, Jr, Ben": ""}
    assert sorted(feedback_files(give(six, ASSIGNMENT, Way.MOODLE).data, range(100, 200))) == [104, 105, 106]


@pytest.mark.skipif(sys.platform == "win32", reason="nbgrader has no exchange on Windows")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # nbgrader leaves its files open
def test_the_exchange_gets_what_came_by_it(six: Course, tmp_path: Path) -> None:
    with pytest.raises(ClassError, match="This class has no exchange"):
        give_on_exchange(six, ASSIGNMENT)
    config = six.root / "nbgrader_config.py"
    config.write_text(config.read_text("utf-8").replace("exchange=''", f"exchange={str(tmp_path / 'exchange')!r}"), "utf-8")
    (tmp_path / "exchange").mkdir(mode=0o777)
    (tmp_path / "exchange").chmod(0o777)
    with pytest.raises(ClassError, match="none of these hand-ins came by it"):
        give_on_exchange(six, ASSIGNMENT)
    with reading(six.db_url) as connection:
        assert list(entries_in(connection, Deed.GIVE_BACK)) == [], "what cannot go is not said to have begun"
    for learner in ("l01", "l05"):
        (six.path("submitted", learner, ASSIGNMENT) / "submission_secret.txt").write_text(f"secret of {learner}", "utf-8")
    list(write_feedback(six, ASSIGNMENT))
    told = list[tuple[int, int]]()
    giving = give_on_exchange(six, ASSIGNMENT, tell=lambda done, total: told.append((done, total)))
    assert sorted(giving.to) == ["l01", "l05"]
    assert giving.notes == ("4 hand-ins did not come by the exchange: give those pages back another way.",)
    assert told == [(0, 2), (1, 2)]
    with reading(six.db_url) as connection:
        begun = [entry for entry in entries_in(connection, Deed.GIVE_BACK) if (entry.detail or {}).get("begun")]
    assert len(begun) == 2
    assert len(list((tmp_path / "exchange").rglob("*.html"))) == 2


def test_what_was_given_is_kept_and_only_what_is_new_goes_again(six: Course) -> None:
    first = give(six, ASSIGNMENT, Way.MOODLE)
    with pytest.raises(ClassError, match="was given back by this way before"):
        give(six, ASSIGNMENT, Way.MOODLE, fresh=True)
    assert len(give(six, ASSIGNMENT, Way.ZIP, fresh=True).giving.to) == SIX, "another way"
    with six.gradebook() as gradebook:
        give_points(gradebook, "l03", 8)
        gradebook.db.commit()
    list(write_feedback(six, ASSIGNMENT))
    assert list(give(six, ASSIGNMENT, Way.MOODLE, fresh=True).giving.to) == ["l03"]
    take_back(six.db_url, six.course_id, first.giving.id)
    kept = read_givings(six.db_url, six.course_id, ASSIGNMENT)
    assert [(one.way, len(one.to), one.taken_back) for one in kept] == [(Way.MOODLE, 1, False), (Way.ZIP, 6, False), (Way.MOODLE, 6, True)]
    assert len(give(six, ASSIGNMENT, Way.MOODLE, fresh=True).giving.to) == 5
    with pytest.raises(ClassError, match="not in the list any more"):
        take_back(six.db_url, six.course_id, "none")


def test_the_command_does_the_same(six: Course, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(six.root)
    files: Any = six.root.parent / "out"
    files.mkdir()
    sheet = six.root.parent / "Grades.csv"
    sheet.write_text(worksheet(SIX), "utf-8", newline="")

    def told(*words: str) -> str:
        monkeypatch.setattr("sys.argv", ["autograde", "give-back", "w01", *words])
        with pytest.raises(SystemExit):
            cli.main()
        done = capsys.readouterr()
        return " ".join((done.out + done.err).split())

    assert "6 pages of w01-small can be given back, 0 withheld." in told()
    said = told("--moodle", "--zip", "--list", "--canvas", "W01 (1)", "--worksheet", str(sheet), "--to", str(files))
    assert "Moodle feedback files, 6 learners." in said.replace("- ", "-")
    assert len(list(files.iterdir())) == 5
    given = give(six, ASSIGNMENT, Way.WORKSHEET, raw=sheet.read_bytes(), name="a.csv")
    assert hashlib.sha256((files / "Grades.csv").read_bytes()).digest() == hashlib.sha256(given.data).digest()
    assert "it is there already" in told("--moodle", "--to", str(files))
    lies_here = told("--worksheet", str(sheet), "--to", str(sheet.parent))
    assert lies_here.endswith("it is there already, and is not replaced. Give the folder for it with --to FOLDER.")
    assert told("--zip", "--to", f"{files}/none") == f"There is no folder {files}/none. Make it, or name another one."
    assert "This class has no exchange." in told("--exchange")
    assert "Moodle grading worksheet, 6 learners" in told()


def test_a_closed_marking_says_why(six: Course) -> None:
    page = six.path("feedback", "l03", ASSIGNMENT) / f"{ASSIGNMENT}.html"
    for reopen in (False, True):
        close(six, ASSIGNMENT, reopen=reopen)
        list(write_feedback(six, ASSIGNMENT))
        assert ("So it is." in page.read_text("utf-8")) is not reopen
