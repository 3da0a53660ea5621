"""What is held of a learner can be given to the learner, and erased whole, also where the run is killed in between."""

import io
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import zipfile
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import Connection, insert, inspect, select, update
from typer.testing import CliRunner

from autograde.classes.backups import back_up, choose_folder
from autograde.classes.closing import close
from autograde.classes.folder import Course
from autograde.classes.learner_changes import add_one, find, rename
from autograde.classes.packing import pack
from autograde.classes.served import ARRIVED, served_folder
from autograde.classes.service_rows import TITLE
from autograde.cli import app
from autograde.desk.unfinished import end_unfinished
from autograde.desk.work import State, Worker
from autograde.errors import ClassError
from autograde.gradebook import log, own_tables, person, tables
from autograde.gradebook.database import connect
from autograde.gradebook.deeds import Deed
from autograde.gradebook.givings import keep_giving, read_givings
from autograde.gradebook.keep import backup, restore, would_restore
from autograde.gradebook.left import mark_left
from autograde.inbox.arrived import new_batch
from autograde.inbox.assign import assign
from autograde.inbox.intake import intake
from autograde.inbox.merge import merge
from autograde.inbox.merged import cut_off
from autograde.inbox.served import take_arrived
from autograde.inbox.take_ins import FOLDER as TAKE_INS
from autograde.inbox.watched import new_in, take_from
from autograde.outbox.feedback.writing import write_feedback
from autograde.outbox.giving import Way, give_served
from autograde.outbox.pages import CLOSED, HEAD, made_from, page_path
from autograde.outbox.served import keep_served, serve_anew
from autograde.records.actions import actions_of, close_action, raise_action
from autograde.records.copies import copies_with
from autograde.records.erasure import erase, finish, plan
from autograde.records.holdings import files_of, parts_of, rows_of
from autograde.records.naming import says, without
from autograde.records.opening import reading, writing
from autograde.records.outside import catch
from autograde.records.retention import Retention, due, keep_retention, read_retention
from autograde.reports.document import Table
from autograde.reports.learner_export import export_learner
from autograde.reports.making import make_class
from autograde.reports.sheet import as_xlsx
from autograde.run.mark import mark_class
from autograde.text import encodable
from autograde.whole import ERASING, stage
from tests.tutor.conftest import empty_database, keep_answers
from tests.tutor.test_serving import put
from workbook_helpers.served.database import ANSWERS

if TYPE_CHECKING:
    from tests.tutor.conftest import Kit

SIGN = "Zqxcanary"
"""Stands in all that is ana01's."""
NUMBERS = {"ana01": "1", "ben01": "2"}
NOW = datetime(2026, 11, 20, 12)  # noqa: DTZ001  naive, as the gradebook keeps it


@pytest.fixture
def full(course: Course, kit: "Kit", tmp_path: Path, small_key: None, monkeypatch: pytest.MonkeyPatch) -> Course:
    """Give a class in which ana01 and ben01 have something everywhere."""
    monkeypatch.setenv("AUTOGRADE_WHO", "Ruth")
    monkeypatch.setenv("HOME", str(tmp_path))  # where backups are looked for, too
    (tmp_path / "in").mkdir()
    for learner, words in (("ana01", SIGN), ("ben01", "Because.")):
        for at, more in (("2026-11-18T10:00:00+00:00", ""), ("2026-11-19T10:00:00+00:00", " and more")):
            path = tmp_path / "in" / f"{learner}{at[8:10]}.zip"
            path.write_bytes(kit.hand_in(learner, at, q01="a", t01=words + more, declaration=True))
            intake(course, [path], "w01")
    bad = tmp_path / "in" / "ana-broken.zip"
    bad.write_bytes(kit.zipped({"manifest.json": kit.manifest("ana01", raw=b"other"), "notes.txt": SIGN.encode()}))
    intake(course, [bad], "w01")
    list(mark_class(course, "w01-small"))
    for learner in ("ana01", "ben01"):
        given = person.Given(points=7, comment=f"Well done. {_words(learner)}", notes=person.Notes(seen=(0,)))
        with reading(course) as connection:
            place = person.places_in(connection, "w01-small")["w01-t01"]
            base = person.marks_for(connection, place, [learner])[learner].base
        person.give(course.db_url, course.course_id, place, learner, given, base)
    assert [one.refused for one in write_feedback(course, "w01-small")] == ["", ""]
    with writing(course) as database:
        for learner in ("ana01", "ben01"):
            for table in own_tables.metadata.sorted_tables:
                if "learner" in table.c and table is not own_tables.pseudonym:
                    database.run(insert(table).values(**_row(table, learner)))
            number = NUMBERS[learner]
            sample = {"id": f"s{number}", "decision": f"decision{number}", "agrees": True}
            database.run(insert(own_tables.sample).values(_row(own_tables.sample, learner) | sample))
            action = {"id": f"a{number}", "sample": f"s{number}"}
            database.run(insert(own_tables.action).values(_row(own_tables.action, learner) | action))
            log.note(database, "decide", learner=learner, reason=_words(learner))
    keep_giving(course.db_url, course.course_id, assignment="w01-small", way="x", to=NUMBERS, notes=("Locked: Ana Evans.", "All well."))
    mark_left(course, ["ana01"])
    return course


def _words(learner: str) -> str:
    return SIGN if learner == "ana01" else "Because."


def _row(table: Any, learner: str) -> dict[str, Any]:
    """Fill every column of a table."""
    kinds = {"VARCHAR": "x", "TEXT": "[]", "BOOLEAN": False, "FLOAT": 1.0, "INTEGER": 1, "DATETIME": NOW, "DATE": date(2026, 11, 20)}
    row = {column.name: kinds[str(column.type).partition("(")[0]] for column in table.columns}
    row |= {name: _words(learner) for name in ("reason", "text", "title", "why", "detail", "closing") if name in row}
    row |= {"id": f"{table.name.removeprefix('autograde_')}{NUMBERS[learner]}"} if "id" in row else {}
    row |= {"subject": f"sub{NUMBERS[learner]}"} if "subject" in row else {}
    return row | ({"learner": learner} if "learner" in row else {})


