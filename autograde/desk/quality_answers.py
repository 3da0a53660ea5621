"""Answers as a second marker reads them, without names and what they were given, and as a quality assurer does, with both."""

from dataclasses import dataclass

from autograde.classes.folder import Course
from autograde.classes.roster import Roster
from autograde.desk.mark_guides import guides_of, levels_of, must_see_of
from autograde.desk.mark_names import Names
from autograde.desk.mark_view import Guide
from autograde.errors import ClassError
from autograde.gradebook.person import marks_for, places_in
from autograde.records.opening import reading
from autograde.records.standardising import Training
from autograde.run.answer import content_of, read_answers
from workbook_helpers.errors import WorkbookError


@dataclass(frozen=True, kw_only=True)
class Blind:
    """An answer, and what it is marked by.

    Attributes
    ----------
    document
        What the question rests on, as HTML of ours, "" for nothing.
    lines
        What was answered; nothing where there is none that can be read, and `reason` says why.
    guide
        The rubric.
    """

    task: str
    stem: str
    prompts: tuple[str, ...]
    document: str
    lines: tuple[str, ...]
    reason: str
    guide: Guide

    @property
    def must_see(self) -> tuple[str, ...]:
        """The must-see points."""
        return self.guide.must_see

    @property
    def most(self) -> float:
        """The most points that there are."""
        return self.guide.max


def blind(course: Course, assignment: str, task: str, learner: str) -> Blind:
    """Give an answer as nobody can tell whose it is.

    Raises
    ------
    ClassError
        If it is not there (any more), or cannot be read.
    """
    content = content_of(course, assignment)
    answer = read_answers(course, content, learner).get(task)
    guides = {one.item: one for one in guides_of(content, [task])}
    if answer is None or answer.guide not in guides:
        msg = f"{assignment} has no answer to {task[:40]!r} any more. Choose another task."
        raise ClassError(msg)
    people = {one.id: one for one in Roster.of(course).students}
    names, whose = Names(people), people.get(learner)
    return Blind(
        task=task,
        stem=answer.stem,
        prompts=answer.prompts,
        document=answer.document.as_html(name="document", level=3) if answer.document else "",
        lines=tuple(names.any(line, whose) for line in answer.lines) if whose else answer.lines,
        reason=answer.reason,
        guide=guides[answer.guide],
    )


def sample(one: Training) -> Blind:
    """Give a sample answer as it is marked: the task, and the rubric without the author's view."""
    rests_on, rubric = one.item.rests_on, one.rubric
    return Blind(
        task=one.task,
        stem=one.item.stem,
        prompts=getattr(one.item, "prompts", ()),
        document=rests_on.as_html(name="document", level=3) if rests_on else "",
        lines=(one.text,),
        reason="",
        guide=Guide(item=one.task, max=one.most, levels=levels_of(rubric), must_see=rubric.must_see),
    )


@dataclass(frozen=True, kw_only=True)
class Marked:
    """A written answer with what it was given: points (None for none yet), the comment, and which must-see points were ticked."""

    task: str
    stem: str
    lines: tuple[str, ...]
    reason: str
    points: float | None
    most: float
    comment: str
    seen: tuple[str, ...]


def marked_answer(course: Course, assignment: str, task: str, learner: str) -> Marked | None:
    """Give a learner's answer to a task with its mark; None where it is not there any more, or cannot be read."""
    try:
        content = content_of(course, assignment)
        answer = read_answers(course, content, learner).get(task)
    except WorkbookError:
        return None
    with reading(course) as connection:
        place = places_in(connection, assignment).get(task)
        mark = marks_for(connection, place, [learner]).get(learner) if place else None
    if not (answer and place and mark):
        return None
    must_see = must_see_of(content, answer.guide)
    return Marked(
        task=task,
        stem=answer.stem,
        lines=answer.lines,
        reason=answer.reason,
        points=mark.points,
        most=place.max_score,
        comment=mark.comment,
        seen=tuple(text for number, text in enumerate(must_see) if number in mark.notes.seen),
    )
