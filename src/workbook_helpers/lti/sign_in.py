"""Sign-in from a learning platform beside a hub's own sign-in, by jupyterhub-ltiauthenticator's handlers.

What is added to them: several platforms, their deployments, a launch that counts but once, a name that tells nobody who it is, an
address to go to that lies in the class's own service and nowhere else, and the end of whatever was open for somebody else.

A platform sends people by a form of another site, with which a browser brings none of the hub's cookies. So the form only says who
comes (`Callback`); the browser then comes by itself, with all that it has of the hub, and they are signed in (`Enter`).
"""

import asyncio
import base64
import hashlib
import json
import re
import secrets
import time
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from jupyterhub.auth import Authenticator
from jupyterhub.handlers import BaseHandler
from ltiauthenticator.lti13.handlers import LTI13CallbackHandler, LTI13LoginInitHandler, get_nonce
from tornado.httputil import url_concat
from tornado.web import HTTPError

from workbook_helpers.lti.contexts import keep_offer
from workbook_helpers.lti.key import read_key
from workbook_helpers.lti.launch import CHOOSE, LEEWAY_S, ForgedError, Launch, read, signing_keys, verified
from workbook_helpers.lti.links import choices, page
from workbook_helpers.lti.one_person import HANDLERS, OnePerson
from workbook_helpers.lti.platforms import (
    PLACE,
    PREFIX,
    LinkedCourse,
    Platform,
    PlatformError,
    Settings,
    hub_name,
    is_hub_name,
    read_settings,
)

SIGN_IN = "hub-login"
"""Where the service of a class signs a user of the hub in."""
PAGE = re.compile(r"[\w-]{1,128}\.html", re.ASCII)
LONGEST = 20_000
"""Characters of what a platform may sign."""
BEGUN, MOST_BEGUN = "lti13-begun-", 10
"""How the cookie begins by which a browser shows that it has asked for a launch, and how many it may have; then the oldest is no more.

Each sign-in has its own, named after its state: a double click on a link begins two.
"""
SENT = "lti13-sent-"
"""How the cookie begins by which a browser shows that it is the one whose form has come."""
SENT_S, MOST_SENT = 60, 10_000
"""How long it may take to come after its form, and how many may be on their way at once; then the one that is longest is no more."""
ID = re.compile(r"[0-9a-f]{32}")
AGAIN = (
    "This sign-in was used before, is too old, or was begun in another browser or in a frame. "
    "Open the link in your course again, in a window of its own."
)


