"""Release: what students get, and what never reaches them."""

import io
import json
import os
import re
import shutil
import sqlite3
import stat
import subprocess
import sys
import zipfile
from collections.abc import Callable
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from autograde.checks.secrets import leaks, secrets
from autograde.classes.folder import Course
from autograde.classes.new import new_course
from autograde.cli import main
from autograde.content import load_key, load_rubrics, load_samples
from autograde.errors import ClassError, ReleaseError
from autograde.outbox.handout import pack
from autograde.outbox.paste import site_zip
from autograde.outbox.release import release
from autograde.text import local, read_due
from autograde.whole import STAGE
from workbook_helpers.errors import ContentError
from workbook_helpers.items import load_workbook
from workbook_helpers.words import say

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


def test_files_from_before_there_were_zips_are_packed(course: Course, tmp_path: Path) -> None:
    made, site = course.root / "release" / "w01-small", course.root / "handout" / "site"
    for path in (made / "items.toml", site / "index.html"):
        os.utime(path, (0, 0))
    pack(made, "w01-small", ("items.toml",), tmp_path / "handout.zip")
    for zipped in ((tmp_path / "handout.zip").read_bytes(), site_zip(course)):
        with zipfile.ZipFile(io.BytesIO(zipped)) as archive:
            assert archive.testzip() is None


def test_the_zip_tells_the_student_what_to_do(course: Course) -> None:
    with zipfile.ZipFile(course.root / "handout" / "w01-small.zip") as archive:
        text = archive.read("w01-small/README.txt").decode()
    assert text.splitlines()[0] == "A small workbook"
    assert "$" not in text
    assert text.count("\n") == text.count("\r\n"), "an older Windows shows one long line otherwise"
    for words in ("workbook open", "w01-small.ipynb", "w01-small.html", "Hand in", "Your tutor helps you", "needs the program"):
        assert words in text
    assert "You can change an answer until you hand in, but not a step in a marked story." in text
    for seen in ("saved-all", "hand-in-now", "receipt-save", "page-home"):  # what the student is told to look for
        assert f'"{say(seen).removeprefix("✓ ")}"' in text
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
    assert load_workbook(course.root / "release/w01-small").about.due == report.due
    assert '"due":"2026-07-01T16:00:00+00:00"' in (report.site / "index.html").read_text("utf-8"), "students read it"
    assert "due" not in (course.root / "source/w01-small/workbook.toml").read_text("utf-8")


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


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such names")
def test_a_name_that_no_zip_can_hold_is_refused(course: Course) -> None:
    (course.root / "source/w01-small/media/caf\udce9.png").write_bytes(b"x")
    with pytest.raises(ReleaseError, match=r"holds what no workbook has: media/caf\ufffd\.png"):
        release(course, "w01")


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
    os.utime(items, (0, 0))  # before there were zips
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


def test_students_get_the_class_with_it_and_the_tutors_copy_stays(course: Course) -> None:
    source = course.root / "source/w01-small/workbook.toml"
    before = source.read_bytes()
    for text in (before, b"\xef\xbb\xbf" + before, b'class_id = "easy"\n' + before.replace(b"\n", b"\r\n")):
        source.write_bytes(text)
        release(course, "w01")
        released = course.root / "release/w01-small"
        assert (load_workbook(released).about.class_id, load_workbook(released).about.title) == ("care-level-2", "A small workbook")
        assert source.read_bytes() == text


# The file and the site


def book(page: Path) -> dict[str, Any]:
    """Give what a page without Jupyter knows of its workbook."""
    text = re.search(r'<script type="application/json" id="wb-book">(.*?)</script>', page.read_text("utf-8"))
    assert text
    made: dict[str, Any] = json.loads(text[1])
    return made


def test_a_release_makes_the_file_and_the_site_with_the_class_in_them(course: Course) -> None:
    report = release(course, "w01")
    assert (report.file, report.site) == (course.root / "handout/w01-small.html", course.root / "handout/site")
    assert {"index.html", "sw.js", "w01-small.html"} <= {path.name for path in report.site.iterdir()}
    for page in (report.file, report.site / "w01-small.html"):
        made = book(page)
        assert (made["class_id"], made["title"]) == ("care-level-2", "A small workbook")
        assert made["release"] == load_workbook(course.root / "release/w01-small").release
        assert re.findall(r'(?<!\[)data-wb-ask="([\w-]+)"', page.read_text("utf-8")) == ["w01-q01", "w01-t01", "w01-declaration", "hand-in"]
        assert str(course.root) not in page.read_text("utf-8")
    assert report.left_out == ()


