"""How soon and how heavy the student's page is, by every door, on a phone and on a desktop.

In one run, side by side, in one Chromium: workbook 1 as the site, as the file, on our Voila page, on a stock Voila page, in JupyterLab, and
exported by nbconvert with stock widgets and their state (html-manager); then pages of 10 and of 40 questions. In each round every
page is opened in a window of its own, first with an empty cache, then with a warm one, in an order that turns round from round to
round; a ratio is the median of the rounds' ratios. Pages of 10 and of 40 questions of the site are opened five times in each.

A page counts from the start of the navigation. Its text can be read when its first heading is painted; its first question is usable
when a control of it can be used (on ours the question must also know what is kept of its answer). On the site and the file the device
knows who works there; a first-time visitor is asked that first, which is measured apart.

phone: 390 px, processor 4 times slower, 1.6 Mbit/s, 150 ms for each request. desktop: 1280 px, this machine as it is. Both by Chromium's
own throttling, which holds for what the page itself asks for: not for its service worker, for file://, or for making a connection.

Stock: w01's own text with ipywidgets in place of our questions (RadioButtons, Checkboxes, Textareas), Voila's template `lab`, kernel
`python3`. The export has html-manager and RequireJS from this machine in place of the two public networks that it asks by default.

Examples
--------
    python benchmarks/page.py                                   # about 25 minutes; let nothing else run
    python benchmarks/page.py --rounds 1 --keys 5               # a quick look
    python benchmarks/page.py --profiles desktop --rounds 1 --keys 1 --questions 1,2 --caches cold   # the smallest, which the tests run
    python benchmarks/page.py --write docs/measurements/page.md
    python benchmarks/page.py --walk                            # how long the student's way is: screens, taps, Tab presses
    python benchmarks/page.py --walk w01 w07                    # through these workbooks alone
    python benchmarks/page.py --walk --before 2bb88ba --write docs/measurements/walk.md   # beside those of that commit
"""

import argparse
import io
import json
import os
import platform
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
from collections import defaultdict
from contextlib import ExitStack
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from statistics import median

from doors.notebooks import export, load_unit, make_page, make_stock, name_of
from doors.servers import jupyter, static
from doors.visit import FLAGS, GATE, KEPT, PATIENCE_MS, PROFILES, STOCK, Door, Profile, Visit, visit, window
from doors.walk import report as walk_report
from doors.walk import walk
from playwright.sync_api import Browser, TimeoutError, sync_playwright  # noqa: A004  Playwright's own

from workbook_helpers.items import load_workbook
from workbook_helpers.web import workbook_file, write_site

ROOT = Path(__file__).resolve().parents[1]
W01, TASK, TITLE = "w01-working-and-personal", "w01-t01", "Working and personal relationships"
SITE, FILE, FILE_HTTP, VOILA, GATED = (
    "site",
    "file, from the device",
    "file, from a web server",
    "our Voila page",
    "site, who works here is asked",
)
STOCK_VOILA, LAB, EXPORT = "stock Voila", "JupyterLab with our page", "nbconvert and html-manager"
CACHES = ("cold", "warm")
TRIES = 3
OFTEN = 5
"""So often the site's pages of few and of many questions are opened in each round: they differ by less than one from visit to visit."""
MAKE = """import sys
from pathlib import Path
sys.path.insert(0, "src")
from workbook_helpers.items import load_workbook
from workbook_helpers.web import workbook_file
sys.stdout.buffer.write(workbook_file(load_workbook(Path(sys.argv[1]))))"""
"""Run in the folder of a commit: writes a workbook's one file."""
LAST_KEY = "node => node.addEventListener('input', () => { globalThis.lastKey = performance.now(); })"
IS_SAVED = f"() => document.getElementById('{TASK}').dataset.wbState === 'saved' && globalThis.wbKept >= globalThis.lastKey"


@dataclass(kw_only=True)
class Found:
    """What was measured; visits by (profile, door, cache), a visit of each round."""

    file_bytes: int
    visits: dict[tuple[str, str, str], list[Visit]] = field(default_factory=lambda: defaultdict(list))
    keys: dict[tuple[str, str], list[float]] = field(default_factory=dict)
    offline: bool = False
    lost: list[str] = field(default_factory=list)

    def ratio(self, one: tuple[str, str, str], other: tuple[str, str, str]) -> tuple[float, float, float]:
        """Give median, least and greatest of how many times later the first question of `one` came, over the rounds."""
        each = [a.question_ms / b.question_ms for a, b in zip(self.visits[one], self.visits[other], strict=True)]
        return median(each), min(each), max(each)


