"""Collecting from a real exchange, into which anything may have been put."""

import json
import os
import sys
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from nbgrader.auth import Authenticator
from nbgrader.coursedir import CourseDirectory
from nbgrader.exchange import ExchangeFactory

from autograde.classes.folder import Course
from autograde.errors import ClassError
from autograde.inbox.collect import collect
from autograde.inbox.merge import merge
from autograde.outbox.release import release

if TYPE_CHECKING:
    from tests.tutor.conftest import Kit

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="nbgrader has no exchange on Windows")


@pytest.fixture
def shared(course: Course, tmp_path: Path) -> Course:
    """Give a class of three with an exchange, on which the workbook lies."""
    config = course.root / "nbgrader_config.py"
    config.write_text(config.read_text("utf-8").replace("exchange=''", f"exchange={str(tmp_path / 'exchange')!r}"), "utf-8")
    release(course, "w01")
    return course


def inbound(course: Course) -> Path:
    assert course.exchange is not None
    return course.exchange / course.course_id / "inbound"


def put(course: Course, student: str, at: str, **files: bytes) -> Path:
    """Put a submission on the exchange by hand; `answers_json=…` stands for answers.json."""
    folder = inbound(course) / f"{student}+w01-small+{at}+x{os.urandom(4).hex()}"
    folder.mkdir()
    for name, content in files.items():
        (folder / name.replace("_json", ".json").replace("_ipynb", ".ipynb").replace("_small", "-small")).write_bytes(content)
    return folder


def submitted(course: Course, student: str, name: str = "answers.json") -> Path:
    return course.root / "submitted" / student / "w01-small" / name


EARLY, LATE = "2026-11-19 10:00:00.000000 UTC", "2026-11-19 12:00:00.000000 UTC"


def test_what_nbgrader_submits_is_collected(shared: Course, tmp_path: Path, kit: "Kit", monkeypatch: pytest.MonkeyPatch) -> None:
    """The student's side is nbgrader's own command."""
    home = tmp_path / "home" / "w01-small"
    home.mkdir(parents=True)
    (home / "w01-small.ipynb").write_bytes(kit.notebook())
    (home / "answers.json").write_bytes(kit.answers(q01="a"))
    config = shared.config()
    config.Exchange.cache = str(tmp_path / "cache")
    config.CourseDirectory.student_id = "ana01"
    monkeypatch.chdir(home.parent)
    directory = CourseDirectory(config=config, assignment_id="w01-small")
    authenticator = Authenticator(config=config)
    ExchangeFactory(config=config).Submit(coursedir=directory, authenticator=authenticator, config=config).start()
    report = collect(shared, "w01")
    (taken,) = report.taken
    assert (taken.student.id, taken.current, taken.oddities) == ("ana01", True, ())
    names = {path.name for path in submitted(shared, "ana01").parent.iterdir()}
    assert names == {"w01-small.ipynb", "answers.json", "timestamp.txt", "submission_secret.txt"}
    assert submitted(shared, "ana01").read_bytes() == kit.answers(q01="a")
    assert [student.id for student in report.missing] == ["ben01", "cai01"]
    again = collect(shared, "w01")
    assert (again.taken, len(again.repeated)) == ((), 1)


def test_every_attempt_is_kept_and_the_newest_is_current(shared: Course, kit: "Kit") -> None:
    put(shared, "ana01", EARLY, answers_json=kit.answers(q01="a"), w01_small_ipynb=b"{}")
    collect(shared, "w01")
    put(shared, "ana01", LATE, answers_json=kit.answers(q01="b"), w01_small_ipynb=b"{}")
    (taken,) = collect(shared, "w01").taken
    assert taken.current
    assert submitted(shared, "ana01").read_bytes() == kit.answers(q01="b")
    assert submitted(shared, "ana01", "timestamp.txt").read_text() == LATE
    kept = sorted((shared.root / "received/w01-small/ana01").iterdir())
    assert [path.name[:15] for path in kept] == ["20261119-100000", "20261119-120000"]
    with zipfile.ZipFile(kept[0]) as archive:
        assert archive.read("answers.json") == kit.answers(q01="a")


def test_what_plain_nbgrader_collected_is_kept_before_it_is_replaced(shared: Course, kit: "Kit") -> None:
    submitted(shared, "ana01").parent.mkdir(parents=True)
    submitted(shared, "ana01").write_bytes(kit.answers(q01="a"))
    submitted(shared, "ana01", "timestamp.txt").write_text(EARLY)
    put(shared, "ana01", LATE, answers_json=kit.answers(q01="b"))
    collect(shared, "w01")
    assert len(list((shared.root / "received/w01-small/ana01").iterdir())) == 2


