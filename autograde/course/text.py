"""Words for people: safe text from strangers, and times."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from autograde.errors import ClassError

LOCAL = ZoneInfo("Europe/London")
"""Where the tutor's clock stands; everything on disk is in UTC."""


def printable(value: object, limit: int = 120) -> str:
    """Make one line of safe text from something a stranger wrote: no control characters, not endless."""
    text = "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in str(value)[: limit + 1])
    return text if len(text) <= limit else text[: limit - 1] + "…"


def read_due(text: str) -> datetime:
    """Read a due date in local time, e.g. "2026-12-01 17:00"; a date alone means the end of that day.

    Returns
    -------
    datetime
        In UTC, with its time zone.

    Raises
    ------
    ClassError
        If the text is neither.
    """
    for form in ("%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M", "%Y-%m-%d"):
        try:
            found = datetime.strptime(text.strip(), form).replace(tzinfo=LOCAL)
        except ValueError:
            continue
        if form == "%Y-%m-%d":
            found = found.replace(hour=23, minute=59)
        return found.astimezone(UTC)
    msg = f'"{printable(text, 40)}" is no date that is understood here. Write it like "2026-12-01 17:00" (UK time).'
    raise ClassError(msg)


def local(when: datetime) -> str:
    """Say a time as the tutor's clock shows it; a naive one is in UTC, as nbgrader keeps them."""
    try:
        return aware(when).astimezone(LOCAL).strftime("%Y-%m-%d %H:%M")
    except OverflowError:  # the first and the last day of the calendar
        return when.isoformat(" ", "minutes")


def aware(when: datetime) -> datetime:
    """Give a time in UTC with its time zone; a naive one is in UTC already."""
    return when.replace(tzinfo=UTC) if when.tzinfo is None else when.astimezone(UTC)


def naive(when: datetime) -> datetime:
    """Give a time in UTC without its time zone, as nbgrader's gradebook keeps it."""
    return aware(when).replace(tzinfo=None)


def nbgrader_time(when: datetime) -> str:
    """Write a time as nbgrader's `timestamp.txt` holds it."""
    return aware(when).strftime("%Y-%m-%d %H:%M:%S.%f UTC")


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


def count(number: int, one: str, many: str = "") -> str:
    """Say "1 student", "2 students"."""
    return f"{number} {one if number == 1 else many or one + 's'}"
