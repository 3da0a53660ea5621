"""Give out: workbooks to the class, until when, what learners do with the hand-in, and what to put before them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from autograde.checks import faults
from autograde.classes import hand_in
from autograde.classes.folder import Course
from autograde.desk.pages import STANDS, Asked, Done, File, Page, UnfitError, stands
from autograde.desk.standing import standing
from autograde.desk.work import Do, Tell
from autograde.errors import ClassError
from autograde.outbox.give_out import give_out, refusals
from autograde.outbox.paste import handed_out, site_zip, text_for_learners
from autograde.outbox.shelf import Offer, offers
from autograde.text import LOCAL, NO_DATE, Due, count, read_due


@dataclass(frozen=True, kw_only=True)
class One:
    """A workbook: until when, in UTC, and as a date field writes it; why it was not given out; the text to paste, "" before."""

    offer: Offer
    due: datetime | None
    field: str
    past: bool
    refused: tuple[str, ...]
    text: str


@dataclass(frozen=True, kw_only=True)
class GiveOut:
    """What the page shows; `told` is what the class's settings say of handing in."""

    workbooks: tuple[One, ...]
    told: Mapping[str, str]
    given: int


def data(course: Course, *, now: datetime | None = None) -> GiveOut:
    """Give what the page shows."""
    now = now or datetime.now(UTC)
    dates = {one.name: one.due for one in standing(course).workbooks}
    refused = refusals(course)
    found = []
    for offer in offers(course):
        due = dates.get(offer.name)
        given = offer.given and offer.name in dates
        field, past = due.astimezone(LOCAL).strftime("%Y-%m-%dT%H:%M") if due else "", due is not None and due < now
        text = text_for_learners(course, offer.name, due) if given else ""
        found.append(One(offer=offer, due=due, field=field, past=past, refused=refused.get(offer.name, ()), text=text))
    return GiveOut(workbooks=tuple(found), told=hand_in.told(course), given=sum(one.text != "" for one in found))


def _give(asked: Asked) -> Done:
    """Give out what is ticked, and keep what learners are told."""
    course = asked.course
    shown = {one.offer.name: one for one in data(course).workbooks}
    wanted = {name: _due(one, asked.text(f"due-{name}")) for name, one in shown.items() if asked.text(f"give-{name}")}
    values = {word: " ".join(asked.text(word).split()) for word in hand_in.WORDS}
    for word, value in values.items():
        if wrong := hand_in.fault(word, value):
            raise UnfitError(wrong, word)
    if wanted:
        asked.worker.refuse_while_working()
    asked.see_unchanged(hand_in.told(course))
    before = hand_in.tell(course, values)
    if wanted:
        asked.worker.start("Giving out", _work(course, wanted), page=PAGE.name)
        return Done()
    if hand_in.told(course) == before:
        msg = "Tick the workbooks that you want to give out."
        raise ClassError(msg)
    undo = {**before, STANDS: stands(hand_in.told(course))}
    return Done(said="What learners are told is kept. It reaches them with the next workbook that you give out.", undo=("give", undo))


def _due(one: One, text: str) -> Due:
    """Read a date; an empty field takes away the one that there was."""
    field = f"due-{one.offer.name}"
    if text == one.field:
        return None
    if not text:
        return NO_DATE
    try:
        due = read_due(text)
    except ClassError as error:
        raise UnfitError(str(error), field) from error
    if due < datetime.now(UTC):
        msg = "That time is past, so every hand-in would be late. Give a later one."
        raise UnfitError(msg, field)
    return due


def _work(course: Course, wanted: Mapping[str, Due]) -> Do:
    def do(tell: Tell) -> str:
        report = give_out(course, wanted, faults=faults, progress=lambda done, total, said: tell(done=done, total=total, said=said))
        parts = [f"{count(len(report.given), 'workbook was', 'workbooks were')} given out."] if report.given else []
        if report.refused:
            names = ", ".join(report.refused)
            parts.append(f"{names} {'was' if len(report.refused) == 1 else 'were'} not: the page Give out says why.")
        parts += [text for one in report.given[-1:] for text in one.left_out]
        return " ".join(parts)

    return do


def _file(asked: Asked) -> File:
    """Give a workbook as one file."""
    name, content = handed_out(asked.course, asked.text("workbook"), "html")
    return File(name=name, data=content)


def _zip(asked: Asked) -> File:
    """Give a workbook as a zip for those who have Jupyter."""
    name, content = handed_out(asked.course, asked.text("workbook"), "zip")
    return File(name=name, data=content, type="application/zip")


def _site(asked: Asked) -> File:
    """Give the site with every workbook."""
    return File(name=f"site-{asked.course.course_id}.zip", data=site_zip(asked.course), type="application/zip")


PAGE = Page(
    name="give-out",
    title="Give out",
    show=lambda asked: data(asked.course),
    verbs={"give": _give},
    files={"file": _file, "zip": _zip, "site": _site},
    formgrader="manage_assignments",
)
