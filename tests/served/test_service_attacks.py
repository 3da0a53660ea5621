"""What somebody tries who wants another's answers, another's name or more than is theirs; a real service, and what it does not do."""

import asyncio
import errno
import hashlib
import http.client
import json
import os
import secrets
import socket
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from threading import Barrier
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine
from tornado.httpserver import HTTPServer
from tornado.httputil import HTTPHeaders, HTTPServerRequest, RequestStartLine, ResponseStartLine
from tornado.netutil import bind_sockets
from tornado.web import Application

from tests.conftest import ROOT, apart
from tests.served.service import ASSIGNMENT, CODE, Client, Service, make_class, serving, signed_in
from workbook_helpers.served import connections, sessions
from workbook_helpers.served.app import Settings, application
from workbook_helpers.served.connections import RoomyServer
from workbook_helpers.served.database import TRIES, Database, Refused, prepare
from workbook_helpers.served.folder import About, Folder
from workbook_helpers.served.handlers import Handler, Rates
from workbook_helpers.served.hosts import known_host, own_addresses
from workbook_helpers.served.room import Room

EVERYWHERE = "0.0.0.0"  # noqa: S104  the service asks this for a class on one Wi-Fi
JSON = {"X_Workbook": "1", "Content_Type": "application/json"}
POSTS = ["join", "leave", f"{ASSIGNMENT}/save", f"{ASSIGNMENT}/beat", f"{ASSIGNMENT}/hand-in", "pin-reset", "forget", "merge", "unmerge"]


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    names = [f"learner{n:02}" for n in range(40)]
    with serving(make_class(tmp_path_factory.mktemp("class"), learners=names), options=["--address", EVERYWHERE]) as running:
        yield running


@pytest.fixture
def learner(service: Service, request: pytest.FixtureRequest) -> str:
    used = service.__dict__.setdefault("used", [])
    used.append(request.node.name)
    return f"learner{len(used):02}"


def token(service: Service) -> dict[str, str]:
    return {"Authorization": f"Bearer {(service.folders[0] / 'tutor-token').read_text()}"}


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({"X_Workbook": ""}, id="a form of another site"),
        pytest.param({"Content_Type": "text/plain"}, id="no JSON"),
        pytest.param({"Content_Type": ""}, id="of no type"),
        pytest.param({"Origin": "https://evil.example"}, id="another origin"),
        pytest.param({"Origin": "null"}, id="from a sandbox"),
        pytest.param({"Sec_Fetch_Site": "cross-site"}, id="cross-site"),
        pytest.param({"Sec_Fetch_Site": "same-site"}, id="a neighbour"),
        pytest.param({"Host": "evil.example"}, id="another name that leads here"),
    ],
)
def test_nothing_is_changed_for_another_site(service: Service, headers: dict[str, str]) -> None:
    client = Client(service.port)
    client.post("api/join", code=CODE, learner="learner39", pin="2468", new=True)
    client.open()
    save = {"copy": client.copy, "saves": [{"id": "w01-q01", "value": "a", "base": 0, "key": "k"}]}
    for name in POSTS:
        assert client.ask("POST", f"/api/{name}", json.dumps(save).encode(), **{**JSON, **token(service), **headers}).status == 403
    assert client.open()["answers"] == {}


def test_a_page_of_ours_says_where_it_comes_from(service: Service, learner: str) -> None:
    client = signed_in(service, learner)
    ours = {"Origin": f"http://127.0.0.1:{service.port}", "Sec_Fetch_Site": "same-origin"}
    assert (
        client.ask("POST", f"/api/{ASSIGNMENT}/beat", json.dumps({"copy": client.copy, "section": ""}).encode(), **JSON, **ours).status
        == 200
    )
    assert client.get("api/mine", Sec_Fetch_Site="cross-site").status == 403
    assert "Access-Control-Allow-Origin" not in client.get("api/mine", Origin="https://evil.example").headers


