"""Write a file so that it is there whole or not at all: the one way of both sides."""

import os
import tempfile
from contextlib import suppress
from pathlib import Path

PART = ".part-"
"""How a file begins that is not whole yet; a leading dot keeps it out of JupyterLab's list and of nbgrader's search."""


def expand_home(word: str) -> str:
    """Give a word of a command with "~/" as the home folder, which a shell leaves as it is in quotes, after "=" and on Windows."""
    name, sign, value = word.partition("=") if word.startswith("--") else ("", "", word)
    return name + sign + (os.path.expanduser(value) if value[:2] in ("~", "~/", "~" + os.sep) else value)  # noqa: PTH111  it keeps the end of the word


def write_file(path: Path, data: bytes, *, durable: bool = True, mode: int = 0o644) -> None:
    """Put `data` into the file `path`, in place of what is there; two writers never mix, and a fault leaves the old file.

    Parameters
    ----------
    durable
        Wait until the bytes are on the disk; False for what can be made again.
    mode
        Who may read it; by default all, since a course account must read what a student hands in.

    Raises
    ------
    OSError
        If it cannot be written: disk full, folder missing or read-only, the file held open by another program on Windows.
    """
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=PART)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            if durable:
                file.flush()
                os.fsync(file.fileno())
        Path(name).chmod(mode)
        Path(name).replace(path)
    except BaseException:
        with suppress(OSError):
            Path(name).unlink(missing_ok=True)
        raise
