"""Sign-in by JupyterHub, whose service this then is: the hub says who somebody is, the class's list says which learner that is.

The hub's OAuth is asked afresh each time; what it gives the service stays here, and the browser gets a session of ours like any other.
That session holds for as long as the browser has the hub's own one (`Handler.of_hub`): who signs out of the hub has signed out here.
"""

import json
import os
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import parse_qs, urlsplit

from jupyterhub.services.auth import HubOAuth, HubOAuthenticated
from tornado import web

from workbook_helpers.errors import WorkbookError
from workbook_helpers.served.handlers import Handler
from workbook_helpers.words import say

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Settings = TypeVar("Settings", bound="DataclassInstance")
"""Of `app`, which is above this module."""
LOGIN, CALLBACK = "hub-login", "oauth_callback"
BEGUN, BEGUN_S = "workbook-begun-", 600
"""How the cookie of a sign-in begins that is under way, and how many seconds it may take."""
OF_LTI = "lti-"
"""The names of those who come from a learning platform begin so."""


class Refusal(web.HTTPError):
    """Somebody is not signed in; `word` says why, as a sentence of the catalogue."""

    def __init__(self, status: int, word: str, **about: str) -> None:
        super().__init__(status, word)
        self.text = say(word, **about)


class Way(HubOAuthenticated, Handler):
    """What both addresses have in common: where a browser goes on to, and a refusal in one sentence."""

    @property
    def auth(self) -> HubOAuth:
        """The hub, as this service knows it."""
        found: HubOAuth = self.hub_auth
        return found

    def further(self, name: str) -> str:
        """Give where to go on: a page of the site by its name, else the first one."""
        page = name if name.endswith(".html") and self.room.folder.file(name) is not None else ""
        return self.room.base + page

    def write_error(self, status_code: int, **about: Any) -> None:
        """Send one sentence, and nothing else."""
        error = about.get("exc_info", (None, None, None))[1]
        text = error.text if isinstance(error, Refusal) else say("served-hub-failed")
        self.set_status(error.status_code if isinstance(error, Refusal) else status_code)
        self.explain(say("served-hub-not-in"), text)


class Login(Way):
    """The way in."""

    async def get(self) -> None:
        """End the session that the browser has, and ask the hub who this is."""
        room, before = self.room, self.token
        if before:
            await room.database.write(lambda connection: room.leave(connection, before))
        then, auth = self.further(self.get_query_argument("next", "")), self.auth
        self.request.uri = then  # where the library would come back to
        address = self.get_login_url()
        # The library knows of it in this process alone, and the browser may come back to another one.
        state = parse_qs(urlsplit(address).query)["state"][0]
        begun = json.dumps({"then": then, "verifier": auth.get_code_verifier(state)})
        auth.clear_oauth_state(state)
        settings: dict[str, Any] = {"path": room.base, "httponly": True, "samesite": "Lax", "secure": self.is_private}
        self.set_signed_cookie(BEGUN + state, begun, expires_days=None, max_age=BEGUN_S, **settings)
        self.redirect(address)


class Callback(Way):
    """What the hub sends the browser back to."""

    async def get(self) -> None:
        """Sign in whoever the hub says it is, where the class has such a learner."""
        auth, state = self.auth, self.get_query_argument("state", "")
        kept = self.get_signed_cookie(BEGUN + state)
        auth.clear_oauth_state_cookies(self)
        if kept is None:  # not begun by this browser, or long ago
            raise Refusal(403, "served-hub-again")
        self.clear_cookie(BEGUN + state, path=self.room.base)
        begun = json.loads(kept)
        token = await auth.token_for_code(self.get_query_argument("code", ""), code_verifier=begun["verifier"], sync=False)
        user = await auth.user_for_token(token, session_id=auth.get_session_id(self), sync=False)
        if not user or user.get("kind") != "user" or not auth.check_scopes(auth.access_scopes, user):
            raise Refusal(403, "served-hub-again")
        name = str(user["name"])
        learner = self.room.folder.about().learner_of_hub(name)
        if learner is None:
            raise Refusal(403, "served-hub-nobody", user=name)
        await self.sign_in(learner.key, "lti" if name.startswith(OF_LTI) else "hub", shared=True)
        self.redirect(begun["then"])


def handlers() -> list[tuple[str, type[Handler]]]:
    """Give the addresses of the way in."""
    return [(LOGIN, Login), (CALLBACK, Callback)]


def settings_of_hub(settings: Settings) -> Settings:
    """Give the settings as the hub tells them, by the environment.

    Raises
    ------
    WorkbookError
        If no hub has started this.
    """
    try:
        address, base = urlsplit(os.environ["JUPYTERHUB_SERVICE_URL"]), os.environ["JUPYTERHUB_SERVICE_PREFIX"]
    except KeyError as error:
        msg = f"--hub is for a service that JupyterHub starts ({error} is not set). Leave it out, or see deploy/hub/README.md."
        raise WorkbookError(msg) from error
    # Where the proxy is on another machine (deploy/k8s), the tutor's side still asks by this one's own address.
    listens = "127.0.0.1" if address.hostname == "127.0.0.1" else "0.0.0.0"  # noqa: S104
    leave_to = f"{os.environ.get('JUPYTERHUB_BASE_URL', '/')}hub/logout"
    told: dict[str, Any] = {"address": listens, "port": address.port or 80, "base": base, "leave_to": leave_to}
    return replace(settings, **told)
