"""Debian's PostgreSQL on loopback, with a database folder of its own."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import psutil

from tests.conftest import free_port, kill, started_by


class Postgres:
    """A server that runs until it is stopped; `url` is that of its first database."""

    def __init__(self, below: Path | None = None) -> None:
        [tools] = sorted(Path("/usr/lib/postgresql").glob("*/bin"))[-1:]
        self._root, port = Path(tempfile.mkdtemp(prefix="postgresql-", dir=below)), free_port()  # pytest's own are closed to other users
        self._user: dict[str, Any] = {}
        if os.getuid() == 0:  # PostgreSQL refuses to run as root
            self._user["user"] = "postgres"
            shutil.chown(self._root, "postgres")
        data = self._root / "data"
        subprocess.run([tools / "initdb", "-D", data, "-A", "trust", "-U", "tutor"], check=True, stdout=subprocess.DEVNULL, **self._user)
        self._settings = f"-p {port} -k {self._root} -c listen_addresses=127.0.0.1 -c fsync=off"
        self._control: list[Any] = [tools / "pg_ctl", "-D", data, "-w", "-l", self._root / "log"]
        self.url = f"postgresql://tutor@127.0.0.1:{port}/postgres"
        self.start()

    def start(self) -> None:
        """Begin, or begin again."""
        subprocess.run([*self._control, "-o", self._settings, "start"], check=True, stdout=subprocess.DEVNULL, **self._user)

    def stop(self) -> None:
        """End at once."""
        subprocess.run([*self._control, "-m", "immediate", "stop"], check=True, stdout=subprocess.DEVNULL, **self._user)

    def again(self) -> None:
        """Kill all of it, so that it ends no transaction, and begin again."""
        server = psutil.Process(int((self._root / "data" / "postmaster.pid").read_text().split()[0]))
        kill(server, *started_by(server))
        self.start()

    def remove(self) -> None:
        """End for good."""
        self.stop()
        shutil.rmtree(self._root)
