"""A list of proposals as a file that the assessor checks: what is left in it is decided at once, or nothing."""

import csv
import io
from pathlib import Path

from autograde.classes.folder import Course
from autograde.errors import ClassError
from autograde.gradebook.deeds import Deed
from autograde.gradebook.noted import noting
from autograde.records.decisions import Decide
from autograde.records.grid import Grid, State
from autograde.text import printable
from autograde.whole import fresh_file
from workbook_helpers.files import read_file, write_file

COLUMNS = ("learner", "criterion", "decision", "reason", "evidence")
LISTED = "as listed"
"""The column by which it is known whether a cell has changed since; a line that a person adds has nothing there."""
WORDS = {"met": True, "not yet": False, "not yet met": False, "not-yet": False}
MAX_BYTES = 20_000_000
_GUARDED = "=+-@\t\r'"
"""With one of these first a spreadsheet may take a text for a formula; with ' before it, it does not, and takes that off."""


def write_list(course: Course, grid: Grid, file: Path) -> int:
    """Write all that is proposed as met and waits for a decision, one line each, and give how many.

    A file that is there stays: somebody may have worked in it.

    Raises
    ------
    ClassError
        If the file or the log, which tells of it, cannot be written.
    """
    target = fresh_file(course, file, "a list to check", ending=".csv")
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_ALL)
    writer.writerow([*COLUMNS, LISTED])
    rows = 0
    for learner in grid.learners:
        for criterion in grid.framework.criteria:
            cell = grid.cells[learner.id, criterion.code]
            if cell.state is State.PROPOSED and not grid.units[learner.id].locked:
                values = (learner.shown, criterion.code, "met", cell.proposal.why, "\n".join(cell.proposal.rests_on))
                guarded = [f"'{value}" if value.startswith(tuple(_GUARDED)) else value for value in values]
                writer.writerow([*guarded, _listed(grid, learner.id, criterion.code)])
                rows += 1
    try:
        with noting(course, Deed.EXPORT, what="list to decide", rows=rows):
            write_file(target, text.getvalue().encode("utf-8-sig"), mode=0o600)
    except OSError as error:
        msg = f"{file} cannot be written ({error.strerror}). Name a file on a disk with room that you may write to."
        raise ClassError(msg) from error
    return rows


def _listed(grid: Grid, learner: str, code: str) -> str:
    return f"as {grid.base(learner, code)}"  # digits alone would be a number to a spreadsheet


def read_list(file: Path, grid: Grid, assessor: str = "") -> tuple[Decide, ...]:
    """Read a checked list, to decide what nobody has decided, on what stands as it was listed.

    Raises
    ------
    ClassError
        If it cannot be read, lacks a column, a decision in it is neither "met" nor "not yet", or a cell has changed since it was listed.
    """
    try:
        text = read_file(file, MAX_BYTES, links=True).decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        msg = f"{printable(file, 300)} cannot be read. Name the list as you saved it, as CSV in UTF-8."
        raise ClassError(msg) from error
    first = text.partition("\n")[0]
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=";" if first.count(";") > first.count(",") else ",")
    if lost := [column for column in (*COLUMNS, LISTED) if column not in (reader.fieldnames or ())]:
        msg = f"{file} has no column {lost[0]!r}. Take the list as autograde results --to-decide writes it."
        raise ClassError(msg)
    found, ids = [], {one.shown: one.id for one in grid.learners}
    for number, row in enumerate(reader, 2):
        learner, criterion, decision, reason, evidence = ((row[column] or "").strip().removeprefix("'") for column in COLUMNS)
        if not (learner or criterion):
            continue
        if decision.casefold() not in WORDS:
            msg = f"{file}, row {number}: the decision must be “met” or “not yet”, and is {printable(decision, 40)!r}. Mend it."
            raise ClassError(msg)
        listed, key = (row[LISTED] or "").strip(), (ids.get(learner, ""), criterion)
        if listed and (key not in grid.cells or listed != _listed(grid, *key)):
            msg = (
                f"{file}, row {number}: {criterion} of {printable(learner, 40)} is not as it was listed. Something was decided, marked or "
                "handed in since. Nothing was written. Write a new list, or take out the row."
            )
            raise ClassError(msg)
        one = Decide(
            learner=learner,
            criterion=criterion,
            met=WORDS[decision.casefold()],
            reason=reason,
            evidence=tuple(evidence.split("\n")) if evidence else (),
            assessor=assessor,
            base="",
        )
        found.append(one)
    return tuple(found)
