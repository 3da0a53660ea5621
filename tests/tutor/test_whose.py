"""Whose a hand-in is: contradictions are set aside and asked about, a tutor's word counts, and a take-in can be taken back."""

import hashlib
import json
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from autograde.classes.folder import Course
from autograde.errors import ClassError
from autograde.inbox.intake import IntakeReport, intake

if TYPE_CHECKING:
    from tests.tutor.conftest import Kit

LATER = "2026-11-19T12:00:00+00:00"
Take = Callable[..., IntakeReport]


def moodle(name: str, number: int) -> str:
    return f"{name}_{number}_assignsubmission_file_/w01.zip"


@pytest.fixture
def take(course: Course, tmp_path: Path, kit: "Kit") -> Take:
    """Take a class's download in: take({path in the zip: bytes})."""

    def run(files: dict[str, bytes]) -> IntakeReport:
        path = tmp_path / f"Care-w01-{len(list(tmp_path.iterdir()))}.zip"
        path.write_bytes(kit.zipped(files))
        return intake(course, [path], "w01")

    return run


def current(course: Course, student: str) -> Any:
    """Give the choice in a student's current submission, None if there is none."""
    path = course.path("submitted", student, "w01-small") / "answers.json"
    return json.loads(path.read_bytes())["answers"]["w01-q01"]["value"] if path.exists() else None


@pytest.mark.parametrize("names", [("Participant", "Participant"), ("Cyfranogwr", "Cyfranogwr"), ("Teilnehmer/in", "Teilnehmer/in")])
@pytest.mark.parametrize("turned", [False, True])
def test_two_blind_participants_that_name_one_id_are_both_set_aside(
    course: Course, take: Take, kit: "Kit", names: tuple[str, str], *, turned: bool
) -> None:
    files = {
        moodle(names[0], 501): kit.hand_in("ana01", q01="a"),
        moodle(names[1], 503): kit.hand_in("ana01", LATER, q01="b"),
        moodle(names[0], 502): kit.hand_in("ben01", q01="a"),
    }
    report = take(dict(reversed(files.items())) if turned else files)
    assert [taken.student.id for taken in report.taken] == ["ben01"]
    assert current(course, "ana01") is None
    for refused in report.refused:
        for said in ("ana01 (Ana Evans)", "participant 501", "participant 503", "autograde assign"):
            assert said in refused.reason
        assert said in (refused.folder / "reason.txt").read_text("utf-8")
    assert len({refused.folder for refused in report.refused}) == 2


@pytest.mark.parametrize("name", ["Participant", "Ana Evans"])
def test_a_contradiction_that_comes_later_leaves_the_earlier(course: Course, take: Take, kit: "Kit", name: str) -> None:
    take({moodle(name, 501): kit.hand_in("ana01", q01="a")})
    report = take({moodle(name, 503): kit.hand_in("ana01", LATER, q01="b"), moodle(name, 501): kit.hand_in("ana01", q01="a")})
    assert [len(report.taken), len(report.repeated), len(report.refused)] == [0, 1, 1]
    assert "participant 501" in report.refused[0].reason
    assert current(course, "ana01") == "a"
    report = take({moodle(name, 501): kit.hand_in("ana01", LATER, q01="b")})
    assert [(taken.student.id, taken.current) for taken in report.taken] == [("ana01", True)], "its own participant goes on"


def test_one_participant_who_names_two_ids_is_set_aside(course: Course, take: Take, kit: "Kit") -> None:
    take({moodle("Participant", 501): kit.hand_in("ana01")})
    (refused,) = take({moodle("Participant", 501): kit.hand_in("ben01")}).refused
    assert "names ben01" in refused.reason
    assert "handed in for ana01" in refused.reason
    assert current(course, "ben01") is None


def test_a_name_that_is_not_on_the_roster_is_asked_about(course: Course, take: Take, kit: "Kit") -> None:
    (refused,) = take({moodle("Nan Evans", 501): kit.hand_in("ana01")}).refused
    assert 'names ana01 (Ana Evans), but Moodle says it came from "Nan Evans"' in refused.reason
    assert "autograde assign" in refused.reason
    assert current(course, "ana01") is None


