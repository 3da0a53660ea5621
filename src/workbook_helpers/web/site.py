"""A site of workbooks for any static web server: "My workbooks", a page for each, and a service worker that keeps them for later."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

from markupsafe import Markup

from workbook_helpers.files import PART, write_file
from workbook_helpers.items import Workbook
from workbook_helpers.web.page import FONTS, PROGRAM, SERVED, built, data, font, hashed, policy, rendered, workbook_page
from workbook_helpers.words import LANGUAGES, catalogue, say

HERE = Path(__file__).parent
HOME, WORKER, MANIFEST = "index.html", "sw.js", "manifest.webmanifest"
POLICY = policy(
    f"'self' {hashed(built('early.js'))}",
    style_src="'self' 'unsafe-inline'",
    img_src="'self' data: blob:",
    font_src="'self'",
    connect_src="'self'",
    manifest_src="'self'",
    worker_src="'self'",
)
MARK = '<meta name="wb-page" content="">'
"""Where a page gets the hash of its content, by which the service worker knows it from an older one of the same name."""
BEGINS = "self.SITE="
LARGEST = 1_000_000
"""Bytes of a service worker; it has some four thousand."""


def site_files(workbooks: Sequence[Workbook], *, served: bool = False) -> dict[str, bytes]:
    """Give name → content of every file of a site, in the order in which they may be put in place one by one.

    What a page needs has a hash of its content in its name and comes first, so that an older page goes on to find its own.

    Parameters
    ----------
    served
        Whether the service (`workbook_helpers.served`) is behind the pages and keeps the answers; else each browser keeps its own.

    Raises
    ------
    ContentError
        If the files of a workbook have a fault.
    """
    parts = {_named(name, content): content for name, content in _parts(served=served).items()}
    names = {name.partition(".")[0] + "." + name.rpartition(".")[2]: name for name in parts}
    head, words = _head(names), _words(names, served=served)
    manifest = json.dumps(_manifest(names), ensure_ascii=False).encode()
    pages = {}
    for one in workbooks:
        pages[f"{one.assignment}.html"] = _marked(workbook_page(one, words=words, head=head, home=HOME, policy=POLICY))
    pages[HOME] = _marked(
        rendered("home.html.j2", policy=POLICY, head=head, data=data("wb-shelf", shelf(workbooks)) + Markup("\n") + words)
    )
    made = {**parts, **{name: content for name, (content, _) in pages.items()}, MANIFEST: manifest}
    later = {name: "" for name in parts if name.endswith((".woff2", ".txt"))}
    kept = {quote(name): pages[name][1] if name in pages else "" for name in made if name not in later}
    return {**made, WORKER: _worker(kept, later, manifest)}


def shelf(workbooks: Sequence[Workbook]) -> list[dict[str, Any]]:
    """Give what "My workbooks" shows of each workbook, in the unit's order."""
    ordered = sorted(workbooks, key=lambda one: (one.about.order, one.assignment))
    return [one.on_shelf() | {"href": quote(f"{one.assignment}.html")} for one in ordered]


def write_site(workbooks: Sequence[Workbook], folder: Path, *, served: bool = False) -> None:
    """Make a site in `folder`, or bring the one there up to date; see `site_files` and `written`."""
    with written(site_files(workbooks, served=served), folder):
        pass


