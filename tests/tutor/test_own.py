"""Our own tables and the log in them: made by steps, equal to what the program declares, and no change goes unseen."""

import random
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Table, inspect, select

from autograde.classes.folder import Course
from autograde.errors import ClassError
from autograde.gradebook import log, own, own_tables
from autograde.gradebook.address import sqlite_url
from autograde.gradebook.database import Database, connect
from autograde.gradebook.own import prepare, recording
from autograde.gradebook.platform_people import subjects
from tests.tutor.conftest import empty_database

PEOPLE = ("ana01", "bo02", "", "émilie")


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Database]:
    database = Database(sqlite_url(tmp_path / "gradebook.db"))
    prepare(database)
    yield database
    database.close()


def fill(database: Database, count: int) -> log.Head:
    for n in range(count):
        with database.transaction():
            log.note(database, "give points", learner=PEOPLE[n % 4], by="Ruth", task=f"w01-t{n:02}", before=None, after=n / 2)
    return log.head_in(database.connection)


def is_as_declared(book: Database, table: Table) -> None:
    found, name = inspect(book.connection), table.name
    made = {column["name"]: (str(column["type"]), column["nullable"]) for column in found.get_columns(name)}
    assert made == {column.name: (str(column.type), bool(column.nullable)) for column in table.columns}, name
    assert set(found.get_pk_constraint(name)["constrained_columns"]) == {column.name for column in table.primary_key}
    assert {one["name"] for one in found.get_indexes(name)} == {index.name for index in table.indexes}


def test_the_steps_make_what_is_declared(book: Database) -> None:
    for table in own_tables.metadata.tables.values():
        is_as_declared(book, table)


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_who_is_who_at_a_platform_and_what_it_was_told_are_brought_on_from_the_first_step(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, request: pytest.FixtureRequest
) -> None:
    on_server = kind == "postgresql"
    old = Database(empty_database(request.getfixturevalue("server"), "own") if on_server else sqlite_url(tmp_path / "gradebook.db"))
    with monkeypatch.context() as patch:
        patch.setattr(own, "NEWEST", "0001")
        prepare(old)
    people = [("ana01", "https://moodle.example", "7"), ("ana01", "https://canvas.example", "x"), ("bo02", "https://moodle.example", "9")]
    old.plain_each("INSERT INTO autograde_platform_person (learner, issuer, subject) VALUES (?, ?, ?)", people)
    told = ("ana01", "w01-small", "p" * 64, None, 12.0, "2026-11-02 10:00:00", "sent", 1, "2026-11-02 10:00:00", "")
    old.plain_each("INSERT INTO autograde_platform_score VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", [told])
    second = (*(f"{n}" for n in range(5)), 7, "Ines", "ines", 6, "[]", "", "2026-11-02 10:00:00")
    old.plain_each("INSERT INTO autograde_second_mark VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", [second])
    prepare(old)
    assert [row.out_of for row in old.rows(select(own_tables.second_mark))] == [None]
    found, score = own_tables.platform_person, own_tables.platform_score
    assert sorted(map(tuple, old.rows(select(found.c.learner, found.c.realm, found.c.subject)))) == sorted(people)
    is_as_declared(old, found)
    [row] = old.rows(select(score.c.learner, score.c.page, score.c.points, score.c.maximum, score.c.state, score.c.tries, score.c.to))
    assert tuple(row) == ("ana01", "p" * 64, None, 12.0, "sent", 1, "")
    old.close()


def test_who_is_who_at_a_platform_is_read_of_an_older_class(course: Course) -> None:
    with recording(course.db_url):
        pass
    with closing(connect(course.root / "gradebook.db")) as raw:
        raw.executescript(
            "DROP TABLE autograde_platform_person; ALTER TABLE autograde_second_mark DROP COLUMN out_of;"
            "UPDATE autograde_version SET version_num = '0001';"
            "CREATE TABLE autograde_platform_person (learner TEXT, issuer TEXT, subject TEXT);"
            "INSERT INTO autograde_platform_person VALUES ('ana01', 'https://moodle.example', '7')"
        )
    assert subjects(course, "https://moodle.example") == {"ana01": "7"}


def test_an_address_without_a_folder_is_of_the_one_that_one_is_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        monkeypatch.chdir(tmp_path / name)
        with recording("sqlite:///g.db"):
            pass
    assert [path.name for path in (tmp_path / "b").glob("*.db")] == ["g.db"]


def test_several_that_come_first_make_the_tables_once(tmp_path: Path) -> None:
    url = sqlite_url(tmp_path / "gradebook.db")

    def come(_: int) -> None:
        database = Database(url)
        prepare(database)
        with database.transaction():
            log.note(database, "come")
        database.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(come, range(8)))
    database = Database(url)
    assert log.head_in(database.connection).n == 8
    assert not log.faults_in(database.connection, [])
    database.close()


def test_a_gradebook_of_a_newer_program_is_left_alone(book: Database, tmp_path: Path) -> None:
    with closing(connect(tmp_path / "gradebook.db")) as raw:
        raw.execute("UPDATE autograde_version SET version_num = '9999'")
    with pytest.raises(ClassError, match="newer version"):
        prepare(book)


def test_what_fails_leaves_no_entry(book: Database) -> None:
    head = fill(book, 3)

    def fail() -> None:
        with book.transaction():
            log.note(book, "decide", learner="ana01")
            log.note(book, "decide", learner="ana01", by=b"no text")  # type: ignore[arg-type]

    with pytest.raises(TypeError):
        fail()
    assert log.head_in(book.connection) == head


