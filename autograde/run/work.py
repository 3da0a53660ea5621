"""The work itself: what a submission is marked from, and what comes of it; bytes in, bytes out."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property

from autograde.classes.folder import Course, workbooks_folder
from autograde.classes.ids import shown
from autograde.classes.own_keys import class_guides
from autograde.content.reading import real_work
from autograde.gradebook.entries import Held, Source
from autograde.inbox.submitted import handed_in
from autograde.marking import EarlierKey, EarlierRubric, Key, KeyEntry, Known, Mark, Rubric, Rubrics, Status, mark_sheet, wording
from autograde.marking.paper import paper_oddities
from autograde.outbox.releases import Releases, read_releases, read_seen
from autograde.run.rebuild import rebuild
from workbook_helpers.answers import AnswerSheet
from workbook_helpers.items import Json, Workbook


@dataclass(frozen=True, kw_only=True)
class Content:
    """A workbook with its key and rubrics, read once and known to fit each other."""

    workbook: Workbook
    key: Key
    rubrics: Rubrics
    releases: Releases
    class_id: str
    """nbgrader's course id, from which papers are drawn."""
    real_work: frozenset[str] = frozenset()
    """The codes of the criteria that are met by evidence from the learner's own work alone."""

    @cached_property
    def known(self) -> Known:
        """The marks of answers that were given so far, for the next learner who gives the same."""
        return {}

    @cached_property
    def cells(self) -> dict[tuple[Mark, str], str]:
        """The same for the cells of the marker's notebook (`rebuild`)."""
        return {}

    @cached_property
    def versions(self) -> dict[str, str]:
        """Item id → `Mark.version`, for every item that is marked, and for what it meant earlier (`mark_sheet`)."""
        guides: dict[str, KeyEntry | Rubric] = {**self.key.keys, **self.rubrics.rubrics}
        earlier: tuple[EarlierKey | EarlierRubric, ...] = (*self.key.earlier, *self.rubrics.earlier)
        found = {item.id: _version(wording(item), guides[item.id]) for item in self.workbook.assessed()}
        for before in earlier:
            found |= {f"{before.item} {asked}": _version(asked, before) for asked in before.asked}
        return found

    @cached_property
    def source(self) -> dict[str, str]:
        """What a marking is made from, besides the answers."""
        parts = (*self.workbook.items.values(), *self.workbook.pools, *self.workbook.documents.values())
        fit = [self.workbook.about.version, *(part.model_dump_json() for part in parts)]
        rubrics = self.rubrics.model_dump_json(exclude_defaults=True)
        return {
            "items": hashlib.sha256(json.dumps(fit).encode()).hexdigest()[:16],
            "key": hashlib.sha256(self.key.model_dump_json(exclude_defaults=True).encode()).hexdigest()[:16],
            "rubrics": hashlib.sha256(" ".join([rubrics, *sorted(self.real_work)]).encode()).hexdigest()[:16],
            "releases": hashlib.sha256(" ".join([self.releases.given, *self.releases.kept]).encode()).hexdigest()[:16],
        }


def _version(asked: str, guide: KeyEntry | Rubric) -> str:
    text = guide.model_dump_json(exclude={"item", "asked"}, exclude_defaults=True)
    return f"{asked[:8]}-{hashlib.sha256(text.encode()).hexdigest()[:8]}"


@dataclass(frozen=True, kw_only=True)
class Work:
    """One submission to be marked: what was handed in, when (in UTC, naive), and what it is made from, time included."""

    student: str
    answers: bytes | AnswerSheet
    """The answers file; where it cannot be used, the sheet that says why."""
    source: dict[str, Json]
    when: datetime | None = None
    by_person: Mapping[str, str] = field(default_factory=dict)
    """As `Held.by_person` says."""
    known: bool = False
    """Whether the same answers were marked before."""

    @property
    def origin(self) -> Source:
        """What the gradebook keeps of what this is made from."""
        text = json.dumps(self.source, sort_keys=True)
        return Source(all=hashlib.sha256(text.encode()).hexdigest()[:16], answers=self.source["answers"], known=self.known)


@dataclass(frozen=True, kw_only=True)
class Assessment:
    """One submission, marked but not yet in the gradebook; `notebook` is the marker's, as JSON."""

    student: str
    when: datetime | None
    notebook: bytes
    marks: dict[str, Mark]
    oddities: tuple[str, ...]
    origin: Source


def load_content(course: Course, assignment: str) -> Content:
    """Read what marking needs; ContentError or ClassError if items, key and rubrics do not fit each other."""
    workbook = course.workbook(assignment)
    key, rubrics = class_guides(course, workbook)
    return Content(
        workbook=workbook,
        key=key,
        rubrics=rubrics,
        releases=read_releases(course, workbook),
        class_id=course.course_id,
        real_work=real_work(workbooks_folder(course)),
    )


def work_of(course: Course, content: Content, student: str, held: Held | None) -> Work:
    """Give what there is to mark of a student; OSError where the submission's folder is a link."""
    answers, digest = handed_in(course, content.workbook, student)
    stamp = course.timestamp(student, content.workbook.assignment)
    source = {"answers": digest, **content.source, "at": str(stamp)}
    return Work(student=student, answers=answers, source=source, when=stamp, by_person=held.by_person if held else {})


def assess(content: Content, work: Work) -> Assessment:
    """Read one student's answers, mark them and build the marker's notebook; no file, no database."""
    workbook = content.workbook
    sheet, seen, remark = read_seen(content.releases, work.answers)
    if strange := paper_oddities(seen.workbook, content.class_id, shown(work.student), seen.sheet):
        sheet = replace(sheet, oddities=(*sheet.oddities, *strange))
        seen = replace(seen, sheet=replace(seen.sheet, oddities=(*seen.sheet.oddities, *strange)))
    marks = mark_sheet(workbook, content.key, sheet, seen, content.versions, content.known)
    if sheet.problem:  # the file itself is the answer to everything
        marks = {place: replace(mark, answer=f"file-{work.source['answers']}") for place, mark in marks.items()}
    changed = {place for place, answer in work.by_person.items() if place in marks and marks[place].answer != answer}
    notebook = rebuild(workbook, content.key, content.rubrics, seen, marks, work.source, changed, content.real_work, content.cells)
    return Assessment(
        student=work.student,
        when=work.when,
        notebook=notebook.encode("utf-8", "replace"),
        marks=marks,
        oddities=(*_oddities(workbook, sheet, marks), *([remark] if remark else [])),
        origin=work.origin,
    )


def _oddities(workbook: Workbook, sheet: AnswerSheet, marks: Mapping[str, Mark]) -> Iterator[str]:
    if sheet.problem:
        yield f"{sheet.problem}: a person decides"
    else:
        yield from sheet.oddities
    for item_id, problem in sheet.unreadable.items():
        yield f"{item_id} {problem}"
    declared = [item for item in workbook.items.values() if item.kind == "declaration"]
    if not sheet.problem and not all(sheet.value(item.id) for item in declared):
        yield "the declaration is not signed"
    for place, mark in marks.items():
        if mark.unsafe:
            yield f"{place}: {mark.unsafe}"
    if all(mark.status is Status.NOT_ATTEMPTED for mark in marks.values()):
        yield "handed in blank"
