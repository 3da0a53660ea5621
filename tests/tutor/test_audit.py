"""Every deed stands in the log, whoever did it by whatever program; a log that was cut off, or written anew, is found."""

import sys
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from autograde import cli
from autograde.authoring.changes import write_change
from autograde.classes import closing as marking_closed
from autograde.classes.extend import extend
from autograde.classes.folder import Course
from autograde.classes.learner_changes import add_one, rename
from autograde.classes.own_keys import Decision, decide
from autograde.classes.packing import pack
from autograde.commands.console import out
from autograde.desk.catching import catch_later
from autograde.errors import ClassError
from autograde.gradebook.address import sqlite_file, sqlite_url
from autograde.gradebook.copying import copy_all
from autograde.gradebook.database import connect, reading
from autograde.gradebook.deeds import Deed
from autograde.gradebook.givings import keep_giving, take_back
from autograde.gradebook.heads import FILE, check, current_head, keep_head
from autograde.gradebook.keep import backup, restore
from autograde.gradebook.left import mark_back, mark_left
from autograde.gradebook.log import Entry, Head, entries_in, faults_in, head_in, note, read_head, subject_in
from autograde.gradebook.noted import noting
from autograde.gradebook.opening import open_gradebook
from autograde.gradebook.own import recording
from autograde.gradebook.person import Given, Notes, give, marks_for, places_in
from autograde.gradebook.who import OTHER_PROGRAM, who
from autograde.inbox.assign import redo, undo
from autograde.inbox.intake import intake
from autograde.inbox.merge import merge
from autograde.inbox.merge import undo as unmerge
from autograde.outbox.feedback import write_feedback
from autograde.outbox.marks_file import export_gradebook
from autograde.outbox.release import release
from autograde.records.grid import grid
from autograde.records.lists import write_list
from autograde.records.outside import catch
from autograde.run.mark import mark_class

if TYPE_CHECKING:
    from tests.tutor.conftest import Kit

NAME = "w01-small"
pytestmark = pytest.mark.usefixtures("small_key")


@pytest.fixture
def marked(course: Course, kit: "Kit", tmp_path: Path) -> Course:
    """Give a class in which ana01's hand-in is marked."""
    (tmp_path / "a.zip").write_bytes(kit.hand_in("ana01"))
    intake(course, [tmp_path / "a.zip"], "w01")
    list(mark_class(course, NAME))
    keep_head(course)
    return course


def entries(course: Course, deed: Deed | None = None) -> list[Entry]:
    with reading(course.db_url) as connection:
        return [one for one in entries_in(connection) if deed is None or one.what == deed]


def by_hand(course: Course, points: float, comment: str = "") -> None:
    """Give points as a marker at the desk does."""
    with reading(course.db_url) as connection:
        place = places_in(connection, NAME)["w01-t01"]
        base = marks_for(connection, place, ["ana01"])["ana01"].base
    give(course.db_url, course.course_id, place, "ana01", Given(points=points, comment=comment, notes=Notes()), base)


def by_nbgrader(course: Course, points: float | None, comment: str = "") -> None:
    """Give points as formgrader does, through nbgrader's own API."""
    with course.gradebook() as gradebook:
        gradebook.find_grade("w01-t01", NAME, NAME, "ana01").manual_score = points
        gradebook.find_comment("w01-t01", NAME, NAME, "ana01").manual_comment = comment
        gradebook.db.commit()


def faults(course: Course, *heads: Head) -> tuple[str, ...]:
    with reading(course.db_url) as connection:
        return check(course, connection, list(heads)).faults


def close_and_reopen(course: Course, _: Path) -> None:
    for reopen in (False, True):
        marking_closed.close(course, NAME, reopen=reopen)


