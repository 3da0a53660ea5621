"""The attempts before the ones that count, as evidence, and the feedback on each attempt with the day on which it was given."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from autograde.classes.folder import Course
from autograde.gradebook.entries import Given
from autograde.gradebook.givings import Giving, read_givings
from autograde.gradebook.overview import assignments_in
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

    evidence: str
    title: str
    attempt: int
    given: str
    text: str


def earlier(
    course: Course, book: Book, now: Mapping[str, Sequence[Evidence]], referrals: Sequence[Referral], rests_on: Collection[str]
) -> Iterator[tuple[Evidence, Referral | None]]:
    """Give the written answers and forms of earlier attempts at a workbook, each with the referral that was made of its hand-in.

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
        found = dict[str, tuple[Evidence, Referral | None]]()
        for attempt, path in kept:
            sheet = parse_sheet(attempts.answers(path), book.kept, book.workbook.id)
            hand_in = HandIn(sheet=sheet, digest=attempt.answers_sha256, when=naive(attempt.handed_in_at), attempt=attempt.attempt)
            referral = told.get((learner, attempt.answers_sha256))
            for one in gather(book, learner, hand_in, None):
                if one.kind is Kind.CLOSED or one.id in seen or not (counted[attempt.attempt] == attempt.sha256 or one.id in rests_on):
                    continue
                if one.id not in found or (referral and not found[one.id][1]):  # of the same answer, what was said of it is told
                    task = referral.tasks.get(one.item) if referral else None
                    found[one.id] = replace(one, waiting=False, points=task.points if task else None), referral
        yield from found.values()


def feedback(
    course: Course, connection: Connection, evidence: Mapping[str, Sequence[Evidence]], before: Iterable[tuple[Evidence, Referral | None]]
) -> dict[str, tuple[Feedback, ...]]:
    """Give learner → the comments on the answers, by workbook and attempt.

    The gradebook's comments are of the answers that count; of one before them nobody keeps any but what its referral says.

    Parameters
    ----------
    evidence
        Learner → all of it, earlier attempts among it.
    before
        Those, as `earlier` gives them.
    """
    names = [one.name for one in assignments_in(connection)]
    told = {(learner, name): one for name in names for learner, one in told_in(connection, name).items()}
    givings = [one for one in read_givings(course.db_url, course.course_id, "") if not one.taken_back]
    asked = {(one.learner, one.id): referral for one, referral in before}
    made: dict[str, tuple[Feedback, ...]] = {}
    for learner, pieces in evidence.items():
        lines = []
        for one in pieces:
            if one.kind is not Kind.WRITTEN:
                continue
            if (learner, one.id) in asked:
                referral = asked[learner, one.id]
                text = referral.tasks[one.item].comment if referral and one.item in referral.tasks else ""
                given = aware(referral.at).astimezone(LOCAL).date().isoformat() if referral else ""
            else:
                page = told.get((learner, one.assignment))
                text = page.comments.get(one.task, "") if page and not one.waiting else ""  # else it may be of the answer before it
                given = _given(one, givings, page) if page else ""
            if text:
                lines.append(Feedback(evidence=one.id, title=one.title, attempt=one.attempt, given=given, text=text))
        made[learner] = tuple(lines)
    return made


def _given(one: Evidence, givings: Iterable[Giving], page: Given) -> str:
    """Say when the feedback on an answer was given last, since it was handed in; and whether it reads otherwise now."""
    times = [(giving.at, giving.to[one.learner]) for giving in givings if giving.assignment == one.assignment and one.learner in giving.to]
    after = [(at, digest) for at, digest in times if page.handed_in is None or at >= page.handed_in]
    if not after:
        return NOT_GIVEN
    same = [at for at, digest in after if digest == page.digest]
    day = (min(same) if same else max(after)[0]).astimezone(LOCAL).date().isoformat()
    return day if same else f"{day}, changed since"