@pytest.mark.parametrize("where", ["file", "answers", "folder", "deep", "whole"])
def test_links_go_to_quarantine_and_are_not_followed(shared: Course, tmp_path: Path, kit: "Kit", where: str) -> None:
    secret = tmp_path / "secret"
    secret.mkdir()
    (secret / "answers.json").write_bytes(kit.answers(q01="a", t01="SECRET"))
    if where == "whole":
        (inbound(shared) / f"ana01+w01-small+{LATE}+x").symlink_to(secret)
    else:
        folder = put(shared, "ana01", LATE, **({} if where == "answers" else {"answers_json": kit.answers(q01="a")}))
        (folder / "sub").mkdir()
        place = {"file": "notes.txt", "answers": "answers.json", "folder": "media", "deep": "sub/x"}[where]
        (folder / place).symlink_to(secret if where == "folder" else secret / "answers.json")
    put(shared, "ben01", EARLY, answers_json=kit.answers(q01="b"))
    report = collect(shared, "w01")
    assert [taken.student.id for taken in report.taken] == ["ben01"]
    (refused,) = report.refused
    assert where == "whole" or "link" in refused.reason
    assert (refused.folder / "reason.txt").is_file()
    assert not submitted(shared, "ana01").exists()
    for path in shared.root.rglob("*"):
        assert path.suffix == ".db" or not path.is_file() or b"SECRET" not in path.read_bytes()


@pytest.mark.parametrize(
    ("student", "files", "expected"),
    [
        ("eve99", {"answers_json": b"good"}, "not on the roster"),
        ("ana01", {"answers_json": b"{"}, "not JSON"),
        ("ana01", {"w01_small_ipynb": b"{}"}, "no answers.json"),
        ("ana01", {}, "no answers.json"),
        ("ana01", {f"f{n}": b"" for n in range(201)}, "more than 200"),
        ("ana01", {"w01_small_ipynb": b" " * 61_000_000}, "60 MB"),
    ],
    ids=["stranger", "not JSON", "no answers", "empty", "many files", "large"],
)
def test_the_unusable_goes_to_quarantine_and_the_older_attempt_stays(
    shared: Course, kit: "Kit", student: str, files: dict[str, bytes], expected: str
) -> None:
    put(shared, "ana01", EARLY, answers_json=kit.answers(q01="a"))
    put(shared, student, LATE, **{name: kit.answers(q01="b") if raw == b"good" else raw for name, raw in files.items()})
    for _ in range(2):  # the exchange keeps it, so each run meets it again
        (refused,) = collect(shared, "w01").refused
        assert expected in refused.reason
    assert submitted(shared, "ana01").read_bytes() == kit.answers(q01="a")
    assert len(list((shared.root / "quarantine").iterdir())) == 1


def test_a_submission_without_its_notebook_gets_the_released_one(shared: Course, kit: "Kit") -> None:
    put(shared, "ana01", EARLY, answers_json=kit.answers(q01="a"))
    assert collect(shared, "w01").taken[0].oddities == ()
    assert json.loads(submitted(shared, "ana01", "w01-small.ipynb").read_bytes())["nbformat"] == 4


@pytest.mark.parametrize("at", ["no time", "2999-01-01 00:00:00.000000 UTC", "9" * 400])
def test_a_name_with_a_wrong_time_does_not_stop_the_class(shared: Course, kit: "Kit", at: str) -> None:
    if len(at) > 200:
        at = at[:200]
    put(shared, "ana01", at, answers_json=kit.answers(q01="a"))
    put(shared, "ben01", EARLY, answers_json=kit.answers(q01="a"))
    (inbound(shared) / "rubbish").mkdir()
    report = collect(shared, "w01")
    assert sorted(taken.student.id for taken in report.taken) == ["ana01", "ben01"]
    assert any("time" in oddity for taken in report.taken for oddity in taken.oddities)


def test_a_pipe_does_not_hang(shared: Course) -> None:
    folder = put(shared, "ana01", EARLY)
    os.mkfifo(folder / "answers.json")
    assert "no answers.json" in collect(shared, "w01").refused[0].reason


