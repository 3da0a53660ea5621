"""What keys, rubrics and sample answers are, and whether they fit the items they are for; `autograde.content` reads them."""

import hashlib
import re
from collections.abc import Iterable
from typing import Annotated, Literal, Protocol, TypeVar

from pydantic import Field

from autograde.marking.kinds import MARKERS
from workbook_helpers.items import Item, Json, Workbook
from workbook_helpers.items.base import ItemId, Model, Text


class KeyEntry(Model):
    """The right answer of a closed item (its form is the kind's), and why it is right, for the marker and, after marking, the student.

    `also` are further answers, each whole and in the form of an answer, that get all the points; `void`: everybody gets them.
    """

    right: Json
    reason: Text
    also: tuple[Json, ...] = ()
    void: bool = False


Wordings = Annotated[tuple[str, ...], Field(min_length=1)]
"""What `wording` gives for each form in which an item was given out before its meaning changed."""


class EarlierKey(KeyEntry):
    """The key of an item as it was before its meaning changed: whoever answered it then is marked by this one."""

    item: ItemId
    asked: Wordings


class Key(Model):
    """The key of one workbook; `version` goes up when an entry is mended."""

    workbook: str
    version: Annotated[int, Field(ge=1)]
    keys: dict[ItemId, KeyEntry]
    earlier: tuple[EarlierKey, ...] = ()

    def entry(self, item: Item) -> KeyEntry:
        """Give what an item is marked by, as somebody was asked it."""
        return earlier(self.earlier, item) or self.keys[item.id]


class Level(Model):
    """One level of a rubric: the points it stands for, e.g. "3–6", and what such an answer is like."""

    points: Annotated[str, Field(pattern=r"^\d+([–-]\d+)?$")]
    title: Text
    text: Text

    @property
    def span(self) -> range:
        """The points that belong to it."""
        numbers = [int(one) for one in re.findall(r"\d+", self.points)]
        return range(numbers[0], numbers[-1] + 1)


class Rubric(Model):
    """The marker's guide to one written task."""

    criterion: str
    verb: str
    verb_check: Text
    workplace_check: Text
    indicative_content: Annotated[tuple[Text, ...], Field(min_length=1)]
    must_see: Annotated[tuple[Text, ...], Field(min_length=1)]
    not_enough: Annotated[tuple[Text, ...], Field(min_length=1)]
    unsafe: Annotated[tuple[Text, ...], Field(min_length=1)]
    levels: Annotated[tuple[Level, ...], Field(min_length=2)]

    def criteria_of(self, item: Item) -> str:
        """Give the codes that an answer to its task is about, as a marker reads them."""
        return " and ".join(item.criteria_named or (self.criterion,))

    def level(self, points: int) -> int:
        """Give the place of the level to which points belong, from 0; -1 where there is none."""
        return next((n for n, level in enumerate(self.levels) if points in level.span), -1)

    @property
    def met(self) -> int:
        """The place of the first level that meets the criterion; behind the last where none says so."""
        return next((n for n, level in enumerate(self.levels) if level.title.startswith("Met")), len(self.levels))


class EarlierRubric(Rubric):
    """The rubric of a task as it was before its meaning changed: whoever answered it then is marked by this one."""

    item: ItemId
    asked: Wordings


class Rubrics(Model):
    """The rubrics of one workbook."""

    workbook: str
    version: Annotated[int, Field(ge=1)]
    rubrics: dict[ItemId, Rubric]
    earlier: tuple[EarlierRubric, ...] = ()

    def rubric(self, item: Item) -> Rubric:
        """Give what a task is marked by, as somebody was asked it."""
        return earlier(self.earlier, item) or self.rubrics[item.id]


class _Earlier(Protocol):
    @property
    def item(self) -> str: ...
    @property
    def asked(self) -> tuple[str, ...]: ...


E = TypeVar("E", bound=_Earlier)
UNASKED = frozenset({"criterion", "further", "section", "shuffle", "points", "document"})
"""Of an item, what changes nothing about what is asked; of its document, what stands in it counts and not what it is called."""


def wording(item: Item) -> str:
    """Give the digest by which an item as it was worded, with its document, is known again, 16 hex digits."""
    document = item.rests_on.model_dump_json(exclude={"id"}) if item.rests_on else ""
    return hashlib.sha256(f"{item.model_dump_json(exclude=set(UNASKED))}{document}".encode()).hexdigest()[:16]


def means_other(guides: Iterable[E], was: Item, now: Item | None) -> bool:
    """Whether the class has changed what an item means between two of its wordings."""
    guides = tuple(guides)
    return earlier(guides, was) is not (earlier(guides, now) if now else None)


def earlier(guides: Iterable[E], item: Item) -> E | None:
    """Give the guide of an item as it was worded before its meaning changed, the last of several; None where it means what it means now."""
    if found := [guide for guide in guides if guide.item == item.id]:
        asked = wording(item)
        return next((guide for guide in reversed(found) if asked in guide.asked), None)
    return None


class Sample(Model):
    """An answer written to train markers: what it is worth, and which of the rubric's `must_see` are in it, in their order."""

    task: ItemId
    level: Literal["met", "borderline", "not-yet"]
    points: Annotated[int, Field(ge=0, le=100)]
    must_see: tuple[bool, ...]
    text: Text
    why: Text


class Samples(Model):
    """The sample answers to the written tasks of one workbook."""

    workbook: str
    samples: tuple[Sample, ...] = ()


def key_problems(workbook: Workbook, key: Key, rubrics: Rubrics) -> tuple[str, ...]:
    """Say where items, keys and rubrics do not fit each other, one sentence each; empty if all is well."""
    problems: list[str] = []
    closed = {item.id for item in workbook.assessed() if not item.asks_person}
    written = {item.id for item in workbook.assessed() if item.asks_person}
    for name, wanted, given in (("key", closed, set(key.keys)), ("rubric", written, set(rubrics.rubrics))):
        problems += [f"{item_id} has no {name}" for item_id in sorted(wanted - given)]
        problems += [f"the {name} {item_id} has no assessed item of its kind" for item_id in sorted(given - wanted)]
    problems += [f"{kind.workbook!r} is not {workbook.id!r}" for kind in (key, rubrics) if kind.workbook != workbook.id]
    for item in workbook.assessed():
        if item.asks_person or item.id not in key.keys:
            continue
        marker = MARKERS.get(item.kind)
        problem = marker.key_problem(item, key.keys[item.id].right) if marker else f"kind {item.kind} has no marker"
        if problem:
            problems.append(f"key of {item.id}: {problem}")
        for answer in key.keys[item.id].also:
            if item.problem(answer) or item.is_blank(answer):
                problems.append(f"key of {item.id}: also must list answers to it, and {answer!r} is none")
    return tuple(problems)
