"""What a class has answered to each closed question of a workbook, with the points that the gradebook holds for it."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from autograde.classes.folder import Course
from autograde.errors import ClassError
from autograde.gradebook.address import without_password
from autograde.gradebook.cells import Grade
from autograde.gradebook.database import FAULTS, reading, reason
from autograde.gradebook.overview import Submitted, assignments_in, submitted_in
from autograde.gradebook.soundness import check_gradebook
from autograde.inbox.submitted import handed_in, submissions
from autograde.marking import KeyEntry, Seen
from autograde.marking.figures import RARE, Figures, correlated, figures
from autograde.marking.kinds import MARKERS
from autograde.marking.mark import is_same_answer
from autograde.outbox.releases import read_seen
from autograde.run.work import Content, load_content
from autograde.statistics.table import Table, score
from workbook_helpers.answers import AnswerSheet
from workbook_helpers.items import Item, Json

NO_ANSWER, WAITS, BY_PERSON = "no answer", "waits for a person", "marked by a person"
"""What is said where no answer can be shown: nothing was answered, or the answer does not fit the question of now."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Answered:
    """One learner's answer to a question.

    Attributes
    ----------
    place
        Where it stands on their paper.
    value
        What was answered; None for nothing that can be shown, and `why` says why.
    points
        0 ≤ points ≤ the question's points; None while they wait.
    rest
        0 ≤ rest ≤ 1, the share of the points of all other closed questions that have any; None for none.
    """

    student: str
    place: str
    value: Json
    why: str
    points: float | None
    rest: float | None = None


@dataclass(frozen=True, kw_only=True)
class Choice:
    """What could be chosen, or was answered, in words, and by how many.

    Attributes
    ----------
    right
        Whether it belongs to what the key, or the class, calls right.
    note
        What is odd about it, "" for nothing.
    """

    words: str
    number: int
    right: bool = False
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Whole:
    """A whole answer that the key does not give all the points for: as JSON, in words, and by how many."""

    json: str
    words: str
    number: int


@dataclass(frozen=True, kw_only=True)
class Question:
    """A closed question and what became of it in a class."""

    item: Item
    entry: KeyEntry
    answers: tuple[Answered, ...] = ()
    earlier: int = 0
    """How many answered it before its meaning changed; they are not among the answers."""
    figures: Figures = field(default_factory=lambda: Figures(learners=0))
    """Of nobody where the question does not count."""

    @property
    def choices(self) -> tuple[Choice, ...]:
        """How many chose what: every option where there are some, else every part of an answer, the most frequent first."""
        given = [answer for answer in self.answers if answer.value is not None]
        found = Counter(words for answer in given for words in set(self.item.in_words(answer.value)))
        right = {*_right_words(self.item, self.entry)}
        options = list(_options(self.item).values())
        order = [*options, *(words for words, _ in found.most_common() if words not in options)]
        choices = [
            Choice(words=words, number=found[words], right=words in right, note=self._note(words, found[words], words in right, given))
            for words in order
        ]
        none = Counter(answer.why for answer in self.answers if answer.value is None)
        return (*choices, *(Choice(words=why, number=number) for why, number in none.items()))

    @property
    def others(self) -> tuple[Whole, ...]:
        """The whole answers that could be accepted, too: what was answered, and every option that was not; the most frequent first."""
        found: Counter[str] = Counter()
        for answer in self.answers:
            if answer.value is not None and not self._is_right(answer.value):
                found[json.dumps(answer.value, sort_keys=True, ensure_ascii=False)] += 1
        if self.item.kind == "single":
            for option in _options(self.item):
                if not self._is_right(option):
                    found.setdefault(json.dumps(option, ensure_ascii=False), 0)
        return tuple(Whole(json=text, words=" · ".join(self.item.in_words(json.loads(text))), number=n) for text, n in found.most_common())

    def _is_right(self, value: Json) -> bool:
        accepted = any(is_same_answer(self.item, one, value) for one in self.entry.also)
        return accepted or MARKERS[self.item.kind].fraction(self.item, self.entry.right, value) >= 1

    def _note(self, words: str, number: int, right: bool, given: list[Answered]) -> str:  # noqa: FBT001
        if right or words not in _options(self.item).values() or self.figures.facility is None:
            return ""
        if number < RARE * len(self.answers):
            return f"hardly anybody takes it (below {RARE:.0%})"
        chose = correlated([float(words in self.item.in_words(one.value)) for one in given], [one.rest for one in given])
        return "taken rather by those who do well elsewhere" if chose is not None and chose > 0 else ""