def test_the_site_has_every_released_workbook(course: Course, shelf: Path) -> None:
    second = Path(shutil.copytree(shelf / "w01-small", shelf / "w02-small"))
    (second / "w01-small.ipynb").rename(second / "w02-small.ipynb")
    for path in (second / "w02-small.ipynb", second / "items.toml", second / "workbook.toml"):
        path.write_text(path.read_text("utf-8").replace("w01-", "w02-").replace('"w01"', '"w02"').replace("A small", "Another"), "utf-8")
    report = release(course, "w02")
    cards = re.findall(r'"href":"([^"]*)"', (report.site / "index.html").read_text("utf-8"))
    assert cards == ["w01-small.html", "w02-small.html"]
    (course.root / "release/w01-small/media/x.svg").unlink()
    report = release(course, "w02")
    assert len(report.left_out) == 1
    assert report.left_out[0].startswith("w01-small is not on the site: w01-small/w01-small.ipynb, cell 1 shows 'media/x.svg'")
    assert re.findall(r'"href":"([^"]*)"', (report.site / "index.html").read_text("utf-8")) == ["w02-small.html"]


def test_a_picture_that_is_missing_stops_it(course: Course) -> None:
    (course.root / "source/w01-small/media/x.svg").unlink()
    before = standing(course)
    with pytest.raises(ContentError, match=r"cell 1 shows 'media/x\.svg'"):
        release(course, "w01")
    assert standing(course) == before


def settings(course: Course, **said: str) -> None:
    path = course.root / "nbgrader_config.py"
    lines = "".join(f"    {name}={value!r},\n" for name, value in said.items())
    path.write_text(path.read_text("utf-8").replace("    folder=__file__,\n", f"    folder=__file__,\n{lines}"), "utf-8")


def test_students_are_told_what_to_do_with_the_file(course: Course) -> None:
    said = {"hand_in": 'Upload it in Moodle, under "Workbook 1" 😀 </script>', "hand_in_link": "https://moodle.example.org/?id=1&x=2"}
    settings(course, **said)
    for _ in range(2):
        report = release(course, "w01")
    about = load_workbook(course.root / "release/w01-small").about
    assert (about.hand_in_words, about.hand_in_link) == (said["hand_in"], said["hand_in_link"])
    assert {name: book(report.file)[name] for name in ("hand_in_words", "hand_in_link")} == {
        "hand_in_words": said["hand_in"],
        "hand_in_link": said["hand_in_link"],
    }
    assert "hand_in" not in (course.root / "source/w01-small/workbook.toml").read_text("utf-8")


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"hand_in": "x" * 301}, "hand_in must be"),
        ({"hand_in": "a\x00b"}, "hand_in must be"),
        ({"hand_in_link": "javascript:alert(1)"}, "hand_in_link must be an address"),
        ({"hand_in_link": "https://a b"}, "hand_in_link must be an address"),
        ({"hand_in_link": "moodle"}, "hand_in_link must be an address"),
    ],
    ids=str,
)
def test_what_cannot_be_told_is_refused(said: dict[str, str], told: str, course: Course) -> None:
    settings(course, **said)
    with pytest.raises(ClassError, match=told):
        release(course, "w01")


def test_a_setting_that_is_no_text_is_refused(course: Course) -> None:
    path = course.root / "nbgrader_config.py"
    path.write_text(path.read_text("utf-8").replace("    folder=__file__,\n", "    folder=__file__,\n    hand_in=5,\n"), "utf-8")
    with pytest.raises(ClassError, match="hand_in must be a text in quotation marks"):
        course.config()


