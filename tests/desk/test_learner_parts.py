"""The parts behind the page Learners: lists as people have them, more time, one learner under two ids, those who have left."""

import csv
import io
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from html import escape
from typing import Any

import pytest

from autograde import cli
from autograde.classes import learner_list
from autograde.classes.extend import extend
from autograde.classes.folder import Course
from autograde.classes.hand_in import told
from autograde.classes.learner_changes import add_one, find, rename
from autograde.classes.learner_list import Outcome, preview
from autograde.desk import give_out, home, learners, take_in
from autograde.desk.pages import Asked, Done, Page, UnfitError
from autograde.desk.standing import standing
from autograde.desk.work import Worker
from autograde.errors import ClassError, RosterError
from autograde.gradebook.left import mark_back, mark_left
from autograde.inbox import merge
from autograde.inbox.attempts import Attempts
from autograde.inbox.intake import intake
from autograde.inbox.merged import merges
from autograde.inbox.reception import opened
from autograde.run.mark import mark_class
from autograde.text import aware
from tests.conftest import ROOT
from tests.desk.conftest import LATE
from tests.tutor.conftest import ASSIGNMENT, Kit

UNDONE: dict[str, tuple[Page, str, dict[str, str], dict[str, str], Callable[[Course], Any]]] = {
    "a name": (
        learners.PAGE,
        "rename",
        {"learner": "ana01", "first_name": "Anna", "last_name": "Evans", "email": ""},
        {"last_name": "Grayson"},
        lambda course: find(course, "ana01"),
    ),
    "more time": (
        learners.PAGE,
        "extend",
        {"learner": "ana01", "workbook": ASSIGNMENT, "until": "2036-12-01 17:00"},
        {"until": "2036-12-02 17:00"},
        lambda course: standing(course).of("ana01", ASSIGNMENT).extension,
    ),
    "what learners are told": (give_out.PAGE, "give", {"hand_in": "Upload it."}, {"hand_in": "Send it."}, told),
    "the watched folder": (take_in.PAGE, "watch", {"folder": str(ROOT / "docs")}, {"folder": str(ROOT / "deploy")}, Course.watched),
}


@pytest.mark.parametrize(("page", "verb", "fields", "other", "state"), UNDONE.values(), ids=UNDONE)
def test_an_undo_takes_back_what_it_was_offered_for_alone(
    course: Course, page: Page, verb: str, fields: dict[str, str], other: dict[str, str], state: Callable[[Course], Any]
) -> None:
    def do(what: dict[str, str]) -> dict[str, str]:
        done = page.verbs[verb](Asked(course=course, worker=Worker(), fields=what))
        assert isinstance(done, Done)
        assert done.undo
        return dict(done.undo[1])

    before = state(course)
    undo = do(fields)
    after = state(course)
    do(fields | other)
    stands = state(course)
    with pytest.raises(UnfitError, match="This was changed again since, so nothing was taken back"):
        do(undo)
    assert state(course) == stands != after
    do(fields)
    do(undo)
    assert state(course) == before


USED = ["id", "first_name", "last_name", "email"]


@pytest.mark.parametrize(
    ("text", "meanings", "first"),
    [
        pytest.param("id,first name,last name\ng1,Gwen,Parry\n", USED[:3], ("g1", "Gwen", "Parry", ""), id="CSV"),
        pytest.param("id\tname\ng1\tParry, Gwen\n", ["id", "name"], ("g1", "Gwen", "Parry", ""), id="pasted from a spreadsheet"),
        pytest.param(
            "First name,Last name,Email address,Groups\nGwen,Parry,g@x.org,A\n",
            ["first_name", "last_name", "id", ""],
            ("g@x.org", "Gwen", "Parry", "g@x.org"),
            id="Moodle's participants",
        ),
        pytest.param(
            "Care level 2 – Unit 1\nExported on 1 November\n\n"
            "First name;Surname;ID number;Institution;Email address;Assignment: W01 (Real)\nGwen;Parry;000123;;g@x.org;-\n",
            ["first_name", "last_name", "id", "", "email", ""],
            ("000123", "Gwen", "Parry", "g@x.org"),
            id="Moodle's grades below a title",
        ),
        pytest.param("g1 \t Gwen \t Parry\ng2\tHuw\tRees\n", USED[:3], ("g1", "Gwen", "Parry", ""), id="no header"),
        pytest.param(
            "Gwen Parry, g@x.org\nHuw Rees, h@x.org\n", ["name", "id"], ("g@x.org", "Gwen", "Parry", "g@x.org"), id="names and addresses"
        ),
    ],
)
def test_the_columns_are_recognised(course: Course, text: str, meanings: list[str], first: tuple[str, ...]) -> None:
    found = preview(course, text)
    assert found.fault == ""
    assert [column.meaning for column in found.columns] == meanings
    line = found.lines[0]
    assert (line.id, line.first_name, line.last_name, line.email) == first
    assert line.outcome is Outcome.NEW
    assert not standing(course).learners[0].id.startswith("g"), "nothing is written"


