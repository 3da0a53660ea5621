"""The guide at the desk, the pictures in it, and the leaflet for learners: one printed page that runs nothing."""

import re
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Page, expect

from autograde.classes.folder import Course
from autograde.classes.owner import CONFIG
from autograde.desk import guide
from autograde.desk.registry import pages
from autograde.desk.templates import environment
from autograde.errors import ClassError
from autograde.outbox.leaflet import leaflet, write_leaflet
from autograde.outbox.served import serve_anew
from tests.axe import violations
from tests.desk.conftest import Desk, fits
from tests.desk.test_learner_parts import run

WORDS = '# hand_in="Upload it in Moodle under Workbook 1.", hand_in_link="https://moodle.example.org/",'


def test_the_guide_is_read_with_its_parts_and_pictures() -> None:
    shown = guide.data()
    assert "where-a-class-lies-safely" in {part.name for part in shown.parts}
    pictures = [piece for piece in shown.pieces if not isinstance(piece, str)]
    assert ("desk-home.png", "The desk’s page “Home”") in pictures
    text = "".join(piece for piece in shown.pieces if isinstance(piece, str))
    assert "<img" not in text
    assert "<!--" not in text
    assert not re.search(r'href="(?!https?://|#)', text)


def test_it_is_there_without_a_class_too() -> None:
    assert list(pages(in_class=False)) == ["classes", "guide"]
    assert list(pages(in_class=True))[-1] == "guide"
    assert "How to do your workbooks" in leaflet(None)


def test_nothing_of_a_guide_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "tutor.md"
    file.write_text(
        "# T\n\n## A <script>x()</script>\n\n<img src=x onerror=x()> [a](javascript:x) ![b](https://a.example/b.png)\n", "utf-8"
    )
    monkeypatch.setattr(guide, "GUIDE", file)
    text = "".join(str(piece) for piece in guide.data().pieces)
    assert not re.search(r"<script|<img[^>]*onerror|javascript:", text)
    file.unlink()
    template = environment().get_template("guide.html.j2")
    shown = "".join(template.blocks["main"](template.new_context({"page": guide.data(), "link": lambda *_: ""})))
    assert "docs/tutor.md" in shown
    assert "Look at the leaflet" in shown


def test_the_leaflet_says_what_the_class_says(course: Course, tmp_path: Path) -> None:
    assert "Upload it in Moodle" not in leaflet(course)
    config = course.root / CONFIG
    text = config.read_text("utf-8")
    assert WORDS in text
    config.write_text(text.replace(WORDS, WORDS.removeprefix("# ").replace("Workbook 1", "<b>Workbook 1</b>")), "utf-8")
    shown = leaflet(course)
    assert "Upload it in Moodle under &lt;b&gt;Workbook 1&lt;/b&gt;." in shown
    assert 'href="https://moodle.example.org/"' in shown
    assert "Care level 2" in shown
    assert not re.search(r"<script| src=|@import|url\(", leaflet(None) + shown)
    file = tmp_path / "leaflet.html"
    assert write_leaflet(course, file).read_text("utf-8") == shown
    write_leaflet(course, file)
    (tmp_path / "mine.html").write_text("mine", "utf-8")
    with pytest.raises(ClassError, match="not made by this command"):
        write_leaflet(course, tmp_path / "mine.html")


def test_of_a_class_that_is_served_the_leaflet_says_what_its_page_has(course: Course) -> None:
    files = ("in that browser only", "Save a copy", "Open my copy", "one small file", "Do not open it")
    alone = leaflet(course)
    serve_anew(course)
    served = leaflet(course)
    assert [words for words in files if words not in alone or words in served] == []
    for words in ("Sign in", "on your college’s computer", "you get a receipt", "“Leave” in the menu", "My workbooks"):
        assert words in served
        assert words not in alone


def test_the_command_writes_it(course: Course, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    code, text = run(course, monkeypatch, capsys, "leaflet", str(tmp_path / "leaflet.html"))
    assert code == 0, text
    assert (tmp_path / "leaflet.html").is_file()


def test_the_guide_is_a_page_of_the_desk(desk: Desk, window: Page) -> None:
    window.get_by_role("link", name="Guide").click()
    expect(window.get_by_role("heading", level=1)).to_have_text("Guide")
    for picture in window.locator(".desk-guide img").all():
        picture.scroll_into_view_if_needed()
        expect(picture).to_have_js_property("complete", value=True)
        assert picture.evaluate("async node => { await node.decode(); return node.naturalWidth; }") > 500
    window.get_by_role("link", name="Where a class lies safely").press("Enter")
    expect(window.get_by_role("heading", name="Where a class lies safely")).to_be_in_viewport()
    schemes: tuple[Literal["light", "dark"], ...] = ("light", "dark")
    for scheme in schemes:
        window.emulate_media(color_scheme=scheme)
        assert violations(window) == []
    for width in (320, 1280):
        fits(window, width)


def test_the_leaflet_is_one_printed_page(desk: Desk, window: Page) -> None:
    reply = window.goto(f"{desk.base}/desk/guide/leaflet")
    assert reply is not None
    assert reply.headers["content-security-policy"].startswith("sandbox; default-src 'none'")
    expect(window.get_by_role("heading", level=2)).to_have_text(["Open", "Answer", "Hand in", "Get it back", "Is something wrong?"])
    fits(window, 320)
    for served in (False, True):
        if served:
            serve_anew(desk.course)
            window.reload()
            expect(window.get_by_text("on your college’s computer")).to_be_visible()
        printed = window.pdf(prefer_css_page_size=True)
        assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1
    window.goto(f"{desk.base}/desk/guide")
    with window.expect_download() as started:
        window.get_by_role("link", name="Download it").click()
    assert started.value.suggested_filename == "how-to-do-your-workbooks.html"
