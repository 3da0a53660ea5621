"""The whole of a college's server: two courses, three tutors, and ten students in browsers, two of whom their platform sends."""

import json
import re
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import httpx
import psutil
import pytest
from playwright.sync_api import Browser, Page, expect

from autograde.classes.folder import Course
from autograde.classes.owner import CONFIG
from autograde.gradebook.database import let_go
from autograde.lti.connection import connect
from autograde.lti.scores import send
from autograde.outbox.release import release
from autograde.records.decisions import history
from tests.conftest import is_saved
from tests.desk.conftest import said
from tests.desk.test_cycle import GOES_ON, put_away
from tests.desk.test_results import around
from tests.hub.conftest import BOTH, OTHER, TUTOR, Hub, new_class
from tests.hub.conftest import running as running_hub
from tests.hub.test_hub import JSON, A, B
from tests.lti.conftest import college_folder
from tests.lti.reference import CLIENT, Reference, member, running
from tests.served.classroom import MINE, OFFLINE, PICK, TEXT, device, look, says
from tests.tutor.conftest import ASSIGNMENT, cell, empty_database, notebook, server
from tests.web.device import Tab

__all__ = ["around", "server"]

OF_A, SENT, OF_B = ("ana01", "ben01", "cai01", "dee01", "eli01", "fay01"), ("lea01", "luc01"), ("bea01", "bob01")
POINTS = {learner: number for number, learner in enumerate((*OF_A, *SENT, *OF_B), 1)}
"""What a tutor gives each one's written answer."""
DESK_A, DESK_B = "/services/desk-a/desk", "/services/desk-b/desk"
TASK = f"mark?{urlencode({'workbook': 'w01', 'task': TEXT})}"
BUSY = "Saved on this device. It cannot be sent just now, and is tried again by itself."


def words(learner: str) -> str:
    return f"I ask my senior first, as {learner} has learnt."


def pick(learner: str) -> str:
    return "ab"[POINTS[learner] % 2]


def closed(learner: str) -> float:
    return 2.0 if pick(learner) == "a" else 0.0


@dataclass(frozen=True)
class College:
    """The hub, the platform beside it, and the browser in which everybody has a device of their own."""

    hub: Hub
    platform: Reference
    a: Course
    b: Course
    chromium: Browser
    devices: ExitStack

    def page(self) -> Page:
        context = self.devices.enter_context(device(self.chromium))
        context.set_default_timeout(60_000)
        return context.new_page()

    def enter(self, who: str, path: str) -> Page:
        """Come to an address with a fresh browser, and sign in where the hub asks who this is."""
        page = self.page()
        page.goto(self.hub.base + path)
        page.get_by_label("Username:").fill(who)
        page.get_by_label("Password:", exact=True).fill(self.hub.words[who])
        page.get_by_role("button", name="Sign in").click()
        return page

    def launch(self, page: Page, learner: str) -> None:
        """Follow the workbook's link in the platform's course."""
        target = f"{self.hub.base}{A}{ASSIGNMENT}.html"
        asked = {"iss": self.platform.address, "login_hint": f"sub-{learner}", "target_link_uri": target, "client_id": CLIENT}
        page.goto(f"{self.hub.base}/hub/lti13/oauth_login?{urlencode(asked)}")

    def at_work(self, learner: str) -> Tab:
        """Open the workbook."""
        page = self.page() if learner in SENT else self.enter(learner, f"{B if learner in OF_B else A}{ASSIGNMENT}.html")
        if learner in SENT:
            self.launch(page, learner)
        expect(page.locator(f"#{TEXT} textarea")).to_be_visible()
        return Tab(page, page.url)