def test_they_can_be_corrected(course: Course) -> None:
    text = "Pupil;Called;Of\ng1;Gwen;Parry\n"
    assert preview(course, text).fault
    found = preview(course, text, ["id", "first_name", "last_name"], header=True)
    assert [line.id for line in found.lines] == ["g1"]
    assert [column.header for column in found.columns] == ["Pupil", "Called", "Of"]
    assert preview(course, text, ["id", "id", "name"]).fault.startswith("Two columns are taken for the id")
    assert "no" in preview(course, text, ["", "name", ""]).fault.casefold()
    assert preview(course, text, ["id", "name", "last_name"]).fault.startswith("A whole name and a part")
    with pytest.raises(RosterError, match="There is no learner"):
        preview(course, " \n")


def test_what_becomes_of_each_row_is_told_before(course: Course) -> None:
    text = (
        "id,first name,last name,email\nana01,Ana,Evans,ana@example.org\nben01,Ben,Brown,\ng1,Gwen,Parry,\ng2,Ana,Evans,\n"
        "g3,,,\ng1,Again,Twice,\ng4,Rhys,Rees,none\n"
    )
    found = preview(course, text)
    outcomes = {line.number: line.outcome for line in found.lines}
    assert [outcomes[line] for line in range(2, 9)] == [
        Outcome.KNOWN, Outcome.CHANGED, Outcome.NEW, Outcome.NEW, Outcome.BAD, Outcome.BAD, Outcome.BAD,
    ]  # fmt: skip
    notes = {line.number: line.note for line in found.lines}
    assert notes[3].startswith("so far: Ben O'Brien")
    assert notes[5] == "Ana Evans is in the class with the id ana01: the same person?"
    assert found.to_write == 3
    assert [one.outcome for one in preview(course, "id,first name,last name\nana01,Ana,Evans\n").lines] == [Outcome.KNOWN], "addresses stay"
    report = learner_list.add(course, text)
    assert (len(report.added), len(report.updated), len(report.bad)) == (2, 1, 3)
    assert find(course, "g1").name == "Gwen Parry"


def spreadsheet(rows: list[list[Any]]) -> bytes:
    """A small .xlsx, as Excel writes one."""
    cells = []
    for number, row in enumerate(rows, 1):
        found = "".join(
            f'<c r="{chr(65 + place)}{number}"><v>{cell}</v></c>'
            if isinstance(cell, int)
            else f'<c r="{chr(65 + place)}{number}" t="inlineStr"><is><t>{escape(cell)}</t></is></c>'
            for place, cell in enumerate(row)
        )
        cells.append(f'<row r="{number}">{found}</row>')
    space = "http://schemas.openxmlformats.org"
    sheet = f'<worksheet xmlns="{space}/spreadsheetml/2006/main"><sheetData>{"".join(cells)}</sheetData></worksheet>'
    relation = f"{space}/officeDocument/2006/relationships"
    files = {
        "[Content_Types].xml": f'<Types xmlns="{space}/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/>'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Override PartName="/xl/workbook.xml" '
        'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{space}/package/2006/relationships"><Relationship Id="r1" '
        f'Type="{relation}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{space}/spreadsheetml/2006/main" xmlns:r="{relation}"><sheets>'
        '<sheet name="Learners" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{space}/package/2006/relationships"><Relationship Id="r1" '
        f'Type="{relation}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": sheet,
    }
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return memory.getvalue()


def test_a_spreadsheet_is_read(course: Course) -> None:
    text = learner_list.text_from(
        "list.xlsx", spreadsheet([["Care level 2"], ["ID number", "Full name"], [1234, "Parry, Gwen"], ["0012", "Huw Rees"]])
    )
    assert list(csv.reader(io.StringIO(text), delimiter="\t"))[2] == ["1234", "Parry, Gwen"]
    found = preview(course, text)
    assert [(line.id, line.last_name) for line in found.lines] == [("1234", "Parry"), ("0012", "Rees")]
    with pytest.raises(RosterError, match="cannot be read as a spreadsheet"):
        learner_list.text_from("list.xlsx", b"PK\x03\x04 nothing")
    with pytest.raises(RosterError, match="too large"):
        learner_list.text_from("list.csv", b"x" * 6_000_000)


