"""Every attempt at a workbook side by side: what was asked and answered then, and what was said and given for it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from autograde.classes.folder import Course
from autograde.gradebook.person import PersonMark, marks_for, places_in
from autograde.inbox.attempts import Attempt, Attempts, newest_of, read_attempts
from autograde.marking import Seen
from autograde.outbox.releases import read_seen
from autograde.records.marks import marks_in
from autograde.records.opening import reading
from autograde.records.referrals import Referral, State, referrals_of
from autograde.run.work import Content
from workbook_helpers.answers import AnswerSheet
from workbook_helpers.items import Item, Json

UNASKED = "This answer was not to be given again, and it is another one than in the attempt before."
"""What a marker is told of an answer that a referral had not opened."""


@dataclass(frozen=True, kw_only=True)
class Then:
    """A task in one attempt.

    Attributes
    ----------
    attempt, handed_in
        Its number, and when it came, in UTC.
    stem, lines
        As the learner was asked it then, and what was answered; nothing where there was no answer that can be read.
    comment, points
        What was said and given for it; "" and None where that is not known.
    missing
        What a referral said was missing in it, "" for none.
    same
        Whether the answer is the one of the attempt before.
    """

    attempt: int
    handed_in: datetime
    stem: str
    lines: tuple[str, ...]
    comment: str
    points: float | None
    missing: str
    same: bool


@dataclass(frozen=True, kw_only=True)
class Compared:
    """A task in every attempt, the oldest first; `item` is the id of what was asked there last.

    `unasked` says that its answer changed last without having been asked for again.
    """

    place: str
    item: str
    max: float
    attempts: tuple[Then, ...]
    unasked: bool


@dataclass(frozen=True, kw_only=True)
class _Read:
    """An attempt as it is read, and the referral that was made of it, None for none."""

    attempt: Attempt
    seen: Seen
    saw: Mapping[str, Item | None]
    asked: Referral | None

    def value(self, place: str) -> Json:
        item = self.saw.get(place)
        return self.seen.sheet.value(item.id) if item else None


def has_several(course: Course, assignment: str, learner: str) -> bool:
    """Whether a learner has answered a referral to a workbook."""
    return any(one.attempt > 1 and not one.set_aside for one in read_attempts(course, assignment, learner))


def compare(course: Course, content: Content, learner: str) -> dict[str, Compared]:
    """Give place → comparison for every written task, and for each question whose answer changed; learner's id as the gradebook has it.

    Raises
    ------
    ClassError
        If the gradebook cannot be read.
    """
    name = content.workbook.assignment
    read = _read(course, content, learner, referrals_of(course, learner, name))
    with reading(course) as connection:
        places = places_in(connection, name)
        marked = marks_in(connection, [learner]).get((learner, name))
        counts = bool(read and marked and marked.answers == read[-1].attempt.answers_sha256)  # else they are those of another hand-in
        marks = {place: marks_for(connection, one, [learner]).get(learner) for place, one in places.items()} if counts else {}
    found = {}
    for place, item in content.workbook.paper(read[-1].seen.sheet.seed if read else "", assessed=True).items():
        values = [one.value(place) for one in read]
        if read and (item.asks_person or any(value != values[0] for value in values)):
            found[place] = _compared(place, item.points, read, values, marks.get(place))
    return found


def _read(course: Course, content: Content, learner: str, asked: Sequence[Referral]) -> list[_Read]:
    """Read one attempt of each number: the one that a referral was made of, else the one that counts of them."""
    attempts = Attempts(course, content.workbook.assignment)
    every = [(attempt, path) for attempt, path in attempts.of(learner) if not attempt.set_aside]
    found = []
    for number in sorted({attempt.attempt for attempt, _ in every}):
        own: list[tuple[Attempt, Path]] = [pair for pair in every if pair[0].attempt == number]
        about = {one.about: one for one in reversed(asked) if one.attempt == number + 1}
        chosen = newest_of([pair for pair in own if pair[0].answers_sha256 in about] or own)
        if chosen is not None:
            attempt, path = chosen
            _, seen, _ = read_seen(content.releases, attempts.answers(path) or _nothing())
            found.append(_Read(attempt=attempt, seen=seen, saw=seen.paper(content.workbook), asked=about.get(attempt.answers_sha256)))
    return found


def _nothing() -> AnswerSheet:
    return AnswerSheet(answers={}, unreadable={}, problem="the original is not there any more")


def _compared(place: str, most: float, read: Sequence[_Read], values: Sequence[Json], now: PersonMark | None) -> Compared:
    made = []
    for number, (one, value) in enumerate(zip(read, values, strict=True)):
        item = one.saw.get(place)
        task = one.asked.tasks.get(item.id) if one.asked and item else None
        comment, points = (task.comment, task.points) if task else ("", None)
        if task is None and now and not now.waits and value == values[-1]:  # the same answer, so the mark of now is its mark
            comment, points = now.comment, now.total or 0
        made.append(
            Then(
                attempt=one.attempt.attempt,
                handed_in=one.attempt.handed_in_at,
                stem=item.stem if item else "",
                lines=() if item is None or item.is_blank(value) else tuple(item.in_words(value)),
                comment=comment,
                points=points,
                missing=task.missing if task and one.asked and one.asked.state is not State.WITHDRAWN else "",
                same=number > 0 and value == values[number - 1],
            )
        )
    before = read[-2].asked if len(read) > 1 else None
    item = read[-1].saw.get(place)
    unasked = before is not None and item is not None and item.id not in before.tasks and not made[-1].same
    return Compared(place=place, item=item.id if item else "", max=most, attempts=tuple(made), unasked=unasked)
