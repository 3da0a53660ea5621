"""Nothing that was acknowledged is ever missing, and nothing older comes on top of it: the service is killed while a class works."""

import asyncio
import hashlib
import json
import random
import sqlite3
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import psutil
import pytest
from sqlalchemy import Connection, create_engine, func, inspect, select, text

from tests.postgres import Postgres
from tests.served.hands import Hand, at_work, hold
from tests.served.service import ASSIGNMENT, CODE, Answer, Client, Service, make_class, serving, signed_in, write_list
from workbook_helpers.handed_in import HandIn, make_hand_in
from workbook_helpers.served import database, hand_in
from workbook_helpers.served.answers import Copy, Whose, begin_copy, forget, own_copy, read_copy, save
from workbook_helpers.served.database import ANSWERS, COPIES, Database, Refused, prepare
from workbook_helpers.served.folder import Folder
from workbook_helpers.served.hand_in import put_down
from workbook_helpers.served.room import Room

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="by signals")
LEARNERS = [f"learner{n}" for n in range(6)]
KILLS = 100


def hands(port: int) -> list[Hand]:
    """Give the class's learners, each of whom picks a PIN or comes in by it."""

    def enter(client: Client, name: str) -> Answer:
        first = client.join(name)
        return first if first.status == 200 else client.post("api/join", code=CODE, learner=name, pin="2468")

    return [Hand(name, Client(port), partial(enter, name=name)) for name in LEARNERS]


def hold_all(hands: list[Hand], root: Path) -> None:
    """Hold what is there against what was told."""
    assert [fault for hand in hands for fault in hand.faults] == []
    assert sum(hand.n for hand in hands) > KILLS
    assert sum(len(hand.receipts) for hand in hands) > 0
    for hand in hands:
        for receipt in hold(hand)["receipts"]:
            assert (root / "arrived" / receipt["file"]).is_file()
            assert (root / "arrived" / receipt["file"]).with_suffix(".json").is_file()


def test_what_was_acknowledged_survives_each_kill(tmp_path: Path) -> None:
    root, chance = make_class(tmp_path, learners=LEARNERS), random.Random(20)  # noqa: S311  which moments
    with serving(root) as service:
        [before] = (parent := psutil.Process(service.process.pid)).children()
        at_work(learners := hands(service.port), chance, [partial(kill_one, parent, chance)] * KILLS)
        hold_all(learners, root)
        [now] = parent.children()
        assert now != before
        assert json.loads((root / "service.json").read_bytes())["pid"] == parent.pid
        assert service.stop() == 0
        assert not now.is_running()


def kill_one(parent: psutil.Process, chance: random.Random) -> None:
    with suppress(psutil.NoSuchProcess, IndexError):
        chance.choice(parent.children()).kill()


def until(there: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not there():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_who_watches_takes_along_who_serves(tmp_path: Path) -> None:
    with serving(make_class(tmp_path)) as service:
        children = psutil.Process(service.process.pid).children()
        service.kill()
        assert psutil.wait_procs(children, timeout=5)[1] == []
        service.again()  # the place is free


def test_what_cannot_begin_is_told_once_and_tried_less_and_less_often(tmp_path: Path) -> None:
    script = """
import os, sys
from pathlib import Path
from workbook_helpers.served import processes
processes.LONGEST_S = 0.4
def run(began):
    with Path(sys.argv[1]).open("a") as file:
        print(os.getpid(), file=file)
    tried = Path(sys.argv[1]).read_text().count("\\n")
    if tried < 4:
        raise OSError("It cannot begin.")
    if tried == 4:
        os.abort()
    began()
    os.kill(os.getppid(), 15)
    os.kill(os.getpid(), 15)
processes.keep(1, run)
"""
    begun = time.monotonic()
    ran = subprocess.run([sys.executable, "-P", "-c", script, tmp_path / "tried"], capture_output=True, text=True, timeout=60, check=False)
    assert ran.returncode == 0
    assert ran.stderr == "The service cannot go on now (It cannot begin.). It is tried again.\n"
    assert len(set((tmp_path / "tried").read_text().split())) == 5
    assert time.monotonic() - begun > 0.1 + 0.2 + 0.4 + 0.4


def test_what_ends_a_process_that_had_begun_is_told_whatever_it_was_before() -> None:
    script = """
import os, time
from workbook_helpers.errors import WorkbookError
from workbook_helpers.served import processes
def run(began):
    if len(tried) == 1:
        raise OSError("It cannot begin.")
    began()
    if len(tried) == 2:
        raise WorkbookError("The class is gone.")
    os.kill(os.getppid(), 15)
    time.sleep(10)
begin, tried = processes._begin, []
def begun(*more):
    tried.append(1)
    return begin(*more)
processes._begin = begun
processes.keep(1, run)
"""
    ran = subprocess.run([sys.executable, "-P", "-c", script], capture_output=True, text=True, timeout=60, check=False)
    told = "The service cannot go on now (It cannot begin.). It is tried again.\nThe class is gone.\n"
    assert (ran.returncode, ran.stderr) == (0, told)


def test_one_process_that_cannot_begin_is_tried_less_and_less_often_whatever_becomes_of_another() -> None:
    script = """
import os, signal, time
from workbook_helpers.errors import WorkbookError
from workbook_helpers.served import processes
begin, tried = processes._begin, []
def fails(began):
    raise WorkbookError("The class cannot be read.")
def works(began):
    began()
    time.sleep(0.03)
def begun(run, handlers, tries):
    if tried and tries == 0:
        return begin(works, handlers, tries)
    tried.append(tries)
    if len(tried) == 4:
        os.kill(os.getpid(), signal.SIGTERM)
    return begin(fails, handlers, tries)
processes._begin = begun
processes.keep(2, fails)
print(tried)
"""
    ran = subprocess.run([sys.executable, "-P", "-c", script], capture_output=True, text=True, timeout=60, check=False)
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "[0, 1, 2, 3]\n", "The class cannot be read.\n")