def race(browser: Browser, doors: list[Door], profile: Profile, wanted: argparse.Namespace, found: Found) -> None:
    """Open every page once in each round, with each state of the cache; one that does not come is noted, and opened again."""
    rounds, caches = wanted.rounds, wanted.caches.split(",")
    first = 0 if rounds > 1 and profile.slower == 1 else 1  # round 0 warms the disk's cache and is not counted
    for number in range(first, rounds + 1):
        for door in doors if number % 2 else reversed(doors):
            for _ in range(TRIES):
                try:
                    took = opened(browser, door, profile, caches)
                    break
                except TimeoutError:
                    found.lost.append(f"{door.name}, {profile.name}")
            else:
                sys.exit(f"{door.name} did not come on the {profile.name}, {TRIES} times.")
            for cache, one in took.items():
                sys.stderr.write(
                    f"{profile.name}, round {number} of {rounds}: {door.name}, {cache}: "
                    f"text {one.text_ms:.0f} ms, question {one.question_ms:.0f} ms, {one.moved['http']} bytes\n"
                )
                if number:
                    found.visits[profile.name, door.name, cache].append(one)


def opened(browser: Browser, door: Door, profile: Profile, caches: list[str]) -> dict[str, Visit]:
    """Open a page in a fresh window, and once more for a warm cache; once where nobody has worked yet."""
    with window(browser, profile, door) as (page, moved):
        return {cache: visit(page, door, moved) for cache in (caches if door.known else caches[:1])}


def type_words(browser: Browser, profile: Profile, door: Door, words: int, file: Path | None = None) -> list[float]:
    """Type words at 10 keys a second; give the milliseconds from each one's last key until it is kept.

    In the browser's database (its transaction is complete, and the question says so), or, where there is a kernel, in `file`.
    """
    took = []
    with window(browser, profile, door, KEPT) as (page, _):
        page.goto(f"{door.address}#{TASK}", wait_until="commit")  # the section in which it is asked
        area = page.locator(f"#{TASK}.wb-question[data-wb-answered] textarea")
        area.evaluate(LAST_KEY)
        area.focus()
        for number in range(words):
            page.keyboard.type(("relationships " * 2)[: 3 + number % 14], delay=100)
            if file is None:
                page.wait_for_function(IS_SAVED, polling=5)
                took.append(page.evaluate("wbKept - lastKey"))
                continue
            text = area.input_value()
            while not file.exists() or json.loads(file.read_bytes())["answers"].get(TASK, {}).get("value") != text:
                time.sleep(0.005)
            took.append(time.time() * 1000 - page.evaluate("performance.timeOrigin + lastKey"))
    return took


def works_offline(browser: Browser, door: Door) -> bool:
    """Whether a question of the file can be answered and is kept, over a reload, with no network at all."""
    with window(browser, PROFILES["desktop"], door) as (page, _):
        page.context.set_offline(True)
        page.goto(f"{door.address}#{TASK}")
        area = page.locator(f"#{TASK} textarea")
        area.fill("Without a network")
        page.locator(f"#{TASK}[data-wb-state=saved]").wait_for()
        page.reload()
        page.locator(f"#{TASK}[data-wb-state=saved]").wait_for()
        return area.input_value() == "Without a network"


