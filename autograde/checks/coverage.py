"""Which criterion is taught, practised and assessed where."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from autograde.checks.essay import points
from autograde.checks.subject import Finding, Subject
from autograde.content.frameworks import Criterion, Framework
from workbook_helpers.items import Item, Purpose

FRAMEWORK = "rqf-l2"


@dataclass(frozen=True, kw_only=True)
class Row:
    """One criterion: the workbooks that teach it, and workbook → number of items of each use."""

    code: str
    verb: str
    text: str
    evidence: str
    real_work: bool
    essay: tuple[str, ...]
    taught: tuple[str, ...]
    practice: Counter[str]
    closed: Counter[str]
    written: Counter[str]
    forms: Counter[str]


def coverage(subjects: Iterable[Subject], framework: Framework) -> tuple[Row, ...]:
    """Give a row for each criterion of the framework, in its order."""
    subjects = [subject for subject in subjects if subject.workbook.about.role != "gallery"]
    return tuple(_row(subjects, criterion) for criterion in framework.criteria)


def c0_every_criterion(rows: Iterable[Row]) -> Iterator[Finding]:
    """Every criterion is taught, practised and assessed; one of knowledge by writing, too, and one of practice at the workplace."""
    for row in rows:
        asked = (row.written, "a written task") if row.evidence == "full" else (row.forms, "a form for the workplace")
        for found, what in ((row.taught, "teaching"), (row.practice, "practice"), (row.closed, "a marked closed item"), asked):
            if not found:
                yield Finding(rule="C0", where=row.code, text=f"no workbook has {what} for it", advice=True)


def c15_one_list_a_criterion(subjects: Iterable[Subject]) -> Iterator[Finding]:
    """What must be seen in an answer to a criterion is the same wherever it is asked: give its rubrics one list."""
    lists: dict[str, dict[tuple[str, ...], str]] = {}
    for subject in subjects:
        for name, rubric in subject.rubrics.rubrics.items() if subject.workbook.about.role != "gallery" else ():
            lists.setdefault(rubric.criterion, {}).setdefault(rubric.must_see, name)
    for code, found in lists.items():
        if len(found) > 1:
            text = f"what must be seen differs between the rubrics {' and '.join(found.values())}: give them one list"
            yield Finding(rule="C15", where=code, text=text, advice=True)


def c16_every_paper_asks_each_criterion(subject: Subject) -> Iterator[str]:
    """In an assessment everybody is asked about each criterion, whatever is drawn: give each criterion a pool, or a question outside."""
    workbook = subject.workbook
    if workbook.about.role != "assessment":
        return
    pooled = {name for pool in workbook.pools for name in pool.items}
    always = {item.criterion for item in subject.closed if item.id not in pooled}
    for pool in workbook.pools:
        codes = [workbook.items[name].criterion for name in pool.items]
        always |= {code for code in codes if pool.draw > len(codes) - codes.count(code)}
    listed = [one.code for one in workbook.about.criteria if one.framework == FRAMEWORK]
    if missing := [code for code in listed if code not in always]:
        yield f"somebody may draw no question on {', '.join(missing)}: give each a pool of its own, or a question outside of pools"


def table(rows: Iterable[Row]) -> list[str]:
    """Give the lines of the title and of the table of criteria."""
    lines = [
        "# What is taught, practised and assessed where",
        "",
        "Made by `autograde check --coverage docs/coverage.md`. A number in brackets counts items; pools count every item in them.",
        "",
        "“At work” means: met by evidence from the learner's own work alone.",
        "",
        "| criterion | evidence | essay | taught in | practice | marked closed items | written tasks | workplace form |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        evidence = f"{row.evidence}{', at work' * row.real_work}"
        uses = (" ".join(row.taught), *(_counted(use) for use in (row.practice, row.closed, row.written, row.forms)))
        lines.append(
            f"| **{row.code}** {row.verb} {row.text} | {evidence} | {' '.join(row.essay) or '–'} | "
            + " | ".join(use or "–" for use in uses)
            + " |"
        )
    return lines


def _row(subjects: list[Subject], criterion: Criterion) -> Row:
    code = criterion.code

    def count(wanted: Callable[[Item], bool]) -> Counter[str]:
        found = Counter({s.workbook.id: sum(wanted(item) for item in s.workbook.items.values()) for s in subjects})
        return +found

    return Row(
        code=code,
        verb=criterion.verb,
        text=criterion.text,
        evidence=criterion.evidence,
        real_work=criterion.real_work,
        essay=tuple(point.code for point in points() if code in point.criteria),
        taught=tuple(
            s.workbook.id
            for s in subjects
            if s.workbook.about.role == "teaching" and any((c.framework, c.code) == (FRAMEWORK, code) for c in s.workbook.about.criteria)
        ),
        practice=count(lambda item: item.purpose is Purpose.PRACTICE and item.criterion == code),
        closed=count(lambda item: item.purpose is Purpose.ASSESSED and not item.asks_person and item.criterion == code),
        written=count(lambda item: item.asks_person and item.purpose is Purpose.ASSESSED and code in item.criteria_named),
        forms=count(lambda item: item.kind == "workplace" and code in {shown["code"] for shown in item.model_dump()["criteria"]}),
    )


def _counted(use: Counter[str]) -> str:
    return " ".join(f"{name} ({number})" for name, number in use.items())
