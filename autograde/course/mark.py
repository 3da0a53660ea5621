"""Mark a class: every submission to its end, each oddity told, nothing marked twice without need.

One process reads the hand-ins, writes the notebooks and the gradebook; the marking itself is bytes in, bytes out, and can
be done by anybody: this process, others on this machine, or a cluster (`crew`).
"""

import errno
import hashlib
import json
import pickle
import shutil
import tempfile
import time
from collections import Counter, deque
from collections.abc import Iterator, Mapping
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache, partial
from itertools import chain, islice
from pathlib import Path
from typing import Any

from autograde.course.crew import in_order
from autograde.course.folder import Course
from autograde.course.paper import paper_oddities
from autograde.course.rebuild import rebuild
from autograde.course.rows import Rows, Standing
from autograde.errors import ClassError
from autograde.marking import Key, Mark, Rubrics, Status, key_problems, load_key, load_rubrics, mark_sheet
from workbook_helpers.answers import MAX_BYTES, AnswerSheet, parse_sheet, read_sheet
from workbook_helpers.items import Json, Workbook

STALE_S = 3600
"""Another run that marks at the same time is done with a submission long before."""
BATCH = 16
"""Submissions in one task: sending one to another process costs as much as marking it."""
WRITERS = 4
"""Threads that write files; a new folder can take a disk as long as the marking takes."""


@dataclass(frozen=True, kw_only=True)
class Content:
    """A workbook with its key and rubrics, read once and known to fit each other."""

    workbook: Workbook
    key: Key
    rubrics: Rubrics
    class_id: str
    """nbgrader's course id, from which papers are drawn."""

    @cached_property
    def source(self) -> dict[str, str]:
        """What a marking is made from, besides the answers."""
        parts = (*self.workbook.items.values(), *self.workbook.pools)
        fit = [self.workbook.about.version, *(part.model_dump_json() for part in parts)]
        return {
            "items": hashlib.sha256(json.dumps(fit).encode()).hexdigest()[:16],
            "key": hashlib.sha256(self.key.model_dump_json().encode()).hexdigest()[:16],
            "rubrics": hashlib.sha256(self.rubrics.model_dump_json().encode()).hexdigest()[:16],
        }


@dataclass(frozen=True, kw_only=True)
class Work:
    """One submission to be marked: what was handed in, and what it is made from, time included."""

    student: str
    answers: bytes | AnswerSheet
    """The answers file; where it cannot be used, the sheet that says why."""
    source: dict[str, Json]


@dataclass(frozen=True, kw_only=True)
class Assessment:
    """One submission, marked but not yet in the gradebook; `notebook` is the marker's, as JSON."""

    student: str
    notebook: bytes
    marks: dict[str, Mark]
    oddities: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """What the summary says of one student.

    Attributes
    ----------
    points, max
        Sum over the items that have points so far, and over all.
    before
        The points before this marking; None if there were none.
    waiting
        How many items wait for a person.
    outcome
        "marked", "unchanged" or "not marked".
    oddities
        One sentence each.
    """

    student: str
    points: float = 0
    max: float = 0
    before: float | None = None
    waiting: int = 0
    outcome: str = "marked"
    oddities: tuple[str, ...] = ()


def keep_beside(folder: Path, target: Path) -> None:
    """Copy what nbgrader keeps beside a submission on its way: its time, and the secret by which feedback finds back."""
    for name in ("timestamp.txt", "submission_secret.txt"):
        if (folder / name).is_file() and not (folder / name).is_symlink():
            shutil.copyfile(folder / name, target / name)


def load_content(course: Course, assignment: str) -> Content:
    """Read what marking needs; ContentError or ClassError if items, key and rubrics do not fit each other."""
    workbook = course.workbook(assignment)
    key, rubrics = load_key(workbook.id), load_rubrics(workbook.id)
    if problems := key_problems(workbook, key, rubrics):
        msg = f"{workbook.id} cannot be marked: {'; '.join(problems)}. Mend autograde/keys or autograde/rubrics, then run autograde check."
        raise ClassError(msg)
    return Content(workbook=workbook, key=key, rubrics=rubrics, class_id=course.course_id)