def test_one_learner_is_added_and_mended(course: Course) -> None:
    assert add_one(course, id_="g9", first_name="Gwen", last_name="Parry").name == "Gwen Parry"
    with pytest.raises(RosterError, match="g9 is in the class already: Gwen Parry"):
        add_one(course, id_="G9", first_name="Gwen", last_name="Parry")
    with pytest.raises(RosterError, match="There is no id"):
        add_one(course, id_=" ", first_name="Gwen", last_name="Parry")
    before, now = rename(course, "g9", first_name="Gwenllian", last_name="Parry", email="g@x.org")
    assert (before.first_name, now.first_name, now.email) == ("Gwen", "Gwenllian", "g@x.org")
    with pytest.raises(RosterError, match="The email address of g9 is not one"):
        rename(course, "g9", first_name="Gwen", last_name="Parry", email="none")
    with pytest.raises(RosterError, match="Nobody in the class has the id"):
        find(course, "nobody")


def test_who_has_left_is_waited_for_no_more(course: Course) -> None:
    mark_left(course, ["eve01", "eve01"])
    assert [one.id for one in standing(course).left] == ["eve01"]
    assert "eve01" not in {line.id for line in home.data(course).lines}
    mark_back(course, ["eve01"])
    assert standing(course).left == ()


def test_more_time_before_a_first_hand_in(course: Course, kit: Kit) -> None:
    until = LATE + timedelta(days=3)
    assert extend(course, "w01", "fay01", until) is None
    cells = {line.id: line.cells[0] for line in home.data(course).lines}
    assert cells["fay01"].state == "not in"
    assert cells["fay01"].note.startswith("may hand in until")
    assert cells["eve01"].state == "late"
    assert extend(course, "w01", "fay01", until + timedelta(days=1)) == until
    hand_in = course.root.parent / "fay01.zip"
    hand_in.write_bytes(kit.hand_in("fay01", (LATE + timedelta(hours=2)).isoformat()))
    assert [taken.late for taken in intake(course, [hand_in], "w01").taken] == [""]
    with opened(course, ASSIGNMENT) as arrived:
        assert arrived.due.of("fay01", 1) == aware(until + timedelta(days=1))
    lines = {line.student: line for line in mark_class(course, ASSIGNMENT)}
    assert (lines["fay01"].outcome, lines["fay01"].points, lines["fay01"].waiting) == ("marked", 2, 1)
    assert not any("late" in text for text in lines["fay01"].oddities)
    with course.gradebook() as gradebook:
        assert gradebook.find_submission(ASSIGNMENT, "fay01").total_seconds_late == 0
    assert extend(course, "w01", "fay01", None) == until + timedelta(days=1)
    assert {line.id: line.cells[0].note for line in home.data(course).lines}["fay01"] == "1 answer for you, handed in late"
    with pytest.raises(ClassError, match="before the date of the whole class"):
        extend(course, "w01", "fay01", LATE - timedelta(days=1))


def test_nbgrader_reads_a_gradebook_with_an_extension(course: Course) -> None:
    extend(course, "w01", "fay01", LATE + timedelta(days=3))
    from autograde.outbox.marks_file import gradebook_rows

    rows = [row for row in gradebook_rows(course) if row["student id"] == "fay01"]
    assert {(row["points"], row["needs marking"], row["handed in at"]) for row in rows} == {("", "no", "")}
    with course.gradebook() as gradebook:
        assert gradebook.find_submission(ASSIGNMENT, "fay01").score == 0
        assert {row["id"] for row in gradebook.student_dicts()} >= {"fay01"}


def person(course: Course, learner: str) -> float | None:
    with course.gradebook() as gradebook:
        found: float | None = gradebook.find_grade("w01-t01", ASSIGNMENT, ASSIGNMENT, learner).manual_score
        return found


