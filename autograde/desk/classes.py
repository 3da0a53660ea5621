"""The classes that were used before, and a new one: the page of a desk that was started outside of a class."""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from autograde.classes.class_name import class_name
from autograde.classes.folder import Course, find_course
from autograde.classes.new import course_id, new_course
from autograde.classes.owner import is_class
from autograde.classes.unpacking import unpack
from autograde.classes.used import Used, forget, remember, used_before
from autograde.desk.pages import Asked, Away, Done, Page, UnfitError
from autograde.errors import ClassError
from workbook_helpers.files import write_file

CHOICE = "AUTOGRADE_DESK_CHOICE"
"""The environment variable that names the file by which this server tells `launch` which class it is to serve."""


@dataclass(frozen=True, kw_only=True)
class Classes:
    """What the page shows; `where` is a folder for a new class, `fault` says why one could not be opened, "" where none was."""

    used: tuple[Used, ...]
    where: str
    fault: str = ""


def data() -> Classes:
    """Give what the page shows."""
    documents = Path(os.path.expanduser("~")) / "Documents"  # noqa: PTH111, Path.expanduser raises where there is no home
    where = documents if documents.is_dir() else documents.parent
    return Classes(used=tuple(used_before()), where=str(where), fault=_told())


def choose(course: Course | None) -> None:
    """Have this server make room for the desk of a class; None for the list of classes.

    Raises
    ------
    ClassError
        If nobody waits for that: the server was not started by `autograde desk`.
    """
    path = os.environ.get(CHOICE, "")
    if not path:
        msg = "This server shows one class. Open another one with: autograde desk, in its folder."
        raise ClassError(msg)
    write_file(Path(path), json.dumps({"folder": str(course.root) if course else ""}).encode(), mode=0o600)


def _told() -> str:
    """Give why a class could not be opened, as `launch` tells it."""
    path = os.environ.get(CHOICE, "")
    try:
        return Path(f"{path}.fault").read_text("utf-8") if path else ""
    except OSError:
        return ""


def _open(asked: Asked) -> Away:
    """Open the desk of a class."""
    folder = asked.text("folder")
    if not folder:
        msg = "Say which folder the class lies in."
        raise UnfitError(msg, "folder")
    path = asked.path("folder")
    if not path.is_absolute() or not is_class(path):
        msg = f"{folder} is not the folder of a class. It would hold the file nbgrader_config.py."
        raise UnfitError(msg, "folder")
    course = find_course(path)
    choose(course)
    return Away(name=class_name(course), page="home")


def _new(asked: Asked) -> Away:
    """Make a class, and open its desk."""
    name = " ".join(asked.text("name").split())
    if not name:
        msg = "Give the class a name, such as: Care level 2, autumn 2026."
        raise UnfitError(msg, "name")
    parent = _parent(asked)
    try:
        course = new_course(parent / course_id(name), name=name)
    except ClassError as error:
        raise UnfitError(str(error), "where") from error
    remember(course)
    choose(course)
    return Away(name=class_name(course), page="home")


def _bring(asked: Asked) -> Away:
    """Open a class that was packed on another computer."""
    upload, path = next((one for one in asked.files.get("file", ()) if one.data), None), asked.path("path")
    if upload is None and not asked.text("path"):
        msg = "Choose the file that “Keep safe” has made on the other computer. Its name ends in .zip."
        raise UnfitError(msg, "file")
    if upload is None and not (path.is_absolute() and path.is_file()):
        msg = f"There is no file {asked.text('path')}. Give its whole path, as the file manager shows it."
        raise UnfitError(msg, "path")
    parent, trusted = _parent(asked), asked.text("trusted") == "1"
    with TemporaryDirectory(prefix="autograde-bring-") as private:
        file = path
        if upload is not None:
            file = Path(private) / "packed.zip"
            file.write_bytes(upload.data)
        try:
            course = unpack(file, parent, shown=upload.name if upload else "", trusted=trusted)
        except ClassError as error:
            raise UnfitError(str(error), "file" if upload else "path") from error
    remember(course)
    choose(course)
    return Away(name=class_name(course), page="home")


def _parent(asked: Asked) -> Path:
    """Give the folder in which a class is to be made."""
    where, parent = asked.text("where"), asked.path("where")
    if not where or not parent.is_absolute() or not parent.is_dir():
        msg = f"There is no folder {where or 'without a name'}. Name one that is there, from the top: {data().where}"
        raise UnfitError(msg, "where")
    return parent


def _forget(asked: Asked) -> Done:
    """Take a class off the list."""
    forget(asked.text("folder"))
    return Done(said="The class is on the list no more. Its folder stays as it is.")


PAGE = Page(
    name="classes",
    title="Your classes",
    show=lambda _: data(),
    verbs={"open": _open, "new": _new, "bring": _bring, "forget": _forget},
    in_class=False,
)
