"""`autograde doctor`: every fault here is a real one, made in a class, on a disk, in a database or on a port."""

import os
import re
import shutil
import sqlite3
import ssl
import subprocess
import sys
import sysconfig
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path

import psycopg
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from filelock import FileLock
from sqlalchemy.exc import OperationalError

from autograde import cli
from autograde.classes.folder import Course
from autograde.classes.moving import move_gradebook
from autograde.doctor import gradebook as its_gradebook
from autograde.doctor.certificates import certificate
from autograde.doctor.examine import COURSES, examine_class, examine_machine
from autograde.doctor.places import clock
from autograde.doctor.programs import programs
from autograde.doctor.rights import homes, rights
from autograde.gradebook import soundness
from autograde.gradebook.database import reading
from tests.conftest import free_port
from tests.tutor.conftest import empty_database

AGO = time.time() - 86_400
Held = AbstractContextManager[object]

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="who may read a file is told by no mode on Windows")


@pytest.fixture(autouse=True)
def _alone_here(small_key: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(COURSES, str(tmp_path / "no-courses.toml"))
    monkeypatch.setattr(its_gradebook, "LOCK_S", 1)


def told(folder: Path) -> dict[str, list[str]]:
    """Give what is told of each thing looked at."""
    return {one.at: [finding.text for finding in one.findings] for one in examine_class(folder)}


def doctor(folder: Path, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.chdir(folder)
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setattr(sys, "argv", ["autograde", "doctor"])
    with pytest.raises(SystemExit) as caught:
        cli.main()
    return int(caught.value.code or 0)


def test_a_new_gradebook_is_of_the_step_that_nbgrader_would_name(course: Course) -> None:
    environment = {**os.environ, "PATH": os.pathsep.join([sysconfig.get_path("scripts"), os.defpath])}
    command = [sys.executable, "-c", "from nbgrader.api import get_alembic_version; print(get_alembic_version())"]
    told = subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout.strip()
    with reading(course.db_url) as connection:
        assert connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalars().all() == [told]


def test_a_class_that_is_well(course: Course, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    before = sorted(course.root.rglob("*"))
    code = doctor(course.root, monkeypatch)
    text = capsys.readouterr().out
    assert code == 0, text
    assert "All is well." in text
    assert all(f"\n  {at}: " in text for at in ("programs", "gradebook", "disk space", "clock", "exchange", "permissions", "left-overs"))
    assert {path for path in course.root.rglob("*") if not path.name.endswith(("-wal", "-shm"))} == set(before)


def _sql(course: Course, *statements: str) -> None:
    with closing(sqlite3.connect(course.root / "gradebook.db")) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()


def _set(course: Course, before: str, after: str) -> None:
    path = course.root / "nbgrader_config.py"
    text = path.read_text("utf-8")
    assert before in text
    path.write_text(text.replace(before, after), "utf-8")


def _served(course: Course, name: str, text: str, mode: int = 0o600) -> None:
    folder = course.root / "served"
    folder.mkdir(exist_ok=True, mode=0o700)
    (folder / "served.toml").touch()
    (folder / name).write_text(text, "utf-8")
    (folder / name).chmod(mode)


def _old(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    os.utime(path, (AGO, AGO))


def _exchange(course: Course, inbound: int = 0o733, feedback: int = 0o711, *, make: bool = True) -> None:
    root = course.root.parent / "exchange"
    _set(course, "exchange=''", f"exchange={str(root)!r}")
    if make:
        for name, mode in (("inbound", inbound), ("outbound", 0o755), ("feedback", feedback)):
            (root / course.course_id / name).mkdir(parents=True)
            (root / course.course_id / name).chmod(mode)
        root.chmod(0o777)


def _gone() -> int:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def _huge(course: Course) -> None:
    os.truncate(course.root / "gradebook.db", shutil.disk_usage(course.root).free + 10**9)  # a file with a hole: it takes no room itself


def _broken(course: Course) -> None:
    _sql(course, "PRAGMA journal_mode=DELETE")
    path = course.root / "gradebook.db"
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 2 :] = os.urandom(len(raw) - len(raw) // 2)
    path.write_bytes(raw)


def _writer(course: Course) -> Held:
    connection = sqlite3.connect(course.root / "gradebook.db", isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("BEGIN IMMEDIATE")
    return closing(connection)


def _locked(course: Course) -> Held:
    (course.root / ".part").mkdir(exist_ok=True)
    return FileLock(course.root / ".part" / ".lock")


@contextmanager
def _elsewhere(course: Course) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AUTOGRADE_KEYS", str(course.root.parent / "gone"))
        yield


FAULTS: dict[str, tuple[str, Callable[[Course], object], str]] = {
    "no gradebook": ("gradebook", lambda course: (course.root / "gradebook.db").unlink(), "is missing. .*autograde restore"),
    "a damaged gradebook": ("gradebook", _broken, "damaged|malformed|not one of nbgrader"),
    "a gradebook that is written": ("gradebook", _writer, "cannot be written .*wait for it; if it hangs, end it"),
    "an older nbgrader's tables": (
        "gradebook",
        lambda course: _sql(course, "UPDATE alembic_version SET version_num = '50a4d84c131a'"),
        "older nbgrader.*nbgrader db upgrade",
    ),
    "a newer nbgrader's tables": (
        "gradebook",
        lambda course: _sql(course, "UPDATE alembic_version SET version_num = 'ffffffffffff'"),
        "another version of nbgrader",
    ),
    "a newer version's tables": (
        "gradebook",
        lambda course: _sql(course, "UPDATE autograde_version SET version_num = '9999'"),
        r"newer version of this program \(9999\)",
    ),
    "too little room for a backup": ("disk space", _huge, "Make room there"),
    "a clock that was ahead": (
        "clock",
        lambda course: os.utime(course.root / "gradebook.db", (time.time() + 7200, time.time() + 7200)),
        "1 hour 59 minutes after now|2 hours after now",
    ),
    "no exchange": ("exchange", lambda course: _exchange(course, make=False), "is not there. Make it: sudo mkdir"),
    "an exchange closed to students": ("exchange", lambda course: _exchange(course, inbound=0o700), r"cannot hand in: .*chmod o\+wx"),
    "an exchange whose hand-ins are seen": ("exchange", lambda course: _exchange(course, inbound=0o777), "may not.*inbound.*chmod o-r "),
    "an exchange whose feedback is seen": ("exchange", lambda course: _exchange(course, feedback=0o755), "may not.*feedback.*chmod o-r "),
    "settings that cannot be": ("settings", lambda course: _set(course, "# attempts=2,", "attempts=-2,"), "attempts must be a number"),
    "settings that anybody may change": ("settings", lambda course: course.root.chmod(0o777), "mend: chmod o-w"),
    "a folder to watch that is gone": (
        "settings",
        lambda course: _set(course, "# attempts=2,", f"watched={str(course.root.parent / 'stick')!r},"),
        "stick, whose new files the desk takes in, is not there",
    ),
    "a token that others read": ("permissions", lambda course: _served(course, "tutor-token", "x", mode=0o644), "tutor-token.*chmod 600"),
    "an erasure cut off": ("left-overs", lambda course: _old(course.root / ".part" / "erasing.json"), "erasure .*cut off"),
    "a release cut off": ("left-overs", lambda course: _old(course.root / ".part/release/w01-small.before"), "release/w01-small.*again"),
    "a file half written": ("left-overs", lambda course: _old(course.root / "received" / ".part-abc"), r"\.part-abc is half written"),
    "a folder that is no workbook": (
        "left-overs",
        lambda course: (course.root / "source" / "notes").mkdir(),
        "source/notes is no workbook",
    ),
    "a workbook of one's own without its key": ("keys", _elsewhere, r"no keys of w01: .*w01\.toml is missing.* AUTOGRADE_KEYS names"),
    "a command that goes on": ("left-overs", _locked, "changing this class now"),
    "a service that was killed": (
        "service",
        lambda course: _served(course, "service.json", f'{{"pid": {_gone()}, "address": "http://127.0.0.1:{free_port()}"}}'),
        "process [0-9]+ is gone.*Start it again: autograde live",
    ),
    "a service that hangs": (
        "service",
        lambda course: _served(course, "service.json", f'{{"pid": {os.getpid()}, "address": "http://127.0.0.1:{free_port()}"}}'),
        "does not answer: autograde live --stop",
    ),
    "a service that cannot be asked": ("service", lambda course: _served(course, "service.json", "{"), "cannot be read. Start"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_has_one_line(fault: str, course: Course) -> None:
    at, make, words = FAULTS[fault]
    assert not any(told(course.root).values())
    made = make(course)
    with made if isinstance(made, AbstractContextManager) else nullcontext():
        found = told(course.root)
    [line] = found[at]
    assert re.search(words, line), line
    assert not {where for where, lines in found.items() if lines} - {at} - ({"disk space"} if at == "gradebook" else set())


def test_what_must_be_mended_comes_first_and_ends_with_1(
    course: Course, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _old(course.root / "received" / ".part-abc")
    assert doctor(course.root, monkeypatch) == 0
    assert "Nothing must be mended; 1 thing to look at." in capsys.readouterr().out
    _served(course, "tutor-token", "x", mode=0o644)
    assert doctor(course.root, monkeypatch) == 1
    lines = filter(None, capsys.readouterr().out.splitlines())
    assert [line.split()[0] for line in lines] == ["Mend", "Look"]


def test_a_class_that_everybody_can_read(course: Course) -> None:
    with tempfile.TemporaryDirectory(dir="/tmp") as name:
        Path(name).chmod(0o755)
        opened = Course(Path(shutil.copytree(course.root, Path(name) / "care")))
        opened.root.chmod(0o755)
        assert [[one.must for one in rights(opened, shared=shared).findings] for shared in (False, True)] == [[False], [True]]
        opened.root.chmod(0o750)
        assert not rights(opened, shared=True).findings


def test_homes_that_all_students_can_look_into(tmp_path: Path) -> None:
    for name, mode in (("ana", 0o755), ("ben", 0o700)):
        (tmp_path / "homes" / name).mkdir(parents=True)
        (tmp_path / "homes" / name).chmod(mode)
    [found] = homes(sorted((tmp_path / "homes").iterdir()))
    assert "1 home " in found.text
    assert found.text.endswith(f"chmod o-rwx {tmp_path / 'homes' / 'ana'}")


def test_packages_that_do_not_fit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The way an update of one package alone leaves things: `importlib.metadata` finds what lies first on the path."""
    for name, version in (("nbgrader", "0.8.0"), ("workbook_helpers", "0.0.9")):
        folder = tmp_path / f"{name}-{version}.dist-info"
        folder.mkdir()
        (folder / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\nRequires-Python: <3\n")
    assert not programs().findings
    monkeypatch.syspath_prepend(str(tmp_path))
    texts = [one.text for one in programs().findings]
    assert any(text.startswith("nbgrader is 0.8.0, and autograde needs ") and "pip install" in text for text in texts)
    assert any("do not belong together" in text for text in texts)
    assert any("needs Python <3" in text for text in texts)


@pytest.fixture
def on_server(course: Course, server: str) -> tuple[Course, str]:
    """Give a class whose gradebook is on the server, and its address."""
    url = empty_database(server, "doctor")
    list(move_gradebook(course, url))
    return course, url


def test_a_database_server_with_another_clock_and_a_program_that_hangs(on_server: tuple[Course, str]) -> None:
    course, url = on_server
    assert not any(told(course.root).values())
    with closing(psycopg.connect(url, autocommit=True)) as raw:
        raw.execute("CREATE FUNCTION public.clock_timestamp() RETURNS timestamptz LANGUAGE sql AS 'SELECT now() + interval ''1 hour'''")
        raw.execute("ALTER DATABASE doctor SET search_path = public, pg_catalog")
        [late] = clock(course).findings
        assert "ahead of this computer's" in late.text
        assert "59 minutes" in late.text or "1 hour" in late.text
        raw.execute("ALTER DATABASE doctor RESET search_path")
        raw.execute("BEGIN; LOCK TABLE grade IN ROW EXCLUSIVE MODE")
        [line] = told(course.root)["gradebook"]
        assert "cannot be written" in line
        assert "if it hangs, end it" in line
        raw.execute("ROLLBACK")
    assert not any(told(course.root).values())


class _Says(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def secure(tmp_path: Path) -> Iterator[Callable[..., str]]:
    """Give a way to serve something with a certificate of so many days from now, for a name; gives its address."""
    servers: list[ThreadingHTTPServer] = []

    def serve(days: int, name: str) -> str:
        key = ec.generate_private_key(ec.SECP256R1())
        called = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
        now = datetime.now(UTC)
        other = x509.IPAddress(ip_address(name)) if name[0].isdigit() else x509.DNSName(name)
        made = x509.CertificateBuilder().subject_name(called).issuer_name(called).public_key(key.public_key()).serial_number(1)
        made = made.not_valid_before(now - timedelta(days=90)).not_valid_after(now + timedelta(days=days))
        signed = made.add_extension(x509.SubjectAlternativeName([other]), critical=False).sign(key, hashes.SHA256())
        pem = tmp_path / f"{name}-{days}.pem"
        private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        pem.write_bytes(private + signed.public_bytes(serialization.Encoding.PEM))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(pem)
        server = ThreadingHTTPServer(("127.0.0.1", free_port()), _Says)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        servers.append(server)
        return f"https://127.0.0.1:{server.server_port}/"

    yield serve
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize(
    ("days", "name", "words", "must"),
    [
        (-1, "127.0.0.1", "ended on", True),
        (5, "127.0.0.1", "Renew it before that day", False),
        (60, "other.example.org", "is for other.example.org. Get one for 127.0.0.1", True),
        (60, "127.0.0.1", "Browsers warn", False),
    ],
)
def test_a_certificate(days: int, name: str, words: str, secure: Callable[..., str], *, must: bool) -> None:
    [found] = certificate(secure(days, name))
    assert words in found.text
    assert found.must is must


def test_a_service_with_tls(course: Course, secure: Callable[..., str]) -> None:
    address = secure(-1, "127.0.0.1")
    _served(course, "service.json", f'{{"pid": {os.getpid()}, "address": "{address}"}}')
    [line] = told(course.root)["service"]
    assert "ended on" in line
    [line] = [one.text for one in certificate(f"https://127.0.0.1:{free_port()}/")]
    assert "shows no certificate" in line


def test_a_hub_that_does_not_run(course: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "courses.toml"
    monkeypatch.setenv(COURSES, str(path))
    monkeypatch.setenv("WORKBOOK_STATE", str(tmp_path))
    (tmp_path / "jupyterhub_cookie_secret").touch(mode=0o644)
    about = f'address = "http://127.0.0.1:{free_port()}"\nport = {free_port()}\nfirst_port = {free_port()}\n'
    path.write_text(f'{about}[[courses]]\nid = "care"\nname = "Care"\nfolder = "{course.root}"\n')
    _, hub = examine_machine()
    texts = [one.text for one in hub.findings]
    assert [text.split(" at ")[0] for text in texts[:2]] == ["The hub does not answer", "The proxy does not answer"]
    assert "jupyterhub_cookie_secret" in texts[2]
    assert doctor(tmp_path, monkeypatch) == 1  # in no class: all of the college's
    path.write_text(about)
    _, hub = examine_machine()
    assert "courses.toml" in hub.findings[0].text


@pytest.mark.parametrize(
    ("url", "cause", "said"),
    [
        ("sqlite:///{}", "database or disk is full", "meets a full disk, or one that fails .*: see that there is room"),
        ("postgresql://tutor@127.0.0.1:1/none", "", "does not answer .*: see that its server runs, lets you in, and has room"),
    ],
)
def test_a_full_disk_and_a_server_that_is_gone_are_told_as_such(
    course: Course, monkeypatch: pytest.MonkeyPatch, url: str, cause: str, said: str
) -> None:
    if cause:
        found = sqlite3.OperationalError(cause)
        found.sqlite_errorcode = sqlite3.SQLITE_FULL

        def full(*_: object) -> str:
            raise OperationalError(None, {}, found)

        monkeypatch.setattr(soundness, "_whose", full)
    assert re.match(said, soundness.fault(url.format(course.root / "gradebook.db"), course.course_id))
