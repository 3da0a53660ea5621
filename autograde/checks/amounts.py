"""How much each workbook holds, and the unit with them: minutes, words and items, and what they were before, where a shelf says so."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import astuple, dataclass
from pathlib import Path

from autograde.checks.language import reading
from autograde.checks.subject import Subject
from workbook_helpers.items import Item, Purpose, read_toml

BEFORE = "before.toml"
"""A shelf's file with the amounts of its workbooks before they were rewritten: id → minutes, words, practice, marked, written."""
HOURS = 20
"""Most hours of a unit, for a slower reader: what one of 2 credits is meant to take."""


@dataclass(frozen=True, kw_only=True)
class Amount:
    """Minutes of a quicker and a slower reader, words of teaching, and items by use; those of a workbook, or of several together."""

    quicker: int = 0
    slower: int = 0
    words: int = 0
    practice: int = 0
    marked: int = 0
    written: int = 0


def c14_the_unit_is_no_longer_than_it_says(subjects: Iterable[Subject]) -> Iterator[str]:
    """All workbooks of a unit together take a slower reader no more hours than the unit is meant to take: cut."""
    together = added(amount(subject) for subject in subjects if subject.workbook.about.role != "gallery")
    if together.slower > HOURS * 60:
        yield f"its workbooks take a slower reader {_hours(together.slower)}: at most {HOURS}; cut words, questions or stories"


def amount(subject: Subject) -> Amount:
    """Count what a workbook holds."""
    about, items = subject.workbook.about, subject.workbook.items.values()
    return Amount(
        quicker=about.minutes[0],
        slower=about.minutes[1],
        words=reading(subject)[0],
        practice=sum(item.purpose is Purpose.PRACTICE for item in items),
        marked=len(subject.closed),
        written=len(subject.rubrics.rubrics),
    )


def before(shelf: Path) -> dict[str, Amount]:
    """Give workbook → what it held before, as the shelf's own file says; nothing where it has none."""
    path = shelf / BEFORE
    kept = read_toml(path) if path.is_file() else {}
    return {
        name: Amount(quicker=was["minutes"][0], slower=was["minutes"][1], **{part: was[part] for part in was if part != "minutes"})
        for name, was in kept.items()
    }


def added(amounts: Iterable[Amount]) -> Amount:
    """Add up what several workbooks hold."""
    rows = [astuple(one) for one in amounts] or [astuple(Amount())]
    return Amount(**dict(zip(Amount.__dataclass_fields__, map(sum, zip(*rows, strict=True)), strict=True)))


def table(subjects: Iterable[Subject], was: dict[str, Amount]) -> list[str]:
    """Give the lines of the table of workbooks, and below it what they were and are, where that is known."""
    shown = sorted((one for one in subjects if one.workbook.about.role != "gallery"), key=lambda one: one.workbook.about.order)
    lines = [
        "",
        "| workbook | minutes | words of teaching | grade | words a sentence | practice (kinds) | marked (kinds) | written | stories |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for subject in shown:
        about, items = subject.workbook.about, tuple(subject.workbook.items.values())
        words, grade, mean = reading(subject)
        practice = [item for item in items if item.purpose is Purpose.PRACTICE]
        stories = sum(item.kind == "scenario" for item in items)
        read = f"{words} | {grade:.1f} | {mean:.1f}" if words else "– | – | –"
        lines.append(
            f"| {about.id} {about.title} | {about.takes.removesuffix(' minutes')} | {read} | {_kinds(practice)} | {_kinds(subject.closed)}"
            f" | {len(subject.rubrics.rubrics)} | {stories} |"
        )
    return [*lines, *_compared(shown, was)]


def _compared(subjects: Sequence[Subject], was: dict[str, Amount]) -> list[str]:
    """Give the lines of the table of before and now, for the workbooks of which it is known."""
    pairs = [(one.workbook.id, was[one.workbook.id], amount(one)) for one in subjects if one.workbook.id in was]
    if not pairs:
        return []
    total = ("together", added(old for _, old, _ in pairs), added(new for _, _, new in pairs))
    rows = [
        f"| {name} | {old.quicker} to {old.slower} → {new.quicker} to {new.slower} | "
        + " | ".join(
            f"{a} → {b}" if a or b else "–"
            for a, b in ((old.words, new.words), (old.practice, new.practice), (old.marked, new.marked), (old.written, new.written))
        )
        + " |"
        for name, old, new in (*pairs, total)
    ]
    return [
        "",
        "## Before and now",
        "",
        f"What stood in each workbook before it was rewritten (`{BEFORE}`), and stands in it now. Minutes are those of a quicker and a "
        "slower reader, both times by today's rule. A pool counts all its questions; a student gets some of them. Together the workbooks "
        f"took a slower reader {_hours(total[1].slower)}, and take {_hours(total[2].slower)} now.",
        "",
        "| workbook | minutes | words of teaching | practice | marked | written |",
        "|---|---|---|---|---|---|",
        *rows,
    ]


def _hours(minutes: int) -> str:
    return f"{minutes / 60:.1f} hours"


def _kinds(items: Iterable[Item]) -> str:
    items = list(items)
    return f"{len(items)} ({len({item.kind for item in items})})"
