"""The folder from which a class is served, and what its service has put there: who sees what, whose a hand-in is, and when it came."""

import errno
import hashlib
import json
import os
import shutil
import tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import update
from typer.testing import CliRunner

from autograde.classes.closing import close
from autograde.classes.folder import Course
from autograde.classes.learner_changes import add_one
from autograde.classes.served import LETTERS, answers_url, join_code, served_folder, tutor_token
from autograde.classes.settings_file import write_setting
from autograde.cli import app
from autograde.commands.console import keep_heads
from autograde.errors import ClassError
from autograde.gradebook.address import sqlite_url
from autograde.gradebook.database import writing
from autograde.gradebook.givings import read_givings, take_back
from autograde.gradebook.left import mark_back, mark_left
from autograde.gradebook.tables import given_back
from autograde.inbox.assign import assign
from autograde.inbox.attempts import Attempts
from autograde.inbox.intake import intake
from autograde.inbox.served import arrived, take_arrived
from autograde.inbox.waiting import to_take_in
from autograde.outbox.feedback import write_feedback
from autograde.outbox.giving import Way, give, give_served
from autograde.outbox.pages import REPLACED, page_path
from autograde.outbox.served import keep_served, serve_anew
from autograde.records.erasure import erase
from autograde.records.referring import refer, withdraw
from autograde.run.mark import mark_class
from autograde.text import naive
from tests.tutor.conftest import keep_answers
from workbook_helpers.items import load_workbook
from workbook_helpers.referral import read_referral
from workbook_helpers.served.sessions import Sessions, hash_pin

if TYPE_CHECKING:
    from tests.tutor.conftest import Kit

NAME, TASK = "w01-small", "w01-t01"
CAME = datetime(2026, 11, 19, 12, 30, tzinfo=UTC)


@pytest.fixture
def served(course: Course) -> Course:
    """The class of three, opened for its learners."""
    assert serve_anew(course) == ()
    return course


@pytest.fixture
def marked(served: Course, kit: "Kit", small_key: None, tmp_path: Path) -> Course:
    """It, with two hand-ins that are marked to their end."""
    for learner, option in (("ana01", "a"), ("ben01", "b")):
        (tmp_path / f"{learner}.zip").write_bytes(kit.hand_in(learner, q01=option, t01="Because.", declaration=True))
        intake(served, [tmp_path / f"{learner}.zip"], "w01")
    assert {line.outcome for line in mark_class(served, NAME)} == {"marked"}
    points(served, 7)
    return served


def points(course: Course, number: float) -> None:
    with course.gradebook() as gradebook:
        for learner in ("ana01", "ben01"):
            grade = gradebook.find_grade(TASK, NAME, NAME, learner)
            grade.manual_score, grade.needs_manual_grade = number, False
        gradebook.db.commit()
    assert all(page.path for page in write_feedback(course, NAME))


def listed(course: Course) -> dict[str, Any]:
    return tomllib.loads((served_folder(course) / "served.toml").read_text("utf-8"))


def given(course: Course) -> list[str]:
    root = served_folder(course) / "given"
    return sorted(path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file())


def seen(course: Course, learner: str = "ana01") -> bytes:
    return (served_folder(course) / "given" / learner / NAME / "feedback.html").read_bytes()


# What learners see.


def test_the_folder_holds_who_may_join_the_workbooks_and_the_site_for_its_owner_alone(served: Course) -> None:
    found = listed(served)
    assert [(one["id"], one["name"], one["folder"]) for one in found["learners"]] == [
        ("ana01", "Ana Evans", "ana01"),
        ("ben01", "Ben O'Brien, Jr", "ben01"),
        ("cai01", "Siân Ŵyn", "cai01"),
    ]
    assert (found["class_id"], found["name"]) == ("care-level-2", "Care level 2")
    assert len(found["join_code"]) == 8
    assert set(found["join_code"]) <= set(LETTERS)
    assert not set("01ILO") & set(LETTERS)
    folder = served_folder(served)
    assert load_workbook(folder / "releases" / NAME).release == load_workbook(served.root / "release" / NAME).release
    assert {path.name for path in (folder / "site").glob("*.html")} == {"index.html", f"{NAME}.html"}
    if os.name == "posix":
        assert folder.stat().st_mode & 0o077 == 0
        tutor_token(served)
        assert (folder / "tutor-token").stat().st_mode & 0o077 == 0
    assert tutor_token(served) == tutor_token(served)


