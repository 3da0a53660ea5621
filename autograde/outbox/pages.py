"""Feedback pages as files: which still fit the gradebook, and where the others go."""

from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from autograde.classes.folder import Course
from autograde.gradebook.givings import Giving
from autograde.gradebook.rows import Rows
from autograde.text import stamp

REPLACED = "feedback-replaced"
"""The folder for pages that no longer fit: what a student was given stays known, and nobody sends it by mistake."""
MADE_FROM = '<meta name="made-from" content="'
CLOSED = " closed"
"""After that, where the page says what was right: it does so only once marking is closed."""
HEAD = 2_000
"""Bytes in which a page says what it was made from."""


def page_path(course: Course, student: str, assignment: str) -> Path:
    """Give the place of a student's page."""
    return course.path("feedback", student, assignment) / f"{assignment}.html"


def replaced(course: Course, student: str, assignment: str) -> list[Path]:
    """Give the pages of a student that no longer fitted and were put away, the newest first."""
    return sorted((course.root / REPLACED / student).glob(f"{assignment}-{'[0-9]' * 8}-{'[0-9]' * 6}.html"), reverse=True)


def made_from(path: Path) -> str:
    """Give `Given.digest` of what a page was made from, with `CLOSED` after it where marking was closed; "" where it does not say."""
    try:
        with path.open("rb") as file:
            head = file.read(HEAD).decode("utf-8", "replace")
    except OSError:
        return ""
    return head.partition(MADE_FROM)[2].partition('"')[0]


def fits(made: str, digest: str, *, closed: bool) -> bool:
    """Whether a page made from this still says what the gradebook says, and nothing of what was right while marking is open."""
    return made.removesuffix(CLOSED) == digest and (closed or not made.endswith(CLOSED))


def page_given(course: Course, student: str, giving: Giving) -> Path | None:
    """Give the page of a student that was given back then, in its place or put away since; None where it is there no more.

    A page that was written later is not the one that was given, though it may be made from the same marks: once marking is closed it
    says what was right.
    """
    own, at = page_path(course, student, giving.assignment), int(giving.at.timestamp() * 1_000_000) * 1_000
    with suppress(OSError):
        course.check_own("feedback", student, giving.assignment)
        for page in (own, *replaced(course, student, giving.assignment)):
            with suppress(OSError):
                if page.stat().st_mtime_ns <= at and fits(made_from(page), giving.to[student], closed=True):  # whatever is open now
                    return page
    return None


def is_held_back(course: Course, student: str, page: Path, givings: Iterable[Giving]) -> bool:
    """Whether a page of a student says what was right though marking is open, and none of the givings (of pages) was of it."""
    if page.suffix != ".html" or not made_from(page).endswith(CLOSED):
        return False
    assignment = page.stem.rsplit("-", 2)[0] if page.parent.parent.name == REPLACED else page.stem
    of_it = (one for one in givings if one.assignment == assignment and student in one.to and not one.taken_back)
    return assignment not in course.closed() and page not in (page_given(course, student, one) for one in of_it)


def find_stale(course: Course, assignment: str, rows: Rows, students: Iterable[str]) -> list[str]:
    """Give those of some students for whom there is a page that says other than the gradebook does now."""
    shown = [student for student in students if _has_page(course, assignment, student)]
    given = rows.given_each(shown) if shown else {}
    closed = bool(shown) and assignment in course.closed()
    return [
        student
        for student in shown
        if student not in given or not fits(made_from(page_path(course, student, assignment)), given[student].digest, closed=closed)
    ]


def _has_page(course: Course, assignment: str, student: str) -> bool:
    if not page_path(course, student, assignment).is_file():
        return False
    try:
        course.check_own("feedback", student, assignment)
    except OSError:  # what lies there is not this student's page
        return False
    return True


def set_aside(course: Course, assignment: str, student: str) -> None:
    """Put a page away; OSError if that cannot be done, or it is not this student's."""
    course.check_own("feedback", student, assignment)
    path = page_path(course, student, assignment)
    folder = course.root / REPLACED / student
    folder.mkdir(parents=True, exist_ok=True)
    made = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    while (kept := folder / f"{assignment}-{stamp(made)}.html").exists():  # of two that were made in one second, both are kept
        made += timedelta(seconds=1)
    path.replace(kept)


def set_aside_stale(course: Course, assignment: str, rows: Rows, students: Iterable[str]) -> list[str]:
    """Put away the pages of some students that no longer fit the gradebook; give whose (one that cannot be moved stays, and is told)."""
    stale = find_stale(course, assignment, rows, students)
    for student in stale:
        with suppress(OSError):
            set_aside(course, assignment, student)
    return stale


def stale_pages(course: Course, assignment: str) -> list[str]:
    """Give the students whose page no longer fits the gradebook."""
    paths = sorted((course.root / "feedback").glob(f"*/{assignment}/{assignment}.html"))
    if not paths:
        return []
    with Rows(course.db_url, assignment, course.course_id) as rows:
        return find_stale(course, assignment, rows, [path.parts[-3] for path in paths])
