"""Refer a learner for more, on the page Results: what was asked of the learner, and the form that asks for one workbook's tasks again."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from autograde.classes.folder import Course
from autograde.desk.pages import Asked, Done, File, UnfitError
from autograde.desk.standing import standing
from autograde.errors import ClassError
from autograde.marking.comment import fill
from autograde.outbox.referral import referral_file
from autograde.records.marks import marks_in
from autograde.records.opening import reading
from autograde.records.referrals import Referral, State, open_of, referrals_of
from autograde.records.referring import MAX_MISSING, refer, withdraw
from autograde.run.answer import content_of
from autograde.run.compare import compare
from autograde.text import LOCAL, count, printable
from workbook_helpers.errors import WorkbookError

DAYS = 14
"""How long a learner is given where the tutor types no other day."""


@dataclass(frozen=True, kw_only=True)
class Task:
    """A written task that can be asked for again: what was answered and given, and what is missing, as far as the marker's ticks say it."""

    item: str
    stem: str
    lines: tuple[str, ...]
    points: str
    comment: str
    missing: str
    ticked: bool


@dataclass(frozen=True, kw_only=True)
class Form:
    """What is asked for one workbook; `until` as a date field has it; `instead`: whether it takes the place of one that is open."""

    workbook: str
    short: str
    attempt: int
    tasks: tuple[Task, ...]
    until: str
    instead: bool


@dataclass(frozen=True, kw_only=True)
class Past:
    """A referral, in words; `open` says whether it waits for its answer, `instead` whether it has taken the place of another one."""

    id: str
    words: str
    tasks: tuple[str, ...]
    open: bool
    instead: bool


@dataclass(frozen=True, kw_only=True)
class Referrals:
    """What a learner's page has of referrals.

    `workbooks` are name → short id of those that can be referred; `form` is there where one of them was chosen.
    """

    past: tuple[Past, ...]
    workbooks: dict[str, str]
    form: Form | None


def referrals(course: Course, learner: str, workbook: str = "") -> Referrals:
    """Give what the learner's page shows; `workbook` is the one that was chosen.

    Raises
    ------
    ClassError
        If something cannot be read, or the workbook cannot be chosen.
    """
    at = standing(course)
    found = {one.name: one.short for one in at.workbooks if at.of(learner, one.name).whole}
    known = referrals_of(course, learner)
    if workbook and workbook not in found:
        msg = f"{printable(workbook, 60)} is not handed in and marked to its end, so nothing of it can be asked for again."
        raise ClassError(msg)
    return Referrals(
        past=tuple(_past(one, course.assignments().get(one.assignment, one.assignment), known) for one in known),
        workbooks=found,
        form=_form(course, learner, workbook, found[workbook], known) if workbook else None,
    )


def in_short(course: Course) -> str:
    """Say how many learners are referred, and how many of them are late; "" for none, or where the records have a fault."""
    try:
        at, found = {one.id for one in standing(course).learners}, open_of(course)
    except WorkbookError:
        return ""
    own = {one.learner for one in found if one.learner in at}
    late = len({one.learner for one in found if one.overdue} & own)
    return f"{len(own)} referred{f', {late} overdue' if late else ''}" if own else ""


def _past(one: Referral, short: str, known: tuple[Referral, ...]) -> Past:
    until = f", until {_day(one.until)}" if one.until else ""
    state = "overdue" if one.overdue else one.state
    words = f"{short}, attempt {one.attempt}{until}: {state}. By {one.by}, {_day(one.at.replace(tzinfo=UTC).astimezone(LOCAL).date())}."
    tasks = tuple(f"{name}: {task.missing}" for name, task in one.tasks.items())
    return Past(
        id=one.id,
        words=words,
        tasks=(*tasks, *(f"{code}: {text}" for code, text in one.criteria.items())),
        open=one.state is State.OPEN,
        instead=one.state is State.OPEN and _is_instead(one, known),
    )


def _is_instead(one: Referral, known: tuple[Referral, ...]) -> bool:
    """Whether a referral has taken the place of the one before it; `known` are the learner's, the newest first."""
    before = [other for other in known if (other.assignment, other.attempt) == (one.assignment, one.attempt) and other.at < one.at]
    return bool(before) and before[0].state is State.REPLACED


