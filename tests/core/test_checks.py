"""Each rule of `autograde check` finds what was planted for it, and a new workbook breaks none that must be kept."""

import json
import re
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from autograde.author import mend, new_workbook
from autograde.checks import ADVICE, RULES, check_all, check_coverage, check_workbook, faults
from autograde.checks.language import runs
from autograde.errors import AuthorError
from tests.conftest import ROOT
from workbook_helpers.items import load_workbook

NAME = "w42-a-quiet-word"
SHELF = ROOT / "workbooks"


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A shelf with one new workbook, and its key beside it."""
    monkeypatch.setenv("AUTOGRADE_KEYS", str(tmp_path))
    (tmp_path / "workbooks").mkdir()
    new_workbook(tmp_path / "workbooks", NAME, 'A "quiet" word')
    return tmp_path


def found(desk: Path) -> dict[str, list[str]]:
    rules: dict[str, list[str]] = {}
    for finding in check_workbook(desk / "workbooks" / NAME):
        rules.setdefault(finding.rule, []).append(finding.text)
    return rules


def change(desk: Path, file: str, old: str, new: str) -> None:
    paths = {
        "notebook": f"workbooks/{NAME}/{NAME}.ipynb",
        "items": f"workbooks/{NAME}/items.toml",
        "about": f"workbooks/{NAME}/workbook.toml",
    }
    path = desk / paths.get(file, f"{file}/w42.toml")
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def test_a_new_workbook_works_and_is_told_what_is_missing(desk: Path) -> None:
    assert load_workbook(desk / "workbooks" / NAME).about.title == 'A "quiet" word'
    assert found(desk).keys() <= {"C1", "C5", "C8"}
    assert not found(desk).keys() & RULES.keys()


TEACH, STEM = "Teach here:", "A colleague is late for the handover again. What do you do first?"
LONG = " ".join(["Notwithstanding organisational considerations, interdisciplinary communication necessitates responsibility"] * 9)
NOW = datetime.now(UTC)
MONTH, READ = f"{NOW:%Y-%m}", f"{NOW:%B %Y}"
CORRIDOR = "You hear two colleagues argue in the corridor, next to a resident's open door. What do you do first?"
REASON = "She may have a reason that you can help with, and nobody is shown up in front of others."
WRONG = "Tell the others what you think of it."
WORDS = "**Handover**: what one shift tells the next one."
FAULTS = [
    ("C1", "notebook", "# The main points", "# In short", "it has no section “The main points”"),
    ("C2", "notebook", TEACH, "The Equality Act 2010 says so.", "'Equality Act 2010' is named and is no reference"),
    ("C2", "notebook", TEACH, "The Human Rights Act says so.", "'Rights Act' is named"),
    ("C2", "notebook", TEACH, "The Care Act 2019 says so.", "'Care Act 2019' is named"),
    ("C2", "items", WRONG, "The duty of candour says so.", "'duty of candour' is named"),
    ("C3", "about", MONTH, f"{NOW.year - 2}-01", "was last read"),
    ("C3", "about", MONTH, f"{NOW.year + 1}-01", "still to come"),
    ("C4", "rubrics", '"5–6"', '"6"', "do not go from 0 to 10 without a gap"),
    ("C5", "samples", "points = 2", "points = 9", "by the rubric it is undecided"),
    ("C5", "samples", "points = 2", "points = 99", "by the rubric it is undecided"),
    ("C5", "samples", "[false, false, false]", "[false]", "judges 1 of the 3 points"),
    ("C5", "samples", 'task = "w42-t01"', 'task = "w42-t09"', "a sample answers w42-t09, which has no rubric"),
    ("C6", "about", MONTH, f"{NOW.year - 1}-{NOW:%m}", f"“Checked {NOW:%B} {NOW.year - 1}.”"),
    ("C6", "notebook", "https://www.legislation.gov.uk/ukpga/2014/23/contents", "https://www.example.org/", "is no reference"),
    ("C7", "about", 'code = "1.1"', 'code = "9.9"', "workbook.toml lists 9.9"),
    ("C7", "items", 'criterion = "1.1"', 'criterion = "1.2"', "w42-q01 names the criterion '1.2'"),
    ("C7", "rubrics", 'criterion = "1.1"', 'criterion = "1.2"', "the rubric w42-t01 names the criterion '1.2'"),
    ("C8", "notebook", "Welcome.", "Teach here:", '“A "quiet" word” still says “Teach here:”'),
    ("I1", "items", WRONG, "All of these", "'All of these' takes in the others"),
    ("I1", "items", WRONG, "Both A and B", "takes in the others"),
    ("I1", "items", WRONG, "None of the above are right.", "takes in the others"),
    ("I4", "items", STEM, "Which of these is not kind?", "asks for what is not so"),
    ("I4", "items", STEM, "Which of these isn't kind?", "asks for what is n't so"),
    ("I4", "items", STEM, "Which of these should you avoid?", "asks for what is avoid so"),
    ("I5", "items", CORRIDOR, STEM, "2 items have the stem"),
    ("I6", "items", REASON, "Yes.", "the feedback 'Yes.' gives no reason"),
    ("L1", "notebook", TEACH, LONG + ".", "“A first section”, from “"),
    ("L1", "notebook", TEACH, LONG + ".", "the whole has grade"),
    ("L1", "notebook", TEACH, LONG + ".", "the mean sentence has"),
    ("L1", "notebook", TEACH, LONG.replace(" ", "\\n") + ".", "the mean sentence has"),
    ("L1", "notebook", "# The main points", f"## A part\\n\\n{LONG}.\\n\\n## The main points", "“A part"),
    ("L2", "notebook", TEACH, "The color of thier coats.", "'color'; 'colour'?"),
    ("L2", "notebook", TEACH, "Color matters.", "'Color'; 'colour'?"),
    ("L3", "notebook", TEACH, "A service user came in.", "people who use the service"),
    ("L3", "notebook", TEACH, "A service-user suffers badly from it.", "has, lives with"),
    ("L4", "notebook", WORDS, "**Zebra**: a striped animal.", "'Zebra' is explained and never used"),
    ("L4", "notebook", WORDS, "**Art**: what people paint.", "'Art' is explained and never used"),
    ("L4", "notebook", WORDS, "**Handover**: talk.", "'Handover' is not explained"),
    ("K1", "keys", 'right = "a"', 'right = "z"', "w42-q01"),
    ("N3", "notebook", "## A first section", "#### A first section", "skips a level"),
    ("N6", "notebook", TEACH, "<script>stolen()</script>", "has the element <script>"),
    ("N6", "notebook", TEACH, "<SCRIPT\\nsrc=x>", "has the element <script>"),
    ("N6", "notebook", TEACH, "<img src=x onerror=stolen()>", "has the event handler onerror"),
    ("N6", "notebook", TEACH, "<b OnClick='stolen()'>b</b>", "has the event handler onclick"),
    ("N6", "notebook", TEACH, "[a](javascript:stolen())", "has a link that is a program"),
    ("N6", "notebook", TEACH, "[a](JaVa&#115;cript:stolen())", "has a link that is a program"),
    ("N6", "notebook", TEACH, "<a href=' java\\tscript:stolen()'>a</a>", "has a link that is a program"),
    ("N6", "notebook", TEACH, "[a][b]\\n\\n[b]: vbscript:stolen()\\n\\n", "has a link that is a program"),
    ("N6", "notebook", TEACH, "<a href='data:text/html,x'>a</a>", "has a link that is a program or a file in itself"),
    ("N6", "notebook", TEACH, "<img src='data:image/svg+xml,x'>", "has a link that is a program or a file in itself"),
    ("N6", "notebook", TEACH, "<img src='//example.org/x.png'>", "shows a picture from elsewhere"),
    ("N6", "notebook", TEACH, "<iframe src=x></iframe>", "has the element <iframe>"),
    ("N6", "notebook", TEACH, "<object data=x></object>", "has the element <object>"),
    ("N6", "notebook", TEACH, "<form><input></form>", "has the element <form>"),
    ("N6", "notebook", TEACH, "<svg onload=stolen()></svg>", "has the element <svg>"),
    ("N6", "items", WRONG, "Say <script>stolen()</script>", "w42-p01 has the element <script>"),
    ("N6", "items", WRONG, "<img src onerror=stolen()>", "w42-p01 has the event handler onerror"),
    ("N6", "items", WRONG, "See [this](javascript:stolen()).", "w42-p01 has a link that is a program"),
    ("N6", "about", 'A \\"quiet\\" word', "<script>stolen()</script>", "workbook.toml has the element <script>"),
    ("N6", "notebook", '"cell_type": "markdown"', '"cell_type": "raw"', "is a raw cell"),
    ("N8", "notebook", '"name": "workbook"', '"name": "python3"', 'a kernelspec with the name "workbook"'),
    ("N8", "notebook", '"workbook": {', '"book": {', "its metadata needs"),
]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: f"{fault[0]}: {fault[-1]}")
def test_a_planted_fault_is_found(desk: Path, fault: tuple[str, str, str, str, str]) -> None:
    rule, file, old, new, told = fault
    shutil.copytree(SHELF / "frameworks", desk / "workbooks/frameworks")
    before = found(desk).get(rule, [])
    change(desk, file, old, new)
    fresh = [text for text in found(desk).get(rule, []) if text not in before]
    assert any(told in text for text in fresh), fresh


BROKEN = {
    "a number for an option": ("keys", 'right = "a"', "right = 5", "K1", "must be one of"),
    "levels in words": ("rubrics", '"5–6"', '"some"', "R0", "points"),
    "no TOML": ("about", "minutes", "= minutes", "R0", "cannot be read"),
    "a text that is not closed": ("about", f'{MONTH}"', MONTH, "R0", "is not closed"),
    "a field that nobody knows": ("items", "criterion =", "kriterion =", "R0", "check its spelling"),
    "a notebook cut short": ("notebook", '"nbformat_minor"', "", "R0", "as a notebook"),
    "a cell without its text": ("notebook", '"source": [', '"sauce": [', "R0", "as a notebook"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_file_is_a_finding_and_stops_nothing(desk: Path, case: str) -> None:
    file, old, new, rule, told = BROKEN[case]
    change(desk, file, old, new)
    assert any(told in text for text in found(desk)[rule])
    assert any(told in text for text in faults(desk / "workbooks" / NAME)), "so it is not released"
    check_all([desk / "workbooks" / NAME], [])


SVG = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" {}>{}</svg>'
PICTURES = {
    "script": ("x.svg", SVG.format("", "<script>stolen()</script>"), "has the element <script>"),
    "namespace": ("x.svg", SVG.format('xmlns:s="http://www.w3.org/2000/svg"', "<s:script>x</s:script>"), "has the element <script>"),
    "handler": ("x.svg", SVG.format('onload="stolen()"', ""), "has the event handler onload"),
    "foreign": ("x.svg", SVG.format("", "<foreignObject/>"), "has the element <foreignobject>"),
    "elsewhere": ("x.svg", SVG.format("", '<image xlink:href="https://example.org/x.png"/>'), "leads elsewhere"),
    "program": ("x.svg", SVG.format("", '<a href=" javascript:stolen()"/>'), "leads elsewhere"),
    "animated": ("x.svg", SVG.format("", '<set attributeName="onload" to="stolen()"/>'), "has the event handler attributename"),
    "style": ("x.svg", SVG.format("", "<style>@import 'https://example.org/x.css'</style>"), "has a style that loads something"),
    "fill": ("x.svg", SVG.format("", '<g fill="url(https://example.org/x)"/>'), "loads something by fill"),
    "sheet": ("x.svg", "<?xml-stylesheet href='x.css'?>" + SVG.format("", ""), "names a style sheet"),
    "bomb": ("x.svg", "<!DOCTYPE svg [<!ENTITY a 'aaaa'>]>" + SVG.format("", "&a;"), "is no SVG picture"),
    "page": ("x.svg", "<html><body/></html>", "is no SVG picture"),
    "broken": ("x.svg", "<svg", "is no SVG picture"),
    "no PNG": ("x.png", "<html>", "is no PNG picture"),
    "30 MB": ("x.png", "\x89PNG" + "x" * 30_000_000, "has 30.0 MB; the limit is 2 MB"),
}


@pytest.mark.parametrize("case", PICTURES)
def test_a_picture_that_is_more_than_one_is_not_released(desk: Path, case: str) -> None:
    name, text, told = PICTURES[case]
    media = desk / "workbooks" / NAME / "media"
    media.mkdir()
    (media / "good.svg").write_text(SVG.format("", '<g id="a" fill="url(#b)"/><use href="#a"/><style>g { fill: red }</style>'), "utf-8")
    (media / name).write_text(text, "latin-1")
    assert any(fault.startswith("N7: media/x") and told in fault for fault in faults(desk / "workbooks" / NAME))
    assert found(desk)["N7"]


def test_a_picture_beside_media_is_told(desk: Path) -> None:
    (desk / "workbooks" / NAME / "x.svg").write_text(SVG.format("", ""), "utf-8")
    assert found(desk)["N7"] == [
        "x.svg is not where students' pages look; put it into media/, with a name of letters, digits, hyphens and full stops"
    ]


@pytest.mark.parametrize("depth", [60, 100_000])
@pytest.mark.parametrize("name", ["items.toml", "workbook.toml", f"{NAME}.ipynb", "keys", "rubrics", "samples"])
def test_what_is_nested_too_deeply_is_told(desk: Path, name: str, depth: int) -> None:
    path = desk / name / "w42.toml" if "." not in name else desk / "workbooks" / NAME / name
    brackets = "[" * depth + "]" * depth
    if name.endswith(".ipynb"):
        path.write_text(path.read_text("utf-8").replace('"nbformat": 4', f'"deep": {brackets}, "nbformat": 4', 1), "utf-8")
    else:
        path.write_text(f"deep = {brackets}\n" + path.read_text("utf-8"), "utf-8")
    (told,) = check_workbook(desk / "workbooks" / NAME)
    assert (told.rule, "cannot be read" in told.text, path.name in told.text) == ("R0", True, True)
    assert faults(desk / "workbooks" / NAME) == (told.text,)


def test_mending_clears_what_cells_had_put_out(desk: Path) -> None:
    change(desk, "notebook", '"outputs": []', '"outputs": [{"output_type": "stream", "name": "stdout", "text": "x"}]')
    assert "N1" in found(desk)
    assert any("is cleared" in text for text in mend(load_workbook(desk / "workbooks" / NAME)))
    assert "N1" not in found(desk)


def test_an_item_of_a_section_that_is_not_there_gets_no_cell(desk: Path) -> None:
    folder = desk / "workbooks" / NAME
    text = (folder / "items.toml").read_text("utf-8")
    more = text.split("[[items]]")[1].replace("p01", "p02").replace("A first section", "A frist section").replace("late", "early")
    (folder / "items.toml").write_text(f"{text}\n[[items]]{more}", "utf-8")
    assert mend(load_workbook(folder)) == ("w42-p02 has no cell yet, as the notebook has no section 'A frist section'",)
    assert {"N1", "N3"} <= found(desk).keys()


def test_a_pattern_in_the_keys_is_found(desk: Path) -> None:
    items, keys = (desk / "workbooks" / NAME / "items.toml"), desk / "keys/w42.toml"
    model = items.read_text("utf-8").split("[[items]]")[3]
    longer = model.replace("Ask them to go on in the office.", "Ask them kindly and quietly to go on with this in the office.")
    for n in range(2, 8):
        with items.open("a", encoding="utf-8") as file:
            file.write("[[items]]" + longer.replace("q01", f"q0{n}").replace("corridor", f"corridor {n}"))
        with keys.open("a", encoding="utf-8") as file:
            file.write(f'w42-q0{n} = {{ right = "a", reason = "A quiet place is kinder to all of them, number {n}." }}\n')
    rules = found(desk)
    assert "6 of 7 assessed items" in rules["I2"][0]
    assert "7 of 7 assessed items stands at place 1" in rules["I3"][0]


def test_patterns_in_stories_and_in_choose_all_are_found(tmp_path: Path) -> None:
    folder = shutil.copytree(SHELF / "w01-working-and-personal", tmp_path / "w01-working-and-personal")
    items = folder / "items.toml"
    wise = re.compile(r'(text = "[^"]*)("\nreply = "[^"]*"\nto = "\w+"\nright = true)')
    text, longer = wise.subn(
        r"\1 Do it soon, and do it with great care, so that nobody has to wait for it any longer than needed.\2", items.read_text("utf-8")
    )
    assert longer == 5
    fourth = 'Write down what he said, in his own words.", right = true'
    assert fourth in text
    items.write_text(text.replace(fourth, fourth.replace("true", "false")), "utf-8")
    rules = [finding.text for finding in check_workbook(folder) if finding.rule in {"I2", "I7"}]
    assert rules == [
        "the right option is the longest in 5 of 5 decisions of w01-s01 (w01-s01 request, w01-s01 late, w01-s01 silence, "
        "w01-s01 others, w01-s01 lonely): at most 2",
        "each of the 2 practice items that say “choose all” has 3 right options",
    ]


def test_words_of_the_essay_are_found(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sentence = "one two three four five six seven eight nine ten"
    (desk / "essay.txt").write_text("\n".join(mark for _, mark in runs(sentence)))
    monkeypatch.setattr("autograde.checks.language.HERE", desk)
    shutil.copy(ROOT / "autograde/checks/words.toml", desk)
    change(desk, "notebook", TEACH, f"Here {sentence}.")
    assert "stands in the essay" in found(desk)["L5"][0]


def test_mend_adds_the_cell_and_tells_nbgrader(desk: Path) -> None:
    folder = desk / "workbooks" / NAME
    text = (folder / "items.toml").read_text("utf-8")
    more = text.split("[[items]]")[3].replace("q01", "q02").replace("corridor", "hall").replace("points = 1", "points = 2")
    (folder / "items.toml").write_text(f"{text}\n[[items]]{more}", "utf-8")
    (desk / "keys/w42.toml").write_text(
        (desk / "keys/w42.toml").read_text("utf-8") + 'w42-q02 = { right = "a", reason = "The same again, in a hall." }\n'
    )
    change(desk, "notebook", '"locked": true', '"locked": false')
    assert {"N1", "N2"} <= found(desk).keys()
    done = mend(load_workbook(folder))
    assert len(done) == 3
    assert not found(desk).keys() & RULES.keys()
    cells = json.loads((folder / f"{NAME}.ipynb").read_text("utf-8"))["cells"]
    place = next(n for n, cell in enumerate(cells) if cell["source"] == ['ask("w42-q02")'])
    assert cells[place - 1]["source"] == ['ask("w42-q01")'], "after the question that is numbered before it"
    assert cells[place]["metadata"]["nbgrader"]["points"] == 2
    cells[place - 1 : place + 1] = reversed(cells[place - 1 : place + 1])
    (folder / f"{NAME}.ipynb").write_text(json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}), "utf-8")
    assert found(desk)["N5"] == ["question 1 is w42-q01 in items.toml, but w42-q02 in the notebook; put them in the same order"]
    assert mend(load_workbook(folder)) == ()


@pytest.mark.parametrize(
    ("name", "told"), [("quiet-word", "cannot be"), ("w42-Other", "cannot be"), ("w42-../x", "cannot be"), ("w42-other", "exists")]
)
def test_a_name_that_cannot_be_is_told_and_nothing_written(desk: Path, name: str, told: str) -> None:
    before = sorted(desk.rglob("*"))
    with pytest.raises(AuthorError, match=told):
        new_workbook(desk / "workbooks", name, "Another")
    assert sorted(desk.rglob("*")) == before


def test_a_criterion_that_is_left_out_is_told(desk: Path) -> None:
    shutil.copytree(SHELF / "frameworks", desk / "workbooks/frameworks")
    findings, table = check_coverage(desk / "workbooks")
    assert ("3.3", "no workbook has teaching for it") in {(finding.where, finding.text) for finding in findings}
    assert "1.1" not in {finding.where for finding in findings if "teaching" in finding.text}
    assert "| **1.1** explain" in table


@pytest.mark.parametrize("folder", [path.parent for path in sorted(SHELF.glob("*/workbook.toml"))], ids=lambda folder: folder.name)
def test_our_own_workbooks_keep_every_rule(folder: Path) -> None:
    findings = check_workbook(folder)
    assert [finding for finding in findings if finding.rule != "C3"] == [], "C3 goes by today's date: a warning that stops nothing"


def test_the_table_of_what_is_covered_is_up_to_date() -> None:
    findings, table = check_coverage(SHELF)
    assert (ROOT / "docs/coverage.md").read_text("utf-8") == table, "run: autograde check --coverage docs/coverage.md"
    assert findings == []


def test_each_rule_says_what_to_do() -> None:
    assert all((rule.__doc__ or "").strip() for rule in (RULES | ADVICE).values())
