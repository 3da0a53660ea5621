"""How long a class keeps its learners' data: so many years after the class has ended, or after a learner has left it before.

It stands in `class-retention.toml` in the class's folder. Nothing is erased by itself: a person is reminded, and decides.
"""

from dataclasses import dataclass
from datetime import date

from autograde.classes.folder import Course
from autograde.classes.roster import Roster, Student
from autograde.errors import ClassError
from autograde.gradebook.left import left_in
from autograde.records.opening import reading
from autograde.text import day
from autograde.whole import alone
from workbook_helpers.files import write_file
from workbook_helpers.items import read_toml

FILE = "class-retention.toml"
MOST = 50
"""Years."""


@dataclass(frozen=True, kw_only=True)
class Retention:
    """The setting.

    Attributes
    ----------
    years
        0 ≤ years ≤ `MOST` after the end; None where the centre has not said it.
    ends
        The last day of the class, None where it is not known yet.
    """

    years: int | None = None
    ends: date | None = None

    def until(self, left: date | None) -> date | None:
        """Give the last day on which data are kept of somebody who left then, or stays to the end; None for without an end."""
        ended = min((day for day in (left, self.ends) if day), default=None)
        if self.years is None or ended is None:
            return None
        try:
            return ended.replace(year=ended.year + self.years)
        except ValueError:  # 29 February
            return date(ended.year + self.years, 2, 28)


@dataclass(frozen=True, kw_only=True)
class Due:
    """A learner whose data were to be kept until a day that has gone by."""

    learner: Student
    until: date


def read_retention(course: Course) -> Retention:
    """Read the setting; ClassError or ContentError if its file has a fault."""
    path = course.root / FILE
    if not path.is_file():
        return Retention()
    row = read_toml(path)
    years, ends = row.get("years"), row.get("ends")
    if not (years is None or (type(years) is int and 0 <= years <= MOST)) or not (ends is None or type(ends) is date):
        msg = f"{path}: years must be a whole number from 0 to {MOST}, and ends a day like 2027-07-31. Mend it, or delete the file."
        raise ClassError(msg)
    return Retention(years=years, ends=ends)


def keep_retention(course: Course, retention: Retention) -> None:
    """Write the setting.

    Raises
    ------
    ClassError
        If the years are out of bounds, or the file cannot be written.
    """
    if retention.years is not None and not 0 <= retention.years <= MOST:
        msg = f"Data are kept for 0 to {MOST} years, not {retention.years}."
        raise ClassError(msg)
    lines = ["# How many years after the end of the class its learners' data are kept: autograde retention writes it."]
    lines += [f"years = {retention.years}"] if retention.years is not None else []
    lines += [f"ends = {retention.ends.isoformat()}"] if retention.ends else []
    try:
        with alone(course):
            write_file(course.root / FILE, ("\n".join(lines) + "\n").encode())
    except OSError as error:
        msg = f"{course.root / FILE} cannot be written ({error.strerror}). See that you may write there, then run this again."
        raise ClassError(msg) from error


def due(course: Course, today: date) -> tuple[Due, ...]:
    """Give the learners whose data are kept for longer than the setting says, the longest first; none without a setting."""
    retention = read_retention(course)
    if retention.years is None:
        return ()
    with reading(course) as connection:
        left = {learner: day(when) for learner, when in left_in(connection).items()}
    found = [(retention.until(left.get(one.id)), one) for one in Roster.of(course).students]
    return tuple(Due(learner=one, until=until) for until, one in sorted(found, key=lambda pair: str(pair[0])) if until and until < today)
