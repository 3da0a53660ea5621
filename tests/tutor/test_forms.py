"""The forms in which hand-ins arrive: what browsers, Moodle, Canvas and people make of them."""

import io
import json
import os
import shutil
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from autograde.classes.folder import Course
from autograde.inbox.dropped import take_in
from autograde.inbox.intake import IntakeReport, intake
from tests.conftest import ROOT, as_somebody

if TYPE_CHECKING:
    from tests.tutor.conftest import Kit

Files = dict[str, bytes]
ANA = "Ana Evans_502_assignsubmission_file_"
BEN = "Ben OBrien, Jr_503_assignsubmission_file_"


def loose(kit: "Kit", student: str | None, form: str = "{}.json", choice: str = "a") -> Files:
    """Give answers and manifest with names as `form` makes them."""
    raw = kit.answers(q01=choice)
    files = {form.format("answers"): raw}
    return files if student is None else files | {form.format("manifest"): kit.manifest(student, raw=raw)}


def below(folder: str, files: Files) -> Files:
    return {f"{folder}/{name}": data for name, data in files.items()}


FORMS: "dict[str, Callable[[Kit], Files]]" = {
    "loose": lambda kit: loose(kit, "ana01"),
    "unpacked by Safari": lambda kit: below("w01-small-20261119-100000-7F3A", loose(kit, "ana01") | {"w01-small.ipynb": b"nb"}),
    "loose, a browser's number": lambda kit: loose(kit, "ana01", "{} (1).json"),
    "loose, a hyphen and a number": lambda kit: loose(kit, "ana01", "{}-1.json"),
    "loose, Copy of": lambda kit: loose(kit, "ana01", "Copy of {}.json"),
    "loose, - Copy": lambda kit: loose(kit, "ana01", "{} - Copy (2).json"),
    "loose, as text": lambda kit: loose(kit, "ana01", "{}.json.txt"),
    "only one renamed": lambda kit: {
        "answers (3).json": kit.answers(q01="a"),
        "manifest.json": kit.manifest("ana01", raw=kit.answers(q01="a")),
    },
    "Moodle, flat": lambda kit: loose(kit, "ana01", ANA + "{}.json"),
    "Moodle, flat, renamed": lambda kit: loose(kit, "ana01", ANA + "{} (1).json"),
    "Moodle, flat, no manifest": lambda kit: loose(kit, None, ANA + "{}.json"),
    "Moodle, surname first": lambda kit: loose(kit, None, "Evans, Ana_502_assignsubmission_file_/{}.json"),
    "Moodle, surname first, no comma": lambda kit: loose(kit, None, "Evans Ana_502_assignsubmission_file_/{}.json"),
    "Moodle, new folders": lambda kit: loose(kit, None, "Ana Evans_502_assignsubmission_file/{}.json"),
    "Moodle, a folder in it": lambda kit: below(ANA, below("my work", loose(kit, "ana01"))),
    "Moodle, in one more folder": lambda kit: below("Care-w01-77", below(ANA, loose(kit, None))),
    "Moodle, Default group": lambda kit: below("Default group_assignsubmission_file", {"w01.zip": kit.hand_in("ana01")}),
    "Moodle, Default group, loose": lambda kit: below("Grŵp diofyn_assignsubmission_file_", loose(kit, "ana01")),
    "Moodle, blind": lambda kit: {"Participant_502_assignsubmission_file_/x.zip": kit.hand_in("ana01")},
    "a zip in a zip": lambda kit: {"again.zip": kit.zipped({"w01.zip": kit.hand_in("ana01"), "__MACOSX/._w01.zip": b"\0"})},
    "a zip of renamed files": lambda kit: {"x.zip": kit.zipped(loose(kit, "ana01", "{} (1).json"))},
    "Canvas": lambda kit: {"evansana_12_345_w01-small.zip": kit.hand_in("ana01"), "obrienjrben_13_346_w01.zip": kit.hand_in("b3n")},
    "Canvas, no manifest": lambda kit: {"evansana_12_345_w.zip": kit.zipped(loose(kit, None)), "x_1_text.html": b"<p>"},
    "Canvas, loose": lambda kit: loose(kit, "ana01", "evansana_LATE_12_345_{}.json"),
    "Canvas, hidden": lambda kit: {"LATE_anon_5xY_345_w01.zip": kit.hand_in("ana01"), "anon_6_346_w01.zip": kit.hand_in("ben01")},
}


