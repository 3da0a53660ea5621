"""Photograph every kind of question in every state, at every width and look, with axe at each stop.

It is the command `python docs/pictures.py states [FOLDER] [STATE …]`. A sheet shows one state, look and width:
the window as a student has it, and all questions that the state is about, the tallest first.
"""

import base64
import html
import math
import re
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, CDPSession, Page, sync_playwright

from tests.axe import violations
from tests.browser.test_accessible import OVERFLOW
from tests.browser.test_display import choose
from tests.conftest import CHROMIUM, FLAGS
from tests.web.states import STATES, brought, gallery, made
from tests.web.test_looks import SCHEMES
from tests.web.test_site import Quiet, visit
from workbook_helpers.web import write_site

USUAL: dict[str, Any] = {"color_scheme": "light", "contrast": "no-preference", "forced_colors": "none"}
LOOKS = {name: USUAL | SCHEMES[name] for name in ("light", "dark", "contrast", "forced")}
WIDTHS = {"320": (320, 640, 1), "390": (390, 844, 1), "768": (768, 1024, 1), "1280": (1280, 900, 1)}
ZOOMS = {"1280 at 200 %": (640, 450, 2), "1280 at 400 %": (320, 225, 4)}
LARGEST = {"320, largest text": (320, 640, 1), "1280, largest text": (1280, 900, 1)}
PRACTICE = ".wb-practice, .wb-question.wb-practice"
END = "#w99-declaration, #hand-in, #your-work, .wb-notices"
SHOWN = {"wrong": PRACTICE, "right": PRACTICE, "shown": PRACTICE, "review": END, "handed in": END, "offline": END}
"""State → what of the page is about it; else every question."""
TALL, STRIP, WIDE = 900, 6000, 800
PATIENCE_MS = 180_000
"""A sheet is large, and the machine may be busy with other things."""
BOXES = """(names) => [...document.querySelectorAll(names)].filter((node) => node.closest("main") && node.offsetParent && node.offsetHeight)
  .map((node) => node.getBoundingClientRect()).map((box) => [box.top + scrollY, box.bottom + scrollY])"""


def pieces(boxes: list[list[float]]) -> list[tuple[float, float]]:
    """Give from where to where each column goes: questions that follow each other stand in one, as far as it has room."""
    found: list[tuple[float, float]] = []
    for top, bottom in sorted(map(tuple, boxes)):
        if found and bottom <= found[-1][1]:
            continue
        if found and top - found[-1][1] < 400 and bottom - found[-1][0] < TALL:
            found[-1] = (found[-1][0], bottom + 8)
        else:
            found.append((max(top - 8, 0), bottom + 8))
    return found


def photographed(line: CDPSession, page: Page, width: int, scale: int) -> str:
    """Photograph the whole page: a style for each strip of it."""
    strips = []
    for n in range(math.ceil(page.evaluate("document.documentElement.scrollHeight") / STRIP)):
        clip = {"x": 0, "y": n * STRIP, "width": width, "height": STRIP, "scale": min(2, scale) / scale}
        shot = line.send("Page.captureScreenshot", {"clip": clip, "captureBeyondViewport": True, "optimizeForSpeed": True})
        strips.append(f".strip{n} {{ background: url(data:image/png;base64,{shot['data']}) 0 0 / {width}px {STRIP}px; }}")
    return "".join(strips)


