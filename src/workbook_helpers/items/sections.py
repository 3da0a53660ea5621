"""The sections of a workbook: what stands below each heading of its notebook, what is asked there, and how long that takes."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from workbook_helpers.cells import ASK
from workbook_helpers.items.base import Item, Json
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
        Its heading as it is read; the workbook's title for what stands before the first heading.
    minutes
        About how long it takes, ≥ 1.
    items
        The places where something is asked (`Workbook.paper`), in order.
    """

    title: str
    minutes: int
    items: tuple[str, ...]


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
    """Give the sections of a notebook in their order, without "About this workbook".

    A cell of text with a heading of level 2 begins a section; what stands before the first one is a section as well. The time of each is
    that of reading its words, those of its items and of the documents that stand open there, and of answering; `minutes` are shared out
    by that.
    """
    found: list[tuple[str, list[str], float]] = []  # title, places, seconds
    for name, asked, seconds in _cells(cells, paper, dict(documents or {})):
        if name is not None or not found:
            found.append((name or title, [], 0))
        last, places, before = found[-1]
        found[-1] = (last, places + asked, before + seconds)
    found = [one for one in found if one[0] != ABOUT]
    shares = shared_out(minutes, [seconds for _, _, seconds in found])
    return tuple(Section(title=name, minutes=share, items=tuple(places)) for (name, places, _), share in zip(found, shares, strict=True))


def minutes_needed(cells: Iterable[Mapping[str, Any]], paper: Mapping[str, Item], documents: Mapping[str, Document]) -> tuple[int, int]:
    """Give how many minutes a workbook takes a quicker and a slower reader, without "About this workbook".

    Each reads all texts and questions, and answers in `Item.seconds`; the slower one also reads the feedback on what was not chosen.
    """
    words, feedback, seconds, unread, outside = 0, 0, 0, dict(documents), False
    for cell in cells:
        source = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            outside = outside or heading(source) == ABOUT
            words += 0 if outside else len(PICTURE.sub("", source).split())
        elif not outside and ASK.fullmatch(source) and (item := paper.get(source.split('"')[1])):
            document = unread.pop(item.document, None)
            words += _words(item.public(), skip="feedback") + (_words(list(document.words())) if document else 0)
            feedback += _words(item.public()) - _words(item.public(), skip="feedback")
            seconds += item.seconds
    each = ((words / QUICKER + seconds / 60), ((words + feedback) / SLOWER + seconds / 60))
    least, most = (max(STEP, STEP * round(minutes / STEP)) for minutes in each)
    return least, most


def _cells(
    cells: Iterable[Mapping[str, Any]], paper: Mapping[str, Item], unread: dict[str, Document]
) -> Iterator[tuple[str | None, list[str], float]]:
    """Give for each cell the heading that begins a section, the places where it asks, and the seconds that it takes."""
    for cell in cells:
        source = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            yield heading(source), [], _reading(source)
        elif ASK.fullmatch(source) and (item := paper.get(name := source.split('"')[1])):
            document = unread.pop(item.document, None)
            yield None, [name], _reading([item.public(), list(document.words()) if document else []]) + item.seconds


def _reading(value: Json) -> float:
    """Give the seconds for reading all texts in `value`."""
    return _words(value) * 60 / WORDS_A_MINUTE


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
