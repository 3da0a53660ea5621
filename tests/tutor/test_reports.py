"""Reports hold what the database holds, row by row, as readers of their formats see it; nobody is named who is not to be."""

import csv
import html
import io
import json
import re
import sys
import unicodedata
from dataclasses import asdict, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import openpyxl
import pypdf
import pytest
from sqlalchemy import insert, update
from typer.testing import CliRunner

from autograde.classes.folder import Course
from autograde.classes.learner_changes import add_one
from autograde.classes.own_keys import Decision, decide
from autograde.classes.roster import Roster
from autograde.classes.settings_file import write_setting
from autograde.cli import app
from autograde.errors import ClassError
from autograde.gradebook import log, own_tables, person, tables
from autograde.gradebook.givings import keep_giving
from autograde.gradebook.told import told_in
from autograde.inbox.attempts import Attempts
from autograde.inbox.intake import intake
from autograde.marking.mark import answer_digest
from autograde.records.erasure import erase
from autograde.records.opening import reading, writing
from autograde.records.proposals import Proposal
from autograde.reports.as_html import as_html
from autograde.reports.as_pdf import as_pdf
from autograde.reports.class_report import class_report
from autograde.reports.document import Document, Section, Table
from autograde.reports.facts import read_facts
from autograde.reports.making import make_class, make_quality, make_record, make_tracker
from autograde.reports.people import people
from autograde.reports.quality import quality_report
from autograde.reports.sheet import as_csv, as_xlsx
from autograde.reports.tracker import HEADER, tracker
from autograde.reports.unit_record import unit_record
from autograde.run.mark import mark_class
from autograde.statistics.sampling import Rates
from autograde.text import LOCAL
from tests.tutor.conftest import empty_database
from workbook_helpers.answers import parse_sheet

if TYPE_CHECKING:
    from tests.tutor.conftest import Kit

NOTHING_PROPOSED = json.dumps(asdict(Proposal(met=None, why="")))
RATES = json.dumps({"rates": asdict(Rates()), "new": []})
GONE = "w01-small: closed questions on 1.1, handed in anew or taken back since, or marked otherwise; evidence that was withdrawn since"
AT = datetime(2026, 11, 21, 12)  # noqa: DTZ001  naive, as the records keep it
HARM = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "＝1", '=HYPERLINK("http://x.example","y")', "https://x.example", "007", "<b>&</b>")


@pytest.fixture
def unit(course: Course, kit: "Kit", tmp_path: Path, small_key: None, monkeypatch: pytest.MonkeyPatch) -> Course:
    """Give a class with hand-ins, evidence, decisions and samples, whose items are about criteria."""
    monkeypatch.setenv("AUTOGRADE_WHO", "Ruth")
    for path in course.root.glob("*/w01-small/items.toml"):
        text = path.read_text("utf-8").replace("points = 2\n", 'points = 2\ncriterion = "1.1"\n')
        path.write_text(text.replace("points = 10\n", 'points = 10\ncriterion = "1.2"\n'), "utf-8")
    for path in course.root.glob("*/w01-small/workbook.toml"):
        path.write_text(f'role = "assessment"\n{path.read_text("utf-8")}', "utf-8")
    for at, words in (("2026-11-18T10:00:00+00:00", "So."), ("2026-11-19T10:00:00+00:00", "So it is.")):
        path = tmp_path / f"ana{at[8:10]}.zip"
        path.write_bytes(kit.hand_in("ana01", at, q01="a", t01=words, declaration=True))
        intake(course, [path], "w01")
    list(mark_class(course, "w01-small"))
    with reading(course) as connection:
        place = person.places_in(connection, "w01-small")["w01-t01"]
        held = person.marks_for(connection, place, ["ana01"])["ana01"]
        base, answer = held.base, held.answer
    given = person.Given(points=7, comment="Ana, say why.", notes=person.Notes())
    person.give(course.db_url, course.course_id, place, "ana01", given, base)
    with writing(course) as database:
        seen = {"id": "e1", "learner": "ana01", "kind": "observation", "criteria": '["2.3"]', "on": date(2026, 11, 20), "by": "Omar"}
        more = {"title": "=A visit", "text": "Ana Evans did well.", "entered_by": "Ruth", "at": AT, "withdrawn": False}
        database.run(insert(own_tables.evidence).values(**seen, **more))
        database.run(insert(own_tables.evidence).values(**seen | more | {"id": "e2", "learner": "ben01", "withdrawn": True}))
        for n, (learner, code, met, reason, rests) in enumerate(
            (
                ("ana01", "2.3", False, "First try.", "[]"),
                ("ana01", "2.3", True, "Ana Evans (ana01) showed it.", '["e1"]'),
                ("ben01", "1.1", True, "=cmd|x", '["e2", "w01-small/closed-1.1@0"]'),
            )
        ):
            row = {"id": f"d{n}", "framework": "rqf-l2", "criterion": code, "learner": learner, "met": met, "assessor": "Ruth"}
            row |= {"entered_by": "rosei", "at": AT.replace(minute=n), "reason": reason, "evidence": rests, "proposal": NOTHING_PROPOSED}
            database.run(insert(own_tables.decision).values(**row))
        event = {"id": "u1", "framework": "rqf-l2", "learner": "ana01", "what": "declared", "who": "ana01", "at": AT, "text": "Mine."}
        database.run(insert(own_tables.unit_event).values(**event))
        database.run(insert(own_tables.sample_plan).values(id="p", framework="rqf-l2", by="Iqa", at=AT, seed="7", settings=RATES))
        sample = {"plan": "p", "reasons": '["new assessor"]', "by": "Iqa", "at": AT}
        database.run(insert(own_tables.sample).values(id="s1", decision="d1", agrees=True, text="Good.", **sample))
        database.run(insert(own_tables.sample).values(id="s2", decision="d2", agrees=False, text="Where is it?", **sample))
        action = {"id": "a1", "sample": "s2", "to": "Ruth", "text": "Ask again", "until": date(2026, 12, 1), "by": "Iqa", "at": AT}
        database.run(insert(own_tables.action).values(**action, closed_by="", closed_at=None, closing=""))
        second = {"id": "m1", "learner": "ana01", "assignment": "w01-small", "task": "w01-t01", "answer": answer, "marker": "Omar"}
        second |= {"entered_by": "omar"}
        database.run(insert(own_tables.second_mark).values(**second, first=7, points=4, seen="[]", text="", at=AT))
    return course