def _form(course: Course, learner: str, workbook: str, short: str, known: tuple[Referral, ...]) -> Form:
    content = content_of(course, workbook)
    before = next((one for one in known if one.assignment == workbook and one.state is State.OPEN), None)
    with reading(course) as connection:
        marked = marks_in(connection, [learner]).get((learner, workbook))
    tasks, attempt = [], 1
    for place, one in compare(course, content, learner).items():
        now, item = one.attempts[-1], content.workbook.items.get(one.item)
        attempt = now.attempt
        if item is None or not item.asks_person:
            continue
        must_see = content.rubrics.rubric(item).must_see
        rest = fill("{not seen}", name="", must_see=must_see, seen=marked.seen.get(place, ()) if marked else ())
        asked = before.tasks.get(item.id) if before else None
        tasks.append(
            Task(
                item=item.id,
                stem=now.stem,
                lines=now.lines,
                points="" if now.points is None else f"{now.points:g} of {one.max:g} points",
                comment=now.comment,
                missing=asked.missing if asked else "" if rest == "nothing" else f"{rest[:1].upper()}{rest[1:]}."[:MAX_MISSING],
                ticked=asked is not None,
            )
        )
    today = datetime.now(LOCAL).date()
    until = before.until if before and before.until and before.until >= today else today + timedelta(days=DAYS)
    return Form(
        workbook=workbook, short=short, attempt=attempt + 1, tasks=tuple(tasks), until=until.isoformat(), instead=before is not None
    )


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def do_refer(asked: Asked) -> Done:
    """Ask for the ticked tasks again."""
    learner, workbook = asked.text("learner"), asked.text("refer")
    names = [name.removeprefix("again ") for name in asked.fields if name.startswith("again ")]
    if not names:
        msg = "Tick at least one task."
        raise UnfitError(msg, "again")
    if empty := next((name for name in names if not asked.text(f"missing {name}")), ""):
        msg = f"Say what is missing in {empty}, too."
        raise UnfitError(msg, f"missing {empty}")
    try:
        until = date.fromisoformat(asked.text("until")) if asked.text("until") else None
    except ValueError as error:
        msg = "Give the last day, or leave it empty."
        raise UnfitError(msg, "until") from error
    if until and until < datetime.now(LOCAL).date():
        msg = "That day is past. Give today or a later day, or leave it empty."
        raise UnfitError(msg, "until")
    criteria = dict(_lines(asked.text("criteria")))
    made = refer(
        asked.course,
        learner,
        workbook,
        {name: asked.text(f"missing {name}") for name in names},
        criteria=criteria,
        until=until,
        by=asked.text("by"),
    )
    instead = _is_instead(made, referrals_of(asked.course, learner, made.assignment))
    said = f"Referred{' anew, in place of the one before' if instead else ''}: {count(len(made.tasks), 'task')} to do again. "
    return Done(
        said=said + "Make the feedback page anew: the file goes with it, or take it here.",
        query={"learner": learner},
        undo=None if instead else ("withdraw-referral", {"learner": learner, "id": made.id}),  # that would not bring back the one before
    )


def _lines(text: str) -> list[tuple[str, str]]:
    """Read "1.1: what is missing", one criterion a line."""
    found: list[tuple[str, str]] = []
    for line in filter(None, map(str.strip, text.splitlines())):
        code, colon, missing = line.partition(":")
        if not colon or not missing.strip():
            msg = f"“{printable(line, 40)}” has no criterion with what is missing. Write it like 1.1: an example of your own."
            raise UnfitError(msg, "criteria")
        if code.strip() in dict(found):
            msg = f"{code.strip()} stands there twice. Put both into one line."
            raise UnfitError(msg, "criteria")
        found.append((code.strip(), missing.strip()))
    return found


def do_withdraw(asked: Asked) -> Done:
    """Withdraw a referral that waits for its answer."""
    withdraw(asked.course, asked.text("id"))
    return Done(said="The referral is withdrawn. If its file was given out, tell the learner.", query={"learner": asked.text("learner")})


def the_file(asked: Asked) -> File:
    """Give the file of a referral."""
    one = next((found for found in open_of(asked.course) if found.id == asked.text("id")), None)
    if one is None:
        msg = "That referral does not wait for an answer any more. Look at the learner’s page again."
        raise ClassError(msg)
    return File(
        name=f"{one.assignment}-{one.learner}-to-do-again.html", data=referral_file(asked.course, one), type="text/html; charset=utf-8"
    )