def saved(kit: "Kit", student: str, at: str, choice: str, *times: str) -> bytes:
    """Make a hand-in whose answers were saved at these times."""
    items = ("w01-q01", "w01-t01", "w01-declaration")
    answers = {item: {"value": None, "saved_at": time, "revision": 1, "attempts": 1} for item, time in zip(items, times, strict=False)}
    answers["w01-q01"]["value"] = choice
    raw = json.dumps({"schema": 1, "workbook": "w01", "revision": 1, "answers": answers}).encode()
    return kit.zipped({"manifest.json": kit.manifest(student, at, raw), "answers.json": raw})


def test_two_files_of_one_id_from_two_copies_are_asked_about(course: Course, take: Take, kit: "Kit") -> None:
    """Nothing but the file says whose it is, and the two have no saved answer in common."""
    stamps = [f"2026-11-19T10:00:0{n}.123+00:00" for n in range(9)]
    first = saved(kit, "ana01", "2026-11-19T10:01:00+00:00", "a", *stamps[:3])
    again = saved(kit, "ana01", "2026-11-19T10:02:00+00:00", "b", stamps[3], *stamps[1:3])
    other = saved(kit, "ana01", "2026-11-19T10:03:00+00:00", "a", *stamps[4:7])
    report = take({"a.zip": first, "b.zip": other})
    assert ([*report.taken], len(report.refused)) == ([], 2)
    assert "no saved answer is the same in both" in report.refused[0].reason
    assert current(course, "ana01") is None
    assert len(take({"a.zip": first}).taken) == 1
    report = take({"b.zip": other, "c.zip": again})
    assert [len(report.taken), len(report.refused)] == [1, 1], "what goes on from the one that counts is an attempt"
    assert current(course, "ana01") == "b"


def test_did_you_mean(course: Course, take: Take, kit: "Kit") -> None:
    with course.gradebook() as gradebook:
        gradebook.add_student("001234", first_name="Dai", last_name="Rees")
    report = take({"a.zip": kit.hand_in("1234"), "b.zip": kit.hand_in("COLLEGE\\ben01")})
    said = "Did you mean 001234 (Dai Rees)? Then: autograde assign FILE 001234"
    assert [said in refused.reason for refused in report.refused].count(True) == 1
    assert any("Did you mean ben01" in refused.reason for refused in report.refused)


def test_an_id_of_a_hub_is_taken_in(course: Course, take: Take, kit: "Kit") -> None:
    from autograde.inbox.put_right import set_aside

    hand_in = kit.hand_in("college\\JSmith")
    for name in ("a.zip", moodle("Nan Evans", 501)):
        assert "not on the roster" in take({name: hand_in}).refused[0].reason
    with course.gradebook() as gradebook:
        gradebook.add_student("COLLEGE=5Cjsmith", first_name="Jo", last_name="Smith")
    (taken,) = take({"a.zip": hand_in}).taken
    assert taken.student.shown == "COLLEGE\\jsmith"
    assert [one.sender for one in set_aside(course)] == ["Moodle participant 501 (Nan Evans)"], "that may be another's"
    assert current(course, "COLLEGE=5Cjsmith") == "a"


def test_a_tutor_says_whose_it_is(course: Course, take: Take, kit: "Kit") -> None:
    from autograde.inbox.assign import assign
    from autograde.inbox.attempts import Attempts

    files = {moodle("Participant", 501): kit.hand_in("ana01", q01="a"), moodle("Participant", 503): kit.hand_in("ana01", LATER, q01="b")}
    folders = {"503" in refused.reason.split(" and by ")[0]: refused.folder for refused in take(files).refused}
    (taken,) = assign(course, folders[True], "BEN01").taken
    assert (taken.student.id, taken.current, current(course, "ben01"), current(course, "ana01")) == ("ben01", True, "b", None)
    report = take(files)
    assert [taken.student.id for taken in report.taken] == ["ana01"], "the other is clear now"
    assert (len(report.repeated), report.refused) == (1, ())
    newer = {moodle("Participant", 503): kit.hand_in("ana01", "2026-11-19T13:00:00+00:00", q01="a")}
    (taken,) = take(newer).taken
    assert taken.student.id == "ben01"
    assert "as a tutor said" in taken.oddities[0]
    assert [Attempts(course, "w01-small").number(student) for student in ("ana01", "ben01", "cai01")] == ["501", "503", ""]