def solid(text: str) -> str:
    return re.sub(r"\s+", "", text)


def holds(shown: str, document: Document) -> None:
    """See that a text has every heading, paragraph and cell of a document, in order."""
    at, text = 0, solid(shown)
    words = [document.title, document.made]
    for section in document.sections:
        words += [section.heading, *section.paragraphs]
        for table in section.tables:
            words += [table.title, *(cell for row in (table.header, *table.rows) for cell in row)] if table.rows else [table.title]
    for word in words:
        found = text.find(solid(word), at)
        assert found >= 0, (word, text[at : at + 200])
        at = found + len(solid(word))


def pdf_text(data: bytes) -> str:
    pages = [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(data)).pages]
    return "\n".join(re.sub(r"\n?\d+ of \d+\s*$", "", page) for page in pages)


def test_the_tracker_holds_what_the_records_hold(unit: Course) -> None:
    table = tracker(read_facts(unit), people(unit, named=True))
    rows = [dict(zip(HEADER, row, strict=True)) for row in table.rows]
    codes = [one.code for one in read_facts(unit).framework.criteria]
    assert len(rows) == 3 * len(codes)  # one piece of evidence at most for each
    by = {(row["learner"], row["criterion"]): row for row in rows}
    ana = "Ana Evans (ana01)"
    written, closed, seen = by[ana, "1.2"], by[ana, "1.1"], by[ana, "2.3"]
    assert (written["kind"], written["attempt"], written["marks"], written["decision"]) == ("written answer", "1", "7 of 10", "")
    assert (closed["kind"], closed["evidence date"]) == ("closed questions", "2026-11-19")
    assert closed["marks"] == "1 of 1 right"
    assert (seen["kind"], seen["evidence by"], seen["rests on it"], seen["evidence date"]) == ("observation", "Omar", "yes", "2026-11-20")
    assert (seen["decision"], seen["assessor"], seen["decided at"]) == ("met", "Ruth", "2026-11-21 12:01")
    lost = by["Ben O'Brien, Jr (ben01)", "1.1"]
    assert [lost[name] for name in ("decision", "kind", "evidence", "rests on it")] == ["met", "", GONE, "yes"]


def test_a_class_is_reported_by_its_own_framework(unit: Course) -> None:
    write_setting(unit, "framework", "care-certificate")
    table = tracker(read_facts(unit), people(unit, named=True))
    assert "Care Certificate" in table.title
    assert {row[1] for row in table.rows if row[4] == "written answer"} == {"1.3", "6", "9"}  # what 1.2 of the default one serves


