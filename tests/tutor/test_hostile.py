"""A class among hostile inputs: nothing stops it, nothing runs, nobody gets what is another's. The inputs stand in `hostile.py`."""

import io
import json
import os
import re
import shutil
import stat
import subprocess
import sys
import threading
import time
import unicodedata
import zipfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from autograde import cli
from autograde.authoring.author import mend
from autograde.checks import check_workbook, faults
from autograde.classes.folder import Course
from autograde.classes.new import new_course
from autograde.classes.roster import Roster, import_roster
from autograde.content import load_key, load_rubrics
from autograde.inbox.collect import collect
from autograde.inbox.intake import intake
from autograde.inbox.outcome import IntakeReport, Refused, Taken
from autograde.outbox.feedback import write_feedback
from autograde.outbox.feedback.writing import Written
from autograde.outbox.marks_file import export_gradebook, gradebook_rows
from autograde.outbox.release import release
from autograde.run.line import Line
from autograde.run.mark import mark_class
from tests.tutor import hostile
from tests.tutor.hostile import ASSIGNMENT, CHANGES, FULL, HAND_INS, INBOUND
from workbook_helpers.answers import AnswerStore
from workbook_helpers.cli import unpack
from workbook_helpers.errors import WorkbookError
from workbook_helpers.hand_in import hand_in as hand_in_as
from workbook_helpers.items import load_workbook
from workbook_helpers.jupyter.pages.shelf import shelf
from workbook_helpers.jupyter.widgets.ask import ask
from workbook_helpers.jupyter.widgets.session import open_session

IDS = {f"h{n:03d}": name for n, name in enumerate(HAND_INS, start=1)}
TAMPERED = {f"t{n:03d}": name for n, name in enumerate(CHANGES, start=1)}
SENT = {f"e{n:03d}": name for n, name in enumerate(INBOUND, start=1)}
GOOD: dict[str, tuple[str, str, dict[str, Any], dict[str, float]]] = {
    "good01": ("Ana", "Evans", {}, {}),
    "good02": ("Siân", "Ŵyn", {"w01-q01": "b"}, {"w01-q01": 0}),
    "good03": ("Ben", "O'Brien, Jr", {"w01-q02": ["a"]}, {"w01-q02": 1}),
    "good04": ("李", "小龍", {"w01-q03": "something else"}, {"w01-q03": 0}),
    "good05": ("X", "Æ", {"w01-q06": ["n1.a", "n2.b"]}, {"w01-q06": 1}),
    "good06": ("Zoë", "de la Cruz", {"w01-q05": {"s1": "p1"}}, {"w01-q05": 1}),
}
"""Learner → names, what is answered other than right, and the points of that. Each comes by a way of its own."""
OTHERS = {"kim01": ("Kim", "Ng"), "ros01": ("Ros", "Ray"), "max01": ("Max", "Strasse"), "max02": ("Max", "Straße")}
"""They hand nothing in, and nothing may be taken for theirs."""
SECONDS, MEGABYTES = 40, 450
"""What any one step may take, on two slow cores."""
BAD_WORDS = re.compile(r"[Tt]raceback|program failed|Errno|\b[A-Z][A-Za-z]+Error\b|object at 0x")


def text_of(learner: str) -> str:
    return f"The own words of {learner}."


@dataclass
class World:
    """The class, and what became of everything in it."""

    course: Course
    inbox: Path
    canary: Path
    outside: Path
    reports: list[IntakeReport] = field(default_factory=list)
    lines: dict[str, Line] = field(default_factory=dict)
    pages: dict[str, Written] = field(default_factory=dict)
    points: dict[str, dict[str, float | None]] = field(default_factory=dict)
    manual: dict[str, float | None] = field(default_factory=dict)
    given: dict[str, bytes] = field(default_factory=dict)
    stopped: dict[str, str] = field(default_factory=dict)
    """Learner → how a step ended because of that input."""
    hung: dict[str, str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    """Addresses that were connected to."""
    took: dict[str, tuple[float, float]] = field(default_factory=dict)
    """Step → seconds, and megabytes more than before."""

    def taken(self, learner: str) -> list[Taken]:
        return [one for report in self.reports for one in report.taken if one.student.id == learner]

    def refused(self, learner: str) -> list[Refused]:
        of = [one for report in self.reports for one in report.refused]
        return [one for one in of if learner in one.file or (one.student and one.student.id == learner)]


def culprit(error: BaseException) -> str:
    """Find the learner whose input a step failed on: the innermost function knows it."""
    trace, found = error.__traceback__, ""
    while trace is not None:
        for value in trace.tb_frame.f_locals.values():
            if isinstance(value, str | Path) or type(value).__name__ in {"Work", "Arrival", "Assessment", "_Written"}:
                shown = getattr(value, "student", None) or getattr(value, "name", None) if not isinstance(value, str | Path) else value
                match = re.search(r"\b[hte]\d{3}\b", os.fsdecode(str(value) if isinstance(value, Path) else str(shown)))
                found = match[0] if match else found
        trace = trace.tb_next
    return found


def peak() -> float:
    match = re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())
    return int(match[1]) / 1000 if match else 0.0


