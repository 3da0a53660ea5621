"""Rules that keep out of a workbook what would run, frame, send or load something on a student's page."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

from autograde.checks.subject import Subject, source
from workbook_helpers.cells import KERNEL, only_asks
from workbook_helpers.items import Json, read_notebook
from workbook_helpers.web.body import LARGEST, converted

PNG = b"\x89PNG\r\n\x1a\n"
RUNS = frozenset(
    {"applet", "audio", "base", "button", "embed", "form", "frame", "frameset", "iframe", "input", "link", "math", "meta", "object"}
    | {"script", "select", "style", "svg", "template", "textarea", "video"}
)
"""Elements that a text cannot need."""
LINKS = frozenset({"action", "background", "cite", "data", "formaction", "href", "poster", "src", "srcset", "xlink:href"})
SVG_RUNS = frozenset({"audio", "embed", "foreignobject", "handler", "iframe", "link", "listener", "meta", "object", "script", "video"})
LOADS = re.compile(r"url\(\s*['\"]?(?!#|['\"]?\s*#)|@import|image-set\(", re.IGNORECASE)


def n6_nothing_runs(subject: Subject) -> Iterator[str]:
    """Text must be text: no scripts, event handlers, forms, frames or pictures from elsewhere, and no links that are programs."""
    for cell in subject.cells:
        where = f"cell {cell.get('id')}"
        if cell["cell_type"] not in {"markdown", "code"}:
            yield f"{where} is a {cell['cell_type']} cell; make it a Markdown cell or take it out"
        elif cell["cell_type"] == "markdown":
            if cell.get("attachments"):
                yield f"{where} holds a pasted picture; save it as a file in media/ and name that"
            yield from (f"{where} {fault}" for fault in _in_markdown(source(cell)))
    for item in subject.workbook.items.values():
        yield from (f"{item.id} {fault}" for text in _texts(item.model_dump(mode="json")) for fault in _in_markdown(text))
    for name, document in subject.workbook.documents.items():
        yield from (f"{name} {fault}" for text in document.words() for fault in _in_markdown(text))
    for text in _texts(subject.workbook.about.model_dump(mode="json")):
        yield from (f"workbook.toml {fault}" for fault in _in_markdown(text))


def n7_pictures_are_pictures(subject: Subject) -> Iterator[str]:
    """A picture lies in media/, is of a sane size, and is nothing but a picture: an SVG runs nothing and loads nothing."""
    folder = subject.workbook.folder
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.suffix.lower() not in {".svg", ".png"} or not path.is_file() or any(part.startswith(".") for part in Path(name).parts):
            continue
        if not re.fullmatch(r"media/[\w-][\w.-]*\.(?:svg|png|SVG|PNG)", name):
            yield f"{name} is not where students' pages look; put it into media/, with a name of letters, digits, hyphens and full stops"
        elif path.stat().st_size > LARGEST:
            yield f"{name} has {path.stat().st_size / 1e6:.1f} MB; the limit is {LARGEST / 1e6:.0f} MB: save it smaller"
        elif path.suffix.lower() == ".png":
            if not path.read_bytes().startswith(PNG):
                yield f"{name} is no PNG picture; save it again as one"
        else:
            yield from (f"{name} {fault}" for fault in _in_svg(path.read_bytes()))


def n8_students_can_open_it(subject: Subject) -> Iterator[str]:
    """The notebook is marked as a workbook and names our kernel; anything else is not opened on a student's machine."""
    document = read_notebook(subject.workbook.notebook)
    if not only_asks(document | {"cells": []}):
        yield f'its metadata needs "workbook": {{"id": "{subject.workbook.id}", "schema": 1}} and a kernelspec with the name "{KERNEL}"'


class _Markup(HTMLParser):
    """Collects what is wrong with a piece of HTML."""

    def __init__(self) -> None:
        super().__init__()
        self.faults: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in RUNS:
            self.faults.append(f"has the element <{tag}>; take it out, as a text cannot need it")
        for name, value in attrs:
            link = re.sub(r"[\x00-\x20\x7f-\x9f]", "", value or "").lower()
            if name.startswith("on"):
                self.faults.append(f"has the event handler {name}; take it out")
            elif name in LINKS and (link.startswith(("javascript:", "vbscript:", "data:")) or link == "#harmful-link"):
                self.faults.append(
                    f"has a link that is a program or a file in itself ({(value or '')[:40]}); link to a page, or to a file in media/"
                )
            elif tag == "img" and name in {"src", "srcset"} and (":" in link or link.startswith("//")):
                self.faults.append(f"shows a picture from elsewhere ({link[:60]}); save it in media/")


def _in_markdown(text: str) -> Iterator[str]:
    """Say what is wrong with a text, as it stands on the page once it is HTML."""
    if not re.search(r"[<\[&]", text):
        return
    from nbconvert.filters.markdown_mistune import InvalidNotebook  # a third of a second, and few texts need it

    markup = _Markup()
    try:
        markup.feed(converted(text))
    except InvalidNotebook:
        yield "shows an attached picture; save it as a file in media/ and name that"
    markup.close()
    yield from dict.fromkeys(markup.faults)


def _in_svg(data: bytes) -> Iterator[str]:
    """Say what is wrong with a drawing."""
    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import ParseError, fromstring

    try:
        root = fromstring(data)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        yield f"is no SVG picture ({type(error).__name__}); save it again as one"
        return
    if _plain(root.tag) != "svg":
        yield f"is no SVG picture: it begins with <{_plain(root.tag)}>; save it again as one"
    faults = ["names a style sheet; take that out"] if b"<?xml-stylesheet" in data else []
    for element in root.iter():
        tag = _plain(element.tag)
        if tag in SVG_RUNS:
            faults.append(f"has the element <{tag}>; a picture may not run or hold other pages, so take it out")
        if tag == "style" and LOADS.search("".join(element.itertext())):
            faults.append("has a style that loads something; take it out")
        for key, value in element.attrib.items():
            name = _plain(key)
            if name.startswith("on") or (name == "attributename" and value.strip().lower().startswith(("on", "href", "xlink:"))):
                faults.append(f"has the event handler {name}; take it out")
            elif name in {"href", "src"} and not value.strip().startswith("#"):
                faults.append(f"leads elsewhere ({value.strip()[:60]}); a picture holds all of itself, so take it out")
            elif LOADS.search(value):
                faults.append(f"loads something by {name}; take it out")
    yield from dict.fromkeys(faults)


def _plain(name: object) -> str:
    """Give an XML name without its namespace; a comment or an instruction has none."""
    return name.rpartition("}")[2].lower() if isinstance(name, str) else ""


def _texts(part: Json) -> Iterator[str]:
    match part:
        case str():
            yield part
        case dict():
            for value in part.values():
                yield from _texts(value)
        case list():
            for value in part:
                yield from _texts(value)
