"""Rosters as people's programs write them."""

import sqlite3
import time
from pathlib import Path

import pytest

from autograde.classes.folder import Course
from autograde.classes.learner_list import Outcome, add, preview
from autograde.classes.roster import Roster, RosterReport, Student, import_roster
from autograde.errors import ClassError, RosterError
from autograde.gradebook import database as gradebook_database

ANA = Student(id="ana01", first_name="Ana", last_name="Evans", email="ana@example.org")


def load(course: Course, content: str | bytes) -> RosterReport:
    path = course.root.parent / "roster.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return import_roster(course, path)


@pytest.mark.parametrize(
    "content",
    [
        "id,first name,last name,email\nana01,Ana,Evans,ana@example.org\n",
        "\ufeffid,first name,last name,email\r\nana01,Ana,Evans,ana@example.org\r\n",
        "E-mail;Surname;Forename;Student ID\nana@example.org;Evans;Ana;ana01\n",
        "sep=;\nid;first_name;last_name;email\nana01;Ana;Evans;ana@example.org\n",
        "Username\tFIRST NAME\tLastName\tEmail address\tNotes\n ana01 \tAna\tEvans\tana@example.org\t\n",
        '"id","first name","last name","email"\n"ana01","Ana","Evans","ana@example.org"\n',
        "\n\nid,first name,last name,email,,\n\nana01,Ana,Evans,ana@example.org,,\n,,,,,\n",
        "id,first name,last name,email\rana01,Ana,Evans,ana@example.org\r",
        "id,first name,last name,email\nana01,Ana,Evans,ana@example.org\n".encode("utf-16"),
        "id,first name,last name,email\nana01,Ana,Evans,ana@example.org\n".encode("utf-16-le"),
        "id,first name,last name,email\nana01,Ana,Evans,ana@example.org\n".encode("utf-16-be"),
        "Care level 2, autumn\nMade on,19/11/2026\n\nid,first name,last name,email\nana01,Ana,Evans,ana@example.org\n",
        "id,first name,last name,email\n\u200eana01\u200e,\ufeffAna,\u2066Evans\u2069\u00a0,ana@example.org\u200b\n",
        "id,name,email\nana01,Ana Evans,ana@example.org\n",
        'ID,Student name,Email\nana01,"Evans, Ana",ana@example.org\n',
        "Full name;ID;E-mail\n Ana  Evans ;ana01;ana@example.org\n",
        "Name,Surname,ID,email\nAna,Evans,ana01,ana@example.org\n",
        "Student,ID,Email\nAna Evans,ana01,ana@example.org\n",
        "First name,Surname,ID number,Institution,Department,Email address,Assignment: w01 (Real),Last downloaded from this course\n"
        "Ana,Evans,ana01,,,ana@example.org,-,1795000000\n",
        "First name,Last name,Username,Email address,ID number,Groups\nAna,Evans,ana01,ana@example.org,,A\n",
        "First name,Last name,Username,Email address,ID number,Groups\nAna,Evans,aevans,ana@example.org,ana01,A\n",
    ],
    ids=[
        *("plain", "BOM", "semicolons, other names", "Excel's sep", "tabs", "quoted", "empty cells", "old Mac", "UTF-16"),
        *("UTF-16 LE, no mark", "UTF-16 BE, no mark", "title rows", "direction marks", "one name", "surname first", "full name"),
        *("name and surname", "student as name", "Moodle's grades", "Moodle's participants", "Moodle with ID numbers"),
    ],
)
def test_forms_of_the_same_roster(empty_class: Course, content: str | bytes) -> None:
    report = load(empty_class, content)
    assert (report.added, report.bad) == (("ana01",), ())
    assert Roster.of(empty_class).students == (ANA,)


