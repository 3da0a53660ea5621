"""Set a class up: make its folder, put its students into it, move its gradebook."""

from pathlib import Path
from typing import Annotated

import typer

from autograde.commands.console import busy, class_here, out, password_note


def new(
    folder: Annotated[Path, typer.Argument(help="A folder that does not exist yet.")],
    name: Annotated[str, typer.Option(help="What the class is called; the folder's name if not given.")] = "",
    exchange: Annotated[Path | None, typer.Option(help="The nbgrader exchange folder, on a shared server.")] = None,
    db_url: Annotated[
        str,
        typer.Option(metavar="URL", help="A PostgreSQL database for the gradebook: postgresql://tutor@server/care. A file if left out."),
    ] = "",
) -> None:
    """Make a class folder.

    Example: [bold]autograde new care-2026 --name "Care level 2, autumn 2026"[/]
    """
    from autograde.classes.new import new_course
    from autograde.commands.summary import next_steps, say
    from autograde.text import quoted

    with busy() as progress:
        progress.add_task("Making the class")
        course = new_course(folder, name=name, exchange=exchange, db_url=db_url)
    say(out, f"Made the class {course.course_id} in {course.root}", "bold")
    say(out, f"Hand-ins come through the exchange {exchange}" if exchange else "Hand-ins come as files (no exchange).")
    password_note(db_url)
    next_steps(
        out,
        [
            f"cd {quoted(folder)}",
            "autograde roster FILE.csv    a list with the columns: id,first name,last name,email, or Moodle's list of participants",
        ],
    )


def roster(file: Annotated[Path, typer.Argument(metavar="FILE.csv", help="A CSV file with a header.")]) -> None:
    """Put the students of a CSV file into the class.

    Its header, in any order: id, first name, last name, email (email may be left out). Moodle's list of participants
    and its grades do as well. Run it again to update; nobody is ever removed. Rows with a fault are reported, and the
    others go in; the exit code is 1 then.

    Example: [bold]autograde roster students.csv[/]
    """
    from autograde.classes.roster import import_roster
    from autograde.commands.summary import show_roster

    course = class_here()
    with busy() as progress:
        task = progress.add_task("")
        report = import_roster(course, file, progress=lambda step: progress.update(task, description=step))
    show_roster(out, report)
    if report.bad:
        raise typer.Exit(1)


db = typer.Typer(help="The gradebook's database.", no_args_is_help=True)
db.callback()(lambda: None)  # so that `move` stays a command of its own


@db.command()
def move(url: Annotated[str, typer.Argument(metavar="URL", help="An empty database: postgresql://tutor@server/care_2026")]) -> None:
    """Move the gradebook of this class to another database, with every row checked.

    For several tutors who mark at the same time. The old gradebook stays as it is.

    Example: [bold]autograde db move postgresql://tutor@server/care_2026[/]
    """
    from autograde.classes.moving import move_gradebook
    from autograde.commands.summary import next_steps, say

    course = class_here()
    for table, rows in move_gradebook(course, url):
        say(out, f"  {table}: {rows} rows, all checked")
    say(out, "The class uses the new database now.", "bold")
    password_note(url)
    next_steps(out, ["Close formgrader and start it again: autograde serve", "When all is well, put the old gradebook.db away."])
