"""Fill cells of a CSV file that another program made, and leave every other byte of it as it is."""

import codecs
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass

from autograde.errors import ClassError

MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
"""How a file begins that says its encoding."""
CODECS = ("utf-8", "cp1252", "latin-1")
"""What is tried where it does not say; the last one reads anything."""
SEPARATORS = ",;\t:"
"""What Moodle offers."""


@dataclass(frozen=True, kw_only=True)
class Cell:
    """A cell: its text, and where it stands in the file's text, with its quotes."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, kw_only=True)
class Table:
    """A CSV file: how it begins (`mark`), its encoding, its separator, its text, and its rows."""

    mark: bytes
    codec: str
    separator: str
    text: str
    rows: tuple[tuple[Cell, ...], ...]

    def with_cells(self, new: Mapping[tuple[int, int], str]) -> bytes:
        """Give the file with other texts in these cells, (row, column) → text; all else stays, byte for byte.

        A letter that the file's encoding lacks is written as HTML writes it, e.g. "&#373;".
        """
        parts, done = [], 0
        for (row, column), wanted in sorted(new.items()):
            cell = self.rows[row][column]
            quoted = self.text[cell.start : cell.start + 1] == '"'
            text = wanted.encode(self.codec, "xmlcharrefreplace").decode(self.codec)  # first, for its ";" may be the separator
            parts += [self.text[done : cell.start], self._written(text, quoted=quoted)]
            done = cell.end
        parts.append(self.text[done:])
        return self.mark + "".join(parts).encode(self.codec)

    def _written(self, text: str, *, quoted: bool) -> str:
        if quoted or any(char in text for char in f'"\r\n{self.separator}') or text != text.strip():
            return '"' + text.replace('"', '""') + '"'
        return text


def read_table(raw: bytes, name: str) -> Table:
    """Read a CSV file, whatever its encoding and separator.

    Raises
    ------
    ClassError
        If it is none.
    """
    mark, codec = _mark(raw)
    if raw.startswith(b"PK\x03\x04") or (b"\0" in raw and not codec.startswith("utf-16")):
        msg = f"{name} is a spreadsheet or another program's file, not the CSV file itself. Download it again and drop it here unopened."
        raise ClassError(msg)
    text = ""
    for tried in (codec,) if mark else CODECS:
        with suppress(UnicodeDecodeError):
            codec, text = tried, raw[len(mark) :].decode(tried)
            break
    if not text.strip():
        msg = f"{name} is empty, or damaged. Download it again and drop it here unopened."
        raise ClassError(msg)
    separator = max(SEPARATORS, key=lambda one: len(next(_rows(text, one), ())))
    return Table(mark=mark, codec=codec, separator=separator, text=text, rows=tuple(_rows(text, separator)))


def _mark(raw: bytes) -> tuple[bytes, str]:
    return next(((mark, codec) for mark, codec in MARKS if raw.startswith(mark)), (b"", ""))


def _rows(text: str, separator: str) -> Iterator[tuple[Cell, ...]]:
    """Part a text into rows, as Python's and PHP's readers do: a quote opens a cell only at its beginning, and two of them are one."""
    at, row, length = 0, list[Cell](), len(text)
    while at < length:
        start = at
        if text[at] == '"':
            at += 1
            while at < length and (text[at] != '"' or text[at + 1 : at + 2] == '"'):
                at += 2 if text[at] == '"' else 1
            inside = text[start + 1 : at].replace('""', '"')
            at = min(at + 1, length)
        else:
            inside = ""
        tail = at
        while at < length and text[at] not in f"{separator}\r\n":
            at += 1
        row.append(Cell(text=inside + text[tail:at], start=start, end=at))
        if at < length and text[at] == separator:
            at += 1
            if at < length:
                continue
            row.append(Cell(text="", start=at, end=at))
        elif text[at : at + 2] == "\r\n":
            at += 2
        else:
            at += 1
        yield tuple(row)
        row = []
