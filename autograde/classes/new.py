"""Make a new class folder."""

import os
import re
import unicodedata
from pathlib import Path

from autograde.classes.folder import Course
from autograde.classes.owner import CONFIG, MARKER
from autograde.errors import ClassError
from autograde.gradebook.address import has_password
from autograde.gradebook.opening import open_gradebook
from autograde.gradebook.own import recording
from autograde.text import printable
from workbook_helpers.files import write_file

FOLDERS = ("source", "release", "submitted", "received", "quarantine", "handout")

IGNORED = "# Learners' data: a class inside somebody's git checkout stays out of it.\n*\n"

TEMPLATE = """\
{marker} Class: {name}
# nbgrader's commands work here too. Whatever you set below `configure` wins.
from autograde.settings import configure

c = get_config()
configure(
    c,
    course={course!r},
    exchange={exchange!r},  # the nbgrader exchange folder; "" if hand-ins come as files
    db_url={db_url!r},  # where the gradebook is; "" for a file in this folder
    closed="",  # workbooks whose marking is closed, by `autograde close`: their feedback says what is right, and why
    folder=__file__,
    # What students do with the file that handing in gives them; without the # they read it on their receipt:
    # hand_in="Upload it in Moodle under Workbook 1.", hand_in_link="https://moodle.example.org/",
    # Where you have put handout/site; feedback then links to it:
    # site="https://workbooks.example.org/care/",
    # How many attempts a learner may have at a workbook, the first one among them; with the # as many as it takes:
    # attempts=2,
)
"""


def new_course(folder: Path, *, name: str = "", exchange: Path | None = None, db_url: str = "") -> Course:
    """Make a class folder.

    Parameters
    ----------
    folder
        A folder that does not exist yet, or is empty.
    name
        What people call the class; nbgrader's course id is made from it. The folder's name if empty.
    exchange
        The nbgrader exchange folder, None if hand-ins come as files.
    db_url
        A database for the gradebook, e.g. "postgresql://tutor@server/care_2026"; "" for a file in the class folder.

    Raises
    ------
    ClassError
        If the folder holds anything, or cannot be written.
    """
    root = Path(os.path.abspath(folder))
    name = printable(" ".join((name or root.name).split()), 200)
    try:
        if root.exists() and (not root.is_dir() or any(root.iterdir())):
            msg = f"{root} is not empty. Choose the name of a folder that does not exist yet."
            raise ClassError(msg)
        for step in FOLDERS:
            (root / step).mkdir(parents=True, exist_ok=True)
        text = TEMPLATE.format(
            marker=MARKER, name=name, course=course_id(name), exchange=os.path.abspath(exchange) if exchange else "", db_url=db_url
        )
        write_file(root / CONFIG, text.encode(), mode=0o600 if has_password(db_url) else 0o644)
        write_file(root / ".gitignore", IGNORED.encode())
    except OSError as error:
        msg = f"{root} cannot be made ({error.strerror}). Choose a folder that you may write to."
        raise ClassError(msg) from error
    course = Course(root)
    # Opened once now: several processes that open a fresh database at the same time all try to make its tables.
    directory = course.directory()
    with open_gradebook(directory.db_url, directory.course_id, fresh=True), recording(directory.db_url):
        return course


def course_id(name: str) -> str:
    """Make nbgrader's course id from a name: plain lower-case letters, digits and hyphens, since it becomes a folder."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60].strip("-") or "class"
