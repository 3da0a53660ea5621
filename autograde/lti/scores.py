"""Points and completion to the platform when feedback was given: as feedback, each to its own learner, each once, and never lost.

What is to be told follows from what was given back (`givings`), so it does not matter by which way that was done, nor whether the
platform answered then: `send` does what is due, and what fails waits longer each time. A total is never the unit's result, and says so.
What is told is looked up anew before each score: whoever is erased or unlinked, or given back to no more, while others are told is not.

References
----------
LTI Assignment and Grade Services 2.0 (https://www.imsglobal.org/spec/lti-ags/v2p0), checked 2026-11: a score carries the time of which it
is, and a platform keeps the newest; so a score that is sent again after an answer was lost is the same score.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlencode, urlsplit, urlunsplit

from autograde.classes.folder import Course
from autograde.classes.ids import shown
from autograde.errors import ClassError
from autograde.gradebook.givings import Giving, last_given, read_givings
from autograde.gradebook.platform_people import subjects
from autograde.gradebook.platform_scores import DUE, Score, State, begin, drop, queue, read_scores, settle, take_due
from autograde.inbox.merged import with_merged
from autograde.lti.connection import Connection, connection
from autograde.lti.service import AwayError, DeniedError, Service
from autograde.outbox.ready import ready
from autograde.text import count, local
from workbook_helpers.errors import ContentError, WorkbookError
from workbook_helpers.lti.links import line_item
from workbook_helpers.lti.platforms import is_address

ITEM_SCOPE = "https://purl.imsglobal.org/spec/lti-ags/scope/lineitem"
SCORE_SCOPE = "https://purl.imsglobal.org/spec/lti-ags/scope/score"
ITEM = "application/vnd.ims.lis.v2.lineitem+json"
ITEMS = "application/vnd.ims.lis.v2.lineitemcontainer+json"
SCORE = "application/vnd.ims.lis.v1.score+json"
COMMENT = "These points are feedback on this workbook, not the unit's result: for that an assessor decides on each criterion."
CONFLICT = 409
"""The platform has a score of this time, or of a later one."""


@dataclass(frozen=True, kw_only=True)
class Standing:
    """Where the scores of a class stand.

    Attributes
    ----------
    waiting, refused
        Each with its sentence.
    unlinked
        Ids, as people know them, of learners whose page was given and of whom the platform cannot be told.
    faults
        Why nothing new of a workbook can be told, a sentence for each, where it was looked (`gather`).
    """

    sent: int
    waiting: tuple[Score, ...]
    refused: tuple[Score, ...]
    unlinked: tuple[str, ...]
    faults: tuple[str, ...] = ()

    @property
    def line(self) -> str:
        """It in one line."""
        parts = [f"{count(self.sent, 'score')} sent", f"{len(self.waiting)} waiting", f"{len(self.refused)} refused"]
        return f"{', '.join(parts)}."

    def told(self) -> Iterator[str]:
        """Say what waits and what was refused, and why."""
        yield from self.faults
        for (assignment, said, until), many in sorted(Counter((one.assignment, one.said, local(one.next)) for one in self.waiting).items()):
            yield f"{assignment}: {count(many, 'score')} {'waits' if many == 1 else 'wait'} until {until}{f'. {said}' if said else '.'}"
        for one in self.refused:
            yield f"{shown(one.learner)}, {one.assignment}: {one.said}"
        if self.unlinked:
            step = "Link them: Learners on the desk, or autograde lti people"
            yield f"Given back, but not linked to anybody at the platform: {', '.join(self.unlinked)}. {step}."


def gather(course: Course) -> Standing:
    """Queue what was given and not told yet, take out what was not given after all or is another person's, and say where all stands.

    Raises
    ------
    ClassError
        If the class has no course at a platform, or its gradebook cannot be used.
    """
    at = connection(course)
    known, givings, scores = _known(course, at), _givings(course), read_scores(course)
    to, last, given_ever = {learner: _to(at, subject) for learner, subject in known.items()}, _last(givings), _pages(givings)
    gone = {
        one
        for one in scores
        if not one.is_of(to.get(one.learner, one.to))
        or (one.state is not State.SENT and (one.learner not in to or _page(one) not in given_ever))
    }
    told = {_page(one) for one in scores if one not in gone}
    wanted, faults = list[Score](), list[str]()
    for assignment, given in last.items():
        if new := {learner: one for learner, one in given.items() if learner in to and (learner, assignment, one[1]) not in told}:
            try:
                wanted += _wanted(course, assignment, new, to)
            except WorkbookError as error:  # of this workbook alone: the others are told
                faults.append(f"{assignment}: {error}")
    if gone:
        drop(course, gone)
    if wanted:
        queue(course, wanted)
    return replace(_standing(read_scores(course), known, last), faults=tuple(faults))


def so_far(course: Course) -> Standing:
    """Say where all stands that is in the queue, and change nothing; ClassError as for `gather`."""
    return _standing(read_scores(course), _known(course, connection(course)), _last(_givings(course)))


def send(course: Course) -> Standing:
    """Tell the platform what is due, and say where all stands then.

    Raises
    ------
    ClassError
        If the class has no course at a platform, or its gradebook cannot be used; the platform's own faults are told in what waits.
    """
    before = gather(course)
    if not before.waiting or not (due := take_due(course)):
        return before
    at = connection(course)
    with Service(at.platform, at.key) as service:
        sender = _Sender(course, at, service)
        for place, score in enumerate(due, 1):
            subject = _known(course, at).get(score.learner, "")
            if not subject or not score.is_of(_to(at, subject)) or _page(score) not in _pages(_givings(course)):
                continue  # the link or the giving was taken back just now, and the next look drops it
            state, said, away = sender.tell(score, subject)
            for other in due[place:] if away else ():
                settle(course, other, other.state, said)
            settle(course, score, state, said)  # after the others, so that another one is tried first next time
            if away:
                break
    return replace(so_far(course), faults=before.faults)


def send_safely(course: Course) -> tuple[Standing | None, str]:
    """Do as `send` after something else, which holds whatever becomes of this; give where all stands, or the fault in a sentence."""
    try:
        return send(course), ""
    except WorkbookError as error:
        return None, f"The learning platform was not told: {error}"


class _Sender:
    """Sends scores of one class; a column of the platform is looked for once for each workbook."""

    def __init__(self, course: Course, at: Connection, service: Service) -> None:
        self._course, self._at, self._service = course, at, service
        self._columns: dict[str, str | WorkbookError] = {}

    def tell(self, score: Score, subject: str) -> tuple[State, str, bool]:
        """Send one; give where it stands then, why, and whether the platform is away, so that the others of this run need not be tried."""
        try:
            column = self._column(score)
        except AwayError as error:
            return score.state, str(error), error.whole
        except ContentError as error:  # the class's own files, and no answer of the platform
            return score.state, str(error), False
        except ClassError as error:
            return State.REFUSED, str(error), False
        if not begin(self._course, score):
            return score.state, "", False
        try:
            self._service.ask("POST", column, scope=SCORE_SCOPE, media=SCORE, body=_body(score, subject))
        except AwayError as error:
            return State.POSTED if error.taken else score.state, str(error), error.whole
        except DeniedError as error:
            if error.status != CONFLICT:
                return State.REFUSED, str(error), False
            if score.state is not State.POSTED:
                return State.REFUSED, f"{self._at.platform.name} has a newer score of this learner already.", False
        return State.SENT, "", False  # also where it had arrived before, and only its answer was lost

    def _column(self, score: Score) -> str:
        """Give where a workbook's scores go; a fault of that is the same for each of them."""
        if score.assignment not in self._columns:
            try:
                self._columns[score.assignment] = self._find(score)
            except WorkbookError as error:
                self._columns[score.assignment] = error
        found = self._columns[score.assignment]
        if isinstance(found, WorkbookError):
            raise found
        parts = urlsplit(found)
        return urlunsplit(parts._replace(path=f"{parts.path.rstrip('/')}/scores"))

    def _find(self, score: Score) -> str:
        """Give the column that a workbook's link has made, or that was made before, else a new one."""
        items = self._at.offer.scores_url
        if not items:
            msg = f"{self._at.platform.name} has not said where this course's scores go. Allow the tool that, then open one of its links."
            raise AwayError(msg)
        self._service.check(items)
        asked = _with(items, urlencode({"resource_id": score.assignment}))
        pages = self._service.pages(asked, scope=ITEM_SCOPE, media=ITEMS)
        found = [one for page in pages if isinstance(page, list) for one in page if isinstance(one, dict)]
        own = next((str(one.get("id", "")) for one in found if one.get("resourceId") == score.assignment), "")
        if not own:
            title = self._course.workbook(score.assignment).about.title
            column = line_item(score.assignment, title, score.maximum)
            made, _ = self._service.ask("POST", items, scope=ITEM_SCOPE, media=ITEM, accept=ITEM, body=column)
            own = str(made.get("id", "")) if isinstance(made, dict) else ""
        if not is_address(own) or urlsplit(own).netloc != urlsplit(items).netloc:
            msg = f"{self._at.platform.name} names no place for the scores of {score.assignment}. Tell whoever runs it."
            raise ClassError(msg)
        return own


