"""Reports hold what the database holds, row by row, as readers of their formats see it; nobody is named who is not to be."""

import csv
import html
import io
import json
import re
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import openpyxl
import pypdf
import pytest
from sqlalchemy import insert
from typer.testing import CliRunner

from autograde.classes.folder import Course
from autograde.classes.roster import Roster
from autograde.cli import app
from autograde.errors import ClassError
from autograde.gradebook import log, own_tables, person
from autograde.inbox.intake import intake
from autograde.records.erasure import erase
from autograde.records.opening import reading, writing
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

if TYPE_CHECKING:
    from tests.tutor.conftest import Kit

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
        base = person.marks_for(connection, place, ["ana01"])["ana01"].base
    given = person.Given(points=7, comment="Ana, say why.", notes=person.Notes())
    person.give(course.db_url, course.course_id, place, "ana01", given, base)
    with writing(course) as database:
        seen = {"id": "e1", "learner": "ana01", "kind": "observation", "criteria": '["2.3"]', "on": date(2026, 11, 20), "by": "Omar"}
        more = {"title": "=A visit", "text": "Ana Evans did well.", "entered_by": "Ruth", "at": AT, "withdrawn": False}
        database.run(insert(own_tables.evidence).values(**seen, **more))
        for n, (learner, code, met, reason, rests) in enumerate(
            (
                ("ana01", "2.3", False, "First try.", "[]"),
                ("ana01", "2.3", True, "Ana Evans (ana01) showed it.", '["e1"]'),
                ("ben01", "1.1", True, "=cmd|x", "[]"),
            )
        ):
            row = {"id": f"d{n}", "framework": "rqf-l2", "criterion": code, "learner": learner, "met": met, "assessor": "Ruth"}
            proposal = '{"met": null, "why": "", "rests_on": [], "missing": []}'
            row |= {"at": AT.replace(minute=n), "reason": reason, "evidence": rests, "proposal": proposal}
            database.run(insert(own_tables.decision).values(**row))
        event = {"id": "u1", "framework": "rqf-l2", "learner": "ana01", "what": "declared", "who": "ana01", "at": AT, "text": "Mine."}
        database.run(insert(own_tables.unit_event).values(**event))
        settings = json.dumps({"rates": {"met": 0.1}, "new": []})
        database.run(insert(own_tables.sample_plan).values(id="p", framework="rqf-l2", by="Iqa", at=AT, seed="7", settings=settings))
        sample = {"plan": "p", "reasons": '["new assessor"]', "by": "Iqa", "at": AT}
        database.run(insert(own_tables.sample).values(id="s1", decision="d1", agrees=True, text="Good.", **sample))
        database.run(insert(own_tables.sample).values(id="s2", decision="d2", agrees=False, text="Where is it?", **sample))
        action = {"id": "a1", "sample": "s2", "to": "Ruth", "text": "Ask again", "until": date(2026, 12, 1), "by": "Iqa", "at": AT}
        database.run(insert(own_tables.action).values(**action, closed_by="", closed_at=None, closing=""))
        second = {"id": "m1", "learner": "ana01", "assignment": "w01-small", "task": "w01-t01", "answer": "x", "marker": "Omar"}
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
    assert (written["kind"], written["attempt"], written["marks"], written["decision"]) == ("written answer", "2", "7 of 10", "")
    assert (closed["kind"], closed["evidence date"]) == ("closed questions", "2026-11-19")
    assert closed["marks"] == "1 of 1 right"
    assert (seen["kind"], seen["evidence by"], seen["rests on it"], seen["evidence date"]) == ("observation", "Omar", "yes", "2026-11-20")
    assert (seen["decision"], seen["assessor"], seen["decided at"]) == ("met", "Ruth", "2026-11-21 12:01")
    assert (by["Ben O'Brien, Jr (ben01)", "1.1"]["decision"], by["Ben O'Brien, Jr (ben01)", "1.1"]["kind"]) == ("met", "")


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
        ("1.2", "written answer", "2"),
        ("1.1", "closed questions", "2"),
        ("2.3", "observation", ""),
    ]
    assert [(row[1], row[4], row[5]) for row in history.rows] == [
        ("not yet met", "First try.", ""),
        ("met", "Ana Evans (ana01) showed it.", "=A visit"),
    ]
    assert [(row[0], row[2]) for row in third.tables[0].rows] == [("w01: Why?", "Ana, say why.")]


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


def tags_of(node: Any) -> list[str]:
    node = node.get_object() if hasattr(node, "get_object") else node
    if isinstance(node, list):
        return [tag for one in node for tag in tags_of(one)]
    if not isinstance(node, dict):
        return []
    return ([str(node["/S"])] if "/S" in node else []) + (tags_of(node["/K"]) if "/K" in node else [])


def test_a_pdf_takes_any_text_as_text() -> None:
    words = ("#strong[no] *x* $y$ \\ @ref <l> // /* `c`", "Ŵyn – “é” ½ 漢字", "a\x00b\x07\u202e", "line\nline", "", "x" * 3000)
    table = Table(title="T", header=("a", "b"), rows=((words[0], words[1]), (words[2], words[3]), (words[4], words[5])))
    document = Document(title="#title", made=words[0], sections=(Section(heading="*h*", paragraphs=(words[1],), tables=(table,)),))
    text = solid(pdf_text(as_pdf(document)))
    assert solid(words[0]) in text
    assert "Ŵyn–“é”½" in text
    assert "漢字" in text or "[U+6F22][U+5B57]" in text
    assert "ablineline" in text
    assert "x" * 3000 in text


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
    assert [one.id for one in who.students] == [one.id for one in people(unit, named=False).students]
    assert len(set(who.called.values())) == 3
    assert sorted(who.called.values()) == [who.called[one.id] for one in who.students]


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
    assert [row[3] for row in options.rows] == ["none: Only 2 learners were asked: below 10 no figure is given."] * 2
    assert [row[2] for row in options.rows] == ["yes", ""]


def test_quality_is_told_as_the_records_say(unit: Course) -> None:
    short, plans, second, findings, assessors = quality_report(unit, read_facts(unit), people(unit, named=True), made="").sections
    assert "2 decisions were sampled of 3, and 2 of them looked at." in short.paragraphs[0]
    assert "agreed with 1 (50%)" in short.paragraphs[0]
    assert plans.tables[0].rows[0][1:3] == ("Iqa", "7")
    assert second.tables[0].rows[0][:3] == ("w01-small w01-t01", "1", "0%")
    assert second.tables[1].rows == (("Ana Evans (ana01)", "w01-small w01-t01", "7", "4", "Omar"),)
    assert [row[1:] for row in findings.tables[0].rows] == [("1.1", "met", "Ruth", "Iqa", "Where is it?")]
    assert findings.tables[1].rows == (("Ruth", "Ask again", "2026-12-01", "Iqa", "open"),)
    assert assessors.tables[0].rows == (("Ruth", "2", "0", "2", "1"),)


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
