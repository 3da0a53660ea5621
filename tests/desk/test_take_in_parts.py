"""What stands behind the pages Give out and Take in: recognising, putting right, a watched folder, the settings file, texts."""

import errno
import os
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from autograde.classes.folder import Course
from autograde.classes.hand_in import tell, told
from autograde.classes.owner import CONFIG
from autograde.classes.settings_file import write_settings
from autograde.desk import give_out, take_in
from autograde.desk.pages import Asked, Done
from autograde.desk.standing import standing
from autograde.desk.taking_in import in_sum, look, said, take_batch
from autograde.desk.work import Worker
from autograde.errors import ClassError
from autograde.inbox import quarantine, store
from autograde.inbox.arrived import batches, find_batch, new_batch, place_for
from autograde.inbox.assign import assign, redo, undo
from autograde.inbox.dropped import take_in as take_in_files
from autograde.inbox.intake import intake
from autograde.inbox.put_right import ask_again, bring_back, put_away, set_aside
from autograde.inbox.take_ins import take_ins
from autograde.inbox.watched import Watch, check_watched, take_from
from autograde.outbox.give_out import give_out as give_out_all
from autograde.outbox.give_out import refusals
from autograde.outbox.paste import site_zip, text_for_learners
from tests.desk.test_learner_parts import run
from tests.tutor.conftest import ASSIGNMENT, Kit
from workbook_helpers.items import Workbook, load_workbook

SECOND = "w02-second"


def silent(done: int | None = None, total: int | None = None, said: str | None = None) -> None:
    """Say nothing of how far it is."""


PDF = b"%PDF-1.7 not a hand-in"


def second(course: Course, shelf: Path) -> None:
    """Put another workbook on the shelf, and give it out."""
    folder = shelf / SECOND
    folder.mkdir()
    for path in (shelf / ASSIGNMENT).rglob("*"):
        name = path.relative_to(shelf / ASSIGNMENT).as_posix().replace(ASSIGNMENT, SECOND)
        if path.is_dir():
            (folder / name).mkdir()
        elif path.suffix in {".toml", ".ipynb"}:
            (folder / name).write_text(path.read_text("utf-8").replace("w01", "w02"), "utf-8")
        else:
            (folder / name).write_bytes(path.read_bytes())
    report = give_out_all(course, {SECOND: None}, faults=lambda _: ())
    assert [one.assignment for one in report.given] == [SECOND], report.refused


def of_second(kit: Kit, learner: str) -> bytes:
    raw = kit.answers(q01="b", t01="Because.").replace(b"w01", b"w02")
    return kit.zipped({"manifest.json": kit.manifest(learner, raw=raw, workbook="w02", assignment=SECOND), "answers.json": raw})