def test_a_name_that_a_tutor_knows_is_known_in_the_whole_class(course: Course, take: Take, kit: "Kit", tmp_path: Path) -> None:
    from autograde.inbox.assign import assign

    (refused,) = take({moodle("Nan Evans", 501): kit.hand_in("ana01", q01="a")}).refused
    assign(course, refused.folder, "ana01")
    assert current(course, "ana01") == "a"
    assert take({moodle("Nan Evans", 777): kit.hand_in("ana01", LATER, q01="b")}).refused, "but not with another number in this workbook"
    kept = course.root / "received" / "w01-small"
    kept.rename(course.root / "received" / "w02-other")
    (course.path("submitted", "ana01", "w01-small")).rename(tmp_path / "away")
    assert len(take({moodle("Nan Evans", 777): kit.hand_in("ana01", LATER, q01="b")}).taken) == 1


def in_other(course: Course, tmp_path: Path) -> None:
    """Let all that was taken in be of another workbook."""
    (course.root / "received" / "w01-small").rename(course.root / "received" / "w02-other")
    (course.root / "submitted").rename(tmp_path / "away")


def test_what_a_tutor_said_of_one_does_not_hold_for_another_of_the_name(course: Course, take: Take, kit: "Kit", tmp_path: Path) -> None:
    from autograde.inbox.assign import assign

    with course.gradebook() as gradebook:
        gradebook.add_student("ana02", first_name="Ana", last_name="Evans")
    (refused,) = take({moodle("Ana Evans", 501): kit.hand_in("anna", q01="a")}).refused
    assign(course, refused.folder, "ana01")
    assert [taken.student.id for taken in take({moodle("Ana Evans", 501): kit.hand_in("anna", LATER, q01="b")}).taken] == ["ana01"]
    in_other(course, tmp_path)
    (refused,) = take({moodle("Ana Evans", 702): kit.hand_in("evans2")}).refused
    assert "fits ana01, ana02" in refused.reason
    assert [taken.student.id for taken in take({moodle("Ana Evans", 702): kit.hand_in("ana02")}).taken] == ["ana02"]
    assert [taken.student.id for taken in take({moodle("Ana Evans", 703): kit.hand_in("ana01")}).taken] == ["ana01"]


def test_of_two_of_whom_a_tutor_said_one_name_neither_is_guessed(course: Course, take: Take, kit: "Kit", tmp_path: Path) -> None:
    from autograde.inbox.assign import assign

    unknown = [take({moodle("Nan", number): kit.hand_in(f"x{number}")}).refused[0] for number in (501, 502)]
    for one, learner in zip(unknown, ("ana01", "ben01"), strict=True):
        assign(course, one.folder, learner)
    in_other(course, tmp_path)
    (refused,) = take({moodle("Nan", 601): kit.hand_in("y")}).refused
    assert "fits ana01, ben01" in refused.reason
    assert [taken.student.id for taken in take({moodle("Nan", 601): kit.hand_in("ana01")}).taken] == ["ana01"]


def test_a_word_for_hidden_names_is_no_name_that_a_tutor_said(course: Course, take: Take, kit: "Kit", tmp_path: Path) -> None:
    from autograde.inbox.assign import assign

    (refused,) = take({moodle("Teilnehmer/in", 501): kit.hand_in("anna")}).refused
    assign(course, refused.folder, "ana01")
    in_other(course, tmp_path)
    report = take({moodle("Teilnehmer/in", 601): kit.hand_in("ben01"), moodle("Teilnehmer/in", 602): kit.hand_in("sian")})
    assert ([taken.student.id for taken in report.taken], len(report.refused)) == (["ben01"], 1)


def test_what_was_taken_in_for_the_wrong_one_changes_hands(course: Course, take: Take, kit: "Kit", tmp_path: Path) -> None:
    from autograde.inbox.assign import assign

    take({"a.zip": kit.hand_in("ana01", q01="a")})
    take({"b.zip": kit.hand_in("ana01", LATER, q01="b")})
    path = tmp_path / "b.zip"
    path.write_bytes(kit.hand_in("ana01", LATER, q01="b"))
    assert assign(course, path, "cai01").taken[0].current
    assert (current(course, "ana01"), current(course, "cai01")) == ("a", "b")


