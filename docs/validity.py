"""Find out whether the marked questions need their teaching and their documents.

`python docs/validity.py sheets FOLDER [wNN …]` writes the sheets that readers answer, `read SHEET ANSWERS --reader NAME` keeps what one of
them wrote in docs/readings/, and `figures` makes docs/validity.md from that. A sheet is made from the workbook alone, never from its key.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from itertools import permutations, product
from math import factorial, prod, sqrt
from pathlib import Path
from random import Random
from statistics import fmean
from typing import Any, TypeAlias

from autograde.checks.cues import NEAR, RESTS, ROLES, guesses
from autograde.checks.questions import marked
from autograde.checks.sheets import CONDITIONS, Entry, entries, items, kept, named, sheet, slots, wording, workbook_of
from autograde.checks.subject import Subject, load_subject
from autograde.marking import mark_item
from docs.raw import CALLED, command, row
from workbook_helpers.answers import Answer, AnswerSheet
from workbook_helpers.items import Item, Json

HERE = Path(__file__).parent
RAW, REPORT, SHELF = HERE / "readings", HERE / "validity.md", HERE.parent / "workbooks"
READERS = 6
"""How many readers each question needs, and how many differently shuffled copies there are of each sheet."""
OVER, WITHOUT, WITH, GOOD, AGREE = 0.15, 0.45, 0.9, 2, 4 / 6
"""The aims, in shares of 1: how far above chance options alone may be read; the most without the document; the least with it, and after
the teaching; how many options of a question are good somewhere, and the share of readers who have to say so."""
EXACT = 1_000
"""Up to so many possible answers, chance is the mean over all of them; else over as many that are drawn."""


@cache
def shelf() -> dict[str, Subject]:
    """Give the workbooks that are for a class: their id → all that belongs to them."""
    found = [load_subject(path.parent) for path in sorted(SHELF.glob("w*/workbook.toml"))]
    return {one.workbook.id: one for one in found if one.workbook.about.role in ROLES}


@cache
def machine() -> dict[str, int]:
    """Give workbook → how many keys the machine guesses (`guesses`)."""
    return guesses({name: marked(subject) for name, subject in shelf().items() if marked(subject)})


def read(path: Path, answers: Path, reader: str) -> Path:
    """Keep what a reader answered to a sheet; ValueError says what is wrong."""
    if path.read_text("utf-8") != sheet(path.stem, shelf()):
        msg = f"{path} is not the sheet that the workbook gives now: make the sheets again, and let it be read again."
        raise ValueError(msg)
    try:
        lines = kept(path.stem, answers.read_text("utf-8"), shelf())
    except ValueError as error:
        msg = f"{answers}: {error}."
        raise ValueError(msg) from error
    RAW.mkdir(exist_ok=True)
    file = RAW / f"{path.stem.partition('-')[0]}.jsonl"
    sheets = {raw["sheet"]: raw for raw in readings(file)} if file.exists() else {}
    sheets[path.stem] = {"sheet": path.stem, "reader": reader, "date": f"{datetime.now(UTC):%Y-%m-%d}", "answers": lines}
    file.write_text("".join(f"{json.dumps(sheets[name], ensure_ascii=False)}\n" for name in sorted(sheets)), "utf-8")
    return file


def readings(file: Path) -> list[dict[str, Any]]:
    """Give what is kept of one workbook's readers, a line for each sheet."""
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()]


def score(item: Item, value: Json) -> float:
    """Give the share of an item's points that the marking gives an answer."""
    answers = AnswerSheet(answers={item.id: Answer(value=value)}, unreadable={})
    return (mark_item(item, workbook_of(item, shelf()).key, answers, item.id).points or 0) / item.points


@cache
def chance(item: Item) -> float:
    """Give the mean share of the points of all answers that a reader can give, each as likely as the next; of words, none."""
    entry = Entry(item=item, slots=slots(item, ""))
    offered = [list(slot.choices) for slot in entry.slots]
    return fmean(score(item, entry.value(tokens)) for tokens in _by_lot(entry.kind, offered, Random(item.id))) if all(offered) else 0  # noqa: S311


