"""The page Live: a class is opened for its learners by the real service, and the tutor sees who is where, and nothing that they write."""

import http.client
import json
import os
import shutil
import signal
import sqlite3
import ssl
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from autograde.classes import asking
from autograde.classes.folder import Course
from autograde.classes.learner_changes import find
from autograde.classes.packing import pack
from autograde.classes.served import in_groups, join_code, served_folder, service_of, tutor_token
from autograde.classes.service_rows import TITLE
from autograde.classes.unpacking import unpack
from autograde.desk import college, give_back, home, live, service
from autograde.desk.changes import fingerprint
from autograde.desk.following import faults, see_to
from autograde.desk.lesson import Hard, Lesson, Place, Row, Tried, ago, hard, is_stuck, rows
from autograde.desk.pages import Asked, Done, Look, UnfitError, plain
from autograde.desk.taking_in import HANDED_IN, look
from autograde.desk.work import State as WorkState
from autograde.desk.work import Worker
from autograde.errors import ClassError
from autograde.gradebook.address import sqlite_url
from autograde.gradebook.database import reading, writing
from autograde.gradebook.heads import FILE as HEADS
from autograde.gradebook.heads import current_head
from autograde.gradebook.log import entries_in
from autograde.inbox import merge
from autograde.inbox.watched import Watch
from autograde.outbox.served import keep_served, serve_anew
from autograde.records.erasure import erase, plan
from tests.axe import violations
from tests.conftest import free_port
from tests.desk.conftest import EVIL, Desk, fits, said
from tests.desk.test_learner_parts import run
from tests.served.service import Client
from tests.tutor.conftest import ASSIGNMENT, cell, keep_answers
from workbook_helpers.served.database import ANSWERS, COPIES
from workbook_helpers.served.hosts import own_addresses

NOW = datetime(2026, 11, 20, 10, tzinfo=UTC)
WRITTEN = "What I wrote is mine."
PRACTICE = """
[[items]]
id = "w01-p01"
kind = "single"
purpose = "practice"
stem = "Try <b>this</b>?"
options = [ { id = "a", text = "One", right = true, feedback = "Yes." }, { id = "b", text = "Two", right = false, feedback = "No." } ]
"""


def with_practice(course: Course) -> None:
    """Put a practice question into what was given out."""
    for folder in (course.root / "release" / ASSIGNMENT, course.root / "source" / ASSIGNMENT):
        items, notebook = folder / "items.toml", folder / f"{ASSIGNMENT}.ipynb"
        items.write_text(items.read_text("utf-8") + PRACTICE, "utf-8")
        book = json.loads(notebook.read_text("utf-8"))
        book["cells"].insert(1, cell("w01-p01"))
        notebook.write_text(json.dumps(book), "utf-8")


@pytest.fixture(scope="module")
def opened(model: Path, surroundings: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Course]:
    """A class that is open for its learners; one for all tests here, each with learners of its own."""
    course = Course(Path(shutil.copytree(model, tmp_path_factory.mktemp("opened") / "class")))
    with pytest.MonkeyPatch.context() as patch:
        for name, value in surroundings.items():
            patch.setenv(name, value)
        with_practice(course)
        service.start(course, free_port())
        yield course
        service.stop(course)


def port_of(course: Course) -> int:
    found = service_of(course)
    assert found
    return int(found.address.rstrip("/").rpartition(":")[2])


Join = Callable[[Course, str], Client]


@pytest.fixture
def joined() -> Iterator[Join]:
    """Gives a learner who has the workbook open."""
    with ExitStack() as after:

        def join(course: Course, learner: str) -> Client:
            client = Client(port_of(course))
            after.callback(client._line.close)
            assert client.join(learner, code=join_code(course)).status == 200
            client.open()
            return client

        yield join


def row_of(course: Course, learner: str) -> Row:
    return next(row for row in live.data(course).rows if row.learner == learner)


