"""The class folder: where everything of one class lies, and how nbgrader is set up for it."""

import errno
import os
import re
import shutil
import stat
import sys
import sysconfig
import warnings
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from jupyter_core.paths import jupyter_config_path
from traitlets.config import Config
from traitlets.config.loader import JSONFileConfigLoader, PyFileConfigLoader

from autograde.course.folder_names import allow_any_name, is_plain, sqlite_url
from autograde.course.keep import check_gradebook
from autograde.course.text import printable
from autograde.errors import ClassError
from workbook_helpers.errors import ContentError
from workbook_helpers.files import read_file
from workbook_helpers.items import Workbook, load_workbook, read_toml

if TYPE_CHECKING:  # nbgrader takes seconds to import, and marking does not need it
    from nbgrader.api import Gradebook
    from nbgrader.coursedir import CourseDirectory

Step = Literal["source", "release", "submitted", "autograded", "feedback"]

CONFIG = "nbgrader_config.py"
MARKER = "# This is a class folder of autograde."
"""The line by which a folder is known as a class of ours, and not any other nbgrader course."""


SETTINGS = (
    ("CourseDirectory", "course_id", "course"),
    ("CourseDirectory", "db_url", "db_url"),
    ("Exchange", "root", "exchange"),
    ("AutogradeClass", "workbooks", "workbooks"),
    ("AutogradeClass", "hand_in", "hand_in"),
    ("AutogradeClass", "hand_in_link", "hand_in_link"),
)
"""The settings that are read here: section, name, and what `configure` calls it."""
HAND_IN_LINK = re.compile(r"https?://\S{1,1990}")
MAX_HAND_IN = 300
"""Characters of `hand_in`."""
MAX_TIME = 1_000
"""Bytes of `timestamp.txt`."""
TRUST = "AUTOGRADE_TRUST"
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

    def config(self) -> Config:
        """Read the settings as nbgrader does: the machine's first, then the class's own, which wins.

        Raises
        ------
        ClassError
            If a settings file cannot be read, or is somebody else's: reading it runs it.
        """
        _refuse_strangers(self.root)
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
                    msg = f"{path} cannot be read ({type(error).__name__}: {error}). Mend it, or ask whoever set it up."
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
        words, link = " ".join(settings.get("hand_in", "").split()), settings.get("hand_in_link", "").strip()
        fault = ""
        if len(words) > MAX_HAND_IN or not words.isprintable():
            fault = f"hand_in must be a sentence or two of plain text, at most {MAX_HAND_IN} letters"
        elif link and not (HAND_IN_LINK.fullmatch(link) and link.isprintable()):
            fault = "hand_in_link must be an address that begins with https:// or http://"
        if fault:
            msg = f"{self.root / CONFIG}: {fault}. Mend it, or take it out."
            raise ClassError(msg)
        return words, link

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
        """Give the folder of one step; the student of source and release is "."."""
        return self.root / step / student / assignment

    def check_own(self, step: Step, student: str, assignment: str) -> None:
        """Raise OSError where a student's folder of a step is none, or a link: to another's folder, or out of the class."""
        for path in (self.root / step / student, self.path(step, student, assignment)):
            try:
                mode = path.lstat().st_mode
            except FileNotFoundError:
                continue
            if not stat.S_ISDIR(mode):
                raise NotADirectoryError(errno.ENOTDIR, "it is a link or a file, not a folder", str(path))

    def timestamp(self, student: str, assignment: str) -> datetime | None:
        """Give the time of the current submission in UTC, naive as nbgrader keeps it; None if it says none."""
        path = self.path("submitted", student, assignment) / "timestamp.txt"
        try:
            self.check_own("submitted", student, assignment)
            text = read_file(path, MAX_TIME).decode().strip()
            if not text:
                return None
            if text.endswith(" UTC"):  # as we write it
                with suppress(ValueError):
                    return datetime.strptime(text, "%Y-%m-%d %H:%M:%S.%f UTC")  # noqa: DTZ007  naive, like all that nbgrader keeps
            from nbgrader.utils import parse_utc

            found: datetime | None = parse_utc(text)
        except (OSError, ValueError, OverflowError):
            return None
        return found

    def workbook(self, assignment: str) -> Workbook:
        """Read a workbook of this class: the class's own copy in source/, or the released one.

        Raises
        ------
        ClassError
            If the class has no such workbook.
        ContentError
            If its files have a fault.
        """
        for step in ("source", "release"):
            folder = self.root / step / assignment
            if assignment and folder.is_dir():
                return load_workbook(folder)
        msg = f"{self.root} has no workbook {assignment!r}. Run: autograde release {assignment or 'w01'}"
        raise ClassError(msg)

    def assignments(self) -> dict[str, str]:
        """Give assignment name → short id of every workbook that the class has."""
        found = {}
        for folder in sorted([*self.root.glob("release/*/"), *self.root.glob("source/*/")]):
            found[folder.name] = short_id(folder)
        return found

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