def _is_pipe(path: Path) -> bool:
    try:
        return stat.S_ISFIFO(path.lstat().st_mode)
    except FileNotFoundError:  # what is tested moved it meanwhile
        return False


@dataclass
class Watch:
    """Lets go whoever waits at a pipe for ever, and tells."""

    hung: dict[str, str]
    root: Path
    _end: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> "Watch":
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end.set()
        self.thread.join()

    def _run(self) -> None:
        pipes = [Path(place, name) for place, _, names in os.walk(self.root) for name in names if _is_pipe(Path(place, name))]
        while not self._end.wait(0.1):
            for path in pipes:
                try:
                    handle = os.open(path, os.O_WRONLY | os.O_NONBLOCK)
                except OSError:  # nobody reads it
                    continue
                if not stat.S_ISFIFO(os.fstat(handle).st_mode):  # a file took its place
                    os.close(handle)
                    continue
                self._end.wait(0.2)
                with suppress(BrokenPipeError):  # it only looked, and went on
                    os.write(handle, b"x")
                    match = re.search(r"\b[hte]\d{3}\b", str(path))
                    self.hung[match[0] if match else str(path)] = f"waits for ever at {path.name}"
                os.close(handle)


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Course]:
    """Give a class with nobody in it; workbook, key and rubric lie beside it."""
    root = tmp_path_factory.mktemp("hostile")
    with pytest.MonkeyPatch.context() as patch:
        setting(root, patch)
        yield new_course(root / "empty", name="Hostile")


@pytest.fixture(scope="module")
def world(empty: Course) -> Iterator[World]:
    """Take a class with all that is hostile from release to feedback, once."""
    root = empty.root.parent
    course = Course(Path(shutil.copytree(empty.root, root / "class")))
    config = course.root / "nbgrader_config.py"
    config.write_text(config.read_text("utf-8").replace("exchange=''", f"exchange={str(root / 'exchange')!r}"), "utf-8")
    with pytest.MonkeyPatch.context() as patch:
        made = World(course=course, inbox=root / "in", canary=root / "canary", outside=root / "outside")
        made.outside.mkdir()
        patch.chdir(root)
        watched = True

        def audit(event: str, arguments: tuple[Any, ...]) -> None:
            if watched and event == "socket.connect" and isinstance(arguments[1], tuple):
                made.asked.append(str(arguments[1]))

        sys.addaudithook(audit)
        learn(made)
        release(course, "w01", due=datetime(2026, 11, 20, 17, tzinfo=UTC))
        hand_in(made)
        take_in(made)
        change(made, "submitted")
        mark(made, "mark")
        a_person_marks(made)
        change(made, "autograded")
        mark(made, "mark again")
        change(made, "feedback")
        give_feedback(made)
        with course.gradebook() as gradebook:
            for submission in gradebook.assignment_submissions(ASSIGNMENT):
                for grade in submission.notebooks[0].grades:
                    points = None if grade.needs_manual_grade else grade.score
                    made.points.setdefault(submission.student_id, {})[grade.name] = points
                    if grade.name == "w01-t01":
                        made.manual[submission.student_id] = grade.manual_score
        yield made
        watched = False


def setting(root: Path, patch: pytest.MonkeyPatch) -> None:
    """Write the small workbook, its key and rubric, and keep the machine's settings out."""
    for path, files in {
        root / "shelf" / ASSIGNMENT: hostile.workbook_files(),
        root / "keys": {"w01.toml": hostile.KEY_TOML.encode()},
        root / "rubrics": {"w01.toml": hostile.RUBRICS_TOML.encode()},
    }.items():
        path.mkdir(parents=True)
        for name, content in files.items():
            (path / name).write_bytes(content)
    (root / "exchange").mkdir(mode=0o777)
    (root / "exchange").chmod(0o777)
    for name, value in {"WORKBOOKS_DIR": "shelf", "AUTOGRADE_KEYS": ".", "JUPYTER_CONFIG_DIR": "jupyter"}.items():
        patch.setenv(name, str(root / value))


def learn(world: World) -> None:
    rows = ["id,first name,last name"]
    rows += [f'{learner},{first},"{last}"' for learner, (first, last, *_) in (GOOD | OTHERS).items()]
    rows += [f"{learner},Hostile,{learner}" for learner in (*IDS, *TAMPERED, *SENT)]
    path = world.inbox.with_name("roster.csv")
    path.write_text("\n".join(rows), "utf-8")
    report = import_roster(world.course, path)
    assert not report.bad


