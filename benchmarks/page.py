"""How soon, how heavy and how safe the student's page is, beside a bare Voila page.

One server as `workbook open` starts it and a bare Jupyter server with Voila, one Chromium, everything in one run. In each
round every page is opened in a window of its own, first with an empty cache, then with a warm one, in an order that turns
round from round to round; a ratio is the median of the rounds' ratios. A page counts from the start of the navigation until
its first radio button can be chosen; on ours the question must also have heard from Python what is on disk.

Ours: N questions of kind `single`, with the progress bar and the hand-in panel, as a real workbook has them.
Stock: N ipywidgets.RadioButtons in Voila's template `lab`, kernel `python3`.

Examples
--------
    python benchmarks/page.py                                   # about 5 minutes; let nothing else run
    python benchmarks/page.py --pairs 1 --keys 5                # a quick look
    python benchmarks/page.py --pairs 1 --keys 1 --questions 1,2   # the smallest, which the tests run: does it still work?
    python benchmarks/page.py --write docs/measurements/page.md
"""

import argparse
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
W01, TASK, OPTIONS = "w01-working-and-personal", "w01-t01", [f"Answer {c}, with as many words as an answer has" for c in "abcd"]
FLAGS = "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync"
# Voila's own template asks the net for two style sheets; a slow or missing net is not what is measured.
NO_NET = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost"
SHOWN = ".wb-question[data-wb-answered]"
NAME = {"ours": "w99-page-of-{}", "stock": "stock{}"}
"""What a page's folder and its notebook are called."""
FIRST = {"ours": f"{SHOWN} input[type=radio]", "stock": ".widget-radio-box input[type=radio]"}
USABLE = """([selector, count]) => new Promise((done) => (function look() {
  const found = document.querySelectorAll(selector);
  const usable = found.length >= count && found[0].checkVisibility({ visibilityProperty: true }) && !found[0].disabled;
  if (usable) done(performance.now()); else requestAnimationFrame(look);
})())"""
Times = dict[tuple[str, int, str], list[float]]  # ("ours" or "stock", questions, cache) → milliseconds of each round


