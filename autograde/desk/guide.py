"""The guide: docs/tutor.md as a page of the desk, and the leaflet for learners."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

from bleach.html5lib_shim import Filter
from markupsafe import Markup

from autograde.classes.folder import Course
from autograde.classes.owner import is_class
from autograde.desk.pages import Asked, File, Page
from autograde.desk.static_files import DOCS, FILES
from autograde.outbox.leaflet import leaflet
from workbook_helpers.policy import safe_html

GUIDE = DOCS / "tutor.md"
HEADING = re.compile(r"<h([23])>(.*?)</h\1>", re.DOTALL)


@dataclass(frozen=True, kw_only=True)
class Part:
    """A part of the guide: its heading, and the name by which a link leads to it."""

    heading: str
    name: str


@dataclass(frozen=True, kw_only=True)
class Guide:
    """What the page shows: `pieces` are the text and, between every two of them, the name and the words of a picture.

    There are none where this program was put without its documents.
    """

    parts: tuple[Part, ...] = ()
    pieces: tuple[Markup | tuple[str, str], ...] = ()


def data() -> Guide:
    """Give what the page shows."""
    try:
        return _read(GUIDE, GUIDE.stat().st_mtime_ns)
    except OSError:
        return Guide()


@lru_cache(maxsize=1)
def _read(path: Path, _: int) -> Guide:
    from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath  # takes a second

    text = re.sub(r"\A# .*\n", "", re.sub(r"<!--.*?-->\n?", "", path.read_text("utf-8"), flags=re.DOTALL))
    made = MarkdownWithMath(renderer=IPythonRenderer(escape=True, exclude_anchor_links=True)).render(text)
    html = HEADING.sub(lambda found: f'<h{found[1]} id="{name_of(found[2])}">{found[2]}</h{found[1]}>', safe_html(made, _Own))
    found = HEADING.findall(safe_html(made, _Own))
    parts = tuple(Part(heading=_plain(words), name=name_of(words)) for level, words in found if level == "2")
    return Guide(parts=parts, pieces=tuple(_pieces(html)))


def _pieces(html: str) -> Iterator[Markup | tuple[str, str]]:
    """Cut the text at its pictures, whose addresses only the page knows."""
    last = 0
    for found in re.finditer(r'<img src="pictures/([a-z-]+\.png)" alt="([^"]*)">', html):
        yield Markup(html[last : found.start()])  # noqa: S704  what `safe_html` gives
        if found[1] in FILES:
            yield found[1], Markup(found[2]).unescape()  # noqa: S704
        last = found.end()
    yield Markup(html[last:])  # noqa: S704


def name_of(heading: str) -> str:
    """Give the name by which a link leads to a heading, as in Markdown elsewhere."""
    return re.sub(r"[^\w -]", "", _plain(heading).lower()).strip().replace(" ", "-")


def _plain(html: str) -> str:
    return str(Markup(html).striptags())  # noqa: S704


class _Own(Filter):
    """Takes the address off links that lead nowhere on the desk, such as to other documents."""

    def __iter__(self) -> Iterator[Any]:
        for token in super().__iter__():
            address = token["data"].get((None, "href"), "") if token["type"] == "StartTag" and token["name"] == "a" else ""
            if address and not address.startswith(("#", "https://", "http://")):
                del token["data"][None, "href"]
            yield token


def _class(asked: Asked) -> Course | None:
    return asked.course if is_class(asked.course.root) else None


def _leaflet(asked: Asked, *, shown: bool) -> File:
    """Give the leaflet, to be looked at and printed, or to be kept."""
    return File(name="how-to-do-your-workbooks.html", data=leaflet(_class(asked)).encode(), type="text/html; charset=utf-8", shown=shown)


PAGE = Page(
    name="guide",
    title="Guide",
    show=lambda _: data(),
    files={"leaflet": partial(_leaflet, shown=True), "leaflet-file": partial(_leaflet, shown=False)},
    everywhere=True,
)
