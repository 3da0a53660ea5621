"""The sections of a workbook: what stands below each heading, and about how long that takes."""

import json
import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT
from workbook_helpers.items import load_workbook, read_notebook
from workbook_helpers.items.documents import Document
from workbook_helpers.items.kinds import KINDS
from workbook_helpers.items.sections import ABOUT, SHORT, heading, minutes_needed, sections, shared_out, shown_together, waiting
from workbook_helpers.served.answers import COUNTED
from workbook_helpers.served.live import far
from workbook_helpers.web.body import body

FOLDERS = sorted(path.parent for path in (ROOT / "workbooks").glob("*/workbook.toml"))
SINGLE = {"purpose": "assessed", "points": 1, "stem": "Which?", "options": [{"id": "a", "text": "One"}, {"id": "b", "text": "Two"}]}
WRITTEN = {"purpose": "assessed", "points": 5, "stem": "Explain.", "words": 150}


LONG = " word" * SHORT


def text(source: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "source": source}


def ask(name: str) -> dict[str, Any]:
    return {"cell_type": "code", "source": [f'ask("{name}")']}


PAPER = {
    "w09-q01": KINDS["single"].model_validate({"id": "w09-q01", "kind": "single", **SINGLE}),
    "w09-t01": KINDS["written"].model_validate({"id": "w09-t01", "kind": "written", **WRITTEN}),
}


def test_a_heading_of_level_2_begins_a_section_and_about_stands_outside() -> None:
    cells = [
        text("# Title\nA scene."),
        ask("progress"),
        text("### Small"),
        text("## One *and* `more`\nWords." + LONG),
        ask("w09-q01"),
        text("More."),
    ]
    cells += [text("Before.\n## Two ##"), ask("w09-t01"), ask("hand-in"), text(f"## {ABOUT}\nLong. " * 99), ask("w09-q01")]
    found = sections(cells, PAPER, title="The title", minutes=20)
    assert [(one.title, one.items) for one in found] == [("The title", ()), ("One and more", ("w09-q01",)), ("Two", ("w09-t01",))]
    assert sum(one.minutes for one in found) == 20
    assert found[0].minutes == 1
    assert found[2].minutes > 10 > found[1].minutes, "a written task takes longest; what is said about the workbook takes nothing"


SHORTS = [text("# T\nA scene."), text("## A\nRead."), ask("w09-p01"), text("## B\nMore.")]
ASKED = [text("## C"), ask("w09-q01"), text("## D"), ask("w09-t01")]


@pytest.mark.parametrize(
    ("cells", "titles"),
    [
        pytest.param(SHORTS, [["A", "B"]], id="a few lines are no section"),
        pytest.param([*SHORTS, *ASKED], [["A", "B", "C"], ["D"]], id="what is handed in stands with what leads up to it, each for itself"),
        pytest.param([*SHORTS, text("## X\n" + "word " * (SHORT - 10)), text("## Y")], [["A", "B"], ["X", "Y"]], id="what is long"),
        pytest.param([*SHORTS, text(f"## {ABOUT}"), text("## Z")], [["A", "B"], [ABOUT], ["Z"]], id="about stands outside"),
    ],
)
def test_short_parts_that_follow_each_other_are_one_section(cells: list[dict[str, Any]], titles: list[list[str]]) -> None:
    told = [{"id": name, "text": "One or two", "right": name == "a", "feedback": "word " * SHORT} for name in "ab"]
    practice = {"id": "w09-p01", "kind": "single", "purpose": "practice", "stem": "Which?", "options": told}
    found = shown_together(cells, PAPER | {"w09-p01": KINDS["single"].model_validate(practice)})
    assert [[name for n in part.cells if (name := heading("".join(cells[n]["source"])))] for part in found] == titles
    assert [[*([part.title] if part.title else []), *part.more] for part in found] == titles
    assert [n for part in found for n in part.cells] == list(range(len(cells)))


def test_the_minutes_are_those_of_a_quicker_and_a_slower_reader() -> None:
    cells = [
        text("## One\n" + "word " * 998 + "![a picture of many words](media/x.svg)"),
        ask("w09-q01"),
        text(f"## {ABOUT}\n" + "word " * 999),
    ]
    paper = {"w09-q01": PAPER["w09-q01"].model_copy(update={"document": "w09-d01", "stem": "word " * 590})}
    document = Document(id="w09-d01", form="page", title="Plan", text=("word " * 399,))
    assert minutes_needed(cells, paper, {"w09-d01": document}) == (10, 15), "2,000 words and a question"
    told = [
        {"id": "a", "text": "One", "right": True, "feedback": "word " * 600},
        {"id": "b", "text": "Two", "right": False, "feedback": "No."},
    ]
    practice = {
        "w09-q01": KINDS["single"].model_validate({"id": "w09-q01", "kind": "single", "purpose": "practice", "stem": "?", "options": told})
    }
    assert minutes_needed([text("word " * 1000), ask("w09-q01")], practice, {}) == (5, 15), "feedback is for who needs it"