def _by_lot(kind: str, offered: list[list[str]], random: Random) -> Iterator[list[str]]:
    """Give every answer in tokens, or `EXACT` of them where there are more."""
    first = offered[0]
    match kind:
        case "multiple":
            sets = product((False, True), repeat=len(first))  # of at most twelve
            yield from ([token for token, ticked in zip(first, ticks, strict=True) if ticked] for ticks in sets if any(ticks))
        case "order" if factorial(len(first)) <= EXACT:
            yield from map(list, permutations(first))
        case "order":
            yield from (random.sample(first, len(first)) for _ in range(EXACT))
        case _ if prod(map(len, offered)) <= EXACT:
            yield from map(list, product(*offered))
        case _:
            yield from ([random.choice(tokens) for tokens in offered] for _ in range(EXACT))


@dataclass(frozen=True)
class Figure:
    """What readers got of some questions, in shares of 1; `given` is question → the mean over its readers."""

    given: Mapping[str, float]

    @property
    def mean(self) -> float:
        """The mean over the questions."""
        return fmean(self.given.values())

    def interval(self) -> tuple[float, float]:
        """Give the 95 % interval.

        References
        ----------
        Wilson (1927), Probable inference, the law of succession, and statistical inference, JASA 22 (158), 209–212 (cited from memory).
        n is the number of questions and not of answers, since readers of one question are no independent sample; where a question is
        marked by parts that makes it wider than need be.
        """
        n, p, z = len(self.given), self.mean, 1.96
        middle, half = p + z * z / (2 * n), z * sqrt(p * (1 - p) / n + z * z / (4 * n * n))
        return (middle - half) / (1 + z * z / n), (middle + half) / (1 + z * z / n)


class Readings:
    """All that readers have answered, held against the workbooks as they are now."""

    def __init__(self, files: Iterable[Path]) -> None:
        self.readers: Counter[tuple[str, str, str]] = Counter()
        self.earlier = 0
        self.answers: dict[tuple[str, str, str], list[Json]] = {}
        for raw in (raw for file in sorted(files) for raw in readings(file)):
            workbook, condition = named(raw["sheet"], shelf())
            known = {item.id: wording(item) for item in items(condition, shelf()[workbook])}
            self.readers[raw["reader"], condition, raw["date"]] += 1
            for one in raw["answers"]:
                if known.get(one["item"]) == one["wording"]:
                    self.answers.setdefault((condition, one["item"], one.get("option", "")), []).append(one["answer"])
                else:
                    self.earlier += 1

    def figure(self, condition: str, subjects: Iterable[Subject]) -> Figure | None:
        """Give what readers got of all items on this kind of sheet; None where one has not been read."""
        given = {item: self.answers.get((condition, item.id, ""), []) for one in subjects for item in items(condition, one)}
        if not given or not all(given.values()):
            return None
        return Figure({item.id: fmean(score(item, value) for value in values) for item, values in given.items()})

    def good(self, subjects: Iterable[Subject]) -> dict[str, int]:
        """Give item → how many of its options enough readers call good somewhere; {} where one has not been read."""
        found: dict[str, int] = {}
        for item in (item for subject in subjects for item in items("situations", subject)):
            said = [self.answers.get(("situations", item.id, option.id), []) for option in getattr(item, "options", ())]
            if not all(said):
                return {}
            found[item.id] = sum(each.count("yes") >= AGREE * len(each) for each in said)
        return found

    def lacking(self) -> dict[str, list[str]]:
        """Give workbook → the sheets of which a question has fewer than `READERS` readers."""
        lacks: dict[str, list[str]] = {}
        for name, subject in shelf().items():
            for condition in CONDITIONS:
                for item in items(condition, subject):
                    options = [option.id for option in getattr(item, "options", ())] if condition == "situations" else [""]
                    if any(len(self.answers.get((condition, item.id, option), [])) < READERS for option in options):
                        lacks.setdefault(name, []).append(condition)
                        break
        return lacks


