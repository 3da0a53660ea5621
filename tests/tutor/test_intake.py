"""Hand-ins that came as files: whose they are, what is kept, what is current, what goes to quarantine."""

import errno
import io
import os
import stat
import struct
import sys
import time
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from autograde.classes.folder import Course
from autograde.errors import ClassError
from autograde.inbox import quarantine, store
from autograde.inbox.arrived import batches
from autograde.inbox.assign import assign
from autograde.inbox.intake import IntakeReport, intake
from autograde.inbox.take_ins import take_ins
from autograde.inbox.watched import Watch, take_from
from autograde.text import printable

if TYPE_CHECKING:
    from tests.tutor.conftest import Kit

LATER = "2026-11-19T12:00:00+00:00"
SENT = datetime(2026, 11, 19, 13, tzinfo=UTC).timestamp()
"""When the files came, unless a test says otherwise."""


@pytest.fixture
def take(course: Course, tmp_path: Path) -> Callable[..., IntakeReport]:
    """Give a function that writes files into a folder and takes that folder in."""

    def run(**files: bytes) -> IntakeReport:
        folder = tmp_path / f"in-{len(list(tmp_path.iterdir()))}"
        folder.mkdir()
        for name, content in files.items():
            (folder / f"{name}.zip").write_bytes(content)
            os.utime(folder / f"{name}.zip", (SENT, SENT))
        return intake(course, [folder], "w01")

    return run


def submitted(course: Course, student: str) -> Path:
    return course.root / "submitted" / student / "w01-small"


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_a_good_hand_in_becomes_the_current_submission(course: Course, take: Callable[..., IntakeReport], kit: "Kit") -> None:
    data = kit.hand_in("ana01")
    report = take(a=data)
    (taken,) = report.taken
    assert (taken.student.id, taken.current, taken.late, taken.oddities) == ("ana01", True, "", ())
    assert taken.handed_in_at == datetime(2026, 11, 19, 10, tzinfo=UTC)
    files = contents(submitted(course, "ana01"))
    assert set(files) == {"w01-small.ipynb", "answers.json", "timestamp.txt"}
    assert files["w01-small.ipynb"] == kit.notebook()
    assert files["timestamp.txt"] == b"2026-11-19 10:00:00.000000 UTC"
    assert course.timestamp("ana01", "w01-small") == datetime(2026, 11, 19, 10)  # noqa: DTZ001 (nbgrader keeps no zone)
    (kept,) = (course.root / "received" / "w01-small" / "ana01").iterdir()
    assert kept.read_bytes() == data
    assert kept.name.startswith("20261119-100000-")
    assert [student.id for student in report.missing] == ["ben01", "cai01"]


def test_the_newest_is_current_in_whatever_order_they_come(course: Course, take: Callable[..., IntakeReport], kit: "Kit") -> None:
    take(new=kit.hand_in("ana01", LATER, q01="b"))
    report = take(old=kit.hand_in("ana01", q01="a"))
    assert not report.taken[0].current
    assert b'"b"' in (submitted(course, "ana01") / "answers.json").read_bytes()
    assert len(list((course.root / "received" / "w01-small" / "ana01").iterdir())) == 2


def test_the_same_file_twice_is_noticed(course: Course, take: Callable[..., IntakeReport], kit: "Kit") -> None:
    take(a=kit.hand_in("ana01"))
    before = contents(course.root / "submitted")
    report = take(b=kit.hand_in("ana01"), c=kit.hand_in("ana01"))
    assert (report.taken, len(report.repeated), report.refused) == ((), 2, ())
    assert contents(course.root / "submitted") == before


def test_a_run_that_was_cut_off_is_mended_by_the_next(course: Course, take: Callable[..., IntakeReport], kit: "Kit") -> None:
    take(a=kit.hand_in("ana01"))
    take(b=kit.hand_in("ana01", LATER, q01="b"))
    (submitted(course, "ana01") / "timestamp.txt").write_text("2026-11-19 10:00:00.000000 UTC")
    (submitted(course, "ana01") / "answers.json").write_bytes(kit.answers(q01="a"))
    take(b=kit.hand_in("ana01", LATER, q01="b"))
    assert b'"b"' in (submitted(course, "ana01") / "answers.json").read_bytes()


