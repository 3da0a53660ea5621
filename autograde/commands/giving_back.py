"""Give marks and feedback back."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from autograde.commands.console import WorkbookName, bar, busy, class_here, out, take_served

if TYPE_CHECKING:
    from autograde.classes.folder import Course


def feedback(
    workbook: WorkbookName,
    partial: Annotated[bool, typer.Option(help="Also where written answers are not marked yet; the page says so.")] = False,
    rubric: Annotated[bool, typer.Option(help="Show the levels of each written task.")] = False,
) -> None:
    """Write each student's feedback page.

    A page opens without internet and prints well. Who still waits for a written answer to be marked gets none yet,
    unless you say --partial. A page that no longer fits the answers and marks goes to feedback-replaced/. What was right,
    and why, is in it only after autograde close.

    Example: [bold]autograde feedback w01[/]
    """
    from autograde.classes.ids import shown
    from autograde.commands.summary import next_steps, say
    from autograde.crew import copies, cores
    from autograde.inbox.submitted import submissions
    from autograde.outbox.feedback import write_feedback
    from autograde.text import count

    course = class_here()
    assignment = course.assignment(workbook)
    closed = assignment in course.closed()
    take_served(course)
    # Before the bar, whose thread would keep processes from beginning as copies of this one; others begin too late for a class.
    pages = write_feedback(course, assignment, partial=partial, rubric=rubric, workers=cores() if copies() else 1)
    with bar() as progress:
        done = list(progress.track(pages, len(submissions(course, assignment)), description="Feedback"))
    refused = [page for page in done if page.path is None]
    for page in refused:
        say(out, f"  {shown(page.student)}: no page. {page.refused}", "yellow")
    for page in done:
        if page.remark:
            say(out, f"  {shown(page.student)}: {page.remark}", "yellow")
    again, away = (sum(page.stale for page in done if bool(page.path) is made) for made in (True, False))
    if again:
        say(out, f"{count(again, 'page')} no longer fitted the marks: made again, the old one kept in feedback-replaced.", "yellow")
    if away:
        say(out, f"{count(away, 'page')} no longer fitted the marks: taken out of feedback, kept in feedback-replaced.", "yellow")
    written = count(len(done) - len(refused), "feedback page")
    say(out, f"{written} in {course.root / 'feedback'}, {len(refused)} not written.", "bold")
    given = _on_exchange(course, assignment, [page.student for page in done if page.path])
    if given:
        say(out, f"{len(given)} of them are on the exchange: learners find them under My workbooks.")
    steps = ["autograde gradebook --csv marks.csv    writes the points into a file"]
    if len(given) < len(done) - len(refused):
        steps.insert(0, "Give each learner the page in feedback/LEARNER/WORKBOOK, by Moodle's feedback files or by mail.")
    if any(page.step == "serve" for page in refused):
        steps.insert(0, "autograde serve    to mark what waits; then run this again")
    if any(page.step == "mark" for page in refused):
        steps.insert(0, f"autograde mark {assignment}    to mark what was handed in; then run this again")
    if not (refused or closed):
        steps.append(f"autograde close {workbook}    when nobody is to hand in any more: feedback then says what was right, and why")
    if not done:
        steps = [f"autograde intake FILES --workbook {assignment}    nobody has handed in yet"]
    next_steps(out, steps)
    if refused:
        raise typer.Exit(1)


def _on_exchange(course: "Course", assignment: str, students: list[str]) -> list[str]:
    """Put pages onto the exchange; what does that is imported where there is one, and takes as long as a hundred pages."""
    if course.exchange is None:
        return []
    from autograde.outbox.giving import put_on_exchange

    return put_on_exchange(course, assignment, students)


def give_back(
    workbook: WorkbookName,
    *,
    moodle: Annotated[bool, typer.Option(help="Moodle's zip of feedback files.")] = False,
    worksheet: Annotated[
        Path | None, typer.Option(metavar="FILE.csv", help="Moodle's grading worksheet: Grade and Feedback comments are filled in.")
    ] = None,
    canvas: Annotated[str, typer.Option(metavar="COLUMN", help="Canvas' gradebook; the assignment as Canvas calls it.")] = "",
    names: Annotated[bool, typer.Option("--zip", help="One zip with a name in each file's name.")] = False,
    merge: Annotated[bool, typer.Option("--list", help="A list for a mail merge.")] = False,
    exchange: Annotated[bool, typer.Option(help="The class's exchange.")] = False,
    served: Annotated[bool, typer.Option(help="My workbooks, where learners work on the class's service.")] = False,
    new: Annotated[bool, typer.Option(help="Only what was not given back by that way before.")] = False,
    folder: Annotated[Path, typer.Option("--to", metavar="FOLDER", help="Where the files go.")] = Path(),
) -> None:
    """Give feedback pages, points and comments back; without a way, say what is ready, what is withheld, and what was given.

    A page that no longer fits the hand-in or the marks is withheld: autograde feedback makes it anew. What was given, when and
    to whom is kept. The worksheet is the file that Moodle gave you; the filled one has the same name, in FOLDER.

    Example: [bold]autograde give-back w01 --moodle --to Desktop[/]
    """
    from autograde.commands.summary import say
    from autograde.errors import ClassError
    from autograde.lti.connection import is_connected
    from autograde.outbox.giving import Way, file_name, give, give_on_exchange, give_served
    from autograde.text import count
    from autograde.whole import fresh_file
    from workbook_helpers.files import read_file, write_file

    course = class_here()
    assignment = course.assignment(workbook)
    ways = [way for way, wanted in ((Way.MOODLE, moodle), (Way.CANVAS, canvas), (Way.ZIP, names), (Way.LIST, merge)) if wanted]
    if not (ways or worksheet or exchange or served):
        _show(assignment)
        return
    if (ways or worksheet) and not folder.is_dir():
        msg = f"There is no folder {folder}. Make it, or name another one."
        raise ClassError(msg)
    raw = b""
    if worksheet:
        ways.append(Way.WORKSHEET)
        try:
            raw = read_file(worksheet, 20_000_000, links=True)
        except OSError as error:
            msg = f"{worksheet} cannot be read ({error.strerror}). Check the name of the file."
            raise ClassError(msg) from error
    for way in ways:
        name = worksheet.name if worksheet else ""
        path = fresh_file(course, folder / file_name(assignment, way, name), f"the {way}", step="Give the folder for it with --to FOLDER.")
        package = give(course, assignment, way, fresh=new, raw=raw, name=name, column=canvas)
        write_file(path, package.data)
        say(out, f"{path}: {way}, {count(len(package.giving.to), 'learner')}.", "bold")
        for note in package.giving.notes:
            say(out, f"  {note}", "yellow")
    if exchange:
        giving = give_on_exchange(course, assignment, fresh=new)
        say(out, f"On the exchange: {count(len(giving.to), 'page')}.", "bold")
        for note in giving.notes:
            say(out, f"  {note}", "yellow")
    if served:
        giving = give_served(course, assignment, fresh=new)
        say(out, f"Under My workbooks: {count(len(giving.to), 'page')}.", "bold")
    if is_connected(course):
        from autograde.lti.scores import send_safely

        told, fault = send_safely(course)
        say(out, f"To the learning platform: {told.line}" if told else fault, "bold" if told else "yellow")
        for line in told.told() if told else ():
            say(out, f"  {line}", "yellow")


def _show(assignment: str) -> None:
    from autograde.commands.summary import next_steps, say
    from autograde.gradebook.givings import read_givings
    from autograde.outbox.ready import ready
    from autograde.text import count, local

    course = class_here()
    found = ready(course, assignment)
    say(out, f"{count(len(found.pages), 'page')} of {assignment} can be given back, {len(found.withheld)} withheld.", "bold")
    for one in found.withheld:
        say(out, f"  {one.shown}: {one.why}.", "yellow")
    for giving in read_givings(course.db_url, course.course_id, assignment):
        back = ", taken back" if giving.taken_back else ""
        say(out, f"  {local(giving.at)}: {giving.way}, {count(len(giving.to), 'learner')}{back}.")
    steps = {
        "mark": f"autograde mark {assignment}    marks what was handed in",
        "decide": "autograde serve    to mark what waits for you",
        "make": f"autograde feedback {assignment}    makes the pages that are missing or no longer fit",
    }
    wanted = [text for step, text in steps.items() if any(one.step == step for one in found.withheld)]
    ways = "--moodle, --worksheet FILE.csv, --canvas COLUMN, --zip, --list, --exchange, --served"
    next_steps(out, [*wanted, f"autograde give-back {assignment} WAY    where WAY is one or more of {ways}"])


def close(
    workbook: WorkbookName,
    reopen: Annotated[bool, typer.Option(help="Marking is open again: feedback gives no more than before.")] = False,
) -> None:
    """Say that marking of a workbook is closed: from then on feedback says what was right, and why.

    Until then no student can tell the answers to one who has still to hand in. It stands in the class's settings.

    Example: [bold]autograde close w01[/]
    """
    from autograde.classes.closing import close as close_marking
    from autograde.commands.summary import next_steps, say

    course = class_here()
    assignment = course.assignment(workbook)
    close_marking(course, assignment, reopen=reopen)
    say(out, f"Marking of {assignment} is {'open again' if reopen else 'closed'}.", "bold")
    next_steps(out, [f"autograde feedback {workbook}    makes the pages anew, {'without' if reopen else 'with'} what is right, and why"])


def gradebook(
    csv: Annotated[Path, typer.Option("--csv", metavar="FILE.csv", help="The file to write; an earlier one of this command is replaced.")],
) -> None:
    """Write the gradebook as a CSV file: one row for each student and item.

    Example: [bold]autograde gradebook --csv marks.csv[/]
    """
    from autograde.commands.summary import say, show_gradebook, stale_pages_text
    from autograde.outbox.marks_file import export_gradebook
    from autograde.outbox.pages import stale_pages

    course = class_here()
    with busy() as progress:
        progress.add_task(f"Writing {csv.name}")
        report = export_gradebook(course, csv)
    show_gradebook(out, report)
    for assignment in course.assignments():
        if stale := stale_pages(course, assignment):
            say(out, f"{stale_pages_text(len(stale))} of {assignment}: run autograde feedback {assignment}", "yellow")
