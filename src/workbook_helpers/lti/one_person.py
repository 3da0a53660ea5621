"""One person at a browser: whoever signs in to a hub, by whichever way, has nothing of what anybody before them left open there.

What a hub's services have of a browser holds by the hub's own session: that of a class (`served.handlers.Handler.of_hub`) by its cookie,
that of a desk or a JupyterLab by a token which the hub has given out for it. JupyterHub goes on with that session when somebody signs in
over another, and its sign-out leaves it where its own cookie has run out before.
"""

from typing import Any

from jupyterhub import orm
from jupyterhub.handlers import BaseHandler
from jupyterhub.handlers.login import LoginHandler, LogoutHandler


class OnePerson(BaseHandler):
    """What signs somebody in: another's session ends, and so does one of which the hub no longer knows whose it was."""

    def set_login_cookie(self, user: Any) -> None:
        """See `jupyterhub.handlers.BaseHandler`."""
        before = self.get_current_user_cookie()
        if before is None or before.id != user.id:
            end_session(self)
            self.set_session_cookie()
        super().set_login_cookie(user)


class SignIn(OnePerson, LoginHandler):
    """The hub's form."""


class SignOut(LogoutHandler):
    """The hub's way out, also for whom it no longer knows."""

    async def handle_logout(self) -> None:
        """See `jupyterhub.handlers.login.LogoutHandler`."""
        end_session(self)


HANDLERS: tuple[tuple[str, type[BaseHandler]], ...] = (("/login", SignIn), ("/logout", SignOut))
"""In place of JupyterHub's own: an authenticator gives them before all others, as the first of an address counts."""


def end_session(handler: BaseHandler) -> None:
    """End the hub's session of this browser, with all that was given out for it, whoever it was given to."""
    if session := handler.get_session_cookie():
        for token in handler.db.query(orm.APIToken).filter_by(session_id=session):
            handler.db.delete(token)
        handler.db.commit()
    handler.clear_login_cookie()
