"""Change single values in the text of a TOML file: comments, order and all else stay as they are.

tomlkit moves tables that do not stand together (`[[items]]`, `[[pools]]`, `[[items]]`), so an item is changed in its own part of the text.
"""

import re
import tomllib
from collections.abc import Mapping
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import Array

from autograde.authoring.wording import Path, part_id
from autograde.errors import AuthorError
from workbook_helpers.items import Json

HEADER = re.compile(r"^\[\[(?:items|pools|documents)\]\]", re.MULTILINE)
OTHERWISE = "This file is written in a way that cannot be kept. Change it in JupyterLab or a text editor."


def put(table: Any, path: Path, value: Json) -> None:
    """Put a value to where a field's path leads in a table: one of tomlkit, which keeps what stands around it, or a plain one."""
    for part in path[:-1]:
        table = table[_step(table, part)]
    last = _step(table, path[-1])
    held = table[last] if isinstance(value, list) else None
    if isinstance(held, list) and len(held) == len(value):  # one by one, so that each line stays a line
        for number, one in enumerate(value):
            if held[number] != one:
                held[number] = one
        return
    if isinstance(held, Array):
        made = tomlkit.array().multiline("\n" in held.as_string())
        made.extend(value)
        value = made
    elif isinstance(value, str) and "\n" in value:
        value = tomlkit.string(value, multiline=True)
    table[last] = value


def _step(table: Any, part: str) -> str | int:
    if not isinstance(table, list):
        return part
    return next((n for n, one in enumerate(table) if (part_id(one, n + 1) if isinstance(one, Mapping) else str(n + 1)) == part), -1)


def item_text(text: str, number: int, changes: Mapping[Path, Json], kind: str = "items") -> str:
    """Give the text of `items.toml` with changes to the item, or the document, at a place; comments, order and all else stay."""
    starts = [match.start() for match in HEADER.finditer(text)]
    items = [start for start in starts if text.startswith(f"[[{kind}]]", start)]
    start = items[number] if number < len(items) else len(text)
    end = next((other for other in starts if other > start), len(text))
    wanted = tomllib.loads(text)
    try:
        document = tomlkit.parse(text[start:end])
        part = document[kind][0]
    except (TOMLKitError, LookupError) as error:  # its table does not begin where a line begins with [[items]]
        raise AuthorError(OTHERWISE) from error
    for path, value in changes.items():
        put(part, path, value)
        put(wanted[kind][number], path, value)
    return _held(f"{text[:start]}{document.as_string()}{text[end:]}", wanted)


def guide_text(text: str, kind: str, item: str, changes: Mapping[Path, Json]) -> str:
    """Give the text of a file of keys or rubrics (`kind`) with changes to those of one item."""
    wanted, document = tomllib.loads(text), tomlkit.parse(text)
    for path, value in changes.items():
        put(document[kind][item], path, value)
        put(wanted[kind][item], path, value)
    return _held(document.as_string(), wanted)


def _held(made: str, wanted: Json) -> str:
    """See that a text says what was wanted and nothing else: the writing of TOML is another's, and the file is the class's."""
    try:
        found = tomllib.loads(made)
    except tomllib.TOMLDecodeError:
        found = None
    if found != wanted:
        raise AuthorError(OTHERWISE)
    return made