class Doorkeeper:
    """What the handlers share: the college's settings, read anew when the file has changed, the platforms' keys, and what was used."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._keys: dict[str, Any] = {}
        self._used: dict[str, float] = {}
        self._sent: dict[str, tuple[float, str, str]] = {}

    @property
    def settings(self) -> Settings:
        """What `lti.toml` says now; it is read seldom enough to be read each time."""
        return read_settings(self.folder)

    def check(self, platform: Platform, token: str) -> Launch:
        """Give the launch of a token that this platform has signed; PlatformError if it is none."""
        keys = self._keys.setdefault(platform.jwks_url, signing_keys(platform))
        return read(platform, verified(platform, token, keys))

    def once(self, launch: Launch) -> None:
        """See that a launch was not used before; ForgedError if it was."""
        now = time.time()
        self._used = {nonce: until for nonce, until in self._used.items() if until > now}
        if launch.nonce in self._used:
            msg = "This sign-in was used before. Open the link in your course again."
            raise ForgedError(msg)
        self._used[launch.nonce] = launch.expires + LEEWAY_S

    def keep(self, name: str, leads: str) -> str:
        """Keep whom a platform has sent, as the hub calls them, and where it leads; give the key by which that is had, once and soon."""
        now = time.monotonic()
        self._sent = {key: one for key, one in self._sent.items() if one[0] > now}
        if len(self._sent) >= MOST_SENT:
            del self._sent[next(iter(self._sent))]
        key = secrets.token_urlsafe(24)
        self._sent[key] = now + SENT_S, name, leads
        return key

    def take(self, key: str) -> tuple[str, str]:
        """Give what was kept; ForgedError if it was had before, too long ago, or never there."""
        until, name, leads = self._sent.pop(key, (0.0, "", ""))
        if until <= time.monotonic():
            raise ForgedError(AGAIN)
        return name, leads


class _Handler(BaseHandler):
    """A handler of ours: what the settings say, and a fault of theirs as a page with one sentence."""

    @property
    def doorkeeper(self) -> Doorkeeper:
        found: Doorkeeper = self.authenticator.doorkeeper
        return found

    @property
    def place(self) -> str:
        """Where the addresses of this module are on the hub."""
        return f"{self.hub.base_url}{PLACE}/"

    @property
    def across(self) -> dict[str, Any]:
        """How a cookie is set that comes back with a form of another site, which browsers send over https alone."""
        same = next((name for name in self.settings.get("cookie_options", {}) if name.lower() == "samesite"), "samesite")
        return {same: "None", "secure": True} if self.doorkeeper.settings.address.startswith("https:") else {}

    def taken(self, name: str) -> str:
        """Give what a cookie holds, "" for nothing; it is no more then."""
        found = self.get_signed_cookie(name) or b""
        self.clear_cookie(name, path=self.place, **self.across)
        return found.decode()


class Login(LTI13LoginInitHandler, _Handler):
    """A platform says that somebody wants to come; they are sent to it to be named."""

    def post(self) -> None:
        """See the library, which is told here of what is set up."""
        try:
            super().post()
        except PlatformError as error:
            raise refusal(error) from error

    get = post

    def authorize_redirect(  # noqa: D102
        self,
        redirect_uri: str,
        login_hint: str,
        nonce: str,
        client_id: str,
        state: str,
        lti_message_hint: str | None = None,
    ) -> None:
        platform = self.doorkeeper.settings.platform(self.get_argument("iss"), client_id or "")
        asked = {"response_type": "id_token", "scope": "openid", "response_mode": "form_post", "prompt": "none"}
        asked |= {"client_id": platform.client_id, "redirect_uri": redirect_uri, "login_hint": login_hint, "nonce": nonce, "state": state}
        asked |= {"lti_message_hint": lti_message_hint} if lti_message_hint is not None else {}
        self.redirect(url_concat(platform.authorize_url, asked))

    def get_state(self) -> str:
        """Give what comes back with the answer: that it is ours, and of which platform it has to be."""
        about = {"state_id": secrets.token_urlsafe(24), "issuer": self.get_argument("iss"), "client_id": self.get_argument("client_id", "")}
        return base64.urlsafe_b64encode(json.dumps(about).encode()).decode()

    def get_redirect_uri(self) -> str:
        """Give where the platform sends the answer: the address in the settings, whatever this request calls the hub."""
        return f"{self.doorkeeper.settings.address.rstrip('/')}{self.place}oauth_callback"

    def set_state_cookie(self, state: str) -> None:
        """Remember the state: the cookie of the nonce is named after it."""
        self._state = state

    def set_nonce_state_cookie(self, nonce_state: str) -> None:
        """Keep in the browser of what the nonce is made."""
        begun = [name for name in self.request.cookies if name.startswith(BEGUN)]  # as browsers send them: the oldest first
        for name in begun[: -(MOST_BEGUN - 1)]:
            self.taken(name)
        self._set_cookie(BEGUN + id_of(self._state), nonce_state, expires_days=None, path=self.place, **self.across)


class Callback(LTI13CallbackHandler, _Handler):
    """The platform names whom it sends."""

    async def post(self) -> None:
        """Lead them to where they are signed in, or let them choose a workbook to be linked."""
        try:
            launch = await self._launch()
            course = self.doorkeeper.settings.course(launch.platform, launch.deployment, launch.context)
            if course is None:
                whence = f"client_id {launch.platform.client_id!r}, deployment {launch.deployment!r}, context {launch.context!r}"
                where = f"{launch.title!r} of {launch.platform.name} ({whence})"
                msg = f"The course {where} belongs to no class on this hub yet. Tell whoever runs the hub."
                raise PlatformError(msg)  # noqa: TRY301
            self._keep_offer(course, launch)
            if launch.kind == CHOOSE:
                self._choose(launch, course)
                return
        except PlatformError as error:
            raise refusal(error) from error
        key = self.doorkeeper.keep(hub_name(launch.platform.realm, launch.subject), landing(course, launch.target))
        which = id_of(self.get_body_argument("state"))
        self._set_cookie(SENT + which, key, expires_days=None, max_age=SENT_S, path=self.place)
        self.redirect(f"{self.place}enter?{urlencode({'of': which})}")

    async def _launch(self) -> Launch:
        token, state = self.get_body_argument("id_token", ""), self.get_body_argument("state", "")
        nonce_state = self.taken(BEGUN + id_of(state))  # this browser has asked for it: else somebody could be signed in as another
        if not token or not nonce_state:
            raise PlatformError(AGAIN)
        about = json.loads(base64.urlsafe_b64decode(state))
        platform = self.doorkeeper.settings.platform(about["issuer"], about["client_id"])
        if len(token) > LONGEST:
            raise HTTPError(400, "The platform has sent too much.")
        launch = await asyncio.get_running_loop().run_in_executor(None, self.doorkeeper.check, platform, token)
        if launch.nonce != get_nonce(nonce_state):
            raise PlatformError(AGAIN)
        self.doorkeeper.once(launch)
        return launch

    def _keep_offer(self, course: LinkedCourse, launch: Launch) -> None:
        """Keep what the platform offers; where that cannot be, who teaches is told, and a learner gets in all the same."""
        try:
            keep_offer(self.doorkeeper.folder, course, launch)
        except PlatformError as error:
            if launch.teaches:
                raise
            self.log.error("%s", error)  # noqa: TRY400  a sentence, and no fault of this program

    def _choose(self, launch: Launch, course: LinkedCourse) -> None:
        found = choices(self.doorkeeper.settings, course, launch, read_key(self.doorkeeper.folder))
        html, policy = page(launch, course, found)
        self.set_header("Content-Security-Policy", policy)
        self.set_header("Cache-Control", "no-store")
        self.finish(html)


class Enter(OnePerson, _Handler):
    """The browser comes whose form it was.

    Its key is in a cookie and never in an address, which says only in which: whoever is led here by somebody else's link is signed in as
    nobody.
    """

    async def get(self) -> None:
        """Sign them in and lead them to their workbook."""
        which = self.get_query_argument("of", "")
        try:
            name, leads = self.doorkeeper.take(self.taken(SENT + which) if ID.fullmatch(which) else "")
        except PlatformError as error:
            raise refusal(error) from error
        if await self.login_user({"name": name}) is None:
            raise HTTPError(403)
        self.redirect(leads)


class Keys(_Handler):
    """The tool's public keys, for the platforms."""

    def get(self) -> None:
        """Give them."""
        try:
            found = read_key(self.doorkeeper.folder).public()
        except PlatformError as error:
            raise refusal(error, 503) from error
        self.set_header("Content-Type", "application/json")
        self.finish(json.dumps(found))


