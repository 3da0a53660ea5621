"""A class at work on one service: how long a save takes, what it costs, and whether anything is lost. Real HTTP over loopback.

Every student is a client with a connection and a session of its own: opens the workbook (page, files, answers), saves an answer at
its own rhythm, and hands in within the last minute, while the others go on. Then each copy is read again and held against what was
acknowledged.

Examples
--------
    python benchmarks/class_load.py                                   # 1,000 students for a minute, SQLite
    python benchmarks/class_load.py --database postgresql://… --processes 2
    python benchmarks/class_load.py --students 3 --seconds 2          # the smallest, which the tests run: does it still work?
    python benchmarks/class_load.py --write docs/measurements/class_load.md
"""

import argparse
import asyncio
import json
import os
import platform
import random
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from statistics import quantiles
from typing import Any

import psutil

from workbook_helpers.items import Workbook, load_workbook
from workbook_helpers.web import write_site

ROOT = Path(__file__).parents[1]
WORKBOOK = "w01-working-and-personal"
CODE = "ABCDEFGH"
AT_ONCE = 8
"""Students who sign in at the same time: a PIN takes the processor some 20 ms."""


class Line:
    """One student's connection: HTTP/1.1, kept open."""

    def __init__(self, port: int) -> None:
        self._port, self._cookie = port, ""
        self._ends: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, verb: str, path: str, content: object = None) -> tuple[int, bytes]:
        """Ask; give status and body."""
        if self._ends is None:
            self._ends = await asyncio.open_connection("127.0.0.1", self._port)
        reader, writer = self._ends
        body = b"" if content is None else json.dumps(content).encode()
        head = f"{verb} {path} HTTP/1.1\r\nHost: 127.0.0.1:{self._port}\r\nCookie: {self._cookie}\r\nAccept-Encoding: gzip\r\n"
        if content is not None:
            head += f"X-Workbook: 1\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
        writer.write(head.encode() + b"\r\n" + body)
        lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
        if "set-cookie" in headers:
            self._cookie = headers["set-cookie"].partition(";")[0]
        return int(lines[0].split()[1]), await reader.readexactly(int(headers.get("content-length", 0)))

    async def say(self, verb: str, path: str, content: object = None) -> Any:
        """Ask, and read the JSON that must come."""
        status, body = await self.ask(verb, path, content)
        if status != 200:
            msg = f"{verb} {path}: {status} {body[:200]!r}"
            raise RuntimeError(msg)
        return json.loads(body)


@dataclass
class Found:
    """What was measured, in ms, and what went wrong."""

    signing: list[float] = field(default_factory=list)
    first: list[float] = field(default_factory=list)
    opened: list[float] = field(default_factory=list)
    saves: list[float] = field(default_factory=list)
    handing: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    lost: int = 0


class Student:
    """One who works."""

    def __init__(self, name: str, port: int, book: Workbook, found: Found) -> None:
        self.name, self.line, self.book, self.found = name, Line(port), book, found
        self.kept: dict[str, tuple[object, int]] = {}
        self.copy, self.revision, self.chance = "", 0, random.Random(name)  # noqa: S311  nothing secret

    async def join(self, gate: asyncio.Semaphore) -> None:
        """Sign in for the first time; where too many come from one address at once, wait as the page does, and count the waiting."""
        async with gate:
            start = time.perf_counter()
            while (await self.line.ask("POST", "/api/join", {"code": CODE, "learner": self.name, "pin": "2468", "new": True}))[0] == 429:
                await asyncio.sleep(self.chance.random())
            self.found.signing.append(_ms(start))

    async def open(self, parts: list[str]) -> None:
        """Open the workbook as a browser that was never here."""
        start = time.perf_counter()
        await self.line.ask("GET", f"/{self.book.assignment}.html")
        self.found.first.append(_ms(start))
        for part in parts:
            await self.line.ask("GET", f"/{part}")
        self.copy = (await self.line.say("GET", f"/api/{self.book.assignment}"))["copy"]
        self.found.opened.append(_ms(start))

    async def work(self, parts: list[str], begins_s: float, every_s: float, ends_s: float) -> None:
        """Open, answer, hand in; a fault is noted, and the student goes on."""
        end = time.perf_counter() + ends_s
        await asyncio.sleep(begins_s)
        try:
            await self.open(parts)
            await asyncio.sleep(self.chance.random() * every_s)
            while (begun := time.perf_counter()) < end:
                await self.save(*self.answer())
                await asyncio.sleep(max(0.0, every_s - (time.perf_counter() - begun)))
            for item in self.book.items.values():
                if item.kind == "declaration":
                    await self.save(item.id, value=True)
            start = time.perf_counter()
            await self.line.say("POST", f"/api/{self.book.assignment}/hand-in", {"copy": self.copy, "revision": self.revision})
            self.found.handing.append(_ms(start))
        except (RuntimeError, OSError, asyncio.IncompleteReadError) as error:
            self.found.errors.append(f"{self.name}: {error!r}")

    def answer(self) -> tuple[str, object]:
        """Think of one."""
        item = self.chance.choice([item for item in self.book.items.values() if item.kind in ("single", "written")])
        if item.kind == "single":
            return item.id, self.chance.choice(item.option_ids())  # type: ignore[attr-defined]
        return item.id, " ".join(
            self.chance.choice(("we", "ask", "first", "and", "listen", "then")) for _ in range(self.chance.randrange(5, 120))
        )

    async def save(self, name: str, value: object) -> None:
        """Have an answer be kept."""
        one = {"id": name, "value": value, "base": self.kept.get(name, (None, 0))[1], "key": secrets.token_hex(8), "typed": {"v": 1}}
        start = time.perf_counter()
        done = await self.line.say("POST", f"/api/{self.book.assignment}/save", {"copy": self.copy, "saves": [one]})
        self.found.saves.append(_ms(start))
        [saved] = done["saved"]
        if saved["do"] != "saved":
            self.found.errors.append(f"{self.name}: {name} {saved['do']}")
            return
        self.kept[name], self.revision = (value, saved["kept"]["revision"]), done["revision"]

    async def look(self) -> None:
        """Hold what is there against what was acknowledged."""
        there = (await self.line.say("GET", f"/api/{self.book.assignment}"))["answers"]
        self.found.lost += sum(
            (there.get(name, {}).get("value"), there.get(name, {}).get("revision")) != one for name, one in self.kept.items()
        )


