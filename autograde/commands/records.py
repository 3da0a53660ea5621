"""Evidence, decisions and sign-off: what is the result of a unit, criterion by criterion."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from autograde.commands.console import class_here, out

if TYPE_CHECKING:
    from autograde.records.grid import Grid

LearnerId = Annotated[str, typer.Argument(metavar="LEARNER-ID", help="An id of the class.")]
Assessor = Annotated[str, typer.Option(metavar="NAME", help="Who decides; you where it is left out.")]
evidence = typer.Typer(help="The evidence for a learner's criteria: list it, enter it by hand, withdraw it.", no_args_is_help=True)
SHORT = {"met": "met", "not yet met": "not yet", "proposed": "proposed", "evidence there": "evidence", "nothing yet": "–"}
"""A cell's state → what the table has room for."""
WIDEST = 1000
"""Letters in a line, more than any table of ours needs."""


class ByHand(StrEnum):
    """What is entered by hand, as it is typed."""

    OBSERVATION = "observation"
    WITNESS = "witness"
    DISCUSSION = "discussion"
    PRODUCT = "product"


class Verdict(StrEnum):
    """A decision, as it is typed."""

    MET = "met"
    NOT_YET = "not-yet"
    BACK = "take-back"

    @property
    def met(self) -> bool | None:
        """As the records have it."""
        return {Verdict.MET: True, Verdict.NOT_YET: False, Verdict.BACK: None}[self]


def results(
    learner: Annotated[str, typer.Argument(metavar="LEARNER-ID", help="One learner, criterion by criterion.")] = "",
    *,
    names: Annotated[bool, typer.Option("--names", help="With the learners' names.")] = False,
    to_decide: Annotated[
        Path | None, typer.Option("--to-decide", metavar="FILE", help="Write all that is proposed as met into a CSV file to check.")
    ] = None,
) -> None:
    """Show what was decided on each learner's criteria, what is proposed, and what is missing.

    Example: [bold]autograde results ana01[/]
    """
    from autograde.classes.learner_changes import find
    from autograde.commands.summary import next_steps, say
    from autograde.records.grid import grid
    from autograde.records.lists import write_list
    from autograde.text import count

    course = class_here()
    if learner:
        _show_one(grid(course, [find(course, learner).id]))
        return
    found = grid(course)
    _show_all(found, names=names)
    if to_decide is not None:
        rows = write_list(course, found, to_decide)
        say(out, f"{count(rows, 'proposal')} in {to_decide}: check each one, mend its reason, and take out what you do not agree with.")
        next_steps(out, [f"autograde decide-list {to_decide}    decides what is left in it"])
    elif found.to_decide:
        next_steps(out, ["autograde results LEARNER-ID    says why", "autograde results --to-decide FILE.csv    gives a list to check"])


@evidence.command(name="list")
def list_evidence(learner: LearnerId) -> None:
    """List a learner's evidence, with the ids by which decisions name it.

    Example: [bold]autograde evidence list ana01[/]
    """
    from autograde.classes.learner_changes import find
    from autograde.commands.summary import say
    from autograde.records.evidence import evidence_of
    from autograde.text import count

    course = class_here()
    student = find(course, learner)
    found = evidence_of(course, [student.id])[student.id]
    for one in found:
        points = "waits for a marker" if one.waiting else f"{one.points:g} of {one.maximum:g}" if one.points is not None else ""
        attempt = f"attempt {one.attempt}" if one.attempt > 1 else ""
        say(out, f"{', '.join(one.criteria)}  {one.title}", "bold")
        say(out, "  " + " · ".join(part for part in (one.kind, f"{one.on.day} {one.on:%B %Y}", one.by, points, attempt) if part))
        say(out, f"  {one.id}")
    say(out, f"{count(len(found), 'piece')} of evidence.", "bold")