@pytest.mark.parametrize(
    ("content", "ids", "said"),
    [
        ("First name,Last name,Username,ID number\nA,B,ab,7\nC,D,cd,8\n", ("7", "8"), 'The ids come from "ID number".'),
        (
            "First name,Last name,Username,ID number\nA,B,ab,7\nC,D,cd,\n",
            ("ab", "cd"),
            'from "Username", as the ID number of 1 learner is empty',
        ),
        ("First name,Last name,Email address\nA,B,a@b.org\n", ("a@b.org",), "no column of ids, so the email addresses are the ids"),
        ("First name,Last name,ID number,Email\nA,B,,a@b.org\n", ("a@b.org",), 'The column "ID number" is empty, so the email'),
        ("id,Full name\n1,Ana ap Rhys\n", ("1",), 'The names come from "Full name"'),
        ("id,first name,last name\n001234,A,B\n1235,C,D\n001236,E,F\n", ("001234", "1235", "001236"), "1235 fewer. Did you mean 001235?"),
    ],
)
def test_what_was_understood_is_said(empty_class: Course, content: str, ids: tuple[str, ...], said: str) -> None:
    report = load(empty_class, content)
    assert (report.added, report.bad) == (ids, ())
    assert said in " ".join(report.notes)


def test_a_plain_roster_needs_no_words(empty_class: Course) -> None:
    assert load(empty_class, "id,first name,last name\n12345,Ana,Evans\n12346,Ben,Jones\n").notes == ()


@pytest.mark.parametrize(
    ("name", "parted"),
    [
        ("Ana Evans", ("Ana", "Evans")),
        ("Mary Ann Smith-Jones", ("Mary Ann", "Smith-Jones")),
        ('"van der Berg, Anneke"', ("Anneke", "van der Berg")),
        ("Ngozi", ("Ngozi", "")),
    ],
)
def test_a_whole_name_is_parted(empty_class: Course, name: str, parted: tuple[str, str]) -> None:
    load(empty_class, f"id,name\nana01,{name}\n")
    (student,) = Roster.of(empty_class).students
    assert (student.first_name, student.last_name) == parted


def test_an_id_without_its_zeros_is_asked_about(empty_class: Course) -> None:
    load(empty_class, "id,first name,last name\n001234,Ana,Evans\n")
    report = load(empty_class, "id,first name,last name\n1234,Ana,Evans\n1235,Ben,Jones\n")
    assert report.added == ("1235",)
    assert "did you mean that" in report.bad[0].what
    assert "001234" in report.bad[0].mend


def test_an_id_that_a_spreadsheet_rounded(empty_class: Course) -> None:
    report = load(empty_class, "id,first name,last name\n1.23457E+11,Ana,Evans\n12,Ben,Jones\n")
    assert report.added == ("12",)
    assert "rounded" in report.bad[0].what


def test_ten_thousand_students_take_seconds(empty_class: Course) -> None:
    rows = "".join(f"s{number:05},Ana {number},Evans,s{number}@example.org\n" for number in range(10_000))
    begun = time.process_time()
    steps: list[str] = []
    path = empty_class.root.parent / "roster.csv"
    path.write_text(f"id,first name,last name,email\n{rows}", "utf-8")
    assert len(import_roster(empty_class, path, progress=steps.append).added) == 10_000
    path.write_text(f"id,first name,last name,email\n{rows.replace('Evans', 'Jones')}", "utf-8")
    assert len(import_roster(empty_class, path).updated) == 10_000
    assert time.process_time() - begun < 12, "a row at a time takes more than a minute"
    assert steps == ["Reading roster.csv", "Looking who is in the class", "Putting 10000 learners into the class"]