def test_late_is_accepted_and_said(take: Callable[..., IntakeReport], kit: "Kit") -> None:
    report = take(a=kit.hand_in("ana01", "2026-11-20T19:05:00+00:00"))
    assert report.taken[0].current
    assert report.taken[0].late == "2 hours 5 minutes"


@pytest.mark.filterwarnings("ignore:Object of type <Submitted")  # nbgrader's own add_submission
def test_an_extension_counts(course: Course, take: Callable[..., IntakeReport], kit: "Kit") -> None:
    with course.gradebook() as gradebook:
        gradebook.update_or_create_submission("w01-small", "ana01")
        gradebook.grant_extension("w01-small", "ana01", days=1)
    assert take(a=kit.hand_in("ana01", "2026-11-20T19:05:00+00:00")).taken[0].late == ""


def test_a_time_in_the_future_is_not_believed(course: Course, take: Callable[..., IntakeReport], kit: "Kit") -> None:
    report = take(a=kit.hand_in("ana01", (datetime.now(UTC) + timedelta(days=30)).isoformat()))
    assert "future" in report.taken[0].oddities[0]
    assert report.taken[0].handed_in_at <= datetime.now(UTC)
    assert course.timestamp("ana01", "w01-small") is not None


@pytest.mark.parametrize("at", ["yesterday", "", "9999-12-31T23:59:59-23:59", 5, None], ids=str)
def test_a_time_that_cannot_be_read_is_replaced(take: Callable[..., IntakeReport], kit: "Kit", at: object) -> None:
    raw = kit.answers(q01="a")
    report = take(a=kit.zipped({"manifest.json": kit.manifest("ana01", at, raw), "answers.json": raw}))  # type: ignore[arg-type]
    assert any("time" in oddity for oddity in report.taken[0].oddities)


def test_a_missing_notebook_is_replaced_by_the_released_one(course: Course, take: Callable[..., IntakeReport], kit: "Kit") -> None:
    raw = kit.answers(q01="a")
    report = take(a=kit.zipped({"manifest.json": kit.manifest("ana01", raw=raw), "answers.json": raw}))
    assert report.taken[0].oddities == (), "as a page without Jupyter makes it; it needs no remark"
    released = course.root / "release/w01-small/w01-small.ipynb"
    assert (submitted(course, "ana01") / "w01-small.ipynb").read_bytes() == released.read_bytes()


def test_the_notebook_may_be_anything(course: Course, take: Callable[..., IntakeReport], kit: "Kit") -> None:
    raw = kit.answers(q01="a")
    files = {"manifest.json": kit.manifest("ana01", raw=raw), "answers.json": raw, "w01-small.ipynb": b"{not json", "evil.py": b"1/0"}
    assert take(a=kit.zipped(files)).taken[0].current
    assert contents(submitted(course, "ana01"))["w01-small.ipynb"] == b"{not json"
    assert "evil.py" not in contents(submitted(course, "ana01"))


def test_answers_changed_after_handing_in_are_said(take: Callable[..., IntakeReport], kit: "Kit") -> None:
    files = {"manifest.json": kit.manifest("ana01", raw=b"other"), "answers.json": kit.answers(q01="a")}
    assert "changed after handing in" in take(a=kit.zipped(files)).taken[0].oddities[0]


def test_unknown_items_and_bad_options_are_for_marking(take: Callable[..., IntakeReport], kit: "Kit") -> None:
    assert take(a=kit.hand_in("ana01", q01="zzz", q99="a", t01=5)).taken[0].current


def test_ids_are_the_same_in_upper_case(course: Course, take: Callable[..., IntakeReport], kit: "Kit") -> None:
    assert take(a=kit.hand_in("ANA01")).taken[0].student.id == "ana01"
    assert submitted(course, "ana01").is_dir()


def truncated(kit: "Kit") -> bytes:
    return kit.hand_in("ana01", LATER)[:-60]


