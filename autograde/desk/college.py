"""The desk where a college's hub runs it for several people: who is logged in, which pages there are, and no path of the server's."""

import os
from typing import Any

SERVICE = "JUPYTERHUB_SERVICE_NAME"
"""Set by the hub for a service of its own, and for nothing else."""
ONLY = "AUTOGRADE_DESK_ONLY"
"""The names of the pages that this server shows, with blanks between; all where it is not set."""


def for_several() -> bool:
    """Whether this server is a hub's service, at which several people work."""
    return bool(os.environ.get(SERVICE))


def only() -> frozenset[str]:
    """Give the names of the pages that this server shows; empty for all."""
    return frozenset(os.environ.get(ONLY, "").split())


def hub_name(user: Any) -> str:
    """Give what the hub calls who is logged in; "" where no hub says who it is."""
    known = getattr(user, "hub_user", None)
    return str(known["name"]) if isinstance(known, dict) else ""
