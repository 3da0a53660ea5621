"""The log of all that was done: its head, whether anybody has changed it, and what stands in it."""

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.text import Text

from autograde.commands.console import class_here, out

if TYPE_CHECKING:
    from autograde.gradebook.log import Entry

audit = typer.Typer(help="The log of all that was done in the class: its head, a check of it, its entries.", no_args_is_help=True)


@audit.command()
def head() -> None:
    """Say the head of the log, which tells whether anything before it was changed later. Write it down, or send it to somebody.

    Example: [bold]autograde audit head[/]
    """
    from autograde.commands.summary import next_steps, say
    from autograde.gradebook.log import head_in
    from autograde.records.opening import reading
    from autograde.records.outside import catch

    course = class_here()
    catch(course)
    with reading(course) as connection:
        found = head_in(connection)
    say(out, str(found), "bold")
    next_steps(out, [f'autograde audit verify --head "{found}"    holds the log against it, whenever that is wanted'])


@audit.command()
def verify(
    head: Annotated[str, typer.Option(metavar='"N HASH"', help="A head that was written down, as `autograde audit head` says it.")] = "",
) -> None:
    """Hold the log against itself, every head that was kept and the records: nothing changed, added, removed, reordered or cut off.

    The exit code is 1 where something is wrong.

    Example: [bold]autograde audit verify[/]
    """
    from autograde.commands.summary import say
    from autograde.gradebook.heads import check, kept_heads
    from autograde.gradebook.log import read_head
    from autograde.records.opening import reading
    from autograde.records.outside import catch
    from autograde.text import count

    wanted = [read_head(head)] if head else []
    course = class_here()
    with reading(course) as connection:  # first: what is caught now goes onto the end, and would cover up where the log was cut off
        checked = check(course, connection, wanted)
    caught = catch(course)
    for remark in checked.remarks:
        say(out, remark)
    for fault in checked.faults:
        say(out, f"{fault[:1].upper()}{fault[1:]}", "red")
    if caught:
        say(out, f"{count(caught, 'answer')} had points or a comment from formgrader or another program; the log says so now.", "yellow")
    if checked.faults:
        say(out, f"The log, or a record, is not as it was written: {count(len(checked.faults), 'fault')}.", "bold red")
        raise typer.Exit(1)
    kept = count(len(kept_heads(course)[0]) + len(wanted), "head")
    say(out, f"The log and the records are as they were written: {checked.head.n:,} entries, held against {kept}.", "bold")


@audit.command(name="list")
def list_entries(
    learner: Annotated[str, typer.Option(metavar="LEARNER-ID", help="Only what is about this learner.")] = "",
    since: Annotated[str, typer.Option(metavar="DATE", help='Only from then on, like "1 December 2026".')] = "",
) -> None:
    """List the entries of the log, the oldest first: number, when (UK time), who, what, and the detail.

    A learner stands in it by a pseudonym, which is told where you name the learner.

    Example: [bold]autograde audit list --learner ana01 --since "1 December 2026"[/]
    """
    from autograde.classes.learner_changes import find
    from autograde.commands.summary import say
    from autograde.gradebook.log import entries_in, subject_in
    from autograde.records.opening import reading
    from autograde.records.outside import catch
    from autograde.text import LOCAL, count, read_due

    course = class_here()
    start = read_due(since).astimezone(LOCAL).replace(hour=0, minute=0, second=0, microsecond=0) if since else None
    about = find(course, learner) if learner else None
    catch(course)
    with reading(course) as connection:
        subject = subject_in(connection, about.id) if about else ""
        found = [
            entry
            for entry in entries_in(connection)
            if (about is None or (subject and entry.subject == subject)) and (start is None or entry.at >= start)
        ]
    for entry in found:
        out.print(Text(_line(entry)), soft_wrap=True)
    named = f" {about.shown} is {subject or 'not in it'}." if about else ""
    say(out, f"{count(len(found), 'entry', 'entries')}.{named}", "bold")


def _line(entry: "Entry") -> str:
    from autograde.text import local

    told = {name: value for name, value in (entry.detail or {}).items() if name != "sealed"}
    detail: Any = "its words were erased" if entry.detail is None else json.dumps(told, ensure_ascii=False)
    return "  ".join([str(entry.n), local(entry.at), entry.who, entry.what, entry.subject or "-", detail])
