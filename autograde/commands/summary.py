"""Say on screen what a command did and what to do next."""

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from rich.text import Text

from autograde.classes.ids import shown
from autograde.text import count, in_words, local, printable

if TYPE_CHECKING:  # each command imports only what it uses
    from autograde.classes.roster import RosterReport
    from autograde.gradebook.keep import Held
    from autograde.inbox.assign import RedoReport, UndoReport
    from autograde.inbox.outcome import IntakeReport
    from autograde.outbox.marks_file import GradebookReport
    from autograde.outbox.release import ReleaseReport
    from autograde.run.college import Done
    from autograde.run.line import Line

TABLE_ROWS = 60
"""A longer table scrolls away: then only what needs a look is shown."""
NOT_THE_RESULT = "A total is not the unit's result: each criterion is met or not yet met by a person's decision."


def say(console: Console, text: str = "", style: str = "") -> None:
    """Print a line as it is: neither markup nor colour out of what strangers wrote, nor a break in a path."""
    console.print(Text(text, style=style), soft_wrap=True)


def show_one(console: Console, id_: str, words: str, *more: str) -> None:
    """Print one of a list, after its id, which stands whole so that it can be copied; what there is more of it stands below."""
    say(console, f"{id_}  {words}", "bold")
    for text in filter(None, more):
        say(console, f"  {text}")


def next_steps(console: Console, steps: Iterable[str]) -> None:
    """Print what to do next."""
    say(console, "\nWhat to do next:", "bold")
    for step in steps:
        say(console, f"  {step}")


def show_roster(console: Console, report: "RosterReport") -> None:
    """Sum up a roster import."""
    say(
        console,
        f"{count(len(report.added), 'learner')} added, {len(report.updated)} updated, {len(report.unchanged)} unchanged.",
        "bold",
    )
    for note in report.notes:
        say(console, note, "yellow")
    if report.others:
        say(console, f"{count(len(report.others), 'learner')} of the class not in this file: they stay in the class.")
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
    say(console, f"The file for learners: {report.file}")
    say(console, f"The site with every released workbook: {report.site}")
    say(console, f"For those who have Jupyter: {report.handout}")
    for text in report.left_out:
        say(console, text, "yellow")
    back = f"autograde collect {report.assignment}" if report.exchange else f"autograde intake FILES --workbook {report.assignment}"
    give = f"Give learners the file {report.file.name} (Moodle: add it as a File resource), or put the folder site on a web server."
    next_steps(console, [give, f"They work and hand in. Then: {back}"])


def show_intake(console: Console, report: "IntakeReport") -> None:
    """Sum up what was taken in: a table, then one line for each oddity."""
    current = {taken.student.id: taken for taken in report.taken if taken.current}
    if report.taken:
        table = Table("Learner", "Name", "Handed in (UK time)", "Late", "Now current", title=report.assignment)
        for taken in sorted(report.taken, key=lambda t: (t.student.id, t.handed_in_at)):
            table.add_row(
                Text(taken.student.shown),
                Text(printable(taken.student.name, 60)),
                local(taken.handed_in_at),
                taken.late.partition(":")[0] or "no",
                "yes" if current.get(taken.student.id) is taken else "no, kept",
            )
        console.print(table)
    oddities = [(taken.student.shown, oddity) for taken in report.taken for oddity in taken.oddities]
    oddities += [(taken.student.shown, _late(taken.late)) for taken in report.taken if taken.late]
    for student, oddity in sorted(oddities):
        say(console, f"  {student}: {oddity}", "yellow")
    for refused in report.refused:
        whose = f" ({refused.student.shown})" if refused.student else ""
        say(console, f"  Not usable: {printable(refused.file)}{whose}: {refused.reason}", "red")
        if refused.kept:
            say(console, f"    kept in {refused.folder}")
    for same in report.alike:
        who = ", ".join(map(shown, same.students))
        say(
            console, f"  {same.item}: {who} handed in the same text ({same.words} words). What that means is for you to find out.", "yellow"
        )
    for passed in report.passed:
        say(console, f"  {passed}.")
    say(
        console,
        f"{count(len(report.taken), 'hand-in')} taken in, {len(report.repeated)} known already, {len(report.refused)} in quarantine.",
        "bold",
    )
    if report.missing:
        names = ", ".join(f"{student.shown} ({printable(student.name, 60)})" for student in report.missing)
        say(console, f"Nothing yet from {count(len(report.missing), 'learner')}: {names}")
    steps = [f"autograde mark {report.assignment}    marks what came in"] if report.taken or report.repeated else []
    if report.refused:
        steps.append("Read reason.txt in each quarantine folder; take the mended file in again.")
        steps.append("autograde assign FOLDER LEARNER-ID    says whose one is, where only that was not clear")
    next_steps(console, steps)


