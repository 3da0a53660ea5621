"""The templates of the desk, and what they may call."""

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from autograde.text import count, hundredths, in_short, in_words, percent
from workbook_helpers.policy import Nonced

FOLDER = Path(__file__).parent / "templates"


@cache
def environment() -> Environment:
    """Give the templates: every value is text, whatever stands in it, and a name that does not exist is a fault."""
    made = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=[Nonced],
    )
    made.globals |= {"count": count}
    made.filters |= {"in_short": in_short, "in_words": in_words, "percent": percent, "hundredths": hundredths}
    return made


def render(template: str, /, **values: Any) -> str:
    """Give the HTML of a template by its name without its endings."""
    return environment().get_template(f"{template}.html.j2").render(**values)
