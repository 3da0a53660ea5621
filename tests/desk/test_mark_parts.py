"""What stands behind the page Mark: points and comments in nbgrader's rows, two tutors at once, names, near copies."""

import json
import os
import secrets
import shutil
import sys
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from autograde.classes import backups, used
from autograde.classes.backups import last_backup, note_backup
from autograde.classes.comments import FILE, drop_comment, keep_comment, own_comments
from autograde.classes.folder import Course
from autograde.classes.learner_changes import rename
from autograde.classes.moving import move_gradebook
from autograde.classes.own_keys import GUIDES, Decision, decide
from autograde.classes.roster import Student
from autograde.classes.used import remember, used_before
from autograde.content import home
from autograde.desk import mark
from autograde.desk.mark_answers import Answers
from autograde.desk.mark_names import SAID, Names
from autograde.desk.mark_view import Answer, FollowUp, Line, Marking, State
from autograde.desk.pages import Asked, UnfitError, plain
from autograde.desk.work import Worker
from autograde.errors import ClassError
from autograde.gradebook import tables
from autograde.gradebook.database import Database, writing
from autograde.gradebook.entries import Assessed, Source
from autograde.gradebook.left import mark_left
from autograde.gradebook.person import Notes
from autograde.gradebook.rows import Rows
from autograde.inbox.assign import redo, undo
from autograde.inbox.intake import intake
from autograde.marking import Mark, Status
from autograde.marking.comment import fill, without_names
from autograde.outbox.marks_file import gradebook_rows
from autograde.outbox.release import release
from autograde.records.erasure import erase
from autograde.records.second_looks import Outcome
from autograde.run.mark import mark_class
from autograde.run.near import near_pairs, shared_runs
from tests.desk.conftest import EVIL, LATE
from tests.desk.saving import TASK, save_again_and_again
from tests.tutor.conftest import ASSIGNMENT, Kit, server

__all__ = ["server"]


def shown(course: Course, learner: str, *, anonymous: bool = False) -> Answer:
    answers = Answers(course, ASSIGNMENT, names=False)
    lines = answers.marking(TASK, "", "").lines
    [token] = [line.answer for line in lines if line.who == learner]
    [found] = Answers(course, ASSIGNMENT, anonymous=anonymous).some(TASK, [token])
    return found


def test_what_is_given_is_nbgraders_own(course: Course) -> None:
    answers, before = Answers(course, ASSIGNMENT), shown(course, "cai01")
    assert (before.state, before.points, before.lines) == (State.WAITS, "", ("Because.",))
    assert "<summary>Document<span>: Two messages</span></summary>" in before.document
    assert "This or &lt;b&gt;that&lt;/b&gt;?" in before.document
    notes = Notes(seen=(0, 2), not_enough=(1,), unsafe=True)
    kept = answers.keep(TASK, before.answer, before.base, points=7.5, comment="Well said, {name}.", notes=notes)
    assert not kept.newer
    assert (kept.answer.state, kept.answer.points, kept.answer.comment) == (State.MARKED, "7.5", "Well said, {name}.")
    assert (kept.answer.seen, kept.answer.not_enough, kept.answer.unsafe) == ((0, 2), (1,), True)
    with course.gradebook() as gradebook:
        grade = gradebook.find_grade(TASK, ASSIGNMENT, ASSIGNMENT, "cai01")
        comment = gradebook.find_comment(TASK, ASSIGNMENT, ASSIGNMENT, "cai01")
        assert (grade.manual_score, grade.score, grade.needs_manual_grade) == (7.5, 7.5, False)
        assert comment.comment == "Well said, Siân."
        assert not gradebook.find_submission(ASSIGNMENT, "cai01").needs_manual_grade
    lines = {line.student: line for line in mark_class(course, ASSIGNMENT, force=True)}
    assert lines["cai01"].waiting == 0
    assert shown(course, "cai01") == kept.answer, "marking again leaves it"


