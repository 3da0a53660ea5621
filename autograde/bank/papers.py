"""Documents that questions rest on, as plain HTML that every format allows, and back."""

from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element, SubElement

from pydantic import ValidationError

from autograde.bank.own import SHOWN
from autograde.bank.text import classes, words
from workbook_helpers.items import Json
from workbook_helpers.items.documents import Document, Sheet

PAPER = "wb-paper"
KEPT = frozenset({"class"})
"""Attributes that go along; QTI 2.1 has no roles nor labels for screen readers on these elements."""
DRAWN = "svg"
"""A body map's drawing does not go along: the list below it says every place in words."""


def paper_element(document: Document) -> Element:
    """Give a document as an element: a `div` whose class says its form, and what it is called in `id`."""
    made = _element(document.sheet())
    made.set("id", document.id)
    return made


def _element(sheet: Sheet) -> Element:
    name, about, *kids = sheet
    tag = str({"h4": "h3", "h5": "h4"}.get(name, name))
    made = Element(tag, {key: value for key, value in about.items() if key in KEPT})
    last: Element | None = None
    for kid in kids:
        if isinstance(kid, str):
            if last is None:
                made.text = (made.text or "") + kid
            else:
                last.tail = (last.tail or "") + kid
        elif kid[0] != DRAWN:
            last = _element(kid)
            made.append(last)
    return made


def read_around(asked: Element, about: dict[str, str]) -> tuple[Document | None, list[Element]]:
    """Read what stands around a question of ours: its document, and what of `Question.about` people read, which goes into `about`.

    Returns
    -------
    tuple
        The document, None for none, and the elements that are read and are no part of the stem.
    """
    document: Document | None = None
    passed: list[Element] = []
    for paper in [one for one in asked.iter("div") if PAPER in classes(one) and one.get("id")]:
        document = document or read_paper(paper)
        passed += [paper] if document else []
    for one in asked.iter("p"):
        for field, before in SHOWN.items():
            if f"wb-{field}" in classes(one):
                about[field] = words(one).removeprefix(f"{before}: ")
                passed.append(one)
    return document, passed


def add_around(asked: Element, document: Document | None, about: dict[str, str]) -> None:
    """Put a document, and what of `Question.about` people read, before a question."""
    if document:
        asked.append(paper_element(document))
    for name, before in SHOWN.items():
        if name in about:
            paragraph(asked, f"{before}: {about[name]}", f"wb-{name}")


def read_paper(element: Element) -> Document | None:
    """Read a document back; None where it is none of ours any more, and its words are then read as any others."""
    form = next((name.removeprefix(f"{PAPER}-") for name in classes(element) if name.startswith(f"{PAPER}-")), "")
    table: dict[str, Json] = {"id": element.get("id"), "form": form, "text": []}
    for child in element:
        kind = classes(child)
        if child.tag == "h3":
            table["title"] = words(child)
        elif f"{PAPER}-note" in kind:
            table["note"] = words(child)
        elif f"{PAPER}-scroll" in kind:
            table["head"], *table["rows"] = [[words(cell) for cell in row] for row in child.iter("tr")] or [[]]
        elif f"{PAPER}-thread" in kind:
            table["messages"] = list(_messages(child))
        elif child.tag == "ol":
            table["marks"] = list(_marks(child))
        elif child.tag == "ul":
            table["text"] += [f"- {words(line)}" for line in child]
        else:
            table["text"].append(f"## {words(child)}" if child.tag == "h4" else words(child))
    try:
        return Document.model_validate(table)
    except ValidationError:
        return None


def _messages(thread: Element) -> Iterator[dict[str, Any]]:
    for message in (one for one in thread if len(one)):
        by, *rest = message
        at = by.find("span")
        name = by.find("strong")
        said = {"by": words(by if name is None else name), "at": "" if at is None else words(at)}
        yield said | {"text": " ".join(words(one) for one in rest)}


def _marks(places: Element) -> Iterator[dict[str, str]]:
    for line in places:
        name = line.find("strong")
        at = "" if name is None else words(name).removesuffix(":")
        yield {"at": at[:1].lower() + at[1:], "text": words(line, instead=lambda one: "" if one.tag == "strong" else None)}


def paragraph(parent: Element, text: str, name: str = "") -> Element:
    """Put a paragraph of plain text into an element."""
    made = SubElement(parent, "p", {"class": name} if name else {})
    made.text = text
    return made
