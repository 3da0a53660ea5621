"""Each rule of `autograde check` finds what was planted for it, and a new workbook breaks none that must be kept."""

import json
import re
import shutil
import zipfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import pytest

from autograde.authoring.author import mend, new_workbook
from autograde.checks import ADVICE, RULES, check_all, check_unit, check_workbook, faults
from autograde.checks.amounts import c14_the_unit_is_no_longer_than_it_says
from autograde.checks.coverage import c15_one_list_a_criterion
from autograde.checks.earlier import c17_questions_come_back
from autograde.checks.language import runs
from autograde.checks.scenarios import plays, unsafe_ways_win
from autograde.checks.subject import Subject, load_subject
from autograde.content import load_key
from autograde.content.reading import real_work
from autograde.errors import AuthorError
from autograde.marking.kinds.scenario import unsafe_acts
from tests.conftest import ROOT, asked, real_workbook
from workbook_helpers.items import load_workbook
from workbook_helpers.items.kinds.multiple import Multiple
from workbook_helpers.items.kinds.scenario import UNSAFE, Scenario, worth

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
    assert found(desk).keys() <= {"C1", "C5", "C8", "V3"}
    assert not found(desk).keys() & RULES.keys()
    change(desk, "items", f'{PRACTICE}1.1"', f'{EARLIER}3.2"')
    assert "C7" not in found(desk), "practice from an earlier workbook"