def _body(score: Score, subject: str) -> dict[str, object]:
    whole = score.points is not None
    body = {
        "userId": subject,
        "timestamp": score.given.isoformat(timespec="milliseconds"),
        "activityProgress": "Completed" if whole else "Submitted",
        "gradingProgress": "FullyGraded" if whole else "PendingManual",
        "comment": COMMENT,
    }
    return body | ({"scoreGiven": score.points, "scoreMaximum": score.maximum} if whole else {})


def _wanted(course: Course, assignment: str, given: Mapping[str, tuple[Giving, str]], to: Mapping[str, str]) -> Iterator[Score]:
    """Give the scores of pages that say now what they said when they were given; a newer one is told when it is given, too."""
    found = ready(course, assignment)
    for page in found.only(given):
        giving, digest = given[page.id]
        if digest == page.digest:
            yield Score(
                learner=page.id, assignment=assignment, page=digest, points=page.points, maximum=found.max, given=giving.at, to=to[page.id]
            )


def _standing(scores: list[Score], known: Mapping[str, str], last: Mapping[str, Mapping[str, tuple[Giving, str]]]) -> Standing:
    return Standing(
        sent=sum(one.state is State.SENT for one in scores),
        waiting=tuple(one for one in scores if one.state in DUE),
        refused=tuple(one for one in scores if one.state is State.REFUSED),
        unlinked=tuple(sorted({shown(learner) for given in last.values() for learner in given if learner not in known})),
    )


