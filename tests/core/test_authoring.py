"""Writing workbooks: a file that is written in another way than ours, a workbook without a title, a change that was cut off."""

import shutil
from pathlib import Path

import pytest

from autograde.authoring.author import new_workbook
from autograde.authoring.changes import take_back, write_change
from autograde.authoring.toml_text import item_text
from autograde.classes.new import new_course
from autograde.errors import AuthorError
from tests.conftest import real_workbook
from workbook_helpers.errors import WorkbookError

ITEM = '[[items]]\nid = "a"\nstem = "Old" # mine\n'
ODD = {
    "spaces": ITEM.replace("[[items]]", "[[ items ]]"),
    "indented": f"  {ITEM}",
    "one list": 'items = [{ id = "a", stem = "Old" }]\n',
    "a header in a text": f'[[items]]\nid = "b"\nstem = """\n[[items]]\n"""\n{ITEM}',
}


def test_one_value_is_changed_and_the_rest_stays() -> None:
    assert item_text(ITEM, 0, {("stem",): "New"}) == ITEM.replace("Old", "New")


@pytest.mark.parametrize("case", ODD)
def test_an_item_that_cannot_be_found_in_the_text_is_told(case: str) -> None:
    with pytest.raises(AuthorError, match="cannot be kept"):
        item_text(ODD[case], ODD[case].count('"b"'), {("stem",): "New"})


@pytest.mark.parametrize("title", ["", " \t", "A quiet\x7f word", "A quiet word \udce9"])
def test_a_workbook_without_a_title_is_not_begun(title: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTOGRADE_KEYS", str(tmp_path))
    with pytest.raises(AuthorError, match="needs a title"):
        new_workbook(tmp_path, "w42-a-quiet-word", title)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("keys", "title", "told"), [("taken", "A word", "cannot be written"), ("keys", "A word " * 1_000, "title")])
def test_a_workbook_that_cannot_be_made_leaves_nothing(
    keys: str, title: str, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "taken").write_text("no folder")
    monkeypatch.setenv("AUTOGRADE_KEYS", str(tmp_path / keys))
    with pytest.raises(WorkbookError, match=told):
        new_workbook(tmp_path / "shelf", "w42-a-quiet-word", title)
    assert [path for path in tmp_path.rglob("*") if "w42" in path.name] == []


@pytest.mark.parametrize("written", [0, 1, 2])
def test_a_change_or_its_taking_back_that_was_cut_off_can_be_taken_back(written: int, tmp_path: Path) -> None:
    course, name = new_course(tmp_path / "class"), real_workbook().assignment
    shutil.copytree(real_workbook().folder, course.root / "source" / name)
    items = course.root / "source" / name / "items.toml"
    new = {"guides/keys/w01.toml": b"# new\n", f"source/{name}/items.toml": items.read_bytes() + b"# new\n"}
    before = items.read_bytes()
    kept = write_change(course, name, "w01-q01", new)
    for path in [*new][written:]:  # as a kill leaves them
        if path.startswith("source"):
            items.write_bytes(before)
        else:
            (course.root / path).unlink()
    assert take_back(course, name, kept) == "w01-q01"
    assert items.read_bytes() == before
    assert not (course.root / "guides/keys/w01.toml").exists()
