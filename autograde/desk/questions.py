"""Look at a question: who chose what, how it did, and a key that was wrong, for this class alone."""

import json
from dataclasses import dataclass, replace
from functools import lru_cache

from autograde.classes.folder import Course
from autograde.classes.ids import shown
from autograde.classes.own_keys import NOTHING, Decision, decide, own_keys
from autograde.desk import item_bank
from autograde.desk.changes import fingerprint
from autograde.desk.item_bank import ItemBank
from autograde.desk.pages import Asked, Done, Look, Page, UnfitError
from autograde.desk.standing import standing
from autograde.desk.work import Tell
from autograde.errors import ClassError
from autograde.inbox.submitted import submissions
from autograde.marking.figures import cautions
from autograde.marking.mark import VOID
from autograde.run import decisions
from autograde.run.mark import mark_class
from autograde.run.questions import Choice, Question, Whole, questions
from autograde.text import count
from workbook_helpers.items import Json

ANSWERS = 12
"""Answers that are listed; of typed ones there can be as many as learners."""


@dataclass(frozen=True, kw_only=True)
class Bookmark:
    """A workbook that can be looked at."""

    name: str
    short: str


@dataclass(frozen=True, kw_only=True)
class Line:
    """A question in the list: how many have points for it, its figures (None for too few learners), and what was decided of it."""

    id: str
    stem: str
    kind: str
    learners: int
    facility: float | None
    discrimination: float | None
    decided: str


@dataclass(frozen=True, kw_only=True)
class Bar:
    """How many chose something, and the share of the longest bar in hundredths, for the picture."""

    words: str
    number: int
    share: float
    width: int
    right: bool
    note: str


@dataclass(frozen=True, kw_only=True)
class One:
    """The question that is looked at.

    `document` is what it rests on, as HTML of ours, "" for nothing; `earlier`: how many answered it before its meaning changed, who are
    not counted here.
    """

    line: Line
    document: str
    earlier: int
    bars: tuple[Bar, ...]
    more: int
    cautions: tuple[str, ...]
    key: tuple[str, ...]
    reason: str
    others: tuple[Whole, ...]


@dataclass(frozen=True, kw_only=True)
class Row:
    """A learner whose points would change, or stay as a person gave them."""

    shown: str
    name: str
    before: float
    after: float | None


@dataclass(frozen=True, kw_only=True)
class Planned:
    """A decision that waits for a yes: in words, whose points change, whose stay, and it and the one before as the form carries them."""

    words: str
    changes: tuple[Row, ...]
    kept: tuple[Row, ...]
    decision: str
    before: str


@dataclass(frozen=True, kw_only=True)
class Questions:
    """What the page shows of one workbook; `name` is "" where the class has none."""

    workbooks: tuple[Bookmark, ...]
    bank: ItemBank
    name: str = ""
    short: str = ""
    lines: tuple[Line, ...] = ()
    one: One | None = None
    planned: Planned | None = None


def data(course: Course, workbook: str = "", question: str = "", plan: decisions.Plan | None = None) -> Questions:
    """Give what the page shows: the questions of a workbook, one of them, and a decision that waits for a yes."""
    at = standing(course)
    books = tuple(Bookmark(name=one.name, short=one.short) for one in at.workbooks)
    bank = item_bank.data(course)
    if not books:
        return Questions(workbooks=(), bank=bank)
    handed_in = {one.name for one in at.workbooks if any(name == one.name and held.handed_in for (_, name), held in at.hand_ins.items())}
    name = course.assignment(workbook) if workbook else next((one.name for one in books if one.name in handed_in), books[0].name)
    found = _questions(course, name, fingerprint(course))
    decided = own_keys(course, course.workbook(name).id)
    lines = tuple(_line(one, decided.get(one.item.id, NOTHING)) for one in found)
    chosen = next((one for one in found if one.item.id == question), None)
    names = {who.id: who.name for who in (*at.learners, *at.left)}
    return Questions(
        workbooks=books,
        bank=bank,
        name=name,
        short=next((one.short for one in books if one.name == name), name),
        lines=lines,
        one=_one(chosen, next(line for line in lines if line.id == question)) if chosen else None,
        planned=_planned(plan, decided.get(question, NOTHING), names) if plan else None,
    )


@lru_cache(maxsize=4)
def _questions(course: Course, assignment: str, _: str) -> tuple[Question, ...]:
    return questions(course, assignment)


def _line(one: Question, decided: Decision) -> Line:
    return Line(
        id=one.item.id,
        stem=one.item.stem,
        kind=one.item.kind,
        learners=one.figures.learners,
        facility=one.figures.facility,
        discrimination=one.figures.discrimination,
        decided=decisions.in_words(one.item, decided) if decided else "",
    )


def _one(one: Question, line: Line) -> One:
    choices = one.choices
    return One(
        line=line,
        document=one.item.rests_on.as_html(name="document", level=2) if one.item.rests_on else "",
        earlier=one.earlier,
        bars=tuple(_bar(choice, len(one.answers), max(choice.number for choice in choices)) for choice in choices[:ANSWERS]),
        more=max(0, len(choices) - ANSWERS),
        cautions=(VOID,) if one.entry.void else cautions(one.figures),
        key=one.item.key_in_words(one.entry.right),
        reason=one.entry.reason,
        others=one.others[:ANSWERS],
    )


