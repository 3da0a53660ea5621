"""The templates of the pages that are made here, and what they may call."""

import os
import sys
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemBytecodeCache, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from workbook_helpers.links import part
from workbook_helpers.style import CSS, DOCUMENT_CSS

HERE = Path(__file__).parent
COMPILED = HERE / "__pycache__"
"""Compiled templates are kept where Python keeps compiled modules: to compile them takes as long as thirty pages."""


@cache
def template(name: str) -> Any:
    """Give a template by its name without its endings."""
    return _environment().get_template(f"{name}.html.j2")


@cache
def _environment() -> Environment:
    kept = FileSystemBytecodeCache(str(COMPILED)) if os.access(COMPILED, os.W_OK) and not sys.dont_write_bytecode else None
    made = Environment(
        loader=FileSystemLoader(HERE),
        bytecode_cache=kept,
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals |= {"css": Markup(CSS), "document_css": Markup(DOCUMENT_CSS), "link": _link}  # noqa: S704  our own style sheets
    return made


@cache
def _link(section: str) -> Markup:
    """Give a section's name as a link whose address is still to come (`workbook_helpers.links`)."""
    return Markup(part(section)) + section + Markup("</a>")  # noqa: S704  it is quoted
