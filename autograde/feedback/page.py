"""Make a student's feedback page from their answers and the gradebook. No key, no rubric, no other student is in it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Literal, NamedTuple

from jinja2 import Environment, PackageLoader, StrictUndefined

from autograde.course.crew import in_order, writers
from autograde.course.folder import Course
from autograde.course.mark import handed_in, keep_beside, read_seen, submissions
from autograde.course.pages import made_from, page_path, set_aside
from autograde.course.releases import Releases, read_releases
from autograde.course.rows import Rows
from autograde.course.text import LOCAL, printable
from autograde.errors import ClassError
from autograde.marking import unmarked
from workbook_helpers.answers import AnswerSheet
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
Step = Literal["mark", "serve", ""]
"""The command that helps on."""


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


class NoPageError(ClassError):
    """A student gets no page yet; `step` is the command that helps."""

    def __init__(self, message: str, step: Step) -> None:
        super().__init__(message)
        self.step: Step = step


@dataclass(frozen=True, kw_only=True)
class _Page:
    """A page, what it was made from (`Given.digest`), and what has to be told of it."""

    html: str
    digest: str
    remark: str


def write_feedback(course: Course, assignment: str, *, partial: bool = False, rubric: bool = False) -> Iterator[Written]:
    """Write a page for each submission, giving what became of each; one that cannot be made does not stop the others.

    Parameters
    ----------
    partial
        Also for submissions that wait for a person; the page says what is still to come. Without it they are refused.
    rubric
        Show the levels of each written task's rubric, because the tutor wants it.
    """

    def pages() -> Iterator[tuple[str, _Page | Written]]:
        for student in students:
            try:
                yield student, _page(course, releases, gradebook, student, partial=partial, rubric=rubric)
            except NoPageError as error:
                yield student, _refuse(course, assignment, gradebook, student, error)
            except ClassError:  # the gradebook itself
                raise
            except OSError as error:
                yield student, Written(student=student, refused=_unusable(error))
            except Exception as error:
                why = f"making it failed ({type(error).__name__}: {error}). Please report it, with the answers file"
                yield student, Written(student=student, refused=printable(why, 400))

    def write(made: tuple[str, _Page | Written]) -> Written:
        student, page = made
        if isinstance(page, Written):
            return page
        target = page_path(course, student, assignment)
        try:
            course.check_own("feedback", student, assignment)
            stale = target.is_file() and made_from(target) != page.digest
            if stale:
                set_aside(course, assignment, student)
            target.parent.mkdir(parents=True, exist_ok=True)
            write_file(target, page.html.encode("utf-8", "replace"), durable=False)
            keep_beside(course.path("submitted", student, assignment), target.parent)
        except OSError as error:
            return Written(student=student, refused=_unusable(error))
        return Written(student=student, path=target, stale=stale, remark=page.remark)

    students = submissions(course, assignment)
    with Rows(course.db_url, assignment, course.course_id) as gradebook, writers(len(students)) as executor:
        releases = read_releases(course, course.workbook(assignment))
        yield from in_order(executor, write, pages())


def _refuse(course: Course, assignment: str, gradebook: Rows, student: str, why: NoPageError) -> Written:
    """Say why there is no page; one from before stays only where it still says what the gradebook says."""
    path = page_path(course, student, assignment)
    given = gradebook.given(student)
    stale = path.is_file() and (why.step == "mark" or given is None or made_from(path) != given.digest)
    try:
        if stale:
            set_aside(course, assignment, student)
    except OSError as error:
        return Written(student=student, refused=f"{why} And the page from before, which no longer fits: {_unusable(error)}", step=why.step)
    return Written(student=student, refused=str(why), step=why.step, stale=stale)


def _unusable(error: OSError) -> str:
    return f"{error.filename or 'its file'} cannot be used ({error.strerror}). See that nothing is in the way and the disk has room."


def feedback_page(course: Course, assignment: str, student: str, *, partial: bool = False, rubric: bool = False) -> str:
    """Give the page as HTML that needs nothing else, to open offline and to print.

    Raises
    ------
    ClassError
        If the submission is not marked as it is now, or waits for a person and `partial` is false.
    """
    with Rows(course.db_url, assignment, course.course_id) as gradebook:
        releases = read_releases(course, course.workbook(assignment))
        return _page(course, releases, gradebook, student, partial=partial, rubric=rubric).html


def _page(course: Course, releases: Releases, gradebook: Rows, student: str, *, partial: bool, rubric: bool) -> _Page:
    workbook = releases.now
    given = gradebook.given(student)
    answers, digest = handed_in(course, workbook, student)
    if given is None:
        msg = f"not marked yet: run autograde mark {workbook.assignment}"
        raise NoPageError(msg, "mark")
    if given.answers != digest:
        msg = f"what was handed in is not what was marked: run autograde mark {workbook.assignment}"
        raise NoPageError(msg, "mark")
    _, seen, remark = read_seen(releases, answers)
    sheet = seen.sheet
    paper = workbook.paper(sheet.seed, assessed=True)
    waiting = [place for place in paper if given.points.get(place) is None]
    if waiting and not partial:
        msg = f"{len(waiting)} to mark by a person: {', '.join(waiting)}"
        raise NoPageError(msg, "serve")
    saw, full = seen.paper(workbook), gradebook.max_score
    shown = [
        _shown(saw[place] or item, sheet, given.points.get(place), full.get(place, item.points), given.comments.get(place, ""))
        for place, item in paper.items()
    ]
    html = _template("page").render(
        css=CSS,
        made_from=given.digest,
        about={"name": given.name, "handed_in": _when(given.handed_in) if given.handed_in else ""},
        workbook=workbook.about,
        closed=[row for row in shown if not row.item.asks_person],
        written=[row for row in shown if row.item.asks_person],
        also=[{"item": item, "words": item.in_words(sheet.value(item.id))} for item in unmarked(seen.workbook, sheet)],
        levels=_levels(workbook) if rubric else {},
        points=sum(row.points or 0 for row in shown),
        max=sum(row.max for row in shown),
        waiting=len(waiting),
        look_again=_look_again(shown),
        verdicts=VERDICTS,
        question=_question(),
        made=datetime.now(LOCAL).date(),
    )
    return _Page(html=str(html), digest=given.digest, remark=remark)


def _when(time: datetime) -> str:
    """Say a time as a clock in the UK shows it."""
    return time.astimezone(LOCAL).strftime("%d %B %Y, %H:%M").lstrip("0")


class _Shown(NamedTuple):
    """An answer, as the page tells of it."""

    item: Item
    words: tuple[str, ...]
    verdict: str
    points: float | None
    max: float
    comment: str
    unreadable: bool


def _shown(item: Item, sheet: AnswerSheet, points: float | None, full: float, comment: str) -> _Shown:
    value = sheet.value(item.id)
    unreadable = bool(sheet.problem) or item.id in sheet.unreadable
    blank = item.is_blank(value)
    if points is None:
        verdict = "waiting"
    elif blank and not unreadable and not points:
        verdict = "blank"
    else:
        verdict = "right" if points >= full else "partly" if points > 0 else "not-right"
    words = () if blank else item.in_words(value)
    return _Shown(item, words, verdict, points, full, comment, unreadable)


def _look_again(shown: list[_Shown]) -> tuple[str, ...]:
    """Name the sections to read again, each once, in order."""
    poor = [row.item.section for row in shown if row.verdict in ("partly", "not-right", "blank") and not row.item.asks_person]
    return tuple(dict.fromkeys(section for section in poor if section))


def _levels(workbook: Workbook) -> dict[str, Any]:
    from autograde.marking import load_rubrics

    return {item_id: rubric.levels for item_id, rubric in load_rubrics(workbook.id).rubrics.items()}


@cache
def _environment() -> Environment:
    return Environment(loader=PackageLoader("autograde.feedback", "."), autoescape=True, undefined=StrictUndefined)


@cache
def _template(name: str) -> Any:
    return _environment().get_template(f"{name}.html.j2")


@cache
def _question() -> Any:
    """Give what makes a closed question's part of the page, once for what many answers of a class have in common."""
    return lru_cache(4096)(_template("question").module.question)
