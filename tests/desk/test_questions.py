"""The page Look at a question: figures with their cautions, a key that was wrong for this class, and back again."""

import shutil
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Page, expect

from autograde import cli
from autograde.classes.folder import Course
from autograde.classes.own_keys import NAME, Decision, class_guides, decide, own_keys
from autograde.desk import questions
from autograde.desk.pages import Asked, plain
from autograde.desk.work import Worker
from autograde.errors import ClassError
from autograde.gradebook.rows import Rows
from autograde.marking.figures import cautions, figures
from autograde.outbox.feedback import write_feedback
from autograde.run import decisions
from autograde.run.mark import mark_class
from autograde.run.questions import questions as asked
from tests.axe import violations
from tests.conftest import free_port
from tests.desk.conftest import Desk, Serve, as_json, fits, said, start
from tests.desk.giving import make_class
from tests.tutor.conftest import ASSIGNMENT

TWELVE, ITEM = 12, "w01-q01"
WRONG = ["l03", "l06", "l09", "l12"]


@pytest.fixture(scope="module")
def made(surroundings: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in surroundings.items():
            patch.setenv(name, value)
        course = make_class(tmp_path_factory.mktemp("twelve"), TWELVE)
        list(write_feedback(course, ASSIGNMENT))
    return course.root


@pytest.fixture
def twelve(made: Path, surroundings: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Course:
    for name, value in surroundings.items():
        monkeypatch.setenv(name, value)
    return Course(Path(shutil.copytree(made, tmp_path / "twelve")))


@pytest.fixture(scope="module")
def served(made: Path, serve: Serve, surroundings: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Desk:
    root = Path(shutil.copytree(made, tmp_path_factory.mktemp("served-questions") / "class"))
    return start(serve, root, surroundings, free_port())


def points(course: Course) -> dict[str, float | None]:
    with Rows(course.db_url, ASSIGNMENT, course.course_id) as rows:
        return {who: given.points[ITEM] for who in rows.students if (given := rows.given(who))}


def by_hand(course: Course, learner: str, number: float) -> None:
    with course.gradebook() as gradebook:
        grade = gradebook.find_grade(ITEM, ASSIGNMENT, ASSIGNMENT, learner)
        grade.manual_score, grade.needs_manual_grade = number, False
        gradebook.db.commit()


def test_how_many_chose_what(twelve: Course) -> None:
    [one] = asked(twelve, ASSIGNMENT)
    assert [(choice.words, choice.number, choice.right) for choice in one.choices] == [("This", 8, True), ("That", 4, False)]
    assert one.figures.facility == pytest.approx(8 / 12)
    assert one.figures.discrimination is None, "there is no other closed question"
    assert [(other.json, other.number) for other in one.others] == [('"b"', 4)]


@pytest.mark.parametrize(
    ("shares", "rests", "discrimination", "said"),
    [
        ([1, 1, 1, 0] * 5, [0.3, 0.3, 0.3, 0.1 + 0.2] * 5, None, "Everybody has the same points"),
        ([1, 1, 0, 0, 0, 0, 1, 0, 1, 1], [1, 0, 2, 0, 0, 0, 0, 0, 0, 1], 0, "with 10 learners"),
        ([1, 1, 1, 0] * 5, [3, 3, 1, None] * 5, None, "Everybody has the same points"),
        ([1, 1, 1, 0] * 2, [3, 3, 2, 1] * 2, None, "Only 8 learners: below 10 no figures are given."),
        ([1, 1, 1, 0] * 5, [3, 3, 3, 1] * 5, 1, "with 20 learners, below 100, this may be chance"),
        ([0, 0, 1, 0] * 30, [3, 3, 1, 3] * 30, -1, "Few got it right"),
        ([0, 0, 1, 0] * 30, [3, 3, 1, 3] * 30, -1, "Those who do well elsewhere get it wrong more often"),
        ([1] * 200, [3, 2] * 100, None, "Everybody has the same points"),
    ],
)
def test_the_figures_and_their_cautions(shares: list[float], rests: list[float], discrimination: float | None, said: str) -> None:
    found = figures(shares, rests)
    assert found.discrimination == pytest.approx(discrimination)
    assert any("get it wrong more often" in text for text in cautions(found)) is (discrimination == -1)
    assert any(said in text for text in cautions(found))
    assert ("chance" in " ".join(cautions(found))) is (10 <= len(shares) < 100)


def test_extra_points_and_answers_that_wait_for_a_person(twelve: Course) -> None:
    with twelve.gradebook() as gradebook:
        for grade in gradebook.find_graded_cell(ITEM, ASSIGNMENT, ASSIGNMENT).grades:
            grade.extra_credit = 1
        gradebook.db.commit()
    assert asked(twelve, ASSIGNMENT)[0].figures.facility == pytest.approx((8 * 2 + 4 * 1) / 24), "3 of 2 points are 2"
    items = twelve.root / "source" / ASSIGNMENT / "items.toml"
    items.write_text(items.read_text("utf-8").replace('{ id = "b", text = "That" }', '{ id = "c", text = "That" }'), "utf-8")
    list(mark_class(twelve, ASSIGNMENT))
    [one] = asked(twelve, ASSIGNMENT)
    assert [(choice.words, choice.number) for choice in one.choices] == [("This", 8), ("That", 0), ("waits for a person", 4)]
    assert one.figures.learners == 8
    by_hand(twelve, "l03", 1)
    assert [(choice.words, choice.number) for choice in asked(twelve, ASSIGNMENT)[0].choices][2:] == [
        ("marked by a person", 1),
        ("waits for a person", 3),
    ]


@pytest.mark.parametrize("what", ["void", "accept"])
def test_whose_points_change_is_what_then_changes(twelve: Course, what: str) -> None:
    by_hand(twelve, "l03", 0.5)
    workbook, before = twelve.workbook(ASSIGNMENT), points(twelve)
    decision = decisions.void(twelve, workbook, ITEM) if what == "void" else decisions.accept(twelve, workbook, ITEM, "b")
    planned = decisions.plan(twelve, ASSIGNMENT, ITEM, decision)
    assert [(one.student, one.before, one.after) for one in planned.changes] == [(who, 0, 2) for who in WRONG[1:]]
    assert [(one.student, one.before, one.after) for one in planned.kept] == [("l03", 0.5, 0.5)]
    assert (points(twelve), own_keys(twelve, "w01")) == (before, {}), "nothing is done yet"
    assert decide(twelve, "w01", ITEM, decision) == Decision()
    list(mark_class(twelve, ASSIGNMENT))
    now = points(twelve)
    assert {who: now[who] for who in before if now[who] != before[who]} == dict.fromkeys(WRONG[1:], 2)
    assert now["l03"] == 0.5, "a person's stay"
    [one] = asked(twelve, ASSIGNMENT)
    assert (one.figures.facility is None) is (what == "void")
    list(write_feedback(twelve, ASSIGNMENT))
    page = (twelve.path("feedback", "l06", ASSIGNMENT) / f"{ASSIGNMENT}.html").read_text("utf-8")
    assert ("This question does not count" in page) is (what == "void")
    decide(twelve, "w01", ITEM, Decision())
    list(mark_class(twelve, ASSIGNMENT))
    assert points(twelve) == before, "and back again"


def test_two_who_decide_at_once(twelve: Course) -> None:
    def asks(verb: str, **fields: str) -> Any:
        of_it = {"workbook": ASSIGNMENT, "question": ITEM, **fields}
        return questions.PAGE.verbs[verb](Asked(course=twelve, worker=worker, fields=of_it))

    worker = Worker()
    one, other = asks("look", what="accept", answer='"b"').shown.planned, asks("look", what="void").shown.planned
    done = asks("decide", decision=one.decision, before=one.before)
    assert worker.wait(20)
    with pytest.raises(ClassError, match=f"{ITEM} was decided otherwise meanwhile"):
        asks("decide", decision=other.decision, before=other.before)
    assert own_keys(twelve, "w01") == {ITEM: Decision(also=("b",))}
    again = asks("look", what="void").shown.planned
    asks("decide", decision=again.decision, before=again.before)
    assert worker.wait(20)
    assert own_keys(twelve, "w01") == {ITEM: Decision(void=True, also=("b",))}
    with pytest.raises(ClassError, match="meanwhile"):
        asks("decide", **done.undo[1])


def test_it_is_this_class_alone_and_never_the_programs_key(twelve: Course, made: Path) -> None:
    decide(twelve, "w01", ITEM, Decision(void=True, also=("b",)))
    assert own_keys(Course(made), "w01") == {}
    key, _ = class_guides(twelve, twelve.workbook(ASSIGNMENT))
    assert (key.keys[ITEM].void, key.keys[ITEM].also, key.keys[ITEM].right) == (True, ("b",), "a")
    key, _ = class_guides(Course(made), twelve.workbook(ASSIGNMENT))
    assert (key.keys[ITEM].void, key.keys[ITEM].also) == (False, ())


def test_what_the_key_accepts_itself_stays_accepted(twelve: Course) -> None:
    own = twelve.root / "guides" / "keys" / "w01.toml"
    own.parent.mkdir(parents=True)
    own.write_text(f'workbook = "w01"\nversion = 1\n[keys.{ITEM}]\nright = "a"\nreason = "So it is."\nalso = ["b"]\n', "utf-8")
    key, _ = class_guides(twelve, twelve.workbook(ASSIGNMENT), {ITEM: Decision(also=("a",))})
    assert key.keys[ITEM].also == ("b", "a")


def test_marking_without_a_decision_is_as_before(twelve: Course) -> None:
    assert {line.outcome for line in mark_class(twelve, ASSIGNMENT)} == {"unchanged"}


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("[w01.w01-q01]\nright = 'b'\n", "may have void = true and also"),
        ("[w01.w01-q09]\nvoid = true\n", "has no question w01-q09"),
        ("[w01.w01-q01]\nalso = ['z']\n", "also must list answers to it, and 'z' is none"),
        ("[w01\n", "cannot be read"),
        ("w01 = 1\n", "cannot be read"),
    ],
)
def test_a_fault_in_the_file_is_one_sentence(twelve: Course, text: str, fault: str) -> None:
    (twelve.root / NAME).write_text(text, "utf-8")
    with pytest.raises(ClassError, match=fault):
        class_guides(twelve, twelve.workbook(ASSIGNMENT))


@pytest.mark.parametrize("answer", [["x", "y"], {"p": "t", "o'": "\x7f\"'\\"}, "café", 3, [[1, 2], {"a": ["b"]}]])
def test_any_answer_is_kept_as_it_is(twelve: Course, answer: object) -> None:
    decide(twelve, "w01", ITEM, Decision(also=(answer,)))
    assert own_keys(twelve, "w01")[ITEM].also == (answer,)


def test_the_commands_do_the_same(twelve: Course, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(twelve.root)

    def told(*words: str) -> str:
        monkeypatch.setattr("sys.argv", ["autograde", *words])
        with pytest.raises(SystemExit):
            cli.main()
        done = capsys.readouterr()
        return " ".join((done.out + done.err).split())

    before = points(twelve)
    assert "The points of 4 learners would change" in told("accept", "w01", ITEM, "b")
    assert points(twelve) == before
    told("accept", "w01", ITEM, "b", "--yes")
    assert set(points(twelve).values()) == {2}
    told("void", "w01", ITEM, "--back", "--yes")
    assert points(twelve) == before
    assert "is no answer to w01-q01" in told("accept", "w01", ITEM, "z")
    assert "has no question 'w01-t01' that is marked by a key" in told("void", "w01", "w01-t01")


def test_a_key_is_voided_looked_at_first_and_undone(served: Desk, paged: Page) -> None:
    served.enter(paged, "questions")
    paged.get_by_role("link", name=ITEM).click()
    rows = paged.get_by_role("region", name="Table of answers").get_by_role("row")
    expect(rows.nth(1)).to_contain_text("8")
    paged.get_by_role("button", name="See whose points change").click()
    expect(paged.locator("#what-fault")).to_have_text("Say what was wrong: choose one of these.")
    paged.get_by_label("Accept a second answer").check()
    paged.get_by_role("button", name="See whose points change").click()
    expect(paged.locator("#answer-fault")).to_have_text("Choose the answer that is right, too.")
    expect(paged.get_by_label("Accept a second answer")).to_be_checked()
    assert violations(paged) == []
    paged.get_by_label("The question does not count").check()
    paged.get_by_role("button", name="See whose points change").click()
    table = paged.get_by_role("region", name="Points that would change")
    expect(table.get_by_role("row")).to_have_count(1 + len(WRONG))
    expect(table).to_contain_text("First06 Last06")
    assert violations(paged) == []
    before = points(served.course)
    paged.get_by_role("button", name="Do it, and mark again").click()
    said(paged, "w01-q01: it does not count, and everybody gets its points. It is marked again.")
    expect(paged.locator("#now")).to_contain_text(
        "the points of 4 learners changed; 4 pages no longer fitted and were put away.", timeout=9_000
    )
    expect(paged.locator("#question")).to_contain_text("This class has decided", timeout=8_000)
    assert set(points(served.course).values()) == {2}
    paged.locator("#said").get_by_role("button", name="Undo").click()
    said(paged, "w01-q01: the key alone counts. It is marked again.")
    expect(paged.locator("#now")).to_contain_text("the points of 4 learners changed", timeout=9_000)
    expect(paged.locator("#question")).not_to_contain_text("This class has decided", timeout=8_000)
    assert points(served.course) == before


def test_a_second_answer_is_accepted_by_keyboard(served: Desk, paged: Page) -> None:
    served.enter(paged, f"questions?question={ITEM}")
    paged.get_by_label("Accept a second answer").focus()
    paged.keyboard.press("Space")
    paged.keyboard.press("Tab")
    paged.keyboard.press("ArrowDown")
    expect(paged.locator("#look-answer")).to_have_value('"b"')
    paged.get_by_role("button", name="See whose points change").press("Enter")
    expect(paged.locator("#plan")).to_contain_text("“That” is accepted, too")
    paged.get_by_role("link", name="Leave it").press("Enter")
    expect(paged.get_by_role("heading", name="This key was wrong")).to_be_visible()
    assert own_keys(served.course, "w01") == {}


@pytest.mark.parametrize("where", ["questions", f"questions?question={ITEM}"])
def test_anyone_can_use_the_page(served: Desk, paged: Page, where: str) -> None:
    served.enter(paged, where)
    schemes: tuple[Literal["light", "dark"], ...] = ("light", "dark")
    for scheme in schemes:
        paged.emulate_media(color_scheme=scheme)
        assert violations(paged) == []
    for width in (320, 1280):
        fits(paged, width)


def test_the_same_as_json(served: Desk, paged: Page, surroundings: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in surroundings.items():
        monkeypatch.setenv(name, value)
    served.enter(paged)
    assert as_json(paged, served, "questions") == plain(questions.data(served.course))
