"""The names of QTI 2.1 and those of 3.0: `responseIdentifier` and `response-identifier`, `mapEntry` and `qti-map-entry`.

References
----------
QTI 3.0 (1 May 2022): elements of its own begin with "qti-", words are joined by hyphens, HTML keeps its names, and what a modal
feedback says stands in a `qti-content-body`. Read 2026-11.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from xml.etree.ElementTree import Element

HTML = re.compile("div|p|h3|h4|ul|ol|li|table|thead|tbody|tr|th|td|strong|span")
"""HTML elements that are written here; in 3.0 they keep their names."""
PREFIX, WITHIN = "qti-", "qti-content-body"


class Version(StrEnum):
    """Which QTI."""

    V21 = "qti21"
    V30 = "qti3"


@dataclass(frozen=True, kw_only=True)
class Namespaces:
    """How a version names itself: the namespaces of an item and of a package's manifest, its schema, and the type of an item in it."""

    item: str
    manifest: str
    schema: str
    version: str
    resource: str


NAMES = {
    Version.V21: Namespaces(
        item="http://www.imsglobal.org/xsd/imsqti_v2p1",
        manifest="http://www.imsglobal.org/xsd/imscp_v1p1",
        schema="QTIv2.1 Package",
        version="1.0.0",
        resource="imsqti_item_xmlv2p1",
    ),
    Version.V30: Namespaces(
        item="http://www.imsglobal.org/xsd/imsqtiasi_v3p0",
        manifest="http://www.imsglobal.org/xsd/qti/qtiv3p0/imscp_v1p1",
        schema="QTI Package",
        version="3.0.0",
        resource="imsqti_item_xmlv3p0",
    ),
}


def in_version(item: Element, version: Version) -> Element:
    """Give an item with the names of a version, its namespace said at the root."""
    made = _renamed(item) if version is Version.V30 else item
    made.attrib = {"xmlns": NAMES[version].item} | made.attrib
    return made


def _renamed(element: Element) -> Element:
    own = not HTML.fullmatch(element.tag)
    made = Element(f"{PREFIX}{_kebab(element.tag)}" if own else element.tag)
    made.attrib = {_kebab(name): value for name, value in element.attrib.items()} if own else dict(element.attrib)
    made.text, made.tail = element.text, element.tail
    kids = [_renamed(child) for child in element]
    if element.tag == "modalFeedback":
        body = Element(WITHIN)
        body.extend(kids)
        kids = [body]
    made.extend(kids)
    return made


def _kebab(name: str) -> str:
    return re.sub(r"[A-Z]", lambda letter: f"-{letter[0].lower()}", name)


def in_old_names(element: Element) -> Element:
    """Give an item of either version, others' too, with the names of 2.1 and without namespaces; what only wraps others in 3.0 is gone."""
    plain = element.tag.rpartition("}")[2] if isinstance(element.tag, str) else "comment"
    made = Element(_camel(plain.removeprefix(PREFIX)) if plain.startswith(PREFIX) else plain)
    hyphens = plain.startswith(PREFIX)
    made.attrib = {_camel(key) if hyphens else key: value for key, value in ((k.rpartition("}")[2], v) for k, v in element.attrib.items())}
    made.text, made.tail = element.text, element.tail
    for child in element:
        kid = in_old_names(child)
        if child.tag.rpartition("}")[2] == WITHIN:
            made.text = f"{made.text or ''}{kid.text or ''}"
            made.extend(kid)
        else:
            made.append(kid)
    return made


def _camel(name: str) -> str:
    return re.sub(r"-([a-z])", lambda letter: letter[1].upper(), name)
