"""Write workbooks, and check them."""

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from autograde.commands.console import WorkbookName, busy, class_here, class_if_any, out
from workbook_helpers.errors import ContentError

if TYPE_CHECKING:
    from autograde.checks.rules import Unit
    from autograde.classes.folder import Course

ESSAY = "essay.md"


def new_workbook(
    name: Annotated[str, typer.Argument(metavar="NAME", help="w, two digits and words with hyphens: w11-end-of-life-care.")],
    title: Annotated[str, typer.Option(help="What students read; made from the name if you leave it out.")] = "",
) -> None:
    """Make a small workbook that works, to be written on.

    Example: [bold]autograde new-workbook w11-end-of-life-care --title "End of life care"[/]
    """
    from autograde.authoring.author import new_workbook as make
    from autograde.classes.folder import workbooks_folder
    from autograde.commands.summary import next_steps, say
    from autograde.content import home

    folder = make(workbooks_folder(class_if_any()), name, title or name[4:].replace("-", " ").capitalize())
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


def reword(
    workbook: WorkbookName,
    part: Annotated[str, typer.Argument(metavar="PART", help="A question's id, or a text's; all are listed without it.")] = "",
    changes: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="FIELD TEXT…", help="What is changed, and to what; several lines with \\\\n between. All are listed without it."
        ),
    ] = None,
    *,
    wording_only: Annotated[bool, typer.Option("--wording-only", help="The question means what it meant.")] = False,
    meaning_changes: Annotated[bool, typer.Option("--meaning-changes", help="Who was asked the old one keeps it and its key.")] = False,
    back: Annotated[bool, typer.Option("--back", help="Take the last change back.")] = False,
) -> None:
    """Change a wording in this class's own copy: a question, its key, its rubric, or a text.

    Example: [bold]autograde reword w01 w01-q16 item/stem "What do you do first?" --wording-only[/]
    """
    from autograde.authoring.changes import FieldError, last_change, take_back
    from autograde.authoring.part import parts_of
    from autograde.authoring.reword import Meaning, Wording
    from autograde.commands.summary import next_steps, say
    from autograde.errors import AuthorError

    course = class_here()
    assignment = course.assignment(workbook)
    if back:
        last = last_change(course, assignment)
        say(out, f"{take_back(course, assignment, last.name if last else '')} is as it was before.", "bold")
        return
    if not part:
        for one in parts_of(course, assignment):
            say(out, f"  {one.id}: {one.title}")
        next_steps(out, [f"autograde reword {workbook} PART lists what can be changed of one of them."])
        return
    found = Wording(course, assignment, part)
    if not changes:
        for field in found.fields:
            say(out, f"  {field.name}: {field.value}" + f" (of {', '.join(one.value for one in field.choices)})" * bool(field.choices))
        next_steps(out, [f'autograde reword {workbook} {part} FIELD "TEXT" changes one of them.'])
        return
    if len(changes) % 2 or (wording_only and meaning_changes):
        msg = "Give a field and its text, in turn, and one of --wording-only and --meaning-changes."
        raise AuthorError(msg)
    meaning = Meaning.CHANGES if meaning_changes else Meaning.WORDING if wording_only else None
    typed = {name: text.replace("\\n", "\n") for name, text in zip(changes[::2], changes[1::2], strict=True)}
    try:
        done = found.save(typed, meaning=meaning)
    except FieldError as error:
        more = " Add --wording-only or --meaning-changes." * (error.field == "meaning")
        where = f"{error.field}: " if error.field and not more else ""
        msg = f"{where}{error}{more}"
        raise AuthorError(msg) from error
    say(out, f"{part} is changed. {' '.join(done.lines)}", "bold")
    next_steps(
        out, [f"autograde release {workbook} gives it out again."] * done.again + [f"autograde reword {workbook} --back takes it back."]
    )


def check(
    workbook: Annotated[str, typer.Argument(metavar="WORKBOOK", help="Only this one, like w01; all without it.")] = "",
    *,
    mend: Annotated[
        bool, typer.Option(help="First give each notebook a cell for every item, and tell nbgrader about it; no text is changed.")
    ] = False,
    coverage: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Also write the table of what is taught and assessed where, in Markdown, and essay.md beside it; - prints it.",
        ),
    ] = None,
    graphs: Annotated[bool, typer.Option(help="Also draw each branching story, as Mermaid text to paste into a drawing page.")] = False,
) -> None:
    """Check that workbooks, keys and rubrics fit each other, and that no key is in anything students receive.

    Works anywhere; inside a class folder it looks at the class's copies, releases and feedback, too. Exit code 1 if
    there is anything to mend. Lines marked “advice” are worth a look, and stop nothing.

    Example: [bold]autograde check[/]
    """
    from autograde.checks import check_all, check_unit, stories
    from autograde.classes.folder import workbooks_folder
    from autograde.classes.workbook_names import is_called, short_id
    from autograde.commands.summary import say
    from autograde.errors import ClassError

    course = class_if_any()
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
    given = ("release", "handout", "feedback", "served/releases", "served/site", "served/given")
    places = [course.root / name for name in given] if course else []
    with busy() as progress:
        progress.add_task(f"Checking {len(folders)} workbooks")
        findings = check_all(folders, places, course.closed() if course else ())
        unit = check_unit(shelf)
    findings += () if workbook else unit.findings
    for finding in sorted(findings, key=lambda finding: finding.advice):
        say(out, f"  {finding.rule} {finding.where}: {finding.text}" + " (advice)" * finding.advice, "" if finding.advice else "red")
    faults = [finding for finding in findings if not finding.advice]
    advice = len(findings) - len(faults)
    say(out, f"Workbooks checked: {len(folders)}. Things to mend: {len(faults)}. Pieces of advice: {advice}.", "bold")
    if coverage == Path("-"):
        say(out, unit.coverage)
    elif coverage:
        _write(course, coverage, unit)
    if graphs:
        for folder in folders:
            for item_id, drawing in stories(folder):
                say(out, f"\n{item_id}\n{drawing}")
    if faults:
        raise typer.Exit(1)


def _write(course: "Course | None", coverage: Path, unit: "Unit") -> None:
    """Write both documents on the unit."""
    from autograde.commands.summary import say
    from autograde.errors import AuthorError
    from autograde.whole import fresh_file
    from workbook_helpers.files import write_file

    for file, text in ((coverage, unit.coverage), (coverage.with_name(ESSAY), unit.essay)):
        try:
            write_file(fresh_file(course, file, "the table", ending=".md", begins=(text.partition("\n")[0],)), text.encode())
        except OSError as error:
            msg = f"{file} cannot be written ({error.strerror}). Name a file in a folder that is there."
            raise AuthorError(msg) from error
    say(out, f"What is covered where stands in {coverage}, and where the essay is taught in {ESSAY} beside it.")


def _mend(folders: list[Path]) -> None:
    """Bring notebooks into line with their items, and say what was done."""
    from autograde.authoring.author import mend
    from autograde.commands.summary import say
    from workbook_helpers.items import load_workbook

    for folder in folders:
        with suppress(ContentError):  # R0 says so
            for text in mend(load_workbook(folder)):
                say(out, f"  {folder.name}: {text}")
