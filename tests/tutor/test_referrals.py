"""The tutor's side of a referral: who is referred, which attempt comes back, what waits for the marker, and what stood there before."""

import getpass
import hashlib
import io
import json
import shutil
import sys
import zipfile
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update
from typer.testing import CliRunner

from autograde.classes.folder import Course
from autograde.classes.learner_changes import add_one
from autograde.classes.moving import move_gradebook
from autograde.classes.new import new_course
from autograde.classes.roster import import_roster
from autograde.classes.settings_file import write_setting
from autograde.cli import app
from autograde.desk import home
from autograde.desk.standing import standing
from autograde.errors import ClassError
from autograde.gradebook import log, sealed, tables
from autograde.gradebook.database import Database, let_go
from autograde.gradebook.overview import due_dates
from autograde.gradebook.person import Given, Notes, marks_for, places_in
from autograde.gradebook.person import give as give_points
from autograde.gradebook.referred import Referred
from autograde.inbox.assign import redo, undo
from autograde.inbox.attempts import Attempts
from autograde.inbox.collect import collect
from autograde.inbox.due import Due
from autograde.inbox.intake import intake
from autograde.inbox.outcome import Taken
from autograde.outbox.feedback import write_feedback
from autograde.outbox.giving import Way, give, give_on_exchange
from autograde.outbox.marks_file import gradebook_rows
from autograde.outbox.pages import page_path
from autograde.outbox.ready import ready
from autograde.outbox.release import release
from autograde.records.events import add_event
from autograde.records.marks import marks_in
from autograde.records.opening import reading, writing
from autograde.records.referrals import Referral, State, open_of, referrals_of, sent
from autograde.records.referring import refer, withdraw
from autograde.records.unit import framework_of
from autograde.run.answer import content_of
from autograde.run.compare import compare
from autograde.run.mark import mark_class
from autograde.text import LOCAL, aware, in_short, naive
from tests.tutor.conftest import empty_database
from workbook_helpers.answers import AnswerStore
from workbook_helpers.hand_in import choose_learner
from workbook_helpers.hand_in import hand_in as hand_in_as_student
from workbook_helpers.items import load_workbook
from workbook_helpers.jupyter import exchange
from workbook_helpers.jupyter.widgets.session import Session
from workbook_helpers.referral import referral_of

NAME, TASK = "w01-small", "w01-t01"
TODAY = datetime.now(LOCAL).date()
SOON, LATER = TODAY + timedelta(days=7), TODAY + timedelta(days=14)
FIRST: dict[str, Any] = {"q01": "a", "t01": "Because.", "declaration": True}


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the class that the first test makes is kept, for the others to copy."""
    return tmp_path_factory.mktemp("model") / "class"


@pytest.fixture
def marked(course: Course, kit: Any, small_key: None, model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Course:
    """A class whose ana01 has handed in, and has 4 points and a comment for the written task; ben01 waits for a marker."""
    monkeypatch.setenv("AUTOGRADE_WHO", "Ruth Osei")
    if model.is_dir():
        shutil.copytree(model, course.root, dirs_exist_ok=True)
        return course
    for learner in ("ana01", "ben01"):
        take_in(course, hand_in(course, kit, learner, "2026-11-19T10:00:00+00:00"), tmp_path / f"{learner}.zip")
    list(mark_class(course, NAME))
    points(course, 4, "Say more, Ana.")
    shutil.copytree(course.root, model)
    return course


def take_in(course: Course, raw: bytes, path: Path) -> Taken:
    path.write_bytes(raw)
    [taken] = intake(course, [path], "w01").taken
    return taken


def points(course: Course, number: float, comment: str = "", learner: str = "ana01") -> None:
    with reading(course) as connection:
        place = places_in(connection, NAME)[TASK]
        base = marks_for(connection, place, [learner])[learner].base
    given = Given(points=number, comment=comment, notes=Notes())
    assert not give_points(course.db_url, course.course_id, place, learner, given, base).newer


def hand_in(course: Course, kit: Any, learner: str, at: str, values: dict[str, Any] = FIRST, **claims: Any) -> bytes:
    """Make a hand-in to what is released now, as the learner's page makes it; `claims` are in its manifest."""
    document = json.loads(kit.answers(**values)) | {"release": load_workbook(course.root / "release" / NAME).release}
    raw = json.dumps(document).encode()
    files = {"manifest.json": kit.manifest(learner, at, raw, **claims), "answers.json": raw, f"{NAME}.ipynb": kit.notebook()}
    return bytes(kit.zipped(files))


