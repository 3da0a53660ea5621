"""Draw a report as a page of HTML that needs nothing else, runs nothing and prints well."""

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from autograde.reports.document import Document
from workbook_helpers.style import CSS


def as_html(document: Document) -> bytes:
    """Give the page, in UTF-8."""
    return page("document", document=document)


def page(name: str, **values: Any) -> bytes:
    """Fill a template of this folder; every value is text, and stays it."""
    return str(_environment().get_template(f"{name}.html.j2").render(**values)).encode("utf-8", "replace")


@cache
def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    made.globals["css"] = Markup(CSS)  # noqa: S704  our own style sheet
    return made
