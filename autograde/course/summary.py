"""Say on screen what a command did and what to do next."""

import os
import re
import shlex
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from rich.text import Text

from autograde.course.text import count, in_words, local, printable

if TYPE_CHECKING:  # each command imports only what it uses
    from autograde.course.gradebook import GradebookReport
    from autograde.course.intake import IntakeReport
    from autograde.course.mark import Line
    from autograde.course.release import ReleaseReport
    from autograde.course.roster import RosterReport

TABLE_ROWS = 60
"""A longer table scrolls away: then only what needs a look is shown."""
NOT_THE_RESULT = "A total is not the unit's result: each criterion is met or not yet met by a person's decision."


def say(console: Console, text: str = "", style: str = "") -> None:
    """Print a line as it is: neither markup nor colour out of what strangers wrote, nor a break in a path."""
    console.print(Text(text, style=style), soft_wrap=True)


def next_steps(console: Console, steps: Iterable[str]) -> None:
    """Print what to do next."""
    say(console, "\nWhat to do next:", "bold")
    for step in steps:
        say(console, f"  {step}")


def quoted(path: Path) -> str:
    """Write a path as it is typed into the shell of this machine."""
    text = str(path)
    if re.fullmatch(r"[\w./\\:+-]+" if os.name == "nt" else r"[\w./:+-]+", text):
        return text
    return f'"{text}"' if os.name == "nt" or not re.search(r'[$`"\\!]', text) else shlex.quote(text)


def show_roster(console: Console, report: "RosterReport") -> None:
    """Sum up a roster import."""
    say(
        console,
        f"{count(len(report.added), 'student')} added, {len(report.updated)} updated, {len(report.unchanged)} unchanged.",
        "bold",
    )
    for note in report.notes:
        say(console, note, "yellow")
    if report.others:
        say(console, f"{count(len(report.others), 'student')} of the class not in this file: they stay in the class.")
    if report.bad:
        table = Table("Line", "What is wrong", "How to mend it", title=f"{count(len(report.bad), 'row')} left out")
        for row in report.bad[:TABLE_ROWS]:
            table.add_row(str(row.line), Text(printable(row.what, 300)), Text(row.mend))
        console.print(table)
        if len(report.bad) > TABLE_ROWS:
            say(console, f"… and {len(report.bad) - TABLE_ROWS} more.")
        next_steps(console, ["Mend these rows in the file and run the command again; the other rows are in already."])
    else:
        next_steps(console, ['autograde release w01 --due "1 December 2026 17:00"    gives the class a workbook'])


def show_release(console: Console, report: "ReleaseReport", note: str = "") -> None:
    """Sum up a release."""
    say(console, f"Released {report.assignment}: {report.title} ({count(len(report.files), 'file')}).", "bold")
    if report.set_aside:
        say(console, f"Copied afresh; what the class had edited is kept in {report.set_aside}")
    elif not report.copied:
        say(console, f"Made from the class's own copy in source/{report.assignment} (--fresh takes a new one).")
    say(console, f"Due: {in_words(report.due)} (UK time)" if report.due else "No due date: nothing counts as late.")
    if report.due and report.due < datetime.now(UTC):
        say(console, "That time is past, so every hand-in counts as late. Is it the right date?", "yellow")
    if report.exchange:
        say(console, f"On the exchange: {report.exchange}")
    if note:
        say(console, note)
    say(console, f"For Moodle or by mail: {report.handout}")
    back = f"autograde collect {report.assignment}" if report.exchange else f"autograde intake FILES --workbook {report.assignment}"
    next_steps(console, [f"Students fetch it, work and hand in. Then: {back}"])


