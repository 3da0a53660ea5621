"""Points go back as feedback when feedback was given: each to its own learner, each once, however the platform behaves."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier
from typing import Any, TypeVar

import pytest
from sqlalchemy import delete, update
from typer.testing import CliRunner

from autograde.classes.folder import Course
from autograde.cli import app
from autograde.gradebook import platform_scores
from autograde.gradebook.database import connect, reading
from autograde.gradebook.deeds import Deed
from autograde.gradebook.givings import read_givings, take_back
from autograde.gradebook.log import entries_in
from autograde.gradebook.own import recording
from autograde.gradebook.own_tables import platform_score
from autograde.gradebook.platform_people import link, unlink
from autograde.gradebook.platform_scores import State, hurry, queue, read_scores, settle, take_due
from autograde.inbox.merge import merge
from autograde.lti.scores import COMMENT, gather, send, send_safely, so_far
from autograde.outbox.feedback import write_feedback
from autograde.outbox.giving import Way, give
from autograde.records.erasure import erase
from autograde.run.mark import mark_class
from autograde.text import naive
from tests.lti.conftest import hand_in
from tests.lti.reference import CLAIM, CONTEXT, Reference, member
from tests.tutor.conftest import ASSIGNMENT, empty_database
from tests.tutor.test_audit import by_hand
from tests.tutor.test_serving import clock_was_ahead
from workbook_helpers.lti.contexts import keep_offer, read_offer
from workbook_helpers.lti.launch import CHOOSE, NAMES, SCORES, read
from workbook_helpers.lti.platforms import read_settings

T = TypeVar("T")


def give_all(course: Course) -> None:
    give(course, ASSIGNMENT, Way.ZIP)


def later(course: Course, by: timedelta = timedelta(days=2)) -> None:
    """Let time go by for what waits."""
    scores = read_scores(course)
    with recording(course.db_url) as database:
        for one in scores:
            row = (platform_score.c.learner == one.learner) & (platform_score.c.assignment == one.assignment)
            database.run(update(platform_score).where(row).values(next=naive(one.next - by)))


Meanwhile = Callable[[Callable[[str], int | None]], None]


@pytest.fixture
def meanwhile(monkeypatch: pytest.MonkeyPatch) -> Meanwhile:
    """Have something done each time the platform gets a score of somebody; it may give the answer that they get instead."""
    taken = Reference.score

    def set_to(do: Callable[[str], int | None]) -> None:
        def score(platform: Reference, column: str, body: dict[str, Any]) -> tuple[int, Any]:
            status = do(body["userId"])
            return (status, {"error": "exception"}) if status else taken(platform, column, body)

        monkeypatch.setattr(Reference, "score", score)

    return set_to


def test_points_go_to_their_learner_as_feedback_and_once(marked: Course, platform: Reference) -> None:
    assert gather(marked).sent == 0
    assert not read_scores(marked)  # nothing is told before it was given
    give_all(marked)
    assert send(marked).line == "2 scores sent, 0 waiting, 0 refused."
    told = {one["userId"]: one for one in platform.told}
    ana = told["sub-ana"]
    assert (ana["scoreGiven"], ana["scoreMaximum"]) == (9, 12)
    assert (ana["activityProgress"], ana["gradingProgress"], ana["comment"]) == ("Completed", "FullyGraded", COMMENT)
    ben = told["sub-ben"]  # of whom an answer waits for a person: no points, and it says so
    assert (ben["activityProgress"], ben["gradingProgress"]) == ("Submitted", "PendingManual")
    assert "scoreGiven" not in ben
    [column] = platform.columns
    assert (column["resourceId"], column["scoreMaximum"]) == (ASSIGNMENT, 12)
    assert "not the result" in column["label"]
    give_all(marked)  # the same pages, given by hand once more
    assert send(marked).sent == 2
    assert len(platform.told) == 2
    with reading(marked.db_url) as connection:
        assert [entry.detail["outcome"] for entry in entries_in(connection, Deed.TELL_PLATFORM) if entry.detail] == ["sent", "sent"]


def test_the_column_that_the_link_has_made_is_used(marked: Course, platform: Reference) -> None:
    own = {"id": f"{platform.address}/columns/9?type=lti", "resourceId": ASSIGNMENT, "label": "A small workbook", "scoreMaximum": 12}
    platform.columns.append(own)
    give_all(marked)
    send(marked)
    assert platform.columns == [own]
    assert set(platform.scores) == {"9"}


def test_marks_that_have_changed_are_told_when_they_are_given_and_not_before(marked: Course, platform: Reference) -> None:
    give_all(marked)
    send(marked)
    by_hand(marked, 5)
    assert send(marked).waiting == ()
    list(write_feedback(marked, ASSIGNMENT, partial=True))
    send(marked)
    assert len(platform.told) == 2  # the new page is made, and not given yet
    give_all(marked)
    send(marked)
    assert [(one["userId"], one.get("scoreGiven")) for one in platform.told[2:]] == [("sub-ana", 7)]


def test_what_is_given_after_a_clock_was_ahead_is_told_and_taken_for_newer(marked: Course, platform: Reference) -> None:
    give_all(marked)
    clock_was_ahead(marked)
    send(marked)
    by_hand(marked, 5)
    list(write_feedback(marked, ASSIGNMENT, partial=True))
    give_all(marked)
    assert not send(marked).refused
    first, *_, last = (one for one in platform.told if one["userId"] == "sub-ana")
    assert last["scoreGiven"] == 7
    assert last["timestamp"].partition(".")[0] > first["timestamp"].partition(".")[0]  # some platforms compare no less than seconds


def test_points_that_were_never_given_are_not_told(marked: Course, platform: Reference) -> None:
    give_all(marked)
    by_hand(marked, 5)
    list(write_feedback(marked, ASSIGNMENT, partial=True))
    send(marked)  # what ana was given says 9, and what lies there now says 7 and was not given
    assert [one["userId"] for one in platform.told] == ["sub-ben"]


def test_other_words_with_the_same_points_are_no_second_score(marked: Course, platform: Reference) -> None:
    give_all(marked)
    send(marked)
    by_hand(marked, 7, "Well said.")
    list(write_feedback(marked, ASSIGNMENT, partial=True))
    give_all(marked)
    send(marked)
    assert len(platform.told) == 2


def test_a_platform_that_is_away_gets_all_of_it_later(marked: Course, platform: Reference) -> None:
    give_all(marked)
    platform.answers += [503]
    found = send(marked)
    assert (found.sent, len(found.waiting)) == (0, 2)
    assert all("Moodle does not give" in one.said for one in found.waiting)
    assert platform.asked.count("POST /columns/1/scores") == 1  # the others of this run are not tried
    asked = len(platform.asked)
    send(marked)
    assert len(platform.asked) == asked  # it is not their time yet
    assert "2 scores wait until" in next(found.told())
    later(marked)
    assert send(marked).sent == 2
    assert len(platform.told) == 2


def test_waits_grow(marked: Course) -> None:
    give_all(marked)
    gather(marked)
    waits = []
    for _ in range(len(platform_scores.WAITS_M) + 1):
        [ana] = [one for one in take_due(marked) if one.learner == "ana01"]
        settle(marked, ana, State.WAITING, "away")
        [ana] = [one for one in read_scores(marked) if one.learner == "ana01"]
        waits.append(round((ana.next - datetime.now(UTC)).total_seconds() / 60))
        later(marked)
    assert waits == [*platform_scores.WAITS_M, platform_scores.WAITS_M[-1]]


@pytest.mark.parametrize(("instead", "arrived"), [(0, 1), (502, 2)], ids=["nothing", "a word of what lies between"])
def test_an_answer_that_is_lost_is_no_second_score(marked: Course, platform: Reference, instead: int, arrived: int) -> None:
    give_all(marked)
    platform.lost = instead
    found = send(marked)
    assert len(platform.told) == arrived  # and nobody knows
    assert len(found.waiting) == 2
    platform.lost = None
    later(marked)
    found = send(marked)
    assert (found.sent, found.refused) == (2, ())
    assert len(platform.told) == 2
    assert len({one["userId"] for one in platform.told}) == 2


def test_a_run_that_is_killed_leaves_what_it_had_taken(marked: Course, platform: Reference) -> None:
    give_all(marked)
    gather(marked)
    assert len(take_due(marked)) == 2  # and here it ends
    assert not take_due(marked)  # nobody else has them meanwhile
    assert send(marked).sent == 0
    later(marked)
    assert send(marked).sent == 2
    assert len(platform.told) == 2


def test_what_is_refused_is_told_and_sent_again_on_demand_alone(marked: Course, platform: Reference) -> None:
    platform.people.pop()  # ben has left the course there
    give_all(marked)
    found = send(marked)
    assert found.sent == 1
    assert [one for one in found.told() if one.startswith("ben01")] == [
        "ben01, w01-small: Moodle refuses what is asked for (404: User is not in the course)."
    ]
    later(marked)
    asked = len(platform.asked)
    assert len(send(marked).refused) == 1
    assert len(platform.asked) == asked
    platform.people.append(member("sub-ben"))
    hurry(marked)
    assert (found := send(marked)).sent == 2
    assert not list(found.told())


@pytest.mark.parametrize("before", [[], [503], [500, 500]], ids=["at first", "when it was away", "when it had a fault"])
def test_a_newer_score_there_is_not_overwritten_nor_taken_for_ours(marked: Course, platform: Reference, before: list[int]) -> None:
    give_all(marked)
    platform.answers += before
    if before:
        assert len(send(marked).waiting) == 2
        later(marked)
    newer = {"timestamp": (datetime.now(UTC) + timedelta(hours=1)).isoformat(timespec="milliseconds"), "scoreGiven": 12}
    platform.scores["1"] = {"sub-ana": newer, "sub-ben": newer}
    for _ in range(2):
        found = send(marked)
        assert [one.learner for one in found.refused] == ["ana01", "ben01"]
        assert all("newer score" in one.said for one in found.refused)
        assert platform.scores["1"] == {"sub-ana": newer, "sub-ben": newer}
        hurry(marked)


@pytest.mark.parametrize("status", [500, 503])
def test_one_whose_score_always_gets_a_fault_keeps_nobody_elses_back(
    marked: Course, platform: Reference, meanwhile: Meanwhile, status: int
) -> None:
    meanwhile(lambda who: status if who == "sub-ana" else None)
    give_all(marked)
    assert send(marked).sent == (1 if status == 500 else 0)  # of the other it is away, and nobody else's is tried this time
    later(marked)
    assert send(marked).line == "1 score sent, 1 waiting, 0 refused."
    assert [one["userId"] for one in platform.told] == ["sub-ben"]


@pytest.mark.parametrize(
    ("deed", "amid", "told"),
    [
        ("erase", "sub-ana", ["sub-ana"]),
        ("unlink", "sub-ana", ["sub-ana"]),
        ("take back", "sub-ana", ["sub-ana"]),
        ("erase", "sub-ben", ["sub-ana", "sub-ben"]),
    ],
)
def test_who_is_erased_or_given_nothing_after_all_while_others_are_told_is_not_told(
    marked: Course, platform: Reference, meanwhile: Meanwhile, deed: str, amid: str, told: list[str]
) -> None:
    give_all(marked)
    [giving] = read_givings(marked.db_url, marked.course_id, ASSIGNMENT)
    deeds: dict[str, Callable[[], object]] = {
        "erase": lambda: erase(marked, "ben01"),
        "unlink": lambda: unlink(marked, "ben01"),
        "take back": lambda: take_back(marked.db_url, marked.course_id, giving.id),
    }

    def do(who: str) -> None:
        if who == amid:
            deeds[deed]()

    meanwhile(do)
    send(marked)
    assert [one["userId"] for one in platform.told] == told
    with reading(marked.db_url) as connection:
        assert len(list(entries_in(connection, Deed.TELL_PLATFORM))) == 1
    assert (b"ben01" in (marked.root / "gradebook.db").read_bytes()) == (deed != "erase")


def test_two_programs_of_which_one_takes_long_tell_each_score_once(marked: Course, platform: Reference, meanwhile: Meanwhile) -> None:
    others = list[str]()

    def beside(who: str) -> None:
        if who == "sub-ana" and not others:
            later(marked, timedelta(minutes=platform_scores.TAKEN_M + 1))
            others.append("")
            others.append(send(marked).line)

    meanwhile(beside)
    give_all(marked)
    assert send(marked).line == others[-1] == "2 scores sent, 0 waiting, 0 refused."
    assert sorted(one["userId"] for one in platform.told) == ["sub-ana", "sub-ben"]


def test_a_workbook_whose_files_are_broken_says_so_and_is_told_when_they_are_mended(marked: Course, platform: Reference) -> None:
    file = marked.root / "source" / ASSIGNMENT / "workbook.toml"
    sound = file.read_text("utf-8")
    give_all(marked)
    for waiting in (0, 2):  # before its scores are in the queue, and when they are
        file.write_text("title = [", "utf-8")
        found, fault = send_safely(marked)
        assert not fault
        assert found is not None
        assert (len(found.waiting), len(found.refused)) == (waiting, 0)
        assert str(file) in next(found.told())
        file.write_text(sound, "utf-8")
        gather(marked)
    later(marked)
    assert send(marked).sent == 2


@pytest.mark.parametrize("made", ["https://[x/y", "http://127.0.0.1:99999999/x", None, {"a": 1}, "x\ud800"], ids=repr)
def test_a_column_without_an_address_is_told(marked: Course, platform: Reference, made: object) -> None:
    platform.columns.append({"id": made, "resourceId": ASSIGNMENT})
    give_all(marked)
    assert {one.said for one in send(marked).refused} == {f"Moodle names no place for the scores of {ASSIGNMENT}. Tell whoever runs it."}
    assert platform.asked.count("GET /columns") == 1


def test_who_is_not_linked_is_told_and_gets_nobodys_points(marked: Course, platform: Reference, tmp_path: Path) -> None:
    platform.people.append(member("sub-cai"))
    hand_in(marked, tmp_path, cai01={"q01": "a", "t01": "Aye.", "declaration": True})
    give_all(marked)
    found = send(marked)
    assert found.unlinked == ("cai01",)
    assert "cai01" in list(found.told())[-1]
    assert {one["userId"] for one in platform.told} == {"sub-ana", "sub-ben"}
    link(marked, platform.address, {"cai01": "sub-cai"})
    send(marked)
    assert {one["userId"] for one in platform.told} == {"sub-ana", "sub-ben", "sub-cai"}


def anew(course: Course, platform: Reference) -> None:
    """Let ana have an account that was made anew at the platform, to which she is linked."""
    platform.people[:] = [member("sub-ana-anew"), member("sub-ben")]
    unlink(course, "ana01")
    send(course)
    link(course, platform.address, {"ana01": "sub-ana-anew"})


def test_who_is_another_person_there_now_gets_the_points_that_the_first_one_got(marked: Course, platform: Reference) -> None:
    give_all(marked)
    send(marked)
    anew(marked, platform)
    assert gather(marked).line == "1 score sent, 1 waiting, 0 refused."
    assert send(marked).line == "2 scores sent, 0 waiting, 0 refused."
    assert [(one["userId"], one.get("scoreGiven")) for one in platform.told[2:]] == [("sub-ana-anew", 9)]
    unlink(marked, "ana01")
    link(marked, platform.address, {"ana01": "sub-ana-anew"})  # the link was right after all
    assert send(marked).line == "2 scores sent, 0 waiting, 0 refused."
    assert len(platform.told) == 3


def test_a_score_that_is_on_its_way_to_the_first_one_is_not_taken_for_the_other_s(marked: Course, platform: Reference) -> None:
    give_all(marked)
    gather(marked)
    [on_its_way] = [one for one in take_due(marked) if one.learner == "ana01"]
    anew(marked, platform)
    gather(marked)
    settle(marked, on_its_way, State.SENT)
    send(marked)
    assert "sub-ana-anew" in {one["userId"] for one in platform.told}


def test_a_course_that_the_class_was_not_of_before_gets_the_points_too(marked: Course, college: Path, platform: Reference) -> None:
    give_all(marked)
    send(marked)
    platform.scores.clear()
    file = college / "lti.toml"
    file.write_text(file.read_text("utf-8").replace(CONTEXT, "course-43"), "utf-8")
    come(college, platform, **{f"{CLAIM}context": {"id": "course-43"}})
    assert send(marked).sent == 2
    assert len(platform.told) == 4


def test_of_an_older_class_what_was_told_is_not_told_again_and_a_new_link_counts(marked: Course, platform: Reference) -> None:
    give_all(marked)
    send(marked)
    with closing(connect(marked.root / "gradebook.db")) as raw:
        raw.executescript(
            'ALTER TABLE autograde_platform_score DROP COLUMN "to"; ALTER TABLE autograde_second_mark DROP COLUMN out_of;'
            "UPDATE autograde_version SET version_num = '0002'"
        )
    assert so_far(marked).line == "2 scores sent, 0 waiting, 0 refused."
    send(marked)
    assert len(platform.told) == 2
    anew(marked, platform)
    assert send(marked).line == "2 scores sent, 0 waiting, 0 refused."
    assert [one["userId"] for one in platform.told[2:]] == ["sub-ana-anew"]


def come(college: Path, platform: Reference, **more: object) -> None:
    """Let somebody come from the platform."""
    settings = read_settings(college)
    keep_offer(college, settings.of("a"), read(settings.platforms[0], platform.claims(nonce="n", **more)))


def test_a_launch_that_tells_no_addresses_takes_none_away(marked: Course, college: Path, platform: Reference) -> None:
    course = read_settings(college).of("a")
    known = read_offer(college, course)
    come(college, platform, **{NAMES: {}, SCORES: {}, f"{CLAIM}message_type": CHOOSE})
    assert read_offer(college, course) == known
    come(college, platform, **{SCORES: {"lineitems": f"{platform.address}/elsewhere"}, NAMES: {}})
    assert read_offer(college, course) == replace(known, scores_url=f"{platform.address}/elsewhere")
    come(college, platform, **{NAMES: {}, SCORES: {}, f"{CLAIM}context": {"id": "course-43"}})
    assert not read_offer(college, course).scores_url  # those of another course are not this one's


def test_points_wait_for_the_address_to_which_they_go(marked: Course, college: Path, platform: Reference) -> None:
    (college / "contexts" / "a.json").unlink()
    come(college, platform, **{SCORES: {}})
    give_all(marked)
    found = send(marked)
    assert found.line == "0 scores sent, 2 waiting, 0 refused."
    assert all("has not said where this course's scores go" in one.said for one in found.waiting)
    come(college, platform)
    later(marked)
    assert send(marked).line == "2 scores sent, 0 waiting, 0 refused."


def test_what_was_not_given_after_all_is_not_told(marked: Course, platform: Reference) -> None:
    give_all(marked)
    platform.answers += [503]
    send(marked)
    [giving] = read_givings(marked.db_url, marked.course_id, ASSIGNMENT)
    take_back(marked.db_url, marked.course_id, giving.id)
    later(marked)
    assert not send(marked).waiting
    assert not platform.told
    assert not read_scores(marked)
    take_back(marked.db_url, marked.course_id, giving.id, taken_back=False)
    assert send(marked).sent == 2
    by_hand(marked, 5)
    list(write_feedback(marked, ASSIGNMENT, partial=True))
    give_all(marked)
    platform.answers += [503]
    assert len(send(marked).waiting) == 1
    take_back(marked.db_url, marked.course_id, read_givings(marked.db_url, marked.course_id, ASSIGNMENT)[0].id)
    later(marked)
    assert not send(marked).waiting
    assert [one["userId"] for one in platform.told] == ["sub-ana", "sub-ben"]  # what was given before, and no more


def test_a_learner_of_two_ids_has_one_score(marked: Course, platform: Reference) -> None:
    merge(marked, "ben01", "cai01")  # ben is linked, and cai is who stays
    list(mark_class(marked, ASSIGNMENT))
    list(write_feedback(marked, ASSIGNMENT, partial=True))
    give_all(marked)
    send(marked)
    assert sorted(one["userId"] for one in platform.told) == ["sub-ana", "sub-ben"]


@pytest.fixture
def on_server(marked: Course, server: str, monkeypatch: pytest.MonkeyPatch) -> Course:
    """Give the class with its gradebook on a server."""
    monkeypatch.chdir(marked.root)
    moved = CliRunner().invoke(app, ["db", "move", empty_database(server, "scores")])
    assert moved.exit_code == 0, moved.output
    return Course(marked.root)


def test_on_a_server_the_queue_is_the_same_and_two_that_send_at_once_tell_each_score_once(on_server: Course, platform: Reference) -> None:
    give_all(on_server)
    gather(on_server)
    waiting = read_scores(on_server)
    with recording(on_server.db_url) as database:
        database.run(delete(platform_score))
    start = Barrier(4)

    def at_once(work: Callable[[], T]) -> list[T]:
        def one() -> T:
            start.wait()
            return work()

        with ThreadPoolExecutor(4) as many:
            return [made.result() for made in [many.submit(one) for _ in range(4)]]

    assert sorted(at_once(lambda: queue(on_server, waiting))) == [0, 0, 0, 2]
    platform.answers += [503]  # who comes first finds the platform away; what it had taken waits
    assert not any(one.refused for one in at_once(lambda: send(on_server)))
    later(on_server)
    assert send(on_server).line == "2 scores sent, 0 waiting, 0 refused."
    assert sorted(one["userId"] for one in platform.told) == ["sub-ana", "sub-ben"]
    hurry(on_server)
    assert send(on_server).sent == 2
    assert len(platform.told) == 2


def test_the_commands_give_tell_and_say_where_it_stands(
    marked: Course, platform: Reference, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(marked.root)

    def said(*words: str, code: int = 0) -> str:
        done = CliRunner().invoke(app, [*words])
        assert done.exit_code == code, (done.output, done.exception)
        return " ".join(done.output.split())

    steps = said("lti", "--help")
    assert sorted(steps.index(f"lti {one}") for one in ("key", "connect", "people")) == [
        steps.index(f"lti {one}") for one in ("key", "connect", "people")
    ]
    platform.answers += [503]
    assert "2 waiting" in said("give-back", "w01", "--zip", "--to", str(tmp_path))
    assert "2 scores wait until" in said("lti", "scores")
    assert "0 scores sent, 2 waiting" in said("lti", "send")
    assert "2 scores sent, 0 waiting" in said("lti", "send", "--now")
    assert {state.state for state in read_scores(marked)} == {State.SENT}
