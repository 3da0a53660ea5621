"""The connections of a service: never so many that nobody else comes in, whoever opens them.

Each is an open file, of which a process may have so many. At the last one tornado's own way to accept fails at each turn of its loop,
since the one who waits is still there, and each time writes a traceback: it answers nobody, and its log fills the disk.
"""

import errno
import logging
import socket
import sys
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from copy import copy
from itertools import islice
from typing import Any

from tornado.http1connection import HTTP1ServerConnection
from tornado.httpserver import HTTPServer
from tornado.httputil import HTTPConnection, HTTPHeaders, HTTPMessageDelegate, RequestStartLine, ResponseStartLine
from tornado.ioloop import IOLoop
from tornado.iostream import IOStream

FILES = (65_536, 10_240)
"""Files that this process asks for; macOS may give no more than the second (OPEN_MAX, setrlimit(2)), whatever it calls its limit."""
ON_WINDOWS = 512
"""Sockets that Python's `select` takes there (Modules/selectmodule.c)."""
MOST = 8_192
"""Connections at the most, each of some 10 kB: a college's learners with the six that a browser opens."""
FIRST_S = 30
"""So soon the first request must come: what a browser opens in advance it closes itself in a third of that."""
PAUSE_S = 1.0
FULL = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM})
"""Why nobody else can be let in until somebody has gone."""
AT_ONCE = 128
"""Connections that are accepted before the others have their turn."""
LOG = logging.getLogger("workbook.served")


def room() -> int:
    """Have this process open as many files as it may; give how many connections it has room for, beside its databases and pages."""
    if sys.platform == "win32":
        return ON_WINDOWS * 3 // 4
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    for wanted in (most if hard == resource.RLIM_INFINITY else min(most, hard) for most in FILES):
        if soft == resource.RLIM_INFINITY or soft >= wanted:
            break
        with suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
            soft = wanted
    return MOST if soft == resource.RLIM_INFINITY else min(MOST, soft * 3 // 4)


class RoomyServer(HTTPServer):
    """Has room for one more: where there are as many connections as may be, the one that asks for nothing for the longest time goes.

    A browser opens another one when it needs it. One whose request is under way goes only where all the others' are.

    Parameters
    ----------
    most
        Connections; by default as many as there is `room` for.
    """

    def initialize(self, *args: Any, most: int = 0, **more: Any) -> None:
        """See `HTTPServer`."""
        super().initialize(*args, **more)
        self._most = most or room()
        self._waiting: dict[IOStream, None] = {}
        """Connections whose request is not whole yet; what has waited longest is the first."""
        self._busy: dict[IOStream, None] = {}
        """Those whose answer is under way."""
        self._afterwards = self.conn_params
        self.conn_params = copy(self.conn_params)
        self.conn_params.header_timeout = FIRST_S
        self._told = False

    def add_sockets(self, sockets: Iterable[socket.socket]) -> None:
        """Listen at these, as `TCPServer.add_sockets` does."""
        for one in sockets:
            self._sockets[one.fileno()] = one
            self._handlers[one.fileno()] = lambda one=one: IOLoop.current().remove_handler(one)  # type: ignore[misc]
            self._listen(one)

    def _listen(self, listener: socket.socket) -> None:
        if listener.fileno() >= 0:  # it was not closed meanwhile
            IOLoop.current().add_handler(listener, self._accept, IOLoop.READ)

    def _accept(self, listener: socket.socket, _events: int) -> None:
        for _ in range(AT_ONCE):
            try:
                connection, address = listener.accept()
            except (BlockingIOError, ConnectionError):  # nobody else is there, or who was has gone
                return
            except OSError as error:
                if error.errno in FULL and self._waiting:
                    self._let_go(self._waiting, 1 + len(self._waiting) // 4)  # a page needs files, too
                else:
                    self._pause(listener, error)
                return
            if len(self._waiting) + len(self._busy) >= self._most:
                self._let_go(self._waiting or self._busy, 1)
            self._handle_connection(connection, address)

    def _let_go(self, some: dict[IOStream, None], number: int) -> None:
        """Close the first of some connections."""
        for stream in list(islice(some, number)):
            del some[stream]
            stream.close()

    def _pause(self, listener: socket.socket, error: OSError) -> None:
        """Accept nobody for a while: to be told again at once would change nothing."""
        IOLoop.current().remove_handler(listener)
        IOLoop.current().call_later(PAUSE_S, self._listen, listener)
        if not self._told:
            LOG.error("Nobody else can be let in just now (%s); it is tried again each second.", error.strerror)
        self._told = True

    def handle_stream(self, stream: IOStream, address: Any) -> None:
        """See `HTTPServer`."""
        self._waiting[stream] = None
        super().handle_stream(stream, address)

    def start_request(self, server_conn: object, request_conn: HTTPConnection) -> HTTPMessageDelegate:
        """See `HTTPServer`: from now on a request is waited for."""
        assert isinstance(server_conn, HTTP1ServerConnection)  # noqa: S101  as tornado says
        server_conn.params = self._afterwards
        stream = server_conn.stream

        def move(to: dict[IOStream, None]) -> None:
            self._waiting.pop(stream, None)
            self._busy.pop(stream, None)
            if not stream.closed():
                to[stream] = None

        move(self._waiting)
        return _Told(super().start_request(server_conn, request_conn), lambda: move(self._waiting), lambda: move(self._busy))

    def on_close(self, server_conn: object) -> None:
        """See `HTTPServer`."""
        assert isinstance(server_conn, HTTP1ServerConnection)  # noqa: S101
        self._waiting.pop(server_conn.stream, None)
        self._busy.pop(server_conn.stream, None)
        super().on_close(server_conn)


class _Told(HTTPMessageDelegate):
    """Tells when a request comes, and when it is whole, beside what takes it."""

    def __init__(self, taking: HTTPMessageDelegate, comes: Callable[[], None], whole: Callable[[], None]) -> None:
        self._taking, self._comes, self._whole = taking, comes, whole

    def headers_received(self, start_line: RequestStartLine | ResponseStartLine, headers: HTTPHeaders) -> Awaitable[None] | None:
        self._comes()
        return self._taking.headers_received(start_line, headers)

    def data_received(self, chunk: bytes) -> Awaitable[None] | None:
        return self._taking.data_received(chunk)

    def finish(self) -> None:
        self._whole()
        self._taking.finish()

    def on_connection_close(self) -> None:
        self._taking.on_connection_close()
