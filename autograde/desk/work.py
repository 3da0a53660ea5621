"""Long work of a class: one piece at a time, in a thread of its own, told to every page while it runs.

A piece of work is registered → running, with how much of it is done → completed, with a sentence, or failed, with one.
It goes on when its page is left; a server that ends leaves it where a killed command would, and the next run goes on from there.
"""

import logging
import threading
from collections.abc import Callable
from contextvars import copy_context
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Protocol

from autograde.errors import ClassError
from workbook_helpers.errors import WorkbookError

LOG = logging.getLogger(__name__)


class State(StrEnum):
    """Where a piece of work stands."""

    REGISTERED = "registered"
    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"


@dataclass(frozen=True, kw_only=True)
class Work:
    """A piece of work.

    Attributes
    ----------
    number
        Counts the pieces since the server started, from 1.
    title
        What is done, e.g. "Marking w01".
    page
        The page that shows what came of it.
    done, total
        Of what is counted; total is 0 where that is not known yet.
    said
        A sentence: what is being done now, what came of it, or why it failed.
    """

    number: int
    title: str
    page: str
    state: State = State.REGISTERED
    done: int = 0
    total: int = 0
    said: str = ""

    @property
    def ended(self) -> bool:
        """Whether nothing of it is left to do."""
        return self.state in {State.COMPLETED, State.FAILED}

    @property
    def line(self) -> str:
        """It in one line, e.g. "Marking w01: 12 of 30"."""
        if self.ended:
            return f"{self.title}: {self.said}" if self.said else f"{self.title}: done."
        return f"{self.title}: {self.done} of {self.total}" if self.total else f"{self.title} …"


class Tell(Protocol):
    """Says how far a piece of work is; each part is left as it was where it is not given."""

    def __call__(self, done: int | None = None, total: int | None = None, said: str | None = None) -> None:
        """Say it."""


Do = Callable[[Tell], str]
"""Does a piece of work and gives a sentence on what came of it."""


class Worker:
    """Does the long work of one class; `after` is called when a piece has ended, before that is told."""

    def __init__(self, after: Callable[[], object] = lambda: None) -> None:
        self._after = after
        self._lock = threading.Lock()
        self._now: Work | None = None
        self._thread: threading.Thread | None = None
        self._number = 0

    @property
    def now(self) -> Work | None:
        """The piece that runs, or the last one, until it is put away; None for none."""
        return self._now

    def start(self, title: str, do: Do, *, page: str, total: int = 0) -> Work:
        """Begin a piece of work; gives it as it is registered.

        Raises
        ------
        ClassError
            If another one runs.
        """
        with self._lock:
            self.refuse_while_working()
            self._number += 1
            work = self._now = Work(number=self._number, title=title, page=page, total=total)
            about = (self._run, work.number, do)
            self._thread = threading.Thread(target=copy_context().run, args=about, name=title, daemon=True)
            self._thread.start()
        return work

    def refuse_while_working(self, then: str = "do this again") -> None:
        """See that nothing runs, where something cannot be done beside it; `then` is what can be done afterwards.

        Raises
        ------
        ClassError
            If something runs.
        """
        now = self._now
        if now and not now.ended:
            msg = f"{now.line}. Wait until that has ended, then {then}."
            raise ClassError(msg)

    def put_away(self, number: int) -> None:
        """Have the pages say no more of a piece that has ended."""
        with self._lock:
            if self._now and self._now.number == number and self._now.ended:
                self._now = None

    def wait(self, timeout_s: float) -> bool:
        """Wait for the piece that runs; whether it has ended."""
        if self._thread:
            self._thread.join(timeout_s)
        return self._now is None or self._now.ended

    def _run(self, number: int, do: Do) -> None:
        def tell(done: int | None = None, total: int | None = None, said: str | None = None) -> None:
            parts = {"done": done, "total": total, "said": said}
            self._become(number, **{name: value for name, value in parts.items() if value is not None})

        self._become(number, state=State.RUNNING)
        try:
            try:
                said = do(tell)
            finally:
                self._after()
        except WorkbookError as error:
            self._become(number, state=State.FAILED, said=str(error))
        except OSError as error:
            what = f"{error.filename} cannot be used" if error.filename else "a file cannot be used"
            self._become(
                number, state=State.FAILED, said=f"{what} ({error.strerror or error}). See that the disk has room, then try again."
            )
        except Exception as error:  # our own fault: the log has the traceback
            LOG.exception("The work %s failed", number)
            self._become(number, state=State.FAILED, said=f"this program failed ({type(error).__name__}: {error}). Please report it.")
        else:
            self._become(number, state=State.COMPLETED, said=said)

    def _become(self, number: int, **parts: object) -> None:
        with self._lock:
            if self._now and self._now.number == number:
                self._now = replace(self._now, **parts)  # type: ignore[arg-type]
