"""A report as data: a title, and sections of paragraphs and tables. It is drawn as HTML (`as_html`) or as PDF (`as_pdf`)."""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Table:
    """A table; `header` names k columns, and each of `rows` has k cells of plain text."""

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, kw_only=True)
class Section:
    """A part of a report under a heading: paragraphs of plain text, then tables; a table without rows says so."""

    heading: str
    paragraphs: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Document:
    """A report.

    Attributes
    ----------
    title
        What it is, and of whom.
    made
        Where it comes from and when it was made, in a sentence.
    """

    title: str
    made: str
    sections: tuple[Section, ...]

    def as_data(self) -> dict[str, Any]:
        """Give it as JSON has it."""
        return asdict(self)
