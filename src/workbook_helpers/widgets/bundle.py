"""Join the JavaScript that a widget sends to the browser: the common frame, then the kind's own module."""

from functools import cache
from importlib.resources import files

STATIC = files("workbook_helpers.widgets") / "static"


@cache
def script(*names: str) -> str:
    """Give one ES module made of these files; anywidget takes a single module and resolves no imports."""
    return "\n".join((STATIC / name).read_text("utf-8") for name in names)


CSS = (STATIC / "question.css").read_text("utf-8")
