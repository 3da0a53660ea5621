"""The page behind which the service keeps the answers, in real browsers: kept, sent, handed in, given back, and whose it is."""

import json
import re
import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from tests.axe import faults
from tests.conftest import is_saved
from tests.end_to_end.test_unit import answer, released
from tests.served.classroom import MINE, OFFLINE, PICK, PRACTICE, PRIVATE, TEXT, Room, at_work, device, look, says, sign_in
from tests.served.service import ASSIGNMENT, CODE, Client, make_class, serving
from tests.web.device import Tab, until
from tests.web.test_handing_in import answers, handed, points
from workbook_helpers.answers import AnswerStore
from workbook_helpers.hand_in import hand_in
from workbook_helpers.items import load_workbook
from workbook_helpers.links import HOME
from workbook_helpers.web import write_site

WHOLE = "w01-working-and-personal"
Device = Callable[..., BrowserContext]
NAMES = ["two", "bus", "clash", "hand", "given", "out", "left", "unsent", "other", "twice", "join", "lan", "back", "lost", "page", "merged"]
NAMES += ["slow", "cut", "task", "long", "full", "word"]
"""One learner for each test: they share a class and its service."""


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    folder = make_class(tmp_path_factory.mktemp("served"), learners=[f"{name}{n}" for name in NAMES for n in "12"])
    with serving(folder, options=["--address", "0.0.0.0"]) as service:  # noqa: S104  a classroom's Wi-Fi
        yield Room(folder, service)


@pytest.fixture
def on(chromium: Browser) -> Iterator[Device]:
    """on(): a device of its own; closed with the test."""
    made: list[BrowserContext] = []

    def make(**more: Any) -> BrowserContext:
        made.append(device(chromium, **more))
        return made[-1]

    yield make
    for one in made:
        one.close()


def there(room: Room, learner: str) -> dict[str, Any]:
    """Give what the service has of a learner's workbook, as another browser would get it."""
    client = Client(room.service.port)
    answer = client.post("api/join", code=CODE, learner=learner, pin="2468")
    assert answer.status == 200, answer.content
    kept: dict[str, Any] = client.open()
    client.close()
    return kept


def test_what_one_device_saves_another_one_shows(room: Room, on: Device) -> None:
    first = at_work(room, on(), "two1")
    first.write("Warm, and professional.", TEXT)
    first.choose("a", PICK)
    first(PRACTICE).locator('input[value="b"]').check()
    expect(first(PRACTICE)).to_contain_text("Not quite.")
    is_saved(first(PRACTICE))
    kept = there(room, "two1")["answers"]
    assert {name: kept[name]["value"] for name in (TEXT, PICK, PRACTICE)} == {TEXT: "Warm, and professional.", PICK: "a", PRACTICE: "b"}
    second = at_work(room, on(), "TWO1")
    assert second.text(TEXT).input_value() == "Warm, and professional."
    second.write("Warm, professional, and fair.", TEXT)
    until(second.page, "document.querySelectorAll('.wb-question[data-wb-state=saved]').length >= 3")
    look(first)
    expect(first.text(TEXT)).to_have_value("Warm, professional, and fair.")
    assert first.page.locator(".wb-conflict:visible").count() == 0, "nothing was to choose"
    assert there(room, "two1")["answers"][PRACTICE]["tried"]["n"] == 1
    expect(first.page.locator("#your-work")).to_contain_text("has all your answers")
    beside = first.page.context.new_page()
    beside.goto(room.page)
    Tab(beside, room.page).write("In a second tab.", TEXT)
    expect(first.text(TEXT)).to_have_value("In a second tab.")
    says(first, "✓ All saved")


def test_what_is_written_on_a_bus_outlives_a_reload_and_is_sent_in_the_end(room: Room, on: Device) -> None:
    context = on()
    tab = at_work(room, context, "bus1")
    tab.page.evaluate("""async () => {
      await navigator.serviceWorker.ready;
      while (!navigator.serviceWorker.controller) await new Promise((done) => setTimeout(done, 20));
    }""")
    context.set_offline(True)
    tab.text(TEXT).fill("On the bus.")
    says(tab, OFFLINE)
    tab(PICK).locator('input[value="b"]').check()
    tab.page.reload()
    expect(tab.text(TEXT)).to_have_value("On the bus.")
    tab.text(TEXT).fill("On the bus, and off it.")
    says(tab, OFFLINE)
    expect(tab.page.locator("#your-work")).to_contain_text("2 answers are on this device only.")
    tab(MINE).get_by_role("checkbox").check()
    tab.state("saved", MINE)
    tab("hand-in").get_by_role("button", name="Hand in").click()
    tab.button("Hand in anyway").or_(tab.button("Hand in")).click()
    expect(tab("hand-in").locator(".wb-error")).to_contain_text("Your work is kept on this device. Hand in when the connection is back.")
    tab.page.goto(room.address)
    expect(tab.page.locator(".wb-notice")).to_have_text("There is no connection. You see what is kept on this device.")
    expect(tab.page.locator("#wb-cards")).to_contain_text("For your tutor 2 of 2")
    assert there(room, "bus1")["answers"] == {}
    context.set_offline(False)
    tab.page.evaluate("dispatchEvent(new Event('online'))")
    expect(tab.page.locator(".wb-notice")).to_be_hidden()
    kept = there(room, "bus1")["answers"]
    assert {name: one["value"] for name, one in kept.items()} == {PICK: "b", TEXT: "On the bus, and off it.", MINE: True}
    assert kept[PICK]["revision"] < kept[TEXT]["revision"] < kept[MINE]["revision"], "in their order"


