"""The gradebook is kept: no command goes on over one that is not the class's, and it can be copied and brought back."""

import csv
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
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from autograde.classes import packing, unpacking
from autograde.classes.any_system import for_any
from autograde.classes.extend import extend
from autograde.classes.folder import Course
from autograde.classes.new import new_course
from autograde.classes.own_keys import Decision, decide, own_keys
from autograde.classes.owner import CONFIG
from autograde.classes.packing import MANIFEST, pack
from autograde.classes.roster import import_roster
from autograde.classes.settings_file import write_settings
from autograde.classes.unpacking import unpack
from autograde.errors import ClassError
from autograde.gradebook import disk
from autograde.gradebook.address import without_password
from autograde.gradebook.database import connect, unwritten
from autograde.gradebook.disk import file_system, on_network
from autograde.gradebook.heads import check, keep_head
from autograde.gradebook.keep import Held, backup, copy_whole, restore, set_journal, tidy, would_restore
from autograde.gradebook.rows import Rows
from autograde.inbox.intake import intake
from autograde.inbox.put_right import bring_back, put_away
from autograde.outbox.feedback import write_feedback
from autograde.outbox.marks_file import export_gradebook
from autograde.outbox.release import release
from autograde.records.opening import reading
from autograde.run.mark import mark_class

if TYPE_CHECKING:
    from tests.tutor.conftest import Kit

pytestmark = pytest.mark.filterwarnings("ignore:Object of type <Submitted")  # nbgrader's own add_submission


@pytest.fixture
def marked(course: Course) -> Course:
    """Give a class in which a person has given 7 points."""
    give(course, 7)
    return course


def give(course: Course, points: float) -> None:
    with course.gradebook() as gradebook:
        gradebook.update_or_create_submission("w01-small", "ana01", timestamp=datetime(2026, 11, 20, 18, 30))  # noqa: DTZ001
        grade = gradebook.find_grade("w01-t01", "w01-small", "w01-small", "ana01")
        grade.manual_score, grade.needs_manual_grade = points, False
        gradebook.db.commit()


def given(database: Path) -> list[float]:
    with closing(sqlite3.connect(database)) as connection:
        return [score for (score,) in connection.execute("SELECT manual_score FROM grade WHERE manual_score IS NOT NULL")]


def tables(database: Path) -> list[str]:
    with closing(sqlite3.connect(database)) as connection:
        return [sql for (sql,) in connection.execute("SELECT sql FROM sqlite_master ORDER BY name")]


# What a gradebook may have become → what is said of it.


def missing(course: Course) -> None:
    (course.root / "gradebook.db").unlink()


def empty(course: Course) -> None:
    (course.root / "gradebook.db").write_bytes(b"")


def foreign(course: Course) -> None:
    missing(course)
    with closing(sqlite3.connect(course.root / "gradebook.db")) as connection:
        connection.execute("CREATE TABLE bookmarks (url TEXT)")
        connection.execute("INSERT INTO bookmarks VALUES ('x')")
        connection.commit()


def no_database(course: Course) -> None:
    (course.root / "gradebook.db").write_bytes(b"no database" * 100)


def cut(course: Course) -> None:
    data = (course.root / "gradebook.db").read_bytes()
    (course.root / "gradebook.db").write_bytes(data[:3000])


def another_class(course: Course) -> None:
    with closing(sqlite3.connect(course.root / "gradebook.db")) as connection:
        connection.execute("PRAGMA foreign_keys=OFF")
        connection.execute("UPDATE course SET id = 'history' WHERE id = ?", (course.course_id,))
        connection.execute("UPDATE assignment SET course_id = 'history'")
        connection.commit()


def leading_out(course: Course) -> None:
    changed(course.root / "gradebook.db", "UPDATE student SET id = '../../other/submitted/ana01' WHERE id = 'ana01'")


def changed(database: Path, statement: str, *values: str) -> None:
    with closing(sqlite3.connect(database)) as connection:
        connection.execute(statement, values)
        connection.commit()


def a_folder(course: Course) -> None:
    missing(course)
    (course.root / "gradebook.db").mkdir()


