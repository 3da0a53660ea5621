"""Rules of item writing.

References
----------
Haladyna, Downing and Rodriguez (2002), A review of multiple-choice item-writing guidelines, Applied Measurement in
Education 15(3); read November 2026.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil
from typing import Any, cast

from autograde.checks.subject import Subject
from autograde.marking.kinds import MARKERS
from workbook_helpers.items import Item, Json, Purpose
from workbook_helpers.items.base import ChoiceItem
from workbook_helpers.items.kinds.gaps import Gaps
from workbook_helpers.items.kinds.match import Match
from workbook_helpers.items.kinds.scenario import Scenario, worth
from workbook_helpers.items.kinds.short import Short
from workbook_helpers.items.spelling import Forms, may_slip, plain

CATCH_ALL = re.compile(
    r"^(all|none|both|neither|any|everything)"
    r"( of| the| these| those| them| above| below| answers?| options?| is| are| right| wrong| correct)+\W*$"
    r"|^(both )?[a-e] and [a-e]\W*$",
    re.IGNORECASE,
)
NEGATIVE = re.compile(
    r"\b(?i:which|what|who|choose)\b(?:(?!\b(?:when|if|because|as|so|and|but)\b)[^.?“”])*?"
    r"(?P<word>\b(?:not|never|except|least|cannot|false|wrong|incorrect|avoid)\b|n[’']t\b)(?=[^.?]*\?|(?<=not)[^.?]* (?:true|right|so)\.)"
)
"""A question for what is not so; a word in capitals is emphasis enough."""
REASON_WORDS = 6
"""Fewer words than this say that something is wrong, and not why."""
VERDICT = re.compile(r"(?:Yes|No)[.,!:]")


def i1_one_best_answer(subject: Subject) -> Iterator[str]:
    """An option such as “all of the above” lets a student be right for half a reason: write it out."""
    for item in subject.workbook.items.values():
        caught = [text for text in _offered(item) if CATCH_ALL.search(text)]
        yield from (f"{item.id}: the option {text!r} takes in the others" for text in caught)


def i2_longest_is_not_the_key(subject: Subject) -> Iterator[str]:
    """Where the right option is often the longest, it can be guessed: at most one time in n, with n options; in stories, too."""
    for where, questions in _one_right(subject).items():
        longest = [question.name for question in questions if question.is_longest]
        most = ceil(sum(1 / len(question.options) for question in questions))
        if len(longest) > most:
            named = ", ".join(longest)
            yield f"the right option is the longest in {len(longest)} of {len(questions)} {where} ({named}): at most {most}"


def i3_positions_are_balanced(subject: Subject) -> Iterator[str]:
    """The right option stands in each place about as often as in the others; in stories, too. No list matches another line by line."""
    for where, questions in _one_right(subject).items():
        if questions:
            places = Counter(q.right for q in questions)
            most = ceil(1.6 * len(questions) / max(len(q.options) for q in questions))
            yield from (
                f"the right option of {count} of {len(questions)} {where} stands at place {place + 1}: at most {most}"
                for place, count in sorted(places.items())
                if count > most
            )
    for item in subject.closed:
        if isinstance(item, Match) and not item.shuffle and (right := _keyed(subject, item)):
            chosen = [cast("dict[str, str]", right)[name] for name in item.part_ids()]
            if chosen == list(item.targets())[: len(chosen)]:
                yield f"{item.id} lists its partners as its statements go: list them in another order, or write shuffle = true"


def i4_stems_ask_what_is_so(subject: Subject) -> Iterator[str]:
    """A question for what is *not* so is easily misread: turn it round, or write NOT."""
    for item in subject.workbook.items.values():
        if item.purpose in _ASKED and (found := NEGATIVE.search(item.stem)):
            yield f"{item.id} asks for what is {found['word']} so"


def i5_stems_differ(subject: Subject) -> Iterator[str]:
    """No question is asked twice in the same words."""
    stems = Counter(item.stem.strip().casefold() for item in subject.workbook.items.values() if item.purpose in _ASKED)
    yield from (f"{count} items have the stem {stem[:60]!r}" for stem, count in stems.items() if count > 1)


def i6_feedback_gives_the_reason(subject: Subject) -> Iterator[str]:
    """Feedback says why, also on what is right: on each option, card, pair, step, gap and choice. The page says itself what is right."""
    for item in subject.workbook.items.values():
        if item.purpose is Purpose.PRACTICE:
            told = list(_feedback(item.model_dump(mode="json")))
            yield from (f"{item.id}: the feedback {text!r} gives no reason" for text in told if len(text.split()) < REASON_WORDS)
            yield from (f"{item.id}: the feedback {text!r} says the verdict again" for text in told if VERDICT.match(text))


def i7_numbers_of_right_options_differ(subject: Subject) -> Iterator[str]:
    """Where each “choose all” has as many right options as the next, students tick that many: give one more, or one fewer."""
    for purpose in _ASKED:
        items = [item for item in _choices(subject) if item.kind == "multiple" and item.purpose is purpose]
        numbers = {len(_right(subject, item)) for item in items}
        if len(items) > 1 and len(numbers) == 1:
            yield f"each of the {len(items)} {purpose.value} items that say “choose all” has {numbers.pop()} right options"


def i8_slips_may_pass(subject: Subject) -> Iterator[str]:
    """Where words are typed, the page says that small slips do not matter: they do in a short word or a number. Offer options there."""
    for item in subject.workbook.items.values():
        for name, right in _typed(item, _keyed(subject, item)):
            form = Forms.model_validate(right).accepted[0]
            if not may_slip(plain(form)):
                yield f"{name}: no slip may pass in {form!r}; offer options, or put a form of 5 letters or more first"


@dataclass(frozen=True)
class Question:
    """A choice of one: what it is called, its options in order, and the place of the right one, from 0."""

    name: str
    options: tuple[str, ...]
    right: int

    @property
    def is_longest(self) -> bool:
        """Whether the right option has more letters than each other one."""
        return all(len(text) < len(self.options[self.right]) for n, text in enumerate(self.options) if n != self.right)


_ASKED = (Purpose.PRACTICE, Purpose.ASSESSED)


def _choices(subject: Subject) -> Iterator[ChoiceItem]:
    yield from (item for item in subject.workbook.items.values() if isinstance(item, ChoiceItem))


def _offered(item: Item) -> Iterator[str]:
    """Give each text that a student may choose in an item of options, gaps or decisions."""
    if isinstance(item, ChoiceItem):
        yield from (option.text for option in item.options)
    elif isinstance(item, Scenario):
        yield from (choice.text for node in item.nodes for choice in node.choices)
    elif isinstance(item, Gaps):
        yield from (option.text for gap in item.gaps for option in gap.options)


def _typed(item: Item, keyed: Json) -> Iterator[tuple[str, Json]]:
    """Give what is typed in an item, with the forms that are right; nothing where they are not known."""
    if isinstance(item, Short):
        found = {item.id: item.accepted or keyed}
    elif isinstance(item, Gaps):
        known: Any = keyed or {}
        found = {f"{item.id} {gap.id}": gap.right or known.get(gap.id) for gap in item.gaps if not gap.options}
    else:
        return
    yield from ((name, right) for name, right in found.items() if right)


def _feedback(part: Json) -> Iterator[str]:
    """Give each text of feedback in an item, however deep."""
    match part:
        case dict():
            for name, value in part.items():
                if name == "feedback" and isinstance(value, str) and value:
                    yield value
                else:
                    yield from _feedback(value)
        case list():
            for value in part:
                yield from _feedback(value)


def _right(subject: Subject, item: ChoiceItem) -> list[str]:
    """Give the ids of the right options, in the item's order."""
    keyed: Any = _keyed(subject, item) or ()
    return [option.id for option in item.options if option.right or option.id in ([keyed] if isinstance(keyed, str) else keyed)]


