"""What of a class's own copy can be worded anew, as it is now: a question with its key or rubric, a document, or the text of a cell."""

import hashlib
import json
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from autograde.authoring import wording as words
from autograde.authoring.wording import Field
from autograde.classes.folder import Course
from autograde.classes.kept_releases import FOLDER
from autograde.classes.own_keys import GUIDES, class_guides
from autograde.content import Kind, guide_file
from autograde.errors import AuthorError
from autograde.inbox.submitted import handed_in, submissions
from autograde.marking import EarlierKey, EarlierRubric, wording
from autograde.outbox.releases import Releases, read_releases, read_seen
from workbook_helpers.cells import ASK
from workbook_helpers.items import Item, Json, Purpose, Workbook, load_workbook, read_notebook, read_toml
from workbook_helpers.items.documents import Document

GUIDE_KINDS: tuple[Kind, ...] = ("keys", "rubrics")


@dataclass(frozen=True, kw_only=True)
class Part:
    """What can be worded anew: a question by its item's id, a document by its own, or the text of a cell by the cell's."""

    id: str
    title: str
    kind: Literal["Question", "Document", "Text"]


def parts_of(course: Course, assignment: str) -> tuple[Part, ...]:
    """Give what can be worded anew in a workbook, in the order in which students meet it."""
    workbook = class_copy(course, assignment)
    found: list[Part] = []
    held = set[str]()
    for cell in read_notebook(workbook.notebook)["cells"]:
        text = "".join(cell["source"])
        if cell["cell_type"] == "markdown" and cell.get("id"):
            first = next((line.lstrip("# ").strip() for line in text.split("\n") if line.strip()), "")
            found.append(Part(id=str(cell["id"]), title=first[:80], kind="Text"))
        elif ASK.fullmatch(text):
            name = text.split('"')[1]
            pool = next((pool for pool in workbook.pools if name in pool.places()), None)
            for item in pool.items if pool else (name,):
                if item in workbook.items and item not in held:
                    asked = workbook.items[item]
                    if asked.rests_on and asked.document not in held:
                        found.append(Part(id=asked.document, title=asked.rests_on.title, kind="Document"))
                    held |= {item, asked.document}
                    found.append(Part(id=item, title=asked.stem, kind="Question"))
    return tuple(found)


