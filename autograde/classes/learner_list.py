"""A list of learners as it was pasted or dropped: its columns recognised, to be looked at and corrected before anything is written."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from autograde.classes.folder import Course
from autograde.classes.ids import folder_name
from autograde.classes.roster import EMAIL, Roster, RosterReport, completed, put_in
from autograde.classes.roster_file import (
    MAX_BYTES,
    BadRow,
    Row,
    Sheet,
    columns,
    places_of,
    rows_of,
    sheet_of,
    sheet_without_header,
    shortened,
    text_of,
)
from autograde.classes.spreadsheet import is_spreadsheet, text_in
from autograde.errors import RosterError
from autograde.text import count
from workbook_helpers.items import clean_id

LIST = "The list"
ID = re.compile(r"(?=\D*\d)\S+")
"""What is taken for an id where no column says that it holds them: one word with a digit in it."""


class Meaning(StrEnum):
    """What a column holds."""

    OTHER = ""
    ID = "id"
    FIRST = "first_name"
    LAST = "last_name"
    NAME = "name"
    EMAIL = "email"


MEANINGS = {
    Meaning.OTHER: "not used",
    Meaning.ID: "id",
    Meaning.FIRST: "first name",
    Meaning.LAST: "last name",
    Meaning.NAME: "whole name",
    Meaning.EMAIL: "email",
}


class Outcome(StrEnum):
    """What becomes of a row."""

    NEW = "new"
    CHANGED = "changed"
    KNOWN = "in the class already"
    BAD = "left out"


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column of the list: its header, what it is taken to hold, and what stands in it first."""

    header: str
    meaning: Meaning
    example: str


@dataclass(frozen=True, kw_only=True)
class Line:
    """A row of the list: what is read from it, what becomes of it, and why, or what a person should know."""

    number: int
    id: str
    first_name: str
    last_name: str
    email: str
    outcome: Outcome
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Preview:
    """What a list says, as its columns are understood.

    Attributes
    ----------
    fault
        Why it cannot be read so, "" for nothing.
    headless
        Whether no column's name is known.
    """

    text: str
    columns: tuple[Column, ...]
    lines: tuple[Line, ...]
    notes: tuple[str, ...]
    fault: str
    headless: bool
    counts: Mapping[Outcome, int]

    @property
    def to_write(self) -> int:
        """How many learners would be added or changed."""
        return self.counts[Outcome.NEW] + self.counts[Outcome.CHANGED]


def text_from(name: str, data: bytes) -> str:
    """Give the text of a file that was dropped.

    Raises
    ------
    RosterError
        If it is too large, or no list that can be read.
    """
    if len(data) > MAX_BYTES:
        msg = f"{name} is too large for a list of learners ({MAX_BYTES // 1_000_000} MB at most). Is it the right file?"
        raise RosterError(msg)
    return text_in(data, name) if is_spreadsheet(data) else text_of(data, name)


def preview(course: Course, text: str, chosen: Sequence[str] = (), *, header: bool = False) -> Preview:
    """Give what a list says and what would become of each row; nothing is written.

    Parameters
    ----------
    chosen
        What each column holds, as the tutor says; empty to recognise it.
    header
        Of a list in which no column's name is known: whether its first line is no learner all the same.

    Raises
    ------
    RosterError
        If there is no row in it.
    """
    headless = not places_of(sheet_of(text).cells)
    sheet, meanings, notes, fault = _understood(text, chosen, header=header)
    shown = tuple(
        Column(header=header, meaning=meaning, example=next((cells[place] for _, cells in sheet.records if cells[place]), ""))
        for place, (header, meaning) in enumerate(zip(sheet.cells, meanings, strict=True))
    )
    lines, more = ((), []) if fault else _lines(course, sheet, meanings)
    counts = {outcome: sum(line.outcome is outcome for line in lines) for outcome in Outcome}
    return Preview(text=text, columns=shown, lines=lines, notes=(*notes, *more), fault=fault, headless=headless, counts=counts)


def add(course: Course, text: str, chosen: Sequence[str] = (), *, header: bool = False) -> RosterReport:
    """Put the learners of a list into the class, as `preview` shows it.

    Raises
    ------
    RosterError
        If its columns are not clear, or the gradebook cannot be written; nobody is added then.
    """
    sheet, meanings, _, fault = _understood(text, chosen, header=header)
    if fault:
        raise RosterError(fault)
    return put_in(course, *_rows(sheet, meanings, Roster.of(course)))


def _understood(text: str, chosen: Sequence[str], *, header: bool) -> tuple[Sheet, list[Meaning], list[str], str]:
    """Give the list, what each column holds, what a person should know of that, and why it is not clear, or ""."""
    sheet = sheet_of(text)
    headless = not places_of(sheet.cells)
    if headless:
        sheet = sheet_without_header(text)
        if header and sheet.records:
            first, *rest = sheet.records
            sheet = replace(sheet, cells=first[1], line=first[0], records=rest)
    if not sheet.records and not sheet.bad:
        msg = "There is no learner in the list. Put each of them on a line of their own: id, first name, last name, email."
        raise RosterError(msg)
    if chosen and len(chosen) == len(sheet.cells):
        meanings = [Meaning(one) if one in {*Meaning} else Meaning.OTHER for one in chosen]
        return sheet, meanings, [], _fault(meanings)
    if headless:
        meanings = _guessed(sheet)
        note = "The list has no line that names its columns: say what each of them holds, where it is not right."
        return sheet, meanings, [note], _fault(meanings)
    try:
        found, notes = columns(LIST, sheet)
    except RosterError as error:
        found, notes = {name: at[0] for name, at in places_of(sheet.cells).items()}, []
        fault = str(error)
        meanings = _at(found, len(sheet.cells))
        return sheet, meanings, notes, _fault(meanings) or fault
    meanings = _at(found, len(sheet.cells))
    return sheet, meanings, notes, _fault(meanings)


