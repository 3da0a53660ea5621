"""Take in hand-ins that came as files."""

from collections.abc import Callable
from pathlib import Path

from autograde.course.arrivals import arrivals
from autograde.course.desk import opened, report
from autograde.course.folder import Course
from autograde.course.outcome import IntakeReport, Refused, Taken
from autograde.course.worksheet import worksheet_times

__all__ = ["IntakeReport", "intake"]


def intake(
    course: Course,
    paths: list[Path],
    assignment: str,
    *,
    worksheet: Path | None = None,
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
    progress
        Called with the name of each file.

    Raises
    ------
    ClassError
        If a path does not exist, the workbook has not been released, or the worksheet is none; nothing is taken in then.
    """
    found = arrivals(paths)
    times = worksheet_times(worksheet) if worksheet else None
    with opened(course, course.assignment(assignment), times) as desk:
        desk.look_at(found)
        outcomes: list[Taken | Refused | str] = []
        for arrival in arrivals(paths):
            progress(arrival.name)
            if not arrival.passed:
                outcomes.append(desk.receive(arrival))
        return report(desk, outcomes)
