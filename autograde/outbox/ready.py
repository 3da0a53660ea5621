"""Which feedback pages of a workbook can be given back now, and which are withheld, and why."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from autograde.classes.folder import Course
from autograde.classes.ids import shown
from autograde.errors import ClassError
from autograde.gradebook.address import without_password
from autograde.gradebook.database import FAULTS, reading, reason
from autograde.gradebook.entries import Given
from autograde.gradebook.learners import Learner, learners_in
from autograde.gradebook.overview import assignments_in, cells_in
from autograde.gradebook.soundness import check_gradebook
from autograde.gradebook.told import told_in
from autograde.inbox.attempts import Attempts
from autograde.inbox.submitted import handed_in, submissions
from autograde.outbox.pages import CLOSED, fits, made_from, page_path, replaced
from autograde.text import count
from workbook_helpers.items import Workbook

Step = Literal["mark", "decide", "make"]
"""What helps on: mark the hand-in, give points for what waits for a person, make the page."""


@dataclass(frozen=True, kw_only=True)
class Outgoing:
    """A learner, with the points in all and what else goes back with the page.

    Attributes
    ----------
    id, shown
        The id as folders and the gradebook have it, and as people know it.
    path
        The feedback page, which says what the gradebook says.
    points
        None where a person has still to give some of them.
    comments
        A person's comments, in the workbook's order; "" is none of them.
    digest
        `Given.digest` of the page.
    moodle, canvas
        The number by which that system knows the learner here, as kept at intake; "" where it is not known.
    referral
        The id of the referral that goes back with the page, "" for none.
    """

    id: str
    shown: str
    first_name: str
    last_name: str
    email: str
    path: Path
    points: float | None
    handed_in: datetime | None
    comments: tuple[str, ...]
    digest: str
    moodle: str = ""
    canvas: str = ""
    referral: str = ""

    @property
    def name(self) -> str:
        """First and last name; the id where there is none."""
        return f"{self.first_name} {self.last_name}".strip() or self.shown


@dataclass(frozen=True, kw_only=True)
class Withheld:
    """A learner whose page is not given back; `page`: whether one lies there that no longer fits."""

    id: str
    shown: str
    name: str
    why: str
    step: Step
    page: bool


@dataclass(frozen=True, kw_only=True)
class Ready:
    """What can be given back of a workbook, in the order of the learners' names, and what cannot; `max` are all of its points."""

    assignment: str
    short: str
    title: str
    max: float
    pages: tuple[Outgoing, ...]
    withheld: tuple[Withheld, ...]

    def only(self, students: Collection[str]) -> tuple[Outgoing, ...]:
        """Give the pages of these students."""
        return tuple(page for page in self.pages if page.id in students)


def ready(course: Course, assignment: str) -> Ready:
    """Look through the pages of a workbook.

    Raises
    ------
    ClassError
        If the gradebook cannot be read, or the workbook was never released.
    """
    workbook, url = course.workbook(assignment), course.db_url
    check_gradebook(url, course.course_id)
    try:
        with reading(url) as gradebook:
            released = [one for one in assignments_in(gradebook) if one.name == assignment]
            cells = cells_in(gradebook, released[0]) if released else []
            told, learners = told_in(gradebook, assignment), learners_in(gradebook)
    except FAULTS as error:
        msg = f"The gradebook {without_password(url)} cannot be read ({reason(error)}). Close other programs that use it."
        raise ClassError(msg) from error
    if not released:
        msg = f"{assignment} has not been given out in this class yet."
        raise ClassError(msg)
    attempts, there = Attempts(course, assignment), set(submissions(course, assignment))
    found = [
        _look(course, workbook, attempts, one, told.get(one.id))
        for one in sorted(learners, key=lambda one: (one.last_name.casefold(), one.first_name.casefold(), one.id))
        if one.id in there
    ]
    return Ready(
        assignment=assignment,
        short=workbook.id,
        title=workbook.about.title,
        max=sum(cell.max_score for cell in cells),
        pages=tuple(one for one in found if isinstance(one, Outgoing)),
        withheld=tuple(one for one in found if isinstance(one, Withheld)),
    )


def _look(course: Course, workbook: Workbook, attempts: Attempts, learner: Learner, given: Given | None) -> Outgoing | Withheld:
    assignment = workbook.assignment
    path = page_path(course, learner.id, assignment)
    try:
        course.check_own("feedback", learner.id, assignment)
        page = path.is_file() and not path.is_symlink()
        _, digest = handed_in(course, workbook, learner.id)
    except OSError as error:
        return _withhold(learner, f"{error.filename or 'a file'} cannot be used ({error.strerror})", "mark", page=False)
    if given is None or not given.points or given.answers != digest:
        why = "there is a new hand-in, which is not marked yet" if page else "the hand-in is not marked yet"
        return _withhold(learner, why, "mark", page=page)
    waiting = sum(points is None for points in given.points.values())
    made = made_from(path) if page else ""
    if not fits(made, given.digest, closed=assignment in course.closed()):
        since = (
            "the page says what was right, and marking is open again"
            if made == given.digest + CLOSED
            else "the marks have changed since the page was made"
        )
        newest, before = attempts.newest(learner.id), replaced(course, learner.id, assignment)
        began = newest[0].began.timestamp() if newest else 0
        had = page or any(one.stat().st_mtime >= began for one in before)  # those from before are of another hand-in
        changed = f" now: {since}" if had else ""
        if waiting:
            wait = f"{count(waiting, 'answer')} {'waits' if waiting == 1 else 'wait'} for you"
            return _withhold(learner, f"{wait}{changed}", "decide", page=page)
        why = since if had else f"the page {'of this hand-in ' if before else ''}is not made yet"
        return _withhold(learner, why, "make", page=page)
    tasks = [name for name in workbook.paper() if given.comments.get(name)]
    tasks += [name for name, text in given.comments.items() if text and name not in tasks]
    return Outgoing(
        id=learner.id,
        shown=shown(learner.id),
        first_name=learner.first_name,
        last_name=learner.last_name,
        email=learner.email,
        path=path,
        points=None if waiting else round(sum(points or 0 for points in given.points.values()), 2),
        handed_in=given.handed_in,
        comments=tuple(given.comments[name] for name in tasks),
        digest=given.digest,
        moodle=attempts.number(learner.id),
        canvas=attempts.number(learner.id, "Canvas"),
        referral=given.referral,
    )


def _withhold(learner: Learner, why: str, step: Step, *, page: bool) -> Withheld:
    name = f"{learner.first_name} {learner.last_name}".strip() or shown(learner.id)
    return Withheld(id=learner.id, shown=shown(learner.id), name=name, why=why, step=step, page=page)
