"""Take in what was dropped, whatever it is: hand-ins to several workbooks, class downloads, Moodle's worksheet among them.

The workbook is recognised from what is inside. A class download belongs to the one that most of its hand-ins name; a file that
names none belongs to the workbook of the others. Only where nothing tells it, a person is asked.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from autograde.classes.folder import Course
from autograde.classes.workbook_names import is_called
from autograde.errors import ClassError, UnusableError
from autograde.inbox.claims import read_manifest
from autograde.inbox.files.arrivals import Arrival, arrivals
from autograde.inbox.files.mistaken import parts_of
from autograde.inbox.files.worksheet import worksheet_times
from autograde.inbox.intake import intake
from autograde.inbox.outcome import IntakeReport
from autograde.text import printable

INSIDE = " › "
"""Between the name of a zip and what lies in it, as `arrivals` writes it."""


@dataclass(frozen=True, kw_only=True)
class Recognised:
    """What was found.

    Attributes
    ----------
    workbook_of
        Arrival's name → its workbook, "" where nothing tells it.
    numbers
        Workbook → the participants' numbers among its hand-ins.
    """

    workbook_of: Mapping[str, str]
    numbers: Mapping[str, frozenset[str]]

    @property
    def counts(self) -> Counter[str]:
        """Give workbook → how many files are its; "" where nothing tells it."""
        return Counter(self.workbook_of.values())

    @property
    def unclear(self) -> tuple[str, ...]:
        """Give the dropped files of whose hand-ins nothing tells the workbook."""
        return tuple(dict.fromkeys(name.split(INSIDE)[0] for name, workbook in self.workbook_of.items() if not workbook))


@dataclass(frozen=True, kw_only=True)
class DropReport:
    """What became of a drop: a report for each workbook, files of no known workbook, and what else there is to say."""

    reports: tuple[IntakeReport, ...] = ()
    unclear: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def kept(self) -> bool:
        """Whether each file is kept somewhere: taken in, in quarantine, or still where it was for want of a workbook."""
        return all(one.kept for report in self.reports for one in report.refused)


def take_in(
    course: Course,
    paths: list[Path],
    *,
    workbook: str = "",
    worksheet: Path | None = None,
    progress: Callable[[int, int, str], None] = lambda *_: None,
) -> DropReport:
    """Take in every hand-in below `paths`, each to its own workbook.

    Parameters
    ----------
    workbook
        The one of those files that do not tell it, by name or short id; "" where there is none to be named.
    worksheet
        Moodle's grading worksheet; one that lies among the files is found by itself.
    progress
        Called with how many files are done, how many there are, and the name of the next.

    Raises
    ------
    ClassError
        If a path does not exist, the worksheet is none, or the class has no such workbook; nothing is taken in then.
    """
    chosen = course.assignment(workbook) if workbook else ""
    sheets, times, notes = _worksheets(paths, worksheet)
    progress(0, 0, "Looking at what there is")
    found = recognise(course, (one for one in arrivals(paths) if one.name not in sheets), otherwise=chosen)
    reports, done, total = [], 0, len(found.workbook_of)

    def wanted(assignment: str) -> Callable[[Arrival], bool]:
        return lambda one: one.name not in sheets and found.workbook_of.get(one.name) == assignment

    def step(name: str) -> None:
        nonlocal done
        progress(done, total, name)
        done += 1

    for assignment in sorted(set(found.counts) - {""}):
        fits = times if found.numbers[assignment] & times.keys() else None
        reports.append(intake(course, paths, assignment, times=fits, wanted=wanted(assignment), progress=step))
    return DropReport(reports=tuple(reports), unclear=found.unclear, notes=tuple(notes))


def recognise(course: Course, found: Iterable[Arrival], *, otherwise: str = "") -> Recognised:
    """Tell to which workbook each hand-in belongs; `otherwise` where nothing tells it."""
    known = course.assignments()
    says: dict[str, str] = {}
    groups: dict[str, list[str]] = {}
    systems: set[str] = set()
    passed: set[str] = set()
    number_of: dict[str, str] = {}
    for one in found:
        says[one.name] = "" if one.passed or one.fault else _called(known, _named(one))
        group = one.name.split(INSIDE)[0]
        groups.setdefault(group, []).append(one.name)
        number_of[one.name] = one.sender.number
        if one.passed:
            passed.add(one.name)
        if one.sender.system:
            systems.add(group)
    all_named = {name for name in says.values() if name}
    only = next(iter(all_named)) if len(all_named) == 1 else next(iter(known)) if len(known) == 1 else ""
    workbook_of: dict[str, str] = {}
    for group, names in groups.items():
        counted = Counter(says[name] for name in names if says[name]).most_common(2)
        most = counted[0][0] if counted and (len(counted) == 1 or counted[0][1] > counted[1][1]) else ""
        for name in names:
            own = most if group in systems and INSIDE in name else says[name] or (most if len(counted) == 1 else "")
            if (its := own or otherwise or only) or name not in passed:
                workbook_of[name] = its
    numbers: dict[str, set[str]] = {}
    for name, workbook in workbook_of.items():
        numbers.setdefault(workbook, set()).add(number_of[name])
    return Recognised(workbook_of=workbook_of, numbers={workbook: frozenset(its) - {""} for workbook, its in numbers.items()})


def _called(known: Mapping[str, str], name: str) -> str:
    """Give the class's workbook that a hand-in names, "" for none."""
    return next((one for one, short in known.items() if name and is_called(name, one, short)), "")


def _named(arrival: Arrival) -> str:
    """Give the workbook that a hand-in names in its manifest, or in its answers; "" for none."""
    with suppress(UnusableError):
        parts = parts_of(arrival.data)
        with suppress(UnusableError):
            manifest = read_manifest(parts)[0]
            for word in ("assignment", "workbook"):
                if isinstance(name := manifest.get(word), str) and name:
                    return name
        with suppress(ValueError, TypeError, KeyError, RecursionError):
            return str(json.loads(parts.answers or b"")["workbook"])
    return ""


def _worksheets(paths: list[Path], worksheet: Path | None) -> tuple[set[str], dict[str, datetime | None], list[str]]:
    """Read Moodle's worksheets: the one that was named, and those that lie among the files; give their names, the times, and notes."""
    times = worksheet_times(worksheet) if worksheet else {}
    names: set[str] = set()
    notes = []
    beside: list[Path] = []
    for path in paths:
        with suppress(OSError):  # told where the hand-ins in it are looked for
            inside = path.iterdir() if path.is_dir() and not path.is_symlink() else [path]
            beside += [file for file in inside if file.suffix.lower() == ".csv" and file.is_file()]
    for file in sorted(beside):
        if not file.is_symlink():
            names.add(printable(file.name, 300))
            try:
                times |= worksheet_times(file)
            except ClassError as error:
                notes.append(str(error).replace(str(file), file.name))
    return names, times, notes