def measure(browser: Browser, root: Path, wanted: argparse.Namespace) -> Found:
    """Make every page, serve it, and open it."""
    counts, workbook = sorted(int(n) for n in wanted.questions.split(",")), load_workbook(ROOT / "workbooks" / W01)
    for n in counts:
        make_page(root, n)
        write_site([load_workbook(root / "ours" / name_of(n))], root / "web" / name_of(n))
    write_site(load_unit(ROOT / "workbooks"), root / "web" / "site")
    file = root / "web" / "file" / f"{W01}.html"
    file.parent.mkdir()
    file.write_bytes(workbook_file(workbook))
    for which in ("ours", "lab"):
        shutil.copytree(workbook.folder, root / which / W01)
    sheet = root / "ours" / W01 / "answers.json"
    exported = export(make_stock(workbook, root / "stock"), root / "web" / "export")
    found = Found(file_bytes=file.stat().st_size)
    with ExitStack() as stack:
        web = stack.enter_context(static(root / "web"))
        ours, lab, stock = (stack.enter_context(jupyter(root / which, which)) for which in ("ours", "lab", "stock"))
        notebook = f"{W01}/{W01}.ipynb"
        site = Door(name=SITE, address=f"{web.base}/site/{W01}.html", title=TITLE, behind=web)
        voila = Door(name=VOILA, address=f"{ours.base}/voila/render/{notebook}{ours.query}", title=TITLE, behind=ours)
        by_file = Door(name=FILE, address=file.as_uri(), title=TITLE)
        doors = [
            site,
            Door(name=GATED, address=site.address, title=TITLE, question=GATE, behind=web, known=False),
            by_file,
            Door(name=FILE_HTTP, address=f"{web.base}/file/{W01}.html", title=TITLE, behind=web),
            voila,
            Door(name=STOCK_VOILA, address=f"{stock.base}/voila/render/{notebook}{stock.query}", title=TITLE, question=STOCK, behind=stock),
            Door(name=LAB, address=f"{lab.base}/lab/tree/{notebook}{lab.query}", title=TITLE, behind=lab),
            Door(name=EXPORT, address=f"{web.base}/export/{exported}", title=TITLE, question=STOCK, behind=web),
        ]
        for name in wanted.profiles.split(","):
            profile = PROFILES[name]
            many = [
                Door(name=f"{SITE}, {n}", address=f"{web.base}/{name_of(n)}/{name_of(n)}.html", title="A page", behind=web)
                for _ in range(OFTEN if wanted.rounds > 1 else 1)
                for n in counts
            ]
            if name == "desktop":
                for n in counts:
                    at = f"/voila/render/{name_of(n)}/{name_of(n)}.ipynb"
                    many.append(Door(name=f"{VOILA}, {n}", address=f"{ours.base}{at}{ours.query}", title="A page", behind=ours))
                    address = f"{stock.base}{at}{stock.query}"
                    many.append(Door(name=f"{STOCK_VOILA}, {n}", address=address, title="A page", question=STOCK, behind=stock))
            race(browser, [*doors, *many], profile, wanted, found)
            found.keys[name, SITE] = type_words(browser, profile, site, wanted.keys)
        found.offline = works_offline(browser, by_file)
        found.keys["desktop", VOILA] = type_words(browser, PROFILES["desktop"], voila, wanted.keys, sheet)
    return found


def made_at(commit: str, folder: Path, names: list[str]) -> list[Path]:
    """Make the one-file workbooks that a commit of the history had, by the program that it had."""
    tree = folder / "tree"
    tree.mkdir()
    packed = subprocess.run(["git", "archive", commit], cwd=ROOT, capture_output=True, check=False)
    if packed.returncode:
        sys.exit(f"The commit {commit} is not in this copy's history ({packed.stderr.decode().strip()}): fetch the whole history.")
    with tarfile.open(fileobj=io.BytesIO(packed.stdout)) as archive:
        archive.extractall(tree, filter="data")
    for name in names:
        made = subprocess.run([sys.executable, "-c", MAKE, tree / "workbooks" / name], cwd=tree, capture_output=True, check=True)
        (folder / f"{name}.html").write_bytes(made.stdout)
    return sorted(folder.glob("w*.html"))


def walk_unit(browser: Browser, root: Path, wanted: list[str], commit: str | None) -> str:
    """Go through every workbook of the unit, or those that are named, and through what a commit had of them; give the tables."""
    unit = load_unit(ROOT / "workbooks")[:-1]  # the last is the gallery, which students do not get
    known = {name for one in unit for name in (one.id, one.assignment)}
    if strange := sorted({*wanted} - known):
        sys.exit(f"No workbook is called {', '.join(strange)}. There are {', '.join(one.id for one in unit)}.")
    taken = [one for one in unit if not wanted or {one.id, one.assignment} & {*wanted}]
    (root / "now").mkdir()
    (root / "before").mkdir()
    for workbook in taken:
        (root / "now" / f"{workbook.assignment}.html").write_bytes(workbook_file(workbook))
    before = made_at(commit, root / "before", [one.assignment for one in taken]) if commit else []
    now, was = ([walk(browser, file) for file in files] for files in (sorted((root / "now").glob("w*.html")), before))
    git = subprocess.run(["git", "describe", "--always", "--dirty"], cwd=ROOT, capture_output=True, text=True, check=False)
    made = f"Made by `python benchmarks/page.py --walk`, on the phone, {time.strftime('%d %B %Y')}, from {git.stdout.strip()}"
    made += f"; before: the workbooks as commit {commit} makes them." if commit else "."
    made += " What is counted, and how, stands at the top of `benchmarks/doors/walk.py`."
    return f"# The way through a workbook\n\n{made}\n\n{walk_report(now, was)}"


