"""The classes that were used before on this computer, as its list of them shows."""

import os
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from autograde.classes.class_name import class_name
from autograde.classes.folder import Course
from autograde.classes.own_file import DAMAGED, read_own, write_own
from autograde.classes.owner import is_class

FILE = "autograde_classes.json"
"""In Jupyter's folder of the user's settings."""
MOST = 50


@dataclass(frozen=True, kw_only=True)
class Used:
    """A class that was used before; `there` is False where its folder is not there any more, or not now."""

    name: str
    folder: str
    used: datetime | None
    there: bool


def used_before() -> list[Used]:
    """Give the classes that were used before, the newest first."""
    found = []
    for row in _rows():
        folder = Path(row["folder"])
        there = is_class(folder)
        used = datetime.fromisoformat(row["used"])
        found.append(Used(name=class_name(Course(folder)) if there else folder.name, folder=str(folder), used=used, there=there))
    return found


def remember(course: Course) -> None:
    """Keep that a class was used now; a folder of settings that cannot be written does no harm."""
    row = {"folder": str(course.root), "used": datetime.now(UTC).isoformat(timespec="seconds")}
    _write([row, *(other for other in _rows() if other["folder"] != row["folder"])][:MOST])


def forget(folder: str) -> None:
    """List a class no more; the class itself stays as it is."""
    _write([row for row in _rows() if row["folder"] != folder])


def _rows() -> list[dict[str, str]]:
    try:
        rows = read_own(FILE, "classes", list)
        good = [row for row in rows if datetime.fromisoformat(row["used"]) and os.path.isabs(row["folder"])]  # noqa: PTH117
    except (OSError, *DAMAGED):
        return []
    return [{"folder": str(row["folder"]), "used": str(row["used"])} for row in good]


def _write(rows: list[dict[str, str]]) -> None:
    with suppress(OSError):
        write_own(FILE, "classes", rows)
