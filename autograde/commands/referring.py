"""Refer a learner for more: ask for tasks again, list and withdraw that, make the learner's file, and see all attempts side by side."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from autograde.commands.console import WorkbookName, class_here, out

if TYPE_CHECKING:
    from autograde.records.referrals import Referral

LearnerId = Annotated[str, typer.Argument(metavar="LEARNER-ID", help="An id of the class.")]
Id = Annotated[str, typer.Argument(metavar="ID", help="As autograde referral list shows it.")]
referral = typer.Typer(help="What was asked of learners again: list it, withdraw it, make the learner's file.", no_args_is_help=True)


def refer(
    learner: LearnerId,
    workbook: WorkbookName,
    task: Annotated[list[str], typer.Option(metavar="TASK", help="A written task to be done again; once for each.")],
    missing: Annotated[list[str], typer.Option(metavar="TEXT", help="What is missing in it; once for each task, in the same order.")],
    *,
    criterion: Annotated[list[str] | None, typer.Option(metavar="CODE=TEXT", help="What is missing for a criterion.")] = None,
    until: Annotated[str, typer.Option(metavar="DATE", help="The last day; later than the learner's date, it gives more time.")] = "",
    assessor: Annotated[str, typer.Option(metavar="NAME", help="Who asks; you where it is left out.")] = "",
) -> None:
    """Ask a learner to do written tasks of a workbook again. The learner's page opens just these.

    What goes to the learner is a file beside the feedback page (autograde give-back), or within it on the exchange.

    Example: [bold]autograde refer ana01 w01 --task w01-t01 --missing "Say whom you tell." --until 15/12/2026[/]
    """
    from autograde.commands.summary import next_steps, say
    from autograde.errors import ClassError
    from autograde.records.referring import refer as write_down
    from autograde.text import LOCAL, count, read_due

    if len(task) != len(missing):
        msg = f"{count(len(task), 'task')} and {count(len(missing), 'text')}: give --missing once for each --task, in the same order."
        raise ClassError(msg)
    criteria = dict(one.partition("=")[::2] for one in criterion or ())
    if len({*task}) < len(task) or len(criteria) < len(criterion or ()):
        msg = "Name each task and each criterion once, with all that is missing in it."
        raise ClassError(msg)
    day = read_due(until).astimezone(LOCAL).date() if until else None
    course = class_here()
    made = write_down(course, learner, workbook, dict(zip(task, missing, strict=True)), criteria=criteria, until=day, by=assessor)
    say(out, f"{learner} is referred: attempt {made.attempt} at {made.assignment} opens {', '.join(made.tasks)}.", "bold")
    steps = [f"autograde feedback {workbook}    makes the page anew, with the referral", f"autograde give-back {workbook} --zip"]
    next_steps(out, [*steps, f"autograde referral file {made.id}    makes the learner's file alone"])


@referral.command(name="list")
def list_referrals(learner: Annotated[str, typer.Argument(metavar="LEARNER-ID", help="One learner's alone.")] = "") -> None:
    """List referrals, the newest first, with where each one stands.

    Example: [bold]autograde referral list ana01[/]
    """
    from autograde.classes.learner_changes import find
    from autograde.commands.summary import say
    from autograde.records.referrals import State, referrals_of
    from autograde.text import count

    course = class_here()
    found = referrals_of(course, find(course, learner).id if learner else "")
    for one in found:
        _show(one)
    waiting = [one for one in found if one.state is State.OPEN]
    say(out, f"{count(len(found), 'referral')}, {len(waiting)} open, {sum(one.overdue for one in waiting)} overdue.", "bold")


@referral.command(name="withdraw")
def withdraw_referral(referral_id: Id) -> None:
    """Withdraw a referral that is open, and take back the time that it gave. What it has taken the place of does not come back.

    Example: [bold]autograde referral withdraw 4f0c9a…[/]
    """
    from autograde.classes.ids import shown
    from autograde.commands.summary import say
    from autograde.records.referring import withdraw

    made = withdraw(class_here(), referral_id)
    say(out, f"Withdrawn: nothing of {made.assignment} is asked of {shown(made.learner)} again.", "bold")


@referral.command(name="file")
def file_of_referral(
    referral_id: Id, folder: Annotated[Path, typer.Option("--to", metavar="FOLDER", help="Where the file goes.")] = Path()
) -> None:
    """Make the one file that opens a learner's tasks in any browser.

    Example: [bold]autograde referral file 4f0c9a… --to Desktop[/]
    """
    from autograde.commands.summary import say
    from autograde.errors import ClassError
    from autograde.outbox.referral import referral_file
    from autograde.records.referrals import open_of
    from autograde.text import printable
    from workbook_helpers.files import write_file

    course = class_here()
    one = next((found for found in open_of(course) if found.id == referral_id.strip()), None)
    if one is None:
        msg = f"No referral {printable(referral_id, 40)} is open. Look at: autograde referral list"
        raise ClassError(msg)
    if not folder.is_dir():
        msg = f"There is no folder {folder}. Make it, or name another one."
        raise ClassError(msg)
    target = folder / f"{one.assignment}-{one.learner}-to-do-again.html"
    write_file(target, referral_file(course, one))
    say(out, f"Written: {target}. It is for {one.learner} alone.", "bold")


def compare(learner: LearnerId, workbook: WorkbookName) -> None:
    """Show all attempts of a learner side by side: what was asked and answered then, and what was said and given for it.

    Example: [bold]autograde compare ana01 w01[/]
    """
    from rich.table import Table
    from rich.text import Text

    from autograde.classes.learner_changes import find
    from autograde.commands.summary import say
    from autograde.run.answer import content_of
    from autograde.run.compare import UNASKED, Then
    from autograde.run.compare import compare as read
    from autograde.text import count, local

    def told(one: Then, most: float) -> Text:
        parts = ["The same answer." if one.same else "\n".join(one.lines) or "No answer."]
        parts += [f"{one.points:g} of {most:g} points"] if one.points is not None else []
        parts += [f"{name}: {text}" for name, text in (("comment", one.comment), ("asked for", one.missing)) if text]
        return Text("\n\n".join(parts))

    course = class_here()
    student, name = find(course, learner), course.assignment(workbook)
    found = read(course, content_of(course, name), student.id)
    for place, task in found.items():
        last = task.attempts[-1]
        table = Table(
            *(f"attempt {one.attempt}, {local(one.handed_in)[:10]}" for one in task.attempts), title=Text(f"{place}: {last.stem}")
        )
        table.add_row(*(told(one, task.max) for one in task.attempts))
        out.print(table)
        if task.unasked:
            say(out, f"  {UNASKED}", "yellow")
    say(out, f"{count(max((len(task.attempts) for task in found.values()), default=0), 'attempt')} of {student.shown} at {name}.", "bold")


def _show(one: "Referral") -> None:
    from autograde.classes.ids import shown
    from autograde.commands.summary import show_one

    until = f", until {one.until.day} {one.until:%B %Y}" if one.until else ""
    asked = [f"{name}: {task.missing}" for name, task in one.tasks.items()] + [f"{code}: {text}" for code, text in one.criteria.items()]
    state = "overdue" if one.overdue else one.state
    show_one(out, one.id, f"{shown(one.learner)}, {one.assignment}, attempt {one.attempt}{until}: {state}", *asked)
