"""A take-in, a merge or an export that is killed at any point: the next run finishes it, and nothing is lost on the way."""

import json
import os
import shutil
import signal
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from autograde.classes.folder import Course
from autograde.gradebook.database import reading
from autograde.gradebook.deeds import Deed
from autograde.gradebook.left import who_left
from autograde.gradebook.log import entries_in
from autograde.inbox.intake import intake
from autograde.inbox.merge import finish, merge
from autograde.inbox.merged import merges
from autograde.reports.learner_export import export_learner
from autograde.reports.making import make_tracker

if TYPE_CHECKING:
    from tests.tutor.conftest import Kit

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="nothing is forked there")
LATER = "2026-11-19T12:00:00+00:00"
WRITES = frozenset({"os.rename", "os.mkdir", "os.remove", "os.rmdir", "os.chmod"})


def killed(act: Callable[[], object], root: Path, at: int) -> int:
    """Do something in a process of its own that kills itself just before its write number `at` below `root`; give its exit code."""
    pid = os.fork()
    if pid:
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    left = at

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        nonlocal left
        writes = event in WRITES or (event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR))
        if writes and str(arguments[0]).startswith(str(root)) and "gradebook" not in str(arguments[0]):
            left -= 1
            if left < 0:
                os.kill(os.getpid(), signal.SIGKILL)

    try:
        sys.addaudithook(hook)
        act()
        os._exit(0)
    finally:
        os._exit(1)


def current(course: Course, student: str) -> Any:
    path = course.path("submitted", student, "w01-small") / "answers.json"
    return json.loads(path.read_bytes())["answers"]["w01-q01"]["value"] if path.exists() else None


def unlogged(course: Course) -> list[Path]:
    """Give the originals that were kept and that no entry of the log tells of."""
    with reading(course.db_url) as connection:
        told = {str((one.detail or {})["sha256"])[:8] for one in entries_in(connection, Deed.TAKE_IN)}
    return [path for path in course.root.glob("received/w01-small/ana01/*.zip") if path.stem[-8:] not in told]


def litter(course: Course) -> list[Path]:
    found = [*course.root.rglob(".part-*"), *course.root.glob("submitted/*/.*")]
    return [path for path in found if path.name != ".attempts"]


def test_killed_at_any_point_the_newest_attempt_is_current_after_the_next_run(course: Course, tmp_path: Path, kit: "Kit") -> None:
    first, folder = tmp_path / "first", tmp_path / "in"
    for place in (first, folder):
        place.mkdir()
    (first / "a.zip").write_bytes(kit.hand_in("ana01", q01="a"))
    (folder / "a.zip").write_bytes(kit.hand_in("ana01", q01="a"))
    (folder / "b.zip").write_bytes(kit.hand_in("ana01", LATER, q01="b"))
    (folder / "x.zip").write_bytes(b"no zip")
    intake(course, [first], "w01")
    for at in range(200):
        copy = Course(Path(shutil.copytree(course.root, tmp_path / "copy", symlinks=True)))
        code = killed(lambda: intake(copy, [folder], "w01"), copy.root, at)  # noqa: B023  done at once
        assert code in (0, -signal.SIGKILL)
        assert unlogged(copy) == [], at
        if code:
            assert current(copy, "ana01") in ("a", "b", None)
        report = intake(copy, [folder], "w01")
        assert current(copy, "ana01") == "b", at
        assert len(list((copy.root / "received/w01-small/ana01").iterdir())) == 2, at
        assert litter(copy) == [], at
        assert len(report.refused) == 1
        assert len(report.taken) + len(report.repeated) == 2
        assert all(taken.current for taken in report.taken)
        shutil.rmtree(copy.root)
        if code == 0:
            assert at > 15
            return
    pytest.fail("it never ended")


def test_killed_at_any_point_what_another_program_collected_is_not_lost(course: Course, tmp_path: Path, kit: "Kit") -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "b.zip").write_bytes(kit.hand_in("ana01", LATER, q01="b"))
    theirs = course.path("submitted", "ana01", "w01-small")
    theirs.mkdir(parents=True)
    (theirs / "answers.json").write_bytes(kit.answers(q01="theirs"))
    (theirs / "timestamp.txt").write_text("2026-11-18 08:00:00.000000 UTC")
    for at in range(200):
        copy = Course(Path(shutil.copytree(course.root, tmp_path / "copy")))
        code = killed(lambda: intake(copy, [folder], "w01"), copy.root, at)  # noqa: B023
        intake(copy, [folder], "w01")
        assert (current(copy, "ana01"), litter(copy)) == ("b", []), at
        names = sorted(path.name[:15] for path in (copy.root / "received/w01-small/ana01").iterdir())
        assert names == ["20261118-080000", "20261119-120000"], at
        shutil.rmtree(copy.root)
        if code == 0:
            return
    pytest.fail("it never ended")