def answers(learner: str) -> bytes:
    return hostile.raw(GOOD[learner][2] | {"w01-t01": text_of(learner)})


def hand_in(world: World) -> None:
    """Put everything where it would come: the good ones among the hostile."""
    world.inbox.mkdir()
    for learner, name in IDS.items():
        folder = world.inbox / learner
        folder.mkdir()
        HAND_INS[name].put(folder, learner)
        for path in folder.rglob("*"):
            if path.is_file() and not path.is_symlink() and path.stat().st_size < 60_000_000:
                world.given[os.fsdecode(path)] = path.read_bytes()
    for learner in TAMPERED:
        (world.inbox / f"{learner}.zip").write_bytes(hostile.hand_in(learner))
    (world.inbox / "good01.zip").write_bytes(hostile.hand_in("good01", answers("good01")))
    moodle = world.inbox / "moodle" / f"{unicodedata.normalize('NFD', 'Siân Ŵyn')}_4711_assignsubmission_file_"
    moodle.mkdir(parents=True)
    (moodle / "w01.zip").write_bytes(hostile.hand_in("", answers("good02")))
    packed = hostile.zipped(
        ("Ben OBrien, Jr_4712_assignsubmission_file_/w01.zip", hostile.hand_in("good03", answers("good03"))),
        ("Nobody_4713_assignsubmission_file_/w01.zip", b"no zip"),
    )
    (world.inbox / "Care-w01-77.zip").write_bytes(packed)
    loose = world.inbox / "unpacked"
    loose.mkdir()
    (loose / "answers.json").write_bytes(answers("good04"))
    (loose / "manifest.json").write_bytes(hostile.manifest("good04", answers("good04")))
    again = hostile.zipped(("w01 (1).zip", hostile.hand_in("good05", answers("good05"))))
    (world.inbox / "zzz-good05.zip").write_bytes(again)
    assert world.course.exchange is not None
    inbound = world.course.exchange / world.course.course_id / "inbound"
    for learner, name in SENT.items():
        place, fill, _ = INBOUND[name]
        fill(inbound / place.replace("@", learner))
    own = inbound / f"good06+{ASSIGNMENT}+{hostile.AT}+x"
    own.mkdir()
    (own / "answers.json").write_bytes(answers("good06"))


def measured(world: World, step: str, do: Callable[[], None]) -> None:
    """Do a step again and again, without what it failed on, until it comes to its end."""
    Path("/proc/self/clear_refs").write_text("5")
    before, start = peak(), time.monotonic()
    with Watch(world.hung, world.inbox.parent):
        for _ in range(60):
            try:
                do()
                break
            except Exception as error:
                learner = culprit(error)
                world.stopped.setdefault(learner or f"step {step}", f"{step} ends: {type(error).__name__}: {error}"[:300])
                if not learner:
                    break
                remove(world, learner)
    world.took[step] = time.monotonic() - start, peak() - before


def remove(world: World, learner: str) -> None:
    """Take away what a step failed on, so that what else fails is seen, too."""
    root = world.course.root
    step = CHANGES[TAMPERED[learner]].step if learner in TAMPERED else ""
    places = (root / step, root / "feedback") if step else (world.inbox, root / "submitted")
    for place in places:
        for path in place.glob(f"*{learner}*"):
            path.rename(world.inbox.with_name(f"removed-{place.name}-{learner}-{len(list(world.inbox.parent.iterdir()))}"))


def take_in(world: World) -> None:
    def files() -> None:
        world.reports.append(intake(world.course, [world.inbox], "w01"))

    def exchange() -> None:
        world.reports.append(collect(world.course, "w01"))

    measured(world, "intake", files)
    measured(world, "collect", exchange)


def change(world: World, step: str) -> None:
    for learner, name in TAMPERED.items():
        if CHANGES[name].step == step:
            CHANGES[name].do(world.course.root, learner)


def mark(world: World, step: str) -> None:
    def run() -> None:
        for line in mark_class(world.course, ASSIGNMENT):
            world.lines[line.student] = line

    measured(world, step, run)


def a_person_marks(world: World) -> None:
    with world.course.gradebook() as gradebook:
        for n, learner in enumerate(GOOD, start=1):
            grade = gradebook.find_grade("w01-t01", ASSIGNMENT, ASSIGNMENT, learner)
            grade.manual_score, grade.needs_manual_grade = float(n), False
            gradebook.find_comment("w01-t01", ASSIGNMENT, ASSIGNMENT, learner).manual_comment = f"Read, {learner}."
        gradebook.db.commit()


def give_feedback(world: World) -> None:
    def run() -> None:
        for page in write_feedback(world.course, ASSIGNMENT, partial=True):
            world.pages[page.student] = page

    measured(world, "feedback", run)


# --- the claims -----------------------------------------------------------------------------------------------------------------


