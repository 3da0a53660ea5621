"""Words for people: safe text from strangers, and times."""

import os
import re
import shlex
from calendar import month_abbr, month_name
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Final, Literal
from zoneinfo import ZoneInfo

from autograde.errors import ClassError
from workbook_helpers.times import read_time

LOCAL = ZoneInfo("Europe/London")
"""Where the tutor's clock stands; everything on disk is in UTC."""


DATE = re.compile(
    r"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?,? )?"
    r"(?:(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})"
    r"|(?P<d>\d{1,2})[/.-](?P<m>\d{1,2})[/.-](?P<y>\d{4}|\d\d)"
    r"|(?P<d2>\d{1,2})(?:st|nd|rd|th)?[ -](?P<name>[a-z]+),?[ -](?P<y2>\d{4}))"
    r"(?:(?:,? | at |, at |T)(?:(?P<hour>\d{1,2})[:.](?P<minute>\d\d)(?::00)?(?: ?(?P<half>[ap])\.?m\.?)?"
    r"|(?P<h>\d{1,2}) ?(?P<half2>[ap])\.?m\.?))?",
    re.IGNORECASE | re.ASCII,
)
"""A date as people in the UK write it, and perhaps a time."""


def printable(value: object, limit: int = 120) -> str:
    """Make one line of safe text from something a stranger wrote: no control characters, not endless."""
    text = "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in str(value)[: limit + 1])
    return text if len(text) <= limit else text[: limit - 1] + "…"


def encodable(name: str) -> str:
    """Write the name of a file so that any file and any zip can hold it: a byte of it that is no UTF-8 stands there as a number."""
    return name.encode("utf-8", "xmlcharrefreplace").decode()


MONTHS = {name: number for names in (month_name, month_abbr) for number, name in enumerate(names) if name} | {"Sept": 9}


def quoted(word: object) -> str:
    """Write a path or an id as it is typed into the shell of this machine."""
    text = str(word)
    if re.fullmatch(r"[\w./\\:@+-]+" if os.name == "nt" else r"[\w./:@+-]+", text):
        return text
    return f'"{text}"' if os.name == "nt" or not re.search(r'[$`"\\!]', text) else shlex.quote(text)


NO_DATE: Final = "none"
Due = datetime | Literal["none"] | None
"""Until when, with its time zone; `NO_DATE` takes the date away that there is, None leaves it as it is."""


def read_due(text: str) -> datetime:
    """Read a due date in local time as people in the UK write it; a date alone means the end of that day.

    Parameters
    ----------
    text
        E.g. "2026-12-01 17:00", "01/12/2026 17:00" (the day first), "1 December 2026", "Tue 1st Dec 2026, 5pm".

    Returns
    -------
    datetime
        In UTC, with its time zone.

    Raises
    ------
    ClassError
        If the text is none of them.
    """
    found = _date(" ".join(text.split()))
    if found is None:
        forms = '"1 December 2026 17:00" or "01/12/2026 17:00" (UK time, the day first)'
        msg = f'"{printable(text.strip(), 40)}" is no date that is understood here. Write it like {forms}.'
        raise ClassError(msg)
    return found.replace(tzinfo=LOCAL).astimezone(UTC)


def _date(text: str) -> datetime | None:
    parts = DATE.fullmatch(text)
    if parts is None:
        return None
    year = int(parts["year"] or parts["y"] or parts["y2"]) + (2000 if len(parts["y"] or "") == 2 else 0)
    name = parts["name"]
    month = int(parts["month"] or parts["m"] or 0) if not name else MONTHS.get(name.capitalize(), 0)
    hour, minute = int(parts["hour"] or parts["h"] or 23), int(parts["minute"] or (0 if parts["h"] else 59))
    if half := (parts["half"] or parts["half2"] or "").lower():
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half == "p" else 0)
    try:
        return datetime(year, month, int(parts["day"] or parts["d"] or parts["d2"]), hour, minute) if 2000 <= year < 2100 else None  # noqa: DTZ001
    except ValueError:
        return None


def in_words(when: datetime) -> str:
    """Say a time so that day and month cannot be taken for each other, e.g. "Tuesday 1 December 2026, 17:00"."""
    there = _there(when)
    return f"{there:%A} {there.day} {there:%B %Y, %H:%M}"


