"""Decide what to do, step by step, in a story that branches."""

from collections.abc import Iterable, Iterator
from typing import Annotated, ClassVar, Literal, TypeAlias

from pydantic import Field, model_validator

from workbook_helpers.items.base import Item, Json, Model, OptionId, Purpose, Text
from workbook_helpers.words import say

UNSAFE = {"unsafe": True}
"""What a key says of an act that could do harm, in the place of its points."""
MAX_STEPS = 40
"""Decisions in one answer. Only a practice story can come back to a decision, so only there can it be met."""


class Choice(Model):
    """One thing to do at a decision, what it leads to in words (`reply`), and the node or ending that follows (`to`)."""

    id: OptionId
    text: Text
    reply: Text
    to: OptionId
    right: bool | None = None
    feedback: str = ""


class Node(Model):
    """One moment of the story: somebody speaks, then the student decides."""

    id: OptionId
    says: Text
    text: Text
    choices: Annotated[tuple[Choice, ...], Field(max_length=6)]


class Ending(Model):
    """How a story can end: what follows for three people, and what would help next. No ending is just a fail."""

    id: OptionId
    title: Text
    person: Text
    family: Text
    worker: Text
    next: Text
    criterion: str = ""


Step: TypeAlias = tuple[Node, Choice]


class Scenario(Item):
    """A branching story. The answer is the path: a list of steps such as "n1.b" (node, choice), in order from the start.

    In practice one may go back, a choice says at once why it is wise or not, and a story may return to an earlier
    decision. In an assessed story the path counts: it never returns, and nothing in it says what is right.
    """

    seconds: ClassVar[int] = 240

    kind: Literal["scenario"]
    setting: Text
    start: OptionId
    nodes: Annotated[tuple[Node, ...], Field(min_length=1, max_length=24)]
    endings: tuple[Ending, ...]

    @model_validator(mode="after")
    def _story_holds(self) -> "Scenario":
        if fault := next(self._faults(), None):
            raise ValueError(fault)
        return self

    def node(self, name: str) -> Node | None:
        """Give the node of this id, or None (an ending, or nothing)."""
        return next((node for node in self.nodes if node.id == name), None)

    def steps(self) -> tuple[str, ...]:
        """Give every step that the story has, as "node.choice", in the item's order."""
        return tuple(f"{node.id}.{choice.id}" for node in self.nodes for choice in node.choices)

    def places(self) -> list[str]:
        """Give the ids of the nodes, then of the endings."""
        return [node.id for node in self.nodes] + [ending.id for ending in self.endings]

    def walk(self, path: Iterable[str]) -> tuple[tuple[Step, ...], str]:
        """Follow a well-formed path: the decisions taken, and the id of the node or ending that it has come to."""
        place, taken = self.start, []
        for step in path:
            node = self.node(place)
            choice = next((c for c in node.choices if f"{place}.{c.id}" == step), None) if node else None
            if node is None or choice is None:
                break
            taken.append((node, choice))
            place = choice.to
        return tuple(taken), place

    def problem(self, value: Json) -> str | None:
        """See `Item.problem`."""
        path = _path(value)
        if path is None:
            return 'expected a list of steps such as "n1.b"'
        if len(path) > MAX_STEPS:
            return f"has {len(path)} steps; a story allows {MAX_STEPS}"
        if unknown := [step for step in path if step not in self.steps()]:
            return f"names a step that this story does not have: {unknown[0][:40]!r}"
        taken, _ = self.walk(path)
        return None if len(taken) == len(path) else f"leaves the story at step {len(taken) + 1}: {path[len(taken)]} does not follow there"

    def ends(self) -> list[str]:
        """Give the steps after which the story has ended."""
        endings = {ending.id for ending in self.endings}
        return [f"{node.id}.{choice.id}" for node in self.nodes for choice in node.choices if choice.to in endings]

    def missing(self, value: Json) -> int:
        """See `Item.missing`: a story is whole once it has ended."""
        path = _path(value)
        return 0 if path and path[-1] in self.ends() else 1

    def goes_on_from(self, old: Json, new: Json) -> bool:
        """See `Item.goes_on_from`: in a marked story a decision that was taken stays taken."""
        taken, path = _path(old) or [], _path(new) or []
        return self.purpose is not Purpose.ASSESSED or path[: len(taken)] == taken

    def in_words(self, value: Json) -> tuple[str, ...]:
        """Tell the path as a story: one string for each decision, and one for the ending or for where it stopped."""
        taken, place = self.walk(_path(value) or [])
        lines = [say("scenario-step", says=node.says, text=node.text, choice=choice.text, reply=choice.reply) for node, choice in taken]
        ending = next((ending for ending in self.endings if ending.id == place), None)
        if ending:
            parts = {name: getattr(ending, name) for name in ("person", "family", "worker", "next", "criterion")}
            lines.append(
                " ".join([say("scenario-end", title=ending.title), *(f"{say(f'scenario-{name}')}: {t}" for name, t in parts.items() if t)])
            )
        elif taken and (node := self.node(place)):
            lines.append(say("scenario-stopped", says=node.says, text=node.text))
        return tuple(lines)

    def key_in_words(self, right: Json) -> tuple[str, ...]:
        """Say of each decision what each choice earns."""
        return tuple(
            f"{node.says}: “{node.text}” → " + " · ".join(f"{_worth_in_words(right[f'{node.id}.{c.id}'])}: {c.text}" for c in node.choices)
            for node in self.nodes
        )

    def right_in_words(self, right: Json) -> tuple[str, ...]:
        """Give nothing: a story has better and worse ways, and the reason tells of them."""
        return ()

    def public(self) -> dict[str, Json]:
        """Give what the page needs; an assessed story keeps each ending's advice and criterion back until the feedback page."""
        spec = super().public()
        if self.purpose is Purpose.ASSESSED:
            spec["endings"] = [
                {name: text for name, text in ending.items() if name not in {"next", "criterion"}} for ending in spec["endings"]
            ]
        return spec | {"ends": self.ends(), "back": self.purpose is Purpose.PRACTICE, "max_steps": MAX_STEPS}

    def _faults(self) -> Iterator[str]:
        """Give each fault of the story as authored; the later ones build on the earlier ones being absent."""
        if self.purpose not in (Purpose.PRACTICE, Purpose.ASSESSED):
            yield f"a story is for practice or assessed, not {self.purpose.value}"
        places = self.places()
        yield from (f"the id {name!r} is used {places.count(name)} times; nodes and endings need one each" for name in _twice(places))
        if len(self.endings) < 2:
            yield f"a story needs at least two endings, not {len(self.endings)}"
        if self.node(self.start) is None:
            yield f"start names {self.start!r}, which is no node"
        for node in self.nodes:
            yield from (f"node {node.id!r} has two choices with the id {name!r}" for name in _twice([c.id for c in node.choices]))
            if len(node.choices) < 2:
                yield f"node {node.id!r} is a dead end: it needs at least two choices, not {len(node.choices)}"
            for choice in node.choices:
                yield from self._choice_faults(node, choice, places)
        leads = {node.id: {choice.to for choice in node.choices} for node in self.nodes}
        yield from (f"{name!r} is never reached from start" for name in places if name not in _reach(leads, self.start))
        ends = {ending.id for ending in self.endings}
        yield from (
            f"no ending can be reached from node {name!r}: the story goes round for ever"
            for name in leads
            if not _reach(leads, name) & ends
        )
        if self.purpose is Purpose.ASSESSED:
            round_trips = (name for name in leads if any(name in _reach(leads, to) for to in leads[name]))
            yield from (
                f"an assessed story cannot come back to a decision, but node {name!r} leads to itself again" for name in round_trips
            )

    def _choice_faults(self, node: Node, choice: Choice, places: list[str]) -> Iterator[str]:
        name = f"choice {node.id}.{choice.id}"
        if choice.to not in places:
            yield f"{name} leads to {choice.to!r}, which is neither a node nor an ending"
        if self.purpose is Purpose.PRACTICE and (choice.right is None or not choice.feedback):
            yield f"{name} of a practice story needs right = true or false, and feedback"
        if self.purpose is not Purpose.PRACTICE and (choice.right is not None or choice.feedback):
            yield f"{name} says what is right, and only a practice story may: put it into the key"


def worth(points: Json) -> float:
    """Give the points that a key gives a step; none for an unsafe act."""
    return 0 if points == UNSAFE else float(points)


def _worth_in_words(points: Json) -> str:
    return say("scenario-unsafe") if points == UNSAFE else f"{points:g}"


def _path(value: Json) -> list[str] | None:
    """Read an answer as a list of steps: a list, or {"path": list}; None if it is neither."""
    if isinstance(value, dict) and set(value) == {"path"}:
        value = value["path"]
    if value is None:
        return []
    return value if isinstance(value, list) and all(isinstance(step, str) for step in value) else None


def _twice(names: list[str]) -> list[str]:
    return sorted({name for name in names if names.count(name) > 1})


def _reach(leads: dict[str, set[str]], start: str) -> set[str]:
    """Give all that can be reached from `start`, itself included."""
    seen, todo = set(), [start]
    while todo:
        if (name := todo.pop()) not in seen:
            seen.add(name)
            todo += leads.get(name, ())
    return seen


KIND = Scenario
