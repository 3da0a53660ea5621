"""The item bank: every closed item goes out and comes back as it was, and what others' files hold is read or listed.

QTI is held here against rules written from the specification. While this was built, every item and manifest was also valid by
imsqti_v2p1.xsd, imscp_v1p1.xsd, and the schemas of QTI 3.0; they are not kept, as they would need a validator of their own.
"""

import io
import tomllib
import zipfile
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from time import process_time
from typing import Any
from xml.etree.ElementTree import Element
from xml.sax.saxutils import escape

import pytest
from defusedxml.ElementTree import fromstring
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from autograde.authoring.author import mend, new_workbook
from autograde.bank import Draft, Question, draft_items, moodle_xml, qti_package, questions_of, read_questions
from autograde.bank.gift import read_gift
from autograde.bank.moodle import OWN
from autograde.bank.opening import LARGEST_FILE, questions_in
from autograde.bank.qti_names import Version, in_old_names
from autograde.bank.question import NOT_KEPT
from autograde.bank.text import PICTURE
from autograde.checks import check_all
from autograde.commands.bank import bank
from autograde.content import load_key
from autograde.errors import ClassError
from autograde.marking import Key, KeyEntry
from autograde.marking.kinds import MARKERS
from tests.conftest import ROOT
from workbook_helpers.errors import ContentError
from workbook_helpers.items import KINDS, Item, Purpose, Workbook, load_workbook
from workbook_helpers.items.documents import Document
from workbook_helpers.items.spelling import Forms, plain
from workbook_helpers.items.workbook import WorkbookFile

NAMES = tuple(path.parent.name for path in sorted(ROOT.glob("workbooks/*/items.toml")))
FORMS = ("moodle", *Version)
GRADES = {100, 90, 83.33333, 80, 75, 70, 66.66667, 60, 50, 40, 33.33333, 30, 25, 20, 16.66667, 14.28571, 12.5, 11.11111, 10, 5, 0}
"""The shares in per cent that Moodle knows, and the same below nothing (`question_bank::fraction_options_full`)."""


@cache
def book(name: str) -> tuple[Workbook, Key]:
    workbook = load_workbook(ROOT / "workbooks" / name)
    return workbook, load_key(workbook.id, ROOT / "autograde/content")


def written(form: str, questions: tuple[Question, ...]) -> bytes:
    return moodle_xml(questions, "A/b")[0] if form == "moodle" else qti_package(questions, Version(form), "w98")[0]


def back(form: str, questions: tuple[Question, ...], folder: Path) -> Draft:
    path = folder / "bank"
    path.write_bytes(written(form, questions))
    _, found, left = read_questions(path)
    assert left == ()
    return draft_items(found, questions[0].name[:3])


def same(item: Item) -> Item:
    """Give an item without its document, which is compared by itself."""
    return KINDS[item.kind].model_validate(item.model_dump(mode="json"))


def right_of(kind: str, right: Any) -> Any:
    """Give a key in one form: accepted forms may be written as a list or as a table."""
    if kind == "short":
        return Forms.model_validate(right)
    return (
        {name: Forms.model_validate(one) if isinstance(one, (list, dict)) else one for name, one in right.items()}
        if kind == "gaps"
        else right
    )


def hold(draft: Draft, items: dict[str, Item], key: Key) -> None:
    tables = tomllib.loads(draft.items)
    keys = tomllib.loads(draft.keys)
    made = {table["id"]: KINDS[table["kind"]].model_validate(table) for table in tables["items"]}
    assert made == {name: same(item) for name, item in items.items()}
    assessed = {name: item for name, item in items.items() if item.purpose is Purpose.ASSESSED}
    assert set(keys["keys"]) == set(assessed)
    for name, item in assessed.items():
        assert right_of(item.kind, keys["keys"][name]["right"]) == right_of(item.kind, key.keys[name].right)
        assert keys["keys"][name]["reason"] == key.keys[name].reason
    wanted = {item.document: item.rests_on for item in items.values() if item.document}
    assert {table["id"]: Document.model_validate(table) for table in tables.get("documents", [])} == wanted


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", NAMES)
def test_every_closed_item_comes_back_as_it_was(name: str, form: str, tmp_path: Path) -> None:
    workbook, key = book(name)
    questions, remarks = questions_of(workbook, key)
    left = {remark.name for remark in remarks if remark.left_out}
    assert {question.name for question in questions} | left == set(workbook.items)
    hold(back(form, questions, tmp_path), {question.name: workbook.items[question.name] for question in questions}, key)


def test_what_no_format_can_say_is_listed_with_its_reason() -> None:
    workbook, key = book(next(name for name in NAMES if name.startswith("w99")))
    void = KeyEntry(right="b", reason="No.", void=True)
    also = KeyEntry(right=["a", "b", "c"], reason="So.", also=(["a"],))
    key = key.model_copy(update={"keys": {**key.keys, "w99-single-q": void, "w99-multiple-q": also}})
    questions, remarks = questions_of(workbook, key)
    said = {remark.name: remark for remark in remarks}
    kinds = {workbook.items[name].kind for name, remark in said.items() if remark.left_out and name != "w99-single-q"}
    assert kinds == {"scenario", "written", "reflection", "scale", "workplace", "declaration"}
    assert "does not count" in said["w99-single-q"].text
    assert "accepted beside the key" in said["w99-multiple-q"].text
    assert not said["w99-multiple-q"].left_out
    assert set(said) >= {pool.id for pool in workbook.pools}
    assert {question.kind for question in questions} == set(MARKERS) - {"scenario"}


# Items of any sort, with signs that mean something in one of the formats

SIGNS = st.sampled_from([*"abcXYZ019 .,;:!?äß😀“”<>&\"'~#=%*\\/{}[]|-+@$`", "]]>", "&amp;", "<b>", "{1:SA:=x}", "\\n", "->", "::"])
TEXT = st.lists(SIGNS, min_size=1, max_size=20).map(lambda parts: " ".join("".join(parts).split())[:58].strip()).filter(bool)
UNBRACED = TEXT.map(lambda text: text.translate({123: "(", 125: ")"}))
FORM = TEXT.filter(lambda text: plain(text) != "")
POINTS = st.sampled_from([1, 2, 3, 0.5, 7])


