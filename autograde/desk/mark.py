"""Mark: the answers that a person has to read, one task across all learners or one learner, with the rubric beside each.

The page works by forms; `static/mark.js` fetches the next answers before they are needed, sends what is given in the background and
says where that stands.
"""

import re
from dataclasses import replace

from autograde.classes.comments import drop_comment, keep_comment, own_comments
from autograde.classes.folder import Course
from autograde.classes.roster import Roster
from autograde.desk.mark_answers import Answers
from autograde.desk.mark_view import FollowUp, Kept, Mark, Own, Task, Workbook
from autograde.desk.pages import Asked, Done, Look, Page, UnfitError
from autograde.desk.standing import Standing, standing
from autograde.desk.work import Tell
from autograde.errors import ClassError
from autograde.gradebook.database import FAULTS, reading, reason
from autograde.gradebook.person import Notes, counts_in
from autograde.records.second_looks import Outcome
from autograde.run.answer import content_of, unsafe_acts_of
from autograde.run.line import SIGNED_OFF
from autograde.run.mark import mark_class
from autograde.run.work import Content
from autograde.text import count
from workbook_helpers.errors import WorkbookError

AT_ONCE = 10
"""Answers that a script may ask for at once."""


def data(course: Course, *, names: bool = True) -> Mark:
    """Give all tasks of all workbooks, what waits in each, and what is to be followed up."""
    return Mark(workbooks=tuple(_workbooks(course, names=names)))


def _workbooks(course: Course, *, names: bool) -> list[Workbook]:
    at = standing(course)
    found = []
    for workbook in at.workbooks:
        gone = [learner for (learner, name), one in at.hand_ins.items() if name == workbook.name and one.handed_in is None]
        program = _for_program(at, workbook.name)
        try:
            with reading(course.db_url) as connection:
                counts = counts_in(connection, workbook.name, without=gone)
            content = content_of(course, workbook.name)
        except FAULTS as error:
            msg = f"The gradebook cannot be read ({reason(error)}). Close other programs that use it."
            raise ClassError(msg) from error
        except WorkbookError as error:
            found.append(Workbook(name=workbook.name, short=workbook.short, title="", tasks=(), program=program, fault=str(error)))
            continue
        paper = content.workbook.paper(assessed=True)
        tasks = tuple(
            Task(
                place=place,
                title=item.stem,
                answers=counts[place][0],
                waiting=counts[place][1],
                later=counts[place][2],
                unsafe=counts[place][3],
            )
            for place, item in paper.items()
            if place in counts
        )
        title, unsafe = content.workbook.about.title, _follow_ups(course, content, at, names=names)
        found.append(Workbook(name=workbook.name, short=workbook.short, title=title, tasks=tasks, program=program, unsafe=unsafe))
    return found


def _for_program(at: Standing, workbook: str, learner: str = "") -> int:
    """Count the hand-ins to a workbook that the program has not marked yet, of all or of one learner."""
    hand_ins = [at.of(one.id, workbook) for one in at.learners if learner in ("", one.id)]
    return sum(one.handed_in is not None and not one.marked for one in hand_ins)


def _follow_ups(course: Course, content: Content, at: Standing, *, names: bool) -> tuple[FollowUp, ...]:
    """Give the unsafe decisions of a workbook's stories, each with everybody who took it."""
    called = {one.id: (one.name or one.shown) if names else one.shown for one in at.learners}
    handed_in = [one.id for one in at.learners if at.of(one.id, content.workbook.assignment).handed_in]
    found: dict[tuple[str, str], list[str]] = {}
    for learner, place, what in unsafe_acts_of(course, content, handed_in):
        found.setdefault((place, what), []).append(called[learner])
    return tuple(FollowUp(place=place, what=what, who=tuple(who)) for (place, what), who in found.items())


def _answers(asked: Asked) -> Answers:
    name = asked.course.assignment(asked.text("workbook"))
    return Answers(asked.course, name, anonymous=asked.text("anonymous") == "1", names=asked.names)


def _show(asked: Asked) -> Mark:
    """Show all tasks, one marking, or to a script the answers that it asks for."""
    task, learner = asked.text("task"), asked.text("learner")
    if not asked.text("workbook") or not (task or learner):
        return data(asked.course, names=asked.names)
    answers = _answers(asked)
    if wanted := asked.text("answers"):
        return Mark(answers=answers.some(task, wanted.split(",")[:AT_ONCE]))
    if learner and answers.anonymous:
        msg = "One learner’s answers cannot be marked without knowing whose they are. Choose a task."
        raise ClassError(msg)
    marking = answers.marking(task, learner, asked.text("answer")).list_page(asked.number("list", 1))
    return Mark(marking=replace(marking, program=_for_program(standing(asked.course), answers.name, learner)))


def _points(text: str, most: float) -> float | None:
    """Read points as people write them: "7,5" is 7.5."""
    plain = text.replace(",", ".")
    if not plain:
        return None
    if not re.fullmatch(r"\d{1,6}(\.\d{0,4})?|\.\d{1,4}", plain):
        msg = f"“{text[:20]}” is no number of points. Type one like 7.5."
        raise UnfitError(msg, "points")
    if float(plain) > most:
        msg = f"{float(plain):g} is more than the {most:g} points that there are."
        raise UnfitError(msg, "points")
    return float(plain)


