"""Who may read and write what: the class folder, what is secret in it, nbgrader's exchange, and the homes of a college's machine."""

import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from autograde.classes.folder import Course
from autograde.classes.new import FOLDERS
from autograde.classes.own_keys import GUIDES, NAME
from autograde.classes.owner import CONFIG
from autograde.classes.served import TOKEN, served_folder
from autograde.doctor.finding import Finding, Looked, looked
from autograde.gradebook.address import has_password, sqlite_file
from autograde.text import count, quoted

MODES = hasattr(os, "geteuid")
"""Whether this system tells by a file's mode who may read it; on Windows others look after that."""
OTHERS = stat.S_IROTH | stat.S_IWOTH | stat.S_IXOTH
ANYBODY = stat.S_IRWXG | OTHERS
EXCHANGE = (
    ("inbound", 0o003, 0o004, "hand in"),
    ("outbound", 0o005, 0o002, "fetch workbooks"),
    ("feedback", 0o001, 0o006, "fetch feedback"),
)
"""As nbgrader makes them: a folder of a course on the exchange, what all must be able to do with it, what they may not, and what for."""


def rights(course: Course, *, shared: bool) -> Looked:
    """Look at the rights in a class folder.

    Parameters
    ----------
    shared
        Whether others are known to have accounts on this computer; where they are not, what they could read is worth a look only.
    """
    return looked("permissions", "class folder, keys, tokens" if MODES else "left to Windows", _rights(course, shared=shared))


def _rights(course: Course, *, shared: bool) -> Iterator[Finding]:
    for folder in (course.root, *map(course.root.joinpath, FOLDERS)):
        if folder.is_dir() and not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
            yield Finding(text=f"You may not write in {folder}. Work as its owner, or let them give you the right to.")
    if not MODES:
        return
    own = [served_folder(course) / TOKEN]
    own += [course.root / CONFIG] if has_password(course.db_url) else []
    for path in own:
        yield from secret(path)
    keys = Path(os.environ["AUTOGRADE_KEYS"]) if os.environ.get("AUTOGRADE_KEYS") else None
    places = [course.root, course.root / NAME, course.root / GUIDES, served_folder(course), sqlite_file(course.db_url), keys]
    seen = [path for path in places if path and _open(path)]
    if seen:
        what = "names, answers, marks or keys"
        yield Finding(
            text=f"Everybody with an account on this computer can read {what} in {seen[0]}. Close it: chmod o-rwx {quoted(seen[0])}",
            must=shared,
        )


def secret(path: Path) -> Iterator[Finding]:
    """Tell where a file that lets somebody in can be read by others than its owner."""
    with suppress(FileNotFoundError):
        if stat.S_IMODE(path.stat().st_mode) & ANYBODY and MODES:
            yield Finding(text=f"Others than its owner can read {path}, which lets in whoever has it. Close it: chmod 600 {quoted(path)}")


def _open(path: Path) -> bool:
    """Whether everybody may read this file or folder: by its own mode, and by those of all folders that lead there."""
    needed = [(path, stat.S_IROTH), *((folder, stat.S_IXOTH) for folder in path.resolve().parents)]
    try:
        return all(place.stat().st_mode & bit for place, bit in needed)
    except OSError:
        return False


def exchange(course: Course) -> Looked:
    """Look at nbgrader's exchange, where the class has one."""
    root = course.exchange
    return looked("exchange", str(root) if root else "none: hand-ins come as files", _exchange(course, root) if root else ())


def _exchange(course: Course, root: Path) -> Iterator[Finding]:
    if not root.is_dir():
        what = "is not a folder" if root.exists() else "is not there"
        yield Finding(text=f"The exchange {root} {what}. Make it: sudo mkdir -p {quoted(root)} && sudo chmod 777 {quoted(root)}")
        return
    together = bool(course.config().CourseDirectory.get("groupshared", False))
    if not together and root.stat().st_mode & OTHERS != OTHERS:
        yield Finding(text=f"Not everybody may use the exchange {root}, which nbgrader wants. Open it: sudo chmod 777 {quoted(root)}")
    for name, needs, forbids, what in EXCHANGE:
        folder = root / course.course_id / name
        with suppress(FileNotFoundError):  # the first release makes it
            mode = folder.stat().st_mode
            if mode & needs != needs:
                yield Finding(
                    text=f"Students cannot {what}: {folder} is closed to them. Open it: chmod o+{_letters(needs)} {quoted(folder)}"
                )
            if mode & forbids:
                letters = _letters(mode & forbids)
                yield Finding(
                    text=f"Students can look or write where they may not, in {folder}. Close it: chmod o-{letters} {quoted(folder)}"
                )


def _letters(mode: int) -> str:
    return "".join(letter for letter, bit in (("r", 4), ("w", 2), ("x", 1)) if mode & bit)


def homes(folders: Iterable[Path]) -> Iterator[Finding]:
    """Tell where the homes of a machine that students work on can be read by all of them."""
    found = [home for home in folders if MODES and home.is_dir() and home.stat().st_mode & OTHERS]
    if found:
        them = " ".join(map(quoted, found[:5]))
        yield Finding(
            text=f"{count(len(found), 'home')} can be looked into by every student of this machine. Close them: chmod o-rwx {them}"
        )
