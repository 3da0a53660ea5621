"""A class in a folder of any name: every step, and nbgrader's own commands."""

import os
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from autograde.checks import check_all
from autograde.classes.folder import find_course
from autograde.classes.new import new_course
from autograde.classes.roster import import_roster
from autograde.inbox.intake import intake
from autograde.nbgrader.serve import serving
from autograde.outbox.feedback import write_feedback
from autograde.outbox.marks_file import export_gradebook
from autograde.outbox.release import release
from autograde.run.mark import mark_class
from tests.conftest import free_port

if TYPE_CHECKING:
    from tests.tutor.conftest import Kit

NAMES = ["Care [2026]", "100%20", "Siân's {x} #1 & a=b; 李"]
if sys.platform != "win32":  # which has no such names
    NAMES += ["what?", 'Care [2026] 100%20 what?x=1 $HOME {student_id} #1 "q"']
WHERE = "[keys]\nw01-q01 = { right = 'a', reason = 'Because.' }\n"
RUBRIC = """
[rubrics.w01-t01]
criterion = "1.1"
verb = "explain"
verb_check = "Reasons"
workplace_check = "Example"
indicative_content = ["One"]
must_see = ["One"]
not_enough = ["None"]
unsafe = ["Names"]
levels = [{ points = "0–4", title = "Not yet", text = "Little" }, { points = "5–10", title = "Met", text = "Enough" }]
"""


@pytest.mark.parametrize("name", NAMES)
def test_every_step_in_a_folder_of_any_name(shelf: Path, tmp_path: Path, kit: "Kit", monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    own = tmp_path / "own"
    for kind, text in (("keys", WHERE), ("rubrics", RUBRIC)):
        (own / kind).mkdir(parents=True)
        (own / kind / "w01.toml").write_text(f'workbook = "w01"\nversion = 1\n{text}', "utf-8")
    monkeypatch.setenv("AUTOGRADE_KEYS", str(own))
    course = new_course(tmp_path / name)
    (course.root / "students.csv").write_text("id,first name,last name\nana01,Ana,Evans\n", "utf-8")
    assert import_roster(find_course(course.root / "source"), course.root / "students.csv").added == ("ana01",)
    assert release(course, "w01").handout.is_file()
    (course.root / "in").mkdir()
    (course.root / "in" / "a.zip").write_bytes(kit.hand_in("ana01"))
    assert len(intake(course, [course.root / "in"], "w01").taken) == 1
    assert [(line.outcome, line.points, line.waiting) for line in mark_class(course, "w01-small")] == [("marked", 2, 1)]
    (page,) = write_feedback(course, "w01-small", partial=True)
    assert page.path == course.root / "feedback/ana01/w01-small/w01-small.html"
    assert export_gradebook(course, course.root / "m.csv").rows == 2
    assert [finding for finding in check_all([course.root / "source/w01-small"], [course.root / "release"]) if finding.rule == "S1"] == []
    assert (course.root / "gradebook.db").is_file()
    assert {path.name for path in tmp_path.iterdir()} <= {"own", "shelf", "jupyter", Path(name).parts[0]}, "nothing lies beside the class"

    if name != NAMES[-1]:
        return
    with (
        serving(course, free_port()) as served,
        urllib.request.urlopen(served.formgrader.replace("/formgrader?", "/formgrader/api/assignments?")) as reply,
    ):
        told = reply.read().decode()
    assert '"name": "w01-small"' in told
    assert '"num_submissions": 1' in told
    assert '"release_path": "release/w01-small"' in told or '"status": "released"' in told


def test_nbgraders_own_commands_in_such_a_folder(shelf: Path, tmp_path: Path) -> None:
    course = new_course(tmp_path / "Care [2026] 100%20")
    release(course, "w01")
    command = [sys.executable, "-m", "nbgrader", "generate_assignment", "w01-small", "--force"]
    done = subprocess.run(command, cwd=course.root, env=os.environ, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    assert [path.name for path in tmp_path.iterdir() if "100" in path.name] == ["Care [2026] 100%20"]
