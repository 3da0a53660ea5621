"""Mark a class: every submission to its end, each oddity told, nothing marked twice without need.

One process reads the hand-ins, writes the notebooks and the gradebook; the marking itself is bytes in, bytes out, and can
be done by anybody: this process, others on this machine, or a cluster (`crew`).
"""

import json
import pickle
import shutil
import tempfile
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain
from pathlib import Path

from autograde.classes.folder import Course
from autograde.crew import in_order, writers
from autograde.errors import ClassError
from autograde.gradebook.rows import Rows
from autograde.inbox.files.archive import MAX_UNPACKED
from autograde.inbox.submitted import keep_beside, submissions
from autograde.outbox.pages import set_aside_stale
from autograde.records.outside import catch
from autograde.run.line import CHANGED, Line, failed, late, standing_line, unusable
from autograde.run.places import parts, put_in_place, retry, sweep
from autograde.run.released import Released
from autograde.run.work import Assessment, Batch, Content, Work, batches, load_content, work_of
from workbook_helpers.files import read_file
from workbook_helpers.items import Json

OLD = ".old"


def mark_class(course: Course, assignment: str, *, force: bool = False, executor: Executor | None = None) -> Iterator[Line]:
    """Mark all submissions to an assignment that are new or changed (`force`: all), giving a line for each, in order.

    One that cannot be marked gets a line that says why, and the next one follows. What has been given is in the gradebook
    and on disk; a killed run goes on from there when it is started again.
    """
    content = load_content(course, assignment)
    released = Released(course.root / "release" / assignment / f"{assignment}.ipynb")
    with Rows(course.db_url, assignment, course.course_id) as rows:
        if rows.max_score != {place: item.points for place, item in content.workbook.paper(assessed=True).items()}:
            msg = f"The items or points of {assignment} are not those that were released. Run: autograde release {content.workbook.id}"
            raise ClassError(msg)
        catch(course, assignment)  # what formgrader gave stands in the log before what this marking does
        sweep(course, assignment)
        full = sum(rows.max_score.values())
        packed = pickle.dumps(content)
        early: dict[str, Line] = {}  # what needs no marking, until its turn has come
        order: deque[str] = deque()
        students = submissions(course, assignment)

        def work() -> Iterator[Work]:
            for student in students:
                order.append(student)
                found = _prepare(course, content, rows, student, force=force)
                if isinstance(found, Line):
                    early[student] = replace(found, max=full, stale_page=set_aside_stale(course, assignment, rows, student))
                else:
                    yield found

        with parts(course, assignment) as mine, writers(len(students)) as threads:
            assessments = chain.from_iterable(in_order(executor, Batch(packed), batches(work())))
            for written in in_order(threads, partial(_write, course, assignment, released, mine), assessments):
                while (student := order.popleft()) != written.student:
                    yield early.pop(student)
                line = written if isinstance(written, Line) else _keep(course, assignment, rows, written)
                yield replace(line, max=full, stale_page=set_aside_stale(course, assignment, rows, line.student))
        rows.tidy()
        for student in order:
            yield early.pop(student)


def _prepare(course: Course, content: Content, rows: Rows, student: str, *, force: bool) -> Work | Line:
    """Give what there is to mark of a student, or the line where there is nothing."""
    if student not in rows.students:
        return failed(student, "is not on the roster")
    held = rows.held(student)
    try:
        course.check_own("autograded", student, content.workbook.assignment)
        work = work_of(course, content, student, held)
    except OSError as error:
        return unusable(student, error)
    source = _source_of(course, content.workbook.assignment, student)
    if not force and held and source == work.source and held.source == work.origin.all:
        return standing_line(student, held.standing, outcome="unchanged", before=held.standing.points)
    return replace(work, known=source.get("answers") == work.source["answers"])


@dataclass(frozen=True, kw_only=True)
class _Written:
    """A marked submission whose notebook is on disk, in a folder that is not yet in its place."""

    student: str
    assessment: Assessment
    part: Path
    oddities: tuple[str, ...]


def _write(course: Course, assignment: str, released: Released, prefix: str, assessment: Assessment | Line) -> _Written | Line:
    """Write the marker's notebook beside its place."""
    if isinstance(assessment, Line):
        return assessment
    student = assessment.student
    folder = course.path("submitted", student, assignment)
    target = course.path("autograded", student, assignment)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        part = Path(tempfile.mkdtemp(prefix=prefix, dir=target.parent))
        part.chmod(0o755)
        (part / f"{assignment}.ipynb").write_bytes(assessment.notebook)
        keep_beside(folder, part)
    except OSError as error:
        return unusable(student, error)
    return _Written(student=student, assessment=assessment, part=part, oddities=tuple(released.changed(folder / f"{assignment}.ipynb")))


def _keep(course: Course, assignment: str, rows: Rows, written: _Written) -> Line:
    """Put a marked submission into the gradebook, and its notebook in the place of the one before.

    That one is moved away first: where it cannot be, because another program holds a file in it, nothing has happened yet.
    """
    done, student = written.assessment, written.student
    target, old = course.path("autograded", student, assignment), written.part.with_name(f"{written.part.name}{OLD}")
    try:
        course.check_own("autograded", student, assignment)
        retry(lambda: target.rename(old), FileNotFoundError)
        try:
            saved = rows.save(student, course.timestamp(student, assignment), done.marks, done.origin)
        except BaseException:
            with suppress(OSError):  # it is as it was before
                old.rename(target)
            raise
        retry(lambda: put_in_place(written.part, target))
        shutil.rmtree(old, ignore_errors=True)
    except OSError as error:
        shutil.rmtree(written.part, ignore_errors=True)
        return unusable(student, error)
    oddities = [*late(saved.now.late_s), *done.oddities, *written.oddities]
    if saved.changed:
        oddities.insert(0, f"{CHANGED}: {', '.join(saved.changed)}")
    before = saved.before.points if saved.before else None
    line = standing_line(student, saved.now, outcome="marked", before=before, oddities=tuple(oddities))
    return replace(line, revised=saved.revised)


def _source_of(course: Course, assignment: str, student: str) -> dict[str, Json]:
    """Give what the marker's notebook was made from; nothing if there is none that can be read."""
    path = course.path("autograded", student, assignment) / f"{assignment}.ipynb"
    try:
        return dict(json.loads(read_file(path, MAX_UNPACKED))["metadata"]["workbook"]["source"])
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return {}
