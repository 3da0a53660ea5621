"""The class folder: where everything of one class lies, and how nbgrader is set up for it."""

import errno
import os
import re
import stat
import sys
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from jupyter_core.paths import jupyter_config_path
from traitlets.config import Config
from traitlets.config.loader import JSONFileConfigLoader, PyFileConfigLoader

from autograde.classes.folder_names import allow_any_name, is_plain
from autograde.classes.owner import CONFIG, is_class, refuse_strangers, unreadable
from autograde.classes.workbook_names import is_called, short_id
from autograde.errors import ClassError
from autograde.gradebook.address import sqlite_url
from autograde.gradebook.opening import open_gradebook
from autograde.gradebook.soundness import check_gradebook
from autograde.text import printable, read_nbgrader_time
from workbook_helpers.files import is_one_name, read_file
from workbook_helpers.items import Workbook, load_workbook
from workbook_helpers.times import is_everywhere

if TYPE_CHECKING:  # nbgrader takes seconds to import, and marking does not need it
    from nbgrader.api import Gradebook
    from nbgrader.coursedir import CourseDirectory

Step = Literal["source", "release", "submitted", "autograded", "feedback"]

SETTINGS = (
    ("CourseDirectory", "course_id", "course"),
    ("CourseDirectory", "db_url", "db_url"),
    ("Exchange", "root", "exchange"),
    ("AutogradeClass", "workbooks", "workbooks"),
    ("AutogradeClass", "hand_in", "hand_in"),
    ("AutogradeClass", "hand_in_link", "hand_in_link"),
    ("AutogradeClass", "site", "site"),
    ("AutogradeClass", "closed", "closed"),
    ("AutogradeClass", "watched", "watched"),
    ("AutogradeClass", "framework", "framework"),
)
"""The settings that are read here: section, name, and what `configure` calls it."""
ADDRESS = re.compile(r"https?://\S{1,1990}")
"""An address of the web, as a setting may give it."""
MAX_HAND_IN = 300
"""Characters of `hand_in`."""
MAX_TIME = 1_000
"""Bytes of `timestamp.txt`."""
LEVELS = 10
"""How many folders further up a class is looked for."""

PACKAGED = Path(__file__).resolve().parents[2] / "workbooks"
"""The workbooks that came with this program."""


