"""Adjustments for a learner, and internal quality assurance: sampling, second marking, agreement, actions, standardisation."""

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.text import Text

from autograde.commands.console import WorkbookName, class_here, out

if TYPE_CHECKING:
    from autograde.desk.quality_answers import Blind
    from autograde.records.standardising import Training
    from autograde.statistics.agreement import Agreement

adjust = typer.Typer(help="Reasonable adjustments: extra time, another form of evidence, a scribe.", no_args_is_help=True)
quality = typer.Typer(help="Internal quality assurance: sample decisions, mark a second time, standardise.", no_args_is_help=True)
By = Annotated[str, typer.Option("--by", metavar="NAME", help="Whose word it is; yours where it is left out.")]
Points = Annotated[float | None, typer.Option(metavar="POINTS", help="What you give.")]
Saw = Annotated[list[int] | None, typer.Option(metavar="NUMBER", help="A must-see point that is there, from 1; once for each.")]


class What(StrEnum):
    """What is adjusted, as it is typed."""

    TIME = "time"
    EVIDENCE = "evidence"
    SCRIBE = "scribe"
    OTHER = "other"


@adjust.command(name="add")
def add_adjustment(
    learner: Annotated[str, typer.Argument(metavar="LEARNER-ID", help="An id of the class.")],
    what: Annotated[What, typer.Argument(metavar="KIND", help="time, evidence (another form of it), scribe, or other.")],
    why: Annotated[str, typer.Option(metavar="TEXT", help="Why it is given.")],
    approved_by: Annotated[str, typer.Option(metavar="NAME", help="Who approved it.")],
    on: Annotated[str, typer.Option(metavar="DATE", help="When it was approved; today where it is left out.")] = "",
    workbook: Annotated[list[str] | None, typer.Option(metavar="WORKBOOK", help="For this one only; once for each.")] = None,
    days: Annotated[int, typer.Option(metavar="DAYS", help="Of extra time, from the date of the whole class.")] = 0,
    detail: Annotated[str, typer.Option(metavar="TEXT", help="What it is, in words.")] = "",
) -> None:
    """Write an adjustment down; extra time is given at once.

    Example: [bold]autograde adjust add ana01 time --days 7 --workbook w01 --why "Agreed plan" --approved-by "Ruth Osei"[/]
    """
    from datetime import datetime

    from autograde.commands.summary import say
    from autograde.records.adjustments import Kind
    from autograde.records.adjustments import adjust as write_down
    from autograde.text import LOCAL, read_due

    when = read_due(on).astimezone(LOCAL).date() if on else datetime.now(LOCAL).date()
    given: dict[str, Any] = {"why": why, "approved_by": approved_by, "on": when, "detail": detail, "days": days}
    for one in write_down(class_here(), learner, Kind[what.name], workbooks=workbook or (), **given):
        say(
            out, f"{one.kind} for {learner}, {one.assignment or 'every workbook'}: {one.detail or 'as agreed'}. Its id is {one.id}.", "bold"
        )


@adjust.command(name="list")
def list_adjustments(learner: Annotated[str, typer.Argument(metavar="LEARNER-ID", help="Of this one alone.")] = "") -> None:
    """List the adjustments, those that hold first.

    Example: [bold]autograde adjust list ana01[/]
    """
    from autograde.classes.ids import shown
    from autograde.classes.learner_changes import find
    from autograde.commands.summary import say, show_one
    from autograde.records.adjustments import adjustments_of
    from autograde.text import count

    course = class_here()
    found = adjustments_of(course, find(course, learner).id if learner else "")
    for one in found:
        what = f"{one.kind}{f': {one.detail}' if one.detail else ''}"
        words = f"{shown(one.learner)}, {one.assignment or 'all workbooks'}: {what}{'; ended' if one.ended else ''}"
        show_one(out, one.id, words, one.why, f"Approved by {one.approved_by}, {one.on}")
    say(out, f"{count(len(found), 'adjustment')}.", "bold")


@adjust.command(name="end")
def end_adjustment(id_: Annotated[str, typer.Argument(metavar="ID", help="As autograde adjust list shows it.")]) -> None:
    """Note that an adjustment holds no more; extra time is taken back where nothing was handed in yet.

    Example: [bold]autograde adjust end 3f0c9a6be1d24c7f8a5b2d3e4f607182[/]
    """
    from autograde.commands.summary import say
    from autograde.records.adjustments import end

    say(out, f"The adjustment has ended: {end(class_here(), id_).kind}.", "bold")