def again(course: Course, kit: Any, one: Referral, at: str = "2026-11-25T10:00:00+00:00", **values: Any) -> bytes:
    """Make the hand-in that answers a referral."""
    claims = {"attempt": one.attempt, "referral": one.id, "about_sha256": one.about}
    return hand_in(course, kit, one.learner, at, {**FIRST, **values}, **claims)


def current(course: Course, learner: str = "ana01") -> tuple[int, str]:
    """Give the number of the attempt that counts, and the written answer of it that lies in submitted/."""
    newest = Attempts(course, NAME).newest(learner)
    answers = json.loads((course.path("submitted", learner, NAME) / "answers.json").read_bytes())["answers"]
    return (newest[0].attempt if newest else 0), answers[TASK]["value"]


def entries(course: Course) -> list[str]:
    database = Database(course.db_url)
    try:
        return [one.what for one in log.entries_in(database.connection)]
    finally:
        database.close()


def end_of(day: date) -> datetime:
    """Give the end of a day as the gradebook has it."""
    return datetime.combine(day, time(23, 59), LOCAL).astimezone(UTC).replace(tzinfo=None)


def due(course: Course) -> datetime | None:
    return (due_dates(course.db_url, course.course_id, NAME) or {}).get("ana01")


def test_what_is_missing_goes_to_the_learner_with_what_was_answered_and_given(marked: Course) -> None:
    one = refer(marked, "ana01", "w01", {TASK: "Say  whom\nyou tell."}, criteria={"1.1": "A reason."}, until=SOON)
    assert (one.attempt, one.by, one.state) == (2, "Ruth Osei", State.OPEN)
    assert open_of(marked) == referrals_of(marked, "ana01", NAME) == (one,)
    found = sent(marked, one).public()
    assert found["tasks"] == [{"item": TASK, "missing": "Say whom you tell.", "comment": "Say more, Ana.", "points": 4.0}]
    assert found["criteria"] == [{"code": "1.1", "missing": "A reason."}]
    assert (found["learner"], found["attempt"], found["until"], found["class_id"]) == ("ana01", 2, SOON.isoformat(), marked.course_id)
    assert {name: answer["value"] for name, answer in found["answers"].items()} == {f"w01-{name}": value for name, value in FIRST.items()}
    assert found["answers_sha256"] == hashlib.sha256((marked.path("submitted", "ana01", NAME) / "answers.json").read_bytes()).hexdigest()
    assert found["release"] == load_workbook(marked.root / "release" / NAME).release
    assert entries(marked)[-1] == "refer"


def test_who_is_not_marked_to_the_end_is_not_referred(marked: Course, kit: Any, tmp_path: Path) -> None:
    def refused(match: str, learner: str = "ana01", task: str = TASK, **more: Any) -> None:
        before = entries(marked)
        with pytest.raises(ClassError, match=match):
            refer(marked, learner, "w01", {task: "More."} if task else {}, **more)
        assert (entries(marked), referrals_of(marked), due(marked)) == (before, (), None)

    refused("waits for a mark", "ben01")
    refused("has handed in nothing", "cai01")
    refused("no written task", task="w01-q01")
    refused("no written task", task="w09-t01")
    refused("at least one task", task="")
    refused("no criterion", criteria={"9.9": "x"}, until=SOON)
    refused("is past: nobody could hand in until then", until=TODAY - timedelta(days=1))
    with pytest.raises(ClassError, match="Say what is missing"):
        refer(marked, "ana01", "w01", {TASK: " "})
    take_in(marked, kit.hand_in("ana01", "2026-11-19T11:00:00+00:00", q01="b", t01="Because.", declaration=True), tmp_path / "b.zip")
    refused("not the one that is marked")


