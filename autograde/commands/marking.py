"""Mark: closed questions by the program, written answers by a person."""

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from autograde.commands.console import WorkbookName, bar, class_at, class_here, out, take_served

if TYPE_CHECKING:
    from autograde.classes.folder import Course
    from autograde.run.line import Line

FEW = 2_000
"""Hand-ins below which one process has marked them sooner than others have started."""


def mark(
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="[WORKBOOK | CLASS…]", help="The short id (w01) or the whole name; with --all, class folders."),
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Every workbook of this class, or of those classes that you name.")] = False,
    force: Annotated[bool, typer.Option(help="Also what has not changed since it was marked.")] = False,
    scheduler: Annotated[
        str, typer.Option(metavar="ADDRESS", help="With --all: let a Dask cluster mark, e.g. tcp://10.0.0.5:8786; see docs/scaling.md.")
    ] = "",
    workers: Annotated[
        int | None, typer.Option(min=1, help=f"With --all: how many processes; else one, or from {FEW:,} hand-ins on one a core and class.")
    ] = None,
) -> None:
    """Mark the closed questions of all hand-ins, and lay the written answers out for you.

    What learners handed in to the class on your Wi-Fi is taken in first.
    What a person gave is kept, and goes on to count as long as the answer is the same; an answer that has changed waits for
    you again. Killed or run twice, it does no harm: it goes on where it was. Exit code 1 if a hand-in could not be marked.

    Example: [bold]autograde mark w01[/]
    """
    from autograde.commands.summary import show_marks
    from autograde.errors import ClassError

    if every:
        done = _mark_all(names or [], force=force, scheduler=scheduler, workers=workers)
    elif names and len(names) == 1 and not scheduler and workers is None:
        course = class_here()
        assignment = course.assignment(names[0])
        take_served(course)
        lines = _mark(course, assignment, force=force)
        show_marks(out, assignment, lines)
        done = all(line.outcome != "not marked" for line in lines)
    else:
        msg = "Name one workbook (autograde mark w01), or say --all; --workers and --scheduler are for --all."
        raise ClassError(msg)
    if not done:
        raise typer.Exit(1)


def remark(workbook: WorkbookName) -> None:
    """Mark again after a key was mended, and say whose points changed. What a person gave is kept, and goes on to count.

    Example: [bold]autograde remark w01[/]
    """
    from autograde.commands.summary import show_remarks

    course = class_here()
    assignment = course.assignment(workbook)
    lines = _mark(course, assignment, force=True)
    show_remarks(out, assignment, lines)
    if any(line.outcome == "not marked" for line in lines):
        raise typer.Exit(1)


def _mark(course: "Course", assignment: str, *, force: bool) -> "list[Line]":
    from autograde.classes.ids import shown
    from autograde.inbox.submitted import submissions
    from autograde.run.mark import mark_class

    lines = []
    with bar() as progress:
        task = progress.add_task("Marking", total=len(submissions(course, assignment)))
        for line in mark_class(course, assignment, force=force):
            lines.append(line)
            progress.update(task, advance=1, description=f"Marking {shown(line.student)}")
    return lines


def _mark_all(folders: list[str], *, force: bool, scheduler: str, workers: int | None) -> bool:
    """Mark every workbook of some classes, of this one for none; whether all of them could be marked."""
    from autograde.classes.owner import is_class
    from autograde.commands.summary import say, show_marks, show_marks_in_short
    from autograde.crew import cores
    from autograde.errors import ClassError
    from autograde.inbox.submitted import submissions
    from autograde.run.college import mark_college, tasks_of

    if odd := next((one for one in folders if not is_class(Path(one))), ""):
        msg = f"{odd} is no class folder. With --all name class folders, or nothing for this class; for one workbook leave --all out."
        raise ClassError(msg)
    courses = list(dict.fromkeys(class_at(Path(folder)) for folder in folders)) or [class_here()]
    for course in courses:
        take_served(course)
    tasks = tasks_of(courses, force=force)
    if workers is None and not scheduler:
        hand_ins = sum(len(submissions(course, name)) for course in courses for name in course.assignments())
        workers = min(cores(), len(courses)) if hand_ins >= FEW else 1
    well = True
    marked = mark_college(tasks, scheduler=scheduler, workers=workers or 1)
    with bar() as progress:
        task = progress.add_task("Marking", total=len(tasks))
        for done in marked:
            progress.update(task, advance=1, description=f"Marking {done.assignment}")
            if done.fault:
                say(out, f"{done.root}, {done.assignment}: {done.fault}", "red")
            elif len(courses) > 1:
                show_marks_in_short(out, done)
            else:
                show_marks(out, done.assignment, list(done.lines))
            well = well and not done.fault and all(line.outcome != "not marked" for line in done.lines)
    return well


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