def test_a_class_that_was_never_opened_gets_no_folder(course: Course) -> None:
    assert keep_served(course) == ()
    assert not served_folder(course).exists()
    with pytest.raises(ClassError, match="Open the class for them first"):
        give_served(course, NAME)


def test_nothing_is_written_again_where_nothing_has_changed_and_the_code_stays(served: Course) -> None:
    def state() -> dict[Path, int]:
        return {path: path.stat().st_mtime_ns for path in served_folder(served).rglob("*") if path.is_file()}

    before, code = state(), join_code(served)
    assert keep_served(served) == serve_anew(served) == ()
    assert state() == before
    assert join_code(served) == code


def test_who_has_left_may_join_no_more_and_has_nothing_there_until_they_are_back(marked: Course) -> None:
    give_served(marked, NAME)
    keep_served(marked)
    mark_left(marked, ["ana01"])
    add_one(marked, id_="COLLEGE\\zed", first_name="Zed", last_name="Zo")
    keep_served(marked)
    assert {(one["id"], one["folder"]) for one in listed(marked)["learners"]} >= {("COLLEGE\\zed", "COLLEGE=5Czed")}
    assert "ana01" not in {one["id"] for one in listed(marked)["learners"]}
    assert given(marked) == [f"ben01/{NAME}/feedback.html"]
    mark_back(marked, ["ana01"])
    keep_served(marked)
    assert f"ana01/{NAME}/feedback.html" in given(marked)


def test_a_page_is_seen_once_it_was_given_back_and_as_it_was_given(marked: Course) -> None:
    keep_served(marked)
    assert given(marked) == [], "pages that are made are not given"
    first = page_path(marked, "ana01", NAME).read_bytes()
    giving = give_served(marked, NAME)
    keep_served(marked)
    assert given(marked) == [f"{who}/{NAME}/feedback.html" for who in ("ana01", "ben01")]
    assert seen(marked) == first
    points(marked, 3)  # other points, so another page, which is not given back yet
    keep_served(marked)
    assert seen(marked) == first
    second = give(marked, NAME, Way.ZIP).giving
    keep_served(marked)
    assert seen(marked) == page_path(marked, "ana01", NAME).read_bytes() != first, "given by any way: it is the learner's page"
    take_back(marked.db_url, marked.course_id, second.id)
    keep_served(marked)
    assert seen(marked) == first, "that one was given"
    take_back(marked.db_url, marked.course_id, giving.id)
    keep_served(marked)
    assert given(marked) == []


def test_what_is_given_back_after_a_clock_was_ahead_is_seen_all_the_same(marked: Course) -> None:
    give_served(marked, NAME)
    clock_was_ahead(marked)
    keep_served(marked)
    points(marked, 3)
    second = give_served(marked, NAME)
    assert keep_served(marked) == ()
    assert seen(marked) == page_path(marked, "ana01", NAME).read_bytes()
    assert read_givings(marked.db_url, marked.course_id, NAME)[0].id == second.id


def clock_was_ahead(course: Course) -> None:
    """Let all that was given back be of a computer whose clock is five minutes ahead."""
    with writing(course.db_url) as database:
        database.run(update(given_back).values(at=naive(datetime.now(UTC) + timedelta(minutes=5))))


def test_what_was_right_is_seen_only_when_the_page_that_says_it_was_given_back(marked: Course) -> None:
    give_served(marked, NAME)
    keep_served(marked)
    before = seen(marked, "ben01")
    close(marked, NAME)
    list(write_feedback(marked, NAME))
    assert b"So it is." in page_path(marked, "ben01", NAME).read_bytes()
    assert keep_served(marked) == ()
    assert seen(marked, "ben01") == before
    assert b"So it is." not in before
    give_served(marked, NAME)
    keep_served(marked)
    assert b"So it is." in seen(marked, "ben01")


def test_a_page_that_was_made_anew_before_the_class_was_opened_is_told_and_not_shown(marked: Course) -> None:
    give(marked, NAME, Way.ZIP)
    close(marked, NAME)
    list(write_feedback(marked, NAME))
    list(write_feedback(marked, NAME))
    replaced = marked.root / REPLACED
    assert len(list(replaced.glob("*/*.html"))) == 2, "what was given is kept, once"
    shutil.rmtree(replaced)
    assert keep_served(marked) == ("2 pages were made anew since they were given back: give back again what learners are to see.",)
    assert given(marked) == []


