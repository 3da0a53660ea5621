"""The feedback page: what went well first, then steps that lead somewhere, and what is right only once marking is closed."""

import json
import re
import shutil
from collections.abc import Callable
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from autograde.checks import check_all
from autograde.checks.secrets import leaks
from autograde.classes.folder import Course
from autograde.classes.new import new_course
from autograde.classes.own_keys import Decision, decide
from autograde.classes.roster import import_roster
from autograde.cli import app
from autograde.content import load_key
from autograde.marking.kinds import MARKERS
from autograde.outbox.feedback import write_feedback, writing
from autograde.outbox.ready import ready
from autograde.outbox.release import release
from autograde.outbox.releases import read_releases
from autograde.run.mark import mark_class
from tests.conftest import ROOT
from workbook_helpers.items import Item, Workbook, load_workbook
from workbook_helpers.web.body import body

NAME = "w03-families-friends-and-dementia"
WRONG, TASK = "w03-q17", "w03-t02"
COMMENT = "Say more on the daughter."
SHELF = ROOT / "workbooks"
WORKBOOKS = {path.name[:3]: path for path in sorted(SHELF.glob("w*/"))}


def answered(workbook: Workbook, right: Callable[[int, Item], bool]) -> bytes:
    """An answers file in which some closed items are right and the others wrong, and something is written."""
    key = load_key(workbook.id).keys
    values: dict[str, Any] = {}
    for n, item in enumerate(workbook.assessed()):
        if item.asks_person:
            values[item.id] = "I told my senior, because the family has a part in it."
        else:
            tries = MARKERS[item.kind].tries(item, key[item.id].right)
            values[item.id] = tries.right if right(n, item) else tries.wrong
    answers = {name: {"value": value, "saved_at": "2026-07-19T10:00:00+00:00", "revision": 1} for name, value in values.items()}
    return json.dumps({"schema": 1, "workbook": workbook.id, "revision": 1, "answers": answers}).encode()


