"""A class's folder with small workbooks, a real service that gives it out, and the calls that a page makes."""

import http.client
import json
import secrets
import signal
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.conftest import free_port
from workbook_helpers.files import write_file
from workbook_helpers.items import load_workbook
from workbook_helpers.web import write_site

CODE = "ABCDEFGH"
ASSIGNMENT = "w01-small"
LEARNERS = ("ana01", "ben02", "cem03")
ITEMS = """\
[[items]]
id = "w01-q01"
kind = "single"
purpose = "assessed"
points = 2
stem = "Which of these?"
options = [ {{ id = "a", text = "This" }}, {{ id = "b", text = "That" }} ]
[[items]]
id = "w01-p01"
kind = "single"
purpose = "practice"
stem = "Which one, to try?"
options = [
  {{ id = "a", text = "This", right = true, feedback = "Yes." }},
  {{ id = "b", text = "That", right = false, feedback = "No." }},
]
[[items]]
id = "w01-t01"
kind = "written"
purpose = "assessed"
points = 10
stem = "Why is that so?"
words = 50
[[items]]
id = "w01-r01"
kind = "reflection"
purpose = "private"
stem = "How did you feel?"
[[items]]
id = "w01-declaration"
kind = "declaration"
purpose = "record"
stem = "My own work"
statement = "I confirm that this is my own work."
"""


def make_class(root: Path, *, class_id: str = "care-a", learners: Sequence[str] = LEARNERS) -> Path:
    """Write the folder of a class with one small workbook, as the tutor's side does."""
    folder = root / "releases" / ASSIGNMENT
    folder.mkdir(parents=True)
    about = f'id = "w01"\ntitle = "A small workbook"\norder = 1\nminutes = 15\nclass_id = "{class_id}"\n'
    (folder / "workbook.toml").write_text(about, "utf-8")
    (folder / "items.toml").write_text(ITEMS.replace("{{", "{").replace("}}", "}"), "utf-8")
    texts = [
        "# A small workbook",
        'ask("progress")',
        "## The first part",
        'ask("w01-q01")',
        'ask("w01-p01")',
        'ask("w01-t01")',
        'ask("w01-r01")',
    ]
    texts += ["## Hand in", 'ask("w01-declaration")', 'ask("hand-in")']
    code: dict[str, Any] = {"execution_count": None, "outputs": []}
    cells = [
        {"id": f"c{n}", "metadata": {}, "source": text, "cell_type": "markdown" if text.startswith("#") else "code"}
        | ({} if text.startswith("#") else code)
        for n, text in enumerate(texts)
    ]
    book = {"cells": cells, "metadata": {"workbook": {}}, "nbformat": 4, "nbformat_minor": 5}
    (folder / f"{ASSIGNMENT}.ipynb").write_text(json.dumps(book), "utf-8")
    write_site([load_workbook(folder)], root / "site", served=True)
    write_list(root, class_id=class_id, learners=learners)
    return root


def write_list(root: Path, *, class_id: str = "care-a", learners: Sequence[str] = LEARNERS, code: str = CODE) -> None:
    """Write `served.toml`."""
    lines = ["schema = 1", f'class_id = "{class_id}"', 'name = "Care A"', f'join_code = "{code}"']
    for one in learners:
        lines += ["[[learners]]", f'id = "{one}"', f'name = "{one.title()}"', f'folder = "{one}"']
    write_file(root / "served.toml", "\n".join(lines).encode())