def report(files: Iterable[Path]) -> str:
    """Write the figures in Markdown, as docs/validity.md has them."""
    readings, all_of_them = Readings(files), list(shelf().values())
    teaching_ones = [one for one in all_of_them if one.workbook.about.role == "teaching"]
    groups = {name: [subject] for name, subject in shelf().items()} | {"without w10": teaching_ones, "the unit": all_of_them}
    sections = (
        ("Options alone (a)", _options(readings, groups)),
        ("With and without the document (b)", _documents(readings, groups)),
        ("The rest (c)", _rest(readings, groups)),
        ("Questions that miss their aim", _missed(readings)),
    )
    return "\n".join(
        [PROTOCOL, "## Who read", "", *_who(readings), *(line for title, lines in sections for line in ("", f"## {title}", "", *lines)), ""]
    )


Groups: TypeAlias = Mapping[str, list[Subject]]


def _options(readings: Readings, groups: Groups) -> Iterator[str]:
    yield f"Aims: the machine at most {NEAR * 100:.0f} points above chance, readers at most {OVER * 100:.0f}."
    yield from ("", *_head("workbook", "questions", "chance", "machine", "aim", "readers", "95 %", "aim"))
    for name, subjects in groups.items():
        asked = [item for one in subjects for item in items("options", one)]
        if asked:
            rate, by_lot = sum(machine().get(one.workbook.id, 0) for one in subjects) / len(asked), fmean(map(chance, asked))
            figure = readings.figure("options", subjects)
            yield row(name, len(asked), _share(by_lot), _share(rate), _met(rate <= by_lot + NEAR), *_cells(figure, most=by_lot + OVER))


def _documents(readings: Readings, groups: Groups) -> Iterator[str]:
    yield (
        f"Aims: at least {_share(RESTS)} of the marked items, written tasks included, rest on a document; without it readers get at most "
        f"{_share(WITHOUT)}, with it at least {_share(WITH)}."
    )
    yield from ("", *_head("workbook", "rest on one", "aim", "chance", "without", "95 %", "aim", "with", "95 %", "aim"))
    for name, subjects in groups.items():
        every = [item for one in subjects for item in one.workbook.assessed()]
        resting = sum(bool(item.document) for item in every)
        without, with_it = (readings.figure(condition, subjects) for condition in ("no-document", "with-document"))
        cells = [f"{resting} of {len(every)}", _met(resting >= RESTS * len(every)), _by_chance("with-document", subjects)]
        yield row(name, *cells, *_cells(without, most=WITHOUT), *_cells(with_it, least=WITH))


def _rest(readings: Readings, groups: Groups) -> Iterator[str]:
    yield (
        f"Aims: of each question at least {GOOD} options are called good by at least {AGREE * READERS:.0f} of {READERS} readers; "
        f"after the teaching readers get at least {_share(WITH)}."
    )
    yield from ("", *_head("workbook", "with options", f"{GOOD} good", "aim", "all the rest", "chance", "taught", "95 %", "aim"))
    for name, subjects in groups.items():
        offering, rest = (sum(len(items(condition, one)) for one in subjects) for condition in ("situations", "taught"))
        good = readings.good(subjects)
        enough = sum(number >= GOOD for number in good.values())
        cells = [offering, *([enough, _met(enough == offering)] if good else ["–", "–"]), rest, _by_chance("taught", subjects)]
        yield row(name, *cells, *_cells(readings.figure("taught", subjects), least=WITH))


def _by_chance(condition: str, subjects: Iterable[Subject]) -> str:
    shares = [chance(item) for one in subjects for item in items(condition, one)]
    return _share(fmean(shares)) if shares else "–"


def _who(readings: Readings) -> list[str]:
    lines = [*_head("reader", "sheet", "read on", "sheets")] if readings.readers else ["Nobody yet."]
    lines += [row(reader, condition, date, number) for (reader, condition, date), number in sorted(readings.readers.items())]
    if any(reader.startswith(CALLED[0]) for reader, _, _ in readings.readers):
        lines += ["", AI]
    if readings.earlier:
        lines += ["", f"{readings.earlier} answers to earlier wordings do not count."]
    if lacks := readings.lacking():
        lines += ["", f"Still to be read by {READERS}: " + "; ".join(f"{name} {', '.join(sheets)}" for name, sheets in lacks.items()) + "."]
    return lines


