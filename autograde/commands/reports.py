"""Reports on learners, on quality and on the class, for others to read."""

from pathlib import Path
from typing import Annotated

import typer

from autograde.commands.console import class_here, out

report = typer.Typer(
    help="Reports for others: the criterion tracker, a learner's record, quality assurance, the class's figures.", no_args_is_help=True
)
Names = Annotated[bool, typer.Option("--names", help="Name the learners; without this they stand under pseudonyms.")]
To = Annotated[Path, typer.Option("--to", metavar="FILE", help="A new file: .html or .pdf.")]


@report.command(name="tracker")
def tracker(to: Annotated[Path, typer.Option("--to", metavar="FILE", help="A new file: .xlsx or .csv.")], *, names: Names = False) -> None:
    """Write the criterion tracker: learner, criterion, attempt, evidence, decision, assessor, date.

    Example: [bold]autograde report tracker --to tracker.xlsx[/]
    """
    from autograde.reports.making import make_tracker

    _say(make_tracker(class_here(), to, named=names), named=names)


@report.command(name="record")
def record(
    learner: Annotated[str, typer.Argument(metavar="LEARNER-ID", help="An id of the class.")], to: To, *, names: Names = False
) -> None:
    """Write the record of one learner's unit: decisions, evidence, feedback, sign-off.

    Example: [bold]autograde report record ana01 --to record.pdf --names[/]
    """
    from autograde.reports.making import make_record

    _say(make_record(class_here(), learner, to, named=names), named=names)


@report.command(name="class")
def class_(to: To) -> None:
    """Write how the items of each workbook work in this class; nobody is named in it.

    Example: [bold]autograde report class --to class.pdf[/]
    """
    from autograde.reports.making import make_class

    _say(make_class(class_here(), to), named=False)


@report.command(name="quality")
def quality(to: To, *, names: Names = False) -> None:
    """Write the quality assurer's report: plans, samples, agreement, actions, figures.

    Example: [bold]autograde report quality --to quality.pdf[/]
    """
    from autograde.reports.making import make_quality

    _say(make_quality(class_here(), to, named=names), named=names)


def _say(made: Path, *, named: bool) -> None:
    from autograde.commands.summary import say

    say(out, f"Written: {made}", "bold")
    if named:
        say(out, "It names learners: give it only to those who may know.", "yellow")
