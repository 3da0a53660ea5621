"""What comes in between: a file that is held, a power cut in a merge, a sign-off while marking runs, one row that is in the way."""

import json
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from autograde.classes.folder import Course
from autograde.classes.roster import Roster
from autograde.cli import app
from autograde.errors import ClassError
from autograde.gradebook import log
from autograde.gradebook.deeds import Deed
from autograde.gradebook.left import who_left
from autograde.gradebook.person import Given, Notes, marks_for, places_in
from autograde.gradebook.person import give as give_points
from autograde.inbox import attempts as attempts_file
from autograde.inbox import merge
from autograde.inbox.assign import assign, undo
from autograde.inbox.attempts import Attempts
from autograde.inbox.intake import intake
from autograde.inbox.merged import journals, merged_ids, merges
from autograde.inbox.outcome import Taken
from autograde.outbox.marks_file import gradebook_rows
from autograde.records.erasure import erase
from autograde.records.events import add_event
from autograde.records.holdings import files_of
from autograde.records.opening import reading, writing
from autograde.records.referrals import State, referrals_of
from autograde.records.referring import refer
from autograde.records.unit import framework_of
from autograde.run import college, mark
from autograde.run.line import SIGNED_OFF, Line
from autograde.run.mark import mark_class
from autograde.run.places import sweep
from tests.tutor.conftest import Kit
from workbook_helpers.files import read_file