def put(folder: Path, files: Files) -> None:
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)


def take(course: Course, tmp_path: Path, kit: "Kit", files: Files, *, packed: bool = False) -> IntakeReport:
    path = tmp_path / f"in{len(list(tmp_path.iterdir()))}"
    path.mkdir()
    if packed:
        (path / "all.zip").write_bytes(kit.zipped(files))
        path /= "all.zip"
    else:
        put(path, files)
    return intake(course, [path], "w01")


@pytest.mark.parametrize("packed", [False, True], ids=["folder", "zip"])
@pytest.mark.parametrize("form", FORMS)
def test_a_form_is_taken_in(course: Course, tmp_path: Path, kit: "Kit", form: str, *, packed: bool) -> None:
    report = take(course, tmp_path, kit, FORMS[form](kit), packed=packed)
    assert report.refused == ()
    assert "ana01" in [taken.student.id for taken in report.taken]
    path = course.path("submitted", "ana01", "w01-small") / "answers.json"
    assert json.loads(path.read_bytes())["answers"]["w01-q01"]["value"] == "a"
    again = take(course, tmp_path, kit, FORMS[form](kit), packed=packed)
    assert (again.taken, len(again.repeated)) == ((), len(report.taken))


def test_loose_files_of_several_are_told_apart(course: Course, tmp_path: Path, kit: "Kit") -> None:
    """A manifest knows its answers by their digest, whatever number a browser gave each."""
    files = loose(kit, "ana01", choice="a") | loose(kit, "ben01", "{} (1).json", choice="b")
    third = loose(kit, "cai01", "{} (2).json", choice="c")
    files |= {"answers (2).json": third["answers (2).json"], "manifest (7).json": third["manifest (2).json"]}
    report = take(course, tmp_path, kit, files | {"notes/dai.zip": kit.hand_in("eve99")})
    assert sorted(taken.student.id for taken in report.taken) == ["ana01", "ben01", "cai01"]
    assert not any("changed after" in oddity for taken in report.taken for oddity in taken.oddities)
    assert len(report.refused) == 1


def test_flat_files_of_several_in_moodle(course: Course, tmp_path: Path, kit: "Kit") -> None:
    report = take(course, tmp_path, kit, loose(kit, None, ANA + "{}.json") | loose(kit, None, BEN + "{}.json", "b"))
    assert [taken.student.id for taken in report.taken] == ["ana01", "ben01"]


@pytest.mark.parametrize("packed", [False, True], ids=["folder", "zip"])
@pytest.mark.parametrize("flat", [False, True], ids=["folders", "flat"])
def test_text_entries_are_no_fault(course: Course, tmp_path: Path, kit: "Kit", *, packed: bool, flat: bool) -> None:
    mark = "_" if flat else "/"
    files = {
        f"Ana Evans_502_assignsubmission_file{mark}w01.zip": kit.hand_in("ana01"),
        f"Ana Evans_502_assignsubmission_onlinetext{mark}onlinetext.html": b"<p>See my file",
        f"Siân Ŵyn_504_assignsubmission_onlinetext{mark}onlinetext.html": b"<p>Sorry",
        f"Ben OBrien, Jr_503_assignsubmission_file{mark}w01.zip": kit.hand_in("ben01"),
        f"Ben OBrien, Jr_503_assignsubmission_file{mark}photo.jpg": b"jpg",
    }
    report = take(course, tmp_path, kit, files, packed=packed)
    assert (sorted(taken.student.id for taken in report.taken), report.refused) == (["ana01", "ben01"], ())
    said = " · ".join(report.passed)
    assert "2 text entries passed over" in said
    assert "Only a text and no file came from Moodle participant 504 (Siân Ŵyn)" in said
    assert "1 other file beside" in said