def test_a_record_tells_the_whole_story_of_a_unit(unit: Course) -> None:
    first, second, third = unit_record(read_facts(unit), people(unit, named=True), "ana01", made="").sections
    criteria, signed = first.tables
    assert first.paragraphs == ("The unit is not signed off.",)
    assert [row[2:4] for row in criteria.rows if row[0] == "2.3"] == [("met", "Ruth")]
    assert [row[2] for row in criteria.rows if row[0] == "1.1"] == ["not decided"]
    assert [(row[0], row[1], row[3]) for row in signed.rows] == [
        ("Declared by the learner", "the learner", "In the hand-in of w01."),
        ("Declared by the learner", "ana01", "Mine."),
    ]
    evidence, history = second.tables
    assert [(row[0], row[2], row[3]) for row in evidence.rows] == [
        ("1.2", "written answer", "1"),
        ("1.1", "closed questions", "1"),
        ("2.3", "observation", ""),
    ]
    assert [(row[1], row[4], row[5]) for row in history.rows] == [
        ("not yet met", "First try.", ""),
        ("met", "Ana Evans (ana01) showed it.", "=A visit"),
    ]
    assert third.tables[0].rows == (("w01: Why?", "1", "not given yet", "Ana, say why."),)
    bens = unit_record(read_facts(unit), people(unit, named=True), "ben01", made="").sections[1].tables[1].rows
    assert [row[5] for row in bens] == [GONE]


def test_each_attempt_is_shown_with_the_day_of_its_feedback(unit: Course, kit: "Kit", tmp_path: Path) -> None:
    attempts = Attempts(unit, "w01-small")
    (first, _), (second, _) = attempts.of("ana01")
    attempts.put("ana01", replace(second, attempt=2))
    row = referral_row(first.answers_sha256)
    with writing(unit) as database:
        database.run(insert(own_tables.referral).values(**row))
        before = {
            "id": "r0",
            "at": AT - timedelta(days=11),
            "ended": "withdrawn",
            "tasks": '{"w01-t01": {"missing": "?", "comment": "?", "points": 1}}',
        }
        database.run(insert(own_tables.referral).values(**row | before))  # the one after it tells
        old = f"w01-small/w01-t01@{answer_digest_of(unit, first.answers_sha256)}"
        database.run(insert(own_tables.decision).values(**decision_row(old)))
    with reading(unit) as connection:
        page = told_in(connection, "w01-small")["ana01"].digest
    given = keep_giving(unit.db_url, unit.course_id, assignment="w01-small", way="x", to={"ana01": page})
    day = given.at.astimezone(LOCAL).date().isoformat()
    table = tracker(read_facts(unit), people(unit, named=True))
    rows = [dict(zip(HEADER, one, strict=True)) for one in table.rows]
    shown = [one for one in rows if one["kind"] == "written answer" and one["criterion"] == "1.2"]
    assert [(one["attempt"], one["evidence date"], one["marks"], one["feedback given"], one["rests on it"]) for one in shown] == [
        ("1", "2026-11-18", "3 of 10", "2026-11-21", "yes"),
        ("2", "2026-11-19", "7 of 10", day, ""),
    ]
    record = unit_record(read_facts(unit), people(unit, named=True), "ana01", made="").sections
    assert record[2].tables[0].rows == (("w01: Why?", "1", "2026-11-21", "Why so?"), ("w01: Why?", "2", day, "Ana, say why."))
    with writing(unit) as database:
        database.run(update(tables.comment).values(manual_comment="Ana, say why, please."))
    assert read_facts(unit).feedback["ana01"][1].given == f"{day}, changed since"
    (tmp_path / "late.zip").write_bytes(kit.hand_in("ana01", "2026-11-22T10:00:00+00:00", t01="Late.", declaration=True))
    [late] = intake(unit, [tmp_path / "late.zip"], "w01").taken
    assert late.oddities == ("is of an attempt before the current one: kept, not used",)
    told = tracker(read_facts(unit), people(unit, named=True)).rows
    assert [row[:8] for row in told] == [row[:8] for row in table.rows], "the first attempt is the one that was referred"
    with writing(unit) as database:  # another answer, which waits: the comment is of the one before
        database.run(update(tables.grade).values(needs_manual_grade=True))
    assert [one.text for one in read_facts(unit).feedback["ana01"]] == ["Why so?"]


def referral_row(about: str) -> dict[str, Any]:
    tasks = {"w01-t01": {"missing": "A reason.", "comment": "Why so?", "points": 3}}
    row = {"id": "r", "learner": "ana01", "assignment": "w01-small", "attempt": 2, "about": about, "at": AT, "by": "Ruth"}
    return row | {"tasks": json.dumps(tasks), "criteria": "{}", "until": None, "more_time": False, "time_before": None, "ended": ""}