def test_the_class_says_how_many_attempts_there_are(marked: Course, kit: Any, tmp_path: Path) -> None:
    config = marked.root / "nbgrader_config.py"
    config.write_text(config.read_text("utf-8").replace("# attempts=2,", "attempts=2,"), "utf-8")
    assert marked.attempts() == 2
    one = refer(marked, "ana01", "w01", {TASK: "More."})
    take_in(marked, again(marked, kit, one, t01="Because of this."), tmp_path / "2.zip")
    list(mark_class(marked, NAME))
    points(marked, 5)
    with pytest.raises(ClassError, match="has had 2 attempts at w01, and this class gives no more"):
        refer(marked, "ana01", "w01", {TASK: "Still more."})
    write_setting(marked, "attempts", "two")
    with pytest.raises(ClassError, match="attempts must be a number"):
        marked.attempts()


def test_only_what_changed_waits_for_the_marker(marked: Course, kit: Any, tmp_path: Path) -> None:
    one = refer(marked, "ana01", "w01", {TASK: "More."}, until=SOON)
    same = take_in(marked, again(marked, kit, one), tmp_path / "same.zip")
    assert (same.current, same.late, same.oddities) == (True, "", ())
    waits = {line.student: line.waiting for line in mark_class(marked, NAME)}
    assert waits["ana01"] == 0, "the answer is the same, and its points stay"
    take_in(marked, again(marked, kit, one, "2026-11-26T10:00:00+00:00", t01="Because of this."), tmp_path / "new.zip")
    waits = {line.student: line.waiting for line in mark_class(marked, NAME)}
    assert waits["ana01"] == 1
    list(write_feedback(marked, NAME, partial=True))
    page = page_path(marked, "ana01", NAME).read_text("utf-8")
    assert ("Because of this." in page, "Say more, Ana." in page) == (True, False), "the comment was on the answer before"
    told = next(one for one in ready(marked, NAME).pages if one.id == "ana01")
    assert (told.points, told.comments) == (None, ())
    assert [found.state for found in referrals_of(marked)] == [State.ANSWERED]
    assert current(marked) == (2, "Because of this.")


def test_what_was_not_asked_again_and_is_not_as_before_is_told(marked: Course, kit: Any, tmp_path: Path) -> None:
    one = refer(marked, "ana01", "w01", {TASK: "More."}, until=SOON)
    taken = take_in(marked, again(marked, kit, one, q01="b", t01="Because of this."), tmp_path / "2.zip")
    assert taken.oddities == ("w01-q01 is not as before, though not asked again",)


def test_a_late_hand_in_of_the_first_attempt_never_takes_the_place_of_the_second(marked: Course, kit: Any, tmp_path: Path) -> None:
    one = refer(marked, "ana01", "w01", {TASK: "More."})
    take_in(marked, again(marked, kit, one, t01="Because of this."), tmp_path / "2.zip")
    late = take_in(marked, kit.hand_in("ana01", "2026-11-27T10:00:00+00:00", q01="b", t01="Late.", declaration=True), tmp_path / "late.zip")
    assert not late.current
    assert "is of an attempt before the current one: kept, not used" in late.oddities
    assert current(marked) == (2, "Because of this.")
    assert len(Attempts(marked, NAME).of("ana01")) == 3, "every attempt is kept"
    undo(marked, "w01", "ana01")
    assert current(marked) == (1, "Late.")
    assert [found.state for found in referrals_of(marked)] == [State.OPEN], "as if it had not been answered"
    redo(marked, "w01", "ana01")
    assert current(marked) == (2, "Because of this.")


def test_a_new_device_has_no_save_in_common_with_the_first_and_is_known_by_the_referral(marked: Course, kit: Any, tmp_path: Path) -> None:
    one = refer(marked, "ana01", "w01", {TASK: "More."})

    def elsewhere(**claims: Any) -> bytes:
        raw = kit.answers(**{**FIRST, "t01": "On my telephone."}).replace(b"2026-11-19T10", b"2026-11-25T09")
        files = {"manifest.json": kit.manifest("ana01", "2026-11-25T10:00:00+00:00", raw, **claims), "answers.json": raw}
        return bytes(kit.zipped(files))

    (tmp_path / "x.zip").write_bytes(elsewhere())
    assert "as if two people used the id" in intake(marked, [tmp_path / "x.zip"], "w01").refused[0].reason
    taken = take_in(marked, elsewhere(attempt=2, referral=one.id, about_sha256=one.about), tmp_path / "2.zip")
    assert taken.current


