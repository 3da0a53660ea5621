"""My workbooks, receipts and feedback from a real server: what is shown, and what is never given."""

import gzip
import html
import http.client
import json
import re
import shutil
import sys
import urllib.parse
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.client import HTTPMessage
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Page, expect

from tests.axe import violations
from tests.conftest import as_somebody, free_port
from workbook_helpers.hand_in import hand_in, receipt_page_name
from workbook_helpers.handed_in import Receipt
from workbook_helpers.jupyter.pages.shelf import shelf
from workbook_helpers.links import HOME, part
from workbook_helpers.style import CSS

if TYPE_CHECKING:
    from tests.student.conftest import Desk

FEEDBACK = "<!DOCTYPE html><title>Feedback</title><p>12 of 12 points<script>alert(1)</script>"
OUTSIDE = "Nobody may read this over the web."
ELSEWHERE = re.compile(rb"https?://(?!localhost|127\.0\.0\.1|www\.w3\.org/)[^\s\"'<)]+")


@dataclass(frozen=True)
class Answer:
    """What the server answered."""

    status: int
    headers: HTTPMessage
    body: bytes

    @property
    def text(self) -> str:
        """The body without tags, white space drawn together."""
        return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", self.body.decode())).split())


@dataclass(kw_only=True)
class Site:
    """A running server, its folder, and the token that it printed."""

    root: Path
    port: int
    token: str
    receipts: dict[str, Receipt] = field(default_factory=dict)

    def ask(self, path: str, *, method: str = "GET", token: bool = True, body: str = "", headers: dict[str, str] | None = None) -> Answer:
        """Ask for a path exactly as it is written, following nothing."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            sent = {"Content-Type": "application/x-www-form-urlencoded"} | (headers or {})
            if token:
                sent["Authorization"] = f"token {self.token}"
            connection.request(method, path, body or None, sent)
            answer = connection.getresponse()
            return Answer(answer.status, answer.headers, answer.read())
        finally:
            connection.close()

    def cards(self) -> dict[str, Any]:
        """Give title → what the page of My workbooks knows of it."""
        text = re.search(r'<script type="application/json" id="wb-shelf">(.*?)</script>', self.ask("/workbook").body.decode(), re.DOTALL)
        assert text
        return {card["title"]: card for card in json.loads(text[1])}


def opened(root: Path, port: int, serve: Callable[..., Any]) -> Site:
    command = ["workbook_helpers.cli", "open", str(root), "--no-browser", "--port", str(port)]
    server = serve(command, root, f"http://127.0.0.1:{port}/workbook")
    address = re.search(r"http://localhost:(\d+)/workbook\?token=([0-9a-f]{20,})", server.log.read_text())
    assert address is not None
    assert address[1] == str(port)
    return Site(root=root, port=port, token=address[2])


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, new_desk: "type[Desk]", serve: Callable[..., Any]) -> Iterator[Site]:
    """A folder with a workbook in every state, open. No test changes it."""
    outside = tmp_path_factory.mktemp("student")
    desk = new_desk(outside / "my-workbooks")
    (outside / "secret.html").write_text(OUTSIDE)
    (outside / "feedback").mkdir()
    (outside / "feedback" / "secret.html").write_text(OUTSIDE)
    desk.add("w01-fresh", title="Fresh & <b>new</b>")
    desk.answer(desk.add("w02-begun", title="Begun"), q01="a", r01="private", t01=" ")
    done = {}
    for name, title, answers in (("w03-handed", "Handed", {"q01": "a", "declaration": True}), ("w04-marked", "Marked", {})):
        workbook = desk.add(name, title=title)
        desk.answer(workbook, **answers)
        done[name] = hand_in(workbook, "ana01")
    marked = desk.root / "w04-marked" / "feedback"
    (marked / "2026-11-20").mkdir(parents=True)
    (marked / "2026-11-19").mkdir()
    (marked / "2026-11-19" / "w04-marked.html").write_text(f"{HOME}Home</a> {part('Say “why” & how')}Say</a>")
    (marked / "2026-11-20" / "w04-marked.html").write_text(FEEDBACK)
    (marked / "2026-11-20" / "notes.txt").write_text(OUTSIDE)
    (marked / "link.html").symlink_to(outside / "secret.html")
    (marked / "linked").symlink_to(outside)
    (desk.root / "w04-marked" / "page.html").write_text(OUTSIDE)
    (desk.root / "handed-in" / "link.html").symlink_to(outside / "secret.html")
    (desk.root / "handed-in" / "notes.txt").write_text(OUTSIDE)
    (desk.root / "handed-in" / "folder.html").mkdir()
    (desk.root / "w02-begun" / "feedback").symlink_to(outside / "feedback")
    desk.add("w05-broken")
    (desk.root / "w05-broken" / "workbook.toml").write_text("title = [broken")
    desk.answer(desk.add("w06-damaged", title="Damaged"))
    (desk.root / "w06-damaged" / "answers.json").write_bytes(b'{"answers": {"w06-q01": 3\xff')
    desk.add("w07-pageless", title="Pageless")
    (desk.root / "w07-pageless" / "w07-pageless.ipynb").unlink()
    desk.answer(desk.add("w08-odd", title="Odd receipt"))
    (desk.root / "handed-in" / "w08-odd-x.json").write_text(json.dumps({"handed_in_at": 5, "file": "x.zip", "unanswered": []}))
    deep = new_desk(desk.root / "care-2")
    deep.add("w09-deep", title="Deep")
    site = opened(desk.root, free_port(), serve)
    site.receipts = done
    yield site
    shutil.rmtree(outside)


def test_my_workbooks_knows_each_state(site: Site) -> None:
    cards = site.cards()
    titles = ["Fresh & <b>new</b>", "Begun", "Handed", "Marked", "Damaged", "Odd receipt", "Deep"]
    assert [title for title, card in cards.items() if not card["fault"]] == titles, "in the unit's order"
    assert cards["w05-broken"]["fault"] == "It cannot be opened. Please ask your tutor for a new copy. Your answers are safe."
    assert cards["Pageless"]["fault"] == "Its page is missing."
    answered = {title: [name.partition("-")[2] for name in cards[title]["mine"]["answered"]] for title in titles}
    assert answered == {
        "Fresh & <b>new</b>": [],
        "Begun": ["q01", "r01"],
        "Handed": ["q01", "declaration"],
        **{title: ["q01", "t01", "r01", "declaration"] for title in ("Marked", "Damaged", "Odd receipt")},
        "Deep": [],
    }
    assert {title for title in titles if cards[title]["mine"]["handed"]} == {"Handed", "Marked"}
    assert cards["Handed"]["mine"]["handed"] == {"at": site.receipts["w03-handed"].handed_in_at, "through": "file"}
    assert [title for title in titles if "feedback" in cards[title]["mine"]] == ["Marked"]
    first = cards["Fresh & <b>new</b>"]
    assert {name: one["purpose"] for name, one in first["items"].items()}["w01-q01"] == "assessed"
    assert (first["minutes"], first["due"]) == ([15, 15], "")
    assert "stem" not in first["items"]["w01-q01"]


def test_the_page_draws_each_state(site: Site, page: Page) -> None:
    page.goto(f"http://localhost:{site.port}/workbook?token={site.token}")
    expect(page.locator("#wb-cards h2")).to_have_text(
        [re.compile("^Continue: Section 1, about [0-9]+ minutes? left$"), "To do", "Handed in", "Done", "Cannot be opened"]
    )
    text = page.locator("#wb-cards").inner_text()
    top, todo, handed, done, fault = re.split(r"\n(?:To do|Handed in|Done|Cannot be opened)\n", text)
    shown = {
        top: ("Odd receipt", "Answered: For your tutor 2 of 2", "Continue"),  # answered last
        todo: (
            "Fresh & <b>new</b>",
            "About 15 minutes · For your tutor 0 of 2",
            "Begun",
            "Answered: For your tutor 1 of 2",
            "Damaged",
            "Deep",
            "Start",
        ),
        handed: ("Handed", "For your tutor 1 of 2", "✓ File for your tutor made on", "Open again", "See my receipt"),
        done: ("For your tutor 2 of 2", "✓ Marked: your feedback is here.", "See my feedback", "Open again", "See my receipt"),
        fault: ("w05-broken", "ask your tutor for a new copy", "Pageless", "Its page is missing."),
    }
    for below, words in shown.items():
        for word in words:
            assert word in below, below
    assert "Traceback" not in text
    assert "Not marked" not in text, "of a file nobody here can know"
    links = [link.get_attribute("href") or "" for link in page.locator("main a").all()]
    assert "/voila/render/care-2/w09-deep/w09-deep.ipynb" in links
    assert len(links) == 7 + 2 + 1 + 1  # each opens, two receipts, one feedback, how accessible it is
    for link in links:
        if not link.startswith("/voila"):  # those start a kernel each; the end-to-end tests open them
            assert site.ask(link).status == 200, link
        else:
            assert (site.root / urllib.parse.unquote(link.removeprefix("/voila/render/"))).is_file()
    for width in (320, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert violations(page) == []


def test_a_receipt_and_its_file_are_given(site: Site) -> None:
    receipt = site.receipts["w03-handed"]
    page = site.ask(f"/workbook/receipt/{receipt_page_name(receipt)}")
    assert (page.status, page.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert receipt.code in page.text
    link = re.search(rf'href="\.\./(handed-in/{re.escape(receipt.file)})"', page.body.decode())
    assert link is not None
    file = site.ask(f"/workbook/{link[1]}")
    assert file.body == (site.root / "handed-in" / receipt.file).read_bytes()
    assert file.headers["Content-Type"] == "application/zip"
    assert file.headers["Content-Disposition"] == f'attachment; filename="{receipt.file}"'


def test_pages_may_run_nothing_and_load_nothing_from_elsewhere(site: Site) -> None:
    receipt = site.receipts["w03-handed"]
    pages = {
        "home": site.ask("/workbook"),
        "receipt": site.ask(f"/workbook/receipt/{receipt_page_name(receipt)}"),
        "file": site.ask(f"/workbook/handed-in/{receipt.file}"),
        "feedback": site.ask("/workbook/feedback/w04-marked/feedback/2026-11-20/w04-marked.html"),
    }
    for name, page in pages.items():
        assert page.status == 200, name
        rules = dict([*rule.split(), ""][:2] for rule in page.headers["Content-Security-Policy"].split(";"))
        assert rules["default-src"] == "'none'", name
        assert rules.get("script-src", "'none'") == ("'self'" if name == "home" else "'none'"), name
        assert rules["frame-ancestors"] == "'self'", name
        assert not ELSEWHERE.findall(page.body), name
    assert pages["home"].headers["Cache-Control"] == "no-store"
    for name in ("receipt", "file", "feedback"):
        assert pages[name].headers["X-Content-Type-Options"] == "nosniff"
    assert pages["feedback"].body.decode() == FEEDBACK
    style = site.ask("/workbook/static/house.css")
    assert (style.body.decode(), style.headers["Content-Type"]) == (CSS, "text/css")
    assert not ELSEWHERE.findall(style.body)


def test_a_feedback_page_leads_home_and_back_to_the_workbook(site: Site) -> None:
    page = site.ask("/workbook/feedback/w04-marked/feedback/2026-11-19/w04-marked.html").body.decode()
    workbook = "/voila/render/w04-marked/w04-marked.ipynb#Say-%E2%80%9Cwhy%E2%80%9D-%26-how"
    assert page == f'<a href="/workbook">Home</a> <a href="{workbook}">Say</a>'
    assert site.ask("/workbook").status == 200


def test_what_pages_load_is_packed_and_kept_for_good_under_an_address_of_its_content(site: Site) -> None:
    asked = {"Accept-Encoding": "gzip"}
    page = site.ask("/workbook", headers=asked)
    loads = re.findall(r'(?:href|src)="(/workbook/static/[^"]+)"', page.body.decode())
    assert {link.rpartition("/")[2] for link in loads} == {"page.css", "workbook.css", "dyslexic.css", "workbook.js"}
    for link in loads:
        packed, plain = site.ask(link, headers=asked), site.ask(link)
        assert packed.headers["Content-Encoding"] == "gzip" or len(plain.body) < 1024, link
        assert plain.headers["Content-Encoding"] is None
        assert (gzip.decompress(packed.body) if packed.headers["Content-Encoding"] else packed.body) == plain.body
        for answer in (packed, plain):
            assert "Accept-Encoding" in answer.headers["Vary"]
            assert "immutable" in answer.headers["Cache-Control"]
            assert "max-age=31536000" in answer.headers["Cache-Control"]
    name = re.sub("/[0-9a-f]{12}/", "/000000000000/", next(link for link in loads if link.endswith(".js")))
    for link in (name, "/workbook/static/workbook.js"):  # of an older version, or without one: the browser asks each time
        assert site.ask(link).headers["Cache-Control"] == "no-cache"
    letters = site.ask(re.sub(r"[^/]+$", "Letters-Regular.woff2", loads[0]), headers=asked)
    assert (letters.headers["Content-Encoding"], letters.headers["Cache-Control"].endswith("immutable")) == (None, True)
    assert page.headers["Content-Encoding"] is None  # its forms carry a secret


@pytest.mark.parametrize("door", ["voila/render", "workbook/open"])
def test_a_workbooks_page_has_its_text_and_a_place_for_each_question_and_loads_four_files(site: Site, door: str) -> None:
    answer = site.ask(f"/{door}/w01-fresh/w01-fresh.ipynb", headers={"Accept-Encoding": "gzip"})
    assert (answer.status, answer.headers["Content-Encoding"]) == (200, "gzip")
    text = gzip.decompress(answer.body).decode()
    assert re.search("<h1[^>]*>Fresh", text)
    assert re.findall(r'data-wb-ask="([^"]+)"', text)
    loads = re.findall(r'<(?:link|script)[^>]*(?:href|src)="(/[^"]+)"', text)
    assert [link.rpartition("/")[2] for link in loads] == ["page.css", "workbook.css", "dyslexic.css", "workbook.js"]
    assert all(link.startswith("/workbook/static/") for link in loads)
    assert "voila" not in text.lower()
    assert "jupyter-config" not in text
    rules = answer.headers["Content-Security-Policy"].partition(",")[0]
    assert "default-src 'none'" in rules
    assert re.search(r"script-src 'nonce-[\w-]+';", rules)


@pytest.mark.parametrize("shelf", ["receipt", "handed-in"])
@pytest.mark.parametrize(
    "name",
    [
        "nothing.html",
        "nothing.zip",
        "..",
        "../secret.html",
        "../../secret.html",
        "%2e%2e/secret.html",
        "..%2Fsecret.html",
        "%2e%2e%2Fsecret.html",
        "%2e%2e%2F%2e%2e%2Fsecret.html",
        "..%5Csecret.html",
        "%252e%252e%252Fsecret.html",
        "/etc/passwd",
        "%2Fetc%2Fpasswd",
        "link.html",
        "folder.html",
        "notes.txt",
        "*.html",
        "%2A.zip",
        "[a-z]*.html",
        "**",
        "w08-odd-x.json",
        "learner.json",
        "..%2Flearner.json",
        "..%2Fw02-begun%2Fanswers.json",
        "x%00.html",
        "a" * 300 + ".html",
        "x%0d%0aSet-Cookie:a=b.html",
    ],
)
def test_no_other_file_is_given_as_a_receipt(site: Site, shelf: str, name: str) -> None:
    answer = site.ask(f"/workbook/{shelf}/{name}")
    assert answer.status == 404
    assert OUTSIDE.encode() not in answer.body
    assert b"Traceback" not in answer.body
    assert not ELSEWHERE.findall(answer.body)


@pytest.mark.parametrize(
    "path",
    [
        "w04-marked/feedback/nothing.html",
        "w04-marked/feedback/2026-11-20/notes.txt",
        "w04-marked/feedback/link.html",
        "w04-marked/feedback/linked/secret.html",
        "w02-begun/feedback/secret.html",
        "w04-marked/page.html",
        "w04-marked/feedback/../page.html",
        "w04-marked/feedback/%2e%2e/page.html",
        "w04-marked%2Ffeedback%2F%2e%2e%2Fpage.html",
        "w04-marked/feedback/%2e%2e/%2e%2e/%2e%2e/secret.html",
        "../feedback/secret.html",
        "%2e%2e/feedback/secret.html",
        "%2e%2e%2Ffeedback%2Fsecret.html",
        "/etc/feedback/x.html",
        "%2Fetc%2Fpasswd",
        "w04-marked/answers.json",
        "w04-marked/feedback/../answers.json",
        "handed-in/feedback/x.html",
        "w04-marked/feedback/x%00.html",
        "w04-marked/feedback/" + "a" * 300 + ".html",
        "w04-marked/feedback/2026-11-20",
    ],
)
def test_no_other_file_is_given_as_feedback(site: Site, path: str) -> None:
    answer = site.ask(f"/workbook/feedback/{path}")
    assert answer.status == 404
    assert OUTSIDE.encode() not in answer.body
    assert b"Traceback" not in answer.body


def test_without_the_token_nothing_is_given(site: Site) -> None:
    receipt = site.receipts["w03-handed"]
    paths = (
        "/workbook",
        "/workbook/",
        f"/workbook/receipt/{receipt_page_name(receipt)}",
        f"/workbook/handed-in/{receipt.file}",
        "/workbook/feedback/w04-marked/feedback/2026-11-20/w04-marked.html",
        "/voila/render/w01-fresh/w01-fresh.ipynb",
    )
    for path in paths:
        assert site.ask(path).status == 200 or path.startswith("/voila")
        for answer in (site.ask(path, token=False), site.ask(path, token=False, headers={"Authorization": "token 0123"})):
            assert answer.status in {302, 403}, path
            assert answer.headers.get("Location", "/login").startswith("/login"), path
            assert not answer.body or b"login" in answer.body.lower() or b"Forbidden" in answer.body
            assert receipt.code.encode() not in answer.body


@pytest.mark.parametrize("path", ["static/workbook.js", "words/en.ftl"])
def test_what_all_pages_load_is_given_to_anybody(site: Site, path: str) -> None:
    answer = site.ask(f"/workbook/{path}", token=False, headers={"Sec-Fetch-Mode": "cors", "Sec-Fetch-Site": "same-origin"})
    assert answer.status == 200, "a hub lets no script's own request in by a cookie: no question would show there"


def test_a_form_of_another_site_starts_nothing(site: Site) -> None:
    answer = site.ask("/workbook/start", method="POST", body="assignment=w01-fresh", token=False)
    assert answer.status == 403
    cookie = site.ask(f"/workbook?token={site.token}", token=False).headers.get_all("Set-Cookie")
    assert cookie
    known = {"Cookie": "; ".join(line.split(";")[0] for line in cookie)}
    assert site.ask("/workbook", token=False, headers=known).status == 200
    answer = site.ask("/workbook/start", method="POST", body="assignment=w01-fresh", token=False, headers=known)
    assert answer.status == 403


def test_a_workbook_that_is_not_there_to_start_is_told(site: Site) -> None:
    for name in ("w99-nowhere", "../../etc", "w01-fresh", ""):
        answer = site.ask("/workbook/start", method="POST", body=urllib.parse.urlencode({"assignment": name}))
        assert answer.status == 409
        assert "This workbook is not there any more. Load the page again." in answer.text
    assert site.ask("/workbook/start", method="POST").status == 400


def test_an_empty_folder_says_what_to_do(page: Page, desk: "Desk", serve: Callable[..., Any]) -> None:
    empty = opened(desk.root, free_port(), serve)
    page.goto(f"http://localhost:{empty.port}/workbook?token={empty.token}")
    expect(page.locator("#wb-cards")).to_contain_text("There is no workbook here yet.")
    expect(page.locator("#wb-cards")).to_contain_text("Next step: save the file that your tutor gave you into your workbooks folder.")
    desk.add()
    assert [*empty.cards()] == ["A small workbook"]


@pytest.mark.parametrize("name", ["workbook.toml", "items.toml"])
@pytest.mark.parametrize("damage", [b"x = \xff", b"x = " + b"[" * 100_000], ids=["bytes", "deep"])
def test_a_damaged_workbook_does_not_hide_the_others(desk: "Desk", name: str, damage: bytes) -> None:
    desk.add("w02-fine")
    (desk.add().folder / name).write_bytes(damage)
    assert [bool(card.fault) for card in shelf(desk.root)] == [False, True]


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00+00:00", "9999-12-31T23:59:59-23:00"])
def test_a_receipt_of_an_impossible_time_does_not_break_the_list(desk: "Desk", at: str) -> None:
    workbook = desk.add()
    desk.answer(workbook)
    record = desk.root / "handed-in" / hand_in(workbook, "ana01").file.replace(".zip", ".json")
    record.write_text(json.dumps(json.loads(record.read_bytes()) | {"handed_in_at": at}), "utf-8")
    assert not shelf(desk.root)[0].fault


@pytest.mark.skipif(sys.platform == "win32", reason="rights are other there")
@pytest.mark.parametrize("mode", [0, 0o644], ids=["closed", "listed"])
def test_a_folder_of_somebody_else_does_not_hide_the_others(desk: "Desk", mode: int) -> None:
    desk.add("w02-fine")
    locked = desk.add().folder
    assert len(shelf(desk.root)) == 2
    locked.chmod(mode)
    assert as_somebody(desk.root, lambda: [bool(card.fault) for card in shelf(desk.root)] == [False])


def test_a_folder_that_cannot_be_listed_is_told(desk: "Desk") -> None:
    assert "cannot be listed" in shelf(desk.root / "gone")[0].fault
