"""Write a file so that it is there whole or not at all, and read one that anybody may have put there: the one way of both sides.

Also show an address that is a secret.
"""

import errno
import html
import os
import re
import stat
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

PART = ".part-"
"""How a file begins that is not whole yet; a leading dot keeps it out of JupyterLab's list and of nbgrader's search."""

_ONE_NAME = re.compile(r"(?!\.\.?\Z|[A-Za-z]:)[^/\\\0]+")


def is_one_name(text: object) -> bool:
    """Whether a text can be the name of a file or a folder in the one that it is joined to: on no system a path, or the way up."""
    return isinstance(text, str) and _ONE_NAME.fullmatch(text) is not None


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
    with _beside(path, mode) as (handle, _), os.fdopen(handle, "wb") as file:
        file.write(data)
        if durable:
            file.flush()
            os.fsync(handle)


def write_new(path: Path, data: bytes) -> bool:
    """Put `data` into the file `path` as `write_file` does, but only where there is none; say whether it was put there.

    Of two who do so at once, one does; where a file system has no links, both may.
    """
    try:
        with _beside(path, 0o644, _new) as (handle, _), os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(handle)
    except FileExistsError:
        return False
    return True


@contextmanager
def replacing(path: Path, *, durable: bool = True, mode: int = 0o644) -> Iterator[Path]:
    """Give an empty file beside `path` to be filled; on leaving, it takes the place of what is there, as in `write_file`.

    For what a library writes, which wants a name: a database, a copy of a large file.
    """
    with _beside(path, mode) as (handle, part):
        os.close(handle)
        yield part
        if durable:
            with part.open("rb+") as file:
                os.fsync(file.fileno())


def _new(part: Path, path: Path) -> None:
    """Give `part` the name `path`, in one step; FileExistsError where something has it."""
    try:
        path.hardlink_to(part)
    except FileExistsError:
        raise
    except OSError:  # a file system without links
        if path.exists():
            raise FileExistsError(errno.EEXIST, "it is there", str(path)) from None
        part.replace(path)
    else:
        part.unlink()


@contextmanager
def _beside(path: Path, mode: int, put: Callable[[Path, Path], object] = Path.replace) -> Iterator[tuple[int, Path]]:
    """Give an empty file beside `path`, open for the caller to close; on leaving, it takes the place of what is there (`put`)."""
    part = None
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=PART)
        part = Path(name)
        yield handle, part
        part.chmod(mode)
        put(part, path)
    except BaseException as error:
        if part:
            with suppress(OSError):
                part.unlink(missing_ok=True)
        if isinstance(error, OSError) and Path(str(error.filename)).name.startswith(PART):
            error.filename = str(path)  # the file that is meant: nobody knows the other one
        raise


def read_file(path: Path | str, limit: int, *, folder: int | None = None, links: bool = False) -> bytes:
    """Read a file that somebody else may have put there: a plain one, of at most `limit` bytes. Nothing else is waited for.

    Parameters
    ----------
    folder
        A descriptor of the folder that `path` is in, where nobody may put another in its place meanwhile.
    links
        Whether a link is followed: only where it leads nowhere that its maker could not read.

    Raises
    ------
    OSError
        If it cannot be read; `errno` is EINVAL for what is no plain file and EFBIG for what is too large.
    """
    flags = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0) | (0 if links else getattr(os, "O_NOFOLLOW", 0))
    if not links and not hasattr(os, "O_NOFOLLOW") and Path(path).is_symlink():  # on Windows
        raise OSError(errno.EINVAL, "it is not a plain file", str(path))
    try:
        handle = os.open(path, flags, dir_fd=folder)
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.ENXIO):  # a link, a socket
            raise OSError(errno.EINVAL, "it is not a plain file", str(path)) from error
        raise
    try:
        about = os.fstat(handle)
        if not stat.S_ISREG(about.st_mode):
            raise OSError(errno.EINVAL, "it is not a plain file", str(path))
        with open(handle, "rb", closefd=False) as file:
            # What there is, then what has come since: whoever asks for `limit` bytes gets memory for all of them, each time.
            content = b"" if about.st_size > limit else file.read(about.st_size + 1)
            content += file.read(limit + 1 - len(content)) if len(content) > about.st_size else b""
    finally:
        os.close(handle)
    if (size := max(about.st_size, len(content))) > limit:
        raise OSError(errno.EFBIG, f"it has {size / 1e6:,.0f} MB; the limit is {limit / 1e6:,.2g} MB", str(path))
    return content


@contextmanager
def browser_at(address: str) -> Iterator[None]:
    """Open the browser at an address that lets in whoever has it, and tidy up on leaving.

    The browser is given a small file that leads there and that its owner alone may read: everybody on the machine may read a
    command line.
    """
    import webbrowser  # all else of this module is used by each kernel, which needs none of this

    from jupyter_core.paths import jupyter_runtime_dir

    folder = Path(jupyter_runtime_dir())
    page = folder / f"workbook-open-{os.getpid()}.html"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        leads = f'<!DOCTYPE html><meta charset="utf-8"><meta http-equiv="refresh" content="0;url={html.escape(address)}"><title>…</title>'
        write_file(page, leads.encode(), durable=False, mode=0o600)
        webbrowser.open(page.as_uri())
    except OSError:  # no place for it: the address stands in the terminal
        yield
        return
    try:
        yield
    finally:
        with suppress(OSError):
            page.unlink(missing_ok=True)
