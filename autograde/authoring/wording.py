"""What can be worded anew: the fields of a question, its key and its rubric, of a document, and the text of a cell; found, and put back.

Nothing here knows a kind of question: every text of an item is a field, and what an item, a key or a rubric calls right is chosen among the
ids that the item itself names. Ids, sections and points are no wording and are not touched.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain

from autograde.errors import AuthorError
from workbook_helpers.items import Item, Json

KEPT = frozenset(
    {"id", "kind", "purpose", "criterion", "further", "section", "document", "shuffle", "points", "start", "to", "before", "code", "verb"}
)
"""Of items and rubrics, what is no wording."""
CELLS = " | "
"""Stands between the cells of a row."""
RIGHT = frozenset({"right", "part", "share"})
"""What names what is right; relationships say it with `kind`, too."""
LABELS = {
    "stem": "Question or task",
    "feedback": "Feedback",
    "right": "Right",
    "reason": "Why it is right",
    "prompts": "Prompts, one a line",
    "accepted": "Accepted, one a line",
    "not_accepted": "Not accepted, one a line",
    "verb_check": "Check of the verb",
    "workplace_check": "Check of the workplace",
    "indicative_content": "May include, one a line",
    "must_see": "Must see, one a line",
    "not_enough": "Not enough alone, one a line",
    "unsafe": "Unsafe, one a line",
    "people": "Person",
    "criteria": "Criterion",
    "near": "Near miss",
    "says": "Who speaks",
    "next": "What would help next",
    "head": "Heads of the columns, one a line",
    "rows": "Rows, one a line, with | between cells",
    "messages": "Message",
    "by": "from",
    "marks": "Mark",
}
Path = tuple[str, ...]


class Form(StrEnum):
    """How a field is filled in."""

    TEXT = "text"
    LINES = "lines"
    ROWS = "rows"
    ONE = "one"
    SEVERAL = "several"
    NUMBER = "number"


@dataclass(frozen=True, kw_only=True)
class Choice:
    """What a field can be set to, and what people read."""

    value: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Field:
    """One thing that can be worded anew.

    Attributes
    ----------
    name
        Where it stands, parts of an item by their ids: "item/options/b/text", "key/reason", "rubric/levels/1/text", "text".
    value
        As a form has it: lines, rows and several choices one below the other.
    choices
        For a choice of one or several.
    """

    name: str
    label: str
    value: str
    form: Form
    choices: tuple[Choice, ...] = ()


YES_NO = (Choice(value="true", text="Right"), Choice(value="false", text="Not right"))


def item_fields(table: Mapping[str, Json], item: Item) -> tuple[Field, ...]:
    """Give the fields of an item, as its table in `items.toml` has them."""
    return tuple(_walk(table, ("item",), _groups(table, item), several=item.kind == "multiple"))


def key_fields(entry: Mapping[str, Json], table: Mapping[str, Json], item: Item) -> tuple[Field, ...]:
    """Give the fields of an item's key."""
    parts = {name: entry[name] for name in ("right", "reason")}
    return tuple(_walk(parts, ("key",), _groups(table, item), several=item.kind == "multiple"))


def rubric_fields(rubric: Mapping[str, Json]) -> tuple[Field, ...]:
    """Give the fields of a task's rubric."""
    return tuple(_walk(rubric, ("rubric",), {}, several=False))


def document_fields(table: Mapping[str, Json]) -> tuple[Field, ...]:
    """Give the fields of a document, as its table in `items.toml` has them; how it is drawn is no wording."""
    return tuple(_walk({name: value for name, value in table.items() if name not in ("id", "form")}, ("document",), {}, several=False))


Groups = dict[Path, dict[str, str]]


def _groups(table: Mapping[str, Json], item: Item) -> Groups:
    """Give what can be named in an item: where a list of parts stands → id → text."""
    found: Groups = {}

    def look(value: Json, path: Path) -> None:
        if isinstance(value, Mapping):
            for name, inner in value.items():
                look(inner, (*path, name))
        elif isinstance(value, list) and value and all(isinstance(one, Mapping) for one in value):
            if all({"id", "text"} <= one.keys() for one in value):
                found[path] = {str(one["id"]): str(one["text"]) for one in value}
            for number, one in enumerate(value, 1):
                look(one, (*path, part_id(one, number)))

    look(table, ())
    parts = item.public().get("parts")
    if isinstance(parts, list):
        found["parts",] = {str(one): str(one).replace("-", " ").capitalize() for one in parts}
    return found


def part_id(one: Mapping[str, Json], number: int) -> str:
    """Give what a part of an item or a rubric is called: its id, or its number from 1."""
    return str(one.get("id") or one.get("code") or number)


