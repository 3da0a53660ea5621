"""The sheets on which readers answer the marked questions of a workbook, and what they write on them (`docs/validity.py`).

A sheet is made from the workbook alone, never from its key.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from autograde.checks.subject import Subject
from workbook_helpers.items import Item, Json
from workbook_helpers.items.base import ChoiceItem, drawn
from workbook_helpers.items.documents import Document
from workbook_helpers.items.kinds.gaps import GAP, Gaps
from workbook_helpers.items.kinds.handover import Handover
from workbook_helpers.items.kinds.handover import Part as Place
from workbook_helpers.items.kinds.order import Order
from workbook_helpers.items.kinds.relationships import Relationships
from workbook_helpers.items.kinds.scenario import Scenario
from workbook_helpers.items.pairs import PairsItem
from workbook_helpers.words import say

CONDITIONS = {
    "options": "You see the options of some questions, and not what is asked. In each, choose the one that you think is the right answer.",
    "situations": "Each number is a moment at work, and one thing to do or to say. Is it a good thing to do in some "
    "situation like this, of the same kind, though its details may be others? "
    "Write yes or no. Judge each by itself.",
    "no-document": "Each question rests on a paper that you do not have. Answer it as well as you can without.",
    "with-document": "Each question rests on the paper that stands above it. Answer by what the paper says.",
    "taught": "Read the text first. The questions come after it; you may look back.",
}
"""The five kinds of sheet, and what they say to their reader."""
HOW = {
    "single": "Choose one.",
    "multiple": "Choose all that fit.",
    "order": "Write all the letters in the right order, the first step first.",
    "scenario": "Write one letter for each decision, in this order, also for those that you would not come to.",
    "short": "Write the word or the few words.",
    "yes or no": "Yes or no?",
    "": "Write one letter for each line, in this order.",
}
"""Kind → how it is answered; "" where each part of an item is given something."""
LINE = re.compile(r"\s*(\d+)\s*[:.)]\s*(.*?)\s*")
SHEET = re.compile(r"(w\d\d)-([a-z-]+)-(\d+)")


@dataclass(frozen=True, kw_only=True)
class Choice:
    """What can be chosen."""

    id: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Slot:
    """A place where a question wants a choice: token (a letter, yes, no) → choice; none where words are to be written."""

    text: str = ""
    choices: Mapping[str, Choice]


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A numbered question of a sheet: an item, or one option of it."""

    item: Item
    slots: tuple[Slot, ...]
    option: str = ""

    @property
    def id(self) -> str:
        """What it is sorted by."""
        return f"{self.item.id} {self.option}".strip()

    @property
    def kind(self) -> str:
        """How it is answered (`HOW`)."""
        return "yes or no" if self.option else self.item.kind if self.item.kind in HOW else ""

    def fault(self, tokens: list[str]) -> str:
        """Say why these are no answer, "" if they are one."""
        if not tokens:
            return "has no answer"
        choices = self._choices(tokens)
        if self.kind in ("multiple", "order"):
            wanted = "one or more letters" if self.kind == "multiple" else f"all of its {len(self.slots[0].choices)} letters"
            if len(set(tokens)) < len(tokens) or (self.kind == "order" and len(tokens) < len(self.slots[0].choices)):
                return f"needs {wanted}, each once"
        elif len(tokens) != len(self.slots):
            return f"needs {len(self.slots)} of them, and has {len(tokens)}"
        odd = [token for token, offered in zip(tokens, choices, strict=True) if offered and token not in offered]
        return f"has no {', '.join(odd)}" if odd else ""

    def value(self, tokens: list[str]) -> Json:
        """Give the answer as the item has it, "yes" or "no" of one option."""
        chosen = [offered[token].id if offered else token for token, offered in zip(tokens, self._choices(tokens), strict=True)]
        if self.kind not in ("", "scenario"):
            return chosen if self.kind in ("multiple", "order") else chosen[0]
        match self.item:
            case PairsItem():
                return dict(zip(self.item.part_ids(), chosen, strict=True))
            case Handover():
                return dict(zip(self.item.fact_ids(), chosen, strict=True))
            case Gaps():
                return {gap.id: given for gap, given in zip(self.item.gaps, chosen, strict=True)}
            case Relationships():
                kinds, shares = chosen[::2], chosen[1::2]
                return {one.id: {"kind": k, "share": s} for one, k, s in zip(self.item.people, kinds, shares, strict=True)}
            case Scenario():
                return _path(self.item, dict(zip((node.id for node in self.item.nodes), chosen, strict=True)))
            case _:
                msg = f"There is no sheet for questions of the kind {self.item.kind} ({self.item.id})."
                raise ValueError(msg)

    def _choices(self, tokens: list[str]) -> list[Mapping[str, Choice]]:
        """Give for each token what is offered there."""
        return [slot.choices for slot in self.slots] * (len(tokens) if len(self.slots) == 1 else 1)