@dataclass(frozen=True)
class PartNow:
    """One question, one document, or the text of one cell, as the class has it now.

    Raises
    ------
    AuthorError
        If the class has no copy of the workbook, or the workbook no such part.
    """

    course: Course
    assignment: str
    name: str

    def __post_init__(self) -> None:
        if self.item is None and self.document is None and self.cell is None:
            msg = f"{self.assignment} has no question and no text {self.name[:60]!r}. Choose one from the list."
            raise AuthorError(msg)

    @cached_property
    def workbook(self) -> Workbook:
        """The class's own copy."""
        return class_copy(self.course, self.assignment)

    @cached_property
    def item(self) -> Item | None:
        """The question; None for anything else."""
        return self.workbook.items.get(self.name)

    @cached_property
    def document(self) -> Document | None:
        """The document; None for anything else."""
        return self.workbook.documents.get(self.name)

    @cached_property
    def questions(self) -> tuple[Item, ...]:
        """The questions of which it is a part: one for itself, all that rest on a document, none for a text."""
        return tuple(item for item in self.workbook.items.values() if self.name in (item.id, item.document))

    @cached_property
    def fields(self) -> tuple[Field, ...]:
        """What can be worded anew."""
        if self.document:
            return words.document_fields(self.table)
        if self.item is None:
            return (Field(name="text", label="Text", value="".join((self.cell or {})["source"]), form=words.Form.TEXT),)
        found = [*words.item_fields(self.table, self.item)]
        for kind, table in self.guides.items():
            found += words.key_fields(table, self.table, self.item) if kind == "keys" else words.rubric_fields(table)
        return tuple(found)

    @cached_property
    def state(self) -> str:
        """By what a form sees that somebody else has changed this part since it was opened."""
        held = [self.table, self.guides] if self.questions else (self.cell or {})["source"]
        return hashlib.sha256(json.dumps(held, sort_keys=True).encode()).hexdigest()[:16]

    @cached_property
    def asked(self) -> dict[str, tuple[str, ...]]:
        """Marked question → how it was worded (`marking.wording`) when it was given out with its meaning of now; only where it was."""
        given = [*self.releases.kept.values()] if self.questions else []
        if (self.course.root / FOLDER / self.assignment / self.workbook.release).is_dir():
            given.append(self.workbook)
        names = [item.id for item in self.questions if item.purpose is Purpose.ASSESSED]
        found = {name: {wording(release.items[name]) for release in given if name in release.items} - self.meant for name in names}
        return {name: tuple(sorted(asked)) for name, asked in found.items() if asked}

    @cached_property
    def meant(self) -> frozenset[str]:
        """Every wording of its questions that meant something else."""
        key, rubrics = class_guides(self.course, self.workbook)
        earlier: tuple[EarlierKey | EarlierRubric, ...] = (*key.earlier, *rubrics.earlier)
        names = {item.id for item in self.questions}
        return frozenset(asked for one in earlier if one.item in names for asked in one.asked)

    @cached_property
    def learners(self) -> tuple[str, ...]:
        """Who has handed in an answer to one of its questions, as it means now."""
        if not self.asked:
            return ()
        found = []
        for student in submissions(self.course, self.assignment):
            with suppress(OSError):
                raw, _ = handed_in(self.course, self.workbook, student)
                _, seen, _ = read_seen(self.releases, raw)
                paper = seen.paper(self.workbook).values()
                found += [student] * any(wording(item) in self.asked.get(item.id, ()) for item in paper if item)
        return tuple(found)

    @cached_property
    def releases(self) -> Releases:
        """Every release of the workbook that can have lain before students."""
        return read_releases(self.course, self.workbook)

    @cached_property
    def cell(self) -> dict[str, Any] | None:
        """The notebook's cell, for a text."""
        cells = read_notebook(self.workbook.notebook)["cells"]
        return next((cell for cell in cells if cell["cell_type"] == "markdown" and cell.get("id") == self.name), None)

    @cached_property
    def number(self) -> int:
        """Which item, or which document, of the file it is, from 0."""
        return list(self.workbook.documents if self.document else self.workbook.items).index(self.name)

    @cached_property
    def table(self) -> dict[str, Json]:
        """The table of the question or the document in `items.toml`."""
        found: dict[str, Json] = read_toml(self.workbook.folder / "items.toml")["documents" if self.document else "items"][self.number]
        return found

    @cached_property
    def guides(self) -> dict[str, dict[str, Json]]:
        """Give "keys" or "rubrics" → the table of this item, where it has one."""
        found: dict[str, dict[str, Json]] = {}
        for kind in GUIDE_KINDS:
            tables = read_toml(self.guide(kind)).get(kind, {})
            if self.name in tables:
                found[kind] = tables[self.name]
        return found

    def guide(self, kind: Kind) -> Path:
        """Give the file with the key or the rubric that the class goes by."""
        return guide_file(kind, self.workbook.id, self.course.root / GUIDES)


def class_copy(course: Course, assignment: str) -> Workbook:
    """Read the class's own copy of a workbook; AuthorError where it has none."""
    folder = course.root / "source" / assignment
    if not (folder / "items.toml").is_file():
        msg = f"This class has no copy of its own of {assignment}. Give it out first (autograde release {assignment})."
        raise AuthorError(msg)
    return replace(load_workbook(folder, strict=True), folder=folder)


def read_text(path: Path) -> str:
    """Read a file as text, whatever its line ends and its mark at the beginning."""
    return path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
