"""A second look on the page Mark: after points and not before, never a mark, and what the marker says of it."""

import json
import re
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from autograde.classes.folder import Course
from autograde.desk import mark
from autograde.desk.mark_answers import Answers
from autograde.desk.mark_view import Answer
from autograde.desk.pages import Asked, Done, Look, UnfitError, plain
from autograde.desk.work import Worker
from autograde.errors import ClassError
from autograde.gradebook.left import mark_back, mark_left
from autograde.gradebook.log import entries_in
from autograde.gradebook.person import Notes
from autograde.gradebook.sealed import faults_in
from autograde.inbox.intake import intake
from autograde.records.opening import reading
from autograde.records.second_looks import how_often
from autograde.reports.learner_export import export_learner
from autograde.run.mark import mark_class
from tests.axe import violations
from tests.conftest import free_port
from tests.desk.conftest import LATE, Desk, Serve, fits, start
from tests.desk.saving import TASK
from tests.tutor.conftest import ASSIGNMENT, Kit

TEXT = (
    "Carers must always be <b>professional</b> with people and communicate well.\n"
    "I kept it to myself when Ana Evans told me of the bruises."
)
SAYS = ("does not seem to touch", "may be unsafe", "kept secret")


def hand_in(course: Course, folder: Path, kit: Kit) -> None:
    (folder / "eve.zip").write_bytes(kit.hand_in("eve01", LATE.isoformat(), q01="a", t01=TEXT, declaration=True))
    intake(course, [folder / "eve.zip"], "w01")
    list(mark_class(course, ASSIGNMENT))


@pytest.fixture
def looked(course: Course, tmp_path: Path, kit: Kit, monkeypatch: pytest.MonkeyPatch) -> Course:
    monkeypatch.setenv("AUTOGRADE_WHO", "Ruth Osei")
    hand_in(course, tmp_path, kit)
    return course


def shown(course: Course, *, anonymous: bool = False) -> Answer:
    lines = Answers(course, ASSIGNMENT, names=False).marking(TASK, "", "").lines
    [token] = [line.answer for line in lines if line.who == "eve01"]
    [found] = Answers(course, ASSIGNMENT, anonymous=anonymous).some(TASK, [token])
    return found


def fields(course: Course, **more: str) -> dict[str, str]:
    one = shown(course)
    return {"workbook": "w01", "task": TASK, "answer": one.answer, "base": one.base, **more}


def post(course: Course, verb: str, **more: str) -> Done | Look:
    done = mark.PAGE.verbs[verb](Asked(course=course, worker=Worker(), fields=fields(course, **more)))
    assert isinstance(done, Done | Look)
    return done


def whole(course: Course) -> str:
    """Give all that the page sends of the task: the marking, and every answer that a script asks for."""
    about = {"workbook": "w01", "task": TASK}
    marking = mark.PAGE.show(Asked(course=course, worker=Worker(), fields=about))
    answers = ",".join(line.answer for line in marking.marking.lines)
    some = mark.PAGE.show(Asked(course=course, worker=Worker(), fields={**about, "answers": answers}))
    return json.dumps([plain(marking), plain(some)])


def rows(course: Course) -> list[tuple[str, float | None, str]]:
    with course.gradebook() as gradebook:
        grade = gradebook.find_grade(TASK, ASSIGNMENT, ASSIGNMENT, "eve01")
        return [(TASK, grade.manual_score, gradebook.find_comment(TASK, ASSIGNMENT, ASSIGNMENT, "eve01").comment or "")]


def test_nothing_of_it_is_there_before_the_points(looked: Course) -> None:
    before = whole(looked)
    assert not [word for word in SAYS if word in before]
    Answers(looked, ASSIGNMENT).keep(TASK, shown(looked).answer, shown(looked).base, points=None, comment="Hm.", notes=Notes(later=True))
    assert how_often(looked) == ()
    assert not [word for word in SAYS if word in whole(looked)], "a comment is no mark"
    post(looked, "keep", points="3")
    after = whole(looked)
    assert [word for word in SAYS if word in after] == [*SAYS]
    post(looked, "keep", points="")
    assert not [word for word in SAYS if word in whole(looked)], "the points were taken back"