@evidence.command(name="add")
def add_to_evidence(
    learner: LearnerId,
    kind: Annotated[ByHand, typer.Argument(metavar="KIND", help="observation, witness, discussion or product.")],
    criterion: Annotated[list[str], typer.Option(metavar="CODE", help="What it is about; once for each.")],
    by: Annotated[str, typer.Option(metavar="NAME", help="Whose word it is.")],
    title: Annotated[str, typer.Option(metavar="TEXT", help="What it is, in a line.")],
    on: Annotated[str, typer.Option(metavar="DATE", help="When it was; today where it is left out.")] = "",
    text: Annotated[str, typer.Option(metavar="TEXT", help="What was seen or said, without names.")] = "",
) -> None:
    """Enter evidence by hand.

    Example: [bold]autograde evidence add ana01 observation --criterion 2.3 --by "Ruth Osei" --title "Morning round" --on 3/12/2026[/]
    """
    from datetime import datetime

    from autograde.commands.summary import say
    from autograde.records.evidence import Kind, add_evidence
    from autograde.text import LOCAL, read_due

    day = read_due(on).astimezone(LOCAL).date() if on else datetime.now(LOCAL).date()
    made = add_evidence(class_here(), learner, kind=Kind(kind.value), criteria=criterion, on=day, by=by, title=title, text=text)
    say(out, f"Entered. Its id is {made}.", "bold")


@evidence.command(name="withdraw")
def withdraw_from_evidence(
    evidence_id: Annotated[str, typer.Argument(metavar="ID", help="As autograde evidence list shows it.")],
    why: Annotated[str, typer.Option(metavar="TEXT", help="Why it does not count.")],
) -> None:
    """Take evidence back that was entered by hand; it stays in the records.

    Example: [bold]autograde evidence withdraw 4f0c… --why "Another learner's"[/]
    """
    from autograde.commands.summary import say
    from autograde.records.evidence import withdraw_evidence

    withdraw_evidence(class_here(), evidence_id, why)
    say(out, "Withdrawn.", "bold")


def decide(
    learner: LearnerId,
    criterion: Annotated[str, typer.Argument(metavar="CRITERION", help="Its code, e.g. 1.1.")],
    verdict: Annotated[Verdict, typer.Argument(metavar="DECISION", help="met, not-yet, or take-back.")],
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why.")],
    evidence: Annotated[
        list[str] | None, typer.Option(metavar="ID", help="What it rests on, once for each; where left out, what the proposal rests on.")
    ] = None,
    assessor: Assessor = "",
) -> None:
    """Decide whether a learner has met a criterion.

    Example: [bold]autograde decide ana01 1.1 met --reason "Three differences, each with its reason, and an own example."[/]
    """
    from autograde.classes.learner_changes import find
    from autograde.commands.summary import say
    from autograde.records.decisions import decide as write_down
    from autograde.records.grid import grid

    course = class_here()
    student, rests_on = find(course, learner), tuple(evidence or ())
    if not rests_on and verdict is not Verdict.BACK:
        found = grid(course, [student.id])
        rests_on = found.cells[student.id, found.framework.criterion(criterion).code].proposal.rests_on
    made = write_down(course, learner, criterion, met=verdict.met, reason=reason, evidence=rests_on, assessor=assessor)
    said = {True: "met", False: "not yet met", None: "open again"}[made.met]
    say(out, f"{made.criterion} of {student.shown}: {said}, decided by {made.assessor}.", "bold")
    for id_ in made.evidence:
        say(out, f"  {id_}")


def decide_list(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="As autograde results --to-decide has written it, checked by you.")],
    assessor: Assessor = "",
) -> None:
    """Decide all that a checked list holds, or nothing where a line of it has a fault.

    Example: [bold]autograde decide-list checked.csv[/]
    """
    from autograde.commands.summary import say
    from autograde.records.decisions import decide_each
    from autograde.records.grid import grid
    from autograde.records.lists import read_list
    from autograde.text import count

    course = class_here()
    made = decide_each(course, read_list(file, grid(course), assessor))
    say(out, f"{count(len(made), 'decision')} written down.", "bold")


