"""Run the service: its addresses, its sockets, TLS, several processes, and a polite end."""

import asyncio
import json
import logging
import os
import secrets
import signal
import socket
import ssl
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from tornado.netutil import bind_sockets
from tornado.web import Application

from workbook_helpers.errors import WorkbookError
from workbook_helpers.files import write_file
from workbook_helpers.served import calls, connections, hand_in, handlers, processes, tutor
from workbook_helpers.served.connections import RoomyServer
from workbook_helpers.served.database import Database, GoneError, prepare
from workbook_helpers.served.folder import Folder
from workbook_helpers.served.hosts import is_loopback, known_host, own_addresses, written
from workbook_helpers.served.room import Room

LOOPBACK = "127.0.0.1"
RUNNING, ANSWERS = "service.json", "served.db"
ENDS_S = 5
"""How long requests that are under way may take once the service is to end."""


class ServeError(WorkbookError):
    """The service cannot begin."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """How to serve.

    Attributes
    ----------
    folders
        Of the classes; several are served each below its own id.
    address, port
        Where to listen.
    hosts
        Names beside this machine's own by which it is known.
    database
        "" for a file in each class's folder.
    certificate, key
        For TLS; None without.
    base
        Where the addresses begin, "/" or "/…/".
    leave_to
        Where a hub signs people out; "" without a hub.
    secret
        Of all processes of this service, and of no other: for what they sign.
    """

    folders: Sequence[Path]
    address: str = LOOPBACK
    port: int = 0
    hosts: Sequence[str] = ()
    processes: int = 1
    database: str = ""
    certificate: Path | None = None
    key: Path | None = None
    base: str = "/"
    leave_to: str = ""
    secret: str = field(default_factory=lambda: secrets.token_hex(32), repr=False)


def serve(settings: Settings, told: Callable[[Sequence[str]], None]) -> None:
    """Serve until the process is asked to end; `told` gets the addresses for students.

    Raises
    ------
    WorkbookError
        If the classes, the database, the certificate or the port cannot be used.
    """
    logging.getLogger("tornado.access").setLevel(logging.ERROR)
    classes = _classes(settings)
    urls = {folder.root: settings.database or f"sqlite:///{folder.root / ANSWERS}" for folder in classes.values()}
    if settings.processes > 1 and not all(url.startswith("postgresql") for url in urls.values()):
        msg = "Several processes need PostgreSQL: give --database postgresql://… or leave --processes out."
        raise ServeError(msg)
    if settings.processes > 1 and not hasattr(os, "fork"):
        msg = "Several processes need Linux or macOS: leave --processes out."
        raise ServeError(msg)
    for url in sorted(set(urls.values())):
        with suppress(GoneError) if settings.leave_to else nullcontext():  # a hub's service goes on trying (`_settle`): nobody watches it
            prepare(url)
    tls = _tls(settings)
    sockets = _sockets(settings.port, settings.address)
    near = _sockets(0, LOOPBACK) if tls else sockets  # the tutor's side asks from this machine, where no certificate is for
    port, own = (one[0].getsockname()[1] for one in (sockets, near))
    scheme = "https" if tls else "http"
    names = settings.hosts or ([LOOPBACK] if is_loopback(settings.address) else own_addresses(settings.address))
    with _running(settings, classes, f"http://{LOOPBACK}:{own}", [f"{scheme}://{written(name)}:{port}" for name in names]):
        told([f"{scheme}://{written(name)}:{port}{base}" for name in names for base in classes])

        def run(began: Callable[[], None] = lambda: None) -> None:
            asyncio.run(_run(settings, classes, urls, [(sockets, tls), *([(near, None)] if tls else [])], began))

        if settings.processes > 1 or processes.IS_WATCHED:
            processes.keep(settings.processes, run)
        else:
            run()


def application(rooms: Sequence[Room], settings: Settings) -> Application:
    """Give the service's addresses."""
    known = known_host(settings.hosts)
    rates = handlers.Rates()
    rules: list[Any] = []
    for room in rooms:
        about = {"room": room, "hosts": known, "rates": rates}
        ways: list[tuple[str, type[handlers.Handler]]] = [
            ("api/leave", calls.Leave),
            ("api/me", calls.Me),
            ("api/mine", calls.Mine),
            ("api/live", tutor.Live),
            ("api/pin-reset", tutor.PinReset),
            ("api/forget", tutor.Forget),
            ("api/merge", tutor.Merge),
            ("api/unmerge", tutor.Unmerge),
            (r"api/([\w-]+)", calls.Kept),
            (r"api/([\w-]+)/save", calls.Save),
            (r"api/([\w-]+)/beat", calls.Beat),
            (r"api/([\w-]+)/hand-in", calls.HandIn),
            (r"api/([\w-]+)/feedback", calls.Feedback),
            (r"([\w.-]*)", handlers.Static),
        ]
        if settings.leave_to:
            from workbook_helpers.served import hub  # the hub's own package is not there without one

            ways = [*hub.handlers(), *ways]
        else:
            ways = [("api/join", calls.Join), *ways]
        rules += [(room.base + way, handler, about) for way, handler in ways]
    nowhere = {"room": rooms[0], "hosts": known, "rates": rates}
    return Application(
        rules,
        default_handler_class=handlers.NoPage,
        default_handler_args=nowhere,
        hub=settings.leave_to,
        cookie_secret=settings.secret,
    )