@pytest.mark.parametrize(
    "lie",
    [
        lambda one: {"referral": "0" * 16},
        lambda one: {"referral": one.id, "about_sha256": "0" * 64},
        lambda one: {"referral": [one.id], "about_sha256": one.about},
        lambda one: {"referral": one.id, "about_sha256": one.about, "student": "ben01"},
    ],
    ids=["no such referral", "about other answers", "no id", "somebody else’s"],
)
def test_a_hand_in_is_no_second_attempt_by_its_word_alone(
    marked: Course, kit: Any, tmp_path: Path, lie: Callable[[Referral], dict[str, Any]]
) -> None:
    one = refer(marked, "ana01", "w01", {TASK: "More."})
    said = lie(one)
    learner, raw = said.pop("student", "ana01"), kit.answers(**{**FIRST, "t01": "Mine."})
    files = {"manifest.json": kit.manifest(learner, "2026-11-25T10:00:00+00:00", raw, attempt=99, **said), "answers.json": raw}
    taken = take_in(marked, kit.zipped(files), tmp_path / "lie.zip")
    assert any("the class has made none such" in text for text in taken.oddities)
    assert current(marked, learner) == (1, "Mine.")
    assert [found.state for found in referrals_of(marked)] == [State.OPEN]


def test_a_referral_in_place_of_another_keeps_its_attempt_and_its_tasks(marked: Course, kit: Any, tmp_path: Path) -> None:
    one = refer(marked, "ana01", "w01", {TASK: "More."}, until=SOON)
    two = refer(marked, "ana01", "w01", {TASK: "Much more."}, until=LATER)
    assert (two.attempt, {name: task.missing for name, task in two.tasks.items()}) == (2, {TASK: "Much more."})
    assert [found.state for found in referrals_of(marked)] == [State.OPEN, State.REPLACED]
    taken = take_in(marked, again(marked, kit, one, t01="To the first one."), tmp_path / "2.zip")
    assert taken.current, "the learner had the file of the first one, and the attempt is the same"
    assert taken.oddities == ("answers a referral that another one took the place of: taken as attempt 2 all the same",)
    assert current(marked) == (2, "To the first one.")
    assert open_of(marked) == ()


def test_the_date_gives_time_and_what_is_withdrawn_takes_it_back(marked: Course) -> None:
    with writing(marked) as database:
        database.run(update(tables.assignment).values(duedate=datetime.combine(TODAY + timedelta(days=3), time(12))))
    one = refer(marked, "ana01", "w01", {TASK: "More."}, until=TODAY + timedelta(days=1))
    assert due(marked) is None, "the day is before everybody's"
    two = refer(marked, "ana01", "w01", {TASK: "More."}, until=LATER)
    assert due(marked) == end_of(LATER)
    three = refer(marked, "ana01", "w01", {TASK: "More."}, until=SOON)
    assert due(marked) == end_of(SOON)
    assert withdraw(marked, three.id).state is State.WITHDRAWN
    assert due(marked) is None
    assert open_of(marked) == ()
    for other in (one, two, three):
        with pytest.raises(ClassError, match="only one that is open"):
            withdraw(marked, other.id)
    assert entries(marked)[-1] == "withdraw referral"
    with reading(marked) as connection:
        assert sealed.faults_in(connection) == [], "each row is as the log tells"
    assert refer(marked, "ana01", "w01", {TASK: "Again."}).attempt == 2


