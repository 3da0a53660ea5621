"""What leaves the desk, and what goes for good: reports, a learner's data, an erasure, how long data are kept, and the log."""

import io
import json
import re
import shutil
import zipfile
from datetime import date
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Page, expect
from tornado.web import create_signed_value

from autograde.classes import backups
from autograde.classes.folder import Course
from autograde.desk import home, keep_safe, learners, quality, results
from autograde.desk.handler import SAID, fitting
from autograde.desk.keep_log import Log, Verified
from autograde.desk.pages import Asked, Done, File, Look, UnfitError, plain
from autograde.desk.pages import Page as DeskPage
from autograde.desk.work import Worker
from autograde.errors import ClassError
from autograde.gradebook import own_tables
from autograde.gradebook.database import let_go
from autograde.gradebook.deeds import Deed
from autograde.gradebook.heads import current_head, keep_head
from autograde.gradebook.log import entries_in, note
from autograde.inbox.quarantine import REASON
from autograde.records.erasure import plan
from autograde.records.opening import reading, writing
from autograde.records.retention import Retention, keep_retention, read_retention
from tests.axe import violations
from tests.conftest import free_port
from tests.desk.conftest import Desk, Serve, fits, said, start


def asked(course: Course, **fields: str) -> Asked:
    return Asked(course=course, worker=Worker(), fields=fields)


def got(page: DeskPage, course: Course, name: str, **fields: str) -> File:
    return page.files[name](asked(course, **fields))


def did(page: DeskPage, course: Course, verb: str, **fields: str) -> Done:
    done = page.verbs[verb](asked(course, **fields))
    assert isinstance(done, Done)
    return done


def exports(course: Course) -> list[tuple[object, object]]:
    with reading(course) as connection:
        return [((one.detail or {}).get("report"), (one.detail or {}).get("named")) for one in entries_in(connection, "export")]


@pytest.mark.parametrize("ending", ["xlsx", "csv"])
def test_the_tracker_has_pseudonyms_unless_named_on_purpose(course: Course, ending: str) -> None:
    found = [got(results.PAGE, course, "report", what=f"criterion-tracker.{ending}", **named) for named in ({}, {"named": "1"})]
    assert {one.name for one in found} == {f"{course.course_id}-criterion-tracker.{ending}"}
    texts = []
    for one in found:
        assert isinstance(one.data, bytes)
        rows = load_workbook(io.BytesIO(one.data)).active.values if ending == "xlsx" else [one.data.decode("utf-8")]
        texts.append(str(list(rows)))
    assert ["Ana Evans" in text or "ana01" in text for text in texts] == [False, True]
    assert exports(course) == [("tracker", False), ("tracker", True)]


@pytest.mark.parametrize(
    ("page", "what", "begins"),
    [
        (results.PAGE, "unit-record.html", b"<!doctype html>"),
        (results.PAGE, "unit-record.pdf", b"%PDF-"),
        (results.PAGE, "class-report.html", b"<!doctype html>"),
        (quality.PAGE, "quality-assurance.html", b"<!doctype html>"),
    ],
)
def test_each_report_is_made(course: Course, page: DeskPage, what: str, begins: bytes) -> None:
    found = got(page, course, "report", what=what, learner="ana01")
    assert isinstance(found.data, bytes)
    assert found.data[: len(begins)].lower() == begins.lower()
    assert b"Evans" not in found.data
    assert not found.shown, "it is kept, not run in the desk"


@pytest.mark.parametrize("fields", [{"what": "nothing.pdf"}, {"what": "../x"}, {"what": "unit-record.pdf", "learner": "l99"}, {}])
def test_what_is_no_report_is_told(course: Course, fields: dict[str, str]) -> None:
    with pytest.raises(ClassError):
        got(results.PAGE, course, "report", **fields)


