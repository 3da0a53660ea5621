"""Who may use a desk may use nothing of Jupyter's own beside it: no kernel, no terminal, no file by its path."""

from typing import Any

from jupyter_server.auth.authorizer import Authorizer


class NothingOfJupyter(Authorizer):
    """Refuses what Jupyter's own addresses do: contents, kernels, sessions, terminals, settings.

    The desk's and formgrader's addresses ask for nobody's leave but the hub's.
    """

    def is_authorized(self, handler: Any, user: Any, action: str, resource: str) -> bool:
        """See `jupyter_server.auth.Authorizer`."""
        return False