def test_a_referral_is_there_the_moment_it_is_made_and_goes_when_it_is_withdrawn(marked: Course) -> None:
    made = refer(marked, "ana01", "w01", {TASK: "An example of your own."})
    keep_served(marked)
    assert given(marked) == [f"ana01/{NAME}/referral.json"]
    raw = (served_folder(marked) / "given" / "ana01" / NAME / "referral.json").read_bytes()
    found = read_referral(raw, load_workbook(served_folder(marked) / "releases" / NAME))
    assert (found.id, found.learner) == (made.id, "ana01")
    withdraw(marked, made.id)
    keep_served(marked)
    assert given(marked) == []


def test_a_command_brings_what_learners_see_up_to_date(marked: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(marked.root)
    done = CliRunner().invoke(app, ["give-back", "w01", "--served"])
    assert "2 pages" in done.output, done.output
    keep_heads()  # as `main` does at the end of each run
    assert given(marked) == [f"{who}/{NAME}/feedback.html" for who in ("ana01", "ben01")]


# What learners handed in.


def test_an_erasure_takes_what_the_service_keeps_too(marked: Course, kit: "Kit") -> None:
    folder = served_folder(marked)
    give_served(marked, NAME)
    keep_served(marked)
    (folder / "arrived").mkdir()
    put(folder / "arrived", kit.hand_in("ana01"))
    put(folder / "arrived", kit.hand_in("ben01"), learner="ben01", name="h2")
    take_arrived(marked)
    url = sqlite_url(folder / "served.db")
    for learner in ("ana01", "ben01"):
        keep_answers(marked, url, learner, t01=f"note of {learner}")
        with writing(url) as database:
            Sessions(marked.course_id).choose_pin(database.connection, learner, hash_pin("2468"))
    (folder / "service.json").write_text('{"pid": 1, "address": "http://127.0.0.1:9/"}', "utf-8")
    with pytest.raises(ClassError, match="does not answer"):
        erase(marked, "ana01")
    (folder / "service.json").unlink()
    planned = erase(marked, "ana01")
    assert planned.rows["Answers that the class’s service keeps"] == 1
    assert {"served/given/ana01", "served/arrived/h1.zip", "served/arrived/h1.json"} <= {*planned.files}
    keep_served(marked)
    assert not [path for path in folder.rglob("*") if path.is_file() and b"ana01" in path.read_bytes()]
    assert b"note of ben01" in (folder / "served.db").read_bytes()
    assert (folder / "arrived" / "h2.zip").is_file()


def test_answers_stay_where_they_were_begun_when_the_gradebook_moves(served: Course) -> None:
    assert answers_url(served) == ""
    write_setting(served, "db_url", "postgresql://tutor@server/care")
    moved = Course(served.root)
    assert answers_url(moved) == "postgresql://tutor@server/care"
    (served_folder(moved) / "served.db").touch()
    assert answers_url(moved) == f"sqlite:///{served_folder(moved) / 'served.db'}"


@pytest.fixture
def inbox(served: Course) -> Path:
    folder = served_folder(served) / "arrived"
    folder.mkdir()
    return folder


@pytest.mark.parametrize(
    ("words", "said"),
    [
        pytest.param(["mark", "w01"], "1 hand-in marked", id="mark"),
        pytest.param(["mark", "--all"], "1 hand-in marked", id="mark all"),
        pytest.param(["feedback", "w01"], "ana01: no page", id="feedback"),
        pytest.param(["live", "--stop"], "The class is closed", id="close"),
    ],
)
def test_a_command_takes_in_what_was_handed_in_to_the_service(
    words: list[str], said: str, served: Course, inbox: Path, kit: "Kit", small_key: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(inbox, kit.hand_in("ana01"))
    put(inbox, kit.hand_in("ben01"), learner="ben01", name="h2", zip_sha256="0" * 64)
    (served_folder(served) / "service.json").write_text('{"pid": 1, "address": ""}', "utf-8")  # of one that has ended
    monkeypatch.chdir(served.root)
    told = " ".join(CliRunner().invoke(app, words).output.split())
    assert "Handed in to the class: 1 hand-in was taken in, 1 file cannot be used." in told
    assert "h2.zip: it is not the file that" in told
    assert said in told
    assert "nobody has handed in yet" not in told
    assert arrived(served) == ()


def test_what_could_be_put_nowhere_is_taken_in_again(served: Course, inbox: Path, kit: "Kit") -> None:
    put(inbox, kit.hand_in("ana01"), zip_sha256="0" * 64)
    (served.root / "quarantine").rmdir()
    (served.root / "quarantine").touch()
    [report] = take_arrived(served).reports
    assert [one.kept for one in report.refused] == [False]
    assert arrived(served) == ("h1",)
    (served.root / "quarantine").unlink()
    [report] = take_arrived(served).reports
    assert [one.kept for one in report.refused] == [True]
    assert arrived(served) == ()


def put(folder: Path, data: bytes, learner: str = "ana01", name: str = "h1", **more: Any) -> None:
    """Put a hand-in there as the service does."""
    note = {"schema": 1, "learner": learner, "workbook": "w01", "assignment": NAME, "received_at": CAME.isoformat(), "known_by": "pin"}
    note |= {"class_id": "care-level-2", "zip_sha256": hashlib.sha256(data).hexdigest(), **more}
    (folder / f"{name}.zip").write_bytes(data)
    (folder / f"{name}.json").write_text(json.dumps(note), "utf-8")


def test_a_hand_in_is_taken_in_once_with_the_services_time_and_the_original_is_kept(served: Course, inbox: Path, kit: "Kit") -> None:
    data = kit.hand_in("ana01", at="2026-11-19T18:00:00+00:00")
    put(inbox, data)
    (inbox / "h2.zip").write_bytes(kit.hand_in("ben01"))  # without its note it is not there
    assert (arrived(served), to_take_in(served)) == (("h1",), 1)
    [report] = take_arrived(served).reports
    [taken] = report.taken
    assert (taken.student.id, taken.handed_in_at, taken.late, taken.current) == ("ana01", CAME, "", True)
    assert served.timestamp("ana01", NAME) == CAME.replace(tzinfo=None)
    [original] = (served.root / "received" / NAME / "ana01").glob("*.zip")
    assert original.read_bytes() == data
    assert (inbox / "h1.zip").read_bytes() == data
    assert (arrived(served), to_take_in(served)) == ((), 0)
    assert take_arrived(served).reports == ()
    (served.root / "received" / ".served.json").unlink()  # forgotten: nothing is taken for two
    assert take_arrived(served).reports[0].repeated == ("h1.zip",)


def test_a_take_in_that_is_cut_off_goes_on_from_there(served: Course, inbox: Path, kit: "Kit") -> None:
    for n, learner in enumerate(("ana01", "ben01", "cai01"), 1):
        put(inbox, kit.hand_in(learner), learner=learner, name=f"h{n}")

    def killed(done: int, *_: object) -> None:
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        take_arrived(served, progress=killed)
    assert arrived(served) == ("h3",)
    [report] = take_arrived(served).reports
    assert ([one.student.id for one in report.taken], report.repeated) == (["cai01"], ())


def test_what_was_taken_in_is_noted_while_others_wait(served: Course, inbox: Path, kit: "Kit", monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("autograde.inbox.served.NOTE_EACH_S", 0)
    for n, learner in enumerate(("ana01", "ben01", "cai01"), 1):
        put(inbox, kit.hand_in(learner), learner=learner, name=f"h{n}")
    left: list[tuple[str, ...]] = []
    take_arrived(served, progress=lambda *_: left.append(arrived(served)))
    assert left == [("h1", "h2", "h3"), ("h2", "h3"), ("h3",)]


def test_late_is_by_the_services_clock(served: Course, inbox: Path, kit: "Kit") -> None:
    put(inbox, kit.hand_in("ana01"), received_at="2026-11-20T18:30:00+00:00")
    [taken] = take_arrived(served).reports[0].taken
    assert taken.late == "1 hour 30 minutes"


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"learner": "ben01"}, "ben01 (Ben O'Brien, Jr) was signed in when it was handed in, but its manifest names ana01 (Ana Evans)"),
        ({"learner": "zed"}, '"zed" was signed in when it was handed in, who is not on the roster'),
        ({"class_id": "another"}, "it was handed in to the class 'another', and this is 'care-level-2'"),
        ({"zip_sha256": "0" * 64}, "it is not the file that the class’s service noted"),
        ({"learner": ["ana01"]}, "what the class’s service noted of it cannot be read (learner: Input should be a valid string)"),
        ({"received_at": "yesterday"}, "what the class’s service noted of it cannot be read (received_at"),
        ({"known_by": "word of mouth"}, "what the class’s service noted of it cannot be read (known_by"),
        ({"assignment": "w09-other"}, "it is a hand-in to w09-other, which this class was not given"),
        ({"assignment": "../../w01-small"}, "it is a hand-in to ../../w01-small, which this class was not given"),
    ],
)
def test_a_note_that_does_not_fit_its_hand_in_is_a_persons_to_solve(
    served: Course, inbox: Path, kit: "Kit", more: dict[str, Any], says: str
) -> None:
    data = kit.hand_in("ana01")
    put(inbox, data, **more)
    take_arrived(served)
    [reason] = served.root.glob("quarantine/*/reason.txt")
    assert f"What is wrong: {says}" in reason.read_text("utf-8")
    assert [path.read_bytes() for path in reason.parent.iterdir() if path != reason] == [data]
    assert not list(served.root.glob("submitted/*"))
    assert take_arrived(served).reports == ()
    assert len(list(served.root.glob("quarantine/*/reason.txt"))) == 1


