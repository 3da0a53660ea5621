"""Take in: what came, what cannot be used and whose it is, and who has handed nothing in yet."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from autograde.classes.folder import Course
from autograde.classes.served import is_served
from autograde.classes.settings_file import write_settings
from autograde.desk.pages import STANDS, Asked, Done, Page, UnfitError, stands
from autograde.desk.standing import Standing, Workbook, standing
from autograde.desk.taking_in import take_batch, take_exchange
from autograde.errors import ClassError
from autograde.inbox import put_right
from autograde.inbox.arrived import Batch, batches, find_batch, new_batch, place_for, throw_away
from autograde.inbox.assign import UndoReport, assign, is_hand_in, redo, undo
from autograde.inbox.put_right import Aside, ask_again, set_aside
from autograde.inbox.take_ins import TakeIn, take_ins
from autograde.inbox.watched import check_watched
from autograde.text import count, printable
from workbook_helpers.files import is_one_name

ROWS = 100
"""Learners on one page of a list."""
FEW = 300
"""So many learners stand in a field to be picked from; of more, one is typed."""
LISTED = 5
"""So many take-ins are listed."""
ASIDE = 20
"""So many files that cannot be used are shown at once."""


@dataclass(frozen=True, kw_only=True, slots=True)
class In:
    """A learner whose hand-in is in: by the id as the gradebook has it and as people know it, when, and what is out of the ordinary."""

    id: str
    shown: str
    name: str
    handed_in: datetime
    late: bool
    notes: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Who:
    """A learner to be picked, or of whom nothing is there yet."""

    id: str
    shown: str
    name: str
    email: str = ""


@dataclass(frozen=True, kw_only=True)
class Unusable:
    """What cannot be used, what people call its workbook, the message that asks for it again, and whether it can be somebody's hand-in."""

    aside: Aside
    short: str
    message: str
    hand_in: bool


@dataclass(frozen=True, kw_only=True)
class Choice:
    """A workbook that can be looked at: how many hand-ins are in."""

    name: str
    short: str
    number: int


@dataclass(frozen=True, kw_only=True)
class Watched:
    """The folder that is watched, "" for none, and why that cannot be done now."""

    folder: str = ""
    fault: str = ""


@dataclass(frozen=True, kw_only=True)
class Shown:
    """What the page shows.

    Attributes
    ----------
    workbook
        The name of the workbook whose lists are shown, "" where nothing was given out yet.
    rows, found, number, numbers
        Of what is in: one page of the list, how many all pages have, which page, and how many there are.
    missing
        Of whom nothing is there yet; those who left are not among them.
    unusable, waiting
        What cannot be used, the oldest first, and how many of them there are.
    learners
        To be picked from: whose it is.
    few
        Whether these are so few that they stand in one field.
    away
        What a tutor has dealt with, the newest first.
    batches
        What has arrived and was not taken in: nothing tells its workbook, or the server ended.
    served
        Whether learners hand in to the class's service, too.
    """

    choices: tuple[Choice, ...]
    workbook: str
    short: str
    rows: tuple[In, ...]
    found: int
    number: int
    numbers: int
    missing: tuple[Who, ...]
    unusable: tuple[Unusable, ...]
    waiting: int
    learners: tuple[Who, ...]
    few: bool
    away: tuple[Aside, ...]
    take_ins: tuple[TakeIn, ...]
    batches: tuple[Batch, ...]
    watched: Watched
    exchange: bool
    served: bool


