"""What all answers of the service have in common, and the site's files. Nothing of it knows a path of a file.

A request that changes something must be JSON, carry a header that no form and no other site can send, and come from a page of ours.
"""

import json
import logging
import time
from collections.abc import Callable
from html import escape
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Connection
from tornado import web

from workbook_helpers.errors import WorkbookError
from workbook_helpers.items import Json
from workbook_helpers.served.database import FullError, Refused
from workbook_helpers.served.room import Room
from workbook_helpers.served.sessions import LASTS_S, SHARED_S
from workbook_helpers.words import language, say, use

HUB_SESSION = "jupyterhub-session-id"
MAX_BODY = 1_000_000
PERSON, PLACE = (10.0, 80.0), (60.0, 600.0)
"""Requests of one person, and of one address by those who are not signed in: so many a second, and so many at once.

A whole college may come from one address.
"""
MOST_KNOWN = 20_000
"""Of so many at the most it is known how often they asked; then of nobody, and everybody may ask as at first."""
RETRY_S = 5
PAGE = (
    '<!doctype html><html lang="{language}"><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
    '<title>{title}</title><body style="font-family:sans-serif;margin:2em"><main><h1>{title}</h1><p>{text}</p>{way}</main>'
)
SAID = {
    "out": ("served-hub-not-in", "served-page-sign-in"),
    "none": ("served-page-none", "served-page-address"),
    "host": ("served-page-none", "served-page-address"),
}
"""What a refusal says to who has opened an address: a title, and what to do."""
LOG = logging.getLogger("workbook.served")


class Handler(web.RequestHandler):
    """Common to all: headers, who asks, and how a refusal is told."""

    def initialize(self, room: Room, hosts: Callable[[str], bool], rates: "Rates") -> None:
        """Take what is served, which hosts are known, and the rates."""
        self.room, self.hosts, self.rates = room, hosts, rates

    def set_default_headers(self) -> None:
        """Have no other site show, read or keep it."""
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("Referrer-Policy", "same-origin")
        self.set_header("Cross-Origin-Resource-Policy", "same-origin")
        self.set_header("Cross-Origin-Opener-Policy", "same-origin")
        self.set_header("Content-Security-Policy", "frame-ancestors 'none'")
        self.set_header("Cache-Control", "no-store")
        self.clear_header("Server")

    def prepare(self) -> None:
        """Refuse a host that is not ours: another name may lead here, and the browser would think it is that site's."""
        use(self.get_cookie("wb-language"))
        if not self.hosts(self.request.host):
            self.refuse(403, "host")

    @property
    def of_hub(self) -> str:
        """The hub's own session, without which ours is none: who has signed out of that has signed out here."""
        return (self.get_cookie(HUB_SESSION) or "")[:200] if self.settings["hub"] else ""

    @property
    def token(self) -> str:
        """What the browser has of its session, "" for none."""
        own = (self.get_cookie(self.room.cookie) or "")[:200]
        return own and own + self.of_hub

    @property
    def address(self) -> str:
        """Who asks, as the network knows it; the hub's proxy adds it last, and what stands before it anybody may have written."""
        return (self._by_proxies("X-Forwarded-For").rpartition(",")[2].strip() or str(self.request.remote_ip))[:64]

    @property
    def is_private(self) -> bool:
        """Whether nobody on the way can read along: of several proxies the outermost has TLS. Who only says so loses a cookie by it."""
        return "https" in (self._by_proxies("X-Forwarded-Proto") or self.request.protocol)

    def _by_proxies(self, header: str) -> str:
        return self.request.headers.get(header, "") if self.settings["hub"] else ""

    async def sign_in(
        self, learner: str, known_by: str, *, shared: bool = False, may: Callable[[Connection], bool] = lambda _: True
    ) -> bool:
        """Begin a learner's session, given as `Learner.key`, if it `may` be; say whether it was. One that the browser has ends."""
        room, before, lasts_s = self.room, self.token, SHARED_S if shared else LASTS_S

        def begin(connection: Connection) -> str:
            room.stays(connection, learner)
            if not may(connection):
                return ""
            room.leave(connection, before)
            return room.sessions.begin(connection, learner, known_by, lasts_s, beside=self.of_hub)

        token = await room.database.write(begin)
        if not token:
            return False
        settings: dict[str, Any] = {} if shared else {"max_age": lasts_s}
        settings |= {"httponly": True, "samesite": "Strict", "secure": self.is_private, "path": room.base}
        self.set_cookie(room.cookie, token, **settings)
        return True

    def refuse(self, status: int, error: str, **more: object) -> None:
        """Answer why not."""
        self.set_status(status)
        if status == 429:
            self.set_header("Retry-After", str(max(1, round(float(error)))))
            error = "wait"
        elif status in (503, 507):
            self.set_header("Retry-After", str(RETRY_S))
        elif status == 401 and self.settings["hub"]:
            more["sign_in"] = "hub-login"
        if self.request.method == "GET" and "text/html" in self.request.headers.get(
            "Accept", ""
        ):  # somebody opens it: no call of a page of ours
            title, text = SAID.get(error, ("served-page-busy", "served-page-again"))
            self.explain(say(title), say(text), "" if error == "host" else self.room.base)
        else:
            self.send({"error": error, **more})

    def explain(self, title: str, text: str, home: str = "") -> None:
        """Answer with a page of one sentence; `home` is where "My workbooks" is, left out where the address is none below it."""
        ours = home and self.request.path.startswith(home)
        way = f'<p><a href="{escape(home)}">{escape(say("page-home"))}</a></p>' if ours else ""
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.set_header("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'")
        self.finish(PAGE.format(language=language(), title=escape(title), text=escape(text), way=way))

    def send(self, content: object) -> None:
        """Answer with JSON."""
        self.set_header("Content-Type", "application/json; charset=utf-8")
        self.finish(json.dumps(content, separators=(",", ":")))

    def write_error(self, status_code: int, **about: Any) -> None:
        """Tell what went wrong in one word; what is not known by name goes into the log."""
        error = about.get("exc_info", (None, None, None))[1]
        if isinstance(error, Refused):
            self.refuse(error.status, error.error)
        elif isinstance(error, FullError):
            self.refuse(507, "full")
        elif isinstance(error, WorkbookError):
            self.refuse(503, "gone")
        else:
            self.refuse(status_code, {404: "none", 405: "form", 400: "form"}.get(status_code, "fault"))

    def log_exception(self, kind: Any, error: Any, trace: Any) -> None:
        """Keep refusals out of the log; the rest is for who keeps the server."""
        if isinstance(error, WorkbookError):
            LOG.error("%s", error)
        elif not isinstance(error, Refused | web.HTTPError):
            super().log_exception(kind, error, trace)


