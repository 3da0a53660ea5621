"""The server of a desk that several tutors share.

JupyterHub's own extension of the Jupyter server says who asks, and lets in those alone who may open this service. Nothing of Jupyter
itself is served: no kernel, no terminal, no file by its path.
"""

from collections.abc import Callable
from typing import ClassVar

from jupyter_server.serverapp import ServerApp


class DeskApp(ServerApp):
    """Takes its address over from what answered there before."""

    before_it_listens: ClassVar[Callable[[], object]] = staticmethod(lambda: None)

    def init_httpserver(self) -> None:
        """See `jupyter_server.serverapp.ServerApp`."""
        type(self).before_it_listens()
        super().init_httpserver()