def test_all_that_is_kept_of_a_learner_and_the_erasure(course: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(tmp_path / "settings"))
    (tmp_path / "stick").mkdir()
    made = backups.back_up(course, backups.choose_folder(course, str(tmp_path / "stick")))
    with writing(course) as database:
        note(database, Deed.BACK_UP, file=str(tmp_path / "another stick" / "one.db"))  # not there any more
    kept = got(learners.PAGE, course, "export", learner="ana01")
    assert isinstance(kept.data, bytes)
    with zipfile.ZipFile(io.BytesIO(kept.data)) as packed:
        assert "Evans" in packed.read("data.json").decode()
    shown = learners.PAGE.show(asked(course, learner="ana01", erase="1")).one
    assert shown.erasing.rows["Name and address"] == 1
    assert shown.erasing.copies == (made.path,)
    assert learners.PAGE.show(asked(course, learner="ana01")).one.erasing is None
    for typed in ("", "ben01"):
        with pytest.raises(UnfitError, match="Nothing was erased") as refused:
            did(learners.PAGE, course, "erase", learner="ana01", id=typed)
        assert refused.value.field == "id"
    done = learners.PAGE.verbs["erase"](asked(course, learner="ana01", id="ANA01"))
    assert isinstance(done, Look)
    assert done.said.startswith(
        "ana01 is erased. 1 backup or other file holds that learner still. 1 thing is left for you to decide, below."
    )
    assert done.said.endswith("files that were downloaded or sent, the exchange.")
    assert shown.erasing.outside in done.said
    assert done.shown.erased == (f"Not changed, and still with this learner in it: {made.path}", *shown.erasing.to_decide)
    away = "is not there now, or cannot be looked at: the learner may be in it still."
    assert shown.erasing.to_decide == (f"{tmp_path / 'another stick' / 'one.db'}, a copy of the class, {away}",)
    assert learners.PAGE.show(asked(course, learner="ana01", erase="1")).one is None  # the page refreshes itself, or "Back"
    assert "ana01" not in json.dumps(plain(learners.data(course)))
    with pytest.raises(ClassError, match="Nobody in the class has the id"):
        did(learners.PAGE, course, "erase", learner="ana01", id="ana01")
    let_go(course.db_url)


def test_backups_that_hold_an_erased_learner_still_are_named_where_they_are_all_that_is_left(
    course: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(tmp_path / "settings"))
    (tmp_path / "stick").mkdir()
    made = backups.back_up(course, backups.choose_folder(course, str(tmp_path / "stick")))
    assert plan(course, "fay01").to_decide == ()
    done = learners.PAGE.verbs["erase"](asked(course, learner="fay01", id="fay01"))
    assert isinstance(done, Look)
    assert done.said.startswith("fay01 is erased. 1 backup or other file holds that learner still. What lies outside")
    assert done.shown.erased == (f"Not changed, and still with this learner in it: {made.path}",)
    let_go(course.db_url)


def test_what_an_erasure_leaves_to_decide_is_listed_however_long_it_is(course: Course, tmp_path: Path) -> None:
    with writing(course) as database:
        for n in range(60):  # each in a folder of its own, and not there any more
            note(database, Deed.BACK_UP, file=str(tmp_path / f"stick {n}" / "one.db"))
    done = learners.PAGE.verbs["erase"](asked(course, learner="ana01", id="ana01"))
    assert isinstance(done, Look)
    assert done.said.startswith(f"ana01 is erased. {len(done.shown.erased)} things are left for you to decide, below. What lies outside")
    assert len(done.shown.erased) >= 60
    assert sum("is not there now" in one for one in done.shown.erased) == 60
    let_go(course.db_url)


@pytest.mark.parametrize("undo", [None, ("undo", {"decisions": "1.1 abcdef01 ana01\n" * 20}), ("undo", {"decisions": "x" * 5000})])
@pytest.mark.parametrize(
    "said",
    ["Kept.", "Łucja’s „words” \\ \n\x01" * 300, "\ud800" * 3000, 'C:\\Users\\Ruth\\One "Drive"\\' * 400, '"' * 2900],
    ids=["short", "long", "odd", "paths", "quotes"],
)
def test_what_was_said_is_never_more_than_a_browser_keeps(said: str, undo: tuple[str, dict[str, str]] | None) -> None:
    kept = fitting(Done(said=said, undo=undo))
    assert len(create_signed_value("a secret", SAID, kept)) + len(SAID) < 4000
    found = json.loads(kept)
    text = said.encode("utf-8", "replace").decode()
    assert found["text"] == text or text.startswith(found["text"].removesuffix(" …"))
    assert len(found["text"]) >= min(len(text), 100)
    assert undo or text == found["text"] or len(kept) > 2800 * 0.85, "no more is cut off than has to be"
    assert bool(found["undo"]) == bool(undo and len(undo[1]["decisions"]) < 1000)


