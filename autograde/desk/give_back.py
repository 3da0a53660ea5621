"""Give back: which pages are ready, how each looks, the files that Moodle, Canvas and mail take, and what was given to whom."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache

from autograde.classes.closing import close
from autograde.classes.folder import Course
from autograde.classes.ids import shown
from autograde.classes.served import is_served
from autograde.desk.changes import fingerprint
from autograde.desk.pages import Asked, Done, File, Page, UnfitError
from autograde.desk.platform import Told, send, told
from autograde.desk.standing import standing
from autograde.desk.work import Tell
from autograde.errors import ClassError
from autograde.gradebook.givings import Giving, last_given, read_givings, take_back
from autograde.inbox.submitted import submissions
from autograde.outbox.feedback import write_feedback
from autograde.outbox.giving import PAGES, Way, give, give_on_exchange, give_served
from autograde.outbox.moodle import numbered
from autograde.outbox.ready import Ready, Step, ready
from autograde.text import count

LINES = 50
"""Learners on one page of a list."""


@dataclass(frozen=True, kw_only=True)
class Choice:
    """A workbook that can be looked at, and how many of its pages are ready."""

    name: str
    short: str
    ready: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """A learner whose page is ready; `given`: when it was given back last (None: not yet), how, and whether it has changed since."""

    id: str
    shown: str
    name: str
    points: float | None
    numbered: bool
    given: datetime | None = None
    way: str = ""
    changed: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Held:
    """A learner whose page is withheld, and why."""

    shown: str
    name: str
    why: str
    step: Step


@dataclass(frozen=True, kw_only=True)
class Given:
    """What was given back: when, how, to whom (names, and ids), and what had to be told of it."""

    id: str
    at: datetime
    way: str
    names: tuple[str, ...]
    ids: tuple[str, ...]
    notes: tuple[str, ...]
    taken_back: bool


@dataclass(frozen=True, kw_only=True)
class GiveBack:
    """What the page shows of one workbook; "" where the class has none.

    `new` counts the ready pages that no learner has yet, `makeable` the pages that can be made now, `unnumbered` those that Moodle's files
    cannot have, `lines` are those of one page of the list.
    """

    workbooks: tuple[Choice, ...]
    name: str = ""
    short: str = ""
    max: float = 0
    ready: int = 0
    new: int = 0
    only_new: bool = False
    makeable: int = 0
    unnumbered: int = 0
    exchange: bool = False
    served: bool = False
    closed: bool = False
    lines: tuple[Line, ...] = ()
    number: int = 1
    numbers: int = 1
    held: tuple[Held, ...] = ()
    more_held: int = 0
    given: tuple[Given, ...] = ()
    platform: Told | None = None


def data(course: Course, workbook: str = "", *, number: int = 1, only_new: bool = False) -> GiveBack:
    """Give what the page shows; page `number` of the list, from 1; `only_new` lists those alone who have not been given their page."""
    at = standing(course)
    if not at.workbooks:
        return GiveBack(workbooks=())
    everybody = (*at.learners, *at.left)
    choices = tuple(
        Choice(name=one.name, short=one.short, ready=sum(at.of(who.id, one.name).returned for who in everybody)) for one in at.workbooks
    )
    marked = {one.name for one in at.workbooks if any(at.of(who.id, one.name).whole for who in everybody)}
    name = course.assignment(workbook) if workbook else next((one.name for one in choices if one.name in marked), choices[0].name)
    found = _ready(course, name, fingerprint(course))
    givings = read_givings(course.db_url, course.course_id, name)
    good = {page.id for page in numbered(found.pages)[0]}
    lines = _lines(found, givings, good)
    new = [line for line in lines if line.given is None or line.changed]
    listed = new if only_new and new else lines
    numbers = max(1, -(-len(listed) // LINES))
    number = min(max(1, number), numbers)
    return GiveBack(
        workbooks=choices,
        name=name,
        short=found.short,
        max=found.max,
        ready=len(lines),
        new=len(new),
        only_new=only_new,
        makeable=sum(one.step == "make" for one in found.withheld),
        unnumbered=len(lines) - len(good),
        exchange=course.exchange is not None,
        served=is_served(course),
        closed=name in course.closed(),
        lines=tuple(listed[(number - 1) * LINES : number * LINES]),
        number=number,
        numbers=numbers,
        held=tuple(Held(shown=one.shown, name=one.name, why=one.why, step=one.step) for one in found.withheld[:LINES]),
        more_held=max(0, len(found.withheld) - LINES),
        platform=told(course),
        given=tuple(_given(one, {who.id: who.name or who.shown for who in everybody}) for one in givings),
    )


def _lines(found: Ready, givings: list[Giving], good: set[str]) -> list[Line]:
    before = last_given([one for one in givings if one.way in PAGES])
    lines = []
    for page in found.pages:
        giving, digest = before.get(page.id, (None, ""))
        line = Line(id=page.id, shown=page.shown, name=page.name, points=page.points, numbered=page.id in good)
        if giving:
            line = replace(line, given=giving.at, way=giving.way, changed=digest != page.digest)
        lines.append(line)
    return lines


def _given(one: Giving, names: dict[str, str]) -> Given:
    return Given(
        id=one.id,
        at=one.at,
        way=one.way,
        names=tuple(sorted(names.get(who, shown(who)) for who in one.to)),
        ids=tuple(sorted(map(shown, one.to))),
        notes=one.notes,
        taken_back=one.taken_back,
    )


@lru_cache(maxsize=4)
def _ready(course: Course, assignment: str, _: str) -> Ready:
    return ready(course, assignment)


def _show(asked: Asked) -> GiveBack:
    return data(asked.course, asked.text("workbook"), number=asked.number("number", 1), only_new=asked.text("new") == "1")


def _make(asked: Asked) -> Done:
    """Make the pages that are missing or no longer fit, as work that goes on when the page is left."""
    course, assignment = asked.course, asked.course.assignment(asked.text("workbook"))

    def do(tell: Tell) -> str:
        made, refused = 0, 0
        for done, page in enumerate(write_feedback(course, assignment), start=1):
            made, refused = made + (page.path is not None), refused + (page.path is None)
            tell(done=done)
        return f"{count(made, 'page')} ready{f', {refused} withheld' if refused else ''}."

    asked.worker.start(f"Making the pages of {assignment}", do, page=PAGE.name, total=len(submissions(course, assignment)))
    return Done(query={"workbook": assignment})


def _close(asked: Asked) -> Done:
    """Close marking, or open it again."""
    assignment, reopen = asked.course.assignment(asked.text("workbook")), asked.text("reopen") == "1"
    close(asked.course, assignment, reopen=reopen)
    now, tells = ("open again", "no more than before") if reopen else ("closed", "what was right, and why")
    said = f"Marking of {assignment} is {now}. Pages that are made from now on say {tells}."
    return Done(said=said, query={"workbook": assignment}, undo=("close", {"workbook": assignment, "reopen": "" if reopen else "1"}))


def _by(way: Way) -> Callable[[Asked], File]:
    """Give the verb of a way that makes a file."""

    def verb(asked: Asked) -> File:
        assignment, fresh = asked.course.assignment(asked.text("workbook")), asked.text("new") == "1"
        upload = next((one for one in asked.files.get("worksheet", ()) if one.data), None)
        field = {Way.WORKSHEET: "worksheet", Way.CANVAS: "column"}.get(way, "")
        if way is Way.WORKSHEET and upload is None:
            msg = "Choose the grading worksheet that you downloaded from Moodle."
            raise UnfitError(msg, field)
        raw, name = (upload.data, upload.name.replace("\\", "/").rpartition("/")[2]) if upload else (b"", "")
        try:
            made = give(asked.course, assignment, way, fresh=fresh, raw=raw, name=name, column=asked.text("column"))
        except ClassError as error:
            raise UnfitError(str(error), field) from error
        return File(name=made.name, data=made.data, type=made.type)

    return verb


def _exchange(asked: Asked) -> Done:
    """Put the pages onto the exchange, as work that goes on when the page is left."""
    course, assignment, fresh = asked.course, asked.course.assignment(asked.text("workbook")), asked.text("new") == "1"

    def do(tell: Tell) -> str:
        giving = give_on_exchange(course, assignment, fresh=fresh, tell=lambda done, total: tell(done=done, total=total))
        return f"{count(len(giving.to), 'page')} on the exchange."

    asked.worker.start(f"Giving the pages of {assignment} back", do, page=PAGE.name)
    return Done(query={"workbook": assignment})


def _served(asked: Asked) -> Done:
    """Give the pages where learners work on the class's service."""
    assignment = asked.course.assignment(asked.text("workbook"))
    giving = give_served(asked.course, assignment, fresh=asked.text("new") == "1")
    undo = ("take-back", {"giving": giving.id, "workbook": assignment, "again": ""})
    said = f"{count(len(giving.to), 'learner has', 'learners have')} their page under My workbooks now."
    return Done(said=said, query={"workbook": assignment}, undo=undo)