@pytest.mark.skipif(not hasattr(os, "getuid") or os.getuid() != 0, reason="only root can give files away")
@pytest.mark.parametrize("times", [1, 2], ids=["at once", "after the student's own"])
def test_another_accounts_submission_is_set_aside(shared: Course, kit: "Kit", times: int) -> None:
    if times > 1:
        put(shared, "ana01", EARLY, answers_json=kit.answers(q01="a"))
        collect(shared, "w01")
    folder = put(shared, "ana01", LATE, answers_json=kit.answers(q01="b"), w01_small_ipynb=b"{}")
    os.chown(folder, 1, 1)
    (refused,) = collect(shared, "w01").refused
    assert "ana01 (Ana Evans)" in refused.reason
    assert "the account daemon put it" in refused.reason
    assert "autograde assign" in refused.reason
    assert submitted(shared, "ana01").exists() == (times > 1)
    assert times == 1 or submitted(shared, "ana01").read_bytes() == kit.answers(q01="a")


@pytest.mark.skipif(not hasattr(os, "getuid") or os.getuid() != 0, reason="only root can give files away")
def test_an_account_that_a_hub_shares_says_nothing(shared: Course, kit: "Kit") -> None:
    for student in ("ana01", "ben01"):
        os.chown(put(shared, student, EARLY, answers_json=kit.answers(q01="a")), 1, 1)
    assert len(collect(shared, "w01").taken) == 2


def test_a_manifest_that_names_another_than_the_account_is_set_aside(shared: Course, kit: "Kit") -> None:
    raw = kit.answers(q01="a")
    put(shared, "ana01", EARLY, answers_json=raw, manifest_json=kit.manifest("ben01", raw=raw))
    put(shared, "cai01", EARLY, answers_json=raw, manifest_json=kit.manifest("nobody", raw=raw))
    report = collect(shared, "w01")
    (refused,) = report.refused
    assert "account ana01 (Ana Evans), but names ben01" in refused.reason
    assert [(taken.student.id, "nobody" in taken.oddities[0]) for taken in report.taken] == [("cai01", True)]
    assert not submitted(shared, "ana01").exists()
    assert not submitted(shared, "ben01").exists()


@pytest.mark.parametrize("name", ["ana01+w01-small", "ana01+w01-small++x", "ana01+w01-small+"])
def test_a_folder_without_a_time_is_taken_in(shared: Course, kit: "Kit", name: str) -> None:
    (inbound(shared) / name).mkdir()
    (inbound(shared) / name / "answers.json").write_bytes(kit.answers(q01="a"))
    (taken,) = collect(shared, "w01").taken
    assert taken.student.id == "ana01"
    assert any("no time" in oddity for oddity in taken.oddities)


def test_a_time_in_a_name_that_is_older_than_its_files_is_not_believed(shared: Course, kit: "Kit") -> None:
    release(shared, "w01", due=datetime(2026, 11, 20, 17, tzinfo=UTC))
    put(shared, "ana01", EARLY, answers_json=kit.answers(q01="a"))  # a student's own program can name a folder so
    assert collect(shared, "w01").taken[0].late.startswith("cannot be told")


def test_a_class_without_exchange_says_what_to_do(course: Course) -> None:
    with pytest.raises(ClassError, match="autograde intake"):
        collect(course, "w01")


def test_before_the_release_through_the_exchange(course: Course, tmp_path: Path) -> None:
    config = course.root / "nbgrader_config.py"
    config.write_text(config.read_text("utf-8").replace("exchange=''", f"exchange={str(tmp_path / 'exchange')!r}"), "utf-8")
    with pytest.raises(ClassError, match="Release the workbook first"):
        collect(course, "w01")


def test_a_log_that_cannot_be_written_puts_nobody_into_quarantine(shared: Course, kit: "Kit", monkeypatch: pytest.MonkeyPatch) -> None:
    raw = kit.answers(q01="a", t01="x", declaration=True)
    put(shared, "ana01", LATE, answers_json=raw, w01_small_ipynb=kit.notebook())

    def locked(*_: object, **__: object) -> None:
        msg = "the log cannot be written"
        raise ClassError(msg)

    monkeypatch.setattr("autograde.gradebook.noted.note_first", locked)
    with pytest.raises(ClassError, match="the log cannot be written"):
        collect(shared, "w01")
    assert not list((shared.root / "quarantine").iterdir())
    monkeypatch.undo()
    assert [taken.student.id for taken in collect(shared, "w01").taken] == ["ana01"]


def test_an_account_whose_id_was_merged_hands_in_for_the_id_that_stays(shared: Course, kit: "Kit") -> None:
    merge(shared, "ana01", "cai01")
    raw = kit.answers(q01="a", t01="x", declaration=True)
    put(shared, "ana01", LATE, answers_json=raw, manifest_json=kit.manifest("ana01", "2026-11-19T12:00:00+00:00", raw))
    [taken] = collect(shared, "w01").taken
    assert (taken.student.id, taken.oddities) == ("cai01", ('came from "ana01", which was merged into cai01',))