def stop_the_clock(course: Course, learner: str, *, seconds: float) -> None:
    """Have a learner's last answer be so long ago."""
    with closing(sqlite3.connect(served_folder(course) / "served.db")) as database:
        database.execute("UPDATE served_copies SET moved_at = ? WHERE learner = ?", (time.time() - seconds, learner))
        database.commit()


def deeds(course: Course) -> list[str]:
    with reading(course.db_url) as connection:
        return [one.what for one in entries_in(connection)]


# Whoever may be stuck, and which questions are hard.


def place(**more: object) -> Place:
    values: dict[str, object] = {
        "assignment": "w01-small",
        "answered": 3,
        "of": 9,
        "last_seen": NOW,
        "moved_at": NOW - timedelta(minutes=6),
    }
    return Place.model_validate(values | more)


@pytest.mark.parametrize(
    ("more", "stuck"),
    [
        ({}, True),
        ({"moved_at": NOW - timedelta(minutes=4, seconds=59)}, False),
        ({"moved_at": None}, False),
        ({"last_seen": NOW - timedelta(seconds=91)}, False),
        ({"last_seen": None}, False),
        ({"left": True}, False),
        ({"answered": 9}, False),
        ({"handed_in_at": NOW - timedelta(minutes=2)}, False),
        ({"handed_in_at": NOW - timedelta(hours=1)}, True),
    ],
    ids=[
        "six minutes",
        "under five",
        "never moved",
        "page is closed",
        "never seen",
        "has left",
        "all answered",
        "handed in",
        "at work again since",
    ],
)
def test_who_may_be_stuck(more: dict[str, object], *, stuck: bool) -> None:
    assert is_stuck(place(**more), NOW) is stuck


def test_who_may_be_stuck_comes_first_then_who_is_here_then_the_others(course: Course) -> None:
    there = {"ana01": place(moved_at=NOW), "ben01": place(), "dan01": place(last_seen=NOW - timedelta(hours=3))}
    lesson = Lesson.model_validate({"at": NOW, "learners": [{"learner": who, "workbooks": [one]} for who, one in there.items()]})
    found = rows(course, lesson, {who: who for who in ("ana01", "ben01", "cai01", "dan01")})
    assert [(row.learner, row.seen, row.stuck) for row in found] == [
        ("ben01", "just now", True),
        ("ana01", "just now", False),
        ("dan01", "3 hours ago", False),
        ("cai01", "", False),
    ]
    assert [ago(timedelta(seconds=one)) for one in (59, 60, 3599, 86_400 * 2)] == [
        "just now",
        "1 minute ago",
        "59 minutes ago",
        "2 days ago",
    ]


def test_what_a_page_says_of_its_section_is_shown_where_it_is_a_heading(course: Course) -> None:
    notebook = course.root / "release" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    book = json.loads(notebook.read_text("utf-8"))
    book["cells"].append({"cell_type": "markdown", "id": "short", "metadata": {}, "source": "## What follows"})
    notebook.write_text(json.dumps(book), "utf-8")
    told = (("A small workbook", "A small workbook"), ("What follows", "What follows"), (f"{EVIL} {WRITTEN}", ""))
    for section, shown in told:
        lesson = Lesson.model_validate({"at": NOW, "learners": [{"learner": "ana01", "workbooks": [place(section=section)]}]})
        assert rows(course, lesson, {"ana01": "Ana"})[0].section == shown


def test_the_practice_questions_that_most_got_wrong_first(course: Course) -> None:
    with_practice(course)
    tried = [
        Tried(workbook="w01", item=item, tried=5, wrong_first=wrong) for item, wrong in (("w01-p01", 3), ("w01-q01", 5), ("w01-p09", 4))
    ]
    assert hard(course, tried) == (Hard(workbook="w01", question="Try <b>this</b>?", wrong=3, tried=5),), "no question that counts"
    for few in (0, 1, 15):
        assert hard(course, [Tried(workbook="w01", item="w01-p01", tried=30, wrong_first=few)]) == (), "most got it right"