@pytest.fixture(scope="module")
def marked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A class with three marked hand-ins: all is right; much is not; nothing is answered. Copy what you change."""
    root = tmp_path_factory.mktemp("feedback")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WORKBOOKS_DIR", str(SHELF))
        patch.setenv("JUPYTER_CONFIG_DIR", str(root))
        course = new_course(root / "class", name="Care level 2")
        (root / "roster.csv").write_text("id,first name,last name\nall01,Ana,Evans\nhalf01,Ben,Ode\nnone01,Cai,Dee\n")
        import_roster(course, root / "roster.csv")
        release(course, "w03")
    workbook = course.workbook(NAME)
    empty = json.dumps({"schema": 1, "workbook": "w03", "revision": 0, "answers": {}}).encode()
    handed_in = {
        "all01": answered(workbook, lambda n, item: True),
        "half01": answered(workbook, lambda n, item: n % 2 == 1),
        "none01": empty,
    }
    for student, raw in handed_in.items():
        folder = course.path("submitted", student, NAME)
        folder.mkdir(parents=True)
        (folder / "answers.json").write_bytes(raw)
        (folder / "timestamp.txt").write_text("2026-07-19 10:00:00.000000 UTC")
    assert {line.outcome for line in mark_class(course, NAME)} == {"marked"}
    with course.gradebook() as gradebook:
        for student, points, comment in (("all01", 10, ""), ("half01", 4, COMMENT)):
            grade = gradebook.find_grade(TASK, NAME, NAME, student)
            grade.manual_score, grade.needs_manual_grade = points, False
            gradebook.find_comment(TASK, NAME, NAME, student).manual_comment = comment
        gradebook.db.commit()
    return course.root


@pytest.fixture
def course(marked: Path, tmp_path: Path) -> Course:
    return Course(Path(shutil.copytree(marked, tmp_path / "class")))


def pages(course: Course) -> dict[str, str]:
    """Student → page, as text of HTML without its style."""
    made = {page.student: page.path for page in write_feedback(course, NAME)}
    texts = {student: path.read_text("utf-8") for student, path in made.items() if path}
    return {student: unescape(re.sub(r"<style>.*?</style>", "", text, flags=re.DOTALL)) for student, text in texts.items()}


def setting(course: Course, word: str, value: str) -> None:
    path = course.root / "nbgrader_config.py"
    path.write_text(path.read_text("utf-8").replace("    folder=__file__,\n", f"    folder=__file__,\n    {word}={value!r},\n"), "utf-8")


def command(course: Course, monkeypatch: pytest.MonkeyPatch, *words: str) -> tuple[int, str]:
    monkeypatch.chdir(course.root)
    done = CliRunner().invoke(app, list(words))
    told = done.output if isinstance(done.exception, SystemExit) or not done.exception else str(done.exception)
    return done.exit_code, " ".join(told.split())


def test_what_went_well_comes_first_and_points_last(course: Course) -> None:
    for page in pages(course).values():
        headings = re.findall(r"<h2[^>]*>(.*?)</h2>", page)
        assert headings == ["What went well", "What to do next", "Your written answers", "Your questions", "Your points"]
        assert "Handed in on 19 July 2026, 11:00 (UK time)" in page, "in summer the UK is an hour before UTC"
        assert "Well done" not in page


def test_what_went_well_is_said_of_what_was_right(course: Course) -> None:
    found = pages(course)
    assert "You got every question right. That is excellent work." in found["all01"]
    assert 'Strong writing: your answer to <a href="#task-1">written task 1</a>.' in found["all01"]
    assert re.search(r"You got \d+ of 8 questions right", found["half01"])
    assert "Strong writing" not in found["half01"]
    assert "You have handed in your work. That is the first step" in found["none01"]


def test_an_unsafe_act_in_a_story_is_named_as_that_and_is_nothing_that_went_well(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORKBOOKS_DIR", str(SHELF))
    release(course, "w08")
    name, story = WORKBOOKS["w08"].name, "w08-s02"
    paths = {"all01": ["office.a", "private.c"], "half01": ["office.a", "private.a"]}
    for student, path in paths.items():
        folder = course.path("submitted", student, name)
        folder.mkdir(parents=True)
        answers = {story: {"value": path, "saved_at": "2026-07-19T10:00:00+00:00", "revision": 1}}
        (folder / "answers.json").write_text(json.dumps({"schema": 1, "workbook": "w08", "revision": 1, "answers": answers}), "utf-8")
    assert {line.outcome for line in mark_class(course, name)} == {"marked"}
    safe, unsafe = (unescape(page.path.read_text("utf-8")) for page in write_feedback(course, name) if page.path)
    assert "You got 1 question right in part." in safe
    assert '<span class="verdict partly">◐ Partly right</span> (5 of 7)' in safe
    assert "could do harm" not in safe
    assert "in part" not in unsafe
    assert '<span class="verdict unsafe">✗ A decision here could do harm: talk about it with your tutor</span> (1 of 7)' in unsafe
    assert "“How I settle a conflict”" in unsafe, "it is a part to read again"
    assert load_key("w08").keys[story].reason not in unsafe, "marking is open"


def test_the_same_answer_with_other_points_is_told_with_its_own(course: Course) -> None:
    item = next(item for n, item in enumerate(course.workbook(NAME).assessed()) if n % 2 and not item.asks_person)
    with course.gradebook() as gradebook:  # both have answered it rightly
        gradebook.find_grade(item.id, NAME, NAME, "all01").manual_score = 0.5
        gradebook.find_comment(TASK, NAME, NAME, "all01").manual_comment = "My own comment."
        gradebook.db.commit()
    found = {student: page[page.index(item.stem) :].partition("</section>")[0] for student, page in pages(course).items()}
    assert f"◐ Partly right</span> (0.5 of {item.points:g})" in found["all01"]
    assert f"✓ Right</span> ({item.points:g} of {item.points:g})" in found["half01"]


def test_pages_that_processes_share_are_those_that_one_makes(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    def made(workers: int) -> dict[str, bytes]:
        return {page.student: page.path.read_bytes() for page in write_feedback(course, NAME, partial=True, workers=workers) if page.path}

    alone = made(1)
    shutil.rmtree(course.root / "feedback")
    monkeypatch.setattr(writing, "FEW", 1)
    shared = made(2)
    assert list(shared) == ["all01", "half01", "none01"]
    assert shared == alone


def test_no_file_of_the_workbook_is_read_again_for_a_hand_in_of_its_release(course: Course) -> None:
    workbook = course.workbook(NAME)
    releases, name = read_releases(course, workbook), workbook.release
    (workbook.folder / "items.toml").unlink()
    assert releases.seen(name) == (workbook, "")


def test_a_question_that_does_not_count_is_not_counted(course: Course) -> None:
    closed = [item for item in course.workbook(NAME).assessed() if not item.asks_person]
    decide(course, "w03", closed[0].id, Decision(void=True))
    assert {line.outcome for line in mark_class(course, NAME)} == {"marked"}
    found = pages(course)
    assert "You got every question right. That is excellent work." in found["all01"]
    assert re.search(rf"You got \d+ of {len(closed) - 1} questions right", found["half01"])
    assert "This question does not count" in found["half01"]
    for item in closed:
        decide(course, "w03", item.id, Decision(void=True))
    list(mark_class(course, NAME))
    none = pages(course)["all01"]
    assert "every question right" not in none
    assert "You know" not in none


def test_there_are_at_most_three_steps_and_a_comment_only_where_there_is_one(course: Course) -> None:
    found = {student: re.search(r"<ol>(.*?)</ol>", page, re.DOTALL) for student, page in pages(course).items()}
    assert found["all01"] is None
    for student, comment in (("half01", True), ("none01", False)):
        listed = found[student]
        assert listed is not None
        steps = re.findall(r"<li>(.*?)</li>", listed[1])
        assert len(steps) == 3
        assert [step for step in steps if "tutor’s comment" in step] == steps[:1] * comment
    assert 'comment on <a href="#task-1">written task 1</a>.' in pages(course)["half01"]


def test_steps_lead_to_the_section_where_the_site_is_known(course: Course) -> None:
    plain = pages(course)["half01"]
    assert set(re.findall(r'href="([^"]*)"', plain)) == {"#main", "#task-1", "#sum"}, "no link is made up"
    assert plain.count("<a data-home>") == 1
    setting(course, "site", "https://care.example.org/books/index.html")
    page = pages(course)["half01"]
    assert '<a href="https://care.example.org/books/">My workbooks</a>' in page
    ids = {unescape(found) for found in re.findall(r'id="([^"]*)"', body(course.workbook(NAME)))}
    parts = [link.partition("#") for link in re.findall(r'href="(https:[^"]*#[^"]*)"', page)]
    assert len(parts) > 3
    assert {address for address, _, _ in parts} == {f"https://care.example.org/books/{NAME}.html"}
    assert {part for _, _, part in parts} <= ids


@pytest.mark.parametrize("address", ["javascript:alert(1)", "moodle", "https://a b"])
def test_a_site_that_is_no_address_is_refused(course: Course, monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    setting(course, "site", address)
    assert "site must be an address that begins with https://" in command(course, monkeypatch, "feedback", "w03")[1]


def test_what_is_right_and_why_comes_only_once_marking_is_closed(course: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    key, item = load_key("w03").keys, course.workbook(NAME).items[WRONG]
    secret = [entry.reason for entry in key.values()] + [item.right_in_words(key[WRONG].right)[0]]

    def told() -> set[str]:
        assert command(course, monkeypatch, "feedback", "w03")[0] == 0
        return {path.parts[-3] for path, _ in leaks(secret, [course.root / "feedback"])} - {"all01"}

    assert told() == set()
    assert "This is right" not in "".join(pages(course).values())
    assert "Marking of w03-families-friends-and-dementia is closed" in command(course, monkeypatch, "close", "w03")[1]
    assert course.closed() == {NAME}
    assert told() == {"half01", "none01"}
    found = pages(course)
    assert "This is right" not in found["all01"], "what was right needs no reason"
    assert not [entry.reason for entry in key.values() if entry.reason in found["all01"]]
    assert {name for name, entry in key.items() if entry.reason in found["none01"]} == set(key)
    assert not [one for one in check_all([course.root / "source" / NAME], [course.root / "feedback"], course.closed()) if one.rule == "K3"]
    handout = tmp_path / "given" / "handout"
    shutil.copytree(course.root / "feedback" / "none01", handout)
    assert [one for one in check_all([course.root / "source" / NAME], [handout], course.closed()) if one.rule == "K3"], "feedback alone may"
    assert {one.id for one in ready(course, NAME).pages} >= {"half01", "none01"}
    assert command(course, monkeypatch, "close", "w03", "--reopen")[0] == 0
    assert ready(course, NAME).pages == (), "what was right is not given while marking is open"
    assert {one.why for one in ready(course, NAME).withheld} == {"the page says what was right, and marking is open again"}
    assert [one for one in check_all([course.root / "source" / NAME], [course.root / "feedback"], course.closed()) if one.rule == "K3"]
    assert told() == set()
    assert len(ready(course, NAME).pages) == len(found)


def test_close_says_what_is_wrong(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "has no workbook 'w09'" in command(course, monkeypatch, "close", "w09")[1]
    path = course.root / "nbgrader_config.py"
    text = path.read_text("utf-8")
    path.write_text(text.replace('closed=""', 'closed="w09"'), "utf-8")
    assert "nbgrader_config.py, closed: This class has no workbook 'w09'" in command(course, monkeypatch, "feedback", "w03")[1]
    path.write_text(text.replace("    closed=", "    # closed="), "utf-8")
    assert "Marking of w03-families-friends-and-dementia is closed" in command(course, monkeypatch, "close", "w03")[1]
    assert course.closed() == {NAME}, "a setting that is not there is put there"


@pytest.mark.parametrize("name", WORKBOOKS)
def test_every_key_says_what_is_right_in_words(name: str) -> None:
    workbook = load_workbook(WORKBOOKS[name])
    for item_id, entry in load_key(name).keys.items():
        words = workbook.items[item_id].right_in_words(entry.right)
        assert all(words), item_id
        assert bool(words) is (workbook.items[item_id].kind != "scenario"), item_id
