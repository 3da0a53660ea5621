"""How long learners' data are kept, for the pages Keep safe and Home: the class's setting, and whose data are due to go."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime

from autograde.classes.folder import Course
from autograde.desk.pages import Asked, Done, UnfitError
from autograde.errors import ClassError
from autograde.records.retention import Retention, due, keep_retention, read_retention
from autograde.text import LOCAL, read_due
from workbook_helpers.errors import WorkbookError


@dataclass(frozen=True, kw_only=True)
class Overdue:
    """A learner whose data were to be kept until a day that has gone by: the id, what they are called, and the day."""

    id: str
    called: str
    until: str


@dataclass(frozen=True, kw_only=True)
class Keeping:
    """The setting: years, and the last day of the class, "" for what is not said; whose data are due, and why that is not known."""

    years: str = ""
    ends: str = ""
    due: tuple[Overdue, ...] = ()
    fault: str = ""


def keeping(course: Course, *, names: bool) -> Keeping:
    """Give the setting and whose data are due; where either cannot be read it says why, since the page is wanted then, too."""
    setting = Retention()
    try:
        setting = read_retention(course)
        found = due(course, _today())
    except WorkbookError as error:
        return _keeping(setting, fault=str(error))
    return _keeping(
        setting,
        overdue=tuple(
            Overdue(
                id=one.learner.id,
                called=(one.learner.name or one.learner.shown) if names else one.learner.shown,
                until=f"{one.until.day} {one.until:%B %Y}",
            )
            for one in found
        ),
    )


def overdue(course: Course) -> int:
    """Give how many learners' data are due to go; 0 where that is not known, which Keep safe tells."""
    with suppress(WorkbookError):
        return len(due(course, _today()))
    return 0


def keep_for(asked: Asked) -> Done:
    """Change the setting; empty fields are not said."""
    years, ends = asked.text("years"), asked.text("ends")
    if years and asked.number("years", -1) < 0:
        msg = "Type a whole number of years."
        raise UnfitError(msg, "years")
    try:
        day = read_due(ends).astimezone(LOCAL).date() if ends else None
    except ClassError as error:
        raise UnfitError(str(error), "ends") from error
    try:
        keep_retention(asked.course, Retention(years=asked.number("years", 0) if years else None, ends=day))
    except ClassError as error:
        raise UnfitError(str(error), "years") from error
    return Done(said="That is how long data are kept. Nothing is erased by itself.")


def _today() -> date:
    return datetime.now(LOCAL).date()


def _keeping(setting: Retention, *, overdue: tuple[Overdue, ...] = (), fault: str = "") -> Keeping:
    years, ends = "" if setting.years is None else str(setting.years), setting.ends.isoformat() if setting.ends else ""
    return Keeping(years=years, ends=ends, due=overdue, fault=fault)
