"""The sections of a workbook: what stands below each heading of its notebook, what is asked there, and how long that takes."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from workbook_helpers.cells import ASK
from workbook_helpers.items.base import Item, Json, Purpose
from workbook_helpers.items.documents import Document

ABOUT = "About this workbook"
"""The heading of what stands outside the sequence."""
WORDS_A_MINUTE = 140
"""How fast such a text is read. Adults read English non-fiction at 175 to 300 words a minute, 238 on average, and fewer in a second
language (Brysbaert 2019, Journal of Memory and Language 109, 104047, doi:10.1016/j.jml.2019.104047; its abstract read in November 2026).
140 is below that range, for readers in a second language, at the end of a shift. Only its proportion to `Item.seconds` counts, since all
is brought to the workbook's own minutes."""
SLOWER, QUICKER = 120, 200
"""Words a minute of a slower and of a quicker reader of such a text: the range that a workbook tells its students (`minutes_needed`)."""
STEP = 5
"""To so many minutes a range is rounded."""
SHORT = 650
"""Words: so many are about five screens of a phone, with all that is asked there."""
EARLIER = 3
"""So many questions about earlier workbooks (`Item.about`) are shown, as in page/earlier.js; the others wait, and take no time."""
FENCE = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^##[ \t]+(.+?)[ \t#]*$", re.MULTILINE)
PICTURE = re.compile(r"!\[[^\]]*\]\([^)]*\)")
MARKS = re.compile(r"[*_`\\]|\]\([^)]*\)|\[")
"""What of Markdown is not read in a heading."""


@dataclass(frozen=True, kw_only=True)
class Section:
    """What a student has before them at a time.

    Attributes
    ----------
    title
        Its first heading as it is read; the workbook's title for what stands before the first heading.
    more
        The headings that follow in it.
    minutes
        About how long it takes, ≥ 1.
    items
        The places where something is asked (`Workbook.paper`), in order.
    """

    title: str
    more: tuple[str, ...] = ()
    minutes: int
    items: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Part:
    """What stands below one heading of level 2, or before the first.

    Attributes
    ----------
    title
        The heading; None before the first.
    more
        Those that follow, where it is shown together with what follows.
    cells
        Which cells of the notebook it has, from the first on.
    items
        The places where it asks something.
    words
        To be read there, those of its items and of the documents that stand open there among them.
    seconds
        To read them and to answer.
    to_tutor
        Whether something is asked there that is handed in.
    """

    title: str | None
    more: tuple[str, ...] = ()
    cells: range
    items: tuple[str, ...] = ()
    words: int = 0
    seconds: float = 0
    to_tutor: bool = False

    def __add__(self, other: "Part") -> "Part":
        """Give both as one, with the heading of the first."""
        return Part(
            title=self.title,
            more=(*self.more, *([other.title] if other.title else []), *other.more),
            cells=range(self.cells.start, other.cells.stop),
            items=self.items + other.items,
            words=self.words + other.words,
            seconds=self.seconds + other.seconds,
            to_tutor=self.to_tutor or other.to_tutor,
        )

    def goes_with(self, other: "Part") -> bool:
        """Whether `other`, which follows, is shown together with this: both are short, and not both ask for what is handed in."""
        return ABOUT not in (self.title, other.title) and self.words + other.words <= SHORT and not (self.to_tutor and other.to_tutor)


def heading(source: str) -> str | None:
    """Give the heading by which a cell of text begins a section; None if it begins none."""
    found = HEADING.search(FENCE.sub("", source))
    return MARKS.sub("", found[1]) if found else None


def sections(
    cells: Iterable[Mapping[str, Any]],
    paper: Mapping[str, Item],
    documents: Mapping[str, Document] | None = None,
    *,
    title: str,
    minutes: int,
) -> tuple[Section, ...]:
    """Give the sections of a notebook in their order (`shown_together`), without "About this workbook".

    The time of each is that of reading its words, those of its items and of the documents that stand open there, and of answering;
    `minutes` are shared out by that.
    """
    found = [one for one in shown_together(cells, paper, documents) if one.title != ABOUT]
    shares = shared_out(minutes, [one.seconds for one in found])
    return tuple(
        Section(title=one.title or title, more=one.more, minutes=share, items=one.items) for one, share in zip(found, shares, strict=True)
    )


def shown_together(
    cells: Iterable[Mapping[str, Any]], paper: Mapping[str, Item], documents: Mapping[str, Document] | None = None
) -> list[Part]:
    """Give what a student has before them at a time, in order.

    A cell of text with a heading of level 2 begins a part; what stands before the first one is a part as well. Parts that follow each
    other are one section as long as `Part.goes_with` says so: nobody presses "Next" for a few lines.
    """
    found: list[Part] = []
    for part in _parts(cells, paper, dict(documents or {})):
        if found and found[-1].goes_with(part):
            found[-1] += part
        else:
            found.append(part)
    return found