def tile(top: float, bottom: float, width: int) -> str:
    """Show a part of the page that was photographed."""
    made, left = [], max(0, (width - WIDE) / 2)  # what lies beside the questions is empty
    while top < bottom:
        n, end = int(top // STRIP), min(bottom, (top // STRIP + 1) * STRIP)
        style = f"width: {width - 2 * left}px; height: {end - top}px; background-position: {-left}px {n * STRIP - top}px"
        made.append(f'<p class="strip{n}" style="{style}"></p>')
        top = end
    return f"<div>{''.join(made)}</div>"


PACK = """([width, room]) => {
  const tiles = [...document.querySelectorAll("div")], all = tiles.reduce((sum, one) => sum + one.offsetHeight + 12, 0);
  const tallest = Math.max(...tiles.map((one) => one.offsetHeight));
  const n = Math.max(1, Math.min(tiles.length, Math.round(Math.sqrt(all * room / (width + 12)))));
  const columns = Array.from({ length: n }, () => document.querySelector("main").appendChild(document.createElement("section")));
  const shortest = () => columns.reduce((low, next) => (next.offsetHeight < low.offsetHeight ? next : low));
  for (const one of tiles.sort((one, other) => other.offsetHeight - one.offsetHeight)) shortest().append(one);
  document.querySelector("main").className = "packed";
  return [document.documentElement.scrollWidth, document.documentElement.scrollHeight];
}"""
"""Put the tiles into columns, so that the sheet becomes about as wide as a screen is."""


def sheet(browser: Browser, title: str, style: str, tiles: list[str], path: Path, width: int, scale: int) -> None:
    """Put what was photographed side by side on one sheet."""
    context = browser.new_context(viewport={"width": 400, "height": 300}, device_scale_factor=min(2, scale))
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    page.set_content(
        "<style>body { margin: 0; padding: 12px; background: #b7a; font: 24px sans-serif; width: max-content; } h1 { font-size: 24px; }"
        " main, section { display: flex; flex-direction: column; gap: 12px; } .packed { flex-direction: row; align-items: flex-start; }"
        f" p {{ margin: 0; background-repeat: no-repeat !important; }} {style}</style>"
        f"<h1>{html.escape(title)}</h1><main>{''.join(tiles)}</main>"
    )
    size = page.evaluate(PACK, [min(width, WIDE), 1.4])
    page.set_viewport_size({"width": size[0] + 12, "height": size[1] + 12})
    page.screenshot(path=path)
    context.close()


@contextmanager
def site(folder: Path) -> Iterator[str]:
    """Serve the gallery as a site."""
    write_site([gallery()], folder)
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/w99-gallery.html"
        server.shutdown()


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def sized(line: CDPSession, page: Page, size: tuple[int, int, int]) -> None:
    width, height, scale = size
    page.set_viewport_size({"width": width, "height": height})
    line.send("Emulation.setDeviceMetricsOverride", {"width": width, "height": height, "deviceScaleFactor": scale, "mobile": False})
    page.wait_for_timeout(250)  # what follows the new size has done so


def stops(page: Page) -> Iterator[tuple[str, str, tuple[int, int, int]]]:
    """Give each look and width, and what is zoomed, once."""
    for look, media in LOOKS.items():
        page.emulate_media(**media)
        for name, size in (WIDTHS | (ZOOMS if look == "light" else {})).items():
            yield look, name, size
    page.emulate_media(**LOOKS["light"])
    choose(page, "Text size", "largest")
    page.keyboard.press("Escape")
    for name, size in LARGEST.items():
        yield "light", name, size


def photograph(browser: Browser, folder: Path, state: str, address: str) -> list[list[str]]:
    """Bring the workbook into a state, and give a row for each stop: what axe found there, and what is cut off."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB", reduced_motion="reduce")
    context.set_default_timeout(PATIENCE_MS)
    rows = []
    if state == "offline":
        visit(context.new_page(), address)
    tab = brought(context, state, address)
    page, line = tab.page, context.new_cdp_session(tab.page)
    for look, name, size in stops(page):
        sized(line, page, size)
        found = [rule for rule, _ in violations(page)]
        wide, room, parts = page.evaluate(OVERFLOW)
        found += ["wider than the window"] * (wide > room) + [f"cut off: {part}" for part in parts[:2]]
        width, height, scale = size
        seen = base64.b64encode(page.screenshot()).decode()  # what a student sees without scrolling
        tiles = [f'<div><img src="data:image/png;base64,{seen}" width="{width}" height="{height}" alt=""></div>']
        page.evaluate("scrollTo(0, 0)")
        style = photographed(line, page, width, scale)
        boxes = page.evaluate(BOXES, SHOWN.get(state, ".wb-question, .wb-notices"))
        tiles += [tile(top, bottom, width) for top, bottom in pieces(boxes)]
        path = folder / re.sub(r"\W+", "-", f"{state} {look} {name}").strip("-")
        sheet(browser, f"{state} · {look} · {name}", style, tiles, path.with_suffix(".png"), width, scale)
        rows.append([state, look, name, "; ".join(found) or "none"])
        say("  ".join(rows[-1]))
    context.close()
    return rows


def main() -> None:
    """Photograph all states, or those that are named, into a folder."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "states").absolute()
    wanted = [name.replace("-", " ") for name in sys.argv[2:]] or [*STATES]
    folder.mkdir(parents=True, exist_ok=True)
    rows = []
    with tempfile.TemporaryDirectory() as temporary, sync_playwright() as playwright, site(Path(temporary) / "site") as address:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS, "--disable-sync"])
        file = made(Path(temporary))
        for n, state in enumerate(wanted, 1):
            say(f"{n} of {len(wanted)}: {state}")
            rows += photograph(browser, folder, state, address if state == "offline" else file)
        browser.close()
    say(f"\n{'state':12}{'look':12}{'width':22}violations")
    for state, look, name, found in rows:
        say(f"{state:12}{look:12}{name:22}{found}")
    sys.exit(any(row[-1] != "none" for row in rows))


if __name__ == "__main__":
    main()
