"""Who acts: the name that the log and the records give to whoever works at this desk or runs this command."""

import getpass
import os
from collections.abc import Iterable
from contextvars import ContextVar

from autograde.text import printable

OTHER_PROGRAM = "formgrader or another program"
"""Who gave what was found in the gradebook and came by none of our own ways."""

ACTING: ContextVar[str] = ContextVar("acting", default="")
"""Whose request is being answered, where several people work on one server; "" elsewhere."""


def who() -> str:
    """Give the name of whose request is answered on a server for several, else that of AUTOGRADE_WHO, the hub's user, or this machine's.

    "somebody" where nobody knows.
    """
    if acting := ACTING.get():
        return printable(acting)
    for name in ("AUTOGRADE_WHO", "JUPYTERHUB_USER"):
        if found := os.environ.get(name, "").strip():
            return printable(found)
    try:
        return printable(getpass.getuser())
    except (OSError, KeyError):
        return "somebody"


def same_person(names: Iterable[str], others: Iterable[str]) -> bool:
    """Whether one of these names is one of those, however it is spaced and in capitals or not."""
    return bool(_plain(names) & _plain(others))


def _plain(names: Iterable[str]) -> set[str]:
    return {plain for name in names if (plain := " ".join(name.split()).casefold())}