TEACH, STEM = "Teach here:", "A colleague is late for the handover again. What do you do first?"
LONG = " ".join(["Notwithstanding organisational considerations, interdisciplinary communication necessitates responsibility"] * 9)
NOW = datetime.now(UTC)
MONTH, READ = f"{NOW:%Y-%m}", f"{NOW:%B %Y}"
CORRIDOR = "You hear two colleagues argue in the corridor, next to a resident's open door. What do you do first?"
REASON = "She may have a reason that you can help with, and nobody is shown up in front of others."
WRONG = "Tell the others what you think of it."
COAT = "Mrs Green says that she must go to work."
SIT = '  { id = "b", text = "Sit down'
ASIDE = '  { id = "d", text = "Ask her son to come.", right = false, feedback = "He may help later, and she is afraid now." },\n'
WORDS = "**Handover**: what one shift tells the next one."
PRACTICE = 'p01"\nkind = "single"\npurpose = "practice"\ncriterion = "'
EARLIER = PRACTICE.replace("p01", "e01")
ITEM = '[[items]]\nid = "w42-q01"'
TYPED = '[[items]]\nid = "w42-p02"\nkind = "{}"\npurpose = "practice"\nstem = "Type it."\n{}\n\n'
DOCUMENT = '[[documents]]\nid = "w42-d01"\nform = "page"\ntitle = "Plan"\ntext = ["{}"]\n' + ITEM + '\ndocument = "w42-d01"'
FAULTS = [
    ("C1", "notebook", "# The main points", "# In short", "it has no section “The main points”"),
    ("C2", "notebook", TEACH, "The Equality Act 2010 says so.", "'Equality Act 2010' is named and is no reference"),
    ("C2", "notebook", TEACH, "The Human Rights Act says so.", "'Rights Act' is named"),
    ("C2", "notebook", TEACH, "The Care Act 2019 says so.", "'Care Act 2019' is named"),
    ("C2", "items", WRONG, "The duty of candour says so.", "'duty of candour' is named"),
    ("C3", "about", MONTH, f"{NOW.year - 2}-01", "was last read"),
    ("C3", "about", MONTH, f"{NOW.year + 1}-01", "still to come"),
    ("C4", "rubrics", '"5–6"', '"6"', "do not go from 0 to 10 without a gap"),
    ("C4", "rubrics", "one or two must-see", "one must-see", "no level of the rubric w42-t01 says where an answer belongs that lacks two"),
    ("C5", "samples", "points = 2", "points = 9", "by the rubric it is undecided"),
    ("C5", "samples", "points = 2", "points = 99", "by the rubric it is undecided"),
    ("C5", "samples", "[false, false, false]", "[false]", "judges 1 of the 3 points"),
    ("C5", "samples", 'task = "w42-t01"', 'task = "w42-t09"', "a sample answers w42-t09, which has no rubric"),
    ("C6", "about", MONTH, f"{NOW.year - 1}-{NOW:%m}", f"“Checked {NOW:%B} {NOW.year - 1}.”"),
    ("C6", "notebook", "https://www.legislation.gov.uk/ukpga/2014/23/contents", "https://www.example.org/", "is no reference"),
    ("C6", "notebook", "- **Wales:**", "- Wales:", "“Sources” does not say where to look in Wales"),
    ("C7", "about", 'code = "1.1"', 'code = "9.9"', "workbook.toml lists 9.9"),
    ("C7", "items", 'criterion = "1.1"', 'criterion = "1.2"', "w42-q01 names the criterion '1.2'"),
    (
        "C7",
        "items",
        'p01"\nkind = "single"\npurpose = "practice"\ncriterion = "1.1"',
        f'{EARLIER}9.9"',
        "w42-e01 names the criterion '9.9'",
    ),
    ("C7", "items", "words = ", 'further = ["1.2"]\nwords = ', "w42-t01 names the criterion '1.2'"),
    ("C7", "rubrics", 'criterion = "1.1"', 'criterion = "1.2"', "the rubric w42-t01 names the criterion '1.2'"),
    ("C8", "notebook", "Six more people", "Teach here: six people", '“A "quiet" word” still says “Teach here:”'),
    ("C9", "notebook", "Six more", "Six more " * 25, "the opening scene has"),
    ("C9", "notebook", "wait for you", "wait", "does not speak to “you”"),
    ("C9", "notebook", 'ask(\\"w42-p00\\")', 'ask(\\"w42-p01\\")', "its first three cells must be"),
    ("C9", "items", 'p00"\nkind = "single"', 'p00"\nkind = "multiple"', "w42-p00 must be a practice item of kind single"),
    ("C9", "items", "w42-p00", "w42-p07", "w42-p00 must be a practice item of kind single"),
    ("C9", "items", COAT, f"{COAT} {COAT} What do you do first?", "the stem of w42-p00 has"),
    ("C9", "items", "carry on.", "carry on with the work that still waits for you.", "an option of w42-p00 has more than 12 words"),
    ("C9", "items", SIT, ASIDE + SIT, "w42-p00 has 4 options: at most 3"),
    (
        "C11",
        "about",
        "minutes = [",
        "minutes = [1, 2] # [",
        "it says 1 to 2 minutes, and by its words and items it takes 20 to 25: write minutes = [20, 25]",
    ),
    ("C12", "about", 'code = "1.1"', 'code = "3.1"', "does not say that 3.1 needs evidence “from your own work”"),
    ("C13", "notebook", TEACH, "See [CQC](https://www.cqc.org.uk/).", "https://www.cqc.org.uk/ is a home page"),
    ("C13", "notebook", TEACH, "See [the Act](https://[www.legislation.gov.uk).", "https://[www.legislation.gov.uk is no address"),
    ("C13", "about", "https://www.legislation.gov.uk/ukpga/2014/23/contents", "https://www.legislation.gov.uk", "is a home page"),
    ("E1", "about", 'title = "A first section"', 'title = "A last section"', "'A last section', which the notebook does not have"),
    ("E1", "about", '["A4"]', '["A4", "D9"]', "teaches D9, which the essay does not have"),
    ("C10", "notebook", "### Words to know", "### Some words", "it must end with “## About this workbook”"),
    ("C10", "notebook", "### Sources", "## Sources", "it must end with “## About this workbook”"),
    ("C10", "notebook", "## A first section", "## Sources", "the heading “Sources” stands more than once"),
    ("C10", "notebook", "its facts come from.", "its facts come from. " + "And more. " * 9, "one sentence of at most 30"),
    ("I1", "items", WRONG, "All of these", "'All of these' takes in the others"),
    ("I1", "items", WRONG, "Both A and B", "takes in the others"),
    ("I1", "items", WRONG, "None of the above are right.", "takes in the others"),
    ("I4", "items", STEM, "Which of these is not kind?", "asks for what is not so"),
    ("I4", "items", STEM, "Which of these isn't kind?", "asks for what is n't so"),
    ("I4", "items", STEM, "Which of these should you avoid?", "asks for what is avoid so"),
    ("I5", "items", CORRIDOR, STEM, "2 items have the stem"),
    ("I6", "items", REASON, "Yes.", "the feedback 'Yes.' gives no reason"),
    ("I6", "items", REASON, f"Yes. {REASON}", f"the feedback 'Yes. {REASON}' says the verdict again"),
    ("I8", "items", ITEM, TYPED.format("short", 'accepted = ["off"]\nfeedback = "It is so."') + ITEM, "w42-p02: no slip may pass in 'off'"),
    (
        "I8",
        "items",
        ITEM,
        TYPED.format("gaps", 'text = "{t}"\ngaps = [ { id = "t", right = ["24 hours"], feedback = "F." } ]') + ITEM,
        "w42-p02 t: no",
    ),
    ("L1", "notebook", TEACH, LONG + ".", "“A first section”, from “"),
    ("L1", "notebook", TEACH, LONG + ".", "the whole has grade"),
    ("L1", "notebook", TEACH, LONG + ".", "the mean sentence has"),
    ("L1", "notebook", TEACH, LONG.replace(" ", "\\n") + ".", "the mean sentence has"),
    ("L1", "notebook", "# The main points", f"## A part\\n\\n{LONG}.\\n\\n## The main points", "“A part"),
    ("L2", "notebook", TEACH, "The color of thier coats.", "'color'; 'colour'?"),
    ("L2", "notebook", TEACH, "Color matters.", "'Color'; 'colour'?"),
    ("L3", "notebook", TEACH, "A service user came in.", "people who use the service"),
    ("L3", "notebook", TEACH, "A service-user suffers badly from it.", "has, lives with"),
    ("L7", "notebook", TEACH, "Write it down, also when you are late.", "', also when'; better: even when"),
    ("L7", "notebook", TEACH, "Your name stands beside it.", "better: is in, is next to"),
    ("L7", "items", WRONG, "It is hard for someone whom you need.", "better: someone you"),
    ("L4", "notebook", WORDS, "**Zebra**: a striped animal.", "'Zebra' is explained and never used"),
    ("L4", "notebook", WORDS, "**Art**: what people paint.", "'Art' is explained and never used"),
    ("L4", "notebook", WORDS, "**Handover**: talk.", "'Handover' is not explained"),
    ("L2", "keys", "In a quiet place", "In the color of peace", "the reason of w42-q01: 'color'"),
    ("L3", "keys", "the resident has", "the service user has", "people who use the service"),
    ("L6", "keys", "In a quiet place", "That is so. That is so. In a quiet place", "has 4 sentences: at most 3"),
    ("L6", "keys", "In a quiet place", "Option b is a quiet place, so", "says 'Option b': name what it says"),
    ("L6", "keys", "In a quiet place", f"{LONG}, and so", "has a sentence of 7"),
    ("L6", "keys", "In a quiet place", f"{LONG}. In a quiet place", "the reasons have grade"),
    ("L6", "keys", "In a quiet place", f"{LONG}. In a quiet place", "mean sentence has"),
    ("K1", "keys", 'right = "a"', 'right = "z"', "w42-q01"),
    ("N3", "notebook", "## A first section", "#### A first section", "skips a level"),
    ("N4", "notebook", TEACH, "![A cup of tea](media/tea.svg)", "shows 'media/tea.svg': there is no such picture"),
    ("N4", "notebook", TEACH, "![A cup of tea](media/tea.svg 'Tea')", "shows 'media/tea.svg': there is no such picture"),
    ("N4", "notebook", TEACH, "![A cup of tea][t]\\n\\n[t]: media/tea.svg\\n\\n", "shows 'media/tea.svg': there is no such picture"),
    ("N4", "notebook", TEACH, "<img src='media/tea.svg' alt='A cup of tea'>", "shows 'media/tea.svg': there is no such picture"),
    ("N4", "notebook", TEACH, "<img src='media/tea.svg'>", "the picture media/tea.svg needs alternative text"),
    ("N4", "notebook", TEACH, "![Tea](media/tea.svg)", "the picture media/tea.svg needs alternative text"),
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
    ("N6", "notebook", TEACH, "![A cup of tea](attachment:tea.png)", "shows an attached picture"),
    ("N6", "notebook", TEACH, "<iframe src=x></iframe>", "has the element <iframe>"),
    ("N6", "notebook", TEACH, "<object data=x></object>", "has the element <object>"),
    ("N6", "notebook", TEACH, "<form><input></form>", "has the element <form>"),
    ("N6", "notebook", TEACH, "<svg onload=stolen()></svg>", "has the element <svg>"),
    ("N6", "items", WRONG, "Say <script>stolen()</script>", "w42-p01 has the element <script>"),
    ("N6", "items", WRONG, "<img src onerror=stolen()>", "w42-p01 has the event handler onerror"),
    ("N6", "items", WRONG, "See [this](javascript:stolen()).", "w42-p01 has a link that is a program"),
    ("N6", "items", ITEM, DOCUMENT.format("Say <script>stolen()</script>"), "w42-d01 has the element <script>"),
    ("L2", "items", ITEM, DOCUMENT.format("The color of it."), "w42-d01: 'color'"),
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
    "a table of the key": ("items", ITEM, f'[keys.w42-q01]\nright = "a"\n\n{ITEM}', "R0", "keys has no place here"),
    "a name with a slip": ("items", ITEM, ITEM.replace("items", "item"), "R0", "item has no place here"),
    "a notebook cut short": ("notebook", '"nbformat_minor"', "", "R0", "as a notebook"),
    "a cell without its text": ("notebook", '"source": [', '"sauce": [', "R0", "as a notebook"),
    "cells that are no list": ("notebook", '"cells": [', '"cells": {}, "was": [', "R0", "as a notebook"),
    "a cell that says nothing of itself": ("notebook", '"metadata": {}', '"metadata": []', "R0", "as a notebook"),
    "a cell that nbgrader could not read": ("notebook", '"nbgrader": {', '"nbgrader": "x", "was": {', "R0", "as a notebook"),
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
    "30 MB": ("x.png", "\\x89PNG" + "x" * 30_000_000, "has 30.0 MB; the limit is 1 MB"),
    "more than a release takes": ("x.png", "\x89PNG" + "x" * 1_500_000, "has 1.5 MB; the limit is 1 MB"),
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
    more = text.split("[[items]]")[2].replace("p01", "p02").replace("A first section", "A frist section").replace("late", "early")
    (folder / "items.toml").write_text(f"{text}\n[[items]]{more}", "utf-8")
    assert mend(load_workbook(folder)) == ("w42-p02 has no cell yet, as the notebook has no section 'A frist section'",)
    assert {"N1", "N3"} <= found(desk).keys()


def test_a_pattern_in_the_keys_is_found(desk: Path) -> None:
    items, keys = (desk / "workbooks" / NAME / "items.toml"), desk / "keys/w42.toml"
    model = items.read_text("utf-8").split("[[items]]")[4]
    longer = model.replace("Ask them to go on in the office.", "Ask them kindly and quietly to go on with this in the office.")
    for n in range(2, 8):
        with items.open("a", encoding="utf-8") as file:
            file.write("[[items]]" + longer.replace("q01", f"q0{n}").replace("corridor", f"corridor {n}"))
        with keys.open("a", encoding="utf-8") as file:
            file.write(f'w42-q0{n} = {{ right = "a", reason = "A quiet place is kinder to all of them, number {n}." }}\n')
    rules = found(desk)
    assert "6 of 7 assessed items" in rules["I2"][0]
    assert "7 of 7 assessed items stands at place 1" in rules["I3"][0]
    assert rules["V1"][0].startswith("0% of the keys and 100% of the wrong options give a reason")
    assert rules["V1"][1].startswith("100% of the keys and 0% of the wrong options ask somebody: take it out of keys")
    assert rules["V3"] == ["0 of 8 marked items rest on a document: at least 4; show one, and ask about it"]
    assert "V2" not in rules
    change(desk, "items", "Ask them kindly and quietly", "Ask your manager, who comes at once")
    text = items.read_text("utf-8").replace(
        "Join in, because you know who is right.", "Ask your senior to come, because she knows them.", 3
    )
    assert found(desk)["V2"][0].startswith("in 6 marked questions just one option tells a person in charge, and in 6 of them it is the key")
    items.write_text(text, "utf-8")
    assert "V2" in found(desk)
    new_workbook(desk / "workbooks", "w43-another", "Another")
    findings = check_unit(desk / "workbooks").findings
    unit = {finding.rule: finding.text for finding in findings}
    assert [one.text[:23] for one in findings if one.rule == "V1"] == ["0% of the keys and 100%", "100% of the keys and 19"]
    assert "in 4 of them it is the key" in unit["V2"]
    assert "guesses 100% of 8 keys, and chance is 33% (w42 7 of 7, w43 1 of 1): at most 38%" in unit["V4"]
    for number, (one, other) in enumerate(
        [("a", "b"), ("a", "c"), ("a", "b"), ("a", "c")], 1
    ):  # where any option may be right, nothing can be learned
        change(desk, "keys", f'w42-q0{number} = {{ right = "{one}"', f'w42-q0{number} = {{ right = "{other}"')
    assert "V4" not in {finding.rule for finding in check_unit(desk / "workbooks").findings}


def test_patterns_in_stories_and_in_choose_all_are_found(tmp_path: Path) -> None:
    story, multiple = (real_workbook().items[asked(kind, "practice")] for kind in ("scenario", "multiple"))
    assert isinstance(story, Scenario)
    assert isinstance(multiple, Multiple)
    folder = shutil.copytree(real_workbook().folder, tmp_path / real_workbook().assignment)
    items = folder / "items.toml"
    wise = re.compile(r'(text = "[^"]*)("\nreply = "[^"]*"\nto = "\w+"\nright = true)')
    text = wise.sub(
        r"\1 Do it soon, and do it with great care, so that nobody has to wait for it any longer than needed.\2", items.read_text("utf-8")
    )
    again = next(part for part in text.split("[[items]]") if multiple.id in part)
    items.write_text(f"{text}\n[[items]]{again.replace(multiple.id, 'w01-p98')}", "utf-8")
    rules = [finding.text.partition(":")[0] for finding in check_workbook(folder) if finding.rule in {"I2", "I7"}]
    steps = [f"{story.id} {node.id}" for node in story.nodes]
    assert rules == [
        f"the right option is the longest in {len(steps)} of {len(steps)} decisions of {story.id} ({', '.join(steps)})",
        f"each of the 2 practice items that say “choose all” has {sum(bool(option.right) for option in multiple.options)} right options",
    ]


def test_a_story_with_more_plays_than_are_looked_at_is_not_taken_for_safe(monkeypatch: pytest.MonkeyPatch) -> None:
    story = real_workbook().items[asked("scenario")]
    assert isinstance(story, Scenario)
    right = load_key("w01").keys[story.id].right
    assert list(unsafe_ways_win(story, right)) == []
    monkeypatch.setattr("autograde.checks.scenarios.MAX_PLAYS", 3)
    assert list(unsafe_ways_win(story, right)) == [f"{story.id}: it has more than 3 plays; that its safe ways earn more is unproved beyond"]


def test_a_story_in_which_an_unsafe_way_wins_is_found() -> None:
    subject, name = load_subject(real_workbook().folder), asked("scenario")
    story, entry = subject.workbook.items[name], subject.key.keys[name]
    assert isinstance(story, Scenario)
    right = cast("dict[str, Any]", entry.right)
    ends = [path for path, place in plays(story) if story.node(place) is None]
    way = next(path for path in ends if unsafe_acts(story, right, list(path)) and any(worth(right[step]) for step in path))
    moved = {step: points if step in way or points == UNSAFE else 0 for step, points in right.items()}
    keys = subject.key.keys | {name: entry.model_copy(update={"right": moved})}
    assert list(ADVICE["S2"](subject)) == []
    told = list(ADVICE["S2"](replace(subject, key=subject.key.model_copy(update={"keys": keys}))))
    assert told
    assert all(text.startswith(f"{name}: the safe way ") for text in told)


def test_what_is_asked_behind_the_hand_in_is_found(desk: Path) -> None:
    path = desk / "workbooks" / NAME / f"{NAME}.ipynb"
    document = json.loads(path.read_text("utf-8"))
    place = next(n for n, cell in enumerate(document["cells"]) if cell["source"] == ['ask("w42-r01")'])
    document["cells"].append(document["cells"].pop(place))
    path.write_text(json.dumps(document), "utf-8")
    assert found(desk)["C10"] == ["w42-r01 is asked within “About this workbook”, which is not on the way through; ask it before"]


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
    more = text.split("[[items]]")[4].replace("q01", "q02").replace("corridor", "hall").replace("points = 1", "points = 2")
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


def test_mend_puts_the_opening_question_first(desk: Path) -> None:
    folder = desk / "workbooks" / NAME
    path = folder / f"{NAME}.ipynb"
    document = json.loads(path.read_text("utf-8"))
    document["cells"] = [cell for cell in document["cells"] if cell["source"] != ['ask("w42-p00")']]
    path.write_text(json.dumps(document), "utf-8")
    assert mend(load_workbook(folder)) == ("w42-p00 has a cell now",)
    assert not {"N1", "C9"} & found(desk).keys()


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
    unit = check_unit(desk / "workbooks")
    findings, table = unit.findings, unit.coverage
    assert "## Before and now" not in table, "no workbook of this shelf was rewritten"
    assert ("3.3", "no workbook has teaching for it") in {(finding.where, finding.text) for finding in findings}
    assert "1.1" not in {finding.where for finding in findings if "teaching" in finding.text}
    assert "| **1.1** explain" in table
    assert "| **3.1** explain why partnership working matters | full, at work | gap2 C1 C2 C3 C4 C5 |" in table
    essay = {finding.text.partition(" (")[0]: finding.text for finding in findings if finding.rule == "E2"}
    assert essay["the essay's point A1"].partition(") ")[2].startswith("is not taught and not practised and not assessed: name its section")
    assert "the essay's point A4" not in essay
    assert (
        "| **A4** | Staff keep a boundary and do not get too close | 1.1 | w42 “A first section” | w42-p00, w42-p01 | w42-q01, w42-t01 |"
        in unit.essay
    )


def test_a_unit_that_takes_too_long_is_told(desk: Path) -> None:
    subject = load_subject(desk / "workbooks" / NAME)
    longest = replace(subject, workbook=replace(subject.workbook, about=subject.workbook.about.model_copy(update={"minutes": (300, 600)})))
    assert [*c14_the_unit_is_no_longer_than_it_says([longest] * 2)] == []
    [told] = c14_the_unit_is_no_longer_than_it_says([longest, longest, subject])
    assert re.match(r"its workbooks take a slower reader 20\.\d hours: at most 20", told)


def ours(name: str) -> Subject:
    return load_subject(next(SHELF.glob(f"{name}-*")))


def test_an_assessment_that_may_ask_nothing_on_a_criterion_is_told() -> None:
    subject = ours("w10")
    first, second, *rest = subject.workbook.pools
    for draw in (1, len(first.items)):
        mixed = first.model_copy(update={"items": first.items + second.items, "draw": draw})
        asks = replace(subject, workbook=replace(subject.workbook, pools=(mixed, *rest)))
        assert [text.partition(":")[0] for text in ADVICE["C16"](asks)] == ["somebody may draw no question on 1.1, 1.2"]
    mixed = mixed.model_copy(update={"draw": mixed.draw + 1})
    assert [*ADVICE["C16"](replace(subject, workbook=replace(subject.workbook, pools=(mixed, *rest))))] == [], "one of each at least"


@pytest.mark.parametrize("name", ["w00", "w10"])
def test_a_workbook_without_pictures_is_told(name: str) -> None:
    subject = ours(name)
    bare = [cell | {"source": re.sub(r"!\[[^\]]*\]\([^)]*\)", "", "".join(cell["source"]))} for cell in subject.cells]
    assert [*ADVICE["C1"](replace(subject, cells=bare))] == ["it has 0 pictures: at least 2"]


def test_a_list_that_matches_another_line_by_line_is_told() -> None:
    subject = ours("w02")
    plain = subject.workbook.items["w02-q22"].model_copy(update={"shuffle": False})
    changed = replace(subject, workbook=replace(subject.workbook, items=subject.workbook.items | {plain.id: plain}))
    assert [*ADVICE["I3"](subject)] == []
    (told,) = ADVICE["I3"](changed)
    assert told.startswith("w02-q22 lists its partners as its statements go")


def test_a_criterion_with_two_lists_of_what_must_be_seen_is_told() -> None:
    one, other = ours("w08"), ours("w10")
    rubrics = dict(one.rubrics.rubrics)
    rubrics["w08-t01"] = rubrics["w08-t01"].model_copy(update={"must_see": ("One of the five ways, by its name.",)})
    changed = replace(one, rubrics=one.rubrics.model_copy(update={"rubrics": rubrics}))
    assert [*c15_one_list_a_criterion([one, other])] == []
    (told,) = c15_one_list_a_criterion([changed, other])
    assert (told.where, told.text.partition(":")[0]) == ("3.3", "what must be seen differs between the rubrics w08-t01 and w10-t33")


def test_questions_about_earlier_workbooks_can_be_chosen_by_what_was_wrong_there() -> None:
    every = [load_subject(path.parent) for path in SHELF.glob("w*/workbook.toml")]
    assert [*c17_questions_come_back(every)] == []
    asking = [one.workbook.id for one in every if any(item.about for item in one.workbook.items.values())]
    assert sorted(asking) == [f"w0{n}" for n in range(2, 10)]
    one = ours("w03")

    def told(**changed: tuple[str, ...] | None) -> list[str]:
        """With items of w03 about something else, or left out."""
        items = {
            name: item.model_copy(update={"about": changed.get(name.replace("-", "_"), item.about)})
            for name, item in one.workbook.items.items()
        }
        kept = {name: item for name, item in items.items() if item.about is not None}
        return [
            finding.text for finding in c17_questions_come_back([ours("w02"), replace(one, workbook=replace(one.workbook, items=kept))])
        ]

    assert told() == [], "w01 is not on this shelf"
    assert told(w03_e05=None) == ["it has 4 questions about earlier workbooks: at least 5, of which each student sees 3"]
    assert told(w03_e05=()) == ["w03-e05 does not say what it is about: name the practice items of earlier workbooks that it brings back"]
    for name in ("w02-p99", "w02-q17", "w03-p01"):
        assert told(w03_e05=(name,)) == [f"w03-e05 is about {name}, which is no practice item of an earlier workbook"]
    assert told(w03_e05=("w02-p01", "w01-p01")) == ["w03-e05 begins “From workbook 2”, and is about items of w01, w02"]


def test_everybody_is_among_the_people_of_the_first_workbook() -> None:
    people = ours("w00").section("People in these workbooks")
    every = [load_subject(path.parent) for path in SHELF.glob("w*/workbook.toml")]
    shown = {one.workbook.id: "\n".join(text for _, text in one.told()) for one in every if one.workbook.about.role != "gallery"}
    told = "\n".join(shown.values())
    names = set(re.findall(r"\b(?:Mr|Mrs|Miss|Ms|Dr|Nurse) ([A-Z]\w+)", told)) - {"A", "B", "Edith"}  # Edith is a learner's fault, in w06
    assert sorted(name for name in names if name not in people) == []
    assert [name for name, text in shown.items() if "People in these workbooks" not in text] == [], "says where one reads of them"


def test_what_a_workbook_says_of_answers_holds_on_every_host_and_in_a_marked_story() -> None:
    every = [load_subject(path.parent) for path in SHELF.glob("w*/workbook.toml")]
    for one in every:
        shown = "\n".join(text for _, text in one.told())
        assert not re.search(r"\bstays? (?:in|on|with) your copy|nothing is sent|only see what you have handed", shown), one.workbook.id
        items = one.workbook.items.values()
        if one.workbook.id == "w00" or any(item.kind == "scenario" and item.purpose == "assessed" for item in items):
            assert not re.search(r"change an answer until you hand in(?!, but not a step in)|change it as often", shown), one.workbook.id


FRAMEWORK = """id = "own"
title = "Own"
outcomes = [{ code = "1", text = "Relationships" }]
criteria = [{ code = "1.1", outcome = "1", verb = "explain", text = "it", evidence = "full", rqf = ["1.1"] }]
"""


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        pytest.param('id = "own"', 'id = "another"', "its id is 'another'", id="another name"),
        pytest.param('outcome = "1"', 'outcome = "2"', "1.1 belongs to the outcome '2'", id="no such outcome"),
        pytest.param(', rqf = ["1.1"]', "", "1.1 matches no criterion of rqf-l2", id="matches nothing"),
        pytest.param('rqf = ["1.1"]', 'rqf = ["9.9"]', "1.1 matches 9.9, which rqf-l2 does not have", id="no such criterion"),
        pytest.param('verb = "explain", ', "", "own.toml", id="cannot be read"),
        pytest.param("criteria =", "criterion =", "own.toml", id="no criteria"),
        pytest.param("", "", "", id="nothing wrong"),
    ],
)
def test_a_framework_that_does_not_fit_is_told(tmp_path: Path, old: str, new: str, told: str) -> None:
    (tmp_path / "frameworks").mkdir()
    shutil.copy(SHELF / "frameworks/rqf-l2.toml", tmp_path / "frameworks")
    (tmp_path / "frameworks/own.toml").write_text(FRAMEWORK.replace(old, new), "utf-8")
    found = [finding.text for finding in check_unit(tmp_path).findings if (finding.rule, finding.where) == ("F1", "own")]
    assert len(found) == bool(told)
    assert told in "".join(found)
    assert real_work(tmp_path) == {"2.1", "2.2", "2.3", "2.4", "3.1", "3.2", "3.3", "3.4a", "3.4b"}


