"""Remark on learners who handed in the same words; what that means is a person's to find out."""

import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from autograde.classes.folder import Course
from autograde.inbox.submitted import submissions
from workbook_helpers.answers.sheet import read_sheet
from workbook_helpers.items import Workbook

MIN_WORDS = 20
"""Fewer words can be the same by chance."""


@dataclass(frozen=True, kw_only=True)
class Alike:
    """An item to which several students gave the same text, case and blanks apart."""

    item: str
    students: tuple[str, ...]
    words: int


def alike(course: Course, workbook: Workbook, taken: Collection[str]) -> tuple[Alike, ...]:
    """Find equal written answers among the current submissions, where one of the `taken` students has one."""
    if not taken:
        return ()
    found: dict[tuple[str, str], list[str]] = {}
    for student in submissions(course, workbook.assignment):
        for item_id, text in _texts(student, course, workbook):
            found.setdefault((item_id, text), []).append(student)
    return tuple(
        Alike(item=item_id, students=tuple(students), words=len(text.split()))
        for (item_id, text), students in sorted(found.items())
        if len(students) > 1 and not set(taken).isdisjoint(students)
    )


def _texts(student: str, course: Course, workbook: Workbook) -> Iterator[tuple[str, str]]:
    sheet = read_sheet(course.path("submitted", student, workbook.assignment) / "answers.json", workbook.items, workbook.id)
    for item in workbook.items.values():
        value = sheet.value(item.id)
        if item.asks_person and isinstance(value, str):
            words = unicodedata.normalize("NFC", value).casefold().split()
            if len(words) >= MIN_WORDS:
                yield item.id, " ".join(words)