def dump(course: Course) -> dict[str, list[tuple[Any, ...]]]:
    with closing(sqlite3.connect(course.root / "gradebook.db")) as raw:
        names = [name for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
        return {name: sorted(raw.execute(f"SELECT * FROM {name}").fetchall(), key=repr) for name in names}  # noqa: S608


def tree(course: Course) -> dict[str, bytes]:
    found = [path for path in sorted(course.root.rglob("*")) if path.is_file() and ".part" not in path.parts]
    return {str(path.relative_to(course.root)): path.read_bytes() for path in found if not path.name.startswith("gradebook.db")}


def traces(course: Course) -> list[str]:
    """Give where something of ana01 is left."""
    signs = [SIGN.encode(), b"ana01", b"Ana Evans"]
    paths = [path for path in sorted(course.root.rglob("*")) if path.is_file()]
    return [
        str(path) for path in paths if "ana01" in str(path.relative_to(course.root)) or any(sign in path.read_bytes() for sign in signs)
    ]


def of(connection: Connection, learner: str) -> dict[str, int]:
    return {title: len(rows) for title, rows in rows_of(connection, learner).items()}


def test_everything_of_a_learner_goes_and_nothing_of_another(full: Course) -> None:
    assert traces(full)
    planned = plan(full, "ana01")
    with reading(full) as connection:
        before, other = of(connection, "ana01"), rows_of(connection, "ben01")
        assert before == planned.rows
        assert {"Marks", "Comments", "Decisions", "Hand-ins", "Referrals", "Adjustments", "Name and address"} < set(before)
    files = {name: data for name, data in tree(full).items() if "ben01" in name or name.startswith("release")}
    assert {name.partition("/")[0] for name in planned.files} == {"submitted", "autograded", "feedback", "received", "quarantine"}
    assert planned.points == 2
    assert planned.entries >= 1
    erase(full, "ana01", by="Ruth")
    assert traces(full) == []
    with reading(full) as connection:
        assert of(connection, "ana01") == {}
        assert rows_of(connection, "ben01") == other
        assert {name: data for name, data in tree(full).items() if name in files} == files
        kept = connection.execute(select(own_tables.kept_points)).all()
        assert sorted((row.cell, row.points, row.maximum) for row in kept) == [("w01-q01", 2, 2), ("w01-t01", 7, 10)]
        assert len({row.pseudonym for row in kept} | {"ana01"}) == 2
        samples = {row.id: (row.agrees, row.text) for row in connection.execute(select(own_tables.sample))}
        assert samples == {"s1": (True, ""), "s2": (True, "Because.")}
        actions = {row.id: (row.text, row.closing) for row in connection.execute(select(own_tables.action))}
        assert actions == {"a1": ("", ""), "a2": ("Because.", "Because.")}
        assert not log.faults_in(connection, [])
        newest = list(log.entries_in(connection))[-1]
        assert (newest.what, newest.who) == ("erase learner", "Ruth")
    [giving] = read_givings(full.db_url, full.course_id, "w01-small")
    assert (dict(giving.to), giving.notes) == ({"ben01": "2"}, ("All well.",))
    with pytest.raises(ClassError, match="Nobody"):
        plan(full, "ana01")


def test_words_about_a_learner_go_that_stand_under_nobody(full: Course) -> None:
    """Actions without a sample, entries about no learner, sentences on what was passed over."""
    named = raise_action(full, to="Ruth", text="Read ANA EVANS's answers again.")
    closed = raise_action(full, to="Ruth", text="Look at 1.1 again.")
    about_ben = raise_action(full, to="Ruth", text="ben01 refers to Ana  Evans: ask him for the source.")
    other = raise_action(full, to="Ruth", text="Meet on Monday.")
    for one, words in ((closed, "ana01 was right."), (other, "We met.")):
        close_action(full, one.id, words)
    told = {"run": "2026-11-20T10:00:00+00:00", "assignment": "w01-small", "taken": 0, "repeated": 0, "refused": 0, "notes": []}
    passed = full.root / "received" / TAKE_INS / "20261120100000.json"
    passed.write_text(json.dumps(told | {"passed": ["Ana Evans.docx is no hand-in", "readme.txt is no hand-in"]}), "utf-8")
    erase(full, "ana01")
    assert traces(full) == []
    assert json.loads(passed.read_text("utf-8"))["passed"] == ["readme.txt is no hand-in"]
    actions = {one.id: (one.text, one.closing) for one in actions_of(full)}
    assert actions[named.id] == ("Read an erased learner's answers again.", "")
    assert actions[closed.id] == ("Look at 1.1 again.", "an erased learner was right.")
    assert actions[other.id] == ("Meet on Monday.", "We met.")
    assert actions[about_ben.id] == ("ben01 refers to an erased learner: ask him for the source.", "")
    with reading(full) as connection:
        assert not log.faults_in(connection, [])
        raised = list(log.entries_in(connection, "raise action"))
    assert [entry.n for entry in raised if entry.detail is None] == [raised[0].n, raised[2].n]
    with writing(full) as database:
        database.run(own_tables.log_detail.delete().where(own_tables.log_detail.c.n == raised[-1].n))
    with reading(full) as connection:
        assert log.faults_in(connection, []) == [f"the words of entry {raised[-1].n} are gone, and no erasure says so."]


def held_of_two(course: Course, kit: "Kit", folder: Path) -> Path:
    """Give a hand-in in quarantine: cai01 typed ana01's id, and Moodle names Cai."""
    with zipfile.ZipFile(folder / "moodle.zip", "w") as packed:
        packed.writestr("Siân Ŵyn_1234567_assignsubmission_file/of-two.zip", kit.hand_in("ana01", q01="b", t01="Cai's own answer."))
    intake(course, [folder / "moodle.zip"], "w01")
    [held] = course.root.glob("quarantine/*of-two.zip")
    return held


@pytest.mark.parametrize(("learner", "left"), [("ana01", "Siân Ŵyn (cai01)"), ("cai01", "names ana01 (Ana Evans)")])
def test_a_hand_in_that_may_be_anothers_is_neither_given_nor_erased(
    full: Course, kit: "Kit", tmp_path: Path, monkeypatch: pytest.MonkeyPatch, learner: str, left: str
) -> None:
    monkeypatch.chdir(full.root)
    held = held_of_two(full, kit, tmp_path)
    name, data = held.relative_to(full.root).as_posix(), next(held.glob("*.zip")).read_bytes()
    done = CliRunner().invoke(app, ["export-learner", learner, "--to", str(tmp_path / "own.zip")])
    assert f"{name} names this learner, too" in done.output.replace("\n", " ").replace("  ", " ")
    with zipfile.ZipFile(tmp_path / "own.zip") as packed:
        assert not [one for one in packed.namelist() if "of-two" in one]
    planned = erase(full, learner)
    assert (planned.shared, name in planned.files) == ((name,), False)
    assert any(one.startswith(f"{name} names this learner, too: decide yourself") for one in planned.to_decide)
    assert next(held.glob("*.zip")).read_bytes() == data
    reason = (held / "reason.txt").read_text("utf-8")
    assert left in reason
    assert not says(reason, (learner, planned.learner.name))
    assert planned.learner.name not in reason, "whatever stands beside it, such as Moodle's number"
    other = "cai01" if learner == "ana01" else "ana01"
    assert plan(full, other).shared == (name,)  # it may be that of the one who was erased


def everywhere(data: bytes, sign: bytes) -> bool:
    """Whether a file holds a sign, or one that is packed in it."""
    if data[:2] != b"PK":
        return sign in data
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        return any(everywhere(packed.read(one), sign) for one in packed.namelist())


@pytest.mark.parametrize("how", ["by the id that was typed", "by a tutor", "by who was signed in"])
def test_what_was_taken_for_anothers_is_given_and_erased_as_whose_it_is(
    course: Course, kit: "Kit", tmp_path: Path, small_key: None, how: str
) -> None:
    typed, path, arrived = how != "by a tutor", tmp_path / "x.zip", served_folder(course) / ARRIVED
    serve_anew(course)
    arrived.mkdir()

    def goes_on() -> None:
        list(mark_class(course, "w01-small"))
        list(write_feedback(course, "w01-small", partial=True))

    def given() -> tuple[set[str], dict[str, Any]]:
        file = tmp_path / "given.zip"
        file.unlink(missing_ok=True)
        export_learner(course, "ben01", file)
        with zipfile.ZipFile(file) as packed:
            assert [one for one in packed.namelist() if everywhere(packed.read(one), SIGN.encode())] == []
            assert [one for one in packed.namelist() if b"cai01" in packed.read(one)] == []
            return set(packed.namelist()), json.loads(packed.read("data.json"))

    path.write_bytes(kit.hand_in("ben01", q01="a", t01="Ben's own."))
    intake(course, [path], "w01")
    goes_on()
    page = page_path(course, "ben01", "w01-small")
    os.utime(page, (1_790_000_000, 1_790_000_000))  # before the other one came
    path.write_bytes(kit.hand_in("ben01" if typed else None, "2026-11-19T12:00:00+00:00", q01="b", t01=f"{SIGN} by Cai"))
    if how == "by who was signed in":
        put(arrived, path.read_bytes(), learner="ben01")
        take_arrived(course)
    else:
        intake(course, [path], "w01")
    if not typed:
        assign(course, path, "ben01")
    goes_on()
    give_served(course, "w01-small")
    keep_served(course)
    assign(course, path, "cai01")
    [old] = course.root.glob("feedback-replaced/ben01/*.html")
    name = f"files/feedback-replaced/ben01/{old.name}"
    names, rows = given()
    assert {one.rpartition("/")[0] for one in names if "received/w01-small/ben01" in one} == {"files/received/w01-small/ben01"}
    assert (name in names, "Marks" in rows) == (True, False)
    assert plan(course, "cai01").marked == ("w01-small under ben01",)
    goes_on()
    names, rows = given()
    assert ("files/feedback/ben01/w01-small/w01-small.html" in names, name in names, len(rows["Marks"])) == (True, True, 2)
    assert plan(course, "cai01").marked == ()
    erase(course, "cai01")
    left = [one for one in course.root.rglob("*") if one.is_file() and everywhere(one.read_bytes(), SIGN.encode())]
    assert [str(one) for one in left if not one.name.startswith("gradebook.db")] == []
    attempts = json.loads((course.root / "received/w01-small/.attempts/ben01.json").read_text("utf-8"))["attempts"]
    assert [(one["file"], one["set_aside"]) for one in attempts] == [("x.zip", ""), ("", "it is an erased learner's")]
    assert len([*course.root.glob("received/w01-small/ben01/*.zip")]) == 1


def test_a_hand_in_under_a_strange_name_is_nobodys_for_sure(full: Course, kit: "Kit", tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "moodle.zip", "w") as packed:
        packed.writestr("Zoe Poe_1234567_assignsubmission_file/of-whom.zip", kit.hand_in("ana01", t01="Zoe's?"))
    intake(full, [tmp_path / "moodle.zip"], "w01")
    [name] = plan(full, "ana01").shared
    assert name.endswith("of-whom.zip")


def waiting(course: Course, **files: bytes) -> Path:
    """Let files wait for a person, as those do of which nothing tells the workbook."""
    batch = new_batch(course)
    for name, data in files.items():
        (batch / name.replace("__", ".")).write_bytes(data)
    return batch


@pytest.mark.parametrize("how", ["by its manifest", "by Moodle", "by its name", "loose", "cut off"])
def test_what_waits_to_be_taken_in_and_is_the_learners_alone_goes_and_is_theirs(full: Course, kit: "Kit", tmp_path: Path, how: str) -> None:
    whole = kit.hand_in("ana01", t01=f"{SIGN} waits")
    with zipfile.ZipFile(io.BytesIO(whole)) as packed:
        loose = {name.replace(".", "__"): packed.read(name) for name in ("answers.json", "manifest.json")}
    of_moodle = kit.zipped({"Ana Evans_501_assignsubmission_file/x.zip": kit.zipped({"notes.txt": SIGN.encode()})})
    files = {
        "by its manifest": {"x__zip": whole},
        "by Moodle": {"x__zip": of_moodle},
        "by its name": {"ana01__zip": SIGN.encode()},
        "cut off": {".part-Ana Evans_501_assignsubmission_file_x__zip": SIGN.encode()},
        "loose": loose,
    }[how]
    batch = waiting(full, ben__zip=kit.hand_in("ben01"), **files)
    names = {f"received/.arrived/{batch.name}/{name.replace('__', '.')}" for name in files}
    export_learner(full, "ana01", tmp_path / "own.zip")
    with zipfile.ZipFile(tmp_path / "own.zip") as packed:
        whole_ones = {f"files/{name.replace('/.', '/')}" for name in names if how != "cut off"}
        assert {one for one in packed.namelist() if "arrived" in one} == whole_ones
    assert names <= {*erase(full, "ana01").files}
    assert traces(full) == []
    assert [path.name for path in batch.iterdir()] == ["ben.zip"]


@pytest.mark.parametrize("what", ["a class's download", "a worksheet", "one that another sent"])
def test_what_waits_and_may_be_anothers_too_stays_and_is_told(full: Course, kit: "Kit", what: str) -> None:
    ana = ("Ana Evans_501_assignsubmission_file/x.zip", kit.hand_in("ana01"))
    ben = ("Ben O'Brien, Jr_502_assignsubmission_file/x.zip", kit.hand_in("ben01"))
    files = {
        "a class's download": {"x__zip": kit.zipped(dict([ana, ben]))},
        "a worksheet": {"x__csv": b'Identifier,Full name\nParticipant 501,Ana Evans\nParticipant 502,"Ben O\'Brien, Jr"\n'},
        "one that another sent": {"x__zip": kit.zipped({ben[0]: ana[1]})},
    }[what]
    batch = waiting(full, **files)
    [path] = batch.iterdir()
    before, name = path.read_bytes(), path.relative_to(full.root).as_posix()
    planned = erase(full, "ana01")
    assert (planned.shared, name in planned.files) == ((name,), False)
    assert any(one.startswith(f"{name} names this learner, too: decide yourself") for one in planned.to_decide)
    assert path.read_bytes() == before


def test_what_was_taken_from_a_watched_folder_is_known_without_names(full: Course, kit: "Kit", tmp_path: Path) -> None:
    folder, kept = tmp_path / "synced", full.root / "received" / ".watched.json"
    folder.mkdir()
    names = ["Ana Evans_501_assignsubmission_file_x.zip", "ben01.zip"]
    for name in names:
        (folder / name).write_bytes(kit.hand_in("ben01"))
    about = {name: [(folder / name).stat().st_size, (folder / name).stat().st_mtime_ns] for name in names}
    kept.write_text(json.dumps({str(folder): about}), "utf-8")  # as a version before wrote it
    assert new_in(full, folder) == {}
    erase(full, "ana01")
    assert "Ana Evans" not in kept.read_text("utf-8")
    assert new_in(full, folder) == {}, "what was taken is not taken anew"
    (folder / "Ana Evans, again.zip").write_bytes(kit.hand_in("ben01", "2026-11-20T10:00:00+00:00"))
    take_from(full, folder, tuple(new_in(full, folder)))
    assert "Ana Evans" not in kept.read_text("utf-8")
    assert new_in(full, folder) == {}


def test_a_longer_id_with_the_same_end_keeps_all_that_is_its_own(full: Course) -> None:
    for id_ in ("1001", "care-1001"):
        add_one(full, id_=id_, first_name="Gwen", last_name=f"Rees {id_}")
    merge(full, "care-1001", "ben01")
    [journal] = full.root.glob("received/.merged/*.json")
    shutil.copy(journal, journal.with_suffix(".undone"))
    (full.root / "received" / "w01-small" / ".attempts" / "1001.json.json").write_text("{}", "utf-8")
    assert files_of(full, find(full, "1001")) == ()
    assert {journal, journal.with_suffix(".undone")} <= {*files_of(full, find(full, "care-1001"))}


def test_who_stays_after_a_merge_is_erased_where_the_other_id_is(full: Course) -> None:
    merge(full, "ana01", "ben01")
    aside = full.root / "received" / "w01-small" / ".attempts" / "ben01.json.broken-20261120-100000"
    aside.write_text("ben01", "utf-8")
    found = files_of(full, find(full, "ben01"))
    assert aside in found
    assert len(found) == len(set(found)), "each once, or a zip of them has two of a name"
    planned = erase(full, "ben01")
    assert any(one.startswith("ana01 is another id of this person") for one in planned.to_decide)
    [attempts] = full.root.glob("received/w01-small/.attempts/ana01.json")
    assert "ben01" not in attempts.read_text("utf-8")
    assert not aside.exists()
    why = {one["set_aside"].partition(" on ")[0] for one in json.loads(attempts.read_text("utf-8"))["attempts"]}
    assert why == {"merged into an erased learner"}  # they count no more, as before
    assert len(list(full.root.glob("received/w01-small/ana01/*.zip"))) == 2


def test_what_another_program_took_away_is_logged_without_words(full: Course) -> None:
    with writing(full) as database:
        row = {"notebook_id": "gone", "cell": "w01-t01", "points": 7, "extra": None, "comment": f"Ana: {SIGN}"}
        database.run(insert(own_tables.known).values(**row))
    assert catch(full) >= 1
    with reading(full) as connection:
        told = [entry.detail or {} for entry in log.entries_in(connection, "give points") if not entry.subject]
    assert [one["before"] for one in told if one["hand_in"] == "gone"] == [{"points": 7, "comment": "…"}]


def test_exports_in_the_folder_of_the_class_are_named(full: Course) -> None:
    export_learner(full, "ana01", full.root / "ana.zip")
    export_learner(full, "ben01", full.root / "ben.zip")
    for name, called in (("named.xlsx", "Ana Evans (ana01)"), ("nobody.xlsx", "Learner 4f0c")):
        (full.root / name).write_bytes(as_xlsx(Table(title="T", header=("learner",), rows=((called,),))))
    (full.root / "mine").mkdir()
    with writing(full) as database:
        log.note(database, Deed.EXPORT, learner="ana01", report="the unit record", file="record.pdf", named=False)
    for name in ("record.pdf", "other.pdf"):
        (full.root / "mine" / name).write_bytes(b"%PDF")
    (full.root / "mine" / "list.csv").write_text("id\nana01\n", "utf-8")
    held = {path.name for path in plan(full, "ana01").copies}
    assert held == {"ana.zip", "named.xlsx", "record.pdf", "list.csv"}


def test_whom_an_older_backup_brings_back_is_said(full: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(full.root)
    old = backup(full, tmp_path / "old.db").path
    erase(full, "ana01")
    newer = backup(full, tmp_path / "newer.db").path
    assert would_restore(full, newer)[1].back == ()
    assert would_restore(full, old)[1].back == ("ana01",)
    done = " ".join(CliRunner().invoke(app, ["restore", str(old)]).output.split())
    assert "ana01 was erased after this copy was made, and is back with it." in done
    assert "autograde erase-learner ana01" in done
    assert restore(full, old).back == ("ana01",)  # what the log told that was put aside is known still
    erase(full, "ana01")
    assert restore(full, newer).back == ()


def test_an_erasure_that_cannot_be_done_is_not_begun(full: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(full.root)
    with writing(full) as database:
        database.run(update(own_tables.pseudonym).where(own_tables.pseudonym.c.learner == "ana01").values(pseudonym="abcdabcdabcdabcd"))
    with pytest.raises(ClassError, match="bring back a sound backup"):
        erase(full, "ana01")
    assert CliRunner().invoke(app, ["audit", "verify"]).exit_code == 1, "it can be looked at, where the sentence sends"
    assert CliRunner().invoke(app, ["mark", "w01"]).exit_code == 0


def test_who_is_called_the_same_keeps_the_name(full: Course) -> None:
    path = full.root / "received" / "w01-small" / ".attempts" / "ben01.json"
    rename(full, "ben01", first_name="Ana", last_name="Evans", email="")
    row = json.loads(path.read_text("utf-8"))
    row["attempts"][0]["sender"] = {"system": "Moodle", "number": "1", "name": "Ana Evans"}
    path.write_text(json.dumps(row), "utf-8")
    erase(full, "ana01")
    assert json.loads(path.read_text("utf-8"))["attempts"][0]["sender"]["name"] == "Ana Evans"


def test_an_erasure_says_that_the_old_bytes_could_not_be_taken_away(full: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    path = full.root / "gradebook.db"
    monkeypatch.setattr("autograde.gradebook.database.connect", lambda path: connect(path, wait_s=0))
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("PRAGMA journal_mode=WAL")
        other.execute("BEGIN")
        other.execute("SELECT count(*) FROM student").fetchall()  # it goes on to see what was there
        with pytest.raises(ClassError, match="another program is using it"):
            erase(full, "ana01")
    assert finish(full) == "ana01"
    assert traces(full) == []


def test_the_desk_ends_an_erasure_that_was_cut_off(full: Course) -> None:
    about = {"learner": "ana01", "shown": "ana01", "name": "Ana Evans", "by": "Ruth", "files": plan(full, "ana01").files}
    stage(full, ERASING).write_text(json.dumps(about), "utf-8")
    worker = Worker()
    end_unfinished(full, worker)
    assert worker.wait(60)
    assert worker.now is not None
    assert worker.now.line == "Ending an erasure that was cut off: ana01 is erased."
    assert traces(full) == []
    worker = Worker()
    end_unfinished(full, worker)
    assert worker.now is None


def cut_both_off(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    """Cut a merge of ben01 into cai01 off, and the erasure of ana01."""

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("autograde.inbox.merge.mark_left", killed)
        with pytest.raises(KeyboardInterrupt):
            merge(course, "ben01", "cai01")
    about = {"learner": "ana01", "shown": "ana01", "name": "Ana Evans", "by": "Ruth", "files": plan(course, "ana01").files}
    stage(course, ERASING).write_text(json.dumps(about), "utf-8")


def test_the_desk_ends_an_erasure_and_a_merge_that_were_cut_off(full: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    cut_both_off(full, monkeypatch)
    worker = Worker()
    end_unfinished(full, worker)
    assert worker.wait(60)
    assert worker.now is not None
    assert worker.now.line == (
        "Ending an erasure and a merge that were cut off: ana01 is erased. "
        "The merge of ben01 into cai01, which was cut off, is done to its end now."
    )
    assert (traces(full), cut_off(full)) == ([], [])


ENDED = "The merge of ben01 into cai01, which was cut off, is done to its end now."
HELD = "The merge of ben01 into cai01 was cut off, and cannot be ended now: It is held."
LOST = "x.db cannot be used (Input/output error). See that the disk has room."


@pytest.mark.parametrize(
    ("what", "fault", "said"),
    [
        ("inbox.merge._check_open", ClassError("It is held."), f"ana01 is erased. {HELD}"),
        ("records.erasure.forget", ClassError("It is held."), f"It is held. {ENDED}"),
        ("records.erasure.throw_brought_away", OSError(5, "Input/output error", "x.db"), f"{LOST} {ENDED}"),
    ],
    ids=["the merge", "the erasure", "a file of the erasure"],
)
def test_where_one_of_the_two_cannot_be_ended_the_other_one_is(
    full: Course, monkeypatch: pytest.MonkeyPatch, what: str, fault: Exception, said: str
) -> None:
    def fails(*_: Any) -> None:
        raise fault

    cut_both_off(full, monkeypatch)
    monkeypatch.setattr(f"autograde.{what}", fails)
    worker = Worker()
    end_unfinished(full, worker)
    assert worker.wait(60)
    assert worker.now is not None
    assert worker.now.state == State.FAILED
    assert worker.now.line == f"Ending an erasure and a merge that were cut off: {said}"


def test_every_table_that_knows_learners_is_looked_at(full: Course) -> None:
    """A column that names a learner is in `parts_of`, or one of those that are seen to by name."""
    known = {part.table.name for part in parts_of("ana01")} | {"autograde_pseudonym", "autograde_given_back"}
    with reading(full) as connection:
        found = inspect(connection)
        names = {"learner", "student", "student_id", "notebook_id", "submitted_notebook_id"}
        tables_ = [name for name in found.get_table_names() if names & {column["name"] for column in found.get_columns(name)}]
        assert set(tables_) - known == {"base_cell", "source_cell"}  # a notebook's cells are the workbook's


KILLS = """
import json, os, shutil, signal, sys
from pathlib import Path
from sqlalchemy import event
from sqlalchemy.engine import Engine
from autograde.classes.folder import Course
from autograde.records import erasure
from autograde.gradebook.database import let_go

model, work, points = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
state = {"n": 0, "at": -1}

def step(*_):
    state["n"] += 1
    if state["n"] == state["at"]:
        os.kill(os.getpid(), signal.SIGKILL)

COUNTED = {"open", "os.remove", "os.rename", "os.rmdir", "shutil.rmtree", "sqlite3.connect"}
on = []
sys.addaudithook(lambda name, args: step() if on and name in COUNTED else None)
event.listen(Engine, "before_cursor_execute", lambda *_: step() if on else None)

def run(number, at):
    folder = work / f"class{number}"
    shutil.copytree(model, folder)
    child = os.fork()
    if not child:
        state.update(n=0, at=at)
        on.append(1)
        erasure.erase(Course(folder), "ana01", by="Ruth")
        on.clear()
        (work / "steps").write_text(str(state["n"]))
        os._exit(0)
    return folder, os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])

_, code = run(0, -1)
steps = int((work / "steps").read_text())
done = [[str(work / "class0"), code, 0]]
for number in range(1, points + 1):
    at = max(1, round(steps * number / (points + 1)))
    folder, code = run(number, at)
    done.append([str(folder), code, at])
print(json.dumps(done))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="kills as Unix does")
def test_a_kill_leaves_all_or_nothing(full: Course, tmp_path: Path) -> None:
    before = dump(full), tree(full)
    (tmp_path / "work").mkdir()
    line = [sys.executable, "-P", "-W", "ignore", "-c", KILLS, str(full.root), str(tmp_path / "work"), "14"]
    told = subprocess.run(line, capture_output=True, text=True, check=True, env={**os.environ, "AUTOGRADE_WHO": "Ruth"}).stdout
    outcomes = []
    for folder, code, at in json.loads(told):
        course = Course(Path(folder))
        assert code == (-9 if at else 0)
        cut_off = finish(course)
        assert not (course.root / ".part" / ERASING).exists()
        left = traces(course)
        outcomes.append("nothing" if left else f"all {cut_off}")
        if left:
            assert (dump(course), tree(course)) == before, at
        else:
            with reading(course) as connection:
                assert not log.faults_in(connection, [])
                assert sum(entry.what == "erase learner" for entry in log.entries_in(connection)) == 1
                assert len(connection.execute(select(own_tables.kept_points)).all()) == 2
            assert dump(course)["autograde_decision"] == [row for row in before[0]["autograde_decision"] if "ana01" not in row]
    assert outcomes[0] == "all "
    assert {"nothing", "all ana01"} <= set(outcomes)


def test_the_copies_that_hold_the_learner_still_are_named(full: Course, tmp_path: Path) -> None:
    (tmp_path / "backups").mkdir()
    choose_folder(full, str(tmp_path / "backups"))
    old = back_up(full, tmp_path / "backups").path
    pack(full, tmp_path / "backups" / f"{full.course_id}-class-2026.zip")
    shutil.copy(old, full.root / "gradebook.before-20261101-101010.db")
    held = {path.name for path in plan(full, "ana01").copies}
    assert held == {old.name, f"{full.course_id}-class-2026.zip", "gradebook.before-20261101-101010.db"}
    erase(full, "ana01")
    (tmp_path / "backups" / f"{full.course_id}-9.db").write_bytes(b"no database")
    assert {path.name for path in plan(full, "ben01").copies} == held
    (full.root / "gradebook.before-20261101-101010.db").unlink()  # else it would be packed, too
    pack(full, tmp_path / "backups" / f"{full.course_id}-class-2027.zip")
    assert {path.name for path in copies_with(full, "ana01")} == {old.name, f"{full.course_id}-class-2026.zip"}


def test_copies_that_were_written_elsewhere_are_named_by_where(full: Course, tmp_path: Path) -> None:
    for name in ("stick", "other", "gone"):
        (tmp_path / name).mkdir()
    backup(full, tmp_path / "stick" / "any name.db")
    pack(full, tmp_path / "stick" / "for the office.zip")
    backup(full, tmp_path / "other" / "one.db")
    for n in range(2):
        backup(full, tmp_path / "gone" / f"{n}.db")
    backup(full, tmp_path / "downloaded.db", stays=False)
    pack(full, tmp_path / "downloaded.zip", stays=False)
    for name in ("other/one.db", "gone/0.db", "gone/1.db", "downloaded.db", "downloaded.zip"):
        (tmp_path / name).unlink()
    planned = plan(full, "ana01")
    assert {path.name for path in planned.copies} == {"any name.db", "for the office.zip"}
    away = "is not there now, or cannot be looked at: the learner may be in it still."
    assert planned.to_decide == (
        f"{tmp_path / 'other' / 'one.db'}, a copy of the class, {away}",
        f"What was written to {tmp_path / 'gone'}, 2 copies of the class, {away}",
    )


def test_a_report_is_no_copy_of_the_class(full: Course, tmp_path: Path) -> None:
    (tmp_path / "gone").mkdir()
    make_class(full, tmp_path / "gone" / "class.html")
    export_learner(full, "ben01", tmp_path / "gone" / "ben01.zip")
    with writing(full) as database:
        log.note(database, Deed.EXPORT, file=str(tmp_path / "gone" / "packed long ago.zip"))  # as first versions noted it
    shutil.rmtree(tmp_path / "gone")
    assert plan(full, "ana01").moved == (tmp_path / "gone" / "packed long ago.zip",)


def test_a_copy_that_cannot_be_looked_at_stops_no_erasure(full: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "closed").mkdir()
    backup(full, tmp_path / "closed" / "one.db")
    exists = Path.exists

    def closed(path: Path, **more: Any) -> bool:
        if path.parent.name == "closed":
            raise PermissionError(13, "Permission denied", str(path))
        return exists(path, **more)

    monkeypatch.setattr(Path, "exists", closed)
    said = f"{tmp_path / 'closed' / 'one.db'}, a copy of the class, is not there now, or cannot be looked at"
    assert any(one.startswith(said) for one in plan(full, "ana01").to_decide)


def test_where_the_words_about_others_name_the_learner_is_listed(full: Course) -> None:
    with full.gradebook() as gradebook:
        gradebook.find_comment("w01-t01", "w01-small", "w01-small", "ben01").manual_comment = "Not as Ana  Evans wrote it."
        gradebook.db.commit()
    table = own_tables.decision
    with writing(full) as database:
        database.run(table.update().where(table.c.learner == "ben01").values(criterion="1.1", reason="Copied from ANA01?"))
        database.run(table.update().where(table.c.learner == "cai01").values(reason="As Banana01 and Ana did."))
        said = {"entered_by": "ana01", "by": "Ana Evans", "kind": "witness"}
        database.run(own_tables.evidence.update().where(own_tables.evidence.c.learner == "ben01").values(said))

    def told() -> list[str]:
        return [one for one in plan(full, "ana01").mentions if any(kind in one for kind in ("decision", "comment", "evidence"))]

    assert told() == [
        "The comment on w01-t01 in w01-small of ben01",
        "A record (decision, 1.1) of ben01",
        "A record (evidence, witness) of ben01",
    ]
    assert (
        f"{told()[0]} names this learner: look at it, and change the words if they are about them. It stays."
        in plan(full, "ana01").to_decide
    )
    add_one(full, id_="eve01", first_name="Ana", last_name="Evans")
    assert told() == ["A record (decision, 1.1) of ben01"], "the name may be the other one's"


def test_the_other_id_of_the_same_person_is_told(full: Course) -> None:
    merge(full, "ana01", "cai01")
    assert plan(full, "cai01").others == ("ana01",)
    assert plan(full, "ben01").others == ()


def test_a_word_names_a_learner_only_as_a_word_of_its_own() -> None:
    assert says("Locked: ANA EVANS.", ("ana01", "Ana Evans"))
    assert not says("w01 was locked for Alan Evanson, ana012 and x@ana01", ("", "01", "Al", "ana01", "Ana Evans", "Evans"))
    assert says("Mr ben  o’brien was late", ("Ben O'Brien",))
    assert not says("Put here: 11:12", ("11", "12"))
    assert without("Siân’s, not Ana\nEvans's", ("Ana Evans",), "…") == "Siân’s, not …'s"
    for given, left in (
        ("Ana Evans_123_assignsubmission_file/x.zip", "…_123_assignsubmission_file/x.zip"),
        ("Ana Evans_assignsubmission_x", "…_assignsubmission_x"),
        ("Ana Evans_2", "Ana Evans_2"),
    ):
        assert without(given, ("Ana Evans",), "…") == left


def test_by_command_the_id_is_typed(full: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(full.root)
    run = CliRunner()
    refused = run.invoke(app, ["erase-learner", "ana01"], input="ben01\n")
    assert isinstance(refused.exception, ClassError)
    assert "Decisions: 1" in refused.output
    assert traces(full)
    done = run.invoke(app, ["erase-learner", "ana01"], input="ana01\n")
    assert "is erased" in done.output
    assert plan(full, "ben01").outside in " ".join(done.output.split())
    assert traces(full) == []


def test_a_learner_gets_all_that_is_held_and_no_key(full: Course, tmp_path: Path) -> None:
    with writing(full) as database:
        database.run(insert(tables.left).values(student_id="ben01", since=NOW))
    odd = full.root / "submitted" / "ana01" / os.fsdecode(b"caf\xe9.txt" if sys.platform == "linux" else b"cafe.txt")
    odd.write_text(SIGN, "utf-8")
    os.utime(odd, (0, 0))  # before there were zips
    export_learner(full, "ana01", tmp_path / "ana.zip")
    with zipfile.ZipFile(tmp_path / "ana.zip") as packed:
        names, rows, html = packed.namelist(), json.loads(packed.read("data.json")), packed.read("index.html").decode()
        originals = [name for name in names if name.startswith("files/received/w01-small/ana01/")]
        assert [SIGN in _answers(packed.read(name), tmp_path) for name in originals] == [True, True]
    with reading(full) as connection:
        held = of(connection, "ana01")
    log_rows = rows.pop("Entries of the log")
    assert {title: len(some) for title, some in rows.items()} == held
    assert SIGN in json.dumps(log_rows)
    assert any(name.startswith("files/feedback/ana01/") for name in names)
    assert any(name.startswith("files/quarantine/") for name in names)
    assert f"files/submitted/ana01/{encodable(odd.name)}" in names
    assert not [name for name in names if "autograded" in name or "ben01" in name]
    for title, some in rows.items():
        assert f"<h2>{title}</h2>" in html
        for row in some:
            assert all(f"<td>{_escaped(value)}</td>" in html for value in row.values()), title
    assert "ben01" not in html
    assert "hints" not in json.dumps(rows)
    assert "<script" not in html
    with pytest.raises(ClassError, match="there already"):
        export_learner(full, "ana01", tmp_path / "ana.zip")


@pytest.mark.parametrize(
    ("given", "again", "told"), [(Way.ZIP, False, True), (Way.ZIP, True, True), ("", False, False), ("", True, False), ("x", True, False)]
)
def test_what_was_right_is_not_given_out_while_marking_is_open(full: Course, tmp_path: Path, given: str, again: bool, told: bool) -> None:
    """Marking was closed for a time: the page of then is in its place still or, made `again`, put away."""
    page = page_path(full, "ana01", "w01-small")
    os.utime(page, (1_790_000_000, 1_790_000_000))
    close(full, "w01-small")
    assert all(one.path for one in write_feedback(Course(full.root), "w01-small"))
    os.utime(page, (1_790_000_000, 1_790_000_000))  # in the same second: both are kept once they are put away
    if given:
        digest = made_from(page).removesuffix(CLOSED)
        keep_giving(full.db_url, full.course_id, assignment="w01-small", way=given, to={"ana01": digest})
    close(full, "w01-small", reopen=True)
    if again:
        assert all(one.stale for one in write_feedback(Course(full.root), "w01-small"))
        later = datetime.now(UTC).timestamp() + 2  # two givings lie a second apart, so that the newer may be ahead of the clock
        os.utime(page, (later, later))
    export_learner(Course(full.root), "ana01", tmp_path / "ana.zip")
    with zipfile.ZipFile(tmp_path / "ana.zip") as packed:
        pages = [name for name in packed.namelist() if name.startswith("files/feedback") and name.endswith(".html")]
        assert any(f'{CLOSED}"'.encode() in packed.read(name)[:HEAD] for name in pages) is told
    assert len(pages) == 1 + again + told, "the one before marking was closed is there as well"


def _answers(original: bytes, folder: Path) -> str:
    (folder / "original.zip").write_bytes(original)
    with zipfile.ZipFile(folder / "original.zip") as packed:
        return packed.read("answers.json").decode()


def _escaped(text: str) -> str:
    from markupsafe import escape

    return str(escape(text))


@pytest.mark.parametrize(
    ("retention", "today", "whom"),
    [
        (Retention(), date(2090, 1, 1), []),
        (Retention(years=3), date(2029, 11, 19), []),
        (Retention(years=3), date(2031, 6, 1), []),  # who left has done so on 1 June, where the tutor is
        (Retention(years=3), date(2031, 6, 2), ["ana01"]),
        (Retention(years=3), date(2090, 1, 1), ["ana01"]),  # for the others the class has no end
        (Retention(years=3, ends=date(2026, 11, 1)), date(2029, 11, 1), []),
        (Retention(years=3, ends=date(2026, 11, 1)), date(2029, 11, 2), ["ana01", "ben01", "cai01"]),
        (Retention(years=1, ends=date(2028, 2, 29)), date(2029, 3, 1), ["ana01", "ben01", "cai01"]),
    ],
)
def test_who_is_due_follows_from_the_setting(course: Course, retention: Retention, today: date, whom: list[str]) -> None:
    mark_left(course, ["ana01"])
    with writing(course) as database:
        database.run(tables.left.update().values(since=datetime(2028, 5, 31, 23, 30, tzinfo=UTC).replace(tzinfo=None)))
    keep_retention(course, retention)
    assert read_retention(course) == retention
    assert sorted(one.learner.id for one in due(course, today)) == whom


def test_a_setting_that_is_none_is_told(course: Course) -> None:
    with pytest.raises(ClassError, match="0 to 50"):
        keep_retention(course, Retention(years=-1))
    (course.root / "class-retention.toml").write_text('years = "three"\n', "utf-8")
    with pytest.raises(ClassError, match="whole number"):
        read_retention(course)


@pytest.fixture
def on_server(full: Course, server: str, monkeypatch: pytest.MonkeyPatch) -> Course:
    """Give the class with its gradebook on a server."""
    monkeypatch.chdir(full.root)
    moved = CliRunner().invoke(app, ["db", "move", empty_database(server, "erasing")])
    assert moved.exit_code == 0, moved.output
    return Course(full.root)


def test_on_a_server_it_goes_as_well(on_server: Course) -> None:
    for learner in ("ana01", "ben01"):
        keep_answers(on_server, on_server.db_url, learner, t01="So it is.")
    assert erase(on_server, "ana01").rows[TITLE] == 1
    with reading(on_server) as connection:
        assert connection.execute(select(ANSWERS.c.learner)).scalars().all() == ["ben01"]
        assert of(connection, "ana01") == {}
        assert of(connection, "ben01")
        assert len(connection.execute(select(own_tables.kept_points)).all()) == 2
        assert not log.faults_in(connection, [])
