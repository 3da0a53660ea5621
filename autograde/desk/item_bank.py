"""The item bank on the page Questions: closed questions as files for a question bank, and drafts of what such a bank gives.

The files hold keys and no word of a learner. Nothing of a bank's file is kept here: the drafts go to the browser.
"""

import json
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass

from autograde.bank import ENDINGS, KEYS_LEAVE, Incoming, Outgoing, Remark, incoming, outgoing, questions_in, target
from autograde.classes.folder import Course
from autograde.desk.pages import Asked, File, UnfitError
from autograde.errors import ClassError
from autograde.gradebook.deeds import Deed
from autograde.gradebook.noted import note_first
from autograde.outbox.shelf import offers
from autograde.text import printable
from workbook_helpers.errors import WorkbookError

FORMS = {"moodle": "Moodle XML", "qti21": "QTI 2.1", "qti3": "QTI 3.0"}
"""Form of a file → what people call it."""
TYPES = {".xml": "application/xml", ".zip": "application/zip"}


@dataclass(frozen=True, kw_only=True)
class Shelved:
    """A workbook that can go to a question bank."""

    name: str
    short: str
    title: str


@dataclass(frozen=True, kw_only=True)
class Reason:
    """Why some questions are left out or are otherwise there, and what they are called."""

    why: str
    names: tuple[str, ...]
    left_out: bool


@dataclass(frozen=True, kw_only=True)
class Way:
    """A file that can be had: its form, what people call that, how many questions it has, and what is to be said of them."""

    form: str
    title: str
    questions: int
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, kw_only=True)
class Going:
    """What goes along of a workbook: `reasons` hold for every form, those of a way for it alone."""

    name: str
    short: str
    reasons: tuple[Reason, ...]
    ways: tuple[Way, ...]


@dataclass(frozen=True, kw_only=True)
class Item:
    """An item of a draft."""

    id: str
    stem: str
    practice: bool


@dataclass(frozen=True, kw_only=True)
class Coming:
    """What was read of a bank's file, for a workbook that is there already or not; `drafts`: file name → text, as the form carries it."""

    file: str
    form: str
    workbook: str
    there: bool
    items: tuple[Item, ...]
    reasons: tuple[Reason, ...]
    files: tuple[str, ...]
    drafts: str


@dataclass(frozen=True, kw_only=True)
class ItemBank:
    """What the page shows of it: the workbooks to choose from, and what a form has asked to see."""

    workbooks: tuple[Shelved, ...]
    going: Going | None = None
    coming: Coming | None = None


def data(course: Course) -> ItemBank:
    """Give what the page shows before anything was asked."""
    return ItemBank(workbooks=tuple(Shelved(name=one.name, short=one.short, title=one.title) for one in offers(course)))


def going(asked: Asked) -> Going:
    """See what of a workbook goes to a question bank, form by form.

    Raises
    ------
    UnfitError
        If none is chosen, or it cannot go.
    """
    name = asked.text("bank")
    if not name:
        msg = "Choose a workbook."
        raise UnfitError(msg, "bank")
    try:
        found = {form: outgoing(asked.course, name, form) for form in FORMS}
    except WorkbookError as error:
        raise UnfitError(str(error), "bank") from error
    same = [one for one in found["moodle"].remarks if all(one in other.remarks for other in found.values())]
    ways = tuple(_way(form, one, same) for form, one in found.items())
    return Going(name=name, short=found["moodle"].workbook, reasons=_reasons(same), ways=ways)


def _way(form: str, one: Outgoing, same: list[Remark]) -> Way:
    reasons = _reasons(remark for remark in one.remarks if remark not in same)
    return Way(form=form, title=FORMS[form], questions=one.questions, reasons=reasons)


def _reasons(remarks: Iterable[Remark]) -> tuple[Reason, ...]:
    """Gather the questions of which the same is to be said; those that are left out stand first."""
    found: dict[tuple[bool, str], list[str]] = {}
    for one in remarks:
        found.setdefault((not one.left_out, printable(one.text, 400)), []).append(printable(one.name))
    in_order = sorted(found.items(), key=lambda one: one[0][0])
    return tuple(Reason(why=why, names=tuple(names), left_out=not goes) for (goes, why), names in in_order)


def bank_file(asked: Asked) -> File:
    """Give the file of a workbook in one form, which holds the keys."""
    form = asked.text("form")
    if form not in FORMS:
        msg = "There is no such form of file. Choose one from the list."
        raise ClassError(msg)
    made = outgoing(asked.course, asked.text("bank"), form)
    name = made.workbook if form == "moodle" else f"{made.workbook}-{form}"
    note_first(asked.course, Deed.EXPORT, [("", {"what": KEYS_LEAVE, "workbook": made.workbook})])
    return File(name=f"{name}{ENDINGS[form]}", data=made.data, type=TYPES[ENDINGS[form]])


def coming(asked: Asked) -> Coming:
    """Read the file of a question bank, and see what of it can be items of a workbook.

    Raises
    ------
    UnfitError
        If no file is chosen, it cannot be read, or the workbook's id is none.
    """
    upload = next((one for one in asked.files.get("file", ()) if one.name), None)
    if upload is None:
        msg = "Choose the file of a question bank."
        raise UnfitError(msg, "file")
    try:
        short = target(asked.text("for"))
    except ClassError as error:
        raise UnfitError(str(error), "for") from error
    name = upload.name.replace("\\", "/").rpartition("/")[2]
    try:
        return _coming(name, incoming(asked.course, questions_in(upload.data, name), short))
    except WorkbookError as error:
        raise UnfitError(str(error), "file") from error


def _coming(name: str, found: Incoming) -> Coming:
    drafts = found.files(name)
    return Coming(
        file=printable(name),
        form=found.form,
        workbook=found.workbook,
        there=found.items is not None,
        items=tuple(
            Item(id=one["id"], stem=printable(one["stem"], 400), practice=one["purpose"] == "practice")
            for one in tomllib.loads(found.draft.items).get("items", ())
        ),
        reasons=_reasons(found.remarks),
        files=tuple(drafts),
        drafts=json.dumps(drafts),
    )


def draft_file(asked: Asked) -> File:
    """Give one of the drafts that the form carries: 0 is that of the items, 1 that of the keys."""
    try:
        name, text = list(json.loads(asked.text("drafts")).items())[asked.number("draft", 0)]
        return File(name=name, data=text.encode(), type="application/toml")
    except (ValueError, IndexError, AttributeError, RecursionError) as error:
        msg = "This form is not as the desk made it. Give the file of the question bank again."
        raise ClassError(msg) from error
