"""The leaflet for learners: one printed page that says how to open a workbook, answer, hand in, and get it back."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from autograde.classes.class_name import class_name
from autograde.classes.folder import Course
from autograde.classes.served import is_served
from autograde.errors import ClassError
from autograde.whole import fresh_file
from workbook_helpers.files import write_file

HERE = Path(__file__).parent
MADE = "<!doctype html><!-- leaflet -->"
"""How the file begins, by which an older one is known and replaced."""


def leaflet(course: Course | None) -> str:
    """Give the leaflet as one HTML page that runs and loads nothing; of no class in particular for None.

    Of a class that has been opened for its learners, it says how they work there.

    Raises
    ------
    ClassError
        If what the class's settings say on handing in cannot be used.
    """
    words, address = course.hand_in() if course else ("", "")
    served = bool(course and is_served(course))
    made = Environment(loader=FileSystemLoader(HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    about = {"class_name": class_name(course), "site": course.site()} if course else {"class_name": "", "site": ""}
    return f"{MADE}\n{made.get_template('leaflet.html.j2').render(words=words, address=address, served=served, **about)}"


def write_leaflet(course: Course, file: Path) -> Path:
    """Write the leaflet into a file; one that was made before is replaced.

    Raises
    ------
    ClassError
        If it cannot be written there, or as `leaflet`.
    """
    target = fresh_file(course, file, "the leaflet", ending=".html", begins=(MADE,))
    try:
        write_file(target, leaflet(course).encode())
    except OSError as error:
        msg = f"{file} cannot be written ({error.strerror or error}). Name a file on a disk with room that you may write to."
        raise ClassError(msg) from error
    return target