def test_each_reaches_their_own_copy_alone(service: Service, learner: str) -> None:
    victim, other = signed_in(service, learner), signed_in(service, "learner38")
    victim.save("w01-t01", "Mine alone.")
    mine = other.copy
    other.copy = victim.copy
    one = [{"id": "w01-t01", "value": "Gone.", "base": 1, "key": "k"}]
    assert other.post(f"api/{ASSIGNMENT}/save", copy=victim.copy, saves=one).json == {"error": "other"}
    assert other.hand_in(1).json == {"error": "other"}
    assert other.post(f"api/{ASSIGNMENT}/beat", copy=victim.copy, section="x").json == {"error": "other"}
    for more in ({"learner": learner}, {"seed": "x"}, {"class_id": "care-a"}):
        other.post(f"api/{ASSIGNMENT}/save", copy=mine, saves=one, **more)
    ways = ["api/me", "api/mine", f"api/{ASSIGNMENT}"]
    ways += [f"{way}?learner={learner}" for way in ways]
    assert not any(b"Mine alone" in other.get(way).content or victim.copy.encode() in other.get(way).content for way in ways)
    assert victim.open()["answers"]["w01-t01"]["value"] == "Mine alone."
    nobody = Client(service.port)
    assert {way: nobody.get(way).status for way in (*ways, f"api/{ASSIGNMENT}/feedback")} == dict.fromkeys(
        (*ways, f"api/{ASSIGNMENT}/feedback"), 401
    )


def test_a_session_that_was_left_is_over(service: Service, learner: str) -> None:
    client = signed_in(service, learner)
    kept = client.cookie
    assert client.post("api/leave").status == 200
    ours = kept.partition("=")[0]
    for cookie in (kept, f"{kept[:-1]}x", f"{ours}=", f"{ours}=" + "a" * 5000, f"{ours}={secrets.token_urlsafe(32)}"):
        client.cookie = cookie
        assert client.get("api/mine").status == 401
    database = (service.folders[0] / "served.db").read_bytes() + (service.folders[0] / "served.db-wal").read_bytes()
    again = Client(service.port)
    again.post("api/join", code=CODE, learner=learner, pin="2468")
    assert again.cookie.partition("=")[2].encode() not in database  # a hash alone
    again.post("api/join", code=CODE, learner="learner00", pin="2468", new=True)
    assert again.get("api/me").json["learner"] == "learner00"


@pytest.mark.parametrize("sign", ["\0", "\ud800"])
def test_a_name_or_a_key_that_no_database_keeps_is_refused(service: Service, learner: str, sign: str) -> None:
    client = signed_in(service, learner)
    assert client.save("w01-t01", "Why.", key=f"k{sign}") == {"id": "w01-t01", "kept": None, "do": "refused"}
    assert client.save(f"w01-t01{sign}", "Why.")["do"] == "refused"


def asked(hub: str, cookie: str = "", **headers: str) -> Handler:
    """Give what answers a request with these headers, without a service."""
    there: Any = SimpleNamespace(set_close_callback=lambda _: None, context=None)
    said = HTTPHeaders({"Host": "localhost", "Cookie": cookie, **{name.replace("_", "-"): value for name, value in headers.items()}})
    request = HTTPServerRequest(start_line=RequestStartLine("GET", "/", "HTTP/1.1"), headers=said, connection=there)
    return Handler(Application(hub=hub), request, room=SimpleNamespace(cookie="workbook"), hosts=bool, rates=Rates())


def test_behind_a_hub_our_session_holds_beside_the_hubs_own_alone() -> None:
    cookies = "workbook=a; jupyterhub-session-id=1", "workbook=a; jupyterhub-session-id=2", "workbook=a", "jupyterhub-session-id=1"
    first, second, left, other = (asked("/hub/logout", one).token for one in cookies)
    assert len({first, second, left}) == 3  # who has signed out of the hub leaves nothing that the next one could use
    assert other == ""
    assert asked("", cookies[0]).token == asked("", cookies[2]).token


