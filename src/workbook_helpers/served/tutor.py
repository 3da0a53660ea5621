"""The tutor's calls: by the token of the class's folder, from this machine alone unless a hub stands before it."""

import hmac
import ipaddress

from workbook_helpers.items import clean_id
from workbook_helpers.served import answers, merging
from workbook_helpers.served.database import Refused
from workbook_helpers.served.folder import Learner
from workbook_helpers.served.handlers import Api
from workbook_helpers.served.live import live


class Tutors(Api):
    """Common to them."""

    def prepare(self) -> None:
        """Refuse who has not the token; a browser has none, so a page of another site can do nothing here."""
        super().prepare()
        if self._finished:
            return
        given = self.request.headers.get("Authorization", "").removeprefix("Bearer ")
        if not hmac.compare_digest(given.encode("utf-8", "replace"), self.room.folder.token().encode()):
            self.refuse(401, "out")
        elif not self.settings["hub"] and not ipaddress.ip_address(self.address.partition("%")[0]).is_loopback:
            self.refuse(403, "origin")

    def learner(self) -> Learner:
        """Give whom the request names."""
        match self.asked():
            case {"learner": str(typed)} if learner := self.room.folder.about().learner(typed):
                return learner
        raise Refused(404, "none")


class Live(Tutors):
    """Who is where."""

    async def get(self) -> None:
        """Send it."""
        room = self.room
        self.send(await room.database.read(lambda connection: live(connection, room.folder.about(), room.workbooks())))


class PinReset(Tutors):
    """Have a learner pick a PIN anew."""

    async def post(self) -> None:
        """Do it; whoever is signed in as this learner is so no more."""
        room, learner = self.room, self.learner()
        await room.database.write(lambda connection: room.sessions.reset(connection, learner.key))
        self.send({})


class Forget(Tutors):
    """Remove a learner's rows."""

    async def post(self) -> None:
        """Do it."""
        room, key = self.room, clean_id(str(self.asked().get("learner"))).lower()  # who is not on the list any more as well
        await room.database.write(lambda connection: answers.forget(connection, room.class_id, key))
        self.send({})


class Merge(Tutors):
    """Show a learner what was answered under another id of theirs."""

    async def post(self) -> None:
        """Do it, where there is no answer of their own."""
        match self.asked():
            case {"goes": str(goes), "stays": str(stays), "merge": str(name)}:
                pass
            case _:
                raise Refused(400, "form")
        room, first, second = self.room, clean_id(goes).lower(), clean_id(stays).lower()
        self.send({"answers": await room.database.write(lambda connection: merging.merge(connection, room.class_id, first, second, name))})


class Unmerge(Tutors):
    """Take that back."""

    async def post(self) -> None:
        """Do it, but for what was changed since."""
        match self.asked():
            case {"learner": str(typed), "merge": str(name)}:
                pass
            case _:
                raise Refused(400, "form")
        room, key = self.room, clean_id(typed).lower()
        await room.database.write(lambda connection: merging.unmerge(connection, room.class_id, key, name))
        self.send({})