@pytest.mark.parametrize(("old", "new"), [("verb =", "werb ="), ("[[criteria]]", "[[criteria"), ("[[criteria]]", "[[kriteria]]")])
def test_a_framework_that_cannot_be_read_stops_nothing(desk: Path, old: str, new: str) -> None:
    (desk / "workbooks/frameworks").mkdir()
    text = (SHELF / "frameworks/rqf-l2.toml").read_text("utf-8")
    assert old in text
    (desk / "workbooks/frameworks/rqf-l2.toml").write_text(text.replace(old, new), "utf-8")
    assert not {"R0", "C7", "C12"} & found(desk).keys()
    assert [finding.where for finding in check_unit(desk / "workbooks").findings if finding.rule == "F1"] == ["rqf-l2"]


def test_a_damaged_zip_is_told(desk: Path) -> None:
    (desk / "handout").mkdir()
    packed = desk / "handout/w42.zip"
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(desk / "keys/w42.toml", "notes.txt")
    data = bytearray(packed.read_bytes())
    data[60:90] = bytes(30)
    packed.write_bytes(data)
    (told,) = (one for one in check_all([desk / "workbooks" / NAME], [packed.parent]) if one.where == str(packed))
    assert told.rule == "K3"
    assert "cannot be read" in told.text


def test_a_code_of_another_framework_says_nothing_of_real_work(tmp_path: Path) -> None:
    (tmp_path / "frameworks").mkdir()
    (tmp_path / "frameworks/own.toml").write_text(FRAMEWORK.replace('"full"', '"full", real_work = true'), "utf-8")
    assert real_work(tmp_path) == frozenset()
    shutil.copy(SHELF / "frameworks/rqf-l2.toml", tmp_path / "frameworks")
    assert "1.1" not in real_work(tmp_path)


@pytest.mark.parametrize("folder", [path.parent for path in sorted(SHELF.glob("*/workbook.toml"))], ids=lambda folder: folder.name)
def test_our_own_workbooks_keep_every_rule(folder: Path) -> None:
    findings = check_workbook(folder)
    assert [finding for finding in findings if finding.rule != "C3"] == [], "C3 goes by today's date: a warning that stops nothing"


def test_the_table_of_what_is_covered_is_up_to_date() -> None:
    unit = check_unit(SHELF)
    assert (ROOT / "docs/coverage.md").read_text("utf-8") == unit.coverage, "run: autograde check --coverage docs/coverage.md"
    assert (ROOT / "docs/essay.md").read_text("utf-8") == unit.essay, "the same command writes it"
    assert unit.findings == ()


def test_each_rule_says_what_to_do() -> None:
    assert all((rule.__doc__ or "").strip() for rule in (RULES | ADVICE).values())
