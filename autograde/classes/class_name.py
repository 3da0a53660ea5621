"""What people call a class: it stands in the first line of the class's settings."""

from autograde.classes.folder import Course
from autograde.classes.owner import CONFIG, MARKER
from autograde.text import printable


def class_name(course: Course) -> str:
    """Give the name of a class; its folder's where the settings give none."""
    try:
        lines = (course.root / CONFIG).read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        lines = []
    named = next((line for line in lines if line.startswith(MARKER)), "")
    return printable(named.removeprefix(MARKER).strip().removeprefix("Class:").strip() or course.root.name, 200)