def test_a_taking_back_that_was_killed_is_finished_by_the_next_take_in(course: Course, tmp_path: Path, kit: "Kit") -> None:
    from autograde.inbox.assign import undo

    first, folder = tmp_path / "first", tmp_path / "in"
    for place, when, choice in ((first, "2026-11-19T10:00:00+00:00", "a"), (folder, LATER, "b")):
        place.mkdir()
        (place / "a.zip").write_bytes(kit.hand_in("ana01", when, q01=choice))
        intake(course, [place], "w01")
    for at in range(100):
        copy = Course(Path(shutil.copytree(course.root, tmp_path / "copy")))
        code = killed(lambda: undo(copy, "w01", "ana01"), copy.root, at)  # noqa: B023
        taken_back = '"set_aside": "autograde undo' in (copy.root / "received/w01-small/.attempts/ana01.json").read_text("utf-8")
        intake(copy, [first], "w01")
        assert (current(copy, "ana01"), litter(copy)) == ("a" if taken_back else "b", []), at
        shutil.rmtree(copy.root)
        if code == 0:
            return
    pytest.fail("it never ended")


def test_two_take_ins_at_once_wait_for_each_other(course: Course, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from autograde.errors import ClassError
    from autograde.inbox import store

    monkeypatch.setattr(store, "LOCK_TIMEOUT_S", 0.1)
    with store.taking_in(course, "w01-small"), pytest.raises(ClassError, match="Another command is taking in"):
        intake(course, [tmp_path], "w01")


def test_a_merge_that_was_killed_is_done_to_its_end_or_was_never_begun(course: Course, tmp_path: Path, kit: "Kit") -> None:
    for name, when, choice in (("a", "2026-11-19T10:00:00+00:00", "a"), ("b", LATER, "b")):
        (tmp_path / f"{name}.zip").write_bytes(kit.hand_in("ana01", when, q01=choice))
        intake(course, [tmp_path / f"{name}.zip"], "w01")
    outcomes = []
    for at in range(1, 200, 12):
        copy = Course(Path(shutil.copytree(course.root, tmp_path / "copy")))
        code = killed(lambda: merge(copy, "ana01", "cai01"), copy.root, at)  # noqa: B023
        told = finish(copy)
        with reading(copy.db_url) as connection:
            parts = [(one.detail or {})["part"] for one in entries_in(connection, Deed.MERGE)]
        outcomes.append("all" if parts else "nothing")
        there = (current(copy, "ana01"), current(copy, "cai01"), "ana01" in who_left(copy), len(merges(copy)), parts)
        assert there == ((None, "b", True, 1, ["goes", "stays"]) if parts else ("b", None, False, 0, [])), at
        assert (finish(copy), litter(copy)) == ((), []), told
        shutil.rmtree(copy.root)
        if code == 0:
            assert {"nothing", "all"} == set(outcomes)
            return
    pytest.fail("it never ended")


@pytest.mark.parametrize("what", ["tracker.csv", "learner.zip"])
def test_an_export_that_was_killed_is_whole_or_not_there(course: Course, tmp_path: Path, kit: "Kit", what: str) -> None:
    (tmp_path / "a.zip").write_bytes(kit.hand_in("ana01", q01="a"))
    intake(course, [tmp_path / "a.zip"], "w01")
    out = tmp_path / "out"
    out.mkdir()
    file = out / what
    act = {"tracker.csv": lambda: make_tracker(course, file), "learner.zip": lambda: export_learner(course, "ana01", file)}[what]
    for at in range(50):
        code = killed(act, out, at)
        with reading(course.db_url) as connection:
            noted = len(list(entries_in(connection, Deed.EXPORT)))
        assert [path.name for path in out.iterdir() if not path.name.startswith(".part-")] == ([what] if code == 0 else []), at
        if code == 0:
            assert at > 1
            assert noted
            assert zipfile.is_zipfile(file) or len(file.read_text("utf-8-sig").splitlines()) > 1
            return
    pytest.fail("it never ended")
