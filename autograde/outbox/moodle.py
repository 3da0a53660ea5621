"""What Moodle takes back: the zip of feedback files, and its own grading worksheet with the points and comments filled in.

Of a path in the zip its importer reads `_NUMBER_assignsubmission_file` and nothing else; the worksheet's importer wants the file that
Moodle made, and passes over rows without a word (grades out of range, locked ones, those that are newer in Moodle). What it would
pass over is said here.

References
----------
`assignfeedback_file` and `assignfeedback_offline` of Moodle 4.1 to 5 (their sources, checked 2026-11).
"""

import html
import io
import zipfile
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from autograde.errors import ClassError
from autograde.outbox.filled import Table, read_table
from autograde.outbox.moodle_columns import NUMBER, columns_of
from autograde.outbox.ready import Outgoing, Ready
from autograde.text import count, printable

FILES, WORKSHEET = "Moodle feedback files", "Moodle grading worksheet"
NO = frozenset({"no", "na", "nac ydw", "nein", "non", "nie", "não", "nee", "nej", "nei", "ne", "nu", "nem", "ei"})
"""How the languages of Moodle say that a grade cannot be changed, as far as they are known here."""
SHOWN = 5
"""Names in one sentence."""


@dataclass(frozen=True, kw_only=True)
class Made:
    """A file that was made, to whom it gives something back (student ids), and what has to be told of it."""

    data: bytes
    to: tuple[str, ...]
    notes: tuple[str, ...] = ()


def feedback_zip(ready: Ready, pages: Iterable[Outgoing], beside: Mapping[str, bytes]) -> Made:
    """Make the zip that Moodle takes under "Upload multiple feedback files in a zip"; `beside`: student id → the file of a referral.

    Two learners with one participant's number get none: one of them would be given the other's page.

    Raises
    ------
    ClassError
        If no page has a participant's number.
    """
    good, bad = numbered(pages)
    if not good:
        msg = (
            f"Of no page is Moodle's number known: the hand-ins did not come from Moodle's download of {ready.short}. "
            "Give them back in the zip with names."
        )
        raise ClassError(msg)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for page in good:
            archive.writestr(f"{folder(page)}/{ready.assignment}-feedback.html", page.path.read_bytes())
            if page.id in beside:
                archive.writestr(f"{folder(page)}/{ready.assignment}-to-do-again.html", beside[page.id])
    told = told_beside([page.id for page in good if page.id in beside])
    return Made(data=packed.getvalue(), to=tuple(page.id for page in good), notes=(*_without(bad), *told))


def told_beside(learners: Collection[str]) -> tuple[str, ...]:
    """Say how many have the file of a referral beside their page."""
    if not learners:
        return ()
    return (
        f"{count(len(learners), 'learner')} {'is' if len(learners) == 1 else 'are'} referred: the file to do again lies beside the page.",
    )


def folder(page: Outgoing) -> str:
    """Give the name of a learner's folder in the zip: Moodle parts it at each "_", and passes over what begins with "." or "~"."""
    name = "".join(char if char.isalnum() or char in " .'-" else " " for char in page.name)
    return f"{' '.join(name.split()).lstrip('. ') or 'Learner'}_{page.moodle}_assignsubmission_file"


def numbered(pages: Iterable[Outgoing]) -> tuple[list[Outgoing], list[Outgoing]]:
    """Part pages into those whose participant's number is known and theirs alone, and the others."""
    pages = list(pages)
    known = Counter(page.moodle for page in pages if page.moodle)
    return [page for page in pages if known[page.moodle] == 1], [page for page in pages if known[page.moodle] != 1]