def test_a_tutors_word_is_about_that_hand_in_alone(served: Course, inbox: Path, kit: "Kit") -> None:
    put(inbox, kit.hand_in("ana01"), learner="ben01")
    take_arrived(served)
    [folder] = (path.parent for path in served.root.glob("quarantine/*/reason.txt"))
    [taken] = assign(served, folder, "ana01").taken
    assert (taken.student.id, taken.handed_in_at) == ("ana01", CAME)
    put(inbox, kit.hand_in("ben01", q01="b", declaration=True), learner="ben01", name="h2")
    [taken] = take_arrived(served).reports[0].taken
    assert taken.student.id == "ben01"


def test_what_cannot_be_read_does_not_stop_the_others(served: Course, inbox: Path, kit: "Kit") -> None:
    put(inbox, kit.hand_in("ana01"))
    put(inbox, b"no zip", name="h0", learner="ben01")
    (inbox / "h2.json").write_text("{", "utf-8")
    (inbox / "h3.json").symlink_to(inbox / "h1.json")
    (inbox / ".part-x.json").write_text("{}", "utf-8")
    [report] = take_arrived(served).reports
    assert [taken.student.id for taken in report.taken] == ["ana01"]
    assert [refused.student.id for refused in report.refused if refused.student] == ["ben01"]
    assert arrived(served) == ()


