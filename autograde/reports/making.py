"""Make a report and put it into a file, whole or not at all; the log says that it was made, before the file is there."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from autograde.classes.folder import Course
from autograde.classes.learner_changes import find
from autograde.errors import ClassError
from autograde.gradebook import log
from autograde.gradebook.deeds import Deed
from autograde.records.opening import writing
from autograde.reports.as_html import as_html
from autograde.reports.class_report import class_report
from autograde.reports.document import Document
from autograde.reports.facts import read_facts
from autograde.reports.people import people
from autograde.reports.quality import quality_report
from autograde.reports.sheet import as_csv, as_xlsx
from autograde.reports.tracker import tracker
from autograde.reports.unit_record import unit_record
from autograde.text import in_words
from autograde.whole import fresh_file
from workbook_helpers.files import write_file


def make_tracker(course: Course, file: Path, *, named: bool = False) -> Path:
    """Write the criterion tracker as .xlsx or .csv; give the file's whole path.

    Raises
    ------
    ClassError
        If the file is there already, has another ending or cannot be written, or the records cannot be read.
    """
    ways = {".xlsx": as_xlsx, ".csv": as_csv}
    target = _target(course, file, "the criterion tracker", tuple(ways))
    made = ways[target.suffix.lower()](tracker(read_facts(course), people(course, named=named)))
    return _write(course, target, made, "tracker", named=named)


def make_record(course: Course, learner: str, file: Path, *, named: bool = False) -> Path:
    """Write the record of a learner's unit, with the feedback, as .html or .pdf; see `make_tracker`."""
    one = find(course, learner)

    def make(said: str) -> Document:
        return unit_record(read_facts(course), people(course, named=named), one.id, made=said)

    return _document(course, file, "the unit record", make, named=named, learner=one.id)


def make_quality(course: Course, file: Path, *, named: bool = False) -> Path:
    """Write the quality assurer's report as .html or .pdf; see `make_tracker`."""

    def make(said: str) -> Document:
        return quality_report(course, read_facts(course), people(course, named=named), made=said)

    return _document(course, file, "the quality assurer's report", make, named=named)


def make_class(course: Course, file: Path) -> Path:
    """Write the report on the class as .html or .pdf; see `make_tracker`."""
    return _document(course, file, "the class report", lambda said: class_report(course, made=said), named=False)


def _document(course: Course, file: Path, what: str, make: Callable[[str], Document], *, named: bool, learner: str = "") -> Path:
    target = _target(course, file, what, (".html", ".pdf"))
    document = make(f"Class {course.course_id}, made on {in_words(datetime.now(UTC))} (UK time).")
    if target.suffix.lower() == ".pdf":
        from autograde.reports.as_pdf import as_pdf  # loads a compiler

        return _write(course, target, as_pdf(document), what, named=named, learner=learner)
    return _write(course, target, as_html(document), what, named=named, learner=learner)


def _target(course: Course, file: Path, what: str, endings: tuple[str, ...]) -> Path:
    if file.suffix.lower() not in endings:
        msg = f"{file} cannot be written with {what}: its name must end in {' or '.join(endings)}. Name another file."
        raise ClassError(msg)
    return fresh_file(course, file, what)


def _write(course: Course, target: Path, data: bytes, what: str, *, named: bool, learner: str = "") -> Path:
    with writing(course) as database:
        log.note(database, Deed.EXPORT, learner=learner, report=what, file=target.name, named=named)
    try:
        write_file(target, data, mode=0o600)  # it tells of people
    except OSError as error:
        msg = f"{target} cannot be written ({error.strerror}). Name a file on a disk with room that you may write to."
        raise ClassError(msg) from error
    return target