@dataclass(frozen=True)
class Course:
    """One class.

    Attributes
    ----------
    root
        The class folder, absolute.
    """

    root: Path

    def check_there(self) -> None:
        """See that the folder is there, before anything is written into it: else a new one would begin in its place.

        Raises
        ------
        ClassError
            If it is not.
        """
        if not self.root.is_dir():
            msg = (
                f"The class’s folder {self.root} is not there now. If its disk or stick is not connected, connect it; "
                f"if the folder was moved or renamed, open the class where it lies now. Nothing was done."
            )
            raise ClassError(msg)

    def config(self) -> Config:
        """Read the settings as nbgrader does: the machine's first, then the class's own, which wins.

        Raises
        ------
        ClassError
            If the folder is not there, or a settings file cannot be read, or is somebody else's: reading it runs it.
        """
        self.check_there()
        refuse_strangers(self.root)
        config = Config()
        for folder in [*reversed(jupyter_config_path()), str(self.root)]:
            stem = Path(folder, "nbgrader_config")
            for loader, path in (
                (JSONFileConfigLoader, stem.with_suffix(".json")),
                (PyFileConfigLoader, stem.with_suffix(".py")),
            ):
                if not path.is_file():
                    continue
                try:
                    config.merge(loader(str(path), path=folder).load_config())  # whole: traitlets would expand a "$" in the folder
                except (Exception, SystemExit) as error:  # the file is a program: it can fail in any way
                    mend = "Mend it" if _is_utf_8(path) else "Open it in an editor and save it as UTF-8"
                    msg = f"{path} cannot be read ({type(error).__name__}: {error}). {mend}, or ask whoever set it up."
                    raise ClassError(msg) from error
        for section, name, word in SETTINGS:
            if not isinstance(config[section].get(name, ""), str):
                msg = f"{self.root / CONFIG}: {word} must be a text in quotation marks. Mend it, or ask whoever set it up."
                raise ClassError(msg)
        config.CourseDirectory.root = str(self.root)
        config.CourseDirectory.db_url = str(config.CourseDirectory.get("db_url", "")) or sqlite_url(self.root / "gradebook.db")
        return config

    @property
    def db_url(self) -> str:
        """Where the gradebook is, as SQLAlchemy writes it; nbgrader's own default is a SQLite file in the class folder."""
        return str(self.config().CourseDirectory.db_url)

    def directory(self, assignment: str = "") -> "CourseDirectory":
        """Give nbgrader's own view of the class, set to one assignment."""
        from nbgrader.coursedir import CourseDirectory

        if not is_plain(str(self.root)):
            allow_any_name()
        return CourseDirectory(config=self.config(), assignment_id=assignment)

    @property
    def course_id(self) -> str:
        """The course id that nbgrader uses."""
        return str(self.config().CourseDirectory.get("course_id", ""))

    @property
    def exchange(self) -> Path | None:
        """The exchange folder, None where there is none: hand-ins come as files then."""
        root = self.config().Exchange.get("root", "")
        return Path(root) if root and sys.platform != "win32" else None

    def hand_in(self) -> tuple[str, str]:
        """Give what students do with the file of a hand-in, in the tutor's words, and the address where; "" for what is not set.

        Raises
        ------
        ClassError
            If the words are too long for a receipt, or the address is none of the web.
        """
        settings = self.config().AutogradeClass
        words = " ".join(settings.get("hand_in", "").split())
        if len(words) > MAX_HAND_IN or not words.isprintable():
            fault = f"hand_in must be a sentence or two of plain text, at most {MAX_HAND_IN} letters"
            msg = f"{self.root / CONFIG}: {fault}. Mend it, or take it out."
            raise ClassError(msg)
        return words, self._address("hand_in_link")

    def site(self) -> str:
        """Give the address of the folder where students find the class's site, ending with "/"; "" where the class has none.

        Raises
        ------
        ClassError
            If it is no address of the web.
        """
        address = self._address("site").removesuffix("index.html")
        return f"{address.rstrip('/')}/" if address else ""

    def watched(self) -> Path | None:
        """Give the folder whose new files the desk takes in, None for none."""
        folder = self.config().AutogradeClass.get("watched", "").strip()
        return Path(folder).expanduser() if folder else None

    def attempts(self) -> int:
        """Give how many attempts a learner may have at a workbook, 0 for as many as it takes.

        Raises
        ------
        ClassError
            If the setting is no such number.
        """
        found = self.config().AutogradeClass.get("attempts", 0)
        if not isinstance(found, int) or found < 0:
            msg = f"{self.root / CONFIG}: attempts must be a number like 2, or 0 for as many as it takes. Mend it, or take it out."
            raise ClassError(msg)
        return found

    def _address(self, word: str) -> str:
        address: str = self.config().AutogradeClass.get(word, "").strip()
        if address and not (ADDRESS.fullmatch(address) and address.isprintable()):
            msg = f"{self.root / CONFIG}: {word} must be an address that begins with https:// or http://. Mend it, or take it out."
            raise ClassError(msg)
        return address

    def closed(self) -> frozenset[str]:
        """Give the assignments whose marking the tutor has closed: their feedback says what is right, and why.

        Raises
        ------
        ClassError
            If the setting names a workbook that the class does not have.
        """
        names = self.config().AutogradeClass.get("closed", "").replace(",", " ").split()
        try:
            return frozenset(map(self.assignment, names))
        except ClassError as error:
            msg = f"{self.root / CONFIG}, closed: {error}"
            raise ClassError(msg) from error

    def gradebook(self) -> "Gradebook":
        """Open nbgrader's gradebook; use it in a `with` statement.

        Raises
        ------
        ClassError
            If the database cannot be opened, or is not this class's.
        """
        directory = self.directory()
        check_gradebook(directory.db_url, directory.course_id)
        return open_gradebook(directory.db_url, directory.course_id)

    def path(self, step: Step, student: str, assignment: str) -> Path:
        """Give the folder of one step.

        Raises
        ------
        ClassError
            If an id or a name is none of a folder: what a gradebook says leads nowhere else.
        """
        if not (is_one_name(student) and is_one_name(assignment)):
            raise ClassError(_no_folder(student, assignment))
        return self.root.joinpath(step, student, assignment)

    def check_own(self, step: Step, student: str, assignment: str) -> None:
        """Raise OSError where a student's folder of a step is none, or a link: to another's folder, or out of the class."""
        if not (is_one_name(student) and is_one_name(assignment)):
            raise OSError(errno.EINVAL, _no_folder(student, assignment))
        own = os.path.join(self.root, step, student)  # noqa: PTH118  asked several times for each hand-in; a Path takes as long as the disk
        for path in (own, os.path.join(own, assignment)):  # noqa: PTH118
            try:
                mode = os.lstat(path).st_mode
            except FileNotFoundError:
                return  # nor is there anything in it
            if not stat.S_ISDIR(mode):
                raise NotADirectoryError(errno.ENOTDIR, "it is a link or a file, not a folder", path)

    def timestamp(self, student: str, assignment: str) -> datetime | None:
        """Give the time of the current submission in UTC, naive as nbgrader keeps it; None if it says none."""
        try:
            self.check_own("submitted", student, assignment)
            text = read_file(self.path("submitted", student, assignment) / "timestamp.txt", MAX_TIME).decode().strip()
            if not text:
                return None
            if written := read_nbgrader_time(text):
                return written
            from nbgrader.utils import parse_utc

            found: datetime | None = parse_utc(text)
        except (OSError, ValueError, OverflowError):
            return None
        return found if found and is_everywhere(found) else None

    def workbook(self, assignment: str) -> Workbook:
        """Read a workbook of this class: the class's own copy in source/, or the released one.

        Raises
        ------
        ClassError
            If the class has no such workbook.
        ContentError
            If its files have a fault.
        """
        for step in ("source", "release") if is_one_name(assignment) else ():
            folder = self.root / step / assignment
            if folder.is_dir():
                return load_workbook(folder)
        msg = f"{self.root} has no workbook {assignment!r}. Run: autograde release {assignment or 'w01'}"
        raise ClassError(msg)

    def folders(self) -> dict[str, Path]:
        """Give assignment name → folder of every workbook that the class has: as it is prepared, or as released where that is gone.

        What else lies beside them is no workbook, such as the folders that JupyterLab makes.
        """
        found = sorted([*self.root.glob("release/*/workbook.toml"), *self.root.glob("source/*/workbook.toml")])
        return {file.parent.name: file.parent for file in found}

    def assignments(self) -> dict[str, str]:
        """Give assignment name → short id of every workbook that the class has."""
        return {name: short_id(folder) for name, folder in self.folders().items()}

    def assignment(self, name: str) -> str:
        """Give the assignment name for a short id ("w01") or an assignment name; ClassError if the class has none."""
        known = self.assignments()
        matches = [a for a, short in known.items() if is_called(name, a, short)]
        if len(matches) == 1:
            return matches[0]
        if matches:
            msg = f"{name!r} could be {' or '.join(matches)} in {self.root}. Give the whole name."
        else:
            has = ", ".join(known) or "none yet"
            msg = f"This class has no workbook {printable(name, 60)!r} (it has: {has}). Run: autograde release w01, or whichever you mean"
        raise ClassError(msg)