def worksheet(ready: Ready, pages: Iterable[Outgoing], raw: bytes, name: str) -> Made:
    """Fill Moodle's grading worksheet: Grade and Feedback comments, and no other byte.

    Raises
    ------
    ClassError
        If the file is none.
    """
    table = read_table(raw, name)
    columns, told = columns_of(table, name)
    good, bad = numbered(pages)
    by_number = {page.moodle: page for page in good}
    new: dict[tuple[int, int], str] = {}
    filled, locked, notes, other = list[Outgoing](), list[Outgoing](), [told] if told else list[str](), list[Outgoing]()
    for at, row in enumerate(table.rows[1:], start=1):
        cells = {what: row[column].text for what, column in columns.items() if column < len(row)}
        number = NUMBER.fullmatch(cells.get("identifier", ""))
        page = by_number.get(number[1]) if number else None
        if page is None:
            continue
        if cells.get("gradecanbechanged", "").strip().casefold() in NO:
            notes.append(f"Moodle has locked the grade of {page.name}: nothing was filled in.")
            locked.append(page)
            continue
        mine = {"grade": _grade(page, ready.max, cells), "feedbackcomments": _as_html(page.comments) if page.comments else None}
        changed = {what: text for what, text in mine.items() if text is not None and what in cells and not _same(text, cells[what])}
        new |= {(at, columns[what]): text for what, text in changed.items()}
        other += [page] if any(cells[what].strip() not in {"", "-"} for what in changed) else []
        filled.append(page)
    if not filled:
        msg = f"None of the learners stands in {name} by a number that is known from intake. Is it the worksheet of {ready.short}?"
        raise ClassError(" ".join([msg, *notes]))
    notes += _remarks(ready, table, columns, filled)
    notes += [f"Another grade or comment stood there before: {_names(other)}."] if other else []
    missing = [page for page in good if page not in filled and page not in locked]
    notes += [f"Not in the worksheet: {_names(missing)}."] if missing else []
    return Made(data=table.with_cells(new), to=tuple(page.id for page in filled), notes=(*notes, *_without(bad)))


def _grade(page: Outgoing, full: float, cells: dict[str, str]) -> str | None:
    """Give the points as Moodle wants them, in proportion to its own maximum; None where nothing is to be filled in."""
    if page.points is None or "scale" in cells:
        return None
    most = _number(cells.get("maximumgrade", ""))
    points = page.points if most is None or not full else page.points * most / full
    return f"{min(points, most) if most is not None else points:.2f}"


def _number(text: str) -> float | None:
    try:
        return float(text.replace(",", ".").strip())
    except ValueError:
        return None


def _same(one: str, other: str) -> bool:
    return one == other or (_number(one) is not None and _number(one) == _number(other))


def _as_html(comments: Iterable[str]) -> str:
    """Give comments as the HTML that Moodle keeps; nothing in them acts there, nor in a spreadsheet."""
    lines = html.escape("\n".join(comments), quote=False).replace("\r\n", "\n").replace("\n", "<br>")
    return f"&#{ord(lines[0])};{lines[1:]}" if lines[:1] in {"=", "+", "-", "@", "\t"} else lines


def _remarks(ready: Ready, table: Table, columns: dict[str, int], filled: list[Outgoing]) -> Iterator[str]:
    if "scale" in columns:
        yield "Moodle grades this by a scale, so no grade was filled in."
    elif "maximumgrade" in columns:
        most = {_number(row[columns["maximumgrade"]].text) for row in table.rows[1:] if len(row) > columns["maximumgrade"]} - {None}
        if most and most != {ready.max}:
            yield (
                f"Moodle's maximum is {max(one or 0 for one in most):g} and the workbook's {ready.max:g}: "
                "points were filled in in proportion."
            )
    if waiting := [page for page in filled if page.points is None]:
        yield f"No grade yet, since answers wait for you: {_names(waiting)}."
    if "feedbackcomments" not in columns and any(page.comments for page in filled):
        yield 'The worksheet has no column "Feedback comments", so comments stand in the pages alone.'


def _without(bad: list[Outgoing]) -> Iterator[str]:
    unknown, twice = ([page for page in bad if bool(page.moodle) is known] for known in (False, True))
    if unknown:
        yield f"{count(len(unknown), 'learner')} without a number from Moodle: {_names(unknown)}. Give theirs back in the zip with names."
    if twice:
        yield f"More than one learner has the same number in Moodle, so nothing went out for them: {_names(twice)}."


def _names(pages: list[Outgoing]) -> str:
    more = f" and {len(pages) - SHOWN} more" if len(pages) > SHOWN else ""
    return f"{', '.join(printable(page.name, 60) for page in pages[:SHOWN])}{more}"