def test_two_ids_of_one_learner_become_one_and_two_again(course: Course) -> None:
    before = home.data(course)
    planned = merge.plan(course, "ana01", "fay01")
    assert [part.said for part in planned.parts] == ["1 hand-in of ana01 become fay01’s."]
    assert home.data(course) == before, "nothing is done yet"
    done = merge.merge(course, "ana01", "fay01")
    assert person(course, "fay01") == 7
    at = standing(course)
    assert [one.id for one in at.left] == ["ana01"]
    assert at.of("fay01", ASSIGNMENT).whole
    assert at.of("ana01", ASSIGNMENT).handed_in is None
    assert course.path("autograded", "fay01", ASSIGNMENT).is_dir()
    assert len(list((course.root / "received" / ASSIGNMENT / "ana01").glob("*.zip"))) == 1, "the original stays"
    assert {line.student: line.outcome for line in mark_class(course, ASSIGNMENT)}["fay01"] in {"unchanged", "marked"}
    assert person(course, "fay01") == 7
    [(name, goes, stays)] = merges(course)
    assert (name, goes, stays) == (done.name, "ana01", "fay01")
    merge.undo(course, name)
    assert person(course, "ana01") == 7
    at = standing(course)
    assert at.left == ()
    assert at.of("ana01", ASSIGNMENT).whole
    assert at.of("fay01", ASSIGNMENT).handed_in is None
    assert not course.path("submitted", "fay01", ASSIGNMENT).is_dir()
    assert merges(course) == []
    with pytest.raises(ClassError, match="undone before"):
        merge.undo(course, name)


def test_more_time_of_the_id_that_goes_is_named(course: Course) -> None:
    extend(course, "w01", "ana01", datetime(2099, 1, 8, 17, tzinfo=UTC))
    [part] = merge.plan(course, "ana01", "fay01").parts
    assert (
        part.said == "1 hand-in of ana01 become fay01’s; ana01 has until Thursday 8 January 2099, 17:00 for it: give fay01 that time, too."
    )
    extend(course, "w01", "fay01", datetime(2099, 1, 9, 17, tzinfo=UTC))
    [part] = merge.plan(course, "ana01", "fay01").parts
    assert part.said == "1 hand-in of ana01 become fay01’s."


def test_where_both_have_handed_in_the_newer_counts(course: Course, kit: Kit) -> None:
    newer = course.root.parent / "cai.zip"
    newer.write_bytes(kit.hand_in("cai01", (LATE + timedelta(hours=1)).isoformat(), q01="b", t01="Other.", declaration=True))
    intake(course, [newer], "w01")
    list(mark_class(course, ASSIGNMENT))
    planned = merge.plan(course, "cai01", "ben01")
    assert "counts then in place of ben01’s own" in planned.parts[0].said
    done = merge.merge(course, "cai01", "ben01")
    assert person(course, "ben01") is None, "the marks are those of the hand-in that counts"
    assert person(course, "cai01") == 7, "and the others are kept"
    attempts = Attempts(course, ASSIGNMENT)
    assert len([one for one, _ in attempts.of("ben01") if not one.set_aside]) == 3
    merge.undo(course, done.name)
    assert (person(course, "ben01"), person(course, "cai01")) == (7, None)
    assert len([one for one, _ in Attempts(course, ASSIGNMENT).of("ben01") if not one.set_aside]) == 1
    older = merge.plan(course, "ben01", "cai01")
    assert "is newer and goes on to count" in older.parts[0].said
    merge.merge(course, "ben01", "cai01")
    assert (person(course, "ben01"), person(course, "cai01")) == (7, None)
    with pytest.raises(ClassError, match="same id"):
        merge.plan(course, "ben01", "ben01")


def run(course: Course, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    """A command in the class's folder: its exit code and what it says."""
    monkeypatch.chdir(course.root)
    monkeypatch.setattr("sys.argv", ["autograde", *words])
    with pytest.raises(SystemExit) as end:
        cli.main()
    told = capsys.readouterr()
    return int(end.value.code or 0), " ".join((told.out + told.err).split())


def test_the_commands_do_the_same(course: Course, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def told(*words: str) -> str:
        code, text = run(course, monkeypatch, capsys, *words)
        assert code == 0, text
        return text

    until = "8 December 2036 17:00"
    assert told("extend", "w01", "fay01", until) == "fay01 may hand w01 in until Monday 8 December 2036, 17:00 (UK time)."
    assert told("extend", "w01", "fay01", "--back") == "The extension is taken back."
    assert run(course, monkeypatch, capsys, "extend", "w01", "fay01")[1] == "Say until when, or --back."
    assert told("learners", "rename", "fay01", "--last", "Fern") == "fay01 is Fay Fern now."
    assert told("learners", "left", "fay01") == "Fay Fern has left."
    assert "5 learners in the class, 1 left." in told("learners", "list")
    assert "Fern" in told("learners", "list", "--left")
    assert told("learners", "left", "fay01", "--back") == "Fay Fern is in the class again."
    assert "ana01 would be marked as left." in told("learners", "merge", "ana01", "fay01")
    name = told("learners", "merge", "ana01", "fay01", "--yes").partition("unmerge ")[2].split()[0]
    assert told("learners", "unmerge", name) == "ana01 and fay01 are two learners again."
