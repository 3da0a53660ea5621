"""One visit to a page, on a phone or a desktop: when its text can be read, when its first question can be answered, what it moves."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, CDPSession, Page

from .servers import Jupyter, Static

FLAGS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
    # Voila's own template asks the net for two style sheets; a slow or missing net is not what is measured.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
]
LEARNER = 'try { localStorage.setItem("wb-learner", "ana01"); } catch { /* a page without storage */ }'
LOOK = """
globalThis.wbSeen = {};
(function look([title, question]) {
  const seen = globalThis.wbSeen;
  const how = { visibilityProperty: true, opacityProperty: true };
  const shown = (node) => node && node.getClientRects().length > 0 && node.checkVisibility(how);
  const heads = () => [...document.querySelectorAll("h1")].filter((node) => node.textContent.includes(title));
  if (!seen.text && heads().some(shown)) seen.text = performance.now();
  if (!seen.question && shown(document.querySelector(question))) seen.question = performance.now();
  if (!seen.text || !seen.question) requestAnimationFrame(() => look([title, question]));
})(%s);
"""
"""Looks at the page before each frame. A page counts from the start of the navigation."""
PAINTED = """() => {
  const [first] = performance.getEntriesByName("first-contentful-paint");
  return first && { ...wbSeen, painted: first.startTime };
}"""
KEPT = """
globalThis.wbKept = 0;
const begin = IDBDatabase.prototype.transaction;
IDBDatabase.prototype.transaction = function (...given) {
  const made = begin.apply(this, given);
  if (given[1] === "readwrite") made.addEventListener("complete", () => { globalThis.wbKept = performance.now(); });
  return made;
};
"""
"""When the browser's database last said that something is on disk (strict durability)."""
OURS = ".wb-question[data-wb-answered] :is(input, textarea, select, button):enabled"
STOCK = ":is(.jupyter-widgets, .widget-radio-box) :is(input, textarea, select):enabled"
GATE = "form.wb-gate input:enabled"


PATIENCE_MS = 150_000


@dataclass(frozen=True, kw_only=True)
class Profile:
    """A device and its network; those of 0 and 1 are as this machine has them."""

    name: str
    width: int
    height: int
    slower: int = 1
    bytes_s: float = -1
    latency_ms: int = 0


PROFILES = {
    "phone": Profile(name="phone", width=390, height=844, slower=4, bytes_s=1_600_000 / 8, latency_ms=150),
    "desktop": Profile(name="desktop", width=1280, height=900),
}


@dataclass(frozen=True, kw_only=True)
class Door:
    """A way to a workbook.

    Attributes
    ----------
    title
        Words of its first heading.
    question
        Finds what can be used of a question.
    behind
        The server that is asked to end its kernels, or counts what it sends.
    known
        Whether the device knows who works here.
    """

    name: str
    address: str
    title: str
    question: str = OURS
    behind: Jupyter | Static | None = None
    known: bool = True


@dataclass(kw_only=True)
class Visit:
    """What a visit came to: milliseconds, bytes of bodies and headers as they came over the network, and requests."""

    text_ms: float
    question_ms: float
    moved: Counter[str] = field(default_factory=Counter)


@contextmanager
def window(browser: Browser, profile: Profile, door: Door, *more: str) -> Iterator[tuple[Page, Counter[str]]]:
    """Open a window with an empty cache on a device; gives it, and what it moves from now on."""
    small = profile.width < 600
    context = browser.new_context(
        viewport={"width": profile.width, "height": profile.height}, locale="en-GB", is_mobile=small, has_touch=small
    )
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    for script in (*((LEARNER,) if door.known else ()), LOOK % repr([door.title, door.question]), *more):
        page.add_init_script(script)
    cdp, moved = context.new_cdp_session(page), Counter[str]()
    cdp.send("Network.enable")
    cdp.send(
        "Network.emulateNetworkConditions",
        {
            "offline": False,
            "latency": profile.latency_ms,
            "downloadThroughput": profile.bytes_s,
            "uploadThroughput": profile.bytes_s,
        },
    )
    cdp.send("Emulation.setCPUThrottlingRate", {"rate": profile.slower})
    _count(cdp, moved)
    try:
        yield page, moved
    finally:
        context.close()


def visit(page: Page, door: Door, moved: Counter[str]) -> Visit:
    """Open a page and wait until its first question can be answered, and nothing more comes."""
    moved.clear()
    before = door.behind.sent if isinstance(door.behind, Static) else 0
    page.goto(door.address, wait_until="commit")
    page.wait_for_function("() => globalThis.wbSeen?.text && wbSeen.question")
    page.wait_for_load_state("networkidle")
    seen = page.wait_for_function(PAINTED).json_value()
    page.wait_for_timeout(500)
    if isinstance(door.behind, Static):
        page.evaluate("document.querySelector('meta[name=wb-worker]') && navigator.serviceWorker.ready.then(() => null)")
        moved["later"] = door.behind.sent - before - moved["http"]
    found = moved.copy()
    page.goto("about:blank")
    if isinstance(door.behind, Jupyter):
        door.behind.rest()
    return Visit(text_ms=max(seen["text"], seen["painted"]), question_ms=max(seen["question"], seen["painted"]), moved=found)


def _count(cdp: CDPSession, moved: Counter[str]) -> None:
    cdp.on("Network.requestWillBeSent", lambda e: moved.update(requests=e["request"]["url"].startswith(("http", "file"))))
    cdp.on("Network.loadingFinished", lambda e: moved.update(http=int(e["encodedDataLength"])))
    cdp.on("Network.webSocketFrameSent", lambda e: moved.update(socket=_size(e["response"])))
    cdp.on("Network.webSocketFrameReceived", lambda e: moved.update(socket=_size(e["response"])))


def _size(frame: dict[str, Any]) -> int:
    """Give a frame's bytes; the protocol shows a binary one in base 64."""
    data = frame["payloadData"]
    return len(data.encode()) if frame["opcode"] == 1 else len(data) * 3 // 4 - data[-2:].count("=")
