"""Draw a report as a PDF that a screen reader can read: tagged, with its title, its language, headings, and tables with header cells.

Typst makes it, held to PDF/UA-1 (ISO 14289-1): where it cannot keep that, it fails rather than write a file that is less.
"""

import json
import re
import unicodedata
from collections.abc import Callable
from operator import methodcaller
from pathlib import Path
from typing import Any, Final

import typst

from autograde.errors import ClassError
from autograde.reports.document import Document

TEMPLATE = Path(__file__).with_name("document.typ")
STANDARD: Final = "ua-1"
KNOWN = (range(0x20, 0x180), range(0x1E00, 0x1F00), range(0x2010, 0x2028))
"""Latin letters and usual signs: Typst's own font has them all."""
CONTROL = {"Cc", "Cf", "Cs", "Co", "Cn"}
"""Categories of Unicode that have no sign of their own."""
VARIANT = re.compile("[\ufe00-\ufe0f]")
"""What follows a sign to choose its look, as ✓ or an emoji from a telephone has it."""
NOT_SHOWN = re.compile(r'the text `"(.*?)"` could not be displayed')
"""How Typst tells it, of every text that fails; in it Rust writes some signs as \\u{301}."""


def as_pdf(document: Document) -> bytes:
    """Give the file. What no font of this computer can show is written by its number, like "[U+1F600]".

    Raises
    ------
    ClassError
        If it cannot be made.
    """
    report = _each(document.as_data(), _clean)
    while True:  # each round has fewer signs that can fail
        try:
            return _compiled(report)
        except typst.TypstError as error:
            numbered = _each(report, methodcaller("translate", _not_shown(error.diagnostic)))
            if numbered == report:
                msg = f"The PDF cannot be made ({error.message}). Take HTML instead (a file that ends in .html), and please report this."
                raise ClassError(msg) from error
            report = numbered


def _compiled(report: Any) -> bytes:
    text = json.dumps(report, ensure_ascii=False)
    made = typst.compile(TEMPLATE, format="pdf", sys_inputs={"report": text}, pdf_standards=STANDARD)
    return made if isinstance(made, bytes) else b""


def _each(data: Any, change: Callable[[str], str]) -> Any:
    """Change every text in what JSON can hold."""
    match data:
        case str():
            return change(data)
        case dict():
            return {name: _each(value, change) for name, value in data.items()}
        case list() | tuple():
            return [_each(value, change) for value in data]
        case _:
            return data


def _clean(text: str) -> str:
    """Leave out what nothing can show; lines stay lines, and a tab parts words."""
    lines = VARIANT.sub("", text.replace("\t", " ")).splitlines()
    return "\n".join("".join(sign for sign in line if unicodedata.category(sign) not in CONTROL) for line in lines)


def _not_shown(told: str) -> dict[int, str]:
    """Give code point → number in brackets for the signs of which Typst tells that no font has them."""
    texts = "".join(NOT_SHOWN.findall(told))
    signs = {*map(ord, texts), *(int(code, 16) for code in re.findall(r"\\u\{(\w+)}", texts))}
    return {sign: f"[U+{sign:04X}]" for sign in signs if not any(sign in some for some in KNOWN)}
