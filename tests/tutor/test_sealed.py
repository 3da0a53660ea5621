"""The records are held against the log: no row of them is changed, added or removed beside it without being named."""

import random
import shutil
import sqlite3
import subprocess
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import Connection, select

from autograde.classes.folder import Course
from autograde.classes.learner_changes import add_one
from autograde.classes.moving import move_gradebook
from autograde.classes.settings_file import write_setting
from autograde.errors import ClassError
from autograde.gradebook import sealed
from autograde.gradebook.address import sqlite_file
from autograde.gradebook.database import let_go, reading
from autograde.gradebook.heads import check, keep_head
from autograde.gradebook.keep import backup, restore
from autograde.gradebook.log import entries_in
from autograde.gradebook.person import Given, Notes, give, marks_for, places_in
from autograde.inbox.intake import intake
from autograde.inbox.merge import merge, undo
from autograde.records import actions, adjustments, sampling, second_marking, standardising
from autograde.records.adjustments import Kind
from autograde.records.decisions import decide, history
from autograde.records.erasure import erase
from autograde.records.evidence import Kind as Evidence
from autograde.records.evidence import add_evidence, evidence_of, withdraw_evidence
from autograde.records.opening import reading as records
from autograde.records.outside import catch
from autograde.records.units import declare
from autograde.reports.people import people
from autograde.run.mark import mark_class
from autograde.statistics.sampling import Rates
from tests.conftest import ROOT
from tests.tutor.conftest import ASSIGNMENT, empty_database

if TYPE_CHECKING:
    from tests.tutor.conftest import Kit

DAY = date(2026, 11, 2)
WRITTEN = {
    "action",
    "adjustment",
    "decision",
    "evidence",
    "sample",
    "sample_plan",
    "second_mark",
    "standard_mark",
    "unit_event",
}
"""The tables that the class below has rows in."""


@pytest.fixture(scope="module")
def _made() -> list[Path]:
    return []


@pytest.fixture
def kept(
    course: Course, small_key: None, kit: "Kit", tmp_path: Path, _made: list[Path], tmp_path_factory: pytest.TempPathFactory
) -> Course:
    """Give a class with rows in all records of ana01 and ben01, by the functions that write them; it is made once."""
    if not _made:
        (tmp_path / "own" / "samples").mkdir()
        shutil.copy(ROOT / "autograde" / "content" / "samples" / "w01.toml", tmp_path / "own" / "samples")
        _fill(course, kit, tmp_path)
        let_go(course.db_url)
        _made.append(Path(shutil.copytree(course.root, tmp_path_factory.mktemp("sealed") / "class")))
    let_go(course.db_url)
    shutil.rmtree(course.root)
    shutil.copytree(_made[0], course.root)
    return course


