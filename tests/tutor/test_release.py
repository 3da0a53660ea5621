"""Release: what students get, and what never reaches them."""

import json
import shutil
import stat
import sys
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from autograde.course.folder import Course
from autograde.course.new import new_course
from autograde.course.release import release
from autograde.course.text import local, read_due
from autograde.errors import ClassError, ReleaseError
from workbook_helpers.errors import ContentError

FILES = {"items.toml", "media/x.svg", "w01-small.ipynb", "workbook.toml"}


def released(course: Course) -> set[str]:
    folder = course.root / "release" / "w01-small"
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_a_release_makes_the_students_version_and_a_zip(course: Course) -> None:
    assert released(course) == FILES
    with zipfile.ZipFile(course.root / "handout" / "w01-small.zip") as archive:
        assert set(archive.namelist()) == {f"w01-small/{name}" for name in (*FILES, "README.txt")}
        for name in FILES:
            assert archive.read(f"w01-small/{name}") == (course.root / "release/w01-small" / name).read_bytes()


def test_the_zip_tells_the_student_what_to_do(course: Course) -> None:
    with zipfile.ZipFile(course.root / "handout" / "w01-small.zip") as archive:
        text = archive.read("w01-small/README.txt").decode()
    assert text.splitlines()[0] == "A small workbook"
    assert "$" not in text
    assert text.count("\n") == text.count("\r\n"), "an older Windows shows one long line otherwise"
    for words in ("workbook open", "w01-small.ipynb", "Hand in", "Your tutor helps you", "needs the program"):
        assert words in text
    assert str(course.root) not in text
    assert max(map(len, text.splitlines())) < 130


def test_the_notebook_keeps_its_questions_and_gets_checksums(course: Course) -> None:
    notebook = json.loads((course.root / "release/w01-small/w01-small.ipynb").read_bytes())
    assert [cell["source"] for cell in notebook["cells"][1:4]] == [
        ['ask("w01-q01")'],
        ['ask("w01-t01")'],
        ['ask("w01-declaration")'],
    ]
    assert all(cell["metadata"]["nbgrader"]["checksum"] for cell in notebook["cells"][1:3])
    with course.gradebook() as gradebook:
        cells = gradebook.find_notebook("w01-small", "w01-small").grade_cells
        assert {cell.name: cell.max_score for cell in cells} == {"w01-q01": 2, "w01-t01": 10}


def test_the_due_date_is_uk_time_and_stored_in_utc(course: Course) -> None:
    report = release(course, "w01", due=read_due("2026-07-01 17:00"))
    assert report.due == datetime(2026, 7, 1, 16, tzinfo=UTC)
    assert local(report.due) == "2026-07-01 17:00"
    with course.gradebook() as gradebook:
        assert gradebook.find_assignment("w01-small").duedate == datetime(2026, 7, 1, 16)  # noqa: DTZ001
    assert release(course, "w01").due == report.due, "a release without a due date leaves it"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-12-01 17:00", "2026-12-01 17:00"),
        ("2026-12-01", "2026-12-01 23:59"),
        (" 2026-12-01T09:05 ", "2026-12-01 09:05"),
        ("01/12/2026 17:00", "2026-12-01 17:00"),
        ("1/12/2026", "2026-12-01 23:59"),
        ("1.12.26", "2026-12-01 23:59"),
        ("1 December 2026", "2026-12-01 23:59"),
        ("1 Dec 2026 5pm", "2026-12-01 17:00"),
        ("Tuesday 1st December 2026, 5.30 p.m.", "2026-12-01 17:30"),
        ("31/12/2026 at 12am", "2026-12-31 00:00"),
        ("2 SEPT 2026 12:00 pm", "2026-09-02 12:00"),
    ],
)
def test_due_dates_that_are_understood(text: str, expected: str) -> None:
    assert local(read_due(text)) == expected


@pytest.mark.parametrize(
    "text",
    [
        *("tomorrow", "2026-13-01", "2026-12-01 25:00", "", "12/31/2026", "30/02/2026", "1 Foo 2026", "1 May", "2026-12-01 13pm"),
        *("0001-01-01", "9999-12-31", "١/١/2026"),
    ],
)
def test_due_dates_that_are_not(text: str) -> None:
    with pytest.raises(ClassError, match="is no date"):
        read_due(text)


def test_the_whole_name_does_as_well(empty_class: Course) -> None:
    assert release(empty_class, "w01-small").assignment == "w01-small"


