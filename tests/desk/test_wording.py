"""The page Change a wording: what is changed, what follows for who has handed in, and what is refused before anything is written."""

import json
import shutil
import tomllib
from collections.abc import Mapping
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Page, expect

from autograde import cli
from autograde.authoring.changes import FieldError, StaleError, last_change, take_back
from autograde.authoring.reword import Meaning, Wording
from autograde.authoring.toml_text import item_text
from autograde.authoring.wording import Form, document_fields, item_fields, key_fields, read_value
from autograde.checks.subject import _texts
from autograde.classes.folder import Course
from autograde.classes.own_keys import Decision, class_guides, decide, own_keys
from autograde.content import load_key
from autograde.desk import wording
from autograde.desk.pages import plain
from autograde.errors import AuthorError
from autograde.gradebook.rows import Rows
from autograde.inbox.intake import intake
from autograde.outbox.feedback import feedback_page
from autograde.outbox.release import release
from autograde.run import decisions
from autograde.run.answer import content_of, read_answers
from autograde.run.mark import mark_class
from autograde.run.questions import questions
from tests.axe import violations
from tests.conftest import ROOT, free_port
from tests.desk.conftest import LATE, Desk, Serve, fits, said, start
from tests.desk.giving import make_class
from tests.tutor.conftest import ASSIGNMENT, Kit
from workbook_helpers.items import load_workbook

MINUTES = count(1)
QUESTION, TASK, DOCUMENT = "w01-q01", "w01-t01", "w01-d01"
AFTER = "2126-11-30T10:00:00.000Z"
LEAK = "Which of these is it, then?"
GALLERY = ROOT / "workbooks" / "w99-gallery"


