"""Read a workbook's own files: `workbook.toml` and `items.toml`."""

import hashlib
import json
import re
import tomllib
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, Field, ValidationError

from workbook_helpers.errors import ContentError
from workbook_helpers.files import read_file
from workbook_helpers.items.base import Item, ItemId, Json, Model, Purpose, Text, drawn
from workbook_helpers.items.documents import Document
from workbook_helpers.items.kinds import KINDS
from workbook_helpers.items.learner import clean_id
from workbook_helpers.items.privacy import rules
from workbook_helpers.items.sections import Section, sections

M = TypeVar("M", bound=BaseModel)
TOML_HINTS = {
    "Illegal character '\\n'": 'a text in that line is not closed: put " at its end',
    "Invalid value": 'a text there has curly quotes in place of ", or True and False have no small letter',
    "Expected newline": 'a text there has " inside: write “ and ” within a text',
    "Unclosed inline table": "a comma or } is missing",
    "Unclosed array": "a comma or ] is missing",
    "Cannot declare": "a table that stands more than once needs two brackets, as in [[items]]",
    "'utf-8' codec": "it was not saved as UTF-8: save it again with that encoding",
}
"""How tomllib's message begins → what an author who is no programmer may have done."""
TABLES = ("items", "pools", "documents")
"""All that `items.toml` has."""
DEEPEST = 50
LARGEST = 20_000_000
"""Bytes of a file of a workbook; those of this unit have less than a hundredth."""
MAX_NAME = 64
"""Letters of an item's id, and of a place of a pool; a longer one is looked for in no file, and no notebook may ask for it."""
DOCUMENT = re.compile(r"w[0-9]{2}-d[0-9]{2}")
FIELD_FAULTS = {"extra_forbidden": "there is no such field here; check its spelling", "missing": "is missing"}
"""Pydantic's type of fault → the same in plain words."""


class Criterion(Model):
    """A criterion that the workbook serves, and how far."""

    framework: str
    code: str
    extent: Literal["full", "prepares"]
    how: Text


