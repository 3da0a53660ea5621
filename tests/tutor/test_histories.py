"""Whatever a class goes through, in whatever order, killed or not: no person's mark is lost, and no answer becomes another's.

Hypothesis invents the histories; each step is the real command's own function on a real class folder and gradebook. A kill is
a forked process that ends itself, at once and without tidying up, at one of its changes to the disk.
"""

import hashlib
import io
import json
import os
import re
import shutil
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule, run_state_machine_as_test

from autograde.classes.folder import Course
from autograde.classes.new import new_course
from autograde.classes.roster import import_roster
from autograde.inbox.intake import intake
from autograde.outbox.feedback import write_feedback
from autograde.outbox.release import release
from autograde.run.mark import mark_class
from workbook_helpers.items import load_workbook

W = "w01-histories"
PEOPLE = {"ana01": ("Ana Evans", 501), "ben01": ("Ben Okoro", 502), "cai01": ("Cai Wyn", 503)}
TASKS = ("w01-t01", "w01-t02")
NOON = datetime(2026, 11, 19, 12, tzinfo=UTC)
ITEMS = """\
[[items]]
id = "w01-q01"
kind = "single"
purpose = "assessed"
points = 2
stem = "Which one, now?"
options = [ { id = "a", text = "This v0x" }, { id = "b", text = "That v0x" } ]
[[items]]
id = "w01-t01"
kind = "written"
purpose = "assessed"
points = 10
stem = "Why, v0x?"
words = 50
[[items]]
id = "w01-t02"
kind = "written"
purpose = "assessed"
points = 10
stem = "How?"
words = 50
[[items]]
id = "w01-declaration"
kind = "declaration"
purpose = "record"
stem = "My own work"
statement = "I confirm that this is my own work."
"""
KEY = 'workbook = "w01"\nversion = 1\n[keys]\nw01-q01 = { right = "a", reason = "It is so." }\n'
RUBRIC = """\
[rubrics.{task}]
criterion = "1.1"
verb = "explain"
verb_check = "Reasons are given."
workplace_check = "An example is given."
indicative_content = ["something"]
must_see = ["a reason"]
not_enough = ["a list"]
unsafe = ["harm"]
levels = [ {{ points = "0-4", title = "Not yet", text = "little" }}, {{ points = "5-10", title = "Met", text = "enough" }} ]
"""
CHANGES = frozenset({"open", "os.rename", "os.remove", "os.mkdir", "os.rmdir", "shutil.copyfile", "sqlite3.connect"})


def _ask(item: str, **nbgrader: Any) -> dict[str, Any]:
    metadata = {"nbgrader": {"schema_version": 3, "grade": True, "task": False, "grade_id": item, **nbgrader}} if nbgrader else {}
    return {
        "cell_type": "code",
        "id": f"ask-{item}",
        "metadata": metadata,
        "source": f'ask("{item}")',
        "outputs": [],
        "execution_count": None,
    }


