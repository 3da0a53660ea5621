"""Mark a class: every submission to its end, each oddity told, nothing marked twice without need."""

import hashlib
import json
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbgrader.api import Gradebook, MissingEntry

from autograde.course.folder import Course
from autograde.course.grades import save_marks
from autograde.course.rebuild import rebuild
from autograde.errors import ClassError
from autograde.marking import Key, Mark, Rubrics, Status, key_problems, load_key, load_rubrics, mark_sheet
from workbook_helpers.answers import MAX_BYTES, AnswerSheet, read_sheet
from workbook_helpers.items import Json, Workbook


@dataclass(frozen=True, kw_only=True)
class Content:
    """A workbook with its key and rubrics, read once and known to fit each other."""

    workbook: Workbook
    key: Key
    rubrics: Rubrics


@dataclass(frozen=True, kw_only=True)
class Assessment:
    """One submission, marked but not yet in the gradebook."""

    notebook: NotebookNode
    sheet: AnswerSheet
    marks: dict[str, Mark]


@dataclass(frozen=True, kw_only=True)
class Line:
    """What the summary says of one student.

    Attributes
    ----------
    points, max
        Sum over the items that have points so far, and over all.
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
    return Content(workbook=workbook, key=key, rubrics=rubrics)


def assess(course: Course, assignment: str, student: str, content: Content | None = None) -> Assessment:
    """Read one student's answers, mark them and build the marker's notebook. Writes nothing."""
    content = content or load_content(course, assignment)
    answers = course.path("submitted", student, assignment) / "answers.json"
    sheet = read_sheet(answers, content.workbook.items, content.workbook.id)
    marks = mark_sheet(content.workbook, content.key, sheet)
    notebook = rebuild(content.workbook, content.key, content.rubrics, sheet, marks, _source(content, answers))
    return Assessment(notebook=notebook, sheet=sheet, marks=marks)


def submissions(course: Course, assignment: str) -> list[str]:
    """Give the ids of the students who have handed in, in order."""
    folders = course.root.joinpath("submitted").glob(f"*/{assignment}")
    return sorted(folder.parent.name for folder in folders if folder.is_dir() and not folder.is_symlink())


def mark_class(course: Course, assignment: str, *, force: bool = False, told: Callable[[str], None] = lambda _: None) -> Iterator[Line]:
    """Mark all submissions to an assignment that are new or changed (`force`: all), giving a line for each.

    One that cannot be marked gets a line that says why, and the next one follows.
    """
    content = load_content(course, assignment)
    with course.gradebook() as gradebook:
        _same_items(gradebook, content.workbook, assignment)
        for student in submissions(course, assignment):
            told(student)
            try:
                yield _mark_one(course, gradebook, content, student, force=force)
            except MissingEntry:
                gradebook.db.rollback()
                yield Line(student=student, outcome="not marked", oddities=("is not on the roster",))
            except OSError as error:
                gradebook.db.rollback()
                yield Line(student=student, outcome="not marked", oddities=(f"files cannot be used: {error.strerror}",))


def _mark_one(course: Course, gradebook: Gradebook, content: Content, student: str, *, force: bool) -> Line:
    assignment = content.workbook.assignment
    gradebook.find_student(student)
    folder = course.path("submitted", student, assignment)
    target = course.path("autograded", student, assignment)
    stamp = course.timestamp(student, assignment)
    done = target / f"{assignment}.ipynb"
    if not force and _was_marked(done, _source(content, folder / "answers.json") | {"at": str(stamp)}):
        return _line(gradebook, assignment, student, outcome="unchanged")
    assessment = assess(course, assignment, student, content)
    assessment.notebook.metadata["workbook"]["source"]["at"] = str(stamp)
    submission = gradebook.update_or_create_submission(assignment, student, **({"timestamp": stamp} if stamp else {}))
    save_marks(gradebook, assignment, student, assessment.marks.values())
    part = target.with_name(f".{assignment}.part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    nbformat.write(assessment.notebook, part / done.name)
    keep_beside(folder, part)
    gradebook.db.commit()
    shutil.rmtree(target, ignore_errors=True)
    part.rename(target)
    released = course.root / "release" / assignment / done.name
    oddities = (*_late(submission.total_seconds_late), *_oddities(content, assessment), *_changed(released, folder / done.name))
    return _line(gradebook, assignment, student, outcome="marked", oddities=oddities)


def _line(gradebook: Gradebook, assignment: str, student: str, *, outcome: str, oddities: tuple[str, ...] = ()) -> Line:
    grades = gradebook.find_submission_notebook(assignment, assignment, student).grades
    return Line(
        student=student,
        points=sum(grade.score for grade in grades if not grade.needs_manual_grade),
        max=sum(grade.max_score for grade in grades),
        waiting=sum(bool(grade.needs_manual_grade) for grade in grades),
        outcome=outcome,
        oddities=oddities,
    )


def _oddities(content: Content, assessment: Assessment) -> Iterator[str]:
    sheet = assessment.sheet
    if sheet.problem:
        yield f"{sheet.problem}: a person decides"
    else:
        yield from sheet.oddities
    for item_id, problem in sheet.unreadable.items():
        yield f"{item_id} {problem}"
    declared = [item for item in content.workbook.items.values() if item.kind == "declaration"]
    if not sheet.problem and not all(sheet.value(item.id) for item in declared):
        yield "the declaration is not signed"
    if all(mark.status is Status.NOT_ATTEMPTED for mark in assessment.marks.values()):
        yield "handed in blank"


def _changed(released: Path, submitted: Path) -> Iterator[str]:
    """Say whether the student's notebook is other than what was released; nothing else is ever done with it."""
    found = _code_cells(submitted)
    if found is None:
        yield "its notebook cannot be read; the answers count all the same"
    elif found != _code_cells(released):
        yield "its notebook was changed; the answers count all the same"