@pytest.mark.parametrize(
    ("learner", "files", "said"),
    [
        ("1ana", {"a.zip": b"x"}, "not on the roster"),
        ("ana0 1", {"a.zip": b"x"}, "Did you mean ana01 (Ana Evans)?"),
        ("ana01", {"a.zip": b"x"}, "does not say to which workbook"),
        ("ana01", {}, "holds no hand-ins"),
        ("ana01", {"a.zip": b"x", "b.zip": b"y"}, "holds 2 hand-ins"),
    ],
)
def test_what_cannot_be_assigned(course: Course, tmp_path: Path, learner: str, files: dict[str, bytes], said: str) -> None:
    from autograde.inbox.assign import assign

    folder = tmp_path / "in"
    folder.mkdir()
    for name, data in files.items():
        (folder / name).write_bytes(data)
    with pytest.raises(ClassError, match=said.replace("(", r"\(").replace(")", r"\)").replace("?", r"\?")):
        assign(course, folder, learner)


def test_the_last_take_in_is_taken_back(course: Course, take: Take, kit: "Kit") -> None:
    from autograde.inbox.assign import assign, undo

    take({"a.zip": kit.hand_in("ana01", q01="a")})
    take({"a.zip": kit.hand_in("ana01", LATER, q01="b"), "b.zip": kit.hand_in("ben01", q01="b")})
    back = {undone.student: undone.now for undone in undo(course, "w01").undone}
    assert back == {"ana01": datetime(2026, 11, 19, 10, tzinfo=UTC), "ben01": None}
    assert (current(course, "ana01"), current(course, "ben01")) == ("a", None)
    assert len(list((course.root / "received/w01-small/ana01").iterdir())) == 2, "the originals stay"
    again = take({"a.zip": kit.hand_in("ana01", LATER, q01="b")})
    assert "was taken back" in again.refused[0].reason
    assert current(course, "ana01") == "a"
    assert assign(course, again.refused[0].folder, "ana01").taken[0].current
    assert current(course, "ana01") == "b"
    undo(course, "w01", "Ana01")
    undo(course, "w01", "ana01")
    assert current(course, "ana01") is None
    with pytest.raises(ClassError, match="Nothing that was handed in"):
        undo(course, "w01", "ana01")


def clock_was_ahead(course: Course, key: str, value: str) -> None:
    """Let what is written of the hand-ins be of a computer whose clock was ahead."""
    for path in (course.root / "received/w01-small/.attempts").glob("*.json"):
        rows = json.loads(path.read_bytes())
        rows["attempts"] = [row | ({key: value} if row[key] else {}) for row in rows["attempts"]]
        path.write_text(json.dumps(rows), "utf-8")


def test_what_came_after_a_clock_was_ahead_is_the_last_take_in_and_the_last_word(
    course: Course, take: Take, kit: "Kit", tmp_path: Path
) -> None:
    from autograde.inbox.assign import assign, undo

    (tmp_path / "a.zip").write_bytes(kit.hand_in("ana01", q01="a"))
    assign(course, tmp_path / "a.zip", "cai01")
    clock_was_ahead(course, "run", (datetime.now(UTC) + timedelta(minutes=5)).isoformat())
    assign(course, tmp_path / "a.zip", "ana01")
    assert [one.student.id for one in take({"a.zip": kit.hand_in("ana01", LATER, q01="b")}).taken] == ["ana01"]
    clock_was_ahead(course, "run", (datetime.now(UTC) + timedelta(minutes=5)).isoformat())
    take({"b.zip": kit.hand_in("ben01", q01="b")})
    assert [one.student for one in undo(course, "w01").undone] == ["ben01"]


