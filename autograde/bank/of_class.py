"""A workbook's closed items as a file for a question bank, and a bank's file as a draft for a workbook: one way for command and desk."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from autograde.bank.draft import Draft, draft_items
from autograde.bank.moodle import moodle_xml
from autograde.bank.opening import Read
from autograde.bank.outward import questions_of
from autograde.bank.package import qti_package
from autograde.bank.qti_names import Version
from autograde.bank.question import Remark
from autograde.classes.folder import Course, workbooks_folder
from autograde.classes.own_keys import class_guides
from autograde.classes.workbook_names import is_called, short_id
from autograde.content import load_key
from autograde.errors import ClassError
from autograde.text import printable
from workbook_helpers.items import Workbook, load_workbook, read_toml
from workbook_helpers.items.workbook import tables

ENDINGS: Final[Mapping[str, str]] = {"moodle": ".xml", "qti21": ".zip", "qti3": ".zip"}
"""What a question bank reads → how the name of such a file ends."""
KEYS_LEAVE: Final = "questions and keys for a question bank"
"""What the class's log calls it."""


@dataclass(frozen=True, kw_only=True)
class Outgoing:
    """A workbook's closed items, with their keys, as one file.

    Attributes
    ----------
    workbook
        Its short id.
    questions
        How many are in the file.
    remarks
        What is left out, and what is marked otherwise there.
    """

    workbook: str
    data: bytes
    questions: int
    remarks: tuple[Remark, ...]


@dataclass(frozen=True, kw_only=True)
class Incoming:
    """What a bank's file gives for a workbook; nothing of it is written.

    Attributes
    ----------
    form
        What the file is: "Moodle XML", "QTI" or "GIFT".
    remarks
        What is left out, was changed, or is still to be written.
    items
        The file of items of the workbook, None where there is no such workbook yet.
    """

    form: str
    workbook: str
    draft: Draft
    remarks: tuple[Remark, ...]
    items: Path | None

    def files(self, name: str) -> dict[str, str]:
        """Give the draft of the items and that of the keys, in this order: file name → text; `name` is what the bank's file is called."""
        before = f"{Path(name).stem}-{self.workbook}"
        return {f"{before}-items.toml": self.draft.items, f"{before}-keys.toml": self.draft.keys}


def outgoing(course: Course | None, workbook: str, form: str) -> Outgoing:
    """Make the file of a workbook, by its name or short id, in one of the forms of `ENDINGS`; of a class its own copy is taken.

    Raises
    ------
    ClassError
        If there is no such workbook, or none of its items can be in a question bank.
    ContentError
        If a file of the workbook or its key has a fault.
    """
    found = _workbook(course, workbook)
    of_class = course is not None and found.folder.parent == (course.root / "source").resolve()
    key = class_guides(course, found)[0] if course and of_class else load_key(found.id)
    questions, left = questions_of(found, key)
    if not questions:
        msg = f"{found.id} has no closed item that a question bank can hold. Choose another workbook."
        raise ClassError(msg)
    if form == "moodle":
        data, more = moodle_xml(questions, found.about.title)
    else:
        data, more = qti_package(questions, Version(form), found.id)
    gone = sum(remark.left_out for remark in more)
    return Outgoing(workbook=found.id, data=data, questions=len(questions) - gone, remarks=(*left, *more))


def target(workbook: str) -> str:
    """Read the short id of a workbook that questions are for.

    Raises
    ------
    ClassError
        If it is none.
    """
    short = workbook.strip().lower()
    if not re.fullmatch(r"w[0-9]{2}", short):
        msg = f"{printable(workbook, 60)!r} is no short id of a workbook. Write it as w and two digits, like w50."
        raise ClassError(msg)
    return short


def incoming(course: Course | None, read: Read, short: str) -> Incoming:
    """Make the draft of what was read, for the workbook with this short id, which may not be there yet."""
    form, questions, left = read
    items = next(iter(sorted(workbooks_folder(course).glob(f"{short}-*/items.toml"))), None)
    draft = draft_items(questions, short, _taken(items))
    return Incoming(form=form, workbook=short, draft=draft, remarks=(*left, *draft.remarks), items=items)


def _workbook(course: Course | None, name: str) -> Workbook:
    shelf = workbooks_folder(course)
    roots = [course.root / "source", shelf] if course else [shelf]
    folders = (path.parent for root in roots for path in sorted(root.glob("*/workbook.toml")))
    folder = next((one for one in folders if is_called(name, one.name, short_id(one))), None)
    if folder is None:
        msg = f"There is no workbook {printable(name, 60)!r} in {shelf}. Check the name."
        raise ClassError(msg)
    return load_workbook(folder)


def _taken(items: Path | None) -> set[str]:
    """Give the ids of the items and documents that a workbook has."""
    if items is None:
        return set()
    content = read_toml(items)
    return {str(table.get("id", "")) for name in ("items", "documents") for table in tables(content, name, items)}
