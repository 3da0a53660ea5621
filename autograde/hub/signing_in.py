"""Who people are at a hub that asks for a name and a password: JupyterHub's form, and a page to change the password."""

import asyncio
from pathlib import Path
from typing import Any

from jupyterhub.auth import Authenticator
from jupyterhub.handlers import BaseHandler
from tornado import web
from traitlets import Unicode

from autograde.errors import ClassError
from autograde.hub.accounts import Accounts
from workbook_helpers.lti.one_person import HANDLERS


class ByPassword(Authenticator):
    """Lets in whoever has an account; nobody makes one of their own."""

    state = Unicode(config=True, help="The hub's own folder, in which the accounts lie.")

    @property
    def accounts(self) -> Accounts:
        """The accounts."""
        return Accounts(Path(self.state))

    async def authenticate(self, handler: Any, data: dict[str, str]) -> str | None:
        """See `jupyterhub.auth.Authenticator`."""
        name = self.normalize_username(data["username"])
        return name if await asyncio.to_thread(self.accounts.opens, name, data["password"]) else None

    def get_handlers(self, app: Any) -> list[tuple[str, type[BaseHandler]]]:
        """Give the addresses below /hub that are our own."""
        return [*HANDLERS, *super().get_handlers(app), (r"/change-password", ChangePassword)]


class ChangePassword(BaseHandler):
    """The page to change one's password."""

    @web.authenticated
    async def get(self) -> None:
        """Show it."""
        self.finish(await self.render_template("change-password.html", said="", good=False))

    @web.authenticated
    async def post(self) -> None:
        """Change it, where the one that holds is typed, too."""
        name, accounts = self.current_user.name, self.authenticator.accounts
        now, new, again = (self.get_body_argument(field, "", strip=False) for field in ("now", "new", "again"))
        said, good = "Your password is changed.", True
        if new != again:
            said, good = "The two new passwords are not the same. Type the same one twice.", False
        elif not await asyncio.to_thread(accounts.opens, name, now):
            said, good = "The password that you have now is another one. Type it again; after several tries, wait some minutes.", False
        else:
            try:
                await asyncio.to_thread(accounts.change, name, new)
            except ClassError as error:
                said, good = str(error), False
        self.set_status(200 if good else 422)
        self.finish(await self.render_template("change-password.html", said=said, good=good))
