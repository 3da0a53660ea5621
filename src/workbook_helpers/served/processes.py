"""The processes that serve, and the one that watches over them: whichever of them is killed, somebody begins it again.

The one that watches holds the sockets: whoever asks while a process is gone waits for a moment, and is not turned away.
"""

import os
import signal
import sys
import time
import traceback
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from workbook_helpers.errors import WorkbookError

IS_WATCHED = sys.platform == "linux"
"""Whether one process alone is watched, too: only there does the system end it with the one that watches."""
FIRST_S, LONGEST_S = 0.1, 30.0
"""Before another try of what could not begin; each time twice as long."""
ENDS = (signal.SIGTERM, signal.SIGINT)


def keep(processes: int, run: Callable[[Callable[[], None]], None]) -> None:
    """Have `run` be done by so many processes; one that dies is begun again. Ends with all of them when this one is asked to.

    Parameters
    ----------
    run
        Calls what it gets once it has begun. What it raises before that, each process tells once: then it is tried again
        and again, with pauses that grow, until it begins. What it raises after that is told each time.
    """
    ended = False
    places = [0] * processes
    """Of each process that is missing: how often it could not begin."""
    children: dict[int, tuple[int, int]] = {}

    def end(_number: int, _frame: object) -> None:
        nonlocal ended
        ended = True
        for child in children:
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGTERM)

    before = {number: signal.signal(number, end) for number in ENDS}
    while not ended or children:
        while not ended and places:
            signal.pthread_sigmask(signal.SIG_BLOCK, ENDS)  # else one that comes just now would miss the new process
            try:
                child, told = _begin(run, before, places[-1])
                children[child] = told, places.pop()
            except OSError:  # no memory, or too many processes: it is tried again, and the others go on
                time.sleep(FIRST_S)
            finally:
                signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDS)
        with suppress(ChildProcessError):
            if one := children.pop(os.wait()[0], None):  # the first process of a container inherits those of others
                told, tries = one
                places.append(0 if os.read(told, 1) else tries + 1)
                os.close(told)


def _begin(run: Callable[[Callable[[], None]], None], handlers: Mapping[signal.Signals, Any], tries: int) -> tuple[int, int]:
    """Begin a process; give its number, and where it stands whether it has begun."""
    told, tells = os.pipe()
    try:
        watching, child = os.getpid(), os.fork()
    except OSError:
        os.close(told)
        os.close(tells)
        raise
    if child:
        os.close(tells)
        return child, told
    for number, handler in handlers.items():
        signal.signal(number, handler)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDS)
    _end_with(watching)
    if tries:
        time.sleep(min(FIRST_S * 2 ** min(tries - 1, 9), LONGEST_S))

    def began() -> None:
        nonlocal tries
        tries = 0  # what ends it now is another fault, and told as well
        _say(tells)

    try:
        run(began)
    except Exception as error:
        if not tries:
            _tell(error)
        os._exit(1)
    os._exit(0)


def _tell(error: Exception) -> None:
    """Say what keeps a process from going on: in a sentence where that is no fault of ours."""
    match error:
        case WorkbookError():
            sys.stderr.write(f"{error}\n")
        case OSError():
            sys.stderr.write(f"The service cannot go on now ({error}). It is tried again.\n")
        case _:
            traceback.print_exception(error)


def _say(tells: int) -> None:
    os.write(tells, b"1")


def _end_with(watching: int) -> None:
    """Have the system end this process when the one that watches it is killed; what was acknowledged is on disk."""
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(1, signal.SIGKILL)
        if os.getppid() != watching:  # it was killed before that
            os._exit(1)