def _walk(value: Json, path: Path, groups: Groups, *, several: bool) -> Iterator[Field]:
    name, label = "/".join(path), _label(path, groups)
    right = any(part in RIGHT for part in path[1:])
    match value:
        case bool():
            yield Field(name=name, label=label, value=str(value).lower(), form=Form.ONE, choices=YES_NO)
        case int() | float() if right:
            yield Field(name=name, label=label, value=f"{value:g}", form=Form.NUMBER)
        case str():
            choices = _choices(value, path, groups) if right or path[-1] == "kind" else ()
            yield Field(name=name, label=label, value=value, form=Form.ONE if choices else Form.TEXT, choices=choices)
        case dict():
            for key, inner in value.items():
                if right or path[-1] in RIGHT or key not in KEPT or (key == "kind" and "people" in path):
                    yield from _walk(inner, (*path, str(key)), groups, several=several)
        case list() if value and all(isinstance(one, Mapping) for one in value):
            for number, one in enumerate(value, 1):
                yield from _walk(one, (*path, part_id(one, number)), groups, several=several)
        case list() if value and all(isinstance(one, list) for one in value):
            rows = "\n".join(CELLS.join(row) for row in value)
            yield Field(name=name, label=label, value=rows, form=Form.ROWS)
        case list() if all(isinstance(one, str) for one in value):
            yield from _listed(value, path, label, _choices(value[0], path, groups) if right and value else (), several=several)


def _listed(value: list[str], path: Path, label: str, choices: tuple[Choice, ...], *, several: bool) -> Iterator[Field]:
    """Give the field of several choices, the fields of choices in an order, or the field of lines."""
    name = "/".join(path)
    if choices and not several:
        for number, one in enumerate(value, 1):
            yield Field(name=f"{name}/{number}", label=f"{label}: {number}.", value=one, form=Form.ONE, choices=choices)
        return
    yield Field(name=name, label=label, value="\n".join(value), form=Form.SEVERAL if choices else Form.LINES, choices=choices)


def _choices(value: str, path: Path, groups: Groups) -> tuple[Choice, ...]:
    """Give the ids among which `value` was chosen: of a list within the part that the path names, else of one without that part."""
    fits = [(where, ids) for where, ids in groups.items() if value in ids]
    within = [ids for where, ids in fits if len(where) > 1 and set(where[1:-1]) & set(path)]
    beside = [ids for where, ids in fits if not set(path) & ids.keys()]
    found = next(chain(within, beside), {})
    return tuple(Choice(value=name, text=text) for name, text in found.items())


def _label(path: Path, groups: Groups) -> str:
    """Say what a field is: of which part, and which of its texts."""
    texts = {name: text for ids in groups.values() for name, text in ids.items()}
    words = [*path[1:]]
    if path[0] == "key" and len(words) > 1:
        of = " · ".join(texts.get(part, part.capitalize() if part in ("kind", "share") else part) for part in words[1:])
        return f"Right: {of}"
    if len(words) > 1 and words[-1] == "text":
        words.pop()
    said = [f"{LABELS.get(name, name.removesuffix('s').capitalize())} {part}" for name, part in zip(words[::2], words[1::2], strict=False)]
    if len(words) % 2:
        said.append(LABELS.get(words[-1], words[-1].replace("_", " ").capitalize()))
    return ", ".join(said[:1] + [one[0].lower() + one[1:] for one in said[1:]]) or "Text"


def read_value(field: Field, typed: str) -> Json:
    """Read what was typed into a field.

    Raises
    ------
    AuthorError
        If it cannot be that; a sentence for who typed it.
    """
    text = typed.replace("\r\n", "\n").strip()
    chosen = {choice.value for choice in field.choices}
    if field.form is Form.NUMBER:
        if not re.fullmatch(r"\d{1,3}(\.\d{1,2})?", text):
            msg = "This must be a number, such as 2 or 0.5."
            raise AuthorError(msg)
        return float(text) if "." in text else int(text)
    if field.form in (Form.LINES, Form.ROWS):
        lines = [line.strip() for line in text.split("\n") if line.strip()]
        return lines if field.form is Form.LINES else [[cell.strip() for cell in line.split(CELLS.strip())] for line in lines]
    if field.form is Form.SEVERAL:
        found = [line for line in text.split("\n") if line]
        if not found or not set(found) <= chosen:
            msg = "Choose one or more of these."
            raise AuthorError(msg)
        return [choice.value for choice in field.choices if choice.value in found]
    if field.form is Form.ONE and text not in chosen:
        msg = f"Choose one of these: {', '.join(choice.value for choice in field.choices)}."
        raise AuthorError(msg)
    if field.form is Form.ONE and chosen == {"true", "false"}:
        return text == "true"
    if not text:
        msg = "This needs a text."
        raise AuthorError(msg)
    return text