@st.composite
def listed(draw: st.DrawFn, least: int, most: int, text: st.SearchStrategy[str] = TEXT) -> list[dict[str, Any]]:
    texts = draw(st.lists(text, min_size=least, max_size=most, unique=True))
    return [{"id": f"{draw(st.sampled_from(['a', '7', 'x-']))}{n}", "text": one} for n, one in enumerate(texts)]


@st.composite
def forms(draw: st.DrawFn) -> dict[str, list[str]]:
    words = draw(st.lists(FORM, min_size=1, max_size=4, unique_by=plain))
    cut = draw(st.integers(1, len(words)))
    return {"accepted": words[:cut], "not_accepted": words[cut:]}


@st.composite
def asked(draw: st.DrawFn) -> tuple[Item, Any, str]:
    """Give an item that is assessed, its right answer and the reason."""
    kind = draw(st.sampled_from(["single", "multiple", "match", "sort", "order", "short", "gaps", "handover", "relationships"]))
    table: dict[str, Any] = {"id": "w98-q01", "kind": kind, "purpose": "assessed", "points": draw(POINTS), "stem": draw(TEXT)}
    table |= {
        "criterion": draw(st.sampled_from(["", "1.2"])),
        "section": draw(st.sampled_from(["", "A & b = c"])),
        "shuffle": draw(st.booleans()),
    }
    right: Any
    if kind in ("single", "multiple"):
        table["options"] = draw(listed(2, 8))
        ids = [one["id"] for one in table["options"]]
        right = (
            draw(st.sampled_from(ids))
            if kind == "single"
            else draw(st.lists(st.sampled_from(ids), min_size=1, max_size=len(ids) - 1, unique=True))
        )
        right = sorted(right, key=ids.index) if kind == "multiple" else right
    elif kind in ("match", "sort"):
        parts, targets = ("statements", "partners") if kind == "match" else ("cards", "groups")
        table |= {parts: draw(listed(2, 5)), targets: draw(listed(2, 4))}
        right = {one["id"]: draw(st.sampled_from(table[targets]))["id"] for one in table[parts]}
    elif kind == "order":
        table |= {"steps": draw(listed(3, 6)), "shuffle": True}
        ids = [one["id"] for one in table["steps"]]
        right = draw(st.permutations(ids).filter(lambda given: list(given) != ids))
    elif kind == "short":
        right = draw(forms())
    elif kind == "gaps":
        gaps: list[dict[str, Any]] = []
        for n in range(draw(st.integers(1, 4))):
            typed = draw(st.booleans())
            gaps.append({"id": f"g{n}"} | ({"size": draw(st.integers(2, 40))} if typed else {"options": draw(listed(2, 4))}))
        table |= {"gaps": gaps, "text": "".join(f"{draw(UNBRACED)} {{{gap['id']}}} " for gap in gaps).strip()}
        right = {gap["id"]: draw(st.sampled_from(gap["options"]))["id"] if "options" in gap else draw(forms()) for gap in gaps}
    elif kind == "handover":
        table |= {"facts": draw(listed(3, 6)), "receiver": draw(TEXT)}
        places = [draw(st.sampled_from(["background", "leave-out", "not-shared"])) for _ in table["facts"]]
        right = dict(zip([one["id"] for one in table["facts"]], ["situation", *places[1:]], strict=True))
    else:
        table |= {"people": draw(listed(2, 4)), "kinds": draw(listed(2, 3)), "shares": draw(listed(2, 3)), "person": draw(TEXT)}
        chosen = {"kind": table["kinds"], "share": table["shares"]}
        right = {one["id"]: {part: draw(st.sampled_from(labels))["id"] for part, labels in chosen.items()} for one in table["people"]}
    return KINDS[kind].model_validate(table), right, draw(TEXT)


def one_book(item: Item, right: Any, reason: str) -> tuple[Workbook, Key]:
    about = WorkbookFile.model_validate({"id": "w98", "title": "t", "order": 98, "minutes": 5})
    key = Key(workbook="w98", version=1, keys={item.id: KeyEntry(right=right, reason=reason)})
    return Workbook(folder=Path("w98"), about=about, items={item.id: item}), key


@pytest.mark.parametrize("form", FORMS)
@settings(max_examples=30, deadline=None)
@given(made=asked())
def test_whatever_stands_in_a_text_comes_back(form: str, made: tuple[Item, Any, str], tmp_path_factory: pytest.TempPathFactory) -> None:
    workbook, key = one_book(*made)
    questions, _ = questions_of(workbook, key)
    hold(back(form, questions, tmp_path_factory.getbasetemp()), workbook.items, key)


# QTI: rules from the specification, and marks

CHILDREN = {
    "assessmentItem": ["responseDeclaration", "outcomeDeclaration", "itemBody", "responseProcessing", "modalFeedback"],
    "responseDeclaration": ["correctResponse", "mapping"],
    "outcomeDeclaration": ["defaultValue"],
    "choiceInteraction": ["prompt", "simpleChoice"],
    "orderInteraction": ["prompt", "simpleChoice"],
    "matchInteraction": ["prompt", "simpleMatchSet"],
    "simpleMatchSet": ["simpleAssociableChoice"],
    "inlineChoiceInteraction": ["inlineChoice"],
    "mapping": ["mapEntry"],
}
"""Which elements may stand in one, in which order."""
NEEDS = {
    "assessmentItem": {"identifier", "title", "adaptive", "timeDependent"},
    "responseDeclaration": {"identifier", "cardinality", "baseType"},
    "outcomeDeclaration": {"identifier", "cardinality", "baseType"},
    "choiceInteraction": {"responseIdentifier", "shuffle", "maxChoices"},
    "orderInteraction": {"responseIdentifier", "shuffle"},
    "matchInteraction": {"responseIdentifier", "shuffle", "maxAssociations"},
    "inlineChoiceInteraction": {"responseIdentifier", "shuffle"},
    "textEntryInteraction": {"responseIdentifier"},
    "simpleChoice": {"identifier"},
    "simpleAssociableChoice": {"identifier", "matchMax"},
    "inlineChoice": {"identifier"},
    "mapEntry": {"mapKey", "mappedValue"},
    "modalFeedback": {"outcomeIdentifier", "identifier", "showHide"},
    "setOutcomeValue": {"identifier"},
    "mapResponse": {"identifier"},
    "variable": {"identifier"},
}
BLOCKS = {"div", "p", "h3", "ul", "ol", "table", "choiceInteraction", "orderInteraction", "matchInteraction"}


