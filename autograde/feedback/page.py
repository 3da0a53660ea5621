"""Make a student's feedback page from their answers and the gradebook. No key, no rubric, no other student is in it."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from autograde.course.crew import in_order
from autograde.course.folder import Course
from autograde.course.mark import WRITERS, keep_beside, submissions
from autograde.course.rows import Rows
from autograde.errors import ClassError
from autograde.marking import unmarked
from workbook_helpers.answers import AnswerSheet, read_sheet
from workbook_helpers.files import write_file
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


def write_feedback(course: Course, assignment: str, *, partial: bool = False, rubric: bool = False) -> Iterator[Written]:
    """Write a page for each submission, giving what became of each.

    Parameters
    ----------
    partial
        Also for submissions that wait for a person; the page says what is still to come. Without it they are refused.
    rubric
        Show the levels of each written task's rubric, because the tutor wants it.
    """

    def pages() -> Iterator[tuple[str, str | ClassError]]:
        for student in submissions(course, assignment):
            try:
                yield student, _page(course, workbook, gradebook, student, partial=partial, rubric=rubric)
            except ClassError as error:
                yield student, error

    def write(made: tuple[str, str | ClassError]) -> Written:
        student, page = made
        if isinstance(page, ClassError):
            return Written(student=student, refused=str(page))
        target = course.path("feedback", student, assignment) / f"{assignment}.html"
        target.parent.mkdir(parents=True, exist_ok=True)
        write_file(target, page.encode("utf-8", "replace"), durable=False)
        keep_beside(course.path("submitted", student, assignment), target.parent)
        return Written(student=student, path=target)

    with Rows(course.db_url, assignment, course.course_id) as gradebook, ThreadPoolExecutor(WRITERS) as writers:
        workbook = course.workbook(assignment)
        yield from in_order(writers, write, pages())


def feedback_page(course: Course, assignment: str, student: str, *, partial: bool = False, rubric: bool = False) -> str:
    """Give the page as HTML that needs nothing else, to open offline and to print.

    Raises
    ------
    ClassError
        If the submission is not marked, or waits for a person and `partial` is false.
    """
    with Rows(course.db_url, assignment, course.course_id) as gradebook:
        return _page(course, course.workbook(assignment), gradebook, student, partial=partial, rubric=rubric)


def _page(course: Course, workbook: Workbook, gradebook: Rows, student: str, *, partial: bool, rubric: bool) -> str:
    given = gradebook.given(student)
    if given is None:
        msg = f"not marked yet: run autograde mark {workbook.assignment}"
        raise ClassError(msg)
    sheet = read_sheet(course.path("submitted", student, workbook.assignment) / "answers.json", workbook.items, workbook.id)
    paper = workbook.paper(sheet.seed, assessed=True)
    waiting = [place for place in paper if given.points.get(place) is None]
    if waiting and not partial:
        msg = f"{len(waiting)} to mark by a person: {', '.join(waiting)}"
        raise ClassError(msg)
    shown = [_shown(item, sheet, given.points.get(place), given.comments.get(place, "")) for place, item in paper.items()]
    return str(
        _template().render(
            css=CSS,
            about={"name": given.name, "student": student, "handed_in": given.handed_in},
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


def _shown(item: Item, sheet: AnswerSheet, points: float | None, comment: str) -> dict[str, Any]:
    value = sheet.value(item.id)
    blank = item.is_blank(value)
    if points is None:
        verdict = "waiting"
    elif blank:
        verdict = "blank"
    else:
        verdict = "right" if points >= item.points else "partly" if points > 0 else "not-right"
    return {"item": item, "words": () if blank else item.in_words(value), "verdict": verdict, "points": points, "comment": comment}


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
