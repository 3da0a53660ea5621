"""The `autograde` command as a tutor types it."""

import io
import os
import re
import sqlite3
import subprocess
import sys
import urllib.request
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from rich.console import Console

from autograde import cli
from autograde.classes.folder import Course
from autograde.classes.roster import Roster
from autograde.commands.summary import show_marks
from autograde.errors import ClassError
from autograde.nbgrader import serve
from autograde.nbgrader.serve import serving
from autograde.outbox import marks_file as gradebook
from autograde.outbox.release import release
from tests.conftest import asked, free_port

if TYPE_CHECKING:
    from tests.tutor.conftest import Kit

RELEASED = datetime(2026, 11, 1, tzinfo=UTC).timestamp()
Inside = Callable[..., tuple[int, str, str]]
COMMANDS = (
    "new", "roster", "release", "collect", "intake", "assign", "undo", "redo", "serve",
    "gradebook", "mark", "feedback", "close", "check", "backup", "restore", "doctor",
)  # fmt: skip


def run(*words: str | Path, cwd: Path) -> "subprocess.CompletedProcess[str]":
    environment = os.environ | {"COLUMNS": "200", "PYTHONIOENCODING": "utf-8", "NO_COLOR": "1", "TERM": "dumb"}
    command = [sys.executable, "-m", "autograde.cli", *map(str, words)]
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, encoding="utf-8", timeout=120, check=False)