@pytest.mark.skipif(sys.platform != "linux", reason="by Linux' own call")
def test_a_full_table_of_processes_and_another_ones_child_end_nothing() -> None:
    script = """
import ctypes, os, time
from workbook_helpers.served import processes
ctypes.CDLL(None).prctl(36, 1)  # as the first process of a container: orphans become its children
fork, tried = os.fork, []
def at_first_not():
    tried.append(1)
    if len(tried) == 1:
        raise BlockingIOError("Resource temporarily unavailable")
    return fork()
os.fork = at_first_not
def run(began):
    began()
    if (between := fork()) == 0:
        if fork() == 0:
            time.sleep(0.05)
        os._exit(0)
    os.waitpid(between, 0)
    time.sleep(0.3)
    os.kill(os.getppid(), 15)
    time.sleep(10)
processes.keep(1, run)
"""
    ran = subprocess.run([sys.executable, "-P", "-c", script], capture_output=True, text=True, timeout=60, check=False)
    assert (ran.returncode, ran.stderr) == (0, "")


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    server = Postgres()
    yield server
    server.remove()


def test_two_processes_on_one_server_lose_nothing_when_each_is_killed(tmp_path: Path, postgres: Postgres) -> None:
    root, chance = make_class(tmp_path, learners=LEARNERS), random.Random(21)  # noqa: S311
    with serving(root, options=["--database", postgres.url, "--processes", "2"]) as service:
        parent = psutil.Process(service.process.pid)
        kills: list[Callable[[], object]] = [partial(kill_one, parent, chance)] * (KILLS // 2)
        at_work(learners := hands(service.port), chance, [*kills, postgres.again, *kills])
        hold_all(learners, root)
        children = parent.children()
        assert service.stop() == 0
        assert not any(child.is_running() for child in children)


@pytest.mark.parametrize("work", ["save", "open"])
def test_who_is_forgotten_leaves_nothing_whatever_another_process_writes(tmp_path: Path, postgres: Postgres, work: str) -> None:
    prepare(postgres.url)
    room = Room(Folder(make_class(tmp_path, class_id=work)), Database(postgres.url), "/")
    learner, book = room.folder.about().learners[0], room.workbook(ASSIGNMENT)
    whose = Whose(class_id=work, learner=learner.key, name=learner.id, workbook=book)
    engine = create_engine(postgres.url.replace("://", "+psycopg://"))
    with engine.begin() as before:
        if work == "save":
            begin_copy(before, whose)
    asked = select(func.count()).select_from(text("pg_locks")).where(text("NOT granted"))
    with engine.connect() as writing, engine.connect() as looking:
        if work == "save":
            copy = own_copy(writing, whose, read_copy(writing, whose).copy)  # type: ignore[union-attr]
        else:
            room.stays(writing, learner.key)
        write_list(tmp_path, class_id=work, learners=LEARNERS[1:])
        forgetting = threading.Thread(target=lambda: asyncio.run(room.database.write(lambda one: forget(one, work, learner.key))))
        forgetting.start()
        while forgetting.is_alive() and not looking.scalar(asked):
            looking.rollback()
        if work == "save":
            save(writing, whose, copy.copy, [{"id": "w01-q01", "value": "a", "base": 0, "key": "k"}], None)
        else:
            begin_copy(writing, whose)
        writing.commit()
        forgetting.join()
        for table in (COPIES, ANSWERS):
            assert looking.scalar(select(func.count()).select_from(table).where(table.c.class_id == work)) == 0
        with pytest.raises(Refused, match="out"):
            room.stays(looking, learner.key)
    room.database.close()
    engine.dispose()


def test_a_database_that_is_gone_is_told_and_found_again(tmp_path: Path, postgres: Postgres) -> None:
    root = make_class(tmp_path, class_id="gone")
    with serving(root, options=["--database", postgres.url]) as service:
        client = signed_in(service)
        kept = client.save("w01-q01", "a")["kept"]
        postgres.stop()
        one = {"id": "w01-q01", "value": "b", "base": kept["revision"], "key": "k"}
        try:
            for answer in (client.post(f"api/{ASSIGNMENT}/save", copy=client.copy, saves=[one]), client.get("api/mine")):
                assert (answer.status, answer.json, answer.headers["Retry-After"]) == (503, {"error": "gone"}, "5")
            assert client.get("/").status == 200
        finally:
            postgres.start()
        assert client.open()["answers"]["w01-q01"] == kept
        assert client.post(f"api/{ASSIGNMENT}/save", copy=client.copy, saves=[one]).json["saved"][0]["do"] == "saved"
        client.close()


@pytest.mark.parametrize("kind", ["file", "server"])
def test_what_an_earlier_version_has_kept_goes_on(tmp_path: Path, kind: str, request: pytest.FixtureRequest) -> None:
    url = f"sqlite:///{tmp_path / 'served.db'}" if kind == "file" else request.getfixturevalue("postgres").url
    prepare(url)
    engine = create_engine(url)
    own = {"class_id": "care-a", "learner": "ana01", "assignment": ASSIGNMENT}
    with engine.begin() as connection:
        connection.execute(COPIES.insert(), own | {"copy": "c", "revision": 7})
        connection.execute(text("ALTER TABLE served_copies DROP COLUMN left_at"))
        connection.execute(text("ALTER TABLE served_copies DROP COLUMN section"))
    for _ in range(2):
        prepare(url)
    with engine.begin() as connection:
        [row] = connection.execute(select(COPIES).where(COPIES.c.copy == "c"))
        assert (row.revision, row.left_at, row.section) == (7, 0.0, "")
        connection.execute(COPIES.delete().where(COPIES.c.copy == "c"))
    engine.dispose()


@pytest.mark.parametrize("there", ["as before", "nothing"])
@pytest.mark.parametrize("kind", ["file", "server"])
def test_two_who_make_tables_whole_at_once_both_do(
    tmp_path: Path, kind: str, there: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"sqlite:///{tmp_path / 'served.db'}" if kind == "file" else request.getfixturevalue("postgres").url
    prepare(url)
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE served_copies DROP COLUMN merge" if there == "as before" else "DROP TABLE served_copies"))
    both, look = threading.Barrier(2, timeout=0.5), inspect

    def looks(connection: Connection) -> Any:
        with suppress(threading.BrokenBarrierError):  # each waits for the other, unless that waits for it
            both.wait()
        return look(connection)

    monkeypatch.setattr(database, "inspect", looks)
    with ThreadPoolExecutor(2) as hands:
        assert list(hands.map(prepare, [url, url])) == [None, None]
    with engine.begin() as connection:
        assert {*connection.scalars(select(COPIES.c.merge))} <= {""}
    engine.dispose()


def test_a_hand_in_is_after_the_one_before_though_the_clock_was_set_back(tmp_path: Path) -> None:
    root, now = make_class(tmp_path), datetime.now(UTC).replace(microsecond=0)
    ahead = now + timedelta(days=40)
    with serving(root) as service:
        client = signed_in(service)
        receipts = [client.hand_in(client.save("w01-declaration", True)["kept"]["revision"]).json]
        with closing(sqlite3.connect(root / "served.db")) as raw, raw:  # as if it had come by a clock that is right again now
            [(kept, file)] = raw.execute("SELECT receipt, file FROM served_receipts")
            came = {"handed_in_at": ahead.isoformat(), "file": f"{ASSIGNMENT}-{ahead:%Y%m%d-%H%M%S}-{file[-18:]}"}
            row = [json.dumps(json.loads(kept) | came), came["file"], ahead.timestamp()]
            raw.execute("UPDATE served_receipts SET receipt = ?, file = ?, at = ?", row)
        receipts.append(client.hand_in(client.save("w01-t01", "More.")["kept"]["revision"]).json)
        receipts.append(client.hand_in(client.save("w01-t01", "Most.", 2)["kept"]["revision"]).json)
        receipts.append(client.hand_in(client.save("w01-t01", "More.", 3)["kept"]["revision"]).json)  # as two before, within seconds
        assert [one["code"] for one in client.open()["receipts"]] == [one["code"] for one in receipts]
        assert all(now <= datetime.fromisoformat(one["at"]) <= datetime.now(UTC) for one in receipts[1:])  # as the clock says now
        notes = [json.loads((root / "arrived" / one["file"]).with_suffix(".json").read_bytes()) for one in receipts[1:]]
        assert [note["received_at"] for note in notes] == [one["at"] for one in receipts[1:]]
        assert [note["order_at"] for note in notes] == [(ahead + timedelta(seconds=n)).isoformat() for n in (1, 2, 3)]
        assert len({note["zip_sha256"] for note in notes}) == 3
        live = client.get("api/live", Authorization=f"Bearer {(root / 'tutor-token').read_text()}").json
        [place] = [one for one in live["learners"] if one["workbooks"]]
        assert place["workbooks"][0]["handed_in_at"] == receipts[-1]["at"]
        client.close()


@pytest.mark.parametrize("at_once", [False, True])
def test_what_is_handed_in_twice_at_one_moment_is_one_zip_whatever_the_second(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at_once: bool
) -> None:
    room = Room(Folder(make_class(tmp_path)), Database(f"sqlite:///{tmp_path / 'served.db'}"), "/")
    learner, book, arrived = room.folder.about().learners[0], room.workbook(ASSIGNMENT), tmp_path / "arrived"
    whose = Whose(class_id="care-a", learner=learner.key, name=learner.id, workbook=book)
    declared = {"w01-declaration": {"value": True, "saved_at": "2026-11-19T10:00:00.000+00:00", "revision": 1}}
    copy = Copy(copy="c", revision=1, answers=declared)
    before = put_down(arrived, whose, copy, [], None, "en")[0].receipt
    ahead = replace(before, file=f"{ASSIGNMENT}-{datetime.now(UTC) + timedelta(days=1):%Y%m%d-%H%M%S}.zip")  # the next comes after it
    both, waits = threading.Barrier(2, timeout=20), [1, 2] if at_once else []

    def made(*values: Any, **more: Any) -> HandIn:
        one = make_hand_in(*values, **more)
        if waits:  # neither has written anything yet
            waits.pop()
            both.wait()
        return one

    monkeypatch.setattr(hand_in, "make_hand_in", made)
    with ThreadPoolExecutor(2) as hands:
        first = hands.submit(put_down, arrived, whose, copy, [(ahead, 1)], None, "en")
        time.sleep(1.1)
        found = [hands.submit(put_down, arrived, whose, copy, [(ahead, 1)], None, "en").result(), first.result()]
    [file] = {made.receipt.file for made, _ in found}
    assert {sha256 for _, sha256 in found} == {hashlib.sha256((arrived / file).read_bytes()).hexdigest()}
    with zipfile.ZipFile(arrived / file) as archive:
        told = json.loads(archive.read("manifest.json"))
    assert {made.receipt.handed_in_at for made, _ in found} == {told["handed_in_at"]}
    assert sorted(path.name for path in arrived.iterdir()) == sorted({before.file, file})
    room.database.close()


def test_a_hand_in_that_was_cut_off_before_its_end_is_finished_at_the_next_start(tmp_path: Path) -> None:
    root = make_class(tmp_path)
    service = Service(root)
    client = signed_in(service)
    revision = client.save("w01-declaration", True)["kept"]["revision"]
    (root / "arrived").mkdir()
    file = client.hand_in(revision).json["file"]
    beside = (root / "arrived" / file).with_suffix(".json")
    whole = beside.read_bytes()
    service.kill()
    with closing(sqlite3.connect(root / "served.db")) as raw, raw:
        raw.execute("UPDATE served_receipts SET there = 0")
    beside.unlink()  # as if it had been killed between the receipt and this
    service.again()
    until(beside.is_file)
    assert beside.read_bytes() == whole
    service.stop()
    client.close()
