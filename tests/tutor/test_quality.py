"""Adjustments and internal quality assurance, with a real class: hand-ins, marks, decisions, a log."""

import json
import shutil
import sqlite3
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import func, insert, select, update

from autograde import cli
from autograde.classes.extend import extend
from autograde.classes.folder import Course
from autograde.classes.moving import move_gradebook
from autograde.commands.console import out
from autograde.content import load_samples
from autograde.desk import mark, quality, quality_data
from autograde.desk.mark_answers import Answers
from autograde.desk.pages import Asked, UnfitError, plain
from autograde.desk.quality_answers import blind
from autograde.desk.quality_view import PARTS
from autograde.desk.work import Worker
from autograde.errors import ClassError
from autograde.gradebook import log, own_tables
from autograde.gradebook.database import let_go
from autograde.gradebook.overview import due_dates
from autograde.gradebook.person import Given, Notes, give, marks_for, places_in
from autograde.gradebook.sealed import faults_in, one_of, seal
from autograde.gradebook.who import who as logged_in_here
from autograde.hints import Hint
from autograde.inbox.intake import intake
from autograde.outbox.release import release
from autograde.records import actions, adjustments, sampling, second_looks, second_marking, standardising
from autograde.records.adjustments import Kind
from autograde.records.events import add_event
from autograde.records.opening import reading, writing
from autograde.reports.facts import read_facts
from autograde.reports.people import people
from autograde.reports.quality import quality_report
from autograde.run.mark import mark_class
from autograde.statistics.sampling import LEAST, Rates
from autograde.text import in_words, naive, read_due
from tests.conftest import ROOT
from tests.tutor.conftest import ASSIGNMENT, empty_database

if TYPE_CHECKING:
    from tests.tutor.conftest import Kit

TASK = "w01-t01"
TEXTS = {"ana01": "I am Ana Evans, and I keep a line because I am paid.", "ben01": "Ben says so.", "cai01": "Because of power."}
FIRST_MARKER = "Ruth Osei"
LOGINS = {"Ruth": "rosei"}
"""Who decides under another name than that of the login."""
FIRST = {"ana01": 8, "ben01": 3, "cai01": 6}
GIVEN: dict[str, Any] = {"why": "dyslexia, agreed plan", "approved_by": "Ruth Osei", "on": date(2026, 11, 2)}
DEEDS = {
    "adjust",
    "end adjustment",
    "plan sampling",
    "look at decision",
    "give second mark",
    "raise action",
    "close action",
    "standardise",
}
"""What the log calls the deeds of this room; others write to it, too."""


@pytest.fixture(scope="module")
def _marked() -> list[Path]:
    return []


@pytest.fixture
def keys(small_key: None, tmp_path: Path) -> None:
    """Give the small workbook the sample answers of the real one, too."""
    (tmp_path / "own" / "samples").mkdir()
    shutil.copy(ROOT / "autograde" / "content" / "samples" / "w01.toml", tmp_path / "own" / "samples")