DEEDS: dict[str, tuple[Callable[[Course, Path], object], list[Deed]]] = {
    "points": (lambda course, _: by_hand(course, 7, "Why so?"), [Deed.GIVE]),
    "a key": (lambda course, _: decide(course, "w01", "w01-q01", Decision(void=True)), [Deed.DECIDE_KEY]),
    "undo and redo": (lambda course, _: (undo(course, "w01"), redo(course, "w01")), [Deed.UNDO_TAKE_IN, Deed.REDO_TAKE_IN]),
    "close": (
        close_and_reopen,
        [Deed.CLOSE, Deed.REOPEN],
    ),
    "extend": (lambda course, _: extend(course, "w01", "ana01", datetime(2026, 12, 8, tzinfo=UTC)), [Deed.EXTEND]),
    "left": (lambda course, _: [mark(course, ["ana01"]) for mark in (mark_left, mark_back)], [Deed.LEFT, Deed.BACK]),
    "add": (lambda course, _: add_one(course, id_="dee01", first_name="Dee", last_name="Zimmer"), [Deed.ADD]),
    "rename": (lambda course, _: rename(course, "ana01", first_name="Anna", last_name="Zimmer", email=""), [Deed.CHANGE]),
    "merge": (
        lambda course, _: unmerge(course, merge(course, "ana01", "ben01").name),
        [Deed.LEFT, Deed.MERGE, Deed.MERGE, Deed.BACK, Deed.UNMERGE, Deed.UNMERGE],
    ),
    "give back": (
        lambda course, _: take_back(
            course.db_url, course.course_id, keep_giving(course.db_url, course.course_id, assignment=NAME, way="zip", to={"ana01": "x"}).id
        ),
        [Deed.GIVE_BACK, Deed.TAKE_BACK],
    ),
    "marks file": (lambda course, beside: export_gradebook(course, beside / "marks.csv"), [Deed.EXPORT]),
    "backup": (lambda course, beside: backup(course, beside / "b.db"), [Deed.BACK_UP]),
    "pack": (lambda course, beside: pack(course, beside / "class.zip"), [Deed.EXPORT]),
    "list to decide": (lambda course, beside: write_list(course, grid(course), beside / "list.csv"), [Deed.EXPORT]),
    "release": (lambda course, _: release(course, "w01"), [Deed.RELEASE]),
}
ON_FILES: dict[str, Callable[[Course, Path], object]] = {
    **{name: DEEDS[name][0] for name in ("marks file", "backup", "pack", "list to decide", "release", "a key", "close", "extend")},
    "take in": lambda course, beside: intake(course, [beside / "b.zip"], "w01"),
    "take back what was taken in": lambda course, _: undo(course, "w01"),
    "wording": lambda course, _: write_change(course, NAME, "a stem", {f"source/{NAME}/items.toml": b"new"}),
}


@pytest.mark.parametrize("deed", DEEDS)
def test_a_deed_stands_in_the_log_by_ids_alone(deed: str, marked: Course, tmp_path: Path) -> None:
    do, expected = DEEDS[deed]
    before = len(entries(marked))
    do(marked, tmp_path)
    found = entries(marked)[before:]
    assert [one.what for one in found] == expected
    said = " ".join(str(one.detail) for one in found)
    assert not any(name in said for name in ("Ana", "Evans", "Zimmer", "ana01", "ben01"))
    assert not faults(marked)


@pytest.mark.parametrize("deed", ON_FILES)
def test_nothing_is_done_with_files_before_the_log_tells_of_it(deed: str, marked: Course, kit: "Kit", tmp_path: Path) -> None:
    beside = tmp_path / "beside"
    beside.mkdir()
    (beside / "b.zip").write_bytes(kit.hand_in("ben01"))
    with recording(marked.db_url) as database:
        database.connection.exec_driver_sql(
            "CREATE TRIGGER full BEFORE INSERT ON autograde_log BEGIN SELECT RAISE(ABORT, 'disk full'); END"
        )
    before = files_of(marked.root, beside)
    with pytest.raises(ClassError, match=r"Nothing was done .*disk full"):
        ON_FILES[deed](marked, beside)
    assert files_of(marked.root, beside) == before


def files_of(*roots: Path) -> dict[Path, bytes]:
    """Give what is in folders, without what is half written and the gradebook, which somebody's reading changes."""
    found = [path for root in roots for path in root.rglob("*") if path.is_file() and ".part" not in path.parts]
    return {path: path.read_bytes() for path in found if not path.name.startswith("gradebook.db")}


def test_a_deed_that_fails_is_said_to_have_failed(marked: Course) -> None:
    def fail() -> None:
        with noting(marked, Deed.EXPORT, learner="ana01", what="marks"):
            raise OSError

    with pytest.raises(OSError, match=r"^$"):
        fail()
    first, second = entries(marked, Deed.EXPORT)
    assert (first.detail, second.detail) == ({"what": "marks"}, {"what": "marks", "failed": True})
    assert first.subject == second.subject != ""


