"""Read a roster's CSV file, whatever program wrote it."""

import csv
import io
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from autograde.course.text import printable
from autograde.errors import RosterError

MAX_BYTES = 5_000_000

COLUMNS = {
    "id": ("id", "studentid", "student", "studentnumber", "learnerid", "learner", "username", "user", "login", "idnumber"),
    "first_name": ("firstname", "first", "givenname", "givennames", "forename", "forenames"),
    "last_name": ("lastname", "last", "surname", "familyname"),
    "email": ("email", "emailaddress", "mail"),
}
"""Column → what a header may call it, in small letters and digits only."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """One row as it stands in the file, blanks cut off; `line` counts from 1."""

    line: int
    id: str
    first_name: str
    last_name: str
    email: str


@dataclass(frozen=True, kw_only=True)
class BadRow:
    """A row that was left out: what is wrong and how to mend it."""

    line: int
    what: str
    mend: str


def read_rows(path: Path) -> tuple[list[Row], list[BadRow]]:
    """Read the rows of a roster.

    Raises
    ------
    RosterError
        If the file cannot be read, or its header lacks or repeats a column.
    """
    text = _text(path)
    delimiter, places, width, start = _header(path, text)
    rows: list[Row] = []
    bad: list[BadRow] = []
    for line, cells in _records(text, delimiter, bad):
        if line <= start or not any(cell.strip() for cell in cells):
            continue
        if any(cell.strip() for cell in cells[width:]):
            what = f"there are {len(cells)} cells, and the header has {width}"
            bad.append(BadRow(line=line, what=what, mend='put a name that holds a comma in quotation marks ("…")'))
            continue
        values = {
            column: unicodedata.normalize("NFC", cells[place].strip()) if place < len(cells) else "" for column, place in places.items()
        }
        rows.append(Row(line=line, **{"email": "", **values}))
    return rows, bad


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > MAX_BYTES:
            msg = f"{path} is too large for a roster ({MAX_BYTES // 1_000_000} MB at most). Is it the right file?"
            raise RosterError(msg)
        raw = path.read_bytes()
    except OSError as error:
        msg = f"{path} cannot be read ({error.strerror}). Check the name of the file."
        raise RosterError(msg) from error
    if raw.startswith(b"PK"):
        msg = f"{path} is a spreadsheet. Save it as CSV (File, Save as, CSV UTF-8) and give that file."
        raise RosterError(msg)
    # Excel writes cp1252 on Windows unless told otherwise; "Unicode text" is UTF-16 with a mark.
    for encoding in ("utf-16",) if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "cp1252"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    msg = f"{path} is not text that can be read. Save it as CSV UTF-8 and try again."
    raise RosterError(msg)


def _header(path: Path, text: str) -> tuple[str, dict[str, int], int, int]:
    """Find the header: give the delimiter, column → place, number of cells, and its last line.

    `csv.Sniffer` guesses from all the text and falls for commas in names; the header says it surely.
    """
    best: tuple[int, str, list[str], int] = (-1, ",", [], 0)
    for delimiter in ",;\t|":
        for line, cells in _records(text, delimiter, []):
            if line == 1 and cells[:1] and cells[0].startswith("sep="):  # a line that Excel writes for itself
                continue
            if any(cell.strip() for cell in cells):
                best = max(best, (len(_places(cells)), delimiter, cells, line), key=lambda found: found[0])
                break
    _, delimiter, cells, line = best
    places = _places(cells)
    for column, at in places.items():
        if len(at) > 1:
            names = " and ".join(repr(printable(cells[i], 40)) for i in at)
            msg = f"{path}, line {line}: both {names} could be the {column.replace('_', ' ')}. Rename or delete one."
            raise RosterError(msg)
    if missing := [name.replace("_", " ") for name in ("id", "first_name", "last_name") if name not in places]:
        has = printable(", ".join(cell.strip() for cell in cells), 100) or "nothing"
        msg = (
            f"{path}, line {line or 1}: the header has no column for {', '.join(missing)} (it has: {has}). "
            "Its first line should be: id,first name,last name,email"
        )
        raise RosterError(msg)
    while cells and not cells[-1].strip():
        cells.pop()
    return delimiter, {column: at[0] for column, at in places.items()}, len(cells), line


def _places(cells: list[str]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for place, cell in enumerate(cells):
        plain = "".join(char for char in cell.casefold() if char.isalnum())
        for column, names in COLUMNS.items():
            if plain in names:
                found.setdefault(column, []).append(place)
    return found


def _records(text: str, delimiter: str, bad: list[BadRow]) -> Iterator[tuple[int, list[str]]]:
    """Give (first line, cells) of each record; what the csv module refuses is added to `bad`."""
    # newline="" would keep a lone carriage return inside a cell; older Macs end lines with it.
    reader = csv.reader(io.StringIO(text, newline=None), delimiter=delimiter)
    while True:
        line = reader.line_num + 1
        try:
            yield line, next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            mend = 'look for a quotation mark (") that is not closed'
            bad.append(BadRow(line=line, what=f"it cannot be read as CSV ({error})", mend=mend))