def test_an_entry_says_who_when_and_what_was_before(book: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTOGRADE_WHO", "Ruth Osei")
    with book.transaction():
        log.note(book, "give points", learner="ana01", task="w01-t01", before=3.5, after=7)
        log.note(book, "take in", by="Kofi")
    first, second = log.entries_in(book.connection)
    told = {name: value for name, value in (first.detail or {}).items() if name != "sealed"}
    assert (first.n, first.who, first.what, told) == (1, "Ruth Osei", "give points", {"task": "w01-t01", "before": 3.5, "after": 7})
    assert (second.who, second.subject) == ("Kofi", "")
    assert first.subject == log.subject_in(book.connection, "ana01") != "ana01"


def test_an_erased_learner_leaves_a_chain_that_holds(book: Database) -> None:
    fill(book, 20)
    subject = log.subject_in(book.connection, "bo02")
    with book.transaction():
        assert log.erase(book, "bo02") == 5
    assert not log.faults_in(book.connection, [])
    assert log.subject_in(book.connection, "bo02") == ""
    silent = [entry for entry in log.entries_in(book.connection) if entry.detail is None]
    assert {entry.subject for entry in silent} == {subject}
    assert len(silent) == 5
    with book.transaction():  # who comes again is somebody new
        log.note(book, "roster", learner="bo02")
    assert log.subject_in(book.connection, "bo02") != subject


def change(rows: sqlite3.Connection, chance: random.Random, last: int) -> str:
    """Change the log as somebody would who can write to the file; say how."""
    n = chance.randint(1, last)
    match chance.choice(
        ["who", "at", "what", "subject", "digest", "hash", "words", "salt", "border", "silence", "remove", "swap", "cut", "insert", "again"]
    ):
        case ("who" | "at" | "what" | "subject" | "digest" | "hash") as column:
            [(old,)] = rows.execute(f"SELECT {column} FROM autograde_log WHERE n = ?", (n,))  # noqa: S608
            rows.execute(f"UPDATE autograde_log SET {column} = ? WHERE n = ?", (old[:-1] + ("x" if not old.endswith("x") else "y"), n))  # noqa: S608
            return f"{column} of {n}"
        case "words":
            rows.execute("UPDATE autograde_log_detail SET text = replace(text, '\"after\": ', '\"after\": 1') WHERE n = ?", (n,))
            return f"words of {n}"
        case "salt":
            rows.execute("UPDATE autograde_log_detail SET salt = 'x' || salt WHERE n = ?", (n,))
            return f"salt of {n}"
        case "border":
            rows.execute("UPDATE autograde_log_detail SET salt = salt || text, text = '' WHERE n = ?", (n,))
            return f"words of {n} made salt"
        case "silence":
            rows.execute("DELETE FROM autograde_log_detail WHERE n = ?", (n,))
            return f"words of {n} removed"
        case "remove":
            rows.execute("DELETE FROM autograde_log WHERE n = ?", (n,))
            return f"{n} removed"
        case "swap":
            other = n % last + 1
            rows.execute("UPDATE autograde_log SET n = -1 WHERE n = ?", (n,))
            rows.execute("UPDATE autograde_log SET n = ? WHERE n = ?", (n, other))
            rows.execute("UPDATE autograde_log SET n = ? WHERE n = -1", (other,))
            return f"{n} and {other} swapped"
        case "cut":
            rows.execute("DELETE FROM autograde_log WHERE n >= ?", (n,))
            rows.execute("DELETE FROM autograde_log_detail WHERE n >= ?", (n,))
            return f"cut before {n}"
        case "insert":
            rows.execute("UPDATE autograde_log SET n = -n - 1 WHERE n >= ?", (n,))
            rows.execute("UPDATE autograde_log SET n = -n WHERE n < 0")
            rows.execute(
                "INSERT INTO autograde_log SELECT ?, at, who, what, subject, digest, hash FROM autograde_log WHERE n = ?", (n, n + 1)
            )
            return f"one inserted at {n}"
        case _:  # all after it worked out again, as somebody would who knows how
            database = Database(sqlite_url(Path(rows.execute("PRAGMA database_list").fetchone()[2])))
            rows.execute("DELETE FROM autograde_log WHERE n >= ?", (n,))
            rows.execute("DELETE FROM autograde_log_detail WHERE n >= ?", (n,))
            rows.commit()
            for one in range(n, last + 1):
                with database.transaction():
                    log.note(database, "give points", learner="ana01", by="Ruth", after=one)
            database.close()
            return f"all from {n} written again"


def test_of_a_thousand_tamperings_each_one_is_found(book: Database, tmp_path: Path) -> None:
    head = fill(book, 40)
    book.close()
    whole, chance, missed = tmp_path / "gradebook.db", random.Random(19), []  # noqa: S311  the same each time
    with closing(connect(whole)) as raw:
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        image = raw.serialize()
    copy = tmp_path / "copy.db"
    for _ in range(1000):
        copy.write_bytes(image)
        with closing(connect(copy)) as raw:
            how = change(raw, chance, head.n)
        with closing_database(copy) as database:
            if not log.faults_in(database.connection, [head]):
                missed.append(how)
        for end in ("-wal", "-shm"):
            copy.with_name(copy.name + end).unlink(missing_ok=True)
    assert missed == []


def closing_database(path: Path) -> Any:
    return closing(Database(sqlite_url(path)))


@pytest.mark.parametrize("text", ["", "12", "x " + "0" * 64, "3 " + "0" * 63, "3 " + "Z" * 64])
def test_what_is_no_head_is_told(text: str) -> None:
    with pytest.raises(ClassError, match="is no line of this kind"):
        log.read_head(text)


def test_a_head_is_read_as_it_was_written(book: Database) -> None:
    head = fill(book, 2)
    assert log.read_head(f" {head}\n") == head
