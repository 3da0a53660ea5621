"""Data protection: give a learner all that is held of them, erase a learner, and keep data no longer than the centre says."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from autograde.commands.console import class_here, out

if TYPE_CHECKING:
    from autograde.records.erasure import Erasure

LearnerId = Annotated[str, typer.Argument(metavar="LEARNER-ID", help="An id of the class.")]


def export_learner(learner: LearnerId, to: Annotated[Path, typer.Option("--to", metavar="FILE.zip", help="A new file.")]) -> None:
    """Write all that the class holds of one person into one file, with a page to read it.

    Example: [bold]autograde export-learner ana01 --to ana01.zip[/]
    """
    from autograde.classes.learner_changes import find
    from autograde.commands.summary import say
    from autograde.records.erasure import finish
    from autograde.records.unclaimed import shared_of
    from autograde.reports.learner_export import export_learner as export

    course = class_here()
    finish(course)
    say(out, f"Written: {export(course, learner, to)}", "bold")
    for folder in shared_of(course, find(course, learner)):
        say(out, f"{folder} names this learner, too: decide yourself whether to give it. It is not in the file.", "yellow")
    say(out, "It is for that person alone. What was sent by post or from other programs is not in it.")


def erase_learner(
    learner: LearnerId,
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask, for scripts.")] = False,
) -> None:
    """Erase a learner: hand-ins, answers, marks, comments, decisions, evidence. It cannot be taken back.

    What goes is shown first, and asked about. Points stay, under a pseudonym that leads to nobody, for the class's figures.

    Example: [bold]autograde erase-learner ana01[/]
    """
    from autograde.commands.summary import say
    from autograde.errors import ClassError
    from autograde.records.erasure import erase, finish, plan

    course = class_here()
    if cut_off := finish(course):
        say(out, f"The erasure of {cut_off}, which was cut off, is done to its end now.", "yellow")
        if cut_off == learner:
            return
    planned = plan(course, learner)
    _show(planned)
    if not yes and typer.prompt(f"Type the id {planned.learner.shown} to erase this learner", default="", show_default=False) != (
        planned.learner.shown
    ):
        msg = "That is not the id. Nothing was erased."
        raise ClassError(msg)
    erase(course, learner)
    say(out, f"{planned.learner.shown} is erased.", "bold")
    _leave(planned)


def retention(
    years: Annotated[int | None, typer.Option(metavar="YEARS", help="How many years after its end data are kept.")] = None,
    ends: Annotated[str, typer.Option(metavar="DAY", help='The last day of the class, like "31 July 2027".')] = "",
) -> None:
    """List whose data have been kept for longer than the class's setting says; or change the setting.

    Example: [bold]autograde retention --years 3 --ends "31 July 2027"[/]
    """
    from dataclasses import replace
    from datetime import datetime

    from autograde.commands.summary import next_steps, say
    from autograde.records.retention import due, keep_retention, read_retention
    from autograde.text import LOCAL, count, read_due

    course = class_here()
    setting = read_retention(course)
    if years is not None:
        setting = replace(setting, years=years)
    if ends:
        setting = replace(setting, ends=read_due(ends).astimezone(LOCAL).date())
    if years is not None or ends:
        keep_retention(course, setting)
    if setting.years is None:
        say(out, "This class says not yet how long its data are kept. The centre's rules do; then: autograde retention --years 3")
        return
    ended = f"{setting.ends:%d %B %Y}" if setting.ends else "its end, which is not set (--ends)"
    say(out, f"Data are kept for {count(setting.years, 'year')} after {ended}.", "bold")
    found = due(course, datetime.now(LOCAL).date())
    for one in found:
        say(out, f"  {one.learner.shown}  {one.learner.name}: kept until {one.until:%d %B %Y}", "yellow")
    if found:
        next_steps(out, [f"autograde erase-learner {found[0].learner.shown}    erases one; it asks first"])
    else:
        say(out, "Nobody's data are due.")


def _show(planned: "Erasure") -> None:
    from autograde.commands.summary import say
    from autograde.text import count

    one = planned.learner
    say(out, f"{one.name} ({one.shown}): this goes, and cannot be brought back:", "bold")
    for title, number in planned.rows.items():
        say(out, f"  {title}: {number}")
    for name in planned.files:
        say(out, f"  {name}")
    say(out, f"  The words of {count(planned.entries, 'entry', 'entries')} of the log")
    say(out, f"This stays: {count(planned.points, 'mark')} under a pseudonym that leads to nobody.")
    _leave(planned)


def _leave(planned: "Erasure") -> None:
    """Say where the learner is still, and what is left for people to do."""
    from autograde.commands.summary import say
    from autograde.records.copies import still_in

    for sentence in (*still_in(planned.copies), *planned.to_decide):
        say(out, sentence, "yellow")
    say(out, planned.outside)
