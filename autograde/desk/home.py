"""Home: what waits for the tutor, and where each learner stands with each workbook."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from autograde.classes.class_name import class_name
from autograde.classes.folder import Course
from autograde.classes.roster import Student
from autograde.classes.served import service_of
from autograde.desk.back_at_work import BackAtWork, back_at_work
from autograde.desk.catching import catch_later
from autograde.desk.keeping import overdue
from autograde.desk.pages import NAMES, Asked, Done, Page
from autograde.desk.results_cells import to_decide
from autograde.desk.results_referrals import in_short as referred_in_short
from autograde.desk.standing import Standing, Workbook, standing
from autograde.gradebook.synced import why_unsafe
from autograde.inbox.waiting import to_put_right, to_take_in
from autograde.text import count, in_short, in_words

LINES = 50
"""Learners on one page of the grid."""


class State(StrEnum):
    """Where a learner stands with a workbook."""

    NOT_IN = "not in"
    LATE = "late"
    WAITS = "waits"
    READY = "ready"
    PAGE = "page made"
    RETURNED = "returned"


MEANINGS = {
    State.NOT_IN: "Nothing has been handed in yet.",
    State.LATE: "Nothing has been handed in, and the time is over.",
    State.WAITS: "Handed in; it waits to be marked.",
    State.READY: "Marked; the feedback page is to be made, or made anew, and given back.",
    State.PAGE: "Marked; the feedback page is made, and is to be given back.",
    State.RETURNED: "The feedback page was given back, and nothing has changed since.",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Cell:
    """One learner and one workbook; `note` adds what is out of the ordinary, "" for nothing."""

    workbook: str
    state: State
    note: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One learner: the id as the gradebook has it, the id as people know it, the name, and whether another one has the same."""

    id: str
    shown: str
    name: str
    namesake: bool
    cells: tuple[Cell, ...]


@dataclass(frozen=True, kw_only=True)
class Column:
    """One workbook: until when, in UTC, and how many learners stand where."""

    name: str
    short: str
    due: datetime | None
    counts: dict[State, int]


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """What waits for the tutor: how much, what it is called, the page where it is done, and the command that does it, too."""

    name: str
    number: int
    text: str
    page: str
    command: str


@dataclass(frozen=True, kw_only=True)
class Step:
    """The one next step: a sentence, what the button says, the page it leads to, and the command that does it, too."""

    text: str
    button: str
    page: str
    command: str


@dataclass(frozen=True, kw_only=True)
class Home:
    """What the page shows; `lines` are those of one page of the grid, `found` how many learners all of its pages have.

    `unsafe` says why the class does not lie safely, "" where it does; `faulty` why the results cannot be read, "" where they can;
    `overdue` how many learners' data are kept for longer than is set; `referred` how many learners are asked for more, "" for none;
    `back` whom to ask how it is at work; `open` whether the class is open for learners on a network.
    """

    name: str
    unsafe: str
    open: bool
    faulty: str
    step: Step
    waiting: tuple[Waiting, ...]
    referred: str
    back: BackAtWork
    overdue: int
    learners: int
    columns: tuple[Column, ...]
    lines: tuple[Line, ...]
    found: int
    number: int
    numbers: int
    find: str
    state: str
    meanings: dict[State, str]