@pytest.mark.parametrize(
    ("hub", "said", "private"), [("/h", "https,http", True), ("/h", "https", True), ("/h", "http", False), ("", "https", False)]
)
def test_what_the_proxies_say_counts_behind_a_hub_alone(hub: str, said: str, private: bool) -> None:
    one = asked(hub, X_Forwarded_Proto=said, X_Forwarded_For="192.0.2.1, 192.0.2.2")
    assert one.is_private is private  # of a college's own proxy before the hub's, the first one has TLS
    assert (one.address == "192.0.2.2") is bool(hub)


def test_who_cannot_come_in_learns_nothing_of_why(service: Service, learner: str) -> None:
    signed_in(service, learner)
    client = Client(service.port)
    wrong: list[dict[str, Any]] = [
        {"code": CODE, "learner": learner, "pin": "0000"},
        {"code": CODE, "learner": "nobody", "pin": "2468"},
        {"code": CODE, "learner": "nobody", "pin": "2468", "new": True},
        {"code": CODE, "learner": learner, "pin": "1111", "new": True},
        {"code": "WRONGONE", "learner": learner, "pin": "2468"},
        {"code": "WRONGONE", "learner": "learner37", "pin": "2468", "new": True},
        {"code": "", "learner": "", "pin": ""},
    ]
    answers = [client.post("api/join", **one) for one in wrong]
    assert {(one.status, one.content) for one in answers} == {(403, b'{"error":"wrong"}')}
    assert all("Set-Cookie" not in one.headers for one in answers)
    for pin in ("123", "123456789", "12a4", "１２３４", "", "2468\n"):
        assert client.post("api/join", code=CODE, learner="learner37", pin=pin, new=True).json == {"error": "choose"}


def test_where_there_is_no_pin_one_is_looked_at_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[bytes] = []
    real = hashlib.scrypt

    def counted(pin: bytes, **more: Any) -> bytes:
        asked.append(pin)
        return real(pin, **more)

    monkeypatch.setattr(hashlib, "scrypt", counted)
    assert not sessions.same_pin("0000", "")  # that of nobody
    assert asked == [b"0000"]
    kept = sessions.hash_pin("2468", cost=2**5)
    assert sessions.same_pin("2468", kept), "what it cost is kept with it"
    assert not sessions.same_pin("2469", kept)
    former = f"{'00' * 16}${hashlib.scrypt(b'2468', salt=bytes(16), n=2**13, r=8, p=1, dklen=32).hex()}"
    assert sessions.same_pin("2468", former), "of one that was kept before"
    assert not sessions.same_pin("2469", former)


def test_a_pin_that_is_guessed_waits_longer_and_longer_over_a_restart_as_well(tmp_path: Path) -> None:
    root = make_class(tmp_path)
    with serving(root) as service:
        signed_in(service)

        together = Barrier(30)

        def guess(pin: str) -> int:
            together.wait()
            return Client(service.port).post("api/join", code=CODE, learner="ana01", pin=pin).status

        with ThreadPoolExecutor(30) as pool:  # many at once are not one
            seen = list(pool.map(guess, map(str, range(1000, 1030))))
        assert 4 <= seen.count(403) <= 6
        assert seen.count(403) + seen.count(429) == 30
        service.kill()
        with closing(sqlite3.connect(root / "served.db")) as raw, raw:
            [(failures, waits)] = raw.execute("SELECT failures, until - at FROM served_tries WHERE who LIKE 'learner%'").fetchall()
            assert (failures, waits) == (seen.count(403), 2 ** (failures - 5))
            raw.execute("UPDATE served_tries SET until = until + 1000 WHERE who LIKE 'learner%'")  # as after fifteen
        service.again()
        late = Client(service.port).post("api/join", code=CODE, learner="ana01", pin="2468")
        assert (late.status, late.json) == (429, {"error": "wait"})
        assert 900 <= int(late.headers["Retry-After"]) <= 1004
        assert Client(service.port).join("ben02").status == 200  # nobody else waits for it
        client = Client(service.port)
        assert client.ask("POST", "/api/pin-reset", b'{"learner": "ana01"}', **JSON, **token(service)).status == 200
        assert client.post("api/join", code=CODE, learner="ana01", pin="2468").json == {"error": "choose"}


