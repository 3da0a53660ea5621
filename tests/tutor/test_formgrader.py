"""Marking in formgrader, in the real browser: what nbgrader would change or lose without a word."""

import re
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Page, expect

from autograde.classes.folder import Course
from autograde.gradebook.database import reading
from autograde.gradebook.deeds import Deed
from autograde.gradebook.log import entries_in
from autograde.gradebook.person import Given, Notes, give, marks_for, places_in
from autograde.gradebook.who import OTHER_PROGRAM, who
from autograde.inbox.intake import intake
from autograde.nbgrader.serve import Served, serving
from autograde.records.outside import catch
from autograde.run.mark import mark_class
from tests.conftest import free_port

if TYPE_CHECKING:
    from tests.tutor.conftest import Kit

TOLD = re.compile("Type any comments")
pytestmark = pytest.mark.usefixtures("small_key")


def stored(course: Course) -> tuple[float | None, str | None]:
    with course.gradebook() as gradebook:
        place = ("w01-t01", "w01-small", "w01-small", "ana01")
        return gradebook.find_grade(*place).manual_score, gradebook.find_comment(*place).manual_comment


def given(course: Course) -> list[tuple[str, Any]]:
    """Give who gave which points, as the log tells it."""
    with reading(course.db_url) as connection:
        told = [(one.who, dict(one.detail or {})) for one in entries_in(connection, Deed.GIVE)]
    return [(by, {name: value for name, value in detail.items() if name != "sealed"}) for by, detail in told]


@pytest.fixture
def marked(course: Course, kit: "Kit", tmp_path: Path) -> Course:
    (tmp_path / "a.zip").write_bytes(kit.hand_in("ana01"))
    intake(course, [tmp_path / "a.zip"], "w01")
    list(mark_class(course, "w01-small"))
    return course


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def login(page: Page, served: Served) -> str:
    page.goto(served.formgrader)
    return served.formgrader.split("/formgrader")[0]


def test_points_are_read_as_a_person_writes_them_and_what_is_typed_without_a_server_is_kept(
    page: Page, marked: Course, stack: ExitStack
) -> None:
    served = stack.enter_context(serving(marked, free_port()))
    base = login(page, served)
    page.goto(f"{base}/formgrader/gradebook/w01-small/w01-small")
    page.locator("table a[href*='/submissions/']").first.click()
    points, comment = page.locator("#w01-t01"), page.locator("#w01-t01-comment")
    notes = page.locator(".autograde-note")
    expect(points).to_have_attribute("type", "text")
    expect(comment).to_have_attribute("placeholder", TOLD)  # formgrader has heard from the server

    def put(value: str) -> None:
        with page.expect_response(lambda r: "/api/grade/" in r.url and r.request.method == "PUT"):
            points.fill(value)
            points.blur()

    for typed, expected in (("7,5", 7.5), (" 6.25 ", 6.25), ("0", 0), (",5", 0.5), ("10", 10)):
        put(typed)
        expect(points).to_have_value(f"{expected:g}")
        assert stored(marked)[0] == expected
    for typed, why in (("75", "75 is more than the 10 points"), ("7,5,5", "is no number"), ("ten", "is no number"), ("-1", "is no number")):
        points.fill(typed)
        points.blur()
        expect(notes).to_contain_text(why)
        expect(points).to_have_value(typed)
        expect(points).to_have_attribute("aria-invalid", "true")
        assert stored(marked)[0] == 10
    put("7,5")
    expect(notes).to_have_count(0)
    page.screenshot(path=str(marked.root / "fine.png"))

    page.evaluate("window.scrollTo(0, 0)")
    port = int(base.rsplit(":", 1)[1])
    stack.close()  # the server ends
    comment.fill("A clear reason.")
    comment.blur()
    points.fill("8")
    points.press("Tab")  # into the next field of the same answer, where the marker waits for the server
    expect(points).not_to_be_focused()
    lost = page.locator("#autograde-unsaved")
    expect(lost).to_contain_text("the marking server does not answer")
    expect(comment).to_have_value("A clear reason.")
    page.screenshot(path=str(marked.root / "lost.png"))
    page.set_viewport_size({"width": 320, "height": 640})
    page.screenshot(path=str(marked.root / "lost-320.png"))
    page.set_viewport_size({"width": 1280, "height": 900})

    again = stack.enter_context(serving(marked, port))
    other = page.context.new_page()
    login(other, again)
    expect(lost).to_be_hidden()
    assert stored(marked) == (8, "A clear reason.")
    stack.close()
    assert catch(marked) == 1, "what came by the server's own door stands in the log as another program's"
    place = {"workbook": "w01-small", "task": "w01-t01"}
    after = {"points": 8, "comment": "A clear reason."}
    assert given(marked) == [(OTHER_PROGRAM, {**place, "before": {"points": None, "comment": ""}, "after": after})]
    with reading(marked.db_url) as connection:
        task = places_in(connection, "w01-small")["w01-t01"]
        base = marks_for(connection, task, ["ana01"])["ana01"].base
    give(marked.db_url, marked.course_id, task, "ana01", Given(points=6, comment="A clear reason.", notes=Notes()), base)
    assert catch(marked) == 0
    assert given(marked)[1:] == [(who(), {**place, "before": {"points": 8}, "after": {"points": 6}})]


