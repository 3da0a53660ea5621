"""The unit that a class works for: its framework, and the workbooks that give evidence for its criteria."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from sqlalchemy import Connection

from autograde.classes.folder import PACKAGED, Course, workbooks_folder
from autograde.classes.own_keys import GUIDES, voided
from autograde.classes.owner import CONFIG
from autograde.classes.roster import Student
from autograde.classes.workbook_names import short_id
from autograde.content.frameworks import DEFAULT, Extent, Framework, load_framework
from autograde.content.reading import guide_file, load_rubrics
from autograde.errors import ClassError
from autograde.gradebook.learners import learners_in
from autograde.gradebook.left import left_in
from autograde.marking import Rubric
from workbook_helpers.items import Item, Workbook, load_workbook

LEFT_OUT = frozenset({"gallery", "start"})
"""Workbooks of these roles give no evidence."""
Age = tuple[int, int]
"""When a file was written last, in ns, and its size: as long as they stay, what was read from it holds."""
NO_FILE: Age = (0, 0)


@dataclass(frozen=True, kw_only=True, eq=False)
class Book:
    """One workbook of the unit; of the same files it is the same object.

    Attributes
    ----------
    rubrics
        Item id → rubric of the written tasks.
    extents
        Code of the framework → how far the workbook's answers can show it.
    kept
        Of what a learner hands in, the items that are read for the records: written tasks, forms and the declaration.
    void
        Ids of the closed questions that do not count in the class.
    """

    workbook: Workbook
    rubrics: Mapping[str, Rubric]
    framework: Framework
    extents: Mapping[str, Extent]
    kept: Mapping[str, Item]
    void: frozenset[str] = frozenset()

    def serves(self, codes: Iterable[str]) -> tuple[str, ...]:
        """Give the framework's criteria for those that an item names."""
        wanted = set(codes)
        return tuple(one.code for one in self.framework.criteria if not wanted.isdisjoint(one.rqf or (one.code,)))


def framework_of(course: Course) -> Framework:
    """Give the framework of a class: from its own shelf of workbooks, or, where that has none of the name, as it came along.

    Raises
    ------
    ClassError, ContentError
        If there is none, or it has a fault.
    """
    name = str(course.config().AutogradeClass.get("framework", "")) or DEFAULT
    shelf = workbooks_folder(course)
    path = (shelf if (shelf / "frameworks" / f"{name}.toml").is_file() else PACKAGED) / "frameworks" / f"{name}.toml"
    try:
        return _framework(path, name, age(path))
    except ClassError as error:
        msg = f"{course.root / CONFIG}, framework: {error}"
        raise ClassError(msg) from error


def books_of(course: Course, framework: Framework) -> tuple[Book, ...]:
    """Give the workbooks of a class that can give evidence, in their order; ClassError or ContentError if a file has a fault."""
    own = course.root / GUIDES
    found = []
    for folder in course.folders().values():
        files = [folder / "workbook.toml", folder / "items.toml", guide_file("rubrics", short_id(folder), own)]
        found.append(_book(folder, framework, own, voided(course, short_id(folder)), tuple(map(age, files))))
    fit = [book for book in found if book.workbook.about.role not in LEFT_OUT]
    return tuple(sorted(fit, key=lambda book: (book.workbook.about.order, book.workbook.assignment)))


def rubrics_of(books: Iterable[Book]) -> dict[str, Rubric]:
    """Give item id → rubric for the written tasks of all workbooks."""
    return {item: rubric for book in books for item, rubric in book.rubrics.items()}


def learners_of(connection: Connection, ids: Iterable[str] | None = None) -> tuple[Student, ...]:
    """Give the learners of these ids, or all who have not left, by surname and first name."""
    chosen = None if ids is None else frozenset(ids)
    left = left_in(connection) if chosen is None else {}
    return tuple(
        Student(id=one.id, first_name=one.first_name, last_name=one.last_name, email=one.email)
        for one in learners_in(connection)
        if (one.id not in left if chosen is None else one.id in chosen)
    )


@lru_cache(maxsize=8)
def _framework(path: Path, name: str, _: Age) -> Framework:
    return load_framework(path.parent.parent, name)


@lru_cache(maxsize=128)
def _book(folder: Path, framework: Framework, own: Path, void: frozenset[str], ages: tuple[Age, ...]) -> Book:
    workbook = load_workbook(folder)
    return Book(
        workbook=workbook,
        rubrics=load_rubrics(workbook.id, own).rubrics if ages[-1] != NO_FILE else {},
        framework=framework,
        extents=_extents(workbook, framework),
        kept={name: item for name, item in workbook.items.items() if item.asks_person or item.kind in {"workplace", "declaration"}},
        void=void,
    )


def _extents(workbook: Workbook, framework: Framework) -> dict[str, Extent]:
    """Give code → how far the workbook can show it: as it says itself, or, of another framework, as it says of all that this matches."""
    said = {(one.framework, one.code): one.extent for one in workbook.about.criteria}
    whole = {code for (name, code), extent in said.items() if name == DEFAULT and extent == "full"}
    matched: dict[str, Extent] = {one.code: "full" for one in framework.criteria if one.rqf and whole.issuperset(one.rqf)}
    return matched | {code: extent for (name, code), extent in said.items() if name == framework.id}


def age(path: Path) -> Age:
    """Give when a file was written last, and its size; `NO_FILE` where there is none."""
    try:
        found = path.stat()
    except OSError:
        return NO_FILE
    return found.st_mtime_ns, found.st_size
