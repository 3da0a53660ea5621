"""What people call a class: it stands in the first line of the class's settings."""

from autograde.classes.folder import Course
from autograde.classes.owner import MARKER, settings_text
from autograde.text import printable


def class_name(course: Course) -> str:
    """Give the name of a class; its folder's where the settings give none."""
    try:
        lines = settings_text(course.root).splitlines()
    except OSError:
        lines = []
    named = next((line for line in lines if line.startswith(MARKER)), "")
    return printable(named.removeprefix(MARKER).strip().removeprefix("Class:").strip() or course.root.name, 200)