@pytest.mark.parametrize(
    ("name", "text", "method"),
    [("hello.txt", "x", 8), ("manifest.json", "[]", 8), ("manifest.json", '{"student": "ana01"}', 12), ("manifest.json", "{", 8)],
    ids=["no manifest", "a list", "bzip2", "cut"],
)
def test_an_odd_zip_in_quarantine_keeps_nobody_from_being_erased(course: Course, name: str, text: str, method: int) -> None:
    folder = course.root / "quarantine" / "w01" / "odd"
    folder.mkdir(parents=True)
    (folder / REASON).write_text("Nobody knows whose it is.", "utf-8")
    with zipfile.ZipFile(folder / "odd.zip", "w", method) as packed:
        packed.writestr(name, text)
    assert not any("odd" in file for file in plan(course, "ana01").files)


def test_how_long_data_are_kept_is_set_and_home_reminds(course: Course) -> None:
    assert home.data(course).overdue == 0
    did(keep_safe.PAGE, course, "retention", years="3", ends="31 July 2020")
    assert read_retention(course) == Retention(years=3, ends=date(2020, 7, 31))
    assert home.data(course).overdue == 6
    shown = keep_safe.data(course).keeping
    assert (shown.years, shown.ends, len(shown.due), shown.due[0].until) == ("3", "2020-07-31", 6, "31 July 2023")
    assert "Ana Evans" in {one.called for one in shown.due}
    assert "Ana Evans" not in str(keep_safe.data(course, names=False).keeping)
    for field, fields in {"years": {"years": "some"}, "ends": {"ends": "soon"}}.items():
        with pytest.raises(UnfitError) as refused:
            did(keep_safe.PAGE, course, "retention", **fields)
        assert refused.value.field == field
    with pytest.raises(UnfitError, match="0 to 50 years"):
        did(keep_safe.PAGE, course, "retention", years="51")
    did(keep_safe.PAGE, course, "retention")
    assert (read_retention(course), home.data(course).overdue) == (Retention(), 0)
    (course.root / "class-retention.toml").write_text("years = -1\n", "utf-8")
    assert "whole number" in keep_safe.data(course).keeping.fault
    assert home.data(course).overdue == 0
    (course.root / "class-retention.toml").write_bytes(b"years = \xff")  # torn: neither page goes with it
    assert "class-retention.toml" in keep_safe.data(course).keeping.fault
    assert home.data(course).overdue == 0


def test_the_page_stands_where_the_gradebook_is_gone(course: Course) -> None:
    keep_retention(course, Retention(years=1, ends=date(2020, 7, 31)))
    let_go(course.db_url)
    (course.root / "gradebook.db").unlink()
    assert keep_safe.data(course).keeping.fault


def test_the_log_is_listed_and_checked(course: Course) -> None:
    def log(**fields: str) -> Log:
        found = keep_safe.PAGE.show(asked(course, log="1", **fields)).log
        assert isinstance(found, Log)
        return found

    keep_head(course)
    every = log()
    assert [one.n for one in every.lines] == list(range(every.found, 0, -1))
    assert {one.what for one in every.lines} >= {"release", "take in", "mark"}
    assert "sealed" not in str(every)
    about = log(learner="ana01")
    assert 0 < about.found < every.found
    assert {one.subject for one in about.lines} == {about.subject}
    with pytest.raises(ClassError, match="Nobody"):
        log(learner="l99")
    assert keep_safe.PAGE.show(asked(course)).log is None

    def check(**fields: str) -> Verified:
        look = keep_safe.PAGE.verbs["verify"](asked(course, **fields))
        assert isinstance(look, Look)
        found = look.shown.verified
        assert isinstance(found, Verified)
        return found

    head = str(current_head(course.db_url))
    assert check(head=head).faults == ()
    with pytest.raises(UnfitError, match="no line of this kind") as refused:
        check(head="12")
    assert refused.value.field == "head"
    with writing(course) as database:
        database.run(own_tables.log.update().where(own_tables.log.c.n == 2).values(who="Nobody"))
    assert "Entry 2 was changed" in str(check().faults)
    assert check().said.startswith("The log, or a record, is not as it was written")