def test_it_takes_the_same_work_to_refuse_whoever_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root, costs, hashed = make_class(tmp_path), list[int](), sessions._scrypt
    url = f"sqlite:///{root / 'served.db'}"
    prepare(url)
    kept = sessions.hash_pin("2468")

    def counted(pin: str, salt: bytes, cost: int) -> str:
        costs.append(cost)
        return hashed(pin, salt, cost)

    monkeypatch.setattr(sessions, "_scrypt", counted)

    async def refuse() -> None:
        database = Database(url)
        room = Room(Folder(root), database, "/")
        await database.write(lambda connection: room.sessions.choose_pin(connection, "ana01", kept))
        server = HTTPServer(application([room], Settings(folders=[root])))
        [door] = bind_sockets(0, "127.0.0.1")
        server.add_socket(door)
        client = Client(door.getsockname()[1])
        for learner, code in (("ana01", CODE), ("nobody", CODE), ("ana01", "XXXXXXXX"), ("nobody", "XXXXXXXX"), ("ben02", "XXXXXXXX")):
            answer = await asyncio.to_thread(client.post, "api/join", code=code, learner=learner, pin="1357")
            assert (answer.status, answer.json) == (403, {"error": "wrong"})
            assert costs == [sessions.COST], (learner, code)
            costs.clear()
        client.close()
        server.stop()
        await server.close_all_connections()
        database.close()

    apart(refuse())