def data(course: Course, *, workbook: str = "", number: int = 1, busy: bool = False) -> Shown:
    """Give what the page shows.

    Parameters
    ----------
    workbook
        The name of the workbook whose lists are shown; that of the newest take-in where none of the class's is named.
    number
        The page of the list of what is in, from 1.
    busy
        Whether files are being taken in now: what has arrived is not offered then.
    """
    at = standing(course)
    latest = take_ins(course)
    chosen = _chosen(at, [workbook, *(one.assignment for one in latest[:1])])
    rows = _in(at, chosen, latest) if chosen else []
    numbers = max(1, -(-len(rows) // ROWS))
    number = min(max(1, number), numbers)
    everybody = [Who(id=one.id, shown=one.shown, name=one.name or one.shown, email=one.email) for one in at.learners]
    waiting = set_aside(course)
    title = cache(lambda name: course.workbook(name).about.title)  # of many cards most are of one workbook
    return Shown(
        choices=tuple(_choice(at, one) for one in at.workbooks),
        workbook=chosen.name if chosen else "",
        short=chosen.short if chosen else "",
        rows=tuple(rows[(number - 1) * ROWS : number * ROWS]),
        found=len(rows),
        number=number,
        numbers=numbers,
        missing=tuple(one for one in everybody if chosen and at.of(one.id, chosen.name).handed_in is None),
        unusable=tuple(_unusable(course, at, one, title) for one in waiting[:ASIDE]),
        waiting=len(waiting),
        learners=tuple(everybody) if waiting else (),
        few=len(everybody) <= FEW,
        away=set_aside(course, done=True)[: -ASIDE - 1 : -1],
        take_ins=tuple(one for one in latest if one.taken)[:LISTED],
        batches=() if busy else batches(course),
        watched=_watched(course),
        exchange=course.exchange is not None,
        served=is_served(course),
    )


def _chosen(at: Standing, names: list[str]) -> Workbook | None:
    known = {one.name: one for one in at.workbooks}
    return next((known[name] for name in names if name in known), at.workbooks[0] if at.workbooks else None)


def _choice(at: Standing, one: Workbook) -> Choice:
    number = sum(at.of(learner.id, one.name).handed_in is not None for learner in at.learners)
    return Choice(name=one.name, short=one.short, number=number)


def _in(at: Standing, workbook: Workbook, latest: tuple[TakeIn, ...]) -> list[In]:
    """Give the hand-ins of a workbook, those that came last first."""
    notes: dict[str, tuple[str, ...]] = {}
    for one in reversed([one for one in latest if one.assignment == workbook.name and not one.undone]):
        told: dict[str, tuple[str, ...]] = {}
        for who, text in one.notes:
            told[who] = (*told.get(who, ()), text)
        notes |= told
    rows = []
    for learner in at.learners:
        hand_in = at.of(learner.id, workbook.name)
        if hand_in.handed_in is not None:
            name, its = learner.name or learner.shown, notes.get(learner.id, ())
            rows.append(In(id=learner.id, shown=learner.shown, name=name, handed_in=hand_in.handed_in, late=hand_in.late, notes=its))
    return sorted(rows, key=lambda row: row.handed_in, reverse=True)


def _unusable(course: Course, at: Standing, aside: Aside, title: Callable[[str], str]) -> Unusable:
    workbook = next((one for one in at.workbooks if one.name == aside.workbook), None)
    due = at.due(aside.learner.id if aside.learner else "", workbook) if workbook else None
    message = ask_again(course, aside, title(workbook.name) if workbook else "the workbook", due)
    return Unusable(aside=aside, short=workbook.short if workbook else "", message=message, hand_in=is_hand_in(course, aside.folder))


def _watched(course: Course) -> Watched:
    folder = course.watched()
    if folder is None:
        return Watched()
    try:
        check_watched(course, folder)
    except ClassError as error:
        return Watched(folder=str(folder), fault=str(error))
    return Watched(folder=str(folder))


def _show(asked: Asked) -> Shown:
    now = asked.worker.now
    busy = now is not None and not now.ended and now.page == PAGE.name
    return data(asked.course, workbook=asked.text("workbook"), number=asked.number("number", 1), busy=busy)


def _take(asked: Asked) -> Done:
    """Take in what was dropped."""
    course, uploads = asked.course, [one for one in asked.files.get("files", ()) if one.data]
    if not uploads and not asked.text("batch"):
        msg = "Choose the files of the hand-ins, or drop them here."
        raise UnfitError(msg, "files")
    batch = find_batch(course, asked.text("batch")) if asked.text("batch") else new_batch(course)
    for upload in uploads:
        place_for(batch, upload.name, len(upload.data)).write_bytes(upload.data)
    asked.worker.start("Taking in", take_batch(course, batch, asked.text("workbook")), page=PAGE.name)
    return Done()


def _go_on(asked: Asked) -> Done:
    """Take in what waits, as of the workbook that the tutor says."""
    batch = find_batch(asked.course, asked.text("batch"))
    asked.worker.start("Taking in", take_batch(asked.course, batch, asked.text("workbook")), page=PAGE.name)
    return Done()


def _throw_away(asked: Asked) -> Done:
    """Throw away what waits; it is a copy of what the tutor has."""
    throw_away(find_batch(asked.course, asked.text("batch")))
    return Done(said="These files wait here no more. Your own copies are where you had them.")


def _collect(asked: Asked) -> Done:
    """Take in what lies on the exchange."""
    asked.worker.start("Taking in from the exchange", take_exchange(asked.course), page=PAGE.name)
    return Done()


def _undo(asked: Asked) -> Done:
    """Take a take-in back."""
    report = undo(asked.course, asked.text("workbook"), run=asked.text("run"))
    said = f"{count(len(report.undone), 'hand-in')} taken back. What was there before counts again, and nothing was deleted."
    return Done(
        said=f"{said}{_again(asked.course, report)}",
        undo=("redo", {"workbook": report.assignment, "why": report.why}),
        query={"workbook": report.assignment},
    )


def _back(asked: Asked) -> Done:
    """Take one learner's newest hand-in back."""
    report = undo(asked.course, asked.text("workbook"), asked.text("learner"))
    [one] = report.undone
    name, fields = _name(asked.course, one.student), {"workbook": report.assignment, "learner": one.student, "why": report.why}
    said = f"The hand-in of {name} was taken back{'; the one before counts again' if one.now else ''}.{_again(asked.course, report)}"
    return Done(said=said, undo=("redo", fields), query={"workbook": report.assignment})


def _redo(asked: Asked) -> Done:
    """Let count again what was taken back."""
    report = redo(asked.course, asked.text("workbook"), asked.text("learner"), why=asked.text("why"))
    left = f" {count(len(report.left), 'file')} left out: they count as another learner’s now." if report.left else ""
    return Done(said=f"{count(len(report.redone), 'hand-in')} counted again.{left}", query={"workbook": report.assignment})


def _assign(asked: Asked) -> Done:
    """Say whose a hand-in is, and take it in."""
    folder, learner = asked.text("folder"), asked.text("learner")
    if not learner:
        msg = "Pick the learner whose hand-in this is."
        raise UnfitError(msg, f"learner-{folder}")
    if not is_one_name(folder):
        msg = "This hand-in does not wait here any more."
        raise ClassError(msg)
    try:
        report = assign(asked.course, asked.course.root / "quarantine" / folder, learner)
    except ClassError as error:
        raise UnfitError(str(error).replace(str(asked.course.root / "quarantine" / folder), "It"), f"learner-{folder}") from error
    name = report.taken[0].student.name if report.taken else learner
    fields = {"workbook": report.assignment, "run": report.run, "folder": folder}
    return Done(said=f"It was taken in as the hand-in of {name}.", undo=("unassign", fields), query={"workbook": report.assignment})


def _unassign(asked: Asked) -> Done:
    """Take back that a hand-in is somebody's: it waits again."""
    report = undo(asked.course, asked.text("workbook"), run=asked.text("run"))
    put_right.bring_back(asked.course, asked.text("folder"))
    return Done(said=f"It was taken back, and waits again.{_again(asked.course, report)}", query={"workbook": asked.text("workbook")})


def _again(course: Course, report: UndoReport) -> str:
    """Say for whom what had been assigned counts again."""
    names = " and ".join(_name(course, one.student) for one in report.again)
    return f" The file counts again as the hand-in of {names}." if names else ""


def _away(asked: Asked) -> Done:
    """Note that what cannot be used was dealt with: one, or all that the page showed and that still wait."""
    asked_for, waiting = asked.many.get("folder", ("",)), {path.name for path in put_right.places(asked.course)}
    folders = [one for one in asked_for if one in waiting] or asked_for[:1]
    files = [put_right.put_away(asked.course, one).file for one in folders]
    said = (
        f"{printable(files[0], 80)} was put away. It is kept." if len(files) == 1 else f"{len(files)} files were put away. They are kept."
    )
    return Done(said=said, undo=("bring-back", {"folder": "/".join(folders)}))


def _bring_back(asked: Asked) -> Done:
    """Have it wait again; several folders stand with "/" between them, which no name has."""
    files = [put_right.bring_back(asked.course, one).file for one in asked.text("folder").split("/")]
    return Done(said=f"{printable(files[0], 80)} waits again." if len(files) == 1 else f"{len(files)} files wait again.")


def _watch(asked: Asked) -> Done:
    """Watch a folder, or none."""
    course, folder = asked.course, asked.text("folder")
    before = str(course.watched() or "")
    asked.see_unchanged(before)
    if not folder and not asked.text("stop"):
        msg = "Say which folder, from the top, as its address line shows it."
        raise UnfitError(msg, "folder")
    if folder:
        try:
            check_watched(course, asked.path("folder"))
        except ClassError as error:
            raise UnfitError(str(error), "folder") from error
    write_settings(course, {"watched": folder})
    fields = {**({"folder": before} if before else {"stop": "1"}), STANDS: stands(str(course.watched() or ""))}
    said = f"{printable(folder, 200)} is watched: what is new there is taken in by itself." if folder else "No folder is watched."
    return Done(said=said, undo=("watch", fields))


def _name(course: Course, learner: str) -> str:
    return next((one.name or one.shown for one in standing(course).learners if one.id == learner), learner)


PAGE = Page(
    name="take-in",
    title="Take in",
    show=_show,
    verbs={
        "take": _take,
        "go-on": _go_on,
        "throw-away": _throw_away,
        "collect": _collect,
        "undo": _undo,
        "back": _back,
        "redo": _redo,
        "assign": _assign,
        "unassign": _unassign,
        "away": _away,
        "bring-back": _bring_back,
        "watch": _watch,
    },
    formgrader="manage_assignments",
)