def test_two_devices_that_differ_let_the_student_choose(room: Room, on: Device) -> None:
    away, here = on(), on()
    one, other = at_work(room, away, "clash1"), at_work(room, here, "clash1")
    away.set_offline(True)
    one.text(TEXT).fill("Mine, from the bus.")
    says(one, OFFLINE)
    other.write("Theirs, from the library.", TEXT)
    away.set_offline(False)
    one.page.evaluate("dispatchEvent(new Event('online'))")
    choice = one(TEXT).locator(".wb-conflict")
    expect(choice).to_contain_text("There is another version of this answer")
    assert one.text(TEXT).input_value() == "Mine, from the bus."
    says(one, "An answer waits for you")
    assert there(room, "clash1")["answers"][TEXT]["value"] == "Theirs, from the library.", "nothing is written over unasked"
    one.page.reload()
    expect(choice).to_contain_text("There is another version")
    choice.locator("summary").click()
    assert "Mine, from the bus." in choice.inner_text(), "both are still there"
    one(TEXT).get_by_role("button", name="Use the other answer").click()
    is_saved(one(TEXT))
    assert there(room, "clash1")["answers"][TEXT]["value"] == "Mine, from the bus."
    look(other)
    expect(other.text(TEXT)).to_have_value("Mine, from the bus.")
    assert other(TEXT).locator(".wb-conflict:visible").count() == 0


def test_a_save_of_which_no_word_comes_back_is_one_save(room: Room, on: Device) -> None:
    context = on()
    tab = at_work(room, context, "twice1")
    asked: list[str] = []
    context.on("request", lambda one: asked.append(one.post_data or "") if one.url.endswith("/save") else None)

    def swallow(route: Route) -> None:
        route.fetch()  # it has come through; its answer does not
        route.abort()

    context.route("**/save", swallow, times=1)
    tab.text(TEXT).fill("Once.")
    says(tab, OFFLINE)
    tab.text(TEXT).fill("Once, and once more.")
    says(tab, "✓ All saved")
    keys = [[save["key"] for save in json.loads(one)["saves"]] for one in asked]
    assert keys[0] == keys[1], "sent again as it was"
    kept = there(room, "twice1")
    assert (kept["answers"][TEXT]["value"], kept["revision"]) == ("Once, and once more.", 2)
    assert tab(TEXT).locator(".wb-conflict:visible").count() == 0