def packed(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return {name: package.read(name) for name in package.namelist()}


def qti_faults(item: Element) -> Iterator[str]:
    declared = Counter(one.get("identifier") for one in [*item.findall("responseDeclaration"), *item.findall("outcomeDeclaration")])
    choices = Counter(one.get("identifier") for one in item.iter() if one.tag in {"simpleChoice", "simpleAssociableChoice", "inlineChoice"})
    if repeated := [
        name for name, n in (declared + choices).items() if n > 1 or (not (name or "1")[0].isalpha() and (name or "1")[0] != "_")
    ]:
        yield f"identifiers {repeated}"
    for one in item.iter():
        if lacking := NEEDS.get(one.tag, set()) - set(one.attrib):
            yield f"{one.tag} lacks {lacking}"
        if one.tag in CHILDREN:
            places = [CHILDREN[one.tag].index(child.tag) if child.tag in CHILDREN[one.tag] else -1 for child in one]
            if places != sorted(places) or -1 in places:
                yield f"{one.tag} holds {[child.tag for child in one]}"
        asks = one.get("responseIdentifier") or (
            one.tag in {"variable", "mapResponse", "setOutcomeValue", "correct"} and one.get("identifier")
        )
        if asks and asks not in declared:
            yield f"{one.tag} names {asks}"
    body = item.find("itemBody")
    if body is None or not {child.tag for child in body} <= BLOCKS:
        yield "the body holds what is no block"
    for response in item.findall("responseDeclaration"):
        values = [word for value in response.findall("correctResponse/value") for word in (value.text or "").split()]
        if response.get("baseType") != "string" and not set(values) <= set(choices):
            yield f"what is right names no choice: {values}"


@pytest.mark.parametrize("version", Version)
@pytest.mark.parametrize("name", NAMES)
def test_qti_items_are_as_the_specification_wants_them(name: str, version: Version) -> None:
    questions, _ = questions_of(*book(name))
    files = packed(qti_package(questions, version, name)[0])
    manifest = fromstring(files["imsmanifest.xml"])
    hrefs = [one.get("href") for one in manifest.iter() if one.tag.endswith("}resource")]
    assert sorted(files) == sorted(["imsmanifest.xml", *map(str, hrefs)])
    assert all(NOT_KEPT.encode() in data.split(b"-->")[0] for data in files.values())
    for file in hrefs:
        root = fromstring(files[str(file)])
        assert ("qti-assessment-item" if version is Version.V30 else "assessmentItem") in root.tag
        assert list(qti_faults(in_old_names(root))) == [], file


def test_the_rules_find_faults() -> None:
    questions, _ = questions_of(*book(NAMES[3]))
    item = in_old_names(fromstring(packed(qti_package(questions, Version.V21, "w03")[0])["items/w03-q17.xml"]))
    item.append(item[0])
    del item[0].attrib["cardinality"]
    assert len(list(qti_faults(item))) >= 3


@settings(max_examples=40, deadline=None)
@given(made=asked(), data=st.data())
def test_qti_gives_the_points_that_marking_gives(made: tuple[Item, Any, str], data: st.DataObject) -> None:
    item, right, reason = made
    (question,), _ = questions_of(*one_book(item, right, reason))
    read = in_old_names(fromstring(packed(qti_package([question], Version.V30, "w98")[0])["items/w98-q01.xml"]))
    worth = {
        (response.get("identifier"), one.get("mapKey")): float(one.get("mappedValue") or 0)
        for response in read.findall("responseDeclaration")
        for one in response.iter("mapEntry")
    }

    def named(name: str) -> str:
        return f"_{name}" if name[0].isdigit() else name

    answer: Any
    if item.kind in ("single", "multiple"):
        ids = [one["id"] for one in item.model_dump()["options"]]
        chosen = data.draw(st.lists(st.sampled_from(ids), min_size=1, max_size=1 if item.kind == "single" else len(ids), unique=True))
        answer, keys = chosen[0] if item.kind == "single" else chosen, [("RESPONSE", named(one)) for one in chosen]
    elif item.kind in ("match", "sort", "handover"):
        targets = [one.get("identifier", "").removeprefix("t.") for one in read.findall(".//simpleMatchSet[2]/simpleAssociableChoice")]
        answer = {part: data.draw(st.sampled_from(targets)) for part in right}
        keys = [("RESPONSE", f"{named(part)} t.{target}") for part, target in answer.items()]
    elif item.kind == "gaps":
        gaps = item.model_dump(exclude_defaults=True)["gaps"]
        answer = {
            gap["id"]: data.draw(st.sampled_from(gap["options"]))["id"] if "options" in gap else right[gap["id"]]["accepted"][0]
            for gap in gaps
        }
        keys = [(named(gap["id"]), f"{named(gap['id'])}.{answer[gap['id']]}" if "options" in gap else answer[gap["id"]]) for gap in gaps]
    else:
        return
    points = max(0.0, sum(worth.get(key, 0) for key in keys))
    assert points == pytest.approx(MARKERS[item.kind].fraction(item, right, answer) * item.points)


# Moodle


@pytest.mark.parametrize("name", NAMES)
def test_moodle_finds_what_it_looks_for(name: str) -> None:
    questions, _ = questions_of(*book(name))
    data = moodle_xml(questions, "A/b")[0]
    assert NOT_KEPT.encode() in data.split(b"-->")[0]
    first, *rest = fromstring(data).findall("question")
    assert (first.get("type"), first.findtext("category/text")) == ("category", "$course$/top/A b")
    assert [one.findtext("idnumber") for one in rest] == [question.name for question in questions]
    for element, question in zip(rest, questions, strict=True):
        assert element.findtext("name/text")
        assert element.findtext("questiontext/text")
        assert float(element.findtext("defaultgrade") or 0) == question.points
        shares = [float(one.get("fraction") or 0) for one in element.findall("answer")]
        match element.get("type"):
            case "multichoice":
                assert all(any(abs(abs(share) - grade) < 0.001 for grade in GRADES) for share in shares)
                assert sum(share for share in shares if share > 0) == pytest.approx(100, abs=0.001)
            case "matching":
                subs = element.findall("subquestion")
                assert len([sub for sub in subs if sub.findtext("text")]) >= 2
                assert all(sub.findtext("answer/text") for sub in subs)
            case "ordering":
                assert shares == list(range(1, len(shares) + 1))
                assert element.findtext("gradingtype") == "LONGEST_ORDERED_SUBSET"
            case "shortanswer":
                assert shares[0] == 100
            case kind:
                assert kind == "cloze"
                assert "{1:" in str(element.findtext("questiontext/text"))


def test_moodle_has_no_grade_for_one_of_eleven() -> None:
    options = [{"id": f"o{n}", "text": f"Text {n}"} for n in range(12)]
    table = {"id": "w98-q01", "kind": "multiple", "purpose": "assessed", "points": 2, "stem": "Which?", "options": options}
    questions, _ = questions_of(*one_book(KINDS["multiple"].model_validate(table), [f"o{n}" for n in range(11)], "So."))
    data, remarks = moodle_xml(questions, "c")
    assert b"w98-q01" not in data
    assert [(remark.name, remark.left_out) for remark in remarks] == [("w98-q01", True)]


MOODLE = """<?xml version="1.0"?><quiz>
<question type="category"><category><text>$course$/x</text></category></question>
<question type="truefalse"><name><text>tf</text></name><questiontext format="html"><text><![CDATA[<p>Tea is <b>hot</b>.</p>
<script>bad()</script>]]></text>
</questiontext><answer fraction="100"><text>true</text><feedback><text>Yes.</text></feedback></answer><answer fraction="0">
<text>false</text></answer></question>
<question type="multichoice"><name><text>one</text></name><questiontext><text>Which &amp;amp; why?</text></questiontext>
<defaultgrade>2.0</defaultgrade>
<generalfeedback><text>Because.</text></generalfeedback><single>true</single><answer fraction="50"><text>A</text></answer>
<answer fraction="100"><text>B</text></answer><answer fraction="100"><text>C</text></answer></question>
<question type="multichoice"><name><text>many</text></name><questiontext><text>Which?</text></questiontext>
<single>false</single>
<answer fraction="50"><text>A</text><feedback><text>a</text></feedback></answer><answer fraction="50"><text>B</text>
<feedback><text>b</text></feedback></answer>
<answer fraction="-100"><text>C</text><feedback><text>c</text></feedback></answer></question>
<question type="matching"><name><text>m</text></name><questiontext><text>Match.</text></questiontext><subquestion>
<text>x</text><answer><text>1</text></answer></subquestion>
<subquestion><text>y</text><answer><text>1</text></answer></subquestion><subquestion><text/><answer><text>2</text></answer>
</subquestion></question>
<question type="ordering"><name><text>o</text></name><questiontext><text>Order.</text></questiontext><answer fraction="1">
<text>a</text></answer>
<answer fraction="2"><text>b</text></answer><answer fraction="3"><text>c</text></answer></question>
<question type="cloze"><name><text>c</text></name><questiontext><text>
<![CDATA[<p>One {1:MC:=a~b#no} and {2:SHORTANSWER:%100%x~=y}.</p>]]></text></questiontext></question>
<question type="gapselect"><name><text>g</text></name><questiontext><text>The [[1]] on the [[2]].</text></questiontext>
<selectoption><text>cat</text><group>1</group></selectoption><selectoption><text>mat</text><group>2</group></selectoption>
<selectoption><text>dog</text><group>1</group></selectoption><selectoption><text>bed</text><group>2</group></selectoption>
</question>
<question type="numerical"><name><text>n</text></name><questiontext><text>How many?</text></questiontext>
<answer fraction="100"><text>4</text></answer></question>
<question type="essay"><name><text>e</text></name><questiontext><text>Write.</text></questiontext></question>
<question type="crossword"><name><text>z</text></name><questiontext><text>?</text></questiontext></question>
</quiz>"""


def test_others_moodle_questions_are_read_or_listed(tmp_path: Path) -> None:
    path = tmp_path / "bank.xml"
    path.write_text(MOODLE)
    form, questions, left = read_questions(path)
    draft = draft_items(questions, "w50")
    items = tomllib.loads(draft.items)["items"]
    keys = tomllib.loads(draft.keys)["keys"]
    assert form == "Moodle XML"
    assert [(one["id"], one["kind"], one["purpose"]) for one in items] == [
        ("w50-q01", "single", "assessed"), ("w50-q02", "single", "assessed"), ("w50-p01", "multiple", "practice"),
        ("w50-q03", "sort", "assessed"), ("w50-q04", "order", "assessed"), ("w50-q05", "gaps", "assessed"), ("w50-q06", "gaps", "assessed"),
    ]  # fmt: skip
    assert [one["stem"] for one in items[:2]] == ["Tea is hot.", "Which & why?"]
    assert keys["w50-q01"] == {"right": "a", "reason": "“True”: Yes."}
    assert keys["w50-q02"] == {"right": "b", "reason": "Because.", "also": ["c"]}
    assert items[2]["options"][2] == {"id": "c", "text": "C", "right": False, "feedback": "c"}
    assert keys["w50-q03"]["right"] == {"p1": "t1", "p2": "t1"}
    assert [step["text"] for step in items[4]["steps"]] == ["c", "b", "a"]
    assert keys["w50-q04"]["right"] == ["s3", "s2", "s1"]
    assert items[5]["text"] == "One {gap-1} and {gap-2}."
    assert keys["w50-q05"]["right"] == {"gap-1": "a", "gap-2": ["x", "y"]}
    assert items[6]["text"] == "The {gap-1} on the {gap-2}."
    assert keys["w50-q06"]["right"] == {"gap-1": "a", "gap-2": "a"}
    assert [remark.name for remark in left] == ["n", "e", "z"]
    assert all(remark.left_out for remark in left)
    assert any("part of the marks" in remark.text for remark in draft.remarks)
    assert [remark.name for remark in draft.remarks if "so it is practice" in remark.text] == ["w50-p01 (many)"]


QTI = """<assessmentItem xmlns="http://www.imsglobal.org/xsd/imsqti_v2p1" identifier="Choice_1"
title="A title" adaptive="false" timeDependent="false">
<responseDeclaration identifier="R" cardinality="single"
baseType="identifier"><correctResponse><value>ChoiceB</value>
</correctResponse></responseDeclaration>
<itemBody><p>Look at <em>this</em>.</p><choiceInteraction responseIdentifier="R" shuffle="true" maxChoices="1">
<prompt>Which?</prompt>
<simpleChoice identifier="ChoiceA">One<feedbackInline outcomeIdentifier="F" identifier="ChoiceA">No.</feedbackInline>
</simpleChoice>
<simpleChoice identifier="ChoiceB">Two</simpleChoice></choiceInteraction></itemBody></assessmentItem>"""


def test_others_qti_items_are_read_or_listed(tmp_path: Path) -> None:
    path = tmp_path / "bank.zip"
    slider = QTI.replace("choiceInteraction", "sliderInteraction")
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("a.xml", QTI)
        package.writestr("b.xml", slider)
        package.writestr("c.xml", "<!DOCTYPE a><a/>")
        package.writestr("deep/notes.txt", "x")
    form, questions, left = read_questions(path)
    draft = draft_items(questions, "w50")
    (item,) = tomllib.loads(draft.items)["items"]
    assert form == "QTI"
    assert (item["stem"], item["shuffle"], [one["text"] for one in item["options"]]) == ("Look at this. Which?", True, ["One", "Two"])
    assert tomllib.loads(draft.keys)["keys"]["w50-q01"] == {"right": "b", "reason": "“One”: No."}
    assert [remark.name for remark in left] == ["c.xml", "Choice_1"]
    assert "asks for a number" in left[1].text


BLOCK = '<feedbackBlock outcomeIdentifier="F" identifier="a" showHide="show"><p>It is two.</p></feedbackBlock>'
BLOCK_3 = "<qti-feedback-block><qti-content-body>It is <b>two</b>.</qti-content-body></qti-feedback-block>"
FELL = '<rubricBlock view="{}"><p>She fell.</p></rubricBlock><p>Look'
AROUND = {
    "feedback in the body": (QTI.replace("</itemBody>", f"{BLOCK}</itemBody>"), "Look at this. Which?", "It is two. “One”: No."),
    "feedback in the prompt": (QTI.replace("Which?", f"Which?{BLOCK}"), "Look at this. Which?", "It is two. “One”: No."),
    "feedback of QTI 3": (
        QTI.replace("</itemBody>", BLOCK_3 + "</itemBody>"),
        "Look at this. Which?",
        "It is two. “One”: No.",
    ),
    "what an answer hides": (
        QTI.replace("<p>Look", BLOCK.replace('"show"', '"hide"') + "<p>Look"),
        "It is two. Look at this. Which?",
        "“One”: No.",
    ),
    "what an answer hides, in QTI 3": (
        QTI.replace("<p>Look", BLOCK_3.replace("block>", 'block show-hide="hide">', 1) + "<p>Look"),
        "It is two. Look at this. Which?",
        "“One”: No.",
    ),
    "a rubric for who answers": (QTI.replace("<p>Look", FELL.format("tutor candidate")), "She fell. Look at this. Which?", "“One”: No."),
    "a rubric for the marker": (QTI.replace("<p>Look", FELL.format("scorer")), "Look at this. Which?", "“One”: No."),
}


@pytest.mark.parametrize("name", AROUND)
def test_what_is_asked_holds_what_is_read_before_the_answer(name: str) -> None:
    text, stem, reason = AROUND[name]
    draft = draft_items(questions_in(text.encode(), "bank")[1], "w50")
    assert tomllib.loads(draft.items)["items"][0]["stem"] == stem
    assert tomllib.loads(draft.keys)["keys"]["w50-q01"]["reason"] == reason


# GIFT

GIFT = [
    ("::n:: Is 1+1\\=2? {T#no#yes####because}", "single", "Is 1+1=2?", "a"),
    ("Sun is cold.{FALSE}", "single", "Sun is cold.", "b"),
    ("// note\nWho?{~Ann =Ben#r \\{x\\} ~Cy}", "single", "Who?", "b"),
    ("Two?{~%-100%a ~%50%b ~%50%c}", "multiple", "Two?", ["b", "c"]),
    ("Who? {=no one =nobody =%50%grant}", "short", "Who?", {"accepted": ["no one", "nobody"], "not_accepted": ["grant"]}),
    ("Word {=four =4}", "short", "Word", ["four", "4"]),
    ("Cat {~sat =lies} here.", "gaps", "Fill in the gaps.", {"gap-1": "b"}),
    ("Two and two is {=four}.", "gaps", "Fill in the gaps.", {"gap-1": ["four"]}),
    ("Match.{=a -> 1 =b -> 2 =c -> 3 = -> 4}", "match", "Match.", {"p1": "t4", "p2": "t3", "p3": "t2"}),
    ("[html]<p>A &lt; <b>b</b>?</p>{~x =y}", "single", "A < b?", "b"),
    ("[plain]A <b> is?{~x =y}", "single", "A <b> is?", "b"),
]


@pytest.mark.parametrize(("text", "kind", "stem", "right"), GIFT, ids=[one[0][:20] for one in GIFT])
def test_gift_is_read(text: str, kind: str, stem: str, right: Any) -> None:
    questions, left = read_gift(f"$CATEGORY: a/b\n\n{text}\n")
    draft = draft_items(questions, "w50")
    (item,) = tomllib.loads(draft.items)["items"]
    assert left == ()
    assert (item["kind"], item["stem"]) == (kind, stem)
    assert tomllib.loads(draft.keys)["keys"]["w50-q01"]["right"] == right


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("When?{#1822:5}", "number"),
        ("Write.{}", "essay"),
        ("Only a text.", "without a question"),
        ("Broken {=a", "braces"),
        ("Two {=a} and {=b} here", "braces"),
        ("Pairs {=a -> b =c}", "no ->"),
        ("All wrong {~a ~b}", "right must list some"),
    ],
)
def test_what_gift_says_and_ours_cannot_is_listed(text: str, why: str) -> None:
    questions, left = read_gift(text)
    (remark,) = (*left, *draft_items(questions, "w50").remarks)
    assert remark.left_out
    assert why in remark.text