NAME, TASK = "w01-small", "w01-t01"


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the class that the first test makes is kept, for the others to copy."""
    return tmp_path_factory.mktemp("model") / "class"


@pytest.fixture
def marked(course: Course, kit: Kit, small_key: None, model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Course:
    """A class whose ana01 has handed in, and has 4 points for the written task; ben01 waits for a marker, cai01 has handed in nothing."""
    monkeypatch.setenv("AUTOGRADE_WHO", "Ruth Osei")
    if model.is_dir():
        shutil.copytree(model, course.root, dirs_exist_ok=True)
        return course
    for learner in ("ana01", "ben01"):
        take_in(course, tmp_path, kit.hand_in(learner, **says("Because.")))
    list(mark_class(course, NAME))
    with reading(course) as connection:
        place = places_in(connection, NAME)[TASK]
        base = marks_for(connection, place, ["ana01"])["ana01"].base
    give_points(course.db_url, course.course_id, place, "ana01", Given(points=4, comment="", notes=Notes()), base)
    shutil.copytree(course.root, model)
    return course


def says(why: str) -> dict[str, Any]:
    return {"q01": "a", "t01": why, "declaration": True}


def take_in(course: Course, tmp_path: Path, raw: bytes) -> Taken:
    path = tmp_path / f"{len(list(tmp_path.iterdir()))}.zip"
    path.write_bytes(raw)
    [taken] = intake(course, [path], "w01").taken
    return taken


def again(course: Course, kit: Kit, learner: str = "ana01", at: str = "2026-11-25T10:00:00+00:00") -> bytes:
    """Refer a learner, and make the hand-in that answers it."""
    one = refer(course, learner, "w01", {TASK: "More."})
    raw = kit.answers(**says("Because of this."))
    claims = {"attempt": one.attempt, "referral": one.id, "about_sha256": one.about}
    return bytes(kit.zipped({"manifest.json": kit.manifest(learner, at, raw, **claims), "answers.json": raw}))


def current(course: Course, learner: str = "ana01") -> str:
    """Give the written answer that lies in submitted/, "" for none."""
    path = course.path("submitted", learner, NAME) / "answers.json"
    return str(json.loads(path.read_bytes())["answers"][TASK]["value"]) if path.exists() else ""


def given(course: Course) -> dict[str, float | None]:
    """Give learner → points of the written task, for those who have a row of it."""
    with reading(course) as connection:
        marks = marks_for(connection, places_in(connection, NAME)[TASK], ["ana01", "ben01", "cai01"])
    return {learner: found.points for learner, found in marks.items()}


def written(course: Course, learner: str = "ana01") -> Path:
    return course.root / "received" / NAME / ".attempts" / f"{learner}.json"


def hold(monkeypatch: pytest.MonkeyPatch, path: Path, times: int) -> None:
    """Let another program hold a file the next so many times that it is read."""
    left = [None] * times

    def held(one: Path, *more: Any) -> bytes:
        if one == path and left:
            left.pop()
            raise PermissionError(13, "Sharing violation", str(one))
        return read_file(one, *more)

    monkeypatch.setattr(attempts_file, "read_file", held)
    monkeypatch.setattr(attempts_file, "PAUSES_S", (0, 0))


# What is known of the attempts


@pytest.mark.parametrize("times", [2, 3])
def test_what_is_known_of_attempts_is_never_taken_for_nothing(
    marked: Course, kit: Kit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, times: int
) -> None:
    (tmp_path / "x.zip").write_bytes(kit.hand_in("ana01", "2026-11-19T12:00:00+00:00", **says("It is Ben’s.")))
    intake(marked, [tmp_path / "x.zip"], "w01")
    assign(marked, tmp_path / "x.zip", "ben01", "w01")
    before = written(marked).read_bytes()
    new = kit.hand_in("ana01", "2026-11-19T11:00:00+00:00", **says("Because, and more."))
    hold(monkeypatch, written(marked), times)
    if times > 2:
        with pytest.raises(ClassError, match=rf"received/{NAME}/\.attempts/ana01\.json cannot be read \(Sharing violation\)"):
            take_in(marked, tmp_path, new)
        assert (written(marked).read_bytes(), current(marked)) == (before, "Because.")
    assert take_in(marked, tmp_path, new).current
    assert (current(marked), current(marked, "ben01")) == ("Because, and more.", "It is Ben’s.")


@pytest.mark.parametrize("how", ["half", "one row"])
def test_what_cannot_be_understood_is_kept_aside_and_told(marked: Course, kit: Kit, tmp_path: Path, how: str) -> None:
    take_in(marked, tmp_path, again(marked, kit))
    path = written(marked)
    if how == "half":
        path.write_bytes(path.read_bytes()[:-40])
    else:
        path.write_bytes(path.read_bytes().replace(b'"attempt": 2', b'"attempt": "two"'))
    broken = path.read_bytes()
    late = take_in(marked, tmp_path, kit.hand_in("ana01", "2026-11-27T10:00:00+00:00", **says("An old copy.")))
    assert not late.current
    assert any("cannot be read, and is kept aside" in text for text in late.oddities)
    assert current(marked) == "Because of this.", "the number stands in the original, too"
    [aside] = path.parent.glob("ana01.json.broken-*")
    assert aside.read_bytes() == broken
    assert aside in files_of(marked, Roster.of(marked).students[0]), "what is erased with ana01"
    assert Attempts(marked, NAME).students() == ("ana01", "ben01")
    newer = take_in(marked, tmp_path, kit.hand_in("ana01", "2026-11-28T10:00:00+00:00", **says("One more.")))
    assert not any("kept aside" in text for text in newer.oddities)


def test_an_original_of_which_nothing_is_written_keeps_its_number(marked: Course, kit: Kit, tmp_path: Path) -> None:
    take_in(marked, tmp_path, again(marked, kit))
    written(marked).unlink()
    assert [(one.attempt, bool(one.referral)) for one, _ in Attempts(marked, NAME).of("ana01")] == [(1, False), (2, True)]


def test_points_are_not_final_for_the_hand_in_before_the_one_they_were_given_for(marked: Course, kit: Kit, tmp_path: Path) -> None:
    take_in(marked, tmp_path, kit.hand_in("ana01", "2026-11-26T10:00:00+00:00", **says("Later.")))
    list(mark_class(marked, NAME))
    undo(marked, "w01", "ana01")
    assert {row["needs marking"] for row in gradebook_rows(marked) if row["student id"] == "ana01"} == {"yes"}


# A merge


@pytest.mark.parametrize("where", ["_settle", "_follow", "_exchange", "mark_left", "carry", "note_each"])
@pytest.mark.parametrize("how", ["by doing it again", "by the next command"])
def test_a_merge_that_was_cut_off_is_finished(marked: Course, monkeypatch: pytest.MonkeyPatch, where: str, how: str) -> None:
    def cut(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    def logged(deed: Deed) -> list[str]:
        with reading(marked) as connection:
            return [str((entry.detail or {}).get("part", "")) for entry in log.entries_in(connection) if entry.what == deed]

    def told() -> str:
        return " ".join(CliRunner().invoke(app, ["learners", "unmerge", "nothing"]).output.split())

    monkeypatch.chdir(marked.root)
    with monkeypatch.context() as patch:
        patch.setattr(merge, where, cut)
        with pytest.raises(KeyboardInterrupt):
            merge.merge(marked, "ana01", "cai01")
    assert logged(Deed.MERGE) == []
    if how == "by doing it again":
        merge.merge(marked, "ana01", "cai01")
    else:
        assert told().startswith("The merge of ana01 into cai01, which was cut off, is done to its end now.")
    assert "cut off" not in told()
    assert logged(Deed.MERGE) == ["goes", "stays"]
    [(done, *_)] = merges(marked)
    assert (current(marked), current(marked, "cai01")) == ("", "Because.")
    assert given(marked) == {"ben01": None, "cai01": 4}
    assert "ana01" in who_left(marked)
    assert merges(marked) == [(done, "ana01", "cai01")], "it is the same merge"
    list(mark_class(marked, NAME))
    assert given(marked) == {"ben01": None, "cai01": 4}
    with monkeypatch.context() as patch:
        patch.setattr(merge, "mark_back" if where == "mark_left" else where, cut)
        with pytest.raises(KeyboardInterrupt):
            merge.undo(marked, done)
    if how == "by doing it again":
        merge.undo(marked, done)
    else:
        assert told().startswith("The merge of ana01 into cai01, which was cut off, is undone now.")
    assert len(logged(Deed.UNMERGE)) == 2
    assert (current(marked), current(marked, "cai01"), given(marked)) == ("Because.", "", {"ana01": 4, "ben01": None})
    assert (merges(marked), "ana01" in who_left(marked)) == ([], False)


def cut_off(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    """Cut a merge of ana01 into cai01 off."""
    with monkeypatch.context() as patch:
        patch.setattr(merge, "_settle", full)
        with pytest.raises(OSError, match="No space"):
            merge.merge(course, "ana01", "cai01")


def full(*_: Any) -> None:
    raise OSError(28, "No space left on device", "x.json")


def test_no_merge_is_done_or_undone_over_one_that_was_cut_off(marked: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    before = merge.merge(marked, "ben01", "ana01").name
    cut_off(marked, monkeypatch)
    said = r"The merge of ana01 into cai01 was cut off: do it again, or undo it, first\."
    with pytest.raises(ClassError, match=said):
        merge.merge(marked, "cai01", "ben01")
    with pytest.raises(ClassError, match=said):
        merge.undo(marked, before)
    merge.merge(marked, "ana01", "cai01")
    merge.merge(marked, "cai01", "ben01")
    assert (current(marked), current(marked, "cai01"), current(marked, "ben01")) == ("", "", "Because.")
    assert merge.finish(marked) == ()


def counting(course: Course) -> dict[str, int]:
    """Give learner → how many of what lies under the id counts, for those with any."""
    attempts = Attempts(course, NAME)
    found = {one: [kept for kept, _ in attempts.of(one) if not kept.set_aside] for one in ("ana01", "ben01", "cai01")}
    return {one: len(kept) for one, kept in found.items() if kept}


def test_a_hand_in_counts_under_one_id_alone_however_often_a_merge_is_undone(marked: Course) -> None:
    for _ in range(2):
        name = merge.merge(marked, "ana01", "cai01").name
        assert counting(marked) == {"ben01": 1, "cai01": 1}
        merge.undo(marked, name)
        assert counting(marked) == {"ana01": 1, "ben01": 1}
    assert (current(marked), current(marked, "cai01"), given(marked)) == ("Because.", "", {"ana01": 4, "ben01": None})


def test_merges_that_follow_each_other_are_undone_from_the_last_one_on(marked: Course) -> None:
    first, last = merge.merge(marked, "ana01", "ben01").name, merge.merge(marked, "ben01", "cai01").name
    with pytest.raises(ClassError, match=r"^ben01 was merged into cai01 since\. Undo that merge first, then this one\.$"):
        merge.undo(marked, first)
    assert counting(marked) == {"cai01": 2}
    for name in (last, first):
        merge.undo(marked, name)
    assert counting(marked) == {"ana01": 1, "ben01": 1}


@pytest.mark.parametrize("before", ["a merge", "a merge that was cut off"])
def test_an_undoing_that_was_cut_off_undoes_no_later_merge(marked: Course, monkeypatch: pytest.MonkeyPatch, before: str) -> None:
    if before == "a merge":
        merge.merge(marked, "ana01", "cai01")
    else:
        cut_off(marked, monkeypatch)
    [(name, *_)] = merges(marked)
    with monkeypatch.context() as patch:
        patch.setattr(merge, "_settle", full)
        with pytest.raises(OSError, match="No space"):
            merge.undo(marked, name)
    with pytest.raises(ClassError, match=r"^The merge of ana01 into cai01 was cut off: undo it again first\.$"):
        merge.merge(marked, "ana01", "cai01")
    merge.undo(marked, name)
    merge.merge(marked, "ana01", "cai01")
    assert merge.finish(marked) == ()
    assert (counting(marked), current(marked, "cai01")) == ({"ben01": 1, "cai01": 1}, "Because.")


def test_a_merge_is_not_undone_below_another_one_of_the_same_ids_that_was_cut_off(marked: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    first = merge.merge(marked, "ana01", "cai01").name
    Attempts(marked, NAME).put("ana01", replace(Attempts(marked, NAME).of("ana01")[0][0], set_aside=""))  # a tutor let it count again
    cut_off(marked, monkeypatch)
    with pytest.raises(ClassError, match="do it again, or undo it, first"):
        merge.undo(marked, first)


def test_what_cannot_be_ended_keeps_no_other_merge_from_its_end(marked: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    cut_off(marked, monkeypatch)
    [(path, row)] = journals(marked)
    other = path.with_name(path.name.replace("ana01", "gone01"))  # the newer one, which comes first
    other.write_text(json.dumps({**row, "goes": "gone01", "stays": "ben01"}), "utf-8")
    check = merge._check_open

    def locked(course: Course, *learners: str) -> None:
        check(course, *learners)
        if "gone01" in learners:
            msg = "It is locked."
            raise ClassError(msg)

    monkeypatch.setattr(merge, "_check_open", locked)
    with pytest.raises(ClassError) as told:
        merge.finish(marked)
    assert str(told.value) == (
        "The merge of gone01 into ben01 was cut off, and cannot be ended now: It is locked. "
        "The merge of ana01 into cai01, which was cut off, is done to its end now."
    )
    assert counting(marked) == {"ben01": 1, "cai01": 1}


def test_a_merge_that_cannot_be_ended_stops_nothing_else(marked: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    cut_off(marked, monkeypatch)
    monkeypatch.chdir(marked.root)
    monkeypatch.setattr(merge, "_settle", full)
    done = CliRunner().invoke(app, ["learners", "list"])
    said = "The merge of ana01 into cai01 was cut off, and cannot be ended now: x.json: No space left on device."
    assert (done.exit_code, said in " ".join(done.output.split())) == (0, True)
    with pytest.raises(ClassError, match="cannot be ended now"):
        erase(marked, "cai01")
    assert erase(marked, "ben01").learner.id == "ben01"


def test_the_records_come_back_after_a_merge_that_was_cut_off_behind_them(marked: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    refer(marked, "ana01", "w01", {TASK: "More."})
    note, steps = merge._note, list[object]()

    def cut(journal: Path, what: dict[str, object]) -> None:
        steps.append(what)
        if "open" not in what:
            raise KeyboardInterrupt
        note(journal, what)

    monkeypatch.setattr(merge, "_note", cut)
    with pytest.raises(KeyboardInterrupt):
        merge.merge(marked, "ana01", "cai01")
    monkeypatch.setattr(merge, "_note", note)
    done = merge.merge(marked, "ana01", "cai01")
    with reading(marked) as connection:
        assert [entry.what for entry in log.entries_in(connection)].count(Deed.MERGE) == 2, "the log was told once"
    assert [one.learner for one in referrals_of(marked)] == ["cai01"]
    merge.undo(marked, done.name)
    assert [one.learner for one in referrals_of(marked)] == ["ana01"]


def test_a_merge_says_by_the_number_what_will_count(marked: Course, kit: Kit, tmp_path: Path) -> None:
    take_in(marked, tmp_path, again(marked, kit))
    take_in(marked, tmp_path, kit.hand_in("cai01", "2026-11-26T10:00:00+00:00", **says("Later.")))
    assert "; attempt 2, of Wednesday 25 November 2026" in merge.plan(marked, "ana01", "cai01").parts[0].said
    assert "cai01" in (said := merge.plan(marked, "cai01", "ana01").parts[0].said)
    assert "ana01’s own, of Wednesday 25 November 2026, 10:00, is attempt 2 and goes on to count." in said
    merge.merge(marked, "ana01", "cai01")
    assert current(marked, "cai01") == "Because of this."


def test_a_hand_in_after_a_merge_goes_to_the_id_that_stays(marked: Course, kit: Kit, tmp_path: Path) -> None:
    answer = again(marked, kit)
    name = merge.merge(marked, "ana01", "cai01").name
    taken = take_in(marked, tmp_path, answer)
    assert (taken.student.id, taken.current) == ("cai01", True)
    assert taken.oddities == ('names "ana01", which was merged into cai01',)
    assert [(one.learner, one.state) for one in referrals_of(marked)] == [("cai01", State.ANSWERED)]
    sent = kit.zipped(
        {"Ana Evans_101_assignsubmission_file/x.zip": kit.hand_in("ana01", "2026-11-26T10:00:00+00:00", **says("By Moodle."))}
    )
    assert take_in(marked, tmp_path, sent).student.id == "cai01"
    merge.undo(marked, name)
    assert take_in(marked, tmp_path, kit.hand_in("ana01", "2026-11-27T10:00:00+00:00", **says("Mine."))).student.id == "ana01"


def test_an_id_that_was_merged_leads_to_the_one_that_is_left(marked: Course) -> None:
    merge.merge(marked, "ana01", "ben01")
    merge.merge(marked, "ben01", "cai01")
    assert merged_ids(marked) == {"ana01": "cai01", "ben01": "cai01"}
    merge.merge(marked, "cai01", "ana01")
    assert merged_ids(marked) == {"ben01": "ana01", "cai01": "ana01"}


def test_a_merge_after_a_clock_was_ahead_is_the_last(marked: Course) -> None:
    merge.merge(marked, "ana01", "ben01")
    [(path, _)] = journals(marked)
    first = path.rename(path.with_name(f"2099{path.name[4:]}")).stem
    merge.merge(marked, "ben01", "cai01")
    assert merged_ids(marked) == {"ana01": "cai01", "ben01": "cai01"}
    with pytest.raises(ClassError, match=r"^ben01 was merged into cai01 since\."):
        merge.undo(marked, first)


# Marking


@pytest.fixture
def three(marked: Course, kit: Kit, tmp_path: Path) -> Course:
    """The class, where each of the three has handed in something that is not marked yet."""
    for learner in ("ana01", "ben01", "cai01"):
        take_in(marked, tmp_path, kit.hand_in(learner, "2026-11-19T12:00:00+00:00", **{**says("New."), "q01": "b"}))
    return marked


def lines(course: Course) -> dict[str, Line]:
    return {line.student: line for line in mark_class(course, NAME)}


def test_a_sign_off_while_marking_runs_leaves_out_that_learner_alone(three: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    notebook = three.path("autograded", "ben01", NAME) / f"{NAME}.ipynb"
    before, keep = notebook.read_bytes(), mark._keep

    def signed(*args: Any) -> list[Line]:
        with writing(three) as database:
            add_event(database, framework_of(three).id, "ben01", "signed", by="Ruth Osei", words="")
        return keep(*args)

    monkeypatch.setattr(mark, "_keep", signed)
    found = lines(three)
    assert {student: line.outcome for student, line in found.items()} == {"ana01": "marked", "ben01": "unchanged", "cai01": "marked"}
    assert (found["ben01"].oddities, found["ben01"].points) == ((SIGNED_OFF,), 2)
    assert notebook.read_bytes() == before
    assert not list(three.root.glob("autograded/*/.*"))


def test_a_row_that_is_in_the_way_holds_nobody_else_up(three: Course) -> None:
    with closing(sqlite3.connect(three.root / "gradebook.db")) as raw:  # a submission without its notebook
        raw.execute("INSERT INTO submitted_assignment (id, assignment_id, student_id) SELECT 'x', id, 'cai01' FROM assignment")
        raw.commit()
    found = lines(three)
    assert {student: line.outcome for student, line in found.items()} == {"ana01": "marked", "ben01": "marked", "cai01": "not marked"}
    assert "What the gradebook holds of this submission is in the way (IntegrityError: UNIQUE" in found["cai01"].oddities[0]
    assert not list(three.root.glob("autograded/*/.*"))
    assert lines(three)["ana01"].outcome == "unchanged"


def test_whatever_stops_one_workbook_the_others_of_the_college_are_marked(marked: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: Any, **__: Any) -> Iterator[Line]:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(college, "mark_class", fails)
    [done] = college.mark_college(college.tasks_of([marked]))
    assert done.fault.startswith("The marking stopped (OSError: [Errno 5] Input/output error).")


def test_what_another_run_takes_away_while_this_one_sweeps_is_no_fault(marked: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    part = marked.root / "autograded" / "ana01" / f".{NAME}-x"
    part.mkdir()
    look: Callable[[Path], Any] = Path.lstat

    def gone(path: Path) -> Any:
        if path == part and part.exists():
            part.rmdir()
        return look(path)

    monkeypatch.setattr(Path, "lstat", gone)
    sweep(marked, NAME)
    assert not part.exists()