LOST: dict[Callable[[Course], None], str] = {
    missing: "is missing",
    empty: r"is empty \(0 bytes\)",
    foreign: "is not one of nbgrader",
    no_database: "is not one of nbgrader",
    cut: "is not one of nbgrader",
    another_class: r"is of another class \(history",
    leading_out: r"holds '\.\./\.\./other/submitted/ana01' where a learner’s id should be",
    a_folder: "is not a file",
}
COMMANDS: dict[str, Callable[[Course, Path], object]] = {
    "export": lambda course, path: export_gradebook(course, path / "m.csv"),
    "roster": lambda course, path: import_roster(course, path / "r.csv"),
    "release": lambda course, _: release(course, "w01"),
    "intake": lambda course, path: intake(course, [path / "a.zip"], "w01"),
    "mark": lambda course, _: list(mark_class(course, "w01-small")),
    "rows": lambda course, _: Rows(course.db_url, "w01-small", course.course_id).__enter__(),
    "feedback": lambda course, _: list(write_feedback(course, "w01-small")),
    "backup": lambda course, path: backup(course, path / "b.db"),
    "open": lambda course, _: course.gradebook(),
}


@pytest.mark.usefixtures("small_key")
@pytest.mark.parametrize("lose", LOST, ids=lambda lose: lose.__name__)
def test_no_command_goes_on_over_a_gradebook_that_is_not_the_classs(
    marked: Course, kit: "Kit", tmp_path: Path, lose: Callable[[Course], None]
) -> None:
    (tmp_path / "r.csv").write_text("id,first name,last name\nzoe,Zoe,Z\n")
    (tmp_path / "a.zip").write_bytes(kit.hand_in("ana01"))
    export_gradebook(marked, tmp_path / "m.csv")
    (tmp_path / "m.csv").write_bytes((tmp_path / "m.csv").read_bytes() + b'"as it was"\r\n')
    lose(marked)
    path = marked.root / "gradebook.db"
    before = path.read_bytes() if path.is_file() else path.exists()
    for name, command in COMMANDS.items():
        with pytest.raises(ClassError, match=LOST[lose]) as told:
            command(marked, tmp_path)
        assert "autograde restore" in str(told.value), name
        assert "\n" not in str(told.value)
        assert (path.read_bytes() if path.is_file() else path.exists()) == before, name
    assert (tmp_path / "m.csv").read_bytes().endswith(b'"as it was"\r\n')
    assert not (tmp_path / "b.db").exists()


def test_a_backup_is_named_where_there_is_one(marked: Course) -> None:
    backup(marked, marked.root / "care-monday.db")
    empty(marked)
    with pytest.raises(ClassError, match=r"Beside it lie: care-monday\.db"):
        marked.gradebook()


def test_a_new_class_makes_no_tables_in_what_is_not_its_own(tmp_path: Path, marked: Course) -> None:
    other = tmp_path / "other.db"
    with closing(sqlite3.connect(other)) as connection:
        connection.execute("CREATE TABLE bookmarks (url TEXT)")
        connection.commit()
    for number, (database, what) in enumerate({other: "something else", marked.root / "gradebook.db": "a class"}.items()):
        before = tables(database)
        with pytest.raises(ClassError, match=f"holds {what} already"):
            new_course(tmp_path / f"new{number}", db_url=f"sqlite:///{database}")
        assert tables(database) == before


# Copies


def test_a_copy_holds_what_is_in_the_log_alone_and_comes_back(marked: Course, tmp_path: Path) -> None:
    with Rows(marked.db_url, "w01-small"):  # which sets the write-ahead log
        give(marked, 9)
        shutil.copy(marked.root / "gradebook.db", tmp_path / "by-hand.db")
        assert given(tmp_path / "by-hand.db") == [7], "what was given last is missing from a copy by hand"
        held = backup(marked, tmp_path / "b.db")
    assert given(tmp_path / "b.db") == [9]
    assert (held.students, held.workbooks, held.marks) == (3, 1, 1)
    assert stat.S_IMODE((tmp_path / "b.db").stat().st_mode) & 0o077 == 0 or sys.platform == "win32"
    give(marked, 1)
    back = restore(marked, tmp_path / "b.db")
    assert back.kept
    assert (given(marked.root / "gradebook.db"), given(back.kept)) == ([9], [1])
    export_gradebook(marked, tmp_path / "m.csv")
    with (tmp_path / "m.csv").open(encoding="utf-8-sig", newline="") as file:
        assert "9" in [row["points"] for row in csv.DictReader(file)]


