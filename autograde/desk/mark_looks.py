"""A second look at an answer, for the page Mark: after points were given for it and not before; it changes none."""

from collections.abc import Callable
from contextlib import suppress

from autograde.classes.folder import Course
from autograde.desk.mark_guides import rubric_of
from autograde.desk.mark_view import Second
from autograde.errors import ClassError
from autograde.gradebook.person import PersonMark
from autograde.hints import Hint, hints
from autograde.marking import Rubric
from autograde.records.second_looks import Looked, Outcome, judge, keep_look, outcomes
from autograde.run.answer import Answer
from autograde.run.work import Content


class SecondLook:
    """The hints for one learner's answer to a task, none of them before a person's points stand there."""

    def __init__(self, course: Course, content: Content, answer: Answer, mark: PersonMark) -> None:
        self._course, self._text = course, "\n".join(answer.lines)
        self._about = Looked(learner=mark.student, assignment=content.workbook.assignment, task=answer.place, answer=answer.digest)
        self._rubric = rubric_of(content, answer.guide)
        given = mark.points is not None and not mark.waits and mark.answer in {"", answer.digest}
        self._hints: tuple[Hint, ...] = hints(self._rubric, self._text) if given and self._rubric and answer.written else ()

    def shown(self, told: Callable[[str], str]) -> tuple[Second, ...]:
        """Give them as they are shown; `told` gives a learner's words as they may be told."""
        if not self._hints or not self._rubric:
            return ()
        said = outcomes(self._course, self._about, self._hints) or (Outcome.NONE,) * len(self._hints)
        return tuple(
            Second(
                said=_said(one, self._rubric),
                sure=one.sure,
                words=tuple(told(self._text[start:end].strip()) for start, end in one.spans),
                outcome=outcome,
            )
            for one, outcome in zip(self._hints, said, strict=True)
        )

    def keep(self) -> None:
        """Write down that they were given; where that cannot be done, the points stand and the page shows them all the same."""
        with suppress(ClassError):
            keep_look(self._course, self._about, self._hints)

    def judge(self, number: int, outcome: Outcome) -> None:
        """Write down what the marker says of one; see `second_looks.judge`."""
        judge(self._course, self._about, self._hints, number, outcome)


def _said(one: Hint, rubric: Rubric) -> str:
    match one.kind:
        case "missing":
            return f"It does not seem to touch: {rubric.must_see[one.point or 0]}"
        case "list":
            return "The task asks for reasons, and this is mostly a list without any."
        case "own work":
            return "Nothing in it seems to be from the learner’s own work."
        case "unsafe":
            return f"Some words may be unsafe: {one.about}."
