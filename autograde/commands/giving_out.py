"""Give the class a workbook."""

from pathlib import Path
from typing import Annotated

import typer

from autograde.commands.console import WorkbookName, busy, class_here, out


def release(
    workbook: WorkbookName,
    *,
    due: Annotated[str, typer.Option(help='UK time, like "1 December 2026 17:00" or "01/12/2026 17:00"; "none" for no date.')] = "",
    fresh: Annotated[bool, typer.Option(help="Copy the workbook anew, over the class's own edits.")] = False,
    anyway: Annotated[bool, typer.Option(help="Release it even where `autograde check` says that it does not work.")] = False,
) -> None:
    """Give the class a workbook.

    Copies it into source/ (where you may edit it), makes the students' version and puts that on the exchange if the
    class has one. In handout/ it makes WORKBOOK.html, one file that needs nothing but a browser (for Moodle, by mail), the
    folder site with every released workbook for any web server, and WORKBOOK.zip for those who have Jupyter.

    Example: [bold]autograde release w01 --due "1 December 2026 17:00"[/]
    """
    from autograde.checks import faults
    from autograde.commands.summary import show_release
    from autograde.outbox.release import exchange_note
    from autograde.outbox.release import release as release_workbook
    from autograde.text import NO_DATE, read_due

    course = class_here()
    with busy() as progress:
        task = progress.add_task("")
        report = release_workbook(
            course,
            workbook,
            due=NO_DATE if due == NO_DATE else read_due(due) if due else None,
            fresh=fresh,
            faults=(lambda _: ()) if anyway else faults,
            progress=lambda step: progress.update(task, description=step),
        )
    show_release(out, report, exchange_note(course))


def leaflet(file: Annotated[Path, typer.Argument(metavar="FILE.html", help="Where it goes; an older one is replaced.")]) -> None:
    """Write a leaflet for learners, one printed page: how to open a workbook, answer, hand in, and get it back.

    Example: [bold]autograde leaflet leaflet.html[/]
    """
    from autograde.commands.summary import next_steps, say
    from autograde.outbox.leaflet import write_leaflet

    say(out, f"Wrote {write_leaflet(class_here(), file)}", "bold")
    next_steps(out, ["Open it in a browser and print it: one page of A4. Learner ID and date are written in by hand."])
