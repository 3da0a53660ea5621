"""Make a student's feedback page from their answers and the gradebook. No key, no rubric, no other student is in it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from nbgrader.api import Gradebook, MissingEntry

from autograde.course.folder import Course
from autograde.course.mark import keep_beside, submissions
from autograde.errors import ClassError
from autograde.marking import unmarked
from workbook_helpers.answers import AnswerSheet, read_sheet
from workbook_helpers.items import Item, Workbook
from workbook_helpers.style import CSS

VERDICTS = {
    "right": "✓ Right",
    "partly": "◐ Partly right",
    "not-right": "✗ Not right yet",
    "blank": "– Not answered",
    "waiting": "Your tutor will look at this",
}


@dataclass(frozen=True, kw_only=True)
class Written:
    """What became of one student's page: `path`, or why there is none."""

    student: str
    path: Path | None = None
    refused: str = ""


def write_feedback(
    course: Course, assignment: str, *, partial: bool = False, rubric: bool = False, told: Callable[[str], None] = lambda _: None
) -> Iterator[Written]:
    """Write a page for each submission, giving what became of each.

    Parameters
    ----------
    partial
        Also for submissions that wait for a person; the page says what is still to come. Without it they are refused.
    rubric
        Show the levels of each written task's rubric, because the tutor wants it.
    """
    for student in submissions(course, assignment):
        told(student)
        try:
            page = feedback_page(course, assignment, student, partial=partial, rubric=rubric)
        except ClassError as error:
            yield Written(student=student, refused=str(error))
            continue
        target = course.path("feedback", student, assignment) / f"{assignment}.html"
        target.parent.mkdir(parents=True, exist_ok=True)
        part = target.with_suffix(".part")
        part.write_text(page, "utf-8")
        part.replace(target)
        keep_beside(course.path("submitted", student, assignment), target.parent)
        yield Written(student=student, path=target)


def feedback_page(course: Course, assignment: str, student: str, *, partial: bool = False, rubric: bool = False) -> str:
    """Give the page as HTML that needs nothing else, to open offline and to print.

    Raises
    ------
    ClassError
        If the submission is not marked, or waits for a person and `partial` is false.
    """
    workbook = course.workbook(assignment)
    sheet = read_sheet(course.path("submitted", student, assignment) / "answers.json", workbook.items, workbook.id)
    with course.gradebook() as gradebook:
        about, rows = _rows(gradebook, assignment, student)
    paper = workbook.paper(sheet.seed, assessed=True)
    waiting = [place for place in paper if rows.get(place, {"waits": True})["waits"]]
    if waiting and not partial:
        msg = f"{len(waiting)} to mark by a person: {', '.join(waiting)}"
        raise ClassError(msg)
    shown = [_shown(item, sheet, rows.get(place)) for place, item in paper.items()]
    return str(
        _template().render(
            css=CSS,
            about=about,
            workbook=workbook.about,
            closed=[row for row in shown if not row["item"].asks_person],
            written=[row for row in shown if row["item"].asks_person],
            also=[{"item": item, "words": item.in_words(sheet.value(item.id))} for item in unmarked(workbook, sheet)],
            levels=_levels(workbook) if rubric else {},
            points=sum(row["points"] or 0 for row in shown),
            max=sum(item.points for item in paper.values()),
            waiting=len(waiting),
            look_again=_look_again(shown),
            verdicts=VERDICTS,
            made=datetime.now(UTC).date(),
        )
    )


def _rows(gradebook: Gradebook, assignment: str, student: str) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
    """Read what the gradebook holds on one submission: about it, and item id → points, waits, comment."""
    try:
        notebook = gradebook.find_submission_notebook(assignment, assignment, student)
    except MissingEntry as error:
        msg = f"not marked yet: run autograde mark {assignment}"
        raise ClassError(msg) from error
    comments = {comment.name: comment.comment or "" for comment in notebook.comments}
    person = notebook.student
    name = " ".join(part for part in (person.first_name, person.last_name) if part) or student
    stamp = notebook.assignment.timestamp
    about = {"name": name, "student": student, "handed_in": stamp.replace(tzinfo=UTC) if stamp else None}
    rows = {
        grade.name: {
            "points": None if grade.needs_manual_grade else grade.score,
            "waits": bool(grade.needs_manual_grade),
            "comment": comments.get(grade.name, ""),
        }
        for grade in notebook.grades
    }
    return about, rows


def _shown(item: Item, sheet: AnswerSheet, row: dict[str, Any] | None) -> dict[str, Any]:
    row = row or {"points": None, "waits": True, "comment": ""}
    value = sheet.value(item.id)
    blank = item.is_blank(value)
    if row["waits"]:
        verdict = "waiting"
    elif blank:
        verdict = "blank"
    else:
        verdict = "right" if row["points"] >= item.points else "partly" if row["points"] > 0 else "not-right"
    return {"item": item, "words": () if blank else item.in_words(value), "verdict": verdict, **row}


def _look_again(shown: list[dict[str, Any]]) -> tuple[str, ...]:
    """Name the sections to read again, each once, in order."""
    poor = [row["item"].section for row in shown if row["verdict"] in ("partly", "not-right", "blank") and not row["item"].asks_person]
    return tuple(dict.fromkeys(section for section in poor if section))


def _levels(workbook: Workbook) -> dict[str, Any]:
    from autograde.marking import load_rubrics

    return {item_id: rubric.levels for item_id, rubric in load_rubrics(workbook.id).rubrics.items()}


@cache
def _template() -> Any:
    environment = Environment(loader=PackageLoader("autograde.feedback", "."), autoescape=True, undefined=StrictUndefined)
    return environment.get_template("page.html.j2")
