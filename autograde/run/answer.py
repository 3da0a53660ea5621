"""One learner's answers as a person marks them: what was asked, what was written, and the rubric, all of it as text."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from autograde.classes.folder import Course
from autograde.classes.own_keys import GUIDES, NAME
from autograde.content import home
from autograde.errors import ClassError
from autograde.inbox.submitted import handed_in
from autograde.marking import EarlierKey, EarlierRubric, Status, earlier, mark_sheet
from autograde.marking.kinds.scenario import may_harm
from autograde.outbox.releases import read_seen
from autograde.run.rebuild import asked_in
from autograde.run.work import Content, load_content
from workbook_helpers.items import Item
from workbook_helpers.items.documents import Document


@dataclass(frozen=True, kw_only=True)
class Answer:
    """An answer to be marked by a person.

    Attributes
    ----------
    place, item
        Where it stands in the workbook, and the id of the item that was asked there: another one where a pool gave it.
    guide
        `guide_name` of what it is marked by.
    stem, prompts, document
        As the learner saw them.
    lines
        What was answered, one text for each part; a written answer is one text. Nothing where there is none that can be read.
    reason
        Why there is nothing, or why a person decides; "" where a written answer stands.
    flags
        What the marker has to know of it, one sentence each.
    digest
        Which answer it is (`marking.Mark.answer`).
    """

    place: str
    item: str
    guide: str
    stem: str
    prompts: tuple[str, ...]
    document: Document | None
    lines: tuple[str, ...]
    reason: str
    flags: tuple[str, ...]
    digest: str
    written: bool


def guide_name(item: Item, content: Content) -> str:
    """Give what the key or rubric of an item is called, as somebody was asked it: the item's id, and more for an earlier meaning."""
    guides: tuple[EarlierKey | EarlierRubric, ...] = (*content.key.earlier, *content.rubrics.earlier)
    before = earlier(guides, item)
    return f"{item.id}@{before.asked[0]}" if before else item.id


def content_of(course: Course, assignment: str) -> Content:
    """Read what marking needs, once for as long as no file of it changes; see `load_content`."""
    short = course.assignments().get(assignment, "")
    folders = [course.root / step / assignment for step in ("source", "release", "releases")]
    files = [place / kind / f"{short}.toml" for kind in ("keys", "rubrics") for place in (home(), course.root / GUIDES)]
    files.append(course.root / NAME)
    paths = [path for folder in folders for path in (folder, folder / "items.toml")] + files
    return _content(course, assignment, tuple(map(_about, paths)))


@lru_cache(maxsize=32)  # the page Mark looks at every workbook of a class
def _content(course: Course, assignment: str, _: Any) -> Content:
    return load_content(course, assignment)


def _about(path: Path) -> tuple[int, int, int] | None:
    try:
        about = path.stat()
    except OSError:
        return None
    return about.st_ino, about.st_mtime_ns, about.st_size


def read_answers(course: Course, content: Content, student: str) -> dict[str, Answer]:
    """Give place → answer for everything that one learner was asked.

    Raises
    ------
    ClassError
        If the learner's folder is a link, or the file cannot be read.
    """
    path = course.path("submitted", student, content.workbook.assignment) / "answers.json"
    return _read(course, student, _about(path), _Held(content))


class _Held:
    """Content as an argument of a cache: it is too large to be compared part by part."""

    def __init__(self, content: Content) -> None:
        self.content = content

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Held) and other.content is self.content

    def __hash__(self) -> int:
        return id(self.content)


@lru_cache(maxsize=256)
def _read(course: Course, student: str, _: Any, held: _Held) -> dict[str, Answer]:
    content = held.content
    workbook = content.workbook
    try:
        raw, digest = handed_in(course, workbook, student)
    except OSError as error:
        msg = f"What was handed in for {workbook.id} cannot be read ({error.strerror or error}). See Take in."
        raise ClassError(msg) from error
    sheet, seen, remark = read_seen(content.releases, raw)
    marks = mark_sheet(workbook, content.key, sheet, seen, content.versions)
    general = (*sheet.oddities, *([remark] if remark else []))
    found = {}
    for place, asked in asked_in(workbook, content.key, content.rubrics, seen).items():
        mark, saw = marks[place], asked.saw
        value = seen.sheet.value(saw.id)
        readable = not sheet.problem and saw.id not in seen.sheet.unreadable and not saw.is_blank(value)
        written = saw.asks_person
        found[place] = Answer(
            place=place,
            item=asked.now.id,
            guide=guide_name(asked.now, content),
            stem=saw.stem,
            prompts=tuple(str(text) for text in saw.public().get("prompts") or ()),
            document=saw.rests_on,
            lines=tuple(saw.in_words(value)) if readable else (),
            reason="" if readable and written and mark.status is Status.NEEDS_PERSON else mark.reason,
            flags=(*asked.flags, *general),
            digest=f"file-{digest}" if sheet.problem else mark.answer,
            written=written,
        )
    return found


def unsafe_acts_of(course: Course, content: Content, students: Iterable[str]) -> Iterator[tuple[str, str, str]]:
    """Give (learner, place, `Mark.unsafe`) for decisions in a story that a person has to follow up; who cannot be read is left out."""
    if any(may_harm(entry.right) for entry in (*content.key.keys.values(), *content.key.earlier)):
        for student in students:
            path = course.path("submitted", student, content.workbook.assignment) / "answers.json"
            if about := _about(path):
                yield from ((student, place, what) for place, what in _unsafe_acts(course, student, about, _Held(content)))


@lru_cache(maxsize=20_000)
def _unsafe_acts(course: Course, student: str, _: Any, held: _Held) -> tuple[tuple[str, str], ...]:
    content = held.content
    try:
        raw, _digest = handed_in(course, content.workbook, student)
    except OSError:  # a link is not this learner's; marking says so
        return ()
    sheet, seen, _remark = read_seen(content.releases, raw)
    marks = mark_sheet(content.workbook, content.key, sheet, seen, content.versions)
    return tuple((place, mark.unsafe) for place, mark in marks.items() if mark.unsafe)


def texts_of(course: Course, content: Content, students: list[str], place: str) -> dict[str, tuple[str, str]]:
    """Give learner → (item's id, text) for the written answers to a task; whoever cannot be read is left out."""
    found = {}
    for student in students:
        try:
            answer = read_answers(course, content, student).get(place)
        except ClassError:
            continue
        if answer and answer.written and answer.lines:
            found[student] = (answer.item, "\n".join(answer.lines))
    return found
