"""A draft of what comes in: text for `items.toml` and for a file of keys, to be looked through before it is used."""

import json
import re
import tomllib
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from autograde.bank.inward import item_of
from autograde.bank.question import Question, Remark, Unreadable
from autograde.errors import ClassError
from workbook_helpers.items import Json
from workbook_helpers.items.documents import Document

ITEM_ID = re.compile(r"w[0-9]{2}(-[a-z0-9]+)+")
BARE = re.compile(r"[A-Za-z0-9_-]+")
WIDE = 100
"""Characters of an inline table from which on each part of a list has a line of its own."""


@dataclass(frozen=True, kw_only=True)
class Draft:
    """What was made of a file of questions.

    Attributes
    ----------
    items, keys
        The text of both files; `keys` has entries for the assessed items alone.
    names
        The ids of the items, in order.
    remarks
        What is left out, changed, or still to be written.
    """

    items: str
    keys: str
    names: tuple[str, ...]
    remarks: tuple[Remark, ...]


def draft_items(questions: Iterable[Question], workbook: str, taken: Collection[str] = ()) -> Draft:
    """Make items of questions.

    Parameters
    ----------
    workbook
        The short id, such as "w50". A question that is called as an item of this workbook can be keeps that id; others get the next
        number, "w50-q01" if they are assessed and "w50-p01" if they are practice.
    taken
        Ids of items and documents that the workbook has already.
    """
    used = set(taken)
    documents: dict[str, tuple[str, Document]] = {}
    items: list[dict[str, Json]] = []
    keys: dict[str, Json] = {}
    remarks: list[Remark] = []
    for question in questions:
        before = dict(documents)
        try:
            name = _name(question, workbook, used, practice=True)
            paper = _paper(question.document, workbook, used, documents) if question.document else ""
            made = item_of(question, name, paper)
            if name != question.name:
                name = _name(question, workbook, used, practice=made.key is None)
                made = item_of(question, name, paper)
        except Unreadable as error:
            documents = before
            remarks.append(Remark(name=question.name, text=str(error), left_out=True))
            continue
        used |= {name, *(one for one, _ in documents.values())}
        items.append(made.table)
        if made.key:
            keys[name] = made.key
        called = name if name == question.name else f"{name} ({question.name})"
        remarks += [Remark(name=called, text=note) for note in dict.fromkeys(made.notes)]
    content = {"documents": [_document(name, one) for name, one in documents.values()], "items": items}
    entries = {"workbook": workbook, "version": 1, "keys": keys}
    return Draft(
        items=_held(_head("items") + "".join(_tables(content)), {name: part for name, part in content.items() if part}),
        keys=_held(_head("keys") + _keys(entries), entries),
        names=tuple(table["id"] for table in items),
        remarks=tuple(remarks),
    )


def _head(which: str) -> str:
    if which == "items":
        return "# A draft from a question bank. Look at each question, then move it into items.toml.\n\n"
    return "# A draft from a question bank: the right answers. Move each entry into the workbook's key. Never given to students.\n"


def _name(question: Question, workbook: str, used: set[str], *, practice: bool) -> str:
    if (
        question.name.startswith(f"{workbook}-")
        and ITEM_ID.fullmatch(question.name)
        and len(question.name) <= 64
        and question.name not in used
    ):
        return question.name
    return next(name for n in range(1, 100_000) if (name := f"{workbook}-{'p' if practice else 'q'}{n:02}") not in used)


def _paper(document: Document, workbook: str, used: set[str], documents: dict[str, tuple[str, Document]]) -> str:
    """Give the id of a document here; the same document is here once."""
    digest = document.model_dump_json(exclude={"id"})
    if digest not in documents:
        taken = used | {name for name, _ in documents.values()}
        free = (f"{workbook}-d{n:02}" for n in range(1, 100))
        own = document.id if document.id.startswith(f"{workbook}-") and document.id not in taken else ""
        name = own or next((name for name in free if name not in taken), "")
        if not name:
            msg = "the workbook has no number left for its document"
            raise Unreadable(msg)
        documents[digest] = name, document
    return documents[digest][0]


def _document(name: str, document: Document) -> dict[str, Json]:
    fields = document.model_dump(mode="json", exclude_defaults=True)
    return {"id": name} | {field: value for field, value in fields.items() if field != "id"}


def _tables(content: dict[str, list[dict[str, Json]]]) -> Iterator[str]:
    for name, tables in content.items():
        for table in tables:
            lines = "".join(f"{field} = {_value(value)}\n" for field, value in table.items())
            yield f"[[{name}]]\n{lines}\n"


def _keys(entries: dict[str, Json]) -> str:
    head = f"workbook = {_value(entries['workbook'])}\nversion = {entries['version']}\n\n[keys]\n"
    return head + "".join(
        f"\n[keys.{name}]\n" + "".join(f"{field} = {_value(value)}\n" for field, value in entry.items())
        for name, entry in entries["keys"].items()
    )


def _value(value: Json, *, within: bool = False) -> str:
    """Write a value of TOML: a list whose parts are tables, or that is wide, with a line for each unless it is `within` one."""
    match value:
        case bool():
            return str(value).lower()
        case str():
            return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
        case dict():
            inner = ", ".join(
                f"{name if BARE.fullmatch(name) else json.dumps(name)} = {_value(one, within=True)}" for name, one in value.items()
            )
            return f"{{ {inner} }}" if inner else "{}"
        case list():
            parts = [_value(one, within=True) for one in value]
            line = f"[{', '.join(parts)}]"
            wide = not within and (any(isinstance(one, dict) for one in value) or len(line) > WIDE)
            return "[\n" + "".join(f"  {part},\n" for part in parts) + "]" if wide and value else line
        case _:
            return str(value)


def _held(made: str, wanted: Json) -> str:
    """See that a text says what was wanted and nothing else."""
    try:
        found = tomllib.loads(made)
    except tomllib.TOMLDecodeError:
        found = None
    if found != wanted:
        msg = "The draft cannot be written: a question holds signs that no TOML file can. Leave that question out and import the others."
        raise ClassError(msg)
    return made