def test_what_was_taken_back_neither_counts_nor_waits_until_it_is_back(course: Course) -> None:
    def look() -> tuple[dict[str, list[str]], list[tuple[int, int]], list[str]]:
        list(mark_class(course, ASSIGNMENT))
        rows = list(gradebook_rows(course))
        points = {learner: [row["points"] for row in rows if row["student id"] == learner] for learner in ("ben01", "cai01")}
        [workbook] = mark.data(course).workbooks
        tasks = [(task.answers, task.waiting) for task in workbook.tasks]
        return points, tasks, [line.who for line in Answers(course, ASSIGNMENT, names=False).marking(TASK, "", "").lines]

    before = look()
    assert (before[0]["ben01"][1], before[1], before[2]) == ("7", [(4, 2)], ["ana01", "ben01", "cai01", "dan01"])
    for learner in ("ben01", "cai01"):
        undo(course, ASSIGNMENT, learner)
    assert look() == ({"ben01": ["", ""], "cai01": ["", ""]}, [(2, 1)], ["ana01", "dan01"])
    assert shown(course, "ana01").points == "7"
    for learner in ("ben01", "cai01"):
        redo(course, ASSIGNMENT, learner)
    assert look() == before, "what a person gave is there again"


STORY = """
[[items]]
id = "w01-s01"
kind = "scenario"
purpose = "assessed"
points = 2
stem = "Decide."
setting = "Now."
start = "n1"
nodes = [ { id = "n1", says = "Kofi", text = "And?", choices = [
  { id = "a", text = "Ask", reply = "Yes.", to = "end" },
  { id = "b", text = "Hide it", reply = "No.", to = "bad" },
] } ]
endings = [
  { id = "end", title = "Well", person = "So.", family = "So.", worker = "So.", next = "So." },
  { id = "bad", title = "Over", person = "So.", family = "So.", worker = "So.", next = "So." },
]
"""
STORY_KEY = 'w01-s01 = { right = { "n1.a" = 1, "n1.b" = { unsafe = true } }, reason = "To hide it harms." }\n'


def test_an_unsafe_act_in_a_story_is_told_with_the_names(course: Course) -> None:
    assert mark.data(course).workbooks[0].unsafe == ()
    items = course.root / "source" / ASSIGNMENT / "items.toml"
    items.write_text(items.read_text("utf-8") + STORY, "utf-8")
    for kind, more in (("keys", STORY_KEY), ("rubrics", "")):
        guide = course.root / GUIDES / kind / "w01.toml"
        guide.parent.mkdir(parents=True)
        guide.write_text((home() / kind / "w01.toml").read_text("utf-8") + more, "utf-8")
    release = course.workbook(ASSIGNMENT).release
    for learner, step in (("ana01", "n1.b"), ("ben01", "n1.a"), ("cai01", "n1.b")):
        path = course.path("submitted", learner, ASSIGNMENT) / "answers.json"
        path.write_bytes(json.dumps(json.loads(Kit.answers(s01=[step])) | {"release": release}).encode())
    [found] = mark.data(course).workbooks
    told = FollowUp(place="w01-s01", what="unsafe in the story: “Hide it”", who=("Ana Evans", "Siân Ŵyn"))
    assert (found.unsafe, found.fault) == ((told,), "")
    assert mark.data(course, names=False).workbooks[0].unsafe[0].who == ("ana01", "cai01")
    decide(course, "w01", "w01-s01", Decision(void=True))  # nobody is spared the talk by that
    assert mark.data(course).workbooks[0].unsafe == (told,)


def test_what_was_given_when_there_were_other_points_to_get_counts_once_it_is_given_again(course: Course) -> None:
    source = course.root / "source" / ASSIGNMENT
    for path, old, new in (("items.toml", "points = 10\n", "points = 20\n"), (f"{ASSIGNMENT}.ipynb", '"points": 10,', '"points": 20,')):
        text = (source / path).read_text("utf-8")
        assert old in text
        (source / path).write_text(text.replace(old, new), "utf-8")
    release(course, "w01")
    list(mark_class(course, ASSIGNMENT))
    before, flag = (
        shown(course, "ana01"),
        "Points that were given when the task had 10 points: 7. They do not count before you give them again.",
    )
    assert (before.state, before.points, before.max) == (State.WAITS, "", 20)
    assert flag in before.flags
    given = Answers(course, ASSIGNMENT).keep(TASK, before.answer, before.base, points=7, comment=before.comment, notes=Notes()).answer
    assert (given.state, given.points) == (State.MARKED, "7")
    assert not any(one.startswith("Points that were given") for one in given.flags)
    assert {line.student: line.waiting for line in mark_class(course, ASSIGNMENT, force=True)}["ana01"] == 0


