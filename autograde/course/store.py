"""Where hand-ins are put: every original in received/, the current one in submitted/, the unusable in quarantine/."""

import hashlib
import io
import re
import shutil
import tempfile
import zipfile
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from autograde.course.archive import ANSWERS, hand_in_parts, open_archive
from autograde.course.folder import Course
from autograde.course.text import aware, local, nbgrader_time, stamp
from autograde.errors import UnusableError
from workbook_helpers.files import write_file

TIMESTAMP = "timestamp.txt"
REASON = "reason.txt"


def keep_original(course: Course, assignment: str, student: str, when: datetime, data: bytes) -> bool:
    """Keep a hand-in's bytes in received/; False if the same file is there already."""
    folder = course.root / "received" / assignment / student
    digest = hashlib.sha256(data).hexdigest()
    for path in folder.glob(f"*-{digest[:8]}.zip"):
        if hashlib.sha256(path.read_bytes()).hexdigest() == digest:
            return False
    folder.mkdir(parents=True, exist_ok=True)
    write_file(folder / f"{stamp(when)}-{digest[:8]}.zip", data)
    return True


def is_newest(course: Course, assignment: str, student: str, when: datetime) -> bool:
    """Whether a hand-in of that time is at least as new as the current one."""
    current = course.timestamp(student, assignment)
    if current is None:
        return True
    return aware(when) >= aware(current)


def make_current(course: Course, assignment: str, student: str, when: datetime, files: Mapping[str, bytes]) -> None:
    """Make `files` (name → bytes) the current submission; the one before, if received/ lacks it, is kept there first."""
    target = course.path("submitted", student, assignment)
    keep_current(course, assignment, student)
    target.parent.mkdir(parents=True, exist_ok=True)
    # Names that begin with a dot: nbgrader's search for submissions does not see them.
    part = Path(tempfile.mkdtemp(prefix=f".{assignment}-", dir=target.parent))
    part.chmod(0o755)
    old = part.with_name(part.name + ".old")
    try:
        for name, content in {**files, TIMESTAMP: nbgrader_time(when).encode()}.items():
            (part / name).write_bytes(content)
        if target.exists() or target.is_symlink():
            target.rename(old)
        part.rename(target)
    finally:
        shutil.rmtree(part, ignore_errors=True)
        if old.is_symlink():
            old.unlink()
        shutil.rmtree(old, ignore_errors=True)


def keep_current(course: Course, assignment: str, student: str) -> None:
    """Keep the current submission in received/, unless its answers stand there already."""
    folder = course.path("submitted", student, assignment)
    if folder.is_symlink() or not folder.is_dir():
        return
    files = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file() and not path.is_symlink()}
    for path in (course.root / "received" / assignment / student).glob("*.zip"):
        try:
            with open_archive(path) as archive:
                if ANSWERS in files and hand_in_parts(archive, assignment).answers == files[ANSWERS]:
                    return
        except UnusableError:
            continue
    if files:
        when = course.timestamp(student, assignment) or datetime.now(UTC)
        keep_original(course, assignment, student, when, pack(files))


def pack(files: Mapping[str, bytes]) -> bytes:
    """Make a zip of files; the same files always give the same bytes."""
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w") as archive:
        for name in sorted(files):
            archive.writestr(zipfile.ZipInfo(name), files[name], zipfile.ZIP_DEFLATED)
    return memory.getvalue()


class Quarantine:
    """The folder of hand-ins that cannot be used; knows what lies there, so that nothing is put there twice."""

    def __init__(self, course: Course) -> None:
        self.root = course.root / "quarantine"
        self._held: dict[str, Path] = {}
        for path in sorted(self.root.glob(f"*/{REASON}")):
            found = re.search(r"^sha256: ([0-9a-f]{64})$", path.read_text("utf-8", "replace"), re.MULTILINE)
            if found:
                self._held[found[1]] = path.parent

    def put(self, name: str, reason: str, *, data: bytes = b"", path: Path | None = None, about: str = "") -> Path:
        """Put a hand-in there, with its reason in words.

        Parameters
        ----------
        name
            The file's name as it was given, for people.
        data, path
            Its bytes, or the file itself where it is too large to hold.
        about
            Lines for the reason: the student if known.

        Returns
        -------
        Path
            Its folder.
        """
        digest = _digest(data, path) if data or path else hashlib.sha256(f"{name}\n{reason}".encode()).hexdigest()
        folder = self._held.get(digest)
        now = datetime.now(UTC)
        short = re.sub(r"[^A-Za-z0-9._-]+", "-", re.split(r"[/\\›]", name)[-1]).strip("-.")[-50:].lstrip("-.") or "hand-in"
        if folder is None:
            self.root.mkdir(exist_ok=True)
            folder = self._new_folder(f"{stamp(now)}-{short}")
            if path is not None:
                shutil.copyfile(path, folder / short, follow_symlinks=False)
            elif data:
                write_file(folder / short, data)
            self._held[digest] = folder
        text = (
            f"What is wrong: {reason}\nFile: {name}\n{about}Put here: {local(now)} (UK time)\n\n"
            "What to do: mend what is wrong, or ask the student to hand in again; then take it in anew with\n"
            f"autograde intake or autograde collect. This folder may be deleted afterwards.\n\nsha256: {digest}\n"
        )
        write_file(folder / REASON, text.encode())
        return folder

    def _new_folder(self, name: str) -> Path:
        for attempt in range(1, 1000):
            folder = self.root / (name if attempt == 1 else f"{name}-{attempt}")
            try:
                folder.mkdir()
            except FileExistsError:
                continue
            return folder
        msg = f"{self.root} holds too many folders named {name}"
        raise UnusableError(msg)


def _digest(data: bytes, path: Path | None) -> str:
    if path is None:
        return hashlib.sha256(data).hexdigest()
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