def items(condition: str, subject: Subject) -> list[Item]:
    """Give the items that stand on a sheet of this kind."""
    match condition:
        case "options":
            return [item for item in subject.closed if item.kind == "single"]
        case "situations":
            return [item for item in subject.closed if isinstance(item, ChoiceItem) and not item.document]
        case "taught":
            return [item for item in subject.closed if not item.document]
        case _:
            return [item for item in subject.closed if item.document]


def entries(name: str, shelf: Mapping[str, Subject]) -> list[Entry]:
    """Give the questions of a sheet in its order; its name is what they are shuffled by."""
    workbook, condition = named(name, shelf)
    found = items(condition, shelf[workbook])
    if condition == "situations":
        yes_no = {token: Choice(id=token, text=token) for token in ("yes", "no")}
        every = [
            Entry(item=item, option=option.id, slots=(Slot(text=option.text, choices=yes_no),))
            for item in found
            if isinstance(item, ChoiceItem)
            for option in item.options
        ]
    else:
        every = [Entry(item=item, slots=slots(item, name)) for item in found]
    order = drawn(every, name, condition)
    if condition == "with-document":
        papers = list(dict.fromkeys(entry.item.document for entry in order))
        order.sort(key=lambda entry: papers.index(entry.item.document))
    return order


def slots(item: Item, seed: str) -> tuple[Slot, ...]:
    """Give the places of an item where something is chosen, with letters in an order that comes from the seed."""

    def slot(choices: Iterable[Any], text: str = "", part: str = "") -> Slot:
        order = drawn([Choice(id=one.id, text=one.text) for one in choices], seed, f"{item.id} {part}")
        return Slot(text=text, choices=dict(zip("abcdefghijkl", order, strict=False)))

    match item:
        case ChoiceItem():
            return (slot(item.options),)
        case Order():
            return (slot(item.steps),)
        case PairsItem():
            targets = [Choice(id=name, text=text) for name, text in item.targets().items()]
            return tuple(slot(targets, part.text) for part in item.parts())
        case Handover():
            places = [Choice(id=part.value, text=say(f"handover-part-{part.value}")) for part in Place]
            return tuple(slot(places, fact.text) for fact in item.facts)
        case Gaps():
            return tuple(slot(gap.options, f"Gap {n}", gap.id) for n, gap in enumerate(item.gaps, 1))
        case Relationships():
            sorts = (("kind", item.kinds), ("share", item.shares))
            return tuple(slot(labels, f"{one.text}: {part}", part) for one in item.people for part, labels in sorts)
        case Scenario():
            return tuple(slot(node.choices, f"{node.says}: “{node.text}”", node.id) for node in item.nodes)
        case _:
            return (Slot(choices={}),)


def sheet(name: str, shelf: Mapping[str, Subject]) -> str:
    """Write a sheet in Markdown; nothing of a key goes in."""
    workbook, condition = named(name, shelf)
    subject, lines = shelf[workbook], [f"# {name}", "", CONDITIONS[condition]]
    lines += ["", "Write one line for each number, such as `12: b`, `13: a c` or `14: yes`, and leave none out.", ""]
    if condition == "taught":
        lines += ["# The text", "", *teaching(subject, shelf), "", "# The questions", ""]
    paper = ""
    for number, entry in enumerate(entries(name, shelf), 1):
        if condition == "with-document" and entry.item.document != paper:
            paper = entry.item.document
            lines += [*in_markdown(subject.workbook.documents[paper]), ""]
        lines += [f"**{number}.** {_asked(entry, condition)}", "", *_offered(entry), ""]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).rstrip() + "\n"


def teaching(subject: Subject, shelf: Mapping[str, Subject]) -> Iterator[str]:
    """Give the teaching of a workbook, with what its pictures show in words; of the assessment, that of all the others."""
    own = [subject] if subject.workbook.about.role == "teaching" else [one for one in shelf.values() if one.teaching]
    for section in (section for one in own for section in one.teaching):
        yield from (f"## {section.title}", "", re.sub(r"!\[([^\]]*)\]\([^)]*\)", r"(Picture: \1)", section.text).strip(), "")


def in_markdown(document: Document) -> list[str]:
    """Write a document in Markdown."""
    lines = [f"## Paper: {document.title}", ""]
    lines += [document.note, ""] if document.note else []
    if document.rows:
        lines += [f"| {' | '.join(row)} |" for row in (document.head, ["---"] * len(document.head), *document.rows)]
    lines += [f"- {one.by}{', ' + one.at if one.at else ''}: {one.text}" for one in document.messages]
    lines += [f"- {mark.at}: {mark.text}" for mark in document.marks]
    return [*lines, "", *(f"#{line}" if line.startswith("## ") else f"{line}" for line in document.text)]


