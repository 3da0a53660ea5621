"""The page Give back, as a tutor uses it: pages made, looked at, and brought back into Moodle's form in three clicks."""

import shutil
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Page, expect

from autograde.classes.folder import Course
from autograde.desk import give_back
from autograde.desk.pages import plain
from autograde.gradebook.givings import read_givings, take_back
from tests.axe import violations
from tests.conftest import free_port
from tests.desk.conftest import EVIL, Desk, Serve, as_json, fits, said, start
from tests.desk.giving import LEARNERS, give_points, make_class, worksheet
from tests.desk.moodle import Site, feedback_files
from tests.tutor.conftest import ASSIGNMENT


@pytest.fixture(scope="module")
def twenty_five(serve: Serve, surroundings: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Desk:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in surroundings.items():
            patch.setenv(name, value)
        course = make_class(tmp_path_factory.mktemp("giving"))
    return start(serve, course.root, surroundings, free_port())


@pytest.fixture
def here(paged: Page, twenty_five: Desk) -> Page:
    return twenty_five.enter(paged, "give-back")


def ready(page: Page, text: str) -> None:
    expect(page.locator("#ready")).to_contain_text(text, timeout=10_000)


def make(page: Page) -> None:
    if page.locator("#make").count():
        page.locator("#make").click()
    ready(page, f"{LEARNERS} pages ready")


def points(course: Course, learner: str, number: float) -> None:
    with course.gradebook() as gradebook:
        give_points(gradebook, learner, number)
        gradebook.db.commit()


def afresh(course: Course) -> None:
    """Have no page made, and nothing given back."""
    shutil.rmtree(course.root / "feedback", ignore_errors=True)
    points(course, "l09", 5)
    for giving in read_givings(course.db_url, course.course_id, ASSIGNMENT):
        take_back(course.db_url, course.course_id, giving.id)


def test_pages_and_worksheet_in_three_clicks(here: Page, twenty_five: Desk, tmp_path: Path) -> None:
    sheet = tmp_path / "Grades-care-w01-77.csv"
    sheet.write_text(worksheet(), "utf-8-sig", newline="")
    afresh(twenty_five.course)
    here.reload()
    ready(here, "0 pages ready")
    expect(here.locator("#held li")).to_have_count(LEARNERS)
    expect(here.locator("#held").get_by_role("link", name="Mark")).to_have_count(0)  # all of it is marked
    here.get_by_role("button", name=f"Make {LEARNERS} pages").click()  # one
    ready(here, f"{LEARNERS} pages ready")
    with here.expect_download() as files:
        here.get_by_role("button", name="Download the feedback files").click()  # two
    with here.expect_download() as filled:
        here.get_by_label("Moodle’s grading worksheet").set_input_files(sheet)  # three: to choose it
    found = feedback_files(files.value.path().read_bytes(), range(100, 200))
    assert found.keys() == set(range(101, 101 + LEARNERS))
    assert found[107][0][1] == (twenty_five.course.root / "feedback" / "l07" / ASSIGNMENT / f"{ASSIGNMENT}.html").read_bytes()
    assert filled.value.suggested_filename == sheet.name
    site = Site(most=12, participants=set(range(101, 127)))
    assert site.take(filled.value.path().read_bytes(), "utf-8", ",") == set(range(101, 101 + LEARNERS))
    expect(here.locator("#given")).to_contain_text("Moodle grading worksheet: 25 learners", timeout=8_000)
    expect(here.locator("#given")).to_contain_text("Moodle feedback files: 25 learners")
    ready(here, "All of them were given back, and nothing has changed since.")


def test_a_page_is_looked_at_before_it_goes(here: Page) -> None:
    make(here)
    with here.context.expect_page() as opened:
        here.get_by_role("link", name="Look at the page of Eve").click()
    looked = opened.value
    looked.wait_for_load_state()
    expect(looked.get_by_text(EVIL).first).to_be_visible()
    assert looked.title() == "Feedback: A small workbook"
    reply = here.request.get(looked.url)
    assert reply.headers["content-security-policy"].startswith("sandbox; default-src 'none'")
    assert here.request.get(looked.url.replace("l04", "..%2f..")).status >= 400
    looked.close()


def test_a_page_that_changed_is_withheld_made_anew_and_goes_alone(here: Page, twenty_five: Desk) -> None:
    make(here)
    with here.expect_download():
        here.get_by_role("button", name="Download the zip with names").click()
    expect(here.locator("#given")).to_contain_text("zip with names", timeout=8_000)
    points(twenty_five.course, "l09", 1)
    expect(here.locator("#held")).to_contain_text("First09 Last09: the marks have changed since the page was made.", timeout=8_000)
    ready(here, f"{LEARNERS - 1} pages ready")
    here.get_by_role("button", name="Make 1 page").click()
    ready(here, "1 learner has not been given it yet")
    here.get_by_role("link", name="Give back only what is new").click()
    expect(here.locator("#pages tbody tr")).to_have_count(1)
    with here.expect_download() as again:
        here.get_by_role("button", name="Download the zip with names").click()
    assert again.value.path().stat().st_size > 0
    ready(here, "nothing has changed since")
    assert list(read_givings(twenty_five.course.db_url, twenty_five.course.course_id, ASSIGNMENT)[0].to) == ["l09"]
    here.locator("#given summary").first.click()
    expect(here.locator("#given")).to_contain_text("First09 Last09")
    here.get_by_role("button", name="It was not given back").first.click()
    said(here, "It counts as not given back.")
    ready(here, "1 learner has not been given it yet")
    here.locator("#said").get_by_role("button", name="Undo").click()
    said(here, "It counts as given back again.")


def test_what_cannot_be_used_is_told_at_the_form(here: Page, twenty_five: Desk) -> None:
    make(here)
    here.get_by_role("button", name="Fill the worksheet").click()
    expect(here.locator("#worksheet-fault")).to_have_text("Choose the grading worksheet that you downloaded from Moodle.")
    here.locator("#worksheet-worksheet").set_input_files({"name": "a.csv", "mimeType": "text/csv", "buffer": b"Name;Mark\r\nAna;1\r\n"})
    expect(here.locator("#worksheet-fault")).to_contain_text(
        'a.csv has no columns "Identifier", "Grade", "Last modified (grade)" (it has: Name, Mark)'
    )
    here.get_by_role("button", name="Download Canvas’ gradebook").click()
    expect(here.locator("#canvas-column-fault")).to_contain_text("Say what the column is called in Canvas.")
    assert violations(here) == []
    with here.expect_download() as canvas:
        here.get_by_label("What Canvas calls the column").fill("W01 (12)")
        here.get_by_role("button", name="Download Canvas’ gradebook").click()
    assert "W01 (12)" in canvas.value.path().read_text("utf-8").splitlines()[0]
    twenty_five.enter(here, "give-back")


def test_anyone_can_use_the_page(here: Page) -> None:
    make(here)
    here.locator("#given summary").first.click() if here.locator("#given summary").count() else None
    schemes: tuple[Literal["light", "dark"], ...] = ("light", "dark")
    for scheme in schemes:
        here.emulate_media(color_scheme=scheme)
        assert violations(here) == []
    for width in (320, 1280):
        fits(here, width)


def test_the_keyboard_alone_gives_pages_back(here: Page) -> None:
    make(here)
    here.locator("main").focus()
    for _ in range(20):
        here.keyboard.press("Tab")
        if here.evaluate("document.activeElement.textContent.trim()") == "Download the feedback files":
            break
    with here.expect_download() as files:
        here.keyboard.press("Enter")
    assert files.value.suggested_filename == f"{ASSIGNMENT}-feedback-for-moodle.zip"


def test_marking_is_closed_where_pages_are_made_and_opened_again(here: Page, twenty_five: Desk) -> None:
    make(here)
    card = here.locator("#closing")
    expect(card).to_contain_text("The pages do not say it as long as others may hand in")
    expect(card.get_by_role("button")).to_have_count(0)
    card.get_by_text("Close marking of w01").click()
    card.get_by_role("button", name="Yes, close marking").press("Enter")
    said(here, "Marking of w01-small is closed.")
    assert twenty_five.course.closed() == {ASSIGNMENT}
    page = twenty_five.course.path("feedback", "l07", ASSIGNMENT) / f"{ASSIGNMENT}.html"
    assert "So it is." not in page.read_text("utf-8")
    if here.locator("#desk-work-line").count():  # of making the pages, which may not have ended yet
        here.get_by_role("button", name="Put this away").click()
    expect(here.locator("#desk-work-line")).to_have_count(0, timeout=8_000)
    card.get_by_role("button", name="Make all pages anew").click()
    expect(here.locator("#now")).to_contain_text(f"{LEARNERS} pages ready", timeout=10_000)
    assert "So it is." in twenty_five.course.path("feedback", "l03", ASSIGNMENT).joinpath(page.name).read_text("utf-8")
    card.get_by_role("button", name="Open marking again").click()
    said(here, "Marking of w01-small is open again.")
    assert twenty_five.course.closed() == frozenset()


def test_without_a_script_and_with_ids(twenty_five: Desk, plain_page: Page) -> None:
    twenty_five.enter(plain_page)
    plain_page.get_by_role("button", name="Show ids").click()
    plain_page.goto(f"{twenty_five.base}/desk/give-back")
    if plain_page.locator("#make").count():
        plain_page.locator("#make").click()
        while give_back.data(twenty_five.course, ASSIGNMENT).ready < LEARNERS:
            plain_page.wait_for_timeout(100)
        plain_page.goto(f"{twenty_five.base}/desk/give-back")
    with plain_page.expect_download() as files:
        plain_page.get_by_role("button", name="Download the list for a mail merge").click()
    assert files.value.suggested_filename == f"{ASSIGNMENT}-mail-merge.csv"
    expect(plain_page.get_by_role("rowheader", name="l07")).to_be_visible()
    assert "Last07" not in plain_page.locator("#pages").inner_text()


def test_the_same_as_json(here: Page, twenty_five: Desk) -> None:
    assert as_json(here, twenty_five, "give-back") == plain(give_back.data(twenty_five.course))
