"""What lies outside of the gradebook and waits for the tutor: what has come and is not taken in, and what was set aside."""

import os
from contextlib import suppress
from pathlib import Path

from autograde.classes.folder import Course
from autograde.errors import ClassError
from autograde.inbox.arrived import batches
from autograde.inbox.put_right import places
from autograde.inbox.served import arrived
from autograde.inbox.watched import new_in


def to_take_in(course: Course) -> int:
    """Count what has come and is not taken in: by the class's service, on the exchange, in the folder that is watched, told to no workbook.

    A file counts as one, whatever is in it.
    """
    return len(arrived(course)) + _on_exchange(course) + _in_watched(course) + sum(len(batch.files) for batch in batches(course))


def to_put_right(course: Course) -> int:
    """Count the files that were set aside and wait for a person."""
    return len(places(course))


def _in_watched(course: Course) -> int:
    folder = course.watched()
    with suppress(ClassError):  # it is not there now: Take in says so
        return len(new_in(course, folder)) if folder else 0
    return 0


def _on_exchange(course: Course) -> int:
    """Count by the names and times of folders."""
    if course.exchange is None:
        return 0
    place = course.exchange / course.course_id / "inbound"
    count = 0
    with suppress(OSError), os.scandir(place) as found:
        for one in found:
            learner, _, rest = one.name.partition("+")
            name, _, _ = rest.partition("+")
            count += bool(name) and not _is_newer(course.root / "submitted" / learner / name, Path(one.path))
    return count


def _is_newer(folder: Path, than: Path) -> bool:
    try:
        return folder.stat().st_mtime >= than.stat().st_mtime
    except OSError:
        return False
