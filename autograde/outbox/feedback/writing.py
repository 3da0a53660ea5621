"""Write the feedback pages of a class: one that cannot be made does not stop the others, and one that no longer fits is put away."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from autograde.classes.folder import Course
from autograde.crew import in_order, share, writers
from autograde.gradebook.entries import Given
from autograde.gradebook.rows import Rows
from autograde.inbox.submitted import keep_beside, submissions
from autograde.outbox.feedback.page import NoPageError, Page, Step, common_of, page_of
from autograde.outbox.pages import fits, made_from, page_path, set_aside
from autograde.records.outside import catch
from autograde.text import printable
from workbook_helpers.files import write_file

AHEAD = 64
"""Students whose points are asked for at once."""
FEW = 400
"""Pages below which one process has made them sooner than two; each further process is worth beginning for half as many."""
TOGETHER = 500
"""Pages that a process makes in one go, at most: for each go it reads the class's workbook anew, and tells of none before the last."""


@dataclass(frozen=True, kw_only=True)
class Written:
    """What became of one student's page.

    Attributes
    ----------
    path
        Where it is; None if there is none.
    refused, step
        Why there is none, and the command that helps.
    stale
        Whether there was a page that did not fit any more: it was put away, or made again.
    remark
        What has to be told of the page, "" for nothing.
    """

    student: str
    path: Path | None = None
    refused: str = ""
    step: Step = ""
    stale: bool = False
    remark: str = ""


@dataclass(frozen=True, kw_only=True)
class _Task:
    course: Course
    assignment: str
    students: Sequence[str]
    partial: bool
    rubric: bool


def write_feedback(course: Course, assignment: str, *, partial: bool = False, rubric: bool = False, workers: int = 1) -> Iterator[Written]:
    """Write a page for each submission, giving what became of each; one that cannot be made does not stop the others.

    Parameters
    ----------
    partial
        Also for submissions that wait for a person; the page says what is still to come. Without it they are refused.
    rubric
        Show the levels of each written task's rubric, because the tutor wants it.
    workers
        How many processes may share the pages of a large class; they begin at once (`crew.share`).
    """
    catch(course, assignment)
    students = submissions(course, assignment)
    task, many = _Task(course=course, assignment=assignment, students=students, partial=partial, rubric=rubric), len(students)
    workers = min(workers, 2 * many // FEW)
    if workers < 2:
        return _write(task)
    parts = workers * -(-many // (workers * TOGETHER))
    tasks = [replace(task, students=students[many * n // parts : many * (n + 1) // parts]) for n in range(parts)]
    return (page for pages in share(_write_all, tasks, workers=workers) for page in pages)


def _write_all(task: _Task) -> list[Written]:
    return list(_write(task))


def _write(task: _Task) -> Iterator[Written]:
    course, assignment, students = task.course, task.assignment, task.students

    def pages() -> Iterator[tuple[str, Page | Written]]:
        for start in range(0, len(students), AHEAD):
            some = students[start : start + AHEAD]
            given = gradebook.given_each(some)
            for student in some:
                yield student, page(student, given.get(student))

    def page(student: str, given: Given | None) -> Page | Written:
        try:
            return page_of(common, student, given)
        except NoPageError as error:
            return _refuse(course, assignment, student, given, error)
        except OSError as error:
            return Written(student=student, refused=_unusable(error))
        except Exception as error:
            why = f"making it failed ({type(error).__name__}: {error}). Please report it, with the answers file"
            return Written(student=student, refused=printable(why, 400))

    def write(made: tuple[str, Page | Written]) -> Written:
        student, page = made
        if isinstance(page, Written):
            return page
        target = page_path(course, student, assignment)
        folder = target.parent
        try:
            course.check_own("feedback", student, assignment)
            stale = target.is_file() and made_from(target) != page.digest
            if stale:
                set_aside(course, assignment, student)
            folder.mkdir(parents=True, exist_ok=True)
            write_file(target, page.html, durable=False)
            keep_beside(course.path("submitted", student, assignment), folder)
        except OSError as error:
            return Written(student=student, refused=_unusable(error))
        return Written(student=student, path=target, stale=stale, remark=page.remark)

    with Rows(course.db_url, assignment, course.course_id) as gradebook, writers(len(students), course.root) as executor:
        common = common_of(course, assignment, gradebook, partial=task.partial, rubric=task.rubric)
        yield from in_order(executor, write, pages())


def _refuse(course: Course, assignment: str, student: str, given: Given | None, why: NoPageError) -> Written:
    """Say why there is no page; one from before stays only where it still says what the gradebook says."""
    path = page_path(course, student, assignment)
    closed = assignment in course.closed()
    stale = path.is_file() and (why.step == "mark" or given is None or not fits(made_from(path), given.digest, closed=closed))
    try:
        if stale:
            set_aside(course, assignment, student)
    except OSError as error:
        return Written(student=student, refused=f"{why} And the page from before, which no longer fits: {_unusable(error)}", step=why.step)
    return Written(student=student, refused=str(why), step=why.step, stale=stale)


def _unusable(error: OSError) -> str:
    return f"{error.filename or 'its file'} cannot be used ({error.strerror}). See that nothing is in the way and the disk has room."
