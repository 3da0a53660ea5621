"""Texts of others: HTML of any sort as a tree, and the plain words of a tree. Nothing of it is ever shown as markup."""

import re
from collections.abc import Callable, Iterable
from html import escape
from html.parser import HTMLParser
from math import isfinite
from xml.etree.ElementTree import Element, TreeBuilder

from autograde.bank.question import Unreadable

LONGEST = 100_000
"""Signs of one text of a question, its HTML included; one of ours has 4,000 at most, and a document."""
DEEPEST = 60
"""Elements within each other; what is deeper counts as standing there."""
UNSEEN = frozenset({"script", "style", "template", "head", "title", "object", "iframe"})
"""Elements whose content is no part of what is asked."""
INLINE = re.compile("a|abbr|b|bdi|bdo|big|cite|code|em|font|i|kbd|mark|q|s|samp|small|span|strong|sub|sup|tt|u|var")
"""Elements that stand within a line; around any other there is a space."""
VOID = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"})
PICTURE = "a picture or a recording in it is left out"


class _Tree(HTMLParser):
    """Builds a tree of whatever it is given: a start tag without an end is closed with its parent, an odd end is passed over."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.builder = TreeBuilder()
        self.builder.start("div", {})
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open an element."""
        if tag not in VOID and len(self.open) >= DEEPEST:
            return
        self.builder.start(tag, {name: value or "" for name, value in attrs})
        if tag in VOID:
            self.builder.end(tag)
        else:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Close an element, and those that were left open in it."""
        while tag in self.open:
            last = self.open.pop()
            self.builder.end(last)
            if last == tag:
                return

    def handle_data(self, data: str) -> None:
        """Take text."""
        self.builder.data(data)

    def parse_marked_section(self, i: int, report: bool = True) -> int:  # noqa: FBT001, FBT002  as its parent has it
        """Pass over `<![…>` as a browser does; the parser of Python 3.11 fails where it does not know what stands there."""
        return self.parse_bogus_comment(i, report)

    def tree(self) -> Element:
        """Give the root, a `div` around all of it."""
        while self.open:
            self.builder.end(self.open.pop())
        self.builder.end("div")
        return self.builder.close()


def tree(html: str) -> Element:
    """Read HTML, however broken, as a tree within a `div`; Unreadable if it is longer than `LONGEST`."""
    if len(html) > LONGEST:
        msg = f"one of its texts is longer than {LONGEST:,} signs"
        raise Unreadable(msg)
    parser = _Tree()
    parser.feed(_ended(html))
    parser.close()
    return parser.tree()


def _ended(html: str) -> str:
    """Leave out comments, and give a tag without an end as text: the parser would look for each end through the whole text."""
    said, start = [], 0
    while (begins := html.find("<!--", start)) >= 0:
        said.append(html[start:begins])
        ends = html.find("-->", begins + 2)
        start = ends + 3 if ends >= 0 else len(html)  # a browser shows nothing behind a comment without an end
    ended, end, rest = ("".join(said) + html[start:]).rpartition(">")
    return ended + end + rest.replace("<", "&lt;")


def classes(element: Element) -> list[str]:
    """Give the names in an element's `class`."""
    return (element.get("class") or "").split()


def words(element: Element, *, instead: Callable[[Element], str | None] = lambda _: None) -> str:
    """Give the plain words of a tree, all white space as single spaces.

    Parameters
    ----------
    instead
        What stands in the place of an element, "" for nothing; None to read it.
    """
    return " ".join("".join(_words(element, instead)).split())


def _words(element: Element, instead: Callable[[Element], str | None]) -> list[str]:
    said = [element.text or ""]
    for child in element:
        other = instead(child)
        around = "" if INLINE.fullmatch(child.tag) else " "
        if other is not None:
            said.append(other)
        elif child.tag == "img":
            said.append(f" {child.get('alt') or ''} ")
        elif not _unseen(child):
            said += [around, *_words(child, instead), around]
        said.append(child.tail or "")
    return said


def _unseen(element: Element) -> bool:
    """Whether nobody who answers reads an element; a rubric block of QTI says whom it is for."""
    views = (element.get("view") or "").split()
    return element.tag in UNSEEN or is_feedback(element) or (element.tag == "rubricBlock" and "candidate" not in views)


def is_feedback(element: Element) -> bool:
    """Whether an item of QTI says this within its body once it is answered; what it hides then is read before."""
    return element.tag in {"feedbackBlock", "feedbackInline"} and element.get("showHide") != "hide"


def plain(html: str) -> str:
    """Give the plain words of HTML."""
    return words(tree(html)) if "<" in html or "&" in html else " ".join(html.split())


def passing(elements: Iterable[Element]) -> Callable[[Element], str | None]:
    """Give what `words` needs to pass over some elements."""
    passed = frozenset(map(id, elements))
    return lambda one: "" if id(one) in passed else None


def as_number(text: str | None, otherwise: float) -> float:
    """Read a number, `otherwise` where there is none."""
    try:
        found = float(text or otherwise)
    except ValueError:
        return otherwise
    return found if isfinite(found) else otherwise


def as_count(text: str) -> int | None:
    """Read a whole number of at most six digits; None where it is none."""
    return int(text) if text.isdecimal() and len(text) <= 6 else None


def has_media(element: Element) -> bool:
    """Whether a picture or a recording stands in a tree."""
    return any(one.tag in {"img", "audio", "video", "object", "iframe", "svg"} for one in element.iter())


def as_html(text: str) -> str:
    """Give a text of ours as HTML."""
    return escape(text, quote=False)


def shortened(text: str, most: int = 60) -> str:
    """Give the beginning of a text, to name a question by that has no name."""
    line = re.sub(r"\s+", " ", "".join(sign if sign.isprintable() else " " for sign in text)).strip()
    return line if len(line) <= most else f"{line[: most - 1]}…"
