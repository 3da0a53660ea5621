"""Reports for others, as files that the browser keeps; learners stand in them under pseudonyms unless they are named on purpose."""

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from autograde.desk.pages import Asked, File
from autograde.errors import ClassError

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "html": "text/html; charset=utf-8",
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
REPORTS = {
    "criterion-tracker": ("xlsx", "csv"),
    "unit-record": ("pdf", "html"),
    "quality-assurance": ("pdf", "html"),
    "class-report": ("pdf", "html"),
}
"""Name of a report → the endings that it is made with."""


def giving(*names: str) -> Callable[[Asked], File]:
    """Give what makes the reports of a page: these of `REPORTS` and no other, as whoever has that page may have no more."""

    def report(asked: Asked) -> File:
        """Make the report that `what` names, such as "class-report.pdf".

        `named` names the learners, and `learner` says whose record it is.

        Raises
        ------
        ClassError
            If the page has no such report, nobody has the id, or the records cannot be read.
        """
        name, _, ending = asked.text("what").rpartition(".")
        if name not in names or ending not in REPORTS[name]:
            msg = "There is no such report. Choose one from the list."
            raise ClassError(msg)
        with TemporaryDirectory(prefix="autograde-report-") as private:
            file = _maker(asked, name)(Path(private) / f"{name}.{ending}")
            return File(name=f"{asked.course.course_id}-{file.name}", data=file.read_bytes(), type=TYPES[ending])

    return report


def _maker(asked: Asked, name: str) -> Callable[[Path], Path]:
    from autograde.reports import making  # loads what makes spreadsheets

    course, named = asked.course, asked.text("named") == "1"
    match name:
        case "criterion-tracker":
            return lambda file: making.make_tracker(course, file, named=named)
        case "unit-record":
            return lambda file: making.make_record(course, asked.text("learner"), file, named=named)
        case "quality-assurance":
            return lambda file: making.make_quality(course, file, named=named)
        case _:
            return lambda file: making.make_class(course, file)
