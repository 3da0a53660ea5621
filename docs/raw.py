"""The command of validity.py and agreement.py: it writes sheets, keeps what somebody gave to one, and makes the figures from that."""

import argparse
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

CALLED = ("AI reader", "Person")
"""How the name of who worked on a sheet begins, so that nobody takes the one for the other."""


def command(
    about: str | None,
    arguments: Sequence[str] | None,
    *,
    sheets: Callable[[Iterable[str]], Iterator[tuple[str, str]]],
    who: str,
    read: Callable[[Path, Path, str], Path],
    figures: Callable[[], str],
    file: Path,
) -> int:
    """Do what was asked for; a fault is one line.

    Parameters
    ----------
    about
        What `--help` says.
    arguments
        Those of the command line, without the program; None for the process's own.
    sheets
        Gives (name, text) of the sheets of what is named, of all where nothing is.
    who
        What somebody who works on a sheet is called: "reader".
    read
        Keeps what somebody gave to a sheet: the sheet, what they gave, who it was. Gives where it is kept; ValueError says what is wrong.
    figures
        Gives the text of `file`.
    """
    parser = argparse.ArgumentParser(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
    verbs = parser.add_subparsers(dest="verb", required=True)
    make = verbs.add_parser("sheets", help="write the sheets into a folder")
    make.add_argument("folder", type=Path)
    make.add_argument("names", nargs="*", default=[])
    keep = verbs.add_parser("read", help="keep what somebody gave to a sheet")
    keep.add_argument("sheet", type=Path)
    keep.add_argument("given", type=Path)
    keep.add_argument(f"--{who}", dest="who", required=True, help="“AI reader …” with what it is, or “Person …”")
    verbs.add_parser("figures", help=f"make docs/{file.name}")
    asked = parser.parse_args(arguments)
    try:
        match asked.verb:
            case "sheets":
                asked.folder.mkdir(parents=True, exist_ok=True)
                for name, text in sheets(asked.names):
                    (asked.folder / f"{name}.md").write_text(text, "utf-8")
                said = f"The sheets are in {asked.folder}."
            case "read":
                if not asked.who.startswith(CALLED):
                    sys.exit(f"The {who}'s name begins with “{'” or “'.join(CALLED)}”, and is {asked.who!r}.")
                said = f"Kept in {read(asked.sheet, asked.given, asked.who)}."
            case _:
                file.write_text(figures(), "utf-8")
                said = f"{file} is made."
    except (ValueError, OSError) as error:
        sys.exit(str(error))
    print(said)  # noqa: T201, a command
    return 0


def row(*cells: object) -> str:
    """Give a row of a table in Markdown."""
    return f"| {' | '.join(map(str, cells))} |"
