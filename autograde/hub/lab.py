"""A JupyterLab of one's own, run as a system account that nobody else has; it is made when it is first needed."""

import pwd
import subprocess
from typing import Any

from jupyterhub.spawner import LocalProcessSpawner
from tornado import web

from autograde.classes.lab import account_of


class Own(LocalProcessSpawner):
    """Starts JupyterLab for somebody. The hub must be root for that: one account cannot keep learners' files from each other."""

    async def start(self) -> Any:
        """See `jupyterhub.spawner.Spawner.start`."""
        name = account_of(self.user.name)
        try:
            pwd.getpwnam(name)
        except KeyError:
            made = subprocess.run(
                ["useradd", "--create-home", "--key", "HOME_MODE=0700", "--shell", "/usr/sbin/nologin", name],
                capture_output=True,
                text=True,
                check=False,
            )
            if made.returncode != 0:
                msg = f"The account {name} cannot be made ({made.stderr.strip()}). A hub with a JupyterLab runs as root: install.sh --lab."
                raise web.HTTPError(500, msg) from None
        return await super().start()

    def make_preexec_fn(self, name: str) -> Any:
        """See `jupyterhub.spawner.LocalProcessSpawner`."""
        return super().make_preexec_fn(account_of(name))

    def user_env(self, env: dict[str, str]) -> dict[str, str]:
        """Give the environment of the account, by which nbgrader knows people; a workbook knows them by JUPYTERHUB_USER."""
        account = pwd.getpwnam(account_of(self.user.name))
        return {**env, "USER": account.pw_name, "HOME": account.pw_dir, "SHELL": "/bin/sh"}
