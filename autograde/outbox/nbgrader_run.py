"""Run parts of nbgrader inside our process: its log kept off the screen, its faults told in one line."""

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from nbgrader.converters.base import NbGraderException
from nbgrader.exchange import ExchangeError
from tornado.log import app_log
from traitlets.log import get_logger

from autograde.text import printable
from workbook_helpers.errors import WorkbookError


class _Lines(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())


@contextmanager
def explaining_nbgrader(what: str, kind: type[WorkbookError]) -> Iterator[list[str]]:
    """Give the list that nbgrader's warnings are put into; its own errors become one of `kind`, beginning with `what`."""
    found = get_logger()
    log = found.logger if isinstance(found, logging.LoggerAdapter) else found
    handler, propagates, here = _Lines(), log.propagate, Path.cwd()
    log.addHandler(handler)
    log.propagate = False
    # Its gradebook logs there, with a long traceback, what it then raises: without a handler here it would reach the screen.
    database, passes = logging.NullHandler(), app_log.propagate
    app_log.addHandler(database)
    app_log.propagate = False
    try:
        yield handler.lines
    # Besides its two own errors, nbgrader lets those of the converter and of the database through.
    except (NbGraderException, ExchangeError, SystemExit, OSError, RuntimeError, ValueError) as error:
        reason = _reason(handler.lines) or str(error)
        msg = f"{what}: {printable(reason, 300)}"
        raise kind(msg) from error
    finally:
        log.removeHandler(handler)
        log.propagate = propagates
        app_log.removeHandler(database)
        app_log.propagate = passes
        os.chdir(here)


def _reason(lines: list[str]) -> str:
    """Find the line that says most: nbgrader logs tracebacks, whose last line is the error's own."""
    for line in lines:
        if "Traceback" in line:
            return line.strip().splitlines()[-1]
    return lines[-1].strip().splitlines()[-1] if lines and lines[-1].strip() else ""