def _code_cells(notebook: Path) -> Counter[str] | None:
    try:
        if notebook.is_symlink() or notebook.stat().st_size > MAX_BYTES:
            return None
        cells = json.loads(notebook.read_bytes())["cells"]
        code = (cell for cell in cells if cell["cell_type"] == "code")
        return Counter(json.dumps(["".join(cell["source"]), cell["metadata"].get("nbgrader")], sort_keys=True) for cell in code)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def _late(seconds: float) -> tuple[str, ...]:
    if seconds <= 0:
        return ()
    days, hours = int(seconds // 86400), int(seconds % 86400 // 3600)
    return (f"late by {days} days" if days > 1 else f"late by {hours + 24 * days} hours" if hours + days else "late by less than an hour",)


def _source(content: Content, answers: Path) -> dict[str, Json]:
    """Say what a marking is made from: the same source gives the same marks."""
    try:
        size = answers.lstat().st_size
        digest = hashlib.sha256(answers.read_bytes()).hexdigest() if size <= MAX_BYTES and not answers.is_symlink() else f"{size} bytes"
    except OSError:
        digest = ""
    parts = (*content.workbook.items.values(), *content.workbook.pools)
    fit = [content.workbook.about.version, *(part.model_dump_json() for part in parts)]
    return {
        "answers": digest,
        "items": hashlib.sha256(json.dumps(fit).encode()).hexdigest()[:16],
        "key": hashlib.sha256(content.key.model_dump_json().encode()).hexdigest()[:16],
        "rubrics": hashlib.sha256(content.rubrics.model_dump_json().encode()).hexdigest()[:16],
    }


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


def _same_items(gradebook: Gradebook, workbook: Workbook, assignment: str) -> None:
    try:
        notebook = gradebook.find_notebook(assignment, assignment)
    except MissingEntry as error:
        msg = f"{assignment} has not been released in this class. Run: autograde release {workbook.id}"
        raise ClassError(msg) from error
    known = {cell.name: cell.max_score for cell in notebook.grade_cells}
    if known != {place: item.points for place, item in workbook.paper(assessed=True).items()}:
        msg = f"The items or points of {assignment} are not those that were released. Run: autograde release {workbook.id}"
        raise ClassError(msg)
