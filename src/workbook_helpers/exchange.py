"""nbgrader's exchange, where the machine has one: a lab or a hub. nbgrader is imported only then."""

import logging
import os
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from workbook_helpers.errors import HandInError

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
    from nbgrader.auth import Authenticator
    from nbgrader.exchange import ExchangeError, ExchangeFactory

    config, directory = settings
    directory.assignment_id = stage.name
    authenticator = Authenticator(config=config)
    submitter = ExchangeFactory(config=config).Submit(coursedir=directory, authenticator=authenticator, config=config)
    submitter.assignment_dir = str(stage.parent)
    submitter.path_includes_course = False
    submitter.log = LOG
    here = Path.cwd()
    try:
        submitter.start()
    except (ExchangeError, OSError, RuntimeError) as error:  # RuntimeError: it finds the folder too large
        msg = f"Nothing was handed in: the college's exchange refused it ({error}). Your answers are safe. Please tell your tutor."
        raise HandInError(msg) from error
    finally:
        os.chdir(here)
    return True


def released(root: Path) -> tuple[str, ...]:
    """Name the assignments that the exchange has for this student and that are not below `root` yet."""
    settings = _settings()
    if settings is None:
        return ()
    config, directory = settings
    outbound = Path(config.Exchange.root, directory.course_id, "outbound")
    try:
        names = sorted(path.name for path in outbound.iterdir() if (path / "workbook.toml").is_file())
    except OSError as error:
        msg = f"New workbooks cannot be listed just now ({error.strerror}). Please try again later."
        raise HandInError(msg) from error
    return tuple(name for name in names if not (root / name).exists())


def fetch(assignment: str, root: Path) -> None:
    """Fetch a released assignment into the folder `root`; HandInError says why it did not work."""
    settings = _settings()
    if settings is None or assignment not in released(root):
        msg = "This workbook is not there any more. Load the page again."
        raise HandInError(msg)
    from nbgrader.auth import Authenticator
    from nbgrader.exchange import ExchangeError, ExchangeFactory

    config, directory = settings
    directory.assignment_id = assignment
    authenticator = Authenticator(config=config)
    fetcher = ExchangeFactory(config=config).FetchAssignment(coursedir=directory, authenticator=authenticator, config=config)
    fetcher.assignment_dir = str(root)
    fetcher.path_includes_course = False
    fetcher.log = LOG
    try:
        fetcher.start()
    except (ExchangeError, OSError) as error:
        msg = f"The workbook could not be fetched ({error}). Please try again, or tell your tutor."
        raise HandInError(msg) from error


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