def _ms(start: float) -> float:
    return 1000 * (time.perf_counter() - start)


def made(root: Path, students: int) -> Workbook:
    """Make the folder of a class."""
    folder = root / "releases" / WORKBOOK
    shutil.copytree(ROOT / "workbooks" / WORKBOOK, folder)
    about = folder / "workbook.toml"
    about.write_text(f'class_id = "load"\n{about.read_text("utf-8")}', "utf-8")
    book = load_workbook(folder)
    write_site([book], root / "site", served=True)
    lines = ['class_id = "load"', f'join_code = "{CODE}"']
    for n in range(students):
        lines += ["[[learners]]", f'id = "s{n:04}"', f'folder = "s{n:04}"']
    (root / "served.toml").write_text("\n".join(lines), "utf-8")
    return book


def memory(process: psutil.Process) -> float:
    """Give what the service holds, in MB: its processes' own memory, shared pages counted once."""
    return sum(one.memory_full_info().uss for one in (process, *process.children(recursive=True))) / 1e6


def spent(process: psutil.Process) -> float:
    """Give the processor's seconds of the service."""
    return sum(sum(one.cpu_times()[:2]) for one in (process, *process.children(recursive=True)))


async def load(args: argparse.Namespace, root: Path, book: Workbook, service: psutil.Process, port: int) -> str:
    """Have the class work; give the report."""
    found = Found()
    students = [Student(f"s{n:04}", port, book, found) for n in range(args.students)]
    parts = sorted(path.name for path in (root / "site").iterdir() if path.suffix in (".js", ".css") and path.name != "sw.js")
    before = memory(service)
    gate = asyncio.Semaphore(AT_ONCE)
    await asyncio.gather(*(one.join(gate) for one in students))
    begun, busy = time.perf_counter(), spent(service)
    spread, ending = min(10.0, args.students / 100), min(60.0, args.students / 16)
    share = [n / len(students) for n in range(len(students))]
    works = (
        one.work(parts, spread * at, args.every, args.seconds + ending * one.chance.random())
        for one, at in zip(students, share, strict=True)
    )
    await asyncio.gather(*works)
    took, busy = time.perf_counter() - begun, spent(service) - busy
    held = memory(service)
    for n in range(0, len(students), 50):
        await asyncio.gather(*(one.look() for one in students[n : n + 50]))
    arrived = len(list((root / "arrived").glob("*.json"))) if (root / "arrived").is_dir() else 0
    rows = [("sign in", found.signing), ("first page", found.first), ("workbook opened", found.opened), ("save acknowledged", found.saves)]
    lines = ["| what | n | median | p95 | longest |", "|---|---|---|---|---|"]
    for name, times in (*rows, ("handed in", found.handing)):
        cut = quantiles(times, n=20, method="inclusive") if len(times) > 1 else times * 19 or [0.0] * 19
        lines.append(f"| {name} | {len(times):,} | {cut[9]:.0f} ms | {cut[18]:.0f} ms | {max(times, default=0):.0f} ms |")
    kind = "PostgreSQL" if args.database else "SQLite"
    return "\n".join(
        [
            f"## {args.students:,} students, a save each {args.every:g} s, {kind}, {args.processes} process{'es' * (args.processes > 1)}",
            "",
            *lines,
            "",
            f"{len(found.saves) / took:.0f} saves a second; {busy / took:.2f} processors of the service; "
            f"{(held - before) / args.students:.2f} MB a student ({held:.0f} MB in all); "
            f"{len(found.errors)} errors; {found.lost} acknowledged answers missing; {arrived:,} hand-ins arrived.",
            *found.errors[:5],
        ]
    )


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--students", type=int, default=1000)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--every", type=float, default=5)
    parser.add_argument("--database", default="")
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--write", type=Path)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        root = Path(name)
        book = made(root, args.students)
        command = [sys.executable, "-P", "-m", "workbook_helpers.cli", "serve", str(root), "--processes", str(args.processes)]
        command += ["--database", args.database] if args.database else []
        with subprocess.Popen(command, stdout=subprocess.DEVNULL) as service:
            try:
                while not (root / "service.json").exists():
                    if service.poll() is not None:
                        sys.exit("The service has ended.")
                    time.sleep(0.05)
                port = int(json.loads((root / "service.json").read_text())["address"].rpartition(":")[2].strip("/"))
                report = asyncio.run(load(args, root, book, psutil.Process(service.pid), port))
            finally:
                service.terminate()
    machine = f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} at the end, {platform.system()}, Python {platform.python_version()}"
    made_by = f"Made by `python benchmarks/class_load.py`, {time.strftime('%d %B %Y')}: {machine}; clients and service on the same cores."
    text = f"# A class at work\n\n{report}\n\n{made_by}"
    print(text)  # noqa: T201  what it is for
    if args.write:
        args.write.write_text(text + "\n", "utf-8")


if __name__ == "__main__":
    main()