def test_taking_in_and_marking_say_once_what_became_of_whom(marked: Course) -> None:
    with reading(marked.db_url) as connection:
        subject = subject_in(connection, "ana01")
    [taken], [mark] = entries(marked, Deed.TAKE_IN), entries(marked, Deed.MARK)
    assert (taken.subject, mark.subject) == (subject, subject)
    assert mark.detail is not None
    assert mark.detail["workbook"] == NAME
    assert set(mark.detail["after"]) == {"w01-q01", "w01-t01"}
    list(mark_class(marked, NAME, force=True))  # no points change
    assert len(entries(marked, Deed.MARK)) == 1
    decide(marked, "w01", "w01-q01", Decision(void=True))
    list(mark_class(marked, NAME))
    again = entries(marked, Deed.MARK)[1:]
    assert all(one.detail is not None and set(one.detail["after"]) == {"w01-q01"} for one in again)


def test_points_say_what_stood_there_before(marked: Course) -> None:
    by_hand(marked, 7, "Why so?")
    by_hand(marked, 4, "Why so?")
    details = [one.detail for one in entries(marked, Deed.GIVE)]
    place: dict[str, Any] = {"workbook": NAME, "task": "w01-t01"}
    assert [{name: value for name, value in (one or {}).items() if name != "sealed"} for one in details] == [
        {**place, "before": {"points": None, "comment": ""}, "after": {"points": 7, "comment": "Why so?"}},
        {**place, "before": {"points": 7}, "after": {"points": 4}},
    ]
    assert catch(marked) == 0


def test_what_formgrader_gave_is_caught_once_and_told_apart(marked: Course) -> None:
    by_hand(marked, 7)
    by_nbgrader(marked, 3, "Short.")
    list(mark_class(marked, NAME))
    by_nbgrader(marked, None)
    list(write_feedback(marked, NAME))
    assert catch(marked) == 0
    own, first, second = entries(marked, Deed.GIVE)
    assert own.who != OTHER_PROGRAM
    assert (first.who, second.who) == (OTHER_PROGRAM, OTHER_PROGRAM)
    assert first.subject == own.subject
    assert first.detail is not None
    assert second.detail is not None
    assert (first.detail["before"], first.detail["after"]) == ({"points": 7, "comment": ""}, {"points": 3, "comment": "Short."})
    assert second.detail["after"] == {"points": None, "comment": ""}


def test_a_hand_in_that_another_program_removed_is_caught(marked: Course) -> None:
    by_hand(marked, 7)
    with marked.gradebook() as gradebook:
        gradebook.remove_submission(NAME, "ana01")
    assert catch(marked) == 1
    assert catch(marked) == 0
    last = entries(marked)[-1]
    assert last.detail is not None
    assert (last.detail["before"], last.detail["after"]) == ({"points": 7}, {"points": None})
    [said] = faults(marked)
    assert said.startswith("the hand-in ")
    assert said.endswith("is gone from the gradebook, and no entry says so.")


def test_home_catches_in_a_thread_of_its_own(marked: Course) -> None:
    by_nbgrader(marked, 5)
    thread = catch_later(marked)
    assert thread is not None
    thread.join(20)
    assert entries(marked)[-1].who == OTHER_PROGRAM
    assert (marked.root / FILE).is_file()


def test_what_was_given_before_there_was_a_log_is_taken_as_known(marked: Course) -> None:
    by_nbgrader(marked, 5)
    path = sqlite_file(marked.db_url)
    assert path is not None
    with closing(connect(path)) as raw:
        for (name,) in raw.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE 'autograde_%' AND name NOT IN "
            "('autograde_marked', 'autograde_left', 'autograde_person', 'autograde_given_back')"
        ).fetchall():
            raw.execute(f"DROP TABLE {name}")
    assert catch(marked) == 0
    assert [one.what for one in entries(marked)] == [Deed.BEGIN_LOG]
    by_nbgrader(marked, 6)
    assert catch(marked) == 1
    (marked.root / FILE).unlink()
    keep_head(marked)
    assert faults(marked) == ()


