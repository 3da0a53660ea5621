"""A workbook's notebook as HTML: its text, its pictures, and a place for each question."""

import base64
import errno
import html
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import lru_cache, partial
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

from bleach.html5lib_shim import Filter

from workbook_helpers.cells import ASK
from workbook_helpers.errors import ContentError
from workbook_helpers.files import read_file
from workbook_helpers.items import Workbook, read_notebook
from workbook_helpers.items.sections import ABOUT, shown_together
from workbook_helpers.policy import safe_html

TYPES = {".svg": "image/svg+xml", ".png": "image/png"}
LARGEST = 1_000_000
"""Bytes of a picture; those of this unit have less than a hundredth."""
PUT = "Put the picture into the folder media"
SAFE = " !$'()*+,-./:;=>?@_~"
"""What a `data:` address of text may have as it is; it packs smaller than base64."""
LEAN = (
    (re.compile(r'<(title|desc)\b.*?</\1>|\s(role|aria-\w+)="[^"]*"', re.DOTALL), ""),  # the page says it in words of its own
    (re.compile(r">\s*\n\s*<"), "><"),
    (re.compile(r'="([^"\'<>]*)"'), r"='\1'"),
)
"""What a drawing does without in a page, or has in fewer letters → what stands for it there."""
OWN = "wb-"
"""How the ids begin that the page itself uses."""

Token = dict[str, Any]


def body(workbook: Workbook, *, inside: bool = True) -> str:
    """Give the cells of a workbook's notebook as HTML, in their order, each section in an element of its own.

    Parameters
    ----------
    inside
        Whether the HTML holds the pictures; else the page finds them beside it, and asks for each when it comes near the screen.

    Raises
    ------
    ContentError
        If the notebook cannot be read, has code of its own, or holds a picture that is not in the workbook's `media` folder.
    """
    seen: set[str] = set()
    cells = read_notebook(workbook.notebook)["cells"]
    made: list[str] = []
    for part in shown_together(cells, workbook.paper(), workbook.documents):
        made.append(f'<section class="wb-section"{" data-wb-about" * (part.title == ABOUT)}>')
        made += [_cell(workbook, number + 1, cells[number], seen, inside=inside) for number in part.cells]
        made.append("</section>")
    return "\n".join(made)


def _cell(workbook: Workbook, number: int, cell: dict[str, Any], seen: set[str], *, inside: bool) -> str:
    source = "".join(cell["source"])
    if cell["cell_type"] == "markdown":
        text = _markdown(workbook, source, f"cell {number}", seen, inside=inside)
        return f'<div class="jp-RenderedHTMLCommon jp-RenderedMarkdown">\n{text}</div>'
    found = re.search(r'"([^"]*)"', source) if ASK.fullmatch(source) else None
    if cell["cell_type"] != "code" or found is None:
        msg = f'{_where(workbook)}, cell {number} is neither text nor ask("…"): students would not see it. Take it out.'
        raise ContentError(msg)
    return f'<div class="wb-place" data-wb-ask="{html.escape(found[1])}"></div>'


def _markdown(workbook: Workbook, source: str, where: str, seen: set[str], *, inside: bool) -> str:
    """Give Markdown as safe HTML, whose ids are added to those `seen` on the page."""
    from nbconvert.filters.markdown_mistune import InvalidNotebook  # takes a second: only a release needs it

    try:
        made = converted(source)
    except InvalidNotebook as error:
        msg = f"{_where(workbook)}, {where} shows an attached picture: {error}. {PUT}, or take it out of the text."
        raise ContentError(msg) from error
    if not inside or "<im" not in made.lower():  # with a picture inside, the workbook's files have a say
        text, names = _by_itself(made)
        if seen.isdisjoint(names):
            seen.update(names)
            return text
    return safe_html(made, partial(_Kept, seen=seen, picture=partial(_picture, workbook, where) if inside else None))


@lru_cache(maxsize=2048)  # as `converted`
def _by_itself(made: str) -> tuple[str, frozenset[str]]:
    """Give the HTML of Markdown as safe HTML of a page that has none of its ids, and these ids."""
    seen: set[str] = set()
    return safe_html(made, partial(_Kept, seen=seen, picture=None)), frozenset(seen)


