"""The answers of one workbook, as a person marks them: whose turn it is, what stands there, and what is written when something is given."""

import hashlib
import hmac
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from sqlalchemy import Connection

from autograde.classes.comments import own_comments
from autograde.classes.folder import Course
from autograde.classes.roster import Student
from autograde.desk import mark_near
from autograde.desk.mark_before import before
from autograde.desk.mark_guides import guides_of, must_see_of
from autograde.desk.mark_looks import SecondLook
from autograde.desk.mark_names import SAID, Names
from autograde.desk.mark_view import Answer, Kept, Line, Marking, State
from autograde.desk.pages import UnfitError
from autograde.errors import ClassError
from autograde.gradebook.database import FAULTS, reading, reason
from autograde.gradebook.learners import learners_in
from autograde.gradebook.left import left_in
from autograde.gradebook.person import Given, Notes, PersonMark, Place, give, marks_for, marks_of, places_in
from autograde.gradebook.soundness import check_gradebook
from autograde.inbox.submitted import submissions
from autograde.marking.comment import fill, without_names
from autograde.records.second_looks import Outcome
from autograde.run.answer import content_of, read_answers
from autograde.run.work import Content
from workbook_helpers.items.kinds.written import count_words

BANK = 200
"""Comments of a task that are offered."""
GONE = "This answer is not in the gradebook any more."


@dataclass(frozen=True)
class Answers:
    """The answers to a workbook of a class.

    Attributes
    ----------
    name
        The workbook's name for nbgrader.
    anonymous
        Whether nothing may tell whose an answer is; they are in a random order then.
    names
        Whether learners are called by name; by id where not.
    """

    course: Course
    name: str
    anonymous: bool = False
    names: bool = True

    @cached_property
    def content(self) -> Content:
        """What it is marked by."""
        return content_of(self.course, self.name)

    def marking(self, task: str, learner: str, answer: str) -> Marking:
        """Give a task across all learners, or one learner, with one answer shown: the one asked for, else the first that waits.

        Raises
        ------
        ClassError
            If there is no such task or learner, or something cannot be read.
        """
        with _Looking(self) as at:
            places = at.written() if learner else [at.place(task)]
            found = [(place, mark) for place in places for mark in at.marks(place, learner)]
            lines = [at.line(place, mark) for place, mark in found]
            which = _first(lines, answer)
            shown = at.shown([lines[which]])[0] if lines else None
            bank = at.bank(places) if lines else ()
        whose = at.called(learner) if learner else ""
        title = "" if learner else self._title(places[0].name)
        return Marking(
            workbook=self.name,
            short=self.content.workbook.id,
            task=task,
            learner=learner,
            title=whose or title,
            anonymous=self.anonymous,
            guides=guides_of(self.content, [place.name for place in places]),
            lines=tuple(lines),
            shown=shown,
            number=which + 1,
            waiting=sum(line.state is not State.MARKED for line in lines),
            bank=bank,
            own=tuple(own_comments()),
        )

    def some(self, task: str, answers: Iterable[str]) -> tuple[Answer, ...]:
        """Give some answers to a task, whole, in the order asked for; one that is not there is left out."""
        with _Looking(self) as at:
            return at.shown([_line(task, one) for one in answers])

    def keep(self, task: str, answer: str, base: str, *, points: float | None, comment: str, notes: Notes) -> Kept:
        """Write what a person gives for an answer; `comment` has its placeholders.

        Raises
        ------
        ClassError
            If it cannot be written; then nothing was.
        """
        with _Looking(self) as at:
            place = at.place(task)
            whose = at.student(place, answer)
            shown = at.shown([_line(task, answer)])
            if shown and shown[0].fault:
                raise UnfitError(shown[0].fault, "program")
            rubric = must_see_of(self.content, shown[0].item) if shown else ()
            first, before = at.first_name(whose), at.mark(place, whose)
        text = fill(comment, name=first, must_see=rubric, seen=notes.seen)
        template = comment if text != comment else ""
        if before and shown and comment.strip() == shown[0].comment.strip() and shown[0].comment != before.notes.template:
            text, template = before.comment, ""  # without names it reads otherwise than it stands there
        given = Given(points=points, comment=text, notes=replace(notes, template=template))
        kept = give(self.course.db_url, self.course.course_id, place, whose, given, base)
        with _Looking(self) as at:
            look, [now] = at.second_look(task, whose), at.shown([_line(task, answer)])
        if look and not kept.newer:  # behind the look, which may keep others from writing
            look.keep()
        return Kept(answer=now, newer=kept.newer)

    def judge(self, task: str, answer: str, number: int, outcome: Outcome) -> Kept:
        """Write what a person says of a hint; `number` is its place, from 0.

        Raises
        ------
        ClassError
            If there is no such answer or hint, or it cannot be written.
        """
        with _Looking(self) as at:
            look = at.second_look(task, at.student(at.place(task), answer))
        if look is None:
            raise ClassError(GONE)
        look.judge(number, outcome)
        [now] = self.some(task, [answer])
        return Kept(answer=now, newer=False)

    def most(self, task: str) -> float:
        """Give the points that a task has."""
        with _Looking(self) as at:
            return at.place(task).max_score

    def _title(self, place: str) -> str:
        item = self.content.workbook.paper().get(place)
        return item.stem if item else place


