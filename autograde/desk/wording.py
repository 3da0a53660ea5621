"""Change a wording: a question with its key or rubric, or a text, in a form with the page beside it as students see it."""

import html
from collections.abc import Mapping
from dataclasses import dataclass

from autograde.authoring.changes import Change, FieldError, StaleError, last_change, take_back
from autograde.authoring.part import Part, parts_of
from autograde.authoring.reword import Meaning, Wording
from autograde.authoring.wording import Field, Form
from autograde.classes.folder import Course
from autograde.classes.ids import shown
from autograde.desk.pages import Asked, Done, File, Page, UnfitError
from autograde.desk.standing import standing
from workbook_helpers.errors import WorkbookError

TITLES = {
    "item": "What students see",
    "document": "The document, as students see it",
    "text": "What students see",
    "key": "The key, for tutors only",
    "rubric": "The rubric, for tutors only",
}
MEANINGS = {Meaning.WORDING: "Wording only", Meaning.CHANGES: "The meaning changes"}
ROW = 62
"""Letters of a field's line, about."""


@dataclass(frozen=True, kw_only=True)
class Bookmark:
    """A workbook whose words can be changed."""

    name: str
    short: str


@dataclass(frozen=True, kw_only=True)
class Group:
    """Fields that belong together, each with the lines that it is shown with."""

    title: str
    fields: tuple[tuple[Field, int], ...]


@dataclass(frozen=True, kw_only=True)
class Means:
    """A meaning that a change can have, and what follows from it."""

    value: Meaning
    title: str
    lines: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class One:
    """What is changed; `meanings` is empty where nothing has been given out that is marked.

    `document` is the id of the one that a question rests on, "" for none; `questions` are those that rest on a document.
    """

    id: str
    document: str
    questions: tuple[str, ...]
    state: str
    groups: tuple[Group, ...]
    meanings: tuple[Means, ...]
    learners: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Wordings:
    """What the page shows of one workbook; `name` is "" where the class has none."""

    workbooks: tuple[Bookmark, ...]
    name: str = ""
    short: str = ""
    parts: tuple[Part, ...] = ()
    one: One | None = None
    last: Change | None = None


def data(course: Course, workbook: str = "", part: str = "", *, names: bool = True) -> Wordings:
    """Give what the page shows: the parts of a workbook, or one of them."""
    books = tuple(Bookmark(name=name, short=short or name) for name, short in course.assignments().items() if _has_copy(course, name))
    if not books:
        return Wordings(workbooks=())
    name = course.assignment(workbook) if workbook else books[0].name
    return Wordings(
        workbooks=books,
        name=name,
        short=next((one.short for one in books if one.name == name), name),
        parts=() if part else parts_of(course, name),
        one=_one(Wording(course, name, part), names=names) if part else None,
        last=last_change(course, name),
    )


def _has_copy(course: Course, name: str) -> bool:
    return (course.root / "source" / name / "items.toml").is_file()


def _one(of: Wording, *, names: bool) -> One:
    groups: dict[str, list[tuple[Field, int]]] = {}
    for field in of.fields:
        rows = sum(1 + len(line) // ROW for line in field.value.split("\n"))
        groups.setdefault(TITLES[field.name.partition("/")[0]], []).append((field, min(24, max(2, rows))))
    meanings = tuple(Means(value=one, title=title, lines=of.outcome(one)) for one, title in MEANINGS.items()) if of.asked else ()
    at = standing(of.course) if names and of.learners else None
    called = {who.id: who.name for who in (*at.learners, *at.left)} if at else {}
    return One(
        id=of.name,
        document=of.item.document if of.item else "",
        questions=tuple(one.id for one in of.questions) if of.document else (),
        state=of.state,
        groups=tuple(Group(title=title, fields=tuple(fields)) for title, fields in groups.items()),
        meanings=meanings,
        learners=tuple(called.get(one) or shown(one) for one in of.learners),
    )


def _show(asked: Asked) -> Wordings:
    return data(asked.course, asked.text("workbook"), asked.text("part"), names=asked.names)


def _of(asked: Asked) -> Wording:
    return Wording(asked.course, asked.course.assignment(asked.text("workbook")), asked.text("part"))


def _typed(asked: Asked, of: Wording) -> Mapping[str, str]:
    """Give what was typed, nothing where no form was sent; a choice of several comes as one tick each."""
    if "state" not in asked.fields:
        return {}
    several = {
        field.name: "\n".join(choice.value for choice in field.choices if asked.text(f"{field.name}:{choice.value}"))
        for field in of.fields
        if field.form is Form.SEVERAL
    }
    return several | {field.name: asked.text(field.name) for field in of.fields if field.name in asked.fields}


def _save(asked: Asked) -> Done:
    """Change it."""
    of = _of(asked)
    said = asked.text("meaning")
    try:
        done = of.save(_typed(asked, of), state=asked.text("state"), meaning=Meaning(said) if said in set(Meaning) else None)
    except StaleError as error:
        raise UnfitError(str(error)) from error
    except FieldError as error:
        raise UnfitError(str(error), error.field) from error
    where = {"workbook": of.assignment, "part": of.name}
    return Done(said=f"{of.name} is changed. {' '.join(done.lines)}", query=where, undo=("undo", {**where, "kept": done.kept}))


def _undo(asked: Asked) -> Done:
    """Bring back the files as they were before the last change."""
    assignment = asked.course.assignment(asked.text("workbook"))
    what = take_back(asked.course, assignment, asked.text("kept"))
    part = asked.text("part")
    return Done(said=f"{what} is as it was before.", query={"workbook": assignment, **({"part": part} if part else {})})


def _page(asked: Asked) -> File:
    """Give the page as students see it, with what is typed; in its place the sentence why there is none."""
    try:
        of = _of(asked)
        return File(name="page.html", data=of.preview(_typed(asked, of)), type="text/html; charset=utf-8", shown=True, runs=True)
    except WorkbookError as error:
        text = f'<!doctype html><html lang="en-GB"><meta charset="utf-8"><title>Not as it is</title><p>{html.escape(str(error))}</p></html>'
        return File(name="page.html", data=text.encode(), type="text/html; charset=utf-8", shown=True)


PAGE = Page(
    name="wording",
    title="Wording",
    show=_show,
    verbs={"save": _save, "undo": _undo, "page": _page},
    files={"page": _page},
    formgrader="manage_assignments",
)