@pytest.fixture
def marked(course: Course, keys: None, kit: "Kit", tmp_path: Path, _marked: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Course:
    """Give a class of three whose answers a person has marked; it is made once."""
    if not _marked:
        files = []
        for learner, text in TEXTS.items():
            files.append(tmp_path / f"{learner}.zip")
            files[-1].write_bytes(kit.hand_in(learner, q01="a", t01=text, declaration=True))
        intake(course, files, "w01")
        list(mark_class(course, ASSIGNMENT))
        for learner, points in FIRST.items():
            points_of(course, learner, points)
        _marked.append(Path(shutil.copytree(course.root, tmp_path_factory.mktemp("quality") / "class")))
    let_go(course.db_url)
    shutil.rmtree(course.root)
    shutil.copytree(_marked[0], course.root)
    return course


def points_of(course: Course, learner: str, points: float) -> None:
    """Mark as the first marker does."""
    with reading(course) as connection:
        place = places_in(connection, ASSIGNMENT)[TASK]
        base = marks_for(connection, place, [learner])[learner].base
    given = Given(points=points, comment="Say more.", notes=Notes(seen=(0,)))
    with logged_in(FIRST_MARKER):
        assert not give(course.db_url, course.course_id, place, learner, given, base).newer


def decisions(course: Course, *each: tuple[str, str, str, str, bool | None], day: int = 3) -> None:
    """Decide (id, learner, criterion, assessor, met), as the rows have it."""
    rows: list[dict[str, Any]] = [
        {"id": id_, "framework": "rqf-l2", "criterion": criterion, "learner": learner, "met": met, "assessor": assessor}
        | {"entered_by": LOGINS.get(assessor, assessor)}
        | {
            "at": naive(datetime(2026, 12, day, 9, tzinfo=UTC)),
            "reason": "plain to see",
            "evidence": f'["{ASSIGNMENT}/{TASK}@0"]',
            "proposal": json.dumps({"met": None, "why": "", "rests_on": [], "missing": []}),
        }
        for id_, learner, criterion, assessor, met in each
    ]
    with writing(course) as database:
        database.run_each(insert(own_tables.decision), rows)
        sealed = seal(database, own_tables.decision, [row["id"] for row in rows])
        log.note_each(database, "decide", [(row["learner"], {"sealed": one_of(sealed, row["id"])}) for row in rows])


@contextmanager
def logged_in(name: str) -> Iterator[None]:
    """Work at the login of another one."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AUTOGRADE_WHO", name)
        yield


def many(course: Course) -> None:
    """Decide 40 times: two assessors, of whom Kofi is new."""
    criteria = ["1.1", "1.2", "2.1", "2.2"]
    decisions(course, *((f"d{n:02}", f"l{n % 10}", criteria[n // 10], "Kofi" if n % 4 == 0 else "Ruth", n % 5 != 0) for n in range(40)))


def logged(course: Course) -> list[tuple[str, str, Any]]:
    with reading(course) as connection:
        assert log.faults_in(connection, []) == []
        return [(one.what, one.who, one.detail) for one in log.entries_in(connection) if one.what in DEEDS]


def rows(course: Course) -> dict[str, int]:
    tables = (own_tables.adjustment, own_tables.sample_plan, own_tables.sample, own_tables.second_mark, own_tables.action)
    with reading(course) as connection:
        return {one.name: connection.scalar(select(func.count()).select_from(one)) or 0 for one in (*tables, own_tables.standard_mark)}


def until(course: Course, learner: str) -> timedelta | None:
    with reading(course) as connection:
        return adjustments._extension(connection, ASSIGNMENT, learner)


def test_extra_time_is_given_and_written_down(course: Course) -> None:
    [made] = adjustments.adjust(course, "ana01", Kind.TIME, workbooks=["w01"], days=7, **GIVEN)
    assert (made.assignment, made.detail, made.learner) == (ASSIGNMENT, "7 days", "ana01")
    assert until(course, "ana01") == timedelta(days=7)
    assert adjustments.adjustments_of(course, "ana01") == (made,)
    [(what, _, detail)] = logged(course)
    assert (what, detail["approved_by"], detail["why"]) == ("adjust", "Ruth Osei", "dyslexia, agreed plan")
    adjustments.end(course, made.id)
    assert until(course, "ana01") is None
    assert [one.ended for one in adjustments.adjustments_of(course)] == [True]
    with pytest.raises(ClassError, match="no adjustment"):
        adjustments.end(course, made.id)


def test_extra_time_falls_to_that_of_the_others_that_hold(course: Course) -> None:
    given = {days: adjustments.adjust(course, "ana01", Kind.TIME, workbooks=["w01"], days=days, **GIVEN)[0] for days in (3, 7)}
    [again] = adjustments.adjust(course, "ana01", Kind.TIME, workbooks=["w01"], days=7, **GIVEN)
    adjustments.end(course, given[7].id)
    assert until(course, "ana01") == timedelta(days=7)
    adjustments.end(course, again.id)
    assert until(course, "ana01") == timedelta(days=3)
    adjustments.end(course, given[3].id)
    assert until(course, "ana01") is None


@pytest.mark.parametrize(
    ("due", "end"),
    [
        ("23 October 2026", "Friday 30 October 2026, 23:59"),  # the clocks are put back on the 25th
        ("24 March 2027", "Wednesday 31 March 2027, 23:59"),  # and on on the 28th
        ("2 December 2026 17:00", "Wednesday 9 December 2026, 17:00"),
    ],
)
def test_a_day_of_extra_time_is_one_of_the_clock(course: Course, due: str, end: str) -> None:
    release(course, "w01", due=read_due(due))
    three, seven = (adjustments.adjust(course, "ana01", Kind.TIME, workbooks=["w01"], days=days, **GIVEN)[0] for days in (3, 7))
    [again] = adjustments.adjust(course, "ana01", Kind.TIME, workbooks=["w01"], days=7, **GIVEN)
    dates = due_dates(course.db_url, course.course_id, ASSIGNMENT) or {}
    assert in_words(dates["ana01"]) == end
    with pytest.raises(ClassError, match="has more time"):
        adjustments.adjust(course, "ana01", Kind.TIME, workbooks=["w01"], days=6, **GIVEN)
    for one in (again, seven, three):
        adjustments.end(course, one.id)
    assert until(course, "ana01") is None


@pytest.mark.parametrize(
    ("first", "then", "end"),
    [
        ("23 October 2026", "2 December 2026", "Wednesday 9 December 2026, 23:59"),
        ("2 December 2026", "24 March 2027", "Wednesday 31 March 2027, 23:59"),
    ],
)
def test_extra_time_keeps_its_days_where_the_date_of_the_class_is_moved(course: Course, first: str, then: str, end: str) -> None:
    release(course, "w01", due=read_due(first))
    [made] = adjustments.adjust(course, "ana01", Kind.TIME, workbooks=["w01"], days=7, **GIVEN)
    release(course, "w01", due=read_due(then))
    dates = due_dates(course.db_url, course.course_id, ASSIGNMENT) or {}
    assert in_words(dates["ana01"]) == end
    adjustments.end(course, made.id)
    assert until(course, "ana01") is None


def test_extra_time_that_was_used_or_given_otherwise_stays(marked: Course) -> None:
    [used] = adjustments.adjust(marked, "ana01", Kind.TIME, workbooks=["w01"], days=7, **GIVEN)
    adjustments.end(marked, used.id)
    assert until(marked, "ana01") == timedelta(days=7)
    with pytest.raises(ClassError, match="has more time"):
        adjustments.adjust(marked, "ana01", Kind.TIME, workbooks=["w01"], days=3, **GIVEN)


@pytest.mark.parametrize(
    ("kind", "more", "match"),
    [
        (Kind.TIME, {"days": 3}, "Extra time needs the workbooks"),
        (Kind.TIME, {"workbooks": ["w01"]}, "how many days"),
        (Kind.TIME, {"workbooks": ["w01"], "days": 400}, "from 1 to 366"),
        (Kind.OTHER, {}, "Say what the adjustment is"),
        (Kind.SCRIBE, {"why": " "}, "Say why it is given"),
        (Kind.SCRIBE, {"on": date(2099, 1, 1)}, "yet to come"),
        (Kind.SCRIBE, {"workbooks": ["w77"]}, "no workbook"),
    ],
)
def test_what_is_no_adjustment(course: Course, kind: Kind, more: dict[str, Any], match: str) -> None:
    with pytest.raises(ClassError, match=match):
        adjustments.adjust(course, "ana01", kind, **(GIVEN | more))
    assert until(course, "ana01") is None
    assert logged(course) == []


def test_who_marks_sees_nothing_of_an_adjustment(marked: Course) -> None:
    adjustments.adjust(marked, "ana01", Kind.SCRIBE, detail="a scribe named Zebedee", **GIVEN)
    shown = [mark.data(marked), Answers(marked, ASSIGNMENT, anonymous=True).marking(TASK, "", "")]
    shown += [Answers(marked, ASSIGNMENT).marking("", "ana01", ""), blind(marked, ASSIGNMENT, TASK, "ana01")]
    text = json.dumps([plain(one) for one in shown])
    assert "power" in text
    assert not [word for word in ("a scribe", "Zebedee", "dyslexia", "Ruth Osei", "adjust") if word in text]


def test_a_plan_is_the_same_for_the_same_seed_and_samples_nothing_twice(course: Course, tmp_path: Path) -> None:
    many(course)
    other = Course(Path(shutil.copytree(course.root, tmp_path / "other")))
    rates = Rates(base=0.1, new_assessor=0.5)
    made = sampling.plan(course, rates=rates, new=["Kofi"], seed="autumn", by="Ines")
    with pytest.raises(ClassError, match=r"Kof has made no decision that holds\. Write the name as the decisions have it: .*Kofi"):
        sampling.plan(other, rates=rates, new=["Kof"])
    assert sampling.plan(other, rates=rates, new=["kofi "], seed="autumn", by="Ines").new == made.new == ("Kofi",)
    first, again = ([one.decision.id for one in sampling.samples_of(which)] for which in (course, other))
    assert first == again
    assert len(first) == made.samples < 40
    assert sum(one.decision.assessor == "Kofi" for one in sampling.samples_of(course)) >= 5
    assert {one.decision.kind for one in sampling.samples_of(course)} == {"written"}
    with writing(course) as database:
        both = f'["{ASSIGNMENT}/{TASK}@0", "gone", "{ASSIGNMENT}/closed-1.1@0"]'
        database.run(update(own_tables.decision).values(evidence=both))
    assert {one.decision.kind for one in sampling.samples_of(course)} == {"closed, written"}
    with pytest.raises(ClassError, match="enough for these rates"):
        sampling.plan(course, rates=rates, new=["Kofi"], seed="winter")
    more = sampling.plan(course, rates=Rates(base=0.5, new_assessor=0.5), seed="winter")
    every = [one.decision.id for one in sampling.samples_of(course)]
    assert len(every) == len(set(every)) == len(first) + more.samples
    assert set(first) < set(every)
    assert [one.seed for one in sampling.plans_of(course)] == ["winter", "autumn"]


@pytest.mark.parametrize(
    ("typed", "field", "said"),
    [
        *(({"per_criterion": number}, "per_criterion", "Type a whole number, 0 or more") for number in ("-1", "two", "1,5")),
        ({"base": "30"}, "new_assessor", "30% of each assessor’s decisions and 25% of a new assessor’s cannot be"),
        ({"base": ""}, "base", "Type a number like 7.5"),
    ],
)
def test_on_the_desk_no_other_number_is_taken_than_was_typed(course: Course, typed: dict[str, str], field: str, said: str) -> None:
    decisions(course, ("d1", "ana01", "1.1", "Ruth", True))
    fields = {"base": "10", "new_assessor": "25", **dict.fromkeys(LEAST, "0")} | typed
    with pytest.raises(UnfitError, match=said) as caught:
        quality.PAGE.verbs["plan"](Asked(course=course, worker=Worker(), fields=fields))
    assert (caught.value.field, sampling.plans_of(course)) == (field, ())


def test_only_what_holds_is_sampled(course: Course) -> None:
    with pytest.raises(ClassError, match="nothing to sample"):
        sampling.plan(course)
    decisions(course, ("d1", "ana01", "1.1", "Ruth", False), ("d2", "ben01", "1.1", "Ruth", True))
    decisions(course, ("d3", "ana01", "1.1", "Ruth", True), ("d4", "ben01", "1.1", "Ruth", None), day=4)
    sampling.plan(course, rates=Rates(base=1, new_assessor=1))
    [one] = sampling.samples_of(course)
    assert (one.decision.id, one.newest, one.decision.met) == ("d3", True, True)
    decisions(course, ("d5", "ana01", "1.1", "Ruth", False), day=5)
    assert not sampling.samples_of(course)[0].newest


def test_a_night_in_summer_is_of_the_day_that_the_tutor_has(course: Course) -> None:
    night = naive(datetime(2026, 6, 30, 23, 30, tzinfo=UTC))
    decisions(course, ("d1", "ana01", "1.1", "Ruth", True))
    sampling.plan(course)
    actions.raise_action(course, to="Ruth", text="Ask for it")
    with writing(course) as database:
        database.run(update(own_tables.decision).values(at=night))
        database.run(update(own_tables.action).values(at=night))
    shown = [quality_data.data(course, {"part": part}) for part in ("sample", "actions")]
    assert (shown[0].lines[0].on, shown[1].actions[0].on) == ("1 July 2026", "1 July 2026")


def test_a_decision_is_looked_at_by_somebody_else_and_acted_upon(course: Course) -> None:
    decisions(course, ("d1", "ana01", "1.1", "Ruth", True))
    sampling.plan(course)
    [one] = sampling.samples_of(course)
    for name, login in ((" ruth", ""), ("Ines", "ROSEI"), ("Ines", "Ruth"), ("rosei", "")):
        with logged_in(login), pytest.raises(ClassError, match="Somebody else"):
            sampling.look(course, one.id, agrees=True, text="", by=name)
    with pytest.raises(ClassError, match="why you do not agree"):
        sampling.look(course, one.id, agrees=False, text=" ", by="Ines")
    sampling.look(course, one.id, agrees=False, text="The example is missing.", by="Ines")
    sampling.look(course, one.id, agrees=True, text="It is there.", by="Ines")
    [now] = sampling.samples_of(course)
    assert (now.agrees, now.text, now.by) == (True, "It is there.", "Ines")
    assert logged(course)[-1][2]["before"] == {"agrees": False, "by": "Ines", "text": "The example is missing."}
    made = actions.raise_action(course, to="Ruth", text="Ask for it", until=date(2026, 12, 20), sample=one.id, by="Ines")
    assert [(who, detail["assurer"]) for _, who, detail in logged(course)[-2:]] == [(logged_in_here(), "Ines")] * 2
    with pytest.raises(ClassError, match="Say what was done"):
        actions.close_action(course, made.id, "")
    closed = actions.close_action(course, made.id, "It came.", by="Ruth")
    assert actions.actions_of(course) == (closed,)
    assert (closed.closed_by, closed.closing, closed.until) == ("Ruth", "It came.", date(2026, 12, 20))
    with pytest.raises(ClassError, match="no open action"):
        actions.close_action(course, made.id, "Again.")


def test_a_second_marker_sees_no_name_and_no_points(marked: Course) -> None:
    left = second_marking.waiting(marked, ASSIGNMENT, TASK, "Ines")
    assert {one.learner for one in left} == set(TEXTS)
    text = json.dumps([plain(blind(marked, ASSIGNMENT, TASK, one.learner)) for one in left])
    assert "[name]" in text
    assert not [word for word in ("Ana", "Evans", "Say more", "ana01") if word in text]
    assert "points" not in {name for one in left for name in vars(one)}
    shown = quality_data.data(marked, {"part": "second", "workbook": "w01", "task": TASK, "by": "Ines"}, names=True)
    assert shown.second
    assert not [word for word in ("Ana", "ana01", "Say more") if word in json.dumps(plain(shown))]


def test_agreement_is_that_of_what_each_gave_by_themselves(marked: Course) -> None:
    gives = {"ana01": 8, "ben01": 5, "cai01": 6}
    for one in second_marking.waiting(marked, ASSIGNMENT, TASK, "Ines"):
        second_marking.give_second(
            marked, ASSIGNMENT, TASK, one.token, points=gives[one.learner], seen=[2, 0], text="two of four", marker="Ines"
        )
    assert second_marking.waiting(marked, ASSIGNMENT, TASK, "Ines") == ()
    assert second_marking.waiting(marked, ASSIGNMENT, TASK, "Kofi") == (), "the same login by another name"
    with logged_in("kmensah"):
        assert len(second_marking.waiting(marked, ASSIGNMENT, TASK, "Kofi")) == 3
        assert second_marking.waiting(marked, ASSIGNMENT, TASK, " INES ") == (), "the same name at another login"
        assert second_marking.waiting(marked, ASSIGNMENT, TASK, "ruth  osei") == ()
    with logged_in(FIRST_MARKER):
        assert second_marking.waiting(marked, ASSIGNMENT, TASK, "Kofi") == (), "who marked first by another name"
    assert second_marking.waiting(marked, ASSIGNMENT, TASK, FIRST_MARKER) == ()
    points_of(marked, "ben01", 5)  # they have talked it over
    [found] = second_marking.agreements(marked)
    assert (found.agreement.pairs, found.task) == (3, TASK)
    assert found.agreement.kappa == pytest.approx(kappa([8, 3, 6], [8, 5, 6]))
    [pair] = found.disagreements
    assert (pair.learner, pair.first, pair.points, pair.seen, pair.marker) == ("ben01", 3, 5, (0, 2), "Ines")
    shown = quality_data.data(marked, {"part": "agreement", "pair": pair.id})
    assert shown.pair_answer
    assert (shown.pair_answer.points, shown.pair_answer.comment, shown.pair_answer.lines) == (5, "Say more.", (TEXTS["ben01"],))


def test_each_scale_of_a_task_has_an_agreement_of_its_own(marked: Course) -> None:
    gives = {10: {"ana01": 3, "ben01": 8, "cai01": 6}, 20: {"ana01": 16, "ben01": 18, "cai01": 13}}
    for most, second in gives.items():
        with marked.gradebook() as gradebook:
            gradebook.find_graded_cell(TASK, ASSIGNMENT, ASSIGNMENT).max_score = most
            gradebook.db.commit()
        with logged_in(f"marker{most}"):
            for one in second_marking.waiting(marked, ASSIGNMENT, TASK, f"M{most}"):
                about: dict[str, Any] = {"points": second[one.learner], "marker": f"M{most}"}
                second_marking.give_second(marked, ASSIGNMENT, TASK, one.token, **about)
    ten, twenty = second_marking.agreements(marked)
    assert [one.task for one in (ten, twenty)] == [f"{TASK}, of 10 points", f"{TASK}, of 20 points"]
    for found, most in ((ten, 10), (twenty, 20)):
        assert found.agreement.kappa == pytest.approx(kappa([*FIRST.values()], [gives[most][learner] for learner in FIRST]))
    with writing(marked) as database:  # as they were kept before the scale was
        database.run(update(own_tables.second_mark).values(out_of=None))
    [both] = second_marking.agreements(marked)
    assert (both.task, both.agreement.pairs) == (TASK, 6)


def kappa(first: list[int], second: list[int]) -> float:
    """Weighted kappa by its definition, with weights by the square of the distance."""
    seen = sum((one - other) ** 2 for one, other in zip(first, second, strict=True)) / len(first)
    chance = sum((one - other) ** 2 for one in first for other in second) / len(first) ** 2
    return 1 - seen / chance


def test_halves_are_told_apart() -> None:
    found = second_marking.points_agreement([7.5, 3, 6], [7, 3, 6], 10)
    assert found.same == pytest.approx(2 / 3)


@pytest.mark.parametrize(
    ("first", "second", "same", "said"),
    [
        ([6.75, 7, 5.25, 8], [7.2, 7, 5.5, 8], 0.5, "In the steps of kappa all 4 pairs agree"),
        ([7.1, 7], [7, 6.9], 0, "the same category throughout"),
        ([7.5, 7, 8], [7.5, 7, 8], 1, "All 3 pairs agree"),
    ],
)
def test_points_are_the_same_only_as_they_were_given(first: list[float], second: list[float], same: float, said: str) -> None:
    found = second_marking.points_agreement(first, second, 10)
    assert found.same == same
    assert said in found.notes[1]
    assert found.notes[0].startswith("Kappa is in steps of half a point")
    assert not found.intervals


@pytest.mark.parametrize(
    ("more", "match"),
    [
        ({"points": -1}, "not between"),
        ({"points": 11}, "not between"),
        ({"seen": [-1]}, "has 4 must-see points"),
        ({"seen": [0, 4]}, "has 4 must-see points"),
    ],
)
def test_a_second_mark_has_to_fit(marked: Course, more: dict[str, Any], match: str) -> None:
    one = second_marking.waiting(marked, ASSIGNMENT, TASK, "Ines")[0]
    with pytest.raises(ClassError, match=match):
        second_marking.give_second(marked, ASSIGNMENT, TASK, one.token, marker="Ines", **({"points": 5} | more))
    with pytest.raises(ClassError, match="does not wait"):
        second_marking.give_second(marked, ASSIGNMENT, TASK, "0" * 20, points=5, marker="Ines")
    with pytest.raises(ClassError, match="no task"):
        second_marking.waiting(marked, ASSIGNMENT, "w01-t09", "Ines")
    assert second_marking.pairs_of(marked) == ()


def test_the_authors_view_comes_after_ones_own(course: Course, keys: None) -> None:
    before = standardising.trainings(course, ASSIGNMENT, "Ines")
    assert before
    assert all(one.author is None and one.mine is None for one in before)
    shown = quality_data.data(course, {"part": "standard", "workbook": "w01", "by": "Ines"})
    assert shown.standard
    assert shown.standard.answer
    [task] = [item for item in course.workbook(ASSIGNMENT).assessed() if item.id == TASK]
    assert (shown.standard.answer.stem, shown.standard.answer.most) == (task.stem, 10)
    assert [level.text for level in shown.standard.answer.guide.levels] == [level.text for level in before[0].rubric.levels]
    author = load_samples("w01").samples[0]
    assert author.why.strip()[:40] not in json.dumps(plain(shown), ensure_ascii=False)
    for one in before:
        standardising.give_standard(course, ASSIGNMENT, one.number, points=7, seen=[0], marker="Ines")
    with logged_in("kmensah"):
        standardising.give_standard(course, ASSIGNMENT, 0, points=2, marker="Kofi")
    for name, login in (("Ines", ""), ("ines ", "elsewhere"), ("Noor", "")):
        with logged_in(login), pytest.raises(ClassError, match="Ines has marked this sample already"):
            standardising.give_standard(course, ASSIGNMENT, 0, points=8, marker=name)
    first = standardising.trainings(course, ASSIGNMENT, "Ines")[0]
    assert first.author == author
    assert [(one.marker, one.points) for one in first.others] == [("Kofi", 2)]
    [found] = standardising.standings(course, ASSIGNMENT, "Ines")
    samples = [one for one in load_samples("w01").samples if one.task == TASK]
    assert found.points.pairs == len(samples)
    assert [point.agreement.same for point in found.must_see] == [
        sum(one.must_see[place] is (place == 0) for one in samples) / len(samples) for place in range(4)
    ]


@pytest.mark.parametrize(("more", "match"), [({"points": 11}, "not between"), ({"points": 5, "seen": [9]}, "must-see points")])
def test_what_a_sample_cannot_be_given(course: Course, keys: None, more: dict[str, Any], match: str) -> None:
    with pytest.raises(ClassError, match=match):
        standardising.give_standard(course, ASSIGNMENT, 0, marker="Ines", **more)
    with pytest.raises(ClassError, match="no sample answer 100"):
        standardising.give_standard(course, ASSIGNMENT, 99, points=1, marker="Ines")


def test_every_deed_stands_or_falls_with_its_entry(marked: Course) -> None:
    decisions(marked, ("d1", "ana01", "1.1", "Ruth", True), ("d2", "ben01", "1.1", "Ruth", True))
    sampling.plan(marked, rates=Rates(per_assessor=1))
    [one] = sampling.samples_of(marked)
    act = actions.raise_action(marked, to="Ruth", text="Ask")
    [adjusted] = adjustments.adjust(marked, "ben01", Kind.SCRIBE, **GIVEN)
    [timed] = adjustments.adjust(marked, "cai01", Kind.TIME, workbooks=["w01"], days=7, **GIVEN)
    [token] = [two.token for two in second_marking.waiting(marked, ASSIGNMENT, TASK, "Ines") if two.learner == "ana01"]
    before, said = rows(marked), logged(marked)
    with closing(sqlite3.connect(marked.root / "gradebook.db")) as raw:  # whoever writes to the log is refused
        raw.execute("CREATE TRIGGER full BEFORE INSERT ON autograde_log BEGIN SELECT RAISE(ABORT, 'disk is full'); END")
        raw.commit()
    deeds: list[Callable[[], object]] = [
        lambda: adjustments.adjust(marked, "ana01", Kind.TIME, workbooks=["w01"], days=7, **GIVEN),
        lambda: adjustments.end(marked, adjusted.id),
        lambda: adjustments.end(marked, timed.id),
        lambda: sampling.plan(marked, rates=Rates(base=1, new_assessor=1)),
        lambda: sampling.look(marked, one.id, agrees=True, text="", by="Ines"),
        lambda: second_marking.give_second(marked, ASSIGNMENT, TASK, token, points=5, marker="Ines"),
        lambda: actions.raise_action(marked, to="Ruth", text="Ask again"),
        lambda: actions.close_action(marked, act.id, "Done."),
        lambda: standardising.give_standard(marked, ASSIGNMENT, 0, points=5, marker="Ines"),
    ]
    for deed in deeds:
        with pytest.raises(ClassError, match="disk is full"):
            deed()
    assert rows(marked) == before
    assert logged(marked) == said
    assert (until(marked, "ana01"), until(marked, "cai01")) == (None, timedelta(days=7))
    assert sampling.samples_of(marked)[0].agrees is None
    assert actions.actions_of(marked)[0].closed_at is None
    assert not adjustments.adjustments_of(marked, "ben01")[0].ended


def test_of_a_unit_that_is_signed_off_nothing_is_adjusted(course: Course) -> None:
    [timed] = adjustments.adjust(course, "ana01", Kind.TIME, workbooks=["w01"], days=7, **GIVEN)
    with writing(course) as database:
        add_event(database, "rqf-l2", "ana01", "signed", by="Ruth Osei", words="")
    before, said = rows(course), logged(course)
    deeds: list[Callable[[], object]] = [
        lambda: adjustments.adjust(course, "ana01", Kind.TIME, workbooks=["w01"], days=9, **GIVEN),
        lambda: adjustments.adjust(course, "ana01", Kind.SCRIBE, **GIVEN),
        lambda: adjustments.end(course, timed.id),
    ]
    for check in (True, False):  # also where it was signed off just now
        with pytest.MonkeyPatch.context() as patch:
            if not check:
                patch.setattr(adjustments, "_check_open", lambda *_: None)
            for deed in deeds:
                with pytest.raises(ClassError, match="signed off on"):
                    deed()
        assert (rows(course), logged(course), until(course, "ana01")) == (before, said, timedelta(days=7))


def test_an_extension_by_hand_comes_back_where_the_record_fails(course: Course) -> None:
    day = datetime(2026, 11, 22, 17, tzinfo=UTC)
    extend(course, "w01", "ana01", day)
    with reading(course):
        pass
    with closing(sqlite3.connect(course.root / "gradebook.db")) as raw:
        raw.execute("CREATE TRIGGER full BEFORE INSERT ON autograde_adjustment BEGIN SELECT RAISE(ABORT, 'disk is full'); END")
        raw.commit()
    with pytest.raises(ClassError, match="disk is full"):
        adjustments.adjust(course, "ana01", Kind.TIME, workbooks=["w01"], days=7, **GIVEN)
    assert until(course, "ana01") == timedelta(days=2)


def test_on_a_server_it_is_the_same(marked: Course, server: str) -> None:
    decisions(marked, ("d1", "ana01", "1.1", "Ruth", True), ("d2", "ben01", "1.1", "Ruth", False))
    sampling.plan(marked, rates=Rates(per_assessor=2), seed="autumn", by="Ines")
    first, _ = sampling.samples_of(marked)
    sampling.look(marked, first.id, agrees=False, text="No example.", by="Ines")
    actions.raise_action(marked, to="Ruth", text="Ask for it", until=date(2026, 12, 20), sample=first.id, by="Ines")
    for one in second_marking.waiting(marked, ASSIGNMENT, TASK, "Ines")[:2]:
        second_marking.give_second(marked, ASSIGNMENT, TASK, one.token, points=5, seen=[0], marker="Ines")
    adjustments.adjust(marked, "ana01", Kind.SCRIBE, **GIVEN)

    def everything() -> tuple[object, ...]:
        parts = [plain(quality_data.data(marked, {"part": part, "workbook": "w01", "by": "Ines"})) for part in PARTS]
        report = quality_report(marked, read_facts(marked), people(marked, named=False), made="")
        return parts, report, sampling.samples_of(marked), second_marking.pairs_of(marked)

    before = everything()
    url = empty_database(server, "quality")
    list(move_gradebook(marked, url))
    assert everything() == before
    with pytest.raises(ClassError, match="Somebody else"), logged_in("rosei"):
        sampling.look(marked, first.id, agrees=True, text="", by="Ines")
    sampling.look(marked, first.id, agrees=True, text="It is there.", by="Ines")
    actions.close_action(marked, actions.actions_of(marked)[0].id, "It came.", by="Ruth")
    [last] = second_marking.waiting(marked, ASSIGNMENT, TASK, "Ines")
    with ThreadPoolExecutor(4) as pool:
        about: dict[str, Any] = {"points": 6, "marker": "Ines"}
        deeds = [pool.submit(second_marking.give_second, marked, ASSIGNMENT, TASK, last.token, **about) for _ in range(4)]
    assert sum(not deed.exception() for deed in deeds) == 1
    assert {type(deed.exception()) for deed in deeds} == {type(None), ClassError}
    standardising.give_standard(marked, ASSIGNMENT, 0, points=7, seen=[0], marker="Ines")
    hints = [Hint(kind="missing", point=0, sure="likely"), Hint(kind="list", sure="not sure", spans=((0, 4),))]
    looked = second_looks.Looked(learner="ana01", assignment=ASSIGNMENT, task=TASK, answer="0" * 64)
    for _ in range(2):
        second_looks.keep_look(marked, looked, hints)
    second_looks.judge(marked, looked, hints, 0, second_looks.Outcome.WRONG)
    assert [(one.kind, one.given, one.wrong) for one in second_looks.how_often(marked)] == [("list", 1, 0), ("missing", 1, 1)]
    decisions(marked, ("d3", "cai01", "1.1", "Kofi", True), day=4)
    assert sampling.plan(marked, rates=Rates(per_assessor=1), seed="winter").samples == 1
    assert second_marking.agreements(marked)[0].agreement.pairs == 3
    assert (
        "agreed with 1 (100%)" in quality_report(marked, read_facts(marked), people(marked, named=False), made="").sections[0].paragraphs[0]
    )
    with reading(marked) as connection:
        assert faults_in(connection) == []
    assert {who for _, who, _ in logged(marked)} == {logged_in_here()}
    let_go(url)


def test_what_is_said_of_a_hint_after_a_clock_was_ahead_is_kept(course: Course) -> None:
    looked = second_looks.Looked(learner="ana01", assignment=ASSIGNMENT, task=TASK, answer="0" * 64)
    before, now = [Hint(kind="list", sure="not sure")], [Hint(kind="missing", point=0, sure="likely")]
    second_looks.keep_look(course, looked, before)
    with writing(course) as database:
        database.run(update(own_tables.hint).values(at=naive(datetime.now(UTC) + timedelta(minutes=5))))
    second_looks.judge(course, looked, now, 0, second_looks.Outcome.WRONG)
    assert second_looks.outcomes(course, looked, now) == (second_looks.Outcome.WRONG,)


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """Type a command; give what it says."""

    def run(course: Course, *words: str, fails: bool = False) -> str:
        monkeypatch.setattr(out, "width", 240)
        monkeypatch.setenv("AUTOGRADE_WHO", "Ines Roy")
        monkeypatch.chdir(course.root)
        monkeypatch.setattr(sys, "argv", ["autograde", *words])
        with pytest.raises(SystemExit) as caught:
            cli.main()
        told = capsys.readouterr()
        assert bool(caught.value.code) is fails, told.err
        return told.err if fails else told.out

    return run


def test_all_of_it_by_command(marked: Course, typed: Callable[..., str]) -> None:
    decisions(marked, ("d1", "ana01", "1.1", "Ruth", True))
    why = ("--why", "agreed plan", "--approved-by", "Ruth Osei")
    assert "extra time for ana01" in typed(marked, "adjust", "add", "ana01", "time", "--days", "7", "--workbook", "w01", *why)
    assert "agreed plan" in typed(marked, "adjust", "list", "ana01")
    [adjusted] = adjustments.adjustments_of(marked)
    assert "has ended: extra time" in typed(marked, "adjust", "end", adjusted.id)
    assert "equal to 1. Example: autograde quality plan --base 0.1" in typed(marked, "quality", "plan", "--base", "10", fails=True)
    assert "1 decision to look at. The plan’s seed is autumn." in typed(marked, "quality", "plan", "--seed", "autumn")
    assert "to look at" in typed(marked, "quality", "list")
    [one] = sampling.samples_of(marked)
    said = typed(marked, "quality", "look", one.id, "--disagree", "--text", "No example.")
    assert "Ines Roy does not agree with Ruth." in said
    assert "Ruth is asked" in typed(marked, "quality", "action", "Ruth", "Ask for it", "--sample", one.id, "--until", "1 December 2026")
    assert "2026-12-01" in typed(marked, "quality", "action")
    assert "Closed: Ask for it" in typed(marked, "quality", "close", actions.actions_of(marked)[0].id, "It came.")
    shown = typed(marked, "quality", "second", "w01", TASK)
    token = second_marking.waiting(marked, ASSIGNMENT, TASK, "Ines Roy")[0].token
    assert token in shown
    assert "Ana" not in shown
    said = typed(marked, "quality", "second", "w01", TASK, "--answer", token, "--points", "0", "--saw", "1")
    assert "0 points are written down" in said
    assert "at first, 0 by Ines Roy" in typed(marked, "quality", "agreement")
    assert "Agreement, not accuracy" in typed(marked, "quality", "agreement")
    said = typed(marked, "quality", "standardise", "w01")
    [task] = [item for item in marked.workbook(ASSIGNMENT).assessed() if item.id == TASK]
    level = standardising.trainings(marked, ASSIGNMENT, "Ines Roy")[0].rubric.levels[-1]
    for part in ("number 1, w01-t01, of at most 10 points:", task.stem, f"{level.points} points, {level.title}: {level.text[:40]}"):
        assert part in said
    assert "give both --sample and --points" in typed(marked, "quality", "standardise", "w01", "--points", "7", fails=True)
    said = typed(marked, "quality", "standardise", "w01", "--sample", "1", "--points", "7", "--saw", "1")
    assert "You gave 7; the author gives 8 (met)." in said
    assert {who for _, who, _ in logged(marked)} == {"Ines Roy"}