@pytest.mark.parametrize("ahead", [timedelta(minutes=5), timedelta(hours=1), timedelta(days=40)])
def test_the_newest_counts_though_the_services_clock_was_set_back(served: Course, inbox: Path, kit: "Kit", ahead: timedelta) -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    first, wrong = now + ahead, ahead > timedelta(minutes=10)
    put(inbox, kit.hand_in("ana01", at=first.isoformat(), declaration=True), name="h0", received_at=first.isoformat())
    [taken] = take_arrived(served).reports[0].taken
    assert taken.current
    assert (now <= taken.handed_in_at <= datetime.now(UTC)) if wrong else (taken.handed_in_at == first)
    assert any("by the class’s service's clock, which was wrong" in one for one in taken.oddities) is wrong
    for n, option in enumerate("bc", 1):
        order = (first + timedelta(seconds=n)).isoformat()
        data = kit.hand_in("ana01", at=now.isoformat(), q01=option, declaration=True)
        put(inbox, data, name=f"h{n}", received_at=now.isoformat(), order_at=order)
        [taken] = take_arrived(served).reports[0].taken
        assert (taken.current, taken.handed_in_at, served.timestamp("ana01", NAME)) == (True, now, now.replace(tzinfo=None))
        assert any("which was set back after the one before" in one for one in taken.oddities) is wrong
    for path in served.root.glob(f"received/{NAME}/.attempts/*.json"):
        path.unlink()  # the order is known without it
    orders = [attempt.order for attempt, _ in Attempts(served, NAME).of("ana01")]
    if wrong:  # none is far ahead, or what comes as a file afterwards would never count
        assert now <= orders[0] < orders[1] < orders[2] <= datetime.now(UTC) + timedelta(seconds=2)
    else:
        assert orders == [first + timedelta(seconds=n) for n in range(3)]


def test_the_newest_counts_where_the_wrong_clock_was_this_computers_too(served: Course, inbox: Path, kit: "Kit") -> None:
    put(inbox, kit.hand_in("ana01", declaration=True), name="h0", received_at="2026-11-19T15:00:00+00:00")  # taken in while it was ahead
    take_arrived(served)
    ahead = datetime.now(UTC) + timedelta(days=40)
    for path in served.root.glob(f"received/{NAME}/.attempts/*.json"):
        path.write_text(path.read_text("utf-8").replace("2026-11-19T15:00:00", f"{ahead:%Y-%m-%dT%H:%M:%S}"), "utf-8")
    order = (ahead + timedelta(seconds=1)).isoformat()
    put(inbox, kit.hand_in("ana01", q01="b", declaration=True), received_at="2026-11-19T15:30:00+00:00", order_at=order)
    [taken] = take_arrived(served).reports[0].taken
    assert taken.current