def show_intake(console: Console, report: "IntakeReport") -> None:
    """Sum up what was taken in: a table, then one line for each oddity."""
    current = {taken.student.id: taken for taken in report.taken if taken.current}
    if report.taken:
        table = Table("Student", "Name", "Handed in (UK time)", "Late", "Now current", title=report.assignment)
        for taken in sorted(report.taken, key=lambda t: (t.student.id, t.handed_in_at)):
            table.add_row(
                Text(taken.student.id),
                Text(printable(taken.student.name, 60)),
                local(taken.handed_in_at),
                taken.late or "no",
                "yes" if current.get(taken.student.id) is taken else "no, kept",
            )
        console.print(table)
    oddities = [(taken.student.id, oddity) for taken in report.taken for oddity in taken.oddities]
    oddities += [(taken.student.id, f"late by {taken.late}: taken in all the same") for taken in report.taken if taken.late]
    for student, oddity in sorted(oddities):
        say(console, f"  {student}: {oddity}", "yellow")
    for refused in report.refused:
        whose = f" ({refused.student.id})" if refused.student else ""
        say(console, f"  Not usable: {printable(refused.file)}{whose}: {refused.reason}", "red")
        say(console, f"    kept in {refused.folder}")
    say(
        console,
        f"{count(len(report.taken), 'hand-in')} taken in, {len(report.repeated)} known already, {len(report.refused)} in quarantine.",
        "bold",
    )
    if report.missing:
        names = ", ".join(student.id for student in report.missing[:12]) + (" …" if len(report.missing) > 12 else "")
        say(console, f"Nothing yet from {count(len(report.missing), 'student')}: {names}")
    steps = [f"autograde mark {report.assignment}    marks what came in"]
    if report.refused:
        steps.append("Read reason.txt in each quarantine folder; take the mended file in again.")
    next_steps(console, steps)


def show_marks(console: Console, assignment: str, lines: "list[Line]") -> None:
    """Sum up a marking: a table of a class, then one line for each oddity."""
    if len(lines) <= TABLE_ROWS:
        table = Table("Student", "Points so far", "Waiting for you", "What was done", title=assignment)
        for line in lines:
            table.add_row(Text(line.student), f"{line.points:g} of {line.max:g}", str(line.waiting or "–"), line.outcome)
        console.print(table)
    for line in lines:
        for oddity in line.oddities:
            say(console, f"  {line.student}: {printable(oddity, 300)}", "yellow")
    waiting = sum(line.waiting > 0 for line in lines)
    marked = sum(line.outcome == "marked" for line in lines)
    say(console, f"{count(marked, 'hand-in')} marked, {len(lines) - marked} left as they were. {waiting} wait for you.", "bold")
    say(console, NOT_THE_RESULT)
    steps = ["autograde serve    opens formgrader: mark the written answers there"] if waiting else []
    next_steps(console, [*steps, f"autograde feedback {assignment}    writes the students' pages"])


def show_remarks(console: Console, assignment: str, lines: "list[Line]") -> None:
    """Say whose points a second marking has changed."""
    changed = [line for line in lines if line.before is not None and line.before != line.points]
    if changed:
        table = Table("Student", "Points before", "Points now", title=assignment)
        for line in changed:
            table.add_row(Text(line.student), f"{line.before:g}", f"{line.points:g}")
        console.print(table)
    for line in lines:
        if line.outcome != "marked":
            say(console, f"  {line.student}: {printable(' '.join(line.oddities), 300)}", "yellow")
    say(console, f"{count(len(lines), 'hand-in')} marked again. The points of {count(len(changed), 'student')} changed.", "bold")
    if changed:
        next_steps(console, [f"autograde feedback {assignment}    writes the students' pages anew"])


def show_gradebook(console: Console, report: "GradebookReport") -> None:
    """Sum up a gradebook export."""
    say(console, f"Wrote {count(report.rows, 'row')} of {count(report.students, 'student')} to {report.path}", "bold")
    if report.waiting:
        say(console, f"{count(report.waiting, 'item')} of them still to be marked.", "yellow")
    say(console, NOT_THE_RESULT)
    steps = ["Open the file in a spreadsheet, or import it where your centre keeps its records."]
    if report.waiting:
        steps.insert(0, "autograde mark WORKBOOK and autograde serve    to mark what waits; then export again")
    next_steps(console, steps)
