"""The learners of a class: more time for one, names, those who have left, two ids of one person."""

from typing import Annotated

import typer
from rich.text import Text

from autograde.commands.console import WorkbookName, class_here, out


def extend(
    workbook: WorkbookName,
    learner: Annotated[str, typer.Argument(metavar="LEARNER-ID", help="An id of the class.")],
    until: Annotated[str, typer.Argument(metavar="UNTIL", help='UK time, like "8 December 2026 17:00".')] = "",
    *,
    back: Annotated[bool, typer.Option(help="Take the extension back.")] = False,
) -> None:
    """Give a learner more time for a workbook, also before anything was handed in.

    Example: [bold]autograde extend w01 ana01 "8 December 2026 17:00"[/]
    """
    from autograde.classes.extend import extend as give_time
    from autograde.commands.summary import say
    from autograde.errors import ClassError
    from autograde.text import in_words, read_due

    if bool(until) == back:
        msg = "Say until when, or --back."
        raise ClassError(msg)
    when = None if back else read_due(until)
    give_time(class_here(), workbook, learner, when)
    say(out, f"{learner} may hand {workbook} in until {in_words(when)} (UK time)." if when else "The extension is taken back.", "bold")


learners = typer.Typer(help="The learners of the class: list them, mend a name, mark as left, merge two ids.", no_args_is_help=True)
LearnerId = Annotated[str, typer.Argument(metavar="LEARNER-ID", help="An id of the class.")]


@learners.command(name="list")
def list_learners(left: Annotated[bool, typer.Option(help="Those who have left.")] = False) -> None:
    """List who is in the class, by name.

    Example: [bold]autograde learners list[/]
    """
    from rich.table import Table

    from autograde.classes.roster import Roster
    from autograde.commands.summary import say
    from autograde.gradebook.left import who_left
    from autograde.text import count

    course = class_here()
    everybody, away = Roster.of(course).students, who_left(course)
    gone = [one for one in everybody if one.id in away]
    table = Table("Id", "Name", "Email")
    for one in gone if left else [one for one in everybody if one.id not in away]:
        table.add_row(Text(one.shown), Text(one.name), Text(one.email))
    out.print(table)
    say(out, f"{count(len(everybody) - len(gone), 'learner')} in the class, {len(gone)} left.", "bold")


@learners.command(name="rename")
def rename_learner(
    learner: LearnerId,
    first: Annotated[str, typer.Option(metavar="NAME", help="The first name.")] = "",
    last: Annotated[str, typer.Option(metavar="NAME", help="The last name.")] = "",
    email: Annotated[str, typer.Option(metavar="ADDRESS", help="The email address.")] = "",
) -> None:
    """Mend a learner's name or address; what you leave out stays.

    Example: [bold]autograde learners rename ana01 --last Evans[/]
    """
    from autograde.classes.learner_changes import find, rename
    from autograde.commands.summary import say

    course = class_here()
    old = find(course, learner)
    _, now = rename(course, learner, first_name=first or old.first_name, last_name=last or old.last_name, email=email or old.email)
    say(out, f"{now.shown} is {now.name} now.", "bold")


@learners.command(name="left")
def learner_left(learner: LearnerId, *, back: Annotated[bool, typer.Option(help="The learner is in the class again.")] = False) -> None:
    """Note that a learner has left: nothing is waited for any more, and all that was handed in and marked stays.

    Example: [bold]autograde learners left ana01[/]
    """
    from autograde.classes.learner_changes import find
    from autograde.commands.summary import say
    from autograde.gradebook.left import mark_back, mark_left

    course = class_here()
    found = find(course, learner)
    (mark_back if back else mark_left)(course, [found.id])
    say(out, f"{found.name} {'is in the class again' if back else 'has left'}.", "bold")


@learners.command(name="merge")
def merge_learners(
    goes: Annotated[str, typer.Argument(metavar="ID-THAT-GOES", help="What was handed in under it counts under the other.")],
    stays: Annotated[str, typer.Argument(metavar="ID-THAT-STAYS", help="The learner's one id from then on.")],
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Do it; without this, what would happen is told, and no more.")] = False,
) -> None:
    """Make two ids of one learner one. Nothing is deleted, and autograde learners unmerge takes it back.

    Example: [bold]autograde learners merge ana1 ana01 --yes[/]
    """
    from autograde.commands.summary import next_steps, say
    from autograde.inbox.merge import merge, plan

    course = class_here()
    planned = merge(course, goes, stays) if yes else plan(course, goes, stays)
    for part in planned.parts:
        say(out, f"  {part.workbook}: {part.said}")
    for text in planned.records:
        say(out, f"  {text}")
    say(out, f"{planned.goes.shown} {'is' if yes else 'would be'} marked as left.", "bold")
    if yes:
        next_steps(
            out, ["autograde mark --all    marks what is current now", f"autograde learners unmerge {planned.name}    takes it back"]
        )
    else:
        next_steps(out, [f"autograde learners merge {goes} {stays} --yes    does it"])


@learners.command(name="unmerge")
def unmerge_learners(name: Annotated[str, typer.Argument(metavar="NAME", help="As autograde learners merge has told.")]) -> None:
    """Take a merge back.

    Example: [bold]autograde learners unmerge 20261128-151500-ana1[/]
    """
    from autograde.commands.summary import say
    from autograde.inbox.merge import undo

    back = undo(class_here(), name)
    say(out, f"{back.goes.shown} and {back.stays.shown} are two learners again.", "bold")
