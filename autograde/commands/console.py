"""What the commands have in common: the console, the class that they are given in, and the bars that show how far they are."""

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, SpinnerColumn, Task, TextColumn, TimeRemainingColumn
from rich.text import Text

if TYPE_CHECKING:
    from autograde.classes.folder import Course

out = Console(highlight=False, emoji=False)
COURSES: list["Course"] = []
"""The classes that this run was given in; when it ends, their logs' heads are kept (`keep_heads`)."""
WorkbookName = Annotated[str, typer.Argument(metavar="WORKBOOK", help="The short id (w01) or the whole name.")]


def class_here() -> "Course":
    """Give the class that the command is given in."""
    return class_at(Path.cwd())


def class_at(folder: Path) -> "Course":
    """Give the class that a folder lies in."""
    from autograde.classes.folder import find_course
    from autograde.commands.summary import say
    from autograde.gradebook.keep import set_journal
    from autograde.whole import ERASING, STAGE

    course = find_course(folder)
    if course not in COURSES:
        COURSES.append(course)
    if note := set_journal(course):
        say(out, note, "yellow")
    if (course.root / STAGE / ERASING).is_file():
        from autograde.records.erasure import finish

        say(out, f"The erasure of {finish(course)}, which was cut off, is done to its end now.", "yellow")
    _end_merges(course)
    return course


def take_served(course: "Course") -> None:
    """Take in what learners have handed in to the class's service, and say so; where that cannot be, the command goes on, as without it."""
    from autograde.inbox.served import arrived  # each command asks it, and few classes need the rest

    if not arrived(course):
        return
    from autograde.commands.summary import say
    from autograde.desk.taking_in import said
    from autograde.errors import ClassError
    from autograde.inbox.served import take_arrived
    from autograde.text import printable

    try:
        report = take_arrived(course)
    except ClassError as error:
        say(out, f"Handed in to the class, and not taken in yet: {error}", "yellow")
        return
    say(out, f"Handed in to the class: {said(report)}")
    for refused in (refused for one in report.reports for refused in one.refused):
        say(out, f"  Not usable: {printable(refused.file)}: {refused.reason} ({refused.folder})", "red")


def class_if_any() -> "Course | None":
    """Give the class that the command is given in, None outside of any."""
    from autograde.classes.folder import find_course
    from autograde.errors import ClassError

    try:
        return find_course(Path.cwd())
    except ClassError:
        return None


def _end_merges(course: "Course") -> None:
    """Do merges to their end that were cut off; where that cannot be, the command goes on, as without them."""
    from autograde.commands.summary import say
    from autograde.errors import ClassError
    from autograde.inbox.merged import cut_off

    if cut_off(course):
        from autograde.inbox.merge import finish

        try:
            told = finish(course)
        except ClassError as error:
            told = (str(error),)
        for text in told:
            say(out, text, "yellow")


def keep_heads() -> None:
    """Keep the heads of the logs to which this run may have added, and what learners see where a class is served.

    The run goes to its end whatever becomes of that.
    """
    while COURSES:
        from autograde.gradebook.heads import keep_head  # takes as long as all of --help, and is for a class alone

        course = COURSES.pop()
        with suppress(Exception):  # what is wrong with the class has been told by the command itself
            keep_head(course)
            _keep_served(course)


def _keep_served(course: "Course") -> None:
    from autograde.classes.served import is_served

    if not is_served(course):
        return
    from autograde.commands.summary import say
    from autograde.errors import ClassError
    from autograde.outbox.served import keep_served  # takes as long as a short command, and few classes need it

    try:
        told = keep_served(course)
    except ClassError as error:
        told = (str(error),)
    for text in told:
        say(out, text, "yellow")


def password_note(url: str) -> None:
    """Say where a database's password stands now, and where it would stand better."""
    from autograde.classes.owner import CONFIG
    from autograde.commands.summary import say
    from autograde.gradebook.address import has_password

    if has_password(url):
        say(
            out,
            f"The password stands in {CONFIG}, which you alone may read now. Better: keep it in ~/.pgpass, and give the URL without it.",
        )


def busy() -> Progress:
    """Show that something is being done."""
    return Progress(SpinnerColumn(), TextColumn("{task.description}", markup=False), console=out, transient=True)


def bar() -> Progress:
    """Show what is done, how many a second, and how long it will still take."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), _Rate(), TimeRemainingColumn())
    return Progress(*columns, console=out)


class _Rate(ProgressColumn):
    """Steps a second."""

    def render(self, task: Task) -> Text:
        return Text(f"{task.speed:.0f}/s" if task.speed and task.speed >= 1 else "")