def _numbers(asked: Asked, name: str) -> tuple[int, ...]:
    return tuple(sorted({int(one) for one in asked.many.get(name, ()) if one.isdecimal() and len(one) < 3}))


def _kept(asked: Asked) -> Kept:
    answers = _answers(asked)
    task, answer = asked.text("task"), asked.text("answer")
    notes = Notes(
        seen=_numbers(asked, "seen"),
        not_enough=_numbers(asked, "not_enough"),
        unsafe=asked.text("unsafe") == "1",
        later=asked.text("later") == "1",
    )
    points = _points(asked.text("points"), answers.most(task))
    comment = asked.text("comment").replace("\r\n", "\n")
    return answers.keep(task, answer, asked.text("base"), points=points, comment=comment, notes=notes)


def _back(asked: Asked, *, answer: str = "") -> dict[str, str]:
    """Give what the address of the marking has."""
    names = ("workbook", "task", "learner", "anonymous")
    kept = {name: asked.text(name) for name in names if asked.text(name)}
    if asked.text("learner"):
        kept.pop("task", None)
    return kept | ({"answer": answer} if answer else {})


def _keep(asked: Asked) -> Look:
    """Write what a script sends, and say what stands there now."""
    return Look(shown=_kept(asked))


def _saved(asked: Asked) -> Kept:
    kept = _kept(asked)
    if kept.newer:
        msg = "This answer has changed since you opened it. Nothing of yours was written: look at what stands here now."
        raise UnfitError(msg)
    return kept


def _save(asked: Asked) -> Done:
    """Write what a form holds, and go on to the next answer that waits, or stay where there is something to be looked at again."""
    now = _saved(asked).answer
    if now.base != asked.text("base") and any(not one.outcome for one in now.looks):
        return Done(said="Saved. Before you go on: a second look, below the answer.", query=_back(asked, answer=now.answer))
    return Done(said="Saved.", query=_back(asked))


def _judged(asked: Asked) -> Kept:
    number, _, said = asked.text("judge").partition(" ")
    if not number.isdecimal() or len(number) > 2 or said not in {*Outcome, ""}:
        msg = "Say of one hint whether it is useful."
        raise UnfitError(msg)
    return _answers(asked).judge(asked.text("task"), asked.text("answer"), int(number), Outcome(said))


def _judge(asked: Asked) -> Look:
    """Write down what is said of a hint, for a script."""
    return Look(shown=_judged(asked))


def _save_judge(asked: Asked) -> Done:
    """Write what a form holds, and what is said of a hint."""
    _saved(asked)
    return Done(said="Noted. It changes no points.", query=_back(asked, answer=_judged(asked).answer.answer))


def _learner(asked: Asked) -> Done:
    """Go to one learner's answers, by an id, a name or a part of one."""
    text, workbook = asked.text("who"), asked.course.assignment(asked.text("workbook"))
    roster = Roster.of(asked.course)
    exact = roster.find(text)
    some = [one for one in roster.students if text and text.casefold() in f"{one.name} {one.shown}".casefold()]
    found = [exact] if exact else list(roster.named(text)) or some
    if len(found) != 1:
        shown = ", ".join(f"{one.name} ({one.shown})" for one in found[:5])
        msg = (
            f"Several learners are called so: {shown}. Type the id."
            if found
            else "Nobody in this class is called so. Type a name or an id."
        )
        raise UnfitError(msg, "who")
    return Done(query={"workbook": workbook, "learner": found[0].id})


def _own(asked: Asked) -> Look:
    """Put a comment among one's own, or take it out."""
    text = asked.text("comment")
    told = (drop_comment if asked.text("drop") == "1" else keep_comment)(text) if text else ""
    return Look(shown=Own(own=tuple(own_comments()), told=told))


def _run(asked: Asked) -> Done:
    """Have the program mark what came in."""
    name = asked.course.assignment(asked.text("workbook"))

    def do(tell: Tell) -> str:
        marked = failed = locked = 0
        for done, line in enumerate(mark_class(asked.course, name), 1):
            marked += line.outcome == "marked"
            failed += line.outcome == "not marked"
            locked += SIGNED_OFF in line.oddities
            tell(done=done, said=line.oddities[0] if failed and line.oddities else "")
        said = f"{count(marked, 'hand-in')} marked." + (f" {failed} could not be: see Take in." if failed else "")
        return said + (f" {locked} left as {'it was' if locked == 1 else 'they were'}: the unit is signed off." if locked else "")

    asked.worker.start(f"Marking {asked.text('workbook')}", do, page="mark")
    return Done()


PAGE = Page(
    name="mark",
    title="Mark",
    show=_show,
    verbs={
        "save": _save,
        "keep": _keep,
        "judge": _judge,
        "save-judge": _save_judge,
        "own": _own,
        "learner": _learner,
        "run": _run,
    },
    formgrader="gradebook",
)
