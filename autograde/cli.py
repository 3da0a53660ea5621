"""The `autograde` command: a class from its first day to its gradebook.

A command is read when it is given, and imports what it needs when it runs: an answer is to come at once (nbgrader takes three seconds).
"""

import atexit
import gc
import os
import re
import sys
import tempfile
import traceback
from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Any

import typer
import typer.core
import typer.main
from rich.console import Console
from rich.text import Text

from autograde.commands.console import keep_heads
from autograde.crew import SELDOM
from workbook_helpers.errors import WorkbookError
from workbook_helpers.files import expand_home

TRY_AGAIN = "Close other programs that use it, see that the disk has room and that you may write there, then run the command again."
MISUSED: Any = typer.BadParameter.__mro__[1]
"""Click's UsageError, which typer gives no name of its own: a line that lacks something, or has what no command knows."""
DATABASES = ("sqlite3", "sqlalchemy", "psycopg")

COMMANDS = {  # --help lists them in this order; each is in the module of autograde/commands that stands beside it
    "new": "setting_up",
    "roster": "setting_up",
    "release": "giving_out",
    "leaflet": "giving_out",
    "collect": "taking_in",
    "intake": "taking_in",
    "assign": "taking_in",
    "undo": "taking_in",
    "redo": "taking_in",
    "serve": "marking",
    "desk": "desk",
    "doctor": "doctoring",
    "live": "live",
    "gradebook": "giving_back",
    "backup": "keeping",
    "restore": "keeping",
    "pack": "keeping",
    "unpack": "keeping",
    "mark": "marking",
    "remark": "marking",
    "void": "deciding",
    "accept": "deciding",
    "reword": "authoring",
    "feedback": "giving_back",
    "close": "giving_back",
    "give-back": "giving_back",
    "results": "records",
    "decide": "records",
    "decide-list": "records",
    "declare": "records",
    "sign-off": "records",
    "reopen": "records",
    "refer": "referring",
    "compare": "referring",
    "samples": "marking",
    "extend": "learners",
    "export-learner": "privacy",
    "erase-learner": "privacy",
    "retention": "privacy",
    "new-workbook": "authoring",
    "check": "authoring",
    "db": "setting_up",
    "learners": "learners",
    "audit": "audit",
    "evidence": "records",
    "referral": "referring",
    "adjust": "quality",
    "quality": "quality",
    "bank": "bank",
    "report": "reports",
    "lti": "platform",
}


class _Commands(Mapping[str, Any]):
    """The commands by their names; one is imported and made when it is asked for: to make all of them takes as long as twenty hand-ins."""

    def __getitem__(self, name: str) -> Any:
        """Give a command as a part of the whole one."""
        found = getattr(import_module(f"autograde.commands.{COMMANDS[name]}"), name.replace("-", "_"))
        whole = typer.Typer(rich_markup_mode="rich", pretty_exceptions_enable=False)
        whole.callback()(lambda: None)  # so that one command is not the whole
        if isinstance(found, typer.Typer):
            whole.add_typer(found, name=name, rich_help_panel=None)
        else:
            whole.command(name=name)(found)
        made: Any = typer.main.get_command(whole)
        return made.commands[name]

    def __iter__(self) -> Iterator[str]:
        return iter(COMMANDS)

    def __len__(self) -> int:
        return len(COMMANDS)


class _Group(typer.core.TyperGroup):
    def __init__(self, **said: Any) -> None:
        super().__init__(**said)
        self.commands: Any = _Commands()


app = typer.Typer(
    name="autograde",
    cls=_Group,
    help="Run a class: hand out workbooks, take hand-ins in, mark them and give feedback.\n\n"
    "A class is a folder. Make one with [bold]autograde new FOLDER[/], go into it (cd FOLDER), and run the other "
    "commands there, in this order: roster, release, intake or collect, mark, serve, feedback, gradebook, close; backup now and then.",
    rich_markup_mode="rich",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.callback()(lambda: None)


def main() -> None:
    """Run the command; a fault ends it with one clear line and a non-zero code."""
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")  # looking for some costs a fortieth of a short run
    atexit.register(gc.freeze)  # to look for cycles in what ends with the program anyway costs a tenth of a short run
    gc.set_threshold(*SELDOM)
    sys.argv[1:] = [expand_home(word) for word in sys.argv[1:]]
    for stream in (sys.stdout, sys.stderr):  # a Windows console may lack a letter of somebody's name
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    try:
        try:
            code = app(prog_name="autograde", standalone_mode=False)
        finally:
            keep_heads()
        sys.exit(code)
    except MISUSED as error:
        _fail(_misused(error), 2)
    except WorkbookError as error:
        _fail(str(error))
    except typer.Abort:  # Ctrl-C, or the end of what is typed, at a question or amid the work
        _fail("Stopped; nothing more was done. Run it again to go on.", 130)
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
        with tempfile.NamedTemporaryFile("w", prefix="autograde-", suffix=".log", delete=False, encoding="utf-8", errors="replace") as log:
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


if __name__ == "__main__":
    main()
