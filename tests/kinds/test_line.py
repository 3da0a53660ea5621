"""The line from a page to its kernel is found again by itself: no answer is lost, nothing is asked of the student, place and focus stay."""

import json
import re
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, WebSocketRoute, expect

from tests.conftest import Server, free_port, is_saved
from tests.kinds.conftest import KernelPage, written
from tests.kinds.test_frame import ITEMS, TASK, Open, box, keep, on_disk, state

MARK = "globalThis.wbSamePage = true"
SAME = "globalThis.wbSamePage === true"
KERNELS = re.compile("/api/kernels/[^/]+/channels")


def typed_on(kind: KernelPage, text: str) -> None:
    """What is typed is on disk, on the page that was there before, with the focus where it was."""
    is_saved(kind.page.locator(f"#{TASK}"))
    assert on_disk(kind)[TASK] == text
    assert kind.page.evaluate(SAME)
    expect(box(kind)).to_be_focused()
    expect(box(kind)).to_have_value(text)
    expect(kind.page.locator("#wb-lost")).to_be_hidden()


def test_a_kernel_that_died_is_found_again(kernel_page: Open) -> None:
    kind = kernel_page(ITEMS)
    keep(kind, "one")
    kind.page.evaluate(MARK)
    kind.kill()
    box(kind).fill("one two")
    typed_on(kind, "one two")


def test_another_kernel_takes_over_from_one_that_was_ended(kernel_page: Open) -> None:
    kind = kernel_page(ITEMS)
    keep(kind, "one")
    kind.page.evaluate(MARK)
    kernel = kind.page.evaluate("JSON.parse(document.getElementById('wb-book').dataset.kernel)")
    ask = "kernel => fetch(`/api/kernels/${kernel}`, { method: 'DELETE', headers: { 'X-XSRFToken': document.cookie.split('_xsrf=')[1] } })"
    kind.page.evaluate(f"{ask}.then((answer) => answer.status)", kernel)
    box(kind).fill("one two")
    typed_on(kind, "one two")


def test_an_answer_whose_acknowledgement_was_lost_is_no_conflict(kernel_page: Open) -> None:
    kind = kernel_page(ITEMS)
    lost: list[str] = []

    def between(ours: WebSocketRoute) -> None:
        kernel = ours.connect_to_server()

        def answer(frame: str | bytes) -> None:
            if '"saved"' in str(frame) and not lost:
                lost.append("saved")
                kernel.close()
                ours.close()
            else:
                ours.send(frame)

        ours.on_message(kernel.send)
        kernel.on_message(answer)

    kind.page.route_web_socket(KERNELS, between)
    kind.reload()
    kind.page.evaluate(MARK)
    box(kind).fill("one")
    while not lost:
        kind.page.wait_for_timeout(50)
    assert on_disk(kind)[TASK] == "one"
    box(kind).fill("one two")
    typed_on(kind, "one two")


@pytest.fixture
def own_server(serve: Callable[..., Server], tmp_path: Path) -> Iterator[tuple[Path, int, Callable[[], Server]]]:
    """A server of a test's own, that can be started anew at the same address."""
    root, port = tmp_path / "shelf", free_port()
    root.mkdir()
    running: list[Server] = []

    def start() -> Server:
        command = ["workbook_helpers.cli", "open", str(root), "--no-browser", "--port", str(port)]
        running.append(serve(command, root, f"http://localhost:{port}/login"))
        return running[-1]

    yield root, port, start
    for server in running:
        server.stop()


def test_a_server_that_hangs_and_one_that_was_restarted_with_another_token(
    page: Page, own_server: tuple[Path, int, Callable[[], Server]]
) -> None:
    root, port, start = own_server
    server = start()
    workbook = written(root, ITEMS)
    token = re.search(r"token=(\w+)", server.log.read_text())
    assert token
    address = f"http://localhost:{port}/voila/render/{workbook.assignment}/{workbook.notebook.name}?token={token[1]}"
    kind = KernelPage(page, workbook.folder, address, len(workbook.paper()), server.process.pid)
    kind.open()
    page.evaluate(MARK)
    keep(kind, "one")
    server.process.send_signal(signal.SIGSTOP)
    box(kind).fill("one two")
    state(kind, "unsaved")
    expect(page.locator("#wb-lost")).to_be_visible()
    server.process.send_signal(signal.SIGCONT)
    typed_on(kind, "one two")
    server.stop()
    box(kind).fill("one two three")
    state(kind, "unsaved")
    server = start()
    other = re.search(r"token=(\w+)", server.log.read_text())
    assert other
    assert other[1] != token[1]
    typed_on(kind, "one two three")
    assert len(json.loads((workbook.folder / "answers.json").read_text("utf-8"))["answers"]) == 1