def test_a_closed_gradebook_is_whole_in_its_one_file(marked: Course, tmp_path: Path) -> None:
    killed = (
        "import sys, os; from pathlib import Path; from autograde.classes.folder import Course; from autograde.gradebook.rows import Rows\n"
        "from sqlalchemy import text\n"
        "course = Course(Path(sys.argv[1])); rows = Rows(course.db_url, 'w01-small')\n"
        "rows._database.run(text('UPDATE grade SET manual_score = 8 WHERE manual_score IS NOT NULL'))\n"
        "os._exit(9)\n"
    )
    subprocess.run([sys.executable, "-c", killed, str(marked.root)], check=False, timeout=60)
    assert (marked.root / "gradebook.db-wal").stat().st_size
    tidy(marked)
    shutil.copy(marked.root / "gradebook.db", tmp_path / "by-hand.db")
    assert given(tmp_path / "by-hand.db") == [8]


@pytest.mark.parametrize("lose", [missing, empty, foreign, no_database, cut], ids=lambda lose: lose.__name__)
def test_a_lost_gradebook_is_brought_back_and_what_was_there_is_kept(
    marked: Course, tmp_path: Path, lose: Callable[[Course], None]
) -> None:
    backup(marked, tmp_path / "b.db")
    lose(marked)
    path = marked.root / "gradebook.db"
    before = path.read_bytes() if path.is_file() else None
    back = restore(marked, tmp_path / "b.db")
    assert given(path) == [7]
    assert (back.kept.read_bytes() if back.kept else None) == before
    with marked.gradebook() as gradebook:
        assert len(gradebook.students) == 3


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (missing, "There is no file"),
        (empty, "is empty"),
        (foreign, "not one of nbgrader"),
        (no_database, "not one of nbgrader"),
        (another_class, "of another class"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_what_is_no_backup_of_this_class_is_refused(marked: Course, tmp_path: Path, spoil: Callable[[Course], None], told: str) -> None:
    other = Course(Path(shutil.copytree(marked.root, tmp_path / "other")))
    spoil(other)
    with pytest.raises(ClassError, match=told):
        restore(marked, other.root / "gradebook.db")
    assert given(marked.root / "gradebook.db") == [7]
    assert not list(marked.root.glob("gradebook.before-*"))


def test_a_backup_that_is_not_there_is_told(marked: Course, tmp_path: Path) -> None:
    with pytest.raises(ClassError) as told:
        restore(marked, tmp_path / "none.db")
    assert str(told.value) == f"There is no file {tmp_path / 'none.db'}. Name the file that `autograde backup` wrote; nothing was changed."
    assert given(marked.root / "gradebook.db") == [7]


PATHS = ["../../other/submitted/ana01", "..", ".", "", "a/b", "..\\ana01", "C:ana01", "ana01\0"]


@pytest.mark.parametrize(
    ("table", "column"), [("student", "id"), ("assignment", "name"), ("notebook", "name"), ("autograde_pseudonym", "learner")]
)
def test_a_backup_whose_ids_lead_out_of_the_class_is_refused(marked: Course, tmp_path: Path, table: str, column: str) -> None:
    backup(marked, tmp_path / "b.db")
    changed(tmp_path / "b.db", "INSERT INTO autograde_pseudonym VALUES ('zoe', 'p1')")
    for path in (path for path in PATHS if path or not table.startswith("autograde_")):
        changed(tmp_path / "b.db", f"UPDATE {table} SET {column} = ? WHERE rowid = 1", path)  # noqa: S608
        for look in (restore, would_restore):
            with pytest.raises(ClassError, match="is no backup of this class's gradebook: it holds ") as told:
                look(marked, tmp_path / "b.db")
            assert " should be. Nothing was changed." in str(told.value)
    assert given(marked.root / "gradebook.db") == [7]
    assert not list(marked.root.glob("gradebook.before-*"))


@pytest.mark.parametrize(
    "program",
    [
        "CREATE VIEW later AS SELECT id FROM student",
        "CREATE TRIGGER later AFTER INSERT ON autograde_log BEGIN UPDATE student SET id = '../ana01'; END",
    ],
)
def test_a_backup_that_would_change_itself_is_refused(marked: Course, tmp_path: Path, program: str) -> None:
    backup(marked, tmp_path / "b.db")
    changed(tmp_path / "b.db", program)
    with pytest.raises(ClassError, match=r"it holds a program of its own \(later\)\. Nothing was changed"):
        restore(marked, tmp_path / "b.db")


@pytest.mark.parametrize("path", PATHS)
def test_no_id_leads_out_of_the_class_whoever_has_let_it_in(course: Course, path: str) -> None:
    for names in ((path, "w01-small"), ("ana01", path)):
        with pytest.raises(ClassError, match="cannot both be names of folders"):
            course.path("submitted", *names)
        with pytest.raises(OSError, match="cannot both be names of folders"):
            course.check_own("submitted", *names)
        assert course.timestamp(*names) is None
    with pytest.raises(ClassError, match="has no workbook"):
        course.workbook(path)
    for put in (put_away, bring_back):
        with pytest.raises(ClassError, match="does not wait here any more"):
            put(course, path)


def test_a_damaged_backup_is_refused(marked: Course, tmp_path: Path) -> None:
    backup(marked, tmp_path / "b.db")
    data = bytearray((tmp_path / "b.db").read_bytes())
    for page in range(8, len(data) // 4096, 3):
        data[page * 4096 : page * 4096 + 64] = b"\xff" * 64
    (tmp_path / "b.db").write_bytes(data)
    with pytest.raises(ClassError, match=r"damaged|not one of nbgrader|cannot be restored"):
        restore(marked, tmp_path / "b.db")
    assert given(marked.root / "gradebook.db") == [7]


def test_nothing_is_brought_back_under_an_open_formgrader(marked: Course, tmp_path: Path) -> None:
    backup(marked, tmp_path / "b.db")
    with Rows(marked.db_url, "w01-small"):
        pass
    with marked.gradebook() as formgrader:
        assert formgrader.students
        with pytest.raises(ClassError, match="Close the desk and whatever else uses it"):
            restore(marked, tmp_path / "b.db")
        give(marked, 2)
    assert given(marked.root / "gradebook.db") == [2]
    assert not list(marked.root.glob("gradebook.before-*"))


def test_the_gradebook_of_another_class_is_not_written_over(marked: Course, tmp_path: Path) -> None:
    backup(marked, tmp_path / "b.db")
    another_class(marked)
    with pytest.raises(ClassError, match="Look at db_url"):
        restore(marked, tmp_path / "b.db")
    assert not list(marked.root.glob("gradebook.before-*"))


@pytest.mark.parametrize("name", ["there.db", "link.db", "folder", "none/b.db", "class/source/b.db", "class/release/w01-small/b.db"])
def test_a_backup_replaces_nothing(marked: Course, tmp_path: Path, name: str) -> None:
    (tmp_path / "there.db").write_text("mine")
    (tmp_path / "link.db").symlink_to(tmp_path / "nowhere.db")
    (tmp_path / "folder").mkdir()
    with pytest.raises(ClassError, match="Name another file"):
        backup(marked, tmp_path / name)
    assert (tmp_path / "there.db").read_text() == "mine"
    assert not (tmp_path / "nowhere.db").exists()


def test_a_full_disk_leaves_no_half_backup(marked: Course, tmp_path: Path) -> None:
    code = (
        "import resource, signal, sys; from pathlib import Path; from autograde.classes.folder import Course\n"
        "from autograde.gradebook.keep import backup; from autograde.errors import ClassError\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN); resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))\n"
        "try: backup(Course(Path(sys.argv[1])), Path(sys.argv[2]))\n"
        "except ClassError as error: print('told:', error)\n"
    )
    target = tmp_path / "out" / "b.db"
    target.parent.mkdir()
    done = subprocess.run([sys.executable, "-c", code, str(marked.root), str(target)], capture_output=True, text=True, check=True)
    assert done.stdout.startswith(f"told: {target} cannot be written"), done
    assert not list(target.parent.iterdir())


# Network drives

PROC = """\
overlay / overlay rw,relatime 0 0
proc /proc proc rw 0 0
//server/share /mnt/My\\040share cifs rw,relatime,vers=3.1.1 0 0
server:/export /home nfs4 rw 0 0
/dev/sdb1 /home/local ext4 rw 0 0
C:\\134 /mnt/c 9p rw,aname=drvfs 0 0
"""


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/srv/x", "overlay"),
        ("/mnt/My share/care", "cifs"),
        ("/home/ann/care", "nfs4"),
        ("/home/local/care", "ext4"),
        ("/mnt/c/Users", "9p"),
    ],
)
def test_the_file_system_of_a_path(path: str, kind: str) -> None:
    assert file_system(Path(path), PROC) == kind
    assert file_system(Path(path), "nonsense\n\n") == ""


