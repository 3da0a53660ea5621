"""Everything that a class holds of one person, in one file for that person: a page to read, the rows as JSON, and the files themselves.

Left out is what holds a key or a rubric: the marker's notebook, the words of a second look, what was proposed to the assessor, and a
page that says what was right where marking is open and that was never given. So is what lies under the learner's id and is somebody
else's (`records.strays`).
"""

import json
import zipfile
from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select

from autograde.classes.folder import Course
from autograde.classes.learner_changes import find
from autograde.classes.roster import Student
from autograde.errors import ClassError
from autograde.gradebook import log, own_tables
from autograde.gradebook.deeds import Deed
from autograde.gradebook.givings import read_givings
from autograde.inbox.attempts import FOLDER as ATTEMPTS
from autograde.outbox.giving import PAGES
from autograde.outbox.pages import is_held_back
from autograde.records.holdings import files_of, marked_from, rows_of
from autograde.records.opening import reading, writing
from autograde.records.strays import Stray, strays
from autograde.reports.as_html import page
from autograde.text import encodable, in_words
from autograde.whole import fresh_file
from workbook_helpers.files import PART, replacing

KEPT_BACK = frozenset({"hints", "proposal", "template", "seen", "not_enough"})
"""Columns, and entries of a marker's notes, that would tell what a key or a rubric says."""
NOT_THEIRS = "autograded"
"""The marker's notebooks."""


def export_learner(course: Course, learner: str, file: Path) -> Path:
    """Write the file; give its whole path.

    Raises
    ------
    ClassError
        If nobody has the id, the file is there already or cannot be written, or the records cannot be read.
    """
    one = find(course, learner)
    target = fresh_file(course, file, "a learner's data", ending=".zip")
    astray = strays(course)
    strange = [stray for stray in astray if stray.under == one.id]
    with reading(course) as connection:
        others = frozenset(id_ for stray in strange for id_ in marked_from(connection, stray))
        held = {title: [row for row in some if _is_theirs(row, others)] for title, some in rows_of(connection, one.id).items()}
        rows = {title: [_readable(row) for row in some] for title, some in held.items() if some}
        entries = [_readable(row) for row in _entries(connection, one.id)]
    if entries:
        rows["Entries of the log"] = entries
    with writing(course) as database:
        log.note(database, Deed.EXPORT, learner=one.id, report="all that is held of the learner", file=target.name)
    try:
        with replacing(target, mode=0o600) as part, zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED, strict_timestamps=False) as packed:
            names = list(_put_files(packed, course, one, astray))
            made = f"Class {course.course_id}, made on {in_words(datetime.now(UTC))} (UK time)."
            packed.writestr("data.json", json.dumps(rows, ensure_ascii=False, indent=1))
            packed.writestr("index.html", page("learner", learner=one, rows=rows, files=names, made=made))
    except OSError as error:
        msg = f"{file} cannot be written ({error.strerror}). Name a file on a disk with room that you may write to."
        raise ClassError(msg) from error
    return target


def _is_theirs(row: Mapping[str, Any], others: Collection[str]) -> bool:
    return row.get("id") not in others and row.get("notebook_id") not in others


def _put_files(packed: zipfile.ZipFile, course: Course, learner: Student, astray: Collection[Stray]) -> Iterator[str]:
    givings = [one for one in read_givings(course.db_url, course.course_id, "") if one.way in PAGES]
    apart = {file for stray in astray for file in stray.files}
    strange = [stray for stray in astray if stray.under == learner.id]
    for path in files_of(course, learner):
        inside = [path, *sorted(path.rglob("*"))] if path.is_dir() and not path.is_symlink() else [path]
        for one in inside:
            where = one.relative_to(course.root)
            if not one.is_file() or one.is_symlink() or one.name.startswith(PART) or where.parts[0] == NOT_THEIRS:
                continue
            if one in apart or is_held_back(course, learner.id, one, givings):
                continue
            name = f"files/{encodable(where.as_posix()).replace('/.', '/')}"
            if digests := {stray.sha256 for stray in strange if one.parent == course.root / "received" / stray.assignment / ATTEMPTS}:
                packed.writestr(name, _without_rows(one, digests))
            else:
                packed.write(one, name)
            yield name


def _without_rows(file: Path, digests: Collection[str]) -> str:
    """Give what is known of a learner's hand-ins, without some of them."""
    try:
        whole = json.loads(file.read_bytes())
        left = [row for row in whole["attempts"] if row["sha256"] not in digests]
    except (ValueError, KeyError, TypeError):  # a copy of what could not be understood
        return ""
    return json.dumps(whole | {"attempts": left}, ensure_ascii=False, indent=1)


def _entries(connection: Connection, learner: str) -> Iterator[Mapping[str, Any]]:
    table, words, names = own_tables.log, own_tables.log_detail, own_tables.pseudonym
    subject = select(names.c.pseudonym).where(names.c.learner == learner).scalar_subquery()
    asked = select(table.c.n, table.c.at, table.c.who, table.c.what, words.c.text).outerjoin(words, words.c.n == table.c.n)
    for row in connection.execute(asked.where(table.c.subject == subject).order_by(table.c.n)):
        yield row._asdict()


def _readable(row: Mapping[str, Any]) -> dict[str, str]:
    """Give a row as column → text, without what is kept back."""
    return {name: _text(value) for name, value in row.items() if value is not None and name not in KEPT_BACK}


def _text(value: Any) -> str:
    if isinstance(value, str) and value[:1] in "{[":
        try:
            found = json.loads(value)
        except ValueError:
            return value
        return json.dumps(_without(found), ensure_ascii=False)
    return str(value)


def _without(found: Any) -> Any:
    match found:
        case dict():
            return {name: _without(value) for name, value in found.items() if name not in KEPT_BACK}
        case list():
            return [_without(value) for value in found]
        case _:
            return found