def questions(course: Course, assignment: str) -> tuple[Question, ...]:
    """Give every closed question of a workbook, in its order.

    Raises
    ------
    ClassError
        If the gradebook cannot be read, or key and workbook do not fit each other.
    """
    content = load_content(course, assignment)
    held = submitted_by(course, assignment)
    closed = [item for item in content.workbook.assessed() if not item.asks_person]
    table = Table(items=[item.id for item in closed], maxima=[item.points for item in closed], points=())
    found: dict[str, list[Answered]] = {item.id: [] for item in closed}
    before: Counter[str] = Counter()
    for student, sheet, seen in sheets(course, content):
        grades = held[student].grades if student in held else {}
        answers: dict[str, Answered] = {}
        for place, (item, other) in seen.asked(content.workbook, content.key.earlier).items():
            before[item.id] += other
            if item.id in found and not other:
                answers[item.id] = _answered(student, place, item, sheet, grades.get(place))
        counted = [item.id in answers and not content.key.entry(item).void for item in closed]
        row = [answers[item.id].points if counts else None for item, counts in zip(closed, counted, strict=True)]
        for n, item in enumerate(closed):
            if item.id in answers:
                found[item.id].append(replace(answers[item.id], rest=score(table, row, without=n)))
    return tuple(_question(item, content.key.entry(item), found[item.id], before[item.id]) for item in closed)


def sheets(course: Course, content: Content) -> Iterator[tuple[str, AnswerSheet, Seen]]:
    """Give each learner who has handed in, the answers as answers to the questions of now, and what the learner saw."""
    for student in submissions(course, content.workbook.assignment):
        try:
            raw, _ = handed_in(course, content.workbook, student)
        except OSError:  # a link is not this learner's; marking says so
            continue
        sheet, seen, _ = read_seen(content.releases, raw)
        yield student, sheet, seen


def submitted_by(course: Course, assignment: str) -> Mapping[str, Submitted]:
    """Give student id → what the gradebook holds; ClassError if it cannot be read."""
    url = course.db_url
    check_gradebook(url, course.course_id)
    try:
        with reading(url) as gradebook:
            released = [one for one in assignments_in(gradebook) if one.name == assignment]
            return submitted_in(gradebook, released[0]) if released else {}
    except FAULTS as error:
        msg = f"The gradebook {without_password(url)} cannot be read ({reason(error)}). Close other programs that use it."
        raise ClassError(msg) from error


def _answered(student: str, place: str, item: Item, sheet: AnswerSheet, grade: Grade | None) -> Answered:
    points, unread = grade.within(item.points) if grade else None, bool(sheet.problem) or item.id in sheet.unreadable
    value = None if unread or item.is_blank(sheet.value(item.id)) else sheet.value(item.id)
    why = NO_ANSWER if not unread else WAITS if points is None else BY_PERSON
    return Answered(student=student, place=place, value=value, why=why, points=points)


def _question(item: Item, entry: KeyEntry, answers: list[Answered], before: int) -> Question:
    marked = [(one.points / item.points, one.rest) for one in answers if one.points is not None and not entry.void]
    found = figures([share for share, _ in marked], [rest for _, rest in marked])
    return Question(item=item, entry=entry, answers=tuple(answers), earlier=before, figures=found)


def _options(item: Item) -> dict[str, str]:
    """Give option id → words, for a question with options of its own."""
    if item.kind not in {"single", "multiple"}:
        return {}
    return {option.id: option.text for option in getattr(item, "options", ())}


def _right_words(item: Item, entry: KeyEntry) -> Iterator[str]:
    yield from item.key_in_words(entry.right)
    for answer in entry.also:
        yield from item.in_words(answer)