def open_gradebook(url: str, course_id: str, *, fresh: bool = False) -> "Gradebook":
    """Open a gradebook, which nbgrader makes where there is none; ClassError if it cannot be opened.

    `fresh` wants a database that holds nothing yet: nbgrader would make its tables inside anything.
    """
    from nbgrader.api import Gradebook
    from sqlalchemy.exc import SAWarning, SQLAlchemyError

    _alembic_on_path()
    # nbgrader builds its rows in an order that SQLAlchemy 2 remarks upon; the rows are right.
    warnings.filterwarnings("ignore", category=SAWarning, module=r"nbgrader\.")
    try:
        if fresh:
            _check_empty(url)
        return Gradebook(url, course_id)
    except (SQLAlchemyError, ModuleNotFoundError) as error:
        from autograde.course.rows import without_password

        shown, reason = without_password(url), str(error).splitlines()[0]
        msg = f"The gradebook {shown} cannot be opened ({reason}). Close other programs that use it, or see that its server runs."
        raise ClassError(msg) from error


def has_password(url: str) -> bool:
    """Whether a database's address carries a password, so that who reads it can get in."""
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        return bool(url) and make_url(url).password is not None
    except ArgumentError:
        return False


def _check_empty(url: str) -> None:
    from nbgrader.api import Assignment, Base, Student
    from sqlalchemy import create_engine, func, inspect, select
    from sqlalchemy.engine import make_url

    engine = create_engine(url)
    try:
        names = set(inspect(engine).get_table_names())
        others = {name for name in names - {*Base.metadata.tables, "alembic_version"} if not name.startswith("autograde_")}
        what = "something else" if others else ""
        if names and not what:
            with engine.connect() as connection:
                count = sum(connection.execute(select(func.count()).select_from(table)).scalar_one() for table in (Student, Assignment))
                what = "a class" if count else ""
    finally:
        engine.dispose()
    if what:
        msg = f"{make_url(url).render_as_string(hide_password=True)} holds {what} already. Give an empty database."
        raise ClassError(msg)


def _alembic_on_path() -> None:
    """Let nbgrader find `alembic`, which it calls by name for a fresh gradebook, also where our environment is not active."""
    if shutil.which("alembic") is None:
        os.environ["PATH"] = os.pathsep.join([sysconfig.get_path("scripts"), os.environ.get("PATH", os.defpath)])


def workbooks_folder(course: Course | None) -> Path:
    """Give the folder that workbooks are copied from: WORKBOOKS_DIR, the class's setting, or what came along."""
    chosen = os.environ.get("WORKBOOKS_DIR") or (course.config().AutogradeClass.get("workbooks", "") if course else "")
    return Path(chosen).expanduser() if chosen else PACKAGED


def is_called(name: str, assignment: str, short: str) -> bool:
    """Whether a person means this workbook by `name`: its whole name, its folder, or its short id as w01, W1, 01 or 1."""
    plain = re.split(r"[/\\]", name.strip().rstrip("/\\"))[-1].casefold()
    number = re.fullmatch(r"w?0*(\d{1,3})", plain)
    meant = f"w{int(number[1]):02}" if number else plain
    return plain != "" and (plain in (assignment.casefold(), short.casefold()) or meant == short)


def short_id(folder: Path) -> str:
    """Give the short id of the workbook in `folder`, "" if its file cannot be read."""
    try:
        return str(read_toml(folder / "workbook.toml").get("id", ""))
    except ContentError:
        return ""


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
            _refuse_strangers(folder)
            return Course(folder)
        if folder == home:
            break
    msg = f"{start} is not inside a class folder. Go into one (cd), or make one with: autograde new FOLDER"
    raise ClassError(msg)


def _refuse_strangers(root: Path) -> None:
    """Raise ClassError where the class in `root`, or its settings, are not the user's own (nor the system's), or anybody may change them.

    Windows gives no owner here; there, who may write into a folder is left to the system. A class that several people share is
    named in the environment variable `AUTOGRADE_TRUST`, as git's `safe.directory` is.
    """
    if not hasattr(os, "geteuid") or str(root) in os.environ.get(TRUST, "").split(os.pathsep):
        return
    own = {0, os.geteuid(), *([int(os.environ["SUDO_UID"])] if os.geteuid() == 0 and os.environ.get("SUDO_UID", "").isdigit() else [])}
    for path in (root, root / CONFIG, (root / CONFIG).with_suffix(".json")):
        try:
            about = path.stat()
        except OSError:  # not there, or whoever reads it says why it cannot be read
            continue
        open_to_all = bool(about.st_mode & stat.S_IWOTH) and not (stat.S_ISDIR(about.st_mode) and about.st_mode & stat.S_ISVTX)
        if about.st_uid in own and not open_to_all:
            continue
        why = f"anybody may change it (mend: chmod o-w {path})" if about.st_uid in own else "it belongs to somebody else"
        msg = (
            f"{path} is not used: {why}, and a class's settings are a program. Work as its owner, or, if you trust everybody who may "
            f"write there, set {TRUST}={root}"
        )
        raise ClassError(msg)


def is_class(folder: Path) -> bool:
    """Whether `folder` holds a class of ours."""
    try:
        return any(line.startswith(MARKER) for line in (folder / CONFIG).read_text("utf-8").splitlines())
    except (OSError, UnicodeDecodeError):
        return False
