"""Keep safe: backups and restores at the desk, a class packed and opened elsewhere, and folders that are not safe."""

import hashlib
import io
import json
import re
import shutil
import threading
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Page, expect

from autograde.classes import backups
from autograde.classes.folder import Course
from autograde.classes.packing import MANIFEST, pack
from autograde.classes.unpacking import only_sets_up, unpack
from autograde.desk import home, keep_safe
from autograde.desk.following import see_to
from autograde.desk.pages import Asked, Done, UnfitError
from autograde.desk.standing import standing
from autograde.desk.work import Worker
from autograde.errors import ClassError
from autograde.gradebook.database import let_go
from autograde.gradebook.keep import backup, restore
from autograde.gradebook.synced import synced_by
from autograde.records.copies import written_in
from autograde.records.opening import reading
from tests.axe import violations
from tests.conftest import free_port
from tests.desk.conftest import Desk, Serve, fits, said, start
from tests.desk.test_learner_parts import run
from tests.tutor.conftest import ASSIGNMENT


@pytest.fixture(scope="module")
def safe(serve: Serve, model: Path, surroundings: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """The class at a desk of its own, with settings of its own, as these tests exchange its gradebook."""
    folder = tmp_path_factory.mktemp("safe")
    (folder / "stick").mkdir()
    root = Path(shutil.copytree(model, folder / "class"))
    return start(serve, root, {**surroundings, "JUPYTER_CONFIG_DIR": str(folder / "settings")}, free_port())


@pytest.fixture
def page_of(safe: Desk, paged: Page) -> Page:
    """Keep safe, opened."""
    return safe.enter(paged, "keep-safe")


@pytest.fixture
def own(course: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Course]:
    """A class with settings of its own on this computer."""
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(tmp_path / "settings"))
    yield course
    let_go(course.db_url)


def give(course: Course, points: float) -> None:
    with course.gradebook() as gradebook:
        gradebook.find_grade("w01-t01", ASSIGNMENT, ASSIGNMENT, "ana01").manual_score = points
        gradebook.db.commit()


def points(course: Course) -> float:
    with course.gradebook() as gradebook:
        found: float = gradebook.find_grade("w01-t01", ASSIGNMENT, ASSIGNMENT, "ana01").manual_score
        return found


@pytest.mark.parametrize(
    ("path", "program"),
    [
        ("Users/Ann/OneDrive - The College/Care", "OneDrive"),
        ("Users/Ann/OneDrive/care", "OneDrive"),
        ("Users/ann/Library/CloudStorage/OneDrive-TheCollege/care", "OneDrive"),
        ("home/ann/Dropbox (Personal)/care", "Dropbox"),
        ("Users/ann/Library/CloudStorage/GoogleDrive-ann@example.org/My Drive/care", "Google Drive"),
        ("G/My Drive/care", "Google Drive"),
        ("Users/ann/Library/Mobile Documents/com~apple~CloudDocs/care", "iCloud"),
        ("Users/ann/iCloudDrive/care", "iCloud"),
        ("home/ann/Nextcloud/care", "Nextcloud"),
        ("home/ann/Documents/care", ""),
        ("home/ann/Documents/dropboxes/care", ""),
    ],
)
def test_a_folder_that_is_kept_in_step_is_known_by_its_name(tmp_path: Path, path: str, program: str) -> None:
    assert synced_by(tmp_path / path) == program


def test_and_by_what_is_in_it_or_said_of_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = tmp_path / "work" / "care"
    place.mkdir(parents=True)
    assert synced_by(place) == ""
    (tmp_path / "work" / ".dropbox.cache").mkdir()
    assert synced_by(place) == "Dropbox"
    (tmp_path / "work" / ".dropbox.cache").rmdir()
    monkeypatch.setenv("OneDriveCommercial", str(tmp_path / "work"))
    assert synced_by(place) == "OneDrive"
    monkeypatch.delenv("OneDriveCommercial")
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / ".dropbox").mkdir()
    (tmp_path / ".dropbox" / "info.json").write_text(json.dumps({"personal": {"path": str(tmp_path / "work")}}), "utf-8")
    assert synced_by(place) == "Dropbox"
    (tmp_path / ".dropbox" / "info.json").write_text('["odd"]', "utf-8")
    assert synced_by(place) == ""