@pytest.fixture
def network(marked: Course, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Course:
    """Give a class that the system says to be on a network drive."""
    assert not on_network(marked.root)
    mounts = tmp_path / "mounts"
    mounts.write_text(f"overlay / overlay rw 0 0\n//server/share {marked.root} cifs rw 0 0\n")
    with Rows(marked.db_url, "w01-small"):
        pass
    monkeypatch.setattr(disk, "MOUNTS", mounts)
    return marked


@pytest.mark.skipif(not os.path.exists("/proc/self/mounts"), reason="reads Linux' list")  # noqa: PTH110
def test_no_write_ahead_log_on_a_network_drive(network: Course) -> None:
    def mode() -> str:
        with closing(sqlite3.connect(network.root / "gradebook.db")) as connection:
            return str(connection.execute("PRAGMA journal_mode").fetchone()[0])

    assert mode() == "wal"
    assert "network drive" in set_journal(network)
    assert mode() == "delete"
    assert set_journal(network) == "", "said once"
    with Rows(network.db_url, "w01-small"):
        assert mode() == "delete"
    assert given(network.root / "gradebook.db") == [7]


def test_a_class_is_packed_while_somebody_works_in_it(marked: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is done once the gradebook is copied raises no false alarm on the other computer, nor is a hand-in taken there for taken in."""
    (marked.root / "received").mkdir(exist_ok=True)
    taken, watched = marked.root / "received" / ".served.json", marked.root / "received" / ".watched.json"
    taken.write_text("[]", "utf-8")
    watched.write_text("{}", "utf-8")
    backup(marked, tmp_path / "before.db")
    keep_head(marked)

    def copied(course: Course, file: Path) -> Held:
        done = copy_whole(course, file)
        backup(marked, tmp_path / "meanwhile.db")
        keep_head(marked)
        taken.write_text('["w01-ana01"]', "utf-8")
        watched.write_text('{"/share": {"ana.zip": [2, 1]}}', "utf-8")
        return done

    monkeypatch.setattr(packing, "copy_whole", copied)
    (tmp_path / "there").mkdir()
    moved = unpack(pack(marked, tmp_path / "class.zip").path, tmp_path / "there")
    for one in (marked, moved):
        with reading(one) as connection:
            assert check(one, connection).faults == ()
    assert (moved.root / "received" / ".served.json").read_text("utf-8") == "[]"
    assert (moved.root / "received" / ".watched.json").read_text("utf-8") == "{}"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("served/served.db", "where the class's service keeps answers, cannot be read (file is not a database)"),
        ("note.txt", "cannot be read"),
    ],
)
def test_a_file_of_the_class_that_cannot_be_packed_is_named(
    marked: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, said: str
) -> None:
    odd, opened = marked.root / name, Path.open
    odd.parent.mkdir(exist_ok=True)
    odd.write_bytes(b"no database" * 1000)

    def held(path: Path, *more: Any, **others: Any) -> Any:
        if path == odd:
            raise PermissionError(13, "Sharing violation", str(path))
        return opened(path, *more, **others)

    monkeypatch.setattr(Path, "open", held)
    with pytest.raises(ClassError, match=f"^{re.escape(str(odd))}") as told:
        pack(marked, tmp_path / "class.zip")
    assert said in str(told.value)
    assert not (tmp_path / "class.zip").exists()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has files of such names")
@pytest.mark.parametrize("any_name", [True, False])
def test_what_was_named_as_other_systems_do_not_comes_along(
    marked: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, any_name: bool
) -> None:
    """A learner's file may be called anything, and so may the class's folder."""
    monkeypatch.setattr(unpacking, "ANY_NAME", any_name)
    odd = Course(marked.root.rename(tmp_path / "Care: level 2?"))
    names = ["Con.docx", "What: why?/Was.txt", "What: why?/was.txt", "What- why-/Was.txt", "end. ", os.fsdecode(b"caf\xe9.txt"), "Siân.txt"]
    for name in names:
        path = odd.root / "kept" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(ascii(name))
    (odd.root / "kept" / "nul").mkdir()
    for name, seconds in (("end. ", 0), ("Siân.txt", 2**33)):  # no zip has 1970, nor 2242
        os.utime(odd.root / "kept" / name, (seconds, seconds))
    (tmp_path / "there").mkdir()
    moved = unpack(pack(odd, tmp_path / "class.zip").path, tmp_path / "there")
    assert moved.root.name == "Care- level 2-"
    assert given(moved.root / "gradebook.db") == [7]
    found = {path.relative_to(moved.root / "kept").as_posix(): path for path in (moved.root / "kept").rglob("*")}
    files = {name: path.read_text() for name, path in found.items() if path.is_file()}
    assert sorted(files.values()) == sorted(map(ascii, names))
    if any_name:
        assert files == {name: ascii(name) for name in names}
        assert found["nul"].is_dir()
    else:
        assert {for_any(part) for name in found for part in name.split("/")} == {part for name in found for part in name.split("/")}
        assert len({name.casefold() for name in found}) == len(found)
        assert (files["_Con.docx"], found["_nul"].is_dir()) == (ascii("Con.docx"), True)


def test_a_true_name_leads_nowhere_else(marked: Course, tmp_path: Path) -> None:
    made = pack(marked, tmp_path / "class.zip").path
    with zipfile.ZipFile(made) as packed, zipfile.ZipFile(tmp_path / "odd.zip", "w") as odd:
        for name in packed.namelist():
            about = packed.read(name)
            if name == MANIFEST:
                true = {"gradebook.db": "../out.db", ".gitignore": f"{tmp_path}/out", CONFIG: "\0"}
                about = json.dumps(json.loads(about) | {"names": true}).encode()
            odd.writestr(name, about)
    (tmp_path / "there").mkdir()
    moved = unpack(tmp_path / "odd.zip", tmp_path / "there")
    assert given(moved.root / "gradebook.db") == [7]
    assert (moved.root / ".gitignore").is_file()
    assert not any((folder / name).exists() for folder in (tmp_path, tmp_path / "there", moved.root) for name in ("out", "out.db"))


def test_a_packed_class_that_is_damaged_anywhere_is_told(marked: Course, tmp_path: Path) -> None:
    whole = pack(marked, tmp_path / "class.zip").path.read_bytes()
    (tmp_path / "out").mkdir()
    for place in range(60, len(whole), len(whole) // 60):
        (tmp_path / "odd.zip").write_bytes(whole[:place] + bytes(byte ^ 0xFF for byte in whole[place : place + 40]) + whole[place + 40 :])
        with pytest.raises(ClassError, match=r"Nothing was made|Choose another place"):
            unpack(tmp_path / "odd.zip", tmp_path / "out")
        assert list((tmp_path / "out").iterdir()) == []


@pytest.mark.parametrize(
    "row",
    [{"path": 7}, {"size": "7"}, {"size": -1}, {"changed": float("inf")}, {"changed": float("nan")}, {"more": 1}, {"path": "Con.txt"}],
)
def test_a_packed_class_whose_list_is_odd_is_told(marked: Course, tmp_path: Path, row: dict[str, object]) -> None:
    made = pack(marked, tmp_path / "class.zip").path
    (tmp_path / "out").mkdir()
    with zipfile.ZipFile(made) as packed, zipfile.ZipFile(tmp_path / "odd.zip", "w") as odd:
        for name in packed.namelist():
            content = packed.read(name)
            if name == MANIFEST:
                about = json.loads(content)
                about["files"][0] |= row
                content = json.dumps(about).encode()
            odd.writestr(name, content)
    with pytest.raises(ClassError, match="Nothing was made"):
        unpack(tmp_path / "odd.zip", tmp_path / "out")
    assert list((tmp_path / "out").iterdir()) == []


@pytest.mark.parametrize("password", ["secret", "se/cret", "se:cret", "se%40cret?"])
def test_no_password_is_shown(password: str) -> None:
    assert without_password(f"postgresql://tutor:{password}@server/care") == "postgresql://tutor:***@server/care"


def test_more_time_is_not_given_while_another_program_writes(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("autograde.gradebook.database.BUSY_S", 1)
    with closing(sqlite3.connect(course.root / "gradebook.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(ClassError, match=r"Nothing was done .*database is locked"):
            extend(course, "w01", "ana01", datetime(2026, 12, 24, 12, tzinfo=UTC))
    extend(course, "w01", "ana01", datetime(2026, 12, 24, 12, tzinfo=UTC))


def test_where_one_may_not_write_that_is_what_is_to_be_seen_to(course: Course) -> None:
    address = f"{(course.root / 'gradebook.db').as_uri()}?mode=ro"
    with closing(sqlite3.connect(address, uri=True)) as looking, pytest.raises(sqlite3.OperationalError) as told:
        looking.execute("CREATE TABLE other (id)")
    assert unwritten(told.value) == (
        "The gradebook cannot be written (attempt to write a readonly database). See that you may write there, then try again."
    )


def test_two_who_change_a_file_of_the_class_at_once_lose_neither(course: Course) -> None:
    names = [f"w99-q{number:02}" for number in range(40)]
    with ThreadPoolExecutor(8) as crew:
        list(crew.map(lambda name: decide(Course(course.root), "w99", name, Decision(void=True)), names))
        list(crew.map(lambda word: write_settings(Course(course.root), {word: "yes"}), [f"word_{n}" for n in range(24)]))
    assert sorted(own_keys(course, "w99")) == names
    assert len(re.findall(r"word_\d+='yes'", (course.root / CONFIG).read_text("utf-8"))) == 24


def test_a_file_that_fails_while_it_is_packed_is_named(marked: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Failing(io.FileIO):
        def read(self, _: int | None = -1) -> bytes:
            raise OSError(5, "Input/output error")

    odd, opened = marked.root / "note.txt", Path.open
    odd.write_text("A note.", "utf-8")
    monkeypatch.setattr(Path, "open", lambda path, *more, **others: Failing(path) if path == odd else opened(path, *more, **others))
    with pytest.raises(ClassError, match=rf"^{re.escape(str(odd))} cannot be read \(Input/output error\)\. Close other programs"):
        pack(marked, tmp_path / "class.zip")
    assert not (tmp_path / "class.zip").exists()


def answers_kept(course: Course) -> Path:
    """Give a database as the class's service keeps it."""
    path = course.root / "served" / "served.db"
    path.parent.mkdir(exist_ok=True)
    with closing(sqlite3.connect(path)) as kept:
        kept.execute("CREATE TABLE answer (item TEXT PRIMARY KEY, text TEXT)")
        kept.executemany("INSERT INTO answer VALUES (?, ?)", [(str(n), "x" * 500) for n in range(100)])
        kept.commit()
    return path


def test_answers_that_another_program_holds_are_not_waited_for_without_an_end(
    marked: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = answers_kept(marked)
    monkeypatch.setattr("autograde.gradebook.keep.connect", lambda path: connect(path, wait_s=0))
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(ClassError, match=rf"^{re.escape(str(path))}, .* cannot be read \(database is locked\)\. Close other programs"):
            pack(marked, tmp_path / "class.zip")
    assert not (tmp_path / "class.zip").exists()


def spoil(path: Path, table: str) -> None:
    """Spoil a table in the middle of a database, which goes on to open."""
    with closing(sqlite3.connect(path)) as raw:
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        [(root,)] = raw.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (table,))
        [(size,)] = raw.execute("PRAGMA page_size")
    with path.open("rb+") as file:
        file.seek((root - 1) * size)
        file.write(b"\xff" * size)


def test_answers_that_are_damaged_are_not_packed_as_if_they_were_whole(marked: Course, tmp_path: Path) -> None:
    path = answers_kept(marked)
    spoil(path, "answer")
    with pytest.raises(ClassError, match=rf"^{re.escape(str(path))}, .* is damaged \(.*\)\. Bring it back from a copy of the class"):
        pack(marked, tmp_path / "class.zip")
    assert not (tmp_path / "class.zip").exists()


@pytest.mark.parametrize("keep", [backup, pack], ids=lambda keep: keep.__name__)
def test_a_gradebook_that_is_damaged_is_named_where_it_is_copied(
    marked: Course, tmp_path: Path, keep: Callable[[Course, Path], object]
) -> None:
    spoil(marked.root / "gradebook.db", "comment")
    told = (
        rf"^The gradebook {re.escape(str(marked.root / 'gradebook.db'))} is damaged \(.*\)\. Bring back a backup: autograde restore FILE\.$"
    )
    with pytest.raises(ClassError, match=told):
        keep(marked, tmp_path / "copy.zip")
    assert not (tmp_path / "copy.zip").exists()
