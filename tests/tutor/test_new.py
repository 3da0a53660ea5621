"""A new class folder, and the settings that plain nbgrader reads in it."""

import subprocess
import sys
from pathlib import Path

import pytest
from nbgrader.apps import NbGraderAPI
from nbgrader.converters import Autograde, GenerateAssignment, GenerateFeedback

from autograde.course.folder import Course, find_course
from autograde.course.new import course_id, new_course
from autograde.errors import ClassError
from workbook_helpers.items import load_workbook


def test_a_new_class_has_its_folders_and_an_open_gradebook(empty_class: Course) -> None:
    names = {path.name for path in empty_class.root.iterdir()}
    folders = {"source", "release", "submitted", "received", "quarantine", "handout"}
    assert names == folders | {"nbgrader_config.py", "gradebook.db"}
    assert empty_class.course_id == "care-level-2"
    assert empty_class.exchange is None
    with empty_class.gradebook() as gradebook:
        assert gradebook.students == []


@pytest.mark.parametrize("name", ["file", "folder"])
def test_a_folder_that_holds_something_is_refused(tmp_path: Path, name: str) -> None:
    target = tmp_path / "class"
    if name == "file":
        target.write_text("mine")
    else:
        target.mkdir()
        (target / "mine.txt").write_text("mine")
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(ClassError, match="not empty"):
        new_course(target)
    assert sorted(tmp_path.rglob("*")) == before


def test_a_folder_that_cannot_be_made_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ClassError, match="cannot be made"):
        new_course(tmp_path / "file" / "class")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Care level 2, autumn 2026", "care-level-2-autumn-2026"),
        ("Siân’s class", "sians-class"),
        ("数学", "class"),
        ("../..", "class"),
        ("x" * 200, "x" * 60),
    ],
    ids=["plain", "accents", "no latin letter", "path", "long"],
)
def test_the_course_id_is_a_plain_folder_name(name: str, expected: str) -> None:
    assert course_id(name) == expected


def test_any_name_gives_settings_that_can_be_read(shelf: Path, tmp_path: Path) -> None:
    name = '"""\nimport nothing\0\u2028x = {marker} \\'
    assert new_course(tmp_path / "class", name=name).course_id == "import-nothing-x-marker"


def test_the_class_is_found_from_within(empty_class: Course, tmp_path: Path) -> None:
    assert find_course(empty_class.root / "source") == empty_class
    with pytest.raises(ClassError, match="autograde new"):
        find_course(tmp_path)


def test_another_nbgrader_course_is_not_ours(tmp_path: Path) -> None:
    (tmp_path / "nbgrader_config.py").write_text("c = get_config()\n")
    with pytest.raises(ClassError, match="not inside a class folder"):
        find_course(tmp_path)


def test_settings_with_a_mistake_are_named(empty_class: Course) -> None:
    (empty_class.root / "nbgrader_config.py").write_text("c = get_config(\n")
    with pytest.raises(ClassError, match=r"nbgrader_config\.py cannot be read \(SyntaxError"):
        empty_class.config()


def test_a_gradebook_that_is_none_is_named(empty_class: Course) -> None:
    (empty_class.root / "gradebook.db").write_bytes(b"no database" * 100)
    with pytest.raises(ClassError, match="cannot be opened"):
        empty_class.gradebook()


def test_nbgrader_takes_the_settings(empty_class: Course) -> None:
    """Strings stand for classes in all of them; nothing of our marking is imported before it is used."""
    config, directory = empty_class.config(), empty_class.directory("w01-small")
    autograde = Autograde(coursedir=directory, config=config)
    assert autograde.exporter_class.__name__ == "RebuildExporter"
    assert autograde.create_student is False
    feedback = GenerateFeedback(coursedir=directory, config=config)
    assert feedback.exporter_class.__name__ == "FeedbackExporter"
    assert not feedback.preprocessors
    preprocessors = GenerateAssignment(coursedir=directory, config=config).preprocessors
    assert not any("ClearSolutions" in name for name in preprocessors)
    assert NbGraderAPI(coursedir=directory, config=config).get_source_assignments() == set()


def test_plain_nbgrader_runs_in_the_class(course: Course) -> None:
    command = [sys.executable, "-m", "nbgrader", "generate_assignment", "w01-small", "--force"]
    done = subprocess.run(command, cwd=course.root, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    assert "Writing" in done.stderr
    assert load_workbook(course.root / "release/w01-small").about.class_id == "care-level-2"
    assert 'ask(\\"w01-t01\\")' in (course.root / "release/w01-small/w01-small.ipynb").read_text("utf-8")
