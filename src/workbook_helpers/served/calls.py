"""The student's side of the API: come in, go, read what is kept, save, say where one is, hand in, read feedback."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Connection
from tornado.ioloop import IOLoop

from workbook_helpers.errors import HandInError
from workbook_helpers.items import Json, clean_id
from workbook_helpers.links import addressed
from workbook_helpers.served import answers, hand_in
from workbook_helpers.served.database import FullError, Refused
from workbook_helpers.served.handlers import Api
from workbook_helpers.served.room import Known
from workbook_helpers.served.sessions import PIN, hash_pin, same_pin

DOOR = (20.0, 300.0)
"""Requests of one address to sign in: so many a second, and so many at once."""
MAX_SECTION = 200
SANDBOX = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'self'"
)
"""For feedback: it is read, runs nothing, asks nobody, and is not of this site."""


class Join(Api):
    """Come in with the class's code and a PIN."""

    def wait(self) -> float:
        """See `Api.wait`: here anybody may send any cookie."""
        return self.rates.wait(f"{self.address} joins", *DOOR)

    async def post(self) -> None:
        """Sign in, or have a PIN be picked the first time."""
        match self.asked():
            case {"code": str(code), "learner": str(typed), "pin": str(pin), **more}:
                pass
            case _:
                raise Refused(400, "form")
        room, about, address = self.room, self.room.folder.about(), self.address
        opened, learner, key = about.opened_by(code), about.learner(typed), clean_id(typed).lower()

        def look(connection: Connection) -> tuple[float, str]:
            pin = room.sessions.pin(connection, learner.key) if learner and opened else ""
            return room.sessions.wait(connection, address), pin

        wait, kept = await room.database.read(look)
        if wait:
            raise Refused(429, str(wait))
        if opened and (kept or learner is None):  # of who has none yet there is nothing to be found
            await room.database.write(lambda connection: room.sessions.attempt(connection, key))
        new = opened and learner is not None and not kept
        picks = new and more.get("new") is True and PIN.fullmatch(pin) is not None
        hashed = await self._apart(lambda: hash_pin(pin)) if picks else ""
        right = picks or await self._apart(lambda: same_pin(pin, kept))  # of who is not on the list, too, so that it takes as long
        if learner is not None and right:

            def may(connection: Connection) -> bool:
                if picks and not room.sessions.choose_pin(connection, learner.key, hashed):
                    return False  # somebody else was quicker
                room.sessions.succeed(connection, learner.key)
                return True

            if await self.sign_in(learner.key, "pin", shared=more.get("shared") is True, may=may):
                self.send({"learner": learner.id, "name": learner.name, "class": about.name or about.class_id})
                return
        if new:
            raise Refused(409, "choose")
        await room.database.write(lambda connection: room.sessions.fail(connection, address))
        raise Refused(403, "wrong")

    @staticmethod
    async def _apart(work: Callable[[], Any]) -> Any:
        return await IOLoop.current().run_in_executor(None, work)


class Leave(Api):
    """Go."""

    async def post(self) -> None:
        """End the session."""
        room, token = self.room, self.token
        await room.database.write(lambda connection: room.leave(connection, token))
        self.clear_cookie(room.cookie, path=room.base)
        self.send({"then": self.settings["hub"]} if self.settings["hub"] else {})


class Me(Api):
    """Who is signed in."""

    async def get(self) -> None:
        """Say it."""
        room, token = self.room, self.token
        self.send(await room.database.read(lambda connection: room.about(room.known(connection, token))))


class Mine(Api):
    """All that is kept of who is signed in, for "My workbooks"."""

    async def get(self) -> None:
        """Send it."""
        room, token = self.room, self.token

        def found(connection: Connection, known: Known) -> dict[str, dict[str, Json] | None]:
            return {name: room.kept(connection, known, one) for name, one in room.workbooks().items()}

        def ask(connection: Connection) -> tuple[Known, str, dict[str, dict[str, Json] | None]]:
            known = room.known(connection, token)
            return known, room.birth(connection), found(connection, known)

        known, birth, there = await room.database.read(ask)
        given = [name for name, kept in there.items() if kept is None and room.folder.has_feedback(known.learner, name)]
        if given:  # handed in another way, as a file

            def begin(connection: Connection) -> dict[str, dict[str, Json] | None]:
                room.stays(connection, known.learner.key)
                now = room.known(connection, token)
                for whose in [room.whose(now, room.workbook(name)) for name in given]:
                    answers.begin_copy(connection, whose, opened=False)
                return found(connection, now)

            there = await room.database.write(begin)
        self.send(room.about(known) | {"birth": birth, "workbooks": {name: kept for name, kept in there.items() if kept}})