def decision_row(rests_on: str) -> dict[str, Any]:
    row = {"id": "d9", "framework": "rqf-l2", "criterion": "1.2", "learner": "ana01", "met": False, "assessor": "Ruth", "at": AT}
    return row | {"reason": "No reason.", "evidence": json.dumps([rests_on]), "proposal": NOTHING_PROPOSED, "entered_by": "Ruth"}


@pytest.mark.parametrize(("referred", "said", "marks"), [(True, [("1", "2026-11-21", "Why so?")], "3 of 10"), (False, [], "")])
def test_a_comment_stands_under_the_answer_that_it_is_of(
    unit: Course, kit: "Kit", tmp_path: Path, referred: bool, said: list[tuple[str, ...]], marks: str
) -> None:
    """The second hand-in was within the attempt of the first one, which a decision rests on, and perhaps a referral is about."""
    (first, _), _ = Attempts(unit, "w01-small").of("ana01")
    given = keep_giving(unit.db_url, unit.course_id, assignment="w01-small", way="x", to={"ana01": "a page"})
    with writing(unit) as database:
        database.run(
            insert(own_tables.decision).values(**decision_row(f"w01-small/w01-t01@{answer_digest_of(unit, first.answers_sha256)}"))
        )
        if referred:
            database.run(insert(own_tables.referral).values(**referral_row(first.answers_sha256)))

    def comments() -> list[tuple[str, ...]]:
        record = unit_record(read_facts(unit), people(unit, named=True), "ana01", made="")
        return [row[1:] for row in record.sections[2].tables[0].rows]

    for hour, words in ((9, "not given yet"), (11, "2026-11-19, changed since")):  # it was handed in at ten
        with writing(unit) as database:
            at = datetime(2026, 11, 19, hour)  # noqa: DTZ001  naive, as the gradebook keeps it
            database.run(update(tables.given_back).where(tables.given_back.c.id == given.id).values(at=at))
        assert comments() == [*said, ("1", words, "Ana, say why.")]
    rows = [dict(zip(HEADER, row, strict=True)) for row in tracker(read_facts(unit), people(unit, named=True)).rows]
    shown = [(one["marks"], one["feedback given"]) for one in rows if one["learner"] == "Ana Evans (ana01)" and one["criterion"] == "1.2"]
    assert shown == [(marks, "2026-11-21" if referred else ""), ("7 of 10", "2026-11-19, changed since")]
    (tmp_path / "third.zip").write_bytes(kit.hand_in("ana01", "2026-11-20T10:00:00+00:00", q01="a", t01="Other.", declaration=True))
    intake(unit, [tmp_path / "third.zip"], "w01")
    assert comments() == said, "of what is not marked yet there is none"


def test_what_waits_behind_a_sign_off_is_no_attempt_before(unit: Course, kit: "Kit", tmp_path: Path) -> None:
    event = {"id": "u2", "framework": "rqf-l2", "learner": "ana01", "what": "signed", "who": "Ruth", "at": AT, "text": ""}
    with writing(unit) as database:
        database.run(insert(own_tables.unit_event).values(**event))
    before = tracker(read_facts(unit), people(unit, named=True))
    (tmp_path / "late.zip").write_bytes(kit.hand_in("ana01", "2026-11-22T10:00:00+00:00", q01="a", t01="Later.", declaration=True))
    assert not intake(unit, [tmp_path / "late.zip"], "w01").taken[0].current
    assert tracker(read_facts(unit), people(unit, named=True)) == before


def answer_digest_of(course: Course, answers: str) -> str:
    """Give the digest by which the written answer of an earlier hand-in is known as evidence."""
    attempts, workbook = Attempts(course, "w01-small"), course.workbook("w01-small")
    path = next(path for one, path in attempts.of("ana01") if one.answers_sha256 == answers)
    return answer_digest(workbook.items["w01-t01"], parse_sheet(attempts.answers(path), workbook.items, workbook.id))