def _no_folder(student: str, assignment: str) -> str:
    return f"{printable(student)!r} and {printable(assignment)!r} cannot both be names of folders. Look at them in the gradebook."


def find_course(start: Path) -> Course:
    """Find the class that `start` lies in.

    Looks upwards, as far as the user's home, the edge of the disk or `LEVELS` folders: a settings file is a program, and what lies
    further up is hardly the user's own.

    Raises
    ------
    ClassError
        If there is none, or it is somebody else's.
    """
    start = Path(os.path.abspath(start))
    home = Path(os.path.expanduser("~"))  # noqa: PTH111, Path.expanduser raises where there is no home
    for folder in (start, *start.parents)[: LEVELS + 1]:
        if folder.is_dir() and start.is_dir() and folder.stat().st_dev != start.stat().st_dev:
            break
        if is_class(folder):
            refuse_strangers(folder)
            return Course(folder)
        if why := unreadable(folder):
            msg = f"The class's settings {folder / CONFIG} cannot be read ({why}). See that you may read that file, then run this again."
            raise ClassError(msg)
        if folder == home:
            break
    msg = f"{start} is not inside a class folder. Go into one (cd), or make one with: autograde new FOLDER"
    raise ClassError(msg)


def _is_utf_8(path: Path) -> bool:
    try:
        path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError):
        return False
    return True


def workbooks_folder(course: Course | None) -> Path:
    """Give the folder that workbooks are copied from: WORKBOOKS_DIR, the class's setting, or what came along."""
    chosen = os.environ.get("WORKBOOKS_DIR") or (course.config().AutogradeClass.get("workbooks", "") if course else "")
    return Path(chosen).expanduser() if chosen else PACKAGED