def test_as_many_tries_of_a_pin_as_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    day, now, tries = 86_400, 0.0, [0, 0, 0]
    monkeypatch.setattr(time, "time", lambda: now)
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        TRIES.create(connection)
        while now < 3 * day:
            try:
                sessions.Sessions("a").attempt(connection, "ana01")
                tries[int(now // day)] += 1
            except Refused as told:
                now += float(told.error)
    engine.dispose()
    first, *later = tries
    assert len({*later}) == 1
    assert first < 45  # of 10,000
    assert f"at most {first} times on the first day for one learner, and {later[0]} on each day after" in (
        ROOT / "docs" / "college.md"
    ).read_text("utf-8")


@pytest.mark.parametrize("code", ["abcd efgh", "ABCD-EFGH", " a b c d e f g h "])
def test_a_code_counts_however_it_is_typed(code: str) -> None:
    about = About(class_id="a", join_code=CODE)
    assert about.opened_by(code)
    assert not about.opened_by(code[:-2])
    assert not about.opened_by("\ud800" * 8)


def test_who_asks_too_often_is_told_when(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr("workbook_helpers.served.handlers.time.monotonic", lambda: now[0])
    rates = Rates()
    assert [rates.wait("ana", 10, 3) for _ in range(3)] == [0, 0, 0]
    assert rates.wait("ana", 10, 3) == pytest.approx(0.1)
    assert rates.wait("ben", 10, 3) == 0
    now[0] = 0.2
    assert rates.wait("ana", 10, 3) == 0


def test_the_tutors_calls_are_the_tutors(service: Service, learner: str) -> None:
    client = signed_in(service, learner)
    for way in ({}, {"Authorization": "Bearer "}, {"Authorization": "Bearer x"}, {"Authorization": client.cookie}):
        assert client.get("api/live", **way).status == 401
        assert client.ask("POST", "/api/pin-reset", json.dumps({"learner": learner}).encode(), **JSON, **way).status == 401
    assert client.ask("POST", "/api/pin-reset", b'{"learner": "nobody"}', **JSON, **token(service)).status == 404
    assert client.get("api/me").status == 200
    outside = [one for one in own_addresses(EVERYWHERE) if one[0].isdigit() and not one.startswith("127.")]
    for address in outside:  # the token from another machine
        line = http.client.HTTPConnection(address, service.port, timeout=10)
        line.request("GET", "/api/live", headers=token(service))
        assert line.getresponse().status == 403
        line.close()
    client.save("w01-t01", "Forget me.")
    assert client.ask("POST", "/api/forget", json.dumps({"learner": learner}).encode(), **JSON, **token(service)).status == 200
    assert client.get("api/me").status == 401
    assert signed_in(service, learner).open()["answers"] == {}


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil", "127.0.0.1.evil", "0x7f.1", "localhost:80.evil", "[::1].evil", "", "[", ":"]
)
def test_no_other_name_is_ours(host: str) -> None:
    assert not known_host(["college.example"])(host)
    assert known_host(["college.example"])("College.example:8443")


def test_what_is_too_large_or_half_sent_is_let_go(service: Service, learner: str) -> None:
    client = signed_in(service, learner)
    line = http.client.HTTPConnection("127.0.0.1", service.port, timeout=10)
    line.putrequest("POST", f"/api/{ASSIGNMENT}/save")
    line.putheader("Content-Length", str(2_000_000))
    line.endheaders()
    assert line.getresponse().status in (400, 413)
    line.close()
    many = [{"id": "w01-q01", "value": "a", "base": 0, "key": f"k{n}"} for n in range(1000)]
    assert client.post(f"api/{ASSIGNMENT}/save", copy=client.copy, saves=many).status == 400
    for body in (b"", b"[" * 100_000, b'{"copy": NaN}', b"\xff", b"[]", b'{"copy": 1e999, "saves": []}', b"null", b'{"a":' * 50_000):
        assert client.ask("POST", f"/api/{ASSIGNMENT}/save", body, **JSON).status == 400
    assert client.get("api/me").status == 200


def idle(port: int, number: int) -> list[socket.socket]:
    """Open connections that ask for nothing."""
    return [socket.create_connection(("127.0.0.1", port), timeout=10) for _ in range(number)]


@pytest.mark.skipif(sys.platform == "win32", reason="it has no such limit")
def test_whoever_holds_connections_open_keeps_nobody_from_saving(tmp_path: Path) -> None:
    with serving(make_class(tmp_path), files=128) as service, ExitStack() as held:
        client, silent = signed_in(service), signed_in(service, "ben02")
        first = service.log.stat().st_size
        for line in idle(service.port, 400):
            held.enter_context(line)
        other = signed_in(service, "cem03")
        assert other.save("w01-q01", "a")["do"] == "saved"
        for one in (client, silent):
            one.close()  # its line has gone in between, and it opens another one, as a browser does
            assert one.save("w01-q01", "b")["do"] == "saved"
        assert service.log.stat().st_size - first < 1000, service.log.read_text()[-2000:]


class Full(socket.socket):
    """Lets nobody in before a time, as where no file is left."""

    tries, until = 0, 0.0

    def accept(self) -> Any:
        """See `socket.socket`."""
        self.tries += 1
        if time.monotonic() < self.until:
            raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))
        return super().accept()


@contextmanager
def listening(take: Callable[[HTTPServerRequest], None], most: int = 0) -> Iterator[tuple[RoomyServer, Full]]:
    """Give a server in this process, and where it listens."""
    server = RoomyServer(take, most=most, idle_connection_timeout=300)
    with Full() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.setblocking(False)
        listener.listen()
        server.add_socket(listener)
        yield server, listener
        server.stop()


def answer(request: HTTPServerRequest) -> None:
    """Answer a request."""
    assert request.connection
    request.connection.write_headers(ResponseStartLine("HTTP/1.1", 200, "OK"), HTTPHeaders({"Content-Length": "0"}))
    request.connection.finish()


ASK = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"


def test_where_no_file_is_left_it_tries_again_in_a_while_and_says_so_once(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(connections, "PAUSE_S", 0.1)

    async def full() -> None:
        with listening(answer) as (server, listener):
            listener.until = time.monotonic() + 0.35
            reader, writer = await asyncio.open_connection(*listener.getsockname())
            writer.write(ASK)
            assert (await reader.readline()).startswith(b"HTTP/1.1 200")
            assert 3 <= listener.tries <= 8
            listener.until = time.monotonic() + 60  # who asks for nothing makes room now
            _, late = await asyncio.open_connection(*listener.getsockname())
            async with asyncio.timeout(5):
                await reader.read()
            for one in (writer, late):
                one.close()
            server.stop()
            await server.close_all_connections()

    apart(full())
    assert [one.getMessage() for one in caplog.records if one.name == "workbook.served"] == [
        "Nobody else can be let in just now (Too many open files); it is tried again each second."
    ]


def test_who_never_asks_goes_soon_and_who_waits_longest_makes_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "FIRST_S", 0.3)
    asked: dict[str, HTTPServerRequest] = {}

    async def many() -> None:
        with listening(lambda request: asked.update({request.path: request}), most=3) as (server, listener):

            async def comes() -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
                return await asyncio.open_connection(*listener.getsockname())

            async def gone(one: tuple[asyncio.StreamReader, asyncio.StreamWriter]) -> None:
                async with asyncio.timeout(5):
                    await one[0].read()

            busy, waits, asks = await comes(), await comes(), await comes()
            busy[1].write(ASK)
            asks[1].write(ASK.replace(b"/", b"/soon", 1))
            async with asyncio.timeout(5):
                while len(asked) < 2:
                    await asyncio.sleep(0.01)
            answer(asked["/soon"])
            await asks[0].readuntil(b"\r\n\r\n")
            new = await comes()
            await gone(waits)
            await gone(new)  # it never asks
            assert not asks[0].at_eof(), "who has asked before may be quiet for longer"
            newest = [await comes(), await comes()]
            await gone(asks)
            answer(asked["/"])
            assert (await busy[0].readline()).startswith(b"HTTP/1.1 200"), "its answer was under way"
            server.stop()
            await server.close_all_connections()
            for one in (busy, waits, asks, new, *newest):
                one[1].close()

    apart(many())


def test_who_asks_again_and_again_is_heard_at_the_rate() -> None:
    rates, ends = Rates(), time.monotonic() + 5
    assert rates.wait("ana", 200, 1) == 0
    while rates.wait("ana", 200, 1):
        assert time.monotonic() < ends, "each one that was refused put the next one off"


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)
SAVES = st.fixed_dictionaries(
    {"id": st.sampled_from(["w01-q01", "w01-t01", "w01-p01", "w01-r01", "w01-declaration", "w01-t01@2"]) | VALUES},
    optional={"value": VALUES, "base": VALUES, "key": VALUES, "typed": VALUES, "said": VALUES, "tried": VALUES},
)