def test_the_first_marking_tells_of_what_another_program_wrote_before_it(marked: Course, kit: "Kit", tmp_path: Path) -> None:
    (tmp_path / "c.zip").write_bytes(kit.hand_in("cai01"))
    intake(marked, [tmp_path / "c.zip"], "w01")
    with marked.gradebook() as gradebook:  # as nbgrader's own autograde does
        gradebook.add_submission(NAME, "cai01")
        gradebook.find_grade("w01-q01", NAME, NAME, "cai01").auto_score = 2
        gradebook.db.commit()
    assert any("w01-q01" in text and "no entry of the log tells" in text for text in faults(marked))
    for _ in range(2):
        list(mark_class(marked, NAME, force=True))
        assert faults(marked) == ()
    told = [entry.detail["after"] for entry in entries(marked, Deed.MARK) if entry.detail and "hand_in" in entry.detail]
    assert told[1:] == [{"w01-q01": 2, "w01-t01": None}], "once"


def test_a_log_that_has_just_begun_is_no_fault(marked: Course) -> None:
    """The first command of a class was killed: nobody has begun to keep its heads."""
    [begun] = entries(marked, Deed.BEGIN_HEADS)
    (marked.root / FILE).unlink()
    assert "is not there, and the log has" in faults(marked)[0]
    cut(marked, begun.n - 1)
    with reading(marked.db_url) as connection:
        checked = check(marked, connection)
    assert [FILE in text for text in checked.faults] == []
    assert [f"{FILE} is not there yet" in text for text in checked.remarks] == [True]
    keep_head(marked)
    assert faults(marked) == ()


def cut(course: Course, after: int) -> None:
    path = sqlite_file(course.db_url)
    assert path is not None
    with closing(connect(path)) as raw:
        raw.execute("DELETE FROM autograde_log WHERE n > ?", (after,))
        raw.execute("DELETE FROM autograde_log_detail WHERE n > ?", (after,))


def test_a_log_that_was_cut_off_is_found_by_the_heads_that_were_kept(marked: Course) -> None:
    keep_head(marked)
    keep_head(marked)
    assert len((marked.root / FILE).read_text().splitlines()) == 1
    by_hand(marked, 7)
    assert not faults(marked)
    keep_head(marked)
    last = current_head(marked.db_url)
    assert last is not None
    cut(marked, last.n - 1)
    assert any(f"it had {last.n}" in text for text in faults(marked))
    by_hand(marked, 4)  # goes on at the same number
    assert any(f"entry {last.n} is not the one" in text for text in faults(marked))
    (marked.root / FILE).unlink()
    assert [FILE in text for text in faults(marked)] == [True]
    assert any(f"entry {last.n} is not the one" in text for text in faults(marked, last))


def test_who_takes_the_kept_heads_away_is_not_forgotten(marked: Course) -> None:
    assert [one.who for one in entries(marked, Deed.BEGIN_HEADS)] == [who()]
    (marked.root / FILE).unlink()
    (marked.root / FILE).symlink_to(marked.root / "nowhere" / FILE)
    keep_head(marked)
    assert len(entries(marked, Deed.BEGIN_HEADS)) == 1, "what cannot be written is not said to have begun"
    (marked.root / FILE).unlink()
    [said] = faults(marked)
    assert said.startswith(f"{FILE} is not there, and the log has {len(entries(marked))} entries")
    by_hand(marked, 7)
    keep_head(marked)
    keep_head(marked)
    with reading(marked.db_url) as connection:
        checked = check(marked, connection)
    assert checked.faults == ()
    [remark] = checked.remarks
    first, again = entries(marked, Deed.BEGIN_HEADS)
    assert f"(entry {first.n}) are not in this {FILE}: it was begun anew since" in remark
    by_hand(marked, 4)
    keep_head(marked)
    lines = (marked.root / FILE).read_text().splitlines(keepends=True)
    (marked.root / FILE).write_text("".join(lines[1:]))
    assert faults(marked) == (f"{FILE} does not go back to where it was begun (entry {again.n}): lines of it are gone.",)
    (marked.root / FILE).write_text("")
    assert "is not there" in faults(marked)[0]


def test_a_restore_is_told_calmly_and_hides_nothing(marked: Course, tmp_path: Path) -> None:
    backup(marked, tmp_path / "b.db")
    for points in (7, 4, 5):
        by_hand(marked, points)
        keep_head(marked)
    newer = current_head(marked.db_url)
    assert newer is not None
    restore(marked, tmp_path / "b.db")
    keep_head(marked)
    last = entries(marked)[-1]
    assert last.what == Deed.RESTORE
    assert last.detail is not None
    assert (last.detail["replaced"], last.detail["faults"]) == (str(newer), [])
    with reading(marked.db_url) as connection:
        checked = check(marked, connection, [newer])
    assert checked.faults == ()
    assert len(checked.remarks) == 1
    by_hand(marked, 6)
    keep_head(marked)
    assert not faults(marked)
    cut(marked, last.n)  # quietly, after the restore: its numbers are among those that the restore explains
    assert faults(marked)