def _take_back(asked: Asked) -> Done:
    """Note that something was not given after all, or that it was."""
    giving, again = asked.text("giving"), asked.text("again") == "1"
    take_back(asked.course.db_url, asked.course.course_id, giving, taken_back=not again)
    said = "It counts as given back again." if again else "It counts as not given back."
    return Done(said=said, query={"workbook": asked.text("workbook")}, undo=("take-back", _undo(asked, again=again)))


def _undo(asked: Asked, *, again: bool) -> dict[str, str]:
    return {"giving": asked.text("giving"), "workbook": asked.text("workbook"), "again": "" if again else "1"}


def _preview(asked: Asked) -> File:
    """Give a learner's page as it lies there, to be looked at."""
    assignment = asked.course.assignment(asked.text("workbook"))
    found = ready(asked.course, assignment).only({asked.text("learner")})
    if not found:
        msg = "There is no page of this learner that is ready to be given back. Look at the list again."
        raise ClassError(msg)
    return File(name=f"{assignment}-feedback.html", data=found[0].path.read_bytes(), type="text/html; charset=utf-8", shown=True)


PAGE = Page(
    name="give-back",
    title="Give back",
    show=_show,
    verbs={
        "make": _make,
        "moodle": _by(Way.MOODLE),
        "worksheet": _by(Way.WORKSHEET),
        "canvas": _by(Way.CANVAS),
        "zip": _by(Way.ZIP),
        "list": _by(Way.LIST),
        "exchange": _exchange,
        "platform": send,
        "served": _served,
        "take-back": _take_back,
        "anew": _make,
        "close": _close,
    },
    files={"page": _preview},
    formgrader="gradebook",
)
