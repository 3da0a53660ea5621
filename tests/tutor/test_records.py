"""Evidence, proposals, decisions and sign-off: a person decides, what holds is the newest, and nothing is written by halves."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, nullcontext
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, insert, select
from typer.testing import CliRunner

from autograde.classes.folder import PACKAGED, Course
from autograde.classes.own_keys import Decision
from autograde.classes.own_keys import decide as decide_key
from autograde.classes.settings_file import write_setting
from autograde.cli import app
from autograde.commands.console import out
from autograde.content.frameworks import Criterion, load_framework
from autograde.content.reading import load_rubrics
from autograde.desk.standing import standing as class_standing
from autograde.errors import ClassError
from autograde.gradebook import log, own_tables, person
from autograde.gradebook.cells import Grade
from autograde.gradebook.left import mark_left, who_left
from autograde.gradebook.locks import signed_off
from autograde.gradebook.person import Notes
from autograde.gradebook.sealed import faults_in
from autograde.inbox import merge
from autograde.inbox.assign import assign, undo
from autograde.inbox.attempts import Attempts
from autograde.inbox.intake import intake
from autograde.inbox.merged import merges
from autograde.marking import Rubric
from autograde.records import actions, sampling
from autograde.records.adjustments import Kind as Adjusted
from autograde.records.adjustments import adjust
from autograde.records.decisions import Decide, decide, decide_each, decisions_of, history
from autograde.records.evidence import BY_HAND, Evidence, Kind, add_evidence, evidence_of, withdraw_evidence
from autograde.records.gathering import gather
from autograde.records.grid import State, grid
from autograde.records.marks import Marked
from autograde.records.opening import reading, writing
from autograde.records.outside import catch
from autograde.records.proposals import MARKS, OWN_WORK, SHOWN_WORK, propose
from autograde.records.referring import refer, withdraw
from autograde.records.unit import books_of, framework_of
from autograde.records.units import declare, reopen, sign_off, standing
from autograde.run.line import SIGNED_OFF
from autograde.run.mark import mark_class
from autograde.statistics.sampling import Rates
from tests.tutor.conftest import empty_database
from workbook_helpers.errors import ContentError

NAME = "w01-small"
FORM = """
[[items]]
id = "w01-form"
kind = "workplace"
purpose = "record"
criterion = "2.3"
stem = "From my workplace"
criteria = [ { code = "2.2", text = "I found them" }, { code = "2.3", text = "I worked by them" } ]
"""
SECOND = """
[[items]]
id = "w01-q02"
kind = "single"
purpose = "assessed"
criterion = "1.1"
points = 3
stem = "And then?"
options = [ { id = "a", text = "This" }, { id = "b", text = "That" } ]
"""
CRITERIA = '\nrole = "assessment"\n' + "".join(
    f'[[criteria]]\nframework = "rqf-l2"\ncode = "{code}"\nextent = "{extent}"\nhow = "By writing."\n'
    for code, extent in (("1.1", "full"), ("2.3", "prepares"))
)
KEY = 'workbook = "w01"\nversion = 1\n[keys]\nw01-q01 = { right = "a", reason = "Because." }\n'
CODES = ("1.1", "1.2", "2.1", "2.2", "2.3", "2.4", "3.1", "3.2", "3.3", "3.4a", "3.4b")
DONE = {"done": "I read the plan before each visit.", "criteria": "2.3", "date": "2026-11-03", "evidence": "witness"}


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the class that the first test makes is kept, for the others to copy."""
    return tmp_path_factory.mktemp("model") / "class"


