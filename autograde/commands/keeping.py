"""Keep the gradebook: copy it, bring a copy back, and pack the whole class for another computer."""

from pathlib import Path
from typing import Annotated

import typer

from autograde.commands.console import bar, busy, class_here, out


def backup(
    file: Annotated[
        Path | None,
        typer.Argument(metavar="FILE", help="A new file, best on another disk; else in the folder chosen at the desk, or yours."),
    ] = None,
) -> None:
    """Copy the gradebook, whole and checked, into a new file.

    It may be in use meanwhile. Every mark and comment that a person gave is in the gradebook alone: make a copy after each
    time of marking. Copying gradebook.db by hand misses what was marked last while formgrader is open.

    Example: [bold]autograde backup care-2026-12-01.db[/]
    """
    from autograde.classes.backups import back_up, folder_for, note_backup
    from autograde.commands.summary import next_steps, show_held
    from autograde.gradebook.keep import backup as copy

    course = class_here()
    held = copy(course, file) if file else back_up(course, folder_for(course))
    note_backup(course)
    show_held(out, "Copied", held)
    next_steps(out, [f'autograde restore "{file or held.path}"    brings it back, if you ever need to'])


def restore(file: Annotated[Path, typer.Argument(metavar="FILE", help="A file that `autograde backup` made.")]) -> None:
    """Bring a copy of the gradebook back.

    The gradebook that is there now is kept beside it, under another name. Close the desk and formgrader first.

    Example: [bold]autograde restore care-2026-12-01.db[/]
    """
    from autograde.classes.ids import shown
    from autograde.commands.summary import next_steps, say, show_held
    from autograde.gradebook.keep import restore as bring_back
    from autograde.text import quoted

    held = bring_back(class_here(), file)
    show_held(out, "Brought back", held)
    if held.kept:
        say(out, f"What was there is kept in {held.kept}")
    for learner in map(shown, held.back):
        say(out, f"{learner} was erased after this copy was made, and is back with it.", "yellow")
    again = [f"autograde erase-learner {quoted(shown(learner))}    erases this learner again" for learner in held.back]
    next_steps(out, [*again, "autograde mark --all --force    holds all hand-ins against these marks; what a person gave stays"])


def pack(file: Annotated[Path, typer.Argument(metavar="FILE.zip", help="A new file, for example on a stick.")]) -> None:
    """Pack the whole class into one file, to be opened on another computer: autograde unpack.

    Each file goes in with its checksum, the gradebook whole and checked. From then on work on one of the two computers only.

    Example: [bold]autograde pack care-2026.zip[/]
    """
    from autograde.classes.packing import pack as pack_class
    from autograde.commands.summary import next_steps, say
    from autograde.text import count

    course = class_here()
    with bar() as progress:
        task = progress.add_task("Packing")
        made = pack_class(course, file, lambda done, total: progress.update(task, completed=done, total=total))
    say(out, f"Packed {count(made.files, 'file')} into {made.path}", "bold")
    for note in made.notes:
        say(out, note, "yellow")
    next_steps(out, [f'autograde unpack "{file.name}" FOLDER    on the other computer', "From then on work on one of the two only."])


def unpack(
    file: Annotated[Path, typer.Argument(metavar="FILE.zip", help="A file that `autograde pack` made.")],
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="The class's own folder is made in this one.")] = Path(),
    *,
    trust: Annotated[bool, typer.Option("--trust", help="Take settings that were changed by hand: they are a program.")] = False,
) -> None:
    """Open a class that was packed on another computer, each file held against its checksum.

    Example: [bold]autograde unpack care-2026.zip Documents[/]
    """
    from autograde.classes.unpacking import unpack as unpack_class
    from autograde.commands.summary import next_steps, say
    from autograde.text import quoted

    with busy() as progress:
        progress.add_task("Unpacking")
        course = unpack_class(file, folder.absolute(), trusted=trust)
    say(out, f"The class is in {course.root}", "bold")
    next_steps(out, [f"cd {quoted(course.root)}", "autograde desk    opens it"])