@pytest.fixture
def inside(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Inside:
    """Give a way to run the command in this process, which saves the seconds of its start: (code, out, err)."""

    def run_inside(*words: str, cwd: Path) -> tuple[int, str, str]:
        monkeypatch.setenv("COLUMNS", "200")
        monkeypatch.chdir(cwd)
        monkeypatch.setattr(sys, "argv", ["autograde", *words])
        with pytest.raises(SystemExit) as caught:
            cli.main()
        told = capsys.readouterr()
        return int(caught.value.code or 0), told.out, told.err

    return run_inside


@pytest.mark.parametrize("command", COMMANDS)
def test_help_teaches_with_an_example(command: str, tmp_path: Path, inside: Inside) -> None:
    code, text, _ = inside(command, "--help", cwd=tmp_path)
    assert code == 0
    assert f"Example: autograde {command}" in re.sub(r"\s+", " ", text)


def test_the_whole_help_names_every_command(tmp_path: Path) -> None:
    done = run("--help", cwd=tmp_path)
    assert all(command in done.stdout for command in COMMANDS)


def test_a_command_is_read_without_the_others() -> None:
    asked = (
        "import sys; from autograde import cli; found = cli.app; cli.typer.main.get_command(found).commands['close']; print(*sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, encoding="utf-8", timeout=60, check=True)
    read = {name.rpartition(".")[2] for name in done.stdout.split() if name.startswith("autograde.commands.")}
    assert read == {"console", "giving_back"}


def test_a_class_from_its_first_day(shelf: Path, tmp_path: Path, kit: "Kit", inside: Inside) -> None:
    done = run("new", "care", "--name", "Care [bold]level[/] 2", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "autograde roster" in done.stdout
    folder = tmp_path / "care"

    (tmp_path / "r.csv").write_text('id,first name,last name\nana01,[red]Ana,"=1+1, ""x"""\nben01,Ben,Jones\n', "utf-8")
    code, text, error = inside("roster", str(tmp_path / "r.csv"), cwd=folder)
    assert (code, error) == (0, "")
    assert "2 learners added" in text

    code, text, error = inside("release", "w01", cwd=folder)
    assert code == 1
    another = f"K1: the key {asked('multiple')} has no assessed item of its kind"
    assert another in " ".join(error.split()), "the small workbook has another's key"
    assert not (folder / "release" / "w01-small").exists()
    code, text, error = inside("release", "w01", "--due", "2026-11-20 17:00", "--anyway", cwd=folder / "source")
    assert (code, error) == (0, "")
    assert "Due: Friday 20 November 2026, 17:00 (UK time)" in text
    assert f"{folder / 'handout' / 'w01-small.zip'}" in text

    for path in folder.rglob("*"):
        os.utime(path, (RELEASED, RELEASED))
    hand_ins = tmp_path / "in"
    hand_ins.mkdir()
    (hand_ins / "a.zip").write_bytes(kit.hand_in("ana01", "2026-11-20T18:00:00+00:00"))
    (hand_ins / "b [red].zip").write_bytes(b"x")
    code, text, error = inside("intake", str(hand_ins), "--workbook", "w01", cwd=folder)
    assert (code, error) == (0, "")
    for expected in ("[red]Ana", "1 hour", "Not usable: b [red].zip", "1 hand-in taken in", "Nothing yet from 1 learner: ben01"):
        assert expected in text

    code, text, error = inside("gradebook", "--csv", str(tmp_path / "m.csv"), cwd=folder)
    assert (code, error) == (0, "")
    assert "A total is not the unit's result: each criterion is met or not yet met by a person's decision" in text
    assert (tmp_path / "m.csv").is_file()

    code, text, error = inside("backup", str(tmp_path / "b.db"), cwd=folder)
    assert (code, error) == (0, "")
    assert "2 learners, 1 workbook, 0 marks given by people" in text
    code, text, error = inside("backup", str(tmp_path / "b.db"), cwd=folder)
    assert (code, "is there already" in error) == (1, True)
    (folder / "gradebook.db").write_bytes(b"")
    code, text, error = inside("gradebook", "--csv", str(tmp_path / "m.csv"), cwd=folder)
    assert (code, "autograde restore FILE" in error) == (1, True)
    code, text, error = inside("restore", str(tmp_path / "b.db"), cwd=folder)
    assert (code, error) == (0, "")
    assert "What was there is kept in" in text
    assert inside("gradebook", "--csv", str(tmp_path / "m.csv"), cwd=folder)[0] == 0


@pytest.mark.parametrize(
    ("folder", "shown"),
    [("care", "cd care"), ("Care L2", 'cd "Care L2"'), ("Siân's (2026)", 'cd "Siân\'s (2026)"'), ("Fees $HOME", "cd 'Fees $HOME'")],
)
def test_what_to_type_next_can_be_typed(tmp_path: Path, inside: Inside, folder: str, shown: str) -> None:
    _, text, _ = inside("new", folder, cwd=tmp_path)
    assert f"  {shown}\n" in text
    assert subprocess.run(["sh", "-c", f"{shown} && pwd"], cwd=tmp_path, capture_output=True, text=True, check=True).stdout.strip() == str(
        tmp_path / folder
    )


@pytest.mark.parametrize("name", ["W01", "w1", "01", "1", "W01-Small", "source/w01-small/"])
def test_a_workbook_may_be_named_in_several_ways(course: Course, name: str) -> None:
    assert course.assignment(name) == "w01-small"
    assert release(course, name).assignment == "w01-small"


@pytest.mark.parametrize("name", ["", "/", "w", "0", "w10", "small", "w01-"])
def test_what_names_no_workbook(course: Course, name: str) -> None:
    with pytest.raises(ClassError, match="has no workbook"):
        course.assignment(name)


def test_the_home_folder_is_known_in_quotes(
    course: Course, kit: "Kit", tmp_path: Path, monkeypatch: pytest.MonkeyPatch, inside: Inside
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    (tmp_path / "a.zip").write_bytes(kit.hand_in("ana01"))
    (tmp_path / "r.csv").write_text("id,first name,last name\ndai01,Dai,Rees\n")
    assert inside("intake", "~/a.zip", "--workbook", "W1", cwd=course.root)[0] == 0
    assert inside("roster", "~/r.csv", cwd=course.root)[0] == 0
    assert inside("gradebook", "--csv=~/m.csv", cwd=course.root)[0] == 0
    assert (tmp_path / "m.csv").is_file()
    assert inside("new", "~/another", cwd=course.root)[0] == 0
    assert (tmp_path / "another" / "gradebook.db").is_file()


def test_feedback_says_what_comes_before_it(course: Course, kit: "Kit", tmp_path: Path, inside: Inside) -> None:
    _, text, _ = inside("feedback", "w01", cwd=course.root)
    assert "autograde intake FILES --workbook w01-small" in text
    (tmp_path / "a.zip").write_bytes(kit.hand_in("ana01"))
    inside("intake", str(tmp_path / "a.zip"), "--workbook", "w01", cwd=course.root)
    code, text, _ = inside("feedback", "w01", cwd=course.root)
    assert code == 1
    assert "autograde mark w01-small" in text.partition("What to do next")[2]
    assert "autograde serve" not in text


def test_where_nobody_has_handed_in_the_next_step_is_to_take_in(capsys: pytest.CaptureFixture[str]) -> None:
    show_marks(Console(width=200), "w01-small", [])
    text = capsys.readouterr().out
    assert "autograde intake FILES --workbook w01-small    nobody has handed in yet" in text
    assert "autograde feedback" not in text


def test_the_faults_of_a_workbook_stand_in_a_list(empty_class: Course, inside: Inside) -> None:
    code, _, error = inside("release", "w01", cwd=empty_class.root)
    first, *faults, last = error.strip().splitlines()
    assert code == 1
    assert first == "w01 is not released, as it would not work:"
    assert len(faults) > 2
    assert all(re.match(r"  \w+\d: ", fault) for fault in faults), error
    assert last.startswith("Mend it in ")


def test_a_new_workbook_goes_to_the_shelf_of_the_class(empty_class: Course, inside: Inside, monkeypatch: pytest.MonkeyPatch) -> None:
    shelf = empty_class.root / "own shelf"
    shelf.mkdir()
    monkeypatch.setenv("AUTOGRADE_KEYS", str(shelf / "guides"))
    monkeypatch.delenv("WORKBOOKS_DIR")
    with (empty_class.root / "nbgrader_config.py").open("a") as settings:
        settings.write(f"\nc.AutogradeClass.workbooks = {str(shelf)!r}\n")
    code, told, error = inside("new-workbook", "w51-own", cwd=empty_class.root)
    assert (code, error) == (0, "")
    assert (shelf / "w51-own/items.toml").is_file(), told


def test_a_contradiction_is_asked_about_decided_and_taken_back(course: Course, tmp_path: Path, kit: "Kit", inside: Inside) -> None:
    with course.gradebook() as gradebook:
        gradebook.add_student("COLLEGE=5Cjsmith", first_name="Jo", last_name="Smith")
    words = "I keep to the care plan because it says what was agreed with the person and the family and my manager too"
    name = "Participant_50{}_assignsubmission_file_/w01.zip"
    files = {name.format(n): kit.hand_in("ana01", q01=choice, t01=words) for n, choice in ((1, "a"), (3, "b"))}
    (tmp_path / "Care.zip").write_bytes(kit.zipped(files))
    code, text, error = inside("intake", str(tmp_path / "Care.zip"), "--workbook", "w01", cwd=course.root)
    assert (code, error) == (0, "")
    for said in ("named by Moodle participant 501 and by Moodle participant 503", "0 hand-ins taken in", "autograde assign FOLDER"):
        assert said in text
    assert "Nothing yet from 4 learners: ana01 (Ana Evans), ben01 (Ben O'Brien, Jr), COLLEGE\\jsmith (Jo Smith), cai01 (Siân Ŵyn)" in text
    first, second = sorted((course.root / "quarantine").iterdir())
    assert inside("assign", f"quarantine/{first.name}", "ana01", cwd=course.root)[0] == 0
    code, text, _ = inside("assign", str(second), "college\\JSMITH", cwd=course.root)
    assert "w01-t01: COLLEGE\\jsmith, ana01 handed in the same text (22 words)" in text
    assert "cannot be told: the learner's machine says" not in text, "the zip is from before"
    code, text, _ = inside("undo", "w01", cwd=course.root)
    assert "COLLEGE\\jsmith: w01.zip taken back; nothing of this learner is current now" in text
    assert "autograde redo w01-small    lets all of them count again" in text
    code, text, error = inside("redo", "w01", cwd=course.root)
    assert (code, error) == (0, "")
    assert "COLLEGE\\jsmith: w01.zip counts again; the attempt of 2026-11-19 10:00 is current" in text
    assert "1 hand-in counted again, 0 left out." in text
    code, text, _ = inside("gradebook", "--csv", str(tmp_path / "m.csv"), cwd=course.root)
    assert '"COLLEGE\\jsmith"' in (tmp_path / "m.csv").read_text("utf-8-sig")


def test_where_nothing_can_be_put_into_quarantine_the_code_is_1(course: Course, tmp_path: Path, kit: "Kit", inside: Inside) -> None:
    (course.root / "quarantine").rmdir()
    (course.root / "quarantine").write_text("in the way")
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.zip").write_bytes(b"no zip")
    (tmp_path / "in" / "b.zip").write_bytes(kit.hand_in("ben01"))
    code, text, error = inside("intake", str(tmp_path / "in"), "--workbook", "w01", cwd=course.root)
    assert (code, error) == (1, "")
    assert "could not be put into quarantine" in text
    assert "1 hand-in taken in" in text
    assert "whether it is late cannot be told" in text
    assert "--worksheet FILE.csv" in text


def test_a_roster_with_bad_rows_ends_with_code_1(empty_class: Course, tmp_path: Path, inside: Inside) -> None:
    (tmp_path / "r.csv").write_text("id,first name,last name\nana01,Ana,Evans\n,Ben,Jones\n", "utf-8")
    code, text, error = inside("roster", str(tmp_path / "r.csv"), cwd=empty_class.root)
    assert (code, error) == (1, "")
    assert "1 learner added" in text
    assert "1 row left out" in text
    assert "the other rows are in already" in text


def test_a_hand_in_is_found_by_the_name_of_its_folder_in_quarantine(course: Course, tmp_path: Path, kit: "Kit", inside: Inside) -> None:
    (tmp_path / "a.zip").write_bytes(kit.hand_in("eve99"))
    inside("intake", str(tmp_path / "a.zip"), "--workbook", "w01", cwd=course.root)
    (held,) = (course.root / "quarantine").iterdir()
    for name in (held.name, f"quarantine/{held.name}"):  # the second as its reason.txt says it, from anywhere in the class
        code, _, error = inside("assign", name, "ana01", cwd=course.root / "source")
        assert (code, error) == (0, "")
    code, _, error = inside("assign", "20261120-101500-none.zip", "ana01", cwd=course.root)
    assert (code, "There is no file or folder 20261120-101500-none.zip" in error) == (1, True)


@pytest.mark.parametrize(
    "words",
    [
        ("roster", "none.csv"),
        ("release", "w09"),
        ("release", "w01", "--due", "soon"),
        ("collect", "w01"),
        ("intake", "none.zip", "--workbook", "w01"),
        ("intake", ".", "--workbook", "w09"),
        ("gradebook", "--csv", "no/where.csv"),
        ("gradebook", "--csv", "gradebook.db"),
        ("check", "--coverage", "gradebook.db"),
        ("check", "--coverage", "nbgrader_config.py"),
        ("backup", "gradebook.db"),
        ("restore", "gradebook.db"),
        ("restore", "none.db"),
        ("new", "source"),
        ("assign", "none.zip", "ana01"),
        ("assign", "source", "ana01"),
        ("assign", "none.zip", "1ana"),
        ("undo", "w01"),
        ("undo", "w01", "1ana"),
        ("redo", "w01"),
        ("redo", "w01", "ana01"),
        ("redo", "w01", "1ana"),
        ("intake", ".", "--workbook", "w01", "--worksheet", "none.csv"),
    ],
    ids=" ".join,
)
def test_an_error_is_one_line_and_a_code(course: Course, inside: Inside, words: tuple[str, ...]) -> None:
    (course.root / "source" / "mine.txt").write_text("")
    code, text, error = inside(*words, cwd=course.root)
    assert code == 1
    assert len(error.strip().splitlines()) == 1, error
    assert "Traceback" not in text + error


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("intake", "autograde intake needs PATH. Example: autograde intake ~/Downloads/Care-w01-12345.zip"),
        ("intake --workbook w01", "autograde intake needs PATH. Example: "),
        ("intake a.zip --workbook", "Option '--workbook' requires an argument. The command with --help shows an example."),
        ("new", "autograde new needs FOLDER. Example: autograde new care-2026"),
        ("assign a.zip", "autograde assign needs LEARNER-ID. Example: "),
        ("assign", "autograde assign needs FILE and LEARNER-ID. Example: "),
        ("gradebook", "autograde gradebook needs --csv. Example: autograde gradebook --csv marks.csv"),
        ("db move", "autograde db move needs URL. Example: autograde db move postgresql:"),
        ("release w01 --du x", "No such option: --du (Possible options: --due). Example: autograde release w01 --due"),
        ("undo w01 a b", "Got unexpected extra argument(s) (b). Example: autograde undo w01 ana01"),
        ("serve --port x", "Invalid value for '--port': "),
        ("gradebok", "No such command 'gradebok'. Did you mean 'gradebook'? autograde --help lists the commands."),
    ],
    ids=lambda value: value if len(value) < 30 else "",
)
def test_a_line_that_lacks_something_is_told_in_one_line_with_an_example(tmp_path: Path, inside: Inside, line: str, said: str) -> None:
    code, text, error = inside(*line.split(), cwd=tmp_path)
    assert (code, text, len(error.strip().splitlines())) == (2, "", 1), error
    assert error.startswith(said)


@pytest.mark.parametrize("words", [(), ("db",)])
def test_a_command_alone_shows_its_help(tmp_path: Path, inside: Inside, words: tuple[str, ...]) -> None:
    code, text, error = inside(*words, cwd=tmp_path)
    assert (code, error) == (2, "")
    assert "Usage: autograde" in text


def test_outside_a_class(tmp_path: Path) -> None:
    done = run("gradebook", "--csv", "m.csv", cwd=tmp_path)
    assert done.returncode == 1
    assert "not inside a class folder" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_who_leaves_at_a_question_is_told_that_nothing_was_done(course: Course, inside: Inside, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    code, _, error = inside("erase-learner", "ana01", cwd=course.root)
    assert (code, error.strip().splitlines()[-1]) == (130, "Stopped; nothing more was done. Run it again to go on.")
    assert Roster.of(course).find("ana01")


def test_our_own_mistake_is_one_line_with_a_log(course: Course, inside: Inside, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gradebook, "export_gradebook", lambda *_: 1 / 0)
    code, _, error = inside("gradebook", "--csv", "m.csv", cwd=course.root)
    assert code == 1
    assert len(error.strip().splitlines()) == 1
    log = Path(error.split()[-1])
    assert "ZeroDivisionError" in log.read_text("utf-8")
    log.unlink()


def test_a_fault_of_the_disk_or_the_database_is_said_in_a_sentence(course: Course, inside: Inside) -> None:
    (course.root / "samples").write_text("in the way")
    code, _, error = inside("samples", "w01", cwd=course.root)
    assert code == 1
    assert re.match(r"\S+w01-small\.html cannot be written \(File exists\)\. See that nothing is in the way", error)
    with closing(sqlite3.connect(course.root / "gradebook.db")) as database:
        database.execute("ALTER TABLE student RENAME TO there")
        database.execute(
            "CREATE VIEW student AS SELECT id, first_name, last_name, json(id || '{') AS email FROM there"
        )  # fails when it is read
    code, _, error = inside("gradebook", "--csv", "m.csv", cwd=course.root)
    assert code == 1
    assert re.match(r"The gradebook cannot be used \(.*malformed JSON.*\)\.", error)
    with closing(sqlite3.connect(course.root / "gradebook.db")) as database:
        database.execute("DROP VIEW student")
    code, _, error = inside("gradebook", "--csv", "m.csv", cwd=course.root)
    assert code == 1
    assert re.match(
        r"The gradebook .* cannot be opened: it is not one of nbgrader’s \(no such table: student\)\. .* bring back a backup", error
    )
    assert len(error.strip().splitlines()) == 1


@pytest.mark.parametrize(
    "words",
    [
        ("new", "other", "--db-url", "nonsense"),
        ("new", "other", "--db-url", "nosuch://server/x"),
        ("db", "move", "nonsense"),
        ("roster", "/dev/zero"),
        ("roster", "source"),
        ("gradebook", "--csv", "source"),
        ("new", "x" * 300),
        ("mark", "w01\udcff"),
        ("release", "../w01/../../w02"),
        ("release", "w01", "--due", "١٢/١٢/٢٠٢٦ ٢٥:٠٠"),
    ],
    ids=lambda words: " ".join(words)[:40].encode("ascii", "replace").decode(),
)
def test_hostile_words_are_no_failure_of_this_program(course: Course, inside: Inside, words: tuple[str, ...]) -> None:
    code, text, error = inside(*words, cwd=course.root)
    assert code == 1
    assert len(error.strip().splitlines()) == 1, error
    assert "This program failed" not in error
    assert "Traceback" not in text + error


def test_a_reader_who_has_had_enough(tmp_path: Path) -> None:
    command = f'"{sys.executable}" -u -m autograde.cli check --graphs | head -1; echo "${{PIPESTATUS[0]}}"'
    done = subprocess.run(["bash", "-c", command], cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False)
    assert done.stderr == ""


def test_serve_gives_formgrader_and_lab_to_its_address_alone(course: Course) -> None:
    with serving(course, free_port()) as served:
        assert "/formgrader?token=" in served.formgrader
        for address, expected in ((served.formgrader, "manage_assignments"), (served.lab, "JupyterLab")):
            with urllib.request.urlopen(address, timeout=60) as reply:
                page = reply.read().decode()
                assert expected in page + reply.url
                rules = reply.headers["Content-Security-Policy"]
                assert {"default-src 'self'", "frame-ancestors 'self'", "object-src 'none'"} <= {*rules.split(", ")[0].split("; ")}
        with urllib.request.urlopen(served.formgrader.split("?")[0], timeout=60) as reply:
            assert "/login" in reply.url
        api = served.formgrader.replace("/formgrader?", "/formgrader/api/assignments?")
        with urllib.request.urlopen(api, timeout=60) as reply:
            assert "w01-small" in reply.read().decode()
        process = served.process
        port = int(served.lab.split(":")[2].split("/")[0])
        with pytest.raises(ClassError, match="in use"), serving(course, port):
            pass
    assert process.poll() is not None


def test_a_server_that_does_not_start_says_why(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serve, "server_command", lambda *_: [sys.executable, "-c", "print('no such module')"])
    with pytest.raises(ClassError, match=r"did not start \(no such module\)"), serving(course):
        pass