@quality.command(name="plan")
def make_plan(
    base: Annotated[float, typer.Option(metavar="SHARE", min=0, max=1, help="Of each assessor’s decisions, 0 to 1.")] = 0.1,
    new_rate: Annotated[float, typer.Option(metavar="SHARE", min=0, max=1, help="Of a new assessor’s decisions, 0 to 1.")] = 0.25,
    new: Annotated[list[str] | None, typer.Option(metavar="NAME", help="An assessor who is new; once for each.")] = None,
    per_assessor: Annotated[int, typer.Option(metavar="NUMBER", help="The least number for each assessor.")] = 2,
    per_criterion: Annotated[int, typer.Option(metavar="NUMBER", help="The least number for each criterion.")] = 1,
    per_kind: Annotated[int, typer.Option(metavar="NUMBER", help="The least number for each kind of evidence.")] = 1,
    per_decision: Annotated[int, typer.Option(metavar="NUMBER", help="The least number for met, and for not yet met.")] = 1,
    per_learner: Annotated[int, typer.Option(metavar="NUMBER", help="The least number for each learner.")] = 0,
    seed: Annotated[str, typer.Option(metavar="TEXT", help="The same one makes the same choice; a random one otherwise.")] = "",
    by: By = "",
) -> None:
    """Sample decisions by risk. What was sampled before stays sampled, and counts.

    Example: [bold]autograde quality plan --base 0.1 --new "Kofi Mensah" --seed autumn[/]
    """
    from autograde.commands.summary import next_steps, say
    from autograde.records.sampling import plan
    from autograde.statistics.sampling import Rates
    from autograde.text import count

    least = {"per_assessor": per_assessor, "per_criterion": per_criterion, "per_kind": per_kind}
    rates = Rates(base=base, new_assessor=max(base, new_rate), per_decision=per_decision, per_learner=per_learner, **least)
    made = plan(class_here(), rates=rates, new=new or (), seed=seed, by=by)
    say(out, f"{count(made.samples, 'decision')} to look at. The plan’s seed is {made.seed}.", "bold")
    next_steps(out, ["autograde quality list    shows them"])


@quality.command(name="list")
def list_samples() -> None:
    """List what is sampled, and what came of it.

    Example: [bold]autograde quality list[/]
    """
    from autograde.classes.ids import shown
    from autograde.commands.summary import say, show_one
    from autograde.records.sampling import samples_of
    from autograde.text import count

    samples = samples_of(class_here())
    for one in samples:
        found, outcome = one.decision, "to look at" if one.agrees is None else "agreed" if one.agrees else "not agreed"
        outcome += "" if one.newest else "; decided again since"
        words = f"{shown(found.learner)}, {found.criterion} {found.words} by {found.assessor}, {found.on}: {outcome}"
        show_one(out, one.id, words, f"Sampled because: {' '.join(one.reasons)}")
    say(out, f"{count(len(samples), 'sample')}, {sum(one.agrees is None for one in samples)} to look at.", "bold")


@quality.command(name="look")
def look_at(
    sample: Annotated[str, typer.Argument(metavar="ID", help="As autograde quality list shows it.")],
    agree: Annotated[bool, typer.Option("--agree/--disagree", help="Whether you come to the same decision.")],
    text: Annotated[str, typer.Option(metavar="TEXT", help="Your feedback to the assessor.")] = "",
    by: By = "",
) -> None:
    """Say what came of looking at a sampled decision.

    Example: [bold]autograde quality look 3f0c9a6be1d24c7f8a5b2d3e4f607182 --disagree --text "The example is missing."[/]
    """
    from autograde.commands.summary import next_steps, say
    from autograde.records.sampling import look

    found = look(class_here(), sample, agrees=agree, text=text, by=by)
    say(out, f"{found.by} {'agrees' if agree else 'does not agree'} with {found.decision.assessor}.", "bold")
    if not agree:
        next_steps(out, [f'autograde quality action "{found.decision.assessor}" "WHAT TO DO" --sample {sample}'])


