"""The pages Give out and Take in, as a tutor uses them: by mouse and keyboard, without a script, with others at work."""

import re
import shutil
import socket
import zipfile
from contextlib import closing
from http.client import HTTPConnection
from io import BytesIO
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import pytest
from playwright.sync_api import FilePayload, Locator, Page, Route, expect

from autograde.classes.folder import Course
from autograde.desk import give_out, take_in
from autograde.desk.pages import plain
from autograde.inbox.arrived import new_batch
from tests.axe import violations
from tests.conftest import ROOT, command_of, free_port
from tests.desk.conftest import EVIL, Desk, Serve, as_json, drop_on, fits, headers, said, start
from tests.tutor.conftest import Kit

REAL = "w00-start-here"


def payload(name: str, data: bytes) -> FilePayload:
    """Give a file as a browser takes it."""
    return {"name": name, "mimeType": "application/octet-stream", "buffer": data}


@pytest.fixture(scope="module")
def served(serve: Serve, model: Path, surroundings: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A class of its own, since these tests change what is in; on its shelf stands a real workbook, too."""
    folder = tmp_path_factory.mktemp("taking")
    root = Path(shutil.copytree(model, folder / "class"))
    shutil.copytree(surroundings["WORKBOOKS_DIR"], folder / "shelf")
    shutil.copytree(ROOT / "workbooks" / REAL, folder / "shelf" / REAL)
    shutil.copytree(surroundings["AUTOGRADE_KEYS"], folder / "own")
    for kind in ("keys", "rubrics"):
        shutil.copyfile(ROOT / "autograde" / "content" / kind / "w00.toml", folder / "own" / kind / "w00.toml")
    return start(serve, root, {**surroundings, "WORKBOOKS_DIR": str(folder / "shelf"), "AUTOGRADE_KEYS": str(folder / "own")}, free_port())


@pytest.fixture
def at(paged: Page, served: Desk) -> Page:
    """The page Take in."""
    return served.enter(paged, "take-in")


def line(page: Page) -> Locator:
    """What is said of long work."""
    return page.locator("#desk-work-line")


def drop(page: Page, *files: tuple[str, bytes]) -> None:
    """Drop files, and take them in."""
    drop_on(page.get_by_text("Choose files, or drop them here"), *files)
    page.get_by_role("button", name="Take in", exact=True).first.click()


def put_away(page: Page) -> None:
    """Have the page say no more of the last work."""
    page.get_by_role("button", name="Put this away").click()
    expect(line(page)).to_have_count(0)


def test_a_download_is_dropped_and_taken_back(served: Desk, at: Page, kit: Kit) -> None:
    files = {
        "Fay Fenn_106_assignsubmission_file/x (1).zip": kit.hand_in("fay01"),
        "Ana Evans_101_assignsubmission_file/x.zip": kit.hand_in("ana01", "2026-11-19T09:00:00+00:00"),
        "Somebody Else_109_assignsubmission_file/x.zip": kit.hand_in("see01"),
        "Cai_103_assignsubmission_file/<img src=x onerror=alert(1)>.pdf": b"%PDF-1.7",
    }
    at.get_by_role("button", name="Take in", exact=True).click()
    expect(at.locator("#take-files-fault")).to_have_text("Choose the files of the hand-ins, or drop them here.")
    drop(at, ("Care-w01-1.zip", kit.zipped(files)))
    expect(line(at)).to_contain_text("taken in", timeout=10_000)
    expect(line(at)).to_contain_text("2 files cannot be used.")
    expect(at.get_by_role("heading", name=re.compile("Not usable: "))).to_be_visible(timeout=6_000)
    expect(at.get_by_role("row").filter(has_text="Fay Fenn")).to_be_visible()
    expect(at.get_by_text("onerror=alert(1)").first).to_be_visible()
    expect(at.locator("#missing-heading + ul")).to_contain_text("<script>")
    assert violations(at) == []
    fits(at, 320)
    at.set_viewport_size({"width": 1280, "height": 900})
    assert plain(take_in.data(served.course)) == as_json(at, served, "take-in")
    put_away(at)
    at.get_by_role("button", name="Take all of it back").first.click()
    said(at, "taken back. What was there before counts again, and nothing was deleted.")
    expect(at.get_by_role("row").filter(has_text="Fay Fenn")).to_have_count(0)
    at.get_by_role("button", name="Undo").click()
    said(at, "counted again.")
    expect(at.get_by_role("row").filter(has_text="Fay Fenn")).to_be_visible()
    at.get_by_role("button", name="Take back the hand-in of Fay Fenn").click()
    said(at, "The hand-in of Fay Fenn was taken back.")
    expect(at.locator("#missing-heading + ul")).to_contain_text("Fay Fenn")
    at.get_by_role("button", name="Undo").click()
    expect(at.get_by_role("row").filter(has_text="Fay Fenn")).to_be_visible()
    assert at.evaluate("document.title").startswith("Take in")


def test_whose_is_it_ask_again_put_away(served: Desk, at: Page, kit: Kit) -> None:
    drop(at, ("eve.zip", kit.hand_in("nobody99", t01="A third answer", q01="b")), ("letter.docx", b"PK\x03\x04 no"))
    expect(line(at)).to_contain_text("cannot be used", timeout=10_000)
    put_away(at)
    card = at.locator(".desk-aside > li").filter(has_text="eve.zip")
    card.get_by_role("button", name=re.compile("Take it in")).click()
    expect(card.locator(".desk-fault")).to_have_text("Pick the learner whose hand-in this is.")
    expect(card.get_by_label("Whose is it?")).to_be_focused()
    card.get_by_label("Whose is it?").select_option("eve01")
    card.get_by_role("button", name=re.compile("Take it in")).click()
    said(at, f"It was taken in as the hand-in of Eve {EVIL}.")
    expect(at.locator(".desk-aside > li").filter(has_text="eve.zip")).to_have_count(0)
    at.get_by_role("button", name="Undo").click()
    said(at, "It was taken back, and waits again.")
    expect(card).to_be_visible()
    other = at.locator(".desk-aside > li").filter(has_text="letter.docx")
    expect(other.get_by_label("Whose is it?")).to_have_count(0)
    other.get_by_text("Ask again").click()
    expect(other.get_by_label("Message to the learner")).to_have_value(re.compile("I have your file for “A small workbook”, but I cannot"))
    at.context.grant_permissions(["clipboard-read", "clipboard-write"])
    other.get_by_role("button", name="Copy").click()
    expect(other.get_by_role("button", name="Copied")).to_be_visible()
    assert "Please open the workbook again" in at.evaluate("navigator.clipboard.readText()")
    other.get_by_role("button", name=re.compile("Put away")).click()
    said(at, "letter.docx was put away. It is kept.")
    expect(other).to_have_count(0)
    at.get_by_role("button", name="Undo").click()
    expect(other).to_be_visible()
    assert violations(at) == []
    fits(at, 320)
    number = at.locator(".desk-aside > li").count()
    at.get_by_role("button", name="Put all of these away").focus()
    at.keyboard.press("Enter")
    said(at, f"{number} files were put away. They are kept.")
    expect(at.locator(".desk-aside > li")).to_have_count(0)
    at.get_by_role("button", name="Undo").click()
    expect(at.locator(".desk-aside > li")).to_have_count(number)


def test_by_keyboard_alone_and_without_a_script(served: Desk, plain_page: Page, kit: Kit) -> None:
    page = served.enter(plain_page, "take-in")
    page.locator("#take-files").set_input_files(payload("cai.zip", kit.hand_in("cai01", "2026-11-20T10:00:00+00:00")))
    page.locator("#take-files").focus()
    for _ in range(2):  # past the choice of the workbook, where there are two
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent") == "Take in":
            break
    with page.expect_navigation():
        page.keyboard.press("Enter")
    for _ in range(40):
        if page.get_by_text("hand-in was taken in").count() or page.get_by_text("were taken in").count():
            break
        page.wait_for_timeout(250)
        page.goto(f"{served.base}/desk/take-in")
    expect(page.get_by_text("1 hand-in was taken in.")).to_be_visible()
    page.get_by_role("button", name="Put this away").click()
    page.get_by_role("button", name=re.compile("Take all of it back")).first.click()
    said(page, "taken back")


def test_a_large_download_goes_to_the_disk_as_it_comes(served: Desk, at: Page, kit: Kit, tmp_path: Path) -> None:
    large = tmp_path / "large.zip"
    with zipfile.ZipFile(large, "w") as archive:
        archive.writestr("Participant_103_assignsubmission_file/x.zip", kit.hand_in("cai01", t01="From a large one", q01="a"))
        archive.writestr("Ana Evans_101_assignsubmission_file/film.mov", bytes(55_000_000))
    at.locator("#take-files").set_input_files(large)
    at.get_by_role("button", name="Take in", exact=True).click()
    expect(line(at)).to_contain_text("cannot be used", timeout=20_000)
    assert list((served.course.root / "received" / ".arrived").iterdir()) == []
    put_away(at)
    secret = headers(at)
    reply = at.request.put(f"{served.base}/desk/arriving?name=x.zip&batch=../..", data=b"x", headers=secret)
    assert (reply.status, "do not wait here any more" in reply.json()["fault"]) == (422, True)
    [process] = [one for one in psutil.Process(served.server.process.pid).children() if "jupyter" in " ".join(command_of(one))]
    before = process.rlimit(psutil.RLIMIT_FSIZE)
    process.rlimit(psutil.RLIMIT_FSIZE, (10, before[1]))  # as a full disk does: what is written last does not fit
    try:
        reply = at.request.put(f"{served.base}/desk/arriving?name=x.zip", data=b"x" * 100, headers=secret)
    finally:
        process.rlimit(psutil.RLIMIT_FSIZE, before)
    assert (reply.status, reply.json()["fault"]) == (
        422,
        "The file cannot be kept (File too large). See that the disk has room, then try again.",
    )
    assert list((served.course.root / "received" / ".arrived").iterdir()) == []


def test_a_refused_file_is_answered_when_all_of_it_has_come(served: Desk, at: Page) -> None:
    """An answer amid it would close the connection, and the browser's next file would meet a closed door."""
    cookies = "; ".join(f"{one['name']}={one['value']}" for one in at.context.cookies())
    address = urlsplit(served.base)
    line = HTTPConnection(address.hostname or "", address.port, timeout=20)
    line.auto_open = 0
    line.connect()
    with closing(line):
        for _ in range(2):  # without the secret of our own pages
            line.putrequest("PUT", f"{address.path}/desk/arriving?name=x.zip")
            line.putheader("Cookie", cookies)
            line.putheader("Content-Length", "2")
            line.endheaders(b"x")
            line.sock.settimeout(1)
            with pytest.raises(TimeoutError):
                line.sock.recv(1, socket.MSG_PEEK)
            line.sock.settimeout(20)
            line.send(b"x")
            with line.getresponse() as reply:
                assert (reply.status, reply.read() != b"") == (403, True)


def test_what_was_not_taken_in_waits(served: Desk, at: Page, kit: Kit) -> None:
    batch = new_batch(served.course)
    (batch / "letter.pdf").write_bytes(b"%PDF-1.7")
    card = at.locator(f"section:has(#take-{batch.name})")
    expect(card).to_contain_text("letter.pdf", timeout=6_000)
    card.get_by_role("button", name="Throw away").click()
    said(at, "These files wait here no more.")
    expect(card).to_have_count(0)
    made = kit.hand_in("ben01", t01="Cut off by the end of the desk", q01="b")
    batch = new_batch(served.course)
    (batch / "ben.zip").write_bytes(made)
    card = at.locator(f"section:has(#take-{batch.name})")
    card.get_by_role("button", name="Take in").click(timeout=6_000)
    expect(line(at)).to_have_text("Taking in: 1 hand-in was taken in.", timeout=10_000)
    put_away(at)
    expect(card).to_have_count(0)


def test_while_the_page_follows_no_press_is_lost_and_what_was_wrong_stays(served: Desk, at: Page, kit: Kit) -> None:
    drop(at, ("eve.zip", kit.hand_in("nobody98", t01="Whose?", q01="b")))
    expect(line(at)).to_contain_text("cannot be used", timeout=10_000)
    put_away(at)
    aside = at.locator(".desk-aside > li").filter(has_text="eve.zip").filter(has_text="nobody98")
    aside.get_by_role("button", name=re.compile("Take it in")).click()
    fault = aside.locator(".desk-fault")
    expect(fault).to_have_text("Pick the learner whose hand-in this is.")
    first, *others = [new_batch(served.course) for _ in range(2)]
    (first / "one.pdf").write_bytes(b"%PDF-1.7")
    card = at.locator(f"section:has(#take-{first.name})")
    expect(card).to_contain_text("one.pdf", timeout=6_000)
    expect(fault).to_have_text("Pick the learner whose hand-in this is.")
    held: list[Route] = []

    def hold(route: Route) -> None:
        if "desk-follows" in route.request.headers and not held:
            held.append(route)
        else:
            route.continue_()

    at.route("**/take-in", hold)
    (others[0] / "two.pdf").write_bytes(b"%PDF-1.7")
    while not held:
        at.wait_for_timeout(20)
    fresh = held[0].fetch()
    card.get_by_role("button", name="Throw away").hover()
    at.mouse.down()
    held[0].fulfill(response=fresh)
    at.wait_for_timeout(300)
    at.mouse.up()
    at.unroute("**/take-in")
    said(at, "These files wait here no more.")
    expect(card).to_have_count(0)
    last = at.locator(f"section:has(#take-{others[0].name})")
    last.get_by_role("button", name="Throw away").click(timeout=6_000)
    expect(last).to_have_count(0)  # what is said is what was said before
    said(at, "These files wait here no more.")
    aside.get_by_role("button", name=re.compile("Put away")).click()
    said(at, "eve.zip was put away. It is kept.")


def test_a_folder_is_watched(served: Desk, at: Page, kit: Kit, tmp_path: Path) -> None:
    folder = tmp_path / "synced"
    folder.mkdir()
    at.get_by_text("Watch a folder").click()
    at.get_by_label("The folder").fill(str(tmp_path / "nowhere"))
    at.get_by_role("button", name="Watch it", exact=True).click()
    expect(at.locator("#watch-folder-fault")).to_contain_text("There is no folder")
    expect(at.get_by_label("The folder")).to_have_value(str(tmp_path / "nowhere"))
    at.get_by_label("The folder").fill(str(folder))
    at.get_by_role("button", name="Watch it", exact=True).click()
    said(at, "is watched: what is new there is taken in by itself.")
    (folder / "dan.zip").write_bytes(kit.hand_in("dan01", t01="From the folder", q01="a"))
    expect(line(at)).to_have_text("Taking in from the watched folder: 1 hand-in was taken in.", timeout=20_000)
    put_away(at)
    at.get_by_text("Watch a folder: on").click()
    at.get_by_role("button", name="Watch it no more").click()
    said(at, "No folder is watched.")
    assert served.course.watched() is None


def test_give_out(served: Desk, at: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    page = served.enter(at, "give-out")
    page.get_by_role("button", name="Give out", exact=True).click()
    expect(page.locator("#form-give .desk-fault")).to_have_text("Tick the workbooks that you want to give out.")
    page.get_by_label("w01 A small workbook").check()
    page.locator(f"#give-{REAL}").check()
    due = page.locator(f"#give-due-{REAL}")
    due.fill("2020-01-01T10:00")
    page.get_by_label("In your words").fill("Upload it in Moodle.")
    page.get_by_label("The address where they do it").fill("moodle")
    page.get_by_role("button", name="Give out", exact=True).click()
    expect(page.locator(f"#give-due-{REAL}-fault")).to_have_text(re.compile("That time is past"))
    expect(page.get_by_label("w01 A small workbook")).to_be_checked()
    due.fill("2036-12-01T17:00")
    page.get_by_role("button", name="Give out", exact=True).click()
    expect(page.locator("#give-hand_in_link-fault")).to_contain_text("begins with https://")
    expect(page.get_by_label("In your words")).to_have_value("Upload it in Moodle.")
    page.get_by_label("The address where they do it").fill("https://moodle.example.org/")
    page.get_by_role("button", name="Give out", exact=True).click()
    done = "Giving out: 1 workbook was given out. w01-small was not: the page Give out says why."
    expect(line(page)).to_have_text(done, timeout=20_000)
    expect(page.locator("#shelf > li").nth(1).locator(".desk-reasons")).to_contain_text("N1: progress is asked 0 times")
    expect(page.locator("#shelf > li").first).to_contain_text("given out Until Monday 1 December 2036, 17:00.")
    expect(page.locator("#shelf > li").first.get_by_label("Hand in by")).to_have_value("2036-12-01T17:00")
    put_away(page)
    page.get_by_text("Text to paste for w00").click()
    text = page.locator(f"#paste-{REAL}")
    expect(text).to_have_value(re.compile("Upload it in Moodle. https://moodle.example.org/"))
    expect(text).to_have_value(re.compile(r"Hand it in by Monday 1 December 2036, 17:00 \(UK time\)\."))
    assert violations(page) == []
    fits(page, 320)
    page.set_viewport_size({"width": 1280, "height": 900})
    with page.expect_download() as kept:
        page.get_by_role("link", name="Download the file of w00").click()
    assert kept.value.suggested_filename == f"{REAL}.html"
    reply = page.request.get(f"{served.base}/desk/give-out/site")
    assert {"index.html", f"{REAL}.html"} <= set(zipfile.ZipFile(BytesIO(reply.body())).namelist())
    monkeypatch.setenv("WORKBOOKS_DIR", served.environment["WORKBOOKS_DIR"])
    assert plain(give_out.data(Course(served.course.root))) == as_json(page, served, "give-out")