def report(found: Found, rounds: int, chromium: str) -> str:
    """Give the tables."""
    git = subprocess.run(["git", "describe", "--always", "--dirty"], cwd=ROOT, capture_output=True, text=True, check=False)
    machine = f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, {platform.system()}, Python {platform.python_version()}"
    made = f"Made by `python benchmarks/page.py`, {time.strftime('%d %B %Y, %H:%M %Z')}, from {git.stdout.strip()}: {machine}, "
    made += f"Voila {version('voila')}, JupyterLab {version('jupyterlab')}, Chromium {chromium}; {rounds} rounds."
    lines = ["# The page: how soon, how heavy\n", made + " A load above the number of cores means that other work ran beside it.\n"]
    lines += ["Times are medians, ratios medians of the rounds' ratios (least–greatest). What is measured, and how, stands at the top"]
    lines += ["of the command's file.\n", "## What was asked for\n", *bars(found)]
    lines += ["\nWhen this was asked, Voila rendered our page, widgets and all, as it does a stock one."]
    lines += ["Now it is the site's, with a kernel behind it."]
    for name in dict.fromkeys(profile for profile, _, _ in found.visits):
        lines += [f"\n## {W01}, {'on the phone' if name == 'phone' else 'on the desktop'}\n"]
        lines += ["| | cache | text can be read | first question usable | over HTTP | requests | WebSocket |", f"|{'---|' * 7}"]
        lines += [
            row(door, cache, visits)
            for (profile, door, cache), visits in found.visits.items()
            if profile == name and not door[-1].isdigit()
        ]
    lines += ["\nWhere who works here is asked, the last time is that of the form. From the device, nothing comes over a network."]
    if later := [visit.moved["later"] for visit in found.visits.get(("desktop", SITE, "cold"), [])]:
        lines += [
            f"When the site's page is there, its service worker fetches the whole unit for later: {median(later) / 1000:,.0f} kB more."
        ]
    lines += [f"Did not come within {PATIENCE_MS // 1000} s, and was opened again: {'; '.join(found.lost)}."] if found.lost else []
    lines += ["\n## Few questions and many\n", "| a page of | | cache | first question usable |", "|---|---|---|---|"]
    for (profile, door, cache), visits in found.visits.items():
        if door[-1].isdigit():
            name, _, n = door.rpartition(", ")
            lines += [f"| {n} | {name}, {profile} | {cache} | {median(one.question_ms for one in visits):.0f} ms |"]
    lines += ["\n| first question usable | ratio |", "|---|---|"]
    few, *_, many = sorted({int(door.rpartition(", ")[2]) for _, door, _ in found.visits if door[-1].isdigit()})
    for profile, name, cache in {(p, d.rpartition(", ")[0], c): None for p, d, c in found.visits if d[-1].isdigit()}:
        each = found.ratio((profile, f"{name}, {many}", cache), (profile, f"{name}, {few}", cache))
        lines += [f"| {name}, {profile}, {cache}: {many} questions / {few} | {ratio(each)} |"]
    for n, cache in [(n, cache) for n in (few, many) for cache in CACHES]:
        pair = [("desktop", f"{name}, {n}", cache) for name in (VOILA, STOCK_VOILA)]
        if pair[0] in found.visits:
            lines += [f"| our Voila page / stock Voila, {n} questions, {cache} | {ratio(found.ratio(pair[0], pair[1]))} |"]
    lines += ["\n## From the last key until the answer is kept\n", "| words | where | median | longest |", "|---|---|---|---|"]
    for (profile, door), took in found.keys.items():
        where = f"{door}, {profile}: {'`answers.json`' if door == VOILA else 'IndexedDB'}"
        lines += [f"| {len(took)} | {where} | {median(took):.0f} ms | {max(took):.0f} ms |"]
    return "\n".join(lines) + "\n"