def test_each_attempt_is_late_by_the_day_that_held_for_it_then(marked: Course, kit: Any, tmp_path: Path) -> None:
    with writing(marked) as database:  # ana01's first attempt came on the 19th
        database.run(update(tables.assignment).values(duedate=naive(datetime(2026, 11, 18, 12, tzinfo=UTC))))

    def told() -> tuple[str, str, bool, str]:
        line = next(line for line in mark_class(marked, NAME, force=True) if line.student == "ana01")
        row = next(row for row in gradebook_rows(marked) if row["student id"] == "ana01")
        hand_in = standing(marked).of("ana01", NAME)
        note = next(line.cells[0].note for line in home.data(marked).lines if line.id == "ana01")
        return next((text for text in line.oddities if text.startswith("late")), ""), row["late"], hand_in.late, note

    one = refer(marked, "ana01", "w01", {TASK: "More."}, until=SOON)
    assert due(marked) == end_of(SOON)
    assert told() == ("late by 22 hours", "yes", True, f"may hand in until {in_short(aware(end_of(SOON)))}, handed in late")
    late = take_in(marked, kit.hand_in("ana01", "2026-11-20T12:00:00+00:00", **FIRST), tmp_path / "late.zip")
    assert late.late == "2 days", "it is of the first attempt all the same"
    second = take_in(marked, again(marked, kit, one, t01="Because of this."), tmp_path / "2.zip")
    assert (second.late, *told()[:3]) == ("", "", "no", False)
    points(marked, 5)
    two = refer(marked, "ana01", "w01", {TASK: "Still more."}, until=LATER)
    assert (two.attempt, two.more_time, told()[:3]) == (3, True, ("", "no", False)), "the second has the day of the first referral"
    undo(marked, "w01", "ana01")
    assert told()[0] == "late by 2 days", "the first counts again, and is as late as it was"


def test_a_day_that_was_moved_for_everybody_holds_for_the_attempts_before_a_referral(course: Course) -> None:
    day = datetime(2026, 11, 20, 12)  # noqa: DTZ001  as in the gradebook
    week = timedelta(weeks=1)
    one = Referred(id="r", learner="ana01", attempt=2, about="", items=frozenset(), more_time=True, time_before=day + week, holds=True)
    for everybody, first in ((day, day + week), (day + 2 * week, day + 2 * week)):
        dates = Due(course, NAME, {"": everybody, "ana01": day + 4 * week}, [one])
        assert (dates.of("ana01", 1), dates.of("ana01", 2)) == (aware(first), aware(day + 4 * week))


@pytest.mark.parametrize("other", ["refer", "withdraw"])
def test_who_withdraws_what_somebody_has_just_changed_is_told(marked: Course, monkeypatch: pytest.MonkeyPatch, other: str) -> None:
    one, done = refer(marked, "ana01", "w01", {TASK: "More."}), list[Any]()

    def meanwhile(course: Course) -> Any:
        found = referrals_of(course)
        if not done:
            done.append(None)
            done.append(refer(course, "ana01", "w01", {TASK: "Much more."}) if other == "refer" else withdraw(course, one.id))
        return found

    monkeypatch.setattr("autograde.records.referring.referrals_of", meanwhile)
    with pytest.raises(ClassError, match="Somebody else"):
        withdraw(marked, one.id)
    assert [held.state for held in referrals_of(marked)] == ([State.OPEN, State.REPLACED] if other == "refer" else [State.WITHDRAWN])


def test_an_answer_to_what_was_withdrawn_is_told(marked: Course, kit: Any, tmp_path: Path) -> None:
    one = refer(marked, "ana01", "w01", {TASK: "More."})
    two = refer(marked, "ana01", "w01", {TASK: "Much more."})
    withdraw(marked, two.id)
    for number, found in enumerate((one, two)):
        at = f"2026-11-25T1{number}:00:00+00:00"
        taken = take_in(marked, again(marked, kit, found, at, q01="b", t01="Because of this."), tmp_path / f"{number}.zip")
        withdrawn = "answers a referral that was withdrawn: taken as attempt 2 all the same"
        assert taken.oddities == (withdrawn, "w01-q01 is not as before, though not asked again")
        assert taken.current