def declare(
    learner: LearnerId,
    how: Annotated[str, typer.Option(metavar="TEXT", help='How, like "Signed on paper on 3 December 2026".')] = "",
) -> None:
    """Enter that a learner has declared the work as their own, where no hand-in of the unit's assessment says so.

    Example: [bold]autograde declare ana01 --how "Signed on paper on 3 December 2026"[/]
    """
    from autograde.commands.summary import say
    from autograde.records.units import declare as write_down

    write_down(class_here(), learner, how)
    say(out, f"{learner} has declared the work as their own.", "bold")


def sign_off(learner: LearnerId, assessor: Assessor = "") -> None:
    """Sign a learner's unit off when every criterion is met and the learner has declared; it is locked then.

    Example: [bold]autograde sign-off ana01[/]
    """
    from autograde.commands.summary import say
    from autograde.records.units import sign_off as write_down

    write_down(class_here(), learner, assessor)
    say(out, f"The unit of {learner} is signed off and locked.", "bold")


def reopen(learner: LearnerId, why: Annotated[str, typer.Option(metavar="TEXT", help="The reason; it stays in the records.")]) -> None:
    """Open a unit again that was signed off.

    Example: [bold]autograde reopen ana01 --why "The quality assurer asks for another look at 2.3."[/]
    """
    from autograde.commands.summary import say
    from autograde.records.units import reopen as write_down

    write_down(class_here(), learner, why)
    say(out, f"The unit of {learner} is open again.", "bold")


def _show_all(found: "Grid", *, names: bool) -> None:
    from rich.table import Table

    from autograde.commands.summary import NOT_THE_RESULT, say

    codes = [one.code for one in found.framework.criteria]
    table = Table("Learner", *codes, "Unit", title=Text(found.framework.title))
    lines = list[str]()
    for learner in found.learners:
        cells = [found.cells[learner.id, code] for code in codes]
        unit = found.units[learner.id]
        whole = "signed off" if unit.locked else "declared" if unit.declared else "–"
        shown = f"{learner.shown} {learner.name}" if names else learner.shown
        states = [f"{SHORT[cell.state]}{'*' * bool(cell.stale)}" for cell in cells]
        table.add_row(Text(shown), *states, whole)
        each = [
            f"{state} {' '.join(code for code, one in zip(codes, states, strict=True) if one == state)}" for state in dict.fromkeys(states)
        ]
        lines.append(f"{shown}: {'; '.join([*each, *([whole] if whole != '–' else [])])}")
    if out.measure(table, options=out.options.update(max_width=WIDEST)).maximum <= out.width:
        out.print(table)
    else:  # a table would be cut off in each of its columns
        say(out, found.framework.title, "bold")
        for line in lines:
            say(out, line)
    if any(cell.stale for cell in found.cells.values()):
        say(out, "* rests on evidence that is not there any more, or that was marked otherwise since: look again.", "yellow")
    say(out, f"{found.to_decide} to decide. {NOT_THE_RESULT}")


def _show_one(found: "Grid") -> None:
    from autograde.commands.summary import say
    from autograde.text import in_short

    [learner] = found.learners
    for criterion in found.framework.criteria:
        cell = found.cells[learner.id, criterion.code]
        say(out, f"{criterion.code} {criterion.verb} {criterion.text}: {cell.state}", "bold")
        if cell.decision is not None:
            say(out, f"  Decided by {cell.decision.assessor}, {in_short(cell.decision.at)}: {cell.decision.reason}")
        if cell.stale:
            say(out, f"  {cell.stale}: look again.", "yellow")
        say(out, f"  {cell.proposal.why}")
        for one in cell.missing:
            say(out, f"  missing: {one}")
        for piece in cell.evidence:
            say(out, f"  {piece.kind}: {piece.title}")
    unit = found.units[learner.id]
    for event in (unit.declared, unit.signed, unit.reopened):
        if event is not None:
            say(out, f"{event.what}: {event.who}, {in_short(event.at)} {event.text}")
    for name in unit.waiting:
        say(out, f"Handed in to {name} after the sign-off: it is kept and waits. autograde reopen lets it count.", "yellow")
    if unit.outside:
        said = f"seen {in_short(unit.outside)}: autograde reopen, and look again."
        say(out, f"Points or comments were changed by formgrader or another program after the sign-off, {said}", "yellow")