def minutes_needed(cells: Iterable[Mapping[str, Any]], paper: Mapping[str, Item], documents: Mapping[str, Document]) -> tuple[int, int]:
    """Give how many minutes a workbook takes a quicker and a slower reader, without "About this workbook".

    Each reads all texts and questions, and answers in `Item.seconds`; the slower one also reads the feedback on what was not chosen.
    """
    words, feedback, seconds, unread, outside, later = 0, 0, 0, dict(documents), False, waiting(paper)
    for cell in cells:
        source = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            outside = outside or heading(source) == ABOUT
            words += 0 if outside else len(PICTURE.sub("", source).split())
        elif not outside and ASK.fullmatch(source) and (item := paper.get(name := source.split('"')[1])) and name not in later:
            document = unread.pop(item.document, None)
            words += _words(item.public(), skip="feedback") + (_words(list(document.words())) if document else 0)
            feedback += _words(item.public()) - _words(item.public(), skip="feedback")
            seconds += item.seconds
    each = ((words / QUICKER + seconds / 60), ((words + feedback) / SLOWER + seconds / 60))
    least, most = (max(STEP, STEP * round(minutes / STEP)) for minutes in each)
    return least, most


def _parts(cells: Iterable[Mapping[str, Any]], paper: Mapping[str, Item], unread: dict[str, Document]) -> Iterator[Part]:
    """Give what stands below each heading; `unread` loses the documents that stand open there."""
    part: Part | None = None
    later = waiting(paper)
    for number, cell in enumerate(cells):
        one = _cell(number, cell, paper, unread, later)
        if part is None or one.title is not None:
            if part is not None:
                yield part
            part = one
        else:
            part += one
    if part is not None:
        yield part


def waiting(paper: Mapping[str, Item], answered: Collection[str] = ()) -> frozenset[str]:
    """Give the places of the questions about earlier workbooks that wait behind those that are shown.

    It is the rule of `chosen` in page/earlier.js, where nothing is known of the earlier workbooks: what is answered is shown.

    Parameters
    ----------
    answered
        Ids of items that have a whole answer.
    """
    asked = sorted((place for place, item in paper.items() if item.about), key=lambda place: paper[place].id not in answered)
    return frozenset(asked[max(EARLIER, sum(paper[place].id in answered for place in asked)) :])


def _cell(number: int, cell: Mapping[str, Any], paper: Mapping[str, Item], unread: dict[str, Document], later: frozenset[str]) -> Part:
    """Give what one cell has, as a part."""
    source, cells = "".join(cell["source"]), range(number, number + 1)
    if cell["cell_type"] == "markdown":
        words = len(source.split())
        return Part(title=heading(source), cells=cells, words=words, seconds=words * 60 / WORDS_A_MINUTE)
    if not ASK.fullmatch(source) or (item := paper.get(name := source.split('"')[1])) is None:
        return Part(title=None, cells=cells)
    if name in later:
        return Part(title=None, cells=cells, items=(name,))
    document = unread.pop(item.document, None)
    shown = _words(list(document.words())) if document else 0
    seconds = (shown + _words(item.public())) * 60 / WORDS_A_MINUTE + item.seconds
    to_tutor = item.purpose in (Purpose.ASSESSED, Purpose.RECORD)
    return Part(
        title=None, cells=cells, items=(name,), words=shown + _words(item.public(), skip="feedback"), seconds=seconds, to_tutor=to_tutor
    )


def _words(value: Json, skip: str = "") -> int:
    """Count the words of all texts in `value`, those in fields called `skip` and ids left out."""
    match value:
        case str():
            return len(value.split()) if " " in value else 0
        case list():
            return sum(_words(part, skip) for part in value)
        case dict():
            return sum(_words(part, skip) for name, part in value.items() if name != skip)
        case _:
            return 0


def shared_out(whole: int, weights: list[float]) -> list[int]:
    """Share out `whole` by the weights, in numbers ≥ 1; they add up to it, unless there are more of them than that.

    What would have less than 1 gets 1, and the others share the rest; what rounding down leaves goes to those that lost most by it.
    """
    shares = [1] * len(weights)
    larger = set(range(len(weights)))
    while larger:
        rest, total = whole - len(weights) + len(larger), sum(weights[n] for n in larger)
        exact = {n: rest * weights[n] / total if total else 0 for n in larger}
        if small := {n for n in larger if exact[n] < 1}:
            larger -= small
            continue
        for n, share in exact.items():
            shares[n] = int(share)
        for n in sorted(larger, key=lambda n: shares[n] - exact[n])[: whole - sum(shares)]:
            shares[n] += 1
        break
    return shares
