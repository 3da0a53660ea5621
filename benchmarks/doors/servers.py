"""What gives the pages out: a plain static web server that packs as hosts do, and Jupyter servers as a student starts them."""

import gzip
import hashlib
import json
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache, partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.request import Request, urlopen

PACKED = (".html", ".js", ".css", ".svg", ".json", ".txt", ".ftl", ".webmanifest")
"""What static hosts pack."""
VOILA = {"template": "lab", "progressive_rendering": False, "file_allowlist": [r".*\.(png|jpg|gif|svg)"]}
"""As Voila itself has it."""


class Static(ThreadingHTTPServer):
    """A static host on `localhost`: gzip (level 6), ten minutes of caching, then an ETag. Counts the bytes that it sends."""

    daemon_threads = True

    def __init__(self, folder: Path) -> None:
        super().__init__(("localhost", 0), partial(_Handler, directory=str(folder)))
        self.sent = 0
        self.base = f"http://localhost:{self.server_port}"


class _Handler(SimpleHTTPRequestHandler):
    server: Static
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        path = Path(self.translate_path(self.path))
        path = path / "index.html" if path.is_dir() else path
        if not path.is_file():
            self.send_response(404)
            self._end(b"")
            return
        body, tag = _content(path, path.stat().st_mtime_ns)
        fresh = self.headers.get("If-None-Match") != tag
        self.send_response(200 if fresh else 304)
        self.send_header("Content-Type", self.guess_type(path))
        self.send_header("ETag", tag)
        self.send_header("Cache-Control", "max-age=600")
        if path.suffix in PACKED:
            self.send_header("Content-Encoding", "gzip")
        self._end(body if fresh else b"")

    def _end(self, body: bytes) -> None:
        self.send_header("Content-Length", str(len(body)))
        self.server.sent += len(b"".join(self._headers_buffer)) + len(body)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@cache
def _content(path: Path, _changed: int) -> tuple[bytes, str]:
    body = path.read_bytes()
    return (gzip.compress(body, 6) if path.suffix in PACKED else body), f'"{hashlib.sha256(body).hexdigest()[:12]}"'


@contextmanager
def static(folder: Path) -> Iterator[Static]:
    """Serve a folder as a static host does."""
    with Static(folder) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield server
        finally:
            server.shutdown()


class Jupyter:
    """A running Jupyter server."""

    def __init__(self, base: str, token: str) -> None:
        self.base, self.query, self._token = base, f"?token={token}", token

    def rest(self) -> None:
        """End the kernels of pages that were left, so that they are not in the way of the next."""
        for kernel in json.loads(self._ask("GET", "")):
            self._ask("DELETE", f"/{kernel['id']}")
        time.sleep(1)

    def _ask(self, method: str, rest: str) -> bytes:
        request = Request(f"{self.base}/api/kernels{rest}", method=method, headers={"Authorization": f"token {self._token}"})  # noqa: S310
        with urlopen(request, timeout=60) as answer:  # noqa: S310  our own server
            found: bytes = answer.read()
        return found


@contextmanager
def jupyter(folder: Path, which: str) -> Iterator[Jupyter]:
    """Run `workbook open` ("ours"), JupyterLab with our extension ("lab"), or a server that has Voila and nothing of ours ("stock")."""
    plain = ["--no-browser", f"--ServerApp.root_dir={folder}", "--allow-root"]
    commands = {
        "ours": ["workbook_helpers.cli", "open", str(folder), "--no-browser"],
        "lab": ["jupyterlab", *plain, "--LabApp.news_url=None"],
        "stock": [
            *("jupyter_server", *plain),
            "--ServerApp.jpserver_extensions={'voila.server_extension': True, 'workbook_helpers.jupyter.pages': False}",
            # Voila 0.5.13 does not wait for the other one where a page has a picture.
            "--ServerApp.contents_manager_class=jupyter_server.services.contents.largefilemanager.LargeFileManager",
        ],
    }
    if which == "stock":
        (folder / "voila.json").write_text(json.dumps({"VoilaConfiguration": VOILA}))  # the folder it starts in beats our settings
    command = [sys.executable, "-m", *commands[which]]
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        lines = process.stdout or ()
        found = next((match for line in lines if (match := re.search(r"(http://[^/]+)/\S*token=(\w+)", line))), None)
        if found is None:
            sys.exit(f"{' '.join(command)} ended without an address.")
        threading.Thread(target=lambda: [None for _ in lines], daemon=True).start()  # else its log fills the pipe, and it waits
        time.sleep(2)  # it says its address a moment before it listens
        try:
            yield Jupyter(found[1], found[2])
        finally:
            process.terminate()
            process.wait()