def test_no_key_is_in_the_file_nor_on_the_site(shelf: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WORKBOOKS_DIR")
    course = new_course(tmp_path / "care", name="Care")
    for name in ("w01", "w99"):
        release(course, name)
    handed = [course.root / "handout"]
    for name in ("w01", "w99"):
        texts = secrets(load_key(name), load_rubrics(name), load_samples(name))
        assert len(texts) > 20
        assert list(leaks(texts, handed)) == []
        page = next((course.root / "handout" / "site").glob(f"{name}-*.html"))
        for planted in (f"<p>{next(iter(texts))}</p>", json.dumps({"x": next(iter(texts))}, ensure_ascii=False)):
            (tmp_path / page.name).write_text(page.read_text("utf-8").replace("</main>", f"{planted}</main>"), "utf-8")
            assert list(leaks(texts, [tmp_path / page.name])), "so the search works"


# A release that fails, or is killed, leaves the one before


def standing(course: Course) -> dict[str, object]:
    """Give all that a release changes: the files that are handed out, the class's own copy, and the gradebook."""
    roots = [course.root / name for name in ("release", "handout", "source")] + ([course.exchange] if course.exchange else [])
    found: dict[str, object] = {
        path.as_posix(): path.read_bytes() for root in roots for path in root.rglob("*") if path.is_file() and ".part" not in str(path)
    }
    with closing(sqlite3.connect(course.root / "gradebook.db")) as connection:
        for table in ("assignment", "notebook", "base_cell", "grade_cells", "source_cell"):
            found[table] = sorted(map(repr, connection.execute(f"SELECT * FROM {table}")))  # noqa: S608
    return found


def edit(course: Course) -> None:
    """Change the class's own copy so that each part of a release is another: an item, its points, a cell more."""
    folder = course.root / "source/w01-small"
    items = folder / "items.toml"
    items.write_text(items.read_text("utf-8").replace("Which?", "Which one?").replace("points = 2", "points = 3"), "utf-8")
    notebook = json.loads((folder / "w01-small.ipynb").read_bytes())
    notebook["cells"][1]["metadata"]["nbgrader"]["points"] = 3
    (folder / "w01-small.ipynb").write_text(json.dumps(notebook), "utf-8")


def torn_notebook(course: Course) -> None:
    (course.root / "source/w01-small/w01-small.ipynb").write_text("{", "utf-8")


def two_cells_with_one_id(course: Course) -> None:
    path = course.root / "source/w01-small/w01-small.ipynb"
    notebook = json.loads(path.read_bytes())
    notebook["cells"].append(notebook["cells"][1] | {"id": "twice"})
    path.write_text(json.dumps(notebook), "utf-8")


def no_handout(course: Course) -> None:
    shutil.move(course.root / "handout", course.root / "elsewhere")
    (course.root / "handout").write_text("a file where the folder should be")


def full_exchange(course: Course) -> None:
    with (course.root / "nbgrader_config.py").open("a") as settings:
        settings.write("c.CourseDirectory.max_dir_size = 0\n")


def cells_after_hand_ins(course: Course) -> None:
    with course.gradebook() as gradebook:
        gradebook.add_student("ana01")
        gradebook.update_or_create_submission("w01-small", "ana01")
        gradebook.db.commit()
    path = course.root / "source/w01-small/w01-small.ipynb"
    notebook = json.loads(path.read_bytes())
    del notebook["cells"][1]
    path.write_text(json.dumps(notebook), "utf-8")


def read_only_gradebook(course: Course) -> None:
    with closing(sqlite3.connect(course.root / "gradebook.db")) as connection:
        connection.execute("CREATE TRIGGER no BEFORE INSERT ON source_cell BEGIN SELECT RAISE(ABORT, 'disk full'); END")
        connection.execute("CREATE TRIGGER nor BEFORE UPDATE ON source_cell BEGIN SELECT RAISE(ABORT, 'disk full'); END")
        connection.commit()


@pytest.mark.filterwarnings("ignore:Object of type <Submitted")
@pytest.mark.skipif(sys.platform == "win32", reason="nbgrader has no exchange on Windows")
@pytest.mark.parametrize(
    "spoil",
    [torn_notebook, two_cells_with_one_id, no_handout, full_exchange, cells_after_hand_ins, read_only_gradebook],
    ids=lambda spoil: spoil.__name__,
)
def test_a_release_that_fails_leaves_the_one_before(shelf: Path, tmp_path: Path, spoil: Callable[[Course], None]) -> None:
    course = new_course(tmp_path / "class", name="Care", exchange=tmp_path / "exchange")
    release(course, "w01", due=datetime(2026, 12, 1, tzinfo=UTC))
    edit(course)
    spoil(course)
    before = standing(course)
    with pytest.raises(ReleaseError) as told:
        release(course, "w01", due=datetime(2027, 1, 1, tzinfo=UTC))
    assert "\n" not in str(told.value)
    assert standing(course) == before


def test_a_first_release_that_the_gradebook_refuses_leaves_nothing(
    empty_class: Course, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def there() -> set[str]:
        return {path.relative_to(empty_class.root).as_posix() for path in empty_class.root.rglob("*")}

    before = {*there(), "handout/site"}
    monkeypatch.chdir(empty_class.root)
    monkeypatch.setattr(sys, "argv", ["autograde", "release", "w01", "--anyway"])
    monkeypatch.setattr("autograde.gradebook.database.BUSY_S", 1)
    with closing(sqlite3.connect(empty_class.root / "gradebook.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(SystemExit, match="1"):
            main()
    told = "Nothing was done (release), as the log cannot be written: database is locked. Close other programs that use it."
    assert capfd.readouterr().err.split() == told.split()
    assert {name for name in there() - before if not name.startswith((STAGE, "gradebook.db-"))} == set()
    release(empty_class, "w01")
    assert released(empty_class) == FILES


def test_a_fresh_copy_that_does_not_work_leaves_the_classs_own(course: Course, shelf: Path) -> None:
    edit(course)
    (shelf / "w01-small" / "w01-small.ipynb").write_text("{", "utf-8")
    before = standing(course)
    with pytest.raises(ReleaseError):
        release(course, "w01", fresh=True)
    assert standing(course) == before
    with pytest.raises(ReleaseError, match=f"Mend it in {shelf}"):
        release(course, "w01", fresh=True, faults=lambda _: ["it is dull"])
    assert standing(course) == before


def test_two_releases_at_once_do_not_mix(course: Course) -> None:
    def inner(_: Path) -> list[str]:
        with pytest.raises(ReleaseError, match="Another"):
            release(course, "w01")
        return []

    release(course, "w01", faults=inner)


def packed(data: bytes) -> bytes:
    """Give a zip's content, without its times."""
    if not data.startswith(b"PK"):
        return data
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return repr([(name, archive.read(name)) for name in archive.namelist()]).encode()


KILLED = """
import os, signal, sys
from pathlib import Path
from autograde.classes.folder import Course
from autograde.outbox.release import release

course, seen = Course(Path(sys.argv[1])), 0
release.__globals__["course"] = course

def hook(event, args):
    global seen
    if event == "os.rename":
        seen += 1
        if seen == number:
            os.kill(os.getpid(), signal.SIGKILL)

for number in range(1, 40):
    child = os.fork()
    if not child:
        sys.addaudithook(hook)
        release(course, "w01", fresh=True)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    print(number, status, flush=True)
    sys.stdin.readline()
    if not status:
        break
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="kills a fork")
def test_a_killed_release_leaves_the_one_before_and_the_next_one_goes_through(course: Course) -> None:
    def both() -> tuple[dict[str, bytes], list[tuple[str, float]]]:
        """Give what is handed out, and what the gradebook says of it."""
        files = {name: packed(value) for name, value in standing(course).items() if isinstance(value, bytes)}
        with closing(sqlite3.connect(course.root / "gradebook.db")) as connection:
            return files, connection.execute("SELECT name, max_score FROM grade_cells JOIN base_cell USING (id) ORDER BY name").fetchall()

    fresh = both()
    edit(course)
    release(course, "w01")
    edited = both()
    assert fresh[1] != edited[1]
    kills = 0
    command = [sys.executable, "-c", KILLED, str(course.root)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1) as process:
        assert process.stdin
        assert process.stdout
        for line in process.stdout:
            files, cells = both()
            kills += line.split()[1] != "0"
            assert cells in (edited[1], fresh[1]), "never half a notebook"
            for name, data in files.items():
                assert data in (edited[0].get(name), fresh[0].get(name)), (line, name)
            for name in {*edited[0], *fresh[0]} - {*files}:  # taken away between two renames: it lies whole beside
                held = [path for path in course.root.rglob(f"{STAGE}/**/{Path(name).name}*") if path.is_file()]
                assert {packed(path.read_bytes()) for path in held} & {edited[0].get(name), fresh[0].get(name)}, (line, name)
            with suppress(BrokenPipeError):
                process.stdin.write("\n")
    assert process.returncode == 0
    assert kills >= 6
    assert both() == fresh
    assert not list(course.root.glob(f"{STAGE}/*/*.before"))