def test_whatever_is_sent_is_answered_and_harms_nobody(service: Service, learner: str) -> None:
    client, other = signed_in(service, learner), signed_in(service, "learner36")
    kept = other.save("w01-t01", "Stays.")["kept"]
    bodies = st.fixed_dictionaries({}, optional={"copy": st.just(client.copy) | VALUES, "saves": st.lists(SAVES, max_size=3) | VALUES})
    more = st.fixed_dictionaries({}, optional=dict.fromkeys(("section", "revision", "language", "attempt", "code", "pin"), VALUES))

    @settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
    @given(name=st.sampled_from(POSTS[2:5] * 3 + POSTS[:1]), body=bodies, rest=more)
    def send(name: str, body: dict[str, Any], rest: dict[str, Any]) -> None:
        answer = client.ask("POST", f"/api/{name}", json.dumps(body | rest).encode(), **JSON)
        while answer.status == 429:
            time.sleep(0.05)
            answer = client.ask("POST", f"/api/{name}", json.dumps(body | rest).encode(), **JSON)
        assert answer.status in (200, 400, 403, 409, 422), answer.content
        json.loads(answer.content)

    send()
    assert other.open()["answers"] == {"w01-t01": kept}
    client = signed_in(service, learner)  # whose requests are not counted yet
    assert client.get(f"api/{ASSIGNMENT}").status == 200
    assert "Traceback" not in service.log.read_text()
    live: Callable[[], Any] = lambda: client.get("api/live", **token(service))  # noqa: E731
    assert live().status == 200