def data(course: Course, *, number: int = 1, find: str = "", state: str = "", names: bool = True, now: datetime | None = None) -> Home:
    """Give what the page shows.

    Parameters
    ----------
    number
        The page of the grid, from 1.
    find
        Only learners in whose name or id this stands.
    state
        Only learners who stand so with some workbook; "" for all.
    names
        Whether the grid is sorted by name; by id where not.
    """
    now = now or datetime.now(UTC)
    at = standing(course)
    states = {learner.id: [state_of(at, learner.id, workbook, now) for workbook in at.workbooks] for learner in at.learners}
    chosen = [one for one in at.learners if _is_found(one, find) and (not state or state in states[one.id])]
    if not names:
        chosen.sort(key=lambda one: one.shown.casefold())
    numbers = max(1, -(-len(chosen) // LINES))
    number = min(max(1, number), numbers)
    same = Counter(learner.name for learner in at.learners)
    seen = chosen[(number - 1) * LINES : number * LINES]
    columns = tuple(_column(workbook, [found[place] for found in states.values()]) for place, workbook in enumerate(at.workbooks))
    decide, faulty = to_decide(course)
    waiting = tuple(_waiting(course, at, columns, decide))
    return Home(
        name=class_name(course),
        unsafe=why_unsafe(course.root),
        open=service_of(course) is not None,
        faulty=faulty,
        step=_next(at, waiting, now, "Nothing else" if faulty else "Nothing"),
        waiting=waiting,
        referred=referred_in_short(course),
        back=back_at_work(course),
        overdue=overdue(course),
        learners=len(at.learners),
        columns=columns,
        lines=tuple(_line(at, one, states[one.id], namesake=same[one.name] > 1) for one in seen),
        found=len(chosen),
        number=number,
        numbers=numbers,
        find=find,
        state=state,
        meanings=MEANINGS,
    )


def state_of(at: Standing, learner: str, workbook: Workbook, now: datetime) -> State:
    """Say where a learner stands with a workbook."""
    hand_in = at.of(learner, workbook.name)
    if hand_in.handed_in is None:
        due = at.due(learner, workbook)
        return State.LATE if due and due < now else State.NOT_IN
    if not hand_in.whole:  # a page that was made early, of a part, is no end of the waiting
        return State.WAITS
    if hand_in.given:
        return State.RETURNED
    return State.PAGE if hand_in.returned else State.READY


def _note(at: Standing, learner: str, workbook: Workbook, state: State) -> str:
    """Say what is out of the ordinary, and for whom a hand-in waits."""
    hand_in, due = at.of(learner, workbook.name), at.due(learner, workbook)
    notes = []
    if state is State.WAITS:
        notes.append(f"{count(hand_in.waiting, 'answer')} for you" if hand_in.marked else "for the program")
    if due and hand_in.extension:
        notes.append(f"may hand in until {in_short(due)}")
    if hand_in.late:
        notes.append("handed in late")
    return ", ".join(notes)


def _line(at: Standing, learner: Student, states: list[State], *, namesake: bool) -> Line:
    found = zip(at.workbooks, states, strict=True)
    cells = tuple(Cell(workbook=one.name, state=state, note=_note(at, learner.id, one, state)) for one, state in found)
    return Line(id=learner.id, shown=learner.shown, name=learner.name or learner.shown, namesake=namesake, cells=cells)


def _is_found(learner: Student, find: str) -> bool:
    words = find.casefold().split()
    return not words or all(word in f"{learner.name} {learner.shown}".casefold() for word in words)


def _column(workbook: Workbook, states: list[State]) -> Column:
    found = Counter(states)
    return Column(name=workbook.name, short=workbook.short, due=workbook.due, counts={state: found[state] for state in State})


def _waiting(course: Course, at: Standing, columns: tuple[Column, ...], decide: int) -> Iterator[Waiting]:
    waits = sum(column.counts[State.WAITS] for column in columns)
    first = next((column.short for column in columns if column.counts[State.WAITS]), "w01")
    back, do = _to_give_back(at)
    coming, odd = to_take_in(course), to_put_right(course)
    yield Waiting(name="take-in", number=coming, text="to take in", page="take-in", command="autograde collect w01")
    yield Waiting(name="mark", number=waits, text="to mark", page="mark", command=f"autograde mark {first}")
    yield Waiting(name="give-back", number=back, text="to give back", page="give-back", command=do)
    yield Waiting(name="decide", number=decide, text="to decide", page="results", command="autograde results")
    yield Waiting(name="put-right", number=odd, text="to put right", page="take-in", command="autograde assign FILE LEARNER-ID")


def _to_give_back(at: Standing) -> tuple[int, str]:
    """Count as Give back does: pages to be made, and pages that were not given as they are; and give the command for the first of them."""
    make, give = list[str](), list[str]()
    for workbook in at.workbooks:
        found = [at.of(one.id, workbook.name) for one in (*at.learners, *at.left)]
        make += [workbook.short for one in found if one.whole and not one.returned]
        give += [workbook.short for one in found if one.returned and not one.given]
    return len(make) + len(give), f"autograde feedback {make[0]}" if make else f"autograde give-back {give[0] if give else 'w01'}"


def _next(at: Standing, waiting: tuple[Waiting, ...], now: datetime, nothing: str) -> Step:
    """Give the one step that comes next: what keeps others waiting longest comes first."""
    number = {one.name: one for one in waiting}
    if not at.learners:
        return Step(text="Nobody is in the class yet.", button="Add your learners", page="learners", command="autograde roster FILE.csv")
    if not at.workbooks:
        return Step(
            text="No workbook has been given out yet.", button="Give out a workbook", page="give-out", command="autograde release w01"
        )
    for name, thing, text, button in (
        ("put-right", "file", "cannot be used as {it} {is_}: put {them} right, ask again, or put {them} away.", "Put right"),
        ("take-in", "file", "{have} come in.", "Take in"),
        ("mark", "hand-in", "{wait} to be marked.", "Mark"),
        ("give-back", "hand-in", "{are} marked and can be given back.", "Give back"),
        ("decide", "proposal", "{wait} for your decision.", "Decide"),
    ):
        one = number[name]
        if one.number:
            single = one.number == 1
            words = {"it": "it", "is_": "is", "them": "it"} if single else {"it": "they", "is_": "are", "them": "them"}
            words |= {"have": "has", "wait": "waits", "are": "is"} if single else {"have": "have", "wait": "wait", "are": "are"}
            return Step(text=f"{count(one.number, thing)} {text.format(**words)}", button=button, page=one.page, command=one.command)
    dates = sorted(workbook.due for workbook in at.workbooks if workbook.due and workbook.due > now)
    text = f"{nothing} waits for you." + (f" The next hand-in date is {in_words(dates[0])}." if dates else "")
    return Step(text=text, button="", page="", command="")


def _show(asked: Asked) -> Home:
    catch_later(asked.course)
    number, find, state = asked.number("number", 1), asked.text("find"), asked.text("state")
    return data(asked.course, number=number, find=find, state=state if state in {*State} else "", names=asked.names)


def choose_names(asked: Asked) -> Done:
    """Show names, or ids."""
    return Done(cookies={NAMES: "ids" if asked.text("show") == "ids" else "names"})


PAGE = Page(name="home", title="Home", show=_show, verbs={"names": choose_names}, formgrader="gradebook")
