"""What is given on an open page of formgrader is for the hand-in that the page shows: one that came since gets none of it.

nbgrader knows an answer's points and comment by one id, whichever hand-in of the learner they are of. So each page is told which one it
shows, says so with what it sends, and is refused where another one counts by now. A page that says nothing is no page of ours.
"""

from typing import Any

from nbgrader.api import MissingEntry
from nbgrader.server_extensions.formgrader import apihandlers
from tornado import web

SHOWN = "X-Handed-In"
"""The header, both ways: when that hand-in came, ISO 8601."""


class _Shown:
    """Tells which hand-in the points or comments are of that a page asks for."""

    def get(self: Any) -> None:
        """See nbgrader."""
        super().get()  # type: ignore[misc]
        self.set_header(SHOWN, _came(self.gradebook.find_submission_notebook_by_id(self.get_argument("submission_id"))))


class _Given:
    """Refuses what a page gives for an earlier hand-in."""

    find = ""

    @web.authenticated
    def put(self: Any, id_: str) -> None:
        """See nbgrader."""
        told = self.request.headers.get(SHOWN)
        try:
            of = told and getattr(self.gradebook, self.find)(id_).notebook
        except MissingEntry as error:
            raise web.HTTPError(404) from error
        if of and told != _came(of):
            raise web.HTTPError(409)
        super().put(id_)  # type: ignore[misc]


class Points(_Shown, apihandlers.GradeCollectionHandler):
    """All points of a submission."""


class Comments(_Shown, apihandlers.CommentCollectionHandler):
    """All comments on a submission."""


class GivePoints(_Given, apihandlers.GradeHandler):
    """Points of one answer."""

    find = "find_grade_by_id"


class GiveComment(_Given, apihandlers.CommentHandler):
    """The comment on one answer."""

    find = "find_comment_by_id"


HANDLERS = {r"grades": Points, r"comments": Comments, r"grade/([^/]+)": GivePoints, r"comment/([^/]+)": GiveComment}
"""What follows on formgrader/api/ → what answers in place of nbgrader's own."""


def _came(submission: Any) -> str:
    at = submission.assignment.timestamp
    return at.isoformat() if at else "none"
