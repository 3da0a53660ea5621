"""Which column of Moodle's grading worksheet is which: by its English name, and in another language by what stands in it.

Moodle writes the columns in one order, with some left out or put between: Identifier, …, Grade, Maximum grade, …, Grade can be changed,
Last modified (submission), …, Last modified (grade), Feedback comments, ….

References
----------
`assignfeedback_offline` of Moodle 4.1 to 5 (its sources, checked 2026-11).
"""

import re
from collections.abc import Sequence

from autograde.errors import ClassError
from autograde.outbox.filled import Table
from autograde.text import printable

NUMBER = re.compile(r"\D*(\d+)\s*")
"""`Participant 123`, in whatever language."""
NEEDED = {"identifier": "Identifier", "grade": "Grade", "lastmodifiedgrade": "Last modified (grade)"}
TIME = re.compile(r"-|.*\b\d{4}\b.*\b\d{1,2}[:.]\d\d\b.*|.*\b\d{1,2}[:.]\d\d\b.*\b\d{4}\b.*")


def columns_of(table: Table, name: str) -> tuple[dict[str, int], str]:
    """Give what a column is, e.g. "feedbackcomments" → its place, and a sentence where that was told by what is in it, else "".

    Raises
    ------
    ClassError
        If the importer needs a column that is not there.
    """
    header = ["".join(filter(str.isalnum, cell.text.casefold())) for cell in table.rows[0]]
    found = {what: place for place, what in reversed(list(enumerate(header)))}
    missing = [words for what, words in NEEDED.items() if what not in found]
    if not missing:
        return found, ""
    if len(missing) == len(NEEDED) and (told := _by_content(table)):
        called = {what: printable(table.rows[0][place].text, 60) for what, place in told.items()}
        comments = f' and "{called["feedbackcomments"]}" for the comments' if "feedbackcomments" in called else ""
        return told, f'The worksheet is not in English. By what stands in them, "{called["grade"]}" was taken for the grade{comments}.'
    has = printable(", ".join(cell.text for cell in table.rows[0]), 160)
    listed = ", ".join(f'"{words}"' for words in missing)
    msg = (
        f"{name} has no column{'s' if len(missing) > 1 else ''} {listed} (it has: {has}). "
        "In Moodle, with the page in English: View all submissions, Download grading worksheet."
    )
    raise ClassError(msg)


def _by_content(table: Table) -> dict[str, int]:
    """Tell the columns by what stands in them; nothing where that leaves a doubt."""
    width = len(table.rows[0])
    rows = [row for row in table.rows[1:] if len(row) == width]
    if not rows or len({_word(row[0].text) for row in rows}) != 1 or not all(NUMBER.fullmatch(row[0].text) for row in rows):
        return {}
    columns = [[row[place].text.strip() for row in rows] for place in range(width)]
    most = [at for at in range(2, width) if _is_maximum(columns[at]) and all(_is_grade(text) for text in columns[at - 1])]
    times = [at for at in range(most[0] + 1, width) if all(map(TIME.fullmatch, columns[at]))] if len(most) == 1 else []
    if len(times) != 2:
        return {}
    found = {
        "identifier": 0,
        "grade": most[0] - 1,
        "maximumgrade": most[0],
        "lastmodifiedsubmission": times[0],
        "lastmodifiedgrade": times[1],
    }
    if times[0] - 1 > most[0]:
        found["gradecanbechanged"] = times[0] - 1
    if times[1] + 1 < width:
        found["feedbackcomments"] = times[1] + 1
    return found


def _word(text: str) -> str:
    return "".join(char for char in text if not char.isdigit()).strip()


def _is_maximum(cells: Sequence[str]) -> bool:
    return len(set(cells)) == 1 and re.fullmatch(r"\d+[.,]\d{2,5}", cells[0]) is not None and re.search("[1-9]", cells[0]) is not None


def _is_grade(text: str) -> bool:
    return re.fullmatch(r"|-|\d+([.,]\d+)?", text) is not None