def test_a_spreadsheet_reads_the_same_rows_and_no_formula(unit: Course, tmp_path: Path) -> None:
    whole = tracker(read_facts(unit), people(unit, named=True))
    table = Table(title="Criterion tracker: [x]", header=HEADER, rows=(*whole.rows, *((one,) * len(HEADER) for one in HARM)))
    book = openpyxl.load_workbook(io.BytesIO(as_xlsx(table)))
    sheet = book.worksheets[0]
    assert [tuple(cell.value or "" for cell in row) for row in sheet.iter_rows()] == [table.header, *table.rows]
    assert {cell.data_type for row in sheet.iter_rows() for cell in row if cell.value is not None} == {"s"}
    read = list(csv.reader(io.StringIO(as_csv(table).decode("utf-8-sig"))))
    assert [[cell.removeprefix("'") for cell in row] for row in read] == [list(row) for row in (table.header, *table.rows)]
    assert not [cell for row in read for cell in row if cell.startswith(("=", "+", "-", "@", "\t", "＝"))]
    for name in ("t.xlsx", "t.csv"):
        make_tracker(unit, tmp_path / name, named=True)
    [sheet] = openpyxl.load_workbook(tmp_path / "t.xlsx").worksheets
    assert [tuple(cell.value or "" for cell in row) for row in sheet.iter_rows()] == [whole.header, *whole.rows]
    with pytest.raises(ClassError, match=r"\.xlsx or \.csv"):
        make_tracker(unit, tmp_path / "t.pdf")
    with pytest.raises(ClassError, match="there already"):
        make_tracker(unit, tmp_path / "t.csv")


def documents(course: Course, *, named: bool) -> list[Document]:
    facts, who = read_facts(course), people(course, named=named)
    return [
        unit_record(facts, who, "ana01", made="Made."),
        quality_report(course, facts, who, made="Made."),
        class_report(course, made="Made."),
    ]


def test_html_and_pdf_say_what_the_report_says(unit: Course) -> None:
    for document in documents(unit, named=True):
        page = as_html(document).decode()
        assert "<script" not in page
        text = re.sub(r"<style>.*?</style>|<title>.*?</title>|<caption>|<[^>]*>", " ", page, flags=re.DOTALL)
        holds(html.unescape(text), document)
        data = as_pdf(document)
        holds(pdf_text(data), document)
        reader = pypdf.PdfReader(io.BytesIO(data))
        root: Any = reader.trailer["/Root"]
        assert (root["/MarkInfo"]["/Marked"], root["/Lang"]) == (True, "en-GB")
        assert bool(root["/ViewerPreferences"]["/DisplayDocTitle"])
        assert reader.metadata is not None
        assert reader.metadata.title == document.title
        tags = tags_of(root["/StructTreeRoot"])
        tables = [table for section in document.sections for table in section.tables if table.rows]
        assert tags.count("/Table") == len(tables)
        assert tags.count("/TH") == sum(len(table.header) for table in tables)
        assert tags.count("/TD") == sum(len(table.header) * len(table.rows) for table in tables)
        assert tags.count("/H1") == len(document.sections)
        assert b"pdfuaid" in root["/Metadata"].get_data()


def test_tables_of_one_title_are_told_apart_on_a_page() -> None:
    table = Table(title="Items", header=("item",), rows=(("w01-q01",),))
    sections = tuple(Section(heading=name, tables=(table,)) for name in ("Boundaries", "Safety"))
    page = as_html(Document(title="T", made="", sections=sections)).decode()
    assert re.findall(r'role="region" aria-label="(.*?)"', page) == ["Boundaries: Items", "Safety: Items"]


def tags_of(node: Any) -> list[str]:
    node = node.get_object() if hasattr(node, "get_object") else node
    if isinstance(node, list):
        return [tag for one in node for tag in tags_of(one)]
    if not isinstance(node, dict):
        return []
    return ([str(node["/S"])] if "/S" in node else []) + (tags_of(node["/K"]) if "/K" in node else [])


def test_a_pdf_takes_any_text_as_text() -> None:
    words = ("#strong[no] *x* $y$ \\ @ref <l> // /* `c`", "Ŵyn – “é” ½ 漢字", "a\x00b\x07\u202e", "line\nline\tend", "", "x" * 3000)
    table = Table(title="T", header=("a", "b"), rows=((words[0], words[1]), (words[2], words[3]), (words[4], words[5])))
    document = Document(title="#title", made=words[0], sections=(Section(heading="*h*", paragraphs=(words[1],), tables=(table,)),))
    lines = pdf_text(as_pdf(document))
    text = solid(lines)
    assert solid(words[0]) in text
    assert "Ŵyn–“é”½" in text
    assert "漢字" in text or "[U+6F22][U+5B57]" in text
    assert "ablineline" in text
    assert "line end" in lines
    assert "x" * 3000 in text
    assert "x" * 300 not in lines, "a long word goes on in the next line"