def _at(found: Mapping[str, int], width: int) -> list[Meaning]:
    meanings = [Meaning.OTHER] * width
    for name, place in found.items():
        if meanings[place] is Meaning.OTHER or name == Meaning.ID:  # where addresses are the ids, they stay email addresses, too
            meanings[place] = Meaning(name)
    return meanings


def _rows(sheet: Sheet, meanings: Sequence[Meaning], known: Roster) -> tuple[list[Row], list[BadRow]]:
    rows, bad = rows_of(sheet, {str(meaning): place for place, meaning in enumerate(meanings) if meaning})
    if Meaning.EMAIL not in meanings:  # an address that is the id is still an address
        rows = [replace(row, email=row.id, silent=row.silent - {"email"}) if EMAIL.fullmatch(row.id) else row for row in rows]
    return completed(rows, known), bad


def _fault(meanings: Sequence[Meaning]) -> str:
    """Say what keeps a list from being read so."""
    twice = next((one for one in meanings if one and meanings.count(one) > 1), None)
    if twice:
        return f"Two columns are taken for the {MEANINGS[twice]}. Choose one of them, and “not used” for the other."
    if Meaning.ID not in meanings:
        return "No column is taken for the id. Choose the one that each learner is known by: a number, a username or an email address."
    if not {Meaning.NAME, Meaning.FIRST, Meaning.LAST} & {*meanings}:
        return "No column is taken for a name. Choose the one that holds the whole name, or those of first and last name."
    if Meaning.NAME in meanings and {Meaning.FIRST, Meaning.LAST} & {*meanings}:
        return "A whole name and a part of it cannot both be used. Choose “not used” for one of them."
    return ""


def _guessed(sheet: Sheet) -> list[Meaning]:
    """Guess what columns without names hold: addresses, one value with a digit for each learner, and names."""
    held = list(zip(*(cells for _, cells in sheet.records), strict=True)) if sheet.records else []
    meanings = [Meaning.OTHER] * len(sheet.cells)
    for place, cells in enumerate(held):
        filled = [cell for cell in cells if cell]
        if filled and all(EMAIL.fullmatch(cell) for cell in filled) and Meaning.EMAIL not in meanings:
            meanings[place] = Meaning.EMAIL
        elif len({*cells}) == len(cells) and all(map(ID.fullmatch, cells)) and Meaning.ID not in meanings:
            meanings[place] = Meaning.ID
    if Meaning.ID not in meanings and Meaning.EMAIL in meanings:
        meanings[meanings.index(Meaning.EMAIL)] = Meaning.ID
    names = [place for place, cells in enumerate(held) if not meanings[place] and any(cells)]
    for place, meaning in zip(names, (Meaning.NAME,) if len(names) == 1 else (Meaning.FIRST, Meaning.LAST), strict=False):
        meanings[place] = meaning
    return meanings


def _lines(course: Course, sheet: Sheet, meanings: Sequence[Meaning]) -> tuple[tuple[Line, ...], list[str]]:
    known = Roster.of(course)
    rows, bad = _rows(sheet, meanings, known)
    report = put_in(course, rows, bad, write=False)
    outcomes = {Outcome.NEW: {*report.added}, Outcome.CHANGED: {*report.updated}, Outcome.KNOWN: {*report.unchanged}}
    wrong = {one.line: f"{one.what}: {one.mend}" for one in report.bad}
    lines = [
        Line(number=one.line, id="", first_name="", last_name="", email="", outcome=Outcome.BAD, note=wrong[one.line])
        for one in report.bad
        if one.line not in {row.line for row in rows}
    ]
    for row in rows:
        id_ = folder_name(clean_id(row.id)) if row.id and row.line not in wrong else ""
        outcome = next((one for one, ids in outcomes.items() if id_ in ids), Outcome.BAD)
        note = wrong.get(row.line, "")
        if outcome is Outcome.CHANGED and (before := known.get(id_)):
            note = f"so far: {before.name}{f', {before.email}' if before.email else ''}"
        elif outcome is Outcome.NEW and (same := known.named(f"{row.first_name} {row.last_name}")):
            note = f"{same[0].name} is in the class with the id {same[0].shown}: the same person?"
        shown = {"id": row.id, "first_name": row.first_name, "last_name": row.last_name, "email": row.email}
        lines.append(Line(number=row.line, outcome=outcome, note=note, **shown))
    more = list(shortened(rows))
    if report.others:
        more.append(f"{count(len(report.others), 'learner')} of the class not in this list: they stay in the class.")
    return tuple(sorted(lines, key=lambda line: line.number)), more
