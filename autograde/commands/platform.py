"""A college's learning platform (Moodle, Canvas, Blackboard) by LTI 1.3: the key, the class's course, its people, its scores."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from autograde.commands.console import busy, class_here, out

if TYPE_CHECKING:
    from autograde.lti.members import People
    from autograde.lti.scores import Standing

STEPS = """The class's course at a learning platform: its people, and points back as feedback.

In this order:

1. lti.toml in the college's folder for LTI, as docs/lti.md shows it

2. [bold]autograde lti key FOLDER[/]   once for the college; enter at the platform what it prints, and restart the hub

3. [bold]autograde lti connect FOLDER CLASS[/]   in the class folder

4. open one link of the course there, as its tutor

5. [bold]autograde lti people[/]   then with --add

From then on points go back with the feedback; [bold]scores[/], [bold]send[/] and [bold]unlink[/] are for what does not go.
"""
lti = typer.Typer(help=STEPS, no_args_is_help=True)
Folder = Annotated[Path, typer.Argument(metavar="FOLDER", help="The college's folder for LTI, with lti.toml in it.")]


@lti.command()
def key(folder: Folder) -> None:
    """Make the tool's key, once for the whole college, and say what to enter at the platform.

    Example: [bold]autograde lti key /etc/workbook/lti[/]
    """
    from autograde.commands.summary import say
    from workbook_helpers.lti.key import make_key
    from workbook_helpers.lti.platforms import addresses, read_settings

    settings = read_settings(folder)
    made = make_key(folder)
    say(out, f"The tool's key is {made.id}. Enter at the platform:", "bold")
    for what, address in addresses(settings).items():
        say(out, f"  {what}: {address}")


@lti.command()
def connect(folder: Folder, class_id: Annotated[str, typer.Argument(metavar="CLASS", help="The class, as lti.toml calls it.")]) -> None:
    """Say which class of the college's folder this one is.

    Example: [bold]autograde lti connect /etc/workbook/lti care-2026[/]
    """
    from autograde.commands.summary import next_steps, say
    from autograde.lti.connection import connect as keep

    platform = keep(class_here(), folder, class_id)
    say(out, f"This class belongs to a course of {platform.name} now.", "bold")
    next_steps(out, ["Open a link of the course there once, then: autograde lti people"])


@lti.command()
def people(add: Annotated[str, typer.Option(metavar="CODE", help="Add the list that was looked at.")] = "") -> None:
    """Show who is in the platform's course and what would become of each; with --add, put the learners into the class.

    Example: [bold]autograde lti people[/]
    """
    from autograde.commands.summary import say, show_roster
    from autograde.lti.members import add_people, read_people
    from autograde.text import count

    course = class_here()
    if not add:
        with busy() as progress:
            progress.add_task("Asking the platform")
            found = read_people(course)
        _show(found)
        return
    report, linked = add_people(course, add)
    show_roster(out, report)
    say(out, f"{count(linked, 'learner')} linked: they can sign in from the platform, and get their points there.", "bold")


@lti.command()
def unlink(learner: Annotated[str, typer.Argument(metavar="LEARNER-ID", help="An id of the class.")]) -> None:
    """Forget who a learner is at the platform; autograde lti people links anew.

    Example: [bold]autograde lti unlink ana01[/]
    """
    from autograde.classes.learner_changes import find
    from autograde.commands.summary import say
    from autograde.gradebook.platform_people import unlink as forget

    course = class_here()
    found = find(course, learner)
    before = forget(course, found.id)
    say(out, f"{found.shown} is linked to nobody at the platform{' now' if before else ', and was not'}.", "bold")


@lti.command()
def scores() -> None:
    """Say which points the platform was told, which wait and why, and which it refused.

    Example: [bold]autograde lti scores[/]
    """
    from autograde.lti.scores import gather

    _tell(gather(class_here()))


@lti.command()
def send(now: Annotated[bool, typer.Option(help="Also what waits for later, or was refused.")] = False) -> None:
    """Tell the platform the points of feedback that was given back. They are feedback: a total is never the unit's result.

    The desk, and autograde give-back, do this by themselves; run it from time to time (cron) where no desk is open.

    Example: [bold]autograde lti send[/]
    """
    from autograde.gradebook.platform_scores import hurry
    from autograde.lti.scores import send as tell

    course = class_here()
    if now:
        hurry(course)
    with busy() as progress:
        progress.add_task("Telling the platform")
        found = tell(course)
    _tell(found)
    if found.refused or found.faults:
        raise typer.Exit(1)


def _tell(found: "Standing") -> None:
    from autograde.commands.summary import say

    for line in found.told():
        say(out, f"  {line}", "yellow")
    say(out, found.line, "bold")


def _show(found: "People") -> None:
    from rich.table import Table

    from autograde.commands.summary import TABLE_ROWS, next_steps, say
    from autograde.text import printable

    lines = found.preview.lines if found.preview else ()
    if lines:
        table = Table("Id", "Name", "Email", "Outcome", "Note")
        for one in lines[:TABLE_ROWS]:
            name = printable(f"{one.first_name} {one.last_name}".strip(), 60)
            table.add_row(Text(printable(one.id)), Text(name), Text(printable(one.email)), one.outcome, Text(printable(one.note, 300)))
        out.print(table)
    if len(lines) > TABLE_ROWS:
        say(out, f"… and {len(lines) - TABLE_ROWS} more.")
    for name, user in found.staff.items():
        say(out, f"  {printable(name, 60)} teaches there; on the hub: {user}")
    for note in (*(found.preview.notes if found.preview else ("There is no learner in the platform's course yet.",)), *found.notes):
        say(out, f"  {note}", "yellow")
    if found.preview and (found.preview.to_write or found.to_link):
        next_steps(out, [f"autograde lti people --add {found.code}    does it"])
