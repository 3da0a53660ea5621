"""Mark a class: every submission to its end, each oddity told, nothing marked twice without need."""

import json
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from pathlib import Path

from autograde.classes.folder import Course
from autograde.crew import in_order, writers
from autograde.errors import ClassError, RowError
from autograde.gradebook.entries import Assessed, Held, Saved
from autograde.gradebook.rows import Rows
from autograde.inbox.due import Due, read_due
from autograde.inbox.files.archive import MAX_UNPACKED
from autograde.inbox.submitted import keep_beside, submissions
from autograde.outbox.pages import set_aside_stale
from autograde.records.outside import catch
from autograde.run.line import CHANGED, Line, failed, late, signed_off, standing_line, unusable
from autograde.run.places import parts, put_in_place, retry, sweep
from autograde.run.released import Released
from autograde.run.work import Assessment, Content, Work, assess, load_content, work_of
from workbook_helpers.files import read_file
from workbook_helpers.items import Json

OLD = ".old"
TOGETHER = 16
"""Submissions in one transaction: to begin and end one takes as long as to write one submission, and on a server several times that."""
AHEAD = 64
"""Submissions whose state is asked for at once."""


def mark_class(course: Course, assignment: str, *, force: bool = False, by: str = "") -> Iterator[Line]:
    """Mark all submissions to an assignment that are new or changed (`force`: all), giving a line for each, in order.

    One that cannot be marked gets a line that says why, and the next one follows. What has been given is in the gradebook
    and on disk; a killed run goes on from there when it is started again. The log says that `by` did it; whoever runs it for "".
    """
    content = load_content(course, assignment)
    released = Released(course.root / "release" / assignment / f"{assignment}.ipynb")
    with Rows(course.db_url, assignment, course.course_id, by=by) as rows:
        if rows.max_score != {place: item.points for place, item in content.workbook.paper(assessed=True).items()}:
            msg = f"The items or points of {assignment} are not those that were released. Run: autograde release {content.workbook.id}"
            raise ClassError(msg)
        due = read_due(course, assignment)
        catch(course, assignment)  # what formgrader gave stands in the log before what this marking does
        sweep(course, assignment)
        full = sum(rows.max_score.values())
        students = submissions(course, assignment)
        with parts(course, assignment) as mine, writers(len(students), course.root) as threads:
            assessed = _assessed(course, content, rows, students, force=force)
            written = in_order(threads, partial(_write, course, assignment, released, mine), assessed)
            while together := list(islice(written, TOGETHER)):
                lines = _keep(course, assignment, rows, together, due)
                stale = set_aside_stale(course, assignment, rows, [line.student for line in lines])
                yield from (replace(line, max=full, stale_page=line.student in stale) for line in lines)
        rows.tidy()


def _assessed(course: Course, content: Content, rows: Rows, students: Sequence[str], *, force: bool) -> Iterator[Assessment | Line]:
    """Mark each student's answers; where there is nothing to mark, or that fails, give the line that says so."""
    for start in range(0, len(students), AHEAD):
        some = students[start : start + AHEAD]
        held = rows.held_each(some)
        for student in some:
            work = _prepare(course, content, rows, student, held.get(student), force=force)
            yield work if isinstance(work, Line) else _assess(content, work)


def _assess(content: Content, work: Work) -> Assessment | Line:
    try:
        return assess(content, work)
    except Exception as error:
        return failed(work.student, f"the marking failed ({type(error).__name__}: {error}). Please report it, with the answers file")


def _prepare(course: Course, content: Content, rows: Rows, student: str, held: Held | None, *, force: bool) -> Work | Line:
    """Give what there is to mark of a student, or the line where there is nothing."""
    if student not in rows.students:
        return failed(student, "is not on the roster")
    try:
        course.check_own("autograded", student, content.workbook.assignment)
        work = work_of(course, content, student, held)
    except OSError as error:
        return unusable(student, error)
    source = _source_of(course, content.workbook.assignment, student)
    if not force and held and source == work.source and held.source == work.origin.all:
        return standing_line(student, held.standing, outcome="unchanged", before=held.standing.points)
    if student in rows.signed_off:
        return signed_off(student, held.standing if held else None)
    return replace(work, known=source.get("answers") == work.source["answers"])


