"""A key that was wrong: let a question not count, or accept a second answer, for this class alone."""

import json
from typing import TYPE_CHECKING, Annotated

import typer

from autograde.commands.console import WorkbookName, class_here, out

if TYPE_CHECKING:
    from autograde.classes.own_keys import Decision

Question = Annotated[str, typer.Argument(metavar="QUESTION", help="The question's id, e.g. w01-q16.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do it; without it you only see whose points would change.")]


def void(
    workbook: WorkbookName,
    question: Question,
    *,
    back: Annotated[bool, typer.Option(help="Take it back: the program's key alone counts again.")] = False,
    yes: Yes = False,
) -> None:
    """Let a question not count in this class: everybody gets its points, and what a person gave stays.

    Example: [bold]autograde void w01 w01-q16[/]
    """
    from autograde.classes.own_keys import NOTHING
    from autograde.run import decisions

    course = class_here()
    found = course.workbook(course.assignment(workbook))
    _decide(found.assignment, question, NOTHING if back else decisions.void(course, found, question), yes=yes)


def accept(
    workbook: WorkbookName,
    question: Question,
    answer: Annotated[str, typer.Argument(metavar="ANSWER", help="As the answers file has it: an option's id, typed words, or JSON.")],
    *,
    yes: Yes = False,
) -> None:
    """Accept a second answer to a question in this class: whoever gave it gets all the points. `autograde void … --back` takes it back.

    Example: [bold]autograde accept w01 w01-q16 b[/]
    """
    from autograde.run import decisions

    try:
        value = json.loads(answer)
    except ValueError:
        value = answer
    course = class_here()
    found = course.workbook(course.assignment(workbook))
    _decide(found.assignment, question, decisions.accept(course, found, question, value), yes=yes)


def _decide(assignment: str, question: str, decision: "Decision", *, yes: bool) -> None:
    from autograde.classes.ids import shown
    from autograde.classes.own_keys import decide
    from autograde.commands.marking import remark
    from autograde.commands.summary import next_steps, say
    from autograde.run.decisions import plan
    from autograde.text import count

    course = class_here()
    planned = plan(course, assignment, question, decision)
    say(out, planned.words, "bold")
    if not yes:
        for change in planned.changes:
            after = "waits for you" if change.after is None else f"{change.after:g}"
            say(out, f"  {shown(change.student)}: {change.before:g} → {after}")
        say(out, f"The points of {count(len(planned.changes), 'learner')} would change; {len(planned.kept)} keep what a person gave.")
        next_steps(out, ["The same command with --yes does it."])
        return
    decide(course, course.workbook(assignment).id, question, decision)
    remark(assignment)