def _fill(course: Course, kit: "Kit", folder: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AUTOGRADE_WHO", "Ruth Osei")
        for learner in ("ana01", "ben01"):
            (folder / f"{learner}.zip").write_bytes(kit.hand_in(learner))
            intake(course, [folder / f"{learner}.zip"], "w01")
        list(mark_class(course, ASSIGNMENT))
        for learner in ("ana01", "ben01"):
            with reading(course.db_url) as connection:
                place = places_in(connection, ASSIGNMENT)["w01-t01"]
                base = marks_for(connection, place, [learner])[learner].base
            give(course.db_url, course.course_id, place, learner, Given(points=7, comment="", notes=Notes()), base)
            about: dict[str, Any] = {"kind": Evidence.OBSERVATION, "criteria": ["2.3"], "on": DAY, "by": "Kofi", "title": "Seen"}
            seen, other = (add_evidence(course, learner, **about) for _ in range(2))
            withdraw_evidence(course, other, "Another learner's.")
            decide(course, learner, "2.3", met=True, reason="Seen.", evidence=(seen,))
            declare(course, learner, "On paper.")
            [scribe] = adjustments.adjust(course, learner, Kind.SCRIBE, why="agreed", approved_by="Ines", on=DAY)
            adjustments.end(course, scribe.id)
        patch.setenv("AUTOGRADE_WHO", "Ines Roy")
        sampling.plan(course, rates=Rates(per_assessor=2, per_learner=1))
        for one in sampling.samples_of(course):
            sampling.look(course, one.id, agrees=False, text=f"Not {one.decision.learner}'s.")
            act = actions.raise_action(course, to="Ruth", text=f"Ask {one.decision.learner}", sample=one.id)
            actions.close_action(course, act.id, f"{one.decision.learner} said so.")
        for answer in second_marking.waiting(course, ASSIGNMENT, "w01-t01", "Ines Roy"):
            second_marking.give_second(course, ASSIGNMENT, "w01-t01", answer.token, points=6, seen=[0])
        standardising.give_standard(course, ASSIGNMENT, 0, points=7)
    keep_head(course)


def faults(course: Course) -> tuple[str, ...]:
    with reading(course.db_url) as connection:
        return check(course, connection).faults


def changed(course: Course, statement: str, *values: object) -> list[str]:
    """Give what is said of the records after a change that nobody is told of, which is taken back then."""
    with reading(course.db_url) as connection:
        connection.exec_driver_sql("BEGIN")
        connection.exec_driver_sql(statement, values)
        said = sealed.faults_in(connection)
        connection.exec_driver_sql("ROLLBACK")
    return said


def test_what_is_written_by_our_own_ways_is_as_the_log_tells(kept: Course) -> None:
    assert faults(kept) == ()
    with reading(kept.db_url) as connection:
        rows = {table.name.removeprefix("autograde_"): len(connection.execute(select(table)).all()) for table in sealed.TABLES}
    assert {name for name, count in rows.items() if count} == WRITTEN
    assert rows["sample"] == rows["action"] == rows["second_mark"] == rows["decision"] == 2


def test_every_column_of_every_record_is_held(kept: Course) -> None:
    missed = []
    for table in sealed.TABLES:
        if (name := table.name.removeprefix("autograde_")) not in WRITTEN:
            continue
        with reading(kept.db_url) as connection:
            row = connection.execute(select(table).order_by(table.c.id)).first()
        assert row is not None
        for column in table.columns:
            others: dict[type, object] = {bool: not getattr(row, column.name), date: "2020-01-01", int: 3, float: 0.25}
            other = others.get(column.type.python_type, "2020-01-01 10:00:00.000000")
            said = changed(kept, f'UPDATE {table.name} SET "{column.name}" = ? WHERE id = ?', other, row.id)  # noqa: S608
            if not any(f"the {name.replace('_', ' ')} {row.id}" in text for text in said):
                missed.append((name, column.name))
    assert missed == []


def test_a_row_from_before_a_column_came_is_sealed_as_it_was() -> None:
    before, now, filled = (sealed._digest({"id": "x", **more}) for more in ({}, {"out_of": None}, {"out_of": 10.0}))
    assert before == now != filled


def test_what_is_removed_or_added_is_named(kept: Course) -> None:
    chance = random.Random(7)  # noqa: S311  the same each time
    for table in sealed.TABLES:
        if (name := table.name.removeprefix("autograde_")) not in WRITTEN:
            continue
        with reading(kept.db_url) as connection:
            ids = sorted(connection.scalars(select(table.c.id)))
        one, words = chance.choice(ids), f"the {name.replace('_', ' ')}"
        [said] = changed(kept, f"DELETE FROM {table.name} WHERE id = ?", one)  # noqa: S608
        assert f"{words} {one}, of which entry " in said
        columns = ", ".join("'forged'" if column.name == "id" else f'"{column.name}"' for column in table.columns)
        if name not in {"second_mark", "standard_mark"}:  # which one person gives once
            [said] = changed(kept, f"INSERT INTO {table.name} SELECT {columns} FROM {table.name} WHERE id = ?", one)  # noqa: S608
            assert said == f"{words} forged stands in the records, and no entry of the log tells of it."


def test_marks_that_are_changed_beside_the_log_are_named(kept: Course) -> None:
    both = "UPDATE grade SET manual_score = 10 WHERE manual_score = 7", "UPDATE autograde_known SET points = 10 WHERE points = 7"
    tables = "submitted_notebook SET id = id", "grade SET notebook_id = notebook_id"
    unmarked = ("UPDATE grade SET manual_score = NULL, needs_manual_grade = 1 WHERE auto_score IS NULL",)
    # two hand-ins gone, and two of which nothing is told
    another = "PRAGMA defer_foreign_keys = ON", *(f"UPDATE {one} || 'x'" for one in tables)
    for statements, words, how_many in (
        (both, "points, comment or notes for w01-t01 of w01-small, learner ", 2),
        (both[1:], "points, comment or notes for w01-t01 of w01-small, learner ", 2),
        (("UPDATE grade SET manual_score = NULL", "DELETE FROM autograde_known"), "w01-t01", 4),
        (("UPDATE autograde_known SET comment = 'Well done'",), "w01-t01", 2),
        (("INSERT INTO autograde_known SELECT notebook_id, 'w01-q01', 9, NULL, '' FROM autograde_known",), "no entry of the log tells", 2),
        (("UPDATE autograde_person SET notes = replace(notes, '[]', '[0]')",), "w01-t01", 2),
        (("UPDATE autograde_person SET unsafe = 1",), "w01-t01", 2),
        (("UPDATE grade SET auto_score = 0 WHERE auto_score = 2",), "the program's points for w01-q01 of w01-small", 2),
        (("UPDATE grade SET auto_score = 5 WHERE manual_score = 7",), "the program's points for w01-t01 of w01-small", 2),
        (another, "no entry", 4),
        (("DELETE FROM grade WHERE auto_score = 2",), "the program's points for w01-q01 of w01-small", 2),
        (("UPDATE grade SET manual_score = NULL, needs_manual_grade = 1", "DELETE FROM grade WHERE auto_score IS NULL"), "are gone", 2),
        ((*unmarked, "UPDATE grade SET needs_manual_grade = 0"), "waits for nobody", 2),
        ((*unmarked, "DELETE FROM submitted_notebook"), "is gone from the gradebook, and no entry says so", 2),
    ):
        with reading(kept.db_url) as connection:
            connection.exec_driver_sql("BEGIN")
            for statement in statements:
                connection.exec_driver_sql(statement)
            said = sealed.faults_in(connection)
            connection.exec_driver_sql("ROLLBACK")
        assert (len(said), [text for text in said if words not in text]) == (how_many, []), statements


def test_marks_are_as_the_log_tells_after_a_merge_and_an_erasure(kept: Course) -> None:
    made = merge(kept, "ana01", "ben01")
    assert faults(kept) == ()
    undo(kept, made.name)
    with kept.gradebook() as gradebook:
        gradebook.find_grade("w01-t01", ASSIGNMENT, ASSIGNMENT, "ana01").manual_score = 3
        gradebook.db.commit()
    assert catch(kept) == 1
    assert faults(kept) == ()
    merge(kept, "ana01", "ben01")
    erase(kept, "ana01")
    assert faults(kept) == ()
    [said] = changed(kept, "UPDATE autograde_known SET points = 10")  # of a hand-in whose entries were the erased learner's
    assert "w01-t01" in said
    assert changed(kept, "UPDATE grade SET auto_score = auto_score + 1")


def test_whose_a_pseudonym_is_cannot_be_changed_in_silence(kept: Course) -> None:
    [said] = changed(kept, "DELETE FROM autograde_pseudonym WHERE learner = 'ana01'")
    assert "the pseudonym " in said
    assert "is gone from the records" in said
    path = sqlite_file(kept.db_url)
    assert path is not None
    with closing(sqlite3.connect(path)) as raw:
        names = dict(raw.execute("SELECT learner, pseudonym FROM autograde_pseudonym"))
        for learner, name in (("ana01", "x"), ("ben01", names["ana01"]), ("ana01", names["ben01"])):
            raw.execute("UPDATE autograde_pseudonym SET pseudonym = ? WHERE learner = ?", (name, learner))
        raw.commit()
    assert len(faults(kept)) == 2
    with pytest.raises(ClassError, match="pseudonym is was changed"):
        erase(kept, "ana01")
    with reading(kept.db_url) as connection:
        assert {entry.subject for entry in entries_in(connection) if entry.detail is None} == set()
    assert "no entry of the log tells" in changed(kept, "INSERT INTO autograde_pseudonym VALUES ('eve01', 'e')")[-1]


def test_the_pseudonyms_of_a_report_stand_in_the_log(kept: Course) -> None:
    add_one(kept, id_="dee01", first_name="Dee", last_name="Zimmer")
    assert len(set(people(kept, named=False).called.values())) == 4
    assert faults(kept) == ()


def test_who_works_meanwhile_makes_no_fault(kept: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    known = sealed._known

    def slow(connection: Connection) -> Any:
        found = known(connection)
        add_evidence(kept, "ana01", kind=Evidence.WITNESS, criteria=["2.3"], on=DAY, by="Kofi", title="Meanwhile")
        keep_head(kept)
        return found

    monkeypatch.setattr(sealed, "_known", slow)
    assert faults(kept) == ()
    with records(kept) as connection:
        assert check(kept, connection).faults == ()


def test_a_row_that_cannot_be_read_is_named(kept: Course) -> None:
    for table, column in (("decision", "at"), ("evidence", "on"), ("sample", "at")):
        said = changed(kept, f"UPDATE autograde_{table} SET \"{column}\" = 'yesterday'")  # noqa: S608
        assert said
        assert all(f"the {table} " in text and "cannot be read" in text for text in said)


def test_an_erasure_explains_what_went_and_nothing_else(kept: Course) -> None:
    erase(kept, "ana01")
    keep_head(kept)
    assert faults(kept) == ()
    with reading(kept.db_url) as connection:
        [left] = sampling.samples_of(kept)
        mine = sorted(connection.scalars(select(sealed.TABLES[0].c.id)))
    assert left.decision.learner == "ben01"
    assert mine
    [said] = changed(kept, "DELETE FROM autograde_decision")
    assert "of which entry" in said
    said_of = changed(kept, "UPDATE autograde_sample SET text = 'back again' WHERE text = ''")
    assert ["is not as entry" in text for text in said_of] == [True]
    path = sqlite_file(kept.db_url)
    assert path is not None
    with closing(sqlite3.connect(path)) as raw:
        assert "ana01" not in "".join(line for line in raw.iterdump() if "autograde_" in line)


def test_an_erasure_takes_over_what_entries_without_words_told_of_others(kept: Course) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AUTOGRADE_WHO", "Ines Roy")
        actions.raise_action(kept, to="Ruth", text="Ask Ana Evans and Ben.")
        add_evidence(kept, "ben01", kind=Evidence.WITNESS, criteria=["1.1"], on=DAY, by="Kofi", title="Seen, too")
        seen = next(one.id for one in evidence_of(kept)["ben01"] if one.title == "Seen, too")
        decide(kept, "ben01", "1.1", met=True, reason="Seen.", evidence=(seen,), assessor="Ana Evans")
        sampling.plan(kept, rates=Rates(per_assessor=9), new=["Ana Evans"])  # an assessor of the same name
    erase(kept, "ana01")
    keep_head(kept)
    assert faults(kept) == ()
    [said] = changed(kept, "UPDATE autograde_sample_plan SET seed = 'mine' WHERE settings LIKE '%Ana Evans%'")
    assert "the sample plan" in said


def test_a_restore_brings_records_and_log_together(kept: Course, tmp_path: Path) -> None:
    backup(kept, tmp_path / "b.db")
    [one, *_] = actions.actions_of(kept)
    add_evidence(kept, "ana01", kind=Evidence.WITNESS, criteria=["2.3"], on=DAY, by="Kofi", title="After the backup")
    erase(kept, "ben01")
    restore(kept, tmp_path / "b.db")
    assert faults(kept) == ()
    [said] = changed(kept, "UPDATE autograde_action SET closing = '' WHERE id = ?", one.id)
    assert f"the action {one.id} is not as entry" in said


def test_on_a_server_it_is_the_same(kept: Course, server: str) -> None:
    url = empty_database(server, "sealed")
    list(move_gradebook(kept, url))
    with reading(url) as connection:
        assert sealed.faults_in(connection) == []
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AUTOGRADE_WHO", "Ines Roy")
        [first, _] = sampling.samples_of(kept)
        sampling.look(kept, first.id, agrees=True, text="It is there.")
        actions.raise_action(kept, to="Ruth", text="Well done")
    for opened in (reading(url), records(kept)):
        with opened as connection:
            assert check(kept, connection).faults == ()
    with reading(url) as connection:
        assert sealed.faults_in(connection) == []
        connection.exec_driver_sql(f"UPDATE autograde_sample SET agrees = false WHERE id = '{first.id}'")  # noqa: S608
        [said] = sealed.faults_in(connection)
    assert f"the sample {first.id} is not as entry" in said
    with ThreadPoolExecutor(4) as pool:
        about: dict[str, Any] = {"met": False, "reason": "At the same moment.", "base": ""}
        errors = [deed.exception() for deed in [pool.submit(decide, kept, "ana01", "1.1", **about) for _ in range(4)]]
    assert sorted("was decided meanwhile" in str(error) for error in errors if error) == [True] * 3
    assert len(history(kept, "ana01", "1.1")) == 1
    let_go(url)


def test_what_was_on_a_server_comes_back_from_a_file_and_from_its_own_dump(kept: Course, server: str, tmp_path: Path) -> None:
    list(move_gradebook(kept, empty_database(server, "lost")))
    backup(kept, tmp_path / "b.db")
    [tools] = sorted(Path("/usr/lib/postgresql").glob("*/bin"))[-1:]
    subprocess.run([tools / "pg_dump", "-Fc", "-f", tmp_path / "b.dump", kept.db_url], check=True)
    before = actions.actions_of(kept)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AUTOGRADE_WHO", "Ines Roy")
        actions.raise_action(kept, to="Ruth", text="After the backup")
    keep_head(kept)
    with pytest.raises(ClassError, match="on a database server"):
        restore(kept, tmp_path / "b.db")

    write_setting(kept, "db_url", "")  # as that sentence says
    restore(kept, tmp_path / "b.db")
    list(move_gradebook(kept, empty_database(server, "back")))
    keep_head(kept)
    assert actions.actions_of(kept) == before
    assert faults(kept) == ()

    dumped = empty_database(server, "dumped")
    subprocess.run([tools / "pg_restore", "--no-owner", "-d", dumped, tmp_path / "b.dump"], check=True)
    write_setting(kept, "db_url", dumped)
    assert actions.actions_of(kept) == before
    assert ["and it had" in said for said in faults(kept)] == [True], "a server's own tool leaves no entry, so the log's end is missed"
    for url in (server.replace("/postgres", f"/{name}") for name in ("lost", "back", "dumped")):
        let_go(url)