class Rates:
    """How often each one asks; a bucket that fills again by itself."""

    def __init__(self) -> None:
        self._left: dict[str, tuple[float, float]] = {}

    def wait(self, who: str, rate_s: float, burst: float) -> float:
        """Count a request; give how many seconds too early it is, 0 for none. One that is refused is not counted."""
        now = time.monotonic()
        left, at = self._left.get(who, (burst, now))
        left = min(burst, left + (now - at) * rate_s)
        if len(self._left) > MOST_KNOWN:
            self._left.clear()  # whoever makes up cookies is nobody twice, and would have each request look through all of them
        self._left[who] = (left - 1 if left >= 1 else left, now)
        return 0.0 if left >= 1 else (1 - left) / rate_s


class NoPage(Handler):
    """In place of what there is not."""

    def prepare(self) -> None:
        """Say so, whatever the verb."""
        super().prepare()
        if not self._finished:
            self.refuse(404, "none")


class Static(Handler):
    """The site, which is the same for all: pages, and what they load."""

    def get(self, name: str) -> None:
        """Send a file by its name."""
        found = self.room.folder.file(name or "index.html")
        if found is None:
            self.refuse(404, "none")
            return
        self.set_header("Content-Type", found.type)
        self.set_header("Cache-Control", "public, max-age=31536000, immutable" if found.for_good else "no-cache")
        self.set_header("Vary", "Accept-Encoding")
        self.set_header("Etag", found.tag)
        if self.request.headers.get("If-None-Match") == found.tag:
            self.set_status(304)
            self.finish()
        elif found.packed and "gzip" in self.request.headers.get("Accept-Encoding", ""):
            self.set_header("Content-Encoding", "gzip")
            self.finish(found.packed)
        else:
            self.finish(found.content)

    head = get

    def compute_etag(self) -> str | None:
        """See tornado; it is known already."""
        return None


class Api(Handler):
    """A call of a page of ours."""

    def prepare(self) -> None:
        """Refuse what another site asks, and who asks too often."""
        super().prepare()
        if self._finished:
            return
        if not self._is_ours():
            self.refuse(403, "origin")
        elif wait := self.wait():
            self.refuse(429, str(wait))

    def wait(self) -> float:
        """Give how long is to be waited, by who asks."""
        return self.rates.wait(self.token or self.address, *(PERSON if self.token else PLACE))

    def _is_ours(self) -> bool:
        headers = self.request.headers
        if headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
            return False
        if self.request.method == "GET":
            return True
        origin = headers.get("Origin")
        same = origin is None or urlsplit(origin).netloc.lower() == self.request.host.lower()
        return same and headers.get("X-Workbook") == "1" and headers.get("Content-Type", "").partition(";")[0].strip() == "application/json"

    def asked(self) -> dict[str, Any]:
        """Give the request's body; Refused where it is no object in JSON."""
        try:
            found = json.loads(self.request.body, parse_constant=_no_number, parse_float=_number)
        except (ValueError, RecursionError) as error:
            raise Refused(400, "form") from error
        if not isinstance(found, dict):
            raise Refused(400, "form")
        return found


def _no_number(text: str) -> Json:
    raise ValueError(text)


def _number(text: str) -> float:
    found = float(text)
    if found - found != 0:
        raise ValueError(text)
    return found
