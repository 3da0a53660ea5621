"""What goes back beside Moodle: one zip with a name in each file's name, a list for a mail merge, and Canvas' gradebook."""

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence

from autograde.classes.any_system import for_any
from autograde.errors import ClassError
from autograde.outbox.marks_file import harmless
from autograde.outbox.moodle import Made, told_beside
from autograde.outbox.ready import Outgoing, Ready
from autograde.text import local

NAMED, MERGE, CANVAS = "zip with names", "list for a mail merge", "Canvas gradebook"
COLUMNS = ("id", "first name", "last name", "email", "workbook", "title", "points", "max", "handed in at", "file", "comment")
LONGEST = 100
"""Characters of a file's name: Windows allows 260 for the whole path."""


def file_names(ready: Ready, pages: Iterable[Outgoing]) -> dict[str, str]:
    """Give student id → the name of the page's file in the zip, each but once; any system can unpack it."""
    found: dict[str, str] = {}
    taken: set[str] = set()
    for page in pages:
        stem = _plain(f"{page.last_name}, {page.first_name} {page.shown} {ready.short}".strip(", "))
        name = f"{stem} feedback.html"
        if name.casefold() in taken:
            name = f"{_plain(page.id)} {ready.short} feedback.html"
        taken.add(name.casefold())
        found[page.id] = name
    return found


def named_zip(ready: Ready, pages: Iterable[Outgoing], beside: Mapping[str, bytes]) -> Made:
    """Make one zip with all the pages, each named after its learner; `beside`: student id → the file of a referral."""
    pages = list(pages)
    names, packed = file_names(ready, pages), io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for page in pages:
            archive.writestr(names[page.id], page.path.read_bytes())
            if page.id in beside:
                archive.writestr(names[page.id].replace(" feedback.html", " to do again.html"), beside[page.id])
    return Made(data=packed.getvalue(), to=tuple(page.id for page in pages), notes=told_beside(beside))


def merge_list(ready: Ready, pages: Iterable[Outgoing]) -> Made:
    """Make the list by which a word processor or a mail program writes to each learner; `file` is the page's name in the zip."""
    pages = list(pages)
    names = file_names(ready, pages)
    rows = [
        (
            page.shown,
            page.first_name,
            page.last_name,
            page.email,
            ready.short,
            ready.title,
            "" if page.points is None else f"{page.points:g}",
            f"{ready.max:g}",
            local(page.handed_in) if page.handed_in else "",
            names[page.id],
            "\n".join(page.comments),
        )
        for page in pages
    ]
    lost = [page.name for page in pages if not page.email]
    notes = (f"No email address is known of {', '.join(lost[:5])}{f' and {len(lost) - 5} more' if len(lost) > 5 else ''}.",) if lost else ()
    return Made(data=_written([COLUMNS, *rows], "utf-8-sig"), to=tuple(page.id for page in pages), notes=notes)


def canvas_csv(ready: Ready, pages: Iterable[Outgoing], column: str) -> Made:
    """Make the CSV file that Canvas takes as a gradebook; `column` is the assignment as Canvas' own export calls it.

    Canvas knows a learner by its number, which is kept at intake; where there is none, by the name.

    Raises
    ------
    ClassError
        If there is no column, or no page with all its points.
    """
    if not (column := " ".join(column.split())):
        msg = "Say what the column is called in Canvas. A name that Canvas does not know would make a new assignment."
        raise ClassError(msg)
    whole = [page for page in pages if page.points is not None]
    if not whole:
        msg = f"Nobody has all points of {ready.short} yet, and Canvas' gradebook takes nothing else."
        raise ClassError(msg)
    header = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section", column)
    rows = [(_sorted_name(page), _number(page), "", "", "", f"{page.points:g}") for page in whole]
    unknown = sum(not _number(page) for page in whole)
    notes = (f"Canvas' own number is not known of {unknown} of {len(whole)}: it looks for their names.",) if unknown else ()
    full = ("Points Possible", "", "", "", "", f"{ready.max:g}")
    return Made(data=_written([header, full, *rows], "utf-8"), to=tuple(page.id for page in whole), notes=notes)


def _sorted_name(page: Outgoing) -> str:
    return f"{page.last_name}, {page.first_name}".strip(", ") or page.shown


def _number(page: Outgoing) -> str:
    return page.canvas if page.canvas.isdecimal() else ""  # one of a class whose names are hidden is no user's


def _written(rows: Iterable[Sequence[str]], codec: str) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerows([harmless(cell) for cell in row] for row in rows)
    return text.getvalue().encode(codec, "replace")


def _plain(name: str) -> str:
    """Give a name that any system takes for a file."""
    name = " ".join("".join(char if char.isprintable() else " " for char in re.sub(r'[<>:"/\\|?*]', " ", name)).split())
    return for_any(name[:LONGEST].strip(" .~") or "learner")