@contextmanager
def written(made: dict[str, bytes], folder: Path) -> Iterator[None]:
    """Put the files of a site in place for what follows; if that fails, the site is as it was.

    They come one by one, in the order of `site_files`, so a run that is killed in between leaves a site in which each page works. Of
    what `made` does not have, the files of the version before stay, for pages that are open and for visitors half-way; those of the
    version before that go. Nothing else in the folder is touched.

    Raises
    ------
    OSError
        If a file cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for torn in folder.glob(f"{PART}*"):
        torn.unlink(missing_ok=True)
    there = {name: _content(folder / name) for name in made}
    new, old = _listed(made[WORKER]), _listed(there[WORKER] or b"")
    same = new.get("version") == old.get("version")
    before = old.get("before", []) if same else sorted({*old.get("files", {}), *old.get("later", {})} - {*new["files"], *new["later"]})
    made = {**made, WORKER: made[WORKER].replace(b'"before":[]', b'"before":' + json.dumps(before).encode(), 1)}
    changed = [name for name in made if made[name] != there[name]]
    try:
        for name in changed:
            write_file(folder / name, made[name])
        yield
    except BaseException:
        for name in reversed(changed):
            content = there[name]
            with suppress(OSError):
                if content is None:
                    (folder / name).unlink(missing_ok=True)
                elif _content(folder / name) != content:
                    write_file(folder / name, content)
        raise
    for name in set(old.get("before", [])) - {*before, *new["files"], *new["later"]}:
        with suppress(OSError):
            (folder / Path(unquote(name)).name).unlink(missing_ok=True)


def _parts(*, served: bool) -> dict[str, bytes]:
    """Give what all pages share, each under a name without its hash."""
    found = {name: font(name) for name in FONTS}
    found |= {name: (HERE / name).read_bytes() for name in ("icon.svg", "icon-192.png", "icon-512.png")}
    found |= {f"words-{language}.ftl": _catalogue(language, served=served).encode() for language in LANGUAGES if language != "en"}
    found["licences.txt"] = built("licences.txt").encode()
    found["workbook.css"] = (built("page.css") + built("workbook.css") + (built("served.css") if served else "")).encode()
    return {**found, "workbook.js": built("served.js" if served else "workbook.js").encode()}


def _catalogue(language: str, *, served: bool) -> str:
    return catalogue(language, without=(PROGRAM, *(() if served else SERVED)))


def _named(name: str, content: bytes) -> str:
    stem, _, ending = name.rpartition(".")
    return f"{stem}.{_hash(content)}.{ending}"


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:12]


def _head(names: dict[str, str]) -> Markup:
    letters = built("dyslexic.css").strip()
    for name in FONTS:
        letters = letters.replace(name, names[name])
    lines = (
        "<script>{early}</script>",
        '<meta name="wb-worker" content="{worker}">',
        '<meta name="theme-color" content="#0b4f6c">',
        '<link rel="manifest" href="{manifest}">',
        '<link rel="icon" type="image/svg+xml" href="{icon}">',
        '<link rel="apple-touch-icon" href="{touch}">',
        '<link rel="stylesheet" href="{sheet}">',
        "<style>{letters}</style>",
        '<script type="module" src="{script}"></script>',
    )
    return (
        Markup("\n")
        .join(map(Markup, (MARK, *lines)))
        .format(
            early=Markup(built("early.js")),  # noqa: S704  ours
            worker=WORKER,
            manifest=MANIFEST,
            icon=names["icon.svg"],
            touch=names["icon-192.png"],
            sheet=names["workbook.css"],
            letters=Markup(letters),  # noqa: S704  ours
            script=names["workbook.js"],
        )
    )


def _words(names: dict[str, str], *, served: bool) -> Markup:
    more = {language: names[f"words-{language}.ftl"] for language in LANGUAGES if language != "en"}
    return data("wb-words", {"en": _catalogue("en", served=served)}, more=more)


def _manifest(names: dict[str, str]) -> dict[str, Any]:
    icons = [{"src": names["icon.svg"], "sizes": "any", "type": "image/svg+xml"}]
    icons += [
        {"src": names[f"icon-{size}.png"], "sizes": f"{size}x{size}", "type": "image/png", "purpose": purpose}
        for size in (192, 512)
        for purpose in ("any", "maskable")
    ]
    about = {"name": say("page-home"), "short_name": say("page-home"), "lang": "en-GB", "start_url": "./", "scope": "./"}
    return {**about, "display": "standalone", "background_color": "#fdfcf9", "theme_color": "#0b4f6c", "icons": icons}


def _marked(page: str) -> tuple[bytes, str]:
    """Give a page with the hash of its content in it, and that hash."""
    mark = _hash(page.encode("utf-8", "replace"))
    return page.replace(MARK, MARK.replace('""', f'"{mark}"'), 1).encode("utf-8", "replace"), mark


def _worker(kept: dict[str, str], later: dict[str, str], manifest: bytes) -> bytes:
    code = built("worker.js")
    version = _hash(json.dumps([kept, later, manifest.decode(), code]).encode())
    about = {"version": version, "files": kept, "later": later, "before": []}
    return f"{BEGINS}{json.dumps(about, separators=(',', ':'))};\n{code}".encode()


def _content(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def _listed(worker: bytes) -> dict[str, Any]:
    """Read what a service worker says of its site; nothing where it is none of ours."""
    first = worker[:LARGEST].partition(b"\n")[0].decode("utf-8", "replace")
    try:
        found = json.loads(first.removeprefix(BEGINS).removesuffix(";")) if first.startswith(BEGINS) else {}
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