def test_a_file_counts_that_came_after_a_hand_in_by_a_wrong_clock(served: Course, inbox: Path, kit: "Kit", tmp_path: Path) -> None:
    now = datetime.now(UTC)
    ahead = (now + timedelta(days=40)).isoformat()
    put(inbox, kit.hand_in("ana01", at=ahead, declaration=True), received_at=ahead)
    assert take_arrived(served).reports[0].taken[0].current
    (tmp_path / "mail.zip").write_bytes(kit.hand_in("ana01", at=(now + timedelta(minutes=2)).isoformat(), q01="b", declaration=True))
    [taken] = intake(served, [tmp_path / "mail.zip"], "w01").taken
    assert taken.current


@pytest.mark.parametrize(("at", "late", "seconds"), [("16:59", "", 0), ("18:30", "1 hour 30 minutes", 5400)])
def test_in_time_is_by_what_the_clock_said_whatever_the_order(
    served: Course, inbox: Path, kit: "Kit", small_key: None, at: str, late: str, seconds: int
) -> None:
    put(inbox, kit.hand_in("ana01"), received_at=f"2026-11-20T{at}:00+00:00", order_at="2026-12-29T12:00:00+00:00")
    [taken] = take_arrived(served).reports[0].taken
    assert taken.late == late
    [_line] = mark_class(served, NAME)
    with served.gradebook() as gradebook:
        assert gradebook.find_submission(NAME, "ana01").total_seconds_late == seconds


def test_whose_a_tutor_says_a_hand_in_is_keeps_its_place(served: Course, inbox: Path, kit: "Kit") -> None:
    ahead = datetime.now(UTC) + timedelta(days=40)
    put(inbox, kit.hand_in("ana01"), received_at=ahead.isoformat())
    put(inbox, kit.hand_in("ben01"), name="h2", order_at=(ahead + timedelta(seconds=1)).isoformat())  # of ana01, says the service
    take_arrived(served)
    [folder] = (path.parent for path in served.root.glob("quarantine/*/reason.txt"))
    [taken] = assign(served, folder, "ana01").taken
    assert (taken.current, taken.handed_in_at) == (True, CAME)


def test_what_finds_no_room_waits_and_is_taken_in_once_there_is(
    served: Course, inbox: Path, kit: "Kit", monkeypatch: pytest.MonkeyPatch
) -> None:
    put(inbox, kit.hand_in("ana01"))

    def full(*_: object) -> bool:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("autograde.inbox.reception.keep_original", full)
        [refused] = take_arrived(served).reports[0].refused
    assert (refused.file, refused.kept) == ("h1.zip", False)
    assert "No space left on device): see that the disk has room. It waits where it is" in refused.reason
    assert (arrived(served), list(served.root.glob("quarantine/*/reason.txt"))) == (("h1",), [])
    assert take_arrived(served).reports[0].taken[0].current


def test_what_was_taken_in_and_cannot_be_noted_is_one_sentence_and_done_again(
    served: Course, inbox: Path, kit: "Kit", monkeypatch: pytest.MonkeyPatch
) -> None:
    put(inbox, kit.hand_in("ana01"))

    def full(path: Path, _data: bytes) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", str(path))

    with monkeypatch.context() as patch:
        patch.setattr("autograde.inbox.served.write_file", full)
        with pytest.raises(ClassError, match=r"\.served\.json cannot be written \(No space left on device\)\. .* take in again\."):
            take_arrived(served)
    assert take_arrived(served).reports[0].repeated == ("h1.zip",)
    assert len(list((served.root / "received" / NAME / "ana01").glob("*.zip"))) == 1


def test_a_time_that_cannot_be_is_not_believed(served: Course, inbox: Path, kit: "Kit") -> None:
    put(inbox, kit.hand_in("ana01"), received_at=(datetime.now(UTC) + timedelta(days=2)).isoformat())
    [taken] = take_arrived(served).reports[0].taken
    assert taken.handed_in_at == datetime(2026, 11, 19, 10, tzinfo=UTC)
    assert any("in the future" in one for one in taken.oddities)