def assess(content: Content, work: Work) -> Assessment:
    """Read one student's answers, mark them and build the marker's notebook; no file, no database."""
    workbook = content.workbook
    sheet = parse_sheet(work.answers, workbook.items, workbook.id) if isinstance(work.answers, bytes) else work.answers
    sheet = replace(sheet, oddities=(*sheet.oddities, *paper_oddities(workbook, content.class_id, work.student, sheet)))
    marks = mark_sheet(workbook, content.key, sheet)
    notebook = rebuild(workbook, content.key, content.rubrics, sheet, marks, work.source)
    return Assessment(
        student=work.student,
        notebook=json.dumps(notebook, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace"),
        marks=marks,
        oddities=tuple(_oddities(workbook, sheet, marks)),
    )


def assess_submitted(course: Course, assignment: str, student: str) -> dict[str, Any]:
    """Give the marker's notebook for what a student has handed in, for nbgrader's own command."""
    content = load_content(course, assignment)
    work = _work(course, content, student)
    notebook: dict[str, Any] = json.loads(assess(content, work).notebook)
    return notebook


def submissions(course: Course, assignment: str) -> list[str]:
    """Give the ids of the students who have handed in, in order."""
    folders = course.root.joinpath("submitted").glob(f"*/{assignment}")
    return sorted(folder.parent.name for folder in folders if folder.is_dir() and not folder.is_symlink())


def mark_class(course: Course, assignment: str, *, force: bool = False, executor: Executor | None = None) -> Iterator[Line]:
    """Mark all submissions to an assignment that are new or changed (`force`: all), giving a line for each, in order.

    One that cannot be marked gets a line that says why, and the next one follows. What has been given is in the gradebook
    and on disk; a killed run goes on from there when it is started again.
    """
    content = load_content(course, assignment)
    released = _Released(course.root / "release" / assignment / f"{assignment}.ipynb")
    with Rows(course.db_url, assignment, course.course_id) as rows:
        if rows.max_score != {place: item.points for place, item in content.workbook.paper(assessed=True).items()}:
            msg = f"The items or points of {assignment} are not those that were released. Run: autograde release {content.workbook.id}"
            raise ClassError(msg)
        _sweep(course, assignment)
        full = sum(rows.max_score.values())
        packed = pickle.dumps(content)
        early: dict[str, Line] = {}  # what needs no marking, until its turn has come
        order: deque[str] = deque()

        def work() -> Iterator[Work]:
            for student in submissions(course, assignment):
                order.append(student)
                found = _prepare(course, content, rows, student, force=force)
                if isinstance(found, Line):
                    early[student] = replace(found, max=full)
                else:
                    yield found

        with ThreadPoolExecutor(WRITERS) as writers:
            assessments = chain.from_iterable(in_order(executor, _Batch(packed), _batches(work())))
            for written in in_order(writers, partial(_write, course, assignment, released), assessments):
                while (student := order.popleft()) != written.student:
                    yield early.pop(student)
                yield replace(written if isinstance(written, Line) else _keep(course, assignment, rows, written), max=full)
        rows.tidy()
        for student in order:
            yield early.pop(student)


@dataclass(frozen=True)
class _Batch:
    """The task: content, packed once, and a batch of work; a worker unpacks the content once."""

    packed: bytes

    def __call__(self, batch: tuple[Work, ...]) -> list[Assessment]:
        content = _unpacked(self.packed)
        return [assess(content, work) for work in batch]


@lru_cache(maxsize=4)
def _unpacked(packed: bytes) -> Content:
    content: Content = pickle.loads(packed)  # noqa: S301  made by `mark_class`, in this run
    return content


def _batches(works: Iterator[Work]) -> Iterator[tuple[Work, ...]]:
    while batch := tuple(islice(works, BATCH)):
        yield batch


def _prepare(course: Course, content: Content, rows: Rows, student: str, *, force: bool) -> Work | Line:
    """Give what there is to mark of a student, or the line where there is nothing."""
    if student not in rows.students:
        return Line(student=student, outcome="not marked", oddities=("is not on the roster",))
    assignment = content.workbook.assignment
    try:
        work = _work(course, content, student)
        done = course.path("autograded", student, assignment) / f"{assignment}.ipynb"
        if not force and _was_marked(done, work.source) and (standing := rows.standing(student)):
            return _line(student, standing, outcome="unchanged", before=standing.points)
    except OSError as error:
        return _unusable(student, error)
    return work


def _work(course: Course, content: Content, student: str) -> Work:
    path = course.path("submitted", student, content.workbook.assignment) / "answers.json"
    try:
        usable = not path.is_symlink() and path.is_file() and path.stat().st_size <= MAX_BYTES
        raw = path.read_bytes() if usable else None
    except OSError:
        raw = None
    answers = raw if raw is not None else read_sheet(path, content.workbook.items, content.workbook.id)
    stamp = course.timestamp(student, content.workbook.assignment)
    digest = hashlib.sha256(raw).hexdigest() if raw is not None else ""
    return Work(student=student, answers=answers, source={"answers": digest, **content.source, "at": str(stamp)})


@dataclass(frozen=True, kw_only=True)
class _Written:
    """A marked submission whose notebook is on disk, in a folder that is not yet in its place."""

    student: str
    part: Path
    marks: dict[str, Mark]
    oddities: tuple[str, ...]


def _write(course: Course, assignment: str, released: "_Released", assessment: Assessment) -> _Written | Line:
    """Write the marker's notebook beside its place."""
    student = assessment.student
    folder = course.path("submitted", student, assignment)
    target = course.path("autograded", student, assignment)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        part = Path(tempfile.mkdtemp(prefix=f".{assignment}-", dir=target.parent))
        part.chmod(0o755)
        (part / f"{assignment}.ipynb").write_bytes(assessment.notebook)
        keep_beside(folder, part)
    except OSError as error:
        return _unusable(student, error)
    oddities = (*assessment.oddities, *released.changed(folder / f"{assignment}.ipynb"))
    return _Written(student=student, part=part, marks=assessment.marks, oddities=oddities)


def _keep(course: Course, assignment: str, rows: Rows, written: _Written) -> Line:
    """Put a marked submission into the gradebook, and then its notebook in its place."""
    student, target = written.student, course.path("autograded", written.student, assignment)
    before, standing = rows.save(student, course.timestamp(student, assignment), written.marks)
    try:
        while True:
            try:
                written.part.rename(target)
                break
            except FileExistsError:
                pass
            except OSError as error:
                if error.errno != errno.ENOTEMPTY:
                    raise
            shutil.rmtree(target, ignore_errors=True)  # from before, or by another run that marks at the same time
    except OSError as error:
        return _unusable(student, error)
    oddities = (*_late(standing.late_s), *written.oddities)
    return _line(student, standing, outcome="marked", before=before.points if before else None, oddities=oddities)


def _sweep(course: Course, assignment: str) -> None:
    """Remove what a killed run has left half written."""
    for part in course.root.glob(f"autograded/*/.{assignment}-*"):
        if time.time() - part.lstat().st_mtime > STALE_S:
            shutil.rmtree(part, ignore_errors=True)


def _unusable(student: str, error: OSError) -> Line:
    return Line(student=student, outcome="not marked", oddities=(f"files cannot be used: {error.strerror}",))


def _line(student: str, standing: Standing, *, outcome: str, before: float | None, oddities: tuple[str, ...] = ()) -> Line:
    return Line(student=student, points=standing.points, waiting=standing.waiting, outcome=outcome, before=before, oddities=oddities)


def _oddities(workbook: Workbook, sheet: AnswerSheet, marks: Mapping[str, Mark]) -> Iterator[str]:
    if sheet.problem:
        yield f"{sheet.problem}: a person decides"
    else:
        yield from sheet.oddities
    for item_id, problem in sheet.unreadable.items():
        yield f"{item_id} {problem}"
    declared = [item for item in workbook.items.values() if item.kind == "declaration"]
    if not sheet.problem and not all(sheet.value(item.id) for item in declared):
        yield "the declaration is not signed"
    if all(mark.status is Status.NOT_ATTEMPTED for mark in marks.values()):
        yield "handed in blank"


@dataclass
class _Released:
    """The released notebook: a student's is only ever held against it."""

    path: Path
    _raw: bytes | None = field(init=False)

    def __post_init__(self) -> None:
        self._raw = _bytes(self.path)
        self._code = _code_cells(self._raw)

    def changed(self, submitted: Path) -> Iterator[str]:
        """Say whether the student's notebook is other than what was released; nothing else is ever done with it."""
        raw = _bytes(submitted)
        if raw == self._raw and raw is not None:
            return
        found = _code_cells(raw)
        if found is None:
            yield "its notebook cannot be read; the answers count all the same"
        elif found != self._code:
            yield "its notebook was changed; the answers count all the same"


def _bytes(path: Path) -> bytes | None:
    try:
        return None if path.is_symlink() or path.stat().st_size > MAX_BYTES else path.read_bytes()
    except OSError:
        return None


def _code_cells(raw: bytes | None) -> Counter[str] | None:
    try:
        cells = json.loads(raw or b"")["cells"]
        code = (cell for cell in cells if cell["cell_type"] == "code")
        return Counter(json.dumps(["".join(cell["source"]), cell["metadata"].get("nbgrader")], sort_keys=True) for cell in code)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def _late(seconds: float) -> tuple[str, ...]:
    if seconds <= 0:
        return ()
    days, hours = int(seconds // 86400), int(seconds % 86400 // 3600)
    return (f"late by {days} days" if days > 1 else f"late by {hours + 24 * days} hours" if hours + days else "late by less than an hour",)


def marks_in(notebook: Mapping[str, Any]) -> list[Mark]:
    """Give the marks that a rebuilt notebook carries in its cells' metadata, in order."""
    held = [cell["metadata"].get("workbook", {}).get("mark") for cell in notebook["cells"]]
    return [Mark(**{**mark, "status": Status(mark["status"])}) for mark in held if mark]


def _was_marked(path: Path, source: Mapping[str, Json]) -> bool:
    """Whether the notebook at `path` was made from the same source."""
    try:
        return bool(json.loads(path.read_bytes())["metadata"]["workbook"]["source"] == source)
    except (OSError, ValueError, KeyError, TypeError):
        return False