def _keyed(subject: Subject, item: Item) -> Json:
    """Give what the key says is right in an item, None where it says nothing or nothing that fits (K1 says so)."""
    entry, marker = subject.key.keys.get(item.id), MARKERS.get(item.kind)
    return entry.right if entry and marker and not marker.key_problem(item, entry.right) else None


def marked(subject: Subject) -> list[Question]:
    """Give the marked items of kind single."""
    return _one_right(subject)[f"{Purpose.ASSESSED.value} items"]


def _one_right(subject: Subject) -> dict[str, list[Question]]:
    """Give, by what they are part of: the `single` items of practice, those that are marked, and the decisions of each story."""
    found: dict[str, list[Question]] = {f"{purpose.value} items": [] for purpose in _ASKED}
    for item in subject.workbook.items.values():
        if isinstance(item, ChoiceItem) and item.kind == "single" and item.purpose in _ASKED:
            ids = [option.id for option in item.options]
            texts = tuple(option.text for option in item.options)
            found[f"{item.purpose.value} items"] += [Question(item.id, texts, ids.index(name)) for name in _right(subject, item)]
        elif isinstance(item, Scenario):
            found[f"decisions of {item.id}"] = list(_decisions(subject, item))
    return found


def _decisions(subject: Subject, story: Scenario) -> Iterator[Question]:
    """Give each decision of a story that has one best choice: the one that is right, or the one with the most points."""
    points: Any = _keyed(subject, story) or {}
    for node in story.nodes:
        each = [worth(points.get(f"{node.id}.{choice.id}", 0)) if points else bool(choice.right) for choice in node.choices]
        if each.count(max(each)) == 1:
            yield Question(f"{story.id} {node.id}", tuple(choice.text for choice in node.choices), each.index(max(each)))
