"""Marking a class: the same gradebook by every way, killed or not, alone or beside others, and no person's word lost."""

import json
import os
import re
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from dataclasses import replace
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import parse_qs, urlsplit

import psutil
import psycopg
import pytest
from sqlalchemy import create_engine, text
from typer.testing import CliRunner

from autograde.classes.folder import Course
from autograde.classes.new import new_course
from autograde.classes.roster import import_roster
from autograde.cli import app
from autograde.content import load_key
from autograde.crew import share
from autograde.errors import ClassError
from autograde.gradebook.database import reading
from autograde.gradebook.deeds import Deed
from autograde.gradebook.log import entries_in
from autograde.gradebook.opening import open_gradebook
from autograde.gradebook.rows import Rows
from autograde.marking.kinds import MARKERS
from autograde.nbgrader.serve import serving
from autograde.outbox.release import release
from autograde.run.college import mark_college, tasks_of
from autograde.run.line import Line
from autograde.run.mark import TOGETHER, mark_class
from tests.conftest import ROOT, asked, command_of, free_port, kill, real_workbook
from workbook_helpers.items import load_workbook

W01, SINGLE = "w01-working-and-personal", asked("single")
STUDENTS = 60
Table = list[tuple[Any, ...]]
GRADES = """
SELECT s.student_id, c.name, g.auto_score, g.manual_score, g.needs_manual_grade, m.auto_comment, s.timestamp
FROM grade g JOIN base_cell c ON c.id = g.cell_id JOIN submitted_notebook n ON n.id = g.notebook_id
JOIN submitted_assignment s ON s.id = n.assignment_id
LEFT JOIN base_cell c2 ON c2.name = c.name AND c2.notebook_id = c.notebook_id AND c2.type = 'SolutionCell'
LEFT JOIN comment m ON m.notebook_id = n.id AND m.cell_id = c2.id
ORDER BY s.student_id, c.name
"""


def database(server: str, name: str, template: str = "template1") -> str:
    """A new database, empty or a copy of another."""
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    return f"{server.rpartition('/')[0]}/{name}"