def in_short(when: datetime) -> str:
    """Say a time as people note it, e.g. "Tue 8 December, 17:00": with the year where it is another one, without the end of a day."""
    there = _there(when)
    year = "" if there.year == datetime.now(LOCAL).year else f" {there.year}"
    return f"{there:%a} {there.day} {there:%B}{year}" + ("" if (there.hour, there.minute) == (23, 59) else f", {there:%H:%M}")


def local(when: datetime) -> str:
    """Say a time as the tutor's clock shows it; a naive one is in UTC, as nbgrader keeps them."""
    return _there(when).isoformat(" ", "minutes")[:16]


def day(when: datetime | None = None) -> date:
    """Give the day of a time as the tutor's calendar shows it, today's of none; a naive one is in UTC."""
    return _there(when or datetime.now(UTC)).date()


def _there(when: datetime) -> datetime:
    try:
        return aware(when).astimezone(LOCAL)
    except (ValueError, OverflowError):  # the first and the last day of the calendar
        return when


def aware(when: datetime) -> datetime:
    """Give a time in UTC with its time zone; a naive one is in UTC already. ValueError where UTC's calendar has no such day."""
    try:
        return when.replace(tzinfo=UTC) if when.tzinfo is None else when.astimezone(UTC)
    except OverflowError as error:
        raise ValueError(str(error)) from error


def naive(when: datetime) -> datetime:
    """Give a time in UTC without its time zone, as nbgrader's gradebook keeps it."""
    return aware(when).replace(tzinfo=None)


def after(times: Iterable[datetime], step: timedelta = timedelta(microseconds=1)) -> datetime:
    """Give the time now in UTC, naive; where a clock was ahead before, one that is later than all of these, by at least a step."""
    last = max(times, default=datetime.min)  # noqa: DTZ901  naive, as the records keep them
    return max(naive(datetime.now(UTC)), last + step)


def later(when: datetime, by: timedelta) -> datetime:
    """Give when the tutor's clock has gone on by so much, in UTC: a day on which it is changed has 23 or 25 hours, and is a day, too."""
    return (aware(when).astimezone(LOCAL) + by).astimezone(UTC)


def by_clock(begin: datetime, end: datetime) -> timedelta:
    """Give by how much the tutor's clock goes on from one time to another, as `later` adds it."""
    return aware(end).astimezone(LOCAL) - aware(begin).astimezone(LOCAL)  # in one zone Python takes one clock from the other


def nbgrader_time(when: datetime) -> str:
    """Write a time as nbgrader's `timestamp.txt` holds it."""
    return aware(when).strftime("%Y-%m-%d %H:%M:%S.%f UTC")


def read_nbgrader_time(text: str) -> datetime | None:
    """Read a time as `nbgrader_time` writes it, naive; None where it is another one, or not one wherever a clock stands."""
    found = read_time(text.removesuffix(" UTC")) if text.endswith(" UTC") else None
    return found if found and found.tzinfo is None else None


def stamp(when: datetime) -> str:
    """Write a time so that it can be part of a file name and sorts."""
    return aware(when).strftime("%Y%m%d-%H%M%S")


def span(seconds: float) -> str:
    """Say a length of time in its two largest units, e.g. "2 days 3 hours"."""
    parts = []
    rest = int(seconds)
    for size, unit in ((86400, "day"), (3600, "hour"), (60, "minute")):
        count, rest = divmod(rest, size)
        if count:
            parts.append(f"{count} {unit}{'' if count == 1 else 's'}")
    return " ".join(parts[:2]) or "less than a minute"


def percent(share: float) -> str:
    """Say a share, 0 ≤ share ≤ 1, in whole percent; "100%" is all and "0%" is nothing."""
    said = f"{share:.0%}"
    if said == "100%" and share < 1:
        return "over 99%"
    return "under 1%" if said == "0%" and share > 0 else said


def hundredths(number: float) -> str:
    """Say a coefficient of at most 1 to two places; "1.00" is 1."""
    said = f"{number:z.2f}"
    return "over 0.99" if said == "1.00" and number < 1 else said


def count(number: int, one: str, many: str = "") -> str:
    """Say "1 student", "2 students"."""
    return f"{number} {one if number == 1 else many or one + 's'}"
