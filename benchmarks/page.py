"""How fast and how heavy the student's page is, beside a bare Voila page of the same server.

One server as `workbook open` starts it, one Chromium, everything in one run. In each round every page is opened once in
a window with an empty cache and once more in the same window, in an order that turns round from round to round; a ratio is
the median over the rounds of ours / stock. A page counts from the start of the navigation until its first radio button
can be chosen; on ours the question must also have heard from Python what is on disk. "All" counts until that holds of the last
question (stock: until its radio button can be chosen).

Ours: N questions of kind `single`, with the progress bar and the hand-in panel, as a real workbook has them.
Stock: N ipywidgets.RadioButtons in Voila's template `lab`, kernel `python3`.

Examples
--------
    python benchmarks/page.py                                   # about 5 minutes
    python benchmarks/page.py --pairs 1 --keys 5                # a quick look
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
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any

from playwright.sync_api import Browser, CDPSession, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
W01, TASK = "w01-working-and-personal", "w01-t01"
COUNTS = (10, 40)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
]
# Voila's own template asks the net for two style sheets; a slow or missing net is not what we measure.
FLAGS += ["--disable-sync", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost"]
OURS, STOCK = ".wb-question[data-wb-answered] input[type=radio]", ".widget-radio-box input[type=radio]"
WATCH = """([selector, count]) => new Promise((done) => {
  let first = null;
  const usable = (node) => node?.checkVisibility({ visibilityProperty: true }) && !node.disabled;
  (function look() {
    const found = document.querySelectorAll(selector);
    if (first === null && usable(found[0])) first = performance.now();
    if (found.length >= count && usable(found[found.length - 1])) done([first, performance.now()]);
    else requestAnimationFrame(look);
  })();
})"""


def make(root: Path, n: int) -> dict[str, str]:
    """Write a page of ours and a stock page with `n` questions into `root`; give name → notebook below `root`."""
    asks = ["progress", *(f"w99-q{i:02}" for i in range(1, n + 1)), "hand-in"]
    options = [f"Answer {c}, with as many words as an answer has" for c in "ABCD"]
    items = "".join(
        f'[[items]]\nid = "{name}"\nkind = "single"\npurpose = "assessed"\npoints = 1\nstem = "What is right here, and why, {name}?"\noptions = ['
        + ", ".join(f'{{ id = "{text[7].lower()}", text = "{text}" }}' for text in options) + "]\n"
        for name in asks[1:-1]
    )  # fmt: skip
    stock = [f"import ipywidgets\nipywidgets.RadioButtons(options={options!r}, description='{name}', value=None)" for name in asks[1:-1]]
    workbook = {
        "kernelspec": {"display_name": "Workbook", "language": "python", "name": "workbook"},
        "workbook": {"id": "w99", "schema": 1},
    }
    bare = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}, "voila": {"template": "lab"}}
    made = {}
    for name, sources, metadata in ((f"ours{n}", [f'ask("{a}")' for a in asks], workbook), (f"stock{n}", stock, bare)):
        folder = root / f"w99-{name}"
        folder.mkdir()
        cells: list[dict[str, Any]] = [{"cell_type": "markdown", "id": "title", "metadata": {}, "source": "# A page"}]
        cells += [
            {"cell_type": "code", "id": f"c{i}", "metadata": {}, "source": source, "outputs": [], "execution_count": None}
            for i, source in enumerate(sources)
        ]
        (folder / "page.ipynb").write_text(json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": metadata, "cells": cells}))
        made[name] = f"{folder.name}/page.ipynb"
    (root / f"w99-ours{n}" / "workbook.toml").write_text('id = "w99"\ntitle = "A page"\norder = 99\nminutes = 5\n')
    (root / f"w99-ours{n}" / "items.toml").write_text(items)
    return made


class Server:
    """A running server of ours."""

    def __init__(self, base: str, token: str, browser: Browser) -> None:
        self.base, self.token, self._browser = base, token, browser

    @contextmanager
    def window(self) -> Iterator[Page]:
        """Open a window with an empty cache."""
        context = self._browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB")
        context.set_default_timeout(120_000)
        try:
            yield context.new_page()
        finally:
            context.close()

    def visit(self, page: Page, notebook: str, selector: str, count: int) -> tuple[float, float]:
        """Open a notebook; give the milliseconds until the first and until the last question can be used."""
        page.goto(f"{self.base}/voila/render/{notebook}?token={self.token}", wait_until="commit")
        first, last = page.evaluate(WATCH, [selector, count])
        return first, last

    def leave(self, page: Page) -> None:
        """Leave a page, and end its kernel, so that it is not in the way of the next."""
        page.goto("about:blank")
        api, key = f"{self.base}/api/kernels", {"Authorization": f"token {self.token}"}
        for kernel in page.request.get(api, headers=key).json():
            page.request.delete(f"{api}/{kernel['id']}", headers=key)
        time.sleep(1)


@contextmanager
def serve(root: Path, browser: Browser) -> Iterator[Server]:
    """Run `workbook open`."""
    command = [sys.executable, "-m", "workbook_helpers.cli", "open", str(root), "--no-browser"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout  # noqa: S101, it is a pipe
        line = next(line for line in process.stdout if "token=" in line)
        found = re.search(r"(http://[^/]+)/\S*token=(\w+)", line)
        assert found  # noqa: S101, the line holds it
        time.sleep(2)  # it says its address a moment before it listens
        try:
            yield Server(found[1], found[2], browser)
        finally:
            process.terminate()


def race(server: Server, pages: dict[str, str], pairs: int) -> dict[tuple[str, str, str], list[float]]:
    """Give (page, cache, first or all) → milliseconds of each round."""
    times: dict[tuple[str, str, str], list[float]] = defaultdict(list)
    for number in range(pairs + 1):  # the first round warms the disk's cache and is not counted
        order = list(pages) if number % 2 else list(pages)[::-1]
        for name in order:
            count = int(re.sub(r"\D", "", name))
            selector, count = (OURS, 4 * count) if name.startswith("ours") else (STOCK, 4 * count)
            with server.window() as page:
                for cache in ("empty", "warm"):
                    first, last = server.visit(page, pages[name], selector, count)
                    page.wait_for_load_state("networkidle")
                    server.leave(page)
                    sys.stderr.write(f"round {number} of {pairs}: {name}, {cache} cache: first {first:.0f} ms, all {last:.0f} ms\n")
                    if number:
                        times[name, cache, "first"].append(first)
                        times[name, cache, "all"].append(last)
    return times


def weigh(server: Server, notebook: str, questions: int) -> list[Counter[str]]:
    """Count what a first and a second visit of the real workbook move."""
    visits = []
    with server.window() as page:
        cdp: CDPSession = page.context.new_cdp_session(page)
        moved: Counter[str] = Counter()
        cdp.send("Network.enable")
        cdp.on("Network.requestWillBeSent", lambda e: moved.update(requests=not e["request"]["url"].startswith(("data:", "blob:"))))
        cdp.on("Network.requestServedFromCache", lambda _: moved.update(cached=1))
        cdp.on("Network.responseReceived", lambda e: moved.update(cached=e["response"].get("fromDiskCache", False)))
        cdp.on("Network.loadingFinished", lambda e: moved.update(http=int(e["encodedDataLength"])))
        for name, way in (("Network.webSocketFrameSent", "sent"), ("Network.webSocketFrameReceived", "received")):
            cdp.on(name, lambda e, way=way: moved.update({way: size(e["response"]), "frames": 1}))
        for _ in range(2):
            moved.clear()
            server.visit(page, notebook, ".wb-question[data-wb-answered]", questions)
            page.wait_for_load_state("networkidle")
            page.wait_for_timeout(1000)
            visits.append(moved.copy())
            server.leave(page)
    return visits


def size(frame: dict[str, Any]) -> int:
    """Give a frame's bytes; the protocol shows a binary one in base 64."""
    data = frame["payloadData"]
    return len(data.encode()) if frame["opcode"] == 1 else len(data) * 3 // 4 - data[-2:].count("=")


