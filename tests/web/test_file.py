"""A workbook as one file: what is in it, and what can never be."""

import base64
import hashlib
import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import ConsoleMessage, Dialog, Page

from autograde.checks.secrets import leaks, secrets
from autograde.content import load_key, load_rubrics, load_samples
from tests.conftest import ROOT
from tests.web.conftest import W01, Edit, Tags
from workbook_helpers.errors import ContentError
from workbook_helpers.items import KINDS, Workbook, load_workbook, read_notebook
from workbook_helpers.web import workbook_file
from workbook_helpers.web.body import body
from workbook_helpers.words import LANGUAGES, catalogue

WORKBOOKS = sorted(path.parent for path in (ROOT / "workbooks").glob("*/workbook.toml"))
OWN, OTHERS = (sorted(folder.glob("media/*.svg"))[0].relative_to(folder.parent) for folder in WORKBOOKS[1:3])
"""A picture of w01, and one of another workbook."""
LIMIT = 450_000
HOSTILE = "</script><script>alert(1)</script><!--<script>\"'&"


def tags(workbook: Workbook) -> Tags:
    return Tags(workbook_file(workbook).decode())


@pytest.mark.parametrize("folder", WORKBOOKS, ids=lambda folder: folder.name)
def test_every_workbook_has_the_notebooks_cells_in_order_is_small_and_holds_no_key(folder: Path, tmp_path: Path) -> None:
    workbook = load_workbook(folder)
    page = workbook_file(workbook)
    assert len(page) <= LIMIT
    (tmp_path / "page.html").write_bytes(page)
    texts = secrets(load_key(workbook.id), load_rubrics(workbook.id), load_samples(workbook.id))
    assert texts or workbook.id == "w00"
    assert list(leaks(texts, [tmp_path])) == []
    cells = read_notebook(workbook.notebook)["cells"]
    asked = [re.findall(r'"(.*)"', "".join(cell["source"]))[0] for cell in cells if cell["cell_type"] == "code"]
    found = Tags(page.decode()).found
    places = [about for tag, about in found if about.get("class") in ("wb-place", "jp-RenderedHTMLCommon jp-RenderedMarkdown")]
    assert [about.get("data-wb-ask") for about in places if about["class"] == "wb-place"] == asked
    assert [about["class"] == "wb-place" for about in places] == [cell["cell_type"] == "code" for cell in cells]
    ids = [about["id"] for _, about in found if "id" in about]
    assert len(ids) == len(set(ids))


def test_it_has_what_the_page_leans_on(w01: Workbook) -> None:
    page = tags(w01)
    ids = {about.get("id") for _, about in page.found}
    assert {
        "wb-main",
        "wb-contents",
        "wb-display",
        "wb-here",
        "wb-bar",
        "wb-progress-slot",
        "wb-saved-slot",
        "wb-who-slot",
        "wb-lost",
        "wb-book",
        "wb-words",
    } <= ids
    book = json.loads(page.script(id="wb-book"))
    assert (book["workbook"], book["assignment"], book["release"]) == ("w01", W01, w01.release)
    assert book["items"].keys() == w01.items.keys()
    unused = {"home", "join", "program", "referral", "served", *KINDS} - {item.kind for item in w01.items.values()}
    assert json.loads(page.script(id="wb-words")) == {name: catalogue(name, without=unused) for name in LANGUAGES}
    assert "JavaScript" in workbook_file(w01).decode().partition("<noscript>")[2].partition("</noscript>")[0]


def test_nothing_is_fetched_and_nothing_else_runs(w01: Workbook) -> None:
    page = tags(w01)
    for tag, about in page.found:
        for name in ("src", "href", "action", "srcset", "poster", "data", "style"):
            value = about.get(name) or ""
            assert not value or value.startswith(("data:", "#")) or (tag, name) == ("a", "href"), (tag, about)
        assert not [name for name in about if name.startswith("on")]
    assert not re.search(r"url\((?!data:)|@import", "".join(text for about, text in page.raw if "type" not in about))
    [policy] = [about["content"] or "" for tag, about in page.found if about.get("http-equiv") == "Content-Security-Policy"]
    script = page.script(type="module")
    assert f"script-src 'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}';" in policy
    assert policy.startswith("default-src 'none';")
    assert sum(tag == "script" and about.get("type") != "application/json" for tag, about in page.found) == 1


