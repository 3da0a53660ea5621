"""Join the JavaScript and the CSS that a widget sends to the browser: the common frame, then the kind's own."""

from functools import cache
from importlib.resources import files

STATIC = files("workbook_helpers.widgets") / "static"


@cache
def script(*names: str) -> str:
    """Give one ES module made of these files; anywidget takes a single module and resolves no imports."""
    return "\n".join((STATIC / name).read_text("utf-8") for name in names)


@cache
def style(kind: str = "") -> str:
    """Give the common style sheet, followed by a kind's own if it has one."""
    own = STATIC / "kinds" / f"{kind}.css"
    return CSS + (own.read_text("utf-8") if kind and own.is_file() else "")


CSS = (STATIC / "question.css").read_text("utf-8")