def show_undo(console: Console, report: "UndoReport") -> None:
    """Sum up what was taken back."""
    for one in report.undone:
        file = printable(one.attempt.file or "a hand-in", 100)
        now = f"the attempt of {local(one.now)} is current again" if one.now else "nothing of this learner is current now"
        say(console, f"  {shown(one.student)}: {file} taken back; {now}")
    for one in report.again:
        say(console, f"  {shown(one.student)}: {printable(one.attempt.file or 'a hand-in', 100)} counts again, as before it was assigned")
    say(console, f"{count(len(report.undone), 'hand-in')} taken back. The originals are kept in {report.folder}.", "bold")
    steps = [f"autograde mark {report.assignment}    marks what is current now"]
    steps.append(f"autograde redo {report.assignment}    lets all of them count again")
    steps.append("autograde assign FILE LEARNER-ID    takes one of them in again, as the learner's you name")
    next_steps(console, steps)


def show_redo(console: Console, report: "RedoReport") -> None:
    """Sum up what counts again."""
    for one in report.redone:
        now = f"; the attempt of {local(one.now)} is current" if one.now else ""
        say(console, f"  {shown(one.student)}: {printable(one.attempt.file or 'a hand-in', 100)} counts again{now}")
    for student, attempt, other in report.left:
        file = printable(attempt.file or "a hand-in", 100)
        say(console, f"  {shown(student)}: {file} left out, as the same file counts as {shown(other)}'s now", "yellow")
    say(console, f"{count(len(report.redone), 'hand-in')} counted again, {len(report.left)} left out.", "bold")
    next_steps(console, [f"autograde mark {report.assignment}    marks what is current now"])


def _late(late: str) -> str:
    if not late.startswith("cannot"):
        return f"late by {late.removeprefix('by ')}: taken in all the same"
    return f"whether it is late {late}. Moodle's grading worksheet tells it: --worksheet FILE.csv"


def show_marks(console: Console, assignment: str, lines: "list[Line]") -> None:
    """Sum up a marking: a table of a class, then one line for each oddity."""
    if 0 < len(lines) <= TABLE_ROWS:
        table = Table("Learner", "Points so far", "Waiting for you", "What was done", title=assignment)
        for line in lines:
            table.add_row(Text(shown(line.student)), f"{line.points:g} of {line.max:g}", str(line.waiting or "–"), line.outcome)
        console.print(table)
    for line in lines:
        for oddity in line.oddities:
            say(console, f"  {shown(line.student)}: {printable(oddity, 300)}", "yellow")
    waiting = sum(line.waiting > 0 for line in lines)
    marked = sum(line.outcome == "marked" for line in lines)
    wait = f"{count(waiting, 'waits', 'wait')} for you."
    say(console, f"{count(marked, 'hand-in')} marked, {len(lines) - marked} left as they were. {wait}", "bold")
    show_revised(console, lines)
    say(console, NOT_THE_RESULT)
    what = show_stale(console, lines)
    if not lines:
        next_steps(console, [f"autograde intake FILES --workbook {assignment}    nobody has handed in yet"])
        return
    steps = ["autograde serve    opens formgrader: mark the written answers there"] if waiting else []
    next_steps(console, [*steps, f"autograde feedback {assignment}    {what}"])


