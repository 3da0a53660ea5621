"""A tutor's own comments, kept for all classes and tasks in the user's settings."""

import errno

from autograde.classes.own_file import DAMAGED, own_path, read_own, write_own
from autograde.errors import ClassError

FILE = "autograde_comments.json"
MOST = 300


def own_comments() -> list[str]:
    """Give them, the newest first; none where the file says nothing that can be read."""
    try:
        return [row for row in read_own(FILE, "comments", list) if isinstance(row, str)]
    except (OSError, *DAMAGED):
        return []


def keep_comment(text: str) -> str:
    """Put a comment among one's own, first; give what has to be told, a sentence, "" for nothing.

    Raises
    ------
    ClassError
        If they would be too large to be read again, or cannot be written.
    """
    return _write([text, *(one for one in own_comments() if one != text)][:MOST])


def drop_comment(text: str) -> str:
    """Take a comment out of one's own; see `keep_comment`."""
    return _write([one for one in own_comments() if one != text])


def _write(comments: list[str]) -> str:
    path = own_path(FILE)
    try:
        aside = write_own(FILE, "comments", comments)
    except OSError as error:
        step = "Remove one that you do not need" if error.errno == errno.EFBIG else "See that its disk has room and you may use the file"
        msg = f"Your comments cannot be kept in {path} ({error.strerror}), and stay as they were. {step}."
        raise ClassError(msg) from error
    return f"{path} was damaged: it is kept as {aside.name} beside it, and your comments begin anew." if aside else ""