def test_a_sign_that_no_font_has_changes_no_other() -> None:
    strange = "\N{CUNEIFORM SIGN A}\U00030ede"  # few computers have the one, hardly any the other
    document = Document(
        title="Record of Мария", made="2 → 3 ✓\ufe0f", sections=(Section(heading="Ελένη", paragraphs=(f"Well done {strange}",)),)
    )
    text = pdf_text(as_pdf(document))
    assert all(word in text for word in ("Record of Мария", "2 → 3 ✓\n", "Ελένη", "Well done "))
    assert all(sign in text or f"[U+{ord(sign):04X}]" in text for sign in strange)


def test_a_long_cell_of_a_pdf_goes_on_on_the_next_page() -> None:
    table = Table(title="Comments", header=("on", "comment"), rows=(("w01", "\n".join(f"- {n}" for n in range(110))),))
    data = as_pdf(Document(title="T", made="", sections=(Section(heading="H", tables=(table,)),)))
    heights = []
    for page in pypdf.PdfReader(io.BytesIO(data)).pages:
        page.extract_text(visitor_text=lambda text, here, at, *_: heights.append(at[5] * here[3] + here[5]) if text.strip() else None)
    assert len(heights) > 110
    assert min(heights) > 0


def test_nobody_is_named_who_is_not_to_be(unit: Course) -> None:
    texts = [as_html(one).decode() for one in documents(unit, named=False)] + [
        as_csv(tracker(read_facts(unit), people(unit, named=False))).decode("utf-8-sig")
    ]
    for text in texts:
        assert not re.findall(r"ana01|ben01|cai01|\bAna\b|Evans|O'Brien|Siân|Ŵyn", text)
    assert "First try." in texts[0]
    assert "showed it." in texts[3]
    who = people(unit, named=False)
    ana, ben = who.called["ana01"], who.called["ben01"]
    said = who.hide("Ana, ana01 and Ben O'Brien, Jr; Ben and Banana. (Evans)", "ana01")
    assert said == f"{ana}, {ana} and {ben}; Ben and Banana. ({ana})"
    assert who.hide("ANA EVANS, Ana01, ana; BEN O'BRIEN, JR", "ana01") == f"{ana}, {ana}, {ana}; {ben}"
    cai = who.called["cai01"]
    assert who.hide(unicodedata.normalize("NFD", "siân ŵyn"), "ben01") == cai
    assert [one.id for one in who.students] == [one.id for one in people(unit, named=False).students]
    assert len(set(who.called.values())) == 3
    assert sorted(who.called.values()) == [who.called[one.id] for one in who.students]


@pytest.mark.parametrize(
    ("said", "hidden"),
    [
        ("Mr O’Brien showed it.", "Mr {dee} showed it."),
        ("Mary told Ms Garcia about it; Lopez and GROSS, no, Groß, too.", "{dee} told Ms {dee} about it; {dee} and GROSS, no, {dee}, too."),
        ("Siân\u00a0 Ŵyn saw it, and Siân agreed.", "{cai} saw it, and Siân agreed."),
        ("Write to ANA@example.org or dee@example.org.", "Write to {ana} or {dee}."),
        ("Ben  O‘Brien, JR and a de-icer", "{ben} and a de-icer"),
    ],
)
def test_names_are_hidden_however_they_are_typed(unit: Course, said: str, hidden: str) -> None:
    add_one(unit, id_="dee01", first_name="Mary de Ann", last_name="O'Brien Garcia Lopez-Groß", email="dee@example.org")
    who = people(unit, named=False)
    assert who.hide(said, "dee01") == hidden.format(**{one[:3]: called for one, called in who.called.items()})


def test_a_name_that_is_a_word_is_hidden_where_it_has_a_capital(unit: Course) -> None:
    add_one(unit, id_="wil01", first_name="Will", last_name="Young", email="will@example.org")
    who = people(unit, named=False)
    said = who.hide("Will will do it; young people, Mr Young and WILL YOUNG. How will young people cope?", "wil01")
    assert said == "{0} will do it; young people, Mr {0} and {0}. How will young people cope?".format(who.called["wil01"])


def test_an_id_is_hidden_as_folders_have_it_too(unit: Course) -> None:
    add_one(unit, id_="COLLEGE\\dee", first_name="Dee", last_name="Zimmer")
    who = people(unit, named=False)
    dee = who.called["COLLEGE=5Cdee"]
    assert who.hide("For COLLEGE=5Cdee, who is college\\DEE.", "ana01") == f"For {dee}, who is {dee}."


