"""Writes of a class are made together, also where each comes when the one before is done."""

import asyncio
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Connection, func, select
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets

from tests.conftest import apart
from tests.served.service import ASSIGNMENT, Client, make_class
from workbook_helpers.served.app import Settings, application
from workbook_helpers.served.database import APART_S, COPIES, Database, prepare
from workbook_helpers.served.folder import Folder
from workbook_helpers.served.room import Room


def test_what_comes_soon_after_a_transaction_is_one_transaction(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    slept, asleep, goes_on = list[float](), threading.Event(), threading.Event()

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        asleep.set()
        goes_on.wait()

    async def write() -> list[Connection]:
        goes_on.set()
        first = await database.write(lambda connection: connection)
        goes_on.clear()
        asleep.clear()
        second = asyncio.ensure_future(database.write(lambda connection: connection))
        await asyncio.to_thread(asleep.wait, 5)
        third = asyncio.ensure_future(database.write(lambda connection: connection))
        await asyncio.sleep(0)
        goes_on.set()
        return [first, await second, await third]

    database = Database(f"sqlite:///{tmp_path / 'served.db'}")
    monkeypatch.setattr(time, "sleep", sleep)
    first, second, third = apart(write())
    monkeypatch.undo()
    database.close()
    assert second is third is not first
    assert slept[0] == 0 <= slept[1] <= APART_S


@pytest.mark.parametrize("asked", ["api/mine", f"api/{ASSIGNMENT}"])
def test_who_is_signed_out_before_a_write_gets_no_copy(asked: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = make_class(tmp_path)
    given = root / "given" / "ana01" / ASSIGNMENT
    given.mkdir(parents=True)
    (given / "feedback.html").write_text("<h1>Well done</h1>")
    url = f"sqlite:///{root / 'served.db'}"
    prepare(url)

    async def ask() -> tuple[int, int]:
        database = Database(url)
        room = Room(Folder(root), database, "/")
        server = HTTPServer(application([room], Settings(folders=[root])))
        [socket] = bind_sockets(0, "127.0.0.1")
        server.add_socket(socket)
        client, write = Client(socket.getsockname()[1]), database.write
        assert (await asyncio.to_thread(client.join, "ana01")).status == 200

        async def late(change: Callable[[Connection], object], order: str = "") -> object:
            await write(lambda connection: room.sessions.reset(connection, "ana01"))
            return await write(change, order)

        monkeypatch.setattr(database, "write", late)
        answer = await asyncio.to_thread(client.get, asked)
        copies = await database.read(lambda connection: connection.scalar(select(func.count()).select_from(COPIES)))
        client.close()
        server.stop()
        await server.close_all_connections()
        database.close()
        return answer.status, copies or 0

    assert apart(ask()) == (401, 0)