def test_each_hint_has_the_words_it_rests_on_and_changes_no_mark(looked: Course) -> None:
    post(looked, "keep", points="3", comment="See me.")
    one, before = shown(looked), rows(looked)
    unsafe = next(look for look in one.looks if "kept secret" in look.said)
    assert (unsafe.sure, unsafe.words[0] in TEXT, "kept it to myself" in unsafe.words[0]) == ("not sure", True, True)
    assert {look.sure for look in one.looks} <= {"likely", "not sure"}
    for number in range(len(one.looks)):
        post(looked, "judge", judge=f"{number} wrong")
    now = shown(looked)
    assert {look.outcome for look in now.looks} == {"wrong"}
    assert (rows(looked), now.base, now.points) == (before, one.base, "3")
    hidden = shown(looked, anonymous=True)
    assert "Ana Evans" not in json.dumps(plain(hidden))
    assert len(hidden.looks) == len(one.looks)


def test_what_the_marker_says_is_kept_counted_and_in_the_log(looked: Course, tmp_path: Path) -> None:
    post(looked, "keep", points="3")
    kinds = [(look.sure, look.said) for look in shown(looked).looks]
    assert sum(one.given for one in how_often(looked)) == len(kinds)
    assert {one.share for one in how_often(looked)} == {None}
    post(looked, "judge", judge="0 right")
    post(looked, "judge", judge="0 right")
    post(looked, "judge", judge="1 wrong")
    post(looked, "keep", points="4")
    found = how_often(looked)
    assert (sum(one.given for one in found), sum(one.right for one in found), sum(one.wrong for one in found)) == (len(kinds), 1, 1)
    post(looked, "judge", judge="1 ")
    assert [look.outcome for look in shown(looked).looks][:2] == ["right", ""]
    with reading(looked) as connection:
        deeds = [entry.what for entry in entries_in(connection) if entry.what in {"second look", "judge hint"}]
        assert faults_in(connection) == []
    assert deeds == ["second look", "judge hint", "judge hint", "judge hint"]
    kept = export_learner(looked, "eve01", tmp_path / "all.zip")
    shutil.unpack_archive(kept, tmp_path / "kept")
    text = (tmp_path / "kept" / "data.json").read_text("utf-8") + (tmp_path / "kept" / "index.html").read_text("utf-8")
    assert not [said for _, said in kinds if said in text]
    assert '"missing"' not in text


@pytest.mark.parametrize("said", ["", "x right", "99 right", "0 perhaps", "²  right"])
def test_what_is_no_word_on_a_hint_is_refused(looked: Course, said: str) -> None:
    post(looked, "keep", points="3")
    with pytest.raises((UnfitError, ClassError), match=r"Say of one hint|not there any more"):
        post(looked, "judge", judge=said)
    assert {one.right + one.wrong for one in how_often(looked)} == {0}


def test_points_of_another_program_are_looked_at_when_somebody_says_so(looked: Course) -> None:
    with looked.gradebook() as gradebook:
        grade = gradebook.find_grade(TASK, ASSIGNMENT, ASSIGNMENT, "eve01")
        grade.manual_score, grade.needs_manual_grade = 3, False
        gradebook.db.commit()
    assert shown(looked).looks
    assert how_often(looked) == ()
    post(looked, "judge", judge="0 right")
    assert sum(one.right for one in how_often(looked)) == 1