def test_what_was_not_saved_is_offered_after_a_reload(page: Page, marked: Course, stack: ExitStack) -> None:
    base = login(page, stack.enter_context(serving(marked, free_port())))
    page.goto(f"{base}/formgrader/gradebook/w01-small/w01-small")
    page.locator("table a[href*='/submissions/']").first.click()
    points = page.locator("#w01-t01")
    expect(page.locator("#w01-t01-comment")).to_have_attribute("placeholder", TOLD)
    page.route(re.compile("/api/grade/"), lambda route: route.abort() if route.request.method == "PUT" else route.fallback())
    points.fill("9")
    points.blur()
    expect(page.locator("#autograde-unsaved")).to_contain_text("stays on this page")
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    expect(page.locator(".autograde-note")).to_contain_text("not saved: 9")
    assert stored(marked)[0] is None
    page.unroute_all()
    with page.expect_response(lambda r: "/api/grade/" in r.url and r.request.method == "PUT"):
        page.get_by_role("button", name="Save it").click()
    expect(page.locator(".autograde-note")).to_have_count(0)
    assert stored(marked)[0] == 9


def test_what_is_given_on_an_open_page_is_not_for_a_hand_in_that_came_since(
    page: Page, marked: Course, stack: ExitStack, kit: "Kit", tmp_path: Path
) -> None:
    base = login(page, stack.enter_context(serving(marked, free_port())))
    page.goto(f"{base}/formgrader/gradebook/w01-small/w01-small")
    page.locator("table a[href*='/submissions/']").first.click()
    expect(page.locator("#w01-t01-comment")).to_have_attribute("placeholder", TOLD)
    (tmp_path / "b.zip").write_bytes(kit.hand_in("ana01", "2026-11-19T11:00:00+00:00", q01="a", t01="A new answer.", declaration=True))
    intake(marked, [tmp_path / "b.zip"], "w01")
    list(mark_class(marked, "w01-small"))
    page.locator("#w01-t01").fill("9")
    page.locator("#w01-t01-comment").fill("For the old answer.")
    page.locator("#w01-t01-comment").blur()
    expect(page.locator("#autograde-unsaved")).to_contain_text("another hand-in of this learner counts now")
    assert stored(marked) == (None, None)
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    expect(page.get_by_text("A new answer.")).to_be_visible()
    expect(page.locator(".autograde-note").filter(has_text="not saved: 9")).to_be_visible()
    page.locator("#w01-t01").fill("4")
    with page.expect_response(lambda r: "/api/grade/" in r.url and r.request.method == "PUT") as sent:
        page.locator("#w01-t01").blur()
    assert sent.value.ok
    assert stored(marked)[0] == 4