class Service:
    """A service as a process of its own; `files` are those that it may have open, where that is not what the machine lets it."""

    def __init__(self, *folders: Path, options: Sequence[str] = (), port: int = 0, files: int = 0) -> None:
        self.folders, self.options, self.port, self.files = folders, options, port or free_port(), files
        self.log = folders[0] / "log.txt"
        self.process = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-P", "-m", "workbook_helpers.cli", "serve", *map(str, self.folders), "--port", str(self.port)]
        if self.files:
            command = ["sh", "-c", f'ulimit -n {self.files}; exec "$@"', "sh", *command]
        with self.log.open("ab") as log:
            process = subprocess.Popen([*command, *self.options], stdout=log, stderr=subprocess.STDOUT)
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and process.poll() is None:
            client = Client(self.port, tls="--certificate" in self.options)
            try:
                client.get("/")
            except OSError:
                time.sleep(0.02)
            else:
                return process
            finally:
                client.close()
        process.kill()
        process.wait()
        msg = f"the service did not begin: {self.log.read_text()}"
        raise AssertionError(msg)

    def kill(self) -> None:
        """End it as a power cut does."""
        self.process.kill()
        self.process.wait()

    def again(self) -> None:
        """Begin it again at the same place."""
        self.process = self._start()

    def stop(self) -> int:
        """Ask it to end; give its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=20)


@contextmanager
def serving(*folders: Path, options: Sequence[str] = (), port: int = 0, files: int = 0) -> Iterator[Service]:
    """Serve for a while."""
    service = Service(*folders, options=options, port=port, files=files)
    try:
        yield service
    finally:
        service.kill()


class Answer:
    """What came back."""

    def __init__(self, response: http.client.HTTPResponse) -> None:
        self.status, self.headers, self.content = response.status, response.headers, response.read()

    @property
    def json(self) -> Any:
        """What it says."""
        return json.loads(self.content)


class Client:
    """One browser: a connection that is kept, and its cookie."""

    def __init__(self, port: int, base: str = "/", *, tls: bool = False) -> None:
        self.port, self.base, self.cookie, self.copy = port, base, "", ""
        if tls:
            self._line: http.client.HTTPConnection = http.client.HTTPSConnection(
                "127.0.0.1",
                port,
                timeout=30,
                context=ssl._create_unverified_context(),  # noqa: S323  our own, for this test
            )
        else:
            self._line = http.client.HTTPConnection("127.0.0.1", port, timeout=30)

    def __del__(self) -> None:
        """Close the connection with the browser."""
        self._line.close()

    def ask(self, verb: str, path: str, body: bytes | None = None, **headers: str) -> Answer:
        """Ask; a header's name has "_" for "-", and one that is "" is left out."""
        sent = {"Cookie": self.cookie, **{name.replace("_", "-"): value for name, value in headers.items()}}
        try:
            self._line.request(verb, path, body, {name: value for name, value in sent.items() if value})
            answer = Answer(self._line.getresponse())
        except (http.client.HTTPException, OSError) as error:
            self._line.close()
            raise ConnectionError(str(error)) from error
        if kept := answer.headers.get("Set-Cookie"):
            self.cookie = kept.partition(";")[0]
        return answer

    def close(self) -> None:
        """Close the connection; the next request opens another one."""
        self._line.close()

    def get(self, path: str, **headers: str) -> Answer:
        """Ask for something."""
        return self.ask("GET", path if path.startswith("/") else self.base + path, None, **headers)

    def post(self, path: str, **content: Any) -> Answer:
        """Send something, as a page of ours does."""
        return self.ask("POST", self.base + path, json.dumps(content).encode(), X_Workbook="1", Content_Type="application/json")

    def join(self, learner: str, pin: str = "2468", code: str = CODE) -> Answer:
        """Sign in for the first time."""
        return self.post("api/join", code=code, learner=learner, pin=pin, new=True)

    def open(self, assignment: str = ASSIGNMENT) -> Any:
        """Open a workbook."""
        kept = self.get(f"api/{assignment}").json
        self.copy = kept["copy"]
        return kept

    def save(self, name: str, value: Any, base: int = 0, **more: Any) -> Any:
        """Keep an answer; give what became of it."""
        one = {"id": name, "value": value, "base": base, "key": secrets.token_hex(8), **more}
        answer = self.post(f"api/{ASSIGNMENT}/save", copy=self.copy, saves=[one])
        assert answer.status == 200, answer.content
        return answer.json["saved"][0]

    def hand_in(self, revision: int, **more: Any) -> Answer:
        """Hand in."""
        return self.post(f"api/{ASSIGNMENT}/hand-in", copy=self.copy, revision=revision, language="en", **more)


def signed_in(service: Service, learner: str = "ana01", base: str = "/") -> Client:
    """Give a browser in which a learner works."""
    client = Client(service.port, base, tls="--certificate" in service.options)
    answer = client.join(learner)
    assert answer.status == 200, answer.content
    client.open()
    return client
