"""What our pages load, from an address that names its content: a browser keeps it for good, and an update has another address."""

import hashlib
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from jupyter_server.auth.decorator import allow_unauthenticated
from jupyter_server.base.handlers import FileFindHandler
from jupyter_server.utils import url_path_join
from tornado import web
from tornado.httputil import HTTPServerRequest

PAGE = Path(str(files("workbook_helpers"))) / "page"
FOLDERS = (PAGE / "built", PAGE)
"""The built scripts and style sheets, and the letters beside them."""
SERVED = frozenset([".js", ".css", ".woff2"])


@cache
def address() -> str:
    """Give where our files lie below a server's base, with the hash of them all."""
    content = b"".join(path.read_bytes() for folder in FOLDERS for path in sorted(folder.iterdir()) if path.suffix in SERVED)
    return f"workbook/static/{hashlib.sha256(content).hexdigest()[:12]}/"


class Static(FileFindHandler):
    """The scripts, style sheets and letters of our pages. Under an address without the hash the browser asks each time.

    They are the same for all, and given to anybody, as Jupyter's own are: under a hub a script that is loaded as a module, or a letter,
    comes without what proves who asks (jupyterhub/_xsrf_utils.py: its Sec-Fetch-Mode is "cors"), and would be sent to sign in for ever.
    """

    @allow_unauthenticated
    async def get(self, path: str) -> None:  # type: ignore[override]
        """Send it."""
        await super().get(path)


def keep_for_good(web_app: Any) -> None:
    """Have browsers keep what `address` names; the setting is Jupyter's own."""
    settings = web_app.settings
    settings["static_immutable_cache"] = [*settings.get("static_immutable_cache", []), url_path_join(settings["base_url"], address())]


def pack(web_app: Any, *below: str) -> None:
    """Pack what is sent from these addresses: nothing there is both secret and beside what a stranger may put in."""

    class Packed(web.GZipContentEncoding):
        def __init__(self, request: HTTPServerRequest) -> None:
            super().__init__(request)
            self._ours = request.path.startswith(below)

        def transform_first_chunk(self, *first: Any) -> Any:
            return super().transform_first_chunk(*first) if self._ours else first[:3]

        def transform_chunk(self, chunk: bytes, finishing: bool) -> bytes:  # noqa: FBT001, tornado's
            return super().transform_chunk(chunk, finishing) if self._ours else chunk

    web_app.add_transform(Packed)