def test_to_take_points_back_lets_it_wait_again(course: Course) -> None:
    before = shown(course, "ana01")
    kept = Answers(course, ASSIGNMENT).keep(TASK, before.answer, before.base, points=None, comment="", notes=Notes(later=True))
    assert (kept.answer.state, kept.answer.points) == (State.LATER, "")
    with course.gradebook() as gradebook:
        assert gradebook.find_grade(TASK, ASSIGNMENT, ASSIGNMENT, "ana01").needs_manual_grade


@pytest.mark.parametrize("auto", [None, 2.0], ids=["a written answer", "what the program marks, too"])
def test_what_was_given_for_another_answer_counts_for_none_until_it_is_given_again(course: Course, auto: float | None) -> None:
    answers, path = Answers(course, ASSIGNMENT), course.path("submitted", "ana01", ASSIGNMENT) / "answers.json"
    first = path.read_bytes()
    path.write_bytes(Kit.answers(q01="a", t01="Because of that.", declaration=True))
    list(mark_class(course, ASSIGNMENT))
    with course.gradebook() as gradebook:
        gradebook.find_grade(TASK, ASSIGNMENT, ASSIGNMENT, "ana01").auto_score = auto
        gradebook.db.commit()
    before = shown(course, "ana01")
    assert (before.state, before.points) == (State.WAITS, "")
    assert "Points that were given for another answer: 7. They do not count for this one." in before.flags
    ticked = answers.keep(TASK, before.answer, before.base, points=None, comment=before.comment, notes=Notes(seen=(0,))).answer
    assert (ticked.state, ticked.points, ticked.seen) == (State.WAITS, "", (0,))
    later = answers.keep(TASK, before.answer, ticked.base, points=None, comment=before.comment, notes=Notes(later=True)).answer
    assert answers.keep(TASK, before.answer, later.base, points=None, comment="", notes=Notes()).answer.state is State.WAITS
    if auto is None:
        path.write_bytes(first)
        list(mark_class(course, ASSIGNMENT))
        assert (shown(course, "ana01").state, shown(course, "ana01").points) == (State.MARKED, "7"), "for this one they were given"
        return
    given = answers.keep(TASK, before.answer, shown(course, "ana01").base, points=7, comment="", notes=Notes()).answer
    assert (given.state, given.points) == (State.MARKED, "7")
    assert not any("another answer" in flag for flag in given.flags)


def test_a_comment_that_is_left_as_it_is_stays_so_without_names(course: Course) -> None:
    before, blind = shown(course, "ana01"), Answers(course, ASSIGNMENT, anonymous=True)
    text = "Ana Evans, Ms Evans: well done, Ana."
    Answers(course, ASSIGNMENT).keep(TASK, before.answer, before.base, points=3, comment=text, notes=Notes())
    [seen] = blind.some(TASK, [before.answer])
    assert seen.comment == "{name}, Ms {name}: well done, {name}."
    kept = blind.keep(TASK, before.answer, seen.base, points=4, comment=seen.comment, notes=Notes())
    after = shown(course, "ana01")
    assert (kept.answer.points, after.comment) == ("4", text)
    blind.keep(TASK, before.answer, after.base, points=4, comment=f"{seen.comment} More.", notes=Notes())
    with course.gradebook() as gradebook:
        written = gradebook.find_comment(TASK, ASSIGNMENT, ASSIGNMENT, "ana01").comment
    assert written == "Ana, Ms Ana: well done, Ana. More."


def test_of_two_tutors_the_second_is_told(course: Course) -> None:
    one, before = Answers(course, ASSIGNMENT), shown(course, "cai01")
    one.keep(TASK, before.answer, before.base, points=3, comment="First.", notes=Notes())
    late = one.keep(TASK, before.answer, before.base, points=9, comment="Second.", notes=Notes())
    assert late.newer
    assert (late.answer.points, late.answer.comment) == ("3", "First.")
    again = one.keep(TASK, before.answer, before.base, points=3, comment="First.", notes=Notes())
    assert not again.newer, "the same sent twice is no conflict"
    with course.gradebook() as gradebook:  # formgrader
        gradebook.find_grade(TASK, ASSIGNMENT, ASSIGNMENT, "cai01").manual_score = 4
        gradebook.db.commit()
    assert one.keep(TASK, before.answer, late.answer.base, points=9, comment="", notes=Notes()).newer


