"""nbgrader's exchange, where the machine has one: a lab or a hub. nbgrader is imported only then."""

import logging
import os
import re
import shutil
import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from workbook_helpers.errors import HandInError
from workbook_helpers.words import say

LOG = logging.getLogger("workbook.exchange")
"""For nbgrader, whose own log would write into the page; so would Python's, without a handler."""
LOG.addHandler(logging.NullHandler())


def submit(stage: Path) -> bool:
    """Submit the folder `stage`, named as its assignment, through the exchange.

    Returns
    -------
    bool
        False where there is no exchange to submit to: then the hand-in file is what counts.

    Raises
    ------
    HandInError
        If there is an exchange and it refuses.
    """
    settings = _settings()
    if settings is None:
        return False
    _do("Submit", settings, stage.name, stage.parent, "error-refused")
    return True


def released(root: Path, known: Collection[str] = ()) -> tuple[Path, ...]:
    """Give the folder of each assignment that the exchange has for this student and that is not in `root` yet, nor `known` elsewhere."""
    settings = _settings()
    if settings is None:
        return ()
    config, directory = settings
    outbound = Path(config.Exchange.root, directory.course_id, "outbound")
    try:
        found = sorted(path for path in outbound.iterdir() if path.name not in known and not os.path.lexists(root / path.name))
    except OSError as error:
        raise HandInError(say("error-no-list", why=error.strerror or str(error))) from error
    return tuple(path for path in found if os.access(path / "workbook.toml", os.R_OK) and (path / "workbook.toml").is_file())


def fetch(assignment: str, root: Path, known: Collection[str] = ()) -> None:
    """Fetch a released assignment into the folder `root`, whole or not at all; HandInError says why it did not work."""
    settings = _settings()
    if settings is None or assignment not in [path.name for path in released(root, known)]:
        raise HandInError(say("error-gone"))
    with _fetched("FetchAssignment", settings, assignment, root, "error-fetch") as part:
        part.rename(root / assignment)


def fetch_feedback(assignment: str, folder: Path) -> None:
    """Fetch what feedback there is on an assignment that lies in `folder`, each page whole; HandInError says why it did not work."""
    settings = _settings()
    if settings is None:
        raise HandInError(say("error-no-exchange"))
    with _fetched("FetchFeedback", settings, assignment, folder, "error-fetch-feedback") as part:
        for page in part.rglob("*.html"):
            place = folder / assignment / page.relative_to(part)
            place.parent.mkdir(parents=True, exist_ok=True)
            page.replace(place)


@contextmanager
def _fetched(part: str, settings: tuple[Any, Any], assignment: str, folder: Path, sorry: str) -> Iterator[Path]:
    """Give what a part of the exchange has fetched, in a folder beside its place: one that fails midway leaves nothing there."""
    try:
        with tempfile.TemporaryDirectory(dir=folder, prefix=".fetch-", ignore_cleanup_errors=True) as beside:
            _do(part, settings, assignment, Path(beside), sorry)
            yield Path(beside, assignment)
    except OSError as error:
        raise HandInError(say(sorry, why=_why(error))) from error


def _do(part: str, settings: tuple[Any, Any], assignment: str, folder: Path, sorry: str) -> None:
    """Run a part of nbgrader's exchange on `folder`/`assignment`; HandInError with the text `sorry` of the catalogue if it refuses."""
    from nbgrader.auth import Authenticator
    from nbgrader.exchange import ExchangeError, ExchangeFactory

    config, directory = settings
    directory.assignment_id = assignment
    authenticator = Authenticator(config=config)
    worker = getattr(ExchangeFactory(config=config), part)(coursedir=directory, authenticator=authenticator, config=config)
    worker.assignment_dir = str(folder)
    worker.path_includes_course = False
    worker.log = LOG
    here = Path.cwd()
    try:
        worker.start()
    except (ExchangeError, OSError, RuntimeError) as error:  # RuntimeError: it finds the folder too large
        raise HandInError(say(sorry, why=_why(error))) from error
    finally:
        os.chdir(here)


def _why(error: Exception) -> str:
    """Give the reason alone: of a folder that cannot be copied, Python gives a list of (from, to, why)."""
    if isinstance(error, shutil.Error) and isinstance(error.args[0], list):
        return re.sub(r"^\[Errno \d+\] |: '.*", "", str(error.args[0][0][2]))
    return (error.strerror if isinstance(error, OSError) else "") or str(error)


def _settings() -> tuple[Any, Any] | None:
    """Give nbgrader's configuration and course directory; None without nbgrader, a course, or a usable inbound folder."""
    from jupyter_core.paths import jupyter_config_path

    if find_spec("nbgrader") is None or not any(list(Path(folder).glob("nbgrader_config.*")) for folder in jupyter_config_path()):
        return None  # nbgrader's own import takes seconds, so look first whether anybody has set it up
    from nbgrader.apps import NbGrader
    from nbgrader.coursedir import CourseDirectory

    app = NbGrader()
    app.log = LOG
    app.load_cwd_config = False  # a file in a student's folder must not be run as settings; app.initialize would run it all the same
    app.load_config_file()
    config = app.config.copy()
    config.Exchange.timezone = "UTC"
    directory = CourseDirectory(config=config)
    root = config.Exchange.get("root", "")
    inbound = Path(root or ".", directory.course_id or ".", "inbound")
    if not root or not directory.course_id or not os.access(inbound, os.W_OK | os.X_OK):
        return None
    return config, directory
