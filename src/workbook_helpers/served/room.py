"""One class that is served: its folder, its rows, and what is known of it while the service runs."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, select

from workbook_helpers.items import Json, Workbook
from workbook_helpers.served import answers, hand_in
from workbook_helpers.served.answers import Whose
from workbook_helpers.served.database import BIRTH, Database, Refused, hold_list
from workbook_helpers.served.folder import Folder, Learner
from workbook_helpers.served.sessions import Session, Sessions


@dataclass(frozen=True, kw_only=True)
class Known:
    """Who asks: the session, and the learner of the class's list that it is."""

    session: Session
    learner: Learner


class Room:
    """A class.

    Attributes
    ----------
    base
        Where its addresses begin, "/" or "/…/".
    cookie
        The name of the cookie of its sessions: browsers keep no ports apart, and two classes may be open on one computer.
    """

    def __init__(self, folder: Folder, database: Database, base: str) -> None:
        self.folder, self.database, self.base = folder, database, base
        self.class_id = folder.about().class_id
        self.sessions = Sessions(self.class_id)
        self.cookie = f"workbook-{hashlib.sha256(self.class_id.encode()).hexdigest()[:8]}"

    def known(self, connection: Connection, token: str) -> Known:
        """Give who asks; Refused where that is nobody, or no learner of the class any more."""
        session = self.sessions.find(connection, token)
        learner = self.folder.about().learner(session.learner)
        if learner is None:
            raise Refused(401, "out")
        return Known(session=session, learner=learner)

    def leave(self, connection: Connection, token: str) -> None:
        """End a session, and note that who had it has gone; nothing where there is none."""
        if token and (learner := self.sessions.end(connection, token)):
            answers.leave(connection, self.class_id, learner)

    def stays(self, connection: Connection, learner: str) -> None:
        """See that somebody, by `Learner.key`, is of the class until this write ends; Refused where not. Before anything is written."""
        hold_list(connection, self.class_id)
        if self.folder.about().learner(learner) is None:
            raise Refused(401, "out")

    def whose(self, known: Known, workbook: Workbook) -> Whose:
        """Give whose copy of a workbook is meant."""
        return Whose(class_id=self.class_id, learner=known.learner.key, name=known.learner.id, workbook=workbook)

    def workbook(self, assignment: str) -> Workbook:
        """Give a workbook of the class; Refused where it has none of this name."""
        found = self.folder.workbook(assignment)
        if found is None:
            raise Refused(404, "none")
        return found

    def workbooks(self) -> dict[str, Workbook]:
        """Give assignment → workbook of all that were given out."""
        return {name: found for name in self.folder.assignments() if (found := self.folder.workbook(name))}

    def about(self, known: Known) -> dict[str, Json]:
        """Give who is signed in, as the page has it."""
        about = self.folder.about()
        ends = datetime.fromtimestamp(known.session.ends_at, UTC).isoformat(timespec="seconds")
        return {"learner": known.learner.id, "name": known.learner.name, "class": about.name or about.class_id, "expires": ends}

    @staticmethod
    def birth(connection: Connection) -> str:
        """Give by what a browser tells these answers from those of another class of the same name."""
        return str(connection.execute(select(BIRTH.c.birth)).scalar_one())

    def kept(self, connection: Connection, known: Known, workbook: Workbook) -> dict[str, Json] | None:
        """Give all that is kept of a copy, as the page has it; None where it is not born yet."""
        whose = self.whose(known, workbook)
        copy = answers.read_copy(connection, whose)
        if copy is None:
            return None
        referral = self.folder.referral(known.learner, workbook)
        has_feedback = self.folder.has_feedback(known.learner, workbook.assignment)
        others = {one.id: one for one in self.workbooks().values()} if workbook.looks_back() else {}
        return {
            "workbook": workbook.id,
            "release": workbook.release,
            "class_id": workbook.about.class_id,
            "birth": self.birth(connection),
            "copy": copy.copy,
            "learner": known.learner.id,
            "seed": whose.seed,
            "revision": copy.revision,
            "answers": {name: answers.shown(record) for name, record in copy.answers.items()},
            "earlier": answers.earlier(connection, whose, others),
            "receipts": [hand_in.shown(*one) for one in hand_in.receipts(connection, whose)],
            "referral": referral.public() if referral else None,
            "feedback": f"api/{workbook.assignment}/feedback" if has_feedback else None,
        }