def test_the_undo_of_a_restore_is_told_calmly_too(marked: Course, tmp_path: Path) -> None:
    backup(marked, tmp_path / "b.db")
    for points in (7, 4, 5):
        by_hand(marked, points)
        keep_head(marked)
    backup(marked, tmp_path / "later.db")
    held = restore(marked, tmp_path / "b.db")
    by_hand(marked, 6)
    keep_head(marked)
    aside = current_head(marked.db_url)
    assert aside is not None
    assert held.kept is not None
    restore(marked, held.kept)  # the log of this one is the longer one
    keep_head(marked)
    assert faults(marked, aside) == ()
    restore(marked, tmp_path / "later.db")  # and in this log no entry tells of the first restore
    keep_head(marked)
    assert faults(marked) == ()
    cut(marked, entries(marked)[-1].n - 1)
    assert faults(marked)


def test_an_entry_that_only_says_restore_does_not_explain_a_head_on_paper(marked: Course) -> None:
    by_hand(marked, 7)
    keep_head(marked)
    paper = current_head(marked.db_url)
    assert paper is not None
    cut(marked, paper.n - 1)
    with recording(marked.db_url) as database:
        note(database, Deed.RESTORE, kept="", faults=[])
        note(database, Deed.RESTORE, kept="gradebook.db", faults=[])
    assert any(f"entry {paper.n} is not the one" in text for text in faults(marked, paper))


@pytest.mark.parametrize(("table", "column"), [("log", "at"), ("log_detail", "text")])
def test_an_entry_that_cannot_be_read_any_more_is_named(marked: Course, table: str, column: str) -> None:
    by_hand(marked, 7)
    last = current_head(marked.db_url)
    assert last is not None
    path = sqlite_file(marked.db_url)
    assert path is not None
    with closing(connect(path)) as raw:
        raw.execute(f"UPDATE autograde_{table} SET {column} = 'yesterday' WHERE n = ?", (last.n,))  # noqa: S608
    assert any(f"entry {last.n} " in text for text in faults(marked))
    assert len(entries(marked)) == last.n


@pytest.mark.parametrize("all_since", [False, True])
def test_a_restore_over_a_log_that_was_cut_off_says_so_for_good(marked: Course, tmp_path: Path, all_since: bool) -> None:
    backup(marked, tmp_path / "b.db")
    held = current_head(sqlite_url(tmp_path / "b.db"))
    assert held is not None
    by_hand(marked, 7)
    by_hand(marked, 4)
    keep_head(marked)
    head = current_head(marked.db_url)
    assert head is not None
    cut(marked, held.n if all_since else head.n - 1)
    restore(marked, tmp_path / "b.db")
    keep_head(marked)
    assert any("had a fault then: the log ends at entry" in text for text in faults(marked))


def test_a_copy_to_another_database_brings_the_log_along(marked: Course, tmp_path: Path) -> None:
    by_hand(marked, 7)
    new = sqlite_url(tmp_path / "new.db")
    open_gradebook(new, marked.course_id, fresh=True).close()
    tables = dict(copy_all(marked.db_url, new))
    assert tables["autograde_log"] == len(entries(marked))
    assert tables["autograde_known"] == 1
    with reading(new) as connection:
        assert not faults_in(connection, [])
        assert head_in(connection) == current_head(marked.db_url)


def test_the_command_finds_lists_and_keeps(marked: Course, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(marked.root)
    monkeypatch.setattr(out, "width", 200)

    def run(*words: str) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["autograde", "audit", *words])
        with pytest.raises(SystemExit) as caught:
            cli.main()
        return int(caught.value.code or 0), capsys.readouterr().out

    by_hand(marked, 7)
    _, said = run("head")
    head = read_head(said.splitlines()[0])
    assert str(head) in (marked.root / FILE).read_text()
    assert run("verify", "--head", str(head))[0] == 0
    _, listed = run("list", "--learner", "ana01", "--since", "1 November 2026")
    assert "give points" in listed
    assert "Evans" not in listed
    cut(marked, head.n - 1)
    code, told = run("verify")
    assert code == 1
    assert f"it had {head.n}" in told
