"""The page Mark, as a tutor uses it: by keyboard, with the server gone, with somebody else at work, without names, without a script."""

import re
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import psutil
import pytest
from playwright.sync_api import APIResponse, Locator, Page, Route, expect

from autograde.classes.comments import FILE
from autograde.classes.folder import Course
from autograde.gradebook.left import mark_back, mark_left
from autograde.inbox.intake import intake
from autograde.run.mark import mark_class
from tests.axe import violations
from tests.conftest import free_port
from tests.conftest import kill as kill_all
from tests.desk.conftest import EVIL, LATE, Desk, Serve, fits, second, start
from tests.desk.test_mark_parts import LONG
from tests.tutor.conftest import ASSIGNMENT, Kit

TASK = "w01-t01"
TEXTS = {
    "ana01": LONG,
    "ben01": f"In my opinion {LONG}",
    "cai01": f"{EVIL}\nI only do what the care plan says.",
    "dan01": "At work there is a rota, and at home there is none.",
}


@pytest.fixture(scope="module")
def marking(serve: Serve, model: Path, surroundings: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A desk with four answers to mark; some tests kill its server and start it again."""
    root = Path(shutil.copytree(model, tmp_path_factory.mktemp("marking") / "class"))
    with pytest.MonkeyPatch.context() as patch:
        for name, value in surroundings.items():
            patch.setenv(name, value)
        for learner, text in TEXTS.items():
            folder = root / "submitted" / learner / ASSIGNMENT
            (folder / "answers.json").write_bytes(Kit.answers(q01="a", t01=text))
        list(mark_class(Course(root), ASSIGNMENT))
        yield start(serve, root, surroundings, free_port())


def clear(course: Course) -> None:
    """Let all answers wait again."""
    with course.gradebook() as gradebook:
        for learner in TEXTS:
            grade = gradebook.find_grade(TASK, ASSIGNMENT, ASSIGNMENT, learner)
            grade.manual_score, grade.needs_manual_grade = None, True
            gradebook.find_comment(TASK, ASSIGNMENT, ASSIGNMENT, learner).manual_comment = None
        from sqlalchemy import text

        if gradebook.db.execute(text("SELECT name FROM sqlite_master WHERE name = 'autograde_person'")).first():
            gradebook.db.execute(text("DELETE FROM autograde_person"))
        gradebook.db.commit()


@pytest.fixture
def task(marking: Desk, paged: Page) -> Page:
    """A window in which the task is open."""
    clear(marking.course)
    marking.enter(paged)
    return opened(paged, marking)


def opened(page: Page, desk: Desk, more: str = "") -> Page:
    page.goto(f"{desk.base}/desk/mark?workbook=w01&task={TASK}{more}")
    expect(page.locator("[data-mark-ready]")).to_be_visible()
    return page


def points(desk: Desk, learner: str) -> tuple[float | None, str]:
    with desk.course.gradebook() as gradebook:
        grade = gradebook.find_grade(TASK, ASSIGNMENT, ASSIGNMENT, learner)
        return grade.manual_score, gradebook.find_comment(TASK, ASSIGNMENT, ASSIGNMENT, learner).manual_comment or ""


def kill(desk: Desk) -> None:
    """End the command and its server without warning."""
    kill_all(*psutil.Process(desk.server.process.pid).children(recursive=True), psutil.Process(desk.server.process.pid))
    desk.server.process.wait()


def state(page: Page) -> Locator:
    return page.locator("#mark-state")


def who(page: Page) -> Locator:
    return page.locator("#mark-who")


def fault(page: Page) -> Locator:
    return page.locator("#mark-fault")


def test_a_class_is_marked_by_keys_alone(marking: Desk, task: Page) -> None:
    expect(who(task)).to_have_text("Dan Davies")
    task.keyboard.press("3")
    expect(task.locator("#mark-points")).to_have_value("5")
    task.keyboard.press("6")
    expect(task.locator("#mark-points")).to_have_value("6")
    task.keyboard.press("q")
    task.keyboard.press("c")
    task.keyboard.type("3 reasons, {name}. Add {not seen}.\nEnter")
    expect(task.locator("#mark-points")).to_have_value("6")
    expect(task.locator("#mark-preview")).to_contain_text("3 reasons, Dan. Add a reason for each of the three;")
    task.keyboard.press("Control+Enter")
    expect(who(task)).to_have_text("Ana Evans")
    expect(state(task)).to_have_text("Saved")
    given, comment = points(marking, "dan01")
    assert given == 6
    assert comment.startswith("3 reasons, Dan. Add a reason for each of the three;")
    task.keyboard.press("5")
    task.keyboard.press("0")
    expect(task.locator("#mark-points")).to_have_value("10")
    task.keyboard.press("c")
    task.keyboard.type("reasons")
    expect(task.get_by_role("option")).to_have_count(1)
    task.keyboard.press("ArrowDown")
    task.keyboard.press("Enter")
    task.keyboard.press("Escape")
    task.keyboard.press("Enter")
    expect(who(task)).to_have_text("Ben O'Brien, Jr")
    task.keyboard.press("l")
    expect(who(task)).to_have_text("Siân Ŵyn")
    expect(task.locator("#mark-lines")).to_contain_text(EVIL)
    assert task.title().startswith("Mark"), "an answer ran"
    task.keyboard.press("2")
    task.keyboard.press("f")
    task.keyboard.press("Enter")
    expect(who(task)).to_have_text("Ben O'Brien, Jr")
    expect(state(task)).to_have_text("Saved")
    assert points(marking, "ana01")[0] == 10
    assert points(marking, "ana01")[1].startswith("3 reasons, Ana.")
    assert points(marking, "cai01") == (3, "")
    assert "Siân" in (task.locator("#mark-list li:has(strong:not([hidden]))").text_content() or ""), "to follow up"
    assert points(marking, "ben01") == (None, "")
    task.keyboard.press("u")
    expect(who(task)).to_have_text("Siân Ŵyn")
    expect(task.locator("#mark-points")).to_have_value("")
    expect(state(task)).to_have_text("Saved")
    assert points(marking, "cai01") == (None, "")


def test_what_goes_on_to_the_next_answer_does_so_once_for_a_double_click(marking: Desk, task: Page) -> None:
    task.get_by_role("button", name="Come back later").dblclick()
    expect(who(task)).to_have_text("Ana Evans")
    task.locator("#mark-points").fill("4")
    task.get_by_role("button", name="Save, next").dblclick()
    expect(state(task)).to_have_text("Saved")
    expect(who(task)).to_have_text("Ben O'Brien, Jr")
    assert [points(marking, one)[0] for one in ("dan01", "ana01", "ben01")] == [None, 4, None]
    task.locator("#mark-list").get_by_text("All answers").click()
    expect(task.locator("#mark-list li").filter(has_text="come back to")).to_have_count(1)


def test_a_comment_that_was_saved_half_typed_is_offered_whole_alone(marking: Desk, task: Page) -> None:
    task.keyboard.press("c")
    task.keyboard.type("A half ")
    expect(state(task)).to_have_text("Saved")
    task.keyboard.type("and then a whole one.")
    task.keyboard.press("Control+Enter")
    expect(who(task)).to_have_text("Ana Evans")
    expect(state(task)).to_have_text("Saved")
    task.keyboard.press("c")
    task.keyboard.type("half")
    expect(task.get_by_role("option")).to_have_text(["A half and then a whole one."])


def test_undo_takes_back_all_of_one_visit_though_the_last_of_it_is_saved_when_the_next_is_shown(marking: Desk, task: Page) -> None:
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    def sent() -> Route:
        while not held:
            task.wait_for_timeout(20)
        return held.pop()

    task.route("**/keep.json*", hold)
    task.keyboard.press("3")
    first = sent()
    task.keyboard.press("6")
    first.continue_()
    last = sent()
    task.keyboard.press("Control+Enter")
    expect(who(task)).to_have_text("Ana Evans")
    last.continue_()
    task.unroute("**/keep.json*")
    expect(state(task)).to_have_text("Saved")
    assert points(marking, "dan01") == (6, "")
    task.keyboard.press("u")
    expect(who(task)).to_have_text("Dan Davies")
    expect(task.locator("#mark-points")).to_have_value("")
    expect(state(task)).to_have_text("Saved")
    assert points(marking, "dan01") == (None, "")


def test_points_that_are_none_are_told_at_the_field(marking: Desk, task: Page) -> None:
    task.keyboard.press("x")
    task.keyboard.type("11")
    task.keyboard.press("Enter")
    expect(task.locator("#mark-points-fault")).to_have_text("11 is more than the 10 points that there are.")
    expect(who(task)).to_have_text("Dan Davies")
    task.locator("#mark-points").fill("7,5")
    task.keyboard.press("Enter")
    expect(state(task)).to_have_text("Saved")
    expect(task.locator("#mark-points-fault")).to_be_hidden()
    assert points(marking, "dan01")[0] == 7.5
    level = task.get_by_role("button", name=re.compile("^4 Met"))
    level.click()
    expect(task.locator("#mark-points")).to_have_value("7")
    expect(level).to_have_attribute("aria-pressed", "true")
    expect(state(task)).to_have_text("Saved")
    assert points(marking, "ana01")[0] == 7


def test_what_is_given_is_for_the_answer_that_is_shown_however_slow_the_replies(marking: Desk, paged: Page) -> None:
    clear(marking.course)
    marking.enter(paged)
    held: list[tuple[Route, APIResponse]] = []
    holding = True
    paged.route("**/mark.json?*answers=*", lambda route: held.append((route, route.fetch())) if holding else route.continue_())
    opened(paged, marking)
    for key in ("3", "6", "Control+Enter"):
        paged.keyboard.press(key)
    expect(paged.locator("#mark-count")).to_have_text("The answer is on its way …")
    for key in ("1", "c"):  # a quick hand goes on
        paged.keyboard.press(key)
    paged.keyboard.insert_text("For Ana alone.")
    for key in ("f", "l", "Control+Enter"):
        paged.keyboard.press(key)
    dan = paged.get_attribute("#marking", "data-mark-shown") or ""
    while not (alone := [one for one in held if "%2C" not in one[0].request.url and dan not in one[0].request.url]):
        paged.wait_for_timeout(20)
    holding = False
    [(asked, reply)] = alone
    held.remove((asked, reply))
    asked.fulfill(response=reply)
    expect(who(paged)).to_have_text("Ana Evans")
    expect(paged.locator("#mark-points")).to_have_value("")
    expect(paged.locator("#mark-comment")).to_have_value("")
    for key in ("3", "Control+Enter"):
        paged.keyboard.press(key)
    expect(who(paged)).to_have_text("Ben O'Brien, Jr")
    expect(state(paged)).to_have_text("Saved")
    assert (points(marking, "dan01"), points(marking, "ana01")) == ((6, ""), (5, ""))
    for asked, reply in held:  # asked for before these were saved
        asked.fulfill(response=reply)
    paged.keyboard.press("p")
    expect(paged.locator("#mark-points")).to_have_value("5")
    expect(paged.locator("[data-mark-line]", has_text=re.compile("^marked$"))).to_have_count(2)
    for key, name in (("n", "Ben O'Brien, Jr"), ("3", ""), ("Enter", "Siân Ŵyn"), ("5", ""), ("Enter", "")):
        paged.keyboard.press(key)
        expect(who(paged)).to_contain_text(name)
    expect(state(paged)).to_have_text("Saved")
    expect(paged.locator("#mark-count")).to_have_text("All answers here are marked.")
    assert points(marking, "cai01") == (9, "")


def test_what_was_typed_for_one_answer_comes_back_to_no_other(marking: Desk, task: Page) -> None:
    task.keyboard.press("3")
    task.keyboard.press("c")
    task.keyboard.insert_text("For Dan alone.")
    expect(state(task)).to_have_text("Saved")
    task.get_by_role("link", name="All tasks").click()
    for come_back in (task.go_back, task.reload, lambda: opened(task, marking)):
        come_back()
        expect(task.locator("[data-mark-ready]")).to_be_visible()
        expect(who(task)).to_have_text("Ana Evans")
        expect(task.locator("#mark-comment")).to_have_value("")
    expect(state(task)).to_have_text("Saved")
    assert (points(marking, "dan01"), points(marking, "ana01")) == ((5, "For Dan alone."), (None, ""))
    with marking.course.gradebook() as gradebook:  # formgrader keeps what stands around a comment
        gradebook.find_comment(TASK, ASSIGNMENT, ASSIGNMENT, "ana01").manual_comment = "Say\r\nmore.\n"
        gradebook.db.commit()
    opened(task, marking)
    assert task.locator("#mark-comment").input_value() == "Say\nmore.\n"
    sent: list[str] = []
    task.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    for name in ("Ben O'Brien, Jr", "Ana Evans"):
        task.keyboard.press("n" if name.startswith("Ben") else "p")
        expect(who(task)).to_have_text(name)
    expect(state(task)).to_have_text("Saved")
    assert sent == [], "to walk past writes nothing"


def test_somebody_else_was_quicker(marking: Desk, task: Page) -> None:
    task.route("**/mark.json?*answers=*", lambda route: route.abort())  # while near copies are looked for, it would fetch theirs
    other = opened(second(task.context), marking)
    other.keyboard.press("2")
    other.locator("#mark-comment").fill("Theirs.")
    other.keyboard.press("Control+Enter")
    expect(state(other)).to_have_text("Saved")
    task.keyboard.press("4")
    task.locator("#mark-comment").fill("Mine.")
    expect(state(task)).to_have_text("Not saved: it has changed meanwhile")
    expect(task.locator("#mark-newer")).to_contain_text("There now: 3 points, and the comment:")
    assert points(marking, "dan01") == (3, "Theirs.")
    assert violations(task) == []
    task.get_by_role("button", name="Keep mine").click()
    expect(state(task)).to_have_text("Saved")
    assert points(marking, "dan01") == (7, "Mine.")


def test_somebody_else_was_quicker_and_the_page_was_opened_anew(marking: Desk, task: Page) -> None:
    other = opened(second(task.context), marking)
    task.route("**/mark/keep.json*", lambda route: route.abort())
    task.keyboard.press("4")
    expect(state(task)).to_contain_text("Not saved: the desk does not answer")
    other.keyboard.press("2")
    expect(state(other)).to_have_text("Saved")
    task.on("dialog", lambda dialog: dialog.accept())
    task.unroute("**/mark/keep.json*")
    opened(task, marking)
    expect(who(task)).to_have_text("Ana Evans")
    expect(state(task)).to_have_text("Saved, but not Dan Davies")
    expect(fault(task)).to_contain_text("Dan Davies: Not saved. It has changed since you opened it: look at both.")
    task.keyboard.press("p")
    expect(who(task)).to_have_text("Dan Davies")
    expect(task.locator("#mark-points")).to_have_value("7")
    expect(task.locator("#mark-newer")).to_contain_text("There now: 3 points.")
    task.get_by_role("button", name="Keep mine").click()
    expect(state(task)).to_have_text("Saved")
    assert points(marking, "dan01") == (7, "")


def test_what_cannot_be_saved_for_one_answer_is_told_with_its_text_and_tried_again_or_dropped(marking: Desk, task: Page) -> None:
    task.on("dialog", lambda dialog: dialog.accept())
    mark_left(marking.course, ["dan01"])
    task.keyboard.press("3")
    task.locator("#mark-comment").fill("Careful words.")
    expect(fault(task)).to_contain_text("Not saved. This learner has left the class: nothing more can be given for the answer.")
    expect(state(task)).to_have_text("Not saved")
    task.locator("#mark-comment").blur()
    task.keyboard.press("n")
    expect(who(task)).to_have_text("Ana Evans")
    task.keyboard.press("4")
    expect(state(task)).to_have_text("Saved, but not Dan Davies")
    assert points(marking, "ana01") == (7, "")
    task.reload()
    expect(state(task)).to_have_text(f"Saved, but not Dan Davies, {TASK}")
    expect(fault(task)).to_contain_text(f"Dan Davies, {TASK}: Not saved. This learner has left")
    expect(fault(task)).to_contain_text("You gave 5 points and wrote:Careful words.")
    assert violations(task) == []
    for width in (320, 1280):
        fits(task, width)
    mark_back(marking.course, ["dan01"])
    task.get_by_role("button", name=re.compile(f"Try again.*Dan Davies, {TASK}")).focus()
    task.keyboard.press("Enter")
    expect(state(task)).to_have_text("Saved")
    expect(fault(task)).to_be_empty()
    assert points(marking, "dan01") == (5, "Careful words.")
    opened(task, marking, "&answer=" + (task.locator("[data-mark-go]").first.get_attribute("data-mark-go") or ""))
    expect(who(task)).to_have_text("Dan Davies")
    mark_left(marking.course, ["dan01"])
    task.keyboard.press("5")
    expect(state(task)).to_have_text("Not saved")
    mark_back(marking.course, ["dan01"])
    task.get_by_role("button", name="Drop it").click()
    expect(state(task)).to_have_text("Saved")
    expect(task.locator("#mark-points")).to_have_value("5")
    assert points(marking, "dan01") == (5, "Careful words.")


def test_what_the_program_has_to_mark_first_takes_no_points_and_says_so(marking: Desk, task: Page, tmp_path: Path) -> None:
    anew = Kit().hand_in("dan01", (LATE + timedelta(hours=1)).isoformat(), q01="a", t01=f"{TEXTS['dan01']} It is so.")
    (tmp_path / "dan.zip").write_bytes(anew)
    task.route("**/mark.json?*answers=*", lambda route: route.abort())  # while near copies are looked for, it would see that it has come
    intake(marking.course, [tmp_path / "dan.zip"], "w01")
    task.keyboard.press("4")  # the page was opened before
    task.locator("#mark-comment").fill("Of the one before.")
    expect(fault(task)).to_contain_text("Another hand-in of this learner counts now, which the program has not marked yet.")
    expect(state(task)).to_have_text("Not saved")
    task.get_by_role("button", name="Drop it").click()
    with marking.course.gradebook() as gradebook:
        for learner in TEXTS:
            gradebook.find_grade(TASK, ASSIGNMENT, ASSIGNMENT, learner).manual_score = 3
            gradebook.find_grade(TASK, ASSIGNMENT, ASSIGNMENT, learner).needs_manual_grade = False
        gradebook.db.commit()
    opened(task, marking)
    expect(who(task)).to_have_text("Dan Davies")
    expect(task.locator("#mark-count")).to_have_text("All answers here are marked; 1 hand-in waits for the program.")
    for key in ("4", "x", "c", "f", "q", "l"):
        task.keyboard.press(key)
    expect(task.locator("#mark-points")).to_have_value("3")
    expect(state(task)).to_have_text("Saved")
    assert violations(task) == []
    fits(task, 320)
    task.get_by_role("button", name="Let the program mark w01").focus()
    task.keyboard.press("Enter")
    expect(task.locator("#desk-work-line")).to_contain_text("1 hand-in marked.", timeout=10_000)
    task.get_by_role("button", name="Put this away").click()
    opened(task, marking)
    expect(who(task)).to_have_text("Dan Davies")
    task.keyboard.press("4")
    expect(state(task)).to_have_text("Saved")
    assert points(marking, "dan01")[0] == 7


def test_where_the_start_fails_the_page_is_a_form_and_says_so(marking: Desk, paged: Page) -> None:
    clear(marking.course)
    marking.enter(paged)
    opened(paged, marking)
    paged.on("dialog", lambda dialog: dialog.accept())
    paged.route("**/mark/keep.json*", lambda route: route.abort())
    paged.keyboard.press("3")
    expect(state(paged)).to_contain_text("Not saved: the desk does not answer")
    paged.route("**/mark.json?*", lambda route: route.abort())
    paged.goto(f"{marking.base}/desk/mark?workbook=w01&task={TASK}")
    expect(state(paged)).to_have_text("Nothing is saved by itself now: press “Save, next”.")
    paged.get_by_text("All answers").click()
    paged.get_by_role("link", name="Ana Evans").click()
    expect(state(paged)).to_have_text("Nothing is saved by itself now: press “Save, next”.")
    expect(who(paged)).to_have_text("Ana Evans")
    paged.locator("#mark-points").fill("4")
    paged.wait_for_timeout(1200)  # the typing rests
    expect(state(paged)).to_have_text("Nothing is saved by itself now: press “Save, next”.")
    paged.get_by_role("button", name="Save, next").click()
    expect(paged.locator("#said")).to_contain_text("Saved.")
    assert (points(marking, "dan01"), points(marking, "ana01")) == ((None, ""), (4, ""))
    paged.unroute_all()
    opened(paged, marking)
    expect(state(paged)).to_have_text("Saved")
    assert points(marking, "dan01") == (5, "")


def test_what_was_saved_outlives_the_server_and_what_was_not_is_sent_again(
    marking: Desk, task: Page, serve: Serve, surroundings: dict[str, str]
) -> None:
    with task.expect_response(lambda reply: "answers=" in reply.url):  # the next one is there before the server goes
        opened(task, marking)
    task.keyboard.press("3")
    expect(state(task)).to_have_text("Saved")
    kill(marking)
    assert points(marking, "dan01") == (5, "")
    task.keyboard.press("c")
    task.keyboard.type("Typed while it was gone.")
    task.keyboard.press("Control+Enter")
    expect(state(task)).to_contain_text("Not saved: the desk does not answer")
    task.keyboard.press("4")
    again = start(serve, marking.course.root, surroundings, int(marking.base.rpartition(":")[2]))
    marking.token, marking.server = again.token, again.server
    marking.enter(second(task.context))
    expect(state(task)).to_have_text("Saved")
    assert points(marking, "dan01") == (5, "Typed while it was gone.")
    assert points(marking, "dan01") == (5, "Typed while it was gone.")
    assert points(marking, "ana01") == (7, "")


def test_what_was_not_saved_is_sent_by_the_page_that_is_opened_anew(marking: Desk, task: Page) -> None:
    task.route("**/keep.json*", lambda route: route.abort())
    task.keyboard.press("2")
    expect(state(task)).to_contain_text("Not saved: the desk does not answer")
    task.on("dialog", lambda dialog: dialog.accept())
    task.unroute("**/keep.json*")
    task.reload()
    expect(task.locator("[data-mark-ready]")).to_be_visible()
    expect(state(task)).to_have_text("Saved")
    assert points(marking, "dan01") == (3, "")


def test_a_damaged_list_of_ones_own_comments_is_kept_and_told(marking: Desk, task: Page, surroundings: dict[str, str]) -> None:
    path = Path(surroundings["JUPYTER_CONFIG_DIR"]) / FILE
    path.parent.mkdir(exist_ok=True)
    path.write_text('{"comments": ["One", "Tw', "utf-8")
    task.locator("#mark-mine summary").click()
    task.locator("#mark-comment").fill("Well said.")
    keep = task.get_by_role("button", name="Keep the comment above for all tasks")
    keep.click()
    told = task.locator("#mark-own-told")
    expect(told).to_contain_text(f"{FILE} was damaged: it is kept as {FILE}.broken-")
    expect(task.locator("#mark-own li")).to_have_count(1)
    assert violations(task) == []
    path.unlink()
    path.mkdir()
    keep.click()
    expect(told).to_contain_text("and stay as they were")
    path.rmdir()
    keep.click()
    expect(told).to_be_empty()
    path.unlink()


def test_one_learner_is_found_by_a_part_of_the_name(marking: Desk, task: Page) -> None:
    task.goto(f"{marking.base}/desk/mark")
    field = task.get_by_label("One learner’s answers to w01")
    field.fill("nobody")
    field.press("Enter")
    expect(task.locator("#who-w01-fault")).to_contain_text("Nobody in this class is called so.")
    expect(field).to_have_value("nobody")
    field.fill("evans")
    field.press("Enter")
    expect(who(task)).to_have_text("Ana Evans, w01-t01")
    task.keyboard.press("4")
    expect(state(task)).to_have_text("Saved")
    assert points(marking, "ana01")[0] == 7


def test_without_names_the_page_tells_none(marking: Desk, task: Page) -> None:
    opened(task, marking, "&anonymous=1")
    seen = [task.content()]
    for _ in range(3):
        task.keyboard.press("n")
        seen.append(task.content())
    seen.append(task.request.get(f"{marking.base}/desk/mark.json?workbook=w01&task={TASK}&anonymous=1").text())
    for name in ("ana01", "dan01", "Evans", "Davies", "Siân"):
        assert name not in "".join(seen), name
    expect(who(task)).to_have_text(re.compile(r"Answer \d"))


def test_near_copies_are_shown_together(marking: Desk, task: Page) -> None:
    task.keyboard.press("n")
    expect(who(task)).to_have_text("Ana Evans")
    expect(task.locator("#mark-near")).to_contain_text("Nearly the same as Ben O'Brien, Jr")
    expect(task.locator("#mark-near q").first).to_contain_text("working kind is there because of the job")
    assert violations(task) == []
    task.set_viewport_size({"width": 1280, "height": 800})
    task.locator("#mark-lines").evaluate("lines => lines.append('There is no end to it. '.repeat(999))")
    near = task.locator("#mark-near").bounding_box()
    assert near
    assert near["height"] >= 90, "a long answer leaves it its place"


def test_it_fits_and_everything_has_a_name(marking: Desk, task: Page) -> None:
    assert violations(task) == []
    for width in (1280, 768, 767, 320):
        fits(task, width)
        left, right = task.locator(".mark-left").bounding_box(), task.locator(".mark-right").bounding_box()
        assert left is not None
        assert right is not None
        if width >= 768:
            assert right["x"] > left["x"] + left["width"], width
        else:
            assert right["y"] > left["y"] + left["height"] - 1, width
    task.goto(f"{marking.base}/desk/mark")
    assert violations(task) == []
    fits(task, 320)


def test_the_program_marks_first_and_a_form_does_without_script(marking: Desk, plain_page: Page) -> None:
    clear(marking.course)
    marking.enter(plain_page, "mark")
    plain_page.get_by_role("link", name="Why?").click()
    plain_page.locator("#mark-points").fill("12")
    plain_page.get_by_label("Comment to the learner").fill("Kept, {name}.")
    plain_page.get_by_role("button", name="Save, next").click()
    expect(plain_page.locator("#mark-points-fault")).to_contain_text("12 is more than the 10")
    expect(plain_page.get_by_label("Comment to the learner")).to_have_value("Kept, {name}.")
    plain_page.locator("#mark-points").fill("8")
    plain_page.get_by_role("button", name="Save, next").click()
    expect(plain_page.locator("#mark-looks .mark-hint").first).to_be_visible()  # what is to be read again comes before the next one
    plain_page.get_by_role("button", name="Save, next").click()
    expect(who(plain_page)).to_have_text("Ana Evans")
    assert points(marking, "dan01") == (8, "Kept, Dan.")
    plain_page.get_by_text("All answers").click()
    plain_page.get_by_role("link", name="Siân").click()
    plain_page.locator("#mark-points").fill("13")
    plain_page.get_by_role("button", name="Save, next").click()
    expect(plain_page.locator("#mark-points-fault")).to_contain_text("13 is more than the 10")
    expect(who(plain_page)).to_have_text("Siân Ŵyn")
