"""A student's way in the real browser: answer, lose the kernel, come back, hand in, get a receipt; nothing is lost."""

import json
import re
import sys
import time
import zipfile
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psutil
import pytest
from playwright.sync_api import Page, WebSocket, expect

from tests.conftest import asked, is_saved, kill_kernels, real_workbook
from tests.end_to_end.conftest import W01, Canaries, Student
from workbook_helpers.items import load_workbook

SINGLE, MULTIPLE, WRITTEN, PRIVATE = asked("single"), asked("multiple"), asked("written"), asked("reflection", "private")
ASKED = real_workbook().assessed()
CLOSED = [item.id for item in ASKED if not item.asks_person]


def open_workbook(page: Page, student: Student) -> None:
    page.goto(student.address)
    page.get_by_role("link", name=re.compile("^(Start|Continue|Open again)")).first.click()
    expect(page.locator("#hand-in")).to_be_visible()
    expect(page.locator(f"#{SINGLE} input").first).to_be_visible()


def choose(page: Page, item: str, *numbers: int) -> None:
    for number in numbers:
        page.locator(f"#{item} label").nth(number).click()
    is_saved(page.locator(f"#{item}"))


def write(page: Page, item: str, text: str) -> None:
    page.locator(f"#{item} textarea").first.click()
    page.keyboard.press("Control+End")
    page.keyboard.type(text, delay=5)


def saved(student: Student) -> dict[str, Any]:
    sheet = student.answers.read_text() if student.answers.exists() else '{"answers": {}}'
    return {item: record["value"] for item, record in json.loads(sheet)["answers"].items()}


def test_answers_survive_a_killed_kernel_and_a_closed_page(page: Page, student: Student) -> None:
    open_workbook(page, student)
    choose(page, SINGLE, 1)
    choose(page, MULTIPLE, 0, 2)
    write(page, WRITTEN, "Typed before the kernel died.")
    is_saved(page.locator(f"#{WRITTEN}"))
    chosen = saved(student)
    assert set(chosen) == {SINGLE, MULTIPLE, WRITTEN}
    assert chosen[WRITTEN] == "Typed before the kernel died."
    kill_kernels(student.server.process.pid)
    write(page, WRITTEN, " And this after it.")
    is_saved(page.locator(f"#{WRITTEN}"))  # with nothing to be done: the page finds the next kernel by itself
    expect(page.locator(f"#{WRITTEN} textarea")).to_have_value("Typed before the kernel died. And this after it.")
    expect(page.locator("#wb-lost")).to_be_hidden()
    assert saved(student)[WRITTEN] == "Typed before the kernel died. And this after it."
    page.goto("about:blank")
    open_workbook(page, student)
    expect(page.locator(f"#{SINGLE} input").nth(1)).to_be_checked()
    expect(page.locator(f"#{MULTIPLE} input").nth(2)).to_be_checked()
    expect(page.locator(f"#{WRITTEN} textarea")).to_have_value("Typed before the kernel died. And this after it.")


def test_who_types_on_and_on_is_saved_meanwhile(page: Page, student: Student) -> None:
    open_workbook(page, student)
    page.locator(f"#{WRITTEN} textarea").click()
    on_disk = set()
    for _ in range(40):  # a key every 100 ms, so never the pause after which a save is sent anyway
        page.keyboard.type("x", delay=100)
        if student.answers.exists():
            on_disk.add(saved(student).get(WRITTEN, ""))
    assert len(on_disk - {""}) >= 3, "one save a second"
    is_saved(page.locator(f"#{WRITTEN}"))
    assert saved(student)[WRITTEN] == "x" * 40