@quality.command(name="second")
def second_marking(
    workbook: WorkbookName,
    task: Annotated[str, typer.Argument(metavar="TASK", help="The task’s id, e.g. w01-t01.")],
    answer: Annotated[str, typer.Option(metavar="ANSWER", help="Which answer you mark, as it was shown.")] = "",
    points: Points = None,
    saw: Saw = None,
    text: Annotated[str, typer.Option(metavar="TEXT", help="A note.")] = "",
    by: By = "",
) -> None:
    """Mark an answer a second time: without --points the next one is shown, without names and without what it was given.

    Example: [bold]autograde quality second w01 w01-t01[/]
    """
    from autograde.commands.summary import next_steps, say
    from autograde.desk.quality_answers import blind
    from autograde.errors import ClassError
    from autograde.gradebook.who import who
    from autograde.records.second_marking import give_second, waiting
    from autograde.text import count

    if (points is None) != (not answer):
        msg = "To mark an answer, give both --answer and --points."
        raise ClassError(msg)
    course = class_here()
    assignment = course.assignment(workbook)
    if points is not None:
        seen = [number - 1 for number in saw or ()]
        given = give_second(course, assignment, task, answer, points=points, seen=seen, text=text, marker=by)
        say(out, f"{given.points:g} points are written down.", "bold")
    left = waiting(course, assignment, task, by or who())
    if not left:
        say(out, "No answer waits for your second mark.")
        return
    shown = blind(course, assignment, task, left[0].learner)
    say(out, f"{count(len(left), 'answer')} to mark. This is {left[0].token}, of at most {shown.most:g} points:", "bold")
    _marked_by(shown)
    next_steps(out, [f"autograde quality second {workbook} {task} --answer {left[0].token} --points … --saw 1"])


@quality.command(name="agreement")
def show_agreement() -> None:
    """Show how far first and second markers agree, task by task, and each answer on which they differ.

    Example: [bold]autograde quality agreement[/]
    """
    from autograde.classes.ids import shown
    from autograde.commands.summary import say
    from autograde.records.second_marking import agreements

    found = agreements(class_here())
    for one in found:
        say(out, f"{one.assignment}, {one.task}", "bold")
        _agreement(one.agreement)
        for pair in one.disagreements:
            who = f"{shown(pair.learner)}: {pair.first:g} at first, {pair.points:g} by {pair.marker}"
            say(out, f"  {who}{f' ({pair.text})' if pair.text else ''}")
    if not found:
        say(out, "No answer was marked twice yet.")


@quality.command(name="action")
def raise_action(
    to: Annotated[str, typer.Argument(metavar="NAME", help="Who is to do it.")] = "",
    what: Annotated[str, typer.Argument(metavar="TEXT", help="What is to be done.")] = "",
    until: Annotated[str, typer.Option(metavar="DATE", help="By when.")] = "",
    sample: Annotated[str, typer.Option(metavar="ID", help="The sampled decision that it comes of.")] = "",
    by: By = "",
) -> None:
    """Ask somebody to do something; without a name, list the actions.

    Example: [bold]autograde quality action "Kofi Mensah" "Ask for the example" --until "1 December 2026"[/]
    """
    from autograde.commands.summary import say, show_one
    from autograde.records import actions
    from autograde.text import LOCAL, count, read_due

    if to or what:
        when = read_due(until).astimezone(LOCAL).date() if until else None
        made = actions.raise_action(class_here(), to=to, text=what, until=when, sample=sample, by=by)
        say(out, f"{made.to} is asked to do it. The action’s id is {made.id}.", "bold")
        return
    found = actions.actions_of(class_here())
    for one in found:
        by_when = f", until {one.until}" if one.until else ""
        show_one(out, one.id, f"{one.to}{by_when}: {one.text}", f"Closed by {one.closed_by}: {one.closing}" if one.closed_at else "")
    say(out, f"{count(len(found), 'action')}, {sum(not one.closed_at for one in found)} open.", "bold")


@quality.command(name="close")
def close_action(
    id_: Annotated[str, typer.Argument(metavar="ID", help="As autograde quality action lists it.")],
    words: Annotated[str, typer.Argument(metavar="TEXT", help="What was done.")],
    by: By = "",
) -> None:
    """Close an action.

    Example: [bold]autograde quality close 3f0c9a6be1d24c7f8a5b2d3e4f607182 "Kofi has asked for it; it came."[/]
    """
    from autograde.commands.summary import say
    from autograde.records import actions

    say(out, f"Closed: {actions.close_action(class_here(), id_, words, by=by).text}", "bold")


