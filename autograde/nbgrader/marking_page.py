"""Beside formgrader: a script of ours on its marking pages, which reads points before they are sent and says what is not saved."""

from functools import partial
from importlib.resources import files
from typing import Any

from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.utils import url_path_join
from tornado import web
from tornado.httputil import HTTPHeaders, HTTPServerRequest

from workbook_helpers.policy import NONCE

SCRIPT = "autograde/marking.js"
PAGES = "/formgrader/submissions/"


class Script(JupyterHandler):
    """The script."""

    @web.authenticated
    def get(self) -> None:
        """Send it."""
        self.set_header("Content-Type", "text/javascript; charset=utf-8")
        self.set_header("Cache-Control", "no-cache")
        self.finish(files("autograde.nbgrader").joinpath("marking.js").read_bytes())


class WithScript(web.OutputTransform):
    """Adds the script to what nbgrader sends as a marking page; nbgrader's templates have no place for one."""

    def __init__(self, base_url: str, request: HTTPServerRequest) -> None:
        self._tag = f'<script nonce="{NONCE}" src="{url_path_join(base_url, SCRIPT)}" defer></script>'.encode()
        self._wanted = PAGES in request.path

    def transform_first_chunk(
        self,
        status_code: int,
        headers: HTTPHeaders,
        chunk: bytes,
        finishing: bool,  # noqa: FBT001  tornado's own
    ) -> tuple[int, HTTPHeaders, bytes]:
        """See `tornado.web.OutputTransform`."""
        head, end, rest = chunk.rpartition(b"</body>")
        if self._wanted and finishing and end and headers.get("Content-Type", "").startswith("text/html"):
            chunk = b"".join((head, self._tag, end, rest))
            if "Content-Length" in headers:
                headers["Content-Length"] = str(len(chunk))
        return status_code, headers, chunk


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "autograde.nbgrader.marking_page"}]


def _load_jupyter_server_extension(server: Any) -> None:
    base_url = server.web_app.settings["base_url"]
    server.web_app.add_handlers(".*$", [(url_path_join(base_url, SCRIPT), Script)])
    server.web_app.transforms.append(partial(WithScript, base_url))