def test_a_long_log_has_pages(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("autograde.desk.keep_log.ENTRIES", 3)
    first, last = (keep_safe.PAGE.show(asked(course, log="1", number=number)).log for number in ("1", "999"))
    assert (len(first.lines), first.number, last.number) == (3, 1, first.numbers)
    assert last.lines[-1].n == 1


@pytest.fixture(scope="module")
def served(model: Path, serve: Serve, surroundings: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Desk:
    folder = tmp_path_factory.mktemp("leaving")
    root = Path(shutil.copytree(model, folder / "class"))
    return start(serve, root, {**surroundings, "JUPYTER_CONFIG_DIR": str(folder / "settings")}, free_port())


def test_reports_erasure_and_the_log_by_keyboard(served: Desk, paged: Page) -> None:
    served.enter(paged, "results")
    paged.locator("#reports > summary").press("Enter")
    with paged.expect_download() as started:
        paged.get_by_role("button", name=re.compile(r"^Download\W+Criterion tracker")).press("Enter")
    assert started.value.suggested_filename.endswith("-criterion-tracker.xlsx")
    assert violations(paged) == []
    fits(paged, 320)
    menu = paged.get_by_role("navigation", name="The desk")
    assert menu.get_by_role("link", name="Keep safe").is_hidden()
    box = paged.locator(".desk-top").bounding_box()
    assert box
    assert box["height"] <= 100, "two rows"
    menu.locator("summary").press("Enter")
    name, opened = paged.locator(".desk-class").bounding_box(), menu.locator("summary").bounding_box()
    assert name
    assert opened
    assert abs(name["y"] + name["height"] / 2 - opened["y"] - opened["height"] / 2) <= 12, "the class's name stands beside it"
    menu.get_by_role("link", name="Learners").press("Enter")
    expect(paged.get_by_role("heading", level=1)).to_have_text("Learners")
    paged.goto(f"{served.base}/desk/learners?learner=dan01")
    with writing(served.course) as database:
        note(database, Deed.BACK_UP, file=f"/stick/{'folder' * 20}/one.db")
    paged.get_by_role("link", name="Erase this learner").press("Enter")
    expect(paged.locator("#one")).to_contain_text("No backup that this computer knows of")
    assert violations(paged) == []
    fits(paged, 320)
    paged.set_viewport_size({"width": 1280, "height": 900})
    paged.get_by_role("button", name="Erase for good").press("Enter")
    expect(paged.get_by_text("That is not the id dan01.")).to_be_visible()
    paged.get_by_label("Type the id dan01").fill("dan01")
    paged.keyboard.press("Enter")
    said(paged, "dan01 is erased.")
    expect(paged.locator("#erased")).to_contain_text("is not there now")
    expect(paged.locator("#erased")).to_be_focused()
    expect(paged.locator("#erased-heading")).to_be_in_viewport()
    assert violations(paged) == []
    fits(paged, 320)
    paged.goto(f"{served.base}/desk/keep-safe")
    paged.get_by_role("button", name="Check the log").press("Enter")
    expect(paged.locator("#verified")).to_contain_text("as they were written")
    expect(paged.locator("#verified")).to_be_focused()
    paged.get_by_label("Years after the end").fill("2")
    paged.get_by_label("The last day of the class").fill("2020-07-31")
    paged.get_by_role("button", name="Keep this setting").press("Enter")
    said(paged, "That is how long data are kept.")
    paged.get_by_role("link", name="Look at its entries").press("Enter")
    expect(paged.get_by_role("region", name="Entries of the log")).to_contain_text("erase learner")
    assert violations(paged) == []
    fits(paged, 320)
    paged.goto(f"{served.base}/desk/home")
    expect(paged.locator("#home")).to_contain_text("kept for longer")
