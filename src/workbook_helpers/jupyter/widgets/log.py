"""What went wrong is kept in a file beside the notebook, never shown on the page; standard error would show in JupyterLab."""

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any

_log = logging.getLogger("workbook")


def note(text: str, *values: object, error: bool = False) -> None:
    """Write one line, with `error` the traceback of what is being handled as well."""
    if not _log.handlers:
        try:
            _log.addHandler(logging.FileHandler(".workbook.log", encoding="utf-8", delay=True))
        except OSError:
            _log.addHandler(logging.NullHandler())
        _log.propagate = False
    logging.raiseExceptions = False  # a full disk must not print into the page
    _log.warning(text, *values, exc_info=error)


def never_raises(call: Callable[..., None]) -> Callable[..., None]:
    """Make a handler of messages that notes what goes wrong: the page says that nothing came back, and asks again."""

    @wraps(call)
    def safe(*args: Any) -> None:
        try:
            call(*args)
        except Exception:
            note("%s failed", call.__qualname__, error=True)

    return safe