@pytest.fixture
def two(course: Course, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Course:
    """A class with two workbooks."""
    from tests.tutor.conftest import _shelf

    monkeypatch.setenv("WORKBOOKS_DIR", str(tmp_path / "shelf"))
    second(course, _shelf(tmp_path / "shelf"))
    return course


def test_each_goes_to_the_workbook_that_it_names(two: Course, kit: Kit, tmp_path: Path) -> None:
    drop = tmp_path / "drop"
    drop.mkdir()
    (drop / "a.zip").write_bytes(kit.hand_in("fay01"))
    (drop / "b.zip").write_bytes(of_second(kit, "ana01"))
    (drop / "ben.zip").write_bytes(of_second(kit, "ben01"))
    (drop / "odd.pdf").write_bytes(PDF)
    seen: list[tuple[int, int, str]] = []
    report = take_in_files(two, [drop], progress=lambda *one: seen.append(one))
    assert {one.assignment: sorted(taken.student.id for taken in one.taken) for one in report.reports} == {
        ASSIGNMENT: ["fay01"],
        SECOND: ["ana01", "ben01"],
    }
    assert report.unclear == ("odd.pdf",)
    assert seen[-1][:2] == (2, 4)
    again = take_in_files(two, [drop], workbook="w02")
    assert said(again) == "Nothing new was in it, 3 were here already, 1 file cannot be used."
    [one] = take_in.data(two).unusable
    assert (one.aside.workbook, one.aside.learner, one.hand_in) == (SECOND, None, False)


def test_a_class_download_belongs_to_one_workbook(two: Course, kit: Kit, tmp_path: Path) -> None:
    download = tmp_path / "Care-w01-123.zip"
    files = {
        "Ana Evans_101_assignsubmission_file/x (1).zip": kit.hand_in("ana01", t01="Newer", q01="a"),
        "Dan Davies_104_assignsubmission_file/x.zip": kit.hand_in("dan01", t01="Mine", q01="a"),
        "Fay Fenn_106_assignsubmission_file/x.zip": of_second(kit, "fay01"),
        "Fay Fenn_106_assignsubmission_onlinetext/onlinetext.html": b"<p>Hello</p>",
        "Cai_103_assignsubmission_file/cv.pdf": PDF,
    }
    download.write_bytes(kit.zipped(files))
    sheet = tmp_path / "Grades.csv"
    rows = ["Identifier,Full name,Status,Grade,Last modified (submission),Feedback comments"]
    rows += [f'Participant {n},x,,,"Thursday, 19 November 2026, 4:58 PM",' for n in (101, 104)]
    sheet.write_text("\n".join(rows), "utf-8")
    other = tmp_path / "notes.csv"
    other.write_text("a,b\n1,2\n", "utf-8")
    report = take_in_files(two, [download, sheet, other])
    [one] = report.reports
    assert one.assignment == ASSIGNMENT
    assert sorted(taken.student.id for taken in one.taken) == ["ana01", "dan01"]
    assert {taken.handed_in_at for taken in one.taken} == {datetime(2026, 11, 19, 16, 58, tzinfo=UTC)}
    assert any("it is a hand-in to w02" in refused.reason for refused in one.refused)
    assert len(report.notes) == 1
    assert report.notes[0].startswith('notes.csv has no columns "Identifier"')
    assert "1 text entry passed over" in one.passed[0]
    assert take_ins(two)[0].passed == one.passed
    assert in_sum([one]) == "2 hand-ins were taken in, 2 files cannot be used."


def test_what_was_set_aside_waits_no_more_once_it_counts(two: Course, kit: Kit, tmp_path: Path) -> None:
    fay = "Fay Fenn_106_assignsubmission_file"
    files = {
        f"{fay}/x.zip": of_second(kit, "fay01"),
        "Dan Davies_104_assignsubmission_file/x.zip": of_second(kit, "fay01"),
        "Cai_103_assignsubmission_file/cv.pdf": PDF,
    }
    (tmp_path / "Care-w01-123.zip").write_bytes(kit.zipped(files))
    (tmp_path / "fay.zip").write_bytes(of_second(kit, "fay01"))

    def waiting() -> dict[str, bool]:
        return {one.aside.file.removeprefix("Care-w01-123.zip › "): one.hand_in for one in take_in.data(two).unusable}

    intake(two, [tmp_path / "Care-w01-123.zip"], "w01")
    assert waiting() == {name: name.endswith(".zip") for name in files}, "a word of whose it is helps with a hand-in alone"
    [its] = [one.folder for one in set_aside(two) if "Fay" in one.file and one.file.endswith(".zip")]
    done = assign(two, two.root / "quarantine" / its, "fay01")
    assert (done.assignment, [one.student.id for one in done.taken]) == (SECOND, ["fay01"])
    undo(two, SECOND, run=done.run)
    bring_back(two, its)
    assert len(waiting()) == 3
    take_in_files(two, [tmp_path / "fay.zip"])
    assert [one.reason.partition("(")[0] for one in set_aside(two) if one.file == "fay.zip"] == ["it was taken back "]
    redo(two, SECOND)
    left = {name: name.endswith(".zip") for name in files if name != f"{fay}/x.zip"}
    assert waiting() == left, "the same file from somebody else waits still"
    for one in set_aside(two):
        bring_back(two, put_away(two, one.folder).folder)
    take_in_files(two, [tmp_path / "fay.zip"])  # it is here already
    assert waiting() == left


def test_a_download_of_canvas_is_told_by_what_is_in_it(two: Course, kit: Kit, tmp_path: Path) -> None:
    download = tmp_path / "submissions.zip"
    files = {"evansana_12_345_x.zip": of_second(kit, "ana01"), "obrienjrben_LATE_13_346_y-1.zip": of_second(kit, "ben01")}
    download.write_bytes(kit.zipped({**files, "fennfay_14_text.html": b"<p>Hello</p>"}))
    report = take_in_files(two, [download])
    [one] = report.reports
    assert (one.assignment, one.refused, report.unclear) == (SECOND, (), ())
    assert {taken.student.id: "Canvas" in taken.late for taken in one.taken} == {"ana01": False, "ben01": True}
    assert "1 text entry passed over" in one.passed[0]


def test_a_date_is_taken_away_again(course: Course, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(give_out, "faults", lambda _: ())

    def give(due: str) -> tuple[datetime | None, datetime | None]:
        worker = Worker()
        give_out.PAGE.verbs["give"](Asked(course=course, worker=worker, fields={f"give-{ASSIGNMENT}": "1", f"due-{ASSIGNMENT}": due}))
        assert worker.wait(60)
        assert worker.now is not None
        assert worker.now.said.startswith("1 workbook was given out.")
        return standing(course).workbooks[0].due, load_workbook(course.root / "release" / ASSIGNMENT).about.due

    [before] = [one for one in give_out.data(course).workbooks if one.offer.name == ASSIGNMENT]
    assert give(before.field) == (before.due, before.due)
    assert give("") == (None, None)
    assert give("2036-12-01T17:00")[1] == datetime(2036, 12, 1, 17, tzinfo=UTC)
    code, text = run(course, monkeypatch, capsys, "release", "w01", "--due", "none", "--anyway")
    assert (code, "No due date: nothing counts as late." in text) == (0, True), text


def test_a_batch_that_nothing_tells_waits_for_a_person(two: Course) -> None:
    batch = new_batch(two)
    place_for(batch, r"C:\Users\x\report?.pdf").write_bytes(PDF)
    place_for(batch, "report_.pdf").write_bytes(PDF + b"2")
    assert sorted(path.name for path in batch.iterdir()) == ["report_ (2).pdf", "report_.pdf"]
    text = take_batch(two, batch)(silent)
    assert text == "Nothing tells to which workbook 2 files belong: say it below."
    assert [one.files for one in take_in.data(two).batches] == [("report_ (2).pdf", "report_.pdf")]
    assert take_in.data(two, busy=True).batches == ()
    assert take_batch(two, batch, "w02")(silent) == "2 files cannot be used."
    assert batches(two) == ()
    with pytest.raises(ClassError, match="do not wait here any more"):
        find_batch(two, batch.name)
    with pytest.raises(ClassError, match="do not wait here any more"):
        find_batch(two, "../..")


def test_a_batch_of_which_something_could_not_be_kept_waits(course: Course, kit: Kit, monkeypatch: pytest.MonkeyPatch) -> None:
    batch = new_batch(course)
    (batch / "fay.zip").write_bytes(kit.hand_in("fay01"))

    def full(path: Path, data: bytes) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))

    with monkeypatch.context() as patch:
        patch.setattr(store, "write_file", full)
        patch.setattr(quarantine, "write_file", full)
        assert take_batch(course, batch)(silent) == "1 file cannot be used. Some could not be kept: keep their files."
    assert [one.files for one in batches(course)] == [("fay.zip",)]
    assert take_batch(course, batch)(silent) == "1 hand-in was taken in."
    assert batches(course) == ()