def test_there_are_enough() -> None:
    assert len(HAND_INS) + len(CHANGES) + len(INBOUND) >= 150


def not_stopped(world: World, learner: str) -> None:
    assert learner not in world.stopped, world.stopped[learner]
    assert learner not in world.hung, world.hung[learner]


@pytest.mark.parametrize("learner", IDS, ids=lambda learner: IDS[learner])
def test_a_hand_in_is_taken_or_set_aside(world: World, learner: str) -> None:
    which = HAND_INS[IDS[learner]]
    taken, refused = world.taken(learner), world.refused(learner)
    not_stopped(world, learner)
    assert taken or refused, "nothing was said of it"
    for one in refused:
        assert not BAD_WORDS.search(one.reason), one.reason
        assert one.reason.isprintable(), one.reason
        assert (one.folder / "reason.txt").is_file()
    assert which.must == "either" or bool(taken) == (which.must == "taken"), [one.reason for one in refused]
    now = datetime.now(UTC) + timedelta(minutes=10)
    for took in taken:
        assert all(oddity.isprintable() and not BAD_WORDS.search(oddity) for oddity in took.oddities), took.oddities
        assert took.handed_in_at <= now
    if taken:
        line = world.lines[learner]
        assert line.outcome in {"marked", "unchanged"}, line.oddities
        assert all(not BAD_WORDS.search(oddity) for oddity in line.oddities), line.oddities
        points = world.points[learner]
        allowed = {item: (full,) for item, full in FULL.items()} | which.points | {"w01-t01": (None, 0)}
        assert {item: given for item, given in points.items() if given not in allowed[item]} == {}, line.oddities
        assert world.manual[learner] is None, "nobody marked it"
        assert world.pages[learner].path is not None
    else:
        assert learner not in world.points
        assert not (world.course.root / "submitted" / learner).exists()


@pytest.mark.parametrize("learner", IDS, ids=lambda learner: IDS[learner])
def test_the_original_of_a_hand_in_is_kept(world: World, learner: str) -> None:
    """Byte for byte where it came as one file; where its parts came loose or in a zip, the parts."""
    kept = kept_files(world)
    files = [raw for path, raw in world.given.items() if f"/{learner}/" in path]
    for raw in files:
        if len(files) == 1 or raw.startswith(b"PK"):
            assert raw in kept or not raw or (b".zip" in raw and set(zips_in(raw)) & kept), "the original is nowhere"


def zips_in(raw: bytes) -> Iterator[bytes]:
    """Give the zips in a zip, and those in them: each of them may be a hand-in of its own."""
    with suppress(zipfile.BadZipFile, NotImplementedError), zipfile.ZipFile(io.BytesIO(raw)) as archive:
        for name in archive.namelist():
            if name.endswith(".zip"):
                inner = archive.read(name)
                yield inner
                yield from zips_in(inner)


def loose_parts(raw: bytes) -> Iterator[bytes]:
    """Give what was left of a hand-in of loose files, which is kept as a zip."""
    with suppress(Exception), zipfile.ZipFile(io.BytesIO(raw)) as archive:  # most of what is kept is a broken zip
        names = archive.namelist()
        if len(names) == 1 and names[0] in {"answers.json", "manifest.json"} and archive.infolist()[0].date_time[0] == 1980:
            yield archive.read(names[0])


_KEPT: dict[int, set[bytes]] = {}


def kept_files(world: World) -> set[bytes]:
    if id(world) not in _KEPT:
        found = (path for name in ("received", "quarantine") for path in (world.course.root / name).rglob("*"))
        kept = {path.read_bytes() for path in found if path.is_file() and path.stat().st_size < 60_000_000}
        _KEPT[id(world)] = kept | {part for raw in kept for part in loose_parts(raw)}
        inner = [raw for raw in world.given.values() if b"assignsubmission" in raw[:400]]  # what was in a download is kept without it
        _KEPT[id(world)].update(inner)
    return _KEPT[id(world)]


@pytest.mark.parametrize("learner", TAMPERED, ids=lambda learner: TAMPERED[learner])
def test_a_folder_that_was_changed_between_the_steps(world: World, learner: str) -> None:
    step, _, marked = CHANGES[TAMPERED[learner]]
    not_stopped(world, learner)
    assert world.taken(learner)
    closed = {item: given for item, given in world.points.get(learner, {}).items() if item in FULL}
    if marked:
        assert closed == FULL
    else:
        assert set(closed.values()) <= {None}, "points that nobody gave"
    for line in filter(None, [world.lines.get(learner)]):
        assert not any(BAD_WORDS.search(oddity) for oddity in line.oddities), line.oddities
    page = world.pages.get(learner)
    if step == "feedback":
        assert page is not None
        assert page.path is None or page.path.is_file()
        assert page.path or page.refused, "no page, and not a word why"