@pytest.fixture
def college(around: dict[str, str], server: str, chromium: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[College]:
    """Give a college whose course A keeps its class and answers in PostgreSQL, and B in files; nothing is given out in A yet."""
    book = notebook()
    book["cells"][0]["source"] = book["cells"][0]["source"].replace("![x]", "![A small blue square]")
    book["cells"].insert(1, cell("progress"))
    (Path(around["WORKBOOKS_DIR"]) / ASSIGNMENT / f"{ASSIGNMENT}.ipynb").write_text(json.dumps(book), "utf-8")
    for name, value in around.items():
        monkeypatch.setenv(name, value)
    folder, url = tmp_path / "college", empty_database(server, "whole")
    folder.mkdir()
    a, b = new_class(folder, "a", OF_A, url), new_class(folder, "b", OF_B)
    release(b, "w01")
    with running() as platform:

        def prepare(base: str) -> None:
            connect(a, college_folder(folder / "lti", platform.address, base, a.root / "served"), "a")

        platform.people += [member(f"sub-{one}", one, "Evans", lis_person_sourcedid=one) for one in SENT]
        with running_hub(folder, around, [*OF_A, *OF_B, TUTOR, OTHER, BOTH], prepare) as hub:
            platform.tool = httpx.get(f"{hub.base}/hub/lti13/jwks").json()
            with ExitStack() as devices:
                yield College(hub, platform, a, b, chromium, devices)
    let_go(url)


def give_out(college: College, tutor: Page) -> None:
    """Give the workbook out in course A, and add those of the platform's course, of whom one has tried to come already."""
    tutor.locator(f"#give-{ASSIGNMENT}").check()
    tutor.get_by_role("button", name="Give out", exact=True).click()
    put_away(tutor, "Giving out: 1 workbook was given out.")
    early = college.page()
    college.launch(early, SENT[0])
    expect(early.locator("main")).to_contain_text("no learner of this class is called so. Tell your tutor.")
    early.context.close()
    tutor.goto(f"{college.hub.base}{DESK_A}/learners")
    tutor.get_by_role("button", name="Look who is there").click()
    tutor.get_by_role("button", name="Add them").click()
    said(tutor, "2 learners added, 2 linked to the learning platform.")


def answer(tab: Tab, learner: str) -> None:
    tab(PICK).locator(f'input[value="{pick(learner)}"]').check()
    tab(MINE).get_by_role("checkbox").check()
    tab.text(TEXT).fill(words(learner))


def hand_in(tab: Tab) -> None:
    says(tab, "✓ All saved")
    tab("hand-in").get_by_role("button", name="Hand in").click()
    expect(tab.page.locator(".wb-receipt")).to_contain_text("Your tutor has it now.")


def on_a_bus(tab: Tab, learner: str) -> None:
    """Answer while the network is gone, and have it all sent once it is back."""
    tab.page.context.set_offline(True)
    answer(tab, learner)
    says(tab, OFFLINE)
    tab.page.context.set_offline(False)
    tab.page.evaluate("dispatchEvent(new Event('online'))")
    says(tab, "✓ All saved")


def typing_as_it_is_killed(college: College, tab: Tab, learner: str) -> None:
    """Type while the service of the class is killed, and go on."""
    answer(tab, learner)
    is_saved(tab(TEXT))
    text = words(learner)
    tab.text(TEXT).fill("")
    tab.text(TEXT).press_sequentially(text[:20])
    [service] = college.hub.watching("a")
    service.kill()
    tab.text(TEXT).press_sequentially(text[20:])
    psutil.wait_procs([service], timeout=10)
    says(tab, BUSY)


def mark(tutor: Page, desk: str, number: int) -> None:
    """Have the program mark what was taken in by itself, then give a person's points to each written answer."""
    tutor.goto(f"{desk}/mark")
    expect(tutor.locator("main")).to_contain_text(re.compile(rf"\b{number} hand-ins? waits? for the program"))
    expect(tutor.locator("#desk-work-line")).to_contain_text("taken in.")
    tutor.locator("#run-w01").click()
    put_away(tutor, f"{number} {'hand-in' if number == 1 else 'hand-ins'} marked.")
    tutor.goto(f"{desk}/{TASK}")
    expect(tutor.locator("[data-mark-ready]")).to_be_visible()
    for _ in range(number):
        shown = tutor.get_attribute("#marking", "data-mark-shown")
        learner = tutor.locator("#mark-who").inner_text().split()[0]
        expect(tutor.locator("#mark-lines")).to_have_text(words(learner))
        tutor.locator("#mark-points").fill(str(POINTS[learner]))
        tutor.locator("#mark-comment").fill(f"Well reasoned, {learner}.")
        tutor.keyboard.press("Control+Enter")
        ended = tutor.wait_for_function(GOES_ON, arg=shown).json_value() == "ended"
    assert ended
    expect(tutor.locator("#mark-state")).to_have_text("Saved")


def decide_and_give_back(tutor: Page, desk: str, learner: str) -> None:
    tutor.goto(f"{desk}/results?{urlencode({'learner': learner, 'criterion': '1.1'})}")
    tutor.get_by_role("radio", name="met", exact=True).check()
    tutor.get_by_label("Reason").fill("It is all here.")
    tutor.get_by_role("button", name="Write the decision down").click()
    said(tutor, "1.1 is met for")
    tutor.goto(f"{desk}/give-back?workbook={ASSIGNMENT}")
    tutor.locator("#make").click()
    expect(tutor.locator("#ready")).to_contain_text("8 pages ready")
    tutor.get_by_role("button", name="Show them under My workbooks").click()
    said(tutor, "8 learners have their page under My workbooks now.")


def at_the_other_course(college: College, tab: Tab) -> None:
    """Try what a student whom the platform sends has of course A at course B, and at the desk."""
    base, context = college.hub.base, tab.page.context
    known = {one.get("name"): one.get("value") for one in context.cookies(base + A)}
    sent = "; ".join(f"{name}={value}" for name, value in known.items() if name and name.startswith(("workbook-", "jupyterhub-session-id")))
    for path, status in ((A, 200), (B, 401)):
        assert httpx.get(f"{base}{path}api/mine", headers={"Cookie": sent}).status_code == status
    save = {"copy": "0" * 16, "saves": []}
    assert httpx.post(f"{base}{B}api/{ASSIGNMENT}/save", json=save, headers={**JSON, "Cookie": sent}).status_code == 401
    for path in (f"{B}hub-login", f"{DESK_A}/{TASK}"):
        assert context.request.get(base + path).status == 403


def at_the_other_desk(college: College, tutor: Page, answer_: str) -> None:
    """Have the tutor of B try to read and to mark an answer of A."""
    desk = f"{college.hub.base}{DESK_A}"
    for path in (TASK, TASK.replace("mark?", "mark.json?")):
        refused = tutor.context.request.get(f"{desk}/{path}")
        assert refused.status in (401, 403)
        assert "senior" not in refused.text()
    form: dict[str, Any] = {"workbook": "w01", "task": TEXT, "answer": answer_, "points": "0"}
    assert tutor.context.request.post(f"{desk}/mark/keep.json", form=form).status == 403


def a_hand_in_and_what_lies_beside_it(college: College, tutor: Page, learner: str) -> None:
    """Have a tutor open a hand-in by formgrader's address, and then the class's settings, which may hold the database's password."""
    with college.a.gradebook() as book:
        paper = book.find_submission_notebook(ASSIGNMENT, ASSIGNMENT, learner).id
    at = f"{college.hub.base}{DESK_A.removesuffix('desk')}formgrader/submissions/{paper}"
    settings = quote(f"{college.a.root}/{CONFIG}", safe="")
    found = [tutor.context.request.get(f"{at}/{one}").status for one in (f"{ASSIGNMENT}.ipynb", f"..%2F..%2F..%2F{CONFIG}", settings)]
    assert found == [200, 404, 404]


def rows(course: Course) -> dict[tuple[str, str], tuple[float, bool]]:
    """Give the points row by row, and whether a person has to look at them."""
    with course.gradebook() as book:
        return {
            (one.student.id, grade.name): (grade.score, grade.needs_manual_grade)
            for one in book.assignment_submissions(ASSIGNMENT)
            for paper in one.notebooks
            for grade in paper.grades
        }


def handed_in(course: Course, learner: str) -> dict[str, Any]:
    kept = json.loads((course.root / "submitted" / learner / ASSIGNMENT / "answers.json").read_bytes())["answers"]
    return {name: one["value"] for name, one in kept.items()}


def test_two_courses_from_giving_out_to_reading_the_feedback(college: College) -> None:
    hub, a, b = college.hub, college.a, college.b
    tutor, other = college.enter(TUTOR, f"{DESK_A}/give-out"), college.enter(OTHER, f"{DESK_B}/home")
    give_out(college, tutor)

    tabs = {learner: college.at_work(learner) for learner in (*OF_A, *SENT)}
    for learner in ("ana01", "lea01"):
        on_a_bus(tabs[learner], learner)
    at_once = {*tabs} - {"ana01", "lea01", "ben01"}
    for learner in at_once:
        answer(tabs[learner], learner)
    for learner in {*tabs} - {"ben01"}:
        hand_in(tabs[learner])
    typing_as_it_is_killed(college, tabs["ben01"], "ben01")
    for learner in OF_B:
        answer(tab := college.at_work(learner), learner)
        hand_in(tab)
    mark(tutor, f"{hub.base}{DESK_A}", 7)  # meanwhile the desk and the other course go on
    mark(other, f"{hub.base}{DESK_B}", 2)
    hub.answers(A, 200)
    look(tabs["ben01"])
    says(tabs["ben01"], "✓ All saved")
    hand_in(tabs["ben01"])
    mark(tutor, f"{hub.base}{DESK_A}", 1)
    shown = tutor.get_attribute("#marking", "data-mark-shown") or ""
    decide_and_give_back(tutor, f"{hub.base}{DESK_A}", "luc01")

    reader = tabs["luc01"].page
    reader.goto(f"{hub.base}{A}")
    reader.get_by_role("link", name="See my feedback").click()
    expect(reader.locator("body")).to_contain_text("Well reasoned, luc01.")
    at_the_other_course(college, tabs["luc01"])
    at_the_other_desk(college, other, shown)
    a_hand_in_and_what_lies_beside_it(college, tutor, "luc01")

    send(a)  # as the desk does every half minute
    expect(tutor.locator("#platform")).to_contain_text("2 scores sent, 0 waiting, 0 refused.")
    assert {one["userId"]: one["scoreGiven"] for one in college.platform.told} == {f"sub-{one}": closed(one) + POINTS[one] for one in SENT}
    for course, learners in ((a, (*OF_A, *SENT)), (b, OF_B)):
        right = {(one, PICK): (closed(one), False) for one in learners}
        assert rows(course) == right | {(one, TEXT): (float(POINTS[one]), False) for one in learners}
        for one in learners:
            assert handed_in(course, one) == {PICK: pick(one), TEXT: words(one), MINE: True}
    assert [(one.met, one.assessor) for one in history(a, "luc01", "1.1")] == [(True, TUTOR)]
