"""The server of a desk that several tutors share.

JupyterHub's own extension of the Jupyter server says who asks, and lets in those alone who may open this service. Nothing of Jupyter
itself is served: no kernel, no terminal, no file by its path.
"""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

from jupyter_server.auth.authorizer import Authorizer
from jupyter_server.serverapp import ServerApp

from autograde.desk.launch import OTHERS
from autograde.nbgrader.serve import PARTS


class NothingOfJupyter(Authorizer):
    """Refuses what Jupyter's own addresses do: contents, kernels, sessions, terminals, settings.

    The desk's and formgrader's addresses ask for nobody's leave but the hub's.
    """

    def is_authorized(self, handler: Any, user: Any, action: str, resource: str) -> bool:
        """See `jupyter_server.auth.Authorizer`."""
        return False


class DeskApp(ServerApp):
    """Takes its address over from what answered there before."""

    before_it_listens: ClassVar[Callable[[], object]] = staticmethod(lambda: None)

    def init_httpserver(self) -> None:
        """See `jupyter_server.serverapp.ServerApp`."""
        type(self).before_it_listens()
        super().init_httpserver()


def arguments(root: Path, *, quality: bool) -> list[str]:
    """Give the words that follow `jupyterhub-singleuser`."""
    extensions = {**dict.fromkeys(OTHERS, False), "autograde.desk": True}
    if not quality:
        extensions |= PARTS
    as_root = hasattr(os, "geteuid") and os.geteuid() == 0  # in a container; Jupyter refuses it otherwise
    return [
        f"--ServerApp.root_dir={root}",
        "--ServerApp.default_url=/desk",
        "--ServerApp.log_level=WARN",
        "--ServerApp.terminals_enabled=False",
        "--ServerApp.authorizer_class=autograde.hub.desk_app.NothingOfJupyter",
        f"--ServerApp.jpserver_extensions={extensions!r}",
        *(["--allow-root"] if as_root else []),
    ]
