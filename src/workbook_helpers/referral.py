"""A referral: the tasks that a tutor asks one learner to look at again, with what was handed in first.

It reaches the page inside a one-file workbook (`web.workbook_file`), or as `referral.json` beside the student's answers. The
page opens its tasks and the declaration; whatever else is handed in stays as it was.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import date
from typing import Annotated, Literal, TypeVar

from pydantic import AwareDatetime, Field, SerializerFunctionWrapHandler, ValidationError, model_serializer, model_validator

from workbook_helpers.errors import ContentError
from workbook_helpers.files import read_file
from workbook_helpers.items import Item, Json, Purpose, Workbook, clean_id, paper_seed
from workbook_helpers.items.base import ItemId, Model

FILE = "referral.json"
PLACES = (FILE, f"feedback/*/{FILE}", "feedback/*/*.html")
"""Where it lies below the workbook's folder: put there by hand, or with feedback that came through an exchange.

nbgrader's exchange brings pages alone: there it stands within one (`ELEMENT`).
"""
ELEMENT = "wb-referral"
"""The element of a page that holds it, as `web.page.data` writes it."""
_WITHIN = re.compile(rf'<script type="application/json" id="{ELEMENT}">(.*?)</script>'.encode(), re.DOTALL)
MAX_BYTES = 5_000_000
"""As of an answers file: it holds those of one hand-in."""
MARK = "@"
"""Stands in no item's id: what follows it is the attempt that an answer was kept for."""
MARKED = (Purpose.ASSESSED, Purpose.RECORD)
"""What an attempt is about; practice and private notes go on beside it."""
T = TypeVar("T")


class Given(Model):
    """An answer as it was handed in."""

    value: Json
    saved_at: str = ""
    release: str = ""
    """Which version of the questions it was given to, where the hand-in says that of this answer."""

    @model_serializer(mode="wrap")
    def _said(self, write: SerializerFunctionWrapHandler) -> dict[str, Json]:
        """Leave out what is not said: a learner's program of before it was knows no such field."""
        said: dict[str, Json] = write(self)
        return {name: part for name, part in said.items() if name != "release" or part}


class Task(Model):
    """One item to be looked at again."""

    item: ItemId
    missing: Annotated[str, Field(min_length=1, max_length=1000)]
    """What is missing, in one sentence."""
    comment: Annotated[str, Field(max_length=10_000)] = ""
    points: Annotated[float, Field(ge=0, le=100)] | None = None
    """What the first answer got, where the tutor shows that."""


class NotMet(Model):
    """A criterion that is not met yet."""

    code: Annotated[str, Field(min_length=1, max_length=20)]
    missing: Annotated[str, Field(min_length=1, max_length=1000)]