class Copy(Protocol):
    """Gives a class of its own in a folder: that of `copy`, or a copy of another."""

    def __call__(self, folder: Path, of: Course | None = None) -> Course: ...


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def copy(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Copy:
    """copy(folder): a class in which sixty students have handed in, each something else; nothing is marked."""
    root = tmp_path_factory.mktemp("mark")
    numbers = count()
    server = request.getfixturevalue("server") if request.param == "postgresql" else ""
    name = f"model{uuid.uuid4().hex[:8]}"
    course = new_course(root / "class", name="Sixty", db_url=database(server, name) if server else "")
    _fill(course, root)

    def make(folder: Path, of: Course | None = None) -> Course:
        of = of or course
        made = Course(Path(shutil.copytree(of.root, folder / "class")))
        if server:
            settings, url = made.root / "nbgrader_config.py", of.db_url
            own = database(server, f"{name}-{next(numbers)}", url.rpartition("/")[2])
            settings.write_text(settings.read_text().replace(url, own))
        return made

    return make


def _fill(course: Course, root: Path) -> None:
    (root / "roster.csv").write_text("id,first name,last name\n" + "".join(f"s{n:03},A{n},B{n}\n" for n in range(STUDENTS)))
    import_roster(course, root / "roster.csv")
    release(course, "w01")
    workbook, key = load_workbook(course.root / "release" / W01), load_key("w01")
    for n in range(STUDENTS):
        folder = course.path("submitted", f"s{n:03}", W01)
        folder.mkdir(parents=True)
        values: dict[str, Any] = {"w01-declaration": True}
        for place, item in enumerate(workbook.assessed()):
            if item.asks_person:
                values[item.id] = f"Because I saw it, {n}." if n % 7 else ""
            else:
                tries = MARKERS[item.kind].tries(item, key.keys[item.id].right)
                values[item.id] = (tries.right, tries.wrong, tries.malformed)[(n * n + place * n) % 7 // 3]
        answers = {item: {"value": value, "saved_at": "2026-11-19T10:00:00.000+00:00", "revision": 1} for item, value in values.items()}
        (folder / "answers.json").write_text(
            json.dumps({"schema": 1, "workbook": "w01", "revision": 1, "seed": f"{n:016x}", "answers": answers})
        )
        shutil.copy(workbook.notebook, folder)
        (folder / "timestamp.txt").write_text(f"2026-11-19 10:00:{n:02}.000000 UTC")


@pytest.fixture
def course(copy: Copy, tmp_path: Path) -> Course:
    return copy(tmp_path)


def snapshot(course: Course) -> tuple[Table, dict[str, bytes]]:
    """The gradebook's rows and the marker's notebooks."""
    engine = create_engine(course.db_url)
    with engine.connect() as connection:
        rows = [(*row[:3], row[3], bool(row[4]), row[5], str(row[6])[:19]) for row in connection.execute(text(GRADES))]
    engine.dispose()
    return sorted(rows, key=str), {path.parts[-3]: path.read_bytes() for path in course.root.glob(f"autograded/*/{W01}/{W01}.ipynb")}


@pytest.fixture(scope="module")
def undisturbed(copy: Copy, tmp_path_factory: pytest.TempPathFactory) -> Course:
    """A class that was marked once, with nothing else at work."""
    course = copy(tmp_path_factory.mktemp("wanted"))
    lines = list(mark_class(course, W01))
    assert [line.student for line in lines] == [f"s{n:03}" for n in range(STUDENTS)]
    return course


@pytest.fixture(scope="module")
def wanted(undisturbed: Course) -> tuple[Table, dict[str, bytes]]:
    """What one undisturbed marking gives."""
    return snapshot(undisturbed)


@pytest.fixture
def marked(copy: Copy, undisturbed: Course, tmp_path: Path) -> Course:
    """A class of one's own that is marked already."""
    return copy(tmp_path, undisturbed)


def same(course: Course, wanted: tuple[Table, dict[str, bytes]]) -> None:
    """Hold a class against what one undisturbed marking gives."""
    rows, notebooks = snapshot(course)
    assert rows == wanted[0]
    assert {name for name, raw in wanted[1].items() if notebooks.get(name) != raw} == set()


def command(course: Course, *words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "autograde.cli", *words], cwd=course.root, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def test_nbgraders_own_gradebook_agrees(course: Course) -> None:
    lines = {line.student: line for line in mark_class(course, W01)}
    with course.gradebook() as gradebook:
        for student in ("s000", "s001", "s033"):
            grades = gradebook.find_submission_notebook(W01, W01, student).grades
            assert len(grades) == len(load_workbook(course.root / "release" / W01).assessed())
            done = [grade for grade in grades if not grade.needs_manual_grade]
            assert sum(grade.score for grade in done) == lines[student].points
            assert len(grades) - len(done) == lines[student].waiting
            assert gradebook.find_submission(W01, student).max_score == lines[student].max
    assert len({line.points for line in lines.values()}) > 3
    assert {line.outcome for line in mark_class(course, W01)} == {"unchanged"}


def test_only_what_changed_is_marked_again(marked: Course) -> None:
    path = marked.path("submitted", "s007", W01) / "answers.json"
    path.write_text(path.read_text().replace("2026-11-19T10", "2026-11-19T11"))
    assert [line.student for line in mark_class(marked, W01) if line.outcome == "marked"] == ["s007"]


def by_person(course: Course, student: str, points: float, item: str = "w01-t01") -> None:
    """Give points and a comment as formgrader does."""
    with course.gradebook() as gradebook:
        grade = gradebook.find_grade(item, W01, W01, student)
        grade.manual_score, grade.needs_manual_grade = points, False
        gradebook.find_comment(item, W01, W01, student).manual_comment = "Well reasoned."
        gradebook.db.commit()


def given(course: Course, student: str, item: str = "w01-t01") -> tuple[float | None, bool, str | None]:
    """What a person has given: points, whether they wait for that person again, and the comment."""
    with course.gradebook() as gradebook:
        grade = gradebook.find_grade(item, W01, W01, student)
        return grade.manual_score, bool(grade.needs_manual_grade), gradebook.find_comment(item, W01, W01, student).manual_comment


def answer(course: Course, student: str, **values: Any) -> None:
    """Hand in again: the same answers, but for `values` (`t01` stands for w01-t01)."""
    path = course.path("submitted", student, W01) / "answers.json"
    document = json.loads(path.read_text())
    for name, value in values.items():
        document["answers"][f"w01-{name}"]["value"] = value
    path.write_text(json.dumps(document))


def test_a_persons_points_stay_with_the_answer_that_they_were_given_for(marked: Course) -> None:
    first = json.loads((marked.path("submitted", "s001", W01) / "answers.json").read_text())["answers"]["w01-t01"]["value"]
    by_person(marked, "s001", 7)
    [line] = [line for line in mark_class(marked, W01, force=True) if line.student == "s001"]
    assert (line.before, line.waiting, given(marked, "s001")) == (line.points, line.waiting, (7, False, "Well reasoned."))
    # Another answer elsewhere: this one is as it was.
    answer(marked, "s001", **{SINGLE.removeprefix("w01-"): "c"})
    [line] = [line for line in mark_class(marked, W01) if line.student == "s001"]
    assert given(marked, "s001") == (7, False, "Well reasoned.")
    assert not any("changed since" in oddity for oddity in line.oddities), "no person has marked the other one"
    # Another answer here: the points are kept, do not count, and are asked for again, until it is the old answer once more.
    answer(marked, "s001", t01="Something new.")
    [line] = [line for line in mark_class(marked, W01) if line.student == "s001"]
    assert line.before == line.points + 7
    assert "changed since a person marked it: w01-t01" in line.oddities
    for force in (False, True):
        list(mark_class(marked, W01, force=force))
        assert given(marked, "s001") == (7, True, "Well reasoned.")
        page = (marked.path("autograded", "s001", W01) / f"{W01}.ipynb").read_text()
        assert page.count("The answer is another than the one that was marked") == 1
    answer(marked, "s001", t01=first)
    list(mark_class(marked, W01))
    assert given(marked, "s001") == (7, False, "Well reasoned.")


def test_a_mended_key_tells_whose_points_changed(marked: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for part in ("keys", "rubrics"):
        shutil.copytree(ROOT / "autograde" / "content" / part, tmp_path / "own" / part)
    path = tmp_path / "own/keys/w01.toml"
    tries = MARKERS["single"].tries(real_workbook().items[SINGLE], load_key("w01").keys[SINGLE].right)
    old, new = (f'{SINGLE} = {{ right = "{option}"' for option in (tries.right, tries.wrong))
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))
    monkeypatch.setenv("AUTOGRADE_KEYS", str(tmp_path / "own"))
    process = command(marked, "remark", "w01")
    told, _ = process.communicate(timeout=60)
    assert process.returncode == 0, told
    answers = {
        path.parts[-3]: json.loads(path.read_text())["answers"][SINGLE]["value"] for path in marked.root.glob("submitted/*/*/answers.json")
    }
    changed = {student for student, value in answers.items() if value in (tries.right, tries.wrong)}
    assert len(changed) > 0
    assert set(re.findall(r"s0\d\d", told.partition("w01")[2])) == changed
    assert f"points of {len(changed)} learners changed" in told


@pytest.mark.parametrize("after", [1, 23, 51])
def test_a_killed_run_goes_on_and_comes_to_the_same(course: Course, wanted: tuple[Table, dict[str, bytes]], after: int) -> None:
    process = command(course, "mark", "w01")
    end = time.monotonic() + 60
    while len(list(course.root.glob(f"autograded/*/{W01}"))) < after and time.monotonic() < end:
        time.sleep(0.001)
    process.kill()
    process.communicate()
    assert list(mark_class(course, W01))
    same(course, wanted)


def test_two_runs_at_once_beside_formgrader_come_to_the_same(course: Course, wanted: tuple[Table, dict[str, bytes]]) -> None:
    with course.gradebook() as gradebook:
        assert gradebook.find_assignment(W01)  # a reader that stays, as formgrader does
        processes = [command(course, "mark", "w01"), command(course, "mark", "--all")]
        told = [process.communicate(timeout=100)[0] for process in processes]
    assert [process.returncode for process in processes] == [0, 0], told
    same(course, wanted)
    if course.db_url.startswith("sqlite"):
        with sqlite3.connect(course.root / "gradebook.db") as connection:
            assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_two_that_open_a_fresh_gradebook_at_once_are_both_let_in(tmp_path: Path) -> None:
    with open_gradebook(f"sqlite:///{tmp_path}/first.db", "") as gradebook:
        gradebook.add_assignment(W01)
        gradebook.add_notebook(W01, W01)
    for attempt in range(40):  # one in five would be turned away if nobody waited
        path = Path(shutil.copy(tmp_path / "first.db", tmp_path / f"{attempt}.db"))
        with closing(sqlite3.connect(path)) as reader, ThreadPoolExecutor(2) as pool:
            reader.execute("SELECT * FROM assignment").fetchall()
            both = [pool.submit(_open, f"sqlite:///{path}") for _ in range(2)]
            assert [one.exception() for one in both] == [None, None]


def _open(url: str) -> None:
    with Rows(url, W01):
        pass


@pytest.fixture
def college(copy: Copy, tmp_path: Path) -> list[Course]:
    """Four such classes, so that a command is long at it."""
    return [copy(tmp_path / name) for name in "abcd"]


def roots(college: list[Course]) -> list[str]:
    return [str(course.root) for course in college]


def busy(college: list[Course], process: subprocess.Popen[str]) -> bool:
    """Wait until the first notebook is written."""
    end = time.monotonic() + 60
    while not any(next(course.root.glob("autograded/*"), None) for course in college) and time.monotonic() < end and process.poll() is None:
        time.sleep(0.002)
    return process.poll() is None


def test_processes_come_to_the_same_in_whoevers_name(college: list[Course], wanted: tuple[Table, dict[str, bytes]]) -> None:
    tasks = [replace(task, by="Ann Bell") for task in tasks_of(college)]
    done = list(mark_college(tasks, workers=2))
    assert [(one.root, len(one.lines), one.fault) for one in done] == [(course.root, STUDENTS, "") for course in college]
    for course in college:
        same(course, wanted)
        with reading(course.db_url) as connection:
            assert {entry.who for entry in entries_in(connection, Deed.MARK)} == {"Ann Bell"}


def test_a_killed_worker_costs_a_retry_and_nothing_else(college: list[Course], wanted: tuple[Table, dict[str, bytes]]) -> None:
    process = command(college[0], "mark", "--all", *roots(college), "--workers", "2")
    assert busy(college, process)
    words = [(child, " ".join(command_of(child))) for child in psutil.Process(process.pid).children()]
    workers = [child for child, text in words if text and "resource_tracker" not in text]
    kill(workers[0])
    told, _ = process.communicate(timeout=100)
    assert process.returncode == 0, told
    assert told.count(f"{W01}: ") == len(college)
    for course in college:
        same(course, wanted)


def test_workers_end_with_their_parent(college: list[Course]) -> None:
    process = command(college[0], "mark", "--all", *roots(college), "--workers", "2")
    assert busy(college, process)
    children = psutil.Process(process.pid).children(recursive=True)
    process.kill()
    process.communicate()
    assert psutil.wait_procs(children, timeout=20)[1] == []


def test_a_class_that_cannot_be_marked_does_not_stop_the_others(college: list[Course], wanted: tuple[Table, dict[str, bytes]]) -> None:
    path = college[1].root / "source" / W01 / "items.toml"
    path.write_text(path.read_text() + "=")
    process = command(college[0], "mark", "--all", *roots(college)[:3])
    told, _ = process.communicate(timeout=100)
    assert process.returncode == 1
    assert "items.toml cannot be read" in " ".join(told.split())
    assert not list(college[1].root.glob("autograded/*/*"))
    for course in (college[0], college[2]):
        same(course, wanted)


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """A scheduler and two workers on loopback, as `docs/scaling.md` starts them; the workers stand in an empty folder."""
    port = free_port()
    address = f"tcp://127.0.0.1:{port}"
    (tmp_path / "empty").mkdir()

    def start(module: str, *words: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", f"distributed.cli.{module}", *words], cwd=tmp_path / "empty", stderr=subprocess.DEVNULL
        )

    processes = [start("dask_scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard")]
    processes += [start("dask_worker", address, "--nthreads", "1", "--no-dashboard") for _ in range(2)]
    end = time.monotonic() + 60
    while time.monotonic() < end:  # our own patience with a scheduler is for one that runs; a busy machine takes longer to start it
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            break
        time.sleep(0.1)
    yield address, processes
    for process in processes:
        process.kill()
        process.wait()


def test_a_cluster_that_loses_a_worker_comes_to_the_same(
    college: list[Course],
    wanted: tuple[Table, dict[str, bytes]],
    cluster: tuple[str, list[subprocess.Popen[bytes]]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    address, processes = cluster
    process = command(college[0], "mark", "--all", *roots(college), "--scheduler", address)
    assert busy(college, process)
    processes[1].kill()
    told, _ = process.communicate(timeout=100)
    assert process.returncode == 0, told
    for course in college:
        same(course, wanted)
    monkeypatch.setattr("autograde.crew.WAIT_S", 0.1)
    with pytest.raises(ClassError, match=r"gave nothing back \(TimeoutError\)"):
        list(share(time.sleep, [20], scheduler=address))


@pytest.mark.parametrize("words", [["w01"], ["."], ["no-such-thing"], ["source"]])
def test_with_all_a_workbook_or_a_slip_of_the_pen_is_no_class(course: Course, words: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(course.root / "source")  # a folder within the class, of which the class could be found
    with pytest.raises(ClassError, match="is no class folder"):
        CliRunner().invoke(app, ["mark", *words, "--all"], catch_exceptions=False)
    assert not list(course.root.glob("autograded/*/*"))


def test_a_scheduler_that_is_not_there_is_told(course: Course) -> None:
    process = command(course, "mark", "--all", "--scheduler", f"tcp://127.0.0.1:{free_port()}")
    told, _ = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "No scheduler answers" in told
    assert not list(course.root.glob("autograded/*/*"))


def test_a_gradebook_moves_to_a_server_with_every_row(marked: Course, server: str) -> None:
    with marked.gradebook() as gradebook:
        grade = gradebook.find_grade("w01-t01", W01, W01, "s001")
        grade.manual_score, grade.needs_manual_grade = 7, False
        gradebook.find_comment("w01-t01", W01, W01, "s001").manual_comment = "Well reasoned – and “yours”."
        gradebook.find_submission(W01, "s002").extension = timedelta(days=2)
        gradebook.db.commit()
    before = snapshot(marked)
    url = database(server, f"moved{uuid.uuid4().hex[:8]}").replace("@", ":secret@")
    process = command(marked, "db", "move", url)
    told, _ = process.communicate(timeout=100)
    assert process.returncode == 0, told
    assert (marked.root / "nbgrader_config.py").stat().st_mode & 0o777 == 0o600
    assert "keep it in ~/.pgpass" in told
    assert marked.db_url == url
    same(marked, before)
    assert {line.outcome for line in mark_class(marked, W01)} == {"unchanged"}
    with marked.gradebook() as gradebook:
        assert gradebook.find_comment("w01-t01", W01, W01, "s001").manual_comment == "Well reasoned – and “yours”."
        assert gradebook.find_submission(W01, "s002").extension == timedelta(days=2)
    process = command(marked, "db", "move", url)
    told, _ = process.communicate(timeout=100)
    assert process.returncode == 1
    assert "holds a class already" in told


def test_a_server_that_is_not_there_is_told_and_nothing_changed(course: Course) -> None:
    before = course.db_url
    process = command(course, "db", "move", f"postgresql://tutor@127.0.0.1:{free_port()}/x")
    told, _ = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "cannot be opened" in told
    assert course.db_url == before


def test_who_cannot_be_marked_does_not_stop_the_others(course: Course) -> None:
    stranger = course.path("submitted", "stranger", W01)
    shutil.copytree(course.path("submitted", "s001", W01), stranger)
    lines: dict[str, Line] = {line.student: line for line in mark_class(course, W01)}
    assert len(lines) == STUDENTS + 1
    assert lines["stranger"].oddities == ("is not on the roster",)
    assert lines["s059"].outcome == "marked"


def break_off(course: Course, how: str) -> Callable[[], None]:
    """Let the gradebook fail for everybody else: locked by another program, or its server's connections gone; give what ends that."""
    if course.db_url.startswith("sqlite"):
        other = sqlite3.connect(course.root / "gradebook.db", isolation_level=None, check_same_thread=False)
        other.execute("BEGIN IMMEDIATE")
        return other.close
    server = psycopg.connect(course.db_url)
    if how == "locked":
        server.execute("LOCK TABLE grade IN ACCESS EXCLUSIVE MODE")
    else:
        server.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    return server.close


FAILURES = pytest.mark.parametrize(
    ("copy", "how"),
    [("sqlite", "locked"), ("postgresql", "locked"), ("postgresql", "restarted")],  # a file has no server to restart
    indirect=["copy"],
    scope="module",
)


@FAILURES
def test_a_gradebook_that_fails_in_the_middle_is_one_sentence_and_nothing_is_lost(
    course: Course, wanted: tuple[Table, dict[str, bytes]], monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    monkeypatch.setattr("autograde.gradebook.database.BUSY_S", 1)
    lines = mark_class(course, W01)
    next(lines)
    mend = break_off(course, how)
    with pytest.raises(
        ClassError, match=r"The gradebook .* failed \(.*\)\. All that was written before is kept\. .* run the command again"
    ):
        list(lines)
    mend()
    assert not list(course.root.glob("autograded/*/.*")), "nothing half written is left"
    assert [line.student for line in mark_class(course, W01) if line.outcome == "unchanged"] == [f"s{n:03}" for n in range(TOGETHER)]
    same(course, wanted)


@pytest.mark.parametrize("copy", ["sqlite"], indirect=True)  # a server's disk is its own
def test_a_full_disk_is_one_sentence_and_the_run_goes_on_when_there_is_room(course: Course, wanted: tuple[Table, dict[str, bytes]]) -> None:
    ours = "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, 400_000)); from autograde.cli import main; main()"
    process = subprocess.run(
        [sys.executable, "-c", ours, "mark", "w01"], cwd=course.root, capture_output=True, text=True, check=False, timeout=100
    )
    assert process.returncode == 1
    assert "All that was written before is kept" in process.stderr
    assert "This program failed" not in process.stderr
    assert {line.outcome for line in mark_class(course, W01)} == {"marked", "unchanged"}
    same(course, wanted)


def test_a_notebook_that_cannot_be_removed_holds_nobody_up(course: Course) -> None:
    """As an open file does on Windows; here it lies in a folder that nothing can be taken out of."""
    root = Path(tempfile.mkdtemp(prefix="class-"))  # pytest's own folders are closed to other users
    moved = Course(Path(shutil.copytree(course.root, root / "class")))
    list(mark_class(moved, W01))
    new = moved.path("submitted", "s001", W01) / "answers.json"
    held = moved.path("autograded", "s001", W01)
    code = f"""
import os
from pathlib import Path
from autograde.classes.folder import Course
from autograde.run.mark import mark_class
course = Course(Path({str(moved.root)!r}))
list(mark_class(course, {W01!r}, force=True))  # reads all modules, which another user may not
answers = Path({str(new)!r})
answers.write_text(answers.read_text().replace("Because I saw it", "Something new"))
if os.getuid() == 0:  # root may remove anything
    for path in [{str(root)!r}, *Path({str(root)!r}).rglob("*")]:
        os.chown(path, 65534, 65534)
    os.seteuid(65534)
Path({str(held)!r}).chmod(0o555)
print([line.outcome for line in mark_class(course, {W01!r}) if line.student in ("s000", "s001", "s002")])
"""
    environment = {**os.environ, "HOME": str(root), "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False, timeout=60)
    assert done.stdout == "['unchanged', 'marked', 'unchanged']\n", done.stderr
    assert "Something new" in (held / f"{W01}.ipynb").read_text()
    shutil.rmtree(root, ignore_errors=True)


def test_workers_that_are_lost_again_and_again_are_told() -> None:
    with pytest.raises(ClassError, match="gave nothing back"):
        list(share(os._exit, [1, 1], workers=2))


@FAILURES
def test_formgrader_goes_on_after_its_gradebook_has_failed(marked: Course, how: str) -> None:
    with marked.gradebook() as gradebook:
        grade = gradebook.find_grade("w01-t01", W01, W01, "s001").id
    with serving(marked, free_port()) as served:
        token = parse_qs(urlsplit(served.formgrader).query)["token"][0]

        def put(points: float) -> int:
            url = served.formgrader.partition("?")[0] + f"/api/grade/{grade}"
            body = json.dumps({"manual_score": points, "extra_credit": None}).encode()
            headers = {"Authorization": f"token {token}", "Content-Type": "application/json"}
            try:
                with urllib.request.urlopen(urllib.request.Request(url, body, headers, method="PUT"), timeout=60) as reply:
                    return int(reply.status)
            except urllib.error.HTTPError as error:
                with error:
                    return error.code

        assert put(5) == 200
        mend = break_off(marked, how)
        if marked.db_url.startswith("sqlite"):
            assert put(6) == 500, "it waits five seconds, and says no"
        mend() if how == "restarted" or marked.db_url.startswith("sqlite") else threading.Timer(1, mend).start()
        assert put(7) == 200
    assert given(marked, "s001")[:2] == (7, False)