def test_canvas_says_late(course: Course, tmp_path: Path, kit: "Kit") -> None:
    report = take(course, tmp_path, kit, FORMS["Canvas, hidden"](kit))
    assert {taken.student.id: "Canvas" in taken.late for taken in report.taken} == {"ana01": True, "ben01": False}


def test_two_who_send_the_same_wrong_file_have_an_entry_each(course: Course, tmp_path: Path, kit: "Kit") -> None:
    for _ in range(2):
        report = take(course, tmp_path, kit, {f"{ANA}/essay.docx": b"PK no zip", f"{BEN}/essay.docx": b"PK no zip"})
    reasons = [path.read_text("utf-8") for path in course.root.glob("quarantine/*/reason.txt")]
    assert sorted("Ana Evans (ana01)" in reason for reason in reasons) == [False, True]
    assert sorted("Jr (ben01)" in reason for reason in reasons) == [False, True]
    assert len({refused.folder for refused in report.refused}) == 2


def office(kit: "Kit", *names: str) -> bytes:
    return kit.zipped(dict.fromkeys(names, b"<x/>"))


def open_document() -> bytes:
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w") as archive:  # its first entry is not packed, so that programs can tell what it is
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        archive.writestr("content.xml", "<x/>")
    return memory.getvalue()


MISTAKEN: "dict[str, tuple[Callable[[Kit], bytes], str]]" = {
    "essay.docx": (lambda kit: office(kit, "[Content_Types].xml", "_rels/.rels", "word/document.xml"), "a Word document"),
    "from-google.zip": (lambda kit: office(kit, "word/document.xml", "word/media/a.png", "[Content_Types].xml"), "a Word document"),
    "marks.xlsx": (lambda kit: office(kit, "[Content_Types].xml", "xl/workbook.xml"), "an Excel spreadsheet"),
    "talk.pptx": (
        lambda kit: office(kit, "[Content_Types].xml", *(f"ppt/slides/slide{n}.xml" for n in range(300))),
        "a PowerPoint presentation",
    ),
    "essay.pages": (lambda kit: office(kit, "Index/Document.iwa", "preview.jpg"), "a Pages document"),
    "essay.odt": (lambda _: open_document(), "a LibreOffice document"),
    "essay.doc": (lambda _: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500), "an office document"),
    "essay.rtf": (lambda _: b"{\\rtf1\\ansi I had no time}", "a text document"),
    "essay.pdf": (lambda _: b"%PDF-1.7\n", "a PDF"),
    "w01.zip": (lambda _: b"%PDF-1.7\n", "a PDF"),
    "screen.png": (lambda _: b"\x89PNG\r\n\x1a\n", "a picture"),
    "photo.jpg": (lambda _: b"\xff\xd8\xff\xe0\0\x10JFIF", "a picture"),
    "photo.heic": (lambda _: b"\0\0\0\x18ftypheic", "a picture or a film"),
    "receipt.html": (lambda _: b"<!DOCTYPE html>\n<html>", "a web page"),
}


@pytest.mark.parametrize("packed", [False, True], ids=["folder", "zip"])
@pytest.mark.parametrize("name", MISTAKEN)
def test_what_a_student_gave_by_mistake_is_named(course: Course, tmp_path: Path, kit: "Kit", name: str, *, packed: bool) -> None:
    make, what = MISTAKEN[name]
    given = make(kit)
    files = {f"{ANA}/{name}": given, f"{BEN}/w01.zip": kit.hand_in("ben01")}
    report = take(course, tmp_path, kit, files, packed=packed)
    assert [taken.student.id for taken in report.taken] == ["ben01"]
    (refused,) = report.refused
    assert refused.reason == f'it is {what}, not a hand-in: ask the learner for the file that "Save the file" makes'
    assert (refused.folder / name).read_bytes() == given, "it opens by its own name"