def test_pictures_are_inside_with_their_words(w01: Workbook) -> None:
    pictures = [about for tag, about in tags(w01).found if tag == "img"]
    assert len(pictures) == len(list((w01.folder / "media").iterdir()))
    assert all((about["src"] or "").startswith("data:image/svg+xml,") and len(about["alt"] or "") > 20 for about in pictures)


@pytest.mark.parametrize(
    "text",
    [
        "![x](media/none.svg)",
        "![x](w01.svg)",
        f"![x](../{OTHERS.as_posix()})",
        "![x](media/../items.toml)",
        "![x](https://example.org/x.svg)",
        "![x](data:image/svg+xml,x)",
        "![x](attachment:x.png)",
        '<img alt="x">',
    ],
)
def test_a_picture_that_is_not_there_is_told_in_one_sentence(text: str, edited: Edit) -> None:
    with pytest.raises(ContentError, match=rf"^{W01}/{W01}\.ipynb, cell 1 shows .*\. Put the picture into") as told:
        workbook_file(edited(text))
    assert "\n" not in str(told.value)


def test_code_that_asks_for_nothing_is_told(edited: Edit) -> None:
    workbook = edited("x")
    path = workbook.notebook
    notebook = json.loads(path.read_bytes())
    notebook["cells"][0] |= {"cell_type": "code", "source": "import os", "outputs": [], "execution_count": None}
    path.write_text(json.dumps(notebook), "utf-8")
    with pytest.raises(ContentError, match="cell 1 is neither text nor ask"):
        workbook_file(workbook)


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        f'<img src="media/{OWN.name}" onerror="alert(1)">',
        "[x](javascript:alert(1))",
        '<a href="&#106;avascript:alert(1)">x</a>',
        '<iframe src="https://example.org"></iframe><object data="x"></object><embed src="x">',
        '<svg onload="alert(1)"><script>alert(1)</script></svg>',
        '<form action="https://example.org"><input name="x"></form>',
        '<style>@import "https://example.org";</style><p style="background:url(https://example.org)">x</p>',
        '<base href="https://example.org"><meta http-equiv="refresh" content="0">',
        f'<math><mtext><table><mglyph><style><img src="media/{OWN.name}" onerror="alert(1)">',
        '<div id="wb-book">{}</div><div id="wb-main" data-wb-ask="w01-q01">x</div>',
    ],
)
def test_markdown_reads_and_does_nothing(text: str, edited: Edit) -> None:
    page = Tags(body(edited(text)))
    allowed = {"class", "id", "lang", "title", "href", "src", "alt", "width", "height", "start", "align", "colspan", "rowspan", "scope"}
    for tag, about in page.found:
        assert tag not in ("script", "iframe", "object", "embed", "svg", "form", "input", "style", "base", "meta", "math")
        assert about.keys() <= allowed or about.get("class") in ("wb-place", "wb-section")
        assert (about.get("href") or "#").startswith(("#", "https://", "mailto:"))
        assert not (about.get("id") or "").startswith("wb-")


def test_headings_have_ids_of_their_own_and_no_mark(edited: Edit) -> None:
    workbook = edited("## Twice", "## Twice\n\n## Twice")
    page = body(workbook)
    assert body(workbook) == page, "the ids of one page are not those of another"
    assert re.findall(r'id="(Twice[^"]*)"', page) == ["Twice", "Twice-2", "Twice-3"]
    assert "¶" not in page
    assert "anchor-link" not in page


def test_hostile_words_stay_data(edited: Edit, page: Page, tmp_path: Path) -> None:
    item = f"""[[items]]
id = "w01-p99"
kind = "reflection"
purpose = "private"
stem = {json.dumps(HOSTILE)}
"""
    workbook = edited(items=item, title=HOSTILE)
    made = tags(workbook)
    assert json.loads(made.script(id="wb-book"))["items"]["w01-p99"]["stem"] == HOSTILE
    (tmp_path / "x.html").write_bytes(workbook_file(workbook))
    said: list[str] = []
    asked: list[str] = []

    def console(message: ConsoleMessage) -> None:
        said.extend([message.text] if message.type == "error" else [])

    def dialog(shown: Dialog) -> None:
        said.append(shown.message)
        shown.dismiss()

    page.on("dialog", dialog)
    page.on("console", console)
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.goto((tmp_path / "x.html").as_uri())
    assert page.title() == HOSTILE
    assert page.evaluate("JSON.parse(document.getElementById('wb-book').textContent).title") == HOSTILE
    assert said == []
    assert [url for url in asked if not url.startswith(("data:", "blob:"))] == [(tmp_path / "x.html").as_uri()]
