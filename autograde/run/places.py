"""Put a marker's notebook in its place in autograded/, whatever else runs or was killed there."""

import errno
import secrets
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from autograde.classes.folder import Course

STALE_S = 3600
"""Another run that marks at the same time is done with a submission long before."""
PAUSES_S = (0.01, 0.05, 0.2, 0.5)
"""Between the attempts to move a folder that another program holds."""


def put_in_place(part: Path, target: Path) -> None:
    """Move a folder to its place; what another run has put there in this moment goes."""
    try:
        part.rename(target)
    except OSError as error:
        if isinstance(error, FileExistsError) or error.errno == errno.ENOTEMPTY:
            shutil.rmtree(target, ignore_errors=True)
        raise


def retry(move: Callable[[], object], fine: type[OSError] | None = None) -> None:
    """Try to move a folder a few times: another run, or a program that looks at each new file, is often done in a moment."""
    for pause in (*PAUSES_S, None):
        try:
            move()
        except OSError as error:
            if fine and isinstance(error, fine):
                return
            if pause is None:
                raise
            time.sleep(pause)
        else:
            return


@contextmanager
def parts(course: Course, assignment: str) -> Iterator[str]:
    """Give how this run's half-written folders begin; where it ends too early, they go."""
    mine = f".{assignment}-{secrets.token_hex(4)}-"
    try:
        yield mine
    except BaseException:
        for part in course.root.glob(f"autograded/*/{mine}*"):
            shutil.rmtree(part, ignore_errors=True)
        raise


def sweep(course: Course, assignment: str) -> None:
    """Remove what a killed run has left half written."""
    for part in course.root.glob(f"autograded/*/.{assignment}-*"):
        with suppress(FileNotFoundError):  # another run has put it in its place
            if time.time() - part.lstat().st_mtime > STALE_S:
                shutil.rmtree(part, ignore_errors=True)
