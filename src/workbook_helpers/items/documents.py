"""Documents that questions rest on: a page of a care plan, a chart, a thread of messages, a body map. All of them are invented."""

import re
from collections.abc import Callable, Iterator
from html import escape
from itertools import groupby
from typing import Annotated, Literal, TypeAlias

from pydantic import Field, model_validator

from workbook_helpers.items.base import Json, Model, Text
from workbook_helpers.words import heading, say

Sheet: TypeAlias = list[Json]
"""How a document is drawn, for JSON: the name of an element, its attributes, then what is in it, each a text or an element again.

The page makes elements of it (`page/document.js`), and `as_html` text. All names are our own; whatever an author writes is text.
"""

Line = Annotated[str, Field(min_length=1, max_length=200)]
Cell = Annotated[str, Field(max_length=400)]

SHAPE = (
    "M0 3C11 3 15 11 14 21C13 30 10 36 7 39L8 46C16 52 31 50 34 63C38 80 42 96 47 116L55 146C58 154 57 164 52 165C47 166 45 156 43 149"
    "L33 119L28 92C26 105 25 114 26 124C29 138 29 150 27 168C25 180 24 190 24 202C23 218 19 234 17 248C18 254 24 257 23 261L9 261"
    "C7 252 8 240 7 230L4 196L0 148"
)
"""The right half of a body, as one sees it from the front; its other half is the mirror's."""
FRONT, BACK, WIDTH = 60, 190, 250
"""Where the middle of each figure stands, and how wide both are; a number at a hand goes a little beyond."""
SHEET = f"-3 0 {WIDTH + 6} 286"
PARTS: dict[str, tuple[int, int]] = {
    "head": (0, 14),
    "forehead": (0, 10),
    "neck": (0, 43),
    "chest": (0, 70),
    "stomach": (0, 103),
    "upper back": (0, 70),
    "lower back": (0, 112),
    "bottom": (0, 134),
}
"""Part of the body → where it is, from the middle of a figure."""
PAIRS: dict[str, tuple[int, int]] = {
    "eye": (6, 18),
    "cheek": (8, 26),
    "ear": (14, 21),
    "shoulder": (29, 57),
    "upper arm": (36, 84),
    "elbow": (41, 108),
    "forearm": (46, 127),
    "wrist": (50, 144),
    "hand": (53, 157),
    "hip": (23, 126),
    "buttock": (13, 136),
    "thigh": (16, 168),
    "knee": (16, 199),
    "lower leg": (15, 222),
    "shin": (14, 222),
    "calf": (15, 216),
    "ankle": (13, 245),
    "heel": (12, 256),
    "foot": (16, 257),
}
"""The same of what a body has twice: on its left when it is seen from the front."""
PLACE = re.compile(r"(?:(left|right) )?(.+), (front|back)")
RADIUS = 9
HEADINGS = ("h4", "h5")
"""Of the sheet, and of a part of it; what shows it gives them the levels that fit there."""
UNIT = re.compile(r"(?<=\d) (?=(?:g|mg|ml|cm|am|pm)\b)")
"""What stands between a number and what it counts: never the end of a line, which would part a dose."""
LINE, LETTERS = {"fill": "none", "stroke": "currentColor"}, {"font-size": "13", "text-anchor": "middle"}
"""How it looks where no style sheet of ours is."""


class Message(Model):
    """One message of a thread: who wrote it, when, and what."""

    by: Line
    at: Cell = ""
    text: Text


class BodyMark(Model):
    """A mark on a body map: a named place such as "left forearm, front", and what is seen there."""

    at: Line
    text: Text

    @model_validator(mode="after")
    def _place_is_known(self) -> "BodyMark":
        side, part, _ = self._named()
        if part not in (PAIRS if side else PARTS):
            msg = f"at is {self.at!r}; write “left” or “right” with {', '.join(PAIRS)}; or {', '.join(PARTS)}; then “, front” or “, back”"
            raise ValueError(msg)
        return self

    def spot(self) -> tuple[int, int]:
        """Give where it is on the drawing."""
        side, part, view = self._named()
        x, y = PAIRS[part] if side else PARTS[part]
        faces = -1 if (side == "right") == (view == "front") else 1
        return (FRONT if view == "front" else BACK) + faces * x, y

    def _named(self) -> tuple[str, str, str]:
        found = PLACE.fullmatch(self.at)
        return (found[1] or "", found[2], found[3]) if found else ("", "", "")