def test_what_cannot_be_used_is_put_right(course: Course, kit: Kit, tmp_path: Path) -> None:
    (tmp_path / "x.zip").write_bytes(kit.hand_in("fay99"))
    (tmp_path / "y.zip").write_bytes(kit.hand_in("ana01")[:-30])
    report = take_in_files(course, [tmp_path / "x.zip", tmp_path / "y.zip"])
    assert len(report.reports[0].refused) == 2
    first, broken = sorted(set_aside(course), key=lambda one: one.file)
    assert first.file == "x.zip"
    assert "not on the roster" in first.reason
    assert "the learner ID in it is not one that I know" in ask_again(course, first, "A small workbook")
    message = ask_again(course, broken, "A small workbook", datetime.now(UTC) + timedelta(days=2))
    assert "The file is damaged" in message
    assert "Please do this by" in message
    for learner, stays in (("ana01", True), ("eve01", False)):
        with pytest.raises(ClassError, match="is not a zip") as fault:
            assign(course, course.root / "quarantine" / broken.folder, learner)
        assert ("What ana01 handed in before stays." in str(fault.value), "before" in str(fault.value)) == (stays, stays)
    done = assign(course, course.root / "quarantine" / first.folder, "fay01")
    assert [one.student.id for one in done.taken] == ["fay01"]
    assert [one.folder for one in set_aside(course)] == [broken.folder]
    assert [one.folder for one in set_aside(course, done=True)] == [first.folder]
    undo(course, ASSIGNMENT, run=done.run)
    bring_back(course, first.folder)
    assert course.timestamp("fay01", ASSIGNMENT) is None
    assert len(set_aside(course)) == 2
    both = (first.folder, broken.folder)
    away = take_in.PAGE.verbs["away"](Asked(course=course, worker=Worker(), many={"folder": (*both, "put away elsewhere meanwhile")}))
    assert isinstance(away, Done)
    assert away.said == "2 files were put away. They are kept."
    assert set_aside(course) == ()
    assert away.undo
    take_in.PAGE.verbs["bring-back"](Asked(course=course, worker=Worker(), fields=away.undo[1]))
    assert {one.folder for one in set_aside(course)} == set(both)
    put_away(course, broken.folder)
    take_in_files(course, [tmp_path / "y.zip"])  # the next download brings it once more
    assert [one.folder for one in set_aside(course)] == [first.folder]
    with pytest.raises(ClassError, match="does not wait here any more"):
        put_away(course, broken.folder)
    for folder in ("", "..", ".done", "../quarantine"):
        with pytest.raises(ClassError):
            put_away(course, folder)