@pytest.fixture
def unit(course: Course, kit: Any, small_key: None, model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Course:
    """The small workbook as the unit's assessment, handed in by ana01 (whole) and ben01 (blank), marked by the program."""
    monkeypatch.setenv("AUTOGRADE_WHO", "Ruth Osei")
    if model.is_dir():
        shutil.copytree(model, course.root, dirs_exist_ok=True)
        return course
    for step in ("source", "release"):
        folder = course.root / step / NAME
        items = (folder / "items.toml").read_text("utf-8").replace('purpose = "assessed"', 'purpose = "assessed"\ncriterion = "1.1"')
        (folder / "items.toml").write_text(items + FORM, "utf-8")
        about = folder / "workbook.toml"
        about.write_text(about.read_text("utf-8") + CRITERIA, "utf-8")
    hand_in(course, kit, tmp_path, "ana01", q01="a", t01="Because.", declaration=True, form=DONE)
    hand_in(course, kit, tmp_path, "ben01", q01="b", t01=" ", declaration=False)
    assert {line.outcome for line in mark_class(course, NAME)} == {"marked"}
    shutil.copytree(course.root, model)
    return course


def hand_in(course: Course, kit: Any, folder: Path, student: str, at: str = "2026-11-19T10:00:00+00:00", **answers: Any) -> None:
    path = folder / f"{student}-{at[:13]}.zip"
    path.write_bytes(kit.hand_in(student, at, **answers))
    assert len(intake(course, [path], "w01").taken) == 1


def give(course: Course, student: str, points: float, *seen: int) -> None:
    """Give points and ticks for the written task."""
    with reading(course) as connection:
        place = person.places_in(connection, NAME)["w01-t01"]
        base = person.marks_for(connection, place, [student])[student].base
    person.give(course.db_url, course.course_id, place, student, person.Given(points=points, comment="", notes=Notes(seen=seen)), base)


def of_kind(course: Course, student: str, kind: Kind) -> Evidence:
    [found] = [one for one in evidence_of(course, [student])[student] if one.kind is kind]
    return found


def add(course: Course, learner: str = "ana01", *codes: str, **more: Any) -> str:
    given: dict[str, Any] = {"kind": Kind.OBSERVATION, "on": date(2026, 11, 5), "by": "Kofi Mensah", "title": "Morning round"} | more
    return add_evidence(course, learner, criteria=codes or ("2.3",), **given)


def meet_all(course: Course, learner: str = "ana01") -> None:
    """Decide "met" on every criterion, on one observation."""
    id_ = add(course, learner, *CODES)
    decide_each(course, [Decide(learner=learner, criterion=code, met=True, reason="Seen.", evidence=(id_,)) for code in CODES])


def held(course: Course) -> tuple[int, int]:
    """How many decisions there are, and how many entries of the log tell of one."""
    with reading(course) as connection:
        assert not log.faults_in(connection, [])
        told = sum(entry.what == "decide" for entry in log.entries_in(connection))
        return connection.execute(select(func.count()).select_from(own_tables.decision)).scalar() or 0, told


# Frameworks


@pytest.mark.parametrize("name", sorted(path.stem for path in (PACKAGED / "frameworks").glob("*.toml")))
def test_the_frameworks_that_came_along_are_read(name: str) -> None:
    framework = load_framework(PACKAGED, name)
    assert {one.outcome for one in framework.criteria} <= {one.code for one in framework.outcomes}
    assert framework.criterion(framework.criteria[-1].code) is framework.criteria[-1]


def test_a_framework_or_a_criterion_that_is_none_is_told(tmp_path: Path) -> None:
    with pytest.raises(ClassError, match="has: adult-social-care-certificate, care-certificate, hsc-025, rqf-l2"):
        load_framework(PACKAGED, "../rqf-l2")
    with pytest.raises(ClassError, match=r"no criterion '9\.9'"):
        load_framework(PACKAGED).criterion("9.9")
    (tmp_path / "frameworks").mkdir()
    text = (PACKAGED / "frameworks" / "rqf-l2.toml").read_text("utf-8").replace('code = "1.2"', 'code = "1.1"')
    (tmp_path / "frameworks" / "own.toml").write_text(text, "utf-8")
    with pytest.raises(ContentError, match=r"own\.toml.*two criteria share the code 1\.1"):
        load_framework(tmp_path, "own")


# Proposals

RUBRIC: Rubric = load_rubrics("w01").rubrics["w01-t01"]
"""Met begins at 7 of 10 points; four must-see points."""
KNOWS = Criterion(code="1.1", outcome="1", verb="explain", text="it", evidence="full")
WORKS = KNOWS.model_copy(update={"real_work": True})
SHOWS = WORKS.model_copy(update={"evidence": "prepares"})
ALL = (0, 1, 2, 3)


def answer(points: float | None, seen: tuple[int, ...] = (), **more: Any) -> Evidence:
    given: dict[str, Any] = {"id": "a", "kind": Kind.WRITTEN, "maximum": 10, "extent": "full", "task": "w01-t01", "item": "w01-t01"} | more
    return piece(points=points, seen=seen, waiting=points is None, **given)


def piece(**more: Any) -> Evidence:
    given: dict[str, Any] = {
        "id": "p",
        "learner": "ana01",
        "criteria": ("1.1",),
        "on": date(2026, 11, 5),
        "by": "Kofi",
        "title": "It",
    } | more
    return Evidence(**given)


CLOSED = piece(id="c", kind=Kind.CLOSED, points=20, maximum=20)
OWN_FORM = piece(id="f", kind=Kind.FORM, real=True)
SEEN = piece(id="o", kind=Kind.OBSERVATION, real=True)
TALK = piece(id="d", kind=Kind.DISCUSSION)
PROPOSALS: dict[str, tuple[Criterion, list[Evidence], bool | None, tuple[str, ...], str]] = {
    "nothing": (KNOWS, [], None, (), "no evidence yet"),
    "closed alone": (KNOWS, [CLOSED], None, (), "show no whole criterion"),
    "closed and real work alone": (WORKS, [CLOSED, OWN_FORM], None, (), "show no whole criterion"),
    "met by points": (KNOWS, [answer(7)], True, ("a",), "by the points alone"),
    "met by points and ticks": (KNOWS, [answer(9, ALL)], True, ("a",), "every must-see point is ticked"),
    "points without a tick": (KNOWS, [answer(9, (0, 1, 3))], None, ("a",), "1 must-see point is not ticked"),
    "not yet": (KNOWS, [answer(6.5, (0,)), CLOSED], False, ("a",), "6.5 of 10 points"),
    "waits": (KNOWS, [answer(None)], None, (), "waits for a marker"),
    "one waits, one is not yet": (KNOWS, [answer(3), answer(None, id="b")], None, (), "waits for a marker"),
    "one waits, one is met": (KNOWS, [answer(8), answer(None, id="b")], True, ("a",), "8 of 10"),
    "two halves make no whole": (KNOWS, [answer(6), answer(6, id="b")], False, ("b",), "6 of 10"),
    "an answer that only prepares": (KNOWS, [answer(10, ALL, extent="prepares")], None, (), "show no whole criterion"),
    "no rubric": (KNOWS, [answer(10, item="w01-t99")], None, (), "no rubric"),
    "by hand beside a weak answer": (KNOWS, [answer(3), TALK], None, (), "yours to weigh"),
    "by hand alone": (KNOWS, [TALK], None, (), "yours to weigh"),
    "made up": (WORKS, [answer(10, ALL)], None, ("a",), "own work alone"),
    "with own work": (WORKS, [answer(10, ALL), OWN_FORM], True, ("a", "f"), "A form is there"),
    "with a discussion of own work": (WORKS, [answer(10, ALL), TALK], None, ("a",), "own work alone"),
    "written where it is to be shown": (SHOWS, [answer(10, ALL), CLOSED], None, (), "only prepares"),
    "told where it is to be shown": (SHOWS, [OWN_FORM, TALK], None, (), "only prepares"),
    "shown": (SHOWS, [OWN_FORM, SEEN], True, ("o",), "An observation"),
}


@pytest.mark.parametrize("case", PROPOSALS)
def test_a_proposal_goes_by_the_rubric_and_says_why(case: str) -> None:
    criterion, evidence, met, rests_on, why = PROPOSALS[case]
    proposal = propose(criterion, evidence, {"w01-t01": RUBRIC})
    assert (proposal.met, proposal.rests_on) == (met, rests_on)
    assert why in proposal.why
    assert bool(proposal.missing) == (met is not True and case != "no rubric")


def test_a_proposal_says_what_is_missing() -> None:
    assert propose(KNOWS, [answer(9, (0, 1, 3))], {"w01-t01": RUBRIC}).missing == (RUBRIC.must_see[2],)
    assert propose(WORKS, [answer(9, ALL)], {"w01-t01": RUBRIC}).missing == (OWN_WORK,)
    assert propose(WORKS, [answer(None)], {"w01-t01": RUBRIC}).missing == (MARKS, OWN_WORK)
    assert propose(SHOWS, [], {}).missing == (SHOWN_WORK,)


# Evidence


def test_what_was_handed_in_is_evidence(unit: Course) -> None:
    written, closed, form = evidence_of(unit)["ana01"]
    assert (written.kind, written.criteria, written.waiting, written.points, written.text) == (
        Kind.WRITTEN,
        ("1.1",),
        True,
        None,
        "Because.",
    )
    assert (closed.points, closed.maximum, closed.text, closed.attempt) == (1, 1, "1 of 1 question right", 1)
    assert (form.criteria, form.on, form.real) == (("2.3",), date(2026, 11, 3), True)
    assert "I read the plan before each visit." in form.text
    give(unit, "ana01", 8, 0, 1)
    marked = of_kind(unit, "ana01", Kind.WRITTEN)
    assert (marked.waiting, marked.points, marked.maximum, marked.seen) == (False, 8, 10, (0, 1))
    assert (marked.id, marked.extent, marked.on) == (written.id, "full", date(2026, 11, 19))
    assert Notes().seen == ()  # nobody's ticks are what is read where there are none
    found = evidence_of(unit)
    assert found["ben01"] == found["cai01"] == ()


@pytest.mark.parametrize(
    ("void", "points", "said"),
    [
        ((), {"w01-q01": 2, "w01-q02": 3}, ("2 of 2 questions right", 2, 2)),
        (("w01-q01",), {"w01-q01": 2, "w01-q02": 3}, ("1 of 1 question right; 1 question does not count", 1, 1)),
        (("w01-q01",), {"w01-q01": 2, "w01-q02": 1}, None),
        (("w01-q01", "w01-q02"), {"w01-q01": 2, "w01-q02": 3}, None),
    ],
)
def test_a_question_that_does_not_count_is_told_as_no_right_one(
    unit: Course, void: tuple[str, ...], points: dict[str, float], said: tuple[str, float, float] | None
) -> None:
    path = unit.root / "source" / NAME / "items.toml"
    path.write_text(path.read_text("utf-8") + SECOND, "utf-8")
    for question in void:
        decide_key(unit, "w01", question, Decision(void=True))
    [book] = books_of(unit, framework_of(unit))
    grades = {name: Grade("", one, None, None, False) for name, one in points.items()}
    found = gather(book, "ana01", None, Marked(when=datetime(2026, 11, 19), grades=grades))  # noqa: DTZ001
    assert [(one.text, one.points, one.maximum) for one in found if one.kind is Kind.CLOSED] == ([said] if said else [])


def test_an_answer_that_was_changed_is_another_piece(unit: Course, kit: Any, tmp_path: Path) -> None:
    give(unit, "ana01", 8)
    first = of_kind(unit, "ana01", Kind.WRITTEN)
    decide(unit, "ana01", "1.1", met=True, reason="Seen.", evidence=(first.id,))
    later: dict[str, Any] = {"at": "2026-11-20T10:00:00+00:00", "q01": "a", "declaration": True}
    hand_in(unit, kit, tmp_path, "ana01", t01="Because of this.", **later)
    second = of_kind(unit, "ana01", Kind.WRITTEN)
    assert (second.waiting, second.points, second.attempt) == (True, None, 1)
    assert second.id != first.id
    found = grid(unit)
    assert found.cells["ana01", "1.1"].stale
    assert found.to_decide == 1
    with pytest.raises(ClassError, match="handed in anew"):
        decide(unit, "ana01", "1.1", met=True, reason="Seen.", evidence=(first.id,))
    mark_class(unit, NAME)
    assert of_kind(unit, "ana01", Kind.WRITTEN).id == second.id


def test_an_answer_is_evidence_for_each_criterion_that_its_task_names(unit: Course) -> None:
    before = of_kind(unit, "ana01", Kind.WRITTEN)
    path = unit.root / "source" / NAME / "items.toml"
    path.write_text(path.read_text("utf-8").replace('kind = "written"', 'kind = "written"\nfurther = ["2.1"]'), "utf-8")
    [book] = books_of(unit, framework_of(unit))
    assert "further" not in book.workbook.items["w01-t01"].public()
    assert book.rubrics["w01-t01"].criteria_of(book.workbook.items["w01-t01"]) == "1.1 and 2.1"
    both = of_kind(unit, "ana01", Kind.WRITTEN)
    assert (both.id, both.criteria) == (before.id, ("1.1", "2.1"))
    decide(unit, "ana01", "2.1", met=True, reason="Seen.", evidence=(both.id,))


def test_an_answer_that_stayed_keeps_its_points_at_once(unit: Course, kit: Any, tmp_path: Path) -> None:
    give(unit, "ana01", 8)
    first = of_kind(unit, "ana01", Kind.WRITTEN)
    hand_in(unit, kit, tmp_path, "ana01", at="2026-11-20T10:00:00+00:00", q01="b", t01="Because.", declaration=True)
    assert of_kind(unit, "ana01", Kind.WRITTEN) == replace(first, on=date(2026, 11, 20))
    assert of_kind(unit, "ana01", Kind.CLOSED).waiting


def test_what_was_taken_back_is_no_evidence(unit: Course) -> None:
    undo(unit, NAME, "ana01")
    assert evidence_of(unit)["ana01"] == ()
    assert standing(unit)["ana01"].declared is None


def test_evidence_by_hand_is_entered_and_withdrawn(unit: Course) -> None:
    id_ = add(unit, "ana01", "2.3", "2.2", "2.3", text="Read the plan, and asked.")
    [one] = [one for one in evidence_of(unit)["ana01"] if one.id == id_]
    assert (one.kind, one.criteria, one.by, one.real) == (Kind.OBSERVATION, ("2.3", "2.2"), "Kofi Mensah", True)
    withdraw_evidence(unit, id_, "Another learner's.")
    assert id_ not in {one.id for one in evidence_of(unit)["ana01"]}
    with pytest.raises(ClassError, match="no evidence by hand"):
        withdraw_evidence(unit, id_, "Again.")
    with reading(unit) as connection:
        entries = [(entry.who, entry.what, (entry.detail or {})["id"]) for entry in log.entries_in(connection) if "evidence" in entry.what]
        assert connection.execute(select(own_tables.evidence.c.withdrawn)).scalar() is True
    assert entries == [("Ruth Osei", "add evidence", id_), ("Ruth Osei", "withdraw evidence", id_)]
    add(unit, kind=Kind.DISCUSSION)
    assert not of_kind(unit, "ana01", Kind.DISCUSSION).real  # it supports what was seen, and shows no work itself


@pytest.mark.parametrize(
    ("given", "match"),
    [
        ({"kind": Kind.WRITTEN}, "needs its kind"),
        ({"by": " "}, "needs its kind"),
        ({"title": ""}, "needs its kind"),
        ({"on": datetime.now(UTC).date() + timedelta(days=3)}, "yet to come"),
        ({"text": "x" * 20_001}, "more than 20,000"),
    ],
)
def test_evidence_that_lacks_something_is_refused(unit: Course, given: dict[str, Any], match: str) -> None:
    with pytest.raises(ClassError, match=match):
        add(unit, **given)
    assert Kind.OBSERVATION not in {one.kind for one in evidence_of(unit)["ana01"]}


class Night(datetime):
    """A clock at half past midnight in July, where the tutor is."""

    @classmethod
    def now(cls, tz: Any = None) -> datetime:  # type: ignore[override]
        return datetime(2026, 6, 30, 23, 30, tzinfo=UTC).astimezone(tz)


def test_what_is_dated_tomorrow_is_refused(unit: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("autograde.text.datetime", Night)
    given: dict[str, Any] = {"why": "Agreed.", "approved_by": "Ruth Osei"}
    for on in (date(2026, 7, 1), date(2026, 7, 2)):
        with nullcontext() if on.day == 1 else pytest.raises(ClassError, match="yet to come"):
            add(unit, on=on)
        with nullcontext() if on.day == 1 else pytest.raises(ClassError, match="yet to come"):
            adjust(unit, "ana01", Adjusted.SCRIBE, on=on, **given)


# Decisions


def test_the_newest_decision_holds_and_all_stay(unit: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    give(unit, "ana01", 8, *ALL)
    id_ = of_kind(unit, "ana01", Kind.WRITTEN).id
    first = decide(unit, "ana01", "1.1", met=False, reason="One reason is missing.")
    monkeypatch.setattr("autograde.text.datetime", Behind)
    second = decide(unit, "ana01", "1.1", met=True, reason="All there.", evidence=(id_,), assessor="Kofi Mensah")
    assert second.at > first.at  # whatever the clock says
    assert decisions_of(unit) == {("ana01", "1.1"): second}
    assert decisions_of(unit, ["ben01"]) == {}
    assert (second.assessor, second.evidence, second.proposal.met) == ("Kofi Mensah", (id_,), True)
    back = decide(unit, "ana01", "1.1", met=None, reason="Clicked on the wrong one.")
    assert decisions_of(unit) == {}
    assert history(unit, "ana01", "1.1") == (back, second, first)
    with reading(unit) as connection:
        told = [(entry.who, entry.detail or {}) for entry in log.entries_in(connection) if entry.what == "decide"]
    assert [detail["met"] for _, detail in told] == [False, True, None]
    assert told[1][1]["before"] == {"id": first.id, "met": False}
    assert told[1][1]["proposal"]["met"] is True
    with pytest.raises(ClassError, match="taken back"):
        decide(unit, "ana01", "1.1", met=None, reason="Again.")


class Behind(datetime):
    """A clock that is a day behind."""

    @classmethod
    def now(cls, tz: Any = None) -> datetime:  # type: ignore[override]
        return datetime.now(tz) - timedelta(days=1)


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "nobody": ({"learner": "zoe99"}, "Nobody in the class has the id 'zoe99'"),
    "no criterion": ({"criterion": "9.9"}, "no criterion '9.9'"),
    "no reason": ({"reason": " "}, "needs a reason"),
    "endless reason": ({"reason": "x" * 10_001}, "needs a reason"),
    "met on nothing": ({"met": True}, "has to rest on evidence"),
    "unknown evidence": ({"evidence": ("w01-small/w01-t01@0",)}, "has no evidence"),
    "nothing to take back": ({"met": None}, "taken back"),
    "twice": ({"learner": "ANA01", "criterion": "1.1"}, "stands twice"),
}


@pytest.mark.parametrize("case", WRONG)
def test_of_a_list_with_a_fault_nothing_is_written(unit: Course, case: str) -> None:
    change, match = WRONG[case]
    good = Decide(learner="ana01", criterion="1.1", met=False, reason="Reasons are missing.")
    bad = replace(good, **({"criterion": "1.2"} | change))
    with pytest.raises(ClassError, match=match):
        decide_each(unit, [good, bad])
    assert held(unit) == (0, 0)


def test_evidence_about_another_criterion_is_none(unit: Course) -> None:
    id_ = add(unit, "ana01", "2.3")
    with pytest.raises(ClassError, match=r"has no evidence .* for 2\.2"):
        decide(unit, "ana01", "2.2", met=True, reason="Seen.", evidence=(id_,))
    made = decide(unit, "ana01", "2.3", met=True, reason="Seen.", evidence=(id_, id_))
    assert made.evidence == (id_,)
    withdraw_evidence(unit, id_, "Another learner's.")
    assert grid(unit).cells["ana01", "2.3"].stale


KILLS = """
import os, shutil, signal, sys
from pathlib import Path
from sqlalchemy import event
from sqlalchemy.engine import Engine
from autograde.classes.folder import Course
from autograde.records.decisions import Decide, decide_each

model, work = Path(sys.argv[1]), Path(sys.argv[2])
count, at = 0, 0

def step(statement):
    # counts the statements of the transaction, as SQLite itself is given them, and its end
    global count
    count += bool(count) or statement.startswith("BEGIN")
    if count == at:
        os.kill(os.getpid(), signal.SIGKILL)

def run(number):
    global at
    folder = shutil.copytree(model, work / str(number))
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    at = number
    event.listen(Engine, "connect", lambda connection, _: connection.set_trace_callback(step))
    event.listen(Engine, "after_cursor_execute", lambda *given: step("") if given[2] == "COMMIT" else None)
    decide_each(Course(folder), [Decide(learner=one, criterion="1.1", met=False, reason="Not yet.") for one in ("ana01", "ben01")])
    os._exit(0)

number = 1
while run(number):
    number += 2
print(number)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="kills as Unix does")
def test_a_kill_leaves_all_of_a_decision_or_nothing(unit: Course, tmp_path: Path) -> None:
    grid(unit)  # the tables are there
    (tmp_path / "work").mkdir()
    line = [sys.executable, "-P", "-W", "ignore", "-c", KILLS, str(unit.root), str(tmp_path / "work")]
    last = int(subprocess.run(line, capture_output=True, text=True, check=True, env={**os.environ}).stdout)
    found = [held(Course(tmp_path / "work" / str(number))) for number in range(1, last + 1, 2)]
    assert set(found) == {(0, 0), (2, 2)}
    assert found.count((0, 0)) > 5


# The unit


ODD = ("9999-12-31T23:59:59-01:00", "0001-01-01T00:00:00+23:59", "0001-01-01T00:00:00", "9999-12-31T23:59:59")
"""Times which some clocks, in some zones, have not."""


def declare_at(course: Course, time: str) -> Path:
    """Have the learner's clock say this time of the declaration, see that it is of when it was handed in, and give the hand-in's folder."""
    path = course.path("submitted", "ana01", NAME) / "answers.json"
    document = json.loads(path.read_bytes())
    document["answers"]["w01-declaration"]["saved_at"] = time
    path.write_text(json.dumps(document), "utf-8")
    said = standing(course)["ana01"].declared
    assert said is not None
    assert said.at == datetime(2026, 11, 19, 10)  # noqa: DTZ001
    return path.parent


def test_a_declaration_is_of_the_hand_in_whatever_the_learners_clock_said(unit: Course) -> None:
    declare_at(unit, "2099-01-01T00:00:00+00:00")
    declare_at(unit, "1970-01-01T00:00:00.000+00:00")


@pytest.mark.parametrize("time", ODD)
def test_a_time_that_no_clock_has_stops_no_class(unit: Course, time: str) -> None:
    folder = declare_at(unit, time)
    for text in (f"{time} UTC", time.replace("T", " ")):  # as another program may leave it
        (folder / "timestamp.txt").write_text(text, "utf-8")
        assert unit.timestamp("ana01", NAME) is None
        assert set(standing(unit)) == {"ana01", "ben01", "cai01"}
        assert evidence_of(unit)["ana01"]
        assert class_standing(unit).of("ana01", NAME).handed_in is not None


def test_a_unit_is_signed_off_when_all_is_met_and_declared(unit: Course) -> None:
    with pytest.raises(ClassError, match=r"1\.1, 1\.2, .* are not decided as met"):
        sign_off(unit, "ana01")
    meet_all(unit)
    said = standing(unit)["ana01"].declared
    assert said is not None
    assert (said.who, said.at, said.text) == ("the learner", datetime(2026, 11, 19, 10), "In the hand-in of w01.")  # noqa: DTZ001
    sign_off(unit, "ana01", "Kofi Mensah")
    now = standing(unit)["ana01"]
    assert now.locked
    assert now.signed is not None
    assert now.signed.who == "Kofi Mensah"
    with reading(unit) as connection:
        [told] = [entry.detail or {} for entry in log.entries_in(connection) if entry.what == "sign off"]
    assert told["decisions"] == {code: made.id for (_, code), made in decisions_of(unit).items()}


def test_a_learner_who_has_not_declared_is_not_signed_off(unit: Course) -> None:
    meet_all(unit, "ben01")
    with pytest.raises(ClassError, match="has not declared"):
        sign_off(unit, "ben01")
    declare(unit, "ben01", "Signed on paper.")
    sign_off(unit, "ben01")
    reopen(unit, "ben01", "Signed too early.")
    with pytest.raises(ClassError, match="has not declared"):  # what was declared was another state of the work
        sign_off(unit, "ben01")


def test_what_is_signed_off_is_locked_until_it_is_reopened_with_a_reason(unit: Course) -> None:
    meet_all(unit)
    id_ = add(unit)
    sign_off(unit, "ana01")
    before = held(unit)
    refused: list[Callable[[], object]] = [
        lambda: decide(unit, "ana01", "1.1", met=False, reason="No."),
        lambda: decide_each(unit, [Decide(learner=one, criterion="1.1", met=False, reason="No.") for one in ("ben01", "ana01")]),
        lambda: add(unit),
        lambda: withdraw_evidence(unit, id_, "No."),
        lambda: declare(unit, "ana01"),
        lambda: sign_off(unit, "ana01"),
    ]
    for deed in refused:
        with pytest.raises(ClassError, match=r"is locked\. Reopen it with a reason"):
            deed()
    assert held(unit) == before
    with pytest.raises(ClassError, match="Say why"):
        reopen(unit, "ana01", " ")
    reopen(unit, "ana01", "The quality assurer asks for another look.")
    now = standing(unit)["ana01"]
    assert not now.locked
    assert now.reopened is not None
    assert now.reopened.text == "The quality assurer asks for another look."
    with pytest.raises(ClassError, match="is open"):
        reopen(unit, "ana01", "Again.")
    decide(unit, "ana01", "1.1", met=False, reason="A name stands in it.")
    with pytest.raises(ClassError, match=r"1\.1 is not decided as met"):
        sign_off(unit, "ana01")


def test_a_unit_is_not_signed_off_on_what_is_not_there_any_more(unit: Course, kit: Any, tmp_path: Path) -> None:
    give(unit, "ana01", 8, *ALL)
    meet_all(unit)
    answer_, seen = of_kind(unit, "ana01", Kind.WRITTEN).id, add(unit)
    decide(unit, "ana01", "1.1", met=True, reason="All there.", evidence=(answer_,))
    decide(unit, "ana01", "2.3", met=True, reason="Seen.", evidence=(seen,))
    withdraw_evidence(unit, seen, "Another learner's.")
    hand_in(unit, kit, tmp_path, "ana01", at="2026-11-20T10:00:00+00:00", q01="a", t01="Other words.", declaration=True)
    said = r"1\.1 rests on w01-small/w01-t01, handed in anew .*\. 2\.3 rests on evidence that was withdrawn since\. Look"
    with pytest.raises(ClassError, match=said):
        sign_off(unit, "ana01")
    now = of_kind(unit, "ana01", Kind.WRITTEN).id
    decide(unit, "ana01", "1.1", met=True, reason="All there.", evidence=(now,))
    decide(unit, "ana01", "2.3", met=True, reason="Seen.", evidence=(add(unit),))
    sign_off(unit, "ana01")


def test_a_unit_is_not_signed_off_while_somebody_asks_for_something(unit: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    give(unit, "ana01", 8, *ALL)
    meet_all(unit)
    decide(unit, "ana01", "1.1", met=True, reason="All there.", evidence=(of_kind(unit, "ana01", Kind.WRITTEN).id,))
    with unit.gradebook() as gradebook:
        gradebook.find_grade("w01-t01", NAME, NAME, "ana01").manual_score = 0
        gradebook.db.commit()
    with pytest.raises(ClassError, match=r"1\.1 was proposed as met .* is not now: points or ticks were changed since\. Look at"):
        sign_off(unit, "ana01")
    decide(unit, "ana01", "1.1", met=True, reason="Said aloud.", evidence=(add(unit, "ana01", "1.1"),))
    asked = refer(unit, "ana01", "w01", {"w01-t01": "A reason."})
    with pytest.raises(ClassError, match="w01-small is referred, and waits for its answer"):
        sign_off(unit, "ana01")
    withdraw(unit, asked.id)
    monkeypatch.setenv("AUTOGRADE_WHO", "Ines Roy")
    sampling.plan(unit, rates=Rates(base=1, new_assessor=1))
    one = next(found for found in sampling.samples_of(unit) if found.decision.criterion == "1.1")
    sampling.look(unit, one.id, agrees=False, text="Where?")
    made = actions.raise_action(unit, to="Ruth", text="Ask for it", sample=one.id)
    with pytest.raises(ClassError, match=r"does not agree with 1\.1; an action on 1\.1 is not closed\. See to that"):
        sign_off(unit, "ana01")
    actions.close_action(unit, made.id, "It came.")
    sampling.look(unit, one.id, agrees=True, text="")
    sign_off(unit, "ana01")


def test_the_lock_holds_points_and_comments_and_says_what_formgrader_gave(unit: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    meet_all(unit)
    with reading(unit) as connection:
        place = person.places_in(connection, NAME)["w01-t01"]
        base = person.marks_for(connection, place, ["ana01"])["ana01"].base
    give(unit, "ben01", 1)
    sign_off(unit, "ana01")
    given = person.Given(points=9, comment="Well said.", notes=Notes())
    with pytest.raises(ClassError, match="was signed off on"):
        person.give(unit.db_url, unit.course_id, place, "ana01", given, base)
    assert of_kind(unit, "ana01", Kind.WRITTEN).points is None
    found = {line.student: (line.outcome, line.oddities) for line in mark_class(unit, NAME, force=True)}
    assert found["ana01"] == ("unchanged", (SIGNED_OFF,))
    assert found["ben01"][0] == "marked"
    assert standing(unit)["ana01"].outside is None
    with unit.gradebook() as gradebook:  # as formgrader does
        gradebook.find_grade("w01-t01", NAME, NAME, "ana01").manual_score = 3
        gradebook.db.commit()
    assert catch(unit) == 1
    assert standing(unit)["ana01"].outside is not None
    assert "changed by formgrader or another program after the sign-off" in command(unit, monkeypatch, "results", "ana01")
    reopen(unit, "ana01", "Points were changed.")
    assert standing(unit)["ana01"].outside is None


def test_a_hand_in_after_the_sign_off_is_kept_and_waits(unit: Course, kit: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    meet_all(unit)
    sign_off(unit, "ana01")
    before = evidence_of(unit)["ana01"]
    path = tmp_path / "late.zip"
    path.write_bytes(kit.hand_in("ana01", "2026-11-22T10:00:00+00:00", q01="b", t01="Later words.", declaration=True))
    [taken] = intake(unit, [path], "w01").taken
    assert not taken.current
    assert "is kept and waits: the unit was signed off on" in " ".join(taken.oddities)
    assert evidence_of(unit)["ana01"] == before
    assert standing(unit)["ana01"].waiting == (NAME,)
    assert f"Handed in to {NAME} after the sign-off" in command(unit, monkeypatch, "results", "ana01")
    for deed in (lambda: undo(unit, NAME, "ana01"), lambda: undo(unit, NAME), lambda: assign(unit, path, "ben01")):
        with pytest.raises(ClassError, match="The unit of ana01 is signed off"):
            deed()
    assert evidence_of(unit)["ana01"] == before
    reopen(unit, "ana01", "A newer hand-in is there.")
    assert standing(unit)["ana01"].waiting == ()
    assert of_kind(unit, "ana01", Kind.WRITTEN).text == "Later words."


# Two ids of one learner


def test_the_records_of_two_ids_become_one_learners_and_part_again(unit: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = add(unit, "ana01", "2.3")
    first = decide(unit, "ana01", "2.3", met=True, reason="Seen.", evidence=(seen,))
    own = decide(unit, "ben01", "2.3", met=False, reason="Nothing was seen.")
    marks = {"assignment": NAME, "task": "w01-t01", "marker": "Kofi", "first": 7, "points": 6, "seen": "[]", "text": "", "at": own.at}
    with writing(unit) as database:
        for id_, learner, by in (("m1", "ana01", "kofi"), ("m2", "ben01", "kofi"), ("m3", "ana01", "omar")):
            row = {"id": id_, "learner": learner, "entered_by": by, "answer": "x"} | marks
            database.run(insert(own_tables.second_mark).values(**row))
    with reading(unit) as connection:
        faults = {*faults_in(connection)}

    def owners() -> dict[str, str]:
        with reading(unit) as connection:
            assert faults >= {*faults_in(connection)}  # those that were written beside the log, as here
            assert not log.faults_in(connection, [])
            return {row.id: row.learner for row in connection.execute(select(own_tables.second_mark))}

    def committed(one: Path, other: Path) -> None:
        with closing(sqlite3.connect(unit.root / "gradebook.db", timeout=0)) as raw:
            raw.execute("BEGIN IMMEDIATE")  # nobody is within a transaction any more
        exchange(one, other)

    exchange = merge._exchange
    monkeypatch.setattr(merge, "_exchange", committed)
    planned = merge.plan(unit, "ana01", "ben01").records
    assert planned[0] == "The records go over as well: 1 decision, 1 piece of evidence, 1 second mark."
    assert planned[1].startswith("1 second mark by somebody who has marked the same answer")
    assert planned[2].startswith("Both have decisions on 2.3: all are kept, and of each the newest holds.")
    done = merge.merge(unit, "ana01", "ben01")
    assert decisions_of(unit) == {("ben01", "2.3"): own}
    assert [one.id for one in history(unit, "ben01", "2.3")] == [own.id, first.id]
    assert seen in {one.id for one in evidence_of(unit, ["ben01"])["ben01"]}
    assert owners() == {"m1": "ana01", "m2": "ben01", "m3": "ben01"}
    later = decide(unit, "ben01", "2.4", met=False, reason="Nothing was seen.")
    merge.undo(unit, done.name)
    assert decisions_of(unit) == {("ana01", "2.3"): first, ("ben01", "2.3"): own, ("ben01", "2.4"): later}
    assert seen in {one.id for one in evidence_of(unit, ["ana01"])["ana01"]}
    assert owners() == {"m1": "ana01", "m2": "ben01", "m3": "ana01"}


def test_an_undo_takes_back_one_merge_alone_and_a_signed_off_unit_stays(unit: Course, kit: Any, tmp_path: Path) -> None:
    merge.merge(unit, "ana01", "ben01")
    (tmp_path / "new.zip").write_bytes(kit.hand_in("ana01", "2026-11-20T10:00:00+00:00", q01="a", t01="New.", declaration=True))
    assign(unit, tmp_path / "new.zip", "ana01", "w01")  # else it would be ben01's
    later = merge.merge(unit, "ana01", "cai01")
    merge.undo(unit, later.name)
    assert [one.set_aside[:17] for one, _ in Attempts(unit, NAME).of("ana01")] == ["merged into ben01", ""]
    assert "ana01" in who_left(unit)  # as it was before this merge
    meet_all(unit, "ben01")
    sign_off(unit, "ben01")
    deeds: list[Callable[[], object]] = [
        lambda: merge.plan(unit, "cai01", "ben01"),
        lambda: merge.undo(unit, merges(unit)[0][0]),
    ]
    for deed in deeds:
        with pytest.raises(ClassError, match="The unit of ben01 is signed off"):
            deed()


# The grid


def test_the_grid_has_a_state_for_each_learner_and_criterion(unit: Course) -> None:
    give(unit, "ana01", 8, *ALL)
    id_ = add(unit, "ana01", "2.4")
    decide(unit, "ana01", "2.4", met=True, reason="Seen.", evidence=(id_,))
    decide(unit, "ben01", "1.2", met=False, reason="Blank.")
    mark_left(unit, ["cai01"])
    found = grid(unit)
    assert [one.id for one in found.learners] == ["ana01", "ben01"]
    assert set(found.cells) == {(learner, code) for learner in ("ana01", "ben01") for code in CODES}
    wanted = {("ana01", "1.1"): State.PROPOSED, ("ana01", "2.3"): State.EVIDENCE, ("ana01", "2.4"): State.MET}
    wanted |= {("ben01", "1.2"): State.NOT_YET, ("ben01", "1.1"): State.NOTHING}
    assert {key: found.cells[key].state for key in wanted} == wanted
    assert found.cells["ana01", "2.3"].missing == (SHOWN_WORK,)
    assert found.to_decide == 1
    assert list(grid(unit, ["cai01"]).units) == ["cai01"]


def test_another_framework_takes_the_criteria_that_it_matches(unit: Course) -> None:
    write_setting(unit, "framework", "care-certificate")
    assert {one.criteria for one in evidence_of(unit)["ana01"]} == {("1.3",), ("1",)}
    assert grid(unit).cells["ana01", "1.3"].state is State.EVIDENCE
    write_setting(unit, "framework", "care")
    with pytest.raises(ClassError, match=r"nbgrader_config\.py, framework: There is no framework 'care' in"):
        grid(unit)


def test_a_unit_that_is_signed_off_by_another_framework_is_reopened_as_well(unit: Course) -> None:
    meet_all(unit)
    sign_off(unit, "ana01")
    write_setting(unit, "framework", "sssc-code")
    assert signed_off(unit).keys() == {"ana01"}
    reopen(unit, "ana01", "The class has another framework now.")
    assert signed_off(unit) == {}


def test_who_is_referred_while_the_unit_is_signed_off_is_not_signed_off(unit: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    give(unit, "ana01", 4)
    catch(unit)
    meet_all(unit)

    def meanwhile(course: Course) -> int:
        refer(course, "ana01", "w01", {"w01-t01": "Say why."})
        return catch(course)

    monkeypatch.setattr("autograde.records.units.catch", meanwhile)
    with pytest.raises(ClassError, match="cannot be signed off"):
        sign_off(unit, "ana01")


def test_an_answer_that_can_show_a_criterion_shows_the_same_one_of_another_framework(unit: Course) -> None:
    with (unit.root / "nbgrader_config.py").open("a", encoding="utf-8") as file:
        file.write('\nc.AutogradeClass.framework = "hsc-025"\n')
    give(unit, "ana01", 8, *ALL)
    assert grid(unit).cells["ana01", "1.1"].proposal.met
    assert of_kind(unit, "ana01", Kind.FORM).criteria == ("2.3",)


# By command


def command(course: Course, monkeypatch: pytest.MonkeyPatch, *words: str, width: int = 200) -> str:
    monkeypatch.chdir(course.root)
    monkeypatch.setattr(out, "width", width)  # it takes its width once, when it is made
    done = CliRunner().invoke(app, list(words))
    if done.exception:
        raise done.exception
    return " ".join(done.output.split())


def test_by_command_a_unit_goes_its_way(unit: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    give(unit, "ana01", 8, *ALL)
    shown = command(unit, monkeypatch, "results")
    assert "proposed" in shown
    assert "1 to decide. A total is not the unit's result" in shown
    assert "Evans" not in shown
    assert "┃ 1.1" in shown
    assert "ana01: proposed 1.1" in command(unit, monkeypatch, "results", width=80), "a table has no room there"
    assert "Ana Evans" in command(unit, monkeypatch, "results", "--names")
    assert "every must-see point is ticked" in command(unit, monkeypatch, "results", "ana01")
    assert "1.1 of ana01: met, decided by Ruth Osei" in command(
        unit, monkeypatch, "decide", "ana01", "1.1", "met", "--reason", "All there."
    )
    codes = [word for code in CODES for word in ("--criterion", code)]
    seen = ("--by", "Kofi", "--title", "Round", "--on", "5/11/2026")
    id_ = command(unit, monkeypatch, "evidence", "add", "ana01", "witness", *codes, *seen).removeprefix("Entered. Its id is ").rstrip(".")
    listed = command(unit, monkeypatch, "evidence", "list", "ana01")
    assert id_ in listed
    assert "8 of 10" in listed
    for code in CODES[1:]:
        command(unit, monkeypatch, "decide", "ana01", code, "met", "--reason", "Seen.", "--evidence", id_)
    command(unit, monkeypatch, "decide", "ana01", "1.2", "take-back", "--reason", "Too early.")
    with pytest.raises(ClassError, match=r"1\.2 is not decided as met"):
        command(unit, monkeypatch, "sign-off", "ana01")
    command(unit, monkeypatch, "decide", "ana01", "1.2", "met", "--reason", "Seen.", "--evidence", id_)
    command(unit, monkeypatch, "sign-off", "ana01")
    assert "signed off" in command(unit, monkeypatch, "results")
    command(unit, monkeypatch, "reopen", "ana01", "--why", "Asked.")
    command(unit, monkeypatch, "declare", "ana01", "--how", "On paper.")
    command(unit, monkeypatch, "evidence", "withdraw", id_, "--why", "Another's.")
    assert "look again" in command(unit, monkeypatch, "results", "ana01")


def test_a_checked_list_is_decided_whole(unit: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    give(unit, "ana01", 8, *ALL)
    add(unit, "ben01", "2.4")
    file = tmp_path / "check.csv"
    assert "2 proposals in" in command(unit, monkeypatch, "results", "--to-decide", str(file))
    text = file.read_text("utf-8-sig")
    file.write_text(text.replace('"met"', '"perhaps"', 1), "utf-8-sig")
    with pytest.raises(ClassError, match=r"row 2: the decision must be"):
        command(unit, monkeypatch, "decide-list", str(file))
    assert held(unit) == (0, 0)
    file.write_text(text.replace('"met"', '"Not yet"', 1), "utf-8-sig")
    assert "2 decisions" in command(unit, monkeypatch, "decide-list", str(file), "--assessor", "Kofi")
    assert {key: made.met for key, made in decisions_of(unit).items()} == {("ana01", "1.1"): False, ("ben01", "2.4"): True}
    with pytest.raises(ClassError, match="is not replaced"):  # somebody has worked in it
        command(unit, monkeypatch, "results", "--to-decide", str(file))
    assert "0 proposals in" in command(unit, monkeypatch, "results", "--to-decide", str(tmp_path / "anew.csv"))


def test_a_checked_list_undoes_nothing_that_came_since_it_was_written(
    unit: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    give(unit, "ana01", 8, *ALL)
    add(unit, "ben01", "2.4")
    file = tmp_path / "check.csv"
    command(unit, monkeypatch, "results", "--to-decide", str(file))
    theirs = decide(unit, "ben01", "2.4", met=False, reason="Copied from another learner.", evidence=(), assessor="Ines")
    with pytest.raises(ClassError, match=r"row 3: 2\.4 of ben01 is not as it was listed"):
        command(unit, monkeypatch, "decide-list", str(file))
    give(unit, "ana01", 2)  # marked anew
    with pytest.raises(ClassError, match=r"row 2: 1\.1 of ana01 is not as it was listed"):
        command(unit, monkeypatch, "decide-list", str(file))
    assert {key: made.id for key, made in decisions_of(unit).items()} == {("ben01", "2.4"): theirs.id}
    by_hand = f"{file.read_text('utf-8-sig').splitlines()[0]}\nben01,2.4,not yet,Seen.,,\n"
    file.write_text(by_hand, "utf-8-sig")
    with pytest.raises(ClassError, match=r"2\.4 of ben01 was decided meanwhile"):
        command(unit, monkeypatch, "decide-list", str(file))
    file.write_text(by_hand.replace("ben01,2.4", "ben01,2.3"), "utf-8-sig")
    assert "1 decision" in command(unit, monkeypatch, "decide-list", str(file))
    with pytest.raises(ClassError, match=r"2\.3 of ben01 was decided meanwhile"):  # the same list again
        command(unit, monkeypatch, "decide-list", str(file))


# On a server


@pytest.fixture
def on_server(unit: Course, server: str, monkeypatch: pytest.MonkeyPatch) -> Course:
    """The class with its gradebook on a server."""
    monkeypatch.chdir(unit.root)
    moved = CliRunner().invoke(app, ["db", "move", empty_database(server, "records")])
    assert moved.exit_code == 0, moved.output
    return Course(unit.root)


def test_of_several_who_looked_at_the_same_at_one_moment_one_decides(unit: Course) -> None:
    with ThreadPoolExecutor(4) as pool:
        deeds = [pool.submit(decide, unit, "ana01", "1.1", met=False, reason=f"Reason {n}.", base="") for n in range(4)]
    made = [deed.result() for deed in deeds if not deed.exception()]
    assert ["was decided meanwhile" in str(deed.exception()) for deed in deeds if deed.exception()] == [True] * 3
    assert history(unit, "ana01", "1.1") == tuple(made)
    with pytest.raises(ClassError, match="was decided meanwhile"):
        decide(unit, "ana01", "1.1", met=None, reason="Taken back.", base="0" * 32)
    back = decide(unit, "ana01", "1.1", met=None, reason="Taken back.", base=made[0].id)
    assert decide(unit, "ana01", "1.1", met=False, reason="Again.", base="").at > back.at
    assert held(unit) == (3, 3)


@pytest.mark.skipif(sys.platform != "linux", reason="needs Debian's PostgreSQL")
def test_on_a_server_it_goes_as_well(on_server: Course) -> None:
    with ThreadPoolExecutor(6) as pool:
        deeds = [pool.submit(decide, on_server, "ana01", "1.1", met=False, reason=f"Reason {n} is missing.") for n in range(6)]
    times = [deed.result().at for deed in deeds]
    assert len(set(times)) == 6
    assert decisions_of(on_server)["ana01", "1.1"].at == max(times)
    meet_all(on_server)
    assert {one.kind for one in evidence_of(on_server)["ana01"]} >= {Kind.WRITTEN, Kind.CLOSED, Kind.FORM, BY_HAND[0]}
    sign_off(on_server, "ana01")
    with pytest.raises(ClassError, match="is locked"):
        decide(on_server, "ana01", "1.1", met=False, reason="No.")
    found = grid(on_server)
    assert {found.cells["ana01", code].state for code in CODES} == {State.MET}
    assert found.units["ana01"].locked
    assert held(on_server) == (17, 17)
