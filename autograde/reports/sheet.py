"""Write rows for a spreadsheet, as CSV or as a workbook of Excel. A cell is text, and never a formula."""

import csv
import io

import xlsxwriter

from autograde.outbox.marks_file import harmless
from autograde.reports.document import Table

MAX_CELL = 32_767
"""Characters that a cell of Excel holds [Microsoft, Excel specifications and limits, from memory, 2026-11]."""
MAX_NAME = 31
"""Characters of a sheet's name, there too."""
WIDEST = 60
_AS_TEXT = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


def as_csv(table: Table) -> bytes:
    """Give a table as CSV; what a spreadsheet would take for a formula gets an apostrophe before it."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_ALL)
    writer.writerows([[harmless(cell) for cell in row] for row in (table.header, *table.rows)])
    return text.getvalue().encode("utf-8-sig", "replace")  # Excel knows UTF-8 by the mark alone


def as_xlsx(table: Table) -> bytes:
    """Give a table as a workbook of Excel, its header row frozen and with filters; each cell is of the type text."""
    memory = io.BytesIO()
    with xlsxwriter.Workbook(memory, {"in_memory": True, **_AS_TEXT}) as book:
        book.set_properties({"title": table.title})
        sheet = book.add_worksheet(_sheet_name(table.title))
        bold, wrapped = book.add_format({"bold": True, "valign": "top"}), book.add_format({"text_wrap": True, "valign": "top"})
        for number, row in enumerate((table.header, *table.rows)):
            for column, cell in enumerate(row):
                sheet.write_string(number, column, cell[:MAX_CELL], wrapped if number else bold)
        for column, name in enumerate(table.header):
            widths = [len(row[column]) for row in table.rows]
            sheet.set_column(column, column, min(WIDEST, max([len(name), *widths]) + 2))
        sheet.freeze_panes(1, 1)
        sheet.autofilter(0, 0, len(table.rows), len(table.header) - 1)
    return memory.getvalue()


def _sheet_name(title: str) -> str:
    return "".join(sign for sign in title if sign not in "[]:*?/\\'")[:MAX_NAME] or "Sheet"