def kept(name: str, wrote: str, shelf: Mapping[str, Subject]) -> list[dict[str, Json]]:
    """Read what somebody wrote to a sheet, one line for each number, as JSON: item, what its letters stood for, and the answer.

    Raises
    ------
    ValueError
        With all that is wrong with it.
    """
    given: dict[int, str] = {}
    faults: list[str] = []
    answers: list[dict[str, Json]] = []
    for line in filter(str.strip, wrote.splitlines()):
        if not (found := LINE.fullmatch(line)):
            faults.append(f"{line.strip()!r} is not of the form “12: b”")
            continue
        if int(found[1]) in given:
            faults.append(f"{found[1]} is answered twice")
        given[int(found[1])] = found[2]
    for number, entry in enumerate(entries(name, shelf), 1):
        said = given.pop(number, "")
        tokens = _tokens(entry, said)
        if fault := entry.fault(tokens):
            faults.append(f"{number} {fault}")
            continue
        letters = [" ".join(choice.id for choice in slot.choices.values()) for slot in entry.slots]
        answers.append(
            {
                "item": entry.item.id,
                **({"option": entry.option} if entry.option else {"letters": letters}),
                "wrote": said,
                "answer": entry.value(tokens),
                "wording": wording(entry.item),
            }
        )
    if faults := [*faults, *(f"{number} is not on the sheet" for number in given)]:
        msg = "; ".join(faults)
        raise ValueError(msg)
    return answers


def workbook_of(item: Item, shelf: Mapping[str, Subject]) -> Subject:
    """Give the workbook of an item."""
    return shelf[item.id.partition("-")[0]]


def wording(item: Item) -> str:
    """Give the digest of what a reader of an item has seen, 16 hex digits: answers to an earlier wording do not count."""
    document = item.rests_on
    seen = json.dumps([item.public(), document.words() if document else ()], sort_keys=True)
    return hashlib.sha256(seen.encode()).hexdigest()[:16]


def named(name: str, shelf: Mapping[str, Subject]) -> tuple[str, str]:
    """Give workbook and condition of a sheet's name; ValueError if it is none."""
    found = SHEET.fullmatch(name)
    if not found or found[1] not in shelf or found[2] not in CONDITIONS:
        msg = f"{name!r} is not the name of a sheet, such as w03-options-1."
        raise ValueError(msg)
    return found[1], found[2]


def _asked(entry: Entry, condition: str) -> str:
    if condition == "options":
        return "Which one is the right answer?"
    match entry.item:
        case _ if entry.option:
            more = f"*{entry.slots[0].text}*"
        case Scenario():
            more = entry.item.setting
        case Gaps():
            numbers = iter(range(1, len(entry.item.gaps) + 1))
            more = GAP.sub(lambda _: f"[gap {next(numbers)}]", entry.item.text)
        case Handover():
            more = f"The message goes to {entry.item.receiver}."
        case Relationships():
            more = f"The people around {entry.item.person}, each with two lines: what the relationship is, and what may be shared."
        case _:
            more = ""
    return "\n\n".join(filter(None, [entry.item.stem, more, HOW[entry.kind]]))


def _offered(entry: Entry) -> Iterator[str]:
    if entry.option:
        return
    alike = len(entry.slots) > 1 and len({tuple(slot.choices.values()) for slot in entry.slots}) == 1
    if alike or len(entry.slots) == 1:
        yield from (f"- {token}) {choice.text}" for token, choice in entry.slots[0].choices.items())
    for n, slot in enumerate(entry.slots if len(entry.slots) > 1 else (), 1):
        own = "" if alike else "".join(f"\n   - {token}) {choice.text}" for token, choice in slot.choices.items()) or " (words)"
        yield f"{chr(10) * (alike and n == 1)}{n}. {slot.text}{own}"


def _tokens(entry: Entry, wrote: str) -> list[str]:
    """Split what was written: words by semicolons, everything else by spaces and commas."""
    if wrote and not all(slot.choices for slot in entry.slots):
        return [part.strip() for part in wrote.split(";")] if len(entry.slots) > 1 else [wrote]
    return wrote.lower().replace(",", " ").split()


def _path(story: Scenario, chosen: Mapping[str, str]) -> list[str]:
    """Give the way through a story of somebody who decides so at each place."""
    path, place = [], story.start
    while node := story.node(place):
        path.append(f"{place}.{chosen[place]}")
        place = next(choice.to for choice in node.choices if choice.id == chosen[place])
    return path