class Referral(Model):
    """What is asked again of one learner; `Referral` in `page/types.d.ts`."""

    form: Literal["workbook-referral"] = "workbook-referral"
    schema_: Annotated[Literal[1], Field(alias="schema")] = 1
    id: Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")]
    """Born with it; the hand-in that answers it names it."""
    workbook: str
    class_id: str
    learner: Annotated[str, Field(min_length=1, max_length=128)]
    release: str
    """Which version of the questions the first answers are to."""
    attempt: Annotated[int, Field(ge=2, le=99)]
    """The attempt that it opens; that of the first hand-in is 1."""
    answers_sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    """Of the answers file that it is about."""
    made_at: AwareDatetime
    until: date | None = None
    tasks: Annotated[tuple[Task, ...], Field(min_length=1)]
    criteria: tuple[NotMet, ...] = ()
    answers: dict[ItemId, Given]
    """All that was handed in then, by item; nothing private, and nobody else's."""

    @model_validator(mode="after")
    def _asks_each_once(self) -> "Referral":
        items = [task.item for task in self.tasks]
        if len(set(items)) < len(items):
            msg = "an item stands twice among the tasks"
            raise ValueError(msg)
        return self

    def is_for(self, learner: str) -> bool:
        """Whether it is this learner's; an id counts as on the roster, whatever its capitals."""
        return clean_id(learner).lower() == clean_id(self.learner).lower()

    def opens(self, item: Item) -> bool:
        """Whether an item can be answered again: a task of it, and the declaration, which is about the new answers."""
        return item.kind == "declaration" or any(task.item == item.id for task in self.tasks)

    def kept_as(self, item_id: str) -> str:
        """Give the name under which the new answer to an item is kept, beside the first one."""
        return f"{item_id}{MARK}{self.attempt}"

    def begins(self, items: Mapping[str, Item]) -> dict[str, Given]:
        """Give what stands in each task until it is changed, by the name under which that is kept then: the first answer.

        Who improves an answer mostly adds to it, and on a telephone nobody types a page again. An answer that cannot be taken
        back (`Item.goes_on_from`), or that is none to the item as it is now, is not begun with.
        """
        asked = {name: items[name] for task in self.tasks if (name := task.item) in items and name in self.answers}
        first = {name: self.answers[name] for name in asked}
        return {
            self.kept_as(name): first[name]
            for name, item in asked.items()
            if not item.problem(first[name].value) and item.goes_on_from(first[name].value, None)
        }

    def is_changed(self, item: Item, value: Json) -> bool:
        """Whether an answer is another one than was handed in."""
        return item.id not in self.answers or self.answers[item.id].value != value

    def standing(self, items: Mapping[str, Item], kept: Mapping[str, T], first: Callable[[Given], T]) -> dict[str, T]:
        """Give the answers as the page shows them: the new ones, those that stay as handed in, and the student's own notes.

        Parameters
        ----------
        kept
            Name → answer of all that is kept, for whichever attempt.
        first
            Turns an answer as handed in into what `kept` holds.
        """
        found = plain(kept)
        now = {name: first(given) for name, given in self.begins(items).items()} | dict(kept)
        for name, item in items.items():
            if item.purpose not in MARKED:
                continue
            found.pop(name, None)
            if self.opens(item):
                if (new := self.kept_as(name)) in now:
                    found[name] = now[new]
            elif name in self.answers:
                found[name] = first(self.answers[name])
        return found

    def whole(self, items: Mapping[str, Item], kept: Mapping[str, T], first: Callable[[Given], T]) -> dict[str, T]:
        """Give the answers as they are handed in: as they stand, and the first one to a task that has no new one."""
        asked = {task.item for task in self.tasks} & items.keys() & self.answers.keys()
        return {name: first(self.answers[name]) for name in asked} | self.standing(items, kept, first)

    def aside(self, items: Mapping[str, Item], kept: Mapping[str, T], value: Callable[[T], Json]) -> dict[str, T]:
        """Give what was written to marked questions and is not what was handed in: the page shows it beside that, and never sends it."""
        marked = {name: item for name, item in items.items() if item.purpose in MARKED and item.kind != "declaration" and name in kept}
        given = {name: value(kept[name]) for name, item in marked.items() if not item.problem(value(kept[name]))}
        return {name: kept[name] for name, one in given.items() if not items[name].is_blank(one) and self.is_changed(items[name], one)}

    def check(self, workbook: Workbook) -> None:
        """Raise ContentError if it is not about this workbook, or would show what it must not."""
        if fault := next(self._faults(workbook), None):
            msg = f"The referral {self.id} cannot be used: {fault}."
            raise ContentError(msg)

    def public(self) -> dict[str, Json]:
        """Give it as JSON holds it, in a file and in a page."""
        return self.model_dump(mode="json", by_alias=True)

    def _faults(self, workbook: Workbook) -> Iterator[str]:
        if (self.workbook, self.class_id) != (workbook.id, workbook.about.class_id):
            yield f"it is about {self.workbook}, or about another class; take the one of this class for {workbook.assignment}"
            return
        asked = {item.id for item in workbook.paper(paper_seed(self.class_id, self.workbook, self.learner)).values()}
        for name in (task.item for task in self.tasks):
            if name not in asked:
                yield f"this learner is not asked {name}; take it out of the tasks"
            elif workbook.items[name].purpose not in MARKED or workbook.items[name].kind == "declaration":
                yield f"{name} is not marked, or is the declaration; take it out of the tasks"
        for name, given in self.answers.items():
            item = workbook.items.get(name)
            if item is not None and item.purpose is Purpose.PRIVATE and (item.problem(given.value) or item.handed_in(given.value) is None):
                yield f"its answer to {name} is private; take it out of the answers"


def plain(kept: Mapping[str, T]) -> dict[str, T]:
    """Leave out what is kept for a later attempt."""
    return {name: one for name, one in kept.items() if MARK not in name}


def newest(kept: Mapping[str, T], item_id: str) -> T | None:
    """Give the answer to an item in the latest attempt that has one; None where there is none."""
    attempts = {
        int(n): one for name, one in kept.items() if name.startswith(f"{item_id}{MARK}") and (n := name.partition(MARK)[2]).isdecimal()
    }
    return attempts[max(attempts)] if attempts else kept.get(item_id)


def read_referral(raw: bytes, workbook: Workbook) -> Referral:
    """Read a referral of this workbook; ContentError says why it is none."""
    try:
        found = Referral.model_validate_json(raw)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "the file"
        msg = f"{FILE} cannot be read: {where}: {first['msg'].removeprefix('Value error, ')}. Ask for the file again."
        raise ContentError(msg) from error
    found.check(workbook)
    return found


def referrals(workbook: Workbook) -> tuple[Referral, ...]:
    """Give the referrals that lie with a student's workbook, the one that holds last; files that are none are passed over."""
    found = []
    for path in (path for place in PLACES for path in sorted(workbook.folder.glob(place))):
        with suppress(OSError, ContentError):
            raw = read_file(path, MAX_BYTES)
            if path.suffix == ".html":
                raw = within[1] if (within := _WITHIN.search(raw)) else b""
            if raw:
                found.append(read_referral(raw, workbook))
    return tuple(sorted(found, key=lambda one: (one.attempt, one.made_at)))


def referral_of(workbook: Workbook, learner: str) -> Referral | None:
    """Give the referral that holds for a learner, None where there is none, or somebody else's alone."""
    return next((one for one in reversed(referrals(workbook)) if one.is_for(learner)), None)
