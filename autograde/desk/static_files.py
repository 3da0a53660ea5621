"""The desk's own files for the browser: style sheets, scripts, pictures, under addresses that change with what is in them."""

import hashlib
from functools import cache
from importlib.resources import files
from pathlib import Path

HERE = Path(__file__).parent
DOCS = HERE.parents[1] / "docs"
"""The documents; not there where this program was put somewhere without them."""
TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".png": "image/png"}
FILES = {
    **{name: files("workbook_helpers").joinpath("page", name) for name in ("house.css", "document.css")},
    "htmx.js": HERE / "vendored" / "htmx" / "htmx.min.js",
    **{path.name: path for path in sorted((DOCS / "pictures").glob("desk-*.png"))},
    **{path.name: path for path in sorted((HERE / "static").iterdir()) if path.suffix in TYPES},
}
"""Name → file. The style sheets that all pages of ours share belong to the students' side, and are used as files."""


@cache
def content(name: str) -> bytes:
    """Give the bytes of a file; KeyError for a name that is none."""
    return FILES[name].read_bytes()


@cache
def version() -> str:
    """Give what the addresses of all files carry, so that they can be kept for good: a script finds another beside itself."""
    return hashlib.sha256(b"".join(hashlib.sha256(content(name)).digest() for name in sorted(FILES))).hexdigest()[:12]