def show_marks_in_short(console: Console, done: "Done") -> None:
    """Sum up a workbook of one class among many in a line, and tell only of what could not be marked."""
    waiting = sum(line.waiting > 0 for line in done.lines)
    marked = sum(line.outcome == "marked" for line in done.lines)
    left = len(done.lines) - marked
    wait = f"{count(waiting, 'waits', 'wait')} for you."
    say(console, f"{done.root.name}, {done.assignment}: {count(marked, 'hand-in')} marked, {left} left as they were. {wait}")
    for line in done.lines:
        if line.outcome == "not marked":
            say(console, f"  {shown(line.student)}: {printable(' '.join(line.oddities), 300)}", "yellow")


def show_revised(console: Console, lines: "list[Line]") -> None:
    """Say which tasks were changed after a person had marked them: once, with the number of marks that this is about."""
    for (item, what), marks in sorted(Counter(one for line in lines for one in line.revised).items()):
        which = f"The {what} of {item} {'were' if ' and ' in what else 'was'} changed"
        say(console, f"  {which} after a person had given {count(marks, 'mark')}. They stand: look at them again if it matters.", "yellow")


def show_stale(console: Console, lines: "list[Line]") -> str:
    """Say how many feedback pages were put away, and give what `autograde feedback` is for."""
    stale = sum(line.stale_page for line in lines)
    if not stale:
        return "writes the learners' pages"
    say(console, f"{stale_pages_text(stale)}: they are in feedback-replaced now.", "yellow")
    return "writes the learners' pages anew"


def stale_pages_text(number: int) -> str:
    """Say that feedback pages no longer fit."""
    return f"{count(number, 'feedback page')} no longer {'fits' if number == 1 else 'fit'} the marks"


def show_remarks(console: Console, assignment: str, lines: "list[Line]") -> None:
    """Say whose points a second marking has changed, and what waits for a person again."""
    from autograde.run.line import CHANGED

    changed = [line for line in lines if line.before is not None and line.before != line.points]
    if changed:
        table = Table("Learner", "Points before", "Points now", title=assignment)
        for line in changed:
            table.add_row(Text(shown(line.student)), f"{line.before:g}", f"{line.points:g}")
        console.print(table)
    for line in lines:
        again = [oddity for oddity in line.oddities if line.outcome != "marked" or oddity.startswith(CHANGED)]
        if again:
            say(console, f"  {shown(line.student)}: {printable(' '.join(again), 300)}", "yellow")
    marked = sum(line.outcome == "marked" for line in lines)
    say(console, f"{count(marked, 'hand-in')} marked again. The points of {count(len(changed), 'learner')} changed.", "bold")
    show_revised(console, lines)
    what = show_stale(console, lines)
    if changed or what.endswith("anew"):
        next_steps(console, [f"autograde feedback {assignment}    writes the learners' pages anew"])


def show_held(console: Console, done: str, held: "Held") -> None:
    """Say what a gradebook holds that was copied or brought back."""
    what = f"{count(held.students, 'learner')}, {count(held.workbooks, 'workbook')}, {count(held.marks, 'mark')} given by people"
    say(console, f"{done} {held.path}: {what}.", "bold")


def show_gradebook(console: Console, report: "GradebookReport") -> None:
    """Sum up a gradebook export."""
    say(console, f"Wrote {count(report.rows, 'row')} of {count(report.students, 'learner')} to {report.path}", "bold")
    if report.waiting:
        say(console, f"{count(report.waiting, 'item')} of them still to be marked.", "yellow")
    say(console, NOT_THE_RESULT)
    steps = ["Open the file in a spreadsheet, or import it where your centre keeps its records."]
    if report.waiting:
        steps.insert(0, "autograde mark WORKBOOK and autograde serve    to mark what waits; then export again")
    next_steps(console, steps)