# Strange files

BOMB = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;">]><quiz>&b;</quiz>'
OUTSIDE = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><quiz>&x;</quiz>'


def zipped(*files: tuple[str, str], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", method) as package:
        for name, text in files:
            package.writestr(name, text)
    return held.getvalue()


STRANGE = {
    "empty": (b" \n", "is empty"),
    "binary": (b"\x89PNG\0\0\x1a", "no text in UTF-8"),
    "nul": (b"What?{\0=a}", "is no text"),
    "latin": ("Où?{=là}".encode("latin-1"), "no text in UTF-8"),
    "huge": (b"a" * (LARGEST_FILE + 1), "at most 20 MB"),
    "bomb": (BOMB.encode(), "document type"),
    "outside": (OUTSIDE.encode(), "document type"),
    "deep": (b"<quiz>" + b"<a>" * 500, "within each other"),
    "unclosed": (b"<quiz><question>", "no sound XML"),
    "no encoding": (b'<?xml version="1.0" encoding="nope"?><quiz/>', "no sound XML"),
    "page": (b"<html><body/></html>", "begins with <html>"),
    "test": (b'<assessmentTest xmlns="http://www.imsglobal.org/xsd/imsqti_v2p1"/>', "the whole package"),
    "cut zip": (zipped(("a.xml", QTI))[:60], "damaged or a locked zip"),
    "zip of others": (zipped(("a.txt", "hello")), "without any QTI item"),
    "large zip": (zipped(*((f"{n}.xml", " " * 5_000_000) for n in range(21))), "larger than a package"),
    "packed by bzip2": (zipped(("a.xml", QTI), method=zipfile.ZIP_BZIP2), "method 12"),
    "packed by LZMA": (zipped(("a.xml", QTI), method=zipfile.ZIP_LZMA), "method 14"),
    "many": (b"A?{T}\n\n" * 3_002, "more than 3,000 questions"),
}


@pytest.mark.parametrize("name", STRANGE)
def test_a_strange_file_is_one_clear_sentence(name: str, tmp_path: Path) -> None:
    data, why = STRANGE[name]
    path = tmp_path / "bank"
    path.write_bytes(data)
    with pytest.raises(ClassError) as caught:
        read_questions(path)
    assert why in str(caught.value)
    assert "\n" not in str(caught.value)


def test_utf_16_and_a_byte_order_mark_are_read(tmp_path: Path) -> None:
    path = tmp_path / "bank"
    path.write_bytes(MOODLE.replace('version="1.0"', 'version="1.0" encoding="UTF-16"').encode("utf-16"))
    assert len(read_questions(path)[1]) == 7
    path.write_bytes(b"\xef\xbb\xbfWho?{T}")
    assert [question.stem for question in read_questions(path)[1]] == ["Who?"]


@settings(max_examples=80, deadline=None)
@given(
    text=st.lists(
        st.sampled_from(
            [*"{}~=#:%*\\ \n[]()a1", "->", "::", "####", "{1:SA:", "{1:MC:=a~b}", "<b>", "</", "&#125;", "[[1]]", "T", "<![x[", "9" * 5_000]
        ),
        max_size=40,
    ).map("".join)
)
def test_nothing_that_stands_in_a_file_ends_in_a_traceback(text: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.getbasetemp() / "any"
    escaped = text.replace("&", "&amp;").replace("<", "&lt;")
    kinds = ("multichoice", "truefalse", "matching", "ordering", "shortanswer", "cloze", "gapselect")
    part = f"<text>{escaped}</text>"
    name, answer = f"<name>{part}</name>", f"<answer fraction='100'>{part}</answer>"
    inner = f"{name}<questiontext>{part}</questiontext>{answer}<subquestion>{part}<answer>{part}</answer></subquestion>"
    for data in (text, f"<quiz>{''.join(f'<question type={kind!r}>{inner}</question>' for kind in kinds)}</quiz>"):
        path.write_text(data)
        try:
            _, questions, left = read_questions(path)
        except ClassError:
            continue
        draft = draft_items(questions, "w50")
        assert len(draft.names) + sum(one.left_out for one in draft.remarks) == len(questions)
        assert all(one.text for one in left)


def moodle(kind: str, asked: str, more: str = "") -> str:
    text = f"<questiontext><text>{escape(asked)}</text></questiontext>"
    return f"<quiz><question type='{kind}'><name><text>{escape(asked[:100])}</text></name>{text}{more}</question></quiz>"


DIGITS = "9" * 5_000
STRANGE_TEXTS = {
    "an odd section": moodle("truefalse", "So? <![x[ y", "<answer><text>true</text></answer><answer><text>false</text></answer>"),
    "a line of ours with many fields": moodle("truefalse", "So?", f"<{OWN}>kind=single&amp;purpose=practice{'&amp;a=b' * 30}</{OWN}>"),
    "a number without an end": moodle("gapselect", f"The [[{DIGITS}]].", "<selectoption><text>cat</text></selectoption>"),
    "a size without an end": moodle(
        "cloze", "One {1:MC:=a~b}.", f"<{OWN}>kind=gaps&amp;purpose=practice</{OWN}><{OWN}gaps>g1:{DIGITS}:a,b</{OWN}gaps>"
    ),
    "tags without an end": moodle("truefalse", "<a " * 15_000, "<answer><text>true</text></answer><answer><text>false</text></answer>"),
    "gaps without an end": moodle("cloze", "{1:SA:\\" * 10_000),
    "a name of others without an end": f"::{'<b>' * 40_000}::So?{{T}}",
}


@pytest.mark.parametrize("name", STRANGE_TEXTS)
def test_a_strange_text_costs_its_question_at_most(name: str, tmp_path: Path) -> None:
    path = tmp_path / "bank"
    path.write_text(STRANGE_TEXTS[name], "utf-8")
    begun = process_time()
    _, questions, left = read_questions(path)
    assert len(questions) + len(left) == 1
    draft = draft_items(questions, "w50")
    assert process_time() - begun < 5, "seconds, for a text of less than a tenth of a second"
    assert len(draft.names) + len(draft.remarks) >= len(questions)


# Several right answers, a part of the marks, and forms that stand for many words

PART, MANY, CAPITALS = "part of the marks", "stands for many words", "capitals count"


def cloze(asked: str) -> str:
    return moodle("cloze", f"<p>Report it to the {{1:{asked}}}.</p>")


def short_answers(*answers: tuple[str, float]) -> str:
    return moodle("shortanswer", "Who?", "".join(f"<answer fraction='{n}'><text>{form}</text></answer>" for form, n in answers))


def qti(base: str, worth: dict[str, str], correct: tuple[str, ...] = (), *, several: bool = False, default: str = "0") -> str:
    entries = "".join(f'<mapEntry mapKey="{name}" mappedValue="{one}"/>' for name, one in worth.items())
    values = "".join(f"<value>{one}</value>" for one in correct)
    options = "".join(f'<simpleChoice identifier="{name}">{name}</simpleChoice>' for name in "ABC")
    inner = {
        "choice": f'<choiceInteraction responseIdentifier="R" maxChoices="1"><prompt>Who?</prompt>{options}</choiceInteraction>',
        "gap": f'<p>The <inlineChoiceInteraction responseIdentifier="R">{options}</inlineChoiceInteraction>.</p>'.replace(
            "simpleChoice", "inlineChoice"
        ),
        "typed": '<p>Who? <textEntryInteraction responseIdentifier="R"/></p>',
    }[base]
    cardinality, sort = "multiple" if several else "single", "string" if base == "typed" else "identifier"
    return f"""<assessmentItem xmlns="http://www.imsglobal.org/xsd/imsqti_v2p1" identifier="q" title="t">
<responseDeclaration identifier="R" cardinality="{cardinality}" baseType="{sort}">
<correctResponse>{values}</correctResponse><mapping defaultValue="{default}">{entries}</mapping></responseDeclaration>
<itemBody>{inner}</itemBody></assessmentItem>"""


def one_of(*shares: float) -> str:
    parts = (
        f"<answer fraction='{share}'><text>{n}</text><feedback><text>said {n}</text></feedback></answer>" for n, share in enumerate(shares)
    )
    return moodle("multichoice", "Which?", "<single>true</single>" + "".join(parts))


TRUTH = "<answer fraction='100'><text>true</text></answer><answer fraction='50'><text>false</text></answer>"
SHOWN = '<img src="@@PLUGINFILE@@/sign.png">'
STEPS = "<answer><text>wash</text></answer><answer><text>dry</text></answer><answer><text>rub</text></answer>"
DRAGGED = (
    "<subquestion><text>Nurse</text><answer format='html'><text>&lt;p&gt;Dresses a wound&lt;/p&gt;</text></answer></subquestion>"
    "<subquestion><text>Cook</text><answer format='html'><text>&lt;p&gt;Cooks &amp;amp; cleans&lt;/p&gt;</text></answer></subquestion>"
)
SHARES: dict[str, tuple[str, Any, str]] = {
    "QTI, the most is right": (qti("choice", {"A": "0.5", "B": "1"}), "b", PART),
    "QTI, two are": (qti("choice", {"A": "1", "B": "1"}), "a", ""),
    "QTI, correct and as good": (qti("choice", {"A": "1", "B": "1"}, ("B",)), "a", ""),
    "QTI, correct but not the best": (qti("choice", {"A": "0.5", "B": "1"}, ("A",)), None, "not what it gives the most"),
    "QTI, any answer": (qti("choice", {"A": "1"}, default="0.5"), None, "any answer that it does not name"),
    "QTI, several with weights": (qti("choice", {"A": "1", "B": "2"}, several=True), ["a", "b"], "different weights"),
    "QTI, several and a part": (qti("choice", {"A": "1", "B": "1", "C": "0.5"}, ("A", "B"), several=True), ["a", "b"], PART),
    "QTI, typed": (
        qti("typed", {"York": "1", "wall": "0.25", "4*4": "1"}, ("York",)),
        {"accepted": ["York", "4*4"], "not_accepted": ["wall"]},
        PART,
    ),
    "QTI, a gap": (qti("gap", {"A": "0.5", "B": "1"}), {"gap-1": "b"}, PART),
    "QTI, a gap with two": (qti("gap", {"A": "1", "B": "1"}), None, "gap 1 has several right choices"),
    "cloze, two are right": (cloze("MULTICHOICE:=manager~=lead~neighbour~%50%nurse"), None, "gap 1 has several right choices"),
    "cloze, a part": (cloze("MC:=manager~%50%nurse"), {"gap-1": "a"}, PART),
    "cloze, typed": (cloze("SA:=manager~%50%nurse"), {"gap-1": {"accepted": ["manager"], "not_accepted": ["nurse"]}}, PART),
    "cloze, many words": (cloze("SA:=manager~=lead*"), {"gap-1": ["manager"]}, MANY),
    "cloze, nothing but many words": (cloze("SHORTANSWER:=manag*~%50%nurse"), None, MANY),
    "cloze, an entity for many": (cloze("SA:=manager~=lead&#42;"), {"gap-1": ["manager"]}, MANY),
    "cloze, a star itself": (cloze(r"SA:=a\*b"), {"gap-1": ["a*b"]}, ""),
    "cloze, any other words": (cloze("SA:=manager~%50%*"), {"gap-1": ["manager"]}, MANY),
    "Moodle, any other words": (short_answers(("Ann", 100), ("*", 50)), ["Ann"], MANY),
    "Moodle, words of all sorts": (short_answers(("*", 100)), None, MANY),
    "Moodle, true and half true": (moodle("truefalse", "So?", TRUTH), "a", PART),
    "Moodle, two with their feedback": (one_of(100, 0, 100), "a", ""),
    "QTI, capitals": (qti("typed", {"York": "1"}).replace("/></map", ' caseSensitive="true"/></map'), ["York"], CAPITALS),
    "cloze, capitals": (cloze("SAC:=York"), {"gap-1": ["York"]}, CAPITALS),
    "Moodle, capitals": (short_answers(("York", 100)).replace("<answer", "<usecase>1</usecase><answer", 1), ["York"], CAPITALS),
    "Moodle, some of the steps": (
        moodle("ordering", "Order.", f"<selecttype>RANDOM</selecttype><selectcount>2</selectcount>{STEPS}"),
        ["s3", "s1", "s2"],
        "only some of its steps",
    ),
    "Moodle, all of the steps": (moodle("ordering", "Order.", f"<selecttype>0</selecttype>{STEPS}"), ["s3", "s1", "s2"], ""),
    "Moodle, a step with a picture": (
        moodle("ordering", "Order.", STEPS.replace("wash", escape(f"{SHOWN}wash"))),
        ["s3", "s1", "s2"],
        PICTURE,
    ),
    "Moodle, a part is only a picture": (moodle("ddmatch", "Match.", DRAGGED.replace("Nurse", escape(SHOWN))), None, "only a picture"),
    "Moodle, dragged": (moodle("ddmatch", "Match.", DRAGGED), {"p1": "t2", "p2": "t1"}, ""),
    "GIFT, a picture": (f"::n::{SHOWN.replace('=', chr(92) + '=')} Who? {{=Ann ~Ben}}", "a", PICTURE),
    "GIFT, two are right": ("Tell the { =manager =lead ~neighbour#no } now.", None, "gap 1 has several right choices"),
    "GIFT, a part": ("Tell the { =manager ~%50%lead ~neighbour#no } now.", {"gap-1": "a"}, PART),
}


@pytest.mark.parametrize("name", SHARES)
def test_no_key_is_made_wrong_in_silence(name: str) -> None:
    text, right, why = SHARES[name]
    _, questions, left = questions_in(text.encode(), "bank")
    draft = draft_items(questions, "w50")
    remarks = [remark for remark in (*left, *draft.remarks) if "comes without a reason" not in remark.text]
    keys = tomllib.loads(draft.keys)["keys"]
    assert [entry["right"] for entry in keys.values()] == ([] if right is None else [right])
    assert [remark.left_out for remark in remarks if why in remark.text] == [right is None] if why else remarks == []


def test_a_second_right_answer_is_accepted_beside_the_first() -> None:
    for name, also in (("QTI, two are", ["b"]), ("QTI, correct and as good", ["b"]), ("Moodle, two with their feedback", ["c"])):
        draft = draft_items(questions_in(SHARES[name][0].encode(), "bank")[1], "w50")
        assert tomllib.loads(draft.keys)["keys"]["w50-q01"]["also"] == also


def test_what_is_matched_stands_as_words_in_an_order_of_its_own() -> None:
    draft = draft_items(questions_in(SHARES["Moodle, dragged"][0].encode(), "bank")[1], "w50")
    (item,) = tomllib.loads(draft.items)["items"]
    assert [one["text"] for one in item["partners"]] == ["Cooks & cleans", "Dresses a wound"]
    assert item["shuffle"]


def test_what_is_said_to_a_wrong_filling_goes_into_the_reason() -> None:
    said = "“neighbour”: no"
    for text in (SHARES["GIFT, a part"][0], cloze("MC:=manager~neighbour#no"), cloze("SA:=manager~neighbour#no")):
        draft = draft_items(questions_in(text.encode(), "bank")[1], "w50")
        assert tomllib.loads(draft.keys)["keys"]["w50-q01"]["reason"] == said
    text = cloze("MC:=manager#yes~neighbour#no")
    (item,) = tomllib.loads(draft_items(questions_in(text.encode(), "bank")[1], "w50").items)["items"]
    assert item["gaps"][0]["feedback"] == f"yes {said}", "of practice the gap says it"


# The commands


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder outside any class, with a shelf that has one new workbook, w50."""
    (tmp_path / "shelf").mkdir()
    monkeypatch.setenv("WORKBOOKS_DIR", str(tmp_path / "shelf"))
    monkeypatch.setenv("AUTOGRADE_KEYS", str(tmp_path / "guides"))
    new_workbook(tmp_path / "shelf", "w50-drafts", "Drafts")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def said(*words: str) -> str:
    done = CliRunner().invoke(bank, list(words))
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    return " ".join(done.output.split())


def test_a_workbook_goes_out_and_comes_in_as_a_draft_that_check_accepts(place: Path) -> None:
    questions, _ = questions_of(*book(NAMES[3]))
    (place / "bank.xml").write_bytes(written("moodle", questions))
    assert f"{len(questions)} items from Moodle XML" in said("import", "bank.xml", "--workbook", "w50")
    items, keys = (place / f"bank-w50-{name}.toml" for name in ("items", "keys"))
    assert "w50-q01" not in tomllib.loads(keys.read_text())["keys"], "the workbook has this one already"
    folder = place / "shelf/w50-drafts"
    before = {(one.rule, one.text) for one in check_all([folder], []) if not one.advice}
    with (folder / "items.toml").open("a", encoding="utf-8") as file_of_items:
        file_of_items.write("\n" + items.read_text().replace('section = "', 'section = "A first section" # '))
    with (place / "guides/keys/w50.toml").open("a", encoding="utf-8") as file_of_keys:
        file_of_keys.write(keys.read_text().partition("[keys]\n")[2])
    mend(load_workbook(folder))
    assert len(load_workbook(folder).items) == 6 + len(questions)
    assert {(one.rule, one.text) for one in check_all([folder], []) if not one.advice} <= before
    with pytest.raises(ClassError, match="is not replaced"):
        said("import", "bank.xml", "--workbook", "w50")


@pytest.mark.parametrize("form", FORMS)
def test_export_writes_once_says_what_is_left_out_and_is_for_the_tutor_alone(form: str, place: Path) -> None:
    file = f"out.{'xml' if form == 'moodle' else 'zip'}"
    told = said("export", "w50", "--to", file, "--as", form)
    assert "3 questions of w50" in told
    assert "left out: a written task" in told
    assert "holds the keys" in told
    assert (place / file).stat().st_mode & 0o077 == 0
    assert len(read_questions(place / file)[1]) == 3
    with pytest.raises(ClassError, match="is not replaced"):
        said("export", "w50", "--to", file, "--as", form)
    with pytest.raises(ClassError, match="does not end in"):
        said("export", "w50", "--to", "out.csv", "--as", form)
    with pytest.raises(ClassError, match="no workbook 'w77'"):
        said("export", "w77", "--to", "other.xml")


def test_a_draft_of_nothing_is_not_written(place: Path) -> None:
    (place / "essays.txt").write_text("Write.{}")
    with pytest.raises(ClassError, match="Nothing was written"):
        said("import", "essays.txt", "--workbook", "w50")
    for odd in ("drafts", "w٥٠", "w5", "w500"):
        with pytest.raises(ClassError, match="no short id"):
            said("import", "essays.txt", "--workbook", odd)
    with pytest.raises(ClassError, match="no file"):
        said("import", "gone.txt", "--workbook", "w50")
    (place / "shelf/w50-drafts/items.toml").write_text('[items]\nid = "w50-q01"\n')
    with pytest.raises(ContentError, match="must be written as tables"):
        said("import", "essays.txt", "--workbook", "w50")
    assert sorted(path.name for path in place.iterdir()) == ["essays.txt", "guides", "shelf"]