def test_the_button_that_the_student_is_asked_to_press_is_called_so() -> None:
    words = (ROOT / "src" / "workbook_helpers" / "locale" / "en" / "hand-in.ftl").read_text("utf-8")
    assert "\nreceipt-save = Save the file\n" in words


def test_a_hand_in_with_a_document_in_it_is_a_hand_in(course: Course, tmp_path: Path, kit: "Kit") -> None:
    document = dict.fromkeys(("[Content_Types].xml", "word/document.xml"), b"<x/>")
    report = take(course, tmp_path, kit, {"a.zip": kit.zipped(loose(kit, "ana01") | document)})
    assert [taken.student.id for taken in report.taken] == ["ana01"]


def test_a_student_cannot_pass_for_another_from_inside(course: Course, tmp_path: Path, kit: "Kit") -> None:
    forged = kit.zipped({BEN + "/w01.zip": kit.hand_in(None)})
    for folder in (ANA, "Default group_assignsubmission_file"):
        report = take(course, tmp_path, kit, {f"{folder}/w01.zip": forged})
        assert [taken.student.id for taken in report.taken] == (["ana01"] if folder == ANA else [])


def test_the_class_goes_on_past_what_cannot_be_opened(course: Course, tmp_path: Path, kit: "Kit") -> None:
    folder = tmp_path / "in"
    put(folder, {"a.zip": kit.hand_in("ana01"), "/".join(["m"] * 40) + "/b.zip": kit.hand_in("ben01"), "z.zip": kit.hand_in("cai01")})
    here = Path.cwd()
    deep = folder / "n"
    deep.mkdir()
    os.chdir(deep)
    try:
        for _ in range(30):  # longer than a path may be
            Path("x" * 200).mkdir()
            os.chdir("x" * 200)
    finally:
        os.chdir(here)
    if sys.platform == "linux":
        (folder / os.fsdecode(b"c\xff\xfe.zip")).write_bytes(b"no zip")
    report = intake(course, [folder], "w01")
    assert [taken.student.id for taken in report.taken] == ["ana01", "cai01"]
    reasons = " · ".join(refused.reason for refused in report.refused)
    assert "more than 12 folders deep" in reasons
    assert all(refused.kept and refused.file.isprintable() for refused in report.refused)
    assert len(report.refused) == 2 + (sys.platform == "linux")


@pytest.mark.skipif(sys.platform == "win32", reason="rights are other there")
@pytest.mark.parametrize("mode", [0, 0o644], ids=["closed", "listed"])
def test_a_folder_without_the_right_to_look_into_is_told(course: Course, tmp_path: Path, kit: "Kit", mode: int) -> None:
    folder = tmp_path / "in"
    put(
        folder,
        {"a.zip": kit.hand_in("ana01"), "locked/b.zip": kit.hand_in("ben01"), "locked/marks.csv": b"", "z.zip": kit.hand_in("cai01")},
    )
    warm = Course(Path(shutil.copytree(course.root, tmp_path / "warm")))
    take_in(warm, [folder], workbook="w01")  # loads each module: where Python is root's own, nobody else may
    (folder / "locked").chmod(mode)

    def take() -> bool:
        (report,) = take_in(course, [folder, folder / "locked"], workbook="w01").reports
        return [taken.student.id for taken in report.taken] == ["ana01", "cai01"] and "Permission denied" in report.refused[0].reason

    if os.getuid() == 0:
        for path in (course.root, *course.root.rglob("*")):
            os.chown(path, 65534, 65534)  # their own class: nobody else's is used
    assert as_somebody(tmp_path, take)


def test_the_class_goes_on_where_quarantine_cannot_be_written(course: Course, tmp_path: Path, kit: "Kit") -> None:
    (course.root / "quarantine").rmdir()
    (course.root / "quarantine").write_text("in the way")
    report = take(course, tmp_path, kit, {"a.zip": b"no zip", "b.zip": kit.hand_in("ben01")})
    assert [taken.student.id for taken in report.taken] == ["ben01"]
    (refused,) = report.refused
    assert not refused.kept
    assert "not a zip" in refused.reason
    assert "could not be put into quarantine" in refused.reason