@lru_cache(maxsize=2048)  # a release makes the site of all workbooks anew, and looks each up again for what students have
def converted(source: str) -> str:
    """Give Markdown as HTML, by nbconvert's own converter."""
    from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

    return MarkdownWithMath(renderer=IPythonRenderer(escape=False)).render(source)


class _Kept(Filter):
    """Goes over what is safe: sees to pictures, makes ids unique on the page, leaves out nbconvert's paragraph marks."""

    def __init__(self, source: object, *, seen: set[str], picture: Callable[[str, str], str] | None) -> None:
        super().__init__(source)
        self.seen, self.picture = seen, picture

    def __iter__(self) -> Iterator[Token]:
        mark = False
        for token in super().__iter__():
            data = token.get("data")
            if mark or (token["type"] == "StartTag" and data.get((None, "class")) == "anchor-link"):
                mark = not (token["type"] == "EndTag" and token["name"] == "a")
                continue
            if token["type"] in ("StartTag", "EmptyTag"):
                if name := data.pop((None, "id"), None):
                    self._name(data, name)
                if token["name"] == "img" and self.picture:
                    data[None, "src"] = self.picture(data.get((None, "src"), ""), data.get((None, "alt"), ""))
                elif token["name"] == "img":
                    data[None, "loading"] = "lazy"
            yield token

    def _name(self, data: dict[tuple[str | None, str], str], name: str) -> None:
        if name.startswith(OWN):
            return
        unique, n = name, 1
        while unique in self.seen:
            n += 1
            unique = f"{name}-{n}"
        self.seen.add(unique)
        data[None, "id"] = unique


def pictures(source: str) -> list[tuple[str, str]]:
    """Give address and alternative text of each picture that Markdown shows; of one that may not be shown, the address is "".

    Where one is attached to the notebook, which no page shows, none is given.
    """
    from nbconvert.filters.markdown_mistune import InvalidNotebook

    found: list[tuple[str, str]] = []

    def note(address: str, alt: str) -> str:
        found.append((address, alt))
        return address

    with suppress(InvalidNotebook):
        if "<im" in (made := converted(source)).lower():
            safe_html(made, partial(_Kept, seen=set(), picture=note))
    return found


def picture(workbook: Workbook, address: str) -> tuple[str, bytes]:
    """Give the type and the bytes of a picture of a workbook.

    Raises
    ------
    ContentError
        If it is no picture of the `media` folder, or too large; the message names it and says why.
    """
    name = unquote(address).removeprefix("./")
    path = workbook.folder / name
    inside = Path(name).parts
    try:
        if len(inside) < 2 or inside[0] != "media" or ".." in inside or path.resolve(strict=True) != path:
            raise FileNotFoundError
        kind = TYPES[path.suffix.lower()]
        return kind, read_file(path, LARGEST)
    except (OSError, KeyError, ValueError) as error:
        shown = repr(address[:60]) if address else "an address that is not allowed"
        number = error.errno if isinstance(error, OSError) else None
        why = (isinstance(error, OSError) and error.strerror) or "no picture of the workbook's media folder (.svg or .png)"
        why = "there is no such picture" if number == errno.ENOENT else why
        step = "Save it smaller" if number == errno.EFBIG else PUT
        msg = f"{shown}: {why}. {step}, or take it out of the text."
        raise ContentError(msg) from error


def _picture(workbook: Workbook, where: str, address: str, _: str) -> str:
    """Give the address that holds a picture of the workbook's `media` folder."""
    try:
        kind, content = picture(workbook, address)
    except ContentError as error:
        msg = f"{_where(workbook)}, {where} shows {error}"
        raise ContentError(msg) from error
    if kind == TYPES[".svg"]:
        return f"data:{kind},{quote(_lean(content.decode('utf-8', 'replace')), safe=SAFE)}"
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"


def _lean(svg: str) -> str:
    """Leave out of a drawing what an image in a page does not show, and write it so that an address holds it in few letters."""
    for what, instead in LEAN:
        svg = what.sub(instead, svg)
    return svg


def _where(workbook: Workbook) -> str:
    return f"{workbook.assignment}/{workbook.notebook.name}"