def type_words(server: Server, notebook: str, folder: Path, words: int) -> list[float]:
    """Type words at 10 keys a second; give the milliseconds from the last key of each until it is in the file."""
    took = []
    with server.window() as page:
        server.visit(page, notebook, f"#{TASK}[data-wb-answered] textarea", 1)
        page.wait_for_load_state("networkidle")
        area = page.locator(f"#{TASK} textarea")
        area.evaluate("node => node.addEventListener('input', () => { globalThis.lastKey = performance.timeOrigin + performance.now(); })")
        area.focus()
        for number in range(words):
            page.keyboard.type(("relationships " * 2)[: 3 + number % 14], delay=100)
            text, file = area.input_value(), folder / "answers.json"
            while not file.exists() or json.loads(file.read_bytes())["answers"].get(TASK, {}).get("value") != text:
                time.sleep(0.005)
            took.append(time.time() * 1000 - page.evaluate("lastKey"))
    return took


def report(times: dict[tuple[str, str, str], list[float]], visits: list[Counter[str]], keys: list[float], browser: str) -> str:
    """Give the tables."""

    def ratio(a: tuple[str, str, str], b: tuple[str, str, str]) -> str:
        each = [x / y for x, y in zip(times[a], times[b], strict=True)]
        return f"**{median(each):.2f}** ({min(each):.2f}–{max(each):.2f})"

    commit = subprocess.run(
        ["git", "describe", "--always", "--dirty"], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout.strip()
    rounds = len(next(iter(times.values())))
    lines = [
        "# The page: how soon, how heavy, how safe",
        "",
        f"Made by `python benchmarks/page.py` on {time.strftime('%Y-%m-%d %H:%M', time.gmtime())} UTC, commit {commit}: {os.cpu_count()} cores, "
        f"{platform.system()}, Python {platform.python_version()}, Voila {version('voila')}, Chromium {browser}, load {os.getloadavg()[0]:.1f}. "
        f"{rounds} rounds; milliseconds are medians, ratios medians of each round's ratio (least–greatest).",
        "",
        "| until usable | cache | ours | stock Voila | ours / stock |",
        "|---|---|---|---|---|",
    ]
    for what in ("first", "all"):
        for n in COUNTS:
            for cache in ("empty", "warm"):
                ours, stock = (f"ours{n}", cache, what), (f"stock{n}", cache, what)
                name = f"first of {n} questions" if what == "first" else f"all {n}"
                lines.append(f"| {name} | {cache} | {median(times[ours]):.0f} ms | {median(times[stock]):.0f} ms | {ratio(ours, stock)} |")
    lines += ["", "| ours, first question | with 40 / with 10 |", "|---|---|"]
    lines += [f"| {cache} cache | {ratio(('ours40', cache, 'first'), ('ours10', cache, 'first'))} |" for cache in ("empty", "warm")]
    lines += [
        "",
        f"| `{W01}` | requests | from the cache | over HTTP | WebSocket sent | received | frames |",
        "|---|---|---|---|---|---|---|",
    ]
    for name, v in zip(("first visit", "second visit"), visits, strict=True):
        kb = {way: f"{v[way] / 1000:,.0f} kB" for way in ("http", "sent", "received")}
        lines.append(f"| {name} | {v['requests']} | {v['cached']} | {kb['http']} | {kb['sent']} | {kb['received']} | {v['frames']} |")
    lines += ["", f"| last key of a written answer until it is in `answers.json`, {len(keys)} times | |", "|---|---|"]
    lines += [f"| median | {median(keys):.0f} ms |", f"| longest | {max(keys):.0f} ms |"]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Measure, print, and keep if asked to."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=int, default=5, help="how many counted rounds (default 5)")
    parser.add_argument("--keys", type=int, default=20, help="how many words to type (default 20)")
    parser.add_argument("--write", type=Path, metavar="FILE", help="keep the tables in this Markdown file, too")
    parser.add_argument("--chromium", default="/usr/bin/chromium", help="the browser (default %(default)s)")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        root = Path(name)
        pages = {page: path for n in COUNTS for page, path in make(root, n).items()}
        for copy in ("weigh", "type"):
            shutil.copytree(ROOT / "workbooks" / W01, root / copy / W01)
        questions = json.loads((root / "weigh" / W01 / f"{W01}.ipynb").read_text("utf-8"))["cells"]
        shown = sum('ask("w01-' in "".join(cell["source"]) for cell in questions)
        browser = playwright.chromium.launch(executable_path=wanted.chromium, args=FLAGS)
        with serve(root, browser) as server:
            times = race(server, pages, wanted.pairs)
            visits = weigh(server, f"weigh/{W01}/{W01}.ipynb", shown)
            keys = type_words(server, f"type/{W01}/{W01}.ipynb", root / "type" / W01, wanted.keys)
        text = report(times, visits, keys, browser.version)
        browser.close()
    sys.stdout.write(text)
    if wanted.write:
        wanted.write.parent.mkdir(parents=True, exist_ok=True)
        wanted.write.write_text(text, "utf-8")


if __name__ == "__main__":
    main()
