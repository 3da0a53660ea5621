"""Take in hand-ins that came as files."""

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

from autograde.classes.folder import Course
from autograde.inbox.files.arrivals import Arrival, arrivals
from autograde.inbox.files.worksheet import worksheet_times
from autograde.inbox.outcome import IntakeReport, Refused, Taken
from autograde.inbox.reception import opened, report

__all__ = ["IntakeReport", "intake"]


def intake(
    course: Course,
    paths: list[Path],
    assignment: str,
    *,
    worksheet: Path | None = None,
    times: Mapping[str, datetime | None] | None = None,
    wanted: Callable[[Arrival], bool] = lambda _: True,
    progress: Callable[[str], None] = lambda _: None,
) -> IntakeReport:
    """Take in every hand-in below `paths`, to the end, whatever single ones are like.

    All are looked at before any is taken in, so that of two which contradict each other none wins by coming first.

    Parameters
    ----------
    paths
        Hand-in zips, folders of them, loose files, a Moodle or Canvas download (its zip, or unpacked).
    assignment
        The assignment name or the short id.
    worksheet
        Moodle's grading worksheet, for the times.
    times
        What was read from it already.
    wanted
        Which of the files are meant.
    progress
        Called with the name of each file.

    Raises
    ------
    ClassError
        If a path does not exist, the workbook has not been released, or the worksheet is none; nothing is taken in then.
    """
    found = arrivals(paths)
    times = worksheet_times(worksheet) if worksheet else times
    with opened(course, course.assignment(assignment), times) as reception:
        reception.look_at(filter(wanted, found))
        outcomes: list[Taken | Refused | str] = []
        for arrival in filter(wanted, arrivals(paths)):
            progress(arrival.name)
            if not arrival.passed:
                outcomes.append(reception.receive(arrival))
        return report(reception, outcomes)
