"""A new class folder, and the settings that plain nbgrader reads in it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from nbgrader.apps import NbGraderAPI
from nbgrader.converters import Autograde, GenerateAssignment, GenerateFeedback

from autograde.classes.class_name import class_name
from autograde.classes.folder import Course, find_course
from autograde.classes.new import course_id, new_course
from autograde.cli import main
from autograde.errors import ClassError
from tests.conftest import free_port
from workbook_helpers.items import load_workbook


def test_a_new_class_has_its_folders_and_an_open_gradebook(empty_class: Course) -> None:
    names = {path.name for path in empty_class.root.iterdir()}
    folders = {"source", "release", "submitted", "received", "quarantine", "handout"}
    assert names == folders | {"nbgrader_config.py", "gradebook.db", ".gitignore"}
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


def test_learners_data_stays_out_of_a_git_checkout(tmp_path: Path) -> None:
    def git(*words: str) -> str:
        return subprocess.run(["git", *words], cwd=tmp_path, capture_output=True, text=True, check=True).stdout

    git("init", "--quiet")
    new_course(tmp_path / "my-class")
    (tmp_path / "my-class" / "students.csv").write_text("id,first name,last name\n")
    git("add", "--all")
    assert git("status", "--porcelain") == ""


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


@pytest.mark.parametrize("name", ["nbgrader_config.py", "nbgrader_config.json", "."])
@pytest.mark.parametrize("way", ["owner", "open to all"])
def test_somebody_elses_settings_are_not_run(
    empty_class: Course, monkeypatch: pytest.MonkeyPatch, name: str, way: str, capfd: pytest.CaptureFixture[str]
) -> None:
    settings = empty_class.root / "nbgrader_config.py"
    settings.write_text(settings.read_text("utf-8") + f"__import__('pathlib').Path({str(empty_class.root / 'ran')!r}).touch()\n", "utf-8")
    (empty_class.root / "nbgrader_config.json").write_text("{}")
    path = empty_class.root / name
    if way == "open to all":
        path.chmod(0o777)
    elif os.geteuid() == 0:
        os.chown(path, 12345, -1)
    else:
        monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
    for use in (lambda: find_course(empty_class.root / "source"), empty_class.config, lambda: empty_class.db_url):
        with pytest.raises(ClassError, match=r"is not used: .*Work as its owner, or"):
            use()
    assert not (empty_class.root / "ran").exists()
    monkeypatch.chdir(empty_class.root)
    monkeypatch.setattr(sys, "argv", ["autograde", "mark", "--all"])
    with pytest.raises(SystemExit, match="1"):
        main()
    assert str(path.resolve() if name == "." else path) in capfd.readouterr().err.replace("\n", "")
    monkeypatch.setenv("AUTOGRADE_TRUST", str(empty_class.root))
    assert find_course(empty_class.root).db_url


def test_a_class_whose_settings_cannot_be_read_is_one_all_the_same(empty_class: Course) -> None:
    settings = empty_class.root / "nbgrader_config.py"
    settings.unlink()
    settings.symlink_to(settings)  # root may read everything but this
    with pytest.raises(ClassError, match=rf"{settings} cannot be read \(.+\)\. See that you may read that file"):
        find_course(empty_class.root / "source")


def test_a_class_is_not_looked_for_above_home_nor_far_up(empty_class: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    home = empty_class.root / "source" / "ana"
    deep = home.joinpath(*"abcdefghij")
    deep.mkdir(parents=True)
    assert find_course(home) == empty_class
    with pytest.raises(ClassError, match="not inside a class folder"):
        find_course(deep)
    monkeypatch.setenv("HOME", str(home))
    with pytest.raises(ClassError, match="not inside a class folder"):
        find_course(home / "a")


def test_a_password_in_the_settings_is_for_their_owner_alone(shelf: Path, tmp_path: Path) -> None:
    with pytest.raises(ClassError, match="cannot be opened"):
        new_course(tmp_path / "class", db_url=f"postgresql://tutor:secret@127.0.0.1:{free_port()}/x")
    settings = tmp_path / "class" / "nbgrader_config.py"
    assert "secret" in settings.read_text("utf-8")
    assert settings.stat().st_mode & 0o777 == 0o600


def test_another_nbgrader_course_is_not_ours(tmp_path: Path) -> None:
    (tmp_path / "nbgrader_config.py").write_text("c = get_config()\n")
    with pytest.raises(ClassError, match="not inside a class folder"):
        find_course(tmp_path)


def test_settings_with_a_mistake_are_named(empty_class: Course) -> None:
    (empty_class.root / "nbgrader_config.py").write_text("c = get_config(\n")
    with pytest.raises(ClassError, match=r"nbgrader_config\.py cannot be read \(SyntaxError"):
        empty_class.config()


@pytest.mark.parametrize("saved_as", ["cp1252", "utf-8-sig", "utf-16"])
def test_settings_that_another_editor_has_saved_are_still_a_class(empty_class: Course, saved_as: str) -> None:
    settings = empty_class.root / "nbgrader_config.py"
    settings.write_bytes(f"{settings.read_text('utf-8')}price = '£ 5'\n".encode(saved_as))
    assert find_course(empty_class.root) == empty_class
    assert class_name(empty_class) == "Care level 2"
    if saved_as == "utf-8-sig":
        assert empty_class.config().CourseDirectory.db_url
    else:
        with pytest.raises(ClassError, match="save it as UTF-8"):
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
