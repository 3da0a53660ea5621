"""Read an answers file that may have been written by anything: every fault is data, never an exception."""

import errno
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from workbook_helpers.files import read_file
from workbook_helpers.items import Item, Json
from workbook_helpers.times import read_time

SCHEMA = 1
MAX_BYTES = 5_000_000
"""Fifty of the longest written answers; a larger file was not written by the page."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """A well-formed answer to one item.

    Attributes
    ----------
    value
        As the item's kind defines it.
    time
        What the file holds as the time when it was saved, whatever that is.
    """

    value: Json
    time: Json = ""

    @property
    def saved_at(self) -> str:
        """When it was saved, in ISO 8601, or "" where the file holds no valid time."""
        found = read_time(self.time)
        return found.isoformat() if found else ""


@dataclass(frozen=True, kw_only=True)
class AnswerSheet:
    """What could be read of an answers file.

    Attributes
    ----------
    answers
        Item id → answer; only well-formed ones of known items.
    unreadable
        Item id → what is wrong with what stands there.
    strange
        Item id → what stands there, for the unreadable; nothing may be done with it but to see whether it changes.
    problem
        Why the whole file says nothing; "" if it could be read.
    oddities
        What else is strange, one sentence each; nothing of it was used.
    copy
        The copy's birth id (`Kept`); "" where the file holds none.
    seed
        What the student's draws and orders came from (`Workbook.paper`); "" where the file holds none.
    """

    answers: Mapping[str, Answer]
    unreadable: Mapping[str, str]
    problem: str = ""
    oddities: tuple[str, ...] = ()
    copy: str = ""
    seed: str = ""
    release: str = ""
    """Which version of the questions was answered (`Workbook.release`); "" where the file does not say."""
    releases: Mapping[str, str] = field(default_factory=dict)
    """Item id → the version to which that answer was given, as it says itself; only where it does, readable or not."""
    strange: Mapping[str, Json] = field(default_factory=dict)

    def value(self, item_id: str) -> Json:
        """Give the value for an item, None where there is none."""
        answer = self.answers.get(item_id)
        return None if answer is None else answer.value


def read_sheet(path: Path, items: Mapping[str, Item], workbook: str) -> AnswerSheet:
    """Read the answers file at `path` as answers to `items` of `workbook` (its short id).

    Never raises for anything that the file holds or lacks; a link is not followed.
    """
    try:
        raw = read_file(path, MAX_BYTES)
    except FileNotFoundError:
        return _nothing("there is no answers file")
    except OSError as error:
        if error.errno in (errno.EINVAL, errno.EFBIG):
            return _nothing(f"the answers file {str(error.strerror).removeprefix('it ')}")
        return _nothing(f"the answers file cannot be opened ({error.strerror})")
    return parse_sheet(raw, items, workbook)


def parse_sheet(raw: bytes, items: Mapping[str, Item], workbook: str) -> AnswerSheet:
    """Read the bytes of an answers file; see `read_sheet`."""
    try:
        document = json.loads(raw)
        if any(sign in raw for sign in (b"\\u", b"\xed", b"\0")):  # JSON's escape, UTF-8 and UTF-16 can all hold half a pair
            document = _whole(document)
    except RecursionError:
        return _nothing("the answers file is nested too deeply")
    except ValueError:
        return _nothing("the answers file is not JSON")
    if not isinstance(document, dict) or not isinstance(document.get("answers"), dict):
        return _nothing("the answers file does not have the form of one")
    if document.get("schema") != SCHEMA:
        return _nothing("the answers file has a version that this program does not know")
    if document.get("workbook") != workbook:
        return _nothing("the answers file belongs to another workbook")
    answers: dict[str, Answer] = {}
    unreadable: dict[str, str] = {}
    strange: dict[str, Json] = {}
    releases: dict[str, str] = {}
    unknown = 0
    for item_id, record in document["answers"].items():
        item = items.get(item_id)
        if item is None:
            unknown += 1
        elif not isinstance(record, dict) or "value" not in record:
            unreadable[item_id], strange[item_id] = "has no value", record
        elif problem := item.problem(record["value"]):
            unreadable[item_id], strange[item_id] = problem, record["value"]
        else:
            answers[item_id] = Answer(value=record["value"], time=record.get("saved_at"))
        if item is not None and isinstance(record, dict) and (release := _name(record.get("release"))):
            releases[item_id] = release
    oddities = (f"{unknown} answers to items that this workbook does not have were left out",) if unknown else ()
    names = {name: _name(document.get(name)) for name in ("copy", "seed", "release")}
    return AnswerSheet(answers=answers, unreadable=unreadable, oddities=oddities, strange=strange, releases=releases, **names)


def _whole(document: Json) -> Json:
    """Put U+FFFD in the place of half surrogate pairs: JSON can hold them, and no file, database or page can be written with them."""
    return json.loads(json.dumps(document, ensure_ascii=False).encode("utf-16", "surrogatepass").decode("utf-16", "replace"))


def _nothing(problem: str) -> AnswerSheet:
    return AnswerSheet(answers={}, unreadable={}, problem=problem)


def _name(value: Json) -> str:
    return value if isinstance(value, str) and len(value) <= 64 and value.isalnum() else ""
