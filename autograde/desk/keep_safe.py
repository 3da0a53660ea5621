"""Keep safe: backups of the marks, one brought back, the class on another computer, and where a class does not lie safely."""

from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from shutil import copyfileobj
from tempfile import TemporaryDirectory, TemporaryFile

from autograde.classes import backups
from autograde.classes.backups import Backup
from autograde.classes.folder import Course
from autograde.classes.ids import shown
from autograde.classes.packing import not_packed, pack, pack_name
from autograde.desk.holders import release_gradebook
from autograde.desk.keep_log import Log, Verified, entries, verify
from autograde.desk.keeping import Keeping, keep_for, keeping
from autograde.desk.pages import STANDS, Asked, Done, File, Look, Page, UnfitError, stands
from autograde.desk.work import Tell
from autograde.errors import ClassError
from autograde.gradebook.address import sqlite_file
from autograde.gradebook.disk import on_network
from autograde.gradebook.heads import current_head, keep_head
from autograde.gradebook.keep import Held, backup, restore, would_restore
from autograde.gradebook.synced import synced_by
from autograde.records.outside import catch
from autograde.run.mark import mark_class
from autograde.text import count


@dataclass(frozen=True, kw_only=True)
class Restoring:
    """A restore to be confirmed: the backup's name, what the gradebook holds now (None where it cannot be read), what it would hold."""

    name: str
    now: Held | None
    then: Held


@dataclass(frozen=True, kw_only=True)
class KeepSafe:
    """What the page shows.

    Attributes
    ----------
    root, folder
        Of the class, and of its backups.
    last
        When the last backup was made on this computer, in UTC.
    synced
        The program that keeps the class's folder in step with other computers, "" for none.
    network
        Whether the class lies on a network drive.
    on_server
        Whether the gradebook is on a database server.
    not_packed
        What a packed class needs and does not hold, one sentence each.
    head
        The head of the log, to be written down; "" where there is none, or it cannot be read.
    keeping
        How long learners' data are kept.
    log, verified
        A page of the log, and what became of a check of it; None where it was not asked for.
    """

    root: Path
    folder: Path
    last: datetime | None
    synced: str
    network: bool
    on_server: bool
    backups: tuple[Backup, ...]
    not_packed: tuple[str, ...] = ()
    head: str = ""
    keeping: Keeping = field(default_factory=Keeping)
    restoring: Restoring | None = None
    log: Log | None = None
    verified: Verified | None = None


def data(
    course: Course, restoring: Restoring | None = None, *, log: Log | None = None, verified: Verified | None = None, names: bool = True
) -> KeepSafe:
    """Give what the page shows; it needs no gradebook, since it is wanted most where that is gone."""
    return KeepSafe(
        root=course.root,
        folder=backups.folder_for(course),
        last=backups.last_backup(course),
        synced=synced_by(course.root),
        network=on_network(course.root),
        on_server=sqlite_file(course.db_url) is None,
        backups=tuple(backups.backups(course)),
        not_packed=not_packed(course),
        head=str(current_head(course.db_url) or ""),
        keeping=keeping(course, names=names),
        restoring=restoring,
        log=log,
        verified=verified,
    )


def _show(asked: Asked) -> KeepSafe:
    log = entries(asked.course, asked.text("learner"), asked.number("number", 1)) if asked.text("log") == "1" else None
    return data(asked.course, log=log, names=asked.names)


def _verify(asked: Asked) -> Look:
    """Hold the log against itself, the heads that were kept, and one that is typed."""
    try:
        found = verify(asked.course, asked.text("head"))
    except ClassError as error:
        raise UnfitError(str(error), "head") from error
    return Look(shown=data(asked.course, verified=found, names=asked.names))


def _folder(asked: Asked) -> Path:
    folder = asked.text("folder")
    if folder != str(backups.folder_for(asked.course)):
        folder = folder and str(asked.path("folder"))
    try:
        return backups.choose_folder(asked.course, folder)
    except ClassError as error:
        raise UnfitError(str(error), "folder") from error


def _back_up(asked: Asked) -> Done:
    """Make a backup in the chosen folder."""
    folder = _folder(asked)
    try:
        made = backups.back_up(asked.course, folder)
    except ClassError as error:
        raise UnfitError(str(error), "folder") from error
    return Done(said=f"The marks are backed up: {made.path.name}, in {made.path.parent} ({_holds(made)}).")


