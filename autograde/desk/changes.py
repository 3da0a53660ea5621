"""By what a page sees that the class has changed, whoever changed it: this desk, another window, a command, formgrader.

It is looked at every two seconds for each open page, so it is made of times and sizes of files, and reads none.
"""

import hashlib
import os
from pathlib import Path
from typing import Any

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from autograde.classes.folder import Course
from autograde.classes.own_keys import GUIDES
from autograde.classes.own_keys import NAME as KEYS
from autograde.classes.owner import CONFIG
from autograde.classes.served import ARRIVED, FILE, RUNNING, served_folder
from autograde.errors import ClassError
from autograde.gradebook.address import sqlite_file
from autograde.gradebook.database import kept_engine
from autograde.inbox.arrived import FOLDER as WAITING

FOLDERS = ("source", "release", "handout", "submitted", "quarantine", "received", "feedback", "feedback-replaced")
"""What is in each of them changes with what is put into that."""
_COUNT = text(r"SELECT sum(n_tup_ins + n_tup_upd + n_tup_del) FROM pg_stat_user_tables WHERE relname NOT LIKE 'served\_%'")
"""What a PostgreSQL server counts anyway: rows put in, changed and taken out. What learners write is in the service's own tables."""


def fingerprint(course: Course) -> str:
    """Give 16 hex digits that are others when the class has changed."""
    seen: list[Any] = [_about(course.root / CONFIG), _about(course.root / KEYS)]
    seen += [_about(served_folder(course) / name) for name in (FILE, RUNNING, ARRIVED)]
    within = {name: sorted(_within(course.root / name)) for name in (*FOLDERS, f"{GUIDES}/keys", f"{GUIDES}/rubrics")}
    workbooks = [name for name, _ in within["release"]]
    seen += [within, sorted(_within(course.root / "received" / WAITING))]
    seen += [_about(course.root / "received" / name / ".attempts") for name in workbooks]
    seen += [_about(course.root / "feedback" / learner / name) for learner, _ in within["feedback"] for name in workbooks]
    try:
        seen.append(gradebook_state(course))
    except ClassError as error:  # the page will say so
        seen.append(str(error))
    return hashlib.sha256(repr(seen).encode()).hexdigest()[:16]


def gradebook_state(course: Course) -> Any:
    """Give what changes with the gradebook."""
    url = course.db_url
    path = sqlite_file(url)
    if path is not None:
        return [_about(path), *(about for end in ("-wal", "-journal") if (about := _about(path.with_name(path.name + end))) and about[-1])]
    try:
        with kept_engine(url).connect() as connection:
            return int(connection.execute(_COUNT).scalar_one() or 0)
    except SQLAlchemyError:  # the page will say so
        return "not to be reached"


def _about(path: Path) -> tuple[int, int, int] | None:
    try:
        about = path.stat()
    except OSError:
        return None
    return about.st_ino, about.st_mtime_ns, about.st_size


def _within(folder: Path) -> list[tuple[str, int]]:
    try:
        with os.scandir(folder) as found:
            return [(one.name, one.stat(follow_symlinks=False).st_mtime_ns) for one in found]
    except OSError:
        return []
