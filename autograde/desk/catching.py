"""What came into the gradebook by formgrader while the desk was open: looked for when the gradebook has changed, in nobody's way."""

import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

from autograde.classes.folder import Course
from autograde.desk.changes import gradebook_state
from autograde.gradebook.heads import keep_head
from autograde.records.outside import catch
from workbook_helpers.errors import WorkbookError

_LOOKING = threading.Lock()
_seen: dict[Path, Any] = {}
"""A class's folder → its gradebook as it was when it was looked at last."""


def catch_later(course: Course) -> threading.Thread | None:
    """Look in a thread, where the gradebook has changed since it was looked at last; gives the thread, None where it has not.

    What cannot be read now is told by the page itself, and looked at again next time.
    """
    now = gradebook_state(course)
    with _LOOKING:
        if _seen.get(course.root) == now:
            return None
        _seen[course.root] = now
    thread = threading.Thread(target=_catch, args=(course,), name="catching", daemon=True)
    thread.start()
    return thread


def _catch(course: Course) -> None:
    with suppress(WorkbookError, OSError):
        if catch(course):
            keep_head(course)
