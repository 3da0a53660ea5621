"""What the rules look at, and what they say."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from autograde.classes.own_keys import guides_beside
from autograde.content import load_key, load_rubrics, load_samples
from autograde.marking import Key, Rubrics, Samples
from workbook_helpers.items import Item, Json, Workbook, load_workbook, read_notebook
from workbook_helpers.items.sections import ABOUT

SUMMARY = "The main points"
"""The section with which the teaching ends."""
HEADING = re.compile(r"^(#{1,6})\s+(.+)$", re.MULTILINE)


@dataclass(frozen=True, kw_only=True)
class Finding:
    """Something to mend: the rule's id, where, and what. `advice` is worth a look, and stops nobody."""

    rule: str
    where: str
    text: str
    advice: bool = False


@dataclass(frozen=True, kw_only=True)
class Section:
    """A section of the notebook, or a part of its last one: its heading, and its Markdown."""

    title: str
    text: str


@dataclass(frozen=True)
class Subject:
    """A workbook with all that belongs to it."""

    workbook: Workbook
    key: Key
    rubrics: Rubrics
    samples: Samples
    cells: list[dict[str, Any]]

    def headings(self) -> list[tuple[int, str]]:
        """Give (level, text) of each heading of the notebook, in order."""
        return [(len(marks), text.strip()) for marks, text in HEADING.findall(self._prose)]

    @cached_property
    def sections(self) -> tuple[Section, ...]:
        """The notebook's sections, in order; the first one is the title's, and ABOUT is followed by its parts."""
        before, about, after = self._prose.partition(f"\n## {ABOUT}\n")
        parts = re.split(r"^##? (?=\S)", before, flags=re.MULTILINE)[1:]
        parts += re.split(r"^##?#? (?=\S)", about + after, flags=re.MULTILINE)[1:]
        return tuple(Section(title=part.split("\n")[0].strip(), text=part.partition("\n")[2]) for part in parts)

    @cached_property
    def teaching(self) -> tuple[Section, ...]:
        """The sections that teach: from after the opening scene to the summary."""
        titles = [section.title for section in self.sections]
        return self.sections[1 : titles.index(SUMMARY) + 1 if SUMMARY in titles else 1]

    @property
    def closed(self) -> list[Item]:
        """The marked items that a key decides."""
        return [item for item in self.workbook.assessed() if not item.asks_person]

    def section(self, title: str) -> str:
        """Give the text of a section, "" where there is none."""
        return next((section.text for section in self.sections if section.title == title), "")

    def told(self) -> Iterator[tuple[str, str]]:
        """Give (where, text) of all that a student reads, then or when marking is closed."""
        yield from self.shown()
        yield from ((f"the reason of {name}", entry.reason) for name, entry in self.key.keys.items())

    def shown(self) -> Iterator[tuple[str, str]]:
        """Give (where, text) of all that a student reads in the workbook."""
        yield from ((section.title, f"{section.title}\n{section.text}") for section in self.sections)
        for item in self.workbook.items.values():
            yield item.id, "\n".join(_texts(item.model_dump(mode="json")))
        yield from ((name, "\n".join(document.words())) for name, document in self.workbook.documents.items())

    @cached_property
    def _prose(self) -> str:
        return "\n\n".join(source(cell) for cell in self.cells if cell["cell_type"] == "markdown")


def load_subject(folder: Path) -> Subject:
    """Read a workbook and all that belongs to it; ContentError names what cannot be read."""
    workbook = load_workbook(folder, strict=True)
    cells: list[dict[str, Any]] = read_notebook(workbook.notebook)["cells"]
    own = guides_beside(workbook.folder)
    return Subject(workbook, load_key(workbook.id, own), load_rubrics(workbook.id, own), load_samples(workbook.id), cells)


def source(cell: dict[str, Any]) -> str:
    """Give a cell's text."""
    return "".join(cell["source"])


def plain(markdown: str) -> str:
    """Give the words of Markdown as they are read: no pictures, addresses or marks; a part that has no full stop gets one."""
    text = re.sub(r"!\[[^\]]*\]\([^)]*\)", "", markdown)
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text)
    text = re.sub(r"https?://\S+", "", text)
    text = re.sub(r"^[#|].*$", "\n", text, flags=re.MULTILINE)
    parts = re.split(r"\n\s*\n|\n(?=\s*(?:[-*]|\d+\.)\s)", text)  # a line that goes on in the next one is one sentence
    words = (" ".join(re.sub(r"^\s*(?:[-*]|\d+\.)\s+", "", part).replace("**", "").split()) for part in parts)
    return " ".join(part if part[-1] in ".?!:”" else f"{part}." for part in words if part)


def _texts(part: Json) -> Iterator[str]:
    """Give each text in an item that has a space in it, so no ids."""
    match part:
        case str():
            if " " in part:
                yield part
        case dict():
            for value in part.values():
                yield from _texts(value)
        case list():
            for value in part:
                yield from _texts(value)