def test_what_waits_behind_the_first_three_of_earlier_workbooks_takes_no_time() -> None:
    told = [{"id": name, "text": "One or two", "right": name == "a", "feedback": "Yes."} for name in "ab"]
    asked = {f"w09-e0{n}": {"about": ["w08-p01"], "stem": "word " * (90 if n < 4 else 600)} for n in range(1, 6)}
    practice = {
        name: KINDS["single"].model_validate({"id": name, "kind": "single", "purpose": "practice", "options": told} | fields)
        for name, fields in asked.items()
    }
    cells = [text("## One"), *map(ask, practice), text("## Two\n" + "word " * 300)]
    [part] = shown_together(cells, practice)
    assert part.items == tuple(practice), "all are asked there"
    assert part.words < SHORT, "those that wait make no section long"
    assert minutes_needed(cells, practice, {}) == minutes_needed([*cells[:4], cells[-1]], practice, {})


def test_who_has_answered_all_that_is_shown_has_answered_what_a_class_at_work_counts() -> None:
    paper = load_workbook(next(folder for folder in FOLDERS if folder.name.startswith("w02"))).paper()
    assert len(waiting(paper)) == 2
    assert far(paper, ()) == {"answered": 0, "of": sum(item.purpose in COUNTED for item in paper.values()) - 2}


def test_a_document_takes_the_time_to_read_it_where_it_is_first_asked_about() -> None:
    paper = {name: item.model_copy(update={"document": "w09-d01"}) for name, item in PAPER.items()}
    cells = [text("## One"), ask("w09-q01"), text("## Two"), ask("w09-t01")]
    document = Document(id="w09-d01", form="page", title="Plan", text=("word " * 700,))
    without, found = (sections(cells, paper, documents, title="T", minutes=20) for documents in ({}, {"w09-d01": document}))
    assert found[0].minutes > without[0].minutes
    assert found[1].minutes < without[1].minutes


@pytest.mark.parametrize(
    ("source", "title"),
    [
        ("## A [link](https://example.org) here", "A link here"),
        ("### No", None),
        ("```\n## Not this\n```\ntext", None),
        ("~~~\n## Not this\n~~~\n## But this", "But this"),
        ("text ## no", None),
        ("", None),
    ],
)
def test_a_heading_is_found_as_it_is_read(source: str, title: str | None) -> None:
    assert heading(source) == title


def test_a_notebook_that_begins_with_a_heading_has_no_empty_section() -> None:
    assert [one.title for one in sections([text("## First\n" + LONG), text("## Second")], {}, title="T", minutes=5)] == ["First", "Second"]
    assert sections([], {}, title="T", minutes=5) == ()


@pytest.mark.parametrize(
    ("whole", "weights", "shares"),
    [
        pytest.param(10, [1, 1], [5, 5], id="equal"),
        pytest.param(10, [1, 1, 1], [4, 3, 3], id="what is left goes to those that lost most"),
        pytest.param(10, [97, 1, 1, 1], [7, 1, 1, 1], id="nothing has less than a minute"),
        pytest.param(10, [0, 3, 2], [1, 5, 4], id="nor has nothing"),
        pytest.param(2, [5, 5, 5], [1, 1, 1], id="fewer minutes than sections"),
        pytest.param(9, [0, 0], [1, 1], id="nothing at all"),
        pytest.param(9, [], [], id="none"),
    ],
)
def test_minutes_are_shared_out_whole(whole: int, weights: list[float], shares: list[int]) -> None:
    assert shared_out(whole, weights) == shares


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_each_workbooks_sections_are_those_of_its_page_and_add_up_to_its_minutes(folder: Path) -> None:
    workbook = load_workbook(folder)
    book = json.loads(json.dumps(workbook.book()))["sections"]
    page = re.split(r'<section class="wb-section"( data-wb-about)?>', body(workbook))[1:]
    shown = [part for about, part in zip(page[::2], page[1::2], strict=True) if not about]
    headings = [[unescape(re.sub(r"<[^>]+>", "", one)) for one in re.findall(r"<h[12][^>]*>(.*?)</h[12]>", part)] for part in shown]
    assert [[one["title"], *one["more"]] for one in book] == headings
    assert [one["items"] for one in book] == [
        [name for name in re.findall(r'data-wb-ask="([^"]+)"', part) if name not in ("progress", "hand-in")] for part in shown
    ]
    asked = {name for cell in read_notebook(workbook.notebook)["cells"] for name in re.findall(r'ask\("(.+?)"\)', "".join(cell["source"]))}
    assert {name for one in book for name in one["items"]} == asked - {"progress", "hand-in"}
    assert sum(one["minutes"] for one in book) == workbook.about.minutes[1]
    assert all(one["minutes"] >= 1 for one in book)


def test_a_workbook_without_a_notebook_that_can_be_read_has_no_sections(tmp_path: Path) -> None:
    folder = tmp_path / "w09-test"
    folder.mkdir()
    (folder / "workbook.toml").write_text('id = "w09"\ntitle = "Test"\norder = 9\nminutes = 5\n')
    (folder / "items.toml").write_text("")
    assert load_workbook(folder).book()["sections"] == []
    (folder / "w09-test.ipynb").write_text("{")
    assert load_workbook(folder).book()["sections"] == []