def landing(course: LinkedCourse, target: str) -> str:
    """Give the path to which a launch leads, by the service's own sign-in.

    The page is the one that the link in the course names, if it is one of the class's, else the class's first one.
    """
    path = ""
    with suppress(ValueError):  # an address that is none
        path = urlsplit(target).path
    name = path.removeprefix(course.start) if path.startswith(course.start) else ""
    return f"{course.start}{SIGN_IN}?{urlencode({'next': name})}" if PAGE.fullmatch(name) else f"{course.start}{SIGN_IN}"


def id_of(state: str) -> str:
    """Give what the cookies of a sign-in are named after."""
    return hashlib.sha256(state.encode()).hexdigest()[:32]


def refusal(error: PlatformError, status: int = 0) -> HTTPError:
    """Give the answer that says a fault in its sentence."""
    status = status or (401 if isinstance(error, ForgedError) else 400)
    return HTTPError(status, str(error), reason="Not signed in")


def with_lti(base: type[Authenticator], folder: Path) -> type[Authenticator]:
    """Give an authenticator that signs people in as `base` does, and those whom a platform sends besides.

    Parameters
    ----------
    folder
        The college's folder for LTI.
    """
    doorkeeper_ = Doorkeeper(folder)

    class WithPlatforms(base):
        """A hub's own sign-in, and that of its platforms."""

        doorkeeper = doorkeeper_

        def get_handlers(self, app: Any) -> list[Any]:
            own = {"oauth_login": Login, "oauth_callback": Callback, "enter": Enter, "jwks": Keys}
            return [*HANDLERS, *super().get_handlers(app), *((f"/{PLACE}/{name}", one) for name, one in own.items())]

        async def authenticate(self, handler: Any, data: Any) -> Any:
            if isinstance(handler, Enter):  # what a form says never comes this way
                return {"name": data["name"]}
            found = super().authenticate(handler, data)
            found = await found if hasattr(found, "__await__") else found
            name = found.get("name", "") if isinstance(found, dict) else found
            return None if name and self.normalize_username(name).startswith(PREFIX) else found

        def check_allowed(self, username: str, authentication: Any = None) -> Any:
            return is_hub_name(username) or super().check_allowed(username, authentication)

    return WithPlatforms
