"""Take closed items to a question bank, and bring questions from one."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from autograde.commands.console import WorkbookName, out

if TYPE_CHECKING:
    from collections.abc import Iterable

    from autograde.bank import Remark
    from autograde.classes.folder import Course
    from workbook_helpers.items import Workbook

bank = typer.Typer(help="The closed items of a workbook, with their keys, to and from a question bank.", no_args_is_help=True)


class Format(StrEnum):
    """What a question bank reads."""

    MOODLE = "moodle"
    QTI21 = "qti21"
    QTI3 = "qti3"


ENDING = {Format.MOODLE: ".xml", Format.QTI21: ".zip", Format.QTI3: ".zip"}


@bank.command(name="export")
def export_items(
    workbook: WorkbookName,
    to: Annotated[
        Path, typer.Option(metavar="FILE", help="The file to write: .xml for Moodle, .zip for QTI; never over one that is there.")
    ],
    form: Annotated[Format, typer.Option("--as", help="Moodle XML, a package of QTI 2.1, or one of QTI 3.0.")] = Format.MOODLE,
) -> None:
    """Write the closed items of a workbook, with their keys, for your own question bank.

    The file holds what is right: keep it from students. What the format cannot say is listed, and so is what it marks otherwise.
    In a class folder, the class's own copy is taken.

    Example: [bold]autograde bank export w03 --to w03.xml --as moodle[/]
    """
    from autograde.bank import moodle_xml, qti_package, questions_of
    from autograde.bank.qti_names import Version
    from autograde.classes.own_keys import class_guides
    from autograde.commands.summary import next_steps, say
    from autograde.content import load_key
    from autograde.errors import ClassError
    from autograde.text import count
    from autograde.whole import fresh_file
    from workbook_helpers.files import write_file

    course = _class_if_any()
    found = _workbook(course, workbook)
    of_class = course is not None and found.folder.parent == (course.root / "source").resolve()
    key = class_guides(course, found)[0] if course and of_class else load_key(found.id)
    path = fresh_file(course, to, "the questions", ending=ENDING[form])
    questions, left = questions_of(found, key)
    if not questions:
        msg = f"{found.id} has no closed item that a question bank can hold. Choose another workbook."
        raise ClassError(msg)
    if form is Format.MOODLE:
        data, more = moodle_xml(questions, found.about.title)
    else:
        data, more = qti_package(questions, Version(form.value), found.id)
    try:
        write_file(path, data, mode=0o600)
    except OSError as error:
        msg = f"{to} cannot be written ({error.strerror}). Name a file in a folder that you may write to."
        raise ClassError(msg) from error
    gone = [remark for remark in more if remark.left_out]
    _list((*left, *more))
    say(out, f"{count(len(questions) - len(gone), 'question')} of {found.id} in {to}.", "bold")
    where = "Question bank, Import, Moodle XML format" if form is Format.MOODLE else "your question bank's import of QTI packages"
    next_steps(out, [f"Give the file to {where}.", "It holds the keys: only you can read it now. Never put it where students can."])


@bank.command(name="import")
def import_items(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Moodle XML, a QTI package or item (2.1 or 3.0), or GIFT.")],
    workbook: Annotated[str, typer.Option(metavar="WORKBOOK", help="The short id of the workbook they are for, like w50.")],
) -> None:
    """Make a draft of items and keys from the questions of a bank, beside the file.

    Nothing that is there is changed: the drafts are two new files, to look through and to move into the workbook's own.
    What cannot be an item of ours is listed with the reason.

    Example: [bold]autograde bank import questions.xml --workbook w50[/]
    """
    import re

    from autograde.bank import draft_items, read_questions
    from autograde.classes.folder import workbooks_folder
    from autograde.commands.summary import next_steps, say
    from autograde.content import guide_file
    from autograde.errors import ClassError
    from autograde.text import count
    from autograde.whole import fresh_file
    from workbook_helpers.files import write_file

    short = workbook.strip().lower()
    if not re.fullmatch(r"w\d\d", short):
        msg = f"{workbook!r} is no short id of a workbook. Write it as w and two digits, like w50."
        raise ClassError(msg)
    course = _class_if_any()
    form, questions, left = read_questions(file)
    folder = next(iter(sorted(workbooks_folder(course).glob(f"{short}-*/items.toml"))), None)
    draft = draft_items(questions, short, _taken(folder))
    _list((*left, *draft.remarks))
    if not draft.names:
        msg = f"No question of {file} can be an item of ours; the list above says why. Nothing was written."
        raise ClassError(msg)
    texts = {"items": draft.items, "keys": draft.keys}
    paths = {
        name: fresh_file(course, file.with_name(f"{file.stem}-{short}-{name}.toml"), f"the draft of the {name}", step="Move it away first.")
        for name in texts
    }
    try:
        for name, path in paths.items():
            write_file(path, texts[name].encode(), mode=0o600)
    except OSError as error:
        msg = f"The drafts cannot be written beside {file} ({error.strerror}). Copy the file to a folder that you may write to."
        raise ClassError(msg) from error
    say(out, f"{count(len(draft.names), 'item')} from {form}: {paths['items'].name} and {paths['keys'].name}.", "bold")
    steps = [] if folder else [f"autograde new-workbook {short}-NAME makes the workbook, which is not there yet."]
    target = folder or f"{short}-NAME/items.toml"
    steps.append(f"Look each item through, then move it into {target}, and its entry into {guide_file('keys', short)}.")
    next_steps(out, [*steps, "Say in each item which section it belongs to; then run autograde check --mend."])


def _class_if_any() -> "Course | None":
    from autograde.classes.folder import find_course
    from autograde.errors import ClassError

    try:
        return find_course(Path.cwd())
    except ClassError:
        return None


def _workbook(course: "Course | None", name: str) -> "Workbook":
    from autograde.classes.folder import workbooks_folder
    from autograde.classes.workbook_names import is_called, short_id
    from autograde.errors import ClassError
    from workbook_helpers.items import load_workbook

    shelf = workbooks_folder(course)
    roots = [course.root / "source", shelf] if course else [shelf]
    folders = (path.parent for root in roots for path in sorted(root.glob("*/workbook.toml")))
    folder = next((one for one in folders if is_called(name, one.name, short_id(one))), None)
    if folder is None:
        msg = f"There is no workbook {name!r} in {shelf}. Check the name."
        raise ClassError(msg)
    return load_workbook(folder)


def _taken(items: Path | None) -> set[str]:
    """Give the ids of the items and documents that a workbook has."""
    from workbook_helpers.items import read_toml

    content = read_toml(items) if items else {}
    return {str(table.get("id", "")) for name in ("items", "documents") for table in content.get(name, ())}


def _list(remarks: "Iterable[Remark]") -> None:
    from autograde.commands.summary import say
    from autograde.text import printable

    for remark in remarks:
        before = "left out: " if remark.left_out else ""
        say(out, f"  {printable(remark.name)}: {before}{printable(remark.text, 400)}.", "yellow" if remark.left_out else "")