def row(door: str, cache: str, visits: list[Visit]) -> str:
    """Give a row of a table of doors."""

    def middle(name: str) -> float:
        return median(one.moved[name] for one in visits)

    text, question = median(one.text_ms for one in visits), median(one.question_ms for one in visits)
    moved = f"{middle('http') / 1000:,.0f} kB | {middle('requests'):.0f} | {middle('socket') / 1000:,.0f} kB"
    return f"| {door} | {cache} | {text:,.0f} ms | {question:,.0f} ms | {'– | – | –' if door == FILE else moved} |"


def ratio(found: tuple[float, float, float]) -> str:
    """Give a ratio with its range."""
    return f"**{found[0]:.2f}** ({found[1]:.2f}–{found[2]:.2f})"


def bars(found: Found) -> list[str]:
    """Say which of the figures that were asked for are met."""
    site, ours, stock = (("phone", door, "cold") for door in (SITE, VOILA, STOCK_VOILA))
    said: list[tuple[str, str, bool | None]] = []
    if site in found.visits:
        first = median(one.question_ms for one in found.visits[site])
        said.append(("site, phone, cold: first usable question within 1.5 s", f"{first:,.0f} ms", first <= 1500))
        for door, is_called in ((ours, "our Voila page"), (stock, "a stock Voila page")):
            sooner = found.ratio(door, site)
            said.append((f"at least 10 times sooner than {is_called} there", f"{ratio(sooner)} times", sooner[0] >= 10))
    profile = next(profile for profile, _, _ in found.visits)
    http = max(one.moved["http"] for one in found.visits[profile, SITE, "cold"])
    said.append(("site: at most 150 kB over HTTP for w01", f"{http / 1000:.0f} kB", http <= 150_000))
    few, *_, many = sorted({int(door.rpartition(", ")[2]) for _, door, _ in found.visits if door[-1].isdigit()})
    later = found.ratio((profile, f"{SITE}, {many}", "cold"), (profile, f"{SITE}, {few}", "cold"))
    said.append((f"site, {profile}, cold: {many} questions no later than {few}", ratio(later), later[0] <= 1))
    said.append(("file: at most 450 kB", f"{found.file_bytes / 1000:.0f} kB", found.file_bytes <= 450_000))
    said.append(("file: answered and kept over a reload with no network", "yes" if found.offline else "no", found.offline))
    slowest = max(max(took) for (_, door), took in found.keys.items() if door == SITE)
    said.append(("site: from the last key to IndexedDB within 300 ms, the longest", f"{slowest:.0f} ms", slowest <= 300))
    lines = ["| | measured | |", "|---|---|---|"]
    return lines + [f"| {what} | {value} | {'met' if met else '**not met**'} |" for what, value, met in said]


def main() -> None:
    """Measure, print, and keep if asked to."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3, help="how many rounds count (default %(default)s)")
    parser.add_argument("--keys", type=int, default=20, help="how many words to type (default %(default)s)")
    parser.add_argument("--questions", default="10,40", help="how many questions the pages have, with a comma (default %(default)s)")
    parser.add_argument("--profiles", default="phone,desktop", help="which devices, with a comma (default %(default)s)")
    parser.add_argument("--caches", default="cold,warm", help="cold, or cold,warm (default %(default)s)")
    parser.add_argument("--walk", nargs="*", metavar="WORKBOOK", help="count the way through these workbooks instead, or through all")
    parser.add_argument("--before", metavar="COMMIT", help="with --walk: count it as well on the workbooks of this commit")
    parser.add_argument("--write", type=Path, metavar="FILE", help="keep the tables in this Markdown file, too")
    parser.add_argument("--chromium", default="/usr/bin/chromium", help="the browser (default %(default)s)")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=wanted.chromium, args=FLAGS)
        if wanted.walk is None:
            text = report(measure(browser, Path(name), wanted), wanted.rounds, browser.version)
        else:
            text = walk_unit(browser, Path(name), wanted.walk, wanted.before)
    sys.stdout.write(text)
    if wanted.write:
        wanted.write.parent.mkdir(parents=True, exist_ok=True)
        wanted.write.write_text(text, "utf-8")


if __name__ == "__main__":
    main()