def test_item_figures_hold_to_their_guards(course: Course, kit: "Kit", tmp_path: Path, small_key: None) -> None:
    """Below ten learners no figure; erased learners' points go on to count, their choices do not."""
    for learner, option in (("ana01", "a"), ("ben01", "b"), ("cai01", "a")):
        (tmp_path / f"{learner}.zip").write_bytes(kit.hand_in(learner, q01=option, t01=f"By {learner}.", declaration=True))
        intake(course, [tmp_path / f"{learner}.zip"], "w01")
    list(mark_class(course, "w01-small"))
    erase(course, "cai01")
    with writing(course) as database:
        rows = [
            {"pseudonym": f"p{n}", "assignment": "w01-small", "cell": cell, "points": points, "maximum": most}
            for n in range(7)
            for cell, points, most in (("w01-q01", 2 * (n % 2), 2), ("w01-t01", n, 10), ("w01-gone", 1, 1))
        ]
        database.run_each(insert(own_tables.kept_points), rows)
    [section] = class_report(course, made="Made.").sections
    items, options = section.tables
    assert items.rows[0][:3] == ("w01-q01", "10", "0.50")  # of ana, ben, cai and seven: 5 right
    assert items.rows[1][:2] == ("w01-t01", "7")  # nobody else's answer has points yet
    assert items.rows[1][2].startswith("none: Only 7")
    assert "below 100" in section.paragraphs[1]
    none = "No alpha and no standard error of measurement: only 7 learners have points for every item: below 10 no figure is given."
    assert section.paragraphs[2] == none
    assert [row[3] for row in options.rows] == ["none: Only 2 learners were asked: below 10 no figure is given."] * 2
    assert [row[2] for row in options.rows] == ["yes", ""]
    decide(course, "w01", "w01-q01", Decision(also=("b",)))
    assert [row[2] for row in class_report(course, made="Made.").sections[0].tables[1].rows] == ["yes", "yes"]
    decide(course, "w01", "w01-q01", Decision(void=True))
    counted, options = class_report(course, made="Made.").sections[0].tables
    assert counted.rows[0] == ("w01-q01", "", "", "", "", "This question does not count: everybody gets its points.")
    assert counted.rows[1][:2] == items.rows[1][:2]
    assert options.rows == ()


def test_quality_is_told_as_the_records_say(unit: Course) -> None:
    short, plans, second, findings, assessors = quality_report(unit, read_facts(unit), people(unit, named=True), made="").sections
    assert "Of 2 decisions that hold now, 2 were sampled, and 2 of these looked at." in short.paragraphs[0]
    assert "agreed with 1 (50%)" in short.paragraphs[0]
    assert plans.tables[0].rows[0][1:3] == ("Iqa", "7")
    assert plans.tables[0].rows[0][3].startswith("10% of each assessor’s decisions, 25% of a new assessor’s; at least 2 of each assessor, ")
    assert second.tables[0].rows[0][:3] == ("w01-small w01-t01", "1", "0%")
    assert second.tables[1].rows == (("Ana Evans (ana01)", "w01-small w01-t01", "7", "4", "Omar"),)
    assert [row[1:] for row in findings.tables[0].rows] == [("1.1", "met", "Ruth", "Iqa", "Where is it?")]
    assert findings.tables[1].rows == (("Ruth", "Ask again", "2026-12-01", "Iqa", "open"),)
    assert assessors.tables[0].rows == (("Ruth", "2", "0", "2", "1"),)


def test_both_intervals_of_kappa_are_told(unit: Course) -> None:
    row = {"learner": "ana01", "assignment": "w01-small", "task": "w01-t01", "answer": "", "seen": "[]", "text": "", "at": AT}
    pairs = [(3, 4), (5, 5), (8, 7), (6, 6), (4, 4), (7, 8)]
    with writing(unit) as database:
        for n, (first, points) in enumerate(pairs):
            database.run(
                insert(own_tables.second_mark).values(**row, id=f"n{n}", marker=f"M{n}", entered_by=f"m{n}", first=first, points=points)
            )
    second = quality_report(unit, read_facts(unit), people(unit, named=True), made="").sections[2]
    [(_, _, same, _, intervals, notes)] = second.tables[0].rows
    assert same == "43%"
    assert "go by the wider interval" in notes
    assert re.fullmatch(r"analytic interval -?\d\.\d\d to \d\.\d\d; bootstrap interval -?\d\.\d\d to \d\.\d\d", intervals)