def test_an_answer_that_is_cut_off_is_not_waited_for_for_ever(room: Room, on: Device) -> None:
    tab = at_work(room, on(), "cut1")
    tab.page.clock.install()
    lines: list[socket.socket] = []

    def answer(door: socket.socket) -> None:
        for _ in range(2):
            lines.append(door.accept()[0])
            lines[-1].recv(100_000)
            lines[-1].sendall(b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"saved": [')

    def cut_off(pattern: str, act: Callable[[], object]) -> None:
        n = len(lines)
        tab.page.route(pattern, lambda way: way.continue_(url=f"http://127.0.0.1:{door.getsockname()[1]}/"), times=1)
        act()
        while len(lines) == n:
            tab.page.wait_for_timeout(50)
        tab.page.wait_for_timeout(300)  # the half of it is there, and no more comes
        tab.page.clock.fast_forward(9000)

    with socket.create_server(("127.0.0.1", 0)) as door:
        threading.Thread(target=answer, args=[door], daemon=True).start()
        cut_off("**/save", lambda: tab.text(TEXT).fill("Sent again."))
        says(tab, "✓ All saved")
        assert there(room, "cut1")["answers"][TEXT]["value"] == "Sent again."
        cut_off(f"**/api/{ASSIGNMENT}", lambda: tab.page.reload(wait_until="commit"))
        expect(tab.text(TEXT)).to_have_value("Sent again.")
    for line in lines:
        line.close()


def without(page: str, item: str) -> str:
    """Give a workbook's page as it is when this question has been taken out."""

    def less(found: re.Match[str]) -> str:
        book = json.loads(found[2])
        del book["items"][item]
        return found[1] + json.dumps(book).replace("<", "\\u003c")

    made, n = re.subn(r'(<script[^>]*id="wb-book"[^>]*>)(.*?)(?=</script>)', less, page, flags=re.DOTALL)
    assert n == 1
    return made.replace(f'data-wb-ask="{item}"', "")


@pytest.mark.parametrize(("status", "said"), [(413, "Not saved yet"), (403, "It cannot be sent just now, and is tried again by itself.")])
def test_an_answer_that_is_not_taken_does_not_stand_before_the_others(room: Room, on: Device, status: int, said: str) -> None:
    learner = {413: "long1", 403: "long2"}[status]
    tab = at_work(room, on(service_workers="block"), learner)
    tab.page.route("**/save", lambda way: way.fulfill(status=status) if "Long." in (way.request.post_data or "") else way.continue_())
    tab.text(TEXT).fill("Long.")
    expect(tab.page.locator(".wb-saved")).to_contain_text(said)
    tab(PICK).locator('input[value="b"]').check()
    tab(MINE).get_by_role("checkbox").check()
    where = tab.page.locator("#your-work")
    expect(where).to_contain_text("1 answer is on this device only.")
    assert {name: one["value"] for name, one in there(room, learner)["answers"].items()} == {PICK: "b", MINE: True}
    if status == 413:
        expect(tab(TEXT).locator(".wb-status")).to_contain_text("Not saved: this answer holds something that cannot be kept here")
        expect(where).to_contain_text("Look at each question that says that it is not saved")
        whole = (room.folder / "site" / f"{ASSIGNMENT}.html").read_text("utf-8")
        tab.page.route(room.page, lambda way: way.fulfill(body=without(whole, TEXT), content_type="text/html"), times=1)
        tab.page.reload()
        says(tab, "✓ All saved")
        tab("hand-in").get_by_role("button", name="Hand in").click()
        expect(tab.page.locator(".wb-receipt")).to_contain_text("Your tutor has it now.")
        tab.page.reload()
        expect(tab(TEXT).locator(".wb-status")).to_contain_text("Not saved: this answer holds something")
    tab.text(TEXT).fill("Short.")
    says(tab, "✓ All saved")
    assert there(room, learner)["answers"][TEXT]["value"] == "Short."


def test_a_device_that_is_full_in_between_says_so_wherever_it_says_where_the_work_is(room: Room, on: Device) -> None:
    tab = at_work(room, on(), "full1")
    tab.write("Kept.", TEXT)
    tab.page.evaluate("() => { IDBObjectStore.prototype.put = () => { throw new DOMException('full', 'QuotaExceededError'); }; }")
    tab.text(TEXT).fill("On this page only.")
    says(tab, "Not saved yet")
    where = tab.page.locator("#your-work")
    expect(where).to_contain_text("Not everything on this page is kept on this device. Save a copy now")
    expect(where.get_by_role("button", name="Open my copy")).to_be_visible()
    where.get_by_role("button", name="Leave").click()
    expect(tab.page.get_by_role("dialog")).to_contain_text("1 answer is on this device only")
    assert tab.text(TEXT).input_value() == "On this page only."


def test_a_browser_that_throws_everything_away_gets_it_back(room: Room, on: Device) -> None:
    tab = at_work(room, on(), "lost1")
    tab.write("Kept by the college.", TEXT)
    tab.page.goto(room.address)
    tab.page.evaluate("() => new Promise((done) => { indexedDB.deleteDatabase('workbooks').onsuccess = done; })")
    tab.page.goto(room.page)
    expect(tab.text(TEXT)).to_have_value("Kept by the college.")
    tab.write("Kept by the college, and here.", TEXT)
    assert there(room, "lost1")["answers"][TEXT]["value"] == "Kept by the college, and here."
    with tab.page.expect_response(f"**/api/{ASSIGNMENT}"):  # it is looked at at once
        tab.page.evaluate("() => new Promise((done) => { indexedDB.deleteDatabase('workbooks').onsuccess = done; })")
    tab.write("Kept by the college, and here, and again.", TEXT)
    assert there(room, "lost1")["answers"][TEXT]["value"] == "Kept by the college, and here, and again."
    expect(tab.page.locator(".wb-notices")).to_be_empty()  # nothing was lost


def test_a_browser_that_keeps_nothing_says_so_before_anything_is_typed(room: Room, on: Device) -> None:
    context = on()
    context.add_init_script("Object.defineProperty(window, 'indexedDB', { get() { throw new DOMException('no', 'SecurityError'); } });")
    page = context.new_page()
    page.goto(room.page)
    sign_in(page, "two2")
    expect(
        page.get_by_text("this browser keeps nothing just now, perhaps because the device is full or the window is private").first
    ).to_be_visible()
    assert page.locator("#wb-main textarea").count() == 0


# Handed in, and given back


def test_handing_in_gives_the_services_receipt_and_says_when_answers_have_changed(room: Room, on: Device) -> None:
    context = on()
    tab = at_work(room, context, "hand1")
    tab.write("For my tutor.", TEXT)
    tab.choose("a", PICK)
    tab.write("For me alone.", PRIVATE)
    expect(tab(PRIVATE)).to_contain_text("It is kept on your college’s computer with your answers, and is not shown to your tutor.")
    expect(tab(PRIVATE)).not_to_contain_text("on this device")
    assert there(room, "hand1")["answers"][PRIVATE]["value"] == {"what": "For me alone."}
    tab(MINE).get_by_role("checkbox").check()
    is_saved(tab(MINE))
    assert tab.page.get_by_label("Your learner ID").is_hidden(), "who works is who has signed in"
    tab("hand-in").get_by_role("button", name="Hand in").click()
    receipt = tab.page.locator(".wb-receipt")
    expect(receipt).to_contain_text("Your tutor has it now. There is nothing else to do.")
    expect(receipt).to_contain_text(re.compile("With your tutor.*Your answers as they were on .*20[0-9]{2}", re.DOTALL))
    expect(receipt).to_contain_text("Private notes are among them only if you ticked to show them.")
    expect(receipt).not_to_contain_text(".zip")
    [zipped] = room.arrived("hand1")
    sent, manifest = handed(zipped)
    assert manifest["student"] == "hand1"
    assert manifest["code"] in receipt.inner_text()
    assert {name: one["value"] for name, one in sent["answers"].items()} == {TEXT: "For my tutor.", PICK: "a", MINE: True}
    expect(tab.page.locator("#your-work")).to_contain_text("All of them are handed in.")
    tab.page.reload()
    expect(receipt).to_contain_text(manifest["code"])
    tab.write("For my tutor, and better.", TEXT)
    expect(tab("hand-in")).to_contain_text("You have changed answers since you handed in.")
    expect(tab.page.locator("#your-work")).to_contain_text("1 of them has changed since you handed in.")
    tab(PRIVATE).get_by_label("Show this to my tutor").check()
    is_saved(tab(PRIVATE))
    tab("hand-in").get_by_role("button", name="Hand in again").click()
    expect(receipt).not_to_contain_text(manifest["code"])
    shared, _ = handed(room.arrived("hand1")[1])
    assert shared["answers"][PRIVATE]["value"] == {"what": "For me alone.", "share": True}
    for said in (receipt, tab.page.locator("#your-work")):
        expect(said).to_contain_text("to show them.")
    tab.page.goto(room.address)
    expect(tab.page.locator("#wb-cards")).to_contain_text(re.compile("Handed in on .*Not marked yet", re.DOTALL))


SLOW = """() => {
  globalThis.Date = class extends Date {
    constructor(...parts) { super(...(parts.length ? parts : [Date.now()])); }
    static now() { return super.now() - 3_600_000; }
  };
}"""


def test_my_workbooks_says_without_a_connection_what_has_changed_though_the_devices_clock_is_slow(room: Room, on: Device) -> None:
    context = on()
    tab, home = at_work(room, context, "slow1"), context.new_page()
    tab.page.evaluate(SLOW)
    tab.write("For my tutor.", TEXT)
    tab(MINE).get_by_role("checkbox").check()
    is_saved(tab(MINE))
    tab("hand-in").get_by_role("button", name="Hand in").click()
    tab.page.get_by_role("button", name="Hand in anyway").click()
    expect(tab.page.locator(".wb-receipt")).to_contain_text("Your tutor has it now.")
    home.goto(room.address)
    expect(home.locator("#wb-cards")).to_contain_text("Handed in on")
    context.set_offline(True)
    look(Tab(home, room.address))
    expect(home.locator(".wb-notice")).to_contain_text("connection")
    expect(home.locator("#wb-cards")).not_to_contain_text("You have changed answers")
    tab.text(TEXT).fill("For my tutor, and better.")
    says(tab, OFFLINE)
    look(Tab(home, room.address))
    expect(home.locator("#wb-cards")).to_contain_text("You have changed answers since you handed in.")


def test_the_points_are_those_of_the_kernel_row_by_row(on: Device, tmp_path: Path) -> None:
    course = released(tmp_path, [WHOLE]).course
    folder = make_class(tmp_path / "served", class_id=course.course_id, learners=["ana01"])
    shutil.copytree(course.root / "release" / WHOLE, folder / "releases" / WHOLE)
    workbook = load_workbook(folder / "releases" / WHOLE)
    write_site([workbook], folder / "site", served=True)
    given = {item: value for item, value in answers(workbook).items() if workbook.items[item].kind in ("single", "written", "declaration")}
    with serving(folder) as service:
        room = Room(folder, service, WHOLE)
        page = on().new_page()
        page.goto(room.address)
        sign_in(page, "ana01")
        page.goto(room.page)
        for item, value in given.items():
            answer(page.locator(f"#{item}"), workbook.items[item], value)
        Tab(page, room.page)("hand-in").get_by_role("button", name="Hand in").click()
        page.get_by_role("button", name="Hand in anyway").click()
        expect(page.locator(".wb-receipt")).to_contain_text("Your tutor has it now.")
        [mine] = room.arrived("ana01")
    home = Path(shutil.copytree(folder / "releases", tmp_path / "home"))
    theirs = load_workbook(home / WHOLE)
    store = AnswerStore(theirs.folder, theirs.id, theirs.items)
    for item, value in given.items():
        store.put(item, value)
    rows = points(course, WHOLE, mine, tmp_path / "one")
    assert rows == points(course, WHOLE, home / "handed-in" / hand_in(theirs, "ana01").file, tmp_path / "two")
    assert any(score for _, score, _, _ in rows)


def referral(learner: str, manifest: dict[str, Any], sent: dict[str, Any]) -> str:
    """Give what a tutor's side writes where a task is to be looked at again."""
    about = {
        "form": "workbook-referral",
        "schema": 1,
        "id": "0123456789abcdef",
        "workbook": "w01",
        "class_id": "care-a",
        "learner": learner,
    }
    about |= {"release": sent["release"], "attempt": 2, "answers_sha256": manifest["answers_sha256"], "made_at": "2026-11-29T12:00:00Z"}
    tasks = [{"item": TEXT, "missing": "Say why."}]
    first = {name: {"value": one["value"], "saved_at": one["saved_at"]} for name, one in sent["answers"].items()}
    return json.dumps({**about, "tasks": tasks, "answers": first})


def all_handed_in(tab: Tab) -> None:
    """Answer what is marked, and hand it in."""
    tab.write("Because.", TEXT)
    tab.choose("a", PICK)
    tab(MINE).get_by_role("checkbox").check()
    is_saved(tab(MINE))
    tab("hand-in").get_by_role("button", name="Hand in").click()
    expect(tab.page.locator(".wb-receipt")).to_contain_text("Your tutor has it now.")


def test_what_was_written_to_a_task_that_is_withdrawn_is_there_to_be_chosen(room: Room, on: Device) -> None:
    tab = at_work(room, on(), "task1")
    all_handed_in(tab)
    sent, manifest = handed(room.arrived("task1")[0])
    room.give("task1", "referral.json", referral("task1", manifest, sent))
    look(tab)
    expect(tab.page.locator("#wb-again")).to_be_visible()
    (room.folder / "given" / "task1" / ASSIGNMENT / "referral.json").unlink()
    tab.text(TEXT).fill("Because it keeps people safe.")
    expect(tab.page.locator("#wb-again")).to_have_count(0)  # it is looked at once the answer is refused
    choice = tab(TEXT).locator(".wb-conflict")
    expect(choice).to_contain_text("There is another version of this answer")
    assert tab.text(TEXT).input_value() == "Because."
    choice.get_by_role("button", name="Use the other answer").click()
    says(tab, "✓ All saved")
    tab.page.reload()
    expect(tab.text(TEXT)).to_have_value("Because it keeps people safe.")
    says(tab, "✓ All saved")
    tab("hand-in").get_by_role("button", name="Hand in again").click()
    expect(tab("hand-in").get_by_text("You have changed answers")).to_be_hidden()
    again, how = handed(room.arrived("task1")[1])
    assert (how.get("attempt", 1), again["answers"][TEXT]["value"]) == (1, "Because it keeps people safe.")


def test_what_keeps_a_hand_in_from_arriving_is_said_as_it_is(room: Room, on: Device) -> None:
    tab = at_work(room, on(), "word1")
    tab.write("Because.", TEXT)
    tab.choose("a", PICK)
    tab(MINE).get_by_role("checkbox").check()
    is_saved(tab(MINE))
    press, error = tab("hand-in").get_by_role("button", name=re.compile("Hand in")), tab("hand-in").locator(".wb-error").first
    tab.page.route("**/hand-in", lambda way: way.fulfill(status=503), times=1)
    press.click()
    expect(error).to_contain_text("Not handed in: your college’s computer cannot take it just now.")
    tab.page.route("**/hand-in", lambda way: way.abort(), times=1)
    press.click()
    expect(error).to_contain_text("No answer came, so it is not known yet whether your work is handed in.")

    def swallow(way: Route) -> None:
        way.fetch()  # it has come through; its answer does not
        way.abort()

    tab.page.route("**/hand-in", swallow, times=1)
    press.click()
    expect(tab.page.locator(".wb-receipt")).to_contain_text("Your tutor has it now.")
    assert len(room.arrived("word1")) == 1


def test_after_a_merge_of_ids_was_taken_back_nothing_of_the_other_stays_in_the_browser(room: Room, on: Device) -> None:
    other = Client(room.service.port)
    other.join("merged2")
    other.open()
    other.save(TEXT, "The other wrote this.")
    other.save(MINE, value=True)
    code = other.hand_in(other.open()["revision"]).json["code"]

    def tell(deed: str, **said: str) -> None:
        token = {"Authorization": f"Bearer {(room.folder / 'tutor-token').read_text()}"}
        headers = {"X_Workbook": "1", "Content_Type": "application/json", **token}
        assert other.ask("POST", f"/api/{deed}", json.dumps({"merge": "m", **said}).encode(), **headers).status == 200

    tab = at_work(room, on(), "merged1")
    tell("merge", goes="merged2", stays="merged1")
    tab.page.reload()
    expect(tab.text(TEXT)).to_have_value("The other wrote this.")
    expect(tab.page.locator(".wb-receipt")).to_contain_text(code)
    expect(tab("hand-in").get_by_text("You have changed answers")).to_be_hidden()
    tell("unmerge", learner="merged1")
    tab.page.reload()
    expect(tab.text(TEXT)).to_have_value("")
    expect(tab("hand-in").get_by_role("button", name="Hand in", exact=True)).to_be_visible()
    expect(tab.page.locator(".wb-receipt")).to_be_empty()
    tab.write("All of it mine.", PRIVATE)
    found = there(room, "merged1")["answers"]
    assert (found[TEXT]["value"], found[PRIVATE]["value"]) == (None, {"what": "All of it mine."})
    other.close()


def test_feedback_and_what_is_asked_again_appear_while_the_workbook_is_open(room: Room, on: Device) -> None:
    context = on()
    tab = at_work(room, context, "given1")
    all_handed_in(tab)
    sent, manifest = handed(room.arrived("given1")[0])
    page = f"<!doctype html><title>Feedback</title><h1>Well done</h1>{HOME}My workbooks</a><script>document.title = 'run'</script>"
    room.give("given1", "feedback.html", page)
    room.give("given1", "referral.json", referral("given1", manifest, sent))
    look(tab)
    expect(tab.page.locator("#wb-again")).to_be_visible()
    expect(tab.page.get_by_text("Say why.")).to_be_visible()
    tab.write("Because it keeps people safe.", TEXT)
    tab(MINE).get_by_role("checkbox").check()
    is_saved(tab(MINE))
    tab.page.reload()
    expect(tab.text(TEXT)).to_have_value("Because it keeps people safe.")
    tab("hand-in").get_by_role("button", name=re.compile("Hand in")).click()
    expect(tab.page.locator(".wb-receipt")).to_contain_text("Your tutor has it now.")
    again, how = handed(room.arrived("given1")[1])
    assert (how["attempt"], again["answers"][TEXT]["value"], again["answers"][PICK]["value"]) == (2, "Because it keeps people safe.", "a")
    tab.button("See my feedback").first.click()
    expect(tab.page.get_by_role("heading")).to_have_text("Well done")
    assert tab.page.title() == "Feedback", "nothing of it runs"
    tab.page.get_by_role("link", name="My workbooks").click()
    expect(tab.page.get_by_role("link", name="See my feedback")).to_be_visible()


# Whose it is


def test_who_is_signed_out_in_between_keeps_what_is_typed_and_goes_on_after_signing_in(room: Room, on: Device) -> None:
    context = on()
    tab = at_work(room, context, "out1")
    tab.write("Before.", TEXT)
    context.clear_cookies()
    tab.text(TEXT).fill("Before, and after.")
    says(tab, "Saved on this device. It will be sent when you have signed in again.")
    expect(tab.page.locator("#your-work")).to_contain_text("1 answer is on this device only. Sign in again, so that your work is sent.")
    tab("hand-in").get_by_role("button", name="Hand in").scroll_into_view_if_needed()
    tab.button("Sign in again").first.click()
    expect(tab.page.locator(".wb-notice").first).to_contain_text("You were signed out, out1. Sign in again: what you wrote is kept")
    sign_in(tab.page, "out1")
    tab.page.wait_for_url(f"{room.page}*")
    says(tab, "✓ All saved")
    assert there(room, "out1")["answers"][TEXT]["value"] == "Before, and after."


def test_on_a_shared_device_nothing_of_who_left_is_there_for_the_next(room: Room, on: Device) -> None:
    context = on()
    tab = at_work(room, context, "left1")
    tab.write("Mine alone.", TEXT)
    tab.page.locator("#wb-contents > summary").click()
    tab.page.locator("#wb-who-slot").get_by_role("button", name="Leave").click()
    expect(tab.page.locator("form.wb-join")).to_be_visible()
    assert tab.kept() == {}
    assert tab.page.evaluate("Object.keys(localStorage).concat(Object.keys(sessionStorage)).filter((one) => /draft|place/.test(one))") == []
    assert tab.page.get_by_label("Your learner ID").input_value() == ""
    sign_in(tab.page, "left2")
    tab.page.goto(room.page)
    expect(tab.text(TEXT)).to_have_value("")
    assert "left1" not in tab.page.content()
    assert "Mine alone." not in tab.page.content()
    assert there(room, "left1")["answers"][TEXT]["value"] == "Mine alone.", "the college has it"
    tab.write("Mine, and I went without a word.", TEXT)
    context.clear_cookies()
    tab.page.goto(room.address)
    sign_in(tab.page, "back2")
    assert tab.kept() == {}, "the college has that, too"


def test_leaving_with_something_unsent_asks_first(room: Room, on: Device) -> None:
    context = on()
    tab = at_work(room, context, "unsent1")
    context.set_offline(True)
    tab.text(TEXT).fill("Not sent yet.")
    says(tab, OFFLINE)
    leave = tab.page.locator("#your-work").get_by_role("button", name="Leave")
    leave.click()
    asks = tab.page.get_by_role("dialog")
    expect(asks).to_contain_text("1 answer is on this device only and has not been sent yet. If you leave now, it is lost.")
    asks.get_by_role("button", name="Stay here").click()
    expect(asks).to_have_count(0)
    assert tab.text(TEXT).input_value() == "Not sent yet."
    context.set_offline(False)
    tab.page.evaluate("dispatchEvent(new Event('online'))")
    says(tab, "✓ All saved")
    context.set_offline(True)
    leave.click()  # nothing would be lost; the service cannot be told yet
    until(tab.page, "!document.querySelector('#wb-book')")
    context.set_offline(False)
    tab.page.goto(room.page)  # the cookie is still there, and counts for nothing
    expect(tab.page.locator("form.wb-join")).to_be_visible()


def test_what_is_told_while_a_device_is_left_comes_onto_it_no_more(room: Room, on: Device) -> None:
    tab = at_work(room, on(), "slow2")
    held: dict[str, Route] = {}

    def hold(route: Route) -> None:
        held[route.request.url.rpartition("/")[2]] = route

    def sent(what: str) -> Route:
        while what not in held:
            tab.page.wait_for_timeout(20)
        return held[what]

    tab.page.route("**/save", lambda way: way.abort())
    tab.text(TEXT).fill("Nobody else sees this.")
    says(tab, OFFLINE)
    tab.page.locator("#your-work").get_by_role("button", name="Leave").click()
    everywhere = tab.page.get_by_role("dialog").get_by_role("button", name="Leave all the same")
    expect(everywhere).to_be_visible()
    tab.page.route(f"**/api/{ASSIGNMENT}", hold)
    tab.page.route("**/api/leave", hold)
    tab.page.evaluate("globalThis.dispatchEvent(new Event('focus'))")
    asked = sent(ASSIGNMENT)
    everywhere.click()
    left = sent("leave")
    with tab.page.expect_response(f"**/api/{ASSIGNMENT}"):
        asked.continue_()
    tab.page.wait_for_timeout(300)
    assert tab.kept() == {}
    left.continue_()
    expect(tab.page.locator("form.wb-join")).to_be_visible()
    assert tab.kept() == {}


def test_who_has_left_without_a_connection_is_signed_out_of_the_hub_as_well(room: Room, on: Device) -> None:
    context = on()
    tab = at_work(room, context, "unsent2")
    context.set_offline(True)
    tab.page.locator("#your-work").get_by_role("button", name="Leave").click()
    until(tab.page, "!document.querySelector('#wb-book')")
    context.set_offline(False)
    tab.page.route("**/api/leave", lambda way: way.fulfill(json={"then": "/hub/logout"}))  # as a service answers behind a hub
    tab.page.route("**/hub/logout", lambda way: way.fulfill(body="Signed out of the hub."))
    tab.page.goto(room.address)
    expect(tab.page.locator("body")).to_have_text("Signed out of the hub.")


def test_a_tab_of_somebody_else_writes_into_nobodys_work(room: Room, on: Device) -> None:
    context = on()
    first = at_work(room, context, "other1")
    first.write("Of the first.", TEXT)
    with Clean(context) as page:
        page.goto(room.address)
        page.evaluate(
            "fetch('api/leave', { method: 'POST', headers: { 'Content-Type': 'application/json', 'X-Workbook': '1' }, body: '{}' })"
        )
        page.reload()
        sign_in(page, "other2")
        first.text(TEXT).fill("Of the first, still typing.")
        expect(first.page.locator("#wb-who-slot")).to_contain_text("other2")
        expect(first.text(TEXT)).to_have_value("")
    assert there(room, "other2")["answers"] == {}
    assert there(room, "other1")["answers"][TEXT]["value"] == "Of the first."
    assert first.values("other1")[TEXT] == "Of the first, still typing.", "it is sent when they sign in here again"


class Clean:
    """Another tab of a device, for a while."""

    def __init__(self, context: BrowserContext) -> None:
        self.page = context.new_page()

    def __enter__(self) -> Page:
        return self.page

    def __exit__(self, *_: object) -> None:
        self.page.close()


@pytest.mark.parametrize("mine", [True, False], ids=["theirs", "somebody else's"])
def test_what_was_written_in_one_class_goes_into_no_other_at_its_address(on: Device, tmp_path: Path, mine: bool) -> None:
    first, other, again = (make_class(tmp_path / name, class_id=name[:6], learners=["01"]) for name in ("care-a", "care-b", "care-a-again"))
    context = on()
    with serving(first) as service:
        tab = at_work(Room(first, service), context, "01")
        tab.write("Of the first class.", TEXT)
        tab.write("A private note.", PRIVATE)
        is_saved(tab(PRIVATE))
        says(tab, "✓ All saved")
    with serving(other, port=service.port) as service, Clean(context) as page:
        page.goto(Room(other, service).address)
        sign_in(page, "01")
        look(tab)
        expect(tab.page).to_have_url(Room(other, service).address)
        assert there(Room(other, service), "01")["answers"] == {}
    with serving(again, port=service.port) as service:
        room = Room(again, service)
        tab = at_work(room, context, "01")
        notice = tab.page.locator(".wb-notice", has_text="keeps answers of a learner with the ID 01").first
        expect(notice).to_be_visible()
        expect(tab.text(TEXT)).to_have_value("")
        tab.write("Of this class.", TEXT)
        says(tab, "✓ All saved")
        assert {name: one["value"] for name, one in there(room, "01")["answers"].items()} == {TEXT: "Of this class."}
        notice.get_by_role("button", name="They are mine" if mine else "They are not mine").click()
        expect(notice).to_have_count(0)
        expect(tab.text(PRIVATE)).to_have_value("A private note." if mine else "")
        expect(tab(TEXT).get_by_text("Of the first class.")).to_have_count(1 if mine else 0)
        look(tab)
        assert list(tab.values("01")) == [PRIVATE, TEXT] if mine else [TEXT]
        end = time.monotonic() + 20
        while mine and PRIVATE not in there(room, "01")["answers"]:  # the header speaks of the choice meanwhile
            assert time.monotonic() < end
            tab.page.wait_for_timeout(100)
        assert (PRIVATE in there(room, "01")["answers"]) is mine


# The page to sign in


def test_signing_in_at_320_px_with_a_keyboard_and_the_code_from_a_link(room: Room, on: Device) -> None:
    page = on(viewport={"width": 320, "height": 640}).new_page()
    page.goto(f"{room.address}#{CODE.lower()}")
    expect(page.get_by_label("Class code")).to_have_value(CODE)
    expect(page.get_by_label("Your learner ID")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Your learner ID")).to_have_accessible_description(re.compile("Please type your learner ID"))
    page.keyboard.type("join1")
    page.keyboard.press("Tab")
    page.keyboard.type("24")
    page.keyboard.press("Enter")
    expect(page.get_by_label("PIN", exact=True)).to_have_accessible_description(re.compile("The PIN is 4 to 8 digits"))
    page.keyboard.type("68")
    page.keyboard.press("Enter")
    again = page.get_by_label("The same PIN again")
    expect(again).to_be_focused()
    page.keyboard.type("2469")
    page.keyboard.press("Enter")
    expect(again).to_have_accessible_description(re.compile("Type the same one twice"))
    assert faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    again.fill("2468")
    page.keyboard.press("Enter")
    expect(page.locator("#wb-who-slot")).to_contain_text("join1")
    assert page.url == room.address, "the code has done its work"
    assert faults(page) == []
    page.get_by_role("button", name="Leave").click()
    expect(page.locator("form.wb-join")).to_be_visible()
    page.get_by_label("Class code").fill(CODE)
    page.get_by_label("Your learner ID").fill("join1")
    page.get_by_label("PIN", exact=True).fill("1111")
    page.keyboard.press("Enter")
    wrong = page.get_by_role("alert").filter(has_text="do not fit together")
    expect(wrong).to_be_focused()
    assert faults(page) == []
    page.get_by_label("PIN", exact=True).fill("2468")
    page.keyboard.press("Enter")
    expect(page.locator("#wb-who-slot")).to_contain_text("join1")


def test_on_a_classrooms_wifi_without_tls_all_of_it_works(room: Room, on: Device) -> None:
    context = on()
    lan = Room(room.folder, room.service)
    [address] = [one for one in json.loads((room.folder / "service.json").read_text())["addresses"] if "127.0.0.1" not in one][:1]
    page = context.new_page()
    page.goto(address)
    assert page.evaluate("[isSecureContext, Boolean(navigator.serviceWorker), Boolean(crypto.subtle)]") == [False, False, False]
    sign_in(page, "lan1")
    page.goto(f"{address}{lan.assignment}.html")
    tab = Tab(page, page.url)
    tab.write("Over the air.", TEXT)
    context.set_offline(True)
    tab.text(TEXT).fill("Over the air, and in the lift.")
    says(tab, OFFLINE)
    context.set_offline(False)
    page.evaluate("dispatchEvent(new Event('online'))")
    says(tab, "✓ All saved")
    assert there(room, "lan1")["answers"][TEXT]["value"] == "Over the air, and in the lift."


def test_the_page_tells_where_it_is_and_says_so(room: Room, on: Device) -> None:
    context = on()
    with context.expect_event("request", lambda request: request.url.endswith("/beat")) as beat:
        tab = at_work(room, context, "page1")
    assert json.loads(beat.value.post_data or "")["section"] == "A small workbook"
    expect(tab.page.locator("#your-work")).to_contain_text("Your tutor does not see what you write before you hand it in")
    expect(tab.page.locator(".wb-saved")).not_to_contain_text("tutor")  # the header has no room for it
    assert ASSIGNMENT in tab.page.url
    tab.page.clock.install()
    tab.page.evaluate("dispatchEvent(new Event('focus')); scrollTo(0, document.body.scrollHeight)")
    with context.expect_event("request", lambda request: request.url.endswith("/beat")) as beat:
        tab.page.clock.fast_forward(31_000)
        tab.page.evaluate("dispatchEvent(new Event('focus'))")
    assert json.loads(beat.value.post_data or "")["section"] == "Hand in", "where everything stands on one page, what is before the eyes"


def test_a_link_into_a_workbook_leads_there_after_signing_in(room: Room, on: Device) -> None:
    page = on().new_page()
    page.goto(room.page)
    expect(page.locator("form.wb-join")).to_be_visible()
    sign_in(page, "back1")
    page.wait_for_url(room.page)
    expect(page.locator(f"#{TEXT} textarea")).to_be_visible()


def test_files_of_the_site_carry_the_services_bundle(room: Room) -> None:
    [script] = (room.folder / "site").glob("workbook.*.js")
    built = Path("src/workbook_helpers/page/built")
    assert script.read_bytes() == (built / "served.js").read_bytes()