def _copy(asked: Asked) -> File:
    """Give a backup to the browser, to be kept where it keeps downloads."""
    with TemporaryDirectory(prefix="autograde-backup-") as private:
        file = Path(private) / backups.backup_name(asked.course)
        backup(asked.course, file, stays=False)
        backups.note_backup(asked.course)
        return File(name=file.name, data=file.read_bytes(), type="application/vnd.sqlite3")


def _holds(held: Held) -> str:
    return f"{count(held.students, 'learner')}, {count(held.workbooks, 'workbook')}, {count(held.marks, 'mark')} given by people"


def _restore_look(asked: Asked) -> Look:
    """Say what would be brought back, and what is there now."""
    name = asked.text("backup")
    try:
        for upload in asked.files.get("file", ()):
            if upload.data:
                name = backups.bring(asked.course, upload.data)
        if not name:
            msg = "Choose a backup of the list, or the file of one."
            raise UnfitError(msg, "file")
        now, then = would_restore(asked.course, backups.find_backup(asked.course, name))
    except ClassError as error:
        raise UnfitError(str(error), "file") from error
    return Look(shown=data(asked.course, Restoring(name=name, now=now, then=then)))


def _restore(asked: Asked) -> Done:
    """Bring a backup back; what is there now is kept."""
    file = backups.find_backup(asked.course, asked.text("backup"))
    asked.worker.refuse_while_working()  # it would go on with what it has read of the gradebook that is put aside
    if asked.text(STANDS):
        asked.see_unchanged(_deeds(asked.course))
    release_gradebook(asked.course)
    held = restore(asked.course, file)
    backups.throw_brought_away(asked.course)
    said = f"The marks of the backup are back: {_holds(held)}. Now mark all hand-ins again, below: what people gave stays."
    if held.back:
        names = ", ".join(map(shown, held.back))
        said += f" Back with it, though erased since it was made: {names}. Erase them again on the page Learners."
    if not (held.kept and _is_whole(asked.course, held.kept)):
        return Done(said=said)
    return Done(said=said, undo=("restore", {"backup": held.kept.name, STANDS: stands(_deeds(asked.course))}))


def _deeds(course: Course) -> str:
    """Give what changes with each deed in the class, also with what another program gave: all of it goes with the gradebook."""
    catch(course)
    keep_head(course)  # that its file is begun is a deed, too
    return str(current_head(course.db_url))


def _is_whole(course: Course, kept: Path) -> bool:
    """Whether what was put aside can be brought back by a restore: one that was damaged before cannot."""
    try:
        would_restore(course, kept)
    except ClassError:
        return False
    return True


def _mark_again(asked: Asked) -> Done:
    """Hold all hand-ins against the marks that came back."""
    course = asked.course

    def do(tell: Tell) -> str:
        done = 0
        for workbook in course.assignments():
            for line in mark_class(course, workbook, force=True):
                done += 1
                tell(done=done, said=f"{line.student}, {workbook}")
        return f"{count(done, 'hand-in')} marked again."

    asked.worker.start("Marking all again", do, page="keep-safe")
    return Done()


def _pack(asked: Asked) -> Done:
    """Pack the class into one file."""
    asked.worker.start("Packing the class", partial(_packed, asked.course, _folder(asked)), page="keep-safe")
    return Done()


def _class(asked: Asked) -> File:
    """Give the packed class to the browser, to be kept where it keeps downloads."""
    held = TemporaryFile(prefix="autograde-class-")  # noqa: SIM115  whoever sends it, piece by piece, closes it
    with TemporaryDirectory(prefix="autograde-class-") as private:
        made = pack(asked.course, Path(private) / pack_name(asked.course), stays=False)
        with made.path.open("rb") as packed:
            copyfileobj(packed, held)
    return File(name=made.path.name, data=held, type="application/zip")


def _packed(course: Course, folder: Path, tell: Tell) -> str:
    made = pack(course, folder / pack_name(course), lambda done, total: tell(done=done, total=total))
    size = f"{max(1, round(made.size / 1e6))} MB"
    return " ".join([f"{made.path.name} is in {made.path.parent} ({count(made.files, 'file')}, {size}).", *made.notes])


PAGE = Page(
    name="keep-safe",
    title="Keep safe",
    show=_show,
    verbs={
        "back-up": _back_up,
        "restore-look": _restore_look,
        "restore": _restore,
        "mark-again": _mark_again,
        "pack": _pack,
        "retention": keep_for,
        "verify": _verify,
    },
    files={"copy": _copy, "class": _class},
    formgrader="gradebook",
)