# With the real service.


def test_the_tutor_sees_where_somebody_is_and_how_practice_went_and_nothing_that_is_written(opened: Course, joined: Join) -> None:
    ana = joined(opened, "ana01")
    assert ana.save("w01-t01", WRITTEN)["do"] == "saved"
    assert ana.post(f"api/{ASSIGNMENT}/beat", copy=ana.copy, section="A small workbook").status == 200
    tried = {"n": 2, "first": [], "checked": True, "shown": False}
    assert ana.save("w01-p01", "a", tried=tried)["do"] == "saved"
    found = live.data(opened)
    assert found.state is live.State.OPEN
    row = row_of(opened, "ana01")
    assert (row.name, row.workbook, row.section, row.answered, row.of, row.seen) == (
        "Ana Evans",
        "w01",
        "A small workbook",
        2,
        3,
        "just now",
    )
    assert (row.here, row.stuck, found.here >= 1) == (True, False, True)
    assert [(one.question, one.wrong, one.tried) for one in found.hard] == [("Try <b>this</b>?", 1, 1)]
    assert WRITTEN not in json.dumps(plain(found))
    stop_the_clock(opened, "ana01", seconds=400)
    assert row_of(opened, "ana01").stuck
    assert found.code == in_groups(join_code(opened))
    assert [way.address for way in found.ways]
    assert tutor_token(opened) not in json.dumps(plain(found))
    assert ana.post("api/leave").status == 200
    row = row_of(opened, "ana01")
    assert (row.here, row.stuck, row.seen) == (False, False, "just now")
    assert joined(opened, "ana01").post(f"api/{ASSIGNMENT}/beat", copy=ana.copy, section="A small workbook").status == 200
    assert row_of(opened, "ana01").here


def test_what_is_handed_in_is_taken_in_by_itself_with_the_services_time(opened: Course, joined: Join) -> None:
    fay = joined(opened, "fay01")
    for name, value in (("w01-q01", "a"), ("w01-t01", "Because it is."), ("w01-declaration", True)):
        fay.save(name, value)
    worker = Worker()
    if look(opened, worker, Watch(opened)):  # what others have handed in
        assert worker.wait(30)
    before, mark = datetime.now(UTC) - timedelta(seconds=1), fingerprint(opened)
    receipt = fay.hand_in(fay.open()["revision"])
    assert receipt.status == 200, receipt.content
    assert fingerprint(opened) != mark, "the pages follow"
    assert next(one for one in home.data(opened).waiting if one.name == "take-in").number == 1
    assert look(opened, worker, Watch(opened))
    assert worker.wait(30)
    assert worker.now
    assert (worker.now.title, worker.now.state, worker.now.said) == (HANDED_IN, WorkState.COMPLETED, "1 hand-in was taken in.")
    when = opened.timestamp("fay01", ASSIGNMENT)
    assert when
    assert before <= when.replace(tzinfo=UTC) <= datetime.now(UTC)
    assert not look(opened, worker, Watch(opened))
    assert row_of(opened, "fay01").handed_in


def test_a_pin_is_reset_after_a_look_and_lets_nobody_in_who_is_in(opened: Course, joined: Join) -> None:
    dan = joined(opened, "dan01")
    asked = Asked(course=opened, worker=Worker(), fields={"learner": "dan01"})
    for pin in ("1111", *["1112"] * 5):  # somebody else tries
        tried = dan.post("api/join", code=join_code(opened), learner="dan01", pin=pin)
    assert tried.json == {"error": "wait"}
    with pytest.raises(UnfitError, match="Pick the learner"):
        live.PAGE.verbs["pin"](Asked(course=opened, worker=Worker()))
    looked = live.PAGE.verbs["pin"](asked)
    assert isinstance(looked, Look)
    assert looked.shown.resetting == live.Resetting(learner="dan01", shown="dan01", name="Dan Davies")
    assert dan.get("api/me").status == 200, "nothing was done yet"
    done = live.PAGE.verbs["reset"](asked)
    assert isinstance(done, Done)
    assert "Dan Davies" in done.said
    assert dan.get("api/me").status == 401
    assert dan.post("api/join", code=join_code(opened), learner="dan01", pin="2468").json["error"] == "choose"
    assert deeds(opened)[-1] == "reset PIN"