def test_a_second_tab_does_not_overwrite_the_first(page: Page, student: Student) -> None:
    open_workbook(page, student)
    second = page.context.new_page()
    open_workbook(second, student)
    page.bring_to_front()
    write(page, WRITTEN, "Written in the first tab.")
    is_saved(page.locator(f"#{WRITTEN}"))
    # Without a look at the tab, which would fetch the newer answer, its own base is old.
    second.evaluate(
        """id => { const box = document.querySelector(`#${id} textarea`); box.value = "Written in the second tab.";
                              box.dispatchEvent(new Event("input", { bubbles: true })); }""",
        WRITTEN,
    )
    conflict = second.locator(f"#{WRITTEN}").get_by_role("alert")
    expect(conflict).to_contain_text("You changed this answer in another window")
    assert saved(student)[WRITTEN] == "Written in the first tab."
    expect(second.locator(f"#{WRITTEN} textarea")).to_have_value("Written in the second tab.")
    conflict.get_by_text("The other answer").first.click()
    expect(conflict.locator("blockquote")).to_have_text("Written in the first tab.")
    conflict.get_by_role("button", name="Keep what is on this page").click()
    is_saved(second.locator(f"#{WRITTEN}"))
    assert saved(student)[WRITTEN] == "Written in the second tab."
    choose(second, SINGLE, 2)
    page.bring_to_front()
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    expect(page.locator(f"#{SINGLE} input").nth(2)).to_be_checked()
    expect(page.locator(f"#{WRITTEN} textarea")).to_have_value("Written in the second tab.")


@pytest.mark.wcag("3.3.1", "4.1.3")
def test_a_folder_that_cannot_be_written_is_told_and_saved_later(page: Page, student: Student) -> None:
    open_workbook(page, student)
    choose(page, SINGLE, 0)
    lock = student.answers.with_name(".answers.lock")
    lock.unlink(missing_ok=True)
    lock.mkdir()  # the tests run as root, whom a read-only folder does not stop
    write(page, WRITTEN, "Kept on the page.")
    status = page.locator(f"#{WRITTEN} .wb-status")
    expect(status).to_contain_text("Not saved yet: the folder cannot be used")
    expect(page.locator(f"#{WRITTEN} textarea")).to_have_value("Kept on the page.")
    assert WRITTEN not in saved(student)
    lock.rmdir()
    is_saved(page.locator(f"#{WRITTEN}"))
    assert saved(student)[WRITTEN] == "Kept on the page."


@pytest.mark.wcag("1.4.1", "4.1.3")
def test_practice_answers_at_once_and_assessed_items_do_not(page: Page, student: Student) -> None:
    open_workbook(page, student)
    practice = page.locator(".wb-question.wb-practice").first
    practice.get_by_role("button", name="Check my answer").click()
    expect(practice.locator(".wb-response")).to_contain_text("Choose an answer first")
    practice.locator("label").first.click()
    practice.get_by_role("button", name="Check my answer").click()
    expect(practice.locator(".wb-note").first).to_be_visible()
    choose(page, SINGLE, 0)
    expect(page.locator(f"#{SINGLE}").get_by_role("button")).to_have_count(0)
    expect(page.locator(f"#{SINGLE} .wb-response")).to_have_count(0)
    expect(page.locator("#wb-progress-slot")).to_contain_text("Practice 1 of")