def test_without_script_one_stays_at_what_is_to_be_looked_at_again_once(looked: Course) -> None:
    token = shown(looked).answer
    done = post(looked, "save", points="3")
    assert isinstance(done, Done)
    assert (done.query.get("answer"), "a second look" in done.said) == (token, True)
    judged = post(looked, "save-judge", points="3", comment="Typed beside.", judge="0 right")
    assert isinstance(judged, Done)
    assert (judged.query.get("answer"), shown(looked).comment) == (token, "Typed beside.")
    again = post(looked, "save", points="3", comment="Typed beside.")
    assert isinstance(again, Done)
    assert "answer" not in again.query


@pytest.fixture(scope="module")
def served(model: Path, serve: Serve, surroundings: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Desk:
    folder = tmp_path_factory.mktemp("looks")
    root = Path(shutil.copytree(model, folder / "class"))
    with pytest.MonkeyPatch.context() as patch:
        for name, value in surroundings.items():
            patch.setenv(name, value)
        hand_in(Course(root), folder, Kit())
    return start(serve, root, surroundings, free_port())


def test_a_second_look_comes_with_the_points_and_is_answered_by_keyboard(served: Desk, paged: Page) -> None:
    served.enter(paged, f"mark?workbook=w01&task={TASK}")
    marking = paged.request.get(f"{served.base}/desk/mark.json?workbook=w01&task={TASK}").json()["marking"]
    token = next(line["answer"] for line in marking["lines"] if line["who"].startswith("Eve"))
    paged.goto(f"{served.base}/desk/mark?workbook=w01&task={TASK}&answer={token}")
    source = paged.request.get(paged.url).text()
    assert not [word for word in (*SAYS, "A second look") if word in source]
    expect(paged.locator("#marking")).to_have_attribute("data-mark-ready", "1")
    paged.get_by_role("textbox", name="Points").fill("3")
    looks = paged.locator("#mark-looks")
    expect(looks).to_contain_text("A second look, never a mark.")
    expect(looks.locator("q").first).to_be_visible()
    judged: list[str] = []
    paged.on("request", lambda request: judged.append(request.url) if "/judge.json" in request.url else None)
    paged.locator("#mark-points").click()
    paged.locator("#mark-lines").click()
    expect(looks.locator(".desk-fault")).to_have_count(0)
    paged.get_by_role("button", name=re.compile("^Useful")).first.press("Enter")
    expect(looks.get_by_role("button", name=re.compile("^Useful")).first).to_have_attribute("aria-pressed", "true")
    expect(looks.get_by_role("button", name=re.compile("^Useful")).first).to_be_focused()
    expect(paged.get_by_role("textbox", name="Points")).to_have_value("3")
    assert len(judged) == 1, "a press beside the buttons says nothing of a hint"
    assert violations(paged) == []
    fits(paged, 320)
    paged.set_viewport_size({"width": 1280, "height": 900})
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    paged.route("**/keep.json*", hold)  # its answer comes when the next one is shown already, however slow this machine is
    paged.get_by_role("textbox", name="Points").fill("4")
    paged.keyboard.press("Enter")
    expect(paged.locator("#mark-who")).not_to_contain_text("Eve")
    expect(paged.locator("#mark-state")).to_have_attribute("data-mark-state", "saving")
    while not held:
        paged.wait_for_timeout(20)
    held[0].continue_()
    paged.locator("#mark-again a").press("Enter")
    expect(paged.locator("#mark-who")).to_contain_text("Eve")
    expect(looks.get_by_role("button", name=re.compile("^Useful")).first).to_have_attribute("aria-pressed", "true")
    expect(paged.locator("#mark-again")).to_be_hidden()
    assert "&lt;b&gt;" in paged.request.get(paged.url).text()
    assert paged.title() != "stolen"
    assert sum(one.right for one in how_often(served.course)) == 1
    mark_left(served.course, ["eve01"])
    looks.get_by_role("button", name=re.compile("^Useful")).first.press("Enter")
    expect(looks.locator(".desk-fault")).to_have_text("This learner has left the class: nothing more can be given for the answer.")
    mark_back(served.course, ["eve01"])