def until_it_waits(late: Future[Any], first: Database) -> None:
    waits = sa.text("SELECT FROM pg_locks WHERE NOT granted" if first.dialect == "postgresql" else "SELECT 1")
    while not (late.done() or first.rows(waits)):
        time.sleep(0.01)
    time.sleep(0.1)


def in_the_same_moment(one: Answers, answer: str) -> None:
    """Let somebody's comment be written while a tutor, who has the same answer open, saves: the tutor is told of it."""
    for by in ("desk", "formgrader"):
        [opened] = one.some(TASK, [answer])
        with ThreadPoolExecutor(1) as second:
            with writing(one.course.db_url) as first:
                if by == "desk":  # formgrader writes a comment alone
                    first.run(sa.update(tables.grade).values(needs_manual_grade=tables.grade.c.needs_manual_grade))
                first.run(sa.update(tables.comment).values(manual_comment=f"By {by}."))
                late = second.submit(one.keep, TASK, answer, opened.base, points=5, comment="Second.", notes=Notes())
                until_it_waits(late, first)
            assert late.result(20).newer
        [now] = one.some(TASK, [answer])
        assert (now.comment, late.result().answer) == (f"By {by}.", now)


def test_two_tutors_in_the_same_moment(course: Course) -> None:
    in_the_same_moment(Answers(course, ASSIGNMENT), shown(course, "cai01").answer)


def test_on_a_server_too(course: Course, server: str) -> None:
    before = shown(course, "cai01")
    list(move_gradebook(course, server))
    one = Answers(course, ASSIGNMENT)
    [moved] = one.some(TASK, [before.answer])
    assert moved == before
    assert not one.keep(TASK, before.answer, before.base, points=3, comment="First.", notes=Notes(later=True)).newer
    assert one.keep(TASK, before.answer, before.base, points=9, comment="Second.", notes=Notes()).newer
    assert mark.data(course).workbooks[0].tasks[0].later == 1
    in_the_same_moment(one, before.answer)
    points_while_the_program_waits(course)


def points_while_the_program_waits(course: Course) -> None:
    """Let a newer answer be marked, and a tutor give points for it, while another run waits to mark it, too: they count."""
    cai = sa.select(tables.submitted_notebook.c.id).join(
        tables.submitted_assignment, tables.submitted_assignment.c.id == tables.submitted_notebook.c.assignment_id
    )
    cai = cai.where(tables.submitted_assignment.c.student_id == "cai01")
    grade, marked = tables.grade.c, tables.marked.c
    with Rows(course.db_url, ASSIGNMENT, course.course_id) as rows, ThreadPoolExecutor(1) as program:
        newer = Mark(item=TASK, points=None, max=10, status=Status.NEEDS_PERSON, reason="", answer="newer")
        with writing(course.db_url) as tutor:
            of_it = sa.update(tables.grade).where(grade.notebook_id == cai.scalar_subquery(), grade.manual_score.is_not(None))
            tutor.run(of_it.values(manual_score=6, needs_manual_grade=False))
            source = Source(all="newer", answers="newer")
            late = program.submit(rows.save, [Assessed(student="cai01", when=None, marks={TASK: newer}, source=source)])
            until_it_waits(late, tutor)
            belongs = sa.update(tables.marked).where(marked.notebook_id == cai.scalar_subquery())
            tutor.run(belongs.values(cells=json.dumps({TASK: ["newer", "", ""]})))
        assert [saved.changed for saved in late.result(20).values()] == [()]
    with course.gradebook() as gradebook:
        assert not gradebook.find_grade(TASK, ASSIGNMENT, ASSIGNMENT, "cai01").needs_manual_grade