class Kept(Api):
    """A copy."""

    async def get(self, assignment: str) -> None:
        """Send all that is kept of it; it is born when it is first asked for."""
        room, token = self.room, self.token
        workbook = room.workbook(assignment)

        def ask(connection: Connection) -> tuple[Known, dict[str, Json] | None]:
            known = room.known(connection, token)
            return known, room.kept(connection, known, workbook)

        known, kept = await room.database.read(ask)
        if kept is None:

            def begin(connection: Connection) -> dict[str, Json] | None:
                room.stays(connection, known.learner.key)
                now = room.known(connection, token)
                answers.begin_copy(connection, room.whose(now, workbook))
                return room.kept(connection, now, workbook)

            kept = await room.database.write(begin, known.learner.key)
        self.send(kept)


class Save(Api):
    """Keep answers."""

    async def post(self, assignment: str) -> None:
        """Answer when they are on disk."""
        match self.asked():
            case {"copy": str(copy), "saves": list(saves)} if len(saves) <= answers.MOST_SAVES:
                pass
            case _:
                raise Refused(400, "form")
        room, token, workbook = self.room, self.token, self.room.workbook(assignment)

        def change(connection: Connection) -> dict[str, Json]:
            known = room.known(connection, token)
            return answers.save(connection, room.whose(known, workbook), copy, saves, room.folder.referral(known.learner, workbook))

        self.send(await room.database.write(change, assignment))


class Beat(Api):
    """Where the learner is."""

    async def post(self, assignment: str) -> None:
        """Note it."""
        match self.asked():
            case {"copy": str(copy), "section": str(section)}:
                pass
            case _:
                raise Refused(400, "form")
        room, token, workbook = self.room, self.token, self.room.workbook(assignment)
        plain = "".join(sign if sign.isprintable() else " " for sign in section[:MAX_SECTION]).encode("utf-8", "replace").decode()

        def change(connection: Connection) -> None:
            answers.beat(connection, room.whose(room.known(connection, token), workbook), copy, plain)

        await room.database.write(change)
        self.send({})


class HandIn(Api):
    """Hand in."""

    async def post(self, assignment: str) -> None:
        """Answer with the receipt when the hand-in lies where the tutor's side takes it in."""
        match self.asked():
            case {"copy": str(birth), "revision": int(revision), **more}:
                pass
            case _:
                raise Refused(400, "form")
        room, token, workbook = self.room, self.token, self.room.workbook(assignment)

        def ask(connection: Connection) -> tuple[Known, Any, list[Any]]:
            known = room.known(connection, token)
            whose = room.whose(known, workbook)
            return known, answers.read_copy(connection, whose), hand_in.receipts(connection, whose)

        known, copy, past = await room.database.read(ask)
        whose, referral = room.whose(known, workbook), room.folder.referral(known.learner, workbook)
        attempt = referral.attempt if referral else 1
        if copy is None or copy.copy != birth:
            raise Refused(409, "other")
        if copy.revision != revision or more.get("attempt", attempt) != attempt:
            raise Refused(409, "changed")
        arrived, language = room.folder.arrived, str(more.get("language", ""))
        if done := hand_in.again(past, revision, attempt):
            try:
                await room.database.write(partial(hand_in.recover, class_id=room.class_id, arrived=arrived))  # it may have been cut off
            except OSError as error:
                raise _full(arrived, error) from error
            self.send(hand_in.shown(*done))
            return
        try:
            work = IOLoop.current().run_in_executor(None, hand_in.put_down, arrived, whose, copy, past, referral, language)
            made, sha256 = await work
        except HandInError as error:
            self.refuse(422, str(error))
            return
        except OSError as error:
            raise _full(arrived, error) from error
        file, by = made.receipt.file, known.session.known_by
        try:
            beside = await room.database.write(lambda connection: hand_in.sign(connection, whose, copy, made, sha256, by))
        except Refused:
            (arrived / file).unlink(missing_ok=True)
            raise
        try:
            await IOLoop.current().run_in_executor(None, hand_in.stand, arrived, file, beside)
        except OSError as error:  # it is put right when the service starts again, or at the next try
            raise _full(arrived, error) from error
        await room.database.write(lambda connection: hand_in.stands(connection, room.class_id, arrived, file))
        self.send(hand_in.shown(made.receipt, copy.revision))


class Feedback(Api):
    """What the tutor gave back, as a page."""

    async def get(self, assignment: str) -> None:
        """Send it: it is looked at and does nothing."""
        room, token = self.room, self.token
        known = await room.database.read(lambda connection: room.known(connection, token))
        content = room.folder.feedback(known.learner, room.workbook(assignment).assignment)
        if content is None:
            raise Refused(404, "none")
        content = addressed(content, room.base, f"{room.base}{assignment}.html")
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.set_header("Content-Security-Policy", SANDBOX)
        self.finish(content)


def _full(folder: Path, error: OSError) -> FullError:
    return FullError(f"{folder} cannot be written to ({error.strerror}). Make room on the disk of the service.")
