"""Names and passwords of a college's people, in a file of the hub, and how they are made: python -m autograde.hub.accounts --help."""

import os
import secrets
import sqlite3
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Annotated

import typer

from autograde.classes.college import USER
from autograde.classes.folder import find_course
from autograde.classes.served import LETTERS, served_folder
from autograde.errors import ClassError
from autograde.hub.learns import hub_names
from workbook_helpers.errors import WorkbookError
from workbook_helpers.served.folder import Folder
from workbook_helpers.served.sessions import hash_pin, same_pin

FILE = "accounts.sqlite"
GROUPS, GROUP = 3, 4
"""A first password is three groups of four letters: 59 bits."""
SHORTEST, LONGEST = 10, 64
COST = 2**14
"""Of a password, as `hash_pin` has it: some 40 ms of a processor and 16 MB. It can be long enough to be worth that."""
FREE = 5
"""So many wrong passwords of one name cost no wait."""
FIRST_S, LONGEST_S = 30.0, 900.0
"""Each further one doubles it."""
TABLE = """
CREATE TABLE IF NOT EXISTS accounts (
    name TEXT PRIMARY KEY, kept TEXT NOT NULL, failed INTEGER NOT NULL DEFAULT 0, wait_until REAL NOT NULL DEFAULT 0
)"""


class Accounts:
    """The file. Of a password it has what scrypt makes of it, and how often one was wrong, so that a restart forgives nothing."""

    def __init__(self, state: Path) -> None:
        self._path = state / FILE

    def give(self, names: Iterable[str], *, anew: bool = False) -> dict[str, str]:
        """Make accounts.

        Parameters
        ----------
        names
            What people sign in by.
        anew
            Whether those who have an account get a new password; they are passed over where not.

        Returns
        -------
        dict
            Name → first password, of those that were made.
        """
        made: dict[str, str] = {}
        with self._open() as file:
            have = {name for (name,) in file.execute("SELECT name FROM accounts")}
            for name in dict.fromkeys(one.lower() for one in names):
                if anew or name not in have:
                    made[name] = "-".join("".join(secrets.choice(LETTERS) for _ in range(GROUP)) for _ in range(GROUPS))
            rows = [(name, hash_pin(word, COST)) for name, word in made.items()]
            file.executemany("INSERT OR REPLACE INTO accounts (name, kept) VALUES (?, ?)", rows)
        return made

    def opens(self, name: str, word: str) -> bool:
        """Whether this is somebody's password. While they have to wait none is, and none is looked at.

        A try is counted before it is looked at, in one step, so that many at once are not one.
        """
        asked = "SELECT kept, failed, wait_until FROM accounts WHERE name = ?"
        with self._open() as file:
            file.execute("BEGIN IMMEDIATE")
            kept, failed, until = file.execute(asked, (name,)).fetchone() or ("", 0, 0.0)
            if 0 < until - time.time() <= LONGEST_S:  # whatever became of the clock, nobody waits for longer
                return False
            wait_s = min(FIRST_S * 2 ** (failed + 1 - FREE), LONGEST_S) if failed + 1 >= FREE else 0.0
            file.execute("UPDATE accounts SET failed = ?, wait_until = ? WHERE name = ?", (failed + 1, time.time() + wait_s, name))
        if not same_pin(word, kept, COST):
            return False
        with self._open() as file:
            file.execute("UPDATE accounts SET failed = 0, wait_until = 0 WHERE name = ?", (name,))
        return True

    def change(self, name: str, word: str) -> None:
        """Give somebody the password that they have chosen.

        Raises
        ------
        ClassError
            If it is too short, or longer than is looked at.
        """
        if not SHORTEST <= len(word) <= LONGEST:
            msg = f"A password has {SHORTEST} to {LONGEST} letters, digits or signs. Three words that do not belong together are good."
            raise ClassError(msg)
        with self._open() as file:
            file.execute("UPDATE accounts SET kept = ? WHERE name = ?", (hash_pin(word, COST), name))

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        if not self._path.exists():
            self._path.touch(mode=0o600)
            if hasattr(os, "geteuid") and os.geteuid() == 0:  # the hub of a JupyterLab, but the command runs as the folder's account
                folder = self._path.parent.stat()
                os.chown(self._path, folder.st_uid, folder.st_gid)
        try:
            with closing(sqlite3.connect(self._path, timeout=10)) as file, file:
                file.execute(TABLE)
                yield file
        except sqlite3.Error as error:
            msg = f"{self._path} cannot be used ({error}). See that the disk has room and that the hub's account may write there."
            raise ClassError(msg) from error


def run(
    names: Annotated[list[str] | None, typer.Argument(help="What they sign in by.")] = None,
    class_: Annotated[Path | None, typer.Option("--class", help="All learners of this class folder, by their ids.")] = None,
    anew: Annotated[bool, typer.Option(help="Give a new password to those who have an account.")] = False,  # noqa: FBT002  typer's
    state: Annotated[Path, typer.Option(envvar="WORKBOOK_STATE", help="The hub's own folder.")] = Path("/var/lib/workbook-hub"),
) -> None:
    """Make accounts at the college's hub, and write each name with its first password: hand them out, then forget them.

    Run it as the account that the hub runs as. Whoever signs in changes the password at /hub/change-password.

    Example: sudo -u workbook workbook-accounts r.patel m.jones
    """
    wanted = list(names or ())
    if class_ is not None:
        wanted += hub_names(Folder(served_folder(find_course(class_))).about())
    if unfit := [name for name in wanted if not USER.fullmatch(name)]:
        msg = f"{unfit[0]!r} is no name to sign in by: no blanks, commas or slashes, at most 64 letters."
        raise ClassError(msg)
    if not wanted:
        msg = "Name somebody, or a class that is served: workbook-accounts --class FOLDER"
        raise ClassError(msg)
    if not state.is_dir():
        msg = f"There is no folder {state}. Start the hub once, or give its own folder with --state."
        raise ClassError(msg)
    made = Accounts(state).give(wanted, anew=anew)
    for name, word in made.items():
        typer.echo(f"{name},{word}")
    if left := len(set(map(str.lower, wanted))) - len(made):
        typer.echo(f"{left} had an account already and keep it; --anew gives a new password.", err=True)


def main() -> None:
    """Run the command; a fault ends it with one clear line."""
    try:
        typer.run(run)
    except WorkbookError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(2)


if __name__ == "__main__":
    main()