def packed(course: Course, way: Way) -> dict[str, bytes]:
    made = give(course, NAME, way)
    with zipfile.ZipFile(io.BytesIO(made.data)) as archive:
        found = {name: archive.read(name) for name in archive.namelist()}
    assert any("is referred" in note for note in made.giving.notes) == (len(found) == 2)
    return found


def test_the_file_goes_back_beside_the_page_which_holds_it_for_the_exchange(marked: Course, kit: Any, tmp_path: Path) -> None:
    download = tmp_path / "w01.zip"
    first = hand_in(marked, kit, "ana01", "2026-11-19T10:00:00+00:00")
    download.write_bytes(kit.zipped({"Ana Evans_101_assignsubmission_file/x.zip": first}))
    intake(marked, [download], "w01")  # the same hand-in, now with its number in Moodle
    assert [one.path is not None for one in write_feedback(marked, NAME)] == [True, False]
    page = page_path(marked, "ana01", NAME)
    assert b"wb-referral" not in page.read_bytes()
    one = refer(marked, "ana01", "w01", {TASK: "Say </script><b>whom</b>."}, until=SOON)
    assert [(held.id, held.step) for held in ready(marked, NAME).withheld] == [("ana01", "make"), ("ben01", "decide")], "the page is stale"
    assert next(write_feedback(marked, NAME)).stale
    text = page.read_text("utf-8")
    assert f"look at 1 task again, until {SOON.day} {SOON:%B %Y}" in text
    assert "<b>whom" not in text
    folder = tmp_path / "student" / NAME
    shutil.copytree(marked.root / "release" / NAME, folder)
    (folder / "feedback" / "2026-11-25").mkdir(parents=True)
    shutil.copyfile(page, folder / "feedback" / "2026-11-25" / f"{NAME}.html")
    assert referral_of(load_workbook(folder), "ana01") == sent(marked, one)
    assert referral_of(load_workbook(folder), "ben01") is None
    moodle, named = packed(marked, Way.MOODLE), packed(marked, Way.ZIP)
    assert [*moodle] == [f"Ana Evans_101_assignsubmission_file/{NAME}-{end}.html" for end in ("feedback", "to-do-again")]
    assert [*named] == ["Evans, Ana ana01 w01 feedback.html", "Evans, Ana ana01 w01 to do again.html"]
    assert f'"id":"{one.id}"'.encode() in named["Evans, Ana ana01 w01 to do again.html"]
    withdraw(marked, one.id)
    next(write_feedback(marked, NAME))
    assert len(packed(marked, Way.ZIP)) == 1
    assert b"wb-referral" not in page.read_bytes()


def test_every_attempt_stands_beside_the_others_as_it_was_then(marked: Course, kit: Any, tmp_path: Path) -> None:
    one = refer(marked, "ana01", "w01", {TASK: "More."})
    for step in ("source", "release"):  # since then, the task is worded otherwise
        items = marked.root / step / NAME / "items.toml"
        items.write_text(items.read_text("utf-8").replace('stem = "Why?"', 'stem = "Why not?"'), "utf-8")
    take_in(marked, again(marked, kit, one, q01="b", t01="Because of this."), tmp_path / "2.zip")
    list(mark_class(marked, NAME))

    def told(place: str) -> list[tuple[int, tuple[str, ...], str, float | None, str, bool]]:
        shown = compare(marked, content_of(marked, NAME), "ana01")[place].attempts
        return [(one.attempt, one.lines, one.comment, one.points, one.missing, one.same) for one in shown]

    assert told(TASK) == [(1, ("Because.",), "Say more, Ana.", 4, "More.", False), (2, ("Because of this.",), "", None, "", False)]
    points(marked, 9, "Good.")
    assert told(TASK)[1] == (2, ("Because of this.",), "Good.", 9, "", False)
    (tmp_path / "3.zip").write_bytes(again(marked, kit, one, q01="b", t01="Because of that."))
    intake(marked, [tmp_path / "3.zip"], "w01")
    assert told(TASK)[1] == (2, ("Because of that.",), "", None, "", False), "not marked yet: the marks are those of another answer"
    list(mark_class(marked, NAME))
    found = compare(marked, content_of(marked, NAME), "ana01")
    assert [one.stem for one in found[TASK].attempts] == ["Why?", "Why not?"]
    assert {place: one.unasked for place, one in found.items()} == {TASK: False, "w01-q01": True}
    assert [len(one.attempts) for one in compare(marked, content_of(marked, NAME), "ben01").values()] == [1]
    assert compare(marked, content_of(marked, NAME), "cai01") == {}