def test_a_slip_with_whose_it_is_is_undone(course: Course, kit: Kit, tmp_path: Path) -> None:
    hand_in, worker = kit.hand_in("fay01"), Worker()
    (tmp_path / "fay.zip").write_bytes(hand_in)
    (tmp_path / "Care-w01-123.zip").write_bytes(kit.zipped({"Dan Davies_104_assignsubmission_file/x.zip": hand_in}))
    for file in ("fay.zip", "Care-w01-123.zip"):
        take_in_files(course, [tmp_path / file])
    [card] = set_aside(course)
    done = take_in.PAGE.verbs["assign"](Asked(course=course, worker=worker, fields={"folder": card.folder, "learner": "dan01"}))
    assert isinstance(done, Done)
    assert course.timestamp("fay01", ASSIGNMENT) is None
    assert done.undo
    back = take_in.PAGE.verbs[done.undo[0]](Asked(course=course, worker=worker, fields=done.undo[1]))
    assert isinstance(back, Done)
    assert back.said == "It was taken back, and waits again. The file counts again as the hand-in of Fay Fenn."
    assert course.timestamp("fay01", ASSIGNMENT) is not None
    assert [one.folder for one in set_aside(course)] == [card.folder]


def test_a_reason_tells_a_learner_nothing_of_others(course: Course, kit: Kit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    people = {7: "Ana Evans", 8: "Dan Davies", 9: "Fay Fenn"}
    files = {f"{name}_{n}_assignsubmission_file/x.zip": kit.hand_in("ana01", t01=name, q01="a") for n, name in people.items()}
    (tmp_path / "d.zip").write_bytes(kit.zipped(files))
    take_in_files(course, [tmp_path / "d.zip"])
    texts = [ask_again(course, one, "A small workbook") for one in set_aside(course)]
    assert texts
    assert all("I cannot tell whose it is." in text for text in texts)
    assert not any("ana01" in text or "Evans" in text for text in texts)
    read, workbook = list[str](), Course.workbook

    def reading(self: Course, name: str) -> Workbook:
        read.append(name)
        return workbook(self, name)

    monkeypatch.setattr(Course, "workbook", reading)
    assert [one.hand_in for one in take_in.data(course).unusable] == [True] * len(texts)
    assert (len(texts), read) == (2, [ASSIGNMENT]), "once, however many cards there are"


def test_a_take_in_is_undone_by_its_name(course: Course, kit: Kit, tmp_path: Path) -> None:
    for number, learner in enumerate(("fay01", "eve01")):
        (tmp_path / f"{number}.zip").write_bytes(kit.hand_in(learner))
        take_in_files(course, [tmp_path / f"{number}.zip"])
    newer, older = take_ins(course)[:2]
    assert (newer.taken, older.taken) == (1, 1)
    assert any("late" in text or "cannot be told" in text for _, text in newer.notes) or newer.notes == ()
    first = undo(course, ASSIGNMENT, run=older.run)
    assert course.timestamp("fay01", ASSIGNMENT) is None
    assert course.timestamp("eve01", ASSIGNMENT) is not None
    assert [one.undone for one in take_ins(course)[:2]] == [False, True]
    undo(course, ASSIGNMENT, run=newer.run)
    redo(course, ASSIGNMENT, why=first.why)
    assert [one.undone for one in take_ins(course)[:2]] == [True, False]
    redo(course, ASSIGNMENT)
    assert [one.undone for one in take_ins(course)[:2]] == [False, False]


def test_a_watched_folder_gives_each_whole_file_once(course: Course, kit: Kit, tmp_path: Path) -> None:
    folder = tmp_path / "synced"
    (folder / "in").mkdir(parents=True)
    watch = Watch(course)
    file = folder / "in" / "fay.zip"
    whole = kit.hand_in("fay01")
    file.write_bytes(whole[:50])
    (folder / "~$fay.zip").write_bytes(b"x")
    (folder / "x.crdownload").write_bytes(b"x")
    (folder / "link.zip").symlink_to(file)
    assert watch.look(folder) == ()
    file.write_bytes(whole)  # it grew since the look before
    assert watch.look(folder) == ()
    assert watch.look(folder) == (file,)
    assert said(take_from(course, folder, (file,))) == "1 hand-in was taken in."
    assert batches(course) == ()
    assert watch.look(folder) == ()
    assert Watch(course).look(folder) == ()
    fresh = Watch(course)
    fresh.look(folder)
    assert fresh.look(folder) == ()  # also after a start anew
    file.write_bytes(kit.hand_in("fay01", t01="Better", q01="b"))
    os.utime(file, ns=(1, 1))
    assert watch.look(folder) == ()
    assert watch.look(folder) == (file,)
    assert file.read_bytes()


def test_the_worker_takes_in_from_a_watched_folder(course: Course, kit: Kit, tmp_path: Path) -> None:
    folder = tmp_path / "synced"
    folder.mkdir()
    worker, seen = Worker(), Watch(course)
    assert not look(course, worker, seen)
    write_settings(course, {"watched": str(folder)})
    (folder / "fay.zip").write_bytes(kit.hand_in("fay01"))
    assert not look(course, worker, seen)
    assert look(course, worker, seen)
    assert worker.wait(20)
    assert worker.now is not None
    assert worker.now.line == "Taking in from the watched folder: 1 hand-in was taken in."
    assert not look(course, worker, seen)
    for bad in (course.root, course.root / "received", course.root.parent, tmp_path / "none"):
        with pytest.raises(ClassError, match=r"holds the class|There is no folder"):
            check_watched(course, bad)
    with pytest.raises(ClassError, match="There is no folder"):
        take_in.PAGE.verbs["watch"](Asked(course=course, worker=worker, fields={"folder": "~nobody-here/synced"}))
    assert course.watched() == folder
    folder.rename(tmp_path / "away")
    with pytest.raises(ClassError, match="is not there now"):
        look(course, worker, seen)
    assert "There is no folder" in take_in.data(course).watched.fault


CONFIGS = {
    "fresh": None,
    "one line": "configure(c, course='x', exchange='', db_url='', closed='', folder=__file__)",
    "with a sign": """configure(
    c,
    course='x',
    hand_in="Unit #3 (\\"a\\"), here", hand_in_link='https://a.example/',  # both
    folder=__file__,
)""",
    "windows": "configure(\r\n    c,\r\n    course='x',  # ñ\r\n    folder=__file__,\r\n)\r\n",
}


@pytest.mark.parametrize("text", CONFIGS.values(), ids=CONFIGS)
def test_what_learners_are_told_is_written_into_the_settings(course: Course, text: str | None) -> None:
    path = course.root / CONFIG
    if text is not None:
        head = "# This is a class folder of autograde. Class: x\nfrom autograde.settings import configure\nc = get_config()\n"
        path.write_bytes((head + text).encode())
    before, was = told(course), path.read_bytes()
    values = {"hand_in": "Upload it, “there”: #1 isn't \\ hard", "hand_in_link": "https://moodle.example.org/mod?id=1", "site": ""}
    assert tell(course, values) == before
    assert told(course) == values
    assert tell(course, before) == values
    assert told(course) == before
    tell(course, values)
    assert course.course_id in {"x", "care-level-2"}
    assert (b"\r\n" in path.read_bytes()) == (b"\r\n" in was)


def test_settings_that_cannot_be_written_say_so(course: Course) -> None:
    path = course.root / CONFIG
    whole = path.read_text("utf-8")
    with pytest.raises(ClassError, match="address that begins with https"):
        tell(course, {"hand_in_link": "moodle"})
    path.write_text(f'{whole}\nc.AutogradeClass.hand_in = "Mine"\n', "utf-8")
    with pytest.raises(ClassError, match="in another place, which wins"):
        tell(course, {"hand_in": "Yours"})
    assert told(course)["hand_in"] == "Mine"
    path.write_text(whole.replace("\nconfigure(", "\nset_up = configure\nset_up("), "utf-8")
    with pytest.raises(ClassError, match="does not call configure"):
        write_settings(course, {"hand_in": "Yours"})


def test_a_workbook_with_a_fault_is_refused_and_says_why(course: Course, tmp_path: Path) -> None:
    due = datetime(2036, 12, 1, 17, tzinfo=UTC)
    report = give_out_all(course, {ASSIGNMENT: due}, faults=lambda _: ("K1: the key does not fit.",))
    assert report.given == ()
    assert refusals(course) == {ASSIGNMENT: ("K1: the key does not fit.",)}
    [one] = give_out.data(course).workbooks
    assert one.refused == ("K1: the key does not fit.",)
    steps: list[int] = []
    tell(course, {"hand_in": "Put it into Moodle.", "site": "https://site.example.org/care"})
    report = give_out_all(course, {ASSIGNMENT: due}, faults=lambda _: (), progress=lambda done, total, _: steps.append(100 * done // total))
    assert [given.due for given in report.given] == [due]
    assert refusals(course) == {}
    assert steps == sorted(steps)
    assert steps[-1] <= 100
    text = text_for_learners(course, ASSIGNMENT, due)
    assert "Hand it in by Monday 1 December 2036, 17:00 (UK time)." in text
    assert "https://site.example.org/care/w01-small.html" in text
    assert "Put it into Moodle." in text
    (tmp_path / "site.zip").write_bytes(site_zip(course))
    with zipfile.ZipFile(tmp_path / "site.zip") as archive:
        assert {"index.html", f"{ASSIGNMENT}.html"} <= set(archive.namelist())