def test_what_an_author_left_behind_is_not_copied(empty_class: Course, shelf: Path) -> None:
    for name in ("answers.json", "answers.last-good.json", ".answers.lock", "w01.toml", ".ipynb_checkpoints/x.ipynb", "notes.md"):
        (shelf / "w01-small" / name).parent.mkdir(exist_ok=True)
        (shelf / "w01-small" / name).write_text("secret")
    release(empty_class, "w01")
    assert released(empty_class) == FILES


@pytest.mark.parametrize("name", ["answers.json", "w01.toml", "rubric.md", "solutions.ipynb", "media/w01.toml", ".env", "w01-small.py"])
def test_what_no_workbook_has_is_refused_and_named(course: Course, name: str) -> None:
    shutil.rmtree(course.root / "release" / "w01-small")
    (course.root / "source/w01-small" / name).write_text("secret")
    with pytest.raises(ReleaseError, match=name.replace(".", r"\.")):
        release(course, "w01")
    assert not (course.root / "release" / "w01-small").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights on Windows")
def test_a_link_is_refused(course: Course, tmp_path: Path) -> None:
    (tmp_path / "key.svg").write_text("secret")
    (course.root / "source/w01-small/media/y.svg").symlink_to(tmp_path / "key.svg")
    with pytest.raises(ReleaseError, match=r"media/y\.svg"):
        release(course, "w01")


def test_the_classs_own_edits_are_kept_unless_fresh(course: Course) -> None:
    items = course.root / "source/w01-small/items.toml"
    original = items.read_text("utf-8")
    items.write_text(original.replace("Which?", "Which one?"), "utf-8")
    assert not release(course, "w01").copied
    assert "Which one?" in (course.root / "release/w01-small/items.toml").read_text("utf-8")
    report = release(course, "w01", fresh=True)
    assert report.copied
    assert items.read_text("utf-8") == original
    assert report.set_aside is not None
    with zipfile.ZipFile(report.set_aside) as archive:
        assert b"Which one?" in archive.read("w01-small/items.toml")


def test_jupyterlabs_checkpoints_do_no_harm(course: Course) -> None:
    folder = course.root / "source/w01-small/.ipynb_checkpoints"
    folder.mkdir()
    (folder / "w01-small-checkpoint.ipynb").write_text("{}")
    release(course, "w01")
    assert released(course) == FILES


def test_a_fault_in_the_items_stops_it(course: Course) -> None:
    items = course.root / "source/w01-small/items.toml"
    items.write_text(items.read_text("utf-8").replace('text = "This"', 'text = "This", right = true'), "utf-8")
    with pytest.raises(ContentError, match="w01-q01"):
        release(course, "w01")


def test_two_cells_with_one_id_are_refused_in_one_line(course: Course) -> None:
    path = course.root / "source/w01-small/w01-small.ipynb"
    notebook = json.loads(path.read_bytes())
    notebook["cells"].append(notebook["cells"][1] | {"id": "twice"})
    path.write_text(json.dumps(notebook), "utf-8")
    with pytest.raises(ReleaseError, match="w01 cannot be released") as caught:
        release(course, "w01")
    assert "\n" not in str(caught.value)


def test_a_notebook_that_is_none_is_refused_in_one_line(course: Course) -> None:
    (course.root / "source/w01-small/w01-small.ipynb").write_text("{", "utf-8")
    with pytest.raises(ReleaseError, match="w01 cannot be released") as caught:
        release(course, "w01")
    assert "\n" not in str(caught.value)


def test_a_workbook_that_does_not_exist(empty_class: Course) -> None:
    with pytest.raises(ReleaseError, match=r"no workbook 'w09' in .* \(it has: w01\)"):
        release(empty_class, "w09")


def test_an_ambiguous_id_asks_for_the_name(empty_class: Course, shelf: Path) -> None:
    shutil.copytree(shelf / "w01-small", shelf / "w01-other")
    with pytest.raises(ReleaseError, match="w01-other or w01-small"):
        release(empty_class, "w01")


@pytest.mark.skipif(sys.platform == "win32", reason="nbgrader has no exchange on Windows")
def test_the_exchange_gets_the_same_files(shelf: Path, tmp_path: Path) -> None:
    course = new_course(tmp_path / "class", name="Care", exchange=tmp_path / "exchange")
    for _ in range(2):  # again: replaced
        report = release(course, "w01")
    assert report.exchange == tmp_path / "exchange/care/outbound/w01-small"
    assert {path.relative_to(report.exchange).as_posix() for path in report.exchange.rglob("*") if path.is_file()} == FILES
    inbound = (tmp_path / "exchange/care/inbound").stat().st_mode
    assert stat.S_IMODE(inbound) & 0o733 == 0o733, "students may put hand-ins there"
    assert not inbound & stat.S_IROTH, "and not look at those of others"