def make(root: Path, n: int) -> None:
    """Write a page of ours and a stock page, each with `n` questions, into `root`."""
    names = [f"w99-q{i:02}" for i in range(1, n + 1)]
    offered = ", ".join(f'{{ id = "{text[7]}", text = "{text}" }}' for text in OPTIONS)
    kind = f'kind = "single"\npurpose = "assessed"\npoints = 1\nstem = "What is right here, and why?"\noptions = [{offered}]\n'
    asks = [f'ask("{name}")' for name in ("progress", *names, "hand-in")]
    stock = [f"import ipywidgets\nipywidgets.RadioButtons(options={OPTIONS!r}, description='{name}', value=None)" for name in names]
    workbook = {
        "kernelspec": {"display_name": "Workbook", "language": "python", "name": "workbook"},
        "workbook": {"id": "w99", "schema": 1},
    }
    bare = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    for whose, sources, metadata in (("ours", asks, workbook), ("stock", stock, bare)):
        name = NAME[whose].format(n)
        folder = root / whose / name
        folder.mkdir(parents=True)
        cells: list[dict[str, Any]] = [{"cell_type": "markdown", "id": "title", "metadata": {}, "source": "# A page"}]
        code: dict[str, Any] = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None}
        cells += [code | {"id": f"c{i}", "source": source} for i, source in enumerate(sources)]
        (folder / f"{name}.ipynb").write_text(json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": metadata, "cells": cells}))
    ours = root / "ours" / NAME["ours"].format(n)
    (ours / "workbook.toml").write_text('id = "w99"\ntitle = "A page"\norder = 99\nminutes = 5\n')
    (ours / "items.toml").write_text("".join(f'[[items]]\nid = "{name}"\n{kind}' for name in names))


class Server:
    """A running server of ours, and the browser that looks at it."""

    def __init__(self, base: str, token: str, browser: Browser) -> None:
        self.base, self.key, self._browser = base, {"Authorization": f"token {token}"}, browser
        self._query = f"?token={token}"

    @contextmanager
    def window(self) -> Iterator[Page]:
        """Open a window with an empty cache."""
        context = self._browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB")
        context.set_default_timeout(120_000)
        yield context.new_page()
        context.close()

    def visit(self, page: Page, notebook: str, selector: str, count: int = 1) -> float:
        """Open a notebook; give the milliseconds until `count` of `selector` are there and the first can be used."""
        page.goto(f"{self.base}/voila/render/{notebook}{self._query}", wait_until="commit")
        took: float = page.evaluate(USABLE, [selector, count])
        page.wait_for_load_state("networkidle")
        return took

    def leave(self, page: Page) -> None:
        """Leave a page and end its kernel, so that it is not in the way of the next."""
        page.goto("about:blank")
        api = f"{self.base}/api/kernels"
        for kernel in page.request.get(api, headers=self.key).json():
            page.request.delete(f"{api}/{kernel['id']}", headers=self.key)
        time.sleep(1)


@contextmanager
def serve(folder: Path, browser: Browser, *, stock: bool = False) -> Iterator[Server]:
    """Run `workbook open`, or for `stock` a Jupyter server that has Voila and nothing of ours."""
    command = [sys.executable, "-m", "workbook_helpers.cli", "open", str(folder), "--no-browser"]
    if stock:
        command = [sys.executable, "-m", "jupyter_server", "--no-browser", f"--ServerApp.root_dir={folder}", "--allow-root"]
        command += ["--ServerApp.jpserver_extensions={'voila.server_extension': True, 'workbook_helpers.jupyter.pages': False}"]
        (folder / "voila.json").write_text('{"VoilaConfiguration": {"template": "lab"}}')  # the folder it starts in beats our settings
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        lines = process.stdout or ()
        found = next((match for line in lines if (match := re.search(r"(http://[^/]+)/\S*token=(\w+)", line))), None)
        if found is None:
            sys.exit(f"{' '.join(command)} ended without an address.")
        threading.Thread(target=lambda: [None for _ in lines], daemon=True).start()  # else its log fills the pipe, and it waits
        time.sleep(2)  # it says its address a moment before it listens
        yield Server(found[1], found[2], browser)
        process.terminate()


def race(servers: dict[str, Server], counts: list[int], pairs: int) -> Times:
    """Open every page once in each round."""
    times: Times = defaultdict(list)
    pages = [(whose, n) for n in counts for whose in ("ours", "stock")]
    for number in range(pairs + 1):  # round 0 warms the disk's cache and is not counted
        for whose, n in pages if number % 2 else reversed(pages):
            server, name = servers[whose], NAME[whose].format(n)
            with server.window() as page:
                for cache in ("empty", "warm"):
                    took = server.visit(page, f"{name}/{name}.ipynb", FIRST[whose])
                    server.leave(page)
                    sys.stderr.write(f"round {number} of {pairs}: {whose}, {n} questions, {cache} cache: {took:.0f} ms\n")
                    if number:
                        times[whose, n, cache].append(took)
    return times


def weigh(server: Server, notebook: str, questions: int) -> list[Counter[str]]:
    """Count what a first and a second visit of the real workbook move."""
    visits = []
    with server.window() as page:
        cdp, moved = page.context.new_cdp_session(page), Counter[str]()
        cdp.send("Network.enable")
        cdp.on("Network.requestWillBeSent", lambda e: moved.update(requests=e["request"]["url"].startswith(server.base)))
        cdp.on("Network.requestServedFromCache", lambda _: moved.update(cached=1))
        cdp.on("Network.responseReceived", lambda e: moved.update(cached=e["response"].get("fromDiskCache", False)))
        cdp.on("Network.loadingFinished", lambda e: moved.update(http=int(e["encodedDataLength"])))
        cdp.on("Network.webSocketFrameSent", lambda e: moved.update(sent=size(e["response"]), frames=1))
        cdp.on("Network.webSocketFrameReceived", lambda e: moved.update(received=size(e["response"]), frames=1))
        for _ in range(2):
            moved.clear()
            server.visit(page, notebook, SHOWN, questions)
            page.wait_for_timeout(1000)
            visits.append(moved.copy())
            server.leave(page)
    return visits


def size(frame: dict[str, Any]) -> int:
    """Give a frame's bytes; the protocol shows a binary one in base 64."""
    data = frame["payloadData"]
    return len(data.encode()) if frame["opcode"] == 1 else len(data) * 3 // 4 - data[-2:].count("=")


def type_words(server: Server, notebook: str, file: Path, words: int) -> list[float]:
    """Type words at 10 keys a second; give the milliseconds from each one's last key until it is in the file."""
    took = []
    with server.window() as page:
        server.visit(page, notebook, f"#{TASK}{SHOWN} textarea")
        area = page.locator(f"#{TASK} textarea")
        area.evaluate("node => node.addEventListener('input', () => { globalThis.lastKey = performance.timeOrigin + performance.now(); })")
        area.focus()
        for number in range(words):
            page.keyboard.type(("relationships " * 2)[: 3 + number % 14], delay=100)
            text = area.input_value()
            while not file.exists() or json.loads(file.read_bytes())["answers"].get(TASK, {}).get("value") != text:
                time.sleep(0.005)
            took.append(time.time() * 1000 - page.evaluate("lastKey"))
        server.leave(page)
    return took


def report(times: Times, visits: list[Counter[str]], keys: list[float], chromium: str) -> str:
    """Give the tables."""

    def ratio(a: tuple[str, int, str], b: tuple[str, int, str]) -> str:
        each = [x / y for x, y in zip(times[a], times[b], strict=True)]
        return f"**{median(each):.2f}** ({min(each):.2f}–{max(each):.2f})"

    git = subprocess.run(["git", "describe", "--always", "--dirty"], cwd=ROOT, capture_output=True, text=True, check=False)
    counts = sorted({n for _, n, _ in times})
    machine = f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, {platform.system()}, Python {platform.python_version()}"
    made = f"Made by `python benchmarks/page.py`, {time.strftime('%d %B %Y, %H:%M %Z')}, from {git.stdout.strip()}: {machine}, "
    made += f"Voila {version('voila')}, Chromium {chromium}; {len(next(iter(times.values())))} rounds. Times are medians, "
    lines = ["# The page: how soon, how heavy, how safe\n", made + "ratios medians of the rounds' ratios (least–greatest).\n"]
    lines += ["| first question usable, of | cache | ours | stock Voila | ours / stock |", "|---|---|---|---|---|"]
    for n, cache in [(n, cache) for n in counts for cache in ("empty", "warm")]:
        ours, stock = ("ours", n, cache), ("stock", n, cache)
        lines.append(f"| {n} | {cache} | {median(times[ours]):.0f} ms | {median(times[stock]):.0f} ms | {ratio(ours, stock)} |")
    lines += [f"\n| ours | {counts[-1]} questions / {counts[0]} |", "|---|---|"]
    lines += [f"| {cache} cache | {ratio(('ours', counts[-1], cache), ('ours', counts[0], cache))} |" for cache in ("empty", "warm")]
    lines += [f"\n| {W01} | requests | from the cache | over HTTP | WebSocket sent | received | frames |", "|---|---|---|---|---|---|---|"]
    for name, v in zip(("first visit", "second visit"), visits, strict=True):
        kb = " | ".join(f"{v[way] / 1000:,.0f} kB" for way in ("http", "sent", "received"))
        lines.append(f"| {name} | {v['requests']} | {v['cached']} | {kb} | {v['frames']} |")
    lines += [f"\n| from the last key until it is in `answers.json`, {len(keys)} words | median | longest |", "|---|---|---|"]
    lines += [f"| a written answer | {median(keys):.0f} ms | {max(keys):.0f} ms |"]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Measure, print, and keep if asked to."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=int, default=5, help="how many rounds count (default %(default)s)")
    parser.add_argument("--keys", type=int, default=20, help="how many words to type (default %(default)s)")
    parser.add_argument("--questions", default="10,40", help="how many questions the pages have, with a comma (default %(default)s)")
    parser.add_argument("--write", type=Path, metavar="FILE", help="keep the tables in this Markdown file, too")
    parser.add_argument("--chromium", default="/usr/bin/chromium", help="the browser (default %(default)s)")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        root, counts = Path(name), sorted(int(n) for n in wanted.questions.split(","))
        for n in counts:
            make(root, n)
        real = Path(shutil.copytree(ROOT / "workbooks" / W01, root / "ours" / W01))
        questions = (real / f"{W01}.ipynb").read_text("utf-8").count('ask(\\"w01-')
        browser = playwright.chromium.launch(executable_path=wanted.chromium, args=[*FLAGS.split(), NO_NET])
        with serve(root / "ours", browser) as server, serve(root / "stock", browser, stock=True) as stock:
            times = race({"ours": server, "stock": stock}, counts, wanted.pairs)
            visits = weigh(server, f"{W01}/{W01}.ipynb", questions)
            keys = type_words(server, f"{W01}/{W01}.ipynb", real / "answers.json", wanted.keys)
        text = report(times, visits, keys, browser.version)
    sys.stdout.write(text)
    if wanted.write:
        wanted.write.parent.mkdir(parents=True, exist_ok=True)
        wanted.write.write_text(text, "utf-8")


if __name__ == "__main__":
    main()
