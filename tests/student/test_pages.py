"""My workbooks, receipts and feedback from a real server: what is shown, and what is never given."""

import html
import http.client
import json
import re
import shutil
import urllib.parse
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.client import HTTPMessage
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from workbook_helpers.hand_in import Receipt, hand_in, receipt_page_name
from workbook_helpers.jupyter.pages.shelf import shelf
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

    def card(self, title: str) -> str:
        """Give the words of one card of My workbooks."""
        cards = re.findall(r'<div class="wb-card">.*?</div>', self.ask("/workbook").body.decode(), re.DOTALL)
        texts = [" ".join(html.unescape(re.sub(r"<[^>]+>", " ", card)).split()) for card in cards]
        found = [text for text in texts if text.startswith(title)]
        assert len(found) == 1, texts
        return found[0]


def opened(root: Path, port: int, serve: Callable[..., Any]) -> Site:
    command = ["workbook_helpers.cli", "open", str(root), "--no-browser", "--port", str(port)]
    server = serve(command, root, f"http://127.0.0.1:{port}/workbook")
    address = re.search(r"http://localhost:(\d+)/workbook\?token=([0-9a-f]{20,})", server.log.read_text())
    assert address is not None
    assert address[1] == str(port)
    return Site(root=root, port=port, token=address[2])


@pytest.fixture(scope="module")
def site(
    tmp_path_factory: pytest.TempPathFactory, new_desk: "type[Desk]", new_port: Callable[[], int], serve: Callable[..., Any]
) -> Iterator[Site]:
    """A folder with a workbook in every state, open. No test changes it."""
    outside = tmp_path_factory.mktemp("student")
    desk = new_desk(outside / "my-workbooks")
    (outside / "secret.html").write_text(OUTSIDE)
    (outside / "feedback").mkdir()
    (outside / "feedback" / "secret.html").write_text(OUTSIDE)
    desk.add("w01-fresh", title="Fresh & <b>new</b>")
    desk.answer(desk.add("w02-begun", title="Begun"), q01="a", r01="private", t01=" ")
    done = {}
    for name, title in (("w03-handed", "Handed"), ("w04-marked", "Marked")):
        workbook = desk.add(name, title=title)
        desk.answer(workbook)
        done[name] = hand_in(workbook, "ana01")
    marked = desk.root / "w04-marked" / "feedback"
    (marked / "2026-11-20").mkdir(parents=True)
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
    site = opened(desk.root, new_port(), serve)
    site.receipts = done
    yield site
    shutil.rmtree(outside)


@pytest.mark.parametrize(
    ("title", "shown", "hidden"),
    [
        ("Fresh & <b>new</b>", ("About 15 minutes", "0 of 2 questions answered", "Not handed in yet.", "Start"), ("Marked", "receipt")),
        ("Begun", ("1 of 2 questions answered", "Not handed in yet.", "Carry on"), ("✓", "Start", "receipt", "feedback")),
        ("Handed", ("2 of 2 questions answered", "✓ Handed in on", "Not marked yet.", "Open again", "See my receipt"), ("feedback",)),
        ("Marked", ("✓ Handed in on", "✓ Marked: your feedback is here.", "See my feedback", "See my receipt"), ("Not marked",)),
        ("w05-broken", ("cannot be opened", "ask your tutor for a new copy", "Your answers are safe"), ("Start", "Traceback", "TOML")),
        ("Damaged", ("2 of 2 questions answered", "Not handed in yet."), ("Traceback",)),
        ("Pageless", ("Its page is missing.",), ("Start",)),
        ("Odd receipt", ("2 of 2 questions answered", "Not handed in yet.", "Carry on"), ()),
        ("Deep", ("0 of 2 questions answered", "Start"), ()),
    ],
)
def test_my_workbooks_tells_each_state(site: Site, title: str, shown: tuple[str, ...], hidden: tuple[str, ...]) -> None:
    text = site.card(title).removeprefix(title)
    for words in shown:
        assert words in text
    for words in hidden:
        assert words not in text.replace(f": {title}", "").replace(f"on {title}", "").replace(f"for {title}", "")


def test_my_workbooks_are_in_the_units_order_and_broken_ones_last(site: Site) -> None:
    body = site.ask("/workbook").body.decode()
    titles = [html.unescape(title) for title in re.findall(r"<h2[^>]*>(.*?)</h2>", body)]
    assert titles == ["Fresh & <b>new</b>", "Begun", "Handed", "Marked", "Damaged", "Odd receipt", "Deep", "w05-broken", "Pageless"]
    assert "<b>" not in body


def test_every_link_of_my_workbooks_leads_somewhere(site: Site) -> None:
    links = re.findall(r'href="(/[^"]*)"', site.ask("/workbook").body.decode())
    assert "/voila/render/care-2/w09-deep/w09-deep.ipynb" in links
    assert len(links) == 14
    for link in links:
        if not link.startswith("/voila"):  # those start a kernel each; the end-to-end tests open them
            assert site.ask(link).status == 200, link
        else:
            assert (site.root / urllib.parse.unquote(link.removeprefix("/voila/render/"))).is_file()


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
        "/workbook/static/house.css",
        "/voila/render/w01-fresh/w01-fresh.ipynb",
    )
    for path in paths:
        assert site.ask(path).status == 200 or path.startswith("/voila")
        for answer in (site.ask(path, token=False), site.ask(path, token=False, headers={"Authorization": "token 0123"})):
            assert answer.status in {302, 403}, path
            assert answer.headers.get("Location", "/login").startswith("/login"), path
            assert not answer.body or b"login" in answer.body.lower() or b"Forbidden" in answer.body
            assert receipt.code.encode() not in answer.body


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


def test_an_empty_folder_says_what_to_do(desk: "Desk", new_port: Callable[[], int], serve: Callable[..., Any]) -> None:
    empty = opened(desk.root, new_port(), serve)
    text = empty.ask("/workbook").text
    assert "There is no workbook here yet." in text
    assert "Next step: save the file that your tutor gave you into your workbooks folder." in text
    desk.add()
    assert "A small workbook" in empty.card("A small workbook")
    assert "There is no workbook" not in empty.ask("/workbook/").text


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


def test_a_folder_that_cannot_be_listed_is_told(desk: "Desk") -> None:
    assert "cannot be listed" in shelf(desk.root / "gone")[0].fault
