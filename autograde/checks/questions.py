"""Rules of item writing.

References
----------
Haladyna, Downing and Rodriguez (2002), A review of multiple-choice item-writing guidelines, Applied Measurement in
Education 15(3); read November 2026.
"""

import re
from collections import Counter
from collections.abc import Iterator
from math import ceil

from autograde.checks.subject import Subject
from workbook_helpers.items import Option, Purpose
from workbook_helpers.items.base import ChoiceItem

CATCH_ALL = re.compile(r"\b(all|none|both|neither|any) of (the|these|those|them)\b( above| below)?\W*$", re.IGNORECASE)
NEGATIVE = re.compile(r"\b(?i:which|what|who)\b[^.?]*\b(not|never|except|least)\b[^.?]*\?")
REASON_WORDS = 6
"""Fewer words than this say that something is wrong, and not why."""


def i1_one_best_answer(subject: Subject) -> Iterator[str]:
    """An option such as “all of the above” lets a student be right for half a reason: write it out."""
    for item in _choices(subject):
        caught = [option.text for option in item.options if CATCH_ALL.search(option.text)]
        yield from (f"{item.id}: the option {text!r} takes in the others" for text in caught)


def i2_longest_is_not_the_key(subject: Subject) -> Iterator[str]:
    """Where the right option is often the longest, it can be guessed: at most one time in n, with n options."""
    for purpose, items in _singles(subject).items():
        longest = [item.id for item, right in items if all(len(o.text) < len(right.text) for o in item.options if o is not right)]
        most = ceil(sum(1 / len(item.options) for item, _ in items))
        if len(longest) > most:
            named = ", ".join(longest)
            yield f"the right option is the longest in {len(longest)} of {len(items)} {purpose} items ({named}): at most {most}"


def i3_positions_are_balanced(subject: Subject) -> Iterator[str]:
    """The right option stands in each place about as often as in the others."""
    for purpose, items in _singles(subject).items():
        if items:
            places = Counter(item.options.index(right) for item, right in items)
            most = ceil(1.6 * len(items) / max(len(item.options) for item, _ in items))
            yield from (
                f"the right option of {count} of {len(items)} {purpose} items stands at place {place + 1}: at most {most}"
                for place, count in sorted(places.items())
                if count > most
            )


def i4_stems_ask_what_is_so(subject: Subject) -> Iterator[str]:
    """A question for what is *not* so is easily misread: turn it round, or write NOT."""
    for item in subject.workbook.items.values():
        if found := NEGATIVE.search(item.stem):
            yield f"{item.id} asks for what is {found[1]} so"


def i5_stems_differ(subject: Subject) -> Iterator[str]:
    """No question is asked twice in the same words."""
    stems = Counter(item.stem.strip().casefold() for item in subject.workbook.items.values() if item.purpose in _ASKED)
    yield from (f"{count} items have the stem {stem[:60]!r}" for stem, count in stems.items() if count > 1)


def i6_feedback_gives_the_reason(subject: Subject) -> Iterator[str]:
    """Feedback on an option says why, also where the option is right."""
    for item in _choices(subject):
        if item.purpose is Purpose.PRACTICE:
            short = [option.id for option in item.options if len(option.feedback.split()) < REASON_WORDS]
            yield from (f"{item.id}: the feedback on option {name} gives no reason" for name in short)


_ASKED = (Purpose.PRACTICE, Purpose.ASSESSED)


def _choices(subject: Subject) -> Iterator[ChoiceItem]:
    yield from (item for item in subject.workbook.items.values() if isinstance(item, ChoiceItem))


def _singles(subject: Subject) -> dict[str, list[tuple[ChoiceItem, Option]]]:
    """Give purpose → its `single` items, each with the right option."""
    found: dict[str, list[tuple[ChoiceItem, Option]]] = {purpose.value: [] for purpose in _ASKED}
    for item in _choices(subject):
        if item.kind != "single":
            continue
        key = subject.key.keys.get(item.id)
        right = next((option for option in item.options if option.right or (key and option.id == key.right)), None)
        if right:
            found[item.purpose.value].append((item, right))
    return found