class Document(Model):
    """A document as it lies before the student, above what is asked of it.

    `form` says how it is drawn, and which field holds what is in it: `text` a page's, `head` and `rows` a table's, `messages` a thread's,
    `marks` a body map's. `text` may follow the others: a paragraph for each, "## " before a heading, "- " before a line of a list.
    """

    id: Annotated[str, Field(pattern=r"^w[0-9]{2}-d[0-9]{2}$")]
    form: Literal["page", "table", "messages", "body-map"]
    title: Line
    note: Cell = ""
    text: Annotated[tuple[Text, ...], Field(max_length=60)] = ()
    head: Annotated[tuple[Line, ...], Field(max_length=12)] = ()
    rows: Annotated[tuple[tuple[Cell, ...], ...], Field(max_length=60)] = ()
    messages: Annotated[tuple[Message, ...], Field(max_length=60)] = ()
    marks: Annotated[tuple[BodyMark, ...], Field(max_length=20)] = ()

    @model_validator(mode="after")
    def _form_holds(self) -> "Document":
        if fault := next(self._faults(), None):
            raise ValueError(fault)
        return self

    def _faults(self) -> Iterator[str]:
        held = {"page": ("text",), "table": ("head", "rows"), "messages": ("messages",), "body-map": ("marks",)}
        for form, names in held.items():
            for name in names:
                if form == self.form and not getattr(self, name):
                    yield f"the form {form} needs {name}"
                if form != self.form and getattr(self, name) and name != "text":
                    yield f"{name} belongs to the form {form}, and form is {self.form}"
        for n, row in enumerate(self.rows, 1):
            if len(row) != len(self.head):
                yield f"row {n} has {len(row)} cells, and head has {len(self.head)}"
            elif not row[0]:
                yield f"row {n} has nothing in its first cell, which is what the row is called"

    def words(self) -> tuple[str, ...]:
        """Give all its texts, in the order in which they are read."""
        cells = (cell for row in (self.head, *self.rows) for cell in row if cell)
        thread = (part for one in self.messages for part in (one.by, one.at, one.text) if part)
        marks = (part for mark in self.marks for part in (mark.at, mark.text))
        return (self.title, *([self.note] if self.note else []), *cells, *thread, *marks, *self.text)

    def public(self) -> dict[str, Json]:
        """Give what the page has of it, for JSON: `Paper` in `page/types.d.ts`."""
        return {"title": self.title, "sheet": self.sheet()}

    def sheet(self) -> Sheet:
        """Draw it."""
        note: list[Sheet] = [["p", {"class": "wb-paper-note"}, self.note]] if self.note else []
        drawn = {"page": list, "table": self._table, "messages": self._thread, "body-map": self._body}[self.form]()
        return _together(["div", {"class": f"wb-paper wb-paper-{self.form}"}, ["h4", {}, self.title], *note, *drawn, *self._prose()])

    def as_html(
        self, *, name: str = "", level: int = 4, shown: bool = False, again: bool = False, escaped: Callable[[str], str] = escape
    ) -> str:
        """Give it as HTML in one line, for where no script of ours runs.

        Parameters
        ----------
        name
            The element's id, where the document stands on the page once; "" for none.
        level
            Of its heading.
        shown
            Whether it is open at once.
        again
            Whether it stood on this page before.
        escaped
            Makes text of ours safe to stand there.
        """
        says = f"{escaped(say('document-again' if again else 'document-first'))}<span>{escaped(f': {self.title}')}</span>"
        sheet = _html(self.sheet(), escaped, {HEADINGS[0]: f"h{level}", HEADINGS[1]: f"h{level + 1}"})
        own = f' id="{escape(name)}"' if name else ""
        return f'<details class="wb-document"{own}{" open" * shown}><summary>{says}</summary>{sheet}</details>'

    def _prose(self) -> Iterator[Sheet]:
        for is_list, lines in groupby(self.text, lambda line: line.startswith("- ")):
            if is_list:
                yield ["ul", {}, *(["li", {}, line[2:]] for line in lines)]
            else:
                yield from (["h5", {}, line[3:]] if line.startswith("## ") else ["p", {}, line] for line in lines)

    def _table(self) -> list[Sheet]:
        """Draw a table; its roles are written out, as a browser may forget them where a narrow screen shows each row as a block."""
        head = [["th", {"scope": "col", "role": "columnheader"}, cell] for cell in self.head]
        rows: list[Sheet] = []
        for first, *others in self.rows:
            cells = (["td", {"role": "cell", "data-head": heading(name)}, cell] for name, cell in zip(self.head[1:], others, strict=True))
            rows.append(
                ["tr", {"role": "row"}, ["th", {"scope": "row", "role": "rowheader", "data-head": heading(self.head[0])}, first], *cells]
            )
        group = {"role": "rowgroup"}
        table: Sheet = [
            "table",
            {"role": "table", "aria-label": self.title},
            ["thead", group, ["tr", {"role": "row"}, *head]],
            ["tbody", group, *rows],
        ]
        return [["div", {"class": "wb-paper-scroll", "tabindex": "0", "role": "group", "aria-label": self.title}, table]]

    def _thread(self) -> list[Sheet]:
        writers = [one.by.partition(",")[0] for one in self.messages]
        two = len(set(writers)) == 2  # with more of them, one side would make one writer of all but the first
        messages: list[Sheet] = []
        for one, writer in zip(self.messages, writers, strict=True):
            by: Sheet = ["p", {"class": "wb-paper-by"}, ["strong", {}, one.by], *([" ", ["span", {}, one.at]] if one.at else [])]
            messages.append(["li", {"class": "wb-paper-other"} if two and writer != writers[0] else {}, by, ["p", {}, one.text]])
        return [["ol", {"class": "wb-paper-thread"}, *messages]]

    def _body(self) -> list[Sheet]:
        figures = [("Front", FRONT, "R", "L"), ("Back", BACK, "L", "R")]
        parts: list[Sheet] = []
        for view, x, *sides in figures:
            parts += [["path", {"d": SHAPE, "transform": f"translate({x} 0) scale({side} 1)", **LINE}] for side in (1, -1)]
            parts += [["text", {"x": str(x + at), "y": "184", **LETTERS}, side] for side, at in zip(sides, (-50, 50), strict=True)]
            parts.append(["text", {"x": str(x), "y": "280", **LETTERS}, view])
        taken: set[tuple[int, int]] = set()
        for n, mark in enumerate(self.marks, 1):
            first, y = mark.spot()
            x, aside = first, 2 * RADIUS if first < WIDTH / 2 else -2 * RADIUS
            while any(abs(x - one) < 2 * RADIUS and abs(y - other) < 2 * RADIUS for one, other in taken):
                x, y = (x + aside, y) if 0 <= x + aside <= WIDTH else (first, y + 2 * RADIUS)
            taken.add((x, y))
            parts.append(["circle", {"cx": str(x), "cy": str(y), "r": str(RADIUS), **LINE, "fill": "#fff"}])
            parts.append(["text", {"class": "wb-paper-number", "x": str(x), "y": str(y + 5), **LETTERS}, str(n)])
        says = "Body map, front and back. The list below says what stands at each number."
        places: list[Sheet] = [["li", {}, ["strong", {}, f"{mark.at[0].upper()}{mark.at[1:]}:"], f" {mark.text}"] for mark in self.marks]
        return [
            ["svg", {"viewBox": SHEET, "width": "300", "role": "img", "aria-label": says}, *parts],
            ["ol", {}, *places],
        ]


def _together(part: Sheet) -> Sheet:
    name, about, *kids = part
    return [name, about, *(UNIT.sub("\u00a0", kid) if isinstance(kid, str) else _together(kid) for kid in kids)]


def _html(part: Sheet | str, escaped: Callable[[str], str], headings: dict[str, str]) -> str:
    if isinstance(part, str):
        return escaped(part)
    name, about, *kids = part
    name = headings.get(name, name)
    attributes = "".join(f' {key}="{escape(value)}"' for key, value in about.items())
    return f"<{name}{attributes}>{''.join(_html(kid, escaped, headings) for kid in kids)}</{name}>"
