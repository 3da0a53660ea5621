"""A class at work on one service: how long a save takes, what it costs, and whether anything is lost. Real HTTP over loopback.

Every student is a client with a connection and a session of its own: opens the workbook (page, files, answers), saves an answer at
its own rhythm, and hands in within the last minute, while the others go on. Some of them are real browsers, in one Chromium on the
same cores: they sign in by the page, click the workbook on "My workbooks" one after the other over the first half of the time,
answer, and hand in by the page. Then each copy is read again and held against what was acknowledged, or shown as saved.

Memory is counted by PSS, so it runs on Linux. With --beside, students in browsers then open the same workbook on a server of each
one's own, under a hub: in JupyterLab, and on our Voila page. They stay as long as the others on average, and hand nothing in.

Examples
--------
    python benchmarks/class_load.py --beside --write docs/measurements/class_load.md   # all figures, some 15 minutes; let nothing else run
    python benchmarks/class_load.py                                   # 1,000 students for a minute, 20 of them browsers, SQLite
    python benchmarks/class_load.py --database postgresql://… --processes 2
    python benchmarks/class_load.py --students 3 --seconds 2 --browsers 1   # the smallest, which the tests run: does it still work?
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
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import mean
from typing import Any

import psutil
from doors.cost import Cost, memory, spent, table
from doors.found import Found, carried, median_and_p95, told
from doors.hub import DOORS, measure
from doors.seats import WORDS, Seat, chromium
from playwright.async_api import Browser, Error

from workbook_helpers.items import Workbook, load_workbook
from workbook_helpers.web import write_site

ROOT = Path(__file__).parents[1]
WORKBOOK, TITLE = "w01-working-and-personal", "Working and personal relationships"
CODE, PIN = "ABCDEFGH", "2468"
AT_ONCE = 8
"""Students who sign in at the same time: a PIN takes the processor some 10 ms."""
TIMES = 50
"""As many students on the same memory and processor as with a server for each."""


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
            while (await self.line.ask("POST", "/api/join", {"code": CODE, "learner": self.name, "pin": PIN, "new": True}))[0] == 429:
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
        return item.id, " ".join(self.chance.choice(WORDS) for _ in range(self.chance.randrange(5, 120)))

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


def _ending_s(students: int) -> float:
    """Give over how long they hand in."""
    return min(60.0, students / 16)


def _begins_s(args: argparse.Namespace) -> list[float]:
    """Give after how many seconds each opens the workbook: first the browsers, then the others."""
    spread, others = min(10.0, args.students / 100), args.students - args.browsers
    return [args.seconds / 2 * n / args.browsers for n in range(args.browsers)] + [spread * n / others for n in range(others)]


def _stay_s(args: argparse.Namespace) -> float:
    """Give how long a student works, on average: who opens the workbook later ends with the others."""
    return float(args.seconds) + _ending_s(args.students) / 2 - mean(_begins_s(args))


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


@contextmanager
def service(root: Path, database: str, processes: int) -> Iterator[tuple[psutil.Process, int]]:
    """Run the service of a class; gives its process and its port."""
    command = [sys.executable, "-P", "-m", "workbook_helpers.cli", "serve", str(root), "--processes", str(processes)]
    command += ["--database", database] if database else []
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        try:
            while not (root / "service.json").exists():
                if process.poll() is not None:
                    sys.exit("The service has ended.")
                time.sleep(0.05)
            about = json.loads((root / "service.json").read_text())
            yield psutil.Process(process.pid), int(about["address"].rpartition(":")[2].strip("/"))
        finally:
            process.terminate()


async def browse(seat: Seat, begins_s: float, every_s: float, ends_s: float, found: Found) -> None:
    """Click, answer, hand in; a fault is noted."""
    end = time.perf_counter() + ends_s
    await asyncio.sleep(begins_s)
    try:
        await seat.open()
        await seat.work(every_s, end)
        await seat.hand_in()
    except Error as error:
        found.errors.append(f"{seat.name}, a browser: {str(error)[:300]}")


async def load(args: argparse.Namespace, root: Path, book: Workbook, browser: Browser, at: tuple[psutil.Process, int]) -> tuple[Cost, str]:
    """Have the class work; give what a student took, and the tables."""
    found, (process, port) = Found(), at
    names = [f"s{n:04}" for n in range(args.students)]
    seats = [await Seat.at(browser, name, book, TITLE, found.usable, found.shown) for name in names[: args.browsers]]
    students = [Student(name, port, book, found) for name in names[args.browsers :]]
    parts = sorted(path.name for path in (root / "site").iterdir() if path.suffix in (".js", ".css") and path.name != "sw.js")
    before, at_first = memory(process), spent(process)
    for seat in seats:
        await seat.join(f"http://127.0.0.1:{port}/", CODE, PIN)
    gate = asyncio.Semaphore(AT_ONCE)
    await asyncio.gather(*(one.join(gate) for one in students))
    begun, busy = time.perf_counter(), spent(process)
    begins_s, ending = _begins_s(args), _ending_s(args.students)
    works = [
        browse(one, at_s, args.every, args.seconds + ending * one.chance.random(), found)
        for one, at_s in zip(seats, begins_s, strict=False)
    ]
    works += [
        one.work(parts, at_s, args.every, args.seconds + ending * one.chance.random())
        for one, at_s in zip(students, begins_s[len(seats) :], strict=True)
    ]
    await asyncio.gather(*works)
    took, held, end = time.perf_counter() - begun, memory(process), spent(process)
    for n in range(0, len(students), 50):
        await asyncio.gather(*(one.look() for one in students[n : n + 50]))
    for seat in seats:
        found.lost += await seat.missing()
        await seat.page.context.close()
    arrived = len(list((root / "arrived").glob("*.json"))) if (root / "arrived").is_dir() else 0
    cost = Cost(
        name="the service",
        students=args.students,
        mb=(held - before) / args.students,
        processor_s=(end - at_first) / args.students,
        stay_s=_stay_s(args),
        usable_ms=median_and_p95(found.usable)[0],
    )
    text = told(found, cost, took_s=took, busy_s=end - busy, held_mb=held, arrived=arrived)
    stored = 0 if args.database else sum(one.stat().st_size for one in root.glob("served.db*")) / args.students
    return cost, f"{text}\n\n## What it means for 100,000 students at work at once\n\n{carried(cost, args.every, stored)}"


async def measured(args: argparse.Namespace, root: Path) -> str:
    """Measure all that is wanted; give the report."""
    book = made(root, args.students)
    async with chromium(args.chromium) as browser:
        with service(root, args.database, args.processes) as at:
            ours, text = await load(args, root, book, browser, at)
        sys.stderr.write(f"{text}\n")
        kind = "PostgreSQL" if args.database else "SQLite"
        title = f"## {args.students:,} students, {args.browsers} of them browsers; a save each {args.every:g} s; {kind}, "
        title += f"{args.processes} process{'es' * (args.processes > 1)}"
        others = list[Cost]()
        for door in DOORS if args.beside else ():
            for students in args.beside.split(","):
                others.append(await measure(browser, door, book, TITLE, int(students), args.every, _stay_s(args)))
                sys.stderr.write(f"{others[-1]}\n")
        version = browser.version
    beside = ["", "## Beside a server for each student", "", *table(ours, others, TIMES)] if others else []
    machine = f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} at the end, {platform.system()}, Python {platform.python_version()}, "
    machine += f"Chromium {version}"
    made_by = f"Made by `python benchmarks/{' '.join([Path(sys.argv[0]).name, *sys.argv[1:]])}`, {time.strftime('%d %B %Y')}: {machine}; "
    made_by += "clients, browsers and service on the same cores."
    return "\n".join(["# A class at work", "", title, "", text, *beside, "", made_by, ""])


def main() -> None:
    """Measure, print, and keep if asked to."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--students", type=int, default=1000)
    parser.add_argument("--browsers", type=int, default=20, help="how many of them are real browsers (default %(default)s)")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--every", type=float, default=5)
    parser.add_argument("--database", default="")
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--beside", nargs="?", const="2,4,8", default="", metavar="N,…", help="so many students under a hub, too")
    parser.add_argument("--chromium", default="/usr/bin/chromium-headless-shell", help="the browser (default %(default)s)")
    parser.add_argument("--write", type=Path)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        text = asyncio.run(measured(args, Path(name)))
    sys.stdout.write(text)
    if args.write:
        args.write.write_text(text, "utf-8")


if __name__ == "__main__":
    main()