def _shelf(folder: Path) -> None:
    place = folder / "shelf" / W
    place.mkdir(parents=True)
    (place / "workbook.toml").write_text('id = "w01"\ntitle = "Histories"\norder = 1\nminutes = 5\n')
    (place / "items.toml").write_text(ITEMS)
    cells = [
        {"cell_type": "markdown", "id": "intro", "metadata": {}, "source": "# Histories"},
        _ask("w01-q01", locked=True, points=2, solution=False),
        *(_ask(task, locked=False, points=10, solution=True) for task in TASKS),
        _ask("w01-declaration"),
        _ask("hand-in"),
    ]
    kernel = {"display_name": "Workbook", "language": "python", "name": "workbook"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}, "workbook": {"id": "w01", "schema": 1}}
    (place / f"{W}.ipynb").write_text(json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": metadata, "cells": cells}))
    for kind, text in (("keys", KEY), ("rubrics", 'workbook = "w01"\nversion = 1\n' + "".join(RUBRIC.format(task=t) for t in TASKS))):
        (folder / "own" / kind).mkdir(parents=True)
        (folder / "own" / kind / "w01.toml").write_text(text)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with a class of three, a workbook released to it, its shelf and its keys; each history goes on from a copy."""
    folder = tmp_path_factory.mktemp("histories")
    _shelf(folder)
    with pytest.MonkeyPatch.context() as patch:
        _point_at(patch, folder)
        course = new_course(folder / "class", name="Care level 2")
        rows = "".join(f"{student},{name.replace(' ', ',')}\n" for student, (name, _) in PEOPLE.items())
        (folder / "roster.csv").write_text("id,first name,last name\n" + rows)
        import_roster(course, folder / "roster.csv")
        release(course, "w01", due=NOON + timedelta(days=300))
        yield folder


def _point_at(patch: pytest.MonkeyPatch, folder: Path) -> None:
    patch.setenv("WORKBOOKS_DIR", str(folder / "shelf"))
    patch.setenv("AUTOGRADE_KEYS", str(folder / "own"))
    patch.setenv("JUPYTER_CONFIG_DIR", str(folder / "jupyter"))


class Histories(RuleBasedStateMachine):
    """A class, and what we know to be true of it."""

    model: Path

    @initialize()
    def begin(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="history-"))
        shutil.rmtree(self.folder)
        shutil.copytree(self.model, self.folder)
        self.patch = pytest.MonkeyPatch()
        _point_at(self.patch, self.folder)
        self.course = Course(self.folder / "class")
        self.number = 0
        self.pending: list[tuple[str, str, bytes]] = []  # participant, file name, bytes
        self.sent: dict[str, list[bytes]] = {student: [] for student in PEOPLE}
        self.said: dict[str, tuple[str, str]] = {}  # token → the text of the option chosen with it, and of the task's stem
        self.given: dict[tuple[str, str], tuple[str, float, str, bool]] = {}  # person's mark: token, points, comment, answer changed since
        self.history: set[tuple[str, str, str, float]] = set()

    def teardown(self) -> None:
        if hasattr(self, "patch"):
            self.patch.undo()
            shutil.rmtree(self.folder, ignore_errors=True)

    # What students do

    @rule(student=st.sampled_from(sorted(PEOPLE)), change=st.sampled_from([TASKS, TASKS[:1], ()]), chosen=st.sampled_from("ab"))
    def hand_in(self, student: str, change: tuple[str, ...], chosen: str) -> None:
        """Answer on the workbook as it is released now, keeping the tasks that are not in `change`, and send it."""
        self.pending.append((student, *self._packed(student, student, change, chosen)))

    @rule(author=st.sampled_from(sorted(PEOPLE)), victim=st.sampled_from(sorted(PEOPLE)))
    def hand_in_for_another(self, author: str, victim: str) -> None:
        """Send, from one's own place in Moodle, what names another learner."""
        if author != victim:
            self.pending.append((author, *self._packed(author, victim, TASKS, "b")))

    def _packed(self, author: str, named: str, change: tuple[str, ...], chosen: str) -> tuple[str, bytes]:
        self.number += 1
        when = NOON + timedelta(minutes=self.number)
        workbook = load_workbook(self.course.root / "release" / W)
        before = self._written(self.sent[author][-1]) if author == named and self.sent[author] else {}
        token = f"tok{self.number}by{author}."
        written = {task: f"Because {token}{task}" if task in change or task not in before else before[task] for task in TASKS}
        text = {option.id: option.text for option in workbook.items["w01-q01"].options}[chosen]  # type: ignore[attr-defined]
        values = {**written, "w01-q01": chosen, "w01-declaration": True}
        records = {item: {"value": value, "saved_at": when.isoformat(), "revision": 1, "attempts": 1} for item, value in values.items()}
        document = {"schema": 1, "workbook": "w01", "revision": 4, "release": workbook.release, "learner": named, "answers": records}
        raw = json.dumps(document).encode()
        manifest = {
            "schema": 1,
            "workbook": "w01",
            "assignment": W,
            "student": named,
            "handed_in_at": when.isoformat(timespec="seconds"),
            "answers_sha256": hashlib.sha256(raw).hexdigest(),
            "code": "7F3A-90BC-12DE",
            "declared": True,
        }
        memory = io.BytesIO()
        with zipfile.ZipFile(memory, "w") as archive:
            archive.writestr("answers.json", raw)
            archive.writestr("manifest.json", json.dumps(manifest))
        if author == named:
            self.sent[author].append(raw)
        self.said[hashlib.sha256(raw).hexdigest()] = (text, workbook.items["w01-t01"].stem)
        return f"{W}-{when:%Y%m%d-%H%M%S}.zip", memory.getvalue()

    @staticmethod
    def _written(raw: bytes) -> dict[str, str]:
        return {item: record["value"] for item, record in json.loads(raw)["answers"].items() if item in TASKS}

    # What the tutor does

    @precondition(lambda self: self.pending)
    @rule()
    def take_in(self) -> None:
        self._take_in()
        self.pending.clear()

    @precondition(lambda self: self.pending)
    @rule(after=st.integers(0, 120))
    def take_in_killed(self, after: int) -> None:
        self._killed(self._take_in, after)

    def _take_in(self) -> None:
        download = Path(tempfile.mkdtemp(dir=self.folder, prefix="moodle-"))
        for n, (student, name, data) in enumerate(self.pending):
            person, participant = PEOPLE[student]
            folder = download / f"{person}_{participant}_assignsubmission_file"
            folder.mkdir(exist_ok=True)
            path = folder / f"{n}-{name}"
            path.write_bytes(data)
            at = datetime.strptime(name[-19:-4], "%Y%m%d-%H%M%S").replace(tzinfo=UTC).timestamp()
            os.utime(path, (at, at))
        intake(self.course, [download], W)

    @rule(force=st.booleans())
    def mark(self, force: bool) -> None:
        self._mark(force=force)
        self._notice_changes()
        self._pages_fit()

    @rule(force=st.booleans(), after=st.integers(0, 60))
    def mark_killed(self, force: bool, after: int) -> None:
        self._killed(lambda: self._mark(force=force), after)
        self._notice_changes()

    def _mark(self, *, force: bool) -> None:
        lines = list(mark_class(self.course, W, force=force))
        assert not [line for line in lines if line.outcome == "not marked"], lines

    @rule(student=st.sampled_from(sorted(PEOPLE)), points=st.integers(0, 10), tasks=st.sampled_from([TASKS, TASKS[:1], TASKS[1:]]))
    def give_points(self, student: str, points: int, tasks: tuple[str, ...]) -> None:
        """Mark what waits as formgrader does, looking at what it shows."""
        path = self.course.path("autograded", student, W) / f"{W}.ipynb"
        if not path.is_file():
            return
        shown = {cell["id"]: cell["source"] for cell in json.loads(path.read_text())["cells"]}
        with self.course.gradebook() as gradebook:
            for task in tasks:
                try:
                    grade = gradebook.find_grade(task, W, W, student)
                except LookupError:
                    return
                except Exception as error:
                    if type(error).__name__ == "MissingEntry":
                        return
                    raise
                token = self._tokens(shown[task])
                assert len(token) == 1, shown[task]
                self.number += 1
                comment = f"comment {self.number}"
                grade.manual_score, grade.needs_manual_grade = float(points), False
                gradebook.find_comment(task, W, W, student).manual_comment = comment
                self.given[student, task] = (token[0], float(points), comment, False)
                self.history.add((student, task, token[0], float(points)))
            gradebook.db.commit()

    @rule()
    def feedback(self) -> None:
        list(write_feedback(self.course, W))
        self._pages_fit()

    @rule(after=st.integers(0, 40))
    def feedback_killed(self, after: int) -> None:
        self._killed(lambda: list(write_feedback(self.course, W)), after)

    @rule(where=st.sampled_from(["source", "source and release"]), swap=st.booleans())
    def edit_wording(self, where: str, swap: bool) -> None:
        path = self.course.root / "source" / W / "items.toml"
        text = path.read_text()
        found = re.findall(r'text = "(\w+ v\d+x)"', text)
        self.number += 1
        if swap:
            text = text.replace(found[0], "\0").replace(found[1], found[0]).replace("\0", found[1])
        else:
            text = re.sub(r"v\d+x", f"v{self.number}x", text)
        path.write_text(text)
        if "release" in where:
            release(self.course, "w01")

    @rule(right=st.sampled_from("ab"))
    def edit_key(self, right: str) -> None:
        path = self.folder / "own" / "keys" / "w01.toml"
        path.write_text(re.sub(r'right = "\w"', f'right = "{right}"', path.read_text()))

    @rule()
    def edit_rubric(self) -> None:
        self.number += 1
        path = self.folder / "own" / "rubrics" / "w01.toml"
        path.write_text(re.sub(r'text = "enough\w*"', f'text = "enough{self.number}"', path.read_text()))

    # What must hold

    @invariant()
    def no_persons_mark_is_lost(self) -> None:
        if not getattr(self, "given", None):
            return
        with self.course.gradebook() as gradebook:
            for (student, task), (_, points, comment, changed) in self.given.items():
                grade = gradebook.find_grade(task, W, W, student)
                assert grade.manual_score == points
                assert gradebook.find_comment(task, W, W, student).manual_comment == comment
                assert changed or not grade.needs_manual_grade, f"{student} {task} waits again, and its answer has not changed"

    @invariant()
    def nothing_is_current_for_somebody_else(self) -> None:
        if not hasattr(self, "course"):
            return
        for path in self.course.root.glob(f"submitted/*/{W}/answers.json"):
            assert path.read_bytes() in self.sent[path.parts[-3]]
            assert {by for _, by in re.findall(r"tok(\d+)by(\w+)\.", path.read_text())} == {path.parts[-3]}

    @invariant()
    def pages_show_what_was_marked(self) -> None:
        for student, task, token, points, _ in self._pages():
            assert (student, task, token, points) in self.history

    def _pages_fit(self) -> None:
        """After marking and after feedback no page differs from what the gradebook says now, and each shows what its student saw."""
        for student, task, token, points, page in self._pages():
            now = self.given[student, task]
            assert (token, points) == now[:2]
            assert now[2] in page
            raws = [raw for raw in self.sent[student] if self._written(raw)[task].startswith(f"Because {token}")]
            seen = {self.said[hashlib.sha256(raw).hexdigest()] for raw in raws}
            assert any(option in page for option, _ in seen), "the page says something else than what the student chose"
            if task == "w01-t01":
                assert any(stem in page for _, stem in seen)

    def _pages(self) -> Iterator[tuple[str, str, str, float, str]]:
        if not hasattr(self, "course"):
            return
        for path in self.course.root.glob(f"feedback/*/{W}/{W}.html"):
            text = unescape(path.read_text())
            for task in TASKS:
                found = re.search(rf"(tok\d+by\w+\.){task}.*?(\d+) of 10 points", text, re.DOTALL)
                assert found, text
                yield path.parts[-3], task, found[1], float(found[2]), text

    def _notice_changes(self) -> None:
        """Note whose answers may now be marked again because they are not those that the person saw."""
        for (student, task), (token, points, comment, _) in list(self.given.items()):
            path = self.course.path("submitted", student, W) / "answers.json"
            if f"Because {token}{task}" not in path.read_text():
                self.given[student, task] = (token, points, comment, True)

    @staticmethod
    def _tokens(text: str) -> list[str]:
        return re.findall(r"tok\d+by\w+\.", unescape(text))

    def _killed(self, do: Callable[[], object], after: int) -> None:
        """Do it in a process that ends at its `after`th change to the disk; it may come to its end before."""
        child = os.fork()
        if child == 0:
            with _end_at(after):
                do()
            os._exit(0)
        _, status = os.waitpid(child, 0)
        assert os.waitstatus_to_exitcode(status) in (0, 9), "it failed by itself"


@contextmanager
def _end_at(after: int) -> Iterator[None]:
    left = after

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        nonlocal left
        if event not in CHANGES or (event == "open" and not (isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR))):
            return
        left -= 1
        if left < 0:
            os._exit(9)

    sys.addaudithook(hook)
    try:
        yield
    except BaseException:
        import traceback

        traceback.print_exc()
        os._exit(1)


def test_no_history_loses_a_mark_or_mixes_up_people(model: Path) -> None:
    Histories.model = model
    more = int(os.environ.get("HISTORIES", "0"))
    chosen = settings(
        max_examples=more or 12,
        stateful_step_count=25,
        deadline=None,
        derandomize=not more,
        print_blob=True,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],
    )
    run_state_machine_as_test(Histories, settings=chosen)
