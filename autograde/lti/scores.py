"""Points and completion to the platform when feedback was given: as feedback, each to its own learner, each once, and never lost.

What is to be told follows from what was given back (`givings`), so it does not matter by which way that was done, nor whether the
platform answered then: `send` does what is due, and what fails waits longer each time. A total is never the unit's result, and says so.

References
----------
LTI Assignment and Grade Services 2.0 (https://www.imsglobal.org/spec/lti-ags/v2p0), checked 2026-11: a score carries the time of which it
is, and a platform keeps the newest; so a score that is sent again after an answer was lost is the same score.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit, urlunsplit

from autograde.classes.folder import Course
from autograde.classes.ids import shown
from autograde.errors import ClassError
from autograde.gradebook.givings import Giving, last_given, read_givings
from autograde.gradebook.platform_people import subjects
from autograde.gradebook.platform_scores import Score, State, drop, queue, read_scores, settle, take_due
from autograde.inbox.merged import with_merged
from autograde.lti.connection import Connection, connection
from autograde.lti.service import AwayError, DeniedError, Service
from autograde.outbox.ready import ready
from autograde.text import count, local
from workbook_helpers.lti.links import line_item

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
    """

    sent: int
    waiting: tuple[Score, ...]
    refused: tuple[Score, ...]
    unlinked: tuple[str, ...]

    @property
    def line(self) -> str:
        """It in one line."""
        parts = [f"{count(self.sent, 'score')} sent", f"{len(self.waiting)} waiting", f"{len(self.refused)} refused"]
        return f"{', '.join(parts)}."

    def told(self) -> Iterator[str]:
        """Say what waits and what was refused, and why."""
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
    known = _known(course, at)
    to, last, scores = {learner: _to(at, subject) for learner, subject in known.items()}, _last(course), read_scores(course)
    gone = {
        one
        for one in scores
        if not one.is_of(to.get(one.learner, one.to))
        or (one.state is not State.SENT and (one.learner not in to or one.learner not in last.get(one.assignment, {})))
    }
    told = {(one.learner, one.assignment, one.page) for one in scores if one not in gone}
    wanted = list[Score]()
    for assignment, given in last.items():
        if new := {learner: one for learner, one in given.items() if learner in to and (learner, assignment, one[1]) not in told}:
            wanted += _wanted(course, assignment, new, to)
    if gone:
        drop(course, gone)
    if wanted:
        queue(course, wanted)
    return _standing(read_scores(course), known, last)


def so_far(course: Course) -> Standing:
    """Say where all stands that is in the queue, and change nothing; ClassError as for `gather`."""
    return _standing(read_scores(course), _known(course, connection(course)), _last(course))


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
    known = _known(course, at)
    with Service(at.platform, at.key) as service:
        sender = _Sender(course, at, service)
        for score in due:
            subject = known.get(score.learner, "")
            if subject and score.is_of(_to(at, subject)):  # else the link was taken back just now, and the next look drops it
                settle(course, score, *sender.tell(score, subject))
    return so_far(course)


def send_safely(course: Course) -> tuple[Standing | None, str]:
    """Do as `send` after something else, which holds whatever becomes of this; give where all stands, or the fault in a sentence."""
    try:
        return send(course), ""
    except ClassError as error:
        return None, f"The learning platform was not told: {error}"


class _Sender:
    """Sends scores of one class; a column of the platform is looked for once for each workbook."""

    def __init__(self, course: Course, at: Connection, service: Service) -> None:
        self._course, self._at, self._service = course, at, service
        self._columns: dict[str, str] = {}
        self._away = ""

    def tell(self, score: Score, subject: str) -> tuple[State, str]:
        """Send one, and give what came of it; where the platform is away, the others of this run are not tried."""
        if self._away:
            return State.WAITING, self._away
        try:
            column = self._column(score)
            self._service.ask("POST", column, scope=SCORE_SCOPE, media=SCORE, body=_body(score, subject))
        except AwayError as error:
            self._away = str(error)
            return State.WAITING, str(error)
        except DeniedError as error:
            if error.status == CONFLICT and score.tries > 0:
                return State.SENT, ""  # an earlier try had arrived, and only its answer was lost
            if error.status == CONFLICT:
                return State.REFUSED, f"{self._at.platform.name} has a newer score of this learner already."
            return State.REFUSED, str(error)
        except ClassError as error:
            return State.REFUSED, str(error)
        return State.SENT, ""

    def _column(self, score: Score) -> str:
        """Give where a workbook's scores go: the column that its link has made, or that was made before, else a new one."""
        if score.assignment not in self._columns:
            items = self._at.offer.scores_url
            if not items:
                msg = (
                    f"{self._at.platform.name} has not said where this course's scores go. Allow the tool that, then open one of its links."
                )
                raise AwayError(msg)
            asked = _with(items, urlencode({"resource_id": score.assignment}))
            pages = self._service.pages(asked, scope=ITEM_SCOPE, media=ITEMS)
            found = [one for page in pages if isinstance(page, list) for one in page if isinstance(one, dict)]
            own = next((str(one.get("id", "")) for one in found if one.get("resourceId") == score.assignment), "")
            if not own:
                title = self._course.workbook(score.assignment).about.title
                column = line_item(score.assignment, title, score.maximum)
                made, _ = self._service.ask("POST", items, scope=ITEM_SCOPE, media=ITEM, accept=ITEM, body=column)
                own = str(made.get("id", "")) if isinstance(made, dict) else ""
            if not own or urlsplit(own).netloc != urlsplit(items).netloc:
                msg = f"{self._at.platform.name} names no place for the scores of {score.assignment}. Tell whoever runs it."
                raise ClassError(msg)
            self._columns[score.assignment] = own
        parts = urlsplit(self._columns[score.assignment])
        return urlunsplit(parts._replace(path=f"{parts.path.rstrip('/')}/scores"))


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
        waiting=tuple(one for one in scores if one.state is State.WAITING),
        refused=tuple(one for one in scores if one.state is State.REFUSED),
        unlinked=tuple(sorted({shown(learner) for given in last.values() for learner in given if learner not in known})),
    )


def _known(course: Course, at: Connection) -> dict[str, str]:
    """Give learner's id → who they are at the class's platform."""
    return with_merged(course, subjects(course, at.platform.realm))


def _to(at: Connection, subject: str) -> str:
    """Give what stands for a person of the class's course at its platform, and for nobody else."""
    return hashlib.sha256("\n".join((at.platform.realm, at.offer.context, subject)).encode()).hexdigest()


def _last(course: Course) -> dict[str, dict[str, tuple[Giving, str]]]:
    """Give assignment → what was given back of it last, by learner."""
    givings = read_givings(course.db_url, course.course_id, "")
    return {name: last_given([one for one in givings if one.assignment == name]) for name in {one.assignment for one in givings}}


def _with(address: str, query: str) -> str:
    parts = urlsplit(address)
    return urlunsplit(parts._replace(query="&".join(filter(None, (parts.query, query)))))