class Reference(Model):
    """A source, with the month in which somebody last read it."""

    id: str
    title: Text
    publisher: Text
    url: Annotated[str, Field(pattern=r"^https://")]
    published: str = ""
    checked: Annotated[str, Field(pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$")]


class Taught(Model):
    """A section of the notebook, by its heading, and the points of the unit's essay that it teaches (`autograde/checks/essay.toml`)."""

    title: Text
    essay: Annotated[tuple[str, ...], Field(min_length=1)]


def _range(value: object) -> object:
    """Take one number, as workbooks of before have it, for a range of one."""
    return (value, value) if isinstance(value, int) else value


def _rises(value: tuple[int, int]) -> tuple[int, int]:
    if value[0] > value[1]:
        msg = f"begins with the fewer minutes, so [{value[1]}, {value[0]}]"
        raise ValueError(msg)
    return value


Minute = Annotated[int, Field(ge=1, le=600)]
Minutes = Annotated[tuple[Minute, Minute], BeforeValidator(_range), AfterValidator(_rises)]
"""How long a workbook takes, for a quicker and for a slower reader (`sections.minutes_needed`)."""


class WorkbookFile(Model):
    """The contents of `workbook.toml`."""

    id: Annotated[str, Field(pattern=r"^w[0-9]{2}$")]
    title: Text
    order: int
    minutes: Minutes
    version: int = 1
    feedback: Literal["correctness", "points"] = "correctness"
    see_next: str = ""
    role: Literal["start", "teaching", "assessment", "gallery"] = "teaching"
    """What it is for: it shows the page, teaches, assesses the whole unit, or shows authors each kind of item."""
    class_id: str = ""
    """Which class it was released to; `autograde release` puts it in, and `paper_seed` is made from it."""
    hand_in_words: Annotated[str, Field(max_length=300)] = ""
    """What to do with the file that handing in gives, in the tutor's words; `autograde release` puts it in, and the link."""
    hand_in_link: Annotated[str, Field(pattern=r"^(https?://\S+)?$", max_length=2000)] = ""
    due: AwareDatetime | None = None
    """When it is to be handed in, for the whole class; `autograde release` puts it in."""
    criteria: tuple[Criterion, ...] = ()
    sections: tuple[Taught, ...] = ()
    references: tuple[Reference, ...] = ()

    @property
    def takes(self) -> str:
        """How long it takes, in words: "60 to 110 minutes"."""
        least, most = self.minutes
        return f"{least} to {most} minutes" if least < most else f"{most} minute{'s' * (most != 1)}"


class Pool(Model):
    """Items of which each student gets some, in an order of their own: the places `<id>-1` … `<id>-<draw>` in the notebook.

    All have the same purpose and points, and either all or none are marked by a person, so that each place is worth the same
    whatever is drawn. With `draw` = all of them, only their order differs.
    """

    id: ItemId
    draw: Annotated[int, Field(ge=1)]
    items: Annotated[tuple[ItemId, ...], Field(min_length=2)]

    def places(self) -> tuple[str, ...]:
        """Give the names of its places, as the notebook asks for them."""
        return tuple(f"{self.id}-{n}" for n in range(1, self.draw + 1))


@dataclass(frozen=True, kw_only=True)
class Workbook:
    """One workbook: what its two TOML files say, and where they lie.

    Attributes
    ----------
    folder
        The workbook's folder; its name is nbgrader's assignment name and the notebook's.
    items
        Item id → item, in the order of the file.
    pools
        In the order of the file.
    documents
        Document id → document, in the order of the file.
    """

    folder: Path
    about: WorkbookFile
    items: dict[str, Item]
    pools: tuple[Pool, ...] = ()
    documents: dict[str, Document] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """The short id, e.g. "w01"."""
        return self.about.id

    @property
    def opening(self) -> str:
        """The id of the practice question that stands in the notebook's first lines, before any heading of a section."""
        return f"{self.id}-p00"

    @property
    def assignment(self) -> str:
        """The name of the folder, the notebook and nbgrader's assignment."""
        return self.folder.name

    @property
    def release(self) -> str:
        """Which version of the questions this is: 16 hex digits of the SHA-256 of `items.toml`, whatever its line ends.

        A hand-in carries it (`AnswerSheet.release`), and the tutor's side keeps each release under it, so that what a
        student saw can be shown as it was.
        """
        text = read_file(self.folder / "items.toml", LARGEST, links=True).replace(b"\r\n", b"\n")
        return hashlib.sha256(text).hexdigest()[:16]

    @property
    def notebook(self) -> Path:
        """The notebook's path."""
        return self.folder / f"{self.assignment}.ipynb"

    def assessed(self) -> tuple[Item, ...]:
        """The items that are marked, in order, all those in pools included."""
        return tuple(item for item in self.items.values() if item.purpose is Purpose.ASSESSED)

    def paper(self, seed: str = "", *, assessed: bool = False) -> dict[str, Item]:
        """Give what the student with this seed is asked: place → item, in the order of the file.

        The place of an item outside of pools is its id; it is what the notebook asks for and nbgrader's name of the cell.
        Purpose, points and who marks are the same at a place for every seed. `assessed` leaves out what is not marked.
        """
        places = self._drawn(seed) if self.pools else dict(self.items)
        return {place: item for place, item in places.items() if item.purpose is Purpose.ASSESSED} if assessed else places

    def _drawn(self, seed: str) -> dict[str, Item]:
        places: dict[str, Item] = {}
        for item in self.items.values():
            pool = next((pool for pool in self.pools if item.id in pool.items), None)
            if pool is None:
                places[item.id] = item
            elif pool.places()[0] not in places:
                places |= zip(pool.places(), drawn([self.items[name] for name in pool.items], seed, pool.id), strict=False)
        return places

    def sections(self) -> tuple[Section, ...]:
        """Give the sections of the notebook; none where it cannot be read: a page of questions needs no contents."""
        try:
            cells = read_notebook(self.notebook)["cells"]
        except ContentError:
            return ()
        return sections(cells, self.paper(), self.documents, title=self.about.title, minutes=self.about.minutes[1])

    def book(self) -> dict[str, Json]:
        """Give all that a page has of this workbook, for JSON: `Book` in `page/types.d.ts`, the same for every host."""
        return {
            "workbook": self.id,
            "assignment": self.assignment,
            "title": self.about.title,
            "release": self.release,
            "class_id": self.about.class_id,
            "items": {name: item.public() for name, item in self.items.items()},
            "documents": {name: document.public() for name, document in self.documents.items()},
            "pools": [pool.model_dump(mode="json") for pool in self.pools],
            "sections": [asdict(section) | {"more": list(section.more), "items": list(section.items)} for section in self.sections()],
            "privacy": rules() if any(item.watched for item in self.items.values()) else None,
            "hand_in_words": self.about.hand_in_words,
            "hand_in_link": self.about.hand_in_link,
        }

    def on_shelf(self) -> dict[str, Json]:
        """Give what "My workbooks" has of this workbook, for JSON: `OnShelf` in `page/types.d.ts`, the same at every door."""
        book = self.book()
        return {name: book[name] for name in ("workbook", "assignment", "title", "class_id", "pools", "sections")} | {
            "minutes": list(self.about.minutes),
            "due": self.about.due.isoformat() if self.about.due else "",
            "items": {item.id: item.outline() for item in self.items.values()},
        }

    def looks_back(self) -> frozenset[str]:
        """Give the ids of items of other workbooks whose answers its page needs (`Item.looks_back`)."""
        return frozenset(name for item in self.items.values() for name in item.looks_back()) - frozenset(self.items)

    def draws(self) -> bool:
        """Whether students see different things, so that each needs a seed."""
        return bool(self.pools) or any(item.shuffle for item in self.items.values())


def paper_seed(class_id: str, workbook: str, learner: str) -> str:
    """Give the seed of a learner's paper (`Workbook.paper`), 16 hex digits: nothing of it is the learner's to choose.

    The learner's id counts as `clean_id` gives it and in small letters, as it does on the roster.
    """
    return hashlib.sha256("\n".join([class_id, workbook, clean_id(learner).lower()]).encode("utf-8", "replace")).hexdigest()[:16]


def load_workbook(folder: Path, *, strict: bool = False) -> Workbook:
    """Read the workbook in `folder`.

    Parameters
    ----------
    strict
        Refuse a table of `items.toml` that is not known: in what is to be given out it is a slip, or a key. What was given out is
        read as it is.

    Raises
    ------
    ContentError
        If a file is missing or unreadable, or an item is not as its kind wants it; the message names file, item and line.
    """
    folder = folder.resolve()
    about = validate(WorkbookFile, read_toml(folder / "workbook.toml"), folder / "workbook.toml")
    path = folder / "items.toml"
    content = read_toml(path)
    if strict and (odd := sorted(set(content) - set(TABLES))):
        msg = f"{_where(path, '')}: {odd[0]} has no place here. Each table begins with {', '.join(f'[[{one}]]' for one in TABLES)}."
        raise ContentError(msg)
    items: dict[str, Item] = {}
    for table in tables(content, "items", path):
        item = _read_item(table, path)
        if item.id in items or not item.id.startswith(f"{about.id}-"):
            msg = f"{_where(path, item.id)}: an item id must be unique and begin with {about.id}-."
            raise ContentError(msg)
        items[item.id] = item
    pools = tuple(_read_pool(table, items, path) for table in tables(content, "pools", path))
    names = [*items, *(place for pool in pools for place in pool.places()), *(name for pool in pools for name in pool.items)]
    if twice := sorted({name for name in names if names.count(name) > 1 + (name in items and any(name in pool.items for pool in pools))}):
        msg = f"{_where(path, twice[0])}: {twice[0]} stands in two pools, or is the name of an item and of a pool's place."
        raise ContentError(msg)
    documents = _read_documents(tables(content, "documents", path), about.id, items, path)
    items = {name: item.resting_on(documents[item.document]) if item.document else item for name, item in items.items()}
    return Workbook(folder=folder, about=about, items=items, pools=pools, documents=documents)


def read_toml(path: Path) -> dict[str, Any]:
    """Read a TOML file, with an error that names the file."""
    try:
        text = read_file(path, LARGEST, links=True).decode("utf-8-sig")  # an editor on Windows may put a mark before the first letter
        content = tomllib.loads(text)
        _shallow(content)
    except FileNotFoundError as error:
        msg = f"{path} is missing. Take an earlier copy of the file."
        if path.name == "workbook.toml":
            msg = f"{path.parent} is no workbook folder: it has no {path.name}."
        raise ContentError(msg) from error
    except RecursionError as error:
        msg = f"{path} cannot be read: its brackets are nested too deeply. Take an earlier copy of the file."
        raise ContentError(msg) from error
    except OSError as error:
        msg = f"{path} cannot be read: {error.strerror}."
        raise ContentError(msg) from error
    except ValueError as error:
        hint = next((f" Perhaps {text}." for start, text in TOML_HINTS.items() if str(error).startswith(start)), "")
        msg = f"{path} cannot be read: {error}.{hint}"
        raise ContentError(msg) from error
    return content


def read_notebook(path: Path) -> dict[str, Any]:
    """Read a notebook as its JSON; ContentError names a file that is no notebook with cells."""
    try:
        document: dict[str, Any] = json.loads(read_file(path, LARGEST, links=True).decode())
        _shallow(document)
        for cell in document["cells"][:]:  # of a list alone
            about = {**cell["metadata"]}
            "".join([cell["cell_type"], *cell["source"], *about, *{**(about.get("nbgrader") or {})}])  # all that is asked of a cell
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        deep = "its brackets are nested too deeply" if isinstance(error, RecursionError) else "it has not the form of one"
        why = error.strerror if isinstance(error, OSError) else deep
        msg = f"{path} cannot be read as a notebook ({why}). Take an earlier copy of the file."
        raise ContentError(msg) from error
    return document


def _shallow(content: object) -> None:
    """Raise RecursionError for what is nested deeper than any file of ours: whoever copies or checks it later would."""
    level = [content]
    for _ in range(DEEPEST):
        level = [part for one in level if isinstance(one, dict | list) for part in (one.values() if isinstance(one, dict) else one)]
        if not level:
            return
    msg = "nested too deeply"
    raise RecursionError(msg)


def validate(model: type[M], table: object, path: Path, name: str = "") -> M:
    """Turn a table into `model`, or raise a ContentError that says file, line, field and fault."""
    try:
        return model.model_validate(table)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        fault = FIELD_FAULTS.get(first["type"], first["msg"].removeprefix("Value error, "))
        msg = f"{_where(path, name)}{', ' + field if field else ''}: {fault}."
        raise ContentError(msg) from error


def tables(content: dict[str, Any], name: str, path: Path) -> list[dict[str, Any]]:
    """Give the tables of one name in a file's content, none where it has none; ContentError where they are written as anything else."""
    found = content.get(name, [])
    if not isinstance(found, list) or not all(isinstance(table, dict) for table in found):
        msg = f"{_where(path, '')}: {name} must be written as tables, each beginning with [[{name}]]."
        raise ContentError(msg)
    return found


def _read_item(table: dict[str, Any], path: Path) -> Item:
    name, kind = str(table.get("id", "")), table.get("kind")
    if not isinstance(kind, str) or kind not in KINDS:
        msg = f"{_where(path, name)}: kind is {kind!r}, but must be one of {', '.join(KINDS)}."
        raise ContentError(msg)
    return validate(KINDS[kind], table, path, name)


def _read_documents(tables: list[dict[str, Any]], workbook: str, items: dict[str, Item], path: Path) -> dict[str, Document]:
    """Read the documents, and see that each is there for an item, and each item's is there."""
    documents: dict[str, Document] = {}
    for table in tables:
        document = validate(Document, table, path, str(table.get("id", "")))
        fault = ""
        if document.id in documents or not document.id.startswith(f"{workbook}-"):
            fault = f"a document's id must be unique and begin with {workbook}-"
        elif document.id in items:
            fault = "an item has this id, too"
        elif document.id not in {item.document for item in items.values()}:
            fault = "no item rests on this document: name it in one, or take it out"
        if fault:
            msg = f"{_where(path, document.id)}: {fault}."
            raise ContentError(msg)
        documents[document.id] = document
    for item in items.values():
        if item.document and item.document not in documents:
            msg = f"{_where(path, item.id)}: it rests on the document {item.document!r}, which is not there."
            raise ContentError(msg)
    return documents


def _read_pool(table: dict[str, Any], items: dict[str, Item], path: Path) -> Pool:
    pool = validate(Pool, table, path, str(table.get("id", "")))
    held = [items.get(name) for name in pool.items]
    fault = ""
    if None in held:
        fault = f"it names {pool.items[held.index(None)]}, which is no item"
    elif pool.draw > len(held):
        fault = f"it draws {pool.draw} of {len(held)} items"
    elif len(pool.places()[-1]) > MAX_NAME:
        fault = f"its id is too long: with the number of a place it has more than {MAX_NAME} letters"
    elif len({(item.purpose, item.points, item.asks_person) for item in held if item}) > 1:
        fault = "its items differ in purpose, points or who marks them"
    if fault:
        msg = f"{_where(path, pool.id)}: {fault}."
        raise ContentError(msg)
    return pool


def _where(path: Path, name: str) -> str:
    """Say file and line; tomllib keeps no line numbers, so look for the name itself."""
    place = f"{path.parent.name}/{path.name}"
    if 0 < len(name) <= MAX_NAME:
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            if re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", line):
                return f"{place}, line {number}, {'document' if DOCUMENT.fullmatch(name) else 'item'} {name}"
    return place