def test_killed_at_any_moment_nothing_that_was_said_to_be_saved_is_lost(course: Course) -> None:
    context, answer = get_context("forkserver"), shown(course, "cai01").answer
    context.set_forkserver_preload(["autograde.desk.mark_answers"])
    for _ in range(8):
        heard, says = context.Pipe(duplex=False)
        process = context.Process(target=save_again_and_again, args=(course.root, dict(os.environ), answer, says))
        process.start()
        says.close()
        saved = heard.recv()
        time.sleep(secrets.randbelow(200) / 1000)
        process.kill()
        process.join()
        with heard, suppress(EOFError):
            while True:
                saved = heard.recv()
        now = shown(course, "cai01")
        there = int(now.comment)
        assert there in {saved, saved + 1}
        assert (now.points, now.seen, now.later) == (f"{there % 11}", (there % 3,), there % 2 == 0), "all of it or nothing"


@pytest.mark.parametrize(("points", "said"), [(11, "11 is not between 0 and the 10 points"), (-1, "-1 is not between")])
def test_points_that_do_not_fit_are_refused(course: Course, points: float, said: str) -> None:
    before = shown(course, "cai01")
    with pytest.raises(ClassError, match=said):
        Answers(course, ASSIGNMENT).keep(TASK, before.answer, before.base, points=points, comment="", notes=Notes())
    assert shown(course, "cai01") == before


def test_a_newer_hand_in_is_marked_by_the_program_first(course: Course, tmp_path: Path) -> None:
    before = shown(course, "cai01")
    (tmp_path / "cai.zip").write_bytes(Kit().hand_in("cai01", (LATE + timedelta(hours=1)).isoformat(), q01="a", t01="Because of that."))
    intake(course, [tmp_path / "cai.zip"], "w01")
    now = shown(course, "cai01")
    assert now.fault.startswith("Another hand-in of this learner counts now")
    with pytest.raises(UnfitError, match="Have it marked first") as fault:
        Answers(course, ASSIGNMENT).keep(TASK, before.answer, before.base, points=5, comment="", notes=Notes())
    assert fault.value.field == "program"
    assert [waits_for_the_program(course, learner) for learner in ("", "cai01", "ana01")] == [2, 1, 0]
    list(mark_class(course, ASSIGNMENT))
    assert not shown(course, "cai01").fault
    assert waits_for_the_program(course) == 0


def waits_for_the_program(course: Course, learner: str = "") -> int:
    fields = {"workbook": "w01", **({"learner": learner} if learner else {"task": TASK})}
    marking = mark.PAGE.show(Asked(course=course, worker=Worker(), fields=fields)).marking
    return int(marking.program)


@pytest.mark.parametrize(
    ("go", "why"),
    [
        (lambda course: mark_left(course, ["cai01"]), "has left the class"),
        (lambda course: undo(course, ASSIGNMENT, "cai01"), "was taken back"),
        (lambda course: erase(course, "cai01"), "is not in the gradebook any more"),
    ],
    ids=["left", "taken back", "erased"],
)
def test_why_nothing_is_given_any_more_is_told_as_it_is(course: Course, go: Callable[[Course], object], why: str) -> None:
    answers, before = Answers(course, ASSIGNMENT), shown(course, "cai01")
    go(course)
    assert answers.some(TASK, [before.answer]) == ()
    with pytest.raises(ClassError, match=why):
        answers.keep(TASK, before.answer, before.base, points=5, comment="", notes=Notes())
    with pytest.raises(ClassError, match=why):
        answers.judge(TASK, before.answer, 0, Outcome.RIGHT)


def test_without_names_nothing_tells_whose_it_is(course: Course) -> None:
    before = shown(course, "ana01")
    Answers(course, ASSIGNMENT).keep(TASK, before.answer, before.base, points=7, comment="Ana, well said.", notes=Notes())
    path = course.path("submitted", "cai01", ASSIGNMENT) / "answers.json"
    path.write_bytes(Kit.answers(q01="a", t01="I am Siân Ŵyn (cai01), and Dan Davies thinks so, too. Ben as well."))
    list(mark_class(course, ASSIGNMENT))
    blind = Answers(course, ASSIGNMENT, anonymous=True)
    whole = blind.marking(TASK, "", "")
    text = json.dumps([plain(whole), plain(blind.some(TASK, [line.answer for line in whole.lines]))], ensure_ascii=False)
    for name in ("ana01", "ben01", "cai01", "dan01", "Ana", "Evans", "Ben", "Brien", "Siân", "Ŵyn", "Davies", EVIL):
        assert name not in text, name
    assert "{name}, well said." in text
    assert "I am [name] ([name]), and [name] thinks so, too. [name] as well." in text
    assert text.count(SAID) == 1 + (whole.shown is not None and SAID in whole.shown.flags)
    assert [line.answer for line in whole.lines] == sorted(line.answer for line in whole.lines)
    hidden = shown(course, "ana01", anonymous=True)
    kept = blind.keep(TASK, hidden.answer, hidden.base, points=8, comment=hidden.comment, notes=Notes())
    assert not kept.newer
    with course.gradebook() as gradebook:
        assert gradebook.find_comment(TASK, ASSIGNMENT, ASSIGNMENT, "ana01").comment == "Ana, well said."