def test_strange_folders_beside_the_learners_are_nobodys(world: World) -> None:
    roster = {*GOOD, *OTHERS, *IDS, *TAMPERED, *SENT}
    assert set(world.points) <= roster
    strange = {name: line for name, line in world.lines.items() if name not in roster}
    assert all(line.outcome == "not marked" for line in strange.values())


@pytest.mark.parametrize("learner", SENT, ids=lambda learner: SENT[learner])
def test_what_lies_on_the_exchange(world: World, learner: str) -> None:
    taken, refused = world.taken(learner), world.refused(learner)
    not_stopped(world, learner)
    assert bool(taken) == (INBOUND[SENT[learner]].must == "taken"), [one.reason for one in refused]
    assert taken or refused
    assert not any(BAD_WORDS.search(one.reason) for one in refused), [one.reason for one in refused]
    assert {item: given for item, given in world.points.get(learner, {}).items() if item in FULL} == (FULL if taken else {})


@pytest.mark.parametrize("learner", GOOD)
def test_the_good_are_as_without_the_others(world: World, learner: str) -> None:
    _, _, _, other = GOOD[learner]
    (taken,) = world.taken(learner)
    assert taken.current
    place = world.course.root / "submitted" / learner / ASSIGNMENT
    assert (place / "answers.json").read_bytes() == answers(learner)
    number = float([*GOOD].index(learner) + 1)
    assert world.points[learner] == FULL | other | {"w01-t01": number}, "a person's points stand, and those of the key"
    page = world.pages[learner].path
    assert page is not None
    html = page.read_text("utf-8")
    assert text_of(learner) in html
    assert f"Read, {learner}." in html
    assert not any(text_of(other) in html for other in GOOD if other != learner)


@pytest.mark.parametrize("learner", OTHERS)
def test_who_handed_nothing_in_has_nothing(world: World, learner: str) -> None:
    assert world.taken(learner) == []
    assert learner not in world.points
    assert not (world.course.root / "submitted" / learner).exists()


def test_every_page_is_its_own_learners(world: World) -> None:
    """Points, name and text are of the learner in whose folder the page lies, whatever the folder links to."""
    for learner, page in world.pages.items():
        if page.path is not None and learner in world.points:
            name = " ".join(GOOD[learner][:2]) if learner in GOOD else learner
            html = page.path.read_text("utf-8")
            assert f"For {name}".replace("'", "&#39;") in html or learner in html, learner


def test_nothing_is_active_in_what_a_person_opens(world: World) -> None:
    opened = [*world.course.root.glob("feedback/*/*/*.html"), *world.course.root.glob("autograded/*/*/*.ipynb")]
    bad = re.compile(rb"<script|<iframe|<svg onload|onerror=|javascript:|<!\[CDATA", re.IGNORECASE)
    found = [path for path in opened if path.is_file() and path.stat().st_size < 10_000_000 and bad.search(path.read_bytes())]
    assert found == []


def test_nothing_ran_and_nobody_was_asked(world: World) -> None:
    assert not list(world.inbox.parent.rglob("*canary*"))
    assert world.asked == []
    assert list(world.outside.iterdir()) == []


@pytest.mark.parametrize("step", ["intake", "collect", "mark", "mark again", "feedback"])
def test_each_step_comes_to_its_end(world: World, step: str) -> None:
    assert f"step {step}" not in world.stopped, world.stopped.get(f"step {step}")
    seconds, megabytes = world.took[step]
    assert seconds < SECONDS
    assert megabytes < MEGABYTES


def test_the_gradebook_can_be_written(world: World) -> None:
    hung: dict[str, str] = {}
    with Watch(hung, world.course.root / "submitted"):
        rows = list(gradebook_rows(world.course))
    assert hung == {}
    assert {row["student id"] for row in rows} == {*GOOD, *OTHERS, *IDS, *TAMPERED, *SENT}


def test_nothing_half_written_is_left(world: World) -> None:
    left = [path for place in ("submitted", "autograded", "feedback") for path in (world.course.root / place).glob("*/.*")]
    assert left == []


# --- the other doors ------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def small(empty: Course) -> Course:
    """Give a class of two, marked; tests copy it."""
    root = empty.root.parent
    course = Course(Path(shutil.copytree(empty.root, root / "small")))
    (root / "small.csv").write_text("id,first name,last name\ngood01,Ana,Evans\ngood02,Siân,Ŵyn\n", "utf-8")
    import_roster(course, root / "small.csv")
    release(course, "w01")
    (root / "small-in").mkdir()
    for learner in ("good01", "good02"):
        (root / "small-in" / f"{learner}.zip").write_bytes(hostile.hand_in(learner, answers(learner)))
    intake(course, [root / "small-in"], "w01")
    list(mark_class(course, ASSIGNMENT))
    return course


