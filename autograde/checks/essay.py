"""Where each point of the unit's essay is taught, practised and assessed: by the sections that `workbook.toml` says teach it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from autograde.checks.subject import Subject
from workbook_helpers.items import Purpose, read_toml

POINTS = Path(__file__).with_name("essay.toml")


@dataclass(frozen=True, kw_only=True)
class Point:
    """A point of the essay: what it says, the criteria that it belongs to, and what a good workbook adds."""

    code: str
    says: str
    criteria: tuple[str, ...]
    adds: str


@cache
def points() -> tuple[Point, ...]:
    """Give the points, in the essay's order."""
    return tuple(Point(**{**one, "criteria": tuple(one["criteria"])}) for one in read_toml(POINTS)["points"])


def e1_sections_are_there(subject: Subject) -> Iterator[str]:
    """What `workbook.toml` says of a section's part in the essay fits the notebook's headings and the essay's points."""
    titles, codes = {section.title for section in subject.sections}, {point.code for point in points()}
    for section in subject.workbook.about.sections:
        if section.title not in titles:
            yield f"workbook.toml has essay points for the section {section.title!r}, which the notebook does not have"
        for code in section.essay:
            if code not in codes:
                yield f"the section {section.title!r} teaches {code}, which the essay does not have ({', '.join(sorted(codes))})"
    if subject.workbook.about.role == "teaching" and not subject.workbook.about.sections:
        yield "no section says which points of the essay it teaches: write [[sections]] with title and essay into workbook.toml"


def e2_every_point(subjects: Iterable[Subject]) -> Iterator[str]:
    """Each point of the essay is taught in a section, practised there, and assessed by an item that names that section."""
    subjects = list(subjects)
    for point in points():
        lacks = [what for found, what in zip(_where(point, subjects), ("taught", "practised", "assessed"), strict=True) if not found]
        if lacks:
            missing = " and not ".join(lacks)
            yield f"the essay's point {point.code} ({point.says}) is not {missing}: name its section in a workbook.toml, or write it"


def table(subjects: Iterable[Subject]) -> str:
    """Give the map from the essay's paragraphs to sections, in Markdown, as `docs/essay.md` has it."""
    subjects = list(subjects)
    lines = [
        "# Where is this paragraph of the essay taught?",
        "",
        "For tutors. The points are the essay's, in our own words; A, B and C are its parts, and gap1 and gap2 are lost. An item counts "
        "where it names the section that teaches the point. Made by `autograde check --coverage docs/coverage.md`.",
        "",
        "| point | what the essay says | criteria | taught in | practice | marked | what the workbooks add |",
        "|---|---|---|---|---|---|---|",
    ]
    for point in points():
        taught, practised, assessed = (", ".join(found) or "–" for found in _where(point, subjects))
        criteria = " ".join(point.criteria)
        lines.append(f"| **{point.code}** | {point.says} | {criteria} | {taught} | {practised} | {assessed} | {point.adds} |")
    return "\n".join(lines) + "\n"


def _where(point: Point, subjects: list[Subject]) -> tuple[list[str], list[str], list[str]]:
    """Give the sections that teach a point, and the items of practice and the marked ones that belong to these."""
    taught, practised, assessed = [], [], []
    for subject in sorted(subjects, key=lambda one: one.workbook.about.order):
        titles = [section.title for section in subject.workbook.about.sections if point.code in section.essay]
        taught += [f"{subject.workbook.id} “{title}”" for title in titles]
        items = [item for item in subject.workbook.items.values() if item.section in titles]
        practised += [item.id for item in items if item.purpose is Purpose.PRACTICE]
        assessed += [item.id for item in items if item.purpose is Purpose.ASSESSED]
    return taught, practised, assessed
