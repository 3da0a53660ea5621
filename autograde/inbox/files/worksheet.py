"""Moodle's grading worksheet: when each participant handed in, by the clock of Moodle's server."""

import csv
import io
import re
from datetime import UTC, datetime
from pathlib import Path

from autograde.errors import ClassError
from autograde.text import LOCAL, printable
from workbook_helpers.files import read_file

MAX_BYTES = 20_000_000
NUMBER = re.compile(r"\D*(\d+)\s*")
"""`Participant 123`, in whatever language."""


def worksheet_times(path: Path) -> dict[str, datetime | None]:
    """Read participant's number → time of the submission in UTC; None where there is none that can be read.

    Raises
    ------
    ClassError
        If the file cannot be read, or is no grading worksheet.
    """
    header, rows = _table(path)
    plain = ["".join(filter(str.isalnum, cell.casefold())) for cell in header]
    if "identifier" not in plain or "lastmodifiedsubmission" not in plain:
        has = printable(", ".join(header), 120) or "nothing"
        msg = (
            f'{path} has no columns "Identifier" and "Last modified (submission)" (it has: {has}). '
            "In Moodle, with the page in English: View all submissions, Download grading worksheet."
        )
        raise ClassError(msg)
    who, when = plain.index("identifier"), plain.index("lastmodifiedsubmission")
    found: dict[str, datetime | None] = {}
    for row in rows:
        number = NUMBER.fullmatch(row[who]) if len(row) > max(who, when) else None
        if number:
            found[number[1]] = _time(row[when])
    return found


def _table(path: Path) -> tuple[list[str], list[list[str]]]:
    try:
        raw = read_file(path, MAX_BYTES, links=True)
    except OSError as error:
        msg = f"{path} cannot be read ({error.strerror}). Check the name of the file."
        raise ClassError(msg) from error
    codecs = ("utf-16",) if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "cp1252", "latin-1")
    text = ""
    for codec in codecs:
        try:
            text = raw.decode(codec)
            break
        except UnicodeDecodeError:
            continue
    tables = []
    for delimiter in ",;\t":
        try:
            tables.append(list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)))
        except csv.Error:
            continue
    table = max(tables, key=lambda rows: len(rows[0]) if rows else 0, default=[])
    return (table[0], table[1:]) if table else ([], [])


def _time(text: str) -> datetime | None:
    """Read a time as Moodle writes it in English: "Thursday, 19 November 2026, 4:58 PM"."""
    plain = " ".join(text.replace(",", " ").split())
    for form in (
        "%A %d %B %Y %I:%M %p",
        "%A %d %B %Y %H:%M",
        "%A %B %d %Y %I:%M %p",
        "%Y-%m-%d %H:%M",
        "%Y-%m-%d %H:%M:%S",
        "%d/%m/%Y %H:%M",
    ):
        try:
            return datetime.strptime(plain, form).replace(tzinfo=LOCAL).astimezone(UTC)
        except (ValueError, OverflowError):
            continue
    return None