@pytest.fixture
def own(small: Course, tmp_path: Path) -> Course:
    """Give a copy of the small class, with keys beside it."""
    return Course(Path(shutil.copytree(small.root, tmp_path / "class")))


Command = Callable[..., tuple[int, str]]


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """Run the command as `autograde` does, in this process: (code, all that it said)."""

    def run(*words: object, cwd: Path) -> tuple[int, str]:
        monkeypatch.setenv("COLUMNS", "200")
        monkeypatch.chdir(cwd)
        monkeypatch.setattr(sys, "argv", ["autograde", *map(str, words)])
        with pytest.raises(SystemExit) as caught:
            cli.main()
        told = capsys.readouterr()
        code = caught.value.code or 0
        assert isinstance(code, int), f"ends with {code!r}"
        return code, told.out + told.err

    return run


def fair(done: tuple[int, str]) -> tuple[int, str]:
    """Hold what a command did against the promise: it ends by itself, with a sentence."""
    code, text = done
    assert code in (0, 1, 2), text
    assert text.strip(), "not a word"
    assert not re.search(r"Traceback|program failed", text), text
    return done


def put(path: Path, made: bytes | Callable[[Path], object]) -> None:
    if isinstance(made, bytes):
        path.write_bytes(made)
    else:
        made(path)


def snapshot(root: Path) -> dict[str, object]:
    """Give each file's bytes, and of what is none its kind; a database's own files beside it are its own."""
    found: dict[str, object] = {}
    for place, _, names in os.walk(root):
        for name in names:
            path = Path(place, name)
            if not path.name.endswith(("-shm", "-wal")):
                found[os.fsdecode(path)] = path.read_bytes() if stat.S_ISREG(path.lstat().st_mode) else stat.S_IFMT(path.lstat().st_mode)
    return found


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[Callable[[], Watch]]:
    """Give a watch over the test's folder; at the end nobody must have waited at a pipe."""
    hung: dict[str, str] = {}
    yield lambda: Watch(hung, tmp_path)
    assert hung == {}


@pytest.mark.parametrize("name", hostile.AUTHORS)
def test_what_an_author_writes(small: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """A workbook that is at fault is told in a sentence, by whatever reads it."""
    where, content = hostile.AUTHORS[name]
    shutil.copytree(small.root.parent / "shelf", tmp_path / "shelf")
    for part in ("keys", "rubrics"):
        shutil.copytree(small.root.parent / part, tmp_path / part)
    monkeypatch.setenv("AUTOGRADE_KEYS", str(tmp_path))
    folder = tmp_path / "shelf" / ASSIGNMENT
    (tmp_path / where if "/" in where else folder / where).write_bytes(content)

    def mending() -> None:
        mend(load_workbook(folder))

    for do in (lambda: load_workbook(folder), lambda: load_key("w01"), lambda: load_rubrics("w01"), lambda: faults(folder), mending):
        try:
            do()
        except WorkbookError as error:
            assert not BAD_WORDS.search(str(error)), error  # noqa: PT017
    assert check_workbook(folder) is not None
    assert len(shelf(tmp_path / "shelf")) == 1
    monkeypatch.chdir(folder)
    open_session.cache_clear()
    assert ask("w01-q01") is not None


@pytest.mark.parametrize("name", [name for name, (where, _) in hostile.AUTHORS.items() if where == hostile.BOOK])
def test_a_notebook_that_is_released(own: Course, command: Command, name: str) -> None:
    (own.root / "source" / ASSIGNMENT / hostile.BOOK).write_bytes(hostile.AUTHORS[name][1])
    before = snapshot(own.root / "release")
    code, _ = fair(command("release", "w01", "--anyway", cwd=own.root))
    assert code == 0 or snapshot(own.root / "release") == before, "a release that failed took the one before with it"


@pytest.mark.parametrize("name", hostile.STUDENTS)
def test_a_students_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, watched: Callable[[], Watch], name: str) -> None:
    """The page opens, an answer is saved or the student is told, and no other answer is lost."""
    root = tmp_path / "my"
    folder = root / ASSIGNMENT
    folder.mkdir(parents=True)
    for file, content in hostile.workbook_files().items():
        (folder / file).write_bytes(content)
    (root / "other.json").write_bytes(b"another's")
    made = hostile.STUDENTS[name]
    put(folder / "answers.json", made)
    monkeypatch.chdir(folder)
    open_session.cache_clear()
    Path("/proc/self/clear_refs").write_text("5")
    before = peak()
    with watched():
        for item in [*hostile.RIGHT, "w01-r01", "progress", "hand-in"]:
            shown = ask(item)
            assert shown is not None
            if hasattr(shown, "_repr_mimebundle_"):
                shown._repr_mimebundle_()
        store = AnswerStore(folder, "w01")
        try:
            store.put("w01-t01", "New words.")
            assert store.get("w01-t01").value == "New words."
        except WorkbookError as error:
            assert not BAD_WORDS.search(str(error)), error  # noqa: PT017
        else:
            with suppress(WorkbookError):
                hand_in_as(load_workbook(folder), "good01")
        assert len(shelf(root)) == 1
    assert peak() - before < 150
    assert (root / "other.json").read_bytes() == b"another's"
    if isinstance(made, bytes):
        kept = [path.read_bytes() for path in folder.glob("answers*") if path.is_file()]
        saved: Any = None
        with suppress(ValueError, RecursionError):
            saved = json.loads((folder / "answers.json").read_bytes())
        same = isinstance(saved, dict) and saved.get("answers", {}).get("w01-q02", {}).get("value") == ["a", "b"]
        assert same or made in kept, "answers are gone"