def test_one_learner_and_all_tasks(course: Course) -> None:
    one = Answers(course, ASSIGNMENT).marking("", "ana01", "")
    assert (one.title, [line.task for line in one.lines]) == ("Ana Evans", [TASK])
    with pytest.raises(ClassError, match="Nobody in this class"):
        Answers(course, ASSIGNMENT).marking("", "nobody", "")
    with pytest.raises(ClassError, match="has no task"):
        Answers(course, ASSIGNMENT).marking("w01-x", "", "")
    [tasks] = mark.data(course).workbooks
    assert [(task.place, task.answers, task.waiting) for task in tasks.tasks] == [(TASK, 3, 1)]
    assert tasks.program == 1


def test_comments_are_offered_without_names(course: Course) -> None:
    one, before = Answers(course, ASSIGNMENT), shown(course, "ana01")
    one.keep(TASK, before.answer, before.base, points=7, comment="Say more, Ana.", notes=Notes())
    before = shown(course, "cai01")
    one.keep(TASK, before.answer, before.base, points=7, comment="Say more, {name}.", notes=Notes())
    assert one.marking(TASK, "", "").bank == ("Say more, {name}.",)


def test_a_comment_with_a_word_that_is_a_name_is_offered_as_it_is(course: Course) -> None:
    rename(course, "ana01", first_name="Will", last_name="Young", email="")
    one, text = Answers(course, ASSIGNMENT), "You will need one example from work with young people."
    for said, offered in ((text, text), (f"Will, well done! {text}", f"{{name}}, well done! {text}")):
        before = shown(course, "ana01")
        one.keep(TASK, before.answer, before.base, points=7, comment=said, notes=Notes())
        assert one.marking(TASK, "", "").bank == (offered,)
        assert shown(course, "ana01", anonymous=True).comment == offered


def test_ones_own_comments(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(tmp_path))
    assert own_comments() == []
    for text in ("One", "Two", "One"):
        keep_comment(text)
    assert own_comments() == ["One", "Two"]
    drop_comment("One")
    assert own_comments() == ["Two"]


@pytest.mark.parametrize("damage", ["cut off", "of another form", "too large"])
def test_ones_own_comments_that_cannot_be_read_are_kept_aside(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, damage: str) -> None:
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(tmp_path))
    path = tmp_path / FILE
    for n in range(40):
        keep_comment(f"Comment {n}")
    good = path.read_text("utf-8")
    path.write_text(
        {"cut off": good[:-3], "of another form": '{"comments": {"a": "b"}}', "too large": good + " " * 2_000_000}[damage], "utf-8"
    )
    before = path.read_bytes()
    told = keep_comment("A new one")
    [aside] = tmp_path.glob(f"{FILE}.broken-*")
    assert aside.read_bytes() == before
    assert told == f"{path} was damaged: it is kept as {aside.name} beside it, and your comments begin anew."
    assert own_comments() == ["A new one"]
    assert keep_comment("Another") == ""
    assert own_comments() == ["Another", "A new one"]


def test_ones_own_comments_never_grow_until_they_cannot_be_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(tmp_path))
    rows = [f"{n} {'Da iawn, ŵ ' * 700}" for n in range(230)]
    (tmp_path / FILE).write_text(json.dumps({"comments": rows}, ensure_ascii=False), "utf-8")
    before = (tmp_path / FILE).read_bytes()
    with pytest.raises(ClassError, match=r"it would have more than 2 MB\), and stay as they were\. Remove one"):
        keep_comment("x" * 100_000)
    assert (tmp_path / FILE).read_bytes() == before
    drop_comment(rows[0])
    drop_comment(rows[1])
    assert keep_comment("A short one") == ""
    assert own_comments() == ["A short one", *rows[2:]]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows makes links for few")
