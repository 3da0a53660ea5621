"""The class's settings file, as the desk and commands change it: settings of `configure`, where they stand, and nothing else.

The file is a program, so it is read as one: a value may hold quotation marks, brackets or a "#".
"""

import ast
import stat
from collections.abc import Mapping

from autograde.classes.folder import Course
from autograde.classes.owner import CONFIG
from autograde.errors import ClassError
from autograde.whole import alone
from workbook_helpers.files import write_file

Place = tuple[int, int]
"""Where something begins and ends in the file's bytes; the two are the same where something is to be put in."""


def check_settings_file(course: Course) -> None:
    """See that settings of the class can be written.

    Raises
    ------
    ClassError
        If the file is none that calls `configure`.
    """
    _call(course, (course.root / CONFIG).read_bytes())


def write_setting(course: Course, word: str, value: str, *, mode: int | None = None) -> None:
    """Write one setting; see `write_settings`."""
    write_settings(course, {word: value}, mode=mode)


def write_settings(course: Course, values: Mapping[str, str], *, mode: int | None = None) -> None:
    """Write settings into the file, whose rights become `mode`, or stay; all of them, or none.

    Parameters
    ----------
    values
        What `configure` calls a setting → its value; "" for none.

    Raises
    ------
    ClassError
        If the file is none that calls `configure`.
    """
    path = course.root / CONFIG
    with alone(course):
        before = now = path.read_bytes()
        for word, value in values.items():
            now = _with(course, now, word, value)
        if now != before:
            write_file(path, now, mode=stat.S_IMODE(path.stat().st_mode) if mode is None else mode)


def _with(course: Course, content: bytes, word: str, value: str) -> bytes:
    """Give the file with one setting changed, or put in as a line of its own above the others."""
    call = _call(course, content)
    starts = _line_starts(content)
    found = next((one for one in call.keywords if one.arg == word), None)
    if found is not None:
        start, end = _place(found.value, starts)
        return content[:start] + repr(value).encode() + content[end:]
    if not value:
        return content
    first = call.keywords[0]
    at = starts[first.lineno - 1] + first.col_offset
    before = content[starts[first.lineno - 1] : at]
    between = b"," + (b"\r\n" if b"\r\n" in content else b"\n") + before if not before.strip() else b", "
    return content[:at] + f"{word}={value!r}".encode() + between + content[at:]


def _call(course: Course, content: bytes) -> ast.Call:
    """Find the call of `configure`."""
    path = course.root / CONFIG
    try:
        body = ast.parse(content).body
    except (SyntaxError, ValueError) as error:
        msg = f"{path} cannot be read ({error}). Mend it, or ask whoever set it up."
        raise ClassError(msg) from error
    for line in body:
        call = line.value if isinstance(line, ast.Expr) else None
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "configure" and call.keywords:
            return call
    msg = f"{path} does not call configure(c, course=…), so no setting can be changed there. Change it by hand, or ask whoever set it up."
    raise ClassError(msg)


def _place(value: ast.expr, starts: list[int]) -> Place:
    end_line, end_col = value.end_lineno or value.lineno, value.end_col_offset or value.col_offset
    return starts[value.lineno - 1] + value.col_offset, starts[end_line - 1] + end_col


def _line_starts(content: bytes) -> list[int]:
    """Give where each line begins; a mark at the very beginning belongs to none."""
    starts = [len(b"\xef\xbb\xbf") if content.startswith(b"\xef\xbb\xbf") else 0]
    starts += [at + 1 for at, byte in enumerate(content) if byte == 0x0A]
    return starts