def _bar(choice: Choice, answers: int, most: int) -> Bar:
    share, width = choice.number / max(1, answers), round(100 * choice.number / max(1, most))
    return Bar(words=choice.words, number=choice.number, share=share, width=width, right=choice.right, note=choice.note)


def _planned(plan: decisions.Plan, before: Decision, names: dict[str, str]) -> Planned:
    def rows(changes: tuple[decisions.Change, ...]) -> tuple[Row, ...]:
        return tuple(
            Row(shown=shown(one.student), name=names.get(one.student) or shown(one.student), before=one.before, after=one.after)
            for one in changes
        )

    packed = {"decision": _packed(plan.decision), "before": _packed(before)}
    return Planned(words=plan.words, changes=rows(plan.changes), kept=rows(plan.kept), **packed)


def _packed(decision: Decision) -> str:
    return json.dumps({"void": decision.void, "also": decision.also}, ensure_ascii=False)


def _unpacked(text: str) -> Decision:
    try:
        found = json.loads(text)
        return Decision(void=found["void"] is True, also=tuple(found["also"]))
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        msg = "This form is not as the desk made it. Open the page again."
        raise ClassError(msg) from error


def _show(asked: Asked) -> Questions:
    return data(asked.course, asked.text("workbook"), asked.text("question"))


def _look(asked: Asked) -> Look:
    """Show whose points a decision would change."""
    course, question, what = asked.course, asked.text("question"), asked.text("what")
    assignment = course.assignment(asked.text("workbook"))
    workbook = course.workbook(assignment)
    if what == "void":
        decision = decisions.void(course, workbook, question)
    elif what == "accept":
        decision = decisions.accept(course, workbook, question, _answer(asked))
    elif what == "back":
        decision = NOTHING
    else:
        msg = "Say what was wrong: choose one of these."
        raise UnfitError(msg, "what")
    return Look(shown=data(course, assignment, question, decisions.plan(course, assignment, question, decision)))


def _answer(asked: Asked) -> Json:
    try:
        answer: Json = json.loads(asked.text("answer"))
    except (ValueError, RecursionError) as error:
        msg = "Choose the answer that is right, too."
        raise UnfitError(msg, "answer") from error
    return answer


def _decide(asked: Asked) -> Done:
    """Make the decision, and mark again."""
    course, question, decision = asked.course, asked.text("question"), _unpacked(asked.text("decision"))
    assignment = course.assignment(asked.text("workbook"))
    workbook = course.workbook(assignment)
    planned = decisions.plan(course, assignment, question, decision)  # it is refused here if it does not fit
    asked.worker.refuse_while_working()
    if own_keys(course, workbook.id).get(question, NOTHING) != _unpacked(asked.text("before")):
        msg = f"{question} was decided otherwise meanwhile, and nothing of yours was written. Look again whose points change."
        raise ClassError(msg)
    before = decide(course, workbook.id, question, decision)
    where = {"workbook": assignment, "question": question}
    asked.worker.start(
        f"Marking {assignment} again",
        lambda tell: _mark_again(course, assignment, tell),
        page=PAGE.name,
        total=len(submissions(course, assignment)),
    )
    undo = {**where, "decision": _packed(before), "before": _packed(decision)}
    return Done(said=f"{planned.words} It is marked again.", query=where, undo=("decide", undo))


def _mark_again(course: Course, assignment: str, tell: Tell) -> str:
    changed, stale, failed = 0, 0, 0
    for done, line in enumerate(mark_class(course, assignment), start=1):
        changed += line.before is not None and line.before != line.points
        stale, failed = stale + line.stale_page, failed + (line.outcome == "not marked")
        tell(done=done)
    said = f"the points of {count(changed, 'learner')} changed"
    said += f"; {count(stale, 'page')} no longer fitted and {'was' if stale == 1 else 'were'} put away" if stale else ""
    said += f"; {count(failed, 'hand-in')} could not be marked" if failed else ""
    return f"{said}."


def _bank_look(asked: Asked) -> Look:
    """Show what of a workbook goes to a question bank."""
    going = item_bank.going(asked)
    shown = _show(asked)
    return Look(shown=replace(shown, bank=replace(shown.bank, going=going)))


def _bank_read(asked: Asked) -> Look:
    """Show what of a question bank's file can be items."""
    coming = item_bank.coming(asked)
    shown = _show(asked)
    return Look(shown=replace(shown, bank=replace(shown.bank, coming=coming)))


PAGE = Page(
    name="questions",
    title="Questions",
    show=_show,
    verbs={"look": _look, "decide": _decide, "bank-look": _bank_look, "bank-read": _bank_read, "bank-draft": item_bank.draft_file},
    files={"bank-file": item_bank.bank_file},
    formgrader="manage_assignments",
)