def test_an_undo_after_a_clock_was_ahead_is_the_last(course: Course, take: Take, kit: "Kit") -> None:
    from autograde.inbox.assign import redo, undo

    take({"a.zip": kit.hand_in("ana01", q01="a"), "b.zip": kit.hand_in("ben01", q01="b")})
    undo(course, "w01", "ana01")
    clock_was_ahead(course, "set_aside", "autograde undo, 2099-12-01 10:00:00")
    undo(course, "w01", "ben01")
    assert [one.student for one in redo(course, "w01").redone] == ["ben01"]


def test_the_last_undo_is_taken_back(course: Course, take: Take, kit: "Kit") -> None:
    from autograde.inbox.assign import redo, undo

    take({"a.zip": kit.hand_in("ana01", q01="a"), "c.zip": kit.hand_in("cai01", q01="a")})
    files = {"a.zip": kit.hand_in("ana01", LATER, q01="b"), "b.zip": kit.hand_in("ben01", q01="b")}
    take(files)
    undo(course, "w01")
    assert any("autograde redo w01 ana01" in refused.reason for refused in take(files).refused)
    time.sleep(1.1)  # an undo is known by its second
    undo(course, "w01", "cai01")
    assert [current(course, student) for student in ("ana01", "ben01", "cai01")] == ["a", None, None]
    assert [one.student for one in redo(course, "w01").redone] == ["cai01"]
    assert {one.student: one.now for one in redo(course, "w01", "ANA01").redone} == {"ana01": datetime(2026, 11, 19, 12, tzinfo=UTC)}
    assert [current(course, student) for student in ("ana01", "ben01", "cai01")] == ["b", None, "a"]
    assert [one.student for one in redo(course, "w01").redone] == ["ben01"]
    assert current(course, "ben01") == "b"
    with pytest.raises(ClassError, match="Nothing that autograde undo took back from w01-small is left to count again"):
        redo(course, "w01")


def test_a_ruling_that_is_taken_back_leaves_the_hand_in(course: Course, take: Take, kit: "Kit", tmp_path: Path) -> None:
    from autograde.inbox.assign import assign, redo, undo
    from autograde.records.strays import owners, strays

    take({"a.zip": kit.hand_in("ana01", q01="a")})
    (tmp_path / "a.zip").write_bytes(kit.hand_in("ana01", q01="a"))
    assign(course, tmp_path / "a.zip", "ana01")
    undo(course, "w01")
    assert current(course, "ana01") == "a"
    redo(course, "w01")
    assign(course, tmp_path / "a.zip", "ben01")
    assert (current(course, "ana01"), current(course, "ben01")) == (None, "a"), "all that was said of it as hers"
    assert [one.student for one in undo(course, "w01", "ben01").again] == ["ana01"]
    assert (current(course, "ana01"), current(course, "ben01")) == ("a", None)
    redo(course, "w01", "ben01")
    assert (current(course, "ana01"), current(course, "ben01")) == (None, "a")
    undo(course, "w01")
    assert (current(course, "ana01"), current(course, "ben01")) == ("a", None)
    undo(course, "w01", "ana01")
    assert strays(course) == (), "what was undone says of nobody else's file that it is his"
    assert owners(course) == {hashlib.sha256((tmp_path / "a.zip").read_bytes()).hexdigest(): frozenset({"ana01", "ben01"})}
    assign(course, tmp_path / "a.zip", "ben01")
    undo(course, "w01")
    assert current(course, "ana01") is None, "it did not count before"
    assign(course, tmp_path / "a.zip", "ana01")
    assert [one[2] for one in redo(course, "w01", "ben01").left] == ["ana01"], "that was said since"


def test_a_merge_is_no_take_in(course: Course, take: Take, kit: "Kit") -> None:
    from autograde.inbox.assign import undo
    from autograde.inbox.merge import merge
    from autograde.inbox.merge import undo as unmerge

    take({"a.zip": kit.hand_in("ana01", q01="a")})
    take({"b.zip": kit.hand_in("ben01", q01="b")})
    name = merge(course, "ana01", "cai01").name
    assert [one.student for one in undo(course, "w01").undone] == ["ben01"]
    assert [current(course, student) for student in ("ana01", "ben01", "cai01")] == [None, None, "a"]
    unmerge(course, name)
    assert [current(course, student) for student in ("ana01", "ben01", "cai01")] == ["a", None, None]
    merge(course, "ana01", "cai01")
    assert [(one.student, one.now) for one in undo(course, "w01").undone] == [("cai01", None)]