def test_backups_lie_in_the_chosen_folder(own: Course, tmp_path: Path) -> None:
    assert backups.last_backup(own) is None
    for odd in ("", "stick", str(tmp_path / "nowhere"), str(own.root / "received")):
        with pytest.raises(ClassError, match=r"no folder|lies in the class"):
            backups.choose_folder(own, odd)
    (tmp_path / "stick").mkdir()
    folder = backups.choose_folder(own, str(tmp_path / "stick"))
    assert backups.folder_for(own) == folder
    held = backups.back_up(own, folder)
    assert (held.students, held.workbooks, held.marks) == (6, 1, 2)
    (folder / held.path.name.replace(own.course_id, f"{own.course_id}-autumn")).write_bytes(b"another class's")
    assert [one.path for one in backups.backups(own)] == [held.path]
    assert backups.last_backup(own) is not None
    assert backups.find_backup(own, held.path.name) == held.path
    for name in ("../gradebook.db", str(own.root / "gradebook.db"), "nowhere.db"):
        with pytest.raises(ClassError, match="not there any more"):
            backups.find_backup(own, name)


def test_a_class_is_the_same_when_it_was_moved(own: Course, tmp_path: Path) -> None:
    before = home.data(own)
    told: list[tuple[int, int]] = []
    (own.root / "link").symlink_to(tmp_path)
    (own.root / "received" / ".part-x").write_bytes(b"half")
    made = pack(own, tmp_path / "class.zip", lambda done, total: told.append((done, total)))
    assert told[-1] == (made.files, made.files)
    with zipfile.ZipFile(made.path) as packed:
        names = packed.namelist()
        assert packed.testzip() is None
    assert not [name for name in names if "link" in name or ".part-" in name or "serve.log" in name or name.endswith("-wal")]
    (tmp_path / "there").mkdir()
    moved = unpack(made.path, tmp_path / "there")
    assert moved.root == tmp_path / "there" / "class"
    there = home.data(moved)
    assert [line.cells for line in there.lines] == [line.cells for line in before.lines]
    assert [one.id for one in standing(moved).learners] == [one.id for one in standing(own).learners]
    for path in own.root.rglob("*"):
        twin = moved.root / path.relative_to(own.root)
        if path.is_file() and not path.is_symlink() and not path.name.startswith(("gradebook.db", "serve.log", ".part-", "release.lock")):
            assert twin.read_bytes() == path.read_bytes()
            assert abs(twin.stat().st_mtime - path.stat().st_mtime) < 1
    with pytest.raises(ClassError, match="already"):
        unpack(made.path, tmp_path / "there")
    with pytest.raises(ClassError, match="already"):
        pack(own, made.path)
    with pytest.raises(ClassError, match="Nothing was made"):
        unpack(made.path, tmp_path / "nowhere")
    let_go(moved.db_url)


def _again(source: Path, target: Path, change: Callable[[dict[str, bytes]], None]) -> Path:
    """Write a packed class anew, with something changed."""
    with zipfile.ZipFile(source) as packed:
        parts = {name: packed.read(name) for name in packed.namelist()}
    change(parts)
    with zipfile.ZipFile(target, "w") as packed:
        for name, content in parts.items():
            packed.writestr(name, content)
    return target


