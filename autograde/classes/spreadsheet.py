"""Read the first sheet of a spreadsheet as text, one row a line, tabs between the cells."""

import csv
import io
from datetime import date

from autograde.errors import RosterError

MAX_CELLS = 400_000
"""Of a list of learners: 20,000 rows of 20 columns."""


def is_spreadsheet(data: bytes) -> bool:
    """Whether a file is one: of Excel (.xlsx, .xls) or LibreOffice (.ods)."""
    return data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0"))


def text_in(data: bytes, name: str) -> str:
    """Give what the first sheet that holds anything says; a whole number is written as one.

    Raises
    ------
    RosterError
        If it cannot be read, or is locked with a password.
    """
    from python_calamine import CalamineError, CalamineWorkbook  # nobody else needs it

    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(data)) as workbook:
            sheets = (workbook.get_sheet_by_name(one) for one in workbook.sheet_names)
            sheet = next((one for one in sheets if one.total_height), None)
            if sheet is not None and sheet.total_height * sheet.total_width > MAX_CELLS:
                msg = f"{name} holds more than a list of learners. Copy their rows into a sheet of their own, and give that."
                raise RosterError(msg)
            rows = [] if sheet is None else sheet.to_python(skip_empty_area=True)
    except (CalamineError, OSError, ValueError) as error:
        msg = f"{name} cannot be read as a spreadsheet ({error}). Save it as CSV (File, Save as, CSV UTF-8) and give that file."
        raise RosterError(msg) from error
    text = io.StringIO(newline="")
    csv.writer(text, delimiter="\t", lineterminator="\n").writerows([[_shown(cell) for cell in row] for row in rows])
    return text.getvalue()


def _shown(cell: object) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return cell.isoformat() if isinstance(cell, date) else str(cell)
