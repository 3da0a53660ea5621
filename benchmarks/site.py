"""What students cost a static host that has the site, in bytes: counted from the site's files, as a host packs them (gzip, level 6).

Nothing is measured by a clock, so it says the same on every machine. Headers, some 300 bytes an answer, are not counted. What the
service worker fetches is what web/site.py names to it.

Examples
--------
    python benchmarks/site.py
    python benchmarks/site.py --students 200 --write docs/measurements/site.md
"""

import argparse
import gzip
import re
import sys
from pathlib import Path

from workbook_helpers.items import load_workbook
from workbook_helpers.web import site_files, workbook_file

ROOT = Path(__file__).resolve().parents[1]
W01 = "w01-working-and-personal"
ALREADY = (".woff2", ".png")
"""Hosts do not pack these again."""


def packed(name: str, content: bytes) -> int:
    """Give the bytes of a file as a host sends it."""
    return len(content) if name.endswith(ALREADY) else len(gzip.compress(content, 6))


def report(students: int) -> str:
    """Give the table."""
    shelf = [load_workbook(path.parent) for path in sorted((ROOT / "workbooks").glob("*/workbook.toml"))]
    unit = [one for one in shelf if one.about.role != "gallery"]
    made = site_files(unit)
    size = {name: packed(name, content) for name, content in made.items()}
    page = made[f"{W01}.html"].decode()
    shown = [name for name in made if re.search(rf'(?:src|href)="{re.escape(name)}"', page) and name.endswith((".css", ".js", ".svg"))]
    first = [f"{W01}.html", *shown]
    letters = [name for name in made if name.endswith(".woff2")]
    kept = [name for name in made if not name.endswith((".woff2", ".txt")) and name not in first]
    anew = ["index.html", "manifest.webmanifest", "sw.js"]
    program = [name for name in made if name.endswith((".html", ".css", ".js")) or name in anew]
    rows = [
        (f"first visit to {W01}: the page, its script, its style", first),
        (f"after it, in the background: the other {len(unit) - 1} workbooks, for reading without a network", kept),
        ("a later visit: whether there is a new version, at most", ["sw.js"]),
        ("an update of one workbook", [f"{W01}.html", *anew]),
        ("an update of the program: every page, script and style", program),
        ("the letters for people with dyslexia, where picked", letters),
    ]
    file = workbook_file(next(one for one in unit if one.assignment == W01))
    sums = [(what, sum(size[name] for name in names)) for what, names in rows]
    sums += [("the file from a web server that packs it", len(gzip.compress(file, 6))), ("the file as it is", len(file))]
    lines = [
        "# What students cost a static host\n",
        f"Made by `python benchmarks/site.py`: the site of {len(unit)} workbooks, packed by gzip, without headers.\n",
        f"| | a student | {students:,} students |",
        "|---|---|---|",
    ]
    lines += [f"| {what} | {n / 1000:,.1f} kB | {n * students / 1e9:,.1f} GB |" for what, n in sums]
    whole = f"{sum(map(len, made.values())) / 1e6:.1f} MB in {len(made)} files"
    lines += [f"\nOn the host itself the site takes {whole}, however many students there are."]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Count, print, and keep if asked to."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--students", type=int, default=1_000_000, help="how many (default %(default)s)")
    parser.add_argument("--write", type=Path, metavar="FILE", help="keep the table in this Markdown file, too")
    wanted = parser.parse_args()
    text = report(wanted.students)
    sys.stdout.write(text)
    if wanted.write:
        wanted.write.write_text(text, "utf-8")


if __name__ == "__main__":
    main()
