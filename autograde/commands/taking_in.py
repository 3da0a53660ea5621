"""Take hand-ins in, and say whose they are."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from autograde.commands.console import WorkbookName, busy, class_here, out
from autograde.errors import ClassError
from autograde.text import printable

if TYPE_CHECKING:
    from autograde.inbox.outcome import IntakeReport


def collect(workbook: WorkbookName) -> None:
    """Take in what students handed in through the nbgrader exchange.

    The newest readable attempt becomes the current one; all are kept in received/. What cannot be used goes to
    quarantine/ with a reason.

    Example: [bold]autograde collect w01[/]
    """
    from autograde.inbox.collect import collect as collect_workbook

    course = class_here()
    with busy() as progress:
        task = progress.add_task("")
        report = collect_workbook(course, workbook, progress=lambda name: progress.update(task, description=name))
    _show_intake(report)


def intake(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH…", help="Hand-in zips, folders of them, a download from Moodle or Canvas.")],
    workbook: Annotated[str, typer.Option(help="The short id (w01): nothing but hand-ins to this one. Else each hand-in says it.")] = "",
    worksheet: Annotated[
        Path | None, typer.Option(metavar="FILE.csv", help="Moodle's grading worksheet: it says when each hand-in reached Moodle.")
    ] = None,
) -> None:
    """Take in hand-ins that came as files.

    Whose a hand-in is and to which workbook stands in it; where it does not, Moodle's folder name and the other hand-ins
    tell. The newest readable attempt becomes the current one; all are kept in received/. What cannot be used, or
    contradicts itself, goes to quarantine/ with a reason; autograde assign says whose one is, autograde undo takes a
    take-in back. Taking the same file in twice does no harm. The exit code is 1 if something could not even be put into
    quarantine/.

    Example: [bold]autograde intake ~/Downloads/Care-w01-12345.zip[/]
    """
    from autograde.commands.summary import say, show_intake
    from autograde.inbox.dropped import DropReport, take_in
    from autograde.inbox.intake import intake as take_in_one

    course = class_here()
    with busy() as progress:
        task = progress.add_task("Looking at what there is")
        if workbook:
            one = take_in_one(course, paths, workbook, worksheet=worksheet, progress=lambda name: progress.update(task, description=name))
            report = DropReport(reports=(one,))
        else:
            report = take_in(course, paths, worksheet=worksheet, progress=lambda _, __, name: progress.update(task, description=name))
    for one in report.reports:
        show_intake(out, one)
    for note in report.notes:
        say(out, note, "yellow")
    if not report.reports and not report.unclear:
        say(out, "There was no hand-in in it.", "bold")
    _see_that_all_is_kept(*report.reports)
    if report.unclear:
        names = ", ".join(printable(name, 100) for name in report.unclear[:10])
        msg = f"Nothing tells to which workbook these belong: {names}. Say it: autograde intake FILE --workbook w01"
        raise ClassError(msg)


def assign(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A hand-in, or its folder in quarantine/, whose name is enough.")],
    learner: Annotated[str, typer.Argument(metavar="LEARNER-ID", help="An id of the roster.")],
    workbook: Annotated[str, typer.Option(help="The short id (w01); only where the hand-in does not say it.")] = "",
) -> None:
    """Say whose a hand-in is, and take it in.

    For what autograde intake or collect set aside because that was not clear. It is remembered: further hand-ins from
    the same participant of Moodle are this learner's, too. If it had been taken in as somebody else's, it no longer is.

    Example: [bold]autograde assign quarantine/20261120-101500-w01.zip 001234[/]
    """
    from autograde.inbox.assign import assign as assign_to

    _show_intake(assign_to(class_here(), file, learner, workbook))


def undo(
    workbook: WorkbookName,
    learner: Annotated[str, typer.Argument(metavar="LEARNER-ID", help="Only this learner's newest attempt.")] = "",
) -> None:
    """Take back the last take-in of a workbook, or one learner's newest attempt.

    The attempt before becomes current again. Nothing is deleted: the originals stay in received/, set aside;
    autograde redo takes the undo back. Where no attempt is left, the learner has not handed in: what was given stays in
    the gradebook, where formgrader shows it, and neither counts nor waits until a hand-in is there again.

    Example: [bold]autograde undo w01 ana01[/]
    """
    from autograde.commands.summary import show_undo
    from autograde.inbox.assign import undo as take_back

    show_undo(out, take_back(class_here(), workbook, learner))


def redo(
    workbook: WorkbookName,
    learner: Annotated[str, typer.Argument(metavar="LEARNER-ID", help="Only what the last undo took from this learner.")] = "",
) -> None:
    """Take back the last autograde undo of a workbook, or one learner's: what it took back counts again.

    The newest attempt of each learner becomes current. A file that you assigned to another learner meanwhile stays
    theirs, and is left out. Run it again to take back the undo before.

    Example: [bold]autograde redo w01 ana01[/]
    """
    from autograde.commands.summary import show_redo
    from autograde.inbox.assign import redo as take_back

    show_redo(out, take_back(class_here(), workbook, learner))


def _show_intake(report: "IntakeReport") -> None:
    from autograde.commands.summary import show_intake

    show_intake(out, report)
    _see_that_all_is_kept(report)


def _see_that_all_is_kept(*reports: "IntakeReport") -> None:
    if not all(refused.kept for report in reports for refused in report.refused):
        raise typer.Exit(1)
