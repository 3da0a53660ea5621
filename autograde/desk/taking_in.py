"""The long work of the page Take in: a batch that was dropped, the exchange, the class's service, and a folder that is watched."""

import logging
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from autograde.classes.folder import Course
from autograde.desk.work import Do, State, Tell, Worker
from autograde.errors import ClassError
from autograde.inbox.arrived import keep_only
from autograde.inbox.dropped import DropReport, take_in
from autograde.inbox.outcome import IntakeReport
from autograde.inbox.served import arrived, take_arrived
from autograde.inbox.watched import Watch, take_from
from autograde.text import count
from workbook_helpers.errors import WorkbookError

LOG = logging.getLogger(__name__)
LOOK_S = 2.0
"""How often a watched folder is looked at."""
AGAIN_S = 30.0
"""So long after it failed is a take-in from the class's service tried again."""
HANDED_IN = "Taking in what learners handed in"


def take_batch(course: Course, batch: Path, workbook: str = "") -> Do:
    """Give the work of taking a batch in; what nothing tells the workbook of stays in it, and all of it where something was not kept."""

    def do(tell: Tell) -> str:
        report = take_in(course, [batch], workbook=workbook, progress=_told(tell))
        if report.kept:
            keep_only(batch, report.unclear)
        return said(report)

    return do


def take_watched(course: Course, folder: Path, files: tuple[Path, ...]) -> Do:
    """Give the work of taking in what is new in a watched folder."""
    return lambda tell: said(take_from(course, folder, files, progress=_told(tell)))


def take_served(course: Course) -> Do:
    """Give the work of taking in what was handed in to the class's service."""
    return lambda tell: said(take_arrived(course, progress=_told(tell)))


def take_exchange(course: Course) -> Do:
    """Give the work of taking in what lies on the exchange, for every workbook."""

    def do(tell: Tell) -> str:
        from autograde.inbox.collect import collect  # of nbgrader, and only where there is an exchange

        reports = []
        for number, name in enumerate(names := sorted(course.assignments())):
            tell(done=number, total=len(names), said=name)
            reports.append(collect(course, name, progress=lambda one: tell(said=one)))
        return in_sum(reports)

    return do


def said(report: DropReport) -> str:
    """Say what became of a drop."""
    parts = [in_sum(report.reports)] if report.reports or not report.unclear else []
    if report.unclear:
        parts.append(f"Nothing tells to which workbook {count(len(report.unclear), 'file belongs', 'files belong')}: say it below.")
    return " ".join([*parts, *report.notes])


def in_sum(reports: Iterable[IntakeReport]) -> str:
    """Say what became of hand-ins."""
    reports = list(reports)
    taken, repeated, refused = (sum(len(getattr(one, name)) for one in reports) for name in ("taken", "repeated", "refused"))
    if not taken and not repeated and not refused:
        return "There was no hand-in in it."
    parts = [f"{count(taken, 'hand-in was', 'hand-ins were')} taken in"] if taken else ["nothing new was in it"] if repeated else []
    parts += [f"{repeated} {'was' if repeated == 1 else 'were'} here already"] if repeated else []
    parts += [f"{count(refused, 'file')} cannot be used"] if refused else []
    text = ", ".join(parts)
    lost = "" if all(one.kept for report in reports for one in report.refused) else " Some could not be kept: keep their files."
    return f"{text[:1].upper()}{text[1:]}.{lost}"


def watch(course: Course, worker: Worker) -> None:
    """Look again and again at what came to the class's service and into its watched folder, until the server ends."""
    seen = Watch(course)
    while True:
        time.sleep(LOOK_S)
        try:
            look(course, worker, seen)
        except (WorkbookError, OSError):  # the page says so
            continue
        except Exception:
            LOG.exception("What has come could not be looked at")


def look(course: Course, worker: Worker, seen: Watch) -> bool:
    """Look once, and begin to take in what is new and whole; whether there was anything."""
    if worker.now and not worker.now.ended:
        return False
    failed = worker.now is not None and worker.now.title == HANDED_IN and worker.now.state is State.FAILED
    if not (failed and time.monotonic() < seen.again) and arrived(course):
        seen.again = time.monotonic() + AGAIN_S
        return _begin(worker, HANDED_IN, take_served(course))
    folder = course.watched()
    if folder is None:
        seen.before.clear()
        return False
    files = seen.look(folder)
    return bool(files) and _begin(worker, "Taking in from the watched folder", take_watched(course, folder, files))


def _begin(worker: Worker, title: str, do: Do) -> bool:
    try:
        worker.start(title, do, page="take-in")
    except ClassError:  # something else began meanwhile: it is looked at again
        return False
    return True


def start_watching(course: Course, worker: Worker) -> None:
    """Watch beside the server, which does not wait for it to end."""
    threading.Thread(target=watch, args=(course, worker), name="what has come", daemon=True).start()


def _told(tell: Tell) -> Callable[[int, int, str], None]:
    """Say how far a take-in is, in the words of `Tell`."""
    return lambda done, total, name: tell(done=done, total=total, said=name)