@pytest.fixture(scope="module")
def made(surroundings: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three learners, two of them right; a person has given points; and each hand-in says what it answers."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in surroundings.items():
            patch.setenv(name, value)
        course = make_class(tmp_path_factory.mktemp("three"), 3)
        for learner, value in (("l01", "a"), ("l02", "a"), ("l03", "b")):
            hand_in(course, learner, course.workbook(ASSIGNMENT).release, value)
        list(mark_class(course, ASSIGNMENT))
    return course.root


@pytest.fixture
def three(made: Path, surroundings: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Course:
    for name, value in surroundings.items():
        monkeypatch.setenv(name, value)
    return Course(Path(shutil.copytree(made, tmp_path / "three")))


@pytest.fixture(scope="module")
def served(made: Path, serve: Serve, surroundings: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return start(serve, Path(shutil.copytree(made, tmp_path_factory.mktemp("served-wording") / "class")), surroundings, free_port())


def hand_in(course: Course, learner: str, answers: str, value: str, **said: object) -> None:
    """Hand in later than before, with what the page says of the release that it is of; `said` of the question's answer alone."""
    kit, at = Kit(), LATE + timedelta(minutes=next(MINUTES))
    document = json.loads(kit.answers(q01=value, t01=f"Because {learner[1:].lstrip('0')}.", declaration=True))
    if answers:
        document["release"] = answers
        for record in document["answers"].values():
            record["release"] = answers
    document["answers"][QUESTION] |= said
    raw = json.dumps(document).encode()
    path = course.root.parent / f"{learner}-{at:%H%M%S}.zip"
    path.write_bytes(kit.zipped({"manifest.json": kit.manifest(learner, at.isoformat(), raw), "answers.json": raw}))
    assert intake(course, [path], "w01").taken


def points(course: Course, item: str = QUESTION) -> dict[str, float | None]:
    with Rows(course.db_url, ASSIGNMENT, course.course_id) as rows:
        return {who: given.points[item] for who in sorted(rows.students) if (given := rows.given(who))}


def files(course: Course) -> dict[str, bytes]:
    """Give what a change of a wording may write."""
    places = [*course.root.glob("source/**/*"), *course.root.glob("guides/**/*"), course.root / "class-keys.toml"]
    return {path.relative_to(course.root).as_posix(): path.read_bytes() for path in places if path.is_file()}


def other(course: Course, part: str, typed: Mapping[str, str], meaning: Meaning | None = None) -> str:
    return Wording(course, ASSIGNMENT, part).save(typed, meaning=meaning).kept


def closed(course: Course) -> Course:
    path = course.root / "nbgrader_config.py"
    path.write_text(path.read_text("utf-8").replace('closed=""', f'closed="{ASSIGNMENT}"'), "utf-8")
    return course


@pytest.mark.parametrize("number", range(len(tomllib.loads((GALLERY / "items.toml").read_text("utf-8"))["items"])))
def test_each_text_of_each_kind_is_a_field_and_is_put_back_where_it_stood(number: int) -> None:
    text = (GALLERY / "items.toml").read_text("utf-8")
    table = tomllib.loads(text)["items"][number]
    item = load_workbook(GALLERY).items[table["id"]]
    fields = item_fields(table, item)
    held = {line for field in fields for line in (field.value, *field.value.split("\n"))}
    assert {part for part in _texts({name: value for name, value in table.items() if name != "section"}) if part not in held} == set()
    typed = {tuple(field.name.split("/"))[1:]: read_value(field, field.value) for field in fields}
    assert item_text(text, number, typed) == text, "nothing moves, no comment goes"
    worded = {path: f"{value} “New”" for path, value in typed.items() if isinstance(value, str) and " " in value}
    new = item_text(text, number, worded)
    lines = [(before, after) for before, after in zip(text.splitlines(), new.splitlines(), strict=True) if before != after]
    assert all("“New”" in after for _, after in lines)
    assert new.count("“New”") == len(worded)
    key = load_key("w99").keys.get(item.id)
    if key:  # what is right is chosen, never typed as an id
        right = [one for one in key_fields(key.model_dump(), table, item) if one.name != "key/reason"]
        assert all(one.form in (Form.ONE, Form.SEVERAL, Form.NUMBER) or item.kind in ("short", "gaps") for one in right)


def test_each_text_of_each_document_is_a_field_and_is_put_back_where_it_stood() -> None:
    text = (GALLERY / "items.toml").read_text("utf-8")
    for number, (table, document) in enumerate(
        zip(tomllib.loads(text)["documents"], load_workbook(GALLERY).documents.values(), strict=True)
    ):
        fields = document_fields(table)
        held = {part.strip() for field in fields for line in field.value.split("\n") for part in (line, *line.split("|"))}
        assert {part for part in document.words() if part not in held} == set()
        typed = {tuple(field.name.split("/"))[1:]: read_value(field, field.value) for field in fields}
        assert item_text(text, number, typed, "documents") == text
        rows = typed.get(("rows",), [])
        worded: dict[tuple[str, ...], Any] = {("title",): "New", **({("rows",): [["New", *rows[0][1:]], *rows[1:]]} if rows else {})}
        new = item_text(text, number, worded, "documents")
        lines = [(before, after) for before, after in zip(text.splitlines(), new.splitlines(), strict=True) if before != after]
        assert len(lines) == len(worded)


def test_a_document_is_worded_anew_with_all_questions_that_rest_on_it(three: Course) -> None:
    parts, before, said = [one.id for one in wording.data(three, ASSIGNMENT).parts], points(three), "document/messages/1/text"
    assert parts.index(DOCUMENT) + 1 == parts.index(QUESTION) == parts.index(TASK) - 1
    assert wording.data(three, ASSIGNMENT, DOCUMENT).one.questions == (QUESTION, TASK)  # type: ignore[union-attr]
    with pytest.raises(FieldError, match="at most 200") as caught:
        other(three, DOCUMENT, {"document/title": "x" * 201})
    assert caught.value.field == "document/title"
    with pytest.raises(FieldError, match="wording only"):
        other(three, DOCUMENT, {said: "This or not that?"})
    other(three, DOCUMENT, {"document/title": "Two short messages"}, Meaning.WORDING)
    list(mark_class(three, ASSIGNMENT))
    assert points(three) == before
    assert "Two messages" in feedback_page(three, ASSIGNMENT, "l01"), "as it was given out"
    other(three, DOCUMENT, {said: "That or this?"}, Meaning.CHANGES)
    other(three, QUESTION, {"key/right": "b"})  # nobody has been asked it as it means now
    release(three, "w01")
    hand_in(three, "l01", three.workbook(ASSIGNMENT).release, "a")
    list(mark_class(three, ASSIGNMENT))
    assert points(three) == {"l01": 0, "l02": 2, "l03": 0}
    assert points(three, TASK) == {"l01": 5, "l02": 5, "l03": 5}, "a person's"
    assert [who in feedback_page(three, ASSIGNMENT, "l01") for who in ("That or this?", "Two short messages")] == [True, True]
    assert Wording(three, ASSIGNMENT, DOCUMENT).learners == ("l01",)
    assert Wording(three, ASSIGNMENT, DOCUMENT).preview({}).count(b"That or this?") == 1


def test_wording_only_changes_nobodys_marks_and_nothing_that_was_seen(three: Course) -> None:
    before, saw, key = points(three), (three.root / "releases").rglob("items.toml"), load_key("w01")
    kept_releases = {path: path.read_bytes() for path in saw}
    former = files(three)
    kept = other(three, QUESTION, {"item/stem": "Which of them?", "item/options/b/text": "That one"}, Meaning.WORDING)
    assert three.workbook(ASSIGNMENT).items[QUESTION].stem == "Which of them?"
    assert {name for name, content in files(three).items() if former.get(name) != content} == {f"source/{ASSIGNMENT}/items.toml"}
    list(mark_class(three, ASSIGNMENT))
    assert points(three) == before == {"l01": 2, "l02": 2, "l03": 0}
    assert {path: path.read_bytes() for path in kept_releases} == kept_releases
    assert "Which?" in feedback_page(three, ASSIGNMENT, "l03")
    assert last_change(three, ASSIGNMENT).waits  # type: ignore[union-attr]
    release(three, "w01")
    assert "Which of them?" in (three.root / "handout" / f"{ASSIGNMENT}.html").read_text("utf-8")
    assert not last_change(three, ASSIGNMENT).waits  # type: ignore[union-attr]
    with pytest.raises(AuthorError, match="has been given out since"):
        take_back(three, ASSIGNMENT, kept)
    assert load_key("w01") == key


def test_a_changed_meaning_leaves_the_old_question_its_key(three: Course) -> None:
    old, before, former = three.workbook(ASSIGNMENT).release, points(three), files(three)
    decide(three, "w01", QUESTION, Decision(also=("b",)))
    list(mark_class(three, ASSIGNMENT))
    assert points(three)["l03"] == 2
    typed = {"item/stem": "Which one not?", "key/right": "b", "key/reason": "It is the other one."}
    kept = other(three, QUESTION, typed, Meaning.CHANGES)
    assert own_keys(three, "w01") == {}, "what was decided of the old question goes with it"
    take_back(three, ASSIGNMENT, kept)
    assert own_keys(three, "w01")[QUESTION].also == ("b",)
    decide(three, "w01", QUESTION, Decision())
    list(mark_class(three, ASSIGNMENT))
    assert {name: text for name, text in files(three).items() if name != "class-keys.toml"} == former
    other(three, QUESTION, typed, Meaning.CHANGES)
    list(mark_class(three, ASSIGNMENT))
    assert points(three) == before, "also before it is given out again"
    with pytest.raises(FieldError, match="So it was worded before"):
        Wording(three, ASSIGNMENT, QUESTION).follows({"item/stem": "Which?"}, Meaning.WORDING)
    release(three, "w01")
    new = three.workbook(ASSIGNMENT).release
    hand_in(three, "l01", new, "a")
    hand_in(three, "l02", old, "a")  # has the old page, and hands in again
    list(mark_class(three, ASSIGNMENT))
    assert points(three) == {"l01": 0, "l02": 2, "l03": 0}
    assert points(three, TASK) == {"l01": 5, "l02": 5, "l03": 5}, "a person's"
    [one] = questions(three, ASSIGNMENT)
    assert (one.earlier, [(choice.words, choice.number, choice.right) for choice in one.choices]) == (
        2,
        [("This", 1, False), ("That", 0, True)],
    )
    closed(three)
    for learner, stem, why in (("l01", "Which one not?", "It is the other one."), ("l03", "Which?", "So it is.")):
        page = feedback_page(three, ASSIGNMENT, learner)
        assert (stem in page, why in page) == (True, True), learner
    release(three, "w01", fresh=True)  # the shelf's words once more: each is still marked by what it was asked
    assert {line.outcome for line in mark_class(three, ASSIGNMENT)} == {"marked"}
    assert points(three) == {"l01": 0, "l02": 2, "l03": 0}
    shutil.rmtree(three.root / "source")
    shutil.copytree(three.root / "releases" / ASSIGNMENT / new, three.root / "source" / ASSIGNMENT)
    flags = [read_answers(three, content_of(three, ASSIGNMENT), who)[QUESTION].flags for who in ("l01", "l02")]
    assert flags == [(), ("The question means something else now. This answer keeps its old key or rubric.",)]
    hand_in(three, "l03", "", "b")  # does not say which of the two
    list(mark_class(three, ASSIGNMENT))
    assert points(three)["l03"] is None


def decided(course: Course, decision: Decision) -> tuple[str, dict[str, float | None]]:
    """Decide of the question, and give what was said of it and the points; whose change was said before."""
    planned, before = decisions.plan(course, ASSIGNMENT, QUESTION, decision), points(course)
    decide(course, "w01", QUESTION, decision)
    list(mark_class(course, ASSIGNMENT))
    assert points(course) == before | {one.student: one.after for one in planned.changes}, "as it was planned"
    return planned.words, points(course)


def test_what_is_decided_of_a_question_counts_for_who_was_asked_the_old_one(three: Course) -> None:
    workbook, former = three.workbook(ASSIGNMENT), points(three)
    other(three, QUESTION, {"item/stem": "Which one not?", "key/right": "b"}, Meaning.CHANGES)
    release(three, "w01")
    hand_in(three, "l01", three.workbook(ASSIGNMENT).release, "a")
    list(mark_class(three, ASSIGNMENT))
    assert points(three) == former | {"l01": 0}
    said, now = decided(three, decisions.void(three, workbook, QUESTION))
    assert (said, now) == (f"{QUESTION}: it does not count, and everybody gets its points.", dict.fromkeys(former, 2))
    assert ["This question does not count" in feedback_page(three, ASSIGNMENT, who) for who in ("l01", "l03")] == [True, True]
    assert decided(three, Decision())[1] == former | {"l01": 0}
    said, now = decided(three, decisions.accept(three, workbook, QUESTION, "b"))
    assert (said, now) == (f"{QUESTION}: “That” is accepted, too.", former | {"l01": 0, "l03": 2})
    other(three, QUESTION, {"item/stem": "Which of them, then?"}, Meaning.CHANGES)
    assert own_keys(three, "w01") == {}
    list(mark_class(three, ASSIGNMENT))
    assert points(three) == former | {"l01": 0, "l03": 2}, "what was decided of a question goes with all that it meant"


def test_an_answer_that_the_old_question_did_not_have_is_not_accepted_there(three: Course) -> None:
    workbook, former = three.workbook(ASSIGNMENT), points(three)
    other(three, QUESTION, {"item/stem": "Which one not?", "item/options/b/text": "Another"}, Meaning.CHANGES)
    said, now = decided(three, decisions.accept(three, workbook, QUESTION, "b"))
    assert said.endswith("3 learners were asked it before its meaning changed, where that was no answer to it: nothing changes there.")
    assert now == former
    said, now = decided(three, decisions.void(three, workbook, QUESTION))
    assert ("3 learners" in said, set(now.values())) == (False, {2})


def test_a_key_that_was_handed_in_since_is_not_taken_back_alone(three: Course, made: Path) -> None:
    for path in three.root.glob("submitted/*"):
        shutil.rmtree(path)
    kept = other(three, QUESTION, {"key/right": "b"})  # nobody has handed it in
    take_back(three, ASSIGNMENT, kept)
    for typed in ({"key/right": "b"}, {"key/right": "b", "item/stem": "Which one?"}):
        kept = other(three, QUESTION, typed, Meaning.WORDING)
        shutil.copytree(made / "submitted", three.root / "submitted", dirs_exist_ok=True)
        before = files(three)
        with pytest.raises(AuthorError, match="its key alone cannot change"):
            take_back(three, ASSIGNMENT, kept)
        assert files(three) == before
        for path in three.root.glob("submitted/*"):
            shutil.rmtree(path)
        take_back(three, ASSIGNMENT, kept)
    shutil.copytree(made / "submitted", three.root / "submitted", dirs_exist_ok=True)
    take_back(three, ASSIGNMENT, other(three, QUESTION, {"key/reason": "For this reason."}))


@pytest.mark.parametrize(
    ("said", "given"),
    [
        pytest.param({"release": "old"}, 2, id="kept from the old release"),
        pytest.param({}, 0, id="answered anew"),
        pytest.param({"release": "", "saved_at": AFTER}, 0, id="of now, by its time"),
        pytest.param({"release": ""}, None, id="older than the new question"),
        pytest.param({"release": "f" * 16}, None, id="a release that nobody gave out"),
        pytest.param({"release": ["old"], "saved_at": 7}, None, id="neither is one"),
        pytest.param({"release": {}, "saved_at": "9999-12-31T23:59:59-14:00"}, None, id="no time that there is"),
    ],
)
def test_an_answer_that_a_copy_has_kept_is_marked_as_the_question_that_it_answers(
    three: Course, said: dict[str, object], given: float | None
) -> None:
    old = three.workbook(ASSIGNMENT).release
    other(three, QUESTION, {"item/stem": "Which one not?", "key/right": "b", "key/reason": "It is the other one."}, Meaning.CHANGES)
    release(three, "w01")
    assert points(three)["l01"] == 2
    named = {"release": old} if said.get("release") == "old" else {}
    hand_in(three, "l01", three.workbook(ASSIGNMENT).release, "a", **{**said, **named})
    list(mark_class(three, ASSIGNMENT))
    assert points(three)["l01"] == given
    answer = read_answers(three, content_of(three, ASSIGNMENT), "l01")[QUESTION]
    assert answer.stem == ("Which?" if given == 2 else "Which one not?")
    assert answer.lines == ("This",)
    assert ("not known whether this was answered before" in answer.reason) == (given is None)
    assert [one.earlier for one in questions(three, ASSIGNMENT)] == [2 + (given == 2)]
    if given == 2:
        page = feedback_page(closed(three), ASSIGNMENT, "l01")
        assert ("Which?" in page, "Which one not?" in page) == (True, False)
        assert "l01" not in Wording(three, ASSIGNMENT, QUESTION).learners, "who has not answered the new one"


def test_a_task_whose_meaning_changed_keeps_its_rubric(three: Course) -> None:
    old, must = Wording(three, ASSIGNMENT, TASK), "Says it in another way"
    with pytest.raises(FieldError, match="wording only"):
        old.follows({"item/stem": "Why not?"}, None)
    lines = {"item/stem": "Why not?", "rubric/must_see": must}
    with pytest.raises(FieldError, match="meaning"):
        old.follows(lines, None)
    other(three, TASK, lines, Meaning.CHANGES)
    release(three, "w01")
    new = three.workbook(ASSIGNMENT).release
    hand_in(three, "l01", new, "a")
    assert {line.outcome for line in mark_class(three, ASSIGNMENT)} == {"marked"}
    notebooks = {who: (three.path("autograded", who, ASSIGNMENT) / f"{ASSIGNMENT}.ipynb").read_text("utf-8") for who in ("l01", "l02")}
    assert (must in notebooks["l01"], must in notebooks["l02"]) == (True, False)
    assert points(three, TASK) == {"l01": 5, "l02": 5, "l03": 5}
    assert "means something else now" in notebooks["l02"]
    path = three.path("submitted", "l01", ASSIGNMENT) / "answers.json"
    document = json.loads(path.read_bytes())
    del document["answers"][TASK]["release"]
    path.write_text(json.dumps(document), "utf-8")
    flags = read_answers(three, content_of(three, ASSIGNMENT), "l01")[TASK].flags
    assert flags == ("It is not known whether this was answered before the question’s meaning changed.",)


@pytest.mark.parametrize(
    ("part", "typed", "meaning", "field", "text"),
    [
        (QUESTION, {"item/stem": " "}, None, "item/stem", "This needs a text."),
        (QUESTION, {"item/options/b/text": "x" * 5000}, Meaning.WORDING, "item/options/b/text", "at most 4000 letters"),
        (QUESTION, {"item/stem": "Which\udce9?"}, Meaning.WORDING, "item/stem", "cannot be saved"),
        (QUESTION, {"item/stem": "Which one?"}, None, "meaning", "wording only"),
        (QUESTION, {"item/stem": "Which one?", "key/right": "b"}, Meaning.WORDING, "meaning", "the meaning changes"),
        (QUESTION, {"key/right": "b"}, Meaning.CHANGES, "key/right", "accept a second answer"),
        (QUESTION, {"key/right": "z"}, Meaning.CHANGES, "key/right", "Choose one of these"),
        (QUESTION, {"item/id": "w01-q09"}, None, "", "has no field 'item/id'"),
        (QUESTION, {"item/stem": "Which?"}, None, "", "Nothing is changed yet"),
        (
            QUESTION,
            {"key/reason": "Which of these is it, then?", "item/stem": "Which of these is it, then?"},
            Meaning.WORDING,
            "",
            "text of a key",
        ),
        (TASK, {"rubric/levels/1/text": ""}, None, "rubric/levels/1/text", "This needs a text."),
        (TASK, {"rubric/must_see": ""}, None, "rubric/must_see", "at least 1"),
        ("text", {"text": "# Title\n\n<script>alert(1)</script>"}, None, "text", "script"),
    ],
)
def test_what_does_not_fit_is_told_at_its_field_and_nothing_is_written(
    three: Course, part: str, typed: dict[str, str], meaning: Meaning | None, field: str, text: str
) -> None:
    if part == "text":
        part = next(one.id for one in wording.data(three, ASSIGNMENT).parts if one.kind == "Text")
    before = files(three)
    with pytest.raises(FieldError, match=text) as caught:
        other(three, part, typed, meaning)
    assert caught.value.field == field
    assert files(three) == before
    assert not list((three.root / ".part").glob("reworded/draft/*"))


def test_who_edits_beside_it_loses_nothing(three: Course) -> None:
    path = three.root / "source" / ASSIGNMENT / "items.toml"
    opened = Wording(three, ASSIGNMENT, QUESTION)
    path.write_text(path.read_text("utf-8").replace('"Why?"', '"Why so?"'), "utf-8")
    state = Wording(three, ASSIGNMENT, QUESTION).state
    assert state == opened.state, "another question is none of it"
    path.write_text(path.read_text("utf-8").replace('"Which?"', '"What?" # mine'), "utf-8")
    before = files(three)
    with pytest.raises(StaleError):
        Wording(three, ASSIGNMENT, QUESTION).save({"item/stem": "Which one?"}, state=state, meaning=Meaning.WORDING)
    assert files(three) == before
    kept = other(three, QUESTION, {"item/stem": "Which one?"}, Meaning.WORDING)
    assert '"Which one?" # mine' in path.read_text("utf-8")
    path.write_text(path.read_text("utf-8").replace('"This"', '"This one"'), "utf-8")
    with pytest.raises(AuthorError, match="has been changed since"):
        take_back(three, ASSIGNMENT, kept)


def test_a_disk_that_cannot_be_written_leaves_all_as_it_was(three: Course) -> None:
    (three.root / "guides" / "keys" / "w01.toml").mkdir(parents=True)  # in the way
    before = files(three)
    with pytest.raises(AuthorError, match="Nothing was changed"):
        other(three, QUESTION, {"item/stem": "Which one?", "key/right": "b"}, Meaning.CHANGES)
    assert (files(three), last_change(three, ASSIGNMENT)) == (before, None)


def test_it_is_this_class_alone(three: Course, made: Path) -> None:
    other(three, QUESTION, {"key/reason": "For this reason."})
    assert class_guides(three, three.workbook(ASSIGNMENT))[0].keys[QUESTION].reason == "For this reason."
    assert class_guides(Course(made), three.workbook(ASSIGNMENT))[0].keys[QUESTION].reason == "So it is."
    assert {line.outcome for line in mark_class(Course(made), ASSIGNMENT)} == {"unchanged"}


def test_the_command_does_the_same(three: Course, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(three.root)

    def told(*words: str) -> str:
        monkeypatch.setattr("sys.argv", ["autograde", "reword", "w01", *words])
        with pytest.raises(SystemExit):
            cli.main()
        done = capsys.readouterr()
        return " ".join((done.out + done.err).split())

    before = files(three)
    assert "w01-q01: Which?" in told()
    assert "key/right: a (of a, b)" in told(QUESTION)
    assert "Add --wording-only or --meaning-changes." in told(QUESTION, "item/stem", "Which one?")
    assert "item/stem: This needs a text." in told(QUESTION, "item/stem", "")
    assert files(three) == before
    assert "autograde release w01 gives it out again" in told(QUESTION, "item/stem", "Which one?", "--wording-only")
    assert three.workbook(ASSIGNMENT).items[QUESTION].stem == "Which one?"
    assert "w01-q01 is as it was before" in told("--back")
    assert files(three) == before


def test_a_question_is_worded_anew_with_the_page_beside_it(served: Desk, paged: Page) -> None:
    served.enter(paged, "wording")
    paged.get_by_role("link", name="Which?").press("Enter")
    seen = paged.frame_locator("iframe[title='The page as students see it']")
    expect(seen.get_by_text("Which?")).to_be_visible(timeout=9_000)
    expect(seen.get_by_role("heading", name="Two messages")).to_be_visible()
    assert "So it is." not in seen.locator("html").inner_html(), "the key is the tutor's alone"
    stem, steps = paged.get_by_label("Question or task"), paged.evaluate("history.length")
    stem.fill("Which of these?")
    expect(seen.get_by_text("Which of these?")).to_be_visible(timeout=9_000)
    expect(stem).to_be_focused()
    assert paged.evaluate("history.length") == steps, "Back leads to the list"
    save = paged.get_by_role("button", name="Save the change")
    save.press("Enter")
    expect(paged.locator("#meaning-fault")).to_contain_text("Say whether this is wording only")
    expect(stem).to_have_value("Which of these?")
    expect(paged.locator("#meaning")).to_contain_text("3 learners handed this question in")
    schemes: tuple[Literal["light", "dark"], ...] = ("light", "dark")
    for scheme in schemes:
        paged.emulate_media(color_scheme=scheme)
        assert violations(paged) == []
    for width in (320, 1280):
        fits(paged, width)
    path = served.course.root / "source" / ASSIGNMENT / "items.toml"
    former = path.read_text("utf-8")
    path.write_text(former.replace('"Which?"', '"What?"'), "utf-8")
    paged.get_by_label("Wording only.").check()
    save.click()
    expect(paged.get_by_role("alert").filter(has_text="Somebody has changed this")).to_be_visible()
    expect(paged.get_by_text("The file says now: What?")).to_be_visible()
    paged.get_by_label("Wording only.").check()
    save.click()
    said(paged, "w01-q01 is changed. Nobody’s points change.")
    assert '"Which of these?"' in path.read_text("utf-8")
    expect(paged.get_by_role("link", name="Give out again")).to_be_visible()
    paged.locator("#said").get_by_role("button", name="Undo").click()
    said(paged, "w01-q01 is as it was before.")
    expect(stem).to_have_value("What?")
    path.write_text(former, "utf-8")


def test_it_works_without_a_script(served: Desk, plain_page: Page) -> None:
    served.enter(plain_page, f"wording?workbook={ASSIGNMENT}&part={TASK}")
    plain_page.get_by_label("Question or task").fill("Why, then?")
    plain_page.get_by_role("button", name="Show the page again").click()
    plain_page.get_by_label("Wording only.").check()
    plain_page.get_by_role("button", name="Save the change").click()
    said(plain_page, "w01-t01 is changed.")
    plain_page.locator("#said").get_by_role("button", name="Undo").click()
    said(plain_page, "w01-t01 is as it was before.")


def test_the_same_as_json(served: Desk, paged: Page, surroundings: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in surroundings.items():
        monkeypatch.setenv(name, value)
    served.enter(paged)
    for query in ("", f"?workbook={ASSIGNMENT}&part={TASK}"):
        part = TASK if query else ""
        reply = paged.request.get(f"{served.base}/desk/wording.json{query}")
        assert reply.json() == plain(wording.data(served.course, part=part))
