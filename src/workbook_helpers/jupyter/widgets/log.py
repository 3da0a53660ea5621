"""What went wrong is kept in a file beside the notebook, never shown on the page; standard error would show in JupyterLab."""

import logging

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
