"""The item bank on the page Questions: its files are the command's, what cannot be said is listed first, and nothing is kept here."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from typer.testing import CliRunner

from autograde.bank import ENDINGS, KEYS_LEAVE
from autograde.classes.folder import Course
from autograde.classes.own_keys import Decision, decide
from autograde.commands.bank import bank
from autograde.desk import item_bank, questions
from autograde.desk.pages import Asked, File, Look, UnfitError, Upload
from autograde.desk.work import Worker
from autograde.errors import ClassError
from autograde.gradebook.database import reading
from autograde.gradebook.deeds import Deed
from autograde.gradebook.log import entries_in
from tests.axe import violations
from tests.desk.conftest import Desk, drop_on, fits
from tests.tutor.conftest import ASSIGNMENT
from tests.tutor.test_bank import MOODLE, STRANGE

FILE = Upload(name="C:\\my\\bank.xml", data=MOODLE.encode())

LONG = f"{'long' * 25}.xml"


def asked(course: Course, upload: Upload | None = None, fields: Mapping[str, str] | None = None) -> Asked:
    return Asked(course=course, worker=Worker(), fields=fields or {}, files={"file": (upload,)} if upload else {})


def shown(course: Course, verb: str, upload: Upload | None = None, **fields: str) -> item_bank.ItemBank:
    found = questions.PAGE.verbs[verb](asked(course, upload, fields))
    assert isinstance(found, Look)
    assert isinstance(found.shown, questions.Questions)
    return found.shown.bank


def by_command(course: Course, monkeypatch: pytest.MonkeyPatch, *words: str) -> None:
    monkeypatch.chdir(course.root)
    done = CliRunner().invoke(bank, list(words))
    assert done.exit_code == 0, done.output


def held(course: Course) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in course.root.rglob("*") if path.is_file() and not path.name.startswith("gradebook.db")}


@pytest.mark.parametrize("form", item_bank.FORMS)
def test_each_file_is_the_commands(course: Course, form: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    made = questions.PAGE.files["bank-file"](asked(course, fields={"bank": ASSIGNMENT, "form": form}))
    file = tmp_path / made.name
    by_command(course, monkeypatch, "export", "w01", "--to", str(file), "--as", form)
    assert file.suffix == ENDINGS[form]
    assert made.data == file.read_bytes()
    with reading(course.db_url) as connection:
        noted = [entry.detail or {} for entry in entries_in(connection, Deed.EXPORT)]
    assert [(one["what"], one["workbook"]) for one in noted[-2:]] == [(KEYS_LEAVE, "w01")] * 2, "keys have left the class twice"


def test_what_does_not_go_along_is_told_before_it_goes(course: Course) -> None:
    going = shown(course, "bank-look", bank=ASSIGNMENT).going
    assert going
    told = {name: reason for reason in going.reasons for name in reason.names}
    assert told["w01-t01"].left_out
    assert "a person marks it" in told["w01-t01"].why
    assert [(way.title, way.questions, way.reasons) for way in going.ways] == [(title, 1, ()) for title in item_bank.FORMS.values()]
    decide(course, "w01", "w01-q01", Decision(void=True))
    with pytest.raises(UnfitError, match="no closed item") as caught:
        shown(course, "bank-look", bank=ASSIGNMENT)
    assert caught.value.field == "bank"


def test_the_drafts_are_the_commands_and_nothing_is_kept(course: Course, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    before = held(course)
    coming = shown(course, "bank-read", FILE, **{"for": "W50 "}).coming
    assert coming
    assert (coming.file, coming.form, coming.workbook, coming.there) == ("bank.xml", "Moodle XML", "w50", False)
    assert [(item.id, item.stem, item.practice) for item in coming.items[1:3]] == [
        ("w50-q02", "Which & why?", False),
        ("w50-p01", "Which?", True),
    ]
    left = [name for reason in coming.reasons if reason.left_out for name in reason.names]
    assert sorted(left) == ["e", "n", "z"]
    assert all(reason.left_out for reason in coming.reasons[: len(left)]), "what is left out stands first"
    made = [questions.PAGE.verbs["bank-draft"](asked(course, fields={"drafts": coming.drafts, "draft": n})) for n in "01"]
    assert held(course) == before
    (tmp_path / "bank.xml").write_text(MOODLE, "utf-8")
    by_command(course, monkeypatch, "import", str(tmp_path / "bank.xml"), "--workbook", "w50")
    for file in made:
        assert isinstance(file, File)
        assert file.data == (tmp_path / file.name).read_bytes()
    assert coming.files == ("bank-w50-items.toml", "bank-w50-keys.toml")
    again = shown(course, "bank-read", FILE, **{"for": "w01"}).coming
    assert again
    assert again.there
    assert again.items[0].id == "w01-q02", "the workbook has the first one"


def test_a_fault_is_one_sentence_at_its_field(course: Course) -> None:
    for name, (data, why) in STRANGE.items():
        with pytest.raises(UnfitError) as caught:
            shown(course, "bank-read", Upload(name="bank", data=data), **{"for": "w50"})
        assert caught.value.field == "file", name
        assert "\n" not in str(caught.value), name
        assert ("larger than 20 MB" if name == "huge" else why) in str(caught.value)
    for verb, upload, fields, why in [
        ("bank-read", None, {"for": "w50"}, "Choose the file"),
        ("bank-read", FILE, {"for": "fifty"}, "no short id"),
        ("bank-look", None, {"bank": "w77"}, "no workbook 'w77'"),
        ("bank-look", None, {}, "Choose a workbook"),
    ]:
        with pytest.raises(UnfitError, match=why):
            shown(course, verb, upload, **fields)
    for drafts in ("", "[]", "{}", json.dumps({"a": 1}), '{"a": "\\ud800"}'):
        with pytest.raises(ClassError, match="not as the desk made it"):
            item_bank.draft_file(asked(course, fields={"drafts": drafts, "draft": "0"}))


def test_a_bank_goes_out_and_a_file_comes_in_by_keyboard(desk: Desk, window: Page) -> None:
    desk.enter(window, "questions")
    window.get_by_role("button", name="See what goes along").press("Enter")
    expect(window.get_by_role("heading", level=1)).to_have_text("Item bank")
    expect(window.locator("#going")).to_be_focused()
    expect(window.locator("#going")).to_contain_text("left out: a written task")
    assert violations(window) == []
    fits(window, 320)
    with window.expect_download() as started:
        window.get_by_role("link", name="Download QTI 3.0").press("Enter")
    assert started.value.suggested_filename == "w01-qti3.zip"
    window.get_by_role("link", name="Back to the questions").press("Enter")
    expect(window.get_by_role("heading", level=1)).not_to_have_text("Item bank")
    window.wait_for_load_state()  # a file that is dropped before the page's script listens is none
    drop_on(window.locator("#form-bank-read"), (LONG, b"<quiz>"))
    window.get_by_label("For which workbook").fill("w50")
    window.get_by_label("For which workbook").press("Enter")
    expect(window.locator("#bank-read-file-fault")).to_contain_text(f"{LONG} is no sound XML")
    fits(window, 320)
    expect(window.get_by_label("For which workbook")).to_have_value("w50")
    drop_on(window.locator("#form-bank-read"), (LONG, MOODLE.encode()))
    window.get_by_role("button", name="See what was read").press("Enter")
    expect(window.locator("#coming")).to_be_focused()
    expect(window.locator("#coming")).to_contain_text("Moodle XML: 7 questions can be items of ours.")
    assert violations(window) == []
    fits(window, 320)
    with window.expect_download() as started:
        window.get_by_role("button", name="Download the keys").press("Enter")
    assert started.value.suggested_filename == f"{LONG}-w50-keys.toml".replace(".xml", "")
    assert "[keys.w50-q01]" in started.value.path().read_text("utf-8")
