"""The attempts before the ones that count, as evidence, and the feedback on each attempt with the day on which it was given."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from autograde.classes.folder import Course
from autograde.gradebook.givings import Giving, read_givings
from autograde.gradebook.overview import assignments_in, submitted_in
from autograde.gradebook.told import told_in
from autograde.inbox.attempts import Attempts
from autograde.records.answers import HandIn, read_hand_in
from autograde.records.evidence import Evidence, Kind
from autograde.records.gathering import gather
from autograde.records.referrals import Referral
from autograde.records.unit import Book
from autograde.text import LOCAL, aware, naive
from workbook_helpers.answers import parse_sheet

NOT_GIVEN = "not given yet"


@dataclass(frozen=True, kw_only=True)
class Feedback:
    """A comment on an answer; `given` is the day on which it was given, and what is to be known of that, or `NOT_GIVEN`."""

    title: str
    attempt: int
    given: str
    text: str


def earlier(
    course: Course, book: Book, now: Mapping[str, Sequence[Evidence]], referrals: Sequence[Referral], rests_on: Collection[str]
) -> Iterator[Evidence]:
    """Give the written answers and forms of earlier attempts at a workbook.

    Of each attempt that hand-in counts which a referral was made of, else the last one: what was handed in to an attempt after its
    referral is kept, and left out here as what was replaced within an attempt is, unless a decision rests on it. So is what waits behind
    the hand-in that counts, as after a sign-off. Points are those of the referral that followed; of closed questions nobody keeps the
    earlier ones.

    Parameters
    ----------
    now
        Learner → the evidence that counts.
    referrals
        The newest first, as `referrals_of` gives them: of several about one hand-in the newest tells.
    rests_on
        Ids of all evidence on which decisions rest.
    """
    name, attempts = book.workbook.assignment, Attempts(course, book.workbook.assignment)
    told = {(one.learner, one.about): one for one in reversed(referrals) if one.assignment == name}
    for learner, pieces in now.items():
        seen = {one.id for one in pieces}
        kept = [(attempt, path) for attempt, path in attempts.of(learner) if not attempt.set_aside]
        if len(kept) < 2:
            continue
        kept.sort(key=lambda pair: pair[0].rank)
        current = read_hand_in(course, book, learner)
        counts = [place for place, (attempt, _) in enumerate(kept) if current and attempt.answers_sha256 == current.digest]
        kept = kept[: counts[-1] + 1] if counts else kept
        counted = {attempt.attempt: attempt.sha256 for attempt, _ in kept}
        counted |= {
            one.attempt: one.sha256 for one, _ in kept if (asked := told.get((learner, one.answers_sha256))) and asked.attempt > one.attempt
        }
        for attempt, path in kept:
            sheet = parse_sheet(attempts.answers(path), book.kept, book.workbook.id)
            hand_in = HandIn(sheet=sheet, digest=attempt.answers_sha256, when=naive(attempt.handed_in_at), attempt=attempt.attempt)
            referral = told.get((learner, attempt.answers_sha256))
            for one in gather(book, learner, hand_in, None):
                if one.kind is Kind.CLOSED or one.id in seen or not (counted[attempt.attempt] == attempt.sha256 or one.id in rests_on):
                    continue
                seen.add(one.id)
                task = referral.tasks.get(one.item) if referral else None
                yield replace(one, waiting=False, points=task.points if task else None)


def feedback(
    course: Course, connection: Connection, evidence: Mapping[str, Sequence[Evidence]], referrals: Sequence[Referral]
) -> dict[str, tuple[Feedback, ...]]:
    """Give learner → the comments on the answers, by workbook and attempt.

    Parameters
    ----------
    evidence
        Learner → all of it, earlier attempts among it.
    """
    comments, digests = dict[tuple[str, str, str], str](), dict[tuple[str, str], str]()
    for assignment in assignments_in(connection):
        for learner, found in submitted_in(connection, assignment).items():
            waits = {place for place, grade in found.grades.items() if grade.needs_manual_grade}  # it may be of the answer before it
            comments |= {(learner, assignment.name, place): text for place, text in found.comments.items() if text and place not in waits}
        digests |= {(assignment.name, learner): one.digest for learner, one in told_in(connection, assignment.name).items()}
    givings = [one for one in read_givings(course.db_url, course.course_id, "") if not one.taken_back]
    asked = {(one.learner, one.assignment, one.attempt - 1): one for one in reversed(referrals)}
    made: dict[str, tuple[Feedback, ...]] = {}
    for learner, pieces in evidence.items():
        newest = {one.assignment: max(other.attempt for other in pieces if other.assignment == one.assignment) for one in pieces}
        lines = []
        for one in pieces:
            if one.kind is not Kind.WRITTEN:
                continue
            referral = asked.get((learner, one.assignment, one.attempt))
            if one.attempt < newest[one.assignment]:
                text = referral.tasks[one.item].comment if referral and one.item in referral.tasks else ""
                given = aware(referral.at).astimezone(LOCAL).date().isoformat() if referral else ""
            else:
                text = comments.get((learner, one.assignment, one.task), "")
                given = _given(one, givings, digests.get((one.assignment, learner), ""))
            if text:
                lines.append(Feedback(title=one.title, attempt=one.attempt, given=given, text=text))
        made[learner] = tuple(lines)
    return made


def _given(one: Evidence, givings: Iterable[Giving], digest: str) -> str:
    """Say when the feedback on an answer was given last, since it was handed in; and whether it reads otherwise now."""
    times = [(giving.at, giving.to[one.learner]) for giving in givings if giving.assignment == one.assignment and one.learner in giving.to]
    after = [(at, page) for at, page in times if at.astimezone(LOCAL).date() >= one.on]
    if not after:
        return NOT_GIVEN
    same = [at for at, page in after if page == digest]
    day = (min(same) if same else max(after)[0]).astimezone(LOCAL).date().isoformat()
    return day if same else f"{day}, changed since"
