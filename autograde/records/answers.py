"""What a learner's newest hand-ins hold for the records: written answers, forms from the workplace, and the declaration."""

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache

from autograde.classes.folder import Course
from autograde.inbox.attempts import read_attempts
from autograde.inbox.submitted import handed_in
from autograde.records.unit import NO_FILE, Age, Book, age
from autograde.text import naive
from workbook_helpers.answers import AnswerSheet, parse_sheet


@dataclass(frozen=True, kw_only=True)
class HandIn:
    """The hand-in of a workbook that counts now.

    Attributes
    ----------
    sheet
        As answers to the items of `Book.kept`.
    digest
        SHA-256 of the answers file, "" where it cannot be used.
    when
        In UTC, naive.
    attempt
        Its number: 1, and one more for each referral that was answered; 0 where that is not known.
    """

    sheet: AnswerSheet
    digest: str
    when: datetime
    attempt: int


def read_hand_in(course: Course, book: Book, learner: str) -> HandIn | None:
    """Read a learner's hand-in of a workbook; None where there is none, or its folder is a link."""
    folder = course.path("submitted", learner, book.workbook.assignment)
    written = age(folder / "answers.json")
    if written == NO_FILE:
        return None
    attempts = course.root / "received" / book.workbook.assignment / ".attempts" / f"{learner}.json"
    try:
        course.check_own("submitted", learner, book.workbook.assignment)
        return _read(course, book, learner, (written, age(folder / "timestamp.txt"), age(attempts)))
    except OSError:
        return None


def declared(course: Course, book: Book, learner: str) -> datetime | None:
    """Give when what counts was handed in, in UTC and naive, if the learner declares in it that the work is their own; None if not.

    When the box was ticked, the learner's own clock says, which may say anything.
    """
    found = read_hand_in(course, book, learner)
    name = next((name for name, item in book.kept.items() if item.kind == "declaration"), "")
    return found.when if found and found.sheet.value(name) is True else None


@lru_cache(maxsize=4096)
def _read(course: Course, book: Book, learner: str, ages: tuple[Age, ...]) -> HandIn:
    found, digest = handed_in(course, book.workbook, learner)
    sheet = found if isinstance(found, AnswerSheet) else parse_sheet(found, book.kept, book.workbook.id)
    attempts = [
        one for one in read_attempts(course, book.workbook.assignment, learner) if one.answers_sha256 == digest and not one.set_aside
    ]
    when = course.timestamp(learner, book.workbook.assignment) or naive(datetime.fromtimestamp(ages[0][0] / 1e9, UTC))
    return HandIn(sheet=sheet, digest=digest, when=when, attempt=max((one.attempt for one in attempts), default=0))