@pytest.mark.parametrize("name", hostile.HANDOUTS)
def test_a_zip_that_a_student_unpacks(tmp_path: Path, capsys: pytest.CaptureFixture[str], watched: Callable[[], Watch], name: str) -> None:
    """Only a workbook's own files come out of it, and nothing of it stops the others."""
    root = tmp_path / "my"
    root.mkdir()
    put(root / "x.zip", hostile.HANDOUTS[name])
    (root / "y.zip").write_bytes(hostile.handout(top="w01-good"))
    Path("/proc/self/clear_refs").write_text("5")
    before = peak()
    with watched():
        new = unpack(root)
        cards = shelf(root)
    assert "w01-good" in new
    assert "w01-good/w01-good.ipynb" in {card.path for card in cards if not card.fault}
    assert peak() - before < 150
    assert not BAD_WORDS.search(capsys.readouterr().err)
    assert {path.name for path in tmp_path.iterdir()} == {"my"}
    for folder in (root / top for top in new):
        files = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir()}
        strange = {
            file
            for file in files
            if not re.fullmatch(r"(README\S*|items\.toml|workbook\.toml|media/[^/]+\.(png|svg))", file) and file != f"{folder.name}.ipynb"
        }
        assert strange == set()
        assert not any(path.stat().st_mode & 0o7000 for path in folder.rglob("*"))
        assert not folder.name.startswith(("handed-in", "."))


@pytest.fixture(scope="module")
def listed(small: Course, tmp_path_factory: pytest.TempPathFactory) -> Course:
    return Course(Path(shutil.copytree(small.root, tmp_path_factory.mktemp("listed") / "class")))


@pytest.mark.parametrize("name", hostile.ROSTERS)
def test_a_roster(listed: Course, tmp_path: Path, watched: Callable[[], Watch], name: str) -> None:
    """Its good rows go in, the others are told with their line, and who is in the class already stays who they are."""
    path = tmp_path / "roster.csv"
    put(path, hostile.ROSTERS[name])
    with watched():
        try:
            report = import_roster(listed, path)
        except WorkbookError as error:
            assert not BAD_WORDS.search(str(error)), error  # noqa: PT017
            assert len(str(error)) < 600, error  # noqa: PT017
        else:
            assert all(len(bad.what) < 400 and not BAD_WORDS.search(bad.what) for bad in report.bad)
    roster = Roster.of(listed)
    assert [roster.find(learner).name for learner in ("good01", "good02")] == ["Ana Evans", "Siân Ŵyn"]  # type: ignore[union-attr]
    assert all(re.fullmatch(r"[A-Za-z0-9_@=][A-Za-z0-9._@=-]{0,127}", student.id) for student in roster.students), roster.students


@pytest.mark.parametrize("name", hostile.GRADEBOOKS)
def test_a_gradebook(own: Course, command: Command, watched: Callable[[], Watch], name: str) -> None:
    hostile.GRADEBOOKS[name](own.root / "gradebook.db")
    (own.root / "marks.csv").write_text("before")
    with watched():
        codes = [
            fair(command(*words, cwd=own.root))[0]
            for words in (("mark", "w01"), ("gradebook", "--csv", "marks.csv"), ("feedback", "w01", "--partial"))
        ]
    if codes[1]:
        assert (own.root / "marks.csv").read_text("utf-8") == "before"
    else:
        assert "good01" in (own.root / "marks.csv").read_text("utf-8"), "an empty list took the place of the marks"


@pytest.mark.parametrize("name", hostile.SETTINGS)
def test_settings(own: Course, command: Command, watched: Callable[[], Watch], name: str) -> None:
    path, made = own.root / "nbgrader_config.py", hostile.SETTINGS[name]
    made(path) if callable(made) else path.write_text(made)
    with watched():
        for words in (("mark", "w01"), ("gradebook", "--csv", "marks.csv")):
            _, text = fair(command(*words, cwd=own.root))
            assert "secret" not in text