def test_a_new_code_lets_in_in_place_of_the_old_one_and_puts_nobody_out(opened: Course, joined: Join) -> None:
    eve, old = joined(opened, "eve01"), join_code(opened)
    looked = live.PAGE.verbs["code-look"](Asked(course=opened, worker=Worker()))
    assert isinstance(looked, Look)
    assert (looked.shown.renewing, join_code(opened)) == (True, old), "nothing was done yet"
    done = live.PAGE.verbs["code"](Asked(course=opened, worker=Worker()))
    assert isinstance(done, Done)
    assert in_groups(join_code(opened)) in done.said
    assert eve.get("api/me").status == 200
    late = {"learner": "eve01", "pin": "2468"}
    assert [eve.post("api/join", code=code, **late).status for code in (old, join_code(opened))] == [403, 200]
    assert deeds(opened)[-1] == "new class code"
    keep_served(opened)
    assert live.data(opened).code in done.said, "it stays"


def test_on_a_colleges_server_nobody_opens_a_class_to_the_network(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(college.SERVICE, "desk-care")
    assert live.data(course).college
    (served_folder(course)).mkdir()
    (served_folder(course) / "service.json").write_text('{"pid": 1, "address": "", "hub": true}', "utf-8")
    with pytest.raises(ClassError, match="without a class code"):
        live.PAGE.verbs["code"](Asked(course=course, worker=Worker()))
    (served_folder(course) / "service.json").unlink()
    with pytest.raises(ClassError, match="whoever looks after that server"):
        live.PAGE.verbs["open"](Asked(course=course, worker=Worker()))
    assert service_of(course) is None


def test_a_class_that_is_open_is_not_opened_twice(opened: Course) -> None:
    with pytest.raises(ClassError, match="is open already"):
        service.start(opened, free_port())
    assert live.data(opened).state is live.State.OPEN


def test_a_class_is_packed_while_its_learners_write(opened: Course, joined: Join, tmp_path: Path) -> None:
    eve = joined(opened, "eve01")
    eve.save("w01-t01", WRITTEN)
    made = pack(opened, tmp_path / "class.zip")
    assert ["what they write or hand in once it is packed" in note for note in made.notes] == [True]
    packed = served_folder(unpack(made.path, tmp_path)) / "served.db"
    with closing(sqlite3.connect(packed)) as database:
        assert database.execute("SELECT count(*) FROM served_answers WHERE learner = 'eve01' AND name = 'w01-t01'").fetchone() == (1,)
    assert not list(packed.parent.glob("served.db-*"))
    assert eve.get("api/me").status == 200


def test_a_learner_is_erased_while_others_work_and_comes_in_no_more(opened: Course, joined: Join) -> None:
    ben, eve = joined(opened, "ben01"), joined(opened, "eve01")
    ben.save("w01-t01", "Benwrote")
    ben.save("w01-declaration", value=True)
    handed_in, folder = ben.hand_in(ben.open()["revision"]).json["file"], served_folder(opened)
    shutil.copyfile(folder / "arrived" / handed_in, folder / "arrived" / "w01-cut-off.zip")  # of a service that was killed
    assert erase(opened, "ben01").rows[TITLE] == 2
    assert ben.get("api/me").status == 401
    assert ben.post("api/join", code=join_code(opened), learner="ben01", pin="2468", new=True).status == 403
    assert eve.save("w01-q01", "b")["do"] == "saved"
    assert not [path for path in folder.rglob("*") if path.is_file() and any(one in path.read_bytes() for one in (b"ben01", b"Benwrote"))]


def test_what_is_under_way_under_an_id_that_was_merged_is_shown_to_the_one_that_stays(opened: Course, joined: Join) -> None:
    cai, eve = joined(opened, "cai01"), joined(opened, "eve01")
    base = {name: one["revision"] for name, one in eve.open()["answers"].items()}
    own = eve.save("w01-t01", "Eve wrote this.", base.get("w01-t01", 0))["kept"]
    cai.save("w01-t01", "Cai wrote this.")
    cai.save("w01-declaration", value=True)
    handed_in = cai.hand_in(cai.open()["revision"]).json["file"]
    own_receipts = eve.open()["receipts"]
    assert any("answers of cai01 under way are shown to eve01" in one for one in merge.plan(opened, "cai01", "eve01").records)
    done = merge.merge(opened, "cai01", "eve01")
    assert cai.get("api/me").status == 401, "at once: what came now would be shown to nobody"
    assert [(one["file"], one.get("revision")) for one in eve.open()["receipts"] if one not in own_receipts] == [(handed_in, None)]
    found = eve.open()["answers"]
    assert (found["w01-t01"], found["w01-declaration"]["value"]) == (own, True)
    assert eve.save("w01-declaration", False, found["w01-declaration"]["revision"])["do"] == "saved"
    with reading(opened.db_url) as connection:
        assert ([*entries_in(connection)][-1].detail or {})["answers"] == 1
    before = eve.open()["revision"]
    merge.undo(opened, done.name)
    keep_served(opened)
    assert eve.open()["answers"]["w01-declaration"]["value"] is False, "it was changed since"
    assert eve.open()["revision"] == before, "nothing of hers went"
    assert (eve.open()["receipts"], [one["file"] for one in cai.open()["receipts"]]) == (own_receipts, [handed_in])
    assert {name: one["value"] for name, one in cai.open()["answers"].items()} == {"w01-t01": "Cai wrote this.", "w01-declaration": True}


def test_a_merge_brings_answers_over_where_no_service_runs_as_well(course: Course) -> None:
    serve_anew(course)
    url = sqlite_url(served_folder(course) / "served.db")
    keep_answers(course, url, "ana01", t01="Ana wrote this.")
    with writing(url) as database:
        database.connection.exec_driver_sql("ALTER TABLE served_copies DROP COLUMN left_at")  # no service has run since the last upgrade

    def answers(learner: str) -> list[object]:
        with reading(url) as connection:
            rows = connection.execute(select(ANSWERS.c.record).where(ANSWERS.c.learner == learner)).scalars()
            return [json.loads(one)["value"] for one in rows]

    def revision() -> int:
        with reading(url) as connection:
            return int(connection.execute(select(COPIES.c.revision).where(COPIES.c.learner == "fay01")).scalar_one())

    done = merge.merge(course, "ana01", "fay01")
    assert (answers("ana01"), answers("fay01")) == (["Ana wrote this."], ["Ana wrote this."])
    before = revision()
    merge.undo(course, done.name)
    assert (answers("ana01"), answers("fay01")) == (["Ana wrote this."], [None])
    assert revision() == before + 1, "what was handed in meanwhile is no longer what stands here"


def test_what_was_emptied_is_erased_and_brought_to_nobody(course: Course) -> None:
    serve_anew(course)
    keep_answers(course, sqlite_url(served_folder(course) / "served.db"), "ana01", q01=None, t01="", declaration=False)
    assert not any("under way" in one for one in merge.plan(course, "ana01", "fay01").records)
    assert plan(course, "ana01").rows[TITLE] == 3, "what stood there before is kept with it"


def test_an_erasure_that_the_service_cannot_be_told_of_is_not_begun(course: Course) -> None:
    serve_anew(course)
    gone = {"pid": 1, "address": f"http://127.0.0.1:{free_port()}/", "hub": True}
    (served_folder(course) / "service.json").write_text(json.dumps(gone), "utf-8")
    before = deeds(course)
    with pytest.raises(ClassError, match=r"does not answer\. Have whoever looks after the server start it again\. Then do this again"):
        erase(course, "ana01")
    assert (deeds(course), find(course, "ana01").id) == (before, "ana01")


def test_the_command_opens_a_class_and_closes_it_and_a_service_that_was_killed_is_told_at_once(
    course: Course, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def command(*words: str) -> str:
        return run(course, monkeypatch, capsys, "live", *words)[1]

    assert live.data(course).state is live.State.CLOSED
    assert command("--stop") == "The class is not open for learners."
    assert "has no code yet" in command("--new-code")
    told = command(str(course.root), "--port", str(free_port()))
    assert in_groups(join_code(course)) in told
    assert "plain HTTP" in told
    before, said_then = join_code(course), command("--new-code")
    assert (in_groups(join_code(course)) in said_then, join_code(course) != before) == (True, True)
    found = service_of(course)
    assert found
    os.kill(found.pid, signal.SIGKILL)
    while service.running(course):
        time.sleep(0.01)
    gone = live.data(course)
    assert (gone.state, gone.rows) == (live.State.GONE, ())
    assert "open the class again" in gone.gone
    assert "The class is closed" in command("--stop")
    assert (live.data(course).state, service_of(course)) == (live.State.CLOSED, None)
    assert [one for one in deeds(course) if "for learners" in one] == ["open for learners", "close for learners"]
    assert (course.root / HEADS).read_text("utf-8").splitlines()[-1].startswith(f"{current_head(course.db_url)} "), "closing is kept, too"


@pytest.mark.skipif(os.name != "posix", reason="by signals that hold a process up")
def test_a_service_that_says_nothing_is_not_closed_and_no_second_one_begins_and_the_address_stays(
    course: Course, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    service.start(course, port := free_port())
    service.stop(course)
    service.start(course)
    found = service_of(course)
    assert found
    try:
        assert port_of(course) == port, "what a browser has not sent yet belongs to the address"
        monkeypatch.setattr(asking, "ASK_S", 0.2)
        monkeypatch.setattr(service, "STOP_S", 0.2)
        os.killpg(found.pid, signal.SIGSTOP)
        assert "does not answer just now" in live.data(course).gone
        assert "does not end" in run(course, monkeypatch, capsys, "live", "--stop")[1]
        assert "is open already" in run(course, monkeypatch, capsys, "live")[1]
        assert service_of(course) == found
    finally:
        os.killpg(found.pid, signal.SIGCONT)
    service._begun.pop(found.pid).wait(15)  # it ends as it was asked to
    assert live.data(course).state is live.State.CLOSED


def test_with_a_certificate_it_is_https_under_the_name_that_stands_in_it(
    course: Course, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    [own] = own_addresses("0.0.0.0")  # noqa: S104  as the service is opened
    kind = "IP" if own.replace(".", "").isdigit() else "DNS"  # without a network it is this computer's name
    files = ["-keyout", str(tmp_path / "key.pem"), "-out", str(tmp_path / "cert.pem")]
    made = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", "/CN=class"]
    subprocess.run([*made, "-addext", f"subjectAltName={kind}:{own}", *files], check=True, capture_output=True)
    words = ["live", "--port", str(port := free_port()), "--certificate", str(tmp_path / "cert.pem"), "--key", str(tmp_path / "key.pem")]
    try:
        told = run(course, monkeypatch, capsys, *words)[1]
        assert f"https://{own}:{port}/" in told
        assert "plain HTTP" not in told
        shown = live.data(course)
        assert (shown.state, shown.plain, [way.address for way in shown.ways]) == (live.State.OPEN, False, [f"https://{own}:{port}/"])
        trusting = ssl.create_default_context(cafile=tmp_path / "cert.pem")
        with closing(http.client.HTTPSConnection(own, port, context=trusting, timeout=30)) as line:
            line.request("GET", "/")
            assert line.getresponse().status == 200
    finally:
        service.stop(course)


def test_pages_that_are_given_on_the_desk_are_seen_at_once_and_what_cannot_be_written_is_told(course: Course) -> None:
    asked = Asked(course=course, worker=Worker(), fields={"workbook": ASSIGNMENT})
    with pytest.raises(ClassError, match="Open the class for them first"):
        give_back.PAGE.verbs["served"](asked)
    assert serve_anew(course) == ()
    done = give_back.PAGE.verbs["served"](asked)
    assert isinstance(done, Done)
    assert done.said == "1 learner has their page under My workbooks now."
    see_to(course)
    page = served_folder(course) / "given" / "ana01" / ASSIGNMENT / "feedback.html"
    assert page.is_file()
    assert faults(course) == live.data(course).faults == ()
    assert done.undo
    verb, fields = done.undo
    give_back.PAGE.verbs[verb](Asked(course=course, worker=Worker(), fields=fields))
    see_to(course)
    assert not page.exists()
    give_back.PAGE.verbs["served"](asked)
    page.parents[2].rmdir()
    page.parents[2].write_text("in the way", "utf-8")
    see_to(course)
    assert "What learners see is not up to date" in live.data(course).faults[0]
    page.parents[2].unlink()
    see_to(course)
    assert page.is_file()
    assert faults(course) == ()


# On the page.


def test_live_is_read_from_the_back_of_the_room_follows_by_itself_and_says_at_once_when_the_service_is_gone(
    paged: Page, desk: Desk, joined: Join
) -> None:
    page = desk.enter(paged, "live")
    assert violations(page) == []
    page.locator("#open-button").press("Enter")
    said(page, "The class is open.")
    try:
        code = join_code(desk.course)
        expect(page.locator(".live-code")).to_have_text(in_groups(code))
        expect(page.locator(".live-qr")).to_be_visible()
        joined(desk.course, "ana01")
        expect(page.get_by_role("row", name="Ana Evans")).to_contain_text("just now", timeout=10_000)
        expect(page.locator("main")).to_contain_text(EVIL)
        page.locator("#pin-learner").select_option("eve01")
        page.get_by_role("button", name="Reset the PIN …").click()
        expect(page.locator("#resetting")).to_be_focused()
        assert violations(page) == []
        page.locator("#reset-no").click()
        page.get_by_role("button", name="New class code …").click()
        expect(page.locator("#renewing")).to_be_focused()
        assert page.get_by_role("button", name="New class code …").is_visible(), "as it is when the page has followed"
        expect(page.locator("#renewing")).to_contain_text(in_groups(code))
        assert violations(page) == []
        page.locator("#code-no").click()
        expect(page.locator("#renewing")).to_have_count(0)
        expect(page.locator(".live-code")).to_have_text(in_groups(code))
        fits(page, 320)
        page.locator("#to-board").click()
        expect(page.locator(".live-code")).to_be_visible()
        assert "Ana" not in page.locator("body").inner_text()
        fits(page, 1280)
        page.locator("#no-board").click()
        found = service_of(desk.course)
        assert found
        os.kill(found.pid, signal.SIGKILL)
        expect(page.locator("[role=alert]:visible")).to_contain_text("The service does not answer", timeout=10_000)
        page.locator("#close-button").click()
        said(page, "The class is closed.")
        expect(page.locator("#open-button")).to_be_visible()
        assert page.title().startswith("Live")
    finally:
        if service_of(desk.course):
            service.stop(desk.course)


def test_a_service_that_knows_nobody_of_this_name_is_not_taken_for_another_program(opened: Course) -> None:
    with pytest.raises(ClassError, match="The service refuses") as told:
        asking.ask(opened, "api/pin-reset", {"learner": "nobody99"})
    assert not isinstance(told.value, asking.GoneError)
    assert asking.answers(opened)
