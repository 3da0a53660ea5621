"""The changes of wordings in a class: each one's former files are kept, and the last one can be taken back."""

import hashlib
import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from autograde.authoring.part import PartNow
from autograde.classes.folder import Course
from autograde.classes.kept_releases import FOLDER
from autograde.classes.own_keys import GUIDES
from autograde.content import load_key
from autograde.errors import AuthorError, ClassError
from autograde.gradebook.deeds import Deed
from autograde.gradebook.noted import noting
from autograde.inbox.submitted import submissions
from autograde.whole import remove, stage
from workbook_helpers.files import write_file

KEPT = "reworded"
"""The folder of a class that holds its files as they were before each change."""
ABOUT = "change.json"
KEY_ALONE = (
    "This question has been handed in, so its key alone cannot change: marks that were right would be lost. If the key was wrong, "
    "accept a second answer or let the question not count, on the page Questions (autograde accept, void)."
)


class FieldError(AuthorError):
    """What was typed cannot be kept; `field` is the name of the field that it is about, "" for the whole."""

    def __init__(self, text: str, field: str = "") -> None:
        super().__init__(text)
        self.field = field


class StaleError(FieldError):
    """Somebody else has changed what was to be changed."""

    def __init__(self) -> None:
        super().__init__(
            "Somebody has changed this since you opened it, here, in JupyterLab or in a text editor. Nothing was written. "
            "Below each field stands what the file says now; save again to put your words in its place."
        )


@dataclass(frozen=True, kw_only=True)
class Change:
    """A change that was made: the name of the folder with the former files, what was changed, and when, in UTC.

    `waits`: students have not been given it yet.
    """

    name: str
    what: str
    at: datetime
    waits: bool


def last_change(course: Course, assignment: str) -> Change | None:
    """Give the last change that was not taken back; None if there is none."""
    released = course.root / "release" / assignment / "items.toml"
    for path in sorted(course.root.glob(f"{KEPT}/{assignment}/*/{ABOUT}"), reverse=True):
        with suppress(OSError, ValueError, KeyError, TypeError):
            about = json.loads(path.read_bytes())
            if not about.get("undone"):
                at = datetime.fromisoformat(about["at"])
                again = any(name.startswith("source/") for name in about["files"])
                waits = again and (not released.is_file() or released.stat().st_mtime < at.timestamp())
                return Change(name=path.parent.name, what=str(about["what"]), at=at, waits=waits)
    return None


def take_back(course: Course, assignment: str, kept: str) -> str:
    """Bring the files back as they were before a change; gives what was changed.

    Raises
    ------
    AuthorError
        If it is not the last change, something has been changed since, it has been given out, or its key alone would change of a question
        that has been handed in.
    """
    with alone(course):
        found = last_change(course, assignment)
        if found is None or found.name != kept:
            msg = "Only the last change can be taken back." if found else "There is no change that could be taken back."
            raise AuthorError(msg)
        folder = course.root / KEPT / assignment / kept
        about = json.loads((folder / ABOUT).read_bytes())
        for name, after in about["files"].items():
            if _digest(course.root / name) not in (after, _digest(folder / name)):  # a kill in between leaves some as they were
                msg = f"{name} has been changed since, in JupyterLab, a text editor or by a command. Nothing was written."
                raise AuthorError(msg)
        release = course.workbook(assignment).release
        if release != about["release"] and (course.root / FOLDER / assignment / release).is_dir():
            msg = "This wording has been given out since. Change it anew instead."
            raise AuthorError(msg)
        if _key_alone(course, assignment, folder, about):
            raise AuthorError(KEY_ALONE)
        order = sorted(about["files"], key=lambda name: not name.startswith("source/"))  # the question first, then what is right in it
        with noting(course, Deed.REWORD, workbook=assignment, what=about["what"], change=kept, undone=True):
            for name in order:
                before = folder / name
                if before.is_file():
                    write_file(course.root / name, before.read_bytes())
                else:
                    remove(course.root / name)
            write_file(folder / ABOUT, json.dumps({**about, "undone": True}).encode())
    return str(about["what"])


def write_change(course: Course, assignment: str, what: str, files: Mapping[str, bytes]) -> str:
    """Keep the files as they were, then write them; gives the name of what was kept."""
    now = datetime.now(UTC)
    folder = course.root / KEPT / assignment / f"{now:%Y%m%d-%H%M%S-%f}"
    release = course.workbook(assignment).release
    written: list[str] = []
    try:
        folder.mkdir(parents=True)
        for name in files:
            path = course.root / name
            if path.is_file():
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                write_file(folder / name, path.read_bytes())
        digests = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
        about = {"what": what, "at": now.isoformat(), "release": release, "files": digests}
        write_file(folder / ABOUT, json.dumps(about).encode())
        before = {name: _digest(folder / name) for name in files}
        with noting(course, Deed.REWORD, workbook=assignment, what=what, change=folder.name, before=before, after=digests):
            for name, content in files.items():
                path = course.root / name
                path.parent.mkdir(parents=True, exist_ok=True)
                written.append(name)
                write_file(path, content)
    except ClassError:  # the log cannot be written
        shutil.rmtree(folder, ignore_errors=True)
        raise
    except OSError as error:
        for name in written:
            with suppress(OSError):
                was = folder / name
                write_file(course.root / name, was.read_bytes()) if was.is_file() else remove(course.root / name)
        shutil.rmtree(folder, ignore_errors=True)
        msg = f"{error.filename or 'A file'} cannot be written ({error.strerror}). Nothing was changed; see that its disk has room."
        raise AuthorError(msg) from error
    return folder.name


def _key_alone(course: Course, assignment: str, kept: Path, about: Mapping[str, Any]) -> bool:
    """Whether another answer would be right in a question that has been handed in as it means now."""
    short = course.workbook(assignment).id
    if f"{GUIDES}/keys/{short}.toml" not in about["files"] or not submissions(course, assignment):
        return False
    now, then = (load_key(short, folder / GUIDES).keys for folder in (course.root, kept))
    others = [name for name in now if name not in then or now[name].right != then[name].right]
    return any(PartNow(course, assignment, name).learners for name in others)


@contextmanager
def alone(course: Course) -> Iterator[None]:
    """Let no release and no other change run in this class meanwhile."""
    try:
        with FileLock(stage(course, "release.lock")).acquire(timeout=5):
            yield
    except Timeout as error:
        msg = "A workbook of this class is being given out. Wait until that has ended, then do this again."
        raise AuthorError(msg) from error


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