def test_ones_own_comments_that_cannot_be_looked_at_now_stay(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(tmp_path))
    (tmp_path / "elsewhere.json").write_text('{"comments": ["One"]}', "utf-8")
    (tmp_path / FILE).symlink_to("elsewhere.json")
    with pytest.raises(ClassError, match="it is not a plain file"):
        keep_comment("Two")
    assert (tmp_path / FILE).is_symlink()


def test_what_is_kept_of_the_classes_is_not_written_over_where_it_is_damaged(
    course: Course, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(tmp_path))
    damaged = '{"classes": {"/another/class": {"folder": "/stick"}'
    for name in (backups.FILE, used.FILE):
        (tmp_path / name).write_text(damaged, "utf-8")
    note_backup(course)
    remember(course)
    assert {path.name.partition(".broken-")[0]: path.read_text("utf-8") for path in tmp_path.glob("*.broken-*")} == {
        backups.FILE: damaged,
        used.FILE: damaged,
    }
    assert last_backup(course) is not None
    assert [one.folder for one in used_before()] == [str(course.root)]


def test_placeholders() -> None:
    must_see = ("A reason.", "One example.", "Who decides.")
    text = fill("{name}: there is {seen}. Add {not seen}. {else}", name="{seen}", must_see=must_see, seen=(0,))
    assert text == "{seen}: there is a reason. Add one example; who decides. {else}"
    assert fill("{not seen}", name="", must_see=must_see, seen=(0, 1, 2)) == "nothing"
    assert without_names("Ana and Anabel, ANA01", ("Ana", "ana01", "A", ""), "{name}") == "{name} and Anabel, {name}"


LONG = (
    "The working kind is there because of the job and the care plan, so I answer to my manager for what I do in each visit and write it "
    "down. A friend I choose myself, and nobody checks whether I am a good friend. Mr D depends on me to get out of bed."
)


def compared(course: Course, learner: str) -> Answer:
    """Give an answer once near copies of it have been looked for."""
    deadline = time.monotonic() + 30
    while (found := shown(course, learner)).near is None and time.monotonic() < deadline:
        time.sleep(0.02)
    return found


def near(course: Course, learner: str) -> list[str]:
    return [one.name for one in compared(course, learner).near or ()]


def hand_in(course: Course, folder: Path, learner: str, text: str) -> None:
    (folder / "x.zip").write_bytes(Kit().hand_in(learner, (LATE + timedelta(hours=1)).isoformat(), q01="a", t01=text, declaration=True))
    intake(course, [folder / "x.zip"], "w01")
    list(mark_class(course, ASSIGNMENT))


def test_a_second_hand_in_is_compared_at_once(course: Course, tmp_path: Path) -> None:
    hand_in(course, tmp_path, "ana01", LONG)
    assert near(course, "ana01") == []
    hand_in(course, tmp_path, "ben01", LONG.replace("Mr D", "She"))
    assert near(course, "ana01") == ["Ben O'Brien, Jr"]


