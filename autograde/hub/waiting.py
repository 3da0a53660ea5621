"""Answers in the place of a service of the hub until it can answer by itself.

JupyterHub starts its services one after the other, waits for each, and gives up altogether where one does not answer: 40 desks of
4 s each would keep a college waiting for minutes, and one class folder that is not there would keep all others out. So a service
of ours answers at once; a desk, with all that it needs of the memory, begins when somebody first asks for it.
"""

import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

CLOSED_S = 30.0
"""So long a service that cannot open says so, before the hub starts it anew."""
PAGE = (
    '<!doctype html><html lang="en-GB"><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
    '<title>{title}</title>{again}<body style="font-family:sans-serif;margin:2em"><main><h1>{title}</h1><p role="status">{text}</p></main>'
)
OPENING = ("One moment", "This opens now; the page comes by itself.")
CLOSED = ("Not open just now", "This class cannot be opened just now. Tell your tutor, or whoever looks after this server.")


class Waiting(ThreadingHTTPServer):
    """Answers everything with a page that says to wait, and knows when somebody has asked.

    What the hub itself asks, to see that a service is there, comes past the proxy and counts for nothing.
    """

    daemon_threads = True
    said = OPENING

    def __init__(self) -> None:
        address = urlsplit(os.environ["JUPYTERHUB_SERVICE_URL"])
        super().__init__((address.hostname or "127.0.0.1", address.port or 80), _Answer)
        self.asked = threading.Event()
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def close(self) -> None:
        """Leave the address to the service itself."""
        self.shutdown()
        self.server_close()

    def handle_error(self, request: object, client_address: object) -> None:
        """Whoever asked has gone."""


class _Answer(BaseHTTPRequestHandler):
    server: Waiting

    def _answer(self) -> None:
        by_somebody = "X-Forwarded-For" in self.headers
        title, text = self.server.said
        again = '<meta http-equiv="refresh" content="1">' if self.server.said is OPENING and self.command == "GET" else ""
        content = PAGE.format(title=escape(title), text=escape(text), again=again).encode()
        self.send_response(503 if by_somebody else 200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'")
        self.send_header("Cache-Control", "no-store")
        self.send_header("Retry-After", "1")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)
        if by_somebody:
            self.server.asked.set()

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = do_OPTIONS = do_PATCH = _answer  # noqa: N815  the library's own names

    def log_message(self, *_: object) -> None:
        """The proxy has told it."""


@contextmanager
def waiting(stay: Callable[[float], object] = time.sleep) -> Iterator[Waiting]:
    """Answer at the service's address meanwhile; where the service cannot be opened say that for a while, and end with one clear line."""
    from workbook_helpers.errors import WorkbookError

    server = Waiting()
    try:
        yield server
    except KeyboardInterrupt:  # the hub ends, before anybody has asked
        sys.exit(0)
    except WorkbookError as error:
        sys.stderr.write(f"{error}\n")
        server.said = CLOSED
        stay(CLOSED_S)
        sys.exit(2)