def test_what_was_decided_again_or_for_another_unit_is_counted_apart(unit: Course) -> None:
    with writing(unit) as database:
        other = {
            "id": "d9",
            "framework": "other",
            "criterion": "1.1",
            "learner": "ben01",
            "met": True,
            "assessor": "Zoe",
            "entered_by": "z",
        }
        again = {**other, "id": "d8", "framework": "rqf-l2", "met": False, "assessor": "Ruth"}
        later = {"at": AT.replace(minute=30), "reason": "x", "evidence": '["e2"]', "proposal": NOTHING_PROPOSED}
        database.run_each(insert(own_tables.decision), [{**other, **later}, {**again, **later}])
        plan = {"id": "p9", "framework": "other", "by": "Zoe", "at": AT, "seed": "9", "settings": RATES}
        database.run(insert(own_tables.sample_plan).values(**plan))
        sample = {"id": "s9", "plan": "p9", "decision": "d9", "reasons": "[]", "by": "Zoe", "at": AT, "agrees": True, "text": ""}
        database.run(insert(own_tables.sample).values(**sample))
        action = {"to": "Ruth", "until": None, "by": "Iqa", "at": AT, "closed_by": "Ruth", "closed_at": AT, "closing": "Seen ben01."}
        for id_, sampled, text in (("a8", "s9", "Elsewhere"), ("a9", "", "Ask Ana Evans"), ("a7", "s1", "Ana must see you")):
            database.run(insert(own_tables.action).values(id=id_, sample=sampled, text=text, **action))
        database.run(update(own_tables.sample).where(own_tables.sample.c.id == "s1").values(reasons='["For the learner “ana01”."]'))
    who = people(unit, named=False)
    short, plans, _, findings, assessors = quality_report(unit, read_facts(unit), who, made="").sections
    assert "Of 2 decisions that hold now, 1 were sampled, and 1 of these looked at." in short.paragraphs[0]
    assert "1 more were sampled and decided again since" in short.paragraphs[0]
    assert [row[1] for row in plans.tables[0].rows] == ["Iqa"]
    assert sorted(row[-1] for row in plans.tables[1].rows) == ["agrees", "disagrees; decided again since"]
    assert assessors.tables[0].rows == (("Ruth", "1", "1", "1", "1"),)
    ana, ben = who.called["ana01"], who.called["ben01"]
    texts = {row[1]: row[4] for row in findings.tables[1].rows}
    assert set(texts) == {"Ask again", f"Ask {ana}", f"{ana} must see you"}
    assert all(closed == "open" or closed.endswith(f": Seen {ben}.") for closed in texts.values())
    assert "ana01" not in str(plans)


def test_by_command_each_report_is_written_and_noted(unit: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(unit.root)
    lines = (
        ["tracker", "--to", str(tmp_path / "t.csv")],
        ["record", "ana01", "--to", str(tmp_path / "r.pdf"), "--names"],
        ["class", "--to", str(tmp_path / "c.html")],
        ["quality", "--to", str(tmp_path / "q.pdf")],
    )
    for line in lines:
        done = CliRunner().invoke(app, ["report", *line])
        assert done.exit_code == 0, done.output
        assert Path(line[line.index("--to") + 1]).stat().st_size > 500
    with reading(unit) as connection:
        noted = [dict(entry.detail or {}) for entry in log.entries_in(connection) if entry.what == "export"]
    assert [(one["file"], one["named"]) for one in noted] == [("t.csv", False), ("r.pdf", True), ("c.html", False), ("q.pdf", False)]
    assert "Ana Evans (ana01)" in pdf_text((tmp_path / "r.pdf").read_bytes())
    assert {one.id for one in Roster.of(unit).students} == {"ana01", "ben01", "cai01"}
    for make in (make_class, make_quality):
        with pytest.raises(ClassError, match=r"\.html or \.pdf"):
            make(unit, tmp_path / "x.docx")
    with pytest.raises(ClassError, match="Nobody"):
        make_record(unit, "zoe", tmp_path / "z.pdf")


@pytest.fixture
def on_server(unit: Course, server: str, monkeypatch: pytest.MonkeyPatch) -> Course:
    """Give the class with its gradebook on a server."""
    monkeypatch.chdir(unit.root)
    moved = CliRunner().invoke(app, ["db", "move", empty_database(server, "reports")])
    assert moved.exit_code == 0, moved.output
    return Course(unit.root)


@pytest.mark.skipif(sys.platform != "linux", reason="needs Debian's PostgreSQL")
def test_on_a_server_the_reports_are_the_same(on_server: Course) -> None:
    def made() -> tuple[Table, list[Document]]:
        return tracker(read_facts(on_server), people(on_server, named=True)), documents(on_server, named=True)

    there = made()
    make_record(on_server, "ana01", on_server.root / "record.html")
    write_setting(on_server, "db_url", "")  # the file is there still
    assert made() == there
