"""Look whether all is well, and say what to do where it is not."""

from pathlib import Path
from typing import Annotated

import typer

from autograde.commands.console import busy, out


def doctor(
    folder: Annotated[
        Path | None,
        typer.Argument(metavar="CLASS", help="A class folder; else the class here, else all classes of this machine's courses.toml."),
    ] = None,
) -> None:
    """Look whether all is well: one line for each thing that is not, with what to do.

    It looks at the programs and their versions, the gradebook (reachable, whole, locked, its tables), the room on the disks, the
    clocks, nbgrader's exchange, who may read and write what, what killed commands have left, the service for students and its
    certificate, and a college's hub and proxy where this machine has them. Nothing is changed. Run it before a lesson, after an
    update, and when something is odd. Exit code 1 if something must be mended.

    Example: [bold]autograde doctor care-2026[/]
    """
    from autograde.classes.owner import is_class
    from autograde.commands.summary import say
    from autograde.doctor.examine import college_here, examine_class, examine_machine
    from autograde.text import count

    college = college_here()
    here = folder or next((one for one in (Path.cwd(), *Path.cwd().parents) if is_class(one)), None)
    folders = [here] if here else [course.folder for course in college.courses] if college else []
    with busy() as progress:
        progress.add_task("Looking")
        results = [("", one) for one in examine_machine()]
        results += [(str(one), result) for one in folders for result in examine_class(one, shared=college is not None)]
    findings = [(where, one.at, finding) for where, one in results for finding in one.findings]
    for where, at, finding in sorted(findings, key=lambda each: not each[2].must):
        said = f"{'Mend' if finding.must else 'Look'}  {f'{where}, ' if len(folders) > 1 and where else ''}{at}: {finding.text}"
        say(out, said, "red" if finding.must else "yellow")
    must = sum(finding.must for *_, finding in findings)
    if must:
        raise typer.Exit(1)
    say(out, "All is well." if not findings else f"Nothing must be mended; {count(len(findings), 'thing')} to look at.", "bold")
    for where, one in results:
        if one.findings:
            continue
        say(out, f"  {f'{where}, ' if len(folders) > 1 and where else ''}{one.at}: {one.seen}")
    if not folders:
        say(out, "No class was looked at: name one, or go into one (cd).")
