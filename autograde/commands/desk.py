"""The tutor's desk in the browser."""

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from autograde.commands.console import out

if TYPE_CHECKING:
    from autograde.classes.folder import Course


def desk(
    *,
    port: Annotated[int | None, typer.Option(min=1, max=65535, help="The first free one from 8890 on if not given.")] = None,
    browser: Annotated[bool, typer.Option(help="Open the browser.")] = True,
) -> None:
    """Open the desk in the browser: the class, run without a terminal.

    In a class folder it opens that class. Anywhere else it lists the classes that were used before, and makes new ones.
    Runs on this computer alone, until Ctrl-C.

    Example: [bold]autograde desk[/]
    """
    from autograde.classes.folder import find_course
    from autograde.classes.owner import is_class
    from autograde.commands.summary import say
    from autograde.desk.launch import desk as run_desk
    from autograde.errors import ClassError
    from autograde.gradebook.keep import set_journal
    from workbook_helpers.files import browser_at

    course: Course | None
    try:
        course = find_course(Path.cwd())
    except ClassError:
        if any(map(is_class, (Path.cwd(), *Path.cwd().parents))):  # there is one, and it is not to be used
            raise
        course = None
    if course and (note := set_journal(course)):
        say(out, note, "yellow")
    with ExitStack() as after:

        def started(address: str) -> None:
            say(out, f"The desk: {address}", "bold")
            say(out, "This address lets in whoever has it. Ctrl-C ends it.")
            if browser:
                after.enter_context(browser_at(address))

        try:
            run_desk(course, port, started)
        except KeyboardInterrupt:
            say(out, "\nEnded.")