def test_a_gradebook_in_use_is_said_in_a_sentence(empty_class: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    database = sqlite3.connect(empty_class.root / "gradebook.db")
    database.execute("BEGIN EXCLUSIVE")
    monkeypatch.setattr(gradebook_database, "BUSY_S", 0.2)
    with pytest.raises((RosterError, ClassError), match=r"cannot be (opened|put into)"):
        load(empty_class, "id,first name,last name\nana01,Ana,Evans\n")
    database.close()


def test_excels_own_letters(empty_class: Course) -> None:
    load(empty_class, "id;first name;last name\nsian;Siân;Prys-Davies\n".encode("cp1252"))
    assert Roster.of(empty_class).students[0].first_name == "Siân"


@pytest.mark.parametrize(
    ("cell", "name"),
    [
        ('"Evans, Jr"', "Evans, Jr"),
        ('"the ""Boss"""', 'the "Boss"'),
        ("=1+1", "=1+1"),
        ("🎓 Ŵyn", "🎓 Ŵyn"),
        ("O'Brien", "O'Brien"),
        ("x" * 200, "x" * 200),
        ("<b>", "<b>"),
        ("e\u0301", "é"),
        ("李", "李"),
    ],
)
def test_names_are_free_text(empty_class: Course, cell: str, name: str) -> None:
    assert load(empty_class, f"id,first name,last name\nana01,Ana,{cell}\n").bad == ()
    assert Roster.of(empty_class).students[0].last_name == name


@pytest.mark.parametrize(
    ("row", "what"),
    [
        (",Ben,Jones,", "no id"),
        (f"{'b' * 129},Ben,Jones,", "cannot be used"),
        (f"{'é' * 22},Ben,Jones,", "132 characters"),
        ("be\x07n,Ben,Jones,", "cannot be used"),
        ("ben,,,", "no name"),
        (f"ben,{'B' * 201},Jones,", "201 characters"),
        ("ben,Be\x07n,Jones,", "control character"),
        ('ben,"Be\nn",Jones,', "line break"),
        ("ben,Ben,Jones,nowhere", "email"),
        ("ben,Jones, Jr,Ben,b@example.org", "5 cells"),
        ("ana01,Other,Person,", "line 2 already"),
        ("ANA01,Other,Person,", "line 2 already"),
    ],
)
def test_a_bad_row_is_reported_and_the_others_go_in(empty_class: Course, row: str, what: str) -> None:
    report = load(empty_class, f"id,first name,last name,email\nana01,Ana,Evans,\n{row}\ncai01,Cai,Prys,\n")
    assert report.added == ("ana01", "cai01")
    (bad,) = report.bad
    assert bad.line == 3
    assert what in bad.what
    assert bad.mend


ODD_IDS = {
    r"COLLEGE\jsmith": "COLLEGE=5Cjsmith",
    "jane.o'neill@care.ac.uk": "jane.o=27neill@care.ac.uk",
    "jane+care@care.ac.uk": "jane=2Bcare@care.ac.uk",
    "émilie": "=C3=A9milie",
    "ben 1": "ben=201",
    "../ben": "=2E.=2Fben",
    "*": "=2A",
    "a=41": "a=3D41",
    "-rf": "=2Drf",
    "con": "=63on",
    "NUL.x": "=4EUL.x",
    "ben.": "ben=2E",
    ".": "=2E",
    "001234": "001234",
    "ana01": "ana01",
    "Ben_O-1@x.org": "Ben_O-1@x.org",
}


@pytest.mark.parametrize("learner", ODD_IDS)
def test_an_id_of_a_college_is_kept_and_its_folder_is_safe(empty_class: Course, learner: str) -> None:
    assert load(empty_class, f'id,first name,last name\n"{learner}",Jane,Smith\n').bad == ()
    (student,) = Roster.of(empty_class).students
    assert (student.id, student.shown) == (ODD_IDS[learner], learner)
    assert Roster.of(empty_class).find(f" {learner.upper()} ") == student
    assert load(empty_class, f'id,first name,last name\n"{learner}",Jane,Smith\n').unchanged == (student.id,)


def test_two_spellings_of_the_same_letters_are_one_id(empty_class: Course) -> None:
    report = load(empty_class, "id,first name,last name\n\u00e9milie,Jane,Smith\n\u200ee\u0301milie\u200e,Jane,Smith\n")
    assert (len(report.added), len(report.bad)) == (1, 1)


@pytest.mark.parametrize("given", ["1234", " 01234", "COLLEGE\\1234", "001234@care.ac.uk", "00 1234"])
def test_an_id_that_is_nearly_one_of_the_roster_is_guessed_at(given: str) -> None:
    roster = Roster([Student(id="001234", first_name="Ana", last_name="Evans"), ANA])
    assert roster.find(given) is None
    assert [student.id for student in roster.near(given)] == ["001234"]
    assert roster.near("5678") == roster.near("") == roster.near("000") == ()


def test_an_open_quotation_mark_is_found(empty_class: Course) -> None:
    report = load(empty_class, 'id,first name,last name\nana01,Ana,Evans\nben01,"Ben,Jones\ncai01,Cai,Prys\n')
    assert report.added == ("ana01",)
    assert [bad.line for bad in report.bad] == [3]
    assert "quotation mark" in report.bad[0].mend


def test_a_cell_that_the_csv_module_refuses(empty_class: Course) -> None:
    report = load(empty_class, f"id,first name,last name\nana01,{'x' * 200_000},Evans\ncai01,Cai,Prys\n")
    assert report.added == ("cai01",)
    assert report.bad[0].line == 2


def test_running_again_updates(empty_class: Course) -> None:
    load(empty_class, "id,first name,last name\nana01,Ana,Evans\nben01,Ben,Jones\ncai01,Cai,Prys\n")
    report = load(empty_class, "id,first name,last name\nana01,Ana,Evans\nben01,Benjamin,Jones\n")
    assert (report.added, report.updated, report.unchanged, report.others) == ((), ("ben01",), ("ana01",), ("cai01",))
    assert len(Roster.of(empty_class).students) == 3


@pytest.mark.parametrize(
    "content",
    [
        "id,first name,last name,email\nana01,Ana\n",
        "id,first name,last name,email\nana01,,Evans,\n",
        "id,first name,last name,email\nana01,,,ana@example.org\n",
        "id,first name,last name\nana01,Ana,Evans\n",
        "id,name,email\nana01,,ana@example.org\n",
        "name,id\nAna Evans,ana01\n",
    ],
    ids=["short row", "empty cells", "no name", "no column", "no whole name", "whole name alone"],
)
def test_what_is_missing_or_empty_says_nothing(empty_class: Course, content: str) -> None:
    load(empty_class, "id,first name,last name,email\nana01,Ana,Evans,ana@example.org\n")
    report = load(empty_class, content)
    assert (report.updated, report.unchanged, report.bad) == ((), ("ana01",), ())
    assert [line.outcome for line in preview(empty_class, content).lines] == [Outcome.KNOWN]
    add(empty_class, content)
    assert Roster.of(empty_class).students == (ANA,)


def test_a_whole_name_of_one_word_takes_the_place_of_another(empty_class: Course) -> None:
    load(empty_class, "id,first name,last name\nana01,Ana,Evans\n")
    assert load(empty_class, "id,name\nana01,Cher\n").updated == ("ana01",)
    assert Roster.of(empty_class).students[0].name == "Cher"


def test_an_id_that_the_class_spells_otherwise(empty_class: Course) -> None:
    load(empty_class, "id,first name,last name\nana01,Ana,Evans\n")
    report = load(empty_class, "id,first name,last name\nAna01,Ana,Evans\n")
    assert "spelt 'ana01'" in report.bad[0].what
    assert len(Roster.of(empty_class).students) == 1


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("", "no column for id, first name, last name"),
        ("name,mark\nAna,3\n", "no column for id"),
        ("ana01,Ana,Evans\n", "no column for"),
        ("id,username,first name,last name\n1,ana,Ana,Evans\n", "both 'id' and 'username'"),
        ("id,first name,last name,email\n", "has a header and no learner in it"),
        ("Care\nid,name\n\n,,\n", "has a header and no learner in it"),
        (b"PK\x03\x04rest of a spreadsheet", "spreadsheet"),
        (b"id,first name,last name\n\x81\x8d,a,b\n", "not text"),
        (b"\xff\xfei", "not text"),
    ],
    ids=["empty", "other columns", "no header", "two ids", "header alone", "title and header", "xlsx", "no text", "half a letter"],
)
def test_a_file_that_cannot_be_used_at_all(empty_class: Course, content: str | bytes, expected: str) -> None:
    with pytest.raises(RosterError, match=expected):
        load(empty_class, content)
    assert Roster.of(empty_class).students == ()


def test_a_file_that_is_not_there(empty_class: Course, tmp_path: Path) -> None:
    with pytest.raises(RosterError, match="cannot be read"):
        import_roster(empty_class, tmp_path / "none.csv")


def test_names_are_matched_as_moodle_writes_them(empty_class: Course) -> None:
    load(empty_class, "id,first name,last name\nben,Ben,O'Brien\nsian,Siân,Ŵyn\n")
    roster = Roster.of(empty_class)
    for name in ("ben OBrien", "OBrien, Ben", "OBrien Ben", "obrienben"):
        assert [student.id for student in roster.named(name)] == ["ben"]
    assert [student.id for student in roster.named("Sia\u0302n  W\u0302yn")] == ["sian"]
    assert roster.named("") == ()
    assert roster.find("BEN") is not None
