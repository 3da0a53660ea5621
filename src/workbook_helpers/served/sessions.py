"""Who works here: the class's code and a PIN, tries that are counted, and sessions of which only a hash is kept."""

import hashlib
import hmac
import re
import secrets
import time
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Table, and_, delete, select

from workbook_helpers.served.database import PEOPLE, SESSIONS, TRIES, Refused, add, of, put

PIN = re.compile(r"[0-9]{4,8}", re.ASCII)
LASTS_S, SHARED_S = 30 * 86400, 4 * 3600
"""How long a session lasts, and one on a device that others use, too."""
FORGET_S = 86400
"""After so long without another failure those before do not count any more."""
FREE = {"learner": (5, 3600), "address": (40, 60), "class": (200, 10)}
"""Of what is counted: how many failures cost nothing, and the longest wait in seconds.

A class comes from one address, and anybody may be wrong; a learner's own limit is what keeps a PIN from being found:
docs/college.md says how many tries that are, and a test counts them. Waits of a class are short, so that nobody locks it out.
"""
COST = 2**12
"""What a PIN costs, as scrypt's n: some 10 ms of a processor and 4 MB. Whoever has the rows tries all PINs of four digits within minutes,
at any price that a class could pay at a lesson's begin: it is the limit of tries that keeps a PIN.
"""
FORMER_COST = 2**13
"""The same of those that were kept before theirs stood with them."""
SLACK_S = 3600
"""By so much a clock may be set back before sessions end."""

_SESSION = select(SESSIONS).where(of(SESSIONS, "token"))


@dataclass(frozen=True, kw_only=True)
class Session:
    """Who is signed in.

    Attributes
    ----------
    learner
        As `Learner.key`.
    known_by
        "pin", "hub" or "lti".
    ends_at
        Seconds since 1970.
    """

    learner: str
    known_by: str
    ends_at: float


class Sessions:
    """Those of one class."""

    def __init__(self, class_id: str) -> None:
        self.class_id = class_id

    def begin(self, connection: Connection, learner: str, known_by: str, lasts_s: int = LASTS_S, *, beside: str = "") -> str:
        """Begin one; give the token that the browser keeps. It is found again by the token with what the browser has `beside` it."""
        now, token = time.time(), secrets.token_urlsafe(32)
        connection.execute(delete(SESSIONS).where(SESSIONS.c.ends_at < now))
        ends = {"learner": learner, "known_by": known_by, "ends_at": now + lasts_s}
        put(connection, SESSIONS, token=_hashed(token + beside), class_id=self.class_id, **ends)
        return token

    def find(self, connection: Connection, token: str) -> Session:
        """Give whose token it is; Refused if it is none that holds."""
        row = connection.execute(_SESSION, {"of_token": _hashed(token)}).first() if token else None
        if row is None or row.class_id != self.class_id or not 0 <= row.ends_at - time.time() <= LASTS_S + SLACK_S:
            raise Refused(401, "out")
        return Session(learner=row.learner, known_by=row.known_by, ends_at=row.ends_at)

    def end(self, connection: Connection, token: str) -> str:
        """End one; give whose it was, "" for nobody's."""
        mine = (SESSIONS.c.token == _hashed(token), SESSIONS.c.class_id == self.class_id)
        row = connection.execute(delete(SESSIONS).where(*mine).returning(SESSIONS.c.learner)).first()
        return row.learner if row else ""

    def pin(self, connection: Connection, learner: str) -> str:
        """Give what is kept of a PIN (`hash_pin`), "" for none."""
        row = connection.execute(select(PEOPLE.c.pin).where(*self._of(PEOPLE, learner))).first()
        return row.pin if row else ""

    def choose_pin(self, connection: Connection, learner: str, pin: str) -> bool:
        """Keep a PIN where there is none yet; whether it was kept."""
        return add(connection, PEOPLE, class_id=self.class_id, learner=learner, pin=pin)

    def reset(self, connection: Connection, learner: str) -> None:
        """Have a learner pick a PIN anew; who is signed in as this learner is so no more."""
        connection.execute(delete(PEOPLE).where(*self._of(PEOPLE, learner)))
        connection.execute(delete(SESSIONS).where(*self._of(SESSIONS, learner)))
        self.succeed(connection, learner)

    def wait(self, connection: Connection, address: str) -> float:
        """Give how many seconds it is until the next try from an address; 0 for none."""
        ways = [f"address {address}", "class"]
        found = connection.execute(select(TRIES).where(TRIES.c.class_id == self.class_id, TRIES.c.who.in_(ways))).all()
        return max((_left(row.until, FREE[row.who.split(" ", maxsplit=1)[0]][1]) for row in found), default=0.0)

    def attempt(self, connection: Connection, learner: str) -> None:
        """Count a try of a learner's PIN before it is looked at, so that many at once are not one; Refused while there is to be waited."""
        self._fail(connection, f"learner {_hashed(learner)[:32]}", refuse=True)

    def fail(self, connection: Connection, address: str) -> None:
        """Count a try that was wrong."""
        self._fail(connection, "class")
        self._fail(connection, f"address {address}")

    def succeed(self, connection: Connection, learner: str) -> None:
        """Count no tries of a learner any more."""
        who = f"learner {_hashed(learner)[:32]}"
        connection.execute(delete(TRIES).where(TRIES.c.class_id == self.class_id, TRIES.c.who == who))

    def _fail(self, connection: Connection, who: str, *, refuse: bool = False) -> None:
        now = time.time()
        free, longest = FREE[who.split(" ", maxsplit=1)[0]]
        add(connection, TRIES, class_id=self.class_id, who=who, failures=0, at=now, until=0.0)
        mine = and_(TRIES.c.class_id == self.class_id, TRIES.c.who == who)
        row = connection.execute(select(TRIES).where(mine).with_for_update()).one()
        if refuse and (left := _left(row.until, longest)):
            raise Refused(429, f"{left:.0f}")
        failures = 1 + (row.failures if now - row.at < FORGET_S else 0)
        wait = min(longest, 2 ** min(failures - free, 20)) if failures >= free else 0
        put(connection, TRIES, class_id=self.class_id, who=who, failures=failures, at=now, until=now + wait)
        connection.execute(delete(TRIES).where(TRIES.c.class_id == self.class_id, TRIES.c.at < now - FORGET_S))

    def _of(self, table: Table, learner: str) -> tuple[Any, ...]:
        return table.c.class_id == self.class_id, table.c.learner == learner


def hash_pin(pin: str, cost: int = COST) -> str:
    """Give what is kept of a PIN or a password; `cost` is scrypt's n, and is kept with it."""
    salt = secrets.token_bytes(16)
    return f"{cost}${salt.hex()}${_scrypt(pin, salt, cost)}"


def same_pin(pin: str, kept: str, cost: int = COST) -> bool:
    """Whether it is the one of which this is kept; takes as long where there is none (""), but for one of `FORMER_COST` twice as long."""
    *own, salt, wanted = kept.split("$") if kept else (str(cost), "", "")
    return hmac.compare_digest(_scrypt(pin, bytes.fromhex(salt), int(own[0]) if own else FORMER_COST), wanted) and bool(kept)


def _scrypt(pin: str, salt: bytes, cost: int) -> str:
    return hashlib.scrypt(pin[:64].encode("utf-8", "replace"), salt=salt, n=cost, r=8, p=1, dklen=32).hex()


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def _left(until: float, longest: float) -> float:
    """Give how long is to be waited; never longer than at first, whatever became of the clock."""
    return min(max(until - time.time(), 0.0), longest)
