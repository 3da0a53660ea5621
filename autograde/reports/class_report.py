"""The report on a class: how the items of each workbook work, and what becomes of the options of its closed questions."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, select

from autograde import statistics
from autograde.classes.folder import Course
from autograde.classes.own_keys import class_guides
from autograde.gradebook import own_tables
from autograde.gradebook.overview import Assignment, assignments_in, submitted_in
from autograde.inbox.submitted import handed_in
from autograde.marking import KeyEntry
from autograde.marking.mark import VOID
from autograde.outbox.releases import read_releases, read_seen
from autograde.records.opening import reading
from autograde.reports.document import Document, Section, Table
from autograde.text import count
from workbook_helpers.errors import WorkbookError
from workbook_helpers.items import Item, Workbook

Row = list[float | None]


@dataclass(frozen=True, kw_only=True)
class _Class:
    """The points of a class.

    Attributes
    ----------
    table
        Of all learners, those who were erased behind the others.
    there
        Of the others alone: what those who were erased chose is not kept.
    chosen
        Item id → what each of `there` chose, in the same order (None for none), for questions of one choice.
    """

    table: statistics.Table
    there: statistics.Table
    chosen: Mapping[str, list[str | None]]


def class_report(course: Course, *, made: str) -> Document:
    """Give the report on every workbook that was released; nobody is named in it, and nobody's points stand there.

    Raises
    ------
    ClassError
        If the database cannot be read.
    """
    with reading(course) as connection:
        sections = tuple(_section(course, connection, assignment) for assignment in assignments_in(connection))
    return Document(title=f"Class report: {course.course_id}", made=made, sections=sections)


def _section(course: Course, connection: Connection, assignment: Assignment) -> Section:
    try:
        workbook = course.workbook(assignment.name)
        key, _ = class_guides(course, workbook)
        found = _class(course, connection, assignment, workbook)
    except WorkbookError as error:
        return Section(heading=assignment.name, paragraphs=(f"No figures: {error}",))
    figures = statistics.figures(found.table)
    options = [
        row
        for item_id, chosen in found.chosen.items()
        for row in _options(found.there, workbook.items[item_id], chosen, key.entry(workbook.items[item_id]))
    ]
    told = {one.item: one for one in figures.items}
    rows = [_figures(told[item.id]) if item.id in told else (item.id, "", "", "", "", VOID) for item in workbook.assessed()]
    if why := figures.alpha.why:
        reliability = f"No alpha and no standard error of measurement: {why[:1].lower()}{why[1:]}"
    else:
        reliability = f"Alpha {_said(figures.alpha)}; standard error of measurement {_said(figures.error)}, in points."
    notes = [text for text in (figures.caution, reliability) if text]
    learners = f"{count(figures.learners, 'learner')} have points, {figures.complete} of them for every item."
    return Section(
        heading=workbook.about.title,
        paragraphs=(learners, *notes),
        tables=(
            Table(
                title="Items",
                header=("item", "learners", "facility", "discrimination D", "correlation with the rest", "to be kept in mind"),
                rows=tuple(rows),
            ),
            Table(title="Options", header=("item", "option", "right", "share", "correlation with the rest", "note"), rows=tuple(options)),
        ),
    )


def _class(course: Course, connection: Connection, assignment: Assignment, workbook: Workbook) -> _Class:
    """Put the points together, without what does not count in the class.

    None for what was not asked, waits for a person, or was asked before it meant what it means now.
    """
    releases, (key, _) = read_releases(course, workbook), class_guides(course, workbook)
    items = [item for item in workbook.assessed() if item.asks_person or not key.entry(item).void]
    places = {item.id: n for n, item in enumerate(items)}
    rows: list[Row] = []
    chosen: dict[str, list[str | None]] = {item.id: [] for item in items if item.kind == "single"}
    for learner, found in sorted(submitted_in(connection, assignment).items()):
        try:
            raw, _ = handed_in(course, workbook, learner)
        except OSError:  # a link is not this learner's
            continue
        sheet, seen, _ = read_seen(releases, raw)
        row = list[float | None]([None] * len(items))
        for place, (item, other) in seen.asked(workbook, key.earlier).items():
            if (grade := found.grades.get(place)) and item.id in places and not other:
                row[places[item.id]] = grade.within(item.points)
        for item_id, column in chosen.items():
            value = sheet.value(item_id)
            column.append(value if isinstance(value, str) and value in _named(workbook.items[item_id]) else None)
        rows.append(row)
    maxima = [item.points for item in items]
    kept = list(_kept(connection, assignment.name, places, maxima))
    there = statistics.Table(items=list(places), maxima=maxima, points=rows)
    table = statistics.Table(items=list(places), maxima=maxima, points=[*rows, *kept])
    return _Class(table=table, there=there, chosen=chosen)


def _kept(connection: Connection, assignment: str, places: Mapping[str, int], maxima: list[float]) -> Iterator[Row]:
    """Give the points of those who were erased, for items that everybody is asked."""
    table, rows = own_tables.kept_points, dict[str, Row]()
    for one in connection.execute(select(table).where(table.c.assignment == assignment)):
        if one.cell in places and one.maximum == maxima[places[one.cell]]:
            row = rows.setdefault(one.pseudonym, [None] * len(maxima))
            row[places[one.cell]] = min(one.maximum, max(0.0, one.points))
    yield from rows.values()


def _figures(one: statistics.ItemFigures) -> tuple[str, ...]:
    return (one.item, str(one.learners), _said(one.facility), _said(one.discrimination), _said(one.rest), " ".join(one.notes))


def _options(table: statistics.Table, item: Item, chosen: list[str | None], entry: KeyEntry) -> Iterator[tuple[str, ...]]:
    named, right = _named(item), [str(answer) for answer in (entry.right, *entry.also)]
    for one in statistics.distractors(table, item.id, chosen, options=list(named), right=right):
        notes = ["hardly anybody takes it"] if one.rare else []
        notes += ["taken rather by those who do well elsewhere"] if one.draws_able else []
        yield (item.id, named[one.option], "yes" if one.right else "", _said(one.share), _said(one.rest), "; ".join(notes))


def _named(item: Item) -> dict[str, str]:
    return {option.id: option.text for option in getattr(item, "options", ())}


def _said(figure: statistics.Figure) -> str:
    return f"{figure.value:.2f}" if figure.value is not None else f"none: {figure.why}"