async def _run(
    settings: Settings, classes: dict[str, Folder], urls: dict[Path, str], doors: Sequence[tuple[Any, Any]], began: Callable[[], None]
) -> None:
    """Serve in this process until it is asked to end."""
    databases = {url: Database(url) for url in set(urls.values())}
    rooms = [Room(folder, databases[urls[folder.root]], base) for base, folder in classes.items()]
    app = application(rooms, settings)
    limits = {"max_body_size": handlers.MAX_BODY, "max_header_size": 32_000, "body_timeout": 30, "idle_connection_timeout": 300}
    servers = [RoomyServer(app, ssl_options=tls, most=connections.room() // len(doors), **limits) for _, tls in doors]
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        with suppress(NotImplementedError):  # on Windows
            loop.add_signal_handler(number, ended.set)
    settling = [asyncio.create_task(_settle(room, urls[room.folder.root])) for room in rooms]
    for server, (sockets, _) in zip(servers, doors, strict=True):
        server.add_sockets(sockets)
    began()
    await ended.wait()
    for task in settling:
        task.cancel()
    for server in servers:
        server.stop()
    with suppress(TimeoutError):
        async with asyncio.timeout(ENDS_S):
            for server in servers:
                await server.close_all_connections()
    for database in databases.values():
        database.close()


async def _settle(room: Room, url: str) -> None:
    """Have tables be there, and finish what was cut off; where the database or the disk is not fit for it, as soon as they are."""
    told = False
    while True:
        try:
            await asyncio.get_running_loop().run_in_executor(None, prepare, url)
            await room.database.write(partial(hand_in.recover, class_id=room.class_id, arrived=room.folder.arrived))
            break
        except (WorkbookError, OSError) as error:
            if not told:
                handlers.LOG.error("%s", error)
            told = True
            await asyncio.sleep(handlers.RETRY_S)


def _classes(settings: Settings) -> dict[str, Folder]:
    """Give base → class; each token is there from now on."""
    found = [Folder(path) for path in settings.folders]
    for folder in found:
        folder.token()
    if len(found) == 1:
        return {settings.base: found[0]}
    classes = {f"{settings.base}{folder.about().class_id}/": folder for folder in found}
    if len(classes) < len(found):
        msg = "Two of the folders are of one class. Give each class once."
        raise ServeError(msg)
    return classes


def _tls(settings: Settings) -> ssl.SSLContext | None:
    if settings.certificate is None:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        context.load_cert_chain(settings.certificate, settings.key)
    except OSError as error:
        msg = f"The certificate {settings.certificate} cannot be used ({error.strerror or error}). Give it with its key, both as PEM."
        raise ServeError(msg) from error
    return context


def _sockets(port: int, address: str) -> list[socket.socket]:
    try:
        return bind_sockets(port, address, backlog=1024)
    except OSError as error:
        msg = f"Nothing can be served at {address}, port {port} ({error.strerror}). Give another --port, or stop what uses it."
        raise ServeError(msg) from error


@contextmanager
def _running(settings: Settings, classes: dict[str, Folder], near: str, addresses: Sequence[str]) -> Iterator[None]:
    """Have it stand in each class's folder, while the service runs, where the tutor's side finds it."""
    paths = []
    for base, folder in classes.items():
        about = {"pid": os.getpid(), "address": near + base, "addresses": [one + base for one in addresses], "hub": bool(settings.leave_to)}
        path = folder.root / RUNNING
        try:
            write_file(path, json.dumps(about, indent=1).encode(), mode=0o600)
        except OSError as error:  # a full disk: learners can still read
            handlers.LOG.error("The desk does not find this service: %s cannot be written (%s). Make room there.", path, error.strerror)
        paths.append(path)
    try:
        yield
    finally:
        for path in paths:
            with suppress(OSError, ValueError):
                if json.loads(path.read_bytes())["pid"] == os.getpid():
                    path.unlink()