@pytest.mark.wcag("3.3.1", "3.3.2", "3.3.4")
def test_hand_in_with_review_declaration_and_receipt(page: Page, student: Student) -> None:
    open_workbook(page, student)
    choose(page, SINGLE, 1)
    write(page, WRITTEN, "My own words.")
    write(page, PRIVATE, "A secret reflection.")
    is_saved(page.locator(f"#{PRIVATE}"))
    panel = page.locator("#hand-in")
    expect(panel).to_contain_text(f"You have answered 2 of {len(ASKED)}")
    panel.get_by_role("link", name=re.compile(f"^Question 2 of {len(CLOSED)}")).click()
    expect(page.locator(f"#{CLOSED[1]} input").first).to_be_focused()
    button = panel.get_by_role("button")
    button.click()
    expect(panel.get_by_role("alert")).to_contain_text("tick the declaration")
    expect(page.locator("#w01-declaration input")).to_be_focused()
    page.keyboard.press("Space")
    is_saved(page.locator("#w01-declaration"))
    button.click()
    expect(panel.get_by_role("alert")).to_contain_text("type your learner ID")
    page.keyboard.type("\u200b\u200b")  # signs that nobody sees are no id
    button.click()
    expect(panel.get_by_role("alert")).to_contain_text(f"{len(ASKED) - 2} questions are not finished yet")
    button.click()
    expect(panel.get_by_role("alert")).to_contain_text("letters, digits")
    panel.get_by_label("Your learner ID").fill("s001")
    button.click()
    button.click()
    receipt = panel.locator(".wb-receipt")
    expect(receipt).to_contain_text("Your hand-in file is made")
    code = receipt.locator("strong").inner_text()
    assert re.fullmatch(r"[0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{4}", code)
    [zipped] = (student.folder / "handed-in").glob("*.zip")
    with zipfile.ZipFile(zipped) as archive:
        assert sorted(archive.namelist()) == ["answers.json", "manifest.json", f"{W01}.ipynb"]
        handed_in = archive.read("answers.json").decode()
    assert "My own words." in handed_in
    assert "secret reflection" not in handed_in
    expect(receipt).to_contain_text("Next step: save this file.")
    with page.expect_download():
        receipt.get_by_role("link", name="Save the file").click()
    expect(receipt).to_contain_text("The file is saved, probably among your downloads.Next step: give it to your tutor")
    expect(receipt.get_by_role("link", name="Save the file again")).to_be_focused()
    with page.context.expect_page() as opened:
        receipt.get_by_role("link", name="See and print the receipt").click()
    expect(opened.value.get_by_role("heading", level=1)).to_have_text("Receipt: your hand-in file is made")
    expect(opened.value.locator("main")).to_contain_text(code)
    expect(opened.value.locator("main")).to_contain_text(f"2 of {len(ASKED)}")
    with opened.value.expect_download() as download:
        opened.value.get_by_role("link", name="Save the file").click()
    assert Path(download.value.path()).read_bytes() == zipped.read_bytes()
    page.goto(student.address)
    expect(page.locator("main")).to_contain_text("File for your tutor made on")


@pytest.mark.timeout(120, func_only=True)
def test_no_byte_of_a_key_travels_to_the_page(page: Page, student: Student, canaries: Canaries) -> None:
    received: list[bytes] = []

    def socket_opened(socket: WebSocket) -> None:
        socket.on("framereceived", lambda data: received.append(data if isinstance(data, bytes) else data.encode()))

    page.on("websocket", socket_opened)
    page.on("response", lambda response: received.append(response.body()) if response.ok and response.request.method == "GET" else None)
    open_workbook(page, student)
    for item in (SINGLE, MULTIPLE):
        choose(page, item, 0)
    page.locator(".wb-practice label").first.click()
    page.locator(".wb-practice button").first.click()
    expect(page.locator(".wb-practice .wb-note").first).to_be_visible()
    page.wait_for_load_state("networkidle")
    traffic = b"\n".join(received)
    assert load_workbook(student.answers.parent).items[SINGLE].stem.encode() in traffic, "the watch must have seen the questions"
    assert [text for text in canaries.texts if text.encode() in traffic or json.dumps(text)[1:-1].encode() in traffic] == []


def test_what_is_typed_as_the_page_is_left_is_on_disk_soon(page: Page, student: Student) -> None:
    for n in range(6):
        open_workbook(page, student)
        if n % 3:
            page.locator(f"#{WRITTEN} textarea").fill(f"The last word, {n}.")
        else:  # as some phones write, without a word to the page
            page.locator(f"#{WRITTEN} textarea").evaluate("(node, text) => { node.focus(); node.value = text; }", f"The last word, {n}.")
        page.goto("about:blank")
        end = time.monotonic() + 20
        while saved(student).get(WRITTEN) != f"The last word, {n}.":
            assert time.monotonic() < end, n
            time.sleep(0.1)


@pytest.mark.skipif(sys.platform == "win32", reason="counts what a process has open")
def test_a_page_that_was_left_keeps_nothing_open_on_the_server(page: Page, student: Student) -> None:
    """Else the server tries for ever, many times a second, to reach the kernels that have ended with their pages."""
    server, port = psutil.Process(student.server.process.pid), urlsplit(student.address).port

    def left() -> int:
        open_workbook(page, student)
        page.goto("about:blank")
        psutil.wait_procs(server.children(recursive=True), timeout=40)
        assert not server.children()
        browsers = [one for one in server.net_connections() if one.status != "LISTEN" and one.laddr[1] == port]
        return server.num_fds() - len(browsers)

    first = left()
    assert max(left() for _ in range(4)) <= first