def broken_inside(kit: "Kit") -> bytes:
    data = bytearray(kit.hand_in("ana01", LATER))
    at = data.find(b"answers.json") + 14
    data[at : at + 20] = b"\xff" * 20
    return bytes(data)


def encrypted(kit: "Kit") -> bytes:
    """Set the flag in the local and in the central header, as a zip with a password has it."""
    data = bytearray(kit.hand_in("ana01", LATER))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(signature)
        while at >= 0:
            data[at + offset] |= 1
            at = data.find(signature, at + 4)
    return bytes(data)


def with_entry(kit: "Kit", info: zipfile.ZipInfo, content: bytes) -> bytes:
    memory = io.BytesIO(kit.hand_in("ana01", LATER))
    with zipfile.ZipFile(memory, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(info, content, zipfile.ZIP_DEFLATED)
    return memory.getvalue()


def link(kit: "Kit") -> bytes:
    info = zipfile.ZipInfo("notes.txt")
    info.create_system = 3
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return with_entry(kit, info, b"/etc/passwd")


def fifo(kit: "Kit") -> bytes:
    info = zipfile.ZipInfo("pipe")
    info.create_system = 3
    info.external_attr = (stat.S_IFIFO | 0o777) << 16
    return with_entry(kit, info, b"")


def bomb(kit: "Kit") -> bytes:
    return with_entry(kit, zipfile.ZipInfo("picture.png"), b"\0" * 80_000_000)


def lying_bomb(kit: "Kit") -> bytes:
    """80 MB of answers whose headers say 80 bytes."""
    data = bytearray(kit.zipped({"manifest.json": kit.manifest("ana01", LATER), "answers.json": b"\0" * 80_000_000}))
    size, lie = struct.pack("<I", 80_000_000), struct.pack("<I", 80)
    assert data.count(size) == 2
    return bytes(data.replace(size, lie))


def with_answers(raw: bytes) -> "Callable[[Kit], bytes]":
    def make(kit: "Kit") -> bytes:
        return kit.zipped({"manifest.json": kit.manifest("ana01", LATER, raw), "answers.json": raw})

    return make


def of_other_workbook(kit: "Kit") -> bytes:
    raw = kit.answers(q01="a").replace(b'"workbook": "w01"', b'"workbook": "w02"')
    return kit.zipped({"manifest.json": kit.manifest("ana01", LATER, raw), "answers.json": raw})


def manifest_of_other_workbook(kit: "Kit") -> bytes:
    raw = kit.answers(q01="a")
    manifest = kit.manifest("ana01", LATER, raw, workbook="w02", assignment="w02-people")
    return kit.zipped({"manifest.json": manifest, "answers.json": raw})


UNUSABLE: "dict[str, tuple[Callable[[Kit], bytes], str]]" = {
    "not a zip": (lambda _: b"I had no time", "not a zip"),
    "empty": (lambda _: b"", "not a zip"),
    "truncated": (truncated, "not complete"),
    "broken inside": (broken_inside, "damaged"),
    "encrypted": (encrypted, "password"),
    "parent folder": (lambda kit: with_entry(kit, zipfile.ZipInfo("../../evil.txt"), b"x"), "leads outside"),
    "parent folder, backslashes": (lambda kit: with_entry(kit, zipfile.ZipInfo("a\\..\\..\\evil.txt"), b"x"), "leads outside"),
    "absolute": (lambda kit: with_entry(kit, zipfile.ZipInfo("/tmp/evil.txt"), b"x"), "leads outside"),  # noqa: S108
    "drive": (lambda kit: with_entry(kit, zipfile.ZipInfo("C:/evil.txt"), b"x"), "leads outside"),
    "link": (link, "a link"),
    "fifo": (fifo, "a special file"),
    "bomb": (bomb, "limit is 60 MB"),
    "lying bomb": (lying_bomb, "damaged"),
    "many files": (lambda kit: kit.zipped({f"{n}.txt": b"" for n in range(201)}), "200"),
    "two of a name": (lambda kit: with_entry(kit, zipfile.ZipInfo("./answers.json"), b"{}"), "two files"),
    "no answers": (lambda kit: kit.zipped({"manifest.json": kit.manifest("ana01", LATER)}), "no answers.json"),
    "a document": (lambda kit: kit.zipped({"word/document.xml": b"<x/>"}), "no answers.json"),
    "answers not JSON": (with_answers(b"{"), "not JSON"),
    "answers of wrong type": (with_answers(b"[]"), "form"),
    "answers nested deeply": (with_answers(b"[" * 200_000), "nested"),
    "answers of 50 MB": (with_answers(b" " * 50_000_000), "5 MB"),
    "answers of another workbook": (of_other_workbook, "another workbook"),
    "hand-in to another workbook": (manifest_of_other_workbook, "w02"),
    "stranger": (lambda kit: kit.hand_in("eve99"), "eve99"),
    "nobody": (lambda kit: kit.hand_in(None), "names no learner"),
    "a path as the student": (lambda kit: kit.hand_in("../../ana01"), "not on the roster"),
    "an object as the student": (lambda kit: kit.hand_in({"x": 1}), "no learner"),  # type: ignore[arg-type]
    "two workbooks": (lambda kit: kit.zipped({"a/answers.json": b"{}", "b/answers.json": b"{}"}), "several"),
    "zip in zip in zip in zip": (lambda kit: nested(kit.hand_in("ana01", LATER), 4, kit), "no answers.json"),
}


def nested(data: bytes, times: int, kit: "Kit") -> bytes:
    for _ in range(times):
        data = kit.zipped({"again.zip": data})
    return data


@pytest.mark.parametrize("name", UNUSABLE)
def test_the_unusable_goes_to_quarantine_and_the_class_goes_on(
    course: Course, take: Callable[..., IntakeReport], kit: "Kit", name: str
) -> None:
    make, expected = UNUSABLE[name]
    take(good=kit.hand_in("ana01", q01="a"))
    before = contents(course.root / "submitted")
    bad = make(kit)
    report = take(a_bad=bad, z_good=kit.hand_in("ben01"))
    assert [taken.student.id for taken in report.taken] == ["ben01"], "the class goes on"
    (refused,) = report.refused
    assert expected in refused.reason
    assert {path: raw for path, raw in contents(course.root / "submitted").items() if path.startswith("ana01")} == before
    held = contents(refused.folder)
    reason = held.pop("reason.txt").decode()
    assert expected in reason
    assert "What to do" in reason
    if bad and name not in ("zip in zip in zip in zip",):
        assert list(held.values()) == [bad], "the original stays untouched"
    assert not list(course.root.parent.glob("evil*"))


def test_what_is_kept_of_the_unusable_has_a_name_for_any_system(course: Course, tmp_path: Path) -> None:
    (tmp_path / "con.docx").write_bytes(b"my work, by Con")
    [refused] = intake(course, [tmp_path / "con.docx"], "w01").refused
    assert {path.name: path.read_bytes() for path in refused.folder.iterdir()}["_con.docx"] == b"my work, by Con"


def test_the_same_unusable_file_lies_in_quarantine_once(course: Course, take: Callable[..., IntakeReport]) -> None:
    first = take(a=b"no zip").refused[0].folder
    assert take(b=b"no zip").refused[0].folder == first
    assert len(list((course.root / "quarantine").iterdir())) == 1


def test_an_unreadable_newer_attempt_leaves_the_older_one(course: Course, take: Callable[..., IntakeReport], kit: "Kit") -> None:
    take(a=kit.hand_in("ana01", q01="a"))
    report = take(b=with_answers(b"{")(kit))
    assert "before stays" in report.refused[0].reason
    assert report.refused[0].student is not None
    assert b'"a"' in (submitted(course, "ana01") / "answers.json").read_bytes()


def test_reading_a_bomb_takes_no_time(take: Callable[..., IntakeReport], kit: "Kit") -> None:
    data = bomb(kit)
    begin = time.monotonic()
    take(a=data)
    assert time.monotonic() - begin < 5


@pytest.mark.skipif(os.name == "nt", reason="links need rights on Windows")
def test_a_link_among_the_files_is_not_followed(course: Course, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("the key")
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.zip").symlink_to(secret)
    report = intake(course, [folder], "w01")
    assert "link" in report.refused[0].reason
    assert not any(b"the key" in raw for raw in contents(course.root / "quarantine").values())


def moodle(name: str, number: int = 1234567) -> str:
    return f"{name}_{number}_assignsubmission_file_"


def download(kit: "Kit", **hand_ins: bytes) -> dict[str, bytes]:
    """Make what Moodle packs: `Ana_Evans=…` becomes the folder of Ana Evans."""
    return {f"{moodle(name.replace('_', ' '))}/w01.zip": data for name, data in hand_ins.items()}


@pytest.mark.parametrize("packed", [True, False], ids=["zip", "folder"])
def test_a_moodle_download(course: Course, tmp_path: Path, kit: "Kit", *, packed: bool) -> None:
    files = download(kit, Ana_Evans=kit.hand_in("ana01"), Siân_Ŵyn=kit.hand_in("cai01"))
    if packed:
        path = tmp_path / "Care-w01-77.zip"
        path.write_bytes(kit.zipped(files))
    else:
        path = tmp_path / "Care-w01-77"
        for name, data in files.items():
            (path / name).parent.mkdir(parents=True)
            (path / name).write_bytes(data)
    report = intake(course, [path], "w01")
    assert sorted(taken.student.id for taken in report.taken) == ["ana01", "cai01"]
    assert not report.refused
    assert not any(taken.oddities for taken in report.taken)


def test_a_moodle_download_that_was_cut_off_is_nobodys_hand_in(course: Course, tmp_path: Path, kit: "Kit") -> None:
    first = kit.hand_in("ana01")
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w", zipfile.ZIP_STORED) as archive:  # as Moodle's does with what is packed already
        for name, data in download(kit, Ana_Evans=first, Ben_Jones=kit.hand_in("b3n")).items():
            archive.writestr(name, data)
    (tmp_path / "half.zip").write_bytes(memory.getvalue()[: len(first) + 500])
    report = intake(course, [tmp_path / "half.zip"], "w01")
    assert not report.taken
    assert "is not complete: download it again" in report.refused[0].reason


def test_a_moodle_download_without_folders(course: Course, tmp_path: Path, kit: "Kit") -> None:
    path = tmp_path / "x.zip"
    path.write_bytes(kit.zipped({f"{moodle('Ana Evans')}w01.zip": kit.hand_in(None)}))
    assert intake(course, [path], "w01").taken[0].student.id == "ana01"


def test_moodles_name_tells_where_the_manifest_does_not(course: Course, tmp_path: Path, kit: "Kit") -> None:
    raw = kit.answers(q01="a")
    by_hand = kit.zipped({"my work/answers.json": raw, "__MACOSX/._x": b"", "my work/w01-small (1).ipynb": b"nb"})
    path = tmp_path / "x.zip"
    # Moodle leaves the apostrophe out of a name.
    path.write_bytes(kit.zipped(download(kit, Ana_Evans=by_hand) | {f"{moodle('Ben OBrien, Jr')}/w.zip": kit.hand_in("b3n")}))
    report = intake(course, [path], "w01")
    ana, ben = sorted(report.taken, key=lambda taken: taken.student.id)
    assert (ana.student.id, ben.student.id) == ("ana01", "ben01")
    assert any("no manifest" in oddity for oddity in ana.oddities)
    assert any("b3n" in oddity and "Moodle" in oddity for oddity in ben.oddities)
    assert ana.handed_in_at == datetime(2026, 11, 19, 9, 30, tzinfo=UTC), "Moodle's own time of the file"
    assert contents(submitted(course, "ana01"))["w01-small.ipynb"] == b"nb"


def test_two_different_students_named_is_for_a_person(course: Course, tmp_path: Path, kit: "Kit") -> None:
    path = tmp_path / "x.zip"
    path.write_bytes(kit.zipped(download(kit, Ana_Evans=kit.hand_in("cai01"))))
    (refused,) = intake(course, [path], "w01").refused
    assert "cai01" in refused.reason
    assert "ana01" in refused.reason


def test_a_name_inside_the_students_own_zip_is_not_moodles(course: Course, tmp_path: Path, kit: "Kit") -> None:
    forged = kit.zipped({f"{moodle('Ben OBrien, Jr')}/w01.zip": kit.hand_in(None)})
    path = tmp_path / "x.zip"
    path.write_bytes(kit.zipped(download(kit, Ana_Evans=forged)))
    report = intake(course, [path], "w01")
    assert [taken.student.id for taken in report.taken] == ["ana01"]


def test_one_name_of_two_students_is_for_a_person(course: Course, tmp_path: Path, kit: "Kit") -> None:
    with course.gradebook() as gradebook:
        gradebook.add_student("ana02", first_name="Ana", last_name="Evans")
    path = tmp_path / "x.zip"
    path.write_bytes(kit.zipped(download(kit, Ana_Evans=kit.hand_in(None))))
    assert "fits ana01, ana02" in intake(course, [path], "w01").refused[0].reason
    path.write_bytes(kit.zipped(download(kit, Ana_Evans=kit.hand_in("ana02"))))
    assert intake(course, [path], "w01").taken[0].student.id == "ana02"


@pytest.mark.parametrize("packed", [True, False], ids=["zip", "folder"])
def test_loose_files_in_moodles_folder(course: Course, tmp_path: Path, kit: "Kit", *, packed: bool) -> None:
    files = {f"{moodle('Ana Evans')}/answers.json": kit.answers(q01="a"), f"{moodle('Ana Evans')}/w01-small.ipynb": b"nb"}
    path = tmp_path / "d"
    if packed:
        path.write_bytes(kit.zipped(files))
    else:
        for name, data in files.items():
            (path / name).parent.mkdir(parents=True, exist_ok=True)
            (path / name).write_bytes(data)
    for _ in range(2):
        report = intake(course, [path], "w01")
    assert len(report.repeated) == 1
    assert contents(submitted(course, "ana01"))["w01-small.ipynb"] == b"nb"


def test_a_zip_packed_again_by_the_student(course: Course, take: Callable[..., IntakeReport], kit: "Kit") -> None:
    assert take(a=nested(kit.hand_in("ana01"), 2, kit)).taken[0].student.id == "ana01"
    assert submitted(course, "ana01").is_dir()


def test_a_file_that_is_too_large_is_kept_all_the_same(course: Course, tmp_path: Path) -> None:
    path = tmp_path / "film.zip"
    with path.open("wb") as file:
        file.truncate(61_000_000)
    (refused,) = intake(course, [path], "w01").refused
    assert "60 MB" in refused.reason
    assert (refused.folder / "film.zip").stat().st_size == 61_000_000


def test_a_path_that_does_not_exist_stops_before_anything_is_taken(course: Course, tmp_path: Path, kit: "Kit") -> None:
    good = tmp_path / "a.zip"
    good.write_bytes(kit.hand_in("ana01"))
    with pytest.raises(ClassError, match="There is no file"):
        intake(course, [good, tmp_path / "b.zip"], "w01")
    assert not list((course.root / "submitted").iterdir())


def test_a_workbook_that_was_not_released(empty_class: Course, tmp_path: Path) -> None:
    with pytest.raises(ClassError, match="autograde release"):
        intake(empty_class, [tmp_path], "w01")


def test_what_came_by_another_way_is_kept_before_it_is_replaced(course: Course, take: Callable[..., IntakeReport], kit: "Kit") -> None:
    folder = submitted(course, "ana01")
    folder.mkdir(parents=True)
    (folder / "answers.json").write_bytes(kit.answers(q01="b"))
    (folder / "timestamp.txt").write_text("2026-11-18 08:00:00.000000 UTC")
    assert take(a=kit.hand_in("ana01", q01="a")).taken[0].current
    kept = sorted(path.name for path in (course.root / "received/w01-small/ana01").iterdir())
    assert [name[:15] for name in kept] == ["20261118-080000", "20261119-100000"]


def test_names_from_strangers_are_made_printable() -> None:
    assert printable("a\x1b[31mb\n\u202ec" + "d" * 200, 20) == "a�[31mb��cddddddddd…"


no_utf8 = pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such names")


@no_utf8
def test_a_name_that_is_no_utf8_is_in_nobodys_way(course: Course, kit: "Kit", tmp_path: Path) -> None:
    folder, raw = tmp_path / "in", kit.answers(q01="b")
    own = folder / os.fsdecode(b"Si\xe2n_501_assignsubmission_file_")
    own.mkdir(parents=True)
    for name, data in {"answers.json": raw, "manifest.json": kit.manifest("cai01", raw=raw)}.items():
        (own / name).write_bytes(data)
    for byte in (b"\xe8", b"\xe9"):
        (own / os.fsdecode(b"caf" + byte + b".ipynb")).write_bytes(byte)
    (folder / "Zo\udce9.zip").write_bytes(kit.hand_in("ana01"))
    (folder / "Zo\udceb.zip").write_bytes(kit.hand_in("ben01"))
    report = intake(course, [folder], "w01")
    assert sorted(taken.student.id for taken in report.taken) == ["ana01", "ben01"]
    (refused,) = report.refused
    assert "came from" in refused.reason
    assert assign(course, refused.folder, "cai01").taken[0].current
    assert [len(one) for one in (intake(course, [folder], "w01").repeated, intake(course, [folder], "w01").refused)] == [3, 0]


@no_utf8
def test_a_watched_file_whose_name_is_no_utf8_is_taken_in_once(course: Course, kit: "Kit", tmp_path: Path) -> None:
    folder, watch = tmp_path / "synced", Watch(course)
    folder.mkdir()
    for name, learner in {"a.zip": "ana01", "b-Si\udce2n.zip": "cai01", "c.zip": "ben01"}.items():
        (folder / name).write_bytes(kit.hand_in(learner))
    assert watch.look(folder) == ()
    [report] = take_from(course, folder, watch.look(folder)).reports
    assert sorted(taken.student.id for taken in report.taken) == ["ana01", "ben01", "cai01"]
    assert batches(course) == ()
    assert [watch.look(folder) for _ in range(2)] == [(), ()]


def test_what_a_full_disk_could_not_keep_is_taken_in_with_a_later_look(
    course: Course, kit: "Kit", tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, watch = tmp_path / "synced", Watch(course)
    folder.mkdir()
    (folder / "ana.zip").write_bytes(kit.hand_in("ana01"))
    (folder / "x.zip").write_bytes(b"x")

    def full(path: Path, data: bytes) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))

    with monkeypatch.context() as patch:
        patch.setattr(store, "write_file", full)
        patch.setattr(quarantine, "write_file", full)
        assert watch.look(folder) == ()
        for _ in range(2):
            [report] = take_from(course, folder, watch.look(folder)).reports
            assert [one.kept for one in report.refused] == [False, False]
    assert (batches(course), take_ins(course), [*course.root.glob("quarantine/*")]) == ((), (), [])
    [report] = take_from(course, folder, watch.look(folder)).reports
    assert ([one.student.id for one in report.taken], [one.kept for one in report.refused]) == (["ana01"], [True])
    assert watch.look(folder) == ()


def test_what_cannot_be_taken_in_from_a_watched_folder_waits_once(course: Course, kit: "Kit", tmp_path: Path) -> None:
    folder, gradebook, watch = tmp_path / "synced", course.root / "gradebook.db", Watch(course)
    folder.mkdir()
    (folder / "ana.zip").write_bytes(kit.hand_in("ana01"))
    gradebook.rename(gradebook.with_suffix(".away"))
    for look in range(4):
        if files := watch.look(folder):
            assert look == 1
            with pytest.raises(ClassError, match="is missing"):
                take_from(course, folder, files)
    gradebook.with_suffix(".away").rename(gradebook)
    [batch] = batches(course)
    assert batch.files == ("ana.zip",)
    assert [taken.student.id for taken in intake(course, [course.root / "received" / ".arrived" / batch.name], "w01").taken] == ["ana01"]