@pytest.mark.parametrize("name", hostile.FOLDERS)
def test_a_class_in_a_folder_of_a_strange_name(small: Course, tmp_path: Path, command: Command, name: str) -> None:
    own = Course(Path(shutil.copytree(small.root, tmp_path / name)))
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.zip").write_bytes(hostile.hand_in("good01", hostile.raw({"w01-q01": "b"}), handed_in_at="2026-11-20T10:00:00Z"))
    for words in (
        ("release", "w01", "--anyway"),
        ("intake", tmp_path / "in", "--workbook", "w01"),
        ("mark", "w01"),
        ("feedback", "w01", "--partial"),
        ("gradebook", "--csv", "marks.csv"),
    ):
        code, text = fair(command(*words, cwd=own.root))
        assert code == 0, text
    rows = (own.root / "marks.csv").read_text("utf-8-sig").splitlines()
    assert len(rows) == 2 * (len(FULL) + 1) + 1
    assert (own.root / "gradebook.db").stat().st_size > 50_000
    assert len(list((own.root / "feedback").rglob("*.html"))) == 2


@pytest.mark.parametrize("name", hostile.CSV_PLACES)
def test_a_place_for_the_csv(own: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, watched: Callable[[], Watch], name: str) -> None:
    """Written, or refused; nothing that it did not make is gone afterwards."""
    monkeypatch.chdir(own.root)
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / "w01.toml").write_text(hostile.KEY_TOML)
    path = hostile.CSV_PLACES[name](own.root)
    before = snapshot(tmp_path)
    with watched(), suppress(WorkbookError):
        export_gradebook(own, path)
    after = snapshot(tmp_path)
    changed = {file for file, content in before.items() if after.get(file) != content}
    assert changed <= {str(own.root / "gradebook.db")}  # the log in it says that the marks were written


def test_files_that_vanish_while_they_are_read(own: Course, tmp_path: Path) -> None:
    """Another program tidies up, or a synced folder changes, while a class is taken in."""
    folder = tmp_path / "in"
    for name in ("c-gone", "d-gone/deeper", "e-loose", "g-file"):
        (folder / name).mkdir(parents=True)
    (folder / "a.zip").write_bytes(b"no zip")
    (folder / "b-gone.zip").write_bytes(hostile.hand_in("good01"))
    (folder / "e-loose" / "answers.json").write_bytes(hostile.raw())
    (folder / "f-folder.zip").write_bytes(hostile.hand_in("good01"))
    (folder / "z.zip").write_bytes(hostile.hand_in("good02", hostile.raw({"w01-q01": "b"}), handed_in_at="2026-11-20T10:00:00Z"))
    names: list[str] = []

    def told(name: str) -> None:
        if not names:
            (folder / "b-gone.zip").unlink()
            shutil.rmtree(folder / "c-gone")
            shutil.rmtree(folder / "d-gone")
            shutil.rmtree(folder / "e-loose")
            (folder / "f-folder.zip").unlink()
            (folder / "f-folder.zip").mkdir()
            (folder / "g-file").rmdir()
            (folder / "g-file").write_bytes(b"no zip either")
        names.append(name)

    report = intake(own, [folder], "w01", progress=told)
    assert [taken.student.id for taken in report.taken] == ["good02"]
    assert not any(BAD_WORDS.search(refused.reason) for refused in report.refused)


def test_the_command_as_a_process(own: Course, tmp_path: Path, command: Command) -> None:
    """What a tutor types, with a few of each sort before it, where the system says that it knows no letters but those of ASCII."""
    inbox = tmp_path / "in"
    inbox.mkdir()
    chosen = ("bomb_in_bzip2", "zip_is_a_socket", "name_that_is_no_utf8", "student_of_half_a_pair", "seven_zip", "answers_are_a_pipe")
    for n, name in enumerate(chosen):
        HAND_INS[name].put(inbox, f"h{n:03d}")
    (inbox / "z.zip").write_bytes(hostile.hand_in("good02", hostile.raw({"w01-q01": "b"}), handed_in_at="2026-11-20T10:00:00Z"))
    process = subprocess.run(
        [sys.executable, "-m", "autograde.cli", "intake", str(inbox), "--workbook", "w01"],
        cwd=own.root,
        env=os.environ | {"COLUMNS": "200", "LC_ALL": "C", "NO_COLOR": "1", "TERM": "dumb"},
        capture_output=True,
        timeout=100,
        check=False,
    )
    _, text = fair((process.returncode, (process.stdout + process.stderr).decode("utf-8", "replace")))
    assert "1 hand-in taken in" in text
    hostile.CHANGES["time of other bytes"].do(own.root, "good01")
    hostile.CHANGES["notebook nested deeply"].do(own.root, "good02")
    assert fair(command("mark", "w01", "--force", cwd=own.root))[0] == 0
    assert "2 feedback pages" in fair(command("feedback", "w01", "--partial", cwd=own.root))[1]
