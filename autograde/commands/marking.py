"""Mark: closed questions by the program, written answers by a person."""

from contextlib import ExitStack
from typing import TYPE_CHECKING, Annotated

import typer

from autograde.commands.console import WorkbookName, bar, class_here, out

if TYPE_CHECKING:
    from autograde.classes.folder import Course
    from autograde.run.line import Line

Force = Annotated[bool, typer.Option(help="Also what has not changed since it was marked.")]
Scheduler = Annotated[
    str, typer.Option(metavar="ADDRESS", help="Let a dask.distributed cluster mark, e.g. tcp://10.0.0.5:8786; see docs/scaling.md.")
]
Workers = Annotated[int | None, typer.Option(min=1, help="How many processes; one for each core if you leave it out.")]


def mark(
    workbook: Annotated[str, typer.Argument(metavar="WORKBOOK", help="The short id (w01) or the whole name.")] = "",
    every: Annotated[bool, typer.Option("--all", help="Every workbook of the class.")] = False,
    force: Force = False,
    scheduler: Scheduler = "",
    workers: Workers = None,
) -> None:
    """Mark the closed questions of all hand-ins, and lay the written answers out for you.

    What a person gave is kept, and goes on to count as long as the answer is the same; an answer that has changed waits for
    you again. Killed or run twice, it does no harm: it goes on where it was. Exit code 1 if a hand-in could not be marked.

    Example: [bold]autograde mark w01[/]
    """
    from autograde.commands.summary import show_marks
    from autograde.errors import ClassError

    course = class_here()
    if every == bool(workbook):
        msg = "Name a workbook (autograde mark w01), or say --all."
        raise ClassError(msg)
    failed = False
    for assignment in course.assignments() if every else [course.assignment(workbook)]:
        lines = _mark(course, assignment, force=force, scheduler=scheduler, workers=workers)
        show_marks(out, assignment, lines)
        failed |= any(line.outcome == "not marked" for line in lines)
    if failed:
        raise typer.Exit(1)


def remark(
    workbook: WorkbookName,
    scheduler: Scheduler = "",
    workers: Workers = None,
) -> None:
    """Mark again after a key was mended, and say whose points changed. What a person gave is kept, and goes on to count.

    Example: [bold]autograde remark w01[/]
    """
    from autograde.commands.summary import show_remarks

    course = class_here()
    assignment = course.assignment(workbook)
    lines = _mark(course, assignment, force=True, scheduler=scheduler, workers=workers)
    show_remarks(out, assignment, lines)
    if any(line.outcome == "not marked" for line in lines):
        raise typer.Exit(1)


def _mark(course: "Course", assignment: str, *, force: bool, scheduler: str, workers: int | None) -> "list[Line]":
    from autograde.classes.ids import shown
    from autograde.crew import crew
    from autograde.inbox.submitted import submissions
    from autograde.run.mark import mark_class
    from autograde.run.work import BATCH

    total = len(submissions(course, assignment))
    lines = []
    with crew(total // BATCH, scheduler=scheduler, workers=workers) as executor, bar() as progress:
        task = progress.add_task("Marking", total=total)
        for line in mark_class(course, assignment, force=force, executor=executor):
            lines.append(line)
            progress.update(task, advance=1, description=f"Marking {shown(line.student)}")
    return lines


def serve(
    *,
    port: Annotated[int | None, typer.Option(min=1, max=65535, help="The first free one from 8890 on if not given.")] = None,
    browser: Annotated[bool, typer.Option(help="Open the browser.")] = True,
) -> None:
    """Open the class in formgrader, where written answers are marked, and in JupyterLab.

    Runs on this computer alone, until Ctrl-C.

    Example: [bold]autograde serve --no-browser[/]
    """
    from autograde.commands.summary import say
    from autograde.gradebook.keep import tidy
    from autograde.nbgrader.serve import serving
    from workbook_helpers.files import browser_at

    course = class_here()
    with ExitStack() as after:
        after.callback(tidy, course)
        served = after.enter_context(serving(course, port))
        say(out, f"Formgrader (marking): {served.formgrader}", "bold")
        say(out, f"JupyterLab:           {served.lab}", "bold")
        say(out, f"The desk:             {served.desk}", "bold")
        say(out, "These addresses let in whoever has them. Ctrl-C ends it.")
        if browser:
            after.enter_context(browser_at(served.formgrader))
        try:
            served.process.wait()
        except KeyboardInterrupt:
            say(out, "\nEnded. What to do next: autograde feedback WORKBOOK")


def samples(workbook: WorkbookName) -> None:
    """Make a page of sample answers, so that markers can practise and come to mark alike.

    The page is for markers: it holds what each answer is worth, and why.

    Example: [bold]autograde samples w01[/]
    """
    from autograde.commands.summary import next_steps, say
    from autograde.errors import ClassError
    from autograde.outbox.feedback.samples import samples_page
    from workbook_helpers.files import write_file

    course = class_here()
    assignment = course.assignment(workbook)
    path = course.root / "samples" / f"{assignment}.html"
    page = samples_page(course.workbook(assignment))
    try:
        path.parent.mkdir(exist_ok=True)
        write_file(path, page.encode("utf-8", "replace"))
    except OSError as error:
        msg = f"{path} cannot be written ({error.strerror}). See that nothing is in the way and the disk has room."
        raise ClassError(msg) from error
    say(out, f"Wrote {path}. It is for markers only.", "bold")
    next_steps(out, ["Open it in a browser. Mark each answer, then look what it is worth."])
