"""Read a roster's CSV file, whatever program wrote it."""

import csv
import errno
import io
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from autograde.errors import RosterError
from autograde.text import count, printable
from workbook_helpers.files import read_file

MAX_BYTES = 5_000_000

COLUMNS = {
    "id": ("id", "studentid", "student", "studentnumber", "learnerid", "learner", "username", "user", "login", "idnumber"),
    "first_name": ("firstname", "first", "givenname", "givennames", "forename", "forenames"),
    "last_name": ("lastname", "last", "surname", "familyname"),
    "name": ("name", "fullname", "studentname", "learnername", "displayname"),
    "email": ("email", "emailaddress", "mail"),
}
"""Column → what a header may call it, in small letters and digits only."""
PERSONAL = frozenset({"first_name", "last_name", "email"})
"""What a row says of a learner."""

ABOVE = 20
"""Rows above the header at most: some programs write the course and the date there."""
MARKS = dict.fromkeys([0xFEFF, 0x200B, 0x200E, 0x200F, 0x2060, *range(0x202A, 0x202F), *range(0x2066, 0x206A)]) | {0xA0: " ", 0x202F: " "}
"""Signs that nobody sees: they come along when a name is copied from a page, and no two programs put them alike."""
ROUNDED = re.compile(r"\d(?:[.,]\d+)?E\+\d+", re.IGNORECASE)
"""How a spreadsheet writes a long number that it has rounded."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """One row as it stands in the file, blanks cut off; `line` counts from 1, and `silent` are the columns of which it says nothing."""

    line: int
    id: str
    first_name: str
    last_name: str
    email: str
    silent: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class BadRow:
    """A row that was left out: what is wrong and how to mend it."""

    line: int
    what: str
    mend: str


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """A list as it stands in a text, not yet understood.

    Attributes
    ----------
    cells
        The header's.
    line
        The header's line.
    records
        (line, cells) of each row below it, all as long as the header, blanks cut off.
    bad
        The rows that cannot be read.
    """

    cells: list[str]
    line: int
    records: list[tuple[int, list[str]]]
    bad: list[BadRow]


def read_rows(path: Path) -> tuple[list[Row], list[BadRow], list[str]]:
    """Read the rows of a roster; gives them, the bad ones, and what a person should know of how the file was understood.

    Raises
    ------
    RosterError
        If the file cannot be read, has no student, or its header lacks or repeats a column.
    """
    sheet = sheet_of(_text(path))
    places, notes = columns(path, sheet)
    if not sheet.records and not sheet.bad:
        msg = f"{path} has a header and no learner in it. Put each learner on a line of their own below it."
        raise RosterError(msg)
    rows, bad = rows_of(sheet, places)
    return rows, bad, [*notes, *shortened(rows)]


def sheet_of(text: str) -> Sheet:
    """Part a text into header and rows, whatever parts its cells."""
    delimiter, cells, start = _header(text)
    records: list[tuple[int, list[str]]] = []
    bad: list[BadRow] = []
    for line, record in _records(text, delimiter, bad):
        if line <= start or not any(cell.strip() for cell in record):
            continue
        if any(cell.strip() for cell in record[len(cells) :]):
            what = f"there are {len(record)} cells, and the header has {len(cells)}"
            bad.append(BadRow(line=line, what=what, mend='put a name that holds a comma in quotation marks ("…")'))
            continue
        records.append((line, [clean(cell) for cell in record] + [""] * (len(cells) - len(record))))
    return Sheet(cells=cells, line=start, records=records, bad=bad)


def sheet_without_header(text: str) -> Sheet:
    """Part a text that names no columns into rows, by what parts most of them."""
    parted = [(delimiter, list(_records(text, delimiter, []))) for delimiter in "\t;,|"]
    delimiter, _ = max(parted, key=lambda one: sum(len(cells) > 1 for _, cells in one[1]))
    bad: list[BadRow] = []
    records = [(line, [clean(cell) for cell in cells]) for line, cells in _records(text, delimiter, bad) if any(map(str.strip, cells))]
    width = max((len(cells) for _, cells in records), default=0)
    padded = [(line, cells + [""] * (width - len(cells))) for line, cells in records]
    return Sheet(cells=[f"Column {place + 1}" for place in range(width)], line=0, records=padded, bad=bad)


def rows_of(sheet: Sheet, places: Mapping[str, int]) -> tuple[list[Row], list[BadRow]]:
    """Read the rows of a list whose columns are known: column → place; gives them, and the bad ones."""
    rows, bad = [], list(sheet.bad)
    for line, record in sheet.records:
        values = {column: record[place] for column, place in places.items()}
        if ROUNDED.fullmatch(values["id"]):
            what = f"the spreadsheet has rounded the id to {values['id']}"
            bad.append(BadRow(line=line, what=what, mend="make the column Text in the spreadsheet, type the id anew, and save"))
            continue
        told = {column for column, value in values.items() if value}
        told |= {"first_name", "last_name"} if "name" in told else set()  # a whole name of one word has no other part
        if "name" in values:
            values["first_name"], values["last_name"] = _parted(values.pop("name"))
        rows.append(Row(line=line, **{**dict.fromkeys(PERSONAL, ""), **values}, silent=PERSONAL - told))
    return rows, bad


def clean(cell: str) -> str:
    """Give a cell without blanks around it and without signs that nobody sees."""
    return unicodedata.normalize("NFC", cell.translate(MARKS).strip())


def _parted(name: str) -> tuple[str, str]:
    """Part a whole name into first and last: "Evans, Ana" or "Ana Evans"; the last word is the surname."""
    if "," in name:
        last, _, first = name.partition(",")
        return first.strip(), last.strip()
    first, _, last = name.rpartition(" ")
    return (first.strip(), last) if first else (name, "")


def shortened(rows: Iterable[Row]) -> Iterator[str]:
    """Ask about ids from which a spreadsheet may have dropped the zeros at the start."""
    ids = [row.id for row in rows]
    lengths = Counter(len(one) for one in ids if one.isdecimal())
    usual = lengths.most_common(1)[0][0] if lengths else 0
    short = [one for one in ids if one.isdecimal() and len(one) < usual]
    if short and max(lengths) == usual and lengths[usual] > lengths.total() / 2:
        more = f" and {len(short) - 3} more" if len(short) > 3 else ""
        yield (
            f"Most ids have {usual} digits; {', '.join(short[:3])}{more} fewer. Did you mean {short[0].zfill(usual)}? "
            "A spreadsheet drops zeros at the start: make the column Text, type the id anew, and run this again."
        )


def _text(path: Path) -> str:
    try:
        raw = read_file(path, MAX_BYTES, links=True)
    except OSError as error:
        msg = f"{path} cannot be read ({error.strerror}). Check the name of the file."
        if error.errno == errno.EFBIG:
            msg = f"{path} is too large for a roster ({MAX_BYTES // 1_000_000} MB at most). Is it the right file?"
        raise RosterError(msg) from error
    return text_of(raw, path)


def text_of(raw: bytes, path: Path | str) -> str:
    """Give the text of a file's bytes, whatever program wrote it; RosterError, which calls it `path`, where it is none."""
    if raw.startswith(b"PK"):
        msg = f"{path} is a spreadsheet. Save it as CSV (File, Save as, CSV UTF-8) and give that file."
        raise RosterError(msg)
    # Excel writes cp1252 on Windows unless told otherwise; "Unicode text" is UTF-16, which other programs write without a mark.
    wide = [name for name, zeros in (("utf-16-le", raw[1::2]), ("utf-16-be", raw[::2])) if zeros.count(0) > len(zeros) / 2]
    for encoding in ("utf-16",) if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else wide or ("utf-8-sig", "cp1252"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    msg = f"{path} is not text that can be read. Save it as CSV UTF-8 and try again."
    raise RosterError(msg)


def _header(text: str) -> tuple[str, list[str], int]:
    """Find the header: give the delimiter, its cells, and its line.

    `csv.Sniffer` guesses from all the text and falls for commas in names; the header says it surely.
    """
    best: tuple[int, str, list[str], int] = (-1, ",", [], 1)
    for delimiter in ",;\t|":
        seen = 0
        for line, cells in _records(text, delimiter, []):
            if line == 1 and cells[:1] and cells[0].startswith("sep="):  # a line that Excel writes for itself
                continue
            if any(cell.strip() for cell in cells):
                best = max(best, (len(places_of(cells)), delimiter, cells, line), key=lambda found: found[0])
                seen += 1
            if seen > ABOVE:
                break
    _, delimiter, cells, line = best
    while cells and not cells[-1].strip():
        cells.pop()
    return delimiter, cells, line


def columns(path: Path | str, sheet: Sheet) -> tuple[dict[str, int], list[str]]:
    """Give column → place, and what a person should know of the choice.

    Raises
    ------
    RosterError
        If that is not clear; it calls the list `path`.
    """
    line, cells, records = sheet.line, sheet.cells, sheet.records
    found = places_of(cells)
    ids, notes = _id_column(found, cells, records)
    found["id"] = ids
    if "name" in found and "last_name" in found and "first_name" not in found:
        found["first_name"] = found["name"]  # "Name, Surname"
    if "first_name" in found and "last_name" in found:
        found.pop("name", None)
    for column, at in found.items():
        if len(at) > 1:
            names = " and ".join(repr(printable(cells[i], 40)) for i in at)
            msg = f"{path}, line {line}: both {names} could be the {column.replace('_', ' ')}. Rename or delete one."
            raise RosterError(msg)
    needed = ("id",) if "name" in found else ("id", "first_name", "last_name")
    if missing := [name.replace("_", " ") for name in needed if not found.get(name)]:
        has = printable(", ".join(cell.strip() for cell in cells), 100) or "nothing"
        msg = (
            f"{path}, line {line}: the header has no column for {', '.join(missing)} (it has: {has}). "
            "Its first line should be: id,first name,last name,email"
        )
        raise RosterError(msg)
    if "name" in found:
        for column in ("first_name", "last_name"):
            found.pop(column, None)
        notes.append(
            f'The names come from "{cells[found["name"][0]].strip()}": the last word, or what stands before a comma, is the surname.'
        )
    return {column: at[0] for column, at in found.items()}, notes


def _id_column(found: dict[str, list[int]], cells: list[str], records: Sequence[tuple[int, list[str]]]) -> tuple[list[int], list[str]]:
    """Choose the column of the ids where several could be: Moodle's lists have an ID number, which may be empty, and a username."""
    at = {_plain(cells[place]): place for place in found.get("id", [])}
    if len(at) > 1:  # "Student" is an id alone, and a name beside one
        named = [at.pop(word) for word in ("student", "learner", "user") if word in at and len(at) > 1]
        if named and not found.keys() & {"first_name", "last_name", "name"}:
            found["name"] = named
    filled = {word: place for word, place in at.items() if any(record[place] for _, record in records)}
    if not filled and "email" in found:
        why = f'The column "{cells[next(iter(at.values()))].strip()}" is empty' if at else "There is no column of ids"
        return found["email"], [f"{why}, so the email addresses are the ids: learners hand in with them."]
    at = filled or at
    if set(at) == {"idnumber", "username"}:
        without = sum(not record[at["idnumber"]] for _, record in records)
        taken = "username" if without else "idnumber"
        why = f", as the ID number of {count(without, 'learner')} is empty" if without else ""
        return [at[taken]], [f'The ids come from "{cells[at[taken]].strip()}"{why}.']
    return ([place for place in found.get("id", []) if place in at.values()], [])


def places_of(cells: list[str]) -> dict[str, list[int]]:
    """Give column → the places of the cells that may be its header."""
    found: dict[str, list[int]] = {}
    for place, cell in enumerate(cells):
        for column, names in COLUMNS.items():
            if _plain(cell) in names:
                found.setdefault(column, []).append(place)
    return found


def _plain(cell: str) -> str:
    return "".join(char for char in cell.casefold() if char.isalnum())


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