def test_a_merge_of_two_who_have_the_same_file_is_undone(course: Course, kit: "Kit", tmp_path: Path) -> None:
    from autograde.inbox.assign import assign, undo
    from autograde.inbox.attempts import Attempts
    from autograde.inbox.merge import merge
    from autograde.inbox.merge import undo as unmerge

    folders = [tmp_path / f"{name}_{number}_assignsubmission_file_" for name, number in (("Ana Evans", 501), ("Siân Ŵyn", 503))]
    for folder, learner in zip(folders, ("ana01", "cai01"), strict=True):
        folder.mkdir()
        (folder / "w01.zip").write_bytes(kit.hand_in("ana01", q01="a"))
        assign(course, folder, learner)
    unmerge(course, merge(course, "ana01", "cai01").name)
    assert [current(course, student) for student in ("ana01", "cai01")] == ["a", "a"]
    assert [Attempts(course, "w01-small").number(student) for student in ("ana01", "cai01")] == ["501", "503"]
    merge(course, "ana01", "cai01")
    undo(course, "w01")
    assert current(course, "cai01") == "a", "what came as ana01's is still there"


def test_what_was_said_after_a_merge_goes_back_with_it(course: Course, kit: "Kit", tmp_path: Path) -> None:
    from autograde.inbox.merge import merge
    from autograde.inbox.merge import undo as unmerge

    folder = tmp_path / "Ana Evans_501_assignsubmission_file_"
    folder.mkdir()
    (folder / "w01.zip").write_bytes(kit.hand_in("ana01", q01="a"))
    intake(course, [folder], "w01")
    name = merge(course, "ana01", "cai01").name
    when = datetime(2026, 11, 20, 9, tzinfo=UTC)
    (taken,) = intake(course, [folder], "w01", times={"501": when}).taken
    assert (taken.student.id, taken.handed_in_at) == ("cai01", when)
    unmerge(course, name)
    assert [current(course, student) for student in ("ana01", "cai01")] == ["a", None]


def test_redo_makes_no_file_count_for_two(course: Course, take: Take, kit: "Kit", tmp_path: Path) -> None:
    from autograde.inbox.assign import assign, redo, undo

    files = {"a.zip": kit.hand_in("ana01", q01="a"), "b.zip": kit.hand_in("ben01", q01="b")}
    take(files)
    undo(course, "w01")
    (tmp_path / "a.zip").write_bytes(files["a.zip"])
    assign(course, tmp_path / "a.zip", "cai01")
    report = redo(course, "w01")
    assert [one.student for one in report.redone] == ["ben01"]
    assert [(student, other) for student, _, other in report.left] == [("ana01", "cai01")]
    assert [current(course, student) for student in ("ana01", "ben01", "cai01")] == [None, "b", "a"]
    with pytest.raises(ClassError, match="is left to count again"):
        redo(course, "w01")


def test_equal_answers_are_remarked_on(course: Course, take: Take, kit: "Kit") -> None:
    words = "I keep to the care plan because it says what was agreed with the person and the family and my manager too"
    take({"a.zip": kit.hand_in("ana01", q01="a", t01=words), "c.zip": kit.hand_in("cai01", t01="Too short to say anything.")})
    report = take(
        {"b.zip": kit.hand_in("ben01", q01="a", t01=f" {words.upper()}\n"), "d.zip": kit.hand_in("cai01", LATER, t01=words + " x")}
    )
    assert [(same.item, same.students, same.words) for same in report.alike] == [("w01-t01", ("ana01", "ben01"), 22)]
    assert take({}).alike == ()


def test_nothing_yet_from_is_everybody_by_name(course: Course, take: Take) -> None:
    with course.gradebook() as gradebook:
        for n in range(20):
            gradebook.add_student(f"z{n:02}", first_name="Zoe", last_name=f"Abbott {n:02}")
    missing = take({}).missing
    assert [student.last_name for student in missing] == [*(f"Abbott {n:02}" for n in range(20)), "Evans", "O'Brien, Jr", "Ŵyn"]
