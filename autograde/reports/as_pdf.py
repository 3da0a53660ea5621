"""Draw a report as a PDF that a screen reader can read: tagged, with its title, its language, headings, and tables with header cells.

Typst makes it, held to PDF/UA-1 (ISO 14289-1): where it cannot keep that, it fails rather than write a file that is less.
"""

import json
import unicodedata
from collections.abc import Callable
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


def as_pdf(document: Document) -> bytes:
    """Give the file. What no font of this computer can show is written by its number, like "[U+1F600]".

    Raises
    ------
    ClassError
        If it cannot be made.
    """
    report = _each(document.as_data(), _clean)
    try:
        return _compiled(report)
    except typst.TypstError as error:
        if "could not be displayed" not in error.message:
            raise ClassError(_failed(error)) from error
    try:
        return _compiled(_each(report, _numbered))
    except typst.TypstError as error:
        raise ClassError(_failed(error)) from error


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
    """Leave out what nothing can show; lines stay lines."""
    return "".join(sign for sign in text if sign == "\n" or unicodedata.category(sign) not in CONTROL)


def _numbered(text: str) -> str:
    return "".join(sign if sign == "\n" or any(ord(sign) in some for some in KNOWN) else f"[U+{ord(sign):04X}]" for sign in text)


def _failed(error: typst.TypstError) -> str:
    return f"The PDF cannot be made ({error.message}). Take HTML instead (a file that ends in .html), and please report this."
