"""The `autograde` command: a class from its first day to its gradebook.

Each command imports what it needs when it runs, so that --help answers at once (nbgrader takes three seconds).
"""

import atexit
import gc
import os
import re
import sys
import tempfile
import traceback
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, SpinnerColumn, Task, TextColumn, TimeRemainingColumn
from rich.text import Text

from workbook_helpers.errors import ContentError, WorkbookError
from workbook_helpers.files import expand_home

if TYPE_CHECKING:
    from autograde.course.folder import Course
    from autograde.course.mark import Line
    from autograde.course.outcome import IntakeReport

app = typer.Typer(
    name="autograde",
    help="Run a class: hand out workbooks, take hand-ins in, mark them and give feedback.\n\n"
    "A class is a folder. Make one with [bold]autograde new FOLDER[/], go into it (cd FOLDER), and run the other "
    "commands there, in this order: roster, release, intake or collect, mark, serve, feedback, gradebook; backup now and then.",
    rich_markup_mode="rich",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
out = Console(highlight=False, emoji=False)
TRY_AGAIN = "Close other programs that use it, see that the disk has room and that you may write there, then run the command again."
MISUSED: Any = typer.BadParameter.__mro__[1]
"""Click's UsageError, which typer gives no name of its own: a line that lacks something, or has what no command knows."""
DATABASES = ("sqlite3", "sqlalchemy", "psycopg")
WorkbookName = Annotated[str, typer.Argument(metavar="WORKBOOK", help="The short id (w01) or the whole name.")]


def main() -> None:
    """Run the command; a fault ends it with one clear line and a non-zero code."""
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")  # looking for some costs a fortieth of a short run
    atexit.register(gc.freeze)  # to look for cycles in what ends with the program anyway costs a tenth of a short run
    gc.set_threshold(50_000, 20, 20)  # nearly all that is made here lives to the end: a twentieth of a run went into looking for cycles
    sys.argv[1:] = [expand_home(word) for word in sys.argv[1:]]
    for stream in (sys.stdout, sys.stderr):  # a Windows console may lack a letter of somebody's name
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    try:
        sys.exit(app(prog_name="autograde", standalone_mode=False))
    except MISUSED as error:
        _fail(_misused(error), 2)
    except WorkbookError as error:
        _fail(str(error))
    except BrokenPipeError:  # whoever reads what we say has had enough, as `head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except OSError as error:  # the disk, a lock, a right: nothing that a report to us would mend
        what = f"{error.filename} cannot be used" if error.filename else "A file cannot be used"
        _fail(f"{what} ({error.strerror or error}). {TRY_AGAIN}")
    except Exception as error:
        if any(kind.__module__.partition(".")[0] in DATABASES for kind in type(error).__mro__):
            _fail(f"The gradebook cannot be used ({str(error).strip().partition(chr(10))[0]}). {TRY_AGAIN}")
        # our own mistake: the traceback goes into a file, not onto the screen
        with tempfile.NamedTemporaryFile("w", prefix="autograde-", suffix=".log", delete=False, encoding="utf-8") as log:
            log.write(traceback.format_exc())
        _fail(f"This program failed ({type(error).__name__}: {error}). Please report it, with the file {log.name}")


def _misused(error: Any) -> str:
    """Say what a line lacks or has wrong, with the example of its command."""
    message, ctx = error.format_message(), error.ctx
    if not message:  # nothing was asked for, and the help is on the screen already
        sys.exit(error.exit_code)
    if ctx is None:
        return f"{message} The command with --help shows an example."
    example = Text.from_markup(ctx.command.help or "").plain.partition("Example: ")[2]
    if not example:
        return f"{message} {ctx.command_path} --help lists the commands."
    if not message.startswith("Missing"):
        return f"{message.removesuffix('.')}. Example: {example}"
    missing = [param for param in ctx.command.params if param.required and param.name not in ctx.params]
    names = [param.opts[0] if param.param_type_name == "option" else (param.metavar or param.name.upper()).rstrip("…") for param in missing]
    return f"{ctx.command_path} needs {' and '.join(names)}. Example: {example}"


def _fail(text: str, code: int = 1) -> None:
    """Say what is wrong in one line, and a list that is in it line by line, then end."""
    first, *listed = re.split(r"\n(?= )", text)
    lines = [" ".join(first.split()), *(f"  {' '.join(line.split())}" for line in listed)]
    if listed and "\n" in listed[-1]:  # the list has ended, and the sentence goes on
        last, rest = listed[-1].split("\n", 1)
        lines[-1:] = [f"  {' '.join(last.split())}", " ".join(rest.split())]
    Console(stderr=True, highlight=False).print(Text("\n".join(lines), style="red"), soft_wrap=True)
    sys.exit(code)


def _course() -> "Course":
    from autograde.course.folder import find_course
    from autograde.course.keep import set_journal
    from autograde.course.summary import say

    course = find_course(Path.cwd())
    if note := set_journal(course):
        say(out, note, "yellow")
    return course


def _password_note(url: str) -> None:
    """Say where a database's password stands now, and where it would stand better."""
    from autograde.course.folder import CONFIG, has_password
    from autograde.course.summary import say

    if has_password(url):
        say(
            out,
            f"The password stands in {CONFIG}, which you alone may read now. Better: keep it in ~/.pgpass, and give the URL without it.",
        )


def _busy() -> Progress:
    return Progress(SpinnerColumn(), TextColumn("{task.description}", markup=False), console=out, transient=True)


@app.command()
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
    from autograde.course.new import new_course
    from autograde.course.summary import next_steps, say
    from autograde.course.text import quoted

    with _busy() as progress:
        progress.add_task("Making the class")
        course = new_course(folder, name=name, exchange=exchange, db_url=db_url)
    say(out, f"Made the class {course.course_id} in {course.root}", "bold")
    say(out, f"Hand-ins come through the exchange {exchange}" if exchange else "Hand-ins come as files (no exchange).")
    _password_note(db_url)
    next_steps(
        out,
        [
            f"cd {quoted(folder)}",
            "autograde roster FILE.csv    a list with the columns: id,first name,last name,email, or Moodle's list of participants",
        ],
    )


@app.command()
def roster(file: Annotated[Path, typer.Argument(metavar="FILE.csv", help="A CSV file with a header.")]) -> None:
    """Put the students of a CSV file into the class.

    Its header, in any order: id, first name, last name, email (email may be left out). Moodle's list of participants
    and its grades do as well. Run it again to update; nobody is ever removed. Rows with a fault are reported, and the
    others go in; the exit code is 1 then.

    Example: [bold]autograde roster students.csv[/]
    """
    from autograde.course.roster import import_roster
    from autograde.course.summary import show_roster

    course = _course()
    with _busy() as progress:
        task = progress.add_task("")
        report = import_roster(course, file, progress=lambda step: progress.update(task, description=step))
    show_roster(out, report)
    if report.bad:
        raise typer.Exit(1)


@app.command()
def release(
    workbook: WorkbookName,
    *,
    due: Annotated[str, typer.Option(help='UK time, like "1 December 2026 17:00" or "01/12/2026 17:00".')] = "",
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
    from autograde.course.release import exchange_note
    from autograde.course.release import release as release_workbook
    from autograde.course.summary import show_release
    from autograde.course.text import read_due

    course = _course()
    with _busy() as progress:
        task = progress.add_task("")
        report = release_workbook(
            course,
            workbook,
            due=read_due(due) if due else None,
            fresh=fresh,
            faults=(lambda _: ()) if anyway else faults,
            progress=lambda step: progress.update(task, description=step),
        )
    show_release(out, report, exchange_note(course))


@app.command()
def collect(workbook: WorkbookName) -> None:
    """Take in what students handed in through the nbgrader exchange.

    The newest readable attempt becomes the current one; all are kept in received/. What cannot be used goes to
    quarantine/ with a reason.

    Example: [bold]autograde collect w01[/]
    """
    from autograde.course.collect import collect as collect_workbook

    course = _course()
    with _busy() as progress:
        task = progress.add_task("")
        report = collect_workbook(course, workbook, progress=lambda name: progress.update(task, description=name))
    _show_intake(report)


@app.command()
def intake(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH…", help="Hand-in zips, folders of them, a download from Moodle or Canvas.")],
    workbook: Annotated[str, typer.Option(help="The short id (w01) or the whole name.")],
    worksheet: Annotated[
        Path | None, typer.Option(metavar="FILE.csv", help="Moodle's grading worksheet: it says when each hand-in reached Moodle.")
    ] = None,
) -> None:
    """Take in hand-ins that came as files.

    Whose a hand-in is stands in it; where it does not, Moodle's folder name tells. The newest readable attempt becomes
    the current one; all are kept in received/. What cannot be used, or contradicts itself, goes to quarantine/ with a
    reason; autograde assign says whose one is, autograde undo takes a take-in back. Taking the same file in twice does
    no harm. The exit code is 1 if something could not even be put into quarantine/.

    Example: [bold]autograde intake ~/Downloads/Care-w01-12345.zip --workbook w01[/]
    """
    from autograde.course.intake import intake as take_in

    course = _course()
    with _busy() as progress:
        task = progress.add_task("Looking at what there is")
        report = take_in(course, paths, workbook, worksheet=worksheet, progress=lambda name: progress.update(task, description=name))
    _show_intake(report)


@app.command()
def assign(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A hand-in, or its folder in quarantine/, whose name is enough.")],
    learner: Annotated[str, typer.Argument(metavar="LEARNER-ID", help="An id of the roster.")],
    workbook: Annotated[str, typer.Option(help="The short id (w01); only where the hand-in does not say it.")] = "",
) -> None:
    """Say whose a hand-in is, and take it in.

    For what autograde intake or collect set aside because that was not clear. It is remembered: further hand-ins from
    the same participant of Moodle are this learner's, too. If it had been taken in as somebody else's, it no longer is.

    Example: [bold]autograde assign quarantine/20261120-101500-w01.zip 001234[/]
    """
    from autograde.course.assign import assign as assign_to

    _show_intake(assign_to(_course(), file, learner, workbook))


@app.command()
def undo(
    workbook: WorkbookName,
    learner: Annotated[str, typer.Argument(metavar="LEARNER-ID", help="Only this learner's newest attempt.")] = "",
) -> None:
    """Take back the last take-in of a workbook, or one learner's newest attempt.

    The attempt before becomes current again. Nothing is deleted: the originals stay in received/, set aside;
    autograde redo takes the undo back. Points that were given stay in the gradebook until you mark again.

    Example: [bold]autograde undo w01 ana01[/]
    """
    from autograde.course.assign import undo as take_back
    from autograde.course.summary import show_undo

    show_undo(out, take_back(_course(), workbook, learner))


@app.command()
def redo(
    workbook: WorkbookName,
    learner: Annotated[str, typer.Argument(metavar="LEARNER-ID", help="Only what the last undo took from this learner.")] = "",
) -> None:
    """Take back the last autograde undo of a workbook, or one learner's: what it took back counts again.

    The newest attempt of each learner becomes current. A file that you assigned to another learner meanwhile stays
    theirs, and is left out. Run it again to take back the undo before.

    Example: [bold]autograde redo w01 ana01[/]
    """
    from autograde.course.assign import redo as take_back
    from autograde.course.summary import show_redo

    show_redo(out, take_back(_course(), workbook, learner))


def _show_intake(report: "IntakeReport") -> None:
    from autograde.course.summary import show_intake

    show_intake(out, report)
    if not all(refused.kept for refused in report.refused):
        raise typer.Exit(1)


@app.command()
def serve(
    *,
    port: Annotated[int | None, typer.Option(min=1, max=65535, help="The first free one from 8890 on if not given.")] = None,
    browser: Annotated[bool, typer.Option(help="Open the browser.")] = True,
) -> None:
    """Open the class in formgrader, where written answers are marked, and in JupyterLab.

    Runs on this computer alone, until Ctrl-C.

    Example: [bold]autograde serve --no-browser[/]
    """
    from autograde.course.keep import tidy
    from autograde.course.serve import serving
    from autograde.course.summary import say
    from workbook_helpers.files import browser_at

    course = _course()
    with ExitStack() as after:
        after.callback(tidy, course)
        served = after.enter_context(serving(course, port))
        say(out, f"Formgrader (marking): {served.formgrader}", "bold")
        say(out, f"JupyterLab:           {served.lab}", "bold")
        say(out, "These addresses let in whoever has them. Ctrl-C ends it.")
        if browser:
            after.enter_context(browser_at(served.formgrader))
        try:
            served.process.wait()
        except KeyboardInterrupt:
            say(out, "\nEnded. What to do next: autograde feedback WORKBOOK")


@app.command()
def gradebook(
    csv: Annotated[Path, typer.Option("--csv", metavar="FILE.csv", help="The file to write; an earlier one of this command is replaced.")],
) -> None:
    """Write the gradebook as a CSV file: one row for each student and item.

    Example: [bold]autograde gradebook --csv marks.csv[/]
    """
    from autograde.course.gradebook import export_gradebook
    from autograde.course.pages import stale_pages
    from autograde.course.summary import say, show_gradebook, stale_pages_text

    course = _course()
    with _busy() as progress:
        progress.add_task(f"Writing {csv.name}")
        report = export_gradebook(course, csv)
    show_gradebook(out, report)
    for assignment in course.assignments():
        if stale := stale_pages(course, assignment):
            say(out, f"{stale_pages_text(len(stale))} of {assignment}: run autograde feedback {assignment}", "yellow")


@app.command()
def backup(file: Annotated[Path, typer.Argument(metavar="FILE", help="A new file, best on another disk.")]) -> None:
    """Copy the gradebook, whole and checked, into a new file.

    It may be in use meanwhile. Every mark and comment that a person gave is in the gradebook alone: make a copy after each
    time of marking. Copying gradebook.db by hand misses what was marked last while formgrader is open.

    Example: [bold]autograde backup care-2026-12-01.db[/]
    """
    from autograde.course.keep import backup as copy
    from autograde.course.summary import next_steps, show_held

    held = copy(_course(), file)
    show_held(out, "Copied", held)
    next_steps(out, [f'autograde restore "{file}"    brings it back, if you ever need to'])


@app.command()
def restore(file: Annotated[Path, typer.Argument(metavar="FILE", help="A file that `autograde backup` made.")]) -> None:
    """Bring a copy of the gradebook back.

    The gradebook that is there now is kept beside it, under another name. Close formgrader first.

    Example: [bold]autograde restore care-2026-12-01.db[/]
    """
    from autograde.course.keep import restore as bring_back
    from autograde.course.summary import next_steps, say, show_held

    held = bring_back(_course(), file)
    show_held(out, "Brought back", held)
    if held.kept:
        say(out, f"What was there is kept in {held.kept}")
    next_steps(out, ["autograde mark --all --force    holds all hand-ins against these marks; what a person gave stays"])


Force = Annotated[bool, typer.Option(help="Also what has not changed since it was marked.")]
Scheduler = Annotated[
    str, typer.Option(metavar="ADDRESS", help="Let a dask.distributed cluster mark, e.g. tcp://10.0.0.5:8786; see docs/scaling.md.")
]
Workers = Annotated[int | None, typer.Option(min=1, help="How many processes; one for each core if you leave it out.")]


@app.command()
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
    from autograde.course.summary import show_marks
    from autograde.errors import ClassError

    course = _course()
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


@app.command()
def remark(
    workbook: WorkbookName,
    scheduler: Scheduler = "",
    workers: Workers = None,
) -> None:
    """Mark again after a key was mended, and say whose points changed. What a person gave is kept, and goes on to count.

    Example: [bold]autograde remark w01[/]
    """
    from autograde.course.summary import show_remarks

    course = _course()
    assignment = course.assignment(workbook)
    lines = _mark(course, assignment, force=True, scheduler=scheduler, workers=workers)
    show_remarks(out, assignment, lines)
    if any(line.outcome == "not marked" for line in lines):
        raise typer.Exit(1)


def _mark(course: "Course", assignment: str, *, force: bool, scheduler: str, workers: int | None) -> "list[Line]":
    from autograde.course.crew import crew
    from autograde.course.ids import shown
    from autograde.course.mark import BATCH, mark_class, submissions

    total = len(submissions(course, assignment))
    lines = []
    with crew(total // BATCH, scheduler=scheduler, workers=workers) as executor, _bar() as progress:
        task = progress.add_task("Marking", total=total)
        for line in mark_class(course, assignment, force=force, executor=executor):
            lines.append(line)
            progress.update(task, advance=1, description=f"Marking {shown(line.student)}")
    return lines


@app.command()
def feedback(
    workbook: WorkbookName,
    partial: Annotated[bool, typer.Option(help="Also where written answers are not marked yet; the page says so.")] = False,
    rubric: Annotated[bool, typer.Option(help="Show the levels of each written task.")] = False,
) -> None:
    """Write each student's feedback page.

    A page opens without internet and prints well. Who still waits for a written answer to be marked gets none yet,
    unless you say --partial. A page that no longer fits the answers and marks goes to feedback-replaced/.

    Example: [bold]autograde feedback w01[/]
    """
    from autograde.course.give_back import give_back
    from autograde.course.ids import shown
    from autograde.course.mark import submissions
    from autograde.course.summary import next_steps, say
    from autograde.course.text import count
    from autograde.feedback import write_feedback

    course = _course()
    assignment = course.assignment(workbook)
    with _bar() as progress:
        pages = write_feedback(course, assignment, partial=partial, rubric=rubric)
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
    given = give_back(course, assignment, [page.student for page in done if page.path])
    if given:
        say(out, f"{len(given)} of them are on the exchange: students find them under My workbooks.")
    steps = ["autograde gradebook --csv marks.csv    writes the points into a file"]
    if len(given) < len(done) - len(refused):
        steps.insert(0, "Give each student the page in feedback/STUDENT/WORKBOOK, by Moodle's feedback files or by mail.")
    if any(page.step == "serve" for page in refused):
        steps.insert(0, "autograde serve    to mark what waits; then run this again")
    if any(page.step == "mark" for page in refused):
        steps.insert(0, f"autograde mark {assignment}    to mark what was handed in; then run this again")
    if not done:
        steps = [f"autograde intake FILES --workbook {assignment}    nobody has handed in yet"]
    next_steps(out, steps)
    if refused:
        raise typer.Exit(1)


@app.command()
def samples(workbook: WorkbookName) -> None:
    """Make a page of sample answers, so that markers can practise and come to mark alike.

    The page is for markers: it holds what each answer is worth, and why.

    Example: [bold]autograde samples w01[/]
    """
    from autograde.course.summary import next_steps, say
    from autograde.errors import ClassError
    from autograde.feedback.samples import samples_page
    from workbook_helpers.files import write_file

    course = _course()
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


database = typer.Typer(help="The gradebook's database.", no_args_is_help=True)
app.add_typer(database, name="db", rich_help_panel=None)


@database.callback()
def _database() -> None:
    """Keep `move` a command of its own."""


@database.command(name="move")
def move(url: Annotated[str, typer.Argument(metavar="URL", help="An empty database: postgresql://tutor@server/care_2026")]) -> None:
    """Move the gradebook of this class to another database, with every row checked.

    For several tutors who mark at the same time. The old gradebook stays as it is.

    Example: [bold]autograde db move postgresql://tutor@server/care_2026[/]
    """
    from autograde.course.database import move_gradebook
    from autograde.course.summary import next_steps, say

    course = _course()
    for table, rows in move_gradebook(course, url):
        say(out, f"  {table}: {rows} rows, all checked")
    say(out, "The class uses the new database now.", "bold")
    _password_note(url)
    next_steps(out, ["Close formgrader and start it again: autograde serve", "When all is well, put the old gradebook.db away."])


@app.command(name="new-workbook")
def new_workbook(
    name: Annotated[str, typer.Argument(metavar="NAME", help="w, two digits and words with hyphens: w11-end-of-life-care.")],
    title: Annotated[str, typer.Option(help="What students read; made from the name if you leave it out.")] = "",
) -> None:
    """Make a small workbook that works, to be written on.

    Example: [bold]autograde new-workbook w11-end-of-life-care --title "End of life care"[/]
    """
    from autograde.author import new_workbook as make
    from autograde.course.folder import workbooks_folder
    from autograde.course.summary import next_steps, say
    from autograde.marking.key import home

    folder = make(workbooks_folder(None), name, title or name[4:].replace("-", " ").capitalize())
    short = name[:3]
    say(out, f"Made {folder}.", "bold")
    next_steps(
        out,
        (
            f"Write the text in {folder / name}.ipynb, in JupyterLab.",
            f"Write the questions in {folder / 'items.toml'}; workbooks/w99-gallery has one of each kind.",
            f"Write what is right in {home() / 'keys' / short}.toml, and the marker's guide in rubrics/{short}.toml beside it.",
            "autograde check --mend puts new questions into the notebook and says what is missing.",
            f"autograde release {short} gives it to a class.",
        ),
    )


@app.command()
def check(
    workbook: Annotated[str, typer.Argument(metavar="WORKBOOK", help="Only this one, like w01; all without it.")] = "",
    *,
    mend: Annotated[
        bool, typer.Option(help="First give each notebook a cell for every item, and tell nbgrader about it; no text is changed.")
    ] = False,
    coverage: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Also write the table of what is taught and assessed where, in Markdown; - prints it."),
    ] = None,
    graphs: Annotated[bool, typer.Option(help="Also draw each branching story, as Mermaid text to paste into a drawing page.")] = False,
) -> None:
    """Check that workbooks, keys and rubrics fit each other, and that no key is in anything students receive.

    Works anywhere; inside a class folder it looks at the class's copies, releases and feedback, too. Exit code 1 if
    there is anything to mend. Lines marked “advice” are worth a look, and stop nothing.

    Example: [bold]autograde check[/]
    """
    from autograde.checks import check_all, check_coverage, stories
    from autograde.course.folder import find_course, is_called, short_id, workbooks_folder
    from autograde.course.summary import say
    from autograde.errors import AuthorError, ClassError

    try:
        course = find_course(Path.cwd())
    except ClassError:
        course = None
    shelf = workbooks_folder(course)
    folders = sorted(
        path.parent for root in (shelf, *([course.root / "source"] if course else [])) for path in root.glob("*/workbook.toml")
    )
    if workbook:
        folders = [folder for folder in folders if is_called(workbook, folder.name, short_id(folder))]
        if not folders:
            msg = f"There is no workbook {workbook!r} in {shelf}. Check the name."
            raise ClassError(msg)
    if mend:
        _mend(folders)
    places = [course.root / name for name in ("release", "handout", "feedback")] if course else []
    with _busy() as progress:
        progress.add_task(f"Checking {len(folders)} workbooks")
        findings = check_all(folders, places)
        uncovered, table = check_coverage(shelf)
    findings += () if workbook else uncovered
    for finding in sorted(findings, key=lambda finding: finding.advice):
        say(out, f"  {finding.rule} {finding.where}: {finding.text}" + " (advice)" * finding.advice, "" if finding.advice else "red")
    faults = [finding for finding in findings if not finding.advice]
    advice = len(findings) - len(faults)
    say(out, f"Workbooks checked: {len(folders)}. Things to mend: {len(faults)}. Pieces of advice: {advice}.", "bold")
    if coverage == Path("-"):
        say(out, table)
    elif coverage:
        from autograde.course.whole import fresh_file
        from workbook_helpers.files import write_file

        try:
            write_file(fresh_file(course, coverage, "the table", ending=".md", begins=(table.partition("\n")[0],)), table.encode())
        except OSError as error:
            msg = f"{coverage} cannot be written ({error.strerror}). Name a file in a folder that is there."
            raise AuthorError(msg) from error
        say(out, f"What is covered where stands in {coverage}.")
    if graphs:
        for folder in folders:
            for item_id, drawing in stories(folder):
                say(out, f"\n{item_id}\n{drawing}")
    if faults:
        raise typer.Exit(1)


def _mend(folders: list[Path]) -> None:
    """Bring notebooks into line with their items, and say what was done."""
    from autograde.author import mend
    from autograde.course.summary import say
    from workbook_helpers.items import load_workbook

    for folder in folders:
        with suppress(ContentError):  # R0 says so
            for text in mend(load_workbook(folder)):
                say(out, f"  {folder.name}: {text}")


def _bar() -> Progress:
    """Show what is done, how many a second, and how long it will still take."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), _Rate(), TimeRemainingColumn())
    return Progress(*columns, console=out)


class _Rate(ProgressColumn):
    """Steps a second."""

    def render(self, task: Task) -> Text:
        return Text(f"{task.speed:.0f}/s" if task.speed and task.speed >= 1 else "")


if __name__ == "__main__":
    main()