def _first(lines: Sequence[Line], answer: str) -> int:
    """Give the place of the answer that is asked for, or of the first that waits, or that is to be come back to, or of the first."""
    tests = (lambda line: line.answer == answer, lambda line: line.state is State.WAITS, lambda line: line.state is State.LATER)
    return next((number for test in tests for number, line in enumerate(lines) if test(line)), 0)


def _line(task: str, answer: str) -> Line:
    return Line(answer=answer, task=task, who="", state=State.WAITS, unsafe=False)


class _Looking:
    """A look into the gradebook, with all that is read for it once."""

    def __init__(self, answers: Answers) -> None:
        self._all, self._course = answers, answers.course

    def __enter__(self) -> "_Looking":
        url = self._course.db_url
        check_gradebook(url, self._course.course_id)
        self._opened = reading(url)
        try:
            self._connection: Connection = self._opened.__enter__()
            self._places = places_in(self._connection, self._all.name)
            self._away = left_in(self._connection)
            everybody = learners_in(self._connection)
        except FAULTS as error:
            msg = f"The gradebook cannot be read ({reason(error)}). Close other programs that use it."
            raise ClassError(msg) from error
        self._people = {
            one.id: Student(id=one.id, first_name=one.first_name, last_name=one.last_name, email=one.email)
            for one in sorted(everybody, key=lambda one: (one.last_name.casefold(), one.first_name.casefold(), one.id))
            if one.id not in self._away
        }
        self._there = self._people.keys() & submissions(self._course, self._all.name)
        self._names = Names(self._people)
        return self

    def __exit__(self, *fault: object) -> None:
        self._opened.__exit__(None, None, None)

    def place(self, task: str) -> Place:
        if task not in self._places:
            msg = f"{self._all.content.workbook.id} has no task {task[:40]!r}. Choose one from the list."
            raise ClassError(msg)
        return self._places[task]

    def written(self) -> list[Place]:
        return [self._places[place] for place in self._all.content.workbook.paper(assessed=True) if place in self._places]

    def called(self, learner: str) -> str:
        """Give how a learner is called; "" where the marking is anonymous."""
        if learner not in self._people:
            msg = "Nobody in this class has that id."
            raise ClassError(msg)
        one = self._people[learner]
        return "" if self._all.anonymous else (one.name or one.shown) if self._all.names else one.shown

    def first_name(self, learner: str) -> str:
        one = self._people[learner]
        return one.first_name or one.name or one.shown

    def marks(self, place: Place, learner: str) -> list[PersonMark]:
        """Give the marks that are a person's, in the order in which they are marked; a hand-in that was taken back waits for nobody."""
        found = marks_for(self._connection, place, [learner]).values() if learner else marks_of(self._connection, place)
        own = [mark for mark in found if mark.student in self._there and (mark.auto is None or mark.waits or mark.points is not None)]
        order = {learner: number for number, learner in enumerate(self._people)}
        if self._all.anonymous:
            return sorted(own, key=lambda mark: self.token(place, mark.student))
        if not self._all.names:
            return sorted(own, key=lambda mark: self._people[mark.student].shown.casefold())
        return sorted(own, key=lambda mark: order[mark.student])

    def mark(self, place: Place, learner: str) -> PersonMark | None:
        return marks_for(self._connection, place, [learner]).get(learner)

    def token(self, place: Place, learner: str) -> str:
        """Give what stands for a learner's answer to a task: always the same, and from it nobody finds whose it is.

        Its key is the random id that nbgrader gave the workbook in this gradebook, which no page shows.
        """
        return hmac.new(place.assignment.encode(), f"{place.name} {learner}".encode(), hashlib.sha256).hexdigest()[:20]

    def whose(self, place: Place) -> dict[str, str]:
        return {self.token(place, learner): learner for learner in self._there}

    def student(self, place: Place, answer: str) -> str:
        """Give whose an answer is; ClassError says why nothing can be given for it any more."""
        if learner := self.whose(place).get(answer):
            return learner
        known = {self.token(place, learner): learner for learner in (*self._people, *self._away)}.get(answer)
        msg = "What this learner handed in was taken back: there is nothing to give points for." if known else GONE
        if known in self._away:
            msg = "This learner has left the class: nothing more can be given for the answer."
        raise ClassError(msg)

    def line(self, place: Place, mark: PersonMark) -> Line:
        who = self.called(mark.student)
        return Line(answer=self.token(place, mark.student), task=place.name, who=who, state=_state(mark), unsafe=mark.notes.unsafe)

    def shown(self, lines: Sequence[Line]) -> tuple[Answer, ...]:
        """Give answers whole, in order."""
        wanted: dict[str, list[str]] = {}
        for line in lines:
            wanted.setdefault(line.task, []).append(line.answer)
        found: dict[tuple[str, str], Answer] = {}
        for task, tokens in wanted.items():
            place = self.place(task)
            whose = self.whose(place)
            students = [whose[token] for token in tokens if token in whose]
            for student, mark in marks_for(self._connection, place, students).items():
                token = self.token(place, student)
                found[task, token] = self._shown(place, token, mark)
        return tuple(found[line.task, line.answer] for line in lines if (line.task, line.answer) in found)

    def _shown(self, place: Place, token: str, mark: PersonMark) -> Answer:
        student = self._people[mark.student]
        answer = read_answers(self._course, self._all.content, student.id).get(place.name)
        if answer is None:
            msg = f"{self._all.content.workbook.id} has no task {place.name} any more. Give it out again, then mark with the program."
            raise ClassError(msg)
        near = None
        if answer.written:
            near = mark_near.near(self._all, place, student.id, self._near_name, lambda one: self.token(place, one))
            if near and self._all.anonymous:
                near = tuple(replace(one, shared=tuple(self._names.any(text, student) for text in one.shared)) for one in near)
        name, rubric = self.first_name(student.id), must_see_of(self._all.content, answer.guide)
        template, notes = mark.notes.template, mark.notes
        is_template = bool(template) and fill(template, name=name, must_see=rubric, seen=notes.seen) == mark.comment
        earlier, told = before(self._course, self._all.content, student.id, place.name, lambda text: self._nameless((text,), student)[0])
        lines, flags = (self._nameless(texts, student) for texts in (answer.lines, (*answer.flags, *told)))
        if lines != answer.lines:
            flags = (*flags, SAID)
        if mark.waits and mark.points is not None:
            another = f"for another answer: {mark.points:g}. They do not count for this one."
            rescaled = f"when the task had {mark.out_of or 0:g} points: {mark.points:g}. They do not count before you give them again."
            flags = (*flags, f"Points that were given {another if mark.out_of is None else rescaled}")
        newer = "Another hand-in of this learner counts now, which the program has not marked yet. Have it marked first."
        return Answer(
            answer=token,
            task=place.name,
            item=answer.guide,
            who=self.called(student.id),
            learner="" if self._all.anonymous else student.id,
            first_name="" if self._all.anonymous else name,
            stem=answer.stem,
            prompts=answer.prompts,
            document=answer.document.as_html() if answer.document else "",
            lines=lines,
            words=sum(map(count_words, answer.lines)) if answer.written else 0,
            reason=answer.reason,
            flags=flags,
            fault=newer if mark.answer and mark.answer != answer.digest else "",
            points="" if mark.points is None or mark.waits else f"{mark.points:g}",
            extra=mark.extra or 0,
            max=place.max_score,
            comment=template if is_template else self._names.own(mark.comment, student, "{name}") if self._all.anonymous else mark.comment,
            has_comment=bool(place.comment_cell),
            seen=notes.seen,
            not_enough=notes.not_enough,
            unsafe=notes.unsafe,
            later=notes.later,
            state=_state(mark),
            base=mark.base,
            near=near,
            before=earlier,
            looks=SecondLook(self._course, self._all.content, answer, mark).shown(lambda text: self._nameless((text,), student)[0]),
        )

    def second_look(self, task: str, learner: str) -> SecondLook | None:
        """Give the second look at a learner's answer; None where there is none any more."""
        mark = self.mark(self.place(task), learner)
        answer = read_answers(self._course, self._all.content, learner).get(task) if mark else None
        return SecondLook(self._course, self._all.content, answer, mark) if mark and answer else None

    def _near_name(self, learner: str) -> str:
        return self.called(learner) or "another answer"

    def _nameless(self, texts: tuple[str, ...], student: Student) -> tuple[str, ...]:
        """Give a learner's texts as they may be shown."""
        return tuple(self._names.any(text, student) for text in texts) if self._all.anonymous else texts

    def bank(self, places: Sequence[Place]) -> tuple[str, ...]:
        """Give the comments that were written for these tasks in this class, the most used first, without names."""
        used: Counter[str] = Counter()
        for place in places:
            for mark in marks_of(self._connection, place):
                student = self._people.get(mark.student)
                text = mark.notes.template or mark.comment
                if student and text.strip():
                    names = (student.name, student.first_name, student.id, student.shown)
                    used[without_names(text, names, "{name}").strip()] += 1
        return tuple(text for text, _ in used.most_common(BANK))


def _state(mark: PersonMark) -> State:
    return State.LATER if mark.notes.later else State.WAITS if mark.waits else State.MARKED