def test_the_commands_do_the_same(marked: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(marked.root)

    def run(*words: str) -> str:
        done = CliRunner().invoke(app, words)
        if done.exception:
            raise done.exception
        return " ".join(done.output.split())

    more = ("--criterion", "1.1=An example.", "--until", f"{SOON:%d/%m/%Y}")
    assert "attempt 2 at w01-small opens w01-t01" in run("refer", "ana01", "w01", "--task", TASK, "--missing", "More.", *more)
    [one] = open_of(marked)
    assert (one.until, one.criteria, one.by) == (SOON, {"1.1": "An example."}, "Ruth Osei")
    assert "1.1: An example." in run("referral", "list", "ana01")
    run("referral", "file", one.id, "--to", str(tmp_path))
    assert one.id.encode() in (tmp_path / f"{NAME}-ana01-to-do-again.html").read_bytes()
    assert "Say more, Ana." in run("compare", "ana01", "w01")
    assert "Withdrawn" in run("referral", "withdraw", one.id)
    assert "1 referral, 0 open, 0 overdue." in run("referral", "list")
    with pytest.raises(ClassError, match="once for each --task"):
        run("refer", "ana01", "w01", "--task", TASK, "--missing", "More.", "--missing", "Less.")
    with pytest.raises(ClassError, match="Name each task and each criterion once"):
        run("refer", "ana01", "w01", "--task", TASK, "--missing", "More.", "--task", TASK, "--missing", "Less.")
    with pytest.raises(ClassError, match="Name each task and each criterion once"):
        run("refer", "ana01", "w01", "--task", TASK, "--missing", "More.", "--criterion", "1.1=One.", "--criterion", "1.1=Two.")
    with pytest.raises(ClassError, match="is open"):
        run("referral", "file", one.id)


def test_of_a_unit_that_is_signed_off_nothing_is_asked_again(marked: Course) -> None:
    one = refer(marked, "ana01", "w01", {TASK: "More."}, until=SOON)
    with writing(marked) as database:
        add_event(database, framework_of(marked).id, "ana01", "signed", by="Ruth Osei", words="")
    before = entries(marked)
    with pytest.raises(ClassError, match="signed off"):
        refer(marked, "ana01", "w01", {TASK: "Still more."}, until=LATER)
    with pytest.raises(ClassError, match="signed off"):
        withdraw(marked, one.id)
    assert open_of(marked) == (one,)
    assert due(marked) == end_of(SOON), "the time is as it was"
    assert entries(marked) == before, "nor was it given and taken back"


def test_a_drawn_paper_goes_round_through_the_page_that_an_exchange_brings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    course, home, name = new_course(tmp_path / "class", name="Papers"), tmp_path / "ana", "w99-gallery"
    monkeypatch.chdir(tmp_path)
    (tmp_path / "r.csv").write_text("id,first name,last name\nana01,Ana,Evans\n")
    import_roster(course, tmp_path / "r.csv")
    release(course, "w99")
    shutil.copytree(course.root / "release" / name, home / name)
    workbook = load_workbook(home / name)
    choose_learner(workbook, "ANA01")
    store = AnswerStore(workbook.folder, "w99", workbook.items)
    asked = workbook.paper(store.seed(), assessed=True)
    task = next(item.id for item in asked.values() if item.asks_person)
    closed = next(one.id for place, one in asked.items() if one.kind == "single" and place != one.id)
    for item, value in {task: "Because.", closed: "a", "w99-declaration": True}.items():
        store.put(item, value)

    def round_trip() -> Taken:
        [taken] = intake(course, [home / "handed-in" / hand_in_as_student(workbook, "ana01").file], "w99").taken
        list(mark_class(course, name))
        return taken

    round_trip()
    with course.gradebook() as gradebook:
        for grade in gradebook.find_submission_notebook(name, name, "ana01").grades:
            if grade.needs_manual_grade:
                grade.manual_score, grade.needs_manual_grade = 1, False
        gradebook.db.commit()
    one = refer(course, "ana01", "w99", {task: "Say more."})
    assert [page.path is not None for page in write_feedback(course, name)] == [True]
    (workbook.folder / "feedback" / "2026-11-25").mkdir(parents=True)
    shutil.copyfile(page_path(course, "ana01", name), workbook.folder / "feedback" / "2026-11-25" / f"{name}.html")

    session = Session(workbook.folder)
    kept = session.answer({"n": 1, "language": "en", "do": "open"})
    assert kept
    assert kept["referral"]["id"] == one.id
    assert kept["answers"][closed]["value"] == "a"
    store.put(one_more := f"{task}@2", "Because of this.")
    assert one_more == sent(course, one).kept_as(task)
    store.put("w99-declaration@2", value=True)
    taken = round_trip()
    assert (taken.current, taken.oddities) == (True, ())
    with reading(course) as connection:
        grades = marks_in(connection, ["ana01"])["ana01", name].grades
    assert [cell for cell, grade in grades.items() if grade.needs_manual_grade] == [task], "what stayed keeps its points"
    assert [found.state for found in referrals_of(course)] == [State.ANSWERED]


@pytest.mark.skipif(sys.platform != "linux", reason="needs Debian's PostgreSQL, and an exchange")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # nbgrader leaves its files open
def test_on_a_server_a_referral_goes_through_nbgraders_own_exchange_and_back(
    course: Course, small_key: None, server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    me, root, settings, home = getpass.getuser(), tmp_path / "exchange", tmp_path / "settings", tmp_path / "home"
    for folder in (root, settings, home):
        folder.mkdir()
    root.chmod(0o777)
    write_setting(course, "exchange", str(root))
    add_one(course, id_=me, first_name="Rosa", last_name="Round")
    list(move_gradebook(course, empty_database(server, "referrals")))
    release(course, "w01")
    about = {"CourseDirectory": {"course_id": course.course_id}, "Exchange": {"root": str(root), "cache": str(tmp_path / "cache")}}
    (settings / "nbgrader_config.json").write_text(json.dumps(about))
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", str(settings))
    exchange.fetch(NAME, home)
    workbook = load_workbook(home / NAME)
    choose_learner(workbook, me)
    store = AnswerStore(workbook.folder, "w01", workbook.items)
    for item, value in {"w01-q01": "a", TASK: "Because.", "w01-declaration": True}.items():
        store.put(item, value)

    def round_trip() -> int:
        assert hand_in_as_student(workbook, me, exchange.submit).through == "exchange"
        [taken] = collect(course, "w01").taken
        assert (taken.student.id, taken.current, taken.oddities) == (me, True, ())
        return next(line.waiting for line in mark_class(course, NAME) if line.student == me)

    assert round_trip() == 1
    points(course, 4, "Say more.", me)
    withdraw(course, refer(course, me, "w01", {TASK: "More."}, until=SOON).id)
    one = refer(course, me, "w01", {TASK: "Say whom you tell."}, until=SOON)
    list(write_feedback(course, NAME))
    assert sorted(give_on_exchange(course, NAME).to) == [me]
    exchange.fetch_feedback(NAME, home)
    assert referral_of(load_workbook(home / NAME), me) == sent(course, one)
    kept = Session(home / NAME).answer({"n": 1, "language": "en", "do": "open"})
    assert kept
    assert kept["referral"]["id"] == one.id
    store.put(sent(course, one).kept_as(TASK), "Because of this.")
    store.put("w01-declaration@2", value=True)
    assert round_trip() == 1
    assert [(found.state, found.attempt) for found in referrals_of(course, me)] == [(State.ANSWERED, 2), (State.WITHDRAWN, 2)]
    assert [then.lines for then in compare(course, content_of(course, NAME), me)[TASK].attempts] == [("Because.",), ("Because of this.",)]
    with reading(course) as connection:
        assert sealed.faults_in(connection) == []
    let_go(course.db_url)
