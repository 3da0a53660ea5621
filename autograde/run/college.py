"""Mark many workbooks of many classes: each workbook of a class is one task, and whoever does it reads, marks and writes by itself."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from autograde.classes.folder import Course
from autograde.crew import share
from autograde.gradebook.who import who
from autograde.run.line import Line
from autograde.run.mark import mark_class
from autograde.text import printable
from workbook_helpers.errors import WorkbookError


@dataclass(frozen=True, kw_only=True)
class Task:
    """One workbook of one class, and in whose name it is marked: a cluster's worker is logged in as somebody else."""

    root: Path
    assignment: str
    force: bool
    by: str


@dataclass(frozen=True, kw_only=True)
class Done:
    """What became of a task: a line for each hand-in, or why nothing could be marked."""

    root: Path
    assignment: str
    lines: tuple[Line, ...] = ()
    fault: str = ""


def tasks_of(courses: Sequence[Course], *, force: bool = False) -> list[Task]:
    """Give every workbook of some classes: the first of each class, then the second of each, and so on.

    A class's SQLite file lets one writer in at a time, so that two of its workbooks are seldom marked at the same time.
    """
    by = who()
    each = [[Task(root=course.root, assignment=name, force=force, by=by) for name in course.assignments()] for course in courses]
    return [tasks[n] for n in range(max(map(len, each), default=0)) for tasks in each if n < len(tasks)]


def mark_college(tasks: Sequence[Task], *, scheduler: str = "", workers: int = 1) -> Iterator[Done]:
    """Do the tasks, giving what became of each, in order; see `crew.share`.

    A class that cannot be marked does not stop the others. One whose worker was killed is marked again, and goes on where it was.
    """
    return share(mark_task, tasks, scheduler=scheduler, workers=workers)


def mark_task(task: Task) -> Done:
    """Mark one workbook of a class; whatever happens there, the others are marked."""
    try:
        lines = tuple(mark_class(Course(task.root), task.assignment, force=task.force, by=task.by))
    except WorkbookError as error:
        return Done(root=task.root, assignment=task.assignment, fault=str(error))
    except Exception as error:
        fault = (
            f"The marking stopped ({type(error).__name__}: {printable(error, 300)}). All that was written before is kept. Please report it."
        )
        return Done(root=task.root, assignment=task.assignment, fault=fault)
    return Done(root=task.root, assignment=task.assignment, lines=lines)