@quality.command(name="standardise")
def standardise(
    workbook: WorkbookName,
    sample: Annotated[int, typer.Option(metavar="NUMBER", help="Which sample answer you mark, as it was shown.")] = 0,
    points: Points = None,
    saw: Saw = None,
    by: By = "",
) -> None:
    """Mark the sample answers of a workbook, then see the author’s view of each, and how far you agree.

    Example: [bold]autograde quality standardise w01[/]
    """
    from autograde.commands.summary import next_steps, say
    from autograde.desk.quality_answers import sample as as_marked
    from autograde.errors import ClassError
    from autograde.gradebook.who import who
    from autograde.records.standardising import give_standard, standings, trainings
    from autograde.text import count, percent

    if (points is None) != (not sample):
        msg = "To mark a sample answer, give both --sample and --points."
        raise ClassError(msg)
    course, marker = class_here(), by or who()
    assignment = course.assignment(workbook)
    if points is not None:
        _author(give_standard(course, assignment, sample - 1, points=points, seen=[one - 1 for one in saw or ()], marker=marker))
    all_ = trainings(course, assignment, marker)
    left = [one for one in all_ if one.mine is None]
    if left:
        about = f"This is number {left[0].number + 1}, {left[0].task}, of at most {left[0].most} points:"
        say(out, f"{count(len(left), 'sample answer')} to mark. {about}", "bold")
        _marked_by(as_marked(left[0]))
        next_steps(out, [f"autograde quality standardise {workbook} --sample {left[0].number + 1} --points … --saw 1"])
        return
    for one in standings(course, assignment, marker):
        say(out, f"{one.task}: you and the author, in points", "bold")
        _agreement(one.points)
        for number, point in enumerate(one.must_see, 1):
            say(out, f"  {number}. {point.text} The same in {percent(point.agreement.same or 0)}.")
    if not all_:
        say(out, "This workbook has no sample answers.")


@quality.command(name="hints")
def say_hints() -> None:
    """Say how often the hints of a second look were useful, by what markers said of them on the page Mark.

    Example: [bold]autograde quality hints[/]
    """
    from autograde.commands.summary import say
    from autograde.records.second_looks import how_often
    from autograde.text import count, percent

    found = how_often(class_here())
    for one in found:
        share = "nobody judged one yet" if one.share is None else f"{percent(one.share)} of those judged"
        say(out, f"{one.kind} ({one.sure}): {count(one.given, 'hint')}, {one.right} useful, {one.wrong} not; {share}")
    if not found:
        say(out, "No hint was given yet.")


def _marked_by(shown: "Blind") -> None:
    """Show the task, the answer, and what it is marked by."""
    from autograde.commands.summary import say

    for line in (shown.stem, *shown.prompts, *shown.lines):
        out.print(Text(line))
    say(out, "Levels:", "bold")
    for level in shown.guide.levels:
        out.print(Text(f"  {level.points} points, {level.title}: {level.text}"))
    say(out, "Must see:", "bold")
    for number, text in enumerate(shown.must_see, 1):
        out.print(Text(f"  {number}. {text}"))


def _author(one: "Training") -> None:
    from autograde.commands.summary import say

    if one.author and one.mine:
        say(out, f"You gave {one.mine.points:g}; the author gives {one.author.points} ({one.author.level}).", "bold")
        for number, (text, there) in enumerate(zip(one.rubric.must_see, one.author.must_see, strict=False)):
            words = f"author {'yes' if there else 'no'}, you {'yes' if number in one.mine.seen else 'no'}"
            out.print(Text(f"  {number + 1}. {text} ({words})"))
        out.print(Text(one.author.why))


def _agreement(found: "Agreement") -> None:
    from autograde.commands.summary import say
    from autograde.text import count, hundredths, percent

    parts = [f"{count(found.pairs, 'pair')}, the same in {percent(found.same or 0)}"]
    parts += [f"weighted kappa {hundredths(found.kappa)}"] if found.kappa is not None else []
    parts += [found.intervals] if found.intervals else []
    say(out, f"  Agreement, not accuracy: {'; '.join(parts)}.")
    for note in found.notes:
        say(out, f"  {note}")
