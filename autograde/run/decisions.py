"""A key that was wrong, for one class: let a question not count, or accept a second answer. Whose points change is known before."""

import json
from dataclasses import dataclass, replace

from autograde.classes.folder import Course
from autograde.classes.own_keys import NOTHING, Decision, class_guides, own_keys
from autograde.errors import ClassError
from autograde.gradebook.locks import signed_off
from autograde.inbox.submitted import handed_in, submissions
from autograde.marking import earlier, mark_sheet
from autograde.outbox.releases import read_seen
from autograde.run.questions import submitted_by
from autograde.run.work import load_content
from autograde.text import count
from workbook_helpers.items import Item, Json, Workbook


@dataclass(frozen=True, kw_only=True)
class Change:
    """What a decision does to one learner's points for the question; `after` is None where a person has to give them."""

    student: str
    before: float
    after: float | None
    by_person: bool


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A decision that is not made yet: on which question, in words, whose points it changes, and whose stay as a person gave them."""

    item: Item
    decision: Decision
    words: str
    changes: tuple[Change, ...]
    kept: tuple[Change, ...]


def void(course: Course, workbook: Workbook, item: str) -> Decision:
    """Give the decision that a question does not count, beside what else was decided of it."""
    return replace(_so_far(course, workbook, item), void=True)


def accept(course: Course, workbook: Workbook, item: str, answer: Json) -> Decision:
    """Give the decision that an answer is accepted, too.

    Raises
    ------
    ClassError
        If it is no answer to the question.
    """
    before, asked = _so_far(course, workbook, item), workbook.items[item]
    if (problem := asked.problem(answer)) or asked.is_blank(answer):
        msg = f"{json.dumps(answer, ensure_ascii=False)[:80]} is no answer to {item}: {problem or 'it says nothing'}."
        raise ClassError(msg)
    return before if answer in before.also else replace(before, also=(*before.also, answer))


def plan(course: Course, assignment: str, item: str, decision: Decision) -> Plan:
    """Say whose points a decision would change, of those whose unit is not signed off; nothing is changed.

    Raises
    ------
    ClassError
        If the question has no key, or the gradebook cannot be read.
    """
    content = load_content(course, assignment)
    workbook = content.workbook
    _so_far(course, workbook, item)
    key, _ = class_guides(course, workbook, {item: decision})
    held, locked = submitted_by(course, assignment), signed_off(course)
    changes, kept, untouched = list[Change](), list[Change](), 0
    for student in submissions(course, assignment):
        if student in locked:
            continue
        try:
            raw, _ = handed_in(course, workbook, student)
        except OSError:
            continue
        sheet, seen, _ = read_seen(content.releases, raw)
        before = [found for was in seen.paper(workbook).values() if was and was.id == item and (found := earlier(key.earlier, was))]
        untouched += not decision.void and any(answer not in one.also for one in before for answer in decision.also)
        for place, mark in mark_sheet(workbook, key, sheet, seen).items():
            grade = held[student].grades.get(place) if student in held else None
            if grade is None or (mark.drawn or place) != item:
                continue
            after = grade._replace(auto_score=mark.points).points if mark.points is not None or grade.by_person else None
            change = Change(student=student, before=grade.points, after=after, by_person=grade.by_person)
            if mark.points != grade.auto_score:
                (changes if after != grade.points else kept).append(change)
    words = in_words(workbook.items[item], decision)
    if untouched:
        learners = f"{count(untouched, 'learner')} {'was' if untouched == 1 else 'were'}"
        words += f" {learners} asked it before its meaning changed, where that was no answer to it: nothing changes there."
    return Plan(item=workbook.items[item], decision=decision, words=words, changes=tuple(changes), kept=tuple(kept))


def in_words(item: Item, decision: Decision) -> str:
    """Say a decision in a sentence."""
    said = ["it does not count, and everybody gets its points"] if decision.void else []
    said += [f"“{' · '.join(item.in_words(answer))}” is accepted, too" for answer in decision.also]
    return f"{item.id}: {'; '.join(said) or 'the key alone counts'}."


def _so_far(course: Course, workbook: Workbook, item: str) -> Decision:
    """Give what was decided of a question; ClassError where it is none that has a key."""
    found = workbook.items.get(item)
    if found is None or found not in workbook.assessed() or found.asks_person:
        msg = f"{workbook.id} has no question {item[:60]!r} that is marked by a key."
        raise ClassError(msg)
    return own_keys(course, workbook.id).get(item, NOTHING)
