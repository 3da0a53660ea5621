"""A tutor's own comments, kept for all classes and tasks in the user's settings."""

import json
from pathlib import Path
from typing import Any

from jupyter_core.paths import jupyter_config_dir

from autograde.errors import ClassError
from workbook_helpers.files import read_file, write_file

FILE = "autograde_comments.json"
"""In Jupyter's folder of the user's settings."""
MOST = 300
MAX_BYTES = 2_000_000


def own_comments() -> list[str]:
    """Give them, the newest first; none where the file says nothing that can be read."""
    try:
        rows: Any = json.loads(read_file(Path(jupyter_config_dir()) / FILE, MAX_BYTES))["comments"]
        return [row for row in rows if isinstance(row, str)]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return []


def keep_comment(text: str) -> None:
    """Put a comment among one's own, first."""
    _write([text, *(one for one in own_comments() if one != text)][:MOST])


def drop_comment(text: str) -> None:
    """Take a comment out of one's own."""
    _write([one for one in own_comments() if one != text])


def _write(comments: list[str]) -> None:
    path = Path(jupyter_config_dir()) / FILE
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_file(path, json.dumps({"schema": 1, "comments": comments}, ensure_ascii=False, indent=1).encode(), mode=0o600)
    except OSError as error:
        msg = f"Your comments cannot be kept in {path} ({error.strerror}). See that its disk has room."
        raise ClassError(msg) from error