@dataclass(frozen=True, kw_only=True)
class _Written:
    """A marked submission whose notebook is on disk, in a folder `part` that is not yet in its place, `target`."""

    student: str
    made: Assessment
    part: Path
    target: Path
    oddities: tuple[str, ...]

    @property
    def old(self) -> Path:
        """Where the folder goes that is in its place now."""
        return self.part.with_name(f"{self.part.name}{OLD}")

    def put_back(self) -> None:
        """Put the folder back that was in its place before."""
        with suppress(OSError):
            self.old.rename(self.target)


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
    oddities = tuple(released.changed(folder / f"{assignment}.ipynb"))
    return _Written(student=student, made=assessment, part=part, target=target, oddities=oddities)


def _keep(course: Course, assignment: str, rows: Rows, together: Sequence[_Written | Line], due: Due) -> list[Line]:
    """Put marked submissions into the gradebook, and their notebooks in the places of those before; give a line for each.

    Those before are moved away first: where one cannot be, because another program holds a file in it, nothing has happened yet.
    """
    lines = {one.student: one for one in together if isinstance(one, Line)}
    moved = list[_Written]()
    try:
        for one in together:
            if isinstance(one, _Written):
                try:
                    course.check_own("autograded", one.student, assignment)
                    retry(lambda one=one: one.target.rename(one.old), FileNotFoundError)  # type: ignore[misc]
                except OSError as error:
                    shutil.rmtree(one.part, ignore_errors=True)
                    lines[one.student] = unusable(one.student, error)
                else:
                    moved.append(one)
        assessed = [Assessed(student=one.student, when=one.made.when, marks=one.made.marks, source=one.made.origin) for one in moved]
        became = _saved(rows, assessed) if assessed else {}
    except BaseException:
        for one in moved:
            one.put_back()
        raise
    for one in moved:
        what = became[one.student]
        if isinstance(what, Line):
            one.put_back()
            shutil.rmtree(one.part, ignore_errors=True)
        lines[one.student] = what if isinstance(what, Line) else _placed(one, what, due)
    return [lines[one.student] for one in together]


def _saved(rows: Rows, assessed: Sequence[Assessed]) -> Mapping[str, Saved | Line]:
    """Give what became of each submission in the gradebook, or the line that says why nothing of it was written."""
    try:
        saved = rows.save(assessed)
    except RowError as error:
        if len(assessed) == 1:
            return {assessed[0].student: failed(assessed[0].student, str(error))}
        return {student: what for one in assessed for student, what in _saved(rows, [one]).items()}
    locked = [one.student for one in assessed if one.student not in saved]
    held = rows.held_each(locked) if locked else {}
    lines = {student: signed_off(student, held[student].standing if student in held else None) for student in locked}
    return {**saved, **lines}


def _placed(written: _Written, saved: Saved, due: Due) -> Line:
    """Put a marker's notebook in its place, and say what became of the submission."""
    try:
        retry(lambda: put_in_place(written.part, written.target))
        shutil.rmtree(written.old, ignore_errors=True)
    except OSError as error:
        shutil.rmtree(written.part, ignore_errors=True)
        return unusable(written.student, error)
    when = written.made.when
    until = due.of_hand_in(written.student, when) if when else None
    oddities = [*late(when, until), *written.made.oddities, *written.oddities]
    if saved.changed:
        oddities.insert(0, f"{CHANGED}: {', '.join(saved.changed)}")
    oddities[:0] = [f"{name}: given when the task had {points:g} points, so it waits for a person" for name, points in saved.rescaled]
    before = saved.before.points if saved.before else None
    line = standing_line(written.student, saved.now, outcome="marked", before=before, oddities=tuple(oddities))
    return replace(line, revised=saved.revised)


def _source_of(course: Course, assignment: str, student: str) -> dict[str, Json]:
    """Give what the marker's notebook was made from; nothing if there is none that can be read."""
    path = course.path("autograded", student, assignment) / f"{assignment}.ipynb"
    try:
        return dict(json.loads(read_file(path, MAX_UNPACKED))["metadata"]["workbook"]["source"])
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return {}