def _known(course: Course, at: Connection) -> dict[str, str]:
    """Give learner's id → who they are at the class's platform."""
    return with_merged(course, subjects(course, at.platform.realm))


def _to(at: Connection, subject: str) -> str:
    """Give what stands for a person of the class's course at its platform, and for nobody else."""
    return hashlib.sha256("\n".join((at.platform.realm, at.offer.context, subject)).encode()).hexdigest()


def _page(score: Score) -> tuple[str, str, str]:
    """Give which page a score is of, as `_pages` has it."""
    return score.learner, score.assignment, score.page


def _pages(givings: list[Giving]) -> set[tuple[str, str, str]]:
    """Give the pages that were given back and not taken back: learner, assignment, `Given.digest`."""
    return {(learner, one.assignment, page) for one in givings if not one.taken_back for learner, page in one.to.items()}


def _givings(course: Course) -> list[Giving]:
    return read_givings(course.db_url, course.course_id, "")


def _last(givings: list[Giving]) -> dict[str, dict[str, tuple[Giving, str]]]:
    """Give assignment → what was given back of it last, by learner."""
    return {name: last_given([one for one in givings if one.assignment == name]) for name in {one.assignment for one in givings}}


def _with(address: str, query: str) -> str:
    parts = urlsplit(address)
    return urlunsplit(parts._replace(query="&".join(filter(None, (parts.query, query)))))