def test_what_is_no_whole_class_is_not_opened(own: Course, tmp_path: Path) -> None:
    made = pack(own, tmp_path / "class.zip").path
    out = tmp_path / "out"
    out.mkdir()

    def rewritten(path: str, content: bytes) -> Callable[[dict[str, bytes]], None]:
        def change(parts: dict[str, bytes]) -> None:
            about = json.loads(parts[MANIFEST])
            row = next(one for one in about["files"] if one["path"] == "nbgrader_config.py")
            row |= {"path": path, "size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
            parts[MANIFEST], parts[f"class/{path}"] = json.dumps(about).encode(), content

        return change

    def spoilt(parts: dict[str, bytes]) -> None:
        parts["class/gradebook.db"] = parts["class/gradebook.db"][:-1] + b"x"

    def missing(parts: dict[str, bytes]) -> None:
        del parts["class/gradebook.db"]

    def unlisted(parts: dict[str, bytes]) -> None:
        del parts[MANIFEST]

    settings = (own.root / "nbgrader_config.py").read_bytes()
    evil = settings + f"\nopen({str(tmp_path / 'ran')!r}, 'w')\n".encode()
    cases = {
        "is not as it was packed": spoilt,
        "gradebook.db is missing": missing,
        "not made by this program": unlisted,
        "which no class has": rewritten("../out.txt", b"x"),
        "names a file": rewritten("C:/out.txt", b"x"),
        "it holds no class": rewritten("other.py", settings),
        "hold more than this program writes": rewritten("nbgrader_config.py", evil),
    }
    for what, change in cases.items():
        with pytest.raises(ClassError, match=what):
            unpack(_again(made, tmp_path / "odd.zip", change), out)
        assert list(out.iterdir()) == []
    assert not (tmp_path / "out.txt").exists()
    (tmp_path / "odd.zip").write_bytes(b"PK no zip")
    with pytest.raises(ClassError, match="no packed class"):
        unpack(tmp_path / "odd.zip", out)
    assert not (tmp_path / "ran").exists()
    trusted = unpack(_again(made, tmp_path / "odd.zip", cases["hold more than this program writes"]), out, trusted=True)
    assert trusted.root.is_dir()


def test_settings_that_do_more_are_known() -> None:
    start = "from autograde.settings import configure\n\nc = get_config()\n"
    assert only_sets_up(f'{start}configure(c, course="x", folder=__file__)\n')
    for more in ("import os", 'configure(c, course=open("x").read())', "c.A.b = 1", "configure(c, **{})", "x = (", "configure(d)"):
        assert not only_sets_up(start + more)


def test_the_commands_do_the_same(own: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "stick").mkdir()
    backups.choose_folder(own, str(tmp_path / "stick"))
    code, text = run(own, monkeypatch, capsys, "backup")
    assert code == 0, text
    assert len(list((tmp_path / "stick").glob("*.db"))) == 1
    code, text = run(own, monkeypatch, capsys, "pack", str(tmp_path / "stick" / "class.zip"))
    assert code == 0, text
    (tmp_path / "there").mkdir()
    code, text = run(own, monkeypatch, capsys, "unpack", str(tmp_path / "stick" / "class.zip"), str(tmp_path / "there"))
    assert code == 0, text
    assert (tmp_path / "there" / "class" / "gradebook.db").is_file()


def test_a_backup_is_made_and_brought_back_and_that_is_undone(safe: Desk, page_of: Page) -> None:
    page, stick = page_of, safe.course.root.parent / "stick"
    page.get_by_label("Folder for backups").fill("nowhere")
    page.get_by_role("button", name="Back up now").click()
    expect(page.get_by_text("There is no folder nowhere.")).to_be_visible()
    page.get_by_label("Folder for backups").fill(str(stick))
    page.get_by_role("button", name="Back up now").press("Enter")
    said(page, "The marks are backed up")
    expect(page.locator("#last-backup")).to_contain_text("was made on")
    before = points(safe.course)
    give(safe.course, 3)
    page.goto(f"{safe.base}/formgrader")  # which keeps the gradebook open from now on
    expect(page.locator("#workbooks, #main-panel, body").first).to_be_visible()
    page.request.get(f"{safe.base}/formgrader/api/assignments")
    page.goto(f"{safe.base}/desk/keep-safe")
    page.locator("#backup-list summary").click()
    page.get_by_role("button", name="See what would change").first.click()
    asked = page.get_by_role("region", name="Bring this backup back?")
    expect(asked).to_be_focused()
    expect(asked).to_be_in_viewport(ratio=0.9)
    assert points(safe.course) == 3, "nothing is done yet"
    assert violations(page) == []
    page.get_by_role("button", name="Bring it back").click()
    said(page, "The marks of the backup are back")
    assert points(safe.course) == before
    with page.expect_response("**/desk/keep-safe**"):
        page.get_by_role("button", name="Undo").click()
    page.wait_for_load_state("networkidle")
    said(page, "The marks of the backup are back")
    assert points(safe.course) == 3
    assert page.request.get(f"{safe.base}/formgrader/api/assignments").ok, "formgrader goes on"
    page.get_by_role("button", name="Mark all again").click()
    expect(page.locator("#now")).to_contain_text("4 hand-ins marked again", timeout=20_000)


def test_a_download_is_a_whole_backup_and_goes_back_in(safe: Desk, page_of: Page, tmp_path: Path) -> None:
    page = page_of
    with page.expect_download() as started:
        page.get_by_role("link", name="Download a backup").click()
    file = tmp_path / started.value.suggested_filename
    started.value.save_as(file)
    assert file.suffix == ".db"
    before = points(safe.course)
    give(safe.course, 5)
    field = page.get_by_label("the file of a backup")
    (tmp_path / "odd.db").write_bytes(b"odd")
    form = page.locator("#form-file")
    field.set_input_files(tmp_path / "odd.db")
    form.locator(".wb-button").click()
    expect(page.get_by_text("is no backup of this class's gradebook")).to_be_visible()
    page.get_by_label("the file of a backup").set_input_files(file)
    page.locator("#form-file .wb-button").click()
    page.get_by_role("link", name="Leave everything as it is").click()
    assert points(safe.course) == 5
    page.get_by_label("the file of a backup").set_input_files(file)
    page.locator("#form-file .wb-button").click()
    page.get_by_role("button", name="Bring it back").click()
    said(page, "The marks of the backup are back")
    assert points(safe.course) == before


def test_it_works_where_the_gradebook_is_gone(safe: Desk, page_of: Page) -> None:
    made = backups.back_up(safe.course, safe.course.root.parent / "stick")
    gradebook = safe.course.root / "gradebook.db"
    aside = gradebook.rename(gradebook.with_name("aside.db"))
    try:
        page_of.reload()
        page_of.get_by_label("the file of a backup").set_input_files(made.path)
        page_of.locator("#form-file .wb-button").click()
        expect(page_of.get_by_text("nothing that can be read")).to_be_visible()
        page_of.get_by_role("button", name="Bring it back").click()
        said(page_of, "The marks of the backup are back")
        assert gradebook.is_file()
    finally:
        aside.unlink()


def test_the_class_is_packed_with_its_progress(safe: Desk, page_of: Page) -> None:
    stick = safe.course.root.parent / "stick"
    page_of.get_by_label("Folder for the file").fill(str(stick))
    page_of.get_by_role("button", name="Pack the class").click()
    expect(page_of.locator("#now")).to_contain_text(f"is in {stick}", timeout=20_000)
    [packed] = stick.glob("*.zip")
    got = page_of.request.get(f"{safe.base}{page_of.get_by_role('link', name='Download the packed class').get_attribute('href')}")
    assert re.search(r"filename\*=UTF-8''care-level-2-class-[\d-]+\.zip", got.headers["content-disposition"])
    assert int(got.headers["content-length"]) == len(got.body())
    with zipfile.ZipFile(packed) as one, zipfile.ZipFile(io.BytesIO(got.body())) as other:
        assert other.testzip() is None
        assert set(one.namelist()) ^ set(other.namelist()) <= {"class/audit-heads.txt"}  # the log's head is kept when a deed is done
    assert page_of.request.get(f"{safe.base}{page_of.get_by_role('link', name='Download a backup').get_attribute('href')}").ok
    with reading(safe.course) as connection:
        assert {path.parent for path in written_in(connection)} == {stick}, "what is downloaded was nowhere else"
    let_go(safe.course.db_url)  # the desk restores what nobody else holds open


def test_anyone_can_use_the_page(safe: Desk, page_of: Page) -> None:
    schemes: tuple[Literal["light", "dark"], ...] = ("light", "dark")
    for scheme in schemes:
        page_of.emulate_media(color_scheme=scheme)
        assert violations(page_of) == []
    for width in (320, 1280):
        fits(page_of, width)


def test_a_place_that_is_not_safe_is_told(own: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    assert (keep_safe.data(own).synced, keep_safe.data(own).network) == ("", False)
    monkeypatch.setenv("OneDrive", str(own.root.parent))
    monkeypatch.setattr(keep_safe, "on_network", lambda _: True)
    shown = keep_safe.data(own)
    assert (shown.synced, shown.network) == ("OneDrive", True)
    assert home.data(own).unsafe.startswith("OneDrive keeps this class’s folder in step")


def test_nothing_is_brought_back_while_something_runs(own: Course, tmp_path: Path) -> None:
    made = backups.back_up(own, backups.choose_folder(own, str(tmp_path)))
    give(own, 3)
    worker, ends = Worker(), threading.Event()
    asked = Asked(course=own, worker=worker, fields={"backup": made.path.name})
    worker.start("Marking w01", lambda _: str(ends.wait(10)), page="mark")
    with pytest.raises(ClassError, match=r"Marking w01 …\. Wait until that has ended"):
        keep_safe.PAGE.verbs["restore"](asked)
    assert points(own) == 3
    ends.set()
    assert worker.wait(10)
    keep_safe.PAGE.verbs["restore"](asked)
    assert points(own) == 7


def test_the_undo_of_a_restore_takes_nothing_away_that_was_given_since(own: Course, tmp_path: Path) -> None:
    def do(fields: dict[str, str]) -> dict[str, str]:
        done = keep_safe.PAGE.verbs["restore"](Asked(course=own, worker=Worker(), fields=fields))
        see_to(own)  # as after each form
        assert isinstance(done, Done)
        assert done.undo
        return dict(done.undo[1])

    made = backups.back_up(own, backups.choose_folder(own, str(tmp_path)))
    give(own, 3)
    undo = do({"backup": made.path.name})
    give(own, 5)
    with pytest.raises(UnfitError, match="This was changed again since, so nothing was taken back"):
        do(undo)
    assert points(own) == 5
    undo = do({"backup": made.path.name})
    assert points(own) == 7
    do(undo)
    assert points(own) == 5


def test_a_restore_at_once_undone_loses_nothing(own: Course, tmp_path: Path) -> None:
    before = points(own)
    held = backup(own, tmp_path / "backup.db")
    give(own, 3)
    for _ in range(2):  # within one second
        let_go(own.db_url)
        kept = restore(own, held.path).kept
        assert kept is not None
        assert points(own) == before
        let_go(own.db_url)
        assert restore(own, kept).kept is not None
        assert points(own) == 3