def _missed(readings: Readings) -> list[str]:
    """Name each question that misses the aim of its workbook by itself."""
    said: dict[str, list[str]] = {}
    for subject in shelf().values():
        for condition in ("options", "no-document", "with-document", "taught"):
            figure = readings.figure(condition, [subject])
            for item in items(condition, subject) if figure else ():
                share, most = figure.given[item.id] if figure else 0, {"options": chance(item) + OVER, "no-document": WITHOUT}
                if share > most[condition] if condition in most else share < WITH:
                    said.setdefault(item.id, []).append(f"{condition} {_share(share)}")
        for name, number in readings.good([subject]).items():
            if number < GOOD:
                said.setdefault(name, []).append(f"{number} good")
    return [f"- {name}: {', '.join(what)}" for name, what in said.items()] or ["None that has been read."]


def _cells(figure: Figure | None, *, most: float = 1, least: float = 0) -> list[str]:
    if figure is None:
        return ["–"] * 3
    low, high = figure.interval()
    return [_share(figure.mean), f"{low * 100:.0f}–{high * 100:.0f}", _met(least <= figure.mean <= most)]


def _share(share: float) -> str:
    return f"{share * 100:.0f} %"


def _met(is_so: bool) -> str:  # noqa: FBT001, a cell of a table
    return "met" if is_so else "**missed**"


def _head(*cells: str) -> list[str]:
    return [row(*cells), "|---" * len(cells) + "|"]


AI = """AI readers are one language model, each sheet's reader in a session of its own that knew nothing of this project. They were asked \
to answer as an adult without training, or as a student who goes by the page; what such a model knows of care it cannot put aside, so that \
people without training may well do worse without the document. Their rounds before the last were used to mend questions, and do not \
count here. Most listed the names of the files in their folder first, and many wrote one sheet's answers and opened the next in one \
command."""

PROTOCOL = f"""# Do the marked questions need their teaching?

Made by `python docs/validity.py figures` from the answers in `docs/readings/`, a file for each workbook with a line for each \
sheet that one reader has answered.

## How it is found out

`python docs/validity.py sheets FOLDER` writes five kinds of sheet for each workbook, {READERS} copies of each. Questions and options are \
shuffled in each copy, options have letters, and nothing on a sheet comes from a key. A reader opens one sheet and nothing else; who is \
given several is given one kind, and answers one sheet after the other.

- **options**: the options of each question that has one right answer, without what is asked.
- **no-document** and **with-document**: the questions that rest on a document, without it and with it. Nobody reads both of a workbook.
- **taught**: the questions without a document, after the workbook's teaching; in w10, after the teaching of all the others.
- **situations**: each option of those that have options (choose one, choose all) by itself, with what is asked: is this a good thing \
to do in some situation like this, of the same kind, though its details may be others: yes or no? Cards, \
steps and stories have nothing that could be asked so.

An answer counts as the share of its points that the marking itself gives: for “choose all” the right choices less the wrong ones, for \
cards and pairs those in their place, for steps the longest run in order, for a story the points of the way taken; on a sheet all its \
decisions are answered, without hearing what follows. Each question counts the same. **Chance** is the mean of all answers that could be \
given, each as likely as the next: every choice, every set of ticks but the empty one, every order; where there are more than {EXACT:,}, \
that many drawn by a fixed seed; of words to be written, none.

The 95 % interval (Wilson) takes the number of questions as its n, as {READERS} readers of one question are no {READERS} samples: with \
three or four questions it is wide, and only the unit's figures say much. Whether an aim is met goes by the figure itself; below chance \
counts as met. An answer to a question or a document whose wording has changed since does not count.

The **machine** is the rule V4 of `autograde check`: a logistic regression on the words of the options, trained on the other workbooks.
"""


def _sheets(workbooks: Iterable[str]) -> Iterator[tuple[str, str]]:
    for workbook, condition, copy in product(list(workbooks) or shelf(), CONDITIONS, range(1, READERS + 1)):
        if entries(name := f"{workbook}-{condition}-{copy}", shelf()):
            yield name, sheet(name, shelf())


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what was asked for; a fault is one line."""
    return command(__doc__, arguments, sheets=_sheets, who="reader", read=read, figures=lambda: report(RAW.glob("*.jsonl")), file=REPORT)


if __name__ == "__main__":
    main()
