"""Read a workbook's own files: `workbook.toml` and `items.toml`."""

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, Field, ValidationError

from workbook_helpers.errors import ContentError
from workbook_helpers.items.base import Item, Model, Purpose, Text
from workbook_helpers.items.kinds import KINDS

M = TypeVar("M", bound=BaseModel)


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
    checked: Annotated[str, Field(pattern=r"^20\d\d-(0[1-9]|1[0-2])$")]


class WorkbookFile(Model):
    """The contents of `workbook.toml`."""

    id: Annotated[str, Field(pattern=r"^w\d\d$")]
    title: Text
    order: int
    minutes: Annotated[int, Field(ge=1, le=600)]
    version: int = 1
    feedback: Literal["correctness", "points"] = "correctness"
    see_next: str = ""
    criteria: tuple[Criterion, ...] = ()
    references: tuple[Reference, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Workbook:
    """One workbook: what its two TOML files say, and where they lie.

    Attributes
    ----------
    folder
        The workbook's folder; its name is nbgrader's assignment name and the notebook's.
    items
        Item id → item, in the order of the file.
    """

    folder: Path
    about: WorkbookFile
    items: dict[str, Item]

    @property
    def id(self) -> str:
        """The short id, e.g. "w01"."""
        return self.about.id

    @property
    def assignment(self) -> str:
        """The name of the folder, the notebook and nbgrader's assignment."""
        return self.folder.name

    @property
    def notebook(self) -> Path:
        """The notebook's path."""
        return self.folder / f"{self.assignment}.ipynb"

    def assessed(self) -> tuple[Item, ...]:
        """The items that are marked, in order."""
        return tuple(item for item in self.items.values() if item.purpose is Purpose.ASSESSED)


def load_workbook(folder: Path) -> Workbook:
    """Read the workbook in `folder`.

    Raises
    ------
    ContentError
        If a file is missing or unreadable, or an item is not as its kind wants it; the message names file, item and line.
    """
    folder = folder.resolve()
    about = validate(WorkbookFile, read_toml(folder / "workbook.toml"), folder / "workbook.toml")
    path = folder / "items.toml"
    items: dict[str, Item] = {}
    for table in read_toml(path).get("items", []):
        item = _read_item(table, path)
        if item.id in items or not item.id.startswith(f"{about.id}-"):
            msg = f"{_where(path, item.id)}: an item id must be unique and begin with {about.id}-."
            raise ContentError(msg)
        items[item.id] = item
    return Workbook(folder=folder, about=about, items=items)


def read_toml(path: Path) -> dict[str, Any]:
    """Read a TOML file, with an error that names the file."""
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError as error:
        msg = f"{path.parent} is no workbook folder: it has no {path.name}."
        raise ContentError(msg) from error
    except (OSError, ValueError) as error:
        msg = f"{path} cannot be read: {error}"
        raise ContentError(msg) from error


def validate(model: type[M], table: object, path: Path, name: str = "") -> M:
    """Turn a table into `model`, or raise a ContentError that says file, line, field and fault."""
    try:
        return model.model_validate(table)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        msg = f"{_where(path, name)}{', ' + field if field else ''}: {first['msg'].removeprefix('Value error, ')}."
        raise ContentError(msg) from error


def _read_item(table: dict[str, Any], path: Path) -> Item:
    name, kind = str(table.get("id", "")), table.get("kind")
    if kind not in KINDS:
        msg = f"{_where(path, name)}: kind is {kind!r}, but must be one of {', '.join(KINDS)}."
        raise ContentError(msg)
    return validate(KINDS[kind], table, path, name)


def _where(path: Path, name: str) -> str:
    """Say file and line; tomllib keeps no line numbers, so look for the name itself."""
    place = f"{path.parent.name}/{path.name}"
    if name:
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            if re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", line):
                return f"{place}, line {number}, item {name}"
    return place