def test_what_is_nearly_a_sample_is_told_and_changes_no_points(course: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    guides = Path(shutil.copytree(home(), tmp_path / "guides"))
    (guides / "samples").mkdir()
    sample = f'task = "{TASK}"\nlevel = "met"\npoints = 8\nmust_see = [true]\ntext = "{LONG}"\nwhy = "So it is."\n'
    (guides / "samples" / "w01.toml").write_text(f'workbook = "w01"\n[[samples]]\n{sample}', "utf-8")
    monkeypatch.setenv("AUTOGRADE_KEYS", str(guides))
    hand_in(course, tmp_path, "ana01", LONG.replace("Mr D", "She"))
    found = compared(course, "ana01")
    assert [(one.name, one.answer) for one in found.near or ()] == [("a sample answer", "")]
    assert found.near
    assert found.near[0].shared[0].startswith("The working kind is there")
    assert (found.state, found.points) == (State.WAITS, "")
    with course.gradebook() as gradebook:
        grade = gradebook.find_grade(TASK, ASSIGNMENT, ASSIGNMENT, "ana01")
        assert (grade.auto_score, grade.needs_manual_grade) == (None, True)


def test_an_answer_names_nobody_of_the_class() -> None:
    people = {
        one.id: one
        for one in (
            Student(id="ana01", first_name="Ana", last_name="Evans"),
            Student(id="will", first_name="Will", last_name="Bath"),
            Student(id="0077", first_name="Mary Jane", last_name="O'Neill"),
            Student(id="12", first_name="", last_name=""),
        )
    }
    names = Names(people)
    for text, nameless in {
        "I am ana, ANA01. evans.": "I am [name], [name]. [name].",
        "Will and Ana helped. Will Bath said so.": "Will and [name] helped. [name] said so.",
        "I asked Will, who will then bath Mrs B. Will I?": "I asked [name], who will then bath Mrs B. Will I?",
        "With mary jane o'neill and Mary; 0077, in 12 hours": "With [name] and [name]; [name], in 12 hours",
        "O'Neill's turn.": "[name]'s turn.",
    }.items():
        assert names.any(text, people["ana01"]) == nameless


@pytest.mark.parametrize(
    ("learner", "text", "nameless"),
    [
        ("Will Young", "You will need one example from work with young people.", None),
        ("Will Young", "Young people need time. Will you say how? WILL YOU?", None),
        ("Will Young", "Will, you say it well. Well done, Will!", "{name}, you say it well. Well done, {name}!"),
        (
            "Will Young",
            "Will told me. I asked Will, who will come: Will’s turn.",
            "{name} told me. I asked {name}, who will come: {name}’s turn.",
        ),
        ("Will Young", "Mr Young, Will Young and WILL YOUNG.", "Mr {name}, {name} and {name}."),
        ("Will Young", "Will young people know how young people will cope? How will young people know?", None),
        ("Will Evans", "I will do it, will evans and Evans said.", "I will do it, {name} and {name} said."),
        (
            "May Grant",
            "You may grant it in May, on 3 May. May said: ask May.",
            "You may grant it in May, on 3 May. {name} said: ask {name}.",
        ),
        ("My Long", "My manager said in my long talk: My is kind.", None),
        ("My Long", "Well done, My. I know My.", "Well done, {name}. I know {name}."),
        ("Ana Evans", "Ana and ana; Anabel, EVANS.", "{name} and {name}; Anabel, {name}."),
    ],
)
def test_a_name_that_is_a_word_is_taken_for_a_name_where_it_is_one(learner: str, text: str, nameless: str | None) -> None:
    first, _, last = learner.partition(" ")
    student = Student(id="abc01", first_name=first, last_name=last)
    names, wanted = Names({"abc01": student}), nameless or text
    assert names.own(text, student, "{name}") == wanted
    assert names.any(text, student) == wanted.replace("{name}", "[name]")


def test_the_list_of_answers_has_pages() -> None:
    line = Line(answer="", task=TASK, who="", state=State.WAITS, unsafe=False)
    whole = Marking(
        workbook="",
        short="",
        task=TASK,
        learner="",
        title="",
        anonymous=False,
        guides=(),
        lines=(line,) * 401,
        shown=None,
        number=1,
        waiting=0,
        bank=(),
        own=(),
    )
    assert [whole.list_page(number).listed for number in (0, 2, 3, 4)] == [1, 2, 3, 3]


def test_near_copies_are_found_and_say_what_they_share() -> None:
    other = "My sister works in a shop. I like to help people, and I think that respect is the most important of all things in care work."
    texts = {
        "a": LONG,
        "b": f"In my opinion {LONG.replace('Mr D', 'The lady')}",
        "c": other,
        "sample 0": LONG,
        "sample 1": LONG,
        "d": "Yes.",
    }
    found = near_pairs(texts)
    assert {name: {other for other, _ in others} for name, others in found.items()} == {
        "a": {"b", "sample 0", "sample 1"},
        "b": {"a", "sample 0", "sample 1"},
        "sample 0": {"a", "b"},
        "sample 1": {"a", "b"},
    }
    assert all(0.5 <= value <= 1 for others in found.values() for _, value in others)
    assert shared_runs(texts["b"], LONG)[0].startswith("The working kind is there")
    assert near_pairs({"a": LONG}) == {}
    assert near_pairs({}) == {}
