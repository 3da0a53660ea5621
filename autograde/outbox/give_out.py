"""Give out several workbooks at once: each that can be is released, and for each that cannot it is kept why."""

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from autograde.classes.folder import Course
from autograde.outbox.release import ReleaseReport, release
from autograde.text import Due
from workbook_helpers.errors import WorkbookError
from workbook_helpers.files import read_file, write_file

FILE = ".refused.json"
"""In handout/: which workbooks were not given out when that was last tried, and why."""
MAX_BYTES = 2_000_000
STEPS = 6
"""How many steps a release has, about; for the bar."""


@dataclass(frozen=True, kw_only=True)
class GiveOutReport:
    """What was given out, and what was not: workbook's name → why, one sentence each."""

    given: tuple[ReleaseReport, ...]
    refused: Mapping[str, tuple[str, ...]]


def give_out(
    course: Course,
    wanted: Mapping[str, Due],
    *,
    faults: Callable[[Path], Sequence[str]],
    progress: Callable[[int, int, str], None] = lambda *_: None,
) -> GiveOutReport:
    """Give out workbooks, one after the other.

    Parameters
    ----------
    wanted
        The name of each → until when it is to be handed in; see `Due`.
    faults
        As for `release`.
    progress
        Called with how many steps are done, how many there are, and what comes next.
    """
    given, refused = [], refusals(course)
    now: dict[str, tuple[str, ...]] = {}
    for number, (name, due) in enumerate(wanted.items()):
        found: list[str] = []
        done = number * STEPS

        def look(folder: Path, found: list[str] = found) -> Sequence[str]:
            found.extend(faults(folder))
            return found

        def step(text: str, name: str = name) -> None:
            nonlocal done
            progress(done, len(wanted) * STEPS, f"{name}: {text}")
            done += 1

        try:
            given.append(release(course, name, due=due, faults=look, progress=step))
            refused.pop(name, None)
        except WorkbookError as error:
            now[name] = tuple(found) or (str(error),)
    _keep(course, {**refused, **now})
    return GiveOutReport(given=tuple(given), refused=now)


def refusals(course: Course) -> dict[str, tuple[str, ...]]:
    """Give workbook's name → why it was not given out when that was last tried."""
    try:
        rows = json.loads(read_file(course.root / "handout" / FILE, MAX_BYTES))
        return {str(name): tuple(map(str, why)) for name, why in rows.items()}
    except (OSError, ValueError, AttributeError, TypeError):
        return {}


def _keep(course: Course, refused: Mapping[str, tuple[str, ...]]) -> None:
    path = course.root / "handout" / FILE
    with suppress(OSError):
        if refused or path.exists():
            path.parent.mkdir(exist_ok=True)
            write_file(path, json.dumps(refused, ensure_ascii=False).encode("utf-8", "replace"), durable=False)
