"""Take closed items to a question bank, and bring questions from one."""

from contextlib import nullcontext
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from autograde.commands.console import WorkbookName, class_if_any, out

if TYPE_CHECKING:
    from collections.abc import Iterable

    from autograde.bank import Remark

bank = typer.Typer(help="The closed items of a workbook, with their keys, to and from a question bank.", no_args_is_help=True)


class Format(StrEnum):
    """What a question bank reads."""

    MOODLE = "moodle"
    QTI21 = "qti21"
    QTI3 = "qti3"


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
    from autograde.bank import ENDINGS, KEYS_LEAVE, outgoing
    from autograde.commands.summary import next_steps, say
    from autograde.errors import ClassError
    from autograde.gradebook.deeds import Deed
    from autograde.gradebook.noted import noting
    from autograde.text import count
    from autograde.whole import fresh_file
    from workbook_helpers.files import write_file

    course = class_if_any()
    path = fresh_file(course, to, "the questions", ending=ENDINGS[form])
    made = outgoing(course, workbook, form.value)
    try:
        with noting(course, Deed.EXPORT, what=KEYS_LEAVE, workbook=made.workbook) if course else nullcontext():
            write_file(path, made.data, mode=0o600)
    except OSError as error:
        msg = f"{to} cannot be written ({error.strerror}). Name a file in a folder that you may write to."
        raise ClassError(msg) from error
    _list(made.remarks)
    say(out, f"{count(made.questions, 'question')} of {made.workbook} in {to}.", "bold")
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
    from autograde.bank import incoming, read_questions, target
    from autograde.commands.summary import next_steps, say
    from autograde.content import guide_file
    from autograde.errors import ClassError
    from autograde.text import count
    from autograde.whole import fresh_file
    from workbook_helpers.files import write_file

    short = target(workbook)
    course = class_if_any()
    found = incoming(course, read_questions(file), short)
    _list(found.remarks)
    if not found.draft.names:
        msg = f"No question of {file} can be an item of ours; the list above says why. Nothing was written."
        raise ClassError(msg)
    texts = found.files(file.name)
    paths = [fresh_file(course, file.with_name(name), "a draft", step="Move it away first.") for name in texts]
    try:
        for path, text in zip(paths, texts.values(), strict=True):
            write_file(path, text.encode(), mode=0o600)
    except OSError as error:
        msg = f"The drafts cannot be written beside {file} ({error.strerror}). Copy the file to a folder that you may write to."
        raise ClassError(msg) from error
    say(out, f"{count(len(found.draft.names), 'item')} from {found.form}: {' and '.join(texts)}.", "bold")
    steps = [] if found.items else [f"autograde new-workbook {short}-NAME makes the workbook, which is not there yet."]
    where = found.items or f"{short}-NAME/items.toml"
    steps.append(f"Look each item through, then move it into {where}, and its entry into {guide_file('keys', short)}.")
    next_steps(out, [*steps, "Say in each item which section it belongs to; then run autograde check --mend."])


def _list(remarks: "Iterable[Remark]") -> None:
    from autograde.commands.summary import say
    from autograde.text import printable

    for remark in remarks:
        before = "left out: " if remark.left_out else ""
        say(out, f"  {printable(remark.name)}: {before}{printable(remark.text, 400)}.", "yellow" if remark.left_out else "")
