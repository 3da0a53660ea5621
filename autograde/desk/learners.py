"""Learners: who is in the class; add a list or one of them, mend, give more time, merge two ids, mark as left."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from autograde.classes import learner_list
from autograde.classes.extend import extend
from autograde.classes.folder import Course
from autograde.classes.ids import shown
from autograde.classes.learner_changes import add_one, find, rename
from autograde.classes.learner_list import MEANINGS, Meaning, Preview
from autograde.classes.roster import Student
from autograde.desk.learner_data import do_erase, export
from autograde.desk.learner_data import in_words as erased_in_words
from autograde.desk.pages import STANDS, Asked, Done, Look, Page, UnfitError, stands
from autograde.desk.platform import add as add_people
from autograde.desk.standing import Standing, standing
from autograde.errors import ClassError, RosterError
from autograde.gradebook.left import mark_back, mark_left
from autograde.inbox import merge
from autograde.inbox.merge import Merge
from autograde.inbox.merged import merges
from autograde.lti.connection import is_connected
from autograde.records.copies import still_in
from autograde.records.erasure import Erasure, plan
from autograde.text import LOCAL, aware, count, in_words, read_due

if TYPE_CHECKING:  # what signs is imported where a class has a platform
    from autograde.lti.members import People

ROWS = 100
"""Learners on one page of the list."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One learner, by the id as the gradebook has it and as people know it."""

    id: str
    shown: str
    name: str
    first_name: str
    last_name: str
    email: str
    left: bool


@dataclass(frozen=True, kw_only=True)
class Time:
    """Until when a learner may hand a workbook in, in UTC, and whether that is an extension; `field` is as a date field writes it."""

    workbook: str
    short: str
    due: datetime | None
    extended: bool
    handed_in: datetime | None
    field: str


@dataclass(frozen=True, kw_only=True)
class One:
    """The learner that is looked at, and a merge or an erasure to be confirmed, None for none."""

    row: Row
    times: tuple[Time, ...]
    merging: Merge | None = None
    erasing: Erasure | None = None


@dataclass(frozen=True, kw_only=True)
class Merged:
    """A merge that can be undone."""

    name: str
    goes: str
    stays: str


@dataclass(frozen=True, kw_only=True)
class Learners:
    """What the page shows; `rows` are those of one page of the list, `found` how many all of its pages have.

    `erased` is what an erasure that was just done leaves for people: the copies that hold the learner still, and what is to be decided, in
    sentences.
    """

    rows: tuple[Row, ...]
    found: int
    number: int
    numbers: int
    find: str
    left: bool
    gone: int
    one: One | None
    preview: Preview | None
    merged: tuple[Merged, ...]
    meanings: dict[Meaning, str]
    platform: bool
    people: "People | None"
    erased: tuple[str, ...]


def data(
    course: Course,
    *,
    number: int = 1,
    find: str = "",
    left: bool = False,
    learner: str = "",
    preview: Preview | None = None,
    merging: Merge | None = None,
    erasing: bool = False,
    people: "People | None" = None,
    erased: tuple[str, ...] = (),
) -> Learners:
    """Give what the page shows.

    Parameters
    ----------
    number
        The page of the list, from 1.
    find
        Only learners in whose name, id or address this stands.
    left
        Those who have left, in place of those who are there.
    learner
        The id of the one that is looked at, "" for none.
    preview
        A list to be added.
    merging
        A merge to be confirmed.
    erasing
        Whether it is shown what an erasure of the learner would take away.
    people
        Those of the platform's course, to be added.
    erased
        As `Learners.erased`.
    """
    at = standing(course)
    words = find.casefold().split()
    rows = [_row(one, left=left) for one in (at.left if left else at.learners)]
    rows = [row for row in rows if all(word in f"{row.name} {row.shown} {row.email}".casefold() for word in words)]
    known = {one.id for one in (*at.learners, *at.left)}  # a page that is looked at anew after the erasure is of nobody
    numbers = max(1, -(-len(rows) // ROWS))
    number = min(max(1, number), numbers)
    return Learners(
        rows=tuple(rows[(number - 1) * ROWS : number * ROWS]),
        found=len(rows),
        number=number,
        numbers=numbers,
        find=find,
        left=left,
        gone=len(at.left),
        one=_one(at, learner, merging, plan(course, learner) if erasing and learner in known else None),
        preview=preview,
        merged=tuple(Merged(name=name, goes=shown(goes), stays=shown(stays)) for name, goes, stays in merges(course)),
        meanings=MEANINGS,
        platform=is_connected(course),
        people=people,
        erased=erased,
    )


def _row(one: Student, *, left: bool) -> Row:
    name = one.name or one.shown
    return Row(id=one.id, shown=one.shown, name=name, first_name=one.first_name, last_name=one.last_name, email=one.email, left=left)


def _one(at: Standing, learner: str, merging: Merge | None, erasing: Erasure | None) -> One | None:
    found = next(
        (_row(one, left=left) for left, all_ in ((False, at.learners), (True, at.left)) for one in all_ if one.id == learner), None
    )
    if found is None:
        return None
    times = []
    for workbook in at.workbooks:
        hand_in, due = at.of(learner, workbook.name), at.due(learner, workbook)
        field = due.astimezone(LOCAL).strftime("%Y-%m-%dT%H:%M") if due else ""
        extended = bool(hand_in.extension)
        times.append(
            Time(workbook=workbook.name, short=workbook.short, due=due, extended=extended, handed_in=hand_in.handed_in, field=field)
        )
    return One(row=found, times=tuple(times), merging=merging, erasing=erasing)


def _show(asked: Asked) -> Learners:
    number, left = asked.number("number", 1), asked.text("left") == "1"
    learner, erasing = asked.text("learner"), asked.text("erase") == "1"
    return data(asked.course, number=number, find=asked.text("find"), left=left, learner=learner, erasing=erasing)


def _text(asked: Asked) -> str:
    """Give the list that was dropped or pasted."""
    for upload in asked.files.get("file", ()):
        if upload.data:
            return learner_list.text_from(upload.name, upload.data)
    return asked.text("list")


def _read(asked: Asked) -> Look:
    """Show what a list says, and what would become of each row."""
    try:
        text = _text(asked)
        if not text:
            msg = "Paste a list here, or choose its file."
            raise UnfitError(msg, "list")
        found = learner_list.preview(asked.course, text, asked.many.get("column", ()), header=asked.text("header") == "1")
    except RosterError as error:
        raise UnfitError(str(error), "list") from error
    return Look(shown=data(asked.course, preview=found))


def _add_list(asked: Asked) -> Done | Look:
    """Put the learners of a list into the class."""
    text, chosen, header = asked.text("list"), asked.many.get("column", ()), asked.text("header") == "1"
    found = learner_list.preview(asked.course, text, chosen, header=header)
    if found.fault:
        return Look(shown=data(asked.course, preview=found))
    report = learner_list.add(asked.course, text, chosen, header=header)
    parts = [f"{count(len(report.added), 'learner')} added"]
    parts += [f"{len(report.updated)} changed"] if report.updated else []
    parts += [f"{count(len(report.bad), 'row')} left out"] if report.bad else []
    return Done(said=f"{', '.join(parts)}.")


def _people(asked: Asked) -> Look:
    """Show who is in the platform's course, and what would become of each."""
    from autograde.lti.members import read_people

    return Look(shown=data(asked.course, people=read_people(asked.course)))


def _add(asked: Asked) -> Done:
    """Put one learner into the class."""
    given = {name: asked.text(name) for name in ("first_name", "last_name", "email")}
    try:
        added = add_one(asked.course, id_=asked.text("id"), **given)
    except RosterError as error:
        raise UnfitError(str(error), _about(str(error))) from error
    return Done(said=f"{added.name} was added, with the id {added.shown}.", undo=("left", {"learner": added.id}))


def _rename(asked: Asked) -> Done:
    """Mend a name and an address."""
    given = {name: asked.text(name) for name in ("first_name", "last_name", "email")}
    try:
        asked.see_unchanged(find(asked.course, asked.text("learner")))
        before, now = rename(asked.course, asked.text("learner"), **given)
    except RosterError as error:
        raise UnfitError(str(error), _about(str(error))) from error
    old = {"learner": before.id, "first_name": before.first_name, "last_name": before.last_name, "email": before.email, STANDS: stands(now)}
    return Done(said=f"{now.shown} is {now.name} now.", undo=("rename", old), query={"learner": now.id})


def _about(fault: str) -> str:
    """Give the field that a fault is about."""
    fields = {"email": "email", "first name": "first_name", "last name": "last_name", "name": "first_name"}
    return next((field for word, field in fields.items() if word in fault), "id")


def _left(asked: Asked) -> Done:
    """Note that a learner has left."""
    found = find(asked.course, asked.text("learner"))
    mark_left(asked.course, [found.id])
    return Done(said=f"{found.name} has left. All that was handed in and marked stays.", undo=("back", {"learner": found.id}))


def _back(asked: Asked) -> Done:
    """Note that a learner is in the class again."""
    found = find(asked.course, asked.text("learner"))
    mark_back(asked.course, [found.id])
    return Done(said=f"{found.name} is in the class again.", query={"learner": found.id})


def _extend(asked: Asked) -> Done:
    """Give a learner more time for a workbook, or take it back."""
    learner, workbook, text = find(asked.course, asked.text("learner")), asked.text("workbook"), asked.text("until")
    if not text and not asked.text("back"):
        msg = "Say until when: a day and a time."
        raise UnfitError(msg, "until")
    at = standing(asked.course)
    asked.see_unchanged(at.of(learner.id, workbook).extension)
    try:
        until = read_due(text) if text else None
        before = extend(asked.course, workbook, learner.id, until)
    except ClassError as error:
        raise UnfitError(str(error), "until") from error
    old = {"learner": learner.id, "workbook": workbook}
    old |= {"until": aware(before).astimezone(LOCAL).strftime("%Y-%m-%d %H:%M")} if before else {"back": "1"}
    old |= {STANDS: stands(standing(asked.course).of(learner.id, workbook).extension)}
    what = f"may hand {workbook} in until {in_words(until)}" if until else f"has no more time for {workbook} than the others"
    return Done(said=f"{learner.name} {what}.", undo=("extend", old), query={"learner": learner.id})


def _merge_look(asked: Asked) -> Look:
    """Say what a merge would do."""
    try:
        planned = merge.plan(asked.course, asked.text("learner"), asked.text("stays"))
    except ClassError as error:
        raise UnfitError(str(error), "stays") from error
    return Look(shown=data(asked.course, learner=planned.goes.id, merging=planned))


def _merge(asked: Asked) -> Done:
    """Let what was handed in under one id count under another."""
    done = merge.merge(asked.course, asked.text("learner"), asked.text("stays"))
    said = f"{done.goes.shown} and {done.stays.shown} are one learner now, with the id {done.stays.shown}. Then mark again."
    return Done(said=said, undo=("unmerge", {"name": done.name}), query={"learner": done.stays.id})


def _unmerge(asked: Asked) -> Done:
    """Undo a merge."""
    back = merge.undo(asked.course, asked.text("name"))
    return Done(said=f"{back.goes.shown} and {back.stays.shown} are two learners again.")


def _erase(asked: Asked) -> Done | Look:
    """Erase a learner; what is left for people may be a long list, and is shown at once."""
    done = do_erase(asked)
    said, left = erased_in_words(done), (*still_in(done.copies), *done.to_decide)
    return Look(shown=data(asked.course, erased=left), said=said) if left else Done(said=said)


PAGE = Page(
    name="learners",
    title="Learners",
    show=_show,
    verbs={
        "read": _read,
        "add-list": _add_list,
        "people": _people,
        "add-people": add_people,
        "add": _add,
        "rename": _rename,
        "left": _left,
        "back": _back,
        "extend": _extend,
        "merge-look": _merge_look,
        "merge": _merge,
        "unmerge": _unmerge,
        "erase": _erase,
    },
    files={"export": export},
    formgrader="manage_students",
)
